//! Writes a published catalog as the files of a framework: new ones, or the texts of those that are there. What a file says beyond
//! the published texts stays as it is written, with its comments.

use std::collections::{BTreeMap, BTreeSet};

use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, Value};

use super::ranks::{Catalog, PublishedControl, RankGroup};
use super::{Published, PublishedEntry, in_a_line, title_of};
use crate::base::link::is_name;
use crate::base::number::counted;
use crate::border::toml::{in_lines, quoted};
use crate::exchange::loss::Losses;

/// The file that makes a folder a framework.
pub const HEADER: &str = "framework.toml";
/// Files of a framework that hold no Function.
const NO_FUNCTION: &[&str] = &[HEADER, "synonyms.toml"];
/// The words after a source if not all texts are the publisher's.
const OWN: &str = "; short titles, references and mappings of milepost";
/// The most characters of a file's name, without its ending.
const NAME: usize = 40;

/// The files of a framework, by name.
pub type FrameworkFolder = BTreeMap<String, String>;

/// What was written.
#[derive(Clone, Debug, Default)]
pub struct WrittenCatalog {
    /// The files that are new or say something else now.
    pub files: FrameworkFolder,
    /// What changed, in a line each.
    pub changes: Vec<String>,
    /// How many controls of the framework the file does not hold; they stay as they are.
    pub kept: usize,
}

/// The ids of the controls that a framework's files hold, those that cannot be read left out.
pub fn control_ids(folder: &FrameworkFolder) -> BTreeSet<String> {
    fn of(table: &Table, is_control: bool, out: &mut BTreeSet<String>) {
        if let Some(id) = table.get("id").and_then(Item::as_str).filter(|_| is_control) {
            out.insert(id.to_owned());
        }
        for (key, is_control) in BELOW {
            let tables = table.get(key).and_then(Item::as_array_of_tables);
            tables.into_iter().flatten().for_each(|table| of(table, *is_control, out));
        }
    }
    let mut out = BTreeSet::new();
    let files = folder.iter().filter(|(name, _)| !NO_FUNCTION.contains(&name.as_str()));
    for document in files.filter_map(|(_, text)| text.parse::<DocumentMut>().ok()) {
        of(document.as_table(), false, &mut out);
    }
    out
}

/// The keys of tables below a table, and whether these are controls.
const BELOW: &[(&str, bool)] = &[("category", false), ("control", true), ("sub", true)];

/// Writes a catalog into the files of the framework `id`, of which `old` are there already.
///
/// # Errors
/// A sentence without a full stop: the files that are there cannot be changed.
pub fn write(
    id: &str,
    published: &Published,
    catalog: &Catalog,
    old: &FrameworkFolder,
    left: &mut Losses,
) -> Result<WrittenCatalog, String> {
    let mut writer = CatalogWriter::new(catalog, old)?;
    writer.renew();
    writer.add()?;
    let (header, withdrawn) = writer.header(id, published, old.get(HEADER), left)?;
    let mut texts: FrameworkFolder =
        writer.documents.iter().map(|(name, document)| (name.clone(), document.to_string())).collect();
    texts.insert(HEADER.to_owned(), header);
    texts.retain(|name, text| {
        if let Some(before) = old.get(name).filter(|before| before.contains("\r\n")) {
            *text = text.replace("\r\n", "\n").replace('\n', "\r\n");
            return before != text;
        }
        old.get(name) != Some(text)
    });
    let mut changes = writer.told();
    if texts.contains_key(HEADER) {
        let withdrawn = if withdrawn > 0 { format!(", {} withdrawn", counted(withdrawn, "id")) } else { String::new() };
        changes.push(format!("{HEADER}: {}{withdrawn}", if old.contains_key(HEADER) { "source" } else { "new" }));
    }
    Ok(WrittenCatalog {
        kept: writer.kept.len(),
        changes: if texts.is_empty() { Vec::new() } else { changes },
        files: texts,
    })
}

