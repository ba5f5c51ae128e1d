//! Two scored quarters in, what moved between them and why out: the difference of every node as a sum of causes, each the sum of
//! its controls' contributions, exactly.
//!
//! Between the two lie states of which each differs from the one before by one [`Cause`]. A node's part is the difference of two
//! neighbouring states, so that the parts add up whatever they are; a control's contribution to it has a closed form. With
//! members fixed, a change d of a control of weight w moves the mean by w d ÷ W; one that enters a mean M with the score s moves
//! it by w (s − M) ÷ W, where W are the weights after it.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::OnceLock;

use num_rational::BigRational;

use crate::base::number::{Level, Mean};
use crate::model::assessment::Assessment;
use crate::model::catalog::{Framework, Rank, TeamRule};
use crate::model::evidence::{Answer, State};
use crate::model::profile::Target;
use crate::model::settings::{OverallRule, Scale, Settings};
use crate::score::{Figures, Scorecard, Standing, Tree, Withheld, join_teams, restand};

/// One side of a comparison: a quarter of a scored workspace.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// The workspace.
    pub assessment: &'a Assessment,
    /// Its figures.
    pub scorecard: &'a Scorecard,
    /// The quarter, an index of [`Assessment::quarters`].
    pub quarter: usize,
}

/// Why a number moved, in the order in which causes are applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// The catalogs, the weights, the evidence policy or another rule changed.
    Method,
    /// Teams came or went, or something began or ceased to apply.
    Scope,
    /// What had no level has one, or the other way round.
    Assessed,
    /// Evidence was gained or expired, at an unchanged claim.
    Evidence,
    /// A higher level.
    Up,
    /// A lower level.
    Down,
}

impl Cause {
    /// Every cause, in order.
    pub const ALL: [Self; 6] = [Self::Method, Self::Scope, Self::Assessed, Self::Evidence, Self::Up, Self::Down];

    /// The word for it in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Method => "method",
            Self::Scope => "scope",
            Self::Assessed => "assessed",
            Self::Evidence => "evidence",
            Self::Up => "up",
            Self::Down => "down",
        }
    }

    /// What it is called on pages and in tables.
    pub fn title(self) -> &'static str {
        match self {
            Self::Method => "Method or catalog",
            Self::Scope => "Scope",
            Self::Assessed => "Newly or no longer assessed",
            Self::Evidence => "Evidence",
            Self::Up => "Scored up",
            Self::Down => "Scored down",
        }
    }

    /// The head of its column in tables.
    pub fn short(self) -> &'static str {
        match self {
            Self::Method => "Method",
            Self::Scope => "Scope",
            Self::Assessed => "Assessed",
            Self::Evidence => "Evidence",
            Self::Up => "Up",
            Self::Down => "Down",
        }
    }
}

/// What moved in one framework, for all teams or for one.
#[derive(Clone, Debug)]
pub struct Change {
    /// Every node of the framework as it is now: the whole, then each Function before its Categories and each Category before its
    /// controls.
    pub nodes: Vec<NodeChange>,
    /// Every answer that counts and moved, in the order of controls and teams.
    pub answers: Vec<AnswerChange>,
    /// Every target that is another one. They never count as progress.
    pub targets: Vec<TargetChange>,
    /// Why nothing can be compared; `None` where it can.
    pub incomparable: Option<String>,
}

/// How one node moved.
#[derive(Clone, Debug)]
pub struct NodeChange {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its rank.
    pub rank: Rank,
    /// The mean before, in millionths; `None` where there is none to show.
    pub from: Option<i64>,
    /// The mean after.
    pub to: Option<i64>,
    /// Before, as it is shown.
    pub shown_from: String,
    /// After, as it is shown.
    pub shown_to: String,
    /// Why there is no difference to show; empty where there is one.
    pub why_not: String,
    /// The causes with an amount that is not 0 or with controls that moved; empty where there is no difference to show.
    pub parts: Vec<Part>,
}

impl NodeChange {
    /// The difference in millionths, where it may be shown.
    pub fn total(&self) -> Option<i64> {
        Some(self.to? - self.from?).filter(|_| self.why_not.is_empty())
    }

