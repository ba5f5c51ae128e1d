//! Collects the answers of all evidence files by quarter. Each answer is for an existing team and quarter and counts once.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::carried::{self, Mark};
use super::evidence::{self, GivenAnswer};
use super::fields::QUOTED;
use super::finds::Finds;
use super::inheritance;
use super::names::{EvidenceContext, Names};
use super::profile::{self, Shared};
use super::quarter;
use super::seals::SealedQuarters;
use crate::base::excerpt::Excerpt;
use crate::base::layout::{CONFIG, EvidencePath, is_collected, name_of, quarter_of_folder};
use crate::base::number::grouped;
use crate::base::quarter::Quarter;
use crate::base::text::cut;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, nearest};
use crate::load::workspace::Workspace;
use crate::model::assessment::{Assessment, InQuarter, QuarterAnswers};
use crate::model::catalog::{Control, Lifetime};
use crate::model::collected::Collected;
use crate::model::evidence::{Answer, Claim, Renewal, State};
use crate::model::ids::{AnswerId, Answers, ControlId, QuarterId, Table, TeamId};
use crate::model::profile::Exclusion;
use crate::model::rules::InForce;
use crate::model::settings::Settings;

/// The number of files that are read in parallel. Their mistakes are checked before the next files are read.
const SIDE_BY_SIDE: usize = 16;

/// The most answers of a workspace, given or not: one for each team, control and quarter.
const ANSWERS: usize = 2_000_000;

/// The quarter that `folder` is named after.
fn quarter_in(assessment: &Assessment, folder: &str) -> Option<QuarterId> {
    let quarter = quarter_of_folder(folder)?;
    assessment.quarters.find(|known| known.quarter == quarter)
}

/// Reads every evidence file into the existing quarters, oldest first. `None` if the workspace asks for too many answers.
pub(super) fn read(finds: &mut Finds<'_>, assessment: &mut Assessment, names: &Names, shared: &Shared) -> Option<()> {
    let workspace = finds.workspace;
    let evidence: Vec<EvidencePath<'_>> = workspace.evidence().collect();
    unknown_teams(&evidence, &assessment.settings, &mut finds.found);
    if let Some(too_many) = too_many(workspace, &evidence, assessment) {
        finds.found.push(too_many);
        return None;
    }
    assessment.quarters = empty_quarters(finds, &evidence, assessment, shared);
    read_profiles(finds, &evidence, names, assessment);
    let (collected, answered): (Vec<_>, Vec<_>) = evidence.into_iter().partition(|file| is_collected(file.path));
    read_files(finds, &collected, names, assessment);
    let marks = read_files(finds, &answered, names, assessment);
    let found = &mut finds.found;
    // An answer with a mistake is missing here. The mistake is already reported.
    if !found.has_errors() {
        carried::judge(assessment, marks, found);
    }
    for quarter in assessment.quarters.ids() {
        inheritance::judge(assessment.in_quarter(quarter), found);
        leave_out_of_scope(assessment, quarter);
        stand_on_facts(assessment, quarter);
    }
    Some(())
}

