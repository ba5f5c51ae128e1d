//! Which nodes of a group are not shown, because they join few units, or because they would reveal a node that does.
//!
//! The counts of a node are the sum of its parts' counts, and its mean is made of theirs. So where a single part, or a single total, is
//! not shown, the others give it away. Here each node and its parts together have none that is not shown, or at least two. And of a
//! control that is not shown, only the mean enters a total: [`UnitSums::tree`](super::sum::UnitSums::tree).

use std::collections::BTreeSet;

use super::sum::CauseSum;
use crate::model::catalog::{Framework, Node};
use crate::score::change::Cause;

/// The nodes that are not shown. `units` says how many of `all` units a node joins; it must join at least `minimum`.
pub(super) fn hidden(catalog: &Framework, all: u32, minimum: u32, units: impl Fn(Node) -> u32) -> BTreeSet<Node> {
    if all < minimum {
        return catalog.nodes().collect();
    }
    let mut hidden: BTreeSet<Node> = catalog.nodes().filter(|node| (1..minimum).contains(&units(*node))).collect();
    let totals: Vec<Node> = catalog.nodes().filter(|node| !matches!(node, Node::Control(_))).collect();
    loop {
        let before = hidden.len();
        for total in &totals {
            let parts = parts(catalog, *total);
            let not_shown = parts.iter().chain([total]).filter(|node| hidden.contains(node)).count();
            if not_shown != 1 {
                continue;
            }
            // The part with the fewest units tells least; where there is no other part, the total goes.
            let others = parts.iter().filter(|part| !hidden.contains(part) && units(**part) > 0);
            let second = others.min_by_key(|part| units(**part)).unwrap_or(total);
            hidden.insert(*second);
        }
        if hidden.len() == before {
            return hidden;
        }
    }
}

/// What the counts of a node are the sum of.
pub(super) fn parts(catalog: &Framework, node: Node) -> Vec<Node> {
    match node {
        Node::Framework(_) => catalog.functions.ids().map(Node::Function).collect(),
        Node::Function(function) => {
            let direct = catalog.direct_controls(function);
            let categories = catalog.functions[function].categories.iter().map(Node::Category);
            direct.map(Node::Control).chain(categories).collect()
        }
        Node::Category(_) => catalog.controls_of(node).iter().map(Node::Control).collect(),
        Node::Control(_) => Vec::new(),
    }
}

