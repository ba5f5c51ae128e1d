//! JSON of NIST's Cybersecurity and Privacy Reference Tool, and of its Reference Tool for the CSF: elements, and relations between them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::catalog::{Published, PublishedEntry, in_a_line, tidy};
use super::loss::Losses;
use super::part::Part;

/// How deep elements may stand in each other.
const DEEPEST: usize = 64;
/// The most relations without a target that are reported one by one.
const NAMED: usize = 5;

/// Types of elements that group others.
const GROUPS: &[&str] = &["category", "chapter", "domain", "family", "function", "group", "section", "theme", "topic"];
/// Types of elements that somebody answers.
const ASKED: &[&str] = &[
    "action",
    "activity",
    "capability",
    "control",
    "control_enhancement",
    "enhancement",
    "outcome",
    "practice",
    "requirement",
    "safeguard",
    "subcategory",
    "task",
];
/// Types of elements that say what the element above them asks.
const STATEMENTS: &[&str] = &["control_statement", "security_requirement", "statement"];
/// Types of elements that say more about it.
const GUIDANCE: &[&str] = &["discussion", "guidance", "supplemental_guidance"];
/// Types of elements that say how it may be done.
const EXAMPLES: &[&str] = &["example", "implementation_example"];
/// The type of an element that says why another one is withdrawn.
const WITHDRAWN: &str = "withdraw_reason";
/// The relation of an element to those below it.
const TREE: &str = "projection";
/// Relations of a withdrawn element to what took its place.
const SUCCESSORS: &[&str] = &["addressed_by", "incorporated_into", "moved_to"];

/// Elements and relations, in the envelope in which the tool's interface sends them or without it.
fn bare(value: &Value) -> Option<Part<'_>> {
    let whole = Part::whole(value);
    let inside = [whole.at("response").at("elements"), whole.at("elements"), whole];
    inside.into_iter().find(|part| part.at("elements").value.is_array())
}

/// Whether this is such a file.
pub fn is_cprt(value: &Value) -> bool {
    bare(value).is_some_and(|part| part.at("relationships").value.is_array() || part.at("documents").value.is_array())
}

/// An element, with what is related to it.
struct CprtElement<'v> {
    part: Part<'v>,
    id: String,
    kind: String,
    below: Vec<usize>,
    has_parent: bool,
    successors: Vec<String>,
}

/// Reads the document that most of the elements belong to.
///
/// # Errors
/// A sentence without a full stop: the elements make no tree.
pub fn read(value: &Value, left: &mut Losses) -> Result<Published, String> {
    let bare = bare(value).ok_or("it holds no elements")?;
    let parts = bare.items("elements", left);
    let mut quiet = Losses::default();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for part in &parts {
        *counts.entry(part.text("doc_identifier", &mut quiet)).or_default() += 1;
    }
    let document = counts.iter().max_by_key(|(_, count)| **count).map(|(id, _)| id.clone()).unwrap_or_default();
    let mut elements = elements(parts, &document, left)?;
    relate(&bare, &document, &mut elements, left);
    let mut reader = CprtReader { elements: &elements, made: BTreeSet::new(), others: BTreeMap::new(), left };
    let kinds: BTreeSet<&str> = elements.values().map(|element| element.kind.as_str()).collect();
    if !elements.values().any(|element| is_any(ASKED, &element.kind)) {
        let kinds: Vec<&str> = kinds.into_iter().take(10).collect();
        return Err(format!(
            "none of its elements is of a type that is answered; their types are {}",
            kinds.join(", ")
        ));
    }
    let stands_up = |element: &&CprtElement<'_>| is_any(GROUPS, &element.kind) || is_any(ASKED, &element.kind);
    let mut entries = Vec::new();
    for (at, _) in elements.iter().filter(|(_, element)| !element.has_parent && stands_up(element)) {
        entries.push(reader.entry(*at, 1)?);
    }
    reader.tell(&document)?;
    let documents = bare.items("documents", left);
    let about = documents.iter().find(|part| part.text("doc_identifier", &mut quiet) == document);
    let text = |key: &str| about.map(|part| in_a_line(&part.text(key, &mut Losses::default()))).unwrap_or_default();
    Ok(Published {
        kind: "JSON of NIST's reference tool (CPRT)".to_owned(),
        name: if text("name").is_empty() { document.clone() } else { text("name") },
        version: text("version"),
        short: document,
        copyright: String::new(),
        entries,
    })
}

fn is_any(kinds: &[&str], kind: &str) -> bool {
    kinds.contains(&kind)
}

