//! CSV of others: with commas, semicolons or tabs, in UTF-8 or UTF-16, and with any line ends.

use super::decode;
use super::grid::{Cell, CellValue, Grid, LONGEST, Row, cleaned};

/// The largest file, in bytes.
pub const FILE: usize = 32 << 20;
/// The most rows of a file that people fill in.
pub const ROWS: usize = 20_000;
/// The most cells of a row.
pub const COLUMNS: usize = 512;
/// The most cells of a file, empty ones too.
pub const CELLS: usize = 4_000_000;
/// The most lines of a file, empty ones too.
pub const LINES: u32 = 1_000_000;
/// In how much of a first line its separator is looked for, in characters.
const SEEN: usize = 1 << 16;

/// Reads a file of at most `most` rows. What separates its cells is seen in its first line that holds any separator outside
/// quotes, or said by a first line like `sep=;`. Every cell is a text.
///
/// # Errors
/// A sentence, with the line: the file is no text, quotes stay open, or a limit is exceeded.
pub fn read(bytes: &[u8], most: usize) -> Result<Grid, String> {
    if bytes.len() > FILE {
        return Err(format!("larger than {} MiB", FILE >> 20));
    }
    let text = decode::text(bytes).map_err(|why| format!("{why}: save the file as CSV in UTF-8"))?;
    if let Some(at) = text.find('\0') {
        let line = text[..at].matches('\n').count() + 1;
        return Err(format!("line {line} holds a NUL, which is no text: save the file as CSV in UTF-8"));
    }
    let text = text.trim_start_matches('\u{feff}');
    let (separator, text, first) = match said(text) {
        Some((separator, rest)) => (separator, rest, 2),
        None => (seen(text), text, 1),
    };
    CsvReader { rest: text.chars().peekable(), separator, line: first }.rows(most)
}

/// The separator that a first line like `sep=;` says, and the text below it.
pub(super) fn said(text: &str) -> Option<(char, &str)> {
    let (line, rest) = text.split_once('\n')?;
    let mut said = line.trim_end_matches('\r').strip_prefix("sep=")?.chars();
    let separator = said.next().filter(|c| SEPARATORS.contains(c))?;
    said.next().is_none().then_some((separator, rest))
}

/// What separates cells.
const SEPARATORS: [char; 3] = [',', ';', '\t'];

/// The separator that stands most often in the first line that holds any, outside quotes.
fn seen(text: &str) -> char {
    let (mut counts, mut is_quoted) = ([0_usize; SEPARATORS.len()], false);
    for c in text.chars().take(SEEN) {
        match c {
            '"' => is_quoted = !is_quoted,
            '\n' | '\r' if !is_quoted && counts.iter().any(|count| *count > 0) => break,
            c if !is_quoted => {
                SEPARATORS.iter().zip(&mut counts).filter(|(one, _)| **one == c).for_each(|(_, count)| *count += 1);
            }
            _ => {}
        }
    }
    // Of equals, the first one wins.
    let most = counts.iter().copied().max().unwrap_or_default();
    SEPARATORS.into_iter().zip(counts).find(|(_, count)| *count == most).map_or(',', |(one, _)| one)
}

/// A file as it is read.
struct CsvReader<'t> {
    rest: std::iter::Peekable<std::str::Chars<'t>>,
    separator: char,
    line: u32,
}

/// What follows a cell.
#[derive(PartialEq, Eq)]
enum Behind {
    Cell,
    Row,
    Nothing,
}

impl CsvReader<'_> {
    fn rows(mut self, most: usize) -> Result<Grid, String> {
        let (mut grid, mut cells) = (Grid::default(), 0);
        loop {
            let mut row = Row { number: self.line, is_hidden: false, cells: Vec::new() };
            let mut column = 0;
            let behind = loop {
                let (text, behind) = self.cell()?;
                column += 1;
                let text = cleaned(&text);
                if !text.is_empty() {
                    row.cells.push(Cell { column, value: CellValue::Text(text), is_formula: false });
                }
                if column as usize > COLUMNS {
                    return Err(format!("line {}: more than {COLUMNS} columns", row.number));
                }
                if behind != Behind::Cell {
                    break behind;
                }
            };
            cells += column as usize;
            if !row.cells.is_empty() {
                grid.rows.push(row);
            }
            if grid.rows.len() > most || cells > CELLS {
                return Err(format!("more than {most} rows or {CELLS} cells"));
            }
            if self.line > LINES {
                return Err(format!("more than {LINES} lines"));
            }
            if behind == Behind::Nothing {
                return Ok(grid);
            }
        }
    }

    /// The next cell, and what follows it.
    fn cell(&mut self) -> Result<(String, Behind), String> {
        let mut text = String::new();
        if self.rest.next_if_eq(&'"').is_some() {
            self.quoted(&mut text)?;
        }
        loop {
            match self.rest.next() {
                None => return Ok((text, Behind::Nothing)),
                Some(c) if c == self.separator => return Ok((text, Behind::Cell)),
                Some(c @ ('\n' | '\r')) => {
                    self.end_line(c);
                    return Ok((text, Behind::Row));
                }
                Some(c) => self.push(c, &mut text)?,
            }
        }
    }

    /// Adds a character to the text of a cell.
    fn push(&self, c: char, text: &mut String) -> Result<(), String> {
        if text.len() >= LONGEST {
            return Err(format!("line {}: a cell has more than {} KiB", self.line, LONGEST >> 10));
        }
        text.push(c);
        Ok(())
    }

    /// The rest of a text in quotes, without the quote that opened it.
    fn quoted(&mut self, text: &mut String) -> Result<(), String> {
        let opened = self.line;
        loop {
            match self.rest.next() {
                None => return Err(format!("line {opened}: quotes that are never closed")),
                Some('"') if self.rest.next_if_eq(&'"').is_some() => text.push('"'),
                Some('"') => return Ok(()),
                Some(c @ ('\n' | '\r')) => {
                    self.end_line(c);
                    self.push('\n', text)?;
                }
                Some(c) => self.push(c, text)?,
            }
        }
    }

    /// Goes on behind a line end that began with `c`.
    fn end_line(&mut self, c: char) {
        if c == '\r' {
            self.rest.next_if_eq(&'\n');
        }
        self.line += 1;
    }
}

