//! Tests the CI files in docs/ci: Milepost accepts every command in them, and their scripts do what they should.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use clap::Parser;
use milepost::cli::Cli;
use tempfile::TempDir;
use walkdir::WalkDir;

use crate::support::media_judges::{gitlab, junit};
use crate::support::temp_workspace::write_program;

fn recipe(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ci").join(name)).unwrap()
}

/// The words of every call of the program in a recipe, up to where the shell takes over.
fn calls(text: &str) -> Vec<Vec<String>> {
    let lines = text.lines().map(str::trim).map(|line| line.trim_start_matches("- ").trim_start_matches("run: "));
    let calls = lines.filter(|line| line.starts_with("milepost "));
    let words = |line: &str| {
        let words = line.split_whitespace().take_while(|word| !word.starts_with(['>', '|']));
        words.map(|word| word.trim_matches('"').to_owned()).collect()
    };
    calls.map(words).collect()
}

#[test]
fn every_command_of_a_recipe_is_one_that_there_is() {
    for name in ["github.yml", "gitlab.yml"] {
        let calls = calls(&recipe(name));
        for call in &calls {
            let read = Cli::try_parse_from(call);
            assert!(read.is_ok(), "{name}: {call:?}: {}", read.err().unwrap());
        }
        let of = |command: &str| calls.iter().any(|call| call[1] == command);
        for command in ["check", "gate", "diff", "verify", "build"] {
            assert!(of(command), "{name} does not {command}");
        }
        assert!(
            calls.iter().any(|call| call.contains(&"--base".to_owned())),
            "{name} tells nobody what a change moves"
        );
    }
}

// A control: the test above must be able to fail.
#[test]
fn a_call_that_is_wrong_would_be_found() {
    for line in ["  - run: milepost chekc --format github", "    - milepost gate --format yaml > x || true"] {
        let calls = calls(line);
        assert_eq!(calls.len(), 1);
        assert!(Cli::try_parse_from(&calls[0]).is_err(), "{line}");
    }
}

#[test]
fn recipes_fetch_the_history_and_may_no_more_than_they_need() {
    let (github, gitlab) = (recipe("github.yml"), recipe("gitlab.yml"));
    assert!(github.contains("fetch-depth: 0") && gitlab.contains("GIT_DEPTH: 0"));
    let rights = github.split("\njobs:").next().unwrap();
    assert!(rights.contains("permissions:\n  contents: read\n"), "what a job does not name it may not do");
    // Texts that others write reach a shell by its environment alone.
    let scripts = github.lines().filter(|line| line.contains("run:") || line.trim_start().starts_with("milepost"));
    assert!(scripts.clone().all(|line| !line.contains("${{")), "{:?}", scripts.collect::<Vec<_>>());
    let actions = github.lines().filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix("uses: "));
    assert!(actions.clone().count() > 2 && actions.clone().all(|action| action.contains("@v")), "actions are pinned");
}

