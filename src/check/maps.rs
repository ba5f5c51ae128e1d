//! Reads the mappings of result files: those of the binary, and those of `maps/` in their place.

use std::collections::BTreeMap;

use super::fields::{At, Fields, QUOTED};
use super::syntax::Parsed;
use super::table_mappings::is_of_tables;
use super::terms::known_kind;
use crate::base::layout::{is_map, name_of};
use crate::base::number::{MILLIONTHS, grouped};
use crate::base::text::cut;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::load::workspace::Workspace;
use crate::model::collector::{How, MappedRows, Pointer, ResultFormat, ResultMapping, Take};
use crate::model::evidence::Kind;

/// Every mapping by its name, those with a mistake too: whether one is meant is known by its file.
pub(super) fn read(workspace: &Workspace, found: &mut Diagnostics) -> BTreeMap<String, Option<ResultMapping>> {
    let mut maps = BTreeMap::new();
    for path in workspace.files.keys().filter(|path| is_map(path)) {
        let name = name_of(path).trim_end_matches(".toml");
        let parsed = Parsed::new(workspace, path).zip(workspace.digest(path));
        if parsed.as_ref().is_some_and(|(parsed, _)| is_of_tables(parsed)) {
            continue;
        }
        let mapping = parsed.and_then(|(parsed, digest)| {
            let mapping = parsed.read(found, mapping)?;
            Some(ResultMapping { name: name.to_owned(), sha256: digest, ..mapping })
        });
        maps.insert(name.to_owned(), mapping);
    }
    maps
}

fn mapping(mut fields: Fields<'_, '_>) -> Option<ResultMapping> {
    let format = fields.choice("format", &ResultFormat::WORDS);
    fields.require("format", "say what the file is: format = \"json\", \"jsonl\", \"csv\" or \"xml\"");
    let delimiter = delimiter(&mut fields);
    let require = pointer(&mut fields, "require");
    let control = fields.text("control").map(|control| control.value);
    let rows = rows(&mut fields);
    let date = fields.table("date").and_then(|table| take(table, "{ newest = \"$[*].time\" }"));
    let kind = kind(&mut fields);
    let title = fields.required_text("title", "people read it as the evidence's title: name the tool");
    let facts = takes(&mut fields, "facts");
    let counts = takes(&mut fields, "counts");
    fields.finish();
    Some(ResultMapping {
        name: String::new(),
        format: format?,
        delimiter,
        require,
        control,
        rows,
        date,
        kind: kind?,
        title: title?.value,
        facts,
        counts,
        sha256: String::new(),
    })
}

fn kind(fields: &mut Fields<'_, '_>) -> Option<Kind> {
    let kind = fields.required_text("kind", "say what sort of evidence the file is: record, metric or test")?;
    known_kind(fields, &kind)
}

/// The one character between the cells of a CSV.
fn delimiter(fields: &mut Fields<'_, '_>) -> Option<char> {
    let text = fields.text("delimiter")?;
    let mut characters = text.value.chars();
    let one = characters.next().filter(|one| one.is_ascii() && !matches!(one, '"' | '\n' | '\r'));
    let one = one.filter(|_| characters.next().is_none());
    if one.is_none() {
        let message = format!("`{}` divides no cells", cut(&text.value, QUOTED));
        let report = fields.report(Code::BadValue, &text.span, message);
        report.help.push("give the one character that stands between the cells of a CSV: delimiter = \";\"".to_owned());
        return None;
    }
    one
}

/// `each` and `id`: rows that name what they are about.
fn rows(fields: &mut Fields<'_, '_>) -> Option<MappedRows> {
    let each = pointer(fields, "each");
    let once = fields.texts("once").unwrap_or_default().iter().filter_map(|text| checked(fields, text)).collect();
    let id = fields.table("id").and_then(|mut id| {
        let at = pointer(&mut id, "at");
        id.require("at", "say where a row names its control: id = { at = \"$.group_id\" }");
        let strip = id.text("strip").map(|text| text.value).unwrap_or_default();
        let parts = id.text("parts").map(|text| text.value);
        let beside = pointer(&mut id, "beside");
        let map = id.table("map").map(named).unwrap_or_default();
        id.finish();
        Some((at?, strip, parts, map, beside))
    });
    let given = [fields.key_span("each"), fields.key_span("id")];
    match given {
        [Some(span), None] | [None, Some(span)] => {
            let alone = fields.report(Code::MissingKey, &span, "`each` and `id` stand together");
            alone.help.push("each = \"$[*]\" names the rows, id = { at = \"…\" } what one is about".to_owned());
            None
        }
        _ => {
            let (each, (at, strip, parts, map, beside)) = each.zip(id)?;
            Some(MappedRows { each, once, at, strip, parts, beside, map })
        }
    }
}

