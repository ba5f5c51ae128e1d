//! What each page says: words and figures ready to print. Templates decide how a page looks.

mod actions;
mod answer;
mod board;
mod calculation;
mod changes;
pub(crate) mod charts;
mod control;
mod crosswalk;
mod dashboard;
mod drawing;
mod evidence;
mod exclusions;
pub(crate) mod figures;
mod findings;
mod forward;
pub(crate) mod frame;
mod framework;
mod function;
mod gaps;
mod gates;
mod guide;
mod heatmap;
mod method;
mod parts;
pub(crate) mod register;
mod reviews;
mod risks;
pub(crate) mod rows;
mod seals;
mod targets;
mod team;
mod todo;
mod trends;

use std::fmt::{self, Debug};

pub use drawing::{badge, drawing};
use minijinja::Value;
use minijinja::value::Serde;
use rayon::prelude::*;
use serde::{Serialize, Serializer};

use self::figures::ShownFigures;
use self::register::{Listing, PartPage};
use crate::base::number::Level;
use crate::base::place::Origin;
use crate::border::html::{apart, push_apart, push_escaped};
use crate::border::json;
use crate::history::provenance::Provenance;
use crate::model::assessment::Assessment;
use crate::model::catalog::Control;
use crate::model::catalog::Node;
use crate::model::forge::Sources;
use crate::model::ids::{ControlId, FrameworkId, QuarterId, TeamId};
use crate::model::strings::Strings;
use crate::report::address::{Address, Declaration, LongPage, QuarterPage, QuarterPair, Register, SitePage};
use crate::report::ids::{Here, LinkedIds, push_words};
use crate::report::markdown::{self, Around};
use crate::report::paging::{self, Measured, Paging};
use crate::score::change::Cause;
use crate::score::{Scored, ScoredQuarter};

/// The input of every page.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    scored: &'a Scored,
    provenance: Option<&'a Provenance>,
    commit: Option<&'a str>,
    /// The files that a forge shows; `None` if paths are no links.
    sources: Option<&'a Sources>,
    /// The ids that words may name; `None` if they lead nowhere.
    ids: Option<&'a LinkedIds>,
    /// Which registers are split over pages; `None` while this is found out.
    paging: Option<&'a Paging>,
    /// The page that is made; `None` for a chart in a file of its own.
    here: Option<&'a Here<'a>>,
}

/// One page: its frame and its content.
#[derive(Debug, Serialize)]
pub struct Page {
    /// The parts that every page has: title, navigation, the path to the root.
    frame: frame::Frame,
    /// The content of this page: the fields of its view, for its template.
    body: Value,
    /// The theme's template for the page.
    #[serde(skip)]
    template: &'static str,
}

impl Page {
    /// A page of a report of another kind.
    pub(crate) fn new(frame: frame::Frame, body: impl Serialize, template: &'static str) -> Self {
        Self { frame, body: self::body(body), template }
    }

    /// The theme's template for this page.
    pub fn template(&self) -> &'static str {
        self.template
    }
}

/// A link within the site.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Link {
    /// The id of the link's target; may be empty.
    pub(crate) id: String,
    /// The text of the link.
    pub(crate) title: String,
    /// Its path from the site's root.
    pub(crate) href: String,
    /// Whether the link leads to the page that contains it.
    pub(crate) current: bool,
}

impl Link {
    pub(crate) fn new(id: &str, title: &str, href: String) -> Self {
        Self { id: id.to_owned(), title: title.to_owned(), href, current: false }
    }
}

/// What a filter offers, in the order in which it does: the word for each in the rows of a table, and the words that readers see. As
/// JSON for the script that filters.
#[derive(Clone, Debug, Default)]
struct Choices(Vec<(String, String)>);

impl FromIterator<(String, String)> for Choices {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(choices: I) -> Self {
        Self(choices.into_iter().collect())
    }
}

