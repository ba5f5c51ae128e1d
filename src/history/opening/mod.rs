//! Makes the files that open a quarter: the newest quarter's answers, marked as carried, with the evidence that will still be
//! current.

mod file;

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use self::file::CarryRules;
use crate::base::quarter::Quarter;
use crate::load::workspace::Workspace;
use crate::model::assessment::{Assessment, InQuarter, QuarterAnswers};
use crate::model::ids::TeamId;

/// A quarter that is opened from the one before, and not written yet.
#[derive(Clone, Debug)]
pub struct Roll {
    /// The quarter that answers are taken over from.
    pub from: Quarter,
    /// The new quarter.
    pub to: Quarter,
    /// Its first and its last day.
    pub days: (Date, Date),
    /// Whether these days stand in its `quarter.toml`, because those of the quarter before do.
    pub own_days: bool,
    /// The folders to write.
    pub folders: Vec<Folder>,
    /// What became of each team that is asked in the new quarter, by the settings' order.
    pub teams: Vec<TeamRoll>,
    /// Teams with answers that are not asked in the new quarter.
    pub not_asked: Vec<TeamId>,
    /// Profiles that hold for the quarter before alone, by path.
    pub profiles: Vec<String>,
}

/// A folder of the new quarter.
#[derive(Clone, Debug)]
pub struct Folder {
    /// Its path in the workspace, as in `content/2026-Q4`.
    pub path: String,
    /// Its files, each a path in the folder and a text.
    pub files: Vec<(String, String)>,
}

/// What became of a team's files.
#[derive(Clone, Debug)]
pub struct TeamRoll {
    /// The team.
    pub team: TeamId,
    /// How many files it has.
    pub files: usize,
    /// How many answers are in them.
    pub answers: usize,
    /// The evidence that would not be current.
    pub left_out: Vec<LeftOut>,
}

/// An evidence item that would not be current at the new quarter's end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The id of the control whose answer it stands with.
    pub control: String,
    /// What it is called.
    pub title: String,
    /// Its age at the new quarter's end, in days.
    pub age: i32,
    /// The greatest age at which it is current.
    pub limit: i32,
    /// `path:line` where it stays written.
    pub at: String,
}

/// Why a quarter cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is something at this path of the new quarter.
    Exists(String),
    /// The newest quarter is this one or a later one.
    NotAfter(Quarter),
    /// Nothing would read the file at this path.
    Unread(String),
    /// The file at this path cannot be taken apart.
    Unclear(String),
}

/// An evidence file's path, taken apart; `above` is empty or ends with `/`.
struct Located<'w> {
    path: &'w str,
    above: &'w str,
    team: &'w str,
    name: &'w str,
}

impl<'w> Located<'w> {
    /// The path's parts, if it lies in a folder of `quarter`.
    fn of(path: &'w str, quarter: &str) -> Option<Self> {
        let mut parts = path.rsplitn(3, '/');
        let (name, team, folder) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self { path, above: above(folder, quarter)?, team, name })
    }
}

/// What stands before the name of `quarter` in a path that ends with it.
fn above<'p>(folder: &'p str, quarter: &str) -> Option<&'p str> {
    folder.strip_suffix(quarter).filter(|above| above.is_empty() || above.ends_with('/'))
}

