//! The registers of a group: its units, the gaps that many have, the units that are apart, and the controls of a Function.

use std::cmp::Reverse;
use std::ops::Range;

use serde::Serialize;

use super::address::{GroupPaging, GroupRegister, GroupSheet};
use super::page::{GroupNodeRow, View};
use super::{Group, Unit, UnitSealState};
use crate::base::number::{Mean, percent};
use crate::model::catalog::Node;
use crate::model::ids::ControlId;
use crate::model::strings::Strings;
use crate::report::view::Link;
use crate::report::view::figures::ShownFigures;
use crate::report::view::register::{PartAt, Stretch};
use crate::report::view::rows::Rows;

/// The most Functions that have a column of their own.
const COLUMNS: usize = 12;

/// One part of a register: all of it, if it fits on one page.
#[derive(Debug, Serialize)]
pub(super) struct GroupList {
    name: &'static str,
    title: String,
    minimum: u32,
    /// The ids of the Functions that have columns, or what stands above the values of a spread.
    heads: Vec<String>,
    /// The name of the levels that do not count.
    other: String,
    rows: Rows<RegisterRow>,
    #[serde(flatten)]
    stretch: Stretch,
}

/// A row of whatever register.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum RegisterRow {
    Unit(Box<UnitRow>),
    Gap(Box<GroupGapRow>),
    Apart(Box<ApartRow>),
    Control(Box<GroupNodeRow>),
}

/// A unit that is added up.
#[derive(Debug, Serialize)]
struct UnitRow {
    name: String,
    /// Its own report, and whether that is on another site.
    href: String,
    is_elsewhere: bool,
    figures: ShownFigures,
    functions: Vec<Score>,
    seal: String,
    seal_fault: bool,
}

/// A score alone, or why there is none.
#[derive(Debug, Serialize)]
struct Score {
    score: String,
    withheld: bool,
    by_team: bool,
}

/// A control whose target units miss.
#[derive(Debug, Serialize)]
pub(super) struct GroupGapRow {
    rank: usize,
    link: Link,
    function: String,
    below: u32,
    targeted: u32,
    share: String,
    figures: Option<ShownFigures>,
}

/// A unit that is not added up.
#[derive(Debug, Serialize)]
struct ApartRow {
    name: String,
    href: String,
    is_elsewhere: bool,
    quarter: String,
    scale: String,
    rules: String,
    why: String,
    figures: Option<ShownFigures>,
}

/// The controls whose target units miss, those that most units miss first, then those with the widest gap. Controls that are not
/// shown are not among them.
pub(super) fn gaps(group: &Group) -> Vec<ControlId> {
    let sums = &group.main.sums.controls;
    let below = sums.entries().filter(|(control, sum)| sum.below > 0 && group.shows(Node::Control(*control)));
    let mut controls: Vec<ControlId> = below.map(|(control, _)| control).collect();
    let gap = |control: ControlId| group.main.tree.controls[control].gap.as_ref().map(Mean::millionths);
    controls.sort_by_key(|control| (Reverse(sums[*control].below), Reverse(gap(*control)), *control));
    controls
}

/// The row of a gap.
pub(super) fn gap_row(view: View<'_>, at: usize, control: ControlId) -> GroupGapRow {
    let (group, node) = (view.group, Node::Control(control));
    let sum = &group.main.sums.controls[control];
    let catalog = group.catalog();
    GroupGapRow {
        rank: at + 1,
        link: view.link(node),
        function: catalog.functions[catalog.function_of(control)].title.clone(),
        below: sum.below,
        targeted: sum.targeted,
        share: percent(sum.below, sum.targeted).map(|share| share.to_string()).unwrap_or_default(),
        figures: view.figures(node),
    }
}

