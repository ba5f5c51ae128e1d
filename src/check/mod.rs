//! Workspace in, Assessment out: after this nothing can be wrong. Every mistake is reported in one run.

mod artifact;
mod catalog;
mod evidence;
mod fields;
mod files;
mod names;
mod quarter;
mod settings;
mod syntax;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;
use toml::Spanned;
use toml::de::DeTable;

use self::evidence::{Context, Given};
use self::fields::Fields;
use self::names::{Ids, Names};
use self::syntax::SyntaxError;
use crate::assessment::{Assessment, QuarterAnswers};
use crate::catalog::Framework;
use crate::diagnostic::{Code, Diagnostic, Place, Severity, nearest};
use crate::quarter::Quarter;
use crate::settings::Settings;
use crate::workspace::{CONFIG, Entry, Workspace};

/// What a check finds.
#[derive(Debug)]
pub struct Checked {
    /// The valid workspace; `None` if there is any error.
    pub assessment: Option<Assessment>,
    /// Every mistake, by file and place.
    pub diagnostics: Vec<Diagnostic>,
}

/// Checks the whole workspace.
pub fn check(workspace: &Workspace) -> Checked {
    let mut found = Vec::new();
    let assessment = assess(workspace, &mut found);
    found.sort_by(|a, b| (&a.place, a.code, &a.message).cmp(&(&b.place, b.code, &b.message)));
    let broken = found.iter().any(|diagnostic| diagnostic.code.severity() == Severity::Error);
    Checked { assessment: assessment.filter(|_| !broken), diagnostics: found }
}

fn assess(workspace: &Workspace, found: &mut Vec<Diagnostic>) -> Option<Assessment> {
    if !workspace.files.contains_key(CONFIG) {
        found.push(
            Diagnostic::new(Code::NoWorkspace, Place::file(CONFIG), "this folder has no milepost.toml")
                .help("start one with `milepost init DIR`, or name the workspace's folder with --root"),
        );
        return None;
    }
    // Half a workspace cannot be judged: what is missing may be among the files that were not read.
    if workspace.truncated {
        files::check(workspace, &BTreeSet::new(), found);
        return None;
    }
    let config = Parsed::new(workspace, CONFIG).map(|parsed| parsed.read(found, settings::read));
    let mut catalogs = catalog::read(workspace, found);
    let (settings, mentioned) = match config {
        Some(read) => {
            let frameworks = frameworks_in_use(&read.frameworks, &mut catalogs, found);
            (Some((read.settings, frameworks)), read.mentioned)
        }
        None => (None, Vec::new()),
    };
    // A milepost.toml that cannot be read has said so; nothing else can be judged without it.
    let Some((settings, frameworks)) = settings else {
        files::check(workspace, &BTreeSet::new(), found);
        return None;
    };
    let names = Names::of(&frameworks, known(workspace, found));
    found.extend(mentioned.into_iter().filter_map(|(id, place)| names.not_an_id(&id, place)));
    let mut artifacts = BTreeSet::new();
    let quarters = quarters(workspace, &settings, &frameworks, &names, (found, &mut artifacts));
    files::check(workspace, &artifacts, found);
    if quarters.is_empty() {
        found.push(
            Diagnostic::new(Code::NoQuarter, Place::file(CONFIG), "the workspace holds no quarter")
                .help("add a team's first file, such as content/2026-Q3/TEAM/protect.toml; folders without files are not seen"),
        );
    }
    // A scope with a mistake in it says nothing about what lies outside.
    if !found.iter().any(|diagnostic| *diagnostic.place.path == *CONFIG) {
        found.extend(outside_every_scope(&settings, &frameworks, quarters.last().map(|quarter| quarter.quarter)));
    }
    Some(Assessment { settings, frameworks, quarters })
}

/// Whether every id that a catalog holds is known: with a catalog that is not there or has mistakes of its own, an unknown
/// id is no mistake of whoever wrote it.
fn known(workspace: &Workspace, found: &[Diagnostic]) -> Ids {
    let catalog = |path: &str| workspace.patterns.is_catalog(path) || path.starts_with("controls/");
    let broken = found.iter().any(|diagnostic| diagnostic.code == Code::UnknownFramework || catalog(&diagnostic.place.path));
    let unread = workspace.files.iter().any(|(path, entry)| catalog(path) && !matches!(entry, Entry::Text(_) | Entry::Artifact { .. }));
    if broken || unread { Ids::Some } else { Ids::All }
}

/// A TOML file parsed as far as it goes.
struct Parsed<'w> {
    path: Arc<str>,
    text: &'w str,
    tree: Spanned<DeTable<'w>>,
    errors: Vec<SyntaxError>,
}

impl<'w> Parsed<'w> {
    /// Parses the file at `path`; `None` where there is no text, which [`files::check`] reports.
    fn new(workspace: &'w Workspace, path: &str) -> Option<Self> {
        let Some(Entry::Text(text)) = workspace.files.get(path) else { return None };
        let (tree, errors) = syntax::parse(text);
        Some(Self { path: Arc::from(path), text, tree, errors })
    }

