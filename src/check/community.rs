//! Reads the Community Profiles of `profiles/`.
//!
//! No figure depends on one, so a mistake in it is a warning: what is wrong is left out, and the report is made without it.

use std::collections::{BTreeMap, BTreeSet};

use super::fields::Fields;
use super::names::Names;
use super::syntax::Parsed;
use crate::base::layout::is_community_profile;
use crate::base::link::{is_name, is_safe};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::load::workspace::Workspace;
use crate::model::assessment::Assessment;
use crate::model::community::{Community, CommunityOutcome};

/// Reads every Community Profile, by path.
pub(super) fn read(
    workspace: &Workspace,
    assessment: &Assessment,
    names: &Names,
    found: &mut Diagnostics,
) -> Vec<Community> {
    let mut read = Vec::new();
    let mut ids: BTreeMap<String, Place> = BTreeMap::new();
    for path in workspace.files.keys().filter(|path| is_community_profile(path)) {
        let Some(parsed) = Parsed::new(workspace, path) else { continue };
        let mut beside = found.beside();
        let community = parsed.read(&mut beside, |fields| community(fields, assessment, names, &mut ids));
        found.append(beside.with_code(Code::BadCommunityProfile));
        read.extend(community);
    }
    read
}

fn community(
    mut fields: Fields<'_, '_>,
    assessment: &Assessment,
    names: &Names,
    ids: &mut BTreeMap<String, Place>,
) -> Option<Community> {
    let id = fields.required_text("id", "filters name the profile by its id");
    let title = fields.required_text("title", "people read the name of the profile, not its id");
    let of = fields.required_text("of", "name the framework whose outcomes it speaks of: of = \"csf-2.0\"");
    let stage = fields.required_text("stage", "say what it is to its publisher: stage = \"draft\" or \"final\"");
    let source = fields.required_text("source", "say where it was published: source = \"https://…\"");
    let sha256 = fields.required_text("sha256", "give the SHA-256 of the document that was read");
    if let Some(source) = source.as_ref().filter(|source| !is_safe(&source.value)) {
        let report = fields.report(Code::BadLink, &source.span, format!("`{}` cannot be linked to", source.value));
        report.help.push("links start with https://, http:// or mailto: and hold no spaces".to_owned());
    }
    let is_digest = |text: &str| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if let Some(sha256) = sha256.as_ref().filter(|sha256| !is_digest(&sha256.value)) {
        let message = "this is not a SHA-256, which has 64 hexadecimal digits";
        fields.report(Code::BadValue, &sha256.span, message).help.push("sha256sum prints it".to_owned());
    }
    let known = of.as_ref().and_then(|of| assessment.frameworks.find(|framework| framework.id == of.value));
    if let Some(of) = of.as_ref().filter(|_| known.is_none()) {
        let near = fields.nearest(&of.value, assessment.frameworks.iter().map(|framework| framework.id.as_str()));
        let message = format!("this workspace uses no framework `{}`", of.value);
        let unknown = Diagnostic::new(Code::UnknownFramework, fields.at(&of.span), message).nearest(near);
        fields.found.push(unknown.help("name one of `frameworks` in [report] of milepost.toml"));
    }
    let taken = id.as_ref().and_then(|id| {
        let place = fields.at(&id.span);
        if !is_name(&id.value) {
            let report = fields.report(Code::BadName, &id.span, format!("`{}` cannot be an id", id.value));
            report
                .help
                .push("use up to 64 letters, digits, `-`, `_` and `.`, starting with a letter or digit".to_owned());
            return None;
        }
        let first = ids.insert(id.value.to_lowercase(), place.clone());
        if let Some(first) = first {
            let twice = Diagnostic::new(Code::DuplicateId, place, format!("`{}` is given twice", id.value));
            fields.found.push(twice.label("again here").related(first, "first here"));
            return None;
        }
        Some(id.value.clone())
    });
    fields.require("outcome", "say what it holds important: [outcome.\"PR.DS-11\"] and priority = \"High\"");
    let outcomes = fields.table("outcome").map(|table| outcomes(table, assessment, names)).unwrap_or_default();
    fields.finish();
    Some(Community {
        id: taken?,
        title: title?.value,
        of: known?,
        stage: stage?.value,
        source: source.map(|source| source.value).filter(|source| is_safe(source))?,
        sha256: sha256.map(|sha256| sha256.value.to_lowercase()).filter(|text| is_digest(text))?,
        outcomes,
    })
}

fn outcomes(table: Fields<'_, '_>, assessment: &Assessment, names: &Names) -> BTreeMap<String, CommunityOutcome> {
    let mut seen = BTreeSet::new();
    let read = table.entries("{ priority = \"High\" }", |mut table, id| {
        if table.nests() {
            super::terms::report_unquoted(&mut table, &id);
            return None;
        }
        let priority = table.text_or_empty("priority");
        let guidance = table.text_or_empty("guidance");
        let place = table.at(&id.span);
        if priority.is_empty() && guidance.is_empty() {
            let none =
                Diagnostic::new(Code::MissingKey, place.clone(), "this outcome has no `priority` and no `guidance`");
            table.found.push(none.help("give one of them, or remove the entry"));
        }
        names.not_an_id(&id.value, place.clone(), table.found);
        let name = names.shortest(&id.value, &assessment.frameworks);
        let is_first = seen.insert(name.clone());
        if !is_first {
            let twice = Diagnostic::new(Code::DuplicateId, place, format!("`{name}` is named twice"));
            table.found.push(twice.help("keep one of the two entries"));
        }
        table.finish();
        let is_said = !(priority.is_empty() && guidance.is_empty());
        (is_first && is_said && names.knows(&id.value))
            .then(|| (name, CommunityOutcome { priority, guidance: guidance.as_str().into() }))
    });
    read.into_iter().collect()
}
