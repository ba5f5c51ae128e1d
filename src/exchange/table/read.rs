//! Takes a table over by its mapping: levels, notes and reasons for one team, targets for the quarter's own profile.

use std::collections::{BTreeMap, BTreeSet};

use super::carry;
use crate::base::number::Level;
use crate::exchange::csv::unguarded;
use crate::exchange::grid::{Cell, CellValue, Grid, Heads, Row, folded};
use crate::exchange::ids::{Ids, Meaning};
use crate::exchange::loss::Losses;
use crate::exchange::outcomes::{Meant, Outcomes};
use crate::exchange::said::{Said, Taken, Whose, told};
use crate::exchange::scale::{ForeignScale, example, listed};
use crate::exchange::sheets::Sheets;
use crate::exchange::unread::Unread;
use crate::exchange::wishes::{Wish, Wishes};
use crate::load::workspace::Workspace;
use crate::model::catalog::Node;
use crate::model::evidence::{Claim, State};
use crate::model::ids::{ControlId, FrameworkId, TeamId};
use crate::model::table_mapping::{LevelColumn, StateColumn, TableMapping};
use crate::score::ScoredQuarter;

/// For what a table is taken over.
#[derive(Clone, Copy)]
pub struct TableAsk<'a> {
    /// The files.
    pub workspace: &'a Workspace,
    /// The quarter.
    pub quarter: ScoredQuarter<'a>,
    /// The framework whose ids the table has, or whose controls its levels are carried to.
    pub framework: FrameworkId,
    /// The team whose answers it gives.
    pub team: TeamId,
    /// What foreign values mean as levels, where the mapping does not say it or says something else.
    pub scale: Option<&'a ForeignScale>,
}

/// Why nothing is taken.
#[derive(Clone, Debug)]
pub enum TableFailure {
    /// The file is something else, or lacks a column; a sentence says so.
    NoTable(String),
    /// It holds levels, and nobody said what they mean; a sentence says which, and how to say it.
    NeedsScale(String),
}

/// What one or several rows say of one id.
#[derive(Clone, Debug, Default)]
pub(super) struct RowSays {
    /// Where the row with the lowest level stands; the first one, if none gives a level.
    pub(super) place: String,
    /// The lowest level, if any row gives one.
    pub(super) level: Option<Level>,
    /// Each row that says that it is not applicable or unknown, with its place. It counts if no row gives a level.
    pub(super) states: Vec<(State, String)>,
    /// The notes, each once.
    pub(super) notes: Vec<String>,
    /// The target, and whether rows give several.
    pub(super) target: Option<Level>,
    pub(super) has_several_targets: bool,
    /// Whether every row has an id of an earlier edition: nobody gave this for the control that took it over.
    pub(super) is_carried: bool,
}

/// What the ids of a table are.
enum Known {
    /// Those of a framework in use.
    Own(Outcomes),
    /// Those of an earlier edition.
    Earlier(carry::EarlierEdition),
}

