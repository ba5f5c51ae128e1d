//! A quarter's folder in, its days, title and narrative out.

use std::sync::Arc;

use jiff::civil::Date;

use super::fields::Fields;
use super::syntax::Parsed;
use crate::diagnostic::{Code, Diagnostic};
use crate::quarter::Quarter;
use crate::workspace::Workspace;

/// What a quarter's own files say of it.
pub(super) struct Header {
    pub(super) opens: Date,
    pub(super) closes: Date,
    pub(super) title: String,
    pub(super) summary: Arc<str>,
}

/// Reads `quarter.toml` and `summary.md` of `folder`; both may be absent.
pub(super) fn read(workspace: &Workspace, folder: &str, quarter: Quarter, found: &mut Vec<Diagnostic>) -> Header {
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
    header.opens = opens.map_or(header.opens, |opens| opens.value);
    if let Some(closes) = closes {
        header.closes = closes.value;
        if header.closes < header.opens {
            fields.report(
                Code::BadValue,
                &closes.span,
                format!("the quarter closes before it opens on {}", header.opens),
            );
        }
    }
    fields.finish();
}
