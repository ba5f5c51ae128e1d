//! The opening sentence of a pull request comment: which Categories changed most, and why. If none did, it names what did.

use std::collections::BTreeSet;

use super::change::{Comparison, ranked};
use crate::base::number::{counted, largest_first, signed};
use crate::model::catalog::{Framework, Node};
use crate::model::evidence::Item;
use crate::score::ScoredQuarter;
use crate::score::change::{AnswerChange, Cause, CauseEffect, Change, NodeChange};

/// The most nodes that are named.
const MOST_NODES: usize = 3;
/// The most controls that are named for each node.
const MOST_CONTROLS: usize = 2;
/// The ranks of which one is named: the first that has a node that moved. So no movement is passed over.
const RANKS: [&str; 4] = ["category", "function", "overall", "control"];

/// Says which nodes of one rank changed most, and why; two sentences if targets changed too.
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
        return format!("{what} cannot be compared: {}.", why.said(&to.assessment.english));
    }
    let digits = to.settings().scoring.change_decimals();
    let moved = moved(change, to.framework(comparison.framework), digits);
    let reason = |node: &NodeChange| reason(node, change, from, to);
    let said = match moved.as_slice() {
        [] if change.answers.is_empty() => format!("{what} moves no score."),
        [] => format!("{what} moves no score, and {}.", counted(change.answers.len(), "answer")),
        [node] => format!("{what} moves {}: {}.", step(comparison, node), reason(node)),
        nodes => {
            let told = nodes.iter().take(MOST_NODES);
            let told: Vec<String> = told.map(|node| format!("{} ({})", step(comparison, node), reason(node))).collect();
            let (one, several) = rank_words(nodes[0].node);
            let more = match nodes.len().saturating_sub(MOST_NODES) {
                0 => String::new(),
                1 => format!("; another {one} moves less"),
                more => format!("; {more} other {several} move less"),
            };
            format!("{what} moves {}{more}.", listed(&told))
        }
    };
    match change.targets.len() {
        0 => said,
        count => format!("{said} It moves {} too, which is no progress.", counted(count, "target")),
    }
}

/// The nodes of one rank that changed, the largest change first; those whose change cannot be measured come last.
fn moved<'a>(change: &'a Change, catalog: &Framework, digits: u32) -> Vec<&'a NodeChange> {
    let moved = |node: &&NodeChange| match node.total() {
        Some(total) => total != 0,
        None => node.shown_from != node.shown_to,
    };
    let moved: Vec<&NodeChange> = change.nodes.iter().filter(moved).collect();
    // A control in no Category moves its Function alone.
    let is_loose = |node: &&NodeChange| matches!(node.node, Node::Control(it) if catalog.category_of(it).is_none());
    let mut ranks = RANKS.into_iter().skip(usize::from(moved.iter().any(is_loose)));
    let rank = ranks.find(|rank| moved.iter().any(|node| node.node.rank() == *rank));
    let nodes = moved.into_iter().filter(|node| Some(node.node.rank()) == rank);
    let (measured, unmeasured): (Vec<_>, Vec<_>) = nodes.partition(|node| node.total().is_some());
    let mut nodes = ranked(measured, digits);
    nodes.extend(unmeasured);
    nodes
}

/// What a node is called alone, and with others of its rank.
fn rank_words(node: Node) -> (&'static str, &'static str) {
    match node {
        Node::Framework(_) => ("framework", "frameworks"),
        Node::Function(_) => ("Function", "Functions"),
        Node::Category(_) => ("Category", "Categories"),
        Node::Control(_) => ("control", "controls"),
    }
}

/// `PR.AA from 2.4 to 2.1`; if both numbers look the same, `PR.AA by −0.012`.
fn step(comparison: &Comparison<'_>, node: &NodeChange) -> String {
    let NodeChange { id, shown_from, shown_to, .. } = node;
    match node.total() {
        Some(total) if shown_from == shown_to => {
            let decimals = comparison.to.settings().scoring.change_decimals();
            let amount =
                if signed(total, decimals) == signed(0, decimals) { signed(total, 6) } else { signed(total, decimals) };
            format!("{id} by {amount}")
        }
        _ => format!("{id} from {shown_from} to {shown_to}"),
    }
}

