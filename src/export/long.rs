//! The long table: a row for each quarter, framework, control and team, with exact figures, for databases and for sums over many
//! workspaces. `docs/formats/table.md` says what each column holds.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::csv::CellContext;
use crate::base::number::{Level, Mean};
use crate::border::csv::sheet;
use crate::border::{Shown, json};
use crate::model::catalog::Node;
use crate::model::ids::{ControlId, FrameworkId, QuarterId, TeamId};
use crate::model::settings::Hidden;
use crate::score::review::Reviewed;
use crate::score::{Figures, Scored};

/// Which rows of a workspace to print.
#[derive(Clone, Copy, Debug)]
pub struct LongTable<'a> {
    /// The workspace.
    pub scored: &'a Scored,
    /// One quarter alone; `None` for all of them.
    pub quarter: Option<QuarterId>,
    /// Whether each team has rows too. Without them a framework whose teams are not joined has no row.
    pub with_teams: bool,
}

/// The columns, in their order. New ones come only at the end.
pub const COLUMNS: [&str; 36] = [
    "unit",
    "quarter",
    "framework",
    "framework_version",
    "function",
    "category",
    "control",
    "parent",
    "team",
    "scale",
    "rules",
    "policy",
    "sealed",
    "weight",
    "mean",
    "claimed",
    "supported",
    "low",
    "high",
    "floor",
    "target",
    "assessed",
    "applicable",
    "unknown",
    "unanswered",
    "not_applicable",
    "given",
    "carried",
    "targeted",
    "at_target",
    "withheld",
    "overall",
    "minimum_coverage",
    "reviewed",
    "verdicts",
    "reviewed_answers",
];

/// What the cells of a column hold.
#[cfg(feature = "parquet")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ColumnKind {
    Text,
    Figure,
    Count,
    Flag,
}

/// What the cells of the column `name` hold.
#[cfg(feature = "parquet")]
fn kind(name: &str) -> ColumnKind {
    match name {
        "sealed" | "withheld" => ColumnKind::Flag,
        "mean" | "claimed" | "supported" | "low" | "high" | "floor" | "target" | "reviewed" => ColumnKind::Figure,
        "weight" | "assessed" | "applicable" | "unknown" | "unanswered" | "not_applicable" | "given" | "carried"
        | "targeted" | "at_target" | "minimum_coverage" | "verdicts" | "reviewed_answers" => ColumnKind::Count,
        _ => ColumnKind::Text,
    }
}

/// One cell.
#[derive(Serialize)]
#[serde(untagged)]
enum LongCell {
    /// Empty text means that there is none.
    Text(String),
    /// Millionths; `None` where there is no such figure.
    Figure(Option<i64>),
    Count(u32),
    Flag(bool),
}

impl LongCell {
    fn plain(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Figure(figure) => figure.map(|millionths| millionths.to_string()).unwrap_or_default(),
            Self::Count(count) => count.to_string(),
            Self::Flag(flag) => flag.to_string(),
        }
    }
}

/// A row as a JSON object, its keys in the order of the columns.
struct LongRow([LongCell; COLUMNS.len()]);

impl Serialize for LongRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(COLUMNS.len()))?;
        for (name, cell) in COLUMNS.iter().zip(&self.0) {
            map.serialize_entry(name, cell)?;
        }
        map.end()
    }
}

/// The table as CSV.
pub fn csv(table: LongTable<'_>) -> Shown {
    sheet(&COLUMNS, rows(table).map(|row| row.0.into_iter().map(LongCell::plain).collect()))
}

/// The table as JSON, an object a line.
pub fn json_lines(table: LongTable<'_>) -> Shown {
    rows(table).map(|row| json::line(&row)).collect()
}

/// The table as a Parquet file: the same columns in the same order, figures and counts as whole numbers.
#[cfg(feature = "parquet")]
pub fn parquet(table: LongTable<'_>) -> Vec<u8> {
    use crate::border::parquet::{Values, file};

    let mut columns = COLUMNS.map(|name| {
        let values = match kind(name) {
            ColumnKind::Text => Values::Texts(Vec::new()),
            ColumnKind::Figure => Values::Wholes(Vec::new()),
            ColumnKind::Count => Values::Counts(Vec::new()),
            ColumnKind::Flag => Values::Truths(Vec::new()),
        };
        (name, values)
    });
    for row in rows(table) {
        for ((_, values), cell) in columns.iter_mut().zip(row.0) {
            match (values, cell) {
                (Values::Texts(values), LongCell::Text(text)) => values.push(text),
                (Values::Wholes(values), LongCell::Figure(figure)) => values.push(figure),
                (Values::Counts(values), LongCell::Count(count)) => values.push(count.into()),
                (Values::Truths(values), LongCell::Flag(flag)) => values.push(flag),
                (values, _) => unreachable!("a column holds one kind of cells, as {values:?}"),
            }
        }
    }
    file(&columns)
}

