//! Scores an assessment. All figures in pages, tables, data files and gates are computed here, and nowhere else.

mod answer;
pub mod change;
pub mod crosswalk;
pub mod explain;
mod figures;
pub mod finding;
pub mod gap;
pub mod gate;
mod open;
pub mod projection;
pub mod review;
pub mod sample;
pub mod staircase;
pub mod todo;

use std::borrow::Cow;
use std::ops::{Deref, Index};
use std::sync::OnceLock;

use rayon::prelude::*;

pub use self::answer::{AnswerLevels, Carried, CollectedFact, ConditionCheck, LevelConditions, Shortfall};
use self::change::Change;
pub use self::figures::{Counts, Figure, Figures, Withheld, join_teams};
use self::figures::{Freshness, TeamAnswer};
use self::finding::Finding;
pub use self::open::OpenCounts;
use self::review::VerdictPlaces;
use crate::base::number::Level;
use crate::model::assessment::{Assessment, InQuarter};
use crate::model::catalog::{Framework, Node};
use crate::model::ids::{AnswerId, Answers, CategoryId, ControlId, FrameworkId, FunctionId, QuarterId, Table, TeamId};
use crate::model::settings::Settings;

/// An assessment and all its figures. Pages, tables, data files, gates and seals are made from it.
#[derive(Debug)]
pub struct Scored {
    /// The assessment.
    pub assessment: Assessment,
    /// The figures of each quarter.
    quarters: Table<QuarterId, QuarterScores>,
    /// What moved in the main framework to each quarter from each earlier one. Many pages tell of it: it is worked out once, when
    /// the first of them asks.
    changes: Table<QuarterId, Table<QuarterId, OnceLock<Change>>>,
    /// The findings of each quarter in the words of the report, worked out once as well.
    findings: Table<QuarterId, OnceLock<Vec<Finding>>>,
}

/// One quarter of a scored assessment.
#[derive(Clone, Copy, Debug)]
pub struct ScoredQuarter<'a> {
    /// The assessment that the quarter belongs to, with all its figures.
    pub scored: &'a Scored,
    quarter: InQuarter<'a>,
}

/// The figures of one quarter.
#[derive(Debug)]
struct QuarterScores {
    /// All teams together.
    all: Table<FrameworkId, Tree>,
    /// Each team alone.
    teams: Table<TeamId, Table<FrameworkId, Tree>>,
    /// The levels of each answer; `None` where an answer gives no level.
    levels: Answers<Option<AnswerLevels>>,
    /// The reviewers' verdicts on each answer.
    verdicts: VerdictPlaces,
}

/// The figures of one framework, arranged like its catalog: `tree[node]` gives the figures of a node.
#[derive(Clone, Debug)]
pub struct Tree {
    /// The whole framework.
    pub overall: Figures,
    /// By Function, in the catalog's order.
    pub functions: Table<FunctionId, Figures>,
    /// By Category.
    pub categories: Table<CategoryId, Figures>,
    /// By control.
    pub controls: Table<ControlId, Figures>,
}

impl Index<Node> for Tree {
    type Output = Figures;

    fn index(&self, node: Node) -> &Figures {
        match node {
            Node::Framework(_) => &self.overall,
            Node::Function(function) => &self.functions[function],
            Node::Category(category) => &self.categories[category],
            Node::Control(control) => &self.controls[control],
        }
    }
}

/// Scores every quarter, for all teams together and for each alone.
pub fn score(assessment: Assessment) -> Scored {
    let ids: Vec<QuarterId> = assessment.quarters.ids().collect();
    let quarters: Vec<_> = ids.into_par_iter().map(|quarter| score_quarter(assessment.in_quarter(quarter))).collect();
    let changes = assessment.quarters.map(|_| assessment.quarters.map(|_| OnceLock::new()));
    let findings = assessment.quarters.map(|_| OnceLock::new());
    Scored { assessment, quarters: quarters.into_iter().collect(), changes, findings }
}

