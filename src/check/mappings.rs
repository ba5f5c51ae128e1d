//! Reads the maps to other catalogs: the references of the frameworks in use, and the files of `mappings/`.
//!
//! No figure depends on a mapping, so a mistake in one is a warning: what is wrong is left out, and the report is made without it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::catalog::FRAMEWORK_FILE;
use super::fields::{At, Fields, QUOTED, in_file_order};
use super::names::{Names, nearest_spelt};
use super::syntax::Parsed;
use super::terms::fault_of_name;
use crate::base::layout::{folder_of, is_mapping, name_of};
use crate::base::link::is_name;
use crate::base::number::grouped;
use crate::base::text::cut;
use crate::border::toml::quoted;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::load::workspace::{Workspace, sha256};
use crate::model::assessment::{Assessment, PolicyFile};
use crate::model::catalog::Framework;
use crate::model::ids::{ControlId, ForeignCatalogId, FrameworkId, Table};
use crate::model::mapping::{ForeignCatalog, MappedPair, Mapping, NamedMapping, Relation};

/// Reads every map: those of the frameworks first, then the files by path.
pub(super) fn read(
    workspace: &Workspace,
    assessment: &Assessment,
    names: &Names,
    found: &mut Diagnostics,
) -> Table<ForeignCatalogId, ForeignCatalog> {
    let mut maps = of_references(assessment);
    let mut reader = MappingReader { assessment, names, taken: BTreeMap::new() };
    for NamedMapping { id, mapping, .. } in &maps {
        let first = (id.clone(), place_of(mapping), "a catalog refers to it");
        reader.taken.entry(id.to_lowercase()).or_insert(first);
    }
    for path in workspace.files.keys().filter(|path| is_mapping(path)) {
        let Some(digest) = workspace.digest(path) else { continue };
        let Some(parsed) = Parsed::new(workspace, path) else { continue };
        let mut beside = found.beside();
        let named = parsed.read(&mut beside, |fields| reader.mapping(fields));
        found.append(beside.with_code(Code::BadMapping));
        let whole = |mapping: Mapping| Mapping { path: path.clone(), sha256: digest, ..mapping };
        maps.extend(named.map(|named| NamedMapping { mapping: whole(named.mapping), ..named }));
    }
    maps.iter_mut().for_each(|named| bound(named, found));
    ForeignCatalog::of(maps)
}

/// The most lines of a map. SP 800-53, the largest catalog in common use, has 1,189 controls.
const MAPPED: usize = 20_000;

/// The file that holds a map: its own, or that of the framework whose references it is.
fn place_of(mapping: &Mapping) -> Place {
    let path = &mapping.path;
    Place::file(&if is_file(mapping) { path.clone() } else { format!("{path}/{FRAMEWORK_FILE}") })
}

/// Whether a map has a file of its own.
fn is_file(mapping: &Mapping) -> bool {
    mapping.path.ends_with(".toml")
}

/// Every page of a map looks at the whole map, so one without a bound would take time with the square of its length.
fn bound(named: &mut NamedMapping, found: &mut Diagnostics) {
    let NamedMapping { id, mapping, .. } = named;
    let listed = mapping.ids.as_ref().map_or(0, Vec::len);
    let count = mapping.pairs.len().max(listed);
    if count <= MAPPED {
        return;
    }
    let message = format!("the map to `{id}` has {} lines, and at most {} are read", grouped(count), grouped(MAPPED));
    let code = if is_file(mapping) { Code::BadMapping } else { Code::BadValue };
    found
        .push(Diagnostic::new(code, place_of(mapping), message).help("leave out what is not mapped, or split the map"));
    mapping.pairs.truncate(MAPPED);
    mapping.ids.iter_mut().for_each(|ids| ids.truncate(MAPPED));
}

