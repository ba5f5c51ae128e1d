//! Prints diagnostics as GitHub Actions commands: annotations on the lines of a pull request.

use super::diagnostics::{Unprinted, Where};
use super::{Diagnostic, Printed, Severity};
use crate::border::Shown;
use crate::border::github::command;
use crate::load::workspace::Workspace;

pub(super) fn print(printed: &Printed<'_>) -> Shown {
    let annotations = printed.diagnostics.iter().map(|diagnostic| annotation(diagnostic, printed));
    annotations.chain(printed.unprinted.iter().map(|unprinted| notice(unprinted, printed.workspace))).collect()
}

/// A notice with the number of diagnostics that are not printed.
fn notice(unprinted: &Unprinted, workspace: &Workspace) -> Shown {
    let properties = match &unprinted.place {
        Where::File(path) => vec![("file", workspace.shown_in_repository(path)), ("line", 1.to_string())],
        Where::OtherFiles(_) => Vec::new(),
    };
    command("notice", &properties, &unprinted.message(workspace))
}

fn annotation(diagnostic: &Diagnostic, printed: &Printed<'_>) -> Shown {
    let (start, end) = printed.positions(&diagnostic.place);
    let mut properties = vec![
        ("file", printed.in_repository(&diagnostic.place)),
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