/// Reports a workspace that asks for more answers than the limit.
fn too_many(workspace: &Workspace, evidence: &[EvidencePath<'_>], assessment: &Assessment) -> Option<Diagnostic> {
    let own = workspace.files.keys().filter_map(|path| workspace.patterns.quarter_folder(path));
    let folders = evidence.iter().map(|file| file.folder).chain(own);
    let quarters: BTreeSet<Quarter> = folders.filter_map(quarter_of_folder).collect();
    let controls: usize = assessment.frameworks.iter().map(|framework| framework.controls.len()).sum();
    let [teams, controls, quarters] = [assessment.settings.teams.len(), controls, quarters.len()];
    let asked = teams * controls * quarters;
    let message = format!(
        "{} teams, {} controls and {} quarters make {} answers, and at most {} are held",
        grouped(teams),
        grouped(controls),
        grouped(quarters),
        grouped(asked),
        grouped(ANSWERS)
    );
    let too_many = Diagnostic::new(Code::BadValue, Place::file(CONFIG), message);
    (asked > ANSWERS).then(|| too_many.help("split the workspace, or keep its oldest quarters in another one"))
}

/// Gives each quarter its teams' answers. Returns which answers are marked as carried, and where.
fn read_files(
    finds: &mut Finds<'_>,
    evidence: &[EvidencePath<'_>],
    names: &Names,
    assessment: &mut Assessment,
) -> Vec<Mark> {
    let Finds { workspace, found, artifacts, .. } = finds;
    let sealed = SealedQuarters::of(workspace);
    let mut marks = Vec::new();
    let mut unasked: BTreeMap<(QuarterId, TeamId), (Place, usize)> = BTreeMap::new();
    for files in evidence.chunks(SIDE_BY_SIDE) {
        let (context, before) = (EvidenceContext { workspace, names, sealed: &sealed, assessment }, &*found);
        let read_file = |file: &EvidencePath<'_>| {
            let quarter = quarter_in(assessment, file.folder).map(|quarter| assessment.in_quarter(quarter));
            let team = assessment.settings.teams.find(|team| team.id == file.team);
            evidence::read(&context, file.path, quarter, team, before.beside())
        };
        let read: Vec<_> = files.par_iter().map(read_file).collect();
        for (file, read) in files.iter().zip(read) {
            found.append(read.found);
            artifacts.extend(read.artifacts);
            let team = assessment.settings.teams.find(|team| team.id == file.team);
            let (Some(quarter), Some(team)) = (quarter_in(assessment, file.folder), team) else { continue };
            assessment.quarters[quarter].collections.extend(read.collection.map(|collection| (team, collection)));
            for (control, collected) in read.collected {
                found.extend(join_collected(assessment, quarter, control.of(team), collected));
            }
            for GivenAnswer { control, mark, mut answer } in read.given {
                let (id, here) = (control.of(team), assessment.in_quarter(quarter));
                if here.assessment.team(team).asked_in(here.name()) {
                    found.extend(not_asked(here, id, &answer, &sealed));
                } else {
                    unasked.entry((quarter, team)).or_insert_with(|| (answer.origin.place.clone(), 0)).1 += 1;
                }
                if let Some(first) = here.answer(id) {
                    let control = here.control(control).called.name();
                    found.push(evidence::duplicate(control, answer.origin.place, first.origin.place.clone()));
                    continue;
                }
                answer.evidence.extend(here.collected(id).into_iter().flat_map(|found| found.evidence.clone()));
                marks.extend(mark.map(|place| Mark { quarter, answer: id, place }));
                assessment.quarters[quarter].answers[id] = Some(answer);
            }
        }
    }
    for ((quarter, team), (place, count)) in unasked {
        found.push(team_not_asked(assessment.in_quarter(quarter), team, place, count, &sealed));
    }
    marks
}

/// Adds what collectors found for an answer. A control in two files of collectors is a mistake.
fn join_collected(
    assessment: &mut Assessment,
    quarter: QuarterId,
    id: AnswerId,
    collected: Collected,
) -> Option<Diagnostic> {
    let here = assessment.in_quarter(quarter);
    let twice = here.collected(id).map(|first| {
        let control = here.control(id.control).called.name();
        evidence::duplicate(control, collected.origin.place.clone(), first.origin.place.clone())
    });
    if twice.is_none() {
        assessment.quarters[quarter].collected.insert(id, collected);
    }
    twice
}

/// Gives each quarter its profile. The quarter's own profile takes priority over the profile of all quarters.
fn read_profiles(finds: &mut Finds<'_>, evidence: &[EvidencePath<'_>], names: &Names, assessment: &mut Assessment) {
    let workspace = finds.workspace;
    let own = workspace.files.keys().filter_map(|path| workspace.patterns.quarter_folder(path));
    let folders: BTreeSet<&str> = evidence.iter().map(|file| file.folder).chain(own).collect();
    for folder in folders {
        let Some(quarter) = quarter_in(assessment, folder) else { continue };
        let near = profile::read_own(finds, folder);
        let near = profile::by_shortest_name(near, |id| names.shortest(id, &assessment.frameworks), &mut finds.found);
        let profile = &mut assessment.quarters[quarter].profile;
        *profile = profile::over(near, profile);
    }
    let mentioned = std::mem::take(&mut finds.mentioned);
    mentioned.into_iter().for_each(|(id, place)| names.not_an_id(&id, place, &mut finds.found));
}

/// Marks controls outside the profile's scope as not applicable for every team, whatever the team wrote.
fn leave_out_of_scope(assessment: &mut Assessment, quarter: QuarterId) {
    let here = assessment.in_quarter(quarter);
    if here.profile().out_of_scope.is_empty() {
        return;
    }
    let left_out = |exclusion: &Exclusion| Answer {
        state: State::NotApplicable { reason: exclusion.why.clone(), approved_by: exclusion.approved_by.clone() },
        note: Excerpt::default(),
        evidence: Vec::new(),
        inherited: None,
        attested: None,
        renewal: Renewal::Given,
        origin: exclusion.origin.clone(),
    };
    let excluded = here.answers().answers.ids().filter_map(|id| {
        let exclusion = here.exclusion(id.control)?;
        Some((id, here.is_asked(id).then(|| left_out(exclusion))))
    });
    for (id, answer) in excluded.collect::<Vec<_>>() {
        assessment.quarters[quarter].answers[id] = answer;
    }
}