/// The maps that the frameworks' references are.
fn of_references(assessment: &Assessment) -> Vec<NamedMapping> {
    // The files of each framework, by the name of their folder.
    let mut folders: BTreeMap<&str, (&str, String)> = BTreeMap::new();
    for PolicyFile { path, sha256 } in assessment.policy.files() {
        let Some(folder) = folder_of(path) else { continue };
        let (_, lines) = folders.entry(name_of(folder)).or_insert_with(|| (folder, String::new()));
        *lines += &format!("{sha256}  {path}\n");
    }
    let of = |framework: &Framework| {
        let (folder, lines) = folders.get(framework.id.as_str()).map_or(("", ""), |(folder, lines)| (*folder, lines));
        NamedMapping::of_references(framework, folder, &sha256(lines.as_bytes()))
    };
    assessment.frameworks.iter().flat_map(of).collect()
}

struct MappingReader<'a> {
    assessment: &'a Assessment,
    names: &'a Names,
    /// Each id of a catalog that is mapped already, by its lower-case spelling: the id, its place, and what it is there.
    taken: BTreeMap<String, (String, Place, &'static str)>,
}

/// All ids of the other catalog, if the mapping lists them.
struct Listed {
    ids: BTreeSet<String>,
    /// The same by their lower-case spelling.
    spelt: BTreeMap<String, String>,
}

impl Listed {
    fn of(ids: &[String]) -> Self {
        let spelt = ids.iter().map(|id| (id.to_lowercase(), id.clone())).collect();
        Self { ids: ids.iter().cloned().collect(), spelt }
    }

    fn nearest(&self, id: &str) -> Option<&str> {
        nearest_spelt(id, &self.spelt, |_| true)
    }
}