impl Serialize for Choices {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // A script reads it, so no mark of direction stands around it as around what people read.
        let mut escaped = String::new();
        push_escaped(&mut escaped, json::line(&self.0).trim_end());
        Markup(escaped).serialize(serializer)
    }
}

/// HTML or SVG that is already safe, and is inserted unchanged.
#[derive(Clone, Debug, Default)]
pub(crate) struct Markup(pub(crate) String);

impl Serialize for Markup {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Value::from_safe_string(self.0.clone()).serialize(serializer)
    }
}

/// Makes the page at `address`; `None` for data files and charts, which are not pages.
pub fn page(report: Report<'_>, address: Address) -> Option<Page> {
    let assessment = report.assessment();
    let here = report.ids.map(|ids| Here::new(ids, assessment, report.paging, address));
    let report = Report { here: here.as_ref(), ..report };
    let (title, template, body) = content(report, address)?;
    Some(Page { frame: frame::view(report, address, title), body, template })
}

/// The title, the template and the content of a page.
fn content(report: Report<'_>, address: Address) -> Option<(String, &'static str, Value)> {
    let assessment = report.assessment();
    Some(match address {
        // The dashboard is about the whole report, so it has no title of its own.
        Address::Home => return content(report, Address::Quarterly(assessment.home(), QuarterPage::Dashboard)),
        Address::Current(page) => {
            let title = report.strings().say("forward.title", &[("page", &forward::title(report, page))]);
            (title, "forward.html", body(forward::view(report, page)))
        }
        Address::Quarterly(q, page) => {
            let Declaration { title, template, .. } = page.declaration();
            let title = if page == QuarterPage::Dashboard { String::new() } else { report.strings().word(title) };
            (title, template, quarterly(report, q, page))
        }
        Address::Once(page) => {
            let Declaration { title, template, .. } = page.declaration();
            (report.strings().word(title), template, once(report, page))
        }
        Address::Function(q, function) => {
            let title = assessment.framework().functions[function].title.clone();
            (title, "function.html", body(function::view(report, q, function)))
        }
        Address::Framework(q, framework) => {
            let title = assessment.frameworks[framework].title.clone();
            (title, "framework.html", body(framework::view(report, q, framework)))
        }
        Address::Control(q, control) => {
            let Control { id, title, .. } = assessment.control(control);
            (format!("{id} {title}"), "control.html", body(control::view(report, q, control)))
        }
        Address::Team(q, team) => (assessment.team(team).name.clone(), "team.html", body(team::view(report, q, team))),
        Address::HeatMap(q, part) => {
            (heatmap::title(report, part), "heatmap.html", body(heatmap::view(report, q, part)))
        }
        Address::Crosswalk(q, part) => {
            let title = report.strings().say("crosswalk.title_of", &[("name", &crosswalk::name(report, part))]);
            (title, "crosswalk.html", body(crosswalk::view(report, q, part)))
        }
        Address::Guide(guide) => {
            let title = report.strings().say("page.guide", &[("title", &assessment.guides[guide].title)]);
            (title, "guide.html", body(guide::view(report, guide)))
        }
        Address::Compared(pair) => {
            (changes::title(report, pair), "changes.html", body(changes::compared(report, pair)))
        }
        Address::Part(register, part) => {
            let (title, body) = self::part(report, register, part)?;
            (title, "register.html", body)
        }
        Address::Rows(register, part) => (String::new(), "rows.html", self::part(report, register, part)?.1),
        Address::Data(..)
        | Address::ComparedData(_)
        | Address::FrameworkData(..)
        | Address::CrosswalkData(..)
        | Address::LongTable
        | Address::Search(_)
        | Address::Badge(_)
        | Address::Chart(..) => return None,
    })
}

