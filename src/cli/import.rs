//! `milepost import`: takes answers, targets and catalogs over from files of other programs.
//!
//! Each format lists its changes and what it leaves out. All changes are applied in memory and checked first. Then everything is
//! written, or nothing.

mod catalog;
mod profile;
mod table;
mod workbook;

use std::cmp::Reverse;
use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use serde::Serialize;

use super::source::Snapshot;
use super::{CommandOutcome, Output, Terminal};
use crate::base::number::counted;
use crate::base::place::{Lines, Place};
use crate::border::{Shown, json};
use crate::check;
use crate::diagnostic::Severity;
use crate::exchange::grid::CellText;
use crate::exchange::loss::{Loss, Losses};
use crate::exchange::said::Taken;
use crate::load::workspace::{Entry, TEXT_LIMIT, Workspace, foreign};
use crate::model::assessment::InQuarter;
use crate::write::{Edited, replace};

/// Import answers, targets and catalogs from people's workbooks and from files of other programs.
#[derive(Debug, clap::Args)]
pub(super) struct ImportArgs {
    #[command(subcommand)]
    what: ImportWhat,
}

#[derive(Debug, Subcommand)]
enum ImportWhat {
    Workbook(workbook::ImportWorkbookArgs),
    Catalog(catalog::ImportCatalogArgs),
    Profile(profile::ImportProfileArgs),
    Table(table::ImportTableArgs),
}

pub(super) fn run(root: &Path, args: &ImportArgs, terminal: &Terminal<'_>) -> Result<Output, Output> {
    match &args.what {
        ImportWhat::Workbook(args) => workbook::run(root, args, terminal),
        ImportWhat::Catalog(args) => catalog::run(root, args, terminal),
        ImportWhat::Profile(args) => profile::run(root, args, terminal),
        ImportWhat::Table(args) => table::run(root, args, terminal),
    }
}

/// What every import takes.
#[derive(Debug, clap::Args)]
pub(super) struct ForeignArgs {
    /// The file to read. Milepost recognises the format by the content.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Say what would change, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Write nothing, and end with exit code 1, if any part of the file cannot be imported.
    #[arg(long)]
    strict: bool,
    /// How to print what was done.
    #[arg(long, value_enum, default_value_t)]
    format: ReportFormat,
}

/// The most files that a sum names.
const NAMED: usize = 4;

/// The formats of the report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ReportFormat {
    /// Lines for people.
    #[default]
    Text,
    /// A JSON object.
    Json,
}

/// What an import would do, before anything is written.
#[derive(Debug, Default)]
pub(super) struct ImportPlan {
    /// What was read, and for what: `a team workbook of Shore IT for 2026-Q4`.
    pub(super) what: String,
    /// Each change, in a line: `PR.DS-11: level 2, was 1 (PR Protect!F12)`.
    pub(super) changes: Vec<String>,
    /// The new text of each file that changes, by its path in the workspace.
    pub(super) files: Vec<(String, String)>,
    /// The reasons against it: if there is one, nothing is written.
    pub(super) refused: Losses,
    /// The parts of the foreign file that were left out.
    pub(super) left: Losses,
    /// The cells whose texts the files get.
    pub(super) cells: Vec<CellText>,
}

impl ImportPlan {
    /// The plan to write `what` was read.
    fn of(what: String, taken: Taken) -> Self {
        let Taken { changes, files, refused, left, cells } = taken;
        Self { what, changes, files, refused, left, cells }
    }
}

impl ForeignArgs {
    /// The bytes of the file, of which there may be at most `limit`.
    pub(super) fn read(&self, limit: usize) -> Result<Vec<u8>, Output> {
        foreign(&self.file, limit as u64).map_err(|why| Output::usage(Shown::error(&why)))
    }

    /// The output for a file that cannot be taken; a sentence says why.
    pub(super) fn refused(&self, why: &str) -> Output {
        Output::failure(Shown::error(&format!("{}: {why}", self.file.display())))
    }

    /// Applies a plan: to the workspace in memory, which must pass the check, and then to the disk.
    pub(super) fn apply(
        &self,
        root: &Path,
        mut snapshot: Snapshot,
        mut plan: ImportPlan,
        remarks: Shown,
        terminal: &Terminal<'_>,
    ) -> Result<Output, Output> {
        let mut stops = !plan.refused.is_empty() || (self.strict && !plan.left.is_empty());
        if !stops && !plan.files.is_empty() {
            if let Some((path, _)) = plan.files.iter().find(|(_, text)| text.len() as u64 > TEXT_LIMIT) {
                let why = format!("{path} would have more than {TEXT_LIMIT} bytes, so nothing was written");
                return Err(Output::failure(remarks + &Shown::error(&why)));
            }
            let edited = edited(&snapshot.workspace, &plan.files);
            plan.refused = wrong(&mut snapshot.workspace, &plan);
            stops = !plan.refused.is_empty();
            if !stops && !self.dry_run {
                let written = replace(root, &edited, &|step| terminal.tell_of(step));
                written.map_err(|why| Output::failure(remarks.clone() + &Shown::error(&why)))?;
            }
        }
        let report = self.report(&snapshot.workspace, &plan, !stops && !self.dry_run);
        let outcome = if stops { CommandOutcome::Problems } else { CommandOutcome::Fine };
        Ok(Output { outcome, ..Output::result(report, remarks) })
    }

