//! Tests the exit codes and both output streams of the program, for many arguments.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::symlink;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::temp_workspace::{MILEPOST, Run, TempWorkspace, kills, run, skipped, write_program};
use insta::assert_snapshot;
use milepost::check;
use milepost::load::workspace;
use serde_json::Value;
use tempfile::TempDir;
use walkdir::{DirEntry, WalkDir};

impl Run {
    /// All of it, for a snapshot.
    fn all(&self) -> String {
        let code = self.code.map_or("killed".to_owned(), |code| code.to_string());
        format!("exit code {code}\n-- stdout\n{}-- stderr\n{}", self.stdout, self.stderr)
    }

    /// What stands on standard output, after a run without any remark.
    fn alone(self) -> String {
        assert_eq!((self.code, self.stderr.as_str()), (Some(0), ""));
        self.stdout
    }
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(MILEPOST);
    command.args(args).stdin(Stdio::null()).env_remove("NO_COLOR").env_remove("COLUMNS").env_remove("LINES");
    command
}

fn milepost(args: &[&str]) -> Run {
    run(&mut command(args))
}

fn fixture(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name).to_str().unwrap().to_owned()
}

/// A run in the small workspace.
fn small(args: &[&str]) -> Run {
    milepost(&[&["--root", &fixture("site/small")], args].concat())
}

/// The commands that the program says it has.
fn commands() -> Vec<String> {
    let help = milepost(&["--help"]).alone();
    let (_, list) = help.split_once("Commands:\n").unwrap();
    let lines = list
        .lines()
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    lines.map(|line| line.split_whitespace().next().unwrap().to_owned()).filter(|name| name != "help").collect()
}

#[test]
fn each_command_says_what_it_is_for() {
    assert_snapshot!("help", milepost(&["--help"]).alone());
    let commands = commands();
    assert!(
        ["build", "check", "score", "explain", "gaps"].iter().all(|name| commands.contains(&(*name).to_owned())),
        "{commands:?}"
    );
    for name in commands {
        let help = milepost(&[&name, "--help"]).alone();
        assert_eq!(milepost(&["help", &name]).alone(), help);
        assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
        assert_snapshot!(format!("help-{name}"), help);
    }
    let help = milepost(&["import", "workbook", "--help"]).alone();
    assert_eq!(milepost(&["help", "import", "workbook"]).alone(), help);
}

#[test]
fn completions_and_manual_pages_know_every_command() {
    let commands = commands();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = milepost(&["completions", shell]).alone();
        assert!(commands.iter().all(|name| script.contains(name)), "{shell}");
    }
    let manual = milepost(&["man"]).alone();
    for name in &commands {
        assert!(manual.contains(&format!("milepost\\-{name}(1)")), "{name} is not in the manual");
        assert!(milepost(&["man", name]).alone().contains(&format!(".TH milepost-{name} 1")));
    }
    assert!(milepost(&["man", "biuld"]).failure(2).contains("did you mean `build`?"));
}

