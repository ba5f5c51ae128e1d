//! A few numbers in, two sides of a comparison out: two quarters of one workspace, or two workspaces.

use std::collections::BTreeMap;
use std::rc::Rc;

use milepost::base::place::Origin;
use milepost::export::change::Comparison;
use milepost::model::assessment::{Assessment, QuarterAnswers};
use milepost::model::catalog::{Control, Framework, Node};
use milepost::model::evidence::{Answer, Inherited};
use milepost::model::ids::{AnswerId, Answers, ControlId, FrameworkId, Table, TeamId};
use milepost::model::profile::Target;
use milepost::model::rules::Since;
use milepost::model::settings::Settings;
use milepost::score::change::{Change, between};
use milepost::score::{Figures, ScoredQuarter, Tree};
use proptest::prelude::*;
use proptest::sample::subsequence;

use super::generated_workspace::{Case, Evidence, Facts, Join, Said, Scored, case, evidence, facts, nodes};
use super::positions::{self, nth};

/// Every team that either side may have.
const TEAMS: [&str; 5] = ["deck", "engine", "shore", "bridge", "galley"];
/// Where controls may stand.
const CATEGORIES: [&str; 4] = ["A.X", "A.Y", "B.X", "C.X"];

/// Two sides of a comparison.
pub(crate) struct Two {
    pub(crate) from: Rc<Scored>,
    pub(crate) to: Rc<Scored>,
    /// The quarter of each.
    pub(crate) quarters: (usize, usize),
    /// The framework of each.
    pub(crate) frameworks: (usize, usize),
}

impl std::fmt::Debug for Two {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The numbers that made it are printed beside it.
        f.write_str("Two")
    }
}

impl Two {
    /// Two workspaces of one quarter and one framework each.
    pub(crate) fn of(from: Scored, to: Scored) -> Self {
        Self { from: Rc::new(from), to: Rc::new(to), quarters: (0, 0), frameworks: (0, 0) }
    }

    /// The two quarters of a workspace.
    pub(crate) fn quarters(assessment: Assessment) -> Self {
        let both = Rc::new(Scored::of(assessment));
        Self { from: Rc::clone(&both), to: both, quarters: (0, 1), frameworks: (0, 0) }
    }

    pub(crate) fn before(&self) -> ScoredQuarter<'_> {
        self.from.quarter(positions::quarter(self.quarters.0))
    }

    pub(crate) fn after(&self) -> ScoredQuarter<'_> {
        self.to.quarter(positions::quarter(self.quarters.1))
    }

    /// The framework of before, and of after.
    pub(crate) fn framework_ids(&self) -> (FrameworkId, FrameworkId) {
        (positions::framework(self.frameworks.0), positions::framework(self.frameworks.1))
    }

    pub(crate) fn change(&self, team: Option<usize>) -> Change {
        between(self.before(), self.after(), self.framework_ids().1, team.map(positions::team))
    }

    /// What is printed of a change.
    pub(crate) fn comparison<'a>(&'a self, team: Option<usize>, change: &'a Change) -> Comparison<'a> {
        Comparison {
            from: self.before(),
            to: self.after(),
            from_name: "one",
            framework: self.framework_ids().1,
            team: team.map(positions::team),
            change,
        }
    }

    /// The same the other way round.
    pub(crate) fn back(self) -> Self {
        Self {
            from: self.to,
            to: self.from,
            quarters: (self.quarters.1, self.quarters.0),
            frameworks: (self.frameworks.1, self.frameworks.0),
        }
    }

    /// All teams, then each that there is after.
    pub(crate) fn selections(&self) -> impl Iterator<Item = Option<usize>> + use<> {
        std::iter::once(None).chain((0..self.to.teams()).map(Some))
    }

    /// The team of before that a team of after is.
    pub(crate) fn team_before(&self, team: usize) -> Option<usize> {
        let id = &self.to.assessment.team(positions::team(team)).id;
        self.from.assessment.settings.teams.iter().position(|team| team.id == *id)
    }

    /// The catalogs of before and after.
    pub(crate) fn catalogs(&self) -> (&Framework, &Framework) {
        let (before, after) = self.framework_ids();
        (self.before().framework(before), self.after().framework(after))
    }

    /// The settings and the frameworks of after.
    pub(crate) fn rules_after(&self) -> (Settings, Table<FrameworkId, Framework>) {
        let quarter = self.after().name();
        let assessment = &self.to.assessment;
        (assessment.settings_in(quarter).clone(), assessment.frameworks_in(quarter).clone())
    }

    /// Whether the rules of both sides are the same in every part.
    pub(crate) fn has_one_set_of_rules(&self) -> bool {
        let (before, after) = (self.before().name(), self.after().name());
        let rules =
            |side: &Assessment, quarter| format!("{:?}{:?}", side.settings_in(quarter), side.frameworks_in(quarter));
        rules(&self.from.assessment, before) == rules(&self.to.assessment, after)
    }

    /// The figures of before by id, where the team was there.
    pub(crate) fn figures_before(&self, team: Option<usize>) -> BTreeMap<&str, &Figures> {
        let team = match team {
            None => None,
            Some(team) => match self.team_before(team) {
                Some(team) => Some(positions::team(team)),
                None => return BTreeMap::new(),
            },
        };
        by_id(self.catalogs().0, self.before().tree(self.framework_ids().0, team))
    }

    pub(crate) fn figures_after(&self, team: Option<usize>) -> BTreeMap<&str, &Figures> {
        by_id(self.catalogs().1, self.after().tree(self.framework_ids().1, team.map(positions::team)))
    }
}

