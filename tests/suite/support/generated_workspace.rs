//! A few numbers in, a workspace of one quarter out: its files, its assessment, and what each of its figures should be.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Deref;
use std::path::Path;
use std::sync::LazyLock;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use milepost::base::excerpt::Excerpt;
use milepost::base::number::Level;
use milepost::base::place::{Origin, Place};
use milepost::check;
use milepost::export::{Selection, json};
use milepost::load::workspace::{self, Entry};
use milepost::model::assessment::Assessment;
use milepost::model::catalog::{Need, OverallRule, Rules, TeamRule};
use milepost::model::evidence::{Answer, Claim, Item, Kind, Period, State};
use milepost::model::ids::{Answers, FrameworkId};
use milepost::model::measure::{self, Between, Condition, FactKind, Measure, Requirement, Value as FactValue};
use milepost::model::profile::Target;
use milepost::model::settings::{self, Basis, Dimension};
use milepost::score::{self, Figures, ScoredQuarter, Tree, score};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::Value;

use super::independent_arithmetic::{Exact, MILLION, complete, half_up, weighted};
use super::positions;

/// The controls of every case: Functions of three, two and one, the first with two Categories.
pub(crate) const CONTROLS: [&str; 6] = ["A.X-1", "A.X-2", "A.Y-1", "B.X-1", "B.X-2", "C.X-1"];
const CATEGORIES: [&str; 4] = ["A.X", "A.Y", "B.X", "C.X"];
const FUNCTIONS: [&str; 3] = ["A", "B", "C"];
/// Everything that a target or a scope may name.
const IDS: [&str; 14] =
    ["own", "A", "B", "C", "A.X", "A.Y", "B.X", "C.X", "A.X-1", "A.X-2", "A.Y-1", "B.X-1", "B.X-2", "C.X-1"];
/// The control that gives facts, and the one that may stand on them.
const LENDER: usize = 0;
const BORROWER: usize = 1;
/// The last day of the quarter.
const CLOSES: Date = date(2026, 9, 30);

/// How teams join, with the owner by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Join {
    Mean,
    Min,
    Owner(usize),
}

impl Join {
    fn rule(self) -> TeamRule {
        match self {
            Self::Mean => TeamRule::Mean,
            Self::Min => TeamRule::Min,
            Self::Owner(owner) => TeamRule::Owner(positions::team(owner)),
        }
    }
}

/// A workspace of one quarter, as few numbers as make one. Levels are counted in steps from the bottom of the scale.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) bottom: usize,
    pub(crate) levels: usize,
    /// Steps in one level.
    pub(crate) per_level: usize,
    /// The weights of the dimensions of a level; none where it is one number.
    pub(crate) dimensions: Vec<u32>,
    pub(crate) basis: Basis,
    pub(crate) rule: Join,
    pub(crate) overall: OverallRule,
    pub(crate) minimum_coverage: u32,
    pub(crate) decimals: u32,
    pub(crate) team_level: bool,
    /// How old evidence may be, and what levels need of it; the default needs where none are given.
    pub(crate) max_age: i32,
    pub(crate) needs: Option<Vec<Needed>>,
    /// By control.
    pub(crate) rules: Vec<Rule>,
    /// The criteria by control; none where a level is said.
    pub(crate) measures: Vec<Option<Vec<Criterion>>>,
    /// Whether [`BORROWER`] stands on the facts of [`LENDER`].
    pub(crate) lends: bool,
    pub(crate) targets: Vec<(&'static str, usize)>,
    pub(crate) default_target: Option<usize>,
    pub(crate) teams: Vec<Team>,
    /// By control and team.
    pub(crate) said: Vec<Vec<Said>>,
    pub(crate) facts: Vec<Vec<Facts>>,
    pub(crate) evidence: Vec<Vec<Vec<Evidence>>>,
    /// Which of a team's three files holds its answer, by control.
    pub(crate) files: Vec<usize>,
    /// The order of the answers within a file.
    pub(crate) order: Vec<usize>,
}

#[derive(Clone, Debug)]
pub(crate) struct Team {
    pub(crate) weight: u32,
    pub(crate) scope: Vec<&'static str>,
    /// Whether the quarter is one of the team's.
    pub(crate) here: bool,
}

/// What a team says of a control.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Said {
    /// A level for each dimension, the first alone where there are none; or the facts, where the control is measured.
    Level([usize; 3]),
    Unknown,
    NotApplicable,
    Nothing,
}

/// What a control is scored by, where it differs from the others.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) weight: u32,
    pub(crate) teams: Option<Join>,
    pub(crate) max_age: Option<i32>,
    pub(crate) needs: Option<Vec<Needed>>,
    /// Whether it stands in milepost.toml instead of the catalog.
    pub(crate) overridden: bool,
}

/// From which step upwards one of these kinds of evidence is needed.
#[derive(Clone, Debug)]
pub(crate) struct Needed {
    pub(crate) from: usize,
    pub(crate) any_of: Vec<Kind>,
}

/// An item of evidence, by the days before the quarter's end.
#[derive(Clone, Debug)]
pub(crate) struct Evidence {
    pub(crate) kind: Kind,
    pub(crate) age: i64,
    /// How many days before its last one it covers.
    pub(crate) days: i64,
}

/// What a team measured: copies, megabytes in millionths, whether it is offsite, and how many days ago it was restored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Facts {
    pub(crate) copies: i64,
    pub(crate) size: Option<i64>,
    pub(crate) offsite: bool,
    pub(crate) restored: Option<i64>,
}

/// What one step asks of the facts.
#[derive(Clone, Debug)]
pub(crate) struct Criterion {
    pub(crate) step: usize,
    pub(crate) asks: BTreeMap<&'static str, Asked>,
}

/// A condition on one fact.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Asked {
    AtLeast(i64),
    Above(i64),
    AtMost(i64),
    Below(i64),
    Exactly(i64),
    Truth(bool),
}

impl Asked {
    pub(crate) fn holds(self, facts: &Facts, fact: &str) -> bool {
        let number = match fact {
            "copies" => Some(facts.copies),
            "size" => facts.size,
            "restored" => facts.restored,
            _ => Some(i64::from(facts.offsite)),
        };
        number.is_some_and(|number| match self {
            Self::AtLeast(least) => number >= least,
            Self::Above(below) => number > below,
            Self::AtMost(most) => number <= most,
            Self::Below(above) => number < above,
            Self::Exactly(wanted) => number == wanted,
            Self::Truth(wanted) => facts.offsite == wanted,
        })
    }

