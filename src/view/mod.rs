//! Scores in, pages' contents out: what each page says, in words and figures ready to print, without a word of HTML layout.

mod answer;
mod charts;
mod control;
mod dashboard;
mod evidence;
mod figures;
mod framework;
mod function;
mod gaps;
mod members;
mod method;
mod team;

use minijinja::Value;
use serde::{Serialize, Serializer};

use self::figures::Figures;
use crate::address::{Address, root_of};
use crate::assessment::{Assessment, QuarterAnswers};
use crate::gap::Gaps;
use crate::markdown;
use crate::score::{Scorecard, Tree};

/// What every page is made from.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// The workspace.
    pub assessment: &'a Assessment,
    /// Its figures.
    pub scorecard: &'a Scorecard,
}

/// One page: what frames it and what it says.
#[derive(Debug, Serialize)]
pub struct Page {
    /// The same on every page: title, navigation, the way to the root.
    frame: Frame,
    /// What this page says.
    body: Body,
}

/// What a page says, by its kind.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Body {
    Dashboard(dashboard::Dashboard),
    Function(function::FunctionPage),
    Control(control::ControlPage),
    Team(team::TeamPage),
    Gaps(gaps::GapsPage),
    Evidence(evidence::EvidencePage),
    Framework(framework::FrameworkPage),
    Method(method::MethodPage),
}

impl Page {
    /// The template that this page is for.
    pub fn template(&self) -> &'static str {
        match self.body {
            Body::Dashboard(_) => "dashboard.html",
            Body::Function(_) => "function.html",
            Body::Control(_) => "control.html",
            Body::Team(_) => "team.html",
            Body::Gaps(_) => "gaps.html",
            Body::Evidence(_) => "evidence.html",
            Body::Framework(_) => "framework.html",
            Body::Method(_) => "method.html",
        }
    }
}

/// The frame of a page.
#[derive(Debug, Serialize)]
struct Frame {
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
    /// The Functions.
    functions: Vec<Link>,
    /// The teams.
    teams: Vec<Link>,
    /// The scale's ends, `0` and `5`.
    bottom: String,
    /// See [`Frame::bottom`].
    top: String,
    /// The version of the tool that made the page.
    version: &'static str,
}

/// A link within the site.
#[derive(Clone, Debug, Serialize)]
struct Link {
    /// The id of what it leads to; may be empty.
    id: String,
    /// What it is called.
    title: String,
    /// Its path from the site's root.
    href: String,
    /// Whether it leads to the page that it stands on.
    current: bool,
}

impl Link {
    fn new(id: &str, title: &str, href: String) -> Self {
        Self { id: id.to_owned(), title: title.to_owned(), href, current: false }
    }
}

/// HTML or SVG that was made safe where it was made, and is inserted as it is.
#[derive(Clone, Debug, Default)]
struct Markup(String);

impl Serialize for Markup {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Value::from_safe_string(self.0.clone()).serialize(serializer)
    }
}

impl Markup {
    /// A note or narrative in Markdown; its headings start at `heading`.
    fn markdown(text: &str, heading: u8, anchors: &str) -> Self {
        Self(if text.is_empty() { String::new() } else { markdown::html(text, heading, anchors) })
    }

    /// A reason in one line of Markdown.
    fn line(text: &str) -> Self {
        Self(markdown::inline(text))
    }
}

/// Makes the page at `address`; `None` for data files, which are no pages.
pub fn page(report: Report<'_>, address: Address) -> Option<Page> {
    let (title, body) = match address {
        Address::Home => (String::new(), Body::Dashboard(dashboard::view(report, report.assessment.newest()))),
        Address::Dashboard(q) => (String::new(), Body::Dashboard(dashboard::view(report, q))),
        Address::Function(q, function) => {
            let title = report.assessment.framework().functions[function].title.clone();
            (title, Body::Function(function::view(report, q, function)))
        }
        Address::Control(q, framework, control) => {
            let named = &report.assessment.frameworks[framework].controls[control];
            (format!("{} {}", named.id, named.title), Body::Control(control::view(report, q, framework, control)))
        }
        Address::Team(q, team) => {
            (report.assessment.settings.teams[team].name.clone(), Body::Team(team::view(report, q, team)))
        }
        Address::Gaps(q) => ("Gaps".to_owned(), Body::Gaps(gaps::view(report, q))),
        Address::Evidence(q) => ("Evidence".to_owned(), Body::Evidence(evidence::view(report, q))),
        Address::Framework(q, framework) => {
            let title = report.assessment.frameworks[framework].title.clone();
            (title, Body::Framework(framework::view(report, q, framework)))
        }
        Address::Method => ("Method".to_owned(), Body::Method(method::view(report))),
        Address::Data(..) => return None,
    };
    Some(Page { frame: frame(report, address, title), body })
}

