//! Which styles of a workbook show a number as a date or as a percentage.

use std::collections::BTreeMap;

use super::super::xml::parse;
use super::{attribute, is};

/// What a style makes of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NumberLook {
    Plain,
    Date,
    /// A hundred times the number, with a sign behind it.
    Percent,
}

/// For each style of a cell, in order: what it makes of a number.
pub(super) fn looks(text: &str) -> Result<Vec<NumberLook>, String> {
    let document = parse(text)?;
    let own = document.descendants().filter(|node| is(node, "numFmt"));
    let own = own.filter_map(|node| Some((attribute(&node, "numFmtId")?, look(attribute(&node, "formatCode")?))));
    let own: BTreeMap<&str, NumberLook> = own.collect();
    let Some(styles) = document.descendants().find(|node| is(node, "cellXfs")) else { return Ok(Vec::new()) };
    // Those are the formats of dates that every program knows, in some country at least (ECMA-376, part 1, 18.8.30).
    let known = |id: &str| match id.parse::<u32>() {
        Ok(14..=22 | 27..=36 | 45..=47 | 50..=58) => NumberLook::Date,
        Ok(9 | 10) => NumberLook::Percent,
        _ => NumberLook::Plain,
    };
    let style = |node: roxmltree::Node<'_, '_>| {
        let id = attribute(&node, "numFmtId").unwrap_or("0");
        own.get(id).copied().unwrap_or_else(|| known(id))
    };
    Ok(styles.children().filter(|node| is(node, "xf")).map(style).collect())
}

/// What a format shows: a date has a `d`, `m`, `y` or `h`, and a percentage a `%`, that is not quoted, escaped or in brackets.
fn look(format: &str) -> NumberLook {
    let (mut is_quoted, mut is_bracketed, mut is_escaped) = (false, false, false);
    for c in format.chars() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' | '_' | '*' if !is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            '[' if !is_quoted => is_bracketed = true,
            ']' if !is_quoted => is_bracketed = false,
            // What follows is for numbers below zero.
            ';' if !is_quoted => return NumberLook::Plain,
            'd' | 'D' | 'y' | 'Y' | 'm' | 'M' | 'h' | 'H' if !is_quoted && !is_bracketed => return NumberLook::Date,
            '%' if !is_quoted && !is_bracketed => return NumberLook::Percent,
            _ => {}
        }
    }
    NumberLook::Plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_and_a_percentage_are_seen_by_their_format() {
        for format in ["yyyy-mm-dd", "[$-409]d/m/yy;@", "mmm", "h:mm", "\"on \"dd", "[Red]yyyy"] {
            assert_eq!(look(format), NumberLook::Date, "{format}");
        }
        for format in ["General", "0.00", "0\" days\"", "[Red]0", "#,##0\\d", "_d0", "0;yyyy", ""] {
            assert_eq!(look(format), NumberLook::Plain, "{format}");
        }
        for format in ["0%", "0.00 %"] {
            assert_eq!(look(format), NumberLook::Percent, "{format}");
        }
    }
}
