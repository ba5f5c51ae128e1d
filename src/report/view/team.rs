//! A team in, its page out: its profile, its widest gaps and every answer it gave or owes.

use serde::Serialize;

use super::answer::{self, AnswerView};
use super::figures::Figures;
use super::making::{self, Making};
use super::members::{self, Levels, Profile};
use super::rows::Rows;
use super::{Link, Markup, Report, charts, gaps};
use crate::base::quarter::Quarter;
use crate::model::catalog::Framework;
use crate::report::address::Address;
use crate::score::Tree;
use crate::score::explain::Node;
use crate::score::gap;

/// The page of one team.
#[derive(Debug, Serialize)]
pub(super) struct TeamPage {
    name: String,
    /// The framework of the figures, where it is not the report's main one.
    framework: String,
    asked: bool,
    /// The first quarter in which the team is asked, where that is still to come.
    since: String,
    /// The last one, where that has been.
    until: String,
    figures: Figures,
    before: Option<Figures>,
    profile: Profile,
    levels: Levels,
    /// Every quarter's figures, oldest first.
    history: Vec<QuarterRow>,
    /// The score over the quarters as a line; nothing with fewer than two.
    spark: Option<Markup>,
    making: Making,
    /// The other frameworks in which the team is asked anything.
    others: Vec<Other>,
    gaps: Vec<gaps::GapRow>,
    gap_count: usize,
    chapters: Vec<Chapter>,
    evidence: usize,
    stale: usize,
}

/// A quarter and the team's figures in it.
#[derive(Debug, Serialize)]
pub(super) struct QuarterRow {
    quarter: Link,
    asked: bool,
    figures: Figures,
}

/// The team's figures in a framework beside the one that its page shows.
#[derive(Debug, Serialize)]
pub(super) struct Other {
    link: Link,
    figures: Figures,
}

/// The team's answers for one Function.
#[derive(Debug, Serialize)]
pub(super) struct Chapter {
    id: String,
    title: String,
    /// Unique on the page.
    anchor: String,
    answers: Rows<AnswerView>,
}

/// How many gaps a team's page lists.
const TOP_GAPS: usize = 10;

/// Makes the page of a team in quarter `q`.
pub(super) fn view(report: Report<'_>, q: usize, team: usize) -> TeamPage {
    let assessment = report.assessment;
    let named = &assessment.settings.teams[team];
    // The figures are those of the first framework in which the team is asked anything: the main one for most.
    let asked = |tree: &Tree| tree.overall.counts.applicable() + tree.overall.counts.not_applicable > 0;
    let framework = (0..assessment.frameworks.len()).find(|f| asked(report.team_tree(q, team, *f))).unwrap_or(0);
    let catalog = &assessment.frameworks[framework];
    let tree = report.team_tree(q, team, framework);
    // A quarter in which the team was not asked is no quarter to compare with.
    let earlier = q.checked_sub(1).filter(|q| named.asked_in(report.quarter(*q).quarter));
    let before = earlier.map(|q| report.team_tree(q, team, framework));
    let path = Address::Team(q, team).path(assessment);
    // A Function of which the team is asked nothing has no section.
    let section = |function: usize| {
        let asked = tree.functions[function].counts.applicable() + tree.functions[function].counts.not_applicable > 0;
        if asked { format!("{path}#{}", anchor(catalog, function)) } else { String::new() }
    };
    let members = members::functions(catalog, tree, before, section);
    let ranked = gap::rank(catalog, tree);
    let chapters: Vec<Chapter> = (0..assessment.frameworks.len()).flat_map(|f| chapters(report, q, f, team)).collect();
    let others = (0..assessment.frameworks.len()).filter(|f| *f != framework && asked(report.team_tree(q, team, *f)));
    let others = others.map(|f| {
        let home = if f == 0 { Address::Dashboard(q) } else { Address::Framework(q, f) };
        let link = Link::new("", &assessment.frameworks[f].title, home.path(assessment));
        Other { link, figures: report.figures(&report.team_tree(q, team, f).overall) }
    });
    let items = || chapters.iter().flat_map(|chapter| chapter.answers.iter());
    let quarter = report.quarter(q).quarter;
    let shown = |quarter: Option<Quarter>| quarter.map(|quarter| quarter.to_string()).unwrap_or_default();
    TeamPage {
        name: named.name.clone(),
        framework: if framework == 0 { String::new() } else { catalog.title.clone() },
        asked: named.asked_in(report.quarter(q).quarter),
        since: shown(named.first_quarter.filter(|first| *first > quarter)),
        until: shown(named.last_quarter.filter(|last| *last < quarter)),
        figures: report.figures(&tree.overall),
        before: before.map(|tree| report.figures(&tree.overall)),
        profile: members::profile(report, &format!("{}: score by Function", named.name), "Function", &members),
        levels: members::levels(report, &format!("{}: answers by level", named.name), &members),
        gap_count: ranked.ranked.len(),
        gaps: gaps::rows(report, q, framework, &ranked, tree, TOP_GAPS),
        evidence: items().map(|answer| answer.evidence.len()).sum(),
        stale: items().map(|answer| answer.stale).sum(),
        chapters,
        history: history(report, framework, team),
        spark: spark(report, framework, team),
        making: making::view(report, q, framework, Some(team), Node::Overall),
        others: others.collect(),
    }
}

fn history(report: Report<'_>, framework: usize, team: usize) -> Vec<QuarterRow> {
    let row = |q: usize| QuarterRow {
        quarter: Link::new("", &report.quarter(q).quarter.to_string(), Address::Team(q, team).path(report.assessment)),
        asked: report.assessment.settings.teams[team].asked_in(report.quarter(q).quarter),
        figures: report.figures(&report.team_tree(q, team, framework).overall),
    };
    (0..report.assessment.quarters.len()).map(row).collect()
}

fn spark(report: Report<'_>, framework: usize, team: usize) -> Option<Markup> {
    let quarters = 0..report.assessment.quarters.len();
    let figures: Vec<_> = quarters.map(|q| &report.team_tree(q, team, framework).overall).collect();
    let title = format!("{}: score by quarter", report.assessment.settings.teams[team].name);
    charts::spark(report, &title, &figures)
}

fn chapters(report: Report<'_>, q: usize, framework: usize, team: usize) -> Vec<Chapter> {
    let assessment = report.assessment;
    let catalog = &assessment.frameworks[framework];
    let asked = |control: &usize| assessment.is_asked(report.quarter(q).quarter, framework, *control, team);
    let chapter = |(index, function): (usize, &crate::model::catalog::Function)| {
        let controls: Vec<usize> = catalog.controls_of(index).filter(asked).collect();
        (!controls.is_empty()).then(|| Chapter {
            id: function.id.clone(),
            title: function.title.clone(),
            anchor: anchor(catalog, index),
            answers: controls.into_iter().map(|control| answer::view(report, q, framework, control, team)).collect(),
        })
    };
    catalog.functions.iter().enumerate().filter_map(chapter).collect()
}

/// A Function's section on the page, where two frameworks may hold the same ids.
fn anchor(catalog: &Framework, function: usize) -> String {
    format!("{}-{}", catalog.id, catalog.functions[function].id)
}
