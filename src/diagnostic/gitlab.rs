//! Prints diagnostics as GitLab's code quality report, which a merge request shows beside its lines.

use std::collections::BTreeMap;

use serde::Serialize;

use super::diagnostics::{Unprinted, Where};
use super::{Diagnostic, Printed, Severity};
use crate::base::layout::CONFIG;
use crate::border::{Shown, json};
use crate::load::workspace::sha256;

#[derive(Serialize)]
struct Issue {
    check_name: &'static str,
    description: String,
    severity: &'static str,
    fingerprint: String,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: GitlabLines,
}

#[derive(Serialize)]
struct GitlabLines {
    begin: usize,
}

pub(super) fn print(printed: &Printed<'_>) -> Shown {
    let mut equals = BTreeMap::new();
    let mut fingerprint = |name: &'static str, path: &str, message: &str| {
        let nth = equals.entry((name, path.to_owned(), message.to_owned())).or_insert(0_usize);
        *nth += 1;
        sha256(format!("{name}\0{path}\0{message}\0{nth}").as_bytes())
    };
    let mut issues: Vec<Issue> = Vec::new();
    for diagnostic in &printed.diagnostics {
        let (name, path) = (diagnostic.code.name(), printed.in_repository(&diagnostic.place));
        // GitLab shows one of equal fingerprints, and tells old from new ones by them: it must stay where other lines of the file move.
        let fingerprint = fingerprint(name, &path, &diagnostic.message);
        let begin = printed.positions(&diagnostic.place).0.line;
        let (description, severity) = (description(diagnostic), severity(diagnostic));
        issues.push(Issue {
            check_name: name,
            description,
            severity,
            fingerprint,
            location: Location { path, lines: GitlabLines { begin } },
        });
    }
    for unprinted in &printed.unprinted {
        let (name, path) = ("and-more", path(unprinted, printed));
        issues.push(Issue {
            check_name: name,
            description: unprinted.message(printed.workspace),
            severity: "info",
            fingerprint: fingerprint(name, &path, ""),
            location: Location { path, lines: GitlabLines { begin: 1 } },
        });
    }
    json::print(&issues)
}

/// The file of diagnostics that are not printed; every issue needs one.
fn path(unprinted: &Unprinted, printed: &Printed<'_>) -> String {
    match &unprinted.place {
        Where::File(path) => printed.workspace.shown_in_repository(path),
        Where::OtherFiles(_) => printed.workspace.shown_in_repository(CONFIG),
    }
}

/// The message and the advice, in one paragraph.
fn description(diagnostic: &Diagnostic) -> String {
    let parts = std::iter::once(&diagnostic.message).chain(&diagnostic.help).map(String::as_str);
    parts.collect::<Vec<_>>().join("; ")
}

/// GitLab's word for a severity.
fn severity(diagnostic: &Diagnostic) -> &'static str {
    match diagnostic.code.severity() {
        Severity::Error => "major",
        Severity::Warning => "minor",
        Severity::Finding => "info",
    }
}
