//! A team's answer for a control in a quarter, and the dated items that support it.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::base::excerpt::Excerpt;
use crate::base::number::Level;
use crate::base::place::Origin;
use crate::base::text::composed;
use crate::model::ids::AnswerId;
use crate::model::measure::{Value, age};

/// An answer. A control without one is unanswered. The four states (assessed, unknown, not applicable, unanswered) are never
/// merged.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What the answer says.
    pub state: State,
    /// The team's note, in Markdown; may be empty.
    pub note: Excerpt,
    /// The evidence that supports the answer.
    pub evidence: Vec<Item>,
    /// The other answer that this one stands on; `None` if it stands on its own evidence alone.
    pub inherited: Option<Box<Inherited>>,
    /// Who attested the answer, or else the file that holds it; `None` if nobody did.
    pub attested: Option<Arc<Attestation>>,
    /// Whether the team gave the answer in its quarter.
    pub renewal: Renewal,
    /// Where it is written.
    pub origin: Origin,
}

impl Answer {
    /// The claim; `None` if the answer is not a level.
    pub fn claim(&self) -> Option<&Claim> {
        match &self.state {
            State::Assessed { claim } => Some(claim),
            State::Unknown { .. } | State::NotApplicable { .. } => None,
        }
    }

    /// Why the answer has no level; empty if it has one.
    pub fn reason(&self) -> &str {
        match &self.state {
            State::Assessed { .. } => "",
            State::Unknown { why } => why,
            State::NotApplicable { reason, .. } => reason,
        }
    }

    /// Whether the answer was taken over from the quarter before and the team has not given it again.
    pub fn is_carried(&self) -> bool {
        self.renewal != Renewal::Given
    }

    /// Whether collectors wrote all of its evidence, and nobody attests it.
    pub fn rests_on_machines(&self) -> bool {
        let items = &self.evidence;
        self.claim().is_some()
            && self.attested.is_none()
            && !items.is_empty()
            && items.iter().all(|item| item.collected.is_some())
    }

    /// Whether the control does not apply to the team. The answer is then not in the denominator.
    pub fn is_not_applicable(&self) -> bool {
        matches!(self.state, State::NotApplicable { .. })
    }
}

/// What an answer stands on besides its own evidence: another answer of the same quarter.
#[derive(Clone, Debug)]
pub struct Inherited {
    /// The provider's answer, of the team as the file names it. Ask a quarter for the team that it is there.
    pub from: AnswerId,
    /// What the team that inherits still has to do itself.
    pub remains: Excerpt,
    /// Where it is written.
    pub origin: Origin,
}

/// Whether a team gave an answer in its quarter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// The answer is new, says something new, or was attested again.
    Given,
    /// The answer is marked as carried, and nobody attested it again.
    Carried,
    /// Nothing marks the answer, but it only repeats the quarter before, and nobody attested it again.
    Copied,
}

/// What an answer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// A level, 0 included.
    Assessed {
        /// What the team claims, before its evidence is considered.
        claim: Claim,
    },
    /// The team was asked, but nobody knows.
    Unknown {
        /// Why nobody knows.
        why: String,
    },
    /// The control does not apply.
    NotApplicable {
        /// Why the control does not apply.
        reason: Excerpt,
        /// The role that approved this; may be empty.
        approved_by: Excerpt,
    },
}

/// What a team claims. The `score` module computes the level that results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// One level.
    Level(Level),
    /// One level for each dimension of the scale, in the scale's order.
    Dimensions(Vec<Level>),
    /// Facts of a measured control. The control's criteria turn them into the level.
    Facts {
        /// The facts that this answer gives. Facts of other controls are in those controls' answers.
        given: BTreeMap<String, Value>,
        /// The level that the team wrote with its facts. It does not count if the control has criteria.
        said: Option<Level>,
    },
}

