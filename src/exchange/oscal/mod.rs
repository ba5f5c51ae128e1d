//! OSCAL catalogs and profiles, in JSON or YAML.

mod params;
mod profile;
mod prose;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use self::params::Params;
use self::profile::SelectedControls;
use self::prose::{closed_up, plain};
use super::catalog::{Published, PublishedEntry, in_a_line, tidy};
use super::loss::Losses;
use super::part::Part;

/// What other OSCAL files are called, by their only key.
const OTHERS: &[(&str, &str)] = &[
    ("assessment-plan", "an OSCAL assessment plan"),
    ("assessment-results", "OSCAL assessment results"),
    ("component-definition", "an OSCAL component definition"),
    ("mapping-collection", "an OSCAL mapping"),
    ("plan-of-action-and-milestones", "an OSCAL plan of action and milestones"),
    ("system-security-plan", "an OSCAL system security plan"),
];

/// Classes of controls that only group the controls below them.
const GROUPS: &[&str] = &["category", "chapter", "domain", "family", "function", "group", "section", "theme"];
/// Names of parts that say what is asked.
const STATEMENTS: &[&str] = &["statement", "item"];
/// Names of parts that say more about it.
const GUIDANCE: &[&str] = &["discussion", "guidance", "overview", "supplemental-guidance"];
/// Names of parts that say how it may be done.
const EXAMPLES: &[&str] = &["example", "implementation-example", "implementation_example"];
/// How a link from a withdrawn control to what took its place is called.
const SUCCESSORS: &[&str] = &["addressed-by", "incorporated-into", "moved-to", "replaced-by"];

/// What kind of OSCAL file this is, if it is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OscalKind {
    /// A catalog.
    Catalog,
    /// A profile, which names controls of a catalog.
    Profile,
    /// Another model; how to call it.
    Other(&'static str),
}

/// Recognises an OSCAL file.
pub fn kind(value: &Value) -> Option<OscalKind> {
    match value {
        _ if value.get("catalog").is_some_and(Value::is_object) => Some(OscalKind::Catalog),
        _ if value.get("profile").is_some_and(Value::is_object) => Some(OscalKind::Profile),
        _ => OTHERS.iter().find(|(key, _)| value.get(key).is_some()).map(|(_, name)| OscalKind::Other(name)),
    }
}

/// Reads a catalog, or what a profile selects of it.
pub fn read(catalog: &Value, profile: Option<&Value>, left: &mut Losses) -> Published {
    let whole = Part::whole(catalog).at("catalog");
    let selection = profile.map(|profile| SelectedControls::read(&Part::whole(profile).at("profile"), left));
    let (labels, ids) = labels(&whole);
    if let Some(selection) = &selection {
        selection.tell(&ids, left);
    }
    let (params, parts) = (Params::of(&whole), BTreeMap::new());
    let mut reader = OscalReader { params, selection, inherited: 0, labels, ids, parts, others: [0; 2], left };
    let entries = reader.below(&whole);
    reader.tell(whole.at("back-matter").count("resources"));
    let metadata = match profile {
        Some(profile) => Part::whole(profile).at("profile").at("metadata"),
        None => whole.at("metadata"),
    };
    let remarks = tidy(&plain(&metadata.text("remarks", left)));
    let is_rights = remarks.to_lowercase().contains("copyright") || remarks.contains('©');
    let property =
        |name: &str| properties(&metadata).find(|(of, _)| *of == name).map(|(_, value)| value.value.to_owned());
    Published {
        kind: if profile.is_some() { "an OSCAL profile with its catalog" } else { "an OSCAL catalog" }.to_owned(),
        name: in_a_line(&plain(&metadata.text("title", left))),
        version: in_a_line(&metadata.text("version", left)),
        short: property("framework-version-identifier").unwrap_or_default(),
        copyright: property("copyright").unwrap_or_else(|| if is_rights { remarks } else { String::new() }),
        entries,
    }
}

/// A property's value, and its class.
struct Property<'v> {
    value: &'v str,
    class: &'v str,
}

/// The properties of a part, by name.
fn properties<'v>(part: &Part<'v>) -> impl Iterator<Item = (&'v str, Property<'v>)> {
    let text = |value: &'v Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default();
    let list = part.value.get("props").and_then(Value::as_array);
    list.into_iter().flatten().map(move |prop| {
        (text(prop, "name"), Property { value: text(prop, "value").trim(), class: text(prop, "class") })
    })
}

