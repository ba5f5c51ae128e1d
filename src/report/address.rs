//! The map of the site: which pages and files exist, at which path, and for which audience.

use std::collections::BTreeSet;
use std::iter;
use std::ops::Range;

use crate::base::link::{is_name, slugs};
use crate::model::assessment::{Assessment, InQuarter};
use crate::model::catalog::{Framework, Node};
use crate::model::ids::{AnswerId, ControlId, ForeignCatalogId, FrameworkId, FunctionId, GuideId, QuarterId, TeamId};
use crate::model::profile::Profile;
use crate::model::settings::Hidden;

/// One file of the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address {
    /// The dashboard of the quarter of `home`, at the site's root.
    Home,
    /// A page of the quarter of `home`, at an address that names no quarter. It leads on to the page in the quarter's folder.
    Current(CurrentPage),
    /// A page that exists once in each quarter.
    Quarterly(QuarterId, QuarterPage),
    /// A page that exists once in the site.
    Once(SitePage),
    /// A Function of the main framework.
    Function(QuarterId, FunctionId),
    /// A framework other than the main one.
    Framework(QuarterId, FrameworkId),
    /// A control of any framework.
    Control(QuarterId, ControlId),
    /// The page of a team.
    Team(QuarterId, TeamId),
    /// A page of the heat map.
    HeatMap(QuarterId, HeatPart),
    /// A page of the crosswalk to another catalog.
    Crosswalk(QuarterId, CrosswalkPart),
    /// What changed between two quarters.
    Compared(QuarterPair),
    /// The same as a file, as `milepost diff --format json` prints it.
    ComparedData(QuarterPair),
    /// A further part of a register that is too long for one page.
    Part(Register, usize),
    /// The rows of a part of such a register as a script, for the register's other pages.
    Rows(Register, usize),
    /// The page of a guide.
    Guide(GuideId),
    /// A part of the data that the search on every page uses.
    Search(usize),
    /// A quarter's figures as a file.
    Data(QuarterId, Data),
    /// A data file of a framework other than the main one.
    FrameworkData(QuarterId, FrameworkId, Data),
    /// The crosswalk to another catalog as CSV; the catalog is the one at this place of the list.
    CrosswalkData(QuarterId, ForeignCatalogId),
    /// Every figure of every quarter as one long table, as `milepost export table` prints it.
    LongTable,
    /// The overall score in the quarter of `home`, or that of a Function of the main framework, as a badge for other pages.
    Badge(Option<FunctionId>),
    /// A chart as a file for other pages, of the given quarter or (`None`) of the quarter of `home`.
    Chart(Option<QuarterId>, Drawing),
}

/// The pages of a quarter, without the quarter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CurrentPage {
    /// A page that exists once in each quarter.
    Once(QuarterPage),
    /// A Function of the main framework.
    Function(FunctionId),
    /// A framework other than the main one.
    Framework(FrameworkId),
    /// A control of any framework.
    Control(ControlId),
    /// The page of a team.
    Team(TeamId),
}

impl CurrentPage {
    /// The folder of these pages.
    const FOLDER: &str = "current";

    /// The page at `address`; `None` if that is not a page of a quarter.
    fn of(address: Address) -> Option<Self> {
        match address {
            Address::Quarterly(_, page) => Some(Self::Once(page)),
            Address::Function(_, function) => Some(Self::Function(function)),
            Address::Framework(_, framework) => Some(Self::Framework(framework)),
            Address::Control(_, control) => Some(Self::Control(control)),
            Address::Team(_, team) => Some(Self::Team(team)),
            _ => None,
        }
    }

    /// The page in a quarter.
    pub fn page(self, q: QuarterId) -> Address {
        match self {
            Self::Once(page) => Address::Quarterly(q, page),
            Self::Function(function) => Address::Function(q, function),
            Self::Framework(framework) => Address::Framework(q, framework),
            Self::Control(control) => Address::Control(q, control),
            Self::Team(team) => Address::Team(q, team),
        }
    }
}

/// Two quarters that a page compares, the earlier one first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct QuarterPair {
    /// The earlier quarter.
    pub from: QuarterId,
    /// The later quarter.
    pub to: QuarterId,
}

