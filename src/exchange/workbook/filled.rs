//! What a person changed in a workbook: the cells that differ from how they were when it was made.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::fields::{
    APPROVED_BY, ATTESTED_BY, COLLECTED, CONTROL, FACT, Field, HOW, ItemPart, LAST, MEANS, NOTE, ON, OUTCOME, REASON,
    REF, STATE, STILL_TRUE, TITLE, TYPE, VALUE, level_head, reference,
};
use super::said::{SaidFields, compared};
use super::sheets::{BY_FACTS, LISTED, LISTS, START};
use super::values::CellSort;
use super::{FieldKey, Scope, base};
use crate::edit::NewItem;
use crate::exchange::grid::{Cell, CellText, CellValue, Grid, Heads, Row, folded};
use crate::exchange::ids::{Ids, Meaning, plain_form};
use crate::exchange::loss::Losses;
use crate::exchange::xlsx::Workbook;
use crate::model::evidence::{Attestation, Kind, Period};
use crate::model::ids::ControlId;
use crate::model::settings::Dimension;

/// What a person changed.
#[derive(Default)]
pub(super) struct Filled {
    /// Each answer as it was when the workbook was made.
    pub(super) base: SaidFields,
    /// Each field that says something else now.
    pub(super) changed: BTreeMap<FieldKey, CellText>,
    /// The levels and reasons that were emptied, each with what it said. That means something beside another state.
    pub(super) emptied: BTreeMap<FieldKey, CellText>,
    /// The evidence that is new.
    pub(super) items: Vec<(ControlId, NewItem, String)>,
    /// The answers that somebody attests, and who and when.
    pub(super) attested: BTreeMap<ControlId, Attested>,
    /// The cells of the evidence that is new.
    pub(super) cells: Vec<CellText>,
    pub(super) refused: Losses,
    pub(super) left: Losses,
}

/// Who attests an answer, on which day, and the cell that says so.
pub(super) struct Attested {
    pub(super) by: String,
    pub(super) on: String,
    pub(super) place: String,
}

/// Reads what a person changed. `clear` says whether an emptied cell takes back what it said.
pub(super) fn filled(scope: Scope<'_>, book: &Workbook, clear: bool) -> Filled {
    let framework = scope.quarter.framework(scope.framework);
    let names = framework.controls.entries().flat_map(|(at, control)| {
        control.called.names().chain([control.id.as_str()]).map(move |name| (name, at)).collect::<Vec<_>>()
    });
    let mut reader = WorkbookReader {
        scope,
        ids: Ids::of(names),
        asked: scope.controls().collect(),
        gone: BTreeMap::new(),
        cut: BTreeSet::new(),
        seen: BTreeMap::new(),
        clear,
        filled: Filled::default(),
    };
    book.sheets.iter().filter(|grid| grid.name == LISTS).for_each(|grid| reader.lists(grid));
    let base = base(book);
    base.into_iter().for_each(|base| reader.base(base));
    for grid in &book.sheets {
        let is_own = base.is_some_and(|base| std::ptr::eq(base, grid));
        if !is_own && ![START, LISTS].contains(&grid.name.as_str()) {
            reader.sheet(grid);
            reader.filled.left.add_comments(grid);
        }
    }
    reader.missing();
    if book.has_links {
        reader.filled.left.add("the workbook", "", "it takes values from other files, which were not read");
    }
    if book.has_macros {
        reader.filled.left.add("the workbook", "", "it has macros, which were not run");
    }
    reader.filled
}

struct WorkbookReader<'a> {
    scope: Scope<'a>,
    ids: Ids<ControlId>,
    asked: BTreeSet<ControlId>,
    /// What the workbook said when it was made of controls that the team is not asked for any more, by their ids.
    gone: BTreeMap<String, BTreeMap<Field, String>>,
    /// The fields whose text was cut.
    cut: BTreeSet<FieldKey>,
    /// Where each row was met first, by what it is about.
    seen: BTreeMap<String, String>,
    clear: bool,
    filled: Filled,
}