    /// As a catalog writes it.
    fn written(self, fact: &str) -> String {
        let number = |number: i64| match fact {
            "size" => format!("{}.{:06}", i128::from(number) / MILLION, i128::from(number) % MILLION),
            "restored" => format!("{number}d"),
            _ => number.to_string(),
        };
        match self {
            Self::AtLeast(least) => format!("\">= {}\"", number(least)),
            Self::Above(below) => format!("\"> {}\"", number(below)),
            Self::AtMost(most) => format!("\"<= {}\"", number(most)),
            Self::Below(above) => format!("\"<{}\"", number(above)),
            Self::Exactly(wanted) if fact == "restored" => format!("\"= {}\"", number(wanted)),
            Self::Exactly(wanted) => number(wanted),
            Self::Truth(wanted) => wanted.to_string(),
        }
    }

    fn condition(self, fact: &str) -> Condition {
        let unit = if fact == "copies" { 1_000_000 } else { 1 };
        let between = match self {
            Self::Truth(wanted) => return Condition::Is(wanted),
            Self::AtLeast(least) => Between { low: least * unit, ..Between::ALL },
            Self::Above(below) => Between { low: below * unit + 1, ..Between::ALL },
            Self::AtMost(most) => Between { high: most * unit, ..Between::ALL },
            Self::Below(above) => Between { high: above * unit - 1, ..Between::ALL },
            Self::Exactly(wanted) => Between { low: wanted * unit, high: wanted * unit },
        };
        if fact == "restored" { Condition::Age(between) } else { Condition::Number(between) }
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// Any of them
// ---------------------------------------------------------------------------------------------------------------------

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
        8 => prop::array::uniform3(0..1000_usize).prop_map(Said::Level),
        1 => Just(Said::Unknown),
        1 => Just(Said::NotApplicable),
        1 => Just(Said::Nothing),
    ]
}

fn needs() -> impl Strategy<Value = Vec<Needed>> {
    let kinds = subsequence(Kind::ALL.to_vec(), 1..=6);
    let needed = (0..1000_usize, kinds).prop_map(|(from, any_of)| Needed { from, any_of });
    prop::collection::vec(needed, 0..=3)
}

prop_compose! {
    fn rule()(
        weight in prop_oneof![3 => 1..=4_u32, 1 => 1..=1000_u32],
        teams in prop_oneof![
            4 => Just(None),
            1 => Just(Some(Join::Mean)),
            1 => Just(Some(Join::Min)),
            2 => (0..3_usize).prop_map(|team| Some(Join::Owner(team))),
        ],
        max_age in prop::option::weighted(0.3, 1..=400_i32),
        needs in prop::option::weighted(0.3, needs()),
        overridden in any::<bool>(),
    ) -> Rule {
        Rule { weight, teams, max_age, needs, overridden }
    }
}

prop_compose! {
    pub(crate) fn evidence()(kind in select(&Kind::ALL), age in 0..=500_i64, days in prop_oneof![Just(0), 1..=92_i64])
        -> Evidence
    {
        Evidence { kind, age, days }
    }
}

prop_compose! {
    /// Few values, so that conditions are met about as often as not.
    pub(crate) fn facts()(
        copies in 0..=5_i64,
        size in prop::option::weighted(0.9, (0..=8_i64).prop_map(|quarters| quarters * 250_000)),
        offsite in any::<bool>(),
        restored in prop::option::weighted(0.9, 0..=300_i64),
    ) -> Facts {
        Facts { copies, size, offsite, restored }
    }
}

/// Criteria that ask for nothing that `ideal` does not meet, so that they never contradict each other.
fn criteria() -> impl Strategy<Value = Vec<Criterion>> {
    let ideal = (0..=5_i64, 0..=8_i64, any::<bool>(), 0..=300_i64);
    let ask = (select(&["copies", "size", "offsite", "restored"]), 0..5_usize, 0..=2_i64);
    let step = (0..1000_usize, prop::collection::vec(ask, 1..=3));
    (ideal, prop::collection::vec(step, 1..=4)).prop_map(|((copies, size, offsite, restored), steps)| {
        let ask = |(fact, sign, slack): (&'static str, usize, i64)| {
            let (ideal, unit) = match fact {
                "copies" => (copies, 1),
                "size" => (size * 250_000, 250_000),
                "restored" => (restored, 60),
                _ => return (fact, Asked::Truth(offsite)),
            };
            let (least, most) = ((ideal - slack * unit).max(0), ideal + slack * unit);
            let asked = match sign {
                0 => Asked::AtLeast(least),
                1 if least > 0 => Asked::Above(least - 1),
                1 | 2 => Asked::AtMost(most),
                3 => Asked::Below(most + 1),
                _ => Asked::Exactly(ideal),
            };
            (fact, asked)
        };
        let step = |(step, asks): (usize, Vec<_>)| Criterion { step, asks: asks.into_iter().map(ask).collect() };
        steps.into_iter().map(step).collect()
    })
}

/// How answers become figures.
type Scoring = (Basis, Join, OverallRule, u32, u32);

fn scoring() -> impl Strategy<Value = Scoring> {
    let teams = select(&[Join::Mean, Join::Mean, Join::Min]);
    let overall = select(&[OverallRule::Functions, OverallRule::Controls]);
    (select(&[Basis::Claimed, Basis::Supported]), teams, overall, 0..=100_u32, 0..=3_u32)
}

prop_compose! {
    fn scale()(
        (bottom, levels, per_level) in (0..=3_usize, 2..=11_usize, select(&[1, 2, 4, 5, 10])),
        dimensions in prop_oneof![
            2 => Just(Vec::new()),
            1 => prop::collection::vec(prop_oneof![3 => 1..=3_u32, 1 => 1..=1000_u32], 2..=3),
        ],
    ) -> (usize, usize, usize, Vec<u32>) {
        (bottom, levels, per_level, dimensions)
    }
}

