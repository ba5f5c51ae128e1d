//! Cells of a workbook. They are written as texts, which no program takes for formulas.

use crate::base::text::{ends_line, inert};

/// A text of several lines as a cell.
pub fn cell(text: &str) -> String {
    inert(&text.replace("\r\n", "\n")).replace(ends_line, "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_keeps_its_lines_and_nothing_that_steers() {
        assert_eq!(cell("=1+1\r\ntwo\u{2028}three\u{202e}\u{1b}[2J"), "=1+1\ntwo\nthree\u{fffd}\u{fffd}[2J");
    }
}
