//! Catalogs of other publishers: what they say, in whatever format; brought into the ranks of a catalog here, and into its files.

pub mod files;
pub mod ranks;

use unicode_normalization::UnicodeNormalization;

use crate::base::text::is_showable;

/// The most characters of a title that is made of a longer text.
const TITLE: usize = 80;

/// A catalog as its publisher has it.
#[derive(Clone, Debug, Default)]
pub struct Published {
    /// What kind of file it was read from: `an OSCAL catalog`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its edition; may be empty.
    pub version: String,
    /// A short name that its publisher uses in the place of an id, such as `CSF_2_0_0`; may be empty.
    pub short: String,
    /// Who may do what with its texts; may be empty.
    pub copyright: String,
    /// What it consists of, in its order.
    pub entries: Vec<PublishedEntry>,
}

/// An entry of a published catalog: a group of entries, or something to answer.
#[derive(Clone, Debug, Default)]
pub struct PublishedEntry {
    /// The published id; may be empty for a group.
    pub id: String,
    /// The short name; empty where the publisher gives none.
    pub title: String,
    /// What is asked; for a group, what it is about.
    pub text: String,
    /// More about it.
    pub guidance: String,
    /// How it may be done.
    pub examples: Vec<String>,
    /// Whether somebody answers it.
    pub is_asked: bool,
    /// What took its place, if it is withdrawn.
    pub withdrawn: Option<Vec<String>>,
    /// Where it stands in its file.
    pub place: String,
    /// The entries below it.
    pub below: Vec<Self>,
}

/// A text as a catalog has it: LF at the end of each line, no blanks there, no characters that steer, and at most one empty line.
pub fn tidy(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let steers = |c: char| c.is_control() && c != '\n';
    let plain = |c: char| match c {
        '\t' | '\u{a0}' => ' ',
        c if steers(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    let text: String = text.chars().map(plain).collect();
    let mut out = String::with_capacity(text.len());
    for line in text.lines().map(str::trim_end) {
        if !(line.is_empty() && out.ends_with("\n\n")) {
            out += line;
            out.push('\n');
        }
    }
    out.trim_matches('\n').trim().to_owned()
}

/// A text whose numbered lines are moved in by the form of their numbers, as `a.`, `1.` and `(a)` stand in each other: two blanks a
/// step.
pub fn in_steps(text: &str) -> String {
    let mut forms: Vec<&str> = Vec::new();
    let mut out = Vec::new();
    for line in text.lines() {
        let depth = match form(line) {
            Some(form) => {
                let known = forms.iter().position(|known| *known == form);
                forms.truncate(known.map_or(forms.len(), |at| at + 1));
                if known.is_none() {
                    forms.push(form);
                }
                forms.len() - 1
            }
            None => 0,
        };
        out.push(format!("{}{line}", "  ".repeat(depth)));
    }
    out.join("\n")
}

/// The form of the number at a line's start: `1.` or `a)`.
fn form(line: &str) -> Option<&'static str> {
    let (number, _) = line.split_once(' ')?;
    let (is_open, inside) = number.strip_prefix('(').map_or((false, number), |inside| (true, inside));
    let end = inside.chars().last().filter(|c| matches!(c, '.' | ')'))?;
    let inside = &inside[..inside.len() - 1];
    let is = |of: fn(&u8) -> bool| (1..=2).contains(&inside.len()) && inside.bytes().all(|byte| of(&byte));
    match (is(u8::is_ascii_digit), is(u8::is_ascii_lowercase) && inside.len() == 1, is_open, end) {
        (true, _, false, '.') => Some("1."),
        (true, _, false, _) => Some("1)"),
        (true, _, true, ')') => Some("(1)"),
        (_, true, false, '.') => Some("a."),
        (_, true, false, _) => Some("a)"),
        (_, true, true, ')') => Some("(a)"),
        _ => None,
    }
}

/// A text without the examples that its lines give, as in `Ex1: Share the mission.`; and these.
pub fn without_examples(text: &str) -> (String, Vec<String>) {
    let example = |line: &str| {
        let (number, text) = line.strip_prefix("Ex")?.split_once(": ")?;
        (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.trim().to_owned())
    };
    let guidance: Vec<&str> = text.lines().filter(|line| example(line).is_none()).collect();
    (tidy(&guidance.join("\n")), text.lines().filter_map(example).collect())
}

/// A text in one line.
pub fn in_a_line(text: &str) -> String {
    tidy(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An id without outer blanks and characters that nobody sees, as Unicode composes it.
pub fn tidy_id(id: &str) -> String {
    let shown: String = id.nfc().filter(|c| is_showable(*c)).collect();
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A short name made of a text: its first line, cut between words.
pub fn title_of(text: &str) -> String {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    if first.chars().count() <= TITLE {
        return first.trim_end_matches([':', ';', '.']).to_owned();
    }
    let cut: String = first.chars().take(TITLE).collect();
    let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole);
    format!("{}…", whole.trim_end_matches([' ', ',', ';', ':', '.']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbered_lines_are_moved_in_by_their_form() {
        let text = "Do:\na. one\n1. two\n(a) three\n(b) four\n2. five\nb. six\n(i.e. no number\n10) ten";
        let wanted =
            "Do:\na. one\n  1. two\n    (a) three\n    (b) four\n  2. five\nb. six\n(i.e. no number\n  10) ten";
        assert_eq!(in_steps(text), wanted);
    }

    #[test]
    fn texts_are_tidy_and_a_title_is_cut_between_words() {
        assert_eq!(tidy(" \r\na \t\r\n\r\n\r\n\r\n b\u{0}\u{1b}[2J\n"), "a\n\n b\u{fffd}\u{fffd}[2J");
        assert_eq!(tidy_id(" PR.\u{200b}DS\u{a0}-1 \n"), "PR.DS -1");
        assert_eq!(title_of("\nDo it:\nall"), "Do it");
        let long = "Every device of the organisation, whether at work or at home, is known and has one owner";
        assert_eq!(title_of(long), "Every device of the organisation, whether at work or at home, is known and has…");
        assert_eq!(title_of(&"x".repeat(100)).chars().count(), 81);
    }
}
