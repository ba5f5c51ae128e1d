//! Reads a text as it stands, markup and all: which characters it has once entities and percent signs are decoded.

use crate::base::markdown::{BLOCK, Glyph};

/// The characters of `text` as they stand, entities and percent signs decoded.
pub fn read(text: &str) -> Vec<Glyph> {
    let mut glyphs = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let (c, length) = match c {
            '%' => percent(rest).unwrap_or((c, 1)),
            '&' => entity(rest).unwrap_or((c, 1)),
            // A name may be wrapped, but not around an empty line.
            BLOCK if rest[1..].trim_start_matches([' ', '\t', '\r']).starts_with(BLOCK) => (BLOCK, 1),
            BLOCK => (' ', 1),
            c => (c, c.len_utf8()),
        };
        glyphs.push(Glyph { c, at: at..at + length, element: None });
        at += length;
    }
    glyphs
}

/// The character that `%C3%A9` at the start of `text` stands for, and its length there. A sign that was itself encoded counts.
fn percent(text: &str) -> Option<(char, usize)> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while bytes.len() < 4 {
        let mut digits = rest.strip_prefix('%')?;
        while let Some(inner) = digits.strip_prefix("25").filter(|inner| byte(inner).is_some()) {
            digits = inner;
        }
        bytes.push(byte(digits)?);
        rest = &digits[2..];
        if let Ok(decoded) = std::str::from_utf8(&bytes) {
            return Some((decoded.chars().next()?, text.len() - rest.len()));
        }
    }
    None
}

/// The byte that two digits at the start of `text` stand for.
fn byte(text: &str) -> Option<u8> {
    let digits = text.get(..2).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
    u8::from_str_radix(digits, 16).ok()
}

/// The longest entity.
const ENTITY: usize = 40;

/// The character that an entity at the start of `text` stands for, and its length there. One with a name is a sign, not a letter;
/// Markdown knows the others.
fn entity(text: &str) -> Option<(char, usize)> {
    let mut body = text.strip_prefix('&')?;
    while let Some(inner) = body.strip_prefix("amp;").filter(|inner| entity_end(inner).is_some()) {
        body = inner;
    }
    let end = entity_end(body)?;
    let name = &body[..end];
    let number = name.strip_prefix('#').map(|number| match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => number.parse(),
    });
    let c = match number {
        Some(number) => char::from_u32(number.ok()?).filter(|c| *c != BLOCK)?,
        None => ' ',
    };
    Some((c, text.len() - body.len() + end + 1))
}

/// The end of the name of an entity.
fn entity_end(body: &str) -> Option<usize> {
    let end = body.bytes().take(ENTITY).position(|byte| byte == b';').filter(|end| *end > 0)?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'#';
    body[..end].bytes().all(is_name).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> String {
        read(text).iter().map(|glyph| glyph.c).collect()
    }

    #[test]
    fn what_stands_for_a_character_is_that_character() {
        let cases = [
            ("a%20b", "a b"),
            ("%C3%A9%2e", "é."),
            ("%2520", " "),
            ("100 % or 5%2", "100 % or 5%2"),
            ("%ff%", "%ff%"),
            ("&#65;&#x42;&nbsp;&amp;#67;", "AB C"),
            ("a & b; &; &#xffffffff;", "a & b; &; &#xffffffff;"),
            ("a\nb\n\nc\n \n", "a b\n c\n  "),
        ];
        for (text, wanted) in cases {
            assert_eq!(seen(text), wanted, "{text:?}");
        }
    }

    #[test]
    fn each_character_knows_its_bytes() {
        let text = "é%C3%A9&#65;b";
        let parts: Vec<&str> = read(text).iter().map(|glyph| &text[glyph.at.clone()]).collect();
        assert_eq!(parts, ["é", "%C3%A9", "&#65;", "b"]);
    }
}
