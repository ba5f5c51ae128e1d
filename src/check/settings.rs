//! Reads `milepost.toml`. A wrong value is reported and replaced by its default.

use std::collections::BTreeMap;

use super::fields::{At, Fields, QUOTED};
use super::finds::TargetLevels;
use super::layers::SINCE;
use super::terms::named_quarter;
use super::{gates, profile, rules, succession};
use crate::base::language::Language;
use crate::base::layout::{CONFIG, REVIEWS};
use crate::base::link::is_name;
use crate::base::number::{Level, MILLIONTHS, grouped};
use crate::base::quarter::Quarter;
use crate::base::text::{as_name, cut, is_showable};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::load::workspace::{GLOB_LIMIT, Patterns, glob_pattern};
use crate::model::catalog::{Need, OverallRule, TeamRule};
use crate::model::forge::{Forge, TemplateFault};
use crate::model::ids::{Table, TeamId};
use crate::model::profile::Targets;
use crate::model::settings::{
    Audience, Audiences, Basis, Dimension, Hidden, Home, NamedLevel, Scale, Scoring, Settings, Team, default_needs,
};

/// The settings, and the places of the ids that they name. Only the catalogs can show whether these ids exist.
pub(super) struct ReadSettings {
    pub(super) settings: Settings,
    /// The targets in `milepost.toml`, not those of a profile.
    pub(super) targets: Targets,
    /// The levels of these targets.
    pub(super) levels: TargetLevels,
    /// Where each row of `[controls]` stands.
    pub(super) rows: Vec<(String, Place)>,
    /// Each id of a scope, a target or a rule, and its place.
    pub(super) mentioned: Vec<(String, Place)>,
    /// Where each name in `report.frameworks` stands.
    pub(super) frameworks: Vec<(String, Place)>,
    /// Where the theme is named, if it is.
    pub(super) theme: Option<Place>,
    /// Where the language is named, if it is.
    pub(super) language: Option<Place>,
}

/// Reads the whole of `milepost.toml`.
pub(super) fn read(mut fields: Fields<'_, '_>) -> ReadSettings {
    let ReportTable { title, organization, theme, language, home, provenance, commit, repository, frameworks } =
        report(&mut fields);
    if let Some(files) = fields.table("files") {
        check_files(files);
    }
    let scale = fields.table("scale").map_or_else(Scale::default, scale);
    let scoring = fields.table("scoring").map_or_else(Scoring::default, scoring);
    let (max_age, needs) = fields.table("evidence").map(|table| policy(table, &scale)).unwrap_or_default();
    let mut mentioned = Vec::new();
    let targets = fields.table("targets");
    let mut levels = TargetLevels::new();
    let targets = targets.map(|table| profile::targets(table, &mut mentioned, &mut levels)).unwrap_or_default();
    let teams = teams(&mut fields, &mut mentioned);
    let (controls, rows) = fields.table("controls").map(|table| rules::rows(table, &scale, &teams)).unwrap_or_default();
    mentioned.extend(rows.iter().cloned());
    let gates =
        fields.table("gates").map(|table| gates::read(table, &scale, &teams, &mut mentioned)).unwrap_or_default();
    let audiences = fields.table("audiences").map(audiences).unwrap_or_default();
    // Collectors, and what changes from a quarter on, are read on their own.
    let _ = (fields.raw("collect"), fields.raw(SINCE));
    fields.finish();
    let (theme, theme_place) = theme.unzip();
    let (language, language_place) = language.unzip();
    let theme = theme.unwrap_or_else(|| "default".to_owned());
    let max_age = max_age.unwrap_or(DEFAULT_MAX_AGE);
    let needs = needs.unwrap_or_else(|| default_needs(&scale));
    let settings = Settings {
        title,
        organization,
        theme,
        language: language.unwrap_or_else(Language::english),
        home,
        provenance,
        commit,
        repository,
        scale,
        scoring,
        max_age,
        needs,
        controls,
        teams,
        gates,
        audiences,
    };
    ReadSettings {
        settings,
        targets,
        levels,
        rows,
        mentioned,
        frameworks,
        theme: theme_place,
        language: language_place,
    }
}

/// The number of days after which evidence is stale, if `[evidence] max_age` is not set.
const DEFAULT_MAX_AGE: i32 = 365;
/// The report's framework, if `[report] frameworks` is not set.
const DEFAULT_FRAMEWORK: &str = "csf-2.0";

