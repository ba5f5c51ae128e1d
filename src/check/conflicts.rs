//! Finds what git leaves of a merge that nobody finished, where it is no mistake of TOML: in a text of several lines, or in Markdown.

use std::collections::BTreeSet;

use super::files::is_read;
use super::seals::{SealedQuarters, Sealing};
use crate::base::layout::CONFIG;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::load::workspace::{Entry, Workspace};

/// The first and the last mark of a conflict. The one between them may also be a heading in Markdown, so it is no sign alone.
const MARKS: [&str; 2] = ["<<<<<<<", ">>>>>>>"];

/// Reports every conflict in a text that Milepost reads. In a sealed quarter it is a warning, since no file there may change.
pub(super) fn marks(workspace: &Workspace, found: &mut Diagnostics) {
    let sealed = SealedQuarters::of(workspace);
    let told: BTreeSet<Place> =
        found.iter().filter(|found| found.code == Code::TomlSyntax).map(|found| found.place.clone()).collect();
    for (path, entry) in &workspace.files {
        let Entry::Text(text) = entry else { continue };
        if !is_read(workspace, path) && path != CONFIG {
            continue;
        }
        let code = match sealed.sealing(path) {
            Sealing::Sealed => Code::SealedConflict,
            Sealing::Open => Code::MergeConflict,
        };
        found.extend(in_text(path, text, code, |place| told.contains(place)));
    }
}

/// The conflicts in one text: each at its first mark, with the last mark beside it.
fn in_text(path: &str, text: &str, code: Code, is_told: impl Fn(&Place) -> bool) -> Vec<Diagnostic> {
    let mut conflicts: Vec<Diagnostic> = Vec::new();
    let mut is_open = false;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let written = line.trim_end();
        let place = Place { start, end: start + written.len(), ..Place::file(path) };
        start += line.len();
        let Some(mark) = MARKS.into_iter().find(|mark| is_mark(written, mark)) else { continue };
        if is_told(&place) {
            continue;
        }
        match conflicts.pop() {
            Some(open) if is_open && mark == MARKS[1] => {
                conflicts.push(open.related(place, "it ends here"));
                is_open = false;
            }
            other => {
                conflicts.extend(other);
                let conflict = Diagnostic::new(code, place, "a merge conflict stands in this text");
                conflicts.push(conflict.help(match code {
                    Code::SealedConflict => {
                        "it was sealed so; say in the quarter that is open which of the two texts holds"
                    }
                    _ => "keep one of the two texts, and remove the lines with <<<<<<<, ======= and >>>>>>>",
                }));
                is_open = mark == MARKS[0];
            }
        }
    }
    conflicts
}

/// Whether a line is this mark, alone or with a name behind it.
fn is_mark(line: &str, mark: &str) -> bool {
    line.strip_prefix(mark).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}
