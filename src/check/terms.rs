//! Reads the terms that several kinds of files use: a team, a quarter, a kind of evidence, a level, an id with a dot.

use super::fields::{At, Fields};
use crate::base::number::{Level, grouped};
use crate::base::quarter::Quarter;
use crate::base::text::{as_name, composed, is_showable};
use crate::border::toml::dotted;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::evidence::Kind;
use crate::model::ids::{Table, TeamId};
use crate::model::settings::{Scale, Team};

/// Advice if no team has the id.
pub(super) const TEAM_HELP: &str = "teams are named by their id in milepost.toml";

/// The team with the id `name`. If there is none, reports it with `help`.
pub(super) fn named_team(
    fields: &mut Fields<'_, '_>,
    name: &At<String>,
    teams: &Table<TeamId, Team>,
    help: &str,
) -> Option<TeamId> {
    let known = teams.find(|team| team.id == name.value);
    if known.is_none() {
        let called = teams.iter().find(|team| team.names().any(|other| as_name(other) == as_name(&name.value)));
        let near = called.map(|team| team.id.as_str());
        let near = near.or_else(|| fields.nearest(&name.value, teams.iter().map(|team| team.id.as_str())));
        let place = fields.at(&name.span);
        let unknown = Diagnostic::new(Code::UnknownTeam, place, format!("no [[team]] has the id `{}`", name.value));
        fields.found.push(unknown.nearest(near).help(help));
    }
    known
}

/// The quarter that `key` names.
pub(super) fn named_quarter(fields: &mut Fields<'_, '_>, key: &'static str) -> Option<Quarter> {
    let text = fields.text(key)?;
    let quarter = text.value.parse().ok();
    if quarter.is_none() {
        let message = format!("`{}` is not a quarter", text.value);
        fields.report(Code::BadQuarter, &text.span, message).help.push("write it like 2026-Q3".to_owned());
    }
    quarter
}

/// The kinds of evidence in `texts`, each once.
pub(super) fn kinds(fields: &mut Fields<'_, '_>, texts: &[At<String>]) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = Vec::new();
    for kind in texts.iter().filter_map(|text| known_kind(fields, text)) {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds
}

/// The kind of evidence that a text names.
pub(super) fn known_kind(fields: &mut Fields<'_, '_>, text: &At<String>) -> Option<Kind> {
    let kind = Kind::ALL.into_iter().find(|kind| kind.name() == text.value);
    if kind.is_none() {
        let near = fields.nearest(&text.value, Kind::ALL.map(Kind::name));
        let place = fields.at(&text.span);
        let unknown =
            Diagnostic::new(Code::UnknownKind, place, format!("`{}` is no kind of evidence", text.value)).nearest(near);
        fields.found.push(unknown.help(format!("kinds: {}", Kind::ALL.map(Kind::name).join(", "))));
    }
    kind
}

/// Reports a level that is not on the scale.
pub(super) fn report_level(fields: &mut Fields<'_, '_>, level: &At<Level>, scale: &Scale) {
    let place = fields.at(&level.span);
    fields.found.push(off_scale(place, level.value, scale));
}

/// The diagnostic of a level that is not on the scale.
pub(super) fn off_scale(place: Place, level: Level, scale: &Scale) -> Diagnostic {
    let (bottom, top, step) = (scale.bottom.shown(), scale.top().shown(), scale.step.shown());
    let inside = scale.bottom <= level && level <= scale.top();
    let wrong = if inside { format!("is off the scale's step of {step}") } else { "lies outside the scale".to_owned() };
    let off = Diagnostic::new(Code::BadLevel, place, format!("level {} {wrong}", level.shown()));
    off.help(format!("levels run from {bottom} to {top} in steps of {step}"))
}

/// The most characters of an id or of a guide's name.
const LONGEST: usize = 64;

/// Why a text cannot be an id or a guide's name, and what to write instead; `None` if it can be one.
pub(super) fn fault_of_name(id: &str) -> Option<(String, String)> {
    let told = |why: &str, help: String| Some((why.to_owned(), help));
    let count = id.chars().count();
    if count > LONGEST {
        return told(&format!("it has {} characters", grouped(count)), format!("shorten it to {LONGEST}"));
    }
    if id.trim() != id {
        return told("it starts or ends with a blank", format!("write \"{}\"", id.trim()));
    }
    let is_blank = |c: char| c.is_whitespace() && c != ' ';
    // A selector of a variant is shown as a part of the character before it, or not at all.
    let is_selector =
        |c: char| matches!(c, '\u{180B}'..='\u{180F}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}');
    let is_unseen = |c: char| !is_showable(c) || is_selector(c);
    if let Some(hidden) = id.chars().find(|c| is_unseen(*c) || is_blank(*c)) {
        let what = if is_blank(hidden) { "is another blank than a space" } else { "cannot be seen" };
        let why = format!("it holds U+{:04X}, which {what}", u32::from(hidden));
        let shown = id.chars().filter(|c| is_blank(*c) || !is_unseen(*c));
        let shown: String = shown.map(|c| if is_blank(c) { ' ' } else { c }).collect();
        return told(&why, format!("write \"{}\"", shown.trim()));
    }
    let composed = composed(id);
    if composed != id {
        let why = "it is not in Unicode's composed form (NFC), in which other programs may write it";
        return told(why, format!("write it in that form: \"{composed}\""));
    }
    None
}

/// The header of the table for `id` in TOML, as in `[PR.DS-11]` or `["AC-2(1)"]`.
pub(super) fn header(id: &str) -> String {
    format!("[{}]", dotted(id))
}

/// Reports `PR.DS = { … }` without quotes: TOML reads it as a table in a table.
pub(super) fn report_unquoted(table: &mut Fields<'_, '_>, key: &At<String>) {
    let place = table.at(&key.span);
    let message = format!("`{}` holds a table of its own", key.value);
    let nested = Diagnostic::new(Code::MissingKey, place, message);
    table.found.push(nested.help("quote ids that have a dot: \"PR.DS\" = { … }"));
}