fn score_quarter(quarter: InQuarter<'_>) -> QuarterScores {
    let levels = quarter.answers().answers.map(|answer| answer::levels(quarter, answer));
    let tree = |framework, only| score_tree(quarter, &levels, framework, only, &|_| CountAs::Given);
    let trees = |only| quarter.assessment.frameworks.map(|framework| tree(framework, only));
    let (all, teams) = (trees(None), quarter.settings().teams.map(|team| trees(Some(team))));
    QuarterScores { all, teams, levels, verdicts: review::verdicts(quarter) }
}

impl Scored {
    /// One of its quarters.
    pub fn quarter(&self, quarter: QuarterId) -> ScoredQuarter<'_> {
        ScoredQuarter { scored: self, quarter: self.assessment.in_quarter(quarter) }
    }

    /// The newest quarter.
    pub fn newest(&self) -> ScoredQuarter<'_> {
        self.quarter(self.assessment.newest())
    }

    /// The quarters, oldest first.
    pub fn quarters(&self) -> impl DoubleEndedIterator<Item = ScoredQuarter<'_>> + ExactSizeIterator {
        self.assessment.quarters.ids().map(|quarter| self.quarter(quarter))
    }

    /// The quarters around one of them, oldest first, of which there are at most [`NEAR`]: what a page shows that there is for each
    /// quarter. Where there are more, a few follow on the one itself, and the rest led to it.
    pub fn quarters_near(&self, here: QuarterId) -> impl DoubleEndedIterator<Item = ScoredQuarter<'_>> {
        let all = self.assessment.quarters.len();
        let up_to_here = self.quarters().take_while(|quarter| quarter.id <= here).count();
        let end = (up_to_here + AFTER).clamp(NEAR.min(all), all);
        self.quarters().take(end).skip(end.saturating_sub(NEAR))
    }
}

/// How many quarters a quarter's pages show next to each other: three years.
pub const NEAR: usize = 12;
/// How many of these come after the quarter of the page.
const AFTER: usize = 3;

/// A scored quarter is a quarter of an assessment.
impl<'a> Deref for ScoredQuarter<'a> {
    type Target = InQuarter<'a>;

    fn deref(&self) -> &InQuarter<'a> {
        &self.quarter
    }
}

impl<'a> ScoredQuarter<'a> {
    fn scores(self) -> &'a QuarterScores {
        &self.scored.quarters[self.id]
    }

    /// The figures of a framework for all teams together, or for one.
    pub fn tree(self, framework: FrameworkId, team: Option<TeamId>) -> &'a Tree {
        let scores = self.scores();
        &team.map_or(&scores.all, |team| &scores.teams[team])[framework]
    }

    /// A node's figures for all teams together, or for one.
    pub fn figures(self, node: Node, team: Option<TeamId>) -> &'a Figures {
        &self.tree(node.framework(), team)[node]
    }

    /// The levels of an answer; `None` where it gives no level.
    pub fn levels(self, answer: AnswerId) -> Option<AnswerLevels> {
        self.scores().levels[answer]
    }

    /// The level that counts for an answer; `None` where it gives no level.
    pub fn level(self, answer: AnswerId) -> Option<Level> {
        self.levels(answer).map(|levels| levels.score(self.settings().scoring.score))
    }

    /// The quarter before; `None` for the first.
    pub fn quarter_before(self) -> Option<Self> {
        self.id.before().map(|before| self.scored.quarter(before))
    }

    /// Whether the levels of two quarters mean the same.
    pub fn is_on_scale_of(self, other: Self) -> bool {
        let (earlier, later) = if self.id <= other.id { (self, other) } else { (other, self) };
        later.settings().scale.continues(&earlier.settings().scale)
    }

    /// The answer before that is the same team's, with its quarter; `None` if there is none.
    pub fn scored_before(self, answer: AnswerId) -> Option<(Self, AnswerId)> {
        self.same_before(answer).map(|(before, answer)| (self.scored.quarter(before.id), answer))
    }

    /// The quarter before, if its levels mean the same in this one; `None` for the first, and after a change of scale.
    pub fn before_on_this_scale(self) -> Option<Self> {
        self.quarter_before().filter(|before| before.is_on_scale_of(self))
    }

    /// What moved in the main framework since the quarter before, for all teams together. It is made once, for many pages.
    /// `None` in the first quarter.
    pub fn change(self) -> Option<&'a Change> {
        self.quarter_before().map(|before| self.main_change_from(before))
    }

    /// The findings of the quarter in the words of the report.
    pub fn findings(self) -> &'a [Finding] {
        self.scored.findings[self.id].get_or_init(|| finding::findings(self, &self.assessment.strings))
    }

    /// What moved in the main framework from another quarter, for all teams together. It is made once, for many pages.
    pub fn main_change_from(self, from: Self) -> &'a Change {
        let kept = &self.scored.changes[self.id][from.id];
        kept.get_or_init(|| change::between(from, self, FrameworkId::MAIN, None))
    }

    /// What moved in a framework from another quarter, for all teams together or for one; made only if it is not made already.
    pub fn change_from(self, from: Self, framework: FrameworkId, team: Option<TeamId>) -> Cow<'a, Change> {
        if framework == FrameworkId::MAIN && team.is_none() {
            Cow::Borrowed(self.main_change_from(from))
        } else {
            Cow::Owned(change::between(from, self, framework, team))
        }
    }

    /// The figures that a framework would have over all teams if each answer were counted as `count_as` says.
    pub fn what_if(self, framework: FrameworkId, count_as: impl Fn(AnswerId) -> CountAs) -> Tree {
        score_tree(self.quarter, &self.scores().levels, framework, None, &count_as)
    }
}

