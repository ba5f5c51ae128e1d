//! One team's answer, as pages show it.

use std::iter;

use serde::Serialize;

use super::figures::{AnswerCell, ShownLevel};
use super::reviews::{how, stated_words};
use super::todo::WriteView;
use super::{Link, Markup, Report};
use crate::history::provenance::{Committed, Merge, Trace};
use crate::load::git::GitReason;
use crate::model::evidence::{Answer, Claim, Item, State};
use crate::model::ids::{AnswerId, ControlId, QuarterId};
use crate::model::review::{Review, Verdict};
use crate::model::settings::Hidden;
use crate::model::strings::Strings;
use crate::score::review::Opinion;
use crate::score::{Carried, CollectedFact, ConditionCheck, ScoredQuarter};

/// A team's answer for a control, or its absence.
#[derive(Debug, Serialize)]
pub(super) struct AnswerView {
    /// The team.
    pub team: Link,
    /// The control.
    pub control: Link,
    /// The id of the control that this one is a sub-control of; empty if it is none.
    pub parent: String,
    /// The answer's anchor on the page of its team.
    pub anchor: String,
    /// `assessed`, `unknown`, `not-applicable` or `unanswered`.
    pub state: &'static str,
    /// The level that counts, or the state if there is no level.
    pub cell: AnswerCell,
    /// The level that counts; `None` if the answer is not assessed.
    pub level: Option<ShownLevel>,
    /// The level that the team claims, or that its facts give.
    pub claimed: String,
    /// The level that current evidence supports.
    pub supported: String,
    /// Why evidence supports less than the claim; empty if it supports the claim.
    pub shortfall: String,
    /// What evidence the claimed level would need; empty if the claim is supported.
    pub needed: String,
    /// The level written next to facts that give another level; empty if there is none.
    pub beside_facts: String,
    /// The dimensions of the claim, as in `policy 3, process 2`; empty if it has none.
    pub dimensions: String,
    /// The levels of a measured control and their conditions; only on the control's own page.
    pub steps: Vec<StepView>,
    /// The controls whose facts and evidence this answer uses.
    pub stands_on: Vec<Link>,
    /// The answer that it inherits from; `None` if it stands on its own.
    pub inherited: Option<InheritedView>,
    /// Whether the answer counts in the control's score. If one team owns the control, other teams' answers do not count.
    pub counts: bool,
    /// Whether the level is below the control's target.
    pub below: bool,
    /// Why the answer is unknown or not applicable. Like every text here, it is empty if it is hidden.
    pub reason: Markup,
    /// The role that approved "not applicable".
    pub approved_by: String,
    /// Whether the answer is "not applicable" without approval.
    pub unapproved: bool,
    /// What to write where, if there is no answer yet; only on the control's own page.
    pub write: Option<WriteView>,
    /// The team's note.
    pub note: Markup,
    /// Who attested the answer, and on which day; empty if nobody did.
    pub attested: String,
    /// For how many quarters the answer has not been given again, in words; empty if it is not carried.
    pub carried: String,
    /// The quarter for which a carried answer was given, in words; empty if it is not carried.
    pub since: String,
    /// `path:line` of the answer.
    pub source: Markup,
    /// Who last changed the answer; `None` if unknown.
    pub changed: Option<ChangedView>,
    /// The facts that collectors found, with where; only on the control's own page.
    pub collected: Vec<CollectedFact>,
    /// The level that collected facts would reach, where nobody answered; empty otherwise.
    pub would_reach: String,
    /// Whether collected evidence alone supports the answer, and nobody attests it.
    pub by_machines: bool,
    /// What reviewers say of the answer.
    pub reviews: Vec<VerdictView>,
    /// The lowest that they found, and how many of them there are, in words; empty if nobody looked.
    pub reviewed: String,
    /// The evidence for the answer.
    pub evidence: Vec<ItemView>,
    /// How many evidence items are stale.
    pub stale: usize,
}

/// The answer that another one inherits from.
#[derive(Debug, Serialize)]
pub(super) struct InheritedView {
    control: Link,
    team: Link,
    /// The level that is supported there; empty if it has none.
    level: String,
    /// What remains for the team that inherits.
    remains: Markup,
    /// The evidence that is lent, with the team that gave it.
    evidence: Vec<LentView>,
}

/// An evidence item of another answer.
#[derive(Debug, Serialize)]
struct LentView {
    item: ItemView,
    team: Link,
}

