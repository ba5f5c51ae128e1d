//! Tests a year of a workspace in a real repository: `init`, then four quarters with edits, gates, seals and diffs.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::temp_workspace::{MILEPOST, Run, run};
use serde_json::Value;
use tempfile::TempDir;
use walkdir::WalkDir;

/// A repository whose root is a workspace.
struct Year {
    folder: TempDir,
}

impl Year {
    /// As `milepost init` makes it, with gates that a beginner can pass, committed.
    fn begin() -> Self {
        let year = Self { folder: TempDir::new().unwrap() };
        let root = year.root();
        let made = Command::new(MILEPOST).arg("init").arg(&root).output().unwrap();
        assert!(made.status.success());
        let config = year.read("milepost.toml");
        year.put(
            "milepost.toml",
            &config.replace("\n[gates]\n", "\n[gates]\nregression = 0.1\nnew_zeros = 0\nreattested = 50\n"),
        );
        // The whole is shown from the first answers on.
        year.edit("milepost.toml", "\n[scoring]\n", "\n[scoring]\nminimum_coverage = 1\n");
        year.git(&["init", "--quiet", "--initial-branch=main"]);
        year.commit("Begin");
        year
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("workspace")
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root().join(path)).unwrap()
    }

    fn put(&self, path: &str, text: &str) {
        fs::write(self.root().join(path), text).unwrap();
    }

    /// Puts `new` in place of `old`, which stands once in the file.
    fn edit(&self, path: &str, old: &str, new: &str) {
        let text = self.read(path);
        let lines = text.matches(old).count();
        assert_eq!(lines, 1, "{old:?} stands {lines} times in {path}:\n{text}");
        self.put(path, &text.replace(old, new));
    }

    fn git(&self, args: &[&str]) -> String {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=Clerk", "-c", "user.email=clerk@example.org"]).args(args);
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
        let output = command.current_dir(self.root()).stdin(Stdio::null()).output().unwrap();
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn commit(&self, message: &str) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    fn run(&self, args: &[&str]) -> Run {
        let mut command = Command::new(MILEPOST);
        run(command.current_dir(self.root()).args(args).env_remove("NO_COLOR"))
    }

    fn told(&self, args: &[&str]) -> String {
        self.run(args).result()
    }

    fn failed(&self, args: &[&str]) -> String {
        let run = self.run(args);
        assert_eq!(run.code, Some(1), "{args:?}: {}", run.said());
        run.said()
    }

    /// The `diff` as JSON; its amounts add up at every node.
    fn diff(&self, args: &[&str]) -> Value {
        let diff: Value = serde_json::from_str(&self.told(&[&["diff", "--format", "json"], args].concat())).unwrap();
        for node in diff["nodes"].as_array().unwrap() {
            let amount = |part: &Value| part["amount"].as_i64().unwrap();
            let parts: i64 = node["parts"].as_array().unwrap().iter().map(amount).sum();
            let total = node["from"].as_i64().zip(node["to"].as_i64()).map(|(from, to)| to - from);
            assert_eq!(parts, total.unwrap_or_default(), "{node}");
        }
        diff
    }

    /// What a cause did to the whole.
    fn cause(&self, args: &[&str], cause: &str) -> i64 {
        let diff = self.diff(args);
        let parts = diff["nodes"][0]["parts"].as_array().unwrap();
        parts.iter().filter(|part| part["cause"] == cause).map(|part| part["amount"].as_i64().unwrap()).sum()
    }

    fn build(&self, args: &[&str]) -> BTreeMap<PathBuf, Vec<u8>> {
        let out = TempDir::new().unwrap();
        let site = out.path().join("site");
        self.told(&[&["build", "--out", site.to_str().unwrap()], args].concat());
        let files = WalkDir::new(&site).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
        files
            .map(|entry| (entry.path().strip_prefix(&site).unwrap().to_owned(), fs::read(entry.path()).unwrap()))
            .collect()
    }
}

const PROTECT: &str = "platform/protect.toml";

fn at(quarter: &str, file: &str) -> String {
    format!("content/{quarter}/{file}")
}

