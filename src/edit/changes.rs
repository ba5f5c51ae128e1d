//! Changes of parts of a file's text. All that no change is about stays byte for byte.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use toml_edit::InlineTable;

use super::file::{KeyEntry, TableForm, TablePlace, between_braces, collect, entries_of, first_header, own_entries};
use super::text::{EditedText, is_blank};

/// Changes of a text, and the text that they make.
pub(crate) struct TextChanges<'t> {
    text: &'t EditedText<'t>,
    /// Byte ranges of the text, each with its replacement.
    edits: Vec<(Range<usize>, String)>,
    /// Headers that are made. They come directly above what follows, behind all else that is put there.
    headers: Vec<(usize, String)>,
    /// What changes between braces, by where they open: all of it is known before any of it is written.
    braces: BTreeMap<usize, Braces>,
}

/// What changes between braces.
struct Braces {
    entries: Vec<Range<usize>>,
    inside: Range<usize>,
    gone: BTreeSet<usize>,
    /// Texts to put after entries, each with the end of its entry.
    added: Vec<(usize, String)>,
}

/// Where the items of a list stand.
pub(crate) struct ListSpans {
    pub(crate) items: Vec<Range<usize>>,
    /// Where the list closes.
    pub(crate) close: usize,
}

impl ListSpans {
    /// What stands between an item and the next one, or the end of the list.
    fn gap_after(&self, index: usize) -> Range<usize> {
        self.items[index].end..self.items.get(index + 1).map_or(self.close, |next| next.start)
    }
}

/// Where keys are added to a table.
struct Slot {
    at: usize,
    /// What stands above the first key.
    open: String,
    /// What stands before and after each key.
    around: (String, String),
}

impl<'t> TextChanges<'t> {
    pub(crate) fn of(text: &'t EditedText<'t>) -> Self {
        Self { text, edits: Vec::new(), headers: Vec::new(), braces: BTreeMap::new() }
    }

    /// The changed text.
    pub(crate) fn apply(mut self) -> String {
        for braces in std::mem::take(&mut self.braces).into_values() {
            self.between_braces(braces);
        }
        for (at, header) in std::mem::take(&mut self.headers) {
            self.insert(at, header);
        }
        // What is put at one place stays in the order in which it was put there.
        self.edits.sort_by_key(|(span, _)| (span.start, span.end));
        let text = self.text.whole;
        let mut out = String::with_capacity(text.len() + 32 * self.edits.len());
        let mut done = 0;
        for (span, new) in &self.edits {
            out.push_str(&text[done..span.start.max(done)]);
            out.push_str(new);
            done = span.end.max(done);
        }
        out.push_str(&text[done..]);
        out
    }