impl QuarterPair {
    /// The pairs that have pages, the newest first: each quarter with the one before it and with the same quarter a year before, and the
    /// newest quarter with each closed one.
    pub fn all(assessment: &Assessment) -> Vec<Self> {
        let quarters = &assessment.quarters;
        let newest = assessment.newest();
        let pairs = quarters.ids().rev().flat_map(|to| {
            let earlier = quarters.ids().rev().filter(move |from| *from < to);
            earlier.map(move |from| Self { from, to })
        });
        let is_wanted = |pair: &Self| {
            let closed = pair.to == newest && !assessment.in_quarter(pair.from).is_open();
            pair.to.before() == Some(pair.from) || pair.is_year(assessment) || closed
        };
        pairs.filter(is_wanted).collect()
    }

    /// Whether a year lies between the two.
    pub fn is_year(self, assessment: &Assessment) -> bool {
        let [from, to] = [self.from, self.to].map(|q| assessment.quarters[q].quarter);
        to.since(from) == 4
    }
}

/// A table of a page that goes on over further pages where it is too long for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Register {
    /// The page that holds the table, or its first rows.
    pub page: LongPage,
    /// The name of the table on that page.
    pub name: &'static str,
}

/// A page with registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LongPage {
    /// A page that exists once in each quarter.
    Quarterly(QuarterId, QuarterPage),
    /// What changed between two quarters.
    Compared(QuarterPair),
}

impl LongPage {
    /// The address of the page.
    pub fn address(self) -> Address {
        match self {
            Self::Quarterly(q, page) => Address::Quarterly(q, page),
            Self::Compared(pair) => Address::Compared(pair),
        }
    }
}

impl Register {
    /// The address of one of its parts, counted from 0.
    pub fn part(self, part: usize) -> Address {
        if part == 0 { self.page.address() } else { Address::Part(self, part) }
    }

    /// Whether its page filters and sorts it: then all parts are needed on each.
    pub fn has_filters(self) -> bool {
        !matches!(self.page, LongPage::Compared(_) | LongPage::Quarterly(_, QuarterPage::Changes))
    }

    /// A file of the register. All lie in the folder of its page, so that the links in a row hold on each.
    fn file(self, part: &str, ending: &str, assessment: &Assessment) -> String {
        let page = self.page.address().path(assessment);
        let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
        format!("{folder}/{}-{part}.{ending}", self.name)
    }

    /// The address of the scripts with its rows, from its pages. `*` stands for the number of the part.
    pub fn scripts(self) -> String {
        format!("{}-*.js", self.name)
    }
}

/// The pages that exist once in each quarter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum QuarterPage {
    /// The overview of the quarter.
    Dashboard,
    /// The one-page summary for the board.
    Board,
    /// What changed since the quarter before.
    Changes,
    /// The gap list.
    Gaps,
    /// The targets and the decisions behind them.
    Targets,
    /// Actions and exceptions.
    Actions,
    /// What is wanted, missing and planned, by risk.
    Risks,
    /// The evidence register.
    Evidence,
    /// The findings: what the numbers call for.
    Findings,
    /// What reviewers found.
    Reviews,
    /// The gates: whether the quarter keeps its limits.
    Gates,
    /// Functions and Categories by teams.
    HeatMap,
    /// The catalogs to which the controls are mapped.
    Crosswalk,
    /// Zeros, unknown answers and what does not apply.
    Exclusions,
    /// The rules of the quarter.
    Method,
}

/// The pages that exist once in the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SitePage {
    /// All quarters side by side.
    Trends,
    /// The list of guides.
    Guides,
}

/// A page of the heat map: the controls below a node by teams, of which a page holds only so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeatPart {
    /// A Function or a Category of the main framework, or another framework.
    pub node: Node,
    /// The teams on the page: those after so many pages of teams.
    pub chunk: usize,
}

impl HeatPart {
    /// The most cells of a page: no page shall be larger than a megabyte.
    pub const CELLS: usize = 7_000;

