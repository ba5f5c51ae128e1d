//! SARIF 2.1.0: messages and addresses.

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

/// A relative path as a URI reference: everything but unreserved characters and `/` percent-encoded.
pub fn uri(path: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/-._~".contains(&b);
    path.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
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
