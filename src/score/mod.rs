//! Assessment in, Scorecard out: every figure that pages, tables, data files and gates show is made here, and only here.

mod figures;

pub use self::figures::{Counts, Figures};

use rayon::prelude::*;

use crate::assessment::{Assessment, QuarterAnswers};
use crate::catalog::Framework;
use crate::settings::{OverallRule, Settings};

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
    Scorecard { quarters: assessment.quarters.par_iter().map(|quarter| score_quarter(assessment, quarter)).collect() }
}

fn score_quarter(assessment: &Assessment, quarter: &QuarterAnswers) -> QuarterScores {
    let frameworks = || 0..assessment.frameworks.len();
    let tree = |framework, only| score_tree(assessment, quarter, framework, only);
    let teams = 0..assessment.settings.teams.len();
    QuarterScores {
        all: frameworks().map(|framework| tree(framework, None)).collect(),
        teams: teams.map(|team| frameworks().map(|framework| tree(framework, Some(team))).collect()).collect(),
    }
}

/// One framework's figures over all teams that are asked, or over the `only` one.
fn score_tree(assessment: &Assessment, quarter: &QuarterAnswers, framework: usize, only: Option<usize>) -> Tree {
    let settings = &assessment.settings;
    let catalog = &assessment.frameworks[framework];
    let controls: Vec<Figures> = (0..catalog.controls.len())
        .map(|control| {
            let asked = assessment.teams_asked(quarter.quarter, framework, control);
            let asked = asked.filter(|team| only.is_none_or(|only| only == *team));
            let answers = asked.map(|team| (settings.teams[team].weight, quarter.answer(framework, control, team)));
            let answers: Vec<_> = answers.collect();
            // A control that nobody is asked for stays in everyone's denominator, but in no single team's.
            let answers = if answers.is_empty() && only.is_none() { vec![(1, None)] } else { answers };
            Figures::of_control(settings, settings.targets.nearest(catalog.lineage(control)), &answers)
        })
        .collect();
    join(settings, catalog, controls)
}

/// Joins controls to Categories, Functions and the whole.
fn join(settings: &Settings, catalog: &Framework, controls: Vec<Figures>) -> Tree {
    let weighted = |range: std::ops::Range<usize>| {
        let weights = catalog.controls[range.clone()].iter().map(|control| control.weight);
        Figures::of_parts(settings, weights.zip(&controls[range]))
    };
    let categories: Vec<Figures> = catalog.categories.iter().map(|category| weighted(category.controls.clone())).collect();
    let functions: Vec<Figures> = (0..catalog.functions.len()).map(|function| weighted(catalog.controls_of(function))).collect();
    let overall = match settings.scoring.overall {
        OverallRule::Controls => weighted(0..controls.len()),
        OverallRule::Functions => Figures::of_parts(settings, functions.iter().map(|figures| (1, figures))),
    };
    Tree { overall, functions, categories, controls }
}
