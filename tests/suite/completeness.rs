//! Tests that no test file, snapshot or fixture is forgotten.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

/// The files below `folder` of the tests whose names end so, by their paths in it.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let folder = tests().join(folder);
    let files = WalkDir::new(&folder).sort_by_file_name().into_iter().map(|entry| entry.unwrap().into_path());
    let wanted = files.filter(|path| path.is_file() && path.to_str().unwrap().ends_with(ending));
    wanted.map(|path| path.strip_prefix(&folder).unwrap().to_owned()).collect()
}

/// The modules that a text declares.
fn declared(text: &str) -> BTreeSet<&str> {
    let names = text.lines().filter_map(|line| line.trim_start_matches("pub(crate) ").strip_prefix("mod "));
    names.filter_map(|name| name.strip_suffix(';')).collect()
}

#[test]
fn every_file_of_tests_is_declared_as_a_module() {
    let suite = tests().join("suite");
    let mut forgotten: Vec<PathBuf> = Vec::new();
    for path in files("suite", ".rs") {
        let folder = path.parent().unwrap();
        let (parent, name) = match path.file_stem().unwrap().to_str().unwrap() {
            "main" => continue,
            "mod" => (folder.parent().unwrap(), folder.file_name().unwrap().to_str().unwrap()),
            name => (folder, name),
        };
        let root = if parent == Path::new("") { "main.rs" } else { "mod.rs" };
        let text = fs::read_to_string(suite.join(parent).join(root)).unwrap();
        if !declared(&text).contains(name) {
            forgotten.push(path);
        }
    }
    assert_eq!(forgotten, Vec::<PathBuf>::new(), "no module declares these");
    // Cargo runs no other file of the folder.
    let beside: Vec<PathBuf> = files("", ".rs").into_iter().filter(|path| !path.starts_with("suite")).collect();
    assert_eq!(beside, Vec::<PathBuf>::new(), "these are no part of the suite");
}

/// The names that a text of tests gives its snapshots; `*` stands for what a `format!` fills in, and a snapshot without a name is
/// called after its function.
fn snapshots_named(text: &str) -> Vec<String> {
    let mut named = Vec::new();
    let mut function = "";
    for (before, after) in text.match_indices("assert_snapshot!(").map(|(at, call)| text.split_at(at + call.len())) {
        if let Some((_, rest)) = before.rsplit_once("\nfn ") {
            function = rest.split('(').next().unwrap();
        }
        let first = after.trim_start();
        let literal = first.strip_prefix('"').or_else(|| first.strip_prefix("format!(\""));
        // A single argument is the content.
        let literal = literal.and_then(|rest| rest.split_once('"')).filter(|(_, rest)| rest.starts_with([',', ')']));
        named.push(literal.map_or(function.to_owned(), |(name, _)| with_stars(name)));
    }
    named
}

/// `a-{name}-{}` as `a-*-*`.
fn with_stars(format: &str) -> String {
    let parts: Vec<&str> = format.split('{').collect();
    let rest = parts[1..].iter().map(|part| part.split_once('}').unwrap().1);
    std::iter::once(parts[0]).chain(rest).collect::<Vec<_>>().join("*")
}

fn fits(pattern: &str, name: &str) -> bool {
    let (first, rest) = pattern.split_once('*').unwrap_or((pattern, ""));
    let Some(mut left) = name.strip_prefix(first) else { return false };
    if !pattern.contains('*') {
        return left.is_empty();
    }
    let parts: Vec<&str> = rest.split('*').collect();
    let (last, between) = parts.split_last().unwrap();
    for part in between {
        let Some((_, after)) = left.split_once(part) else { return false };
        left = after;
    }
    left.ends_with(last)
}

