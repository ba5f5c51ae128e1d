//! Every team's answers on both sides of a comparison, both judged by the current rules, and how each node moved.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::shares::{Contributions, MeanShape, Scores, one};
use super::{AnswerChange, Cause, CauseEffect, NodeChange, SideState, WhyNot, same_framework};
use crate::base::number::{Level, Mean};
use crate::model::assessment::ControlRules;
use crate::model::catalog::{Framework, Node};
use crate::model::evidence::{Answer, State};
use crate::model::ids::{AnswerId, ControlId, FrameworkId, Table, TeamId};
use crate::model::settings::Settings;
use crate::score::answer::{AnswerGround, AnswerLevels, lent_by, standing, standing_on};
use crate::score::{Figures, ScoredQuarter, Tree, Withheld, join_teams};

/// How a team's answer for a control counts on one side: what counts. `SideState` is the same in words for people, and tells
/// unknown from unanswered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CountedSide {
    /// The team is not asked.
    NotAsked,
    /// The control does not apply.
    NotApplicable,
    /// The team is asked, but there is no level.
    Open,
    /// A level: the claimed one and the one that counts.
    Level { claimed: Level, score: Level },
}

impl CountedSide {
    fn score(self) -> Option<Level> {
        match self {
            Self::Level { score, .. } => Some(score),
            _ => None,
        }
    }

    /// Whether the answer is in the denominator.
    fn applies(self) -> bool {
        matches!(self, Self::Open | Self::Level { .. })
    }

    fn state(self, answer: Option<&Answer>) -> SideState {
        match self {
            Self::NotAsked => SideState::NotAsked,
            Self::NotApplicable => SideState::NotApplicable,
            Self::Open if answer.is_some() => SideState::Unknown,
            Self::Open => SideState::Unanswered,
            Self::Level { claimed, score } => SideState::Level { claimed, score },
        }
    }
}

/// How a team's answer for a control counts before and after, always by the current rules.
#[derive(Clone, Copy)]
struct CountedSides {
    before: CountedSide,
    /// As it is after, except that what it inherits from is as it was before.
    alone: CountedSide,
    after: CountedSide,
}

impl CountedSides {
    /// The cause of what it moved by what it inherits, if it did.
    fn inherits(self) -> Option<Cause> {
        (self.alone.score() != self.after.score()).then_some(Cause::Inherited)
    }
}

/// A team on both sides, by its id. Where one team follows another, [`Sides::team_before`] says whose answer came before.
#[derive(Clone, Copy)]
struct TeamPair {
    before: Option<TeamId>,
    after: Option<TeamId>,
    weight: u32,
}

/// One framework on both sides, for all teams or for one.
pub(super) struct Sides<'a> {
    from: ScoredQuarter<'a>,
    to: ScoredQuarter<'a>,
    /// How means are computed by the current rules, and by the rules before.
    now: MeanShape<'a>,
    then: MeanShape<'a>,
    /// Each control in the catalog before; `None` for a new control, or one that was not in force.
    before: Table<ControlId, Option<ControlId>>,
    /// The teams, matched by id: first the current ones in their order, then those that left. If one team is compared, only that one.
    teams: Vec<TeamPair>,
    only: Option<TeamId>,
    /// The one compared team as it was before: itself, or the only one that it follows.
    only_before: Option<TeamId>,
    /// The place of each control id in the current catalog.
    order: BTreeMap<&'a str, usize>,
    /// By control and team pair.
    counted: Table<ControlId, Vec<CountedSides>>,
    /// Each current team as it was before, by its id.
    was: BTreeMap<TeamId, TeamId>,
    /// Each control before in the current catalog.
    is_now: BTreeMap<ControlId, ControlId>,
    /// Whether both sides have the same rules.
    same_rules: bool,
}

