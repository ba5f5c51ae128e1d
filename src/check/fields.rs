//! Reads a TOML table key by key. Reports each value of a wrong type, each missing key and each unknown key.
//!
//! serde stops at a file's first mistake, so this module reads tables key by key. `finish` then reports keys that nobody read.

use std::collections::BTreeSet;
use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use crate::base::number::{Level, millionths};
use crate::base::place::{Lines, Origin};
use crate::base::text::cut;
use crate::border::toml::quoted;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, nearest};

/// The most characters that a message quotes of a key with a wrong value, or of a name.
pub(super) const QUOTED: usize = 100;

/// A value and its range of bytes.
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) span: Range<usize>,
}

impl At<&str> {
    /// The same value as an owned text.
    pub(super) fn owned(self) -> At<String> {
        At { value: self.value.to_owned(), span: self.span }
    }
}

/// A key and its value.
pub(super) type KeyValue<'a> = (&'a Spanned<DeString<'a>>, &'a Spanned<DeValue<'a>>);

/// The keys and values of a table in file order, because only the first mistakes are printed.
pub(super) fn in_file_order<'a>(table: &'a DeTable<'a>) -> Vec<KeyValue<'a>> {
    let mut entries: Vec<KeyValue<'a>> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

/// One table while it is read.
pub(super) struct Fields<'a, 'f> {
    pub(super) path: &'a Arc<str>,
    pub(super) found: &'f mut Diagnostics,
    /// The lines of the whole file.
    pub(super) lines: &'a Lines<'a>,
    table: &'a DeTable<'a>,
    span: Range<usize>,
    known: Vec<&'static str>,
    /// Keys that are read elsewhere.
    without: &'a [&'a str],
}

impl<'a, 'f> Fields<'a, 'f> {
    /// Starts to read `table`, which is the whole of the file `path` with these `lines`.
    pub(super) fn new(
        path: &'a Arc<str>,
        lines: &'a Lines<'a>,
        table: &'a DeTable<'a>,
        found: &'f mut Diagnostics,
    ) -> Self {
        Self { path, found, lines, table, span: 0..0, known: Vec::new(), without: &[] }
    }

