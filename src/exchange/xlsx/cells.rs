//! The rows and cells of one sheet of a workbook.

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::super::grid::{Cell, CellValue, LONGEST, Row, letters};
use super::super::xml::parse;
use super::styles::ShownAs;
use super::text::{as_read, text_of};
use super::{CELLS, COLUMNS, MERGED, ROWS, TEXT, XmlNode, attribute, is, yes};

/// What the sheets of a workbook share.
pub(super) struct Book {
    /// The texts that cells name by their number.
    pub(super) strings: Vec<String>,
    /// As what each style shows a number.
    pub(super) styles: Vec<ShownAs>,
    /// Whether days are counted from 1904.
    pub(super) from_1904: bool,
    /// How many cells more may be read.
    pub(super) cells: usize,
    /// How many bytes of text more they may hold.
    pub(super) text: usize,
}

/// The rows of a sheet.
pub(super) fn cells(text: &str, book: &mut Book) -> Result<Vec<Row>, String> {
    let document = parse(text)?;
    let mut merged = Merges::of(&document)?;
    let Some(data) = document.root_element().children().find(|node| is(node, "sheetData")) else {
        return Ok(Vec::new());
    };
    let (mut rows, mut number) = (Vec::new(), 0);
    for node in data.children().filter(|node| is(node, "row")) {
        let before = number;
        number = match attribute(&node, "r") {
            Some(said) => said.parse().ok().filter(|row| *row > before).ok_or_else(|| out_of_order("row", said))?,
            None => before + 1,
        };
        if number > ROWS {
            if node.children().any(|cell| is(&cell, "c") && cell.has_children()) {
                return Err(format!("row {number}: more than {ROWS} rows"));
            }
            continue;
        }
        let read = row(&node, number, book)?;
        let covered = merged.in_row(number)?;
        let cells = covering(read, &covered, number, book)?;
        if !cells.is_empty() {
            rows.push(Row { number, is_hidden: yes(attribute(&node, "hidden")), cells });
        }
    }
    Ok(rows)
}

fn out_of_order(what: &str, said: &str) -> String {
    format!("{what} `{said}` is none, or stands behind a later one")
}

/// The cells of a row that hold anything.
fn row(node: &XmlNode<'_, '_>, number: u32, book: &mut Book) -> Result<Vec<Cell>, String> {
    let (mut cells, mut column) = (Vec::new(), 0);
    for node in node.children().filter(|node| is(node, "c")) {
        let before = column;
        column = match attribute(&node, "r") {
            Some(said) => {
                let place = reference(said).filter(|(row, column)| *row == number && *column > before);
                place.ok_or_else(|| out_of_order("cell", said))?.1
            }
            None => before + 1,
        };
        let at = || format!("cell {}{number}", letters(column));
        let is_formula = node.children().any(|child| is(&child, "f") && !is_constant(&child));
        let value = value(&node, book).map_err(|why| format!("{}: {why}", at()))?;
        if value == CellValue::Empty && !is_formula {
            continue;
        }
        if column > COLUMNS {
            return Err(format!("{}: more than {COLUMNS} columns", at()));
        }
        let length = if let CellValue::Text(text) = &value { text.len() } else { 0 };
        if length > LONGEST {
            return Err(format!("{}: more than {} KiB", at(), LONGEST >> 10));
        }
        book.take(length)?;
        cells.push(Cell { column, value, is_formula });
    }
    Ok(cells)
}

/// Whether a formula is only how some programs write true and false.
fn is_constant(formula: &XmlNode<'_, '_>) -> bool {
    formula.text().is_some_and(|text| matches!(text.trim_start_matches('=').trim(), "TRUE()" | "FALSE()"))
}

impl Book {
    /// Counts a cell with so many bytes of text.
    fn take(&mut self, text: usize) -> Result<(), String> {
        self.cells = self.cells.checked_sub(1).ok_or_else(|| format!("more than {CELLS} cells"))?;
        let more = || format!("more than {} MiB of text", TEXT >> 20);
        self.text = self.text.checked_sub(text).ok_or_else(more)?;
        Ok(())
    }
}

/// What a cell shows.
fn value(node: &XmlNode<'_, '_>, book: &Book) -> Result<CellValue, String> {
    let child = |name| node.children().find(|child| is(child, name));
    let written = child("v").map(|v| v.children().filter_map(|text| text.text()).collect::<String>());
    let text = |text: String| if text.is_empty() { CellValue::Empty } else { CellValue::Text(text) };
    Ok(match (attribute(node, "t").unwrap_or("n"), written) {
        ("inlineStr", _) => child("is").map_or(CellValue::Empty, |is| text(text_of(is))),
        (_, None) => CellValue::Empty,
        ("s", Some(at)) => {
            let shared = at.trim().parse::<usize>().ok().and_then(|at| book.strings.get(at));
            text(shared.cloned().ok_or_else(|| format!("there is no shared text {at}"))?)
        }
        ("str", Some(written)) => text(as_read(&written)),
        ("b", Some(written)) => CellValue::Boolean(yes(Some(written.trim()))),
        ("e", Some(written)) => CellValue::Fault(written.trim().to_owned()),
        ("d", Some(written)) => iso(written.trim()),
        (_, Some(written)) if written.trim().is_empty() => CellValue::Empty,
        (_, Some(written)) => {
            let number = number(written.trim()).ok_or_else(|| format!("`{written}` is no number"))?;
            let style = attribute(node, "s").and_then(|style| style.parse::<usize>().ok());
            match style.and_then(|style| book.styles.get(style)).copied().unwrap_or_default() {
                ShownAs::Number => CellValue::Number(number),
                ShownAs::Date => day(&number, book.from_1904),
                ShownAs::Percentage => CellValue::Percentage(hundredfold(&number)),
            }
        }
    })
}

