//! Answers in, figures out: laws that hold for every workspace, the same arithmetic a second time with fractions of our
//! own, and two workspaces whose figures were worked out by hand.

#![allow(clippy::unwrap_used, reason = "what a test cannot go on without may panic")]

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use milepost::assessment::Assessment;
use milepost::check;
use milepost::evidence::{Answer, State};
use milepost::export::{Selection, json};
use milepost::gap;
use milepost::number::{Level, Mean};
use milepost::score::{Figures, Scorecard, Tree, score};
use milepost::settings::{self, OverallRule, Target, TeamRule};
use milepost::workspace::{self, Entry};
use num_rational::Ratio;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use proptest::test_runner::Config;
use serde_json::Value;

/// Millionths of a level, exactly.
type Exact = Ratio<i128>;

const MILLION: i128 = 1_000_000;

// ---------------------------------------------------------------------------------------------------------------------
// Any workspace
// ---------------------------------------------------------------------------------------------------------------------

/// The controls of every case: Functions of three, two and one, the first with two Categories.
const CONTROLS: [&str; 6] = ["A.X-1", "A.X-2", "A.Y-1", "B.X-1", "B.X-2", "C.X-1"];
const CATEGORIES: [&str; 4] = ["A.X", "A.Y", "B.X", "C.X"];
const FUNCTIONS: [&str; 3] = ["A", "B", "C"];
/// Everything that a target or a scope may name.
const IDS: [&str; 14] =
    ["own", "A", "B", "C", "A.X", "A.Y", "B.X", "C.X", "A.X-1", "A.X-2", "A.Y-1", "B.X-1", "B.X-2", "C.X-1"];

/// A workspace of one quarter, as few numbers as make one. Levels are counted in steps from the bottom of the scale.
#[derive(Clone, Debug)]
struct Case {
    bottom: usize,
    levels: usize,
    /// Steps in one level.
    per_level: usize,
    rule: TeamRule,
    overall: OverallRule,
    minimum_coverage: u32,
    decimals: u32,
    /// By control.
    weights: Vec<u32>,
    targets: Vec<(&'static str, usize)>,
    default_target: Option<usize>,
    teams: Vec<Team>,
    /// By control and team.
    said: Vec<Vec<Said>>,
    /// Which of a team's three files holds its answer, by control.
    files: Vec<usize>,
    /// The order of the answers within a file.
    order: Vec<usize>,
}

#[derive(Clone, Debug)]
struct Team {
    weight: u32,
    scope: Vec<&'static str>,
    /// Whether the quarter is one of the team's.
    here: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Said {
    Level(usize),
    Unknown,
    NotApplicable,
    Nothing,
}

prop_compose! {
    fn team()(
        weight in prop_oneof![3 => 1..=4_u32, 1 => 1..=1000_u32],
        scope in prop_oneof![3 => Just(Vec::new()), 2 => subsequence(IDS.to_vec(), 1..=4)],
        here in prop::bool::weighted(0.9),
    ) -> Team {
        Team { weight, scope, here }
    }
}

fn said() -> impl Strategy<Value = Said> {
    prop_oneof![
        8 => (0..1000_usize).prop_map(Said::Level),
        1 => Just(Said::Unknown),
        1 => Just(Said::NotApplicable),
        1 => Just(Said::Nothing),
    ]
}

/// The rules by which answers become figures.
type Rules = (TeamRule, OverallRule, u32, u32);

fn rules() -> impl Strategy<Value = Rules> {
    let teams = select(&[TeamRule::Mean, TeamRule::Mean, TeamRule::Min]);
    (teams, select(&[OverallRule::Functions, OverallRule::Controls]), 0..=100_u32, 0..=3_u32)
}

prop_compose! {
    fn case()(
        (bottom, levels, per_level) in (0..=3_usize, 2..=11_usize, select(&[1, 2, 4, 5, 10])),
        (rule, overall, minimum_coverage, decimals) in rules(),
        weights in prop::collection::vec(prop_oneof![3 => 1..=4_u32, 1 => 1..=1000_u32], 6),
        targets in prop::collection::vec((select(&IDS), 0..1000_usize), 0..4),
        default_target in prop::option::weighted(0.8, 0..1000_usize),
        teams in prop::collection::vec(team(), 1..=3),
        said in prop::collection::vec(prop::collection::vec(said(), 3), 6),
        files in prop::collection::vec(0..3_usize, 6),
    ) -> Case {
        let steps = (levels - 1) * per_level + 1;
        let on_scale = |said: &Said| match *said {
            Said::Level(raw) => Said::Level(raw % steps),
            other => other,
        };
        let said = said.iter().map(|all| all[..teams.len()].iter().map(on_scale).collect()).collect();
        let targets = targets.into_iter().map(|(id, raw)| (id, raw % steps)).collect::<BTreeMap<_, _>>();
        Case {
            bottom, levels, per_level, rule, overall, minimum_coverage, decimals, weights, teams, said, files,
            targets: targets.into_iter().collect(),
            default_target: default_target.map(|raw| raw % steps),
            order: (0..6).collect(),
        }
    }
}

/// A case in which every answer is a level.
fn assessed_case() -> impl Strategy<Value = Case> {
    case().prop_map(|mut case| {
        let open = case.said.iter_mut().flatten().filter(|said| !matches!(said, Said::Level(_)));
        open.for_each(|said| *said = Said::Level(0));
        case
    })
}

impl Case {
    fn steps(&self) -> usize {
        (self.levels - 1) * self.per_level + 1
    }

    fn millionths(&self, step: usize) -> i128 {
        (self.bottom as i128) * MILLION + (step as i128) * MILLION / (self.per_level as i128)
    }

    /// A level as it is written.
    fn written(&self, step: usize) -> String {
        let millionths = self.millionths(step);
        format!("{}.{:06}", millionths / MILLION, millionths % MILLION)
    }

    fn is_asked(&self, team: usize, control: usize) -> bool {
        let Team { scope, here, .. } = &self.teams[team];
        *here && (scope.is_empty() || scope.iter().any(|id| is_in(control, id)))
    }

    /// The target that a control has, in steps.
    fn target(&self, control: usize) -> Option<usize> {
        let nearest = self.targets.iter().filter(|(id, _)| is_in(control, id)).max_by_key(|(id, _)| rank(id));
        nearest.map(|(_, step)| *step).or(self.default_target)
    }

    /// What is not yet said otherwise, said so.
    fn saying(&self, control: usize, team: usize, said: Said) -> Self {
        let mut case = self.clone();
        case.said[control][team] = said;
        case
    }