    /// The same table without the keys that are read elsewhere.
    pub(super) fn without(self, keys: &'a [&'a str]) -> Self {
        Self { without: keys, ..self }
    }

    /// The table itself.
    pub(super) fn tree(&self) -> &'a DeTable<'a> {
        self.table
    }

    /// The table's header, as a place.
    pub(super) fn place(&self) -> Place {
        Place::new(self.path, self.span.clone())
    }

    /// A place in this file.
    pub(super) fn at(&self, span: &Range<usize>) -> Place {
        Place::new(self.path, span.clone())
    }

    /// A place in this file, with its line.
    pub(super) fn origin(&self, span: &Range<usize>) -> Origin {
        Origin { place: self.at(span), line: self.lines.number(span.start) }
    }

    /// Reports something at `span`.
    pub(super) fn report(&mut self, code: Code, span: &Range<usize>, message: impl Into<String>) -> &mut Diagnostic {
        let place = self.at(span);
        self.found.add(Diagnostic::new(code, place, message))
    }

    /// The nearest name in `names`; `None` if none is near or the file already has more mistakes than are printed.
    pub(super) fn nearest<'n>(&self, name: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
        if self.found.is_full(self.path) { None } else { nearest(name, names) }
    }

    /// The range of `key` itself; `None` if the table lacks it.
    pub(super) fn key_span(&self, key: &str) -> Option<Range<usize>> {
        self.table.get_key_value(key).filter(|_| !self.without.contains(&key)).map(|(key, _)| key.span())
    }

    /// The raw value of `key`; `None` if the table lacks it.
    pub(super) fn raw(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.known.push(key);
        self.table.get(key).filter(|_| !self.without.contains(&key))
    }

    /// Reports that `value` is not of the `wanted` type.
    pub(super) fn mistyped(&mut self, value: &Spanned<DeValue<'_>>, name: &str, wanted: &str) -> &mut Diagnostic {
        // A long key may hold a long list, and each item of it may be wrong.
        let name = cut(name, QUOTED);
        let message = format!("`{name}` is {}, expected {wanted}", type_name(value.get_ref()));
        let report = self.report(Code::WrongType, &value.span(), message);
        report.label = format!("expected {wanted}");
        report.help.extend(retyped(value.get_ref(), &name, wanted));
        report
    }

    pub(super) fn as_text<'v>(&mut self, value: &'v Spanned<DeValue<'_>>, name: &str) -> Option<At<&'v str>> {
        if let Some(text) = value.get_ref().as_str() {
            return Some(At { value: text, span: value.span() });
        }
        self.mistyped(value, name, "text");
        None
    }

    /// The text of `key`, borrowed from the parsed file.
    pub(super) fn lent_text(&mut self, key: &'static str) -> Option<At<&'a str>> {
        let value = self.raw(key)?;
        self.as_text(value, key)
    }

    /// The text of `key`.
    pub(super) fn text(&mut self, key: &'static str) -> Option<At<String>> {
        self.lent_text(key).map(At::owned)
    }

    /// The text of `key`; empty if it is blank or missing.
    pub(super) fn text_or_empty(&mut self, key: &'static str) -> String {
        let text = self.text(key).map(|text| text.value).unwrap_or_default();
        if text.trim().is_empty() { String::new() } else { text }
    }

    /// Whether the table lacks `key` but has an unknown key with a similar name.
    pub(super) fn is_misspelt(&self, key: &str) -> bool {
        let keys = self.table.keys().map(|key| key.get_ref().as_ref());
        keys.filter(|other| !self.known.contains(other)).any(|other| self.nearest(other, [key]).is_some())
    }

    /// Reports that `key` is missing, unless it is there or misspelt. A misspelt key is reported as unknown, with `key` as
    /// the suggestion. `why` says what the key is needed for.
    pub(super) fn require(&mut self, key: &str, why: &str) {
        if self.key_span(key).is_none() && !self.is_misspelt(key) {
            let span = self.span.clone();
            self.report(Code::MissingKey, &span, format!("`{key}` is missing")).help.push(why.to_owned());
        }
    }

    /// The required text of `key`, not blank. `why` says what it is needed for.
    pub(super) fn required_text(&mut self, key: &'static str, why: &str) -> Option<At<String>> {
        self.required_lent_text(key, why).map(At::owned)
    }

    /// The same, borrowed from the parsed file.
    pub(super) fn required_lent_text(&mut self, key: &'static str, why: &str) -> Option<At<&'a str>> {
        match self.raw(key) {
            None => {
                self.require(key, why);
                None
            }
            Some(value) => {
                let text = self.as_text(value, key)?;
                if text.value.trim().is_empty() {
                    self.report(Code::MissingKey, &text.span, format!("`{key}` is empty")).help.push(why.to_owned());
                    return None;
                }
                Some(text)
            }
        }
    }

    /// The texts of the list at `key`; `None` where the key is absent.
    pub(super) fn texts(&mut self, key: &'static str) -> Option<Vec<At<String>>> {
        let value = self.raw(key)?;
        let Some(list) = value.get_ref().as_array() else {
            self.mistyped(value, key, "a list of texts");
            return None;
        };
        Some(list.iter().filter_map(|item| self.as_text(item, key).map(At::owned)).collect())
    }

    /// The text or the list of texts at `key`; `None` where the key is absent.
    pub(super) fn text_or_texts(&mut self, key: &'static str) -> Option<Vec<At<String>>> {
        let value = self.raw(key)?;
        match value.get_ref() {
            DeValue::String(text) => Some(vec![At { value: text.to_string(), span: value.span() }]),
            DeValue::Array(list) => {
                Some(list.iter().filter_map(|item| self.as_text(item, key).map(At::owned)).collect())
            }
            _ => {
                self.mistyped(value, key, "text or a list of texts");
                None
            }
        }
    }

    /// The texts of the list at `key`, at least one. `why` says what the list is needed for.
    pub(super) fn required_texts(&mut self, key: &'static str, why: &str) -> Vec<At<String>> {
        let texts = self.texts(key);
        self.require(key, why);
        if let Some(span) = self.key_span(key).filter(|_| texts.as_ref().is_some_and(Vec::is_empty)) {
            self.report(Code::MissingKey, &span, format!("`{key}` is empty")).help.push(why.to_owned());
        }
        texts.unwrap_or_default()
    }

    /// The whole number of `key`, within `range`.
    pub(super) fn integer(&mut self, key: &'static str, range: RangeInclusive<u32>) -> Option<u32> {
        let value = self.raw(key)?;
        self.as_integer(value, key, range)
    }

    /// Reads `value` of the key `key` as a whole number within `range`.
    pub(super) fn as_integer(
        &mut self,
        value: &Spanned<DeValue<'_>>,
        key: &str,
        range: RangeInclusive<u32>,
    ) -> Option<u32> {
        self.number(value, key, range).ok()
    }

    /// The same; the error is the diagnostic that was reported.
    pub(super) fn number(
        &mut self,
        value: &Spanned<DeValue<'_>>,
        key: &str,
        range: RangeInclusive<u32>,
    ) -> Result<u32, &mut Diagnostic> {
        let DeValue::Integer(_) = value.get_ref() else {
            return Err(self.mistyped(value, key, "a whole number"));
        };
        let number = whole_number(value.get_ref()).and_then(|number| u32::try_from(number).ok());
        number.filter(|number| range.contains(number)).ok_or_else(|| {
            let message = format!("`{}` must lie between {} and {}", cut(key, QUOTED), range.start(), range.end());
            self.report(Code::BadValue, &value.span(), message)
        })
    }

    /// The value of `key`, which is `true` or `false`.
    pub(super) fn boolean(&mut self, key: &'static str) -> Option<bool> {
        let value = self.raw(key)?;
        let DeValue::Boolean(truth) = value.get_ref() else {
            self.mistyped(value, key, "true or false");
            return None;
        };
        Some(*truth)
    }

    /// The decimal of `key`: a level, or a distance between levels.
    pub(super) fn level(&mut self, key: &'static str, wrong: Code) -> Option<At<Level>> {
        let value = self.raw(key)?;
        self.as_level(value, key, wrong)
    }

    /// Reads `value` of the key `name` as a decimal.
    pub(super) fn as_level(&mut self, value: &Spanned<DeValue<'_>>, name: &str, wrong: Code) -> Option<At<Level>> {
        if !matches!(value.get_ref(), DeValue::Integer(_) | DeValue::Float(_)) {
            self.mistyped(value, name, "a number");
            return None;
        }
        match level(value.get_ref()) {
            Some(level) => Some(At { value: level, span: value.span() }),
            None => {
                self.report(wrong, &value.span(), format!("`{name}` cannot be {}", number_as_written(value.get_ref())))
                    .help
                    .push(
                        "write a plain number such as 3, without sign or exponent and with at most six decimals"
                            .to_owned(),
                    );
                None
            }
        }
    }

    /// The date of `key`, without a time.
    pub(super) fn date(&mut self, key: &'static str) -> Option<At<Date>> {
        let value = self.raw(key)?;
        self.as_date(value, key)
    }

    /// Reads `value` of the key `name` as a date.
    pub(super) fn as_date(&mut self, value: &Spanned<DeValue<'_>>, name: &str) -> Option<At<Date>> {
        let date = day(value.get_ref());
        if date.is_none() {
            let timed = matches!(value.get_ref(), DeValue::Datetime(_));
            self.mistyped(
                value,
                name,
                if timed { "a date alone, such as 2026-09-30" } else { "a date such as 2026-09-30, without quotes" },
            );
        }
        Some(At { value: date?, span: value.span() })
    }

    /// One of the words in `choices`.
    pub(super) fn choice<T: Copy>(&mut self, key: &'static str, choices: &[(&str, T)]) -> Option<T> {
        let text = self.text(key)?;
        let chosen = choices.iter().find(|(word, _)| *word == text.value).map(|(_, choice)| *choice);
        if chosen.is_none() {
            let words: Vec<String> = choices.iter().map(|(word, _)| format!("`{word}`")).collect();
            self.report(Code::BadValue, &text.span, format!("`{key}` must be {}", words.join(" or ")));
        }
        chosen
    }

    /// The table at `key`.
    pub(super) fn table(&mut self, key: &'static str) -> Option<Fields<'a, '_>> {
        let value = self.raw(key)?;
        let Some(table) = value.get_ref().as_table() else {
            self.mistyped(value, key, "a table");
            return None;
        };
        Some(self.inner(table, value.span()))
    }

    /// Starts to read a table inside this one.
    pub(super) fn inner(&mut self, table: &'a DeTable<'a>, span: Range<usize>) -> Fields<'a, '_> {
        Fields { span, ..Fields::new(self.path, self.lines, table, self.found) }
    }

    /// The results of `read` for each table of the list at `key`.
    pub(super) fn tables<T>(&mut self, key: &'static str, mut read: impl FnMut(Fields<'a, '_>) -> Option<T>) -> Vec<T> {
        let Some(value) = self.raw(key) else { return Vec::new() };
        let Some(list) = value.get_ref().as_array() else {
            self.mistyped(value, key, "a list of tables");
            return Vec::new();
        };
        let mut out = Vec::with_capacity(list.len());
        for item in list {
            match item.get_ref().as_table() {
                Some(table) => out.extend(read(self.inner(table, item.span()))),
                None => drop(self.mistyped(item, key, "a table")),
            }
        }
        out
    }

    /// Each key of a table with free keys. `read` reads the value; `example` is a valid value.
    pub(super) fn entries<T>(
        mut self,
        example: &str,
        mut read: impl FnMut(Fields<'a, '_>, At<String>) -> Option<T>,
    ) -> Vec<T> {
        let mut out = Vec::new();
        for (key, value) in in_file_order(self.table) {
            let at = At { value: key.get_ref().to_string(), span: key.span() };
            match value.get_ref().as_table() {
                Some(table) => out.extend(read(self.inner(table, value.span()), at)),
                None => {
                    let is = type_name(value.get_ref());
                    let message = format!("`{}` is {is}, expected a table such as {example}", at.value);
                    let wrong = Diagnostic::new(Code::WrongType, Place::new(self.path, value.span()), message);
                    self.found.push(wrong.help(format!("write {} = {example}", crate::border::toml::key(&at.value))));
                }
            }
        }
        out
    }

    /// The text or list of texts of each key, for a table with free keys.
    pub(super) fn lists(mut self) -> Vec<(At<String>, Vec<String>)> {
        let mut out = Vec::new();
        for (key, value) in in_file_order(self.table) {
            let name = key.get_ref().to_string();
            let texts: Vec<String> = match value.get_ref() {
                DeValue::String(text) => vec![text.to_string()],
                DeValue::Array(list) => {
                    list.iter().filter_map(|item| self.as_text(item, &name)).map(|text| text.value.to_owned()).collect()
                }
                _ => {
                    self.mistyped(value, &name, "text or a list of texts");
                    Vec::new()
                }
            };
            out.push((At { value: name, span: key.span() }, texts));
        }
        out
    }

    /// Every key except those in `taken`, for a table whose other keys are free.
    pub(super) fn rest(&self, taken: &[&str]) -> Vec<KeyValue<'a>> {
        let mut entries = in_file_order(self.table);
        entries.retain(|(key, _)| !taken.contains(&key.get_ref().as_ref()));
        entries
    }

    /// Whether some value of this table is a table itself.
    pub(super) fn nests(&self) -> bool {
        self.table.iter().any(|(_, value)| value.get_ref().is_table())
    }

    /// Reports every key that was not read.
    pub(super) fn finish(mut self) {
        let mut seen = BTreeSet::new();
        self.known.retain(|key| seen.insert(*key));
        for (key, _) in in_file_order(self.table) {
            let name = key.get_ref().as_ref();
            if self.known.contains(&name) || self.without.contains(&name) {
                continue;
            }
            let near = self.nearest(name, self.known.iter().copied());
            self.found.push(unknown_key(name, Place::new(self.path, key.span()), &self.known, near));
        }
    }
}

