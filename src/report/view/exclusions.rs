//! A quarter in, everything that a mean hides or leaves out: zeros, unknowns, what does not apply, key controls, and what the
//! scores would be without them.

use serde::Serialize;

use super::figures::Figures;
use super::{Link, Markup, Report};
use crate::base::number::Mean;
use crate::model::evidence::State;
use crate::score::{Asked, Instead, Standing, Tree, what_if};

/// The zeros and exclusions of one quarter.
#[derive(Debug, Serialize)]
pub(super) struct ExclusionsPage {
    /// The name of the lowest level.
    bottom_name: String,
    zeros: Vec<Row>,
    unknown: Vec<Row>,
    not_applicable: Vec<Row>,
    /// How many of those nobody approved.
    unapproved: usize,
    /// The main framework and its Functions, as they are and as they would be.
    effects: Vec<Effect>,
    keys: Vec<KeyRow>,
}

/// One answer.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    control: Link,
    team: Link,
    /// The note of a zero, or the reason.
    reason: Markup,
    approved_by: String,
    source: String,
}

/// What a node's score is, and would be.
#[derive(Debug, Serialize)]
pub(super) struct Effect {
    title: String,
    figures: Figures,
    /// If everything not applicable were at the bottom, or at the top.
    applied_low: String,
    applied_high: String,
    /// If the answers at the bottom were left out.
    without_zeros: String,
}

/// A key control.
#[derive(Debug, Serialize)]
pub(super) struct KeyRow {
    control: Link,
    figures: Figures,
    /// The teams at its floor.
    lowest: Vec<Link>,
    why: String,
}

/// Makes the page of quarter `q`.
pub(super) fn view(report: Report<'_>, q: usize) -> ExclusionsPage {
    let assessment = report.assessment;
    let scale = &assessment.settings.scale;
    let is_zero = |standing: Option<Standing>| {
        standing.is_some_and(|standing| standing.score(assessment.settings.scoring.score) == scale.bottom)
    };
    let not_applicable = rows(report, q, |state, _| matches!(state, State::NotApplicable { .. }));
    ExclusionsPage {
        bottom_name: scale.name(scale.bottom).to_owned(),
        zeros: rows(report, q, |_, standing| is_zero(standing)),
        unknown: rows(report, q, |state, _| matches!(state, State::Unknown { .. })),
        unapproved: not_applicable.iter().filter(|row| row.approved_by.is_empty()).count(),
        not_applicable,
        effects: effects(report, q),
        keys: keys(report, q),
    }
}

/// The answers of every framework of which `wanted` says so by their state and standing.
fn rows(report: Report<'_>, q: usize, wanted: impl Fn(&State, Option<Standing>) -> bool) -> Vec<Row> {
    let answers = report.assessment.answers(q);
    let wanted = answers.filter(|(framework, control, team, answer)| {
        wanted(&answer.state, report.standing(q, *framework, *control, *team))
    });
    let row = |(framework, control, team, answer): (usize, usize, usize, &crate::model::evidence::Answer)| {
        let (reason, approved_by) = match &answer.state {
            State::Assessed { .. } => (Markup::default(), String::new()),
            State::Unknown { why } => (Markup::line(why), String::new()),
            State::NotApplicable { reason, approved_by } => (Markup::line(reason), approved_by.clone()),
        };
        Row {
            control: report.control_link(q, framework, control),
            team: report.team_link(q, team),
            reason,
            approved_by,
            source: answer.origin.shown(),
        }
    };
    wanted.map(row).collect()
}

/// What the main framework's scores would be if answers were taken otherwise.
fn effects(report: Report<'_>, q: usize) -> Vec<Effect> {
    let Report { assessment, scorecard, .. } = report;
    let settings = &assessment.settings;
    let decimals = settings.scoring.decimals;
    let tree = |instead: &dyn Fn(Asked<'_>) -> Instead| what_if(assessment, scorecard, q, 0, instead);
    let applied = tree(&|asked| match asked.state {
        Some(State::NotApplicable { .. }) => Instead::Unanswered,
        _ => Instead::Given,
    });
    let without_zeros = tree(&|asked| match asked.standing {
        Some(standing) if standing.score(settings.scoring.score) == settings.scale.bottom => Instead::Left,
        _ => Instead::Given,
    });
    let shown = |mean: &Option<Mean>| mean.as_ref().map(|mean| mean.shown(decimals)).unwrap_or_default();
    let now = report.tree(q, 0);
    let catalog = assessment.framework();
    let nodes = std::iter::once((catalog.title.clone(), None));
    let nodes = nodes.chain(catalog.functions.iter().enumerate().map(|(f, named)| (named.title.clone(), Some(f))));
    let effect = |(title, function): (String, Option<usize>)| {
        let of = |tree: &'_ Tree| function.map_or_else(|| tree.overall.clone(), |f| tree.functions[f].clone());
        let (here, applied, kept) = (of(now), of(&applied), of(&without_zeros));
        Effect {
            title,
            figures: report.figures(&here),
            applied_low: shown(&applied.low),
            applied_high: shown(&applied.high),
            without_zeros: kept.score(decimals).unwrap_or_default(),
        }
    };
    nodes.map(effect).collect()
}

/// The key controls of every framework, with their floor.
pub(super) fn keys(report: Report<'_>, q: usize) -> Vec<KeyRow> {
    let assessment = report.assessment;
    let mut keys = Vec::new();
    for (f, framework) in assessment.frameworks.iter().enumerate() {
        let controls = framework.controls.iter().enumerate().filter(|(_, control)| control.rules.key);
        keys.extend(controls.map(|(c, control)| key_row(report, q, (f, c), &control.rules.why)));
    }
    keys
}

fn key_row(report: Report<'_>, q: usize, (framework, control): (usize, usize), why: &str) -> KeyRow {
    let figures = &report.tree(q, framework).controls[control];
    let asked = report.assessment.teams_asked(report.quarter(q).quarter, framework, control);
    let at_floor = asked.filter(|team| {
        let level = report.level(q, framework, control, *team);
        level.is_some() && level == figures.counts.floor
    });
    KeyRow {
        control: report.control_link(q, framework, control),
        figures: report.figures(figures),
        lowest: at_floor.map(|team| report.team_link(q, team)).collect(),
        why: why.to_owned(),
    }
}
