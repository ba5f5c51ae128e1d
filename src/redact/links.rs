//! Takes the addresses out of a text, and leaves its words.

use std::cmp::Reverse;
use std::iter;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use crate::base::literal;
use crate::base::markdown::{self, BLOCK, Glyph};
use crate::base::mention::is_invisible;

/// Stands where a text showed an address.
const ADDRESS: &str = "address not shown";

/// `text`, plain or Markdown, without links and addresses; `None` if it has none. A link keeps what a reader sees of it.
pub fn without_links(text: &str) -> Option<String> {
    let mut without = with_fewer_links(text)?;
    // What is left may mean something else than before, for example where a piece of code began or ended in an address.
    for _ in 0..ROUNDS {
        match with_fewer_links(&without) {
            Some(fewer) if fewer != without => without = fewer,
            _ => return Some(without),
        }
    }
    Some(ADDRESS.to_owned())
}

/// A text that shows a new address so many times was made for that.
const ROUNDS: usize = 8;

fn with_fewer_links(text: &str) -> Option<String> {
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
    let in_number = in_numbers(glyphs);
    let is_end = |at: usize| {
        let glyph = &glyphs[at];
        // A decoded blank or bracket is a part of the address. The end of a line, which reads as a blank, is not.
        let source = &text[glyph.at.clone()];
        let stands_itself = source == "\n" || source.chars().eq([glyph.c]);
        let parts = stands_itself && (glyph.c.is_whitespace() || "<>\"`|()[]{}".contains(glyph.c));
        glyph.c == BLOCK || parts && !in_number[at]
    };
    let ends: Vec<usize> = (0..glyphs.len()).filter(|at| is_end(*at)).chain([glyphs.len()]).collect();
    let starts = iter::once(0).chain(ends.iter().map(|end| end + 1));
    starts.zip(&ends).filter_map(|(start, end)| address(&glyphs[start..*end])).collect()
}

/// Which characters are the brackets of a machine's number, as in `[2001:db8::1]`, or of one that mail goes to, as in `a@[1.2.3.4]`.
fn in_numbers(glyphs: &[Glyph]) -> Vec<bool> {
    let mut inside = vec![false; glyphs.len()];
    for open in (0..glyphs.len()).filter(|at| glyphs[*at].c == '[') {
        let number = glyphs[open + 1..].iter().take(LONGEST_NUMBER);
        let length = number.take_while(|glyph| glyph.c.is_ascii_hexdigit() || ":.%".contains(glyph.c)).count();
        let close = open + 1 + length;
        let is_closed = glyphs.get(close).is_some_and(|glyph| glyph.c == ']');
        let colons = glyphs[open..close].iter().filter(|glyph| glyph.c == ':').count();
        if is_closed && (colons > 1 || open > 0 && glyphs[open - 1].c == '@') {
            inside[open] = true;
            inside[close] = true;
        }
    }
    inside
}

/// The most characters of a machine's number.
const LONGEST_NUMBER: usize = 50;

/// The bytes of the address that a word is or holds.
fn address(word: &[Glyph]) -> Option<Range<usize>> {
    let is_mark = |glyph: &&Glyph| ".,;:!?'*_~".contains(glyph.c);
    let start = word.iter().take_while(is_mark).count();
    let end = word.len() - word[start..].iter().rev().take_while(is_mark).count();
    let word = word.get(start..end).filter(|word| !word.is_empty())?;
    // What a browser makes of each character, and which character that is.
    let letters: Vec<(char, usize)> =
        word.iter().enumerate().flat_map(|(at, glyph)| folded(glyph.c).map(move |c| (c, at))).collect();
    let written: String = letters.iter().map(|(c, _)| *c).collect();
    let before_scheme = written.find("://").filter(|at| *at > 0).map(|mark| {
        let scheme = written[..mark].chars().rev().take(LONGEST_SCHEME).take_while(|c| is_of_scheme(*c)).count();
        letters[written[..mark].chars().count() - scheme].1
    });
    let is_address = before_scheme.is_some() || has_scheme(&written) || is_mail(&written) || is_host(word, &written);
    let first = before_scheme.unwrap_or_default();
    is_address.then(|| word[first].at.start..word[word.len() - 1].at.end)
}