    /// Whether there is anything to tell of it.
    pub fn has_moved(&self) -> bool {
        !self.parts.is_empty() || (self.from != self.to && !self.why_not.is_empty())
    }
}

/// What one cause did to a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The cause.
    pub cause: Cause,
    /// By how much it moved the node, in millionths.
    pub amount: i64,
    /// What each control contributed to that, in millionths; those that contributed nothing are left out.
    pub controls: Vec<(String, i64)>,
}

/// How one answer moved.
#[derive(Clone, Debug)]
pub struct AnswerChange {
    /// The control's id.
    pub control: String,
    /// The team's id.
    pub team: String,
    /// Why.
    pub cause: Cause,
    /// What it said before.
    pub from: Told,
    /// What it says now.
    pub to: Told,
}

/// What an answer says, as people are told it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Nothing, since its control was in no catalog.
    New,
    /// Nothing, since nobody is asked.
    NotAsked,
    /// That it does not apply.
    NotApplicable,
    /// That it is unknown.
    Unknown,
    /// Nothing.
    Unanswered,
    /// A level: what is claimed, and what counts.
    Level {
        /// What is claimed.
        claimed: Level,
        /// What counts.
        score: Level,
    },
}

impl Told {
    /// Whether no level is said though one is asked for.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Unknown | Self::Unanswered)
    }
}

impl fmt::Display for Told {
    /// In words, or as `2`, or `2 (claimed 3)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::New => f.write_str("not in the catalog"),
            Self::NotAsked => f.write_str("not asked"),
            Self::NotApplicable => f.write_str("not applicable"),
            Self::Unknown => f.write_str("unknown"),
            Self::Unanswered => f.write_str("unanswered"),
            Self::Level { claimed, score } if claimed == score => f.write_str(&score.shown()),
            Self::Level { claimed, score } => write!(f, "{} (claimed {})", score.shown(), claimed.shown()),
        }
    }
}

/// How one target moved.
#[derive(Clone, Debug)]
pub struct TargetChange {
    /// The control's id.
    pub control: String,
    /// The level before; `None` where there was no target.
    pub from: Option<Level>,
    /// The level after.
    pub to: Option<Level>,
}

/// What a team says of a control, as far as it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    /// It is not asked.
    NotAsked,
    /// It does not apply.
    NotApplicable,
    /// Asked, without a level.
    Open,
    /// A level: what is claimed, and what counts.
    Level { claimed: Level, score: Level },
}

impl Said {
    fn score(self) -> Option<Level> {
        match self {
            Self::Level { score, .. } => Some(score),
            _ => None,
        }
    }

    /// Whether it stands in the denominator.
    fn applies(self) -> bool {
        matches!(self, Self::Open | Self::Level { .. })
    }

    fn told(self, answer: Option<&Answer>) -> Told {
        match self {
            Self::NotAsked => Told::NotAsked,
            Self::NotApplicable => Told::NotApplicable,
            Self::Open if answer.is_some() => Told::Unknown,
            Self::Open => Told::Unanswered,
            Self::Level { claimed, score } => Told::Level { claimed, score },
        }
    }
}

/// What moved from `from` to `to` in one framework, for all teams or for one team; both are indices of `to`.
pub fn between(from: Side<'_>, to: Side<'_>, framework: usize, team: Option<usize>) -> Change {
    let catalog = &to.assessment.frameworks[framework];
    let targets = target_changes(from, to, framework);
    if let Some(why) = incomparable(from, to, catalog) {
        return Change { nodes: Vec::new(), answers: Vec::new(), targets, incomparable: Some(why) };
    }
    let pairs = Pairs::of(from, to, framework, team);
    let nodes = pairs.nodes(to);
    Change { nodes, answers: pairs.answers(from, to), targets, incomparable: None }
}

/// What moved in the whole of a framework, without what moved below it: the first node of [`between`]. `None` where the two sides
/// cannot be compared.
pub fn overall(from: Side<'_>, to: Side<'_>, framework: usize, team: Option<usize>) -> Option<NodeChange> {
    let catalog = &to.assessment.frameworks[framework];
    if incomparable(from, to, catalog).is_some() {
        return None;
    }
    let pairs = Pairs::of(from, to, framework, team);
    Some(pairs.overall_node(pairs.tree_of(to), &pairs.states()))
}

