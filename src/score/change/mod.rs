//! Compares two scored quarters. The difference of every node is an exact sum of causes, and each cause is an exact sum of its
//! controls' contributions.
//!
//! Between the two quarters lie intermediate states. Each state differs from the one before by one [`Cause`]. A node's part is
//! the difference between two neighbouring states, so the parts always add up to the whole difference. A control's contribution
//! to a part has a closed form. If the members stay the same, a change d of a control of weight w moves the mean by w d ÷ W. A
//! control that enters a mean M with the score s moves it by w (s − M) ÷ W. W is the sum of the weights after the change.

mod shares;
mod sides;

use std::collections::BTreeMap;
use std::fmt;

use self::sides::Sides;
use super::ScoredQuarter;
use crate::base::number::Level;
use crate::base::quarter::Quarter;
use crate::model::catalog::{Framework, Node};
use crate::model::ids::{FrameworkId, TeamId};
use crate::model::profile::Target;
use crate::model::strings::Strings;

/// Why a number moved. The causes are applied in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// The catalogs, the weights, the evidence policy or another rule changed.
    Method,
    /// A team came or left, or something started or stopped to be applicable.
    Scope,
    /// An answer gained a level, or lost its level.
    Assessed,
    /// Evidence was gained or expired; the claim is unchanged.
    Evidence,
    /// A higher level.
    Up,
    /// A lower level.
    Down,
    /// The answer that it inherits from supports another level.
    Inherited,
}

impl Cause {
    /// Every cause, in order.
    pub const ALL: [Self; 7] =
        [Self::Method, Self::Scope, Self::Assessed, Self::Evidence, Self::Up, Self::Down, Self::Inherited];

    /// The cause's name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Method => "method",
            Self::Scope => "scope",
            Self::Assessed => "assessed",
            Self::Evidence => "evidence",
            Self::Up => "up",
            Self::Down => "down",
            Self::Inherited => "inherited",
        }
    }

    /// The key of the cause's name among the strings of a theme. With `_short` after it, it is that of the title of its column.
    pub fn key(self) -> &'static str {
        match self {
            Self::Method => "cause.method",
            Self::Scope => "cause.scope",
            Self::Assessed => "cause.assessed",
            Self::Evidence => "cause.evidence",
            Self::Up => "cause.up",
            Self::Down => "cause.down",
            Self::Inherited => "cause.inherited",
        }
    }
}

/// What moved in one framework, for all teams or for one.
#[derive(Clone, Debug)]
pub struct Change {
    /// Every node of the framework as it is now: the whole, then each Function before its Categories and each Category before its
    /// controls.
    pub nodes: Vec<NodeChange>,
    /// Every answer that counts and moved, ordered by control and team. One that moved by itself and by what it inherits stands
    /// twice, with the level between the two moves.
    pub answers: Vec<AnswerChange>,
    /// Targets that changed. A changed target never counts as progress.
    pub targets: Vec<TargetChange>,
    /// Why the two quarters cannot be compared; `None` if they can.
    pub incomparable: Option<WhyNot>,
}

/// Why there is no difference to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhyNot {
    /// The scale was another one, so that levels mean something else.
    Scale {
        /// The scale before.
        before: String,
        /// The scale now.
        now: String,
    },
    /// The framework with this title was not in use before, or nothing of it was in force.
    NewFramework(String),
    /// This is the first quarter.
    First(Quarter),
    /// The figures are shown team by team.
    TeamLevel,
    /// Too little is assessed, before and now.
    Coverage,
    /// Too little was assessed before.
    CoverageBefore,
    /// Too little is assessed now.
    CoverageNow,
    /// Nothing was assessed before.
    NoneBefore,
    /// Nothing is assessed now.
    NoneNow,
    /// Nothing is assessed, before and now.
    None,
}

impl WhyNot {
    /// The reason in words, as the end of a sentence.
    pub fn said(&self, words: &Strings) -> String {
        let key = match self {
            Self::Scale { before, now } => {
                return words.say("why_not.scale", &[("before", before), ("now", now)]);
            }
            Self::NewFramework(title) => return words.say("why_not.new_framework", &[("framework", title)]),
            Self::First(quarter) => return words.say("changes.no_quarter", &[("quarter", quarter)]),
            Self::TeamLevel => "why_not.by_team",
            Self::Coverage => "why_not.coverage",
            Self::CoverageBefore => "why_not.coverage_before",
            Self::CoverageNow => "why_not.coverage_now",
            Self::NoneBefore => "why_not.none_before",
            Self::NoneNow => "why_not.none_now",
            Self::None => "why_not.none",
        };
        words.word(key)
    }
}