/// A reviewer's verdict on an answer.
#[derive(Debug, Serialize)]
pub(super) struct VerdictView {
    reviewer: String,
    /// What the reviewer found, in words.
    found: String,
    /// Whether that is something else than the answer says.
    differs: bool,
    /// Whether the verdict is on the whole Category.
    on_category: bool,
    /// When the reviewer looked, and how.
    day: String,
    how: String,
    note: Markup,
    evidence: Vec<ItemView>,
    source: Markup,
    /// Whether the person who last changed the verdict last changed the answer, too.
    same_author: bool,
}

/// Who last changed an answer.
#[derive(Debug, Serialize)]
pub(super) struct ChangedView {
    /// What is known about the change, in sentences.
    words: String,
    /// Whether the same person wrote and merged the change.
    self_merged: bool,
}

/// One level of a measured control.
#[derive(Debug, Serialize)]
pub(super) struct StepView {
    level: ShownLevel,
    reached: bool,
    checks: Vec<ConditionCheck>,
}

/// An evidence item.
#[derive(Debug, Serialize)]
pub(super) struct ItemView {
    kind: String,
    title: Markup,
    /// One day, or the first and the last day.
    period: String,
    /// Days from the item's last day to the quarter's end.
    age: i32,
    /// The same in words.
    how_old: String,
    stale: bool,
    url: String,
    /// The path of its file.
    artifact: Markup,
    sha256: String,
    /// The start of the SHA-256 digest, where space is short.
    sha256_start: String,
    source: Markup,
    /// The collector that wrote it; empty if a person did.
    by: String,
}

/// The word for an answer's state, or for a missing answer, in templates and classes.
pub(super) fn state_name(answer: Option<&Answer>) -> &'static str {
    match answer.map(|answer| &answer.state) {
        None => "unanswered",
        Some(State::Assessed { .. }) => "assessed",
        Some(State::Unknown { .. }) => "unknown",
        Some(State::NotApplicable { .. }) => "not-applicable",
    }
}

/// What an answer without a level says, or that it is missing.
pub(super) fn state_word(strings: &Strings, answer: Option<&Answer>) -> String {
    strings.word(match answer.map(|answer| &answer.state) {
        Some(State::Unknown { .. }) => "state.unknown",
        Some(State::NotApplicable { .. }) => "state.not_applicable",
        Some(State::Assessed { .. }) | None => "state.unanswered",
    })
}

/// A team's answer for a control, with the conditions of a measured control that its facts meet.
pub(super) fn with_conditions(report: Report<'_>, q: QuarterId, id: AnswerId) -> AnswerView {
    let quarter = report.quarter(q);
    let steps = if quarter.levels(id).is_some() { steps(report, quarter, id) } else { Vec::new() };
    let collected = quarter.collected_facts(id, report.strings());
    let would_reach = quarter.would_reach(id).map(|level| report.strings().level(level)).unwrap_or_default();
    AnswerView { steps, collected, would_reach, ..view(report, q, id) }
}

