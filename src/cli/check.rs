//! `milepost check`: every mistake in the workspace, all at once.

use std::path::Path;

use super::source::{Snapshot, load};
use super::{Outcome, Output};
use crate::border::Shown;
use crate::check;
use crate::check::Checked;
use crate::diagnostic::{self, Colour, Diagnostic, Format};
use crate::export::counted;
use crate::load::workspace::CONFIG;
use crate::model::assessment::Assessment;
use crate::report::theme;
use crate::score::finding;

/// Report every mistake in the workspace, and what its newest quarter's numbers call for, all at once.
#[derive(Debug, clap::Args)]
pub(super) struct CheckArgs {
    /// How to print the diagnostics.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(root: &Path, args: &CheckArgs, colour: Colour) -> Output {
    let workspace = load(root);
    let Checked { assessment, mut diagnostics } = check::check(&workspace);
    let templates = theme::check(&workspace);
    // There is no assessment where any file has an error. What is added below is a warning or a finding.
    let broken = assessment.is_none() || !templates.is_empty();
    diagnostics.extend(templates);
    let snapshot = Snapshot { workspace, committed: None };
    let provenance = assessment.as_ref().and_then(|valid| snapshot.provenance_of_all(root, valid));
    let Snapshot { workspace, .. } = snapshot;
    diagnostics.extend(provenance.map(|provenance| provenance.untold(&workspace)).unwrap_or_default());
    let remarks = assessment.as_ref().filter(|_| diagnostics.is_empty()).map(nothing_wrong).unwrap_or_default();
    diagnostics.extend(assessment.map(newest_findings).unwrap_or_default());
    diagnostics.sort(CONFIG);
    let result = diagnostic::print(&diagnostics, &workspace, args.format, colour);
    let outcome = if broken { Outcome::Problems } else { Outcome::Fine };
    Output { outcome, ..Output::result(result, remarks) }
}

/// What the numbers of the newest quarter call for; earlier ones are closed.
fn newest_findings(assessment: Assessment) -> Vec<Diagnostic> {
    let scored = crate::score::score(assessment);
    finding::findings(scored.newest()).iter().map(finding::Finding::diagnostic).collect()
}

/// Silence could also mean that nothing was read.
fn nothing_wrong(assessment: &Assessment) -> Shown {
    let answers = assessment.quarters.iter().flat_map(|quarter| quarter.answers.iter().flatten()).count();
    let quarters = counted(assessment.quarters.len(), "quarter");
    let teams = counted(assessment.settings.teams.len(), "team");
    Shown::line(&format!("no mistakes in {quarters}, {teams} and {}", counted(answers, "answer")))
}
