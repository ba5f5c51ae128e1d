//! Puts what a foreign file says of a team's controls into that team's own files.

use std::collections::{BTreeMap, BTreeSet};

use super::grid::{Cell, CellText};
use super::loss::Losses;
use crate::base::number::Level;
use crate::edit::file::AnswerFile;
use crate::edit::{AnswerEdit, Edit, EditRefusal, NewItem, NewValue, edit};
use crate::load::workspace::Workspace;
use crate::model::evidence::{Answer, Claim, Item, State};
use crate::model::ids::{ControlId, TeamId};
use crate::score::ScoredQuarter;
use crate::score::todo::AnswerFiles;

/// What a foreign file says of one control.
#[derive(Clone, Debug)]
pub struct Said {
    /// The control.
    pub control: ControlId,
    /// Where it says so, or would say so.
    pub place: String,
    /// The answer; `None` where it gives none.
    pub state: Option<State>,
    /// The note and its place; `None` where it gives none.
    pub note: Option<(String, String)>,
    /// Evidence to add, each with its place.
    pub evidence: Vec<(NewItem, String)>,
    /// Whether the answer is taken over from an earlier assessment, so that nobody has given it now.
    pub is_carried: bool,
}

impl Said {
    /// Each text with its place.
    fn cells(&self) -> impl Iterator<Item = (&str, &str)> {
        let reason = match &self.state {
            Some(State::Unknown { why }) => Some(why.as_str()),
            Some(State::NotApplicable { reason, .. }) => Some(&**reason),
            Some(State::Assessed { .. }) | None => None,
        };
        let note = self.note.iter().map(|(note, place)| (note.as_str(), place.as_str()));
        let items =
            self.evidence.iter().flat_map(|(item, place)| [(item.title.as_str(), place.as_str()), (&item.url, place)]);
        reason.map(|reason| (reason, self.place.as_str())).into_iter().chain(note).chain(items)
    }
}

/// What is taken of a foreign file, before anything is written.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    /// Each change, in a line.
    pub changes: Vec<String>,
    /// The new text of each file that changes, by its path in the workspace.
    pub files: Vec<(String, String)>,
    /// What makes all of it impossible.
    pub refused: Losses,
    /// What was left.
    pub left: Losses,
    /// The cells whose texts are taken.
    pub cells: Vec<CellText>,
}

impl Taken {
    /// The level that a cell means by a scale. A number that means none is refused; words are left.
    pub fn level(&mut self, place: String, cell: (&Cell, String), meant: Result<Level, String>) -> Option<Level> {
        let (cell, text) = cell;
        let is_number = cell.value.number().or(cell.value.percentage()).is_some();
        let told = if is_number { &mut self.refused } else { &mut self.left };
        meant.map_err(|why| told.add(place, text, why)).ok()
    }
}

/// Whose answers are written.
#[derive(Clone, Copy)]
pub struct Whose<'a> {
    /// The files.
    pub workspace: &'a Workspace,
    /// The quarter.
    pub quarter: ScoredQuarter<'a>,
    /// The team.
    pub team: TeamId,
}

/// The edits of each file, with what each is about.
type FileEdits = BTreeMap<String, Vec<(ControlId, Vec<AnswerEdit>)>>;