/// Which causes are shown: not one that moved fewer units than the minimum; nor a second one, since the whole change gives away a
/// single one that is not shown.
pub(super) fn shown_causes<'a>(rows: impl Iterator<Item = &'a CauseSum>, minimum: u32) -> [bool; Cause::ALL.len()] {
    let mut fewest = [u32::MAX; Cause::ALL.len()];
    for sum in rows {
        for (fewest, moved) in fewest.iter_mut().zip(sum.moved) {
            *fewest = if moved > 0 { (*fewest).min(moved) } else { *fewest };
        }
    }
    let mut shown = fewest.map(|moved| moved >= minimum);
    if shown.iter().filter(|shown| !**shown).count() == 1 {
        let second = (0..fewest.len()).filter(|at| shown[*at]).min_by_key(|at| fewest[*at]);
        second.into_iter().for_each(|at| shown[at] = false);
    }
    shown
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::base::number::{Level, Mean};
    use crate::group::rules::{SumBasis, scale_in};
    use crate::group::shape::{ControlPlace, FrameworkShape, Shapes};
    use crate::group::sum::UnitSums;
    use crate::score::{Counts, Figures, Tree};

    /// How many units the group has here.
    const UNITS: u32 = 9;
    /// The ends of their scale.
    const SCALE: &str = "0 to 5 in steps of 1";

    /// What a unit says of a control to which it has a target: a level, or nothing.
    fn said(level: Option<i64>) -> Figures {
        let mean = |level: i64| Mean::from(Level::from_millionths(level * 1_000_000));
        let assessed = u32::from(level.is_some());
        let counts = Counts { assessed, unanswered: 1 - assessed, ..Counts::default() };
        Figures {
            mean: level.map(mean),
            claimed: level.map(mean),
            supported: level.map(mean),
            unweighted: None,
            low: Some(mean(level.unwrap_or(0))),
            high: Some(mean(level.unwrap_or(5))),
            target: Some(mean(3)),
            target_of_all: Some(mean(3)),
            gap: level.map(|level| mean((3 - level).max(0))),
            counts,
            withheld: None,
        }
    }

    /// The figures of a group in which so many units have assessed each control.
    fn tree(shape: &Arc<FrameworkShape>, behind: impl Fn(Node) -> u32, hidden: &BTreeSet<Node>) -> Tree {
        let mut sums = UnitSums::new(shape);
        for (control, sum) in sums.controls.iter_mut().enumerate() {
            let node = shape.catalog.controls.ids().nth(control).map(Node::Control).unwrap();
            let level = |unit: u32| (i64::from(unit) * 7 + i64::try_from(control).unwrap()) % 6;
            (0..UNITS).for_each(|unit| sum.add(&said((unit < behind(node)).then(|| level(unit)))));
        }
        let basis = SumBasis { scale: SCALE.into(), rules: String::new(), by_functions: false, minimum_coverage: 0 };
        sums.tree(&basis, &scale_in(SCALE).unwrap(), hidden)
    }

    /// What hidden controls add to one figure of a total over controls of their weights, less what those that are shown add.
    fn rest(tree: &Tree, total: Node, controls: &[(u32, Node, bool)], of: fn(&Figures) -> Option<&Mean>) -> i64 {
        let weights: u32 = controls.iter().map(|(weight, ..)| weight).sum();
        let of = |node: Node| of(&tree[node]).map(Mean::millionths).unwrap_or_default();
        let shown = controls.iter().filter(|(.., is_hidden)| !is_hidden);
        i64::from(weights) * of(total) - shown.map(|(weight, node, _)| i64::from(*weight) * of(*node)).sum::<i64>()
    }

    proptest! {
        /// Whatever units stand behind each control: what few stand behind is hidden, and no node can be worked out from its total and
        /// the other parts of it; nor from two figures of one total, since all but the mean hold nothing of what is hidden.
        #[test]
        fn nothing_hidden_can_be_worked_out(units in vec((0..3_u8, 0..3_u8, 0..=UNITS), 1..30), minimum in 1..7_u32) {
            let place = |(at, (function, category, _)): (usize, &(u8, u8, u32))| ControlPlace {
                control: format!("c{at}"),
                function: format!("F{function}"),
                category: if *category == 0 { String::new() } else { format!("F{function}.{category}") },
                parent: String::new(),
                weight: 1 + u32::try_from(at % 2).unwrap(),
            };
            let shape = Shapes::new(BTreeMap::new()).of("own", units.iter().enumerate().map(place).collect());
            let catalog = &shape.catalog;
            let counts: BTreeMap<String, u32> =
                units.iter().enumerate().map(|(at, (_, _, count))| (format!("c{at}"), *count)).collect();
            // A node joins as many units as the control below it that most units have assessed.
            let behind = |node: Node| {
                let below = catalog.controls_of(node).iter().map(|control| counts[&catalog.controls[control].id]);
                below.max().unwrap_or_default()
            };
            let hidden = hidden(catalog, UNITS, minimum, behind);
            let tree = tree(&shape, behind, &hidden);
            for node in catalog.nodes() {
                prop_assert!(hidden.contains(&node) || !(1..minimum).contains(&behind(node)));
                let told: Vec<Node> = parts(catalog, node).into_iter().chain([node]).filter(|node| hidden.contains(node)).collect();
                let others = parts(catalog, node).into_iter().filter(|part| behind(*part) > 0 && !told.contains(part)).count();
                prop_assert!(told.len() != 1 || others == 0 && told == [node], "{told:?}");
                let below: Vec<(u32, Node, bool)> = catalog.controls_of(node).iter().map(|control| {
                    let (weight, node) = (catalog.controls[control].rules.weight, Node::Control(control));
                    (weight, node, hidden.contains(&node))
                }).collect();
                let unseen: u32 = below.iter().filter(|(.., is_hidden)| *is_hidden).map(|(weight, ..)| weight).sum();
                if matches!(node, Node::Control(_)) || hidden.contains(&node) || unseen == 0 {
                    continue;
                }
                // Means are rounded to a millionth.
                let is = |found: i64, wanted: u32| (found - i64::from(wanted) * 1_000_000).abs() <= 100;
                prop_assert!(is(rest(&tree, node, &below, |figures| figures.low.as_ref()), 0));
                prop_assert!(is(rest(&tree, node, &below, |figures| figures.high.as_ref()), 5 * unseen));
                let Figures { mean, low, high, gap, unweighted, .. } = &tree[node];
                prop_assert!(low <= mean && (mean <= high || mean.is_none()));
                prop_assert_eq!((gap, unweighted), (&None, &None));
            }
        }
    }
}
