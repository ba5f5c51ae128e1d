//! Prints diagnostics as SARIF 2.1.0, which code scanning services read.

use serde_json::{Value, json};

use super::diagnostics::{Unprinted, Where};
use super::help::{markdown, plain};
use super::{Code, Diagnostic, Place, Printed, Severity};
use crate::border::sarif::{message, uri};
use crate::border::{Shown, json};
use crate::load::workspace::{Workspace, sha256};

pub(super) fn print(printed: &Printed<'_>) -> Shown {
    let rules: Vec<Value> = Code::ALL
        .iter()
        .map(|code| {
            json!({
                "id": code.name(),
                "shortDescription": { "text": message(code.description()) },
                "help": { "text": message(&plain(*code)), "markdown": markdown(*code) },
                "defaultConfiguration": { "level": level(*code) },
            })
        })
        .collect();
    let results: Vec<Value> = printed.diagnostics.iter().map(|diagnostic| result(diagnostic, printed)).collect();
    let mut run = json!({
        "tool": { "driver": { "name": "milepost", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
        "columnKind": "unicodeCodePoints",
        "results": results,
    });
    if !printed.unprinted.is_empty() {
        let notes: Vec<Value> =
            printed.unprinted.iter().map(|unprinted| notification(unprinted, printed.workspace)).collect();
        run["invocations"] = json!([{ "executionSuccessful": true, "toolExecutionNotifications": notes }]);
    }
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    });
    json::print(&log)
}

/// The number of diagnostics that are not printed, as a notification of the tool's run.
fn notification(unprinted: &Unprinted, workspace: &Workspace) -> Value {
    let mut note = json!({ "level": "note", "message": { "text": message(&unprinted.message(workspace)) } });
    if let Where::File(path) = &unprinted.place {
        let file = json!({ "uri": uri(&workspace.shown_in_repository(path)), "uriBaseId": "%SRCROOT%" });
        note["locations"] = json!([{ "physicalLocation": { "artifactLocation": file } }]);
    }
    note
}

/// SARIF's word for a severity.
fn level(code: Code) -> &'static str {
    match code.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Finding => "note",
    }
}

fn result(diagnostic: &Diagnostic, printed: &Printed<'_>) -> Value {
    let mut text = diagnostic.message.clone();
    for help in &diagnostic.help {
        text += &format!("\n{help}");
    }
    let related: Vec<Value> = diagnostic
        .related
        .iter()
        .map(|(place, label)| {
            let mut location = location(place, printed);
            location["message"] = json!({ "text": message(label) });
            location
        })
        .collect();
    json!({
        "ruleId": diagnostic.code.name(),
        "level": level(diagnostic.code),
        "message": { "text": message(&text) },
        "locations": [location(&diagnostic.place, printed)],
        "relatedLocations": related,
        "partialFingerprints": { "milepost/v1": fingerprint(diagnostic) },
    })
}

fn location(place: &Place, printed: &Printed<'_>) -> Value {
    let (start, end) = printed.positions(place);
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(&printed.in_repository(place)), "uriBaseId": "%SRCROOT%" },
            "region": {
                "startLine": start.line, "startColumn": start.column,
                "endLine": end.line, "endColumn": end.column.max(if start.line == end.line { start.column + 1 } else { 1 }),
            },
        },
    })
}

/// A value that stays the same when other lines of the file move. Services use it to tell old results from new ones.
fn fingerprint(diagnostic: &Diagnostic) -> String {
    sha256(format!("{}\0{}\0{}", diagnostic.code.name(), diagnostic.place.path, diagnostic.message).as_bytes())
}
