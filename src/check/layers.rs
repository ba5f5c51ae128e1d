//! Lays one TOML table over another: tables merge key by key, every other value replaces, and `"default"` takes back.

use std::collections::BTreeSet;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::fields::{At, Fields, KeyValue, in_file_order};
use crate::base::quarter::Quarter;
use crate::diagnostic::{Code, Place};

/// The key whose tables hold what changes from a quarter on.
pub(super) const SINCE: &str = "since";

/// The keys of a decision that take back what is not set.
pub(super) type Unset<'a> = Vec<&'a Spanned<DeString<'a>>>;

/// Lays one key over a table: tables merge key by key, all else replaces, and `"default"` takes back.
pub(super) fn lay<'a>(under: &mut DeTable<'a>, entry: KeyValue<'a>, unset: &mut Unset<'a>) {
    let (key, value) = entry;
    match value.get_ref().as_table() {
        Some(table) => {
            let under = inner(under, entry);
            in_file_order(table).into_iter().for_each(|entry| lay(under, entry, unset));
        }
        None if is_default(value) => take_back(under, key, unset),
        None => replace(under, entry),
    }
}

/// Lays one key over a table: it is replaced whole, and `false` takes it back too.
pub(super) fn lay_whole<'a>(under: &mut DeTable<'a>, entry: KeyValue<'a>, unset: &mut Unset<'a>) {
    let (key, value) = entry;
    if is_default(value) || value.get_ref().as_bool() == Some(false) {
        take_back(under, key, unset);
    } else {
        replace(under, entry);
    }
}

/// The table at `key`. Where there is none, an empty one replaces what is there.
pub(super) fn inner<'m, 'a>(under: &'m mut DeTable<'a>, entry: KeyValue<'a>) -> &'m mut DeTable<'a> {
    let (key, value) = entry;
    let name = key.get_ref().as_ref();
    if !under.get(name).is_some_and(|value| value.get_ref().is_table()) {
        under.remove(name);
        under.insert(key.clone(), Spanned::new(value.span(), DeValue::Table(DeTable::new())));
    }
    match under.get_mut(name).map(Spanned::get_mut) {
        Some(DeValue::Table(table)) => table,
        _ => unreachable!("a table was just put there"),
    }
}

/// Puts a value in the place of the one that is there, with its own place in the file.
fn replace<'a>(under: &mut DeTable<'a>, entry: KeyValue<'a>) {
    let (key, value) = entry;
    under.remove(key.get_ref().as_ref());
    under.insert(key.clone(), value.clone());
}

fn take_back<'a>(under: &mut DeTable<'a>, key: &'a Spanned<DeString<'a>>, unset: &mut Unset<'a>) {
    if under.remove(key.get_ref().as_ref()).is_none() {
        unset.push(key);
    }
}

/// Whether a value is `"default"`.
pub(super) fn is_default(value: &Spanned<DeValue<'_>>) -> bool {
    value.get_ref().as_str() == Some("default")
}

/// Reports keys that are taken back from `quarter` on although nothing sets them.
pub(super) fn report_unset(unset: Unset<'_>, quarter: Quarter, fields: &mut Fields<'_, '_>) {
    for key in unset {
        let message = format!("`{}` is not set before {quarter}, so there is nothing to take back", key.get_ref());
        let report = fields.report(Code::SinceWithoutEffect, &key.span(), message);
        report.help.push("remove the line, or write the name under which it is set".to_owned());
    }
}

/// A quarter from which something changes.
pub(super) struct FromQuarter {
    pub(super) quarter: Quarter,
    /// Where the changes are written.
    pub(super) place: Place,
}

/// The quarter that a key of `since` names.
pub(super) fn quarter_of(table: &mut Fields<'_, '_>, key: &At<String>) -> Option<Quarter> {
    let quarter = key.value.parse().ok();
    if quarter.is_none() {
        let report = table.report(Code::BadQuarter, &key.span, format!("`{}` is not a quarter", key.value));
        report.help.push("write it like [since.\"2026-Q3\"]".to_owned());
    }
    quarter
}

/// Reads the file again as it is from a quarter on. What is wrong without the changes is reported already; what is wrong only with
/// them is reported together with the place of the changes.
pub(super) fn read_again<T>(
    fields: &mut Fields<'_, '_>,
    merged: &DeTable<'_>,
    from: &FromQuarter,
    read: impl FnOnce(Fields<'_, '_>) -> T,
) -> T {
    let mut said: BTreeSet<(Code, Place)> = fields.found.iter().map(|said| (said.code, said.place.clone())).collect();
    let mut beside = fields.found.beside();
    let value = read(Fields::new(fields.path, fields.lines, merged, &mut beside));
    for diagnostic in beside.iter().filter(|found| said.insert((found.code, found.place.clone()))) {
        let rules = format!("as it is since {}", from.quarter);
        fields.found.push(diagnostic.clone().related(from.place.clone(), rules));
    }
    value
}
