//! Text that is safe to print: only text in a terminal, and no command in the log of a CI run.
//!
//! Runners look for commands in all that a job prints, on both streams. GitHub reads `::command::` at the start of a line and
//! `##[command]` anywhere in it (`ActionCommand.cs` of actions/runner), Azure `##vso[`, TeamCity `##teamcity[`. A space takes
//! each of them apart. The marks of GitLab's sections need an escape, which is no text.

use std::fmt;
use std::ops::{Add, AddAssign, Deref};

use crate::base::text::{cut, ends_line, inert, line};

/// The longest line, in characters.
const LONGEST: usize = 4_000;

/// Text that is safe to print. Only this module can make it, and nothing else is printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown(pub(super) String);

impl Shown {
    /// One line, whatever `text` holds.
    pub fn line(text: &str) -> Self {
        Self(no_command(&cut(&line(text), LONGEST)) + "\n")
    }

    /// A line that says why something failed.
    pub fn error(why: &str) -> Self {
        Self::line(&format!("error: {why}"))
    }

    /// The lines of a layout: its parts are in one line each already.
    pub fn lines(text: &str) -> Self {
        text.lines().map(Self::line).collect()
    }

    /// The same, with the colours that a renderer gave them: of all that drives a terminal, only those pass.
    pub fn coloured(text: &str) -> Self {
        let shown = |text: &str| no_command(&line(text));
        let part = |part: &str| match part.split_once('m') {
            Some((colour, text)) if colour.bytes().all(|b| b.is_ascii_digit() || b == b';') => {
                format!("\u{1b}[{colour}m{}", shown(text))
            }
            _ => shown(&format!("\u{1b}[{part}")),
        };
        let coloured = |line: &str| {
            let mut parts = line.split("\u{1b}[");
            let first = parts.next().map(shown).unwrap_or_default();
            Self(first + &parts.map(part).collect::<String>() + "\n")
        };
        text.lines().map(coloured).collect()
    }

    /// The same for a file.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0.into_bytes()
    }

    /// Text for other programs without any text of a workspace: completions and manual pages.
    pub fn own(text: String) -> Self {
        Self(text)
    }
}

/// A line of a file as it is quoted: inert, with its tabs, and no command. What stands before a place in it is shown in the same
/// way as the whole line.
pub fn quoted(text: &str) -> String {
    apart(&inert(text).replace(ends_line, " "))
}

/// `line` so that no runner reads a command in it.
pub(super) fn no_command(line: &str) -> String {
    let text = apart(line);
    let blanks = text.len() - text.trim_start().len();
    match text[blanks..].strip_prefix("::") {
        // So snippets name another file, and no command is called `: `.
        Some(rest) if !rest.starts_with(": ") => format!("{}: :{rest}", &text[..blanks]),
        _ => text,
    }
}

/// `text` with a space after each `##` that a letter, a digit or a bracket follows.
fn apart(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if out.ends_with("##") && (c == '[' || c.is_alphanumeric()) {
            out.push(' ');
        }
        out.push(c);
    }
    out
}

impl Deref for Shown {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl Add<&Self> for Shown {
    type Output = Self;
    fn add(mut self, other: &Self) -> Self {
        self += other;
        self
    }
}

impl AddAssign<&Self> for Shown {
    fn add_assign(&mut self, other: &Self) {
        self.0.push_str(other);
    }
}

impl FromIterator<Self> for Shown {
    fn from_iter<T: IntoIterator<Item = Self>>(parts: T) -> Self {
        Self(parts.into_iter().map(|part| part.0).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_a_command_of_a_runner() {
        let cases = [
            ("::error::x", ": :error::x\n"),
            (":::error::x", ": ::error::x\n"),
            ("  ::: a.toml:1:1", "  ::: a.toml:1:1\n"),
            (" \u{a0}\t::add-mask::x", " \u{a0} : :add-mask::x\n"),
            ("a::error::x", "a::error::x\n"),
            ("a\n::error::x", "a ::error::x\n"),
            ("a\r\u{85}::error::x", "a\u{fffd}\u{fffd}::error::x\n"),
            ("a ##[error]x", "a ## [error]x\n"),
            ("###[group]", "### [group]\n"),
            ("##vso[task.setvariable variable=a]b", "## vso[task.setvariable variable=a]b\n"),
            ("##teamcity[buildStop]", "## teamcity[buildStop]\n"),
            ("##1[x]", "## 1[x]\n"),
            ("section_start:0:a\r\u{1b}[0Kb", "section_start:0:a\u{fffd}\u{fffd}[0Kb\n"),
            ("### A head, C#, issue #1, ## and ##", "### A head, C#, issue #1, ## and ##\n"),
        ];
        for (text, wanted) in cases {
            assert_eq!(*Shown::line(text), *wanted, "{text:?}");
        }
    }

    #[test]
    fn a_long_line_is_cut_and_marked() {
        let shown = Shown::line(&"W".repeat(100_000));
        assert_eq!((shown.chars().count(), shown.ends_with("W…\n")), (LONGEST + 2, true));
    }

    #[test]
    fn colours_pass_and_nothing_else_that_drives_a_terminal() {
        let cases = [
            ("\u{1b}[1m\u{1b}[38;5;9merror\u{1b}[0m: x", "\u{1b}[1m\u{1b}[38;5;9merror\u{1b}[0m: x\n"),
            ("\u{1b}[2J\u{1b}[31mred\u{1b}]0;title\u{7}m", "\u{fffd}[2J\u{1b}[31mred\u{fffd}]0;title\u{fffd}m\n"),
        ];
        for (text, wanted) in cases {
            assert_eq!(*Shown::coloured(text), *wanted, "{text:?}");
        }
    }
}
