//! The page of a quarter's actions and exceptions: who does what by when, what is overdue, and how scores would rise. And the part of
//! them that other pages show.

use serde::Serialize;

use super::figures::ShownLevel;
use super::register::{Listing, RegisterPart};
use super::{Link, Markup, Report};
use crate::model::catalog::Node;
use crate::model::ids::{ControlId, FrameworkId, QuarterId, TeamId};
use crate::model::plan::{Action, Exception, Status};
use crate::model::profile::RiskRef;
use crate::report::address::{Address, Data, LongPage, QuarterPage, planned_anchor};
use crate::score::projection::{Projection, project};

/// The actions and exceptions of one quarter.
#[derive(Debug, Serialize)]
pub(super) struct ActionsPage {
    closes: String,
    /// Actions that still have work to do, the earliest due date first.
    open: RegisterPart<ActionRow>,
    overdue: usize,
    /// Actions that were closed in the quarter.
    closed: RegisterPart<ActionRow>,
    exceptions: RegisterPart<ExceptionRow>,
    projection: Option<ProjectionTable>,
    csv: String,
}

/// An action.
#[derive(Debug, Serialize)]
pub(super) struct ActionRow {
    id: String,
    /// Its anchor on the page of actions.
    anchor: String,
    /// The row there.
    href: String,
    title: Markup,
    control: Link,
    /// What filters call its Function.
    function: String,
    team: Link,
    owner: String,
    effort: String,
    due: String,
    /// The same day as filters read it.
    due_iso: String,
    status: String,
    closed: String,
    overdue: bool,
    /// The team's level now; `None` if it has no level.
    level: Option<ShownLevel>,
    raises_to: ShownLevel,
    reached: bool,
    /// Whether it was closed as done without reaching its level.
    failed: bool,
    source: Markup,
}

/// An exception.
#[derive(Debug, Serialize)]
pub(super) struct ExceptionRow {
    id: String,
    /// Its anchor on the page of actions.
    anchor: String,
    /// The row there.
    href: String,
    control: Link,
    /// What filters call its Function.
    function: String,
    team: Option<Link>,
    reason: Markup,
    approved_by: String,
    expires: String,
    /// The same day as filters read it.
    expires_iso: String,
    expired: bool,
    source: Markup,
}

/// The actions and exceptions that are about the subject of another page.
#[derive(Debug, Serialize)]
pub(super) struct PlanView {
    /// Open actions, the first due first.
    actions: Vec<ActionRow>,
    overdue: usize,
    /// Exceptions that are known, the first to end first.
    exceptions: Vec<ExceptionRow>,
    expired: usize,
    /// The page of all actions and exceptions.
    href: String,
}

/// How far the open actions would raise scores.
#[derive(Debug, Serialize)]
pub(super) struct ProjectionTable {
    /// The headings of the columns after `now`.
    columns: Vec<DueColumn>,
    rows: Vec<ProjectionRow>,
}

/// A day and how many actions are due by then.
#[derive(Debug, Serialize)]
pub(super) struct DueColumn {
    title: String,
    actions: usize,
}

/// A node's figures now and after the actions.
#[derive(Debug, Serialize)]
pub(super) struct ProjectionRow {
    title: String,
    now: super::figures::ShownFigures,
    scores: Vec<super::figures::ShownFigures>,
}

/// Makes the page of quarter `q`.
pub(super) fn view(report: Report<'_>, q: QuarterId) -> ActionsPage {
    let quarter = report.quarter(q);
    let closes = quarter.closes();
    let page = LongPage::Quarterly(q, QuarterPage::Actions);
    let [open, closed] = listings(report, q);
    let is_overdue = |action: &&Action| action.is_open_on(closes) && action.is_overdue_on(closes);
    ActionsPage {
        closes: report.strings().day(closes),
        overdue: known(report, q).into_iter().filter(is_overdue).count(),
        open: open.part(report, page, 0),
        closed: closed.part(report, page, 0),
        exceptions: exceptions(report, q).part(report, page, 0),
        projection: projection(report, q),
        csv: Address::Data(q, Data::ActionsCsv).path(report.assessment()),
    }
}

/// The actions that were known in quarter `q`, the earliest due date first.
fn known<'a>(report: Report<'a>, q: QuarterId) -> Vec<&'a Action> {
    let closes = report.quarter(q).closes();
    let plan = &report.assessment().plan;
    let mut actions: Vec<&Action> = plan.actions.iter().filter(|action| action.was_known(closes)).collect();
    actions.sort_by_key(|action| (action.due, action.id.clone()));
    actions
}

