//! Reads `profile.toml`: the targets, the scope and the declared CSF Tiers.

use std::collections::BTreeMap;

use toml::de::DeTable;

use super::fields::{At, Fields, in_file_order};
use super::finds::{Finds, TargetLevels};
use super::layers::{FromQuarter, SINCE, inner, lay_whole, quarter_of, read_again, report_unset};
use super::risks;
use super::syntax::Parsed;
use super::terms::{self, report_unquoted};
use crate::base::layout::PROFILE_FILE;
use crate::base::number::Level;
use crate::base::quarter::Quarter;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::model::assessment::Assessment;
use crate::model::profile::{Exclusion, Priority, Profile, Target, Targets, Tier, TierOf};

/// The profiles that apply to all quarters.
#[derive(Default)]
pub(super) struct Shared {
    /// Of `milepost.toml`, then of each folder above the quarters: what stands at first, and what does from a quarter on.
    pub(super) layers: Vec<Vec<(Option<Quarter>, Profile)>>,
    /// Each quarter from which a profile changes.
    pub(super) since: Vec<FromQuarter>,
}

impl Shared {
    /// The profile before every change.
    pub(super) fn first(&self) -> Profile {
        self.layers
            .iter()
            .filter_map(|layer| layer.first())
            .fold(Profile::default(), |all, (_, near)| over(near.clone(), &all))
    }

    /// The profile of a quarter, before its own.
    pub(super) fn in_quarter(&self, quarter: Quarter) -> Profile {
        let mut all = Profile::default();
        for layer in &self.layers {
            let near = layer.iter().rev().find(|(since, _)| since.is_none_or(|since| since <= quarter));
            all = near.map_or(all.clone(), |(_, near)| over(near.clone(), &all));
        }
        all
    }
}

impl Shared {
    /// Leaves out the rows of unknown ids, which are reported: each quarter gets the rest.
    pub(super) fn keep(&mut self, is_known: impl Fn(&str) -> bool) {
        for (_, profile) in self.layers.iter_mut().flatten() {
            profile.targets.by_id.retain(|id, _| is_known(id));
            profile.out_of_scope.retain(|id, _| is_known(id));
        }
    }

    /// Gives each id its shortest name, as [`by_shortest_name`] does.
    pub(super) fn by_shortest_name(&mut self, shortest: impl Fn(&str) -> String, found: &mut Diagnostics) {
        // What stands in two files is judged together.
        by_shortest_name(self.first(), &shortest, found);
        for (_, profile) in self.layers.iter_mut().flatten() {
            let mut again = found.beside();
            *profile = by_shortest_name(std::mem::take(profile), &shortest, &mut again);
            let new = again.iter().filter(|twice| !found.says(twice.code, &twice.place)).cloned().collect::<Vec<_>>();
            found.extend(new);
        }
    }
}

/// Adds the profile that applies to all quarters: `profile.toml` in a folder above them. Returns what stands in it at first.
pub(super) fn read_shared(finds: &mut Finds<'_>, folder: &str, shared: &mut Shared) -> Option<Profile> {
    let Finds { workspace, found, mentioned, levels, .. } = finds;
    let parsed = Parsed::new(workspace, &format!("{folder}/{PROFILE_FILE}"))?;
    parsed.read(found, |mut fields| {
        let changes = changes(&mut fields);
        let tree = fields.tree();
        let mut merged = tree.clone();
        let mut whole = |mut fields: Fields<'_, '_>| {
            let _ = fields.raw(SINCE);
            content(fields, mentioned, levels)
        };
        let base = whole(fields.inner(tree, 0..0));
        let mut layer = vec![(None, base)];
        for (from, table) in changes {
            lay_over(&mut merged, table, from.quarter, &mut fields);
            layer.push((Some(from.quarter), read_again(&mut fields, &merged, &from, &mut whole)));
            shared.since.push(from);
        }
        let first = layer.first().map(|(_, base)| base.clone());
        shared.layers.push(layer);
        first
    })
}

/// What changes from a quarter on, oldest first.
fn changes<'a>(fields: &mut Fields<'a, '_>) -> Vec<(FromQuarter, &'a DeTable<'a>)> {
    let Some(since) = fields.table(SINCE) else { return Vec::new() };
    let mut changes = since.entries("{ targets = { PR = { level = 3 } } }", |mut table, key| {
        let (tree, place) = (table.tree(), table.at(&key.span));
        for key in CHANGING {
            if let Some(value) = table.raw(key).filter(|value| !value.get_ref().is_table()) {
                table.mistyped(value, key, "a table");
            }
        }
        let quarter = quarter_of(&mut table, &key);
        table.finish();
        Some((FromQuarter { quarter: quarter?, place }, tree))
    });
    changes.sort_by_key(|(from, _)| from.quarter);
    changes.truncate(CHANGES);
    changes
}

/// The tables of a profile that may change from a quarter on.
const CHANGING: [&str; 2] = ["targets", "out_of_scope"];
/// The most quarters from which a profile changes.
const CHANGES: usize = 40;

