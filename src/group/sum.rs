//! Adds units up, exactly. A unit counts in a group as a team counts in a workspace: once, in the mean of each control that it has
//! assessed. A control's mean over units is rounded to a millionth, as over teams; nothing above it is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::causes::{Amounts, CausesByNode};
use super::rules::SumBasis;
use super::shape::FrameworkShape;
use super::table::UnitPart;
use crate::base::number::{Level, Mean};
use crate::base::quarter::Quarter;
use crate::model::catalog::Node;
use crate::model::ids::{ControlId, Table};
use crate::model::settings::Scale;
use crate::score::change::Cause;
use crate::score::{Counts, Figures, Tree, Withheld, join};

/// The most answers of a group. Counts have room for more than this.
const ANSWER_LIMIT: u64 = 1 << 31;

/// A sum of levels, and how many.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    millionths: i128,
    units: u32,
}

impl Sum {
    fn add(&mut self, mean: Option<&Mean>) {
        if let Some(mean) = mean {
            self.millionths += i128::from(mean.millionths());
            self.units += 1;
        }
    }

    fn join(&mut self, other: Self) {
        self.millionths += other.millionths;
        self.units += other.units;
    }

    /// The mean if it is that of exactly so many units, half a millionth rounded up.
    fn mean_of(self, units: u32) -> Option<Mean> {
        let (sum, count) = (self.millionths, i128::from(self.units));
        let rounded = (self.units == units).then(|| (2 * sum + count).checked_div_euclid(2 * count)).flatten()?;
        let rounded = i64::try_from(rounded).expect("a mean of levels lies between them");
        Some(Mean::from(Level::from_millionths(rounded)))
    }
}

/// What units say of one control.
#[derive(Clone, Debug, Default)]
pub(super) struct ControlSum {
    mean: Sum,
    claimed: Sum,
    supported: Sum,
    low: Sum,
    high: Sum,
    /// Targets of units that have assessed the control, and of all to which it applies.
    target_assessed: Sum,
    target_applicable: Sum,
    counts: Counts,
    /// Units with a target that have assessed the control, and those of them below it.
    pub(super) targeted: u32,
    pub(super) below: u32,
}

impl ControlSum {
    /// Adds what one unit says.
    pub(super) fn add(&mut self, figures: &Figures) {
        self.mean.add(figures.mean.as_ref());
        self.claimed.add(figures.claimed.as_ref());
        self.supported.add(figures.supported.as_ref());
        self.low.add(figures.low.as_ref());
        self.high.add(figures.high.as_ref());
        self.target_applicable.add(figures.target.as_ref());
        if let Some(mean) = &figures.mean {
            self.target_assessed.add(figures.target.as_ref());
            self.targeted += u32::from(figures.target.is_some());
            self.below +=
                u32::from(figures.target.as_ref().is_some_and(|target| mean.millionths() < target.millionths()));
        }
        self.counts.add(&figures.counts);
    }

    fn join(&mut self, other: &Self) {
        self.mean.join(other.mean);
        self.claimed.join(other.claimed);
        self.supported.join(other.supported);
        self.low.join(other.low);
        self.high.join(other.high);
        self.target_assessed.join(other.target_assessed);
        self.target_applicable.join(other.target_applicable);
        self.counts.add(&other.counts);
        self.targeted += other.targeted;
        self.below += other.below;
    }

    /// The figures of the control over all units.
    fn figures(&self, minimum_coverage: u32) -> Figures {
        let (assessed, applicable) = (self.mean.units, self.low.units);
        let mean = self.mean.mean_of(assessed);
        let target = if assessed > 0 {
            self.target_assessed.mean_of(assessed)
        } else {
            self.target_applicable.mean_of(applicable)
        };
        let mut counts = self.counts.clone();
        counts.assessed_controls = u32::from(counts.assessed > 0);
        counts.applicable_controls = u32::from(counts.applicable() > 0);
        let is_below = u64::from(counts.assessed) * 100 < u64::from(counts.applicable()) * u64::from(minimum_coverage);
        Figures {
            claimed: self.claimed.mean_of(assessed),
            supported: self.supported.mean_of(assessed),
            unweighted: None,
            low: self.low.mean_of(applicable),
            high: self.high.mean_of(applicable),
            target_of_all: self.target_applicable.mean_of(applicable),
            gap: mean.as_ref().zip(target.as_ref()).map(|(mean, target)| mean.gap_to(target)),
            target,
            mean,
            counts,
            withheld: is_below.then_some(Withheld::Coverage),
        }
    }
}