/// Which registers of the report are split over pages, and where.
pub fn paging(report: Report<'_>, room: usize) -> Paging {
    let assessment = report.assessment();
    let quarterly = assessment.quarters.ids().flat_map(|q| PAGES.map(|page| LongPage::Quarterly(q, page)));
    let pages = quarterly.chain(QuarterPair::all(assessment).into_iter().map(LongPage::Compared));
    let pages: Vec<LongPage> = pages.filter(|page| page.address().is_there(assessment)).collect();
    Paging::new(pages.into_par_iter().map(|page| (page, measured(report, page))).collect::<Vec<_>>(), room)
}

/// The pages with registers that may be long, without those that compare two quarters.
const PAGES: [QuarterPage; 7] = [
    QuarterPage::Changes,
    QuarterPage::Gaps,
    QuarterPage::Actions,
    QuarterPage::Evidence,
    QuarterPage::Findings,
    QuarterPage::Exclusions,
    QuarterPage::Reviews,
];

/// The registers of a page that have rows.
fn measured(report: Report<'_>, page: LongPage) -> Vec<Measured> {
    fn of<'a, T: Serialize>(all: impl IntoIterator<Item = Listing<'a, T>>) -> Vec<Measured> {
        all.into_iter().filter(|listing| listing.len > 0).map(|listing| listing.measured()).collect()
    }
    match page {
        LongPage::Quarterly(q, QuarterPage::Gaps) => of([gaps::listing(report, q)]),
        LongPage::Quarterly(q, QuarterPage::Actions) => {
            let actions = of(actions::listings(report, q));
            actions.into_iter().chain(of([actions::exceptions(report, q)])).collect()
        }
        LongPage::Quarterly(q, QuarterPage::Evidence) => of([evidence::listing(report, q)]),
        LongPage::Quarterly(q, QuarterPage::Findings) => of(findings::listings(report, q)),
        LongPage::Quarterly(q, QuarterPage::Exclusions) => of(exclusions::listings(report, q)),
        LongPage::Quarterly(q, QuarterPage::Reviews) => {
            let mut all = of([reviews::disagreements(report, q)]);
            all.extend(of([reviews::verdicts(report, q)]));
            all.extend(of([reviews::findings(report, q)]));
            all
        }
        LongPage::Quarterly(..) | LongPage::Compared(_) => changes::pair_of(report, page)
            .map(|pair| of(Cause::ALL.map(|cause| changes::listing(report, pair, cause))))
            .unwrap_or_default(),
    }
}

/// One part of a register, with the title of its page; `None` if there is no such register.
fn part(report: Report<'_>, register: Register, part: usize) -> Option<(String, Value)> {
    let sought = SoughtPart { report, register, part };
    match register.page {
        LongPage::Quarterly(q, QuarterPage::Gaps) => sought.among([gaps::listing(report, q)], "gaps"),
        LongPage::Quarterly(q, QuarterPage::Actions) if register.name == actions::EXCEPTIONS => {
            sought.among([actions::exceptions(report, q)], "exceptions")
        }
        LongPage::Quarterly(q, QuarterPage::Actions) => sought.among(actions::listings(report, q), "actions"),
        LongPage::Quarterly(q, QuarterPage::Evidence) => sought.among([evidence::listing(report, q)], "evidence"),
        LongPage::Quarterly(q, QuarterPage::Findings) => sought.among(findings::listings(report, q), "findings"),
        LongPage::Quarterly(q, QuarterPage::Exclusions) => sought.among(exclusions::listings(report, q), "exclusions"),
        LongPage::Quarterly(q, QuarterPage::Reviews) if register.name == reviews::DISAGREEMENTS => {
            sought.among([reviews::disagreements(report, q)], "disagreements")
        }
        LongPage::Quarterly(q, QuarterPage::Reviews) if register.name == reviews::VERDICTS => {
            sought.among([reviews::verdicts(report, q)], "verdicts")
        }
        LongPage::Quarterly(q, QuarterPage::Reviews) => sought.among([reviews::findings(report, q)], "review-findings"),
        LongPage::Quarterly(..) | LongPage::Compared(_) => {
            let pair = changes::pair_of(report, register.page)?;
            let cause = Cause::ALL.into_iter().find(|cause| cause.name() == register.name)?;
            sought.among([changes::listing(report, pair, cause)], "changes")
        }
    }
}

