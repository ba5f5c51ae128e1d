//! What changed between two quarters, as text, Markdown, JSON or CSV.

use std::collections::BTreeSet;

use serde::Serialize;

use super::csv::{CONTEXT, CellContext};
use super::table::{Style, table};
use crate::base::number::{Level, Mean, counted, largest_first, plain, signed};
use crate::border::{self, Shown};
use crate::model::catalog::{Framework, Node};
use crate::model::ids::{AnswerId, FrameworkId, FunctionId, QuarterId, TeamId};
use crate::model::review::Retest;
use crate::score::ScoredQuarter;
use crate::score::change::{Cause, CauseEffect, Change, NodeChange, WhyNot};
use crate::score::review::KnownFinding;

/// The change between two quarters, with its context.
#[derive(Clone, Copy, Debug)]
pub struct Comparison<'a> {
    /// The quarter before.
    pub from: ScoredQuarter<'a>,
    /// The quarter after.
    pub to: ScoredQuarter<'a>,
    /// The name of the quarter before, as in `2026-Q2` or `2026-Q3 at main`.
    pub from_name: &'a str,
    /// The framework, from the catalogs of the quarter after.
    pub framework: FrameworkId,
    /// The team, if the change is for one team; `None` for all teams.
    pub team: Option<TeamId>,
    /// The change itself.
    pub change: &'a Change,
}

/// A quarter that is compared with a revision without a workspace, so that all of it is new.
#[derive(Clone, Copy, Debug)]
pub struct New<'a> {
    /// The quarter.
    pub to: ScoredQuarter<'a>,
    /// The framework.
    pub framework: FrameworkId,
    /// The team, if the change is for one team; `None` for all teams.
    pub team: Option<TeamId>,
    /// The revision.
    pub base: &'a str,
}

impl New<'_> {
    /// Why there is no comparison.
    pub fn sentence(&self) -> String {
        format!("All of {} is new: {} holds no workspace with a quarter yet.", self.to.name(), self.base)
    }
}

#[derive(Serialize)]
struct JsonChange<'a> {
    from: &'a str,
    to: String,
    framework: &'a str,
    team: Option<&'a str>,
    incomparable: Option<String>,
    nodes: Vec<JsonNode<'a>>,
    answers: Vec<JsonAnswer<'a>>,
    targets: Vec<JsonTarget<'a>>,
    /// The findings of reviews that a retest closed.
    closed_findings: Vec<JsonClosed<'a>>,
}

#[derive(Serialize)]
struct JsonNode<'a> {
    id: &'a str,
    rank: &'static str,
    from: Option<i64>,
    to: Option<i64>,
    total: Option<i64>,
    why_not: String,
    parts: Vec<JsonPart<'a>>,
}

#[derive(Serialize)]
struct JsonPart<'a> {
    cause: &'static str,
    amount: i64,
    controls: Vec<JsonContribution<'a>>,
}

#[derive(Serialize)]
struct JsonContribution<'a> {
    id: &'a str,
    amount: i64,
}

#[derive(Serialize)]
struct JsonAnswer<'a> {
    control: &'a str,
    team: &'a str,
    cause: &'static str,
    from: String,
    to: String,
}

#[derive(Serialize)]
struct JsonTarget<'a> {
    control: &'a str,
    from: Option<i64>,
    to: Option<i64>,
}

#[derive(Serialize)]
struct JsonClosed<'a> {
    id: &'a str,
    title: &'a str,
    control: &'a str,
    team: &'a str,
    /// The quarters in whose reviews it was raised and closed, and the day of the retest.
    raised: String,
    closed: String,
    on: String,
}

impl Comparison<'_> {
    /// The findings of reviews on what is compared that a retest closed, each with the quarter and the retest.
    fn closed(&self) -> Vec<(KnownFinding<'_>, QuarterId, &Retest)> {
        let is_its = |answer: AnswerId| {
            answer.control.framework() == self.framework && self.team.is_none_or(|only| only == answer.team)
        };
        let closed = self.to.closed_since(self.from).into_iter().filter(|known| is_its(known.answer));
        closed.filter_map(|known| known.closed().map(|(quarter, retest)| (known, quarter, retest))).collect()
    }
}

/// The columns of the parts of changes.
const PARTS: [&str; 5] = ["quarter", "framework", "node", "cause", "millionths"];

