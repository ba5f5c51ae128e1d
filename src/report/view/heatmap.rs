//! The heat map: every control, or every Function and Category, by every team. Each cell leads to what it stands for.

use serde::Serialize;

use super::figures::AnswerCell;
use super::function::cell;
use super::{Link, Report};
use crate::model::catalog::{Framework, Node};
use crate::model::ids::{AnswerId, ControlId, FrameworkId, QuarterId, TeamId};
use crate::report::address::{Address, HeatPart, QuarterPage, answer};
use crate::score::{ScoredQuarter, Tree, Withheld};

/// A page of the heat map.
#[derive(Debug, Serialize)]
pub(super) struct HeatMapPage {
    /// What the rows are: the name of a Function or a framework; empty for the overview.
    heading: String,
    /// The other pages of the heat map.
    parts: Vec<Link>,
    /// The teams, as column headings.
    teams: Vec<Link>,
    /// Which of all teams these are, counted from 1: the first, the last, and how many there are.
    first: usize,
    last: usize,
    all: usize,
    rows: Vec<HeatRow>,
}

/// A row: a node, and a cell for each team.
#[derive(Debug, Serialize)]
struct HeatRow {
    link: Link,
    /// The rank of the node, as a class.
    rank: &'static str,
    /// The Category or Function above it, to choose rows by.
    group: String,
    /// The id of the control that it is a sub-control of; empty if it is none.
    parent: String,
    cells: Vec<HeatCell>,
}

/// What a team answered for a control, or its score for a node above.
#[derive(Debug, Serialize)]
struct HeatCell {
    /// The address; empty where there is nothing to lead to.
    href: String,
    cell: AnswerCell,
}

/// Makes the overview: Functions and Categories by teams.
pub(super) fn overview(report: Report<'_>, q: QuarterId) -> HeatMapPage {
    let quarter = report.quarter(q);
    let catalog = quarter.framework(FrameworkId::MAIN);
    let teams: Vec<TeamId> = quarter.teams_listed().collect();
    let trees: Vec<&Tree> = teams.iter().map(|team| quarter.tree(FrameworkId::MAIN, Some(*team))).collect();
    let ranked = |node: &Node| !matches!(node, Node::Control(_));
    let nodes: Vec<Node> = catalog.nodes().filter(ranked).collect();
    // A report of many teams keeps the Functions only.
    let small = nodes.len() * teams.len() <= HeatPart::CELLS;
    let nodes = nodes.into_iter().filter(|node| small || !matches!(node, Node::Category(_)));
    let parts = HeatPart::all(report.assessment());
    let page_of = |node: Node| {
        let first = catalog.controls_of(node).iter().next()?;
        let part = parts.iter().find(|part| catalog.at == part.node.framework() && holds(catalog, part.node, first));
        Some(Address::HeatMap(q, *part?).path(report.assessment()))
    };
    let row = |node: Node| {
        let cells = teams.iter().zip(&trees).map(|(team, tree)| HeatCell {
            href: Address::Team(q, *team).href(report.assessment()),
            cell: score(report, quarter, tree, node),
        });
        let link = match node {
            Node::Framework(_) => Link::new("", catalog.title_of(node), String::new()),
            _ => Link::new(catalog.id_of(node), catalog.title_of(node), page_of(node).unwrap_or_default()),
        };
        HeatRow { link, rank: node.rank(), group: group(catalog, node), parent: String::new(), cells: cells.collect() }
    };
    let rows = nodes.map(row).collect();
    page(report, q, None, rows)
}

/// The title of such a page.
pub(super) fn title(report: Report<'_>, part: HeatPart) -> String {
    let catalog = &report.assessment().frameworks[part.node.framework()];
    report.strings().say("heatmap.title_of", &[("name", &catalog.title_of(part.node))])
}

