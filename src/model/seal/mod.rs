//! What a quarter's `seal.toml` holds.
//!
//! A seal lists the SHA-256 of every file that a closed quarter's figures rest on, the figures themselves, and the digest of the
//! seal before it. Its last two lines give the digest of all lines above them: `head -n -2 seal.toml | sha256sum` makes it again.

mod text;

pub use self::text::{print, read};

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::Serialize;

use crate::base::quarter::Quarter;
use crate::load::workspace::Workspace;
use crate::model::catalog::Node;

/// The file's name, in the quarter's folder.
pub const FILE: &str = "seal.toml";

/// What a seal says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// The quarter that it closes.
    pub quarter: Quarter,
    /// The version of the tool that made it.
    pub tool: String,
    /// The seal that it continues; `None` for the first.
    pub previous: Option<Previous>,
    /// The files that the figures rest on: what they are to the quarter, their path and their SHA-256.
    pub inputs: BTreeMap<(Role, String), String>,
    /// The figures.
    pub figures: BTreeMap<SealedNode, SealedFigures>,
}

/// The seal before another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Previous {
    /// The quarter that it closes.
    #[serde(serialize_with = "shown")]
    pub quarter: Quarter,
    /// The SHA-256 of that whole `seal.toml`.
    pub sha256: String,
}

fn shown<S: serde::Serializer>(quarter: &Quarter, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(quarter)
}

/// What a file is to a quarter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// One of the quarter's own files: `quarter.toml`, `summary.md`, `profile.toml`.
    Own,
    /// A team's answers.
    Evidence,
    /// A file that evidence points to.
    Artifacts,
    /// Settings, profiles and catalogs, which all quarters share and which go on changing after one is closed.
    Policy,
    /// A catalog that the tool carries, which is policy too.
    Embedded,
}

impl Role {
    /// All of them, in the order of a seal.
    pub const ALL: [Self; 5] = [Self::Own, Self::Evidence, Self::Artifacts, Self::Policy, Self::Embedded];

    /// The name of its table in a seal.
    pub fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Evidence => "evidence",
            Self::Artifacts => "artifacts",
            Self::Policy => "policy",
            Self::Embedded => "embedded",
        }
    }

    /// Whether all quarters share such files: a change of one says nothing yet about a closed quarter.
    pub fn is_policy(self) -> bool {
        matches!(self, Self::Policy | Self::Embedded)
    }
}

/// A node whose figures are sealed, in the order of a seal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SealedNode {
    /// The framework's id.
    pub framework: String,
    /// What sort of node it is.
    pub part: SealedPart,
    /// The id of the framework, team, Function, Category or control.
    pub id: String,
}

/// The sorts of nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SealedPart {
    /// The whole framework, for all teams together.
    Overall,
    /// The whole framework, for one team.
    Teams,
    /// A Function.
    Functions,
    /// A Category.
    Categories,
    /// A control.
    Controls,
}

impl SealedPart {
    /// The sort of a node, whose figures are those of all teams together.
    pub fn of(node: Node) -> Self {
        match node {
            Node::Framework(_) => Self::Overall,
            Node::Function(_) => Self::Functions,
            Node::Category(_) => Self::Categories,
            Node::Control(_) => Self::Controls,
        }
    }

    /// All of them, in the order of a seal.
    pub const ALL: [Self; 5] = [Self::Overall, Self::Teams, Self::Functions, Self::Categories, Self::Controls];

    /// The name of its table in a seal.
    pub fn name(self) -> &'static str {
        match self {
            Self::Overall => "overall",
            Self::Teams => "teams",
            Self::Functions => "functions",
            Self::Categories => "categories",
            Self::Controls => "controls",
        }
    }
}

/// A node's figures by [`FIGURES`]' names; what is null in JSON is not there.
pub type SealedFigures = BTreeMap<String, SealedFigure>;

