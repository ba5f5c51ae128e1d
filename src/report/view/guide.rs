//! The guides in, their list and their pages out.

use serde::Serialize;

use super::{Link, Markup, Report};
use crate::model::assessment::Guide;
use crate::model::catalog::Framework;
use crate::report::address::Address;

/// The list of guides.
#[derive(Debug, Serialize)]
pub(super) struct GuidesPage {
    guides: Vec<Row>,
}

/// A guide in the list.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    link: Link,
    summary: String,
}

/// One guide.
#[derive(Debug, Serialize)]
pub(super) struct GuidePage {
    title: String,
    summary: String,
    text: Markup,
    /// The pages that it explains.
    explains: Vec<Link>,
    /// Its neighbours in the list.
    previous: Option<Link>,
    next: Option<Link>,
}

/// Makes the list of guides.
pub(super) fn list(report: Report<'_>) -> GuidesPage {
    let row =
        |index: usize| Row { link: link(report, index), summary: report.assessment.guides[index].summary.clone() };
    GuidesPage { guides: order(report).into_iter().map(row).collect() }
}

fn link(report: Report<'_>, index: usize) -> Link {
    let guide = &report.assessment.guides[index];
    Link::new("", &guide.title, Address::Guide(index).path(report.assessment))
}

/// The guide on the report first, then in the order of what they explain.
fn order(report: Report<'_>) -> Vec<usize> {
    let guides = &report.assessment.guides;
    let mut order: Vec<usize> = (0..guides.len()).collect();
    order.sort_by_key(|index| rank(report, &guides[*index]));
    order
}

/// Where a guide stands in the list.
fn rank(report: Report<'_>, guide: &Guide) -> usize {
    let ids = report.assessment.frameworks.iter().flat_map(Framework::ids);
    let known: Vec<&str> = std::iter::once(Guide::REPORT).chain(ids).collect();
    let position = |id: &String| known.iter().position(|known| known == id);
    guide.explains.iter().filter_map(position).min().unwrap_or(usize::MAX)
}

/// Makes the page of a guide.
pub(super) fn view(report: Report<'_>, index: usize) -> GuidePage {
    let guide = &report.assessment.guides[index];
    let order = order(report);
    GuidePage {
        title: guide.title.clone(),
        summary: guide.summary.clone(),
        text: Markup::markdown(&guide.text, 2, "guide-"),
        explains: guide.explains.iter().filter_map(|id| explained(report, id)).collect(),
        previous: order.iter().take_while(|other| **other != index).last().map(|other| link(report, *other)),
        next: order.iter().skip_while(|other| **other != index).nth(1).map(|other| link(report, *other)),
    }
}

/// The newest quarter's page of what a guide explains.
fn explained(report: Report<'_>, id: &str) -> Option<Link> {
    let assessment = report.assessment;
    let q = assessment.newest();
    let link = |title: &str, address: Address| Link::new(id, title, address.path(assessment));
    if id == Guide::REPORT {
        return Some(Link::new("", "The report", Address::Dashboard(q).path(assessment)));
    }
    assessment.frameworks.iter().enumerate().find_map(|(f, framework)| {
        let home = if f == 0 { Address::Dashboard(q) } else { Address::Framework(q, f) };
        if framework.id == id {
            return Some(Link::new("", &framework.title, home.path(assessment)));
        }
        if let Some(function) = framework.functions.iter().position(|function| function.id == id) {
            let address = if f == 0 { Address::Function(q, function) } else { home };
            return Some(link(&framework.functions[function].title, address));
        }
        let control = framework.controls.iter().position(|control| control.id == id)?;
        Some(link(&framework.controls[control].title, Address::Control(q, f, control)))
    })
}
