//! JSON Schemas of a workspace's own files, for editors: the keys from the reference, the ids, levels, teams and facts from the workspace.
//!
//! They are of draft 7, which taplo and tombi read. They speak of the newest quarter's rules. A schema says less than `milepost check`
//! does: what it refuses is wrong, and what it accepts may still be.

mod shared;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::border::{Shown, json};
use crate::model::assessment::InQuarter;
use crate::model::catalog::{Control, Node};
use crate::model::evidence::Kind as EvidenceKind;
use crate::model::ids::ControlId;
use crate::model::measure::{Fact, FactKind};
use crate::reference::{FileKind, Key, KeyOfKind, Of, Reference, ValueSort};

/// The folder of the schemas, in the workspace.
pub const FOLDER: &str = "schema";

/// The key of an answer in an evidence file.
const ANSWER: &str = "<CONTROL>";

/// The path of the schema for a kind of file, from the workspace's root.
pub fn path(kind: &FileKind) -> String {
    format!("{FOLDER}/{}.schema.json", kind.file.trim_end_matches(".toml"))
}

/// The kinds of files that have a schema: all that are TOML as a whole.
pub fn kinds(reference: &Reference) -> impl Iterator<Item = &FileKind> {
    reference.kinds.iter().filter(|kind| kind.file.ends_with(".toml"))
}

/// The schema for a kind of file, as the rules of this quarter are.
pub fn schema(reference: &Reference, kind: &FileKind, quarter: InQuarter<'_>) -> Shown {
    let maker = SchemaMaker { reference, quarter };
    let mut schema = maker.table(&reference.top(kind), Strictness::Whole);
    schema.insert("$schema".to_owned(), json!("http://json-schema.org/draft-07/schema#"));
    schema.insert("title".to_owned(), json!(kind.file));
    schema.insert("description".to_owned(), json!(kind.means));
    if let Some(answer) = reference.top(kind).into_iter().find(|entry| entry.key.path == ANSWER) {
        let answer = maker.table(&reference.below(answer), Strictness::Whole);
        schema.insert("definitions".to_owned(), json!({ "answer": answer }));
    }
    json::print(&shared::shared(schema))
}

/// Whether a table must be whole, or lays only what changes over another one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Strictness {
    Whole,
    Change,
}

struct SchemaMaker<'a> {
    reference: &'a Reference,
    quarter: InQuarter<'a>,
}

