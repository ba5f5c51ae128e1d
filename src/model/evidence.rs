//! A team's answer for a control in a quarter, and the dated items that support it.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::base::excerpt::Excerpt;
use crate::base::number::Level;
use crate::base::place::Origin;
use crate::model::measure::{Value, age};

/// An answer. A control without one is unanswered; the four states are never merged.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What is said.
    pub state: State,
    /// The team's note, in Markdown; may be empty.
    pub note: Excerpt,
    /// What supports it.
    pub evidence: Vec<Item>,
    /// Who attested the file that holds it.
    pub attested: Option<Arc<Attestation>>,
    /// Whether it was taken over from the quarter before and the team has not given it again.
    pub carried: bool,
    /// Where it is written.
    pub origin: Origin,
}

impl Answer {
    /// What is claimed, where the answer is a level.
    pub fn claim(&self) -> Option<&Claim> {
        match &self.state {
            State::Assessed { claim } => Some(claim),
            State::Unknown { .. } | State::NotApplicable { .. } => None,
        }
    }

    /// Whether the control does not apply to the team: it then leaves the denominator.
    pub fn is_not_applicable(&self) -> bool {
        matches!(self.state, State::NotApplicable { .. })
    }
}

/// What an answer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// A level, 0 included.
    Assessed {
        /// What the team claims, before its evidence is looked at.
        claim: Claim,
    },
    /// Asked, and nobody knows.
    Unknown {
        /// Why not.
        why: String,
    },
    /// The control does not apply.
    NotApplicable {
        /// Why not.
        reason: Excerpt,
        /// The role that agreed; may be empty.
        approved_by: Excerpt,
    },
}

/// What a team claims: which level that is, `score` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// One level.
    Level(Level),
    /// One level for each dimension of the scale, in its order.
    Dimensions(Vec<Level>),
    /// Facts of a measured control, whose criteria make the level.
    Facts {
        /// The facts that this answer gives; those of other controls stand with theirs.
        given: BTreeMap<String, Value>,
        /// The level that the team wrote beside its facts. It counts for nothing.
        said: Option<Level>,
    },
}

/// Who stands behind a file of answers.
#[derive(Clone, Debug)]
pub struct Attestation {
    /// The role.
    pub by: String,
    /// The day.
    pub on: Option<Date>,
}

/// A dated thing that supports an answer.
#[derive(Clone, Debug)]
pub struct Item {
    /// What sort of thing it is.
    pub kind: Kind,
    /// What it is called.
    pub title: Excerpt,
    /// The days it speaks for: its date, or the period it covers.
    pub period: Period,
    /// Where it can be read; may be empty.
    pub url: Excerpt,
    /// The file that it is, as few are.
    pub artifact: Option<Box<Artifact>>,
    /// Where it is written.
    pub origin: Origin,
}

/// From the first to the last day that evidence speaks for; a single date is both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

impl Period {
    /// How many days lie between its last day and `day`.
    pub fn age(self, day: Date) -> i32 {
        age(self.to, day)
    }
}

/// A file of the workspace, unchanged since its digest was written down.
#[derive(Clone, Debug)]
pub struct Artifact {
    /// The file, relative to the workspace's root.
    pub path: String,
    /// Its SHA-256 in lower-case hexadecimal.
    pub sha256: String,
}

impl Artifact {
    /// The workspace path that `file` means when written in the evidence file `from`; `None` where it leaves the workspace.
    pub fn resolve(from: &str, file: &str) -> Option<String> {
        if file.is_empty() || file.starts_with('/') || file.contains(['\\', ':', '\0']) {
            return None;
        }
        let mut parts: Vec<&str> = from.split('/').collect();
        parts.pop();
        for part in file.split('/') {
            match part {
                "" | "." => {}
                ".." => drop(parts.pop()?),
                part => parts.push(part),
            }
        }
        Some(parts.join("/"))
    }

    /// How the evidence file `from` writes the workspace path `path`.
    pub fn written(from: &str, path: &str) -> String {
        let folders: Vec<&str> = from.rsplit_once('/').map_or_else(Vec::new, |(folder, _)| folder.split('/').collect());
        let parts: Vec<&str> = path.split('/').collect();
        let shared = folders.iter().zip(&parts[..parts.len() - 1]).take_while(|(one, other)| one == other).count();
        let up = folders[shared..].iter().map(|_| "..");
        up.chain(parts[shared..].iter().copied()).collect::<Vec<_>>().join("/")
    }
}

/// What sort of thing an evidence item is, from the weakest to the strongest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Somebody says so.
    Assertion,
    /// Somebody was asked and the answers were written down.
    Interview,
    /// A policy, procedure or design.
    Document,
    /// What a system or a person left behind by doing it: a log, a ticket, a list.
    Record,
    /// A figure taken regularly.
    Metric,
    /// It was tried, and this is what happened.
    Test,
}

impl Kind {
    /// Every kind, weakest first.
    pub const ALL: [Self; 6] =
        [Self::Assertion, Self::Interview, Self::Document, Self::Record, Self::Metric, Self::Test];

    /// The word for it in evidence files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Assertion => "assertion",
            Self::Interview => "interview",
            Self::Document => "document",
            Self::Record => "record",
            Self::Metric => "metric",
            Self::Test => "test",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_artifacts_path_is_written_from_its_evidence_file_and_found_again() {
        let from = "content/2026-Q4/shore/protect.toml";
        let cases = [
            ("content/2026-Q4/shore/artifacts/a.txt", "artifacts/a.txt"),
            ("content/2026-Q3/shore/artifacts/a.txt", "../../2026-Q3/shore/artifacts/a.txt"),
            ("content/2026-Q4/a.txt", "../a.txt"),
            ("content/2026-Q4/shore", "../shore"),
            ("a.txt", "../../../a.txt"),
        ];
        for (path, written) in cases {
            assert_eq!(Artifact::written(from, path), written);
            assert_eq!(Artifact::resolve(from, written).as_deref(), Some(path));
        }
    }
}