    /// Every page, the same in each quarter: the Functions of the main framework, those that are too large by Category, then the other
    /// frameworks.
    pub fn all(assessment: &Assessment) -> Vec<Self> {
        let teams = assessment.settings.teams.len();
        let main = assessment.framework();
        let is_large = |node| main.controls_of(node).len() * teams > Self::CELLS;
        let functions = main.functions.ids().flat_map(|function| {
            let whole = Node::Function(function);
            if is_large(whole) && main.direct_controls(function).next().is_none() {
                main.functions[function].categories.iter().map(Node::Category).collect()
            } else {
                vec![whole]
            }
        });
        let others = assessment.frameworks.ids().filter(|framework| *framework != FrameworkId::MAIN);
        let nodes = functions.chain(others.map(Node::Framework));
        let parts = nodes.flat_map(|node| {
            let size = Self::teams_at_once(&assessment.frameworks[node.framework()], node);
            (0..teams.div_ceil(size).max(1)).map(move |chunk| Self { node, chunk })
        });
        parts.collect()
    }

    /// Which of `all` teams are on the page.
    pub fn teams(self, catalog: &Framework, all: usize) -> Range<usize> {
        let size = Self::teams_at_once(catalog, self.node);
        (self.chunk * size).min(all)..((self.chunk + 1) * size).min(all)
    }

    fn teams_at_once(catalog: &Framework, node: Node) -> usize {
        (Self::CELLS / catalog.controls_of(node).len().max(1)).max(1)
    }

    /// The folder of the page below the heat map's.
    fn folder(self, assessment: &Assessment) -> String {
        let node = match self.node {
            Node::Function(function) => format!("functions/{}", function_name(assessment, function)),
            Node::Framework(framework) => format!("frameworks/{}", assessment.frameworks[framework].id),
            Node::Category(_) | Node::Control(_) => {
                format!("categories/{}", assessment.frameworks[self.node.framework()].called(self.node).slug())
            }
        };
        numbered(node, self.chunk)
    }
}

/// The folder of the page after `chunk` others of its kind; the first has the folder itself.
fn numbered(folder: String, chunk: usize) -> String {
    if chunk == 0 { folder } else { format!("{folder}/{}", chunk + 1) }
}

/// A page of a crosswalk, of which a page holds only so many ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrosswalkPart {
    /// The other catalog.
    pub catalog: ForeignCatalogId,
    /// The page of this catalog, from 0.
    pub chunk: usize,
}

impl CrosswalkPart {
    /// The most pairs of a page: no page shall be larger than a megabyte.
    const PAIRS: usize = 1_000;

    /// Every page, the same in each quarter.
    pub fn all(assessment: &Assessment) -> Vec<Self> {
        assessment.foreign_catalogs.ids().flat_map(|catalog| Self::of(assessment, catalog)).collect()
    }

    /// Every page of one catalog.
    pub fn of(assessment: &Assessment, catalog: ForeignCatalogId) -> impl Iterator<Item = Self> {
        (0..Self::chunks(assessment, catalog)).map(move |chunk| Self { catalog, chunk })
    }

    /// Which of `all` rows are on the page.
    pub fn range(self, assessment: &Assessment, all: usize) -> Range<usize> {
        let chunks = Self::chunks(assessment, self.catalog);
        self.chunk * all / chunks..(self.chunk + 1) * all / chunks
    }

    fn chunks(assessment: &Assessment, catalog: ForeignCatalogId) -> usize {
        let maps = &assessment.foreign_catalogs[catalog].maps;
        maps.iter().map(|map| map.pairs.len()).sum::<usize>().div_ceil(Self::PAIRS).max(1)
    }
}

/// The fixed facts about a page that exists once in a quarter or in the site. Its place in the menu is in [`menu`].
#[derive(Clone, Copy, Debug)]
pub struct Declaration {
    /// The path in the quarter's folder, or in the site.
    pub path: &'static str,
    /// The key of the page's title in the strings of the report.
    pub title: &'static str,
    /// The theme's template for the page.
    pub template: &'static str,
    /// Whether the page links to the guides that explain the report as a whole.
    pub has_guides: bool,
    /// What the page is about, if the page is left out for an audience that may not see this.
    pub shows: Option<Hidden>,
}

impl Declaration {
    const fn new(path: &'static str, title: &'static str, template: &'static str) -> Self {
        Self { path, title, template, has_guides: false, shows: None }
    }

    const fn with_guides(self) -> Self {
        Self { has_guides: true, ..self }
    }

    const fn showing(self, hidden: Hidden) -> Self {
        Self { shows: Some(hidden), ..self }
    }
}

