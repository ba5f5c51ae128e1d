//! One team's answer in, what a page shows of it out.

use serde::Serialize;

use super::figures::Level;
use super::{Link, Markup, Report};
use crate::evidence::{Answer, Item, Period, State};

/// A team's answer for a control, or its absence.
#[derive(Debug, Serialize)]
pub(super) struct AnswerView {
    /// The team.
    pub team: Link,
    /// The control.
    pub control: Link,
    /// `assessed`, `unknown`, `not-applicable` or `unanswered`.
    pub state: &'static str,
    /// The level, where it is assessed.
    pub level: Option<Level>,
    /// Whether the level is below the control's target.
    pub below: bool,
    /// Why it is unknown or not applicable.
    pub reason: Markup,
    /// The role that agreed that it does not apply.
    pub approved_by: String,
    /// The team's note.
    pub note: Markup,
    /// Who attested it.
    pub attested_by: String,
    /// When.
    pub attested_on: String,
    /// `path:line` of the answer.
    pub source: String,
    /// What supports it.
    pub evidence: Vec<ItemView>,
    /// How many of the items are stale.
    pub stale: usize,
}

/// An evidence item.
#[derive(Debug, Serialize)]
pub(super) struct ItemView {
    kind: &'static str,
    title: String,
    /// A day, or a first and a last one.
    period: String,
    /// Days from its last day to the quarter's end.
    age: i32,
    stale: bool,
    url: String,
    artifact: String,
    sha256: String,
    source: String,
}

/// The word for an answer's state, or for its absence, in templates and classes.
pub(super) fn state_name(answer: Option<&Answer>) -> &'static str {
    match answer.map(|answer| &answer.state) {
        None => "unanswered",
        Some(State::Assessed { .. }) => "assessed",
        Some(State::Unknown { .. }) => "unknown",
        Some(State::NotApplicable { .. }) => "not-applicable",
    }
}

/// What `team` says of a control.
pub(super) fn view(report: Report<'_>, q: usize, framework: usize, control: usize, team: usize) -> AnswerView {
    let settings = &report.assessment.settings;
    let answer = report.quarter(q).answer(framework, control, team);
    let level = answer.and_then(Answer::score);
    let target = settings.targets.nearest(report.assessment.frameworks[framework].lineage(control));
    let (reason, approved_by) = match answer.map(|answer| &answer.state) {
        None | Some(State::Assessed { .. }) => ("", ""),
        Some(State::Unknown { why }) => (why.as_str(), ""),
        Some(State::NotApplicable { reason, approved_by }) => (reason.as_str(), approved_by.as_str()),
    };
    let evidence: Vec<ItemView> =
        answer.map(|answer| answer.evidence.iter().map(|given| item(report, q, given)).collect()).unwrap_or_default();
    let attested = answer.and_then(|answer| answer.attested.as_ref());
    // A control's page shows it for many teams, a team's page for many controls.
    let named = &report.assessment.frameworks[framework].controls[control];
    let anchors = format!("{}-{}-", settings.teams[team].id, named.id);
    AnswerView {
        team: report.team_link(q, team),
        control: report.control_link(q, framework, control),
        state: state_name(answer),
        level: level.map(|level| Level::of(level, &settings.scale)),
        below: level.zip(target).is_some_and(|(level, target)| level < target.level),
        reason: Markup::line(reason),
        approved_by: approved_by.to_owned(),
        note: answer.map(|answer| Markup::markdown(&answer.note, 4, &anchors)).unwrap_or_default(),
        attested_by: attested.map(|attested| attested.by.clone()).unwrap_or_default(),
        attested_on: attested.and_then(|attested| attested.on).map(|on| on.to_string()).unwrap_or_default(),
        source: answer.map(|answer| format!("{}:{}", answer.origin.path, answer.origin.line)).unwrap_or_default(),
        stale: evidence.iter().filter(|item| item.stale).count(),
        evidence,
    }
}

/// An evidence item as of the end of quarter `q`.
pub(super) fn item(report: Report<'_>, q: usize, item: &Item) -> ItemView {
    let age = item.period.age(report.quarter(q).closes);
    let artifact = item.artifact.as_ref();
    let Period { from, to } = item.period;
    let period = if from == to { from.to_string() } else { format!("{from} to {to}") };
    ItemView {
        kind: item.kind.name(),
        title: item.title.clone(),
        period,
        age,
        stale: report.assessment.settings.is_stale(age),
        url: item.url.clone(),
        artifact: artifact.map(|artifact| artifact.path.clone()).unwrap_or_default(),
        sha256: artifact.map(|artifact| artifact.sha256.clone()).unwrap_or_default(),
        source: format!("{}:{}", item.origin.path, item.origin.line),
    }
}