fn frame(report: Report<'_>, address: Address, title: String) -> Frame {
    let assessment = report.assessment;
    let settings = &assessment.settings;
    let q = address.quarter(assessment);
    let path = address.path(assessment);
    let link = |id: &str, title: &str, to: Address| {
        let href = to.path(assessment);
        Link { current: href == path, ..Link::new(id, title, href) }
    };
    let overview =
        if q == assessment.newest() && address == Address::Home { Address::Home } else { Address::Dashboard(q) };
    let mut sections = vec![
        link("", "Overview", overview),
        link("", "Gaps", Address::Gaps(q)),
        link("", "Evidence", Address::Evidence(q)),
    ];
    sections.extend(
        (1..assessment.frameworks.len()).map(|f| link("", &assessment.frameworks[f].title, Address::Framework(q, f))),
    );
    sections.push(link("", "Method", Address::Method));
    let functions = assessment.framework().functions.iter().enumerate();
    let quarters = (0..assessment.quarters.len()).rev().map(|other| {
        let current = other == q && address != Address::Method;
        Link { current, ..link("", &assessment.quarters[other].quarter.to_string(), address.in_quarter(other)) }
    });
    Frame {
        root: root_of(&path),
        title,
        report: settings.title.clone(),
        organization: settings.organization.clone(),
        quarter: assessment.quarters[q].quarter.to_string(),
        quarters: quarters.collect(),
        sections,
        functions: functions
            .map(|(f, function)| link(&function.id, &function.title, Address::Function(q, f)))
            .collect(),
        teams: settings
            .teams
            .iter()
            .enumerate()
            .map(|(t, team)| link(&team.id, &team.name, Address::Team(q, t)))
            .collect(),
        bottom: settings.scale.bottom.shown(),
        top: settings.scale.top().shown(),
        version: env!("CARGO_PKG_VERSION"),
    }
}

impl<'a> Report<'a> {
    fn quarter(self, q: usize) -> &'a QuarterAnswers {
        &self.assessment.quarters[q]
    }

    /// A framework's figures over all teams.
    fn tree(self, q: usize, framework: usize) -> &'a Tree {
        &self.scorecard.quarters[q].all[framework]
    }

    /// A framework's figures for one team.
    fn team_tree(self, q: usize, team: usize, framework: usize) -> &'a Tree {
        &self.scorecard.quarters[q].teams[team][framework]
    }

    fn control_link(self, q: usize, framework: usize, control: usize) -> Link {
        let named = &self.assessment.frameworks[framework].controls[control];
        let href = Address::Control(q, framework, control).path(self.assessment);
        Link::new(&named.id, &named.title, href)
    }

    fn team_link(self, q: usize, team: usize) -> Link {
        let named = &self.assessment.settings.teams[team];
        let href = Address::Team(q, team).path(self.assessment);
        Link::new(&named.id, &named.name, href)
    }

    fn figures(self, figures: &crate::score::Figures) -> Figures {
        Figures::of(figures, &self.assessment.settings)
    }
}

/// One row of a gap list.
#[derive(Debug, Serialize)]
struct GapRow {
    rank: usize,
    control: Link,
    function: String,
    gap: String,
    why: Markup,
    due: String,
    figures: Figures,
    /// The lowest answers and whose they are.
    lowest: Vec<TeamLevel>,
}

/// One team's level.
#[derive(Debug, Serialize)]
struct TeamLevel {
    team: Link,
    level: figures::Level,
}

/// The first `most` rows of a gap list.
fn gap_rows(report: Report<'_>, q: usize, framework: usize, gaps: &Gaps, tree: &Tree, most: usize) -> Vec<GapRow> {
    let assessment = report.assessment;
    let catalog = &assessment.frameworks[framework];
    let row = |(index, gap): (usize, &crate::gap::Gap)| {
        let figures = &tree.controls[gap.control];
        let target = assessment.settings.targets.nearest(catalog.lineage(gap.control));
        let lowest = assessment.teams_asked(report.quarter(q).quarter, framework, gap.control).filter_map(|team| {
            let level = report.quarter(q).answer(framework, gap.control, team)?.score()?;
            (figures.counts.floor == Some(level)).then(|| TeamLevel {
                team: report.team_link(q, team),
                level: figures::Level::of(level, &assessment.settings.scale),
            })
        });
        GapRow {
            rank: index + 1,
            control: report.control_link(q, framework, gap.control),
            function: catalog.function_of(gap.control).title.clone(),
            gap: gap.gap.shown(assessment.settings.scoring.decimals),
            why: Markup::line(target.map_or("", |target| &target.why)),
            due: target.and_then(|target| target.due).map(|due| due.to_string()).unwrap_or_default(),
            figures: report.figures(figures),
            lowest: lowest.collect(),
        }
    };
    gaps.ranked.iter().enumerate().take(most).map(row).collect()
}
