//! What a page is about in, where it stands in the site out: the site's map.

use std::collections::BTreeSet;

use crate::base::link::is_name;
use crate::model::assessment::Assessment;
use crate::model::settings::Hidden;

/// One file of the site. Quarters, frameworks, Functions, controls and teams are indices of the [`Assessment`]'s lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address {
    /// The newest quarter's dashboard, at the site's root.
    Home,
    /// A quarter's dashboard.
    Dashboard(usize),
    /// A Function of the main framework.
    Function(usize, usize),
    /// A control of any framework: quarter, framework, control.
    Control(usize, usize, usize),
    /// A team.
    Team(usize, usize),
    /// The gap list.
    Gaps(usize),
    /// The evidence register.
    Evidence(usize),
    /// Zeros, unknowns and what does not apply.
    Exclusions(usize),
    /// What the numbers call for.
    Findings(usize),
    /// The targets and the decisions behind them.
    Targets(usize),
    /// Actions and exceptions.
    Actions(usize),
    /// The board's sheet.
    Board(usize),
    /// What moved since the quarter before.
    Changes(usize),
    /// All quarters side by side.
    Trends,
    /// What the search of every page looks through.
    SearchIndex,
    /// A framework beside the main one.
    Framework(usize, usize),
    /// The list of guides.
    Guides,
    /// A guide.
    Guide(usize),
    /// The rules of this report.
    Method,
    /// A quarter's figures as a file.
    Data(usize, Data),
    /// The newest quarter's overall score, or that of a Function of the main framework, as a badge for other pages.
    Badge(Option<usize>),
    /// A chart as a file for other pages: of a quarter, or of whichever is the newest.
    Chart(Option<usize>, Drawing),
}

/// The charts that are files of their own: of the Functions, or of the Categories of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawing {
    /// Scores, targets and the quarter before.
    Profile(Option<usize>),
    /// Answers by level.
    Levels(Option<usize>),
    /// What moved the overall score since the quarter before.
    Changes,
    /// The overall score by quarter.
    Trend,
}

impl Drawing {
    /// All of them.
    pub fn all(assessment: &Assessment) -> Vec<Self> {
        let profiles = whole_and_functions(assessment).map(Self::Profile);
        let levels = whole_and_functions(assessment).map(Self::Levels);
        [Self::Changes, Self::Trend].into_iter().chain(profiles).chain(levels).collect()
    }

    fn name(self, assessment: &Assessment) -> String {
        let of = |function: Option<usize>| {
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
    /// The evidence register.
    EvidenceCsv,
    /// What moved since the quarter before, as `milepost diff --format json` prints it.
    ChangesJson,
}

impl Data {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::ScoresJson, Self::ScoresCsv, Self::GapsCsv, Self::EvidenceCsv, Self::ChangesJson];

    fn name(self) -> &'static str {
        match self {
            Self::ScoresJson => "scores.json",
            Self::ScoresCsv => "scores.csv",
            Self::GapsCsv => "gaps.csv",
            Self::EvidenceCsv => "evidence.csv",
            Self::ChangesJson => "changes.json",
        }
    }
}

impl Address {
    /// The file's path in the site, with `/` between folders. Links name `index.html` too, so that they work without a server.
    pub fn path(self, assessment: &Assessment) -> String {
        let quarter = |index: usize| assessment.quarters[index].quarter;
        match self {
            Self::Home => "index.html".to_owned(),
            Self::Dashboard(q) => format!("{}/index.html", quarter(q)),
            Self::Function(q, function) => {
                format!("{}/functions/{}/index.html", quarter(q), function_name(assessment, function))
            }
            Self::Control(q, framework, control) => {
                format!("{}/controls/{}/index.html", quarter(q), assessment.frameworks[framework].controls[control].id)
            }
            Self::Team(q, team) => format!("{}/teams/{}/index.html", quarter(q), assessment.settings.teams[team].id),
            Self::Gaps(q) => format!("{}/gaps/index.html", quarter(q)),
            Self::Evidence(q) => format!("{}/evidence/index.html", quarter(q)),
            Self::Exclusions(q) => format!("{}/exclusions/index.html", quarter(q)),
            Self::Findings(q) => format!("{}/findings/index.html", quarter(q)),
            Self::Targets(q) => format!("{}/targets/index.html", quarter(q)),
            Self::Actions(q) => format!("{}/actions/index.html", quarter(q)),
            Self::Board(q) => format!("{}/board/index.html", quarter(q)),
            Self::Changes(q) => format!("{}/changes/index.html", quarter(q)),
            Self::Trends => "trends/index.html".to_owned(),
            Self::SearchIndex => "search-index.js".to_owned(),
            Self::Guides => "guides/index.html".to_owned(),
            Self::Guide(guide) => format!("guides/{}/index.html", assessment.guides[guide].name),
            Self::Framework(q, framework) => {
                format!("{}/frameworks/{}/index.html", quarter(q), assessment.frameworks[framework].id)
            }
            Self::Method => "method/index.html".to_owned(),
            Self::Data(q, data) => format!("data/{}/{}", quarter(q), data.name()),
            Self::Badge(function) => {
                let name = function.map_or("overall".to_owned(), |function| function_name(assessment, function));
                format!("badges/{name}.svg")
            }
            Self::Chart(Some(q), drawing) => format!("charts/{}/{}", quarter(q), drawing.name(assessment)),
            Self::Chart(None, drawing) => format!("charts/{}", drawing.name(assessment)),
        }
    }