/// A cell that is read.
struct CellAt<'g> {
    grid: &'g Grid,
    row: &'g Row,
    column: u32,
}

impl<'g> CellAt<'g> {
    fn cell(&self) -> &'g Cell {
        self.row.cell(self.column)
    }

    fn place(&self) -> String {
        self.grid.place(self.row, self.column)
    }
}

/// The heads of a sheet of a workbook.
#[derive(Clone, Copy)]
struct SheetHeads<'h> {
    /// Without these it is another sheet.
    required: &'h [&'h str],
    /// What a person fills in.
    open: &'h [&'h str],
    /// What the workbook says itself.
    locked: &'h [&'h str],
}

impl WorkbookReader<'_> {
    /// The control of this id, if the team is asked for it.
    fn find(&self, id: &str) -> Option<ControlId> {
        if let Meaning::One(control) = self.ids.find(id) {
            Some(control).filter(|it| self.asked.contains(it))
        } else {
            None
        }
    }

    /// Reads for which controls the workbook was made.
    fn lists(&mut self, grid: &Grid) {
        let ids = grid.rows.iter().map(|row| row.cell(LISTED).value.text());
        let gone: Vec<String> = ids.filter(|id| !id.is_empty() && self.find(id).is_none()).collect();
        self.gone.extend(gone.iter().map(|id| (plain_form(id), BTreeMap::new())));
    }

    /// Reads each answer as it was.
    fn base(&mut self, grid: &Grid) {
        for row in &grid.rows {
            let text = |column| row.cell(column).value.text();
            let Some(field) = Field::named(&text(2)) else { continue };
            let Some(control) = self.find(&text(1)) else {
                let said = self.gone.entry(plain_form(&text(1))).or_default();
                said.insert(field, compared(&text(3)));
                continue;
            };
            if text(4) == "yes" {
                self.cut.insert((control, field.clone()));
            }
            self.filled.base.insert((control, field), compared(&text(3)));
        }
    }

    fn sheet(&mut self, grid: &Grid) {
        let levels = level_heads(&self.scope.quarter.settings().scale.dimensions);
        let mut open = vec![NOTE, REASON, APPROVED_BY, STILL_TRUE, ATTESTED_BY, ON];
        open.extend(levels.iter().map(String::as_str));
        let parts: Vec<&str> = ItemPart::HEADS.iter().map(|(_, head)| *head).chain([REF]).collect();
        if grid.has_heads(&[CONTROL, STATE]) {
            let heads = SheetHeads { required: &[CONTROL, STATE], open: &open, locked: &[TITLE, OUTCOME, HOW, LAST] };
            self.rows(grid, heads, |reader, heads, row| reader.answer(grid, heads, row, &levels));
        } else if grid.has_heads(&[CONTROL, FACT, VALUE]) {
            let heads = SheetHeads { required: &[CONTROL, FACT, VALUE], open: &[], locked: &[MEANS, TYPE, COLLECTED] };
            self.rows(grid, heads, |reader, heads, row| reader.fact(grid, heads, row));
        } else if grid.has_heads(&[CONTROL, "Kind", "Date"]) {
            let heads = SheetHeads { required: &[CONTROL], open: &parts, locked: &[] };
            self.rows(grid, heads, |reader, heads, row| reader.item(grid, heads, row));
        } else if grid.rows.iter().any(|row| !row.is_blank()) {
            self.filled.left.add(format!("the sheet `{}`", grid.name), "", unknown_sheet(grid));
        }
    }

    /// Reads the rows of a sheet, and tells of columns that are missing or that nobody asked for.
    fn rows(&mut self, grid: &Grid, expected: SheetHeads<'_>, mut read: impl FnMut(&mut Self, &Heads, &Row)) {
        let SheetHeads { required, open, locked } = expected;
        let heads = match grid.heads(required, open) {
            Ok(heads) => heads,
            Err(why) => return self.filled.refused.add(format!("the sheet `{}`", grid.name), "", why),
        };
        for name in open.iter().filter(|name| heads.column(name).is_none()) {
            let why = format!("the column `{name}` is missing, so nothing of it was read");
            self.filled.left.add(format!("the sheet `{}`", grid.name), "", why);
        }
        let known = |name: &str| [required, open, locked].iter().any(|list| list.iter().any(|one| folded(one) == name));
        for (name, column) in heads.all().filter(|(name, _)| !known(name)) {
            let place = heads.row(grid).map(|row| grid.place(row, column)).unwrap_or_default();
            self.filled.left.add(place, name, "no column of a team workbook, so nothing of it was read");
        }
        for row in heads.rows(grid).iter().filter(|row| !row.is_blank()) {
            for cell in heads.unnamed(row) {
                self.filled.left.add(grid.place(row, cell.column), cell.value.text(), "no head stands above it");
            }
            read(self, &heads, row);
        }
    }

    /// The control that a row is about.
    fn control(&mut self, grid: &Grid, heads: &Heads, row: &Row) -> Option<ControlId> {
        let at = CellAt { grid, row, column: heads.column(CONTROL)? };
        let text = at.cell().value.text();
        let why = match self.ids.find(&text) {
            Meaning::One(control) if self.asked.contains(&control) => return Some(control),
            _ if self.gone.contains_key(&plain_form(&text)) => {
                self.gone(grid, heads, row, &text);
                return None;
            }
            Meaning::One(_) => format!("{} is not asked for it in {}", self.team(), self.scope.quarter.name()),
            Meaning::Several(names) => format!("it may be any of {}", names.join(", ")),
            Meaning::Nothing if text.is_empty() => {
                let first = row.cells.iter().find(|cell| !cell.is_empty())?;
                let why = format!("the row names no control: write its id into `{CONTROL}`, or empty the row");
                self.filled.refused.add(grid.place(row, first.column), first.value.text(), why);
                return None;
            }
            Meaning::Nothing => format!("no control of {}", self.scope.quarter.framework(self.scope.framework).id),
        };
        self.filled.refused.add(at.place(), text, why);
        None
    }

    /// Tells what was changed in a row about a control that the team is not asked for any more.
    fn gone(&mut self, grid: &Grid, heads: &Heads, row: &Row, id: &str) {
        let said = self.gone.get(&plain_form(id));
        let is_changed = |(head, field): &(String, Option<Field>)| {
            let text = compared(&row.get(heads.column(head)).value.text());
            let was = said.zip(field.as_ref()).and_then(|(said, field)| said.get(field));
            text != was.map_or("", String::as_str) && text != BY_FACTS
        };
        let changed = self.open(heads, row).into_iter().filter(is_changed);
        let changed: Vec<String> = changed.map(|(head, _)| format!("`{head}`")).collect();
        if !changed.is_empty() {
            let (team, quarter, changed) = (self.team(), self.scope.quarter.name(), changed.join(", "));
            let why = format!("{team} is not asked for it any more in {quarter}, so {changed} was not read");
            self.filled.left.add(grid.place(row, heads.column(CONTROL).unwrap_or(1)), id, why);
        }
    }

    /// The cells of a row that are there to be filled in: their heads, and what each is about if it stood in the workbook.
    fn open(&self, heads: &Heads, row: &Row) -> Vec<(String, Option<Field>)> {
        let owned = |(head, field): (&str, Option<Field>)| (head.to_owned(), field);
        if let Some(column) = heads.column(FACT) {
            return vec![owned((VALUE, Some(Field::Fact(row.cell(column).value.text()))))];
        }
        if let Some(column) = heads.column(REF) {
            let named = row.cell(column).value.text();
            let index = named.rsplit_once('#').and_then(|(_, number)| number.parse::<usize>().ok()?.checked_sub(1));
            return ItemPart::HEADS.map(|(part, head)| owned((head, index.map(|at| Field::Item(at, part))))).into();
        }
        let dimensions = &self.scope.quarter.settings().scale.dimensions;
        let levels = level_heads(dimensions).into_iter().enumerate().map(|(of, head)| (head, Some(Field::Level(of))));
        let others = [
            (STATE, Some(Field::State)),
            (NOTE, Some(Field::Note)),
            (REASON, Some(Field::Reason)),
            (APPROVED_BY, Some(Field::ApprovedBy)),
            (STILL_TRUE, None),
            (ATTESTED_BY, Some(Field::AttestedBy)),
            (ON, Some(Field::AttestedOn)),
        ];
        levels.chain(others.map(owned)).collect()
    }

    fn team(&self) -> String {
        self.scope.quarter.team(self.scope.team).name.clone()
    }

    /// Reads the first row about something. A second one may only say what the workbook said when it was made.
    fn once(&mut self, what: String, place: String, read: impl FnOnce(&mut Self)) {
        let Some(first) = self.seen.get(&what) else {
            self.seen.insert(what, place);
            return read(self);
        };
        let why = format!("it stands twice, first at {first}: nobody can say which row counts");
        let base = std::mem::take(&mut self.filled.base);
        let read_before = std::mem::replace(&mut self.filled, Filled { base, ..Filled::default() });
        read(self);
        let Filled { base, changed, emptied, attested, refused, left, .. } =
            std::mem::replace(&mut self.filled, read_before);
        self.filled.base = base;
        let says_nothing = changed.is_empty() && emptied.is_empty() && attested.is_empty();
        if !(says_nothing && refused.is_empty() && left.is_empty()) {
            self.filled.refused.add(place, what, why);
        }
    }

    /// Reads a row of a Function's sheet.
    fn answer(&mut self, grid: &Grid, heads: &Heads, row: &Row, levels: &[String]) {
        let Some(control) = self.control(grid, heads, row) else { return };
        let name = self.scope.quarter.control(control).called.name().to_owned();
        let place = grid.place(row, heads.column(CONTROL).unwrap_or(1));
        self.once(name, place, |reader| reader.answer_of(control, grid, heads, row, levels));
    }

    /// Tells of rows that the workbook had and that no sheet has any more. They take nothing back.
    fn missing(&mut self) {
        let (mut answers, mut items) = (Vec::new(), Vec::new());
        for (control, field) in self.filled.base.keys() {
            let name = self.scope.quarter.control(*control).called.name();
            match field {
                Field::State if !self.seen.contains_key(name) => answers.push(name.to_owned()),
                Field::Item(index, ItemPart::Title) => {
                    let name = reference(name, *index);
                    items.extend((!self.seen.contains_key(&name)).then_some(name));
                }
                _ => {}
            }
        }
        let said = [
            (answers, "the row is missing, so nothing of it was read"),
            (items, "the row is missing, which takes nothing back: remove the item in the team's file"),
        ];
        for (names, why) in said {
            names.into_iter().for_each(|name| self.filled.left.add("the workbook", name, why));
        }
    }

    /// Reads what a row says of a control.
    fn answer_of(&mut self, control: ControlId, grid: &Grid, heads: &Heads, row: &Row, levels: &[String]) {
        let plain = [
            (STATE, Field::State, CellSort::State),
            (NOTE, Field::Note, CellSort::Text),
            (REASON, Field::Reason, CellSort::Text),
            (APPROVED_BY, Field::ApprovedBy, CellSort::Text),
        ];
        for (head, field, sort) in plain {
            if let Some(column) = heads.column(head) {
                self.take((control, field), &CellAt { grid, row, column }, sort);
            }
        }
        for (of, head) in levels.iter().enumerate() {
            if let Some(column) = heads.column(head) {
                self.level(control, of, &CellAt { grid, row, column });
            }
        }
        self.attested(grid, heads, row, control);
    }

    /// Reads a level, or that of a dimension.
    fn level(&mut self, control: ControlId, of: usize, at: &CellAt<'_>) {
        let quarter = self.scope.quarter;
        if !quarter.control(control).is_measured() {
            return self.take((control, Field::Level(of)), at, CellSort::Level(&quarter.settings().scale));
        }
        let text = at.cell().value.text();
        if !text.is_empty() && text != BY_FACTS {
            let why = "its facts make the level of this control: change them on the sheet `Facts`";
            self.filled.left.add(at.place(), text, why);
        }
    }

    /// Reads whether an answer is attested again.
    fn attested(&mut self, grid: &Grid, heads: &Heads, row: &Row, control: ControlId) {
        let at = |head| heads.column(head).map(|column| CellAt { grid, row, column });
        let (Some(still), Some(by), Some(on)) = (at(STILL_TRUE), at(ATTESTED_BY), at(ON)) else { return };
        let value = &still.cell().value;
        if value.boolean() == Some(true) && !still.cell().is_formula {
            let who = by.cell().value.text();
            let day = self.attested_on(on.cell());
            match (who.is_empty() || by.cell().is_formula, day) {
                (false, Ok(day)) => {
                    let attested = Attested { by: who, on: day.to_string(), place: still.place() };
                    self.filled.attested.insert(control, attested);
                }
                (true, _) => self.filled.refused.add(by.place(), who, "`Still true?` needs the role that says so"),
                (_, Err(why)) => {
                    let text = on.cell().value.text();
                    self.filled.refused.add(on.place(), text, format!("`Still true?` needs the day: {why}"));
                }
            }
            return;
        }
        if !value.is_blank() {
            let why = "only yes means anything here: where it no longer holds, change the answer itself";
            self.filled.left.add(still.place(), value.text(), why);
        }
        for (at, field) in [(by, Field::AttestedBy), (on, Field::AttestedOn)] {
            let text = compared(&at.cell().value.text());
            let base = self.filled.base.get(&(control, field)).cloned().unwrap_or_default();
            if !text.is_empty() && text != base {
                self.filled.left.add(at.place(), text, "it counts only beside `Still true?` = yes");
            }
        }
    }

    /// The day of an attestation.
    fn attested_on(&self, cell: &Cell) -> Result<Date, String> {
        if cell.is_formula {
            return Err("a formula: type the day".to_owned());
        }
        let day = cell.value.day()?;
        let (first, last) = (self.scope.quarter.answers().opens, Attestation::last_day(self.scope.quarter.closes()));
        let is_allowed = first <= day && day <= last;
        if is_allowed { Ok(day) } else { Err(format!("write one from {first} to {last}")) }
    }

    /// Reads a row of the facts.
    fn fact(&mut self, grid: &Grid, heads: &Heads, row: &Row) {
        let Some(control) = self.control(grid, heads, row) else { return };
        let (Some(named), Some(column)) = (heads.column(FACT), heads.column(VALUE)) else { return };
        let name = row.cell(named).value.text();
        let quarter = self.scope.quarter;
        let facts = quarter.control(control).measure.as_ref().map(|measure| &measure.facts);
        let fact = facts.and_then(|facts| facts.get(&name)).filter(|fact| fact.given_for.is_none());
        let id = self.scope.quarter.control(control).called.name();
        let Some(fact) = fact else {
            return self.filled.refused.add(grid.place(row, named), name, format!("no fact that is given with {id}"));
        };
        let at = CellAt { grid, row, column };
        self.once(format!("{id} {name}"), grid.place(row, named), |reader| {
            reader.take((control, Field::Fact(name)), &at, CellSort::Fact(fact));
        });
    }

    /// Reads a row of the evidence.
    fn item(&mut self, grid: &Grid, heads: &Heads, row: &Row) {
        let named = heads.column(REF).map(|column| row.cell(column).value.text()).filter(|named| !named.is_empty());
        let Some(named) = named else { return self.new_item(grid, heads, row) };
        let place = grid.place(row, heads.column(REF).unwrap_or(1));
        let known = named.rsplit_once('#').and_then(|(control, number)| {
            let index = number.parse::<usize>().ok()?.checked_sub(1)?;
            let control = self.find(control)?;
            self.filled.base.contains_key(&(control, Field::Item(index, ItemPart::Title))).then_some((control, index))
        });
        let Some((control, index)) = known else {
            if named.rsplit_once('#').is_some_and(|(id, _)| self.gone.contains_key(&plain_form(id))) {
                self.control(grid, heads, row);
                return;
            }
            let why = "no item of this name was in the workbook: leave `Ref` blank for a new one";
            return self.filled.refused.add(place, named, why);
        };
        let has_nothing = |head: &str| row.get(heads.column(head)).is_empty();
        if has_nothing(CONTROL) && ItemPart::HEADS.iter().all(|(_, head)| has_nothing(head)) {
            let why = "the row was emptied, which takes nothing back: remove the item in the team's file";
            self.seen.insert(named.clone(), place.clone());
            return self.filled.left.add(place, named, why);
        }
        match self.control(grid, heads, row) {
            Some(said) if said != control => {
                let column = heads.column(CONTROL).unwrap_or(1);
                let why = format!("its `Ref` says {named}: an item stays with its control");
                self.filled.refused.add(grid.place(row, column), row.cell(column).value.text(), why);
            }
            Some(_) => self.once(named, place, |reader| {
                for (part, head) in ItemPart::HEADS {
                    if let Some(column) = heads.column(head) {
                        let at = CellAt { grid, row, column };
                        reader.take((control, Field::Item(index, part)), &at, sort_of(part));
                    }
                }
            }),
            None => {}
        }
    }

    /// Reads an evidence item that was not in the workbook.
    fn new_item(&mut self, grid: &Grid, heads: &Heads, row: &Row) {
        let Some(control) = self.control(grid, heads, row) else { return };
        let mut parts: BTreeMap<ItemPart, String> = BTreeMap::new();
        let before = self.filled.refused.len();
        for (part, head) in ItemPart::HEADS {
            let Some(column) = heads.column(head) else { continue };
            let at = CellAt { grid, row, column };
            if let Some(text) = self.value(&at, sort_of(part)) {
                self.filled.cells.push(CellText { text: text.clone(), place: at.place() });
                parts.insert(part, text);
            }
        }
        if self.filled.refused.len() > before {
            return;
        }
        let required = [ItemPart::Kind, ItemPart::Title, ItemPart::Date];
        let missing: Vec<_> =
            required.into_iter().filter(|part| !parts.contains_key(part)).map(ItemPart::head).collect();
        let place = grid.place(row, heads.column(CONTROL).unwrap_or(1));
        if !missing.is_empty() {
            let id = self.scope.quarter.control(control).called.name();
            return self.filled.refused.add(place, id, format!("new evidence without its {}", missing.join(" and ")));
        }
        let mut text = |part| parts.remove(&part).unwrap_or_default();
        let named = text(ItemPart::Kind);
        let kind = Kind::ALL.into_iter().find(|kind| kind.name() == named);
        let (to, from) = (text(ItemPart::Date).parse().ok(), text(ItemPart::From).parse().ok());
        let (Some(kind), Some(to)) = (kind, to) else { return };
        let period = Period { from: from.unwrap_or(to), to };
        let file = Some((text(ItemPart::File), text(ItemPart::Sha256)))
            .filter(|(file, sha256)| !(file.is_empty() && sha256.is_empty()));
        let item = NewItem { kind, title: text(ItemPart::Title), period, url: text(ItemPart::Link), file };
        self.filled.items.push((control, item, place));
    }

    /// The contents of a cell, if it has any; contents that it may not have are refused or reported.
    fn value(&mut self, at: &CellAt<'_>, sort: CellSort<'_>) -> Option<String> {
        let cell = at.cell();
        match &cell.value {
            CellValue::Covered(by) => {
                let why = format!("it is merged with {by}, whose value counts for that cell alone");
                self.filled.left.add(at.place(), "", why);
                return None;
            }
            CellValue::Fault(fault) => {
                self.filled.refused.add(at.place(), fault, "an error of the spreadsheet is no answer");
                return None;
            }
            value if value.is_blank() => {
                if cell.is_formula {
                    let told = if sort.must_be_typed() { &mut self.filled.refused } else { &mut self.filled.left };
                    told.add(at.place(), "", NO_VALUE);
                }
                return None;
            }
            _ => {}
        }
        let text = cell.value.text();
        if cell.is_formula && sort.must_be_typed() {
            self.filled.refused.add(at.place(), text, "this is the value of a formula: type the value itself");
            return None;
        }
        match sort.read(&cell.value) {
            Ok(read) => {
                if matches!((&cell.value, sort), (CellValue::Day(_, true), CellSort::Day | CellSort::Fact(_))) {
                    self.filled.left.add(at.place(), &read, "the time of the day was cut");
                }
                Some(read)
            }
            Err(why) => {
                self.filled.refused.add(at.place(), text, why);
                None
            }
        }
    }

    /// Takes what a cell says where that is something else than before.
    fn take(&mut self, key: FieldKey, at: &CellAt<'_>, sort: CellSort<'_>) {
        let base = self.filled.base.get(&key).cloned().unwrap_or_default();
        let cell = at.cell();
        if self.cut.contains(&key) {
            if compared(&cell.value.text()) != base {
                let why = "the text was longer than a cell, so it was cut and cannot be changed here";
                self.filled.left.add(at.place(), cell.value.text(), why);
            }
            return;
        }
        let is_covered = matches!(cell.value, CellValue::Covered(_));
        if cell.value.is_blank() && !cell.is_formula && !is_covered && !base.is_empty() {
            return self.cleared(key, at, &base);
        }
        let Some(text) = self.value(at, sort) else { return };
        if text == base {
            return;
        }
        if cell.is_formula {
            self.filled.left.add(
                at.place(),
                &text,
                "a formula made this text: the text was taken, and not the formula",
            );
        }
        let text = if matches!(sort, CellSort::Text) { cell.value.text() } else { text };
        self.filled.changed.insert(key, CellText { text, place: at.place() });
    }

    /// A cell that was emptied.
    fn cleared(&mut self, key: FieldKey, at: &CellAt<'_>, base: &str) {
        if matches!(key.1, Field::Level(_) | Field::Reason | Field::ApprovedBy) {
            self.filled.emptied.insert(key, CellText { text: base.to_owned(), place: at.place() });
        } else if self.clear {
            self.filled.changed.insert(key, CellText { text: String::new(), place: at.place() });
        } else {
            self.filled.left.add(at.place(), base, EMPTIED);
        }
    }
}