/// The lines of `text` from `start` on, up to the first that is not indented by `depth`, without that indentation.
fn indented(text: &str, start: &str, depth: usize) -> String {
    let (_, below) = text.split_once(start).unwrap();
    let lines = below.lines().skip(1).map_while(|line| line.strip_prefix(&" ".repeat(depth)));
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// The script of a step of the file for GitHub.
fn step(name: &str) -> String {
    let github = recipe("github.yml");
    let (_, step) = github.split_once(&format!("- name: {name}\n")).unwrap();
    indented(step, "run: |", 10)
}

/// The script of the job of the file for GitLab that tells what a change moves: rows of single commands, then a block.
fn tell() -> String {
    let gitlab = recipe("gitlab.yml");
    let (_, job) = gitlab.split_once("\ntell:\n").unwrap();
    let (rows, _) = job.split_once("    - |\n").unwrap();
    let rows: String = indented(rows, "script:", 4)
        .lines()
        .filter_map(|row| row.strip_prefix("- "))
        .fold(String::new(), |rows, row| rows + row + "\n");
    rows + &indented(job, "    - |", 6)
}

/// The single commands of a job of the file for GitLab, and the reports that it gives to the service.
fn job(name: &str) -> (String, Vec<String>) {
    let gitlab = recipe("gitlab.yml");
    let (_, job) = gitlab.split_once(&format!("\n{name}:\n")).unwrap();
    let job = job.split("\n\n").next().unwrap();
    let commands =
        indented(job, "script:", 4).lines().filter_map(|row| row.strip_prefix("- ")).collect::<Vec<_>>().join("\n");
    let reports =
        indented(job, "reports:", 6).lines().filter_map(|row| Some(row.split_once(": ")?.1.to_owned())).collect();
    (commands, reports)
}

#[test]
fn on_gitlab_a_job_that_fails_leaves_its_report() {
    let runner = Runner::new();
    runner.edit("content/2026-Q3/bridge/rules.toml", "[Q.L-1]\nlevel = 2", "[Q.L-1]\nlevel = 99");
    let (script, reports) = job("check");
    assert!(runner.fails(&script).contains("error[bad-level]"));
    let report = runner.read(&reports[0]);
    assert!(
        gitlab(&report).is_empty() && report.contains("\"path\": \"content/2026-Q3/bridge/rules.toml\""),
        "{report}"
    );
    runner.edit("content/2026-Q3/bridge/rules.toml", "level = 99", "level = 2");
    runner.edit("content/2026-Q3/bridge/rules.toml", "[H.A-2]\nlevel = 1", "[H.A-2]\nlevel = 0");
    runner.edit("milepost.toml", "new_zeros = 0", "new_zeros = 0\nkey_controls = 4");
    let (script, reports) = job("gate");
    assert!(runner.fails(&script).contains("gates failed"));
    let report = runner.read(&reports[0]);
    assert!(junit(&report).is_empty() && report.contains("<failure "), "{report}");
}

/// A repository in which a change was made while main moved on, with what a runner has in its path.
struct Runner {
    folder: TempDir,
    /// Where the change began.
    began: String,
}

impl Runner {
    fn new() -> Self {
        let runner = Self { folder: TempDir::new().unwrap(), began: String::new() };
        let small = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/site/small");
        for entry in WalkDir::new(&small).min_depth(1) {
            let entry = entry.unwrap();
            let path = runner.root().join(entry.path().strip_prefix(&small).unwrap());
            if entry.file_type().is_dir() {
                fs::create_dir_all(path).unwrap();
            } else {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::copy(entry.path(), path).unwrap();
            }
        }
        // They write down how they were called, and with which text.
        runner.tool("gh", "echo \"gh $*\" >>../calls; case \"$*\" in *--paginate*) cat ../comments;; esac");
        runner.tool("curl", "echo \"curl $*\" >>../calls");
        fs::write(runner.folder.path().join("comments"), "").unwrap();
        runner.edit("milepost.toml", "[scoring]", "[gates]\nnew_zeros = 0\n\n[scoring]");
        runner.git("init --quiet --initial-branch=main");
        runner.commit("First");
        let began = runner.git("rev-parse HEAD");
        runner.git("switch --quiet --create change");
        runner.edit("content/2026-Q3/bridge/rules.toml", "  { kind = \"record\"", "  # { kind = \"record\"");
        runner.commit("The change");
        runner.git("switch --quiet main");
        runner.edit("content/2026-Q3/bridge/rules.toml", "[H.A-2]\nlevel = 0", "[H.A-2]\nlevel = 1");
        runner.commit("Of others");
        Self { began, ..runner }
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("workspace")
    }

    fn tool(&self, name: &str, script: &str) {
        let bin = self.folder.path().join("bin");
        fs::create_dir_all(&bin).unwrap();
        write_program(&bin.join(name), &format!("#!/bin/sh\n{script}\n"));
    }

    fn edit(&self, path: &str, old: &str, new: &str) {
        let text = fs::read_to_string(self.root().join(path)).unwrap();
        assert_eq!(text.matches(old).count(), 1, "{old:?} in {text}");
        fs::write(self.root().join(path), text.replace(old, new)).unwrap();
    }

    fn git(&self, args: &str) -> String {
        self.run(&format!("git {args}"), &[]).trim().to_owned()
    }

    fn commit(&self, message: &str) {
        self.run(&format!("git add --all; git commit --quiet --message '{message}'"), &[]);
    }

    /// Runs a script as the services do: it ends with the first command that fails.
    fn run(&self, script: &str, variables: &[(&str, &str)]) -> String {
        let output = self.output(script, variables);
        assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// What a script prints that must fail.
    fn fails(&self, script: &str) -> String {
        let output = self.output(script, &[]);
        assert!(!output.status.success(), "{script}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn output(&self, script: &str, variables: &[(&str, &str)]) -> Output {
        let mut command = Command::new("bash");
        let inherited = std::env::vars_os().map(|(name, _)| name);
        for name in inherited.filter(|name| name.to_string_lossy().starts_with("GIT_")) {
            command.env_remove(name);
        }
        let program = Path::new(env!("CARGO_BIN_EXE_milepost")).parent().unwrap();
        let path = std::env::join_paths(
            [self.folder.path().join("bin"), program.to_owned()]
                .into_iter()
                .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
        );
        command.env("PATH", path.unwrap()).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "Clerk").env(format!("GIT_{role}_EMAIL"), "clerk@example.org");
        }
        let output = command.args(["-e", "-c", script]).envs(variables.iter().copied()).current_dir(self.root());
        output.output().unwrap()
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root().join(path)).unwrap()
    }
}

