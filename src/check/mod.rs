//! Checks a workspace and makes a valid Assessment of it. One run reports every mistake.

mod actions;
mod answers;
mod artifact;
mod carried;
mod catalog;
mod collectors;
mod community;
mod conflicts;
mod evidence;
mod fields;
mod files;
mod finds;
mod gates;
mod guides;
mod inheritance;
mod layers;
mod mappings;
mod maps;
mod measure;
mod names;
mod notes;
mod profile;
mod quarter;
mod reached_rules;
mod reviews;
mod risks;
mod rules;
mod seals;
mod settings;
mod since;
mod strings;
mod succession;
mod syntax;
mod table_mappings;
mod terms;
mod unhidden;

use std::collections::{BTreeMap, BTreeSet};
use std::{iter, mem};

pub use self::reached_rules::{RuleRemedy, asked_as_sealed, has_since, is_decided};
pub use self::seals::seals;

use self::finds::Finds;
use self::names::{KnownIds, Names};
use self::succession::Owners;
use self::syntax::Parsed;
use crate::base::layout::{CONFIG, folder_of, name_of};
use crate::base::number::counted;
use crate::base::quarter::Quarter;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, nearest};
use crate::load::workspace::{Entry, Workspace, sha256};
use crate::model::assessment::{Assessment, Guide, Policy, PolicyFile};
use crate::model::catalog::{Control, Framework, tell_apart};
use crate::model::collector::ResultMapping;
use crate::model::ids::{FrameworkId, GuideId, Table};
use crate::model::plan::Plan;
use crate::model::profile::{Profile, Targets};
use crate::model::rules::InForce;
use crate::model::settings::{Audience, Settings};
use crate::model::strings::Strings;
use crate::model::table_mapping::TableMapping;

pub use self::strings::english;

/// The result of a check.
#[derive(Debug)]
pub struct Checked {
    /// The valid workspace; `None` if there is any error.
    pub assessment: Option<Assessment>,
    /// Every mistake: errors first, then by file and place.
    pub diagnostics: Diagnostics,
}

/// The mappings of result files by name, those of the binary and the workspace's own, and every mistake in them. A mapping with a
/// mistake is `None`.
pub fn maps(workspace: &Workspace) -> (Vec<(String, Option<ResultMapping>)>, Diagnostics) {
    let mut found = Diagnostics::default();
    let maps = maps::read(workspace, &mut found);
    (maps.into_iter().collect(), found)
}

/// The mappings of tables by name, those of the binary and the workspace's own, and every mistake in them. A mapping with a mistake
/// is `None`.
pub fn table_mappings(workspace: &Workspace) -> (BTreeMap<String, Option<TableMapping>>, Diagnostics) {
    let mut found = Diagnostics::default();
    let mappings = table_mappings::read(workspace, &mut found);
    (mappings, found)
}

/// The mapping of tables in the file at `path`, and every mistake in it. One with a mistake is `None`.
pub fn table_mapping(workspace: &Workspace, path: &str) -> (Option<TableMapping>, Diagnostics) {
    let mut found = Diagnostics::default();
    let mapping = Parsed::new(workspace, path).and_then(|parsed| table_mappings::one(parsed, &mut found));
    (mapping, found)
}

/// Every catalog that can be read, in use or not, by its id.
pub fn catalogs(workspace: &Workspace) -> BTreeMap<String, Framework> {
    catalog::read(workspace, &mut Diagnostics::default()).frameworks
}

/// Checks the whole workspace.
pub fn check(workspace: &Workspace) -> Checked {
    let mut finds = Finds::of(workspace);
    let assessment = assess(&mut finds);
    let mut found = finds.found;
    // A mistake in milepost.toml may cause the other mistakes, so it comes first.
    found.sort(CONFIG);
    Checked { assessment: assessment.filter(|_| !found.has_errors()), diagnostics: found }
}

/// Whether there is a workspace, and all of it was read. Of an incomplete one nothing can be said: what seems missing may be in a
/// file that was not read.
fn is_whole(workspace: &Workspace, found: &mut Diagnostics) -> bool {
    if !workspace.files.contains_key(CONFIG) {
        found.push(
            Diagnostic::new(Code::NoWorkspace, Place::file(CONFIG), "this folder has no milepost.toml")
                .help("start one with `milepost init DIR`, or name the workspace's folder with --root"),
        );
        return false;
    }
    if workspace.truncated {
        files::unreadable(workspace, &BTreeSet::new(), found);
    }
    !workspace.truncated
}

