//! `milepost import profile`: NIST's Organizational Profile, as people fill it in.

use std::path::Path;

use super::super::export::profile::FRAMEWORK;
use super::super::select::{QuarterArg, TeamArg};
use super::super::source::{Assessed, SourceArg};
use super::super::{Output, Terminal};
use super::{ForeignArgs, ImportPlan, refuse_sealed};
use crate::border::Shown;
use crate::exchange::profile::{ProfileAsk, ProfileFailure, take};
use crate::exchange::scale::ForeignScale;
use crate::exchange::sheets;
use crate::score::score;

/// Import an Organizational Profile, as a workbook or CSV: targets and scope into the quarter's own profile, and the current state
/// into the answers of one team.
#[derive(Debug, clap::Args)]
pub(super) struct ImportProfileArgs {
    #[command(flatten)]
    foreign: ForeignArgs,
    #[command(flatten)]
    quarter: QuarterArg,
    #[command(flatten)]
    team: TeamArg,
    #[command(flatten)]
    scale: ScaleArg,
}

/// `--scale`.
#[derive(Debug, clap::Args)]
pub(super) struct ScaleArg {
    /// Which level each value of the file's own scale means here, as in "1=1,2=2,3=3,4=5"; between two numbers in proportion. Words
    /// may mean levels too.
    #[arg(long, value_name = "MAP", value_parser = ForeignScale::parse)]
    scale: Option<ForeignScale>,
}

impl ScaleArg {
    /// The scale that is declared.
    pub(super) fn scale(&self) -> Option<&ForeignScale> {
        self.scale.as_ref()
    }
}

pub(super) fn run(root: &Path, args: &ImportProfileArgs, terminal: &Terminal<'_>) -> Result<Output, Output> {
    let Assessed { snapshot, assessment, remarks } = SourceArg::default().assess(root, terminal.remarks)?;
    let quarter = args.quarter.find(&assessment).map_err(|why| Output::usage(remarks.clone() + &why))?;
    let team = args.team.find(&assessment).map_err(|why| Output::usage(remarks.clone() + &why))?;
    let scored = score(assessment);
    let quarter = scored.quarter(quarter);
    refuse_sealed(*quarter).map_err(|why| Output::failure(remarks.clone() + &Shown::error(&why)))?;
    let Some(framework) = scored.assessment.frameworks.find(|framework| framework.id == FRAMEWORK) else {
        let why =
            format!("the Organizational Profile has the outcomes of {FRAMEWORK}, and this workspace does not use it");
        return Err(Output::failure(remarks + &Shown::error(&why)));
    };
    let sheets = sheets::read(&args.foreign.read(sheets::FILE)?).map_err(|why| args.foreign.refused(&why))?;
    let ask = ProfileAsk { workspace: &snapshot.workspace, quarter, framework, team, scale: args.scale.scale() };
    let taken = take(&sheets, ask).map_err(|failure| match failure {
        ProfileFailure::NoProfile(why) => args.foreign.refused(&why),
        ProfileFailure::NeedsScale(why) => Output::usage(remarks.clone() + &Shown::error(&why)),
    })?;
    let for_team = team.map(|team| format!(", answers for {}", quarter.team(team).name)).unwrap_or_default();
    let what = format!("an Organizational Profile for {}{for_team}", quarter.name());
    args.foreign.apply(root, snapshot, ImportPlan::of(what, taken), remarks, terminal)
}
