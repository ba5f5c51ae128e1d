//! Reads the rules of a control: `weight`, `key`, `teams`, `owner`, `max_age` and `needs`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::fields::{At, Fields};
use super::terms::{kinds, named_team, report_level, report_unquoted};
use crate::base::number::{Level, grouped};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::model::catalog::{Framework, Need, Node, RuleRow, Rules, TeamRule};
use crate::model::ids::{FrameworkId, Table, TeamId};
use crate::model::settings::{Scale, Settings, Team};

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

/// The owners that rows of `[controls]` name, each with the id and the place of its row.
pub(super) fn owned(settings: &Settings, rows: &[(String, Place)]) -> Vec<(String, TeamId, Place)> {
    let owner = |id: &String| settings.controls.get(id)?.teams?.owner();
    rows.iter().filter_map(|(id, place)| Some((id.clone(), owner(id)?, place.clone()))).collect()
}

/// Reads `[controls]` of `milepost.toml`: the rows, and the place of each.
pub(super) fn rows(
    fields: Fields<'_, '_>,
    scale: &Scale,
    teams: &Table<TeamId, Team>,
) -> (BTreeMap<String, RuleRow>, Vec<(String, Place)>) {
    let read = fields.entries("{ weight = 2 }", |mut table, id| {
        if table.nests() {
            report_unquoted(&mut table, &id);
            return None;
        }
        let place = table.at(&id.span);
        let mut levels = Vec::new();
        let row = RuleRow {
            weight: table.integer("weight", 1..=1000),
            why: Arc::from(table.text_or_empty("why")),
            key: table.boolean("key"),
            teams: team_rule(&mut table, teams),
            max_age: max_age(&mut table),
            needs: needs(&mut table, &mut levels),
        };
        report_levels(&mut table, &levels, scale);
        table.finish();
        Some((id.value, row, place))
    });
    let places = read.iter().map(|(id, _, place)| (id.clone(), place.clone())).collect();
    (read.into_iter().map(|(id, row, _)| (id, row)).collect(), places)
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

/// Reports rows of `[controls]` that name the same node in two ways.
pub(super) fn named_twice(rows: &[(String, Place)], shortest: impl Fn(&str) -> String, found: &mut Diagnostics) {
    let mut first: BTreeMap<String, &(String, Place)> = BTreeMap::new();
    let twice = |(id, place): &(String, Place), (other, before): &(String, Place)| {
        let message = format!("`{other}` and `{id}` name the same");
        let twice = Diagnostic::new(Code::DuplicateId, place.clone(), message).label("again here");
        twice.related(before.clone(), "first here").help("keep one of the two rows")
    };
    for row in rows {
        let twice = first.insert(shortest(&row.0), row).map(|other| twice(row, other));
        // What a decision leaves as it is was reported already.
        if let Some(twice) = twice.filter(|twice| !found.says(twice.code, &twice.place)) {
            found.push(twice);
        }
    }
}

/// The frameworks with the rules of `rows`: for each control, first those of its framework, then of its Function, its Category, the
/// control that it stands under and the control itself. A later rule replaces an earlier one.
pub(super) fn apply(frameworks: &mut Table<FrameworkId, Framework>, rows: &BTreeMap<String, RuleRow>) {
    for framework in frameworks {
        for control in framework.controls.ids() {
            let names =
                framework.way_up(control).flat_map(|node| framework.called(node).names().map(move |name| (node, name)));
            let row = |(node, name): (Node, &str)| {
                let row = rows.get(name)?;
                let is_parent = matches!(node, Node::Control(above) if above != control);
                Some(if is_parent { row.for_sub_controls() } else { row.clone() })
            };
            let above: Vec<RuleRow> = names.filter_map(row).collect();
            let rules = &mut framework.controls[control].rules;
            above.iter().rev().for_each(|row| rules.replace(row));
        }
    }
}

/// Reports controls whose owner is not asked for them, once for each row with an owner. Such a control could never have a score.
pub(super) fn owners(
    frameworks: &Table<FrameworkId, Framework>,
    settings: &Settings,
    places: &[(String, Place)],
    found: &mut Diagnostics,
) {
    let places: BTreeMap<&str, &Place> = places.iter().map(|(id, place)| (id.as_str(), place)).collect();
    let mut said = BTreeSet::new();
    for framework in frameworks {
        for control in framework.controls.ids() {
            let lineage = framework.lineage(control);
            let row = lineage.clone().find_map(|id| Some((id, settings.controls.get(id)?.teams?)));
            let Some((row, TeamRule::Owner(owner))) = row else { continue };
            let owner = &settings.teams[owner];
            if owner.answers_for(lineage) || !said.insert(row) {
                continue;
            }
            // A row that a decision leaves as it is was reported before it.
            let Some(place) = places.get(row).filter(|place| !found.says(Code::BadValue, place)) else { continue };
            let id = &framework.controls[control].id;
            let message = format!("`{id}` is owned by {}, who is not asked for it", owner.name);
            let outside = Diagnostic::new(Code::BadValue, (*place).clone(), message);
            found.push(outside.help("add it to the `scope` of the owner's [[team]], or name another owner"));
        }
    }
}