/// How an answer is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountAs {
    /// As the team gave it.
    Given,
    /// As if it were unanswered.
    Unanswered,
    /// As if the control did not apply.
    NotApplicable,
    /// As if it claimed this level, with evidence for it.
    Level(Level),
}

impl<'a> InQuarter<'a> {
    /// The teams whose answers make a control's score: all asked teams, or the owner, or the team `only` alone.
    pub fn teams_that_count(
        self,
        control: ControlId,
        only: Option<TeamId>,
    ) -> impl Iterator<Item = TeamId> + Clone + 'a {
        let owner = self.rules(control).team_rule().owner();
        // The figures of one team never look at another team.
        let teams = &self.settings().teams;
        let counted = only.or(owner).map_or(teams.run(), |team| teams.one(team));
        counted.iter().filter(move |team| self.is_listed(control.of(*team)))
    }
}

/// One framework's figures over all asked teams, or over the team `only`.
fn score_tree(
    quarter: InQuarter<'_>,
    levels: &Answers<Option<AnswerLevels>>,
    framework: FrameworkId,
    only: Option<TeamId>,
    count_as: &impl Fn(AnswerId) -> CountAs,
) -> Tree {
    let settings = quarter.settings();
    let catalog = quarter.framework(framework);
    let controls = catalog.controls.map(|control| {
        // An answer for a control that the profile excludes does not count as given by the team.
        let excluded = quarter.exclusion(control).is_some();
        let team_answer = |team: TeamId| {
            let id = control.of(team);
            let weight = settings.teams[team].weight;
            let answer = quarter.answer(id);
            let freshness = match answer {
                Some(answer) if answer.is_carried() => Freshness::Carried,
                Some(_) if !excluded => Freshness::New,
                _ => Freshness::NotGiven,
            };
            match (answer, count_as(id)) {
                (_, CountAs::Level(level)) => TeamAnswer::of_level(weight, level),
                (_, CountAs::NotApplicable) => TeamAnswer::not_applicable(weight),
                (None, _) | (_, CountAs::Unanswered) => TeamAnswer::unanswered(weight),
                (Some(answer), CountAs::Given) => TeamAnswer::of(weight, &answer.state, levels[id], freshness),
            }
        };
        let mut answers: Vec<TeamAnswer> = quarter.teams_that_count(control, only).map(team_answer).collect();
        // A control in force that nobody is asked for stays in everyone's denominator, but in no single team's.
        if answers.is_empty() && only.is_none() && quarter.is_in_force(control) {
            answers.push(TeamAnswer::unanswered(1));
        }
        Figures::of_control(quarter.rules(control), quarter.target(control), &answers)
    });
    let tree = join(settings, catalog, controls);
    if catalog.team_level && only.is_none() { tree.without_means() } else { tree }
}

