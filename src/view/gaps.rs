//! A quarter in, its gap list out: what falls short of its target, the widest first, and what cannot be ranked.

use serde::Serialize;

use super::figures::Figures;
use super::{GapRow, Link, Report, gap_rows};
use crate::address::{Address, Data};
use crate::gap;

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
        let scored = figures.target.is_some() && !figures.withheld && figures.mean.is_some();
        scored && figures.counts.at_target < figures.counts.assessed && !ranked.contains(control)
    });
    GapsPage {
        figures: report.figures(&tree.overall),
        unscored: gaps.unscored.iter().map(|control| link(*control)).collect(),
        hidden: hidden.map(|(control, _)| link(control)).collect(),
        targets: tree.controls.iter().any(|figures| figures.target.is_some()),
        csv: Address::Data(q, Data::GapsCsv).path(assessment),
        gaps: gap_rows(report, q, 0, &gaps, tree, usize::MAX),
    }
}