/// What moved the whole, each Function and each Category from one quarter to the next, a row for each cause, in whole millionths. The
/// rows of a node add up to its difference; a node without a difference to show has none.
pub fn parts<'a>(changes: impl IntoIterator<Item = (ScoredQuarter<'a>, FrameworkId, &'a Change)>) -> Shown {
    let rows = changes.into_iter().flat_map(|(to, framework, change)| {
        let context = [to.name().to_string(), to.framework(framework).id.clone()];
        let nodes = change.nodes.iter().filter(|node| !matches!(node.node, Node::Control(_)) && node.total().is_some());
        let amount = |node: &NodeChange, cause| {
            node.parts.iter().find(|part| part.cause == cause).map_or(0, |part| part.amount).to_string()
        };
        let rows = nodes
            .flat_map(|node| Cause::ALL.map(|cause| [node.id.clone(), cause.name().to_owned(), amount(node, cause)]));
        rows.map(|row| context.iter().cloned().chain(row).collect()).collect::<Vec<Vec<String>>>()
    });
    border::csv::sheet(&PARTS, rows)
}

/// The change as JSON. Amounts are whole millionths that add up exactly.
pub fn json(comparison: &Comparison<'_>) -> Shown {
    let Comparison { to, from_name, framework, team, change, .. } = *comparison;
    let nodes = change.nodes.iter().map(|node| JsonNode {
        id: &node.id,
        rank: node.node.rank(),
        from: node.from,
        to: node.to,
        total: node.total(),
        why_not: said(node.why_not.as_ref(), to),
        parts: node
            .parts
            .iter()
            .map(|part| JsonPart {
                cause: part.cause.name(),
                amount: part.amount,
                controls: part.controls.iter().map(|(id, amount)| JsonContribution { id, amount: *amount }).collect(),
            })
            .collect(),
    });
    let answers = change.answers.iter().map(|answer| JsonAnswer {
        control: &answer.control,
        team: &answer.team,
        cause: answer.cause.name(),
        from: answer.from.to_string(),
        to: answer.to.to_string(),
    });
    let targets = change.targets.iter().map(|target| JsonTarget {
        control: &target.control,
        from: target.from.map(Level::millionths),
        to: target.to.map(Level::millionths),
    });
    let findings = comparison.closed();
    let closed = findings.iter().map(|(KnownFinding { finding, raised, answer, .. }, quarter, retest)| JsonClosed {
        id: &finding.id,
        title: &finding.title,
        control: &to.control(answer.control).id,
        team: &to.team(answer.team).id,
        raised: to.scored.quarter(*raised).name().to_string(),
        closed: to.scored.quarter(*quarter).name().to_string(),
        on: retest.date.to_string(),
    });
    let out = JsonChange {
        from: from_name,
        to: to.name().to_string(),
        framework: &to.framework(framework).id,
        team: team.map(|team| to.settings().teams[team].id.as_str()),
        incomparable: change.incomparable.as_ref().map(|why| said(Some(why), to)),
        nodes: nodes.collect(),
        answers: answers.collect(),
        targets: targets.collect(),
        closed_findings: closed.collect(),
    };
    border::json::print(&out)
}

/// The same as [`json`] where all is new.
pub fn json_of_new(new: &New<'_>) -> Shown {
    let New { to, framework, team, base } = *new;
    border::json::print(&JsonChange {
        from: base,
        to: to.name().to_string(),
        framework: &to.framework(framework).id,
        team: team.map(|team| to.settings().teams[team].id.as_str()),
        incomparable: Some(new.sentence()),
        nodes: Vec::new(),
        answers: Vec::new(),
        targets: Vec::new(),
        closed_findings: Vec::new(),
    })
}

/// Why there is no difference, in words; empty if there is one.
fn said(why: Option<&WhyNot>, quarter: ScoredQuarter<'_>) -> String {
    why.map(|why| why.said(&quarter.assessment.english)).unwrap_or_default()
}

/// The columns of [`csv()`] before the causes; after them come the reason why there is no change, and [`CONTEXT`].
const COLUMNS: [&str; 9] = ["from", "to", "team", "rank", "id", "title", "before", "after", "change"];

