//! Brings what a person changed in a workbook into the team's files, where these did not change meanwhile.
//!
//! Three sides are compared: each answer as it was when the workbook was made, as the workbook has it now, and as the files have it
//! now. What only one of the two changed holds. What both changed in different ways is a conflict, and then nothing is written.

use std::collections::{BTreeMap, BTreeSet};

use super::answers::AnswerDecision;
use super::fields::{Field, ItemPart};
use super::filled::{Attested, EMPTIED, Filled, filled};
use super::said::{SaidFields, compared, said};
use super::{FieldKey, Scope};
use crate::base::layout::{EvidencePath, folder_of, is_collected};
use crate::base::number::Level;
use crate::base::text::{cut, line};
use crate::edit::{AnswerEdit, Edit, EditRefusal, NewItem, NewValue, answered, edit};
use crate::exchange::grid::CellText as Filling;
use crate::exchange::loss::Losses;
use crate::exchange::xlsx::Workbook;
use crate::load::workspace::{Entry, Workspace};
use crate::model::ids::{ControlId, FunctionId};
use crate::model::measure::FactKind;

/// What a merge does where it has to choose.
#[derive(Clone, Copy, Debug, Default)]
pub struct Resolve {
    /// Take the workbook's side where both changed.
    pub theirs: bool,
    /// Take back what an emptied cell said.
    pub clear: bool,
}

/// What a merge makes.
#[derive(Debug, Default)]
pub struct Merged {
    /// Each change, in a line.
    pub changes: Vec<String>,
    /// The new text of each file that changes, by its path.
    pub files: Vec<(String, String)>,
    /// Conflicts, and what makes no answer: where any stands here, nothing may be written.
    pub refused: Losses,
    /// What was left.
    pub left: Losses,
    /// The cells whose texts are taken.
    pub cells: Vec<Filling>,
}

/// Merges a workbook, which must be about `scope`.
pub fn merge(scope: Scope<'_>, book: &Workbook, workspace: &Workspace, resolve: Resolve) -> Merged {
    let Filled { base, changed, emptied, items, attested, mut cells, refused, left } =
        filled(scope, book, resolve.clear);
    cells.extend(changed.values().cloned());
    let files = TeamFiles::of(scope, workspace);
    let mut merger = Merger {
        scope,
        resolve,
        base,
        now: said(scope),
        changed,
        emptied,
        files,
        merged: Merged { refused, left, cells, ..Merged::default() },
        edits: BTreeMap::new(),
    };
    let mut new: BTreeMap<ControlId, Vec<(NewItem, String)>> = BTreeMap::new();
    items.into_iter().for_each(|(control, item, place)| new.entry(control).or_default().push((item, place)));
    for control in scope.controls() {
        merger.control(control, new.remove(&control).unwrap_or_default(), attested.get(&control));
    }
    merger.finish()
}

struct Merger<'a> {
    scope: Scope<'a>,
    resolve: Resolve,
    base: SaidFields,
    now: SaidFields,
    changed: BTreeMap<FieldKey, Filling>,
    emptied: BTreeMap<FieldKey, Filling>,
    files: TeamFiles<'a>,
    merged: Merged,
    edits: BTreeMap<String, Vec<Edit>>,
}

/// The changes of one control's answer.
#[derive(Default)]
struct AnswerChanges {
    /// The decision that it gets, where that is new.
    decision: Option<AnswerDecision>,
    facts: Vec<(String, NewValue)>,
    changes: Vec<AnswerEdit>,
    items: Vec<NewItem>,
    lines: Vec<String>,
    /// A place that says anything new.
    place: String,
}

