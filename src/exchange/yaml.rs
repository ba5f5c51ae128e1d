//! YAML, read into the same values as JSON. A plain scalar keeps its digits as they are written: `1.10` is an id, and no number.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, StrInput, Tag};
use serde_json::{Map, Value};

use super::decode::decode;
use super::{DEPTH, ReadFile};

/// How much a file may hold, what its aliases stand for included: a mapping counts as several values.
const MOST: usize = 2_000_000;
/// What a mapping counts.
const MAPPING: usize = 8;
/// The most sentences of one kind.
const NAMED: usize = 3;

/// Reads the first document of a YAML file.
///
/// # Errors
/// A sentence without a full stop: the file is no YAML, or larger or deeper than what is read.
pub fn read(bytes: &[u8]) -> Result<ReadFile, String> {
    let text = decode(bytes)?;
    let mut reader = YamlReader {
        parser: Parser::new_from_str(&text),
        seen: 0,
        anchors: BTreeMap::new(),
        told: YamlTold::default(),
    };
    let value = reader.document()?;
    Ok(ReadFile { value, told: reader.told.sentences() })
}

/// What was read in another way than it may be meant.
#[derive(Default)]
struct YamlTold {
    twice: Vec<String>,
    tags: Vec<String>,
    documents: usize,
}

impl YamlTold {
    fn sentences(self) -> Vec<String> {
        let some = |kind: &[String], told: &dyn Fn(&String) -> String| {
            let more = kind.len().saturating_sub(NAMED);
            let mut out: Vec<String> = kind.iter().take(NAMED).map(told).collect();
            if more > 0 {
                out.push(format!("{more} more like the last one"));
            }
            out
        };
        let mut out = some(&self.twice, &|key| format!("{key} stands twice in one mapping; its last value counts"));
        out.extend(some(&self.tags, &|tag| format!("the tag {tag} is left out, and its value taken as it is written")));
        if self.documents > 1 {
            out.push(format!("the file holds {} documents; only the first is read", self.documents));
        }
        out
    }
}

struct YamlReader<'t> {
    parser: Parser<'t, StrInput<'t>>,
    /// How many values were made.
    seen: usize,
    /// The values that an alias may repeat, with their size.
    anchors: BTreeMap<usize, (Value, usize)>,
    told: YamlTold,
}

/// A list or mapping that is not closed yet.
enum Open {
    List(Vec<Value>),
    Mapping(Map<String, Value>, Option<String>),
}

/// What is open, its anchor, and how many values there were before it.
type Opened = (Open, usize, usize);

impl YamlReader<'_> {
    fn document(&mut self) -> Result<Value, String> {
        let mut first = None;
        let mut open: Vec<Opened> = Vec::new();
        while let Some(next) = self.parser.next_event() {
            let (event, span) = next.map_err(|error| fault(&error))?;
            let before = self.seen;
            let (value, anchor) = match event {
                Event::StreamEnd => break,
                Event::DocumentStart(_) => {
                    self.told.documents += 1;
                    continue;
                }
                Event::Nothing | Event::StreamStart | Event::DocumentEnd => continue,
                Event::SequenceStart(anchor, tag) => {
                    self.tag(tag.as_deref(), span.start);
                    open.push((Open::List(Vec::new()), anchor, before));
                    self.count(1, span.start)?;
                    deep(open.len(), span.start)?;
                    continue;
                }
                Event::MappingStart(anchor, tag) => {
                    self.tag(tag.as_deref(), span.start);
                    open.push((Open::Mapping(Map::new(), None), anchor, before));
                    self.count(MAPPING, span.start)?;
                    deep(open.len(), span.start)?;
                    continue;
                }
                Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                    Some((Open::List(list), anchor, from)) => (Value::Array(list), (anchor, from)),
                    Some((Open::Mapping(map, _), anchor, from)) => (Value::Object(map), (anchor, from)),
                    None => return Err("it is no YAML that can be read".to_owned()),
                },
                Event::Scalar(text, style, anchor, tag) => {
                    self.tag(tag.as_deref(), span.start);
                    self.count(1 + text.len() / 1024, span.start)?;
                    (scalar(&text, style), (anchor, before))
                }
                Event::Alias(anchor) => {
                    let (value, size) = self.anchors.get(&anchor).cloned().ok_or_else(|| {
                        format!("line {}: an alias repeats something that is not written before it", span.start.line())
                    })?;
                    self.count(size, span.start)?;
                    (value, (0, before))
                }
            };
            if let (anchor @ 1.., from) = anchor {
                // A copy for later takes as much as the value itself.
                let size = self.seen - from;
                self.count(size, span.start)?;
                self.anchors.insert(anchor, (value.clone(), size));
            }
            self.put(value, &mut open, &mut first, span.start)?;
        }
        first.ok_or_else(|| "it is empty".to_owned())
    }

    /// Puts a value into what is open; where nothing is, it is a whole document.
    fn put(&mut self, value: Value, open: &mut [Opened], first: &mut Option<Value>, at: Marker) -> Result<(), String> {
        match open.last_mut() {
            None => drop(first.get_or_insert(value)),
            Some((Open::List(list), ..)) => list.push(value),
            Some((Open::Mapping(map, key), ..)) => match key.take() {
                None => *key = Some(key_of(value, at)?),
                Some(key) => {
                    if map.insert(key.clone(), value).is_some() {
                        self.told.twice.push(format!("line {}: the key `{key}`", at.line()));
                    }
                }
            },
        }
        Ok(())
    }

    fn count(&mut self, values: usize, at: Marker) -> Result<(), String> {
        self.seen = self.seen.saturating_add(values);
        if self.seen > MOST {
            return Err(format!("line {}: it holds more values than are read, each alias counted", at.line()));
        }
        Ok(())
    }

    fn tag(&mut self, tag: Option<&Tag>, at: Marker) {
        if let Some(tag) = tag.filter(|tag| !tag.is_yaml_core_schema()) {
            self.told.tags.push(format!("`{}{}` of line {}", tag.handle, tag.suffix, at.line()));
        }
    }
}

