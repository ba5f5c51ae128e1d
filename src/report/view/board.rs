//! The board's sheet: the score, what changed, the worst gaps and how far to trust the numbers, in words on one page.

use serde::Serialize;

use super::charts::{self, Chart};
use super::drawing::title;
use super::figures::Figures;
use super::{Link, Report, changes, evidence, gaps, parts, seals};
use crate::base::number::signed;
use crate::model::ids::{FrameworkId, FunctionId, QuarterId};
use crate::report::address::{Address, Drawing};
use crate::score::change::{NodeChange, Part};
use crate::score::gap;

/// The board's sheet of one quarter.
#[derive(Debug, Serialize)]
pub(super) struct BoardPage {
    heading: String,
    opens: String,
    closes: String,
    figures: Figures,
    profile: Chart,
    trend: Chart,
    functions: Vec<FunctionRow>,
    /// The quarter before; empty for the first quarter.
    since: String,
    /// The change of the overall score; empty if no difference is shown.
    change: String,
    why_not: String,
    /// What changed the overall score, the strongest cause first.
    moved: Vec<MovedBy>,
    gaps: Vec<gaps::GapRow>,
    gap_count: usize,
    evidence: usize,
    stale: usize,
    seal: seals::SealStanding,
}

/// A Function as a table row.
#[derive(Debug, Serialize)]
pub(super) struct FunctionRow {
    link: Link,
    figures: Figures,
    before: Option<Figures>,
}

/// A cause, its effect on the overall score, and the controls that contributed most.
#[derive(Debug, Serialize)]
pub(super) struct MovedBy {
    title: String,
    amount: String,
    controls: Vec<Link>,
    more: usize,
}

/// The sheet's limits: gaps, teams at the lowest level of a gap, causes, and controls of a cause.
const GAPS: usize = 5;
const LOWEST: usize = 3;
const CAUSES: usize = 4;
const CONTROLS: usize = 3;

/// Makes the board's sheet of quarter `q`.
pub(super) fn view(report: Report<'_>, q: QuarterId) -> BoardPage {
    let quarter = report.quarter(q);
    let catalog = quarter.framework(FrameworkId::MAIN);
    let (tree, earlier) = (quarter.tree(FrameworkId::MAIN, None), quarter.before_on_this_scale());
    let before = earlier.map(|earlier| earlier.tree(FrameworkId::MAIN, None));
    let path = |function: FunctionId| Address::Function(q, function).path(report.assessment());
    let functions = parts::functions(catalog, tree, before, path);
    let rows = catalog.functions.entries().map(|(id, function)| FunctionRow {
        link: Link::new(&function.id, &function.title, path(id)),
        figures: report.figures(q, &tree.functions[id]),
        before: before.map(|before| report.figures(q, &before.functions[id])),
    });
    let ranked = gap::rank(catalog, tree);
    let mut gaps = gaps::rows(report, q, &ranked, tree, GAPS);
    gaps.iter_mut().for_each(|gap| gap.lowest.truncate(LOWEST));
    let kinds = evidence::kinds(report, q);
    let whole = changes::whole(report, q);
    let strings = report.strings();
    BoardPage {
        heading: report.heading(q),
        opens: strings.day(quarter.answers().opens),
        closes: strings.day(quarter.closes()),
        profile: charts::profile(report, q, &title(report, Drawing::Profile(None)), &functions),
        trend: charts::trend_to(report, q),
        functions: rows.collect(),
        figures: report.figures(q, &tree.overall),
        since: quarter.quarter_before().map(|earlier| earlier.name().to_string()).unwrap_or_default(),
        change: whole
            .and_then(NodeChange::total)
            .map(|total| strings.number(&signed(total, changes::few_digits(report, q))))
            .unwrap_or_default(),
        why_not: changes::why_not(report, q),
        moved: whole.map(|whole| moved(report, q, whole)).unwrap_or_default(),
        gaps,
        gap_count: ranked.ranked.len(),
        evidence: kinds.iter().map(|kind| kind.count).sum(),
        stale: kinds.iter().map(|kind| kind.stale).sum(),
        seal: seals::standing(report, q),
    }
}

fn moved(report: Report<'_>, q: QuarterId, whole: &NodeChange) -> Vec<MovedBy> {
    let catalog = report.assessment().framework();
    // Changes too small to show in these digits are on the changes page.
    let parts = changes::strongest(whole, changes::few_digits(report, q));
    let row = |(part, amount): (&Part, String)| {
        let mut controls: Vec<&(String, i64)> = part.controls.iter().collect();
        // Controls that moved in the same direction as the cause come first, the largest first.
        controls.sort_by_key(|(_, pulled)| -pulled * part.amount.signum());
        let control = |id: &str| catalog.controls.find(|control| control.id == id);
        let links = controls.iter().filter_map(|(id, _)| Some(report.control_link(q, control(id)?)));
        MovedBy {
            title: report.strings().word(charts::cause_key(part.cause)),
            amount: report.strings().number(&amount),
            controls: links.take(CONTROLS).collect(),
            more: controls.len().saturating_sub(CONTROLS),
        }
    };
    parts.into_iter().take(CAUSES).map(row).collect()
}