impl Merger<'_> {
    fn base(&self, control: ControlId, field: &Field) -> String {
        self.base.get(&(control, field.clone())).cloned().unwrap_or_default()
    }

    fn now(&self, control: ControlId, field: &Field) -> String {
        self.now.get(&(control, field.clone())).cloned().unwrap_or_default()
    }

    /// Whether the workbook's side is taken, which said `base` and says `theirs` now, where the files say `now`. A conflict is
    /// reported.
    fn takes(&mut self, place: &str, [base, theirs, now]: [&str; 3], what: &str) -> bool {
        if theirs == now {
            return false;
        }
        if base == now || self.resolve.theirs {
            return true;
        }
        let (now, base) = (short(now), short(base));
        let why = format!(
            "{what}: the files say {now} now, and said {base} when the workbook was made; --theirs takes the workbook"
        );
        self.merged.refused.add(place, theirs, why);
        false
    }

    fn control(&mut self, control: ControlId, items: Vec<(NewItem, String)>, attested: Option<&Attested>) {
        let mut answer = AnswerChanges::default();
        let refused = self.merged.refused.len();
        self.facts(control, &mut answer);
        self.decision(control, &mut answer);
        self.note(control, &mut answer);
        self.items(control, &mut answer);
        self.new_items(control, items, &mut answer);
        self.attestation(control, attested, &mut answer);
        self.given_anew(control, &mut answer);
        if self.merged.refused.len() == refused && !answer.lines.is_empty() {
            self.put(control, answer);
        }
    }

    /// What the workbook decides of a control, and the first cell that says so; `None` where it decides nothing new.
    fn decided(&mut self, control: ControlId, answer: &AnswerChanges) -> Option<(AnswerDecision, String)> {
        let is_of_it =
            |field: &Field| matches!(field, Field::State | Field::Level(_) | Field::Reason | Field::ApprovedBy);
        let of_control = |cells: &BTreeMap<FieldKey, Filling>| {
            let own = cells.range((control, Field::State)..).take_while(|((of, _), _)| *of == control);
            let own = own.filter(|((_, field), _)| is_of_it(field));
            own.map(|(key, entry)| (key.clone(), entry.clone())).collect::<Vec<_>>()
        };
        let (changed, emptied) = (of_control(&self.changed), of_control(&self.emptied));
        let base = self.base(control, &Field::State);
        let state = self.changed.get(&(control, Field::State)).map_or(&base, |entry| &entry.text);
        // Where another state is chosen, what belonged to the old one goes with it.
        let counts = self.resolve.clear || *state != base;
        if !counts {
            for (_, Filling { text, place }) in &emptied {
                self.merged.left.add(place, text, EMPTIED);
            }
        }
        let first = changed.first().or_else(|| emptied.first().filter(|_| counts));
        let begun = || Some(answer.place.clone()).filter(|_| base.is_empty() && !answer.facts.is_empty());
        let place = first.map(|(_, entry)| entry.place.clone()).or_else(begun)?;
        let dimensions = self.scope.quarter.settings().scale.dimensions.len();
        let text = |key: &FieldKey| match self.changed.get(key) {
            Some(entry) => entry.text.clone(),
            None if counts && self.emptied.contains_key(key) => String::new(),
            None => self.base.get(key).cloned().unwrap_or_default(),
        };
        Some((AnswerDecision::of(control, dimensions, text), place))
    }

    fn decision(&mut self, control: ControlId, answer: &mut AnswerChanges) {
        let Some((theirs, place)) = self.decided(control, answer) else { return };
        let quarter = self.scope.quarter;
        let (named, scale) = (quarter.control(control), &quarter.settings().scale);
        let [base, now] =
            [&self.base, &self.now].map(|said| AnswerDecision::said(control, scale.dimensions.len(), said));
        let id = named.called.name();
        if theirs.state.is_empty() && theirs.levels.iter().all(String::is_empty) && !base.state.is_empty() {
            let why = "an answer is not taken back here: choose unknown, or remove it from the team's file";
            return self.merged.left.add(place, id, why);
        }
        let has_facts = !answer.facts.is_empty() || self.has_facts(control);
        let theirs = match theirs.whole(named.is_measured(), has_facts) {
            Ok(theirs) => theirs,
            Err(why) => return self.merged.refused.add(place, id, why),
        };
        let same = theirs.compared();
        if same == now || same == base {
            return;
        }
        if now != base && !self.resolve.theirs {
            let why = format!(
                "the files say {} now, and said {} when the workbook was made; --theirs takes the workbook",
                now.told(),
                base.told()
            );
            return self.merged.refused.add(place, format!("{id} {}", theirs.told()), why);
        }
        answer.changes.extend(theirs.changes(&now, scale));
        answer.lines.push(format!("{id}: {}, was {} ({place})", theirs.told_beside(&now), now.told()));
        answer.decision = Some(theirs);
        answer.place = place;
    }

    /// Whether the files give any fact of a control. One that a collector found may be taken on.
    fn has_facts(&self, control: ControlId) -> bool {
        let collected = self.scope.quarter.collected(control.of(self.scope.team));
        collected.is_some_and(|found| !found.facts.is_empty())
            || self.now.keys().any(|(of, field)| *of == control && matches!(field, Field::Fact(_)))
    }

    fn note(&mut self, control: ControlId, answer: &mut AnswerChanges) {
        let Some(entry) = self.changed.get(&(control, Field::Note)).cloned() else { return };
        let [base, now] = [self.base(control, &Field::Note), self.now(control, &Field::Note)];
        if !self.takes(&entry.place, [&base, &compared(&entry.text), &now], "the note") {
            return;
        }
        let id = self.scope.quarter.control(control).called.name();
        answer.changes.push(changed("note", &entry.text));
        answer.lines.push(format!(
            "{id}: a {}note ({})",
            if now.is_empty() { "new " } else { "changed " },
            entry.place
        ));
        answer.place = entry.place;
    }

    fn facts(&mut self, control: ControlId, answer: &mut AnswerChanges) {
        let Some(measure) = &self.scope.quarter.control(control).measure else { return };
        let id = self.scope.quarter.control(control).called.name();
        for (name, fact) in measure.facts.iter().filter(|(_, fact)| fact.given_for.is_none()) {
            let field = Field::Fact(name.clone());
            let Some(entry) = self.changed.get(&(control, field.clone())).cloned() else { continue };
            let [base, now] = [self.base(control, &field), self.now(control, &field)];
            if !self.takes(&entry.place, [&base, &entry.text, &now], &format!("the fact {name}")) {
                continue;
            }
            let path = vec!["facts".to_owned(), name.clone()];
            match fact_value(fact.kind, &entry.text) {
                Some(value) => {
                    answer.changes.push(AnswerEdit::Set(path, value.clone()));
                    answer.facts.push((name.clone(), value));
                }
                None => answer.changes.push(AnswerEdit::Remove(path)),
            }
            answer.lines.push(format!("{id}: {name} {}, was {} ({})", short(&entry.text), short(&now), entry.place));
            answer.place = entry.place;
        }
    }

    /// What changed in evidence items that are there.
    fn items(&mut self, control: ControlId, answer: &mut AnswerChanges) {
        let own =
            self.changed.range((control, Field::Item(0, ItemPart::Kind))..).take_while(|((of, _), _)| *of == control);
        let indices: BTreeSet<usize> = own
            .filter_map(|((_, field), _)| if let Field::Item(index, _) = field { Some(*index) } else { None })
            .collect();
        for index in indices {
            self.item(control, index, answer);
        }
    }

    /// Where the item stands now that had this index when the workbook was made: there still, or where one item alone says the same.
    fn found(&self, control: ControlId, index: usize) -> Option<usize> {
        let [base, now] = [&self.base, &self.now].map(|said| whole_items(said, control));
        let wanted = base.get(&index)?;
        if now.get(&index) == Some(wanted) {
            return Some(index);
        }
        let is_it = |item: &&WholeItem| *item == wanted;
        let mut same = now.iter().filter(|(_, item)| is_it(item)).map(|(at, _)| *at);
        let is_one = base.values().filter(is_it).count() == 1;
        same.next().filter(|_| is_one && same.next().is_none())
    }

    fn item(&mut self, control: ControlId, index: usize, answer: &mut AnswerChanges) {
        let id = self.scope.quarter.control(control).called.name();
        let changed = |part| self.changed.get(&(control, Field::Item(index, part)));
        let base = whole_items(&self.base, control).remove(&index).unwrap_or_default();
        let mut theirs = base.clone();
        for (part, entry) in ItemPart::HEADS.iter().filter_map(|(part, _)| Some((*part, changed(*part)?))) {
            theirs.insert(part, compared(&entry.text));
        }
        theirs.retain(|_, text| !text.is_empty());
        let Some(at) = self.found(control, index) else {
            let is_said = whole_items(&self.now, control).values().any(|item| *item == theirs);
            let first = ItemPart::HEADS.iter().find_map(|(part, _)| changed(*part)).filter(|_| !is_said);
            if let Some(entry) = first {
                let title = base.get(&ItemPart::Title).map(String::as_str).unwrap_or_default();
                let why = format!(
                    "the item `{}` is no longer there: leave the row as it was, or add it as a new one, without `Ref`",
                    short(title)
                );
                self.merged.refused.add(&entry.place, &entry.text, why);
            }
            return;
        };
        let mut entries = Vec::new();
        for (part, head) in ItemPart::HEADS.into_iter().filter(|(part, _)| *part != ItemPart::From) {
            let [was, is] = [&base, &theirs].map(|item| text_of(item, part));
            let days = || changed(ItemPart::From).filter(|_| part == ItemPart::Date);
            let Some(entry) = changed(part).or_else(days).filter(|_| was != is) else { continue };
            let (number, head, place) = (at + 1, head.to_lowercase(), &entry.place);
            answer.lines.push(format!("{id}: evidence {number}: {head} {}, was {} ({place})", short(&is), short(&was)));
            entries.extend(item_entries(part, &is));
            answer.place.clone_from(place);
        }
        if !entries.is_empty() {
            answer.changes.push(AnswerEdit::SetItem(at, entries));
        }
    }

    /// Adds evidence that the files do not hold yet.
    fn new_items(&mut self, control: ControlId, items: Vec<(NewItem, String)>, answer: &mut AnswerChanges) {
        let id = self.scope.quarter.control(control).called.name();
        let given = self.scope.quarter.answer(control.of(self.scope.team));
        for (item, place) in items {
            let is_known = |known: &crate::model::evidence::Item| {
                known.kind == item.kind
                    && known.period == item.period
                    && compared(&known.title) == compared(&item.title)
                    && compared(&known.url) == compared(&item.url)
            };
            if given.is_some_and(|answer| answer.evidence.iter().any(is_known)) {
                continue;
            }
            if answer.items.contains(&item) {
                self.merged.left.add(place, &item.title, "a row above adds the same evidence");
                continue;
            }
            answer.lines.push(format!("{id}: new evidence `{}` ({place})", short(&item.title)));
            answer.place = place;
            answer.items.push(item);
        }
    }

    fn attestation(&mut self, control: ControlId, attested: Option<&Attested>, answer: &mut AnswerChanges) {
        let Some(Attested { by, on, place }) = attested else { return };
        let fields = [Field::Carried, Field::AttestedBy, Field::AttestedOn];
        let [base, now] = [&self.base, &self.now].map(|said| {
            fields.clone().map(|field| said.get(&(control, field)).cloned().unwrap_or_default()).join("\u{1f}")
        });
        let theirs = format!("\u{1f}{}\u{1f}{on}", compared(by));
        if !self.takes(place, [&base, &theirs, &now].map(String::as_str), "who attests it") {
            return;
        }
        let id = self.scope.quarter.control(control).called.name();
        let Ok(day) = on.parse() else { return };
        let by_and_on = vec![("by".to_owned(), NewValue::Text(by.clone())), ("on".to_owned(), NewValue::Day(day))];
        answer.changes.push(AnswerEdit::Set(vec!["attested".to_owned()], NewValue::Table(by_and_on)));
        answer.changes.push(AnswerEdit::Remove(vec!["carried".to_owned()]));
        answer.lines.push(format!("{id}: still true, says {} on {on} ({place})", short(by)));
        answer.place.clone_from(place);
    }

    /// An answer that says another level or state than before is not carried any more.
    fn given_anew(&self, control: ControlId, answer: &mut AnswerChanges) {
        let gone = AnswerEdit::Remove(vec!["carried".to_owned()]);
        let says_more = answer.decision.is_some() || !answer.facts.is_empty();
        if says_more && !self.now(control, &Field::Carried).is_empty() && !answer.changes.contains(&gone) {
            let id = self.scope.quarter.control(control).called.name();
            answer.changes.push(gone);
            answer.lines.push(format!("{id}: given anew, and not carried any more ({})", answer.place));
        }
    }

    /// Adds the changes of an answer to the edits of its file.
    fn put(&mut self, control: ControlId, answer: AnswerChanges) {
        let named = self.scope.quarter.control(control);
        let AnswerChanges { decision, facts, changes, items, lines, place } = answer;
        let edits = match self.files.holding(&named.called.names()) {
            Some((path, id)) => {
                let items = items.into_iter().map(AnswerEdit::AddEvidence);
                let edits = changes.into_iter().chain(items).map(|change| Edit { control: id.clone(), change });
                (path, edits.collect::<Vec<_>>())
            }
            None => {
                let id = named.called.name().to_owned();
                let borrows = named
                    .measure
                    .as_ref()
                    .is_some_and(|measure| measure.facts.values().all(|fact| fact.given_for.is_some()));
                if decision.is_none() && !borrows {
                    let why = "no State: a note or evidence alone is no answer";
                    return self.merged.refused.add(place, id, why);
                }
                let scale = &self.scope.quarter.settings().scale;
                let mut entries = decision.map(|decision| decision.entries(scale)).unwrap_or_default();
                if !facts.is_empty() {
                    entries.push(("facts".to_owned(), NewValue::Table(facts)));
                }
                entries.extend(changes.into_iter().filter_map(|change| match change {
                    AnswerEdit::Set(path, value) if matches!(path.as_slice(), [name] if name == "note" || name == "attested") => {
                        path.into_iter().next().map(|name| (name, value))
                    }
                    _ => None,
                }));
                let path = self.files.new_answer(self.scope, control);
                (path, vec![Edit { control: id, change: AnswerEdit::AddAnswer(entries, items) }])
            }
        };
        self.merged.changes.extend(lines);
        self.edits.entry(edits.0).or_default().extend(edits.1);
    }

    /// Applies the edits to each file.
    fn finish(mut self) -> Merged {
        if !self.merged.refused.is_empty() {
            return self.merged;
        }
        for (path, edits) in &self.edits {
            let text = self.files.texts.get(path.as_str()).copied().unwrap_or_default();
            match edit(text, &self.files.names, edits) {
                Ok(edited) => self.merged.files.push((path.clone(), edited)),
                Err(refusal) => {
                    let (id, why) = match refusal {
                        EditRefusal::NotToml => (String::new(), "it is not TOML"),
                        EditRefusal::NoAnswer(id) => (id, "it has no answer of this control"),
                        EditRefusal::Answered(id) => (id, "it has an answer of this control already"),
                        EditRefusal::Form(id) => {
                            (id, "it writes this answer in a way that cannot take the change: edit it by hand")
                        }
                    };
                    self.merged.refused.add(path, id, why);
                }
            }
        }
        self.merged
    }
}