    fn config(&self) -> String {
        let mut out = String::from("[report]\ntitle = \"Any\"\nframeworks = [\"own\"]\n\n[scale]\n");
        writeln!(out, "bottom = {}\nstep = {}\nlevels = [", self.bottom, 1.0 / self.per_level as f64).unwrap();
        (0..self.levels).for_each(|n| writeln!(out, "  {{ name = \"L{n}\", criteria = \"So.\" }},").unwrap());
        let teams = if self.rule == TeamRule::Min { "min" } else { "mean" };
        let overall = if self.overall == OverallRule::Controls { "controls" } else { "functions" };
        writeln!(out, "]\n\n[scoring]\nteams = \"{teams}\"\noverall = \"{overall}\"").unwrap();
        writeln!(out, "minimum_coverage = {}\ndecimals = {}\n\n[targets]", self.minimum_coverage, self.decimals)
            .unwrap();
        for (id, step) in self.default_target.iter().map(|step| ("default", *step)).chain(self.targets.iter().copied())
        {
            writeln!(out, "\"{id}\" = {{ level = {} }}", self.written(step)).unwrap();
        }
        for (index, Team { weight, scope, here }) in self.teams.iter().enumerate() {
            writeln!(out, "\n[[team]]\nid = \"t{index}\"\nname = \"T{index}\"\nweight = {weight}\nscope = {scope:?}")
                .unwrap();
            if !here {
                out.push_str("last_quarter = \"2026-Q2\"\n");
            }
        }
        out
    }

    /// The files of the workspace.
    fn texts(&self) -> BTreeMap<String, String> {
        let mut texts = catalog(&self.weights);
        texts.insert("milepost.toml".to_owned(), self.config());
        texts.insert("content/2026-Q3/quarter.toml".to_owned(), String::new());
        for control in &self.order {
            for (team, said) in self.said[*control].iter().enumerate() {
                let said = match said {
                    Said::Level(step) => format!("level = {}", self.written(*step)),
                    Said::Unknown => "unknown = \"Nobody knows.\"".to_owned(),
                    Said::NotApplicable => "not_applicable = \"No ships.\"".to_owned(),
                    Said::Nothing => continue,
                };
                let path = format!("content/2026-Q3/t{team}/{}.toml", self.files[*control]);
                write!(texts.entry(path).or_default(), "[{}]\n{said}\n", CONTROLS[*control]).unwrap();
            }
        }
        texts
    }

    /// Scores the workspace as its files tell it.
    fn read(&self) -> Scored {
        Scored::of(checked(&self.texts()))
    }

    /// Scores the workspace without the detour over its files.
    fn score(&self) -> Scored {
        let mut assessment = FORM.clone();
        let level = |step| Level::from_millionths(i64::try_from(self.millionths(step)).unwrap());
        let settings = &mut assessment.settings;
        (settings.scale.bottom, settings.scale.step) = (level(0), level(1) - level(0));
        settings.scale.levels = vec![settings.scale.levels[0].clone(); self.levels];
        (settings.scoring.teams, settings.scoring.overall) = (self.rule, self.overall);
        (settings.scoring.minimum_coverage, settings.scoring.decimals) = (self.minimum_coverage, self.decimals);
        let target = settings.targets.default.take().unwrap();
        let target = |step: usize| Target { level: level(step), ..target.clone() };
        settings.targets.default = self.default_target.map(target);
        settings.targets.by_id = self.targets.iter().map(|(id, step)| ((*id).to_owned(), target(*step))).collect();
        let named = settings.teams.remove(0);
        let team = |Team { weight, scope, here }: &Team| settings::Team {
            weight: *weight,
            scope: scope.iter().map(|id| (*id).to_owned()).collect(),
            last_quarter: named.last_quarter.filter(|_| !here),
            ..named.clone()
        };
        settings.teams = self.teams.iter().map(team).collect();
        for (control, weight) in assessment.frameworks[0].controls.iter_mut().zip(&self.weights) {
            control.weight = *weight;
        }
        let answers = &mut assessment.quarters[0].answers[0];
        let answer = answers[0].remove(0).unwrap();
        let answer = |said: &Said| {
            let state = match *said {
                Said::Level(step) => State::Assessed { claimed: level(step) },
                Said::Unknown => State::Unknown { why: String::new() },
                Said::NotApplicable => State::NotApplicable { reason: String::new(), approved_by: String::new() },
                Said::Nothing => return None,
            };
            Some(Answer { state, ..answer.clone() })
        };
        *answers = self.said.iter().map(|said| said.iter().map(answer).collect()).collect();
        Scored::of(assessment)
    }
}

/// A workspace with one of everything that a case needs.
static FORM: LazyLock<Assessment> = LazyLock::new(|| {
    let team = Team { weight: 1, scope: Vec::new(), here: false };
    let case = Case {
        bottom: 0,
        levels: 2,
        per_level: 1,
        rule: TeamRule::Mean,
        overall: OverallRule::Functions,
        minimum_coverage: 0,
        decimals: 0,
        weights: vec![1; 6],
        targets: Vec::new(),
        default_target: Some(0),
        teams: vec![team],
        said: vec![vec![Said::Level(0)]; 6],
        files: vec![0; 6],
        order: (0..6).collect(),
    };
    checked(&case.texts())
});

fn checked(texts: &BTreeMap<String, String>) -> Assessment {
    let mut workspace = workspace::load(Path::new("tests/fixtures/nowhere"));
    workspace.files.clear();
    workspace.files.extend(texts.iter().map(|(path, text)| (path.clone(), Entry::Text(Cow::Owned(text.clone())))));
    let checked = check::check(&workspace);
    checked.assessment.unwrap_or_else(|| panic!("{:#?}", checked.diagnostics))
}

/// The catalog's files.
fn catalog(weights: &[u32]) -> BTreeMap<String, String> {
    let header = format!("id = \"own\"\ntitle = \"Own\"\nfunctions = {FUNCTIONS:?}\n");
    let mut texts = BTreeMap::from([("controls/own/framework.toml".to_owned(), header)]);
    for function in FUNCTIONS {
        let mut text = format!("id = \"{function}\"\ntitle = \"{function}\"\n");
        for category in CATEGORIES.iter().filter(|id| id.starts_with(function)) {
            write!(text, "\n[[category]]\nid = \"{category}\"\ntitle = \"{category}\"\n").unwrap();
            for (id, weight) in CONTROLS.iter().zip(weights).filter(|(id, _)| id.starts_with(category)) {
                let rest = format!("title = \"{id}\"\noutcome = \"It is so.\"\nweight = {weight}");
                write!(text, "\n[[category.control]]\nid = \"{id}\"\n{rest}\n").unwrap();
            }
        }
        texts.insert(format!("controls/own/{function}.toml"), text);
    }
    texts
}

/// How near an id is to the controls.
fn rank(id: &str) -> usize {
    if id == "own" { 0 } else { id.len() }
}

/// Whether a control is, or stands below, `id`.
fn is_in(control: usize, id: &str) -> bool {
    let rest = CONTROLS[control].strip_prefix(id);
    id == "own" || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
}

/// A case, checked and scored by the program.
struct Scored {
    assessment: Assessment,
    scorecard: Scorecard,
}

impl Scored {
    fn of(assessment: Assessment) -> Self {
        let scorecard = score(&assessment);
        Self { assessment, scorecard }
    }

