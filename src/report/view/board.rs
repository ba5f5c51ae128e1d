//! The board's sheet: the score, what changed, the worst gaps and how far to trust the numbers, in words on one page.

use serde::Serialize;

use super::charts::{self, Chart};
use super::drawing::title;
use super::figures::ShownFigures;
use super::{Link, Report, changes, dashboard, evidence, gaps, parts, seals, targets};
use crate::base::number::{Level, largest_first, signed};
use crate::model::ids::{FrameworkId, FunctionId, QuarterId};
use crate::model::settings::NamedLevel;
use crate::report::address::{Address, Drawing, QuarterPage};
use crate::score::change::{CauseEffect, NodeChange};
use crate::score::gap;

/// The board's sheet of one quarter.
#[derive(Debug, Serialize)]
pub(super) struct BoardPage {
    heading: String,
    framework: String,
    /// The levels of the scale, each with its name.
    scale: Vec<String>,
    asked: Asked,
    opens: String,
    closes: String,
    figures: ShownFigures,
    profile: Chart,
    trend: Chart,
    /// The figures of the trend.
    history: Vec<dashboard::QuarterRow>,
    functions: Vec<FunctionRow>,
    /// How many Functions are left out on paper.
    more_functions: usize,
    /// The quarter before; empty for the first quarter.
    since: String,
    /// The change of the overall score; empty if no difference is shown.
    change: String,
    why_not: String,
    /// What changed the overall score, the strongest cause first.
    moved: Vec<MovedBy>,
    /// How many more causes there are.
    more_causes: usize,
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
    /// Whether the row has no room on paper: the largest gaps have.
    rest: bool,
    figures: ShownFigures,
    before: Option<ShownFigures>,
}

/// The decisions that are asked of the board.
#[derive(Debug, Serialize)]
pub(super) struct Asked {
    /// How many of all targets lack a part of a decision.
    incomplete: usize,
    targets: usize,
    targets_href: String,
    /// Actions that are overdue.
    overdue: Named,
    /// Exceptions that have ended, or end before the next quarter does.
    ending: Named,
    actions_href: String,
    /// The last day of the next quarter.
    until: String,
}

/// The first of several, and how many there are.
#[derive(Debug, Serialize)]
pub(super) struct Named {
    count: usize,
    first: Vec<Link>,
    more: usize,
}

impl Named {
    fn of(mut links: Vec<Link>) -> Self {
        let count = links.len();
        links.truncate(NAMED);
        Self { count, more: count - links.len(), first: links }
    }
}

/// A cause, its effect on the overall score, and the controls that contributed most.
#[derive(Debug, Serialize)]
pub(super) struct MovedBy {
    title: String,
    amount: String,
    controls: Vec<Link>,
    more: usize,
}

/// The sheet's limits: Functions on paper, gaps, teams at the lowest level of a gap, causes, controls of a cause, and what is named
/// of what is asked.
const FUNCTIONS: usize = 8;
const GAPS: usize = 5;
const LOWEST: usize = 2;
const CAUSES: usize = 3;
const CONTROLS: usize = 3;
const NAMED: usize = 4;