/// A key of an answer with a new text; an empty one takes it away.
fn changed(name: &str, text: &str) -> AnswerEdit {
    let path = vec![name.to_owned()];
    if text.is_empty() { AnswerEdit::Remove(path) } else { AnswerEdit::Set(path, NewValue::Text(text.to_owned())) }
}

/// An evidence item, each part that says anything.
type WholeItem = BTreeMap<ItemPart, String>;

/// The evidence items of a control, by their indices.
fn whole_items(said: &SaidFields, control: ControlId) -> BTreeMap<usize, WholeItem> {
    let first = Field::Item(0, ItemPart::Kind);
    let mut items: BTreeMap<usize, WholeItem> = BTreeMap::new();
    for ((_, field), text) in said.range((control, first)..).take_while(|((of, _), _)| *of == control) {
        if let Field::Item(index, part) = field {
            items.entry(*index).or_default().insert(*part, text.clone());
        }
    }
    items
}

/// What a part of an item says; its days as one text.
fn text_of(item: &WholeItem, part: ItemPart) -> String {
    let text = |part| item.get(&part).map(String::as_str).unwrap_or_default();
    if part == ItemPart::Date { period(text(part), text(ItemPart::From)) } else { text(part).to_owned() }
}

/// The days of an item as one text.
fn period(to: &str, from: &str) -> String {
    if from.is_empty() || from == to { to.to_owned() } else { format!("{from}..{to}") }
}

