//! Turns untrusted Markdown into HTML that holds only tags and attributes written by this file.
//!
//! Nothing is filtered: no tag, attribute or address of the author is ever copied, so no filter can miss one.

use std::borrow::Cow;
use std::collections::HashMap;

use pulldown_cmark::{Alignment, Event, HeadingLevel, LinkType, Parser, Tag, TagEnd};

use crate::base::link;
use crate::base::markdown::OPTIONS;
use crate::border::html::{escape, push_escaped};
use crate::model::strings::Strings;
use crate::report::ids::{Here, push_words};

const MAX_INPUT: usize = 256 * 1024;
/// Output can be ninety times the input (empty table cells).
const MAX_OUTPUT: usize = 4 * 1024 * 1024;
/// Browsers flatten elements nested deeper than about 500, and the page's own elements count too.
const MAX_OPEN: usize = 100;
const MAX_SLUG: usize = 60;

/// What a text is written for: the words of the report, and the page that it stands on, so that ids in it become links.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// The words of the report.
    pub strings: &'a Strings,
    /// The page; `None` if ids are no links.
    pub here: Option<&'a Here<'a>>,
}

/// Writes a note as HTML blocks. Its top heading becomes `top_heading` (2 to 6), heading ids begin with `anchors`.
pub fn html(around: Around<'_>, text: &str, top_heading: u8, anchors: &str) -> String {
    let mut writer = MarkdownWriter { top: top_heading.clamp(2, 6), anchors, ..MarkdownWriter::new(around) };
    if !writer.write(text) {
        writer.out.push_str(&format!("<p><strong>{}</strong></p>\n", writer.word("markdown.cut")));
    }
    writer.out
}

/// Writes a one-line text as HTML without blocks. A space replaces each break between blocks.
pub fn inline(around: Around<'_>, text: &str) -> String {
    let mut writer = MarkdownWriter { line: true, ..MarkdownWriter::new(around) };
    if !writer.write(text) {
        writer.out.push_str(&format!(" <strong>{}</strong>", writer.word("markdown.cut")));
    }
    let line = one_line(&writer.out);
    // To Markdown, `[later]: soon` defines a link and shows nothing, but its author meant it as a reason.
    if line.is_empty() { one_line(&escape(text)) } else { line }
}

fn one_line(html: &str) -> String {
    html.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

struct MarkdownWriter<'a> {
    around: Around<'a>,
    out: String,
    /// The closing tags of all open elements, outermost first.
    open: Vec<&'static str>,
    /// Whether blocks are flattened.
    line: bool,
    top: u8,
    anchors: &'a str,
    /// Each heading's slug, and the last number tried to make it unique.
    slugs: HashMap<String, u32>,
    /// The position in the output where the open heading's id goes.
    heading: usize,
    /// The levels, as the author wrote them, of the heading before and of those above it.
    levels: Vec<HeadingLevel>,
    /// The position in the output where the open link's text begins.
    link: Option<usize>,
    /// How many images are open. Their alternative text is plain text only.
    images: usize,
    /// The next number of each open list, when blocks are flattened.
    numbers: Vec<Option<u64>>,
    columns: Vec<Alignment>,
    column: usize,
    /// Whether the open row is the table's head.
    head: bool,
    /// Whether a block of code is open.
    code: bool,
}

impl<'a> MarkdownWriter<'a> {
    fn new(around: Around<'a>) -> Self {
        Self {
            around,
            out: String::new(),
            open: Vec::new(),
            line: false,
            top: 2,
            anchors: "",
            slugs: HashMap::new(),
            heading: 0,
            levels: Vec::new(),
            link: None,
            images: 0,
            numbers: Vec::new(),
            columns: Vec::new(),
            column: 0,
            head: false,
            code: false,
        }
    }

    /// One of the report's own words, as HTML.
    fn word(&self, key: &str) -> String {
        escape(&self.around.strings.word(key))
    }

