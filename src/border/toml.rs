//! TOML: text in quotes.

use crate::base::text::{ends_line, is_deceptive};

/// `text` as a quoted TOML key or string, in one line, without deceptive characters and without a command of a CI run. TOML escapes
/// break them up; the text stays the same wherever the line is printed.
pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out += "\\n",
            '\t' => out += "\\t",
            c if is_deceptive(c) || ends_line(c) || (c == '#' && out.ends_with('#')) => {
                out += &format!("\\U{:08X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// An id as a TOML key: its parts between dots bare if TOML allows it, as catalogs write `PR.DS-11`, otherwise in quotes.
pub fn dotted(id: &str) -> String {
    let bare = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    if id.split('.').all(bare) { id.to_owned() } else { quoted(id) }
}

/// `text` as a TOML key: bare if TOML allows it, otherwise in quotes.
pub fn key(text: &str) -> String {
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if !text.is_empty() && text.bytes().all(bare) { text.to_owned() } else { quoted(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::border::Shown;

    #[test]
    fn a_text_in_quotes_is_the_same_text_wherever_it_is_printed() {
        for text in
            ["##[error]x", "###vso[x]", "a\n::error::b\tc", "\u{1b}[2J\u{202e}", "x\u{2028}::a", "\"\\", "#1 ##"]
        {
            let printed = Shown::lines(&format!("key = {}", quoted(text))).to_string();
            let read: toml::Table = printed.parse().unwrap();
            assert_eq!(read["key"].as_str(), Some(text), "{printed}");
        }
    }
}
