//! Every quarter in, the page of all quarters out: lines by Function, shares, and each control's score quarter by quarter.

use serde::Serialize;

use super::charts::{self, Chart};
use super::{Link, Markup, Report};
use crate::base::number::percent;
use crate::report::address::Address;
use crate::score::{self, Tree, Withheld};

/// All quarters side by side.
#[derive(Debug, Serialize)]
pub(super) struct TrendsPage {
    /// Each quarter's dashboard, oldest first.
    quarters: Vec<Link>,
    overall: Chart,
    functions: Chart,
    /// The whole and the Functions.
    nodes: Vec<NodeRow>,
    shares: Vec<ShareRow>,
    tiles: Vec<Chart>,
    heat: Vec<Heat>,
    /// What the level is called that does not count.
    other_name: &'static str,
}

/// A node's score by quarter.
#[derive(Debug, Serialize)]
struct NodeRow {
    link: Link,
    cells: Vec<Cell>,
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
    /// In whole percent; empty of nothing.
    percent: String,
    part: u32,
    whole: u32,
}

/// One framework's heat table, a table for each Function.
#[derive(Debug, Serialize)]
struct Heat {
    id: String,
    link: Link,
    functions: Vec<HeatFunction>,
}

/// A Function, then each Category before its controls.
#[derive(Debug, Serialize)]
struct HeatFunction {
    id: String,
    title: String,
    /// Unique on the page.
    anchor: String,
    rows: Vec<HeatRow>,
}

/// A node of the heat table.
#[derive(Debug, Serialize)]
struct HeatRow {
    rank: &'static str,
    link: Link,
    cells: Vec<Cell>,
}

/// One quarter's score of a node: a number, or why there is none.
#[derive(Debug, Serialize)]
struct Cell {
    /// Empty where there is none.
    score: String,
    /// The class that colours it.
    shade: String,
    /// The level that does not count, where it is another one.
    other: String,
    /// Why there is no score: `withheld`, `none`, `not-applicable` or `not-asked`.
    state: &'static str,
}

/// Makes the page.
pub(super) fn view(report: Report<'_>) -> TrendsPage {
    let assessment = report.assessment;
    let quarters = 0..assessment.quarters.len();
    let named =
        |q: usize| Link::new("", &report.quarter(q).quarter.to_string(), Address::Dashboard(q).path(assessment));
    let rows: Vec<ShareRow> = quarters.clone().map(|q| shares(report, q, named(q))).collect();
    let names: Vec<String> = rows.iter().map(|row| row.quarter.title.clone()).collect();
    let tile = |id: &str, title: &str, share: fn(&ShareRow) -> &Share| {
        let shares: Vec<(Option<u32>, String)> = rows.iter().map(|row| share(row).drawn()).collect();
        charts::tile(id, title, &names, &shares)
    };
    let tiles = vec![
        tile("at-target", "Share of answers at target", |row| &row.at_target),
        tile("assessed", "Share of answers assessed", |row| &row.assessed),
        tile("supported", "Share of claims that evidence supports", |row| &row.supported),
    ];
    // Means of a framework whose figures speak of one team each are joined in no quarter.
    let frameworks = (0..assessment.frameworks.len()).filter(|f| !assessment.frameworks[*f].team_level);
    TrendsPage {
        overall: charts::trend(report, assessment.newest()),
        functions: charts::functions(report),
        nodes: nodes(report),
        heat: frameworks.map(|framework| heat(report, framework)).collect(),
        quarters: quarters.map(named).collect(),
        other_name: assessment.settings.scoring.score.other().title(),
        tiles,
        shares: rows,
    }
}