prop_compose! {
    fn answers()(
        said in prop::collection::vec(prop::collection::vec(said(), 3), 6),
        facts in prop::collection::vec(prop::collection::vec(facts(), 3), 6),
        evidence in prop::collection::vec(
            prop::collection::vec(prop::collection::vec(evidence(), 0..=3), 3), 6),
    ) -> (Vec<Vec<Said>>, Vec<Vec<Facts>>, Vec<Vec<Vec<Evidence>>>) {
        (said, facts, evidence)
    }
}

prop_compose! {
    pub(crate) fn case()(
        (bottom, levels, per_level, dimensions) in scale(),
        (basis, rule, overall, minimum_coverage, decimals) in scoring(),
        (max_age, needs, team_level) in (1..=400_i32, prop::option::weighted(0.4, needs()), prop::bool::weighted(0.1)),
        rules in prop::collection::vec(rule(), 6),
        measures in prop::collection::vec(prop::option::weighted(0.3, criteria()), 6),
        lends in any::<bool>(),
        targets in prop::collection::vec((select(&IDS), 0..1000_usize), 0..4),
        default_target in prop::option::weighted(0.8, 0..1000_usize),
        teams in prop::collection::vec(team(), 1..=3),
        (said, facts, evidence) in answers(),
        files in prop::collection::vec(0..3_usize, 6),
    ) -> Case {
        let targets = targets.into_iter().collect::<BTreeMap<_, _>>().into_iter().collect();
        let case = Case {
            bottom, levels, per_level, dimensions, basis, rule, overall, minimum_coverage, decimals, team_level,
            max_age, needs, rules, measures, lends, targets, default_target, teams, said, facts, evidence, files,
            order: (0..6).collect(),
        };
        case.fitted()
    }
}

/// A case in which every answer is a level.
pub(crate) fn assessed_case() -> impl Strategy<Value = Case> {
    case().prop_map(|mut case| {
        let open = case.said.iter_mut().flatten().filter(|said| !matches!(said, Said::Level(_)));
        open.for_each(|said| *said = Said::Level([0; 3]));
        case.team_level = false;
        case
    })
}

// ---------------------------------------------------------------------------------------------------------------------
// What a case says
// ---------------------------------------------------------------------------------------------------------------------

impl Case {
    /// The same within the scale and the teams that there are, and with rules that may be declared.
    fn fitted(mut self) -> Self {
        let (steps, reach) = (self.steps(), self.reach());
        let (count, teams) = (self.teams.len(), self.teams.clone());
        for said in self.said.iter_mut().flatten() {
            if let Said::Level(raw) = said {
                *raw = raw.map(|raw| raw % steps);
            }
        }
        self.said.iter_mut().for_each(|said| said.truncate(count));
        self.facts.iter_mut().for_each(|facts| facts.truncate(count));
        self.evidence.iter_mut().for_each(|evidence| evidence.truncate(count));
        self.targets.iter_mut().for_each(|(_, step)| *step %= steps);
        self.default_target = self.default_target.map(|step| step % steps);
        let needs = self.rules.iter_mut().filter_map(|rule| rule.needs.as_mut()).chain(&mut self.needs);
        needs.flatten().for_each(|need| need.from = need.from % steps / reach * reach);
        for criteria in self.measures.iter_mut().flatten() {
            criteria.iter_mut().for_each(|criterion| criterion.step %= steps);
            criteria.sort_by_key(|criterion| criterion.step);
            criteria.dedup_by_key(|criterion| criterion.step);
        }
        for (control, rule) in self.rules.iter_mut().enumerate() {
            // An owner is one of the teams, and asked for what it owns.
            if let Some(Join::Owner(owner)) = rule.teams {
                let owner = owner % count;
                let scope = &teams[owner].scope;
                let asked = scope.is_empty() || scope.iter().any(|id| is_in(control, id));
                rule.teams = asked.then_some(Join::Owner(owner));
            }
        }
        self
    }

    pub(crate) fn steps(&self) -> usize {
        (self.levels - 1) * self.per_level + 1
    }

    /// How many steps below its level a need reaches: a whole level, or one step where there are only two levels.
    fn reach(&self) -> usize {
        if self.levels > 2 { self.per_level } else { 1 }
    }

    pub(crate) fn millionths(&self, step: usize) -> i128 {
        (self.bottom as i128) * MILLION + (step as i128) * MILLION / (self.per_level as i128)
    }

    pub(crate) fn level(&self, step: usize) -> Level {
        Level::from_millionths(i64::try_from(self.millionths(step)).unwrap())
    }

    /// A level as it is written.
    fn written(&self, step: usize) -> String {
        let millionths = self.millionths(step);
        format!("{}.{:06}", millionths / MILLION, millionths % MILLION)
    }

    pub(crate) fn is_asked(&self, team: usize, control: usize) -> bool {
        let Team { scope, here, .. } = &self.teams[team];
        *here && (scope.is_empty() || scope.iter().any(|id| is_in(control, id)))
    }

    /// The target that a control has, in steps.
    fn target(&self, control: usize) -> Option<usize> {
        let nearest = self.targets.iter().filter(|(id, _)| is_in(control, id)).max_by_key(|(id, _)| rank(id));
        nearest.map(|(_, step)| *step).or(self.default_target)
    }

    /// The control on whose facts this one stands, where it has none of its own.
    pub(crate) fn stands_on(&self, control: usize) -> Option<usize> {
        let both = self.measures[LENDER].is_some() && self.measures[BORROWER].is_some();
        (self.lends && both && control == BORROWER).then_some(LENDER)
    }

    /// What a team says of a control, where it says it: who gave the facts has answered what stands on them.
    pub(crate) fn state(&self, control: usize, team: usize) -> Said {
        match (self.said[control][team], self.stands_on(control)) {
            (Said::Level(_) | Said::Nothing, Some(lender)) => match self.said[lender][team] {
                Said::Level(steps) => Said::Level(steps),
                _ => Said::Nothing,
            },
            (said, _) => said,
        }
    }

    /// Whether a file holds an answer.
    fn is_written(&self, control: usize, team: usize) -> bool {
        let said = self.said[control][team];
        // Without facts there is nothing to add to.
        let bare = matches!(said, Said::Level(_)) && self.state(control, team) == Said::Nothing;
        said != Said::Nothing && !bare
    }

