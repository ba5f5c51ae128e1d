//! Finds what pages do not show of a note as its author meant it: images, markup, and addresses that are no links.

use std::collections::BTreeSet;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::base::link;
use crate::diagnostic::{Code, Diagnostic, Place};

/// A part of a note that pages show otherwise than it was meant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum NoteLoss {
    Image,
    Link,
    Markup,
    Address,
}

impl NoteLoss {
    /// What it is.
    fn words(self) -> &'static str {
        match self {
            Self::Image => "an image",
            Self::Link => "a link that is not to an address of the web",
            Self::Markup => "HTML markup",
            Self::Address => "an address that is no link",
        }
    }

    /// What to write instead.
    fn help(self) -> &'static str {
        match self {
            Self::Image => {
                "put the picture beside the file and name it as evidence: file = \"artifacts/…\", or give its page as url"
            }
            Self::Link => {
                "write the whole address, as in [the plan](https://wiki.example.org/plan); a file of the repository is evidence, with file = \"artifacts/…\""
            }
            Self::Markup => {
                "write Markdown, because HTML is shown as text; a new line in a cell of a table is a new row"
            }
            Self::Address => "put it between < and >, as in <https://wiki.example.org/plan>",
        }
    }
}

/// The longest part of a note that is looked through, in bytes.
const LONGEST: usize = 64 * 1024;

/// Reports the parts of the note at `place` that pages do not show as they are meant.
pub(super) fn losses(note: &str, place: Place) -> Option<Diagnostic> {
    let note = &note[..note.floor_char_boundary(LONGEST)];
    // Most notes hold none of these signs, and need not be parsed.
    if !["](", "<", "http"].iter().any(|sign| note.contains(sign)) {
        return None;
    }
    let found = found(note);
    let words: Vec<&str> = found.iter().map(|loss| loss.words()).collect();
    let (last, before) = words.split_last()?;
    let list = if before.is_empty() { (*last).to_owned() } else { format!("{} and {last}", before.join(", ")) };
    let lossy = Diagnostic::new(Code::LostInNote, place, format!("pages cannot show {list} in this note"));
    Some(found.iter().fold(lossy, |lossy, loss| lossy.help(loss.help())))
}

fn found(note: &str) -> BTreeSet<NoteLoss> {
    let options = Options::ENABLE_TABLES.union(Options::ENABLE_STRIKETHROUGH).union(Options::ENABLE_TASKLISTS);
    let (mut found, mut links, mut code) = (BTreeSet::new(), 0_usize, 0_usize);
    for event in Parser::new_ext(note, options) {
        match event {
            Event::Start(Tag::Image { .. }) => drop(found.insert(NoteLoss::Image)),
            Event::Start(Tag::Link { dest_url, link_type, .. }) => {
                links += 1;
                let address = if link_type == pulldown_cmark::LinkType::Email { "mailto:x" } else { &*dest_url };
                found.extend((!link::is_safe(address)).then_some(NoteLoss::Link));
            }
            Event::End(TagEnd::Link) => links = links.saturating_sub(1),
            Event::Start(Tag::CodeBlock(_)) => code += 1,
            Event::End(TagEnd::CodeBlock) => code = code.saturating_sub(1),
            Event::Html(_) | Event::InlineHtml(_) => drop(found.insert(NoteLoss::Markup)),
            Event::Text(text) if links == 0 && code == 0 => {
                let bare = ["http://", "https://"].iter().any(|scheme| text.contains(scheme));
                found.extend(bare.then_some(NoteLoss::Address));
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(note: &str) -> String {
        losses(note, Place::file("x.toml")).map(|found| found.message).unwrap_or_default()
    }

    #[test]
    fn what_a_page_cannot_show_is_told() {
        assert_eq!(told("![a shot](https://x.example/a.png)"), "pages cannot show an image in this note");
        assert!(told("[the plan](artifacts/plan.md)").contains("a link that is not"));
        assert!(told("See https://x.example/page.").contains("an address that is no link"));
        let all = told("![](b.png) <br> [a](b) http://x.example");
        assert!(["an image, ", "HTML", " and an address"].iter().all(|part| all.contains(part)), "{all}");
    }

    #[test]
    fn what_a_page_shows_is_not_told() {
        for note in [
            "",
            "plain, 3 < 4",
            "[a](https://x.example) and <https://x.example/b> and <desk@example.org>",
            "`<br>` and `https://x.example`",
            "```\nhttps://x.example\n```",
            "| a | b |\n|---|---|\n| 1 | [c](mailto:a@b.example) |",
        ] {
            assert_eq!(told(note), "", "{note}");
        }
    }
}
