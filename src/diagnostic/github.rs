//! Prints diagnostics as GitHub Actions commands: annotations on the lines of a pull request.

use super::diagnostics::{Untold, Where};
use super::{Diagnostic, Severity, Told};
use crate::base::text::inert;
use crate::load::workspace::Workspace;

pub(super) fn print(told: &Told<'_>) -> String {
    let commands = told.diagnostics.iter().map(|diagnostic| command(diagnostic, told));
    commands.chain(told.untold.iter().map(|untold| notice(untold, told.workspace))).collect()
}

/// How many more there are.
fn notice(untold: &Untold, workspace: &Workspace) -> String {
    let file = match &untold.place {
        Where::File(path) => format!(" file={},line=1", property(&workspace.shown(path))),
        Where::OtherFiles(_) => String::new(),
    };
    format!("::notice{file}::{}\n", data(&untold.message(workspace)))
}

fn command(diagnostic: &Diagnostic, told: &Told<'_>) -> String {
    let (start, end) = told.positions(&diagnostic.place);
    // GitHub takes columns only where a place stays on one line.
    let columns = if start.line == end.line {
        format!(",col={},endColumn={}", start.column, end.column.max(start.column + 1))
    } else {
        String::new()
    };
    let message: Vec<&str> =
        std::iter::once(diagnostic.message.as_str()).chain(diagnostic.help.iter().map(String::as_str)).collect();
    format!(
        "::{} file={},line={},endLine={}{columns},title={}::{}\n",
        level(diagnostic),
        property(&told.shown(&diagnostic.place)),
        start.line,
        end.line,
        diagnostic.code.name(),
        data(&message.join("\n")),
    )
}

/// GitHub's word for a severity.
fn level(diagnostic: &Diagnostic) -> &'static str {
    match diagnostic.code.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Finding => "notice",
    }
}

fn data(text: &str) -> String {
    let escaped = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    inert(&escaped)
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
