//! A table of somebody else's: rows of cells, each with its place in the file, whatever container it came in.

use std::collections::BTreeMap;

use jiff::civil::Date;

/// The most bytes of a cell: more than the 32,767 characters that spreadsheets allow can have.
pub const LONGEST: usize = 1 << 17;

/// A sheet of a workbook, or a whole CSV file.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    /// The sheet's name; empty for a CSV file.
    pub name: String,
    /// Whether the sheet is hidden.
    pub is_hidden: bool,
    /// The rows that hold anything, in order.
    pub rows: Vec<Row>,
    /// How many cells have a comment, which nobody reads.
    pub comments: usize,
}

/// A row.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// The row of the sheet, or the line of the file on which it starts, from 1.
    pub number: u32,
    /// Whether the row is hidden, by hand or by a filter. It counts like any other.
    pub is_hidden: bool,
    /// The cells that hold anything, in order.
    pub cells: Vec<Cell>,
}

/// A cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The column, from 1.
    pub column: u32,
    /// What the cell shows. For a formula, it is what the program that saved the file made of it.
    pub value: CellValue,
    /// Whether the cell holds a formula.
    pub is_formula: bool,
}

/// What a cell shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CellValue {
    /// Nothing.
    Empty,
    /// A text: no byte order mark, LF at the end of each line, and a plain blank for one that does not break.
    Text(String),
    /// A number, as a plain decimal of at most 15 significant digits: `2.5`, `-3`.
    Number(String),
    /// A number that is shown as a percentage, as it is shown: `35` for 0.35.
    Percentage(String),
    /// True or false.
    Boolean(bool),
    /// A day, and whether the cell gives a time of that day too.
    Day(Date, bool),
    /// An error such as `#REF!`, or a date that is none.
    Fault(String),
    /// Nothing, because the cell is merged with this one, whose value does not count for it.
    Covered(String),
}

/// The number of a column, and what it is called.
pub type NamedColumn<'a> = (u32, &'a str);

/// What a cell says, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellText {
    /// What it says.
    pub text: String,
    /// Where it is.
    pub place: String,
}

/// A cell that holds nothing.
static NOTHING: Cell = Cell { column: 0, value: CellValue::Empty, is_formula: false };

impl CellValue {
    /// The value as a text without outer blanks.
    pub fn text(&self) -> String {
        match self {
            Self::Empty | Self::Covered(_) => String::new(),
            Self::Text(text) => text.trim().to_owned(),
            Self::Number(number) => number.clone(),
            Self::Percentage(number) => format!("{number}%"),
            Self::Boolean(true) => "TRUE".to_owned(),
            Self::Boolean(false) => "FALSE".to_owned(),
            Self::Day(day, _) => day.to_string(),
            Self::Fault(fault) => fault.clone(),
        }
    }

