//! Reads where each answer of an evidence file is written, and in which of TOML's forms.

use std::collections::BTreeSet;
use std::ops::Range;

use toml_edit::{Document, InlineTable, Item, Table, TableLike, Value};

use super::text::EditedText;

/// An evidence file: its text, and where each answer stands in it.
pub(crate) struct AnswerFile<'t> {
    pub(crate) text: EditedText<'t>,
    document: Document<&'t str>,
    controls: &'t BTreeSet<&'t str>,
}

/// An answer, and where it is written.
pub(crate) struct WrittenAnswer<'d> {
    /// The joined path of its table: a control's id.
    pub(crate) id: String,
    /// The joined path of the header under which it is written; `None` if it has one itself.
    pub(crate) header: Option<String>,
    pub(crate) table: TablePlace<'d>,
}

/// A table, and where it is written.
#[derive(Clone)]
pub(crate) struct TablePlace<'d> {
    written: WrittenTable<'d>,
    pub(crate) entries: &'d dyn TableLike,
    /// Its own name, where it stands first.
    pub(crate) key: Range<usize>,
    /// The innermost table in braces around it.
    around: Option<&'d InlineTable>,
}

/// A table as the parser has it.
#[derive(Clone, Copy)]
enum WrittenTable<'d> {
    Table(&'d Table),
    InBraces(&'d InlineTable),
}

impl<'d> WrittenTable<'d> {
    fn of(item: &'d Item) -> Option<Self> {
        match item {
            Item::Table(table) => Some(Self::Table(table)),
            Item::Value(Value::InlineTable(table)) => Some(Self::InBraces(table)),
            _ => None,
        }
    }
}

/// The forms in which a table can be written.
pub(crate) enum TableForm<'d> {
    /// `[KP.HU-1]`, and a key on each line below.
    Header(&'d Table),
    /// Only headers of tables inside it: `[KP.HU-1.facts]`.
    Implicit(&'d Table),
    /// `HU-1.level = 1`, a line for each key.
    Lines,
    /// `HU-1 = { level = 1 }`.
    Braces(&'d InlineTable),
    /// `HU-1.level = 1`, inside this table in braces.
    InBraces(&'d InlineTable),
}

/// A key and its value. `start` is where the name in front of the value begins, without the names before it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeyEntry {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl<'t> AnswerFile<'t> {
    /// Reads a file whose answers are for `controls`; `None` if it is not TOML.
    pub(crate) fn read(text: &'t str, controls: &'t BTreeSet<&'t str>) -> Option<Self> {
        Some(Self { text: EditedText::of(text), document: Document::parse(text).ok()?, controls })
    }

    /// Everything in the file.
    pub(crate) fn root(&self) -> TablePlace<'_> {
        let table = self.document.as_table();
        TablePlace { written: WrittenTable::Table(table), entries: table, key: 0..0, around: None }
    }

    /// The answers, each before those that stand inside it. A table is an answer if its joined path is a control's id.
    pub(crate) fn answers(&self) -> Vec<WrittenAnswer<'_>> {
        let mut found = Vec::new();
        self.descend(&self.root(), "", "", &mut found);
        found
    }

    /// Adds the answers below a table. `above` is its joined path, and `header` that of the header under which it is written.
    fn descend<'d>(&self, table: &TablePlace<'d>, above: &str, header: &str, found: &mut Vec<WrittenAnswer<'d>>) {
        for (name, _) in table.entries.iter() {
            let id = joined(above, name);
            let Some(below) = table.below(name) else { continue };
            let has_header = matches!(below.form(), TableForm::Header(_) | TableForm::Implicit(_));
            if self.controls.contains(id.as_str()) && self.has_an_answer(&below, &id) {
                let header = (!has_header).then(|| header.to_owned());
                found.push(WrittenAnswer { id: id.clone(), header, table: below.clone() });
            }
            // Answers may stand inside an answer.
            self.descend(&below, &id, if has_header { &id } else { header }, found);
        }
    }

    /// Whether `name`, below the control `id`, leads to answers of its own.
    fn leads(&self, id: &str, name: &str, item: &Item) -> bool {
        let below = joined(id, name);
        let next = self.controls.range(below.as_str()..).next();
        let leads = next.is_some_and(|id| *id == below || id.starts_with(&format!("{below}.")));
        item.is_table_like() && leads
    }

    /// Whether the table of the control `id` is an answer itself, and not only the path to answers inside it.
    fn has_an_answer(&self, table: &TablePlace<'_>, id: &str) -> bool {
        let is_path = !matches!(table.form(), TableForm::Header(_) | TableForm::Braces(_));
        !is_path || !table.entries.iter().all(|(name, item)| self.leads(id, name, item))
    }

    /// The ranges of all parts of an answer: headers, keys and values.
    pub(crate) fn parts(&self, answer: &WrittenAnswer<'_>) -> Vec<Range<usize>> {
        let TablePlace { entries, key, .. } = &answer.table;
        let mut spans = vec![key.clone()];
        spans.extend(answer.table.span());
        for (name, below) in entries.iter().filter(|(name, below)| !self.leads(&answer.id, name, below)) {
            spans.extend(entries.key(name).and_then(toml_edit::Key::span));
            collect(below, &mut spans);
        }
        spans
    }

    /// Where each header's keys end, by where the header starts. The first is the top of the file, which has no header.
    pub(crate) fn sections(&self) -> Vec<KeyEntry> {
        fn add(table: &Table, start: usize, sections: &mut Vec<KeyEntry>) {
            let end = last_entry(table).map_or_else(|| table.span().map_or(0, |header| header.end), |last| last.end);
            sections.push(KeyEntry { start, end });
        }
        fn find(table: &dyn TableLike, sections: &mut Vec<KeyEntry>) {
            for (_, item) in table.iter() {
                if let Item::Table(table) = item {
                    if let Some(header) = table.span().filter(|_| !table.is_dotted() && !table.is_implicit()) {
                        add(table, header.start, sections);
                    }
                    find(table, sections);
                }
                for table in item.as_array_of_tables().into_iter().flatten() {
                    add(table, table.span().unwrap_or_default().start, sections);
                    find(table, sections);
                }
            }
        }
        let mut sections = Vec::new();
        add(self.document.as_table(), 0, &mut sections);
        find(self.document.as_table(), &mut sections);
        sections.sort_by_key(|section| section.start);
        sections
    }
}

