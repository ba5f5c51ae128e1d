//! What reading a workspace adds to, besides the values that it makes.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::number::Level;
use crate::diagnostic::{Diagnostics, Place};

/// The levels of targets, and where each is written, by the place of its target. The quarter says on which scale they are judged.
pub(super) type TargetLevels = BTreeMap<Place, (Level, Place)>;

/// What the readers of this room find and do not judge themselves.
#[derive(Default)]
pub(super) struct Finds {
    /// Every mistake.
    pub(super) found: Diagnostics,
    /// The ids that settings and profiles mention, and where. Whether they mean something is judged by all catalogs together.
    pub(super) mentioned: Vec<(String, Place)>,
    /// The levels of the targets that are read.
    pub(super) levels: TargetLevels,
    /// The path of each artifact that evidence names, whether the file exists or not.
    pub(super) artifacts: BTreeSet<String>,
}
