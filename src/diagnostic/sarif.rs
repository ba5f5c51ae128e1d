//! Diagnostics in, SARIF 2.1.0 out: what code scanning services read.

use serde_json::{Value, json};

use super::{Code, Diagnostic, Place, Severity, positions};
use crate::border::sarif::{message, uri};
use crate::border::{Shown, json};
use crate::load::workspace::{Workspace, sha256};

pub(super) fn print(diagnostics: &[Diagnostic], workspace: &Workspace) -> Shown {
    let rules: Vec<Value> = Code::ALL
        .iter()
        .map(|code| {
            json!({
                "id": code.name(),
                "shortDescription": { "text": message(code.description()) },
                "defaultConfiguration": { "level": level(*code) },
            })
        })
        .collect();
    let results: Vec<Value> = diagnostics.iter().map(|diagnostic| result(diagnostic, workspace)).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "milepost", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    json::print(&log)
}

/// SARIF's word for a severity.
fn level(code: Code) -> &'static str {
    match code.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Finding => "note",
    }
}

fn result(diagnostic: &Diagnostic, workspace: &Workspace) -> Value {
    let mut text = diagnostic.message.clone();
    for help in &diagnostic.help {
        text += &format!("\n{help}");
    }
    let related: Vec<Value> = diagnostic
        .related
        .iter()
        .map(|(place, label)| {
            let mut location = location(place, workspace);
            location["message"] = json!({ "text": message(label) });
            location
        })
        .collect();
    json!({
        "ruleId": diagnostic.code.name(),
        "level": level(diagnostic.code),
        "message": { "text": message(&text) },
        "locations": [location(&diagnostic.place, workspace)],
        "relatedLocations": related,
        "partialFingerprints": { "milepost/v1": fingerprint(diagnostic) },
    })
}

fn location(place: &Place, workspace: &Workspace) -> Value {
    let (start, end) = positions(place, workspace);
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(&workspace.shown(&place.path)), "uriBaseId": "%SRCROOT%" },
            "region": {
                "startLine": start.line, "startColumn": start.column,
                "endLine": end.line, "endColumn": end.column.max(if start.line == end.line { start.column + 1 } else { 1 }),
            },
        },
    })
}

/// Stays the same while other lines of the file move: services tell old results from new ones by it.
fn fingerprint(diagnostic: &Diagnostic) -> String {
    sha256(format!("{}\0{}\0{}", diagnostic.code.name(), diagnostic.place.path, diagnostic.message).as_bytes())
}
