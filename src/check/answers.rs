//! Every evidence file in, the quarters' answers out: each counted once, for a team and a quarter that exist.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::evidence::{self, Context, Given};
use super::names::Names;
use super::{profile, quarter};
use crate::base::excerpt::Excerpt;
use crate::base::quarter::Quarter;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, nearest};
use crate::load::workspace::Workspace;
use crate::model::assessment::QuarterAnswers;
use crate::model::catalog::Framework;
use crate::model::evidence::{Answer, Claim, Period, State};
use crate::model::profile::Profile;
use crate::model::settings::Settings;

/// One answer: its quarter, its framework and control, its team.
type Key = (Quarter, usize, usize, usize);

/// So many files are read side by side, and their mistakes looked at before the next ones are read.
const SIDE_BY_SIDE: usize = 64;

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
    base: &Profile,
    (found, artifacts): (&mut Diagnostics, &mut BTreeSet<String>),
) -> Vec<QuarterAnswers> {
    let evidence: Vec<Located<'_>> = workspace
        .files
        .keys()
        .filter(|path| workspace.patterns.is_evidence(path))
        .filter_map(|path| locate(path))
        .collect();
    // The first of two teams of one id; the other has been told.
    let teams: BTreeMap<&str, usize> =
        settings.teams.iter().enumerate().rev().map(|(index, team)| (team.id.as_str(), index)).collect();
    unknown_teams(&evidence, &teams, found);
    let mut quarters = empty_quarters(workspace, &evidence, settings, frameworks, found);
    read_profiles(workspace, &evidence, settings, (names, base), (&mut quarters, found));
    let context = Context { workspace, names, frameworks, scale: &settings.scale };
    let mut marks: BTreeMap<Key, Place> = BTreeMap::new();
    for files in evidence.chunks(SIDE_BY_SIDE) {
        let before = &*found;
        let one = |file: &Located<'_>| {
            let quarter = file.quarter.parse().ok().and_then(|quarter: Quarter| quarters.get(&quarter));
            let days = quarter.map(|quarter| Period { from: quarter.opens, to: quarter.closes });
            evidence::read(&context, file.path, days, before.beside())
        };
        let read: Vec<_> = files.par_iter().map(one).collect();
        for (file, read) in files.iter().zip(read) {
            found.append(read.found);
            artifacts.extend(read.artifacts);
            let (Ok(quarter), Some(team)) = (file.quarter.parse::<Quarter>(), teams.get(file.team)) else { continue };
            let Some(answers) = quarters.get_mut(&quarter) else { continue };
            for given in read.given {
                found.extend(not_asked(settings, frameworks, answers, *team, &given));
                let Given { framework, control, mark, answer } = given;
                let id = &frameworks[framework].controls[control].id;
                match &mut answers.answers[framework][control][*team] {
                    Some(first) => {
                        found.push(evidence::duplicate(id, answer.origin.place, first.origin.place.clone()));
                    }
                    none => {
                        marks.extend(mark.map(|mark| ((quarter, framework, control, *team), mark)));
                        *none = Some(answer);
                    }
                }
            }
        }
    }
    // An answer with a mistake in it is not there, and that has been said.
    if !found.has_errors() {
        let wrong = |(key, mark)| carried_wrongly(settings, frameworks, &quarters, key, mark);
        found.extend(marks.into_iter().filter_map(wrong));
    }
    for answers in quarters.values_mut() {
        leave_out_of_scope(settings, frameworks, answers);
        stand_on_facts(settings, frameworks, answers);
    }
    quarters.into_values().collect()
}

/// An answer that is marked as carried, though that is not what the quarter before holds.
fn carried_wrongly(
    settings: &Settings,
    frameworks: &[Framework],
    quarters: &BTreeMap<Quarter, QuarterAnswers>,
    (quarter, framework, control, team): Key,
    mark: Place,
) -> Option<Diagnostic> {
    let carried = quarters.get(&quarter)?.answer(framework, control, team)?;
    let id = &frameworks[framework].controls[control].id;
    let (code, why, old) = match quarters.range(..quarter).next_back() {
        None => (Code::CarriedFromNothing, format!("there is no quarter before {quarter}"), None),
        Some((before, answers)) => match answers.answer(framework, control, team) {
            Some(old) if old.state == carried.state => return None,
            Some(old) => (Code::CarriedAndChanged, format!("says something else than in {before}"), Some(old)),
            None => {
                let name = &settings.teams[team].name;
                (Code::CarriedFromNothing, format!("{name} did not answer it in {before}"), None)
            }
        },
    };
    let wrong = Diagnostic::new(code, mark, format!("`{id}` is marked as carried, and {why}"));
    let wrong = wrong.help("remove `carried`: this answer is given now, and not taken over");
    Some(match old {
        Some(old) => wrong.related(old.origin.place.clone(), "what it said"),
        None => wrong,
    })
}

