//! The pages of a group that are no registers: its dashboard, each Function, and how it is added up.

use std::collections::BTreeSet;

use serde::Serialize;

use super::address::{GroupAddress, GroupPaging, GroupRegister, GroupSheet};
use super::hide::shown_causes;
use super::lists::{self, GroupList};
use super::page::{GroupNodeRow, View, root_of};
use super::{CauseSum, PastQuarter};
use crate::base::number::signed;
use crate::chart::{self, Caption, Series, Trend, TrendLine};
use crate::model::catalog::Node;
use crate::model::ids::FunctionId;
use crate::report::view::charts::{Chart, NodePart, bridge_on, position, profile_on, scale};
use crate::report::view::figures::ShownFigures;
use crate::report::view::{Link, Markup};
use crate::score::change::Cause;

/// How many gaps the dashboard shows.
const GAPS: usize = 15;

/// The dashboard.
#[derive(Debug, Serialize)]
pub(super) struct GroupHome {
    heading: String,
    minimum: u32,
    whole: GroupNodeRow,
    units: String,
    profile: GroupProfile,
    history: GroupHistory,
    gaps: Vec<lists::GroupGapRow>,
    gap_count: usize,
    gaps_href: String,
    causes: Option<GroupCauses>,
    apart: Vec<ApartRulesRow>,
    /// How many units are apart or absent, and where they are named; no address if names are hidden.
    others: usize,
    absent: usize,
    apart_href: String,
    seals: Vec<GroupSealRow>,
    notes: Vec<String>,
    data: Vec<Link>,
}

/// The parts of a node, as charts and as a table.
#[derive(Debug, Serialize)]
pub(super) struct GroupProfile {
    /// What the parts are.
    of: String,
    other: String,
    chart: Chart,
    spread: Chart,
    rows: Vec<GroupNodeRow>,
    heads: Vec<String>,
}

#[derive(Debug, Serialize)]
struct GroupHistory {
    chart: Chart,
    rows: Vec<PastRow>,
}

#[derive(Debug, Serialize)]
struct PastRow {
    quarter: String,
    units: u32,
    figures: Option<ShownFigures>,
}

/// What moved the scores of the units that say so.
#[derive(Debug, Serialize)]
struct GroupCauses {
    chart: Chart,
    units: u32,
    heads: Vec<String>,
    rows: Vec<GroupCauseRow>,
}

#[derive(Debug, Serialize)]
struct GroupCauseRow {
    link: Link,
    units: u32,
    change: String,
    /// Empty where the cause is not shown.
    parts: Vec<String>,
}

/// Units with the same other rules.
#[derive(Debug, Serialize)]
struct ApartRulesRow {
    scale: String,
    rules: String,
    units: usize,
    figures: Option<ShownFigures>,
}

#[derive(Debug, Serialize)]
struct GroupSealRow {
    words: String,
    units: usize,
    is_fault: bool,
}

/// Makes the dashboard.
pub(super) fn home(view: View<'_>) -> GroupHome {
    let group = view.group;
    let gaps = lists::gaps(group);
    let functions: Vec<Node> = group.catalog().functions.ids().map(Node::Function).collect();
    GroupHome {
        heading: group.catalog().title.clone(),
        minimum: group.wanted.minimum,
        whole: view.row(group.whole()),
        units: view.units(),
        profile: profile(view, &GroupAddress::Home.path(group), "page.functions", "column.function", &functions),
        history: history(view),
        gaps: gaps.iter().take(GAPS).enumerate().map(|(at, gap)| lists::gap_row(view, at, *gap)).collect(),
        gap_count: gaps.len(),
        gaps_href: GroupAddress::List(GroupRegister::Gaps, 0).path(group),
        causes: causes(view),
        apart: group
            .apart
            .iter()
            .map(|apart| {
                let units = apart.units.len();
                let is_shown = apart.cohort.shows_whole();
                ApartRulesRow {
                    scale: apart.cohort.basis.scale.clone(),
                    rules: apart.cohort.basis.short(),
                    units,
                    figures: is_shown.then(|| view.of(&apart.cohort.tree.overall, &apart.cohort)),
                }
            })
            .collect(),
        others: group.apart.iter().map(|apart| apart.units.len()).sum(),
        absent: group.absent.len(),
        apart_href: if group.names_others() {
            GroupAddress::List(GroupRegister::Apart, 0).path(group)
        } else {
            String::new()
        },
        seals: seals(view),
        notes: notes(view),
        data: GroupSheet::all(group).into_iter().map(|sheet| Link::new("", sheet.file(), sheet.path())).collect(),
    }
}