/// Every node of a tree by its id.
pub(crate) fn by_id<'a>(catalog: &'a Framework, tree: &'a Tree) -> BTreeMap<&'a str, &'a Figures> {
    let functions = catalog.functions.iter().map(|function| function.id.as_str());
    let categories = catalog.categories.iter().map(|category| category.id.as_str());
    let controls = catalog.controls.iter().map(|control| control.id.as_str());
    let ids = std::iter::once(catalog.id.as_str()).chain(functions).chain(categories).chain(controls);
    ids.zip(nodes(tree)).collect()
}

// ---------------------------------------------------------------------------------------------------------------------
// Any of them
// ---------------------------------------------------------------------------------------------------------------------

/// What becomes of one answer until the other side.
#[derive(Clone, Debug)]
enum Then {
    /// It stays as it is.
    Stays,
    /// Its evidence grows older by so many days.
    Ages(i64),
    /// It gets other evidence.
    Shows(Vec<Evidence>),
    /// Something else is said.
    Says(Said),
    /// Something else is measured.
    Measures(Facts),
}

fn then() -> impl Strategy<Value = Then> {
    let said = prop_oneof![
        6 => prop::array::uniform3(0..1000_usize).prop_map(Said::Level),
        1 => Just(Said::Unknown),
        1 => Just(Said::NotApplicable),
        1 => Just(Said::Nothing),
    ];
    prop_oneof![
        4 => Just(Then::Stays),
        2 => (1..500_i64).prop_map(Then::Ages),
        2 => prop::collection::vec(evidence(), 0..=3).prop_map(Then::Shows),
        4 => said.prop_map(Then::Says),
        2 => facts().prop_map(Then::Measures),
    ]
}

fn thens() -> impl Strategy<Value = Vec<Vec<Then>>> {
    prop::collection::vec(prop::collection::vec(then(), 3), 6)
}

/// The case with what became of its answers.
fn later(case: &Case, thens: &[Vec<Then>]) -> Case {
    let (mut out, steps) = (case.clone(), case.steps());
    for (control, teams) in thens.iter().enumerate() {
        for (team, then) in teams.iter().enumerate().take(case.teams.len()) {
            match then {
                Then::Stays => {}
                Then::Ages(by) => out.evidence[control][team].iter_mut().for_each(|item| item.age += by),
                Then::Shows(items) => out.evidence[control][team].clone_from(items),
                Then::Says(Said::Level(raw)) => out.said[control][team] = Said::Level(raw.map(|raw| raw % steps)),
                Then::Says(said) => out.said[control][team] = *said,
                Then::Measures(facts) => out.facts[control][team] = *facts,
            }
        }
    }
    out
}

/// A workspace whose quarters are the one case's and the other's, which differ in answers and targets alone.
pub(crate) fn of_cases(case: &Case, later: &Case) -> Assessment {
    let mut assessment = later.score().assessment.clone();
    let earlier = case.score();
    let mut before = earlier.assessment.quarters[earlier.assessment.newest()].clone();
    before.quarter = "2026-Q2".parse().unwrap();
    name(&mut assessment, &TEAMS);
    assessment.quarters = std::iter::once(before).chain(assessment.quarters).collect();
    assessment
}

