//! `milepost score`: the figures of a quarter as a table, JSON, CSV or Markdown.

use std::path::Path;

use clap::ValueEnum;

use super::Output;
use super::select::Selector;
use crate::diagnostic::Colour;
use crate::export::table::Style;
use crate::export::{csv, json, table};

/// Print the scores of a quarter, every mean with its coverage, range and lowest answer.
#[derive(Debug, clap::Args)]
pub(super) struct ScoreArgs {
    #[command(flatten)]
    selector: Selector,
    /// How to print the scores.
    #[arg(long, value_enum, default_value_t)]
    format: TableFormat,
}

/// The formats of score and gap tables.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(super) enum TableFormat {
    /// An aligned table.
    #[default]
    Text,
    /// JSON: `score` as shown, all other levels in millionths.
    Json,
    /// CSV for spreadsheets.
    Csv,
    /// A Markdown table.
    Markdown,
}

pub(super) fn run(root: &Path, args: &ScoreArgs, colour: Colour) -> Result<Output, Output> {
    super::print_selected(root, &args.selector, colour, |selection| {
        Ok(match args.format {
            TableFormat::Text => table::scores(selection, Style::Text),
            TableFormat::Markdown => table::scores(selection, Style::Markdown),
            TableFormat::Json => json::scores(selection),
            TableFormat::Csv => csv::scores(selection),
        })
    })
}