/// A character as names of machines have it: of full width or not, in lower case, and nothing for one that nobody sees.
fn folded(c: char) -> impl Iterator<Item = char> {
    let same = Some(c).filter(|c| !is_invisible(*c)).into_iter().nfkc().flat_map(char::to_lowercase);
    same.map(|c| if c == '。' { '.' } else { c })
}

/// Whether a word in lower case starts with a scheme that needs no `//`.
fn has_scheme(word: &str) -> bool {
    let is_known = |scheme: &str| {
        SCHEMES.contains(&scheme)
            || SCHEME_STARTS.iter().any(|start| scheme.starts_with(start)) && scheme.chars().all(is_of_scheme)
    };
    word.split_once(':').is_some_and(|(scheme, rest)| is_known(scheme) && !rest.is_empty())
}

/// Whether a character may stand in the name of a scheme.
fn is_of_scheme(c: char) -> bool {
    c.is_ascii_alphanumeric() || "+.-".contains(c)
}

/// Whether a word is an address of mail, or of somebody on a machine. Behind a quoted name, the word begins with the sign.
fn is_mail(word: &str) -> bool {
    let Some((name, host)) = word.split_once('@') else { return false };
    if host.starts_with('[') {
        return !name.is_empty();
    }
    let host = host.split([':', '/']).next().unwrap_or_default();
    let is_domain = host.contains('.') && host.starts_with(char::is_alphanumeric);
    is_domain || !name.is_empty() && host.starts_with(char::is_alphabetic)
}

/// Whether a word starts with the name or number of a machine that a path follows: `//host`, `\\\\host`, `www.host`,
/// `host.example/page`, `[2001:db8::1]`.
fn is_host(word: &[Glyph], written: &str) -> bool {
    let has_mark = ["//", "\\\\", "www."]
        .iter()
        .any(|mark| written.strip_prefix(mark).is_some_and(|rest| rest.starts_with(char::is_alphanumeric)));
    if has_mark || written.starts_with('[') {
        return true;
    }
    let Some((host, path)) = written.split_once('/') else { return false };
    let labels: Vec<&str> = host.split(':').next().unwrap_or_default().split('.').collect();
    let is_label = |label: &&str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || "-_".contains(c));
    let is_number = labels.len() == 4 && labels.iter().all(|label| label.parse::<u8>().is_ok());
    // Ids such as `PR.DS/ID.AM` are in upper case, names of machines are not.
    let is_lower = word.iter().take_while(|glyph| glyph.c != '/').all(|glyph| !glyph.c.is_uppercase());
    let last = labels[labels.len() - 1];
    let is_name = labels.len() > 1 && is_lower && last.chars().count() > 1 && last.chars().all(char::is_alphabetic);
    labels.iter().all(is_label) && (is_name || is_number && path.starts_with(char::is_alphabetic))
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
    "about",
    "bitcoin",
    "blob",
    "cid",
    "doi",
    "facetime",
    "geo",
    "intent",
    "irc",
    "ircs",
    "magnet",
    "matrix",
    "mid",
    "news",
    "nntp",
    "steam",
    "tg",
    "urn",
    "view-source",
    "vscode",
    "webcal",
    "whatsapp",
    "zoommtg",
];

/// How the names of further such schemes begin.
const SCHEME_STARTS: &[&str] = &["ms-", "web+"];

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
            ("https://[2001:db8::1]/secret and [::1]/page", "address not shown and address not shown"),
            ("täst.example/a 例え.example/a a_b.example/a", "address not shown address not shown address not shown"),
            ("wiki。example/a https：//wiki/a a＠b.example", "address not shown address not shown address not shown"),
            ("/\u{AD}/wiki.example/a wi\u{200B}ki.example/a", "address not shown address not shown"),
            ("a@[1.2.3.4] a@host", "address not shown address not shown"),
            ("urn:isbn:1 ms-word:x web+x:y", "address not shown address not shown address not shown"),
            (
                "x ```https://wiki/a\nx\n``` end\n\nq.example&sol;c",
                "x ```address not shown\nx\n``` end\n\nq.example&sol;c",
            ),
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
            "npm@10, csf-2.0:PR.DS-11",
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
