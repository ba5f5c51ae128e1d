//! `--at`: which state of the workspace a command reads, the files in its folder or those of a git revision.

use std::collections::BTreeSet;
use std::path::Path;

use super::{CommandOutcome, Output};
use crate::base::layout::is_collected;
use crate::base::place::Origin;
use crate::border::Shown;
use crate::check::Checked;
use crate::diagnostic::{self, Code, Colour, Diagnostic, DiagnosticFormat, Severity};
use crate::history::provenance::{self, Provenance};
use crate::load::git::{self, GitFailure, GitReason, Repository, Revision};
use crate::load::workspace::{self, Entry, Workspace};
use crate::model::assessment::{Assessment, InQuarter};
use crate::model::collected;
use crate::model::evidence::Artifact;
use crate::model::forge::{Forge, Sources};

/// Which state of the workspace is read.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct SourceArg {
    /// A git revision to read instead of the files in the folder, as in main or HEAD~1.
    #[arg(long, value_name = "REF")]
    at: Option<String>,
}

/// A workspace as it was read.
pub(super) struct Snapshot {
    pub(super) workspace: Workspace,
    /// Which revision it is, if it is one.
    pub(super) committed: Option<(Repository, Revision)>,
}

/// A workspace that was read and found valid.
pub(super) struct Assessed {
    pub(super) snapshot: Snapshot,
    pub(super) assessment: Assessment,
    /// The remarks on it.
    pub(super) remarks: Shown,
}

impl SourceArg {
    /// Reads and checks the workspace at `root`; a broken one ends the command with its diagnostics.
    pub(super) fn assess(&self, root: &Path, colour: Colour) -> Result<Assessed, Output> {
        let snapshot = match &self.at {
            None => Snapshot::of_folder(root),
            Some(at) => {
                let (repository, revision) = found(root, at).map_err(|failure| failed(&failure))?;
                let workspace = repository.load(&revision).map_err(|failure| failed(&failure))?;
                Snapshot { workspace, committed: Some((repository, revision)) }
            }
        };
        let checked = crate::check::check(&snapshot.workspace);
        assessed(snapshot, checked, colour)
    }
}

/// The workspace at `root` as it would be without what people answered, and with each file that collectors kept as it was collected: for
/// a command that reads none of these answers and mends these files. `None` if it is broken even so.
pub(super) fn without_answers(root: &Path) -> Option<Assessed> {
    let mut snapshot = Snapshot::of_folder(root);
    let workspace = &mut snapshot.workspace;
    let evidence = workspace.files.iter().filter(|(path, _)| workspace.patterns.is_evidence(path));
    let mut instead: Vec<(String, Entry)> = Vec::new();
    for (path, entry) in evidence {
        match entry {
            Entry::Text(text) if is_collected(path) => {
                let kept = collected::kept_files(path, text).into_iter();
                let lost = kept.filter(|kept| workspace.digest(&kept.path).is_none_or(|is| is != kept.sha256));
                instead
                    .extend(lost.map(|Artifact { path, sha256 }| (path, Entry::Artifact { sha256, exchanged: None })));
            }
            _ => instead.push((path.clone(), Entry::Text("".into()))),
        }
    }
    let paths: Vec<String> = instead.iter().map(|(path, _)| path.clone()).collect();
    let were: Vec<Option<Entry>> =
        instead.into_iter().map(|(path, entry)| workspace.files.insert(path, entry)).collect();
    let assessment = crate::check::check(workspace).assessment?;
    // Of a path that stands there twice, the first was the true one.
    for (path, was) in paths.into_iter().zip(were).rev() {
        match was {
            Some(was) => drop(workspace.files.insert(path, was)),
            None => drop(workspace.files.remove(&path)),
        }
    }
    Some(Assessed { snapshot, assessment, remarks: Shown::default() })
}

/// What a change is compared with.
#[derive(Clone, Debug, Default, clap::Args)]
#[group(id = "earlier", multiple = false)]
pub(super) struct BaseArgs {
    /// Compare with the same quarter at the merge base of HEAD and this git revision, as in main.
    #[arg(long, value_name = "REF", conflicts_with_all = ["from", "to"])]
    base: Option<String>,
    /// Compare with the same quarter as this git revision itself holds it, as in HEAD~1.
    #[arg(long, value_name = "REF", conflicts_with_all = ["from", "to"])]
    base_tip: Option<String>,
}

