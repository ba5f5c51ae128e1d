//! `milepost import catalog`: a published catalog as the files of a framework.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{ForeignArgs, ImportPlan, ReportFormat};
use crate::base::layout::name_of;
use crate::base::link::is_name;
use crate::base::number::counted;
use crate::border::Shown;
use crate::cli::source::{Assessed, SourceArg};
use crate::cli::{Output, Terminal};
use crate::exchange::LIMIT;
use crate::exchange::catalog::Published;
use crate::exchange::catalog::files::{FrameworkFolder, HEADER, WrittenCatalog, control_ids, framework_id, write};
use crate::exchange::catalog::ranks::{Catalog, ranked};
use crate::exchange::loss::Losses;
use crate::exchange::published::{CatalogRefusal, read};
use crate::load::embedded::FILES;
use crate::load::workspace::{Entry, Workspace, foreign};

/// Make a framework from a published catalog: OSCAL, JSON or a workbook of NIST's reference tool, or a library of CISO Assistant.
#[derive(Debug, clap::Args)]
pub(super) struct ImportCatalogArgs {
    #[command(flatten)]
    foreign: ForeignArgs,
    /// The OSCAL catalog from which an OSCAL profile selects.
    #[arg(long, value_name = "CATALOG")]
    with: Option<PathBuf>,
    /// The framework's id, which is also the name of its folder. By default, the id of the framework that has these controls, or an
    /// id made from the catalog's name.
    #[arg(long, value_name = "ID")]
    id: Option<String>,
}

pub(super) fn run(root: &Path, args: &ImportCatalogArgs, terminal: &Terminal<'_>) -> Result<Output, Output> {
    let Assessed { snapshot, assessment, remarks } = SourceArg::default().assess(root, terminal.remarks)?;
    let bytes = args.foreign.read(LIMIT)?;
    let with = args.with.as_deref().map(|path| foreign(path, LIMIT as u64)).transpose();
    let with = with.map_err(|why| Output::usage(Shown::error(&why)))?;
    let mut left = Losses::default();
    let published = read(&bytes, with.as_deref(), &mut left).map_err(|refusal| match refusal {
        CatalogRefusal::Asks(why) => Output::usage(Shown::error(&format!("{}: {why}", args.foreign.file.display()))),
        CatalogRefusal::Unfit(why) => args.foreign.refused(&why),
    })?;
    let catalog = match ranked(&published, &mut left) {
        Ok(catalog) => catalog,
        Err(refused) => {
            let plan = ImportPlan { what: published.kind.clone(), refused, left, ..ImportPlan::default() };
            return args.foreign.apply(root, snapshot, plan, remarks, terminal);
        }
    };
    let workspace = &snapshot.workspace;
    let target = TargetFramework::of(workspace, args.id.as_deref(), &published, &catalog)?;
    let written = write(&target.id, &published, &catalog, &target.old, &mut left);
    let written = written.map_err(|why| args.foreign.refused(&format!("{}/{why}", target.folder)))?;
    let path = |name: &str| format!("{}/{name}", target.folder);
    let plan = ImportPlan {
        what: what(&published, &catalog, &target, &written),
        changes: written.changes.iter().map(|line| path(line)).collect(),
        files: written.files.iter().map(|(name, text)| (path(name), text.clone())).collect(),
        refused: Losses::default(),
        left,
        cells: Vec::new(),
    };
    let is_used = assessment.frameworks.iter().any(|framework| framework.id == target.id);
    let notes = notes(&published, &target, is_used);
    let mut output = args.foreign.apply(root, snapshot, plan, remarks, terminal)?;
    let shown: Shown = notes.iter().map(|note| Shown::line(note)).collect();
    if args.foreign.format == ReportFormat::Text {
        output.result += &shown;
    } else {
        output.remarks += &shown;
    }
    Ok(output)
}

/// The framework that a catalog is written to.
struct TargetFramework {
    id: String,
    folder: String,
    /// The files that are there, or built in.
    old: FrameworkFolder,
}

