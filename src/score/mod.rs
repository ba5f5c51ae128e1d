//! Assessment in, Scorecard out: every figure that pages, tables, data files and gates show is made here, and only here.

pub mod change;
pub mod explain;
mod figures;
pub mod finding;
pub mod gap;
pub mod gate;
pub mod projection;
mod standing;

pub use self::figures::{Counts, Figure, Figures, Withheld, join_teams};
pub use self::standing::{Standing, below, current, restand, said_otherwise, unmet};

use rayon::prelude::*;

use self::figures::{Given, Voice};
use crate::base::number::Level;
use crate::model::assessment::Assessment;
use crate::model::catalog::{Framework, TeamRule};
use crate::model::evidence::State;
use crate::model::settings::{OverallRule, Settings};

/// The figures of a whole assessment.
#[derive(Clone, Debug)]
pub struct Scorecard {
    /// One for each quarter of the assessment, in its order.
    pub quarters: Vec<QuarterScores>,
}

/// The figures of one quarter.
#[derive(Clone, Debug)]
pub struct QuarterScores {
    /// All teams together, by framework.
    pub all: Vec<Tree>,
    /// Each team alone, by team and framework.
    pub teams: Vec<Vec<Tree>>,
    /// Where each answer stands, by framework, control and team; `None` where there is no level.
    pub standings: Vec<Vec<Vec<Option<Standing>>>>,
}

impl QuarterScores {
    /// The figures of a framework for all teams together, or for one.
    pub fn tree(&self, framework: usize, team: Option<usize>) -> &Tree {
        team.map_or(&self.all[framework], |team| &self.teams[team][framework])
    }

    /// Where a team's answer for a control stands.
    pub fn standing(&self, framework: usize, control: usize, team: usize) -> Option<Standing> {
        self.standings[framework][control][team]
    }
}

/// The figures of one framework, in the shape of its catalog.
#[derive(Clone, Debug)]
pub struct Tree {
    /// The whole framework.
    pub overall: Figures,
    /// By Function, in the catalog's order.
    pub functions: Vec<Figures>,
    /// By Category.
    pub categories: Vec<Figures>,
    /// By control.
    pub controls: Vec<Figures>,
}

/// Scores every quarter, for all teams together and for each alone.
pub fn score(assessment: &Assessment) -> Scorecard {
    let quarters = 0..assessment.quarters.len();
    Scorecard { quarters: quarters.into_par_iter().map(|quarter| score_quarter(assessment, quarter)).collect() }
}

fn score_quarter(assessment: &Assessment, quarter: usize) -> QuarterScores {
    let teams = 0..assessment.settings.teams.len();
    let answers = &assessment.quarters[quarter].answers;
    let control = |framework, (control, said): (usize, &Vec<Option<_>>)| {
        let stand = |team| standing::stand(assessment, quarter, (framework, control), team);
        (0..said.len()).map(stand).collect()
    };
    let framework = |(framework, controls): (usize, &Vec<Vec<Option<_>>>)| {
        controls.iter().enumerate().map(|said| control(framework, said)).collect()
    };
    let mut scores = QuarterScores {
        all: Vec::new(),
        teams: Vec::new(),
        standings: answers.iter().enumerate().map(framework).collect(),
    };
    let trees = |only| {
        let frameworks = 0..assessment.frameworks.len();
        frameworks.map(|framework| score_tree(assessment, quarter, &scores, framework, only, &as_given)).collect()
    };
    let all = trees(None);
    let teams = teams.map(|team| trees(Some(team))).collect();
    (scores.all, scores.teams) = (all, teams);
    scores
}

/// What an answer says if it is taken as something else than it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instead {
    /// As it is.
    Given,
    /// As if it were unanswered.
    Unanswered,
    /// As if the control did not apply.
    Left,
    /// As if it claimed this level, with evidence for it.
    Level(Level),
}