/// How one node moved.
#[derive(Clone, Debug)]
pub struct NodeChange {
    /// The node, in the current catalog.
    pub node: Node,
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The mean before, in millionths; `None` if there is none to show.
    pub from: Option<i64>,
    /// The mean after, in millionths; `None` if there is none to show.
    pub to: Option<i64>,
    /// The mean before, as it is shown.
    pub shown_from: String,
    /// The mean after, as it is shown.
    pub shown_to: String,
    /// Why there is no difference to show; `None` if there is one.
    pub why_not: Option<WhyNot>,
    /// The causes that moved a control, even where the moves cancel out; empty if there is no difference to show.
    pub parts: Vec<CauseEffect>,
}

impl NodeChange {
    /// The difference in millionths; `None` if it may not be shown.
    pub fn total(&self) -> Option<i64> {
        Some(self.to? - self.from?).filter(|_| self.why_not.is_none())
    }

    /// Whether there is anything to report about the node.
    pub fn has_moved(&self) -> bool {
        !self.parts.is_empty() || self.from != self.to
    }
}

/// The effect of one cause on a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CauseEffect {
    /// The cause.
    pub cause: Cause,
    /// How far the cause moved the node, in millionths.
    pub amount: i64,
    /// Each control's contribution to the amount, with the control's id, in the order of the catalog, in millionths. Controls that
    /// contribute nothing are left out.
    pub controls: Vec<(String, i64)>,
}

/// How one answer moved.
#[derive(Clone, Debug)]
pub struct AnswerChange {
    /// The control's id.
    pub control: String,
    /// The team's id.
    pub team: String,
    /// The id of the team that gave the answer before; another one where a team follows it, and empty if there was none.
    pub team_before: String,
    /// Why the answer moved.
    pub cause: Cause,
    /// The answer before.
    pub from: SideState,
    /// The answer now.
    pub to: SideState,
}

impl AnswerChange {
    /// The id of the team that is named for the change: that of now, unless it is not asked, and another team answered before.
    pub fn told_team(&self) -> &str {
        let is_of_before = self.to == SideState::NotAsked && !self.team_before.is_empty();
        if is_of_before { &self.team_before } else { &self.team }
    }
}

/// The state of an answer on one side of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SideState {
    /// This side's catalog does not have the control.
    New,
    /// The team is not asked.
    NotAsked,
    /// The control does not apply.
    NotApplicable,
    /// The team answered that it does not know.
    Unknown,
    /// There is no answer.
    Unanswered,
    /// A level: the claimed one and the one that counts.
    Level {
        /// The claimed level.
        claimed: Level,
        /// The level that counts.
        score: Level,
    },
}

impl SideState {
    /// Whether a level is asked for but missing.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Unknown | Self::Unanswered)
    }
}

impl fmt::Display for SideState {
    /// The state in words, or a level as `2` or `2 (claimed 3)`.
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
    /// The target level before; `None` if there was no target.
    pub from: Option<Level>,
    /// The target level after; `None` if there is no target.
    pub to: Option<Level>,
}

/// What moved between `from` and `to` in one framework, for all teams or for one. Framework and team are those of `to`.
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

/// What moved in the whole framework, without the nodes below it: the first node of [`between`]. `None` if the two quarters
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

/// Why the two quarters cannot be compared; `None` if they can.
fn incomparable(from: ScoredQuarter<'_>, to: ScoredQuarter<'_>, catalog: &Framework) -> Option<WhyNot> {
    let (before, now) = (&from.settings().scale, &to.settings().scale);
    if !now.continues(before) {
        return Some(WhyNot::Scale { before: before.shown(), now: now.shown() });
    }
    let was_in_use = |old: &Framework| from.has_in_force(Node::Framework(old.at));
    let is_new = to.has_in_force(Node::Framework(catalog.at)) && !same_framework(from, catalog).is_some_and(was_in_use);
    is_new.then(|| WhyNot::NewFramework(catalog.title.clone()))
}

/// The framework with the same id in another quarter, with the rules of that quarter.
fn same_framework<'a>(side: ScoredQuarter<'a>, catalog: &Framework) -> Option<&'a Framework> {
    let at = side.scored.assessment.frameworks.find(|framework| framework.id == catalog.id)?;
    Some(side.framework(at))
}

fn target_changes(from: ScoredQuarter<'_>, to: ScoredQuarter<'_>, framework: FrameworkId) -> Vec<TargetChange> {
    let catalog = to.framework(framework);
    let old = same_framework(from, catalog).into_iter().flat_map(|old| old.controls.entries());
    let before: BTreeMap<&str, Option<&Target>> =
        old.map(|(id, control)| (control.id.as_str(), from.target(id))).collect();
    let level = |target: Option<&Target>| target.map(|target| target.level);
    let change = |(id, control): (_, &crate::model::catalog::Control)| {
        if !to.is_in_force(id) {
            return None;
        }
        let (then, now) = (level(*before.get(control.id.as_str())?), level(to.target(id)));
        (now != then).then(|| TargetChange { control: control.id.clone(), from: then, to: now })
    };
    catalog.controls.entries().filter_map(change).collect()
}
