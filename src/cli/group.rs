//! `milepost group`: the report of many units.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Notice, Output, Terminal, plain};
use crate::base::layout::CONFIG;
use crate::base::link::is_safe;
use crate::base::number::counted;
use crate::base::quarter::Quarter;
use crate::border::Shown;
use crate::check::{catalogs, check, english};
use crate::diagnostic::{self, DiagnosticFormat};
use crate::group::site::GroupSite;
use crate::group::{Group, Mistake, Wanted, gather};
use crate::load::units::{FoundUnits, find};
use crate::load::workspace::{Workspace, load};
use crate::model::strings::Strings;
use crate::report::site::Rendered;
use crate::report::theme::Theme;
use crate::write::{WriteFailure, WriteStep, refuse_own_input, write};

/// Add up the tables of many units, and build the report of the group.
#[derive(Debug, clap::Args)]
pub(super) struct GroupArgs {
    /// The units: tables, folders with a table.csv each, and folders of such folders.
    #[arg(value_name = "DIR|FILE", required = true)]
    paths: Vec<PathBuf>,
    /// Where the report goes.
    #[arg(short, long, value_name = "DIR")]
    out: PathBuf,
    /// Show no joined figure of fewer units than this.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    minimum: u32,
    /// The quarter, as in 2026-Q4; by default the newest quarter of most units.
    #[arg(long, value_name = "QUARTER")]
    quarter: Option<String>,
    /// The framework, by its id; by default the first framework of most tables.
    #[arg(long, value_name = "ID")]
    framework: Option<String>,
    /// The title of the report.
    #[arg(long, value_name = "TEXT", default_value = "Group report")]
    title: String,
    /// Where the units' own reports are, with {unit} for the unit's folder, as in `https://example.org/{unit}/` or `../{unit}/index.html`.
    #[arg(long, value_name = "ADDRESS", default_value = "", hide_default_value = true)]
    reports: String,
    /// Leave out the units' names, with their rows and links.
    #[arg(long)]
    without_names: bool,
}

/// The most mistakes that are printed.
const MISTAKES: usize = 1_000;

/// The most remarks on a group that are printed.
const REMARKS: usize = 100;

pub(super) fn run(root: &Path, args: &GroupArgs, terminal: &Terminal<'_>) -> Result<Output, Output> {
    let usage = |why: &str| Output::usage(Shown::error(why));
    let quarter: Option<Quarter> = match &args.quarter {
        Some(name) => Some(
            name.to_ascii_uppercase().parse().map_err(|()| usage(&format!("`{name}` is no quarter, as in 2026-Q4")))?,
        ),
        None => None,
    };
    if let Some(why) = fault_of_reports(&args.reports) {
        return Err(usage(&why));
    }
    let FoundUnits { units, faults, notes } = find(&args.paths);
    let remarks: Shown = notes.iter().take(MISTAKES).map(|why| Shown::line(&format!("note: {why}"))).collect();
    if !faults.is_empty() {
        let faults: Shown = faults.iter().take(MISTAKES).map(|why| Shown::error(why)).collect();
        return Err(Output::usage(remarks + &faults));
    }
    let looks = Looks::of(root, terminal).map_err(|why| Output::failure(remarks.clone() + &why))?;
    let wanted = Wanted {
        quarter,
        framework: args.framework.clone(),
        minimum: args.minimum,
        hides_names: args.without_names,
        title: args.title.clone(),
        reports: args.reports.clone(),
        known: catalogs(&looks.workspace),
    };
    let group = gather(&units, wanted).map_err(|found| Output::failure(remarks.clone() + &told(&found)))?;
    let remarks = remarks + &told_of(&group);
    let site = GroupSite::new(&group, &looks.theme, &looks.strings);
    let files = site.paths().len();
    let tell = |step: WriteStep<'_>| match step {
        WriteStep::Done => (terminal.tell)(Notice::Done { of: files }),
        step @ WriteStep::Waits(_) => terminal.tell_of(step),
    };
    let mut inputs = units.iter().filter_map(|unit| unit.table.parent());
    let apart = inputs.try_for_each(|folder| refuse_own_input(&args.out, folder, "a unit", &[]));
    match apart.and_then(|()| write(&site, &args.out, &tell)) {
        Ok(written) => {
            let index = plain(&args.out.join("index.html"));
            let units = match (group.added(), group.all()) {
                (added, all) if added < all => format!("{added} of {}", counted(all, "unit")),
                (_, all) => counted(all, "unit"),
            };
            let closing = format!("{}: {units}, {} files", index.display(), written.files);
            Ok(Output { closing, ..Output::result(Shown::default(), remarks) })
        }
        Err(WriteFailure::Page(found)) => {
            let found = diagnostic::print(
                &found.into_iter().collect(),
                &looks.workspace,
                DiagnosticFormat::Text,
                terminal.remarks,
            );
            Err(Output::failure(remarks + &found + &Shown::line("Nothing was written.")))
        }
        Err(WriteFailure::Refused(why)) => Err(Output::failure(remarks + &Shown::error(&why))),
    }
}

