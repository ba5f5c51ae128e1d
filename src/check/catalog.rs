//! Reads the catalog files. Checks that ids can be shown and are unique, and that nothing is missing.

use std::collections::{BTreeMap, BTreeSet};

use super::fields::{At, Fields, QUOTED, in_file_order};
use super::measure::{self, Pending};
use super::names::Names;
use super::rules;
use super::syntax::Parsed;
use super::terms::{fault_of_name, named_quarter};
use crate::base::layout::{folder_of, name_of};
use crate::base::link::is_name;
use crate::base::text::cut;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, nearest};
use crate::load::workspace::Workspace;
use crate::model::called::Called;
use crate::model::catalog::{Control, Framework, Lifetime, Node, Withdrawn};
use crate::model::collected::HEADER;
use crate::model::ids::{FrameworkId, Table};

/// The file with other words for what a framework holds. It says nothing about scores, so it is no part of the policy.
pub(super) const SYNONYMS_FILE: &str = "synonyms.toml";

/// The file that marks a folder of `controls/` as a framework.
pub(super) const FRAMEWORK_FILE: &str = "framework.toml";

/// Every framework of the workspace by id, in use or not, and the parts of its controls that are checked later.
pub(super) struct Catalogs {
    pub(super) frameworks: BTreeMap<String, Framework>,
    pub(super) pending: Vec<Pending>,
}

/// Reads every framework of the workspace.
pub(super) fn read(workspace: &Workspace, found: &mut Diagnostics) -> Catalogs {
    let mut folders: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for path in workspace.files.keys().filter(|path| workspace.patterns.is_catalog(path)) {
        if let Some(folder) = folder_of(path).filter(|_| path.ends_with(".toml")) {
            folders.entry(folder).or_default().push(path);
        }
    }
    let mut pending = Vec::new();
    let mut frameworks = BTreeMap::new();
    for (folder, paths) in folders {
        let header = format!("{folder}/{FRAMEWORK_FILE}");
        if !paths.contains(&header.as_str()) {
            found.extend(paths.iter().map(|path| {
                Diagnostic::new(
                    Code::MissingFramework,
                    Place::file(path),
                    format!("no {FRAMEWORK_FILE} stands beside this catalog file"),
                )
                .help(format!("add {header} with id, title and functions"))
            }));
            continue;
        }
        let Some((framework, of_folder)) = read_folder(workspace, &header, &paths, found) else { continue };
        pending.extend(of_folder);
        if let Some(first) = frameworks.insert(framework.id.clone(), framework) {
            let message = format!("another folder holds the framework `{}` too", first.id);
            found.push(
                Diagnostic::new(Code::DuplicateId, Place::file(&header), message)
                    .help("keep one of the two, or rename one with its id"),
            );
        }
    }
    Catalogs { frameworks, pending }
}

/// The content of `framework.toml`, before the Functions are read.
struct FrameworkHeader {
    framework: Framework,
    /// The Functions' ids in order, with the place of each.
    functions: Vec<(String, Place)>,
}

/// The own fields of a Function or a Category.
struct Heading {
    id: String,
    title: String,
    purpose: String,
}

/// The content of one Function's file.
struct Chapter {
    function: Heading,
    place: Place,
    /// The controls directly under the Function.
    controls: Vec<ControlRead>,
    categories: Vec<(Heading, Vec<ControlRead>)>,
}

/// A control and its sub-controls.
struct ControlRead {
    control: Control,
    subs: Vec<Control>,
}

/// The framework of a folder, and what of its controls can be checked only when every catalog is known.
fn read_folder(
    workspace: &Workspace,
    header: &str,
    paths: &[&str],
    found: &mut Diagnostics,
) -> Option<(Framework, Vec<Pending>)> {
    let mut chapters: BTreeMap<String, Chapter> = BTreeMap::new();
    let name = folder_of(header).map(name_of).unwrap_or_default().to_owned();
    let mut folder = CatalogFolder { name, ..CatalogFolder::default() };
    let head = Parsed::new(workspace, header)?.read(found, |fields| read_header(fields, &mut folder));
    let mut whole = true;
    let synonyms = format!("{}{SYNONYMS_FILE}", header.trim_end_matches(FRAMEWORK_FILE));
    for path in paths.iter().filter(|path| **path != header && **path != synonyms) {
        let chapter = Parsed::new(workspace, path)
            .and_then(|parsed| parsed.read(found, |fields| read_chapter(fields, &mut folder)));
        match chapter {
            Some(chapter) => drop(chapters.insert(chapter.function.id.clone(), chapter)),
            None => whole = false,
        }
    }
    let FrameworkHeader { mut framework, functions } = head;
    for (id, place) in functions {
        match chapters.remove(&id) {
            Some(chapter) => append(&mut framework, chapter),
            // A file that could not be read is already reported.
            None if whole => found.push(
                Diagnostic::new(
                    Code::MissingFunction,
                    place,
                    format!("no file of this folder holds the Function `{id}`"),
                )
                .help(format!("add a file beside {FRAMEWORK_FILE} that starts with id = \"{id}\"")),
            ),
            None => {}
        }
    }
    for chapter in chapters.into_values() {
        let message = format!("the Function `{}` is not in {FRAMEWORK_FILE}", chapter.function.id);
        found.push(
            Diagnostic::new(Code::MissingFunction, chapter.place, message)
                .help(format!("add it to `functions` of {header}")),
        );
    }
    if let Some(parsed) = Parsed::new(workspace, &synonyms) {
        framework.synonyms = parsed.read(found, |fields| read_synonyms(fields, &framework));
    }
    Some((framework, folder.pending))
}

