//! Takes a profile over as people fill it in: targets and scope for the quarter's own profile, answers for one team.
//!
//! What an export would write now is the base: a cell that says the same changes nothing.

use std::collections::BTreeMap;

use super::columns::{Extra, ProfileColumns, find};
use super::table::{ProfileRow, table};
use super::{ProfileColumn, artifacts};
use crate::base::number::Level;
use crate::base::text::cut;
use crate::border::{csv as border_csv, sheet};
use crate::edit::NewItem;
use crate::exchange::csv::unguarded;
use crate::exchange::grid::{self, Cell, CellValue, Grid, folded};
use crate::exchange::outcomes::{Meant, Outcomes};
use crate::exchange::said::{Said, Taken, Whose, is_item};
use crate::exchange::scale::{ForeignScale, example, listed, no_words, on_step, reachable};
use crate::exchange::sheets::Sheets;
use crate::exchange::unread::Unread;
use crate::exchange::wishes::{Wish, Wishes};
use crate::load::workspace::Workspace;
use crate::model::catalog::Node;
use crate::model::evidence::{Claim, State};
use crate::model::ids::{AnswerId, ControlId, FrameworkId, TeamId};
use crate::model::profile::Priority;
use crate::score::ScoredQuarter;

/// For what a profile is taken over.
#[derive(Clone, Copy)]
pub struct ProfileAsk<'a> {
    /// The files.
    pub workspace: &'a Workspace,
    /// The quarter.
    pub quarter: ScoredQuarter<'a>,
    /// The framework whose outcomes the rows are.
    pub framework: FrameworkId,
    /// The team whose answers the current state is; `None` takes targets and scope only.
    pub team: Option<TeamId>,
    /// What foreign numbers and words mean as levels.
    pub scale: Option<&'a ForeignScale>,
}

/// Why nothing is taken.
#[derive(Clone, Debug)]
pub enum ProfileFailure {
    /// The file is something else; a sentence says so.
    NoProfile(String),
    /// It holds numbers, and nobody said what they mean; a sentence says which, and how to say it.
    NeedsScale(String),
}

/// What is taken of a profile.
///
/// # Errors
/// See [`ProfileFailure`].
pub fn take(sheets: &Sheets, ask: ProfileAsk<'_>) -> Result<Taken, ProfileFailure> {
    let (grid, columns) = find(&sheets.grids).map_err(ProfileFailure::NoProfile)?;
    let base = table(ask.quarter, ask.framework).rows.into_iter().map(|row| (row.node, row)).collect();
    let mut reader = ProfileReader {
        ask,
        grid,
        is_csv: sheets.is_csv,
        base,
        ids: Outcomes::of(*ask.quarter, ask.framework),
        seen: BTreeMap::new(),
        unread: Unread::default(),
        taken: Taken::default(),
        wishes: Wishes::default(),
        said: Vec::new(),
        numbers: Vec::new(),
    };
    sheets.tell(grid, |grid| find(std::slice::from_ref(grid)).is_ok(), &mut reader.taken.left);
    columns.heads.rows(grid).iter().for_each(|row| reader.row(row, &columns));
    reader.finish()
}

struct ProfileReader<'a> {
    ask: ProfileAsk<'a>,
    grid: &'a Grid,
    is_csv: bool,
    /// What an export would write.
    base: BTreeMap<Node, ProfileRow>,
    ids: Outcomes,
    /// The row of each outcome.
    seen: BTreeMap<Node, u32>,
    unread: Unread,
    taken: Taken,
    wishes: Wishes,
    said: Vec<Said>,
    /// The foreign numbers that stand for levels.
    numbers: Vec<String>,
}

/// A row while it is read.
#[derive(Clone, Copy)]
struct RowHere<'r> {
    row: &'r grid::Row,
    columns: &'r ProfileColumns,
    node: Node,
}

impl<'r> RowHere<'r> {
    fn control(self) -> Option<ControlId> {
        if let Node::Control(control) = self.node { Some(control) } else { None }
    }

