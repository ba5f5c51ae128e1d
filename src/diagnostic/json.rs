//! Diagnostics in, a JSON array out: one object each, with positions counted as editors do.

use serde::Serialize;

use super::{Diagnostic, Place, positions};
use crate::border::{Shown, json};
use crate::load::workspace::Workspace;

#[derive(Serialize)]
struct Row<'a> {
    code: &'static str,
    severity: String,
    message: &'a str,
    #[serde(flatten)]
    at: Span,
    help: &'a [String],
    related: Vec<Related<'a>>,
}

#[derive(Serialize)]
struct Span {
    path: String,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
struct Related<'a> {
    message: &'a str,
    #[serde(flatten)]
    at: Span,
}

pub(super) fn print(diagnostics: &[Diagnostic], workspace: &Workspace) -> Shown {
    let rows: Vec<_> = diagnostics.iter().map(|diagnostic| row(diagnostic, workspace)).collect();
    json::print(&rows)
}

fn row<'a>(diagnostic: &'a Diagnostic, workspace: &Workspace) -> Row<'a> {
    Row {
        code: diagnostic.code.name(),
        severity: diagnostic.code.severity().to_string(),
        message: &diagnostic.message,
        at: span(&diagnostic.place, workspace),
        help: &diagnostic.help,
        related: diagnostic
            .related
            .iter()
            .map(|(place, message)| Related { message, at: span(place, workspace) })
            .collect(),
    }
}

fn span(place: &Place, workspace: &Workspace) -> Span {
    let (start, end) = positions(place, workspace);
    Span {
        path: workspace.shown(&place.path),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
    }
}
