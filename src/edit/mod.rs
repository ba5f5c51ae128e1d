//! Edits evidence files and profiles: only what an edit is about changes, and every other byte stays.
//!
//! A TOML printer would change the order and form of dotted keys and line ends.

mod adding;
mod apart;
pub(crate) mod changes;
pub(crate) mod file;
mod rows;
pub(crate) mod text;
mod value;

use std::collections::{BTreeMap, BTreeSet};

use self::adding::NewAnswers;
use self::changes::TextChanges;
use self::file::{AnswerFile, TablePlace, WrittenAnswer, entries_of, own_entries};
pub use self::rows::{RowEdit, edit_rows};
use self::value::reads_all;
pub use self::value::{NewItem, NewValue};
use crate::border::toml::key;

/// An edit of the answer for one control.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The control's id.
    pub control: String,
    /// What changes.
    pub change: AnswerEdit,
}

/// What changes in an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerEdit {
    /// A key of the answer gets a value, whether it had one or not: `["level"]`, `["facts", "copies"]`.
    Set(Vec<String>, NewValue),
    /// A key of the answer goes, with all that stands below it. It need not be there.
    Remove(Vec<String>),
    /// The answer gets one more evidence item, after those that it has.
    AddEvidence(NewItem),
    /// The evidence item with this index, from 0, gets these values; a key without one goes.
    SetItem(usize, Vec<ItemKey>),
    /// The control gets an answer with these keys and this evidence. It stands after the answer for the nearest control before it.
    AddAnswer(Vec<(String, NewValue)>, Vec<NewItem>),
}

/// A key of an evidence item, and its value; without one it goes.
pub type ItemKey = (String, Option<NewValue>);

/// Why a file is not edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditRefusal {
    /// The file is not TOML.
    NotToml,
    /// The file has no answer for this control.
    NoAnswer(String),
    /// The file already has an answer for this control.
    Answered(String),
    /// The file writes the answer for this control in a way that cannot take the edit.
    Form(String),
}

/// The text of an evidence file after `edits`. `controls` are the ids of all controls, in the catalog's order.
///
/// # Errors
/// See [`EditRefusal`]. Then nothing is edited.
pub fn edit(text: &str, controls: &[&str], edits: &[Edit]) -> Result<String, EditRefusal> {
    let ids: BTreeSet<&str> = controls.iter().copied().collect();
    let file = AnswerFile::read(text, &ids).ok_or(EditRefusal::NotToml)?;
    let answers = file.answers();
    let by_id: BTreeMap<&str, &WrittenAnswer<'_>> = answers.iter().map(|answer| (answer.id.as_str(), answer)).collect();
    let mut changes = TextChanges::of(&file.text);
    let mut new = NewAnswers::default();
    for (control, edits) in by_control(edits) {
        let answer = by_id.get(control).copied();
        let adds = edits.iter().any(|change| matches!(change, AnswerEdit::AddAnswer(..)));
        match (answer, adds) {
            (Some(_), true) => return Err(EditRefusal::Answered(control.to_owned())),
            (None, false) => return Err(EditRefusal::NoAnswer(control.to_owned())),
            (Some(answer), false) => Edits::of(&edits).make(&file, answer, &mut changes),
            (None, true) => new.extend(control, &edits)?,
        }
    }
    new.add(&file, controls, &by_id, &mut changes);
    let edited = changes.apply();
    confirm(&edited, &ids, edits)?;
    Ok(edited)
}

/// The ids of the answers that an evidence file holds, as it writes them; nothing where it is not TOML. `controls` are the names of
/// all controls.
pub fn answered(text: &str, controls: &[&str]) -> BTreeSet<String> {
    let ids: BTreeSet<&str> = controls.iter().copied().collect();
    let file = AnswerFile::read(text, &ids);
    file.iter().flat_map(|file| file.answers().into_iter().map(|answer| answer.id).collect::<Vec<_>>()).collect()
}

/// The edits of each control, in the order in which they are given.
fn by_control(edits: &[Edit]) -> BTreeMap<&str, Vec<&AnswerEdit>> {
    let mut by_control: BTreeMap<&str, Vec<&AnswerEdit>> = BTreeMap::new();
    edits.iter().for_each(|edit| by_control.entry(&edit.control).or_default().push(&edit.change));
    by_control
}