/// The change as CSV, one row for each node. Amounts have all their digits, so that they add up exactly. Below the nodes, findings of
/// reviews that a retest closed have rows of the rank `finding`, without amounts.
pub fn csv(comparison: &Comparison<'_>) -> Shown {
    let Comparison { from_name: from, to, framework, team, change, .. } = *comparison;
    let sheet = ChangeSheet { context: CellContext::of(to), from, framework, team };
    let row = |node: &NodeChange| {
        let amount = |cause: &Cause| node.parts.iter().find(|part| part.cause == *cause).map(|part| part.amount);
        let figures = [node.from, node.to, node.total()].into_iter().chain(Cause::ALL.iter().map(amount));
        sheet.row(node.node, figures, &said(node.why_not.as_ref(), to))
    };
    let closed = comparison.closed();
    let finding = |(known, quarter, retest): &(KnownFinding<'_>, QuarterId, &Retest)| {
        let when = format!("{}: {}", to.control(known.answer.control).id, when(to, *quarter, retest));
        sheet.finding(known, &when)
    };
    let incomparable = change.incomparable.as_ref().map(|why| {
        let figures = std::iter::repeat_n(None, 3 + Cause::ALL.len());
        sheet.row(Node::Framework(framework), figures, &said(Some(why), to))
    });
    csv_sheet(incomparable.into_iter().chain(change.nodes.iter().map(row)).chain(closed.iter().map(finding)))
}

/// When a finding was closed, in words.
fn when(to: ScoredQuarter<'_>, quarter: QuarterId, retest: &Retest) -> String {
    format!("closed in {} by the retest of {}", to.scored.quarter(quarter).name(), retest.date)
}

/// The same as [`csv()`] where all is new.
pub fn csv_of_new(new: &New<'_>) -> Shown {
    let New { to, framework, team, base } = *new;
    let (catalog, tree, why) = (to.framework(framework), to.tree(framework, team), new.sentence());
    let sheet = ChangeSheet { context: CellContext::of(to), from: base, framework, team };
    let row = |node: Node| {
        let after = tree[node].shown_mean().map(Mean::millionths);
        let figures = [None, after].into_iter().chain(std::iter::repeat_n(None, 1 + Cause::ALL.len()));
        sheet.row(node, figures, &why)
    };
    csv_sheet(catalog.nodes().map(row))
}

fn csv_sheet(rows: impl Iterator<Item = Vec<String>>) -> Shown {
    let causes = Cause::ALL.map(Cause::name);
    let header: Vec<&str> = COLUMNS.into_iter().chain(causes).chain(["why_not"]).chain(CONTEXT).collect();
    border::csv::sheet(&header, rows)
}

/// What all rows of a change have alike.
struct ChangeSheet<'a> {
    context: CellContext<'a>,
    /// What the quarter is compared with.
    from: &'a str,
    framework: FrameworkId,
    team: Option<TeamId>,
}

impl ChangeSheet<'_> {
    /// One node: its name, before, after, change and causes in millionths, and why there is no change to show.
    fn row(&self, node: Node, figures: impl Iterator<Item = Option<i64>>, why_not: &str) -> Vec<String> {
        let catalog = self.context.quarter.framework(self.framework);
        self.cells(self.team, [node.rank(), catalog.id_of(node), catalog.title_of(node)], figures, why_not)
    }

    /// One finding of a review, and when it was closed.
    fn finding(&self, known: &KnownFinding<'_>, when: &str) -> Vec<String> {
        let named = ["finding", &known.finding.id, &known.finding.title];
        let figures = std::iter::repeat_n(None, 3 + Cause::ALL.len());
        self.cells(Some(known.answer.team), named, figures, when)
    }

    /// The cells of a row: `named` are its rank, id and title.
    fn cells(
        &self,
        team: Option<TeamId>,
        named: [&str; 3],
        figures: impl Iterator<Item = Option<i64>>,
        why_not: &str,
    ) -> Vec<String> {
        let to = self.context.quarter;
        let team = team.map(|team| to.settings().teams[team].id.as_str()).unwrap_or_default();
        let name = to.name().to_string();
        let names = [self.from, &name, team].into_iter().chain(named).map(str::to_owned);
        let figures = figures.map(|figure| figure.map(plain).unwrap_or_default());
        names.chain(figures).chain([why_not.to_owned()]).chain(self.context.cells(self.framework)).collect()
    }
}

/// The most controls listed for a cause.
const MOST: usize = 8;