    /// The number and the head of a column, if it is there.
    fn at(self, column: ProfileColumn) -> Option<(u32, &'static str)> {
        self.columns.at(column).map(|at| (at, column.head()))
    }

    fn cell(self, column: ProfileColumn) -> &'r Cell {
        self.row.get(self.columns.at(column))
    }
}

impl ProfileReader<'_> {
    fn place(&self, row: &grid::Row, column: Option<u32>) -> String {
        self.grid.place(row, column.unwrap_or(1))
    }

    /// The text of a cell, as its author meant it.
    fn text(&self, cell: &Cell) -> String {
        let text = cell.value.text();
        if self.is_csv { unguarded(&text).to_owned() } else { text }
    }

    fn row(&mut self, row: &grid::Row, columns: &ProfileColumns) {
        if row.is_blank() {
            return;
        }
        self.unread.add_unnamed(&columns.heads, row);
        let Some(node) = self.node(row, columns) else { return };
        let here = RowHere { row, columns, node };
        let is_out = self.scope(here);
        let (level, why) = (self.maturity(here), self.reason(here));
        let (priority, priority_at) = self.priority(here).unzip();
        // A target of another level is a new decision: what stands beside it in the file is about that one.
        let beside = |column| level.map(|_| self.text(here.cell(column))).filter(|text| !text.is_empty());
        let why = why.or_else(|| beside(ProfileColumn::Notes));
        let priority = priority.or_else(|| beside(ProfileColumn::TargetPriority).as_deref().and_then(named));
        if level.is_some() || why.is_some() || priority.is_some() {
            let extra = columns.extra(Extra::Maturity).filter(|_| level.is_some()).map(|(_, at)| at);
            let notes = columns.at(ProfileColumn::Notes).filter(|_| why.is_some());
            let place = self.place(row, extra.or(notes).or(priority_at));
            self.wishes.targets.push(Wish { node, place, level, priority, why });
        }
        self.answer(here, is_out);
        self.homeless(here);
    }

    /// What a row is about.
    fn node(&mut self, row: &grid::Row, columns: &ProfileColumns) -> Option<Node> {
        let cell = row.get(columns.at(ProfileColumn::Outcome));
        let (text, place) = (self.text(cell), self.place(row, columns.at(ProfileColumn::Outcome)));
        if text.is_empty() {
            self.taken.left.add(place, "", "the row has no outcome");
            return None;
        }
        let node = match self.ids.meant(&text) {
            Meant::Node(node) => node,
            Meant::Successor(control, why) => {
                let now = self.ask.quarter.control(control).called.name();
                let is_taken = self.seen.contains_key(&Node::Control(control));
                let how = if is_taken { "has a row already".to_owned() } else { format!("read as {now}") };
                self.taken.left.add(place.clone(), text.clone(), format!("{why}: {how}"));
                if is_taken {
                    return None;
                }
                Node::Control(control)
            }
            Meant::Withdrawn(why) | Meant::Unknown(why) => {
                self.taken.left.add(place, text, why);
                return None;
            }
        };
        if let Some(first) = self.seen.insert(node, row.number) {
            self.taken.refused.add(place, text, format!("the outcome stands twice; its first row is {first}"));
            return None;
        }
        Some(node)
    }

    /// A cell of the template that says something else than an export would write.
    fn said_anew<'r>(&mut self, here: RowHere<'r>, column: ProfileColumn) -> Option<(&'r Cell, String)> {
        let (at, head) = here.at(column)?;
        let cell = here.row.cell(at);
        if let CellValue::Covered(by) = &cell.value {
            let why = format!("merged with {by}: the value counts for that cell only");
            self.taken.left.add_cell(self.grid, here.row, (at, head), "", &why);
        }
        let text = self.text(cell);
        if cell.value.is_blank() || text.is_empty() || self.is_base(here.node, column, &cell.value.text()) {
            return None;
        }
        if matches!(cell.value, CellValue::Fault(_)) {
            self.taken.left.add(self.place(here.row, Some(at)), text, "an error of the spreadsheet");
            return None;
        }
        Some((cell, text))
    }

    /// The same for a column of texts, where what a formula shows may be taken.
    fn text_anew(&mut self, here: RowHere<'_>, column: ProfileColumn) -> Option<String> {
        let (cell, text) = self.said_anew(here, column)?;
        if cell.is_formula
            && let Some(at) = here.at(column)
        {
            self.taken.left.add_cell(self.grid, here.row, at, &text, "a formula: what it showed was taken");
        }
        Some(text)
    }

    /// Whether a cell says what an export would write, whichever container it came in.
    fn is_base(&self, node: Node, column: ProfileColumn, text: &str) -> bool {
        let Some(base) = self.base.get(&node).map(|row| sheet::cell(row.cell(column)).0) else { return false };
        let same = |base: &str| text.split_whitespace().eq(base.split_whitespace());
        same(&base) || same(&border_csv::cell(&base))
    }

    /// What the file says of the scope. Returns whether the row is left out, by the file or by the profile.
    fn scope(&mut self, here: RowHere<'_>) -> bool {
        let says_no = |text: &str| matches!(folded(text).as_str(), "no" | "n" | "false");
        let says_yes = |text: &str| matches!(folded(text).as_str(), "yes" | "y" | "true");
        let was_out = self.base.get(&here.node).is_some_and(|row| row.cell(ProfileColumn::Included) == "No");
        let is_out = says_no(&self.text(here.cell(ProfileColumn::Included)));
        let place = self.place(here.row, here.columns.at(ProfileColumn::Included));
        let new = self.text_anew(here, ProfileColumn::Included);
        let rationale = self.text_anew(here, ProfileColumn::Rationale);
        match new.as_deref() {
            Some(text) if says_no(text) && rationale.is_none() => {
                self.taken.left.add(place, text, "what leaves the count needs a reason: write it into `Rationale`");
            }
            Some(text) if says_yes(text) && was_out => {
                let why = "it is left out here; take it in again in profile.toml, or answer it";
                self.taken.left.add(place, text, why);
            }
            Some(text) if !(says_no(text) || says_yes(text) || folded(text) == "skipped") => {
                self.taken.left.add(place, text, "neither Yes nor No");
            }
            _ => {}
        }
        let is_excluded = self.ask.quarter.exclusion_at(here.node).is_some();
        if let (Some(why), Some(at)) = (rationale, here.at(ProfileColumn::Rationale)) {
            if is_out && (new.is_some() || is_excluded) {
                self.wishes.left_out.push((here.node, self.place(here.row, Some(at.0)), why));
            } else {
                let left = if is_out {
                    "the reasons are in the teams' answers"
                } else {
                    "a reason counts where `Included` is No"
                };
                self.taken.left.add_cell(self.grid, here.row, at, &why, left);
            }
        }
        is_out || is_excluded
    }

    /// The level that an extra column wants.
    fn maturity(&mut self, here: RowHere<'_>) -> Option<Level> {
        let (head, at) = here.columns.extra(Extra::Maturity)?;
        let (cell, place) = (here.row.cell(at), self.place(here.row, Some(at)));
        let text = self.text(cell);
        if cell.is_formula {
            self.taken.left.add(place, text, "refused: a formula is no target; write the level itself");
            return None;
        }
        if let CellValue::Covered(by) = &cell.value {
            let why = format!("merged with {by}: the value counts for that cell only");
            self.taken.left.add_cell(self.grid, here.row, (at, head), "", &why);
        }
        if text.is_empty() {
            return None;
        }
        let quarter = self.ask.quarter;
        let meant = self.meant(cell, &text)?.and_then(|level| reachable(level, &quarter.settings().scale));
        self.taken.level(place, (cell, text), meant)
    }

    /// The level that a cell gives by a number, by a declared word, or by the name of a level; `None` where nobody said what its
    /// number means.
    fn meant(&mut self, cell: &Cell, text: &str) -> Option<Result<Level, String>> {
        if let Some(number) = cell.value.number() {
            self.numbers.push(number);
            return Some(self.ask.scale?.value(&cell.value));
        }
        let own = &self.ask.quarter.settings().scale;
        let named = |_| {
            let mut levels = own.whole_levels();
            let named = levels.find(|(level, named)| is_level(text, *level, &named.name)).map(|(level, _)| level);
            named.ok_or_else(|| no_words(&cell.value).unwrap_or_else(|| no_level(text)))
        };
        Some(self.ask.scale.ok_or_else(String::new).and_then(|scale| scale.value(&cell.value)).or_else(named))
    }

    /// Why the target is as it is.
    fn reason(&mut self, here: RowHere<'_>) -> Option<String> {
        self.text_anew(here, ProfileColumn::Notes)
    }

    /// How urgent the target is, and the column that says so.
    fn priority(&mut self, here: RowHere<'_>) -> Option<(Priority, u32)> {
        let own = self.text_anew(here, ProfileColumn::TargetPriority).zip(here.at(ProfileColumn::TargetPriority));
        let (text, at) = own.or_else(|| {
            if !self.text(here.cell(ProfileColumn::TargetPriority)).is_empty() {
                return None;
            }
            let (_, at) = here.columns.extra(Extra::Priority)?;
            let text = self.text(here.row.cell(at));
            (!text.is_empty()).then_some((text, (at, "Priority")))
        })?;
        let named = named(&text);
        if named.is_none() {
            self.taken.left.add_cell(self.grid, here.row, at, &text, "a priority is High, Medium or Low");
        }
        named.map(|priority| (priority, at.0))
    }

    /// What the row says of the team's answer.
    fn answer(&mut self, here: RowHere<'_>, is_out: bool) {
        let columns =
            [ProfileColumn::Status, ProfileColumn::Practices, ProfileColumn::Considerations, ProfileColumn::Artifacts];
        let why = match (here.control(), self.ask.team) {
            (None, _) => "a group has no answer; its figures are made of its outcomes",
            (_, None) => "an answer is a team's: name the team with --team ID",
            _ if is_out => "the outcome is out of scope",
            (Some(control), Some(team)) => return self.answer_of(here, control, team),
        };
        for column in columns {
            let new = self.said_anew(here, column).map(|(_, text)| text);
            if let (Some(text), Some(at)) =
                (new.filter(|text| column != ProfileColumn::Considerations || !is_made(text)), here.at(column))
            {
                self.taken.left.add_cell(self.grid, here.row, at, &text, why);
            }
        }
    }

    fn answer_of(&mut self, here: RowHere<'_>, control: ControlId, team: TeamId) {
        let state = self.level(here).map(|level| State::Assessed { claim: Claim::Level(level) });
        let (evidence, rest) = self.evidence(here, control, team);
        let note = self.note(here, control.of(team), rest);
        if state.is_some() || note.is_some() || !evidence.is_empty() {
            let place = |column| self.place(here.row, here.columns.at(column));
            let (note_place, evidence_place) = (place(ProfileColumn::Practices), place(ProfileColumn::Artifacts));
            let note = note.map(|note| (note, note_place));
            let evidence = evidence.into_iter().map(|item| (item, evidence_place.clone())).collect();
            let place = place(ProfileColumn::Status);
            self.said.push(Said { control, place, state, note, evidence, is_carried: false });
        }
    }

    /// The level that the current status gives.
    fn level(&mut self, here: RowHere<'_>) -> Option<Level> {
        let (at, _) = here.at(ProfileColumn::Status)?;
        let place = self.place(here.row, Some(at));
        let cell = here.row.cell(at);
        // A formula that nobody has worked out shows nothing.
        if cell.is_formula {
            self.taken.left.add(place, cell.value.text(), "refused: a formula is no answer; write the level itself");
            return None;
        }
        let (cell, text) = self.said_anew(here, ProfileColumn::Status)?;
        let quarter = self.ask.quarter;
        let own = &quarter.settings().scale;
        let meant = match of_one_answer(&text, &own.top().shown()) {
            Some(level) => Ok(level),
            None if is_score(&text) => Err("a score of several answers is no answer of one team".to_owned()),
            None => self.meant(cell, &text)?,
        };
        let is_one = meant.is_ok();
        match meant.and_then(|level| on_step(level, own)) {
            Err(why) if is_one => self.taken.refused.add(place, text, why),
            meant => return self.taken.level(place, (cell, text), meant),
        }
        None
    }

    /// The evidence items that are new, and the lines that are none.
    fn evidence(&mut self, here: RowHere<'_>, control: ControlId, team: TeamId) -> (Vec<NewItem>, Vec<String>) {
        let (mut items, mut rest) = (Vec::new(), Vec::new());
        let Some((text, at)) = self.text_anew(here, ProfileColumn::Artifacts).zip(here.at(ProfileColumn::Artifacts))
        else {
            return (items, rest);
        };
        let base =
            self.base.get(&here.node).map(|row| row.cell(ProfileColumn::Artifacts).to_owned()).unwrap_or_default();
        let quarter = self.ask.quarter;
        let is_old = |line: &str| base.lines().any(|old| line.split_whitespace().eq(old.split_whitespace()));
        for line in artifacts::lines(&text).into_iter().filter(|line| !is_old(line)) {
            match artifacts::item(line) {
                Ok(item) if item.period.to > quarter.closes() => {
                    self.taken.left.add_cell(self.grid, here.row, at, line, "the day lies after the quarter");
                }
                Ok(item) => {
                    let known = quarter
                        .answer(control.of(team))
                        .is_some_and(|answer| answer.evidence.iter().any(|own| is_item(own, &item)));
                    if !known && !items.contains(&item) {
                        items.push(item);
                    }
                }
                Err(why) => {
                    let why = format!("{why}, so it is no evidence item: taken into the note");
                    self.taken.left.add_cell(self.grid, here.row, at, line, &why);
                    rest.push(line.to_owned());
                }
            }
        }
        (items, rest)
    }

    /// The note: what the team does, and what else belongs into it.
    fn note(&mut self, here: RowHere<'_>, id: AnswerId, rest: Vec<String>) -> Option<String> {
        let practices =
            self.text_anew(here, ProfileColumn::Practices).and_then(|text| self.own_part(here, id.team, &text));
        let considerations = self.text_anew(here, ProfileColumn::Considerations);
        if let (Some(text), Some(at)) =
            (considerations.as_ref().filter(|text| is_made(text)), here.at(ProfileColumn::Considerations))
        {
            self.taken.left.add_cell(
                self.grid,
                here.row,
                at,
                text,
                "made of the target, the gap and the plan; change those",
            );
        }
        let more: Vec<String> = considerations.into_iter().filter(|text| !is_made(text)).chain(rest).collect();
        if practices.is_none() && more.is_empty() {
            return None;
        }
        let old = self.ask.quarter.answer(id).map(|answer| answer.note.trim().to_owned());
        let mut note = practices.or(old).unwrap_or_default();
        for paragraph in more {
            if !note.contains(&paragraph) {
                let apart = if note.is_empty() { "" } else { "\n\n" };
                note = format!("{note}{apart}{paragraph}");
            }
        }
        Some(note)
    }

    /// The paragraphs of a team in a cell that names teams; the whole cell, if it names none.
    fn own_part(&mut self, here: RowHere<'_>, team: TeamId, text: &str) -> Option<String> {
        let quarter = self.ask.quarter;
        let begins = |at: usize| at == 0 || text[..at].ends_with('\n') || text[..at].ends_with("  ");
        let starts = text.char_indices().filter(|(at, c)| begins(*at) && !c.is_whitespace()).map(|(at, _)| at);
        let teams = &quarter.settings().teams;
        let mut marks: Vec<(usize, usize, TeamId)> = starts
            .filter_map(|start| {
                let line = text[start..].lines().next()?;
                let colons =
                    line.match_indices(':').filter(|(at, _)| !line[at + 1..].starts_with(|c: char| !c.is_whitespace()));
                let mut named = colons.filter_map(|(at, _)| {
                    let is_it = |name: &str| folded(name) == folded(&line[..at]);
                    let team = teams.entries().find(|(_, team)| team.names().any(is_it));
                    team.map(|(id, _)| (start, start + at + 1, id))
                });
                named.next()
            })
            .collect();
        if marks.is_empty() {
            return Some(text.to_owned());
        }
        marks.sort_unstable_by_key(|(at, ..)| *at);
        let ends: Vec<usize> = marks.iter().skip(1).map(|(at, ..)| *at).chain([text.len()]).collect();
        let mut own = vec![text[..marks[0].0].trim().to_owned()];
        for ((_, start, id), end) in marks.into_iter().zip(ends) {
            let part = text[start..end].trim();
            if id == team {
                own.push(part.to_owned());
                continue;
            }
            let says = here.control().and_then(|control| quarter.answer(control.of(id))).map(|answer| &answer.note);
            let is_same = says.is_some_and(|note| note.split_whitespace().eq(part.split_whitespace()));
            if let Some(at) = here.at(ProfileColumn::Practices).filter(|_| !is_same) {
                self.taken.left.add_cell(
                    self.grid,
                    here.row,
                    at,
                    part,
                    "the note of another team, which --team would take",
                );
            }
        }
        own.retain(|part| !part.is_empty());
        (!own.is_empty()).then(|| own.join("\n\n"))
    }

    /// What has no place in a workspace.
    fn homeless(&mut self, here: RowHere<'_>) {
        for (column, why) in HOMELESS {
            if let Some((text, at)) = self.said_anew(here, column).map(|(_, text)| text).zip(here.at(column)) {
                self.taken.left.add_cell(self.grid, here.row, at, &text, why);
            }
        }
        for (_, head, at) in here.columns.extra.iter().filter(|(kind, ..)| *kind == Extra::Other) {
            let cell = here.row.cell(*at);
            if !cell.value.is_blank() {
                self.taken.left.add_cell(
                    self.grid,
                    here.row,
                    (*at, head),
                    &self.text(cell),
                    "not a column of the template",
                );
            }
        }
    }

    fn finish(mut self) -> Result<Taken, ProfileFailure> {
        if self.ask.scale.is_none() && !self.numbers.is_empty() {
            let own = &self.ask.quarter.settings().scale;
            let (numbers, example) = (listed(&self.numbers), example(&self.numbers, own));
            return Err(ProfileFailure::NeedsScale(format!(
                "the file gives the levels {numbers}, and the template prescribes no scale: say with --scale which level each means here, on {}, for example --scale \"{example}\"",
                own.shown()
            )));
        }
        self.wishes.grant(self.ask.workspace, *self.ask.quarter, &mut self.taken);
        if let Some(team) = self.ask.team {
            let ProfileAsk { workspace, quarter, .. } = self.ask;
            Whose { workspace, quarter, team }.put(&self.said, &mut self.taken);
        }
        self.unread.tell(self.grid, &mut self.taken.left);
        Ok(self.taken)
    }
}

