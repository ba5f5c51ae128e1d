//! Cells of a foreign table that nobody reads, counted by their columns.

use std::collections::BTreeMap;

use super::grid::{Grid, Heads, NamedColumn, Row, letters};
use super::loss::Losses;
use crate::base::number::counted;

/// How many cells of each column are not read, and why.
#[derive(Clone, Debug, Default)]
pub struct Unread {
    /// By the column's number, its head, and the reason.
    cells: BTreeMap<(u32, String, String), usize>,
}

impl Unread {
    /// Counts a cell.
    pub fn add(&mut self, (column, head): NamedColumn<'_>, why: &str) {
        *self.cells.entry((column, head.to_owned(), why.to_owned())).or_default() += 1;
    }

    /// Counts the cells of a row that stand in columns without a head.
    pub fn add_unnamed(&mut self, heads: &Heads, row: &Row) {
        heads.unnamed(row).for_each(|cell| self.add((cell.column, ""), "no head stands above them"));
    }

    /// Tells them in the order of the columns, a line for each column and reason.
    pub fn tell(self, grid: &Grid, losses: &mut Losses) {
        let of = if grid.name.is_empty() { String::new() } else { format!(" of the sheet `{}`", grid.name) };
        for ((column, head, why), count) in self.cells {
            let head = if head.is_empty() { letters(column) } else { format!("`{head}`") };
            let were = if count == 1 { "was" } else { "were" };
            losses.add(
                format!("the column {head}{of}"),
                "",
                format!("{} {were} not read: {why}", counted(count, "cell")),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_counted_by_column_and_reason() {
        let mut unread = Unread::default();
        [1, 2].iter().for_each(|_| unread.add((3, "owner"), "the mapping does not name it"));
        unread.add((3, "owner"), "the row is not answered");
        unread.add((2, ""), "no head stands above them");
        let mut losses = Losses::default();
        unread.clone().tell(&Grid { name: "Q4".to_owned(), ..Grid::default() }, &mut losses);
        let wanted = "the column B of the sheet `Q4`: 1 cell was not read: no head stands above them\n\
                      the column `owner` of the sheet `Q4`: 2 cells were not read: the mapping does not name it\n\
                      the column `owner` of the sheet `Q4`: 1 cell was not read: the row is not answered\n";
        assert_eq!(*losses.text(), *wanted);
        let mut losses = Losses::default();
        unread.tell(&Grid::default(), &mut losses);
        assert!(losses.text().starts_with("the column B: 1 cell was"));
    }
}
