//! The method page: what a level means, which evidence it needs, and how scores are calculated.

use serde::Serialize;

use super::control::rules;
use super::figures::ShownLevel;
use super::{Link, Markup, Report, drawing, seals};
use crate::base::number;
use crate::base::quarter::Quarter;
use crate::chart::Badge;
use crate::model::assessment::PolicyFile;
use crate::model::catalog::{Need, OverallRule, TeamRule};
use crate::model::ids::{FrameworkId, FunctionId, QuarterId, TeamId};
use crate::model::measure::Criterion;
use crate::model::rules::{RuleChange, Since};
use crate::model::settings::{Basis, Scale};
use crate::model::strings::Strings;
use crate::report::address::{Address, Drawing, QuarterPage, whole_and_functions};
use crate::score::ScoredQuarter;

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
    rules: Vec<OwnRuleRow>,
    targets_href: String,
    policy: Vec<PolicyRow>,
    digest: String,
    /// The rules in force as lines of text; empty if the audience may not see them.
    in_force: String,
    rules_sha256: String,
    decisions: Vec<DecisionRow>,
    left_out: Vec<CriteriaRow>,
    reaching: Vec<CriteriaRow>,
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
    level: ShownLevel,
    criteria: String,
}

/// The evidence that a level needs.
#[derive(Debug, Serialize)]
pub(super) struct NeedRow {
    from: String,
    /// The kinds that it accepts; empty if it accepts any.
    kinds: String,
}

/// A control that has its own scoring rules.
#[derive(Debug, Serialize)]
pub(super) struct OwnRuleRow {
    control: Link,
    rules: Vec<String>,
}

/// A dimension of a level.
#[derive(Debug, Serialize)]
pub(super) struct DimensionRow {
    name: String,
    weight: u32,
}

/// A decision that changed rules.
#[derive(Debug, Serialize)]
pub(super) struct DecisionRow {
    since: String,
    why: String,
    approved_by: String,
    changes: Vec<RuleChange>,
    /// Whether the decision holds from a later quarter on.
    ahead: bool,
}

/// A measured control whose criteria do not fit the scale, and the level that matters.
#[derive(Debug, Serialize)]
pub(super) struct CriteriaRow {
    control: Link,
    level: String,
}

/// A file that the rules come from.
#[derive(Debug, Serialize)]
pub(super) struct PolicyRow {
    path: Markup,
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
    copyright: String,
    /// How many Functions, Categories and controls it has.
    parts: String,
    /// How many of these are sub-controls.
    subs: usize,
    /// Whether any control has a weight above 1.
    weighted: bool,
}

/// Makes the method page of quarter `q`.
pub(super) fn view(report: Report<'_>, q: QuarterId) -> MethodPage {
    let (assessment, quarter) = (report.assessment(), report.quarter(q));
    let settings = quarter.settings();
    let (scale, strings) = (&settings.scale, report.strings());
    let levels = scale.levels.iter().zip((scale.bottom.millionths()..).step_by(1_000_000));
    let levels = levels.map(|(named, millionths)| LevelRow {
        level: report.level(q, number::Level::from_millionths(millionths)),
        criteria: named.criteria.clone(),
    });
    let dimensions = scale.dimensions.iter();
    let dimensions =
        dimensions.map(|dimension| DimensionRow { name: dimension.name.clone(), weight: dimension.weight });
    let policy =
        |file: &PolicyFile| PolicyRow { path: report.file(&file.path, &file.path), sha256: file.sha256.clone() };
    MethodPage {
        levels: levels.collect(),
        step: strings.level(scale.step),
        teams_by_mean: settings.scoring.teams == TeamRule::Mean,
        overall_by_functions: settings.scoring.overall == OverallRule::Functions,
        minimum_coverage: settings.scoring.minimum_coverage,
        decimals: settings.scoring.decimals,
        by_evidence: settings.scoring.score == Basis::Supported,
        dimensions: dimensions.collect(),
        max_age: settings.max_age,
        needs: settings.needs.iter().map(|need| need_row(strings, scale, need)).collect(),
        rules: rule_rows(report, q),
        targets_href: Address::Quarterly(q, QuarterPage::Targets).path(assessment),
        policy: assessment.policy.files().iter().map(policy).collect(),
        digest: quarter.policy_digest(),
        in_force: in_force(quarter),
        rules_sha256: quarter.answers().in_force.sha256.clone(),
        decisions: decisions(report, q),
        left_out: left_out(report, q),
        reaching: reaching(report, q),
        seals: seals::rows(report),
        teams: settings.teams.ids().map(|team| team_row(report, q, team)).collect(),
        frameworks: assessment.frameworks.ids().map(|framework| framework_row(report, quarter, framework)).collect(),
        badges: whole_and_functions(assessment).map(|function| badge(report, function)).collect(),
        drawings: Drawing::all(assessment).into_iter().map(|drawing| drawing_link(report, drawing)).collect(),
    }
}

