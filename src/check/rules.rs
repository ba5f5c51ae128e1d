//! Reads the rules of a control: `weight`, `key`, `teams`, `owner`, `max_age` and `needs`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::fields::{At, Fields};
use super::terms::{kinds, named_team, report_level, report_unquoted};
use crate::base::number::{Level, grouped};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::model::assessment::Assessment;
use crate::model::catalog::{Framework, Need, Rules, TeamRule};
use crate::model::ids::{FrameworkId, Table, TeamId};
use crate::model::settings::{Scale, Team};

/// The rules of a control in its catalog. Levels are checked later, when the scale is known.
pub(super) fn of_catalog(fields: &mut Fields<'_, '_>, levels: &mut Vec<(Level, Place)>) -> Rules {
    Rules {
        weight: fields.integer("weight", 1..=1000).unwrap_or(1),
        why: Arc::from(""),
        key: fields.boolean("key").unwrap_or_default(),
        teams: fields.choice("teams", &[("mean", TeamRule::Mean), ("min", TeamRule::Min)]),
        max_age: max_age(fields),
        needs: needs(fields, levels),
    }
}

/// The number of days of `max_age`, as in `"365d"`.
pub(super) fn max_age(fields: &mut Fields<'_, '_>) -> Option<i32> {
    let value = fields.raw("max_age")?;
    let Some(text) = value.get_ref().as_str() else {
        fields.mistyped(value, "max_age", "a number of days as text, such as \"365d\"");
        return None;
    };
    let days = text.strip_suffix('d').and_then(|days| days.parse().ok());
    let days = days.filter(|days| (1..=3660).contains(days));
    if days.is_none() {
        let message = format!("`{text}` is not a number of days");
        let report = fields.report(Code::BadValue, &value.span(), message);
        report.help.push("write it like \"365d\", from 1d to 3660d".to_owned());
    }
    days
}

/// The most needs of a control. Each answer is checked against each need.
const NEEDS: usize = 100;

/// The evidence that levels need; `None` if the key is missing.
pub(super) fn needs(fields: &mut Fields<'_, '_>, levels: &mut Vec<(Level, Place)>) -> Option<Vec<Need>> {
    // It is a known key, whether it is there or not.
    let _ = fields.raw("needs");
    let span = fields.key_span("needs")?;
    let mut needs = fields.tables("needs", |mut need| {
        let from = need.level("from", Code::BadLevel);
        need.require("from", "say from which level upwards this is needed: { from = 3, any_of = [\"test\"] }");
        let any_of = need.required_texts("any_of", "name the kinds of evidence of which one is enough");
        let any_of = kinds(&mut need, &any_of);
        levels.extend(from.as_ref().map(|from| (from.value, need.at(&from.span))));
        need.finish();
        Some(Need { from: from?.value, any_of })
    });
    if needs.len() > NEEDS {
        let message = format!("`needs` holds {} needs, and at most {NEEDS} are asked", grouped(needs.len()));
        fields.report(Code::BadValue, &span, message);
        needs.truncate(NEEDS);
    }
    Some(needs)
}

/// One row of `[controls]`: rules for one control, or for all controls below an id.
pub(super) struct Override {
    id: String,
    place: Place,
    weight: Option<u32>,
    why: Arc<str>,
    key: Option<bool>,
    teams: Option<TeamRule>,
    max_age: Option<i32>,
    needs: Option<Vec<Need>>,
}

impl Override {
    /// The id of the row, and its place.
    pub(super) fn mentioned(&self) -> (String, Place) {
        (self.id.clone(), self.place.clone())
    }
}

/// Reads `[controls]` of `milepost.toml`.
pub(super) fn overrides(fields: Fields<'_, '_>, scale: &Scale, teams: &Table<TeamId, Team>) -> Vec<Override> {
    fields.entries("{ weight = 2 }", |mut table, id| {
        if table.nests() {
            report_unquoted(&mut table, &id);
            return None;
        }
        let place = table.at(&id.span);
        let mut levels = Vec::new();
        let row = Override {
            weight: table.integer("weight", 1..=1000),
            why: Arc::from(table.text_or_empty("why")),
            key: table.boolean("key"),
            teams: team_rule(&mut table, teams),
            max_age: max_age(&mut table),
            needs: needs(&mut table, &mut levels),
            id: id.value,
            place,
        };
        report_levels(&mut table, &levels, scale);
        table.finish();
        Some(row)
    })
}