#[test]
fn it_tells_its_version() {
    assert_eq!(milepost(&["--version"]).alone(), format!("milepost {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn wrong_usage_ends_with_2() {
    let cases: &[&[&str]] = &[
        &[],
        &["biuld"],
        &["score", "--fromat", "json"],
        &["score", "--format", "yaml"],
        &["gaps", "--quarter"],
        &["explain"],
        &["explain", "GV", "--format", "csv"],
        &["build", "extra"],
        &["check", "--root"],
    ];
    for args in cases {
        let told = milepost(args).failure(2);
        assert!(told.starts_with("error: ") || told.contains("Usage: milepost"), "{args:?}: {told}");
        assert!(told.contains("--help"), "{args:?}: {told}");
    }
    assert_snapshot!("usage", milepost(&["biuld"]).all());
}

#[test]
fn a_workspace_without_mistakes_passes() {
    let temp = TempDir::new().unwrap();
    let answers = temp.path().join("content/2026-Q3/bridge");
    fs::create_dir_all(&answers).unwrap();
    fs::write(answers.join("protect.toml"), "[PR.DS-11]\nlevel = 1\n").unwrap();
    let settings = "[report]\ntitle = \"One answer\"\n\n[[team]]\nid = \"bridge\"\nname = \"Bridge\"\n";
    fs::write(temp.path().join("milepost.toml"), settings).unwrap();
    let check = |format: &str| milepost(&["--root", temp.path().to_str().unwrap(), "check", "--format", format]);
    assert_snapshot!("check-of-no-mistakes", check("text").all());
    for format in ["json", "sarif"] {
        let check = check(format);
        assert_eq!(check.code, Some(0));
        assert!(serde_json::from_str::<Value>(&check.stdout).is_ok(), "{}", check.stdout);
    }
    assert_eq!(check("github").stdout, "");
}

#[test]
fn findings_are_the_result_of_check_and_no_failure() {
    assert_snapshot!("check-of-findings", small(&["check"]).all());
    let check = |format| {
        let check = small(&["check", "--format", format]);
        assert_eq!((check.code, check.stderr.as_str()), (Some(0), NOTHING_WRONG_IN_SMALL));
        check.stdout
    };
    let rows: Vec<Value> = serde_json::from_str(&check("json")).unwrap();
    assert!(!rows.is_empty() && rows.iter().all(|row| row["severity"] == "finding"), "{rows:?}");
    let github = check("github");
    assert_eq!(github.lines().count(), rows.len());
    assert!(github.lines().all(|line| line.starts_with("::notice ")), "{github}");
    // `check` looks for findings in the newest quarter only.
    assert!(rows.iter().all(|row| !row["path"].as_str().unwrap().contains("2026-Q2")), "{rows:?}");
}

const NOTHING_WRONG_IN_SMALL: &str = "no mistakes in 2 quarters, 2 teams and 12 answers\n";

#[test]
fn findings_stand_after_warnings_and_wait_for_errors() {
    let temp = TempDir::new().unwrap();
    for (path, text) in texts(Path::new(&fixture("site/small"))) {
        fs::create_dir_all(temp.path().join(&path).parent().unwrap()).unwrap();
        fs::write(temp.path().join(path), text).unwrap();
    }
    let check = || milepost(&["--root", temp.path().to_str().unwrap(), "check"]);
    fs::write(temp.path().join("content/2026-Q3/rules.toml"), "").unwrap();
    let both = check();
    assert_eq!((both.code, both.stderr.as_str()), (Some(0), ""));
    let (warning, finding) = (both.stdout.find("warning[unread-file]"), both.stdout.find("finding["));
    assert!(warning.is_some() && warning < finding, "{}", both.stdout);
    assert!(both.stdout.ends_with("\n1 warning, 6 findings\n"), "{}", both.stdout);
    // Without figures there are no findings.
    fs::write(temp.path().join("content/2026-Q3/engine/rules.toml"), "[H.A-1]\nlevel = 6\n").unwrap();
    let broken = check();
    assert_eq!(broken.code, Some(1));
    assert!(broken.stdout.ends_with("\n1 error, 1 warning\n"), "{}", broken.stdout);
}

#[test]
fn mistakes_are_the_result_of_check_and_remarks_of_all_other_commands() {
    let root = fixture("bad/unknown-control");
    let check = milepost(&["--root", &root, "check"]);
    assert_eq!((check.code, check.stderr.as_str()), (Some(1), ""));
    assert!(check.stdout.contains("error[unknown-control]"), "{}", check.stdout);
    let temp = TempDir::new().unwrap();
    let out = temp.path().join("site");
    let out_folder = out.to_str().unwrap();
    let others: &[&[&str]] =
        &[&["score"], &["gaps", "--format", "json"], &["explain", "PR"], &["build", "--out", out_folder]];
    for args in others {
        let told = milepost(&[&["--root", root.as_str()], *args].concat()).failure(1);
        assert_eq!(told, check.stdout, "{args:?}");
    }
    assert!(!out.exists());
}

#[test]
fn warnings_go_beside_the_result() {
    let root = fixture("bad/unanswered-control");
    let check = milepost(&["--root", &root, "check"]);
    assert_eq!((check.code, check.stderr.as_str()), (Some(0), ""));
    assert!(check.stdout.contains("warning[unanswered-control]"), "{}", check.stdout);
    let score = milepost(&["--root", &root, "score", "--format", "json"]);
    assert_eq!((score.code, score.stderr), (Some(0), check.stdout));
    assert!(serde_json::from_str::<Value>(&score.stdout).is_ok());
}

#[test]
fn a_folder_that_is_no_workspace_is_told_as_such() {
    let temp = TempDir::new().unwrap();
    let told = milepost(&["--root", temp.path().to_str().unwrap(), "score"]).failure(1);
    assert!(told.contains("error[no-workspace]"), "{told}");
    for root in [temp.path().join("nowhere"), PathBuf::from(MILEPOST)] {
        let told = milepost(&["--root", root.to_str().unwrap(), "score"]).failure(2);
        assert_eq!(
            told,
            format!("error: there is no folder {}; `milepost init DIR` makes a workspace\n", root.display())
        );
    }
}

#[test]
fn names_that_are_not_there_are_answered_with_those_that_are() {
    let cases: &[&[&str]] = &[
        &["score", "--quarter", "2026-Q1"],
        &["score", "--quarter", "last"],
        &["score", "--team", "brigde"],
        &["gaps", "--team", "nobody"],
        &["score", "--function", "Harbor"],
        &["gaps", "--function", "X"],
        &["score", "--framework", "harbuor"],
        &["explain", "H.A-11"],
        &["explain", "harbuor"],
        &["explain", "PR.DS-11"],
        &["explain", "H", "--team", "engin"],
        &["explain", "H", "--quarter", "2026-Q4"],
    ];
    let told: Vec<String> =
        cases.iter().map(|args| format!("{}\n{}", args.join(" "), small(args).failure(2))).collect();
    assert_snapshot!("unknown-names", told.join("\n"));
}

#[test]
fn scores_are_printed_in_four_formats() {
    for format in ["text", "json", "csv", "markdown"] {
        let printed = small(&["score", "--format", format]).alone();
        assert_ends_well(&printed);
        assert_snapshot!(format!("score-{format}"), printed);
    }
    assert_eq!(small(&["score"]).alone(), small(&["score", "--format", "text"]).alone());
}

#[test]
fn gaps_are_printed_in_four_formats() {
    for format in ["text", "json", "csv", "markdown"] {
        let printed = small(&["gaps", "--format", format]).alone();
        assert_ends_well(&printed);
        assert_snapshot!(format!("gaps-{format}"), printed);
    }
}

/// What `explain` prints of `args` in the workspace of `fixture`, for people; and the same as JSON, taken apart.
fn explained(name: &str, args: &[&str]) -> (String, Value) {
    let root = fixture(name);
    let run = |more: &[&str]| milepost(&[&["--root", root.as_str(), "explain"], args, more].concat()).alone();
    let (text, json) = (run(&[]), run(&["--format", "json"]));
    assert_ends_well(&text);
    assert_ends_well(&json);
    assert_eq!(run(&["--format", "text"]), text);
    (text, serde_json::from_str(&json).unwrap())
}

#[test]
fn explain_shows_how_a_number_was_made() {
    let subjects: &[(&str, &[&str])] = &[
        ("control", &["H.A-1"]),
        ("control-without-levels", &["H.E-2"]),
        ("category", &["H.A"]),
        ("category-that-is-withheld", &["H.E"]),
        ("overall", &["overall"]),
        ("team", &["Q.L", "--team", "bridge"]),
        ("quarter", &["H.A-1", "--quarter", "2026-Q2"]),
    ];
    for (name, args) in subjects {
        assert_snapshot!(format!("explain-{name}"), explained("site/small", args).0);
    }
    assert_snapshot!("explain-facts", explained("bad/claim-beside-facts", &["BK.CP-01"]).0);
    assert_snapshot!("explain-facts-of-another", explained("bad/unsupported-claim--facts", &["BK.CP-02"]).0);
    assert_snapshot!("explain-dimensions", explained("bad/unsupported-claim--dimensions", &["PR.DS-11"]).0);
}

#[test]
fn explain_says_the_same_as_json() {
    let (_, json) = explained("site/small", &["h.a-1", "--team", "Engine", "--quarter", "2026-q3"]);
    assert_snapshot!("explain-json", format!("{json:#}"));
    let (_, withheld) = explained("site/small", &["H.E"]);
    assert_eq!(withheld["score"], Value::Null);
    assert!(!withheld["withheld"].as_str().unwrap().is_empty());
    // The report's framework is found by its id and by `overall`.
    assert_eq!(explained("site/small", &["harbour"]), explained("site/small", &["Overall"]));
}

#[test]
fn explain_ends_with_the_number_that_score_prints() {
    for team in [&[] as &[&str], &["--team", "bridge"], &["--team", "engine"]] {
        let scores = small(&[&["score", "--format", "json"], team].concat()).alone();
        let scores: Value = serde_json::from_str(&scores).unwrap();
        let nodes = ["functions", "categories", "controls"].map(|rank| scores[rank].as_array().unwrap().clone());
        for node in nodes.concat() {
            let id = node["id"].as_str().unwrap();
            let (_, told) = explained("site/small", &[&[id], team].concat());
            assert_eq!(told["id"], node["id"]);
            let shown = |value: &Value| value.as_f64().map(|score| format!("{score:.1}"));
            assert_eq!(told["score"].as_str().map(str::to_owned), shown(&node["score"]), "{id} {team:?}: {node}");
        }
    }
}

/// One newline at the end, none of another kind, no space before any.
fn assert_ends_well(printed: &str) {
    assert!(printed.ends_with('\n') && !printed.ends_with("\n\n") && !printed.contains('\r'), "{printed:?}");
    let loose = printed.lines().find(|line| line.ends_with(' '));
    assert_eq!(loose, None);
}

#[test]
fn a_selection_narrows_what_is_printed() {
    let score = |args: &[&str]| small(&[&["score"], args].concat()).alone();
    assert_snapshot!("score-of-a-function", score(&["--function", "H"]));
    assert_eq!(score(&["--function", "harbour"]), score(&["--function", "h"]));
    assert_snapshot!("score-of-a-team-in-a-quarter", score(&["--team", "engine", "--quarter", "2026-Q2"]));
    assert_eq!(score(&["--quarter", "2026-q3", "--framework", "harbour"]), score(&[]));
    let json: Value =
        serde_json::from_str(&score(&["--format", "json", "--team", "engine", "--function", "Q"])).unwrap();
    let ids = |rank: &str| json[rank].as_array().unwrap().iter().map(|node| node["id"].clone()).collect::<Vec<_>>();
    assert_eq!((ids("functions"), ids("categories")), (vec!["Q".into()], vec!["Q.L".into()]));
    assert_eq!((&json["team"], &json["quarter"]), (&"engine".into(), &"2026-Q3".into()));
}

/// A script takes the place of the browser and writes down what it is asked to open.
#[cfg(target_os = "linux")]
#[test]
fn what_was_built_is_opened_or_it_says_why_not() {
    let temp = TempDir::new().unwrap();
    let (out, asked) = (temp.path().join("site"), temp.path().join("asked"));
    let build = || {
        let mut build = Command::new(MILEPOST);
        build.args(["--root", &fixture("site/small"), "build", "--open", "--out"]).arg(&out).env("PATH", temp.path());
        String::from_utf8(build.output().unwrap().stderr).unwrap()
    };
    let told = build();
    assert!(told.contains("index.html could not be opened: no browser was found\n"), "{told}");
    let browser = temp.path().join("xdg-open");
    write_program(&browser, &format!("#!/bin/sh\nprintf %s \"$1\" > {0}.new\n/bin/mv {0}.new {0}\n", asked.display()));
    assert!(!build().contains("could not"));
    // The program does not wait for the browser, so the test waits for its file.
    let found = (0..500).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(10));
        fs::read_to_string(&asked).ok()
    });
    assert_eq!(found.as_deref(), Some(out.join("index.html").to_str().unwrap()));
}

