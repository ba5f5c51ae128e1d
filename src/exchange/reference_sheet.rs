//! Workbooks of NIST's Reference Tool for the CSF, and of its core: a row for each Subcategory, below the Function and the Category that it
//! belongs to.

use super::catalog::{Published, PublishedEntry, in_a_line, tidy, without_examples};
use super::grid::{Grid, Heads};
use super::loss::Losses;
use super::xlsx::Workbook;

/// The heads that such a sheet has, and others of which some are read.
const HEADS: [&str; 3] = ["Function", "Category", "Subcategory"];
const MORE: [&str; 2] = ["Implementation Examples", "Informative References"];

/// Reads the first sheet that has the heads.
///
/// # Errors
/// A sentence without a full stop: no sheet has them.
pub fn read(book: &Workbook, left: &mut Losses) -> Result<Published, String> {
    let found = book.sheets.iter().find_map(|sheet| Some((sheet, sheet.heads(&HEADS, &MORE).ok()?)));
    let (sheet, heads) =
        found.ok_or_else(|| format!("no sheet of this workbook has the heads {}", HEADS.join(", ")))?;
    let mut rows = ReferenceRows { functions: Vec::new(), references: 0, remarks: 0, left };
    rows.read(sheet, &heads);
    for (count, what) in [(rows.references, "cells of references"), (rows.remarks, "remarks beside examples")] {
        if count > 0 {
            rows.left.add(&sheet.name, format!("{count} {what}"), "they have no place in a catalog here");
        }
    }
    if book.has_macros || book.has_links {
        rows.left.add("the file", "", "macros are not run, and other files are not read");
    }
    let (name, entries) = (in_a_line(&sheet.name), rows.functions);
    Ok(Published { kind: "a workbook of NIST's reference tool".to_owned(), name, entries, ..Published::default() })
}

struct ReferenceRows<'l> {
    functions: Vec<PublishedEntry>,
    references: usize,
    remarks: usize,
    left: &'l mut Losses,
}

impl ReferenceRows<'_> {
    fn read(&mut self, sheet: &Grid, heads: &Heads) {
        let [function, category, subcategory] = HEADS.map(|head| heads.column(head));
        let [examples, references] = MORE.map(|head| heads.column(head));
        for row in heads.rows(sheet) {
            let text = |column| tidy(&row.get(column).value.text());
            let place = |column: Option<u32>| sheet.place(row, column.unwrap_or(1));
            if let Some(group) = group(&text(function), place(function)) {
                enter(&mut self.functions, group);
            }
            let Some(current) = self.functions.last_mut() else { continue };
            if let Some(group) = group(&text(category), place(category)) {
                enter(&mut current.below, group);
            }
            let above = if current.below.last().is_some_and(|below| !below.is_asked) {
                current.below.last_mut().map(|category| &mut category.below)
            } else {
                Some(&mut current.below)
            };
            let Some(controls) = above else { continue };
            let outcome = text(subcategory);
            match outcome.split_once(':').filter(|(id, _)| !id.is_empty() && !id.contains(char::is_whitespace)) {
                Some((id, outcome)) => {
                    let (id, text) = (id.to_owned(), tidy(outcome));
                    controls.push(PublishedEntry {
                        id,
                        text,
                        is_asked: true,
                        place: place(subcategory),
                        ..PublishedEntry::default()
                    });
                }
                None if !outcome.is_empty() => {
                    self.left.add(place(subcategory), &outcome, "no id with a colon stands at its start");
                }
                None => {}
            }
            let (remarks, named) = without_examples(&text(examples));
            self.remarks += remarks.lines().count();
            self.references += usize::from(!text(references).is_empty());
            if let Some(control) = controls.last_mut() {
                control.examples.extend(named);
            }
        }
    }
}

/// Adds a group, unless the last one is the same: merged cells may be repeated in each row.
fn enter(groups: &mut Vec<PublishedEntry>, group: PublishedEntry) {
    if groups.last().is_none_or(|last| last.id != group.id || last.is_asked) {
        groups.push(group);
    }
}

/// A Function or a Category: `Data Security (PR.DS): Data are managed`.
fn group(text: &str, place: String) -> Option<PublishedEntry> {
    let (head, rest) = text.split_once("):").or_else(|| Some((text.strip_suffix(')')?, "")))?;
    let (title, id) = head.rsplit_once('(')?;
    let (id, title, text) = (id.trim().to_owned(), in_a_line(title), tidy(rest));
    Some(PublishedEntry { id, title, text, place, ..PublishedEntry::default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::csv;

    #[test]
    fn rows_become_a_tree_whether_cells_are_merged_or_repeated() {
        let table = "CSF,,,\nFunction,Category,Subcategory,Implementation Examples\n\
                     PROTECT (PR): All is safe,,,\n,Data Security (PR.DS): Data are safe,,\n\
                     ,,PR.DS-01: At rest: too,\"1st: 1st Party Risk\nEx1: Disks are locked\nEx2: Keys are kept\"\n\
                     PROTECT (PR): All is safe,Data Security (PR.DS): Data are safe,PR.DS-03: [Withdrawn: Moved to PR.DS-01],\n,,nothing,\n";
        let grid = csv::read(table.as_bytes(), 100).unwrap();
        let mut left = Losses::default();
        let published = read(&Workbook { sheets: vec![grid], ..Workbook::default() }, &mut left).unwrap();
        let [function] = published.entries.as_slice() else { panic!("{published:?}") };
        let [category] = function.below.as_slice() else { panic!("{function:?}") };
        assert_eq!(
            (function.title.as_str(), function.text.as_str(), category.id.as_str()),
            ("PROTECT", "All is safe", "PR.DS")
        );
        let controls: Vec<(&str, &str)> =
            category.below.iter().map(|entry| (entry.id.as_str(), entry.text.as_str())).collect();
        assert_eq!(controls, [("PR.DS-01", "At rest: too"), ("PR.DS-03", "[Withdrawn: Moved to PR.DS-01]")]);
        assert_eq!(category.below[0].examples, ["Disks are locked", "Keys are kept"]);
        let told = left.text();
        assert!(
            told.contains("`nothing`: no id with a colon") && told.contains("1 remarks beside examples"),
            "{}",
            &*told
        );
    }
}
