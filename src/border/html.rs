//! HTML and SVG: text as the content of an element, or in a quoted attribute.

use crate::base::text::{is_deceptive, is_right_to_left};

/// `text` for the content of an HTML or SVG element or for a quoted attribute: inert, and without markup.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    push_escaped(&mut out, text);
    out
}

/// Whether [`escape`] leaves `text` as it is, as far as its bytes show. This is true for most short texts.
pub fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\''))
}

/// Adds [`escape`]d `text` to `out`, apart from what stands beside it: a text that runs in the other direction than the page would
/// draw its neighbours in, such as a date behind a name. `rtl` is the direction of the page. The two marks of Unicode (UAX 9) do what
/// `<bdi>` does, in attributes and charts too.
pub fn push_apart(out: &mut String, text: &str, rtl: bool) {
    let runs_across = |c: char| is_right_to_left(c) != rtl && (rtl || is_right_to_left(c)) && c.is_alphabetic();
    if (rtl || !text.is_ascii()) && text.chars().any(runs_across) {
        out.push('\u{2068}');
        push_escaped(out, text);
        out.push('\u{2069}');
    } else {
        push_escaped(out, text);
    }
}

/// Adds [`escape`]d `text` to `out`.
pub fn push_escaped(out: &mut String, text: &str) {
    if is_plain(text) {
        return out.push_str(text);
    }
    let mut plain = 0;
    for (at, c) in text.char_indices() {
        let written = match c {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            '"' => "&quot;",
            '\'' => "&#39;",
            _ if is_deceptive(c) => "\u{FFFD}",
            _ => continue,
        };
        out.push_str(&text[plain..at]);
        out.push_str(written);
        plain = at + c.len_utf8();
    }
    out.push_str(&text[plain..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_another_direction_stands_apart() {
        let pushed = |text, rtl| {
            let mut out = String::new();
            push_apart(&mut out, text, rtl);
            out
        };
        assert_eq!(pushed("أمن", false), "\u{2068}أمن\u{2069}");
        assert_eq!(pushed("IT & أمن", false), "\u{2068}IT &amp; أمن\u{2069}");
        assert_eq!(pushed("IT", false), "IT");
        assert_eq!(pushed("2026-Q4", true), "\u{2068}2026-Q4\u{2069}");
        assert_eq!(pushed("أمن", true), "أمن");
        assert_eq!(pushed("2.5", true), "2.5");
        assert_eq!(pushed("é", false), "é");
    }

    #[test]
    fn markup_becomes_text() {
        assert_eq!(
            escape("<a href=\"x\">'&'</a>\u{0}"),
            "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;\u{fffd}"
        );
    }
}
