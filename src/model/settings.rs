//! The settings that a workspace declares in `milepost.toml`: scale, scoring rules, evidence policy and teams.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::language::Language;
use crate::base::number::{Level, MILLIONTHS};
use crate::base::quarter::Quarter;
use crate::model::catalog::{Need, OverallRule, RuleRow, TeamRule};
use crate::model::evidence::Kind;
use crate::model::forge::Forge;
use crate::model::gate::Gate;
use crate::model::ids::{QuarterId, Table, TeamId};

/// The valid content of `milepost.toml`, with defaults filled in.
///
/// Rules may change from a quarter on. [`InQuarter::settings`](super::assessment::InQuarter::settings) are those of a quarter.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The report's title.
    pub title: String,
    /// The organisation that the report is about; may be empty.
    pub organization: String,
    /// The theme's folder below `themes/`.
    pub theme: String,
    /// The language of the report.
    pub language: Language,
    /// Which quarter the front page shows.
    pub home: Home,
    /// Whether pages say who last changed an answer, if the workspace is in a git repository.
    pub provenance: bool,
    /// Whether pages name the commit that they were built from.
    pub commit: bool,
    /// Where a forge shows the files of the repository; `None` if paths are no links.
    pub repository: Option<Forge>,
    /// The scale of levels.
    pub scale: Scale,
    /// How levels become scores.
    pub scoring: Scoring,
    /// The greatest age of evidence at the quarter's end, in days. Older evidence is stale. A control may have its own limit.
    pub max_age: i32,
    /// The evidence that each level needs. A control may have its own needs.
    pub needs: Vec<Need>,
    /// The rows of `[controls]`: rules of controls, by the id of a control or of a node above it.
    pub controls: BTreeMap<String, RuleRow>,
    /// The teams, in the order of the file.
    pub teams: Table<TeamId, Team>,
    /// The limits that a quarter must keep, in the order of [`GateKind::ALL`](crate::model::gate::GateKind::ALL).
    pub gates: Vec<Gate>,
    /// What is hidden from each audience.
    pub audiences: Audiences,
}

/// Which quarter the front page, the badges and the charts without a quarter show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Home {
    /// The newest one.
    #[default]
    Newest,
    /// The newest one that is closed; the newest one as long as none is.
    Closed,
    /// One that is chosen: the quarter of a handover. No word in milepost.toml says this.
    Chosen(QuarterId),
}

impl Home {
    /// Every word of `home`, and what it means.
    pub const WORDS: [(&str, Self); 2] = [("newest", Self::Newest), ("closed", Self::Closed)];
}

/// The default evidence needs if `[evidence] needs` is not set: on the default scale from levels 2, 3 and 4 upwards, on another
/// scale from two, three and four fifths of it.
pub fn default_needs(scale: &Scale) -> Vec<Need> {
    let span = (scale.top() - scale.bottom).millionths();
    let distance = scale.need_distance().millionths();
    let from = |fifths: i64| {
        let up = (span * fifths).div_euclid(5 * distance) + i64::from((span * fifths) % (5 * distance) != 0);
        Level::from_millionths(scale.bottom.millionths() + up * distance)
    };
    let from_weakest = |weakest: Kind| Kind::ALL.into_iter().filter(|kind| *kind >= weakest).collect();
    [(2, Kind::Assertion), (3, Kind::Interview), (4, Kind::Record)]
        .into_iter()
        .map(|(fifths, weakest)| Need { from: from(fifths), any_of: from_weakest(weakest) })
        .collect()
}

/// The scale of levels, from `bottom` upwards. Each whole level has a name; steps may lie between them.
#[derive(Clone, Debug)]
pub struct Scale {
    /// The lowest level.
    pub bottom: Level,
    /// The distance between two neighbouring levels that may be answered. It divides one whole level evenly.
    pub step: Level,
    /// The named whole levels, lowest first.
    pub levels: Vec<NamedLevel>,
    /// The dimensions into which an answer splits its level; empty if an answer gives one level.
    pub dimensions: Vec<Dimension>,
}