    /// The evidence that speaks for an answer.
    fn speaks(&self, control: usize, team: usize) -> impl Iterator<Item = &Evidence> {
        let places = std::iter::once(control).chain(self.stands_on(control));
        places.filter(move |place| self.is_written(*place, team)).flat_map(move |place| &self.evidence[place][team])
    }

    pub(crate) fn max_age_of(&self, control: usize) -> i32 {
        self.rules[control].max_age.unwrap_or(self.max_age)
    }

    /// What is not yet said otherwise, said so.
    pub(crate) fn saying(&self, control: usize, team: usize, said: Said) -> Self {
        let mut case = self.clone();
        case.said[control][team] = said;
        case
    }

    /// The same without controls that only one team answers for.
    pub(crate) fn without_owners(mut self) -> Self {
        let owned = self.rules.iter_mut().filter(|rule| matches!(rule.teams, Some(Join::Owner(_))));
        owned.for_each(|rule| rule.teams = None);
        self
    }

    /// The same in which each control has an answer of its own.
    pub(crate) fn without_lending(mut self) -> Self {
        self.lends = false;
        self
    }

    /// The same in which evidence decides nothing.
    pub(crate) fn without_needs(mut self) -> Self {
        self.needs = Some(Vec::new());
        self.rules.iter_mut().for_each(|rule| rule.needs = None);
        self
    }

    /// The same with another weight for each control.
    pub(crate) fn weighing(mut self, weights: &[u32]) -> Self {
        self.rules.iter_mut().zip(weights).for_each(|(rule, weight)| rule.weight = *weight);
        self
    }

    pub(crate) fn weights(&self) -> Vec<u32> {
        self.rules.iter().map(|rule| rule.weight).collect()
    }
}

/// How near an id is to the controls.
fn rank(id: &str) -> usize {
    if id == "own" { 0 } else { id.len() }
}

/// Whether a control is, or stands below, `id`.
pub(crate) fn is_in(control: usize, id: &str) -> bool {
    let rest = CONTROLS[control].strip_prefix(id);
    id == "own" || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
}

// ---------------------------------------------------------------------------------------------------------------------
// Its files
// ---------------------------------------------------------------------------------------------------------------------

impl Case {
    fn written_needs(&self, needs: &[Needed]) -> String {
        let need = |Needed { from, any_of }: &Needed| {
            let any_of: Vec<&str> = any_of.iter().map(|kind| kind.name()).collect();
            format!("{{ from = {}, any_of = {any_of:?} }}", self.written(*from))
        };
        format!("needs = [{}]", needs.iter().map(need).collect::<Vec<_>>().join(", "))
    }

    /// The rules of a control, a line each.
    fn written_rules(&self, rule: &Rule) -> Vec<String> {
        let teams = match rule.teams {
            None => None,
            Some(Join::Mean) => Some("teams = \"mean\"".to_owned()),
            Some(Join::Min) => Some("teams = \"min\"".to_owned()),
            Some(Join::Owner(owner)) => Some(format!("owner = \"t{owner}\"")),
        };
        let max_age = rule.max_age.map(|days| format!("max_age = \"{days}d\""));
        let needs = rule.needs.as_ref().map(|needs| self.written_needs(needs));
        let all = [Some(format!("weight = {}", rule.weight)), teams, max_age, needs];
        all.into_iter().flatten().collect()
    }

    fn is_overridden(rule: &Rule) -> bool {
        rule.overridden || matches!(rule.teams, Some(Join::Owner(_)))
    }

    fn config(&self) -> String {
        let mut out = String::from("[report]\ntitle = \"Any\"\nframeworks = [\"own\"]\n\n[scale]\n");
        writeln!(out, "bottom = {}\nstep = {}", self.bottom, 1.0 / self.per_level as f64).unwrap();
        if !self.dimensions.is_empty() {
            let each = self.dimensions.iter().enumerate().map(|(index, weight)| format!("d{index} = {weight}"));
            writeln!(out, "dimensions = {{ {} }}", each.collect::<Vec<_>>().join(", ")).unwrap();
        }
        out.push_str("levels = [\n");
        (0..self.levels).for_each(|n| writeln!(out, "  {{ name = \"L{n}\", criteria = \"So.\" }},").unwrap());
        let basis = if self.basis == Basis::Claimed { "claimed" } else { "supported" };
        let teams = if self.rule == Join::Min { "min" } else { "mean" };
        let overall = if self.overall == OverallRule::Controls { "controls" } else { "functions" };
        writeln!(out, "]\n\n[scoring]\nscore = \"{basis}\"\nteams = \"{teams}\"\noverall = \"{overall}\"").unwrap();
        writeln!(out, "minimum_coverage = {}\ndecimals = {}", self.minimum_coverage, self.decimals).unwrap();
        writeln!(out, "\n[evidence]\nmax_age = \"{}d\"", self.max_age).unwrap();
        out.extend(self.needs.iter().map(|needs| self.written_needs(needs) + "\n"));
        out.push_str("\n[controls]\n");
        for (id, rule) in CONTROLS.iter().zip(&self.rules).filter(|(_, rule)| Self::is_overridden(rule)) {
            writeln!(out, "\"{id}\" = {{ {} }}", self.written_rules(rule).join(", ")).unwrap();
        }
        out.push_str("\n[targets]\n");
        for (id, step) in self.default_target.iter().map(|step| ("default", *step)).chain(self.targets.iter().copied())
        {
            writeln!(out, "\"{id}\" = {{ level = {} }}", self.written(step)).unwrap();
        }
        for (index, Team { weight, scope, here }) in self.teams.iter().enumerate() {
            writeln!(out, "\n[[team]]\nid = \"t{index}\"\nname = \"T{index}\"\nweight = {weight}").unwrap();
            if !scope.is_empty() {
                writeln!(out, "scope = {scope:?}").unwrap();
            }
            if !here {
                out.push_str("last_quarter = \"2026-Q2\"\n");
            }
        }
        out
    }

