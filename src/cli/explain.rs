//! `milepost explain`: how one number was made.

use std::path::Path;

use clap::ValueEnum;

use super::Output;
use super::crosswalk::with_id;
use super::select::{QuarterArg, TeamArg, named, not_there};
use super::source::{Assessed, Snapshot, SourceArg};
use crate::base::place::Origin;
use crate::base::text::composed;
use crate::border::{Shown, json};
use crate::diagnostic::Colour;
use crate::export::crosswalk;
use crate::export::table::Style;
use crate::history::provenance::Trace;
use crate::model::assessment::{Assessment, InQuarter};
use crate::model::catalog::{Node, Withdrawn};
use crate::model::ids::AnswerId;
use crate::model::review::Review;
use crate::score::crosswalk::Crosswalk;
use crate::score::explain::{Explanation, Formula, Input, Subject, explain};

/// Show how a number was made: its rule with its values, what went in and what was left out.
#[derive(Debug, clap::Args)]
pub(super) struct ExplainArgs {
    /// A control, Category, Function or framework, by its id, or as in csf-1.1:ID.AM where two frameworks have it; `overall` for
    /// the whole report.
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    quarter: QuarterArg,
    #[command(flatten)]
    team: TeamArg,
    #[command(flatten)]
    source: SourceArg,
    /// How to print the explanation.
    #[arg(long, value_enum, default_value_t)]
    format: ExplainFormat,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum ExplainFormat {
    /// For people.
    #[default]
    Text,
    /// The same as JSON.
    Json,
}

pub(super) fn run(root: &Path, args: &ExplainArgs, colour: Colour) -> Result<Output, Output> {
    let Assessed { snapshot, assessment, remarks } = args.source.assess(root, colour)?;
    let usage = |why: Shown| Output::usage(remarks.clone() + &why);
    let quarter = args.quarter.find(&assessment).map_err(usage)?;
    let team = args.team.find(&assessment).map_err(usage)?;
    let node = match node(assessment.in_quarter(quarter), &args.id) {
        Ok(node) => node,
        Err(why) if withdrawn(&assessment, &args.id).is_some() => return Err(usage(why)),
        Err(why) => {
            // An id of another catalog has no number. It leads to the outcomes that are mapped to it.
            let scored = crate::score::score(assessment);
            let walks = with_id(scored.quarter(quarter), &args.id, team);
            return if walks.is_empty() {
                Err(usage(why))
            } else {
                Ok(Output::result(foreign(&walks, args.format), remarks))
            };
        }
    };
    let remarks = remarks + &others(&assessment, node);
    let scored = crate::score::score(assessment);
    let words = &scored.assessment.english;
    let subject = Subject { quarter: scored.quarter(quarter), team, node, words };
    let mut explanation = explain(subject);
    if subject.quarter.settings().provenance {
        add_authors(&mut explanation, subject, &snapshot, root);
    }
    let result = match args.format {
        ExplainFormat::Text => print(&explanation),
        ExplainFormat::Json => json::print(&explanation),
    };
    Ok(Output::result(result, remarks))
}

/// What another catalog's id is mapped to.
fn foreign(walks: &[Crosswalk<'_>], format: ExplainFormat) -> Shown {
    match format {
        ExplainFormat::Text => crosswalk::both_ways(walks, Style::Text),
        ExplainFormat::Json => crosswalk::json(walks),
    }
}

/// Notes who last changed each answer for a control, if that is known, and which verdicts on it are the same author's.
fn add_authors(explanation: &mut Explanation, subject: Subject<'_>, snapshot: &Snapshot, root: &Path) {
    let Node::Control(control) = subject.node else { return };
    let quarter = subject.quarter;
    let ids = || quarter.settings().teams.ids().map(|team| control.of(team));
    let answers: Vec<(AnswerId, &Origin)> = ids().filter_map(|id| Some((id, &quarter.answer(id)?.origin))).collect();
    let verdicts = |id| quarter.verdicts(id).map(|(_, verdict)| &verdict.origin);
    let origins = answers.iter().flat_map(|(id, origin)| std::iter::once(*origin).chain(verdicts(*id)));
    let provenance = snapshot.provenance(root, origins);
    for input in explanation.inputs.iter_mut().chain(&mut explanation.excluded) {
        let Some(at) = &input.at else { continue };
        input.notes.extend(provenance.trace(at).map(Trace::told));
        let of_answer = answers.iter().filter(|(_, origin)| *origin == at);
        let reviewed = of_answer.flat_map(|(id, _)| quarter.verdicts(*id));
        let own = reviewed.filter(|(_, verdict)| provenance.same_author(at, &verdict.origin));
        input.notes.extend(own.map(|(Review { reviewer, .. }, _)| {
            format!("One author last changed the answer and the verdict of {reviewer}.")
        }));
    }
}

/// The node that `id` names in the quarter.
pub(super) fn node(quarter: InQuarter<'_>, id: &str) -> Result<Node, Shown> {
    let assessment = quarter.assessment;
    if id.eq_ignore_ascii_case("overall") {
        return Ok(Node::Framework(quarter.main()));
    }
    // A terminal may write accents in another form than the catalog.
    let id = &composed(id.trim());
    let nodes = assessment.frameworks.iter().flat_map(|framework| {
        framework.nodes().flat_map(|node| framework.called(node).names().map(move |name| (node, name.to_owned())))
    });
    let mut nodes: Vec<(Node, String)> = nodes.collect();
    // Of two editions with the same id, the one that is in force is meant.
    nodes.sort_by_key(|(node, _)| !quarter.has_in_force(*node));
    if let Some(node) = named(id, &nodes) {
        return Ok(node);
    }
    if let Some((old, withdrawn)) = withdrawn(assessment, id) {
        let why = format!("`{old}` is an id of an earlier edition; {}", withdrawn.successors());
        return Err(Shown::error(&why));
    }
    // There are too many ids to list them all.
    let none = format!("no catalog of this workspace holds `{id}`; ids look like GV, PR.DS or PR.DS-11");
    Err(not_there("id", id, nodes.iter().map(|(_, name)| name.as_str()), &none))
}

/// What became of an id of an earlier edition.
fn withdrawn<'a>(assessment: &'a Assessment, id: &str) -> Option<(&'a String, &'a Withdrawn)> {
    let mut withdrawn = assessment.frameworks.iter().flat_map(|framework| &framework.withdrawn);
    withdrawn.find(|(old, _)| old.eq_ignore_ascii_case(id.trim()))
}

/// Says which other frameworks have the id of a node too, and how to name it there.
fn others(assessment: &Assessment, node: Node) -> Shown {
    let id = assessment.frameworks[node.framework()].id_of(node);
    let mut out = Shown::default();
    for framework in assessment.frameworks.iter().filter(|other| other.at != node.framework()) {
        if let Some(twin) = framework.nodes().find(|other| framework.id_of(*other) == id) {
            let name = framework.called(twin).names().last().unwrap_or_default();
            out += &Shown::line(&format!("note: {} has {id} as well; see `milepost explain {name}`", framework.id));
        }
    }
    out
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
        let at = at.as_ref().map(|at| format!("  {}", at.shown())).unwrap_or_default();
        out += &Shown::line(&format!("  {name}{value}{weight}{at}"));
        notes.iter().for_each(|note| out += &Shown::line(&format!("      {note}")));
    }
    out
}