/// Calls the teams by these ids.
pub(crate) fn name(assessment: &mut Assessment, ids: &[&str]) {
    for (team, id) in assessment.settings.teams.iter_mut().zip(ids) {
        (team.id, team.name) = ((*id).to_owned(), (*id).to_owned());
    }
}

/// Which of the answers behind it each answer inherits from, if it inherits.
pub(crate) fn picks() -> impl Strategy<Value = Vec<Option<usize>>> {
    prop::collection::vec(prop::option::weighted(0.4, 0..100_usize), 1..=18)
}

/// Lets answers of every quarter inherit from answers behind them, so that there is no circle.
pub(crate) fn lend(assessment: &mut Assessment, picks: &[Option<usize>]) {
    for (count, quarter) in assessment.quarters.ids().collect::<Vec<_>>().into_iter().enumerate() {
        let ids: Vec<AnswerId> = assessment.quarters[quarter].answers.ids().collect();
        // Each quarter inherits otherwise than the one before.
        let picks = picks.iter().cycle().skip(count);
        for ((at, id), pick) in ids.iter().enumerate().zip(picks) {
            let behind: Vec<AnswerId> = ids[at + 1..]
                .iter()
                .copied()
                .filter(|other| other.control.framework() == id.control.framework())
                .collect();
            let Some(answer) = assessment.quarters[quarter].answers[*id].as_mut() else { continue };
            let from =
                pick.filter(|_| !behind.is_empty() && answer.claim().is_some()).map(|pick| behind[pick % behind.len()]);
            let inherits = |from| Box::new(Inherited { from, remains: "".into(), origin: answer.origin.clone() });
            answer.inherited = from.map(inherits);
        }
    }
}

/// The same two sides, with answers that inherit.
pub(crate) fn lending(two: impl Strategy<Value = Two>) -> impl Strategy<Value = Two> {
    (two, picks()).prop_map(|(two, picks)| {
        let lent = |scored: &Scored| {
            let mut assessment = scored.assessment.clone();
            lend(&mut assessment, &picks);
            Rc::new(Scored::of(assessment))
        };
        let from = lent(&two.from);
        let to = if Rc::ptr_eq(&two.from, &two.to) { Rc::clone(&from) } else { lent(&two.to) };
        Two { from, to, ..two }
    })
}

prop_compose! {
    /// Two quarters of a workspace. Teams come and go, by the quarters in which they are asked.
    pub(crate) fn two_quarters()(
        case in case(),
        thens in thens(),
        targets in prop::option::of(0..1000_usize),
        joins in prop::collection::vec(prop::bool::weighted(0.1), 3),
    ) -> Two {
        let mut later = later(&case, &thens);
        later.default_target = targets.map(|step| step % case.steps());
        let mut assessment = of_cases(&case, &later);
        for (team, joins) in assessment.settings.teams.iter_mut().zip(joins) {
            team.first_quarter = joins.then(|| "2026-Q3".parse().unwrap());
        }
        Two::quarters(assessment)
    }
}

/// How far one workspace differs from the other.
#[derive(Clone, Debug)]
struct Differs {
    scoring: bool,
    policy: bool,
    rules: bool,
    measures: bool,
    teams: bool,
}

prop_compose! {
    fn differs()(of in prop::array::uniform5(any::<bool>())) -> Differs {
        Differs { scoring: of[0], policy: of[1], rules: of[2], measures: of[3], teams: of[4] }
    }
}

/// The later workspace: that of `form` where it differs, on the scale of the earlier one.
fn reformed(case: &Case, form: Case, differs: &Differs) -> Case {
    let (mut out, steps, count) = (case.clone(), case.steps(), case.teams.len());
    if differs.scoring {
        (out.basis, out.rule, out.overall) = (form.basis, form.rule, form.overall);
        (out.minimum_coverage, out.decimals) = (form.minimum_coverage, form.decimals);
        out.dimensions.iter_mut().zip([3, 1, 2]).for_each(|(weight, other)| *weight = other);
    }
    if differs.policy {
        (out.max_age, out.needs) = (form.max_age, form.needs);
        out.needs.iter_mut().flatten().for_each(|need| need.from %= steps);
        (out.targets, out.default_target) = (form.targets, form.default_target);
        out.targets.iter_mut().for_each(|(_, step)| *step %= steps);
        out.default_target = out.default_target.map(|step| step % steps);
    }
    if differs.rules {
        out.rules = form.rules;
        out.rules.iter_mut().filter_map(|rule| rule.needs.as_mut()).flatten().for_each(|need| need.from %= steps);
    }
    if differs.measures {
        out.measures = form.measures;
        for criteria in out.measures.iter_mut().flatten() {
            criteria.iter_mut().for_each(|criterion| criterion.step %= steps);
            criteria.sort_by_key(|criterion| criterion.step);
            criteria.dedup_by_key(|criterion| criterion.step);
        }
    }
    if differs.teams {
        let teams = form.teams.into_iter().chain(out.teams);
        out.teams = teams.take(count).collect();
    }
    for rule in &mut out.rules {
        if let Some(Join::Owner(owner)) = &mut rule.teams {
            *owner %= count;
        }
    }
    out
}

