//! A quarter in, its dashboard out: where we are, what falls short, whether it can be trusted, and who owes what.

use serde::Serialize;

use super::charts::{self, Chart};
use super::drawing::title;
use super::figures::{Figures, Level};
use super::making::{self, Making};
use super::members::{self, Levels, Profile};
use super::{Link, Markup, Report, changes, evidence, exclusions, gaps, seals};
use crate::base::number;
use crate::model::evidence::State;
use crate::report::address::{Address, Data, Drawing};
use crate::score::explain::Node;
use crate::score::finding;
use crate::score::gap;

/// The dashboard of one quarter.
#[derive(Debug, Serialize)]
pub(super) struct Dashboard {
    heading: String,
    opens: String,
    closes: String,
    seal: seals::Standing,
    summary: Markup,
    overall: Figures,
    /// Earlier quarters' overall figures, oldest first, and this one's.
    history: Vec<QuarterRow>,
    profile: Profile,
    levels: Levels,
    trend: Chart,
    since: Option<changes::Since>,
    gaps: Vec<gaps::GapRow>,
    gap_count: usize,
    unscored: usize,
    /// Whether any target is set.
    targets: bool,
    gaps_href: String,
    zeros: Vec<Zero>,
    unknown: Vec<Zero>,
    exclusions_href: String,
    /// How many answers of any framework claim more than their evidence carries.
    unsupported: u32,
    /// How many findings there are.
    findings: usize,
    findings_href: String,
    making: Making,
    keys: Vec<exclusions::KeyRow>,
    /// The frameworks beside the main one.
    frameworks: Vec<FrameworkRow>,
    teams: Vec<TeamRow>,
    kinds: Vec<evidence::KindCount>,
    evidence: usize,
    stale: usize,
    max_age: i32,
    evidence_href: String,
    /// Whether there is a register of evidence.
    register: bool,
    data: Vec<Link>,
    /// The name of the lowest level.
    bottom_name: String,
}

/// A quarter and its overall figures.
#[derive(Debug, Serialize)]
pub(super) struct QuarterRow {
    quarter: Link,
    figures: Figures,
}

/// A framework beside the main one.
#[derive(Debug, Serialize)]
pub(super) struct FrameworkRow {
    link: Link,
    figures: Figures,
    before: Option<Figures>,
}

/// An answer at the bottom of the scale, or one that nobody knows.
#[derive(Debug, Serialize)]
pub(super) struct Zero {
    control: Link,
    teams: Vec<Link>,
}

/// A team and how its answers stand.
#[derive(Debug, Serialize)]
pub(super) struct TeamRow {
    team: Link,
    figures: Figures,
    before: Option<Figures>,
    asked: bool,
    level: Option<Level>,
    evidence: usize,
    stale: usize,
}

/// How many gaps the dashboard lists.
const TOP_GAPS: usize = 10;