/// The elements of a document in the order in which they first stand in the file. NIST repeats some, word for word.
fn elements<'v>(
    parts: Vec<Part<'v>>,
    document: &str,
    left: &mut Losses,
) -> Result<BTreeMap<usize, CprtElement<'v>>, String> {
    let mut quiet = Losses::default();
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    let mut elements: BTreeMap<usize, CprtElement<'v>> = BTreeMap::new();
    let mut foreign = 0;
    for (at, part) in parts.into_iter().enumerate() {
        if part.text("doc_identifier", &mut quiet) != document {
            foreign += 1;
            continue;
        }
        let (id, kind) = (part.text("element_identifier", left), part.text("element_type", left).to_lowercase());
        match first.get(&id) {
            Some(other) if elements[other].part.value == part.value => continue,
            Some(other) => {
                return Err(format!(
                    "{} and {} have the same id, `{id}`, and differ",
                    elements[other].part.place, part.place
                ));
            }
            None => drop(first.insert(id.clone(), at)),
        }
        elements
            .insert(at, CprtElement { part, id, kind, below: Vec::new(), has_parent: false, successors: Vec::new() });
    }
    if foreign > 0 {
        left.add(
            "elements",
            format!("{foreign} elements of other documents"),
            "only the document with most elements is read",
        );
    }
    Ok(elements)
}

/// Adds to each element what is below it, and what took its place.
fn relate(bare: &Part<'_>, document: &str, elements: &mut BTreeMap<usize, CprtElement<'_>>, left: &mut Losses) {
    let places: BTreeMap<String, usize> = elements.iter().map(|(at, element)| (element.id.clone(), *at)).collect();
    let mut others: BTreeMap<String, (usize, BTreeSet<String>)> = BTreeMap::new();
    let (mut nowhere, mut second) = (Vec::new(), Vec::new());
    let mut seen: BTreeSet<(usize, usize)> = BTreeSet::new();
    for part in bare.items("relationships", left) {
        let text = |key: &str| part.text(key, &mut Losses::default());
        let kind = text("relationship_identifier");
        let (from, to) = (text("source_element_identifier"), text("dest_element_identifier"));
        let is_inside = [text("source_doc_identifier"), text("dest_doc_identifier")].iter().all(|doc| doc == document);
        if is_any(SUCCESSORS, &kind) {
            if let Some(element) = places.get(&from).and_then(|at| elements.get_mut(at)) {
                element.successors.push(to);
            }
            continue;
        }
        if kind != TREE || !is_inside {
            let (count, documents) = others.entry(kind).or_default();
            *count += 1;
            documents.insert(text("dest_doc_identifier"));
            continue;
        }
        let (Some(above), Some(below)) = (places.get(&from), places.get(&to)) else {
            nowhere.push((part.place, format!("{from} to {to}")));
            continue;
        };
        if !seen.insert((*above, *below)) {
            continue;
        }
        // Elements such as `first party` stand below many; only what has a place in the tree has one parent.
        let stands_up = is_any(GROUPS, &elements[below].kind) || is_any(ASKED, &elements[below].kind);
        if elements[below].has_parent && stands_up {
            second.push((part.place, format!("{from} to {to}")));
            continue;
        }
        elements.entry(*below).and_modify(|element| element.has_parent = true);
        elements.entry(*above).and_modify(|element| element.below.push(*below));
    }
    let told = [
        (nowhere, "a relation to an element that is not in the file"),
        (second, "an element has one place; the first counts"),
    ];
    for (list, why) in told {
        let count = list.len();
        list.into_iter().take(NAMED).for_each(|(place, said)| left.add(place, said, why));
        if count > NAMED {
            left.add("relationships", format!("{} more", count - NAMED), why);
        }
    }
    for (kind, (count, documents)) in others {
        let said = format!("{count} relations {kind} to {} documents", documents.len());
        left.add("relationships", said, "relations to other documents are not taken over");
    }
}

struct CprtReader<'e, 'v, 'l> {
    elements: &'e BTreeMap<usize, CprtElement<'v>>,
    /// The elements that are in the tree.
    made: BTreeSet<usize>,
    /// Elements that were left, by their types.
    others: BTreeMap<&'e str, usize>,
    left: &'l mut Losses,
}