impl SchemaMaker<'_> {
    /// A table with these keys.
    fn table(&self, keys: &[KeyOfKind<'_>], strictness: Strictness) -> Map<String, Value> {
        let (mut properties, mut required) = (Map::new(), Vec::new());
        let mut rest = json!(false);
        let mut patterns = Map::new();
        for entry in keys {
            let strictness = if entry.key.path.starts_with("since.") { Strictness::Change } else { strictness };
            if !entry.key.is_free() {
                properties.insert(entry.key.last().to_owned(), self.described(*entry, strictness));
                if entry.key.required && strictness == Strictness::Whole {
                    required.push(json!(entry.key.last()));
                }
                continue;
            }
            match (entry.key.of, entry.key.last()) {
                _ if entry.key.path == ANSWER => properties.extend(self.answers(*entry)),
                (Some(Of::Control | Of::Node), _) => properties.extend(self.by_id(*entry, strictness)),
                (Some(Of::Team), _) => {
                    let value = self.described(*entry, strictness);
                    properties.extend(self.teams().into_iter().map(|team| (team, value.clone())));
                }
                (Some(Of::Quarter), _) => {
                    patterns.insert(QUARTER.to_owned(), self.described(*entry, strictness));
                }
                (_, "<DIMENSION>") if entry.key.path.starts_with('<') => {
                    let dimensions = &self.quarter.settings().scale.dimensions;
                    let value = self.described(*entry, strictness);
                    properties.extend(dimensions.iter().map(|dimension| (dimension.name.clone(), value.clone())));
                }
                _ => rest = self.described(*entry, strictness),
            }
        }
        let mut table =
            Map::from_iter([("type".to_owned(), json!("object")), ("additionalProperties".to_owned(), rest)]);
        let parts = [("properties", Value::Object(properties)), ("patternProperties", Value::Object(patterns))];
        let parts = parts.into_iter().filter(|(_, part)| part.as_object().is_some_and(|part| !part.is_empty()));
        table.extend(parts.map(|(name, part)| (name.to_owned(), part)));
        if !required.is_empty() {
            table.insert("required".to_owned(), Value::Array(required));
        }
        table
    }

    /// The value of a key, with what the key means.
    fn described(&self, entry: KeyOfKind<'_>, strictness: Strictness) -> Value {
        let mut value = self.value(entry, strictness);
        if strictness == Strictness::Change && !entry.key.is_free() {
            value = json!({ "anyOf": [value, { "enum": ["default", false] }] });
        }
        let default =
            if entry.key.default.is_empty() { String::new() } else { format!(" Default: {}.", entry.key.default) };
        value["description"] = json!(format!("{}{default}", entry.key.means));
        value
    }

    fn value(&self, entry: KeyOfKind<'_>, strictness: Strictness) -> Value {
        let key = entry.key;
        let table = || Value::Object(self.table(&self.reference.below(entry), strictness));
        match key.sort {
            ValueSort::Text => self.text(key),
            ValueSort::Texts => json!({ "type": "array", "items": self.text(key) }),
            ValueSort::TextOrTexts => {
                json!({ "anyOf": [self.text(key), { "type": "array", "items": self.text(key) }] })
            }
            ValueSort::Integer => match key.range {
                Some((least, most)) => json!({ "type": "integer", "minimum": least, "maximum": most }),
                None => json!({ "type": "integer" }),
            },
            ValueSort::Number => self.number(key),
            ValueSort::Boolean => json!({ "type": "boolean" }),
            ValueSort::Date => date(),
            ValueSort::Table => table(),
            ValueSort::Tables => json!({ "type": "array", "items": table() }),
            ValueSort::IntegerOrText => json!({ "anyOf": [{ "type": "integer", "minimum": 0 }, { "type": "string" }] }),
            ValueSort::TextOrTable => json!({ "anyOf": [self.text(key), table()] }),
            ValueSort::NumberOrTable
                if key.of == Some(Of::Level) && self.quarter.settings().scale.dimensions.is_empty() =>
            {
                self.number(key)
            }
            ValueSort::NumberOrTable if key.of == Some(Of::Level) => table(),
            ValueSort::NumberOrTable => json!({ "anyOf": [self.number(key), table()] }),
            ValueSort::Any => json!({}),
        }
    }

    fn text(&self, key: &Key) -> Value {
        if !key.one_of.is_empty() {
            return json!({ "enum": key.one_of });
        }
        match key.of.filter(|_| !key.is_free()) {
            Some(Of::Control) => json!({ "enum": self.names(|node| matches!(node, Node::Control(_))) }),
            Some(Of::Node) => json!({ "enum": self.names(|_| true) }),
            Some(Of::Team) => json!({ "enum": self.teams() }),
            Some(Of::Kind) => json!({ "enum": EvidenceKind::ALL.map(EvidenceKind::name) }),
            Some(Of::Quarter) => json!({ "type": "string", "pattern": QUARTER }),
            Some(Of::Days) => json!({ "type": "string", "pattern": "^[0-9]+d$" }),
            Some(Of::Period) => json!({ "type": "string", "pattern": PERIOD }),
            _ => json!({ "type": "string" }),
        }
    }

    /// A number; a level is one of the scale.
    fn number(&self, key: &Key) -> Value {
        if key.of != Some(Of::Level) {
            return json!({ "type": "number" });
        }
        let steps = self.quarter.settings().scale.steps();
        let steps: Vec<Value> =
            steps.iter().filter_map(|level| Some(Value::Number(level.shown().parse().ok()?))).collect();
        json!({ "enum": steps })
    }

    fn teams(&self) -> Vec<String> {
        self.quarter.settings().teams.iter().map(|team| team.id.clone()).collect()
    }

    /// Every name of the nodes that are wanted.
    fn names(&self, is_wanted: impl Fn(Node) -> bool) -> Vec<String> {
        let frameworks = self.quarter.assessment.frameworks_in(self.quarter.name());
        let names = frameworks.iter().flat_map(|framework| {
            let wanted = framework.nodes().filter(|node| is_wanted(*node));
            wanted.flat_map(|node| framework.called(node).names().map(str::to_owned)).collect::<Vec<_>>()
        });
        names.collect()
    }

    /// A row for each id, in quotes where it has a dot.
    fn by_id(&self, entry: KeyOfKind<'_>, strictness: Strictness) -> Vec<(String, Value)> {
        let value = self.described(entry, strictness);
        let frameworks = self.quarter.assessment.frameworks_in(self.quarter.name());
        let mut rows = Vec::new();
        for framework in frameworks {
            let of_control = entry.key.of == Some(Of::Control);
            for node in framework.nodes().filter(|node| !of_control || matches!(node, Node::Control(_))) {
                let mut value = value.clone();
                value["title"] = json!(framework.title_of(node));
                rows.extend(framework.called(node).names().map(|name| (name.to_owned(), value.clone())));
            }
        }
        if entry.key.path.starts_with("targets.") || entry.key.path.contains(".targets.") {
            rows.push(("default".to_owned(), value));
        }
        rows
    }

    /// The tables of answers: each control by its id in quotes, and along the dots of its id.
    fn answers(&self, entry: KeyOfKind<'_>) -> Map<String, Value> {
        let quarter = self.quarter;
        let mut tree = Branch::default();
        let mut quoted = Map::new();
        for framework in quarter.assessment.frameworks_in(quarter.name()) {
            for (id, control) in framework.controls.entries() {
                let answer = self.answer(entry, id, control);
                for name in control.called.names() {
                    let parts: Vec<&str> = name.split('.').collect();
                    if parts.len() > 1 {
                        quoted.insert(name.to_owned(), answer.clone());
                    }
                    tree.put(&parts, &answer);
                }
            }
        }
        quoted.extend(tree.properties());
        quoted
    }

    /// The table of one answer: what all answers have stands once in the schema, the facts of a control stand here.
    fn answer(&self, entry: KeyOfKind<'_>, id: ControlId, control: &Control) -> Value {
        let own = control.measure.iter().flat_map(|measure| &measure.facts);
        let own = own.filter(|(_, fact)| fact.given_for.is_none_or(|of| of == id));
        let own: Map<String, Value> = own.map(|(name, fact)| (name.clone(), given(fact))).collect();
        let mut properties = Map::new();
        for key in self.reference.below(entry).iter().map(|entry| entry.key.last()) {
            if key != "facts" {
                properties.insert(key.to_owned(), json!({ "$ref": format!("#/definitions/answer/properties/{key}") }));
            } else if !own.is_empty() {
                properties.insert(
                    key.to_owned(),
                    json!({ "type": "object", "additionalProperties": false, "properties": own }),
                );
            }
        }
        json!({
            "type": "object", "title": control.title, "description": control.outcome,
            "additionalProperties": false, "properties": properties,
        })
    }
}