/// What is known of a seal, in words.
pub(super) fn seal_words(strings: &Strings, seal: &UnitSealState) -> String {
    match seal {
        UnitSealState::Open => strings.word("group.seal_open"),
        UnitSealState::Said => strings.word("group.seal_said"),
        UnitSealState::Holds => strings.word("group.seal_holds"),
        UnitSealState::Other(quarter) => strings.say("group.seal_other", &[("quarter", quarter)]),
        UnitSealState::Broken(_) => strings.word("group.seal_broken"),
        UnitSealState::Unread(_) => strings.word("group.seal_unread"),
        UnitSealState::Differs(node) => strings.say("group.seal_differs", &[("node", node)]),
    }
}

fn unit_row(view: View<'_>, unit: &Unit) -> Option<UnitRow> {
    let standing = unit.standing.as_ref()?;
    let main = &view.group.main;
    let score = |figures: &crate::score::Figures| {
        let ShownFigures { score, withheld, by_team, .. } = view.of(figures, main);
        Score { score, withheld, by_team }
    };
    let functions = standing.functions.iter().take(if standing.functions.len() > COLUMNS { 0 } else { COLUMNS });
    let href = view.own_report(unit);
    Some(UnitRow {
        name: unit.name.clone(),
        is_elsewhere: href.contains("://"),
        href,
        figures: view.of(&standing.overall, main),
        functions: functions.map(score).collect(),
        seal: seal_words(view.strings, &standing.seal),
        seal_fault: standing.seal.is_fault(),
    })
}

fn apart_row(view: View<'_>, at: usize) -> Option<ApartRow> {
    let (group, strings) = (view.group, view.strings);
    let apart = group.apart.iter().flat_map(|apart| apart.units.iter().map(move |unit| (Some(apart), unit)));
    let (cohort, unit) = apart.chain(group.absent.iter().map(|unit| (None, unit))).nth(at)?;
    let standing = unit.standing.as_ref();
    let why = match (cohort, unit.newest) {
        (Some(apart), _) if apart.cohort.basis.scale != group.main.basis.scale => strings.word("group.why_scale"),
        (Some(_), _) => strings.word("group.why_rules"),
        (None, Some(newest)) => strings.say("group.why_quarter", &[("quarter", &newest)]),
        (None, None) => strings.say("group.why_framework", &[("framework", &group.framework)]),
    };
    let href = view.own_report(unit);
    Some(ApartRow {
        name: unit.name.clone(),
        is_elsewhere: href.contains("://"),
        href,
        quarter: standing.map(|standing| standing.quarter.to_string()).unwrap_or_default(),
        scale: standing.map(|standing| standing.basis.scale.clone()).unwrap_or_default(),
        rules: standing.map(|standing| standing.basis.short()).unwrap_or_default(),
        why,
        figures: cohort.zip(standing).map(|(apart, standing)| view.of(&standing.overall, &apart.cohort)),
    })
}

/// How many rows a register has.
pub(super) fn len(group: &Group, register: GroupRegister) -> usize {
    match register {
        GroupRegister::Units => group.units.len(),
        GroupRegister::Gaps => gaps(group).len(),
        GroupRegister::Apart => group.apart.iter().map(|apart| apart.units.len()).sum::<usize>() + group.absent.len(),
        GroupRegister::Controls(function) => group.catalog().functions[function].controls.len(),
    }
}

/// The rows of a register.
fn rows(view: View<'_>, register: GroupRegister, range: Range<usize>) -> Vec<RegisterRow> {
    let group = view.group;
    match register {
        GroupRegister::Units => {
            let units = group.units[range].iter().filter_map(|unit| unit_row(view, unit));
            units.map(|row| RegisterRow::Unit(Box::new(row))).collect()
        }
        GroupRegister::Gaps => {
            let gaps = gaps(group);
            range.map(|at| RegisterRow::Gap(Box::new(gap_row(view, at, gaps[at])))).collect()
        }
        GroupRegister::Apart => {
            range.filter_map(|at| apart_row(view, at)).map(|row| RegisterRow::Apart(Box::new(row))).collect()
        }
        GroupRegister::Controls(function) => {
            let controls = group.catalog().functions[function].controls.iter().skip(range.start).take(range.len());
            controls.map(|control| RegisterRow::Control(Box::new(view.row(Node::Control(control))))).collect()
        }
    }
}