/// Who attests a file of answers, or one answer.
#[derive(Clone, Debug)]
pub struct Attestation {
    /// Whether it is written in an answer, and is for that one alone. There it replaces the file's.
    pub of_answer: bool,
    /// The role that attests.
    pub by: String,
    /// The day of the attestation; `None` if none is given.
    pub on: Option<Date>,
}

impl Attestation {
    /// How many days after a quarter's end its answers may still be attested.
    const GRACE: i32 = 45;

    /// The last day on which the answers of a quarter that closes on this day may be attested.
    pub fn last_day(closes: Date) -> Date {
        closes.saturating_add(Self::GRACE.days())
    }

    /// The day of the attestation, if it is later than [`Self::last_day`] of a quarter that closes on this day.
    pub fn late(&self, closes: Date) -> Option<Date> {
        self.on.filter(|on| *on > Self::last_day(closes))
    }

    /// Whether the day of the attestation lies in the quarter with these days, or in the weeks after it.
    pub fn lies_in(&self, quarter: Period) -> bool {
        self.on.is_some_and(|on| quarter.from <= on && on <= Self::last_day(quarter.to))
    }
}

/// A dated item that supports an answer.
#[derive(Clone, Debug)]
pub struct Item {
    /// The kind of evidence.
    pub kind: Kind,
    /// The item's title.
    pub title: Excerpt,
    /// The days that the item covers: its date, or a period.
    pub period: Period,
    /// Where the item can be read; may be empty.
    pub url: Excerpt,
    /// The file in the workspace; `None` for most items.
    pub artifact: Option<Box<Artifact>>,
    /// The collector that wrote it; `None` if a person did.
    pub collected: Option<Box<By>>,
    /// Where it is written.
    pub origin: Origin,
}

/// The collector that wrote an evidence item.
#[derive(Clone, Debug)]
pub struct By {
    /// The collector's name.
    pub collector: String,
    /// Where in the file each fact stands, by the fact's name.
    pub gives: BTreeMap<String, String>,
}

/// The first and last day that evidence covers; equal for a single date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

impl Period {
    /// The number of days from the last day of the period to `day`.
    pub fn age(self, day: Date) -> i32 {
        age(self.to, day)
    }
}

/// A file of the workspace, unchanged since its digest was recorded.
#[derive(Clone, Debug)]
pub struct Artifact {
    /// The file's path, relative to the workspace's root.
    pub path: String,
    /// The file's SHA-256 in lower-case hexadecimal.
    pub sha256: String,
}

impl Artifact {
    /// The workspace path of `file` as written in the evidence file `from`; `None` if it is outside the workspace.
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
        Some(composed(&parts.join("/")))
    }

    /// The workspace path `path` in the form in which the evidence file `from` writes it.
    pub fn written(from: &str, path: &str) -> String {
        let folders: Vec<&str> = from.rsplit_once('/').map_or_else(Vec::new, |(folder, _)| folder.split('/').collect());
        let parts: Vec<&str> = path.split('/').collect();
        let shared = folders.iter().zip(&parts[..parts.len() - 1]).take_while(|(one, other)| one == other).count();
        let up = folders[shared..].iter().map(|_| "..");
        up.chain(parts[shared..].iter().copied()).collect::<Vec<_>>().join("/")
    }
}

/// The kind of an evidence item, from the weakest to the strongest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Somebody states it.
    Assertion,
    /// Somebody was asked, and the answers were written down.
    Interview,
    /// A policy, procedure or design.
    Document,
    /// A trace of work done by a system or a person: a log, a ticket, a list.
    Record,
    /// A figure that is measured regularly.
    Metric,
    /// The result of a test that was carried out.
    Test,
}

impl Kind {
    /// Every kind, weakest first.
    pub const ALL: [Self; 6] =
        [Self::Assertion, Self::Interview, Self::Document, Self::Record, Self::Metric, Self::Test];

    /// The word for the kind in evidence files.
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
