//! XML: elements, with texts in their attributes and between their tags.

use super::Shown;
use crate::base::text::{ends_line, is_deceptive};

/// An element.
#[derive(Debug)]
pub struct XmlElement {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    text: String,
    elements: Vec<Self>,
}

impl XmlElement {
    /// An element that holds nothing.
    pub fn new(name: &'static str) -> Self {
        Self { name, attributes: Vec::new(), text: String::new(), elements: Vec::new() }
    }

    /// The same with another attribute.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    /// The same with this text.
    #[must_use]
    pub fn text(self, text: impl Into<String>) -> Self {
        Self { text: text.into(), ..self }
    }

    /// The same with these elements in it, behind its text.
    #[must_use]
    pub fn holding(self, elements: impl IntoIterator<Item = Self>) -> Self {
        Self { elements: elements.into_iter().collect(), ..self }
    }

    fn push(&self, out: &mut String, depth: usize) {
        let blanks = "  ".repeat(depth);
        *out += &format!("{blanks}<{}", self.name);
        for (name, value) in &self.attributes {
            *out += &format!(" {name}=\"{}\"", escape(value));
        }
        if self.text.is_empty() && self.elements.is_empty() {
            *out += "/>\n";
            return;
        }
        *out += &format!(">{}", escape(&self.text));
        if !self.elements.is_empty() {
            out.push('\n');
            self.elements.iter().for_each(|element| element.push(out, depth + 1));
            *out += &blanks;
        }
        *out += &format!("</{}>\n", self.name);
    }
}

/// A document of this element.
pub fn print(root: &XmlElement) -> Shown {
    let mut out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    root.push(&mut out, 0);
    Shown(out)
}

/// `text` in one line without markup and without a command of a CI run. XML 1.0 allows controls in no form, so they become U+FFFD.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&apos;",
            c if is_deceptive(c) => out.push('\u{FFFD}'),
            c if ends_line(c) || matches!(c, '\n' | '\t') || (c == '#' && out.ends_with('#')) => {
                out += &format!("&#{};", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use roxmltree::Document;

    use super::*;

    #[test]
    fn a_text_is_the_same_text_for_who_reads_it() {
        for text in
            ["<a b=\"c\">'&'</a>", "]]>", "##[error]x", "###vso[x]", "a\n::error::b\tc", "x\u{2028}::a", "&amp; #1 ##"]
        {
            let printed = print(&XmlElement::new("a").with("b", text).text(text));
            assert!(!printed.contains("##") && printed.lines().count() == 2, "{printed}");
            let read = Document::parse(&printed).unwrap();
            let root = read.root_element();
            assert_eq!((root.attribute("b"), root.text()), (Some(text), Some(text)), "{printed}");
        }
    }

    #[test]
    fn what_xml_forbids_is_replaced() {
        let printed = print(&XmlElement::new("a").text("\u{1b}[2J\u{0}\u{202e}\u{ffff}\u{9b}"));
        let read = Document::parse(&printed).unwrap();
        assert_eq!(read.root_element().text(), Some("\u{fffd}[2J\u{fffd}\u{fffd}\u{fffd}\u{fffd}"));
    }

    #[test]
    fn elements_stand_in_elements() {
        let printed =
            print(&XmlElement::new("a").holding([XmlElement::new("b").with("c", "d"), XmlElement::new("b").text("e")]));
        assert_eq!(*printed, *"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a>\n  <b c=\"d\"/>\n  <b>e</b>\n</a>\n");
    }
}