/// How a value of the wrong type is written in the `wanted` one, if that is clear.
fn retyped(value: &DeValue<'_>, name: &str, wanted: &str) -> Option<String> {
    let plain = |text: &str| millionths(text, AMOUNT_DIGITS).is_some();
    match value {
        DeValue::String(text) if wanted.contains("number") => {
            let text = text.trim();
            let (number, how) = match text.strip_suffix('%') {
                Some(number) => (number.trim_end(), "the number alone"),
                None => (text, "it without quotes"),
            };
            plain(number).then(|| format!("write {how}: {name} = {number}"))
        }
        DeValue::String(text) if wanted == "true or false" => match text.trim().to_lowercase().as_str() {
            "true" | "yes" | "on" => Some(format!("write {name} = true")),
            "false" | "no" | "off" => Some(format!("write {name} = false")),
            _ => None,
        },
        DeValue::String(text) if wanted == "a list of texts" => {
            Some(format!("write it as a list: {name} = [{}]", quoted(text)))
        }
        DeValue::Array(list) if wanted == "text" && list.len() == 1 => {
            let text = list.iter().next()?.get_ref().as_str()?;
            Some(format!("write it without brackets: {name} = {}", quoted(text)))
        }
        DeValue::Integer(_) | DeValue::Float(_) if wanted == "text" => {
            Some(format!("put it between quotation marks: {name} = \"{}\"", number_as_written(value)))
        }
        _ => None,
    }
}

