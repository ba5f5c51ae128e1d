//! Tests the JSON Schemas that editors read, with taplo as their reader.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::media_judges::absent;
use crate::support::temp_workspace::TempWorkspace;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// taplo, where tests/browser/packages.sh installed it.
fn taplo() -> Option<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let taplo = target.join("taplo/bin/taplo");
    if !taplo.is_file() {
        absent("taplo", "run tests/browser/packages.sh");
        return None;
    }
    Some(taplo)
}

/// What taplo says of files, judged by a schema; empty where it finds nothing wrong.
fn judged(taplo: &Path, schema: &Path, files: &[PathBuf]) -> String {
    let mut command = Command::new(taplo);
    command.args(["lint", "--no-auto-config", "--schema"]).arg(format!("file://{}", schema.display())).args(files);
    let output = command.env("RUST_LOG", "error").current_dir(schema.parent().unwrap()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.success(), said.is_empty(), "{said}");
    said
}

#[test]
fn a_schema_is_written_once_and_found_when_it_is_old() {
    let temp = TempWorkspace::with("site/small", "");
    let check = temp.run(&["schema", "--check"]);
    assert!(
        check.code == Some(1) && check.stdout.contains("schema/evidence.schema.json is old or missing"),
        "{}",
        check.stdout
    );
    let written = temp.run(&["schema", "--write"]);
    assert_eq!((written.code, written.stdout.as_str()), (Some(0), "schema/: 11 of 11 schemas were written\n"));
    assert_eq!(
        (temp.run(&["schema", "--check"]).code, temp.run(&["schema", "--check"]).stdout.as_str()),
        (Some(0), "")
    );
    assert_eq!(temp.run(&["schema", "--write"]).stdout, "schema/: 0 of 11 schemas were written\n");
    assert_eq!(temp.run(&["schema"]).stdout, temp.read("schema/evidence.schema.json"));
    // Another team is another schema, of the files that name teams alone.
    let config = temp.read("milepost.toml") + "\n[[team]]\nid = \"dock\"\nname = \"Dock\"\n";
    temp.put("milepost.toml", &config);
    let old = temp.run(&["schema", "--check"]);
    assert!(old.code == Some(1) && old.stdout.contains("schema/actions.schema.json"), "{}", old.stdout);
    assert!(!old.stdout.contains("evidence"), "{}", old.stdout);
    assert_eq!(temp.run(&["schema", "--write"]).code, Some(0));
    assert!(temp.read("schema/actions.schema.json").contains("\"dock\""));
    // The schemas are no part of the workspace.
    assert_eq!(temp.run(&["check"]).code, Some(0));
}

#[test]
fn a_schema_names_what_the_workspace_has() {
    let output = Command::new(env!("CARGO_BIN_EXE_milepost")).arg("--root").arg(root()).arg("schema").output().unwrap();
    let schema: Value = serde_json::from_slice(&output.stdout).unwrap();
    let dotted = &schema["properties"]["DRC"]["properties"]["RU-01"];
    assert_eq!(dotted, &schema["properties"]["DRC.RU-01"]);
    assert!(!dotted["title"].as_str().unwrap().is_empty() && !dotted["description"].as_str().unwrap().is_empty());
    let facts = &dotted["properties"]["facts"]["properties"];
    assert_eq!(facts["copies"]["type"], "integer");
    assert_eq!(facts["last_restore"]["format"], "date");
    assert!(facts["copies"]["description"].as_str().unwrap().contains("copies of the data"));
    assert!(schema["properties"]["PR"]["properties"]["DS-11"]["properties"]["facts"].is_null());
    assert_eq!(schema["definitions"]["answer"]["properties"]["level"]["enum"], serde_json::json!([0, 1, 2, 3, 4, 5]));
    assert!(output.stdout.len() < 800_000, "{} bytes", output.stdout.len());
}

/// An answer up to its items of evidence.
const ITEM: &str = "[PR.DS-11]\nlevel = 3\nevidence = [\n";

/// The folder of the example's newest quarter.
fn newest_quarter() -> PathBuf {
    let folders = fs::read_dir(root().join("content")).unwrap().map(|entry| entry.unwrap().path());
    let quarters = folders.filter(|path| path.join("quarter.toml").is_file() || path.join("summary.md").is_file());
    quarters.max().unwrap()
}

/// The TOML files in the folders below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let found = walkdir::WalkDir::new(folder).min_depth(2).into_iter().map(|entry| entry.unwrap().into_path());
    found.filter(|path| path.extension().is_some_and(|ending| ending == "toml")).collect()
}

#[test]
fn taplo_finds_the_example_clean_and_each_mistake_at_its_place() {
    let Some(taplo) = taplo() else { return };
    let temp = TempWorkspace::empty();
    let schema = |file: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_milepost"))
            .arg("--root")
            .arg(root())
            .args(["schema", file])
            .output()
            .unwrap();
        let path = temp.path(format!("{file}.json"));
        fs::write(&path, output.stdout).unwrap();
        path
    };
    let newest = newest_quarter();
    let evidence = schema("evidence.toml");
    assert!(files(&newest).len() > 5);
    assert_eq!(judged(&taplo, &evidence, &files(&newest)), "");
    for (file, path) in [
        ("milepost.toml", "milepost.toml"),
        ("profile.toml", "content/profile.toml"),
        ("actions.toml", "content/actions.toml"),
    ] {
        assert_eq!(judged(&taplo, &schema(file), &[root().join(path)]), "", "{path}");
    }
    let catalogs: Vec<PathBuf> = files(&root().join("controls"));
    let (heads, functions): (Vec<_>, Vec<_>) = catalogs
        .into_iter()
        .filter(|path| !path.ends_with("synonyms.toml"))
        .partition(|path| path.ends_with("framework.toml"));
    assert_eq!(judged(&taplo, &schema("framework.toml"), &heads), "");
    assert_eq!(judged(&taplo, &schema("function.toml"), &functions), "");
    for (name, text, place, words) in [
        ("id", "[PR.DS-11]\nlevel = 3\n[PR.DS-99]\nlevel = 3\n", "3:5", "'DS-99' was unexpected"),
        ("quoted", "[\"PR.DS-99\"]\nlevel = 3\n", "1:2", "'PR.DS-99' was unexpected"),
        ("level", "[PR.DS-11]\nlevel = 7\n", "2:9", "7 is not one of [0,1,2,3,4,5]"),
        (
            "kind",
            &format!("{ITEM}  {{ kind = \"rumour\", title = \"a\", date = 2026-01-01 }},\n]\n"),
            "4:12",
            "\"rumour\" is not one of",
        ),
        ("fact", "[DRC.RU-01]\nfacts.copys = 3\n", "2:7", "'copys' was unexpected"),
        ("sort", "[DRC.RU-01]\nfacts.copies = true\n", "2:16", "true is not of type \"integer\""),
        (
            "date",
            &format!("{ITEM}  {{ kind = \"test\", title = \"a\", date = \"soon\" }},\n]\n"),
            "4:40",
            "\"soon\" is not a \"date\"",
        ),
    ] {
        let path = temp.path(format!("{name}.toml"));
        fs::write(&path, text).unwrap();
        let said = judged(&taplo, &evidence, &[path]);
        assert!(said.contains(&format!("{name}.toml:{place}\n")) && said.contains(words), "{name}: {said}");
    }
}
