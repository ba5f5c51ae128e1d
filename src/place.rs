//! A stretch of bytes of a file: where something is written, for people who want to look it up.

use std::ops::Range;
use std::sync::Arc;

/// A stretch of bytes in a file of the workspace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, relative to the workspace's root.
    pub path: Arc<str>,
    /// Where the stretch starts, in bytes.
    pub start: usize,
    /// Where it ends, in bytes.
    pub end: usize,
}

impl Place {
    /// The bytes `span` of `path`.
    pub fn new(path: &Arc<str>, span: Range<usize>) -> Self {
        Self { path: Arc::clone(path), start: span.start, end: span.end }
    }

    /// The start of a file, for what is wrong with all of it.
    pub fn file(path: &str) -> Self {
        Self { path: Arc::from(path), start: 0, end: 0 }
    }
}

/// Where something that counts is written: its place, and its line for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The place.
    pub place: Place,
    /// The line of its first byte, from 1.
    pub line: usize,
}

impl Origin {
    /// `path:line`.
    pub fn shown(&self) -> String {
        format!("{}:{}", self.place.path, self.line)
    }
}
