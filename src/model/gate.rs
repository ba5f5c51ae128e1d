//! The gates that a workspace declares: limits that a quarter must keep.

use jiff::civil::Date;

use crate::base::number::Level;
use crate::base::place::Origin;
use crate::model::ids::TeamId;

/// A limit that a quarter must keep.
#[derive(Clone, Debug)]
pub struct Gate {
    /// What the gate limits.
    pub kind: GateKind,
    /// The limit: levels, percent or a count, depending on the kind.
    pub limit: Level,
    /// The ids of the Functions, or other nodes above controls, that the gate checks; empty for everything.
    pub functions: Vec<String>,
    /// The teams that the gate checks; empty for all teams.
    pub teams: Vec<TeamId>,
    /// When the gate is asked.
    pub when: When,
    /// The decision that excuses a failure for a time; `None` if there is none.
    pub exception: Option<GateException>,
    /// Where it is written.
    pub origin: Origin,
}

/// When a gate is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum When {
    /// With every change.
    #[default]
    Always,
    /// When the quarter closes. A quarter that is open is not finished, so such a gate would fail for weeks.
    Closing,
}

impl When {
    /// Every word of `when`, and what it means.
    pub const WORDS: [(&str, Self); 2] = [("always", Self::Always), ("closing", Self::Closing)];
}

/// A decision that a gate may fail for a time.
#[derive(Clone, Debug)]
pub struct GateException {
    /// Why the gate may fail.
    pub reason: String,
    /// The role that decided.
    pub approved_by: String,
    /// The last day on which it holds.
    pub expires: Date,
}

/// What a gate limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GateKind {
    /// The largest allowed fall of a Function since the quarter before, in levels.
    Regression,
    /// The smallest allowed share of assessed among applicable answers, in percent.
    MinimumCoverage,
    /// The largest allowed number of stale evidence items.
    StaleEvidence,
    /// The largest allowed number of answers at the bottom that were not at the bottom in the quarter before.
    NewZeros,
    /// The lowest allowed level of any answer for a key control.
    KeyControls,
    /// The largest allowed number of answers that are not applicable without approval.
    Unapproved,
    /// The largest allowed number of overdue actions.
    OverdueActions,
    /// The smallest allowed share of a team's answers that are given again and not carried, in percent.
    Reattested,
    /// The largest allowed number of controls below a target that is past due.
    OverdueTargets,
    /// The largest allowed number of answers of the quarter before that are gone.
    Vanished,
    /// The largest allowed number of answers for key controls that nobody reviewed, in the newest sealed quarter.
    UnreviewedKeyControls,
    /// The largest allowed number of answers that a reviewer disagrees with, in the newest sealed quarter.
    Disagreements,
    /// The largest allowed number of findings of reviews that are open after their retest.
    OpenFindings,
}

impl GateKind {
    /// Every kind, in the order of evaluation.
    pub const ALL: [Self; 13] = [
        Self::Regression,
        Self::MinimumCoverage,
        Self::StaleEvidence,
        Self::NewZeros,
        Self::KeyControls,
        Self::Unapproved,
        Self::OverdueActions,
        Self::Reattested,
        Self::OverdueTargets,
        Self::Vanished,
        Self::UnreviewedKeyControls,
        Self::Disagreements,
        Self::OpenFindings,
    ];

    /// Whether it is about reviews. These are made after a quarter is sealed, so such a gate judges the newest sealed quarter and
    /// never keeps a quarter from being sealed.
    pub fn is_of_reviews(self) -> bool {
        matches!(self, Self::UnreviewedKeyControls | Self::Disagreements | Self::OpenFindings)
    }

    /// The key of the kind in `[gates]`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Regression => "regression",
            Self::MinimumCoverage => "minimum_coverage",
            Self::StaleEvidence => "stale_evidence",
            Self::NewZeros => "new_zeros",
            Self::KeyControls => "key_controls",
            Self::Unapproved => "unapproved",
            Self::OverdueActions => "overdue_actions",
            Self::Reattested => "reattested",
            Self::OverdueTargets => "overdue_targets",
            Self::Vanished => "vanished",
            Self::UnreviewedKeyControls => "unreviewed_key_controls",
            Self::Disagreements => "disagreements",
            Self::OpenFindings => "open_findings",
        }
    }
}