impl QuarterPage {
    /// The declaration of the page.
    pub const fn declaration(self) -> Declaration {
        let page = Declaration::new;
        match self {
            Self::Dashboard => page("index.html", "dashboard.title", "dashboard.html").with_guides(),
            Self::Board => page("board/index.html", "board.title", "board.html").with_guides(),
            Self::Changes => page("changes/index.html", "changes.title", "changes.html").with_guides(),
            Self::Gaps => page("gaps/index.html", "gaps.title", "gaps.html"),
            Self::Targets => page("targets/index.html", "targets.title", "targets.html"),
            Self::Actions => page("actions/index.html", "actions.title", "actions.html"),
            Self::Risks => page("risks/index.html", "risks.title", "risks.html"),
            Self::Evidence => page("evidence/index.html", "evidence.title", "evidence.html").showing(Hidden::Evidence),
            Self::Findings => page("findings/index.html", "findings.title", "findings.html").with_guides(),
            Self::Reviews => page("reviews/index.html", "reviews.title", "reviews.html"),
            Self::Gates => page("gates/index.html", "gates.title", "gates.html"),
            Self::HeatMap => page("heatmap/index.html", "heatmap.title", "heatmap.html"),
            Self::Crosswalk => page("crosswalk/index.html", "crosswalk.title", "crosswalks.html"),
            Self::Exclusions => page("exclusions/index.html", "exclusions.title", "exclusions.html").with_guides(),
            Self::Method => page("method/index.html", "method.title", "method.html").with_guides(),
        }
    }
}

impl SitePage {
    /// The declaration of the page.
    pub const fn declaration(self) -> Declaration {
        let page = Declaration::new;
        match self {
            Self::Trends => page("trends/index.html", "trends.title", "trends.html").with_guides(),
            Self::Guides => page("guides/index.html", "guides.title", "guides.html"),
        }
    }
}

/// The menu of a quarter's pages, in order. It holds every page that exists once in a quarter or in the site.
pub fn menu(q: QuarterId) -> [Address; 17] {
    let quarterly = |page| Address::Quarterly(q, page);
    [
        quarterly(QuarterPage::Dashboard),
        quarterly(QuarterPage::Board),
        quarterly(QuarterPage::Changes),
        Address::Once(SitePage::Trends),
        quarterly(QuarterPage::HeatMap),
        quarterly(QuarterPage::Gaps),
        quarterly(QuarterPage::Targets),
        quarterly(QuarterPage::Actions),
        quarterly(QuarterPage::Risks),
        quarterly(QuarterPage::Evidence),
        quarterly(QuarterPage::Findings),
        quarterly(QuarterPage::Reviews),
        quarterly(QuarterPage::Gates),
        quarterly(QuarterPage::Exclusions),
        quarterly(QuarterPage::Crosswalk),
        quarterly(QuarterPage::Method),
        Address::Once(SitePage::Guides),
    ]
}

/// The charts that are also separate files: of all Functions, or of the Categories of one Function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawing {
    /// Scores, targets and the scores of the quarter before.
    Profile(Option<FunctionId>),
    /// Answers by level.
    Levels(Option<FunctionId>),
    /// What changed the overall score since the quarter before.
    Changes,
    /// The overall score by quarter.
    Trend,
}

impl Drawing {
    /// All charts of this assessment.
    pub fn all(assessment: &Assessment) -> Vec<Self> {
        let profiles = whole_and_functions(assessment).map(Self::Profile);
        let levels = whole_and_functions(assessment).map(Self::Levels);
        [Self::Changes, Self::Trend].into_iter().chain(profiles).chain(levels).collect()
    }

    fn name(self, assessment: &Assessment) -> String {
        let of = |function: Option<FunctionId>| {
            function.map(|function| function_name(assessment, function) + "-").unwrap_or_default()
        };
        match self {
            Self::Profile(function) => format!("{}profile.svg", of(function)),
            Self::Levels(function) => format!("{}levels.svg", of(function)),
            Self::Changes => "changes.svg".to_owned(),
            Self::Trend => "trend.svg".to_owned(),
        }
    }
}

/// The data files of a quarter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Data {
    /// Every node's figures, as `milepost score --format json` prints them.
    ScoresJson,
    /// Every node's figures, as `milepost score --format csv` prints them.
    ScoresCsv,
    /// The gap list, as `milepost gaps --format csv` prints it.
    GapsCsv,
    /// The actions and the exceptions, as `milepost actions --format csv` prints them.
    ActionsCsv,
    /// The evidence register.
    EvidenceCsv,
    /// The verdicts of the gates, as `milepost gate --format json` prints them; with `--closing` for a quarter that is over.
    GatesJson,
    /// What changed since the quarter before, as `milepost diff --format json` prints it.
    ChangesJson,
}

