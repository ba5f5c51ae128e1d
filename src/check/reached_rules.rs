//! Warns of rules that are other ones now than when a quarter was sealed, and says how to let them hold from the next quarter on.

use toml::de::{DeTable, DeValue};

use super::layers::SINCE;
use super::profile;
use crate::base::quarter::Quarter;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::load::workspace::{CONFIG, Workspace};
use crate::model::assessment::Assessment;
use crate::model::rules::{RuleChange, of_settings, since_lines};
use crate::model::seal::{ReachedRule, Sealed, reached};

/// A warning for each rule on which a closed quarter rests and that is another one now.
pub(super) fn diagnostics<'a>(
    workspace: &Workspace,
    assessment: &Assessment,
    seals: impl Iterator<Item = &'a Sealed>,
) -> Vec<Diagnostic> {
    reached(seals).iter().filter_map(|rule| diagnostic(workspace, assessment, rule)).collect()
}

fn diagnostic(workspace: &Workspace, assessment: &Assessment, reached: &ReachedRule) -> Option<Diagnostic> {
    let ReachedRule { change, quarters } = reached;
    let RuleChange { rule, before, after } = change;
    let (first, next) = (*quarters.first()?, reached.next()?);
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "not set".to_owned());
    let were = if quarters.len() == 1 { "was" } else { "were" };
    let message = format!(
        "`{rule}` was {} when {} {were} sealed, and is {}",
        value(before),
        reached.told_quarters(),
        value(after)
    );
    let warning = Diagnostic::new(Code::SealedRuleChanged, place(workspace, change, first), message);
    if change.is_of_new_team() {
        return Some(warning.help(format!("if the team is new, give its [[team]] first_quarter = \"{next}\"")));
    }
    if change.is_of_gone_team() {
        let last = quarters.last()?;
        return Some(
            warning.help(format!("if the team has ended, keep its [[team]] and give it last_quarter = \"{last}\"")),
        );
    }
    let warning = warning.help(match before {
        Some(value) => format!("a closed quarter keeps its rules: write {rule} = {value} again"),
        None => format!("a closed quarter keeps its rules: remove {rule}"),
    });
    if is_decided(workspace, assessment, change, next) {
        return Some(warning.help(format!("from {next} on, a `since` says already what holds")));
    }
    let file = if change.is_of_profile() { profile::FILE } else { CONFIG };
    let lines = since_lines(has_since(workspace, change, next), next, &[change]);
    let warning = warning.help(format!("what is new holds from {next} on, in {file}:"));
    Some(lines.into_iter().fold(warning, Diagnostic::help))
}

/// Whether the `since` of `quarter` says already what the rule is from then on.
pub fn is_decided(workspace: &Workspace, assessment: &Assessment, change: &RuleChange, quarter: Quarter) -> bool {
    let is_set = files(workspace, change).any(|path| {
        let tree = workspace.text(&path).map(|text| DeTable::parse_recoverable(text).0);
        tree.is_some_and(|tree| since(tree.get_ref(), quarter).is_some_and(|since| sets(since, &parts(&change.rule))))
    });
    // One key may take the place of another: an owner that of `teams`.
    let in_force = || of_settings(assessment.settings_in(quarter), |team| team.asked_in(quarter));
    let rule = || in_force().remove(&change.rule);
    is_set || (!change.is_of_profile() && rule() != change.after)
}

/// Whether a file that may hold the rule has a `since` of `quarter`.
pub fn has_since(workspace: &Workspace, change: &RuleChange, quarter: Quarter) -> bool {
    files(workspace, change).any(|path| {
        let tree = workspace.text(&path).map(|text| DeTable::parse_recoverable(text).0);
        tree.is_some_and(|tree| since(tree.get_ref(), quarter).is_some())
    })
}

/// The files that may change the rule from a quarter on.
fn files(workspace: &Workspace, change: &RuleChange) -> impl Iterator<Item = String> {
    let profiles = workspace.patterns.profile_folders().into_iter().map(|folder| format!("{folder}/{}", profile::FILE));
    let of_profile = change.is_of_profile();
    let config = (!of_profile).then(|| CONFIG.to_owned());
    profiles.filter(move |_| of_profile).chain(config)
}

/// The table of what changes from `quarter` on.
fn since<'t>(tree: &'t DeTable<'_>, quarter: Quarter) -> Option<&'t DeTable<'t>> {
    decisions(tree).find(|(since, _)| *since == quarter).map(|(_, table)| table)
}

/// Each quarter from which on something changes, with the table of what does.
fn decisions<'t>(tree: &'t DeTable<'_>) -> impl Iterator<Item = (Quarter, &'t DeTable<'t>)> {
    let since = tree.get(SINCE).and_then(|since| since.get_ref().as_table());
    since
        .into_iter()
        .flatten()
        .filter_map(|(name, table)| Some((name.get_ref().parse().ok()?, table.get_ref().as_table()?)))
}

/// Whether a table sets the key at the end of this path, or a table that the path leads through as a whole.
fn sets(table: &DeTable<'_>, path: &[String]) -> bool {
    let Some((name, rest)) = path.split_first() else { return true };
    let value = table.get(name.as_str());
    value.is_some_and(|value| value.get_ref().as_table().is_none_or(|below| sets(below, rest)))
}

/// Where the value of a rule in `quarter` is written: in the newest `since` up to it that says so, or else in the tables of all
/// quarters; the file, where nothing says so any more.
fn place(workspace: &Workspace, change: &RuleChange, quarter: Quarter) -> Place {
    // Targets may also stand in milepost.toml.
    let config = change.is_of_profile().then(|| CONFIG.to_owned());
    let mut found = files(workspace, change).chain(config).filter_map(|path| {
        let (tree, _) = DeTable::parse_recoverable(workspace.text(&path)?);
        let tree = tree.get_ref();
        let mut since: Vec<(Quarter, &DeTable<'_>)> = decisions(tree).filter(|(since, _)| *since <= quarter).collect();
        since.sort_by_key(|(since, _)| *since);
        let layers = since.into_iter().rev().map(|(_, table)| table).chain([tree]);
        layers.filter_map(|layer| key_of(layer, &parts(&change.rule))).next().map(|span| Place {
            start: span.start,
            end: span.end,
            ..Place::file(&path)
        })
    });
    found.next().unwrap_or_else(|| Place::file(CONFIG))
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
