//! CSV for spreadsheets. Decimals are rounded as in the report.

use super::{ScoreRow, Selection};
use crate::base::number::{Level, Mean};
use crate::border::Shown;
use crate::border::csv::sheet;
use crate::model::catalog::{Framework, Node};
use crate::model::community::CommunityOutcome;
use crate::model::evidence::Item;
use crate::model::ids::{AnswerId, ControlId, FrameworkId};
use crate::model::plan::Exception;
use crate::model::profile::Priority;
use crate::score::ScoredQuarter;
use crate::score::gap::Gaps;
use crate::score::review::Reviewed;

/// The columns that every sheet has behind its own, so that sheets of several workspaces can be put together.
pub(super) const CONTEXT: [&str; 4] = ["framework", "unit", "scale", "policy"];

/// What the cells of these columns are in a quarter, but for the framework.
pub(super) struct CellContext<'a> {
    pub(super) quarter: ScoredQuarter<'a>,
    /// The organisation, or else the report's title.
    unit: &'a str,
    scale: String,
    /// The digest of the policy.
    policy: String,
}

impl<'a> CellContext<'a> {
    pub(super) fn of(quarter: ScoredQuarter<'a>) -> Self {
        let settings = quarter.settings();
        let unit = if settings.organization.is_empty() { &settings.title } else { &settings.organization };
        Self { quarter, unit, scale: settings.scale.shown(), policy: quarter.policy_digest() }
    }

    pub(super) fn cells(&self, framework: FrameworkId) -> [String; 4] {
        let framework = self.quarter.framework(framework).id.clone();
        [framework, self.unit.to_owned(), self.scale.clone(), self.policy.clone()]
    }
}

/// The team whose figures alone are selected; empty for all teams.
fn team_of(selection: &Selection<'_>) -> String {
    selection.only_team().map(|team| team.id.clone()).unwrap_or_default()
}

/// The id of the control that a sub-control stands under; empty for any other node.
fn parent_of(catalog: &Framework, node: Node) -> String {
    let Node::Control(control) = node else { return String::new() };
    catalog.parent_of(control).map(|parent| catalog.controls[parent].id.clone()).unwrap_or_default()
}

/// The last columns of the scores: the lowest level that a reviewer found, how many verdicts there are, and on how many answers.
const REVIEWED: [&str; 3] = ["reviewed", "verdicts", "reviewed_answers"];

/// A header and the columns of [`CONTEXT`].
fn with_context<'a>(header: &[&'a str]) -> Vec<&'a str> {
    header.iter().copied().chain(CONTEXT).collect()
}

/// The columns of the scores, in front of their context and what reviewers found.
const SCORES: [&str; 25] = [
    "quarter",
    "rank",
    "id",
    "title",
    "score",
    "assessed",
    "applicable",
    "unknown",
    "unanswered",
    "not_applicable",
    "low",
    "high",
    "floor",
    "target",
    "at_target",
    "targeted",
    "gap",
    "claimed",
    "supported",
    "unweighted",
    "given",
    "carried",
    "evidenced",
    "team",
    "parent",
];

/// The scores, one row for each node.
pub fn scores(selection: &Selection<'_>) -> Shown {
    let decimals = selection.decimals();
    let quarter = selection.quarter.name().to_string();
    let context = CellContext::of(selection.quarter);
    let row = |node: &ScoreRow<'_>| {
        let counts = &node.figures.counts;
        let shown = |mean: &Option<Mean>| mean.as_ref().map(|mean| mean.shown(decimals)).unwrap_or_default();
        [quarter.as_str(), node.node.rank(), node.id, node.title]
            .map(str::to_owned)
            .into_iter()
            .chain([node.figures.score(decimals).unwrap_or_default()])
            .chain(
                [counts.assessed, counts.applicable(), counts.unknown, counts.unanswered, counts.not_applicable]
                    .map(|n| n.to_string()),
            )
            .chain([
                shown(&node.figures.low),
                shown(&node.figures.high),
                counts.floor.map(Level::shown).unwrap_or_default(),
            ])
            .chain([shown(&node.figures.target), counts.at_target.to_string(), counts.targeted.to_string()])
            .chain(node.figures.shown_gap(decimals).or_else(|| Some(String::new())))
            .chain(
                [&node.figures.claimed, &node.figures.supported, &node.figures.unweighted]
                    .map(|mean| node.figures.shown(mean).map(|mean| mean.shown(decimals)).unwrap_or_default()),
            )
            .chain([counts.given, counts.carried, counts.evidenced].map(|count| count.to_string()))
            .chain([team_of(selection), parent_of(selection.catalog(), node.node)])
            .chain(context.cells(selection.framework))
            .chain(reviewed(selection, node.node))
            .collect::<Vec<_>>()
    };
    let header: Vec<&str> = with_context(&SCORES).into_iter().chain(REVIEWED).collect();
    sheet(&header, selection.rows().iter().map(row))
}

