//! `milepost import table`: tables of other tools and organisations, each by a mapping.

use std::path::Path;

use super::super::select::{FrameworkArg, QuarterArg, TeamArg, one_of};
use super::super::source::{Assessed, SourceArg};
use super::super::{Output, Terminal};
use super::profile::ScaleArg;
use super::{ForeignArgs, ImportPlan, refuse_sealed};
use crate::border::Shown;
use crate::check::{table_mapping, table_mappings};
use crate::diagnostic::{self, Colour, DiagnosticFormat, Diagnostics};
use crate::exchange::sheets;
use crate::exchange::table::{TableAsk, TableFailure, take};
use crate::load::workspace::{Entry, Workspace, foreign};
use crate::model::table_mapping::TableMapping;
use crate::score::score;

/// Import a table of another tool, as a workbook or CSV: its levels and notes into the answers of one team, its targets into the
/// quarter's own profile.
#[derive(Debug, clap::Args)]
pub(super) struct ImportTableArgs {
    #[command(flatten)]
    foreign: ForeignArgs,
    /// What the table is: ciso-assistant, csf_profile, csf-1.1, or the path of a mapping such as maps/own.toml.
    #[arg(long = "as", value_name = "MAP")]
    map: String,
    #[command(flatten)]
    quarter: QuarterArg,
    #[command(flatten)]
    team: TeamArg,
    #[command(flatten)]
    framework: FrameworkArg,
    #[command(flatten)]
    scale: ScaleArg,
}

/// The largest mapping, in bytes.
const LARGEST: u64 = 1 << 16;

pub(super) fn run(root: &Path, args: &ImportTableArgs, terminal: &Terminal<'_>) -> Result<Output, Output> {
    let Assessed { snapshot, assessment, remarks } = SourceArg::default().assess(root, terminal.remarks)?;
    let usage = |why: Shown| Output::usage(remarks.clone() + &why);
    let quarter = args.quarter.find(&assessment).map_err(usage)?;
    let framework = args.framework.find(assessment.in_quarter(quarter)).map_err(usage)?;
    let Some(team) = args.team.find(&assessment).map_err(usage)? else {
        return Err(usage(Shown::error("a table gives the answers of one team: name it with --team ID")));
    };
    let scored = score(assessment);
    let quarter = scored.quarter(quarter);
    refuse_sealed(*quarter).map_err(|why| Output::failure(remarks.clone() + &Shown::error(&why)))?;
    let mapping = mapping(&snapshot.workspace, &args.map)
        .map_err(|refused| Output { remarks: remarks.clone() + &refused.remarks, ..refused })?
        .in_quarter(quarter.name().number());
    let sheets = sheets::read(&args.foreign.read(sheets::FILE)?).map_err(|why| args.foreign.refused(&why))?;
    let ask = TableAsk { workspace: &snapshot.workspace, quarter, framework, team, scale: args.scale.scale() };
    let taken = take(&sheets, &mapping, ask).map_err(|failure| match failure {
        TableFailure::NoTable(why) => args.foreign.refused(&why),
        TableFailure::NeedsScale(why) => usage(Shown::error(&why)),
    })?;
    let what = format!("{} for {}, answers for {}", mapping.title, quarter.name(), quarter.team(team).name);
    args.foreign.apply(root, snapshot, ImportPlan::of(what, taken), remarks, terminal)
}

/// The mapping that is asked for, by its name or the path of its file.
fn mapping(workspace: &Workspace, wanted: &str) -> Result<TableMapping, Output> {
    if Path::new(wanted).extension().is_none_or(|ending| ending != "toml") {
        let (mappings, found) = table_mappings(workspace);
        let names: Vec<(&String, String)> = mappings.keys().map(|name| (name, name.clone())).collect();
        let name = one_of("mapping", wanted, &names).map_err(Output::usage)?;
        return mappings[name].clone().ok_or_else(|| wrong(&found, workspace));
    }
    let refused = |why: &str| Output::usage(Shown::error(why));
    let bytes = foreign(Path::new(wanted), LARGEST).map_err(|why| refused(&why))?;
    let text = String::from_utf8(bytes).map_err(|_| refused(&format!("{wanted} is not UTF-8")))?;
    let mut beside = Workspace::embedded();
    beside.files.insert(wanted.to_owned(), Entry::Text(text.as_str().into()));
    let (mapping, found) = table_mapping(&beside, wanted);
    mapping.ok_or_else(|| wrong(&found, &beside))
}

/// The mistakes in mappings.
fn wrong(found: &Diagnostics, workspace: &Workspace) -> Output {
    Output::failure(diagnostic::print(found, workspace, DiagnosticFormat::Text, Colour::Plain))
}