    /// Writes `text`; `false` when a limit cut it.
    fn write(&mut self, text: &str) -> bool {
        let end = text.floor_char_boundary(MAX_INPUT);
        let source = match &text[..end] {
            all if all.contains('\r') => Cow::Owned(all.replace("\r\n", "\n").replace('\r', "\n")),
            all => Cow::Borrowed(all),
        };
        self.out.reserve(source.len() + source.len() / 4);
        let mut whole = end == text.len();
        for event in Parser::new_ext(&source, OPTIONS) {
            if self.out.len() > MAX_OUTPUT || self.open.len() > MAX_OPEN {
                whole = false;
                break;
            }
            self.event(event);
        }
        while let Some(close) = self.open.pop() {
            self.out.push_str(close);
        }
        whole
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Code(text) if self.images == 0 => {
                self.out.push_str("<code>");
                push_escaped(&mut self.out, &text);
                self.out.push_str("</code>");
            }
            Event::Text(text) if self.images == 0 && !self.code => {
                push_words(&mut self.out, &text, self.around.here, self.link.is_none());
            }
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                push_escaped(&mut self.out, &text);
            }
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => {
                push_escaped(&mut self.out, &text);
            }
            Event::HardBreak if self.images == 0 && !self.line => self.out.push_str("<br>\n"),
            Event::Rule if !self.line => self.out.push_str("<hr>\n"),
            Event::SoftBreak | Event::HardBreak | Event::Rule => self.out.push('\n'),
            Event::TaskListMarker(done) => self.out.push_str(if done { "☑ " } else { "☐ " }),
        }
    }

    fn start(&mut self, tag: Tag) {
        let close = match tag {
            Tag::Image { .. } => {
                self.images += 1;
                let image = self.word("markdown.image");
                self.put(&format!("[{image}: "), "]")
            }
            _ if self.images > 0 => "",
            Tag::Emphasis => self.put("<em>", "</em>"),
            Tag::Strong => self.put("<strong>", "</strong>"),
            Tag::Strikethrough => self.put("<del>", "</del>"),
            Tag::Link { link_type, dest_url, .. } => self.link(link_type, &dest_url),
            _ if self.line => self.flat(&tag),
            _ => self.block(tag),
        };
        self.open.push(close);
    }

    fn end(&mut self, tag: TagEnd) {
        let close = self.open.pop().unwrap_or_default();
        match tag {
            TagEnd::Image => self.images -= 1,
            TagEnd::Link if close == "</a>" => {
                let empty = self.link.take().is_some_and(|at| self.out[at..].trim().is_empty());
                if empty {
                    let link = self.word("markdown.link");
                    self.out.push_str(&format!("[{link}]"));
                }
            }
            TagEnd::Heading(_) if !self.line => self.anchor(),
            TagEnd::CodeBlock => self.code = false,
            TagEnd::List(_) if self.line => drop(self.numbers.pop()),
            _ => {}
        }
        self.out.push_str(close);
    }

    fn put(&mut self, open: &str, close: &'static str) -> &'static str {
        self.out.push_str(open);
        close
    }

    fn block(&mut self, tag: Tag) -> &'static str {
        match tag {
            Tag::Paragraph | Tag::HtmlBlock => self.put("<p>", "</p>\n"),
            Tag::Heading { level, .. } => self.heading(level),
            Tag::BlockQuote(_) => self.put("<blockquote>\n", "</blockquote>\n"),
            Tag::CodeBlock(_) => {
                self.code = true;
                self.put("<pre><code>", "</code></pre>\n")
            }
            Tag::List(None) => self.put("<ul>\n", "</ul>\n"),
            Tag::List(Some(1)) => self.put("<ol>\n", "</ol>\n"),
            Tag::List(Some(first)) => self.put(&format!("<ol start=\"{first}\">\n"), "</ol>\n"),
            Tag::Item => self.put("<li>", "</li>\n"),
            Tag::Table(columns) => {
                self.columns = columns;
                let label = self.word("markdown.table");
                let scroll =
                    format!("<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{label}\"><table>");
                self.put(&scroll, "</table></div>\n")
            }
            Tag::TableHead => {
                // The body opens where the head closes, so from here on closing the table must close the body too.
                self.open.pop();
                self.open.push("</tbody></table></div>\n");
                (self.column, self.head) = (0, true);
                self.put("\n<thead><tr>", "</tr></thead>\n<tbody>\n")
            }
            Tag::TableRow => {
                (self.column, self.head) = (0, false);
                self.put("<tr>", "</tr>\n")
            }
            Tag::TableCell => self.cell(),
            _ => "", // what OPTIONS leaves off
        }
    }

    /// A block in a text that must stay on one line. A list keeps its numbers: authors rarely mean "2025. Moved" as a list.
    fn flat(&mut self, tag: &Tag) -> &'static str {
        self.out.push(' ');
        match tag {
            Tag::List(first) => self.numbers.push(*first),
            Tag::Item => {
                if let Some(Some(number)) = self.numbers.last_mut() {
                    self.out.push_str(&format!("{number}. "));
                    *number += 1;
                }
            }
            _ => {}
        }
        " "
    }

    fn cell(&mut self) -> &'static str {
        let class = match self.columns.get(self.column) {
            Some(Alignment::Left) => " class=\"left\"",
            Some(Alignment::Center) => " class=\"center\"",
            Some(Alignment::Right) => " class=\"right\"",
            Some(Alignment::None) | None => "",
        };
        self.column += 1;
        let (open, close) = if self.head { ("<th scope=\"col\"", "</th>") } else { ("<td", "</td>") };
        self.out.extend([open, class, ">"]);
        close
    }

    /// A link if it is safe and not inside another link (`[<https://a.example>](b)`), otherwise only its text.
    fn link(&mut self, kind: LinkType, target: &str) -> &'static str {
        let url = if kind == LinkType::Email { format!("mailto:{target}").into() } else { Cow::Borrowed(target) };
        if self.link.is_some() || !link::is_safe(&url) {
            return "";
        }
        self.out.push_str("<a href=\"");
        push_escaped(&mut self.out, &url);
        self.out.push_str("\" rel=\"noreferrer noopener\">");
        self.link = Some(self.out.len());
        "</a>"
    }

    fn heading(&mut self, level: HeadingLevel) -> &'static str {
        // Authors start at any level and skip some; the page must not skip a level.
        self.levels.retain(|above| *above < level);
        let depth = self.levels.len() as u8;
        self.levels.push(level);
        let level = (self.top + depth).min(6);
        let close = ["</h2>\n", "</h3>\n", "</h4>\n", "</h5>\n", "</h6>\n"][usize::from(level - 2)];
        self.out.push_str(&format!("<h{level}"));
        self.heading = self.out.len();
        self.put(">", close)
    }

    /// Gives the heading just written an id that no other heading of this text has.
    fn anchor(&mut self) {
        // A reader who jumps from heading to heading would stop at an empty one.
        if self.out[self.heading + 1..].trim().is_empty() {
            let heading = self.word("markdown.heading");
            self.out.push_str(&format!("[{heading}]"));
        }
        let slug = slug(&self.out[self.heading + 1..]);
        let mut number = self.slugs.get(&slug).copied().unwrap_or_default();
        let mut unique = slug.clone();
        while number > 0 && self.slugs.contains_key(&unique) {
            number += 1;
            unique = format!("{slug}-{number}");
        }
        self.slugs.insert(slug, number.max(1));
        self.out.insert_str(self.heading, &format!(" id=\"{}{unique}\"", escape(self.anchors)));
        self.slugs.entry(unique).or_insert(1);
    }
}

