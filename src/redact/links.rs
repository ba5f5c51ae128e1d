//! Takes the addresses out of a text, and leaves its words.

use std::cmp::Reverse;
use std::ops::Range;

use crate::base::literal;
use crate::base::markdown::{self, BLOCK, Glyph};

/// Stands where a text showed an address.
const ADDRESS: &str = "address not shown";

/// `text`, plain or Markdown, without links and addresses; `None` if it has none. A link keeps what a reader sees of it.
pub(super) fn without_links(text: &str) -> Option<String> {
    let unlinked = unlinked(text).map(|text| {
        // What stood around a link may be a link now. Nobody writes that in earnest, so it becomes plain text.
        let again = markdown::read(&text);
        let is_plain = again.links.is_empty() && again.definitions.is_empty();
        if is_plain { text } else { text.replace('[', "&#91;").replace('<', "&lt;") }
    });
    let base = unlinked.as_deref().unwrap_or(text);
    let mut addresses = addresses(&literal::read(base), base);
    addresses.extend(self::addresses(&markdown::read(base).glyphs, base));
    edited(base, addresses.into_iter().map(|at| (at, ADDRESS)).collect()).or(unlinked)
}

/// `text` with each link replaced by what a reader sees of it.
fn unlinked(text: &str) -> Option<String> {
    let read = markdown::read(text);
    let mut edits: Vec<(Range<usize>, &str)> = read.definitions.into_iter().map(|at| (at, "")).collect();
    for link in read.links {
        if link.shown.is_empty() {
            edits.push((link.at, ADDRESS));
        } else {
            edits.push((link.at.start..link.shown.start, ""));
            edits.push((link.shown.end..link.at.end, ""));
        }
    }
    edited(text, edits)
}

/// `text` with each part replaced; `None` if there is none. Of two that overlap, the outer or the first one counts.
fn edited(text: &str, mut edits: Vec<(Range<usize>, &str)>) -> Option<String> {
    edits.sort_by_key(|(at, _)| (at.start, Reverse(at.end)));
    let mut out = String::with_capacity(text.len());
    let mut end = 0;
    for (at, instead) in &edits {
        if at.start >= end {
            out.push_str(&text[end..at.start]);
            out.push_str(instead);
        }
        end = end.max(at.end);
    }
    out.push_str(&text[end..]);
    (!edits.is_empty()).then_some(out)
}

/// The addresses that stand in `glyphs`, the characters of `text`: from a scheme, or from `www.`, to the next blank or bracket.
fn addresses(glyphs: &[Glyph], text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut after = 0;
    while let Some(start) = (after..glyphs.len()).find_map(|at| start_of(glyphs, at).filter(|start| *start >= after)) {
        let is_end = |glyph: &Glyph| {
            // A decoded blank or bracket is a part of the address.
            let stands_itself = text[glyph.at.clone()].chars().eq([glyph.c]);
            glyph.c == BLOCK || stands_itself && (glyph.c.is_whitespace() || "<>\"`|()[]{}".contains(glyph.c))
        };
        let length = glyphs[start..].iter().position(is_end).unwrap_or(glyphs.len() - start);
        let ends_sentence = |glyph: &&Glyph| ".,;:!?'*_~".contains(glyph.c);
        let trailing = glyphs[start..start + length].iter().rev().take_while(ends_sentence).count();
        after = start + length;
        found.push(glyphs[start].at.start..glyphs[after - trailing - 1].at.end);
    }
    found
}

/// The start of the address that the glyph `at` belongs to, if it is the mark of one.
fn start_of(glyphs: &[Glyph], at: usize) -> Option<usize> {
    let is = |mark: &str| {
        let written = glyphs[at..].iter().map(|glyph| glyph.c.to_ascii_lowercase());
        written.take(mark.len()).eq(mark.chars())
    };
    let begins = at == 0 || !glyphs[at - 1].c.is_alphanumeric();
    let in_scheme = |glyph: &&Glyph| glyph.c.is_ascii_alphanumeric() || "+.-".contains(glyph.c);
    if is("://") {
        let scheme = glyphs[..at].iter().rev().take(LONGEST_SCHEME).take_while(in_scheme).count();
        return (scheme > 0).then(|| at - scheme);
    }
    let has_host = |length: usize| glyphs.get(at + length).is_some_and(|glyph| glyph.c.is_alphanumeric());
    (begins && (is("www.") && has_host(4) || is("mailto:") && has_host(7))).then_some(at)
}

/// Longer words before `://` are cut: a scheme is short.
const LONGEST_SCHEME: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_keeps_its_words_and_loses_its_address() {
        let cases = [
            ("see [the *plan*](https://wiki/a \"t\") now", "see the *plan* now"),
            ("[a][b] and [b]\n\n[b]: https://wiki/a 'title'\n", "a and b\n\n\n"),
            ("<https://wiki/a>, https://wiki/b?c=d.", "address not shown, address not shown."),
            ("[https://wiki/a](https://wiki/a)", "address not shown"),
            ("![plan](https://wiki/a.png) and ![](b.png)", "plan and address not shown"),
            ("(www.wiki.example/a%20b) mailto:desk@x", "(address not shown) address not shown"),
            ("`https://wiki/a` <mailto:a@b>", "`address not shown` address not shown"),
            ("https&#58;//wiki/a and https%3A%2F%2Fwiki", "address not shown and address not shown"),
            ("ssh://host/x, a://b", "address not shown, address not shown"),
        ];
        for (text, wanted) in cases {
            assert_eq!(without_links(text).as_deref(), Some(wanted), "{text}");
        }
        for text in ["PR.DS-11: a/b // c", "[x] done", "www. and mailto: alone", "1 < 2", ""] {
            assert_eq!(without_links(text), None, "{text}");
        }
    }

    #[test]
    fn no_link_comes_out_of_another() {
        for text in
            ["[[a](b)](c)", "![[a](b)](c)", "[[[[a](b)](c)](d)](e)", "[a[b](https://c)](https://d)", "[[x]: y\n]: z"]
        {
            let without = without_links(text).unwrap_or_else(|| text.to_owned());
            let read = markdown::read(&without);
            assert!(read.links.is_empty() && read.definitions.is_empty(), "{text}: {without}");
        }
    }
    proptest::proptest! {
        #[test]
        fn no_text_keeps_a_link(pieces in proptest::collection::vec(proptest::sample::select(&[
            "[", "]", "(", ")", "<", ">", "!", "]: ", "a", " ", "\n", "https://b", "mailto:c", "`", "*", "\\", "&lt;", "\"", "&#91;", "> ", "- ",
        ][..]), 0..24)) {
            let text = pieces.concat();
            let without = without_links(&text).unwrap_or_else(|| text.clone());
            let read = markdown::read(&without);
            proptest::prop_assert!(read.links.is_empty() && read.definitions.is_empty(), "{:?} is {:?}", text, without);
            proptest::prop_assert!(!without.contains("https://b"), "{:?} is {:?}", text, without);
        }
    }
}
