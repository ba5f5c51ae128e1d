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

/// The addresses that stand in `glyphs`, the characters of `text`: words between blanks and brackets.
fn addresses(glyphs: &[Glyph], text: &str) -> Vec<Range<usize>> {
    let is_end = |glyph: &Glyph| {
        // A decoded blank or bracket is a part of the address.
        let stands_itself = text[glyph.at.clone()].chars().eq([glyph.c]);
        glyph.c == BLOCK || stands_itself && (glyph.c.is_whitespace() || "<>\"`|()[]{}".contains(glyph.c))
    };
    glyphs.split(is_end).filter_map(address).collect()
}

/// The bytes of the address that a word is or holds.
fn address(word: &[Glyph]) -> Option<Range<usize>> {
    let is_mark = |glyph: &&Glyph| ".,;:!?'*_~".contains(glyph.c);
    let start = word.iter().take_while(is_mark).count();
    let end = word.len() - word[start..].iter().rev().take_while(is_mark).count();
    let word = word.get(start..end).filter(|word| !word.is_empty())?;
    let written: String = word.iter().map(|glyph| glyph.c.to_ascii_lowercase()).collect();
    let before_scheme = written.find("://").filter(|at| *at > 0).map(|mark| {
        let in_scheme = |c: &char| c.is_ascii_alphanumeric() || "+.-".contains(*c);
        let scheme = written[..mark].chars().rev().take(LONGEST_SCHEME).take_while(in_scheme).count();
        written[..mark].chars().count() - scheme
    });
    let is_address = before_scheme.is_some() || has_scheme(&written) || is_mail(&written) || is_host(word, &written);
    let first = before_scheme.unwrap_or_default();
    is_address.then(|| word[first].at.start..word[word.len() - 1].at.end)
}

/// Whether a word in lower case starts with a scheme that needs no `//`.
fn has_scheme(word: &str) -> bool {
    word.split_once(':').is_some_and(|(scheme, rest)| SCHEMES.contains(&scheme) && !rest.is_empty())
}

/// Whether a word is an address of mail, or of somebody on a machine.
fn is_mail(word: &str) -> bool {
    let Some((name, host)) = word.split_once('@') else { return false };
    let host = host.split([':', '/']).next().unwrap_or_default();
    !name.is_empty() && host.contains('.') && host.starts_with(char::is_alphanumeric)
}

/// Whether a word starts with the name or number of a machine that a path follows: `//host`, `\\\\host`, `www.host`, `host.example/page`.
fn is_host(word: &[Glyph], written: &str) -> bool {
    let has_mark = ["//", "\\\\", "www."]
        .iter()
        .any(|mark| written.strip_prefix(mark).is_some_and(|rest| rest.starts_with(char::is_alphanumeric)));
    let Some((host, path)) = written.split_once('/') else { return has_mark };
    let labels: Vec<&str> = host.split(':').next().unwrap_or_default().split('.').collect();
    let is_label = |label: &&str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let is_number = labels.len() == 4 && labels.iter().all(|label| label.parse::<u8>().is_ok());
    // Ids such as `PR.DS/ID.AM` are in upper case, names of machines are not.
    let is_lower = word.iter().take_while(|glyph| glyph.c != '/').all(|glyph| !glyph.c.is_uppercase());
    let last = labels[labels.len() - 1];
    let is_name = labels.len() > 1 && is_lower && last.len() > 1 && last.bytes().all(|b| b.is_ascii_alphabetic());
    has_mark || labels.iter().all(is_label) && (is_name || is_number && path.starts_with(char::is_alphabetic))
}

/// Longer words before `://` are cut: a scheme is short.
const LONGEST_SCHEME: usize = 32;

/// Schemes that are addresses without `//`.
const SCHEMES: &[&str] = &[
    "http",
    "https",
    "hxxp",
    "hxxps",
    "ftp",
    "sftp",
    "file",
    "mailto",
    "tel",
    "sms",
    "sip",
    "sips",
    "xmpp",
    "skype",
    "callto",
    "msteams",
    "slack",
    "ssh",
    "git",
    "ldap",
    "smb",
    "data",
    "javascript",
];

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
            ("ask desk@corp.example, git@host.example:a/b", "ask address not shown, address not shown"),
            ("//x.example/a wiki.corp.example/page tel:+491", "address not shown address not shown address not shown"),
            ("file:/etc/x http:x.example \\\\srv\\share", "address not shown address not shown address not shown"),
            ("10.0.0.1/admin, see:https://x", "address not shown, see:address not shown"),
        ];
        for (text, wanted) in cases {
            assert_eq!(without_links(text).as_deref(), Some(wanted), "{text}");
        }
        for text in [
            "PR.DS-11: a/b // c",
            "[x] done",
            "www. and mailto: alone",
            "1 < 2",
            "",
            "ID.AM/PR.DS and/or",
            "10.0.0.0/8 at 12:30",
            "a @ b, @team, 4.5/5 or protect.toml",
            "note:this",
            "// no",
        ] {
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