/// The figures of a node as `milepost score --format json` names them, in the order of a seal.
pub const FIGURES: [&str; 18] = [
    "mean",
    "claimed",
    "supported",
    "unweighted",
    "low",
    "high",
    "floor",
    "target",
    "gap",
    "assessed",
    "applicable",
    "unknown",
    "unanswered",
    "not_applicable",
    "withheld",
    "at_target",
    "targeted",
    "levels",
];

/// How many of [`FIGURES`], from the first, are levels in millionths.
pub const LEVELS: usize = 9;

/// One figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum SealedFigure {
    /// A count, or a level in millionths.
    Whole(i64),
    /// Yes or no.
    Truth(bool),
    /// Counts.
    Counts(Vec<i64>),
}

/// A seal as it stands in the workspace, and what happened since.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// The quarter in whose folder it lies.
    pub quarter: Quarter,
    /// Where it lies, relative to the workspace's root.
    pub path: String,
    /// The SHA-256 of the whole file.
    pub sha256: String,
    /// What it says; `None` where that cannot be read.
    pub seal: Option<Seal>,
    /// What is wrong with the seal itself, and with its place in the chain of seals.
    pub faults: Vec<Fault>,
    /// The files that were added, changed or removed since, by path.
    pub changes: Vec<FileChange>,
}

/// What is wrong with a seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// The bytes of the seal that it is about.
    pub span: Range<usize>,
}

/// A file that is not as it was sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileChange {
    /// The file, relative to the workspace's root.
    pub path: String,
    /// What it is to the quarter.
    pub role: Role,
    /// What happened to it.
    pub change: Happened,
}

/// What happened to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Happened {
    /// It was not there.
    Added,
    /// It held something else.
    Changed,
    /// It is gone.
    Removed,
}

impl Happened {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
        }
    }
}

/// The workspace's own and evidence files by quarter; seals are not among them.
pub fn files(workspace: &Workspace) -> BTreeMap<Quarter, BTreeSet<(Role, &str)>> {
    let mut files: BTreeMap<Quarter, BTreeSet<(Role, &str)>> = BTreeMap::new();
    for path in workspace.files.keys() {
        let patterns = &workspace.patterns;
        let (role, folder) = match patterns.quarter_folder(path) {
            Some(_) if path.ends_with(&format!("/{FILE}")) => continue,
            Some(folder) => (Role::Own, Some(folder)),
            None if patterns.is_evidence(path) => (Role::Evidence, path.rsplitn(3, '/').nth(2)),
            None => continue,
        };
        let quarter = folder.and_then(|folder| folder.rsplit('/').next()?.parse().ok());
        if let Some(quarter) = quarter {
            files.entry(quarter).or_default().insert((role, path));
        }
    }
    files
}

/// The files that differ from what `seal` says of them, by the `digest` of each as it is now. `now` are the files that the quarter
/// has at present, beside those that are sealed; of the sealed ones the workspace tells.
pub fn changes<'a>(
    seal: &Seal,
    workspace: &Workspace,
    mut digest: impl FnMut(&str) -> Option<String>,
    now: impl IntoIterator<Item = (Role, &'a str)>,
) -> Vec<FileChange> {
    let mut changes: BTreeMap<&str, FileChange> = BTreeMap::new();
    for ((role, path), sealed) in &seal.inputs {
        let change = match digest(path) {
            Some(digest) if digest == *sealed => continue,
            None if !workspace.files.contains_key(path) => Happened::Removed,
            _ => Happened::Changed,
        };
        changes.entry(path).or_insert_with(|| FileChange { path: path.clone(), role: *role, change });
    }
    let sealed: BTreeSet<&str> = seal.inputs.keys().map(|(_, path)| path.as_str()).collect();
    for (role, path) in now {
        if !sealed.contains(path) {
            let added = || FileChange { path: path.to_owned(), role, change: Happened::Added };
            changes.entry(path).or_insert_with(added);
        }
    }
    changes.into_values().collect()
}