/// The table `[report]`.
#[derive(Default)]
struct ReportTable {
    title: String,
    organization: String,
    theme: Option<(String, Place)>,
    language: Option<(Language, Place)>,
    home: Home,
    provenance: bool,
    commit: bool,
    repository: Option<Forge>,
    frameworks: Vec<(String, Place)>,
}

fn report(fields: &mut Fields<'_, '_>) -> ReportTable {
    let main = vec![(DEFAULT_FRAMEWORK.to_owned(), Place::file(CONFIG))];
    let Some(mut table) = fields.table("report") else {
        fields.require("report", "start the file with [report] and title = \"…\": every page carries it");
        return ReportTable { frameworks: main, ..ReportTable::default() };
    };
    let title = table.required_text("title", "every page carries the report's title").map(|text| text.value);
    let organization = table.text_or_empty("organization");
    let theme = table.text("theme").map(|theme| (table.at(&theme.span), checked_name(&mut table, theme)));
    let language = language(&mut table);
    let home = table.choice("home", &Home::WORDS).unwrap_or_default();
    let provenance = table.boolean("provenance").unwrap_or_default();
    let commit = table.boolean("commit").unwrap_or_default();
    let repository = repository(&mut table);
    let named = table.texts("frameworks").unwrap_or_default();
    let frameworks: Vec<_> = named.into_iter().map(|name| (name.value, table.at(&name.span))).collect();
    table.finish();
    ReportTable {
        title: title.unwrap_or_default(),
        organization,
        theme: theme.map(|(place, theme)| (theme, place)),
        language,
        home,
        provenance,
        commit,
        repository,
        frameworks: if frameworks.is_empty() { main } else { frameworks },
    }
}

/// The template of addresses on a forge. A wrong one is no reason to make no report: its paths are then no links.
fn repository(fields: &mut Fields<'_, '_>) -> Option<Forge> {
    let text = fields.text("repository")?;
    let fault = match Forge::read(&text.value) {
        Ok(forge) => return Some(forge),
        Err(fault) => fault,
    };
    let example = "write it like https://forge.example/group/repository/blob/{commit}/{path}".to_owned();
    let (why, help) = match fault {
        TemplateFault::NoAddress => {
            ("it does not start with https:// or http:// and a host, or holds a blank".to_owned(), example)
        }
        TemplateFault::NoHost => ("a placeholder stands in the place of the host".to_owned(), example),
        TemplateFault::NoPath => ("it lacks {path}, so every link would lead to the same page".to_owned(), example),
        TemplateFault::Brace => ("it has a brace without its partner".to_owned(), example),
        TemplateFault::Unknown(name) => {
            let near = fields.nearest(&name, Forge::PLACEHOLDERS);
            let known = "the placeholders are {commit} and {path}".to_owned();
            let name = cut(&name, QUOTED);
            (
                format!("there is no placeholder {{{name}}}"),
                near.map_or(known, |near| format!("did you mean {{{near}}}?")),
            )
        }
    };
    let message = format!("`repository` makes no address: {why}");
    fields
        .report(Code::BadRepository, &text.span, message)
        .help
        .extend([help, "paths are shown without links".to_owned()]);
    None
}

/// The language of the report.
fn language(table: &mut Fields<'_, '_>) -> Option<(Language, Place)> {
    let tag = table.text("language")?;
    let place = table.at(&tag.span);
    let language = Language::new(&tag.value);
    if language.is_none() {
        let message = format!("`{}` is no tag of a language", cut(&tag.value, QUOTED));
        let report = table.report(Code::BadValue, &tag.span, message);
        report.help.push("write a tag of BCP 47, for example language = \"de\" or \"pt-BR\"".to_owned());
    }
    language.map(|language| (language, place))
}

fn check_files(mut files: Fields<'_, '_>) {
    let known = [("controls", Patterns::CONTROLS), ("evidence", Patterns::EVIDENCE), ("guides", Patterns::GUIDES)];
    for (key, default) in known {
        let globs = files.texts(key).unwrap_or_default();
        if let Some(span) = files.key_span(key).filter(|_| globs.len() > GLOB_LIMIT) {
            let message = format!("`{key}` holds {} globs, and at most {GLOB_LIMIT} are read", grouped(globs.len()));
            let report = files.report(Code::BadGlob, &span, message);
            report.help.push("`*` stands for any name of a folder, and `**` for any number of folders".to_owned());
        }
        for glob in globs.into_iter().take(GLOB_LIMIT) {
            let fixed = key != "evidence" || ends_in_quarter_and_team(&glob.value);
            let wrong = glob_pattern(&glob.value).err();
            let wrong = wrong.or_else(|| (!fixed).then(|| "an evidence glob ends in QUARTER/TEAM/FILE".to_owned()));
            if let Some(wrong) = wrong {
                files
                    .report(Code::BadGlob, &glob.span, format!("`{}` cannot be used: {wrong}", glob.value))
                    .help
                    .push(format!("write it like {default}"));
            }
        }
    }
    files.finish();
}