/// What is taken of a table.
///
/// # Errors
/// See [`TableFailure`].
pub fn take(sheets: &Sheets, map: &TableMapping, ask: TableAsk<'_>) -> Result<Taken, TableFailure> {
    if map.level.is_none() && map.target.is_none() && map.note.is_empty() {
        let why = format!("the mapping of {} imports nothing: add `level`, `target` or `note` to it", map.title);
        return Err(TableFailure::NoTable(why));
    }
    let (grid, columns) = TableColumns::find(&sheets.grids, map).map_err(TableFailure::NoTable)?;
    let is_missing =
        |(head, words): &&(String, Vec<String>)| columns.heads.column(head).is_none() && !is_one_of("", words);
    if let Some((head, _)) = map.required.iter().find(is_missing) {
        return Err(TableFailure::NoTable(format!("this is not {}: it has no column `{head}`", map.title)));
    }
    // A workspace that uses the earlier edition itself takes the table for what it is.
    let used = map.of.as_ref().and_then(|of| ask.quarter.assessment.frameworks.find(|framework| framework.id == *of));
    let framework = used.unwrap_or(ask.framework);
    let known = match (&map.of, used) {
        (Some(of), None) => {
            Known::Earlier(carry::EarlierEdition::of(*ask.quarter, framework, of).map_err(TableFailure::NoTable)?)
        }
        _ => Known::Own(Outcomes::of(*ask.quarter, framework)),
    };
    let scale = |column: &Option<LevelColumn>| {
        let points = column.as_ref().and_then(|column| column.scale.as_ref());
        let points = points.map(|points| points.iter().map(|(foreign, level)| (foreign.as_str(), *level)));
        let scale = points.map(ForeignScale::of).transpose();
        scale.map_err(|why| TableFailure::NoTable(format!("the scale of {}: {why}", map.title)))
    };
    let scales = ColumnScales { level: scale(&map.level)?, target: scale(&map.target)? };
    let (unread, taken) = (Unread::default(), Taken::default());
    let is_csv = sheets.is_csv;
    let mut reader =
        TableReader { ask, map, scales: &scales, grid, is_csv, columns, unread, taken, numbers: Vec::new() };
    sheets.tell(
        grid,
        |grid| map.sheet.is_none() && map.id.iter().any(|id| TableColumns::of(grid, id, map).is_ok()),
        &mut reader.taken.left,
    );
    match known {
        Known::Own(outcomes) => reader.own(&outcomes)?,
        Known::Earlier(edition) => reader.earlier(&edition)?,
    }
    Ok(reader.taken)
}

/// Why a sheet is not the one that a mapping is about, in a sentence.
enum NoColumns {
    NoId(String),
    NoLevel(String),
}

/// Where each column of a sheet stands.
struct TableColumns {
    heads: Heads,
    id: u32,
    level: Option<u32>,
    target: Option<u32>,
}

impl TableColumns {
    /// The sheet that a mapping is about, and its columns.
    fn find<'g>(grids: &'g [Grid], map: &TableMapping) -> Result<(&'g Grid, Self), String> {
        let named = |grid: &&Grid| {
            map.sheet.as_ref().is_none_or(|name| grid.name.is_empty() || folded(&grid.name) == folded(name))
        };
        let mut why: Option<String> = None;
        for (grid, id) in grids.iter().filter(named).flat_map(|grid| map.id.iter().map(move |id| (grid, id))) {
            match Self::of(grid, id, map) {
                Ok(columns) => return Ok((grid, columns)),
                Err(NoColumns::NoId(told)) => why = why.or(Some(told)),
                Err(NoColumns::NoLevel(told)) => why = Some(told),
            }
        }
        Err(format!("this is not {}: {}", map.title, why.unwrap_or_else(|| "it has no such sheet".to_owned())))
    }

    /// The columns of a sheet whose column of ids is called `id`.
    fn of(grid: &Grid, id: &str, map: &TableMapping) -> Result<Self, NoColumns> {
        let levels = map.level.iter().chain(&map.target).flat_map(|rule| &rule.column);
        let optional: Vec<&str> =
            levels.chain(&map.note).map(String::as_str).filter(|head| folded(head) != folded(id)).collect();
        let heads = grid.heads(&[id], &optional).map_err(NoColumns::NoId)?;
        let at = heads.column(id).unwrap_or(1);
        let column = |rule: &Option<LevelColumn>| {
            rule.as_ref().and_then(|rule| rule.column.iter().find_map(|head| heads.column(head)))
        };
        let (level, target) = (column(&map.level).filter(|level| *level != at), column(&map.target));
        match &map.level {
            Some(rule) if level.is_none() => {
                let wanted = rule.column.iter().map(|head| format!("`{head}`")).collect::<Vec<_>>().join(" or ");
                Err(NoColumns::NoLevel(format!("it has the column `{id}`, and no column of levels: {wanted}")))
            }
            _ => Ok(Self { heads, id: at, level, target }),
        }
    }
}

