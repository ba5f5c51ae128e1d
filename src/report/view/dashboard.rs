//! The dashboard of a quarter: the scores, the gaps, how far to trust the numbers, and which answers are missing from whom.

use std::cmp::Reverse;

use serde::Serialize;

use super::actions::{self, PlanView};
use super::calculation::{self, Calculation};
use super::charts::{self, Chart};
use super::drawing::title;
use super::evidence::EvidenceCounts;
use super::figures::{ShownFigures, ShownLevel};
use super::parts::{self, Levels, PartsKind, PartsProfile};
use super::{Link, Markup, Report, changes, evidence, exclusions, gaps, gates, reviews, seals};
use crate::base::number;
use crate::diagnostic::Code;
use crate::model::catalog::Node;
use crate::model::evidence::State;
use crate::model::ids::{ControlId, FrameworkId, QuarterId, TeamId};
use crate::report::address::{Address, Data, Drawing, QuarterPage};
use crate::score::{ScoredQuarter, gap};

/// The dashboard of one quarter.
#[derive(Debug, Serialize)]
pub(super) struct Dashboard {
    heading: String,
    /// Whether the chapters below the overview are folded.
    folded: bool,
    opens: String,
    closes: String,
    seal: seals::SealStanding,
    summary: Markup,
    overall: ShownFigures,
    /// The overall figures of the earlier quarters and of this one, oldest first.
    history: Vec<QuarterRow>,
    /// The last rows of `history`.
    recent: Vec<QuarterRow>,
    profile: PartsProfile,
    levels: Levels,
    trend: Chart,
    since: Option<changes::SinceLine>,
    gaps: Vec<gaps::GapRow>,
    /// The columns of the gap list that not every one has.
    gap_columns: Vec<&'static str>,
    /// The widest gaps.
    worst: Vec<gaps::GapRow>,
    gap_count: usize,
    unscored: usize,
    /// Whether any target is set.
    targets: bool,
    gaps_href: String,
    /// The open actions and the exceptions of all frameworks.
    plan: PlanView,
    zeros: ZeroList,
    unknown: ZeroList,
    exclusions_href: String,
    /// How many answers of any framework claim more than their evidence supports.
    /// How many claims of all frameworks go beyond their evidence: the findings of this kind.
    unsupported: usize,
    /// How many findings there are.
    findings: usize,
    findings_href: String,
    /// How far the reviews are; `None` if there are none.
    reviews: Option<reviews::ReviewStanding>,
    /// How many gates failed; `None` if there are none.
    gates: Option<gates::GateCount>,
    calculation: Calculation,
    keys: Vec<exclusions::KeyRow>,
    /// The frameworks other than the main one.
    frameworks: Vec<FrameworkRow>,
    teams: Vec<TeamRow>,
    /// What the first teams still owe.
    owing: Vec<OwingRow>,
    /// Whether there are more teams than shown.
    more_teams: bool,
    kinds: Vec<evidence::EvidenceKindCount>,
    evidence: usize,
    stale: usize,
    max_age: i32,
    evidence_href: String,
    /// Whether there is an evidence register.
    register: bool,
    data: Vec<Link>,
    /// The name of the lowest level.
    bottom_name: String,
}

/// A quarter and its overall figures.
#[derive(Clone, Debug, Serialize)]
pub(super) struct QuarterRow {
    quarter: Link,
    figures: ShownFigures,
}

/// A framework other than the main one.
#[derive(Debug, Serialize)]
pub(super) struct FrameworkRow {
    link: Link,
    figures: ShownFigures,
    before: Option<ShownFigures>,
}

/// An answer at the bottom of the scale, or an unknown answer.
#[derive(Debug, Serialize)]
pub(super) struct Zero {
    control: Link,
    teams: Vec<Link>,
}

/// The first controls with such answers.
#[derive(Debug, Serialize)]
pub(super) struct ZeroList {
    rows: Vec<Zero>,
    /// How many more there are than are listed.
    more: usize,
}

/// A team and the state of its answers.
#[derive(Debug, Serialize)]
pub(super) struct TeamRow {
    team: Link,
    figures: ShownFigures,
    before: Option<ShownFigures>,
    asked: bool,
    level: Option<ShownLevel>,
    evidence: usize,
    stale: usize,
}

