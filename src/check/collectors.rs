//! Reads `[[collect]]` of `milepost.toml`: where result files lie, by which mapping they are read, and which control they serve.

use std::collections::BTreeMap;

use super::fields::{Fields, QUOTED};
use super::names::Names;
use super::terms::{TEAM_HELP, known_kind, named_team};
use crate::base::link::is_name;
use crate::base::number::grouped;
use crate::base::place::Place;
use crate::base::text::cut;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, nearest};
use crate::load::workspace::{glob_pattern, sha256};
use crate::model::collector::{Collector, Keep, ResultMapping, TEAM};
use crate::model::ids::{Table, TeamId};
use crate::model::settings::Team;

/// The most collectors of a workspace. Each asks every file of its folder.
const MOST: usize = 500;

/// A collector, and the places of what only other files can show to be right.
pub(super) struct Declared {
    pub(super) collector: Collector,
    map: Place,
    control: Option<Place>,
}

/// Reads every `[[collect]]`.
pub(super) fn read(fields: &mut Fields<'_, '_>, teams: &Table<TeamId, Team>) -> Vec<Declared> {
    let mut seen: BTreeMap<String, Place> = BTreeMap::new();
    let mut all = fields.tables("collect", |table| declared(table, teams, &mut seen));
    if all.len() > MOST {
        let span = fields.key_span("collect").unwrap_or_default();
        let message = format!("{} collectors are given, and at most {MOST} are read", grouped(all.len()));
        let report = fields.report(Code::BadValue, &span, message);
        report.help.push(format!("one collector serves every team: write {TEAM} in `files`"));
        all.truncate(MOST);
    }
    all
}

fn declared(
    mut table: Fields<'_, '_>,
    teams: &Table<TeamId, Team>,
    seen: &mut BTreeMap<String, Place>,
) -> Option<Declared> {
    let place = table.place();
    let name = table.required_text("name", "evidence says by its collector's name where it comes from");
    let origin = table.origin(&name.as_ref().map_or(place.start..place.end, |name| name.span.clone()));
    let files = table.required_text("files", "say where the result files lie: files = \"inbox/{team}/*.json\"");
    let team = table.text("team");
    let named = team.as_ref().and_then(|team| named_team(&mut table, team, teams, TEAM_HELP));
    let files = files.map(|files| {
        let wrong = glob_fault(&files.value, team.is_some());
        if let Some((wrong, help)) = wrong {
            let message = format!("`{}` cannot be used: {wrong}", cut(&files.value, QUOTED));
            table.report(Code::BadGlob, &files.span, message).help.push(help);
        }
        files.value
    });
    let map = table.required_text("map", "name the mapping that reads the files: map = \"restic\"");
    let control = table.text("control");
    let kind = table.text("kind").and_then(|kind| known_kind(&mut table, &kind));
    let title = table.text("title").map(|title| title.value);
    let keep = table.choice("keep", &[("copy", Keep::Copy), ("extract", Keep::Extract)]).unwrap_or_default();
    let name = name?;
    let at = table.at(&name.span);
    if !is_name(&name.value) {
        let report = table.report(
            Code::BadName,
            &name.span,
            format!("`{}` cannot be a collector's name", cut(&name.value, QUOTED)),
        );
        report.help.push("it becomes a part of the names of files: use letters, digits, `-`, `_` and `.`".to_owned());
    } else if let Some(first) = seen.get(&name.value) {
        let twice = Diagnostic::new(Code::DuplicateId, at, format!("two collectors are called `{}`", name.value));
        table.found.push(twice.label("again here").related(first.clone(), "first here"));
    } else {
        seen.insert(name.value.clone(), at);
    }
    let places = (map.as_ref().map(|map| table.at(&map.span)), control.as_ref().map(|control| table.at(&control.span)));
    table.finish();
    // With a team, the glob speaks of that one.
    let files = files.map(|files| team.map_or(files.clone(), |team| files.replace(TEAM, &team.value)));
    let (name, files, map, control) = (name.value, files?, map?.value, control.map(|control| control.value));
    let rules = String::new();
    let collector = Collector { name, files, team: named, map, control, kind, title, keep, rules, origin };
    Some(Declared { collector, map: places.0?, control: places.1 })
}

/// What is wrong with the glob of a collector, and what to write; `None` if nothing is.
fn glob_fault(glob: &str, has_team: bool) -> Option<(String, String)> {
    let example = "write it like inbox/{team}/restic-*.json".to_owned();
    match glob.matches(TEAM).count() {
        0 if !has_team => {
            let wrong = "it does not say whose files they are".to_owned();
            return Some((wrong, "put {team} in the place of the team's folder, or add team = \"…\"".to_owned()));
        }
        0 | 1 => {}
        _ => return Some((format!("{TEAM} stands in it more than once"), example)),
    }
    let wrong = glob_pattern(&glob.replace(TEAM, "*")).err();
    let starts = glob.split('/').next().is_some_and(|first| first.contains(TEAM));
    let wrong = wrong.or_else(|| starts.then(|| "it starts with a folder of the workspace".to_owned()))?;
    Some((wrong, example))
}

/// The collectors, each with the digest of what it reads by. Reports those whose mapping or control does not exist.
pub(super) fn resolve(
    declared: Vec<Declared>,
    maps: &BTreeMap<String, Option<ResultMapping>>,
    names: &Names,
    found: &mut Diagnostics,
) -> Vec<Collector> {
    let one = |Declared { mut collector, map, control }: Declared| {
        let Some(mapping) = maps.get(&collector.map) else {
            let known = maps.keys().map(String::as_str);
            let message = format!("no mapping is called `{}`", cut(&collector.map, QUOTED));
            let unknown = Diagnostic::new(Code::UnknownMap, map, message).nearest(nearest(&collector.map, known));
            let own = format!("maps/{}.toml", if is_name(&collector.map) { &collector.map } else { "NAME" });
            found.push(unknown.help(format!(
                "write it as {own}, or name one of {}",
                maps.keys().cloned().collect::<Vec<_>>().join(", ")
            )));
            return None;
        };
        // A mapping with a mistake is reported in its file.
        let mapping = mapping.as_ref()?;
        let by_row = mapping.rows.is_some();
        match (collector.control.as_ref(), control) {
            (Some(id), Some(place)) if names.control(id).is_none() => names.not_a_control(id, place, found),
            (None, _) if mapping.control.is_none() && !by_row => {
                let message = format!("`{}` does not say which control its files serve", collector.name);
                let none = Diagnostic::new(Code::MissingKey, collector.origin.place.clone(), message);
                found.push(none.help("its mapping names none: add control = \"…\""));
            }
            (None, _) => {
                let of_map = mapping.control.as_ref().filter(|id| names.control(id).is_none());
                if let Some(id) = of_map {
                    names.not_a_control(id, collector.origin.place.clone(), found);
                }
            }
            _ => {}
        }
        collector.rules = rules(&collector, mapping);
        Some(collector)
    };
    declared.into_iter().filter_map(one).collect()
}

/// SHA-256 of all that decides what a collector makes of a file.
fn rules(collector: &Collector, mapping: &ResultMapping) -> String {
    let Collector { control, kind, title, keep, .. } = collector;
    let kind = kind.map(crate::model::evidence::Kind::name);
    sha256(format!("{}\n{control:?}\n{kind:?}\n{title:?}\n{keep:?}\n", mapping.sha256).as_bytes())
}