/// What moved from each quarter of a workspace to the next, in its main framework and for all teams. Several pages tell of it; it is
/// worked out once, when the first of them asks.
#[derive(Debug)]
pub struct Course(Vec<OnceLock<Change>>);

impl Course {
    /// The course of the quarters of `assessment`, with nothing worked out yet.
    pub fn of(assessment: &Assessment) -> Self {
        Self(assessment.quarters.iter().map(|_| OnceLock::new()).collect())
    }

    /// What moved in `quarter` since the one before; `None` for the first. Always of the same assessment.
    pub fn since_before(&self, assessment: &Assessment, scorecard: &Scorecard, quarter: usize) -> Option<&Change> {
        let side = |quarter| Side { assessment, scorecard, quarter };
        let before = quarter.checked_sub(1)?;
        Some(self.0[quarter].get_or_init(|| between(side(before), side(quarter), 0, None)))
    }
}

/// Why two sides cannot be compared at all.
fn incomparable(from: Side<'_>, to: Side<'_>, catalog: &Framework) -> Option<String> {
    let (one, two) = (&from.assessment.settings.scale, &to.assessment.settings.scale);
    // By name: other weights of the same dimensions are another rule, not another scale.
    let shown = |scale: &Scale| {
        let dimensions: Vec<&str> = scale.dimensions.iter().map(|dimension| dimension.name.as_str()).collect();
        let range = format!("{} to {} in steps of {}", scale.bottom.shown(), scale.top().shown(), scale.step.shown());
        if dimensions.is_empty() { range } else { format!("{range} for each of {}", dimensions.join(", ")) }
    };
    let (one, two) = (shown(one), shown(two));
    if one != two {
        return Some(format!(
            "the scale changed, so levels of before and after mean different things: it was {one}, and is {two}"
        ));
    }
    let known = from.assessment.frameworks.iter().any(|framework| framework.id == catalog.id);
    (!known).then(|| format!("{} was not in use before", catalog.title))
}

fn target_changes(from: Side<'_>, to: Side<'_>, framework: usize) -> Vec<TargetChange> {
    let catalog = &to.assessment.frameworks[framework];
    let before: BTreeMap<&str, Option<&Target>> = controls_by_id(from.assessment, &catalog.id)
        .into_iter()
        .map(|(id, (f, c))| (id, from.assessment.target(from.quarter, f, c)))
        .collect();
    let change = |(control, named): (usize, &crate::model::catalog::Control)| {
        let level = |target: Option<&Target>| target.map(|target| target.level);
        let now = level(to.assessment.target(to.quarter, framework, control));
        let then = level(*before.get(named.id.as_str())?);
        (now != then).then(|| TargetChange { control: named.id.clone(), from: then, to: now })
    };
    catalog.controls.iter().enumerate().filter_map(change).collect()
}

/// Every control of the framework `id`, where it is in use.
fn controls_by_id<'a>(assessment: &'a Assessment, id: &str) -> BTreeMap<&'a str, (usize, usize)> {
    let Some(f) = assessment.frameworks.iter().position(|framework| framework.id == id) else { return BTreeMap::new() };
    let controls = assessment.frameworks[f].controls.iter().enumerate();
    controls.map(|(c, control)| (control.id.as_str(), (f, c))).collect()
}

/// What every team says of every control on both sides, and where each control stood before by the rules of before.
struct Pairs<'a> {
    settings: &'a Settings,
    catalog: &'a Framework,
    /// The controls' indices before; `None` for a new one.
    before: Vec<Option<(usize, usize)>>,
    /// The teams by id, on both sides, in the order of now and then those that are gone.
    teams: Vec<Pairing>,
    only: Option<usize>,
    /// By control and team: by the rules of now, before and after.
    said: Vec<Vec<(Said, Said)>>,
    /// The tree of before by the rules of before.
    old: &'a Tree,
    old_settings: &'a Settings,
    old_catalog: &'a Framework,
    /// Whether both sides have the same settings and catalogs, being quarters of one workspace.
    same_rules: bool,
    framework: usize,
}