/// Why words are no level, and what to do instead.
fn no_level(text: &str) -> String {
    match folded(text).as_str() {
        "n/a" | "na" | "not applicable" => {
            "no level: what does not apply has `Included` = No and a reason in `Rationale`".to_owned()
        }
        "tbd" | "?" | "-" | "unknown" | "open" | "not assessed" => {
            "no level: leave the cell blank where there is no answer yet".to_owned()
        }
        _ => format!(
            "words are no level; --scale \"{}=2\" would say which one they mean",
            cut(&text.replace(['"', '=', ',', ';'], ""), 40)
        ),
    }
}

/// The columns that nothing in a workspace corresponds to, and why their cells are left.
const HOMELESS: [(ProfileColumn, &str); 9] = [
    (ProfileColumn::Description, "not the words of the catalog in use, which stay"),
    (ProfileColumn::CurrentPriority, "only a target has a priority"),
    (ProfileColumn::CurrentPolicies, "a policy has no place of its own; a note or an item of evidence can name it"),
    (ProfileColumn::CurrentRoles, "who answers is said by the teams and owners in milepost.toml"),
    (ProfileColumn::TargetTier, "CSF Tiers are declared for the whole organisation, in profile.toml"),
    (ProfileColumn::TargetPolicies, "a target is a level, a reason and a day"),
    (ProfileColumn::TargetPractices, "a target is a level, a reason and a day"),
    (ProfileColumn::TargetRoles, "a target is a level, a reason and a day"),
    (ProfileColumn::TargetReferences, "a target is a level, a reason and a day"),
];

