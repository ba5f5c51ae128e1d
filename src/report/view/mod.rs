//! Scores in, pages' contents out: what each page says, in words and figures ready to print, without a word of HTML layout.

mod actions;
mod answer;
mod board;
mod changes;
mod charts;
mod control;
mod dashboard;
mod drawing;
mod evidence;
mod exclusions;
mod figures;
mod findings;
mod frame;
mod framework;
mod function;
mod gaps;
mod guide;
mod making;
mod members;
mod method;
mod rows;
mod seals;
mod targets;
mod team;
mod trends;

pub use drawing::{badge, drawing};
use minijinja::Value;
use serde::{Serialize, Serializer};

use self::figures::Figures;
use crate::base::number::Level;
use crate::history::provenance::Provenance;
use crate::model::assessment::{Assessment, QuarterAnswers};
use crate::report::address::Address;
use crate::report::markdown;
use crate::score::change::{Change, Course};
use crate::score::{Scorecard, Standing, Tree};

/// What every page is made from.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// The workspace.
    pub assessment: &'a Assessment,
    /// Its figures.
    pub scorecard: &'a Scorecard,
    /// Who last changed which answer, where pages are to say so.
    pub provenance: Option<&'a Provenance>,
    /// What moved from quarter to quarter.
    pub course: &'a Course,
}

/// One page: what frames it and what it says.
#[derive(Debug, Serialize)]
pub struct Page {
    /// The same on every page: title, navigation, the way to the root.
    frame: frame::Frame,
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
    Exclusions(exclusions::ExclusionsPage),
    Findings(findings::FindingsPage),
    Targets(targets::TargetsPage),
    Actions(actions::ActionsPage),
    Board(board::BoardPage),
    Changes(changes::ChangesPage),
    Trends(trends::TrendsPage),
    Framework(framework::FrameworkPage),
    Guides(guide::GuidesPage),
    Guide(guide::GuidePage),
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
            Body::Exclusions(_) => "exclusions.html",
            Body::Findings(_) => "findings.html",
            Body::Targets(_) => "targets.html",
            Body::Actions(_) => "actions.html",
            Body::Board(_) => "board.html",
            Body::Changes(_) => "changes.html",
            Body::Trends(_) => "trends.html",
            Body::Framework(_) => "framework.html",
            Body::Guides(_) => "guides.html",
            Body::Guide(_) => "guide.html",
            Body::Method(_) => "method.html",
        }
    }
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
        Self(if text.is_empty() { String::new() } else { markdown::inline(text) })
    }
}

/// Makes the page at `address`; `None` for data files and charts, which are no pages.
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
        Address::Exclusions(q) => ("Zeros and exclusions".to_owned(), Body::Exclusions(exclusions::view(report, q))),
        Address::Findings(q) => ("Findings".to_owned(), Body::Findings(findings::view(report, q))),
        Address::Targets(q) => ("Targets".to_owned(), Body::Targets(targets::view(report, q))),
        Address::Actions(q) => ("Actions".to_owned(), Body::Actions(actions::view(report, q))),
        Address::Board(q) => ("For the board".to_owned(), Body::Board(board::view(report, q))),
        Address::Changes(q) => ("Changes".to_owned(), Body::Changes(changes::view(report, q))),
        Address::Trends => ("Trends".to_owned(), Body::Trends(trends::view(report))),
        Address::Guides => ("Guides".to_owned(), Body::Guides(guide::list(report))),
        Address::Guide(index) => {
            (format!("Guide: {}", report.assessment.guides[index].title), Body::Guide(guide::view(report, index)))
        }
        Address::Framework(q, framework) => {
            let title = report.assessment.frameworks[framework].title.clone();
            (title, Body::Framework(framework::view(report, q, framework)))
        }
        Address::Method => ("Method".to_owned(), Body::Method(method::view(report))),
        Address::Data(..) | Address::SearchIndex | Address::Badge(_) | Address::Chart(..) => return None,
    };
    Some(Page { frame: frame::view(report, address, title), body })
}

impl<'a> Report<'a> {
    fn quarter(self, q: usize) -> &'a QuarterAnswers {
        &self.assessment.quarters[q]
    }

    /// What a quarter is called: its title, or else its name.
    fn heading(self, q: usize) -> String {
        let QuarterAnswers { quarter, title, .. } = self.quarter(q);
        if title.is_empty() { format!("Quarter {quarter}") } else { title.clone() }
    }

    /// Where a team's answer for a control stands.
    fn standing(self, q: usize, framework: usize, control: usize, team: usize) -> Option<Standing> {
        self.scorecard.quarters[q].standing(framework, control, team)
    }

    /// The level of a team's answer that counts.
    fn level(self, q: usize, framework: usize, control: usize, team: usize) -> Option<Level> {
        let basis = self.assessment.settings.scoring.score;
        self.standing(q, framework, control, team).map(|standing| standing.score(basis))
    }

    /// What moved in the main framework since the quarter before; `None` in the first.
    fn change(self, q: usize) -> Option<&'a Change> {
        self.course.since_before(self.assessment, self.scorecard, q)
    }

    /// A framework's figures over all teams.
    fn tree(self, q: usize, framework: usize) -> &'a Tree {
        self.scorecard.quarters[q].tree(framework, None)
    }

    /// A framework's figures for one team.
    fn team_tree(self, q: usize, team: usize, framework: usize) -> &'a Tree {
        self.scorecard.quarters[q].tree(framework, Some(team))
    }

    fn control_link(self, q: usize, framework: usize, control: usize) -> Link {
        let named = &self.assessment.frameworks[framework].controls[control];
        let href = Address::Control(q, framework, control).path(self.assessment);
        Link::new(&named.id, &named.title, href)
    }

    fn team_link(self, q: usize, team: usize) -> Link {
        let named = &self.assessment.settings.teams[team];
        let href = Address::Team(q, team).href(self.assessment);
        Link::new(&named.id, &named.name, href)
    }

    fn figures(self, figures: &crate::score::Figures) -> Figures {
        Figures::of(figures, &self.assessment.settings)
    }
}
