//! What somebody wrote into a team workbook in, the team's files out: only sound TOML is made, and nothing where anything is refused.

#![no_main]

use libfuzzer_sys::fuzz_target;
use milepost::check;
use milepost::exchange::grid::{Cell, CellValue, Grid, Row};
use milepost::exchange::workbook::{Resolve, Scope, merge, write};
use milepost::exchange::xlsx::{self, Workbook};
use milepost::model::ids::FrameworkId;
use milepost_fuzz::ground;

fuzz_target!(|data: &[u8]| {
    let workspace = ground::with(&[]);
    let Some(assessment) = check::check(&workspace).assessment else { return };
    let quarter = assessment.in_quarter(assessment.newest());
    let Some(team) = assessment.settings.teams.first_id() else { return };
    let scope = Scope { quarter, team, framework: FrameworkId::MAIN };
    let Ok((file, _)) = write(scope) else { return };
    let Ok(mut book) = xlsx::read(&file) else { panic!("a workbook is not read again") };
    let unchanged = merge(scope, &book, &workspace, Resolve { theirs: true, clear: true });
    assert!(unchanged.files.is_empty() && unchanged.refused.is_empty() && unchanged.left.is_empty(), "{unchanged:?}");
    fill(&mut book, data);
    let filled = merge(scope, &book, &workspace, Resolve { theirs: data.len() % 2 == 0, clear: data.len() % 3 == 0 });
    assert!(filled.refused.is_empty() || filled.files.is_empty());
});

/// Puts each line of `data` into a cell: sheet, row, column, kind, text.
fn fill(book: &mut Workbook, data: &[u8]) {
    for line in data.split(|byte| *byte == b'\n').take(64) {
        let [sheet, row, column, kind, text @ ..] = line else { continue };
        let text = String::from_utf8_lossy(text).into_owned();
        let sheets = book.sheets.len();
        let Some(grid) = book.sheets.get_mut(usize::from(*sheet) % sheets.max(1)) else { continue };
        let value = match kind % 5 {
            0 => CellValue::Empty,
            1 => CellValue::Number(
                text.trim_matches(|c: char| !c.is_ascii_digit())
                    .chars()
                    .filter(char::is_ascii_digit)
                    .take(15)
                    .collect(),
            ),
            2 => CellValue::Boolean(text.len() % 2 == 0),
            3 => CellValue::Fault(text),
            _ => CellValue::Text(text),
        };
        put(grid, u32::from(*row), Cell { column: u32::from(*column % 20) + 1, value, is_formula: kind % 7 == 0 });
    }
}

fn put(grid: &mut Grid, number: u32, cell: Cell) {
    let at = grid.rows.partition_point(|row| row.number < number);
    if grid.rows.get(at).is_none_or(|row| row.number != number) {
        grid.rows.insert(at, Row { number, ..Row::default() });
    }
    let cells = &mut grid.rows[at].cells;
    cells.retain(|old| old.column != cell.column);
    let place = cells.partition_point(|old| old.column < cell.column);
    cells.insert(place, cell);
}
