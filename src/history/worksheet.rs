//! Makes worksheets: what a team still owes of a Function, as TOML that is all commented out, ready to be filled in.

use crate::base::link::is_name;
use crate::load::workspace::Workspace;
use crate::model::assessment::{Assessment, InQuarter};
use crate::model::blank;
use crate::model::catalog::{Control, Framework};
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

/// The worksheets of what `team` owes in `quarter`: the controls that it is asked for and has no answer for, of one Function or
/// of all.
pub fn owed(quarter: InQuarter<'_>, team: TeamId, only: Option<FunctionId>) -> Vec<Worksheet> {
    let owes = |control: ControlId| {
        let id = control.of(team);
        quarter.is_asked(id) && quarter.answer(id).is_none()
    };
    worksheets(quarter.assessment, &quarter.name().to_string(), team, |function, control| {
        only.is_none_or(|only| only == function) && owes(control)
    })
}

/// The worksheets of everything that `team` is asked for in the quarter called `name`, by the profile of `quarter`.
pub fn of_new_team(quarter: InQuarter<'_>, name: &str, team: TeamId) -> Vec<Worksheet> {
    let named = quarter.assessment.team(team);
    worksheets(quarter.assessment, name, team, |_, control| {
        let lineage = quarter.framework(control.framework()).lineage(control);
        named.answers_for(lineage) && quarter.exclusion(control).is_none()
    })
}

/// The folder of the quarter called `name`, where its evidence or its own files lie; `None` if it has no file.
pub fn folder_of(workspace: &Workspace, name: &str) -> Option<String> {
    let evidence = workspace.files.keys().filter(|path| workspace.patterns.is_evidence(path));
    let evidence = evidence.filter_map(|path| path.rsplitn(3, '/').nth(2));
    let own = workspace.files.keys().filter_map(|path| workspace.patterns.quarter_folder(path));
    let is_named = |folder: &&str| folder.rsplit('/').next() == Some(name);
    own.chain(evidence).find(is_named).map(str::to_owned)
}

fn worksheets(
    assessment: &Assessment,
    quarter: &str,
    team: TeamId,
    owes: impl Fn(FunctionId, ControlId) -> bool,
) -> Vec<Worksheet> {
    let mut sheets: Vec<Worksheet> = Vec::new();
    for framework in &assessment.frameworks {
        for (function, named) in framework.functions.entries() {
            let controls = framework.controls.ids().filter(|control| framework.function_of(*control) == function);
            let owed: Vec<ControlId> = controls.filter(|control| owes(function, *control)).collect();
            if owed.is_empty() {
                continue;
            }
            let id = if is_name(&named.id) { named.id.clone() } else { format!("{}", sheets.len() + 1) };
            let name = format!("worksheet-{id}.toml");
            let is_taken = sheets.iter().any(|sheet| sheet.name.eq_ignore_ascii_case(&name));
            let name = if is_taken { format!("worksheet-{}-{id}.toml", framework.id) } else { name };
            let mut text = head(assessment, (quarter, team), &named.title, owed.len());
            owed.iter().for_each(|control| text += &table(assessment, framework, *control));
            sheets.push(Worksheet { name, text, answers: owed.len() });
        }
    }
    sheets
}

/// What stands above the tables: what the file is, the scale, and who attests.
fn head(assessment: &Assessment, (quarter, team): (&str, TeamId), function: &str, answers: usize) -> String {
    let team = &assessment.team(team).name;
    let count = if answers == 1 { "1 answer".to_owned() } else { format!("{answers} answers") };
    let mut out = remark(&format!("{function} in {quarter}: {count} that {team} still owes."));
    out += &remark(
        "Take away the `# ` before a table and its lines, and fill it in. What stays a comment stays unanswered.",
    );
    out += &remark(
        "Where nobody knows, write unknown = \"why\"; where it does not apply, not_applicable = \"why\" and approved_by.",
    );
    let scale = &assessment.settings.scale;
    let levels = scale.levels.iter().enumerate();
    for (index, level) in levels {
        out += &remark(&format!("{} {}: {}", scale.whole(index).shown(), level.name, level.criteria));
    }
    out + "\n# [attested]\n# by = \"\"\n# on = \n"
}

/// One control: what it asks for, and its table.
fn table(assessment: &Assessment, framework: &Framework, control: ControlId) -> String {
    let named = &framework.controls[control];
    let mut out = format!("\n{}", remark(&format!("{} {}", named.id, named.title)));
    out += &remark(&named.outcome);
    for example in &named.examples {
        out += &remark(&format!("For example: {example}"));
    }
    out += &criteria(named);
    out + &commented(&blank::answer(assessment, &assessment.settings, named))
}

/// What each level of a measured control requires.
fn criteria(control: &Control) -> String {
    let criteria = control.measure.iter().flat_map(|measure| &measure.criteria);
    let row = |Criterion { level, require }: &Criterion| {
        let asks = require.iter().map(|asked| format!("{} {}", asked.fact, asked.written)).collect::<Vec<_>>();
        remark(&format!("Level {} asks {}", level.shown(), asks.join(", ")))
    };
    criteria.map(row).collect()
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
