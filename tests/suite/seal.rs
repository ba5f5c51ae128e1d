//! Quarters closed by the program in, what it says after each thing that can be done to them out.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::temp_workspace::{TempWorkspace, kills, tree};
use insta::assert_snapshot;
use milepost::load::workspace::sha256;
use milepost::model::seal::{self, FIGURES, Role, SealedFigure, SealedPart};
use serde_json::Value as Json;

const Q2: &str = "content/2026-Q2/seal.toml";
const Q3: &str = "content/2026-Q3/seal.toml";
const DRILL: &str = "content/2026-Q3/engine/artifacts/drill.txt";

impl TempWorkspace {
    /// A copy of the small workspace, with an artifact.
    fn open() -> Self {
        let temp = Self::with("site/small", "");
        let drill = "Both engines astern in 9 s.\n";
        temp.put(DRILL, drill);
        let evidence = format!(
            "level = 4\nevidence = [{{ kind = \"test\", title = \"Drill\", date = 2026-09-01, file = \"artifacts/drill.txt\", sha256 = \"{}\" }}]",
            sha256(drill.as_bytes())
        );
        temp.edit("content/2026-Q3/engine/rules.toml", "level = 4", &evidence);
        temp
    }

    /// With both quarters sealed.
    fn closed() -> Self {
        let temp = Self::open();
        temp.seal("2026-Q2");
        temp.seal("2026-Q3");
        temp
    }

    fn remove(&self, path: &str) {
        fs::remove_file(self.path(path)).unwrap();
    }

    fn add(&self, path: &str, text: &str) {
        let before = fs::read_to_string(self.path(path)).unwrap_or_default();
        self.put(path, &(before + text));
    }

    /// Replaces something in a seal and makes its own digest fit again, as a forger would.
    fn forge(&self, path: &str, from: &str, to: &str) {
        self.edit(path, from, to);
        let text = self.read(path);
        let (above, _) = text.split_once("[seal]\n").unwrap();
        self.put(path, format!("{above}[seal]\nsha256 = \"{}\"\n", sha256(above.as_bytes())));
    }

    /// Seals a quarter; its digest.
    fn seal(&self, quarter: &str) -> String {
        self.run(&["seal", quarter]).result().split("  ").next().unwrap().to_owned()
    }

    /// What `verify` says, which must end with `code`.
    fn verify(&self, args: &[&str], code: i32) -> String {
        let run = self.run(&[&["verify"], args].concat());
        assert_eq!(run.code, Some(code), "{}{}", run.stdout, run.stderr);
        tame(&run.stdout)
    }

    /// The same as JSON.
    fn verified(&self, args: &[&str], code: i32) -> Json {
        let run = self.run(&[&["verify", "--format", "json"], args].concat());
        assert_eq!(run.code, Some(code), "{}{}", run.stdout, run.stderr);
        serde_json::from_str(&run.stdout).unwrap()
    }

    /// Each warning of `check` about seals, with its place.
    fn warnings(&self) -> Vec<String> {
        let run = self.run(&["check", "--format", "json"]);
        let found: Json = serde_json::from_str(&run.stdout).unwrap();
        let text = |row: &Json, key: &str| row[key].as_str().unwrap().to_owned();
        let rows = found.as_array().unwrap().iter();
        let rows = rows.filter(|row| ["sealed-quarter-changed", "bad-seal"].contains(&row["code"].as_str().unwrap()));
        rows.map(|row| format!("{}: {}", text(row, "path"), text(row, "message"))).collect()
    }

    /// Why a quarter is not sealed; nothing may be written then.
    fn seal_refusal(&self, quarter: &str, code: i32) -> String {
        let before = tree(&self.path(""));
        let said = self.run(&["seal", quarter]).failure(code);
        assert_eq!(tree(&self.path("")), before);
        said
    }
}

