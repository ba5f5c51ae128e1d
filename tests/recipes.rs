//! The CI files that the guide offers in, every command in them that Milepost would not take out.

#![allow(clippy::unwrap_used, reason = "what a test cannot go on without may panic")]

use std::fs;
use std::path::Path;

use clap::Parser;
use milepost::cli::Cli;

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
