//! The trends page: lines by Function, shares, and each control's score, quarter by quarter.

use std::fmt;

use serde::Serialize;

use super::changes::{self, PairsTo};
use super::charts::{self, Chart};
use super::figures::basis_key;
use super::{Link, Markup, Report};
use crate::base::number::percent;
use crate::model::catalog::{Function, Node};
use crate::model::ids::{FrameworkId, FunctionId};
use crate::model::strings::Strings;
use crate::report::address::{Address, QuarterPage};
use crate::score::{self, ScoredQuarter, Withheld};

/// All quarters side by side.
#[derive(Debug, Serialize)]
pub(super) struct TrendsPage {
    /// The pages that compare two quarters.
    pairs: Vec<PairsTo>,
    /// Each quarter's dashboard, oldest first.
    quarters: Vec<Link>,
    /// Where the scale changed, in sentences. There, every line breaks.
    breaks: Vec<String>,
    /// Where another framework became the main one, in sentences.
    editions: Vec<String>,
    overall: Chart,
    functions: Chart,
    /// The whole framework and its Functions.
    nodes: Vec<TrendNodeRow>,
    shares: Vec<ShareRow>,
    /// Whether any answer has a target in any quarter.
    targeted: bool,
    /// The shares that make a line.
    tiles: Vec<ShareTile>,
    heat: Vec<Heat>,
    /// The name of the level that does not count.
    other_name: String,
}

/// A node's score by quarter.
#[derive(Debug, Serialize)]
struct TrendNodeRow {
    link: Link,
    cells: Vec<TrendCell>,
    spark: Markup,
}

/// One quarter's shares, as printed.
#[derive(Debug, Serialize)]
struct ShareRow {
    quarter: Link,
    at_target: Share,
    assessed: Share,
    supported: Share,
}

/// A share of answers.
#[derive(Clone, Debug, Serialize)]
struct Share {
    /// In whole percent; empty if there is nothing to count.
    percent: String,
    part: u32,
    whole: u32,
}

/// A share by quarter, as a chart.
#[derive(Debug, Serialize)]
struct ShareTile {
    title: String,
    chart: Chart,
}

/// One framework's heat table, a table for each Function.
#[derive(Debug, Serialize)]
struct Heat {
    id: String,
    link: Link,
    functions: Vec<HeatFunction>,
}

/// A Function's rows: the Function, then each Category before its controls.
#[derive(Debug, Serialize)]
struct HeatFunction {
    id: String,
    title: String,
    /// Unique on the page.
    anchor: String,
    rows: Vec<TrendHeatRow>,
}

/// A node of the heat table.
#[derive(Debug, Serialize)]
struct TrendHeatRow {
    rank: &'static str,
    link: Link,
    /// The id of the control that this one is a sub-control of; empty if it is none.
    parent: String,
    cells: Vec<TrendCell>,
}

/// One quarter's score of a node: a number, or why there is none.
#[derive(Debug, Serialize)]
struct TrendCell {
    /// The score as printed; empty if there is none.
    score: String,
    /// The class that colours the score.
    shade: String,
    /// The score by the level that does not count; empty if it looks the same.
    other: String,
    /// Why there is no score: `withheld`, `none`, `not-applicable` or `not-asked`.
    state: &'static str,
}

