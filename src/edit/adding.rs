//! Where new evidence items and new answers are written, and in which form.

use std::collections::BTreeMap;

use toml_edit::{Array, ArrayOfTables, InlineTable, Item};

use super::changes::TextChanges;
use super::file::{AnswerFile, TableForm, WrittenAnswer, first_header};
use super::text::{EditedText, is_blank, is_remark};
use super::value::{NewItem, NewValue};
use super::{AnswerEdit, EditRefusal};
use crate::border::toml::{dotted, key};

impl TextChanges<'_> {
    /// Adds evidence items behind those of an answer. If it has none, the whole `evidence = […]` is what remains to be added to it.
    pub(crate) fn add_items(
        &mut self,
        text: &EditedText<'_>,
        answer: &WrittenAnswer<'_>,
        items: &[&NewItem],
    ) -> Option<String> {
        if items.is_empty() {
            return None;
        }
        match answer.table.entries.get("evidence") {
            None => return Some(list_of(items, answer.table.is_in_lines().then_some(text.end))),
            Some(Item::ArrayOfTables(list)) => self.add_tables(text, list, items),
            Some(item) => {
                let written: Vec<String> = items.iter().map(|item| in_braces(item)).collect();
                item.as_array().into_iter().for_each(|list| self.add_to_list(text, list, &written));
            }
        }
        None
    }

    /// Adds items to `[[PR.DS-11.evidence]]`.
    fn add_tables(&mut self, text: &EditedText<'_>, list: &ArrayOfTables, items: &[&NewItem]) {
        let Some(last) = list.iter().last() else { return };
        let header = last.span().unwrap_or_default();
        let end = last.iter().filter_map(|(_, value)| value.span()).map(|span| span.end).max().unwrap_or(header.end);
        let (at, indent) = (text.next_line(end), text.indent(header.start));
        let first = if text.is_open(at) { text.end } else { "" };
        let line = |line: &str| format!("{indent}{line}{}", text.end);
        let lines = |item: &&NewItem| {
            let entry =
                |(name, value): (String, NewValue)| line(&format!("{} = {}", key(&name), value.in_lines(text.end)));
            line(&text.whole[header.clone()]) + &item.entries().into_iter().map(entry).collect::<String>()
        };
        self.insert(at, items.iter().map(lines).fold(first.to_owned(), |all, item| all + &item));
    }

    /// Adds items to `evidence = [{ … }]`, each on a line of its own if the last one is.
    fn add_to_list(&mut self, text: &EditedText<'_>, list: &Array, items: &[String]) {
        let span = list.span().unwrap_or_default();
        let close = span.end.saturating_sub(1);
        let Some(last) = list.iter().filter_map(toml_edit::Value::span).last() else {
            return self.insert(span.start + 1, items.join(", "));
        };
        let alone = is_blank(&text.whole[text.line_start(last.start)..last.start]);
        let comma = text.comma(last.end..close);
        let rest = &text.whole[comma.map_or(last.end, |comma| comma + 1)..text.next_line(comma.unwrap_or(last.end))];
        if !alone || !(is_blank(rest) || is_remark(rest)) {
            return self.insert(last.end, items.iter().map(|item| format!(", {item}")).collect());
        }
        let indent = text.indent(last.start);
        let Some(comma) = comma else {
            // A comment behind the last item stays with it.
            let joined = items.iter().map(|item| format!("{indent}{item}")).collect::<Vec<_>>();
            self.insert(last.end, ",".to_owned());
            let lines = joined.join(&format!(",{}", text.end)) + text.end;
            return self.insert(text.next_line(last.end), lines);
        };
        let lines = items.iter().map(|item| format!("{indent}{item},{}", text.end)).collect();
        self.insert(text.next_line(comma), lines);
    }
}

/// An item as an entry of a list.
fn in_braces(item: &NewItem) -> String {
    NewValue::Table(item.entries()).in_one_line()
}

/// `evidence = […]`, with a line for each item if lines end with `end`.
fn list_of(items: &[&NewItem], end: Option<&str>) -> String {
    let items = items.iter().map(|item| in_braces(item));
    match end {
        Some(end) => format!("evidence = [{end}{}]", items.map(|item| format!("  {item},{end}")).collect::<String>()),
        None => format!("evidence = [{}]", items.collect::<Vec<_>>().join(", ")),
    }
}

