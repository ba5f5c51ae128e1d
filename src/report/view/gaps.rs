//! The gap list page: controls below their target, the widest gap first, and controls that cannot be ranked.

use std::collections::BTreeMap;

use serde::Serialize;

use super::figures::{ShownFigures, ShownLevel};
use super::register::{Listing, RegisterPart};
use super::targets::priority;
use super::{Choices, Link, Markup, Report, actions};
use crate::base::number::Mean;
use crate::model::catalog::Node;
use crate::model::community::Community;
use crate::model::ids::{ControlId, FrameworkId, QuarterId};
use crate::model::profile::Priority;
use crate::report::address::{Address, Data, LongPage, QuarterPage};
use crate::score::Tree;
use crate::score::gap::{self, Gap, Gaps};
use crate::score::staircase::{Aim, Raise, climb};

/// The gap list of one quarter.
#[derive(Debug, Serialize)]
pub(super) struct GapsPage {
    figures: ShownFigures,
    gaps: RegisterPart<GapRow>,
    /// Controls that have a target, but too few assessed answers.
    unscored: Vec<Link>,
    /// Controls whose mean meets the target while at least one team is below it.
    hidden: Vec<Link>,
    /// Whether any target is set.
    targets: bool,
    csv: String,
    /// Functions and Categories below their target, with the fewest controls that lift them there.
    stairs: Vec<Stairs>,
    /// The Community Profiles that the list shows.
    sources: Vec<SourceView>,
}

/// Where a Community Profile comes from.
#[derive(Debug, Serialize)]
struct SourceView {
    title: String,
    stage: String,
    source: String,
    sha256: String,
}

/// The fewest controls that lift a Function or a Category to its target.
#[derive(Debug, Serialize)]
struct Stairs {
    /// Whether it is a Function.
    is_function: bool,
    node: Link,
    score: String,
    target: String,
    /// How many controls are needed, or that all are too few.
    needed: String,
    /// Which ones, and which are a choice.
    which: Markup,
}

/// Makes the gap list of quarter `q`.
pub(super) fn view(report: Report<'_>, q: QuarterId) -> GapsPage {
    let quarter = report.quarter(q);
    let tree = quarter.tree(FrameworkId::MAIN, None);
    let gaps = gap::rank(quarter.framework(FrameworkId::MAIN), tree);
    let link = |control: ControlId| report.control_link(q, control);
    let ranked: Vec<ControlId> = gaps.ranked.iter().map(|gap| gap.control).collect();
    let hidden = tree.controls.entries().filter(|(control, figures)| {
        let scored = figures.target.is_some() && figures.shown_mean().is_some();
        scored && figures.counts.at_target < figures.counts.assessed && !ranked.contains(control)
    });
    GapsPage {
        figures: report.figures(q, &tree.overall),
        unscored: gaps.unscored.iter().map(|control| link(*control)).collect(),
        hidden: hidden.map(|(control, _)| link(control)).collect(),
        targets: gaps.targets,
        stairs: stairs(report, q),
        sources: communities(report)
            .map(|one| SourceView {
                title: one.title.clone(),
                stage: one.stage.clone(),
                source: one.source.clone(),
                sha256: one.sha256.clone(),
            })
            .collect(),
        csv: Address::Data(q, Data::GapsCsv).path(report.assessment()),
        gaps: listing(report, q).part(report, LongPage::Quarterly(q, QuarterPage::Gaps), 0),
    }
}

