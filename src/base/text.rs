//! Text that nobody vouches for in, text that cannot steer what shows it out: the one rule for pages, charts, tables and terminals.

use unicode_normalization::UnicodeNormalization;

/// Whether a character could drive a terminal, turn the text around it or is no character at all: controls but newline and tab,
/// Unicode's `Bidi_Control`, and noncharacters, which HTML and XML forbid.
pub fn is_deceptive(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => true,
        '\u{FDD0}'..='\u{FDEF}' => true,
        _ => c.is_control() || u32::from(c) & 0xFFFE == 0xFFFE,
    }
}

/// `text` with each deceptive character replaced by U+FFFD.
pub fn inert(text: &str) -> String {
    text.chars().map(|c| if is_deceptive(c) { '\u{FFFD}' } else { c }).collect()
}

/// `text` in one line: inert, with a space for each newline and tab.
pub fn line(text: &str) -> String {
    text.chars()
        .map(|c| {
            if is_deceptive(c) {
                '\u{FFFD}'
            } else if c.is_control() {
                ' '
            } else {
                c
            }
        })
        .collect()
}

/// No more than the first `most` characters of `text`, and a mark where there were more.
pub fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// `text` as Unicode composes it (NFC). Some systems write an `é` as two characters, others as one: a name is the same either way.
pub fn composed(text: &str) -> String {
    text.nfc().collect()
}

/// A value as indented JSON with a newline at its end, in which deceptive characters are escaped: it may be shown in a terminal.
pub fn json(value: &impl serde::Serialize) -> String {
    let text = serde_json::to_string_pretty(value).expect("texts and numbers");
    let mut out = String::with_capacity(text.len() + 1);
    for c in text.chars() {
        if is_deceptive(c) {
            let mut units = [0; 2];
            c.encode_utf16(&mut units).iter().for_each(|unit| out += &format!("\\u{unit:04x}"));
        } else {
            out.push(c);
        }
    }
    out + "\n"
}

/// `text` for the content of an HTML or SVG element or for a quoted attribute: inert, and without markup.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    push_escaped(&mut out, text);
    out
}

/// Whether [`escape`] leaves `text` as it is, as far as a look at its bytes tells: most short texts are such.
pub fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\''))
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
    fn what_steers_is_replaced_and_what_shows_stays() {
        assert_eq!(inert("a\u{1b}[2Jb\u{202e}c\u{9b}d"), "a\u{fffd}[2Jb\u{fffd}c\u{fffd}d");
        assert_eq!(inert("zwei\nZeilen\tß 日本"), "zwei\nZeilen\tß 日本");
        assert_eq!(line("zwei\nZeilen\t\u{7}"), "zwei Zeilen \u{fffd}");
    }

    #[test]
    fn a_long_text_is_cut_between_characters_and_marked() {
        assert_eq!([cut("ßé", 2), cut("ßéx", 2), cut("", 0)], ["ßé", "ßé…", ""]);
    }

    #[test]
    fn markup_becomes_text() {
        assert_eq!(
            escape("<a href=\"x\">'&'</a>\u{0}"),
            "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;\u{fffd}"
        );
    }
}
