//! The sources and ARCHITECTURE.md in, whether the one is as the other says out.

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

/// The modules that each top-level module names, comments left out.
fn uses() -> BTreeMap<String, BTreeSet<String>> {
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, text) in sources() {
        let module = path.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs").to_owned();
        let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        let code = code.join("\n");
        // The binary names the library where its modules name the crate.
        let here = if module == "main" { "milepost::" } else { "crate::" };
        let named = code.split(here).skip(1).flat_map(first_names);
        uses.entry(module.clone()).or_default().extend(named.filter(|name| *name != module));
    }
    uses.remove("lib");
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
fn modules_use_only_those_listed_above_them() {
    let order = listed("Modules", "- ");
    let uses = uses();
    assert_eq!(order.iter().collect::<BTreeSet<_>>(), uses.keys().collect(), "the list and src hold different modules");
    assert_eq!(order.len(), uses.len(), "a module is listed twice");
    for (at, module) in order.iter().enumerate() {
        let below: Vec<_> = uses[module].iter().filter(|used| !order[..at].contains(used)).collect();
        assert!(below.is_empty(), "{module} uses {below:?}, listed below it");
    }
}

#[test]
fn modules_form_no_cycle() {
    let mut left = uses();
    while !left.is_empty() {
        // Whoever uses no other module that is left cannot be part of a cycle.
        let before = left.len();
        let free: Vec<_> = left.iter().filter(|(_, used)| used.is_empty()).map(|(module, _)| module.clone()).collect();
        left.retain(|module, _| !free.contains(module));
        left.values_mut().for_each(|used| used.retain(|module| !free.contains(module)));
        assert!(left.len() < before, "modules in or above a cycle, and what they use of each other: {left:?}");
    }
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

#[test]
fn the_pipeline_is_drawn_the_same_twice() {
    let library = read("src/lib.rs");
    let drawn = library.lines().find_map(|line| line.strip_prefix("//! files --load-->")).unwrap();
    assert!(read("ARCHITECTURE.md").contains(&format!("\nfiles --load-->{drawn}\n")), "lib.rs draws {drawn:?}");
}
