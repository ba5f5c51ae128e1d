//! The page of risks: what targets, actions and exceptions name them, with levels, gaps and plans. Nothing is computed of a risk.

use std::collections::BTreeSet;

use serde::Serialize;

use super::figures::ShownFigures;
use super::{Link, Markup, Report, actions};
use crate::model::ids::{ControlId, QuarterId};
use crate::model::profile::{Risk, RiskRef};
use crate::report::address::risk_anchors;
use crate::score::ScoredQuarter;

/// The risks of one quarter.
#[derive(Debug, Serialize)]
pub(super) struct RisksPage {
    risks: Vec<RiskView>,
}

/// A risk, and what is done about it.
#[derive(Debug, Serialize)]
struct RiskView {
    id: String,
    anchor: String,
    title: String,
    owner: String,
    url: String,
    appetite: Markup,
    source: Markup,
    /// The controls whose targets, actions or exceptions name it, in the order of the catalogs: the first of them.
    controls: Vec<RiskControlRow>,
    /// How many more there are.
    more: usize,
    /// How many of all of them are below their target.
    below: usize,
}

/// A control that a risk is about.
#[derive(Debug, Serialize)]
struct RiskControlRow {
    control: Link,
    figures: ShownFigures,
    /// Open actions and exceptions that name the risk.
    plan: Vec<Link>,
}

/// A page lists so many controls of a risk.
const LISTED: usize = 200;

/// Makes the page of quarter `q`.
pub(super) fn view(report: Report<'_>, q: QuarterId) -> RisksPage {
    let profile = report.quarter(q).profile();
    let rows =
        profile.risks.iter().zip(risk_anchors(profile)).map(|((id, risk), anchor)| row(report, q, id, risk, anchor));
    RisksPage { risks: rows.collect() }
}

fn row(report: Report<'_>, q: QuarterId, id: &str, risk: &Risk, anchor: String) -> RiskView {
    let quarter = report.quarter(q);
    let controls = controls(quarter, id);
    let figures = |control: ControlId| &quarter.tree(control.framework(), None).controls[control];
    let is_below = |control: &ControlId| {
        figures(*control).shown_gap(6).is_some_and(|gap| gap.contains(|c: char| ('1'..='9').contains(&c)))
    };
    let control = |control: &ControlId| RiskControlRow {
        control: report.control_link(q, *control),
        figures: report.figures(q, figures(*control)),
        plan: actions::for_risk(report, q, *control, id).into_iter().flatten().collect(),
    };
    RiskView {
        id: id.to_owned(),
        anchor,
        title: risk.title.clone(),
        owner: risk.owner.clone(),
        url: risk.url.clone(),
        appetite: report.line(&risk.appetite),
        source: report.place(&risk.origin),
        below: controls.iter().filter(|control| is_below(control)).count(),
        more: controls.len().saturating_sub(LISTED),
        controls: controls.iter().take(LISTED).map(control).collect(),
    }
}

/// The controls in force whose nearest target names a risk, or an action or exception for them that is known.
fn controls(quarter: ScoredQuarter<'_>, id: &str) -> Vec<ControlId> {
    let names = |risks: &[RiskRef]| risks.iter().any(|risk| risk.id == id);
    let actions = quarter.actions(None).into_iter().filter(|action| names(&action.risks));
    let exceptions = quarter.known_exceptions(None).into_iter().filter(|exception| names(&exception.risks));
    let planned: BTreeSet<ControlId> =
        actions.map(|action| action.answer.control).chain(exceptions.map(|exception| exception.control)).collect();
    let all = quarter.assessment.frameworks.iter().flat_map(|framework| framework.controls.ids());
    let is_about = |control: &ControlId| {
        planned.contains(control) || quarter.target(*control).is_some_and(|target| names(&target.risks))
    };
    all.filter(|control| quarter.is_in_force(*control)).filter(is_about).collect()
}