fn assess(finds: &mut Finds<'_>) -> Option<Assessment> {
    let (workspace, found) = (finds.workspace, &mut finds.found);
    if !is_whole(workspace, found) {
        return None;
    }
    let config = config(workspace, found);
    let catalog::Catalogs { frameworks: catalogs, pending } = catalog::read(workspace, found);
    // An unreadable milepost.toml is already reported. Nothing else can be checked without it.
    let Some(mut config) = config else {
        files::unreadable(workspace, &BTreeSet::new(), found);
        return None;
    };
    let theme = config.base.theme.take().filter(|place| !found.iter().any(|diagnostic| diagnostic.place == *place));
    found.extend(theme.and_then(|place| missing_theme(workspace, &config.base.settings.theme, place)));
    let (mut frameworks, names) = in_use(workspace, &config.base.frameworks, catalogs, found);
    let maps = maps::read(workspace, found);
    table_mappings::read(workspace, found);
    let collectors = collectors::resolve(mem::take(&mut config.collectors), &maps, &names, found);
    measure::resolve(&mut frameworks, &pending, &names, found);
    catalog::successors(&frameworks, &pending, &names, found);
    let all_rows = [&config.base].into_iter().chain(config.later.iter().map(|(_, read)| read)).map(|read| &read.rows);
    all_rows.for_each(|rows| rules::named_twice(rows, |id| names.shortest(id, &frameworks), found));
    let (owners, targets) = (owners(&config), mem::take(&mut config.base.targets));
    let mut assessment = ruled(finds, config, frameworks);
    assessment.collectors = collectors;
    assessment.maps = maps.into_values().flatten().collect();
    measure::off_step(&pending, &assessment, &mut finds.found);
    let shared = shared_profile(finds, targets, &assessment.frameworks, &names);
    assessment.guides = guides(finds, &names);
    unknown_ids(finds, &names);
    answers::read(finds, &mut assessment, &names, &shared)?;
    reviews::read(finds, &mut assessment, &names);
    profile::off_scale(&assessment, mem::take(&mut finds.levels), &mut finds.found);
    since::idle(&assessment, &shared.since, &mut finds.found);
    put_in_force(&mut assessment);
    let Finds { found, artifacts, .. } = finds;
    faults_of_files(workspace, artifacts, found);
    found.extend(assessment.quarters.is_empty().then(no_quarter));
    // If a scope has a mistake, it cannot show which controls are out of scope.
    if !found.any_in(|path| path == CONFIG) {
        found.extend(outside_every_scope(&assessment));
    }
    seals::read(workspace, &mut assessment, found);
    beside_answers(workspace, &mut assessment, &names, found);
    succession::unfollowed(&assessment, owners, found);
    unhidden::names(workspace, &assessment, found);
    Some(assessment)
}

/// The frameworks that milepost.toml names, and what ids mean in them.
fn in_use(
    workspace: &Workspace,
    named: &[(String, Place)],
    mut catalogs: BTreeMap<String, Framework>,
    found: &mut Diagnostics,
) -> (Table<FrameworkId, Framework>, Names) {
    let frameworks = frameworks_in_use(named, &mut catalogs, found);
    let ids = known(workspace, found);
    // A framework with a misspelt name is not in use either, and is already reported.
    if found.has(Code::UnknownFramework) {
        catalogs.clear();
    }
    let names = Names::of(&frameworks, ids).with_unused(&catalogs);
    (frameworks, names)
}

/// An assessment with the rules of milepost.toml, before every decision and from each one on, and with nothing else.
fn ruled(finds: &mut Finds<'_>, config: since::Whole, mut frameworks: Table<FrameworkId, Framework>) -> Assessment {
    let since::Whole { base, later, .. } = config;
    let settings::ReadSettings { settings, rows, mentioned, levels, language, .. } = base;
    finds.mentioned.extend(mentioned);
    finds.levels.extend(levels);
    let without_rows = frameworks.clone();
    rules::apply(&mut frameworks, &settings.controls);
    rules::owners(&frameworks, &settings, &rows, &mut finds.found);
    let policy = policy(finds.workspace, &frameworks);
    let english = english();
    let strings = strings::read(finds.workspace, &settings, &english, language, &mut finds.found);
    let mut assessment = begun(settings, frameworks, policy, [strings, english]);
    since::decide(later, &without_rows, &mut assessment, finds);
    assessment
}