    /// What was done, or why nothing was.
    fn report(&self, workspace: &Workspace, plan: &ImportPlan, is_written: bool) -> Shown {
        let files: Vec<String> = plan.files.iter().map(|(path, _)| workspace.shown(path)).collect();
        let is_written = is_written && !files.is_empty();
        if self.format == ReportFormat::Json {
            let ImportPlan { what, changes, refused, left, .. } = plan;
            let (refused, left) = (refused.iter().collect(), left.iter().collect());
            return json::print(&ImportReport { what, is_written, files: &files, changes, refused, left });
        }
        let mut out = Shown::line(&plan.what);
        let part = |title: &str, lines: Shown| {
            if lines.is_empty() { lines } else { Shown::line("") + &Shown::line(title) + &lines }
        };
        out += &part("Changes:", plan.changes.iter().map(|line| Shown::line(line)).collect());
        out += &part("Refused:", plan.refused.text());
        out += &part("Left:", plan.left.text());
        out += &Shown::line("");
        out + &Shown::line(&self.sum(plan, &files, is_written))
    }

    /// What was done, in a sentence.
    fn sum(&self, plan: &ImportPlan, files: &[String], is_written: bool) -> String {
        if !plan.refused.is_empty() {
            return format!("Nothing was written: {} refused.", counted(plan.refused.len(), "thing"));
        }
        if self.strict && !plan.left.is_empty() {
            return format!(
                "Nothing was written: {} left, and --strict allows none.",
                counted(plan.left.len(), "thing")
            );
        }
        if plan.changes.is_empty() && !plan.left.is_empty() {
            let left = if plan.left.len() == 1 { "was" } else { "were" };
            return format!("Nothing was changed; {} {left} left.", counted(plan.left.len(), "thing"));
        }
        if plan.changes.is_empty() {
            return "Nothing to do: the workspace already says the same.".to_owned();
        }
        let to = if files.len() > NAMED { counted(files.len(), "file") } else { files.join(", ") };
        let changes = counted(plan.changes.len(), "change");
        if is_written { format!("Wrote {changes} to {to}.") } else { format!("Would write {changes} to {to}.") }
    }
}

/// The report as JSON.
#[derive(Serialize)]
struct ImportReport<'a> {
    what: &'a str,
    #[serde(rename = "written")]
    is_written: bool,
    files: &'a [String],
    changes: &'a [String],
    refused: Vec<&'a Loss>,
    left: Vec<&'a Loss>,
}

/// Refuses a quarter that a seal closes.
pub(super) fn refuse_sealed(quarter: InQuarter<'_>) -> Result<(), String> {
    match quarter.answers().seal {
        None => Ok(()),
        Some(_) => Err(format!("{} is closed by its seal; nothing of it is changed", quarter.name())),
    }
}

/// The files with the texts that they had when the workspace was read.
fn edited(workspace: &Workspace, files: &[(String, String)]) -> Vec<Edited> {
    let before = |path: &str| match workspace.files.get(path) {
        Some(Entry::Text(text)) if !workspace.is_embedded(path) => Some(text.to_string()),
        _ => None,
    };
    files.iter().map(|(path, text)| Edited { path: path.clone(), before: before(path), text: text.clone() }).collect()
}

/// What the check refuses of the workspace with the new texts in it, each at the cell that says it.
fn wrong(workspace: &mut Workspace, plan: &ImportPlan) -> Losses {
    let texts = plan.files.iter().map(|(path, text)| (path.clone(), Entry::Text(text.as_str().into())));
    workspace.files.extend(texts);
    let checked = check::check(workspace);
    let mut refused = Losses::default();
    if checked.assessment.is_some() {
        return refused;
    }
    let mut cells: Vec<&CellText> = plan.cells.iter().filter(|cell| !cell.text.is_empty()).collect();
    for found in checked.diagnostics.iter().filter(|found| found.code.severity() == Severity::Error) {
        let Place { path, start, end } = &found.place;
        let text = workspace.text(path).unwrap_or_default();
        let lines = Lines::of(text);
        // The longest text that stands at the place, or else on its line, is that of the cell.
        let holds = |part: &str| {
            let held = cells.iter().enumerate().filter(|(_, cell)| part.contains(&cell.text));
            held.max_by_key(|(at, cell)| (cell.text.len(), Reverse(*at))).map(|(at, _)| at)
        };
        let at = text.get(*start..*end).and_then(holds).or_else(|| text.get(lines.around(*start)).and_then(holds));
        let advice = found.help.iter().map(String::as_str);
        let why = std::iter::once(found.message.as_str()).chain(advice).collect::<Vec<_>>().join("; ");
        match at.map(|at| cells.remove(at)) {
            Some(cell) => refused.add(&cell.place, &cell.text, why),
            None => refused.add(
                format!("{}, as it would be, line {}", workspace.shown(path), lines.number(*start)),
                "",
                why,
            ),
        }
    }
    refused
}
