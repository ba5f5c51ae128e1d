//! `milepost worksheet`: what a team still owes, as files to fill in.

use std::path::{Path, PathBuf};

use super::select::{FrameworkArg, FunctionArg, QuarterArg, team};
use super::source::{Assessed, Snapshot, SourceArg};
use super::{Output, Terminal};
use crate::base::number::counted;
use crate::border::Shown;
use crate::history::worksheet::{Worksheet, owed};
use crate::model::ids::FunctionId;
use crate::write::add_all;

/// Write what a team still owes as TOML to fill in: a file for each Function, every table commented out.
#[derive(Debug, clap::Args)]
pub(super) struct WorksheetArgs {
    /// The team, by its id.
    #[arg(value_name = "TEAM")]
    team: String,
    #[command(flatten)]
    quarter: QuarterArg,
    #[command(flatten)]
    function: FunctionArg,
    #[command(flatten)]
    framework: FrameworkArg,
}

pub(super) fn run(root: &Path, args: &WorksheetArgs, terminal: &Terminal<'_>) -> Result<Output, Output> {
    let Assessed { snapshot: Snapshot { workspace, .. }, assessment, remarks } =
        SourceArg::default().assess(root, terminal.remarks)?;
    let usage = |why: Shown| Output::usage(remarks.clone() + &why);
    let team = team(&assessment, &args.team).map_err(usage)?;
    let quarter = assessment.in_quarter(args.quarter.find(&assessment).map_err(usage)?);
    let framework = args.framework.named(&assessment).map_err(usage)?;
    let function = args.function.find(quarter, framework).map_err(usage)?;
    let is_wanted = |one: FunctionId| match (function, framework) {
        (Some(only), _) => one == only,
        (None, Some(only)) => one.framework() == only,
        (None, None) => true,
    };
    let (named, name) = (assessment.team(team), quarter.name());
    if !named.asked_in(name) {
        return Err(usage(Shown::error(&format!("{} is not asked in {name}", named.name))));
    }
    let sheets = owed(quarter, team, is_wanted);
    if sheets.is_empty() {
        return Ok(Output::result(Shown::line(&format!("{} owes nothing in {name}", named.name)), remarks));
    }
    let failure = |why: &str| Output::failure(remarks.clone() + &Shown::error(why));
    let folder = workspace.folder_of_quarter(name).map(|folder| format!("{folder}/{}", named.id));
    let folder = folder.ok_or_else(|| failure(&format!("{name} has no folder yet")))?;
    let path = |sheet: &Worksheet| format!("{folder}/{}", sheet.name);
    if let Some(unread) = sheets.iter().map(path).find(|path| !workspace.patterns.is_evidence(path)) {
        let why = format!("nothing would read {unread}; name its folder in `evidence` under [files] in milepost.toml");
        return Err(failure(&why));
    }
    let files: Vec<(PathBuf, &str)> =
        sheets.iter().map(|sheet| (root.join(path(sheet)), sheet.text.as_str())).collect();
    add_all(root, &files, &|step| terminal.tell_of(step)).map_err(|why| failure(&why))?;
    let row = |sheet: &Worksheet| {
        Shown::line(&format!("{}: {}", workspace.shown(&path(sheet)), counted(sheet.answers, "answer")))
    };
    Ok(Output::result(sheets.iter().map(row).collect(), remarks))
}