/// Reads what stands beside the answers: the plan, the risks that it names, and what other catalogs and communities say.
fn beside_answers(workspace: &Workspace, assessment: &mut Assessment, names: &Names, found: &mut Diagnostics) {
    assessment.plan = actions::read(workspace, assessment, names, found);
    risks::unknown(assessment, found);
    assessment.communities = community::read(workspace, assessment, names, found);
    assessment.foreign_catalogs = mappings::read(workspace, assessment, names, found);
}

/// Reads `milepost.toml`; `None` if it is no TOML. A syntax error can hide teams, frameworks or globs, so what is read after it could be
/// reported wrongly.
fn config(workspace: &Workspace, found: &mut Diagnostics) -> Option<since::Whole> {
    let config = Parsed::new(workspace, CONFIG)?;
    let is_whole = config.errors.is_empty();
    config.read(found, |fields| is_whole.then(|| since::read(fields)))
}

/// The owners of controls, before every decision and from each one on.
fn owners(config: &since::Whole) -> Vec<Owners> {
    let named = |read: &settings::ReadSettings| rules::owned(&read.settings, &read.rows);
    let base = Owners { since: None, named: named(&config.base) };
    let later = config.later.iter();
    let later = later.map(|(decision, read)| Owners { since: Some(decision.quarter), named: named(read) });
    iter::once(base).chain(later).collect()
}

/// An assessment with the settings, the frameworks in use and the policy only; nothing else is read yet.
fn begun(
    settings: Settings,
    frameworks: Table<FrameworkId, Framework>,
    policy: Policy,
    [strings, english]: [Strings; 2],
) -> Assessment {
    let (quarters, plan, guides) = (Table::default(), Plan::default(), Table::default());
    let (audience, hidden, since) = (Audience::Full, BTreeSet::new(), Vec::new());
    let (communities, collectors, maps) = (Vec::new(), Vec::new(), Vec::new());
    Assessment {
        settings,
        since,
        frameworks,
        quarters,
        plan,
        strings,
        english,
        guides,
        foreign_catalogs: Table::default(),
        collectors,
        maps,
        communities,
        policy,
        audience,
        hidden,
    }
}

/// Reports files that cannot be read, that nothing reads, and marks of a merge in texts.
fn faults_of_files(workspace: &Workspace, artifacts: &BTreeSet<String>, found: &mut Diagnostics) {
    files::unreadable(workspace, artifacts, found);
    files::unread(workspace, artifacts, found);
    conflicts::marks(workspace, found);
}

/// Reports the ids that mean nothing. What holds before and after a decision is read twice, and reported once.
fn unknown_ids(finds: &mut Finds<'_>, names: &Names) {
    let mentioned = mem::take(&mut finds.mentioned).into_iter().map(|(id, place)| (place, id));
    let mentioned: BTreeMap<Place, String> = mentioned.collect();
    mentioned.into_iter().for_each(|(place, id)| names.not_an_id(&id, place, &mut finds.found));
}

/// Gives each quarter its rules as lines.
fn put_in_force(assessment: &mut Assessment) {
    let rules: Vec<InForce> = assessment.quarters.ids().map(|at| assessment.in_quarter(at).in_force()).collect();
    assessment.quarters.iter_mut().zip(rules).for_each(|(quarter, in_force)| quarter.in_force = in_force);
}

/// Reads the guides, and adds the ids that they explain to those that must mean something.
fn guides(finds: &mut Finds<'_>, names: &Names) -> Table<GuideId, Guide> {
    let mut explained = Vec::new();
    let guides = guides::read(finds.workspace, &mut finds.found, &mut explained);
    // A guide may explain a framework that is not in use yet.
    finds.mentioned.extend(explained.into_iter().filter(|(id, _)| !names.is_unused(id)));
    guides
}