impl<'d> TablePlace<'d> {
    /// The table `name` in this one.
    pub(crate) fn below(&self, name: &str) -> Option<Self> {
        let item = self.entries.get(name)?;
        let key = self.entries.key(name).and_then(toml_edit::Key::span).unwrap_or_default();
        let around = if let TableForm::Braces(table) = self.form() { Some(table) } else { self.around };
        Some(Self { written: WrittenTable::of(item)?, entries: item.as_table_like()?, key, around })
    }

    /// The table with this index, from 0, in the list `name` of this one.
    pub(crate) fn listed(&self, name: &str, index: usize) -> Option<Self> {
        let (written, entries): (_, &dyn TableLike) = match self.entries.get(name)? {
            Item::ArrayOfTables(list) => list.get(index).map(|table| (WrittenTable::Table(table), table as _))?,
            Item::Value(Value::Array(list)) => {
                list.get(index)?.as_inline_table().map(|table| (WrittenTable::InBraces(table), table as _))?
            }
            _ => return None,
        };
        Some(Self { written, entries, key: 0..0, around: None })
    }

    /// The table's header, or all of it between braces.
    pub(crate) fn span(&self) -> Option<Range<usize>> {
        match self.written {
            WrittenTable::Table(table) => table.span(),
            WrittenTable::InBraces(table) => table.span(),
        }
    }