/// The last two folders of an evidence file's path are its quarter and its team, so they must not be `**`.
fn ends_in_quarter_and_team(glob: &str) -> bool {
    let parts: Vec<&str> = glob.rsplit('/').collect();
    parts.len() > 3 && !parts[..3].contains(&"**")
}

fn scale(mut fields: Fields<'_, '_>) -> Scale {
    let mut scale = Scale::default();
    let named = fields.tables("levels", |mut level| {
        let name = level.required_text("name", "people read the level's name, not its number");
        let criteria =
            level.required_text("criteria", "without criteria two people pick different levels for the same facts");
        level.finish();
        let text = |given: Option<At<String>>| given.map(|given| given.value).unwrap_or_default();
        Some(NamedLevel { name: text(name), criteria: text(criteria) })
    });
    let whole = |level: Level| level.millionths() % MILLIONTHS == 0;
    if let Some(bottom) = fields.level("bottom", Code::BadScale) {
        if whole(bottom.value) && bottom.value.millionths() <= 10 * MILLIONTHS {
            scale.bottom = bottom.value;
        } else {
            fields.report(Code::BadScale, &bottom.span, "`bottom` must be a whole number from 0 to 10");
        }
    }
    if let Some(step) = fields.level("step", Code::BadScale) {
        let millionths = step.value.millionths();
        if (100_000..=MILLIONTHS).contains(&millionths) && MILLIONTHS % millionths == 0 {
            scale.step = step.value;
        } else {
            let report = fields.report(Code::BadScale, &step.span, "`step` must divide one level evenly");
            report.help.push("use 1, 0.5, 0.25, 0.2 or 0.1".to_owned());
        }
    }
    if let Some(span) = fields.key_span("levels") {
        if (2..=21).contains(&named.len()) {
            scale.levels = named;
        } else {
            fields.report(Code::BadScale, &span, format!("a scale has 2 to 21 levels, this one has {}", named.len()));
        }
    }
    scale.dimensions = fields.table("dimensions").map(dimensions).unwrap_or_default();
    fields.finish();
    scale
}

/// The most dimensions of a level. Every answer gives a level for each dimension.
const DIMENSIONS: usize = 20;

/// `{ policy = 1, practice = 2 }`: each dimension and its weight.
fn dimensions(mut fields: Fields<'_, '_>) -> Vec<Dimension> {
    let mut entries = fields.rest(&[]);
    if entries.len() > DIMENSIONS {
        let message = format!("a level has at most {DIMENSIONS} dimensions, this one has {}", grouped(entries.len()));
        let place = fields.place();
        fields.found.push(Diagnostic::new(Code::BadScale, place, message));
        entries.truncate(DIMENSIONS);
    }
    let mut dimensions: Vec<(usize, Dimension)> = Vec::new();
    for (key, value) in &entries {
        let weight = fields.as_integer(value, key.get_ref(), 1..=1000);
        if !is_name(key.get_ref()) {
            let message = format!("`{}` cannot be a dimension's name", key.get_ref());
            let report = fields.report(Code::BadName, &key.span(), message);
            report.help.push("use letters, digits, `-` and `_`, as in policy".to_owned());
        }
        // Answers give a level for every dimension, even if its weight is wrong.
        let dimension = Dimension { name: key.get_ref().to_string(), weight: weight.unwrap_or(1) };
        dimensions.push((key.span().start, dimension));
    }
    if entries.len() == 1 {
        let place = fields.place();
        let one = Diagnostic::new(Code::BadScale, place, "one dimension splits nothing");
        fields.found.push(one.help("give two or more, or leave `dimensions` out"));
    }
    // In the order of the file.
    dimensions.sort_by_key(|(start, _)| *start);
    dimensions.into_iter().map(|(_, dimension)| dimension).collect()
}