/// The profiles of all quarters: the targets of `milepost.toml`, and those of each folder above the quarters. Each of their ids has its
/// shortest name; rows of unknown ids are left out.
fn shared_profile(
    finds: &mut Finds<'_>,
    targets: Targets,
    frameworks: &Table<FrameworkId, Framework>,
    names: &Names,
) -> profile::Shared {
    let mut shared = profile::Shared::default();
    shared.layers.push(vec![(None, Profile { targets, ..Profile::default() })]);
    for folder in finds.workspace.patterns.profile_folders() {
        let before = shared.first();
        let added = profile::read_shared(finds, &folder, &mut shared);
        finds.found.extend(added.iter().flat_map(|near| profile::given_twice(&before.targets, &near.targets)));
    }
    shared.by_shortest_name(|id| names.shortest(id, frameworks), &mut finds.found);
    shared.keep(|id| names.knows(id));
    shared
}

/// The files of the catalogs in use. What `milepost.toml` and the profiles say is asked of each quarter.
fn policy(workspace: &Workspace, frameworks: &Table<FrameworkId, Framework>) -> Policy {
    let in_use: BTreeSet<&str> = frameworks.iter().map(|framework| framework.id.as_str()).collect();
    let catalog = |path: &str| {
        let folder = folder_of(path).map(name_of);
        workspace.patterns.is_catalog(path)
            && !path.ends_with(catalog::SYNONYMS_FILE)
            && folder.is_some_and(|folder| in_use.contains(folder))
    };
    let files = workspace.files.keys().filter(|path| catalog(path));
    let file =
        |path: &String| Some(PolicyFile { path: path.clone(), sha256: sha256(workspace.text(path)?.as_bytes()) });
    Policy::of(files.filter_map(file).collect())
}

/// Whether every id of the catalogs is known. If a catalog is missing or has mistakes, an unknown id
/// is not reported, because it may be correct.
fn known(workspace: &Workspace, found: &Diagnostics) -> KnownIds {
    let catalog = |path: &str| workspace.patterns.is_catalog(path);
    let broken = found.has(Code::UnknownFramework) || found.any_in(catalog);
    let unread = workspace
        .files
        .iter()
        .any(|(path, entry)| catalog(path) && !matches!(entry, Entry::Text(_) | Entry::Artifact { .. }));
    if broken || unread { KnownIds::Some } else { KnownIds::All }
}

fn no_quarter() -> Diagnostic {
    Diagnostic::new(Code::NoQuarter, Place::file(CONFIG), "the workspace holds no quarter")
        .help("add a team's first file, such as content/2026-Q3/TEAM/protect.toml; folders without files are not seen")
}

/// Reports a theme that is named but has no files.
fn missing_theme(workspace: &Workspace, name: &str, place: Place) -> Option<Diagnostic> {
    let folder = format!("themes/{name}/");
    let missing = !workspace.files.keys().any(|path| path.starts_with(&folder));
    let themes = workspace.files.keys().filter_map(|path| path.strip_prefix("themes/")?.split('/').next());
    missing.then(|| {
        let unknown = Diagnostic::new(Code::BadValue, place, format!("there is no theme `{name}`"));
        unknown.nearest(nearest(name, themes)).help(format!(
            "put its templates/ and assets/ into {folder}; what it leaves out comes from the default theme"
        ))
    })
}

/// The frameworks that milepost.toml names, in the same order.
fn frameworks_in_use(
    named: &[(String, Place)],
    catalogs: &mut BTreeMap<String, Framework>,
    found: &mut Diagnostics,
) -> Table<FrameworkId, Framework> {
    let mut frameworks: Table<FrameworkId, Framework> = Table::default();
    let mut used: BTreeSet<&str> = BTreeSet::new();
    let mut in_small_letters: BTreeMap<String, &str> = BTreeMap::new();
    for (name, place) in named {
        let Some(framework) = catalogs.remove(name) else {
            let unknown = Diagnostic::new(
                Code::UnknownFramework,
                place.clone(),
                format!("no folder of controls/ holds `{name}`"),
            );
            let near = if found.is_full(CONFIG) { None } else { nearest(name, catalogs.keys().map(String::as_str)) };
            found.push(if used.contains(name.as_str()) {
                Diagnostic::new(Code::DuplicateId, place.clone(), format!("the framework `{name}` is named twice"))
            } else {
                unknown.nearest(near).help("a framework is a folder below controls/ with a framework.toml")
            });
            continue;
        };
        if let Some(other) = in_small_letters.insert(name.to_ascii_lowercase(), name) {
            let message = format!("`{name}` and `{other}` differ only in upper and lower case");
            found.push(
                Diagnostic::new(Code::DuplicateId, place.clone(), message)
                    .help("some file systems ignore case, and a page stands in a folder of its framework's id"),
            );
        }
        used.insert(name);
        frameworks.push(framework);
    }
    let mut frameworks = frameworks.ids().zip(frameworks).map(|(at, framework)| framework.placed(at)).collect();
    tell_apart(&mut frameworks);
    found.extend(same_names(&frameworks, named));
    found.extend(overlapping_editions(&frameworks, named));
    frameworks
}

