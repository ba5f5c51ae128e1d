//! JSON for scripts. Levels are whole millionths, so no precision is lost.

use jiff::civil::Date;
use serde::Serialize;
use serde_json::Number;

use super::{ScoreRow, Selection};
use crate::base::number::Mean;
use crate::border::{Shown, json};
use crate::model::catalog::{Framework, Node};
use crate::model::community::{Community, CommunityOutcome};
use crate::model::ids::{Table, TeamId};
use crate::model::plan::{Action, Exception};
use crate::model::profile::Priority;
use crate::model::settings::Team;
use crate::score::gap::Gaps;
use crate::score::review::Reviewed;

#[derive(Serialize)]
struct ScoresJson<'a> {
    quarter: String,
    /// The day of which the figures speak.
    closes: String,
    /// Whether the quarter is still open: then the figures hold if nothing is renewed until that day.
    open: bool,
    framework: &'a str,
    team: Option<&'a str>,
    overall: Option<FiguresJson<'a>>,
    functions: Vec<FiguresJson<'a>>,
    categories: Vec<FiguresJson<'a>>,
    controls: Vec<FiguresJson<'a>>,
}

#[derive(Serialize)]
struct FiguresJson<'a> {
    id: &'a str,
    title: &'a str,
    score: Option<Number>,
    mean: Option<i64>,
    low: Option<i64>,
    high: Option<i64>,
    floor: Option<i64>,
    claimed: Option<i64>,
    supported: Option<i64>,
    unweighted: Option<i64>,
    target: Option<i64>,
    gap: Option<i64>,
    assessed: u32,
    applicable: u32,
    unknown: u32,
    unanswered: u32,
    not_applicable: u32,
    withheld: bool,
    levels: &'a [u32],
    at_target: u32,
    targeted: u32,
    given: u32,
    carried: u32,
    /// Assessed answers with a current item of evidence.
    evidenced: u32,
    /// The control that a sub-control stands under.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<&'a str>,
    /// The lowest level that a reviewer found.
    reviewed: Option<i64>,
    /// How many verdicts there are, and on how many answers.
    verdicts: u32,
    reviewed_answers: u32,
    /// How many of these answers are judged only with their Category.
    reviewed_with_category: u32,
}

/// The scores as `{ quarter, overall, functions: [], categories: [], controls: [] }`. `score` is rounded to the display's
/// decimals and null where it is withheld or nothing is assessed; the other levels are millionths.
pub fn scores(selection: &Selection<'_>) -> Shown {
    let decimals = selection.decimals();
    let mut scores = ScoresJson {
        quarter: selection.quarter.name().to_string(),
        closes: selection.quarter.closes().to_string(),
        open: selection.quarter.is_open(),
        framework: &selection.catalog().id,
        team: selection.only_team().map(|team| team.id.as_str()),
        overall: None,
        functions: Vec::new(),
        categories: Vec::new(),
        controls: Vec::new(),
    };
    for row in selection.rows() {
        let figures = figures(&row, selection, decimals);
        match row.node {
            Node::Framework(_) => scores.overall = Some(figures),
            Node::Function(_) => scores.functions.push(figures),
            Node::Category(_) => scores.categories.push(figures),
            Node::Control(_) => scores.controls.push(figures),
        }
    }
    json::print(&scores)
}

fn figures<'a>(row: &ScoreRow<'a>, selection: &Selection<'a>, decimals: u32) -> FiguresJson<'a> {
    let (figures, catalog) = (row.figures, selection.catalog());
    let Reviewed { lowest, verdicts, answers, with_category, .. } =
        selection.quarter.reviewed(row.node, selection.team);
    let millionths = |mean: &Option<Mean>| mean.as_ref().map(Mean::millionths);
    let shown = |mean: &Option<Mean>| figures.shown(mean).map(Mean::millionths);
    FiguresJson {
        id: row.id,
        title: row.title,
        score: figures.score(decimals).and_then(|score| number(&score)),
        mean: shown(&figures.mean),
        low: millionths(&figures.low),
        high: millionths(&figures.high),
        floor: figures.counts.floor.map(crate::base::number::Level::millionths),
        claimed: shown(&figures.claimed),
        supported: shown(&figures.supported),
        unweighted: shown(&figures.unweighted),
        target: millionths(&figures.target),
        gap: shown(&figures.gap),
        assessed: figures.counts.assessed,
        applicable: figures.counts.applicable(),
        unknown: figures.counts.unknown,
        unanswered: figures.counts.unanswered,
        not_applicable: figures.counts.not_applicable,
        withheld: figures.withheld.is_some(),
        levels: &figures.counts.levels,
        at_target: figures.counts.at_target,
        targeted: figures.counts.targeted,
        given: figures.counts.given,
        carried: figures.counts.carried,
        parent: parent_of(catalog, row.node),
        evidenced: figures.counts.evidenced,
        reviewed: lowest.map(crate::base::number::Level::millionths),
        verdicts,
        reviewed_answers: answers,
        reviewed_with_category: with_category,
    }
}

