//! `milepost explain`: how one number was made.

use std::path::Path;

use clap::ValueEnum;

use super::Output;
use super::select::{Selector, position};
use super::source::{Assessed, Source};
use crate::base::place::Origin;
use crate::border::{Shown, json};
use crate::diagnostic::Colour;
use crate::history::provenance::Trace;
use crate::score::explain::{Explanation, Formula, Input, Node, Subject, explain};

/// Show how a number was made: its rule with its values, what went in and what was left out.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A control, Category, Function or framework, by its id; `overall` for the whole report.
    #[arg(value_name = "ID")]
    id: String,
    /// The quarter, as in 2026-Q3; the newest by default.
    #[arg(long, value_name = "QUARTER")]
    quarter: Option<String>,
    /// One team alone, by its id; all teams together by default.
    #[arg(long, value_name = "ID")]
    team: Option<String>,
    #[command(flatten)]
    source: Source,
    /// How to print the explanation.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// For people.
    #[default]
    Text,
    /// The same as JSON.
    Json,
}

pub(super) fn run(root: &Path, args: &Args, colour: Colour) -> Output {
    let assessed = match args.source.assess(root, colour) {
        Ok(assessed) => assessed,
        Err(output) => return output,
    };
    let Assessed { assessment, remarks, .. } = &assessed;
    let scorecard = crate::score::score(assessment);
    let selector = Selector::of(args.quarter.clone(), args.team.clone());
    let found = selector.select(assessment, &scorecard).and_then(|selection| {
        let (framework, node) = node(&assessment.frameworks, &args.id)?;
        let (quarter, team) = (selection.quarter, selection.team);
        Ok(Subject { assessment, scorecard: &scorecard, quarter, framework, team, node })
    });
    match found {
        Ok(subject) => {
            let mut explanation = explain(subject);
            say_who(&mut explanation, subject, &assessed, root);
            let result = match args.format {
                Format::Text => print(&explanation),
                Format::Json => json::print(&explanation),
            };
            Output::result(result, remarks.clone())
        }
        Err(why) => Output::usage(remarks.clone() + &Shown::error(&why)),
    }
}

/// Notes who last changed each answer for a control, if that is known.
fn say_who(explanation: &mut Explanation, subject: Subject<'_>, assessed: &Assessed, root: &Path) {
    let Node::Control(control) = subject.node else { return };
    let teams = 0..subject.assessment.settings.teams.len();
    let quarter = &subject.assessment.quarters[subject.quarter];
    let answers = teams.filter_map(|team| quarter.answer(subject.framework, control, team));
    let origins: Vec<&Origin> = answers.map(|answer| &answer.origin).collect();
    let Some(provenance) = assessed.provenance(root, origins.iter().copied()) else { return };
    for input in explanation.inputs.iter_mut().chain(&mut explanation.excluded) {
        let origin = origins.iter().find(|origin| origin.shown() == input.at);
        input.notes.extend(origin.and_then(|origin| provenance.trace(origin)).map(Trace::told));
    }
}

/// The node that `id` names.
fn node(frameworks: &[crate::model::catalog::Framework], id: &str) -> Result<(usize, Node), String> {
    if id.eq_ignore_ascii_case("overall") {
        return Ok((0, Node::Overall));
    }
    let mut nodes: Vec<(String, (usize, Node))> = Vec::new();
    for (index, framework) in frameworks.iter().enumerate() {
        let functions = framework.functions.iter().enumerate().map(|(f, named)| (&named.id, Node::Function(f)));
        let categories = framework.categories.iter().enumerate().map(|(c, named)| (&named.id, Node::Category(c)));
        let controls = framework.controls.iter().enumerate().map(|(c, named)| (&named.id, Node::Control(c)));
        let all = std::iter::once((&framework.id, Node::Overall)).chain(functions).chain(categories).chain(controls);
        nodes.extend(all.map(|(id, node)| (id.clone(), (index, node))));
    }
    // There are too many ids to list them all.
    let none = || format!("no catalog of this workspace holds `{id}`; ids look like GV, PR.DS or PR.DS-11");
    Ok(nodes[position("id", id, nodes.iter().map(|(named, _)| named.as_str()), none)?].1)
}

fn print(explanation: &Explanation) -> Shown {
    let Explanation { id, title, quarter, team, score, withheld, rule, formula, rounding, inputs, excluded, beside } =
        explanation;
    let team = team.as_ref().map(|team| format!(", {team}")).unwrap_or_default();
    let shown = score.as_deref().unwrap_or(withheld);
    let mut out = Shown::line(&format!("{id} {title}, {quarter}{team}: {shown}")) + &Shown::line("");
    out += &paragraph("Rule", rule);
    if let Some(formula) = formula {
        out += &paragraph("Formula", &equation(formula));
    }
    if !rounding.is_empty() {
        out += &paragraph("Shown", rounding);
    }
    out += &list("What went in", inputs);
    out += &list("What did not", excluded);
    out += &Shown::lines("\nBeside it");
    for row in beside {
        let made = row.formula.as_ref().filter(|formula| formula.text != formula.value);
        let made = made.map(|formula| format!(", from {}", equation(formula))).unwrap_or_default();
        out += &Shown::line(&format!("  {}: {}{made}", row.name, row.shown));
    }
    out
}

fn equation(formula: &Formula) -> String {
    if formula.text == formula.value { formula.value.clone() } else { format!("{} = {}", formula.text, formula.value) }
}

fn paragraph(name: &str, text: &str) -> Shown {
    Shown::line(&format!("{name:8} {text}"))
}

fn list(heading: &str, inputs: &[Input]) -> Shown {
    if inputs.is_empty() {
        return Shown::default();
    }
    let mut out = Shown::line("") + &Shown::line(heading);
    for Input { name, weight, value, notes, at } in inputs {
        let value = if value.is_empty() { String::new() } else { format!(": {value}") };
        let weight = if *weight == 1 { String::new() } else { format!(", weight {weight}") };
        let at = if at.is_empty() { String::new() } else { format!("  {at}") };
        out += &Shown::line(&format!("  {name}{value}{weight}{at}"));
        notes.iter().for_each(|note| out += &Shown::line(&format!("      {note}")));
    }
    out
}