/// The answers to add, by control.
#[derive(Default)]
pub(super) struct NewAnswers<'e> {
    bodies: BTreeMap<&'e str, Body<'e>>,
}

/// What a new answer says.
struct Body<'e> {
    /// The control's id.
    id: &'e str,
    entries: &'e [(String, NewValue)],
    items: Vec<&'e NewItem>,
}

impl Body<'_> {
    /// Each `key = value`; in lines that end with `end`, or in one line each.
    fn written(&self, end: Option<&str>) -> Vec<String> {
        let value = |value: &NewValue| end.map_or_else(|| value.in_one_line(), |end| value.in_lines(end));
        let entries = self.entries.iter().map(|(name, given)| format!("{} = {}", key(name), value(given)));
        let list = (!self.items.is_empty()).then(|| list_of(&self.items, end));
        entries.chain(list).collect()
    }
}

impl<'e> NewAnswers<'e> {
    /// Takes the edits of a control that has no answer: one answer, and perhaps more evidence for it.
    pub(super) fn extend(&mut self, control: &'e str, edits: &[&'e AnswerEdit]) -> Result<(), EditRefusal> {
        for change in edits {
            match (change, self.bodies.get_mut(control)) {
                (AnswerEdit::AddAnswer(entries, items), None) => {
                    let body = Body { id: control, entries, items: items.iter().collect() };
                    self.bodies.insert(control, body);
                }
                (AnswerEdit::AddEvidence(item), Some(body)) => body.items.push(item),
                (AnswerEdit::AddAnswer(..), Some(_)) => return Err(EditRefusal::Answered(control.to_owned())),
                _ => return Err(EditRefusal::NoAnswer(control.to_owned())),
            }
        }
        Ok(())
    }

    /// Adds the answers, each behind the answer for the nearest control before it in `controls`.
    pub(super) fn add(
        &self,
        file: &AnswerFile<'_>,
        controls: &[&str],
        answers: &BTreeMap<&str, &WrittenAnswer<'_>>,
        changes: &mut TextChanges<'_>,
    ) {
        if self.bodies.is_empty() {
            return;
        }
        let sections = file.sections().iter().map(|section| (section.start, section.end)).collect();
        let places = Places { file, sections };
        let first = controls.iter().find_map(|id| answers.get(id).copied());
        let mut before: Option<&WrittenAnswer<'_>> = None;
        let mut run = Vec::new();
        for id in controls {
            run.extend(self.bodies.get(id));
            if let Some(answer) = answers.get(id) {
                places.put(&std::mem::take(&mut run), before, first, changes);
                before = Some(answer);
            }
        }
        places.put(&run, before, first, changes);
    }
}

/// Where answers can be put.
struct Places<'f, 't> {
    file: &'f AnswerFile<'t>,
    /// Where each header's keys end, by where the header starts.
    sections: BTreeMap<usize, usize>,
}

