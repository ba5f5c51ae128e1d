//! A table in a CSV as JSON: a list of objects, whose keys are the cells of the first row.

use csv::ReaderBuilder;
use serde_json::{Map, Number, Value};

use super::csv::{COLUMNS, said};
use super::decode::decode;
use super::{ROWS, ReadFile, SHORT};
use crate::base::text::cut;

/// The most cells of a file.
const CELLS: usize = 2_000_000;
/// What may divide cells, where nobody says what does.
const DELIMITERS: [u8; 4] = *b",;\t|";

/// Reads a table whose cells `delimiter` divides; without one, the first row shows it. A first line like `sep=;` overrides both.
///
/// # Errors
/// A sentence without a full stop: a row has another number of cells than the first, a quotation mark is left open, or there is too
/// much of it.
pub fn read(bytes: &[u8], delimiter: Option<char>) -> Result<ReadFile, String> {
    let whole = decode(bytes)?;
    let (said, text, above) = match said(&whole) {
        Some((one, rest)) => (Some(one), rest, 1),
        None => (None, whole.as_str(), 0),
    };
    let delimiter = said.or(delimiter).and_then(|one| u8::try_from(one).ok()).unwrap_or_else(|| divider(text));
    if is_left_open(text, delimiter) {
        return Err("a quotation mark is left open at its end".to_owned());
    }
    let mut reader = ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
    let refused = |error: csv::Error| match error.kind() {
        csv::ErrorKind::UnequalLengths { pos, expected_len, len } => {
            let line = pos.as_ref().map_or(0, |pos| line_of(text, pos)) + above;
            format!("line {line} has {len} cells, and the first row has {expected_len}")
        }
        _ => format!("it is no table that can be read: {error}"),
    };
    let header: Vec<String> = reader.headers().map_err(refused)?.iter().map(|cell| cell.trim().to_owned()).collect();
    let mut told = Vec::new();
    if header.len() > COLUMNS {
        return Err(format!("it has {} columns, and at most {COLUMNS} are read", header.len()));
    }
    let is_first: Vec<bool> = header.iter().enumerate().map(|(at, name)| !header[..at].contains(name)).collect();
    for (name, _) in header.iter().zip(&is_first).filter(|(_, first)| !**first) {
        told.push(format!("the column `{}` stands twice; its first one counts", cut(name, SHORT)));
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(refused)?;
        if rows.len() == ROWS || rows.len() * header.len() > CELLS {
            return Err(format!("it has more rows than are read: {ROWS}, or {CELLS} cells"));
        }
        let cells = header.iter().zip(&is_first).zip(&record).filter(|((_, first), _)| **first);
        rows.push(Value::Object(cells.map(|((name, _), text)| (name.clone(), cell(text))).collect::<Map<_, _>>()));
    }
    Ok(ReadFile { value: Value::Array(rows), told })
}

/// The line of a record that stands behind `before`. There the reader may still be at the line ends above it.
pub fn line_of(text: &str, before: &csv::Position) -> u64 {
    let rest = usize::try_from(before.byte()).ok().and_then(|at| text.as_bytes().get(at..)).unwrap_or_default();
    let ends = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    before.line() + ends.map(|byte| u64::from(*byte == b'\n')).sum::<u64>()
}

/// What divides the most cells of the first row.
fn divider(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let count = |one: u8| first.bytes().filter(|byte| *byte == one).count();
    DELIMITERS.into_iter().rev().max_by_key(|one| count(*one)).unwrap_or(b',')
}

/// Whether the text ends inside quotation marks.
fn is_left_open(text: &str, delimiter: u8) -> bool {
    let (mut open, mut at_start) = (false, true);
    for byte in text.bytes() {
        match byte {
            b'"' if open => (open, at_start) = (false, true),
            b'"' if at_start => open = true,
            _ if open => {}
            byte => at_start = byte == delimiter || matches!(byte, b'\n' | b'\r'),
        }
    }
    open
}

/// The value of a cell: a number if it prints back the same, otherwise text.
fn cell(text: &str) -> Value {
    let number = text.parse::<Number>().ok().filter(|number| number.to_string() == text);
    number.map_or_else(|| Value::from(text), Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_objects_and_only_plain_numbers_are_numbers() {
        let text = "\u{feff}id;n;Id\r\n\"a;\"\"b\"\"\";7;x\r\n007;1.5;1e3\r\n";
        let value = read(text.as_bytes(), None).unwrap().value;
        assert_eq!(
            value,
            serde_json::json!([{"id": "a;\"b\"", "n": 7, "Id": "x"}, {"id": "007", "n": 1.5, "Id": "1e3"}])
        );
        for text in ["a\tb\r1\t2\r", "a|b\n1|2", "a,b\n\n1,2\n", "sep=;\r\na;b\r\n1;2"] {
            assert_eq!(read(text.as_bytes(), None).unwrap().value, serde_json::json!([{"a": 1, "b": 2}]), "{text}");
        }
    }

    #[test]
    fn what_is_no_table_is_refused_with_its_line() {
        for (text, why) in [
            ("a,b\n1\n", "line 2 has 1 cells"),
            ("a,b\n1,\"2\n", "left open"),
            ("a,b\n1,2\n1,2,3\n", "line 3 has 3"),
            ("a,b\r\n\r\n1,2\r\n1\r\n", "line 4 has 1"),
        ] {
            let said = read(text.as_bytes(), None).unwrap_err();
            assert!(said.contains(why), "{said}");
        }
        assert!(read("a\n1\n".repeat(ROWS).as_bytes(), None).unwrap_err().contains("more rows"));
        assert_eq!(read(b"a,a\n1,2\n", None).unwrap().told, ["the column `a` stands twice; its first one counts"]);
        assert_eq!(read(b"a,b\n5\" disk,2\n", None).unwrap().value, serde_json::json!([{"a": "5\" disk", "b": 2}]));
    }
}
