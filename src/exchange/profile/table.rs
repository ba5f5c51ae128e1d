//! What the profile of a quarter says in each cell.

use super::ProfileColumn;
use crate::base::number::Mean;
use crate::base::text::line;
use crate::border::sheet::cell as cell_of_sheet;
use crate::model::catalog::{Node, TeamRule};
use crate::model::evidence::{Item, Period, State};
use crate::model::ids::{ControlId, FrameworkId};
use crate::model::profile::Priority;
use crate::model::settings::Hidden;
use crate::score::{ScoredQuarter, Withheld};

/// The profile of one quarter.
#[derive(Clone, Debug)]
pub struct ProfileTable {
    /// The rows, in the order of the catalog: each Function before its Categories, each Category before its controls.
    pub rows: Vec<ProfileRow>,
}

/// One outcome.
#[derive(Clone, Debug)]
pub struct ProfileRow {
    /// The Function, Category or control.
    pub node: Node,
    /// The cells, in the order of [`ProfileColumn::ALL`].
    pub cells: [String; 19],
}

impl ProfileRow {
    /// What stands in a column.
    pub fn cell(&self, column: ProfileColumn) -> &str {
        &self.cells[column as usize]
    }
}

impl ProfileTable {
    /// The cells whose texts do not fit into a cell of a spreadsheet and are cut, as `PR.DS-11, Current Internal Practices`.
    pub fn cut(&self) -> Vec<String> {
        let long = |row: &ProfileRow, column: ProfileColumn| cell_of_sheet(row.cell(column)).1;
        let of_row = |row: &ProfileRow| {
            let cut = ProfileColumn::ALL.into_iter().filter(|column| long(row, *column));
            cut.map(|column| format!("{}, {}", row.cell(ProfileColumn::Outcome), column.head())).collect::<Vec<_>>()
        };
        self.rows.iter().flat_map(of_row).collect()
    }
}

/// The profile of `quarter` by the outcomes of `framework`.
pub fn table(quarter: ScoredQuarter<'_>, framework: FrameworkId) -> ProfileTable {
    let catalog = quarter.framework(framework);
    let nodes = catalog.nodes().filter(|node| !matches!(node, Node::Framework(_)));
    let row = |node| ProfileRow { node, cells: ProfileColumn::ALL.map(|column| cell(quarter, node, column)) };
    ProfileTable { rows: nodes.map(row).collect() }
}

fn cell(quarter: ScoredQuarter<'_>, node: Node, column: ProfileColumn) -> String {
    let control = if let Node::Control(control) = node { Some(control) } else { None };
    let of_control = |cell: fn(ScoredQuarter<'_>, ControlId) -> String| {
        control.map(|control| cell(quarter, control)).unwrap_or_default()
    };
    match column {
        ProfileColumn::Outcome => quarter.framework(node.framework()).id_of(node).to_owned(),
        ProfileColumn::Description => description(quarter, node),
        ProfileColumn::Included => {
            of_control(
                |quarter, control| {
                    if left_out(quarter, control).is_some() { "No".to_owned() } else { "Yes".to_owned() }
                },
            )
        }
        ProfileColumn::Rationale => of_control(|quarter, control| left_out(quarter, control).unwrap_or_default()),
        ProfileColumn::Status => status(quarter, node),
        ProfileColumn::Practices => of_control(notes),
        ProfileColumn::CurrentRoles => of_control(roles),
        ProfileColumn::CurrentReferences => of_control(references),
        ProfileColumn::Artifacts => of_control(artifacts),
        ProfileColumn::TargetPriority => {
            quarter.target_at(node).and_then(|target| target.priority).map(priority).unwrap_or_default()
        }
        ProfileColumn::Notes => quarter.target_at(node).map(|target| target.why.clone()).unwrap_or_default(),
        ProfileColumn::Considerations => considerations(quarter, node),
        ProfileColumn::CurrentPriority
        | ProfileColumn::CurrentPolicies
        | ProfileColumn::TargetTier
        | ProfileColumn::TargetPolicies
        | ProfileColumn::TargetPractices
        | ProfileColumn::TargetRoles
        | ProfileColumn::TargetReferences => String::new(),
    }
}

fn description(quarter: ScoredQuarter<'_>, node: Node) -> String {
    let catalog = quarter.framework(node.framework());
    let text = match node {
        Node::Framework(_) => "",
        Node::Function(function) => &catalog.functions[function].purpose,
        Node::Category(category) => &catalog.categories[category].purpose,
        Node::Control(control) => &catalog.controls[control].outcome,
    };
    let title = catalog.title_of(node);
    if text.is_empty() { title.to_owned() } else { format!("{title}: {text}") }
}

/// Why no team is asked for a control; `None` if one is.
fn left_out(quarter: ScoredQuarter<'_>, control: ControlId) -> Option<String> {
    if let Some(exclusion) = quarter.exclusion(control) {
        return Some(exclusion.why.to_string());
    }
    if !quarter.is_in_force(control) {
        return Some(format!("not in force in {}", quarter.name()));
    }
    let reason = |team| {
        let answer = quarter.answer(control.of(team))?;
        let State::NotApplicable { reason, .. } = &answer.state else { return None };
        let reason = if hides(quarter, Hidden::Notes) { "not applicable" } else { reason };
        Some(if hides(quarter, Hidden::Teams) {
            reason.to_owned()
        } else {
            format!("{}: {reason}", quarter.team(team).name)
        })
    };
    let reasons: Option<Vec<String>> = quarter.teams_asked(control).map(reason).collect();
    let mut reasons = reasons.filter(|reasons| !reasons.is_empty())?;
    reasons.dedup();
    Some(reasons.join(PARAGRAPH))
}

