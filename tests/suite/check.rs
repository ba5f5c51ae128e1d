//! Tests the printed diagnostics of workspaces with mistakes: one folder of `fixtures/bad` for each code.
//!
//! A folder is called after its code, `CODE` or `CODE--FACE` where one workspace cannot show every face of a mistake. What
//! git cannot keep, such as links, pipes and huge files, is made by the lines of a folder's `recipe.txt`. A code that is no
//! mistake but a finding is looked for in the newest quarter of its folder, once that is scored.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use insta::assert_snapshot;
use milepost::base::place::Lines;
use milepost::check::{self, Checked};
use milepost::diagnostic::{self, Code, Colour, Diagnostic, DiagnosticFormat, Diagnostics, Severity};
use milepost::load::workspace::{self, Workspace};
use milepost::model::assessment::Assessment;
use milepost::model::catalog::Node;
use milepost::model::ids::FrameworkId;
use milepost::score;
use milepost::score::finding::{self, Finding};
use serde_json::Value;
use tempfile::TempDir;
use walkdir::WalkDir;

use crate::support::media_judges::{gitlab, junit};

/// Folders that show something else than one code.
const EXTRA: &[&str] = &["formats", "thirty-mistakes"];
/// Codes whose folders a later stage's tests show, because the check finds nothing wrong with them.
const ELSEWHERE: &[&str] = &["bad-template", "gate-failed", "untold-author"];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/bad")
}

/// A workspace that was loaded and checked.
struct Run {
    workspace: Workspace,
    checked: Checked,
}

impl Run {
    fn of(root: &Path) -> Self {
        let workspace = workspace::load(root);
        let checked = check::check(&workspace);
        Self { workspace, checked }
    }

    /// The fixture `name`, with its findings where these are what it shows.
    fn fixture(name: &str) -> Self {
        let mut run = Self::fixture_checked(name);
        if is_finding(code_of(name)) {
            let findings = run.findings();
            run.checked.diagnostics.extend(findings);
        }
        run
    }

    /// The findings of the newest quarter.
    fn findings(&self) -> Vec<Diagnostic> {
        let assessment = self.checked.assessment.as_ref().unwrap();
        let scored = score::score(assessment.clone());
        finding::findings(scored.newest(), &scored.assessment.english).iter().map(Finding::diagnostic).collect()
    }

    /// The fixture `name`, copied elsewhere first where a recipe adds to it.
    fn fixture_checked(name: &str) -> Self {
        let folder = fixtures().join(name);
        let Ok(recipe) = fs::read_to_string(folder.join("recipe.txt")) else { return Self::of(&folder) };
        let copy = TempDir::new().unwrap();
        copy_folder(&folder, copy.path());
        recipe.lines().for_each(|line| follow(line, copy.path()));
        Self::of(copy.path())
    }

    fn print(&self, format: DiagnosticFormat) -> String {
        diagnostic::print(&self.checked.diagnostics, &self.workspace, format, Colour::Plain).to_string()
    }