    pub(crate) fn line_end(&self) -> &'static str {
        self.text.end
    }

    pub(crate) fn replace(&mut self, span: Range<usize>, new: String) {
        self.edits.push((span, new));
    }

    pub(crate) fn remove(&mut self, span: Range<usize>) {
        self.replace(span, String::new());
    }

    pub(crate) fn insert(&mut self, at: usize, new: String) {
        self.replace(at..at, new);
    }

    /// Adds `key = value` as the first of a table, in the form in which the table is written.
    pub(crate) fn add_first(&mut self, table: &TablePlace<'_>, entry: &str) {
        let (text, end) = (self.text, self.text.end);
        match table.form() {
            TableForm::Lines => {
                let (start, chain) = self.chain(table);
                let indent = text.indent(start);
                self.insert(start, format!("{chain}.{entry}{end}{indent}"));
            }
            TableForm::InBraces(around) => {
                let (start, chain) = self.chain_between(table, around);
                self.insert(start, format!("{chain}.{entry}, "));
            }
            TableForm::Braces(inner) => {
                let comma = if inner.is_empty() { "" } else { "," };
                self.insert(inner.span().unwrap_or_default().start + 1, format!(" {entry}{comma}"));
            }
            TableForm::Header(_) | TableForm::Implicit(_) => {
                let slot = self.slot_below_header(table);
                self.fill(slot, &[entry.to_owned()]);
            }
        }
    }

    /// Adds entries, each a `key = value`, as the last ones of a table, in the form in which the table is written.
    pub(crate) fn add_last(&mut self, table: &TablePlace<'_>, entries: &[String]) {
        let text = self.text;
        match (table.form(), table.last_entry()) {
            (TableForm::Lines, Some(last)) => {
                let (_, chain) = self.chain(table);
                let slot = self.slot_after_line(last.end, text.indent(last.start), &format!("{chain}."));
                self.fill(slot, entries);
            }
            (TableForm::Header(_), Some(last)) => {
                let slot = self.slot_after_line(last.end, text.indent(last.start), "");
                self.fill(slot, entries);
            }
            (TableForm::Header(_) | TableForm::Implicit(_), _) => {
                let slot = self.slot_below_header(table);
                self.fill(slot, entries);
            }
            (TableForm::InBraces(around), Some(last)) => {
                let (_, chain) = self.chain_between(table, around);
                let added = entries.iter().map(|entry| (last.end, format!("{chain}.{entry}")));
                self.in_braces(around).added.extend(added);
            }
            (TableForm::Braces(inner), last) => {
                let at = last.map_or(0, |last| last.end);
                self.in_braces(inner).added.extend(entries.iter().map(|entry| (at, entry.clone())));
            }
            // Without an entry there would be no such table.
            (TableForm::Lines | TableForm::InBraces(_), None) => {}
        }
    }

    /// Adds `key = value` between braces, behind the entry that ends at `after`, or behind all.
    pub(crate) fn add_between(&mut self, table: &InlineTable, after: Option<usize>, entry: String) {
        let braces = self.in_braces(table);
        let last = braces.entries.last().map(|last| last.end);
        braces.added.push((after.or(last).unwrap_or(0), entry));
    }

    /// Removes the key `name` of a table, with all that stands below it.
    pub(crate) fn remove_key(&mut self, table: &TablePlace<'_>, name: &str) {
        let own = entries_of(table.entries, name);
        if let TableForm::Braces(around) | TableForm::InBraces(around) = table.form() {
            let braces = self.in_braces(around);
            let index = |own: &KeyEntry| braces.entries.partition_point(|entry| entry.end < own.end);
            let gone: Vec<usize> = own.iter().map(index).collect();
            braces.gone.extend(gone);
            return;
        }
        let mut parts: Vec<Range<usize>> = own.iter().map(|entry| entry.start..entry.end).collect();
        if let Some(item) = table.entries.get(name).filter(|_| own.is_empty()) {
            collect(item, &mut parts);
        }
        parts.into_iter().for_each(|part| self.remove(self.text.lines(&part)));
    }

    /// Removes the header of a table that loses all its keys, where headers of tables inside it follow. They say as much.
    pub(crate) fn remove_bare_header(&mut self, table: &TablePlace<'_>) {
        let (text, TableForm::Header(inner)) = (self.text, table.form()) else { return };
        let header = inner.span().unwrap_or_default();
        let mut below = text.next_line(header.end);
        let bare = is_blank(&text.whole[header.end..below]);
        let mut keys = own_entries(inner);
        keys.sort_by_key(|key| key.start);
        for key in keys {
            // A comment or a blank line between them stays, and so does the header.
            if text.line_start(key.start) == below {
                below = text.next_line(key.end);
            }
        }
        if bare && first_header(inner).is_some_and(|next| text.line_start(next) == below) {
            self.remove(text.line_start(header.start)..below);
        }
    }

    /// Removes the `gone` ones of a list's items, each by its position in the list.
    pub(crate) fn take_out(&mut self, list: &ListSpans, gone: &[usize]) {
        let (text, spans) = (self.text, &list.items);
        let lines = gone.iter().map(|index| self.whole_lines(list, *index));
        if let Some(lines) = lines.collect::<Option<Vec<_>>>() {
            lines.into_iter().for_each(|lines| self.remove(lines));
            return;
        }
        for run in gone.chunk_by(|one, next| one + 1 == *next) {
            let (first, last) = (run[0], run[run.len() - 1]);
            let is_last = last + 1 == spans.len();
            // The text between the items stays, whichever item it is about.
            let start = if is_last { first.saturating_sub(1) } else { first };
            let remarks = (start..=last)
                .filter(|index| index + 1 < spans.len())
                .any(|index| text.whole[list.gap_after(index)].contains('#'));
            if remarks {
                run.iter().for_each(|index| {
                    self.remove(spans[*index].clone());
                    let comma = text.comma(list.gap_after(*index));
                    self.edits.extend(comma.map(|at| (at..at + 1, String::new())));
                });
            } else if !is_last {
                self.remove(spans[first].start..spans[last + 1].start);
            } else if first > 0 {
                self.remove(spans[first - 1].end..spans[last].end);
            } else {
                let comma = text.comma(list.gap_after(last));
                self.remove(spans[first].start..comma.map_or(spans[last].end, |at| at + 1));
            }
        }
    }

    /// The lines that hold only one item of a list, with its comma and a comment after it.
    fn whole_lines(&self, list: &ListSpans, index: usize) -> Option<Range<usize>> {
        let (text, item, gap) = (self.text, &list.items[index], list.gap_after(index));
        let (start, end) = (text.line_start(item.start), text.next_line(item.end));
        let alone = is_blank(&text.whole[start..item.start]) && end <= gap.end;
        // Otherwise a comma on a line of its own would remain.
        let with_comma = text.comma(gap).is_none_or(|at| at < end);
        (alone && with_comma).then_some(start..end)
    }

    fn in_braces(&mut self, table: &InlineTable) -> &mut Braces {
        let span = table.span().unwrap_or_default();
        let text = self.text;
        self.braces.entry(span.start).or_insert_with(|| Braces {
            entries: between_braces(text, table),
            inside: span.start + 1..span.end.saturating_sub(1).max(span.start + 1),
            gone: BTreeSet::new(),
            added: Vec::new(),
        })
    }

    fn between_braces(&mut self, Braces { entries, inside, gone, added }: Braces) {
        let joined = || added.iter().map(|(_, entry)| entry.as_str()).collect::<Vec<_>>().join(", ");
        match (entries.first(), entries.last()) {
            (Some(first), Some(last)) if gone.len() == entries.len() && !added.is_empty() => {
                self.replace(first.start..last.end, joined());
            }
            (Some(_), Some(_)) => {
                let kept: Vec<&Range<usize>> =
                    (0..entries.len()).filter(|i| !gone.contains(i)).map(|i| &entries[i]).collect();
                for (after, entry) in added {
                    let before = kept.partition_point(|old| old.end <= after).checked_sub(1);
                    match (before, kept.first()) {
                        (Some(before), _) => self.insert(kept[before].end, format!(", {entry}")),
                        (None, Some(next)) => self.insert(next.start, format!("{entry}, ")),
                        (None, None) => {}
                    }
                }
                let list = ListSpans { items: entries, close: inside.end };
                self.take_out(&list, &gone.into_iter().collect::<Vec<_>>());
            }
            _ if added.is_empty() => {}
            _ => self.replace(inside, format!(" {} ", joined())),
        }
    }

    /// Where the name of a table begins on its first line, and the name as it is written.
    fn chain(&self, table: &TablePlace<'_>) -> (usize, &'t str) {
        let line = self.text.line_start(table.key.start);
        let start = line + self.text.indent(table.key.start).len();
        (start, &self.text.whole[start..table.key.end])
    }

    /// The same for a table inside another in braces.
    fn chain_between(&mut self, table: &TablePlace<'_>, around: &InlineTable) -> (usize, &'t str) {
        let entries = &self.in_braces(around).entries;
        let at = entries.partition_point(|entry| entry.start <= table.key.start).checked_sub(1);
        let start = at.map_or(table.key.start, |at| entries[at].start);
        (start, &self.text.whole[start..table.key.end])
    }

    /// The line below the one on which `end` lies.
    fn slot_after_line(&self, end: usize, indent: &str, name: &str) -> Slot {
        let at = self.text.next_line(end);
        let line_end = self.text.end;
        let around = if self.text.is_open(at) {
            (format!("{line_end}{indent}{name}"), String::new())
        } else {
            (format!("{indent}{name}"), line_end.to_owned())
        };
        Slot { at, open: String::new(), around }
    }

    /// The line below a table's header, which is made if there is none.
    fn slot_below_header(&self, table: &TablePlace<'_>) -> Slot {
        let (text, end) = (self.text, self.text.end);
        if let TableForm::Implicit(inner) = table.form() {
            let first = first_header(inner).unwrap_or(table.key.start);
            // In `[PR.DS-11.facts]`, only the part that names the answer: this is the first header that names it.
            let chain = text.whole[first..table.key.end.max(first)].trim_start_matches('[');
            let open = format!("[{chain}]{end}");
            return Slot { at: text.line_start(first), open, around: (String::new(), end.to_owned()) };
        }
        let header = table.span().unwrap_or_default();
        let next = text.next_line(header.end);
        let indent = if text.is_open(next) { "" } else { text.indent(next) };
        self.slot_after_line(header.end, indent, "")
    }

    fn fill(&mut self, Slot { at, open, around: (before, after) }: Slot, entries: &[String]) {
        let lines: String = entries.iter().map(|entry| format!("{before}{entry}{after}")).collect();
        if open.is_empty() {
            self.insert(at, lines);
        } else {
            self.headers.push((at, open + &lines));
        }
    }
}
