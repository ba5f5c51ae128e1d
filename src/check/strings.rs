//! Reads the words of the report: the English file, the file of the report's language, and what its theme says otherwise.
//!
//! No mistake in a strings file stops a report: the text of the file below stands in its place, and a warning names it.

use std::collections::BTreeSet;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::fields::{Fields, QUOTED, in_file_order};
use super::syntax::Parsed;
use crate::base::language::{Language, Plural};
use crate::base::message::{COUNT, Message, MessageForm};
use crate::base::number::grouped;
use crate::base::text::cut;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, nearest};
use crate::load::embedded;
use crate::load::workspace::Workspace;
use crate::model::settings::Settings;
use crate::model::strings::Strings;

/// The file with every text, which the others follow.
const ENGLISH: &str = "themes/default/strings/en.toml";

/// The most missing texts that a warning names.
const NAMED: usize = 10;

/// Reads the words of the report over the `english` ones, and checks every strings file of the workspace. `place` is where the
/// language is named.
pub(super) fn read(
    workspace: &Workspace,
    settings: &Settings,
    english: &Strings,
    place: Option<Place>,
    found: &mut Diagnostics,
) -> Strings {
    let mut strings = english.for_language(settings.language.clone());
    let layers = layers(settings);
    let is_there = |path: &&String| workspace.text(path).is_some();
    if let Some(place) = place.filter(|_| !layers.iter().any(|path| is_there(&path))) {
        found.push(no_strings(workspace, settings, place));
    }
    let others = workspace.files.keys().filter(|path| is_strings(path) && !layers.contains(path));
    for path in others {
        layer(workspace, path, english, &mut Strings::new(Language::english()), found);
    }
    for path in layers.iter().filter(is_there) {
        layer(workspace, path, english, &mut strings, found);
    }
    strings
}

/// The texts of the English file that the binary holds.
pub fn english() -> Strings {
    let text = embedded::FILES.iter().find(|(path, _)| *path == ENGLISH).map_or("", |(_, text)| text);
    let mut english = Strings::new(Language::english());
    let mut none = Diagnostics::default();
    Parsed::part(ENGLISH, text).read(&mut none, |mut fields| texts(&mut fields, None, &mut english));
    english
}

/// The files that make the words of the report, each above the one before it.
fn layers(settings: &Settings) -> Vec<String> {
    let theme = &settings.theme;
    let mut layers = Vec::new();
    for tag in settings.language.nearest().iter().rev() {
        layers.push(format!("themes/default/strings/{tag}.toml"));
        layers.push(format!("themes/{theme}/strings/{tag}.toml"));
    }
    layers.dedup();
    layers.push(format!("themes/{theme}/strings.toml"));
    layers
}

/// Whether a path is that of a strings file, of whatever theme.
fn is_strings(path: &str) -> bool {
    let file = path.strip_prefix("themes/").and_then(|below| below.split_once('/')).map(|(_, file)| file);
    file.is_some_and(|file| file == "strings.toml" || file.starts_with("strings/") && file.ends_with(".toml"))
}

fn no_strings(workspace: &Workspace, settings: &Settings, place: Place) -> Diagnostic {
    let folders = ["themes/default/strings/".to_owned(), format!("themes/{}/strings/", settings.theme)];
    let tag = |path: &String| {
        let file = folders.iter().find_map(|folder| path.strip_prefix(folder))?;
        file.strip_suffix(".toml").map(str::to_owned)
    };
    let tags: BTreeSet<String> = workspace.files.keys().filter_map(tag).collect();
    let tags: Vec<String> = tags.into_iter().collect();
    let language = settings.language.tag();
    let message =
        format!("there are no texts in the language `{language}`: the report prints its own words in English");
    Diagnostic::new(Code::UnknownLanguage, place, message).help(format!(
        "there are texts in {}; to add a language, write {}{language}.toml",
        tags.join(", "),
        folders[1]
    ))
}

/// Reads one file over `strings`. Its own mistakes are reported, unless the binary holds the file.
fn layer(workspace: &Workspace, path: &str, english: &Strings, strings: &mut Strings, found: &mut Diagnostics) {
    let Some(parsed) = Parsed::new(workspace, path) else { return };
    let is_whole = is_whole(workspace, path);
    parsed.read(found, |mut fields| {
        let given = texts(&mut fields, Some(english), strings);
        if is_whole {
            missing(english, &given, &mut fields);
        }
    });
}

/// Whether a file must hold every text. That of a region or a script stands on the file of its language, that of another theme on
/// the one of the default theme, if there is one. The file of a theme without a language stands on all of them.
fn is_whole(workspace: &Workspace, path: &str) -> bool {
    let Some((folder, file)) = path.rsplit_once("/strings/") else { return false };
    let tag = file.trim_end_matches(".toml");
    let language = tag.split_once('-').map_or(tag, |(language, _)| language);
    let below = [
        format!("{folder}/strings/{language}.toml"),
        format!("themes/default/strings/{language}.toml"),
        format!("themes/default/strings/{file}"),
    ];
    !below.iter().any(|below| below != path && workspace.text(below).is_some())
}

/// The section and key of a text.
type Name = (String, String);