/// One team's answer for one control, as [`what_if`] is asked about it.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The control.
    pub control: usize,
    /// The team.
    pub team: usize,
    /// What it says; `None` where it is unanswered.
    pub state: Option<&'a State>,
    /// Where it stands, if it is a level.
    pub standing: Option<Standing>,
}

fn as_given(_: Asked<'_>) -> Instead {
    Instead::Given
}

/// The figures of one framework over all teams, if each answer were taken as `instead` says.
pub fn what_if(
    assessment: &Assessment,
    scorecard: &Scorecard,
    quarter: usize,
    framework: usize,
    instead: impl Fn(Asked<'_>) -> Instead,
) -> Tree {
    score_tree(assessment, quarter, &scorecard.quarters[quarter], framework, None, &instead)
}

/// The answers that make one control's score, each with its team's weight: those of all teams that are asked, or of the `only`
/// one, or of the owner.
pub fn teams_that_count(
    assessment: &Assessment,
    quarter: usize,
    (framework, control): (usize, usize),
    only: Option<usize>,
) -> impl Iterator<Item = usize> {
    let rules = &assessment.control(framework, control).rules;
    let owner = match assessment.settings.team_rule(rules) {
        TeamRule::Owner(owner) => Some(owner),
        _ => None,
    };
    // Of one team that team alone is looked at: all of them would be looked at for each.
    let counted = only.or(owner).map_or(0..assessment.settings.teams.len(), |team| team..team + 1);
    let quarter = assessment.quarters[quarter].quarter;
    counted.filter(move |team| assessment.is_asked(quarter, framework, control, *team))
}

/// One framework's figures over all teams that are asked, or over the `only` one.
fn score_tree(
    assessment: &Assessment,
    quarter: usize,
    scores: &QuarterScores,
    framework: usize,
    only: Option<usize>,
    instead: &impl Fn(Asked<'_>) -> Instead,
) -> Tree {
    let settings = &assessment.settings;
    let catalog = &assessment.frameworks[framework];
    let answers = &assessment.quarters[quarter];
    let controls: Vec<Figures> = (0..catalog.controls.len())
        .map(|control| {
            // What the profile leaves out no team has said.
            let excluded = answers.profile.exclusion(catalog.lineage(control)).is_some();
            let voice = |team: usize| {
                let weight = settings.teams[team].weight;
                let answer = answers.answer(framework, control, team);
                let state = answer.map(|answer| &answer.state);
                let given = match answer {
                    Some(answer) if answer.carried => Given::Carried,
                    Some(_) if !excluded => Given::Anew,
                    _ => Given::Otherwise,
                };
                let standing = scores.standing(framework, control, team);
                match (state, instead(Asked { control, team, state, standing })) {
                    (_, Instead::Level(level)) => Voice::of_level(weight, level),
                    (_, Instead::Left) => Voice::not_applicable(weight),
                    (None, _) | (_, Instead::Unanswered) => Voice::unanswered(weight),
                    (Some(state), Instead::Given) => Voice::of(weight, state, standing, given),
                }
            };
            let counted = teams_that_count(assessment, quarter, (framework, control), only);
            let mut voices: Vec<Voice> = counted.map(voice).collect();
            // A control that nobody is asked for stays in everyone's denominator, but in no single team's.
            if voices.is_empty() && only.is_none() {
                voices.push(Voice::unanswered(1));
            }
            let target = assessment.target(quarter, framework, control);
            let rule = settings.team_rule(&catalog.controls[control].rules);
            Figures::of_control(settings, rule, target, &voices)
        })
        .collect();
    let tree = join(settings, catalog, controls);
    if catalog.team_level && only.is_none() { tree.without_means() } else { tree }
}

/// Joins controls to Categories, Functions and the whole.
fn join(settings: &Settings, catalog: &Framework, controls: Vec<Figures>) -> Tree {
    let weighted = |range: std::ops::Range<usize>| {
        let weights = catalog.controls[range.clone()].iter().map(|control| control.rules.weight);
        Figures::of_parts(settings, weights.zip(&controls[range]))
    };
    let categories: Vec<Figures> =
        catalog.categories.iter().map(|category| weighted(category.controls.clone())).collect();
    let functions: Vec<Figures> =
        (0..catalog.functions.len()).map(|function| weighted(catalog.controls_of(function))).collect();
    let overall = match settings.scoring.overall {
        OverallRule::Controls => weighted(0..controls.len()),
        OverallRule::Functions => Figures::of_parts(settings, functions.iter().map(|figures| (1, figures))),
    };
    Tree { overall, functions, categories, controls }
}

impl Tree {
    /// The same counts without any figure that joins teams.
    fn without_means(mut self) -> Self {
        let lists = [&mut self.functions, &mut self.categories, &mut self.controls];
        lists.into_iter().flatten().chain([&mut self.overall]).for_each(Figures::withhold_means);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::figures::tests::{line, plain};
    use super::*;
    use crate::model::assessment::tests::{assessment as assessment_of, framework, quarter};
    use crate::model::profile::tests::target;
    use crate::model::settings::tests::settings;

    /// The controls of most tests here: three of A in two Categories, one of B.
    const FOUR: &[(&str, u32)] = &[("A.X-1", 1), ("A.X-2", 1), ("A.Y-1", 1), ("B.X-1", 1)];

    /// One quarter of one framework, in which each control's teams say this.
    fn assessment(controls: &[(&str, u32)], teams: &[(&str, u32)], said: &[&str]) -> Assessment {
        let frameworks = vec![framework("own", controls)];
        assessment_of(settings(teams), frameworks, vec![quarter("2026-Q3", said)])
    }

    fn whole(assessment: &Assessment) -> Tree {
        score(assessment).quarters[0].all[0].clone()
    }

    fn mean(figures: &Figures) -> String {
        plain(figures.mean.as_ref())
    }

    #[test]
    fn a_function_is_the_mean_of_its_controls_not_of_its_categories() {
        let tree = whole(&assessment(FOUR, &[("deck", 1)], &["1", "1", "4", "5"]));
        assert_eq!(tree.categories.iter().map(mean).collect::<Vec<_>>(), ["1", "4", "5"]);
        assert_eq!(tree.functions.iter().map(mean).collect::<Vec<_>>(), ["2", "5"]);
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
        assert_eq!(tree.functions.iter().map(mean).collect::<Vec<_>>(), ["1.75", "5"]);
        assert_eq!(mean(&tree.overall), "3.375");
        assessment.settings.scoring.overall = OverallRule::Controls;
        // (1 + 3 × 2 + 1000 × 5) ÷ 1004
        assert_eq!(mean(&whole(&assessment).overall), "4.987052");
    }

    #[test]
    fn a_function_without_a_mean_is_left_out_of_the_score_and_kept_in_the_range() {
        let tree = whole(&assessment(FOUR, &[("deck", 1)], &["2", "3", "4", "-"]));
        assert_eq!(line(&tree.functions[1]), "- in 0..5, target -, gap -, floor -, 0 of 1, withheld");
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
        let scorecard = score(&assessment(FOUR, &teams, &["1 5", "2 -", "? n/a", "4 0"]));
        let quarter = &scorecard.quarters[0];
        let controls = |tree: &Tree| tree.controls.iter().map(mean).collect::<Vec<_>>().join(" ");
        assert_eq!(controls(&quarter.all[0]), "2 2 - 3");
        assert_eq!(controls(&quarter.teams[0][0]), "1 2 - 4");
        assert_eq!(controls(&quarter.teams[1][0]), "5 - - 0");
        assert_eq!(line(&quarter.teams[1][0].overall), "2.5 in 1.25..2.5, target -, gap -, floor 0, 2 of 3");
    }

    #[test]
    fn a_control_that_nobody_is_asked_for_is_unanswered_in_the_whole_alone() {
        let mut assessment = assessment(FOUR, &[("deck", 7)], &["1", "2", "3", "4"]);
        assessment.settings.teams[0].scope = vec!["A".to_owned()];
        let scorecard = score(&assessment);
        let (all, deck) = (&scorecard.quarters[0].all[0], &scorecard.quarters[0].teams[0][0]);
        // What was said of it does not count.
        assert_eq!(line(&all.controls[3]), "- in 0..5, target -, gap -, floor -, 0 of 1, withheld");
        assert_eq!((all.controls[3].counts.unanswered, all.overall.counts.applicable()), (1, 4));
        assert_eq!(line(&deck.controls[3]), "- in -..-, target -, gap -, floor -, 0 of 0");
        assert_eq!(line(&deck.overall), "2 in 2..2, target -, gap -, floor 1, 3 of 3");
        assert_eq!(line(&all.overall), "2 in 1..3.5, target -, gap -, floor 1, 3 of 4");
    }

    /// Which controls the one team `deck` is asked for with this scope, as counts of applicable answers in its tree.
    fn asked(scope: &[&str]) -> Vec<u32> {
        let mut assessment = assessment(FOUR, &[("deck", 1)], &["1", "2", "3", "4"]);
        assessment.settings.teams[0].scope = scope.iter().map(|id| (*id).to_owned()).collect();
        let deck = &score(&assessment).quarters[0].teams[0][0];
        deck.controls.iter().map(|figures| figures.counts.applicable()).collect()
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
        assessment.settings.teams[1].first_quarter = "2026-Q4".parse().ok();
        let scorecard = score(&assessment);
        let overall = |q: usize| line(&scorecard.quarters[q].all[0].overall);
        assert_eq!(overall(0), "1 in 1..1, target -, gap -, floor 1, 4 of 4");
        assert_eq!(overall(1), "3 in 3..3, target -, gap -, floor 1, 8 of 8");
        let engine = |q: usize| line(&scorecard.quarters[q].teams[1][0].overall);
        assert_eq!(engine(0), "- in -..-, target -, gap -, floor -, 0 of 0");
        assert_eq!(engine(1), "5 in 5..5, target -, gap -, floor 5, 4 of 4");
    }

    #[test]
    fn each_framework_has_its_own_tree() {
        let mut assessment = assessment(FOUR, &[("deck", 1), ("engine", 1)], &["1 1", "1 1", "1 1", "1 1"]);
        assessment.frameworks.push(framework("other", &[("Z.X-1", 1)]));
        assessment.quarters[0].answers.extend(quarter("2026-Q3", &["5 4"]).answers);
        assessment.settings.teams[1].scope = vec!["other".to_owned()];
        let scorecard = score(&assessment);
        let overall = |trees: &[Tree]| trees.iter().map(|tree| mean(&tree.overall)).collect::<Vec<_>>().join(" ");
        assert_eq!(overall(&scorecard.quarters[0].all), "1 4.5");
        assert_eq!(overall(&scorecard.quarters[0].teams[1]), "- 4");
        assert_eq!(scorecard.quarters[0].all[0].overall.counts.applicable(), 4);
    }

    #[test]
    fn targets_reach_controls_by_the_nearest_id() {
        let mut assessment = assessment(FOUR, &[("deck", 1)], &["1", "1", "1", "1"]);
        for (id, level) in [("A", "2"), ("A.X-2", "5"), ("B.X", "0")] {
            assessment.quarters[0].profile.targets.by_id.insert(id.to_owned(), target(level));
        }
        let tree = whole(&assessment);
        let targets = |figures: &[Figures]| figures.iter().map(|node| plain(node.target.as_ref())).collect::<Vec<_>>();
        assert_eq!(targets(&tree.controls), ["2", "5", "2", "0"]);
        assert_eq!(targets(&tree.categories), ["3.5", "2", "0"]);
        assert_eq!(targets(&tree.functions), ["3", "0"]);
        assert_eq!(line(&tree.overall), "1 in 1..1, target 1.5, gap 1, floor 1, 4 of 4");
    }
}
