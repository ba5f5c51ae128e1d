//! A workspace that is read, and what its readers add to besides the values that they make.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::number::Level;
use crate::diagnostic::{Diagnostics, Place};
use crate::load::workspace::Workspace;

/// The levels of targets, and where each is written, by the place of its target. The quarter says on which scale they are judged.
pub(super) type TargetLevels = BTreeMap<Place, (Level, Place)>;

/// A workspace, and what the readers of this room find in it and do not judge themselves.
pub(super) struct Finds<'w> {
    pub(super) workspace: &'w Workspace,
    /// Every mistake.
    pub(super) found: Diagnostics,
    /// The ids that settings and profiles mention, and where. Whether they mean something is judged by all catalogs together.
    pub(super) mentioned: Vec<(String, Place)>,
    /// The levels of the targets that are read.
    pub(super) levels: TargetLevels,
    /// The path of each artifact that evidence names, whether the file exists or not.
    pub(super) artifacts: BTreeSet<String>,
}

impl<'w> Finds<'w> {
    /// Nothing of `workspace` is read yet.
    pub(super) fn of(workspace: &'w Workspace) -> Self {
        let (found, mentioned, levels) = (Diagnostics::default(), Vec::new(), TargetLevels::new());
        Self { workspace, found, mentioned, levels, artifacts: BTreeSet::new() }
    }
}