/// Other words, each with the ids of what it means.
fn read_synonyms(mut fields: Fields<'_, '_>, framework: &Framework) -> Vec<(String, Vec<Node>)> {
    let mut words = Vec::new();
    for (word, value) in in_file_order(fields.tree()) {
        let Some(ids) = value.get_ref().as_array() else {
            fields.mistyped(value, word.get_ref(), "a list of ids");
            continue;
        };
        let mut nodes = Vec::new();
        for id in ids {
            let Some(name) = fields.as_text(id, word.get_ref()) else { continue };
            match framework.find(name.value) {
                Some(node) => nodes.push(node),
                None => {
                    let near = nearest(name.value, framework.nodes().map(|node| framework.called(node).name()));
                    let message = format!("`{}` is no id of this framework", cut(name.value, QUOTED));
                    let unknown = Diagnostic::new(Code::UnknownControl, fields.at(&name.span), message);
                    fields.found.push(unknown.nearest(near));
                }
            }
        }
        words.push((word.get_ref().to_string(), nodes));
    }
    words
}

/// The given text, or an empty text if its absence is already reported.
fn text(given: Option<At<String>>) -> String {
    given.map(|given| given.value).unwrap_or_default()
}

fn append(framework: &mut Framework, chapter: Chapter) {
    let Heading { id, title, purpose } = chapter.function;
    let function = framework.add_function(id, title, purpose);
    append_controls(framework, Node::Function(function), chapter.controls);
    for (Heading { id, title, purpose }, controls) in chapter.categories {
        let category = framework.add_category(function, id, title, purpose);
        append_controls(framework, Node::Category(category), controls);
    }
}

fn append_controls(framework: &mut Framework, above: Node, controls: Vec<ControlRead>) {
    for ControlRead { control, subs } in controls {
        let parent = framework.add_control(Control { above, ..control });
        for sub in subs {
            framework.add_control(Control { above: Node::Control(parent), ..sub });
        }
    }
}

/// The state of a framework while the files of its folder are read.
#[derive(Default)]
struct CatalogFolder {
    name: String,
    /// Each id read so far, in lower case because some file systems ignore case.
    ids: BTreeMap<String, (String, Place)>,
    /// The catalogs that references may name.
    references: BTreeMap<String, String>,
    /// The parts of its controls that this folder alone is not enough to check.
    pending: Vec<Pending>,
}

impl CatalogFolder {
    /// Reads the `id` of a Function, Category or control. Reports a missing, malformed or duplicate id.
    fn take(&mut self, fields: &mut Fields<'_, '_>) -> Option<At<String>> {
        self.take_unless(fields, |id| fault_of_name(id).or_else(|| reserved(id)))
    }

    /// Reads an `id` that `fault` finds nothing wrong with.
    fn take_unless(
        &mut self,
        fields: &mut Fields<'_, '_>,
        fault: impl Fn(&str) -> Option<(String, String)>,
    ) -> Option<At<String>> {
        let id = fields.required_text("id", "answers, targets and pages are found by id")?;
        let place = fields.at(&id.span);
        if let Some((why, help)) = fault(&id.value) {
            let message = format!("`{}` cannot be an id: {why}", cut(&id.value, QUOTED));
            fields.report(Code::BadName, &id.span, message).help.push(help);
            return None;
        }
        match self.ids.get(&id.value.to_lowercase()) {
            Some((spelt, first)) => {
                let twice = Diagnostic::new(Code::DuplicateId, place, format!("`{}` is given twice", id.value));
                let mut twice = twice.label("again here").related(first.clone(), "first here");
                if *spelt != id.value {
                    twice.help.push("ids that differ only in upper and lower case count as the same".to_owned());
                } else if fields.key_span("control").is_some() {
                    // A Category of the same id is one way to try to put controls below a control.
                    let help =
                        "controls below a control are sub-controls: [[control.sub]], or [[category.control.sub]]";
                    twice.help.push(help.to_owned());
                }
                fields.found.push(twice);
                None
            }
            None => {
                self.ids.insert(id.value.to_lowercase(), (id.value.clone(), place));
                Some(id)
            }
        }
    }
}

