//! What the ids of a foreign file mean in a framework.

use std::collections::BTreeMap;

use super::ids::{Ids, Meaning, plain_form};
use crate::model::assessment::InQuarter;
use crate::model::catalog::Node;
use crate::model::ids::{ControlId, FrameworkId};

/// The ids of a framework, and those that it withdrew.
pub struct Outcomes {
    nodes: Ids<Node>,
    withdrawn: Ids<usize>,
    /// For each id that was withdrawn, the id, where its content is now, and the same in words.
    successors: Vec<(String, Vec<Node>, String)>,
}

/// What a text of the column of ids means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meant {
    /// This Function, Category or control.
    Node(Node),
    /// An id of an earlier edition, whose content is in this one control now; a sentence says so.
    Successor(ControlId, String),
    /// An id of an earlier edition whose content is in several places, or in none; a sentence says so.
    Withdrawn(String),
    /// Nothing; a sentence says why.
    Unknown(String),
}

impl Outcomes {
    /// The ids of a framework.
    pub fn of(quarter: InQuarter<'_>, framework: FrameworkId) -> Self {
        let framework = quarter.framework(framework);
        let nodes = framework.nodes().filter(|node| !matches!(node, Node::Framework(_)));
        let names = nodes.flat_map(|node| {
            let called = framework.called(node).names().map(move |name| (name, node));
            called.chain([(framework.id_of(node), node)])
        });
        let mut successors: Vec<(String, Vec<Node>, String)> = Vec::new();
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        let mut keys = Vec::new();
        for (id, withdrawn) in &framework.withdrawn {
            let at = *known.entry(plain_form(id)).or_insert_with(|| {
                let by_id = |id: &String| framework.nodes().find(|node| framework.id_of(*node) == id);
                successors.push((id.clone(), withdrawn.0.iter().filter_map(by_id).collect(), withdrawn.successors()));
                successors.len() - 1
            });
            keys.push((id.as_str(), at));
        }
        Self { nodes: Ids::of(names), withdrawn: Ids::of(keys), successors }
    }

    /// What `text` means: an id, however it is written, perhaps with a text behind it.
    pub fn meant(&self, text: &str) -> Meant {
        match self.nodes.find(text) {
            Meaning::One(node) => Meant::Node(node),
            Meaning::Several(names) => Meant::Unknown(format!("this may be any of {}", names.join(", "))),
            Meaning::Nothing => match self.withdrawn.find(text) {
                Meaning::One(at) => {
                    let (id, nodes, told) = &self.successors[at];
                    let told = format!("{id} is of an earlier edition; {told}");
                    match nodes.as_slice() {
                        [Node::Control(control)] => Meant::Successor(*control, told),
                        _ => Meant::Withdrawn(told),
                    }
                }
                _ => Meant::Unknown("no outcome of the catalog is called so".to_owned()),
            },
        }
    }
}
