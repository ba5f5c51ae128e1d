//! Every evidence file in, the quarters' answers out: each counted once, for a team and a quarter that exist.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::evidence::{self, Context, Given};
use super::names::Names;
use super::quarter;
use crate::assessment::QuarterAnswers;
use crate::catalog::Framework;
use crate::diagnostic::{Code, Diagnostic, Place, nearest};
use crate::quarter::Quarter;
use crate::settings::Settings;
use crate::workspace::Workspace;

/// An evidence file's path, taken apart.
struct Located<'w> {
    path: &'w str,
    quarter: &'w str,
    folder: &'w str,
    team: &'w str,
}

fn locate(path: &str) -> Option<Located<'_>> {
    let (team_folder, _) = path.rsplit_once('/')?;
    let (folder, team) = team_folder.rsplit_once('/')?;
    let quarter = folder.rsplit('/').next()?;
    Some(Located { path, quarter, folder, team })
}

/// Reads every evidence file into the quarters that there are, oldest first; `artifacts` gets every path that evidence points to.
pub(super) fn read(
    workspace: &Workspace,
    settings: &Settings,
    frameworks: &[Framework],
    names: &Names<'_>,
    (found, artifacts): (&mut Vec<Diagnostic>, &mut BTreeSet<String>),
) -> Vec<QuarterAnswers> {
    let evidence: Vec<Located<'_>> = workspace
        .files
        .keys()
        .filter(|path| workspace.patterns.is_evidence(path))
        .filter_map(|path| locate(path))
        .collect();
    found.extend(unknown_teams(&evidence, settings));
    let mut quarters = empty_quarters(workspace, &evidence, settings, frameworks, found);
    let context = Context { workspace, names, scale: &settings.scale };
    let read: Vec<_> = evidence
        .par_iter()
        .map(|file| {
            let closes =
                file.quarter.parse().ok().and_then(|quarter: Quarter| quarters.get(&quarter)).map(|q| q.closes);
            evidence::read(&context, file.path, closes)
        })
        .collect();
    let mut places: BTreeMap<(Quarter, usize, usize, usize), Place> = BTreeMap::new();
    for (file, read) in evidence.iter().zip(read) {
        found.extend(read.found);
        artifacts.extend(read.artifacts);
        let team = settings.teams.iter().position(|team| team.id == file.team);
        let (Ok(quarter), Some(team)) = (file.quarter.parse::<Quarter>(), team) else { continue };
        let Some(answers) = quarters.get_mut(&quarter) else { continue };
        for given in read.given {
            found.extend(not_asked(settings, frameworks, quarter, team, &given));
            let Given { framework, control, place, answer } = given;
            let id = &frameworks[framework].controls[control].id;
            match places.get(&(quarter, framework, control, team)) {
                Some(first) => found.push(evidence::duplicate(id, place, first.clone())),
                None => {
                    places.insert((quarter, framework, control, team), place);
                    answers.answers[framework][control][team] = Some(answer);
                }
            }
        }
    }
    quarters.into_values().collect()
}

/// Teams' folders that are in no `[[team]]`, each said once.
fn unknown_teams(evidence: &[Located<'_>], settings: &Settings) -> Vec<Diagnostic> {
    let mut said = BTreeSet::new();
    let unknown = evidence.iter().filter(|file| file.quarter.parse::<Quarter>().is_ok()).filter(|file| {
        !settings.teams.iter().any(|team| team.id == file.team) && said.insert((file.folder, file.team))
    });
    let diagnostic = |file: &Located<'_>| {
        let near = nearest(file.team, settings.teams.iter().map(|team| team.id.as_str()));
        let message = format!("the team `{}` is not in milepost.toml", file.team);
        Diagnostic::new(Code::UnknownTeam, Place::file(file.path), message)
            .nearest(near)
            .help("add it as a [[team]], or rename the folder")
    };
    unknown.map(diagnostic).collect()
}

/// Every quarter that has a folder, with nothing answered yet; folders that should name one and do not are said once.
fn empty_quarters(
    workspace: &Workspace,
    evidence: &[Located<'_>],
    settings: &Settings,
    frameworks: &[Framework],
    found: &mut Vec<Diagnostic>,
) -> BTreeMap<Quarter, QuarterAnswers> {
    // Each folder with a file to point at; a summary.md alone makes no quarter.
    let own = workspace.files.keys().filter(|path| path.ends_with(".toml"));
    let own = own.filter_map(|path| Some((workspace.patterns.quarter_folder(path)?, path.as_str())));
    let folders: BTreeMap<&str, &str> = evidence.iter().rev().map(|file| (file.folder, file.path)).chain(own).collect();
    let mut quarters = BTreeMap::new();
    let mut headed: BTreeMap<Quarter, Place> = BTreeMap::new();
    for (folder, path) in folders {
        let name = folder.rsplit('/').next().unwrap_or_default();
        let Ok(quarter) = name.parse::<Quarter>() else {
            let bad =
                Diagnostic::new(Code::BadQuarter, Place::file(path), format!("the folder `{name}` is not a quarter"));
            found.push(bad.help("quarters are called 2026-Q1 to 2026-Q4; evidence lies in QUARTER/TEAM/"));
            continue;
        };
        let header = quarter::own_file(workspace, folder).map(|path| Place::file(&path));
        if let (Some(header), Some(first)) = (&header, headed.get(&quarter)) {
            let twice =
                Diagnostic::new(Code::DuplicateId, header.clone(), format!("{quarter} is described in two folders"));
            found.push(
                twice.related(first.clone(), "first here").help("keep one quarter.toml and one summary.md a quarter"),
            );
        } else if header.is_some() || !quarters.contains_key(&quarter) {
            let quarter::Header { opens, closes, title, summary } = quarter::read(workspace, folder, quarter, found);
            let answers =
                frameworks.iter().map(|framework| vec![vec![None; settings.teams.len()]; framework.controls.len()]);
            let answers = answers.collect();
            quarters.insert(quarter, QuarterAnswers { quarter, opens, closes, title, summary, answers });
        }
        headed.extend(header.map(|header| (quarter, header)));
    }
    quarters
}

/// An answer that counts for nothing, because its team is not asked for it.
fn not_asked(
    settings: &Settings,
    frameworks: &[Framework],
    quarter: Quarter,
    team: usize,
    given: &Given,
) -> Option<Diagnostic> {
    let team = &settings.teams[team];
    let lineage = frameworks[given.framework].lineage(given.control);
    let why = if !team.asked_in(quarter) {
        format!("{} is not asked in {quarter}", team.name)
    } else if !team.answers_for(lineage) {
        format!("`{}` is not in the scope of {}", lineage[0], team.name)
    } else {
        return None;
    };
    let ignored =
        Diagnostic::new(Code::TeamNotAsked, given.place.clone(), format!("{why}, so this answer does not count"));
    Some(ignored.help("change the team's scope or quarters in milepost.toml, or remove the answer"))
}
