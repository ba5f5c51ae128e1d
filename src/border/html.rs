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

/// What begins and ends a text that stands apart from its neighbours.
const APART: char = '\u{2068}';
const TOGETHER: char = '\u{2069}';

/// The attributes that hold words. All others hold what machines read: addresses, ids, classes, languages.
const WORDS: [&str; 6] = ["alt", "aria-label", "content", "data-label", "placeholder", "title"];

/// Adds [`escape`]d `text` to `out`, apart from what stands beside it: a text that runs in the other direction than the page would
/// draw its neighbours in, such as a date behind a name. `rtl` is the direction of the page. The two marks of Unicode (UAX 9) do what
/// `<bdi>` does, in attributes and charts too.
///
/// On a page from right to left, a day or a signed number stands apart too: after a name, UAX 9 would print its parts in another order.
pub fn push_apart(out: &mut String, text: &str, rtl: bool) {
    let runs_across = |c: char| is_right_to_left(c) != rtl && (rtl || is_right_to_left(c)) && c.is_alphabetic();
    let turns_around = || rtl && text.contains(['-', '+', '−']) && text.contains(|c: char| c.is_ascii_digit());
    if (rtl || !text.is_ascii()) && (text.chars().any(runs_across) || turns_around()) {
        out.push(APART);
        push_escaped(out, text);
        out.push(TOGETHER);
    } else {
        push_escaped(out, text);
    }
}

/// What is HTML already, apart from what stands beside it.
pub fn apart(html: &str) -> String {
    format!("{APART}{html}{TOGETHER}")
}

/// A page of which only words stand apart ([`push_apart`]): what prints a value does not know whether it is a word or an address.
/// All of the page's text is escaped, so `<`, `>` and `"` are markup.
pub fn only_words_apart(page: String) -> String {
    if !page.contains(APART) {
        return page;
    }
    let mut out = String::with_capacity(page.len());
    let mut rest = page.as_str();
    while let Some((text, tag)) = rest.split_once('<') {
        out.push_str(text);
        out.push('<');
        let end = tag.find('>').unwrap_or(tag.len());
        push_tag(&mut out, &tag[..end]);
        rest = &tag[end..];
    }
    out.push_str(rest);
    out
}

/// Adds the inside of a tag: of its name, its attributes and their quoted values, only words stand apart.
fn push_tag(out: &mut String, tag: &str) {
    if !tag.contains(APART) {
        return out.push_str(tag);
    }
    let mut is_words = false;
    for (at, part) in tag.split('"').enumerate() {
        let is_value = at % 2 == 1;
        if at > 0 {
            out.push('"');
        }
        if is_value && is_words {
            out.push_str(part);
        } else {
            out.extend(part.chars().filter(|c| ![APART, TOGETHER].contains(c)));
        }
        if !is_value {
            let name = part.trim_end_matches('=').rsplit(char::is_whitespace).next().unwrap_or_default();
            is_words = WORDS.contains(&name);
        }
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
        assert_eq!(pushed("2026-12-31", true), "\u{2068}2026-12-31\u{2069}");
        assert_eq!(pushed("−0.5", true), "\u{2068}−0.5\u{2069}");
        assert_eq!(pushed("é", false), "é");
    }

    #[test]
    fn what_machines_read_stands_in_no_marks() {
        let page = "<[p] class=\"[a] b\" title=\"[x]\"\n href=\"../[q/i.html]\">[IT]</p><i id=\"[e]\">";
        let wanted = "<p class=\"a b\" title=\"[x]\"\n href=\"../q/i.html\">[IT]</p><i id=\"e\">";
        let marked = |text: &str| text.replace('[', "\u{2068}").replace(']', "\u{2069}");
        assert_eq!(only_words_apart(marked(page)), marked(wanted));
        let page = "<p class=\"a\">b</p>";
        assert_eq!(only_words_apart(page.to_owned()), page);
    }

    #[test]
    fn markup_becomes_text() {
        assert_eq!(
            escape("<a href=\"x\">'&'</a>\u{0}"),
            "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;\u{fffd}"
        );
    }
}
