//! Reads `[since."2026-Q3"]` of `milepost.toml`: what changes from a quarter on, laid over what stands before it.
//!
//! The tables of the file are merged, and what results is read like a `milepost.toml`. So each quarter's rules are checked whole
//! and by the same code, and every mistake has its place in the file.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::collectors::{self, Declared};
use super::fields::{At, Fields, KeyValue, in_file_order, unknown_key};
use super::finds::Finds;
use super::layers::{
    FromQuarter, SINCE, Unset, inner, is_default, lay, lay_whole, quarter_of, read_again, report_unset,
};
use super::rules;
use super::settings::{self, ReadSettings};
use super::terms::TEAM_HELP;
use crate::base::number::grouped;
use crate::base::place::Origin;
use crate::base::quarter::Quarter;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::assessment::Assessment;
use crate::model::catalog::Framework;
use crate::model::ids::{FrameworkId, Table};
use crate::model::rules::{Since, changes, of_all};

/// The tables that may change from a quarter on, besides those of teams.
const TABLES: [&str; 5] = ["scale", "scoring", "evidence", "controls", "gates"];
/// What may change of a team.
const OF_A_TEAM: [&str; 2] = ["scope", "weight"];
/// The most decisions of a workspace: ten years of quarters. Each may give every control its rules again.
const MOST: usize = 40;

/// The whole of `milepost.toml`.
pub(super) struct Whole {
    /// What stands before every decision.
    pub(super) base: ReadSettings,
    /// Each decision, oldest first, and the whole file as it reads from its quarter on.
    pub(super) later: Vec<(RuleDecision, ReadSettings)>,
    /// The collectors, which no decision changes.
    pub(super) collectors: Vec<Declared>,
}

/// The part of a decision that is no rule.
pub(super) struct RuleDecision {
    pub(super) quarter: Quarter,
    pub(super) why: String,
    pub(super) approved_by: String,
    pub(super) origin: Origin,
}

/// Adds the decisions to the assessment, which has the settings and frameworks from before them, and the ids that they mention.
/// `frameworks` are without any row of `[controls]`.
pub(super) fn decide(
    decisions: Vec<(RuleDecision, ReadSettings)>,
    frameworks: &Table<FrameworkId, Framework>,
    assessment: &mut Assessment,
    finds: &mut Finds<'_>,
) {
    for (RuleDecision { quarter, why, approved_by, origin }, read) in decisions {
        let settings = read.settings;
        rules::owners(frameworks, &settings, &read.rows, &mut finds.found);
        finds.mentioned.extend(read.mentioned);
        let before = assessment.since.last().map_or(&assessment.settings, |last| &last.settings);
        let with_rules = (before.controls != settings.controls).then(|| {
            let mut frameworks = frameworks.clone();
            rules::apply(&mut frameworks, &settings.controls);
            frameworks
        });
        let changes = changes(&of_all(before), &of_all(&settings));
        let frameworks = with_rules;
        assessment.since.push(Since { quarter, why, approved_by, changes, settings, frameworks, origin });
    }
}

/// Reads `milepost.toml`: once as it stands, and once more for each decision.
pub(super) fn read(mut fields: Fields<'_, '_>) -> Whole {
    let decisions = decisions(&mut fields);
    let tree = fields.tree();
    let base = settings::read(fields.inner(tree, 0..0));
    let collectors = collectors::read(&mut fields, &base.settings.teams);
    let mut merged = tree.clone();
    let mut later = Vec::new();
    for (decision, changes) in decisions {
        lay_over(&mut merged, changes, decision.quarter, &mut fields);
        let from = FromQuarter { quarter: decision.quarter, place: decision.origin.place.clone() };
        let read = read_again(&mut fields, &merged, &from, settings::read);
        later.push((decision, read));
    }
    Whole { base, later, collectors }
}

/// The decisions, oldest first, each with the table that holds its changes.
fn decisions<'a>(fields: &mut Fields<'a, '_>) -> Vec<(RuleDecision, &'a DeTable<'a>)> {
    let Some(since) = fields.table(SINCE) else { return Vec::new() };
    let place = since.place();
    let mut decisions = since.entries("{ why = \"…\", approved_by = \"…\" }", |mut table, key| {
        let (tree, origin) = (table.tree(), table.origin(&key.span));
        let why = table.required_text("why", "a rule is a decision: say why it changes");
        let approved_by = table.required_text("approved_by", "a rule is a decision: say which role took it");
        for key in TABLES.into_iter().chain(["teams"]) {
            if let Some(value) = table.raw(key).filter(|value| !value.get_ref().is_table() && !is_default(value)) {
                table.mistyped(value, key, "a table");
            }
        }
        if let Some(span) = table.key_span("targets") {
            let _ = table.raw("targets");
            let report = table.report(Code::UnknownKey, &span, "`targets` change in the profile");
            report.help.push(format!("write [since.\"{}\".targets] in profile.toml", key.value));
        }
        let quarter = quarter_of(&mut table, &key);
        table.finish();
        // A decision without its reason still says what the rules are.
        let text = |given: Option<At<String>>| given.map(|given| given.value).unwrap_or_default();
        let (why, approved_by) = (text(why), text(approved_by));
        Some((RuleDecision { quarter: quarter?, why, approved_by, origin }, tree))
    });
    decisions.sort_by_key(|(decision, _)| decision.quarter);
    if decisions.len() > MOST {
        let message = format!("{} decisions on rules are given, and at most {MOST} are read", grouped(decisions.len()));
        let many = Diagnostic::new(Code::BadValue, place, message);
        fields.found.push(many.help("a decision is for a quarter, and a workspace for ten years of them"));
        decisions.truncate(MOST);
    }
    decisions
}