/// What the values of the columns of levels mean; `None` if the command line must say it.
struct ColumnScales {
    level: Option<ForeignScale>,
    target: Option<ForeignScale>,
}

struct TableReader<'a> {
    ask: TableAsk<'a>,
    map: &'a TableMapping,
    scales: &'a ColumnScales,
    grid: &'a Grid,
    is_csv: bool,
    columns: TableColumns,
    unread: Unread,
    taken: Taken,
    /// The values that stand for levels, and whose meaning nobody said.
    numbers: Vec<String>,
}

impl<'a> TableReader<'a> {
    /// Reads a table with the ids of a framework in use.
    fn own(&mut self, outcomes: &Outcomes) -> Result<(), TableFailure> {
        let mut by_node: BTreeMap<Node, RowSays> = BTreeMap::new();
        let mut earlier = 0_usize;
        for row in self.rows() {
            let (text, place) = self.id(row);
            let meant = outcomes.meant(&text);
            let is_carried = matches!(meant, Meant::Successor(..));
            let node = match meant {
                Meant::Node(node) => node,
                Meant::Successor(control, why) => {
                    earlier += 1;
                    let now = self.ask.quarter.control(control).called.name();
                    self.taken.left.add(place, text, format!("{why}: read as {now}, as carried"));
                    Node::Control(control)
                }
                Meant::Withdrawn(why) => {
                    earlier += 1;
                    self.taken.left.add(place, text, why);
                    continue;
                }
                Meant::Unknown(why) => {
                    self.taken.left.add(place, text, why);
                    continue;
                }
            };
            let before =
                by_node.remove(&node).map(|says| RowSays { is_carried: says.is_carried && is_carried, ..says });
            let mut says = before.unwrap_or_else(|| RowSays { is_carried, ..RowSays::default() });
            self.row(row, &mut says);
            by_node.insert(node, says);
        }
        if earlier > by_node.len() / 2 && earlier > 1 {
            return Err(TableFailure::NoTable("most of its ids are of CSF 1.1: take it with --as csf-1.1".to_owned()));
        }
        if by_node.is_empty() {
            return Err(TableFailure::NoTable("no row has an id of the framework".to_owned()));
        }
        self.asks_for_scale()?;
        let mut said = Vec::new();
        let mut wishes = Wishes::default();
        for (node, says) in by_node {
            wishes.targets.extend(self.wish(node, &says));
            let Node::Control(control) = node else {
                self.leave_group(node, &says);
                continue;
            };
            said.extend(says.said(control, &mut self.taken.left));
        }
        let TableAsk { workspace, quarter, team, .. } = self.ask;
        wishes.grant(workspace, *quarter, &mut self.taken);
        Whose { workspace, quarter, team }.put(&said, &mut self.taken);
        std::mem::take(&mut self.unread).tell(self.grid, &mut self.taken.left);
        Ok(())
    }

    /// Reads a table with the ids of an earlier edition, and carries its levels over.
    fn earlier(&mut self, edition: &carry::EarlierEdition) -> Result<(), TableFailure> {
        let ids = Ids::of(edition.ids());
        let mut by_id: BTreeMap<usize, RowSays> = BTreeMap::new();
        for row in self.rows() {
            let (text, place) = self.id(row);
            match ids.find(&text) {
                Meaning::One(id) => {
                    let mut says = by_id.remove(&id).unwrap_or_default();
                    self.row(row, &mut says);
                    by_id.insert(id, says);
                }
                _ => self.taken.left.add(place, text, format!("no outcome of {} is called so", edition.name)),
            }
        }
        if by_id.is_empty() {
            return Err(TableFailure::NoTable(format!("no row has an id of {}", edition.name)));
        }
        self.asks_for_scale()?;
        let said = edition.carried(&by_id, *self.ask.quarter, &mut self.taken.left);
        let TableAsk { workspace, quarter, team, .. } = self.ask;
        Whose { workspace, quarter, team }.put(&said, &mut self.taken);
        std::mem::take(&mut self.unread).tell(self.grid, &mut self.taken.left);
        Ok(())
    }

