//! Which styles of a workbook show a number as a date.

use std::collections::BTreeMap;

use super::super::xml::parse;
use super::{attribute, is};

/// For each style of a cell, in order: whether it shows a date.
pub(super) fn dates(text: &str) -> Result<Vec<bool>, String> {
    let document = parse(text)?;
    let own = document.descendants().filter(|node| is(node, "numFmt"));
    let own = own.filter_map(|node| Some((attribute(&node, "numFmtId")?, is_date(attribute(&node, "formatCode")?))));
    let own: BTreeMap<&str, bool> = own.collect();
    let Some(styles) = document.descendants().find(|node| is(node, "cellXfs")) else { return Ok(Vec::new()) };
    // Those are the formats of dates that every program knows, in some country at least (ECMA-376, part 1, 18.8.30).
    let known = |id: &str| matches!(id.parse::<u32>(), Ok(14..=22 | 27..=36 | 45..=47 | 50..=58));
    let style = |node: roxmltree::Node<'_, '_>| {
        let id = attribute(&node, "numFmtId").unwrap_or("0");
        own.get(id).copied().unwrap_or_else(|| known(id))
    };
    Ok(styles.children().filter(|node| is(node, "xf")).map(style).collect())
}

/// Whether a format shows a part of a date: a `d`, `m`, `y` or `h` that is not quoted, escaped or in brackets.
fn is_date(format: &str) -> bool {
    let (mut is_quoted, mut is_bracketed, mut is_escaped) = (false, false, false);
    for c in format.chars() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' | '_' | '*' if !is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            '[' if !is_quoted => is_bracketed = true,
            ']' if !is_quoted => is_bracketed = false,
            // What follows is for numbers below zero.
            ';' if !is_quoted => return false,
            'd' | 'D' | 'y' | 'Y' | 'm' | 'M' | 'h' | 'H' if !is_quoted && !is_bracketed => return true,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_seen_by_its_format() {
        for format in ["yyyy-mm-dd", "[$-409]d/m/yy;@", "mmm", "h:mm", "\"on \"dd", "[Red]yyyy"] {
            assert!(is_date(format), "{format}");
        }
        for format in ["General", "0.00", "0\" days\"", "[Red]0", "#,##0\\d", "_d0", "0;yyyy", ""] {
            assert!(!is_date(format), "{format}");
        }
    }
}