/// Computes the figures of the Categories, the Functions and the whole framework from those of the controls. Of the settings only the
/// scale's steps and the scoring count.
pub fn join(settings: &Settings, catalog: &Framework, controls: Table<ControlId, Figures>) -> Tree {
    let none = Figures::of_parts(settings, []);
    let (functions, categories) = (Table::within(catalog.at), Table::within(catalog.at));
    let mut tree = Tree { overall: none, functions, categories, controls };
    let figures = |tree: &Tree, node| {
        let parts = catalog.parts(node, settings.scoring.overall);
        Figures::of_parts(settings, parts.map(|(weight, part)| (weight, &tree[part])))
    };
    tree.categories = catalog.categories.map(|category| figures(&tree, Node::Category(category)));
    tree.functions = catalog.functions.map(|function| figures(&tree, Node::Function(function)));
    tree.overall = figures(&tree, Node::Framework(catalog.at));
    tree
}

impl Tree {
    /// The same counts, without the figures that join teams.
    fn without_means(mut self) -> Self {
        let parts = self.functions.iter_mut().chain(&mut self.categories).chain(&mut self.controls);
        parts.chain([&mut self.overall]).for_each(Figures::withhold_means);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::figures::tests::{line, plain};
    use super::*;
    use crate::model::assessment::tests::{answers, assessment as assessment_of, framework, quarter};
    use crate::model::catalog::OverallRule;
    use crate::model::ids::tests::nth;
    use crate::model::profile::tests::target;
    use crate::model::settings::Team;
    use crate::model::settings::tests::settings;

    /// The controls of most tests here: Function A has three in two Categories, Function B has one.
    const FOUR: &[(&str, u32)] = &[("A.X-1", 1), ("A.X-2", 1), ("A.Y-1", 1), ("B.X-1", 1)];

    /// One quarter of one framework. `said` holds the teams' answers for each control.
    fn assessment(controls: &[(&str, u32)], teams: &[(&str, u32)], said: &[&str]) -> Assessment {
        let frameworks = vec![framework("own", controls)];
        assessment_of(settings(teams), frameworks, vec![quarter("2026-Q3", said)])
    }

    fn whole(assessment: &Assessment) -> Tree {
        tree(score(assessment.clone()).newest(), None).clone()
    }

    /// The figures of the first framework, for all teams or for the team with this number.
    fn tree(quarter: ScoredQuarter<'_>, team: Option<usize>) -> &Tree {
        let team = team.map(|number| nth(&quarter.settings().teams, number));
        quarter.tree(FrameworkId::MAIN, team)
    }

    /// The team with this number, counted from 0.
    fn team(assessment: &mut Assessment, number: usize) -> &mut Team {
        assessment.settings.teams.iter_mut().nth(number).unwrap()
    }

    fn means<'a>(figures: impl IntoIterator<Item = &'a Figures>) -> Vec<String> {
        figures.into_iter().map(mean).collect()
    }

    fn mean(figures: &Figures) -> String {
        plain(figures.mean.as_ref())
    }

    #[test]
    fn a_function_is_the_mean_of_its_controls_not_of_its_categories() {
        let tree = whole(&assessment(FOUR, &[("deck", 1)], &["1", "1", "4", "5"]));
        assert_eq!(means(&tree.categories), ["1", "4", "5"]);
        assert_eq!(means(&tree.functions), ["2", "5"]);
    }

    #[test]
    fn the_whole_is_the_mean_of_functions_or_of_controls_as_declared() {
        let mut assessment = assessment(FOUR, &[("deck", 1)], &["1", "1", "4", "5"]);
        assert_eq!(mean(&whole(&assessment).overall), "3.5");
        assessment.settings.scoring.overall = OverallRule::Controls;
        assert_eq!(mean(&whole(&assessment).overall), "2.75");
    }