/// Refuses an edited text that does not say what was asked for, such as two values for one key.
fn confirm(edited: &str, ids: &BTreeSet<&str>, edits: &[Edit]) -> Result<(), EditRefusal> {
    let form = |control: &str| EditRefusal::Form(control.to_owned());
    let first = edits.first().map(|edit| edit.control.as_str()).unwrap_or_default();
    let file = AnswerFile::read(edited, ids).ok_or_else(|| form(first))?;
    let answers = file.answers();
    let by_id: BTreeMap<&str, &WrittenAnswer<'_>> = answers.iter().map(|answer| (answer.id.as_str(), answer)).collect();
    for Edit { control, change } in edits {
        let table = by_id.get(control.as_str()).map(|answer| answer.table.clone());
        let at = |path: &[String]| {
            let (name, above) = path.split_last()?;
            let table = above.iter().try_fold(table.clone()?, |table, name| table.below(name))?;
            table.entries.get(name)
        };
        let is_so = match change {
            AnswerEdit::Set(path, value) => at(path).is_some_and(|item| value.reads(item)),
            AnswerEdit::Remove(path) => at(path).is_none(),
            AnswerEdit::AddEvidence(item) => at(&["evidence".to_owned()]).is_some_and(|list| holds(list, item)),
            AnswerEdit::SetItem(index, entries) => {
                let item = table.as_ref().and_then(|table| table.listed("evidence", *index));
                let is_so = |(name, value): &ItemKey| match (item.as_ref()?.entries.get(name), value) {
                    (Some(item), Some(value)) => value.reads(item).then_some(()),
                    (None, None) => Some(()),
                    _ => None,
                };
                item.is_some() && entries.iter().all(|entry| is_so(entry).is_some())
            }
            AnswerEdit::AddAnswer(entries, items) => {
                let reads = |(name, value): &(String, NewValue)| {
                    at(std::slice::from_ref(name)).is_some_and(|item| value.reads(item))
                };
                let list = at(&["evidence".to_owned()]);
                let has_item = |item: &NewItem| list.is_some_and(|list| holds(list, item));
                table.is_some() && entries.iter().all(reads) && items.iter().all(has_item)
            }
        };
        if !is_so {
            return Err(form(control));
        }
    }
    Ok(())
}

/// Whether a list of evidence holds an item.
fn holds(list: &toml_edit::Item, item: &NewItem) -> bool {
    let entries = item.entries();
    match list {
        toml_edit::Item::ArrayOfTables(tables) => tables.iter().any(|table| reads_all(&entries, table)),
        list => list
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(toml_edit::Value::as_inline_table)
            .any(|table| reads_all(&entries, table)),
    }
}

/// What changes in one answer that is there.
#[derive(Default)]
struct Edits<'e> {
    set: Vec<(Vec<String>, &'e NewValue)>,
    removed: Vec<&'e [String]>,
    items: Vec<&'e NewItem>,
    of_items: Vec<(usize, &'e [ItemKey])>,
}

impl<'e> Edits<'e> {
    fn of(changes: &[&'e AnswerEdit]) -> Self {
        let mut edits = Self::default();
        for change in changes {
            match change {
                AnswerEdit::Set(path, value) => edits.set.push((path.clone(), value)),
                AnswerEdit::Remove(path) => edits.removed.push(path),
                AnswerEdit::AddEvidence(item) => edits.items.push(item),
                AnswerEdit::SetItem(index, entries) => edits.of_items.push((*index, entries)),
                AnswerEdit::AddAnswer(..) => {}
            }
        }
        edits
    }

    fn make(self, file: &AnswerFile<'_>, answer: &WrittenAnswer<'_>, changes: &mut TextChanges<'_>) {
        // What is added to one table is added at once.
        let mut added: Added<'_> = BTreeMap::new();
        for (path, value) in self.set {
            set(&answer.table, &path, value, &mut added, changes);
        }
        for path in &self.removed {
            remove(&answer.table, path, changes);
        }
        for (index, entries) in &self.of_items {
            let item = answer.table.listed("evidence", *index);
            item.into_iter().for_each(|item| set_all(&item, entries, changes));
        }
        let gone: BTreeSet<usize> = self.removed.iter().flat_map(|path| ends_of(&answer.table, path)).collect();
        let all = own_entries(answer.table.entries).len();
        if added.is_empty() && self.items.is_empty() && !gone.is_empty() && gone.len() == all {
            changes.remove_bare_header(&answer.table);
        }
        let adds_list = changes.add_items(&file.text, answer, &self.items);
        let own = added.remove(&Vec::new()).unwrap_or_default();
        let written = |table: &TablePlace<'_>, entries: &[(Vec<String>, &NewValue)]| -> Vec<String> {
            let value = |value: &NewValue| written_in(table, value, file.text.end);
            let names = |path: &[String]| path.iter().map(|name| key(name)).collect::<Vec<_>>().join(".");
            entries.iter().map(|(path, given)| format!("{} = {}", names(path), value(given))).collect()
        };
        let entries: Vec<String> = written(&answer.table, &own).into_iter().chain(adds_list).collect();
        if !entries.is_empty() {
            changes.add_last(&answer.table, &entries);
        }
        for (above, entries) in added {
            let table = above.iter().try_fold(answer.table.clone(), |table, name| table.below(name));
            let Some(table) = table else { continue };
            changes.add_last(&table, &written(&table, &entries));
        }
    }
}

/// A value as it is written in a table of a file whose lines end with `end`.
fn written_in(table: &TablePlace<'_>, value: &NewValue, end: &str) -> String {
    if table.is_in_lines() { value.in_lines(end) } else { value.in_one_line() }
}

/// What is added to each table of an answer, by the table's path below the answer.
type Added<'e> = BTreeMap<Vec<String>, Vec<(Vec<String>, &'e NewValue)>>;