    fn all(&self) -> &Tree {
        &self.scorecard.quarters[0].all[0]
    }

    fn team(&self, team: usize) -> &Tree {
        &self.scorecard.quarters[0].teams[team][0]
    }

    fn teams(&self) -> usize {
        self.assessment.settings.teams.len()
    }

    /// The tree of all teams, then each team's.
    fn trees(&self) -> impl Iterator<Item = &Tree> {
        std::iter::once(self.all()).chain((0..self.teams()).map(|team| self.team(team)))
    }

    fn nodes(&self) -> impl Iterator<Item = &Figures> {
        self.trees().flat_map(nodes)
    }

    fn json(&self, team: Option<usize>) -> Value {
        serde_json::from_str(&self.text(team)).unwrap()
    }

    fn text(&self, team: Option<usize>) -> String {
        let tree = team.map_or(self.all(), |team| self.team(team));
        json::scores(&Selection { assessment: &self.assessment, quarter: 0, framework: 0, team, function: None, tree })
    }
}

/// Every node of a tree, the whole first, then rank by rank.
fn nodes(tree: &Tree) -> impl Iterator<Item = &Figures> {
    std::iter::once(&tree.overall).chain(&tree.functions).chain(&tree.categories).chain(&tree.controls)
}

/// The ids of [`nodes`].
fn ids() -> impl Iterator<Item = &'static str> {
    ["own"].into_iter().chain(FUNCTIONS).chain(CATEGORIES).chain(CONTROLS)
}

// ---------------------------------------------------------------------------------------------------------------------
// The same arithmetic a second time
// ---------------------------------------------------------------------------------------------------------------------

/// The figures of a node as they should be.
#[derive(Clone, Debug, Default)]
struct Wanted {
    mean: Option<Exact>,
    low: Option<Exact>,
    high: Option<Exact>,
    target: Option<Exact>,
    gap: Option<Exact>,
    floor: Option<i128>,
    assessed: u64,
    unknown: u64,
    unanswered: u64,
    not_applicable: u64,
    at_target: u64,
    levels: Vec<u64>,
}

fn half_up(value: Exact) -> i128 {
    (value + Exact::new(1, 2)).floor().to_integer()
}

/// The weighted mean of the values that are there.
fn weighted(items: impl IntoIterator<Item = (u32, Option<Exact>)>) -> Option<Exact> {
    let present = items.into_iter().filter_map(|(weight, value)| Some((i128::from(weight), value?)));
    let (sum, weights) = present.fold((Exact::from(0), 0), |(sum, all), (w, value)| (sum + value * w, all + w));
    (weights > 0).then(|| sum / weights)
}

/// The mean of all values by weight, or nothing if one of them is missing.
fn complete(items: Vec<(u32, Option<Exact>)>) -> Option<Exact> {
    if items.iter().all(|(_, value)| value.is_some()) { weighted(items) } else { None }
}

impl Case {
    fn wanted_control(&self, control: usize, only: Option<usize>) -> Wanted {
        let asked: Vec<usize> = (0..self.teams.len()).filter(|team| self.is_asked(*team, control)).collect();
        let mut wanted = Wanted { levels: vec![0; self.steps()], ..Wanted::default() };
        let mut levels = Vec::new();
        let target = self.target(control);
        for team in asked.iter().copied().filter(|team| only.is_none_or(|only| only == *team)) {
            let level = match self.said[control][team] {
                Said::Level(step) => {
                    wanted.assessed += 1;
                    wanted.levels[step] += 1;
                    wanted.at_target += u64::from(target.is_some_and(|target| step >= target));
                    wanted.floor = Some(wanted.floor.unwrap_or(i128::MAX).min(self.millionths(step)));
                    Some(self.millionths(step))
                }
                Said::Unknown => {
                    wanted.unknown += 1;
                    None
                }
                Said::Nothing => {
                    wanted.unanswered += 1;
                    None
                }
                Said::NotApplicable => {
                    wanted.not_applicable += 1;
                    continue;
                }
            };
            levels.push((self.teams[team].weight, level));
        }
        if asked.is_empty() && only.is_none() {
            wanted.unanswered = 1;
            levels.push((1, None));
        }
        let joined = |otherwise: Option<i128>| {
            let given = levels.iter().map(|(weight, level)| (*weight, level.or(otherwise).map(Exact::from)));
            match self.rule {
                TeamRule::Mean => weighted(given).map(|mean| Exact::from(half_up(mean))),
                TeamRule::Min => given.filter_map(|(_, level)| level).min(),
            }
        };
        wanted.mean = joined(None);
        wanted.low = joined(Some(self.millionths(0)));
        wanted.high = joined(Some(self.millionths(self.steps() - 1)));
        wanted.target = target.filter(|_| !levels.is_empty()).map(|step| Exact::from(self.millionths(step)));
        wanted.gap = wanted.mean.zip(wanted.target).map(|(mean, target)| (target - mean).max(Exact::from(0)));
        wanted
    }

    /// The figures of every node by id, for all teams or the `only` one.
    fn wanted(&self, only: Option<usize>) -> BTreeMap<&'static str, Wanted> {
        let controls: Vec<Wanted> = (0..6).map(|control| self.wanted_control(control, only)).collect();
        let below =
            |id: &str| (0..6).filter(|c| is_in(*c, id)).map(|c| (self.weights[c], &controls[c])).collect::<Vec<_>>();
        let nodes = ids().filter(|id| *id != "own").map(|id| (id, joined(&below(id), self.steps())));
        let mut nodes: BTreeMap<&'static str, Wanted> = nodes.collect();
        let parts = match self.overall {
            OverallRule::Controls => below("own"),
            OverallRule::Functions => FUNCTIONS.iter().map(|id| (1, &nodes[id])).collect(),
        };
        nodes.insert("own", joined(&parts, self.steps()));
        nodes
    }
}

