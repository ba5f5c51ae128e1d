//! Reads the risks of a profile, and finds names of risks that no profile has.

use std::collections::{BTreeMap, BTreeSet};

use super::fields::Fields;
use crate::base::link::is_safe;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, nearest};
use crate::model::assessment::Assessment;
use crate::model::profile::{Risk, RiskRef, Targets};

/// Reads `[risks]`: a table for each risk, by its id.
pub(super) fn read(fields: Fields<'_, '_>) -> BTreeMap<String, Risk> {
    let read = fields.entries("{ title = \"…\" }", |mut table, id| {
        let title = table.required_text("title", "say in a few words what may happen");
        let owner = table.text_or_empty("owner");
        let appetite = table.text_or_empty("appetite");
        let url = table.text("url").map(|url| {
            if !is_safe(&url.value) {
                let report = table.report(Code::BadLink, &url.span, format!("`{}` cannot be linked to", url.value));
                report.help.push("links start with https://, http:// or mailto: and hold no spaces".to_owned());
            }
            url.value
        });
        let origin = table.origin(&id.span);
        table.finish();
        Some((id.value, Risk { title: title?.value, owner, url: url.unwrap_or_default(), appetite, origin }))
    });
    read.into_iter().collect()
}

/// Reads `risks` of a target, an action or an exception: each id once.
pub(super) fn named(fields: &mut Fields<'_, '_>) -> Vec<RiskRef> {
    let mut seen = BTreeSet::new();
    let ids = fields.texts("risks").unwrap_or_default();
    ids.into_iter()
        .filter(|id| seen.insert(id.value.clone()))
        .map(|id| RiskRef { origin: fields.origin(&id.span), id: id.value })
        .collect()
}

/// Reports each name of a risk that is in no profile where it is named.
pub(super) fn unknown(assessment: &Assessment, found: &mut Diagnostics) {
    let mut wrong = BTreeMap::new();
    let mut all: BTreeSet<&str> = BTreeSet::new();
    for quarter in &assessment.quarters {
        let known: BTreeSet<&str> = quarter.profile.risks.keys().map(String::as_str).collect();
        let Targets { default, by_id } = &quarter.profile.targets;
        let targets = default.iter().chain(by_id.values());
        wrong.extend(not_in(targets.flat_map(|target| &target.risks), &known));
        all.extend(known);
    }
    let plan = &assessment.plan;
    let actions = plan.actions.iter().flat_map(|action| &action.risks);
    let exceptions = plan.exceptions.iter().flat_map(|exception| &exception.risks);
    wrong.extend(not_in(actions.chain(exceptions), &all));
    found.extend(wrong.into_values());
}

fn not_in<'a>(
    named: impl Iterator<Item = &'a RiskRef>,
    known: &BTreeSet<&str>,
) -> Vec<(crate::diagnostic::Place, Diagnostic)> {
    let unknown = named.filter(|risk| !known.contains(risk.id.as_str()));
    let report = |risk: &RiskRef| {
        let place = risk.origin.place.clone();
        let message = format!("no profile has the risk `{}`", risk.id);
        let unknown = Diagnostic::new(Code::UnknownRisk, place.clone(), message);
        let unknown = unknown.nearest(nearest(&risk.id, known.iter().copied()));
        let help = format!("add it to profile.toml: [risks.{}] and title = \"…\"", crate::border::toml::key(&risk.id));
        (place, unknown.help(help))
    };
    unknown.map(report).collect()
}
