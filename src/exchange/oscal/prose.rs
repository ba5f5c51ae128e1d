//! Prose of OSCAL, which is Markdown with HTML in it, as plain text.

/// How far the end of a link or of an emphasis is looked for, in bytes.
const FAR: usize = 400;
/// The longest prose that is read as Markdown, in bytes.
const LONGEST: usize = 256 << 10;

/// Tags that only dress a text. Anything else in angle brackets is text, such as `<organization>`.
const DRESS: &[&str] = &[
    "a", "b", "br", "code", "del", "div", "em", "i", "ins", "li", "ol", "p", "q", "script", "span", "strong", "style",
    "sub", "sup", "u", "ul",
];

/// Characters by their names in HTML.
const NAMED: &[(&str, char)] = &[
    ("amp", '&'),
    ("apos", '\''),
    ("gt", '>'),
    ("hellip", '…'),
    ("ldquo", '“'),
    ("lsquo", '‘'),
    ("lt", '<'),
    ("mdash", '—'),
    ("nbsp", ' '),
    ("ndash", '–'),
    ("quot", '"'),
    ("rdquo", '”'),
    ("rsquo", '’'),
];

/// What a reader sees of a prose: links as their texts, no marks of emphasis, no tags.
pub(super) fn plain(text: &str) -> String {
    if text.len() > LONGEST {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        let taken = match c {
            '\\' => after.chars().next().filter(char::is_ascii_punctuation).map(|c| (c.to_string(), &after[1..])),
            '!' if after.starts_with('[') => link(&after[1..]),
            '[' => link(after),
            '*' | '`' => emphasis(rest, c),
            '<' => tag(after),
            '&' => character(after),
            _ => None,
        };
        match taken {
            Some((shown, left)) => {
                out += &shown;
                rest = left;
            }
            None => {
                out.push(c);
                rest = after;
            }
        }
    }
    out
}

/// A text without blanks before its full stops and commas: publishers set them around links and parameters.
pub(super) fn closed_up(text: &str) -> String {
    let closes = |c: &char| ['.', ',', ';', ':', ')', '?'].contains(c);
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let after = chars.clone().nth(1);
        let is_loose = chars.peek().is_some_and(closes) && after.is_none_or(|c| c.is_whitespace() || closes(&c));
        if c == ' ' && (is_loose || out.ends_with(' ')) {
            continue;
        }
        out.push(c);
    }
    out
}

/// The start of a text, no longer than an end is looked for.
fn near(text: &str) -> &str {
    let end = (0..=FAR.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    &text[..end]
}

/// The text of a link, after its bracket.
fn link(after: &str) -> Option<(String, &str)> {
    let close = near(after).find("](").filter(|close| !after[..*close].contains(['[', ']']))?;
    let end = close + 2 + near(&after[close + 2..]).find(')')?;
    Some((plain(&after[..close]), &after[end + 1..]))
}

/// What stands between two marks of emphasis.
fn emphasis(text: &str, mark: char) -> Option<(String, &str)> {
    let marks = text.chars().take(3).take_while(|c| *c == mark).count();
    let (marks, after) = text.split_at(marks);
    if after.starts_with(|c: char| c.is_whitespace() || c == mark) {
        return None;
    }
    let end = near(after).find(marks)?;
    let inside = &after[..end];
    let is_whole = !inside.is_empty() && !inside.ends_with(char::is_whitespace) && !inside.contains("\n\n");
    let shown = if mark == '`' { inside.to_owned() } else { plain(inside) };
    is_whole.then(|| (shown, &after[end + marks.len()..]))
}

/// What stands in the place of a tag, after its angle bracket.
fn tag(after: &str) -> Option<(String, &str)> {
    let (inside, left) = near(after).split_once('>').map(|(inside, _)| (inside, &after[inside.len() + 1..]))?;
    let name: String = inside.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
    let name = name.to_ascii_lowercase();
    let is_tag = inside.trim_start_matches('/')[name.len()..].starts_with([' ', '/', '\n'])
        || inside.trim_start_matches('/').len() == name.len();
    if !is_tag || !DRESS.contains(&name.as_str()) {
        return None;
    }
    let shown = match (name.as_str(), inside.starts_with('/')) {
        ("br", _) => "\n",
        ("p" | "div", true) => "\n\n",
        ("li", false) => "\n- ",
        ("q", _) => "\"",
        _ => "",
    };
    Some((shown.to_owned(), left))
}

/// A character by its name or number, after the ampersand.
fn character(after: &str) -> Option<(String, &str)> {
    let (name, _) = near(after).split_once(';').filter(|(name, _)| name.len() <= 8)?;
    let number = |text: &str| match text.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    };
    let c = match name.strip_prefix('#') {
        Some(text) => char::from_u32(number(text)?)?,
        None => NAMED.iter().find(|(of, _)| *of == name)?.1,
    };
    Some((c.to_string(), &after[name.len() + 1..]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn markup_goes_and_its_text_stays() {
        for (prose, wanted) in [
            ("as in [AC-2](#ac-2) , and ![a map](map.png)", "as in AC-2 , and a map"),
            ("*one* **two** ***three*** 2 * 3 * 4 `a*b`", "one two three 2 * 3 * 4 a*b"),
            ("<p>One<br/>two</p><em class=\"x\">three</em> <organization> a<b", "One\ntwo\n\nthree <organization> a<b"),
            ("R&amp;D &lt;x&gt; &#39;&#x2014;&nbsp;&unknown; AT&T;", "R&D <x> '— &unknown; AT&T;"),
            (r"\[not a link\](x) 1\. a \n", r"[not a link](x) 1. a \n"),
            ("[a] (b) [c](d", "[a] (b) [c](d"),
            ("{{ insert: param, ac-1_prm_1 }}", "{{ insert: param, ac-1_prm_1 }}"),
        ] {
            assert_eq!(plain(prose), wanted, "{prose}");
        }
    }

    #[test]
    fn a_long_text_of_marks_ends_soon() {
        for text in ["*a ", "[a](", "<a ", "&", "**", "`"] {
            assert!(plain(&text.repeat(200_000 / text.len())).len() <= 200_000);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "([*`\\[\\]()<>&;#!x \n]|\\PC){0,60}") {
            plain(&text);
        }
    }
}