/// A team on both sides.
#[derive(Clone, Copy)]
struct Pairing {
    before: Option<usize>,
    after: Option<usize>,
    weight: u32,
}

impl<'a> Pairs<'a> {
    fn of(from: Side<'a>, to: Side<'a>, framework: usize, only: Option<usize>) -> Self {
        let settings = &to.assessment.settings;
        let catalog = &to.assessment.frameworks[framework];
        let known = controls_by_id(from.assessment, &catalog.id);
        let before = catalog.controls.iter().map(|control| known.get(control.id.as_str()).copied()).collect();
        let old_framework =
            from.assessment.frameworks.iter().position(|framework| framework.id == catalog.id).unwrap_or_default();
        let old_teams = &from.assessment.settings.teams;
        let mut teams: Vec<Pairing> = settings
            .teams
            .iter()
            .enumerate()
            .map(|(after, team)| Pairing {
                before: old_teams.iter().position(|old| old.id == team.id),
                after: Some(after),
                weight: team.weight,
            })
            .collect();
        teams.extend(
            old_teams
                .iter()
                .enumerate()
                .filter(|(_, old)| !settings.teams.iter().any(|t| t.id == old.id))
                .map(|(before, old)| Pairing { before: Some(before), after: None, weight: old.weight }),
        );
        let old_scores = &from.scorecard.quarters[from.quarter];
        let old_only = only.and_then(|only| teams[only].before);
        let old = match (only, old_only) {
            (Some(_), Some(team)) => &old_scores.teams[team][old_framework],
            _ => &old_scores.all[old_framework],
        };
        let mut pairs = Self {
            settings,
            catalog,
            before,
            teams,
            only,
            said: Vec::new(),
            old,
            old_settings: &from.assessment.settings,
            old_catalog: &from.assessment.frameworks[old_framework],
            same_rules: std::ptr::eq(from.assessment, to.assessment),
            framework,
        };
        pairs.said = (0..catalog.controls.len()).map(|control| pairs.said_of(from, to, control)).collect();
        pairs
    }

