//! SARIF 2.1.0: messages and addresses.

use crate::base::link::encoded;

/// `text` as a plain text message in which no part is a link. A link is written `[words](address)`, and `\` takes from `[`, `]`
/// and itself what they mean (3.11.6).
pub fn message(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '[' | ']') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A relative path as a URI reference.
pub fn uri(path: &str) -> String {
    encoded(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_part_of_a_message_is_a_link() {
        assert_eq!(message("[x](https://a.example)"), r"\[x\](https://a.example)");
        // What an author escaped stays escaped.
        assert_eq!(message(r"\[x](1)"), r"\\\[x\](1)");
    }
}
