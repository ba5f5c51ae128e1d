//! `milepost export`: figures for other programs, and workbooks for people.

mod workbook;

pub(super) mod profile;

use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};

use super::edition::Reader;
use super::select::quarter;
use super::source::{Assessed, Source};
use super::{Output, Terminal};
use crate::border::{Shown, csv};
use crate::export::long::{self, LongTable};
use crate::model::settings::Hidden;
use crate::redact::redact;
use crate::score::score;
use crate::write::add;

/// Export figures for databases and spreadsheets, and workbooks to fill in.
#[derive(Debug, clap::Args)]
pub(super) struct ExportArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Table(TableArgs),
    Profile(profile::ProfileArgs),
    Workbook(workbook::WorkbookArgs),
}

/// Print one long table: a row for each quarter, framework and control, all figures exact, in whole millionths.
#[derive(Debug, clap::Args)]
struct TableArgs {
    /// One quarter alone, as in 2026-Q3; all quarters by default.
    #[arg(long, value_name = "QUARTER")]
    quarter: Option<String>,
    /// Add the rows of each team. Frameworks that are scored team by team have no others.
    #[arg(long)]
    teams: bool,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    reader: Reader,
    /// How to print the rows.
    #[arg(long, value_enum, default_value_t)]
    format: TableFormat,
    /// The new file to write, or `-` for standard output.
    #[arg(long, value_name = "FILE", default_value = "-", hide_default_value = true)]
    out: PathBuf,
}

/// The formats of the long table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum TableFormat {
    /// CSV, as in data/table.csv of the report.
    #[default]
    Csv,
    /// A JSON object on each line.
    Jsonl,
}

pub(super) fn run(root: &Path, args: &ExportArgs, terminal: &Terminal<'_>) -> Result<Output, Output> {
    match &args.what {
        What::Table(args) => table(root, args, terminal),
        What::Profile(args) => profile::run(root, args, terminal),
        What::Workbook(args) => workbook::run(root, args, terminal),
    }
}

fn table(root: &Path, args: &TableArgs, terminal: &Terminal<'_>) -> Result<Output, Output> {
    let Assessed { assessment, mut remarks, .. } = args.source.assess(root, terminal.remarks)?;
    let quarter = args.quarter.as_deref().map(|name| quarter(&assessment, name)).transpose();
    let quarter = quarter.map_err(|why| Output::usage(remarks.clone() + &why))?;
    let scored = score(redact(assessment, args.reader.audience()));
    let table = LongTable { scored: &scored, quarter, with_teams: args.teams };
    for id in long::left_out(table) {
        let is_hidden = scored.assessment.hidden.contains(&Hidden::Teams);
        let why = if is_hidden { "and this audience does not see teams" } else { "`--teams` adds its rows" };
        remarks += &Shown::line(&format!("note: {id} is scored team by team; {why}"));
    }
    let rows = match args.format {
        TableFormat::Csv => long::csv(table),
        TableFormat::Jsonl => long::json_lines(table),
    };
    if args.out == Path::new("-") {
        return Ok(Output::result(rows, remarks));
    }
    let file = if args.format == TableFormat::Csv { csv::file(&rows) } else { rows };
    write(&args.out, file.as_bytes(), remarks, terminal)
}

/// Writes a new file, and says so.
fn write(out: &Path, contents: &[u8], remarks: Shown, terminal: &Terminal<'_>) -> Result<Output, Output> {
    match add(out, contents, &|step| terminal.tell_of(step)) {
        Ok(()) => Ok(Output::result(Shown::default(), remarks + &Shown::line(&format!("wrote {}", out.display())))),
        Err(why) => Err(Output::failure(remarks + &Shown::error(&why))),
    }
}
