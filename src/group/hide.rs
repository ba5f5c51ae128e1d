//! Which nodes of a group are not shown, because they join few units, or because they would reveal a node that does.
//!
//! The counts of a node are the sum of its parts' counts, and its mean is made of theirs. So where a single part, or a single total, is
//! not shown, the others give it away. Here each node and its parts together have none that is not shown, or at least two.

use std::collections::BTreeSet;
use std::iter;

use super::sum::CauseSum;
use crate::model::catalog::{Framework, Node};
use crate::score::Tree;
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

/// Takes the range and the unweighted mean from each total of a part that is not shown. In these, the parts weigh otherwise than in
/// the mean: two equations would give two hidden parts away.
pub(super) fn leave_one_equation(catalog: &Framework, hidden: &BTreeSet<Node>, tree: &mut Tree) {
    let above = |node: &Node| iter::successors(catalog.above(*node), |node| catalog.above(*node));
    for total in hidden.iter().flat_map(above) {
        let figures = match total {
            Node::Framework(_) => &mut tree.overall,
            Node::Function(function) => &mut tree.functions[function],
            Node::Category(category) => &mut tree.categories[category],
            Node::Control(control) => &mut tree.controls[control],
        };
        (figures.low, figures.high, figures.unweighted) = (None, None, None);
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

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::group::shape::{ControlPlace, Shapes};

    proptest! {
        /// Whatever units stand behind each control: what few stand behind is hidden, and no node can be worked out from its total and
        /// the other parts of it.
        #[test]
        fn nothing_hidden_can_be_worked_out(units in vec((0..3_u8, 0..3_u8, 0..9_u32), 1..30), minimum in 1..7_u32) {
            let place = |(at, (function, category, _)): (usize, &(u8, u8, u32))| ControlPlace {
                control: format!("c{at}"),
                function: format!("F{function}"),
                category: if *category == 0 { String::new() } else { format!("F{function}.{category}") },
                parent: String::new(),
                weight: 1,
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
            let hidden = hidden(catalog, 9, minimum, behind);
            for node in catalog.nodes() {
                prop_assert!(hidden.contains(&node) || !(1..minimum).contains(&behind(node)));
                let told: Vec<Node> = parts(catalog, node).into_iter().chain([node]).filter(|node| hidden.contains(node)).collect();
                let others = parts(catalog, node).into_iter().filter(|part| behind(*part) > 0 && !told.contains(part)).count();
                prop_assert!(told.len() != 1 || others == 0 && told == [node], "{told:?}");
            }
        }
    }
}
