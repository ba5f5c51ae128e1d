//! Reads the mappings of tables: those of the binary, and those of `maps/` in their place.
//!
//! No figure depends on such a mapping, so a mistake in one is a warning. An import by it is refused.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::DeValue;

use super::fields::{At, Fields, KeyValue};
use super::syntax::Parsed;
use crate::base::layout::{is_map, name_of};
use crate::base::number::Level;
use crate::diagnostic::{Code, Diagnostics};
use crate::load::workspace::Workspace;
use crate::model::table_mapping::{LevelColumn, StateColumn, TableMapping};

/// Every mapping of tables by its name; `None` for one with a mistake.
pub(super) fn read(workspace: &Workspace, found: &mut Diagnostics) -> BTreeMap<String, Option<TableMapping>> {
    let mut mappings = BTreeMap::new();
    for path in workspace.files.keys().filter(|path| is_map(path)) {
        if let Some(parsed) = Parsed::new(workspace, path).filter(is_of_tables) {
            mappings.insert(name_of(path).trim_end_matches(".toml").to_owned(), one(parsed, found));
        }
    }
    mappings
}

/// The mapping in a file of any name; `None` if it has a mistake.
pub(super) fn one(parsed: Parsed<'_>, found: &mut Diagnostics) -> Option<TableMapping> {
    let mut beside = found.beside();
    let mapping = parsed.read(&mut beside, mapping);
    let mapping = mapping.filter(|_| beside.is_empty());
    found.append(beside.with_code(Code::BadMapping));
    mapping
}

/// Whether a mapping in `maps/` is one of tables, which only `milepost import table` reads. A mapping of result files says what the
/// file is.
pub(super) fn is_of_tables(parsed: &Parsed<'_>) -> bool {
    let tree = parsed.tree();
    let names_columns = ["level", "target", "note", "sheet", "where", "left"].iter().any(|key| tree.contains_key(*key));
    let id = tree.get("id").map(Spanned::get_ref);
    !tree.contains_key("format") && (names_columns || matches!(id, Some(DeValue::String(_) | DeValue::Array(_))))
}

fn mapping(mut fields: Fields<'_, '_>) -> Option<TableMapping> {
    let title = fields.required_text("title", "people read it as the name of such a table");
    let sheet = fields.text("sheet").map(|sheet| sheet.value);
    let id = heads(&mut fields, "id", "name the column of ids: id = \"Control\"");
    let of = fields.text("of").map(|of| of.value);
    let required = fields.table("where").map(lists).unwrap_or_default();
    let level = fields.table("level").and_then(level_column);
    let target = fields.table("target").and_then(level_column);
    let note = texts(fields.text_or_texts("note"));
    let not_applicable = fields.table("not_applicable").and_then(state_column);
    let unknown = fields.table("unknown").and_then(state_column);
    let unanswered = fields.table("unanswered").and_then(state_column);
    let left = fields.table("left").map(lists).unwrap_or_default();
    let left = left.into_iter().map(|(head, why)| (head, why.join(" "))).collect();
    fields.finish();
    let title = title?.value;
    Some(TableMapping {
        title,
        sheet,
        id,
        of,
        required,
        level,
        target,
        note,
        not_applicable,
        unknown,
        unanswered,
        left,
    })
}

fn level_column(mut fields: Fields<'_, '_>) -> Option<LevelColumn> {
    let column = heads(&mut fields, "column", "name the column: column = \"Score\"");
    let none = fields.text_or_texts("none").map_or_else(|| vec![String::new()], |none| texts(Some(none)));
    let scale = fields.table("scale").map(points);
    let without = fields.text("without").map(|without| without.value);
    fields.finish();
    Some(LevelColumn { column, none, scale, without })
}

/// Which level each foreign number or word means.
fn points(mut fields: Fields<'_, '_>) -> Vec<(String, Level)> {
    let entries = fields.rest(&[]).into_iter();
    let point = |(key, value): KeyValue<'_>| {
        let name = key.get_ref();
        Some((name.to_string(), fields.as_level(value, name, Code::BadValue)?.value))
    };
    entries.filter_map(point).collect()
}

fn state_column(mut fields: Fields<'_, '_>) -> Option<StateColumn> {
    let column = fields.required_text("column", "name the column: column = \"Result\"");
    let is = heads(&mut fields, "is", "name its words for this state: is = [\"n/a\"]");
    let reason = texts(fields.text_or_texts("reason"));
    fields.finish();
    Some(StateColumn { column: column?.value, is, reason })
}

/// The texts of `key`, at least one.
fn heads(fields: &mut Fields<'_, '_>, key: &'static str, why: &str) -> Vec<String> {
    let heads = fields.text_or_texts(key);
    fields.require(key, why);
    if let Some(span) = fields.key_span(key).filter(|_| heads.as_ref().is_some_and(Vec::is_empty)) {
        fields.report(Code::MissingKey, &span, format!("`{key}` is empty")).help.push(why.to_owned());
    }
    texts(heads)
}

fn texts(given: Option<Vec<At<String>>>) -> Vec<String> {
    given.into_iter().flatten().map(|text| text.value).collect()
}

fn lists(fields: Fields<'_, '_>) -> Vec<(String, Vec<String>)> {
    fields.lists().into_iter().map(|(head, words)| (head.value, words)).collect()
}