/// Makes the dashboard of quarter `q`.
pub(super) fn view(report: Report<'_>, q: usize) -> Dashboard {
    let assessment = report.assessment;
    let quarter = report.quarter(q);
    let catalog = assessment.framework();
    let tree = report.tree(q, 0);
    let before = q.checked_sub(1).map(|q| report.tree(q, 0));
    let functions =
        members::functions(catalog, tree, before, |function| Address::Function(q, function).path(assessment));
    let ranked = gap::rank(catalog, tree);
    let kinds = evidence::kinds(assessment, q);
    Dashboard {
        heading: report.heading(q),
        opens: quarter.opens.to_string(),
        closes: quarter.closes.to_string(),
        seal: seals::standing(report, q),
        summary: Markup::markdown(&quarter.summary, 3, "summary-"),
        overall: report.figures(&tree.overall),
        history: (0..=q).map(|q| quarter_row(report, q)).collect(),
        profile: members::profile(report, &title(report, Drawing::Profile(None)), "Function", &functions),
        levels: members::levels(report, &title(report, Drawing::Levels(None)), &functions),
        trend: charts::trend(report, q),
        since: changes::since(report, q),
        gap_count: ranked.ranked.len(),
        unscored: ranked.unscored.len(),
        targets: ranked.targets,
        gaps: gaps::rows(report, q, 0, &ranked, tree, TOP_GAPS),
        gaps_href: Address::Gaps(q).path(assessment),
        zeros: answers(report, q, |_, level| level == Some(assessment.settings.scale.bottom)),
        unknown: answers(report, q, |state, _| matches!(state, State::Unknown { .. })),
        exclusions_href: Address::Exclusions(q).path(assessment),
        unsupported: (0..assessment.frameworks.len()).map(|f| report.tree(q, f).overall.counts.unsupported).sum(),
        findings: finding::findings(assessment, report.scorecard, q).len(),
        findings_href: Address::Findings(q).path(assessment),
        making: making::view(report, q, 0, None, Node::Overall),
        keys: exclusions::keys(report, q),
        frameworks: (1..assessment.frameworks.len()).map(|framework| framework_row(report, q, framework)).collect(),
        teams: evidence::by_team(assessment, q)
            .into_iter()
            .enumerate()
            .map(|(t, counts)| team_row(report, q, t, counts))
            .collect(),
        evidence: kinds.iter().map(|kind| kind.count).sum(),
        stale: kinds.iter().map(|kind| kind.stale).sum(),
        kinds,
        max_age: assessment.settings.max_age,
        evidence_href: Address::Evidence(q).href(assessment),
        register: Address::Evidence(q).is_there(assessment),
        data: data_links(report, q),
        bottom_name: assessment.settings.scale.name(assessment.settings.scale.bottom).to_owned(),
    }
}

fn quarter_row(report: Report<'_>, q: usize) -> QuarterRow {
    let href = Address::Dashboard(q).path(report.assessment);
    let title = report.quarter(q).quarter.to_string();
    QuarterRow { quarter: Link::new("", &title, href), figures: report.figures(&report.tree(q, 0).overall) }
}

/// The controls of the main framework for which some team's answer is `wanted`, and those teams.
fn answers(report: Report<'_>, q: usize, wanted: impl Fn(&State, Option<number::Level>) -> bool) -> Vec<Zero> {
    let quarter = report.quarter(q);
    let controls = 0..report.assessment.framework().controls.len();
    let row = |control| {
        let asked = report.assessment.teams_asked(quarter.quarter, 0, control);
        let teams = asked.filter(|team| {
            let level = report.level(q, 0, control, *team);
            quarter.answer(0, control, *team).is_some_and(|answer| wanted(&answer.state, level))
        });
        let teams: Vec<Link> = teams.map(|team| report.team_link(q, team)).collect();
        (!teams.is_empty()).then(|| Zero { control: report.control_link(q, 0, control), teams })
    };
    controls.filter_map(row).collect()
}

fn framework_row(report: Report<'_>, q: usize, framework: usize) -> FrameworkRow {
    let named = &report.assessment.frameworks[framework];
    let href = Address::Framework(q, framework).path(report.assessment);
    let figures = |q: usize| report.figures(&report.tree(q, framework).overall);
    FrameworkRow { link: Link::new("", &named.title, href), figures: figures(q), before: q.checked_sub(1).map(figures) }
}

fn team_row(report: Report<'_>, q: usize, team: usize, (evidence, stale): (usize, usize)) -> TeamRow {
    let assessment = report.assessment;
    let named = &assessment.settings.teams[team];
    let quarter = report.quarter(q);
    let figures = &report.team_tree(q, team, 0).overall;
    TeamRow {
        team: report.team_link(q, team),
        figures: report.figures(figures),
        before: q.checked_sub(1).map(|q| report.figures(&report.team_tree(q, team, 0).overall)),
        asked: named.asked_in(quarter.quarter),
        level: figures.counts.floor.map(|floor| Level::of(floor, &assessment.settings.scale)),
        evidence,
        stale,
    }
}

fn data_links(report: Report<'_>, q: usize) -> Vec<Link> {
    let there = |data: &Data| Address::Data(q, *data).is_there(report.assessment);
    let link = |data| {
        let href = Address::Data(q, data).path(report.assessment);
        Link::new("", href.rsplit('/').next().unwrap_or_default(), href.clone())
    };
    Data::ALL.into_iter().filter(there).map(link).collect()
}