/// A table of names and texts.
fn named(fields: Fields<'_, '_>) -> Vec<(String, String)> {
    fields
        .lists()
        .into_iter()
        .flat_map(|(name, texts)| texts.into_iter().map(move |text| (name.value.clone(), text)))
        .collect()
}

fn pointer(fields: &mut Fields<'_, '_>, key: &'static str) -> Option<Pointer> {
    let text = fields.text(key)?;
    checked(fields, &text)
}

/// The path in a text. Reports one that cannot be used.
fn checked(fields: &mut Fields<'_, '_>, text: &At<String>) -> Option<Pointer> {
    match Pointer::read(&text.value) {
        Ok(pointer) => Some(pointer),
        Err(why) => {
            let message = format!("`{}` is no path that can be used: {why}", cut(&text.value, QUOTED));
            let report = fields.report(Code::BadPath, &text.span, message);
            report.help.push("write a path of RFC 9535, such as $.items[?@.status == 'ok'].time".to_owned());
            None
        }
    }
}

fn takes(fields: &mut Fields<'_, '_>, key: &'static str) -> Vec<(String, Take)> {
    let Some(table) = fields.table(key) else { return Vec::new() };
    let mut takes =
        table.entries("{ count = \"$[*]\" }", |table, name| Some((name.value, take(table, "{ count = \"$[*]\" }")?)));
    if takes.len() > TAKES {
        let span = fields.key_span(key).unwrap_or_default();
        let message = format!("`{key}` takes {} values, and at most {TAKES} are read", grouped(takes.len()));
        fields.report(Code::BadValue, &span, message).help.push("split the mapping".to_owned());
        takes.truncate(TAKES);
    }
    takes
}

/// The most facts and the most counts of a mapping: each is looked for in the whole file.
const TAKES: usize = 100;

/// One value: how it is made, and of what.
fn take(mut fields: Fields<'_, '_>, example: &str) -> Option<Take> {
    let place = fields.place();
    let mut ways = Vec::new();
    for (word, how) in How::WORDS {
        let way = if how == How::Share { share(&mut fields) } else { pointer(&mut fields, word).map(|at| (at, None)) };
        ways.extend(fields.key_span(word).map(|span| (how, way, span)));
    }
    let times = factor(&mut fields, "times");
    let divide_by = factor(&mut fields, "divide_by");
    let one = fields.text("one").map(|one| one.value);
    let optional = fields.boolean("optional").unwrap_or_default();
    fields.report_if_not_one(&ways.iter().map(|(_, _, span)| span.clone()).collect::<Vec<_>>(), place, example);
    fields.finish();
    let (how, way, _) = ways.into_iter().next()?;
    let (at, of) = way?;
    Some(Take { how, at, of, times, divide_by, one, optional })
}

/// `share = [part, whole]`.
fn share(fields: &mut Fields<'_, '_>) -> Option<(Pointer, Option<Pointer>)> {
    let texts = fields.texts("share")?;
    let [part, whole] = texts.as_slice() else {
        let span = fields.key_span("share").unwrap_or_default();
        let report = fields.report(Code::BadValue, &span, "`share` takes two paths: the part and the whole");
        report.help.push("write share = [\"$[?@.status == 'ok']\", \"$[*]\"]".to_owned());
        return None;
    };
    let (part, whole) = (checked(fields, part), checked(fields, whole));
    Some((part?, Some(whole?)))
}

/// A number above 0, in millionths; 1 if it is not given.
fn factor(fields: &mut Fields<'_, '_>, key: &'static str) -> i64 {
    let Some(value) = fields.raw(key) else { return MILLIONTHS };
    let number = super::fields::amount(value.get_ref()).filter(|number| *number > 0);
    if number.is_none() {
        let message = format!("`{key}` must be a number above 0, with at most six decimals");
        fields.report(Code::BadValue, &value.span(), message);
    }
    number.unwrap_or(MILLIONTHS)
}

impl Fields<'_, '_> {
    /// Reports a value that is made in no way, or in several.
    fn report_if_not_one(&mut self, ways: &[std::ops::Range<usize>], place: crate::base::place::Place, example: &str) {
        let words: Vec<&str> = How::WORDS.iter().map(|(word, _)| *word).collect();
        match ways {
            [_] => {}
            [] if words.iter().any(|word| self.is_misspelt(word)) => {}
            [] => {
                let none = Diagnostic::new(Code::MissingKey, place, "this says in no way how the value is made");
                self.found.push(none.help(format!("write one of {}, as in {example}", words.join(", "))));
            }
            [_, second, ..] => {
                let both = self.report(Code::BadValue, second, "this value is made in two ways");
                both.help.push("keep one of them".to_owned());
            }
        }
    }
}