fn team_rule(table: &mut Fields<'_, '_>, teams: &Table<TeamId, Team>) -> Option<TeamRule> {
    let rule = table.choice("teams", &[("mean", TeamRule::Mean), ("min", TeamRule::Min)]);
    let Some(owner) = table.text("owner") else { return rule };
    if let Some(span) = table.key_span("teams") {
        let report =
            table.report(Code::BadValue, &span, "an owned control takes its owner's level, so teams are not joined");
        report.help.push("keep `owner` or `teams`".to_owned());
    }
    named_team(table, &owner, teams, "an owner is one of the teams of milepost.toml").map(TeamRule::Owner)
}

/// Reports the levels of needs that are not on the scale, or lie between two whole levels.
pub(super) fn report_levels(fields: &mut Fields<'_, '_>, levels: &[(Level, Place)], scale: &Scale) {
    for (level, place) in levels.iter().filter(|(level, _)| !scale.holds(*level)) {
        let at = At { value: *level, span: place.start..place.end };
        report_level(fields, &at, scale);
    }
    off_whole(levels, scale, fields.found);
}

/// Reports the levels of needs that lie on the scale, but between two whole levels.
pub(super) fn off_whole(levels: &[(Level, Place)], scale: &Scale, found: &mut Diagnostics) {
    let between = levels.iter().filter(|(level, _)| scale.holds(*level) && !scale.may_need_from(*level));
    for (level, place) in between {
        let message = format!("`from` is level {}, and a need starts at a whole level", level.shown());
        let help =
            "write the whole level above it: what lies between it and the whole level below it then needs the same";
        found.push(Diagnostic::new(Code::BadLevel, place.clone(), message).help(help));
    }
}

/// The rows of `[controls]` by their id.
fn by_id(overrides: &[Override]) -> BTreeMap<&str, &Override> {
    overrides.iter().map(|row| (row.id.as_str(), row)).collect()
}

/// Reports rows of `[controls]` that name the same node in two ways.
pub(super) fn named_twice(overrides: &[Override], shortest: impl Fn(&str) -> String) -> Vec<Diagnostic> {
    let mut first: BTreeMap<String, &Override> = BTreeMap::new();
    let twice = |row: &Override, other: &Override| {
        let message = format!("`{}` and `{}` name the same", other.id, row.id);
        let twice = Diagnostic::new(Code::DuplicateId, row.place.clone(), message).label("again here");
        twice.related(other.place.clone(), "first here").help("keep one of the two rows")
    };
    let mut found = Vec::new();
    for row in overrides {
        found.extend(first.insert(shortest(&row.id), row).map(|other| twice(row, other)));
    }
    found
}

/// Applies the rules in `[controls]` to each control: first the rules of its framework, then of its Function, its Category and
/// the control itself. A later rule replaces an earlier one.
pub(super) fn apply(frameworks: &mut Table<FrameworkId, Framework>, overrides: &[Override]) {
    let rows = by_id(overrides);
    for framework in frameworks {
        for control in framework.controls.ids() {
            let above: Vec<&Override> = framework.lineage(control).filter_map(|id| rows.get(id).copied()).collect();
            let rules = &mut framework.controls[control].rules;
            for row in above.into_iter().rev() {
                rules.weight = row.weight.unwrap_or(rules.weight);
                rules.key = row.key.unwrap_or(rules.key);
                rules.teams = row.teams.or(rules.teams);
                rules.max_age = row.max_age.or(rules.max_age);
                rules.needs = row.needs.clone().or(rules.needs.take());
                if !row.why.is_empty() {
                    rules.why.clone_from(&row.why);
                }
            }
        }
    }
}

/// Reports controls whose owner is not asked for them, once for each row with an owner. Such a control could never have a score.
pub(super) fn owners(assessment: &Assessment, overrides: &[Override], found: &mut Diagnostics) {
    let rows = by_id(overrides);
    let mut said = BTreeSet::new();
    for framework in &assessment.frameworks {
        for control in framework.controls.ids() {
            let lineage = framework.lineage(control);
            let row = lineage.clone().find_map(|id| rows.get(id).filter(|row| row.teams.is_some()));
            let Some((row, TeamRule::Owner(owner))) = row.and_then(|row| Some((row, row.teams?))) else { continue };
            let owner = assessment.team(owner);
            if owner.answers_for(lineage) || !said.insert(&row.id) {
                continue;
            }
            let id = &framework.controls[control].id;
            let message = format!("`{id}` is owned by {}, who is not asked for it", owner.name);
            let outside = Diagnostic::new(Code::BadValue, row.place.clone(), message);
            found.push(outside.help("add it to the `scope` of the owner's [[team]], or name another owner"));
        }
    }
}