    /// What each team says of a control, before by the rules of now, and after.
    fn said_of(&self, from: Side<'_>, to: Side<'_>, control: usize) -> Vec<(Said, Said)> {
        let basis = self.settings.scoring.score;
        let level = |standing: Standing| Said::Level { claimed: standing.claimed, score: standing.score(basis) };
        let said = |side: Side<'_>, place: (usize, usize), team: usize, standing: Option<Standing>| {
            let quarter = &side.assessment.quarters[side.quarter];
            if !side.assessment.is_asked(quarter.quarter, place.0, place.1, team) {
                return Said::NotAsked;
            }
            match (quarter.answer(place.0, place.1, team).map(|answer| &answer.state), standing) {
                (_, Some(standing)) => level(standing),
                (Some(State::NotApplicable { .. }), None) => Said::NotApplicable,
                _ => Said::Open,
            }
        };
        let place = (self.framework, control);
        let pair = |pairing: &Pairing| {
            if self.only.is_some() && pairing.after != self.only {
                // Nobody listens to it.
                return (Said::NotAsked, Said::NotAsked);
            }
            let after = pairing.after.map_or(Said::NotAsked, |team| {
                said(to, place, team, to.scorecard.quarters[to.quarter].standing(place.0, place.1, team))
            });
            let before = pairing.before.zip(self.before[control]).map_or(Said::NotAsked, |(team, old)| {
                let standing = if self.same_rules {
                    from.scorecard.quarters[from.quarter].standing(old.0, old.1, team)
                } else {
                    let policy = (self.settings, &self.catalog.controls[control]);
                    restand(from.assessment, from.quarter, old, team, policy)
                };
                said(from, old, team, standing)
            });
            (before, after)
        };
        self.teams.iter().map(pair).collect()
    }

    /// Why a pair of answers for a control differs; `None` where what counts is the same.
    fn cause(&self, control: usize, (before, after): (Said, Said)) -> Option<Cause> {
        match (before, after) {
            // With a new control came all that is said of it.
            _ if self.before[control].is_none() => after.applies().then_some(Cause::Method),
            _ if before.applies() != after.applies() => Some(Cause::Scope),
            (Said::Level { claimed, score }, Said::Level { claimed: now, score: to }) => match to.cmp(&score) {
                Ordering::Equal => None,
                _ if claimed == now => Some(Cause::Evidence),
                Ordering::Greater => Some(Cause::Up),
                Ordering::Less => Some(Cause::Down),
            },
            (Said::Level { .. }, Said::Open) | (Said::Open, Said::Level { .. }) => Some(Cause::Assessed),
            _ => None,
        }
    }

    /// A control's mean after the causes up to `last` have been applied.
    fn mean(&self, control: usize, last: Cause) -> Option<Mean> {
        let rule = self.settings.team_rule(&self.catalog.controls[control].rules);
        let levels: Vec<(u32, Level)> = self
            .voices(control)
            .filter_map(|(pairing, said)| {
                let moved = self.cause(control, said).is_some_and(|cause| cause <= last);
                Some((pairing.weight, if moved { said.1.score()? } else { said.0.score()? }))
            })
            .collect();
        join_teams(rule, &levels).map(Mean::from)
    }

    /// The teams whose answers make a control's score, with what they say before and after.
    fn voices(&self, control: usize) -> impl Iterator<Item = (&Pairing, (Said, Said))> {
        let counted = match (self.only, self.settings.team_rule(&self.catalog.controls[control].rules)) {
            (Some(only), _) | (None, TeamRule::Owner(only)) => Some(only),
            (None, _) => None,
        };
        let voices = self.teams.iter().zip(self.said[control].iter().copied());
        voices.filter(move |(pairing, _)| counted.is_none() || pairing.after == counted)
    }

    /// Every control's exact mean in a state; of [`Cause::Method`], by the rules of now with nothing else applied.
    fn state(&self, last: Cause) -> Vec<Option<Mean>> {
        (0..self.catalog.controls.len()).map(|control| self.mean(control, last)).collect()
    }

    /// The state after each cause; where a cause moved nothing, the one before it.
    fn states(&self) -> Vec<Vec<Option<Mean>>> {
        let controls = 0..self.catalog.controls.len();
        let voices = controls.flat_map(|control| self.voices(control).map(move |(_, said)| (control, said)));
        let causes: BTreeSet<Cause> = voices.filter_map(|(control, said)| self.cause(control, said)).collect();
        let mut states: Vec<Vec<Option<Mean>>> = Vec::new();
        for cause in Cause::ALL {
            let same = states.last().filter(|_| !causes.contains(&cause)).cloned();
            states.push(same.unwrap_or_else(|| self.state(cause)));
        }
        states
    }

    /// The tree of now.
    fn tree_of(&self, to: Side<'a>) -> &'a Tree {
        let scores = &to.scorecard.quarters[to.quarter];
        scores.tree(self.framework, self.only)
    }

    fn overall_node(&self, new: &Tree, states: &[Vec<Option<Mean>>]) -> NodeChange {
        let named = (self.catalog.id.as_str(), self.catalog.title.as_str(), Rank::Overall);
        self.node(named, (Some(&self.old.overall), &new.overall), &self.overall(), states)
    }

    fn nodes(&self, to: Side<'a>) -> Vec<NodeChange> {
        let (states, new, catalog) = (self.states(), self.tree_of(to), self.catalog);
        let mut nodes = vec![self.overall_node(new, &states)];
        let mut push = |id: &str, title: &str, rank, now: &Figures, then: Option<&Figures>, branch: Branch| {
            nodes.push(self.node((id, title, rank), (then, now), &branch, &states));
        };
        for (f, function) in catalog.functions.iter().enumerate() {
            let old = self.old_catalog.functions.iter().position(|old| old.id == function.id);
            let then = old.map(|old| &self.old.functions[old]);
            let branch = self.leaves(catalog.controls_of(f));
            push(&function.id, &function.title, Rank::Function, &new.functions[f], then, branch);
            for c in function.categories.clone() {
                let category = &catalog.categories[c];
                let old = self.old_catalog.categories.iter().position(|old| old.id == category.id);
                let then = old.map(|old| &self.old.categories[old]);
                let branch = self.leaves(category.controls.clone());
                push(&category.id, &category.title, Rank::Category, &new.categories[c], then, branch);
                for control in category.controls.clone() {
                    let named = &catalog.controls[control];
                    let then = self.before[control].map(|(_, old)| &self.old.controls[old]);
                    push(&named.id, &named.title, Rank::Control, &new.controls[control], then, Branch::Leaf(control));
                }
            }
        }
        nodes
    }

    fn leaves(&self, range: std::ops::Range<usize>) -> Branch {
        let leaf = |control: usize| (self.catalog.controls[control].rules.weight, Branch::Leaf(control));
        Branch::Of(range.map(leaf).collect())
    }

    fn overall(&self) -> Branch {
        match self.settings.scoring.overall {
            OverallRule::Controls => self.leaves(0..self.catalog.controls.len()),
            OverallRule::Functions => {
                let functions = 0..self.catalog.functions.len();
                Branch::Of(functions.map(|f| (1, self.leaves(self.catalog.controls_of(f)))).collect())
            }
        }
    }

    fn node(
        &self,
        (id, title, rank): (&str, &str, Rank),
        (then, now): (Option<&Figures>, &Figures),
        branch: &Branch,
        states: &[Vec<Option<Mean>>],
    ) -> NodeChange {
        let decimals = self.settings.scoring.decimals;
        let gone = self.only.is_some_and(|only| self.teams[only].before.is_none());
        let then = then.filter(|_| !gone);
        let shown = |figures: Option<&Figures>| {
            figures
                .and_then(|figures| figures.score(decimals))
                .unwrap_or_else(|| figures.and_then(Figures::why_withheld).map_or("none", Withheld::word).to_owned())
        };
        let value = |figures: Option<&Figures>| figures.and_then(Figures::shown_mean).map(Mean::millionths);
        let withheld = [then.and_then(Figures::why_withheld), now.why_withheld()];
        let why_not = match (then.and_then(Figures::shown_mean), now.shown_mean()) {
            (Some(_), Some(_)) => "",
            _ if withheld.contains(&Some(Withheld::TeamLevel)) => "shown team by team, never joined",
            _ if withheld == [Some(Withheld::Coverage); 2] => "too little is assessed to show a difference",
            _ if withheld[0].is_some() => "too little was assessed before to show a difference",
            _ if withheld[1].is_some() => "too little is assessed now to show a difference",
            (None, Some(_)) => "nothing was assessed before",
            (Some(_), None) => "nothing is assessed any more",
            (None, None) => "nothing is assessed",
        };
        let parts = match then.and_then(|then| then.mean.as_ref()) {
            Some(mean) if why_not.is_empty() => self.parts(mean, rank, id, branch, states),
            _ => Vec::new(),
        };
        NodeChange {
            id: id.to_owned(),
            title: title.to_owned(),
            rank,
            from: value(then),
            to: value(Some(now)),
            shown_from: shown(then),
            shown_to: shown(Some(now)),
            why_not: why_not.to_owned(),
            parts,
        }
    }

    /// The parts of a node whose mean was `mean` by the rules of before.
    fn parts(&self, mean: &Mean, rank: Rank, id: &str, branch: &Branch, states: &[Vec<Option<Mean>>]) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut at = mean.clone();
        for (index, cause) in Cause::ALL.into_iter().enumerate() {
            let still = match index.checked_sub(1) {
                Some(before) => branch.all(&|control| states[before][control] == states[index][control]),
                None => self.same_rules,
            };
            if still {
                continue;
            }
            let after = branch.value(&states[index]);
            let mut moved: BTreeMap<String, BigRational> = BTreeMap::new();
            if index == 0 {
                self.method(rank, id, branch, &states[0], &at, &mut moved);
            } else {
                let named = |control: usize| self.catalog.controls[control].id.clone();
                let mut add = |control: usize, amount: BigRational| *moved.entry(named(control)).or_default() += amount;
                branch.moved((&states[index - 1], &states[index]), &at, &one(), &mut add);
            }
            let Some(after) = after else { continue };
            let amount = after.millionths() - at.millionths();
            at = after;
            let controls = apportioned(moved, amount);
            if amount != 0 || !controls.is_empty() {
                parts.push(Part { cause, amount, controls });
            }
        }
        parts
    }

    /// What each control contributes where the rules themselves changed: by its weight in the whole, before and after.
    fn method(
        &self,
        rank: Rank,
        id: &str,
        branch: &Branch,
        after: &[Option<Mean>],
        at: &Mean,
        moved: &mut BTreeMap<String, BigRational>,
    ) {
        if branch.value(after).is_none() {
            return;
        }
        let old = self.old_branch(rank, id);
        let values: Vec<Option<Mean>> = self.old.controls.iter().map(|figures| figures.mean.clone()).collect();
        let mut before = Vec::new();
        old.shares(&values, &one(), &mut before);
        for (control, share) in before {
            let named = &self.old_catalog.controls[control].id;
            if let Some(value) = &values[control] {
                *moved.entry(named.clone()).or_default() -= share * (value.exact() - at.exact());
            }
        }
        let mut shares = Vec::new();
        branch.shares(after, &one(), &mut shares);
        for (control, share) in shares {
            let named = &self.catalog.controls[control].id;
            if let Some(value) = &after[control] {
                *moved.entry(named.clone()).or_default() += share * (value.exact() - at.exact());
            }
        }
    }

    /// The same node by the catalog and the rules of before.
    fn old_branch(&self, rank: Rank, id: &str) -> Branch {
        let catalog = self.old_catalog;
        let leaves = |range: std::ops::Range<usize>| {
            Branch::Of(range.map(|control| (catalog.controls[control].rules.weight, Branch::Leaf(control))).collect())
        };
        match rank {
            Rank::Overall if self.old_settings.scoring.overall == OverallRule::Functions => {
                let functions = 0..catalog.functions.len();
                Branch::Of(functions.map(|f| (1, leaves(catalog.controls_of(f)))).collect())
            }
            Rank::Overall => leaves(0..catalog.controls.len()),
            Rank::Function => {
                let function = catalog.functions.iter().position(|function| function.id == id);
                function.map_or(Branch::Of(Vec::new()), |function| leaves(catalog.controls_of(function)))
            }
            Rank::Category => {
                let category = catalog.categories.iter().find(|category| category.id == id);
                category.map_or(Branch::Of(Vec::new()), |category| leaves(category.controls.clone()))
            }
            Rank::Control => {
                let control = catalog.controls.iter().position(|control| control.id == id);
                control.map_or(Branch::Of(Vec::new()), Branch::Leaf)
            }
        }
    }

    /// Every answer that moved.
    fn answers(&self, from: Side<'_>, to: Side<'_>) -> Vec<AnswerChange> {
        let mut moved = Vec::new();
        for control in 0..self.catalog.controls.len() {
            for (pairing, (before, after)) in self.voices(control) {
                let Some(cause) = self.cause(control, (before, after)) else { continue };
                let id = |side: Side<'_>, team: Option<usize>| {
                    team.map(|team| side.assessment.settings.teams[team].id.clone())
                };
                let old = pairing
                    .before
                    .zip(self.before[control])
                    .and_then(|(team, (f, c))| from.assessment.quarters[from.quarter].answer(f, c, team));
                let new = pairing
                    .after
                    .and_then(|team| to.assessment.quarters[to.quarter].answer(self.framework, control, team));
                moved.push(AnswerChange {
                    control: self.catalog.controls[control].id.clone(),
                    team: id(to, pairing.after).or_else(|| id(from, pairing.before)).unwrap_or_default(),
                    cause,
                    from: if cause == Cause::Method { Told::New } else { before.told(old) },
                    to: after.told(new),
                });
            }
        }
        moved
    }
}

