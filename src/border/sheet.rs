//! Cells of workbooks: text that no program reads as more, and that every program can open.
//!
//! A cell holds a text as a text, so none of it is a formula, whatever it starts with: only the text itself has to be safe here.

use crate::base::text::inert;

/// The most characters of a cell. Programs count UTF-16 units.
pub const LONGEST: usize = 32_767;

/// What stands at the end of a text that was cut.
const CUT: &str = "… (cut: a cell holds no more)";

/// A text as a cell, and whether it had to be cut.
pub fn cell(text: &str) -> (String, bool) {
    let text = inert(&text.replace("\r\n", "\n"));
    if units(&text) <= LONGEST {
        return (text, false);
    }
    let mut left = LONGEST - units(CUT);
    let end = text.char_indices().find(|(_, c)| {
        let more = c.len_utf16();
        let is_full = left < more;
        left = left.saturating_sub(more);
        is_full
    });
    (format!("{}{CUT}", &text[..end.map_or(text.len(), |(at, _)| at)]), true)
}

fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// A name as the name of a sheet: at most 31 characters, none of which a sheet's name forbids.
pub fn name(text: &str) -> String {
    let mut out = String::new();
    for c in inert(text).chars() {
        let c = if c.is_control() || matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'') { ' ' } else { c };
        if units(&out) + c.len_utf16() > 31 {
            break;
        }
        out.push(c);
    }
    out.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_marked_and_told() {
        assert_eq!(cell("=1+1\r\n\u{1b}x"), ("=1+1\n\u{fffd}x".to_owned(), false));
        assert_eq!(cell(&"a".repeat(LONGEST)), ("a".repeat(LONGEST), false));
        for text in ["a".repeat(LONGEST + 1), "🙂".repeat(LONGEST)] {
            let (cut, is_cut) = cell(&text);
            assert!(is_cut && cut.ends_with(CUT) && units(&cut) <= LONGEST && units(&cut) >= LONGEST - 1);
        }
    }

    #[test]
    fn names_of_sheets_fit_every_program() {
        assert_eq!(name("PR [a]:b/c\\d?*'e"), "PR  a  b c d   e");
        assert_eq!(name(&"Ä".repeat(50)), "Ä".repeat(31));
    }
}
