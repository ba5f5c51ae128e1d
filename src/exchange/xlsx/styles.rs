//! As what the styles of a workbook show a number.

use std::collections::BTreeMap;

use super::super::xml::parse;
use super::{attribute, is};

/// As what a style shows a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum ShownAs {
    #[default]
    Number,
    Date,
    /// A hundred times the number, with the sign `%`.
    Percentage,
}

/// As what each style of a cell shows a number, in order.
pub(super) fn styles(text: &str) -> Result<Vec<ShownAs>, String> {
    let document = parse(text)?;
    let own = document.descendants().filter(|node| is(node, "numFmt"));
    let own = own.filter_map(|node| Some((attribute(&node, "numFmtId")?, shown_as(attribute(&node, "formatCode")?))));
    let own: BTreeMap<&str, ShownAs> = own.collect();
    let Some(styles) = document.descendants().find(|node| is(node, "cellXfs")) else { return Ok(Vec::new()) };
    // Every program knows these formats, in some country at least (ECMA-376, part 1, 18.8.30).
    let known = |id: &str| match id.parse::<u32>() {
        Ok(9 | 10) => ShownAs::Percentage,
        Ok(14..=22 | 27..=36 | 45..=47 | 50..=58) => ShownAs::Date,
        _ => ShownAs::Number,
    };
    let style = |node: roxmltree::Node<'_, '_>| {
        let id = attribute(&node, "numFmtId").unwrap_or("0");
        own.get(id).copied().unwrap_or_else(|| known(id))
    };
    Ok(styles.children().filter(|node| is(node, "xf")).map(style).collect())
}

/// What a format shows, by the first `%` or letter of a date that is not quoted, escaped or in brackets.
fn shown_as(format: &str) -> ShownAs {
    let (mut is_quoted, mut is_bracketed, mut is_escaped) = (false, false, false);
    for c in format.chars() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' | '_' | '*' if !is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            '[' if !is_quoted => is_bracketed = true,
            ']' if !is_quoted => is_bracketed = false,
            // What follows is for numbers below zero.
            ';' if !is_quoted => return ShownAs::Number,
            '%' if !is_quoted => return ShownAs::Percentage,
            'd' | 'D' | 'y' | 'Y' | 'm' | 'M' | 'h' | 'H' if !is_quoted && !is_bracketed => return ShownAs::Date,
            _ => {}
        }
    }
    ShownAs::Number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_and_a_percentage_are_seen_by_their_format() {
        for format in ["yyyy-mm-dd", "[$-409]d/m/yy;@", "mmm", "h:mm", "\"on \"dd", "[Red]yyyy"] {
            assert_eq!(shown_as(format), ShownAs::Date, "{format}");
        }
        for format in ["General", "0.00", "0\" days\"", "[Red]0", "#,##0\\d", "_d0", "0;yyyy", ""] {
            assert_eq!(shown_as(format), ShownAs::Number, "{format}");
        }
        for format in ["0%", "0.00%;-0.00%", "[Red]0 %", "#,##0.0\\ %"] {
            assert_eq!(shown_as(format), ShownAs::Percentage, "{format}");
        }
        assert_eq!([shown_as("0\"%\""), shown_as("0\\%")], [ShownAs::Number; 2]);
    }
}
