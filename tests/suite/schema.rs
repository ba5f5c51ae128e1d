//! Tests the JSON Schemas that editors read, with taplo and tombi as their readers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::media_judges::absent;
use crate::support::temp_workspace::TempWorkspace;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn taplo() -> Option<PathBuf> {
    reader("taplo")
}

/// A reader of TOML, where tests/browser/packages.sh installed it.
fn reader(name: &str) -> Option<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let reader = target.join("taplo/bin").join(name);
    if !reader.is_file() {
        absent(name, "run tests/browser/packages.sh");
        return None;
    }
    Some(reader)
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
    assert_eq!((written.code, written.stdout.as_str()), (Some(0), "schema/: 15 of 15 schemas were written\n"));
    assert_eq!(
        (temp.run(&["schema", "--check"]).code, temp.run(&["schema", "--check"]).stdout.as_str()),
        (Some(0), "")
    );
    assert_eq!(temp.run(&["schema", "--write"]).stdout, "schema/: 0 of 15 schemas were written\n");
    assert_eq!(temp.run(&["schema"]).stdout, temp.read("schema/evidence.schema.json"));
    // Another team is another schema, of the files that name teams.
    let config = temp.read("milepost.toml") + "\n[[team]]\nid = \"dock\"\nname = \"Dock\"\n";
    temp.put("milepost.toml", &config);
    let old = temp.run(&["schema", "--check"]);
    assert!(old.code == Some(1) && old.stdout.contains("schema/actions.schema.json"), "{}", old.stdout);
    assert!(!old.stdout.contains("function"), "{}", old.stdout);
    assert_eq!(temp.run(&["schema", "--write"]).code, Some(0));
    assert!(temp.read("schema/actions.schema.json").contains("\"dock\""));
    // The schemas are no part of the workspace.
    assert_eq!(temp.run(&["check"]).code, Some(0));
}

/// The part of a schema that the value at this way of keys must fit, with what it shares with others in its place.
fn part(schema: &Value, way: &[&str]) -> Value {
    let whole = |part: &Value| {
        let mut part = part.clone();
        while let Some(to) = part["allOf"][0]["$ref"].as_str().map(|to| to[1..].to_owned()) {
            let own = part.as_object_mut().unwrap();
            own.remove("allOf");
            own.extend(schema.pointer(&to).unwrap().as_object().unwrap().clone());
        }
        part
    };
    way.iter().fold(schema.clone(), |part, key| whole(&whole(&part)["properties"][*key]))
}

#[test]
fn a_schema_names_what_the_workspace_has() {
    let output = Command::new(env!("CARGO_BIN_EXE_milepost")).arg("--root").arg(root()).arg("schema").output().unwrap();
    let schema: Value = serde_json::from_slice(&output.stdout).unwrap();
    let dotted = part(&schema, &["DRC", "RU-01"]);
    assert_eq!(dotted, part(&schema, &["DRC.RU-01"]));
    assert!(!dotted["title"].as_str().unwrap().is_empty() && !dotted["description"].as_str().unwrap().is_empty());
    let facts = part(&schema, &["DRC", "RU-01", "facts"]);
    let facts = &facts["properties"];
    assert_eq!(facts["copies"]["type"], "integer");
    assert_eq!(facts["last_restore"]["format"], "date");
    assert!(facts["copies"]["description"].as_str().unwrap().contains("copies of the data"));
    let plain = part(&schema, &["PR", "DS-11"]);
    assert!(plain["properties"]["facts"].is_null() && !plain["properties"]["level"].is_null(), "{plain}");
    assert_eq!(schema["definitions"]["answer"]["properties"]["level"]["enum"], serde_json::json!([0, 1, 2, 3, 4, 5]));
    assert!(output.stdout.len() < 300_000, "{} bytes", output.stdout.len());
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
    let (collected, given): (Vec<_>, Vec<_>) =
        files(&newest).into_iter().partition(|path| path.file_name().is_some_and(|name| name == "collected.toml"));
    assert!(given.len() > 5 && !collected.is_empty());
    assert_eq!(judged(&taplo, &evidence, &given), "");
    assert_eq!(judged(&taplo, &schema("collected.toml"), &collected), "");
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

#[test]
fn the_schemas_of_the_example_are_committed() {
    let milepost = |option: &str| {
        Command::new(env!("CARGO_BIN_EXE_milepost")).arg("--root").arg(root()).args(["schema", option]).output()
    };
    if std::env::var_os("MILEPOST_WRITE_DOCS").is_some() {
        assert!(milepost("--write").unwrap().status.success());
    }
    let check = milepost("--check").unwrap();
    let remedy = "MILEPOST_WRITE_DOCS=1 cargo test --test suite schema:: writes them";
    assert!(check.status.success(), "{}{remedy}", String::from_utf8_lossy(&check.stdout));
}

/// What taplo says of the files of a workspace, each by the schema that its first line names.
fn linted(taplo: &Path, workspace: &TempWorkspace) -> String {
    let mut command = Command::new(taplo);
    let files = walkdir::WalkDir::new(workspace.path("")).sort_by_file_name();
    let files = files.into_iter().map(|entry| entry.unwrap().into_path());
    let files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|ending| ending == "toml")).collect();
    assert!(files.len() > 8);
    command.args(["lint", "--no-auto-config"]).args(files).current_dir(workspace.path("")).env("RUST_LOG", "error");
    String::from_utf8(command.output().unwrap().stderr).unwrap()
}