/// The first quarter, as `init` writes it, is closed.
fn first_quarter(year: &Year) -> String {
    assert!(year.run(&["check"]).code == Some(0));
    // In a first quarter no zero is new.
    assert!(year.told(&["gate"]).contains("passed  new_zeros: 0 new zeros"));
    year.told(&["seal", "2026-Q4"]);
    year.commit("Close 2026-Q4")
}

/// A team opens the second, does nothing, fails the gate, and gives its answers anew.
fn second_quarter(year: &Year) {
    year.told(&["quarter", "2027-Q1"]);
    let told = year.failed(&["gate"]);
    assert!(told.contains("failed  reattested") && told.contains("Platform: 0 of"), "{told}");
    // A mark that is gone gives no answer anew: somebody stands behind it again, on a day of the new quarter.
    edit_each(year, |text| text.replace("carried = true\n", ""));
    assert!(year.failed(&["gate"]).contains("Platform: 0 of"));
    let dated =
        |line: &str| if line == "[attested]" { format!("{line}\non = 2027-03-29\n") } else { format!("{line}\n") };
    edit_each(year, |text| text.lines().map(dated).collect());
    year.told(&["gate"]);
    // What the change does is told before it is merged.
    let told = year.told(&["diff", "--base", "main", "--format", "markdown"]);
    assert!(told.starts_with("Against 2026-Q4, this change moves no score.\n"), "{told}");
    year.commit("Give 2027-Q1");
    year.told(&["seal", "2027-Q1"]);
    year.commit("Close 2027-Q1");
    assert_eq!(year.cause(&["2026-Q4", "2027-Q1"], "up"), 0);
}

/// Edits every evidence file of the second quarter.
fn edit_each(year: &Year, edit: impl Fn(&str) -> String) {
    for team in ["platform", "office"] {
        for file in fs::read_dir(year.root().join(at("2027-Q1", team))).unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            if Path::new(&name).extension().is_some_and(|ending| ending == "toml") {
                let path = at("2027-Q1", &format!("{team}/{name}"));
                year.put(&path, &edit(&year.read(&path)));
            }
        }
    }
}

/// A level falls: the gate says so, until it is mended.
fn third_quarter(year: &Year) {
    year.told(&["quarter", "2027-Q2"]);
    let path = at("2027-Q2", PROTECT);
    let text = year.read(&path).replace("carried = true\n", "");
    year.put(&path, &text);
    year.commit("Open 2027-Q2");
    let level = |text: &str| text.lines().find(|line| line.starts_with("level = ")).unwrap().to_owned();
    let old = level(&text);
    year.put(&path, &text.replacen(&old, "level = 0", 1));
    let told = year.failed(&["gate"]);
    assert!(told.contains("failed  new_zeros: 1 new zero") && told.contains(&path), "{told}");
    assert!(year.cause(&["--base", "HEAD"], "down") < 0);
    year.put(&path, &text);
    assert_eq!(year.cause(&["--base", "HEAD"], "down"), 0);
    for file in ["office/govern.toml", "office/protect.toml"] {
        let path = at("2027-Q2", file);
        year.put(&path, &year.read(&path).replace("carried = true\n", ""));
    }
    year.commit("Give 2027-Q2");
    year.told(&["seal", "2027-Q2"]);
    year.commit("Close 2027-Q2");
}

#[test]
fn a_year_goes_round() {
    let year = Year::begin();
    let first = first_quarter(&year);
    let early = year.build(&["--at", &first]);
    second_quarter(&year);
    third_quarter(&year);
    year.told(&["quarter", "2027-Q3"]);
    year.commit("Open 2027-Q3");

    // Closed quarters hold, and a quiet edit is found.
    assert!(year.told(&["verify"]).ends_with("3 sealed quarters, all as they were sealed\n"));
    let path = at("2027-Q1", PROTECT);
    let text = year.read(&path);
    year.put(&path, &(text.clone() + "# touched\n"));
    assert!(year.failed(&["verify"]).contains(&path));
    assert!(year.told(&["check"]).contains("warning[sealed-quarter-changed]"));
    year.put(&path, &text);
    year.told(&["verify"]);

    // The same commit gives the same bytes, whatever came after it and whatever lies in the folder.
    year.put(&path, "nothing = that is TOML");
    assert!(year.build(&["--at", &first]) == early);
    assert_eq!(year.told(&["score", "--at", "HEAD", "--format", "json"]), {
        year.put(&path, &text);
        year.told(&["score", "--format", "json"])
    });
    assert_eq!(year.git(&["status", "--porcelain"]), "");

    // Four quarters stand on one page.
    let site = year.build(&[]);
    let trends = String::from_utf8(site[Path::new("trends/index.html")].clone()).unwrap();
    assert!(["2026-Q4", "2027-Q1", "2027-Q2", "2027-Q3"].iter().all(|quarter| trends.contains(quarter)));
}

