//! Texts as JSON that is safe in a script of a page.

use serde::Serialize;

/// `rows` as JSON, one a line. Nothing in it can end the script, or a line of it.
pub fn rows(rows: impl Iterator<Item = impl Serialize>) -> String {
    let rows: Vec<String> = rows.map(|row| serde_json::to_string(&row).expect("plain texts")).collect();
    format!("[{}]", safe(&rows.join(",\n")))
}

/// A table of texts as JSON. Nothing in it can end the script, or a line of it.
pub fn table(texts: &impl Serialize) -> String {
    safe(&serde_json::to_string(texts).expect("plain texts"))
}

fn safe(json: &str) -> String {
    json.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}
