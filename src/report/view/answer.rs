//! One team's answer, as pages show it.

use serde::Serialize;

use super::figures::{AnswerCell, Level};
use super::{Link, Markup, Report};
use crate::base::number;
use crate::history::provenance::{Committed, Trace};
use crate::model::evidence::{Answer, Claim, Item, Period, State};
use crate::model::ids::{AnswerId, ControlId, QuarterId};
use crate::model::settings::Hidden;
use crate::score::{ConditionCheck, ScoredQuarter};

/// A team's answer for a control, or its absence.
#[derive(Debug, Serialize)]
pub(super) struct AnswerView {
    /// The team.
    pub team: Link,
    /// The control.
    pub control: Link,
    /// `assessed`, `unknown`, `not-applicable` or `unanswered`.
    pub state: &'static str,
    /// The level that counts, or the state.
    pub cell: AnswerCell,
    /// The level that counts, where it is assessed.
    pub level: Option<Level>,
    /// The level that the team claims, or that its facts make.
    pub claimed: String,
    /// The level that current evidence supports.
    pub supported: String,
    /// Why it supports less than is claimed; empty where it does not.
    pub shortfall: String,
    /// What the claimed level would need; empty likewise.
    pub needed: String,
    /// The level that was written beside facts that make another one; empty without one.
    pub beside_facts: String,
    /// The dimensions of the claim, as in `policy 3`.
    pub dimensions: Vec<String>,
    /// The levels of a measured control and their conditions; only on the control's own page.
    pub steps: Vec<StepView>,
    /// The controls whose facts and evidence it stands on.
    pub stands_on: Vec<Link>,
    /// Whether it counts in the control's score: where one team owns it, the others' answers do not.
    pub counts: bool,
    /// Whether the level is below the control's target.
    pub below: bool,
    /// Why it is unknown or not applicable; like every text here, empty where it is hidden.
    pub reason: Markup,
    /// The role that agreed that it does not apply.
    pub approved_by: String,
    /// Whether it is said not to apply, and nobody agreed.
    pub unapproved: bool,
    /// The team's note.
    pub note: Markup,
    /// Who attested it.
    pub attested_by: String,
    /// When.
    pub attested_on: String,
    /// For how long it is carried, as in `carried, third quarter`; empty where it is not.
    pub carried: String,
    /// The quarter for which it was given, where it is carried.
    pub since: String,
    /// `path:line` of the answer.
    pub source: String,
    /// Who last changed it, where that is known.
    pub changed: Option<ChangedView>,
    /// What supports it.
    pub evidence: Vec<ItemView>,
    /// How many of the items are stale.
    pub stale: usize,
}

/// Who last changed an answer.
#[derive(Debug, Serialize)]
pub(super) struct ChangedView {
    /// What there is to say of it, as a part of a sentence.
    words: String,
    /// Whether the same person wrote it and merged it.
    self_merged: bool,
}

