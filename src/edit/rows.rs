//! Edits files of named rows, such as the targets of a profile: `"PR.DS-11" = { level = 3 }` below `[targets]`.

use std::collections::BTreeSet;

use super::changes::TextChanges;
use super::file::{AnswerFile, TablePlace, WrittenAnswer};
use super::text::EditedText;
use super::value::{NewValue, reads_all};
use super::{AnswerEdit, EditRefusal, Edits};
use crate::border::toml::key;

/// A row of a table, and the keys that it gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowEdit {
    /// The table at the top of the file, for example `targets`.
    pub table: &'static str,
    /// The names by which the file may already call the row; a new row gets the first.
    pub names: Vec<String>,
    /// The keys that get a value, whether they had one or not. A row's other keys stay.
    pub entries: Vec<(String, NewValue)>,
    /// The keys that go, if they are there.
    pub gone: &'static [&'static str],
}

/// The text of a file after these rows got their keys. A row that is not there is added as the last of its table, and a table that
/// is not there at the end of the file.
///
/// # Errors
/// See [`EditRefusal`]. Then nothing is edited.
pub fn edit_rows(text: &str, rows: &[RowEdit]) -> Result<String, EditRefusal> {
    let none = BTreeSet::new();
    let file = AnswerFile::read(text, &none).ok_or(EditRefusal::NotToml)?;
    let mut changes = TextChanges::of(&file.text);
    let mut new_tables = String::new();
    let tables: BTreeSet<&'static str> = rows.iter().map(|row| row.table).collect();
    for name in tables {
        let rows = rows.iter().filter(|row| row.table == name);
        let Some(table) = file.root().below(name) else {
            if file.root().entries.contains_key(name) {
                return Err(EditRefusal::Form(name.to_owned()));
            }
            new_tables += &new_table(name, rows, &file.text, new_tables.is_empty());
            continue;
        };
        let mut new = Vec::new();
        for row in rows {
            match found(&table, row) {
                Some(place) => set_keys(&file, &place, row, &mut changes),
                None => new.push(in_line(row)),
            }
        }
        if !new.is_empty() {
            changes.add_last(&table, &new);
        }
    }
    changes.insert(text.len(), new_tables);
    let edited = changes.apply();
    confirm(&edited, rows)?;
    Ok(edited)
}

/// The row as it is, with the name that it has there.
fn found<'d>(table: &TablePlace<'d>, row: &RowEdit) -> Option<WrittenAnswer<'d>> {
    row.names.iter().find_map(|name| Some(WrittenAnswer { id: name.clone(), header: None, table: table.below(name)? }))
}

fn set_keys(file: &AnswerFile<'_>, place: &WrittenAnswer<'_>, row: &RowEdit, changes: &mut TextChanges<'_>) {
    let set = row.entries.iter().map(|(name, value)| AnswerEdit::Set(vec![name.clone()], value.clone()));
    let gone = row.gone.iter().map(|name| AnswerEdit::Remove(vec![(*name).to_owned()]));
    let edits: Vec<AnswerEdit> = set.chain(gone).collect();
    Edits::of(&edits.iter().collect::<Vec<_>>()).make(file, place, changes);
}

/// `"PR.DS-11" = { level = 3 }`.
fn in_line(row: &RowEdit) -> String {
    let name = row.names.first().map(|name| key(name)).unwrap_or_default();
    format!("{name} = {}", NewValue::Table(row.entries.clone()).in_one_line())
}

/// A table with rows, to stand at the end of a file.
fn new_table<'r>(name: &str, rows: impl Iterator<Item = &'r RowEdit>, text: &EditedText<'_>, is_first: bool) -> String {
    let (text, end) = (text.whole, text.end);
    let is_open = is_first && !text.is_empty() && !text.ends_with('\n');
    let open = if is_open { end } else { "" };
    let blank = if is_first && text.trim_start_matches('\u{feff}').is_empty() { "" } else { end };
    let lines: String = rows.map(|row| in_line(row) + end).collect();
    format!("{open}{blank}[{name}]{end}{lines}")
}

