//! Somebody's workbook in, as its bytes and as the parts of a sound archive: rows in order, cells in order, every limit kept.

#![no_main]

use libfuzzer_sys::fuzz_target;
use milepost::exchange::xlsx;
use milepost_fuzz::packed::{judge, sheet_of};

fuzz_target!(|data: &[u8]| {
    for file in [data.to_vec(), sheet_of(data)] {
        if let Ok(book) = xlsx::read(&file) {
            assert!(book.sheets.len() <= xlsx::SHEETS);
            let cells: usize = book.sheets.iter().flat_map(|sheet| &sheet.rows).map(|row| row.cells.len()).sum();
            assert!(cells <= xlsx::CELLS);
            book.sheets.iter().for_each(judge);
        }
    }
});
