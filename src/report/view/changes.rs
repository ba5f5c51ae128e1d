//! Two quarters in, the page of what moved between them out: each difference as a sum of causes, and each cause with its answers.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::charts::{self, Chart};
use super::figures::Level;
use super::rows::Rows;
use super::{Link, Report};
use crate::base::number::{self, Mean, signed};
use crate::export::change::digits;
use crate::model::catalog::Rank;
use crate::model::settings::Scale;
use crate::report::address::{Address, Data};
use crate::score::change::{AnswerChange, Cause, Change, NodeChange, Part, Side, Told, between, overall};
use crate::score::finding;

/// What moved since the quarter before.
#[derive(Debug, Serialize)]
pub(super) struct ChangesPage {
    /// The quarter before; `None` for the first.
    before: Option<Link>,
    /// Why there is no difference of the whole to show; empty where there is one.
    why_not: String,
    /// The whole: before, now and the difference.
    from: String,
    to: String,
    change: String,
    /// How many answers moved.
    answers: usize,
    chart: Option<Chart>,
    nodes: Table,
    causes: Vec<CauseSection>,
    teams: Table,
    others: Vec<Other>,
    targets: Vec<TargetRow>,
    data: String,
    command: String,
}

/// Nodes or teams, each with its difference and the parts of it.
#[derive(Debug, Default, Serialize)]
struct Table {
    /// The causes that moved any row, as heads of the columns.
    causes: Vec<&'static str>,
    rows: Vec<Row>,
}

/// A node or a team.
#[derive(Debug, Serialize)]
struct Row {
    /// Its id on the page.
    anchor: String,
    rank: &'static str,
    link: Link,
    from: String,
    to: String,
    change: String,
    /// By cause, in the order of the heads; empty where it did nothing.
    parts: Vec<String>,
    /// Why there is no difference to show; empty where there is one.
    why_not: String,
}

/// A cause and the controls that it moved.
#[derive(Debug, Serialize)]
struct CauseSection {
    name: &'static str,
    title: &'static str,
    explains: &'static str,
    /// What it did to the whole; empty where that has no difference to show.
    amount: String,
    rows: Rows<Moved>,
    /// Whether its answers say why they moved.
    reasons: bool,
}

/// A control that moved.
#[derive(Debug, Serialize)]
struct Moved {
    control: Link,
    /// What it contributed to the whole; empty for nothing.
    amount: String,
    answers: Vec<MovedAnswer>,
}

/// An answer that moved.
#[derive(Debug, Serialize)]
struct MovedAnswer {
    team: Link,
    from: Said,
    to: Said,
    why: String,
}

/// What an answer said: a level, and the claimed one where that is another, or words.
#[derive(Debug, Serialize)]
struct Said {
    level: Option<Level>,
    claimed: String,
    words: String,
}

/// A framework beside the main one.
#[derive(Debug, Serialize)]
struct Other {
    id: String,
    link: Link,
    why_not: String,
    /// Whether its figures speak of one team each.
    team_level: bool,
    table: Table,
}

/// A target that is another one now.
#[derive(Debug, Serialize)]
struct TargetRow {
    control: Link,
    from: Option<Level>,
    to: Option<Level>,
}

/// What moved since the quarter before, in one line.
#[derive(Debug, Serialize)]
pub(super) struct Since {
    quarter: String,
    href: String,
    change: String,
    /// The causes, the largest first, each with its amount.
    parts: Vec<String>,
    why_not: String,
}

/// Makes the page of quarter `q`.
pub(super) fn view(report: Report<'_>, q: usize) -> ChangesPage {
    let assessment = report.assessment;
    let data = Address::Data(q, Data::ChangesJson).path(assessment);
    let name = report.quarter(q).quarter;
    let Some((earlier, main)) = q.checked_sub(1).zip(report.change(q)) else {
        return ChangesPage { before: None, data, ..ChangesPage::empty() };
    };
    let before = report.quarter(earlier).quarter.to_string();
    let beside: Vec<(usize, Change)> =
        (1..assessment.frameworks.len()).map(|f| (f, since_before(report, q, f))).collect();
    let whole = main.nodes.first();
    let digits = digits(report.assessment);
    let why_not = main.incomparable.clone().or_else(|| whole.map(|whole| whole.why_not.clone())).unwrap_or_default();
    let all = std::iter::once((0, main)).chain(beside.iter().map(|(f, change)| (*f, change)));
    let targets = all.flat_map(|(f, change)| targets(report, q, f, change));
    ChangesPage {
        command: format!("milepost diff {before} {name}"),
        chart: bridge(report, q).ok(),
        from: whole.map(|whole| told(whole.from, &whole.shown_from, digits)).unwrap_or_default(),
        to: whole.map(|whole| told(whole.to, &whole.shown_to, digits)).unwrap_or_default(),
        change: whole.and_then(NodeChange::total).map(|total| signed(total, digits)).unwrap_or_default(),
        before: Some(Link::new("", &before, Address::Dashboard(earlier).path(assessment))),
        answers: main.answers.len(),
        nodes: nodes(report, q, 0, main),
        causes: Cause::ALL.into_iter().filter_map(|cause| section(report, q, main, cause)).collect(),
        teams: teams(report, q, 0),
        others: beside.iter().map(|(f, change)| other(report, q, *f, change)).collect(),
        targets: targets.collect(),
        why_not,
        data,
    }
}