impl TargetFramework {
    fn of(workspace: &Workspace, id: Option<&str>, published: &Published, catalog: &Catalog) -> Result<Self, Output> {
        let known = frameworks(workspace);
        let asked: Vec<&str> = catalog.controls().map(|control| control.id.as_str()).collect();
        let shared = |folder: &FrameworkFolder| {
            let ids = control_ids(folder);
            (asked.iter().filter(|id| ids.contains(**id)).count(), ids.len())
        };
        let id = match id {
            Some(id) if is_name(id) => id.to_owned(),
            Some(id) => {
                let why = format!("`{id}` cannot be a framework's id, which is also a folder's name");
                return Err(Output::usage(Shown::error(&why)));
            }
            None => {
                // A built-in framework has ids that no other one has: nine of ten say which it is.
                let is_it = |(path, folder): &(&String, &FrameworkFolder)| {
                    is_built_in(path) && shared(folder).0 * 10 >= asked.len() * 9
                };
                let built_in = known.iter().find(is_it).map(|(path, _)| path.as_str());
                built_in.map_or_else(|| free_id(published, catalog), |path| name(path).to_owned())
            }
        };
        let Some((folder, old)) = known.iter().find(|(path, _)| name(path).eq_ignore_ascii_case(&id)) else {
            return Ok(Self { folder: format!("controls/{id}"), id, old: FrameworkFolder::new() });
        };
        let (same, all) = shared(old);
        if same * 2 < asked.len().min(all) || name(folder) != id {
            let why = format!(
                "{folder}/ holds another framework: {same} of its {all} controls are in the file; name another one with --id"
            );
            return Err(Output::failure(Shown::error(&why)));
        }
        Ok(Self { id, folder: folder.clone(), old: old.clone() })
    }
}

/// An id for a framework that nothing in it has.
fn free_id(published: &Published, catalog: &Catalog) -> String {
    let id = framework_id(published);
    let groups = catalog.functions.iter().flat_map(|function| std::iter::once(function).chain(&function.categories));
    let mut ids = groups.map(|group| &group.entry).chain(catalog.controls()).map(|entry| &entry.id);
    if ids.any(|taken| taken.eq_ignore_ascii_case(&id)) { format!("{id}-catalog") } else { id }
}

/// The name of a folder.
fn name(path: &str) -> &str {
    name_of(path)
}

fn is_built_in(folder: &str) -> bool {
    let header = format!("{folder}/{HEADER}");
    FILES.iter().any(|(path, _)| *path == header)
}

/// The files of every framework of the workspace, by its folder.
fn frameworks(workspace: &Workspace) -> BTreeMap<String, FrameworkFolder> {
    let mut out: BTreeMap<String, FrameworkFolder> = BTreeMap::new();
    for (path, entry) in &workspace.files {
        let Some((folder, name)) = path.rsplit_once('/').filter(|_| workspace.patterns.is_catalog(path)) else {
            continue;
        };
        if let Entry::Text(text) = entry
            && name.ends_with(".toml")
        {
            out.entry(folder.to_owned()).or_default().insert(name.to_owned(), text.to_string());
        }
    }
    out.retain(|_, folder| folder.contains_key(HEADER));
    out
}

/// What was read, in a sentence with its sums.
fn what(published: &Published, catalog: &Catalog, target: &TargetFramework, written: &WrittenCatalog) -> String {
    let subs = catalog.functions.iter().flat_map(|function| std::iter::once(function).chain(&function.categories));
    let subs: usize = subs.flat_map(|group| &group.controls).map(|control| control.subs.len()).sum();
    let controls = catalog.controls().count() - subs;
    let categories: usize = catalog.functions.iter().map(|function| function.categories.len()).sum();
    let withdrawn = catalog.withdrawn.len();
    let some = |count: usize, what: &str| (count > 0).then(|| counted(count, what));
    let categories = match categories {
        0 => None,
        1 => Some("1 Category".to_owned()),
        many => Some(format!("{many} Categories")),
    };
    let parts =
        [some(catalog.functions.len(), "Function"), categories, some(controls, "control"), some(subs, "sub-control")];
    let mut parts: Vec<String> = parts.into_iter().flatten().collect();
    if withdrawn > 0 {
        parts.push(format!("{} withdrawn", counted(withdrawn, "id")));
    }
    let edition = if published.version.is_empty() { String::new() } else { format!(", {}", published.version) };
    let kept = match written.kept {
        0 => String::new(),
        kept => format!("; {} of {} that the file does not hold stay as they are", counted(kept, "control"), target.id),
    };
    format!("{}: {}{edition}: {}{kept}", published.kind, published.name, parts.join(", "))
}

/// What there is to know before the catalog is used.
fn notes(published: &Published, target: &TargetFramework, is_used: bool) -> Vec<String> {
    let mut notes = Vec::new();
    if !published.copyright.is_empty() {
        notes.push(format!("Copyright, as the file says: {}", published.copyright));
    }
    if !is_used {
        let id = &target.id;
        notes
            .push(format!("Teams are asked once milepost.toml names it: add \"{id}\" to `frameworks` under [report]."));
    }
    notes
}