impl Data {
    /// All data files.
    pub const ALL: [Self; 7] = [
        Self::ScoresJson,
        Self::ScoresCsv,
        Self::GapsCsv,
        Self::ActionsCsv,
        Self::EvidenceCsv,
        Self::GatesJson,
        Self::ChangesJson,
    ];

    /// The data files that each framework has for itself.
    pub const OF_FRAMEWORK: [Self; 4] = [Self::ScoresJson, Self::ScoresCsv, Self::GapsCsv, Self::ChangesJson];

    /// The name of the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::ScoresJson => "scores.json",
            Self::ScoresCsv => "scores.csv",
            Self::GapsCsv => "gaps.csv",
            Self::ActionsCsv => "actions.csv",
            Self::EvidenceCsv => "evidence.csv",
            Self::GatesJson => "gates.json",
            Self::ChangesJson => "changes.json",
        }
    }
}

impl Address {
    /// The file's path in the site, with `/` between folders. Links name `index.html` too, so that they work without a server.
    pub fn path(self, assessment: &Assessment) -> String {
        let quarter = |q: QuarterId| assessment.quarters[q].quarter;
        match self {
            Self::Home => "index.html".to_owned(),
            // The rules of the newest quarter are those of the report.
            Self::Quarterly(q, QuarterPage::Method) if q == assessment.newest() => {
                QuarterPage::Method.declaration().path.to_owned()
            }
            Self::Current(page) => {
                let path = page.page(assessment.home()).path(assessment);
                let below = path.strip_prefix(&format!("{}/", quarter(assessment.home()))).unwrap_or(&path);
                format!("{}/{below}", CurrentPage::FOLDER)
            }
            Self::Quarterly(q, page) => format!("{}/{}", quarter(q), page.declaration().path),
            Self::Once(page) => page.declaration().path.to_owned(),
            Self::Function(q, function) => {
                format!("{}/functions/{}/index.html", quarter(q), function_name(assessment, function))
            }
            Self::Framework(q, framework) => {
                format!("{}/frameworks/{}/index.html", quarter(q), assessment.frameworks[framework].id)
            }
            Self::Control(q, control) => {
                format!("{}/{}/index.html", quarter(q), assessment.control(control).called.folder())
            }
            Self::Team(q, team) => format!("{}/teams/{}/index.html", quarter(q), assessment.team(team).id),
            Self::HeatMap(q, part) => format!("{}/heatmap/{}/index.html", quarter(q), part.folder(assessment)),
            Self::Crosswalk(q, CrosswalkPart { catalog, chunk }) => {
                let folder = format!("{}/crosswalk/{}", quarter(q), assessment.foreign_catalogs[catalog].slug);
                format!("{}/index.html", numbered(folder, chunk))
            }
            Self::CrosswalkData(q, catalog) => {
                format!("data/{}/crosswalk-{}.csv", quarter(q), assessment.foreign_catalogs[catalog].slug)
            }
            Self::Compared(QuarterPair { from, to }) => {
                format!("compare/{}..{}/index.html", quarter(from), quarter(to))
            }
            Self::ComparedData(QuarterPair { from, to }) => {
                format!("compare/{}..{}/changes.json", quarter(from), quarter(to))
            }
            Self::Part(register, part) => register.file(&(part + 1).to_string(), "html", assessment),
            Self::Rows(register, part) => register.file(&(part + 1).to_string(), "js", assessment),
            Self::Guide(guide) => format!("guides/{}/index.html", assessment.guides[guide].slug),
            Self::Search(part) => format!("search/{}.js", part + 1),
            Self::Data(q, data) => format!("data/{}/{}", quarter(q), data.name()),
            Self::FrameworkData(q, framework, data) => {
                format!("data/{}/{}/{}", quarter(q), assessment.frameworks[framework].id, data.name())
            }
            Self::LongTable => "data/table.csv".to_owned(),
            Self::Badge(function) => {
                let name = function.map_or(OVERALL.to_owned(), |function| function_name(assessment, function));
                format!("badges/{name}.svg")
            }
            Self::Chart(Some(q), drawing) => format!("charts/{}/{}", quarter(q), drawing.name(assessment)),
            Self::Chart(None, drawing) => format!("charts/{}", drawing.name(assessment)),
        }
    }