/// One dimension of a level, such as policy or practice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dimension {
    /// The dimension's name.
    pub name: String,
    /// The dimension's weight in the level, 1 to 1000.
    pub weight: u32,
}

/// A whole level of the scale.
#[derive(Clone, Debug)]
pub struct NamedLevel {
    /// The level's name, one word.
    pub name: String,
    /// What must be true at this level, so that two people choose the same level.
    pub criteria: String,
}

impl Scale {
    /// The highest level.
    pub fn top(&self) -> Level {
        let above = i64::try_from(self.levels.len()).unwrap_or(1) - 1;
        self.bottom + Level::from_millionths(above * MILLIONTHS)
    }

    /// Whether `level` may be answered: it is within the scale and on a step.
    pub fn holds(&self, level: Level) -> bool {
        self.bottom <= level && level <= self.top() && (level - self.bottom).millionths() % self.step.millionths() == 0
    }

    /// Whether levels of the scale `before` mean the same on this one. Names of levels do not matter, nor does a finer step: every
    /// level of before is still a level. Dimensions are compared by name, since their weights are a rule.
    pub fn continues(&self, before: &Self) -> bool {
        let names = |scale: &Self| scale.dimensions.iter().map(|one| one.name.clone()).collect::<Vec<_>>();
        let finer = before.step.millionths() % self.step.millionths() == 0;
        finer && (self.bottom, self.top(), names(self)) == (before.bottom, before.top(), names(before))
    }

    /// The scale in words: `0 to 5 in steps of 1`.
    pub fn shown(&self) -> String {
        let range = format!("{} to {} in steps of {}", self.bottom.shown(), self.top().shown(), self.step.shown());
        let names: Vec<&str> = self.dimensions.iter().map(|dimension| dimension.name.as_str()).collect();
        if names.is_empty() { range } else { format!("{range} for each of {}", names.join(", ")) }
    }

    /// The distance between two levels from which evidence may be needed: a whole level, so that a finer step changes no score.
    /// With only two whole levels it is one step, because otherwise every level above the bottom would need the same.
    fn need_distance(&self) -> Level {
        if self.levels.len() > 2 { Level::from_millionths(MILLIONTHS) } else { self.step }
    }

    /// Whether evidence may be needed from `level` upwards.
    pub fn may_need_from(&self, level: Level) -> bool {
        self.holds(level) && (level - self.bottom).millionths() % self.need_distance().millionths() == 0
    }

    /// The highest level that may be claimed without the evidence that is needed from `from` upwards: the whole level below it.
    pub fn highest_without(&self, from: Level) -> Level {
        (from - self.need_distance()).max(self.bottom)
    }

    /// The lowest level that needs the evidence that is needed from `from` upwards: one step above the whole level below `from`.
    pub fn lowest_with(&self, from: Level) -> Level {
        self.highest_without(from) + self.step
    }

    /// Whether `level` lies between the bottom and the top. A target is compared with a mean, which may lie between two levels.
    pub fn reaches(&self, level: Level) -> bool {
        self.bottom <= level && level <= self.top()
    }

    /// Every level that may be answered, lowest first.
    pub fn steps(&self) -> Vec<Level> {
        let count = (self.top() - self.bottom).millionths() / self.step.millionths();
        (0..=count).map(|n| Level::from_millionths(self.bottom.millionths() + n * self.step.millionths())).collect()
    }

    /// The whole levels, each with its name and its criteria, lowest first.
    pub fn whole_levels(&self) -> impl Iterator<Item = (Level, &NamedLevel)> {
        let level = |at: i64| Level::from_millionths(self.bottom.millionths() + at * MILLIONTHS);
        (0..).map(level).zip(&self.levels)
    }

    /// The index of `level` in [`Scale::steps`], or of the step below: the mean of dimensions may lie between two steps.
    pub fn position(&self, level: Level) -> usize {
        usize::try_from((level - self.bottom).millionths() / self.step.millionths()).unwrap_or_default()
    }