    #[test]
    fn a_function_counts_once_whatever_its_controls_weigh() {
        let heavy = [("A.X-1", 1), ("A.X-2", 3), ("B.X-1", 1000)];
        let mut assessment = assessment(&heavy, &[("deck", 1)], &["1", "2", "5"]);
        let tree = whole(&assessment);
        assert_eq!(means(&tree.functions), ["1.75", "5"]);
        assert_eq!(mean(&tree.overall), "3.375");
        assessment.settings.scoring.overall = OverallRule::Controls;
        // (1 + 3 × 2 + 1000 × 5) ÷ 1004
        assert_eq!(mean(&whole(&assessment).overall), "4.987052");
    }

    #[test]
    fn a_function_without_a_mean_is_left_out_of_the_score_and_kept_in_the_range() {
        let tree = whole(&assessment(FOUR, &[("deck", 1)], &["2", "3", "4", "-"]));
        assert_eq!(
            line(&tree.functions[nth(&tree.functions, 1)]),
            "- in 0..5, target -, gap -, floor -, 0 of 1, withheld"
        );
        assert_eq!(line(&tree.overall), "3 in 1.5..4, target -, gap -, floor 2, 3 of 4");
        // Out of scope altogether, it leaves the range too.
        let tree = whole(&assessment(FOUR, &[("deck", 1)], &["2", "3", "4", "n/a"]));
        assert_eq!(line(&tree.overall), "3 in 3..3, target -, gap -, floor 2, 3 of 3");
    }

    #[test]
    fn an_empty_framework_has_no_figures() {
        let tree = whole(&assessment(&[], &[("deck", 1)], &[]));
        assert_eq!(line(&tree.overall), "- in -..-, target -, gap -, floor -, 0 of 0");
        assert!(tree.functions.is_empty() && tree.categories.is_empty() && tree.controls.is_empty());
    }

    #[test]
    fn a_team_alone_has_its_own_tree() {
        let teams = [("deck", 3), ("engine", 1)];
        let scored = score(assessment(FOUR, &teams, &["1 5", "2 -", "? n/a", "4 0"]));
        let controls = |team| means(&tree(scored.newest(), team).controls).join(" ");
        assert_eq!(controls(None), "2 2 - 3");
        assert_eq!(controls(Some(0)), "1 2 - 4");
        assert_eq!(controls(Some(1)), "5 - - 0");
        assert_eq!(line(&tree(scored.newest(), Some(1)).overall), "2.5 in 1.25..2.5, target -, gap -, floor 0, 2 of 3");
    }

    #[test]
    fn a_control_that_nobody_is_asked_for_is_unanswered_in_the_whole_alone() {
        let mut assessment = assessment(FOUR, &[("deck", 7)], &["1", "2", "3", "4"]);
        team(&mut assessment, 0).scope = ["A".to_owned()].into();
        let scored = score(assessment);
        let (all, deck) = (tree(scored.newest(), None), tree(scored.newest(), Some(0)));
        let last = nth(&all.controls, 3);
        // The team's answer for this control does not count.
        assert_eq!(line(&all.controls[last]), "- in 0..5, target -, gap -, floor -, 0 of 1, withheld");
        assert_eq!((all.controls[last].counts.unanswered, all.overall.counts.applicable()), (1, 4));
        assert_eq!(line(&deck.controls[last]), "- in -..-, target -, gap -, floor -, 0 of 0");
        assert_eq!(line(&deck.overall), "2 in 2..2, target -, gap -, floor 1, 3 of 3");
        assert_eq!(line(&all.overall), "2 in 1..3.5, target -, gap -, floor 1, 3 of 4");
    }

    /// Which controls the one team `deck` is asked for with this scope, as counts of applicable answers in its tree.
    fn asked(scope: &[&str]) -> Vec<u32> {
        let mut assessment = assessment(FOUR, &[("deck", 1)], &["1", "2", "3", "4"]);
        team(&mut assessment, 0).scope = scope.iter().map(|id| (*id).to_owned()).collect();
        let scored = score(assessment);
        tree(scored.newest(), Some(0)).controls.iter().map(|figures| figures.counts.applicable()).collect()
    }

