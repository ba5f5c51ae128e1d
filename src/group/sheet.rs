//! The figures of a group as CSV. Levels are whole millionths, rounded once, half up. What pages do not show is not here either.

use super::address::GroupSheet;
use super::hide::shown_causes;
use super::lists::gaps;
use super::page::View;
use super::{Group, Unit, UnitSpread};
use crate::base::number::{Level, Mean};
use crate::border::Shown;
use crate::border::csv::sheet;
use crate::model::catalog::Node;
use crate::score::Figures;
use crate::score::change::Cause;

/// The columns of figures.
const FIGURES: [&str; 17] = [
    "mean",
    "claimed",
    "supported",
    "low",
    "high",
    "floor",
    "target",
    "gap",
    "assessed",
    "applicable",
    "unknown",
    "unanswered",
    "not_applicable",
    "given",
    "carried",
    "targeted",
    "at_target",
];

/// The cells of these columns; all are empty where nothing is shown.
fn cells(figures: Option<&Figures>) -> Vec<String> {
    let Some(figures) = figures else { return vec![String::new(); FIGURES.len()] };
    let text = |mean: Option<&Mean>| mean.map(|mean| mean.millionths().to_string()).unwrap_or_default();
    let counts = &figures.counts;
    let shown = [&figures.mean, &figures.claimed, &figures.supported].map(|mean| text(figures.shown(mean)));
    let range = [&figures.low, &figures.high].map(|mean| text(mean.as_ref()));
    let floor = counts.floor.map(|level: Level| level.millionths().to_string()).unwrap_or_default();
    let [target, gap] = [text(figures.target.as_ref()), text(figures.shown(&figures.gap))];
    let levels = shown.into_iter().chain(range).chain([floor, target, gap]);
    levels.chain(counts.named().map(|(_, count)| count.to_string())).collect()
}

/// A data file.
pub(super) fn print(view: View<'_>, file: GroupSheet) -> Shown {
    let group = view.group;
    match file {
        GroupSheet::Nodes => nodes(group),
        GroupSheet::Units => units(group),
        GroupSheet::Gaps => common_gaps(group),
        GroupSheet::Changes => changes(group),
        GroupSheet::Quarters => quarters(group),
        GroupSheet::Apart => apart(group),
    }
}

/// A figure of the group, and how it spreads over units: a row for each node.
fn nodes(group: &Group) -> Shown {
    let ends = ["lowest", "highest"];
    let middle = ["first_quarter", "median", "third_quarter"];
    let header: Vec<&str> = ["quarter", "framework", "rank", "node", "title", "units", "assessing"]
        .into_iter()
        .chain(FIGURES)
        .chain(["scored"])
        .chain(middle)
        .chain(ends)
        .chain(["shown"])
        .collect();
    let catalog = group.catalog();
    let row = |node: Node| {
        let is_hidden = !group.shows(node);
        let figures = Some(&group.main.tree[node]).filter(|_| !is_hidden);
        let assessing = if is_hidden { String::new() } else { group.main.sums.assessing(node).to_string() };
        let head = [
            group.quarter.to_string(),
            group.framework.clone(),
            node.rank().to_owned(),
            catalog.id_of(node).to_owned(),
            catalog.title_of(node).to_owned(),
            group.main.sums.units.to_string(),
            assessing,
        ];
        let spread = group.spreads.get(&node);
        let value = |at: usize| spread.map(|spread: &UnitSpread| spread.values[at].to_string()).unwrap_or_default();
        let end = |at: usize| if group.wanted.hides_names { String::new() } else { value(at) };
        let scored = spread.map(|spread| spread.units.to_string()).unwrap_or_default();
        let spread = [scored, value(1), value(2), value(3), end(0), end(4), (!is_hidden).to_string()];
        head.into_iter().chain(cells(figures)).chain(spread).collect()
    };
    sheet(&header, catalog.nodes().map(row))
}

