//! Reads Markdown: which characters a reader sees, where each stands in the source, and where links are.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};

/// How Milepost reads Markdown. Heading attributes, footnotes and metadata blocks stay off: they write attributes and ids, or hide
/// text.
pub const OPTIONS: Options =
    Options::ENABLE_TABLES.union(Options::ENABLE_STRIKETHROUGH).union(Options::ENABLE_TASKLISTS);

/// A character that a reader sees, and the bytes of the source that show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glyph {
    /// The character. [`BLOCK`] stands between two blocks.
    pub c: char,
    /// Its bytes in the source.
    pub at: Range<usize>,
    /// The innermost element that it stands in, an index of [`Markdown::elements`].
    pub element: Option<usize>,
}

/// The character between two blocks. What stands on both sides of it is never one phrase.
pub const BLOCK: char = '\n';

/// What can be replaced only as a whole: emphasis, a link, code, or a text whose source looks different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkdownElement {
    /// Its bytes in the source.
    pub at: Range<usize>,
    /// The element around it, an index of [`Markdown::elements`].
    pub parent: Option<usize>,
}

/// A link or an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkdownLink {
    /// Its bytes in the source.
    pub at: Range<usize>,
    /// What a reader sees of it. Empty if that is nothing, or only the address.
    pub shown: Range<usize>,
}

/// A text that was read as Markdown.
#[derive(Debug, Default)]
pub struct Markdown {
    /// What a reader sees, in order. HTML is text here, as it is on a page.
    pub glyphs: Vec<Glyph>,
    /// The elements, an outer one before its inner ones.
    pub elements: Vec<MarkdownElement>,
    /// Links and images, an outer one before its inner ones.
    pub links: Vec<MarkdownLink>,
    /// Definitions of links, which show nothing. In order.
    pub definitions: Vec<Range<usize>>,
}

/// Reads `text` as Markdown.
pub fn read(text: &str) -> Markdown {
    let parser = Parser::new_ext(text, OPTIONS);
    let mut definitions: Vec<_> = parser.reference_definitions().iter().map(|(_, named)| named.span.clone()).collect();
    definitions.sort_by_key(|span| span.start);
    let mut reader = MarkdownReader {
        text,
        read: Markdown { definitions, ..Markdown::default() },
        open: Vec::new(),
        links: Vec::new(),
    };
    parser.into_offset_iter().for_each(|(event, at)| reader.event(event, at));
    reader.read
}

struct MarkdownReader<'t> {
    text: &'t str,
    read: Markdown,
    /// The open elements.
    open: Vec<usize>,
    /// The open links; `None` for one that shows only its address.
    links: Vec<Option<usize>>,
}

impl MarkdownReader<'_> {
    fn event(&mut self, event: Event<'_>, at: Range<usize>) {
        match event {
            Event::Start(Tag::Link { link_type: LinkType::Autolink | LinkType::Email, .. }) => self.link(at, None),
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) => self.link(at, Some(self.read.links.len())),
            Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough) => self.element(at),
            Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough) => drop(self.open.pop()),
            Event::End(TagEnd::Link | TagEnd::Image) => {
                self.open.pop();
                self.links.pop();
                self.shown(&at);
            }
            Event::Start(_) | Event::End(_) | Event::Rule => self.push(BLOCK, at),
            Event::Text(shown) if self.text.get(at.clone()) == Some(&*shown) => {
                self.shown(&at);
                self.text(&shown, at.start);
            }
            Event::Text(shown) | Event::Code(shown) | Event::InlineMath(shown) | Event::DisplayMath(shown) => {
                self.element(at.clone());
                match self.text[at.clone()].find(&*shown) {
                    Some(inner) => self.text(&shown, at.start + inner),
                    None => shown.chars().for_each(|c| self.push(as_blank(c), at.clone())),
                }
                self.open.pop();
            }
            Event::Html(source) | Event::InlineHtml(source) => {
                self.shown(&at);
                if self.text.get(at.clone()) == Some(&*source) {
                    self.text(&source, at.start);
                }
            }
            Event::SoftBreak | Event::HardBreak => self.push(' ', at),
            Event::FootnoteReference(_) | Event::TaskListMarker(_) => self.shown(&at),
        }
    }

    /// A text whose source from the byte `start` on looks the same.
    fn text(&mut self, shown: &str, start: usize) {
        shown.char_indices().for_each(|(i, c)| self.push(as_blank(c), start + i..start + i + c.len_utf8()));
    }

    fn push(&mut self, c: char, at: Range<usize>) {
        self.read.glyphs.push(Glyph { c, at, element: self.open.last().copied() });
    }

    fn element(&mut self, at: Range<usize>) {
        self.shown(&at);
        let parent = self.open.last().copied();
        self.open.push(self.read.elements.len());
        self.read.elements.push(MarkdownElement { at, parent });
    }

    fn link(&mut self, at: Range<usize>, open: Option<usize>) {
        self.element(at.clone());
        self.read.links.push(MarkdownLink { shown: at.start..at.start, at });
        self.links.push(open);
    }

    /// The innermost open link shows what stands at `at`.
    fn shown(&mut self, at: &Range<usize>) {
        if let Some(Some(link)) = self.links.last() {
            let shown = &mut self.read.links[*link].shown;
            *shown =
                if shown.start == shown.end { at.clone() } else { shown.start.min(at.start)..shown.end.max(at.end) };
        }
    }
}

/// A newline inside a block parts words, not blocks.
fn as_blank(c: char) -> char {
    if c == BLOCK { ' ' } else { c }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> String {
        read(text).glyphs.iter().map(|glyph| glyph.c).collect::<String>().trim().to_owned()
    }

    #[test]
    fn a_reader_sees_words_without_markup() {
        assert_eq!(seen("Shore **IT** and `co*de`"), "Shore IT and co*de");
        assert_eq!(seen("[Shore](https://a \"b\") IT <https://c> ![d](e)"), "Shore IT https://c d");
        assert_eq!(seen("Shore&nbsp;&#73;T \\*"), "Shore\u{a0}IT *");
        assert_eq!(seen("Shore\nIT\\\nOps"), "Shore IT Ops");
        assert_eq!(seen("Shore <b>IT</b>"), "Shore <b>IT</b>");
        assert_eq!(seen("<div>*Shore*</div>"), "<div>*Shore*</div>");
        assert_eq!(seen("Shore\n\nIT"), "Shore\n\nIT");
    }

    #[test]
    fn a_glyph_and_a_link_stand_where_they_are_written() {
        let text = "a [b *c*](d) <https://e> ![f](g)\n\n[h]: i\n";
        let read = read(text);
        let part = |at: &Range<usize>| text[at.clone()].to_owned();
        let links: Vec<_> = read.links.iter().map(|link| (part(&link.at), part(&link.shown))).collect();
        let wanted = [("[b *c*](d)", "b *c*"), ("<https://e>", ""), ("![f](g)", "f")];
        assert_eq!(links, wanted.map(|(at, shown)| (at.to_owned(), shown.to_owned())));
        assert_eq!(read.definitions.iter().map(part).collect::<Vec<_>>(), ["[h]: i"]);
        let c = read.glyphs.iter().find(|glyph| glyph.c == 'c').unwrap();
        let inner = &read.elements[c.element.unwrap()];
        assert_eq!((part(&c.at), part(&inner.at)), ("c".to_owned(), "*c*".to_owned()));
        assert_eq!(part(&read.elements[inner.parent.unwrap()].at), "[b *c*](d)");
    }
}
