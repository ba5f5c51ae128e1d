//! Takes tables in braces apart, so that each answer in them has its own line.

use toml_edit::{InlineTable, Item, TableLike, Value};

use super::file::{AnswerFile, TableForm, TablePlace, between_braces, joined};

impl AnswerFile<'_> {
    /// The text with one line for each entry of every table in braces that holds several answers of which one does not stay where
    /// it is; `None` if there is none. `KP = { HU-1 = { … }, HU-2 = { … } }` becomes `KP.HU-1 = { … }` and `KP.HU-2 = { … }`.
    /// `stays` says this of a table; `None` if its path is no control's id.
    pub(crate) fn taken_apart(&self, stays: &dyn Fn(&str, &dyn TableLike) -> Option<bool>) -> Option<String> {
        let mut found = Vec::new();
        find(&self.root(), "", stays, &mut found);
        found.sort_by_key(|(start, _)| *start);
        let text = &self.text;
        let (mut out, mut done) = (String::new(), 0);
        for (key, table) in &found {
            let span = table.span()?;
            let line = text.line_start(*key);
            let chain = text.whole[line..span.start].trim_end().strip_suffix('=')?.trim_end();
            let entries = between_braces(text, table);
            let entries: Vec<&str> = entries.into_iter().map(|entry| &text.whole[entry]).collect();
            let again = format!("{}{chain}.", text.end);
            out += &format!("{}{chain}.{}", &text.whole[done..line], entries.join(&again));
            done = span.end;
        }
        (!found.is_empty()).then(|| out + &text.whole[done..])
    }
}

/// The tables to take apart below a table, each with where its name is.
fn find<'d>(
    table: &TablePlace<'d>,
    above: &str,
    stays: &dyn Fn(&str, &dyn TableLike) -> Option<bool>,
    out: &mut Vec<(usize, &'d InlineTable)>,
) {
    for (name, item) in table.entries.iter() {
        let id = joined(above, name);
        let Some(below) = table.below(name) else { continue };
        match (item, below.form()) {
            (Item::Value(Value::InlineTable(inner)), TableForm::Braces(_)) => {
                let inside = fates(inner, &id, stays);
                if !inside.is_empty() && !inside.into_iter().chain(stays(&id, inner)).all(|stays| stays) {
                    out.push((below.key.start, inner));
                }
            }
            _ => find(&below, &id, stays, out),
        }
    }
}

/// What becomes of the answers below a table.
fn fates(table: &dyn TableLike, above: &str, stays: &dyn Fn(&str, &dyn TableLike) -> Option<bool>) -> Vec<bool> {
    let below = table.iter().filter_map(|(name, item)| Some((joined(above, name), item.as_table_like()?)));
    below.flat_map(|(id, inner)| stays(&id, inner).into_iter().chain(fates(inner, &id, stays))).collect()
}