impl MappingReader<'_> {
    /// One file. Without an id, or a framework to map, nothing of it can be used.
    fn mapping(&mut self, mut fields: Fields<'_, '_>) -> Option<NamedMapping> {
        let id = self.id(&mut fields);
        let title = fields.required_text("title", "people read the name of the catalog, not its id");
        let version = fields.required_text("version", "say which version of the map this is: version = \"2024-02\"");
        let authority = fields.required_text("authority", "say who says so: authority = \"NIST OLIR\"");
        let of = self.framework(&mut fields);
        let ids = ids(&mut fields);
        let listed = ids.as_deref().map(Listed::of);
        fields.require("map", "say what each control is to foreign ids: [map.\"PR.DS-11\"] and equal = [\"…\"]");
        let mut pairs = match (fields.table("map"), of) {
            (Some(table), Some(of)) => self.map(table, of, listed.as_ref()),
            _ => Vec::new(),
        };
        fields.finish();
        pairs.sort_by_key(|pair: &MappedPair| pair.control);
        let text = |given: Option<At<String>>| given.map(|given| given.value).unwrap_or_default();
        let (id, of) = (id?, of?);
        let (title, version, authority) = (text(title), text(version), text(authority));
        let title = if title.is_empty() { id.clone() } else { title };
        let mapping = Mapping { version, authority, of, ids, pairs, path: String::new(), sha256: String::new() };
        Some(NamedMapping { id, title, mapping })
    }

    /// The id of the mapped catalog, which no other map has.
    fn id(&mut self, fields: &mut Fields<'_, '_>) -> Option<String> {
        let id = fields.required_text("id", "commands and addresses find the catalog by its id")?;
        let place = fields.at(&id.span);
        if !is_name(&id.value) {
            let message = format!("`{}` cannot be the id of a catalog", cut(&id.value, QUOTED));
            let report = fields.report(Code::BadName, &id.span, message);
            report
                .help
                .push("use up to 64 letters, digits, `-`, `_` and `.`, starting with a letter or digit".to_owned());
            return None;
        }
        if let Some((spelt, first, what)) = self.taken.get(&id.value.to_lowercase()) {
            let twice = Diagnostic::new(Code::DuplicateId, place, format!("`{spelt}` is mapped already"));
            let twice = twice.related(first.clone(), *what);
            fields
                .found
                .push(twice.help("give this catalog another id; ids that differ only in case count as the same"));
            return None;
        }
        self.taken.insert(id.value.to_lowercase(), (id.value.clone(), place, "first here"));
        Some(id.value)
    }

    /// The framework that is mapped.
    fn framework(&self, fields: &mut Fields<'_, '_>) -> Option<FrameworkId> {
        let of = fields.required_text("of", "name the framework that is mapped: of = \"csf-2.0\"")?;
        let frameworks = &self.assessment.frameworks;
        let known = frameworks.find(|framework| framework.id == of.value);
        if known.is_none() {
            let near = fields.nearest(&of.value, frameworks.iter().map(|framework| framework.id.as_str()));
            let message = format!("this workspace uses no framework `{}`", of.value);
            let unknown = Diagnostic::new(Code::UnknownFramework, fields.at(&of.span), message).nearest(near);
            fields.found.push(unknown.help("name one of `frameworks` in [report] of milepost.toml"));
        }
        known
    }

    /// `[map]`: what each control is to foreign ids.
    fn map(&self, table: Fields<'_, '_>, of: FrameworkId, listed: Option<&Listed>) -> Vec<MappedPair> {
        let mut pairs = Vec::new();
        let mut seen: BTreeMap<ControlId, Range<usize>> = BTreeMap::new();
        let example = "{ equal = [\"…\"] }";
        table.entries(example, |mut table, key| {
            if table.nests() {
                unquoted(&mut table, &key);
                return None::<()>;
            }
            let control = self.control(&mut table, &key, of);
            let twice = control.and_then(|control| seen.insert(control, key.span.clone()));
            if let Some(first) = &twice {
                let message = format!("`{}` is mapped twice", key.value);
                let twice = Diagnostic::new(Code::DuplicateId, table.at(&key.span), message);
                let first = table.at(first);
                table.found.push(twice.label("again here").related(first, "first here"));
            }
            let is_first = twice.is_none();
            let related = relations(&mut table, &key, listed);
            table.finish();
            if let Some(control) = control.filter(|_| is_first) {
                pairs.extend(related.into_iter().map(|(relation, id)| MappedPair { control, relation, id }));
            }
            None
        });
        pairs
    }

    /// The control that a key of `[map]` names. An id that several frameworks have is the one of the mapped framework.
    fn control(&self, table: &mut Fields<'_, '_>, key: &At<String>, of: FrameworkId) -> Option<ControlId> {
        let framework = &self.assessment.frameworks[of];
        let qualified = format!("{}:{}", framework.id, key.value);
        let control = self.names.control(&qualified).or_else(|| self.names.control(&key.value));
        let place = table.at(&key.span);
        match control {
            Some(control) if control.framework() == of => return Some(control),
            Some(other) => {
                let other = &self.assessment.frameworks[other.framework()].id;
                let message = format!("`{}` is a control of `{other}`, and this maps `{}`", key.value, framework.id);
                let wrong = Diagnostic::new(Code::UnknownControl, place, message);
                table.found.push(wrong.help("a mapping is of one framework: put it into a file of its own"));
            }
            None => match framework.find(&key.value).map(|node| framework.controls_of(node)) {
                Some(below) => {
                    let message = format!("`{}` stands above controls, and a mapping is of controls", key.value);
                    let wrong = Diagnostic::new(Code::UnknownControl, place, message);
                    let first = below.iter().next().map(|control| quoted(&framework.controls[control].id));
                    let help = |first| format!("map its controls one by one, as in [map.{first}]");
                    table.found.push(first.map(help).into_iter().fold(wrong, Diagnostic::help));
                }
                None => self.names.not_a_control(&key.value, place, table.found),
            },
        }
        None
    }
}

/// The most dots of an id that a message mends.
const DOTS: usize = 8;

/// Reports `[map.PR.DS-11]` without quotes: TOML reads it as a table in a table.
fn unquoted(table: &mut Fields<'_, '_>, key: &At<String>) {
    let (mut id, mut inner) = (key.value.clone(), table.tree());
    for _ in 0..DOTS {
        let entries = in_file_order(inner).into_iter();
        let below = entries.filter_map(|(key, value)| Some((key.get_ref(), value.get_ref().as_table()?))).next();
        let Some((key, table)) = below else { break };
        id = format!("{id}.{key}");
        inner = table;
    }
    let report = table.report(Code::MissingKey, &key.span, format!("`{}` holds a table of its own", key.value));
    report.help.push(format!("quote an id that has a dot: [map.{}]", quoted(&cut(&id, QUOTED))));
}

