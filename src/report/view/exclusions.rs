//! The page of what a mean hides or leaves out: zeros, unknown answers, what does not apply, key controls, and the scores without
//! them.

use serde::Serialize;

use super::figures::ShownFigures;
use super::register::{Listing, RegisterPart};
use super::{Link, Markup, Report};
use crate::base::number::Mean;
use crate::model::catalog::Node;
use crate::model::evidence::{Answer, State};
use crate::model::ids::{AnswerId, ControlId, FrameworkId, QuarterId};
use crate::report::address::{LongPage, QuarterPage};
use crate::score::CountAs;

/// The zeros and exclusions of one quarter.
#[derive(Debug, Serialize)]
pub(super) struct ExclusionsPage {
    /// The name of the lowest level.
    bottom_name: String,
    zeros: RegisterPart<ExcludedAnswer>,
    unknown: RegisterPart<ExcludedAnswer>,
    not_applicable: RegisterPart<ExcludedAnswer>,
    /// How many of the not-applicable answers nobody approved.
    unapproved: usize,
    /// The main framework and its Functions: their scores now, and if answers were counted otherwise.
    effects: Vec<Effect>,
    keys: Vec<KeyRow>,
}

/// One answer.
#[derive(Debug, Serialize)]
pub(super) struct ExcludedAnswer {
    control: Link,
    /// What filters call its Function.
    function: String,
    team: Link,
    /// Why it has no level; empty if it has one.
    reason: Markup,
    approved_by: String,
    source: Markup,
}

/// A node's score now, and if answers were counted otherwise.
#[derive(Debug, Serialize)]
pub(super) struct Effect {
    title: String,
    figures: ShownFigures,
    /// The score if every not-applicable answer were at the bottom, or at the top.
    applied_low: String,
    applied_high: String,
    /// The score without the answers at the bottom.
    without_zeros: String,
}

/// A key control.
#[derive(Debug, Serialize)]
pub(super) struct KeyRow {
    control: Link,
    figures: ShownFigures,
    /// The teams whose answers are at its floor.
    lowest: Vec<Link>,
    why: String,
    /// How many of its answers are reviewed, and how many can be; empty where no quarter is reviewed.
    reviewed: String,
    /// Whether all of them are.
    all_reviewed: bool,
}

/// Makes the page of quarter `q`.
pub(super) fn view(report: Report<'_>, q: QuarterId) -> ExclusionsPage {
    let quarter = report.quarter(q);
    let scale = &quarter.settings().scale;
    let [not_applicable, zeros, unknown] = listings(report, q);
    let page = LongPage::Quarterly(q, QuarterPage::Exclusions);
    let is_unapproved =
        |answer: &Answer| matches!(&answer.state, State::NotApplicable { approved_by, .. } if approved_by.is_empty());
    ExclusionsPage {
        bottom_name: scale.name(scale.bottom).to_owned(),
        zeros: zeros.part(report, page, 0),
        unknown: unknown.part(report, page, 0),
        unapproved: quarter.all_answers().filter(|(_, answer)| is_unapproved(answer)).count(),
        not_applicable: not_applicable.part(report, page, 0),
        effects: effects(report, q),
        keys: keys(report, q),
    }
}

/// The answers of every framework that a score leaves out or that are at the bottom, in the order of the page.
pub(super) fn listings(report: Report<'_>, q: QuarterId) -> [Listing<'_, ExcludedAnswer>; 3] {
    let (quarter, strings) = (report.quarter(q), report.strings());
    let bottom = quarter.settings().scale.bottom;
    let not_applicable = listing(report, q, "not-applicable", |_, answer| answer.is_not_applicable());
    let zeros = listing(report, q, "zeros", |id, _| quarter.level(id) == Some(bottom));
    let unknown = listing(report, q, "unknown", |_, answer| matches!(answer.state, State::Unknown { .. }));
    let zeros_of = strings.say("exclusions.zeros", &[("name", &quarter.settings().scale.name(bottom))]);
    [
        Listing { title: strings.word("state.not_applicable"), ..not_applicable },
        Listing { title: zeros_of, ..zeros },
        Listing { title: strings.word("state.unknown"), ..unknown },
    ]
}

