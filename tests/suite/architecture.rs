//! Tests that the sources are as ARCHITECTURE.md says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use toml::de::DeTable;
use walkdir::WalkDir;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// Every source file, by its path in `src`.
fn sources() -> BTreeMap<PathBuf, String> {
    let src = root().join("src");
    let found = WalkDir::new(&src).into_iter().map(|entry| entry.unwrap().into_path());
    let rust = found.filter(|path| path.extension().is_some_and(|ending| ending == "rs"));
    rust.map(|path| (path.strip_prefix(&src).unwrap().to_owned(), fs::read_to_string(&path).unwrap())).collect()
}

/// The first words in backticks of the rows of ARCHITECTURE.md's section `title` that start with `mark`.
fn listed(title: &str, mark: &str) -> Vec<String> {
    let text = read("ARCHITECTURE.md");
    let section = text.split("\n## ").find_map(|section| section.strip_prefix(title)).unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix(mark)?.strip_prefix('`'));
    rows.map(|row| row.split('`').next().unwrap().to_owned()).collect()
}

/// A source file's room and its module in that room; a room that is one file is its own module. `score/change/sides.rs` is a part
/// of the module `change`: what happens inside a module is its own affair.
fn module(path: &Path) -> (String, String) {
    let parts: Vec<&str> = path.iter().map(|part| part.to_str().unwrap().trim_end_matches(".rs")).collect();
    let below = parts.get(1).filter(|name| **name != "mod");
    (parts[0].to_owned(), below.copied().unwrap_or_default().to_owned())
}

/// A text without its comments and its unit tests, which may use what the module itself may not.
fn code(text: &str) -> String {
    let text = text.split("\n#[cfg(test)]\n").next().unwrap();
    let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    code.join("\n")
}

/// The rooms that each room names, comments left out.
fn uses() -> BTreeMap<String, BTreeSet<String>> {
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, text) in sources() {
        let (room, _) = module(&path);
        // The binary names the library where its modules name the crate.
        let here = if room == "main" { "milepost::" } else { "crate::" };
        let code = code(&text);
        let named = code.split(here).skip(1).flat_map(first_names);
        uses.entry(room.clone()).or_default().extend(named.filter(|name| *name != room));
    }
    uses.remove("lib");
    let rooms: BTreeSet<String> = uses.keys().cloned().collect();
    uses.values_mut().for_each(|named| named.retain(|name| rooms.contains(name)));
    uses
}

/// The modules of one room that each of its modules names; the room's own `mod.rs` is left out, since it declares them all.
fn uses_within(room: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, text) in sources() {
        let (of, module) = module(&path);
        if of != room || module.is_empty() {
            continue;
        }
        let code = code(&text);
        // `super` leads to the room from a file that lies right in it, and `super::super` from one in a folder of it.
        let deep = path.iter().count() > 2 && path.file_stem().is_none_or(|name| name != "mod");
        let up = if deep { "super::super::" } else { "super::" };
        let room = format!("crate::{room}::");
        let named = [room.as_str(), up].into_iter().flat_map(|here| code.split(here).skip(1).flat_map(first_names));
        uses.entry(module.clone()).or_default().extend(named.filter(|name| *name != module));
    }
    let modules: BTreeSet<String> = uses.keys().cloned().collect();
    uses.values_mut().for_each(|named| named.retain(|name| modules.contains(name)));
    uses
}

/// `check` of `check::check(…)`; `check` and `score` of `{check, score::Figures}`.
fn first_names(path: &str) -> Vec<String> {
    let name = |text: &str| text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    let Some(group) = path.strip_prefix('{') else { return vec![name(path)] };
    let mut depth = 0;
    let outside = |c: char| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        depth == 0 && c == ','
    };
    let group = &group[..group.find(';').unwrap_or(group.len())];
    group.split(outside).map(name).collect()
}

#[test]
fn rooms_use_only_those_listed_above_them() {
    let order = listed("Rooms", "- ");
    let uses = uses();
    assert_eq!(order.iter().collect::<BTreeSet<_>>(), uses.keys().collect(), "the list and src hold different rooms");
    assert_eq!(order.len(), uses.len(), "a room is listed twice");
    for (at, room) in order.iter().enumerate() {
        let below: Vec<_> = uses[room].iter().filter(|used| !order[..at].contains(used)).collect();
        assert!(below.is_empty(), "{room} uses {below:?}, listed below it");
    }
}

/// What is left of `uses` when every module is taken out that uses no other one that is left: modules in a cycle, and those that
/// use them.
fn cycles(mut uses: BTreeMap<String, BTreeSet<String>>) -> BTreeMap<String, BTreeSet<String>> {
    loop {
        let free: Vec<_> = uses.iter().filter(|(_, used)| used.is_empty()).map(|(module, _)| module.clone()).collect();
        if free.is_empty() {
            return uses;
        }
        uses.retain(|module, _| !free.contains(module));
        uses.values_mut().for_each(|used| used.retain(|module| !free.contains(module)));
    }
}

// Without cycles, a reader can understand each module after the modules that it uses.
#[test]
fn no_room_holds_a_cycle_of_modules() {
    let rooms: BTreeSet<String> = sources().keys().map(|path| module(path).0).collect();
    let found: Vec<_> = rooms.iter().map(|room| (room, cycles(uses_within(room)))).collect();
    let found: Vec<_> = found.iter().filter(|(_, left)| !left.is_empty()).collect();
    assert!(found.is_empty(), "modules in or above a cycle, and what they use of each other: {found:#?}");
}