/// `text` without the apostrophe that some programs put before a sign so that no spreadsheet reads a formula.
pub fn unguarded(text: &str) -> &str {
    let guarded = text.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@', '\t', '\r']));
    guarded.unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::grid::letters;

    /// Each row's line and cells, by column.
    fn rows(bytes: &[u8]) -> Vec<String> {
        let grid = read(bytes, ROWS).unwrap();
        let cell = |cell: &Cell| format!("{}{}", letters(cell.column), cell.value.text());
        let row = |row: &Row| format!("{}:{}", row.number, row.cells.iter().map(cell).collect::<Vec<_>>().join("|"));
        grid.rows.iter().map(row).collect()
    }

    #[test]
    fn every_dialect_gives_the_same_rows() {
        let wanted = ["1:Aid|Bnote", "2:APR.DS-01|Ba, \"b\"; c"];
        let wide = |units: &mut dyn Iterator<Item = u16>, bytes: fn(u16) -> [u8; 2]| {
            units.flat_map(bytes).collect::<Vec<u8>>()
        };
        let text = "\u{feff}id;note\r\nPR.DS-01;\"a, \"\"b\"\"; c\"\r\n";
        let cases: [Vec<u8>; 7] = [
            b"id,note\nPR.DS-01,\"a, \"\"b\"\"; c\"".to_vec(),
            text.as_bytes().to_vec(),
            b"id\tnote\rPR.DS-01\ta, \"b\"; c\r".to_vec(),
            wide(&mut text.encode_utf16(), u16::to_le_bytes),
            wide(&mut text.encode_utf16(), u16::to_be_bytes),
            b"id,note\n\"PR.DS-01\",\"a, \"\"b\"\"; c\"\n\n\n".to_vec(),
            b"\xef\xbb\xbfid,note,\n PR.DS-01 ,\"a, \"\"b\"\"; c\",,,\n".to_vec(),
        ];
        for bytes in cases {
            assert_eq!(rows(&bytes), wanted, "{}", String::from_utf8_lossy(&bytes));
        }
        assert_eq!(rows(b"sep=;\na,b;c\n"), ["2:Aa,b|Bc"]);
    }

    #[test]
    fn rows_may_be_ragged_and_lines_are_counted_in_quotes() {
        assert_eq!(
            rows(b"a,b,c\n1\n1,2,3,4\n,,x\n\"l\r\nm\",2\nend,\n"),
            ["1:Aa|Bb|Cc", "2:A1", "3:A1|B2|C3|D4", "4:Cx", "5:Al\nm|B2", "7:Aend"]
        );
        assert_eq!(rows(b""), Vec::<String>::new());
    }

    #[test]
    fn what_is_no_csv_is_refused_with_its_line() {
        let cases: [(&[u8], &str); 5] = [
            (b"a,b\n1,\"x\n2,3\n", "line 2: quotes that are never closed"),
            (b"a\nb\xfc\n", "line 2 is not UTF-8"),
            (b"a\nb\0\n", "line 2 holds a NUL"),
            (b"\xff\xfe\x00\xd8\x00\x00", "not UTF-16"),
            (&b"\n1".repeat(20_002), "more than 20000 rows"),
        ];
        for (bytes, wanted) in cases {
            let said = read(bytes, ROWS).unwrap_err();
            assert!(said.contains(wanted), "{said}");
        }
        assert!(read(&vec![b'a'; LONGEST + 1], ROWS).unwrap_err().contains("line 1: a cell has more than 128 KiB"));
        assert!(read(&vec![b'\r'; 1_000_001], ROWS).unwrap_err().contains("more than 1000000 lines"));
        assert!(read(&vec![b','; 1_000], ROWS).unwrap_err().contains("more than 512 columns"));
        assert!(read(&vec![b'a'; FILE + 1], ROWS).unwrap_err().contains("larger than 32 MiB"));
    }

    #[test]
    fn a_guard_against_formulas_goes_and_an_apostrophe_stays() {
        assert_eq!(
            [unguarded("'=1"), unguarded("'@x"), unguarded("'tis"), unguarded("=1")],
            ["=1", "@x", "'tis", "=1"]
        );
    }
}