/// Reports a key that is not `known`. `near` is the key that the author may mean.
pub(super) fn unknown_key(name: &str, place: Place, known: &[&str], near: Option<&str>) -> Diagnostic {
    let unknown = Diagnostic::new(Code::UnknownKey, place, format!("unknown key `{name}`"));
    match near {
        Some(_) => unknown.nearest(near),
        None => unknown.help(format!("keys here: {}", known.join(", "))),
    }
}

/// The day of a TOML date without a time.
fn day(value: &DeValue<'_>) -> Option<Date> {
    let DeValue::Datetime(time) = value else { return None };
    let date = time.date.filter(|_| time.time.is_none())?;
    Date::new(i16::try_from(date.year).ok()?, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?).ok()
}

/// The exact value, in millionths, of a TOML number of 0 or more that is not a level.
pub(super) fn amount(value: &DeValue<'_>) -> Option<i64> {
    match value {
        DeValue::Float(float) => millionths(float.as_str().trim_start_matches('+'), AMOUNT_DIGITS),
        _ => millionths(&whole_number(value)?.to_string(), AMOUNT_DIGITS),
    }
}

/// The most digits before the point of a fact: just over a trillion bytes.
pub(super) const AMOUNT_DIGITS: usize = 12;

/// The value of a TOML integer, which may be written in another base.
fn whole_number(value: &DeValue<'_>) -> Option<i64> {
    let DeValue::Integer(integer) = value else { return None };
    i64::from_str_radix(integer.as_str(), integer.radix()).ok()
}

/// A TOML number's digits, for a message.
pub(super) fn number_as_written<'a>(value: &'a DeValue<'_>) -> &'a str {
    match value {
        DeValue::Integer(integer) => integer.as_str(),
        DeValue::Float(float) => float.as_str(),
        _ => "this",
    }
}

/// The value of a TOML number, exactly.
fn level(value: &DeValue<'_>) -> Option<Level> {
    match value {
        DeValue::Float(float) => Level::parse(float.as_str().trim_start_matches('+')),
        _ => Level::parse(&whole_number(value)?.to_string()),
    }
}

/// What a TOML value is called in a message.
fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a decimal number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
