//! CSV in which no program finds a formula, whatever character it splits lines at.
//!
//! A spreadsheet may split at a separator that its user or country sets. Then the quotes of the file are inside its cells and
//! mean nothing. So a cell could begin at each of these places: at the start of a cell, and after a comma, semicolon, colon, bar
//! or blank, with or without quotes. There, an apostrophe is put before a sign that starts a formula (OWASP, CSV injection).

use csv::Writer;

use super::Shown;
use super::shown::no_command;
use crate::base::text::line;

/// A sheet with `header` above its rows. `themes/default/assets/tables.js` writes its cells in the same way.
pub fn sheet(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Shown {
    let mut writer = Writer::from_writer(Vec::new());
    let whole = "a vector takes every byte";
    writer.write_record(header).expect(whole);
    for row in rows {
        // Where a program does not split the line at commas, the first cell is the start of one that holds more than a number.
        let first = row.first().map(|text| guarded(&line(text)));
        let others = row.iter().skip(1).map(|text| cell(text));
        writer.write_record(first.into_iter().chain(others)).expect(whole);
    }
    let text = String::from_utf8(writer.into_inner().expect(whole)).expect("every cell is UTF-8");
    Shown(text.lines().map(|line| no_command(line) + "\n").collect())
}

/// A sheet as a file. It starts with a byte order mark, without which Excel takes it for a text in the code page of its country.
pub fn file(sheet: &Shown) -> Shown {
    Shown(format!("\u{feff}{}", sheet.0))
}

/// What could begin with the next character, depending on the program.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Opens {
    Nothing,
    /// A cell, where blanks separate cells.
    Word,
    /// A cell.
    Cell,
}

/// A text as a cell: in one line, and without a formula. A number stays one.
pub fn cell(text: &str) -> String {
    let text = line(text);
    if is_number(&text) { text } else { guarded(&text) }
}

/// A line in which no formula begins.
fn guarded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut opens = Opens::Cell;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        // A sign between two spaces, as in `A - B`, is all of its cell where spaces separate cells.
        let alone = opens == Opens::Word && out.ends_with(' ') && chars.peek() == Some(&' ');
        if opens != Opens::Nothing && SIGNS.contains(&c) && !alone {
            out.push('\'');
        }
        out.push(c);
        opens = match c {
            ',' | ';' | ':' | '|' => Opens::Cell,
            // Some programs skip blanks, and all skip the quotes at the start of a cell.
            c if c.is_whitespace() => opens.max(Opens::Word),
            '"' | '\'' if opens != Opens::Nothing => Opens::Cell,
            _ => Opens::Nothing,
        };
    }
    out
}

/// The signs that start a formula. The wide signs count in some countries.
const SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// Whether a spreadsheet reads `text` as a number: a sign, digits, and a point among them.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
    [whole, decimals].iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts, and the cells that they make; the browser tests hold `tables.js` to the same.
    #[test]
    fn each_text_makes_its_cell() {
        let cases: Vec<[String; 2]> = serde_json::from_str(include_str!("../../tests/fixtures/cells.json")).unwrap();
        for [text, wanted] in cases {
            assert_eq!(cell(&text), wanted, "{text:?}");
        }
    }

    #[test]
    fn a_row_is_a_line_and_no_command() {
        let rows =
            [vec!["::error::a".to_owned(), "b\n##vso[c]".to_owned()], vec!["\"::notice::".to_owned(), "-1".to_owned()]];
        assert_eq!(*sheet(&["x", "y"], rows), *"x,y\n: :error::a,b ## vso[c]\n\"\"\"::notice::\",-1\n");
    }

    #[test]
    fn no_line_starts_with_a_sign() {
        let rows = [vec!["+1".to_owned(), "+1".to_owned()], vec!["-1".to_owned(), "-1".to_owned()]];
        assert_eq!(*sheet(&["x", "y"], rows), *"x,y\n'+1,+1\n'-1,-1\n");
    }
}
