//! Compares two scored quarters: the difference of every node as a sum of causes, each the sum of its controls' contributions,
//! exactly.
//!
//! Between the two lie states of which each differs from the one before by one [`Cause`]. A node's part is the difference of two
//! neighbouring states, so that the parts add up whatever they are; a control's contribution to it has a closed form. With
//! members fixed, a change d of a control of weight w moves the mean by w d ÷ W; one that enters a mean M with the score s moves
//! it by w (s − M) ÷ W, where W are the weights after it.

mod shares;
mod sides;

use std::collections::BTreeMap;
use std::fmt;

use self::sides::Sides;
use super::ScoredQuarter;
use crate::base::number::Level;
use crate::model::catalog::{Framework, Node};
use crate::model::ids::{FrameworkId, TeamId};
use crate::model::profile::Target;
use crate::model::settings::Scale;

/// Why a number moved, in the order in which causes are applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// The catalogs, the weights, the evidence policy or another rule changed.
    Method,
    /// Teams came or went, or something began or ceased to apply.
    Scope,
    /// What had no level has one, or the other way round.
    Assessed,
    /// Evidence was gained or expired, at an unchanged claim.
    Evidence,
    /// A higher level.
    Up,
    /// A lower level.
    Down,
}

impl Cause {
    /// Every cause, in order.
    pub const ALL: [Self; 6] = [Self::Method, Self::Scope, Self::Assessed, Self::Evidence, Self::Up, Self::Down];

    /// The word for it in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Method => "method",
            Self::Scope => "scope",
            Self::Assessed => "assessed",
            Self::Evidence => "evidence",
            Self::Up => "up",
            Self::Down => "down",
        }
    }

    /// What it is called on pages and in tables.
    pub fn title(self) -> &'static str {
        match self {
            Self::Method => "Method or catalog",
            Self::Scope => "Scope",
            Self::Assessed => "Newly or no longer assessed",
            Self::Evidence => "Evidence",
            Self::Up => "Scored up",
            Self::Down => "Scored down",
        }
    }

    /// The head of its column in tables.
    pub fn short(self) -> &'static str {
        match self {
            Self::Method => "Method",
            Self::Scope => "Scope",
            Self::Assessed => "Assessed",
            Self::Evidence => "Evidence",
            Self::Up => "Up",
            Self::Down => "Down",
        }
    }
}

/// What moved in one framework, for all teams or for one.
#[derive(Clone, Debug)]
pub struct Change {
    /// Every node of the framework as it is now: the whole, then each Function before its Categories and each Category before its
    /// controls.
    pub nodes: Vec<NodeChange>,
    /// Every answer that counts and moved, in the order of controls and teams.
    pub answers: Vec<AnswerChange>,
    /// Targets that changed. They never count as progress.
    pub targets: Vec<TargetChange>,
    /// Why nothing can be compared; `None` where it can.
    pub incomparable: Option<String>,
}

/// How one node moved.
#[derive(Clone, Debug)]
pub struct NodeChange {
    /// The node, in the catalog of now.
    pub node: Node,
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The mean before, in millionths; `None` where there is none to show.
    pub from: Option<i64>,
    /// The mean after.
    pub to: Option<i64>,
    /// Before, as it is shown.
    pub shown_from: String,
    /// After, as it is shown.
    pub shown_to: String,
    /// Why there is no difference to show; empty where there is one.
    pub why_not: String,
    /// The causes with an amount that is not 0 or with controls that moved; empty where there is no difference to show.
    pub parts: Vec<Part>,
}

impl NodeChange {
    /// The difference in millionths, where it may be shown.
    pub fn total(&self) -> Option<i64> {
        Some(self.to? - self.from?).filter(|_| self.why_not.is_empty())
    }

    /// Whether there is anything to tell of it.
    pub fn has_moved(&self) -> bool {
        !self.parts.is_empty() || (self.from != self.to && !self.why_not.is_empty())
    }
}

/// What one cause did to a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The cause.
    pub cause: Cause,
    /// By how much it moved the node, in millionths.
    pub amount: i64,
    /// What each control contributed to that, in millionths; those that contributed nothing are left out.
    pub controls: Vec<(String, i64)>,
}

/// How one answer moved.
#[derive(Clone, Debug)]
pub struct AnswerChange {
    /// The control's id.
    pub control: String,
    /// The team's id.
    pub team: String,
    /// Why.
    pub cause: Cause,
    /// What it was before.
    pub from: SideState,
    /// What it is now.
    pub to: SideState,
}