    /// The catalog's files.
    fn catalog(&self) -> BTreeMap<String, String> {
        let header =
            format!("id = \"own\"\ntitle = \"Own\"\nfunctions = {FUNCTIONS:?}\nteam_level = {}\n", self.team_level);
        let mut texts = BTreeMap::from([("controls/own/framework.toml".to_owned(), header)]);
        for function in FUNCTIONS {
            let mut text = format!("id = \"{function}\"\ntitle = \"{function}\"\n");
            for category in CATEGORIES.iter().filter(|id| id.starts_with(function)) {
                write!(text, "\n[[category]]\nid = \"{category}\"\ntitle = \"{category}\"\n").unwrap();
                for (control, id) in CONTROLS.iter().enumerate().filter(|(_, id)| id.starts_with(category)) {
                    write!(text, "\n[[category.control]]\nid = \"{id}\"\ntitle = \"{id}\"\n").unwrap();
                    text.push_str("outcome = \"It is so.\"\n");
                    text.push_str(&self.written_control(control));
                }
            }
            texts.insert(format!("controls/own/{function}.toml"), text);
        }
        texts
    }

    fn written_control(&self, control: usize) -> String {
        let mut out = String::new();
        let rule = &self.rules[control];
        if !Self::is_overridden(rule) {
            out.extend(self.written_rules(rule).into_iter().map(|line| line + "\n"));
        }
        let Some(criteria) = &self.measures[control] else { return out };
        match self.stands_on(control) {
            Some(lender) => writeln!(out, "facts_from = \"{}\"", CONTROLS[lender]).unwrap(),
            None => out.push_str(
                "facts = { copies = \"integer\", size = { type = \"number\", means = \"Megabytes.\" }, offsite = \"boolean\", restored = \"date\" }\n",
            ),
        }
        for Criterion { step, asks } in criteria {
            let asks = asks.iter().map(|(fact, asked)| format!("{fact} = {}", asked.written(fact)));
            let asks = asks.collect::<Vec<_>>().join(", ");
            let level = self.written(*step);
            write!(out, "\n[[category.control.criteria]]\nlevel = {level}\nrequire = {{ {asks} }}\n").unwrap();
        }
        out
    }

    /// What a file says of a control for a team.
    fn written_answer(&self, control: usize, team: usize) -> String {
        let state = match self.said[control][team] {
            Said::Level(_) if self.stands_on(control).is_some() => String::new(),
            Said::Level(_) if self.measures[control].is_some() => {
                let Facts { copies, size, offsite, restored } = self.facts[control][team];
                let size = size.map(|size| format!(", size = {}.{:06}", size / 1_000_000, size % 1_000_000));
                let restored = restored.map(|age| format!(", restored = {}", before(age)));
                let [size, restored] = [size, restored].map(Option::unwrap_or_default);
                format!("facts = {{ copies = {copies}{size}, offsite = {offsite}{restored} }}\n")
            }
            Said::Level(steps) if self.dimensions.is_empty() => format!("level = {}\n", self.written(steps[0])),
            Said::Level(steps) => {
                let each = steps.iter().enumerate().take(self.dimensions.len());
                let each = each.map(|(index, step)| format!("d{index} = {}", self.written(*step)));
                format!("level = {{ {} }}\n", each.collect::<Vec<_>>().join(", "))
            }
            Said::Unknown => "unknown = \"Nobody knows.\"\n".to_owned(),
            Said::NotApplicable => "not_applicable = \"No ships.\"\n".to_owned(),
            Said::Nothing => String::new(),
        };
        let item = |Evidence { kind, age, days }: &Evidence| {
            let (from, to) = (before(age + days), before(*age));
            let period = if *days == 0 { format!("date = {to}") } else { format!("covers = \"{from}..{to}\"") };
            format!("{{ kind = \"{}\", title = \"T\", {period} }}", kind.name())
        };
        let evidence = self.evidence[control][team].iter().map(item).collect::<Vec<_>>().join(", ");
        format!("[{}]\n{state}evidence = [{evidence}]\n", CONTROLS[control])
    }

    /// The files of the workspace.
    pub(crate) fn texts(&self) -> BTreeMap<String, String> {
        let mut texts = self.catalog();
        texts.insert("milepost.toml".to_owned(), self.config());
        texts.insert("content/2026-Q3/quarter.toml".to_owned(), String::new());
        for control in &self.order {
            for team in (0..self.teams.len()).filter(|team| self.is_written(*control, *team)) {
                let path = format!("content/2026-Q3/t{team}/{}.toml", self.files[*control]);
                texts.entry(path).or_default().push_str(&self.written_answer(*control, team));
            }
        }
        texts
    }

    /// Scores the workspace as its files tell it.
    pub(crate) fn read(&self) -> Scored {
        Scored::of(checked(&self.texts()))
    }
}

/// The day so many days before the quarter's end.
fn before(days: i64) -> Date {
    CLOSES.checked_sub(days.days()).unwrap()
}

/// The assessment that these files are.
pub(crate) fn checked(texts: &BTreeMap<String, String>) -> Assessment {
    let mut workspace = workspace::load(Path::new("tests/fixtures/nowhere"));
    workspace.files.clear();
    workspace.files.extend(texts.iter().map(|(path, text)| (path.clone(), Entry::Text(text.as_str().into()))));
    let checked = check::check(&workspace);
    checked.assessment.unwrap_or_else(|| panic!("{texts:#?}\n{:#?}", checked.diagnostics))
}

// ---------------------------------------------------------------------------------------------------------------------
// Its assessment
// ---------------------------------------------------------------------------------------------------------------------

/// A workspace with one of everything that a case needs.
static FORM: LazyLock<Assessment> = LazyLock::new(|| {
    let teams = vec![Team { weight: 1, scope: Vec::new(), here: false }];
    let case = Case { levels: 2, decimals: 0, default_target: Some(0), teams, ..Case::plain() };
    checked(&case.texts())
});

impl Case {
    /// One team, levels 0 to 5, claims count, equal weights, no targets: every control at the bottom.
    pub(crate) fn plain() -> Self {
        let facts = Facts { copies: 0, size: None, offsite: false, restored: None };
        let rule = Rule { weight: 1, teams: None, max_age: None, needs: None, overridden: false };
        Self {
            bottom: 0,
            levels: 6,
            per_level: 1,
            dimensions: Vec::new(),
            basis: Basis::Claimed,
            rule: Join::Mean,
            overall: OverallRule::Functions,
            minimum_coverage: 0,
            decimals: 1,
            team_level: false,
            max_age: 365,
            needs: None,
            rules: vec![rule; 6],
            measures: vec![None; 6],
            lends: false,
            targets: Vec::new(),
            default_target: None,
            teams: vec![Team { weight: 1, scope: Vec::new(), here: true }],
            said: vec![vec![Said::Level([0; 3])]; 6],
            facts: vec![vec![facts]; 6],
            evidence: vec![vec![Vec::new()]; 6],
            files: vec![0; 6],
            order: (0..6).collect(),
        }
    }