    /// Whether the report's audience has this page or file.
    pub fn is_there(self, assessment: &Assessment) -> bool {
        match self {
            Self::Team(..) => !assessment.hidden.contains(&Hidden::Teams),
            Self::Evidence(_) | Self::Data(_, Data::EvidenceCsv) => !assessment.hidden.contains(&Hidden::Evidence),
            _ => true,
        }
    }

    /// Where a link to it leads: to the page, or to what the dashboard says in its stead.
    pub fn href(self, assessment: &Assessment) -> String {
        match self {
            _ if self.is_there(assessment) => self.path(assessment),
            Self::Team(q, _) => format!("{}#teams", Self::Dashboard(q).path(assessment)),
            _ => format!("{}#evidence", Self::Dashboard(self.quarter(assessment)).path(assessment)),
        }
    }

    /// The quarter that the file belongs to.
    pub fn quarter(self, assessment: &Assessment) -> usize {
        match self {
            Self::Home | Self::Trends | Self::SearchIndex | Self::Method | Self::Guides | Self::Guide(_) => {
                assessment.newest()
            }
            Self::Badge(_) | Self::Chart(None, _) => assessment.newest(),
            Self::Chart(Some(q), _) => q,
            Self::Dashboard(q) | Self::Function(q, _) | Self::Control(q, _, _) | Self::Team(q, _) => q,
            Self::Gaps(q) | Self::Evidence(q) | Self::Exclusions(q) | Self::Findings(q) | Self::Targets(q) => q,
            Self::Actions(q) | Self::Board(q) | Self::Changes(q) | Self::Framework(q, _) | Self::Data(q, _) => q,
        }
    }

    /// The same page in another quarter. Every quarter has the same pages, so that links never break.
    #[must_use]
    pub fn in_quarter(self, q: usize) -> Self {
        match self {
            Self::Home | Self::Dashboard(_) | Self::Trends | Self::SearchIndex => Self::Dashboard(q),
            Self::Method | Self::Guides | Self::Guide(_) => Self::Dashboard(q),
            Self::Function(_, function) => Self::Function(q, function),
            Self::Control(_, framework, control) => Self::Control(q, framework, control),
            Self::Team(_, team) => Self::Team(q, team),
            Self::Gaps(_) => Self::Gaps(q),
            Self::Evidence(_) => Self::Evidence(q),
            Self::Exclusions(_) => Self::Exclusions(q),
            Self::Findings(_) => Self::Findings(q),
            Self::Targets(_) => Self::Targets(q),
            Self::Actions(_) => Self::Actions(q),
            Self::Board(_) => Self::Board(q),
            Self::Changes(_) => Self::Changes(q),
            Self::Framework(_, framework) => Self::Framework(q, framework),
            Self::Data(_, data) => Self::Data(q, data),
            Self::Badge(_) => Self::Dashboard(q),
            Self::Chart(_, drawing) => Self::Chart(Some(q), drawing),
        }
    }

    /// Every file of the site but the theme's assets.
    pub fn all(assessment: &Assessment) -> Vec<Self> {
        let mut all = vec![Self::Home, Self::Trends, Self::Method, Self::SearchIndex];
        if !assessment.guides.is_empty() {
            all.push(Self::Guides);
            all.extend((0..assessment.guides.len()).map(Self::Guide));
        }
        all.extend(whole_and_functions(assessment).map(Self::Badge));
        all.extend(Drawing::all(assessment).into_iter().map(|drawing| Self::Chart(None, drawing)));
        for q in 0..assessment.quarters.len() {
            all.extend(Drawing::all(assessment).into_iter().map(|drawing| Self::Chart(Some(q), drawing)));
            all.extend([Self::Dashboard(q), Self::Board(q), Self::Changes(q), Self::Gaps(q), Self::Evidence(q)]);
            all.extend([Self::Exclusions(q), Self::Findings(q), Self::Targets(q), Self::Actions(q)]);
            all.extend((0..assessment.framework().functions.len()).map(|function| Self::Function(q, function)));
            all.extend((1..assessment.frameworks.len()).map(|framework| Self::Framework(q, framework)));
            for (index, framework) in assessment.frameworks.iter().enumerate() {
                all.extend((0..framework.controls.len()).map(|control| Self::Control(q, index, control)));
            }
            all.extend((0..assessment.settings.teams.len()).map(|team| Self::Team(q, team)));
            all.extend(Data::ALL.map(|data| Self::Data(q, data)));
        }
        all.retain(|address| address.is_there(assessment));
        all
    }
}

/// The main framework as a whole, which is `None`, and each of its Functions.
pub fn whole_and_functions(assessment: &Assessment) -> impl Iterator<Item = Option<usize>> {
    std::iter::once(None).chain((0..assessment.framework().functions.len()).map(Some))
}

/// A Function's folder: its title in lower case; or its id, as soon as one title cannot be a folder or two would meet.
fn function_name(assessment: &Assessment, function: usize) -> String {
    let functions = &assessment.framework().functions;
    let names: BTreeSet<String> = functions.iter().map(|function| slug(&function.title)).collect();
    if names.len() == functions.len() && names.iter().all(|name| is_name(name)) {
        slug(&functions[function].title)
    } else {
        functions[function].id.clone()
    }
}

fn slug(title: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    title.chars().map(plain).collect::<String>().trim_matches('-').to_owned()
}

/// The way from the file at `path` up to the site's root: `../` for each folder.
pub fn root_of(path: &str) -> String {
    "../".repeat(path.matches('/').count())
}