#[test]
fn data_files_of_the_site_are_what_the_commands_print() {
    let temp = TempDir::new().unwrap();
    let out = temp.path().join("site");
    let build = small(&["build", "--out", out.to_str().unwrap()]);
    assert_eq!((build.code, build.stdout.as_str()), (Some(0), ""));
    let first = build.stderr;
    assert!(first.starts_with(out.join("index.html").to_str().unwrap()) && first.contains(" written, "), "{first}");
    assert!(small(&["build", "--out", out.to_str().unwrap()]).stderr.contains(" files, nothing changed, "));
    for quarter in ["2026-Q2", "2026-Q3"] {
        let data = |name: &str| fs::read_to_string(out.join("data").join(quarter).join(name)).unwrap();
        let print = |args: &[&str]| small(&[args, &["--quarter", quarter]].concat()).alone();
        assert_eq!(data("scores.json"), print(&["score", "--format", "json"]));
        // A file starts with a byte order mark, for Excel; what is printed does not.
        assert_eq!(data("scores.csv"), format!("\u{feff}{}", print(&["score", "--format", "csv"])));
        assert_eq!(data("gaps.csv"), format!("\u{feff}{}", print(&["gaps", "--format", "csv"])));
    }
}

// As in `milepost score | head`: the reader closes the pipe early.
#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let root = env!("CARGO_MANIFEST_DIR");
    let mut child = command(&["--root", root, "score", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert_eq!(first, "{\n");
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()), (Some(0), ""));
}