    fn text(&self) -> String {
        self.print(DiagnosticFormat::Text)
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else if entry.file_name() != "recipe.txt" {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Follows one line of a recipe: a verb, a path, and what the verb needs.
fn follow(line: &str, root: &Path) {
    let words: Vec<&str> = line.split(' ').collect();
    let path = root.join(words[1]);
    let number = || words[2].parse::<usize>().unwrap();
    let folder = |path: &Path| fs::create_dir_all(path).unwrap();
    folder(path.parent().unwrap());
    match words[0] {
        "folder" => folder(&path),
        // A sparse file: it has this length, and takes no room on the disk.
        "fill" => fs::File::create(path).unwrap().set_len(number() as u64).unwrap(),
        "files" => {
            folder(&path);
            (0..number()).for_each(|n| drop(fs::File::create(path.join(n.to_string())).unwrap()));
        }
        "deep" => folder(&(0..number()).fold(path, |above, n| above.join(n.to_string()))),
        "move" => fs::rename(path, root.join(words[2])).unwrap(),
        "link" => symlink(words[2], path).unwrap(),
        "pipe" => rustix::fs::mkfifoat(rustix::fs::CWD, path, rustix::fs::Mode::RUSR).unwrap(),
        "latin1" => {
            folder(&path);
            fs::write(path.join(OsStr::from_bytes(b"caf\xe9.txt")), "").unwrap();
        }
        verb => panic!("no recipe says how to {verb}"),
    }
}

fn names_of_folders() -> BTreeSet<String> {
    fs::read_dir(fixtures()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// The code that a fixture's folder is called after.
fn code_of(folder: &str) -> &str {
    folder.split("--").next().unwrap_or_default()
}

/// Whether a code of this name is a finding.
fn is_finding(name: &str) -> bool {
    Code::ALL.iter().any(|code| code.name() == name && code.severity() == Severity::Finding)
}

#[test]
fn each_folder_shows_its_mistake_and_no_other() {
    let mut wrong = Vec::new();
    insta::glob!("../fixtures/bad", "?*", |folder| {
        let name = folder.file_name().and_then(OsStr::to_str).unwrap();
        if EXTRA.contains(&name) || ELSEWHERE.contains(&code_of(name)) {
            return;
        }
        let run = Run::fixture(name);
        // How many texts the report has, and which come first, changes with each new one.
        let filters = vec![(r"\d+ texts are not translated: .*", "[n] texts are not translated: […]")];
        insta::with_settings!({ filters => filters }, { assert_snapshot!("bad", run.text()) });
        let found: BTreeSet<&str> = run.checked.diagnostics.iter().map(|diagnostic| diagnostic.code.name()).collect();
        let broken = run.checked.diagnostics.iter().any(|diagnostic| diagnostic.code.severity() == Severity::Error);
        assert_eq!(run.checked.assessment.is_none(), broken, "{name}");
        assert_places_fit(&run, name);
        if found != BTreeSet::from([code_of(name)]) {
            wrong.push(format!("{name}: {found:?}"));
        }
    });
    assert_eq!(wrong, [""; 0], "these folders show other codes");
}

#[test]
fn each_code_has_a_folder_and_each_folder_a_code() {
    let codes: BTreeSet<&str> = Code::ALL.iter().map(|code| code.name()).collect();
    let folders = names_of_folders();
    let shown: BTreeSet<&str> =
        folders.iter().filter(|name| !EXTRA.contains(&name.as_str())).map(|name| code_of(name)).collect();
    assert_eq!(shown, codes);
    assert!(EXTRA.iter().all(|extra| folders.contains(*extra)));
}

/// Every place lies inside its file's text, on whole characters.
fn assert_places_fit(run: &Run, name: &str) {
    for found in run.checked.diagnostics.iter() {
        for place in std::iter::once(&found.place).chain(found.related.iter().map(|(place, _)| place)) {
            let text = run.workspace.text(&place.path).unwrap_or_default();
            let fits = place.start <= place.end && place.end <= text.len();
            assert!(
                fits && text.is_char_boundary(place.start) && text.is_char_boundary(place.end),
                "{name}: {place:?}"
            );
        }
    }
}

#[test]
fn thirty_mistakes_are_told_in_one_run_each_where_it_stands() {
    let run = Run::fixture("thirty-mistakes");
    assert_snapshot!("thirty-mistakes", run.text());
    let line = |found: &Diagnostic| {
        let lines = Lines::of(run.workspace.text(&found.place.path).unwrap());
        lines.text()[lines.around(found.place.start)].to_owned()
    };
    let marks: BTreeSet<usize> = run.checked.diagnostics.iter().filter_map(|found| mark(&line(found))).collect();
    assert_eq!(marks, (1..=30).collect());
    assert_eq!(run.checked.diagnostics.len(), 30);
    let codes: BTreeSet<Code> = run.checked.diagnostics.iter().map(|found| found.code).collect();
    assert!(codes.len() >= 20, "only {} codes", codes.len());
}

/// The workspace of `fixtures/good` in which everything that has a bound lies on it.
fn at_the_limit() -> Assessment {
    let run = Run::of(&fixtures().with_file_name("good").join("at-the-limit"));
    assert_eq!(run.text(), "");
    run.checked.assessment.unwrap()
}

// Each value is the last one that is allowed. The next one after it is in fixtures/bad.
#[test]
fn what_lies_on_its_limit_is_no_mistake_and_is_kept() {
    let assessment = at_the_limit();
    assert_eq!((assessment.plan.actions.len(), assessment.plan.exceptions.len()), (2, 1));
    assert_eq!(assessment.quarters.len(), 2);
    let first = assessment.in_quarter(assessment.quarters.first_id().unwrap());
    assert_eq!([first.answers().opens, first.closes()].map(|day| day.to_string()), ["2026-06-30"; 2]);
    let quarter = assessment.in_quarter(assessment.newest());
    // Attested within the quarter, whatever is marked as carried is given anew.
    let answers = quarter.answers().answers.ids().filter(|id| id.control.framework() == FrameworkId::MAIN);
    let mut answers = answers.filter_map(|id| quarter.answer(id));
    assert!(answers.all(|answer| !answer.is_carried()));
    // A quarter's own Tier stands in place of the one for all quarters, and leaves the other alone.
    let tiers: Vec<_> = quarter.profile().tiers.iter().map(|tier| (tier.of.name(), tier.current)).collect();
    assert_eq!(tiers, [("management", 4), ("governance", 2)]);
}

// An exclusion makes the control not applicable for each team that is asked. It counts as nobody's own answer.
#[test]
fn what_the_profile_leaves_out_is_so_for_the_teams_that_are_asked_and_said_by_none() {
    let assessment = at_the_limit();
    let quarter = assessment.in_quarter(assessment.newest());
    let doors = assessment.framework().controls.ids().nth(1).unwrap();
    let teams = assessment.settings.teams.entries();
    let left_out = teams.filter(|(team, _)| quarter.answer(doors.of(*team)).is_some());
    assert_eq!(left_out.map(|(_, team)| team.id.as_str()).collect::<Vec<_>>(), ["deck", "engine"]);
    let scored = score::score(assessment.clone());
    let counts = &scored.newest().figures(Node::Control(doors), None).counts;
    assert_eq!((counts.not_applicable, counts.given), (2, 0));
}

/// The number in `# mistake 7`.
fn mark(line: &str) -> Option<usize> {
    let (_, after) = line.split_once("# mistake ")?;
    after.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[test]
fn two_runs_say_the_same_in_the_same_order() {
    let (one, two) = (Run::fixture("thirty-mistakes"), Run::fixture("thirty-mistakes"));
    for format in DiagnosticFormat::value_variants().iter().copied() {
        assert_eq!(one.print(format), two.print(format));
    }
}

#[test]
fn text_carries_nothing_that_drives_a_terminal() {
    let run = Run::fixture("formats");
    let text = run.text();
    assert_snapshot!("formats-text", text);
    let harmful = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
    assert_eq!(text.chars().find(|c| harmful(*c)), None);
    let coloured = diagnostic::print(&run.checked.diagnostics, &run.workspace, DiagnosticFormat::Text, Colour::Ansi);
    assert!(coloured.contains("\u{1b}[") && !coloured.contains("\u{1b}[31mno"));
}

#[test]
fn json_is_one_object_a_diagnostic() {
    let run = Run::fixture("formats");
    let json = run.print(DiagnosticFormat::Json);
    assert_snapshot!("formats-json", json);
    let rows: Vec<Value> = serde_json::from_str(&json).unwrap();
    let told: Vec<_> =
        rows.iter().map(|row| (row["code"].as_str().unwrap(), row["message"].as_str().unwrap())).collect();
    let found: Vec<_> =
        run.checked.diagnostics.iter().map(|found| (found.code.name(), found.message.as_str())).collect();
    assert_eq!(told, found);
    assert!(rows.iter().all(|row| row["line"].as_u64() >= Some(1) && row["column"].as_u64() >= Some(1)));
}

#[test]
fn a_finding_is_a_note_in_every_format() {
    let run = Run::fixture("unsupported-claim");
    let stale = run.checked.diagnostics.iter().find(|found| found.message.contains("Restore drill")).unwrap();
    let print =
        |format| diagnostic::print(&Diagnostics::from_iter([stale.clone()]), &run.workspace, format, Colour::Plain);
    let rows: Value = serde_json::from_str(&print(DiagnosticFormat::Json)).unwrap();
    assert_eq!(rows[0]["severity"], "finding");
    assert_snapshot!("finding-json", print(DiagnosticFormat::Json));
    let github = print(DiagnosticFormat::Github);
    assert!(github.starts_with("::notice "), "{github}");
    assert_snapshot!("finding-github", github);
    let log: Value = serde_json::from_str(&print(DiagnosticFormat::Sarif)).unwrap();
    let run = &log["runs"][0];
    let rule = list(&run["tool"]["driver"]["rules"]).iter().find(|rule| rule["id"] == "unsupported-claim").unwrap();
    assert_eq!((&rule["defaultConfiguration"]["level"], &run["results"][0]["level"]), (&"note".into(), &"note".into()));
    assert_snapshot!("finding-sarif", format!("{:#}", run["results"]));
}

#[test]
fn findings_are_no_mistakes() {
    for name in names_of_folders().iter().filter(|name| is_finding(code_of(name))) {
        let run = Run::fixture_checked(name);
        assert!(run.checked.diagnostics.is_empty(), "{name}: {:?}", run.checked.diagnostics);
        assert!(!run.findings().is_empty(), "{name}");
    }
}

#[test]
fn sarif_has_what_its_schema_requires() {
    let run = Run::fixture("formats");
    let sarif = run.print(DiagnosticFormat::Sarif);
    let log: Value = serde_json::from_str(&sarif).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let driver = &log["runs"][0]["tool"]["driver"];
    assert_eq!(driver["name"], "milepost");
    let rules: BTreeSet<&str> = list(&driver["rules"]).iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(rules.len(), Code::ALL.len());
    let results = list(&log["runs"][0]["results"]);
    assert_eq!(results.len(), run.checked.diagnostics.len());
    for result in results {
        assert!(rules.contains(result["ruleId"].as_str().unwrap()));
        assert!(["error", "warning"].contains(&result["level"].as_str().unwrap()));
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        assert_eq!(list(&result["locations"]).len(), 1);
        list(&result["locations"]).iter().for_each(assert_location);
        list(&result["relatedLocations"]).iter().for_each(assert_location);
    }
    // The rules are the list of codes over again, and are left out of the snapshot.
    assert_snapshot!("formats-sarif", format!("{:#}", log["runs"][0]["results"]));
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

/// A SARIF location: a relative URI of plain characters, and a region that is not empty and starts at line 1 or later.
fn assert_location(location: &Value) {
    let place = &location["physicalLocation"];
    let uri = place["artifactLocation"]["uri"].as_str().unwrap();
    assert!(!uri.starts_with('/') && uri.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-._~%".contains(&b)), "{uri}");
    let number = |key: &str| place["region"][key].as_u64().unwrap();
    assert!(number("startLine") >= 1 && number("startColumn") >= 1, "{place}");
    assert!((number("startLine"), number("startColumn")) < (number("endLine"), number("endColumn")), "{place}");
}

#[test]
fn junit_is_a_suite_a_file_and_a_case_a_diagnostic() {
    let run = Run::fixture("formats");
    let report = run.print(DiagnosticFormat::Junit);
    assert_eq!(junit(&report), [""; 0]);
    assert_snapshot!("formats-junit", report);
    assert_eq!(report.matches("<failure ").count(), run.checked.diagnostics.len());
    // A finding is no failure, and a file in which nothing was found is a case too.
    let run = Run::fixture_checked("unsupported-claim");
    let found: Diagnostics = run.findings().into_iter().collect();
    let report = diagnostic::print(&found, &run.workspace, DiagnosticFormat::Junit, Colour::Plain);
    assert_eq!(junit(&report), [""; 0]);
    assert_eq!(report.matches("<system-out>").count(), found.len());
    assert!(
        report.contains("failures=\"0\"") && report.contains("milepost.toml\" name=\"nothing found\"/>"),
        "{report}"
    );
    // Nothing of the binary's own files is told.
    assert!(!report.contains("csf-2.0"), "{report}");
}

#[test]
fn gitlab_knows_an_issue_again_when_lines_move() {
    let run = Run::fixture("formats");
    let report = run.print(DiagnosticFormat::Gitlab);
    assert_eq!(gitlab(&report), [""; 0]);
    assert_snapshot!("formats-gitlab", report);
    let issues: Vec<Value> = serde_json::from_str(&report).unwrap();
    assert_eq!(issues.len(), run.checked.diagnostics.len());
    let copy = TempDir::new().unwrap();
    copy_folder(&fixtures().join("thirty-mistakes"), copy.path());
    let fingerprints = || {
        let issues: Vec<Value> = serde_json::from_str(&Run::of(copy.path()).print(DiagnosticFormat::Gitlab)).unwrap();
        let row =
            |issue: &Value| (issue["fingerprint"].to_string(), issue["location"]["lines"]["begin"].as_u64().unwrap());
        issues.iter().map(row).collect::<BTreeMap<_, _>>()
    };
    let before = fingerprints();
    for file in WalkDir::new(copy.path()).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file()) {
        if file.path().extension().is_some_and(|ending| ending == "toml") {
            let text = fs::read(file.path()).unwrap();
            fs::write(file.path(), [b"# One line more.\n", text.as_slice()].concat()).unwrap();
        }
    }
    let after = fingerprints();
    assert!(before.len() >= 30);
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    assert!(before.iter().zip(&after).any(|((_, before), (_, after))| *after == before + 1), "no line moved");
}

#[test]
fn github_reads_one_command_a_diagnostic() {
    let run = Run::fixture("formats");
    let commands = run.print(DiagnosticFormat::Github);
    assert_snapshot!("formats-github", commands);
    assert_eq!(commands.lines().count(), run.checked.diagnostics.len());
    for line in commands.lines() {
        let (command, rest) = line.split_once(' ').unwrap();
        assert!(["::error", "::warning"].contains(&command), "{line}");
        // Only the commas between properties and the colons after them are left bare.
        let (properties, _) = rest.split_once("::").unwrap();
        let keys: Vec<&str> = properties.split(',').map(|property| property.split('=').next().unwrap()).collect();
        assert_eq!(keys, ["file", "line", "endLine", "col", "endColumn", "title"], "{line}");
        assert!(!properties.contains(':'), "{line}");
    }
}

/// Inputs that parsers trip over, and whether even an evidence file cannot be like that.
fn hostile() -> Vec<(&'static str, Vec<u8>, bool)> {
    let text = |text: &str| text.as_bytes().to_vec();
    let header = |depth: usize| format!("[{}]\nlevel = 1\n", vec!["a"; depth].join("."));
    vec![
        ("empty", Vec::new(), false),
        ("only a byte order mark", text("\u{feff}"), false),
        ("only blank lines", text(&"\n".repeat(100_000)), false),
        ("byte order mark, then a mistake", text("\u{feff}x = 1"), true),
        ("carriage returns alone", text("[PR.DS-11]\rlevel = 1\r"), true),
        ("arrays 1,000 deep", text(&format!("[PR.DS-11]\nlevel = {}{}\n", "[".repeat(1_000), "]".repeat(1_000))), true),
        ("arrays 20,000 deep, never closed", text(&format!("x = {}", "[".repeat(20_000))), true),
        ("inline tables 5,000 deep, never closed", text(&format!("x = {}", "{a=".repeat(5_000))), true),
        ("a key 1,000 deep", text(&format!("{} = 1\n", vec!["a"; 1_000].join("."))), true),
        ("a key 10,000 deep", text(&format!("{} = 1\n", vec!["a"; 10_000].join("."))), true),
        ("a header 1,000 deep", text(&header(1_000)), true),
        ("a header 10,000 deep", text(&header(10_000)), true),
        ("a key of 100 KB", text(&format!("{} = 1\n", "k".repeat(100_000))), true),
        ("a key of 100 KB that is not ASCII", text(&format!("\"{}\" = 1\n", "ß\u{1f6a2}".repeat(20_000))), true),
        ("NUL in a key", text("[PR.DS-11]\n\"le\0vel\" = 1\n"), true),
        ("NUL written in a key", text("[PR.DS-11]\nlevel = 1\n\"le\\u0000vel\" = 1\n"), true),
        ("half a surrogate pair", text("[PR.DS-11]\nlevel = 1\nnote = \"\\ud83d\"\n"), true),
        ("an escape past the last character", text("note = \"\\U00110000\"\n"), true),
        ("nothing closed", text("[PR.DS-11\nlevel = {\nnote = \"\"\"\nevidence = [[\n'"), true),
        ("quotes only", text(&"\"".repeat(10_001)), true),
        ("a huge whole number", text(&format!("[PR.DS-11]\nlevel = {}\n", "9".repeat(10_000))), true),
        ("a huge negative number in base 16", text(&format!("[PR.DS-11]\nlevel = 0x{}\n", "f".repeat(1_000))), true),
        ("a huge decimal", text(&format!("[PR.DS-11]\nlevel = 1.{}\n", "9".repeat(10_000))), true),
        ("a huge exponent", text("[PR.DS-11]\nlevel = 1e999999999\n"), true),
        ("a year that is none", text("[attested]\nby = \"CISO\"\non = 9999-99-99\n"), true),
        (
            "the first year",
            text("[PR.DS-11]\nlevel = 1\nevidence = [{ kind = \"test\", title = \"x\", date = 0000-01-01 }]\n"),
            false,
        ),
        ("a leap second", text("[attested]\nby = \"CISO\"\non = 2016-12-31T23:59:60Z\n"), true),
        ("keys that are methods elsewhere", text("[__proto__]\nconstructor = 1\n[\"\"]\n\"\" = 1\n"), true),
        ("one control 500 times", text(&"[PR.DS-11]\nlevel = 1\n".repeat(500)), true),
        ("one key 500 times", text(&"level = 1\n".repeat(500)), true),
        ("binary", (0..=255).cycle().take(5_000).collect(), true),
        ("UTF-16", "level = 1\n".encode_utf16().flat_map(u16::to_le_bytes).collect(), true),
        ("cut inside a character", b"[PR.DS-11]\nlevel = 1\nnote = \"\xf0\x9f".to_vec(), true),
    ]
}

const CONFIG: &str = "[report]\ntitle = \"Northgate Ferries\"\n\n[[team]]\nid = \"payments\"\nname = \"Payments\"\n";

/// A workspace of one team whose file at `path` holds `bytes`.
fn workspace_with(path: &str, bytes: &[u8]) -> Run {
    let root = TempDir::new().unwrap();
    let write = |path: &str, bytes: &[u8]| {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    write("milepost.toml", CONFIG.as_bytes());
    write("content/2026-Q3/payments/govern.toml", b"[GV.OC-01]\nlevel = 1\n");
    write(path, bytes);
    Run::of(root.path())
}

/// Prints `run` in every format, which must not panic either; each says something exactly where there is something to say.
fn assert_printable(run: &Run, name: &str) {
    assert_places_fit(run, name);
    for format in [DiagnosticFormat::Text, DiagnosticFormat::Github] {
        assert_eq!(run.print(format).is_empty(), run.checked.diagnostics.is_empty(), "{name}");
    }
    for format in [DiagnosticFormat::Json, DiagnosticFormat::Sarif] {
        assert!(serde_json::from_str::<Value>(&run.print(format)).is_ok(), "{name}");
    }
    assert_eq!(
        (gitlab(&run.print(DiagnosticFormat::Gitlab)), junit(&run.print(DiagnosticFormat::Junit))),
        (Vec::new(), Vec::new()),
        "{name}"
    );
}

#[test]
fn no_evidence_file_makes_it_panic() {
    for (name, bytes, wrong) in hostile() {
        let run = workspace_with("content/2026-Q3/payments/protect.toml", &bytes);
        assert_eq!(run.checked.diagnostics.is_empty(), !wrong, "{name}: {:?}", run.checked.diagnostics);
        assert_printable(&run, name);
    }
}

#[test]
fn no_catalog_file_makes_it_panic() {
    for (name, bytes, _) in hostile() {
        for path in ["controls/csf-2.0/protect.toml", "controls/csf-2.0/framework.toml", "controls/own/framework.toml"]
        {
            let run = workspace_with(path, &bytes);
            assert!(run.checked.assessment.is_none(), "{name} as {path}");
            assert_printable(&run, name);
        }
    }
}

#[test]
fn no_mapping_file_makes_it_panic() {
    for (name, bytes, _) in hostile() {
        let run = workspace_with("mappings/far.toml", &bytes);
        assert!(!run.checked.diagnostics.is_empty(), "{name}");
        assert_printable(&run, name);
    }
}

#[test]
fn no_seal_makes_it_panic() {
    for (name, bytes, _) in hostile() {
        let run = workspace_with("content/2026-Q3/seal.toml", &bytes);
        assert!(!run.checked.diagnostics.is_empty(), "{name}");
        assert_printable(&run, name);
    }
}

#[test]
fn no_milepost_toml_makes_it_panic() {
    for (name, bytes, _) in hostile() {
        let run = workspace_with("milepost.toml", &bytes);
        assert!(run.checked.assessment.is_none(), "{name}");
        assert_printable(&run, name);
    }
}
