//! Splits registers that are too long for one page: which rows each of their pages holds.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::Range;

use serde::Serialize;

use crate::report::address::{Address, LongPage, Register};

/// The registers that are split, each with the rows of its parts. All others fit on their page.
#[derive(Debug, Default)]
pub struct Paging(BTreeMap<Register, Vec<Range<usize>>>);

/// The tables of a page may have about so many bytes together. Scripts with the same rows are a third larger, and neither shall
/// be larger than a megabyte.
pub const ROOM: usize = 600_000;

impl Paging {
    /// Splits the registers of some pages, so that those of one page have about `room` bytes together. Each register comes with the sizes
    /// of its rows.
    pub fn new(pages: impl IntoIterator<Item = (LongPage, Vec<(&'static str, Vec<usize>)>)>, room: usize) -> Self {
        let mut paging = Self::default();
        for (page, tables) in pages {
            let most = share(tables.iter().map(|(_, sizes)| sizes.iter().sum()).collect(), room);
            for (name, sizes) in tables {
                let parts = parts(sizes, most);
                if parts.len() > 1 {
                    paging.0.insert(Register { page, name }, parts);
                }
            }
        }
        paging
    }

    /// The rows of each part of a register; `None` if it fits on its page.
    pub fn parts(&self, register: Register) -> Option<&[Range<usize>]> {
        self.0.get(&register).map(Vec::as_slice)
    }

    /// The further pages of all registers that are split, and the scripts with the rows of each part.
    pub fn addresses(&self) -> impl Iterator<Item = Address> {
        self.0.iter().flat_map(|(register, parts)| {
            let pages = (1..parts.len()).map(|part| Address::Part(*register, part));
            let scripts = if register.has_filters() { 0..parts.len() } else { 0..0 };
            pages.chain(scripts.map(|part| Address::Rows(*register, part)))
        })
    }
}

/// How many bytes of a page each table may have, so that all have `room` together: what small ones leave is for the others.
fn share(mut tables: Vec<usize>, room: usize) -> usize {
    tables.sort_unstable();
    let (mut left, mut others) = (room, tables.len());
    for table in tables {
        if table > left / others {
            return left / others;
        }
        left -= table;
        others -= 1;
    }
    room
}

/// Ranges of rows that have at most `most` bytes together, or one row. At least one range.
pub fn parts(sizes: impl IntoIterator<Item = usize>, most: usize) -> Vec<Range<usize>> {
    let (mut parts, mut start, mut bytes, mut count) = (Vec::new(), 0, 0, 0);
    for size in sizes {
        if bytes + size > most && count > start {
            parts.push(start..count);
            (start, bytes) = (count, 0);
        }
        bytes += size;
        count += 1;
    }
    parts.push(start..count);
    parts
}

/// About how many bytes a row takes on a page: its texts as they are escaped, and for the markup around each of them as much as its name
/// in JSON takes.
pub fn size(row: &impl Serialize) -> usize {
    let mut bytes = Bytes(0);
    serde_json::to_writer(&mut bytes, row).expect("rows are plain values, and nothing is written");
    bytes.0
}

/// Counts what is written to it.
struct Bytes(usize);

impl Write for Bytes {
    fn write(&mut self, written: &[u8]) -> io::Result<usize> {
        // A character that HTML escapes takes up to six bytes; a quote stands behind a backslash here.
        let escaped = written.iter().filter(|byte| matches!(byte, b'<' | b'>' | b'&' | b'\'' | b'\\'));
        self.0 += written.len() + 5 * escaped.count();
        Ok(written.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::QuarterId;
    use crate::report::address::QuarterPage;

    fn evidence(q: QuarterId) -> Register {
        Register { page: LongPage::Quarterly(q, QuarterPage::Evidence), name: "evidence" }
    }

    #[test]
    fn parts_hold_every_row_once_in_order_and_keep_their_size() {
        assert_eq!(parts([], 10).len(), 1);
        assert_eq!(parts([4, 4, 4, 4, 4], 10), [0..2, 2..4, 4..5]);
        assert_eq!(parts([4, 99, 4, 4], 10), [0..1, 1..2, 2..4]);
        assert_eq!(parts([10], 10).len(), 1);
    }

    #[test]
    fn the_tables_of_a_page_share_its_room() {
        let assessment = crate::model::assessment::tests::assessment(
            crate::model::settings::tests::settings(&[("web", 1)]),
            vec![crate::model::assessment::tests::framework("dr", &[("A.X-1", 1)])],
            vec![crate::model::assessment::tests::quarter("2026-Q3", &[])],
        );
        let register = evidence(assessment.newest());
        let split = |tables| Paging::new([(register.page, tables)], 20);
        assert_eq!(split(vec![("evidence", vec![8, 8])]).parts(register), None);
        assert_eq!(split(vec![("evidence", vec![8, 8]), ("other", vec![4])]).parts(register), None);
        let two = split(vec![("evidence", vec![8, 8]), ("other", vec![9])]);
        assert_eq!(two.parts(register), Some([0..1, 1..2].as_slice()));
        let paths: Vec<String> = two.addresses().map(|address| address.path(&assessment)).collect();
        assert_eq!(
            paths,
            ["2026-Q3/evidence/evidence-2.html", "2026-Q3/evidence/evidence-1.js", "2026-Q3/evidence/evidence-2.js"]
        );
    }

    #[test]
    fn a_size_counts_texts_as_pages_escape_them() {
        assert_eq!(size(&"ab"), 4);
        assert_eq!(size(&"<<"), 2 + 12);
        assert_eq!(size(&"\""), 2 + 7);
    }
}
