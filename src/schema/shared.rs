//! A schema in, one out that means the same: what several of its places have alike stands once, in its definitions.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// From how many characters on a part is worth a definition.
const WORTH: usize = 200;
/// What a place says of itself. It stays where it is, and what is alike is the rest.
const WORDS: [&str; 2] = ["title", "description"];

/// Moves what is alike into definitions.
pub(super) fn shared(mut schema: Map<String, Value>) -> Value {
    let mut sharing = Sharing::default();
    parts(&mut schema, &mut |part| sharing.count(part));
    parts(&mut schema, &mut |part| sharing.replace(part));
    if !sharing.definitions.is_empty() {
        let own = schema.entry("definitions").or_insert_with(|| json!({}));
        if let Value::Object(own) = own {
            own.extend(sharing.definitions);
        }
    }
    Value::Object(schema)
}

/// Calls `visit` for each schema right in a schema.
fn parts(schema: &mut Map<String, Value>, visit: &mut dyn FnMut(&mut Value)) {
    for (key, value) in schema {
        match (key.as_str(), value) {
            ("properties" | "patternProperties" | "definitions", Value::Object(named)) => {
                named.iter_mut().for_each(|(_, part)| visit(part));
            }
            ("anyOf", Value::Array(list)) => list.iter_mut().for_each(&mut *visit),
            ("items" | "additionalProperties", part @ Value::Object(_)) => visit(part),
            _ => {}
        }
    }
}

#[derive(Default)]
struct Sharing {
    /// How often each part stands in the schema, by its text without its words.
    seen: BTreeMap<String, usize>,
    /// The names of the definitions, by the same.
    names: BTreeMap<String, String>,
    definitions: Map<String, Value>,
}

impl Sharing {
    fn count(&mut self, part: &mut Value) {
        let Value::Object(own) = part else { return };
        *self.seen.entry(text(own)).or_default() += 1;
        parts(own, &mut |part| self.count(part));
    }

    fn replace(&mut self, part: &mut Value) {
        let Value::Object(own) = part else { return };
        let text = text(own);
        if text.len() < WORTH || self.seen.get(&text).is_none_or(|times| *times < 2) {
            return parts(own, &mut |part| self.replace(part));
        }
        let words = WORDS.iter().filter_map(|word| own.remove_entry(*word)).collect::<Vec<_>>();
        let known = self.names.get(&text).cloned();
        let name = known.unwrap_or_else(|| {
            let name = format!("shared-{}", self.names.len() + 1);
            self.names.insert(text, name.clone());
            parts(own, &mut |part| self.replace(part));
            self.definitions.insert(name.clone(), Value::Object(std::mem::take(own)));
            name
        });
        own.clear();
        own.insert("allOf".to_owned(), json!([{ "$ref": format!("#/definitions/{name}") }]));
        own.extend(words);
    }
}

/// A schema's text without its words.
fn text(schema: &Map<String, Value>) -> String {
    let rest: Map<String, Value> = schema
        .iter()
        .filter(|(key, _)| !WORDS.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    Value::Object(rest).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_alike_stands_once_and_each_place_keeps_its_words() {
        let long = json!({ "enum": (0..100).map(|n| n.to_string()).collect::<Vec<_>>() });
        let named = |title: &str| {
            let mut part = long.clone();
            part["title"] = json!(title);
            part
        };
        let schema = json!({ "properties": {
            "a": named("A"), "b": { "items": named("B") }, "c": { "enum": [1] }, "d": { "enum": [1] },
        } });
        let Value::Object(schema) = schema else { unreachable!() };
        let to_it = json!([{ "$ref": "#/definitions/shared-1" }]);
        let wanted = json!({
            "definitions": { "shared-1": long },
            "properties": {
                "a": { "allOf": to_it, "title": "A" }, "b": { "items": { "allOf": to_it, "title": "B" } },
                "c": { "enum": [1] }, "d": { "enum": [1] },
            },
        });
        assert_eq!(shared(schema), wanted);
    }
}
