//! `milepost gate`: whether the quarter keeps the limits of `[gates]`.

use std::path::Path;

use clap::ValueEnum;

use super::select::QuarterArg;
use super::source::{Assessed, SourceArg};
use super::{CommandOutcome, Output};
use crate::border::Shown;
use crate::diagnostic::{self, Colour, Diagnostics};
use crate::export::gate::{self, Gates};
use crate::model::gate::When;
use crate::model::rules::Since;
use crate::score::ScoredQuarter;
use crate::score::gate::GateVerdict;

/// Evaluate the gates of milepost.toml: exit code 1 if one fails.
#[derive(Debug, clap::Args)]
pub(super) struct GateArgs {
    #[command(flatten)]
    quarter: QuarterArg,
    /// Evaluate the gates with `when = "closing"` too, as `milepost seal` does.
    #[arg(long)]
    closing: bool,
    /// How to print the verdicts.
    #[arg(long, value_enum, default_value_t)]
    format: GateFormat,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum GateFormat {
    /// One line a gate.
    #[default]
    Text,
    /// JSON: every gate with its causes.
    Json,
    /// A Markdown table, for a pull request.
    Markdown,
    /// SARIF 2.1.0: the failed gates, for code scanning.
    Sarif,
    /// GitHub Actions annotations of the failed gates.
    Github,
    /// GitLab's code quality report of the failed gates.
    Gitlab,
    /// JUnit XML: a case for each gate.
    Junit,
}

pub(super) fn run(root: &Path, args: &GateArgs, colour: Colour) -> Result<Output, Output> {
    let Assessed { snapshot, assessment, remarks } = SourceArg::default().assess(root, colour)?;
    let quarter = args.quarter.find(&assessment).map_err(|why| Output::usage(remarks.clone() + &why))?;
    let scored = crate::score::score(assessment);
    let at = if args.closing { When::Closing } else { When::Always };
    let gates = Gates::new(scored.quarter(quarter), at);
    let diagnostic = |verdict: &GateVerdict| verdict.diagnostic(&scored.assessment.english);
    let failed: Diagnostics = gates.verdicts.iter().filter_map(diagnostic).collect();
    let result = match args.format {
        GateFormat::Text => gate::text(&gates),
        GateFormat::Json => gate::json(&gates),
        GateFormat::Markdown => gate::markdown(&gates),
        GateFormat::Sarif => {
            diagnostic::print(&failed, &snapshot.workspace, diagnostic::DiagnosticFormat::Sarif, colour)
        }
        GateFormat::Github => {
            diagnostic::print(&failed, &snapshot.workspace, diagnostic::DiagnosticFormat::Github, colour)
        }
        GateFormat::Gitlab => {
            diagnostic::print(&failed, &snapshot.workspace, diagnostic::DiagnosticFormat::Gitlab, colour)
        }
        GateFormat::Junit => gate::junit(&gates, &snapshot.workspace),
    };
    let outcome = if failed.is_empty() { CommandOutcome::Fine } else { CommandOutcome::Problems };
    let none = gates.is_empty().then(|| Shown::line(&no_gate(scored.quarter(quarter))));
    Ok(Output { outcome, ..Output::result(result, remarks + &none.unwrap_or_default()) })
}

/// Why no gate holds in a quarter.
fn no_gate(quarter: ScoredQuarter<'_>) -> String {
    let (name, assessment) = (quarter.name(), quarter.assessment);
    let has_gates = |since: &&Since| !since.settings.gates.is_empty();
    if !assessment.settings.gates.is_empty() || quarter.since().iter().any(|since| has_gates(&since)) {
        return format!("no gate holds in {name}: [since] removes them all");
    }
    match assessment.since.iter().find(has_gates) {
        Some(since) => format!("no gate holds in {name}: [since.\"{}\"] sets the first", since.quarter),
        None => "no gates: set limits under [gates] in milepost.toml".to_owned(),
    }
}