/// A team and the answers that it still owes.
#[derive(Debug, Serialize)]
pub(super) struct OwingRow {
    team: Link,
    /// How many answers should have a level and have none.
    open: u32,
    /// The share of its answers that were given in this quarter, in percent; empty if none was given.
    reattested_share: String,
}

/// How many gaps the dashboard lists.
const TOP_GAPS: usize = 10;
/// How many controls at the bottom of the scale, and how many unknown ones, the dashboard lists. Zeros and exclusions lists all.
const TOP_ZEROS: usize = 20;
/// How many gaps, quarters and teams the dashboard shows in its overview.
const GLANCE_GAPS: usize = 5;
const GLANCE_QUARTERS: usize = 4;
const GLANCE_TEAMS: usize = 6;

/// With more Functions, only the overview is in sight, and each chapter below it unfolds.
const MOST_FUNCTIONS: usize = charts::MOST_AXES;

/// Makes the dashboard of quarter `q`.
pub(super) fn view(report: Report<'_>, q: QuarterId) -> Dashboard {
    let (assessment, quarter) = (report.assessment(), report.quarter(q));
    let (settings, catalog) = (quarter.settings(), quarter.framework(FrameworkId::MAIN));
    let tree = quarter.tree(FrameworkId::MAIN, None);
    let before = quarter.before_on_this_scale().map(|before| before.tree(FrameworkId::MAIN, None));
    let functions = parts::functions(catalog, tree, before, |function| Address::Function(q, function).path(assessment));
    let ranked = gap::rank(catalog, tree);
    let kinds = evidence::kinds(report, q);
    let page = |page| Address::Quarterly(q, page);
    let frameworks = assessment.frameworks.ids();
    let findings = quarter.findings();
    let by_team = evidence::by_team(*quarter);
    let teams: Vec<TeamRow> =
        by_team.entries().map(|(team, counts)| team_row(report, quarter, team, *counts)).collect();
    let history = history(report, q);
    Dashboard {
        heading: report.heading(q),
        folded: catalog.functions.len() > MOST_FUNCTIONS,
        opens: report.strings().day(quarter.answers().opens),
        closes: report.strings().day(quarter.closes()),
        seal: seals::standing(report, q),
        summary: report.markdown(&quarter.answers().summary, 3, "summary-"),
        overall: report.figures(q, &tree.overall),
        recent: history[history.len().saturating_sub(GLANCE_QUARTERS)..].to_vec(),
        history,
        profile: parts::profile(report, q, &title(report, Drawing::Profile(None)), PartsKind::Functions, &functions),
        levels: parts::levels(report, q, &title(report, Drawing::Levels(None)), &functions),
        trend: charts::trend_to(report, q),
        since: changes::since(report, q),
        gap_count: ranked.ranked.len(),
        unscored: ranked.unscored.len(),
        targets: ranked.targets,
        gap_columns: gaps::columns(report, q, &["lowest"]),
        gaps: gaps::rows(report, q, &ranked, tree, TOP_GAPS),
        worst: gaps::rows(report, q, &ranked, tree, GLANCE_GAPS),
        plan: actions::plan(report, q, None, |_| true),
        gaps_href: page(QuarterPage::Gaps).path(assessment),
        zeros: answers(report, q, |_, level| level == Some(settings.scale.bottom)),
        unknown: answers(report, q, |state, _| matches!(state, State::Unknown { .. })),
        exclusions_href: page(QuarterPage::Exclusions).path(assessment),
        unsupported: findings.iter().filter(|finding| finding.code == Code::UnsupportedClaim).count(),
        findings: findings.len(),
        findings_href: page(QuarterPage::Findings).path(assessment),
        reviews: reviews::standing(report, q),
        gates: gates::count(report, q),
        calculation: calculation::view(report, q, None, Node::Framework(FrameworkId::MAIN)),
        keys: exclusions::keys(report, q),
        frameworks: frameworks.skip(1).map(|framework| framework_row(report, quarter, framework)).collect(),
        owing: owing(&teams),
        more_teams: teams.iter().filter(|row| row.asked).count() > GLANCE_TEAMS,
        teams,
        evidence: kinds.iter().map(|kind| kind.count).sum(),
        stale: kinds.iter().map(|kind| kind.stale).sum(),
        kinds,
        max_age: settings.max_age,
        evidence_href: page(QuarterPage::Evidence).href(assessment),
        register: page(QuarterPage::Evidence).is_there(assessment),
        data: data_links(report, q),
        bottom_name: settings.scale.name(settings.scale.bottom).to_owned(),
    }
}