/// Refuses an edited text that does not say what was asked for.
fn confirm(edited: &str, rows: &[RowEdit]) -> Result<(), EditRefusal> {
    let none = BTreeSet::new();
    let form = |row: &RowEdit| EditRefusal::Form(row.names.first().cloned().unwrap_or_default());
    let file = AnswerFile::read(edited, &none).ok_or_else(|| rows.first().map_or(EditRefusal::NotToml, form))?;
    for row in rows {
        let place = file.root().below(row.table).and_then(|table| found(&table, row));
        let holds = place.is_some_and(|place| {
            let written = place.table.entries;
            let is_said =
                row.entries.iter().all(|(name, value)| written.get(name).is_some_and(|item| value.reads(item)))
                    || reads_all(&row.entries, written);
            is_said && row.gone.iter().all(|name| written.get(name).is_none())
        });
        if !holds {
            return Err(form(row));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(table: &'static str, name: &str, entries: &[(&str, NewValue)]) -> RowEdit {
        let names = vec![name.to_owned(), format!("csf-2.0:{name}")];
        RowEdit {
            table,
            names,
            entries: entries.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
            gone: &["approved_by"],
        }
    }

    fn level(level: i64) -> (&'static str, NewValue) {
        ("level", NewValue::Number(level * 1_000_000))
    }

    fn why(text: &str) -> (&'static str, NewValue) {
        ("why", NewValue::Text(text.to_owned()))
    }

    #[test]
    fn a_row_is_edited_in_the_form_in_which_it_is_written_and_a_new_one_comes_last() {
        let text = "# ours\r\n[targets]\r\nPR = { level = 3, approved_by = \"b\", why = \"a\" } # kept\r\n\"csf-2.0:DE\" = { level = 2 }\r\n\r\n\
                    [targets.\"PR.DS-11\"] # too\r\nlevel = 4\r\n";
        let rows = [
            row("targets", "PR", &[level(4)]),
            row("targets", "DE", &[why("b")]),
            row("targets", "PR.DS-11", &[why("c"), level(5)]),
            row("targets", "PR.AA-01", &[level(1), why("d")]),
            row("out_of_scope", "RC", &[why("e \"f\"")]),
        ];
        let wanted = "# ours\r\n[targets]\r\nPR = { level = 4, why = \"a\" } # kept\r\n\
                      \"csf-2.0:DE\" = { level = 2, why = \"b\" }\r\n\"PR.AA-01\" = { level = 1, why = \"d\" }\r\n\r\n\
                      [targets.\"PR.DS-11\"] # too\r\nlevel = 5\r\nwhy = \"c\"\r\n\
                      \r\n[out_of_scope]\r\nRC = { why = \"e \\\"f\\\"\" }\r\n";
        assert_eq!(edit_rows(text, &rows).unwrap(), wanted);
    }

    #[test]
    fn a_table_is_added_to_whatever_stands_in_the_file() {
        let rows = [row("targets", "PR.DS", &[level(3)])];
        for (text, wanted) in [
            ("", "[targets]\n\"PR.DS\" = { level = 3 }\n"),
            ("# only this", "# only this\n\n[targets]\n\"PR.DS\" = { level = 3 }\n"),
            ("targets = {}\n", "targets = { \"PR.DS\" = { level = 3 } }\n"),
            ("targets.PR = { level = 2 }\n", "targets.PR = { level = 2 }\ntargets.\"PR.DS\" = { level = 3 }\n"),
            ("[targets.PR]\nlevel = 2\n", "[targets]\n\"PR.DS\" = { level = 3 }\n[targets.PR]\nlevel = 2\n"),
        ] {
            assert_eq!(edit_rows(text, &rows).unwrap(), wanted, "{text}");
        }
        assert_eq!(edit_rows("targets = 3\n", &rows), Err(EditRefusal::Form("targets".to_owned())));
        assert_eq!(edit_rows("[targets\n", &rows), Err(EditRefusal::NotToml));
    }
}
