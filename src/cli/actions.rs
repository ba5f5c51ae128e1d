//! `milepost actions`: planned work, and gaps that are accepted for a time.

use std::path::Path;

use super::Output;
use super::edition::AudienceArg;
use super::score::TableFormat;
use super::select::{QuarterArg, TeamArg};
use super::source::{Assessed, SourceArg};
use crate::border::Shown;
use crate::diagnostic::Colour;
use crate::export::actions::{self, Plans};
use crate::export::table::Style;
use crate::redact::redact;

/// Print the actions of a quarter, the earliest due day first, and the gaps that are accepted. CSV holds the actions.
#[derive(Debug, clap::Args)]
pub(super) struct ActionsArgs {
    #[command(flatten)]
    quarter: QuarterArg,
    #[command(flatten)]
    team: TeamArg,
    #[command(flatten)]
    source: SourceArg,
    #[command(flatten)]
    audience: AudienceArg,
    /// How to print the actions.
    #[arg(long, value_enum, default_value_t)]
    format: TableFormat,
}

pub(super) fn run(root: &Path, args: &ActionsArgs, colour: Colour) -> Result<Output, Output> {
    let Assessed { assessment, remarks, .. } = args.source.assess(root, colour)?;
    let usage = |why: Shown| Output::usage(remarks.clone() + &why);
    let quarter = args.quarter.find(&assessment).map_err(usage)?;
    let team = args.team.find(&assessment).map_err(usage)?;
    let scored = crate::score::score(redact(assessment, args.audience.audience()));
    let plans = Plans { quarter: scored.quarter(quarter), team };
    let result = match args.format {
        TableFormat::Text => actions::tables(plans, Style::Text),
        TableFormat::Markdown => actions::tables(plans, Style::Markdown),
        TableFormat::Json => actions::json(plans),
        TableFormat::Csv => actions::csv(plans),
    };
    Ok(Output::result(result, remarks))
}