/// The whole and the Functions of each unit that is added up.
fn units(group: &Group) -> Shown {
    let header: Vec<&str> =
        ["unit", "quarter", "framework", "framework_version", "scale", "rules", "policy", "seal", "node"]
            .into_iter()
            .chain(FIGURES)
            .collect();
    let catalog = group.catalog();
    let nodes: Vec<&str> = catalog.whole_and_functions().map(|node| catalog.id_of(node)).collect();
    let of = |unit: &Unit| {
        let Some(standing) = &unit.standing else { return Vec::new() };
        let figures = [&standing.overall].into_iter().chain(&standing.functions);
        let row = |(node, figures): (&&str, &Figures)| {
            let head = [
                &unit.name,
                &standing.quarter.to_string(),
                &group.framework,
                &standing.version,
                &standing.basis.scale,
                &standing.basis.rules,
                &standing.policy,
                &standing.seal.name().to_owned(),
                &(*node).to_owned(),
            ];
            head.map(Clone::clone).into_iter().chain(cells(Some(figures))).collect::<Vec<_>>()
        };
        nodes.iter().zip(figures).map(row).collect()
    };
    sheet(&header, group.units.iter().flat_map(of))
}

/// The controls whose target units miss.
fn common_gaps(group: &Group) -> Shown {
    let header: Vec<&str> =
        ["rank", "control", "title", "units_below", "units_with_target"].into_iter().chain(FIGURES).collect();
    let catalog = group.catalog();
    let rows = gaps(group).into_iter().enumerate().map(|(at, control)| {
        let sum = &group.main.sums.controls[control];
        let named = &catalog.controls[control];
        let head = [
            (at + 1).to_string(),
            named.id.clone(),
            named.title.clone(),
            sum.below.to_string(),
            sum.targeted.to_string(),
        ];
        head.into_iter().chain(cells(Some(&group.main.tree.controls[control]))).collect()
    });
    sheet(&header, rows)
}

/// What moved the units that say so, summed over them.
fn changes(group: &Group) -> Shown {
    let header = ["quarter", "framework", "node", "cause", "units", "units_moved", "millionths"];
    let minimum = group.wanted.minimum;
    let shown_nodes: Vec<_> =
        group.main.sums.causes().filter(|(node, sum)| sum.units >= minimum && group.shows(*node)).collect();
    let shown = shown_causes(shown_nodes.iter().map(|(_, sum)| *sum), minimum);
    let rows = shown_nodes.iter().flat_map(|(node, sum)| {
        let of_cause = move |at: usize, cause: Cause| {
            vec![
                group.quarter.to_string(),
                group.framework.clone(),
                group.catalog().id_of(*node).to_owned(),
                cause.name().to_owned(),
                sum.units.to_string(),
                sum.moved[at].to_string(),
                sum.amounts[at].to_string(),
            ]
        };
        Cause::ALL.into_iter().enumerate().filter(|(at, _)| shown[*at]).map(move |(at, cause)| of_cause(at, cause))
    });
    sheet(&header, rows)
}

/// The whole in each quarter.
fn quarters(group: &Group) -> Shown {
    let header: Vec<&str> = ["quarter", "framework", "units"].into_iter().chain(FIGURES).collect();
    let rows = group.trend.iter().map(|past| {
        let head = [past.quarter.to_string(), group.framework.clone(), past.units.to_string()];
        head.into_iter().chain(cells(Some(&past.figures).filter(|_| !past.is_hidden))).collect()
    });
    sheet(&header, rows)
}

/// Units with other rules, each kind by itself.
fn apart(group: &Group) -> Shown {
    let header: Vec<&str> = ["quarter", "framework", "scale", "rules", "units"].into_iter().chain(FIGURES).collect();
    let rows = group.apart.iter().map(|apart| {
        let basis = &apart.cohort.basis;
        let head = [
            group.quarter.to_string(),
            group.framework.clone(),
            basis.scale.clone(),
            basis.short(),
            apart.units.len().to_string(),
        ];
        head.into_iter().chain(cells(Some(&apart.cohort.tree.overall).filter(|_| apart.cohort.shows_whole()))).collect()
    });
    sheet(&header, rows)
}
