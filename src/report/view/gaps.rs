//! The gap list page: controls below their target, the widest gap first, and controls that cannot be ranked.

use serde::Serialize;

use super::figures::{Figures, Level};
use super::{Link, Markup, Report, actions};
use crate::model::ids::{ControlId, FrameworkId, QuarterId};
use crate::report::address::{Address, Data};
use crate::score::Tree;
use crate::score::gap::{self, Gap, Gaps};

/// The gap list of one quarter.
#[derive(Debug, Serialize)]
pub(super) struct GapsPage {
    figures: Figures,
    gaps: Vec<GapRow>,
    /// Controls that have a target, but too few assessed answers.
    unscored: Vec<Link>,
    /// Controls whose mean meets the target while at least one team is below it.
    hidden: Vec<Link>,
    /// Whether any target is set.
    targets: bool,
    csv: String,
}

/// Makes the gap list of quarter `q`.
pub(super) fn view(report: Report<'_>, q: QuarterId) -> GapsPage {
    let quarter = report.quarter(q);
    let tree = quarter.tree(FrameworkId::MAIN, None);
    let gaps = gap::rank(quarter.framework(FrameworkId::MAIN), tree);
    let link = |control: ControlId| report.control_link(q, control);
    let ranked: Vec<ControlId> = gaps.ranked.iter().map(|gap| gap.control).collect();
    let hidden = tree.controls.entries().filter(|(control, figures)| {
        let scored = figures.target.is_some() && figures.shown_mean().is_some();
        scored && figures.counts.at_target < figures.counts.assessed && !ranked.contains(control)
    });
    GapsPage {
        figures: report.figures(q, &tree.overall),
        unscored: gaps.unscored.iter().map(|control| link(*control)).collect(),
        hidden: hidden.map(|(control, _)| link(control)).collect(),
        targets: gaps.targets,
        csv: Address::Data(q, Data::GapsCsv).path(report.assessment()),
        gaps: rows(report, q, &gaps, tree, usize::MAX),
    }
}

/// One row of a gap list.
#[derive(Debug, Serialize)]
pub(super) struct GapRow {
    rank: usize,
    control: Link,
    function: String,
    gap: String,
    why: Markup,
    due: String,
    /// The same day as filters read it.
    due_iso: String,
    /// Open actions, and exceptions that are in force; each leads to its row.
    plan: Vec<Link>,
    figures: Figures,
    /// The lowest answers and their teams.
    lowest: Vec<TeamLevel>,
    /// How many more teams have the lowest answer than are listed.
    more_lowest: usize,
}

impl GapRow {
    /// Keeps so many of the teams with the lowest answer, and counts the others.
    pub(super) fn keep_lowest(&mut self, most: usize) {
        self.more_lowest = self.lowest.len().saturating_sub(most);
        self.lowest.truncate(most);
    }
}

/// One team's level.
#[derive(Debug, Serialize)]
pub(super) struct TeamLevel {
    team: Link,
    level: Level,
}

/// The first `most` rows of the gap list.
pub(super) fn rows(report: Report<'_>, q: QuarterId, gaps: &Gaps, tree: &Tree, most: usize) -> Vec<GapRow> {
    let quarter = report.quarter(q);
    let settings = quarter.settings();
    let row = |(index, gap): (usize, &Gap)| {
        let catalog = quarter.framework(gap.control.framework());
        let figures = &tree.controls[gap.control];
        let target = quarter.target(gap.control);
        let due = target.and_then(|target| target.due);
        let lowest = quarter.teams_asked(gap.control).filter_map(|team| {
            let level = quarter.level(gap.control.of(team))?;
            (figures.counts.floor == Some(level))
                .then(|| TeamLevel { team: report.team_link(q, team), level: report.level(q, level) })
        });
        GapRow {
            rank: index + 1,
            control: report.control_link(q, gap.control),
            function: catalog.functions[catalog.function_of(gap.control)].title.clone(),
            gap: report.strings().number(&gap.gap.shown_half_down(settings.scoring.decimals)),
            why: report.line(target.map_or("", |target| &target.why)),
            due: due.map(|due| report.strings().day(due)).unwrap_or_default(),
            due_iso: due.map(|due| due.to_string()).unwrap_or_default(),
            plan: actions::in_short(report, q, |control| control == gap.control),
            figures: report.figures(q, figures),
            lowest: lowest.collect(),
            more_lowest: 0,
        }
    };
    gaps.ranked.iter().enumerate().take(most).map(row).collect()
}