impl ChangesPage {
    fn empty() -> Self {
        Self {
            before: None,
            why_not: String::new(),
            from: String::new(),
            to: String::new(),
            change: String::new(),
            answers: 0,
            chart: None,
            nodes: Table::default(),
            causes: Vec::new(),
            teams: Table::default(),
            others: Vec::new(),
            targets: Vec::new(),
            data: String::new(),
            command: String::new(),
        }
    }
}

/// What moved in quarter `q` since the one before, in one line; `None` for the first.
pub(super) fn since(report: Report<'_>, q: usize) -> Option<Since> {
    let earlier = q.checked_sub(1)?;
    let whole = whole(report, q);
    let digits = few_digits(report);
    let parts = whole.into_iter().flat_map(|whole| strongest(whole, digits));
    let parts = parts.map(|(part, amount)| format!("{} {amount}", part.cause.title().to_lowercase())).collect();
    Some(Since {
        quarter: report.quarter(earlier).quarter.to_string(),
        href: Address::Changes(q).path(report.assessment),
        change: whole.and_then(NodeChange::total).map(|total| signed(total, digits)).unwrap_or_default(),
        parts,
        why_not: whole.map(|whole| whole.why_not.clone()).unwrap_or_default(),
    })
}

/// One digit more than scores have, where a summary leads to the page of changes, which has all of them.
pub(super) fn few_digits(report: Report<'_>) -> u32 {
    report.assessment.settings.scoring.decimals + 1
}

/// The parts of a node that show in so many digits, each with its amount, the largest first.
pub(super) fn strongest(node: &NodeChange, digits: u32) -> Vec<(&Part, String)> {
    let told = node.parts.iter().map(|part| (part, signed(part.amount, digits)));
    let mut parts: Vec<(&Part, String)> = told.filter(|(_, amount)| amount.starts_with(['+', '−'])).collect();
    parts.sort_by_key(|(part, _)| Reverse(part.amount.abs()));
    parts
}

/// What moved in a framework beside the main one in quarter `q`, which is not the first.
fn since_before(report: Report<'_>, q: usize, framework: usize) -> Change {
    between(side(report, q - 1), side(report, q), framework, None)
}

/// What moved the whole of the main framework in quarter `q`; `None` in the first, and where nothing can be compared.
pub(super) fn whole(report: Report<'_>, q: usize) -> Option<&NodeChange> {
    report.change(q)?.nodes.first()
}

/// What moved it as a chart, or why there is nothing to draw.
pub(super) fn bridge(report: Report<'_>, q: usize) -> Result<Chart, String> {
    let name = |q: usize| report.quarter(q).quarter.to_string();
    let before = q.checked_sub(1).ok_or_else(|| format!("there is no quarter before {}", name(q)))?;
    match whole(report, q) {
        Some(whole) if whole.total().is_some() => {
            Ok(charts::bridge(report, [&name(before), &name(q)], whole, digits(report.assessment)))
        }
        Some(whole) => Err(whole.why_not.clone()),
        None => Err("the two quarters cannot be compared".to_owned()),
    }
}

