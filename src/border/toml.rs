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

/// `text` as a TOML string with a line for each of its own, for a file whose lines end with `end`. Like [`quoted`], it is the same
/// text wherever it is printed. A line end of two characters would become part of the text: there, each line says its own end.
pub fn in_lines(text: &str, end: &str) -> String {
    let own_end = if end == "\n" { "\n".to_owned() } else { format!("\\n\\{end}") };
    let lines: Vec<String> = text.split('\n').map(|line| line_in_quotes(line, end != "\n")).collect();
    format!("\"\"\"{end}{}\"\"\"", lines.join(&own_end))
}

/// A line of a text in three quotes. Where blanks at its start would be lost, `keeps_blanks` writes the first of them out.
fn line_in_quotes(line: &str, keeps_blanks: bool) -> String {
    let mut out = String::new();
    let commands = line.trim_start().starts_with("::");
    for (at, c) in line.char_indices() {
        let is_command = match c {
            ':' => commands && line[..at].trim().is_empty(),
            '[' => out.ends_with("##"),
            c => out.ends_with("##") && c.is_alphanumeric(),
        };
        match c {
            '\\' => out += "\\\\",
            // Two side by side could become three, and so could one at the end.
            '"' if out.ends_with('"') || at + 1 == line.len() => out += "\\\"",
            '\t' => out += "\\t",
            c if is_deceptive(c) || ends_line(c) || is_command || (keeps_blanks && at == 0 && c.is_whitespace()) => {
                out += &format!("\\U{:08X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
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
            for (end, text) in
                ["\n", "\r\n"].into_iter().flat_map(|end| [(end, text), (end, "  ::a\n\n \"\"\"\\\n\"\n")])
            {
                let written = format!("key = {}{end}", in_lines(text, end));
                let printed = Shown::lines(&written).to_string();
                assert_eq!(printed, written.replace("\r\n", "\n"));
                let read: toml::Table = written.parse().unwrap();
                assert_eq!(read["key"].as_str(), Some(text), "{written}");
            }
        }
    }
}