    /// Tells what a row of a group says that only a control can say.
    fn leave_group(&mut self, node: Node, says: &RowSays) {
        if says.level.is_some() || !says.states.is_empty() || !says.notes.is_empty() {
            let named = self.ask.quarter.framework(node.framework()).called(node).name();
            self.taken.left.add(&says.place, named, "a group has no answer; its figures are made of its outcomes");
        }
    }

    /// The rows that the mapping asks for and that say anything.
    fn rows(&mut self) -> Vec<&'a Row> {
        let grid: &'a Grid = self.grid;
        let rows: Vec<&'a Row> = self.columns.heads.rows(grid).iter().filter(|row| !row.is_blank()).collect();
        let asked: Vec<&'a Row> = rows.into_iter().filter(|row| self.is_asked(row)).collect();
        asked.iter().for_each(|row| self.count_unread(row));
        asked.into_iter().filter(|row| self.says_anything(row) && self.has_own_id(row)).collect()
    }

    /// Whether the id of a row is its own, and not merged with that of another one.
    fn has_own_id(&mut self, row: &Row) -> bool {
        let id = self.columns.id;
        if let CellValue::Covered(by) = &row.cell(id).value {
            let why = format!("the id is merged with {by}, and counts for that row alone: write it into each row");
            self.taken.left.add(self.grid.place(row, id), "", why);
            return false;
        }
        true
    }

    /// Counts the cells of a row that no part of the mapping is about.
    fn count_unread(&mut self, row: &Row) {
        self.unread.add_unnamed(&self.columns.heads, row);
        let known: BTreeSet<String> = self.map.heads().map(folded).collect();
        for (head, at) in self.columns.heads.all().filter(|(head, _)| !known.contains(*head)) {
            if !row.cell(at).is_empty() {
                self.unread.add((at, head), "the mapping does not name the column");
            }
        }
    }

    /// Whether the mapping asks for a row.
    fn is_asked(&mut self, row: &Row) -> bool {
        for (head, words) in &self.map.required {
            let at = self.columns.heads.column(head);
            let text = self.text(row.get(at));
            if !is_one_of(&text, words) {
                let why = "rows that say so are left";
                self.taken.left.add_cell(self.grid, row, (at.unwrap_or(1), head), &text, why);
                return false;
            }
        }
        true
    }

    /// Whether a row gives a level, a target, a note or a state. Rows of groups most often do not.
    fn says_anything(&self, row: &Row) -> bool {
        let states = [&self.map.not_applicable, &self.map.unknown].into_iter().flatten();
        let results = self.map.level.iter().filter_map(|rule| rule.without.as_ref());
        let texts = self.map.note.iter().chain(results).filter_map(|head| self.columns.heads.column(head));
        let cells = texts.chain(self.columns.level).chain(self.columns.target);
        states.into_iter().any(|rule| self.is_in(row, rule)) || cells.into_iter().any(|at| !row.cell(at).is_empty())
    }

    /// Whether a row is in a state.
    fn is_in(&self, row: &Row, rule: &StateColumn) -> bool {
        let at = self.columns.heads.column(&rule.column);
        at.is_some() && is_one_of(&self.text(row.get(at)), &rule.is)
    }

    /// Adds what a row says.
    fn row(&mut self, row: &Row, says: &mut RowSays) {
        let map = self.map;
        for (head, why) in &map.left {
            if let Some(at) = self.columns.heads.column(head)
                && !row.cell(at).value.is_blank()
            {
                self.taken.left.add_cell(self.grid, row, (at, head), &self.text(row.cell(at)), why);
            }
        }
        if map.unanswered.as_ref().is_some_and(|rule| self.is_in(row, rule)) {
            return self.leave_others(row, &[], "the row is not answered");
        }
        let place = self.grid.place(row, self.columns.level.unwrap_or(self.columns.id));
        if says.place.is_empty() {
            says.place.clone_from(&place);
        }
        if let Some((state, reason)) = self.state(row) {
            says.states.push((state, place));
            return self.leave_others(row, reason, "the row says that it is unknown or not applicable");
        }
        if let Some(level) = self.level(row)
            && says.level.is_none_or(|lowest| level < lowest)
        {
            says.level = Some(level);
            says.place = place;
        }
        for head in &map.note {
            let note = self.text(row.get(self.columns.heads.column(head)));
            if !note.is_empty() && !says.notes.contains(&note) {
                says.notes.push(note);
            }
        }
        if let Some(target) = self.target(row) {
            says.has_several_targets |= says.target.is_some_and(|known| known != target);
            says.target = Some(target);
        }
    }

    /// Counts the level, the target and the notes of a row that does not count, but for columns that are its reason.
    fn leave_others(&mut self, row: &Row, reason: &[String], why: &str) {
        let map = self.map;
        let levels = [(&map.level, self.columns.level), (&map.target, self.columns.target)];
        let levels = levels.into_iter().filter_map(|(rule, at)| Some((rule.as_ref()?, at?)));
        let levels = levels.filter(|(rule, at)| !is_one_of(&self.text(row.cell(*at)), &rule.none)).map(|(_, at)| at);
        let notes = map.note.iter().filter(|head| !reason.contains(head));
        let notes = notes.filter_map(|head| self.columns.heads.column(head));
        let cells: Vec<u32> = levels.chain(notes).filter(|at| !row.cell(*at).is_empty()).collect();
        let heads = self.columns.heads.all().filter(|(_, at)| cells.contains(at));
        heads.for_each(|column| self.unread.add((column.1, column.0), why));
    }

    /// The state without a level that a row is in, and the columns that may give its reason.
    fn state(&mut self, row: &Row) -> Option<(State, &'a [String])> {
        let map = self.map;
        for (rule, is_unknown) in [(&map.not_applicable, false), (&map.unknown, true)] {
            let Some(rule) = rule.as_ref().filter(|rule| self.is_in(row, rule)) else { continue };
            let columns = rule.reason.iter().filter_map(|head| self.columns.heads.column(head));
            let reasons = columns.map(|at| self.text(row.cell(at))).filter(|text| !text.is_empty());
            let why = reasons.collect::<Vec<_>>().join("\n\n");
            if why.is_empty() {
                let at = self.columns.heads.column(&rule.column).unwrap_or(self.columns.id);
                let (place, said) = (self.grid.place(row, at), self.text(row.cell(at)));
                self.taken.left.add(place, said, "without a reason it is no answer");
                return None;
            }
            let state = if is_unknown {
                State::Unknown { why }
            } else {
                State::NotApplicable { reason: why.as_str().into(), approved_by: "".into() }
            };
            return Some((state, rule.reason.as_slice()));
        }
        None
    }

    fn level(&mut self, row: &Row) -> Option<Level> {
        let rule = self.map.level.as_ref()?;
        let level = self.value(row, self.columns.level?, (rule, self.scales.level.as_ref()), ForeignScale::level);
        // A result in words stands where a level is missing.
        let result = rule.without.as_ref().and_then(|head| Some((self.columns.heads.column(head)?, head)));
        if let Some((at, head)) = result
            && row.get(self.columns.level).value.is_blank()
            && !row.cell(at).value.is_blank()
        {
            let (said, why) = (self.text(row.cell(at)), "a result without a score is no level");
            self.taken.left.add_cell(self.grid, row, (at, head), &said, why);
        }
        level
    }

    fn target(&mut self, row: &Row) -> Option<Level> {
        let rule = self.map.target.as_ref()?;
        self.value(row, self.columns.target?, (rule, self.scales.target.as_ref()), ForeignScale::target)
    }

    /// What a cell of a column of levels means.
    fn value(
        &mut self,
        row: &Row,
        at: u32,
        (rule, scale): (&LevelColumn, Option<&'a ForeignScale>),
        meaning: fn(&ForeignScale, &CellValue, &crate::model::settings::Scale) -> Result<Level, String>,
    ) -> Option<Level> {
        let cell = row.cell(at);
        let text = self.text(cell);
        let zero = cell.value.number().unwrap_or_else(|| text.clone());
        let place = self.grid.place(row, at);
        if let CellValue::Covered(by) = &cell.value {
            self.taken.left.add(place, "", format!("it is merged with {by}, whose value counts for that cell alone"));
            return None;
        }
        if cell.is_formula && text.is_empty() {
            self.taken.left.add(place, "", "a formula that shows nothing: write the level itself");
            return None;
        }
        if text.is_empty() || is_one_of(&text, &rule.none) || is_one_of(&zero, &rule.none) {
            return None;
        }
        if cell.is_formula {
            self.taken.left.add(place, text, "refused: a formula is no answer");
            return None;
        }
        let Some(scale) = self.ask.scale.or(scale) else {
            self.numbers.push(text);
            return None;
        };
        let own = &self.ask.quarter.settings().scale;
        let meant = meaning(scale, &cell.value, own);
        self.taken.level(place, (cell, text), meant)
    }

    fn asks_for_scale(&self) -> Result<(), TableFailure> {
        if self.numbers.is_empty() {
            return Ok(());
        }
        let own = &self.ask.quarter.settings().scale;
        let numbers = listed(&self.numbers);
        let numbers = if numbers.is_empty() { self.numbers.first().cloned().unwrap_or_default() } else { numbers };
        Err(TableFailure::NeedsScale(format!(
            "the file gives the levels {numbers}, and neither the mapping nor --scale says what they mean here, on {}; for example --scale \"{}\"",
            own.shown(),
            example(&self.numbers, own)
        )))
    }

    /// The target that rows want.
    fn wish(&mut self, node: Node, says: &RowSays) -> Option<Wish> {
        let level = says.target?;
        if says.has_several_targets {
            let named = self.ask.quarter.framework(node.framework()).called(node).name();
            self.taken.left.add(&says.place, named, "its rows want several targets");
            return None;
        }
        Some(Wish { node, place: says.place.clone(), level: Some(level), priority: None, why: None })
    }

    fn id(&self, row: &Row) -> (String, String) {
        (self.text(row.cell(self.columns.id)), self.grid.place(row, self.columns.id))
    }

    /// The text of a cell, as its author meant it.
    fn text(&self, cell: &Cell) -> String {
        let text = cell.value.text();
        if self.is_csv { unguarded(&text).to_owned() } else { text }
    }
}

fn is_one_of(text: &str, words: &[String]) -> bool {
    words.iter().any(|word| folded(word) == folded(text))
}

impl RowSays {
    /// The same as an answer; `None` if it is none and adds nothing to one. States that do not count are told.
    fn said(self, control: ControlId, left: &mut Losses) -> Option<Said> {
        let level = self.level.map(|level| (State::Assessed { claim: Claim::Level(level) }, self.place.clone()));
        let why = match &level {
            Some(_) => "another row of it gives a level, and that counts",
            None => "another row of it says something else, and the first counts",
        };
        let mut states = level.into_iter().chain(self.states);
        let (state, place) = states.next().map_or((None, self.place), |(state, place)| (Some(state), place));
        for (other, place) in states.filter(|(other, _)| Some(other) != state.as_ref()) {
            left.add(place, told(&other), why);
        }
        let note = (!self.notes.is_empty()).then(|| (self.notes.join("\n\n"), place.clone()));
        let says = state.is_some() || note.is_some();
        says.then_some(Said { control, place, state, note, evidence: Vec::new(), is_carried: self.is_carried })
    }
}
