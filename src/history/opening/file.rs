//! Makes an evidence file of the next quarter from the same file of the current quarter.
//!
//! Only the parts that change are edited; the text is not printed anew. A TOML printer would change the order and form of dotted
//! keys and line ends.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::civil::Date;
use toml_edit::{Array, ArrayOfTables, Document, InlineTable, Item, Table, TableLike, Value};

use super::LeftOut;
use crate::border::toml::quoted;
use crate::model::evidence::Artifact;
use crate::model::measure::age;

/// The rules by which a file is taken over.
pub(super) struct CarryRules<'a> {
    /// The greatest age of evidence by control id, in days.
    pub(super) limits: &'a BTreeMap<&'a str, i32>,
    /// The last day of the new quarter.
    pub(super) closes: Date,
    /// The path of the current file.
    pub(super) from: &'a str,
    /// The path of the new file.
    pub(super) to: &'a str,
}

/// A file that was taken over.
pub(super) struct CarriedFile {
    pub(super) text: String,
    pub(super) answers: usize,
    pub(super) left_out: Vec<LeftOut>,
}

/// Takes over the evidence file `text`, which has already been checked; `None` if it is not TOML.
pub(super) fn carry(text: &str, rules: &CarryRules<'_>) -> Option<CarriedFile> {
    let document = Document::parse(text).ok()?;
    let mut editor = Editor { text, rules, edits: Vec::new(), answers: 0, left_out: Vec::new() };
    if let Some(attested) = document.as_table().get("attested") {
        editor.drop_day(attested);
    }
    editor.descend(document.as_table(), "");
    let text = editor.apply();
    Some(CarriedFile { text, answers: editor.answers, left_out: editor.left_out })
}

struct Editor<'a> {
    text: &'a str,
    rules: &'a CarryRules<'a>,
    /// Byte ranges of the text, each with its replacement.
    edits: Vec<(Range<usize>, String)>,
    answers: usize,
    left_out: Vec<LeftOut>,
}

