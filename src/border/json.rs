//! JSON that is safe to print. JSON escapes break up what could control a terminal or a CI run; the data stays the same.

use serde::Serialize;

use super::Shown;
use crate::base::text::{ends_line, is_deceptive};

/// A value as indented JSON with a newline at its end.
pub fn print(value: &impl Serialize) -> Shown {
    safe(&serde_json::to_string_pretty(value).expect(PLAIN))
}

/// A value as JSON in one line.
pub fn line(value: &impl Serialize) -> Shown {
    safe(&serde_json::to_string(value).expect(PLAIN))
}

const PLAIN: &str = "texts and numbers";

/// JSON with escapes in place of what steers.
fn safe(text: &str) -> Shown {
    let mut out = String::with_capacity(text.len() + 1);
    for c in text.chars() {
        // `##[` and the like are commands anywhere in a line; no line of JSON starts with what a text holds.
        if is_deceptive(c) || ends_line(c) || (c == '#' && out.ends_with('#')) {
            let mut units = [0; 2];
            c.encode_utf16(&mut units).iter().for_each(|unit| out += &format!("\\u{unit:04x}"));
        } else {
            out.push(c);
        }
    }
    Shown(out + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_is_escaped_and_the_data_is_the_same() {
        let texts = [
            "##[error]x",
            "###vso[x]",
            "\u{1b}[2J\u{9b}\u{202e}",
            "a\n::error::b",
            "\u{1fffe}",
            "\u{2028}::a",
            "#1 \\##",
        ];
        let printed = print(&texts);
        assert!(
            !printed.contains("##") && !printed.contains(is_deceptive) && !printed.contains(ends_line),
            "{printed}"
        );
        assert_eq!(serde_json::from_str::<Vec<String>>(&printed).unwrap(), texts);
        let printed = line(&texts);
        assert_eq!(printed.matches('\n').count(), 1, "{printed}");
        assert!(!printed.contains("##") && !printed.contains(is_deceptive), "{printed}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&printed).unwrap(), texts);
    }
}
