//! Prints diagnostics as a JSON array, with positions counted as editors count.

use serde::Serialize;

use super::diagnostics::{Unprinted, Where};
use super::{Diagnostic, Place, Printed};
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

pub(super) fn print(printed: &Printed<'_>) -> Shown {
    let rows = printed.diagnostics.iter().map(|diagnostic| row(diagnostic, printed));
    let rows: Vec<_> = rows.chain(printed.unprinted.iter().map(|unprinted| more(unprinted, printed))).collect();
    json::print(&rows)
}

fn row<'a>(diagnostic: &'a Diagnostic, printed: &Printed<'_>) -> DiagnosticJson<'a> {
    DiagnosticJson {
        code: diagnostic.code.name(),
        severity: diagnostic.code.severity().to_string(),
        message: diagnostic.message.clone(),
        at: span(&diagnostic.place, printed),
        help: &diagnostic.help,
        related: diagnostic
            .related
            .iter()
            .map(|(place, message)| Related { message, at: span(place, printed) })
            .collect(),
    }
}

/// A row for diagnostics without a row of their own, so that every reader of the rows learns of them.
fn more(unprinted: &Unprinted, printed: &Printed<'_>) -> DiagnosticJson<'static> {
    let path = match &unprinted.place {
        Where::File(path) => printed.workspace.shown(path),
        Where::OtherFiles(_) => String::new(),
    };
    DiagnosticJson {
        code: "and-more",
        severity: "note".to_owned(),
        message: unprinted.message(printed.workspace),
        at: Span { path, line: 1, column: 1, end_line: 1, end_column: 1 },
        help: &[],
        related: Vec::new(),
    }
}

fn span(place: &Place, printed: &Printed<'_>) -> Span {
    let (start, end) = printed.positions(place);
    Span {
        path: printed.shown(place),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
    }
}
