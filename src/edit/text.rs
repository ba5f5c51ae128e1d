//! The text of a file with its lines.

use std::ops::Range;

use crate::base::place::Lines;

/// The text of a file. It starts after a byte order mark.
pub(crate) struct EditedText<'t> {
    pub(crate) whole: &'t str,
    lines: Lines<'t>,
    /// The line end that the file uses.
    pub(crate) end: &'static str,
    top: usize,
}

impl<'t> EditedText<'t> {
    pub(crate) fn of(whole: &'t str) -> Self {
        let end = if whole.contains("\r\n") { "\r\n" } else { "\n" };
        Self {
            whole,
            lines: Lines::of(whole),
            end,
            top: if whole.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 },
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.whole.len()
    }

    /// Where the line that contains `at` starts.
    pub(crate) fn line_start(&self, at: usize) -> usize {
        self.lines.around(at).start.max(self.top.min(at))
    }

    /// Where the line after the one that contains `at` starts.
    pub(crate) fn next_line(&self, at: usize) -> usize {
        self.len().min(self.lines.around(at).end + 1)
    }

    /// The number of the line that contains `at`, from 1.
    pub(crate) fn number(&self, at: usize) -> usize {
        self.lines.number(at)
    }

    /// The line that starts at `start`, with its end.
    pub(crate) fn line(&self, start: usize) -> &'t str {
        &self.whole[start..self.next_line(start)]
    }

    /// The line before the one that starts at `start`; empty above the first.
    pub(crate) fn line_before(&self, start: usize) -> &'t str {
        if start <= self.top { "" } else { &self.whole[self.line_start(start - 1)..start] }
    }

    /// The blanks with which the line starts that contains `at`.
    pub(crate) fn indent(&self, at: usize) -> &'t str {
        let line = &self.whole[self.line_start(at)..];
        &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
    }

    /// Whether the text before `at` does not end its line.
    pub(crate) fn is_open(&self, at: usize) -> bool {
        at > self.top && !self.whole[..at].ends_with('\n')
    }

    /// The lines that a range of the text stands on. If they are the last ones and their end is missing, the end of the line before
    /// goes with them.
    pub(crate) fn lines(&self, range: &Range<usize>) -> Range<usize> {
        let (start, end) = (self.line_start(range.start), self.next_line(range.end));
        if !self.is_open(end) {
            return start..end;
        }
        let before = &self.whole[..start];
        let above = before.strip_suffix("\r\n").or_else(|| before.strip_suffix('\n')).unwrap_or(before);
        above.len()..end
    }

    /// Where the text goes on after `at` behind blanks, commas and comments.
    pub(crate) fn after_gap(&self, at: usize) -> usize {
        let mut remark = false;
        let gap = self.whole[at..].char_indices().find(|(_, c)| {
            remark = (remark || *c == '#') && *c != '\n';
            !remark && *c != ',' && !c.is_whitespace()
        });
        gap.map_or(self.len(), |(offset, _)| at + offset)
    }

    /// Where the comma is in a gap between two entries; comments are skipped.
    pub(crate) fn comma(&self, gap: Range<usize>) -> Option<usize> {
        let mut remark = false;
        let from = gap.start;
        let mut gap = self.whole[gap].char_indices();
        gap.find(|(_, c)| {
            remark = (remark || *c == '#') && *c != '\n';
            !remark && *c == ','
        })
        .map(|(at, _)| from + at)
    }
}

/// Whether a line holds a comment and nothing else.
pub(crate) fn is_remark(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

pub(crate) fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}
