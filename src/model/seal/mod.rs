//! The content of a quarter's `seal.toml`.
//!
//! A seal holds the SHA-256 of every file that a closed quarter's figures depend on, the figures themselves, and the digest of
//! the previous seal. The last two lines give the digest of all lines above them. `head -n -2 seal.toml | sha256sum` computes it
//! again.

mod text;

pub use self::text::{print, read};

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::Serialize;

use crate::base::layout::{SEAL_FILE, name_of};
use crate::base::quarter::Quarter;
use crate::load::workspace::Workspace;
use crate::model::catalog::Node;
use crate::model::rule_key::RuleKey;
use crate::model::rules::{RuleChange, RuleLines};

/// The content of a seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// The quarter that the seal closes.
    pub quarter: Quarter,
    /// The version of Milepost that made the seal.
    pub tool: String,
    /// The previous seal in the chain; `None` for the first. For the seal of reviews, that of their own quarter.
    pub previous: Option<Previous>,
    /// The rules that were in force, each with its value.
    pub rules: RuleLines,
    /// The SHA-256 of each file that the figures depend on, by the file's role and path.
    pub inputs: BTreeMap<(Role, String), String>,
    /// The sealed figures of each node.
    pub figures: BTreeMap<SealedNode, SealedFigures>,
}

impl Seal {
    /// Whether it is the seal of a quarter's reviews, which continues the seal of their own quarter.
    pub fn is_of_reviews(&self) -> bool {
        self.inputs.keys().any(|(role, _)| *role == Role::Reviews)
    }
}

/// The previous seal in the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Previous {
    /// The quarter that the previous seal closes.
    #[serde(serialize_with = "shown")]
    pub quarter: Quarter,
    /// The SHA-256 of the whole previous `seal.toml`.
    pub sha256: String,
}

fn shown<S: serde::Serializer>(quarter: &Quarter, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(quarter)
}

/// The role of a file in a quarter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// One of the quarter's own files: `quarter.toml`, `summary.md`, `profile.toml`.
    Own,
    /// A file with a team's answers.
    Evidence,
    /// The review file of a reviewer. Only the seal of the reviews names it.
    Reviews,
    /// A file that evidence points to.
    Artifacts,
    /// Catalogs. All quarters share them, and they may change after a quarter is closed.
    Policy,
    /// A catalog that is built into Milepost; it is policy too.
    Embedded,
}

impl Role {
    /// All roles, in the order of a seal.
    pub const ALL: [Self; 6] =
        [Self::Own, Self::Evidence, Self::Reviews, Self::Artifacts, Self::Policy, Self::Embedded];

    /// The name of the role's table in a seal.
    pub fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Evidence => "evidence",
            Self::Reviews => "reviews",
            Self::Artifacts => "artifacts",
            Self::Policy => "policy",
            Self::Embedded => "embedded",
        }
    }

    /// Whether all quarters share files of this role. If such a file changes, a closed quarter is not necessarily affected.
    pub fn is_policy(self) -> bool {
        matches!(self, Self::Policy | Self::Embedded)
    }
}

/// A node whose figures are sealed. Nodes are sorted in the order of a seal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SealedNode {
    /// The framework's id.
    pub framework: String,
    /// The kind of node.
    pub part: SealedPart,
    /// The id of the framework, team, Function, Category or control.
    pub id: String,
}

/// The kinds of nodes in a seal.
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
    /// The kind of a node, for the figures of all teams together.
    pub fn of(node: Node) -> Self {
        match node {
            Node::Framework(_) => Self::Overall,
            Node::Function(_) => Self::Functions,
            Node::Category(_) => Self::Categories,
            Node::Control(_) => Self::Controls,
        }
    }

    /// All kinds, in the order of a seal.
    pub const ALL: [Self; 5] = [Self::Overall, Self::Teams, Self::Functions, Self::Categories, Self::Controls];

    /// The name of the kind's table in a seal.
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

/// A node's figures by their names in [`FIGURES`]. A figure that is null in JSON is left out.
pub type SealedFigures = BTreeMap<String, SealedFigure>;

/// The names of a node's figures, as in `milepost score --format json`, in the order of a seal.
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

/// How many of [`FIGURES`], counted from the first, are levels in millionths.
pub const LEVELS: usize = 9;

/// The value of one sealed figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum SealedFigure {
    /// A count, or a level in millionths.
    Whole(i64),
    /// True or false.
    Truth(bool),
    /// A list of counts.
    Counts(Vec<i64>),
}

/// A seal in the workspace, with what changed after sealing.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// The quarter in whose folder the seal is.
    pub quarter: Quarter,
    /// The path of the seal, relative to the workspace's root.
    pub path: String,
    /// The SHA-256 of the whole seal file.
    pub sha256: String,
    /// The content of the seal; `None` if it cannot be read.
    pub seal: Option<Seal>,
    /// Faults of the seal itself, and of its place in the chain of seals.
    pub faults: Vec<SealFault>,
    /// The files that were added, changed or removed after sealing, by path.
    pub changes: Vec<FileChange>,
    /// The rules of the quarter that are other ones now, by key: what was sealed, and what is in force.
    pub rules: Vec<RuleChange>,
    /// The quarter's reviews, which have a seal of their own.
    pub reviews: SealedReviews,
}