/// Every file below `folder`, and its text.
fn texts(folder: &Path) -> BTreeMap<String, String> {
    let entries = WalkDir::new(folder).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    let path = |entry: &DirEntry| entry.path().strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
    entries.map(|entry| (path(&entry), fs::read_to_string(entry.path()).unwrap())).collect()
}

#[test]
fn init_makes_a_workspace_that_checks_and_builds() {
    let temp = TempDir::new().unwrap();
    let root = temp.path().join("deep/new");
    let init = milepost(&["init", root.to_str().unwrap()]);
    assert_eq!((init.code, init.stdout.as_str()), (Some(0), ""), "{}", init.stderr);
    assert_snapshot!("init", init.stderr.replace(root.to_str().unwrap(), "DIR"));
    let files = texts(&root);
    assert!(files.contains_key("milepost.toml"), "{:?}", files.keys());
    assert!(files.values().all(|text| text.ends_with('\n') && !text.contains(temp.path().to_str().unwrap())));
    // What the starter advises works, and `check` finds no mistake in it.
    let commands: Vec<&str> = init.stderr.lines().filter_map(|line| line.trim().strip_prefix("milepost ")).collect();
    assert!(commands.len() >= 2, "{}", init.stderr);
    for command in commands {
        let run = milepost(&command.split(' ').collect::<Vec<_>>());
        // Its findings are no mistakes.
        let said = run.stdout.clone() + &run.stderr;
        assert_eq!(run.code, Some(0), "{command}: {said}");
        assert!(!said.contains("error[") && !said.contains("warning["), "{command}: {said}");
    }
    assert!(root.join("public/index.html").is_file());
    // What a build writes is not for the repository.
    assert!(files[".gitignore"].lines().any(|line| line.trim_matches('/') == "public"), "{}", files[".gitignore"]);
    let scores = milepost(&["--root", root.to_str().unwrap(), "score", "--format", "json"]).alone();
    let scores: Value = serde_json::from_str(&scores).unwrap();
    assert!(scores["overall"]["assessed"].as_u64().unwrap() > 0);
}

