//! A workbook's file around what a fuzzer made, and what must hold of any table that was read.

use std::io::{Cursor, Write};

use milepost::exchange::grid::{CellValue, Grid};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const RELATIONS: &str =
    r#"<Relationships><Relationship Id="a" Type="x/officeDocument" Target="b.xml"/></Relationships>"#;
const PARTS: &str = r#"<Relationships><Relationship Id="s" Type="x/worksheet" Target="s.xml"/><Relationship Id="t" Type="x/sharedStrings" Target="t.xml"/><Relationship Id="u" Type="x/styles" Target="u.xml"/></Relationships>"#;
const BOOK: &str = r#"<workbook xmlns:r="r"><sheets><sheet name="S" r:id="s"/></sheets></workbook>"#;

/// A workbook whose sheet, shared texts and styles are the first three parts of `data`, divided by a NUL.
pub fn sheet_of(data: &[u8]) -> Vec<u8> {
    let mut parts = data.splitn(3, |byte| *byte == 0);
    let mut next = || parts.next().unwrap_or_default();
    let files = [
        ("_rels/.rels", RELATIONS.as_bytes()),
        ("b.xml", BOOK.as_bytes()),
        ("_rels/b.xml.rels", PARTS.as_bytes()),
        ("s.xml", next()),
        ("t.xml", next()),
        ("u.xml", next()),
    ];
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(name, SimpleFileOptions::default()).expect("a new part");
        writer.write_all(bytes).expect("memory");
    }
    writer.finish().expect("memory").into_inner()
}

/// What must hold of any table.
pub fn judge(grid: &Grid) {
    assert!(grid.rows.is_sorted_by(|one, next| one.number < next.number), "rows are out of order");
    for row in &grid.rows {
        assert!(row.cells.is_sorted_by(|one, next| one.column < next.column), "cells are out of order");
        for cell in &row.cells {
            if let CellValue::Text(text) = &cell.value {
                assert!(!text.contains(['\u{feff}', '\r', '\u{a0}']), "{text:?}");
            }
            let _ = (cell.value.text(), cell.value.number(), cell.value.day(), cell.value.boolean());
        }
    }
    let _ = grid.heads(&["Control"], &["Level"]);
}
