//! Diagnostics: mistakes as data. Each output format is one file of this folder.

mod code;
mod diagnostics;
mod github;
mod gitlab;
mod help;
mod json;
pub mod junit;
mod sarif;
mod text;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use self::code::{Code, Severity};
pub(crate) use self::diagnostics::Follows;
pub use self::diagnostics::{Diagnostics, IN_ALL, PER_FILE};
pub use self::help::{Layout, help, help_of_all};
pub use crate::base::place::Place;

use self::diagnostics::Unprinted;
use crate::base::place::Lines;
use crate::border::Shown;
use crate::load::workspace::Workspace;

/// One mistake: its kind, its place and what to do about it.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// The stable name of this kind of mistake.
    pub code: Code,
    /// What is wrong, with the words and numbers of this case.
    pub message: String,
    /// Where it stands.
    pub place: Place,
    /// The remark at that place; may be empty.
    pub label: String,
    /// Other places that are involved, each with its remark.
    pub related: Vec<(Place, String)>,
    /// What to do: one entry for each piece of advice.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// A diagnostic without label, related places or help; those are added by the methods below.
    pub fn new(code: Code, place: Place, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), place, label: String::new(), related: Vec::new(), help: Vec::new() }
    }

    /// Remarks something at the place itself.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// The same as a warning, because a sealed file says it: nobody may change that file any more.
    #[must_use]
    pub fn of_sealed(mut self) -> Self {
        self.code = Code::SealedMistake;
        self.help("the quarter is sealed, so its figures stay: write it right in the quarter that is open")
    }

    /// Points to another place.
    #[must_use]
    pub fn related(mut self, place: Place, label: impl Into<String>) -> Self {
        self.related.push((place, label.into()));
        self
    }

    /// Adds a piece of advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Every place that it names.
    fn places(&self) -> impl Iterator<Item = &Place> {
        std::iter::once(&self.place).chain(self.related.iter().map(|(place, _)| place))
    }

    /// Adds `did you mean …?` if a similar name is known.
    #[must_use]
    pub fn nearest(self, near: Option<&str>) -> Self {
        match near {
            Some(near) => self.help(format!("did you mean `{near}`?")),
            None => self,
        }
    }
}

/// How diagnostics are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum DiagnosticFormat {
    /// For people: message, place, snippet and help.
    #[default]
    Text,
    /// A JSON array, one object a diagnostic.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// GitHub Actions annotations.
    Github,
    /// GitLab's code quality report, a JSON array.
    Gitlab,
    /// JUnit XML: a suite for each file; errors and warnings are failures.
    Junit,
}

/// Prints the selected part of `diagnostics` in `format` and the number of further ones, with snippets from `workspace`. `colour`
/// only matters to [`DiagnosticFormat::Text`].
pub fn print(diagnostics: &Diagnostics, workspace: &Workspace, format: DiagnosticFormat, colour: Colour) -> Shown {
    let printed = Printed::of(diagnostics, workspace);
    match format {
        DiagnosticFormat::Text => {
            let text = text::print(&printed, diagnostics, colour);
            if colour == Colour::Ansi { Shown::coloured(&text) } else { Shown::lines(&text) }
        }
        DiagnosticFormat::Json => json::print(&printed),
        DiagnosticFormat::Sarif => sarif::print(&printed),
        DiagnosticFormat::Github => github::print(&printed),
        DiagnosticFormat::Gitlab => gitlab::print(&printed),
        DiagnosticFormat::Junit => junit::print_diagnostics(&printed),
    }
}

/// The diagnostics to print, and the texts that they are about.
struct Printed<'w> {
    diagnostics: Vec<Diagnostic>,
    unprinted: Vec<Unprinted>,
    workspace: &'w Workspace,
    /// The lines of each file that has a diagnostic to print.
    lines: BTreeMap<Arc<str>, Lines<'w>>,
}

impl<'w> Printed<'w> {
    fn of(diagnostics: &Diagnostics, workspace: &'w Workspace) -> Self {
        let printed = diagnostics.printed();
        let mut lines = BTreeMap::new();
        for place in printed.iter().flat_map(Diagnostic::places) {
            let text = || Lines::of(workspace.text(&place.path).unwrap_or_default());
            lines.entry(Arc::clone(&place.path)).or_insert_with(text);
        }
        Self { unprinted: diagnostics.unprinted(&printed), diagnostics: printed, workspace, lines }
    }

    /// Where `place` starts and ends.
    fn positions(&self, place: &Place) -> (LineColumn, LineColumn) {
        let lines = &self.lines[&place.path];
        (position(lines, place.start), position(lines, place.end.max(place.start)))
    }

    /// The path of `place` as people read it.
    fn shown(&self, place: &Place) -> String {
        self.workspace.shown(&place.path)
    }

    /// The path of `place` as a service reads it.
    fn in_repository(&self, place: &Place) -> String {
        self.workspace.shown_in_repository(&place.path)
    }
}

/// Whether text may carry terminal colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Plain text.
    Plain,
    /// ANSI colours.
    Ansi,
}

/// A place as editors count: lines and characters from 1, a byte order mark not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineColumn {
    /// The line, from 1.
    pub line: usize,
    /// The character within the line, from 1.
    pub column: usize,
}

/// The position of the byte at `offset`; an offset past the end or inside a character moves back onto one.
pub fn position(lines: &Lines<'_>, offset: usize) -> LineColumn {
    let offset = lines.text().floor_char_boundary(offset);
    let start = lines.around(offset).start;
    let before = &lines.text()[start..offset];
    let before = if start == 0 { before.strip_prefix('\u{feff}').unwrap_or(before) } else { before };
    LineColumn { line: lines.number(offset), column: before.chars().count() + 1 }
}

/// The longest name that gets a suggestion, in characters.
const LONGEST: usize = 64;

/// The nearest name in `names`; `None` if no name is similar enough.
pub fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = name.chars().count();
    // A name longer than any id is no typing mistake, and measuring it would take minutes.
    if length > LONGEST {
        return None;
    }
    let wanted = name.to_lowercase();
    // At most a third of the letters may be wrong. With more, the suggestion would be an unrelated name.
    let allowed = |candidate: &str| (length.max(candidate.chars().count()) / 3).max(1);
    // The distance is at least the difference in length.
    let names = names.into_iter().filter(|candidate| length.abs_diff(candidate.chars().count()) <= allowed(candidate));
    let scored = names.map(|candidate| (strsim::damerau_levenshtein(&wanted, &candidate.to_lowercase()), candidate));
    let (distance, candidate) = scored.min_by_key(|(distance, _)| *distance)?;
    // If every letter is wrong, no suggestion makes sense.
    (distance <= allowed(candidate) && distance < length).then_some(candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_skip_a_byte_order_mark() {
        let text = "\u{feff}a = 1\nß = 2\r\nc";
        let lines = Lines::of(text);
        assert_eq!(position(&lines, 3), LineColumn { line: 1, column: 1 });
        assert_eq!(position(&lines, 7), LineColumn { line: 1, column: 5 });
        assert_eq!(position(&lines, text.find("= 2").unwrap()), LineColumn { line: 2, column: 3 });
        assert_eq!(position(&lines, 9_999), LineColumn { line: 3, column: 2 });
    }

    #[test]
    fn only_a_near_name_is_offered() {
        assert_eq!(nearest("levle", ["level", "note"]), Some("level"));
        assert_eq!(nearest("pr.ds-11", ["PR.DS-10", "PR.DS-11"]), Some("PR.DS-11"));
        assert_eq!(nearest("colour", ["level", "note"]), None);
        assert_eq!(nearest("X", ["H"]), None);
    }
}
