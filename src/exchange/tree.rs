//! XML as a tree of JSON: an element is an object whose keys are its attributes, `text`, and a list of child elements for each
//! local name.

use std::collections::HashSet;

use roxmltree::Node;
use serde_json::{Map, Value};

use super::decode::decode;
use super::{DEPTH, ReadFile, SHORT, xml};
use crate::base::text::cut;

/// Reads a document: an object with its root element.
///
/// # Errors
/// A sentence without a full stop: the file is no XML, has a DTD, or is larger or deeper than what is read.
pub fn read(bytes: &[u8]) -> Result<ReadFile, String> {
    let text = decode(bytes)?;
    bounded(&text)?;
    let document = xml::parse(&text)?;
    if document.descendants().count() > MOST {
        return Err(format!("it holds more than {MOST} elements and texts"));
    }
    let root = document.root_element();
    let mut told = Vec::new();
    let value = element(root, DEPTH, &mut told)?;
    Ok(ReadFile { value: Value::Object(Map::from_iter([(root.tag_name().name().to_owned(), value)])), told })
}

/// The most elements and texts of a file: each takes the memory of several values.
const MOST: usize = 600_000;
/// The most names of namespaces times elements that declare one: the parser gives each of these elements all names around it.
const NAMESPACES: usize = 20_000_000;

/// Refuses a text that would cost its parser more than reading it through.
fn bounded(text: &str) -> Result<(), String> {
    let names = text.match_indices("xmlns:").map(|(at, _)| {
        let rest = &text[at..];
        rest.split('=').next().unwrap_or(rest)
    });
    let (mut different, mut all) = (HashSet::new(), text.matches("xmlns=").count());
    for name in names {
        different.insert(name);
        all += 1;
    }
    if different.len().saturating_mul(all) > NAMESPACES {
        return Err("it declares more namespaces than are read".to_owned());
    }
    Ok(())
}

/// An element, which may hold elements `below` deep.
fn element(node: Node<'_, '_>, below: usize, told: &mut Vec<String>) -> Result<Value, String> {
    let below = below.checked_sub(1).ok_or_else(|| format!("its elements stand more than {DEPTH} deep"))?;
    let mut object = Map::new();
    for attribute in node.attributes() {
        object.insert(attribute.name().to_owned(), attribute.value().into());
    }
    let text: String = node.children().filter(Node::is_text).filter_map(|child| child.text()).collect();
    if !text.trim().is_empty() {
        object.insert("text".to_owned(), text.trim().into());
    }
    for child in node.children().filter(Node::is_element) {
        let name = child.tag_name().name();
        let value = element(child, below, told)?;
        match object.get_mut(name) {
            Some(Value::Array(list)) => list.push(value),
            other => {
                if other.is_some() && told.is_empty() {
                    let name = cut(name, SHORT);
                    told.push(format!("`{name}` is an attribute and an element in one place; the element counts"));
                }
                object.insert(name.to_owned(), Value::Array(vec![value]));
            }
        }
    }
    Ok(Value::Object(object))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_lists_by_their_local_names() {
        let text = "<?xml version=\"1.0\"?><a:r xmlns:a=\"u\" a:id=\"1\"><a:c>x &amp; <b/>y</a:c><c k=\"2\"/></a:r>";
        let value = read(text.as_bytes()).unwrap().value;
        assert_eq!(value, serde_json::json!({"r": {"id": "1", "c": [{"text": "x & y", "b": [{}]}, {"k": "2"}]}}));
    }

    #[test]
    fn what_could_hurt_is_refused_in_words() {
        let deep = "<a>".repeat(100_000);
        let closed = format!("{deep}{}", "</a>".repeat(100_000));
        let names = (0..250).map(|n| format!(" xmlns:a{n}=\"\"")).collect::<String>();
        let named = format!("<r{names}>{}</r>", "<a xmlns:b=\"c\"/>".repeat(100_000));
        let wide = format!("<r>{}</r>", "<a/>".repeat(700_000));
        for (text, why) in [
            ("<!DOCTYPE r [<!ENTITY a \"b\">]><r>&a;</r>", "it has a DOCTYPE line, which is not read: remove it"),
            ("<!DOCTYPE r SYSTEM \"file:///etc/passwd\"><r/>", "DOCTYPE"),
            ("<r>", "not XML"),
            ("{}", "not XML"),
            (deep.as_str(), "not XML"),
            (closed.as_str(), "128 deep"),
            (named.as_str(), "namespaces"),
            (wide.as_str(), "more than 600000"),
        ] {
            let said = read(text.as_bytes()).unwrap_err();
            assert!(said.contains(why), "{why}: {said}");
        }
    }
}