/// Makes the board's sheet of quarter `q`.
pub(super) fn view(report: Report<'_>, q: QuarterId) -> BoardPage {
    let quarter = report.quarter(q);
    let catalog = quarter.framework(FrameworkId::MAIN);
    let (tree, earlier) = (quarter.tree(FrameworkId::MAIN, None), quarter.before_on_this_scale());
    let before = earlier.map(|earlier| earlier.tree(FrameworkId::MAIN, None));
    let path = |function: FunctionId| Address::Function(q, function).path(report.assessment());
    let functions = parts::functions(catalog, tree, before, path);
    let mut shown: Vec<FunctionId> = catalog.functions.ids().collect();
    shown.sort_by(|a, b| tree.functions[*b].gap.cmp(&tree.functions[*a].gap));
    shown.truncate(FUNCTIONS);
    let rows = catalog.functions.entries().map(|(id, function)| FunctionRow {
        link: Link::new(&function.id, &function.title, path(id)),
        rest: !shown.contains(&id),
        figures: report.figures(q, &tree.functions[id]),
        before: before.map(|before| report.figures(q, &before.functions[id])),
    });
    let ranked = gap::rank(catalog, tree);
    let mut gaps = gaps::rows(report, q, &ranked, tree, GAPS);
    gaps.iter_mut().for_each(|gap| gap.keep_lowest(LOWEST));
    let kinds = evidence::kinds(report, q);
    let whole = changes::whole(report, q);
    let strings = report.strings();
    let mut moved = whole.map(|whole| moved(report, q, whole)).unwrap_or_default();
    let more_causes = moved.len().saturating_sub(CAUSES);
    moved.truncate(CAUSES);
    BoardPage {
        heading: report.heading(q),
        framework: catalog.title.clone(),
        scale: scale(report, q),
        asked: asked(report, q),
        opens: strings.day(quarter.answers().opens),
        closes: strings.day(quarter.closes()),
        profile: charts::profile(report, q, &title(report, Drawing::Profile(None)), &functions),
        trend: charts::trend_to(report, q),
        history: dashboard::history(report, q),
        functions: rows.collect(),
        more_functions: catalog.functions.len().saturating_sub(FUNCTIONS),
        figures: report.figures(q, &tree.overall),
        since: quarter.quarter_before().map(|earlier| earlier.name().to_string()).unwrap_or_default(),
        change: whole
            .and_then(NodeChange::total)
            .map(|total| strings.number(&signed(total, changes::few_digits(report, q))))
            .unwrap_or_default(),
        why_not: changes::why_not(report, q),
        moved,
        more_causes,
        gaps,
        gap_count: ranked.ranked.len(),
        evidence: kinds.iter().map(|kind| kind.count).sum(),
        stale: kinds.iter().map(|kind| kind.stale).sum(),
        seal: seals::standing(report, q),
    }
}

/// What each whole level is called, as in `2 Developing`.
fn scale(report: Report<'_>, q: QuarterId) -> Vec<String> {
    let scale = &report.quarter(q).settings().scale;
    let name = |(level, named): (Level, &NamedLevel)| format!("{} {}", report.strings().level(level), named.name);
    scale.whole_levels().map(name).collect()
}

fn asked(report: Report<'_>, q: QuarterId) -> Asked {
    let (quarter, assessment) = (report.quarter(q), report.assessment());
    let (closes, until) = (quarter.closes(), quarter.ends_next());
    let page = |page| Address::Quarterly(q, page).path(assessment);
    let actions_href = page(QuarterPage::Actions);
    let link = |id: &str| Link::new(id, "", report.planned(q, id));
    let overdue = quarter.actions(None).into_iter().filter(|action| action.is_overdue_on(closes));
    let overdue = overdue.map(|action| link(&action.id)).collect();
    let ending = quarter.known_exceptions(None).into_iter().filter(|exception| exception.expires <= until);
    let ending = ending.map(|exception| link(&exception.id)).collect();
    let (incomplete, targets) = targets::incomplete(report, q);
    Asked {
        incomplete,
        targets,
        targets_href: page(QuarterPage::Targets),
        overdue: Named::of(overdue),
        ending: Named::of(ending),
        until: report.strings().day(until),
        actions_href,
    }
}

fn moved(report: Report<'_>, q: QuarterId, whole: &NodeChange) -> Vec<MovedBy> {
    let catalog = report.assessment().framework();
    // Changes too small to show in these digits are on the changes page.
    let parts = changes::strongest(whole, changes::few_digits(report, q));
    let digits = report.quarter(q).settings().scoring.change_decimals();
    let row = |(part, amount): (&CauseEffect, String)| {
        let mut controls: Vec<&(String, i64)> = part.controls.iter().collect();
        // Controls that moved in the same direction as the cause come first, the largest first.
        largest_first(&mut controls, digits, |(_, pulled)| pulled * part.amount.signum());
        let control = |id: &str| catalog.controls.find(|control| control.id == id);
        let links = controls.iter().filter_map(|(id, _)| Some(report.control_link(q, control(id)?)));
        MovedBy {
            title: report.strings().word(part.cause.key()),
            amount: report.strings().number(&amount),
            controls: links.take(CONTROLS).collect(),
            more: controls.len().saturating_sub(CONTROLS),
        }
    };
    parts.into_iter().map(row).collect()
}
