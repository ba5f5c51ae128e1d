//! The workspace's rules in, the method page out: what a level means, how scores are made and which targets hold.

use serde::Serialize;

use super::control::TargetView;
use super::figures::Level;
use super::{Link, Report};
use crate::number;
use crate::settings::{OverallRule, TeamRule};

/// The rules of this report.
#[derive(Debug, Serialize)]
pub(super) struct MethodPage {
    levels: Vec<LevelRow>,
    step: String,
    teams_by_mean: bool,
    overall_by_functions: bool,
    minimum_coverage: u32,
    decimals: u32,
    max_age: i32,
    default_target: Option<TargetView>,
    targets: Vec<TargetRow>,
    teams: Vec<TeamRow>,
    frameworks: Vec<FrameworkRow>,
}

/// A level and its criteria.
#[derive(Debug, Serialize)]
pub(super) struct LevelRow {
    level: Level,
    criteria: String,
}

/// A target and what it is for.
#[derive(Debug, Serialize)]
pub(super) struct TargetRow {
    id: String,
    title: String,
    target: TargetView,
}

/// A team, its weight and its scope.
#[derive(Debug, Serialize)]
pub(super) struct TeamRow {
    team: Link,
    weight: u32,
    scope: Vec<String>,
    first_quarter: String,
    last_quarter: String,
}

/// A framework in use.
#[derive(Debug, Serialize)]
pub(super) struct FrameworkRow {
    title: String,
    edition: String,
    source: String,
    leaf: String,
    functions: usize,
    categories: usize,
    controls: usize,
    /// Whether some control weighs more than 1.
    weighted: bool,
}

/// Makes the method page.
pub(super) fn view(report: Report<'_>) -> MethodPage {
    let settings = &report.assessment.settings;
    let scale = &settings.scale;
    let levels = scale.levels.iter().zip((scale.bottom.millionths()..).step_by(1_000_000));
    let levels = levels.map(|(named, millionths)| LevelRow {
        level: Level::of(number::Level::from_millionths(millionths), scale),
        criteria: named.criteria.clone(),
    });
    let targets = settings.targets.by_id.iter().map(|(id, target)| TargetRow {
        id: id.clone(),
        title: title(report, id),
        target: TargetView::of(target, scale),
    });
    MethodPage {
        levels: levels.collect(),
        step: scale.step.shown(),
        teams_by_mean: settings.scoring.teams == TeamRule::Mean,
        overall_by_functions: settings.scoring.overall == OverallRule::Functions,
        minimum_coverage: settings.scoring.minimum_coverage,
        decimals: settings.scoring.decimals,
        max_age: settings.max_age,
        default_target: settings.targets.default.as_ref().map(|target| TargetView::of(target, scale)),
        targets: targets.collect(),
        teams: (0..settings.teams.len()).map(|team| team_row(report, team)).collect(),
        frameworks: report.assessment.frameworks.iter().map(framework_row).collect(),
    }
}

fn team_row(report: Report<'_>, team: usize) -> TeamRow {
    let named = &report.assessment.settings.teams[team];
    let quarter =
        |quarter: Option<crate::quarter::Quarter>| quarter.map(|quarter| quarter.to_string()).unwrap_or_default();
    TeamRow {
        team: report.team_link(report.assessment.newest(), team),
        weight: named.weight,
        scope: named.scope.clone(),
        first_quarter: quarter(named.first_quarter),
        last_quarter: quarter(named.last_quarter),
    }
}

fn framework_row(framework: &crate::catalog::Framework) -> FrameworkRow {
    FrameworkRow {
        title: framework.title.clone(),
        edition: framework.version.clone(),
        source: framework.source.clone(),
        leaf: framework.leaf.clone(),
        functions: framework.functions.len(),
        categories: framework.categories.len(),
        controls: framework.controls.len(),
        weighted: framework.controls.iter().any(|control| control.weight != 1),
    }
}

/// What the id of a target is called.
fn title(report: Report<'_>, id: &str) -> String {
    let frameworks = &report.assessment.frameworks;
    let names = frameworks.iter().flat_map(|framework| {
        let functions = framework.functions.iter().map(|function| (&function.id, &function.title));
        let categories = framework.categories.iter().map(|category| (&category.id, &category.title));
        let controls = framework.controls.iter().map(|control| (&control.id, &control.title));
        std::iter::once((&framework.id, &framework.title)).chain(functions).chain(categories).chain(controls)
    });
    let mut named = names.filter(|(known, _)| *known == id);
    named.next().map(|(_, title)| title.clone()).unwrap_or_default()
}