/// What stands between two paragraphs of a cell.
const PARAGRAPH: &str = "\n\n";

fn hides(quarter: ScoredQuarter<'_>, hidden: Hidden) -> bool {
    quarter.assessment.hidden.contains(&hidden)
}

/// The score as it is shown elsewhere: `2.5 of 5 (4 of 4 answers; claimed 3)`, or `not shown: 16 of 96 assessed`.
fn status(quarter: ScoredQuarter<'_>, node: Node) -> String {
    let figures = quarter.figures(node, None);
    let (counts, settings) = (&figures.counts, quarter.settings());
    let (assessed, applicable, decimals) = (counts.assessed, counts.applicable(), settings.scoring.decimals);
    if applicable == 0 {
        return String::new();
    }
    if figures.withheld == Some(Withheld::TeamLevel) {
        return format!("not shown: {assessed} of {applicable} assessed, and its teams are not joined");
    }
    let Some(score) = figures.score(decimals) else { return format!("not shown: {assessed} of {applicable} assessed") };
    let other = settings.scoring.score.other();
    let beside =
        figures.mean_of(other).map(|mean| format!("; {} {}", other.title().to_lowercase(), mean.shown(decimals)));
    let top = settings.scale.top().shown();
    let answers = if applicable == 1 { "answer" } else { "answers" };
    format!("{score} of {top} ({assessed} of {applicable} {answers}{})", beside.unwrap_or_default())
}

/// A paragraph for each team that wrote a note.
fn notes(quarter: ScoredQuarter<'_>, control: ControlId) -> String {
    if hides(quarter, Hidden::Notes) {
        return String::new();
    }
    let note = |team| {
        let note = quarter.answer(control.of(team)).map(|answer| answer.note.trim()).filter(|note| !note.is_empty())?;
        Some(if hides(quarter, Hidden::Teams) {
            note.to_owned()
        } else {
            format!("{}: {note}", quarter.team(team).name)
        })
    };
    quarter.teams_asked(control).filter_map(note).collect::<Vec<_>>().join(PARAGRAPH)
}

fn roles(quarter: ScoredQuarter<'_>, control: ControlId) -> String {
    if hides(quarter, Hidden::Teams) {
        return String::new();
    }
    let name = |team| quarter.team(team).name.as_str();
    match quarter.rules(control).team_rule() {
        TeamRule::Owner(owner) => name(owner).to_owned(),
        TeamRule::Mean | TeamRule::Min => quarter.teams_asked(control).map(name).collect::<Vec<_>>().join(", "),
    }
}

fn references(quarter: ScoredQuarter<'_>, control: ControlId) -> String {
    let catalogs = &quarter.framework(control.framework()).references;
    let of_catalog =
        |(key, ids): &(String, Vec<String>)| format!("{}: {}", catalogs.get(key).unwrap_or(key), ids.join(", "));
    quarter.control(control).references.iter().map(of_catalog).collect::<Vec<_>>().join("\n")
}

/// A line for each evidence item of the teams that are asked.
fn artifacts(quarter: ScoredQuarter<'_>, control: ControlId) -> String {
    if hides(quarter, Hidden::Evidence) {
        return String::new();
    }
    let answers = quarter.teams_asked(control).filter_map(|team| quarter.answer(control.of(team)));
    answers.flat_map(|answer| &answer.evidence).map(item_in_line).collect::<Vec<_>>().join("\n")
}

/// `test, 2026-11-18, Restore drill, https://wiki.example.org/drill`.
pub(super) fn item_in_line(item: &Item) -> String {
    let Period { from, to } = item.period;
    let days = if from == to { to.to_string() } else { format!("{from}..{to}") };
    let file = item.artifact.as_ref().map_or("", |artifact| artifact.path.as_str());
    let parts = [item.kind.name(), days.as_str(), &line(&item.title), &item.url, file];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn priority(priority: Priority) -> String {
    match priority {
        Priority::High => "High",
        Priority::Medium => "Medium",
        Priority::Low => "Low",
    }
    .to_owned()
}

fn considerations(quarter: ScoredQuarter<'_>, node: Node) -> String {
    let (figures, decimals) = (quarter.figures(node, None), quarter.settings().scoring.decimals);
    let mean = if matches!(node, Node::Control(_)) { "" } else { "mean " };
    let wanted = figures.target.as_ref().map(|target: &Mean| {
        let gap = figures.shown_gap(decimals).map(|gap| format!(", gap {gap}")).unwrap_or_default();
        format!("{mean}target {}{gap}", target.shown(decimals))
    });
    let planned = if let Node::Control(control) = node { quarter.planned(control, None) } else { Vec::new() };
    wanted.into_iter().chain(planned).collect::<Vec<_>>().join("; ")
}