    /// The whole level with this index, counted from the lowest.
    pub fn whole(&self, index: usize) -> Level {
        self.bottom + Level::from_millionths(i64::try_from(index).unwrap_or_default() * MILLIONTHS)
    }

    /// The name of the whole level at or below `level`.
    pub fn name(&self, level: Level) -> &str {
        let whole = usize::try_from((level - self.bottom).millionths() / MILLIONTHS).unwrap_or_default();
        self.levels.get(whole).map_or("", |named| &named.name)
    }
}

impl Default for Scale {
    /// Six levels from 0 to 5. An outsider can check each criterion. Each level includes those below it.
    fn default() -> Self {
        let level = |(name, criteria): &(&str, &str)| NamedLevel { name: (*name).into(), criteria: (*criteria).into() };
        Self {
            bottom: Level::from_millionths(0),
            step: Level::from_millionths(MILLIONTHS),
            levels: DEFAULT_LEVELS.iter().map(level).collect(),
            dimensions: Vec::new(),
        }
    }
}

const DEFAULT_LEVELS: &[(&str, &str)] = &[
    ("Absent", "Nothing is done, or nobody can show that anything is."),
    (
        "Initial",
        "It is done when it comes up. It depends on who is there, nothing says how, and two people would do it differently.",
    ),
    (
        "Developing",
        "There is an agreed way, and it is followed for part of what is in scope. The team can name the parts it misses.",
    ),
    (
        "Defined",
        "The way is written, a role owns it, and it is followed for everything in scope; exceptions are on record. Someone new could do it from the document.",
    ),
    (
        "Managed",
        "How well it works is measured against a figure set beforehand, two quarters running. Misses are on record, with what was done about them.",
    ),
    (
        "Optimizing",
        "The measurements have changed how it is done within the last year, and later measurements show that the change helped.",
    ),
];

/// How levels become scores.
#[derive(Clone, Debug)]
pub struct Scoring {
    /// Which of an answer's two levels counts.
    pub score: Basis,
    /// How the teams' levels are joined into a control's score.
    pub teams: TeamRule,
    /// The parts whose mean is the overall score.
    pub overall: OverallRule,
    /// The least assessed share of the applicable answers, in percent. Below it, a mean is withheld.
    pub minimum_coverage: u32,
    /// The number of decimals shown, 0 to 3.
    pub decimals: u32,
}

impl Scoring {
    /// The number of decimals of a difference: two more than a score has, because one control changes the overall score only a little.
    pub fn change_decimals(&self) -> u32 {
        self.decimals + 2
    }
}

impl Default for Scoring {
    fn default() -> Self {
        Self {
            score: Basis::Supported,
            teams: TeamRule::Mean,
            overall: OverallRule::Functions,
            minimum_coverage: 60,
            decimals: 1,
        }
    }
}

/// Which of an answer's two levels counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// The level that the evidence supports.
    Supported,
    /// The level that the team claims.
    Claimed,
}

impl Basis {
    /// The other level, which does not count but is shown too.
    pub fn other(self) -> Self {
        match self {
            Self::Supported => Self::Claimed,
            Self::Claimed => Self::Supported,
        }
    }

    /// The name in table headings.
    pub fn title(self) -> &'static str {
        match self {
            Self::Supported => "Supported",
            Self::Claimed => "Claimed",
        }
    }
}

/// The readers for whom a report is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Audience {
    /// Readers who may see the whole workspace: nothing is hidden.
    #[default]
    Full,
    /// Readers within the organisation.
    Internal,
    /// The board.
    Board,
}

impl Audience {
    /// All audiences, the one that sees most first.
    pub const ALL: [Self; 3] = [Self::Full, Self::Internal, Self::Board];

    /// The word for the audience on the command line and in `[audiences]`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Internal => "internal",
            Self::Board => "board",
        }
    }
}

