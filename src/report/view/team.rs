//! The page of a team: what it has to do, its profile, its widest gaps, and every answer that it gave or still owes.

use serde::Serialize;

use super::actions::{self, PlanView};
use super::answer::{self, AnswerView};
use super::calculation::{self, Calculation};
use super::figures::ShownFigures;
use super::parts::{self, Levels, PartsKind, PartsProfile};
use super::rows::Rows;
use super::todo::{self, TodoView};
use super::{Link, Markup, Report, charts, gaps};
use crate::base::quarter::Quarter;
use crate::model::catalog::{Framework, Node};
use crate::model::ids::{ControlId, FrameworkId, FunctionId, QuarterId, TeamId};
use crate::model::settings::Team;
use crate::model::strings::Strings;
use crate::report::address::{Address, QuarterPage};
use crate::score::{ScoredQuarter, Tree, gap};

/// The page of one team.
#[derive(Debug, Serialize)]
pub(super) struct TeamPage {
    name: String,
    /// The framework of the figures, if it is not the main one.
    framework: String,
    asked: bool,
    /// That the team is not asked in this quarter, and when it is or was.
    not_asked: String,
    /// Where the team was asked last; `None` if it is asked, or was asked in no quarter before.
    last_answers: Option<Link>,
    /// The team that answers in its place; `None` if there is none, or several.
    followed_by: Option<Link>,
    /// What the team has to do.
    todo: TodoView,
    figures: ShownFigures,
    before: Option<ShownFigures>,
    profile: PartsProfile,
    levels: Levels,
    /// Every quarter's figures, oldest first.
    history: Vec<TeamQuarter>,
    /// The score over the quarters as a line; `None` with fewer than two.
    spark: Option<Markup>,
    calculation: Calculation,
    /// The other frameworks that ask the team anything.
    others: Vec<OtherFigures>,
    gaps: Vec<gaps::GapRow>,
    /// The columns of the gap list that not every one has.
    gap_columns: Vec<&'static str>,
    gap_count: usize,
    /// The team's open actions, and the exceptions that speak of it.
    plan: PlanView,
    chapters: Vec<AnswerChapter>,
    evidence: usize,
    stale: usize,
}

/// A quarter and the team's figures in it.
#[derive(Debug, Serialize)]
pub(super) struct TeamQuarter {
    quarter: Link,
    asked: bool,
    figures: ShownFigures,
}

/// The team's figures in a framework other than the one that its page shows.
#[derive(Debug, Serialize)]
pub(super) struct OtherFigures {
    link: Link,
    figures: ShownFigures,
}

/// The team's answers for one Function.
#[derive(Debug, Serialize)]
pub(super) struct AnswerChapter {
    id: String,
    title: String,
    /// Unique on the page.
    anchor: String,
    answers: Rows<AnswerView>,
}

/// How many gaps a team's page lists.
const TOP_GAPS: usize = 10;

/// Makes the page of a team in quarter `q`.
pub(super) fn view(report: Report<'_>, q: QuarterId, team: TeamId) -> TeamPage {
    let (assessment, quarter) = (report.assessment(), report.quarter(q));
    let named = &quarter.settings().teams[team];
    // The figures are for the first framework that asks the team anything: for most teams, the main one.
    let asked = |framework: &FrameworkId| is_asked_of(quarter.tree(*framework, Some(team)));
    let framework = assessment.frameworks.ids().find(asked).unwrap_or(FrameworkId::MAIN);
    let catalog = quarter.framework(framework);
    let tree = quarter.tree(framework, Some(team));
    // Do not compare with a quarter in which the team was not asked.
    let asks = |quarter: &ScoredQuarter<'_>| quarter.settings().teams[quarter.team_here(team)].asked_in(quarter.name());
    let earlier = quarter.before_on_this_scale().filter(asks);
    let before = earlier.map(|earlier| earlier.tree(framework, Some(earlier.team_here(team))));
    let path = Address::Team(q, team).path(assessment);
    // A Function that asks the team nothing has no section.
    let section = |function: FunctionId| {
        let counts = &tree.functions[function].counts;
        let asked = counts.applicable() + counts.not_applicable > 0;
        if asked { format!("{path}#{}", anchor(catalog, function)) } else { String::new() }
    };
    let parts = parts::functions(catalog, tree, before, section);
    let ranked = gap::rank(catalog, tree);
    let chapters: Vec<AnswerChapter> =
        assessment.frameworks.ids().flat_map(|framework| chapters(report, q, framework, team)).collect();
    let others = assessment.frameworks.ids().filter(|other| *other != framework && asked(other));
    let items = || chapters.iter().flat_map(|chapter| chapter.answers.iter());
    TeamPage {
        name: named.name.clone(),
        framework: if framework == FrameworkId::MAIN { String::new() } else { catalog.title.clone() },
        asked: named.asked_in(quarter.name()),
        not_asked: not_asked(report.strings(), named, quarter.name()),
        last_answers: last_answers(report, q, team),
        followed_by: followed_by(report, q, team),
        todo: todo::view(report, q, team),
        figures: report.figures(q, &tree.overall),
        before: before.map(|tree| report.figures(q, &tree.overall)),
        profile: parts::profile(
            report,
            q,
            &PartsKind::Functions.chart_title(report.strings(), &named.name),
            PartsKind::Functions,
            &parts,
        ),
        levels: parts::levels(report, q, &report.strings().say("levels.title_of", &[("name", &named.name)]), &parts),
        plan: actions::plan(report, q, Some(team), |_| true),
        gap_count: ranked.ranked.len(),
        gap_columns: gaps::columns(report, q, &[]),
        gaps: gaps::rows(report, q, &ranked, tree, TOP_GAPS),
        evidence: items().map(|answer| answer.evidence.len()).sum(),
        stale: items().map(|answer| answer.stale).sum(),
        chapters,
        history: history(report, q, framework, team),
        spark: spark(report, q, framework, team),
        calculation: calculation::view(report, q, Some(team), Node::Framework(framework)),
        others: others.map(|framework| other(report, quarter, framework, team)).collect(),
    }
}

