//! Makes the files that open a new quarter: the newest quarter's answers, marked as carried, with the evidence that will still be
//! current.

mod collected;
mod file;
mod lines;

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::Date;

use self::file::CarryRules;
use self::lines::TeamLine;
use super::worksheet::{is_worksheet, of_new_team};
use crate::base::layout::{
    COLLECTED_FILE, EvidencePath, PROFILE_FILE, QUARTER_FILE, ancestors, beside, name_of, quarter_of_folder,
};
use crate::base::quarter::Quarter;
use crate::load::workspace::Workspace;
use crate::model::assessment::{Assessment, ControlRules, InQuarter, QuarterAnswers};
use crate::model::ids::{ControlId, TeamId};
use crate::model::settings::Team;

/// A new quarter, made from the one before and not written yet.
#[derive(Clone, Debug)]
pub struct Roll {
    /// The quarter whose answers are taken over.
    pub from: Quarter,
    /// The new quarter.
    pub to: Quarter,
    /// The first and the last day of the new quarter.
    pub days: (Date, Date),
    /// Whether the new `quarter.toml` states these days, because the quarter before states its own.
    pub own_days: bool,
    /// The folders to write.
    pub folders: Vec<NewFolder>,
    /// The result for each team that is asked in the new quarter, in the order of the settings.
    pub teams: Vec<TeamRoll>,
    /// Teams with answers that are not asked in the new quarter.
    pub not_asked: Vec<TeamId>,
    /// Profiles that apply only to the quarter before, by path.
    pub profiles: Vec<String>,
}

/// A folder to write for the new quarter.
#[derive(Clone, Debug)]
pub struct NewFolder {
    /// The folder's path in the workspace, for example `content/2026-Q4`.
    pub path: String,
    /// The files: each has a path in the folder and a text.
    pub files: Vec<(String, String)>,
}

/// The result for one team's files.
#[derive(Clone, Debug)]
pub struct TeamRoll {
    /// The team that the files belong to.
    pub team: TeamId,
    /// The teams that it follows and whose answers it takes over; empty if the answers are its own.
    pub from: Vec<TeamId>,
    /// The quarter whose answers it takes over: over a gap in a succession, an earlier one than that of the other teams.
    pub last: Quarter,
    /// The control of each answer of teams which it follows that is not carried: more than one team was asked, or is asked now.
    pub unclear: Vec<String>,
    /// The controls that the team answered and is not asked for any more.
    pub out_of_scope: Vec<String>,
    /// How many files are taken over.
    pub files: usize,
    /// How many answers these files hold.
    pub answers: usize,
    /// How many more answers became comments, to be given anew: on another scale, or without the collected facts that made them.
    pub comments: usize,
    /// The controls whose answers became comments because they are not in force any more.
    pub ended: Vec<String>,
    /// The evidence items left out because they would not be current.
    pub left_out: Vec<LeftOutItem>,
    /// How many answers the worksheets ask for that a team gets that has nothing to carry; 0 without worksheets.
    pub owed: usize,
}

/// An evidence item that would not be current at the new quarter's end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOutItem {
    /// The id of the control whose answer holds the item.
    pub control: String,
    /// The item's title.
    pub title: String,
    /// The item's age at the new quarter's end, in days.
    pub age: i32,
    /// The greatest age at which the item is current, in days.
    pub limit: i32,
    /// Where the item remains written, as `path:line`.
    pub at: String,
}

/// Why a quarter cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpeningRefusal {
    /// Something already exists at this path of the new quarter.
    Exists(String),
    /// The newest quarter, given here, is not before the one to open.
    NotAfter(Quarter),
    /// Milepost would not read the file at this path.
    Unread(String),
    /// The text of the file at this path cannot be taken over.
    Unclear(String),
}

