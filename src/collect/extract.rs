//! Extracts: what is kept of a result file that is not kept whole. Its values stay those of the rules by which they were taken.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::take::{ControlPart, FoundValue, GivenValue, TakenValues};
use crate::border;

/// The end of the name of an extract.
pub const ENDING: &str = "extract.json";

/// What an extract says.
pub struct Extract {
    /// The values.
    pub taken: TakenValues,
    /// The digest of the rules by which they were taken.
    pub rules: String,
}

/// An extract of a result file: the values that are used, where they stand, the digest of the file, and that of the collector's rules.
pub(super) fn print(taken: &TakenValues, map: &str, rules: &str, sha256: &str, day: Date) -> String {
    let fact = |(name, GivenValue { value, at }): (&String, &GivenValue)| {
        let is = match value {
            FoundValue::Number(_) => "number",
            FoundValue::Boolean(_) => "boolean",
            FoundValue::Day(_) => "day",
            FoundValue::Text(_) => "text",
        };
        (name.clone(), json!({ "is": is, "value": value.shown(), "at": at }))
    };
    let part = |ControlPart { control, facts, counts }: &ControlPart| {
        let facts: Map<String, Value> = facts.iter().map(fact).collect();
        json!({ "control": control, "facts": facts, "counts": counts })
    };
    let parts: Vec<Value> = taken.parts.iter().map(part).collect();
    let extract = json!({ "map": map, "rules": rules, "of": sha256, "day": day.to_string(), "parts": parts });
    border::json::print(&json!({ "milepost-extract": extract })).to_string()
}

/// What an extract says.
///
/// # Errors
/// A sentence without a full stop: it is no extract.
pub fn read(bytes: &[u8]) -> Result<Extract, String> {
    let root = crate::exchange::json::read(bytes)?.value;
    let read = || {
        let extract = root.get("milepost-extract")?;
        let day = extract.get("day")?.as_str()?.parse().ok()?;
        let rules = extract.get("rules")?.as_str()?.to_owned();
        let parts = extract.get("parts")?.as_array()?.iter().map(part_of).collect::<Option<Vec<ControlPart>>>()?;
        let (names, beside) = (BTreeSet::new(), BTreeSet::new());
        let taken = TakenValues { day: Some(day), undated: None, parts, names, beside, told: Vec::new() };
        Some(Extract { taken, rules })
    };
    read().ok_or_else(|| "it is no extract that `milepost collect` made".to_owned())
}

fn part_of(value: &Value) -> Option<ControlPart> {
    let control = value.get("control")?.as_str().map(str::to_owned);
    let facts = value.get("facts")?.as_object()?.iter().map(|(name, fact)| {
        let (is, text, at) = (fact.get("is")?.as_str()?, fact.get("value")?.as_str()?, fact.get("at")?.as_str()?);
        let value = match is {
            "number" => FoundValue::Number(FoundValue::Text(text.to_owned()).number()?),
            "boolean" => FoundValue::Boolean(text == "true"),
            "day" => FoundValue::Day(text.parse().ok()?),
            _ => FoundValue::Text(text.to_owned()),
        };
        Some((name.clone(), GivenValue { value, at: at.to_owned() }))
    });
    let facts = facts.collect::<Option<BTreeMap<_, _>>>()?;
    let counts = value.get("counts")?.as_array()?.iter().map(|count| count.as_str().map(str::to_owned));
    Some(ControlPart { control, facts, counts: counts.collect::<Option<_>>()? })
}
