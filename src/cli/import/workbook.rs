//! `milepost import workbook`: what a team changed in its workbook, into its files.

use std::path::Path;

use super::{ForeignArgs, ImportPlan, refuse_sealed};
use crate::border::Shown;
use crate::cli::export::workbook::asked_for_nothing;
use crate::cli::select::{FrameworkArg, quarter, team};
use crate::cli::source::{Assessed, SourceArg};
use crate::cli::{Output, Terminal};
use crate::exchange::workbook::{Merged, Resolve, Scope, WorkbookAbout, about, merge};
use crate::exchange::xlsx;

/// Import a team's changes in a workbook of `milepost export workbook` into the team's own files.
///
/// Unchanged cells change nothing. If the workbook and the files changed the same value in different ways, that is a conflict, and
/// nothing is written.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ImportWorkbookArgs {
    #[command(flatten)]
    foreign: ForeignArgs,
    /// If both changed a value, take the workbook's.
    #[arg(long)]
    theirs: bool,
    /// Delete the value of an emptied cell.
    #[arg(long)]
    clear: bool,
    /// Refuse a workbook of another quarter than this one, as in 2026-Q3. The workbook says for which quarter it is.
    #[arg(long, value_name = "QUARTER")]
    quarter: Option<String>,
    #[command(flatten)]
    framework: FrameworkArg,
}

pub(super) fn run(root: &Path, args: &ImportWorkbookArgs, terminal: &Terminal<'_>) -> Result<Output, Output> {
    let bytes = args.foreign.read(xlsx::FILE)?;
    let book = xlsx::read(&bytes).map_err(|why| args.foreign.refused(&why))?;
    let WorkbookAbout { quarter: named, team: id, framework: wanted } =
        about(&book).map_err(|why| args.foreign.refused(&why))?;
    let Assessed { snapshot, assessment, remarks } = SourceArg::default().assess(root, terminal.remarks)?;
    let failure = |why: Shown| Output::failure(remarks.clone() + &why);
    let at = quarter(&assessment, &named).map_err(failure)?;
    let asked = args.quarter.as_deref().map(|named| quarter(&assessment, named)).transpose();
    let asked = asked.map_err(|why| Output::usage(remarks.clone() + &why))?;
    if asked.is_some_and(|asked| asked != at) {
        let why = format!("this is a workbook of {named}, and another quarter is asked for");
        return Err(failure(Shown::error(&why)));
    }
    let quarter = assessment.in_quarter(at);
    refuse_sealed(quarter).map_err(|why| failure(Shown::error(&why)))?;
    let team = team(&assessment, &id).map_err(failure)?;
    let framework = assessment.frameworks.find(|known| known.id == wanted);
    let framework = framework.ok_or_else(|| {
        failure(Shown::error(&format!("this is a workbook of the framework `{wanted}`, which is not in use here")))
    })?;
    let only = args.framework.named(&assessment).map_err(|why| Output::usage(remarks.clone() + &why))?;
    if only.is_some_and(|only| only != framework) {
        let why = format!("this is a workbook of the framework {wanted}, and another one is asked for");
        return Err(failure(Shown::error(&why)));
    }
    let resolve = Resolve { theirs: args.theirs, clear: args.clear };
    let scope = Scope { quarter, team, framework };
    if scope.is_empty() {
        return Err(failure(Shown::error(&asked_for_nothing(scope))));
    }
    let Merged { changes, files, refused, left, cells } = merge(scope, &book, &snapshot.workspace, resolve);
    let what = format!("a team workbook of {} for {named}, {wanted}", assessment.team(team).name);
    args.foreign.apply(root, snapshot, ImportPlan { what, changes, files, refused, left, cells }, remarks, terminal)
}