#[test]
fn a_path_is_told_without_the_dot_that_changes_nothing() {
    let temp = TempDir::new().unwrap();
    let told = |args: &[&str]| run(command(args).current_dir(temp.path())).stderr;
    let init = told(&["init", "."]);
    assert!(
        init.starts_with(".: a workspace") && init.contains("Read ./README.md, ") && !init.contains("./."),
        "{init}"
    );
    let build = told(&["build"]);
    assert!(build.starts_with("public/index.html: "), "{build}");
    assert!(told(&["init", "./new"]).starts_with("new: a workspace"));
}

/// Each optional key of the starter's `milepost.toml`, and the file with this one alone switched on.
fn with_one_key(text: &str) -> Vec<(String, String)> {
    let lines: Vec<&str> = text.lines().collect();
    let key = |line: &str| {
        let (key, _) = line.strip_prefix("# ")?.split_once(" = ")?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "_-.\"".contains(c);
        key.chars().all(plain).then(|| key.to_owned())
    };
    let switched_on = |first: usize| {
        let ends = |line: &&str| line.matches('[').count() <= line.matches(']').count();
        // A list goes on to the line that closes it.
        let last =
            if ends(&lines[first]) { first } else { first + lines[first..].iter().position(|l| *l == "# ]").unwrap() };
        let line = |(n, line): (usize, &&str)| {
            if (first..=last).contains(&n) { line.trim_start_matches("# ").to_owned() } else { (*line).to_owned() }
        };
        lines.iter().enumerate().map(line).collect::<Vec<_>>().join("\n") + "\n"
    };
    let keys = lines.iter().enumerate().filter_map(|(n, line)| Some((key(line)?, switched_on(n))));
    keys.collect()
}

#[test]
fn each_key_of_the_starter_can_be_switched_on_alone() {
    let temp = TempDir::new().unwrap();
    let root = temp.path().to_str().unwrap();
    milepost(&["init", root]);
    let config = temp.path().join("milepost.toml");
    let keys = with_one_key(&fs::read_to_string(&config).unwrap());
    assert!(keys.len() >= 30, "{}", keys.len());
    // With dimensions every answer has another form, which its comment says.
    for (key, text) in keys.into_iter().filter(|(key, _)| key != "dimensions") {
        fs::write(&config, text).unwrap();
        let check = milepost(&["--root", root, "check"]);
        let mistakes = ["error[", "warning["].iter().any(|mistake| check.stdout.contains(mistake));
        assert!(check.code == Some(0) && !mistakes, "{key}: {}", check.stdout);
    }
}

// A reader takes a commented value for the default. So it must be the default.
#[test]
fn the_commented_values_of_the_starter_are_the_defaults() {
    let temp = TempDir::new().unwrap();
    milepost(&["init", temp.path().to_str().unwrap()]);
    let config = temp.path().join("milepost.toml");
    let settings = || {
        let checked = check::check(&workspace::load(temp.path()));
        let settings = checked.assessment.unwrap_or_else(|| panic!("{:#?}", checked.diagnostics)).settings;
        format!("{settings:#?}")
    };
    let text = fs::read_to_string(&config).unwrap();
    let defaults = settings();
    let (_, gates) = text.split_once("\n[gates]\n").unwrap();
    let (gates, _) = gates.split_once("\n[audiences]\n").unwrap();
    // The comments call these examples.
    let examples = [
        "repository",
        "dimensions",
        "\"GV.RR-02\"",
        "\"DE.CM\"",
        "also_called",
        "scope",
        "first_quarter",
        "last_quarter",
    ];
    let is_example = |key: &str| examples.contains(&key) || gates.contains(&format!("\n# {key} = "));
    // The coverage gate has the name of a key of [scoring].
    let keys = with_one_key(&text).into_iter().filter(|(key, _)| key == "minimum_coverage" || !is_example(key));
    let mut tried = 0;
    for (key, text) in keys {
        if text.contains("\n# minimum_coverage")
            && text.split_once("\n[gates]\n").unwrap().1.contains("\nminimum_coverage")
        {
            continue;
        }
        fs::write(&config, text).unwrap();
        assert_eq!(settings(), defaults, "{key}");
        tried += 1;
    }
    assert!(tried >= 15, "{tried}");
    fs::write(&config, text.replace("# decimals = 1", "decimals = 2")).unwrap();
    assert_ne!(settings(), defaults);
}

// A colon in a title must not look like the end of a message's subject.
#[test]
fn an_action_keeps_its_name_whatever_stands_in_it() {
    let temp = TempWorkspace::with("site/small", "");
    let action = "[[action]]\nid = \"A-1\"\ntitle = \"Phase 1: check each copy\"\ncontrol = \"Q.L-1\"\nteam = \"bridge\"\n\
                  owner = \"Harbour master\"\ndue = 2026-07-01\nstatus = \"open\"\nraises_to = 4\n";
    temp.put("content/actions.toml", action);
    let whole = "Phase 1: check each copy";
    for format in ["text", "json", "sarif", "github", "gitlab", "junit"] {
        let check = temp.run(&["check", "--format", format]);
        assert!(check.stdout.contains(whole), "{format}: {}", check.stdout);
    }
    assert_eq!(temp.run(&["build"]).code, Some(0));
    for page in ["findings", "actions"] {
        let page = temp.read(&format!("public/2026-Q3/{page}/index.html"));
        assert!(page.contains(whole), "{page}");
    }
}