/// Reports names that mean two nodes in one quarter: an id with a colon may read like an id behind another framework's.
fn same_names(frameworks: &Table<FrameworkId, Framework>, named: &[(String, Place)]) -> Vec<Diagnostic> {
    let mut known: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
    let mut found = Vec::new();
    for framework in frameworks {
        let names = framework.nodes().flat_map(|node| framework.called(node).names().map(move |name| (node, name)));
        for (node, name) in names {
            let id = framework.id_of(node);
            let before = known.insert(name, (&framework.id, id));
            // One id in two frameworks means one of them in each quarter.
            let Some((other, before)) = before.filter(|(_, before)| *before != id) else { continue };
            let message = format!("`{name}` means both `{before}` of `{other}` and `{id}` of `{}`", framework.id);
            let twice = Diagnostic::new(Code::DuplicateId, place_of_name(framework, named), message);
            found.push(
                twice.help("give the id another form: a framework's id and a colon lead to that framework's ids"),
            );
        }
    }
    found
}

/// Where milepost.toml names a framework.
fn place_of_name(framework: &Framework, named: &[(String, Place)]) -> Place {
    let place = named.iter().find(|(id, _)| *id == framework.id).map(|(_, place)| place.clone());
    place.unwrap_or_else(|| Place::file(CONFIG))
}

/// Reports editions of a catalog that overlap: one of them ends an id, and the other begins it before that. Two frameworks of which
/// none hands an id over may have it at the same time.
fn overlapping_editions(frameworks: &Table<FrameworkId, Framework>, named: &[(String, Place)]) -> Vec<Diagnostic> {
    let mut ending: BTreeMap<&str, Vec<(&Framework, &Control)>> = BTreeMap::new();
    for framework in frameworks {
        for control in framework.controls.iter().filter(|control| control.lifetime.until.is_some()) {
            ending.entry(&control.id).or_default().push((framework, control));
        }
    }
    let mut found = Vec::new();
    for new in frameworks {
        let mut overlaps: BTreeMap<&str, (Quarter, Quarter, Vec<&str>)> = BTreeMap::new();
        for control in &new.controls {
            let Some(since) = control.lifetime.since else { continue };
            for (old, before) in ending.get(control.id.as_str()).into_iter().flatten() {
                let is_older = old.id != new.id && before.lifetime.since.is_none_or(|first| first < since);
                let Some(until) = before.lifetime.until.filter(|until| is_older && since <= *until) else { continue };
                overlaps.entry(&old.id).or_insert_with(|| (since, until, Vec::new())).2.push(&control.id);
            }
        }
        for (old, (since, until, ids)) in overlaps {
            let (first, more) = (ids[0], ids.len() - 1);
            let ids =
                if more == 0 { format!("`{first}`") } else { format!("`{first}` and {}", counted(more, "more id")) };
            let message = format!("`{old}` and `{}` both have {ids} in force in {since}", new.id);
            let help = format!(
                "editions follow each other: end it in `{old}` before {since}, or begin it in `{}` with since = \"{}\"",
                new.id,
                until.next()
            );
            found.push(Diagnostic::new(Code::DuplicateId, place_of_name(new, named), message).help(help));
        }
    }
    found
}

/// Reports controls that no team is asked for. They count as unanswered, and no folder can change that.
fn outside_every_scope(assessment: &Assessment) -> Option<Diagnostic> {
    let newest = assessment.in_quarter(assessment.quarters.last_id()?);
    let controls = assessment.frameworks.iter().flat_map(|framework| framework.controls.ids());
    let controls = controls.filter(|control| newest.is_in_force(*control));
    let outside = controls.filter(|control| newest.teams_asked(*control).next().is_none());
    let ids: Vec<&str> = outside.map(|control| newest.control(control).called.name()).collect();
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