#[test]
fn every_snapshot_belongs_to_a_test() {
    let suite = tests().join("suite");
    let sources = files("suite", ".rs").into_iter();
    let named: BTreeMap<String, Vec<String>> = sources
        .map(|path| {
            let text = fs::read_to_string(suite.join(&path)).unwrap();
            (path.file_stem().unwrap().to_str().unwrap().to_owned(), snapshots_named(&text))
        })
        .collect();
    let snapshots = files("suite/snapshots", "");
    assert!(snapshots.len() > 100, "{}", snapshots.len());
    for path in snapshots {
        let file = path.to_str().unwrap();
        let parts = file.strip_suffix(".snap").and_then(|name| name.strip_prefix("suite__")?.split_once("__"));
        let Some((module, name)) = parts else { panic!("{file} is no snapshot of the suite") };
        // After an @ stands the folder of the fixture that it is about.
        let (name, folder) = name.split_once('@').map_or((name, None), |(name, folder)| (name, Some(folder)));
        assert!(
            named.get(module).is_some_and(|named| named.iter().any(|pattern| fits(pattern, name))),
            "{file} belongs to no test"
        );
        if let Some(folder) = folder {
            assert!(tests().join("fixtures/bad").join(folder).is_dir(), "{file} is about a folder that is gone");
        }
    }
}

// A control: the test above must be able to fail.
#[test]
fn a_snapshot_without_a_test_would_be_found() {
    let text = "\nfn one() {\n    assert_snapshot!(\"a\", text);\n    insta::assert_snapshot!(format!(\"b-{id}-{}\", 1), text);\n}\n\
        \nfn two() {\n    assert_snapshot!(text);\n}\n";
    assert_eq!(snapshots_named(text), ["a", "b-*-*", "two"]);
    for (pattern, name, wanted) in [
        ("a", "a", true),
        ("a", "ab", false),
        ("b-*", "b-c", true),
        ("b-*", "c-b-", false),
        ("*-c-*", "b-c-d", true),
        ("*-c-*", "b-d", false),
        ("b-*-d", "b-c-e", false),
    ] {
        assert_eq!(fits(pattern, name), wanted, "{pattern} {name}");
    }
}

/// The fixtures by their paths: files, and in the folders of their kinds whole workspaces.
fn fixtures() -> Vec<String> {
    let folder = tests().join("fixtures");
    let within = |kind: String| match folder.join(&kind) {
        path if path.is_dir() => names(&path).into_iter().map(|name| format!("{kind}/{name}")).collect(),
        _ => vec![kind],
    };
    names(&folder).into_iter().flat_map(within).collect()
}

#[test]
fn every_fixture_is_read_by_a_test() {
    let sources = ["../src", "suite"].into_iter().flat_map(|folder| {
        files(folder, ".rs").into_iter().map(move |path| fs::read_to_string(tests().join(folder).join(path)).unwrap())
    });
    let sources: Vec<String> = sources.collect();
    let is_read = |path: &String| {
        let name = path.rsplit('/').next().unwrap();
        // `sheets.py` makes what a test reads, and stands in that test's own words.
        let written = [format!("{path}\""), format!("{path}/"), format!("\"{name}\""), format!("`{name}`")];
        sources.iter().any(|text| written.iter().any(|words| text.contains(words)))
    };
    let fixtures = fixtures();
    assert!(fixtures.len() > 100, "{}", fixtures.len());
    // Each folder of `bad` is read by `check::each_code_has_a_folder_and_each_folder_a_code`.
    let unread: Vec<&String> = fixtures.iter().filter(|path| !path.starts_with("bad/") && !is_read(path)).collect();
    assert_eq!(unread, [""; 0], "no test reads these");
}

/// What a process has once, for all the tests in it.
const SHARED: [&str; 4] = ["set_var", "remove_var", "set_current_dir", "set_hook"];

#[test]
fn no_test_changes_what_all_of_them_share() {
    for path in files("suite", ".rs").into_iter().filter(|path| *path != Path::new("completeness.rs")) {
        let text = fs::read_to_string(tests().join("suite").join(&path)).unwrap();
        let changed: Vec<&str> = SHARED.into_iter().filter(|call| text.contains(&format!("{call}("))).collect();
        assert_eq!(changed, [""; 0], "{}", path.display());
    }
}

/// The names of what stands in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