/// The actions that are open, and those that were closed in the quarter.
pub(super) fn listings(report: Report<'_>, q: QuarterId) -> [Listing<'_, ActionRow>; 2] {
    let quarter = report.quarter(q);
    let (opens, closes) = (quarter.answers().opens, quarter.closes());
    let in_quarter = |action: &&Action| match action.status {
        Status::Done(day) | Status::Dropped(day) => (opens..=closes).contains(&day),
        Status::Open | Status::Started => false,
    };
    let all = known(report, q);
    let closed = all.iter().copied().filter(in_quarter).collect();
    let open = all.into_iter().filter(|action| action.is_open_on(closes)).collect();
    let word = |name| report.strings().word(name);
    [
        Listing { title: word("actions.open"), ..listing(report, q, "open", open) },
        Listing { title: word("actions.closed"), ..listing(report, q, "closed", closed) },
    ]
}

/// The register of this name, still without a title.
fn listing<'a>(
    report: Report<'a>,
    q: QuarterId,
    name: &'static str,
    actions: Vec<&'a Action>,
) -> Listing<'a, ActionRow> {
    let days: Vec<_> = actions.iter().map(|action| action.due).collect();
    let anchors: Vec<String> = actions.iter().map(|action| planned_anchor(&action.id)).collect();
    Listing {
        name,
        title: String::new(),
        with: (name == "closed").then_some("closed").into_iter().collect(),
        len: actions.len(),
        row: Box::new(move |at| row(report, q, actions[at])),
        label: Box::new(move |at| report.strings().day(days[at])),
        choices: Vec::new(),
        anchor: Some(Box::new(move |at| anchors[at].clone())),
    }
}

/// The name of the register of exceptions.
pub(super) const EXCEPTIONS: &str = "exceptions";