/// The figures of a control with the range that it would have if no unit had assessed it, and without its gap.
fn as_unassessed(figures: Figures, scale: &Scale) -> Figures {
    let [low, high] = [(&figures.low, scale.bottom), (&figures.high, scale.top())]
        .map(|(end, level)| end.as_ref().map(|_| Mean::from(level)));
    Figures { low, high, gap: None, ..figures }
}

/// What moved a node of the units that say so.
#[derive(Clone, Debug, Default)]
pub struct CauseSum {
    /// How many units say it.
    pub units: u32,
    /// The sum of their scores now, in millionths.
    pub now: i128,
    /// The sum of each cause's amounts, in millionths, in the order of [`Cause::ALL`].
    pub amounts: [i128; Cause::ALL.len()],
    /// How many units each cause moved.
    pub moved: [u32; Cause::ALL.len()],
}

impl CauseSum {
    fn add(&mut self, now: i64, amounts: &Amounts) {
        self.units += 1;
        self.now += i128::from(now);
        for (at, amount) in amounts.iter().copied().enumerate() {
            self.amounts[at] += i128::from(amount);
            self.moved[at] += u32::from(amount != 0);
        }
    }

    fn join(&mut self, other: &Self) {
        self.units += other.units;
        self.now += other.now;
        for at in 0..Cause::ALL.len() {
            self.amounts[at] += other.amounts[at];
            self.moved[at] += other.moved[at];
        }
    }

    /// The mean of a sum of these units in millionths, half rounded up.
    pub fn mean(&self, sum: i128) -> i64 {
        let units = i128::from(self.units.max(1));
        i64::try_from((2 * sum + units).div_euclid(2 * units)).unwrap_or_default()
    }
}

/// All units with the same rules and the same controls in one quarter, added up.
#[derive(Clone, Debug)]
pub(super) struct UnitSums {
    pub(super) shape: Arc<FrameworkShape>,
    /// The first unit of them.
    pub(super) first: usize,
    pub(super) units: u32,
    /// The versions of the catalog that their tables name.
    pub(super) controls: Table<ControlId, ControlSum>,
    /// How many units have assessed anything of each node.
    assessing: BTreeMap<Node, u32>,
    /// What moved the whole and the Functions.
    causes: Vec<CauseSum>,
    /// How many answers there are, of any kind.
    answers: u64,
    /// Whether a score of any unit is another one than what evidence supports, so that claims count.
    pub(super) counts_claims: bool,
}

impl UnitSums {
    /// No unit yet.
    pub(super) fn new(shape: &Arc<FrameworkShape>) -> Self {
        let catalog = &shape.catalog;
        let controls = catalog.controls.map(|_| ControlSum::default());
        let assessing = catalog.nodes().map(|node| (node, 0)).collect();
        let causes = vec![CauseSum::default(); catalog.whole_and_functions().count()];
        Self {
            shape: Arc::clone(shape),
            first: usize::MAX,
            units: 0,
            controls,
            assessing,
            causes,
            answers: 0,
            counts_claims: false,
        }
    }

    /// Adds one unit.
    pub(super) fn add(
        &mut self,
        at: usize,
        quarter: Quarter,
        part: &UnitPart,
        causes: &CausesByNode,
    ) -> Result<(), String> {
        let Counts { given, not_applicable, .. } = part.tree.overall.counts;
        self.take_answers(u64::from(part.tree.overall.counts.applicable().max(given)) + u64::from(not_applicable))?;
        self.first = self.first.min(at);
        self.units += 1;
        let is_claimed = |figures: &Figures| figures.supported.is_some() && figures.mean != figures.supported;
        self.counts_claims |= part.tree.controls.iter().any(is_claimed);
        for (sum, figures) in self.controls.iter_mut().zip(&part.tree.controls) {
            sum.add(figures);
        }
        let catalog = &self.shape.catalog;
        for (node, count) in &mut self.assessing {
            *count += u32::from(part.tree[*node].counts.assessed > 0);
        }
        for (sum, node) in self.causes.iter_mut().zip(catalog.whole_and_functions()) {
            let amounts = causes.get(&(quarter, catalog.id_of(node).to_owned()));
            if let (Some(amounts), Some(now)) = (amounts, part.tree[node].shown_mean()) {
                sum.add(now.millionths(), amounts);
            }
        }
        Ok(())
    }