/// A part of a register, not found yet.
struct SoughtPart<'a> {
    report: Report<'a>,
    register: Register,
    part: usize,
}

impl SoughtPart<'_> {
    /// The part of the register among `all`, and its title. `rows` is how templates call what its rows are: `table-ROWS.html` and
    /// `rows-ROWS.html`.
    fn among<'l, T: Serialize + Debug + Send + Sync + 'static>(
        self,
        all: impl IntoIterator<Item = Listing<'l, T>>,
        rows: &str,
    ) -> Option<(String, Value)> {
        let Self { report, register, part } = self;
        let listing = all.into_iter().find(|listing| listing.name == register.name)?;
        let page = page_title(report, register.page);
        let whole = Link::new("", &page, register.part(0).path(report.assessment()));
        let values: [(&str, &dyn fmt::Display); 3] =
            [("page", &page), ("title", &listing.title), ("part", &(part + 1))];
        let title = report.strings().say("register.title", &values);
        let list = listing.part(report, register.page, part);
        let [table, rows] = ["table", "rows"].map(|template| format!("{template}-{rows}.html"));
        Some((title.clone(), body(PartPage { title, list, whole, table, rows })))
    }
}

/// What a page with registers is called.
fn page_title(report: Report<'_>, page: LongPage) -> String {
    match page {
        LongPage::Quarterly(_, page) => report.strings().word(page.declaration().title),
        LongPage::Compared(pair) => changes::title(report, pair),
    }
}

/// The content of a page that exists once in each quarter.
fn quarterly(report: Report<'_>, q: QuarterId, page: QuarterPage) -> Value {
    match page {
        QuarterPage::Dashboard => body(dashboard::view(report, q)),
        QuarterPage::Board => body(board::view(report, q)),
        QuarterPage::Changes => body(changes::view(report, q)),
        QuarterPage::Gaps => body(gaps::view(report, q)),
        QuarterPage::Targets => body(targets::view(report, q)),
        QuarterPage::Actions => body(actions::view(report, q)),
        QuarterPage::Evidence => body(evidence::view(report, q)),
        QuarterPage::Findings => body(findings::view(report, q)),
        QuarterPage::Reviews => body(reviews::view(report, q)),
        QuarterPage::Gates => body(gates::view(report, q)),
        QuarterPage::Risks => body(risks::view(report, q)),
        QuarterPage::Crosswalk => body(crosswalk::overview(report, q)),
        QuarterPage::HeatMap => body(heatmap::overview(report, q)),
        QuarterPage::Exclusions => body(exclusions::view(report, q)),
        QuarterPage::Method => body(method::view(report, q)),
    }
}

/// The content of a page that exists once in the site.
fn once(report: Report<'_>, page: SitePage) -> Value {
    match page {
        SitePage::Trends => body(trends::view(report)),
        SitePage::Guides => body(guide::list(report)),
    }
}

/// A view as the template sees it.
fn body(view: impl Serialize) -> Value {
    Value::from(Serde(view))
}

impl<'a> Report<'a> {
    /// The report of an assessment and its figures; with who last changed which answer, and with the commit that it is built from in
    /// words, if pages are to say so.
    pub fn new(scored: &'a Scored, provenance: Option<&'a Provenance>, commit: Option<&'a str>) -> Self {
        Self { scored, provenance, commit, sources: None, ids: None, paging: None, here: None }
    }

    /// The same report, where the paths of these files lead to the forge that shows them.
    #[must_use]
    pub fn with_sources(self, sources: Option<&'a Sources>) -> Self {
        Self { sources, ..self }
    }