/// What may be hidden from an audience.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hidden {
    /// Addresses of evidence, its files, and their digests.
    Links,
    /// Titles of evidence, and with them the links and the evidence register.
    Evidence,
    /// Teams' notes, and the reasons for answers of unknown or not applicable.
    Notes,
    /// Who attested, approved, declared, owns or last changed something.
    People,
    /// File paths and line numbers.
    Sources,
    /// Names and ids of teams, and with them the teams' pages and the paths and links that contain such names.
    Teams,
}

impl Hidden {
    /// Everything that can be hidden.
    pub const ALL: [Self; 6] = [Self::Links, Self::Evidence, Self::Notes, Self::People, Self::Sources, Self::Teams];

    /// The word for the item in `[audiences]`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Links => "links",
            Self::Evidence => "evidence",
            Self::Notes => "notes",
            Self::People => "people",
            Self::Sources => "sources",
            Self::Teams => "teams",
        }
    }

    /// What must be hidden too, because it would reveal the hidden item.
    fn implies(self) -> &'static [Self] {
        match self {
            Self::Evidence => &[Self::Links],
            Self::Teams => &[Self::Links, Self::Sources],
            Self::Links | Self::Notes | Self::People | Self::Sources => &[],
        }
    }
}

/// What is hidden from each audience. The full report hides nothing.
#[derive(Clone, Debug)]
pub struct Audiences {
    /// What is hidden within the organisation.
    pub internal: Vec<Hidden>,
    /// What is hidden from the board.
    pub board: Vec<Hidden>,
}

impl Default for Audiences {
    fn default() -> Self {
        Self { internal: vec![Hidden::Links], board: Hidden::ALL.into() }
    }
}

impl Audiences {
    /// The list for `audience`; `None` if nothing can be hidden from it.
    pub fn of_mut(&mut self, audience: Audience) -> Option<&mut Vec<Hidden>> {
        match audience {
            Audience::Full => None,
            Audience::Internal => Some(&mut self.internal),
            Audience::Board => Some(&mut self.board),
        }
    }

    /// What is hidden from `audience`, including what must be hidden with it.
    pub fn hidden_from(&self, audience: Audience) -> BTreeSet<Hidden> {
        let named: &[Hidden] = match audience {
            Audience::Full => &[],
            Audience::Internal => &self.internal,
            Audience::Board => &self.board,
        };
        named.iter().flat_map(|hidden| std::iter::once(hidden).chain(hidden.implies())).copied().collect()
    }
}

/// A team that answers for controls.
#[derive(Clone, Debug)]
pub struct Team {
    /// The team's id and folder name.
    pub id: String,
    /// The team's name.
    pub name: String,
    /// Other names that texts use for the team. They are hidden together with its name.
    pub also_called: Vec<String>,
    /// The team's weight if levels are joined by mean, 1 to 1000.
    pub weight: u32,
    /// The ids of what the team answers for; empty for everything.
    pub scope: BTreeSet<String>,
    /// The first quarter in which the team is asked; `None` for no limit.
    pub first_quarter: Option<Quarter>,
    /// The last quarter in which the team is asked; `None` for no limit.
    pub last_quarter: Option<Quarter>,
    /// The teams that this one follows: all were asked before it, and not since.
    pub succeeds: Vec<TeamId>,
    /// The teams that follow this one; the other direction of `succeeds`.
    pub followed_by: Vec<TeamId>,
}

impl Team {
    /// Everything that the team is called, its id included.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.id.as_str()).chain(self.called())
    }

    /// What texts call the team. An id of letters only is not among it, because in a text it may be a plain word.
    pub fn told_names(&self) -> impl Iterator<Item = &str> {
        let id = Some(self.id.as_str()).filter(|id| !id.bytes().all(|byte| byte.is_ascii_alphabetic()));
        id.into_iter().chain(self.called())
    }

    fn called(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.name).chain(&self.also_called).map(String::as_str)
    }
}