    pub(crate) fn form(&self) -> TableForm<'d> {
        match (self.written, self.around) {
            (WrittenTable::Table(table), _) if table.is_dotted() => TableForm::Lines,
            (WrittenTable::Table(table), _) if table.is_implicit() => TableForm::Implicit(table),
            (WrittenTable::Table(table), _) => TableForm::Header(table),
            (WrittenTable::InBraces(table), Some(around)) if table.is_dotted() => TableForm::InBraces(around),
            (WrittenTable::InBraces(table), _) => TableForm::Braces(table),
        }
    }

    /// From the first of its names to where the last of its own entries ends; a table in braces ends with its brace.
    pub(crate) fn whole(&self) -> Option<KeyEntry> {
        match self.written {
            WrittenTable::InBraces(table) if !table.is_dotted() => {
                Some(KeyEntry { start: self.key.start, end: table.span()?.end })
            }
            _ => self.last_entry(),
        }
    }

    /// Whether each key of the table has a line of its own.
    pub(crate) fn is_in_lines(&self) -> bool {
        !matches!(self.form(), TableForm::Braces(_) | TableForm::InBraces(_))
    }

    /// Whether the last name of `path` is a table of this one that dotted keys make, such as `facts.copies = 3`.
    pub(crate) fn is_dotted_below(&self, path: &[String]) -> bool {
        let below = path.last().and_then(|name| self.below(name));
        below.is_some_and(|below| matches!(below.form(), TableForm::Lines | TableForm::InBraces(_)))
    }

    /// The last key of the table, and of the tables in it that have no header of their own.
    pub(crate) fn last_entry(&self) -> Option<KeyEntry> {
        last_entry(self.entries)
    }
}

/// The path of a table in another.
pub(crate) fn joined(above: &str, name: &str) -> String {
    if above.is_empty() { name.to_owned() } else { format!("{above}.{name}") }
}

/// The keys of a table, without those below headers of their own: in file order within each table.
pub(crate) fn own_entries(table: &dyn TableLike) -> Vec<KeyEntry> {
    table.iter().flat_map(|(name, _)| entries_of(table, name)).collect()
}

/// Those of them that the key `name` is or leads to.
pub(crate) fn entries_of(table: &dyn TableLike, name: &str) -> Vec<KeyEntry> {
    match table.get(name) {
        Some(Item::Table(inner)) if inner.is_dotted() => own_entries(inner),
        Some(Item::Value(Value::InlineTable(inner))) if inner.is_dotted() => own_entries(inner),
        Some(Item::Value(value)) => {
            let key = table.key(name).and_then(toml_edit::Key::span);
            let entry = key.zip(value.span()).map(|(key, value)| KeyEntry { start: key.start, end: value.end });
            entry.into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// Each `key = value` in a table in braces, with all names of its key, in file order.
pub(crate) fn between_braces(text: &EditedText<'_>, table: &InlineTable) -> Vec<Range<usize>> {
    let mut ends: Vec<usize> = own_entries(table).iter().map(|entry| entry.end).collect();
    ends.sort_unstable();
    let top = table.span().unwrap_or_default().start + 1;
    let starts = std::iter::once(top).chain(ends.iter().copied());
    starts.zip(&ends).map(|(before, end)| text.after_gap(before)..*end).collect()
}

fn last_entry(table: &dyn TableLike) -> Option<KeyEntry> {
    own_entries(table).into_iter().max_by_key(|entry| entry.end)
}

/// The position of the first header below a table that has no header of its own.
pub(crate) fn first_header(table: &Table) -> Option<usize> {
    let starts = table.iter().filter_map(|(_, item)| match item {
        Item::Table(table) if table.is_implicit() => first_header(table),
        Item::Table(table) => Some(table.span()?.start),
        Item::ArrayOfTables(list) => Some(list.iter().next()?.span()?.start),
        _ => None,
    });
    starts.min()
}

/// The ranges of everything below an item: headers, keys and values.
pub(crate) fn collect(item: &Item, spans: &mut Vec<Range<usize>>) {
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