#[test]
fn a_quarter_is_not_compared_with_itself() {
    let told = small(&["diff", "2026-Q3"]).failure(2);
    assert!(told.contains("name an earlier quarter"), "{told}");
    assert_eq!(small(&["diff", "2026-Q2", "2026-Q2"]).failure(2), told.replace("2026-Q3", "2026-Q2"));
}

#[test]
fn init_touches_nothing_that_is_there() {
    let temp = TempDir::new().unwrap();
    let path = |name: &str| temp.path().join(name);
    fs::write(path("notes.txt"), "mine\n").unwrap();
    fs::create_dir(path("elsewhere")).unwrap();
    let init = |dir: &Path| milepost(&["init", dir.to_str().unwrap()]);
    let refused = |dir: &Path, what: &str| {
        let before = texts(temp.path());
        let told = init(dir).failure(1);
        assert!(told.starts_with("error: ") && told.contains(what) && told.lines().count() == 1, "{told}");
        assert_eq!(texts(temp.path()), before);
    };
    refused(&path("notes.txt"), "notes.txt");
    refused(&path("notes.txt/below"), "notes.txt");
    // A file of its own name that says something else, as short or as long as its own.
    let own = milepost(&["init", path("own").to_str().unwrap()]);
    assert_eq!(own.code, Some(0), "{}", own.stderr);
    let own = texts(&path("own"));
    for (name, text) in
        [("content/profile.toml", own["content/profile.toml"].replace('e', "f")), ("milepost.toml", String::new())]
    {
        let dir = path(&name.replace('/', "-"));
        fs::create_dir_all(dir.join(name).parent().unwrap()).unwrap();
        fs::write(dir.join(name), text).unwrap();
        refused(&dir, &format!("{name} is there and is another"));
    }
    // A link, or a file, where a folder has to be, and a link where a file has to be.
    for (name, target) in [("content", "../elsewhere"), ("content", "../notes.txt"), ("README.md", "../own/README.md")]
    {
        let dir = TempDir::new_in(temp.path()).unwrap();
        symlink(target, dir.path().join(name)).unwrap();
        refused(dir.path(), name);
    }
    assert!(fs::read_dir(path("elsewhere")).unwrap().next().is_none());
    // A workspace that somebody changed is none that init makes.
    fs::remove_file(path("own/content/actions.toml")).unwrap();
    refused(&path("own"), "holds a workspace already, without");
    assert!(milepost(&["init"]).failure(2).contains("<DIR>"));
}

#[test]
fn init_counts_what_is_its_own_and_leaves_what_is_others() {
    let temp = TempDir::new().unwrap();
    let init = |dir: &str| run(command(&["init", dir]).current_dir(temp.path()));
    assert_eq!(init("whole").code, Some(0));
    let whole = texts(&temp.path().join("whole"));
    let again = init("whole");
    assert_eq!((again.code, again.stderr.as_str()), (Some(0), "whole: the workspace is there already\n"));
    // A part of it, beside other files.
    let half: Vec<&String> = whole.keys().filter(|path| *path != "milepost.toml").step_by(2).collect();
    for dir in ["half", "."] {
        let dir_path = temp.path().join(dir);
        for path in &half {
            fs::create_dir_all(dir_path.join(path).parent().unwrap()).unwrap();
            fs::write(dir_path.join(path), &whole[*path]).unwrap();
        }
        fs::write(dir_path.join("notes.txt"), "mine\n").unwrap();
        fs::write(dir_path.join(".README.md.milepost-draft-4711"), "half a fi").unwrap();
        fs::write(dir_path.join(".README.md.milepost-draft-notes"), "mine\n").unwrap();
        let told = init(dir);
        assert!(told.code == Some(0) && told.stderr.contains("a workspace with two teams"), "{}", told.stderr);
        let now = texts(&dir_path);
        assert!(whole.iter().all(|(path, text)| now.get(path) == Some(text)), "{dir}");
        assert_eq!((now["notes.txt"].as_str(), now[".README.md.milepost-draft-notes"].as_str()), ("mine\n", "mine\n"));
        assert!(!now.contains_key(".README.md.milepost-draft-4711"));
    }
}

#[test]
fn init_leaves_a_repositorys_own_files_as_they_are() {
    let temp = TempDir::new().unwrap();
    for (name, text) in [("README.md", "mine\n"), (".gitignore", "target/\n"), (".gitattributes", "* text=auto\n")] {
        fs::write(temp.path().join(name), text).unwrap();
    }
    let run = run(command(&["init", "."]).current_dir(temp.path()));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_snapshot!("init-beside-others", run.stderr);
    let now = texts(temp.path());
    assert_eq!((now["README.md"].as_str(), now[".gitignore"].as_str()), ("mine\n", "target/\n"));
    assert_eq!(now[".gitattributes"], "* text=auto\n");
    assert!(now.contains_key("milepost.toml") && now.contains_key("content/profile.toml"));
    let again = milepost(&["init", temp.path().to_str().unwrap()]);
    assert!(again.code == Some(0) && again.stderr.contains("is there already"), "{}", again.stderr);
    milepost(&["--root", temp.path().to_str().unwrap(), "check"]).result();
}