/// The exceptions that were known in quarter `q`.
pub(super) fn exceptions(report: Report<'_>, q: QuarterId) -> Listing<'_, ExceptionRow> {
    let closes = report.quarter(q).closes();
    let all = report.assessment().plan.exceptions.iter().filter(|exception| exception.was_known(closes));
    let all: Vec<&Exception> = all.collect();
    let ids: Vec<String> = all.iter().map(|exception| exception.id.clone()).collect();
    let anchors: Vec<String> = ids.iter().map(|id| planned_anchor(id)).collect();
    Listing {
        name: EXCEPTIONS,
        title: report.strings().word("actions.exceptions"),
        with: Vec::new(),
        len: all.len(),
        row: Box::new(move |at| exception_row(report, q, all[at])),
        label: Box::new(move |at| ids[at].clone()),
        choices: Vec::new(),
        anchor: Some(Box::new(move |at| anchors[at].clone())),
    }
}

/// The open actions and the known exceptions for the controls that are `wanted`, of all teams or one.
pub(super) fn plan(
    report: Report<'_>,
    q: QuarterId,
    only: Option<TeamId>,
    wanted: impl Fn(ControlId) -> bool,
) -> PlanView {
    let quarter = report.quarter(q);
    let closes = quarter.closes();
    let open = |action: &&Action| action.is_open_on(closes) && wanted(action.answer.control);
    let actions = quarter.actions(only).into_iter().filter(open);
    let actions: Vec<ActionRow> = actions.map(|action| row(report, q, action)).collect();
    // An exception of all teams is about one of them only where it is asked.
    let is_its = |exception: &Exception| {
        exception.team.is_some() || only.is_none_or(|team| quarter.is_listed(exception.control.of(team)))
    };
    let exceptions = quarter.known_exceptions(only).into_iter();
    let exceptions = exceptions.filter(|exception| wanted(exception.control) && is_its(exception));
    let exceptions: Vec<ExceptionRow> = exceptions.map(|exception| exception_row(report, q, exception)).collect();
    PlanView {
        overdue: actions.iter().filter(|action| action.overdue).count(),
        actions,
        expired: exceptions.iter().filter(|exception| exception.expired).count(),
        exceptions,
        href: Address::Quarterly(q, QuarterPage::Actions).path(report.assessment()),
    }
}

/// The open actions, and the exceptions in force, for the controls that are `wanted`, in short; each leads to its row.
pub(super) fn in_short(report: Report<'_>, q: QuarterId, wanted: impl Fn(ControlId) -> bool) -> [Vec<Link>; 2] {
    short(report, q, |control, _| wanted(control))
}

/// The same for one control, if they name a risk.
pub(super) fn for_risk(report: Report<'_>, q: QuarterId, control: ControlId, risk: &str) -> [Vec<Link>; 2] {
    short(report, q, |of, risks| of == control && risks.iter().any(|named| named.id == risk))
}

fn short(report: Report<'_>, q: QuarterId, wanted: impl Fn(ControlId, &[RiskRef]) -> bool) -> [Vec<Link>; 2] {
    let (quarter, strings) = (report.quarter(q), report.strings());
    let closes = quarter.closes();
    let link = |id: &str, words: String| Link::new("", &words, report.planned(q, id));
    let open = |action: &&Action| action.is_open_on(closes) && wanted(action.answer.control, &action.risks);
    let action = |action: &Action| {
        let key = if action.is_overdue_on(closes) { "gaps.action_overdue" } else { "gaps.action" };
        link(&action.id, strings.say(key, &[("id", &action.id), ("day", &strings.day(action.due))]))
    };
    let holds = |exception: &&Exception| exception.holds_on(closes) && wanted(exception.control, &exception.risks);
    let exception = |exception: &Exception| {
        let values: [(&str, &dyn std::fmt::Display); 2] =
            [("id", &exception.id), ("day", &strings.day(exception.expires))];
        link(&exception.id, strings.say("gaps.exception", &values))
    };
    let plan = &quarter.assessment.plan;
    let actions = plan.actions.iter().filter(open).map(action);
    [actions.collect(), plan.exceptions.iter().filter(holds).map(exception).collect()]
}

fn row(report: Report<'_>, q: QuarterId, action: &Action) -> ActionRow {
    let quarter = report.quarter(q);
    let closes = quarter.closes();
    let answer = quarter.followed(action.answer);
    let level = quarter.level(answer);
    let status = action.status_on(closes);
    let reached = level.is_some_and(|level| level >= action.raises_to);
    let strings = report.strings();
    ActionRow {
        id: action.id.clone(),
        anchor: planned_anchor(&action.id),
        href: report.planned(q, &action.id),
        title: report.line(&action.title),
        control: report.control_link(q, answer.control),
        function: report.function(q, answer.control),
        team: report.team_link(q, answer.team),
        owner: action.owner.clone(),
        effort: action.effort.clone(),
        due: strings.day(action.due),
        due_iso: action.due.to_string(),
        status: strings.status(status),
        closed: match status {
            Status::Done(day) | Status::Dropped(day) => strings.day(day),
            Status::Open | Status::Started => String::new(),
        },
        overdue: action.is_overdue_on(closes),
        level: level.map(|level| report.level(q, level)),
        raises_to: report.level(q, action.raises_to),
        reached,
        failed: matches!(status, Status::Done(_)) && !reached,
        source: report.place(&action.origin),
    }
}

fn exception_row(report: Report<'_>, q: QuarterId, exception: &Exception) -> ExceptionRow {
    let quarter = report.quarter(q);
    ExceptionRow {
        id: exception.id.clone(),
        anchor: planned_anchor(&exception.id),
        href: report.planned(q, &exception.id),
        control: report.control_link(q, exception.control),
        function: report.function(q, exception.control),
        team: exception.team.map(|team| report.team_link(q, quarter.team_here(team))),
        reason: report.line(&exception.reason),
        approved_by: exception.approved_by.clone(),
        expires: report.strings().day(exception.expires),
        expires_iso: exception.expires.to_string(),
        expired: exception.is_expired_on(quarter.closes()),
        source: report.place(&exception.origin),
    }
}

fn projection(report: Report<'_>, q: QuarterId) -> Option<ProjectionTable> {
    let quarter = report.quarter(q);
    let projections = project(quarter);
    if projections.is_empty() {
        return None;
    }
    let strings = report.strings();
    let column = |projection: &Projection| DueColumn {
        title: projection.by.map_or_else(
            || strings.word("actions.all_open"),
            |by| strings.say("actions.by_day", &[("day", &strings.day(by))]),
        ),
        actions: projection.actions,
    };
    let catalog = quarter.framework(FrameworkId::MAIN);
    let row = |node: Node| ProjectionRow {
        title: catalog.title_of(node).to_owned(),
        now: report.figures(quarter.id, quarter.figures(node, None)),
        scores: projections.iter().map(|projection| report.figures(q, &projection.tree[node])).collect(),
    };
    let rows = catalog.whole_and_functions().map(row).collect();
    Some(ProjectionTable { columns: projections.iter().map(column).collect(), rows })
}
