//! Diagnostics in, GitHub Actions workflow commands out: annotations on the lines of a pull request.

use super::{Diagnostic, Severity, positions};
use crate::border::Shown;
use crate::border::github::command;
use crate::load::workspace::Workspace;

pub(super) fn print(diagnostics: &[Diagnostic], workspace: &Workspace) -> Shown {
    diagnostics.iter().map(|diagnostic| annotation(diagnostic, workspace)).collect()
}

fn annotation(diagnostic: &Diagnostic, workspace: &Workspace) -> Shown {
    let (start, end) = positions(&diagnostic.place, workspace);
    let mut properties = vec![
        ("file", workspace.shown(&diagnostic.place.path)),
        ("line", start.line.to_string()),
        ("endLine", end.line.to_string()),
    ];
    // GitHub takes columns only where a place stays on one line.
    if start.line == end.line {
        properties.push(("col", start.column.to_string()));
        properties.push(("endColumn", end.column.max(start.column + 1).to_string()));
    }
    properties.push(("title", diagnostic.code.name().to_owned()));
    let message: Vec<&str> =
        std::iter::once(diagnostic.message.as_str()).chain(diagnostic.help.iter().map(String::as_str)).collect();
    command(level(diagnostic), &properties, &message.join("\n"))
}

/// GitHub's word for a severity.
fn level(diagnostic: &Diagnostic) -> &'static str {
    match diagnostic.code.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Finding => "notice",
    }
}