/// What an id means in files of a workspace already, and what to write instead; `None` if it means nothing there.
fn reserved(id: &str) -> Option<(String, String)> {
    let file = match id {
        "attested" => "an evidence file",
        HEADER => "the file of collectors",
        "default" => "the targets of a profile",
        _ => return None,
    };
    Some((format!("it is a key of {file}"), format!("give it another id, for example \"{id}-1\"")))
}

/// Why a text cannot be a framework's id: this is the name of its folder, and a colon divides it from another id.
fn fault_of_framework(id: &str) -> Option<(String, String)> {
    let help = "use up to 64 letters, digits, `-`, `_`, `.`, `(` and `)`, starting with a letter or digit";
    (!is_name(id)).then(|| ("a framework's id is also a folder's name, on every system".to_owned(), help.to_owned()))
}

/// The position of a framework until the frameworks in use are known.
const UNPLACED: FrameworkId = FrameworkId::MAIN;

/// Reads `framework.toml`. A missing value is reported and stays empty, so that answers to the controls are still checked.
fn read_header(mut fields: Fields<'_, '_>, folder: &mut CatalogFolder) -> FrameworkHeader {
    if let Some(id) = folder.take_unless(&mut fields, fault_of_framework).filter(|id| id.value != folder.name) {
        let message = format!("the framework `{}` stands in the folder `{}`", id.value, folder.name);
        fields
            .report(Code::BadName, &id.span, message)
            .help
            .push("give the folder and the framework the same name".to_owned());
    }
    let title = fields.required_text("title", "pages show the framework's title");
    let functions = fields.required_texts("functions", "list the ids of the framework's Functions in their order");
    let functions = functions.into_iter().map(|id| (id.value, fields.at(&id.span))).collect();
    let lists = |table: Option<Fields<'_, '_>>| table.map(Fields::lists).unwrap_or_default();
    folder.references =
        lists(fields.table("references")).into_iter().map(|(key, name)| (key.value, name.concat())).collect();
    let withdrawn =
        lists(fields.table("withdrawn")).into_iter().map(|(key, new)| (key.value, Withdrawn(new))).collect();
    let framework = Framework {
        at: UNPLACED,
        id: folder.name.clone(),
        title: text(title),
        version: fields.text_or_empty("version"),
        source: fields.text_or_empty("source"),
        copyright: fields.text_or_empty("copyright"),
        purpose: fields.text_or_empty("purpose"),
        team_level: fields.boolean("team_level").unwrap_or_default(),
        leaf: fields.text("leaf").map_or_else(|| "Control".to_owned(), |leaf| leaf.value),
        functions: Table::within(UNPLACED),
        categories: Table::within(UNPLACED),
        controls: Table::within(UNPLACED),
        called: Called::default(),
        references: folder.references.clone(),
        synonyms: Vec::new(),
        withdrawn,
    };
    fields.finish();
    FrameworkHeader { framework, functions }
}

fn read_chapter(mut fields: Fields<'_, '_>, folder: &mut CatalogFolder) -> Option<Chapter> {
    let id = folder.take(&mut fields);
    let title = fields.required_text("title", "pages show the Function's title");
    let purpose = fields.text_or_empty("purpose");
    let controls = fields.tables("control", |table| read_control(table, folder));
    let categories = fields.tables("category", |table| read_category(table, folder));
    let place = fields.place();
    fields.finish();
    let id = id?;
    let place = Place { start: id.span.start, end: id.span.end, ..place };
    let function = Heading { id: id.value, title: text(title), purpose };
    Some(Chapter { function, place, controls, categories })
}

fn read_category(mut fields: Fields<'_, '_>, folder: &mut CatalogFolder) -> Option<(Heading, Vec<ControlRead>)> {
    let id = folder.take(&mut fields);
    let title = fields.required_text("title", "pages show the Category's title");
    let purpose = fields.text_or_empty("purpose");
    let controls = fields.tables("control", |table| read_control(table, folder));
    fields.finish();
    Some((Heading { id: id?.value, title: text(title), purpose }, controls))
}