impl<'a> Sides<'a> {
    pub(super) fn of(
        from: ScoredQuarter<'a>,
        to: ScoredQuarter<'a>,
        framework: FrameworkId,
        only: Option<TeamId>,
    ) -> Self {
        let catalog = to.framework(framework);
        let old = same_framework(from, catalog).expect("sides without a common framework are not compared");
        let known: BTreeMap<&str, ControlId> =
            old.controls.entries().map(|(id, control)| (control.id.as_str(), id)).collect();
        let before = catalog.controls.map(|control| {
            let old = known.get(catalog.controls[control].id.as_str()).copied();
            old.filter(|old| from.is_in_force(*old))
        });
        let teams = team_pairs(from.settings(), to.settings());
        let is_now = before.entries().filter_map(|(now, old)| Some(((*old)?, now))).collect();
        let mut sides = Self {
            from,
            to,
            now: MeanShape { catalog, overall: to.settings().scoring.overall },
            then: MeanShape { catalog: old, overall: from.settings().scoring.overall },
            before,
            was: teams.iter().filter_map(|pair| Some((pair.after?, pair.before?))).collect(),
            is_now,
            teams,
            only,
            only_before: None,
            order: catalog.controls.iter().enumerate().map(|(at, control)| (control.id.as_str(), at)).collect(),
            counted: Table::within(framework),
            same_rules: same_rules(from, to, framework),
        };
        sides.only_before = only.and_then(|team| sides.only_before(team));
        // If one team is compared, no other one is looked at: a page compares each of hundreds.
        sides.teams.retain(|pair| only.is_none() || pair.after == only);
        sides.same_rules &= !sides.weights_changed();
        sides.counted = catalog.controls.map(|control| sides.counted_of(control));
        sides
    }