impl<'e> CprtReader<'e, '_, '_> {
    fn entry(&mut self, at: usize, depth: usize) -> Result<PublishedEntry, String> {
        let element: &'e CprtElement<'_> = &self.elements[&at];
        if depth > DEEPEST {
            return Err(format!("{}: elements stand more than {DEEPEST} deep", element.part.place));
        }
        self.made.insert(at);
        let text = |key: &str| element.part.text(key, &mut Losses::default());
        let mut entry = PublishedEntry {
            id: element.id.clone(),
            title: in_a_line(&text("title")),
            is_asked: is_any(ASKED, &element.kind),
            place: element.part.place.clone(),
            ..PublishedEntry::default()
        };
        if entry.title == entry.id {
            entry.title.clear();
        }
        let mut lines = vec![words(&text("text"))];
        for below in element.below.iter().copied() {
            let kind = self.elements[&below].kind.as_str();
            if is_any(GROUPS, kind) || is_any(ASKED, kind) {
                entry.below.push(self.entry(below, depth + 1)?);
                continue;
            }
            self.made.insert(below);
            let said = words(&self.elements[&below].part.text("text", self.left));
            if is_any(STATEMENTS, kind) {
                if said.trim().eq_ignore_ascii_case("withdrawn") {
                    entry.withdrawn.get_or_insert_default();
                } else {
                    self.lines(below, 0, &mut lines)?;
                }
            } else if is_any(GUIDANCE, kind) {
                entry.guidance = [entry.guidance.as_str(), said.as_str()].join("\n\n");
            } else if is_any(EXAMPLES, kind) {
                entry.examples.push(tidy(&said));
            } else if kind == WITHDRAWN {
                let named = self.elements[&below].successors.iter().cloned();
                entry.withdrawn.get_or_insert_default().extend(named);
            } else {
                *self.others.entry(kind).or_default() += 1;
            }
        }
        if !element.successors.is_empty() {
            entry.withdrawn.get_or_insert_default().extend(element.successors.iter().cloned());
        }
        (entry.text, entry.guidance) = (tidy(&lines.join("\n")), tidy(&entry.guidance));
        entry.examples.retain(|example| !example.is_empty());
        Ok(entry)
    }

    /// The lines of a statement and of those in it, each with its label.
    fn lines(&mut self, at: usize, depth: usize, out: &mut Vec<String>) -> Result<(), String> {
        let element = &self.elements[&at];
        if depth > DEEPEST {
            return Err(format!("{}: elements stand more than {DEEPEST} deep", element.part.place));
        }
        self.made.insert(at);
        let (label, said) = (element.part.text("title", self.left), words(&element.part.text("text", self.left)));
        let label = if depth == 0 || label.trim().is_empty() { String::new() } else { format!("{} ", label.trim()) };
        out.push(format!("{}{label}{}", "  ".repeat(depth.saturating_sub(1)), said.trim()));
        for below in element.below.iter().copied() {
            if is_any(STATEMENTS, &self.elements[&below].kind) {
                self.lines(below, depth + 1, out)?;
            }
        }
        Ok(())
    }

    /// Says what was left, in sums. An element that has a place in the tree, and is not there, stands in a circle.
    fn tell(&mut self, document: &str) -> Result<(), String> {
        let mut circle = 0;
        for (_, element) in self.elements.iter().filter(|(at, _)| !self.made.contains(at)) {
            if is_any(GROUPS, &element.kind) || is_any(ASKED, &element.kind) {
                circle += 1;
            } else {
                *self.others.entry(element.kind.as_str()).or_default() += 1;
            }
        }
        if circle > 0 {
            return Err(format!("{circle} elements of {document} stand in a circle: each is below the other"));
        }
        for (kind, count) in &self.others {
            self.left.add(
                "elements",
                format!("{count} elements {kind}"),
                "elements of this type have no place in a catalog here",
            );
        }
        Ok(())
    }
}

/// A text with its parameters in words: `<AC-01_ODP[01]: personnel or roles>` is `[personnel or roles]`.
fn words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        out += before;
        let end = after.find(['<', '>']).filter(|end| after[*end..].starts_with('>'));
        let named = end.and_then(|end| Some((after[..end].split_once(": ")?, &after[end + 1..])));
        match named.filter(|((id, _), _)| !id.is_empty() && !id.contains(char::is_whitespace)) {
            Some(((_, words), left)) => {
                out += &format!("[{}]", words.trim());
                rest = left;
            }
            None => {
                out.push('<');
                rest = after;
            }
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_put_into_words_and_other_angles_stay() {
        assert_eq!(words("Ask <AC-01_ODP[01]: roles> if a < b: <x>"), "Ask [roles] if a < b: <x>");
    }
}