    /// Whether nobody would see anything in the cell.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Empty | Self::Covered(_) => true,
            Self::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }

    /// The value as a plain decimal: `3`, `2.5`; a text may have a decimal comma.
    pub fn number(&self) -> Option<String> {
        match self {
            Self::Number(number) => Some(number.clone()),
            Self::Text(text) => decimal(text.trim()),
            _ => None,
        }
    }

    /// The number before the sign of a percentage: `35` of `35%`, whether the cell shows it so or somebody wrote it.
    pub fn percentage(&self) -> Option<String> {
        match self {
            Self::Percentage(number) => Some(number.clone()),
            Self::Text(text) => decimal(text.trim().strip_suffix('%')?.trim()),
            _ => None,
        }
    }

    /// The value as a day: a date cell, or a text like 2026-11-18.
    ///
    /// # Errors
    /// A sentence that says why it is no day, and what to write.
    pub fn day(&self) -> Result<Date, String> {
        let day = match self {
            Self::Day(day, _) => *day,
            Self::Text(text) => {
                iso_day(text.trim()).ok_or_else(|| format!("{}: write it like 2026-11-18", no_day(text.trim())))?
            }
            Self::Number(_) | Self::Percentage(_) => {
                return Err("a number that is not shown as a date: write a day like 2026-11-18".to_owned());
            }
            Self::Fault(fault) => return Err(format!("{fault}: write a day like 2026-11-18")),
            _ => return Err("no day: write one like 2026-11-18".to_owned()),
        };
        if day.year() < FIRST_YEAR {
            return Err(format!("the day {day} lies before {FIRST_YEAR}"));
        }
        Ok(day)
    }

    /// The value as true or false, in words or as spreadsheets have it.
    pub fn boolean(&self) -> Option<bool> {
        match self {
            Self::Boolean(value) => Some(*value),
            Self::Text(text) => match text.trim().to_lowercase().as_str() {
                "yes" | "true" => Some(true),
                "no" | "false" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }
}

/// No evidence is so old: a day before this year is a number that somebody shows as a date.
const FIRST_YEAR: i16 = 1990;

fn iso_day(text: &str) -> Option<Date> {
    is_like_a_day(text).then(|| text.parse().ok()).flatten()
}

/// Whether a text has the form of 2026-11-18.
fn is_like_a_day(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

/// Why a text is no day.
fn no_day(text: &str) -> &'static str {
    let mut parts = text.split(['.', '/', '-']).map(str::len);
    let is_in_figures = text.bytes().all(|byte| byte.is_ascii_digit() || b"./-".contains(&byte));
    match (parts.next(), parts.next(), parts.next()) {
        _ if is_like_a_day(text) => "the calendar has no such day",
        // Day and month may stand in either order.
        (Some(1..=2), Some(1..=2), Some(2..=4)) if is_in_figures => "no day that can only be read in one way",
        _ => "not written like a day",
    }
}

/// A decimal with a point or a comma, as one with a point and no more digits than it needs; `None` where the text is no plain
/// number or can be read in two ways, as `1.234,5`.
pub fn decimal(text: &str) -> Option<String> {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once(['.', ',']).unwrap_or((digits, "0"));
    let is_number = |part: &str| (1..=15).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let fraction = fraction.trim_end_matches('0');
    let sign = if whole == "0" && fraction.is_empty() { "" } else { sign };
    Some(if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
}

/// `text` as cells hold it: no byte order mark, LF at the end of each line, and a plain blank for one that does not break.
pub fn cleaned(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let kept = text.chars().filter(|c| *c != '\u{feff}');
    kept.map(|c| match c {
        '\r' => '\n',
        '\u{a0}' | '\u{202f}' => ' ',
        c => c,
    })
    .collect()
}

/// The letters of a column: `F`, `AB`.
pub fn letters(mut column: u32) -> String {
    let mut out = Vec::new();
    while column > 0 {
        column -= 1;
        out.push(b'A' + u8::try_from(column % 26).unwrap_or_default());
        column /= 26;
    }
    out.iter().rev().map(|byte| char::from(*byte)).collect()
}

impl Cell {
    /// Whether there is nothing in the cell to tell of.
    pub fn is_empty(&self) -> bool {
        self.value.is_blank() && !self.is_formula && !matches!(self.value, CellValue::Covered(_))
    }
}

impl Row {
    /// The cell in a column.
    pub fn cell(&self, column: u32) -> &Cell {
        self.cells.binary_search_by_key(&column, |cell| cell.column).map_or(&NOTHING, |at| &self.cells[at])
    }

    /// The cell in a column that may be missing.
    pub fn get(&self, column: Option<u32>) -> &Cell {
        column.map_or(&NOTHING, |column| self.cell(column))
    }

    /// Whether nobody would see anything in the row.
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.value.is_blank())
    }
}

/// The row of a grid that names its columns.
#[derive(Clone, Debug)]
pub struct Heads {
    /// The heads' row in [`Grid::rows`].
    at: usize,
    columns: BTreeMap<String, u32>,
}

impl Heads {
    /// The column with this head.
    pub fn column(&self, name: &str) -> Option<u32> {
        self.columns.get(&folded(name)).copied()
    }

    /// Each head as it is compared, with its column.
    pub fn all(&self) -> impl Iterator<Item = (&str, u32)> {
        self.columns.iter().map(|(name, column)| (name.as_str(), *column))
    }