/// The commit that a change is compared with.
pub(super) struct Base {
    /// Its name: `main`, or `1a2b3c4d5e6f, the merge base with main`.
    pub(super) name: String,
    /// The same with the commit's full name, in a line.
    pub(super) told: Shown,
    /// Its workspace; `None` if it holds none yet, or one without a quarter.
    pub(super) assessed: Option<Assessed>,
}

impl BaseArgs {
    /// Reads and checks the workspace as the base holds it; `None` if none is asked for.
    pub(super) fn assess(&self, root: &Path, colour: Colour) -> Result<Option<Base>, Output> {
        let Some(name) = self.base.as_ref().or(self.base_tip.as_ref()) else { return Ok(None) };
        let parted = |(repository, tip): (Repository, Revision)| {
            let parted = match &self.base {
                Some(_) => repository.merge_base(&repository.revision("HEAD")?, &tip)?,
                None => tip.clone(),
            };
            // A branch that holds all of the other one left it at its tip, which has a name.
            let revision = if parted.commit == tip.commit { tip.clone() } else { parted };
            let workspace = repository.load(&revision)?;
            Ok((repository, tip, revision, workspace))
        };
        let (repository, tip, revision, workspace) =
            found(root, name).and_then(parted).map_err(|failure| failed(&failure))?;
        let commit = &revision.commit;
        let (name, told) = if revision.commit == tip.commit {
            (tip.shown().to_owned(), format!("compared with {}: commit {commit}", tip.shown()))
        } else {
            let name = format!("{}, the merge base with {}", revision.shown(), tip.shown());
            (name, format!("compared with the merge base of HEAD and {}: commit {commit}", tip.shown()))
        };
        let told = Shown::line(&(told + &moved(&repository, &revision)));
        let checked = crate::check::check(&workspace);
        let is_empty = checked.assessment.is_none() && checked.diagnostics.iter().all(is_about_emptiness);
        let snapshot = Snapshot { workspace, committed: Some((repository, revision)) };
        let assessed = (!is_empty).then(|| assessed(snapshot, checked, colour)).transpose()?;
        Ok(Some(Base { name, told, assessed }))
    }
}

/// Whether a diagnostic is no error, or says only that there is nothing yet.
fn is_about_emptiness(found: &Diagnostic) -> bool {
    found.code.severity() != Severity::Error || matches!(found.code, Code::NoWorkspace | Code::NoQuarter)
}

/// A workspace that was checked; a broken one ends the command with its diagnostics.
fn assessed(snapshot: Snapshot, checked: Checked, colour: Colour) -> Result<Assessed, Output> {
    let read = snapshot.committed.as_ref().map(|(repository, revision)| {
        let moved = moved(repository, revision);
        Shown::line(&format!("read at {}: commit {}{moved}", revision.shown(), revision.commit))
    });
    let diagnostics = diagnostic::print(&checked.diagnostics, &snapshot.workspace, DiagnosticFormat::Text, colour);
    let remarks = read.unwrap_or_default() + &diagnostics;
    match checked.assessment {
        Some(assessment) => Ok(Assessed { snapshot, assessment, remarks }),
        None => Err(Output::failure(remarks)),
    }
}

/// Where the workspace was, if it has been moved since.
fn moved(repository: &Repository, revision: &Revision) -> String {
    if repository.holds_here(revision) {
        return String::new();
    }
    let folder = if revision.below.is_empty() { "the top of the repository" } else { &revision.below };
    format!(", where the workspace was in {folder}")
}

fn found(root: &Path, at: &str) -> Result<(Repository, Revision), GitFailure> {
    let repository = git::open(root)?;
    let revision = repository.revision(at)?;
    Ok((repository, revision))
}

fn failed(failure: &GitFailure) -> Output {
    let GitReason { why, help } = failure.reason();
    let outcome = match failure {
        GitFailure::NotThere(_) => CommandOutcome::Usage,
        GitFailure::Unreadable(_) => CommandOutcome::Problems,
    };
    Output { outcome, ..Output::failure(Shown::error(&format!("{why}; {help}"))) }
}