/// How the reviews of a sealed quarter are closed.
#[derive(Clone, Debug)]
pub enum SealedReviews {
    /// By this seal.
    Sealed(Box<Sealed>),
    /// By none: so many files may still change; 0 if nobody has reviewed the quarter.
    Open(usize),
}

impl SealedReviews {
    /// The seal; `None` if they have none.
    pub fn seal(&self) -> Option<&Sealed> {
        match self {
            Self::Sealed(sealed) => Some(sealed),
            Self::Open(_) => None,
        }
    }

    /// The same, to hide what an audience may not see.
    pub fn seal_mut(&mut self) -> Option<&mut Sealed> {
        match self {
            Self::Sealed(sealed) => Some(sealed),
            Self::Open(_) => None,
        }
    }
}

/// A rule that is another one now than when quarters were sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReachedRule {
    /// The rule, with the sealed value and the one now.
    pub change: RuleChange,
    /// The closed quarters that rest on the sealed value, oldest first.
    pub quarters: Vec<Quarter>,
}

impl ReachedRule {
    /// The first quarter in which the rule may be what it is now: the one after the last that rests on the sealed value.
    pub fn next(&self) -> Option<Quarter> {
        self.quarters.last().map(|last| last.next())
    }

    /// The quarters that rest on the sealed value: `2026-Q3`, `2026-Q1 and 2026-Q2`, or `2026-Q1 to 2026-Q3`.
    pub fn told_quarters(&self) -> String {
        match self.quarters.as_slice() {
            [] => String::new(),
            [one] => one.to_string(),
            [one, two] => format!("{one} and {two}"),
            [first, .., last] => format!("{first} to {last}"),
        }
    }
}

/// The rules on which closed quarters rest and that are other ones now, by key.
pub fn reached<'a>(seals: impl IntoIterator<Item = &'a Sealed>) -> Vec<ReachedRule> {
    let mut all: BTreeMap<(&RuleKey, &Option<String>, &Option<String>), ReachedRule> = BTreeMap::new();
    for sealed in seals {
        for change in &sealed.rules {
            let reached = all.entry((&change.rule, &change.before, &change.after));
            let reached = reached.or_insert_with(|| ReachedRule { change: change.clone(), quarters: Vec::new() });
            reached.quarters.push(sealed.quarter);
        }
    }
    all.into_values().collect()
}

/// What is wrong with a seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealFault {
    /// What is wrong.
    pub message: String,
    /// How to correct it.
    pub help: String,
    /// The byte range in the seal that the fault is about.
    pub span: Range<usize>,
}

/// A file that differs from the seal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileChange {
    /// The file, relative to the workspace's root.
    pub path: String,
    /// The file's role in the quarter.
    pub role: Role,
    /// What happened to the file.
    pub change: Happened,
}

/// What happened to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Happened {
    /// The file did not exist when the quarter was sealed.
    Added,
    /// The file's content is different.
    Changed,
    /// Only the file's line ends are different.
    LineEnds,
    /// The file no longer exists.
    Removed,
}

impl Happened {
    /// The word for it in output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::LineEnds => "changed in its line ends alone",
            Self::Removed => "removed",
        }
    }
}

/// The quarters' own files and evidence files, by quarter, without seals.
pub fn files(workspace: &Workspace) -> BTreeMap<Quarter, BTreeSet<(Role, &str)>> {
    let mut files: BTreeMap<Quarter, BTreeSet<(Role, &str)>> = BTreeMap::new();
    for path in workspace.files.keys() {
        let patterns = &workspace.patterns;
        let role = match patterns.quarter_folder(path) {
            Some(_) if name_of(path) == SEAL_FILE => continue,
            Some(_) => Role::Own,
            None => Role::Evidence,
        };
        if let Some(quarter) = patterns.quarter_of(path) {
            files.entry(quarter).or_default().insert((role, path));
        }
    }
    files
}

/// The review files of each quarter.
pub fn review_files(workspace: &Workspace) -> BTreeMap<Quarter, BTreeSet<&str>> {
    let mut files: BTreeMap<Quarter, BTreeSet<&str>> = BTreeMap::new();
    for path in workspace.files.keys() {
        if let Some(quarter) = workspace.patterns.reviewed_quarter(path) {
            files.entry(quarter).or_default().insert(path);
        }
    }
    files
}

/// The files that differ from `seal`. `digest` gives the current digest of a file. `now` lists the quarter's current files
/// besides the sealed ones; the workspace says which sealed files still exist.
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
            Some(_) if workspace.digest_exchanged(path).as_ref() == Some(sealed) => Happened::LineEnds,
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
