//! `milepost check`: every mistake in the workspace, all at once.

use std::path::Path;

use super::Output;
use crate::assessment::Assessment;
use crate::diagnostic::{self, Colour, Format};
use crate::{check, workspace};

/// Report every mistake in the workspace, all at once.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// How to print the diagnostics.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(root: &Path, args: &Args, colour: Colour) -> Output {
    let workspace = workspace::load(root);
    let checked = check::check(&workspace);
    let result = diagnostic::print(&checked.diagnostics, &workspace, args.format, colour);
    let remarks = checked.assessment.as_ref().filter(|_| checked.diagnostics.is_empty()).map(nothing_wrong);
    Output { result, remarks: remarks.unwrap_or_default(), failed: checked.assessment.is_none() }
}

/// Silence could also mean that nothing was read.
fn nothing_wrong(assessment: &Assessment) -> String {
    let counted = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let answers =
        assessment.quarters.iter().flat_map(|quarter| quarter.answers.iter().flatten().flatten().flatten()).count();
    let quarters = counted(assessment.quarters.len(), "quarter");
    let teams = counted(assessment.settings.teams.len(), "team");
    format!("no mistakes in {quarters}, {teams} and {}\n", counted(answers, "answer"))
}