/// Marks controls that take all their facts from other controls as answered, if the team answered one of those.
fn stand_on_facts(assessment: &mut Assessment, quarter: QuarterId) {
    let here = assessment.in_quarter(quarter);
    let unanswered = here.answers().answers.ids().filter(|id| here.answer(*id).is_none());
    let derived = unanswered.filter_map(|id| Some((id, answer_by_facts(here, id)?)));
    for (id, answer) in derived.collect::<Vec<_>>() {
        assessment.quarters[quarter].answers[id] = Some(answer);
    }
}

/// The answer to a measured control that has no facts of its own; `None` if no source of its facts is answered.
fn answer_by_facts(quarter: InQuarter<'_>, id: AnswerId) -> Option<Answer> {
    let control = quarter.control(id.control);
    let mut facts = control.measure.iter().flat_map(|measure| measure.facts.values());
    if !control.is_measured() || facts.any(|fact| fact.given_for.is_none()) {
        return None;
    }
    let sources = control.stands_on().into_iter();
    let given = sources.filter_map(|source| quarter.answer(source.of(id.team)));
    let given: Vec<&Answer> = given.filter(|given| given.claim().is_some()).collect();
    let first = given.first()?;
    Some(Answer {
        state: State::Assessed { claim: Claim::Facts { given: BTreeMap::new(), said: None } },
        note: Excerpt::default(),
        evidence: Vec::new(),
        inherited: None,
        attested: first.attested.clone(),
        renewal: if given.iter().any(|given| given.is_carried()) { Renewal::Carried } else { Renewal::Given },
        origin: first.origin.clone(),
    })
}