/// Gives the key at `path` below an answer a value: in its place, or as one that is added.
fn set<'e>(
    answer: &TablePlace<'_>,
    path: &[String],
    value: &'e NewValue,
    added: &mut Added<'e>,
    changes: &mut TextChanges<'_>,
) {
    let mut table = answer.clone();
    let mut depth = 0;
    while let Some(below) = path[depth..].first().filter(|_| depth + 1 < path.len()).and_then(|name| table.below(name))
    {
        (table, depth) = (below, depth + 1);
    }
    let here = path.get(depth).filter(|_| depth + 1 == path.len());
    match (here.and_then(|name| table.entries.get(name)), here, value) {
        (Some(toml_edit::Item::Value(old)), _, value) if !table.is_dotted_below(path) => {
            let written = written_in(&table, value, changes.line_end());
            changes.replace(old.span().unwrap_or_default(), written);
        }
        (Some(_), Some(name), NewValue::Table(entries)) => {
            let Some(below) = table.below(name) else { return };
            let old: Vec<&str> = below.entries.iter().map(|(name, _)| name).collect();
            let is_kept = |name: &str| entries.iter().any(|(kept, _)| kept == name);
            old.into_iter().filter(|name| !is_kept(name)).for_each(|name| changes.remove_key(&below, name));
            for (name, value) in entries {
                let path: Vec<String> = path.iter().chain([name]).cloned().collect();
                set(answer, &path, value, added, changes);
            }
        }
        // What is no value cannot become one: `confirm` says so.
        (Some(_), _, _) => {}
        (None, _, value) => added.entry(path[..depth].to_vec()).or_default().push((path[depth..].to_vec(), value)),
    }
}

/// Gives keys of a table values, and removes those without one.
fn set_all(table: &TablePlace<'_>, entries: &[ItemKey], changes: &mut TextChanges<'_>) {
    let mut added: Added<'_> = BTreeMap::new();
    for (name, value) in entries {
        match value {
            Some(value) => set(table, std::slice::from_ref(name), value, &mut added, changes),
            None => changes.remove_key(table, name),
        }
    }
    let own = added.remove(&Vec::new()).unwrap_or_default();
    if !own.is_empty() {
        let end = changes.line_end();
        let entry = |(path, value): &(Vec<String>, &NewValue)| {
            format!(
                "{} = {}",
                path.iter().map(|name| key(name)).collect::<Vec<_>>().join("."),
                written_in(table, value, end)
            )
        };
        changes.add_last(table, &own.iter().map(entry).collect::<Vec<_>>());
    }
}

/// Where the entries end that the key at `path` below an answer is or leads to.
fn ends_of(answer: &TablePlace<'_>, path: &[String]) -> Vec<usize> {
    let Some((name, above)) = path.split_last() else { return Vec::new() };
    let table = above.iter().try_fold(answer.clone(), |table, name| table.below(name));
    table.into_iter().flat_map(|table| entries_of(table.entries, name)).map(|entry| entry.end).collect()
}

/// Removes the key at `path` below an answer.
fn remove(answer: &TablePlace<'_>, path: &[String], changes: &mut TextChanges<'_>) {
    let Some((name, above)) = path.split_last() else { return };
    let table = above.iter().try_fold(answer.clone(), |table, name| table.below(name));
    table.into_iter().for_each(|table| changes.remove_key(&table, name));
}
