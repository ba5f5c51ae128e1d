//! An assessment in, the index of the report's search out: a script that holds rows and nothing else.

use serde::Serialize;

use crate::base::text::line;
use crate::border::script;
use crate::model::assessment::Assessment;
use crate::report::address::Address;

/// Kind, id, title, address, and further words to be found by.
#[derive(Serialize)]
struct Row(&'static str, String, String, String, String);

/// The index of the newest quarter, as a script: a page that is opened from a folder may load a script, but no data.
pub fn index(assessment: &Assessment) -> String {
    let mut rows = frameworks(assessment);
    rows.extend(teams(assessment));
    rows.extend(evidence(assessment));
    rows.extend(actions(assessment));
    let guide = |(at, guide): (usize, &crate::model::assessment::Guide)| {
        row(assessment, "Guide", ("", &guide.title), Address::Guide(at), &guide.summary)
    };
    rows.extend(assessment.guides.iter().enumerate().map(guide));
    format!("window.milepostIndex = {};\n", script::rows(&rows))
}

fn row(assessment: &Assessment, kind: &'static str, (id, title): (&str, &str), at: Address, more: &str) -> Row {
    Row(kind, line(id), line(title), at.href(assessment), line(more))
}

fn frameworks(assessment: &Assessment) -> Vec<Row> {
    let q = assessment.newest();
    let mut rows = Vec::new();
    for (f, framework) in assessment.frameworks.iter().enumerate() {
        if f > 0 {
            let named = (framework.id.as_str(), framework.title.as_str());
            rows.push(row(assessment, "Framework", named, Address::Framework(q, f), ""));
        } else {
            let function = |(at, function): (usize, &crate::model::catalog::Function)| {
                row(assessment, "Function", (&function.id, &function.title), Address::Function(q, at), "")
            };
            rows.extend(framework.functions.iter().enumerate().map(function));
        }
        let control = |(at, control): (usize, &crate::model::catalog::Control)| {
            row(assessment, "Control", (&control.id, &control.title), Address::Control(q, f, at), &control.outcome)
        };
        rows.extend(framework.controls.iter().enumerate().map(control));
    }
    rows
}

fn teams(assessment: &Assessment) -> impl Iterator<Item = Row> {
    let teams = assessment.settings.teams.iter().enumerate();
    let q = assessment.newest();
    teams.map(move |(at, team)| row(assessment, "Team", ("", &team.name), Address::Team(q, at), &team.id))
}

/// Each item once a control, whichever team gives it.
fn evidence(assessment: &Assessment) -> Vec<Row> {
    let q = assessment.newest();
    let mut rows = Vec::new();
    for (f, c, team, answer) in assessment.answers(q) {
        let control = assessment.control(f, c);
        let team = &assessment.settings.teams[team].name;
        rows.extend(
            answer
                .evidence
                .iter()
                .map(|item| row(assessment, "Evidence", (&control.id, &item.title), Address::Control(q, f, c), team)),
        );
    }
    rows
}

fn actions(assessment: &Assessment) -> impl Iterator<Item = Row> {
    let q = assessment.newest();
    assessment.plan.actions.iter().map(move |action| {
        let control = &assessment.control(action.control.0, action.control.1).id;
        row(
            assessment,
            "Action",
            (&action.id, &action.title),
            Address::Actions(q),
            &format!("{control} {}", action.owner),
        )
    })
}