/// Opens the quarter `to` from the newest one.
///
/// # Errors
/// See [`OpeningRefusal`].
pub fn roll(workspace: &Workspace, assessment: &Assessment, to: Quarter) -> Result<Roll, OpeningRefusal> {
    let newest = assessment.in_quarter(assessment.newest());
    let from = newest.name();
    if let Some(path) = workspace.files.keys().find(|path| lies_in(workspace, path, to)) {
        return Err(OpeningRefusal::Exists(path.clone()));
    }
    if to <= from {
        return Err(OpeningRefusal::NotAfter(from));
    }
    let (days, own_days) = days(newest.answers(), to);
    let mut roll = Roll {
        from,
        to,
        days,
        own_days,
        folders: Vec::new(),
        teams: Vec::new(),
        not_asked: Vec::new(),
        profiles: Vec::new(),
    };
    let mut files = carry_teams(workspace, newest, &mut roll)?;
    roll.profiles = own_profiles(workspace, from);
    let home = home(workspace, from, to);
    let old = workspace.text(&format!("{}/{QUARTER_FILE}", beside(&home, from)));
    let header = schema_line(old.unwrap_or_default()) + &header(&roll);
    files.entry(home).or_default().push((QUARTER_FILE.to_owned(), header));
    roll.folders = files.into_iter().map(|(path, files)| NewFolder { path, files }).collect();
    Ok(roll)
}

/// The new folders' contents by path.
type Folders = BTreeMap<String, Vec<(String, String)>>;

/// Takes over every team's files and returns the new folders' contents. The results are recorded in `roll`.
fn carry_teams(workspace: &Workspace, newest: InQuarter<'_>, roll: &mut Roll) -> Result<Folders, OpeningRefusal> {
    let limits = limits(newest, roll.to);
    let mut folders = Folders::new();
    for (team, named) in newest.settings().teams.entries() {
        if !named.asked_in(roll.to) {
            roll.not_asked.extend((!files_of(workspace, roll.from, named).is_empty()).then_some(team));
            continue;
        }
        let mut done =
            carry_team(workspace, newest.last_asked(team).unwrap_or(newest), team, roll, &limits, &mut folders)?;
        if done.files == 0 {
            let home = home(workspace, roll.from, roll.to);
            let sheets = of_new_team(newest, roll.to, team);
            done.owed = sheets.iter().map(|sheet| sheet.answers).sum();
            let sheets = sheets.into_iter().map(|sheet| (format!("{}/{}", named.id, sheet.name), sheet.text));
            add_new(&mut folders, workspace, &home, sheets.collect())?;
        }
        roll.teams.push(done);
    }
    Ok(folders)
}

/// The greatest age of evidence by the name of a control, in days; `None` if it is not in force in the new quarter.
type Limits<'a> = BTreeMap<&'a str, Option<i32>>;

/// Takes over one team's files from `last`, the last quarter in which it or a team that it follows was asked.
fn carry_team(
    workspace: &Workspace,
    last: InQuarter<'_>,
    team: TeamId,
    roll: &Roll,
    limits: &Limits<'_>,
    folders: &mut Folders,
) -> Result<TeamRoll, OpeningRefusal> {
    let named = last.assessment.team(team);
    let TeamLine { sources, unclear, out_of_scope } = TeamLine::of(last, roll.to, team);
    let (from, left_out, ended) = (Vec::new(), Vec::new(), Vec::new());
    let (files, answers, comments, owed) = (0, 0, 0, 0);
    let at = last.name();
    let mut done =
        TeamRoll { team, from, last: at, unclear, out_of_scope, files, answers, comments, ended, left_out, owed };
    let collected = collected::take(last, &sources, limits, roll.days.1);
    for (source, controls) in &sources {
        let mut files = files_of(workspace, at, last.assessment.team(*source));
        files.retain(|file| file.name != COLLECTED_FILE);
        done.from.extend((*source != team && !files.is_empty()).then_some(*source));
        let keeps = |id: &str| controls.as_ref().is_none_or(|controls| controls.contains(id));
        let carry = Carry {
            workspace,
            controls: &limits.keys().copied().collect(),
            limits,
            to: roll.to,
            closes: roll.days.1,
            same_scale: last.assessment.settings_in(roll.to).scale.continues(&last.settings().scale),
            team: &named.id,
            keeps: &keeps,
            bare: &collected.bare,
        };
        files.iter().try_for_each(|file| carry.file(file, folders, &mut done))?;
    }
    let home = home(workspace, roll.from, roll.to);
    let own = format!("{}/{COLLECTED_FILE}", named.id);
    if let Some(text) = collected.text(last, &format!("{home}/{own}")) {
        add_new(folders, workspace, &home, vec![(own, text)])?;
        done.files += 1;
    }
    done.left_out.extend(collected.left_out);
    Ok(done)
}