/// What to look at in a group, a line each.
fn told_of(group: &Group) -> Shown {
    let remarks = group.remarks();
    let more = remarks.len().saturating_sub(REMARKS);
    let lines: Shown = remarks.iter().take(REMARKS).map(|what| Shown::line(&format!("note: {what}"))).collect();
    if more == 0 { lines } else { lines + &Shown::line(&format!("note: and {more} more")) }
}

/// The theme and the words of the report: those of the workspace where the command runs, if there is one.
struct Looks {
    workspace: Workspace,
    theme: Theme,
    strings: Strings,
}

impl Looks {
    fn of(root: &Path, terminal: &Terminal<'_>) -> Result<Self, Shown> {
        let workspace = if root.join(CONFIG).exists() { load(root) } else { Workspace::embedded() };
        let checked = if root.join(CONFIG).exists() { check(&workspace).assessment } else { None };
        let (name, strings) = match checked {
            Some(assessment) => (assessment.settings.theme, assessment.strings),
            None => ("default".to_owned(), english()),
        };
        match Theme::new(&workspace, &name, &strings) {
            Ok(theme) => Ok(Self { workspace, theme, strings }),
            Err(found) => Err(diagnostic::print(
                &found.into_iter().collect(),
                &workspace,
                DiagnosticFormat::Text,
                terminal.remarks,
            )),
        }
    }
}

/// What is wrong with the address of the units' reports.
fn fault_of_reports(reports: &str) -> Option<String> {
    if reports.is_empty() {
        return None;
    }
    let example = "write it as in `https://example.org/{unit}/` or `../{unit}/index.html`";
    if !reports.contains("{unit}") {
        return Some(format!("the address of the reports has no {{unit}}: {example}"));
    }
    let filled = reports.replace("{unit}", "unit");
    let is_relative = !filled.split('/').next().unwrap_or_default().contains(':') && !filled.starts_with("//");
    let is_web = filled.starts_with("https://") || filled.starts_with("http://");
    let is_fine = is_relative || is_web && is_safe(&filled);
    (!is_fine).then(|| format!("the reports are not at a web address and not on this site: {example}"))
}

/// Mistakes as lines, and how many there are.
fn told(found: &[Mistake]) -> Shown {
    let lines: Shown = found.iter().take(MISTAKES).map(|mistake| Shown::error(&mistake.shown())).collect();
    let more = found.len().saturating_sub(MISTAKES);
    let more = if more > 0 { format!(", {more} of them not shown") } else { String::new() };
    let files: BTreeMap<&str, ()> = found.iter().map(|mistake| (mistake.file.as_str(), ())).collect();
    lines
        + &Shown::line(&format!(
            "{} in {}{more}. Nothing was written.",
            counted(found.len(), "mistake"),
            counted(files.len(), "file")
        ))
}
