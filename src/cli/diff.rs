//! `milepost diff`: what moved between two quarters, and why.

use std::path::Path;

use clap::ValueEnum;

use super::select::{Selector, find};
use super::{Outcome, Output};
use crate::change::{Side, between};
use crate::diagnostic::Colour;
use crate::export::change::{self, Comparison};
use crate::export::table::Style;

/// Show what moved between two quarters, split into its causes: method, scope, newly assessed, evidence, scored up, scored down.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The earlier quarter; the one before the newest by default.
    #[arg(value_name = "FROM")]
    from: Option<String>,
    /// The later quarter; the newest by default.
    #[arg(value_name = "TO")]
    to: Option<String>,
    /// One team alone, by its id; all teams together by default.
    #[arg(long, value_name = "ID")]
    team: Option<String>,
    /// The framework, by its id; the report's main one by default.
    #[arg(long, value_name = "ID")]
    framework: Option<String>,
    /// How to print the change.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// A table and lists.
    #[default]
    Text,
    /// JSON: every node, amounts in millionths that add up exactly.
    Json,
    /// Markdown, for a pull request.
    Markdown,
}

pub(super) fn run(root: &Path, args: &Args, colour: Colour) -> Output {
    let (_, assessment, remarks) = match super::assess(root, colour) {
        Ok(assessed) => assessed,
        Err(output) => return output,
    };
    let scorecard = crate::score::score(&assessment);
    let usage = |message: String| Output { outcome: Outcome::Usage, ..Output::failure(remarks.clone() + &message) };
    let selector = Selector::all(args.to.clone(), args.team.clone(), args.framework.clone());
    let selection = match selector.select(&assessment, &scorecard) {
        Ok(selection) => selection,
        Err(message) => return usage(message),
    };
    let names: Vec<String> = assessment.quarters.iter().map(|quarter| quarter.quarter.to_string()).collect();
    let from = match find("quarter", args.from.as_deref(), &names) {
        Ok(Some(from)) => from,
        Ok(None) => match selection.quarter.checked_sub(1) {
            Some(from) => from,
            None => return usage(format!("error: there is no quarter before {}\n", names[selection.quarter])),
        },
        Err(message) => return usage(message),
    };
    let side = |quarter| Side { assessment: &assessment, scorecard: &scorecard, quarter };
    let (framework, team) = (selection.framework, selection.team);
    let change = between(side(from), side(selection.quarter), framework, team);
    let (from, to) = (names[from].as_str(), names[selection.quarter].as_str());
    let comparison = Comparison { assessment: &assessment, from, to, framework, team, change: &change };
    let result = match args.format {
        Format::Text => change::print(&comparison, Style::Text),
        Format::Markdown => change::print(&comparison, Style::Markdown),
        Format::Json => change::json(&comparison),
    };
    Output::result(result, remarks)
}