/// The decisions that changed rules up to quarter `q`, newest first. The newest quarter names those for later quarters too.
fn decisions(report: Report<'_>, q: QuarterId) -> Vec<DecisionRow> {
    let here = report.quarter(q).since().len();
    let row = |(at, since): (usize, &Since)| DecisionRow {
        since: since.quarter.to_string(),
        why: since.why.clone(),
        approved_by: since.approved_by.clone(),
        changes: since.changes.clone(),
        ahead: at >= here,
    };
    let is_newest = q == report.assessment().newest();
    let all = report.assessment().since.iter().enumerate();
    all.filter(|(at, _)| is_newest || *at < here).map(row).rev().collect()
}

fn in_force(quarter: ScoredQuarter<'_>) -> String {
    quarter.answers().in_force.rules.iter().map(|(rule, value)| format!("{rule} = {value}\n")).collect()
}

/// The controls with criteria above the scale, each with the lowest level that is left out.
fn left_out(report: Report<'_>, q: QuarterId) -> Vec<CriteriaRow> {
    criteria_rows(report, q, |all, counted| Some(all.get(counted.len())?.level))
}

/// The controls whose criteria end below the top of the scale, each with the highest level that facts can reach.
fn reaching(report: Report<'_>, q: QuarterId) -> Vec<CriteriaRow> {
    let scale = &report.quarter(q).settings().scale;
    criteria_rows(report, q, |_, counted| {
        let highest = counted.last().map_or(scale.bottom, |criterion| criterion.level.max(scale.bottom));
        (highest < scale.top()).then_some(highest)
    })
}

/// The measured controls for which `level` gives a level, of all their criteria and of those that count.
fn criteria_rows(
    report: Report<'_>,
    q: QuarterId,
    level: impl Fn(&[Criterion], &[Criterion]) -> Option<number::Level>,
) -> Vec<CriteriaRow> {
    let quarter = report.quarter(q);
    let controls = report.assessment().frameworks.iter().flat_map(|framework| framework.controls.ids());
    let row = |control| {
        let measure = quarter.control(control).measure.as_ref().filter(|measure| !measure.criteria.is_empty())?;
        let level = level(&measure.criteria, quarter.rules(control).criteria())?;
        Some(CriteriaRow { control: report.control_link(q, control), level: report.strings().level(level) })
    };
    controls.filter_map(row).collect()
}

fn need_row(strings: &Strings, scale: &Scale, need: &Need) -> NeedRow {
    let kinds: Vec<String> = need.any_of.iter().map(|kind| strings.kind(*kind)).collect();
    NeedRow {
        from: strings.level(scale.lowest_with(need.from)),
        kinds: if need.is_any() { String::new() } else { strings.list(&kinds) },
    }
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
fn rule_rows(report: Report<'_>, q: QuarterId) -> Vec<OwnRuleRow> {
    let quarter = report.quarter(q);
    let controls = report.assessment().frameworks.iter().flat_map(|framework| framework.controls.ids());
    let row = |control| {
        let rules = rules(report.strings(), quarter.rules(control));
        (!rules.is_empty()).then(|| OwnRuleRow { control: report.control_link(q, control), rules })
    };
    controls.filter_map(row).collect()
}

fn team_row(report: Report<'_>, q: QuarterId, team: TeamId) -> TeamRules {
    let named = &report.quarter(q).settings().teams[team];
    let quarter = |quarter: Option<Quarter>| quarter.map(|quarter| quarter.to_string()).unwrap_or_default();
    TeamRules {
        team: report.team_link(q, team),
        weight: named.weight,
        scope: named.scope.iter().cloned().collect(),
        first_quarter: quarter(named.first_quarter),
        last_quarter: quarter(named.last_quarter),
    }
}

fn framework_row(report: Report<'_>, quarter: ScoredQuarter<'_>, framework: FrameworkId) -> FrameworkFacts {
    let (framework, strings) = (quarter.framework(framework), report.strings());
    let (functions, categories) = (framework.functions.len(), framework.categories.len());
    let categories = (categories > 0).then(|| strings.say("count.categories", &[("n", &categories)]));
    let controls = strings.say("method.controls", &[("n", &framework.controls.len()), ("leaf", &framework.leaf)]);
    let parts = [Some(strings.say("count.functions", &[("n", &functions)])), categories, Some(controls)];
    FrameworkFacts {
        title: framework.title.clone(),
        edition: framework.version.clone(),
        source: framework.source.clone(),
        copyright: framework.copyright.clone(),
        parts: strings.list(&parts.into_iter().flatten().collect::<Vec<_>>()),
        subs: framework.controls.ids().filter(|control| framework.parent_of(*control).is_some()).count(),
        weighted: framework.controls.iter().any(|control| control.rules.weight != 1),
    }
}