/// The parts of a node: `of` is the key of what they are together, and `one` of what each is.
fn profile(view: View<'_>, path: &str, of: &str, one: &str, nodes: &[Node]) -> GroupProfile {
    let root = root_of(path);
    let href = move |to: &str| if to.is_empty() { String::new() } else { format!("{root}{to}") };
    let tree = &view.group.main.tree;
    let parts: Vec<NodePart<'_>> = nodes
        .iter()
        .filter(|node| view.group.shows(**node))
        .map(|node| NodePart { link: view.link(*node), now: &tree[*node], before: None })
        .collect();
    let title = view.strings.word(of);
    let chart = if parts.is_empty() { Chart::default() } else { profile_on(view.ground(&href), &title, &parts) };
    let spread_title = view.strings.word("group.spread");
    let whole = [view.group.whole()];
    let shown: Vec<Node> = if path == GroupAddress::Home.path(view.group) {
        whole.iter().chain(nodes).copied().collect()
    } else {
        nodes.to_vec()
    };
    let has_spread = shown.iter().any(|node| view.group.spreads.contains_key(node));
    let other = ShownFigures::of(view.strings, &tree.overall, &view.group.main.settings).other_name;
    GroupProfile {
        of: view.strings.word(one),
        other,
        chart,
        spread: if has_spread { view.spread_chart(&spread_title, &shown, &href) } else { Chart::default() },
        rows: nodes.iter().map(|node| view.row(*node)).collect(),
        heads: view.quantile_heads(),
    }
}

/// The whole in each quarter.
fn history(view: View<'_>) -> GroupHistory {
    let (group, strings) = (view.group, view.strings);
    let shown = |past: &&PastQuarter| !past.is_hidden;
    let figures = |past: &PastQuarter| Some(past).filter(shown).map(|past| view.of(&past.figures, &group.main));
    let rows: Vec<PastRow> = group
        .trend
        .iter()
        .map(|past| PastRow { quarter: past.quarter.to_string(), units: past.units, figures: figures(past) })
        .collect();
    if rows.iter().filter(|row| row.figures.is_some()).count() < 2 {
        return GroupHistory { chart: Chart::default(), rows };
    }
    let value = |past: &PastQuarter| Some(past).filter(shown)?.figures.shown_mean().map(position);
    let none = strings.word("chart.no_score");
    let said = rows.iter().map(|row| {
        let score = row.figures.as_ref().map(|figures| figures.score.clone()).filter(|score| !score.is_empty());
        format!("{}: {}", row.quarter, score.unwrap_or_else(|| none.clone()))
    });
    let description = said.collect::<Vec<_>>().join("; ") + ".";
    let title = strings.word("chart.trend");
    let caption = Caption { id: "trend", title: &title, description: &description };
    let line = TrendLine {
        name: strings.word("chart.score"),
        href: String::new(),
        series: Series::Score,
        values: group.trend.iter().map(value).collect(),
    };
    let svg = chart::trend(&Trend {
        caption,
        scale: &scale(strings, &group.main.settings.scale),
        points: rows.iter().map(|row| row.quarter.clone()).collect(),
        hrefs: vec![String::new(); rows.len()],
        lines: vec![line],
    });
    GroupHistory { chart: Chart { svg: Markup(svg), keys: Vec::new(), note: String::new() }, rows }
}

/// What moved the units that say so; `None` if none does, or too few.
fn causes(view: View<'_>) -> Option<GroupCauses> {
    let (group, strings) = (view.group, view.strings);
    let minimum = group.wanted.minimum;
    let sums: Vec<(Node, &CauseSum)> =
        group.main.sums.causes().filter(|(node, sum)| sum.units >= minimum && group.shows(*node)).collect();
    let (_, whole) = *sums.first().filter(|(node, _)| *node == group.whole())?;
    let shown = shown_causes(sums.iter().map(|(_, sum)| *sum), minimum);
    let decimals = 2;
    let amount = |millionths| strings.number(&signed(millionths, decimals));
    let total = |sum: &CauseSum| sum.amounts.iter().sum::<i128>();
    let rows = sums.iter().map(|(node, sum)| GroupCauseRow {
        link: view.link(*node),
        units: sum.units,
        change: amount(sum.mean(total(sum))),
        parts: sum
            .amounts
            .iter()
            .zip(shown)
            .map(|(sum_of, shown)| if shown { amount(sum.mean(*sum_of)) } else { String::new() })
            .collect(),
    });
    let now = whole.mean(whole.now);
    let before = whole.mean(whole.now - total(whole));
    let chart = if shown.iter().all(|shown| *shown) {
        let amounts: Vec<(Cause, i64)> =
            Cause::ALL.into_iter().zip(whole.amounts).map(|(cause, sum)| (cause, whole.mean(sum))).collect();
        let ends = [strings.word("column.before"), group.quarter.to_string()];
        let nowhere = |_: &str| String::new();
        bridge_on(view.ground(&nowhere), "bridge", [(&ends[0], before), (&ends[1], now)], &amounts)
    } else {
        Chart::default()
    };
    Some(GroupCauses {
        chart,
        units: whole.units,
        heads: Cause::ALL.map(|cause| strings.word(cause.key())).to_vec(),
        rows: rows.collect(),
    })
}