/// Opens the quarter `to` from the newest one.
///
/// # Errors
/// See [`Refusal`].
pub fn roll(workspace: &Workspace, assessment: &Assessment, to: Quarter) -> Result<Roll, Refusal> {
    let newest = assessment.in_quarter(assessment.newest());
    let (from, new) = (newest.name(), to.to_string());
    if let Some(path) = workspace.files.keys().find(|path| lies_in(workspace, path, &new)) {
        return Err(Refusal::Exists(path.clone()));
    }
    if to <= from {
        return Err(Refusal::NotAfter(from));
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
    let home = home(workspace, &mut roll);
    files.entry(home).or_default().push(("quarter.toml".to_owned(), header(&roll)));
    roll.folders = files.into_iter().map(|(path, files)| Folder { path, files }).collect();
    Ok(roll)
}

/// Takes over every team's files: the new folders' contents by path. What there is to say of it goes to `roll`.
fn carry_teams(
    workspace: &Workspace,
    newest: InQuarter<'_>,
    roll: &mut Roll,
) -> Result<BTreeMap<String, Vec<(String, String)>>, Refusal> {
    let (old, new) = (roll.from.to_string(), roll.to.to_string());
    let limits = limits(newest);
    let paths = workspace.files.keys().filter(|path| workspace.patterns.is_evidence(path));
    let paths: Vec<Located<'_>> = paths.filter_map(|path| Located::of(path, &old)).collect();
    let mut folders: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for (team, named) in newest.settings().teams.entries() {
        let own: Vec<&Located<'_>> = paths.iter().filter(|located| located.team == named.id).collect();
        if !named.asked_in(roll.to) {
            roll.not_asked.extend((!own.is_empty()).then_some(team));
            continue;
        }
        let mut done = TeamRoll { team, files: own.len(), answers: 0, left_out: Vec::new() };
        for located in own {
            let folder = format!("{}{new}", located.above);
            let file = format!("{}/{}", located.team, located.name);
            let path = format!("{folder}/{file}");
            if !workspace.patterns.is_evidence(&path) {
                return Err(Refusal::Unread(path));
            }
            let rules = CarryRules { limits: &limits, closes: roll.days.1, from: located.path, to: &path };
            let text = workspace.text(located.path).unwrap_or_default();
            let carried = file::carry(text, &rules).ok_or_else(|| Refusal::Unclear(located.path.to_owned()))?;
            done.answers += carried.answers;
            done.left_out.extend(carried.left_out);
            folders.entry(folder).or_default().push((file, carried.text));
        }
        roll.teams.push(done);
    }
    Ok(folders)
}

/// Whether `path` lies in a folder of the quarter called `name`.
fn lies_in(workspace: &Workspace, path: &str, name: &str) -> bool {
    let folders = path.match_indices('/').map(|(end, _)| &path[..end]);
    let of_quarter = |folder: &str| workspace.patterns.is_quarter(folder) && above(folder, name).is_some();
    folders.chain([path]).any(of_quarter)
}

/// The first and the last day of a new quarter: the calendar's, or those of the quarter before moved on where they are others.
fn days(newest: &QuarterAnswers, to: Quarter) -> ((Date, Date), bool) {
    let calendar = (to.first_day(), to.last_day());
    let QuarterAnswers { quarter, opens, closes, .. } = *newest;
    if (opens, closes) == (quarter.first_day(), quarter.last_day()) {
        return (calendar, false);
    }
    let months = (to.since(quarter) * 3).months();
    // The last day of a month stays one.
    let moved = |day: Date| {
        let later = day.checked_add(months).ok()?;
        Some(if day == day.last_of_month() { later.last_of_month() } else { later })
    };
    opens.checked_add(months).ok().zip(moved(closes)).map_or((calendar, false), |days| (days, true))
}

/// For each control the greatest age at which its evidence is current for it or for another one that stands on it.
fn limits(newest: InQuarter<'_>) -> BTreeMap<&str, i32> {
    let mut limits = BTreeMap::new();
    for control in newest.assessment.frameworks.iter().flat_map(|framework| framework.controls.ids()) {
        let own = newest.rules(control).max_age();
        let lenders = newest.control(control).stands_on();
        for source in lenders.into_iter().chain([control]) {
            let limit = limits.entry(newest.control(source).id.as_str()).or_insert(own);
            *limit = own.max(*limit);
        }
    }
    limits
}

/// The folder that gets the new `quarter.toml`: that of the old one's own files, or else of its first evidence. Notes the profiles
/// that stay behind.
fn home(workspace: &Workspace, roll: &mut Roll) -> String {
    let old = roll.from.to_string();
    let own =
        |path: &String| above(workspace.patterns.quarter_folder(path)?, &old).map(|above| (path.clone(), above.len()));
    let own: Vec<(String, usize)> = workspace.files.keys().filter_map(own).collect();
    roll.profiles = own.iter().map(|(path, _)| path).filter(|path| path.ends_with("/profile.toml")).cloned().collect();
    let evidence = workspace.files.keys().filter(|path| workspace.patterns.is_evidence(path));
    let mut beside = evidence.filter_map(|path| Located::of(path, &old)).map(|located| located.above);
    let above = own.first().map(|(path, above)| &path[..*above]).or_else(|| beside.next()).unwrap_or_default();
    format!("{above}{}", roll.to)
}

fn header(roll: &Roll) -> String {
    let Roll { from, to, days: (opens, closes), .. } = roll;
    let opened = format!("# {to}, opened from {from}. Every key is optional: title, opens, closes.\n");
    if roll.own_days { format!("{opened}opens = {opens}\ncloses = {closes}\n") } else { opened }
}