/// The frameworks that have no row, although answers in it are asked for, because their teams are not joined.
pub fn left_out(table: LongTable<'_>) -> Vec<&str> {
    let frameworks = table.scored.assessment.frameworks.iter().filter(|framework| framework.team_level);
    frameworks.filter(|_| !table.shows_teams()).map(|framework| framework.id.as_str()).collect()
}

/// The rows, by quarter, framework and control, all teams together before each alone.
fn rows(table: LongTable<'_>) -> impl Iterator<Item = LongRow> {
    let quarters = table.scored.quarters().filter(move |quarter| table.quarter.is_none_or(|only| only == quarter.id));
    quarters.flat_map(move |quarter| {
        let context = CellContext::of(quarter);
        let frameworks = quarter.assessment.frameworks.ids();
        let rows = frameworks.flat_map(move |framework| of_framework(&context, framework, table.shows_teams()));
        rows.collect::<Vec<_>>()
    })
}

impl LongTable<'_> {
    /// Whether there are rows of teams: an edition without names of teams has none.
    fn shows_teams(self) -> bool {
        self.with_teams && !self.scored.assessment.hidden.contains(&Hidden::Teams)
    }
}

fn of_framework(context: &CellContext<'_>, at: FrameworkId, shows_teams: bool) -> Vec<LongRow> {
    let quarter = context.quarter;
    let framework = quarter.framework(at);
    let rules = quarter.comparable(at).sha256;
    let is_listed = move |control: ControlId, team: TeamId| shows_teams && quarter.is_listed(control.of(team));
    let teams =
        |control: ControlId| quarter.teams_asked(control).filter(move |team| is_listed(control, *team)).map(Some);
    let all = (!framework.team_level).then_some(None);
    let of_control = |control: ControlId| all.into_iter().chain(teams(control)).map(move |team| (control, team));
    let row = |(control, team)| of_control_and_team(context, control, team, &rules);
    framework.controls.ids().flat_map(of_control).map(row).collect()
}

fn of_control_and_team(context: &CellContext<'_>, control: ControlId, team: Option<TeamId>, rules: &str) -> LongRow {
    let quarter = context.quarter;
    let framework = quarter.framework(control.framework());
    let named = &framework.controls[control];
    let figures = &quarter.tree(control.framework(), team).controls[control];
    let Figures { counts, .. } = figures;
    let [framework_id, unit, scale, policy] = context.cells(control.framework());
    let category = framework.category_of(control).map(|category| framework.categories[category].id.clone());
    let parent = framework.parent_of(control).map(|parent| framework.controls[parent].id.clone());
    let millionths = |mean: Option<&Mean>| LongCell::Figure(mean.map(Mean::millionths));
    let Reviewed { lowest, verdicts, answers, .. } = quarter.reviewed(Node::Control(control), team);
    LongRow([
        LongCell::Text(unit),
        LongCell::Text(quarter.name().to_string()),
        LongCell::Text(framework_id),
        LongCell::Text(framework.version.clone()),
        LongCell::Text(framework.functions[framework.function_of(control)].id.clone()),
        LongCell::Text(category.unwrap_or_default()),
        LongCell::Text(named.id.clone()),
        LongCell::Text(parent.unwrap_or_default()),
        LongCell::Text(team.map(|team| quarter.team(team).id.clone()).unwrap_or_default()),
        LongCell::Text(scale),
        LongCell::Text(rules.to_owned()),
        LongCell::Text(policy),
        LongCell::Flag(quarter.answers().seal.is_some()),
        LongCell::Count(named.rules.weight),
        // What enters the means above, also where it is not shown: otherwise no sum would agree with them.
        millionths(figures.mean.as_ref()),
        millionths(figures.shown(&figures.claimed)),
        millionths(figures.shown(&figures.supported)),
        millionths(figures.low.as_ref()),
        millionths(figures.high.as_ref()),
        LongCell::Figure(counts.floor.map(Level::millionths)),
        millionths(figures.target.as_ref()),
        LongCell::Count(counts.assessed),
        LongCell::Count(counts.applicable()),
        LongCell::Count(counts.unknown),
        LongCell::Count(counts.unanswered),
        LongCell::Count(counts.not_applicable),
        LongCell::Count(counts.given),
        LongCell::Count(counts.carried),
        LongCell::Count(counts.targeted),
        LongCell::Count(counts.at_target),
        LongCell::Flag(figures.withheld.is_some()),
        LongCell::Text(quarter.settings().scoring.overall.name().to_owned()),
        LongCell::Count(quarter.settings().scoring.minimum_coverage),
        LongCell::Figure(lowest.map(Level::millionths)),
        LongCell::Count(verdicts),
        LongCell::Count(answers),
    ])
}