/// Makes the trends page.
pub(super) fn view(report: Report<'_>) -> TrendsPage {
    let (assessment, strings) = (report.assessment(), report.strings());
    let dashboard = |quarter: ScoredQuarter<'_>| {
        let address = Address::Quarterly(quarter.id, QuarterPage::Dashboard);
        Link::new("", &quarter.name().to_string(), address.path(assessment))
    };
    let rows: Vec<ShareRow> = report.scored.quarters().map(|quarter| shares(quarter, dashboard(quarter))).collect();
    let names: Vec<String> = rows.iter().map(|row| row.quarter.title.clone()).collect();
    let tile = |id: &str, title: &str, of: &str, share: fn(&ShareRow) -> &Share| {
        let shares: Vec<(Option<u32>, String)> = rows.iter().map(|row| share(row).drawn(strings)).collect();
        // One quarter makes no line, and a share of nothing none either.
        let drawn = shares.len() > 1 && shares.iter().any(|(share, _)| share.is_some());
        drawn.then(|| {
            let chart = charts::tile(report, id, &strings.word(of), &names, &shares);
            ShareTile { title: strings.word(title), chart }
        })
    };
    let tiles = [
        tile("at-target", "column.at_target", "trends.at_target_of", |row| &row.at_target),
        tile("assessed", "column.assessed", "trends.assessed_of", |row| &row.assessed),
        tile("supported", "trends.supported", "trends.supported_of", |row| &row.supported),
    ];
    // If a framework's figures are for one team each, no quarter has a mean over teams.
    let frameworks = assessment.frameworks.iter().filter(|framework| !framework.team_level);
    TrendsPage {
        pairs: changes::pairs(report, None),
        breaks: breaks(report),
        editions: editions(report),
        overall: charts::trend(report, report.scored.newest(), report.scored.quarters()),
        functions: charts::functions(report),
        nodes: nodes(report),
        heat: frameworks.map(|framework| heat(report, framework.at)).collect(),
        quarters: report.scored.quarters().map(dashboard).collect(),
        other_name: strings.word(basis_key(report.scored.newest().settings().scoring.score.other())),
        tiles: tiles.into_iter().flatten().collect(),
        targeted: rows.iter().any(|row| row.at_target.whole > 0),
        shares: rows,
    }
}

/// The changes of scale, oldest first.
fn breaks(report: Report<'_>) -> Vec<String> {
    let breaks = report.scored.quarters().filter_map(|quarter| {
        let before = quarter.quarter_before().filter(|before| !before.is_on_scale_of(quarter))?;
        let [before, now] = [before, quarter].map(|side| side.settings().scale.shown());
        let values: [(&str, &dyn fmt::Display); 3] = [("quarter", &quarter.name()), ("before", &before), ("now", &now)];
        Some(report.strings().say("trends.break", &values))
    });
    breaks.collect()
}

/// The changes of the main framework, oldest first.
fn editions(report: Report<'_>) -> Vec<String> {
    let editions = report.scored.quarters().filter_map(|quarter| {
        let before = quarter.quarter_before().filter(|before| before.main() != quarter.main())?;
        let [before, now] = [before, quarter].map(|side| &side.framework(side.main()).title);
        let values: [(&str, &dyn fmt::Display); 3] = [("quarter", &quarter.name()), ("before", before), ("now", now)];
        Some(report.strings().say("trends.edition", &values))
    });
    editions.collect()
}

fn nodes(report: Report<'_>) -> Vec<TrendNodeRow> {
    let assessment = report.assessment();
    let (q, catalog) = (assessment.newest(), assessment.framework());
    let row = |node: Node, link: Link| {
        let points: Vec<charts::QuarterPoint<'_>> =
            report.scored.quarters().map(|quarter| (quarter, quarter.figures(node, None))).collect();
        TrendNodeRow {
            link,
            spark: charts::spark_hidden(report, report.scored.newest(), &points),
            cells: points.iter().map(|(quarter, figures)| cell(report, *quarter, figures)).collect(),
        }
    };
    let dashboard = Address::Quarterly(q, QuarterPage::Dashboard).path(assessment);
    let mut rows =
        vec![row(Node::Framework(catalog.at), Link::new("", &report.strings().word("chart.overall"), dashboard))];
    for (id, function) in catalog.functions.entries() {
        let link = Link::new(&function.id, &function.title, Address::Function(q, id).path(assessment));
        rows.push(row(Node::Function(id), link));
    }
    rows
}