/// How many units have which kind of seal.
fn seals(view: View<'_>) -> Vec<GroupSealRow> {
    let mut counts: Vec<(String, usize, bool)> = Vec::new();
    for standing in view.group.units.iter().filter_map(|unit| unit.standing.as_ref()) {
        let words = lists::seal_words(view.strings, &standing.seal);
        match counts.iter_mut().find(|(known, _, _)| *known == words) {
            Some((_, count, _)) => *count += 1,
            None => counts.push((words, 1, standing.seal.is_fault())),
        }
    }
    counts.sort();
    counts.into_iter().map(|(words, units, is_fault)| GroupSealRow { words, units, is_fault }).collect()
}

/// What a reader must know of what is not added up.
fn notes(view: View<'_>) -> Vec<String> {
    let (group, strings) = (view.group, view.strings);
    let mut notes = Vec::new();
    if group.units.iter().any(|unit| unit.standing.as_ref().is_some_and(|standing| standing.assumed)) {
        notes.push(strings.say("group.assumed", &[("minimum", &group.main.basis.minimum_coverage)]));
    }
    let names = |ids: &BTreeSet<String>| strings.first_of(&ids.iter().cloned().collect::<Vec<_>>());
    let versions: BTreeSet<String> = group.versions().into_iter().map(str::to_owned).collect();
    if versions.len() > 1 {
        notes.push(strings.say("group.versions", &[("framework", &group.framework), ("versions", &names(&versions))]));
    }
    if !group.by_team.is_empty() {
        notes.push(strings.say("group.by_team", &[("frameworks", &names(&group.by_team))]));
    }
    if !group.others.is_empty() {
        notes.push(strings.say("group.other_frameworks", &[("frameworks", &names(&group.others))]));
    }
    let hidden = group.main.hidden.len();
    if hidden > 0 {
        notes.push(strings.say("group.hidden_cells", &[("n", &hidden), ("minimum", &group.wanted.minimum)]));
    }
    notes
}

/// The page of a Function.
#[derive(Debug, Serialize)]
pub(super) struct GroupFunctionPage {
    heading: String,
    id: String,
    minimum: u32,
    units: String,
    row: GroupNodeRow,
    profile: GroupProfile,
    list: GroupList,
}

/// Makes the page of a Function.
pub(super) fn function(view: View<'_>, function: FunctionId, paging: &GroupPaging) -> GroupFunctionPage {
    let (group, catalog) = (view.group, view.group.catalog());
    let categories: Vec<Node> = catalog.functions[function].categories.iter().map(Node::Category).collect();
    let path = GroupAddress::Function(function).path(group);
    GroupFunctionPage {
        heading: catalog.functions[function].title.clone(),
        id: catalog.functions[function].id.clone(),
        minimum: group.wanted.minimum,
        units: view.units(),
        row: view.row(Node::Function(function)),
        profile: profile(view, &path, "parts.categories", "column.category", &categories),
        list: lists::list(view, GroupRegister::Controls(function), 0, paging),
    }
}

/// How the group is added up.
#[derive(Debug, Serialize)]
pub(super) struct GroupMethod {
    minimum: u32,
    units: String,
    framework: String,
    scale: String,
    rules: String,
    coverage: u32,
    by_functions: bool,
    hides_names: bool,
    notes: Vec<String>,
}

/// Makes the page that says how.
pub(super) fn method(view: View<'_>) -> GroupMethod {
    let group = view.group;
    GroupMethod {
        minimum: group.wanted.minimum,
        units: view.units(),
        framework: group.framework.clone(),
        scale: group.main.basis.scale.clone(),
        rules: group.main.basis.rules.clone(),
        coverage: group.main.basis.minimum_coverage,
        by_functions: group.main.basis.by_functions,
        hides_names: group.wanted.hides_names,
        notes: notes(view),
    }
}