impl Places<'_, '_> {
    /// Puts answers behind the one `before` them; if there is none, above the `first` one; and if there is no answer, at the end.
    fn put(
        &self,
        run: &[&Body<'_>],
        before: Option<&WrittenAnswer<'_>>,
        first: Option<&WrittenAnswer<'_>>,
        changes: &mut TextChanges<'_>,
    ) {
        let text = &self.file.text;
        let last = before.and_then(|before| before.table.whole());
        let mut blocks = Vec::new();
        for body in run {
            if let Some((table, above)) = self.braces_above(body.id) {
                let rest = dotted(body.id.strip_prefix(&format!("{above}.")).unwrap_or(body.id));
                let inside = table.span().unwrap_or_default();
                let after = last.map(|last| last.end).filter(|end| inside.contains(end));
                changes.add_between(table, after, format!("{rest} = {{ {} }}", body.written(None).join(", ")));
            } else if let Some((at, lines)) = before.and_then(|before| self.in_lines(body, before)) {
                changes.insert(at, lines);
            } else {
                let lines = body.written(Some(text.end));
                let lines = [format!("[{}]", dotted(body.id))].into_iter().chain(lines);
                blocks.push(lines.map(|line| line + text.end).collect::<String>());
            }
        }
        if blocks.is_empty() {
            return;
        }
        let (at, blocks) = match (before, first) {
            (Some(before), _) => self.below(self.end_of(before), &blocks),
            (None, Some(first)) => self.above(first, &blocks),
            (None, None) => self.below(text.len(), &blocks),
        };
        changes.insert(at, blocks);
    }

    /// Where an answer goes on lines of its own, behind one that is written without a header, and these lines.
    fn in_lines(&self, body: &Body<'_>, before: &WrittenAnswer<'_>) -> Option<(usize, String)> {
        let (text, last) = (&self.file.text, before.table.whole()?);
        let above = before.header.as_deref()?;
        let rest = if above.is_empty() { body.id } else { body.id.strip_prefix(above)?.strip_prefix('.')? };
        let (indent, name) = (text.indent(last.start), dotted(rest));
        let lines: Vec<String> = match before.table.form() {
            TableForm::Lines => body.written(Some(text.end)).iter().map(|entry| format!("{name}.{entry}")).collect(),
            TableForm::Braces(_) => vec![format!("{name} = {{ {} }}", body.written(None).join(", "))],
            _ => return None,
        };
        let at = text.next_line(last.end);
        let (open, close) = if text.is_open(at) { (text.end, "") } else { ("", text.end) };
        Some((at, lines.iter().map(|line| format!("{open}{indent}{line}{close}")).collect()))
    }

    /// The innermost table in braces that `id` must stand in, and its joined path.
    fn braces_above(&self, id: &str) -> Option<(&InlineTable, String)> {
        let mut table = self.file.root();
        let (mut above, mut found) = (0, None);
        while let Some(dot) = id[above..].find('.').map(|dot| above + dot) {
            // A name may hold dots itself: `["csf-1.1:ID.AM-1"]`.
            let dots = id[dot..].match_indices('.').map(|(at, _)| dot + at);
            let mut below = dots.filter_map(|end| Some((end, table.below(&id[above..end])?)));
            let Some((end, inner)) = below.next() else { break };
            if let TableForm::Braces(inner) = inner.form() {
                found = Some((inner, id[..end].to_owned()));
            }
            (table, above) = (inner, end + 1);
        }
        found
    }

    /// Where the section ends in which the last part of an answer stands.
    fn end_of(&self, answer: &WrittenAnswer<'_>) -> usize {
        let parts = self.file.parts(answer);
        let last = parts.iter().map(|part| part.start).max().unwrap_or_default();
        self.sections.range(..=last).next_back().map_or(last, |(_, end)| *end)
    }

    /// Blocks below the line on which `end` lies, behind the comments that belong to it and the blank lines that follow.
    fn below(&self, end: usize, blocks: &[String]) -> (usize, String) {
        let text = &self.file.text;
        let mut at = text.next_line(end);
        let mut below = at;
        while is_remark(text.line(below)) {
            below = text.next_line(below);
        }
        // A comment directly above what follows is about that.
        if is_blank(text.line(below)) {
            at = below;
        }
        while at < text.len() && is_blank(text.line(at)) {
            at = text.next_line(at);
        }
        let above = text.line_before(at);
        let is_apart = above.is_empty() || is_blank(above);
        let blank = text.end;
        let blocks = match (at == text.len(), is_apart) {
            (true, true) => blocks.join(blank),
            (true, false) => {
                let open = if text.is_open(at) { text.end } else { "" };
                format!("{open}{blank}{}", blocks.join(blank))
            }
            (false, true) => blocks.join(blank) + blank,
            (false, false) => blocks.concat(),
        };
        (at, blocks)
    }

    /// Blocks above an answer and the comments directly above that.
    fn above(&self, answer: &WrittenAnswer<'_>, blocks: &[String]) -> (usize, String) {
        let text = &self.file.text;
        let Some(header) = header_of(answer) else { return self.below(self.end_of(answer), blocks) };
        let start = text.line_start(header);
        let mut at = start;
        while is_remark(text.line_before(at)) {
            at = text.line_start(at - 1);
        }
        // Comments at the top of a file are about the file.
        let at = if text.line_before(at).is_empty() { start } else { at };
        (at, blocks.join(text.end) + text.end)
    }
}

/// Where the first header of an answer starts; `None` if it has none.
fn header_of(answer: &WrittenAnswer<'_>) -> Option<usize> {
    match answer.table.form() {
        TableForm::Header(table) => table.span().map(|header| header.start),
        TableForm::Implicit(table) => first_header(table),
        _ => None,
    }
}
