//! `milepost quarter`: opens a new quarter from the newest one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::source::{Assessed, Snapshot, SourceArg};
use super::{Output, Terminal};
use crate::base::number::counted;
use crate::base::quarter::Quarter;
use crate::border::Shown;
use crate::check;
use crate::diagnostic::{self, Colour, DiagnosticFormat};
use crate::history::opening::{LeftOutItem, NewFolder, OpeningRefusal, Roll, TeamRoll, roll};
use crate::load::workspace::{Entry, Workspace};
use crate::model::assessment::Assessment;
use crate::model::catalog::Framework;
use crate::model::ids::TeamId;
use crate::model::settings::Team;
use crate::write::add_folders;

/// Open a new quarter: every answer of the newest one, marked as carried, with the evidence that is still current.
#[derive(Debug, clap::Args)]
pub(super) struct QuarterArgs {
    /// The new quarter, as in 2026-Q4.
    #[arg(value_name = "QUARTER")]
    name: String,
}

pub(super) fn run(root: &Path, args: &QuarterArgs, terminal: &Terminal<'_>) -> Result<Output, Output> {
    let colour = terminal.remarks;
    let Ok(to) = args.name.parse::<Quarter>() else {
        let why = format!("`{}` is not a quarter; quarters are called 2026-Q1 to 2026-Q4", args.name);
        return Err(Output::usage(Shown::error(&why)));
    };
    let Assessed { snapshot: Snapshot { mut workspace, .. }, assessment, remarks } =
        SourceArg::default().assess(root, colour)?;
    let roll = roll(&workspace, &assessment, to).map_err(|refusal| {
        let why = remarks.clone() + &Shown::error(&refused(&refusal, to, &workspace));
        if matches!(refusal, OpeningRefusal::NotAfter(_)) { Output::usage(why) } else { Output::failure(why) }
    })?;
    let folders: Vec<(PathBuf, &[(String, String)])> =
        roll.folders.iter().map(|folder| (root.join(&folder.path), folder.files.as_slice())).collect();
    if let Some(broken) = broken(&mut workspace, &roll.folders, colour) {
        let why = format!("{to} would not pass `milepost check`, so nothing was written");
        return Err(Output::failure(broken + &Shown::error(&why)));
    }
    match add_folders(&folders, &|step| terminal.tell_of(step)) {
        Ok(()) => Ok(Output::result(report(&roll, &assessment, &workspace), remarks)),
        Err(why) => Err(Output::failure(remarks + &Shown::error(&why))),
    }
}

fn refused(refusal: &OpeningRefusal, to: Quarter, workspace: &Workspace) -> String {
    match refusal {
        OpeningRefusal::Exists(path) => {
            format!("{to} is there already: {}; nothing was written over it", workspace.shown(path))
        }
        OpeningRefusal::NotAfter(newest) => format!("{to} does not come after the newest quarter, {newest}"),
        OpeningRefusal::Unread(path) => {
            format!(
                "nothing would read {}; name its folder in `evidence` under [files] in milepost.toml",
                workspace.shown(path)
            )
        }
        OpeningRefusal::Unclear(path) => format!("{} cannot be taken apart", workspace.shown(path)),
    }
}

/// What the check says of the workspace with the new folders in it, where it finds a mistake.
fn broken(workspace: &mut Workspace, folders: &[NewFolder], colour: Colour) -> Option<Shown> {
    for NewFolder { path, files } in folders {
        let files = files.iter().map(|(name, text)| (format!("{path}/{name}"), Entry::Text(text.as_str().into())));
        workspace.files.extend(files);
    }
    let checked = check::check(workspace);
    let found = || diagnostic::print(&checked.diagnostics, workspace, DiagnosticFormat::Text, colour);
    checked.assessment.is_none().then(found)
}

/// What was taken over and what was not, team by team.
fn report(roll: &Roll, assessment: &Assessment, workspace: &Workspace) -> Shown {
    let Roll { from, to, days: (opens, closes), .. } = roll;
    let teams = &assessment.settings.teams;
    let answers = roll.teams.iter().map(|team| team.answers).sum();
    let left_out = roll.teams.iter().map(|team| team.left_out.len()).sum();
    let sums = counted(answers, "answer") + " carried";
    let mut out = Shown::line(&format!("{to}, opened from {from}: {sums}, {}", not_taken(left_out)));
    for NewFolder { path, files } in &roll.folders {
        out += &Shown::line(&format!("{}: {}", workspace.shown(path), counted(files.len(), "file")));
    }
    out += &Shown::line("");
    for team in &roll.teams {
        out += &of_team(team, assessment, roll);
    }
    for team in &roll.not_asked {
        let Team { name, first_quarter, last_quarter, .. } = &teams[*team];
        let why = match (first_quarter, last_quarter) {
            (_, Some(last)) if last < to => {
                let next = named(assessment, &teams[*team].followed_by);
                let go = if teams[*team].followed_by.len() == 1 { "goes" } else { "go" };
                let next = if next.is_empty() { next } else { format!(", and {next} {go} on from it") };
                format!("its last quarter is {last}{next}")
            }
            (Some(first), _) => format!("its first quarter is {first}"),
            _ => "it is not asked".to_owned(),
        };
        out += &Shown::line(&format!("{name}: left out, {why}"));
    }
    let mut notes = Vec::new();
    let mut between = from.next();
    while between < *to {
        notes.push(format!("{between} is left out: {to} follows on {from}."));
        between = between.next();
    }
    if roll.own_days {
        notes.push(format!("It opens on {opens} and closes on {closes}, as {from} did; quarter.toml says so."));
    }
    notes.extend(as_comments(roll, assessment));
    let profile = |path: &String| format!("{} holds for {from} alone: it was not copied.", workspace.shown(path));
    notes.extend(roll.profiles.iter().map(profile));
    notes.push(
        "An answer is carried until its team changes it and removes `carried = true`, or attests it or its file anew with `on = …`."
            .to_owned(),
    );
    out += &Shown::line("");
    out + &notes.iter().map(|note| Shown::line(note)).collect()
}