#[derive(Serialize)]
struct GapList<'a> {
    quarter: String,
    framework: &'a str,
    team: Option<&'a str>,
    gaps: Vec<GapJson<'a>>,
    unscored: Vec<&'a str>,
}

#[derive(Serialize)]
struct GapJson<'a> {
    rank: usize,
    id: &'a str,
    title: &'a str,
    gap: i64,
    score: Option<Number>,
    target: Option<i64>,
    floor: Option<i64>,
    assessed: u32,
    applicable: u32,
    weight: u32,
    /// The teams at the floor.
    lowest: Vec<&'a str>,
    actions: Vec<GapActionJson<'a>>,
    exceptions: Vec<GapExceptionJson<'a>>,
    /// The control that a sub-control stands under.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<&'a str>,
    /// How urgent the target is.
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<&'static str>,
    /// What Community Profiles say of the control.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    communities: Vec<CommunityJson<'a>>,
}

/// What a Community Profile says of a control.
#[derive(Serialize)]
struct CommunityJson<'a> {
    id: &'a str,
    title: &'a str,
    /// Empty if it gives none.
    priority: &'a str,
    /// Markdown; empty if it gives none.
    guidance: &'a str,
}

/// An open action on a gap.
#[derive(Serialize)]
struct GapActionJson<'a> {
    id: &'a str,
    team: &'a str,
    due: String,
    overdue: bool,
}

/// An exception for a gap that holds.
#[derive(Serialize)]
struct GapExceptionJson<'a> {
    id: &'a str,
    team: Option<&'a str>,
    expires: String,
}

impl<'a> GapActionJson<'a> {
    fn of(action: &'a Action, teams: &'a Table<TeamId, Team>, closes: Date) -> Self {
        let (team, overdue) = (&teams[action.answer.team].id, action.is_overdue_on(closes));
        Self { id: &action.id, team, due: action.due.to_string(), overdue }
    }
}

impl<'a> CommunityJson<'a> {
    fn of(community: &'a Community, said: &'a CommunityOutcome) -> Self {
        Self { id: &community.id, title: &community.title, priority: &said.priority, guidance: &said.guidance }
    }
}

impl<'a> GapExceptionJson<'a> {
    fn of(exception: &'a Exception, teams: &'a Table<TeamId, Team>) -> Self {
        let team = exception.team.map(|team| teams[team].id.as_str());
        Self { id: &exception.id, team, expires: exception.expires.to_string() }
    }
}

/// The gap list, the widest gap first; `unscored` are controls with too few assessed answers to compute a gap.
pub fn gaps(selection: &Selection<'_>, gaps: &Gaps) -> Shown {
    let (catalog, quarter) = (selection.catalog(), selection.quarter);
    let (teams, closes) = (&quarter.settings().teams, quarter.closes());
    let action = |action| GapActionJson::of(action, teams, closes);
    let exception = |exception| GapExceptionJson::of(exception, teams);
    let ranked = gaps.ranked.iter().filter(|gap| selection.holds(gap.control)).map(|gap| {
        let control = &catalog.controls[gap.control];
        let figures = &selection.tree().controls[gap.control];
        GapJson {
            rank: gap.rank,
            id: &control.id,
            title: &control.title,
            gap: gap.gap.millionths(),
            score: figures.score(selection.decimals()).and_then(|score| number(&score)),
            target: figures.target.as_ref().map(Mean::millionths),
            floor: figures.counts.floor.map(crate::base::number::Level::millionths),
            assessed: figures.counts.assessed,
            applicable: figures.counts.applicable(),
            weight: control.rules.weight,
            lowest: quarter.at_floor(gap.control, selection.team).map(|team| teams[team].id.as_str()).collect(),
            actions: quarter.open_actions(gap.control, selection.team).map(action).collect(),
            exceptions: quarter.exceptions(gap.control, selection.team).map(exception).collect(),
            parent: parent_of(catalog, Node::Control(gap.control)),
            priority: quarter.target(gap.control).and_then(|target| target.priority).map(Priority::name),
            communities: quarter
                .said_of(gap.control)
                .map(|(community, said)| CommunityJson::of(community, said))
                .collect(),
        }
    });
    let unscored = gaps.unscored.iter().filter(|control| selection.holds(**control));
    json::print(&GapList {
        quarter: selection.quarter.name().to_string(),
        framework: &catalog.id,
        team: selection.only_team().map(|team| team.id.as_str()),
        gaps: ranked.collect(),
        unscored: unscored.map(|control| catalog.controls[*control].id.as_str()).collect(),
    })
}

/// The id of the control that a sub-control stands under.
fn parent_of(catalog: &Framework, node: Node) -> Option<&str> {
    let Node::Control(control) = node else { return None };
    catalog.parent_of(control).map(|parent| catalog.controls[parent].id.as_str())
}

/// A rounded decimal, given as text, as a JSON number.
fn number(text: &str) -> Option<Number> {
    serde_json::from_str(text).ok()
}
