//! Makes worksheets: what a team still owes of a Function, as TOML that is all commented out, ready to be filled in.

use std::collections::BTreeSet;

use crate::base::link::is_name;
use crate::base::number::counted;
use crate::base::quarter::Quarter;
use crate::model::assessment::{Assessment, ControlRules, InQuarter};
use crate::model::blank;
use crate::model::ids::{ControlId, FunctionId, TeamId};
use crate::model::measure::Criterion;

/// One worksheet, not written yet.
#[derive(Clone, Debug)]
pub struct Worksheet {
    /// The file's name, for example `worksheet-PR.toml`.
    pub name: String,
    /// The file's text.
    pub text: String,
    /// How many answers it asks for.
    pub answers: usize,
}

/// Whether a file of this name was made by this module.
pub fn is_worksheet(name: &str) -> bool {
    name.starts_with("worksheet-")
}

/// The worksheets of what `team` owes in `quarter`: the answers that it has not given. `only` selects some of the Functions.
pub fn owed(quarter: InQuarter<'_>, team: TeamId, only: impl Fn(FunctionId) -> bool) -> Vec<Worksheet> {
    let owes = |control: ControlId| {
        let id = control.of(team);
        quarter.is_owed(id) && quarter.answer(id).is_none()
    };
    worksheets(quarter.assessment, quarter.name(), team, |function, control| only(function) && owes(control))
}

/// The worksheets of everything that `team` owes in the quarter `to`, which is not there yet, by the profile of `newest`.
pub fn of_new_team(newest: InQuarter<'_>, to: Quarter, team: TeamId) -> Vec<Worksheet> {
    worksheets(newest.assessment, to, team, |_, control| {
        newest.assessment.is_owed_in(to, control.of(team)) && newest.exclusion(control).is_none()
    })
}

fn worksheets(
    assessment: &Assessment,
    quarter: Quarter,
    team: TeamId,
    owes: impl Fn(FunctionId, ControlId) -> bool,
) -> Vec<Worksheet> {
    let mut sheets: Vec<Worksheet> = Vec::new();
    let settings = assessment.settings_in(quarter);
    let frameworks = assessment.frameworks_in(quarter);
    for (function, name) in names(assessment) {
        let framework = &frameworks[function.framework()];
        let controls = framework.controls.ids().filter(|control| framework.function_of(*control) == function);
        let owed: Vec<ControlId> = controls.filter(|control| owes(function, *control)).collect();
        if owed.is_empty() {
            continue;
        }
        let mut text = head(assessment, quarter, team, &framework.functions[function].title, owed.len());
        let rules = |control: &ControlId| ControlRules { settings, control: &framework.controls[*control], quarter };
        owed.iter().for_each(|control| text += &table(assessment, rules(control)));
        sheets.push(Worksheet { name, text, answers: owed.len() });
    }
    sheets
}

/// The name of each Function's worksheet, whatever is owed: made of its id, or else of its framework's and its own, or else of its
/// place.
fn names(assessment: &Assessment) -> Vec<(FunctionId, String)> {
    let functions = assessment.frameworks.iter().flat_map(|framework| {
        framework.functions.entries().map(move |(at, function)| (at, &framework.id, &function.id))
    });
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let name = |(number, (at, framework, id)): (usize, (FunctionId, &String, &String))| {
        let named = [id.clone(), format!("{framework}-{id}")].into_iter().filter(|_| is_name(id));
        let free = named.chain([(number + 1).to_string()]).find(|name| taken.insert(name.to_lowercase()));
        (at, format!("worksheet-{}.toml", free.unwrap_or_default()))
    };
    functions.enumerate().map(name).collect()
}

/// What stands above the tables: what the file is, the scale, and who attests.
fn head(assessment: &Assessment, quarter: Quarter, team: TeamId, function: &str, answers: usize) -> String {
    let team = &assessment.team(team).name;
    let mut out = remark(&format!("{function} in {quarter}: {} that {team} still owes.", counted(answers, "answer")));
    out += &remark(
        "Take away the `# ` before a table and its lines, and fill it in. What stays a comment stays unanswered.",
    );
    out += &remark(
        "Where nobody knows, write unknown = \"why\"; where it does not apply, not_applicable = \"why\" and approved_by.",
    );
    let scale = &assessment.settings_in(quarter).scale;
    let levels = scale.levels.iter().enumerate();
    for (index, level) in levels {
        out += &remark(&format!("{} {}: {}", scale.whole(index).shown(), level.name, level.criteria));
    }
    out += &remark(
        "Who stands behind these answers is named once below; a table may name somebody else for itself: attested = { by = \"\", on = }.",
    );
    out + "\n# [attested]\n# by = \"\"\n# on = \n"
}

/// One control: what it asks for, and its table.
fn table(assessment: &Assessment, rules: ControlRules<'_>) -> String {
    let named = rules.control;
    let mut out = format!("\n{}", remark(&format!("{} {}", named.id, named.title)));
    out += &remark(&named.outcome);
    for example in &named.examples {
        out += &remark(&format!("For example: {example}"));
    }
    out += &criteria(rules);
    out + &commented(&blank::answer(assessment, rules.settings, named))
}

/// What each level of a measured control requires.
fn criteria(rules: ControlRules<'_>) -> String {
    let row = |Criterion { level, require }: &Criterion| {
        let asks = require.iter().map(|asked| format!("{} {}", asked.fact, asked.written)).collect::<Vec<_>>();
        remark(&format!("Level {} asks {}", level.shown(), asks.join(", ")))
    };
    rules.criteria().iter().map(row).collect()
}

/// A text as lines that stay comments when tables are uncommented: each starts with `##`.
fn remark(text: &str) -> String {
    commented(&blank::remark(text))
}

/// `text` as comments: `# ` before each line, and `#` before what is a comment already.
fn commented(text: &str) -> String {
    let comment = |line: &str| format!("#{}{line}\n", if line.starts_with('#') { "" } else { " " });
    text.lines().map(comment).collect()
}