fn joined(parts: &[(u32, &Wanted)], steps: usize) -> Wanted {
    let over = |value: fn(&Wanted) -> Option<Exact>| parts.iter().map(move |(weight, part)| (*weight, value(part)));
    let count = |value: fn(&Wanted) -> u64| parts.iter().map(|(_, part)| value(part)).sum();
    let scored: Vec<_> = parts.iter().filter(|(_, part)| part.mean.is_some()).collect();
    let applicable: Vec<_> = parts.iter().filter(|(_, part)| part.low.is_some()).collect();
    let targeted = if scored.is_empty() { &applicable } else { &scored };
    Wanted {
        mean: weighted(over(|part| part.mean)),
        low: weighted(over(|part| part.low)),
        high: weighted(over(|part| part.high)),
        target: complete(targeted.iter().map(|(weight, part)| (*weight, part.target)).collect()),
        gap: complete(scored.iter().map(|(weight, part)| (*weight, part.gap)).collect()),
        floor: parts.iter().filter_map(|(_, part)| part.floor).min(),
        assessed: count(|part| part.assessed),
        unknown: count(|part| part.unknown),
        unanswered: count(|part| part.unanswered),
        not_applicable: count(|part| part.not_applicable),
        at_target: count(|part| part.at_target),
        levels: (0..steps).map(|step| parts.iter().map(|(_, part)| part.levels[step]).sum()).collect(),
    }
}

/// A level as it is shown.
fn shown(value: Exact, decimals: u32) -> String {
    let unit = 10_i128.pow(decimals);
    let rounded = half_up(value * unit / MILLION);
    let width = decimals as usize;
    if decimals == 0 { rounded.to_string() } else { format!("{}.{:0width$}", rounded / unit, rounded % unit) }
}

fn assert_node(node: &Value, wanted: &Wanted, case: &Case) {
    let id = &node["id"];
    let millionths = |key: &str| node[key].as_i64().map(i128::from);
    assert_eq!(millionths("mean"), wanted.mean.map(half_up), "mean of {id}");
    assert_eq!(millionths("low"), wanted.low.map(half_up), "low of {id}");
    assert_eq!(millionths("high"), wanted.high.map(half_up), "high of {id}");
    assert_eq!(millionths("target"), wanted.target.map(half_up), "target of {id}");
    assert_eq!(millionths("gap"), wanted.gap.map(half_up), "gap of {id}");
    assert_eq!(millionths("floor"), wanted.floor, "floor of {id}");
    let count = |key: &str| node[key].as_u64().unwrap();
    let applicable = wanted.assessed + wanted.unknown + wanted.unanswered;
    let counts = ["assessed", "applicable", "unknown", "unanswered", "not_applicable", "at_target"].map(count);
    let Wanted { assessed, unknown, unanswered, not_applicable, at_target, .. } = *wanted;
    assert_eq!(counts, [assessed, applicable, unknown, unanswered, not_applicable, at_target], "counts of {id}");
    assert_eq!(node["levels"], Value::from(wanted.levels.clone()), "levels of {id}");
    let withheld = assessed * 100 < applicable * u64::from(case.minimum_coverage);
    assert_eq!(node["withheld"], Value::from(withheld), "{id}");
    let score = wanted.mean.filter(|_| !withheld).map(|mean| shown(mean, case.decimals).parse::<f64>().unwrap());
    assert_eq!(node["score"].as_f64(), score, "score of {id}");
}

// ---------------------------------------------------------------------------------------------------------------------
// Laws
// ---------------------------------------------------------------------------------------------------------------------

/// Both are missing, or both are there and the first is not above the second.
fn assert_rises(from: Option<&Mean>, to: Option<&Mean>) {
    assert_eq!(from.is_some(), to.is_some());
    assert!(from <= to, "{from:?} > {to:?}");
}

/// Every pair of the same node in two cases.
fn pairs<'a>(one: &'a Scored, other: &'a Scored) -> impl Iterator<Item = (&'a Figures, &'a Figures)> {
    assert_eq!(one.nodes().count(), other.nodes().count());
    one.nodes().zip(other.nodes())
}

/// The figures without the count of what does not apply.
fn without_not_applicable(figures: &Figures) -> Figures {
    let mut figures = figures.clone();
    figures.counts.not_applicable = 0;
    figures
}

fn few() -> Config {
    Config { cases: 200, failure_persistence: None, ..Config::default() }
}