    /// Adds the sums of other units.
    pub(super) fn join(&mut self, other: &Self) -> Result<(), String> {
        self.take_answers(other.answers)?;
        self.first = self.first.min(other.first);
        self.units += other.units;
        self.counts_claims |= other.counts_claims;
        self.controls.iter_mut().zip(&other.controls).for_each(|(sum, other)| sum.join(other));
        self.assessing.values_mut().zip(other.assessing.values()).for_each(|(sum, other)| *sum += other);
        self.causes.iter_mut().zip(&other.causes).for_each(|(sum, other)| sum.join(other));
        Ok(())
    }

    fn take_answers(&mut self, answers: u64) -> Result<(), String> {
        self.answers += answers;
        if self.answers < ANSWER_LIMIT {
            return Ok(());
        }
        Err(format!("the tables count more than {ANSWER_LIMIT} answers together, which is more than can be added up"))
    }

    /// The figures of all nodes over all units. Of a control that is `hidden`, only its mean enters the figures above it. It has another
    /// weight in the mean with equal weights, in the range and in the gap: these would be further equations, and solve the first.
    pub(super) fn tree(&self, basis: &SumBasis, scale: &Scale, hidden: &BTreeSet<Node>) -> Tree {
        let controls = self.controls.map(|control| {
            let figures = self.controls[control].figures(basis.minimum_coverage);
            if hidden.contains(&Node::Control(control)) { as_unassessed(figures, scale) } else { figures }
        });
        let mut tree = join(&basis.settings(scale), &self.shape.catalog, controls);
        if !hidden.is_empty() {
            let totals = tree.functions.iter_mut().chain(&mut tree.categories).chain([&mut tree.overall]);
            totals.for_each(|total| total.unweighted = None);
        }
        tree
    }

    /// How many units have assessed anything of a node.
    pub(super) fn assessing(&self, node: Node) -> u32 {
        self.assessing.get(&node).copied().unwrap_or_default()
    }

    /// What moved the whole and each Function.
    pub(super) fn causes(&self) -> impl Iterator<Item = (Node, &CauseSum)> {
        self.shape.catalog.whole_and_functions().zip(&self.causes)
    }
}

/// How the scores of units spread: each value is that of one unit, so that a share of them, rounded up, is at or below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitSpread {
    /// How many units have a score.
    pub units: u32,
    /// The lowest, the quarters, and the highest: at or below these are 0, 25, 50, 75 and 100 percent; in millionths.
    pub values: [i64; 5],
}

/// The percentages of [`UnitSpread::values`].
pub const QUANTILES: [usize; 5] = [0, 25, 50, 75, 100];

impl UnitSpread {
    /// The spread of some scores in millionths; `None` of none.
    pub fn of(mut scores: Vec<i64>) -> Option<Self> {
        scores.sort_unstable();
        let count = scores.len();
        let last = count.checked_sub(1)?;
        let at = |percent: usize| (percent * count).div_ceil(100).saturating_sub(1).min(last);
        Some(Self {
            units: u32::try_from(count).unwrap_or(u32::MAX),
            values: QUANTILES.map(|percent| scores[at(percent)]),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_the_value_that_a_share_of_units_reaches() {
        assert_eq!(UnitSpread::of(vec![]), None);
        assert_eq!(UnitSpread::of(vec![7]).unwrap().values, [7; 5]);
        assert_eq!(UnitSpread::of(vec![4, 1, 3, 2]).unwrap().values, [1, 1, 2, 3, 4]);
        assert_eq!(UnitSpread::of((1..=101).rev().collect()).unwrap().values, [1, 26, 51, 76, 101]);
    }
}