/// All foreign ids, each once.
fn ids(fields: &mut Fields<'_, '_>) -> Option<Vec<String>> {
    let mut seen: BTreeMap<String, Range<usize>> = BTreeMap::new();
    let given = fields.texts("ids")?;
    let ids = given.into_iter().filter_map(|id| {
        let value = foreign(fields, &id)?;
        match seen.insert(value.clone(), id.span.clone()) {
            Some(first) => {
                let twice =
                    Diagnostic::new(Code::DuplicateId, fields.at(&id.span), format!("`{value}` is given twice"));
                let first = fields.at(&first);
                fields.found.push(twice.label("again here").related(first, "first here"));
                None
            }
            None => Some(value),
        }
    });
    Some(ids.collect())
}

/// A foreign id, which keeps the rule of all ids.
fn foreign(fields: &mut Fields<'_, '_>, id: &At<String>) -> Option<String> {
    if id.value.is_empty() {
        let report = fields.report(Code::BadName, &id.span, "an id is empty");
        report.help.push("write it as its catalog does, or remove it".to_owned());
        return None;
    }
    if let Some((why, help)) = fault_of_name(&id.value) {
        let message = format!("`{}` cannot be an id: {why}", cut(&id.value, QUOTED));
        fields.report(Code::BadName, &id.span, message).help.push(help);
        return None;
    }
    Some(id.value.clone())
}

/// What a control is to each foreign id of its table. An id has one relation to a control.
fn relations(table: &mut Fields<'_, '_>, key: &At<String>, listed: Option<&Listed>) -> Vec<(Relation, String)> {
    if table.tree().is_empty() {
        let words = Relation::STATED.map(|relation| format!("`{}`", relation.name())).join(", ");
        let message = format!("`{}` has no foreign id", key.value);
        let report = table.report(Code::MissingKey, &key.span, message);
        report.help.push(format!("say what it is to which ids, with one of {words}"));
    }
    let mut related = Vec::new();
    let mut seen: BTreeMap<String, (Relation, Range<usize>)> = BTreeMap::new();
    for relation in Relation::STATED {
        for id in table.texts(relation.name()).unwrap_or_default() {
            let Some(value) = foreign(table, &id) else { continue };
            if let Some(listed) = listed.filter(|listed| !listed.ids.contains(&value)) {
                let near = if table.found.is_full(table.path) { None } else { listed.nearest(&value) };
                let unknown =
                    Diagnostic::new(Code::UnknownControl, table.at(&id.span), format!("`ids` lacks `{value}`"));
                table
                    .found
                    .push(unknown.nearest(near).help("`ids` lists all ids of the catalog: add it there, or mend it"));
                continue;
            }
            if let Some((before, first)) = seen.get(&value) {
                let first = table.at(first);
                let twice = given_twice(table, key, &id, [*before, relation]);
                table.found.push(twice.related(first, "first here"));
                continue;
            }
            seen.insert(value.clone(), (relation, id.span));
            related.push((relation, value));
        }
    }
    related
}

/// The diagnostic of a foreign id that stands in two places of one control, as what it is in each.
fn given_twice(table: &Fields<'_, '_>, key: &At<String>, id: &At<String>, relations: [Relation; 2]) -> Diagnostic {
    let (control, At { value: id, span }) = (&key.value, id);
    let [one, other] = relations.map(Relation::name);
    let (message, help) = if one == other {
        (format!("`{id}` is given twice"), "keep one of the two".to_owned())
    } else {
        let message = format!("`{control}` is both `{one}` and `{other}` to `{id}`");
        (message, "keep one of the two; where each asks for more than the other, this is `intersects`".to_owned())
    };
    Diagnostic::new(Code::DuplicateId, table.at(span), message).label("again here").help(help)
}
