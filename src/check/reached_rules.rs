//! Warns of rules that are other ones now than when a quarter was sealed, and says how to let them hold from the next quarter on.

use toml::de::DeTable;

use super::layers::SINCE;
use crate::base::layout::{CONFIG, PROFILE_FILE};
use crate::base::quarter::Quarter;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::load::workspace::Workspace;
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
    if change.is_of_new_team() || change.is_of_gone_team() {
        return Some(warning.help(asked_as_sealed(assessment, reached)));
    }
    let instead = match (RuleRemedy::of(workspace, assessment, reached), before) {
        (RuleRemedy::Later { from, to }, _) => {
            let help = format!("a closed quarter keeps its rules: change [since.\"{from}\"] to [since.\"{to}\"]");
            return Some(warning.help(help));
        }
        (RuleRemedy::Since(since), Some(value)) => {
            format!("write {rule} = {value} again under [since.\"{since}\"]")
        }
        (_, Some(value)) => format!("write {rule} = {value} again"),
        (_, None) => format!("remove {rule}"),
    };
    let warning = warning.help(format!("a closed quarter keeps its rules: {instead}"));
    if is_decided(workspace, assessment, change, next) {
        return Some(warning.help(format!("from {next} on, a `since` says already what holds")));
    }
    let file = if change.rule.is_of_profile() { PROFILE_FILE } else { CONFIG };
    let lines = since_lines(has_since(workspace, change, next), next, &[change]);
    let warning = warning.help(format!("what is new holds from {next} on, in {file}:"));
    Some(lines.into_iter().fold(warning, Diagnostic::help))
}

/// How a closed quarter gets a rule back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleRemedy {
    /// The sealed value is written again where the rule stands now.
    Again,
    /// The `since` of this quarter does not set the rule any more: it sets it again.
    Since(Quarter),
    /// The `since` of a closed quarter was written later: it becomes that of a quarter that is not closed.
    Later {
        /// The quarter of the `since`.
        from: Quarter,
        /// The first quarter that may have the rule.
        to: Quarter,
    },
}

impl RuleRemedy {
    /// How the closed quarters get back a rule that is another one now.
    pub fn of(workspace: &Workspace, assessment: &Assessment, reached: &ReachedRule) -> Self {
        let ReachedRule { change, quarters } = reached;
        let (Some(first), Some(to)) = (quarters.first().copied(), reached.next()) else { return Self::Again };
        let from = deciding(workspace, change, first);
        let sealed = assessment.quarters.iter().filter_map(|quarter| quarter.seal.as_ref());
        let mut earlier = sealed.filter(|seal| seal.quarter < first && from.is_none_or(|from| from <= seal.quarter));
        let had = |sealed: &Sealed| sealed.seal.as_ref().and_then(|seal| seal.rules.get(&change.rule).cloned());
        // Where an earlier seal has the value of now, nobody changed that one.
        if earlier.any(|sealed| had(sealed) == change.after) {
            return Self::Since(first);
        }
        match from {
            Some(from) if rule_before(assessment, change, from) == change.before => Self::Later { from, to },
            _ => Self::Again,
        }
    }
}

/// What to write so that the same teams are asked in closed quarters as when these were sealed, as a sentence without a full stop.
pub fn asked_as_sealed(assessment: &Assessment, ReachedRule { change, quarters }: &ReachedRule) -> String {
    let (Some(first), Some(last)) = (quarters.first(), quarters.last()) else { return String::new() };
    let name = change.rule.team().unwrap_or_default();
    if change.is_of_new_team() {
        return format!("if `{name}` is new, give its [[team]] first_quarter = \"{}\"", last.next());
    }
    let team = assessment.settings.teams.iter().find(|team| team.id == name);
    let begins = team.and_then(|team| team.first_quarter).filter(|begins| first < begins);
    let ends = team.and_then(|team| team.last_quarter).filter(|ends| ends < last);
    match (begins, ends) {
        (Some(_), _) => format!("`{name}` was asked in {first}: write first_quarter = \"{first}\", or remove it"),
        (None, Some(_)) => format!("`{name}` was asked in {last}: write last_quarter = \"{last}\", or a later one"),
        (None, None) => format!("if `{name}` has ended, keep its [[team]] and give it last_quarter = \"{last}\""),
    }
}

/// The quarter of the newest `since` up to `quarter` that sets the rule; `None` if only the tables of all quarters do.
fn deciding(workspace: &Workspace, change: &RuleChange, quarter: Quarter) -> Option<Quarter> {
    let path = change.rule.parts();
    let since = files(workspace, change).filter_map(|file| {
        let (tree, _) = DeTable::parse_recoverable(workspace.text(&file)?);
        let since = decisions(tree.get_ref()).filter(|(since, table)| *since <= quarter && sets(table, path));
        since.map(|(since, _)| since).max()
    });
    since.max()
}

/// The value of a rule without the `since` of `quarter` and all later ones.
fn rule_before(assessment: &Assessment, change: &RuleChange, quarter: Quarter) -> Option<String> {
    if change.rule.is_of_profile() {
        let earlier = assessment.quarters.iter().rev().find(|earlier| earlier.quarter < quarter)?;
        return earlier.in_force.rules.get(&change.rule).cloned();
    }
    let earlier = assessment.since.iter().rev().find(|since| since.quarter < quarter);
    let settings = earlier.map_or(&assessment.settings, |since| &since.settings);
    of_settings(settings, |team| team.asked_in(quarter)).remove(&change.rule)
}

/// Whether the `since` of `quarter` says already what the rule is from then on.
pub fn is_decided(workspace: &Workspace, assessment: &Assessment, change: &RuleChange, quarter: Quarter) -> bool {
    let is_set = files(workspace, change).any(|path| {
        let tree = workspace.text(&path).map(|text| DeTable::parse_recoverable(text).0);
        tree.is_some_and(|tree| since(tree.get_ref(), quarter).is_some_and(|since| sets(since, change.rule.parts())))
    });
    // One key may take the place of another: an owner that of `teams`.
    let in_force = || of_settings(assessment.settings_in(quarter), |team| team.asked_in(quarter));
    let rule = || in_force().remove(&change.rule);
    is_set || (!change.rule.is_of_profile() && rule() != change.after)
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
    let profiles = workspace.patterns.profile_folders().into_iter().map(|folder| format!("{folder}/{PROFILE_FILE}"));
    let of_profile = change.rule.is_of_profile();
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
    let config = change.rule.is_of_profile().then(|| CONFIG.to_owned());
    let mut found = files(workspace, change).chain(config).filter_map(|path| {
        let (tree, _) = DeTable::parse_recoverable(workspace.text(&path)?);
        let tree = tree.get_ref();
        let mut since: Vec<(Quarter, &DeTable<'_>)> = decisions(tree).filter(|(since, _)| *since <= quarter).collect();
        since.sort_by_key(|(since, _)| *since);
        let layers = since.into_iter().rev().map(|(_, table)| table).chain([tree]);
        layers.filter_map(|layer| key_of(layer, change.rule.parts())).next().map(|span| Place {
            start: span.start,
            end: span.end,
            ..Place::file(&path)
        })
    });
    found.next().unwrap_or_else(|| Place::file(CONFIG))
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