fn deep(depth: usize, at: Marker) -> Result<(), String> {
    if depth > DEPTH { Err(format!("line {}: it is deeper than {DEPTH} levels", at.line())) } else { Ok(()) }
}

/// A scalar. Only a plain one may be nothing, true or false, as in the core schema of YAML 1.2.
fn scalar(text: &str, style: ScalarStyle) -> Value {
    match text {
        _ if style != ScalarStyle::Plain => Value::from(text),
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        text => Value::from(text),
    }
}

fn key_of(key: Value, at: Marker) -> Result<String, String> {
    match key {
        Value::String(key) => Ok(key),
        Value::Bool(key) => Ok(key.to_string()),
        Value::Null => Ok("null".to_owned()),
        _ => Err(format!("line {}: a list or a mapping is used as a key", at.line())),
    }
}

fn fault(error: &ScanError) -> String {
    format!("line {}: it is no YAML that can be read: {}", error.marker().line(), error.info())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_stay_as_they_are_written_and_what_may_be_meant_otherwise_is_told() {
        let text = "\u{feff}a: 1.10\nb: [yes, true, ~, '2']\nc: &x {d: |\n  one\n  two\n}\ne: *x\na: 2\nf: !own 3\n---\nmore\n";
        let text = text.replace("{d: |\n  one\n  two\n}", "{d: one}");
        let ReadFile { value, told } = read(text.as_bytes()).unwrap();
        let wanted = json!({"a": "2", "b": ["yes", true, null, "2"], "c": {"d": "one"}, "e": {"d": "one"}, "f": "3"});
        assert_eq!(value, wanted);
        assert_eq!(
            told,
            [
                "line 5: the key `a` stands twice in one mapping; its last value counts",
                "the tag `!own` of line 6 is left out, and its value taken as it is written",
                "the file holds 2 documents; only the first is read",
            ]
        );
        assert_eq!(read(b"a: 1.10").unwrap().value, json!({"a": "1.10"}));
    }

    #[test]
    fn what_is_no_yaml_or_too_much_of_it_is_refused_in_words() {
        let laughs: String = (1..30).map(|at| format!("a{at}: &a{at} [*a{0}, *a{0}]\n", at - 1)).collect();
        let flow = "[".repeat(100_000);
        let block: String = (0..2_000).map(|depth| format!("{}- \n", " ".repeat(depth))).collect();
        let wide = format!("a: [{}]", "{},".repeat(300_000));
        for (text, why) in [
            ("", "empty"),
            ("# nothing\n", "empty"),
            ("a: [1", "no YAML"),
            ("a: *b", "no YAML"),
            ("a: &a [*a]", "not written before it"),
            ("? [a]\n: b", "used as a key"),
            (&format!("a0: &a0 [1]\n{laughs}"), "more values than are read"),
            (&flow, "recursion limit"),
            (&block, "deeper than 128"),
            (&wide, "more values than are read"),
        ] {
            let said = read(text.as_bytes()).unwrap_err();
            assert!(said.contains(why), "{why}: {said}");
        }
    }
}
