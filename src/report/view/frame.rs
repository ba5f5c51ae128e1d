//! The parts around every page: titles, the path to the root, the menu and the links.

use std::fmt;

use serde::Serialize;

use super::{Link, Markup, Report};
use crate::model::assessment::Guide;
use crate::model::catalog::Node;
use crate::model::ids::{FrameworkId, QuarterId};
use crate::model::settings::{Audience, Hidden};
use crate::model::strings::Strings;
use crate::report::address::{Address, QuarterPage, SitePage, menu, root_of};
use crate::score::ScoredQuarter;

/// The frame of a page.
#[derive(Debug, Serialize)]
pub(crate) struct Frame {
    /// The tag of the report's language.
    pub(crate) language: String,
    /// The direction of its script: `ltr` or `rtl`.
    pub(crate) direction: &'static str,
    /// The path up to the site's root: empty, or one or more `../`.
    pub(crate) root: String,
    /// The page's own title.
    pub(crate) title: String,
    /// The report's title.
    pub(crate) report: String,
    /// The organization that the report is about.
    pub(crate) organization: String,
    /// The name of the quarter.
    pub(crate) quarter: String,
    /// What the figures of an open quarter mean; empty if the quarter is closed, or the page shows none of its figures.
    pub(crate) open: Markup,
    /// What the main framework of the quarter is, if pages are about another one; otherwise empty.
    pub(crate) edition: String,
    /// The same page in the newest quarters and those next to this one, newest first.
    pub(crate) quarters: Vec<Link>,
    /// The same page in other quarters, newest first.
    pub(crate) more_quarters: Vec<Link>,
    /// The pages of the quarter.
    pub(crate) sections: Vec<Link>,
    /// The guides that explain what the page shows.
    pub(crate) guides: Vec<Link>,
    /// The Functions.
    pub(crate) functions: Vec<Link>,
    /// The other frameworks.
    pub(crate) frameworks: Vec<Link>,
    /// The teams of the report.
    pub(crate) teams: Vec<Link>,
    /// The page with the rules of the quarter.
    pub(crate) method: String,
    /// The scale's ends, `0` and `5`.
    pub(crate) bottom: String,
    /// See [`Frame::bottom`].
    pub(crate) top: String,
    /// The audience of the report; empty if nothing is hidden from it.
    pub(crate) audience: &'static str,
    /// What is hidden from this audience, in words.
    pub(crate) hidden: Vec<String>,
    /// The commit that the report is built from, in words; empty if pages do not say so.
    pub(crate) commit: String,
    /// The version of the tool that made the page.
    pub(crate) version: &'static str,
}

/// Makes the frame of the page at `address`.
pub(super) fn view(report: Report<'_>, address: Address, title: String) -> Frame {
    let assessment = report.assessment();
    let q = address.quarter(assessment);
    let quarter = report.quarter(q);
    let settings = quarter.settings();
    let strings = &assessment.strings;
    let path = address.path(assessment);
    let here = match address {
        Address::Part(register, _) => register.part(0).path(assessment),
        _ => path.clone(),
    };
    let link = |id: &str, title: &str, to: Address| {
        let href = to.path(assessment);
        Link { current: href == here, ..Link::new(id, title, href) }
    };
    let functions = quarter.framework(FrameworkId::MAIN).functions.entries();
    let functions = functions.map(|(id, function)| link(&function.id, &function.title, Address::Function(q, id)));
    let sections = sections(address, q).filter(|section| section.is_there(assessment));
    let section = |to: Address| Some(link("", &strings.word(to.declaration()?.title), to));
    let explained = explained(report, address);
    let guides = assessment.guides.entries();
    let guides = guides.filter(|(_, guide)| guide.explains.iter().any(|id| explained.contains(&id.as_str())));
    let frameworks = assessment.frameworks.entries().filter(|(id, _)| *id != FrameworkId::MAIN);
    let frameworks = frameworks.map(|(id, framework)| link("", &framework.title, Address::Framework(q, id)));
    let teams = settings.teams.entries().map(|(id, team)| (Address::Team(q, id), team));
    let teams = teams.filter(|(to, _)| to.is_there(assessment)).map(|(to, team)| link(&team.id, &team.name, to));
    let all = |chapter: &str, title: &str| {
        let dashboard = Address::Quarterly(q, QuarterPage::Dashboard).path(assessment);
        Link::new("", title, format!("{dashboard}#{chapter}"))
    };
    let (quarters, more_quarters) = quarters(report, address);
    Frame {
        language: strings.language.tag(),
        direction: strings.language.direction(),
        root: root_of(&path),
        title,
        report: settings.title.clone(),
        organization: settings.organization.clone(),
        quarter: quarter.name().to_string(),
        open: open(strings, quarter, address).map(|notice| report.words(&notice)).unwrap_or_default(),
        edition: edition(strings, quarter, address).unwrap_or_default(),
        quarters,
        more_quarters,
        sections: sections.filter_map(section).collect(),
        guides: guides.map(|(id, guide)| link("", &guide.title, Address::Guide(id))).collect(),
        functions: shortened(functions.collect(), || all("where", &strings.word("page.all_functions"))),
        frameworks: shortened(frameworks.collect(), || all("frameworks", &strings.word("page.all_frameworks"))),
        teams: shortened(teams.collect(), || all("teams", &strings.word("page.all_teams"))),
        method: Address::Quarterly(q, QuarterPage::Method).path(assessment),
        bottom: strings.level(settings.scale.bottom),
        top: strings.level(settings.scale.top()),
        audience: if assessment.audience == Audience::Full { "" } else { assessment.audience.name() },
        hidden: assessment.hidden.iter().map(|hidden| strings.word(hidden_key(*hidden))).collect(),
        commit: report.commit.unwrap_or_default().to_owned(),
        version: env!("CARGO_PKG_VERSION"),
    }
}