impl Whose<'_> {
    /// Adds to `taken` what changes in the team's files, so that they say the same.
    pub fn put(self, said: &[Said], taken: &mut Taken) {
        let Self { workspace, quarter, team } = self;
        let texts = said.iter().flat_map(Said::cells);
        taken.cells.extend(texts.map(|(text, place)| CellText { text: text.to_owned(), place: place.to_owned() }));
        let folder = workspace.folder_of_quarter(quarter.name());
        let files = AnswerFiles::of(quarter, team, folder);
        let mut edits: FileEdits = BTreeMap::new();
        for said in said {
            let id = said.control.of(team);
            let Some(changes) = self.changes(said, taken) else { continue };
            let path = match quarter.answer(id) {
                Some(answer) => Some(answer.origin.place.path.to_string()),
                None => files.place_of(quarter, id),
            };
            match path {
                Some(path) => edits.entry(path).or_default().push((said.control, changes)),
                None => taken.refused.add(&said.place, "", "no file is known for it"),
            }
        }
        for (path, edits) in edits {
            match self.edited(&path, &edits) {
                Ok(text) => taken.files.push((path, text)),
                Err(why) => taken.refused.add(workspace.shown(&path), "", why),
            }
        }
    }

    /// The changes of one answer; `None` where there is nothing to do, or nothing can be done.
    fn changes(self, said: &Said, taken: &mut Taken) -> Option<Vec<AnswerEdit>> {
        let Self { quarter, team, .. } = self;
        let (id, control) = (said.control.of(team), quarter.control(said.control));
        let named = control.called.name();
        let mut leave = |why: String| taken.left.add(&said.place, named, why);
        if !quarter.is_asked(id) {
            leave(format!("{} is not asked for it in {}", quarter.team(team).name, quarter.name()));
            return None;
        }
        // Nobody answers for what the profile excludes.
        if quarter.exclusion(said.control).is_some() {
            leave("it is out of scope".to_owned());
            return None;
        }
        let is_level = matches!(said.state, Some(State::Assessed { .. }));
        if is_level && control.is_measured() {
            leave("its level is made of facts, and no level is taken for it".to_owned());
            return None;
        }
        if is_level && !quarter.settings().scale.dimensions.is_empty() {
            leave("this workspace gives a level for each dimension, and the file gives one".to_owned());
            return None;
        }
        let Some(answer) = quarter.answer(id) else {
            let Some(state) = &said.state else {
                leave("there is no answer to add it to".to_owned());
                return None;
            };
            taken.changes.push(format!("{named}: {}, was unanswered ({})", told(state), said.place));
            return Some(vec![added(said, state)]);
        };
        if said.is_carried {
            leave("it is answered already, and what is carried replaces no answer".to_owned());
            return None;
        }
        let (changes, lines) = changed(said, answer);
        taken.changes.extend(lines.into_iter().map(|(line, place)| format!("{named}: {line} ({place})")));
        (!changes.is_empty()).then_some(changes)
    }

    /// The text of a file after its edits.
    fn edited(self, path: &str, edits: &[(ControlId, Vec<AnswerEdit>)]) -> Result<String, String> {
        let text = self.workspace.text(path).unwrap_or_default();
        let frameworks = &self.quarter.assessment.frameworks;
        let controls = frameworks.iter().flat_map(|framework| framework.controls.iter());
        let names: Vec<&str> = controls.flat_map(|control| control.called.names()).collect();
        let known: BTreeSet<&str> = names.iter().copied().collect();
        let file = AnswerFile::read(text, &known).ok_or("it is no TOML")?;
        let answered: BTreeSet<String> = file.answers().into_iter().map(|answer| answer.id).collect();
        let name = |control: ControlId| {
            let called = &self.quarter.control(control).called;
            called.names().find(|name| answered.contains(*name)).unwrap_or(called.name()).to_owned()
        };
        let edits: Vec<Edit> = edits
            .iter()
            .flat_map(|(control, changes)| changes.iter().map(|change| (name(*control), change.clone())))
            .map(|(control, change)| Edit { control, change })
            .collect();
        edit(text, &names, &edits).map_err(|refusal| match refusal {
            EditRefusal::NotToml => "it is no TOML".to_owned(),
            EditRefusal::NoAnswer(id) => format!("it holds no answer for {id}"),
            EditRefusal::Answered(id) => format!("it already holds an answer for {id}"),
            EditRefusal::Form(id) => {
                format!("the answer for {id} is written in a form that cannot be edited: write it below `[{id}]`")
            }
        })
    }
}