// A control: the test above must be able to fail.
#[test]
fn a_cycle_is_seen() {
    let uses = |rows: &[(&str, &[&str])]| {
        let row = |(module, used): &(&str, &[&str])| {
            ((*module).to_owned(), used.iter().map(|name| (*name).to_owned()).collect())
        };
        rows.iter().map(row).collect::<BTreeMap<String, BTreeSet<String>>>()
    };
    assert!(cycles(uses(&[("one", &["two"]), ("two", &[])])).is_empty());
    assert_eq!(cycles(uses(&[("one", &["two"]), ("two", &["one"]), ("three", &[])])).len(), 2);
}

/// What makes or prints a text that leaves, and the only files that may.
const BORDERS: &[(&str, &[&str])] = &[
    ("io::stdout", &["main.rs"]),
    ("io::stderr", &["main.rs"]),
    ("print!", &[]),
    ("println!", &[]),
    (".exit()", &["main.rs"]),
    // The type that is printed has no other way in than the room of borders, but for what is the program's own.
    ("text: &Shown) -> io::Result", &["main.rs"]),
    ("Shown::own(", &["cli/catalog.rs", "cli/completions.rs", "cli/man.rs"]),
    // The pages of a register are as long as their rows: these are counted, and nothing is written.
    ("serde_json::to_", &["border/json.rs", "border/script.rs", "report/paging.rs"]),
    ("csv::Writer", &["border/csv.rs"]),
    ("comfy_table", &["export/table.rs"]),
    // A workbook's texts are never written in a way in which a formula is one.
    ("rust_xlsxwriter", &["exchange/profile/sheet.rs", "exchange/workbook/sheets.rs"]),
    ("write_formula", &[]),
    // What is put into a page as it is: `Markup`, which only views make, of the Markdown and the charts that
    // escape; and the words of the report, which escape the values that they hold.
    ("from_safe_string", &["report/strings.rs", "report/view/mod.rs"]),
];

#[test]
fn nothing_leaves_past_its_border() {
    let sources = sources();
    for (way, files) in BORDERS {
        let with = |(_, text): &(&PathBuf, &String)| code(text.split("#[cfg(test)]").next().unwrap()).contains(way);
        let found: Vec<&str> = sources.iter().filter(with).map(|(path, _)| path.to_str().unwrap()).collect();
        assert_eq!(found, *files, "{way}");
    }
    let main = read("src/main.rs");
    assert_eq!(
        main.split("#[cfg(test)]").next().unwrap().matches(".write_all(").count(),
        1,
        "main prints in one place"
    );
}

/// The name that a line gives to a type, if it does.
fn type_named(line: &str) -> Option<&str> {
    let mut words = line.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty());
    let kind = words.find(|word| !["pub", "crate", "super", "in", "self"].contains(word))?;
    if ["struct", "enum", "trait", "type"].contains(&kind) { words.next() } else { None }
}

// Then a search for a name finds one type.
#[test]
fn each_type_has_a_name_of_its_own() {
    let mut places: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for (path, text) in sources() {
        // What is indented belongs to another type, and its name says which.
        for name in code(&text).lines().filter(|line| !line.starts_with(' ')).filter_map(type_named) {
            places.entry(name.to_owned()).or_default().push(path.clone());
        }
    }
    assert!(places.len() > 500);
    places.retain(|_, places| places.len() > 1);
    assert_eq!(places, BTreeMap::new(), "one word means several things");
    assert_eq!(type_named("pub(crate) struct Row<'a> {"), Some("Row"));
    assert_eq!(type_named("pub fn row(kind: &str) -> Row {"), None);
}

#[test]
fn every_source_file_opens_with_a_sentence() {
    for (path, text) in sources() {
        let opening: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim).collect();
        let first = opening.split(|line| line.is_empty()).next().unwrap_or_default().join(" ");
        assert!(first.len() > 10 && first.ends_with(['.', '?', ':']), "{} opens with {first:?}", path.display());
    }
}

#[test]
fn every_dependency_has_its_reason() {
    let manifest = read("Cargo.toml");
    let manifest = DeTable::parse(&manifest).unwrap();
    let names = |table: &str| {
        let table = manifest.get_ref()[table].get_ref().as_table().unwrap();
        table.keys().map(|key| key.get_ref().to_string()).collect::<Vec<_>>()
    };
    let needed: BTreeSet<String> = [names("dependencies"), names("dev-dependencies")].concat().into_iter().collect();
    assert_eq!(listed("Dependencies", "| ").into_iter().collect::<BTreeSet<_>>(), needed);
}

// `lib.rs` and ARCHITECTURE.md hold the same drawing. If only one of them changed, the other would be out of date.
#[test]
fn the_pipeline_is_drawn_the_same_twice() {
    let library = read("src/lib.rs");
    let drawn = library.lines().find_map(|line| line.strip_prefix("//! files --load-->")).unwrap();
    assert!(read("ARCHITECTURE.md").contains(&format!("\nfiles --load-->{drawn}\n")), "lib.rs draws {drawn:?}");
}