/// The ways of the Functions and Categories of the main framework to their targets.
fn stairs(report: Report<'_>, q: QuarterId) -> Vec<Stairs> {
    let (quarter, strings) = (report.quarter(q), report.strings());
    let catalog = quarter.framework(FrameworkId::MAIN);
    let decimals = quarter.settings().scoring.decimals;
    let number = |mean: &Mean| strings.number(&mean.shown(decimals));
    let nodes = catalog.nodes().filter(|node| matches!(node, Node::Function(_) | Node::Category(_)));
    let row = |node: Node| {
        let stairs = climb(quarter, node, None, Aim::Target).ok().filter(|stairs| stairs.needed != Some(0))?;
        let names = |raises: &[Raise]| -> Vec<String> {
            raises.iter().map(|raise| quarter.control(raise.control).called.name().to_owned()).collect()
        };
        let all = names(stairs.all_of());
        let (any, of) = (stairs.any_of().0, names(stairs.any_of().1));
        let all = (!all.is_empty()).then(|| strings.first_of(&all));
        let values: [(&str, &dyn std::fmt::Display); 3] =
            [("any", &any), ("n", &of.len()), ("controls", &strings.first_of(&of))];
        let any = (!of.is_empty()).then(|| strings.say("staircase.any", &values));
        let which: Vec<String> = all.into_iter().chain(any).collect();
        Some(Stairs {
            is_function: matches!(node, Node::Function(_)),
            node: report.node_link(q, node),
            score: number(&stairs.mean),
            target: number(&stairs.aim),
            needed: match stairs.needed {
                Some(needed) => strings.say("staircase.needed", &[("n", &needed)]),
                None => strings.say("staircase.unreached", &[("score", &number(&stairs.after))]),
            },
            which: report.words(&which.join(&strings.word("format.comma"))),
        })
    };
    nodes.filter_map(row).collect()
}

/// One row of a gap list.
#[derive(Debug, Serialize)]
pub(super) struct GapRow {
    rank: usize,
    control: Link,
    /// What filters call its Function.
    function: String,
    gap: String,
    why: Markup,
    /// How urgent the target is; empty if nobody said.
    priority: String,
    /// What filters call it; nothing if nobody said.
    urgency: &'static str,
    /// What it is sorted by.
    urgency_rank: usize,
    /// What Community Profiles say of it, in their order.
    communities: Vec<CommunityView>,
    /// What filters call their priorities.
    priorities: String,
    due: String,
    /// The same day as filters read it.
    due_iso: String,
    /// Open actions, and exceptions that are in force; each leads to its row.
    plan: Vec<Link>,
    /// What filters call this.
    planned: &'static str,
    /// What filters call the teams whose own level is below the target.
    below: String,
    figures: ShownFigures,
    /// The lowest answers and their teams.
    lowest: Vec<TeamLevel>,
    /// How many more teams have the lowest answer than are listed.
    more_lowest: usize,
}

/// What a Community Profile says of a control.
#[derive(Debug, Serialize)]
struct CommunityView {
    title: String,
    priority: String,
    guidance: Markup,
}

impl GapRow {
    /// Keeps so many of the teams with the lowest answer, and counts the others.
    pub(super) fn keep_lowest(&mut self, most: usize) {
        self.more_lowest = self.lowest.len().saturating_sub(most);
        self.lowest.truncate(most);
    }
}

/// One team's level.
#[derive(Debug, Serialize)]
pub(super) struct TeamLevel {
    team: Link,
    level: ShownLevel,
}

/// The gap list of quarter `q`.
pub(super) fn listing(report: Report<'_>, q: QuarterId) -> Listing<'_, GapRow> {
    let quarter = report.quarter(q);
    let tree = quarter.tree(FrameworkId::MAIN, None);
    let ranked = gap::rank(quarter.framework(FrameworkId::MAIN), tree).ranked;
    let controls: Vec<ControlId> = ranked.iter().map(|gap| gap.control).collect();
    Listing {
        name: "gaps",
        title: report.strings().word("gaps.below"),
        with: columns(report, q, &["lowest", "filters"]),
        len: ranked.len(),
        row: Box::new(move |at| row(report, q, &ranked[at], tree)),
        label: Box::new(move |at| quarter.control(controls[at]).called.name().to_owned()),
        choices: choices(report, q),
        anchor: None,
    }
}

/// These columns of a gap list, and that of priorities, where a target of the quarter has one.
pub(super) fn columns(report: Report<'_>, q: QuarterId, with: &[&'static str]) -> Vec<&'static str> {
    let targets = &report.quarter(q).profile().targets;
    let has_any = targets.all().any(|target| target.priority.is_some());
    let has_community = with.contains(&"filters") && communities(report).next().is_some();
    let optional = [has_any.then_some("priority"), has_community.then_some("community")];
    with.iter().copied().chain(optional.into_iter().flatten()).collect()
}