proptest! {
    #![proptest_config(few())]

    #[test]
    fn every_figure_is_what_the_exact_fraction_rounds_to(case in case()) {
        let scored = case.read();
        prop_assert!(scored.nodes().eq(case.score().nodes()));
        for only in std::iter::once(None).chain((0..case.teams.len()).map(Some)) {
            let json = scored.json(only);
            let wanted = case.wanted(only);
            let lists = ["functions", "categories", "controls"].map(|key| json[key].as_array().unwrap());
            let nodes: Vec<&Value> = std::iter::once(&json["overall"]).chain(lists.into_iter().flatten()).collect();
            prop_assert!(nodes.iter().map(|node| node["id"].as_str().unwrap()).eq(ids()));
            nodes.iter().for_each(|node| assert_node(node, &wanted[node["id"].as_str().unwrap()], &case));
            let tree = only.map_or(scored.all(), |team| scored.team(team));
            for (figures, id) in crate::nodes(tree).zip(ids()) {
                let text = wanted[id].mean.filter(|_| !figures.withheld).map(|mean| shown(mean, case.decimals));
                prop_assert_eq!(figures.score(case.decimals), text);
            }
        }
    }

    #[test]
    fn counts_add_up_and_means_lie_in_their_range(case in case()) {
        let scored = case.score();
        for Figures { mean, low, high, target, gap, counts, withheld } in scored.nodes() {
            prop_assert_eq!(counts.levels.iter().sum::<u32>(), counts.assessed);
            prop_assert_eq!(counts.applicable(), counts.assessed + counts.unknown + counts.unanswered);
            prop_assert!(counts.at_target <= counts.assessed);
            prop_assert_eq!(mean.is_some(), counts.assessed > 0);
            prop_assert_eq!(counts.floor.is_some(), counts.assessed > 0);
            prop_assert_eq!((low.is_some(), high.is_some()), (counts.applicable() > 0, counts.applicable() > 0));
            prop_assert!(target.is_none() || counts.applicable() > 0);
            prop_assert!(gap.is_none() || mean.is_some() && target.is_some());
            prop_assert!(!withheld || counts.assessed < counts.applicable());
            let [bottom, top] = [0, case.steps() - 1].map(|step| {
                Mean::from(Level::from_millionths(i64::try_from(case.millionths(step)).unwrap()))
            });
            if let (Some(low), Some(high)) = (low, high) {
                prop_assert!(bottom <= *low && low <= high && *high <= top);
                // The range is as wide as what is not assessed: none where nothing is missing.
                let whole = counts.assessed == counts.applicable();
                prop_assert!(!whole || mean.as_ref() == Some(low) && low == high);
            }
            if let (Some(mean), Some(floor)) = (mean, counts.floor) {
                prop_assert!(low.as_ref() <= Some(mean) && Some(mean) <= high.as_ref() && Mean::from(floor) <= *mean);
            }
            if let (Some(mean), Some(target), Some(gap)) = (mean, target, gap) {
                // Capped control by control, a gap is never less than that of the means.
                prop_assert!(*gap >= mean.gap_to(target) && Some(gap) <= Some(target));
            }
        }
    }

    #[test]
    fn the_order_of_teams_answers_and_files_never_matters(
        case in case(),
        shuffled in Just((0..3_usize).collect::<Vec<_>>()).prop_shuffle(),
        order in Just((0..6_usize).collect::<Vec<_>>()).prop_shuffle(),
        files in prop::collection::vec(0..3_usize, 6),
    ) {
        let places: Vec<usize> = shuffled.into_iter().filter(|team| *team < case.teams.len()).collect();
        let other = Case {
            teams: places.iter().map(|team| case.teams[*team].clone()).collect(),
            said: case.said.iter().map(|said| places.iter().map(|team| said[*team]).collect()).collect(),
            order,
            files,
            ..case.clone()
        };
        let (one, other) = (case.read(), other.read());
        prop_assert_eq!(one.text(None), other.text(None));
        prop_assert!(nodes(one.all()).eq(nodes(other.all())));
        for (place, team) in places.iter().enumerate() {
            prop_assert!(nodes(one.team(*team)).eq(nodes(other.team(place))));
        }
    }

    #[test]
    fn raising_one_level_lowers_nothing_and_widens_no_gap(
        case in case(),
        which in any::<Index>(),
        by in 1..1000_usize,
    ) {
        let top = case.steps() - 1;
        let raisable = (0..6).flat_map(|control| (0..case.teams.len()).map(move |team| (control, team)));
        let raisable = raisable.filter_map(|(control, team)| match case.said[control][team] {
            Said::Level(step) if step < top => Some((control, team, step)),
            _ => None,
        });
        let raisable: Vec<_> = raisable.collect();
        prop_assume!(!raisable.is_empty());
        let (control, team, step) = *which.get(&raisable);
        let raised = step + 1 + by % (top - step);
        let (before, after) = (case.score(), case.saying(control, team, Said::Level(raised)).score());
        for (before, after) in pairs(&before, &after) {
            assert_rises(before.mean.as_ref(), after.mean.as_ref());
            assert_rises(before.low.as_ref(), after.low.as_ref());
            assert_rises(before.high.as_ref(), after.high.as_ref());
            assert_rises(after.gap.as_ref(), before.gap.as_ref());
            prop_assert!(before.counts.floor <= after.counts.floor);
            prop_assert!(before.counts.at_target <= after.counts.at_target);
            prop_assert_eq!(&before.target, &after.target);
            prop_assert_eq!((before.withheld, before.counts.assessed), (after.withheld, after.counts.assessed));
        }
    }

    #[test]
    fn what_is_not_assessed_earns_nothing(case in case(), control in 0..6_usize, team in any::<Index>()) {
        let team = team.index(case.teams.len());
        let states = [Said::Nothing, Said::Unknown, Said::NotApplicable];
        let [nothing, unknown, absent] = states.map(|said| case.saying(control, team, said).score());
        for (nothing, unknown) in pairs(&nothing, &unknown) {
            let mut counts = unknown.counts.clone();
            (counts.unknown, counts.unanswered) = (nothing.counts.unknown, nothing.counts.unanswered);
            prop_assert_eq!(nothing, &Figures { counts, ..unknown.clone() });
        }
        for (unknown, absent) in pairs(&unknown, &absent) {
            // Not applicable is neither full marks nor a zero: the mean is that of the rest, as for what is unknown.
            prop_assert_eq!((&unknown.mean, &unknown.gap), (&absent.mean, &absent.gap));
            prop_assert_eq!(&unknown.counts.levels, &absent.counts.levels);
            prop_assert_eq!(unknown.counts.floor, absent.counts.floor);
            prop_assert_eq!(unknown.counts.at_target, absent.counts.at_target);
            prop_assert!(unknown.counts.assessed == 0 || unknown.target == absent.target);
            // It only narrows the range.
            if absent.counts.applicable() > 0 {
                prop_assert!(unknown.low <= absent.low && absent.high <= unknown.high);
            }
        }
    }

    #[test]
    fn not_applicable_is_as_if_the_team_were_never_asked(
        case in case(),
        control in 0..6_usize,
        team in any::<Index>(),
    ) {
        let team = team.index(case.teams.len());
        prop_assume!(case.is_asked(team, control));
        let absent = case.saying(control, team, Said::NotApplicable);
        let mut never = case.clone();
        let others = (0..6).filter(|other| *other != control && case.is_asked(team, *other));
        never.teams[team].scope = others.map(|other| CONTROLS[other]).collect();
        // An empty scope would mean everything.
        never.teams[team].here = !never.teams[team].scope.is_empty();
        // Where nobody else is asked, the one is out of the whole's denominator and the other unanswered in it.
        let shared = (0..case.teams.len()).any(|other| other != team && case.is_asked(other, control));
        let (absent, never) = (absent.score(), never.score());
        for (absent, never) in absent.trees().zip(never.trees()).skip(usize::from(!shared)) {
            for (absent, never) in nodes(absent).zip(nodes(never)) {
                prop_assert_eq!(without_not_applicable(absent), without_not_applicable(never));
            }
        }
        let counts = [&absent, &never].map(|scored| scored.all().controls[control].counts.clone());
        prop_assert!(shared || (counts[0].applicable(), counts[1].unanswered) == (0, 1));
    }

    #[test]
    fn a_team_of_weight_k_is_k_teams_of_weight_1(case in case(), k in 1..=5_u32) {
        let mut heavy = case;
        heavy.teams[0].weight = k;
        let mut many = heavy.clone();
        many.teams[0].weight = 1;
        for _ in 1..k {
            many.teams.push(many.teams[0].clone());
            many.said.iter_mut().for_each(|said| said.push(said[0]));
        }
        let (heavy, many) = (heavy.score(), many.score());
        for ((one, other), alone) in nodes(heavy.all()).zip(nodes(many.all())).zip(nodes(heavy.team(0))) {
            prop_assert_eq!((&one.mean, &one.low, &one.high), (&other.mean, &other.low, &other.high));
            prop_assert_eq!((&one.target, &one.gap, one.counts.floor), (&other.target, &other.gap, other.counts.floor));
            // Answers are counted, not weighed.
            prop_assert_eq!(one.counts.assessed + (k - 1) * alone.counts.assessed, other.counts.assessed);
        }
    }

    #[test]
    fn adding_a_zero_never_raises(case in case(), control in 0..6_usize, team in any::<Index>()) {
        let team = team.index(case.teams.len());
        prop_assume!(!matches!(case.said[control][team], Said::Level(_)));
        let was_absent = case.said[control][team] == Said::NotApplicable;
        let (before, after) = (case.score(), case.saying(control, team, Said::Level(0)).score());
        for (before, after) in pairs(&before, &after) {
            prop_assert!(before.mean.is_none() || after.mean <= before.mean);
            prop_assert!(before.low.is_none() || after.low <= before.low);
            prop_assert!(before.high.is_none() || after.high <= before.high);
            prop_assert!(before.counts.floor.is_none() || after.counts.floor <= before.counts.floor);
            // The low end took it for a zero all along.
            prop_assert!(was_absent || after.low == before.low);
        }
    }

    #[test]
    fn a_mean_of_means_is_the_flat_mean_where_parts_weigh_the_same(case in assessed_case(), each in 1..=100_u32) {
        let everywhere = |mut case: Case, weights: Vec<u32>, overall| {
            case.teams.iter_mut().for_each(|team| (team.scope, team.here) = (Vec::new(), true));
            Case { weights, overall, ..case }.score()
        };
        // 6 to each Function, and 4 and 2 to the Categories of A.
        let even: Vec<u32> = [2, 2, 2, 3, 3, 6].iter().map(|weight| weight * each).collect();
        let [by_functions, by_controls] = [OverallRule::Functions, OverallRule::Controls]
            .map(|overall| everywhere(case.clone(), even.clone(), overall).all().clone());
        prop_assert_eq!(&by_functions.overall, &by_controls.overall);
        // In any case the flat mean weighs each Function by its controls, and a Function each Category.
        let weights = &case.weights;
        let flat = everywhere(case.clone(), weights.clone(), OverallRule::Controls).all().clone();
        let means = |figures: &[Figures]| figures.iter().map(|node| node.mean.clone().unwrap()).collect::<Vec<_>>();
        let (functions, categories) = (means(&flat.functions), means(&flat.categories));
        let heavy = [weights[..3].iter().sum(), weights[3..5].iter().sum(), weights[5]];
        prop_assert_eq!(Mean::weighted(heavy.into_iter().zip(&functions)), flat.overall.mean);
        let of_a = [(weights[0] + weights[1], &categories[0]), (weights[2], &categories[1])];
        prop_assert_eq!(Mean::weighted(of_a), Some(functions[0].clone()));
        // And the mean of Functions weighs none.
        let equal = everywhere(case.clone(), weights.clone(), OverallRule::Functions).all().clone();
        prop_assert_eq!(Mean::weighted(functions.iter().map(|mean| (1, mean))), equal.overall.mean);
    }

    #[test]
    fn the_numbers_of_the_scale_are_only_names(case in case(), by in 1..=5_usize) {
        let moved = Case { bottom: case.bottom + by, ..case.clone() };
        let by = Mean::from(Level::from_millionths(i64::try_from(by).unwrap() * 1_000_000));
        for (one, other) in pairs(&case.score(), &moved.score()) {
            prop_assert_eq!((&one.counts.levels, one.withheld), (&other.counts.levels, other.withheld));
            prop_assert_eq!((&one.gap, one.counts.at_target), (&other.gap, other.counts.at_target));
            let means = |figures: &Figures| {
                let Figures { mean, low, high, target, .. } = figures.clone();
                [mean, low, high, target]
            };
            for (one, other) in means(one).into_iter().zip(means(other)) {
                // What the other exceeds the move by is the one.
                prop_assert_eq!(one, other.map(|other| by.gap_to(&other)));
            }
        }
    }

    #[test]
    fn a_finer_step_changes_no_figure(case in case()) {
        let finer = match case.per_level {
            1 | 5 => 10,
            2 => 4,
            _ => return Ok(()),
        };
        let times = finer / case.per_level;
        let mut fine = Case { per_level: finer, ..case.clone() };
        let scaled = |said: &mut Said| if let Said::Level(step) = said { *step *= times };
        fine.said.iter_mut().flatten().for_each(scaled);
        fine.targets.iter_mut().for_each(|(_, step)| *step *= times);
        fine.default_target = fine.default_target.map(|step| step * times);
        for (one, other) in pairs(&case.score(), &fine.score()) {
            let mut counts = other.counts.clone();
            counts.levels = counts.levels.into_iter().step_by(times).collect();
            prop_assert_eq!(one, &Figures { counts, ..other.clone() });
        }
    }

    #[test]
    fn a_team_alone_is_scored_as_if_there_were_no_other(case in case(), team in any::<Index>()) {
        let team = team.index(case.teams.len());
        let mut alone = case.clone();
        alone.teams = vec![case.teams[team].clone()];
        alone.said.iter_mut().for_each(|said| *said = vec![said[team]]);
        let (case, alone) = (case.score(), alone.score());
        prop_assert!(nodes(case.team(team)).eq(nodes(alone.team(0))));
        let is_asked = |figures: &Figures| figures.counts.applicable() + figures.counts.not_applicable > 0;
        let everything = alone.team(0).controls.iter().all(is_asked);
        prop_assert!(!everything || nodes(case.team(team)).eq(nodes(alone.all())));
    }

    #[test]
    fn gaps_are_ranked_by_width_weight_and_id(case in case()) {
        let scored = case.score();
        let framework = scored.assessment.framework();
        for tree in scored.trees() {
            let gaps = gap::rank(framework, tree);
            let key = |gap: &gap::Gap| {
                let control = &framework.controls[gap.control];
                (std::cmp::Reverse(gap.gap.clone()), std::cmp::Reverse(control.weight), control.id.clone())
            };
            prop_assert!(gaps.ranked.is_sorted_by(|one, next| key(one) < key(next)));
            for (control, figures) in tree.controls.iter().enumerate() {
                let listed = gaps.ranked.iter().filter(|gap| gap.control == control).map(|gap| &gap.gap);
                let wide = figures.gap.as_ref().filter(|gap| !figures.withheld && gap.millionths() > 0);
                prop_assert!(listed.eq(wide));
                let unscored = figures.target.is_some() && (figures.mean.is_none() || figures.withheld);
                prop_assert_eq!(gaps.unscored.contains(&control), unscored);
            }
        }
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// Worked out by hand
// ---------------------------------------------------------------------------------------------------------------------

/// A workspace of `fixtures/good`, scored.
struct Fixture {
    folder: PathBuf,
    assessment: Assessment,
    scorecard: Scorecard,
}

impl Fixture {
    fn load(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/good").join(name);
        let checked = check::check(&workspace::load(&folder));
        assert!(checked.diagnostics.is_empty(), "{:#?}", checked.diagnostics);
        let assessment = checked.assessment.unwrap();
        let scorecard = score(&assessment);
        Self { folder, assessment, scorecard }
    }

    /// One quarter, of all teams or one, by their names.
    fn select(&self, quarter: &str, team: &str) -> Selection<'_> {
        let assessment = &self.assessment;
        let quarter = assessment.quarters.iter().position(|known| known.quarter.to_string() == quarter).unwrap();
        let found = assessment.settings.teams.iter().position(|known| known.name == team);
        assert!(found.is_some() || team == "all teams", "{team}");
        let scores = &self.scorecard.quarters[quarter];
        let tree = found.map_or(&scores.all[0], |team| &scores.teams[team][0]);
        Selection { assessment, quarter, framework: 0, team: found, function: None, tree }
    }
}

/// A mean or gap in millionths.
fn millionths(mean: Option<&Mean>) -> Option<i64> {
    mean.map(Mean::millionths)
}

#[test]
fn the_nine_headlines_are_one_withheld_number() {
    let mut fixture = Fixture::load("nine-headlines");
    let selection = fixture.select("2026-Q3", "all teams");
    let Figures { mean, low, high, target, gap, counts, .. } = &selection.tree.overall;
    let floor = counts.floor.map(Level::shown);
    // 106 outcomes less 10 that do not apply: 96. Assessed: 10 met and 6 at zero.
    assert_eq!((counts.assessed, counts.applicable(), counts.not_applicable), (16, 96, 10));
    assert_eq!((counts.unanswered, counts.unknown, floor.as_deref()), (80, 0, Some("0")));
    assert_eq!(counts.levels, [6, 0, 0, 0, 0, 10]);
    // 16 ÷ 96 = 17 %, below 60 %: no headline, whatever the mean is.
    assert_eq!((counts.coverage(), selection.tree.overall.is_withheld()), (Some(17), true));
    assert_eq!(selection.tree.overall.score(1), None);
    // Kept for whoever asks: 10 × 5 ÷ 16 = 3.125, the 62.5 % of others.
    assert_eq!(millionths(mean.as_ref()), Some(3_125_000));
    // Were the 80 all at 0: 50 ÷ 96 = 0.520833, their 10.4 %. All at 5: (50 + 80 × 5) ÷ 96 = 4.6875.
    assert_eq!([low, high].map(|mean| millionths(mean.as_ref())), [Some(520_833), Some(4_687_500)]);
    assert_eq!([low, high].map(|mean| mean.as_ref().unwrap().shown(1)), ["0.5", "4.7"]);
    // Six zeros are 3 short of their target; the ten that exceed theirs pay for none: 6 × 3 ÷ 16 = 1.125.
    assert_eq!([target, gap].map(|mean| millionths(mean.as_ref())), [Some(3_000_000), Some(1_125_000)]);
    assert_eq!(counts.at_target, 10);
    let gaps = gap::rank(selection.catalog(), selection.tree);
    assert!(gaps.ranked.iter().all(|gap| gap.gap.millionths() == 3_000_000));
    assert_eq!((gaps.ranked.len(), gaps.unscored.len()), (6, 80));
    // Nothing of it is said by any Function either.
    assert!(selection.tree.functions.iter().all(|figures| figures.score(1).is_none()));

    fixture.assessment.settings.scoring.overall = OverallRule::Functions;
    let overall = &score(&fixture.assessment).quarters[0].all[0].overall;
    // GV 20 ÷ 6, ID 10 ÷ 3, PR 15 ÷ 4, DE 5 ÷ 2, RS 0 ÷ 1, RC nothing: (10/3 + 10/3 + 15/4 + 5/2 + 0) ÷ 5 = 31/12.
    assert_eq!(millionths(overall.mean.as_ref()), Some(2_583_333));
    // (20/28 + 10/19 + 15/20 + 5/10 + 0/12 + 0/7) ÷ 6 = 1325/3192
    assert_eq!(millionths(overall.low.as_ref()), Some(415_100));
    // (130/28 + 90/19 + 95/20 + 45/10 + 55/12 + 35/7) ÷ 6 = 11257/2394
    assert_eq!(millionths(overall.high.as_ref()), Some(4_702_172));
    assert_eq!((overall.is_withheld(), overall.counts.applicable()), (true, 96));
}

#[test]
fn a_workspace_worked_out_by_hand() {
    let fixture = Fixture::load("hand");
    let page = fs::read_to_string(fixture.folder.join("by-hand.md")).unwrap();
    let mut seen = Vec::new();
    for section in page.split("\n### ").skip(1) {
        let (heading, body) = section.split_once('\n').unwrap();
        let (quarter, team) = heading.split_once(", ").unwrap();
        let selection = fixture.select(quarter, team);
        assert_section(heading, body, &selection);
        seen.push((selection.quarter, selection.team));
    }
    seen.sort_unstable();
    assert_eq!(seen, [(0, None), (0, Some(0)), (0, Some(1)), (1, None), (1, Some(0)), (1, Some(1))]);
}

#[test]
fn json_of_a_workspace_worked_out_by_hand() {
    let fixture = Fixture::load("hand");
    for quarter in ["2026-Q1", "2026-Q2"] {
        let selection = fixture.select(quarter, "all teams");
        insta::assert_snapshot!(format!("hand-{quarter}"), json::scores(&selection));
    }
}

/// Compares the tables below one heading with the figures of its quarter and team.
fn assert_section(heading: &str, body: &str, selection: &Selection<'_>) {
    let nodes: BTreeMap<&str, &Figures> = selection.nodes().iter().map(|node| (node.id, node.figures)).collect();
    let tables = tables(body);
    let Ok([counts, figures, gaps]) = <[Table<'_>; 3]>::try_from(tables) else {
        assert!(body.contains("nothing applies, and no node has a figure"), "{heading}");
        let nothing = |figures: &Figures| figures.low.is_none() && figures.counts.floor.is_none();
        assert!(nodes.values().all(|figures| nothing(figures) && figures.counts.applicable() == 0), "{heading}");
        return;
    };
    for table in [&counts, &figures] {
        let listed: Vec<&str> = table.iter().map(|row| row["Node"]).collect();
        assert_eq!((listed.len(), nodes.len()), (11, 11), "{heading}");
        assert!(nodes.keys().all(|id| listed.contains(id)), "{heading}: {listed:?}");
    }
    counts.iter().for_each(|row| assert_counts(heading, row, nodes[row["Node"]], selection));
    figures.iter().for_each(|row| assert_figures(heading, row, nodes[row["Node"]]));
    let ranked = gap::rank(selection.catalog(), selection.tree);
    let id = |control: usize| selection.catalog().controls[control].id.as_str();
    let found =
        ranked.ranked.iter().zip(1..).map(|(gap, rank)| (rank.to_string(), id(gap.control), gap.gap.millionths()));
    let listed = gaps.iter().map(|row| (row["#"].to_owned(), row["Control"], worked(row["Gap"]).unwrap()));
    assert!(found.eq(listed), "{heading}: {ranked:?}");
    let unscored: Vec<&str> = ranked.unscored.iter().map(|control| id(*control)).collect();
    let unscored = if unscored.is_empty() { "none".to_owned() } else { unscored.join(", ") };
    assert!(body.contains(&format!("Too little assessed to rank: {unscored}.")), "{heading}: {unscored}");
}

fn assert_counts(heading: &str, row: &Row<'_>, figures: &Figures, selection: &Selection<'_>) {
    let counts = &figures.counts;
    let place = format!("{heading}: {}", row["Node"]);
    assert_eq!(row["Assessed"], format!("{} of {}", counts.assessed, counts.applicable()), "{place}");
    assert_eq!(row["Floor"], counts.floor.map_or_else(|| "–".to_owned(), Level::shown), "{place}");
    let numbers = [counts.unknown, counts.unanswered, counts.not_applicable, counts.at_target].map(|n| n.to_string());
    assert_eq!(["Unknown", "Unanswered", "N/a", "At target"].map(|head| row[head]), numbers, "{place}");
    let steps = selection.assessment.settings.scale.steps();
    let levels = steps.iter().map(|level| row[format!("at {}", level.shown()).as_str()].parse::<u32>().unwrap());
    assert_eq!(levels.collect::<Vec<_>>(), counts.levels, "{place}");
}

fn assert_figures(heading: &str, row: &Row<'_>, figures: &Figures) {
    let Figures { mean, low, high, target, gap, .. } = figures;
    for (head, mean) in [("Mean", mean), ("Low", low), ("High", high), ("Target", target), ("Gap", gap)] {
        assert_eq!(millionths(mean.as_ref()), worked(row[head]), "{heading}: {head} of {}", row["Node"]);
    }
    let score = figures.score(1).unwrap_or_else(|| if figures.is_withheld() { "withheld" } else { "–" }.to_owned());
    assert_eq!(score, row["Shown"], "{heading}: {}", row["Node"]);
}

type Row<'a> = BTreeMap<&'a str, &'a str>;
type Table<'a> = Vec<Row<'a>>;

/// The Markdown tables of a text, each row by the heads of its columns.
fn tables<'a>(text: &'a str) -> Vec<Table<'a>> {
    let cells = |line: &'a str| line.trim_matches('|').split('|').map(str::trim).collect::<Vec<_>>();
    let blocks = text.split("\n\n").filter(|block| block.trim_start().starts_with('|'));
    blocks
        .map(|block| {
            let mut lines = block.trim().lines();
            let heads = cells(lines.next().unwrap());
            lines.skip(1).map(|line| heads.iter().copied().zip(cells(line)).collect()).collect()
        })
        .collect()
}

