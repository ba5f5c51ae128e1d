//! `milepost import table`: tables of other tools and organisations, each by a mapping.

use std::path::{Path, PathBuf};

use super::super::select::{FrameworkArg, QuarterArg, TeamArg};
use super::super::source::{Assessed, Source};
use super::super::{Output, Terminal};
use super::profile::ScaleArg;
use super::{ForeignArgs, ImportPlan, refuse_sealed};
use crate::border::Shown;
use crate::exchange::sheets;
use crate::exchange::table::{Map, TableAsk, TableFailure, names, own, take};
use crate::load::workspace::foreign;
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

/// The folder of a workspace whose mappings override those in the binary.
const FOLDER: &str = "maps";
/// The largest mapping, in bytes.
const LARGEST: u64 = 1 << 16;

pub(super) fn run(root: &Path, args: &ImportTableArgs, terminal: &Terminal<'_>) -> Result<Output, Output> {
    let Assessed { snapshot, assessment, remarks } = Source::default().assess(root, terminal.remarks)?;
    let usage = |why: Shown| Output::usage(remarks.clone() + &why);
    let quarter = args.quarter.find(&assessment).map_err(usage)?;
    let framework = args.framework.find(assessment.in_quarter(quarter)).map_err(usage)?;
    let Some(team) = args.team.find(&assessment).map_err(usage)? else {
        return Err(usage(Shown::error("a table gives the answers of one team: name it with --team ID")));
    };
    let scored = score(assessment);
    let quarter = scored.quarter(quarter);
    refuse_sealed(*quarter).map_err(|why| Output::failure(remarks.clone() + &Shown::error(&why)))?;
    let (named, text) = mapping(root, &args.map).map_err(|why| usage(Shown::error(&why)))?;
    let number = quarter.name().number().to_string();
    let map = Map::read(&text, &number).map_err(|why| usage(Shown::error(&format!("{named}: {why}"))))?;
    let sheets = sheets::read(&args.foreign.read(sheets::FILE)?).map_err(|why| args.foreign.refused(&why))?;
    let ask = TableAsk { workspace: &snapshot.workspace, quarter, framework, team, scale: args.scale.scale() };
    let taken = take(&sheets, &map, ask).map_err(|failure| match failure {
        TableFailure::NoTable(why) => args.foreign.refused(&why),
        TableFailure::NeedsScale(why) => usage(Shown::error(&why)),
    })?;
    let what = format!("{} for {}, answers for {}", map.title, quarter.name(), quarter.team(team).name);
    args.foreign.apply(root, snapshot, ImportPlan::of(what, taken), remarks, terminal)
}

/// The mapping that is asked for: what it is called, and its text.
fn mapping(root: &Path, wanted: &str) -> Result<(String, String), String> {
    let is_path = Path::new(wanted).extension().is_some_and(|ending| ending == "toml");
    let own_file = root.join(FOLDER).join(format!("{wanted}.toml"));
    let path: Option<PathBuf> = if is_path {
        Some(PathBuf::from(wanted))
    } else {
        Some(own_file).filter(|path| names().any(|name| name == wanted) && path.exists())
    };
    if let Some(path) = path {
        let named = path.display().to_string();
        let text = String::from_utf8(foreign(&path, LARGEST)?).map_err(|_| format!("{named} is not UTF-8"))?;
        return Ok((named, text));
    }
    let text = own(wanted).ok_or_else(|| {
        let names = names().collect::<Vec<_>>().join(", ");
        format!("no mapping `{wanted}`; there are: {names}, and any file that ends with .toml")
    })?;
    Ok((wanted.to_owned(), text.to_owned()))
}