    fn settings(&self) -> &'a Settings {
        self.to.settings()
    }

    fn catalog(&self) -> &'a Framework {
        self.now.catalog
    }

    fn rules(&self, control: ControlId) -> ControlRules<'a> {
        self.to.rules(control)
    }

    /// Each team's answer for a control before and after, by the current rules.
    fn counted_of(&self, control: ControlId) -> Vec<CountedSides> {
        let pair = |pair: &TeamPair| {
            if !self.to.is_in_force(control) {
                // What the control moved by leaving is a change of method.
                let none = CountedSide::NotAsked;
                return CountedSides { before: none, alone: none, after: none };
            }
            let after = pair.after.map(|team| control.of(team));
            let count = |levels: fn(&Self, AnswerId) -> Option<AnswerLevels>| {
                after.map_or(CountedSide::NotAsked, |answer| self.count(self.to, answer, levels(self, answer)))
            };
            let (alone, after) = (count(Self::levels_alone), count(|sides, answer| sides.to.levels(answer)));
            let before = self.team_before(pair, control).zip(self.before[control]).map(|(team, old)| old.of(team));
            let before = before.map_or(CountedSide::NotAsked, |answer| {
                let levels = if self.same_rules {
                    self.from.levels(answer)
                } else {
                    standing(*self.from, answer, &self.rules_before()).map(|standing| standing.levels)
                };
                self.count(self.from, answer, levels)
            });
            CountedSides { before, alone, after }
        };
        self.teams.iter().map(pair).collect()
    }

    /// The current rules for a control before; its own where it is in the current catalog no longer.
    fn rules_before(&self) -> impl Fn(ControlId) -> ControlRules<'a> {
        |old| self.is_now.get(&old).map_or_else(|| self.from.rules(old), |now| self.rules(*now))
    }

    /// The levels of an answer after, if what it inherits from were as it was before.
    fn levels_alone(&self, answer: AnswerId) -> Option<AnswerLevels> {
        let Some(provider) = self.to.provider(answer) else { return self.to.levels(answer) };
        let before = self.provider_before(provider);
        let ground = before.map_or(AnswerGround::Nothing, |before| lent_by(*self.from, before, &self.rules_before()));
        Some(standing_on(*self.to, answer, self.rules(answer.control), ground)?.levels)
    }

    /// The answer before of the same team for the same control, whichever teams are compared.
    fn provider_before(&self, AnswerId { control, team }: AnswerId) -> Option<AnswerId> {
        let old = self.before[control]?;
        let asked_before = |team: TeamId| self.then(team).is_some_and(|team| self.from.is_asked(old.of(team)));
        let same = self.settings().same_before(team, asked_before, |team| self.to.is_asked(control.of(team)))?;
        Some(old.of(self.then(same)?))
    }

    /// The team whose answer for a control before is this pair's. It is the pair's own team, or the one that it follows where of
    /// their line one team was asked before and one is asked now. `None` if there is none, or if another pair goes on from it.
    fn team_before(&self, pair: &TeamPair, control: ControlId) -> Option<TeamId> {
        if self.only.is_some() {
            return self.only_before;
        }
        if let Some(owner) = self.rules(control).team_rule().owner() {
            let before = || self.then(self.settings().team_in(owner, self.from.name()));
            return pair.after.filter(|team| *team == owner).and_then(|_| before());
        }
        let Some((team, old)) = pair.after.zip(self.before[control]) else { return pair.before };
        let settings = self.settings();
        let asked_before =
            |team: TeamId| self.then(team).is_some_and(|team| self.from.is_asked(ControlId::of(old, team)));
        let asked_now = |team: TeamId| self.to.is_asked(control.of(team));
        if settings.stands_alone(team) {
            return pair.before;
        }
        if asked_now(team) {
            return settings.same_before(team, asked_before, asked_now).and_then(|team| self.then(team));
        }
        let goes_on =
            |next: TeamId| asked_now(next) && settings.same_before(next, asked_before, asked_now) == Some(team);
        pair.before.filter(|_| !settings.successors(team).into_iter().any(goes_on))
    }

    /// A current team as it was before, by its id.
    fn then(&self, team: TeamId) -> Option<TeamId> {
        self.was.get(&team).copied()
    }

    /// The one compared team as it was before.
    fn only_before(&self, team: TeamId) -> Option<TeamId> {
        let asked_before = |team: TeamId| {
            self.then(team).is_some_and(|team| self.from.assessment.team(team).asked_in(self.from.name()))
        };
        let asked_now = |team: TeamId| self.to.assessment.team(team).asked_in(self.to.name());
        self.settings().same_before(team, asked_before, asked_now).and_then(|team| self.then(team))
    }

    /// Whether a team counts more or less than the one that it follows: then its old answers weigh otherwise by the current rules.
    fn weights_changed(&self) -> bool {
        let teams = &self.settings().teams;
        teams.iter().any(|team| team.succeeds.iter().any(|before| teams[*before].weight != team.weight))
    }

    fn count(&self, side: ScoredQuarter<'_>, answer: AnswerId, levels: Option<AnswerLevels>) -> CountedSide {
        if !side.is_asked(answer) {
            return CountedSide::NotAsked;
        }
        let basis = self.settings().scoring.score;
        match (side.answer(answer).map(|answer| &answer.state), levels) {
            (_, Some(levels)) => CountedSide::Level { claimed: levels.claimed, score: levels.score(basis) },
            (Some(State::NotApplicable { .. }), None) => CountedSide::NotApplicable,
            _ => CountedSide::Open,
        }
    }

    /// Why an answer for a control differs, apart from what it inherits; `None` if what counts is the same.
    fn cause(&self, control: ControlId, CountedSides { before, alone, .. }: CountedSides) -> Option<Cause> {
        match (before, alone) {
            // All answers of a new control count as a change of method.
            _ if self.before[control].is_none() => alone.applies().then_some(Cause::Method),
            _ if before.applies() != alone.applies() => Some(Cause::Scope),
            (CountedSide::Level { claimed, score }, CountedSide::Level { claimed: now, score: to }) => {
                match to.cmp(&score) {
                    Ordering::Equal => None,
                    _ if claimed == now => Some(Cause::Evidence),
                    Ordering::Greater => Some(Cause::Up),
                    Ordering::Less => Some(Cause::Down),
                }
            }
            (CountedSide::Level { .. }, CountedSide::Open) | (CountedSide::Open, CountedSide::Level { .. }) => {
                Some(Cause::Assessed)
            }
            _ => None,
        }
    }

    /// The score of a control after the causes up to `last` have been applied.
    fn score(&self, control: ControlId, last: Cause) -> Option<Mean> {
        let levels: Vec<(u32, Level)> = self
            .answers_that_count(control)
            .filter_map(|(pair, counted)| {
                let side = match self.cause(control, counted) {
                    _ if last == Cause::Inherited => counted.after,
                    Some(cause) if cause <= last => counted.alone,
                    _ => counted.before,
                };
                Some((pair.weight, side.score()?))
            })
            .collect();
        join_teams(self.rules(control).team_rule(), &levels).map(Mean::from)
    }

    /// The teams whose answers make a control's score, each with its answer before and after.
    fn answers_that_count(&self, control: ControlId) -> impl Iterator<Item = (&TeamPair, CountedSides)> {
        let only = self.only.or_else(|| self.rules(control).team_rule().owner());
        let answers = self.teams.iter().zip(self.counted[control].iter().copied());
        answers.filter(move |(pair, _)| only.is_none() || pair.after == only)
    }

    /// Every control's score after the causes up to `last`. For [`Cause::Method`], only the current rules are applied.
    fn state(&self, last: Cause) -> Scores {
        self.catalog().controls.map(|control| self.score(control, last))
    }

    /// The state after each cause. If a cause moved nothing, the state is the one before.
    fn states(&self) -> Vec<Scores> {
        let controls = self.catalog().controls.ids();
        let answers = controls.flat_map(|control| self.answers_that_count(control).map(move |(_, it)| (control, it)));
        let causes =
            answers.flat_map(|(control, counted)| self.cause(control, counted).into_iter().chain(counted.inherits()));
        let causes: BTreeSet<Cause> = causes.collect();
        let mut states: Vec<Scores> = Vec::new();
        for cause in Cause::ALL {
            let same = states.last().filter(|_| !causes.contains(&cause)).cloned();
            states.push(same.unwrap_or_else(|| self.state(cause)));
        }
        states
    }

    /// How the whole framework moved.
    pub(super) fn whole(&self) -> NodeChange {
        self.node(Node::Framework(self.catalog().at), &self.states())
    }

    /// How every node of the framework moved.
    pub(super) fn nodes(&self) -> Vec<NodeChange> {
        let states = self.states();
        self.catalog().nodes().map(|node| self.node(node, &states)).collect()
    }

    /// The node with the same id in the catalog before.
    fn old_node(&self, node: Node) -> Option<Node> {
        let (id, old) = (self.catalog().id_of(node), self.then.catalog);
        match node {
            Node::Framework(_) => Some(Node::Framework(old.at)),
            Node::Function(_) => old.functions.find(|function| function.id == id).map(Node::Function),
            Node::Category(_) => old.categories.find(|category| category.id == id).map(Node::Category),
            Node::Control(control) => self.before[control].map(Node::Control),
        }
    }

    /// The tree before, by the rules before; `None` if the one compared team did not exist then.
    fn old_tree(&self) -> Option<&'a Tree> {
        let team = match self.only {
            Some(_) => Some(self.only_before?),
            None => None,
        };
        Some(self.from.tree(self.then.catalog.at, team))
    }

    fn node(&self, node: Node, states: &[Scores]) -> NodeChange {
        let then = self.old_tree().zip(self.old_node(node)).map(|(tree, old)| &tree[old]);
        let now = self.to.figures(node, self.only);
        let decimals = self.settings().scoring.decimals;
        let shown = |figures: Option<&Figures>| {
            figures
                .and_then(|figures| figures.score(decimals))
                .unwrap_or_else(|| figures.and_then(Figures::why_withheld).map_or("none", Withheld::word).to_owned())
        };
        let value = |figures: Option<&Figures>| figures.and_then(Figures::shown_mean).map(Mean::millionths);
        let why_not = why_no_difference(then, now);
        let parts = match then.and_then(|then| then.mean.as_ref()) {
            Some(mean) if why_not.is_none() => self.parts(node, mean, states),
            _ => Vec::new(),
        };
        NodeChange {
            node,
            id: self.catalog().id_of(node).to_owned(),
            title: self.catalog().title_of(node).to_owned(),
            from: value(then),
            to: value(Some(now)),
            shown_from: shown(then),
            shown_to: shown(Some(now)),
            why_not,
            parts,
        }
    }

    /// The parts of the difference of a node whose mean was `mean` by the rules before.
    fn parts(&self, node: Node, mean: &Mean, states: &[Scores]) -> Vec<CauseEffect> {
        let mut parts = Vec::new();
        let mut at = mean.clone();
        for (index, cause) in Cause::ALL.into_iter().enumerate() {
            let still = match index.checked_sub(1) {
                Some(before) => self.now.is_same(node, &states[before], &states[index]),
                None => self.same_rules,
            };
            if still {
                continue;
            }
            let Some(after) = self.now.mean(node, &states[index]) else { continue };
            let mut contributions = Contributions::default();
            match index.checked_sub(1) {
                Some(before) => {
                    self.now.moved(node, [&states[before], &states[index]], &at, &one(), &mut contributions);
                }
                None => self.method(node, &states[0], &at, &mut contributions),
            }
            let amount = after.millionths() - at.millionths();
            at = after;
            let controls = contributions.apportioned(amount, |id| self.rank(id));
            if !controls.is_empty() {
                parts.push(CauseEffect { cause, amount, controls });
            }
        }
        parts
    }

    /// Where a control stands in the current catalog; what is no longer in it comes last.
    fn rank(&self, id: &str) -> usize {
        self.order.get(id).copied().unwrap_or(usize::MAX)
    }

    /// Each control's contribution to a change of the rules, from its share in the whole before and after.
    fn method(&self, node: Node, after: &Scores, at: &Mean, contributions: &mut Contributions<'a>) {
        if let (Some(old), Some(tree)) = (self.old_node(node), self.old_tree()) {
            let before = tree.controls.map(|control| tree.controls[control].mean.clone());
            self.then.spread(old, &before, at, &-one(), contributions);
        }
        self.now.spread(node, after, at, &one(), contributions);
    }

    /// Every answer that moved.
    pub(super) fn answers(&self) -> Vec<AnswerChange> {
        let mut moved = Vec::new();
        for control in self.catalog().controls.ids() {
            for (pair, counted) in self.answers_that_count(control) {
                let cause = self.cause(control, counted);
                let team = match (pair.after, pair.before) {
                    (Some(team), _) => self.to.assessment.team(team),
                    (None, Some(team)) => self.from.assessment.team(team),
                    (None, None) => continue,
                };
                let before = self.team_before(pair, control);
                let old = before.zip(self.before[control]);
                let old = old.and_then(|(team, control)| self.from.answer(control.of(team)));
                let new = pair.after.and_then(|team| self.to.answer(control.of(team)));
                let change = |cause, from, to| AnswerChange {
                    control: self.catalog().controls[control].id.clone(),
                    team: team.id.clone(),
                    team_before: before.map_or(String::new(), |team| self.from.assessment.team(team).id.clone()),
                    cause,
                    from,
                    to,
                };
                let [alone, after] = [counted.alone, counted.after].map(|side| side.state(new));
                moved.extend(cause.map(|cause| {
                    let is_new = cause == Cause::Method;
                    change(cause, if is_new { SideState::New } else { counted.before.state(old) }, alone)
                }));
                moved.extend(counted.inherits().map(|cause| change(cause, alone, after)));
            }
        }
        moved
    }
}

