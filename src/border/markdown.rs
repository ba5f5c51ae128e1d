//! Markdown that every service shows as the text that it was made of: no markup, no HTML, nobody who is notified, no link.
//!
//! Markdown's own markup is escaped. Then services search the result for people, references and addresses,
//! and ignore escapes. There, an invisible character is inserted as an entity, so that it is
//! visible where it is not rendered. (GitHub: "Autolinked references and URLs"; GitLab: "GitLab-specific references"; GFM 6.9.)

use crate::base::text::line;

/// U+200B (zero width space). A service does not see the text on both sides of it as one reference.
const BREAK: &str = "&#8203;";

/// `text` as a part of a line of Markdown, or as a whole one.
pub fn escape(text: &str) -> String {
    let text = line(text);
    let chars: Vec<char> = text.trim_start().chars().collect();
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    // How many of the last characters could belong to a commit's name.
    let mut name = 0;
    for (at, &c) in chars.iter().enumerate() {
        let (before, after) = chars.split_at(at);
        let after = &after[1..];
        name = if c.is_ascii_hexdigit() { name + 1 } else { 0 };
        if name == SHORTEST_NAME {
            out.push_str(BREAK);
            name = 1;
        }
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c if is_markup(c, before, after) => out.extend(['\\', c]),
            c => out.push(c),
        }
        if is_linked(c, before, after) {
            out.push_str(BREAK);
        }
    }
    out
}

/// `text` as a line of Markdown for a program that renders Markdown and searches it for nothing: a reader of OSCAL.
pub fn literal(text: &str) -> String {
    let text = line(text);
    let chars: Vec<char> = text.trim().chars().collect();
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for (at, &c) in chars.iter().enumerate() {
        let (before, after) = (&chars[..at], &chars[at + 1..]);
        let next = after.first().copied().unwrap_or(' ');
        let opens = match c {
            // A tag, a character by its name, a parameter.
            '<' => next.is_ascii_alphabetic() || "/!?".contains(next),
            '&' => next.is_ascii_alphanumeric() || next == '#',
            '{' => next == '{',
            '>' => before.is_empty(),
            '^' => true,
            c => is_markup(c, before, after),
        };
        if opens {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// `text` as a block of code, in which a service finds nobody and nothing. No line of it can end the block.
pub fn block(language: &str, text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    let lines = text.lines().map(|text| line(text) + "\n").collect::<String>();
    format!("{fence}{language}\n{lines}{fence}\n")
}

/// The shortest text that a service takes for a commit's name, in characters.
const SHORTEST_NAME: usize = 7;

/// Whether Markdown would treat `c` as markup.
fn is_markup(c: char, before: &[char], after: &[char]) -> bool {
    let inside =
        before.last().is_some_and(|c| c.is_alphanumeric()) && after.first().is_some_and(|c| c.is_alphanumeric());
    match c {
        '\\' | '`' | '*' | '~' | '|' | '[' | ']' | '#' | '$' => true,
        // Within a word it is a letter.
        '_' => !inside,
        // What makes a list, a rule or a head of a line, or a command to GitLab.
        '-' | '+' | '=' => before.is_empty() && after.first().is_some_and(|next| next.is_whitespace() || *next == c),
        '.' | ')' => {
            let counts = !before.is_empty() && before.iter().all(char::is_ascii_digit);
            counts && after.first().is_some_and(|next| next.is_whitespace())
        }
        '/' => before.is_empty(),
        _ => false,
    }
}

/// Whether a service would make a link or a notification from `c` and the text around it.
fn is_linked(c: char, before: &[char], after: &[char]) -> bool {
    let next = after.first().copied().unwrap_or(' ');
    let ends = |word: &str| {
        let mut last = before.iter().rev();
        word.chars().rev().all(|c| last.next().is_some_and(|found| found.eq_ignore_ascii_case(&c)))
    };
    match c {
        // People, addresses of mail, and what GitLab has in brackets.
        '@' | '[' | '{' => !next.is_whitespace(),
        '#' | '!' | '$' | '%' | '&' | '~' | '^' | '*' => next.is_alphanumeric() || next == '"',
        // GH-1, GL-1
        '-' => next.is_ascii_digit() && (ends("gh") || ends("gl")),
        ':' => after.starts_with(&['/', '/']),
        'w' | 'W' => next == '.' && ends("ww"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_text_is_as_it_was() {
        for text in [
            "PR.DS-11 Data, copied & kept".replace('&', "and"),
            "snake_case (a): 100 % – \"x\" 'y' a/b; 1.5".to_owned(),
            "4.0".to_owned(),
            "-".to_owned(),
            "+0.012".to_owned(),
        ] {
            assert_eq!(escape(&text), text);
        }
    }

    #[test]
    fn a_literal_line_shows_what_was_written() {
        for text in ["PR.DS-11 Data, copied & kept: < 5 %", "https://a.example/b_c", "a {b} > c"] {
            assert_eq!(literal(text), text);
        }
        for (text, wanted) in [
            ("<b>x</b>", r"\<b>x\</b>"),
            ("[a](b) *c* `d` ~e~ ^f^", r"\[a\](b) \*c\* \`d\` \~e\~ \^f\^"),
            ("&lt; {{ insert: param, x }}", r"\&lt; \{{ insert: param, x }}"),
            (" a\nb ", "a b"),
        ] {
            assert_eq!(literal(text), wanted);
        }
    }

    #[test]
    fn no_line_ends_a_block() {
        assert_eq!(block("toml", "a = 1\n"), "```toml\na = 1\n```\n");
        assert_eq!(block("toml", "```\n@a #1\r````x"), "`````toml\n```\n@a #1\u{fffd}````x\n`````\n");
    }

    #[test]
    fn markup_is_escaped() {
        let cases = [
            ("**a** _b_ ~~c~~ `d` $e$", r"\*\*&#8203;a\*\* \_b\_ \~\~&#8203;c\~\~ \`d\` \$&#8203;e\$"),
            ("[a](https://b) | <img>", r"\[&#8203;a\](https:&#8203;//b) \| &lt;img&gt;"),
            ("&amp;", "&amp;&#8203;amp;"),
            ("- a", r"\- a"),
            ("---", r"\---"),
            ("12. a", r"12\. a"),
            ("/close", r"\/close"),
            ("    code", "code"),
            ("# a\n# b", r"\# a \# b"),
        ];
        for (text, wanted) in cases {
            assert_eq!(escape(text), wanted, "{text:?}");
        }
    }

    #[test]
    fn services_find_nobody_and_nothing_in_it() {
        let cases = [
            ("@octocat a@b.org 3 @ 4", "@&#8203;octocat a@&#8203;b.org 3 @ 4"),
            ("#1 a/b#2 C#", r"\#&#8203;1 a/b\#&#8203;2 C\#"),
            ("GH-1 gl-2 PR.DS-11", "GH-&#8203;1 gl-&#8203;2 PR.DS-11"),
            ("www.example.org https://a", "www&#8203;.example.org https:&#8203;//a"),
            ("0123456789abcdef 2026-10-01", "012345&#8203;6789ab&#8203;cdef 2026-10-01"),
            ("!1 &2 %3 50%", "!&#8203;1 &amp;&#8203;2 %&#8203;3 50%"),
        ];
        for (text, wanted) in cases {
            assert_eq!(escape(text), wanted, "{text:?}");
        }
    }
}