prop_compose! {
    /// Two workspaces on one scale, each with its own rules, catalog and teams.
    pub(crate) fn two_workspaces()(
        mut case in case(),
        (form, differs) in (case(), differs()),
        thens in thens(),
        teams in subsequence(TEAMS.to_vec(), 3).prop_shuffle(),
        places in prop::array::uniform2(places()),
        beside in any::<[bool; 2]>(),
    ) -> Two {
        let mut to = reformed(&later(&case, &thens), form, &differs);
        // Whether facts are lent is one of the answers' own sources: it stays as it was.
        let lends = case.stands_on(1).is_some() && to.stands_on(1).is_some();
        (case.lends, to.lends) = (lends, lends);
        let [from, to] = [case, to].map(|case| case.score().assessment.clone());
        let (mut from, mut to) = (from, to);
        name(&mut from, &TEAMS);
        name(&mut to, &teams);
        let [old, new] = places.map(|places| if lends { stays(places) } else { places });
        let [mut from, mut to] = [reshaped(from, &old), reshaped(to, &new)];
        let [before, after] = beside.map(usize::from);
        [&mut from, &mut to].into_iter().zip(beside).filter(|(_, beside)| *beside).for_each(|(side, _)| put_beside(side));
        Two { frameworks: (before, after), ..Two::of(Scored::of(from), Scored::of(to)) }
    }
}

/// A workspace with a quarter of each of `cases`, which have the same controls and teams: a decision on rules lies before each but the
/// first.
pub(crate) fn each_by_its_own_rules(cases: &[Case]) -> Assessment {
    let mut sides = cases.iter().zip(1..).map(|(case, number)| {
        let mut side = case.score().assessment.clone();
        name(&mut side, &TEAMS);
        let mut quarter = side.quarters[side.newest()].clone();
        quarter.quarter = format!("2026-Q{number}").parse().unwrap();
        (side, quarter)
    });
    let (mut whole, first) = sides.next().unwrap();
    let mut quarters = vec![first];
    for (side, quarter) in sides {
        whole.since.push(Since {
            quarter: quarter.quarter,
            why: "It was decided.".to_owned(),
            approved_by: "The harbour master".to_owned(),
            changes: Vec::new(),
            settings: side.settings,
            frameworks: Some(side.frameworks),
            origin: Origin::not_shown(),
        });
        quarters.push(quarter);
    }
    whole.quarters = quarters.into_iter().collect();
    whole
}

/// The case with other rules. What is measured stands in the catalog, and no decision changes it.
fn decided(case: &Case, form: Case, differs: &Differs) -> Case {
    reformed(case, form, &Differs { measures: false, ..differs.clone() })
}

prop_compose! {
    /// Three cases of the same teams and controls, with other answers and other rules in each.
    pub(crate) fn three_sets_of_rules()(
        case in case(),
        forms in prop::array::uniform2((case(), differs(), thens())),
    ) -> Vec<Case> {
        let mut cases = vec![case];
        for (form, differs, thens) in forms {
            let last = cases.last().unwrap();
            cases.push(decided(&later(last, &thens), form, &differs));
        }
        cases
    }
}

prop_compose! {
    /// Two quarters of a workspace, each with rules of its own: a decision lies between them.
    pub(crate) fn two_sets_of_rules()(
        case in case(),
        (form, differs) in (case(), differs()),
        thens in thens(),
        joins in prop::collection::vec(prop::bool::weighted(0.1), 3),
    ) -> Two {
        let to = decided(&later(&case, &thens), form, &differs);
        let mut assessment = each_by_its_own_rules(&[case, to]);
        let join = |settings: &mut Settings| {
            for (team, joins) in settings.teams.iter_mut().zip(&joins) {
                team.first_quarter = joins.then(|| "2026-Q2".parse().unwrap());
            }
        };
        join(&mut assessment.settings);
        assessment.since.iter_mut().for_each(|since| join(&mut since.settings));
        Two::quarters(assessment)
    }
}

