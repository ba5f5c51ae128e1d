//! `milepost export workbook`: what a team says in a quarter, as a workbook to fill in.

use std::path::{Path, PathBuf};

use crate::border::Shown;
use crate::cli::select::{FrameworkArg, QuarterArg, team};
use crate::cli::source::{Assessed, SourceArg};
use crate::cli::{Output, Terminal};
use crate::exchange::workbook::{Scope, write};
use crate::write::add;

/// Write a team's workbook (.xlsx): a sheet for each Function with its answers, lists to choose from, evidence and facts.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct WorkbookArgs {
    /// The team, by its id.
    #[arg(long, value_name = "ID")]
    team: String,
    #[command(flatten)]
    quarter: QuarterArg,
    #[command(flatten)]
    framework: FrameworkArg,
    /// The new file to write, a name that ends with .xlsx.
    #[arg(long, value_name = "FILE", value_parser = workbook_path)]
    out: PathBuf,
}

fn workbook_path(path: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(path);
    let is_workbook = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("xlsx"));
    if is_workbook { Ok(path) } else { Err("a workbook goes to a file: write a name that ends with .xlsx".to_owned()) }
}

pub(super) fn run(root: &Path, args: &WorkbookArgs, terminal: &Terminal<'_>) -> Result<Output, Output> {
    let Assessed { assessment, mut remarks, .. } = SourceArg::default().assess(root, terminal.remarks)?;
    let usage = |why: Shown| Output::usage(remarks.clone() + &why);
    let team = team(&assessment, &args.team).map_err(usage)?;
    let quarter = assessment.in_quarter(args.quarter.find(&assessment).map_err(usage)?);
    let framework = args.framework.find(quarter).map_err(usage)?;
    let (named, name) = (&assessment.team(team).name, quarter.name());
    let scope = Scope { quarter, team, framework };
    if scope.is_empty() {
        return Err(usage(Shown::error(&asked_for_nothing(scope))));
    }
    let failure = |why: &str| Output::failure(remarks.clone() + &Shown::error(why));
    let (file, cut) = write(scope).map_err(|why| failure(&why))?;
    add(&args.out, file, &|step| terminal.tell_of(step)).map_err(|why| failure(&why))?;
    remarks += &cut.text();
    if quarter.answers().seal.is_some() {
        remarks +=
            &Shown::line(&format!("note: {name} is closed by its seal, so nothing of the workbook can be imported"));
    }
    let written = Shown::line(&format!("wrote {}: {named}, {name}", args.out.display()));
    Ok(Output::result(Shown::default(), remarks + &written))
}

/// The message for a team that is asked for nothing.
pub(in crate::cli) fn asked_for_nothing(Scope { quarter, team, framework }: Scope<'_>) -> String {
    let (team, framework) = (&quarter.team(team).name, &quarter.framework(framework).id);
    format!("{team} is asked for nothing of {framework} in {}", quarter.name())
}