struct CatalogWriter<'c> {
    catalog: &'c Catalog,
    documents: BTreeMap<String, DocumentMut>,
    /// Each entry by id, with whether it is in the files already.
    entries: BTreeMap<&'c str, (&'c PublishedEntry, bool)>,
    /// Controls of the files that the catalog does not hold.
    kept: BTreeSet<String>,
    /// How many titles stay as they are because the publisher gives none.
    own_titles: usize,
    /// What was changed of which file.
    told: BTreeMap<String, FileSums>,
}

/// What was changed of a file.
#[derive(Default)]
struct FileSums {
    new: usize,
    texts: usize,
    examples: usize,
    others: usize,
}

impl<'c> CatalogWriter<'c> {
    fn new(catalog: &'c Catalog, old: &FrameworkFolder) -> Result<Self, String> {
        let mut documents = BTreeMap::new();
        for (name, text) in old.iter().filter(|(name, _)| !NO_FUNCTION.contains(&name.as_str())) {
            let document = text.parse::<DocumentMut>().map_err(|_| format!("{name} is no TOML that can be read"))?;
            documents.insert(name.clone(), document);
        }
        let mut entries: BTreeMap<&str, (&PublishedEntry, bool)> = BTreeMap::new();
        for function in &catalog.functions {
            let groups = std::iter::once(function).chain(&function.categories);
            entries.extend(groups.map(|group| (group.entry.id.as_str(), (&group.entry, false))));
        }
        entries.extend(catalog.controls().map(|control| (control.id.as_str(), (control, false))));
        let (kept, own_titles, told) = (BTreeSet::new(), 0, BTreeMap::new());
        Ok(Self { catalog, documents, entries, kept, own_titles, told })
    }

    /// Gives what is there its published texts.
    fn renew(&mut self) {
        let mut documents = std::mem::take(&mut self.documents);
        for (name, document) in &mut documents {
            self.renew_table(name, document.as_table_mut(), false);
        }
        self.documents = documents;
    }

    fn renew_table(&mut self, name: &str, table: &mut Table, is_control: bool) {
        let id = table.get("id").and_then(Item::as_str).unwrap_or_default().to_owned();
        if let Some((entry, is_there)) = self.entries.get_mut(id.as_str()) {
            *is_there = true;
            let entry: &PublishedEntry = entry;
            let sums = self.told.entry(name.to_owned()).or_default();
            let text = if is_control { "outcome" } else { "purpose" };
            if !entry.text.is_empty() && set(table, text, &text_value(&entry.text)) {
                sums.texts += 1;
            }
            let has_title = table.contains_key("title");
            if is_control && has_title && (entry.title.is_empty() || is_same_title(table, &entry.title)) {
                self.own_titles += usize::from(entry.title.is_empty());
            } else if !is_same_title(table, &title(entry)) && set(table, "title", &quoted(&title(entry))) {
                sums.others += 1;
            }
            if is_control && !entry.examples.is_empty() && set(table, "examples", &list_value(&entry.examples)) {
                sums.examples += 1;
            }
            if is_control && !entry.guidance.is_empty() && set(table, "guidance", &text_value(&entry.guidance)) {
                sums.others += 1;
            }
        } else if is_control {
            self.kept.insert(id);
        }
        for (key, is_control) in BELOW {
            let tables = table.get_mut(key).and_then(Item::as_array_of_tables_mut);
            for table in tables.into_iter().flat_map(ArrayOfTables::iter_mut) {
                self.renew_table(name, table, *is_control);
            }
        }
    }

    /// Adds what is not there yet.
    fn add(&mut self) -> Result<(), String> {
        let mut documents = std::mem::take(&mut self.documents);
        for function in &self.catalog.functions {
            let is_it =
                |document: &DocumentMut| document.get("id").and_then(Item::as_str) == Some(function.entry.id.as_str());
            let name = documents.iter().find(|(_, document)| is_it(document)).map(|(name, _)| name.clone());
            let name = match name {
                Some(name) => name,
                None => {
                    let name = file_name(&function.entry, &documents);
                    let mut table = self.new_table(&function.entry, false);
                    table.decor_mut().clear();
                    documents.insert(name.clone(), table.into());
                    name
                }
            };
            let document = documents.entry(name.clone()).or_default();
            let table = document.as_table_mut();
            let mut added = self.add_controls(table, &function.controls)?;
            for category in &function.categories {
                added += self.add_group(table, category)?;
            }
            self.told.entry(name).or_default().new += added;
        }
        self.documents = documents;
        Ok(())
    }