#[test]
fn a_workspace_is_found_from_a_folder_below_it() {
    let temp = TempWorkspace::with("site/small", "risk");
    let below = temp.path("risk/content/2026-Q3");
    let told = |args: &[&str], folder: &Path| run(command(args).current_dir(folder));
    let score = told(&["score"], &below);
    assert_eq!(score.stderr, "the workspace is in ../..\n");
    assert_eq!(score.result(), told(&["score"], &temp.path("risk")).result());
    // Places are told from where the user stands.
    temp.put("risk/content/2026-Q3/bridge/rules.toml", "[H.A-1]\nlevel = 9\n");
    let check = told(&["check"], &below);
    assert!(check.stdout.contains("--> ../../content/2026-Q3/bridge/rules.toml:2:9"), "{}", check.stdout);
    // With --root, no other folder is looked at.
    assert!(told(&["--root", ".", "check"], &below).stdout.contains("error[no-workspace]"));
    // Folders above the repository are not looked at.
    fs::create_dir_all(temp.path("risk/other/.git")).unwrap();
    assert!(told(&["check"], &temp.path("risk/other")).stdout.contains("error[no-workspace]"));
}

#[test]
fn check_shows_a_part_and_ends_as_the_whole() {
    let check = |name: &str, args: &[&str]| milepost(&[&["--root", &fixture(name), "check"], args].concat());
    let summary = check("bad/thirty-mistakes", &["--summary"]);
    assert_eq!(summary.code, Some(1));
    assert_snapshot!("check-summary", summary.stdout);
    // The program says how many it left out, and its exit code is that of all.
    let code = check("bad/thirty-mistakes", &["--code", "bad-level"]);
    assert_eq!(code.code, Some(1));
    assert!(
        code.stdout.matches("error[").count() == code.stdout.matches("error[bad-level]").count(),
        "{}",
        code.stdout
    );
    assert!(code.stderr.contains("not shown"), "{}", code.stderr);
    let none = check("bad/thirty-mistakes", &["--code", "stale-seal"]);
    assert!(none.code == Some(2) && none.stderr.contains("no code `stale-seal`"), "{}", none.stderr);
    let clean = check("bad/thirty-mistakes", &["--code", "no-quarter"]);
    assert_eq!((clean.code, clean.stdout.as_str()), (Some(1), ""));
    let team = check("site/small", &["--team", "bridge", "--format", "json"]);
    let rows: Value = serde_json::from_str(&team.stdout).unwrap();
    let files: Vec<&str> = rows.as_array().unwrap().iter().map(|row| row["path"].as_str().unwrap()).collect();
    assert!(!files.is_empty() && files.iter().all(|file| file.contains("/bridge/")), "{files:?}");
    assert_eq!(check("site/small", &["--team", "nobody"]).code, Some(2));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "how long a run takes says when to kill one")]
#[expect(clippy::print_stdout, reason = "who kills hundreds wants to know what they left")]
fn a_killed_init_leaves_no_workspace_or_a_whole_one_and_the_next_finishes_it() {
    let temp = TempDir::new().unwrap();
    let dir = |name: &str| temp.path().join(name);
    let start = std::time::Instant::now();
    milepost(&["init", dir("whole").to_str().unwrap()]);
    let (time, whole) = (start.elapsed(), texts(&dir("whole")));
    let (kills, mut killed, mut finished) = (kills(30), 0, 0);
    for n in 0..kills {
        let new = dir("new");
        let mut child = command(&["init", new.to_str().unwrap()]).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(time.mul_f64(1.1 * (f64::from(n) * 0.618_034).fract()));
        let _ = child.kill();
        killed += u32::from(child.wait().unwrap().signal() == Some(9));
        let mut left = if new.exists() { texts(&new) } else { BTreeMap::new() };
        left.retain(|path, _| !path.contains(".milepost-draft-"));
        assert!(left.iter().all(|(path, text)| whole[path] == *text), "half a file");
        if left.contains_key("milepost.toml") {
            assert_eq!(left, whole);
            finished += 1;
        }
        let again = milepost(&["init", new.to_str().unwrap()]);
        assert_eq!(again.code, Some(0), "{}", again.stderr);
        assert_eq!(texts(&new), whole);
        fs::remove_dir_all(&new).unwrap();
    }
    println!("{kills} runs, {killed} killed; {finished} had finished");
    assert!(killed > 0);
}

