//! `milepost todo`: what each team has to do, the most urgent first, with what to write where.

use std::path::Path;

use clap::ValueEnum;

use super::Output;
use super::edition::AudienceArg;
use super::select::{QuarterArg, team};
use super::source::{Assessed, SourceArg};
use crate::border::Shown;
use crate::diagnostic::Colour;
use crate::export::table::Style;
use crate::export::todo;
use crate::redact::redact;
use crate::score::todo::{Todo, todos};

/// Print what a team has to do, the most urgent first: answers, evidence, actions and exceptions, each with what to write and
/// where.
#[derive(Debug, clap::Args)]
pub(super) struct TodoArgs {
    /// One team, by its id; by default every team that is asked.
    #[arg(long, value_name = "ID")]
    team: Option<String>,
    #[command(flatten)]
    quarter: QuarterArg,
    #[command(flatten)]
    source: SourceArg,
    #[command(flatten)]
    audience: AudienceArg,
    /// How to print the lists.
    #[arg(long, value_enum, default_value_t)]
    format: TodoFormat,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum TodoFormat {
    /// For a terminal.
    #[default]
    Text,
    /// For scripts.
    Json,
    /// A list of checkboxes, for chat and tickets.
    Markdown,
}

pub(super) fn run(root: &Path, args: &TodoArgs, colour: Colour) -> Result<Output, Output> {
    let Assessed { assessment, remarks, .. } = args.source.assess(root, colour)?;
    let usage = |why: Shown| Output::usage(remarks.clone() + &why);
    let quarter = args.quarter.find(&assessment).map_err(usage)?;
    let only = args.team.as_deref().map(|id| team(&assessment, id)).transpose().map_err(usage)?;
    let name = assessment.in_quarter(quarter).name();
    if let Some(team) = only.map(|team| assessment.team(team)).filter(|team| !team.asked_in(name)) {
        return Err(usage(Shown::error(&format!("{} is not asked in {name}", team.name))));
    }
    let scored = crate::score::score(redact(assessment, args.audience.audience()));
    let quarter = scored.quarter(quarter);
    let todos = todos(quarter, &quarter.assessment.english);
    let todos: Vec<Todo<'_>> = todos.filter(|todo| only.is_none_or(|only| only == todo.team)).collect();
    let result = match args.format {
        TodoFormat::Text => todo::lists(&todos, Style::Text),
        TodoFormat::Markdown => todo::lists(&todos, Style::Markdown),
        TodoFormat::Json => todo::json(quarter, &todos),
    };
    Ok(Output::result(result, remarks))
}
