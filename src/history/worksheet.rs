//! Makes worksheets: what a team still owes of a Function, as TOML that is all commented out, ready to be filled in.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::base::link::is_name;
use crate::base::quarter::Quarter;
use crate::base::text::line;
use crate::border::toml::quoted;
use crate::load::workspace::Workspace;
use crate::model::assessment::{Assessment, ControlRules, InQuarter};
use crate::model::catalog::Control;
use crate::model::ids::{ControlId, FunctionId, TeamId};
use crate::model::measure::{Criterion, Fact};
use crate::model::settings::Scale;

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

/// The worksheets of what `team` owes in `quarter`: the controls that it is asked for and has no answer for. `only` selects some of
/// the Functions.
pub fn owed(quarter: InQuarter<'_>, team: TeamId, only: impl Fn(FunctionId) -> bool) -> Vec<Worksheet> {
    let owes = |control: ControlId| {
        let id = control.of(team);
        quarter.is_asked(id) && quarter.answer(id).is_none()
    };
    worksheets(quarter.assessment, quarter.name(), team, |function, control| only(function) && owes(control))
}

/// The worksheets of everything that `team` is asked for in the quarter `to`, which is not there yet, by the profile of `newest`.
pub fn of_new_team(newest: InQuarter<'_>, to: Quarter, team: TeamId) -> Vec<Worksheet> {
    worksheets(newest.assessment, to, team, |_, control| {
        newest.assessment.is_asked_in(to, control.of(team)) && newest.exclusion(control).is_none()
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
        let mut text = head(assessment, (quarter, team), &framework.functions[function].title, owed.len());
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
fn head(assessment: &Assessment, (quarter, team): (Quarter, TeamId), function: &str, answers: usize) -> String {
    let team = &assessment.team(team).name;
    let count = if answers == 1 { "1 answer".to_owned() } else { format!("{answers} answers") };
    let mut out = remark(&format!("{function} in {quarter}: {count} that {team} still owes."));
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
    let id = key(named.called.name());
    let _ = writeln!(out, "# [{id}]");
    out += &state(assessment, named, &rules.settings.scale);
    out += "# note = \"\"\"\n# \"\"\"\n# evidence = [\n#   { kind = \"record\", title = \"\", date = , url = \"\" },\n# ]\n";
    out
}

/// What each level of a measured control requires.
fn criteria(rules: ControlRules<'_>) -> String {
    let row = |Criterion { level, require }: &Criterion| {
        let asks = require.iter().map(|asked| format!("{} {}", asked.fact, asked.written)).collect::<Vec<_>>();
        remark(&format!("Level {} asks {}", level.shown(), asks.join(", ")))
    };
    rules.criteria().iter().map(row).collect()
}

/// The lines for the facts, or for the level.
fn state(assessment: &Assessment, control: &Control, scale: &Scale) -> String {
    let facts: Vec<(&String, &Fact)> = control.measure.iter().flat_map(|measure| &measure.facts).collect();
    let (lent, own): (Vec<_>, Vec<_>) = facts.into_iter().partition(|(_, fact)| fact.given_for.is_some());
    let mut out = String::new();
    for (name, fact) in lent {
        let source = fact.given_for.map(|source| assessment.control(source).called.name()).unwrap_or_default();
        out += &remark(&format!("The fact {name} is given with {source}."));
    }
    for (name, fact) in own {
        let means = if fact.means.is_empty() { String::new() } else { format!(": {}", fact.means) };
        out += &remark(&format!("{name}: {}{means}", fact.described()));
        let _ = writeln!(out, "# facts.{} = ", key(name));
    }
    if !control.is_measured() {
        out += &match scale.dimensions.as_slice() {
            [] => "# level = \n".to_owned(),
            dimensions => {
                let each: Vec<String> = dimensions.iter().map(|of| format!("{} = ", key(&of.name))).collect();
                format!("# level = {{ {} }}\n", each.join(", "))
            }
        };
    }
    out
}

/// The widest line of a remark, in characters.
const WIDTH: usize = 118;

/// A text as lines that stay comments when tables are uncommented: each starts with `##`.
fn remark(text: &str) -> String {
    let mut out = String::new();
    let mut row = String::new();
    for word in line(text).split_whitespace() {
        if !row.is_empty() && row.chars().count() + 1 + word.chars().count() > WIDTH {
            let _ = writeln!(out, "##{row}");
            row.clear();
        }
        row.push(' ');
        row.push_str(word);
    }
    if !row.is_empty() {
        let _ = writeln!(out, "##{row}");
    }
    out
}

/// An id as a key: bare where TOML allows it, with dots as in catalogs.
fn key(id: &str) -> String {
    let is_bare = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    if id.split('.').all(is_bare) { id.to_owned() } else { quoted(id) }
}