/// Why a node changed: the largest cause, and the controls that contributed most to it.
fn reason(node: &NodeChange, change: &Change, from: ScoredQuarter<'_>, to: ScoredQuarter<'_>) -> String {
    let Some(total) = node.total() else {
        return node.why_not.as_ref().map(|why| why.said(&to.assessment.english)).unwrap_or_default();
    };
    // A cause in the opposite direction is not a reason.
    let parts = node.parts.iter().filter(|part| part.amount.signum() == total.signum());
    let Some(part) = parts.max_by_key(|part| part.amount.abs()) else { return "its parts moved".to_owned() };
    let mut controls: Vec<&(String, i64)> = part.controls.iter().collect();
    controls.retain(|(_, amount)| amount.signum() == total.signum());
    largest_first(&mut controls, to.settings().scoring.change_decimals(), |(_, amount)| amount.abs());
    let mut names: Vec<String> = controls.iter().take(MOST_CONTROLS).map(|(id, _)| id.clone()).collect();
    let more = controls.len().saturating_sub(MOST_CONTROLS);
    if more > 0 {
        names.push(format!("{more} more"));
    }
    let on = if names.is_empty() { String::new() } else { format!(" on {}", listed(&names)) };
    let moved: BTreeSet<&str> = controls.iter().map(|(id, _)| id.as_str()).collect();
    let answers = change.answers.iter().filter(|answer| answer.cause == part.cause);
    let answers: Vec<&AnswerChange> = answers.filter(|answer| moved.contains(answer.control.as_str())).collect();
    let framework = &to.framework(node.node.framework()).id;
    format!("{}{on}", words(part, &answers, framework, from, to))
}

fn words(
    part: &CauseEffect,
    answers: &[&AnswerChange],
    framework: &str,
    from: ScoredQuarter<'_>,
    to: ScoredQuarter<'_>,
) -> &'static str {
    match part.cause {
        Cause::Method => "other rules or another catalog",
        Cause::Scope => "another scope",
        Cause::Assessed if answers.iter().all(|answer| answer.from.is_open()) => "newly assessed",
        Cause::Assessed if answers.iter().all(|answer| answer.to.is_open()) => "no longer assessed",
        Cause::Assessed => "newly or no longer assessed",
        Cause::Evidence if part.amount > 0 => "evidence gained",
        Cause::Evidence if answers.iter().all(|answer| still_has_all(answer, framework, from, to)) => {
            "evidence expired"
        }
        Cause::Evidence => "evidence lost",
        Cause::Up => "scored up",
        Cause::Down => "scored down",
        Cause::Inherited => "inherited",
    }
}

/// Whether an answer still has all its evidence from before, so that only time can have weakened it.
fn still_has_all(answer: &AnswerChange, framework: &str, from: ScoredQuarter<'_>, to: ScoredQuarter<'_>) -> bool {
    let before = evidence(from, framework, answer, &answer.team_before);
    let after = evidence(to, framework, answer, &answer.team);
    let known = |item: &&Item| (item.kind, item.title.to_string(), item.period.from, item.period.to);
    let kept: BTreeSet<_> = after.iter().map(known).collect();
    before.iter().all(|item| kept.contains(&known(item)))
}

fn evidence<'a>(side: ScoredQuarter<'a>, framework: &str, answer: &AnswerChange, team: &str) -> Vec<&'a Item> {
    let team = side.settings().teams.find(|known| known.id == team);
    let framework = side.scored.assessment.frameworks.iter().find(|known| known.id == framework);
    let control = framework.and_then(|known| known.controls.find(|control| control.id == answer.control));
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