    /// Scores the workspace without the detour over its files.
    pub(crate) fn score(&self) -> Scored {
        let mut assessment = FORM.clone();
        let settings = &mut assessment.settings;
        (settings.scale.bottom, settings.scale.step) = (self.level(0), self.level(1) - self.level(0));
        settings.scale.levels = vec![settings.scale.levels[0].clone(); self.levels];
        let dimension = |weight: &u32| Dimension { name: "d".to_owned(), weight: *weight };
        settings.scale.dimensions = self.dimensions.iter().map(dimension).collect();
        settings.scoring.score = self.basis;
        (settings.scoring.teams, settings.scoring.overall) = (self.rule.rule(), self.overall);
        (settings.scoring.minimum_coverage, settings.scoring.decimals) = (self.minimum_coverage, self.decimals);
        settings.max_age = self.max_age;
        settings.needs = self.needs.as_ref().map_or_else(|| self.default_needs(), |needs| self.needs_of(needs));
        let named = settings.teams.iter().next().unwrap().clone();
        let team = |Team { weight, scope, here }: &Team| settings::Team {
            weight: *weight,
            scope: scope.iter().map(|id| (*id).to_owned()).collect(),
            last_quarter: named.last_quarter.filter(|_| !here),
            ..named.clone()
        };
        settings.teams = self.teams.iter().map(team).collect();
        let quarter = assessment.newest();
        let targets = &mut assessment.quarters[quarter].profile.targets;
        let target = targets.default.take().unwrap();
        let target = |step: usize| Target { level: self.level(step), ..target.clone() };
        targets.default = self.default_target.map(target);
        targets.by_id = self.targets.iter().map(|(id, step)| ((*id).to_owned(), target(*step))).collect();
        let framework = &mut assessment.frameworks[FrameworkId::MAIN];
        framework.team_level = self.team_level;
        for (index, control) in framework.controls.iter_mut().enumerate() {
            let Rule { weight, teams, max_age, needs, .. } = &self.rules[index];
            let needs = needs.as_ref().map(|needs| self.needs_of(needs));
            control.rules =
                Rules { weight: *weight, teams: teams.map(Join::rule), max_age: *max_age, needs, ..Rules::default() };
            control.measure = self.measure(index);
        }
        let mut answers = Answers::filled(assessment.settings.teams.run(), [framework.controls.run()], None);
        for control in 0..6 {
            for team in 0..self.teams.len() {
                let id = positions::control(0, control).of(positions::team(team));
                answers[id] = self.answer(control, team);
            }
        }
        assessment.quarters[quarter].answers = answers;
        Scored::of(assessment)
    }

    fn needs_of(&self, needs: &[Needed]) -> Vec<Need> {
        needs.iter().map(|need| Need { from: self.level(need.from), any_of: need.any_of.clone() }).collect()
    }

    /// From two, three and four fifths of the scale upwards: anything, more than an assertion, something that was done.
    fn default_needs(&self) -> Vec<Need> {
        self.needs_of(&self.default_needed())
    }

    fn default_needed(&self) -> Vec<Needed> {
        let top = self.steps() - 1;
        let need = |(fifths, weaker): (usize, usize)| {
            let from = (0..=top).step_by(self.reach()).find(|step| step * 5 >= top * fifths).unwrap();
            Needed { from, any_of: Kind::ALL[weaker..].to_vec() }
        };
        [(2, 0), (3, 1), (4, 3)].map(need).to_vec()
    }

    fn measure(&self, control: usize) -> Option<Measure> {
        let given_for = self.stands_on(control).map(|lender| positions::control(0, lender));
        let kinds = [
            ("copies", FactKind::Integer),
            ("size", FactKind::Number),
            ("offsite", FactKind::Boolean),
            ("restored", FactKind::Date),
        ];
        let fact =
            |(name, kind): (&str, FactKind)| (name.to_owned(), measure::Fact { given_for, ..measure::Fact::of(kind) });
        let requirement = |(fact, asked): (&&str, &Asked)| Requirement {
            fact: (*fact).to_owned(),
            condition: asked.condition(fact),
            written: asked.written(fact),
            origin: origin(),
        };
        let criterion = |criterion: &Criterion| measure::Criterion {
            level: self.level(criterion.step),
            require: criterion.asks.iter().map(requirement).collect(),
        };
        let criteria = self.measures[control].as_ref()?.iter().map(criterion).collect();
        Some(Measure { facts: kinds.into_iter().map(fact).collect(), criteria })
    }

    fn answer(&self, control: usize, team: usize) -> Option<Answer> {
        let state = match self.state(control, team) {
            Said::Level(steps) => State::Assessed { claim: self.claim(control, team, steps) },
            Said::Unknown => State::Unknown { why: String::new() },
            Said::NotApplicable => State::NotApplicable { reason: "".into(), approved_by: "".into() },
            Said::Nothing => return None,
        };
        let item = |Evidence { kind, age, days }: &Evidence| Item {
            kind: *kind,
            title: Excerpt::default(),
            period: Period { from: before(age + days), to: before(*age) },
            url: Excerpt::default(),
            artifact: None,
            collected: None,
            origin: origin(),
        };
        let own = self.evidence[control][team].iter().filter(|_| self.is_written(control, team));
        let evidence = own.map(item).collect();
        let form = FORM.in_quarter(FORM.newest()).answer(positions::control(0, 0).of(positions::team(0)))?;
        Some(Answer { state, evidence, ..form.clone() })
    }