/// The register of this name, still without a title: the `wanted` answers of every framework.
fn listing<'a>(
    report: Report<'a>,
    q: QuarterId,
    name: &'static str,
    wanted: impl Fn(AnswerId, &Answer) -> bool,
) -> Listing<'a, ExcludedAnswer> {
    let quarter = report.quarter(q);
    let answers: Vec<(AnswerId, &Answer)> = quarter.all_answers().filter(|(id, answer)| wanted(*id, answer)).collect();
    let controls: Vec<ControlId> = answers.iter().map(|(id, _)| id.control).collect();
    let reason = answers.first().filter(|(_, answer)| !answer.reason().is_empty()).map(|_| "reason");
    let approved = (name == "not-applicable").then_some("approved");
    Listing {
        name,
        title: String::new(),
        with: reason.into_iter().chain(approved).collect(),
        len: answers.len(),
        row: Box::new(move |at| row(report, q, answers[at].0, answers[at].1)),
        label: Box::new(move |at| quarter.control(controls[at]).called.name().to_owned()),
        choices: Vec::new(),
        anchor: None,
    }
}

fn row(report: Report<'_>, q: QuarterId, id: AnswerId, answer: &Answer) -> ExcludedAnswer {
    let approved_by = match &answer.state {
        State::NotApplicable { approved_by, .. } => approved_by.to_string(),
        State::Assessed { .. } | State::Unknown { .. } => String::new(),
    };
    ExcludedAnswer {
        control: report.control_link(q, id.control),
        function: report.function(q, id.control),
        team: report.team_link(q, id.team),
        reason: report.line(answer.reason()),
        approved_by,
        source: report.place(&answer.origin),
    }
}

/// The main framework's scores if answers were counted otherwise.
fn effects(report: Report<'_>, q: QuarterId) -> Vec<Effect> {
    let quarter = report.quarter(q);
    let settings = quarter.settings();
    let decimals = settings.scoring.decimals;
    let applied = quarter.what_if(FrameworkId::MAIN, |id| {
        let left = quarter.answer(id).is_some_and(Answer::is_not_applicable);
        if left { CountAs::Unanswered } else { CountAs::Given }
    });
    let without_zeros = quarter.what_if(FrameworkId::MAIN, |id| {
        let zero = quarter.level(id) == Some(settings.scale.bottom);
        if zero { CountAs::NotApplicable } else { CountAs::Given }
    });
    let number = |number: String| report.strings().number(&number);
    let shown = |mean: &Option<Mean>| mean.as_ref().map(|mean| number(mean.shown(decimals))).unwrap_or_default();
    let catalog = quarter.framework(FrameworkId::MAIN);
    let effect = |node: Node| Effect {
        title: catalog.title_of(node).to_owned(),
        figures: report.figures(quarter.id, quarter.figures(node, None)),
        applied_low: shown(&applied[node].low),
        applied_high: shown(&applied[node].high),
        without_zeros: without_zeros[node].score(decimals).map(number).unwrap_or_default(),
    };
    catalog.whole_and_functions().map(effect).collect()
}

/// The key controls of every framework, with their floor.
pub(super) fn keys(report: Report<'_>, q: QuarterId) -> Vec<KeyRow> {
    let quarter = report.quarter(q);
    let controls = report.assessment().frameworks.iter().flat_map(|framework| framework.controls.ids());
    let keys = controls.filter(|control| quarter.control(*control).rules.key);
    keys.map(|control| key_row(report, q, control)).collect()
}

fn key_row(report: Report<'_>, q: QuarterId, control: ControlId) -> KeyRow {
    let quarter = report.quarter(q);
    let figures = quarter.figures(Node::Control(control), None);
    let at_floor = quarter.teams_asked(control).filter(|team| {
        let level = quarter.level(control.of(*team));
        level.is_some() && level == figures.counts.floor
    });
    let reviewed = quarter.reviewed(Node::Control(control), None);
    let judged = reviewed.by_themselves();
    let counts: [(&str, &dyn std::fmt::Display); 2] = [("part", &judged), ("all", &reviewed.all)];
    KeyRow {
        reviewed: if report.assessment().has_reviews() {
            report.strings().say("figures.of", &counts)
        } else {
            String::new()
        },
        all_reviewed: judged == reviewed.all && judged > 0,
        control: report.control_link(q, control),
        figures: report.figures(q, figures),
        lowest: at_floor.map(|team| report.team_link(q, team)).collect(),
        why: quarter.control(control).rules.why.to_string(),
    }
}
