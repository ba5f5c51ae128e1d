//! Losses of one kind, reported once with all the cells that they are in.

use super::grid::{Grid, Row, letters};
use super::loss::Losses;

/// Cells that are left for one and the same reason.
#[derive(Clone, Debug)]
struct CellGroup {
    /// The column's number, what it is called, and why its cells are left.
    key: (u32, String, String),
    /// What the first cell said.
    said: String,
    /// The rows.
    rows: Vec<u32>,
}

/// The number of a column, and what it is called.
pub type NamedColumn<'a> = (u32, &'a str);

/// Losses that are reported by column and reason.
#[derive(Clone, Debug, Default)]
pub struct Grouped {
    groups: Vec<CellGroup>,
}

/// The most cells that a line names.
const NAMED: usize = 5;

impl Grouped {
    /// Adds a cell of the column called `head`.
    pub fn add(&mut self, row: &Row, column: NamedColumn<'_>, said: &str, why: &str) {
        let (column, head) = column;
        let is_its = |group: &&mut CellGroup| (group.key.0, group.key.2.as_str()) == (column, why);
        if let Some(group) = self.groups.iter_mut().find(is_its) {
            group.rows.push(row.number);
        } else {
            let key = (column, head.to_owned(), why.to_owned());
            self.groups.push(CellGroup { key, said: said.to_owned(), rows: vec![row.number] });
        }
    }

    /// Tells them, in the order of the columns.
    pub fn tell(mut self, grid: &Grid, losses: &mut Losses) {
        self.groups.sort_by(|one, other| one.key.cmp(&other.key));
        for CellGroup { key: (column, head, why), said, rows } in self.groups {
            let (cells, more) = (rows.iter().take(NAMED), rows.len().saturating_sub(NAMED));
            let cells = cells
                .map(|row| if grid.name.is_empty() { row.to_string() } else { format!("{}{row}", letters(column)) });
            let cells = cells.collect::<Vec<_>>().join(", ");
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let place = match (grid.name.is_empty(), rows.len()) {
                (false, _) => format!("{}!{cells}{more}", grid.name),
                (true, 1) => format!("line {cells}"),
                (true, _) => format!("lines {cells}{more}"),
            };
            losses.add(place, said, format!("{head}: {why}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_for_one_reason_is_told_once() {
        let told = |name: &str, rows: std::ops::Range<u32>| {
            let (mut grouped, mut losses) = (Grouped::default(), Losses::default());
            for number in rows {
                let row = Row { number, ..Row::default() };
                grouped.add(&row, (13, "Target CSF Tier"), "2", "Tiers are declared for the whole");
                if number == 3 {
                    grouped.add(&row, (5, "Current Priority"), "High", "it has no home");
                }
            }
            grouped.tell(&Grid { name: name.to_owned(), ..Grid::default() }, &mut losses);
            losses.text().to_string()
        };
        assert_eq!(
            told("Profile", 2..10),
            "Profile!E3: `High`: Current Priority: it has no home\n\
             Profile!M2, M3, M4, M5, M6 and 3 more: `2`: Target CSF Tier: Tiers are declared for the whole\n"
        );
        assert_eq!(told("", 7..8), "line 7: `2`: Target CSF Tier: Tiers are declared for the whole\n");
        assert!(told("", 7..9).starts_with("lines 7, 8: "));
    }
}
