//! Community Profiles: what a sector or a community holds to be important among the outcomes of a framework (NIST CSWP 32). They stand
//! beside the gap list, and no score, no target and no rank depends on one.

use std::collections::BTreeMap;

use crate::base::excerpt::Excerpt;
use crate::model::ids::FrameworkId;

/// One Community Profile.
#[derive(Clone, Debug)]
pub struct Community {
    /// Its id, which filters use.
    pub id: String,
    /// Its name.
    pub title: String,
    /// The framework whose outcomes it speaks of.
    pub of: FrameworkId,
    /// What it is to its publisher, for example `draft` or `final`.
    pub stage: String,
    /// Where it was published.
    pub source: String,
    /// The SHA-256 of the document that was read, as the file states it.
    pub sha256: String,
    /// What it says, by the shortest name of a control, Category or Function.
    pub outcomes: BTreeMap<String, CommunityOutcome>,
}

/// What a Community Profile says of one outcome.
#[derive(Clone, Debug)]
pub struct CommunityOutcome {
    /// The priority, in its own words, for example `High`; may be empty.
    pub priority: String,
    /// The guidance, in Markdown; may be empty.
    pub guidance: Excerpt,
}

impl CommunityOutcome {
    /// Whether its priority is called so, in upper or lower case.
    pub fn has_priority(&self, name: &str) -> bool {
        !self.priority.is_empty() && self.priority.to_lowercase() == name.trim().to_lowercase()
    }
}

impl Community {
    /// The priorities that it gives, each once, in the order of their first outcomes.
    pub fn priorities(&self) -> Vec<&str> {
        let mut all: Vec<&str> = Vec::new();
        for outcome in self.outcomes.values().filter(|outcome| !outcome.priority.is_empty()) {
            if !all.iter().any(|known| outcome.has_priority(known)) {
                all.push(&outcome.priority);
            }
        }
        all
    }

    /// What it says of a control with this lineage: the nearest entry.
    pub fn outcome<'a>(&self, mut lineage: impl Iterator<Item = &'a str>) -> Option<&CommunityOutcome> {
        lineage.find_map(|id| self.outcomes.get(id))
    }
}
