//! Warns of rules that are other ones now than when a quarter was sealed, and says how to let them hold from the next quarter on.

use toml::de::{DeTable, DeValue};

use super::layers::SINCE;
use super::profile;
use crate::base::quarter::Quarter;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::load::workspace::{CONFIG, Workspace};
use crate::model::assessment::Assessment;
use crate::model::rules::{RuleChange, since_lines};
use crate::model::seal::{ReachedRule, Sealed, reached};

/// A warning for each rule on which a closed quarter rests and that is another one now.
pub(super) fn diagnostics<'a>(
    workspace: &Workspace,
    assessment: &Assessment,
    seals: impl Iterator<Item = &'a Sealed> + Clone,
) -> Vec<Diagnostic> {
    let Some(newest) = seals.clone().map(|sealed| sealed.quarter).max() else { return Vec::new() };
    reached(seals).iter().map(|rule| diagnostic(workspace, assessment, rule, newest.next())).collect()
}

fn diagnostic(
    workspace: &Workspace,
    assessment: &Assessment,
    ReachedRule { change, quarters }: &ReachedRule,
    next: Quarter,
) -> Diagnostic {
    let RuleChange { rule, before, after } = change;
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "not set".to_owned());
    let message = format!("`{rule}` was {} when {} sealed, and is {}", value(before), were(quarters), value(after));
    let place = place(workspace, change, quarters.first().copied().unwrap_or(next));
    let warning = Diagnostic::new(Code::SealedRuleChanged, place, message);
    if change.is_of_new_team() {
        return warning.help(format!("if the team is new, give its [[team]] first_quarter = \"{next}\""));
    }
    let warning = warning.help(match before {
        Some(value) => format!("a closed quarter keeps its rules: write {rule} = {value} again"),
        None => format!("a closed quarter keeps its rules: remove {rule}"),
    });
    let is_there = !change.is_of_profile() && assessment.since.iter().any(|since| since.quarter == next);
    let file = if change.is_of_profile() { profile::FILE } else { CONFIG };
    since_lines(is_there, next, &[change])
        .into_iter()
        .fold(warning.help(format!("what is new holds from {next} on, in {file}:")), Diagnostic::help)
}

/// `2026-Q3 was`, `2026-Q1 and 2026-Q2 were`, `2026-Q1 to 2026-Q3 were`.
fn were(quarters: &[Quarter]) -> String {
    match quarters {
        [] => String::new(),
        [one] => format!("{one} was"),
        [one, two] => format!("{one} and {two} were"),
        [first, .., last] => format!("{first} to {last} were"),
    }
}

/// Where the value of a rule in `quarter` is written: in the newest `since` up to it that says so, or else in the tables of all
/// quarters; the file, where nothing says so any more.
fn place(workspace: &Workspace, change: &RuleChange, quarter: Quarter) -> Place {
    let profiles = workspace.patterns.profile_folders().into_iter().map(|folder| format!("{folder}/{}", profile::FILE));
    let files = profiles.filter(|_| change.is_of_profile()).chain([CONFIG.to_owned()]);
    let found = files.filter_map(|path| {
        let (tree, _) = DeTable::parse_recoverable(workspace.text(&path)?);
        let tree = tree.get_ref();
        let mut since: Vec<(Quarter, &DeTable<'_>)> = tree
            .get(SINCE)
            .and_then(|since| since.get_ref().as_table())
            .into_iter()
            .flatten()
            .filter_map(|(name, table)| Some((name.get_ref().parse().ok()?, table.get_ref().as_table()?)))
            .filter(|(since, _)| *since <= quarter)
            .collect();
        since.sort_by_key(|(since, _)| *since);
        let layers = since.into_iter().rev().map(|(_, table)| table).chain([tree]);
        layers.filter_map(|layer| key_of(layer, &parts(&change.rule))).next().map(|span| Place {
            start: span.start,
            end: span.end,
            ..Place::file(&path)
        })
    });
    found.into_iter().next().unwrap_or_else(|| Place::file(CONFIG))
}

/// The parts of a rule's key.
fn parts(rule: &str) -> Vec<String> {
    let table = format!("{rule} = 0");
    let mut parts = Vec::new();
    let (tree, _) = DeTable::parse_recoverable(&table);
    let mut at = tree.into_inner();
    while let Some((name, value)) = at.into_iter().next() {
        parts.push(name.into_inner().into_owned());
        at = match value.into_inner() {
            DeValue::Table(table) => table,
            _ => break,
        };
    }
    parts
}

/// The range of the key at the end of this path. A `[[team]]` is found by its id.
fn key_of(table: &DeTable<'_>, path: &[String]) -> Option<std::ops::Range<usize>> {
    let (name, rest) = path.split_first()?;
    if name == "teams" && !table.contains_key("teams") {
        let (id, key) = rest.split_first()?;
        let teams = table.get("team")?.get_ref().as_array()?;
        let mut teams = teams.iter().filter_map(|team| team.get_ref().as_table());
        let team = teams.find(|team| team.get("id").and_then(|id| id.get_ref().as_str()) == Some(id))?;
        return key_of(team, key).or_else(|| Some(team.get_key_value("id")?.0.span()));
    }
    let (key, value) = table.get_key_value(name.as_str())?;
    match rest {
        [] => Some(key.span()),
        _ => key_of(value.get_ref().as_table()?, rest),
    }
}