/// The label of a part: the one without a class, where there are several.
fn label<'v>(part: &Part<'v>) -> Option<&'v str> {
    let all = || properties(part).filter(|(name, prop)| *name == "label" && !prop.value.is_empty());
    let unclassed = all().find(|(_, prop)| prop.class.is_empty());
    unclassed.or_else(|| all().next()).map(|(_, prop)| prop.value)
}

/// The id of each control by the id that OSCAL gives it: its label, where that is one word and no other control has it. With them
/// stands every id that the file names.
fn labels(whole: &Part<'_>) -> (BTreeMap<String, String>, BTreeSet<String>) {
    fn walk(part: &Part<'_>, found: &mut Vec<(String, Option<String>)>) {
        let mut quiet = Losses::default();
        for key in ["groups", "controls"] {
            for below in part.items(key, &mut quiet) {
                let one_word = |label: &&str| !label.contains(char::is_whitespace);
                let label = label(&below).filter(one_word).map(str::to_owned);
                found.push((below.text("id", &mut quiet), label.filter(|_| key == "controls")));
                walk(&below, found);
            }
        }
    }
    let mut found = Vec::new();
    walk(whole, &mut found);
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for label in found.iter().filter_map(|(_, label)| label.as_ref()) {
        *times.entry(label.to_lowercase()).or_default() += 1;
    }
    let ids = found.iter().map(|(id, _)| id.clone()).collect();
    let is_alone = |label: &String| times.get(&label.to_lowercase()) == Some(&1);
    (found.into_iter().filter_map(|(id, label)| Some((id, label.filter(is_alone)?))).collect(), ids)
}

struct OscalReader<'v, 'l> {
    params: Params<'v>,
    /// What is selected; `None` for everything.
    selection: Option<SelectedControls>,
    /// How many controls above are selected with what stands below them.
    inherited: usize,
    labels: BTreeMap<String, String>,
    ids: BTreeSet<String>,
    /// The parts that were left, by their names.
    parts: BTreeMap<String, usize>,
    /// The links and the properties that were left.
    others: [usize; 2],
    left: &'l mut Losses,
}

impl OscalReader<'_, '_> {
    /// The groups and controls below a part.
    fn below(&mut self, part: &Part<'_>) -> Vec<PublishedEntry> {
        let mut out: Vec<PublishedEntry> =
            part.items("groups", self.left).iter().map(|group| self.group(group)).collect();
        out.extend(part.items("controls", self.left).iter().flat_map(|control| self.control(control)));
        out
    }

    fn group(&mut self, part: &Part<'_>) -> PublishedEntry {
        let entry = self.entry(part, true);
        // A family's id is spelt as its controls spell it: `ac` stands above `AC-1`.
        let first = entry.below.iter().find(|below| below.is_asked).map(|below| below.id.as_str()).unwrap_or_default();
        let start = first.get(..entry.id.len()).filter(|start| start.eq_ignore_ascii_case(&entry.id));
        let id = start.map_or_else(|| entry.id.clone(), str::to_owned);
        PublishedEntry { id, is_asked: false, ..entry }
    }

    /// A control; what stands below it where only that is selected.
    fn control(&mut self, part: &Part<'_>) -> Vec<PublishedEntry> {
        let class = part.text("class", self.left).to_lowercase();
        if GROUPS.contains(&class.as_str()) {
            return vec![self.group(part)];
        }
        let id = part.text("id", self.left);
        let takes_children = self.selection.as_ref().is_some_and(|selection| selection.takes_children(&id));
        let is_taken = self.selection.as_ref().is_none_or(|selection| selection.takes(&id, self.inherited > 0));
        self.inherited += usize::from(takes_children);
        let entry = self.entry(part, is_taken);
        self.inherited -= usize::from(takes_children);
        if is_taken { vec![entry] } else { entry.below }
    }