/// The overall figures of the quarters up to `q`, as far as its pages show them.
pub(super) fn history(report: Report<'_>, q: QuarterId) -> Vec<QuarterRow> {
    let quarters = report.scored.quarters_near(q).filter(|quarter| quarter.id <= q);
    quarters.map(|quarter| quarter_row(report, quarter)).collect()
}

fn quarter_row(report: Report<'_>, quarter: ScoredQuarter<'_>) -> QuarterRow {
    let href = Address::Quarterly(quarter.id, QuarterPage::Dashboard).path(report.assessment());
    QuarterRow {
        quarter: Link::new("", &quarter.name().to_string(), href),
        figures: report.figures(quarter.id, &quarter.tree(FrameworkId::MAIN, None).overall),
    }
}

/// The controls of the main framework with a `wanted` answer from at least one team, and those teams.
fn answers(report: Report<'_>, q: QuarterId, wanted: impl Fn(&State, Option<number::Level>) -> bool) -> ZeroList {
    let quarter = report.quarter(q);
    let wanted = &wanted;
    let teams = |control: ControlId| {
        quarter.teams_asked(control).filter(move |team| {
            let id = control.of(*team);
            quarter.answer(id).is_some_and(|answer| wanted(&answer.state, quarter.level(id)))
        })
    };
    let controls = quarter.framework(FrameworkId::MAIN).controls.ids();
    let all: Vec<ControlId> = controls.filter(|control| teams(*control).next().is_some()).collect();
    let row = |control: &ControlId| Zero {
        control: report.control_link(q, *control),
        teams: teams(*control).map(|team| report.team_link(q, team)).collect(),
    };
    ZeroList { rows: all.iter().take(TOP_ZEROS).map(row).collect(), more: all.len().saturating_sub(TOP_ZEROS) }
}

fn framework_row(report: Report<'_>, quarter: ScoredQuarter<'_>, framework: FrameworkId) -> FrameworkRow {
    let href = Address::Framework(quarter.id, framework).path(report.assessment());
    let figures = |quarter: ScoredQuarter<'_>| report.figures(quarter.id, &quarter.tree(framework, None).overall);
    FrameworkRow {
        link: Link::new("", &quarter.framework(framework).title, href),
        figures: figures(quarter),
        before: quarter.before_on_this_scale().map(figures),
    }
}

fn team_row(report: Report<'_>, quarter: ScoredQuarter<'_>, team: TeamId, evidence: EvidenceCounts) -> TeamRow {
    let settings = quarter.settings();
    let figures_of = |quarter: ScoredQuarter<'_>| {
        report.figures(quarter.id, &quarter.tree(FrameworkId::MAIN, Some(quarter.team_here(team))).overall)
    };
    let floor = quarter.tree(FrameworkId::MAIN, Some(team)).overall.counts.floor;
    TeamRow {
        team: report.team_link(quarter.id, team),
        figures: report.figures(quarter.id, &quarter.tree(FrameworkId::MAIN, Some(team)).overall),
        before: quarter.before_on_this_scale().map(figures_of),
        asked: settings.teams[team].asked_in(quarter.name()),
        level: floor.map(|floor| report.level(quarter.id, floor)),
        evidence: evidence.items,
        stale: evidence.stale,
    }
}

/// The teams that owe most answers, the most first.
fn owing(teams: &[TeamRow]) -> Vec<OwingRow> {
    let mut asked: Vec<&TeamRow> = teams.iter().filter(|row| row.asked).collect();
    asked.sort_by_key(|row| Reverse(row.figures.open));
    let row = |row: &TeamRow| OwingRow {
        team: row.team.clone(),
        open: row.figures.open,
        reattested_share: row.figures.reattested_share.clone(),
    };
    asked.into_iter().take(GLANCE_TEAMS).map(row).collect()
}

fn data_links(report: Report<'_>, q: QuarterId) -> Vec<Link> {
    let link = |address: Address| {
        let href = address.path(report.assessment());
        Link::new("", href.rsplit('/').next().unwrap_or_default(), href.clone())
    };
    let files = Data::ALL.map(|data| Address::Data(q, data)).into_iter().chain([Address::LongTable]);
    files.filter(|file| file.is_there(report.assessment())).map(link).collect()
}