/// What an answer says on one side of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SideState {
    /// Its control is in no catalog.
    New,
    /// Nobody is asked.
    NotAsked,
    /// It does not apply.
    NotApplicable,
    /// It is unknown.
    Unknown,
    /// There is no answer.
    Unanswered,
    /// A level: what is claimed, and what counts.
    Level {
        /// What is claimed.
        claimed: Level,
        /// What counts.
        score: Level,
    },
}

impl SideState {
    /// Whether there is no level though one is asked for.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Unknown | Self::Unanswered)
    }
}

impl fmt::Display for SideState {
    /// In words, or as `2`, or `2 (claimed 3)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::New => f.write_str("not in the catalog"),
            Self::NotAsked => f.write_str("not asked"),
            Self::NotApplicable => f.write_str("not applicable"),
            Self::Unknown => f.write_str("unknown"),
            Self::Unanswered => f.write_str("unanswered"),
            Self::Level { claimed, score } if claimed == score => f.write_str(&score.shown()),
            Self::Level { claimed, score } => write!(f, "{} (claimed {})", score.shown(), claimed.shown()),
        }
    }
}

/// A target that changed.
#[derive(Clone, Debug)]
pub struct TargetChange {
    /// The control's id.
    pub control: String,
    /// The level before; `None` where there was no target.
    pub from: Option<Level>,
    /// The level after.
    pub to: Option<Level>,
}

/// What moved from `from` to `to` in one framework of `to`, for all teams or for one team of `to`.
pub fn between(from: ScoredQuarter<'_>, to: ScoredQuarter<'_>, framework: FrameworkId, team: Option<TeamId>) -> Change {
    let targets = target_changes(from, to, framework);
    match incomparable(from, to, to.framework(framework)) {
        Some(why) => Change { nodes: Vec::new(), answers: Vec::new(), targets, incomparable: Some(why) },
        None => {
            let sides = Sides::of(from, to, framework, team);
            Change { nodes: sides.nodes(), answers: sides.answers(), targets, incomparable: None }
        }
    }
}

/// What moved in the whole of a framework, without what moved below it: the first node of [`between`]. `None` where the two sides
/// cannot be compared.
pub fn overall(
    from: ScoredQuarter<'_>,
    to: ScoredQuarter<'_>,
    framework: FrameworkId,
    team: Option<TeamId>,
) -> Option<NodeChange> {
    if incomparable(from, to, to.framework(framework)).is_some() {
        return None;
    }
    Some(Sides::of(from, to, framework, team).whole())
}

/// Why two sides cannot be compared at all.
fn incomparable(from: ScoredQuarter<'_>, to: ScoredQuarter<'_>, catalog: &Framework) -> Option<String> {
    // By name: other weights of the same dimensions are another rule, not another scale.
    let shown = |scale: &Scale| {
        let dimensions: Vec<&str> = scale.dimensions.iter().map(|dimension| dimension.name.as_str()).collect();
        let range = format!("{} to {} in steps of {}", scale.bottom.shown(), scale.top().shown(), scale.step.shown());
        if dimensions.is_empty() { range } else { format!("{range} for each of {}", dimensions.join(", ")) }
    };
    let (one, two) = (shown(&from.settings().scale), shown(&to.settings().scale));
    if one != two {
        return Some(format!(
            "the scale changed, so levels of before and after mean different things: it was {one}, and is {two}"
        ));
    }
    same_framework(from, catalog).is_none().then(|| format!("{} was not in use before", catalog.title))
}

/// The framework with the same id on another side.
fn same_framework<'a>(side: ScoredQuarter<'a>, catalog: &Framework) -> Option<&'a Framework> {
    side.scored.assessment.frameworks.iter().find(|framework| framework.id == catalog.id)
}

fn target_changes(from: ScoredQuarter<'_>, to: ScoredQuarter<'_>, framework: FrameworkId) -> Vec<TargetChange> {
    let catalog = to.framework(framework);
    let old = same_framework(from, catalog).into_iter().flat_map(|old| old.controls.entries());
    let before: BTreeMap<&str, Option<&Target>> =
        old.map(|(id, control)| (control.id.as_str(), from.target(id))).collect();
    let level = |target: Option<&Target>| target.map(|target| target.level);
    let change = |(id, control): (_, &crate::model::catalog::Control)| {
        let (then, now) = (level(*before.get(control.id.as_str())?), level(to.target(id)));
        (now != then).then(|| TargetChange { control: control.id.clone(), from: then, to: now })
    };
    catalog.controls.entries().filter_map(change).collect()
}