fn side(report: Report<'_>, quarter: usize) -> Side<'_> {
    let Report { assessment, scorecard, .. } = report;
    Side { assessment, scorecard, quarter }
}

/// One side of a difference, with the digits of the difference; or why there is none.
fn told(millionths: Option<i64>, shown: &str, digits: u32) -> String {
    millionths.map_or_else(
        || shown.to_owned(),
        |millionths| Mean::from(number::Level::from_millionths(millionths)).shown(digits),
    )
}

/// The whole, every Function, and every Category that moved.
fn nodes(report: Report<'_>, q: usize, framework: usize, change: &Change) -> Table {
    let listed = change.nodes.iter().filter(|node| match node.rank {
        Rank::Overall | Rank::Function => true,
        Rank::Category => node.has_moved(),
        Rank::Control => false,
    });
    let id = &report.assessment.frameworks[framework].id;
    let anchor = |node: &str| if framework == 0 { format!("node-{node}") } else { format!("node-{id}:{node}") };
    let rows = listed.map(|node| (anchor(&node.id), node_link(report, q, framework, node), node.clone()));
    table(rows.collect(), |node| node.rank.name(), digits(report.assessment))
}

/// Each team that is asked anything on either side.
fn teams(report: Report<'_>, q: usize, framework: usize) -> Table {
    let asked = |q: usize, team: usize| {
        let counts = &report.team_tree(q, team, framework).overall.counts;
        counts.applicable() + counts.not_applicable > 0
    };
    let teams = 0..report.assessment.settings.teams.len();
    let id = &report.assessment.frameworks[framework].id;
    let row = |team: usize| {
        let node = overall(side(report, q - 1), side(report, q), framework, Some(team))?;
        let link = report.team_link(q, team);
        let anchor = if framework == 0 { format!("team-{}", link.id) } else { format!("team-{id}:{}", link.id) };
        Some((anchor, Link { id: String::new(), ..link }, node))
    };
    let rows = teams.filter(|team| asked(q, *team) || asked(q - 1, *team)).filter_map(row);
    table(rows.collect(), |_| "team", digits(report.assessment))
}

fn table(rows: Vec<(String, Link, NodeChange)>, rank: fn(&NodeChange) -> &'static str, digits: u32) -> Table {
    let part = |node: &NodeChange, cause: Cause| node.parts.iter().find(|part| part.cause == cause).cloned();
    let used: Vec<Cause> =
        Cause::ALL.into_iter().filter(|cause| rows.iter().any(|(_, _, node)| part(node, *cause).is_some())).collect();
    let row = |(anchor, link, node): (String, Link, NodeChange)| Row {
        anchor,
        rank: rank(&node),
        link,
        from: told(node.from, &node.shown_from, digits),
        to: told(node.to, &node.shown_to, digits),
        change: node.total().map(|total| signed(total, digits)).unwrap_or_default(),
        parts: used
            .iter()
            .map(|cause| part(&node, *cause).map(|part| signed(part.amount, digits)).unwrap_or_default())
            .collect(),
        why_not: node.why_not,
    };
    Table { causes: used.iter().copied().map(Cause::short).collect(), rows: rows.into_iter().map(row).collect() }
}

/// A node's page, or its section of one.
fn node_link(report: Report<'_>, q: usize, framework: usize, node: &NodeChange) -> Link {
    let assessment = report.assessment;
    let catalog = &assessment.frameworks[framework];
    let function = catalog.functions.iter().position(|function| function.id == node.id);
    let category = catalog.categories.iter().find(|category| category.id == node.id);
    let page = |function: usize| {
        let address = if framework == 0 { Address::Function(q, function) } else { Address::Framework(q, framework) };
        address.path(assessment)
    };
    let href = match (node.rank, function, category) {
        (Rank::Function, Some(function), _) if framework == 0 => page(function),
        (Rank::Function, Some(function), _) => format!("{}#{}", page(function), node.id),
        (Rank::Category, _, Some(category)) => format!("{}#{}", page(category.function), node.id),
        _ if framework == 0 => Address::Dashboard(q).path(assessment),
        _ => Address::Framework(q, framework).path(assessment),
    };
    let id = if node.rank == Rank::Overall { "" } else { node.id.as_str() };
    Link::new(id, &node.title, href)
}

/// A cause with its controls, the largest contribution first; `None` where it moved nothing.
fn section(report: Report<'_>, q: usize, change: &Change, cause: Cause) -> Option<CauseSection> {
    let digits = digits(report.assessment);
    let part = change.nodes.first().and_then(|whole| whole.parts.iter().find(|part| part.cause == cause));
    let controls = &report.assessment.framework().controls;
    let place: BTreeMap<&str, usize> =
        controls.iter().enumerate().map(|(index, control)| (control.id.as_str(), index)).collect();
    let mut answers: BTreeMap<usize, Vec<&AnswerChange>> = BTreeMap::new();
    for answer in change.answers.iter().filter(|answer| answer.cause == cause) {
        answers.entry(*place.get(answer.control.as_str())?).or_default().push(answer);
    }
    let amounts: BTreeMap<usize, i64> = part
        .iter()
        .flat_map(|part| &part.controls)
        .filter_map(|(id, amount)| Some((*place.get(id.as_str())?, *amount)))
        .collect();
    let moved: BTreeSet<usize> = amounts.keys().chain(answers.keys()).copied().collect();
    let mut order: Vec<usize> = moved.into_iter().collect();
    order.sort_by_key(|control| Reverse(amounts.get(control).map_or(0, |amount| amount.abs())));
    let row = |control: &usize| Moved {
        control: report.control_link(q, 0, *control),
        amount: amounts.get(control).map(|amount| signed(*amount, digits)).unwrap_or_default(),
        answers: answers.get(control).into_iter().flatten().filter_map(|a| answer(report, q, *control, a)).collect(),
    };
    (part.is_some() || !order.is_empty()).then(|| CauseSection {
        name: cause.name(),
        title: cause.title(),
        explains: explains(cause),
        amount: part.map(|part| signed(part.amount, digits)).unwrap_or_default(),
        rows: order.iter().map(row).collect(),
        reasons: cause == Cause::Evidence,
    })
}

/// What a cause is, for those who read about it for the first time.
fn explains(cause: Cause) -> &'static str {
    match cause {
        Cause::Method => {
            "The catalog, a weight, the evidence policy or another rule is not what it was: the same answers make another number."
        }
        Cause::Scope => {
            "Teams came or went, or something began or ceased to apply. Nothing about the work need have changed."
        }
        Cause::Assessed => {
            "What had no level has one, or the other way round. A first answer below the mean lowers it, and that is no decline."
        }
        Cause::Evidence => "The claim is what it was; the evidence behind it was gained, or expired.",
        Cause::Up => "More is claimed than before, and evidence carries it.",
        Cause::Down => "Less is claimed than before, or evidence carries less of another claim.",
    }
}