/// Reports each team folder that belongs to no `[[team]]`, once.
fn unknown_teams(evidence: &[EvidencePath<'_>], settings: &Settings, found: &mut Diagnostics) {
    let teams: BTreeSet<&str> = settings.teams.iter().map(|team| team.id.as_str()).collect();
    let mut said = BTreeSet::new();
    let named = evidence.iter().filter(|file| file.quarter().is_some());
    for file in named.filter(|file| !teams.contains(file.team) && said.insert((file.folder, file.team))) {
        let names = settings.teams.iter().map(|team| team.id.as_str());
        let near = if found.is_full(file.path) { None } else { nearest(file.team, names) };
        let message = format!("the team `{}` is not in milepost.toml", file.team);
        let unknown = Diagnostic::new(Code::UnknownTeam, Place::file(file.path), message).nearest(near);
        found.push(unknown.help("add it as a [[team]], or rename the folder"));
    }
}

/// Every quarter that has a folder, with the profile of all quarters and no answers yet. Reports wrongly named folders once.
fn empty_quarters(
    finds: &mut Finds<'_>,
    evidence: &[EvidencePath<'_>],
    assessment: &Assessment,
    shared: &Shared,
) -> Table<QuarterId, QuarterAnswers> {
    let Finds { workspace, found, .. } = finds;
    // Each folder with a file that a report can point at. A summary.md alone makes no quarter.
    let own = workspace.files.keys().filter(|path| path.ends_with(".toml"));
    let own = own.filter_map(|path| Some((workspace.patterns.quarter_folder(path)?, path.as_str())));
    let folders: BTreeMap<&str, &str> = evidence.iter().rev().map(|file| (file.folder, file.path)).chain(own).collect();
    let mut quarters = BTreeMap::new();
    let mut headed: BTreeMap<Quarter, Place> = BTreeMap::new();
    let mut order = BTreeMap::new();
    for (folder, path) in folders {
        let Some(quarter) = quarter_of_folder(folder) else {
            let message = format!("the folder `{}` is not a quarter", name_of(folder));
            let bad = Diagnostic::new(Code::BadQuarter, Place::file(path), message);
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
            let quarter::Header { opens, closes, title, follows, summary } =
                quarter::read(workspace, folder, quarter, found);
            let place = header.clone().unwrap_or_else(|| Place::file(path));
            order.insert(quarter, quarter::InOrder { place, days: (opens, closes), follows });
            let controls = assessment.frameworks.iter().map(|framework| framework.controls.run());
            let answers = Answers::filled(assessment.settings.teams.run(), controls, None);
            quarters.insert(
                quarter,
                QuarterAnswers {
                    quarter,
                    opens,
                    closes,
                    title,
                    summary,
                    profile: shared.in_quarter(quarter),
                    answers,
                    collected: BTreeMap::new(),
                    collections: BTreeMap::new(),
                    reviews: Vec::new(),
                    in_force: InForce::default(),
                    seal: None,
                },
            );
        }
        headed.extend(header.map(|header| (quarter, header)));
    }
    quarter::order(workspace, &order, found);
    quarters.into_values().collect()
}

/// Reports the answers of a team that is not asked in the quarter, once for all of them.
fn team_not_asked(
    quarter: InQuarter<'_>,
    team: TeamId,
    place: Place,
    count: usize,
    sealed: &SealedQuarters<'_>,
) -> Diagnostic {
    let named = quarter.assessment.team(team);
    let what = match count {
        1 => "this answer does not count".to_owned(),
        count => format!("its {count} answers do not count"),
    };
    let message = format!("{} is not asked in {}, so {what}", cut(&named.name, QUOTED), quarter.name());
    let next = quarter.assessment.team(quarter.team_here(team));
    let help = if sealed.contains(quarter.name()) {
        let key = if named.first_quarter.is_some_and(|first| quarter.name() < first) { "first" } else { "last" };
        let (name, id) = (quarter.name(), &named.id);
        format!(
            "{name} is sealed with its answers: give `{id}` the {key}_quarter again that lets it be asked in {name}"
        )
    } else if next.id == named.id || !next.asked_in(quarter.name()) {
        "change the team's quarters in milepost.toml, or remove its files from this quarter".to_owned()
    } else {
        format!("move its files to the folder `{}`: that team goes on from it", next.id)
    };
    Diagnostic::new(Code::TeamNotAsked, place, message).help(help)
}

/// What to write in a catalog so that a control is in force in a sealed quarter again, in which it was answered.
fn in_force_again(quarter: InQuarter<'_>, control: ControlId, sealed: &SealedQuarters<'_>) -> String {
    let (name, Control { id, lifetime, .. }) = (quarter.name(), quarter.control(control));
    let last = sealed.last().unwrap_or(name);
    let others = quarter.assessment.frameworks.iter().filter(|other| other.at != control.framework());
    let mut others =
        others.filter(|other| other.controls.entries().any(|(at, other)| other.id == *id && quarter.is_in_force(at)));
    let catalog = &quarter.framework(control.framework()).id;
    let what = match others.next() {
        Some(other) => format!("if `{}:{id}` is meant, end it there: until = \"{last}\"", other.id),
        None if lifetime.since.is_some_and(|since| name < since) => {
            format!("write since = \"{name}\" in the catalog `{catalog}`, or remove it")
        }
        None => format!("write until = \"{last}\" in the catalog `{catalog}`, or a later quarter"),
    };
    format!("{name} is sealed with this answer: {what}")
}

/// Reports an answer for a control that is not in force in the quarter.
fn out_of_time(quarter: InQuarter<'_>, id: AnswerId, answer: &Answer, sealed: &SealedQuarters<'_>) -> Diagnostic {
    let control = id.control;
    let Control { id, lifetime: Lifetime { since, until, replaced_by }, .. } = quarter.control(control);
    let (when, help) = match (since, until) {
        (Some(since), _) if quarter.name() < *since => {
            (format!("is in force from {since} on"), "remove it, and answer from then on".to_owned())
        }
        (_, until) => {
            let until = until.map(|until| until.to_string()).unwrap_or_default();
            let named: Vec<String> = replaced_by.iter().map(|id| format!("`{id}`")).collect();
            let help = match named.as_slice() {
                [] => "remove it: nothing took its place".to_owned(),
                _ => format!("answer {} instead", named.join(", ")),
            };
            (format!("was in force until {until}"), help)
        }
    };
    let help = if sealed.contains(quarter.name()) { in_force_again(quarter, control, sealed) } else { help };
    let message = format!("`{id}` {when}, so this answer does not count");
    Diagnostic::new(Code::ControlNotInForce, answer.origin.place.clone(), message).help(help)
}

/// Reports an answer that does not count because the team is not asked for it.
fn not_asked(quarter: InQuarter<'_>, id: AnswerId, answer: &Answer, sealed: &SealedQuarters<'_>) -> Option<Diagnostic> {
    let (team, control) = (&quarter.settings().teams[id.team], quarter.control(id.control).called.name());
    if !quarter.is_in_force(id.control) {
        return Some(out_of_time(quarter, id, answer, sealed));
    }
    let (why, rule) = if !quarter.is_asked(id) {
        (format!("`{control}` is not in the scope of {}", cut(&team.name, QUOTED)), "the team's `scope`")
    } else if quarter.exclusion(id.control).is_some() {
        (format!("`{control}` is out of scope by the profile"), "the profile's `out_of_scope`")
    } else {
        return None;
    };
    let ignored = Diagnostic::new(
        Code::TeamNotAsked,
        answer.origin.place.clone(),
        format!("{why}, so this answer does not count"),
    );
    Some(ignored.help(match sealed.last().filter(|_| sealed.contains(quarter.name())) {
        Some(last) => format!(
            "{} is sealed with this answer: bring {rule} back, and write a new one under [since.\"{}\"]",
            quarter.name(),
            last.next()
        ),
        None => "change the team's scope or quarters in milepost.toml, or the profile's out_of_scope; or remove the answer"
            .to_owned(),
    }))
}