    /// The declaration of the page; `None` for a page that does not exist once in a quarter or in the site.
    pub fn declaration(self) -> Option<Declaration> {
        match self {
            Self::Home => Some(QuarterPage::Dashboard.declaration()),
            Self::Quarterly(_, page) => Some(page.declaration()),
            Self::Once(page) => Some(page.declaration()),
            _ => None,
        }
    }

    /// What the file is about, if the file is left out for an audience that may not see this.
    fn shows(self) -> Option<Hidden> {
        match self {
            Self::Team(..) | Self::Current(CurrentPage::Team(_)) => Some(Hidden::Teams),
            Self::Current(CurrentPage::Once(page)) => page.declaration().shows,
            Self::Data(_, Data::EvidenceCsv) => Some(Hidden::Evidence),
            Self::Part(register, _) | Self::Rows(register, _) => register.page.address().shows(),
            _ => self.declaration()?.shows,
        }
    }

    /// Whether the report has this page or file for its audience.
    pub fn is_there(self, assessment: &Assessment) -> bool {
        match self {
            Self::Once(SitePage::Guides) => !assessment.guides.is_empty(),
            Self::Quarterly(_, QuarterPage::Crosswalk) | Self::Current(CurrentPage::Once(QuarterPage::Crosswalk)) => {
                !assessment.foreign_catalogs.is_empty()
            }
            Self::Quarterly(_, QuarterPage::Reviews) | Self::Current(CurrentPage::Once(QuarterPage::Reviews)) => {
                assessment.has_reviews()
            }
            Self::Quarterly(_, QuarterPage::Risks) | Self::Current(CurrentPage::Once(QuarterPage::Risks)) => {
                assessment.has_risks()
            }
            Self::Quarterly(_, QuarterPage::Gates)
            | Self::Current(CurrentPage::Once(QuarterPage::Gates))
            | Self::Data(_, Data::GatesJson) => assessment.has_gates(),
            _ => self.shows().is_none_or(|shown| !assessment.hidden.contains(&shown)),
        }
    }

    /// The target of a link to it: the page, or the part of the dashboard that names what is hidden.
    pub fn href(self, assessment: &Assessment) -> String {
        match self.shows() {
            Some(hidden) if assessment.hidden.contains(&hidden) => {
                let dashboard = Self::Quarterly(self.quarter(assessment), QuarterPage::Dashboard);
                format!("{}#{}", dashboard.path(assessment), hidden.name())
            }
            _ => self.path(assessment),
        }
    }

    /// The quarter that the file belongs to.
    pub fn quarter(self, assessment: &Assessment) -> QuarterId {
        match self {
            Self::Quarterly(q, _) | Self::Function(q, _) | Self::Framework(q, _) | Self::Control(q, _) => q,
            Self::HeatMap(q, _)
            | Self::Crosswalk(q, _)
            | Self::CrosswalkData(q, _)
            | Self::Team(q, _)
            | Self::Data(q, _)
            | Self::FrameworkData(q, ..)
            | Self::Chart(Some(q), _) => q,
            Self::Compared(pair) | Self::ComparedData(pair) => pair.to,
            Self::Part(register, _) | Self::Rows(register, _) => register.page.address().quarter(assessment),
            Self::Once(_) | Self::Guide(_) | Self::LongTable => assessment.newest(),
            Self::Home | Self::Current(_) | Self::Search(_) | Self::Badge(_) | Self::Chart(None, _) => {
                assessment.home()
            }
        }
    }