/// A mean's shape: one control, or parts with their weights.
enum Branch {
    Leaf(usize),
    Of(Vec<(u32, Branch)>),
}

impl Branch {
    /// Its value where controls have these; `None` where none of them has one.
    fn value(&self, values: &[Option<Mean>]) -> Option<Mean> {
        match self {
            Self::Leaf(control) => values[*control].clone(),
            Self::Of(parts) => {
                let present: Vec<(u32, Mean)> =
                    parts.iter().filter_map(|(weight, part)| Some((*weight, part.value(values)?))).collect();
                Mean::weighted(present.iter().map(|(weight, value)| (*weight, value)))
            }
        }
    }

    /// Whether this is true of all its controls.
    fn all(&self, is: &impl Fn(usize) -> bool) -> bool {
        match self {
            Self::Leaf(control) => is(*control),
            Self::Of(parts) => parts.iter().all(|(_, part)| part.all(is)),
        }
    }

    /// The share that each control with a value has in the whole.
    fn shares(&self, values: &[Option<Mean>], share: &BigRational, out: &mut Vec<(usize, BigRational)>) {
        match self {
            Self::Leaf(control) => out.push((*control, share.clone())),
            Self::Of(parts) => {
                let present: Vec<_> = parts.iter().filter(|(_, part)| part.value(values).is_some()).collect();
                let weights = ratio(present.iter().map(|(weight, _)| weight).sum());
                for (weight, part) in present {
                    part.shares(values, &(share * ratio(*weight) / &weights), out);
                }
            }
        }
    }