/// A new answer.
fn added(said: &Said, state: &State) -> AnswerEdit {
    let mut entries = entries_of(state);
    entries.extend(said.note.as_ref().map(|(note, _)| ("note".to_owned(), NewValue::Text(note.clone()))));
    if said.is_carried {
        entries.push(("carried".to_owned(), NewValue::Boolean(true)));
    }
    AnswerEdit::AddAnswer(entries, said.evidence.iter().map(|(item, _)| item.clone()).collect())
}

/// The keys that say what an answer says.
fn entries_of(state: &State) -> Vec<(String, NewValue)> {
    let text = |name: &str, text: &str| (name.to_owned(), NewValue::Text(text.to_owned()));
    match state {
        State::Assessed { claim: Claim::Level(level) } => vec![("level".to_owned(), NewValue::from(*level))],
        // Foreign files give one level.
        State::Assessed { .. } => Vec::new(),
        State::Unknown { why } => vec![text("unknown", why)],
        State::NotApplicable { reason, approved_by } => {
            let approved = (!approved_by.is_empty()).then(|| text("approved_by", approved_by));
            [text("not_applicable", reason)].into_iter().chain(approved).collect()
        }
    }
}

/// What changes in an answer that is there, and the same in words, each with its place.
fn changed<'s>(said: &'s Said, answer: &Answer) -> (Vec<AnswerEdit>, Vec<(String, &'s String)>) {
    let (mut changes, mut lines) = (Vec::new(), Vec::new());
    if let Some(state) = said.state.as_ref().filter(|state| !is_same(state, &answer.state)) {
        let new = entries_of(state);
        let gone = ["level", "facts", "unknown", "not_applicable", "approved_by"];
        let gone = gone.iter().filter(|name| !new.iter().any(|(new, _)| new == *name));
        changes.extend(gone.map(|name| AnswerEdit::Remove(vec![(*name).to_owned()])));
        changes.extend(new.into_iter().map(|(name, value)| AnswerEdit::Set(vec![name], value)));
        lines.push((format!("{}, was {}", told(state), told(&answer.state)), &said.place));
    }
    let is_new = |(note, _): &&(String, String)| !note.split_whitespace().eq(answer.note.split_whitespace());
    if let Some((note, place)) = said.note.as_ref().filter(is_new) {
        changes.push(AnswerEdit::Set(vec!["note".to_owned()], NewValue::Text(note.clone())));
        lines.push((if answer.note.is_empty() { "a note" } else { "another note" }.to_owned(), place));
    }
    let is_new = |(item, _): &&(NewItem, String)| !answer.evidence.iter().any(|own| is_item(own, item));
    for (item, place) in said.evidence.iter().filter(is_new) {
        changes.push(AnswerEdit::AddEvidence(item.clone()));
        lines.push((format!("evidence: {}, {}, {}", item.kind.name(), item.period.to, item.title), place));
    }
    // Something new makes it a given answer.
    if !changes.is_empty() {
        changes.push(AnswerEdit::Remove(vec!["carried".to_owned()]));
    }
    (changes, lines)
}

fn is_same(new: &State, old: &State) -> bool {
    match (new, old) {
        (State::NotApplicable { reason: new, .. }, State::NotApplicable { reason: old, .. }) => **new == **old,
        (new, old) => new == old,
    }
}

/// Whether an evidence item says the same as a new one.
pub fn is_item(own: &Item, new: &NewItem) -> bool {
    (own.kind, own.period) == (new.kind, new.period) && *own.title == *new.title && *own.url == *new.url
}

/// A state in words.
pub fn told(state: &State) -> String {
    match state {
        State::Assessed { claim: Claim::Level(level) } => format!("level {}", level.shown()),
        State::Assessed { claim: Claim::Dimensions(_) } => "a level for each dimension".to_owned(),
        State::Assessed { claim: Claim::Facts { .. } } => "facts".to_owned(),
        State::Unknown { .. } => "unknown".to_owned(),
        State::NotApplicable { .. } => "not applicable".to_owned(),
    }
}
