//! Texts of a workbook: shared ones, and what they escape.

use super::super::grid::cleaned;
use super::super::xml::parse;
use super::{XmlNode, is};

/// The texts that cells share, in order.
pub(super) fn shared(text: &str) -> Result<Vec<String>, String> {
    let document = parse(text)?;
    Ok(document.root_element().children().filter(|node| is(node, "si")).map(text_of).collect())
}

/// All text below a node, without readings in another script.
pub(super) fn text_of(node: XmlNode<'_, '_>) -> String {
    let mut out = String::new();
    let mut below = vec![node];
    while let Some(node) = below.pop() {
        if is(&node, "t") {
            out.extend(node.children().filter_map(|text| text.text()));
        } else if !is(&node, "rPh") {
            let at = below.len();
            below.extend(node.children());
            below[at..].reverse();
        }
    }
    as_read(&out)
}

/// `text` as a cell holds it, with what the format escapes undone: `_x000D_` is a carriage return.
pub(super) fn as_read(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let escaped = rest[at + 2..].get(..5).and_then(|code| code.strip_suffix('_'));
        let code = escaped.filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let c = code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32);
        let end = at + if c.is_some() { 7 } else { 2 };
        out.push_str(&rest[..if c.is_some() { at } else { end }]);
        out.extend(c);
        rest = &rest[end..];
    }
    out.push_str(rest);
    cleaned(&out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone_once() {
        let cases = [
            ("a_x000D_\nb", "a\nb"),
            ("_x005F_x000D_", "_x000D_"),
            ("_x00zz_ _x", "_x00zz_ _x"),
            ("_xD800_ß", "_xD800_ß"),
            ("snake_x_case", "snake_x_case"),
            ("_x1F600_", "_x1F600_"),
        ];
        for (text, wanted) in cases {
            assert_eq!(as_read(text), wanted, "{text}");
        }
    }
}