/// The keys of an item that a part of it is written in.
fn item_entries(part: ItemPart, text: &str) -> Vec<(String, Option<NewValue>)> {
    let plain = |name: &str| {
        let value = (!text.is_empty()).then(|| NewValue::Text(text.to_owned()));
        vec![(name.to_owned(), value)]
    };
    match part {
        ItemPart::Kind => plain("kind"),
        ItemPart::Title => plain("title"),
        ItemPart::Link => plain("url"),
        ItemPart::File => plain("file"),
        ItemPart::Sha256 => plain("sha256"),
        ItemPart::Date | ItemPart::From => match text.parse() {
            Ok(day) => vec![("date".to_owned(), Some(NewValue::Day(day))), ("covers".to_owned(), None)],
            Err(_) => vec![("covers".to_owned(), Some(NewValue::Text(text.to_owned()))), ("date".to_owned(), None)],
        },
    }
}

/// The value of a fact; `None` of an emptied cell.
fn fact_value(kind: FactKind, text: &str) -> Option<NewValue> {
    match kind {
        FactKind::Boolean => (!text.is_empty()).then(|| NewValue::Boolean(text == "yes")),
        FactKind::Date => text.parse().ok().map(NewValue::Day),
        FactKind::Integer | FactKind::Number => Level::parse(text).map(NewValue::from),
    }
}

