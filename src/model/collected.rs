//! What collectors found for a team, and its text: the same text for the same content.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::base::number::MILLIONTHS;
use crate::base::place::Origin;
use crate::border::toml::{dotted, key, quoted};
use crate::load::workspace::sha256;
use crate::model::catalog::{Control, Framework};
use crate::model::evidence::{Artifact, Item};
use crate::model::ids::{ControlId, FrameworkId, Table};
use crate::model::measure::{Fact, Value};

/// What collectors found for a team and a control in a quarter: facts and evidence, and never a state.
#[derive(Clone, Debug)]
pub struct Collected {
    /// The facts, by name.
    pub facts: BTreeMap<String, Value>,
    /// The evidence.
    pub evidence: Vec<Item>,
    /// Where it is written.
    pub origin: Origin,
}

impl Collected {
    /// Nothing yet.
    pub fn new() -> Self {
        Self { facts: BTreeMap::new(), evidence: Vec::new(), origin: Origin::not_shown() }
    }

    /// The item that gives a fact; `None` if none says so.
    pub fn item_of(&self, fact: &str) -> Option<&Item> {
        self.evidence.iter().find(|item| item.collected.as_ref().is_some_and(|by| by.gives.contains_key(fact)))
    }
}

impl Default for Collected {
    fn default() -> Self {
        Self::new()
    }
}

/// The file of a team that its collectors wrote.
#[derive(Clone, Debug)]
pub struct Collection {
    /// What decided what each collector made of its files, by its name: see `Collector::rules`. Empty where the file does not say.
    pub rules: BTreeMap<String, String>,
    /// The collectors that wrote in it and are not declared any more.
    pub gone: Vec<String>,
    /// The collectors whose rules were changed since.
    pub changed: Vec<String>,
    /// Whether the file says by its digest that it was changed since.
    pub is_edited: bool,
    /// Where the file starts.
    pub origin: Origin,
}

/// The part of the file that is about the file itself.
pub const HEADER: &str = "collected";

/// The digest of the part of a file that its header speaks of: of all below the first blank line, whatever ends its lines.
pub fn digest(text: &str) -> String {
    // Git may exchange line ends where it checks a file out.
    let text = text.replace("\r\n", "\n");
    let below = text.split_once("\n\n").map_or("", |(_, below)| below);
    sha256(below.as_bytes())
}

/// The files that the collectors' file at `path` names, each with its digest, as far as its text can be read.
pub fn kept_files(path: &str, text: &str) -> Vec<Artifact> {
    let tree = DeTable::parse(text);
    let mut found = Vec::new();
    if let Ok(tree) = &tree {
        add_files(path, tree.get_ref(), &mut found);
    }
    found
}

fn add_files(path: &str, table: &DeTable<'_>, found: &mut Vec<Artifact>) {
    let text = |key: &str| table.get(key).and_then(|value| value.get_ref().as_str());
    if let (Some(file), Some(sha256)) = (text("file"), text("sha256"))
        && let Some(path) = Artifact::resolve(path, file)
    {
        found.push(Artifact { path, sha256: sha256.to_owned() });
    }
    for value in table.values().map(Spanned::get_ref) {
        let values = value.as_array().into_iter().flatten().map(Spanned::get_ref).chain([value]);
        values.filter_map(DeValue::as_table).for_each(|table| add_files(path, table, found));
    }
}

/// The text of the collectors' file at `path`. `rules` are those of each collector that wrote in it.
pub fn print(
    frameworks: &Table<FrameworkId, Framework>,
    path: &str,
    controls: &BTreeMap<ControlId, Collected>,
    rules: &BTreeMap<String, String>,
) -> String {
    let mut body = String::new();
    for (control, Collected { facts, evidence, .. }) in controls {
        let control: &Control = &frameworks[control.framework()].controls[*control];
        let id = dotted(control.called.name());
        if !facts.is_empty() {
            body += &format!("[{id}.facts]\n");
            for (name, value) in facts {
                let fact = control.measure.as_ref().and_then(|measure| measure.facts.get(name));
                body += &format!("{} = {}\n", key(name), written(fact, *value));
            }
            body += "\n";
        }
        body.extend(evidence.iter().map(|item| printed(&id, path, item)));
    }
    let body = body.trim_end_matches('\n').to_owned() + "\n";
    let rules: Vec<String> = rules.iter().map(|(name, digest)| format!("{} = \"{digest}\"", key(name))).collect();
    format!(
        "# Made by `milepost collect` of the files in artifacts/collected/; an edit here is lost. What a person says stands in another\n\
         # file of the team. `sha256` is that of everything below the first blank line.\n\
         [{HEADER}]\nsha256 = \"{}\"\nby = {{ {} }}\n\n{body}",
        sha256(body.as_bytes()),
        rules.join(", ")
    )
}

/// A value as an evidence file writes it: less than one percent with its sign, so that nobody takes it for a fraction.
fn written(fact: Option<&Fact>, value: Value) -> String {
    let shown = value.shown();
    match value {
        Value::Number(number) if fact.is_some_and(Fact::is_percentage) && (1..MILLIONTHS).contains(&number) => {
            quoted(&format!("{shown} %"))
        }
        _ => shown,
    }
}

fn printed(id: &str, path: &str, item: &Item) -> String {
    let Item { kind, title, period, artifact, collected, .. } = item;
    let mut out = format!("[[{id}.evidence]]\n");
    if let Some(by) = collected {
        out += &format!("by = {}\n", quoted(&by.collector));
    }
    out += &format!("kind = \"{}\"\ntitle = {}\n", kind.name(), quoted(title));
    out += &if period.from == period.to {
        format!("date = {}\n", period.to)
    } else {
        format!("covers = \"{}..{}\"\n", period.from, period.to)
    };
    if let Some(artifact) = artifact {
        let file = quoted(&Artifact::written(path, &artifact.path));
        out += &format!("file = {file}\nsha256 = \"{}\"\n", artifact.sha256);
    }
    let gives = collected.iter().flat_map(|by| &by.gives);
    let gives: Vec<String> = gives.map(|(fact, at)| format!("{} = {}", key(fact), quoted(at))).collect();
    if !gives.is_empty() {
        out += &format!("gives = {{ {} }}\n", gives.join(", "));
    }
    out + "\n"
}
