//! Makes the index for the report's search: a script that holds only rows of data.

use serde::Serialize;

use crate::base::text::line;
use crate::border::script;
use crate::model::assessment::InQuarter;
use crate::model::ids::FrameworkId;
use crate::report::address::{Address, QuarterPage};

/// Kind, id, title, address, and more words that find the row.
#[derive(Serialize)]
struct SearchRow(String, String, String, String, String);

/// The index of a quarter, as a script: a page opened from a folder may load a script, but no data.
pub fn index(quarter: InQuarter<'_>) -> String {
    let rows =
        nodes(quarter).chain(teams(quarter)).chain(evidence(quarter)).chain(actions(quarter)).chain(guides(quarter));
    format!("window.milepostIndex = {};\n", script::rows(rows))
}

/// A row; `kind` is the key of the word for it.
fn row(quarter: InQuarter<'_>, kind: &str, (id, title): (&str, &str), at: Address, more: &str) -> SearchRow {
    SearchRow(quarter.assessment.strings.word(kind), line(id), line(title), at.href(quarter.assessment), line(more))
}

/// The Functions of the main framework, the other frameworks, and the controls of all.
fn nodes(quarter: InQuarter<'_>) -> impl Iterator<Item = SearchRow> {
    quarter.assessment.frameworks.iter().flat_map(move |framework| {
        let is_main = framework.at == FrameworkId::MAIN;
        let functions = framework.functions.entries().filter(move |_| is_main).map(move |(id, function)| {
            row(quarter, "column.function", (&function.id, &function.title), Address::Function(quarter.id, id), "")
        });
        let controls = framework.controls.entries().map(move |(id, control)| {
            row(
                quarter,
                "column.control",
                (control.called.name(), &control.title),
                Address::Control(quarter.id, id),
                &control.outcome,
            )
        });
        let whole = (!is_main).then(|| {
            row(
                quarter,
                "column.framework",
                (&framework.id, &framework.title),
                Address::Framework(quarter.id, framework.at),
                "",
            )
        });
        whole.into_iter().chain(functions).chain(controls)
    })
}

fn teams(quarter: InQuarter<'_>) -> impl Iterator<Item = SearchRow> {
    let teams = quarter.settings().teams.entries();
    teams.map(move |(id, team)| row(quarter, "column.team", ("", &team.name), Address::Team(quarter.id, id), &team.id))
}

/// Each evidence item once for each control, whichever team provides it.
fn evidence(quarter: InQuarter<'_>) -> impl Iterator<Item = SearchRow> {
    quarter.all_evidence().map(move |(answer, item)| {
        let control = quarter.control(answer.control).called.name();
        let team = &quarter.assessment.team(answer.team).name;
        row(quarter, "column.evidence", (control, &item.title), Address::Control(quarter.id, answer.control), team)
    })
}

fn actions(quarter: InQuarter<'_>) -> impl Iterator<Item = SearchRow> {
    let at = Address::Quarterly(quarter.id, QuarterPage::Actions);
    quarter.assessment.plan.actions.iter().map(move |action| {
        let more = format!("{} {}", quarter.control(action.answer.control).called.name(), action.owner);
        row(quarter, "column.action", (&action.id, &action.title), at, &more)
    })
}

fn guides(quarter: InQuarter<'_>) -> impl Iterator<Item = SearchRow> {
    let guides = quarter.assessment.guides.entries();
    guides.map(move |(id, guide)| row(quarter, "column.guide", ("", &guide.title), Address::Guide(id), &guide.summary))
}
