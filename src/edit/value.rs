//! Values as they are written into evidence files.

use jiff::civil::Date;
use toml_edit::{Item, TableLike};

use crate::base::number::{Level, MILLIONTHS, plain};
use crate::border::toml::{in_lines, key, quoted};
use crate::model::evidence::{Kind, Period};
use crate::model::measure;

/// A value of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewValue {
    /// Any text. Where there is room, a text of several lines is written in several lines.
    Text(String),
    /// A number, in millionths.
    Number(i64),
    /// True or false.
    Boolean(bool),
    /// A day.
    Day(Date),
    /// Keys with values, between braces.
    Table(Vec<(String, Self)>),
}

impl NewValue {
    /// The value in one line.
    pub(super) fn in_one_line(&self) -> String {
        match self {
            Self::Text(text) => quoted(text),
            Self::Number(millionths) => plain(*millionths),
            Self::Boolean(value) => value.to_string(),
            Self::Day(day) => day.to_string(),
            Self::Table(entries) => {
                let entry = |(name, value): &(String, Self)| format!("{} = {}", key(name), value.in_one_line());
                format!("{{ {} }}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// The value of a key on a line of its own, in a file whose lines end with `end`.
    pub(super) fn in_lines(&self, end: &str) -> String {
        match self {
            Self::Text(text) if text.contains('\n') => in_lines(text, end),
            value => value.in_one_line(),
        }
    }

    /// Whether `written` is this value.
    pub(super) fn reads(&self, written: &Item) -> bool {
        match self {
            Self::Text(text) => written.as_str() == Some(text),
            Self::Number(millionths) => match written.as_integer() {
                Some(whole) => whole.checked_mul(MILLIONTHS) == Some(*millionths),
                // Both are read of the same text.
                None => written.as_float().is_some_and(|read| plain(*millionths).parse() == Ok(read)),
            },
            Self::Boolean(value) => written.as_bool() == Some(*value),
            Self::Day(day) => written.as_datetime().is_some_and(|read| read.to_string() == day.to_string()),
            Self::Table(entries) => written.as_table_like().is_some_and(|table| reads_all(entries, table)),
        }
    }
}

/// Whether a table holds these keys and values, and no others.
pub(super) fn reads_all(entries: &[(String, NewValue)], table: &dyn TableLike) -> bool {
    let reads = |(name, value): &(String, NewValue)| table.get(name).is_some_and(|item| value.reads(item));
    table.len() == entries.len() && entries.iter().all(reads)
}

impl From<Level> for NewValue {
    fn from(level: Level) -> Self {
        Self::Number(level.millionths())
    }
}

/// The value of a fact.
impl From<measure::Value> for NewValue {
    fn from(value: measure::Value) -> Self {
        match value {
            measure::Value::Number(millionths) => Self::Number(millionths),
            measure::Value::Boolean(value) => Self::Boolean(value),
            measure::Value::Date(day) => Self::Day(day),
        }
    }
}

/// An evidence item to add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewItem {
    /// The kind of evidence.
    pub kind: Kind,
    /// The item's title.
    pub title: String,
    /// The days that the item covers; one day is written as `date`.
    pub period: Period,
    /// Where the item can be read; may be empty.
    pub url: String,
    /// The file as the evidence file names it, and its SHA-256; `None` for most items.
    pub file: Option<(String, String)>,
}

impl NewItem {
    /// The item's keys and values, without empty ones.
    pub(super) fn entries(&self) -> Vec<(String, NewValue)> {
        let Period { from, to } = self.period;
        let days =
            if from == to { ("date", NewValue::Day(to)) } else { ("covers", NewValue::Text(format!("{from}..{to}"))) };
        let text = |name, text: &str| (!text.is_empty()).then(|| (name, NewValue::Text(text.to_owned())));
        let file = self.file.iter().flat_map(|(file, sha256)| [text("file", file), text("sha256", sha256)]);
        let known = [text("kind", self.kind.name()), Some(("title", NewValue::Text(self.title.clone()))), Some(days)];
        let entries = known.into_iter().chain([text("url", &self.url)]).chain(file).flatten();
        entries.map(|(name, value)| (name.to_owned(), value)).collect()
    }
}