    /// The heads' own row.
    pub fn row<'g>(&self, grid: &'g Grid) -> Option<&'g Row> {
        grid.rows.get(self.at)
    }

    /// The rows below the heads.
    pub fn rows<'g>(&self, grid: &'g Grid) -> &'g [Row] {
        grid.rows.get(self.at + 1..).unwrap_or_default()
    }

    /// The cells of a row that show something in a column without a head.
    pub fn unnamed<'r>(&self, row: &'r Row) -> impl Iterator<Item = &'r Cell> {
        row.cells
            .iter()
            .filter(|cell| !cell.value.is_blank() && !self.columns.values().any(|named| *named == cell.column))
    }
}

/// The first rows of a sheet, among which its heads are looked for.
const ABOVE: usize = 30;

impl Grid {
    /// Finds the row that names the columns: the first of the first 30 that holds all of `required`. No head of `required` or
    /// `optional` may stand twice.
    ///
    /// # Errors
    /// A sentence: which head is missing, or stands twice.
    pub fn heads(&self, required: &[&str], optional: &[&str]) -> Result<Heads, String> {
        let candidates = self.rows.iter().take(ABOVE).enumerate();
        let missing = |row: &Row| required.iter().filter(|name| !names(row).any(|head| head.0 == folded(name))).count();
        let Some((at, row)) = candidates.min_by_key(|(_, row)| missing(row)) else {
            return Err(format!("{} holds nothing", self.called()));
        };
        if missing(row) > 0 {
            let lacks = required.iter().filter(|name| !names(row).any(|head| head.0 == folded(name)));
            let lacks: Vec<String> = lacks.map(|name| format!("`{name}`")).collect();
            return Err(format!("{} has no column {}", self.called(), lacks.join(", ")));
        }
        let mut columns = BTreeMap::new();
        for (name, column) in names(row) {
            let wanted = required.iter().chain(optional).any(|wanted| folded(wanted) == name);
            if wanted && let Some(first) = columns.get(&name) {
                let (first, second) = (letters(*first), letters(column));
                return Err(format!("{} has two columns `{name}`: {first} and {second}", self.called()));
            }
            columns.entry(name).or_insert(column);
        }
        Ok(Heads { at, columns })
    }

    /// Whether one of the first 30 rows holds all of these heads.
    pub fn has_heads(&self, wanted: &[&str]) -> bool {
        let has = |row: &Row| wanted.iter().all(|name| names(row).any(|head| head.0 == folded(name)));
        self.rows.iter().take(ABOVE).any(has)
    }

    /// The place of a cell: `PR Protect!F12`, or `line 7` of a CSV file.
    pub fn place(&self, row: &Row, column: u32) -> String {
        if self.name.is_empty() {
            format!("line {}", row.number)
        } else {
            format!("{}!{}{}", self.name, letters(column.max(1)), row.number)
        }
    }

    /// What it is called in a sentence.
    pub fn called(&self) -> String {
        if self.name.is_empty() { "the file".to_owned() } else { format!("the sheet `{}`", self.name) }
    }
}

/// The heads that a row would give, as they are compared.
fn names(row: &Row) -> impl Iterator<Item = (String, u32)> + '_ {
    let texts = row.cells.iter().map(|cell| (folded(&cell.value.text()), cell.column));
    texts.filter(|(name, _)| !name.is_empty())
}