/// Whether both sides have the same rules: no decision lies between them, and the same controls are in force.
fn same_rules(from: ScoredQuarter<'_>, to: ScoredQuarter<'_>, framework: FrameworkId) -> bool {
    let mut controls = to.framework(framework).controls.ids();
    std::ptr::eq(from.scored, to.scored)
        && from.since().len() == to.since().len()
        && controls.all(|control| from.is_in_force(control) == to.is_in_force(control))
}

/// The teams of both sides, matched by id: first the current ones in their order, then those that left.
fn team_pairs(from: &Settings, to: &Settings) -> Vec<TeamPair> {
    let [old, new] = [from, to].map(|settings| {
        settings.teams.entries().map(|(at, team)| (team.id.as_str(), at)).collect::<BTreeMap<&str, TeamId>>()
    });
    let now = to.teams.entries().map(|(after, team)| TeamPair {
        before: old.get(team.id.as_str()).copied(),
        after: Some(after),
        weight: team.weight,
    });
    let gone = from.teams.entries().filter(|(_, old)| !new.contains_key(old.id.as_str()));
    let gone = gone.map(|(before, old)| TeamPair { before: Some(before), after: None, weight: old.weight });
    now.chain(gone).collect()
}

/// Why there is no difference to show; `None` if there is one.
fn why_no_difference(then: Option<&Figures>, now: &Figures) -> Option<WhyNot> {
    let withheld = [then.and_then(Figures::why_withheld), now.why_withheld()];
    Some(match (then.and_then(Figures::shown_mean), now.shown_mean()) {
        (Some(_), Some(_)) => return None,
        _ if withheld.contains(&Some(Withheld::TeamLevel)) => WhyNot::TeamLevel,
        _ if withheld == [Some(Withheld::Coverage); 2] => WhyNot::Coverage,
        _ if withheld[0].is_some() => WhyNot::CoverageBefore,
        _ if withheld[1].is_some() => WhyNot::CoverageNow,
        (None, Some(_)) => WhyNot::NoneBefore,
        (Some(_), None) => WhyNot::NoneNow,
        (None, None) => WhyNot::None,
    })
}