/// The priority of this name.
fn named(text: &str) -> Option<Priority> {
    Priority::ALL.into_iter().find(|priority| priority.name() == folded(text))
}

/// Whether a text is one that an export makes of target, gap and plan.
fn is_made(text: &str) -> bool {
    text.starts_with("target ") || text.starts_with("mean target ")
}

/// Whether a text names a level of the scale: `Defined`, `3 Defined`, `3: Defined`, `Level 3`.
fn is_level(text: &str, level: Level, name: &str) -> bool {
    let (text, name, number) = (folded(text), folded(name), level.shown());
    if text.strip_prefix("level ") == Some(number.as_str()) {
        return true;
    }
    let rest = text.strip_prefix(&number).map(|rest| rest.trim_start_matches([' ', ':', '-', '.', '\u{2013}']));
    text == name || rest == Some(name.as_str())
}

/// Whether a text is a score as an export writes it.
fn is_score(text: &str) -> bool {
    text.starts_with("not shown: ") || score(text).is_some()
}

/// The parts of `2.5 of 5 (4 of 4 answers; claimed 3)`: the score, the top, and what stands in brackets.
fn score(text: &str) -> Option<(&str, &str, &str)> {
    let (score, rest) = text.split_once(" of ")?;
    let (top, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let is_number = |text: &str| grid::decimal(text).is_some();
    let brackets = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or_default();
    (is_number(score) && is_number(top)).then_some((score, top, brackets))
}

/// The level that the one answer behind a score claims.
fn of_one_answer(text: &str, own_top: &str) -> Option<Level> {
    let (score, top, brackets) = score(text)?;
    let (counts, beside) = brackets.split_once("; ").unwrap_or((brackets, ""));
    if top != own_top || (counts != "1 of 1 answer" && !brackets.is_empty()) {
        return None;
    }
    let claimed = beside.strip_prefix("claimed ").unwrap_or(score);
    Level::parse(&grid::decimal(claimed)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_found_by_its_name_and_a_score_is_told_apart() {
        let three = Level::parse("3").unwrap();
        for text in ["Defined", "3 defined", "3: Defined", "3 - Defined", "Level 3", " 3 \u{2013} DEFINED "] {
            assert!(is_level(text, three, "Defined"), "{text}");
        }
        for text in ["2 Defined", "3", "Partially defined", "Defined by nobody"] {
            assert!(!is_level(text, three, "Defined"), "{text}");
        }
        assert!(is_score("2.5 of 5 (4 of 4 answers; claimed 3)") && is_score("not shown: 1 of 4 assessed"));
        assert!(!is_score("part of it") && !is_score("3"));
        let one = |text: &str| of_one_answer(text, "5").map(Level::shown);
        assert_eq!(one("2.0 of 5 (1 of 1 answer; claimed 3.0)").as_deref(), Some("3"));
        assert_eq!(one("4 of 5").as_deref(), Some("4"));
        assert_eq!(
            [one("2.5 of 5 (4 of 4 answers; claimed 3)"), one("3 of 4"), one("3 of 5 (2 of 2 answers)")],
            [None, None, None]
        );
    }
}
