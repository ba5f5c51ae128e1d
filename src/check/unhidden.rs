//! Finds names of teams where no audience's edition hides them: in catalogs, mappings and themes, which are the same for everybody.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::base::layout::is_mapping;
use crate::base::mention::{Finder, Spelling};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::load::embedded;
use crate::load::workspace::Workspace;
use crate::model::assessment::Assessment;
use crate::model::settings::{Audience, Hidden};

/// Reports each team that a catalog in use or a theme names, once a file, if an audience may not see names of teams.
pub(super) fn names(workspace: &Workspace, assessment: &Assessment, found: &mut Diagnostics) {
    let settings = &assessment.settings;
    let may_not = |audience: &Audience| settings.audiences.hidden_from(*audience).contains(&Hidden::Teams);
    let audiences: Vec<String> = Audience::ALL
        .into_iter()
        .filter(may_not)
        .map(|audience| format!("the audience `{}`", audience.name()))
        .collect();
    if audiences.is_empty() {
        return;
    }
    let names = settings.teams.iter().flat_map(|team| team.told_names().map(move |name| (name.to_owned(), &team.name)));
    let finder = Finder::new(names, Spelling::AsGiven);
    let catalogs = assessment.policy.files().iter().map(|file| &file.path);
    let catalogs = catalogs.filter(|path| workspace.patterns.is_catalog(path));
    let mappings = workspace.files.keys().filter(|path| is_mapping(path));
    for path in catalogs.chain(mappings) {
        if let Some(text) = own_text(workspace, path) {
            report(path, &in_texts(&finder, text), &audiences.join(" and "), found);
        }
    }
    let themes = ["default", &settings.theme].map(|theme| format!("themes/{theme}/"));
    for path in workspace.files.keys().filter(|path| themes.iter().any(|theme| path.starts_with(theme))) {
        if let Some(text) = own_text(workspace, path) {
            let mentions = finder.find(text).into_iter();
            let places: Vec<_> = mentions.map(|mention| (mention.at, mention.meaning.as_str())).collect();
            report(path, &places, &audiences.join(" and "), found);
        }
    }
}

/// The text of a file that the workspace changed or added. What the program itself holds is public, and the same for everybody.
fn own_text<'w>(workspace: &'w Workspace, path: &str) -> Option<&'w str> {
    let text = workspace.text(path)?;
    let is_embedded = embedded::FILES.iter().any(|(embedded, known)| *embedded == path && *known == text);
    (!is_embedded).then_some(text)
}

/// The mentions in each key and text of a TOML file: the bytes of the key or text, and the team.
fn in_texts<'f>(finder: &'f Finder<&String>, text: &str) -> Vec<(Range<usize>, &'f str)> {
    let (tree, _) = DeTable::parse_recoverable(text);
    let mut places = Vec::new();
    let mut tables: Vec<&DeTable<'_>> = vec![tree.get_ref()];
    let mut values: Vec<&Spanned<DeValue<'_>>> = Vec::new();
    let mut add = |text: &str, span: Range<usize>| {
        places.extend(finder.find(text).into_iter().map(|mention| (span.clone(), mention.meaning.as_str())));
    };
    loop {
        if let Some(table) = tables.pop() {
            for (key, value) in table {
                add(key.get_ref(), key.span());
                values.push(value);
            }
        }
        let Some(value) = values.pop() else { break };
        match value.get_ref() {
            DeValue::String(text) => add(text, value.span()),
            DeValue::Array(items) => values.extend(items.iter()),
            DeValue::Table(table) => tables.push(table),
            _ => {}
        }
    }
    places
}

fn report(path: &str, places: &[(Range<usize>, &str)], audiences: &str, found: &mut Diagnostics) {
    let mut teams: BTreeMap<&str, Vec<&Range<usize>>> = BTreeMap::new();
    for (at, team) in places {
        teams.entry(team).or_default().push(at);
    }
    for (team, mut places) in teams {
        places.sort_by_key(|at| at.start);
        let Range { start, end } = *places[0];
        let others = match places.len() - 1 {
            0 => String::new(),
            1 => ", and at 1 other place of this file".to_owned(),
            others => format!(", and at {others} other places of this file"),
        };
        let message = format!("the name of the team `{team}` stands here{others}, and {audiences} will read it");
        found.push(
            Diagnostic::new(Code::UnhiddenName, Place { start, end, ..Place::file(path) }, message)
                .label("a catalog, a mapping and a theme are the same for every audience")
                .help("use other words here; or, if this is no team that is meant, give the team another name"),
        );
    }
}