#[test]
fn the_files_of_a_new_workspace_name_their_schemas() {
    let temp = TempWorkspace::empty();
    assert_eq!(temp.run(&["init", "."]).code, Some(0));
    let check = temp.run(&["schema", "--check"]);
    assert_eq!((check.code, check.stdout.as_str()), (Some(0), ""));
    assert_eq!(temp.run(&["quarter", "2027-Q1"]).code, Some(0));
    for (path, first) in [
        ("milepost.toml", "#:schema schema/milepost.schema.json"),
        ("content/actions.toml", "#:schema ../schema/actions.schema.json"),
        ("content/2027-Q1/quarter.toml", "#:schema ../../schema/quarter.schema.json"),
        ("content/2027-Q1/office/govern.toml", "#:schema ../../../schema/evidence.schema.json"),
    ] {
        assert_eq!(temp.read(path).lines().next(), Some(first), "{path}");
    }
    let Some(taplo) = taplo() else { return };
    assert_eq!(linted(&taplo, &temp), "");
    temp.edit("content/2027-Q1/office/govern.toml", "[GV.", "[GW.");
    temp.edit("milepost.toml", "title = ", "titel = ");
    let said = linted(&taplo, &temp);
    assert!(said.contains("govern.toml:") && said.contains("'GW' was unexpected"), "{said}");
    assert!(said.contains("milepost.toml:") && said.contains("'titel' was unexpected"), "{said}");
}

#[test]
fn tombi_finds_the_same_and_completes_ids_with_their_outcomes() {
    let Some(tombi) = reader("tombi") else { return };
    let temp = TempWorkspace::empty();
    assert_eq!(temp.run(&["init", "."]).code, Some(0));
    let lint = || {
        let output =
            Command::new(&tombi).args(["lint", "--offline"]).current_dir(temp.path("")).env("NO_COLOR", "1").output();
        let output = output.unwrap();
        (
            output.status.success(),
            String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout),
        )
    };
    let (is_clean, said) = lint();
    assert!(is_clean, "{said}");
    let path = "content/2026-Q4/office/more.toml";
    let head = "#:schema ../../../schema/evidence.schema.json\n";
    temp.put(path, format!("{head}[PR.DS-99]\nlevel = 3\n[PR.DS-11]\nlevel = 7\nevidence = [{{ kind = \"rumour\", date = \"soon\" }}]\n"));
    let (is_clean, said) = lint();
    assert!(!is_clean);
    // It names the first table of a Function for an id that is not there.
    assert!(said.contains("\"DS-99\" is not allowed"), "{said}");
    for place in ["5:9", "6:22", "6:39"] {
        assert!(said.contains(&format!("{path}:{place}\n")), "{place}: {said}");
    }
    temp.put(path, format!("{head}[PR.DS-]\n"));
    let mut editor = Command::new("python3");
    editor.arg(root().join("tests/judges/editor.py")).arg(&tombi).arg(temp.path(path)).args(["1", "7"]);
    let shown = String::from_utf8(editor.output().unwrap().stdout).unwrap();
    let lines: Vec<&str> = shown.lines().filter(|line| line.starts_with("DS-")).collect();
    assert_eq!(lines.len(), 4, "{shown}");
    let catalog = fs::read_to_string(root().join("controls/csf-2.0/protect.toml")).unwrap();
    for line in lines {
        let [id, title, outcome] = line.split(" | ").collect::<Vec<_>>()[..] else { panic!("{line}") };
        let control =
            catalog.split("[[category.control]]").find(|text| text.contains(&format!("\"PR.{id}\""))).unwrap();
        assert!(control.contains(title) && control.contains(outcome.split(',').next().unwrap()), "{line}\n{control}");
    }
}
