//! Tests the readers of files of other programs: files that are made to break one, and what is told of the others.

use std::fs;
use std::path::{Path, PathBuf};

use milepost::exchange::grid::CellValue;
use milepost::exchange::xlsx::{self, Workbook};

fn bombs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples/bombs")
}

fn bomb(name: &str) -> Result<Workbook, String> {
    xlsx::read(&fs::read(bombs().join(name)).unwrap())
}

/// The values of the first sheet of a workbook.
fn values(name: &str) -> Vec<CellValue> {
    let book = bomb(name).unwrap_or_else(|why| panic!("{name}: {why}"));
    book.sheets[0].rows.iter().flat_map(|row| row.cells.iter().map(|cell| cell.value.clone())).collect()
}

#[test]
fn each_bomb_is_read_or_refused_in_words() {
    let mut said = Vec::new();
    let mut names: Vec<_> = fs::read_dir(bombs()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    for name in names {
        let name = name.to_str().unwrap().to_owned();
        let result = match bomb(&name) {
            Ok(book) => format!("read: {}", book.sheets.iter().map(|sheet| sheet.rows.len()).sum::<usize>()),
            Err(why) => format!("refused: {why}"),
        };
        said.push(format!("{name}: {result}"));
    }
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn days_are_the_same_by_either_count() {
    let days = |name| values(name).iter().filter_map(|value| value.day().ok()).collect::<Vec<_>>();
    let wanted = ["2026-11-18".parse().unwrap(); 2];
    assert_eq!([days("date1900.xlsx"), days("date1904.xlsx")], [wanted, wanted]);
}