/// Where each control stands in a catalog: in a Category by number, or directly under a Function, or as a sub-control there; nowhere
/// where it has none.
pub(crate) type Places = [Option<usize>; 6];

/// The places outside of Categories.
const DIRECT: usize = CATEGORIES.len();
const SUB: usize = DIRECT + 1;

/// Most controls stand where they always do.
fn places() -> impl Strategy<Value = Places> {
    let home = [0, 0, 1, 2, 2, 3];
    let place = prop_oneof![6 => Just(None), 2 => (0..=SUB).prop_map(|place| Some(Some(place))), 1 => Just(Some(None))];
    prop::array::uniform6(place)
        .prop_map(move |moved| std::array::from_fn(|control| moved[control].unwrap_or(Some(home[control]))))
}

/// The same with the two controls of one mind about their facts at home.
fn stays(mut places: Places) -> Places {
    (places[0], places[1]) = (Some(0), Some(0));
    places
}

/// Answers of the same shape as the settings and frameworks, each as `answer` says.
fn answers_of(assessment: &Assessment, answer: impl FnMut(AnswerId) -> Option<Answer>) -> Answers<Option<Answer>> {
    let controls = assessment.frameworks.iter().map(|framework| framework.controls.run());
    Answers::filled(assessment.settings.teams.run(), controls, ()).map(answer)
}

/// The number of a control within its framework.
fn number(framework: &Framework, control: ControlId) -> usize {
    framework.controls.ids().position(|id| id == control).unwrap()
}

/// The node that a control in this place stands under, added to `new` if it is not there.
fn above(new: &mut Framework, old: &Framework, place: usize) -> Node {
    let id = CATEGORIES.get(place).copied().unwrap_or("D");
    let function = id.split('.').next().unwrap();
    let function = new.functions.find(|known| known.id == function).unwrap_or_else(|| {
        let form = old.functions.iter().next().unwrap();
        new.add_function(function.to_owned(), form.title.clone(), form.purpose.clone())
    });
    if place >= DIRECT {
        let parent = new.direct_controls(function).next().filter(|_| place == SUB);
        return parent.map_or(Node::Function(function), Node::Control);
    }
    let category = new.categories.find(|known| known.id == id).unwrap_or_else(|| {
        let form = old.categories.iter().next().unwrap();
        new.add_category(function, id.to_owned(), form.title.clone(), form.purpose.clone())
    });
    Node::Category(category)
}

/// The workspace with its controls elsewhere.
pub(crate) fn reshaped(mut assessment: Assessment, places: &Places) -> Assessment {
    let old = assessment.framework().clone();
    let order: Vec<(usize, usize)> = (0..=SUB)
        .flat_map(|category| (0..6).filter(move |c| places[*c] == Some(category)).map(move |c| (c, category)))
        .collect();
    let mut new = Framework {
        functions: Table::within(old.at),
        categories: Table::within(old.at),
        controls: Table::within(old.at),
        ..old.clone()
    };
    for (control, place) in &order {
        let above = above(&mut new, &old, *place);
        let control = old.controls[nth(&old.controls, *control)].clone();
        let mut moved = Control { above, ..control };
        let facts = moved.measure.iter_mut().flat_map(|measure| measure.facts.values_mut());
        for given_for in facts.filter_map(|fact| fact.given_for.as_mut()) {
            let lender = number(&old, *given_for);
            let place = order.iter().position(|(control, _)| *control == lender).unwrap();
            *given_for = positions::control(0, place);
        }
        new.add_control(moved);
    }
    assessment.frameworks = std::iter::once(new).collect();
    for quarter in assessment.quarters.ids() {
        let before = assessment.quarters[quarter].answers.clone();
        let moved = |id: AnswerId| {
            let (control, _) = order[number(assessment.framework(), id.control)];
            before[nth(&old.controls, control).of(id.team)].clone()
        };
        let answers = answers_of(&assessment, moved);
        assessment.quarters[quarter].answers = answers;
    }
    assessment
}