fn scoring(mut fields: Fields<'_, '_>) -> Scoring {
    let default = Scoring::default();
    let scoring = Scoring {
        score: fields
            .choice("score", &[("supported", Basis::Supported), ("claimed", Basis::Claimed)])
            .unwrap_or(default.score),
        teams: fields.choice("teams", &[("mean", TeamRule::Mean), ("min", TeamRule::Min)]).unwrap_or(default.teams),
        overall: fields
            .choice("overall", &[("functions", OverallRule::Functions), ("controls", OverallRule::Controls)])
            .unwrap_or(default.overall),
        minimum_coverage: percentage(&mut fields, "minimum_coverage").unwrap_or(default.minimum_coverage),
        decimals: fields.integer("decimals", 0..=3).unwrap_or(default.decimals),
    };
    fields.finish();
    scoring
}

/// The whole number of `key`, from 0 to 100. People often write 0.6 for 60.
fn percentage(fields: &mut Fields<'_, '_>, key: &'static str) -> Option<u32> {
    let value = fields.raw(key)?;
    let percentage = fields.number(value, key, 0..=100);
    percentage.map_err(|wrong| wrong.help.push("give a percentage: 60".to_owned())).ok()
}

/// `[evidence]`: how old evidence may be, and what each level needs.
fn policy(mut fields: Fields<'_, '_>, scale: &Scale) -> (Option<i32>, Option<Vec<Need>>) {
    let mut levels = Vec::new();
    let max_age = rules::max_age(&mut fields);
    let needs = rules::needs(&mut fields, &mut levels);
    rules::report_levels(&mut fields, &levels, scale);
    fields.finish();
    (max_age, needs)
}

/// `[audiences]`: what each audience may not see, where this differs from the defaults.
fn audiences(mut fields: Fields<'_, '_>) -> Audiences {
    let mut audiences = Audiences::default();
    for audience in Audience::ALL {
        let key = audience.name();
        let Some(hidden) = audiences.of_mut(audience) else {
            if let Some(span) = fields.key_span(key) {
                let _ = fields.raw(key);
                let report =
                    fields.report(Code::BadValue, &span, format!("nothing can be hidden from the audience `{key}`"));
                let others = Audience::ALL.into_iter().filter(|other| *other != audience);
                let others: Vec<String> = others.map(|other| format!("`{}`", other.name())).collect();
                report
                    .help
                    .push(format!("it is the report for whoever may read the workspace; set {}", others.join(" or ")));
            }
            continue;
        };
        let Some(named) = fields.texts(key) else { continue };
        hidden.clear();
        for name in named {
            match Hidden::ALL.into_iter().find(|known| known.name() == name.value) {
                Some(known) => hidden.push(known),
                None => {
                    let words = Hidden::ALL.map(|known| format!("`{}`", known.name())).join(", ");
                    let message = format!("`{}` is nothing that can be hidden", name.value);
                    fields.report(Code::BadValue, &name.span, message).help.push(format!("name any of {words}"));
                }
            }
        }
    }
    fields.finish();
    audiences
}

/// The most teams of a workspace. Each team may be asked for each control.
const TEAMS: usize = 1_000;

/// Reports a scope that holds no id: it would read like one that is left out, which holds everything.
fn nothing_asked(table: &mut Fields<'_, '_>, scope: Option<&[At<String>]>) {
    if let Some(span) = table.key_span("scope").filter(|_| scope.is_some_and(<[_]>::is_empty)) {
        let report = table.report(Code::BadValue, &span, "`scope` is empty, and a team is asked for something");
        report
            .help
            .push("leave it out to ask the team for everything; under [since], write \"default\" for that".to_owned());
        report.help.push("to ask the team nothing any more, give its [[team]] a last_quarter".to_owned());
    }
}

