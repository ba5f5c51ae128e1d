//! A quarter in, its gap list out: what falls short of its target, the widest first, and what cannot be ranked.

use serde::Serialize;

use super::figures::{Figures, Level};
use super::{Link, Markup, Report};
use crate::report::address::{Address, Data};
use crate::score::Tree;
use crate::score::gap::{self, Gap, Gaps};

/// The gap list of one quarter.
#[derive(Debug, Serialize)]
pub(super) struct GapsPage {
    figures: Figures,
    gaps: Vec<GapRow>,
    /// Controls with a target of which too little is assessed.
    unscored: Vec<Link>,
    /// Controls that meet their target on the mean while some team is below it.
    hidden: Vec<Link>,
    /// Whether any target is set.
    targets: bool,
    csv: String,
}

/// Makes the gap list of quarter `q`.
pub(super) fn view(report: Report<'_>, q: usize) -> GapsPage {
    let assessment = report.assessment;
    let tree = report.tree(q, 0);
    let gaps = gap::rank(assessment.framework(), tree);
    let link = |control: usize| report.control_link(q, 0, control);
    let ranked: Vec<usize> = gaps.ranked.iter().map(|gap| gap.control).collect();
    let hidden = tree.controls.iter().enumerate().filter(|(control, figures)| {
        let scored = figures.target.is_some() && figures.shown_mean().is_some();
        scored && figures.counts.at_target < figures.counts.assessed && !ranked.contains(control)
    });
    GapsPage {
        figures: report.figures(&tree.overall),
        unscored: gaps.unscored.iter().map(|control| link(*control)).collect(),
        hidden: hidden.map(|(control, _)| link(control)).collect(),
        targets: gaps.targets,
        csv: Address::Data(q, Data::GapsCsv).path(assessment),
        gaps: rows(report, q, 0, &gaps, tree, usize::MAX),
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
    /// Open actions, and exceptions that hold.
    plan: Vec<String>,
    figures: Figures,
    /// The lowest answers and whose they are.
    lowest: Vec<TeamLevel>,
}

/// One team's level.
#[derive(Debug, Serialize)]
pub(super) struct TeamLevel {
    team: Link,
    level: Level,
}

/// The first `most` rows of a gap list.
pub(super) fn rows(
    report: Report<'_>,
    q: usize,
    framework: usize,
    gaps: &Gaps,
    tree: &Tree,
    most: usize,
) -> Vec<GapRow> {
    let assessment = report.assessment;
    let catalog = &assessment.frameworks[framework];
    let row = |(index, gap): (usize, &Gap)| {
        let figures = &tree.controls[gap.control];
        let target = assessment.target(q, framework, gap.control);
        let lowest = assessment.teams_asked(report.quarter(q).quarter, framework, gap.control).filter_map(|team| {
            let level = report.level(q, framework, gap.control, team)?;
            (figures.counts.floor == Some(level)).then(|| TeamLevel {
                team: report.team_link(q, team),
                level: Level::of(level, &assessment.settings.scale),
            })
        });
        GapRow {
            rank: index + 1,
            control: report.control_link(q, framework, gap.control),
            function: catalog.function_of(gap.control).title.clone(),
            gap: gap.gap.shown(assessment.settings.scoring.decimals),
            why: Markup::line(target.map_or("", |target| &target.why)),
            due: target.and_then(|target| target.due).map(|due| due.to_string()).unwrap_or_default(),
            plan: super::actions::planned(report, q, (framework, gap.control)),
            figures: report.figures(figures),
            lowest: lowest.collect(),
        }
    };
    gaps.ranked.iter().enumerate().take(most).map(row).collect()
}
