//! Reads `profile.toml`: the targets, the scope and the declared CSF Tiers.

use std::collections::BTreeMap;

use super::fields::{At, Fields};
use super::syntax::Parsed;
use super::terms::{report_level, report_unquoted};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::load::workspace::Workspace;
use crate::model::profile::{Exclusion, Profile, Target, Targets, Tier, TierOf};
use crate::model::settings::Scale;

/// The file's name. In the parent folder it applies to all quarters; in a quarter's folder, to that quarter.
pub(super) const FILE: &str = "profile.toml";

/// Reads the profile in `folder`. A missing file gives an empty profile.
pub(super) fn read(
    workspace: &Workspace,
    folder: &str,
    scale: &Scale,
    (found, mentioned): (&mut Diagnostics, &mut Vec<(String, Place)>),
) -> Profile {
    let Some(parsed) = Parsed::new(workspace, &format!("{folder}/{FILE}")) else { return Profile::default() };
    parsed.read(found, |mut fields| {
        let targets = fields.table("targets").map(|table| targets(table, scale, mentioned)).unwrap_or_default();
        let out_of_scope = fields.table("out_of_scope").map(|table| exclusions(table, mentioned)).unwrap_or_default();
        let tiers = fields.table("tiers").map(tiers).unwrap_or_default();
        fields.finish();
        Profile { targets, out_of_scope: out_of_scope.into_iter().collect(), tiers }
    })
}

/// Merges two profiles: a value of `near` takes priority over a value of `far`.
pub(super) fn over(near: Profile, far: &Profile) -> Profile {
    let mut merged = far.clone();
    merged.targets.default = near.targets.default.or(merged.targets.default);
    merged.targets.by_id.extend(near.targets.by_id);
    merged.out_of_scope.extend(near.out_of_scope);
    merged.tiers.retain(|tier| !near.tiers.iter().any(|own| own.of == tier.of));
    merged.tiers.extend(near.tiers);
    merged
}

/// The same profile with the shortest name for each id that it names, so that a quarter's own profile finds the same row. Reports two
/// names for one node.
pub(super) fn by_shortest_name(
    profile: Profile,
    shortest: impl Fn(&str) -> String,
    found: &mut Diagnostics,
) -> Profile {
    let Profile { mut targets, out_of_scope, tiers } = profile;
    targets.by_id = renamed(targets.by_id, &shortest, |target| &target.origin.place, found);
    let out_of_scope = renamed(out_of_scope, &shortest, |exclusion| &exclusion.origin.place, found);
    Profile { targets, out_of_scope, tiers }
}

fn renamed<T>(
    rows: BTreeMap<String, T>,
    shortest: impl Fn(&str) -> String,
    place: impl Fn(&T) -> &Place,
    found: &mut Diagnostics,
) -> BTreeMap<String, T> {
    let mut named = BTreeMap::new();
    for (id, row) in rows {
        let name = shortest(&id);
        let again = place(&row).clone();
        if let Some(first) = named.insert(name.clone(), row) {
            let twice = Diagnostic::new(Code::DuplicateId, again, format!("`{id}` and `{name}` name the same"));
            let twice = twice.label("again here").related(place(&first).clone(), "first here");
            found.push(twice.help("keep one of the two rows"));
        }
    }
    named
}

/// Reports targets that are in both milepost.toml and the profile, because neither takes priority.
pub(super) fn given_twice(settings: &Targets, profile: &Targets) -> Vec<Diagnostic> {
    let both = |id: &str, one: &Target, two: &Target| {
        let twice = format!("the target for `{id}` is set in two files");
        Diagnostic::new(Code::DuplicateId, two.origin.place.clone(), twice)
            .label("again here")
            .related(one.origin.place.clone(), "first here")
            .help("keep the targets in one of the two files; only a quarter's own profile may override them")
    };
    let default = settings.default.iter().zip(&profile.default).map(|(one, two)| both("default", one, two));
    let by_id = settings.by_id.iter().filter_map(|(id, one)| Some(both(id, one, profile.by_id.get(id)?)));
    default.chain(by_id).collect()
}

/// Reads a table of targets, from a profile or from `milepost.toml`.
pub(super) fn targets(fields: Fields<'_, '_>, scale: &Scale, mentioned: &mut Vec<(String, Place)>) -> Targets {
    let mut targets = Targets::default();
    let read = fields.entries("{ level = 3 }", |mut target, key| {
        if target.key_span("level").is_none() && target.nests() {
            report_unquoted(&mut target, &key);
            return None;
        }
        let read = (target_of(&mut target, &key, scale), target.at(&key.span), key.value);
        target.finish();
        Some(read)
    });
    for (target, place, id) in read {
        if id == "default" {
            targets.default = target;
            continue;
        }
        mentioned.push((id.clone(), place));
        targets.by_id.extend(target.map(|target| (id, target)));
    }
    targets
}

fn target_of(fields: &mut Fields<'_, '_>, key: &At<String>, scale: &Scale) -> Option<Target> {
    let level = fields.level("level", Code::BadLevel);
    fields.require("level", "a target is a level of the scale: level = 3");
    let target = Target {
        level: level.as_ref().map_or(scale.bottom, |level| level.value),
        why: fields.text_or_empty("why"),
        approved_by: fields.text_or_empty("approved_by"),
        due: fields.date("due").map(|date| date.value),
        review: fields.date("review").map(|date| date.value),
        origin: fields.origin(&key.span),
    };
    let level = level?;
    // A target is compared with a mean, which may lie between two levels.
    if level.value < scale.bottom || scale.top() < level.value {
        report_level(fields, &level, scale);
        return None;
    }
    Some(target)
}

fn exclusions(fields: Fields<'_, '_>, mentioned: &mut Vec<(String, Place)>) -> Vec<(String, Exclusion)> {
    fields.entries("{ why = \"…\" }", |mut table, id| {
        if table.key_span("why").is_none() && table.nests() {
            report_unquoted(&mut table, &id);
            return None;
        }
        mentioned.push((id.value.clone(), table.at(&id.span)));
        let why = table.required_text("why", "what leaves the denominator needs a reason");
        let approved_by = table.text_or_empty("approved_by");
        let origin = table.origin(&id.span);
        table.finish();
        Some((
            id.value,
            Exclusion { why: why?.value.as_str().into(), approved_by: approved_by.as_str().into(), origin },
        ))
    })
}

fn tiers(mut fields: Fields<'_, '_>) -> Vec<Tier> {
    let mut out = Vec::new();
    for of in TierOf::ALL {
        let Some(mut table) = fields.table(of.name()) else { continue };
        let current = table.integer("current", 1..=4);
        table.require("current", "a CSF Tier is declared as 1 Partial, 2 Risk Informed, 3 Repeatable or 4 Adaptive");
        let target = table.integer("target", 1..=4);
        let rationale = table.required_text("rationale", "write why this Tier and no other: rationale = \"…\"");
        let declared_by = table.text_or_empty("declared_by");
        table.finish();
        if let (Some(current), Some(rationale)) = (current, rationale) {
            out.push(Tier { of, current, target, rationale: rationale.value, declared_by });
        }
    }
    fields.finish();
    out
}
