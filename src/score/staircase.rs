//! The smallest sets of controls that lift a Function or a Category to a level or to its target. It is arithmetic on the scores of a
//! quarter, and no forecast.
//!
//! A Function and a Category are flat weighted means. So a control of weight w that rises from s to L adds w (L − s) to the sum that
//! is missing, whatever else rises, and one without a score adds w (L − A), where A is the aim. The largest gains are the fewest.

use num_rational::BigRational;

use crate::base::number::{Level, Mean};
use crate::model::catalog::Node;
use crate::model::ids::{ControlId, TeamId};
use crate::score::{Figures, ScoredQuarter, Withheld};

/// Where a node is to be lifted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// To this level.
    Level(Level),
    /// To its own target: the one of its assessed controls.
    Target,
}

/// How a node reaches an aim with the fewest controls.
#[derive(Clone, Debug)]
pub struct Staircase {
    /// The Function or Category.
    pub node: Node,
    /// The team; `None` for all teams together.
    pub team: Option<TeamId>,
    /// The mean now.
    pub mean: Mean,
    /// The mean that is wanted.
    pub aim: Mean,
    /// Every control that can add to it, the largest gain first; what is equal stands in the catalog's order.
    pub raises: Vec<Raise>,
    /// How many of [`Staircase::raises`] are needed; `None` if all of them are too few.
    pub needed: Option<usize>,
    /// The mean once the first so many are raised, or all of them if those are too few.
    pub after: Mean,
}

/// A control that is raised.
#[derive(Clone, Debug)]
pub struct Raise {
    /// The control.
    pub control: ControlId,
    /// Its weight in the mean.
    pub weight: u32,
    /// Its score now; `None` if it has none.
    pub from: Option<Mean>,
    /// Its target, or else the aim.
    pub to: Mean,
    /// What it adds to the weighted sum, in millionths of a level; more than 0.
    gain: BigRational,
}

/// Why there is no staircase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoStairs {
    /// A framework is a mean of means, and a control is one answer of each team.
    NoFlatMean,
    /// The node has no mean that may be shown.
    Withheld(Withheld),
    /// Nothing is assessed.
    NothingAssessed,
    /// One of the assessed controls has no target, so the node has none.
    NoTarget,
}

/// The way of a node of a quarter to an aim, for all teams together or for one.
///
/// # Errors
/// Why there is none.
pub fn climb(quarter: ScoredQuarter<'_>, node: Node, team: Option<TeamId>, aim: Aim) -> Result<Staircase, NoStairs> {
    if !matches!(node, Node::Function(_) | Node::Category(_)) {
        return Err(NoStairs::NoFlatMean);
    }
    let figures = quarter.figures(node, team);
    let mean = mean_of(figures)?;
    let aim = match aim {
        Aim::Level(level) => Mean::from(level),
        Aim::Target => figures.target.clone().ok_or(NoStairs::NoTarget)?,
    };
    let parts = parts(quarter, node, team);
    let weighed = |weight: u32| BigRational::from_integer(weight.into());
    let distance = |weight, from: &Mean, to: &Mean| weighed(weight) * (to.exact() - from.exact());
    let scored = || parts.iter().filter_map(|(control, weight, now)| Some((*control, *weight, now.mean.as_ref()?)));
    let missing: BigRational = scored().map(|(_, weight, now)| distance(weight, now, &aim)).sum();
    let raise = |(control, weight, now): &(ControlId, u32, &Figures)| {
        let to = quarter.target(*control).map_or_else(|| aim.clone(), |target| Mean::from(target.level));
        let gain = distance(*weight, now.mean.as_ref().unwrap_or(&aim), &to);
        Raise { control: *control, weight: *weight, from: now.mean.clone(), to, gain }
    };
    let none = BigRational::default();
    let mut raises: Vec<Raise> = parts.iter().map(raise).filter(|raise| raise.gain > none).collect();
    // Equal ones keep the order of the catalog.
    raises.sort_by(|one, two| two.gain.cmp(&one.gain));
    let mut sum = none;
    let mut needed = (sum >= missing).then_some(0);
    for (count, raise) in (1..).zip(&raises) {
        sum += &raise.gain;
        needed = needed.or((sum >= missing).then_some(count));
    }
    let raised = &raises[..needed.unwrap_or(raises.len())];
    let level = |control: ControlId| raised.iter().find(|raise| raise.control == control).map(|raise| &raise.to);
    let after =
        parts.iter().filter_map(|(control, weight, now)| Some((*weight, level(*control).or(now.mean.as_ref())?)));
    let after = Mean::weighted(after).unwrap_or_else(|| mean.clone());
    Ok(Staircase { node, team, mean, aim, raises, needed, after })
}

fn mean_of(figures: &Figures) -> Result<Mean, NoStairs> {
    match (figures.shown_mean(), figures.withheld) {
        (Some(mean), _) => Ok(mean.clone()),
        (None, Some(Withheld::TeamLevel)) => Err(NoStairs::Withheld(Withheld::TeamLevel)),
        (None, Some(why)) if figures.counts.assessed > 0 => Err(NoStairs::Withheld(why)),
        (None, _) => Err(NoStairs::NothingAssessed),
    }
}

/// The controls of a node that apply, each with its weight and its figures.
fn parts(quarter: ScoredQuarter<'_>, node: Node, team: Option<TeamId>) -> Vec<(ControlId, u32, &Figures)> {
    let (catalog, tree) = (quarter.framework(node.framework()), quarter.tree(node.framework(), team));
    let parts = catalog.parts(node, quarter.settings().scoring.overall);
    let control = |(weight, part)| if let Node::Control(control) = part { Some((control, weight)) } else { None };
    let parts = parts.filter_map(control).map(|(control, weight)| (control, weight, &tree.controls[control]));
    parts.filter(|(_, _, figures)| figures.counts.applicable() > 0).collect()
}

impl Staircase {
    /// The controls without which the fewest do not suffice.
    pub fn all_of(&self) -> &[Raise] {
        &self.raises[..self.ties().0]
    }

    /// How many of how many controls are needed besides: they all add the same.
    pub fn any_of(&self) -> (usize, &[Raise]) {
        let (start, end) = self.ties();
        (self.needed.unwrap_or(self.raises.len()) - start, &self.raises[start..end])
    }

    /// Where the controls stand that add the same as the last one that is needed. If all of those are needed, none is a choice.
    fn ties(&self) -> (usize, usize) {
        let needed = self.needed.unwrap_or(self.raises.len());
        let Some(last) = needed.checked_sub(1).map(|last| &self.raises[last].gain) else { return (0, 0) };
        let start = self.raises.partition_point(|raise| raise.gain > *last);
        let end = self.raises.partition_point(|raise| raise.gain >= *last);
        if end == needed { (needed, needed) } else { (start, end) }
    }
}