    fn claim(&self, control: usize, team: usize, steps: [usize; 3]) -> Claim {
        if self.measures[control].is_some() {
            let Facts { copies, size, offsite, restored } = self.facts[control][team];
            let all = [
                ("copies", Some(FactValue::Number(copies * 1_000_000))),
                ("size", size.map(FactValue::Number)),
                ("offsite", Some(FactValue::Boolean(offsite))),
                ("restored", restored.map(|age| FactValue::Date(before(age)))),
            ];
            let own = all.into_iter().filter(|_| self.stands_on(control).is_none());
            let given = own.filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
            return Claim::Facts { given, said: None };
        }
        match self.dimensions.len() {
            0 => Claim::Level(self.level(steps[0])),
            count => Claim::Dimensions(steps[..count].iter().map(|step| self.level(*step)).collect()),
        }
    }
}

fn origin() -> Origin {
    Origin { place: Place::file("content/2026-Q3/t0/0.toml"), line: 1 }
}

/// A case, checked and scored by the program.
pub(crate) struct Scored(score::Scored);

impl Deref for Scored {
    type Target = score::Scored;

    fn deref(&self) -> &score::Scored {
        &self.0
    }
}

impl Scored {
    pub(crate) fn of(assessment: Assessment) -> Self {
        Self(score(assessment))
    }

    fn first(&self) -> ScoredQuarter<'_> {
        self.quarters().next().unwrap()
    }

    pub(crate) fn all(&self) -> &Tree {
        self.first().tree(FrameworkId::MAIN, None)
    }

    pub(crate) fn team(&self, team: usize) -> &Tree {
        self.first().tree(FrameworkId::MAIN, Some(positions::team(team)))
    }

    pub(crate) fn teams(&self) -> usize {
        self.assessment.settings.teams.len()
    }

    /// The tree of all teams, then each team's.
    pub(crate) fn trees(&self) -> impl Iterator<Item = &Tree> {
        std::iter::once(self.all()).chain((0..self.teams()).map(|team| self.team(team)))
    }

    pub(crate) fn nodes(&self) -> impl Iterator<Item = &Figures> {
        self.trees().flat_map(nodes)
    }

    pub(crate) fn select(&self, team: Option<usize>) -> Selection<'_> {
        let team = team.map(positions::team);
        Selection { quarter: self.first(), framework: FrameworkId::MAIN, team, function: None }
    }

    pub(crate) fn json(&self, team: Option<usize>) -> Value {
        serde_json::from_str(&self.text(team)).unwrap()
    }

    pub(crate) fn text(&self, team: Option<usize>) -> String {
        json::scores(&self.select(team)).to_string()
    }
}

/// Every node of a tree, the whole first, then rank by rank.
pub(crate) fn nodes(tree: &Tree) -> impl Iterator<Item = &Figures> {
    std::iter::once(&tree.overall).chain(&tree.functions).chain(&tree.categories).chain(&tree.controls)
}

/// The ids of [`nodes`].
pub(crate) fn ids() -> impl Iterator<Item = &'static str> {
    ["own"].into_iter().chain(FUNCTIONS).chain(CATEGORIES).chain(CONTROLS)
}

// ---------------------------------------------------------------------------------------------------------------------
// Its figures
// ---------------------------------------------------------------------------------------------------------------------

/// The figures of a node as they should be, in millionths.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    /// Whether every team and control in it weighs the same.
    pub(crate) even: bool,
    pub(crate) mean: Option<Exact>,
    pub(crate) claimed: Option<Exact>,
    pub(crate) supported: Option<Exact>,
    /// The mean if all weighed the same.
    pub(crate) unweighted: Option<Exact>,
    pub(crate) low: Option<Exact>,
    pub(crate) high: Option<Exact>,
    pub(crate) target: Option<Exact>,
    pub(crate) gap: Option<Exact>,
    pub(crate) floor: Option<i128>,
    pub(crate) assessed: u64,
    pub(crate) unknown: u64,
    pub(crate) unanswered: u64,
    pub(crate) not_applicable: u64,
    pub(crate) unsupported: u64,
    pub(crate) at_target: u64,
    pub(crate) targeted: u64,
    pub(crate) levels: Vec<u64>,
}

impl Case {
    /// The step that facts reach.
    pub(crate) fn reached(criteria: &[Criterion], facts: &Facts) -> usize {
        let mut step = 0;
        for Criterion { step: above, asks } in criteria {
            if !asks.iter().all(|(fact, asked)| asked.holds(facts, fact)) {
                break;
            }
            step = *above;
        }
        step
    }

    /// The claimed and the supported level of an answer, in millionths.
    fn standing(&self, control: usize, team: usize) -> Option<(i128, i128)> {
        let Said::Level(said) = self.state(control, team) else { return None };
        let steps: Vec<(u32, usize)> = match (&self.measures[control], self.dimensions.len()) {
            (Some(criteria), _) => {
                let facts = &self.facts[self.stands_on(control).unwrap_or(control)][team];
                vec![(1, Self::reached(criteria, facts))]
            }
            (None, 0) => vec![(1, said[0])],
            (None, _) => self.dimensions.iter().copied().zip(said).collect(),
        };
        let needs = self.rules[control].needs.clone().or_else(|| self.needs.clone());
        let limit = i64::from(self.max_age_of(control));
        let current: Vec<Kind> =
            self.speaks(control, team).filter(|item| item.age <= limit).map(|item| item.kind).collect();
        let unmet = needs.unwrap_or_else(|| self.default_needed());
        let unmet = unmet.iter().filter(|need| !current.iter().any(|kind| need.any_of.contains(kind)));
        let cap = unmet.map(|need| need.from.saturating_sub(self.reach())).min().unwrap_or(usize::MAX);
        let level = |cap: usize| {
            let each = steps.iter().map(|(weight, step)| (*weight, Some(self.millionths(cap.min(*step)).into())));
            half_up(weighted(each).unwrap())
        };
        Some((level(usize::MAX), level(cap)))
    }

