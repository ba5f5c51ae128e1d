//! `milepost export`: figures for other programs, and workbooks for people.

mod oscal;
pub(super) mod profile;
pub(super) mod workbook;

use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};

use super::edition::AudienceArg;
use super::select::quarter;
use super::source::{Assessed, SourceArg};
use super::{Output, Terminal};
use crate::border::{Shown, csv};
use crate::export::change::parts;
use crate::export::long::{self, LongTable};
use crate::model::settings::Hidden;
use crate::redact::redact;
use crate::score::score;
use crate::write::add;

/// Export figures for databases and spreadsheets, and workbooks to fill in.
#[derive(Debug, clap::Args)]
pub(super) struct ExportArgs {
    #[command(subcommand)]
    what: ExportWhat,
}

#[derive(Debug, Subcommand)]
enum ExportWhat {
    Table(TableArgs),
    Changes(ChangesArgs),
    Workbook(workbook::WorkbookArgs),
    OscalResults(oscal::ResultsArgs),
    OscalPoam(oscal::PoamArgs),
    Profile(profile::ProfileArgs),
}

/// Print the causes of each quarter's change since the quarter before, a row for each, for the report of a group.
#[derive(Debug, clap::Args)]
struct ChangesArgs {
    /// One quarter alone, as in 2026-Q3; all quarters by default.
    #[arg(long, value_name = "QUARTER")]
    quarter: Option<String>,
    #[command(flatten)]
    source: SourceArg,
    /// The new file to write, or `-` for standard output.
    #[arg(long, value_name = "FILE", default_value = "-", hide_default_value = true)]
    out: PathBuf,
}

/// Print one long table: a row for each quarter, framework and control, all figures exact, in whole millionths.
#[derive(Debug, clap::Args)]
struct TableArgs {
    /// One quarter alone, as in 2026-Q3; all quarters by default.
    #[arg(long, value_name = "QUARTER")]
    quarter: Option<String>,
    /// Add the rows of each team. A framework that is scored team by team has only such rows.
    #[arg(long)]
    teams: bool,
    #[command(flatten)]
    source: SourceArg,
    #[command(flatten)]
    audience: AudienceArg,
    /// How to print the rows.
    #[arg(long, value_enum, default_value_t)]
    format: LongFormat,
    /// The new file to write, or `-` for standard output.
    #[arg(long, value_name = "FILE", default_value = "-", hide_default_value = true)]
    out: PathBuf,
}

/// The formats of the long table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum LongFormat {
    /// CSV, as in data/table.csv of the report.
    #[default]
    Csv,
    /// A JSON object on each line.
    Jsonl,
    /// A Parquet file, nine times smaller, for tables of many units; only with `--out`.
    Parquet,
}

pub(super) fn run(root: &Path, args: &ExportArgs, terminal: &Terminal<'_>) -> Result<Output, Output> {
    match &args.what {
        ExportWhat::Table(args) => table(root, args, terminal),
        ExportWhat::Changes(args) => changes(root, args, terminal),
        ExportWhat::Workbook(args) => workbook::run(root, args, terminal),
        ExportWhat::OscalResults(args) => oscal::results(root, args, terminal),
        ExportWhat::OscalPoam(args) => oscal::plan(root, args, terminal),
        ExportWhat::Profile(args) => profile::run(root, args, terminal),
    }
}

