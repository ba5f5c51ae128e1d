//! Prints the actions and the exceptions of a quarter: as text, Markdown, JSON and CSV.

use serde::Serialize;

use super::csv::{CONTEXT, CellContext};
use super::table::{Style, table};
use crate::base::number::Level;
use crate::border::csv::sheet;
use crate::border::{Shown, json};
use crate::model::ids::TeamId;
use crate::model::plan::{Action, Exception, Status};
use crate::score::ScoredQuarter;

/// The actions and the exceptions that were known in a quarter, of all teams or one.
#[derive(Clone, Copy, Debug)]
pub struct Plans<'a> {
    /// The quarter.
    pub quarter: ScoredQuarter<'a>,
    /// The team; `None` for all teams.
    pub team: Option<TeamId>,
}

impl<'a> Plans<'a> {
    fn actions(self) -> Vec<&'a Action> {
        self.quarter.actions(self.team)
    }

    fn exceptions(self) -> Vec<&'a Exception> {
        self.quarter.known_exceptions(self.team)
    }
}

/// The day on which an action was closed, as far as the quarter knows.
fn closed(action: &Action, quarter: ScoredQuarter<'_>) -> String {
    match action.status_on(quarter.closes()) {
        Status::Done(day) | Status::Dropped(day) => day.to_string(),
        Status::Open | Status::Started => String::new(),
    }
}

/// The actions, then the exceptions, as text or Markdown.
pub fn tables(plans: Plans<'_>, style: Style) -> Shown {
    let quarter = plans.quarter;
    let (closes, assessment) = (quarter.closes(), quarter.assessment);
    let team = plans.team.map(|team| format!(", {}", assessment.team(team).name)).unwrap_or_default();
    let mut out = style.title(&format!("{}, {}{team}", quarter.settings().title, quarter.name()));
    let action = |action: &&Action| {
        let answer = quarter.followed(action.answer);
        let overdue = if action.is_overdue_on(closes) { ", overdue" } else { "" };
        vec![
            format!("{} {}", action.id, action.title),
            quarter.control(answer.control).called.name().to_owned(),
            assessment.team(answer.team).name.clone(),
            format!("{}{overdue}", action.due),
            action.status_on(closes).name().to_owned(),
            quarter.level(answer).map_or_else(|| "-".to_owned(), Level::shown),
            action.raises_to.shown(),
            action.owner.clone(),
        ]
    };
    let actions = plans.actions();
    let head = ["Action", "Control", "Team", "Due", "Status", "Level", "Raises to", "Owner"];
    out += &match actions.len() {
        0 => style.line("There is no action."),
        _ => table(&head, actions.iter().map(action), style),
    };
    let exception = |exception: &&Exception| {
        let team = exception.team.map(|team| assessment.team(quarter.team_here(team)).name.clone());
        let passed = if exception.is_expired_on(closes) { ", passed" } else { "" };
        vec![
            format!("{} {}", exception.id, exception.reason),
            quarter.control(exception.control).called.name().to_owned(),
            team.unwrap_or_else(|| "all".to_owned()),
            format!("{}{passed}", exception.expires),
            exception.approved_by.clone(),
        ]
    };
    let exceptions = plans.exceptions();
    if !exceptions.is_empty() {
        out += &style.head("Accepted gaps");
        let head = ["Exception", "Control", "Team", "Accepted until", "Approved by"];
        out += &table(&head, exceptions.iter().map(exception), style);
    }
    out
}

/// The columns of the sheet of actions: first those of the gap list, then the action's own.
const HEADER: [&str; 19] = [
    "rank",
    "id",
    "title",
    "function",
    "category",
    "action",
    "what",
    "owner",
    "effort",
    "opened",
    "due",
    "status",
    "closed",
    "overdue",
    "level",
    "raises_to",
    "reached",
    "team",
    "quarter",
];

