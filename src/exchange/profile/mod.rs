//! NIST's Organizational Profile of the CSF 2.0: a row for each outcome, in the columns of NIST's template.

mod artifacts;
mod columns;
mod read;
mod sheet;
mod table;

pub use self::read::{ProfileAsk, ProfileFailure, take};
pub use self::sheet::{ProfileAbout, csv, xlsx};
pub use self::table::{ProfileRow, ProfileTable, table};

/// A column of the template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProfileColumn {
    /// The id of a Function, Category or Subcategory.
    Outcome,
    /// What the outcome is.
    Description,
    /// `Yes` or `No`.
    Included,
    /// Why it is left out.
    Rationale,
    /// How urgent the current state is. It has no home here.
    CurrentPriority,
    /// Where the organisation stands.
    Status,
    /// Current policies. They have no home here.
    CurrentPolicies,
    /// What the organisation does: the teams' notes.
    Practices,
    /// Who answers for it.
    CurrentRoles,
    /// Ids of other catalogs.
    CurrentReferences,
    /// The evidence items.
    Artifacts,
    /// How urgent the target is.
    TargetPriority,
    /// A CSF Tier for one outcome. Tiers are declared for the whole here.
    TargetTier,
    /// Target policies. They have no home here.
    TargetPolicies,
    /// Target practices. They have no home here.
    TargetPractices,
    /// Target roles. They have no home here.
    TargetRoles,
    /// Target references. They have no home here.
    TargetReferences,
    /// Why the target is as it is.
    Notes,
    /// Target, gap and what is planned.
    Considerations,
}

impl ProfileColumn {
    /// The columns in the order of the template.
    pub const ALL: [Self; 19] = [
        Self::Outcome,
        Self::Description,
        Self::Included,
        Self::Rationale,
        Self::CurrentPriority,
        Self::Status,
        Self::CurrentPolicies,
        Self::Practices,
        Self::CurrentRoles,
        Self::CurrentReferences,
        Self::Artifacts,
        Self::TargetPriority,
        Self::TargetTier,
        Self::TargetPolicies,
        Self::TargetPractices,
        Self::TargetRoles,
        Self::TargetReferences,
        Self::Notes,
        Self::Considerations,
    ];

    /// The head of the column, as NIST writes it.
    pub fn head(self) -> &'static str {
        match self {
            Self::Outcome => "CSF Outcome (Function, Category, or Subcategory)",
            Self::Description => "CSF Outcome Description",
            Self::Included => "Included in Profile?",
            Self::Rationale => "Rationale",
            Self::CurrentPriority => "Current Priority",
            Self::Status => "Current Status",
            Self::CurrentPolicies => "Current Policies, Processes, and Procedures",
            Self::Practices => "Current Internal Practices",
            Self::CurrentRoles => "Current Roles and Responsibilities",
            Self::CurrentReferences => "Current Selected Informative References",
            Self::Artifacts => "Current Artifacts and Evidence",
            Self::TargetPriority => "Target Priority",
            Self::TargetTier => "Target CSF Tier",
            Self::TargetPolicies => "Target Policies, Processes, and Procedures",
            Self::TargetPractices => "Target Internal Practices",
            Self::TargetRoles => "Target Roles and Responsibilities",
            Self::TargetReferences => "Target Selected Informative References",
            Self::Notes => "Notes",
            Self::Considerations => "Considerations",
        }
    }

    /// What stands in the column of an exported file.
    pub fn means(self) -> &'static str {
        match self {
            Self::Outcome => "The id of the outcome.",
            Self::Description => "The outcome, in the words of the catalog that is in use.",
            Self::Included => "No where an outcome is out of scope, or applies to no team.",
            Self::Rationale => "Why it is left out.",
            Self::Status => {
                "The score, of the highest level; in brackets how many of the applicable answers have a level, and the other one of claimed and supported. A mean is not shown where too few of the answers have a level."
            }
            Self::Practices => "The notes of the teams.",
            Self::CurrentRoles => "The team that owns the outcome, or the teams that answer for it.",
            Self::CurrentReferences => "Related ids of other catalogs.",
            Self::Artifacts => "The evidence, an item a line: kind, day or days, title, where it is.",
            Self::TargetPriority => "High, Medium or Low, where the target has a priority.",
            Self::TargetTier => "Empty: CSF Tiers are declared for the whole organisation.",
            Self::Notes => "Why the target is as it is.",
            Self::Considerations => "The target, the gap, open actions, and until when a gap is accepted.",
            Self::CurrentPriority
            | Self::CurrentPolicies
            | Self::TargetPolicies
            | Self::TargetPractices
            | Self::TargetRoles
            | Self::TargetReferences => "Empty: the assessment does not hold it.",
        }
    }
}
