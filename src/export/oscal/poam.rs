//! A plan of actions and milestones: the open actions of a quarter and its accepted gaps, in all frameworks.

use jiff::civil::Date;
use serde::Serialize;

use super::{Metadata, Party, Props, Uuids, known_instant};
use crate::border::{Shown, json, markdown};
use crate::model::ids::{AnswerId, ControlId, TeamId};
use crate::model::plan::{Action, Exception};
use crate::score::ScoredQuarter;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct PoamFile {
    plan_of_action_and_milestones: PoamPlan,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct PoamPlan {
    uuid: String,
    metadata: Metadata,
    system_id: SystemId,
    risks: Vec<OscalRisk>,
    poam_items: Vec<PlanItem>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct SystemId {
    identifier_type: &'static str,
    id: String,
}

#[derive(Serialize)]
struct OscalRisk {
    uuid: String,
    title: String,
    description: String,
    statement: String,
    props: Props,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    deadline: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    remediations: Vec<Remediation>,
}

#[derive(Serialize)]
struct Remediation {
    uuid: String,
    lifecycle: &'static str,
    title: String,
    description: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tasks: Vec<OscalTask>,
}

#[derive(Serialize)]
struct OscalTask {
    uuid: String,
    #[serde(rename = "type")]
    sort: &'static str,
    title: String,
    timing: Timing,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Timing {
    on_date: OnDate,
}

#[derive(Serialize)]
struct OnDate {
    date: String,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct PlanItem {
    uuid: String,
    title: String,
    description: String,
    related_risks: [RelatedRisk; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct RelatedRisk {
    risk_uuid: String,
}

/// The open actions and the accepted gaps of a quarter.
#[derive(Clone, Debug)]
pub struct OpenPlan<'a> {
    quarter: ScoredQuarter<'a>,
    actions: Vec<&'a Action>,
    exceptions: Vec<&'a Exception>,
}

impl<'a> OpenPlan<'a> {
    /// Those of `quarter`; `None` if there is neither, for OSCAL has no empty plan.
    pub fn of(quarter: ScoredQuarter<'a>) -> Option<Self> {
        let closes = quarter.closes();
        let actions: Vec<_> = quarter.actions(None).into_iter().filter(|action| action.is_open_on(closes)).collect();
        let exceptions = quarter.known_exceptions(None).into_iter().filter(|exception| exception.holds_on(closes));
        let exceptions: Vec<_> = exceptions.collect();
        let is_empty = actions.is_empty() && exceptions.is_empty();
        (!is_empty).then_some(Self { quarter, actions, exceptions })
    }
}

/// The ids of the exceptions that are known in a quarter and have passed: they accept nothing any more, so no plan holds them.
pub fn passed(quarter: ScoredQuarter<'_>) -> Vec<&str> {
    let known = quarter.known_exceptions(None).into_iter();
    known.filter(|exception| exception.is_expired_on(quarter.closes())).map(|exception| exception.id.as_str()).collect()
}

/// The plan as an OSCAL file.
pub fn print(plan: &OpenPlan<'_>) -> Shown {
    let uuids = Uuids::of(plan.quarter);
    let quarter = plan.quarter.name().to_string();
    let organization = Party::of(uuids.make(&["organization"]), uuids.organization);
    let actions = plan.actions.iter().map(|action| of_action(plan.quarter, action, &uuids));
    let exceptions = plan.exceptions.iter().map(|exception| of_exception(plan.quarter, exception, &uuids));
    let risks: Vec<OscalRisk> = actions.chain(exceptions).collect();
    let item = |risk: &OscalRisk| PlanItem {
        uuid: uuids.make(&["poam-item", &risk.uuid]),
        title: risk.title.clone(),
        description: risk.description.clone(),
        related_risks: [RelatedRisk { risk_uuid: risk.uuid.clone() }],
    };
    json::print(&PoamFile {
        plan_of_action_and_milestones: PoamPlan {
            uuid: uuids.make(&[&quarter, "plan-of-action-and-milestones"]),
            metadata: Metadata::of("plan of actions and milestones", plan.quarter, organization.into_iter().collect()),
            system_id: SystemId { identifier_type: "https://ietf.org/rfc/rfc4122", id: uuids.make(&["system"]) },
            poam_items: risks.iter().map(item).collect(),
            risks,
        },
    })
}

fn of_action(quarter: ScoredQuarter<'_>, action: &Action, uuids: &Uuids<'_>) -> OscalRisk {
    let answer = quarter.followed(action.answer);
    let mut props = subject(quarter, answer.control, Some(answer.team));
    props.text("action", &action.id);
    props.text("status", action.status_on(quarter.closes()).name());
    props.level("level", quarter.level(answer));
    props.level("raises_to", Some(action.raises_to));
    props.level("target", quarter.target(answer.control).map(|target| target.level));
    props.text("owner", &action.owner);
    props.text("effort", &action.effort);
    props.day("opened", action.opened);
    props.day("due", Some(action.due));
    props.text("overdue", if action.is_overdue_on(quarter.closes()) { "true" } else { "false" });
    let title = markdown::literal(&format!("{} {}", action.id, action.title));
    OscalRisk {
        uuid: uuids.make(&["risk", "action", &action.id]),
        description: markdown::literal(&said(quarter, answer)),
        statement: statement(quarter, answer.control),
        props,
        status: "open",
        deadline: known_instant(action.due),
        remediations: vec![Remediation {
            uuid: uuids.make(&["remediation", &action.id]),
            lifecycle: "planned",
            description: format!("To raise the level to {}.", action.raises_to.shown()),
            tasks: task(uuids, action.due, &action.id, &title).into_iter().collect(),
            title: title.clone(),
        }],
        title,
    }
}

/// The milestone of an action; `None` where OSCAL knows no such day.
fn task(uuids: &Uuids<'_>, due: Date, id: &str, title: &str) -> Option<OscalTask> {
    let timing = Timing { on_date: OnDate { date: known_instant(due)? } };
    Some(OscalTask { uuid: uuids.make(&["task", id]), sort: "milestone", title: title.to_owned(), timing })
}

fn of_exception(quarter: ScoredQuarter<'_>, exception: &Exception, uuids: &Uuids<'_>) -> OscalRisk {
    let team = exception.team.map(|team| quarter.team_here(team));
    let mut props = subject(quarter, exception.control, team);
    props.text("exception", &exception.id);
    props.level("level", team.and_then(|team| quarter.level(exception.control.of(team))));
    props.level("target", quarter.target(exception.control).map(|target| target.level));
    props.text("approved_by", &exception.approved_by);
    props.day("since", exception.since);
    props.day("expires", Some(exception.expires));
    OscalRisk {
        uuid: uuids.make(&["risk", "exception", &exception.id]),
        title: markdown::literal(&format!("{} {}", exception.id, quarter.control(exception.control).title)),
        description: markdown::literal(&exception.reason),
        statement: statement(quarter, exception.control),
        props,
        status: "deviation-approved",
        deadline: known_instant(exception.expires),
        remediations: Vec::new(),
    }
}

/// What a risk is about.
fn subject(quarter: ScoredQuarter<'_>, control: ControlId, team: Option<TeamId>) -> Props {
    let mut props = Props::default();
    props.text("framework", &quarter.framework(control.framework()).id);
    props.text("control", &quarter.control(control).id);
    props.text("team", team.map_or("", |team| &quarter.team(team).id));
    props
}

/// Where an answer stands: `PR.DS-11 Backups, Platform: level 2, target 3`.
fn said(quarter: ScoredQuarter<'_>, answer: AnswerId) -> String {
    let (control, team) = (quarter.control(answer.control), quarter.team(answer.team));
    let level = quarter.level(answer).map_or_else(|| "no level".to_owned(), |level| format!("level {}", level.shown()));
    let target = quarter.target(answer.control).map(|target| format!(", target {}", target.level.shown()));
    format!("{} {}, {}: {level}{}", control.id, control.title, team.name, target.unwrap_or_default())
}

/// What is not wholly true while the gap is open.
fn statement(quarter: ScoredQuarter<'_>, control: ControlId) -> String {
    let outcome = &quarter.control(control).outcome;
    markdown::literal(&format!("The outcome may not be reached: {outcome}"))
}