    fn add_group(&self, function: &mut Table, category: &RankGroup) -> Result<usize, String> {
        let categories = tables(function, "category")?;
        let at = position(categories, &category.entry.id);
        let at = match at {
            Some(at) => at,
            None => {
                categories.push(self.new_table(&category.entry, false));
                categories.len() - 1
            }
        };
        match categories.get_mut(at) {
            Some(table) => self.add_controls(table, &category.controls),
            None => Ok(0),
        }
    }

    fn add_controls(&self, above: &mut Table, controls: &[PublishedControl]) -> Result<usize, String> {
        let mut added = 0;
        for control in controls {
            let is_there =
                |entry: &PublishedEntry| self.entries.get(entry.id.as_str()).is_some_and(|(_, is_there)| *is_there);
            let subs: Vec<&PublishedEntry> = control.subs.iter().filter(|sub| !is_there(sub)).collect();
            if is_there(&control.entry) && subs.is_empty() {
                continue;
            }
            let list = tables(above, "control")?;
            if !is_there(&control.entry) {
                list.push(self.new_table(&control.entry, true));
                added += 1;
            }
            // Where the control stands somewhere else in the files, its new sub-controls stand here, as controls.
            let at = position(list, &control.entry.id);
            for sub in subs {
                added += 1;
                let table = self.new_table(sub, true);
                match at.and_then(|at| list.get_mut(at)) {
                    Some(control) => tables(control, "sub")?.push(table),
                    None => list.push(table),
                }
            }
        }
        Ok(added)
    }

    fn new_table(&self, entry: &PublishedEntry, is_control: bool) -> Table {
        let mut table = Table::new();
        table.decor_mut().set_prefix("\n");
        set(&mut table, "id", &quoted(&entry.id));
        set(&mut table, "title", &quoted(&title(entry)));
        if is_control {
            let outcome = [&entry.text, &entry.title, &entry.id].into_iter().find(|text| !text.is_empty());
            set(&mut table, "outcome", &text_value(outcome.map_or("", String::as_str)));
            if !entry.examples.is_empty() {
                set(&mut table, "examples", &list_value(&entry.examples));
            }
            if !entry.guidance.is_empty() {
                set(&mut table, "guidance", &text_value(&entry.guidance));
            }
        } else if !entry.text.is_empty() {
            set(&mut table, "purpose", &text_value(&entry.text));
        }
        table
    }

    /// The text of `framework.toml`, and how many withdrawn ids it lists anew.
    fn header(
        &self,
        id: &str,
        published: &Published,
        old: Option<&String>,
        left: &mut Losses,
    ) -> Result<(String, usize), String> {
        let unread = |_| format!("{HEADER} is no TOML that can be read");
        let mut document: DocumentMut = old.map_or("", String::as_str).parse().map_err(unread)?;
        let edition = if published.version.is_empty() { String::new() } else { format!(", {}", published.version) };
        let texts = format!("{}{edition}", published.name);
        let before = document.get("source").and_then(Item::as_str).unwrap_or_default().to_owned();
        // Short titles were there before the first import: they are no publisher's.
        let has_own =
            self.own_titles > 0 && old.is_some() && (!before.starts_with(&published.name) || before.ends_with(OWN));
        let own = if has_own { OWN } else { "" };
        let is_import = old.is_none() || before.starts_with(&published.name);
        let table = document.as_table_mut();
        if old.is_none() {
            set(table, "id", &quoted(id));
            set(table, "title", &quoted(&published.name));
        }
        if is_import && self.own_titles == 0 && !published.version.is_empty() {
            set(table, "version", &quoted(&published.version));
        }
        set(table, "source", &quoted(&format!("{texts}, read from {}{own}", published.kind)));
        if !published.copyright.is_empty() {
            set(table, "copyright", &quoted(&in_a_line(&published.copyright)));
        }
        let functions = table.get("functions").and_then(Item::as_array);
        let mut ids: Vec<String> =
            functions.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        let new = self.catalog.functions.iter().map(|function| function.entry.id.clone());
        let new: Vec<String> = new.filter(|id| !ids.contains(id)).collect();
        if !new.is_empty() {
            ids.extend(new);
            let listed: Vec<String> = ids.iter().map(|id| quoted(id)).collect();
            set(table, "functions", &format!("[{}]", listed.join(", ")));
        }
        let withdrawn = self.withdraw(table, left)?;
        Ok((document.to_string(), withdrawn))
    }