/// That a team is not asked in a quarter, and its first quarter if that is to come, or its last one if that has passed.
fn not_asked(strings: &Strings, team: &Team, quarter: Quarter) -> String {
    let first = team.first_quarter.filter(|first| *first > quarter);
    let last = team.last_quarter.filter(|last| *last < quarter);
    match (first, last) {
        (Some(first), _) => strings.say("team.not_asked_since", &[("quarter", &quarter), ("first", &first)]),
        (None, Some(last)) => strings.say("team.not_asked_until", &[("quarter", &quarter), ("last", &last)]),
        (None, None) => strings.say("team.not_asked", &[("quarter", &quarter)]),
    }
}

/// The page of the last quarter before `q` in which the team was asked.
fn last_answers(report: Report<'_>, q: QuarterId, team: TeamId) -> Option<Link> {
    let asks = |quarter: &ScoredQuarter<'_>| quarter.settings().teams[team].asked_in(quarter.name());
    let last = report.scored.quarters().rev().skip_while(|quarter| quarter.id >= q).find(asks)?;
    let page = Address::Team(last.id, team).path(report.assessment());
    Some(Link::new("", &last.name().to_string(), page))
}

/// The team that answers in `q` in the place of this one.
fn followed_by(report: Report<'_>, q: QuarterId, team: TeamId) -> Option<Link> {
    let here = report.quarter(q).team_here(team);
    (here != team).then(|| report.team_link(q, here))
}

/// Whether a team is asked anything that this tree counts.
fn is_asked_of(tree: &Tree) -> bool {
    tree.overall.counts.applicable() + tree.overall.counts.not_applicable > 0
}

fn other(report: Report<'_>, quarter: ScoredQuarter<'_>, framework: FrameworkId, team: TeamId) -> OtherFigures {
    let home = match framework {
        FrameworkId::MAIN => Address::Quarterly(quarter.id, QuarterPage::Dashboard),
        _ => Address::Framework(quarter.id, framework),
    };
    OtherFigures {
        link: Link::new("", &quarter.framework(framework).title, home.path(report.assessment())),
        figures: report.figures(quarter.id, &quarter.tree(framework, Some(team)).overall),
    }
}

fn history(report: Report<'_>, q: QuarterId, framework: FrameworkId, team: TeamId) -> Vec<TeamQuarter> {
    let row = |quarter: ScoredQuarter<'_>| {
        let team = quarter.team_here(team);
        let page = Address::Team(quarter.id, team).path(report.assessment());
        TeamQuarter {
            quarter: Link::new("", &quarter.name().to_string(), page),
            asked: quarter.settings().teams[team].asked_in(quarter.name()),
            figures: report.figures(quarter.id, &quarter.tree(framework, Some(team)).overall),
        }
    };
    report.scored.quarters_near(q).map(row).collect()
}

fn spark(report: Report<'_>, q: QuarterId, framework: FrameworkId, team: TeamId) -> Option<Markup> {
    let quarters = report.scored.quarters_near(q);
    let points: Vec<_> =
        quarters.map(|quarter| (quarter, &quarter.tree(framework, Some(quarter.team_here(team))).overall)).collect();
    let title = report.strings().say("chart.by_quarter_of", &[("name", &report.assessment().team(team).name)]);
    charts::spark(report, report.quarter(q), &title, &points)
}

fn chapters(report: Report<'_>, q: QuarterId, framework: FrameworkId, team: TeamId) -> Vec<AnswerChapter> {
    let quarter = report.quarter(q);
    let catalog = quarter.framework(framework);
    let chapter = |id: FunctionId| {
        let function = &catalog.functions[id];
        let asked = function.controls.iter().filter(|control| quarter.is_listed(control.of(team)));
        let controls: Vec<ControlId> = asked.collect();
        (!controls.is_empty()).then(|| AnswerChapter {
            id: function.id.clone(),
            title: function.title.clone(),
            anchor: anchor(catalog, id),
            answers: controls.into_iter().map(|control| answer::view(report, q, control.of(team))).collect(),
        })
    };
    catalog.functions.ids().filter_map(chapter).collect()
}

/// The anchor of a Function's section. It names the framework, because two frameworks may hold the same ids.
fn anchor(catalog: &Framework, function: FunctionId) -> String {
    format!("{}-{}", catalog.id, catalog.functions[function].called.slug())
}
