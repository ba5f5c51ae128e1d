//! The opening sentence of a pull request comment: which Categories changed most, and why.

use std::collections::BTreeSet;

use super::change::{Comparison, digits};
use super::counted;
use crate::base::number::signed;
use crate::model::catalog::Node;
use crate::model::evidence::Item;
use crate::score::ScoredQuarter;
use crate::score::change::{AnswerChange, Cause, Change, NodeChange, Part};

/// The most Categories that are named.
const MOST_CATEGORIES: usize = 3;
/// The most controls that are named for each Category.
const MOST_CONTROLS: usize = 2;

/// Says which Categories changed most, and why; two sentences if targets changed too.
pub fn headline(comparison: &Comparison<'_>) -> String {
    let Comparison { from, to, .. } = *comparison;
    let change = comparison.change;
    let mut what = "this change".to_owned();
    if let Some(team) = comparison.team {
        what = format!("for {}, {what}", to.assessment.team(team).name);
    }
    if from.name() != to.name() {
        what = format!("against {}, {what}", from.name());
    }
    let what = capitalised(&what);
    if let Some(why) = &change.incomparable {
        return format!("{what} cannot be compared: {why}.");
    }
    let moved = moved(change);
    let reason = |node: &NodeChange| reason(node, change, from, to);
    let said = match moved.as_slice() {
        [] if change.answers.is_empty() => format!("{what} moves no score."),
        [] => format!("{what} moves no Category, and {}.", counted(change.answers.len(), "answer")),
        [node] => format!("{what} moves {}: {}.", step(comparison, node), reason(node)),
        nodes => {
            let told = nodes.iter().take(MOST_CATEGORIES);
            let told: Vec<String> = told.map(|node| format!("{} ({})", step(comparison, node), reason(node))).collect();
            let more = match nodes.len().saturating_sub(MOST_CATEGORIES) {
                0 => String::new(),
                1 => "; another Category moves less".to_owned(),
                more => format!("; {more} other Categories move less"),
            };
            format!("{what} moves {}{more}.", listed(&told))
        }
    };
    match change.targets.len() {
        0 => said,
        count => format!("{said} It moves {} too, which is no progress.", counted(count, "target")),
    }
}

/// The Categories that changed, the largest change first; those whose change cannot be measured come last.
fn moved(change: &Change) -> Vec<&NodeChange> {
    let moved = |node: &&NodeChange| match node.total() {
        Some(total) => total != 0,
        None => node.shown_from != node.shown_to,
    };
    let mut nodes: Vec<&NodeChange> =
        change.nodes.iter().filter(|node| matches!(node.node, Node::Category(_))).filter(moved).collect();
    nodes.sort_by_key(|node| std::cmp::Reverse(node.total().map(i64::abs)));
    nodes
}

/// `PR.AA from 2.4 to 2.1`; if both numbers look the same, `PR.AA by −0.012`.
fn step(comparison: &Comparison<'_>, node: &NodeChange) -> String {
    let NodeChange { id, shown_from, shown_to, .. } = node;
    match node.total() {
        Some(total) if shown_from == shown_to => {
            let decimals = digits(comparison.to.settings());
            let amount =
                if signed(total, decimals) == signed(0, decimals) { signed(total, 6) } else { signed(total, decimals) };
            format!("{id} by {amount}")
        }
        _ => format!("{id} from {shown_from} to {shown_to}"),
    }
}

/// Why a node changed: the largest cause, and the controls that contributed most to it.
fn reason(node: &NodeChange, change: &Change, from: ScoredQuarter<'_>, to: ScoredQuarter<'_>) -> String {
    let Some(total) = node.total() else { return node.why_not.clone() };
    // A cause in the opposite direction is not a reason.
    let parts = node.parts.iter().filter(|part| part.amount.signum() == total.signum());
    let Some(part) = parts.max_by_key(|part| part.amount.abs()) else { return "its parts moved".to_owned() };
    let mut controls: Vec<&(String, i64)> = part.controls.iter().collect();
    controls.retain(|(_, amount)| amount.signum() == total.signum());
    controls.sort_by_key(|(_, amount)| std::cmp::Reverse(amount.abs()));
    let mut names: Vec<String> = controls.iter().take(MOST_CONTROLS).map(|(id, _)| id.clone()).collect();
    let more = controls.len().saturating_sub(MOST_CONTROLS);
    if more > 0 {
        names.push(format!("{more} more"));
    }
    let on = if names.is_empty() { String::new() } else { format!(" on {}", listed(&names)) };
    let moved: BTreeSet<&str> = controls.iter().map(|(id, _)| id.as_str()).collect();
    let answers = change.answers.iter().filter(|answer| answer.cause == part.cause);
    let answers: Vec<&AnswerChange> = answers.filter(|answer| moved.contains(answer.control.as_str())).collect();
    format!("{}{on}", words(part, &answers, from, to))
}

fn words(part: &Part, answers: &[&AnswerChange], from: ScoredQuarter<'_>, to: ScoredQuarter<'_>) -> &'static str {
    match part.cause {
        Cause::Method => "other rules or another catalog",
        Cause::Scope => "another scope",
        Cause::Assessed if answers.iter().all(|answer| answer.from.is_open()) => "newly assessed",
        Cause::Assessed if answers.iter().all(|answer| answer.to.is_open()) => "no longer assessed",
        Cause::Assessed => "newly or no longer assessed",
        Cause::Evidence if part.amount > 0 => "evidence gained",
        Cause::Evidence if answers.iter().all(|answer| still_has_all(answer, from, to)) => "evidence expired",
        Cause::Evidence => "evidence lost",
        Cause::Up => "scored up",
        Cause::Down => "scored down",
    }
}

/// Whether an answer still has all its evidence from before, so that only time can have weakened it.
fn still_has_all(answer: &AnswerChange, from: ScoredQuarter<'_>, to: ScoredQuarter<'_>) -> bool {
    let (before, after) = (evidence(from, answer, &answer.team_before), evidence(to, answer, &answer.team));
    let known = |item: &&Item| (item.kind, item.title.to_string(), item.period.from, item.period.to);
    let kept: BTreeSet<_> = after.iter().map(known).collect();
    before.iter().all(|item| kept.contains(&known(item)))
}

fn evidence<'a>(side: ScoredQuarter<'a>, answer: &AnswerChange, team: &str) -> Vec<&'a Item> {
    let team = side.settings().teams.find(|known| known.id == team);
    let mut frameworks = side.scored.assessment.frameworks.iter();
    let control = frameworks.find_map(|framework| framework.controls.find(|control| control.id == answer.control));
    team.zip(control).map(|(team, control)| side.evidence_for(control.of(team)).collect()).unwrap_or_default()
}

/// `a`, `a and b`, or `a, b and c`.
fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
