//! A page's address in, its frame out: titles, the way to the root, and the links that every page carries.

use serde::Serialize;

use super::{Link, Report};
use crate::model::assessment::Guide;
use crate::model::settings::Audience;
use crate::report::address::{Address, root_of};

/// The frame of a page.
#[derive(Debug, Serialize)]
pub(super) struct Frame {
    /// The way up to the site's root: empty, or `../` some times.
    root: String,
    /// The page's own title.
    title: String,
    /// The report's title.
    report: String,
    /// Whose report it is.
    organization: String,
    /// The quarter's name.
    quarter: String,
    /// The same page in each quarter, newest first.
    quarters: Vec<Link>,
    /// The pages of the quarter.
    sections: Vec<Link>,
    /// The guides that explain what the page shows.
    guides: Vec<Link>,
    /// The Functions.
    functions: Vec<Link>,
    /// The other frameworks.
    frameworks: Vec<Link>,
    /// The teams.
    teams: Vec<Link>,
    /// The scale's ends, `0` and `5`.
    bottom: String,
    /// See [`Frame::bottom`].
    top: String,
    /// For whom the report is; empty where nothing is hidden from them.
    audience: &'static str,
    /// What is hidden from them, in words.
    hidden: Vec<&'static str>,
    /// The version of the tool that made the page.
    version: &'static str,
}

/// Makes the frame of the page at `address`.
pub(super) fn view(report: Report<'_>, address: Address, title: String) -> Frame {
    let assessment = report.assessment;
    let settings = &assessment.settings;
    let q = address.quarter(assessment);
    let path = address.path(assessment);
    let link = |id: &str, title: &str, to: Address| {
        let href = to.path(assessment);
        Link { current: href == path, ..Link::new(id, title, href) }
    };
    let sections = sections(report, address, q).into_iter().filter(|(_, section)| section.is_there(assessment));
    let explained = explained(report, address);
    let guides = assessment.guides.iter().enumerate();
    let guides = guides.filter(|(_, guide)| guide.explains.iter().any(|id| explained.contains(&id.as_str())));
    let functions = assessment.framework().functions.iter().enumerate();
    let frameworks = assessment.frameworks.iter().enumerate().skip(1);
    let quarters = (0..assessment.quarters.len()).rev().map(|other| {
        let timeless = matches!(address, Address::Trends | Address::Method | Address::Guides | Address::Guide(_));
        let current = other == q && !timeless;
        Link { current, ..link("", &assessment.quarters[other].quarter.to_string(), address.in_quarter(other)) }
    });
    Frame {
        root: root_of(&path),
        title,
        report: settings.title.clone(),
        organization: settings.organization.clone(),
        quarter: assessment.quarters[q].quarter.to_string(),
        quarters: quarters.collect(),
        sections: sections.map(|(title, section)| link("", title, section)).collect(),
        guides: guides.map(|(index, guide)| link("", &guide.title, Address::Guide(index))).collect(),
        functions: functions
            .map(|(f, function)| link(&function.id, &function.title, Address::Function(q, f)))
            .collect(),
        frameworks: frameworks.map(|(f, framework)| link("", &framework.title, Address::Framework(q, f))).collect(),
        teams: settings
            .teams
            .iter()
            .enumerate()
            .filter(|(t, _)| Address::Team(q, *t).is_there(assessment))
            .map(|(t, team)| link(&team.id, &team.name, Address::Team(q, t)))
            .collect(),
        bottom: settings.scale.bottom.shown(),
        top: settings.scale.top().shown(),
        audience: if assessment.audience == Audience::Full { "" } else { assessment.audience.name() },
        hidden: assessment.hidden.iter().map(|hidden| hidden.told()).collect(),
        version: env!("CARGO_PKG_VERSION"),
    }
}

/// The pages of quarter `q` and those of the whole report, in the order of the menu.
fn sections(report: Report<'_>, address: Address, q: usize) -> Vec<(&'static str, Address)> {
    let assessment = report.assessment;
    let overview = if address == Address::Home { Address::Home } else { Address::Dashboard(q) };
    let mut sections = vec![
        ("Overview", overview),
        ("For the board", Address::Board(q)),
        ("Changes", Address::Changes(q)),
        ("Trends", Address::Trends),
        ("Gaps", Address::Gaps(q)),
        ("Targets", Address::Targets(q)),
        ("Actions", Address::Actions(q)),
        ("Evidence", Address::Evidence(q)),
        ("Findings", Address::Findings(q)),
        ("Zeros and exclusions", Address::Exclusions(q)),
        ("Method", Address::Method),
    ];
    if !assessment.guides.is_empty() {
        sections.push(("Guides", Address::Guides));
    }
    sections
}

/// The ids of what a page shows, for which there may be guides.
fn explained(report: Report<'_>, address: Address) -> Vec<&str> {
    let frameworks = &report.assessment.frameworks;
    match address {
        Address::Function(_, function) => vec![&frameworks[0].functions[function].id],
        Address::Framework(_, framework) => {
            let functions = frameworks[framework].functions.iter().map(|function| function.id.as_str());
            std::iter::once(frameworks[framework].id.as_str()).chain(functions).collect()
        }
        Address::Control(_, framework, control) => frameworks[framework].lineage(control).into(),
        Address::Home | Address::Dashboard(_) | Address::Method | Address::Exclusions(_) | Address::Findings(_) => {
            vec![Guide::REPORT]
        }
        Address::Board(_) | Address::Changes(_) | Address::Trends => vec![Guide::REPORT],
        _ => Vec::new(),
    }
}