/// Gives each quarter the profile that holds in it: its own over the one of all quarters.
fn read_profiles(
    workspace: &Workspace,
    evidence: &[Located<'_>],
    settings: &Settings,
    (names, base): (&Names<'_>, &Profile),
    (quarters, found): (&mut BTreeMap<Quarter, QuarterAnswers>, &mut Diagnostics),
) {
    let own = workspace.files.keys().filter_map(|path| workspace.patterns.quarter_folder(path));
    let folders: BTreeSet<&str> = evidence.iter().map(|file| file.folder).chain(own).collect();
    quarters.values_mut().for_each(|answers| answers.profile = base.clone());
    let mut mentioned = Vec::new();
    for folder in folders {
        let quarter = folder.rsplit('/').next().and_then(|name| name.parse::<Quarter>().ok());
        let Some(answers) = quarter.and_then(|quarter| quarters.get_mut(&quarter)) else { continue };
        let near = profile::read(workspace, folder, &settings.scale, (found, &mut mentioned));
        answers.profile = profile::over(near, &answers.profile);
    }
    mentioned.into_iter().for_each(|(id, place)| names.not_an_id(&id, place, found));
}

/// What the profile leaves out applies to no team, whatever a team wrote.
fn leave_out_of_scope(settings: &Settings, frameworks: &[Framework], answers: &mut QuarterAnswers) {
    if answers.profile.out_of_scope.is_empty() {
        return;
    }
    for (f, framework) in frameworks.iter().enumerate() {
        for control in 0..framework.controls.len() {
            let lineage = framework.lineage(control);
            let Some(exclusion) = answers.profile.exclusion(lineage) else { continue };
            let state =
                State::NotApplicable { reason: exclusion.why.clone(), approved_by: exclusion.approved_by.clone() };
            let origin = exclusion.origin.clone();
            let (note, evidence) = (Excerpt::default(), Vec::new());
            let answer = Answer { state, note, evidence, attested: None, carried: false, origin };
            for (team, said) in answers.answers[f][control].iter_mut().enumerate() {
                let asked = settings.teams[team].asked_in(answers.quarter) && settings.teams[team].answers_for(lineage);
                *said = asked.then(|| answer.clone());
            }
        }
    }
}

/// A team that gave the facts has answered every control that stands on them alone.
fn stand_on_facts(settings: &Settings, frameworks: &[Framework], answers: &mut QuarterAnswers) {
    for (f, framework) in frameworks.iter().enumerate() {
        for (c, control) in framework.controls.iter().enumerate().filter(|(_, control)| control.is_measured()) {
            let own = control.measure.iter().flat_map(|measure| measure.facts.values());
            if own.into_iter().any(|fact| fact.given_for.is_none()) {
                continue;
            }
            for team in 0..settings.teams.len() {
                let sources = control.stands_on().into_iter();
                let given = sources.filter_map(|(f, c)| answers.answer(f, c, team));
                let given: Vec<&Answer> = given.filter(|given| given.claim().is_some()).collect();
                let carried = given.iter().any(|given| given.carried);
                let derived = given.first().map(|given| Answer {
                    state: State::Assessed { claim: Claim::Facts { given: BTreeMap::new(), said: None } },
                    note: Excerpt::default(),
                    evidence: Vec::new(),
                    attested: given.attested.clone(),
                    carried,
                    origin: given.origin.clone(),
                });
                let here = &mut answers.answers[f][c][team];
                if here.is_none() {
                    *here = derived;
                }
            }
        }
    }
}

/// Reports teams' folders that are in no `[[team]]`, each once.
fn unknown_teams(evidence: &[Located<'_>], teams: &BTreeMap<&str, usize>, found: &mut Diagnostics) {
    let mut said = BTreeSet::new();
    let named = evidence.iter().filter(|file| file.quarter.parse::<Quarter>().is_ok());
    for file in named.filter(|file| !teams.contains_key(file.team) && said.insert((file.folder, file.team))) {
        let near = if found.is_full(file.path) { None } else { nearest(file.team, teams.keys().copied()) };
        let message = format!("the team `{}` is not in milepost.toml", file.team);
        let unknown = Diagnostic::new(Code::UnknownTeam, Place::file(file.path), message).nearest(near);
        found.push(unknown.help("add it as a [[team]], or rename the folder"));
    }
}

/// Every quarter that has a folder, with nothing answered yet; folders that should name one and do not are said once.
fn empty_quarters(
    workspace: &Workspace,
    evidence: &[Located<'_>],
    settings: &Settings,
    frameworks: &[Framework],
    found: &mut Diagnostics,
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
            let profile = Profile::default();
            quarters.insert(
                quarter,
                QuarterAnswers { quarter, opens, closes, title, summary, profile, answers, seal: None },
            );
        }
        headed.extend(header.map(|header| (quarter, header)));
    }
    quarters
}

/// An answer that counts for nothing, because its team is not asked for it.
fn not_asked(
    settings: &Settings,
    frameworks: &[Framework],
    answers: &QuarterAnswers,
    team: usize,
    given: &Given,
) -> Option<Diagnostic> {
    let quarter = answers.quarter;
    let team = &settings.teams[team];
    let lineage = frameworks[given.framework].lineage(given.control);
    let why = if !team.asked_in(quarter) {
        format!("{} is not asked in {quarter}", team.name)
    } else if !team.answers_for(lineage) {
        format!("`{}` is not in the scope of {}", lineage[0], team.name)
    } else if answers.profile.exclusion(lineage).is_some() {
        format!("`{}` is out of scope by the profile", lineage[0])
    } else {
        return None;
    };
    let ignored = Diagnostic::new(
        Code::TeamNotAsked,
        given.answer.origin.place.clone(),
        format!("{why}, so this answer does not count"),
    );
    Some(ignored.help(
        "change the team's scope or quarters in milepost.toml, or the profile's out_of_scope; or remove the answer",
    ))
}
