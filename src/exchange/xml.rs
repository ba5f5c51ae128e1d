//! XML of others: a document of limited size, without definitions of its own.

use roxmltree::{Document, ParsingOptions};

/// The most nodes of a document.
pub const NODES: u32 = 2_000_000;
/// The most attributes of a document.
pub const ATTRIBUTES: usize = 2_000_000;
/// The most attributes of one element: the parser compares each with all before it.
pub const ATTRIBUTES_OF_ONE: usize = 256;
/// The most namespaces that hold for one element.
pub const NAMESPACES: usize = 64;
/// How often namespaces may be compared with each other.
const COMPARED: usize = 100_000_000;

/// Reads `text`.
///
/// # Errors
/// A sentence: it is not XML, it has a DOCTYPE line, or it exceeds a limit.
pub fn parse(text: &str) -> Result<Document<'_>, String> {
    let text = text.trim_start_matches('\u{feff}');
    within_limits(text)?;
    let options = ParsingOptions { allow_dtd: false, nodes_limit: NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|error| match error {
        roxmltree::Error::DtdDetected => "it has a DOCTYPE line, which is not read: remove it".to_owned(),
        error => format!("not XML: {error}"),
    })
}

/// Counts attributes and namespaces before any is read.
fn within_limits(text: &str) -> Result<(), String> {
    let (mut at, mut all, mut spaces) = (0, 0, Spaces::default());
    while let Some(open) = find(text, at, '<') {
        let rest = &text.as_bytes()[open..];
        let skipped = [(&b"<!--"[..], "--"), (b"<![CDATA[", "]]"), (b"<?", "?")];
        if let Some((start, end)) = skipped.into_iter().find(|(start, _)| rest.starts_with(start)) {
            let Some(close) = closed(text, open + start.len(), end) else { return Ok(()) };
            at = close;
            continue;
        }
        let tag = Tag::read(text, open + 1);
        all += tag.attributes;
        if tag.attributes > ATTRIBUTES_OF_ONE {
            return Err(format!("an element has more than {ATTRIBUTES_OF_ONE} attributes"));
        }
        if all > ATTRIBUTES {
            return Err(format!("more than {ATTRIBUTES} attributes"));
        }
        spaces.add(&tag)?;
        at = tag.end;
    }
    Ok(())
}

/// Where a comment or the like ends that began before `from`: behind the first `>` that has `end` before it.
fn closed(text: &str, mut from: usize, end: &str) -> Option<usize> {
    let start = from;
    loop {
        let at = find(text, from, '>')?;
        if text.as_bytes()[start..at].ends_with(end.as_bytes()) {
            return Some(at + 1);
        }
        from = at + 1;
    }
}

/// A tag.
struct Tag {
    /// How many attributes it has, namespaces among them.
    attributes: usize,
    /// How many of these declare a namespace.
    namespaces: usize,
    /// Whether it opens an element that another one closes, or closes one.
    opens: bool,
    closes: bool,
    /// Where it ends.
    end: usize,
}

impl Tag {
    /// The tag whose `<` stands before `start`.
    fn read(text: &str, start: usize) -> Self {
        let bytes = text.as_bytes();
        let closes = bytes.get(start) == Some(&b'/');
        let mut tag = Self { attributes: 0, namespaces: 0, opens: !closes, closes, end: start };
        while let Some(byte) = bytes.get(tag.end) {
            match byte {
                b'>' => {
                    tag.opens &= bytes[tag.end - 1] != b'/';
                    tag.end += 1;
                    break;
                }
                b'=' => tag.attributes += 1,
                quote @ (b'"' | b'\'') => tag.end = find(text, tag.end + 1, char::from(*quote)).unwrap_or(bytes.len()),
                b'x' if bytes[tag.end..].starts_with(b"xmlns") && bytes[tag.end - 1].is_ascii_whitespace() => {
                    tag.namespaces += 1;
                }
                _ => {}
            }
            tag.end += 1;
        }
        tag
    }
}

/// The namespaces that hold where the count stands. For an element that declares any, the parser compares all that hold there with
/// each other.
#[derive(Default)]
struct Spaces {
    /// How many hold in each element that is open.
    open: Vec<u8>,
    /// How often any were compared.
    compared: usize,
}

impl Spaces {
    fn add(&mut self, tag: &Tag) -> Result<(), String> {
        if tag.closes {
            self.open.pop();
            return Ok(());
        }
        let here = usize::from(self.open.last().copied().unwrap_or_default()) + tag.namespaces;
        let counted = u8::try_from(here).ok().filter(|_| here <= NAMESPACES);
        let Some(counted) = counted else {
            return Err(format!("more than {NAMESPACES} namespaces hold for one element"));
        };
        if tag.namespaces > 0 {
            self.compared += here * here;
        }
        if self.compared > COMPARED {
            return Err("too many elements declare namespaces of their own".to_owned());
        }
        if tag.opens {
            self.open.push(counted);
        }
        Ok(())
    }
}

fn find(text: &str, from: usize, what: char) -> Option<usize> {
    Some(from + text.get(from..)?.find(what)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Elements in each other that declare a namespace each.
    fn nested(count: usize) -> String {
        (0..count).map(|at| format!("<a xmlns:n{at}=\"{at}\">")).collect()
    }

    #[test]
    fn what_is_too_much_or_no_xml_is_refused_in_words() {
        let many: String = (0..300).map(|n| format!(" a{n}=\"\"")).collect();
        let cases = [
            ("<a", "not XML"),
            ("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "DOCTYPE"),
            (&format!("<a{many}/>"), "more than 256 attributes"),
            (&"<a>".repeat(100_000), "not XML"),
            (&(nested(65) + &"</a>".repeat(65)), "more than 64 namespaces"),
            (&format!("<r>{}</r>", (nested(60) + &"</a>".repeat(60)).repeat(2_000)), "too many elements declare"),
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
        let beside = format!("<a>{}</a>", format!("{}<b xmlns=''/>{}", nested(10), "</a>".repeat(10)).repeat(1_000));
        assert_eq!(parse(&beside).unwrap().root_element().children().count(), 1_000);
    }

    #[test]
    fn a_deep_document_is_read() {
        let text = "<a>".repeat(100_000) + &"</a>".repeat(100_000);
        assert_eq!(parse(&text).unwrap().descendants().count(), 100_001);
    }
}
