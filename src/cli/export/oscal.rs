//! `milepost export oscal-results` and `milepost export oscal-poam`.

use std::path::{Path, PathBuf};

use super::super::edition::AudienceArg;
use super::super::select::{FrameworkArg, QuarterArg, TeamArg};
use super::super::source::{Assessed, SourceArg};
use super::super::{Output, Terminal};
use super::deliver;
use crate::border::Shown;
use crate::export::oscal::{poam, results};
use crate::model::settings::Hidden;
use crate::redact::redact;
use crate::score::score;

/// Which quarter becomes an OSCAL file, for whom, and where to.
#[derive(Debug, clap::Args)]
struct FileArgs {
    #[command(flatten)]
    quarter: QuarterArg,
    #[command(flatten)]
    source: SourceArg,
    #[command(flatten)]
    audience: AudienceArg,
    /// The new file to write, or `-` for standard output.
    #[arg(long, value_name = "FILE", default_value = "-", hide_default_value = true)]
    out: PathBuf,
}

/// Print one quarter of one framework as OSCAL assessment results.
#[derive(Debug, clap::Args)]
pub(super) struct ResultsArgs {
    #[command(flatten)]
    team: TeamArg,
    #[command(flatten)]
    framework: FrameworkArg,
    #[command(flatten)]
    file: FileArgs,
}

/// Print the open actions and the accepted gaps of a quarter as an OSCAL plan of actions and milestones.
#[derive(Debug, clap::Args)]
pub(super) struct PoamArgs {
    #[command(flatten)]
    file: FileArgs,
}

pub(super) fn results(root: &Path, args: &ResultsArgs, terminal: &Terminal<'_>) -> Result<Output, Output> {
    let FileArgs { quarter, source, audience, out } = &args.file;
    let Assessed { assessment, mut remarks, .. } = source.assess(root, terminal.remarks)?;
    let usage = |why: Shown| Output::usage(remarks.clone() + &why);
    let quarter = quarter.find(&assessment).map_err(usage)?;
    let framework = args.framework.find(assessment.in_quarter(quarter)).map_err(usage)?;
    let team = args.team.find(&assessment).map_err(usage)?;
    let scored = score(redact(assessment, audience.audience()));
    let hidden = &scored.assessment.hidden;
    if team.is_some() && hidden.contains(&Hidden::Teams) {
        return Err(usage(Shown::error("this audience does not see teams, so there are no results of one")));
    }
    let results = results::Results { quarter: scored.quarter(quarter), framework, team };
    let mut note = |text: &str| remarks += &Shown::line(&format!("note: {text}"));
    for id in results::left_out(results) {
        note(&format!("{id} is not in it; `--framework {id}` exports it"));
    }
    if hidden.contains(&Hidden::Evidence) {
        note("this audience does not see evidence, so there is no observation");
    }
    let catalog = results.quarter.framework(framework);
    if catalog.team_level && team.is_none() {
        note(&format!(
            "{} is scored team by team, so there is no finding; `--team ID` exports those of one team",
            catalog.id
        ));
    }
    deliver(out, results::print(results), remarks, terminal)
}

pub(super) fn plan(root: &Path, args: &PoamArgs, terminal: &Terminal<'_>) -> Result<Output, Output> {
    let FileArgs { quarter, source, audience, out } = &args.file;
    let Assessed { assessment, mut remarks, .. } = source.assess(root, terminal.remarks)?;
    let quarter = quarter.find(&assessment).map_err(|why| Output::usage(remarks.clone() + &why))?;
    let scored = score(redact(assessment, audience.audience()));
    let quarter = scored.quarter(quarter);
    for id in poam::passed(quarter) {
        remarks += &Shown::line(&format!("note: {id} is not in it: it accepts nothing any more"));
    }
    let Some(plan) = poam::OpenPlan::of(quarter) else {
        let why = format!("{} has no open action and no accepted gap, and OSCAL has no empty plan", quarter.name());
        return Err(Output::failure(remarks + &Shown::error(&why)));
    };
    deliver(out, poam::print(&plan), remarks, terminal)
}