const QUARTER: &str = "^[0-9]{4}-Q[1-4]$";
const PERIOD: &str = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\.\.[0-9]{4}-[0-9]{2}-[0-9]{2}$";

/// A date of TOML; editors know it by this format alone.
fn date() -> Value {
    json!({ "type": "string", "format": "date" })
}

/// The value of a fact.
fn given(fact: &Fact) -> Value {
    let mut value = match fact.kind {
        FactKind::Integer => json!({ "type": "integer", "minimum": 0 }),
        FactKind::Number if fact.is_percentage() => json!({ "type": "number", "minimum": 0, "maximum": 100 }),
        FactKind::Number => json!({ "type": "number", "minimum": 0 }),
        FactKind::Boolean => json!({ "type": "boolean" }),
        FactKind::Date => date(),
    };
    let means = if fact.means.is_empty() { fact.described() } else { fact.means.to_string() };
    value["description"] = json!(means);
    value
}

/// Tables along the dots of ids.
#[derive(Default)]
struct Branch {
    answer: Option<Value>,
    below: BTreeMap<String, Self>,
}

impl Branch {
    fn put(&mut self, parts: &[&str], answer: &Value) {
        match parts.split_first() {
            None => self.answer = Some(answer.clone()),
            Some((first, rest)) => self.below.entry((*first).to_owned()).or_default().put(rest, answer),
        }
    }

    fn properties(self) -> Map<String, Value> {
        self.below.into_iter().map(|(name, branch)| (name, branch.table())).collect()
    }

    fn table(mut self) -> Value {
        let answer = self.answer.take();
        let below = self.properties();
        let Some(mut answer) = answer else {
            return json!({ "type": "object", "additionalProperties": false, "properties": below });
        };
        if let Some(Value::Object(properties)) = answer.get_mut("properties") {
            properties.extend(below);
        }
        answer
    }
}