/// The cells of [`REVIEWED`].
fn reviewed(selection: &Selection<'_>, node: Node) -> [String; 3] {
    let Reviewed { lowest, verdicts, answers, .. } = selection.quarter.reviewed(node, selection.team);
    [lowest.map(Level::shown).unwrap_or_default(), verdicts.to_string(), answers.to_string()]
}

/// The columns of the gap list, in front of its context and the priority of the target.
const GAPS: [&str; 20] = [
    "rank",
    "id",
    "title",
    "function",
    "category",
    "gap",
    "score",
    "target",
    "floor",
    "assessed",
    "applicable",
    "why",
    "due",
    "lowest",
    "below",
    "actions",
    "exceptions",
    "team",
    "quarter",
    "parent",
];

/// The gap list, the widest gap first.
pub fn gaps(selection: &Selection<'_>, gaps: &Gaps) -> Shown {
    let (catalog, quarter) = (selection.catalog(), selection.quarter);
    let context = CellContext::of(quarter);
    let (decimals, teams) = (selection.decimals(), &quarter.settings().teams);
    let rows = gaps.ranked.iter().filter(|gap| selection.holds(gap.control)).map(|gap| {
        let control = &catalog.controls[gap.control];
        let category = catalog.category_of(gap.control);
        let figures = &selection.tree().controls[gap.control];
        let target = quarter.target(gap.control);
        let lowest = quarter.at_floor(gap.control, selection.team);
        let below = quarter.below_target(gap.control, selection.team);
        let actions = quarter.open_actions(gap.control, selection.team);
        let exceptions = quarter.exceptions(gap.control, selection.team);
        vec![
            gap.rank.to_string(),
            control.id.clone(),
            control.title.clone(),
            catalog.functions[catalog.function_of(gap.control)].id.clone(),
            category.map(|category| catalog.categories[category].id.clone()).unwrap_or_default(),
            gap.gap.shown_half_down(decimals),
            figures.score(decimals).unwrap_or_default(),
            figures.target.as_ref().map(|target| target.shown(decimals)).unwrap_or_default(),
            figures.counts.floor.map(Level::shown).unwrap_or_default(),
            figures.counts.assessed.to_string(),
            figures.counts.applicable().to_string(),
            target.map(|target| target.why.clone()).unwrap_or_default(),
            target.and_then(|target| target.due).map(|due| due.to_string()).unwrap_or_default(),
            lowest.map(|team| teams[team].id.as_str()).collect::<Vec<_>>().join("; "),
            below.map(|team| teams[team].id.as_str()).collect::<Vec<_>>().join("; "),
            actions.map(|action| action.in_short(quarter.closes())).collect::<Vec<_>>().join("; "),
            exceptions.map(Exception::in_short).collect::<Vec<_>>().join("; "),
            team_of(selection),
            quarter.name().to_string(),
            parent_of(catalog, Node::Control(gap.control)),
        ]
        .into_iter()
        .chain(context.cells(selection.framework))
        .chain([target.and_then(|target| target.priority).map_or("", Priority::name).to_owned()])
        .chain([communities(quarter, gap.control, |said| &said.priority)])
        .chain([communities(quarter, gap.control, |said| &said.guidance)])
        .collect()
    });
    let mut header = with_context(&GAPS);
    header.extend(["priority", "community_priority", "community_guidance"]);
    sheet(&header, rows)
}

/// What Community Profiles say of a control, each after the profile's id.
fn communities(quarter: ScoredQuarter<'_>, control: ControlId, part: fn(&CommunityOutcome) -> &str) -> String {
    let said = quarter.said_of(control).filter(|(_, said)| !part(said).is_empty());
    said.map(|(community, said)| format!("{}: {}", community.id, part(said))).collect::<Vec<_>>().join("; ")
}

/// The evidence register of a quarter, in the catalog's order.
pub fn evidence(quarter: ScoredQuarter<'_>) -> Shown {
    let header = [
        "control", "team", "kind", "title", "from", "to", "age_days", "stale", "url", "artifact", "sha256", "file",
        "line", "quarter",
    ];
    let context = CellContext::of(quarter);
    let row = |(answer, item): (AnswerId, &Item)| {
        let age = item.period.age(quarter.closes());
        let artifact = item.artifact.as_ref();
        vec![
            quarter.control(answer.control).called.name().to_owned(),
            quarter.assessment.team(answer.team).id.clone(),
            item.kind.name().to_owned(),
            item.title.to_string(),
            item.period.from.to_string(),
            item.period.to.to_string(),
            age.to_string(),
            quarter.is_stale(answer.control, item).to_string(),
            item.url.to_string(),
            artifact.map(|artifact| artifact.path.clone()).unwrap_or_default(),
            artifact.map(|artifact| artifact.sha256.clone()).unwrap_or_default(),
            item.origin.place.path.to_string(),
            item.origin.line.to_string(),
            quarter.name().to_string(),
        ]
        .into_iter()
        .chain(context.cells(answer.control.framework()))
        .collect()
    };
    sheet(&with_context(&header), quarter.all_evidence().map(row))
}
