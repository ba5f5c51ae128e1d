//! `milepost check`: every mistake in the workspace, all at once.

use std::path::Path;

use super::Output;
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
    Output { result, remarks: String::new(), failed: checked.assessment.is_none() }
}