fn answer(report: Report<'_>, q: usize, control: usize, moved: &AnswerChange) -> Option<MovedAnswer> {
    let team = report.assessment.settings.teams.iter().position(|team| team.id == moved.team)?;
    let why = if moved.cause == Cause::Evidence { reason(report, q, control, team) } else { String::new() };
    let said = |told| Said::of(told, &report.assessment.settings.scale);
    Some(MovedAnswer { team: report.team_link(q, team), from: said(moved.from), to: said(moved.to), why })
}

/// Why evidence carries another level than before: what it lacks now where it carries less, what it lacked where it carries more.
fn reason(report: Report<'_>, q: usize, control: usize, team: usize) -> String {
    let why = |q: usize| {
        let standing = report.standing(q, 0, control, team)?;
        Some(finding::shortfall(report.assessment, q, (0, control, team), standing)?.why)
    };
    let supported = |q: usize| report.standing(q, 0, control, team).map(|standing| standing.supported);
    if supported(q) < supported(q - 1) {
        why(q).unwrap_or_default()
    } else {
        why(q - 1).map(|why| format!("before: {why}")).unwrap_or_default()
    }
}

impl Said {
    fn of(told: Told, scale: &Scale) -> Self {
        match told {
            Told::Level { claimed, score } => Self {
                level: Some(Level::of(score, scale)),
                claimed: if claimed == score { String::new() } else { claimed.shown() },
                words: String::new(),
            },
            _ => Self { level: None, claimed: String::new(), words: told.to_string() },
        }
    }
}

fn other(report: Report<'_>, q: usize, framework: usize, change: &Change) -> Other {
    let catalog = &report.assessment.frameworks[framework];
    let table = if catalog.team_level { teams(report, q, framework) } else { nodes(report, q, framework, change) };
    Other {
        id: catalog.id.clone(),
        link: Link::new("", &catalog.title, Address::Framework(q, framework).path(report.assessment)),
        why_not: change.incomparable.clone().unwrap_or_default(),
        team_level: catalog.team_level,
        table,
    }
}

fn targets(report: Report<'_>, q: usize, framework: usize, change: &Change) -> Vec<TargetRow> {
    let controls = &report.assessment.frameworks[framework].controls;
    let level = |level: Option<number::Level>| level.map(|level| Level::of(level, &report.assessment.settings.scale));
    let row = |moved: &crate::score::change::TargetChange| {
        let control = controls.iter().position(|control| control.id == moved.control)?;
        let control = report.control_link(q, framework, control);
        Some(TargetRow { control, from: level(moved.from), to: level(moved.to) })
    };
    change.targets.iter().filter_map(row).collect()
}