/// The result of a cell in millionths, half up, after every sum in it was redone: `(1 + 2) ÷ 3 = 1`.
fn worked(cell: &str) -> Option<i64> {
    if cell == "–" {
        return None;
    }
    let (exact, rounded) = cell.split_once('≈').map_or((cell, None), |(exact, rounded)| (exact, Some(rounded)));
    let values: Vec<Exact> = exact.split('=').map(sum).collect();
    assert!(values.iter().all(|value| *value == values[0]), "{cell}");
    let millionths = half_up(values[0] * MILLION);
    assert!(rounded.is_none_or(|rounded| sum(rounded) * MILLION == Exact::from(millionths)), "{cell}");
    Some(i64::try_from(millionths).unwrap())
}

/// The value of `a + b − c`, each a product of numbers and of sums in brackets.
fn sum(text: &str) -> Exact {
    let mut rest = text.trim();
    let value = terms(&mut rest);
    assert!(rest.is_empty(), "{text}");
    value
}

fn terms(rest: &mut &str) -> Exact {
    let mut value = factors(rest);
    while let Some(sign) = taken(rest, &['+', '−']) {
        let next = factors(rest);
        value = if sign == '+' { value + next } else { value - next };
    }
    value
}

fn factors(rest: &mut &str) -> Exact {
    let mut value = number(rest);
    while let Some(sign) = taken(rest, &['×', '÷', '/']) {
        let next = number(rest);
        value = if sign == '×' { value * next } else { value / next };
    }
    value
}

fn number(rest: &mut &str) -> Exact {
    if taken(rest, &['(']).is_some() {
        let value = terms(rest);
        assert_eq!(taken(rest, &[')']), Some(')'), "{rest}");
        return value;
    }
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    let (digits, after) = rest.split_at(end);
    *rest = after;
    let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    Exact::new(digits.replace('.', "").parse().unwrap(), 10_i128.pow(u32::try_from(decimals).unwrap()))
}

/// Takes one of `signs` and the blanks around it.
fn taken(rest: &mut &str, signs: &[char]) -> Option<char> {
    let sign = rest.trim_start().chars().next().filter(|sign| signs.contains(sign))?;
    *rest = rest.trim_start()[sign.len_utf8()..].trim_start();
    Some(sign)
}
