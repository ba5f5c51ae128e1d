//! Somebody's CSV in: rows in order, cells in order, every limit kept, whatever the bytes are.

#![no_main]

use libfuzzer_sys::fuzz_target;
use milepost::exchange::csv;
use milepost_fuzz::packed::judge;

fuzz_target!(|data: &[u8]| {
    if let Ok(grid) = csv::read(data, csv::ROWS) {
        assert!(grid.rows.len() <= csv::ROWS);
        judge(&grid);
    }
});