/// A target and an exclusion are one decision each, so they are replaced whole.
fn lay_over<'a>(merged: &mut DeTable<'a>, table: &'a DeTable<'a>, quarter: Quarter, fields: &mut Fields<'a, '_>) {
    let mut unset = Vec::new();
    for entry in in_file_order(table).into_iter().filter(|(key, _)| CHANGING.contains(&key.get_ref().as_ref())) {
        let Some(decisions) = entry.1.get_ref().as_table() else { continue };
        let under = inner(merged, entry);
        in_file_order(decisions).into_iter().for_each(|decision| lay_whole(under, decision, &mut unset));
    }
    report_unset(unset, quarter, fields);
}

/// Reads a quarter's own profile in `folder`. A missing file gives an empty profile.
pub(super) fn read_own(finds: &mut Finds<'_>, folder: &str) -> Profile {
    let Finds { workspace, found, mentioned, levels, .. } = finds;
    let Some(parsed) = Parsed::new(workspace, &format!("{folder}/{PROFILE_FILE}")) else { return Profile::default() };
    parsed.read(found, |fields| content(fields, mentioned, levels))
}

fn content(mut fields: Fields<'_, '_>, mentioned: &mut Vec<(String, Place)>, levels: &mut TargetLevels) -> Profile {
    let targets = fields.table("targets").map(|table| targets(table, mentioned, levels)).unwrap_or_default();
    let out_of_scope = fields.table("out_of_scope").map(|table| exclusions(table, mentioned)).unwrap_or_default();
    let tiers = fields.table("tiers").map(tiers).unwrap_or_default();
    let risks = fields.table("risks").map(risks::read).unwrap_or_default();
    fields.finish();
    Profile { targets, out_of_scope: out_of_scope.into_iter().collect(), tiers, risks }
}

/// Merges two profiles: a value of `near` takes priority over a value of `far`.
pub(super) fn over(near: Profile, far: &Profile) -> Profile {
    let mut merged = far.clone();
    merged.targets.default = near.targets.default.or(merged.targets.default);
    merged.targets.by_id.extend(near.targets.by_id);
    merged.out_of_scope.extend(near.out_of_scope);
    merged.tiers.retain(|tier| !near.tiers.iter().any(|own| own.of == tier.of));
    merged.tiers.extend(near.tiers);
    merged.risks.extend(near.risks);
    merged
}

/// The same profile with the shortest name for each id that it names, so that a quarter's own profile finds the same row. Reports two
/// names for one node.
pub(super) fn by_shortest_name(
    profile: Profile,
    shortest: impl Fn(&str) -> String,
    found: &mut Diagnostics,
) -> Profile {
    let Profile { mut targets, out_of_scope, tiers, risks } = profile;
    targets.by_id = renamed(targets.by_id, &shortest, |target| &target.origin.place, found);
    let out_of_scope = renamed(out_of_scope, &shortest, |exclusion| &exclusion.origin.place, found);
    Profile { targets, out_of_scope, tiers, risks }
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
pub(super) fn targets(
    fields: Fields<'_, '_>,
    mentioned: &mut Vec<(String, Place)>,
    levels: &mut TargetLevels,
) -> Targets {
    let mut targets = Targets::default();
    let read = fields.entries("{ level = 3 }", |mut target, key| {
        if target.key_span("level").is_none() && target.nests() {
            report_unquoted(&mut target, &key);
            return None;
        }
        let read = (target_of(&mut target, &key, levels), target.at(&key.span), key.value);
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

fn target_of(fields: &mut Fields<'_, '_>, key: &At<String>, levels: &mut TargetLevels) -> Option<Target> {
    let level = fields.level("level", Code::BadLevel);
    fields.require("level", "a target is a level of the scale: level = 3");
    let target = Target {
        level: level.as_ref().map_or(Level::from_millionths(0), |level| level.value),
        why: fields.text_or_empty("why"),
        approved_by: fields.text_or_empty("approved_by"),
        due: fields.date("due").map(|date| date.value),
        review: fields.date("review").map(|date| date.value),
        priority: fields.choice("priority", &Priority::ALL.map(|priority| (priority.name(), priority))),
        risks: risks::named(fields),
        origin: fields.origin(&key.span),
    };
    let level = level?;
    levels.insert(target.origin.place.clone(), (level.value, fields.at(&level.span)));
    Some(target)
}

/// Reports the targets that are not on the scale of a quarter in which they are in force; each once. A target that is in force in no
/// quarter is judged on the scale before every decision.
pub(super) fn off_scale(assessment: &Assessment, mut levels: TargetLevels, found: &mut Diagnostics) {
    let mut wrong = BTreeMap::new();
    for quarter in assessment.quarters.ids().map(|quarter| assessment.in_quarter(quarter)) {
        let Targets { default, by_id } = &quarter.profile().targets;
        for place in default.iter().chain(by_id.values()).map(|target| &target.origin.place) {
            let scale = &quarter.settings().scale;
            match levels.get(place) {
                Some((level, at)) if !scale.reaches(*level) => {
                    wrong.entry(at.clone()).or_insert_with(|| terms::off_scale(at.clone(), *level, scale));
                }
                _ => {}
            }
        }
    }
    for quarter in &assessment.quarters {
        let Targets { default, by_id } = &quarter.profile.targets;
        default.iter().chain(by_id.values()).for_each(|target| drop(levels.remove(&target.origin.place)));
    }
    let scale = &assessment.settings.scale;
    let idle = levels.into_values().filter(|(level, _)| !scale.reaches(*level));
    found.extend(idle.map(|(level, at)| terms::off_scale(at, level, scale)));
    found.extend(wrong.into_values());
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
