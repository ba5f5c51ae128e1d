//! XML of others: a document of limited size, without definitions of its own.

use roxmltree::{Document, ParsingOptions};

/// The most nodes of a document.
pub const NODES: u32 = 2_000_000;
/// The most attributes of a document.
pub const ATTRIBUTES: usize = 2_000_000;
/// The most attributes of one element: the parser compares each with all before it.
pub const ATTRIBUTES_OF_ONE: usize = 256;

/// Reads `text`.
///
/// # Errors
/// A sentence: it is not XML, it defines entities, or it exceeds a limit.
pub fn parse(text: &str) -> Result<Document<'_>, String> {
    let text = text.trim_start_matches('\u{feff}');
    within_limits(text)?;
    let options = ParsingOptions { allow_dtd: false, nodes_limit: NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|error| match error {
        roxmltree::Error::DtdDetected => "it defines entities, which are not read".to_owned(),
        error => format!("not XML: {error}"),
    })
}

/// Counts attributes before any is read.
fn within_limits(text: &str) -> Result<(), String> {
    let bytes = text.as_bytes();
    let (mut at, mut all) = (0, 0);
    while let Some(open) = find(bytes, at, b"<") {
        let rest = &bytes[open..];
        let skipped = [(&b"<!--"[..], &b"-->"[..]), (b"<![CDATA[", b"]]>"), (b"<?", b"?>")];
        if let Some((start, end)) = skipped.into_iter().find(|(start, _)| rest.starts_with(start)) {
            let Some(close) = find(bytes, open + start.len(), end) else { return Ok(()) };
            at = close + end.len();
            continue;
        }
        let (close, count) = tag(bytes, open + 1);
        all += count;
        if count > ATTRIBUTES_OF_ONE {
            return Err(format!("an element has more than {ATTRIBUTES_OF_ONE} attributes"));
        }
        if all > ATTRIBUTES {
            return Err(format!("more than {ATTRIBUTES} attributes"));
        }
        at = close;
    }
    Ok(())
}

/// Where the tag ends that began before `at`, and how many attributes it has.
fn tag(bytes: &[u8], mut at: usize) -> (usize, usize) {
    let mut count = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'>' => return (at + 1, count),
            b'=' => count += 1,
            quote @ (b'"' | b'\'') => at = find(bytes, at + 1, &[*quote]).unwrap_or(bytes.len()),
            _ => {}
        }
        at += 1;
    }
    (at, count)
}

fn find(bytes: &[u8], from: usize, what: &[u8]) -> Option<usize> {
    let first = *what.first()?;
    let mut at = from;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == first)?;
        if bytes[at..].starts_with(what) {
            return Some(at);
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_or_no_xml_is_refused_in_words() {
        let many: String = (0..300).map(|n| format!(" a{n}=\"\"")).collect();
        let cases = [
            ("<a", "not XML"),
            ("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "defines entities"),
            (&format!("<a{many}/>"), "more than 256 attributes"),
            (&"<a>".repeat(100_000), "not XML"),
            (&format!("<a>{}</a>", "<b/>".repeat(2_000_001)), "not XML"),
        ];
        for (text, wanted) in cases {
            let said = parse(text).map(|_| ()).unwrap_err();
            assert!(said.contains(wanted), "{said}");
        }
    }

    #[test]
    fn signs_in_comments_values_and_texts_are_no_attributes() {
        let equal = "=".repeat(300);
        let text = format!("\u{feff}<?x {equal}?><a b=\"{equal}>\"><!-- {equal} --><![CDATA[<{equal}]]>{equal}</a>");
        assert_eq!(parse(&text).unwrap().root_element().attribute("b").unwrap().len(), 301);
    }

    #[test]
    fn a_deep_document_is_read() {
        let text = "<a>".repeat(100_000) + &"</a>".repeat(100_000);
        assert_eq!(parse(&text).unwrap().descendants().count(), 100_001);
    }
}