    /// What a part says; only what stands below it unless `is_taken`.
    fn entry(&mut self, part: &Part<'_>, is_taken: bool) -> PublishedEntry {
        let own = part.text("id", self.left);
        let id = self.labels.get(&own).unwrap_or(&own).clone();
        let title = in_a_line(&plain(&part.text("title", self.left)));
        // Where a control has no name, some publishers repeat its id.
        let title = if [&own, &id].contains(&&title) { String::new() } else { title };
        let below = self.below(part);
        let mut entry =
            PublishedEntry { title, is_asked: true, below, place: part.place.clone(), ..PublishedEntry::default() };
        if !is_taken {
            return entry;
        }
        for inner in part.items("parts", self.left) {
            self.part(&inner, &mut entry);
        }
        let is_withdrawn =
            |(name, prop): (&str, Property<'_>)| name == "status" && prop.value.eq_ignore_ascii_case("withdrawn");
        let links = part.items("links", self.left);
        if properties(part).any(is_withdrawn) {
            entry.withdrawn = Some(links.iter().filter_map(|link| self.successor(link)).collect());
        } else {
            self.others[0] += links.len();
        }
        self.others[1] += properties(part).filter(|(name, _)| !["label", "status", "sort-id"].contains(name)).count();
        PublishedEntry { id, ..entry }
    }

    /// The id that a link leads to, if it says what took a control's place: `#ac-2_smt.k` leads to AC-2.
    fn successor(&mut self, link: &Part<'_>) -> Option<String> {
        let rel = link.text("rel", self.left).to_lowercase().replace('_', "-");
        let href = link.text("href", self.left);
        if !SUCCESSORS.contains(&rel.as_str()) {
            self.others[0] += 1;
            return None;
        }
        let id = href.trim_start_matches('#');
        let known = |id: &str| self.ids.contains(id).then(|| id.to_owned());
        let id = known(id).or_else(|| known(id.split("_smt").next()?)).unwrap_or_else(|| id.to_owned());
        Some(self.labels.get(&id).cloned().unwrap_or(id))
    }

    /// Adds what a part says to its entry.
    fn part(&mut self, part: &Part<'_>, entry: &mut PublishedEntry) {
        let name = part.text("name", self.left);
        let is = |names: &[&str]| names.contains(&name.as_str());
        if !is(STATEMENTS) && !is(GUIDANCE) && !is(EXAMPLES) {
            *self.parts.entry(name).or_default() += 1;
            return;
        }
        let mut lines = Vec::new();
        self.lines(part, 0, &mut lines);
        let text = tidy(&lines.join("\n"));
        if text.is_empty() {
            return;
        }
        let more = |to: &mut String, between: &str| {
            if !to.is_empty() {
                to.push_str(between);
            }
            to.push_str(&text);
        };
        if is(EXAMPLES) {
            entry.examples.push(text);
        } else if is(STATEMENTS) {
            more(&mut entry.text, "\n");
        } else if name == "overview" && entry.text.is_empty() {
            entry.text = text;
        } else {
            more(&mut entry.guidance, "\n\n");
        }
    }

    /// The lines of a part and of the parts in it, each with its label.
    fn lines(&mut self, part: &Part<'_>, depth: usize, out: &mut Vec<String>) {
        let prose = plain(&part.text("prose", self.left));
        let prose = closed_up(&self.params.fill(&prose, &part.place, self.left));
        let label = label(part).filter(|_| depth > 0).map(|label| format!("{label} ")).unwrap_or_default();
        if !prose.trim().is_empty() {
            out.push(format!("{}{label}{}", "  ".repeat(depth.saturating_sub(1)), prose.trim()));
        }
        for below in part.items("parts", self.left) {
            self.lines(&below, depth + 1, out);
        }
    }

    /// Says what was left, in sums.
    fn tell(&mut self, resources: usize) {
        for (name, count) in std::mem::take(&mut self.parts) {
            let why = "parts of this kind have no place in a catalog here";
            self.left.add("$.catalog", format!("{count} parts {name}"), why);
        }
        let [links, properties] = self.others;
        let told = [
            (links, "links", "references to other controls and documents are not taken over"),
            (properties, "properties", "they have no place in a catalog here"),
            (resources, "resources of the back matter", "they have no place in a catalog here"),
        ];
        for (count, what, why) in told.into_iter().filter(|(count, ..)| *count > 0) {
            self.left.add("$.catalog", format!("{count} {what}"), why);
        }
    }
}