/// A day as ISO writes it, perhaps with a time.
fn iso(text: &str) -> CellValue {
    let (day, time) = text.split_once('T').unwrap_or((text, ""));
    let is_midnight = time.trim_end_matches('Z').bytes().all(|byte| matches!(byte, b'0' | b':' | b'.'));
    day.parse::<Date>().map_or_else(|_| CellValue::Text(text.to_owned()), |day| CellValue::Day(day, !is_midnight))
}

/// More days than spreadsheets count: none shows a year of five digits.
const LAST_DAY: i32 = 3_000_000;

/// The day that a count of days means.
fn day(number: &str, from_1904: bool) -> CellValue {
    let none = || CellValue::Fault(format!("the number {number} as a date"));
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let Some(count) = whole.parse::<i32>().ok().filter(|count| *count < LAST_DAY) else { return none() };
    // In the count from 1900, 60 is a day that never was, and 0 a time without a day.
    let first = match (from_1904, count) {
        (true, 0..) => date(1904, 1, 1),
        (false, 60) => return none(),
        (false, 1..60) => date(1899, 12, 31),
        (false, 60..) => date(1899, 12, 30),
        _ => return none(),
    };
    first.checked_add(count.days()).map_or_else(|_| none(), |day| CellValue::Day(day, !fraction.is_empty()))
}

/// A hundred times a number.
fn hundredfold(decimal: &str) -> String {
    number(&format!("{decimal}E2")).unwrap_or_else(|| decimal.to_owned())
}

/// The significant digits of a spreadsheet's number.
const DIGITS: usize = 15;

/// A number as spreadsheets write it, as a plain decimal with at most 15 significant digits, rounded half up: programs write 0.07 as
/// `7.0000000000000007E-2`.
fn number(text: &str) -> Option<String> {
    let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    let exponent: i32 = exponent.parse().ok().filter(|exponent| (-400..=400).contains(exponent))?;
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    if all.is_empty() || all.len() > 400 || !all.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let significant = all.trim_start_matches('0');
    let zeros = all.len() - significant.len();
    let (significant, carries) = rounded(significant);
    // How many digits stand before the point.
    let point = i32::try_from(whole.len()).ok()? - i32::try_from(zeros).ok()? + exponent + i32::from(carries);
    let significant = significant.trim_end_matches('0');
    if significant.is_empty() {
        return Some("0".to_owned());
    }
    let length = i32::try_from(significant.len()).ok()?;
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or_default());
    Some(if point <= 0 {
        format!("{sign}0.{}{significant}", zeros(-point))
    } else if point >= length {
        format!("{sign}{significant}{}", zeros(point - length))
    } else {
        let (whole, fraction) = significant.split_at(usize::try_from(point).ok()?);
        format!("{sign}{whole}.{fraction}")
    })
}

/// The first 15 of these digits, rounded half up, and whether that made a digit more in front.
fn rounded(digits: &str) -> (String, bool) {
    let Some(next) = digits.as_bytes().get(DIGITS) else { return (digits.to_owned(), false) };
    let kept: u64 = digits[..DIGITS].parse().unwrap_or_default();
    let kept = (kept + u64::from(*next >= b'5')).to_string();
    let carries = kept.len() > DIGITS;
    (kept, carries)
}

/// `BC12` as row 12 and column 55.
fn reference(text: &str) -> Option<(u32, u32)> {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (column, row) = text.split_at_checked(letters).filter(|_| (1..=3).contains(&letters))?;
    let column = column.bytes().fold(0, |sum, byte| sum * 26 + u32::from(byte.to_ascii_uppercase() - b'A' + 1));
    let row: u32 = row.parse().ok()?;
    ((1..=1_048_576).contains(&row) && column <= 16_384).then_some((row, column))
}

/// A merged range.
#[derive(Clone, Copy)]
struct MergedRange {
    rows: (u32, u32),
    columns: (u32, u32),
}

/// The merged ranges of a sheet, looked up row by row, downwards.
struct Merges {
    /// Those that begin further down, the last ones first.
    below: Vec<MergedRange>,
    /// Those that reach the row.
    here: Vec<MergedRange>,
}