/// The commit that a report is made from.
pub(super) struct CommitRead {
    revision: Revision,
    /// The files that it holds as they were read.
    same: BTreeSet<String>,
    /// Whether these are all.
    is_whole: bool,
}

impl CommitRead {
    /// In words: `commit 1a2b3c4d5e6f`.
    pub(super) fn told(read: &Result<Self, GitFailure>) -> String {
        match read {
            Ok(Self { revision, is_whole: true, .. }) => format!("commit {}", revision.short()),
            Ok(Self { revision, .. }) => format!("commit {}, with changes that are not committed", revision.short()),
            Err(failure) => format!("commit unknown: {}", failure.reason().why),
        }
    }
}

impl CommitRead {
    /// The commit's whole name in words.
    pub(super) fn told_whole(read: &Result<Self, GitFailure>) -> String {
        match read {
            Ok(Self { revision, is_whole: true, .. }) => format!("commit {}", revision.commit),
            Ok(Self { revision, .. }) => format!("commit {}, with changes that are not committed", revision.commit),
            Err(failure) => format!("commit unknown: {}", failure.reason().why),
        }
    }
}

impl Snapshot {
    /// The files of the folder.
    pub(super) fn of_folder(root: &Path) -> Self {
        // Services need the folder's place in its repository to show annotations.
        let workspace = Workspace { in_repository: git::folder(root), ..workspace::load(root) };
        Self { workspace, committed: None }
    }

    /// Who last changed what is written at `origins`, as of HEAD where no other revision was read.
    pub(super) fn provenance<'a>(&self, root: &Path, origins: impl IntoIterator<Item = &'a Origin>) -> Provenance {
        let trace = |(repository, revision): &(Repository, Revision)| {
            provenance::trace(repository, revision, &self.workspace, origins)
        };
        let traced = match &self.committed {
            Some(committed) => trace(committed),
            None => found(root, "HEAD").and_then(|head| trace(&head)),
        };
        traced.unwrap_or_else(|failure| Provenance::nothing(failure.reason().clone()))
    }

    /// The commit that was read, or HEAD where files were read from the folder, and which files are the same in it.
    pub(super) fn commit(&self, root: &Path) -> Result<CommitRead, GitFailure> {
        let own = self.workspace.own_files();
        if let Some((_, revision)) = &self.committed {
            let same = own.map(|(path, _)| path.clone()).collect();
            return Ok(CommitRead { revision: revision.clone(), same, is_whole: true });
        }
        // Compared as they are read: asking git could run programs that the repository's settings name.
        let (repository, revision) = found(root, "HEAD")?;
        let files = repository.load(&revision)?.files;
        let same = own.filter(|(path, entry)| files.get(*path) == Some(*entry)).map(|(path, _)| path.clone()).collect();
        Ok(CommitRead { revision, same, is_whole: files == self.workspace.files })
    }

    /// The files that a forge shows at addresses like `forge`, as of `commit`; `None` where nobody knows what they are called there.
    pub(super) fn sources(&self, forge: Forge, commit: Option<&CommitRead>) -> Option<Sources> {
        let files = match commit.filter(|_| forge.needs_commit()) {
            Some(commit) => commit.same.clone(),
            None => self.workspace.own_files().map(|(path, _)| path.clone()).collect(),
        };
        let commit = commit.map(|commit| commit.revision.commit.clone());
        Some(Sources { forge, folder: self.workspace.in_repository.clone()?, commit, files })
    }

    /// Who last changed each answer and verdict; `None` unless `[report] provenance` is on.
    pub(super) fn provenance_of_all(&self, root: &Path, assessment: &Assessment) -> Option<Provenance> {
        let quarters = assessment.quarters.ids().map(|quarter| assessment.in_quarter(quarter));
        let origins = quarters.flat_map(InQuarter::all_answers).map(|(_, answer)| &answer.origin);
        let reviews = assessment.quarters.iter().flat_map(|quarter| &quarter.reviews);
        let verdicts = reviews.flat_map(|review| &review.verdicts).map(|verdict| &verdict.origin);
        assessment.settings.provenance.then(|| self.provenance(root, origins.chain(verdicts)))
    }
}