/// What the figures of an open quarter mean, where the page shows any.
fn open(strings: &Strings, quarter: ScoredQuarter<'_>, address: Address) -> Option<String> {
    quarter.open_notice(framework_of(address)?, None, strings)
}

/// The framework whose figures a page shows; `None` if it shows none.
fn framework_of(address: Address) -> Option<FrameworkId> {
    match address {
        Address::Quarterly(_, QuarterPage::Method) | Address::Once(SitePage::Guides) | Address::Guide(_) => None,
        Address::Framework(_, framework) => Some(framework),
        Address::Control(_, control) => Some(control.framework()),
        _ => Some(FrameworkId::MAIN),
    }
}

/// What the main framework of the quarter was, on pages of the one that is the main one now.
fn edition(strings: &Strings, quarter: ScoredQuarter<'_>, address: Address) -> Option<String> {
    let (now, before) = (framework_of(address)?, quarter.main());
    let [before_title, now_title] = [before, now].map(|framework| &quarter.framework(framework).title);
    let values: [(&str, &dyn fmt::Display); 3] =
        [("quarter", &quarter.name()), ("before", before_title), ("now", now_title)];
    (now == FrameworkId::MAIN && now != before).then(|| strings.say("page.edition", &values))
}

/// The key of the words for what an audience does not see.
fn hidden_key(hidden: Hidden) -> &'static str {
    match hidden {
        Hidden::Links => "hidden.links",
        Hidden::Evidence => "hidden.evidence",
        Hidden::Notes => "hidden.notes",
        Hidden::People => "hidden.people",
        Hidden::Sources => "hidden.sources",
        Hidden::Teams => "hidden.teams",
    }
}

/// So many quarters stand in the header itself.
const IN_SIGHT: usize = 4;

/// The page at `address` in each quarter near its own, newest first, and a link to all others. The first list is in sight; the
/// second is behind a menu.
fn quarters(report: Report<'_>, address: Address) -> (Vec<Link>, Vec<Link>) {
    let assessment = report.assessment();
    let (q, newest) = (address.quarter(assessment), assessment.newest());
    let timeless = matches!(address, Address::Once(_) | Address::Guide(_));
    let near: Vec<_> = report.scored.quarters_near(q).rev().collect();
    let first = report.quarter(newest);
    let first = (near.first().map(|quarter| quarter.id) != Some(newest)).then_some(first);
    let mut links: Vec<Link> = first
        .into_iter()
        .chain(near)
        .map(|quarter| {
            let to = address.in_quarter(quarter.id).path(assessment);
            Link { current: quarter.id == q && !timeless, ..Link::new("", &quarter.name().to_string(), to) }
        })
        .collect();
    if links.len() < assessment.quarters.len() {
        links.push(Link::new(
            "",
            &assessment.strings.word("page.all_quarters"),
            Address::Once(SitePage::Trends).path(assessment),
        ));
    }
    let here = links.iter().position(|link| link.current).unwrap_or_default();
    let last = links.len().saturating_sub(1);
    // One more is no reason for a menu.
    let most = if links.len() == IN_SIGHT + 1 { IN_SIGHT + 1 } else { IN_SIGHT };
    let first = here.saturating_sub(most / 2).min(links.len().saturating_sub(most));
    let is_in_sight = |at: usize| at == 0 || (first..first + most).contains(&at) && (at < last || links.len() <= most);
    let all = links.iter().cloned().enumerate();
    let (shown, more): (Vec<_>, Vec<_>) = all.partition(|(at, _)| is_in_sight(*at));
    let links = |all: Vec<(usize, Link)>| all.into_iter().map(|(_, link)| link).collect();
    (links(shown), links(more))
}

/// The most links of one kind in the menu of a page.
const MENU: usize = 30;

/// The first links of a long list including the page's own, and one link to the full list.
pub(crate) fn shortened(links: Vec<Link>, all: impl FnOnce() -> Link) -> Vec<Link> {
    if links.len() <= MENU {
        return links;
    }
    let kept = links.into_iter().enumerate().filter(|(at, link)| *at < MENU || link.current);
    kept.map(|(_, link)| link).chain([all()]).collect()
}

/// The menu as the page at `address` shows it: on the site's first page, the dashboard links to that page itself.
fn sections(address: Address, q: QuarterId) -> impl Iterator<Item = Address> {
    menu(q).into_iter().map(move |section| match (section, address) {
        (Address::Quarterly(_, QuarterPage::Dashboard), Address::Home) => Address::Home,
        _ => section,
    })
}

/// The names of what a page shows. Guides may exist for them.
fn explained(report: Report<'_>, address: Address) -> Vec<&str> {
    let frameworks = &report.assessment().frameworks;
    match address {
        Address::Function(_, function) => {
            frameworks[function.framework()].called(Node::Function(function)).names().collect()
        }
        Address::Framework(_, framework) => {
            let catalog = &frameworks[framework];
            catalog.whole_and_functions().flat_map(|node| catalog.called(node).names()).collect()
        }
        Address::Control(_, control) => frameworks[control.framework()].lineage(control).collect(),
        _ if address.declaration().is_some_and(|page| page.has_guides) => vec![Guide::REPORT],
        _ => Vec::new(),
    }
}