/// The evidence files of a team in a quarter.
fn files_of<'w>(workspace: &'w Workspace, quarter: Quarter, team: &Team) -> Vec<EvidencePath<'w>> {
    workspace.evidence().filter(|file| file.quarter() == Some(quarter) && file.team == team.id).collect()
}

/// Adds files that are made anew to a folder, where Milepost reads them.
fn add_new(
    folders: &mut Folders,
    workspace: &Workspace,
    folder: &str,
    files: Vec<(String, String)>,
) -> Result<(), OpeningRefusal> {
    let mut paths = files.iter().map(|(file, _)| format!("{folder}/{file}"));
    if let Some(unread) = paths.find(|path| !workspace.patterns.is_evidence(path)) {
        return Err(OpeningRefusal::Unread(unread));
    }
    folders.entry(folder.to_owned()).or_default().extend(files);
    Ok(())
}

/// How a team takes over a file: which controls, and into whose folder.
struct Carry<'a> {
    workspace: &'a Workspace,
    controls: &'a BTreeSet<&'a str>,
    limits: &'a Limits<'a>,
    /// The new quarter.
    to: Quarter,
    /// Its last day.
    closes: Date,
    /// Whether the new quarter has the scale of the old one.
    same_scale: bool,
    /// The id of the team that takes it over.
    team: &'a str,
    keeps: &'a dyn Fn(&str) -> bool,
    /// The names of the controls whose collected facts are not taken over.
    bare: &'a BTreeSet<String>,
}

impl Carry<'_> {
    /// Takes a file over into `folders`, and counts it in `done`.
    fn file(&self, old: &EvidencePath<'_>, folders: &mut Folders, done: &mut TeamRoll) -> Result<(), OpeningRefusal> {
        let folder = beside(old.folder, self.to);
        let taken =
            |file: &String| folders.get(&folder).is_some_and(|files| files.iter().any(|(name, _)| name == file));
        let own = format!("{}/{}", self.team, old.name);
        // Two teams that come together may both have such a file.
        let file = if taken(&own) { format!("{}/{}-{}", self.team, old.team, old.name) } else { own };
        let path = format!("{folder}/{file}");
        if !self.workspace.patterns.is_evidence(&path) {
            return Err(OpeningRefusal::Unread(path));
        }
        let &Self { controls, limits, closes, same_scale, keeps, bare, .. } = self;
        let from = old.path;
        let rules = CarryRules { controls, limits, same_scale, keeps, bare, closes, from, to: &path };
        let text = self.workspace.text(old.path).unwrap_or_default();
        let carried = file::carry(text, &rules).ok_or_else(|| OpeningRefusal::Unclear(old.path.to_owned()))?;
        // A worksheet that nobody filled in is made anew.
        let is_empty = carried.answers + carried.comments + carried.ended.len() == 0;
        if is_empty && (carried.dropped > 0 || is_worksheet(old.name)) {
            return Ok(());
        }
        done.files += 1;
        done.answers += carried.answers;
        done.comments += carried.comments;
        done.ended.extend(carried.ended);
        done.left_out.extend(carried.left_out);
        folders.entry(folder).or_default().push((file, carried.text));
        Ok(())
    }
}