fn nodes<'a>(report: Report<'a>) -> Vec<NodeRow> {
    let assessment = report.assessment;
    let q = assessment.newest();
    let catalog = assessment.framework();
    let row = |link: Link, node: &dyn Fn(&'a Tree) -> &'a score::Figures| {
        let by_quarter: Vec<&score::Figures> =
            (0..assessment.quarters.len()).map(|q| node(report.tree(q, 0))).collect();
        NodeRow {
            link,
            spark: charts::spark_hidden(report, &by_quarter),
            cells: by_quarter.iter().map(|figures| cell(report, figures)).collect(),
        }
    };
    let overall = Link::new("", "Overall", Address::Dashboard(q).path(assessment));
    let mut rows = vec![row(overall, &|tree| &tree.overall)];
    for (f, function) in catalog.functions.iter().enumerate() {
        let link = Link::new(&function.id, &function.title, Address::Function(q, f).path(assessment));
        rows.push(row(link, &|tree| &tree.functions[f]));
    }
    rows
}

/// What of a quarter's answers is at target, assessed and supported.
fn shares(report: Report<'_>, q: usize, quarter: Link) -> ShareRow {
    let counts = &report.tree(q, 0).overall.counts;
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

    /// The share as a chart draws and prints it.
    fn drawn(&self) -> (Option<u32>, String) {
        let text = if self.percent.is_empty() { String::new() } else { format!("{} %", self.percent) };
        (percent(self.part, self.whole), text)
    }
}

fn heat(report: Report<'_>, framework: usize) -> Heat {
    let assessment = report.assessment;
    let q = assessment.newest();
    let catalog = &assessment.frameworks[framework];
    let home = |function: usize| {
        let address = if framework == 0 { Address::Function(q, function) } else { Address::Framework(q, framework) };
        address.path(assessment)
    };
    let cells = |node: &dyn Fn(&Tree) -> &score::Figures| -> Vec<Cell> {
        (0..assessment.quarters.len()).map(|q| cell(report, node(report.tree(q, framework)))).collect()
    };
    let function = |(f, named): (usize, &crate::model::catalog::Function)| {
        let href = if framework == 0 { home(f) } else { format!("{}#{}", home(f), named.id) };
        let link = Link::new(&named.id, &named.title, href);
        let mut rows = vec![HeatRow { rank: "function", link, cells: cells(&|tree| &tree.functions[f]) }];
        for c in named.categories.clone() {
            let category = &catalog.categories[c];
            let link = Link::new(&category.id, &category.title, format!("{}#{}", home(f), category.id));
            rows.push(HeatRow { rank: "category", link, cells: cells(&|tree| &tree.categories[c]) });
            rows.extend(category.controls.clone().map(|control| HeatRow {
                rank: "control",
                link: report.control_link(q, framework, control),
                cells: cells(&|tree| &tree.controls[control]),
            }));
        }
        HeatFunction {
            id: named.id.clone(),
            title: named.title.clone(),
            anchor: format!("heat-{}:{}", catalog.id, named.id),
            rows,
        }
    };
    Heat {
        id: catalog.id.clone(),
        link: Link::new(
            "",
            &catalog.title,
            if framework == 0 { Address::Dashboard(q).path(assessment) } else { home(0) },
        ),
        functions: catalog.functions.iter().enumerate().map(function).collect(),
    }
}

fn cell(report: Report<'_>, figures: &score::Figures) -> Cell {
    let settings = &report.assessment.settings;
    let counts = &figures.counts;
    let other = figures.mean_of(settings.scoring.score.other());
    let shown = report.figures(figures);
    let differs = figures.shown_mean().is_some() && other != figures.mean.as_ref();
    let state = match figures.why_withheld() {
        _ if !shown.score.is_empty() => "",
        Some(Withheld::Coverage | Withheld::TeamLevel) => "withheld",
        None if counts.applicable() > 0 => "none",
        None if counts.not_applicable > 0 => "not-applicable",
        None => "not-asked",
    };
    Cell {
        // Rounded to the same digits, the two may look alike: then there is nothing to show.
        other: if differs && shown.other != shown.score { shown.other } else { String::new() },
        score: shown.score,
        shade: shown.shade,
        state,
    }
}