/// The actions as CSV, the earliest due day first.
pub fn csv(plans: Plans<'_>) -> Shown {
    let quarter = plans.quarter;
    let (closes, assessment) = (quarter.closes(), quarter.assessment);
    let context = CellContext::of(quarter);
    let header: Vec<&str> = HEADER.into_iter().chain(CONTEXT).collect();
    let actions = plans.actions();
    let rows = actions.iter().enumerate().map(|(at, action)| {
        let answer = quarter.followed(action.answer);
        let control = quarter.control(answer.control);
        let framework = quarter.framework(answer.control.framework());
        let category = framework.category_of(answer.control);
        let level = quarter.level(answer);
        vec![
            (at + 1).to_string(),
            control.id.clone(),
            control.title.clone(),
            framework.functions[framework.function_of(answer.control)].id.clone(),
            category.map(|category| framework.categories[category].id.clone()).unwrap_or_default(),
            action.id.clone(),
            action.title.clone(),
            action.owner.clone(),
            action.effort.clone(),
            action.opened.map(|day| day.to_string()).unwrap_or_default(),
            action.due.to_string(),
            action.status_on(closes).name().to_owned(),
            closed(action, quarter),
            action.is_overdue_on(closes).to_string(),
            level.map(Level::shown).unwrap_or_default(),
            action.raises_to.shown(),
            level.is_some_and(|level| level >= action.raises_to).to_string(),
            assessment.team(answer.team).id.clone(),
            quarter.name().to_string(),
        ]
        .into_iter()
        .chain(context.cells(answer.control.framework()))
        .collect()
    });
    sheet(&header, rows)
}

#[derive(Serialize)]
struct PlansJson<'a> {
    quarter: String,
    team: Option<&'a str>,
    actions: Vec<ActionJson<'a>>,
    exceptions: Vec<ExceptionJson<'a>>,
}

/// Levels are millionths.
#[derive(Serialize)]
struct ActionJson<'a> {
    id: &'a str,
    title: &'a str,
    control: &'a str,
    team: &'a str,
    owner: &'a str,
    effort: &'a str,
    opened: Option<String>,
    due: String,
    status: &'static str,
    closed: Option<String>,
    overdue: bool,
    level: Option<i64>,
    raises_to: i64,
}

#[derive(Serialize)]
struct ExceptionJson<'a> {
    id: &'a str,
    control: &'a str,
    team: Option<&'a str>,
    reason: &'a str,
    approved_by: &'a str,
    since: Option<String>,
    expires: String,
    expired: bool,
}

/// The actions and the exceptions as JSON.
pub fn json(plans: Plans<'_>) -> Shown {
    let quarter = plans.quarter;
    let (closes, assessment) = (quarter.closes(), quarter.assessment);
    let team = |team| assessment.team(quarter.team_here(team)).id.as_str();
    let actions = plans.actions().into_iter().map(|action| {
        let answer = quarter.followed(action.answer);
        ActionJson {
            id: &action.id,
            title: &action.title,
            control: quarter.control(answer.control).called.name(),
            team: team(answer.team),
            owner: &action.owner,
            effort: &action.effort,
            opened: action.opened.map(|day| day.to_string()),
            due: action.due.to_string(),
            status: action.status_on(closes).name(),
            closed: Some(closed(action, quarter)).filter(|day| !day.is_empty()),
            overdue: action.is_overdue_on(closes),
            level: quarter.level(answer).map(Level::millionths),
            raises_to: action.raises_to.millionths(),
        }
    });
    let exceptions = plans.exceptions().into_iter().map(|exception| ExceptionJson {
        id: &exception.id,
        control: quarter.control(exception.control).called.name(),
        team: exception.team.map(team),
        reason: &exception.reason,
        approved_by: &exception.approved_by,
        since: exception.since.map(|day| day.to_string()),
        expires: exception.expires.to_string(),
        expired: exception.is_expired_on(closes),
    });
    json::print(&PlansJson {
        quarter: quarter.name().to_string(),
        team: plans.team.map(team),
        actions: actions.collect(),
        exceptions: exceptions.collect(),
    })
}
