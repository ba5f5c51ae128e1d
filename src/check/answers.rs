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
    found.extend(misnamed(&evidence, settings));
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

/// Folders that should name a quarter or a team and do not, each said once.
fn misnamed(evidence: &[Located<'_>], settings: &Settings) -> Vec<Diagnostic> {
    let mut said = BTreeSet::new();
    let mut found = Vec::new();
    for file in evidence {
        if file.quarter.parse::<Quarter>().is_err() {
            if said.insert((file.folder, "")) {
                let message = format!("the folder `{}` is not a quarter", file.quarter);
                found.push(
                    Diagnostic::new(Code::BadQuarter, Place::file(file.path), message)
                        .help("quarters are called 2026-Q1 to 2026-Q4; evidence lies in QUARTER/TEAM/"),
                );
            }
        } else if !settings.teams.iter().any(|team| team.id == file.team) && said.insert((file.folder, file.team)) {
            let near = nearest(file.team, settings.teams.iter().map(|team| team.id.as_str()));
            let message = format!("the team `{}` is not in milepost.toml", file.team);
            found.push(
                Diagnostic::new(Code::UnknownTeam, Place::file(file.path), message)
                    .nearest(near)
                    .help("add it as a [[team]], or rename the folder"),
            );
        }
    }
    found
}

/// Every quarter that has a folder, with nothing answered yet.
fn empty_quarters(
    workspace: &Workspace,
    evidence: &[Located<'_>],
    settings: &Settings,
    frameworks: &[Framework],
    found: &mut Vec<Diagnostic>,
) -> BTreeMap<Quarter, QuarterAnswers> {
    let own = workspace.files.keys().filter_map(|path| workspace.patterns.quarter_folder(path));
    let folders: BTreeSet<&str> = own.chain(evidence.iter().map(|file| file.folder)).collect();
    let mut quarters = BTreeMap::new();
    for folder in folders {
        let Ok(quarter) = folder.rsplit('/').next().unwrap_or_default().parse::<Quarter>() else { continue };
        let quarter::Header { opens, closes, title, summary } = quarter::read(workspace, folder, quarter, found);
        let answers =
            frameworks.iter().map(|framework| vec![vec![None; settings.teams.len()]; framework.controls.len()]);
        let empty = QuarterAnswers { quarter, opens, closes, title, summary, answers: answers.collect() };
        quarters.entry(quarter).or_insert(empty);
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
