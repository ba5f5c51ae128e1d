//! Makes an evidence file of the next quarter from the same file of the current quarter.
//!
//! Only the parts that change are edited; the text is not printed anew. A TOML printer would change the order and form of dotted
//! keys and line ends.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use jiff::civil::Date;
use toml_edit::{Array, ArrayOfTables, Document, InlineTable, Item, Table, TableLike, Value};

use super::LeftOut;
use crate::border::toml::quoted;
use crate::model::evidence::Artifact;
use crate::model::measure::age;

/// The rules by which a file is taken over.
pub(super) struct CarryRules<'a> {
    /// The greatest age of evidence by control id, in days; `None` if the control is not in force in the new quarter.
    pub(super) limits: &'a BTreeMap<&'a str, Option<i32>>,
    /// Whether a level means the same in the new quarter. Otherwise an answer with a level becomes a comment without it.
    pub(super) same_scale: bool,
    /// Whether the team takes over the answer for a control.
    pub(super) keeps: &'a dyn Fn(&str) -> bool,
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
    /// How many answers became comments.
    pub(super) comments: usize,
    /// How many answers are not taken over at all.
    pub(super) dropped: usize,
    pub(super) left_out: Vec<LeftOut>,
}

/// Takes over the evidence file `text`, which has already been checked; `None` if it is not TOML.
pub(super) fn carry(text: &str, rules: &CarryRules<'_>) -> Option<CarriedFile> {
    let document = Document::parse(text).ok()?;
    // A part of a line cannot become a comment, nor go without the rest.
    if let Some(apart) = taken_apart(text, document.as_table(), rules) {
        return carry(&apart, rules);
    }
    let mut editor =
        Editor { text, rules, edits: Vec::new(), answers: 0, comments: 0, dropped: 0, left_out: Vec::new() };
    if let Some(attested) = document.as_table().get("attested") {
        editor.drop_day(attested);
    }
    editor.descend(document.as_table(), "");
    let text = editor.apply();
    let Editor { answers, comments, dropped, left_out, .. } = editor;
    Some(CarriedFile { text, answers, comments, dropped, left_out })
}

/// What becomes of an answer.
enum Fate {
    /// It is carried, with evidence that is at most so many days old.
    Carried(i32),
    /// It becomes a comment, because its level or its control means nothing in the new quarter.
    Comment,
    /// It goes: it is not this team's in the new quarter.
    Dropped,
}

impl CarryRules<'_> {
    /// What becomes of the answer in this table; `None` if the id is no control's.
    fn fate(&self, id: &str, answer: &dyn TableLike) -> Option<Fate> {
        let limit = *self.limits.get(id)?;
        Some(match limit {
            _ if !(self.keeps)(id) => Fate::Dropped,
            Some(limit) if self.same_scale || !answer.contains_key("level") => Fate::Carried(limit),
            _ => Fate::Comment,
        })
    }
}