/// What the program writes to a terminal, which `script` makes for it.
#[cfg(target_os = "linux")]
fn on_a_terminal(args: &str, no_color: Option<&str>) -> String {
    let mut script = Command::new("script");
    script.args(["--quiet", "--return", "--command", &format!("'{MILEPOST}' {args}"), "/dev/null"]);
    script.stdin(Stdio::null()).env_remove("NO_COLOR").env("TERM", "xterm");
    script.envs(no_color.map(|value| ("NO_COLOR", value)));
    String::from_utf8(script.output().expect("script is part of every Debian").stdout).unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn colour_is_for_terminals_whose_reader_wants_it() {
    let check = format!("--root '{}' check", fixture("bad/unknown-control"));
    let coloured = |text: &str| text.contains("\u{1b}[");
    let shown = on_a_terminal(&check, None);
    assert!(coloured(&shown) && shown.contains("unknown-control"), "{shown:?}");
    assert!(coloured(&on_a_terminal(&check, Some(""))));
    let plain = on_a_terminal(&check, Some("1"));
    assert!(!coloured(&plain) && plain.contains("unknown-control"), "{plain:?}");
    assert!(!coloured(&milepost(&["--root", &fixture("bad/unknown-control"), "check"]).stdout));
    // Each stream is judged by itself: what goes to a file stays plain while the other is a terminal.
    let score = format!("--root '{}' score", fixture("bad/unknown-control"));
    assert!(!coloured(&on_a_terminal(&format!("{score} 2>&1 >/dev/null | cat"), None)));
    assert!(coloured(&on_a_terminal(&format!("{score} >/dev/null"), None)));
}

#[test]
fn check_reads_templates_too() {
    let told = milepost(&["--root", &fixture("bad/bad-template--syntax"), "check"]);
    assert_eq!(told.code, Some(1));
    assert!(told.stdout.contains("error[bad-template]"), "{}", told.stdout);
}

#[test]
fn a_result_that_cannot_be_written_is_a_failure() {
    let Ok(full) = OpenOptions::new().write(true).open("/dev/full") else { return skipped("there is no /dev/full") };
    let output = command(&["--root", &fixture("good/hand"), "score"]).stdout(full).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(told.starts_with("error: standard output: "), "{told}");
}

#[test]
fn places_are_told_from_where_the_user_stands() {
    let told = |folder: &Path, format| {
        let told = command(&["--root", "./bad/bad-level", "check", "--format", format]).current_dir(folder).output();
        String::from_utf8(told.unwrap().stdout).unwrap()
    };
    let copy = TempWorkspace::with("bad/bad-level", "services/bad/bad-level");
    let services = copy.path("services");
    assert!(told(&services, "text").contains("--> bad/bad-level/content/"));
    // Outside a repository a service can only be told the same.
    assert!(told(&services, "github").lines().all(|line| line.contains(" file=bad/bad-level/")));
    // Services read paths from the top of the repository, wherever the command is run.
    fs::create_dir(copy.path(".git")).unwrap();
    assert!(told(&services, "text").contains("--> bad/bad-level/content/"));
    assert!(told(&services, "github").lines().all(|line| line.contains(" file=services/bad/bad-level/")));
    assert!(told(&services, "sarif").contains("\"uri\": \"services/bad/bad-level/content/"));
}

#[test]
fn actions_are_printed_in_four_formats() {
    for format in ["text", "json", "csv", "markdown"] {
        let temp = TempWorkspace::with("site/small", "");
        let action = "control = \"H.A-2\"\ntitle = \"Paint the ramp\"\nteam = \"bridge\"\nraises_to = 3\n";
        let later =
            format!("[[action]]\nid = \"A-2\"\ndue = 2026-12-31\n{action}owner = \"Mate\"\neffort = \"2 days\"\n");
        let done =
            format!("[[action]]\nid = \"A-1\"\ndue = 2026-08-31\n{action}status = \"done\"\nclosed = 2026-08-30\n");
        let exception =
            "[[exception]]\nid = \"X-1\"\ncontrol = \"Q.L-1\"\nreason = \"New\"\napproved_by = \"Master\"\n";
        temp.put("content/actions.toml", format!("{later}\n{done}\n{exception}expires = 2026-09-15\n"));
        assert_snapshot!(format!("actions-{format}"), temp.run(&["actions", "--format", format]).result());
    }
}

#[test]
fn answers_with_a_current_item_of_evidence_are_counted_apart() {
    let scores = |args: &[&str]| -> Value {
        serde_json::from_str(&small(&[&["score", "--format", "json"], args].concat()).alone()).unwrap()
    };
    let all = scores(&[]);
    let evidenced = |of: &Value| (of["evidenced"].as_u64().unwrap(), of["assessed"].as_u64().unwrap());
    let control = |id: &str| all["controls"].as_array().unwrap().iter().find(|control| control["id"] == id).unwrap();
    // The notes of August are current; the orders of last year are not; the engine room shows nothing.
    assert_eq!([evidenced(control("H.A-1")), evidenced(control("Q.L-1"))], [(1, 2), (0, 1)]);
    let (functions, overall) = (all["functions"].as_array().unwrap(), evidenced(&all["overall"]));
    let sum = functions.iter().map(evidenced).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    assert_eq!((sum, overall.0), (overall, 1));
    assert_eq!(evidenced(&scores(&["--team", "engine"])["overall"]).0, 0);
}