/// The most quarters after the newest one from which on a rule may change. More is a mistyped year.
const FARTHEST: i32 = 12;

/// Reports decisions that change nothing, and decisions of a quarter that comes before the first one, or years after the newest one.
/// `of_profiles` are the decisions in profiles.
pub(super) fn idle(assessment: &Assessment, of_profiles: &[FromQuarter], found: &mut Diagnostics) {
    let decisions = assessment.since.iter().map(|since| (since.quarter, &since.origin.place));
    let all = || decisions.clone().chain(of_profiles.iter().map(|from| (from.quarter, &from.place)));
    if let Some(first) = assessment.quarters.iter().next().map(|first| first.quarter) {
        for (quarter, place) in all().filter(|(quarter, _)| *quarter < first) {
            let message = format!("{quarter} comes before the first quarter, {first}");
            let early = Diagnostic::new(Code::BadQuarter, place.clone(), message);
            found.push(early.help("write what holds from the start into the tables without a quarter"));
        }
    }
    if let Some(newest) = assessment.quarters.iter().last().map(|newest| newest.quarter) {
        for (quarter, place) in all().filter(|(quarter, _)| quarter.since(newest) > FARTHEST) {
            let message = format!("{quarter} comes {} quarters after the newest one, {newest}", quarter.since(newest));
            let far = Diagnostic::new(Code::SinceWithoutEffect, place.clone(), message);
            found.push(far.help("correct the year: until then nothing of it holds"));
        }
    }
    // A change with a mistake in it may have been meant to change something.
    let idle = assessment.since.iter().filter(|since| since.changes.is_empty());
    for since in idle.filter(|_| !found.has_errors()).collect::<Vec<_>>() {
        let message = format!("the decision from {} on changes no rule", since.quarter);
        let idle = Diagnostic::new(Code::SinceWithoutEffect, since.origin.place.clone(), message);
        found.push(idle.help("the values are those from before: write the new ones, or remove it"));
    }
}

/// Lays the changes of a decision over the tables that stand before it. Reports what they take back although nothing sets it.
fn lay_over<'a>(merged: &mut DeTable<'a>, changes: &'a DeTable<'a>, quarter: Quarter, fields: &mut Fields<'a, '_>) {
    let mut unset = Vec::new();
    for entry in in_file_order(changes) {
        let (key, value) = entry;
        match (key.get_ref().as_ref(), value.get_ref().as_table()) {
            ("teams", Some(teams)) => lay_teams(merged, teams, fields, &mut unset),
            ("gates", Some(gates)) => {
                let under = inner(merged, entry);
                in_file_order(gates).into_iter().for_each(|gate| lay_whole(under, gate, &mut unset));
            }
            ("controls", Some(rows)) => {
                let under = inner(merged, entry);
                in_file_order(rows).into_iter().for_each(|row| lay_row(under, row, &mut unset));
            }
            (name, _) if TABLES.contains(&name) => lay(merged, entry, &mut unset),
            _ => {}
        }
    }
    report_unset(unset, quarter, fields);
}

/// A row of `[controls]` merges with the row of its id. `owner` and `teams` displace each other.
fn lay_row<'a>(under: &mut DeTable<'a>, entry: KeyValue<'a>, unset: &mut Unset<'a>) {
    if let Some(table) = entry.1.get_ref().as_table() {
        let under = inner(under, entry);
        for (new, old) in [("owner", "teams"), ("teams", "owner")] {
            if table.contains_key(new) && !table.contains_key(old) {
                under.remove(old);
            }
        }
    }
    lay(under, entry, unset);
}

/// Lays `scope` and `weight` over the `[[team]]` of the same id.
fn lay_teams<'a>(merged: &mut DeTable<'a>, teams: &'a DeTable<'a>, fields: &mut Fields<'a, '_>, unset: &mut Unset<'a>) {
    let Some(DeValue::Array(known)) = merged.get_mut("team").map(Spanned::get_mut) else { return };
    for (id, value) in in_file_order(teams) {
        let name = id.get_ref().as_ref();
        let Some(table) = value.get_ref().as_table() else {
            fields.mistyped(value, name, "a table such as { weight = 2 }");
            continue;
        };
        let of_name = known.iter_mut().filter_map(|team| match team.get_mut() {
            DeValue::Table(team) => Some(team),
            _ => None,
        });
        let Some(team) = of_name.into_iter().find(|team| id_of(team) == Some(name)) else {
            let place = fields.at(&id.span());
            let near = fields.nearest(name, known.iter().filter_map(|team| id_of(team.get_ref().as_table()?)));
            let unknown = Diagnostic::new(Code::UnknownTeam, place, format!("no [[team]] has the id `{name}`"));
            fields.found.push(unknown.nearest(near).help(TEAM_HELP));
            continue;
        };
        for entry in in_file_order(table) {
            let (key, _) = entry;
            if OF_A_TEAM.contains(&key.get_ref().as_ref()) {
                lay(team, entry, unset);
                continue;
            }
            let near = fields.nearest(key.get_ref(), OF_A_TEAM);
            let unknown = unknown_key(key.get_ref(), fields.at(&key.span()), &OF_A_TEAM, near);
            fields.found.push(unknown);
        }
    }
}

/// The id that a `[[team]]` gives itself.
fn id_of<'t>(team: &'t DeTable<'_>) -> Option<&'t str> {
    team.get("id")?.get_ref().as_str()
}
