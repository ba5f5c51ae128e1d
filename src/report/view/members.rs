//! A node's members in, their profile and their levels out: each as a chart and as the table beside it.

use serde::Serialize;

use super::charts::{self, Chart};
use super::{Link, Report, figures};
use crate::model::catalog::Framework;
use crate::score::{Figures, Tree};

/// One member of a node, such as a Function of the whole: a spoke of its radar, a row of its tables.
pub(super) struct Member<'a> {
    /// What it is, and where its page or section stands; no address where there is none.
    pub(super) link: Link,
    pub(super) now: &'a Figures,
    /// The quarter before, where there is one to compare with.
    pub(super) before: Option<&'a Figures>,
}

/// The Functions of `tree` beside those of `before`; `href` says where each has its page or section.
pub(super) fn functions<'a>(
    catalog: &'a Framework,
    tree: &'a Tree,
    before: Option<&'a Tree>,
    href: impl Fn(usize) -> String,
) -> Vec<Member<'a>> {
    let member = |(index, now): (usize, &'a Figures)| Member {
        link: Link::new(&catalog.functions[index].id, &catalog.functions[index].title, href(index)),
        now,
        before: before.map(|tree| &tree.functions[index]),
    };
    tree.functions.iter().enumerate().map(member).collect()
}

/// The Categories of one Function, each a section of the page at `path`.
pub(super) fn categories<'a>(
    catalog: &'a Framework,
    function: usize,
    tree: &'a Tree,
    before: Option<&'a Tree>,
    path: &str,
) -> Vec<Member<'a>> {
    let member = |index: usize| {
        let named = &catalog.categories[index];
        Member {
            link: Link::new(&named.id, &named.title, format!("{path}#{}", named.id)),
            now: &tree.categories[index],
            before: before.map(|tree| &tree.categories[index]),
        }
    };
    catalog.functions[function].categories.clone().map(member).collect()
}

/// The members of a node as a radar and as a table.
#[derive(Debug, Serialize)]
pub(super) struct Profile {
    chart: Chart,
    /// What the members are called.
    of: &'static str,
    rows: Vec<Row>,
    /// Whether there is a quarter before to compare with.
    compared: bool,
    /// What the level is called that does not count.
    other: &'static str,
}

/// A member and its figures, in this quarter and the one before.
#[derive(Debug, Serialize)]
struct Row {
    link: Link,
    figures: figures::Figures,
    before: Option<figures::Figures>,
}

/// Draws and lists `members`, which are `of` one kind.
pub(super) fn profile(report: Report<'_>, title: &str, of: &'static str, members: &[Member<'_>]) -> Profile {
    let row = |member: &Member<'_>| Row {
        link: member.link.clone(),
        figures: report.figures(member.now),
        before: member.before.map(|before| report.figures(before)),
    };
    Profile {
        chart: charts::profile(report, title, members),
        of,
        rows: members.iter().map(row).collect(),
        compared: members.iter().any(|member| member.before.is_some()),
        other: report.assessment.settings.scoring.score.other().title(),
    }
}

/// How many answers are at each level and in each other state, as bars and as a table.
#[derive(Debug, Serialize)]
pub(super) struct Levels {
    chart: Chart,
    /// The levels, as heads of the columns.
    steps: Vec<figures::Level>,
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

/// Counts the answers of each of `members` by level.
pub(super) fn levels(report: Report<'_>, title: &str, members: &[Member<'_>]) -> Levels {
    let scale = &report.assessment.settings.scale;
    let counts = |member: &Member<'_>| {
        let counts = &member.now.counts;
        LevelCounts {
            label: member.link.title.clone(),
            counts: counts.levels.clone(),
            unknown: counts.unknown,
            unanswered: counts.unanswered,
            not_applicable: counts.not_applicable,
        }
    };
    Levels {
        chart: charts::distribution(report, title, members),
        steps: scale.steps().into_iter().map(|level| figures::Level::of(level, scale)).collect(),
        rows: members.iter().map(counts).collect(),
    }
}