    /// Reports the syntax errors and what `read` finds, without what merely follows from a syntax error on the same line.
    fn read<T>(self, found: &mut Vec<Diagnostic>, read: impl FnOnce(Fields<'_, '_>) -> T) -> T {
        let broken: Vec<_> = self.errors.iter().map(|error| syntax::line_of(self.text, error.span.start)).collect();
        for error in self.errors {
            let place = Place::new(&self.path, error.span);
            let mut diagnostic = Diagnostic::new(Code::TomlSyntax, place, error.message);
            if let Some(first) = error.first {
                diagnostic = diagnostic.label("again here").related(Place::new(&self.path, first), "first here");
            }
            found.push(diagnostic);
        }
        let mut said = Vec::new();
        let value = read(Fields::new(&self.path, self.tree.get_ref(), 0..0, &mut said));
        let follows = |place: &Place| broken.iter().any(|line| line.start <= place.start && place.start <= line.end);
        found.extend(said.into_iter().filter(|diagnostic| !follows(&diagnostic.place)));
        value
    }
}

/// The frameworks that milepost.toml names, in its order.
fn frameworks_in_use(
    named: &[(String, Place)],
    catalogs: &mut BTreeMap<String, Framework>,
    found: &mut Vec<Diagnostic>,
) -> Vec<Framework> {
    let mut frameworks: Vec<Framework> = Vec::new();
    for (name, place) in named {
        let Some(framework) = catalogs.remove(name) else {
            let twice = frameworks.iter().any(|framework| framework.id == *name);
            let unknown = Diagnostic::new(Code::UnknownFramework, place.clone(), format!("no folder of controls/ holds `{name}`"));
            let near = nearest(name, catalogs.keys().map(String::as_str));
            found.push(if twice {
                Diagnostic::new(Code::DuplicateId, place.clone(), format!("the framework `{name}` is named twice"))
            } else {
                unknown.nearest(near).help("a framework is a folder below controls/ with a framework.toml")
            });
            continue;
        };
        let ids: BTreeSet<&str> = frameworks.iter().flat_map(Framework::ids).collect();
        if let Some(id) = framework.ids().find(|id| ids.contains(id)) {
            let message = format!("`{name}` and another framework both hold `{id}`");
            found.push(Diagnostic::new(Code::DuplicateId, place.clone(), message).help("answers are found by id alone, so ids are unique over all frameworks in use"));
        }
        frameworks.push(framework);
    }
    frameworks
}

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

fn quarters(
    workspace: &Workspace,
    settings: &Settings,
    frameworks: &[Framework],
    names: &Names<'_>,
    (found, artifacts): (&mut Vec<Diagnostic>, &mut BTreeSet<String>),
) -> Vec<QuarterAnswers> {
    let evidence: Vec<Located<'_>> =
        workspace.files.keys().filter(|path| workspace.patterns.is_evidence(path)).filter_map(|path| locate(path)).collect();
    found.extend(misnamed(&evidence, settings));
    let mut quarters = empty_quarters(workspace, &evidence, settings, frameworks, found);
    let context = Context { workspace, names, scale: &settings.scale };
    let read: Vec<_> = evidence
        .par_iter()
        .map(|file| {
            let closes = file.quarter.parse().ok().and_then(|quarter: Quarter| quarters.get(&quarter)).map(|q| q.closes);
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
        let answers = frameworks.iter().map(|framework| vec![vec![None; settings.teams.len()]; framework.controls.len()]);
        let empty = QuarterAnswers { quarter, opens, closes, title, summary, answers: answers.collect() };
        quarters.entry(quarter).or_insert(empty);
    }
    quarters
}

/// An answer that counts for nothing, because its team is not asked for it.
fn not_asked(settings: &Settings, frameworks: &[Framework], quarter: Quarter, team: usize, given: &Given) -> Option<Diagnostic> {
    let team = &settings.teams[team];
    let lineage = frameworks[given.framework].lineage(given.control);
    let why = if !team.asked_in(quarter) {
        format!("{} is not asked in {quarter}", team.name)
    } else if !team.answers_for(lineage) {
        format!("`{}` is not in the scope of {}", lineage[0], team.name)
    } else {
        return None;
    };
    let ignored = Diagnostic::new(Code::TeamNotAsked, given.place.clone(), format!("{why}, so this answer does not count"));
    Some(ignored.help("change the team's scope or quarters in milepost.toml, or remove the answer"))
}

/// Controls that no team is asked for: they count as unanswered, and no folder can change that.
fn outside_every_scope(settings: &Settings, frameworks: &[Framework], newest: Option<Quarter>) -> Option<Diagnostic> {
    let newest = newest?;
    let asked = |framework: &Framework, control| {
        let lineage = framework.lineage(control);
        settings.teams.iter().any(|team| team.asked_in(newest) && team.answers_for(lineage))
    };
    let mut ids = Vec::new();
    for framework in frameworks {
        ids.extend((0..framework.controls.len()).filter(|control| !asked(framework, *control)).map(|c| framework.controls[c].id.as_str()));
    }
    let first = ids.first()?;
    let (message, count) = match ids.len() {
        1 => (format!("`{first}` is in no team's scope"), "it counts"),
        n => (format!("{n} controls are in no team's scope, `{first}` the first of them"), "they count"),
    };
    Some(
        Diagnostic::new(Code::UnansweredControl, Place::file(CONFIG), message)
            .help(format!("{count} as unanswered: add the id, or one above it, to the `scope` of a [[team]]")),
    )
}
