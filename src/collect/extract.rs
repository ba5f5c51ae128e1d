//! Extracts: what is kept of a result file that is not kept whole.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::take::{Found, Given, Part, Taken};
use crate::border;

/// The end of the name of an extract.
pub const ENDING: &str = "extract.json";

/// An extract of a result file: the values that are used, where they stand, and the digest of the file.
pub(super) fn print(taken: &Taken, map: &str, sha256: &str, day: Date) -> String {
    let fact = |(name, Given { value, at }): (&String, &Given)| {
        let is = match value {
            Found::Number(_) => "number",
            Found::Boolean(_) => "boolean",
            Found::Day(_) => "day",
            Found::Text(_) => "text",
        };
        (name.clone(), json!({ "is": is, "value": value.shown(), "at": at }))
    };
    let part = |Part { control, facts, counts }: &Part| {
        let facts: Map<String, Value> = facts.iter().map(fact).collect();
        json!({ "control": control, "facts": facts, "counts": counts })
    };
    let parts: Vec<Value> = taken.parts.iter().map(part).collect();
    let extract = json!({ "map": map, "of": sha256, "day": day.to_string(), "parts": parts });
    border::json::print(&json!({ "milepost-extract": extract })).to_string()
}

/// What an extract says.
///
/// # Errors
/// A sentence without a full stop: it is no extract.
pub fn read(bytes: &[u8]) -> Result<Taken, String> {
    let root = crate::exchange::json::read(bytes)?.value;
    let read = || {
        let extract = root.get("milepost-extract")?;
        let day = extract.get("day")?.as_str()?.parse().ok()?;
        let parts = extract.get("parts")?.as_array()?.iter().map(part_of).collect::<Option<Vec<Part>>>()?;
        Some(Taken { day: Some(day), parts, names: BTreeSet::new(), beside: BTreeSet::new(), told: Vec::new() })
    };
    read().ok_or_else(|| "it is no extract that `milepost collect` made".to_owned())
}

fn part_of(value: &Value) -> Option<Part> {
    let control = value.get("control")?.as_str().map(str::to_owned);
    let facts = value.get("facts")?.as_object()?.iter().map(|(name, fact)| {
        let (is, text, at) = (fact.get("is")?.as_str()?, fact.get("value")?.as_str()?, fact.get("at")?.as_str()?);
        let value = match is {
            "number" => Found::Number(Found::Text(text.to_owned()).number()?),
            "boolean" => Found::Boolean(text == "true"),
            "day" => Found::Day(text.parse().ok()?),
            _ => Found::Text(text.to_owned()),
        };
        Some((name.clone(), Given { value, at: at.to_owned() }))
    });
    let facts = facts.collect::<Option<BTreeMap<_, _>>>()?;
    let counts = value.get("counts")?.as_array()?.iter().map(|count| count.as_str().map(str::to_owned));
    Some(Part { control, facts, counts: counts.collect::<Option<_>>()? })
}
