//! The share of each control in a mean, and how much each control contributes when the mean moves.

use std::collections::BTreeMap;

use num_rational::BigRational;

use crate::base::number::Mean;
use crate::model::catalog::{Framework, Node, OverallRule};
use crate::model::ids::{ControlId, Table};

/// The exact score of each control; `None` if it has no score.
pub(super) type Scores = Table<ControlId, Option<Mean>>;

/// How the means of a framework are computed from its controls.
#[derive(Clone, Copy)]
pub(super) struct MeanShape<'a> {
    pub(super) catalog: &'a Framework,
    pub(super) overall: OverallRule,
}

impl<'a> MeanShape<'a> {
    fn parts(self, node: Node) -> impl Iterator<Item = (u32, Node)> + Clone + 'a {
        self.catalog.parts(node, self.overall)
    }

    /// The mean of a node; `None` if none of its controls has a score.
    pub(super) fn mean(self, node: Node, scores: &Scores) -> Option<Mean> {
        if let Node::Control(control) = node {
            return scores[control].clone();
        }
        let present: Vec<(u32, Mean)> =
            self.parts(node).filter_map(|(weight, part)| Some((weight, self.mean(part, scores)?))).collect();
        Mean::weighted(present.iter().map(|(weight, mean)| (*weight, mean)))
    }

    /// Whether the scores of all controls of a node stay the same.
    pub(super) fn is_same(self, node: Node, before: &Scores, after: &Scores) -> bool {
        self.catalog.controls_of(node).iter().all(|control| before[control] == after[control])
    }

    /// The share of each scored control in the whole, if the node's own share in the whole is `share`.
    pub(super) fn shares(self, node: Node, scores: &Scores, share: &BigRational) -> Vec<(ControlId, BigRational)> {
        if let Node::Control(control) = node {
            return vec![(control, share.clone())];
        }
        let present: Vec<_> = self.parts(node).filter(|(_, part)| self.mean(*part, scores).is_some()).collect();
        let weights = ratio(present.iter().map(|(weight, _)| weight).sum());
        let below = |(weight, part): (u32, Node)| self.shares(part, scores, &(share * ratio(weight) / &weights));
        present.into_iter().flat_map(below).collect()
    }

    /// Adds each control's contribution to the move of a node from one state to the next. `at` is the mean before, or the last
    /// known one. `share` is the node's share in the whole.
    pub(super) fn moved(
        self,
        node: Node,
        states: [&Scores; 2],
        at: &Mean,
        share: &BigRational,
        contributions: &mut Contributions<'a>,
    ) {
        let [before, after] = states;
        let Some(new) = self.mean(node, after) else { return };
        let Some(at) = self.mean(node, before) else { return self.spread(node, after, at, share, contributions) };
        if let Node::Control(control) = node {
            return contributions.add(self.catalog, control, share * (new.exact() - at.exact()));
        }
        let present = self.parts(node).filter(|(_, part)| self.mean(*part, after).is_some());
        let weights = ratio(present.map(|(weight, _)| weight).sum());
        for (weight, part) in self.parts(node).filter(|(_, part)| !self.is_same(*part, before, after)) {
            let share = share * ratio(weight) / &weights;
            match states.map(|scores| self.mean(part, scores).is_some()) {
                [false, false] => {}
                [true, true] => self.moved(part, states, &at, &share, contributions),
                [false, true] => self.spread(part, after, &at, &share, contributions),
                [true, false] => self.spread(part, before, &at, &-share, contributions),
            }
        }
    }

    /// Splits the distance of a node from `at`, times the node's share, among its controls and adds the results.
    pub(super) fn spread(
        self,
        node: Node,
        scores: &Scores,
        at: &Mean,
        share: &BigRational,
        contributions: &mut Contributions<'a>,
    ) {
        for (control, share) in self.shares(node, scores, share) {
            if let Some(score) = &scores[control] {
                contributions.add(self.catalog, control, share * (score.exact() - at.exact()));
            }
        }
    }
}

/// The controls' contributions, by control id, because the two quarters may have different catalogs.
#[derive(Default)]
pub(super) struct Contributions<'a>(BTreeMap<&'a str, BigRational>);

impl<'a> Contributions<'a> {
    fn add(&mut self, catalog: &'a Framework, control: ControlId, amount: BigRational) {
        *self.0.entry(&catalog.controls[control].id).or_default() += amount;
    }

    /// Rounds the contributions to whole numbers that add up to `total`, in the order of `rank`. Each is cut; the remainder goes to
    /// those that lost most.
    pub(super) fn apportioned(self, total: i64, rank: impl Fn(&str) -> usize) -> Vec<(String, i64)> {
        let mut cut: Vec<(&str, i64, BigRational)> = self
            .0
            .into_iter()
            .filter(|(_, amount)| *amount != BigRational::default())
            .map(|(id, amount)| {
                let floor = amount.floor();
                let whole = i64::try_from(floor.to_integer()).expect("a contribution lies within the scale");
                (id, whole, amount - floor)
            })
            .collect();
        cut.sort_by_key(|(id, ..)| rank(id));
        let left = total - cut.iter().map(|(_, whole, _)| whole).sum::<i64>();
        let mut order: Vec<usize> = (0..cut.len()).collect();
        order.sort_by(|one, two| cut[*two].2.cmp(&cut[*one].2).then(one.cmp(two)));
        let count = i64::try_from(cut.len()).unwrap_or(1).max(1);
        for (rank, index) in order.into_iter().enumerate() {
            let rank = i64::try_from(rank).unwrap_or(i64::MAX);
            cut[index].1 += left.div_euclid(count) + i64::from(rank < left.rem_euclid(count));
        }
        cut.into_iter().map(|(id, whole, _)| (id.to_owned(), whole)).collect()
    }
}

/// The share of the whole in itself, which is 1.
pub(super) fn one() -> BigRational {
    BigRational::from_integer(1.into())
}

fn ratio(weight: u32) -> BigRational {
    BigRational::from_integer(weight.into())
}
