//! JSON, and JSON in lines. If a key is there twice, the last value counts, as in most readers, and this is reported.

use std::fmt;

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::decode::decode;
use super::{ROWS, ReadFile, SHORT};
use crate::base::text::cut;

/// How much a file may hold: an object counts as several values, since it takes the memory of several.
const MOST: usize = 4_000_000;
/// What an object counts.
const OBJECT: usize = 8;
/// The most keys that stand twice and are named.
const NAMED: usize = 3;

/// Reads one JSON value.
///
/// # Errors
/// A sentence without a full stop: the file is no JSON, or larger or deeper than what is read.
pub fn read(bytes: &[u8]) -> Result<ReadFile, String> {
    let text = decode(bytes)?;
    let mut seen = Seen::default();
    let value = one(&text, &mut seen)?;
    Ok(ReadFile { value, told: seen.told() })
}

/// Reads a JSON value of each line that is not blank.
///
/// # Errors
/// As [`read`], with the line.
pub fn read_lines(bytes: &[u8]) -> Result<ReadFile, String> {
    let text = decode(bytes)?;
    let mut seen = Seen::default();
    let mut rows = Vec::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        if rows.len() == ROWS {
            return Err(format!("it has more than {ROWS} lines"));
        }
        rows.push(one(line, &mut seen).map_err(|why| format!("line {}: {why}", at + 1))?);
    }
    Ok(ReadFile { value: Value::Array(rows), told: seen.told() })
}

fn one(text: &str, seen: &mut Seen) -> Result<Value, String> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value =
        Seed(seen).deserialize(&mut reader).map_err(|error| format!("it is no JSON that can be read: {error}"))?;
    let behind = |error: serde_json::Error| {
        let at = error.line();
        format!("more stands behind its first value, in line {at}; where each line is a value, its format is `jsonl`")
    };
    reader.end().map(|()| value).map_err(behind)
}

/// What was seen of a file so far.
#[derive(Default)]
struct Seen {
    size: usize,
    twice: Vec<String>,
    more: usize,
}

impl Seen {
    fn add<E: serde::de::Error>(&mut self, size: usize) -> Result<(), E> {
        self.size += size;
        if self.size > MOST { Err(E::custom("it holds more values than are read")) } else { Ok(()) }
    }

    fn told(self) -> Vec<String> {
        let twice =
            |key: &String| format!("the key `{}` stands twice in one object; its last value counts", cut(key, SHORT));
        let more = (self.more > 0).then(|| format!("{} more keys stand twice; their last values count", self.more));
        self.twice.iter().map(twice).chain(more).collect()
    }
}

/// Reads a value, and counts what it holds.
struct Seed<'s>(&'s mut Seen);

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Value, E> {
        self.0.add(1)?;
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        self.0.add(1)?;
        Ok(Value::from(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        self.0.add(1)?;
        Ok(Value::from(value))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        self.0.add(1)?;
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        self.0.add(1)?;
        Ok(Value::from(value))
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Value, E> {
        self.0.add(1)?;
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut rows = Vec::new();
        while let Some(row) = list.next_element_seed(Seed(self.0))? {
            if rows.len() == ROWS {
                return Err(serde::de::Error::custom(format!("a list has more than {ROWS} rows")));
            }
            rows.push(row);
        }
        self.0.add(1)?;
        Ok(Value::Array(rows))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        self.0.add(OBJECT)?;
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(Seed(self.0))?;
            if map.contains_key(&key) {
                if self.0.twice.len() < NAMED { self.0.twice.push(key.clone()) } else { self.0.more += 1 }
            }
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_as_serde_json_reads_it_and_double_keys_are_told() {
        let text = r#"{"a": [1, -2, 3.5, 18446744073709551615, "\u00e4", null, true], "b": {"c": {}}}"#;
        assert_eq!(read(text.as_bytes()).unwrap().value, serde_json::from_str::<Value>(text).unwrap());
        let ReadFile { value, told } = read(br#"[{"a": 1, "a": 2}]"#).unwrap();
        assert_eq!(value, serde_json::json!([{"a": 2}]));
        assert_eq!(told, ["the key `a` stands twice in one object; its last value counts"]);
    }

    #[test]
    fn what_is_no_json_or_too_much_of_it_is_refused_in_words() {
        let deep = "[".repeat(100_000);
        let many = format!("[{}0]", "0,".repeat(ROWS));
        let wide = format!("[{}{{}}]", "[{},{},{},{},{},{},{},{},{},{}],".repeat(60_000));
        for (text, why) in [
            ("{", "EOF"),
            ("NaN", "expected"),
            ("[1e400]", "out of range"),
            (r#"["\ud800"]"#, "hex escape"),
            (
                "{}\n{}",
                "more stands behind its first value, in line 2; where each line is a value, its format is `jsonl`",
            ),
            (deep.as_str(), "recursion limit"),
            (many.as_str(), "more than 200000 rows"),
            (wide.as_str(), "more values than are read"),
        ] {
            let said = read(text.as_bytes()).unwrap_err();
            assert!(said.contains(why), "{why}: {said}");
        }
        assert!(read_lines(b"{}\n\n{]").unwrap_err().starts_with("line 3: "));
        assert_eq!(read_lines(b"1\r\n2\n").unwrap().value, serde_json::json!([1, 2]));
    }
}
