//! The guides: the list of guides, and a page for each guide.

use serde::Serialize;

use super::{Link, Markup, Report};
use crate::model::assessment::Guide;
use crate::model::catalog::Node;
use crate::model::ids::{FrameworkId, GuideId};
use crate::report::address::{Address, QuarterPage};

/// The list of guides.
#[derive(Debug, Serialize)]
pub(super) struct GuidesPage {
    guides: Vec<GuideRow>,
}

/// A guide in the list.
#[derive(Debug, Serialize)]
pub(super) struct GuideRow {
    link: Link,
    summary: String,
}

/// One guide.
#[derive(Debug, Serialize)]
pub(super) struct GuidePage {
    title: String,
    summary: String,
    text: Markup,
    /// The pages that the guide explains.
    explains: Vec<Link>,
    /// The guides before and after it in the list.
    previous: Option<Link>,
    next: Option<Link>,
}

/// Makes the list of guides.
pub(super) fn list(report: Report<'_>) -> GuidesPage {
    let row =
        |guide| GuideRow { link: link(report, guide), summary: report.assessment().guides[guide].summary.clone() };
    GuidesPage { guides: order(report).into_iter().map(row).collect() }
}

fn link(report: Report<'_>, guide: GuideId) -> Link {
    let assessment = report.assessment();
    Link::new("", &assessment.guides[guide].title, Address::Guide(guide).path(assessment))
}

/// The guide about the report first, then the others in the order of what they explain.
fn order(report: Report<'_>) -> Vec<GuideId> {
    let guides = &report.assessment().guides;
    let mut order: Vec<GuideId> = guides.ids().collect();
    order.sort_by_key(|guide| rank(report, &guides[*guide]));
    order
}

/// The position of a guide in the list.
fn rank(report: Report<'_>, guide: &Guide) -> usize {
    let frameworks = report.assessment().frameworks.iter();
    let mut nodes = frameworks.flat_map(|framework| framework.nodes().map(move |node| framework.called(node)));
    let explains = |is: &dyn Fn(&str) -> bool| guide.explains.iter().any(|id| is(id));
    if explains(&|id| id == Guide::REPORT) {
        return 0;
    }
    nodes.position(|called| explains(&|id| called.is(id))).map_or(usize::MAX, |position| position + 1)
}

/// Makes the page of a guide.
pub(super) fn view(report: Report<'_>, id: GuideId) -> GuidePage {
    let guide = &report.assessment().guides[id];
    let order = order(report);
    GuidePage {
        title: guide.title.clone(),
        summary: guide.summary.clone(),
        text: report.markdown(&guide.text, 2, "guide-"),
        explains: guide.explains.iter().filter_map(|id| explained(report, id)).collect(),
        previous: order.iter().take_while(|other| **other != id).last().map(|other| link(report, *other)),
        next: order.iter().skip_while(|other| **other != id).nth(1).map(|other| link(report, *other)),
    }
}

/// The newest quarter's page for what a guide explains.
fn explained(report: Report<'_>, id: &str) -> Option<Link> {
    let assessment = report.assessment();
    let q = assessment.newest();
    let dashboard = Address::Quarterly(q, QuarterPage::Dashboard);
    if id == Guide::REPORT {
        return Some(Link::new("", &report.strings().word("guides.report"), dashboard.path(assessment)));
    }
    let frameworks = &mut assessment.frameworks.iter();
    let (catalog, node) = frameworks.find_map(|framework| Some((framework, framework.find(id)?)))?;
    let is_main = catalog.at == FrameworkId::MAIN;
    let (shown, address) = match node {
        Node::Framework(_) if is_main => ("", dashboard),
        Node::Framework(framework) => ("", Address::Framework(q, framework)),
        Node::Function(function) if is_main => (id, Address::Function(q, function)),
        Node::Function(_) => (id, Address::Framework(q, catalog.at)),
        Node::Category(_) => return None,
        Node::Control(control) => (id, Address::Control(q, control)),
    };
    Some(Link::new(shown, catalog.title_of(node), address.path(assessment)))
}