#[test]
fn what_cannot_be_done_is_told_and_nothing_is_lost() {
    let year = Year::begin();
    first_quarter(&year);
    let before = year.git(&["rev-parse", "HEAD"]);
    for (args, code, why) in [
        (&["diff", "--base", "nowhere"][..], 2, "the repository holds no revision `nowhere`"),
        (&["diff", "--base", "--output=x"], 2, ""),
        (&["score", "--at", "main~9"], 2, "the repository holds no revision `main~9`"),
        (&["diff"], 2, "there is no quarter before 2026-Q4"),
        (&["diff", "2026-Q1", "2026-Q4"], 2, "no quarter `2026-Q1`"),
        (&["seal", "2026-Q4"], 1, "sealed already"),
        (&["seal", "2027-Q1"], 2, "no quarter `2027-Q1`"),
        (&["quarter", "2026-Q4"], 1, "2026-Q4 is there already"),
        (&["quarter", "2026-Q1"], 2, "does not come after"),
    ] {
        let run = year.run(args);
        assert_eq!((run.code, run.stdout.as_str()), (Some(code), ""), "{args:?}: {}", run.stderr);
        assert!(run.stderr.starts_with("error") && run.stderr.contains(why), "{args:?}: {}", run.stderr);
    }
    assert_eq!(year.git(&["status", "--porcelain"]), "");
    assert_eq!(year.git(&["rev-parse", "HEAD"]), before);
}

#[test]
fn a_catalog_that_lost_a_control_changes_the_method_and_nothing_else() {
    let year = Year::begin();
    year.put(
        "milepost.toml",
        &year.read("milepost.toml").replace("\n[report]\n", "\n[report]\nframeworks = [\"yard\"]\n"),
    );
    fs::create_dir_all(year.root().join("controls/yard")).unwrap();
    let control =
        |n: u32| format!("[[category.control]]\nid = \"KP.HU-{n}\"\ntitle = \"Rule {n}\"\noutcome = \"It holds.\"\n\n");
    let head =
        "id = \"KP\"\ntitle = \"Keep\"\npurpose = \"To float.\"\n\n[[category]]\nid = \"KP.HU\"\ntitle = \"Hull\"\n\n";
    year.put("controls/yard/framework.toml", "id = \"yard\"\ntitle = \"Yard\"\nfunctions = [\"KP\"]\n");
    year.put("controls/yard/keep.toml", &format!("{head}{}{}{}", control(1), control(2), control(3)));
    fs::remove_dir_all(year.root().join("content")).unwrap();
    fs::create_dir_all(year.root().join(at("2026-Q4", "platform"))).unwrap();
    let answers = |ns: &[u32]| ns.iter().map(|n| format!("[KP.HU-{n}]\nlevel = {}\n", n % 2)).collect::<String>();
    year.put(&at("2026-Q4", PROTECT), &answers(&[1, 2, 3]));
    year.edit("milepost.toml", "[controls]\n\"PR.DS-11\"", "[controls]\n# \"PR.DS-11\"");
    year.commit("A yard of three rules");
    year.put("controls/yard/keep.toml", &format!("{head}{}{}", control(1), control(2)));
    // First it is said that an answer has lost its control.
    let run = year.run(&["check"]);
    assert!(run.stdout.contains("KP.HU-3"), "{}", run.stdout);
    year.put(&at("2026-Q4", PROTECT), &answers(&[1, 2]));
    let told = year.diff(&["--base", "HEAD"]);
    let causes: Vec<&str> =
        told["nodes"][0]["parts"].as_array().unwrap().iter().map(|part| part["cause"].as_str().unwrap()).collect();
    assert_eq!(causes, ["method"], "{told}");
}