/// A control with its sub-controls. These are scored by its rules where they have none of their own; each weighs by itself.
fn read_control(mut fields: Fields<'_, '_>, folder: &mut CatalogFolder) -> Option<ControlRead> {
    let control = read_own(&mut fields, folder);
    let subs = fields.tables("sub", |mut table| {
        let sub = read_own(&mut table, folder);
        if let Some(span) = table.key_span("sub") {
            let _ = table.raw("sub");
            let id = sub.as_ref().map_or_else(|| "this".to_owned(), |sub| format!("`{}`", sub.id));
            let message = format!("{id} is a sub-control and holds sub-controls");
            let report = table.report(Code::MisplacedControl, &span, message);
            report.help.push(format!("sub-controls stand one level deep: put these beside {id}"));
        }
        table.finish();
        sub
    });
    fields.finish();
    let control = control?;
    let inherited = |sub: Control| Control { rules: sub.rules.over(&control.rules), ..sub };
    let subs = subs.into_iter().map(inherited).collect();
    Some(ControlRead { control, subs })
}

/// Reads a control without its sub-controls.
fn read_own(fields: &mut Fields<'_, '_>, folder: &mut CatalogFolder) -> Option<Control> {
    let id = folder.take(fields);
    let title = fields.required_text("title", "lists and charts show the control's title");
    let outcome = fields.required_text("outcome", "people score against the outcome");
    let examples = fields.texts("examples").unwrap_or_default().into_iter().map(|text| text.value).collect();
    let guidance = fields.text_or_empty("guidance");
    let objective = fields.text_or_empty("objective");
    let mut pending = Pending {
        framework: folder.name.clone(),
        control: id.as_ref().map(|id| id.value.clone()).unwrap_or_default(),
        facts_from: Vec::new(),
        levels: Vec::new(),
        needs: Vec::new(),
        replaced_by: Vec::new(),
    };
    let lifetime = lifetime(fields, &mut pending);
    let rules = rules::of_catalog(fields, &mut pending.needs);
    let measure = measure::read(fields, &mut pending);
    let references = references(fields, folder);
    folder.pending.push(pending);
    let (title, outcome) = (text(title), text(outcome));
    // Set when the control is added to its framework.
    let (above, called) = (Node::Framework(UNPLACED), Called::default());
    let id = id?.value;
    Some(Control {
        id,
        title,
        outcome,
        guidance,
        objective,
        examples,
        lifetime,
        rules,
        measure,
        references,
        above,
        called,
    })
}

/// The quarters in which a control is in force, and what takes its place.
fn lifetime(fields: &mut Fields<'_, '_>, pending: &mut Pending) -> Lifetime {
    let [since, until] = ["since", "until"].map(|key| named_quarter(fields, key));
    if let (Some(first), Some(last)) = (since, until)
        && last < first
    {
        let span = fields.key_span("until").unwrap_or_default();
        fields.report(Code::BadValue, &span, format!("the control ends with {last}, before it starts in {first}"));
    }
    let named = fields.texts("replaced_by").unwrap_or_default();
    if let Some(span) = fields.key_span("replaced_by").filter(|_| fields.key_span("until").is_none()) {
        let report = fields.report(Code::MissingKey, &span, "the control is replaced, and `until` is missing");
        report.help.push("give its last quarter: until = \"2026-Q3\"".to_owned());
    }
    let mut replaced_by = Vec::new();
    for id in named {
        if id.value == pending.control {
            fields.report(Code::BadValue, &id.span, "a control cannot replace itself");
            continue;
        }
        pending.replaced_by.push((id.value.clone(), fields.at(&id.span)));
        replaced_by.push(id.value);
    }
    Lifetime { since, until, replaced_by }
}

/// Reports controls that are said to take another one's place, and are in no catalog.
pub(super) fn successors(
    frameworks: &Table<FrameworkId, Framework>,
    pending: &[Pending],
    names: &Names,
    found: &mut Diagnostics,
) {
    let used: BTreeSet<&str> = frameworks.iter().map(|framework| framework.id.as_str()).collect();
    let in_use = |pending: &&Pending| used.contains(pending.framework.as_str());
    for (id, place) in pending.iter().filter(in_use).flat_map(|pending| &pending.replaced_by) {
        // A successor may be in a framework that is not in use yet.
        if names.control(id).is_none() && !names.is_unused(id) {
            names.not_a_control(id, place.clone(), found);
        }
    }
}

/// The related ids in other catalogs, by catalog.
fn references(fields: &mut Fields<'_, '_>, folder: &CatalogFolder) -> Vec<(String, Vec<String>)> {
    let lists = fields.table("references").map(Fields::lists).unwrap_or_default();
    for (catalog, _) in lists.iter().filter(|(catalog, _)| !folder.references.contains_key(&catalog.value)) {
        let place = fields.at(&catalog.span);
        let unknown =
            Diagnostic::new(Code::UnknownKey, place, format!("no catalog of references is called `{}`", catalog.value));
        let near = fields.nearest(&catalog.value, folder.references.keys().map(String::as_str));
        fields.found.push(unknown.nearest(near).help(format!("name it under `references` of {FRAMEWORK_FILE}")));
    }
    lists.into_iter().map(|(catalog, ids)| (catalog.value, ids)).collect()
}