    /// The same report, where ids in words lead to what they name, and long registers go on over further pages.
    #[must_use]
    pub fn linked(self, ids: &'a LinkedIds, paging: &'a Paging) -> Self {
        Self { ids: Some(ids), paging: Some(paging), ..self }
    }

    /// The assessment and its figures.
    pub fn scored(self) -> &'a Scored {
        self.scored
    }

    /// The address of a part of a chart, from the page on which the chart stands; empty if it has none.
    fn href(self, href: &str) -> String {
        self.here.filter(|_| !href.is_empty()).map(|here| here.href(href)).unwrap_or_default()
    }

    /// A note or narrative in Markdown; its headings start at `heading`.
    fn markdown(self, text: &str, heading: u8, anchors: &str) -> Markup {
        let around = Around { strings: self.strings(), here: self.here };
        Markup(if text.is_empty() { String::new() } else { markdown::html(around, text, heading, anchors) })
    }

    /// A reason in one line of Markdown.
    fn line(self, text: &str) -> Markup {
        let around = Around { strings: self.strings(), here: self.here };
        Markup(if text.is_empty() { String::new() } else { markdown::inline(around, text) })
    }

    /// A sentence that is no Markdown, whose ids lead to what they name.
    fn words(self, text: &str) -> Markup {
        let mut out = String::new();
        push_words(&mut out, text, self.here, true);
        Markup(out)
    }

    /// A title of an author, apart from its neighbours. No date in it breaks at its hyphens.
    fn dated(self, text: &str) -> Markup {
        let mut out = String::new();
        push_words(&mut out, text, None, false);
        let stands_alone = text.is_ascii() && !self.strings().language.is_right_to_left();
        Markup(if stands_alone { out } else { apart(&out) })
    }

    /// The row of an action or an exception of quarter `q`.
    fn planned(self, q: QuarterId, id: &str) -> String {
        paging::planned(self.paging, self.assessment(), q, id)
    }

    /// What filters call the Function of a control.
    fn function(self, q: QuarterId, control: ControlId) -> String {
        let catalog = self.quarter(q).framework(control.framework());
        catalog.functions[catalog.function_of(control)].called.slug().to_owned()
    }

    /// The Functions of all frameworks in their order, as filters offer them: what they call each, and what readers do.
    fn functions(self, q: QuarterId) -> Choices {
        let functions = self.assessment().frameworks.ids().flat_map(|id| &self.quarter(q).framework(id).functions);
        functions.map(|named| (named.called.slug().to_owned(), format!("{} {}", named.id, named.title))).collect()
    }

    /// A place in the workspace, as `path:line`; nothing if it may not be seen.
    fn place(self, origin: &Origin) -> Markup {
        self.file(&origin.place.path, &origin.shown())
    }

    /// Whether a forge shows the file at `path`.
    fn shows(self, path: &str) -> bool {
        self.sources.is_some_and(|sources| sources.address(path).is_some())
    }

    /// What is printed for the file at `path`. It leads to the file if a forge shows it.
    fn file(self, path: &str, shown: &str) -> Markup {
        if shown.is_empty() {
            return Markup::default();
        }
        let mut out = String::new();
        let address = self.sources.and_then(|sources| sources.address(path));
        if let Some(address) = &address {
            out.push_str("<a class=\"file\" rel=\"noreferrer noopener\" href=\"");
            push_escaped(&mut out, address);
            out.push_str("\">");
        }
        out.push_str("<code>");
        // A path breaks after a folder, and the name of a file stays with the number of its line.
        for part in shown.split_inclusive('/') {
            out.push_str("<span class=\"path\">");
            push_apart(&mut out, part, self.strings().language.is_right_to_left());
            out.push_str("</span>");
        }
        out.push_str(if address.is_some() { "</code></a>" } else { "</code>" });
        Markup(out)
    }

    fn assessment(self) -> &'a Assessment {
        &self.scored.assessment
    }

    /// The words of the report.
    fn strings(self) -> &'a Strings {
        &self.assessment().strings
    }

    fn quarter(self, q: QuarterId) -> ScoredQuarter<'a> {
        self.scored.quarter(q)
    }

    /// The heading for a quarter: its title, or its name if it has no title.
    fn heading(self, q: QuarterId) -> String {
        let quarter = self.quarter(q);
        let title = &quarter.answers().title;
        if title.is_empty() {
            return self.strings().say("page.quarter", &[("quarter", &quarter.name())]);
        }
        title.clone()
    }

    /// A link to a control, by its shortest name: two frameworks may share an id.
    fn control_link(self, q: QuarterId, control: ControlId) -> Link {
        let named = self.quarter(q).control(control);
        Link::new(named.called.name(), &named.title, Address::Control(q, control).path(self.assessment()))
    }

    /// A link to a node's page, or to its section of a page.
    fn node_link(self, q: QuarterId, node: Node) -> Link {
        let assessment = self.assessment();
        let catalog = self.quarter(q).framework(node.framework());
        let is_main = catalog.at == FrameworkId::MAIN;
        let page = |function| {
            let address = if is_main { Address::Function(q, function) } else { Address::Framework(q, catalog.at) };
            address.path(assessment)
        };
        let anchor = catalog.called(node).slug();
        let href = match node {
            Node::Control(control) => Address::Control(q, control).path(assessment),
            Node::Function(function) if is_main => page(function),
            Node::Function(function) => format!("{}#{anchor}", page(function)),
            Node::Category(category) => format!("{}#{anchor}", page(catalog.categories[category].function)),
            Node::Framework(_) if is_main => Address::Quarterly(q, QuarterPage::Dashboard).path(assessment),
            Node::Framework(_) => Address::Framework(q, catalog.at).path(assessment),
        };
        let id = if matches!(node, Node::Framework(_)) { "" } else { catalog.id_of(node) };
        Link::new(id, catalog.title_of(node), href)
    }

    fn team_link(self, q: QuarterId, team: TeamId) -> Link {
        let named = &self.quarter(q).settings().teams[team];
        Link::new(&named.id, &named.name, Address::Team(q, team).href(self.assessment()))
    }

    /// A link to a team's page by its name alone.
    fn team_name(self, q: QuarterId, team: TeamId) -> Link {
        Link { id: String::new(), ..self.team_link(q, team) }
    }

    /// Each framework and each of its Functions, with a link to its page and whether it is a framework.
    fn wholes_and_functions(self, q: QuarterId) -> impl Iterator<Item = (Node, Link, bool)> + use<'a> {
        let quarter = self.quarter(q);
        let frameworks = self.assessment().frameworks.ids().map(move |framework| quarter.framework(framework));
        let nodes = frameworks.flat_map(|framework| framework.whole_and_functions().map(move |node| (framework, node)));
        nodes.map(move |(framework, node)| {
            let (is_main, whole) = (framework.at == FrameworkId::MAIN, matches!(node, Node::Framework(_)));
            let page = match node {
                Node::Function(function) if is_main => Address::Function(q, function),
                _ if is_main => Address::Quarterly(q, QuarterPage::Dashboard),
                _ => Address::Framework(q, framework.at),
            };
            let id = if whole { "" } else { framework.id_of(node) };
            (node, Link::new(id, framework.title_of(node), page.path(self.assessment())), whole)
        })
    }

    /// A level on the scale of quarter `q`.
    fn level(self, q: QuarterId, level: Level) -> figures::ShownLevel {
        figures::ShownLevel::of(self.strings(), level, &self.quarter(q).settings().scale)
    }

    /// Figures of quarter `q`, shown by its rules.
    fn figures(self, q: QuarterId, figures: &crate::score::Figures) -> ShownFigures {
        ShownFigures::of(self.strings(), figures, self.quarter(q).settings())
    }
}