/// A text in which digests are numbered as they come, and the version is a word: both change with each version.
fn tame(text: &str) -> String {
    let mut known: Vec<&str> = Vec::new();
    let mut out = String::new();
    let mut rest = text;
    let is_hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    while let Some(start) = rest.find(is_hex) {
        let end = rest[start..].find(|c| !is_hex(c)).map_or(rest.len(), |end| start + end);
        out += &rest[..start];
        let word = &rest[start..end];
        if word.len() == 64 {
            let number = known.iter().position(|digest| *digest == word).unwrap_or_else(|| {
                known.push(word);
                known.len() - 1
            });
            out += &format!("DIGEST-{}", number + 1);
        } else {
            out += word;
        }
        rest = &rest[end..];
    }
    (out + rest).replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

#[test]
fn a_sealed_quarter_is_as_it_was_sealed() {
    let temp = TempWorkspace::open();
    let seal = temp.run(&["seal", "2026-Q2"]);
    assert_eq!(seal.stdout, format!("{}  {Q2}\n", sha256(temp.read(Q2).as_bytes())));
    let next = temp.run(&["seal", "2026-q3"]);
    assert_snapshot!("seal", tame(&format!("{}{}\n{}{}", seal.stdout, seal.stderr, next.stdout, next.stderr)));
    assert_snapshot!("verify-unchanged", temp.verify(&[], 0));
    assert_snapshot!("verify-one-unchanged", temp.verify(&["2026-Q3"], 0));
    assert_eq!(temp.warnings(), [""; 0]);
    assert_eq!(temp.run(&["check"]).code, Some(0));
}

// A seal has no clock and no name of a machine in it, so anybody can make it again.
#[test]
fn the_same_files_give_the_same_seal_anywhere() {
    let (one, two) = (TempWorkspace::closed(), TempWorkspace::closed());
    assert_eq!((one.read(Q2), one.read(Q3)), (two.read(Q2), two.read(Q3)));
    // Also where another one was removed, and with the workspace named from elsewhere.
    two.remove(Q3);
    let run = one.run(&["--root", two.path("").to_str().unwrap(), "seal", "2026-Q3"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(one.read(Q3), two.read(Q3));
}

#[test]
fn a_seal_names_every_file_that_the_figures_rest_on() {
    let temp = TempWorkspace::open();
    temp.put("content/profile.toml", "[targets]\nQ = { level = 3, why = \"The harbour master's.\" }\n");
    temp.put("content/2026-Q2/profile.toml", "[targets]\nQ = { level = 2, why = \"For a start.\" }\n");
    temp.put("content/2026-Q3/profile.toml", "[targets]\nH = { level = 2, why = \"For a start.\" }\n");
    temp.put("content/guides/harbour.md", "+++\ntitle = \"Harbour\"\n+++\nWords.\n");
    temp.put("content/2026-Q3/bridge/artifacts/nobody-points-here.txt", "x");
    temp.seal("2026-Q3");
    let (seal, faults) = seal::read(&temp.read(Q3));
    assert_eq!(faults, []);
    let seal = seal.unwrap();
    let named: Vec<String> = seal.inputs.keys().map(|(role, path)| format!("{} {path}", role.name())).collect();
    assert_eq!(
        named,
        [
            "own content/2026-Q3/profile.toml",
            "own content/2026-Q3/quarter.toml",
            "own content/2026-Q3/summary.md",
            "evidence content/2026-Q3/bridge/rules.toml",
            "evidence content/2026-Q3/engine/rules.toml",
            "artifacts content/2026-Q3/engine/artifacts/drill.txt",
            "policy controls/harbour/framework.toml",
            "policy controls/harbour/harbour.toml",
            "policy controls/harbour/quay.toml",
        ]
    );
    for ((_, path), digest) in &seal.inputs {
        assert_eq!(*digest, sha256(temp.read(path).as_bytes()), "{path}");
    }
}

#[test]
fn catalogs_that_the_tool_carries_are_named_as_such() {
    let temp = TempWorkspace::open();
    temp.edit("milepost.toml", "[\"harbour\"]", "[\"harbour\", \"delivery\"]");
    temp.seal("2026-Q3");
    let seal = seal::read(&temp.read(Q3)).0.unwrap();
    let embedded = seal.inputs.iter().filter(|((role, _), _)| *role == Role::Embedded);
    let embedded: Vec<(&str, &str)> = embedded.map(|((_, path), digest)| (path.as_str(), digest.as_str())).collect();
    assert_eq!(
        embedded.iter().map(|(path, _)| *path).collect::<Vec<_>>(),
        ["controls/delivery/delivery.toml", "controls/delivery/framework.toml"]
    );
    for (path, digest) in embedded {
        let ours = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
        assert_eq!(digest, sha256(&ours), "{path}");
    }
    // The same bytes in the workspace are no change; others are.
    let path = "controls/delivery/delivery.toml";
    temp.put(path, fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap());
    temp.verify(&["--strict"], 0);
    temp.add(path, "# Ours.\n");
    assert!(temp.verify(&[], 0).contains("changed  controls/delivery/delivery.toml"));
    temp.verify(&["--strict"], 1);
}

/// A figure of a seal as JSON says it.
fn as_json(value: Option<&SealedFigure>) -> Json {
    value.map_or(Json::Null, |value| serde_json::to_value(value).unwrap())
}

#[test]
fn a_seal_holds_the_figures_that_score_prints() {
    let temp = TempWorkspace::closed();
    for (path, quarter) in [(Q2, "2026-Q2"), (Q3, "2026-Q3")] {
        let seal = seal::read(&temp.read(path)).0.unwrap();
        let scores = |team: &[&str]| {
            let run = temp.run(&[&["score", "--format", "json", "--quarter", quarter], team].concat());
            serde_json::from_str::<Json>(&run.stdout).unwrap()
        };
        let all = scores(&[]);
        let mut count = 0;
        for (node, figures) in &seal.figures {
            let team = if node.part == SealedPart::Teams { Some(scores(&["--team", &node.id])) } else { None };
            let printed = match node.part {
                SealedPart::Overall => &all["overall"],
                SealedPart::Teams => &team.as_ref().unwrap()["overall"],
                part => all[part.name()].as_array().unwrap().iter().find(|row| row["id"] == *node.id).unwrap(),
            };
            for name in FIGURES {
                // A seal keeps what is withheld.
                let withheld = printed["withheld"] == true && printed[name].is_null();
                let sealed = figures.get(name).filter(|_| !withheld);
                assert_eq!(as_json(sealed), printed[name], "{quarter} {node:?} {name}");
            }
            count += usize::from(node.part != SealedPart::Teams);
        }
        let rows = ["functions", "categories", "controls"].map(|rank| all[rank].as_array().unwrap().len());
        assert_eq!(count, rows.iter().sum::<usize>() + 1);
        assert_eq!(seal.figures.len() - count, 2);
    }
}

#[test]
fn coreutils_make_the_digests_again() {
    let temp = TempWorkspace::closed();
    let script = format!("head -n -2 {Q3} | sha256sum; sha256sum {Q2}; tail -n 1 {Q3}; grep '^previous' {Q3}");
    let output = Command::new("sh").arg("-c").arg(script).current_dir(temp.path("")).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = told.lines().collect();
    let first = |line: &str| line.split(' ').next().unwrap().to_owned();
    assert_eq!(lines[2], format!("sha256 = \"{}\"", first(lines[0])));
    assert_eq!(lines[3], format!("previous = {{ quarter = \"2026-Q2\", sha256 = \"{}\" }}", first(lines[1])));
}

#[test]
fn an_edited_level_is_named_with_all_that_it_moved() {
    let temp = TempWorkspace::closed();
    temp.edit("content/2026-Q3/bridge/rules.toml", "level = 0", "level = 1");
    assert_snapshot!("verify-edited-level", temp.verify(&[], 1));
    let json = temp.verified(&["2026-Q3"], 1);
    let seal = &json["seals"][0];
    assert_eq!(
        (&json["fine"], &seal["state"], &seal["quarter"]),
        (&false.into(), &"changed".into(), &"2026-Q3".into())
    );
    assert_eq!(seal["files"][0]["path"], "content/2026-Q3/bridge/rules.toml");
    let moved = seal["scores"].as_array().unwrap().iter().find(|row| row["id"] == "H.A-2").unwrap();
    let floor = moved["figures"].as_array().unwrap().iter().find(|figure| figure["name"] == "floor").unwrap();
    assert_eq!((&floor["sealed"], &floor["now"]), (&0.into(), &1_000_000.into()));
    // The other quarter is not concerned.
    temp.verify(&["2026-Q2"], 0);
    assert_eq!(
        temp.warnings(),
        ["content/2026-Q3/bridge/rules.toml: content/2026-Q3/bridge/rules.toml was changed after 2026-Q3 was sealed"]
    );
    assert_eq!(temp.run(&["check"]).code, Some(0));
}

// A seal covers bytes, not meaning.
#[test]
fn even_a_comment_is_a_change() {
    let temp = TempWorkspace::closed();
    temp.add("content/2026-Q3/engine/rules.toml", "# No more than a remark.\n");
    let told = temp.verify(&[], 1);
    assert!(told.contains("changed  content/2026-Q3/engine/rules.toml") && told.contains("all the same"), "{told}");
}

#[test]
fn line_ends_that_git_exchanged_are_told_from_edits() {
    let temp = TempWorkspace::closed();
    for (path, bytes) in tree(&temp.path("content")) {
        let text = String::from_utf8(bytes).unwrap();
        temp.put(format!("content/{path}"), text.replace('\n', "\r\n"));
    }
    let warnings = temp.warnings();
    assert!(!warnings.is_empty());
    for warning in &warnings {
        assert!(warning.contains("line ends"), "{warning}");
    }
    assert!(!warnings.iter().any(|warning| warning.contains("chain")), "{warnings:?}");
    let told = temp.verify(&[], 1);
    assert!(told.contains("only the line ends of this seal differ from what was sealed"), "{told}");
    assert!(told.contains("`content/** -text` to .gitattributes"), "{told}");
    // A seal that was edited too is an edited one.
    let seal = fs::read_to_string(temp.path("content/2026-Q3/seal.toml")).unwrap();
    temp.put("content/2026-Q3/seal.toml", seal.replacen("tool = ", "tool  = ", 1));
    assert!(temp.verify(&["2026-Q3"], 1).contains("this seal was edited"));
}

#[test]
fn what_appears_in_a_closed_quarter_is_named() {
    let temp = TempWorkspace::closed();
    temp.put("content/2026-Q2/engine/late.toml", "[H.A-1]\nlevel = 1\n");
    temp.put("content/2026-Q2/summary.md", "It was better than it looked.\n");
    temp.put("content/2026-Q2/engine/artifacts/loose.txt", "no evidence points here\n");
    let told = temp.verify(&["2026-Q2"], 1);
    assert!(told.contains("added    content/2026-Q2/engine/late.toml"), "{told}");
    assert!(told.contains("added    content/2026-Q2/summary.md"), "{told}");
    assert!(!told.contains("loose.txt"), "{told}");
    assert_eq!(temp.warnings().len(), 2);
    // An artifact joins when evidence points to it.
    let line = format!(
        "evidence = [{{ kind = \"test\", title = \"x\", date = 2026-06-01, file = \"artifacts/loose.txt\", sha256 = \"{}\" }}]\n",
        sha256(b"no evidence points here\n")
    );
    temp.add("content/2026-Q2/engine/late.toml", &line);
    assert!(temp.verify(&["2026-Q2"], 1).contains("added    content/2026-Q2/engine/artifacts/loose.txt"));
}

#[test]
fn what_is_gone_is_named_even_where_nothing_can_be_scored() {
    let temp = TempWorkspace::closed();
    temp.remove(DRILL);
    let run = temp.run(&["verify"]);
    assert_eq!(run.code, Some(1));
    assert_snapshot!("verify-without-an-artifact", tame(&run.stdout));
    assert!(run.stderr.contains("error[missing-artifact]") && !run.stderr.contains("sealed-quarter"), "{}", run.stderr);
    let json = temp.verified(&[], 1);
    assert_eq!((&json["seals"][0]["state"], &json["seals"][0]["compared"]), (&"unknown".into(), &Json::Null));
    assert!(temp.warnings().iter().any(|told| told.contains("drill.txt was removed after 2026-Q3 was sealed")));
    temp.put(DRILL, "Both engines astern in 7 s.\n");
    assert!(temp.verify(&["2026-Q3"], 1).contains(&format!("changed  {DRILL}")));
    temp.put(DRILL, "Both engines astern in 9 s.\n");
    temp.verify(&[], 0);
    temp.remove("content/2026-Q3/engine/rules.toml");
    let told = temp.verify(&[], 1);
    assert!(told.contains("removed  content/2026-Q3/engine/rules.toml") && !told.contains(DRILL), "{told}");
}

// Otherwise deleting all files of a closed quarter would pass unnoticed.
#[test]
fn a_quarter_of_which_only_the_seal_is_left_is_not_forgotten() {
    let temp = TempWorkspace::closed();
    for path in tree(&temp.path("")).keys().filter(|path| path.starts_with("content/2026-Q2/") && *path != Q2) {
        temp.remove(path);
    }
    let told = temp.verify(&["2026-Q2"], 1);
    assert_eq!(told.matches("removed  content/2026-Q2/").count(), 3, "{told}");
}

// Teams, catalogs and targets must be able to change after a quarter is closed. Only `--strict` fails.
#[test]
fn policy_that_moves_no_figure_may_change() {
    let temp = TempWorkspace::closed();
    temp.add("milepost.toml", "\n[[team]]\nid = \"deck\"\nname = \"Deck\"\nfirst_quarter = \"2026-Q4\"\n");
    temp.add("controls/harbour/quay.toml", "# A remark.\n");
    temp.put("content/profile.toml", "[targets]\nQ = { level = 3, why = \"As before.\" }\n");
    assert_snapshot!("verify-policy-without-effect", temp.verify(&[], 0));
    assert_eq!(temp.warnings(), [""; 0]);
    let strict = temp.verify(&["--strict", "2026-Q3"], 1);
    assert!(strict.contains("strict   no rule or catalog may change"), "{strict}");
    assert_eq!(temp.verified(&["--strict"], 1)["seals"][0]["state"], "unchanged");
}

#[test]
fn policy_that_moves_a_figure_matters() {
    let temp = TempWorkspace::closed();
    temp.edit("milepost.toml", "default = { level = 3", "default = { level = 4");
    assert_snapshot!("verify-changed-target", temp.verify(&["2026-Q3"], 1));
    // A target that holds from now on stands in the profile of the quarter from which it holds.
    let temp = TempWorkspace::closed();
    temp.put("content/2026-Q4/profile.toml", "[targets]\ndefault = { level = 4, why = \"The harbour master's.\" }\n");
    temp.verify(&[], 0);
    // A team that was not asked then is asked now.
    temp.add("milepost.toml", "\n[[team]]\nid = \"deck\"\nname = \"Deck\"\n");
    let told = temp.verify(&["2026-Q2"], 1);
    assert!(told.contains("harbour overall, team deck: is new") && told.contains("first_quarter"), "{told}");
}

#[test]
fn a_framework_that_joins_moves_no_sealed_figure_and_one_that_leaves_does() {
    let temp = TempWorkspace::closed();
    temp.edit("milepost.toml", "[\"harbour\"]", "[\"harbour\", \"delivery\"]");
    let told = temp.verify(&[], 0);
    assert!(told.contains("beside   delivery: in use since, and no part of the seal"), "{told}");
    temp.verify(&["--strict"], 1);
    assert_eq!(temp.verified(&[], 0)["seals"][0]["new_frameworks"][0], "delivery");
    let temp = TempWorkspace::open();
    temp.edit("milepost.toml", "[\"harbour\"]", "[\"harbour\", \"delivery\"]");
    temp.seal("2026-Q3");
    temp.edit("milepost.toml", ", \"delivery\"]", "]");
    assert!(temp.verify(&[], 1).contains("delivery overall: is gone"));
}

#[test]
fn a_seal_edited_by_hand_does_not_hold() {
    let temp = TempWorkspace::closed();
    temp.edit(Q3, "mean = ", "mean = 1");
    assert_snapshot!("verify-edited-seal", temp.verify(&["2026-Q3"], 1));
    assert_eq!(temp.warnings().len(), 1);
    assert_eq!(temp.verified(&[], 1)["seals"][1]["state"], "broken");
    temp.put(Q3, "not even TOML");
    let told = temp.verify(&[], 1);
    assert!(told.contains("the seal does NOT hold") && told.contains("this is no seal"), "{told}");
    assert_eq!(temp.run(&["build"]).code, Some(0));
}

#[test]
fn a_seal_made_anew_breaks_the_chain() {
    let temp = TempWorkspace::closed();
    temp.edit("content/2026-Q2/bridge/rules.toml", "level = 1", "level = 3");
    // The forger is careful: the old seal goes, and the new one is the tool's own.
    let later = temp.read(Q3);
    temp.remove(Q2);
    assert!(temp.verify(&[], 1).contains("this one continues that of 2026-Q2, which is not there"));
    temp.remove(Q3);
    temp.seal("2026-Q2");
    temp.put(Q3, &later);
    temp.verify(&["2026-Q2"], 0);
    let told = temp.verify(&[], 1);
    assert!(told.contains("this one continues another seal of 2026-Q2 than the one that is there"), "{told}");
    // By hand it is the same.
    let temp = TempWorkspace::closed();
    temp.forge(Q2, "floor = 1000000", "floor = 2000000");
    assert_eq!(temp.warnings().len(), 1);
    assert!(temp.verify(&[], 1).contains("the chain of seals is broken"));
}

#[test]
fn another_version_of_the_tool_is_fine_while_it_scores_the_same() {
    let temp = TempWorkspace::open();
    temp.seal("2026-Q3");
    let ours = format!("tool = \"{}\"", env!("CARGO_PKG_VERSION"));
    temp.forge(Q3, &ours, "tool = \"0.0.9\"");
    assert_snapshot!("verify-another-version", temp.verify(&["--strict"], 0));
    temp.forge(Q3, "floor = 0", "floor = 1000000");
    let told = temp.verify(&[], 1);
    assert!(told.contains("milepost 0.0.9; this is") && told.contains("which may score otherwise"), "{told}");
}

#[test]
fn what_cannot_be_sealed_is_refused_with_the_reason() {
    let temp = TempWorkspace::open();
    let mut told = vec![temp.seal_refusal("2026-Q5", 2), temp.seal_refusal("last", 2)];
    temp.seal("2026-Q3");
    told.push(temp.seal_refusal("2026-Q3", 1));
    told.push(temp.seal_refusal("2026-Q2", 1));
    temp.put("content/2026-Q4/bridge/rules.toml", "[H.A-1]\nlevel = 9\n");
    told.push(temp.seal_refusal("2026-Q4", 1));
    temp.put("content/2026-Q4/bridge/rules.toml", "[H.A-1]\nlevel = 1\n");
    temp.edit(Q3, "mean = ", "mean = 1");
    told.push(temp.seal_refusal("2026-Q4", 1));
    assert_snapshot!("refusals", told.join("\n"));
}

#[test]
fn an_older_quarter_that_stays_open_is_told() {
    let temp = TempWorkspace::open();
    let run = temp.run(&["seal", "2026-Q3"]);
    assert_eq!(run.code, Some(0));
    assert!(run.stderr.contains("2026-Q2 is older, was never sealed and can no longer be."), "{}", run.stderr);
    assert!(run.stderr.contains("first seal of this workspace"), "{}", run.stderr);
    temp.put("content/2026-Q1/bridge/rules.toml", "[H.A-1]\nlevel = 1\n");
    temp.remove(Q3);
    let run = temp.run(&["seal", "2026-Q3"]);
    assert!(run.stderr.contains("2 older quarters, 2026-Q1 to 2026-Q2,"), "{}", run.stderr);
}

#[test]
fn verify_tells_apart_what_is_not_there_and_what_is_not_sealed() {
    let temp = TempWorkspace::open();
    assert_eq!(temp.verify(&[], 0), "no quarter is sealed; `milepost seal QUARTER` closes one\n");
    assert_eq!(temp.verified(&[], 0)["seals"], Json::Array(Vec::new()));
    let run = temp.run(&["verify", "2026-Q3"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
    assert_eq!(run.stderr, "error: 2026-Q3 is not sealed; `milepost seal 2026-Q3` closes it\n");
    let run = temp.run(&["verify", "2026-Q9"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("did you mean"), "{}", run.stderr);
    temp.remove("milepost.toml");
    let run = temp.run(&["verify"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
    assert!(run.stderr.contains("error[no-workspace]"), "{}", run.stderr);
}

#[test]
fn what_a_killed_seal_left_behind_is_ignored_and_removed() {
    let temp = TempWorkspace::open();
    let draft = "content/2026-Q3/.seal.toml.milepost-draft-4711";
    temp.put(draft, "# The seal of 2026-Q3, written by");
    let check = temp.run(&["check"]);
    assert!(check.code == Some(0) && !check.stdout.contains("draft"), "{}", check.stdout);
    assert!(temp.verify(&[], 0).starts_with("no quarter is sealed"));
    temp.put("content/2026-Q3/.hidden", "somebody's own");
    temp.seal("2026-Q3");
    assert!(!temp.path(draft).exists() && temp.path("content/2026-Q3/.hidden").exists());
    temp.verify(&[], 0);
}

#[test]
fn nothing_that_is_there_is_written_over() {
    let temp = TempWorkspace::open();
    fs::create_dir(temp.path(Q3)).unwrap();
    assert!(temp.seal_refusal("2026-Q3", 1).contains("is there already"));
    fs::remove_dir(temp.path(Q3)).unwrap();
    temp.put(Q3, "");
    assert!(temp.seal_refusal("2026-Q3", 1).contains("is sealed already"));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "how long a seal takes says when to kill one")]
#[expect(clippy::print_stdout, reason = "who kills hundreds wants to know what they left")]
fn a_killed_seal_leaves_the_workspace_open_or_closed() {
    let temp = TempWorkspace::open();
    let before = tree(&temp.path(""));
    let start = std::time::Instant::now();
    temp.seal("2026-Q3");
    let whole = temp.read(Q3);
    let time = start.elapsed();
    let (kills, mut killed, mut closed) = (kills(24), 0, 0);
    for n in 0..kills {
        let _ = fs::remove_file(temp.path(Q3));
        let mut child = temp.command(&["seal", "2026-Q3"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(time.mul_f64(1.2 * (f64::from(n) * 0.618_034).fract()));
        let _ = child.kill();
        killed += u32::from(child.wait().unwrap().signal() == Some(9));
        let mut now = tree(&temp.path(""));
        now.retain(|path, _| !path.contains("/.seal.toml.milepost-draft-"));
        if let Some(seal) = now.remove(Q3) {
            assert_eq!(seal, whole.as_bytes());
            closed += 1;
        }
        assert_eq!(now, before);
        assert_eq!(temp.run(&["check"]).code, Some(0));
    }
    println!("{kills} seals, {killed} killed; {closed} had closed the quarter");
    assert!(killed > 0);
    let _ = fs::remove_file(temp.path(Q3));
    temp.seal("2026-Q3");
    let drafts = tree(&temp.path("")).into_keys().filter(|path| path.contains("draft"));
    assert_eq!(drafts.collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn two_seals_at_once_make_one() {
    let temp = TempWorkspace::open();
    let spawn = |_| temp.command(&["seal", "2026-Q3"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let children: Vec<_> = (0..6).map(spawn).collect();
    let outputs: Vec<_> = children.into_iter().map(|child| child.wait_with_output().unwrap()).collect();
    assert_eq!(outputs.iter().filter(|output| output.status.success()).count(), 1);
    temp.verify(&[], 0);
}

// An answer may name an artifact of a closed quarter. This changes no file of that quarter.
#[test]
fn a_later_quarter_may_point_to_what_is_sealed() {
    let temp = TempWorkspace::closed();
    let evidence = format!(
        "[H.E-1]\nlevel = 4\nevidence = [{{ kind = \"test\", title = \"Drill\", date = 2026-09-01, file = \"../../2026-Q3/engine/artifacts/drill.txt\", sha256 = \"{}\" }}]\n",
        sha256(temp.read(DRILL).as_bytes())
    );
    temp.put("content/2026-Q4/engine/rules.toml", &evidence);
    temp.verify(&["--strict"], 0);
    assert_eq!(temp.warnings(), [""; 0]);
    temp.seal("2026-Q4");
    let seal = seal::read(&temp.read("content/2026-Q4/seal.toml")).0.unwrap();
    assert!(seal.inputs.contains_key(&(Role::Artifacts, DRILL.to_owned())));
    assert_eq!(seal.previous.unwrap().quarter.to_string(), "2026-Q3");
}

#[test]
fn the_next_quarter_is_opened_from_a_sealed_one() {
    let temp = TempWorkspace::closed();
    let run = temp.run(&["quarter", "2026-Q4"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(!temp.path("content/2026-Q4/seal.toml").exists());
    temp.verify(&["--strict"], 0);
    assert_eq!(temp.warnings(), [""; 0]);
}

#[test]
fn the_report_says_which_quarters_are_closed() {
    let temp = TempWorkspace::open();
    temp.seal("2026-Q2");
    let eyebrow = |page: &str| {
        assert_eq!(temp.run(&["build"]).code, Some(0));
        let html = temp.read(&format!("public/{page}"));
        let (_, rest) = html.split_once("class=\"eyebrow\">").unwrap();
        scraper::Html::parse_fragment(rest.split("</p>").next().unwrap()).root_element().text().collect::<String>()
    };
    assert_eq!(eyebrow("index.html"), "2026-Q3 · 2026-07-01 to 2026-09-30 · ○ open");
    assert_eq!(eyebrow("2026-Q2/index.html"), "2026-Q2 · 2026-04-01 to 2026-06-30 · ✓ closed, unchanged");
    let method = temp.read("public/method/index.html");
    assert!(method.contains(&sha256(temp.read(Q2).as_bytes())) && method.contains("<td class=\"words\">nothing</td>"));
    temp.edit("content/2026-Q2/bridge/rules.toml", "level = 1", "level = 3");
    assert!(eyebrow("2026-Q2/index.html").ends_with("▲ closed, changed since"));
    let method = temp.read("public/method/index.html");
    assert!(method.contains("1 file added, changed or removed; figures differ in 5 places"), "{method}");
    temp.edit(Q2, "mean = ", "mean = 1");
    assert!(eyebrow("2026-Q2/index.html").ends_with("✕ closed, seal broken"));
}