/// `text` with one line for each entry of every table in braces that holds several answers of which one is not carried; `None` if
/// there is none. `KP = { HU-1 = { … }, HU-2 = { … } }` becomes `KP.HU-1 = { … }` and `KP.HU-2 = { … }`.
fn taken_apart(text: &str, root: &Table, rules: &CarryRules<'_>) -> Option<String> {
    fn find<'t>(
        table: &'t dyn TableLike,
        above: &str,
        rules: &CarryRules<'_>,
        out: &mut Vec<(usize, &'t InlineTable)>,
    ) {
        for (name, item) in table.iter() {
            let id = if above.is_empty() { name.to_owned() } else { format!("{above}.{name}") };
            let Some(below) = item.as_table_like() else { continue };
            match (item, table.key(name).and_then(toml_edit::Key::span)) {
                (Item::Value(Value::InlineTable(inner)), Some(key)) => {
                    let inside = fates(inner, &id, rules);
                    let own = rules.fate(&id, inner);
                    let is_carried = |fate: &Fate| matches!(fate, Fate::Carried(_));
                    if !inside.is_empty() && !inside.iter().chain(&own).all(is_carried) {
                        out.push((key.start, inner));
                    }
                }
                _ => find(below, &id, rules, out),
            }
        }
    }
    /// What becomes of the answers below a table.
    fn fates(table: &dyn TableLike, above: &str, rules: &CarryRules<'_>) -> Vec<Fate> {
        let below = table.iter().filter_map(|(name, item)| Some((format!("{above}.{name}"), item.as_table_like()?)));
        below.flat_map(|(id, inner)| rules.fate(&id, inner).into_iter().chain(fates(inner, &id, rules))).collect()
    }
    let mut found = Vec::new();
    find(root, "", rules, &mut found);
    found.sort_by_key(|(start, _)| *start);
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let (mut out, mut done) = (String::new(), 0);
    for (key, table) in &found {
        let span = table.span()?;
        let line = text[..*key].rfind('\n').map_or(0, |newline| newline + 1);
        let chain = text[line..span.start].trim_end().strip_suffix('=')?.trim_end();
        let again = format!("{end}{}.", chain.trim_start_matches('\u{feff}'));
        out += &format!("{}{chain}.{}", &text[done..line], entries(text, table)?.join(&again));
        done = span.end;
    }
    (!found.is_empty()).then(|| out + &text[done..])
}

/// Each `key = value` in a table in braces, as it is written.
fn entries<'t>(text: &'t str, table: &InlineTable) -> Option<Vec<&'t str>> {
    /// Where each value ends, in whatever dotted key it stands.
    fn ends(table: &InlineTable) -> Vec<usize> {
        let end = |value: &Value| match value {
            Value::InlineTable(inner) if inner.is_dotted() => ends(inner),
            _ => value.span().map(|span| span.end).into_iter().collect(),
        };
        table.iter().flat_map(|(_, value)| end(value)).collect()
    }
    let mut ends = ends(table);
    ends.sort_unstable();
    let starts = std::iter::once(table.span()?.start + 1).chain(ends.iter().copied());
    let entries = starts.zip(&ends).map(|(start, end)| &text[start..*end]);
    Some(entries.map(|entry| entry.trim_start_matches(|c: char| c == ',' || c.is_whitespace())).collect())
}