    /// What each control contributes to the move of this node from one state to the next. `at` is the mean before, or the last
    /// one there was; `share` is this node's share in the whole.
    fn moved(
        &self,
        (before, after): (&[Option<Mean>], &[Option<Mean>]),
        at: &Mean,
        share: &BigRational,
        add: &mut impl FnMut(usize, BigRational),
    ) {
        let (old, new) = (self.value(before), self.value(after));
        match (self, old, new) {
            (_, _, None) => {}
            (_, None, Some(_)) => self.spread(after, at, share, add),
            (Self::Leaf(control), Some(old), Some(new)) => {
                if old != new {
                    add(*control, share * (new.exact() - old.exact()));
                }
            }
            (Self::Of(parts), Some(at), Some(_)) => {
                let present = parts.iter().filter(|(_, part)| part.value(after).is_some());
                let weights = ratio(present.map(|(weight, _)| weight).sum());
                let moves = |part: &Branch| !part.all(&|control| before[control] == after[control]);
                for (weight, part) in parts.iter().filter(|(_, part)| moves(part)) {
                    let share = share * ratio(*weight) / &weights;
                    match (part.value(before), part.value(after)) {
                        (None, None) => {}
                        (Some(_), Some(_)) => part.moved((before, after), &at, &share, add),
                        (None, Some(_)) => part.spread(after, &at, &share, add),
                        (Some(_), None) => part.spread(before, &at, &-share, add),
                    }
                }
            }
        }
    }