/// The words of HTML written here, in lower case, joined by hyphens. Tags and entities are skipped.
fn slug(html: &str) -> String {
    let mut slug = String::new();
    let mut passing = None;
    for c in html.chars() {
        match (passing, c) {
            (Some(end), _) if end != c => {}
            (Some(_), _) => passing = None,
            (None, '<') => passing = Some('>'),
            (None, '&') => passing = Some(';'),
            (None, _) if slug.len() >= MAX_SLUG => break,
            (None, _) if c.is_alphanumeric() => slug.extend(c.to_lowercase()),
            (None, _) if slug.is_empty() || slug.ends_with('-') => {}
            (None, _) => slug.push('-'),
        }
    }
    let words = slug.trim_end_matches('-');
    if words.is_empty() { "section".to_owned() } else { words.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::language::Language;
    use crate::base::message::{Message, MessageForm};

    /// The English words that Markdown needs.
    fn strings() -> Strings {
        let mut strings = Strings::new(Language::english());
        for key in ["cut", "heading", "image", "link", "table"] {
            strings.put("markdown", key, Message::one(MessageForm::parse(key).unwrap()));
        }
        strings
    }

    fn html(text: &str, top_heading: u8, anchors: &str) -> String {
        super::html(Around { strings: &strings(), here: None }, text, top_heading, anchors)
    }

    fn inline(text: &str) -> String {
        super::inline(Around { strings: &strings(), here: None }, text)
    }

    fn block(text: &str) -> String {
        html(text, 3, "")
    }

    #[test]
    fn raw_html_is_shown_not_used() {
        assert_eq!(block("a <b onclick=x>'"), "<p>a &lt;b onclick=x&gt;&#39;</p>\n");
        assert_eq!(
            block("<script>\n\"1\" & 2\n</script>"),
            "<p>&lt;script&gt;\n&quot;1&quot; &amp; 2\n&lt;/script&gt;</p>\n"
        );
    }

    #[test]
    fn headings_shift_and_have_unique_ids() {
        let written = html("# A *b*\n\n## A b\n\na b-2\n===\n\n# a b\n\n###### ?", 5, "PR.AA-01-");
        assert_eq!(
            written,
            "<h5 id=\"PR.AA-01-a-b\">A <em>b</em></h5>\n<h6 id=\"PR.AA-01-a-b-2\">A b</h6>\n\
             <h5 id=\"PR.AA-01-a-b-2-2\">a b-2</h5>\n<h5 id=\"PR.AA-01-a-b-3\">a b</h5>\n<h6 id=\"PR.AA-01-section\">?</h6>\n"
        );
        let levels = html("## a\n\n##### b\n\n### c\n\n## d\n\n# e\n\n### f", 3, "");
        let levels: Vec<&str> = levels.split("<h").skip(1).map(|heading| &heading[..1]).collect();
        assert_eq!(levels, ["3", "4", "4", "3", "3", "4"]);
        assert_eq!(html("# a {onclick=x}", 0, "\">"), "<h2 id=\"&quot;&gt;a-onclick-x\">a {onclick=x}</h2>\n");
        assert_eq!(slug("don&#39;t <a href=\"x\">É</a> &amp; Ж"), "dont-é-ж");
    }

    #[test]
    fn only_safe_links_stay_links() {
        let external = "<p><a href=\"https://a.example?b&amp;c\" rel=\"noreferrer noopener\">x</a></p>\n";
        assert_eq!(block("[x](https://a.example?b&c \"title\")"), external);
        assert_eq!(
            block("<a@b.example>"),
            "<p><a href=\"mailto:a@b.example\" rel=\"noreferrer noopener\">a@b.example</a></p>\n"
        );
        let unnamed = "<p><a href=\"https://a.example\" rel=\"noreferrer noopener\">[link]</a></p>\n";
        assert_eq!(block("[](https://a.example)"), unnamed);
        for unsafe_link in [
            "[x](javascript&colon;1)",
            "[x](//evil.example)",
            "[x](<a b>)",
            "[x]\n\n[x]: data:,",
            "[x](../a)",
            "[x](#a)",
        ] {
            assert_eq!(block(unsafe_link), "<p>x</p>\n");
        }
        let nested = "<p><a href=\"https://c.example\" rel=\"noreferrer noopener\">a https://b.example</a></p>\n";
        assert_eq!(block("[a <https://b.example>](https://c.example)"), nested);
    }

    #[test]
    fn images_are_their_alternative_text() {
        let image = "![a *b* `<c>` [d](e) ![f](g)](https://evil.example/p.gif \"t\")";
        assert_eq!(block(image), "<p>[image: a b &lt;c&gt; d [image: f]]</p>\n");
    }

    #[test]
    fn lists_tasks_and_code_are_plain() {
        assert_eq!(block("- [x] a\n- [ ] b"), "<ul>\n<li>☑ a</li>\n<li>☐ b</li>\n</ul>\n");
        assert_eq!(block("7. a"), "<ol start=\"7\">\n<li>a</li>\n</ol>\n");
        assert_eq!(block("```js\" onclick=\"x\na\r\n```"), "<pre><code>a\n</code></pre>\n");
    }

    #[test]
    fn tables_align_by_class() {
        assert_eq!(
            block("|a|b|\n|-|-:|\n|c|"),
            "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"table\"><table>\n\
             <thead><tr><th scope=\"col\">a</th><th scope=\"col\" class=\"right\">b</th></tr></thead>\n\
             <tbody>\n<tr><td>c</td><td class=\"right\"></td></tr>\n</tbody></table></div>\n"
        );
    }

    #[test]
    fn invisible_and_turning_characters_are_replaced() {
        assert_eq!(
            escape("a\0\u{1B}\r\u{9B}\u{202E}\u{2066}\u{200F}\u{FFFF}\n\té"),
            format!("a{}\n\té", "\u{FFFD}".repeat(8))
        );
        assert_eq!(block("a\u{202E}b&#x202e;&#27;"), "<p>a\u{FFFD}b\u{FFFD}\u{FFFD}</p>\n");
    }

    #[test]
    fn inline_flattens_blocks() {
        assert_eq!(
            inline("2025. *Moved*\n\n# to\n- [a](mailto:b)  \n  `c`\n\n|d|e|\n|-|-|"),
            "2025. <em>Moved</em> to <a href=\"mailto:b\" rel=\"noreferrer noopener\">a</a> <code>c</code> d e"
        );
        assert_eq!(inline("[later]: <soon>"), "[later]: &lt;soon&gt;");
        assert_eq!(inline(" \n"), "");
    }

    #[test]
    fn limits_cut_and_say_so() {
        let notice = "<p><strong>cut</strong></p>\n";
        assert!(!block(&"é".repeat(MAX_INPUT / 2)).contains("<strong>cut</strong>"));
        assert!(block(&"aé".repeat(MAX_INPUT / 2)).ends_with(&format!("a</p>\n{notice}")));
        let table = format!("{}\n{}\n{}", "|a".repeat(500), "|:-:".repeat(500), "|b\n".repeat(50_000));
        let written = block(&table);
        assert!(written.len() < MAX_OUTPUT + 1000 && written.ends_with(&format!("</tbody></table></div>\n{notice}")));
        assert!(block(&">".repeat(5000)).ends_with(&format!("</blockquote>\n{notice}")));
        assert!(inline(&"> a".repeat(MAX_INPUT)).ends_with("<strong>cut</strong>"));
    }
}