    /// Adds the withdrawn ids that are not listed yet, and says how many.
    fn withdraw(&self, header: &mut Table, left: &mut Losses) -> Result<usize, String> {
        let (mut in_force, mut new) = (Vec::new(), Vec::new());
        let listed = header.get("withdrawn").and_then(Item::as_table_like);
        for (id, successors) in &self.catalog.withdrawn {
            if self.kept.contains(id) {
                in_force.push(id.as_str());
            } else if !listed.is_some_and(|listed| listed.contains_key(id)) {
                new.push((id, successors));
            }
        }
        for id in in_force {
            left.add(
                "the file",
                id,
                "it is withdrawn, and it is a control here: give it its last quarter with `until`",
            );
        }
        if new.is_empty() {
            return Ok(0);
        }
        let count = new.len();
        let item = header.entry("withdrawn").or_insert_with(|| {
            let mut table = Table::new();
            table.decor_mut().set_prefix("\n");
            Item::Table(table)
        });
        let table = item.as_table_like_mut().ok_or_else(|| format!("`withdrawn` of {HEADER} is no table"))?;
        for (id, successors) in new {
            let successors: Vec<String> = successors.iter().map(|id| quoted(id)).collect();
            table.insert(id, Item::Value(value(&format!("[{}]", successors.join(", ")))));
            if let Some(mut key_of) = table.key_mut(id) {
                key_of.fmt();
            }
        }
        Ok(count)
    }

    fn told(&self) -> Vec<String> {
        let line = |(name, sums): (&String, &FileSums)| {
            let parts = [
                (sums.new, ["new control", "new controls"]),
                (sums.texts, ["outcome or purpose", "outcomes and purposes"]),
                (sums.examples, ["list of examples", "lists of examples"]),
                (sums.others, ["other text", "other texts"]),
            ];
            let parts = parts.into_iter().filter(|(count, _)| *count > 0);
            let parts =
                parts.map(|(count, [one, several])| format!("{count} {}", if count == 1 { one } else { several }));
            let parts: Vec<String> = parts.collect();
            (!parts.is_empty()).then(|| format!("{name}: {}", parts.join(", ")))
        };
        self.told.iter().filter_map(line).collect()
    }
}

/// An entry's title, made of its text where it has none.
fn title(entry: &PublishedEntry) -> String {
    let texts = [entry.title.clone(), title_of(&entry.text)];
    texts.into_iter().find(|text| !text.trim().is_empty()).unwrap_or_else(|| entry.id.clone())
}

/// Whether a table has this title. A publisher's capitals change nothing: `GOVERN` is `Govern`.
fn is_same_title(table: &Table, title: &str) -> bool {
    let own = table.get("title").and_then(Item::as_str).unwrap_or_default();
    own.to_lowercase() == title.to_lowercase()
}

/// The list of tables at a key, which is made where there is none.
fn tables<'t>(table: &'t mut Table, key: &str) -> Result<&'t mut ArrayOfTables, String> {
    let item = table.entry(key).or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    item.as_array_of_tables_mut()
        .ok_or_else(|| format!("`{key}` is no list of tables as [[{key}]] makes it, and is not changed"))
}

/// Where the table with this id stands.
fn position(tables: &ArrayOfTables, id: &str) -> Option<usize> {
    tables.iter().position(|table| table.get("id").and_then(Item::as_str) == Some(id))
}

/// A value of its text in TOML.
fn value(text: &str) -> Value {
    text.parse().expect("what this room writes is TOML")
}