    /// The same page in another quarter. Every quarter has the same pages, so links never break.
    #[must_use]
    pub fn in_quarter(self, q: QuarterId) -> Self {
        match self {
            Self::Quarterly(_, page) => Self::Quarterly(q, page),
            Self::Function(_, function) => Self::Function(q, function),
            Self::Framework(_, framework) => Self::Framework(q, framework),
            Self::Control(_, control) => Self::Control(q, control),
            Self::Team(_, team) => Self::Team(q, team),
            Self::HeatMap(_, part) => Self::HeatMap(q, part),
            Self::Crosswalk(_, part) => Self::Crosswalk(q, part),
            Self::CrosswalkData(_, catalog) => Self::CrosswalkData(q, catalog),
            Self::Data(_, data) => Self::Data(q, data),
            Self::FrameworkData(_, framework, data) => Self::FrameworkData(q, framework, data),
            Self::Chart(_, drawing) => Self::Chart(Some(q), drawing),
            Self::Current(page) => page.page(q),
            Self::Compared(_) | Self::ComparedData(_) => Self::Quarterly(q, QuarterPage::Changes),
            Self::Part(register, _) | Self::Rows(register, _) => register.page.address().in_quarter(q),
            Self::Home | Self::Once(_) | Self::Guide(_) | Self::Search(_) | Self::Badge(_) | Self::LongTable => {
                Self::Quarterly(q, QuarterPage::Dashboard)
            }
        }
    }

    /// Every file of the site except the theme's assets, the parts of the search and of registers.
    pub fn all(assessment: &Assessment) -> Vec<Self> {
        let mut all = vec![Self::Home, Self::LongTable];
        all.extend(menu(assessment.newest()).into_iter().filter(|page| matches!(page, Self::Once(_))));
        all.extend(assessment.guides.ids().map(Self::Guide));
        all.extend(
            QuarterPair::all(assessment).into_iter().flat_map(|pair| [Self::Compared(pair), Self::ComparedData(pair)]),
        );
        all.extend(whole_and_functions(assessment).map(Self::Badge));
        all.extend(Drawing::all(assessment).into_iter().map(|drawing| Self::Chart(None, drawing)));
        for q in assessment.quarters.ids() {
            all.extend(menu(q).into_iter().filter(|page| matches!(page, Self::Quarterly(..))));
            all.extend(assessment.framework().functions.ids().map(|function| Self::Function(q, function)));
            let others = assessment.frameworks.ids().filter(|framework| *framework != FrameworkId::MAIN);
            all.extend(others.clone().map(|framework| Self::Framework(q, framework)));
            let data = |framework| Data::OF_FRAMEWORK.map(move |data| Self::FrameworkData(q, framework, data));
            all.extend(others.flat_map(data));
            let controls = assessment.frameworks.iter().flat_map(|framework| framework.controls.ids());
            all.extend(controls.map(|control| Self::Control(q, control)));
            all.extend(assessment.settings.teams.ids().map(|team| Self::Team(q, team)));
            all.extend(HeatPart::all(assessment).into_iter().map(|part| Self::HeatMap(q, part)));
            all.extend(CrosswalkPart::all(assessment).into_iter().map(|part| Self::Crosswalk(q, part)));
            all.extend(assessment.foreign_catalogs.ids().map(|catalog| Self::CrosswalkData(q, catalog)));
            all.extend(Data::ALL.map(|data| Self::Data(q, data)));
            all.extend(Drawing::all(assessment).into_iter().map(|drawing| Self::Chart(Some(q), drawing)));
        }
        let home = assessment.home();
        let current = all.iter().filter(|address| address.quarter(assessment) == home);
        let current: Vec<Self> = current.filter_map(|address| CurrentPage::of(*address)).map(Self::Current).collect();
        all.extend(current);
        all.retain(|address| address.is_there(assessment));
        all
    }
}

/// The main framework as a whole (`None`), then each of its Functions.
pub fn whole_and_functions(assessment: &Assessment) -> impl Iterator<Item = Option<FunctionId>> {
    iter::once(None).chain(assessment.framework().functions.ids().map(Some))
}

/// A Function's folder: its title in lower case, or its id if a title cannot be a folder name or two titles would be the same.
fn function_name(assessment: &Assessment, function: FunctionId) -> String {
    let functions = &assessment.framework().functions;
    let names: BTreeSet<String> = functions.iter().map(|function| slug(&function.title)).collect();
    if names.len() == functions.len() && names.iter().all(|name| is_name(name) && name != OVERALL) {
        slug(&functions[function].title)
    } else {
        functions[function].called.slug().to_owned()
    }
}

/// The badge of the whole framework.
const OVERALL: &str = "overall";

fn slug(title: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    title.chars().map(plain).collect::<String>().trim_matches('-').to_owned()
}