/// Makes one page of the heat map of controls.
pub(super) fn view(report: Report<'_>, q: QuarterId, part: HeatPart) -> HeatMapPage {
    let quarter = report.quarter(q);
    let catalog = quarter.framework(part.node.framework());
    let all: Vec<TeamId> = quarter.teams_listed().collect();
    let teams = &all[part.teams(catalog, all.len())];
    let row = |control: ControlId| {
        let named = &catalog.controls[control];
        let page = Address::Control(q, control).path(report.assessment());
        let cells = teams.iter().map(|team| HeatCell {
            href: answer_of(quarter, control.of(*team)),
            cell: cell(report, quarter, control.of(*team)),
        });
        HeatRow {
            link: Link::new(&named.id, &named.title, page),
            rank: "control",
            group: group(catalog, Node::Control(control)),
            parent: catalog.parent_of(control).map(|parent| catalog.controls[parent].id.clone()).unwrap_or_default(),
            cells: cells.collect(),
        }
    };
    let rows = catalog.controls_of(part.node).iter().map(row).collect();
    page(report, q, Some(part), rows)
}

/// What stands above a page of controls.
fn heading(catalog: &Framework, part: HeatPart) -> String {
    let id = if matches!(part.node, Node::Framework(_)) { "" } else { catalog.id_of(part.node) };
    format!("{id} {}", catalog.title_of(part.node)).trim().to_owned()
}

/// The page of a part of the controls; without one, the overview.
fn page(report: Report<'_>, q: QuarterId, here: Option<HeatPart>, rows: Vec<HeatRow>) -> HeatMapPage {
    let (assessment, quarter) = (report.assessment(), report.quarter(q));
    let all: Vec<TeamId> = quarter.teams_listed().collect();
    let (heading, range) = match here {
        None => (String::new(), 0..all.len()),
        Some(part) => {
            let catalog = quarter.framework(part.node.framework());
            (heading(catalog, part), part.teams(catalog, all.len()))
        }
    };
    let overview = Address::Quarterly(q, QuarterPage::HeatMap);
    let whole = Link {
        current: here.is_none(),
        ..Link::new("", &report.strings().word("heatmap.overview"), overview.path(assessment))
    };
    let parts = HeatPart::all(assessment).into_iter().map(|part| {
        let catalog = &assessment.frameworks[part.node.framework()];
        let of_many = part.teams(catalog, all.len());
        let title = match of_many.len() {
            some if some < all.len() => {
                format!("{} {}–{}", catalog.title_of(part.node), of_many.start + 1, of_many.end)
            }
            _ => catalog.title_of(part.node).to_owned(),
        };
        let current = here == Some(part);
        Link { current, ..Link::new("", &title, Address::HeatMap(q, part).path(assessment)) }
    });
    HeatMapPage {
        heading,
        parts: std::iter::once(whole).chain(parts).collect(),
        teams: all[range.clone()].iter().map(|team| report.team_link(q, *team)).collect(),
        first: range.start + 1,
        last: range.end,
        all: all.len(),
        rows,
    }
}

/// Whether a control stands at or below a node.
fn holds(catalog: &Framework, node: Node, control: ControlId) -> bool {
    catalog.controls_of(node).iter().any(|other| other == control)
}

/// The team's answer on the page of its control; empty if it has none to give.
fn answer_of(quarter: ScoredQuarter<'_>, id: AnswerId) -> String {
    if quarter.is_listed(id) { answer(*quarter, id) } else { String::new() }
}

/// What stands above a node.
fn group(catalog: &Framework, node: Node) -> String {
    match node {
        Node::Control(control) => match catalog.category_of(control) {
            Some(category) => catalog.categories[category].title.clone(),
            None => catalog.functions[catalog.function_of(control)].title.clone(),
        },
        Node::Category(category) => catalog.functions[catalog.categories[category].function].title.clone(),
        Node::Function(_) | Node::Framework(_) => catalog.title_of(node).to_owned(),
    }
}

/// A team's score for a node, or why there is none.
fn score(report: Report<'_>, quarter: ScoredQuarter<'_>, tree: &Tree, node: Node) -> AnswerCell {
    let (figures, strings) = (&tree[node], report.strings());
    let shown = report.figures(quarter.id, figures);
    let of = super::charts::assessed(strings, figures);
    if !shown.score.is_empty() {
        return AnswerCell::of_score(shown.shade, shown.score, of);
    }
    match figures.why_withheld() {
        Some(Withheld::Coverage | Withheld::TeamLevel) => {
            AnswerCell::without_score(strings.word("figures.withheld"), &of)
        }
        None if figures.counts.applicable() > 0 => AnswerCell::without_score(strings.word("figures.no_score"), &of),
        None => AnswerCell::not_asked(strings),
    }
}