/// About how many bytes each row of a register takes.
pub(super) fn sizes(view: View<'_>, register: GroupRegister) -> Vec<usize> {
    use rayon::prelude::*;
    let all: Vec<usize> = (0..len(view.group, register)).collect();
    let chunks = all.par_chunks(500).map(|chunk| {
        let range = chunk[0]..chunk[0] + chunk.len();
        rows(view, register, range).iter().map(crate::report::paging::size).collect::<Vec<_>>()
    });
    chunks.flatten().collect()
}

/// What tells a reader where in a register a row is.
fn label(view: View<'_>, register: GroupRegister, at: usize) -> String {
    let group = view.group;
    match register {
        GroupRegister::Units => group.units[at].name.clone(),
        GroupRegister::Gaps => (at + 1).to_string(),
        GroupRegister::Apart => apart_row(view, at).map(|row| row.name).unwrap_or_default(),
        GroupRegister::Controls(function) => {
            let control = group.catalog().functions[function].controls.iter().nth(at);
            control.map(|control| group.catalog().controls[control].id.clone()).unwrap_or_default()
        }
    }
}

/// The part of a register with this number, counted from 0.
pub(super) fn list(view: View<'_>, register: GroupRegister, part: usize, paging: &GroupPaging) -> GroupList {
    let group = view.group;
    let at = PartAt { parts: paging.parts(register), part };
    let scripts = format!("{}-*.js", register.name());
    let (label, path) = (|at| label(view, register, at), |at| register.path(group, at));
    let stretch = Stretch::new(view.strings, at, len(group, register), scripts, label, path);
    let heads = match register {
        GroupRegister::Units if group.catalog().functions.len() <= COLUMNS => {
            group.catalog().functions.iter().map(|function| function.id.clone()).collect()
        }
        GroupRegister::Controls(_) => view.quantile_heads(),
        _ => Vec::new(),
    };
    GroupList {
        name: register.name(),
        title: view.name(register),
        minimum: group.wanted.minimum,
        heads,
        other: view.of(&group.main.tree.overall, &group.main).other_name,
        stretch,
        rows: rows(view, register, at.rows()).into_iter().collect(),
    }
}

/// A page that is a register, or a further page of one.
#[derive(Debug, Serialize)]
pub(super) struct ListPage {
    title: String,
    lead: String,
    list: GroupList,
    /// The page that holds the first part.
    whole: Link,
    /// The template of the table, and that of its rows.
    table: &'static str,
    rows: &'static str,
    csv: String,
}

/// Makes the page with this part of a register.
pub(super) fn page(view: View<'_>, register: GroupRegister, part: usize, paging: &GroupPaging) -> ListPage {
    let (title, whole) = match register {
        GroupRegister::Controls(function) => {
            let named = &view.group.catalog().functions[function];
            (named.title.clone(), view.link(Node::Function(function)))
        }
        _ => (view.name(register), Link::new("", &view.name(register), register.path(view.group, 0))),
    };
    let values: [(&str, &dyn std::fmt::Display); 3] =
        [("page", &title), ("title", &view.name(register)), ("part", &(part + 1))];
    let [table, rows] = register.templates();
    let lead = match register {
        GroupRegister::Units => view.strings.say("group.units_lead", &[("n", &view.group.main.sums.units)]),
        GroupRegister::Gaps => view.strings.word("group.gaps_lead"),
        GroupRegister::Apart => view.strings.word("group.apart_lead"),
        GroupRegister::Controls(_) => String::new(),
    };
    ListPage {
        title: if part == 0 { title.clone() } else { view.strings.say("register.title", &values) },
        lead,
        list: list(view, register, part, paging),
        whole,
        table,
        rows,
        csv: register.sheet().map(GroupSheet::path).unwrap_or_default(),
    }
}