struct Editor<'a> {
    text: &'a str,
    rules: &'a CarryRules<'a>,
    /// Byte ranges of the text, each with its replacement.
    edits: Vec<(Range<usize>, String)>,
    answers: usize,
    comments: usize,
    dropped: usize,
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
            if let Some(fate) = self.rules.fate(&id, inner).filter(|_| self.has_an_answer(item, inner, &id)) {
                let key = table.key(name).and_then(toml_edit::Key::span).unwrap_or_default();
                self.take(item, inner, key, (&id, &fate));
            }
            // Answers may stand inside an answer.
            self.descend(inner, &id);
        }
    }

    /// Takes over one answer.
    fn take(&mut self, item: &Item, inner: &dyn TableLike, key: Range<usize>, (id, fate): (&str, &Fate)) {
        let limit = match fate {
            Fate::Carried(limit) => *limit,
            Fate::Comment => {
                self.comments += 1;
                return self.comment(item, inner, (key, id));
            }
            Fate::Dropped => {
                self.dropped += 1;
                return self.drop_answer(item, inner, (key, id));
            }
        };
        self.answers += 1;
        self.mark(item, inner, key);
        match inner.get("evidence") {
            Some(Item::Value(Value::Array(list))) => self.list(list, id, limit),
            Some(Item::ArrayOfTables(list)) => self.tables(list, id, limit),
            _ => {}
        }
    }

    /// Whether `name`, below the control `id`, leads to answers of its own.
    fn leads(&self, id: &str, name: &str, item: &Item) -> bool {
        let below = format!("{id}.{name}");
        let next = self.rules.limits.range(below.as_str()..).next();
        let leads = next.is_some_and(|(id, _)| *id == below || id.starts_with(&format!("{below}.")));
        item.is_table_like() && leads
    }

    /// Whether the table of the control `id` is an answer itself, and not only the path to answers inside it.
    fn has_an_answer(&self, item: &Item, inner: &dyn TableLike, id: &str) -> bool {
        let is_path = match item {
            Item::Table(table) => table.is_implicit() || table.is_dotted(),
            Item::Value(Value::InlineTable(table)) => table.is_dotted(),
            _ => false,
        };
        !is_path || !inner.iter().all(|(name, item)| self.leads(id, name, item))
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

    /// Where each line starts on which a part of an answer stands.
    fn lines_of(&self, item: &Item, inner: &dyn TableLike, (key, id): (Range<usize>, &str)) -> BTreeSet<usize> {
        let mut spans = vec![key];
        spans.extend(item.span());
        for (name, below) in inner.iter().filter(|(name, below)| !self.leads(id, name, below)) {
            spans.extend(inner.key(name).and_then(toml_edit::Key::span));
            collect(below, &mut spans);
        }
        let mut starts: BTreeSet<usize> = BTreeSet::new();
        for span in spans {
            let mut start = self.line_start(span.start);
            while start < span.end {
                starts.insert(start);
                start = self.next_line(start);
            }
        }
        starts
    }

    /// Leaves out an answer, with the comments inside it and those directly above and below it.
    fn drop_answer(&mut self, item: &Item, inner: &dyn TableLike, named: (Range<usize>, &str)) {
        let mut blocks: Vec<Range<usize>> = Vec::new();
        for start in self.lines_of(item, inner, named) {
            let end = self.next_line(start);
            match blocks.last_mut() {
                Some(last) if self.text[last.end..start].lines().all(|line| is_blank(line) || is_remark(line)) => {
                    last.end = end;
                }
                _ => blocks.push(start..end),
            }
        }
        for block in blocks {
            let (mut start, mut end) = (block.start, block.end);
            while start > 0 && is_remark(&self.text[self.line_start(start - 1)..start]) {
                start = self.line_start(start - 1);
            }
            let line = |at: usize| &self.text[at..self.next_line(at)];
            let mut below = end;
            while is_remark(line(below)) {
                below = self.next_line(below);
            }
            // A comment directly above what follows is about that.
            if is_blank(line(below)) {
                end = below;
            }
            let is_first = start == 0 || is_blank(&self.text[self.line_start(start - 1)..start]);
            while is_first && end < self.text.len() && is_blank(line(end)) {
                end = self.next_line(end);
            }
            while end == self.text.len() && start > 0 && is_blank(&self.text[self.line_start(start - 1)..start]) {
                start = self.line_start(start - 1);
            }
            self.remove(start..end);
        }
    }

    /// Makes an answer a comment without its level: what is left helps whoever answers anew.
    fn comment(&mut self, item: &Item, inner: &dyn TableLike, named: (Range<usize>, &str)) {
        let mut starts = self.lines_of(item, inner, named);
        let level = inner.key("level").and_then(toml_edit::Key::span).zip(inner.get("level").and_then(Item::span));
        if let Some((key, value)) = level {
            match item {
                Item::Value(Value::InlineTable(table)) => match neighbours(table, &key) {
                    (Some(before), _) => self.remove(before..value.end),
                    (None, Some(after)) => self.remove(key.start..after),
                    (None, None) => self.remove(key.start..value.end),
                },
                _ => {
                    let lines = self.line_start(key.start)..self.next_line(value.end);
                    starts.retain(|start| !lines.contains(start));
                    self.remove(lines);
                }
            }
        }
        starts.into_iter().for_each(|start| self.insert(start, "# ".to_owned()));
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
        // Where the closing bracket is.
        let Some(end) = list.span().map(|span| span.end - 1) else { return };
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

    /// The lines that hold only this list item, with its comma and a comment after it. The next item starts, or the list closes, at
    /// `until`.
    fn whole_lines(&self, item: &Range<usize>, until: usize) -> Option<Range<usize>> {
        let (start, end) = (self.line_start(item.start), self.next_line(item.end));
        let alone = self.text[start..item.start].trim().is_empty() && end <= until;
        // Otherwise a comma on a line of its own would remain.
        let with_comma = self.comma(item.end, until).is_none_or(|at| at < end);
        (alone && with_comma).then_some(start..end)
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

/// Whether a line holds a comment and nothing else.
fn is_remark(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
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

/// The ranges of everything below an item: headers, keys and values.
fn collect(item: &Item, spans: &mut Vec<Range<usize>>) {
    spans.extend(item.span());
    match item {
        Item::ArrayOfTables(list) => list.iter().for_each(|table| {
            spans.extend(table.span());
            collect_table(table, spans);
        }),
        _ => item.as_table_like().into_iter().for_each(|table| collect_table(table, spans)),
    }
}

fn collect_table(table: &dyn TableLike, spans: &mut Vec<Range<usize>>) {
    for (name, below) in table.iter() {
        spans.extend(table.key(name).and_then(toml_edit::Key::span));
        collect(below, spans);
    }
}

/// The last day that an evidence item covers.
fn last_day(item: &dyn TableLike) -> Option<Date> {
    if let Some(date) = item.get("date").and_then(Item::as_datetime).and_then(|date| date.date) {
        return Date::new(i16::try_from(date.year).ok()?, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?)
            .ok();
    }
    item.get("covers").and_then(Item::as_str)?.rsplit_once("..")?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The file as it is taken over. The answer to `KP.HU-2` goes to another team, and `KP.HU-9` is not in force any more. Evidence
    /// is current for 92 days: it is if it is from 30 September or later.
    fn carried(text: &str) -> CarriedFile {
        let in_force = ["KP.HU-1", "KP.HU-2", "KP.HU-2.1", "KP.HU-3", "KP.HU-3.1"].map(|id| (id, Some(92)));
        let limits = in_force.into_iter().chain([("KP.HU-9", None)]).collect();
        let rules = CarryRules {
            limits: &limits,
            same_scale: true,
            keeps: &|id| id != "KP.HU-2",
            closes: jiff::civil::date(2026, 12, 31),
            from: "content/2026-Q3/deck/all.toml",
            to: "content/2026-Q4/deck/all.toml",
        };
        carry(text, &rules).unwrap()
    }

    fn compare(cases: &[(&str, &str)]) {
        for (text, wanted) in cases {
            assert_eq!(carried(text).text, *wanted, "{text}");
        }
    }

    #[test]
    fn an_answer_is_marked_once_in_its_own_form() {
        compare(&[
            ("[KP.HU-1]", "[KP.HU-1]\ncarried = true"),
            ("[KP.HU-1]\ncarried = false\nlevel = 2\n", "[KP.HU-1]\ncarried = true\nlevel = 2\n"),
            (
                "  KP.HU-1.level = 2\n  KP.HU-1.note = 'x'\n",
                "  KP.HU-1.carried = true\n  KP.HU-1.level = 2\n  KP.HU-1.note = 'x'\n",
            ),
            ("\u{feff}KP.HU-1.level = 2\n", "\u{feff}KP.HU-1.carried = true\nKP.HU-1.level = 2\n"),
            ("[KP.HU-3.facts]\nlamps = 2\n", "[KP.HU-3]\ncarried = true\n[KP.HU-3.facts]\nlamps = 2\n"),
            (
                "[[KP.HU-3.evidence]]\ntitle = 'x'\n\n[KP.HU-3.facts]\nlamps = 2\n",
                "[KP.HU-3]\ncarried = true\n[[KP.HU-3.evidence]]\ntitle = 'x'\n\n[KP.HU-3.facts]\nlamps = 2\n",
            ),
            // What only leads to an answer is none.
            ("[KP.HU-3.1]\nlevel = 1\n", "[KP.HU-3.1]\ncarried = true\nlevel = 1\n"),
            ("KP.HU-3.1.level = 1\n", "KP.HU-3.1.carried = true\nKP.HU-3.1.level = 1\n"),
            ("KP = { HU-3.1.level = 1 }\n", "KP = { HU-3.1.carried = true, HU-3.1.level = 1 }\n"),
        ]);
    }

    #[test]
    fn an_answer_that_goes_takes_its_lines_along_and_no_others() {
        const FIRST: &str = "[KP.HU-1]\nlevel = 1\n";
        const KEPT: &str = "[KP.HU-1]\ncarried = true\nlevel = 1\n";
        let long =
            "[KP.HU-2]\nlevel = 2\n[KP.HU-2.facts]\nlamps = 2\n[[KP.HU-2.evidence]]\ntitle = '''\nTwo\nlines'''\n";
        for (before, gone, after, kept) in [
            ("", "[KP.HU-2]\nlevel = 2\n", "", ""),
            ("", "# Mine.\n[KP.HU-2]\nlevel = 2\n", "", ""),
            ("", "[KP.HU-2]\nlevel = 2\n\n\n", FIRST, KEPT),
            ("", "[KP.HU-2]\nlevel = 2\n# Mine.\n\n", FIRST, KEPT),
            ("", long, FIRST, KEPT),
            ("# Head.\n", "\n[KP.HU-2]\nlevel = 2\n", "", "# Head.\n"),
            (FIRST, "\n\n[KP.HU-2]\nlevel = 2\n", "", KEPT),
            (FIRST, "[KP.HU-2]\nlevel = 2\n\n# Mine.\n\nnote = 'x'\n", "", KEPT),
            // Without a blank line above it, the one below stays.
            (FIRST, "[KP.HU-2]\nlevel = 2\n", "\n# x\n", &format!("{KEPT}\n# x\n")),
            // A comment right above what follows is about that.
            (FIRST, "[KP.HU-2]\nlevel = 2\n", "# x\n[KP.HU-3]\n", &format!("{KEPT}# x\n[KP.HU-3]\ncarried = true\n")),
            // An answer may stand around another one.
            ("", "[KP.HU-2]\nlevel = 2\n\n", "[KP.HU-2.1]\nlevel = 1\n", "[KP.HU-2.1]\ncarried = true\nlevel = 1\n"),
        ] {
            let text = format!("{before}{gone}{after}");
            assert_eq!(carried(&text).text, kept, "{text}");
        }
        // An answer may stand in two places.
        compare(&[(
            "KP.HU-2.level = 2\nKP.HU-1.level = 1\nKP.HU-2.note = 'x'\n",
            "KP.HU-1.carried = true\nKP.HU-1.level = 1\n",
        )]);
    }

    #[test]
    fn an_answer_without_meaning_becomes_a_comment_without_its_level() {
        compare(&[
            ("[KP.HU-9]\nlevel = 2\nnote = '''\na\nb'''\n", "# [KP.HU-9]\n# note = '''\n# a\n# b'''\n"),
            ("[KP.HU-9]\nunknown = 'x'\n", "# [KP.HU-9]\n# unknown = 'x'\n"),
            ("KP.HU-9.level = 2\nKP.HU-9.note = 'x'\n", "# KP.HU-9.note = 'x'\n"),
            ("KP.HU-9 = { level = 2 }\n", "# KP.HU-9 = {  }\n"),
            ("KP.HU-9 = { level = 2, note = 'x' }\n", "# KP.HU-9 = { note = 'x' }\n"),
            ("KP.HU-9 = { note = 'x', level = 2 }\n", "# KP.HU-9 = { note = 'x' }\n"),
            ("KP.HU-9 = { note = 'x', level = 2, key = 'y' }\n", "# KP.HU-9 = { note = 'x', key = 'y' }\n"),
            (
                "KP = { HU-1 = { level = 1 }, HU-9.level = 2, HU-9.note = 'x' }\r\n",
                "KP.HU-1 = { carried = true, level = 1 }\r\n# KP.HU-9.note = 'x'\r\n",
            ),
        ]);
    }

    #[test]
    fn the_day_of_an_attestation_goes() {
        compare(&[
            ("attested = { on = 2026-09-20 }\n", "attested = {  }\n"),
            ("attested = { on = 2026-09-20, by = 'Mate' }\n", "attested = { by = 'Mate' }\n"),
            ("attested = { by = 'Mate', on = 2026-09-20, x = 1 }\n", "attested = { by = 'Mate', x = 1 }\n"),
            ("attested.by = 'Mate'\nattested.on = 2026-09-20\n", "attested.by = 'Mate'\n"),
            ("[attested]\non = 2026-09-20\nby = 'Mate'\n", "[attested]\nby = 'Mate'\n"),
        ]);
    }

    #[test]
    fn old_evidence_goes_from_every_form_of_a_list() {
        // `O` is old evidence, and `N` new.
        for (list, kept) in [
            ("[O]", "[]"),
            ("[O,]", "[]"),
            ("[O, O]", "[]"),
            ("[O, N]", "[N]"),
            ("[N, O]", "[N]"),
            ("[O, O, N]", "[N]"),
            ("[N, O, O]", "[N]"),
            ("[O, N, O]", "[N]"),
            ("[N, O, N]", "[N, N]"),
            // Whole lines.
            ("[\n  O,   # a, b\n  N,\n]", "[\n  N,\n]"),
            ("[\n  N,\n  O # last\n]", "[\n  N,\n]"),
            ("[\nO,\nN,\n]", "[\nN,\n]"),
            ("[\n  O,\n]", "[\n]"),
            // Not alone on a line.
            ("[\n  O]", "[\n  ]"),
            ("[\n  N,\n  O]", "[\n  N]"),
            ("[O,\n  N]", "[N]"),
            ("[\n  O, N,\n]", "[\n  N,\n]"),
            ("[\n  O\n, N\n]", "[\n  N\n]"),
            // A comment that cannot go with its line stays.
            ("[\n  O # a, b\n  , N\n]", "[\n   # a, b\n   N\n]"),
            ("[\n  N, # a\n  O, N,\n]", "[\n  N, # a\n   N,\n]"),
            ("[N, # a\n  O]", "[N, # a\n  ]"),
        ] {
            let filled = |list: &str| {
                let list =
                    list.replace('N', "{ covers = '2026-08-01..2026-09-30' }").replace('O', "{ date = 2026-09-29 }");
                format!("evidence = {list}")
            };
            let text = format!("[KP.HU-1]\n{}", filled(list));
            assert_eq!(carried(&text).text, format!("[KP.HU-1]\ncarried = true\n{}", filled(kept)), "{text}");
        }
    }

    #[test]
    fn what_is_left_out_is_named_and_a_file_stays_where_it_is() {
        let text = "[KP.HU-1]\nlevel = 1\n\n[[KP.HU-1.evidence]]\ntitle = 'Old'\ndate = 2026-09-29\nfile = 'old.txt'\n\n\
                    [[KP.HU-1.evidence]]\ndate = 2026-09-30\nfile = 'log.txt'\n\n\
                    [[KP.HU-1.evidence]]\ndate = 2026-09-30\nfile = '../../shared.txt'\n";
        let file = carried(text);
        assert_eq!(
            file.text,
            "[KP.HU-1]\ncarried = true\nlevel = 1\n\n\n\
             [[KP.HU-1.evidence]]\ndate = 2026-09-30\nfile = \"../../2026-Q3/deck/log.txt\"\n\n\
             [[KP.HU-1.evidence]]\ndate = 2026-09-30\nfile = '../../shared.txt'\n"
        );
        let left_out = LeftOut {
            control: "KP.HU-1".to_owned(),
            title: "Old".to_owned(),
            age: 93,
            limit: 92,
            at: "content/2026-Q3/deck/all.toml:5".to_owned(),
        };
        assert_eq!((file.answers, file.comments, file.dropped, file.left_out), (1, 0, 0, vec![left_out]));
    }
}