    fn wanted_control(&self, control: usize, only: Option<usize>) -> Wanted {
        let rule = self.rules[control].teams.unwrap_or(self.rule);
        let owner = if let Join::Owner(owner) = rule { Some(owner) } else { None };
        let counts = |team: &usize| self.is_asked(*team, control) && only.or(owner).is_none_or(|only| only == *team);
        // What another team owns, a team owes no answer for.
        let owes = |team: usize| owner.is_none_or(|owner| owner == team);
        let is_listed = |team: &usize| owes(*team) || !matches!(self.state(control, *team), Said::Nothing);
        let counted: Vec<usize> = (0..self.teams.len()).filter(counts).filter(is_listed).collect();
        let mut wanted = Wanted { levels: vec![0; self.steps()], ..Wanted::default() };
        let mut levels: Vec<(u32, Option<(i128, i128)>)> = Vec::new();
        let target = self.target(control).map(|step| self.millionths(step));
        for team in counted.iter().copied() {
            let standing = self.standing(control, team);
            match self.state(control, team) {
                Said::Level(_) => {
                    let (claimed, supported) = standing.unwrap();
                    let level = if self.basis == Basis::Claimed { claimed } else { supported };
                    wanted.assessed += 1;
                    wanted.levels[(0..self.steps()).rfind(|step| self.millionths(*step) <= level).unwrap()] += 1;
                    wanted.at_target += u64::from(target.is_some_and(|target| level >= target));
                    wanted.unsupported += u64::from(supported < claimed);
                    wanted.floor = Some(wanted.floor.unwrap_or(i128::MAX).min(level));
                }
                Said::Unknown => wanted.unknown += 1,
                Said::Nothing => wanted.unanswered += 1,
                Said::NotApplicable => {
                    wanted.not_applicable += 1;
                    continue;
                }
            }
            levels.push((self.teams[team].weight, standing));
        }
        // A control that nobody is asked for stays in the denominator of all teams.
        if counted.is_empty() && only.is_none() {
            wanted.unanswered = 1;
            levels.push((1, None));
        }
        let counting = |(claimed, supported)| if self.basis == Basis::Claimed { claimed } else { supported };
        let joined = |weigh: bool, level: &dyn Fn((i128, i128)) -> i128, otherwise: Option<i128>| {
            let given = levels.iter().map(|(weight, standing)| {
                (if weigh { *weight } else { 1 }, standing.map(level).or(otherwise).map(Exact::from))
            });
            match rule {
                Join::Mean | Join::Owner(_) => weighted(given).map(|mean| Exact::from(half_up(mean))),
                Join::Min => given.filter_map(|(_, level)| level).min(),
            }
        };
        let assessed: Vec<u32> =
            levels.iter().filter(|(_, level)| level.is_some()).map(|(weight, _)| *weight).collect();
        wanted.even = rule == Join::Min || assessed.iter().all(|weight| *weight == assessed[0]);
        wanted.mean = joined(true, &counting, None);
        wanted.claimed = joined(true, &|(claimed, _)| claimed, None);
        wanted.supported = joined(true, &|(_, supported)| supported, None);
        wanted.unweighted = joined(false, &counting, None);
        wanted.low = joined(true, &counting, Some(self.millionths(0)));
        wanted.high = joined(true, &counting, Some(self.millionths(self.steps() - 1)));
        wanted.target = target.filter(|_| !levels.is_empty()).map(Exact::from);
        wanted.targeted = if wanted.target.is_some() { levels.len() as u64 } else { 0 };
        wanted.gap = wanted.mean.zip(wanted.target).map(|(mean, target)| (target - mean).max(Exact::from(0)));
        wanted
    }

    /// The figures of every node by id, for all teams or the `only` one.
    pub(crate) fn wanted(&self, only: Option<usize>) -> BTreeMap<&'static str, Wanted> {
        let controls: Vec<Wanted> = (0..6).map(|control| self.wanted_control(control, only)).collect();
        let below = |id: &str| {
            let below = (0..6).filter(|c| is_in(*c, id));
            below.map(|c| (self.rules[c].weight, &controls[c])).collect::<Vec<_>>()
        };
        let nodes = ids().filter(|id| *id != "own").map(|id| match CONTROLS.iter().position(|known| *known == id) {
            Some(control) => (id, controls[control].clone()),
            None => (id, joined(&below(id), self.steps())),
        });
        let mut nodes: BTreeMap<&'static str, Wanted> = nodes.collect();
        let parts = match self.overall {
            OverallRule::Controls => below("own"),
            OverallRule::Functions => FUNCTIONS.iter().map(|id| (1, &nodes[id])).collect(),
        };
        nodes.insert("own", joined(&parts, self.steps()));
        if self.team_level && only.is_none() {
            nodes.values_mut().for_each(Wanted::without_means);
        }
        nodes
    }
}

impl Wanted {
    /// What is left where teams are not to be joined.
    fn without_means(&mut self) {
        let means = [&mut self.mean, &mut self.claimed, &mut self.supported, &mut self.unweighted];
        let others = [&mut self.low, &mut self.high, &mut self.gap];
        means.into_iter().chain(others).for_each(|mean| *mean = None);
    }
}

fn joined(parts: &[(u32, &Wanted)], steps: usize) -> Wanted {
    let over =
        |value: fn(&Wanted) -> Option<Exact>| weighted(parts.iter().map(|(weight, part)| (*weight, value(part))));
    let count = |value: fn(&Wanted) -> u64| parts.iter().map(|(_, part)| value(part)).sum();
    let scored: Vec<_> = parts.iter().filter(|(_, part)| part.mean.is_some()).collect();
    let applicable: Vec<_> = parts.iter().filter(|(_, part)| part.low.is_some()).collect();
    let targeted = if scored.is_empty() { &applicable } else { &scored };
    Wanted {
        even: scored.iter().all(|(weight, part)| part.even && *weight == scored[0].0),
        mean: over(|part| part.mean),
        claimed: over(|part| part.claimed),
        supported: over(|part| part.supported),
        unweighted: weighted(parts.iter().map(|(_, part)| (1, part.unweighted))),
        low: over(|part| part.low),
        high: over(|part| part.high),
        target: complete(&targeted.iter().map(|(weight, part)| (*weight, part.target)).collect::<Vec<_>>()),
        gap: complete(&scored.iter().map(|(weight, part)| (*weight, part.gap)).collect::<Vec<_>>()),
        floor: parts.iter().filter_map(|(_, part)| part.floor).min(),
        assessed: count(|part| part.assessed),
        unknown: count(|part| part.unknown),
        unanswered: count(|part| part.unanswered),
        not_applicable: count(|part| part.not_applicable),
        unsupported: count(|part| part.unsupported),
        at_target: count(|part| part.at_target),
        targeted: count(|part| part.targeted),
        levels: (0..steps).map(|step| parts.iter().map(|(_, part)| part.levels[step]).sum()).collect(),
    }
}