impl Team {
    /// Whether this team is asked at all in `quarter`.
    pub fn asked_in(&self, quarter: Quarter) -> bool {
        self.first_quarter.is_none_or(|first| first <= quarter) && self.last_quarter.is_none_or(|last| quarter <= last)
    }

    /// Fills `followed_by` of every team from `succeeds`.
    pub fn link(teams: &mut Table<TeamId, Self>) {
        let followed: Vec<(TeamId, TeamId)> =
            teams.entries().flat_map(|(id, team)| team.succeeds.iter().map(move |before| (*before, id))).collect();
        followed.into_iter().for_each(|(before, id)| teams[before].followed_by.push(id));
    }

    /// Whether this team answers for the control with this lineage.
    pub fn answers_for<'a>(&self, mut lineage: impl Iterator<Item = &'a str>) -> bool {
        self.scope.is_empty() || lineage.any(|id| self.scope.contains(id))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn level(text: &str) -> Level {
        Level::parse(text).unwrap()
    }

    /// The defaults, with a team of each of `teams`: its id and its weight. Claims count, because the tests' answers are bare.
    pub(crate) fn settings(teams: &[(&str, u32)]) -> Settings {
        Settings {
            title: "Northgate Ferries".to_owned(),
            organization: String::new(),
            theme: "default".to_owned(),
            language: Language::english(),
            home: Home::Newest,
            provenance: false,
            commit: false,
            repository: None,
            scale: Scale::default(),
            scoring: Scoring { score: Basis::Claimed, ..Scoring::default() },
            max_age: 365,
            needs: default_needs(&Scale::default()),
            controls: BTreeMap::new(),
            teams: teams.iter().map(|(id, weight)| Team { weight: *weight, ..team(id) }).collect(),
            gates: Vec::new(),
            audiences: Audiences::default(),
        }
    }

    /// A team that is asked everything, always.
    pub(crate) fn team(id: &str) -> Team {
        let (id, name) = (id.to_owned(), id.to_owned());
        Team {
            id,
            name,
            also_called: Vec::new(),
            weight: 1,
            scope: BTreeSet::new(),
            first_quarter: None,
            last_quarter: None,
            succeeds: Vec::new(),
            followed_by: Vec::new(),
        }
    }

    /// A scale of `levels` whole levels from `bottom`.
    pub(crate) fn scale(bottom: &str, levels: usize, step: &str) -> Scale {
        let named = |n: usize| NamedLevel { name: format!("Level {n}"), criteria: String::new() };
        Scale {
            bottom: level(bottom),
            step: level(step),
            levels: (0..levels).map(named).collect(),
            dimensions: Vec::new(),
        }
    }

    fn shown(levels: &[Level]) -> String {
        levels.iter().map(|level| level.shown()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_scale_holds_its_steps_and_nothing_else() {
        assert_eq!(shown(&Scale::default().steps()), "0 1 2 3 4 5");
        assert_eq!(shown(&scale("1", 4, "0.5").steps()), "1 1.5 2 2.5 3 3.5 4");
        assert_eq!(shown(&scale("3", 2, "0.25").steps()), "3 3.25 3.5 3.75 4");
        assert_eq!(scale("0", 11, "0.1").steps().len(), 101);
        let scale = scale("1", 4, "0.5");
        for (text, holds) in [
            ("0.5", false),
            ("1", true),
            ("1.000001", false),
            ("1.25", false),
            ("3.5", true),
            ("4", true),
            ("4.5", false),
        ] {
            assert_eq!(scale.holds(level(text)), holds, "{text}");
        }
    }

    #[test]
    fn a_need_covers_what_lies_above_the_whole_level_below_it_on_any_scale() {
        let highest = |bottom, levels, step, from| {
            let scale = scale(bottom, levels, step);
            (scale.highest_without(level(from)).shown(), scale.lowest_with(level(from)).shown())
        };
        let pair = |highest: &str, lowest: &str| (highest.to_owned(), lowest.to_owned());
        assert_eq!(highest("0", 5, "1", "2"), pair("1", "2"));
        assert_eq!(highest("0", 5, "0.1", "2"), pair("1", "1.1"));
        assert_eq!(highest("1", 4, "0.5", "3"), pair("2", "2.5"));
        assert_eq!(highest("1", 4, "0.5", "1"), pair("1", "1.5"));
        assert_eq!(highest("0", 2, "0.1", "0.4"), pair("0.3", "0.4"));
        assert_eq!(highest("0", 2, "1", "1"), pair("0", "1"));
        let starts = |scale: Scale| scale.steps().into_iter().filter(|level| scale.may_need_from(*level)).count();
        assert_eq!([starts(scale("1", 4, "0.5")), starts(scale("0", 2, "0.5"))], [4, 3]);
    }

    #[test]
    fn the_default_needs_are_the_same_at_every_step() {
        for (bottom, levels) in [("0", 5), ("0", 6), ("1", 4), ("1", 5), ("3", 11)] {
            let needs = |step| default_needs(&scale(bottom, levels, step));
            assert!(
                ["0.5", "0.25", "0.2", "0.1"].into_iter().all(|step| needs(step) == needs("1")),
                "{bottom} {levels}"
            );
        }
    }

    #[test]
    fn a_position_finds_its_step_again() {
        for (bottom, levels, step) in [("0", 6, "1"), ("3", 11, "0.1"), ("2", 2, "0.25"), ("1", 4, "0.5")] {
            let scale = scale(bottom, levels, step);
            let steps = scale.steps();
            assert_eq!(steps.last(), Some(&scale.top()));
            let positions: Vec<usize> = steps.iter().map(|level| scale.position(*level)).collect();
            assert_eq!(positions, (0..steps.len()).collect::<Vec<_>>());
            assert!(steps.iter().all(|level| scale.holds(*level)));
        }
    }

    #[test]
    fn a_level_between_two_bears_the_name_of_the_lower() {
        let scale = scale("1", 4, "0.5");
        assert_eq!(
            [scale.name(level("1")), scale.name(level("1.5")), scale.name(level("4"))],
            ["Level 0", "Level 0", "Level 3"]
        );
    }

    #[test]
    fn a_team_answers_for_what_lies_below_its_scope() {
        let answers = |scope: &[&str]| {
            let scope = scope.iter().map(|id| (*id).to_owned()).collect();
            Team { scope, ..team("payments") }.answers_for(["PR.DS-11", "PR.DS", "PR", "csf-2.0"].into_iter())
        };
        for scope in [&[] as &[&str], &["PR.DS-11"], &["PR.DS"], &["PR"], &["csf-2.0"], &["DE", "PR.DS"]] {
            assert!(answers(scope), "{scope:?}");
        }
        // An id is no pattern: what only starts the same is another thing.
        for scope in [&["DE"] as &[&str], &["PR.DS-1"], &["PR.D"], &["P"], &["PR.AA", "PR.DS-10"], &["own"], &[""]] {
            assert!(!answers(scope), "{scope:?}");
        }
    }

    #[test]
    fn a_team_is_asked_from_its_first_quarter_to_its_last() {
        let quarter = |name: &str| name.parse::<Quarter>().unwrap();
        let asked = |first: Option<&str>, last: Option<&str>| {
            let (first_quarter, last_quarter) = (first.map(quarter), last.map(quarter));
            let team = Team { first_quarter, last_quarter, ..team("payments") };
            ["2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3"].map(|name| team.asked_in(quarter(name)))
        };
        assert_eq!(asked(None, None), [true, true, true, true]);
        assert_eq!(asked(Some("2026-Q1"), None), [false, true, true, true]);
        assert_eq!(asked(None, Some("2026-Q1")), [true, true, false, false]);
        assert_eq!(asked(Some("2026-Q1"), Some("2026-Q2")), [false, true, true, false]);
        assert_eq!(asked(Some("2026-Q3"), Some("2026-Q1")), [false; 4]);
    }
}