/// A team's answer for a control.
pub(super) fn view(report: Report<'_>, q: QuarterId, id: AnswerId) -> AnswerView {
    let (quarter, strings) = (report.quarter(q), report.strings());
    let AnswerId { control, team } = id;
    let named = quarter.control(control);
    let (answer, levels, level) = (quarter.answer(id), quarter.levels(id), quarter.level(id));
    let below = level.zip(quarter.target(control)).is_some_and(|(level, target)| level < target.level);
    let level = level.map(|level| report.level(q, level));
    let (reason, approved_by) = reason(answer);
    let given = answer.iter().flat_map(|answer| &answer.evidence);
    let evidence: Vec<ItemView> = given.map(|given| item(report, q, control, given)).collect();
    let [since, carried] = carried(strings, quarter, id);
    let beside_facts = levels.and_then(|levels| quarter.level_beside_facts(id, levels));
    let shortfall = levels.and_then(|levels| quarter.shortfall(id, levels, strings));
    // A control's page shows answers of many teams; a team's page shows answers for many controls.
    let anchor = named.called.anchor();
    let anchors = format!("{}-{anchor}-", quarter.settings().teams[team].id);
    let parent = quarter.framework(control.framework()).parent_of(control);
    let shown = |sort, text| shown(report, sort, text);
    let number = |level| strings.level(level);
    AnswerView {
        team: report.team_link(q, team),
        control: report.control_link(q, control),
        parent: parent.map(|parent| quarter.control(parent).id.clone()).unwrap_or_default(),
        anchor,
        state: state_name(answer),
        cell: level
            .as_ref()
            .map_or_else(|| AnswerCell::of_state(strings, answer), |level| AnswerCell::of(level, String::new())),
        level,
        claimed: levels.map(|levels| number(levels.claimed)).unwrap_or_default(),
        supported: levels.map(|levels| number(levels.supported)).unwrap_or_default(),
        needed: shortfall.as_ref().map(|shortfall| shortfall.needed.clone()).unwrap_or_default(),
        shortfall: shortfall.map(|shortfall| shortfall.why).unwrap_or_default(),
        beside_facts: beside_facts.map(number).unwrap_or_default(),
        dimensions: dimensions(strings, quarter, answer),
        steps: Vec::new(),
        stands_on: named.stands_on().into_iter().map(|source| report.control_link(q, source)).collect(),
        inherited: inherited(report, q, id),
        counts: quarter.teams_that_count(control, None).any(|counted| counted == team),
        below,
        reason: report.line(shown(Hidden::Notes, reason)),
        approved_by: shown(Hidden::People, approved_by).to_owned(),
        unapproved: state_name(answer) == "not-applicable" && approved_by.is_empty(),
        write: None,
        note: answer.map(|answer| report.markdown(shown(Hidden::Notes, &answer.note), 4, &anchors)).unwrap_or_default(),
        attested: answer.and_then(|answer| attested(report, answer)).unwrap_or_default(),
        since,
        carried,
        source: answer.map(|answer| report.place(&answer.origin)).unwrap_or_default(),
        changed: answer.and_then(|answer| changed(report, answer)),
        collected: Vec::new(),
        would_reach: String::new(),
        by_machines: answer.is_some_and(Answer::rests_on_machines),
        reviewed: reviewed(strings, quarter, id),
        reviews: verdicts(report, q, id, &anchors),
        stale: evidence.iter().filter(|item| item.stale).count(),
        evidence,
    }
}

/// Why an answer has no level, and who approved that; both empty where there is nothing to say.
fn reason(answer: Option<&Answer>) -> (&str, &str) {
    match answer.map(|answer| &answer.state) {
        None | Some(State::Assessed { .. }) => ("", ""),
        Some(State::Unknown { why }) => (why.as_str(), ""),
        Some(State::NotApplicable { reason, approved_by }) => (reason, approved_by),
    }
}

/// Since when an answer is carried, and for how long; both empty if it is not.
fn carried(strings: &Strings, quarter: ScoredQuarter<'_>, id: AnswerId) -> [String; 2] {
    let Some(Carried { quarters, since }) = quarter.carried(id) else { return Default::default() };
    [strings.say("answer.carried_since", &[("quarter", &since)]), strings.say("answer.carried", &[("n", &quarters)])]
}

fn inherited(report: Report<'_>, q: QuarterId, id: AnswerId) -> Option<InheritedView> {
    let quarter = report.quarter(q);
    let provider = quarter.provider(id)?;
    let usable = quarter.inherits_nothing(id).is_none();
    let levels = quarter.levels(provider).filter(|_| usable);
    let lent = quarter.lent_evidence(id).into_iter();
    let remains = &quarter.answer(id)?.inherited.as_ref()?.remains;
    Some(InheritedView {
        control: report.control_link(q, provider.control),
        team: report.team_link(q, provider.team),
        level: levels.map(|levels| report.strings().level(levels.supported)).unwrap_or_default(),
        remains: report.line(remains),
        evidence: lent
            .map(|(from, given)| LentView {
                item: item(report, q, id.control, given),
                team: report.team_link(q, from.team),
            })
            .collect(),
    })
}

/// The lowest that reviewers found, and how many of them there are; empty if nobody looked.
fn reviewed(strings: &Strings, quarter: ScoredQuarter<'_>, id: AnswerId) -> String {
    let Some(Opinion { reviewed, reviewers, with_category }) = quarter.opinion(id) else { return String::new() };
    let found = stated_words(strings, reviewed);
    let found =
        if reviewers < 2 { found } else { strings.say("reviews.lowest_of", &[("found", &found), ("n", &reviewers)]) };
    if with_category { strings.list(&[found, strings.word("reviews.with_category")]) } else { found }
}

