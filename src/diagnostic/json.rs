//! Prints diagnostics as a JSON array, with positions counted as editors count.

use serde::Serialize;

use super::diagnostics::{Unprinted, Where};
use super::{Diagnostic, Place, Told};
use crate::border::{Shown, json};

#[derive(Serialize)]
struct DiagnosticJson<'a> {
    code: &'static str,
    severity: String,
    message: String,
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

pub(super) fn print(told: &Told<'_>) -> Shown {
    let rows = told.diagnostics.iter().map(|diagnostic| row(diagnostic, told));
    let rows: Vec<_> = rows.chain(told.untold.iter().map(|untold| more(untold, told))).collect();
    json::print(&rows)
}

fn row<'a>(diagnostic: &'a Diagnostic, told: &Told<'_>) -> DiagnosticJson<'a> {
    DiagnosticJson {
        code: diagnostic.code.name(),
        severity: diagnostic.code.severity().to_string(),
        message: diagnostic.message.clone(),
        at: span(&diagnostic.place, told),
        help: &diagnostic.help,
        related: diagnostic.related.iter().map(|(place, message)| Related { message, at: span(place, told) }).collect(),
    }
}

/// A row for diagnostics without a row of their own, so that every reader of the rows learns of them.
fn more(untold: &Unprinted, told: &Told<'_>) -> DiagnosticJson<'static> {
    let path = match &untold.place {
        Where::File(path) => told.workspace.shown(path),
        Where::OtherFiles(_) => String::new(),
    };
    DiagnosticJson {
        code: "and-more",
        severity: "note".to_owned(),
        message: untold.message(told.workspace),
        at: Span { path, line: 1, column: 1, end_line: 1, end_column: 1 },
        help: &[],
        related: Vec::new(),
    }
}

fn span(place: &Place, told: &Told<'_>) -> Span {
    let (start, end) = told.positions(place);
    Span { path: told.shown(place), line: start.line, column: start.column, end_line: end.line, end_column: end.column }
}
