//! What of a foreign file was not taken: its place there, what it said, and why it was left.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::base::number::counted;
use crate::base::text::{cut, line};
use crate::border::{Shown, json};
use crate::exchange::grid::{Grid, NamedColumn, Row};

/// The most lines that are printed as text; the count covers all.
const SHOWN: usize = 200;
/// The most places that a line names.
const NAMED: usize = 5;
/// The most characters that are printed of what a place said.
const SAID: usize = 80;

/// One thing that was left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Loss {
    /// Where it stands in the foreign file: `PR Protect!F12`, `line 7`, a JSON path.
    pub place: String,
    /// What it said.
    pub said: String,
    /// Why it was left, and where that helps, what to write instead.
    pub why: String,
}

/// Everything that was left, in the order of the foreign file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Losses {
    all: Vec<Loss>,
}

impl Losses {
    /// Adds what stands at `place`.
    pub fn add(&mut self, place: impl Into<String>, said: impl Into<String>, why: impl Into<String>) {
        self.all.push(Loss { place: place.into(), said: said.into(), why: why.into() });
    }

    /// Adds what a cell of the column called `head` said.
    pub fn add_cell(&mut self, grid: &Grid, row: &Row, (column, head): NamedColumn<'_>, said: &str, why: &str) {
        self.add(grid.place(row, column), said, format!("{head}: {why}"));
    }

    /// Adds that the comments of a sheet's cells are not read.
    pub fn add_comments(&mut self, grid: &Grid) {
        if grid.comments > 0 {
            let were = if grid.comments == 1 { "was" } else { "were" };
            self.add(grid.called(), "", format!("{} {were} not read", counted(grid.comments, "comment")));
        }
    }

    /// Adds all of these.
    pub fn extend(&mut self, more: Self) {
        self.all.extend(more.all);
    }

    /// Whether nothing was left.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// How many things were left.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Each of them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Loss> {
        self.all.iter()
    }

    /// A line for each; one for all that say the same in one column.
    pub fn text(&self) -> Shown {
        let mut lines: Vec<(&Loss, Vec<&str>)> = Vec::new();
        let mut known: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
        for loss in &self.all {
            let (column, row) = column_and_row(&loss.place);
            let line = *known.entry((column, &loss.said, &loss.why)).or_insert(lines.len());
            match lines.get_mut(line).filter(|_| !row.is_empty()) {
                Some((_, rows)) => rows.push(row),
                None => lines.push((loss, vec![row])),
            }
        }
        let told = |(loss, rows): &(&Loss, Vec<&str>)| Shown::line(&loss.told_of(&places(&loss.place, rows)));
        let mut out: Shown = lines.iter().take(SHOWN).map(told).collect();
        let more: usize = lines.iter().skip(SHOWN).map(|(_, rows)| rows.len()).sum();
        if more > 0 {
            out += &Shown::line(&format!("and {more} more"));
        }
        out
    }

    /// The same as a JSON array.
    pub fn json(&self) -> Shown {
        json::print(&self.all)
    }
}

impl Loss {
    /// In a line: ``PR Protect!F12: `=1+2`: a formula is no answer``.
    pub fn told(&self) -> String {
        self.told_of(&self.place)
    }

    fn told_of(&self, places: &str) -> String {
        let said = cut(&line(&self.said), SAID);
        let said = if said.is_empty() { said } else { format!("`{said}`: ") };
        format!("{places}: {said}{}", self.why)
    }
}

/// `PR Protect!F12` as `PR Protect!F` and `12`, and `line 7` as `line ` and `7`.
fn column_and_row(place: &str) -> (&str, &str) {
    place.split_at(place.trim_end_matches(|c: char| c.is_ascii_digit()).len())
}

/// The places of a column in these rows; `place` is the first.
fn places(place: &str, rows: &[&str]) -> String {
    let (column, _) = column_and_row(place);
    let (sheet, letters) = match column.rsplit_once('!') {
        Some((sheet, letters)) => (format!("{sheet}!"), letters),
        None if rows.len() > 1 => (column.replace("line ", "lines "), ""),
        None => (column.to_owned(), ""),
    };
    let named: Vec<String> = rows.iter().take(NAMED).map(|row| format!("{letters}{row}")).collect();
    let more = rows.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{sheet}{}{more}", named.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_loss_is_a_line_and_a_json_object() {
        let mut losses = Losses::default();
        losses.add("PR Protect!F12", "=1+2\n::error::x\u{1b}[2J", "a formula is no answer");
        losses.add("line 7", "", "no column head stands above it");
        let wanted = "PR Protect!F12: `=1+2 ::error::x\u{fffd}[2J`: a formula is no answer\n\
                      line 7: no column head stands above it\n";
        assert_eq!(*losses.text(), *wanted);
        let read: serde_json::Value = serde_json::from_str(&losses.json()).unwrap();
        assert_eq!(read[0]["said"], "=1+2\n::error::x\u{1b}[2J");
        assert_eq!(read[1]["place"], "line 7");
    }

    #[test]
    fn what_says_the_same_in_one_column_is_told_in_one_line() {
        let mut losses = Losses::default();
        (2..10).for_each(|row| losses.add(format!("Profile!M{row}"), "2", "Tiers are declared for the whole"));
        losses.add("Profile!M10", "3", "Tiers are declared for the whole");
        losses.add("Profile!E2", "2", "Tiers are declared for the whole");
        [7, 8].iter().for_each(|row| losses.add(format!("line {row}"), "", "no id"));
        ["the file", "the file"].iter().for_each(|place| losses.add(*place, "", "a break"));
        let wanted = "Profile!M2, M3, M4, M5, M6 and 3 more: `2`: Tiers are declared for the whole\n\
                      Profile!M10: `3`: Tiers are declared for the whole\n\
                      Profile!E2: `2`: Tiers are declared for the whole\n\
                      lines 7, 8: no id\nthe file: a break\nthe file: a break\n";
        assert_eq!(*losses.text(), *wanted);
        let read: serde_json::Value = serde_json::from_str(&losses.json()).unwrap();
        assert_eq!(read.as_array().unwrap().len(), 14);
    }

    #[test]
    fn a_long_list_is_cut_and_counted() {
        let mut losses = Losses::default();
        (0..SHOWN + 5).for_each(|row| losses.add(format!("line {row}"), "x".repeat(10_000 + row), "too much"));
        let text = losses.text();
        assert!(text.ends_with("and 5 more\n") && text.len() < SHOWN * 150, "{}", text.len());
    }
}