/// A text in a line of a report.
fn short(text: &str) -> String {
    if text.is_empty() { "nothing".to_owned() } else { cut(&line(text).replace('\u{1f}', " "), 60) }
}

/// The team's files.
struct TeamFiles<'a> {
    /// Each file's text.
    texts: BTreeMap<&'a str, &'a str>,
    /// The ids of the answers in each file.
    answered: BTreeMap<&'a str, BTreeSet<String>>,
    /// Every name of every control, in the order of the catalogs.
    names: Vec<&'a str>,
    /// The folder that the team's new files go to.
    folder: String,
}

impl<'a> TeamFiles<'a> {
    fn of(scope: Scope<'a>, workspace: &'a Workspace) -> Self {
        let assessment = scope.quarter.assessment;
        let controls = assessment.frameworks.iter().flat_map(|framework| framework.controls.iter());
        let names: Vec<&str> = controls.flat_map(|control| control.called.names()).collect();
        let (quarter, team) = (scope.quarter.name(), &scope.quarter.team(scope.team).id);
        // What machines collect is made anew by them: a person's answer never goes there.
        let is_own =
            |file: &EvidencePath<'_>| file.team == team && file.quarter() == Some(quarter) && !is_collected(file.path);
        let text = |file: EvidencePath<'a>| match workspace.files.get(file.path) {
            Some(Entry::Text(text)) => Some((file.path, &**text)),
            _ => None,
        };
        let texts: BTreeMap<&str, &str> = workspace.evidence().filter(is_own).filter_map(text).collect();
        let answered = texts.iter().map(|(path, text)| (*path, answered(text, &names))).collect();
        let own_folder = texts.keys().next().and_then(|path| folder_of(path)).map(str::to_owned);
        let folder =
            own_folder.or_else(|| workspace.folder_of_quarter(quarter).map(|folder| format!("{folder}/{team}")));
        Self { texts, answered, names, folder: folder.unwrap_or_else(|| format!("content/{quarter}/{team}")) }
    }

    /// The file that holds an answer of one of these names, and the name that it has there.
    fn holding<'n>(&self, names: &(impl Iterator<Item = &'n str> + Clone)) -> Option<(String, String)> {
        self.answered.iter().find_map(|(path, ids)| {
            let id = names.clone().find(|name| ids.contains(*name))?;
            Some(((*path).to_owned(), id.to_owned()))
        })
    }

    /// The file for a new answer: the one that holds most of its Function, or else one that is named after it.
    fn new_answer(&self, scope: Scope<'_>, control: ControlId) -> String {
        let framework = scope.quarter.framework(scope.framework);
        let function: FunctionId = framework.function_of(control);
        let own: Vec<&str> = framework
            .controls
            .entries()
            .filter(|(at, _)| framework.function_of(*at) == function)
            .flat_map(|(_, control)| control.called.names())
            .collect();
        let count = |ids: &BTreeSet<String>| own.iter().filter(|name| ids.contains(**name)).count();
        let best = self.answered.iter().rev().max_by_key(|(_, ids)| count(ids)).filter(|(_, ids)| count(ids) > 0);
        if let Some((path, _)) = best {
            return (*path).to_owned();
        }
        let title = framework.functions[function].title.to_lowercase();
        let name: String = title.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let name = name.trim_matches('-');
        format!("{}/{}.toml", self.folder, if name.is_empty() { "answers" } else { name })
    }
}