/// Whether `path` is a folder of `quarter`, or in one.
fn lies_in(workspace: &Workspace, path: &str, quarter: Quarter) -> bool {
    ancestors(path).any(|folder| workspace.patterns.is_quarter(folder) && quarter_of_folder(folder) == Some(quarter))
}

/// The first and last day of a new quarter: the calendar's, or the days of the quarter before moved forward if they differ from
/// the calendar's.
fn days(newest: &QuarterAnswers, to: Quarter) -> ((Date, Date), bool) {
    let calendar = (to.first_day(), to.last_day());
    let QuarterAnswers { quarter, opens, closes, .. } = *newest;
    if (opens, closes) == (quarter.first_day(), quarter.last_day()) {
        return (calendar, false);
    }
    let months = (to.since(quarter) * 3).months();
    // The last day of a month is moved to the last day of a month.
    let moved = |day: Date| {
        let later = day.checked_add(months).ok()?;
        Some(if day == day.last_of_month() { later.last_of_month() } else { later })
    };
    opens.checked_add(months).ok().zip(moved(closes)).map_or((calendar, false), |days| (days, true))
}

/// For each name of a control, the greatest age in days at which its evidence is current for it or for a control that uses its facts,
/// by the rules of the quarter `to`; `None` for a control that is not in force then.
fn limits(newest: InQuarter<'_>, to: Quarter) -> Limits<'_> {
    let (settings, frameworks) = (newest.assessment.settings_in(to), newest.assessment.frameworks_in(to));
    let named = |control: ControlId| &frameworks[control.framework()].controls[control];
    let mut limits: BTreeMap<ControlId, Option<i32>> = BTreeMap::new();
    for id in frameworks.iter().flat_map(|framework| framework.controls.ids()) {
        let control = named(id);
        let own = control.lifetime.holds(to).then(|| ControlRules { settings, control, quarter: to }.max_age());
        for source in control.stands_on().into_iter().chain([id]) {
            let held = own.filter(|_| named(source).lifetime.holds(to));
            let limit = limits.entry(source).or_insert(held);
            *limit = held.max(*limit);
        }
    }
    let mut limits: Vec<(ControlId, Option<i32>)> = limits.into_iter().collect();
    // A name that two editions have means in the old file the one that was in force.
    limits.sort_by_key(|(control, _)| newest.is_in_force(*control));
    let by_name = |(control, limit)| named(control).called.names().map(move |name| (name, limit));
    limits.into_iter().flat_map(by_name).collect()
}

/// The profiles of the old quarter alone, which are not taken over.
fn own_profiles(workspace: &Workspace, from: Quarter) -> Vec<String> {
    let folder = |path: &str| workspace.patterns.quarter_folder(path).and_then(quarter_of_folder);
    let profiles = workspace.files.keys().filter(|path| name_of(path) == PROFILE_FILE);
    profiles.filter(|path| folder(path) == Some(from)).cloned().collect()
}

/// The folder for the new `quarter.toml`: the one of the old quarter's own files, or else of its first evidence.
fn home(workspace: &Workspace, from: Quarter, to: Quarter) -> String {
    workspace.folder_of_quarter(from).map_or_else(|| to.to_string(), |folder| beside(folder, to))
}

/// The line by which editors find the schema of a file, if it has one. From the same depth the way to it is the same.
fn schema_line(text: &str) -> String {
    let line = text.lines().next().filter(|line| line.starts_with("#:schema "));
    line.map(|line| format!("{line}\n")).unwrap_or_default()
}

fn header(roll: &Roll) -> String {
    let Roll { from, to, days: (opens, closes), .. } = roll;
    let mut text = format!("# {to}, opened from {from}. Every key is optional: title, opens, closes, follows.\n");
    if roll.own_days {
        text += &format!("opens = {opens}\ncloses = {closes}\n");
    }
    // A mistyped name would skip quarters too, so a person settles it.
    if from.next() != *to {
        text += &format!("# Nothing was assessed between {from} and {to}:\n# follows = \"{from}\"\n");
    }
    text
}