/// A head as it is compared: lower case, one blank for each run of blanks and line ends, none outside.
pub fn folded(name: &str) -> String {
    cleaned(name).split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: u32, texts: &[&str]) -> Row {
        let cell = |(column, text): (u32, &&str)| {
            let value = if text.is_empty() { CellValue::Empty } else { CellValue::Text((*text).to_owned()) };
            Cell { column, value, is_formula: false }
        };
        Row { number, is_hidden: false, cells: (1..).zip(texts).map(cell).collect() }
    }

    #[test]
    fn columns_are_found_by_their_heads_wherever_they_stand() {
        let rows = vec![
            row(1, &["A title"]),
            row(3, &["", "LEVEL ", "Still\u{a0}true?", "note"]),
            row(4, &["x", "3", "", "n", "y"]),
        ];
        let grid = Grid { name: "PR Protect".to_owned(), rows, ..Grid::default() };
        let heads = grid.heads(&["Level", "Note"], &["Still true?"]).unwrap();
        assert_eq!(
            [heads.column("level"), heads.column("Still\ntrue?"), heads.column("Reason")],
            [Some(2), Some(3), None]
        );
        let [below] = heads.rows(&grid) else { panic!("one row") };
        assert_eq!(below.get(heads.column("Level")).value.number().as_deref(), Some("3"));
        assert_eq!(heads.unnamed(below).map(|cell| cell.column).collect::<Vec<_>>(), [1, 5]);
        assert_eq!(grid.place(below, 5), "PR Protect!E4");
        assert_eq!(grid.heads(&["Level", "Reason"], &[]).unwrap_err(), "the sheet `PR Protect` has no column `Reason`");
    }

    #[test]
    fn a_head_that_stands_twice_is_refused_where_it_is_wanted() {
        let grid = Grid { rows: vec![row(1, &["id", "Level", "other", "level", "other"])], ..Grid::default() };
        assert_eq!(grid.heads(&["Level"], &[]).unwrap_err(), "the file has two columns `level`: B and D");
        assert_eq!(grid.heads(&["id"], &["other"]).unwrap_err(), "the file has two columns `other`: C and E");
        assert_eq!(grid.heads(&["id"], &[]).unwrap().column("other"), Some(3));
        assert_eq!(Grid::default().heads(&["id"], &[]).unwrap_err(), "the file holds nothing");
    }

    #[test]
    fn numbers_are_read_in_one_way_or_not_at_all() {
        let cases =
            [("3", "3"), ("3.0", "3"), ("2,5", "2.5"), ("02.50", "2.5"), ("-1", "-1"), ("-0.0", "0"), ("0,07", "0.07")];
        for (text, wanted) in cases {
            assert_eq!(decimal(text).as_deref(), Some(wanted), "{text}");
        }
        let percentage = |text: &str| CellValue::Text(text.to_owned()).percentage();
        assert_eq!(
            ["35%", "3,5\u{a0}% ", "1.234,5%", "35"].map(percentage),
            [Some("35".into()), Some("3.5".into()), None, None]
        );
        for text in ["", "1.234,5", "1,234.5", "1 000", "3.", ".5", "+3", "1e3", "３", "0x1", "1234567890123456", "nan"]
        {
            assert_eq!(decimal(text), None, "{text}");
        }
    }

    #[test]
    fn days_are_read_in_one_way_or_not_at_all() {
        let text = |text: &str| CellValue::Text(text.to_owned()).day();
        assert_eq!(text(" 2026-11-18 ").unwrap().to_string(), "2026-11-18");
        for wrong in
            ["18.11.2026", "11/18/2026", "2026-13-01", "2026-02-30", "20261118", "2026-11-18T00:00", "1899-12-30", ""]
        {
            assert!(text(wrong).is_err(), "{wrong}");
        }
        for (written, why) in [
            ("2026-13-45", "the calendar has no such day"),
            ("11/18/2026", "no day that can only be read in one way"),
            ("18.11.26", "no day that can only be read in one way"),
            ("2026/11/18", "not written like a day"),
            ("18 November 2026", "not written like a day"),
            ("today", "not written like a day"),
        ] {
            assert_eq!(text(written).unwrap_err(), format!("{why}: write it like 2026-11-18"), "{written}");
        }
        assert!(CellValue::Number("46344".to_owned()).day().unwrap_err().contains("not shown as a date"));
    }

    #[test]
    fn what_programs_add_to_texts_goes() {
        assert_eq!(cleaned("\u{feff}a\r\nb\rc\u{a0}d"), "a\nb\nc d");
        assert_eq!([letters(1), letters(26), letters(27), letters(16_384)], ["A", "Z", "AA", "XFD"]);
    }
}
