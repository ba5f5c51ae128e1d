//! The parts of a node compared: their profile and their levels, each as a chart and as a table.

use serde::Serialize;

use super::charts::{self, Chart, NodePart};
use super::{Link, Report, figures};
use crate::model::catalog::{Framework, Node};
use crate::model::ids::{FunctionId, QuarterId};
use crate::model::strings::Strings;
use crate::score::Tree;

/// The Functions of `tree` and of `before`; `href` gives the address of each one's page or section.
pub(super) fn functions<'a>(
    catalog: &'a Framework,
    tree: &'a Tree,
    before: Option<&'a Tree>,
    href: impl Fn(FunctionId) -> String,
) -> Vec<NodePart<'a>> {
    let functions = catalog.functions.ids();
    functions.map(|function| part(catalog, tree, before, Node::Function(function), href(function))).collect()
}

fn part<'a>(
    catalog: &'a Framework,
    tree: &'a Tree,
    before: Option<&'a Tree>,
    node: Node,
    href: String,
) -> NodePart<'a> {
    NodePart {
        link: Link::new(catalog.id_of(node), catalog.title_of(node), href),
        now: &tree[node],
        before: before.map(|tree| &tree[node]),
    }
}

/// The most parts of a Function that a chart shows, where some of them are controls: a published family may hold 150.
const MOST_PARTS: usize = 24;

/// The parts that make a Function: its direct controls and their sub-controls, then its Categories. If these are too many for a
/// chart, the Function itself.
fn nodes_below(catalog: &Framework, function: FunctionId) -> Vec<Node> {
    let categories = catalog.functions[function].categories.iter().map(Node::Category);
    let all: Vec<Node> = catalog.direct_controls(function).map(Node::Control).chain(categories).collect();
    let controls = all.iter().any(|node| matches!(node, Node::Control(_)));
    if controls && all.len() > MOST_PARTS { vec![Node::Function(function)] } else { all }
}

/// The parts that make a Function. Each is a section or a row of the page at `path`.
pub(super) fn below<'a>(
    catalog: &'a Framework,
    function: FunctionId,
    tree: &'a Tree,
    before: Option<&'a Tree>,
    path: &str,
) -> Vec<NodePart<'a>> {
    let href = |node| match node {
        Node::Function(_) => path.to_owned(),
        _ => format!("{path}#{}", catalog.called(node).slug()),
    };
    nodes_below(catalog, function).into_iter().map(|node| part(catalog, tree, before, node, href(node))).collect()
}

/// What the parts of a node are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PartsKind {
    /// Functions.
    Functions,
    /// Only the Function itself.
    Whole,
    /// Controls that stand in no Category.
    Controls,
    /// Such controls and Categories.
    Mixed,
    /// Categories.
    Categories,
}

impl PartsKind {
    /// The key of the word for one of them.
    fn one(self) -> &'static str {
        match self {
            Self::Functions | Self::Whole => "column.function",
            Self::Controls => "column.control",
            Self::Mixed => "column.part",
            Self::Categories => "column.category",
        }
    }

    /// The key of the word for all of them.
    fn all(self) -> &'static str {
        match self {
            Self::Functions => "page.functions",
            Self::Whole => "parts.whole",
            Self::Controls => "parts.controls",
            Self::Mixed => "parts.mixed",
            Self::Categories => "parts.categories",
        }
    }

    /// The key of the title of their chart.
    fn chart(self) -> &'static str {
        match self {
            Self::Functions | Self::Whole => "chart.by_function_of",
            Self::Controls => "chart.by_control_of",
            Self::Mixed => "chart.by_part_of",
            Self::Categories => "chart.by_category_of",
        }
    }

    /// The title of the chart of these parts of the node called `name`.
    pub(super) fn chart_title(self, strings: &Strings, name: &str) -> String {
        strings.say(self.chart(), &[("name", &name)])
    }
}

/// What the parts of a Function are.
pub(super) fn kind_below(catalog: &Framework, function: FunctionId) -> PartsKind {
    let nodes = nodes_below(catalog, function);
    let controls = nodes.iter().filter(|node| matches!(node, Node::Control(_))).count();
    match nodes.first() {
        Some(Node::Function(_)) => PartsKind::Whole,
        Some(_) if controls == nodes.len() => PartsKind::Controls,
        Some(_) if controls > 0 => PartsKind::Mixed,
        _ => PartsKind::Categories,
    }
}

/// The parts of a node as a radar and as a table.
#[derive(Debug, Serialize)]
pub(super) struct PartsProfile {
    chart: Chart,
    /// The word for one of these parts.
    of: String,
    /// The word for all of them.
    all: String,
    rows: Vec<PartRow>,
    /// Whether there is a quarter before to compare with.
    compared: bool,
    /// The name of the level that does not count.
    other: String,
}

/// A part and its figures, in this quarter and the one before.
#[derive(Debug, Serialize)]
struct PartRow {
    link: Link,
    figures: figures::ShownFigures,
    before: Option<figures::ShownFigures>,
}

/// Draws and lists `parts`, which are `of` one kind.
pub(super) fn profile(
    report: Report<'_>,
    q: QuarterId,
    title: &str,
    of: PartsKind,
    parts: &[NodePart<'_>],
) -> PartsProfile {
    let row = |part: &NodePart<'_>| PartRow {
        link: part.link.clone(),
        figures: report.figures(q, part.now),
        before: part.before.map(|before| report.figures(q, before)),
    };
    PartsProfile {
        chart: charts::profile(report, q, title, parts),
        of: report.strings().word(of.one()),
        all: report.strings().word(of.all()),
        rows: parts.iter().map(row).collect(),
        compared: parts.iter().any(|part| part.before.is_some()),
        other: report.strings().word(figures::basis_key(report.quarter(q).settings().scoring.score.other())),
    }
}

/// How many answers are at each level and in each other state, as bars and as a table.
#[derive(Debug, Serialize)]
pub(super) struct Levels {
    chart: Chart,
    /// The levels, as column headings.
    steps: Vec<figures::ShownLevel>,
    rows: Vec<LevelCounts>,
}

/// One row of the table.
#[derive(Debug, Serialize)]
struct LevelCounts {
    label: String,
    counts: Vec<u32>,
    unknown: u32,
    unanswered: u32,
    not_applicable: u32,
}

/// Counts the answers of each of `parts` by level.
pub(super) fn levels(report: Report<'_>, q: QuarterId, title: &str, parts: &[NodePart<'_>]) -> Levels {
    let scale = &report.quarter(q).settings().scale;
    let counts = |part: &NodePart<'_>| {
        let counts = &part.now.counts;
        LevelCounts {
            label: part.link.title.clone(),
            counts: counts.levels.clone(),
            unknown: counts.unknown,
            unanswered: counts.unanswered,
            not_applicable: counts.not_applicable,
        }
    };
    Levels {
        chart: charts::distribution(report, q, title, parts),
        steps: scale.steps().into_iter().map(|level| report.level(q, level)).collect(),
        rows: parts.iter().map(counts).collect(),
    }
}
