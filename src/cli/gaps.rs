//! `milepost gaps`: what falls short of its target, the widest gap first.

use std::path::Path;

use super::Output;
use super::score::TableFormat;
use super::select::Selector;
use crate::diagnostic::Colour;
use crate::export::table::Style;
use crate::export::{csv, json, table};
use crate::score::gap;

/// Print the gap list of a quarter: widest gap first, then by weight, then by id.
#[derive(Debug, clap::Args)]
pub(super) struct GapsArgs {
    #[command(flatten)]
    selector: Selector,
    /// How to print the gaps.
    #[arg(long, value_enum, default_value_t)]
    format: TableFormat,
    /// Print every gap, not only the widest twenty. JSON and CSV always hold them all.
    #[arg(long)]
    all: bool,
}

/// How many gaps a table shows.
const MOST: usize = 20;

pub(super) fn run(root: &Path, args: &GapsArgs, colour: Colour) -> Result<Output, Output> {
    let most = if args.all { usize::MAX } else { MOST };
    super::print_selected(root, &args.selector, colour, |selection| {
        let gaps = gap::rank(selection.catalog(), selection.tree());
        match args.format {
            TableFormat::Text => table::gaps(selection, &gaps, most, Style::Text),
            TableFormat::Markdown => table::gaps(selection, &gaps, most, Style::Markdown),
            TableFormat::Json => json::gaps(selection, &gaps),
            TableFormat::Csv => csv::gaps(selection, &gaps),
        }
    })
}
