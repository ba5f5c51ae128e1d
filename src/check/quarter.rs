//! Reads a quarter's own files: its first and last day, its title and its narrative.

use std::sync::Arc;

use jiff::civil::Date;

use super::fields::Fields;
use super::syntax::Parsed;
use crate::base::quarter::Quarter;
use crate::diagnostic::{Code, Diagnostics};
use crate::load::workspace::Workspace;

/// The content of a quarter's own files.
pub(super) struct Header {
    pub(super) opens: Date,
    pub(super) closes: Date,
    pub(super) title: String,
    pub(super) summary: Arc<str>,
}

/// The file in `folder` that describes its quarter, if there is one.
pub(super) fn own_file(workspace: &Workspace, folder: &str) -> Option<String> {
    let names = ["quarter.toml", "summary.md", super::profile::FILE].map(|name| format!("{folder}/{name}"));
    names.into_iter().find(|path| workspace.files.contains_key(path))
}

/// Reads `quarter.toml` and `summary.md` in `folder`. Both files are optional.
pub(super) fn read(workspace: &Workspace, folder: &str, quarter: Quarter, found: &mut Diagnostics) -> Header {
    let summary = workspace.text(&format!("{folder}/summary.md")).unwrap_or_default();
    let mut header = Header {
        opens: quarter.first_day(),
        closes: quarter.last_day(),
        title: String::new(),
        summary: Arc::from(summary),
    };
    if let Some(parsed) = Parsed::new(workspace, &format!("{folder}/quarter.toml")) {
        parsed.read(found, |fields| read_file(fields, &mut header));
    }
    header
}

fn read_file(mut fields: Fields<'_, '_>, header: &mut Header) {
    header.title = fields.text_or_empty("title");
    let opens = fields.date("opens");
    let closes = fields.date("closes");
    let (first, last) =
        (opens.as_ref().map_or(header.opens, |at| at.value), closes.as_ref().map_or(header.closes, |at| at.value));
    if first <= last {
        (header.opens, header.closes) = (first, last);
    } else if let Some(given) = closes.or(opens) {
        // Reported once here, not again for each item of evidence.
        fields.report(
            Code::BadValue,
            &given.span,
            format!("the quarter opens on {first} and closes before that, on {last}"),
        );
    }
    fields.finish();
}