/// A team's answer on the page of its control.
pub fn answer(quarter: InQuarter<'_>, id: AnswerId) -> String {
    let page = Address::Control(quarter.id, id.control).path(quarter.assessment);
    format!("{page}#team-{}", quarter.settings().teams[id.team].id)
}

/// The anchor of an action or an exception on the page of actions. Its id may be any text.
pub fn planned_anchor(id: &str) -> String {
    format!("plan-{}", slugs(iter::once(id)).concat())
}

/// The anchor of a reviewer's finding on the page of reviews. Its id may be any text.
pub fn finding_anchor(id: &str) -> String {
    format!("found-{}", slugs(iter::once(id)).concat())
}

/// The anchor of each risk of a profile on the page of risks, in their order.
pub fn risk_anchors(profile: &Profile) -> impl Iterator<Item = String> {
    slugs(profile.risks.keys().map(String::as_str)).into_iter().map(|slug| format!("risk-{slug}"))
}

/// The relative path from the file at `path` up to the site's root: `../` for each folder.
pub fn root_of(path: &str) -> String {
    "../".repeat(path.matches('/').count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::assessment::tests::{assessment as assessment_of, framework, quarter};
    use crate::model::settings::tests::settings;

    fn assessment() -> Assessment {
        let quarters = vec![quarter("2026-Q2", &["1"]), quarter("2026-Q3", &["2"])];
        assessment_of(settings(&[("deck", 1)]), vec![framework("own", &[("A.X-1", 1)])], quarters)
    }

    #[test]
    fn every_file_has_a_path_of_its_own() {
        let assessment = assessment();
        let paths: Vec<String> = Address::all(&assessment).iter().map(|file| file.path(&assessment)).collect();
        assert_eq!(paths.iter().collect::<BTreeSet<_>>().len(), paths.len());
    }

    #[test]
    fn the_menu_leads_to_pages_with_titles_and_leaves_the_quarter_only_for_pages_of_the_site() {
        let assessment = assessment();
        for q in assessment.quarters.ids() {
            for page in menu(q) {
                assert!(!page.declaration().unwrap().title.is_empty());
                assert!(matches!(page, Address::Once(_)) || page.quarter(&assessment) == q);
            }
        }
    }

    #[test]
    fn a_page_in_another_quarter_is_the_same_page_or_that_quarters_dashboard() {
        let assessment = assessment();
        let newest = assessment.newest();
        let before = newest.before().unwrap();
        for file in Address::all(&assessment).into_iter().filter(|file| file.quarter(&assessment) == newest) {
            let (there, back) = (file.in_quarter(before), file.in_quarter(before).in_quarter(newest));
            assert_eq!(there.quarter(&assessment), before);
            let dashboard = Address::Quarterly(newest, QuarterPage::Dashboard);
            let is_timeless_chart = matches!(file, Address::Chart(None, _));
            let is_forward = matches!(file, Address::Current(page) if back == page.page(newest));
            let changes = Address::Quarterly(newest, QuarterPage::Changes);
            let is_pair = matches!(file, Address::Compared(_) | Address::ComparedData(_)) && back == changes;
            let is_known = is_timeless_chart || is_forward || is_pair;
            assert!(back == file || back == dashboard || is_known, "{file:?}");
        }
    }

    #[test]
    fn what_is_hidden_is_not_there_and_links_lead_to_the_dashboard() {
        let mut assessment = assessment();
        let q = assessment.newest();
        let team = Address::Team(q, assessment.settings.teams.first_id().unwrap());
        let register = Address::Quarterly(q, QuarterPage::Evidence);
        assert!(team.is_there(&assessment) && register.is_there(&assessment));
        assert_eq!(register.href(&assessment), "2026-Q3/evidence/index.html");
        assessment.hidden = [Hidden::Teams, Hidden::Evidence].into();
        for (address, href) in [
            (team, "2026-Q3/index.html#teams"),
            (register, "2026-Q3/index.html#evidence"),
            (Address::Data(q, Data::EvidenceCsv), "2026-Q3/index.html#evidence"),
        ] {
            assert!(!address.is_there(&assessment) && !Address::all(&assessment).contains(&address));
            assert_eq!(address.href(&assessment), href);
        }
    }

    #[test]
    fn without_guides_there_is_no_list_of_them() {
        assert!(!Address::all(&assessment()).contains(&Address::Once(SitePage::Guides)));
    }
}