/// The change as a table and lists, for a terminal or for a pull request.
pub fn print(comparison: &Comparison<'_>, style: Style) -> Shown {
    let Comparison { to, from_name, framework, team, change, .. } = *comparison;
    let team = team.map(|team| format!(", {}", to.assessment.team(team).name)).unwrap_or_default();
    let mut out = style.title(&format!("{}{team}: {from_name} to {}", to.framework(framework).title, to.name()));
    if change.incomparable.is_some() {
        let why = style.line(&format!("No comparison: {}.", said(change.incomparable.as_ref(), to)));
        return out + &why + &closed(comparison, style);
    }
    let digits = to.settings().scoring.change_decimals();
    let (rows, left_out) = listed(to.framework(framework), change, digits);
    let used: Vec<Cause> = Cause::ALL
        .into_iter()
        .filter(|cause| change.nodes.iter().any(|node| node.parts.iter().any(|part| part.cause == *cause)))
        .collect();
    if !change.nodes.iter().any(NodeChange::has_moved) {
        out += &Shown::lines("No score moved.\n\n");
    }
    out += &gone(comparison, style);
    let causes: Vec<String> =
        used.iter().map(|cause| to.assessment.english.word(&format!("{}_short", cause.key()))).collect();
    let mut header = vec!["", "From", "To", "Change"];
    header.extend(causes.iter().map(String::as_str));
    out += &table(&header, rows.iter().map(|node| row(node, &used, digits, style)), style);
    let reasons =
        rows.iter().filter_map(|node| Some(format!("{}: {}.", node.id, said(Some(node.why_not.as_ref()?), to))));
    let more = left_out.iter().map(|(function, more)| format!("{function}: {more} more controls moved."));
    let below: Vec<String> = more.chain(reasons).collect();
    if !below.is_empty() {
        out += &Shown::line("");
    }
    for line in below {
        out += &if style == Style::Text { style.line(&line) } else { style.item(&line) };
    }
    if let Some(overall) = change.nodes.first() {
        for part in &overall.parts {
            out += &cause(comparison, part, digits, style);
        }
    }
    out += &targets(change, style);
    out += &closed(comparison, style);
    out + &Shown::lines(&format!(
        "\nAmounts are rounded one by one to {digits} decimals; --format json has them in millionths, which add up exactly."
    ))
}

/// The nodes in the table, and how many controls are left out of it, by the Function that they stand directly under: of each, only
/// those that moved most are listed.
fn listed<'c>(
    framework: &'c Framework,
    change: &'c Change,
    digits: u32,
) -> (Vec<&'c NodeChange>, Vec<(&'c str, usize)>) {
    let moved = |function: FunctionId| {
        let direct = change.nodes.iter().filter(move |change| match change.node {
            Node::Control(control) => {
                framework.category_of(control).is_none() && framework.function_of(control) == function
            }
            Node::Framework(_) | Node::Function(_) | Node::Category(_) => false,
        });
        // Nodes without a difference come first: their scores came or went.
        let moved = direct.filter(|change| change.has_moved());
        let (measured, mut moved): (Vec<_>, Vec<_>) = moved.partition(|change| change.total().is_some());
        moved.extend(ranked(measured, digits));
        moved
    };
    let mut left_out = Vec::new();
    let mut kept: BTreeSet<&str> = BTreeSet::new();
    for (at, function) in framework.functions.entries() {
        let moved = moved(at);
        left_out
            .extend(moved.len().checked_sub(MOST).filter(|more| *more > 0).map(|more| (function.id.as_str(), more)));
        kept.extend(moved.into_iter().take(MOST).map(|change| change.id.as_str()));
    }
    let is_listed = |change: &&NodeChange| match change.node {
        Node::Framework(_) | Node::Function(_) => true,
        Node::Category(_) => change.has_moved(),
        Node::Control(_) => kept.contains(change.id.as_str()),
    };
    (change.nodes.iter().filter(is_listed).collect(), left_out)
}

/// Nodes by how far they moved, the farthest first; `digits` are those of a difference.
pub(super) fn ranked(mut nodes: Vec<&NodeChange>, digits: u32) -> Vec<&NodeChange> {
    largest_first(&mut nodes, digits, |node| node.total().unwrap_or_default().abs());
    nodes
}

