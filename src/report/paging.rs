//! Splits registers that are too long for one page: which rows each of their pages holds.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::Range;

use serde::Serialize;

use crate::model::assessment::Assessment;
use crate::model::ids::QuarterId;
use crate::report::address::{Address, LongPage, QuarterPage, Register, finding_anchor, planned_anchor};

/// The registers that are split. All others fit on their page.
#[derive(Debug, Default)]
pub struct Paging {
    /// The rows of each part.
    parts: BTreeMap<Register, Vec<Range<usize>>>,
    /// Where links to a row lead that is not on the page itself, by the page and the row's anchor.
    further: BTreeMap<(LongPage, String), Address>,
}

/// A table of a page, as far as its parts depend on it.
#[derive(Debug)]
pub struct Measured {
    /// Its name on the page.
    pub name: &'static str,
    /// About how many bytes each of its rows takes.
    pub sizes: Vec<usize>,
    /// The anchor of each row; empty if no link leads to a row.
    pub anchors: Vec<String>,
}

/// The tables of a page may have about so many bytes together. Scripts with the same rows are a third larger, and neither shall
/// be larger than a megabyte.
pub const ROOM: usize = 600_000;

impl Paging {
    /// Splits the registers of some pages, so that those of one page have about `room` bytes together.
    pub fn new(pages: impl IntoIterator<Item = (LongPage, Vec<Measured>)>, room: usize) -> Self {
        let mut paging = Self::default();
        for (page, tables) in pages {
            let most = share(tables.iter().map(|table| table.sizes.iter().sum()).collect(), room);
            for Measured { name, sizes, anchors } in tables {
                let parts = parts(sizes, most);
                if parts.len() == 1 {
                    continue;
                }
                let register = Register { page, name };
                for (part, rows) in parts.iter().enumerate().skip(1) {
                    let rows = anchors.get(rows.clone()).unwrap_or_default().iter();
                    paging.further.extend(rows.map(|anchor| ((page, anchor.clone()), register.part(part))));
                }
                paging.parts.insert(register, parts);
            }
        }
        paging
    }

    /// Where a row of a page stands: on the page, or on a further one of its register.
    pub fn holder(&self, page: LongPage, anchor: &str) -> Address {
        self.further.get(&(page, anchor.to_owned())).copied().unwrap_or(page.address())
    }

    /// The rows of each part of a register; `None` if it fits on its page.
    pub fn parts(&self, register: Register) -> Option<&[Range<usize>]> {
        self.parts.get(&register).map(Vec::as_slice)
    }

    /// The further pages of all registers that are split, and the scripts with the rows of each part.
    pub fn addresses(&self) -> impl Iterator<Item = Address> {
        self.parts.iter().flat_map(|(register, parts)| {
            let pages = (1..parts.len()).map(|part| Address::Part(*register, part));
            let scripts = if register.has_filters() { 0..parts.len() } else { 0..0 };
            pages.chain(scripts.map(|part| Address::Rows(*register, part)))
        })
    }
}

/// The row of an action or an exception on the pages of actions of quarter `q`.
pub fn planned(paging: Option<&Paging>, assessment: &Assessment, q: QuarterId, id: &str) -> String {
    row_of(paging, assessment, LongPage::Quarterly(q, QuarterPage::Actions), &planned_anchor(id))
}

/// The row of a reviewer's finding on the pages of reviews of quarter `q`.
pub fn found(paging: Option<&Paging>, assessment: &Assessment, q: QuarterId, id: &str) -> String {
    row_of(paging, assessment, LongPage::Quarterly(q, QuarterPage::Reviews), &finding_anchor(id))
}

fn row_of(paging: Option<&Paging>, assessment: &Assessment, page: LongPage, anchor: &str) -> String {
    let holder = paging.map_or(page.address(), |paging| paging.holder(page, anchor));
    format!("{}#{anchor}", holder.path(assessment))
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
        let table = |(name, sizes): (&'static str, Vec<usize>)| Measured {
            name,
            anchors: (0..sizes.len()).map(|row| format!("{name}-{row}")).collect(),
            sizes,
        };
        let split = |tables: Vec<_>| Paging::new([(register.page, tables.into_iter().map(table).collect())], 20);
        assert_eq!(split(vec![("evidence", vec![8, 8])]).parts(register), None);
        assert_eq!(split(vec![("evidence", vec![8, 8]), ("other", vec![4])]).parts(register), None);
        let two = split(vec![("evidence", vec![8, 8]), ("other", vec![9])]);
        assert_eq!(two.parts(register), Some([0..1, 1..2].as_slice()));
        for (row, path) in
            [("evidence-0", "evidence/index"), ("evidence-1", "evidence/evidence-2"), ("?", "evidence/index")]
        {
            assert_eq!(two.holder(register.page, row).path(&assessment), format!("2026-Q3/{path}.html"), "{row}");
        }
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