fn teams(fields: &mut Fields<'_, '_>, mentioned: &mut Vec<(String, Place)>) -> Table<TeamId, Team> {
    let mut seen: BTreeMap<String, Place> = BTreeMap::new();
    let mut follows = Vec::new();
    let before = fields.found.len();
    let teams = fields.tables("team", |mut table| {
        let id = table.required_text("id", "the id is the name of the team's folder");
        let name = table.required_text("name", "people read the team's name on every page");
        let also_called = table.texts("also_called").unwrap_or_default();
        let weight = table.integer("weight", 1..=1000).unwrap_or(1);
        let scope = table.texts("scope");
        nothing_asked(&mut table, scope.as_deref());
        let scope = scope.unwrap_or_default();
        mentioned.extend(scope.iter().map(|id| (id.value.clone(), table.at(&id.span))));
        let (first_quarter, last_quarter) = asked_from_to(&mut table);
        let succeeds = table.texts("succeeds").unwrap_or_default();
        let id = id.map(|id| {
            let place = table.at(&id.span);
            match seen.get(&id.value) {
                Some(first) => {
                    let twice =
                        Diagnostic::new(Code::DuplicateId, place, format!("team `{}` is given twice", id.value));
                    table.found.push(twice.label("again here").related(first.clone(), "first here"));
                }
                None => drop(seen.insert(id.value.clone(), place)),
            }
            checked_name(&mut table, id)
        });
        table.finish();
        let name = name.map(|name| name.value).or_else(|| id.clone())?;
        let scope = scope.into_iter().map(|id| id.value).collect();
        let also_called = also_called.into_iter().map(|name| name.value).collect();
        let id = id?;
        follows.push((id.clone(), succeeds));
        let (succeeds, followed_by) = (Vec::new(), Vec::new());
        Some(Team { id, name, also_called, weight, scope, first_quarter, last_quarter, succeeds, followed_by })
    });
    if teams.is_empty() && fields.found.len() == before && !fields.is_misspelt("team") {
        let place = fields.place();
        fields.found.push(
            Diagnostic::new(Code::MissingKey, place, "no `[[team]]` is given")
                .help("add [[team]] with id and name: teams give the answers"),
        );
    }
    if teams.len() > TEAMS {
        let span = fields.key_span("team").unwrap_or_default();
        let message = format!("{} teams are given, and at most {TEAMS} are read", grouped(teams.len()));
        let report = fields.report(Code::BadValue, &span, message);
        report
            .help
            .push("one workspace is for teams that are looked at together; give others one of their own".to_owned());
    }
    let mut teams = teams.into_iter().take(TEAMS).collect();
    fields.found.extend(alike(&teams, &seen));
    succession::read(follows, &mut teams, fields);
    teams
}

/// The first and the last quarter in which a team is asked.
fn asked_from_to(table: &mut Fields<'_, '_>) -> (Option<Quarter>, Option<Quarter>) {
    let first_quarter = named_quarter(table, "first_quarter");
    let last_quarter = named_quarter(table, "last_quarter");
    if let (Some(first), Some(last)) = (first_quarter, last_quarter)
        && last < first
    {
        let span = table.key_span("last_quarter").unwrap_or_default();
        let message = format!("the last quarter, {last}, comes before the first, {first}");
        let help = format!("write last_quarter = \"{first}\" or a later one, or correct first_quarter");
        table.report(Code::BadValue, &span, message).help.push(help);
    }
    (first_quarter, last_quarter)
}

/// Reports teams with the same name that are asked in the same quarter. `places` has where each id is written.
fn alike(teams: &Table<TeamId, Team>, places: &BTreeMap<String, Place>) -> Vec<Diagnostic> {
    let mut named: BTreeMap<String, Vec<&Team>> = BTreeMap::new();
    for team in teams {
        let seen: String = team.name.chars().filter(|c| is_showable(*c)).collect();
        named.entry(as_name(&seen)).or_default().push(team);
    }
    let ends_before =
        |one: &Team, other: &Team| one.last_quarter.zip(other.first_quarter).is_some_and(|(last, first)| last < first);
    let mut found = Vec::new();
    for (at, team) in named.values().flat_map(|same| same.iter().enumerate().map(move |(at, team)| (&same[..at], team)))
    {
        let mut before = at.iter().filter(|other| !ends_before(team, other) && !ends_before(other, team));
        let (Some(other), Some(place)) = (before.next(), places.get(&team.id)) else { continue };
        let message = format!("the teams `{}` and `{}` have the same name, {}", other.id, team.id, team.name);
        let alike = Diagnostic::new(Code::TeamsAlike, place.clone(), message);
        found.push(alike.help(format!("give `{}` another name: readers know teams by their names", team.id)));
    }
    found
}

/// Reads a name that becomes part of an address. Reports a name that is not suitable.
fn checked_name(fields: &mut Fields<'_, '_>, name: At<String>) -> String {
    if !is_name(&name.value) || name.value.bytes().any(|b| b.is_ascii_uppercase()) {
        fields
            .report(Code::BadName, &name.span, format!("`{}` cannot be a folder's name here", name.value))
            .help
            .push("use lower-case letters, digits, `-`, `_` and `.`, starting with a letter or digit".to_owned());
    }
    if name.value.eq_ignore_ascii_case(REVIEWS) {
        let message = format!("`{REVIEWS}` cannot be a team: the folder of this name holds what reviewers say");
        let report = fields.report(Code::BadName, &name.span, message);
        report.help.push("give the team another id, and rename its folders".to_owned());
    }
    name.value
}
