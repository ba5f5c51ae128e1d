//! Libraries of CISO Assistant: a framework as a list of nodes, each with the name of its parent, in YAML or JSON.

use std::collections::BTreeMap;

use serde_json::Value;

use super::catalog::{Published, PublishedEntry, in_a_line, in_steps, tidy, without_examples};
use super::loss::Losses;
use super::part::Part;
use crate::base::number::counted;

/// How deep nodes may stand in each other.
const DEEPEST: usize = 64;

/// What of a node is read. The rest is counted.
const KNOWN: &[&str] = &[
    "annotation",
    "assessable",
    "depth",
    "description",
    "display_mode",
    "importance",
    "name",
    "parent_urn",
    "ref_id",
    "translations",
    "typical_evidence",
    "urn",
];

/// Whether this is such a library, with or without a framework in it.
pub fn is_library(value: &Value) -> bool {
    value.get("objects").is_some_and(Value::is_object) && value.get("urn").is_some()
}

/// Reads a library's framework.
///
/// # Errors
/// A sentence without a full stop: it holds none, or its nodes make no tree.
pub fn read(value: &Value, left: &mut Losses) -> Result<Published, String> {
    let whole = Part::whole(value);
    let objects = whole.at("objects");
    let several = objects.items("frameworks", left);
    let framework = if objects.at("framework").value.is_object() {
        objects.at("framework")
    } else {
        let others: Vec<&str> = objects.value.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect();
        let none = || format!("this CISO Assistant library holds no framework, only {}", others.join(", "));
        several.first().cloned().ok_or_else(none)?
    };
    for other in several.iter().skip(1) {
        left.add(
            &other.place,
            other.text("name", &mut Losses::default()),
            "only the first framework of a library is read",
        );
    }
    let nodes = framework.items("requirement_nodes", left);
    let mut entries = tree(&nodes, left)?;
    tell_apart(&mut entries, left);
    tell(&nodes, left);
    let first = |keys: [(&Part<'_>, &str); 2], left: &mut Losses| {
        let texts = keys.map(|(part, key)| part.text(key, left));
        texts.into_iter().find(|text| !text.trim().is_empty()).unwrap_or_default()
    };
    let version = in_a_line(&whole.text("version", left));
    Ok(Published {
        // A library has a version of its own; its framework has none.
        kind: if version.is_empty() {
            "a CISO Assistant library".to_owned()
        } else {
            format!("version {version} of a CISO Assistant library")
        },
        name: in_a_line(&first([(&framework, "name"), (&whole, "name")], left)),
        version: String::new(),
        short: in_a_line(&first([(&framework, "ref_id"), (&whole, "ref_id")], left)),
        copyright: tidy(&whole.text("copyright", left)),
        entries,
    })
}

/// The nodes as a tree, in the order of the file.
fn tree(nodes: &[Part<'_>], left: &mut Losses) -> Result<Vec<PublishedEntry>, String> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (at, node) in nodes.iter().enumerate() {
        let urn = node.text("urn", left).to_lowercase();
        if let Some(first) = places.get(&urn).filter(|_| !urn.is_empty()) {
            return Err(format!("{} and {} have the same urn, {urn}", nodes[*first].place, node.place));
        }
        places.insert(urn, at);
    }
    let mut below: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    let mut roots = Vec::new();
    for (at, node) in nodes.iter().enumerate() {
        let parent = node.text("parent_urn", left).to_lowercase();
        match places.get(&parent).filter(|_| !parent.is_empty()) {
            Some(above) => below[*above].push(at),
            None => {
                if !parent.is_empty() {
                    left.add(
                        format!("{}.parent_urn", node.place),
                        parent,
                        "no node has this urn; the node stands at the top",
                    );
                }
                roots.push(at);
            }
        }
    }
    let mut tree = NodeTree { nodes, below, depth: 0, made: 0 };
    let entries = roots.into_iter().map(|root| tree.entry(root, left)).collect::<Result<_, _>>()?;
    if tree.made < nodes.len() {
        return Err(format!("{} nodes stand in a circle: each is below the other", nodes.len() - tree.made));
    }
    Ok(entries)
}

/// Puts the id of what stands above before each id that stands in several groups.
fn tell_apart(entries: &mut [PublishedEntry], left: &mut Losses) {
    fn count(entries: &[PublishedEntry], counts: &mut BTreeMap<String, usize>) {
        for entry in entries {
            *counts.entry(entry.id.to_lowercase()).or_default() += 1;
            count(&entry.below, counts);
        }
    }
    fn extend(entries: &mut [PublishedEntry], above: &str, counts: &BTreeMap<String, usize>) -> usize {
        let mut extended = 0;
        for entry in entries {
            let is_repeated = counts.get(&entry.id.to_lowercase()).is_some_and(|count| *count > 1);
            if is_repeated && !entry.id.is_empty() && !above.is_empty() {
                entry.id = format!("{above}.{}", entry.id);
                extended += 1;
            }
            let above = if entry.id.is_empty() { above } else { &entry.id };
            extended += extend(&mut entry.below, above, counts);
        }
        extended
    }
    let mut counts = BTreeMap::new();
    count(entries, &mut counts);
    let extended = extend(entries, "", &counts);
    if extended > 0 {
        let why = "the same id stands in several groups, so the id of the group stands before it";
        left.add("$.objects.framework.requirement_nodes", counted(extended, "id"), why);
    }
}

/// The nodes while entries are made of them.
struct NodeTree<'n, 'v> {
    nodes: &'n [Part<'v>],
    /// For each node, those directly below it.
    below: Vec<Vec<usize>>,
    /// How deep the node stands that is made.
    depth: usize,
    /// How many nodes have become entries.
    made: usize,
}

