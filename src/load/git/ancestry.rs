//! How two commits are related: where their histories parted, and where the workspace's folder was before it was moved.

use std::fs;
use std::path::Path;

use super::{Depth, GitFailure, GitReason, Repository, Revision, first_line, is_object_name, not_started};
use crate::base::layout::CONFIG;

impl Repository {
    /// The commit at which the histories of `one` and `other` parted.
    ///
    /// # Errors
    /// They have no common history, or this clone is too shallow to hold it.
    pub fn merge_base(&self, one: &Revision, other: &Revision) -> Result<Revision, GitFailure> {
        // Asked of the repository itself, which knows where a shallow clone ends.
        let mut command = self.closed(&self.real);
        command.args(["-c", "core.commitGraph=false", "merge-base", &one.commit, &other.commit]);
        let output = command.output().map_err(|error| not_started(&error))?;
        let commit = String::from_utf8_lossy(&output.stdout).trim_end().to_owned();
        if output.status.success() && is_object_name(&commit) {
            let below = self.folder_in(&commit)?;
            return Ok(Revision { name: commit.clone(), commit, below });
        }
        let names = format!("`{}` and `{}`", one.shown(), other.shown());
        Err(GitFailure::NotThere(match (output.status.code(), self.is_shallow()?) {
            (_, true) => {
                GitReason::new(format!("this clone is shallow, and does not hold where {names} parted"), DEEPER)
            }
            (Some(1), false) => {
                let help = "compare with the tip of the other by --base-tip";
                GitReason::new(format!("{names} have no common history"), help)
            }
            _ => GitReason::new(format!("git cannot tell where {names} parted"), first_line(&output.stderr)),
        }))
    }

    /// Whether this clone lacks older commits.
    ///
    /// # Errors
    /// `git` does not start.
    pub fn is_shallow(&self) -> Result<bool, GitFailure> {
        Ok(self.named(&["--is-shallow-repository"])?.stdout.starts_with(b"true"))
    }

    /// Whether the workspace's folder in `revision` is the one where it is now.
    pub fn holds_here(&self, revision: &Revision) -> bool {
        revision.below == self.below
    }

    /// The workspace's folder as it was called in `commit`. A moved folder is followed only where `git` itself takes its
    /// `milepost.toml` for a renamed one.
    pub(super) fn folder_in(&self, commit: &str) -> Result<String, GitFailure> {
        let here = Revision { name: commit.to_owned(), commit: commit.to_owned(), below: self.below.clone() };
        // The code that reads the workspace reports what cannot be read.
        if self.rows(&here, &[CONFIG.to_owned()], Depth::One).map_or(true, |(rows, _)| !rows.is_empty()) {
            return Ok(here.below);
        }
        let head = self.named(&["--verify", "--quiet", "HEAD^{commit}"])?;
        let head = String::from_utf8_lossy(&head.stdout).trim_end().to_owned();
        let renamed = if is_object_name(&head) { self.renamed(commit, &head)? } else { None };
        Ok(renamed.unwrap_or(here.below))
    }

    /// The folder in `then` of the `milepost.toml` that became the workspace's in `now`.
    fn renamed(&self, then: &str, now: &str) -> Result<Option<String>, GitFailure> {
        let mut command = self.reading();
        // Only such files are compared, so that no other file can be taken for one, and a large repository takes no longer.
        command.env_remove("GIT_LITERAL_PATHSPECS").env("GIT_GLOB_PATHSPECS", "1");
        command.args(["diff-tree", "-r", "-M", "--diff-filter=R", "--name-status", "-z", then, now, "--"]);
        let output = command.arg(format!("**/{CONFIG}")).output().map_err(|error| not_started(&error))?;
        let wanted = format!("{}{CONFIG}", self.below);
        let text = String::from_utf8_lossy(&output.stdout);
        let parts: Vec<&str> = text.split('\0').collect();
        let from = parts.chunks_exact(3).find(|renamed| renamed[2] == wanted).map(|renamed| renamed[1]);
        Ok(from.and_then(|from| from.strip_suffix(CONFIG)).map(str::to_owned))
    }
}

/// The folder `root` as its repository calls it, with a final slash; `None` outside a repository. This needs no `git`.
pub fn folder(root: &Path) -> Option<String> {
    let root = fs::canonicalize(root).ok()?;
    let top = root.ancestors().find(|folder| folder.join(".git").exists())?;
    root.strip_prefix(top).ok()?.iter().map(|part| Some(part.to_str()?.to_owned() + "/")).collect()
}

/// What to do about a shallow clone.
pub(super) const DEEPER: &str =
    "fetch with more depth, as by git fetch --unshallow, or in CI with fetch-depth: 0 or GIT_DEPTH: 0";