impl Editor<'_> {
    fn apply(&mut self) -> String {
        self.edits.sort_by_key(|(span, _)| (span.start, span.end));
        let mut out = String::with_capacity(self.text.len() + 32 * self.answers);
        let mut done = 0;
        for (span, new) in &self.edits {
            out.push_str(&self.text[done..span.start.max(done)]);
            out.push_str(new);
            done = span.end.max(done);
        }
        out.push_str(&self.text[done..]);
        out
    }

    fn remove(&mut self, span: Range<usize>) {
        self.edits.push((span, String::new()));
    }

    fn insert(&mut self, at: usize, new: String) {
        self.edits.push((at..at, new));
    }

    /// Walks down to the answers. A table is an answer if its joined path is a control's id.
    fn descend(&mut self, table: &dyn TableLike, above: &str) {
        for (name, item) in table.iter() {
            let id = if above.is_empty() { name.to_owned() } else { format!("{above}.{name}") };
            let Some(inner) = item.as_table_like() else { continue };
            let control = self.rules.limits.get_key_value(id.as_str());
            if let Some((id, limit)) = control.filter(|(id, _)| self.has_an_answer(item, inner, id)) {
                self.answers += 1;
                self.mark(item, inner, table.key(name).and_then(toml_edit::Key::span).unwrap_or_default());
                match inner.get("evidence") {
                    Some(Item::Value(Value::Array(list))) => self.list(list, id, *limit),
                    Some(Item::ArrayOfTables(list)) => self.tables(list, id, *limit),
                    _ => {}
                }
            }
            // Answers may stand inside an answer.
            self.descend(inner, &id);
        }
    }

    /// Whether the table of the control `id` is an answer itself, and not only the path to answers inside it.
    fn has_an_answer(&self, item: &Item, inner: &dyn TableLike, id: &str) -> bool {
        let is_path = match item {
            Item::Table(table) => table.is_implicit() || table.is_dotted(),
            Item::Value(Value::InlineTable(table)) => table.is_dotted(),
            _ => false,
        };
        let leads = |(name, item): (&str, &Item)| {
            let below = format!("{id}.{name}");
            let next = self.rules.limits.range(below.as_str()..).next();
            let leads = next.is_some_and(|(id, _)| *id == below || id.starts_with(&format!("{below}.")));
            item.is_table_like() && leads
        };
        !is_path || !inner.iter().all(leads)
    }

    /// Marks an answer as carried, in the same form in which the answer is written. Its own key is at `key`.
    fn mark(&mut self, item: &Item, inner: &dyn TableLike, key: Range<usize>) {
        if let Some(mark) = inner.get("carried") {
            self.edits.extend(mark.span().map(|span| (span, "true".to_owned())));
            return;
        }
        let end = self.line_end();
        match item {
            Item::Table(table) if table.is_dotted() => {
                let start = self.start_of_key(key.start, &['\n']);
                let (indent, chain) = (&self.text[self.line_start(start)..start], &self.text[start..key.end]);
                let indent = indent.trim_start_matches('\u{feff}');
                self.insert(start, format!("{chain}.carried = true{end}{indent}"));
            }
            Item::Table(table) if table.is_implicit() => {
                let Some(first) = first_header(table) else { return };
                // In `[PR.DS-11.facts]`, only the part that names the answer: this is the first header that names it.
                let chain = self.text[first..key.end.max(first)].trim_start_matches('[');
                self.insert(self.line_start(first), format!("[{chain}]{end}carried = true{end}"));
            }
            Item::Table(table) => {
                let header = table.span().unwrap_or_default();
                match self.text[header.end..].find('\n') {
                    Some(line) => {
                        let next = header.end + line + 1;
                        let indent = self.text[next..].len() - self.text[next..].trim_start_matches([' ', '\t']).len();
                        self.insert(next, format!("{}carried = true{end}", &self.text[next..next + indent]));
                    }
                    None => self.insert(self.text.len(), format!("{end}carried = true")),
                }
            }
            Item::Value(Value::InlineTable(table)) if table.is_dotted() => {
                let start = self.start_of_key(key.start, &['\n', '{', ',']);
                self.insert(start, format!("{}.carried = true, ", &self.text[start..key.end]));
            }
            Item::Value(Value::InlineTable(table)) => {
                let comma = if table.is_empty() { "" } else { "," };
                self.insert(table.span().unwrap_or_default().start + 1, format!(" carried = true{comma}"));
            }
            _ => {}
        }
    }

    /// Drops the day of an attestation. It belongs to the old quarter: only the team can attest again.
    fn drop_day(&mut self, attested: &Item) {
        let Some(table) = attested.as_table_like() else { return };
        let key = table.key("on").and_then(toml_edit::Key::span);
        let Some((key, value)) = key.zip(table.get("on").and_then(Item::span)) else { return };
        let Item::Value(Value::InlineTable(table)) = attested else {
            self.remove(self.line_start(key.start)..self.next_line(value.end));
            return;
        };
        match neighbours(table, &key) {
            (Some(before), _) => self.remove(before..value.end),
            (None, Some(after)) => self.remove(key.start..after),
            (None, None) => self.remove(key.start..value.end),
        }
    }

    /// Whether an evidence item will still be current. If so, its artifact's path is rewritten for the new file.
    fn keeps(&mut self, item: &dyn TableLike, control: &str, limit: i32) -> bool {
        let Some(last_day) = last_day(item) else { return true };
        let age = age(last_day, self.rules.closes);
        if age > limit {
            let title = item.get("title").and_then(Item::as_str).unwrap_or_default().to_owned();
            let at = item.get("title").and_then(Item::span).unwrap_or_default().start;
            let line = self.text[..at].matches('\n').count() + 1;
            let at = format!("{}:{line}", self.rules.from);
            self.left_out.push(LeftOut { control: control.to_owned(), title, age, limit, at });
            return false;
        }
        let file = item.get("file");
        if let Some((written, span)) = file.and_then(Item::as_str).zip(file.and_then(Item::span)) {
            let artifact = Artifact::resolve(self.rules.from, written);
            let now = artifact.map(|path| Artifact::written(self.rules.to, &path));
            let now = now.filter(|now| now != written);
            self.edits.extend(now.map(|now| (span, quoted(&now))));
        }
        true
    }

    /// Evidence that is written as `[[PR.DS-11.evidence]]`.
    fn tables(&mut self, list: &ArrayOfTables, control: &str, limit: i32) {
        for table in list {
            if !self.keeps(table, control, limit) {
                let header = table.span().unwrap_or_default();
                let last = table.iter().filter_map(|(_, value)| value.span()).map(|span| span.end).max();
                let end = self.next_line(last.unwrap_or(header.end));
                self.remove(self.line_start(header.start)..end);
            }
        }
    }

    /// Evidence that is written as `evidence = [{ … }, { … }]`.
    fn list(&mut self, list: &Array, control: &str, limit: i32) {
        let tables: Vec<&InlineTable> = list.iter().filter_map(Value::as_inline_table).collect();
        let spans: Vec<Range<usize>> = tables.iter().filter_map(|item| item.span()).collect();
        let kept: Vec<bool> = tables.iter().map(|item| self.keeps(*item, control, limit)).collect();
        let Some(end) = list.span().map(|span| span.end).filter(|_| spans.len() == kept.len()) else { return };
        let gone: Vec<usize> = (0..kept.len()).filter(|index| !kept[*index]).collect();
        let after = |index: usize| spans.get(index + 1).map_or(end, |next| next.start);
        let lines = gone.iter().map(|index| self.whole_lines(&spans[*index], after(*index)));
        if let Some(lines) = lines.collect::<Option<Vec<_>>>() {
            lines.into_iter().for_each(|lines| self.remove(lines));
            return;
        }
        let remarks = spans.windows(2).any(|pair| self.text[pair[0].end..pair[1].start].contains('#'));
        for run in gone.chunk_by(|one, next| one + 1 == *next) {
            let (first, last) = (run[0], run[run.len() - 1]);
            if remarks {
                // The text between the items stays, whichever item it is about.
                run.iter().for_each(|index| {
                    self.remove(spans[*index].clone());
                    let comma = self.comma(spans[*index].end, after(*index));
                    self.edits.extend(comma.map(|at| (at..at + 1, String::new())));
                });
            } else if last + 1 < spans.len() {
                self.remove(spans[first].start..spans[last + 1].start);
            } else if first > 0 {
                self.remove(spans[first - 1].end..spans[last].end);
            } else {
                let comma = self.comma(spans[last].end, end);
                self.remove(spans[first].start..comma.map_or(spans[last].end, |at| at + 1));
            }
        }
    }

    /// The lines that hold only this list item, with its comma and a comment after it. The next item starts, or the list ends, at
    /// `until`.
    fn whole_lines(&self, item: &Range<usize>, until: usize) -> Option<Range<usize>> {
        let start = self.line_start(item.start);
        let end = self.next_line(item.end);
        let comma = self.comma(item.end, until);
        let alone = self.text[start..item.start].trim().is_empty() && end <= until;
        let rest = self.text[item.end..end].trim_start();
        let only = rest.is_empty() || rest.starts_with('#') || rest.starts_with(',');
        let only =
            only && rest.strip_prefix(',').is_none_or(|rest| rest.trim().is_empty() || rest.trim().starts_with('#'));
        // Otherwise a comma on a line of its own would remain.
        (alone && only && comma.is_none_or(|at| at < end)).then_some(start..end)
    }

    /// Where the comma is between `from` and `until`; comments are skipped.
    fn comma(&self, from: usize, until: usize) -> Option<usize> {
        let mut remark = false;
        let mut gap = self.text[from..until].char_indices();
        gap.find(|(_, c)| {
            remark = (remark || *c == '#') && *c != '\n';
            !remark && *c == ','
        })
        .map(|(at, _)| from + at)
    }

    fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |newline| newline + 1)
    }

    /// Where the line after the one that contains `at` starts.
    fn next_line(&self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |newline| at + newline + 1)
    }

    /// The line end that this file uses.
    fn line_end(&self) -> &'static str {
        if self.text.contains("\r\n") { "\r\n" } else { "\n" }
    }

    /// The start of the dotted key that has a part at `at`. A character of `before` ends the text before the key.
    fn start_of_key(&self, at: usize, before: &[char]) -> usize {
        let start = self.text[..at].rfind(before).map_or(0, |found| found + 1);
        let blank = |c: char| c.is_whitespace() || c == '\u{feff}';
        at - self.text[start..at].trim_start_matches(blank).len()
    }
}

/// In an inline table: where the value before the key at `key` ends, and where the key after it starts.
fn neighbours(table: &InlineTable, key: &Range<usize>) -> (Option<usize>, Option<usize>) {
    let ends = table.iter().filter_map(|(_, value)| value.span()).map(|span| span.end);
    let starts = table.iter().filter_map(|(name, _)| table.key(name)?.span()).map(|span| span.start);
    (ends.filter(|end| *end <= key.start).max(), starts.filter(|start| *start > key.end).min())
}

/// The position of the first header below a table that has no header of its own.
fn first_header(table: &Table) -> Option<usize> {
    let starts = table.iter().filter_map(|(_, item)| match item {
        Item::Table(table) => table.span(),
        Item::ArrayOfTables(list) => list.iter().next()?.span(),
        _ => None,
    });
    starts.map(|span| span.start).min()
}

/// The last day that an evidence item covers.
fn last_day(item: &dyn TableLike) -> Option<Date> {
    if let Some(date) = item.get("date").and_then(Item::as_datetime).and_then(|date| date.date) {
        return Date::new(i16::try_from(date.year).ok()?, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?)
            .ok();
    }
    item.get("covers").and_then(Item::as_str)?.rsplit_once("..")?.1.parse().ok()
}