impl Merges {
    fn of(document: &roxmltree::Document<'_>) -> Result<Self, String> {
        let ranges = document.descendants().filter(|node| is(node, "mergeCell"));
        let mut below = Vec::new();
        for said in ranges.filter_map(|node| attribute(&node, "ref")) {
            let ends = said.split_once(':').unwrap_or((said, said));
            let (Some(first), Some(last)) = (reference(ends.0), reference(ends.1)) else {
                return Err(format!("`{said}` is no range of cells"));
            };
            below.push(MergedRange { rows: (first.0, last.0), columns: (first.1, last.1) });
            if below.len() > MERGED {
                return Err(format!("more than {MERGED} merged ranges"));
            }
        }
        below.sort_by_key(|merge| std::cmp::Reverse(merge.rows.0));
        Ok(Self { below, here: Vec::new() })
    }

    /// The ranges that reach a row, by their columns.
    fn in_row(&mut self, row: u32) -> Result<Vec<MergedRange>, String> {
        self.here.retain(|merge| merge.rows.1 >= row);
        while let Some(merge) = self.below.pop_if(|merge| merge.rows.0 <= row) {
            let overlaps =
                |other: &MergedRange| merge.columns.0 <= other.columns.1 && other.columns.0 <= merge.columns.1;
            if self.here.iter().any(overlaps) {
                return Err(format!("merged ranges overlap in row {row}"));
            }
            if merge.rows.1 >= row {
                self.here.push(merge);
            }
        }
        self.here.sort_by_key(|merge| merge.columns.0);
        Ok(self.here.clone())
    }
}

/// The cells of a row, with those that are merged with another one.
fn covering(cells: Vec<Cell>, merged: &[MergedRange], row: u32, book: &mut Book) -> Result<Vec<Cell>, String> {
    if merged.is_empty() {
        return Ok(cells);
    }
    let holds = |merge: &MergedRange, column: u32| (merge.columns.0..=merge.columns.1).contains(&column);
    let is_first = |merge: &MergedRange, column: u32| (row, column) == (merge.rows.0, merge.columns.0);
    let is_free = |cell: &Cell| merged.iter().all(|merge| !holds(merge, cell.column) || is_first(merge, cell.column));
    let mut all: Vec<Cell> = cells.into_iter().filter(is_free).collect();
    for merge in merged {
        let by = format!("{}{}", letters(merge.columns.0), merge.rows.0);
        for column in merge.columns.0..=merge.columns.1.min(COLUMNS) {
            if !is_first(merge, column) {
                book.take(by.len())?;
                all.push(Cell { column, value: CellValue::Covered(by.clone()), is_formula: false });
            }
        }
    }
    all.sort_by_key(|cell| cell.column);
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_people_typed_them() {
        let cases = [
            ("3", "3"),
            ("3.0", "3"),
            ("2.5", "2.5"),
            ("-0.5", "-0.5"),
            ("7.0000000000000007E-2", "0.07"),
            ("2.2999999999999998", "2.3"),
            ("0.99999999999999999", "1"),
            ("9.9999999999999999E+1", "100"),
            ("1E+2", "100"),
            ("1.5e-3", "0.0015"),
            ("0", "0"),
            ("-0.0", "0"),
            ("46344.75", "46344.75"),
        ];
        for (text, wanted) in cases {
            assert_eq!(number(text).as_deref(), Some(wanted), "{text}");
        }
        let percentages = ["0.35", "1", "-0.005", "0.3333"].map(hundredfold);
        assert_eq!(percentages, ["35", "100", "-0.5", "33.33"]);
        for text in ["", "-", ".", "1e", "1e999999", "nan", "inf", "1,5", "--1", "0x10"] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn days_are_counted_from_1900_or_1904() {
        let shown = |number: &str, from_1904| day(number, from_1904);
        let is = |year, month, day_of| CellValue::Day(date(year, month, day_of), false);
        assert_eq!(shown("46344", false), is(2026, 11, 18));
        assert_eq!(shown("44882", true), is(2026, 11, 18));
        assert_eq!(shown("1", false), is(1900, 1, 1));
        assert_eq!(shown("61", false), is(1900, 3, 1));
        assert_eq!(shown("46344.5", false), CellValue::Day(date(2026, 11, 18), true));
        for number in ["60", "0", "0.5", "-1", "99999999", "99999999999999"] {
            assert!(matches!(shown(number, false), CellValue::Fault(_)), "{number}");
        }
        assert_eq!(iso("2026-11-18T00:00:00"), is(2026, 11, 18));
        assert_eq!(iso("2026-11-18T09:30:00Z"), CellValue::Day(date(2026, 11, 18), true));
    }

    #[test]
    fn references_stay_in_a_sheet() {
        assert_eq!(
            [reference("BC12"), reference("a1"), reference("XFD1048576")],
            [Some((12, 55)), Some((1, 1)), Some((1_048_576, 16_384))]
        );
        for text in ["", "A", "1", "A0", "XFE1", "AAAAAAAAAAAAAA1", "A1048577", "A-1", "Ä1", "A1 "] {
            assert_eq!(reference(text), None, "{text}");
        }
    }
}