    /// How far this node lies from `at`, times its share, split among its controls.
    fn spread(
        &self,
        values: &[Option<Mean>],
        at: &Mean,
        share: &BigRational,
        add: &mut impl FnMut(usize, BigRational),
    ) {
        let mut shares = Vec::new();
        self.shares(values, share, &mut shares);
        for (control, share) in shares {
            if let Some(value) = &values[control] {
                add(control, share * (value.exact() - at.exact()));
            }
        }
    }
}

/// Whole numbers nearest to `amounts` that add up to `total`: each is cut, and what is left over goes to those that lost most.
fn apportioned(amounts: BTreeMap<String, BigRational>, total: i64) -> Vec<(String, i64)> {
    let mut cut: Vec<(String, i64, BigRational)> = amounts
        .into_iter()
        .filter(|(_, amount)| *amount != BigRational::default())
        .map(|(id, amount)| {
            let floor = amount.floor();
            let whole = i64::try_from(floor.to_integer()).expect("a contribution lies within the scale");
            (id, whole, amount - floor)
        })
        .collect();
    let left = total - cut.iter().map(|(_, whole, _)| whole).sum::<i64>();
    let mut order: Vec<usize> = (0..cut.len()).collect();
    order.sort_by(|one, two| cut[*two].2.cmp(&cut[*one].2).then(one.cmp(two)));
    let count = i64::try_from(cut.len()).unwrap_or(1).max(1);
    for (rank, index) in order.into_iter().enumerate() {
        let rank = i64::try_from(rank).unwrap_or(i64::MAX);
        cut[index].1 += left.div_euclid(count) + i64::from(rank < left.rem_euclid(count));
    }
    cut.into_iter().map(|(id, whole, _)| (id, whole)).collect()
}

fn one() -> BigRational {
    BigRational::from_integer(1.into())
}

fn ratio(weight: u32) -> BigRational {
    BigRational::from_integer(weight.into())
}
