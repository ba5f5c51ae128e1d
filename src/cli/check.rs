//! `milepost check`: every mistake in the workspace, all at once.

use std::path::Path;

use super::{Outcome, Output};
use crate::assessment::Assessment;
use crate::check::Checked;
use crate::diagnostic::{self, Colour, Format};
use crate::{check, theme, workspace};

/// Report every mistake in the workspace, all at once.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// How to print the diagnostics.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(root: &Path, args: &Args, colour: Colour) -> Output {
    let workspace = workspace::load(root);
    let Checked { assessment, mut diagnostics } = check::check(&workspace);
    let templates = theme::check(&workspace);
    let broken = assessment.is_none() || !templates.is_empty();
    diagnostics.extend(templates);
    let result = diagnostic::print(&diagnostics, &workspace, args.format, colour);
    let remarks = assessment.as_ref().filter(|_| diagnostics.is_empty()).map(nothing_wrong).unwrap_or_default();
    Output { result, remarks, outcome: if broken { Outcome::Problems } else { Outcome::Fine } }
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