fn changes(root: &Path, args: &ChangesArgs, terminal: &Terminal<'_>) -> Result<Output, Output> {
    let Assessed { assessment, remarks, .. } = args.source.assess(root, terminal.remarks)?;
    let only = args.quarter.as_deref().map(|name| quarter(&assessment, name)).transpose();
    let only = only.map_err(|why| Output::usage(remarks.clone() + &why))?;
    let scored = score(assessment);
    let quarters = scored.quarters().filter(|quarter| only.is_none_or(|only| only == quarter.id));
    let pairs = quarters.filter_map(|to| Some((to.quarter_before()?, to)));
    let changes = pairs.flat_map(|(from, to)| {
        let frameworks = to.assessment.frameworks.ids().filter(move |id| !to.framework(*id).team_level);
        frameworks.map(move |framework| (to, framework, to.change_from(from, framework, None)))
    });
    let changes: Vec<_> = changes.collect();
    let rows = parts(changes.iter().map(|(to, framework, change)| (*to, *framework, &**change)));
    put_out(&args.out, rows, |rows| csv::file(rows).into_bytes(), remarks, terminal)
}

/// Prints a table, or writes it to a new file as `file` makes it.
fn put_out(
    out: &Path,
    rows: Shown,
    file: impl FnOnce(&Shown) -> Vec<u8>,
    remarks: Shown,
    terminal: &Terminal<'_>,
) -> Result<Output, Output> {
    if out == Path::new("-") {
        return Ok(Output::result(rows, remarks));
    }
    written(out, &file(&rows), remarks, terminal)
}

/// Prints a text, or writes it to a new file as it is.
fn deliver(out: &Path, text: Shown, remarks: Shown, terminal: &Terminal<'_>) -> Result<Output, Output> {
    put_out(out, text, |text| text.as_bytes().to_owned(), remarks, terminal)
}

/// Writes a new file.
fn written(out: &Path, bytes: &[u8], remarks: Shown, terminal: &Terminal<'_>) -> Result<Output, Output> {
    match add(out, bytes, &|step| terminal.tell_of(step)) {
        Ok(()) => {
            let written = Shown::line(&format!("wrote {}", out.display()));
            Ok(Output::result(Shown::default(), remarks + &written))
        }
        Err(why) => Err(Output::failure(remarks + &Shown::error(&why))),
    }
}

/// Why a build without the feature writes no Parquet.
#[cfg(not(feature = "parquet"))]
const NO_PARQUET: &str = "this milepost was built without the feature `parquet`; build it with `cargo install --features parquet`, \
                          or print CSV and let DuckDB write the file: COPY (FROM 'table.csv') TO 'table.parquet'";

fn table(root: &Path, args: &TableArgs, terminal: &Terminal<'_>) -> Result<Output, Output> {
    #[cfg(not(feature = "parquet"))]
    if args.format == LongFormat::Parquet {
        return Err(Output::usage(Shown::error(NO_PARQUET)));
    }
    if args.format == LongFormat::Parquet && args.out == Path::new("-") {
        return Err(Output::usage(Shown::error("a Parquet file is no text to print; name a new file with --out")));
    }
    let Assessed { assessment, mut remarks, .. } = args.source.assess(root, terminal.remarks)?;
    let quarter = args.quarter.as_deref().map(|name| quarter(&assessment, name)).transpose();
    let quarter = quarter.map_err(|why| Output::usage(remarks.clone() + &why))?;
    let scored = score(redact(assessment, args.audience.audience()));
    let table = LongTable { scored: &scored, quarter, with_teams: args.teams };
    for id in long::left_out(table) {
        let is_hidden = scored.assessment.hidden.contains(&Hidden::Teams);
        let why = if is_hidden { "and this audience does not see teams" } else { "`--teams` adds its rows" };
        remarks += &Shown::line(&format!("note: {id} is scored team by team; {why}"));
    }
    match args.format {
        LongFormat::Csv => put_out(&args.out, long::csv(table), |rows| csv::file(rows).into_bytes(), remarks, terminal),
        LongFormat::Jsonl => deliver(&args.out, long::json_lines(table), remarks, terminal),
        #[cfg(feature = "parquet")]
        LongFormat::Parquet => written(&args.out, &long::parquet(table), remarks, terminal),
        #[cfg(not(feature = "parquet"))]
        LongFormat::Parquet => Err(Output::usage(remarks + &Shown::error(NO_PARQUET))),
    }
}
