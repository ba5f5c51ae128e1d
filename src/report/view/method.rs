//! The method page: what a level means, which evidence it needs, and how scores are calculated.

use serde::Serialize;

use super::control::rules;
use super::figures::Level;
use super::{Link, Report, drawing, seals};
use crate::base::number;
use crate::base::quarter::Quarter;
use crate::chart::Badge;
use crate::model::assessment::PolicyFile;
use crate::model::catalog::{Framework, Need, OverallRule, TeamRule};
use crate::model::ids::{FunctionId, TeamId};
use crate::model::settings::{Basis, Scale};
use crate::report::address::{Address, Drawing, QuarterPage, whole_and_functions};
use crate::score::any_of;

/// The rules of this report.
#[derive(Debug, Serialize)]
pub(super) struct MethodPage {
    levels: Vec<LevelRow>,
    step: String,
    teams_by_mean: bool,
    overall_by_functions: bool,
    minimum_coverage: u32,
    decimals: u32,
    by_evidence: bool,
    dimensions: Vec<DimensionRow>,
    max_age: i32,
    needs: Vec<NeedRow>,
    rules: Vec<RuleRow>,
    targets_href: String,
    policy: Vec<PolicyRow>,
    digest: String,
    seals: Vec<seals::SealRow>,
    teams: Vec<TeamRules>,
    frameworks: Vec<FrameworkFacts>,
    /// The badges: their names and addresses.
    badges: Vec<Link>,
    /// Charts that are also separate files.
    drawings: Vec<Link>,
}

/// A level and its criteria.
#[derive(Debug, Serialize)]
pub(super) struct LevelRow {
    level: Level,
    criteria: String,
}

/// The evidence that a level needs.
#[derive(Debug, Serialize)]
pub(super) struct NeedRow {
    from: String,
    any_of: String,
}

/// A control that has its own scoring rules.
#[derive(Debug, Serialize)]
pub(super) struct RuleRow {
    control: Link,
    rules: Vec<String>,
}

/// A dimension of a level.
#[derive(Debug, Serialize)]
pub(super) struct DimensionRow {
    name: String,
    weight: u32,
}

/// A file that the rules come from.
#[derive(Debug, Serialize)]
pub(super) struct PolicyRow {
    path: String,
    sha256: String,
}

/// A team, its weight and its scope.
#[derive(Debug, Serialize)]
pub(super) struct TeamRules {
    team: Link,
    weight: u32,
    scope: Vec<String>,
    first_quarter: String,
    last_quarter: String,
}

/// A framework in use.
#[derive(Debug, Serialize)]
pub(super) struct FrameworkFacts {
    title: String,
    edition: String,
    source: String,
    leaf: String,
    functions: usize,
    categories: usize,
    controls: usize,
    /// How many of these are sub-controls.
    subs: usize,
    /// Whether any control has a weight above 1.
    weighted: bool,
}

/// Makes the method page.
pub(super) fn view(report: Report<'_>) -> MethodPage {
    let assessment = report.assessment();
    let settings = &assessment.settings;
    let scale = &settings.scale;
    let levels = scale.levels.iter().zip((scale.bottom.millionths()..).step_by(1_000_000));
    let levels = levels.map(|(named, millionths)| LevelRow {
        level: Level::of(number::Level::from_millionths(millionths), scale),
        criteria: named.criteria.clone(),
    });
    let dimensions = scale.dimensions.iter();
    let dimensions =
        dimensions.map(|dimension| DimensionRow { name: dimension.name.clone(), weight: dimension.weight });
    let policy = |file: &PolicyFile| PolicyRow { path: file.path.clone(), sha256: file.sha256.clone() };
    MethodPage {
        levels: levels.collect(),
        step: scale.step.shown(),
        teams_by_mean: settings.scoring.teams == TeamRule::Mean,
        overall_by_functions: settings.scoring.overall == OverallRule::Functions,
        minimum_coverage: settings.scoring.minimum_coverage,
        decimals: settings.scoring.decimals,
        by_evidence: settings.scoring.score == Basis::Supported,
        dimensions: dimensions.collect(),
        max_age: settings.max_age,
        needs: settings.needs.iter().map(|need| need_row(scale, need)).collect(),
        rules: rule_rows(report),
        targets_href: Address::Quarterly(assessment.newest(), QuarterPage::Targets).path(assessment),
        policy: assessment.policy.files().iter().map(policy).collect(),
        digest: assessment.policy.digest().to_owned(),
        seals: seals::rows(report),
        teams: settings.teams.ids().map(|team| team_row(report, team)).collect(),
        frameworks: assessment.frameworks.iter().map(framework_row).collect(),
        badges: whole_and_functions(assessment).map(|function| badge(report, function)).collect(),
        drawings: Drawing::all(assessment).into_iter().map(|drawing| drawing_link(report, drawing)).collect(),
    }
}

fn need_row(scale: &Scale, need: &Need) -> NeedRow {
    NeedRow { from: scale.lowest_with(need.from).shown(), any_of: any_of(need) }
}

fn badge(report: Report<'_>, function: Option<FunctionId>) -> Link {
    let Badge { label, value, .. } = drawing::badge(report, function);
    Link::new("", &format!("{label}: {value}"), Address::Badge(function).path(report.assessment()))
}

fn drawing_link(report: Report<'_>, drawing: Drawing) -> Link {
    let path = Address::Chart(None, drawing).path(report.assessment());
    Link::new("", &drawing::title(report, drawing), path)
}

/// The controls whose rules differ from the workspace's general rules.
fn rule_rows(report: Report<'_>) -> Vec<RuleRow> {
    let newest = report.scored.newest();
    let controls = report.assessment().frameworks.iter().flat_map(|framework| framework.controls.ids());
    let row = |control| {
        let rules = rules(newest.rules(control));
        (!rules.is_empty()).then(|| RuleRow { control: report.control_link(newest.id, control), rules })
    };
    controls.filter_map(row).collect()
}

fn team_row(report: Report<'_>, team: TeamId) -> TeamRules {
    let named = report.assessment().team(team);
    let quarter = |quarter: Option<Quarter>| quarter.map(|quarter| quarter.to_string()).unwrap_or_default();
    TeamRules {
        team: report.team_link(report.assessment().newest(), team),
        weight: named.weight,
        scope: named.scope.iter().cloned().collect(),
        first_quarter: quarter(named.first_quarter),
        last_quarter: quarter(named.last_quarter),
    }
}

fn framework_row(framework: &Framework) -> FrameworkFacts {
    FrameworkFacts {
        title: framework.title.clone(),
        edition: framework.version.clone(),
        source: framework.source.clone(),
        leaf: framework.leaf.clone(),
        functions: framework.functions.len(),
        categories: framework.categories.len(),
        controls: framework.controls.len(),
        subs: framework.controls.ids().filter(|control| framework.parent_of(*control).is_some()).count(),
        weighted: framework.controls.iter().any(|control| control.rules.weight != 1),
    }
}