/// Which answers became comments, and why.
fn as_comments(roll: &Roll, assessment: &Assessment) -> Vec<String> {
    let are = |count: usize| match count {
        1 => "1 answer is a comment".to_owned(),
        count => format!("{} are each a comment", counted(count, "answer")),
    };
    let mut notes = Vec::new();
    let comments: usize = roll.teams.iter().map(|team| team.comments).sum();
    if comments > 0 {
        let [before, now] = [roll.from, roll.to].map(|quarter| &assessment.settings_in(quarter).scale);
        let why = if now.continues(before) {
            "the collected facts that made it are not current any more".to_owned()
        } else {
            format!("the scale is {} now", now.shown())
        };
        notes.push(format!("{} without its level, to be answered anew: {why}.", are(comments)));
    }
    let ended: Vec<&String> = roll.teams.iter().flat_map(|team| &team.ended).collect();
    let newest = assessment.in_quarter(assessment.newest());
    let controls: BTreeSet<&String> = ended.iter().copied().collect();
    let more = controls.len().saturating_sub(MOST);
    for id in controls.into_iter().take(MOST) {
        let control = newest.control_called(id).map(|control| newest.control(control));
        // A new edition of a catalog may have the id. Whether its control is the same one, only a person knows.
        let has_it = |framework: &&Framework| {
            let mut controls = framework.controls.iter();
            controls.any(|other| control.is_some_and(|old| old.id == other.id) && other.lifetime.holds(roll.to))
        };
        let edition = assessment.frameworks.iter().find(has_it);
        let instead = match (control.map(|control| control.lifetime.replaced_by.as_slice()), edition) {
            (None | Some([]), Some(edition)) => format!("`{}` has one of this id, to be answered anew", edition.id),
            (None | Some([]), None) => "nothing took its place".to_owned(),
            (Some(replaced_by), _) => format!("`{}` took its place", replaced_by.join("`, `")),
        };
        let count = ended.iter().filter(|other| **other == id).count();
        notes.push(format!("{}: `{id}` is not in force in {}, and {instead}.", are(count), roll.to));
    }
    notes.extend((more > 0).then(|| format!("And so for {} that are not in force.", counted(more, "more control"))));
    notes
}

/// The most controls that are listed one by one.
const MOST: usize = 10;

/// The names of teams: `Web`, or `Web and App`.
fn named(assessment: &Assessment, teams: &[TeamId]) -> String {
    teams.iter().map(|team| assessment.team(*team).name.as_str()).collect::<Vec<_>>().join(" and ")
}

fn of_team(done: &TeamRoll, assessment: &Assessment, roll: &Roll) -> Shown {
    let TeamRoll { team, from, last, unclear, out_of_scope, files, answers, left_out, owed, .. } = done;
    let team = assessment.team(*team);
    let name = &team.name;
    let mut out = if *files == 0 {
        let sheets = match owed {
            0 => String::new(),
            owed => format!("; its worksheets ask for {}", counted(*owed, "answer")),
        };
        Shown::line(&format!("{name}: nothing to carry, it has no file in {last}{sheets}"))
    } else {
        let (files, answers) = (counted(*files, "file"), counted(*answers, "answer") + " carried");
        let mut from = if from.is_empty() { String::new() } else { format!(" from {}", named(assessment, from)) };
        if *last != roll.from {
            from += &format!(" in {last}");
        }
        Shown::line(&format!("{name}: {files}, {answers}{from}, {}", not_taken(left_out.len())))
    };
    if !unclear.is_empty() {
        let (count, old) = (counted(unclear.len(), "answer"), named(assessment, &team.succeeds));
        let mut ids: Vec<&str> = unclear.iter().map(String::as_str).collect();
        ids.dedup();
        let why = "more than one of the teams was asked or is asked now";
        out += &Shown::line(&format!("  {count} of {old} not carried, since {why}: {}", ids.join(", ")));
    }
    if !out_of_scope.is_empty() {
        let (count, to) = (counted(out_of_scope.len(), "answer"), roll.to);
        let (them, ids) = (if out_of_scope.len() == 1 { "it" } else { "them" }, out_of_scope.join(", "));
        out += &Shown::line(&format!("  {count} not carried, since {name} is not asked for {them} in {to}: {ids}"));
    }
    for LeftOutItem { control, title, age, limit, at } in left_out {
        let closes = roll.days.1;
        out += &Shown::line(&format!("  {control} \"{title}\": {age} days old on {closes}, limit {limit} ({at})"));
    }
    out
}

fn not_taken(count: usize) -> String {
    match count {
        0 => "no evidence left out".to_owned(),
        count => counted(count, "evidence item") + " left out",
    }
}
