//! Prints diagnostics as GitHub Actions commands: annotations on the lines of a pull request.

use super::{Diagnostic, Severity, positions};
use crate::base::text::inert;
use crate::load::workspace::Workspace;

pub(super) fn print(diagnostics: &[Diagnostic], workspace: &Workspace) -> String {
    diagnostics.iter().map(|diagnostic| command(diagnostic, workspace)).collect()
}

fn command(diagnostic: &Diagnostic, workspace: &Workspace) -> String {
    let (start, end) = positions(&diagnostic.place, workspace);
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
        property(&workspace.shown(&diagnostic.place.path)),
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
