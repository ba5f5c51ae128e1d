//! `--at`: which state of the workspace a command reads, the files in its folder or those of a git revision.

use std::path::Path;

use super::{Outcome, Output};
use crate::base::place::Origin;
use crate::border::Shown;
use crate::diagnostic::{self, Colour, Format};
use crate::history::provenance::{self, Provenance};
use crate::load::git::{self, GitFailure, Repository, Revision, Untold};
use crate::load::workspace::{self, Workspace};
use crate::model::assessment::{Assessment, InQuarter};

/// Which state of the workspace is read.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Source {
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
    /// What there is to say of it.
    pub(super) remarks: Shown,
}

impl Source {
    /// The revision `at`.
    pub(super) fn revision(at: &str) -> Self {
        Self { at: Some(at.to_owned()) }
    }

    /// Reads and checks the workspace at `root`; a broken one ends the command with its diagnostics.
    pub(super) fn assess(&self, root: &Path, colour: Colour) -> Result<Assessed, Output> {
        let (workspace, committed) = match &self.at {
            None => (workspace::load(root), None),
            Some(at) => {
                let (repository, revision) = found(root, at).map_err(|failure| failed(&failure))?;
                let workspace = repository.load(&revision).map_err(|failure| failed(&failure))?;
                (workspace, Some((repository, revision)))
            }
        };
        let checked = crate::check::check(&workspace);
        let read = committed
            .as_ref()
            .map(|(_, revision)| Shown::line(&format!("read at {}: commit {}", revision.shown(), revision.commit)));
        let diagnostics = diagnostic::print(&checked.diagnostics, &workspace, Format::Text, colour);
        let remarks = read.unwrap_or_default() + &diagnostics;
        match checked.assessment {
            Some(assessment) => Ok(Assessed { snapshot: Snapshot { workspace, committed }, assessment, remarks }),
            None => Err(Output::failure(remarks)),
        }
    }
}

fn found(root: &Path, at: &str) -> Result<(Repository, Revision), GitFailure> {
    let repository = git::open(root)?;
    let revision = repository.revision(at)?;
    Ok((repository, revision))
}

fn failed(failure: &GitFailure) -> Output {
    let Untold { why, help } = failure.untold();
    let outcome = match failure {
        GitFailure::NotThere(_) => Outcome::Usage,
        GitFailure::Unreadable(_) => Outcome::Problems,
    };
    Output { outcome, ..Output::failure(Shown::error(&format!("{why}; {help}"))) }
}

impl Snapshot {
    /// Who last changed what is written at `origins`, as of HEAD where no other revision was read.
    pub(super) fn provenance<'a>(&self, root: &Path, origins: impl IntoIterator<Item = &'a Origin>) -> Provenance {
        let trace = |(repository, revision): &(Repository, Revision)| {
            provenance::trace(repository, revision, &self.workspace, origins)
        };
        let traced = match &self.committed {
            Some(committed) => trace(committed),
            None => found(root, "HEAD").and_then(|head| trace(&head)),
        };
        traced.unwrap_or_else(|failure| Provenance::nothing(failure.untold().clone()))
    }

    /// The same of every answer; `None` where the workspace does not ask for it.
    pub(super) fn provenance_of_all(&self, root: &Path, assessment: &Assessment) -> Option<Provenance> {
        let quarters = assessment.quarters.ids().map(|quarter| assessment.in_quarter(quarter));
        let origins = quarters.flat_map(InQuarter::all_answers).map(|(_, answer)| &answer.origin);
        assessment.settings.provenance.then(|| self.provenance(root, origins))
    }
}