/// A text in TOML: in a line, or in three quotes where it has several.
fn text_value(text: &str) -> String {
    if text.contains('\n') { in_lines(text, "\n") } else { quoted(text) }
}

/// A list of texts in TOML, each on its line.
fn list_value(texts: &[String]) -> String {
    let lines: String = texts.iter().map(|text| format!("  {},\n", quoted(text))).collect();
    format!("[\n{lines}]")
}

/// Gives a key a value, and says whether it had another one. Comments beside it stay.
fn set(table: &mut Table, name: &str, text: &str) -> bool {
    let new = value(text);
    match table.get_mut(name).and_then(Item::as_value_mut) {
        Some(old) if is_same(old, &new) => false,
        Some(old) => {
            let decor = old.decor().clone();
            *old = new;
            *old.decor_mut() = decor;
            true
        }
        None => {
            table.insert(name, Item::Value(new));
            true
        }
    }
}

/// Whether two values say the same.
fn is_same(old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::Array(old), Value::Array(new)) => {
            old.len() == new.len()
                && old.iter().zip(new).all(|(old, new)| old.as_str().is_some() && old.as_str() == new.as_str())
        }
        (old, new) => old.as_str().is_some() && old.as_str() == new.as_str(),
    }
}

/// A name for a Function's file that no other file has: `access-control.toml`.
fn file_name(entry: &PublishedEntry, taken: &BTreeMap<String, DocumentMut>) -> String {
    let plain = |text: &str| {
        let words: String =
            text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { ' ' }).collect();
        let mut name = String::new();
        for word in words.split(' ').filter(|word| !word.is_empty()) {
            if name.len() + word.len() >= NAME {
                break;
            }
            name += &format!("{}{word}", if name.is_empty() { "" } else { "-" });
        }
        name
    };
    let readable = |text: &str| text.chars().filter(|c| c.is_alphabetic()).all(|c| c.is_ascii());
    let title = Some(plain(&entry.title)).filter(|name| !name.is_empty() && readable(&entry.title));
    let base = title.unwrap_or_else(|| plain(&entry.id));
    let base = if base.is_empty() || !is_name(&base) {
        format!("function-{base}").trim_end_matches('-').to_owned()
    } else {
        base
    };
    let is_free = |name: &String| !taken.contains_key(name) && !NO_FUNCTION.contains(&name.as_str());
    let numbered = (2..).map(|number| format!("{base}-{number}.toml"));
    let name = std::iter::once(format!("{base}.toml")).chain(numbered).find(is_free);
    name.expect("there is always another number")
}

/// A name for a framework, made of what its publisher calls it: `sp-800-53-r5`.
pub fn framework_id(published: &Published) -> String {
    let short = published.short.trim();
    let source = if short.is_empty() { published.name.as_str() } else { short };
    let mut text = source.to_lowercase().replace('_', " ");
    for (long, short) in [
        ("electronic version of", " "),
        ("special publication", "sp"),
        ("cybersecurity framework", "csf"),
        ("revision ", "r"),
        ("nist ", " "),
        ("nist-", " "),
    ] {
        text = text.replace(long, short);
    }
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { ' ' };
    let text: String = text.chars().map(plain).collect();
    let mut words: Vec<String> =
        text.split(' ').map(|word| word.trim_matches('.').to_owned()).filter(|word| !word.is_empty()).collect();
    let is_number = |word: &String| word.bytes().all(|byte| byte.is_ascii_digit());
    if words.len() > 3 && words[words.len() - 3..].iter().all(is_number) {
        // `CSF_2_0_0` is edition 2.0, as NIST prints it.
        let edition = words.split_off(words.len() - 3).join(".");
        words.push(edition.strip_suffix(".0").unwrap_or(&edition).to_owned());
    }
    let mut id = String::new();
    for word in words {
        let between = if id.is_empty() { "" } else { "-" };
        if id.len() + word.len() + 1 > 48 {
            break;
        }
        id += &format!("{between}{word}");
    }
    if is_name(&id) { id } else { "imported".to_owned() }
}