/// One level of a measured control.
#[derive(Debug, Serialize)]
pub(super) struct StepView {
    level: Level,
    reached: bool,
    checks: Vec<ConditionCheck>,
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
    /// The start of it, for which there is room.
    sha256_start: String,
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

/// A team's answer for a control, with the conditions of a measured control that its facts meet.
pub(super) fn with_conditions(report: Report<'_>, q: QuarterId, id: AnswerId) -> AnswerView {
    let quarter = report.quarter(q);
    let steps = if quarter.levels(id).is_some() { steps(quarter, id) } else { Vec::new() };
    AnswerView { steps, ..view(report, q, id) }
}

/// A team's answer for a control.
pub(super) fn view(report: Report<'_>, q: QuarterId, id: AnswerId) -> AnswerView {
    let quarter = report.quarter(q);
    let AnswerId { control, team } = id;
    let named = quarter.control(control);
    let (answer, levels, level) = (quarter.answer(id), quarter.levels(id), quarter.level(id));
    let below = level.zip(quarter.target(control)).is_some_and(|(level, target)| level < target.level);
    let level = level.map(|level| Level::of(level, &quarter.settings().scale));
    let (reason, approved_by) = match answer.map(|answer| &answer.state) {
        None | Some(State::Assessed { .. }) => ("", ""),
        Some(State::Unknown { why }) => (why.as_str(), ""),
        Some(State::NotApplicable { reason, approved_by }) => (&**reason, &**approved_by),
    };
    let given = answer.iter().flat_map(|answer| &answer.evidence);
    let evidence: Vec<ItemView> = given.map(|given| item(report, q, control, given)).collect();
    let attested = answer.and_then(|answer| answer.attested.as_ref());
    let carried = quarter.carried(id);
    let beside_facts = levels.and_then(|levels| quarter.level_beside_facts(id, levels));
    let shortfall = levels.and_then(|levels| quarter.shortfall(id, levels));
    // A control's page shows it for many teams, a team's page for many controls.
    let anchors = format!("{}-{}-", quarter.settings().teams[team].id, named.id);
    let shown = |sort, text| shown(report, sort, text);
    AnswerView {
        team: report.team_link(q, team),
        control: report.control_link(q, control),
        state: state_name(answer),
        cell: level.as_ref().map_or_else(|| AnswerCell::of_state(answer), |level| AnswerCell::of(level, String::new())),
        level,
        claimed: levels.map(|levels| levels.claimed.shown()).unwrap_or_default(),
        supported: levels.map(|levels| levels.supported.shown()).unwrap_or_default(),
        needed: shortfall.as_ref().map(|shortfall| shortfall.needed.clone()).unwrap_or_default(),
        shortfall: shortfall.map(|shortfall| shortfall.why).unwrap_or_default(),
        beside_facts: beside_facts.map(number::Level::shown).unwrap_or_default(),
        dimensions: dimensions(quarter, answer),
        steps: Vec::new(),
        stands_on: named.stands_on().into_iter().map(|source| report.control_link(q, source)).collect(),
        counts: quarter.teams_that_count(control, None).any(|counted| counted == team),
        below,
        reason: Markup::line(shown(Hidden::Notes, reason)),
        approved_by: shown(Hidden::People, approved_by).to_owned(),
        unapproved: state_name(answer) == "not-applicable" && approved_by.is_empty(),
        note: answer
            .map(|answer| Markup::markdown(shown(Hidden::Notes, &answer.note), 4, &anchors))
            .unwrap_or_default(),
        attested_by: attested.map(|attested| shown(Hidden::People, &attested.by).to_owned()).unwrap_or_default(),
        attested_on: attested.and_then(|attested| attested.on).map(|on| on.to_string()).unwrap_or_default(),
        since: carried.as_ref().map(|carried| carried.since.to_string()).unwrap_or_default(),
        carried: carried.map(|carried| carried.words).unwrap_or_default(),
        source: answer.map(|answer| answer.origin.shown()).unwrap_or_default(),
        changed: answer.and_then(|answer| report.provenance?.trace(&answer.origin)).map(changed),
        stale: evidence.iter().filter(|item| item.stale).count(),
        evidence,
    }
}

/// The text, or nothing where the audience may not see its sort: the page says so once, and no answer says it again.
fn shown<'a>(report: Report<'_>, sort: Hidden, text: &'a str) -> &'a str {
    if report.assessment().hidden.contains(&sort) { "" } else { text }
}

fn changed(trace: &Trace) -> ChangedView {
    let self_merged = matches!(trace, Trace::Committed(Committed { self_merged: true, .. }));
    ChangedView { words: trace.told(), self_merged }
}

fn dimensions(quarter: ScoredQuarter<'_>, answer: Option<&Answer>) -> Vec<String> {
    let Some(Claim::Dimensions(levels)) = answer.and_then(Answer::claim) else { return Vec::new() };
    let dimensions = &quarter.settings().scale.dimensions;
    dimensions.iter().zip(levels).map(|(dimension, level)| format!("{} {}", dimension.name, level.shown())).collect()
}

fn steps(quarter: ScoredQuarter<'_>, id: AnswerId) -> Vec<StepView> {
    let steps = quarter.conditions(id).into_iter();
    let level = |level| Level::of(level, &quarter.settings().scale);
    steps.map(|step| StepView { level: level(step.level), reached: step.reached, checks: step.checks }).collect()
}

/// An evidence item for a control as of the end of quarter `q`.
pub(super) fn item(report: Report<'_>, q: QuarterId, control: ControlId, item: &Item) -> ItemView {
    let age = item.period.age(report.quarter(q).closes());
    let artifact = item.artifact.as_ref();
    let Period { from, to } = item.period;
    let period = if from == to { from.to_string() } else { format!("{from} to {to}") };
    ItemView {
        kind: item.kind.name(),
        title: shown(report, Hidden::Evidence, &item.title).to_owned(),
        period,
        age,
        stale: report.quarter(q).is_stale(control, item),
        url: item.url.to_string(),
        artifact: artifact.map(|artifact| artifact.path.clone()).unwrap_or_default(),
        sha256_start: artifact.map(|artifact| artifact.sha256.chars().take(12).collect()).unwrap_or_default(),
        sha256: artifact.map(|artifact| artifact.sha256.clone()).unwrap_or_default(),
        source: item.origin.shown(),
    }
}
