//! A range of bytes in a file: where something is written.

use std::ops::Range;
use std::sync::Arc;

/// A range of bytes in a file of the workspace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, relative to the workspace's root.
    pub path: Arc<str>,
    /// The start of the range, in bytes.
    pub start: usize,
    /// The end of the range, in bytes, exclusive.
    pub end: usize,
}

impl Place {
    /// The bytes `span` of `path`.
    pub fn new(path: &Arc<str>, span: Range<usize>) -> Self {
        Self { path: Arc::clone(path), start: span.start, end: span.end }
    }

    /// The start of a file, for a mistake that concerns the whole file.
    pub fn file(path: &str) -> Self {
        Self { path: Arc::from(path), start: 0, end: 0 }
    }
}

/// The place of a value that counts, and its line for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The place.
    pub place: Place,
    /// The line of its first byte, from 1.
    pub line: usize,
}

impl Origin {
    /// A place that an audience may not see.
    pub fn not_shown() -> Self {
        Self { place: Place::file(""), line: 0 }
    }

    /// `path:line`; empty where it may not be seen.
    pub fn shown(&self) -> String {
        if self.place.path.is_empty() {
            return String::new();
        }
        format!("{}:{}", self.place.path, self.line)
    }

    /// ` (path:line)`, to append to a text; empty if the place may not be seen.
    pub fn in_brackets(&self) -> String {
        let shown = self.shown();
        if shown.is_empty() { shown } else { format!(" ({shown})") }
    }
}

/// A text and the ends of its lines, so that finding a line does not need counting from the start.
#[derive(Clone, Debug)]
pub struct Lines<'t> {
    text: &'t str,
    newlines: Vec<usize>,
}

impl<'t> Lines<'t> {
    /// The lines of `text`.
    pub fn of(text: &'t str) -> Self {
        Self { text, newlines: text.match_indices('\n').map(|(at, _)| at).collect() }
    }

    /// The number of the line that holds the byte at `offset`, from 1.
    pub fn number(&self, offset: usize) -> usize {
        self.newlines.partition_point(|newline| *newline < offset) + 1
    }

    /// The bytes of the line that holds the byte at `offset`, without its newline.
    pub fn around(&self, offset: usize) -> Range<usize> {
        let number = self.number(offset);
        let start = number.checked_sub(2).map_or(0, |before| self.newlines[before] + 1);
        start..self.newlines.get(number - 1).copied().unwrap_or(self.text.len())
    }

    /// The text.
    pub fn text(&self) -> &'t str {
        self.text
    }
}