/// The shares of a quarter's answers that are at target, assessed and supported.
fn shares(in_quarter: ScoredQuarter<'_>, quarter: Link) -> ShareRow {
    let counts = &in_quarter.tree(FrameworkId::MAIN, None).overall.counts;
    ShareRow {
        quarter,
        at_target: Share::of(counts.at_target, counts.targeted),
        assessed: Share::of(counts.assessed, counts.applicable()),
        supported: Share::of(counts.assessed - counts.unsupported, counts.assessed),
    }
}

impl Share {
    fn of(part: u32, whole: u32) -> Self {
        let percent = percent(part, whole).map(|percent| percent.to_string()).unwrap_or_default();
        Self { percent, part, whole }
    }

    /// The share for a chart: the percent to draw, and the printed text.
    fn drawn(&self, strings: &Strings) -> (Option<u32>, String) {
        let share = percent(self.part, self.whole);
        (share, share.map(|share| strings.say("figures.percent", &[("share", &share)])).unwrap_or_default())
    }
}

fn heat(report: Report<'_>, framework: FrameworkId) -> Heat {
    let assessment = report.assessment();
    let q = assessment.newest();
    let catalog = &assessment.frameworks[framework];
    let is_main = framework == FrameworkId::MAIN;
    let home = if is_main { Address::Quarterly(q, QuarterPage::Dashboard) } else { Address::Framework(q, framework) };
    Heat {
        id: catalog.id.clone(),
        link: Link::new("", &catalog.title, home.path(assessment)),
        functions: catalog.functions.ids().map(|function| heat_of_function(report, function)).collect(),
    }
}

fn heat_of_function(report: Report<'_>, function: FunctionId) -> HeatFunction {
    let assessment = report.assessment();
    let q = assessment.newest();
    let catalog = &assessment.frameworks[function.framework()];
    let is_main = catalog.at == FrameworkId::MAIN;
    let page = if is_main { Address::Function(q, function) } else { Address::Framework(q, catalog.at) };
    let page = page.path(assessment);
    let link = |node: Node| match node {
        Node::Control(control) => report.control_link(q, control),
        _ => {
            let whole = is_main && node == Node::Function(function);
            let part = || format!("{page}#{}", catalog.called(node).slug());
            Link::new(catalog.id_of(node), catalog.title_of(node), if whole { page.clone() } else { part() })
        }
    };
    let cells =
        |node| report.scored.quarters().map(|quarter| cell(report, quarter, quarter.figures(node, None))).collect();
    let parent = |node: Node| match node {
        Node::Control(control) => catalog.parent_of(control).map(|parent| catalog.controls[parent].id.clone()),
        Node::Framework(_) | Node::Function(_) | Node::Category(_) => None,
    };
    let row = |node: Node| TrendHeatRow {
        rank: node.rank(),
        link: link(node),
        parent: parent(node).unwrap_or_default(),
        cells: cells(node),
    };
    let Function { id, title, called, .. } = &catalog.functions[function];
    HeatFunction {
        id: id.clone(),
        title: title.clone(),
        anchor: format!("heat-{}:{}", catalog.id, called.slug()),
        rows: catalog.nodes_of(function).map(row).collect(),
    }
}

fn cell(report: Report<'_>, quarter: ScoredQuarter<'_>, figures: &score::Figures) -> TrendCell {
    let settings = quarter.settings();
    let counts = &figures.counts;
    let other = figures.mean_of(settings.scoring.score.other());
    let shown = report.figures(quarter.id, figures);
    let differs = figures.shown_mean().is_some() && other != figures.mean.as_ref();
    let state = match figures.why_withheld() {
        _ if !shown.score.is_empty() => "",
        Some(Withheld::Coverage | Withheld::TeamLevel) => "withheld",
        None if counts.applicable() > 0 => "none",
        None if counts.not_applicable > 0 => "not-applicable",
        None => "not-asked",
    };
    TrendCell {
        // Rounded to the same digits, the two may look the same. Then there is nothing to show.
        other: if differs && shown.other != shown.score { shown.other } else { String::new() },
        score: shown.score,
        shade: shown.shade,
        state,
    }
}