/// Reads the texts of a file into `strings`, and gives the names of those that it has. Each must have the placeholders of `english`.
fn texts(fields: &mut Fields<'_, '_>, english: Option<&Strings>, strings: &mut Strings) -> BTreeSet<Name> {
    let mut given = BTreeSet::new();
    for (section, value) in in_file_order(fields.tree()) {
        let name = section.get_ref().as_ref();
        if let Some(english) = english.filter(|english| !english.sections().contains_key(name)) {
            unknown(fields, section, "section", english.sections().keys().map(String::as_str));
            continue;
        }
        let Some(table) = value.get_ref().as_table() else {
            wrong(fields, value, format!("`{}` is no table of texts", cut(name, QUOTED)));
            continue;
        };
        for (key, value) in in_file_order(table) {
            let (section, key) = (name, key);
            let known = english.and_then(|english| english.get(section, key.get_ref()));
            if let Some(english) = english.filter(|_| known.is_none()) {
                let keys = english.sections()[section].keys().map(String::as_str);
                unknown(fields, key, "text", keys);
                continue;
            }
            given.insert((section.to_owned(), key.get_ref().to_string()));
            if let Some(message) = message(fields, key.get_ref(), value, known) {
                strings.put(section, key.get_ref(), message);
            }
        }
    }
    given
}

fn unknown<'n>(
    fields: &mut Fields<'_, '_>,
    key: &Spanned<DeString<'_>>,
    what: &str,
    known: impl IntoIterator<Item = &'n str>,
) {
    let name = key.get_ref();
    let near = nearest(name, known);
    let place = fields.at(&key.span());
    let message = format!("no page prints a {what} called `{}`", cut(name, QUOTED));
    fields.found.push(Diagnostic::new(Code::BadString, place, message).nearest(near));
}

/// One text: words, or a table of its plural forms.
fn message(
    fields: &mut Fields<'_, '_>,
    key: &str,
    value: &Spanned<DeValue<'_>>,
    english: Option<&Message>,
) -> Option<Message> {
    if let Some(table) = value.get_ref().as_table() {
        return counted(fields, value, table, english);
    }
    text(fields, key, value, english).map(Message::one)
}

/// A text, or one of its plural forms.
fn text(
    fields: &mut Fields<'_, '_>,
    key: &str,
    value: &Spanned<DeValue<'_>>,
    english: Option<&Message>,
) -> Option<MessageForm> {
    let Some(text) = value.get_ref().as_str() else {
        wrong(fields, value, format!("`{}` is no text", cut(key, QUOTED)));
        return None;
    };
    form(fields, value, text, english)
}

fn counted(
    fields: &mut Fields<'_, '_>,
    value: &Spanned<DeValue<'_>>,
    table: &DeTable<'_>,
    english: Option<&Message>,
) -> Option<Message> {
    let mut forms = Vec::new();
    for (key, value) in in_file_order(table) {
        let name = key.get_ref().as_ref();
        let Some((_, plural)) = Plural::ALL.into_iter().find(|(known, _)| *known == name) else {
            unknown(fields, key, "plural form", Plural::ALL.map(|(name, _)| name));
            continue;
        };
        forms.push((plural, text(fields, name, value, english)?));
    }
    if english.is_some_and(|english| !english.names().contains(COUNT)) {
        wrong(fields, value, "this text holds no count, so it has no plural forms".to_owned());
        return None;
    }
    let message = Message::counted(forms);
    if message.is_none() {
        wrong(fields, value, "the plural form `other` is missing".to_owned());
    }
    message
}

/// One form of a text, with the placeholders of `english`.
fn form(
    fields: &mut Fields<'_, '_>,
    value: &Spanned<DeValue<'_>>,
    text: &str,
    english: Option<&Message>,
) -> Option<MessageForm> {
    let form = match MessageForm::parse(text) {
        Ok(form) => form,
        Err(why) => {
            wrong(fields, value, why);
            return None;
        }
    };
    let Some(english) = english else { return Some(form) };
    let (names, links): (BTreeSet<&str>, BTreeSet<&str>) = (form.names().collect(), form.links().collect());
    let known = english.names();
    let listed =
        |names: &BTreeSet<&str>| names.iter().map(|name| format!("`{{{name}}}`")).collect::<Vec<_>>().join(", ");
    if let Some(unknown) = names.iter().find(|name| !known.contains(*name)) {
        let here = if known.is_empty() { "no placeholder".to_owned() } else { listed(&known) };
        wrong(fields, value, format!("there is no value `{{{unknown}}}` for this text: it holds {here}"));
        return None;
    }
    let lost: BTreeSet<&str> = english.needed().into_iter().filter(|name| !names.contains(name)).collect();
    if !lost.is_empty() {
        wrong(fields, value, format!("this text must hold {}", listed(&lost)));
        return None;
    }
    if links != english.forms().flat_map(MessageForm::links).collect() {
        wrong(fields, value, "a link of this text is no link in English, or the other way round".to_owned());
        return None;
    }
    Some(form)
}

fn wrong(fields: &mut Fields<'_, '_>, value: &Spanned<DeValue<'_>>, why: String) {
    fields.report(Code::BadString, &value.span(), why).help.push("the English text is printed instead".to_owned());
}

/// Reports the texts that a file of a language lacks, in one warning.
fn missing(english: &Strings, given: &BTreeSet<Name>, fields: &mut Fields<'_, '_>) {
    let all = english.sections().iter();
    let all = all.flat_map(|(section, texts)| texts.keys().map(move |key| (section.clone(), key.clone())));
    let missing: Vec<String> =
        all.filter(|name| !given.contains(name)).map(|(section, key)| format!("`{section}.{key}`")).collect();
    if missing.is_empty() {
        return;
    }
    let more = missing.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {} more", grouped(more)) } else { String::new() };
    let named = missing[..missing.len().min(NAMED)].join(", ");
    let place = fields.place();
    let texts = if missing.len() == 1 { "text is" } else { "texts are" };
    let message = format!("{} {texts} not translated: {named}{more}", grouped(missing.len()));
    fields.found.push(
        Diagnostic::new(Code::MissingString, place, message)
            .help(format!("the report prints them in English; {ENGLISH} holds every text")),
    );
}