impl NodeTree<'_, '_> {
    /// The entry of a node, with all that stands below it.
    fn entry(&mut self, at: usize, left: &mut Losses) -> Result<PublishedEntry, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(format!("{}: nodes stand more than {DEEPEST} deep", self.nodes[at].place));
        }
        self.made += 1;
        let below = std::mem::take(&mut self.below[at]);
        let below = below.into_iter().map(|at| self.entry(at, left)).collect::<Result<Vec<_>, _>>()?;
        self.depth -= 1;
        Ok(PublishedEntry { below, ..alone(&self.nodes[at], left) })
    }
}

/// The entry of a node, without what stands below it.
fn alone(node: &Part<'_>, left: &mut Losses) -> PublishedEntry {
    let is_asked = node.at("assessable").value == &Value::Bool(true);
    let mut id = node.text("ref_id", left);
    if id.trim().is_empty() && is_asked {
        // The last part of its urn is an id that its publisher keeps.
        id = node.text("urn", left).rsplit(':').next().unwrap_or_default().to_owned();
    }
    let evidence = tidy(&node.text("typical_evidence", left));
    let (guidance, mut examples) = without_examples(&tidy(&node.text("annotation", left)));
    examples.extend(Some(evidence).filter(|evidence| !evidence.is_empty()));
    PublishedEntry {
        id,
        title: in_a_line(&node.text("name", left)),
        text: in_steps(&tidy(&node.text("description", left))),
        guidance,
        examples,
        is_asked,
        withdrawn: None,
        place: node.place.clone(),
        below: Vec::new(),
    }
}

/// Says what of the nodes was left, in sums.
fn tell(nodes: &[Part<'_>], left: &mut Losses) {
    let mut others: BTreeMap<&str, usize> = BTreeMap::new();
    for (key, value) in nodes.iter().filter_map(|node| node.value.as_object()).flatten() {
        if !KNOWN.contains(&key.as_str()) && !value.is_null() {
            *others.entry(key).or_default() += 1;
        }
    }
    for (key, count) in others {
        left.add(
            "$.objects.framework.requirement_nodes",
            format!("{key} of {}", counted(count, "node")),
            "it has no place in a catalog here",
        );
    }
    let translated = nodes.iter().filter(|node| !node.at("translations").is_nothing()).count();
    if translated > 0 {
        let why = "a catalog has one language; the others are left";
        left.add(
            "$.objects.framework.requirement_nodes",
            format!("translations of {}", counted(translated, "node")),
            why,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: &str, below: Vec<PublishedEntry>) -> PublishedEntry {
        PublishedEntry { id: id.to_owned(), below, ..PublishedEntry::default() }
    }

    fn ids(entries: &[PublishedEntry]) -> Vec<String> {
        entries.iter().flat_map(|entry| [vec![entry.id.clone()], ids(&entry.below)].concat()).collect()
    }

    #[test]
    fn an_id_that_stands_in_several_groups_gets_the_id_of_its_group() {
        let numbered = || vec![entry("1", Vec::new()), entry("", vec![entry("2", Vec::new())])];
        let mut entries =
            vec![entry("A", numbered()), entry("B", numbered()), entry("C", vec![entry("3", Vec::new())])];
        let mut left = Losses::default();
        tell_apart(&mut entries, &mut left);
        assert_eq!(ids(&entries), ["A", "A.1", "", "A.2", "B", "B.1", "", "B.2", "C", "3"]);
        assert!(left.text().contains("`4 ids`: the same id stands in several groups"), "{:?}", left.text());
    }
}