/// What the change does, and no word of what others did.
const TOLD: &str = "This change moves H.A from 1.2 to 1.0: evidence lost on H.A-1.";

#[test]
fn on_github_a_pull_request_is_told_against_what_it_was_merged_with() {
    let runner = Runner::new();
    // As the service does: main stands, the change is merged into it, and that is checked out alone.
    runner.git("switch --quiet --detach main");
    runner.git("merge --quiet --no-ff --message Merge change");
    let (merged, target) = (runner.git("rev-parse HEAD"), runner.git("rev-parse main"));
    runner.git("switch --quiet main");
    runner.edit("content/2026-Q3/bridge/rules.toml", "[Q.L-1]\nlevel = 2", "[Q.L-1]\nlevel = 1");
    runner.commit("Later");
    runner.git(&format!("switch --quiet --detach {merged}"));
    let summary = runner.folder.path().join("summary");
    runner.run(&step("What this change moves"), &[("GITHUB_STEP_SUMMARY", summary.to_str().unwrap())]);
    assert_eq!(runner.read("diff.md").lines().next(), Some(TOLD));
    // An empty character keeps a service from making a link of it.
    let summary = fs::read_to_string(summary).unwrap().replace("&#8203;", "");
    let compared = format!("2026-Q3 at {} to 2026-Q3", &target[..12]);
    assert!(summary.contains(&compared) && summary.contains("| new_zeros | "), "{summary}");
    assert_eq!(runner.git("for-each-ref refs/heads").lines().count(), 2, "no branch is made or moved");
    // The first comment is new, each later one takes its place.
    let comment = step("Comment on the pull request");
    let variables = [("GITHUB_REPOSITORY", "harbour/rules"), ("NUMBER", "7")];
    runner.run(&comment, &variables);
    fs::write(runner.folder.path().join("comments"), "41\n").unwrap();
    runner.run(&comment, &variables);
    let calls = runner.read("../calls");
    let lines: Vec<&str> = calls.lines().collect();
    assert_eq!(lines.len(), 4, "{calls}");
    assert_eq!(lines[1], "gh pr comment 7 --body-file comment.md");
    let again = "gh api --silent --method PATCH repos/harbour/rules/issues/comments/41 --field body=@comment.md";
    assert_eq!(lines[3], again);
    assert!(runner.read("comment.md").starts_with(&format!("<!-- milepost -->\n{TOLD}\n")));
}

#[test]
fn on_gitlab_a_merge_request_is_told_against_where_it_began_or_what_it_was_merged_with() {
    for merged in [false, true] {
        let runner = Runner::new();
        let main = runner.git("rev-parse main");
        runner.git(&format!("switch --quiet --detach {}", if merged { "main" } else { "change" }));
        if merged {
            runner.git("merge --quiet --no-ff --message Merge change");
        }
        runner.git("branch --quiet --delete --force main");
        let variables = [
            ("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", if merged { main.as_str() } else { "" }),
            ("CI_MERGE_REQUEST_DIFF_BASE_SHA", runner.began.as_str()),
            ("CI_API_V4_URL", "https://git.example.org/api/v4"),
            ("CI_PROJECT_ID", "3"),
            ("CI_MERGE_REQUEST_IID", "7"),
        ];
        // Without a token no note is written.
        runner.run(&tell(), &variables);
        assert!(!runner.root().join("../calls").exists());
        runner.run(&tell(), &[&variables[..], &[("MILEPOST_TOKEN", "secret")]].concat());
        let told = if merged { TOLD } else { "This change moves H.A from 0.4 to 0.3: evidence lost on H.A-1." };
        let diff = runner.read("diff.md");
        assert_eq!(diff.lines().next(), Some(told));
        assert!(diff.contains("| new_zeros | "), "{diff}");
        let calls = runner.read("../calls");
        let note = "--data-urlencode body@diff.md https://git.example.org/api/v4/projects/3/merge_requests/7/notes\n";
        assert!(calls.ends_with(note) && calls.lines().count() == 1, "{calls}");
    }
}