/// Puts another framework before the one that there is.
fn put_beside(assessment: &mut Assessment) {
    let own = assessment.framework().clone();
    let mut other = own.clone();
    other.id = "other".to_owned();
    let prefixed = |id: &mut String| id.insert_str(0, "Z.");
    other.functions.iter_mut().map(|function| &mut function.id).for_each(prefixed);
    other.categories.iter_mut().map(|category| &mut category.id).for_each(prefixed);
    other.controls.iter_mut().map(|control| &mut control.id).for_each(prefixed);
    let mut second = own.clone().placed(positions::framework(1));
    let measures = second.controls.iter_mut().filter_map(|control| control.measure.as_mut());
    let facts = measures.flat_map(|measure| measure.facts.values_mut());
    for given_for in facts.filter_map(|fact| fact.given_for.as_mut()) {
        *given_for = positions::control(1, number(&own, *given_for));
    }
    assessment.frameworks = [other, second].into_iter().collect();
    for quarter in assessment.quarters.ids() {
        let before = assessment.quarters[quarter].answers.clone();
        let same = |id: AnswerId| {
            let control = number(&assessment.frameworks[id.control.framework()], id.control);
            before[nth(&own.controls, control).of(id.team)].clone()
        };
        let answers = answers_of(assessment, same);
        assessment.quarters[quarter].answers = answers;
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// The states between
// ---------------------------------------------------------------------------------------------------------------------

/// The answers of before in the catalog and by the rules of after, with all teams of both sides, each answer where it counted.
///
/// Teams that are gone follow those that are there; nobody's scope matters any more, because what was not asked is not there.
pub(crate) fn by_the_rules_of_now(two: &Two) -> Assessment {
    let mut assessment = two.to.assessment.clone();
    (assessment.settings, assessment.frameworks) = two.rules_after();
    assessment.since.clear();
    let old_teams = &two.from.assessment.settings.teams;
    let gone = old_teams.iter().filter(|old| !two.to.assessment.settings.teams.iter().any(|team| team.id == old.id));
    gone.for_each(|team| {
        assessment.settings.teams.push(team.clone());
    });
    ask_everybody(&mut assessment.settings);
    let (from, to) = (two.before(), two.after());
    let (old_catalog, new_catalog) = two.catalogs();
    let answer = |id: AnswerId| {
        if id.control.framework() != new_catalog.at {
            return None;
        }
        let control = &new_catalog.controls[id.control];
        let Some(old) = old_catalog.controls.find(|old| old.id == control.id) else {
            // A new control brings all its answers.
            let is_there = two.to.assessment.settings.teams.run().contains(id.team) && to.is_asked(id);
            return is_there.then(|| to.answer(id).cloned())?;
        };
        let team: TeamId = old_teams.find(|old| old.id == assessment.team(id.team).id)?;
        from.answer(old.of(team)).filter(|_| from.is_asked(old.of(team))).cloned()
    };
    let answers = answers_of(&assessment, answer);
    let quarter = QuarterAnswers { answers, ..from.answers().clone() };
    assessment.quarters = std::iter::once(quarter).collect();
    assessment
}

/// Whether a team of before is asked for a control, but not for the one whose facts it stands on. The facts count there all the
/// same, which [`by_the_rules_of_now`], where what is not asked is not there, cannot show.
pub(crate) fn lends_beyond_its_scope(two: &Two) -> bool {
    let from = two.before();
    let controls = two.catalogs().0.controls.entries();
    let mut lent = controls.flat_map(|(control, named)| {
        let facts = named.measure.iter().flat_map(|measure| measure.facts.values());
        facts.filter_map(|fact| fact.given_for).map(move |lender| (control, lender))
    });
    let teams = &two.from.assessment.settings.teams;
    lent.any(|(control, lender)| {
        teams.ids().any(|team| from.is_asked(control.of(team)) && !from.is_asked(lender.of(team)))
    })
}

/// Lets nobody's scope and quarters matter.
pub(crate) fn ask_everybody(settings: &mut Settings) {
    for team in &mut settings.teams {
        team.scope.clear();
        (team.first_quarter, team.last_quarter) = (None, None);
    }
}

/// The level of a control's target on one side.
pub(crate) fn target(side: ScoredQuarter<'_>, framework: usize, id: &str) -> Option<Option<i64>> {
    let control = side.framework(positions::framework(framework)).controls.find(|control| control.id == id)?;
    let target: Option<&Target> = side.target(control);
    Some(target.map(|target| target.level.millionths()))
}