    #[test]
    fn a_scope_is_a_framework_a_function_a_category_or_a_control() {
        assert_eq!(asked(&[]), [1, 1, 1, 1]);
        assert_eq!(asked(&["own"]), [1, 1, 1, 1]);
        assert_eq!(asked(&["A"]), [1, 1, 1, 0]);
        assert_eq!(asked(&["A.X"]), [1, 1, 0, 0]);
        assert_eq!(asked(&["A.X-2", "B"]), [0, 1, 0, 1]);
        assert_eq!(asked(&["A.X", "A.X-2"]), [1, 1, 0, 0]);
    }

    #[test]
    fn outside_its_quarters_a_team_is_not_there() {
        let mut assessment = assessment(FOUR, &[("deck", 1), ("engine", 1)], &["1 5", "1 5", "1 5", "1 5"]);
        assessment.quarters.push(quarter("2026-Q4", &["1 5", "1 5", "1 5", "1 5"]));
        team(&mut assessment, 1).first_quarter = "2026-Q4".parse().ok();
        let scored = score(assessment);
        let in_quarter = |number| scored.quarters().nth(number).unwrap();
        let overall = |q: usize| line(&tree(in_quarter(q), None).overall);
        assert_eq!(overall(0), "1 in 1..1, target -, gap -, floor 1, 4 of 4");
        assert_eq!(overall(1), "3 in 3..3, target -, gap -, floor 1, 8 of 8");
        let engine = |q: usize| line(&tree(in_quarter(q), Some(1)).overall);
        assert_eq!(engine(0), "- in -..-, target -, gap -, floor -, 0 of 0");
        assert_eq!(engine(1), "5 in 5..5, target -, gap -, floor 5, 4 of 4");
    }

    #[test]
    fn each_framework_has_its_own_tree() {
        let frameworks = vec![framework("own", FOUR), framework("other", &[("Z.X-1", 1)])];
        let mut quarter = quarter("2026-Q3", &[]);
        quarter.answers = answers(&[&["1 1", "1 1", "1 1", "1 1"], &["5 4"]]);
        let mut assessment = assessment_of(settings(&[("deck", 1), ("engine", 1)]), frameworks, vec![quarter]);
        team(&mut assessment, 1).scope = ["other".to_owned()].into();
        let scored = score(assessment);
        let overall = |team: Option<usize>| {
            let team = team.map(|number| nth(&scored.assessment.settings.teams, number));
            let frameworks = scored.assessment.frameworks.ids();
            let trees = frameworks.map(|framework| &scored.newest().tree(framework, team).overall);
            means(trees).join(" ")
        };
        assert_eq!(overall(None), "1 4.5");
        assert_eq!(overall(Some(1)), "- 4");
        assert_eq!(tree(scored.newest(), None).overall.counts.applicable(), 4);
    }

    #[test]
    fn targets_reach_controls_by_the_nearest_id() {
        let mut assessment = assessment(FOUR, &[("deck", 1)], &["1", "1", "1", "1"]);
        for (id, level) in [("A", "2"), ("A.X-2", "5"), ("B.X", "0")] {
            assessment.quarters.iter_mut().next().unwrap().profile.targets.by_id.insert(id.to_owned(), target(level));
        }
        let tree = whole(&assessment);
        let target = |node: &Figures| plain(node.target.as_ref());
        assert_eq!(tree.controls.iter().map(target).collect::<Vec<_>>(), ["2", "5", "2", "0"]);
        assert_eq!(tree.categories.iter().map(target).collect::<Vec<_>>(), ["3.5", "2", "0"]);
        assert_eq!(tree.functions.iter().map(target).collect::<Vec<_>>(), ["3", "0"]);
        assert_eq!(line(&tree.overall), "1 in 1..1, target 1.5, gap 1, floor 1, 4 of 4");
    }
}