/// The heads of the levels.
fn level_heads(dimensions: &[Dimension]) -> Vec<String> {
    match dimensions {
        [] => vec![level_head(None)],
        all => all.iter().map(|of| level_head(Some(&of.name))).collect(),
    }
}

/// Why nothing of a sheet is read.
fn unknown_sheet(grid: &Grid) -> String {
    let is_own = [&[STATE][..], &[FACT, VALUE], &["Kind", "Date"]].iter().any(|heads| grid.has_heads(heads));
    if is_own {
        return format!("it has no head `{CONTROL}`, so nothing of it was read: call the column of ids so");
    }
    "it is no sheet of a team workbook, so nothing of it was read".to_owned()
}

/// Why an emptied cell changes nothing.
pub(super) const EMPTIED: &str = "the cell was emptied, which takes nothing back without --clear";

/// Why a formula without a value says nothing.
const NO_VALUE: &str = "a formula that shows nothing: type the value itself";

/// What each part of an evidence item is.
fn sort_of(part: ItemPart) -> CellSort<'static> {
    match part {
        ItemPart::Kind => CellSort::Kind,
        ItemPart::Date | ItemPart::From => CellSort::Day,
        ItemPart::Title | ItemPart::Link | ItemPart::File | ItemPart::Sha256 => CellSort::Text,
    }
}