fn verdicts(report: Report<'_>, q: QuarterId, id: AnswerId, anchors: &str) -> Vec<VerdictView> {
    let (quarter, strings) = (report.quarter(q), report.strings());
    let is_of_author = |verdict: &Verdict| {
        let both = report.provenance.zip(quarter.answer(id));
        both.is_some_and(|(provenance, answer)| provenance.same_author(&answer.origin, &verdict.origin))
    };
    let view = |(number, (review, verdict)): (usize, (&Review, &Verdict))| {
        let found = quarter.found(id, verdict);
        let note = shown(report, Hidden::Notes, &verdict.note);
        VerdictView {
            reviewer: review.reviewer.clone(),
            found: stated_words(strings, found),
            differs: found.is_some() && found != quarter.stated(id),
            on_category: verdict.is_on_category(),
            day: strings.day(verdict.date),
            how: how(report, verdict),
            note: report.markdown(note, 5, &format!("{anchors}review-{number}-")),
            evidence: verdict.evidence.iter().map(|given| item(report, q, id.control, given)).collect(),
            source: report.place(&verdict.origin),
            same_author: is_of_author(verdict),
        }
    };
    quarter.verdicts(id).enumerate().map(view).collect()
}

/// The text, or nothing if the audience may not see this kind. The page says so once; answers do not repeat it.
fn shown<'a>(report: Report<'_>, sort: Hidden, text: &'a str) -> &'a str {
    if report.assessment().hidden.contains(&sort) { "" } else { text }
}

fn attested(report: Report<'_>, answer: &Answer) -> Option<String> {
    let attested = answer.attested.as_ref()?;
    report.strings().attested(shown(report, Hidden::People, &attested.by), attested.on)
}

fn changed(report: Report<'_>, answer: &Answer) -> Option<ChangedView> {
    let (trace, strings) = (report.provenance?.trace(&answer.origin)?, report.strings());
    let untold = |key, untold: &GitReason| strings.say(key, &[("why", &untold.why)]);
    let sentences = match trace {
        Trace::Uncommitted => vec![strings.word("answer.uncommitted")],
        Trace::Unknown(reason) => vec![untold("answer.untold", reason)],
        Trace::Committed(Committed { by, on, commit, merge, .. }) => {
            let day = on.map(|on| strings.day(on)).unwrap_or_default();
            let key = if on.is_some() { "answer.changed_on" } else { "answer.changed" };
            let merged = match merge {
                Merge::None => None,
                Merge::By(name) => Some(strings.say("answer.merged", &[("by", name)])),
                Merge::BySelf => Some(strings.word("answer.merged_self")),
                Merge::Unknown(reason) => Some(untold("answer.merged_untold", reason)),
            };
            let changed = strings.say(key, &[("by", by), ("day", &day), ("commit", commit)]);
            iter::once(changed).chain(merged).collect()
        }
    };
    let self_merged = matches!(trace, Trace::Committed(Committed { merge: Merge::BySelf, .. }));
    Some(ChangedView { words: sentences.join(" "), self_merged })
}

fn dimensions(strings: &Strings, quarter: ScoredQuarter<'_>, answer: Option<&Answer>) -> String {
    let Some(Claim::Dimensions(levels)) = answer.and_then(Answer::claim) else { return String::new() };
    let dimensions = quarter.settings().scale.dimensions.iter().zip(levels);
    let shown = dimensions.map(|(dimension, level)| format!("{} {}", dimension.name, strings.level(*level)));
    strings.list(&shown.collect::<Vec<_>>())
}

fn steps(report: Report<'_>, quarter: ScoredQuarter<'_>, id: AnswerId) -> Vec<StepView> {
    let steps = quarter.conditions(id, report.strings()).into_iter();
    steps
        .map(|step| StepView {
            level: report.level(quarter.id, step.level),
            reached: step.reached,
            checks: step.checks,
        })
        .collect()
}

/// An evidence item for a control as of the end of quarter `q`.
pub(super) fn item(report: Report<'_>, q: QuarterId, control: ControlId, item: &Item) -> ItemView {
    let (quarter, strings) = (report.quarter(q), report.strings());
    let (age, stale) = (item.period.age(quarter.closes()), quarter.is_stale(control, item));
    let artifact = item.artifact.as_ref();
    ItemView {
        kind: strings.kind(item.kind),
        title: report.dated(shown(report, Hidden::Evidence, &item.title)),
        period: strings.period(item.period),
        age,
        how_old: strings.say(if stale { "answer.age_stale" } else { "answer.age" }, &[("n", &age)]),
        stale,
        url: item.url.to_string(),
        artifact: artifact.map(|artifact| report.file(&artifact.path, &artifact.path)).unwrap_or_default(),
        sha256_start: artifact.map(|artifact| artifact.sha256.chars().take(12).collect()).unwrap_or_default(),
        sha256: artifact.map(|artifact| artifact.sha256.clone()).unwrap_or_default(),
        source: report.place(&item.origin),
        by: item.collected.as_ref().map(|by| by.collector.clone()).unwrap_or_default(),
    }
}