fn row(node: &NodeChange, used: &[Cause], digits: u32, style: Style) -> Vec<String> {
    let indent = match (node.node, style) {
        (Node::Function(_), Style::Text) => "  ",
        (Node::Category(_) | Node::Control(_), Style::Text) => "    ",
        _ => "",
    };
    let amount = |cause: &Cause| {
        let part = node.parts.iter().find(|part| part.cause == *cause);
        part.map_or_else(|| "-".to_owned(), |part| signed(part.amount, digits))
    };
    let total = node.total().map_or_else(|| "-".to_owned(), |total| signed(total, digits));
    let mut cells =
        vec![format!("{indent}{} {}", node.id, node.title), node.shown_from.clone(), node.shown_to.clone(), total];
    cells.extend(used.iter().map(amount));
    cells
}

/// One cause of the overall change: its amount, and the controls that contributed most.
fn cause(comparison: &Comparison<'_>, part: &CauseEffect, digits: u32, style: Style) -> Shown {
    let Comparison { to, framework, change, .. } = *comparison;
    let mut controls: Vec<&(String, i64)> = part.controls.iter().collect();
    largest_first(&mut controls, digits, |(_, amount)| amount.abs());
    let mut out =
        style.head(&format!("{}: {}", to.assessment.english.word(part.cause.key()), signed(part.amount, digits)));
    for (id, amount) in controls.iter().take(MOST) {
        let title = to.framework(framework).controls.iter().find(|control| control.id == *id);
        let title = title.map_or("(no longer in the catalog)", |control| &control.title);
        let who = change.answers.iter().filter(|answer| answer.control == *id && answer.cause == part.cause);
        let who: Vec<String> = who
            .map(|answer| {
                let team = to.settings().teams.iter().find(|team| team.id == answer.told_team());
                let team = team.map_or(answer.told_team(), |team| &team.name);
                format!("{team} {} to {}", answer.from, answer.to)
            })
            .collect();
        let who = if who.is_empty() { String::new() } else { format!(": {}", who.join(", ")) };
        out += &style.item(&format!("{id} {title} {}{who}", signed(*amount, digits)));
    }
    let more = controls.len().saturating_sub(MOST);
    if more > 0 {
        out += &style.item(&format!("{more} more"));
    }
    out
}

/// The answers that were there before and are not there any more.
fn gone(comparison: &Comparison<'_>, style: Style) -> Shown {
    let Comparison { from, to, from_name, framework, team, .. } = *comparison;
    // Another revision has positions of its own.
    if !std::ptr::eq(from.scored, to.scored) {
        return Shown::default();
    }
    let gone = to.gone_since(*from).map(|(id, _)| id);
    let gone = gone.filter(|id| id.control.framework() == framework && team.is_none_or(|only| only == id.team));
    let named: Vec<String> =
        gone.map(|id| format!("{} of {}", to.control(id.control).called.name(), to.team(id.team).name)).collect();
    if named.is_empty() {
        return Shown::default();
    }
    let (are, more) = (if named.len() == 1 { "is" } else { "are" }, named.len().saturating_sub(MOST));
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    let listed = named.iter().take(MOST).map(String::as_str).collect::<Vec<_>>().join(", ");
    let what = counted(named.len(), "answer");
    style.line(&format!("{what} of {from_name} {are} not there any more: {listed}{more}.")) + &Shown::line("")
}

/// The targets that changed. They are listed beside the change and are not part of it.
fn targets(change: &Change, style: Style) -> Shown {
    if change.targets.is_empty() {
        return Shown::default();
    }
    let shown = |level: Option<Level>| level.map_or_else(|| "none".to_owned(), Level::shown);
    let rows: Vec<String> = change
        .targets
        .iter()
        .map(|target| format!("{} {} to {}", target.control, shown(target.from), shown(target.to)))
        .collect();
    Shown::line("") + &style.line(&format!("Targets changed, which is no progress: {}", rows.join(", ")))
}

/// The findings of reviews that a retest closed.
fn closed(comparison: &Comparison<'_>, style: Style) -> Shown {
    let (to, closed) = (comparison.to, comparison.closed());
    if closed.is_empty() {
        return Shown::default();
    }
    closed.iter().fold(style.head("Findings closed by a retest"), |out, (known, quarter, retest)| {
        let KnownFinding { finding, raised, answer, .. } = known;
        let (control, team) = (to.control(answer.control).called.name(), &to.team(answer.team).name);
        let raised = to.scored.quarter(*raised).name();
        let when = when(to, *quarter, retest);
        out + &style.item(&format!("{} {}: {control} of {team}, raised in {raised}, {when}", finding.id, finding.title))
    })
}