/// The teams, the plans and the priorities by which a gap list is filtered.
fn choices(report: Report<'_>, q: QuarterId) -> Vec<(&'static str, Choices)> {
    let teams = report.quarter(q).settings().teams.iter().map(|team| (team.id.clone(), team.name.clone()));
    let plan = |(word, key): (&str, &str)| (word.to_owned(), report.strings().word(key));
    let plans =
        [("action", "gaps.with_action"), ("no-action", "gaps.without_action"), ("exception", "gaps.with_exception")];
    let priorities = Priority::ALL.map(|one| (one.name().to_owned(), priority(report, Some(one))));
    vec![
        ("team", teams.collect()),
        ("plan", plans.into_iter().map(plan).collect()),
        ("priority", priorities.into_iter().collect()),
        ("community", community_priorities(report)),
    ]
}

/// The Community Profiles of the main framework.
fn communities(report: Report<'_>) -> impl Iterator<Item = &Community> {
    report.assessment().communities.iter().filter(|community| community.of == FrameworkId::MAIN)
}

/// What filters call a priority of a Community Profile: one word.
fn priority_word(community: &Community, priority: &str) -> String {
    let word: String = priority.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    format!("{}:{}", community.id, word.to_lowercase())
}

/// Every priority of every Community Profile, each once.
fn community_priorities(report: Report<'_>) -> Choices {
    let mut all = BTreeMap::new();
    for community in communities(report) {
        for priority in community.priorities() {
            all.insert(priority_word(community, priority), format!("{}: {priority}", community.title));
        }
    }
    all.into_iter().collect()
}

/// The first `most` rows of the gap list.
pub(super) fn rows(report: Report<'_>, q: QuarterId, gaps: &Gaps, tree: &Tree, most: usize) -> Vec<GapRow> {
    gaps.ranked.iter().take(most).map(|gap| row(report, q, gap, tree)).collect()
}

fn row(report: Report<'_>, q: QuarterId, gap: &Gap, tree: &Tree) -> GapRow {
    let quarter = report.quarter(q);
    let figures = &tree.controls[gap.control];
    let target = quarter.target(gap.control);
    let due = target.and_then(|target| target.due);
    let teams = quarter.teams_asked(gap.control);
    let levels: Vec<_> = teams.filter_map(|team| Some((team, quarter.level(gap.control.of(team))?))).collect();
    let lowest = levels.iter().filter(|(_, level)| figures.counts.floor == Some(*level));
    let below = levels.iter().filter(|(_, level)| target.is_some_and(|target| *level < target.level));
    let below: Vec<&str> = below.map(|(team, _)| quarter.settings().teams[*team].id.as_str()).collect();
    let said: Vec<_> = quarter.said_of(gap.control).collect();
    let words = said.iter().filter(|(_, outcome)| !outcome.priority.is_empty());
    let words: Vec<String> = words.map(|(one, outcome)| priority_word(one, &outcome.priority)).collect();
    let [actions, exceptions] = actions::in_short(report, q, |control| control == gap.control);
    GapRow {
        rank: gap.rank,
        control: report.control_link(q, gap.control),
        function: report.function(q, gap.control),
        gap: report.strings().number(&gap.gap.shown_half_down(quarter.settings().scoring.decimals)),
        why: report.line(target.map_or("", |target| &target.why)),
        priority: priority(report, target.and_then(|target| target.priority)),
        urgency: target.and_then(|target| target.priority).map_or("", Priority::name),
        urgency_rank: Priority::ALL
            .iter()
            .take_while(|one| target.and_then(|target| target.priority) != Some(**one))
            .count(),
        priorities: words.join(" "),
        communities: said
            .into_iter()
            .map(|(one, outcome)| CommunityView {
                title: one.title.clone(),
                priority: outcome.priority.clone(),
                guidance: report.line(&outcome.guidance),
            })
            .collect(),
        due: due.map(|due| report.strings().day(due)).unwrap_or_default(),
        due_iso: due.map(|due| due.to_string()).unwrap_or_default(),
        planned: match (actions.is_empty(), exceptions.is_empty()) {
            (false, true) => "action",
            (false, false) => "action exception",
            (true, true) => "no-action",
            (true, false) => "no-action exception",
        },
        plan: actions.into_iter().chain(exceptions).collect(),
        below: below.join(" "),
        figures: report.figures(q, figures),
        lowest: lowest
            .map(|(team, level)| TeamLevel { team: report.team_link(q, *team), level: report.level(q, *level) })
            .collect(),
        more_lowest: 0,
    }
}
