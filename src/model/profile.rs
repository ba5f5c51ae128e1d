//! The Organizational Profile of a quarter: the targets and their reasons, what is out of scope, and the declared CSF Tiers.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::base::excerpt::Excerpt;
use crate::base::number::Level;
use crate::base::place::Origin;

/// The combined content of `content/profile.toml` and the quarter's own profile.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// The target levels.
    pub targets: Targets,
    /// What applies to no team, by the id of a control, Category, Function or framework.
    pub out_of_scope: BTreeMap<String, Exclusion>,
    /// The CSF Tiers that the organisation declares for itself. They are shown, but never computed or averaged.
    pub tiers: Vec<Tier>,
    /// The risks that targets, actions and exceptions name, by their ids.
    pub risks: BTreeMap<String, Risk>,
}

/// A risk of the organisation's own register. Nothing is computed of it: it says only what targets and plans are for.
#[derive(Clone, Debug)]
pub struct Risk {
    /// What it is called.
    pub title: String,
    /// The role that owns it; may be empty.
    pub owner: String,
    /// Where the register has it; may be empty.
    pub url: String,
    /// How much of it the organisation accepts, in words; may be empty.
    pub appetite: String,
    /// Where it is written.
    pub origin: Origin,
}

/// A risk that a target, an action or an exception names.
#[derive(Clone, Debug)]
pub struct RiskRef {
    /// The id of the risk.
    pub id: String,
    /// Where it is named.
    pub origin: Origin,
}

impl Profile {
    /// Why a control with this lineage is out of scope; `None` if it is in scope.
    pub fn exclusion<'a>(&self, mut lineage: impl Iterator<Item = &'a str>) -> Option<&Exclusion> {
        lineage.find_map(|id| self.out_of_scope.get(id))
    }
}

/// Why something applies to no team.
#[derive(Clone, Debug)]
pub struct Exclusion {
    /// The reason. All answers that it excludes share it.
    pub why: Excerpt,
    /// The role that approved the exclusion; may be empty.
    pub approved_by: Excerpt,
    /// Where it is written.
    pub origin: Origin,
}

/// A CSF Tier as declared (NIST CSWP 29, section 3.2): a statement on how the organisation manages risk, 1 to 4.
#[derive(Clone, Debug)]
pub struct Tier {
    /// The practice that the Tier describes.
    pub of: TierOf,
    /// The Tier that the organisation declares to have now, 1 to 4.
    pub current: u32,
    /// The Tier that the organisation wants, 1 to 4; `None` if none is declared.
    pub target: Option<u32>,
    /// Why this Tier is declared.
    pub rationale: String,
    /// The role that declares it; may be empty.
    pub declared_by: String,
}

impl Tier {
    /// NIST's name of a Tier.
    pub fn name(tier: u32) -> &'static str {
        match tier {
            1 => "Partial",
            2 => "Risk Informed",
            3 => "Repeatable",
            _ => "Adaptive",
        }
    }
}

/// The two practices that Tiers describe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TierOf {
    /// Cybersecurity risk governance.
    Governance,
    /// Cybersecurity risk management.
    Management,
}

impl TierOf {
    /// Both practices.
    pub const ALL: [Self; 2] = [Self::Governance, Self::Management];

    /// The practice's key in a profile.
    pub fn name(self) -> &'static str {
        match self {
            Self::Governance => "governance",
            Self::Management => "management",
        }
    }
}

/// The target levels: a default, and more specific ones by the id of a framework, Function, Category or control.
#[derive(Clone, Debug, Default)]
pub struct Targets {
    /// The target where no more specific one applies. If `None`, such controls have no target and no gap.
    pub default: Option<Target>,
    /// Targets by the id of a framework, Function, Category or control.
    pub by_id: BTreeMap<String, Target>,
}

impl Targets {
    /// Every target, the default one first.
    pub fn all(&self) -> impl Iterator<Item = &Target> {
        self.default.iter().chain(self.by_id.values())
    }

    /// The most specific target for a control. `lineage` goes from the control upwards.
    pub fn nearest<'a>(&self, mut lineage: impl Iterator<Item = &'a str>) -> Option<&Target> {
        lineage.find_map(|id| self.by_id.get(id)).or(self.default.as_ref())
    }
}

/// A target level, and the decision behind it.
#[derive(Clone, Debug)]
pub struct Target {
    /// The level to reach.
    pub level: Level,
    /// Why this level; may be empty.
    pub why: String,
    /// The role or body that decided; may be empty.
    pub approved_by: String,
    /// The day by which the level is to be reached; `None` if no day is set.
    pub due: Option<Date>,
    /// The day on which the decision is reviewed; `None` if no day is set.
    pub review: Option<Date>,
    /// How urgent it is; `None` if nobody said. It is shown, and no figure depends on it.
    pub priority: Option<Priority>,
    /// The risks that it is for.
    pub risks: Vec<RiskRef>,
    /// Where it is written.
    pub origin: Origin,
}

/// How urgent a target is, the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Before the others.
    High,
    /// After those that are high.
    Medium,
    /// After the others.
    Low,
}

impl Priority {
    /// Every priority, the most urgent first.
    pub const ALL: [Self; 3] = [Self::High, Self::Medium, Self::Low];

    /// The word for it in a profile.
    pub fn name(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::base::place::Place;

    pub(crate) fn target(text: &str) -> Target {
        let (why, approved_by) = (String::new(), String::new());
        let origin = Origin { place: Place::file("content/profile.toml"), line: 1 };
        let (level, risks) = (Level::parse(text).unwrap(), Vec::new());
        Target { level, why, approved_by, due: None, review: None, priority: None, risks, origin }
    }

    /// The target of PR.DS-11 if targets are set for `ids`, each one level above the one before; `default` is for the rest.
    fn nearest(ids: &[&str]) -> Option<String> {
        let rows = ids.iter().zip(1..).map(|(id, level): (_, u32)| ((*id).to_owned(), target(&level.to_string())));
        let mut targets = Targets { default: None, by_id: rows.collect() };
        targets.default = targets.by_id.remove("default");
        targets.nearest(["PR.DS-11", "PR.DS", "PR", "csf-2.0"].into_iter()).map(|target| target.level.shown())
    }

    #[test]
    fn the_target_nearest_to_the_control_wins() {
        assert_eq!(nearest(&["PR.DS-11", "PR.DS", "PR", "csf-2.0", "default"]).as_deref(), Some("1"));
        assert_eq!(nearest(&["PR.DS-10", "PR.DS", "PR", "csf-2.0", "default"]).as_deref(), Some("2"));
        assert_eq!(nearest(&["PR.DS-10", "PR.AA", "PR", "csf-2.0", "default"]).as_deref(), Some("3"));
        assert_eq!(nearest(&["PR.DS-10", "PR.AA", "DE", "csf-2.0", "default"]).as_deref(), Some("4"));
        assert_eq!(nearest(&["PR.DS-1", "PR.D", "P", "csf-2", "default"]).as_deref(), Some("5"));
        assert_eq!(nearest(&["PR.DS-1", "PR.D", "P", "csf-2"]), None);
    }
}
