//! Tests two years of a workspace in a real repository: after each event, every command and the pages must be right.
//!
//! Every number is worked out by hand beside the step that makes it.

use std::fmt::Write;
use std::fs;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::html_judge::text_of;
use crate::support::temp_workspace::{Run, TempWorkspace, tree};

const CONFIG: &str = "milepost.toml";
const HOLD: &str = "controls/harbour/hold.toml";

/// A repository whose root is a workspace.
struct Harbour {
    temp: TempWorkspace,
}

/// An answer for a control: its level, and the day of a test that supports it.
type Given<'a> = (&'a str, u32, Option<&'a str>);

/// A file of answers, attested on a day.
fn file(attested: &str, answers: &[Given<'_>]) -> String {
    let mut out = format!("attested = {{ by = \"Mate\", on = {attested} }}\n");
    for (id, level, test) in answers {
        write!(out, "\n# About {id}.\n[\"{id}\"]\nlevel = {level}\n").unwrap();
        if let Some(day) = test {
            writeln!(out, "evidence = [{{ kind = \"test\", title = \"Drill\", date = {day} }}]").unwrap();
        }
    }
    out
}

fn control(key: &str, id: &str, more: &str) -> String {
    format!("\n[[{key}]]\nid = \"{id}\"\ntitle = \"{id}\"\noutcome = \"It is so.\"\n{more}")
}

fn team(id: &str, more: &str) -> String {
    let name = id[..1].to_uppercase() + &id[1..];
    format!("\n[[team]]\nid = \"{id}\"\nname = \"{name}\"\n{more}")
}

/// Each cause and what it did, in millionths, and the controls that it moved.
type Causes = Vec<(String, i64, Vec<(String, i64)>)>;

impl Harbour {
    fn begin() -> Self {
        let temp = TempWorkspace::empty();
        let teams =
            [team("deck", ""), team("web", "scope = [\"H.A\"]\n"), team("engine", "scope = [\"H.B\", \"W\"]\n")];
        temp.put(
            CONFIG,
            "[report]\ntitle = \"Harbour\"\nframeworks = [\"harbour\"]\nhome = \"closed\"\n\n[scoring]\nminimum_coverage = 1\n\n\
             [gates]\nregression = 0.5\nvanished = 0\nreattested = { limit = 50, when = \"closing\" }\n"
                .to_owned()
                + &teams.concat(),
        );
        temp.put(
            "controls/harbour/framework.toml",
            "id = \"harbour\"\ntitle = \"Harbour\"\nfunctions = [\"H\", \"W\"]\n",
        );
        let category = |id: &str| format!("\n[[category]]\nid = \"{id}\"\ntitle = \"{id}\"\n");
        let a = ["H.A-1", "H.A-2"].map(|id| control("category.control", id, ""));
        let b = control("category.control", "H.B-1", "");
        temp.put(
            HOLD,
            format!("id = \"H\"\ntitle = \"Hold\"\n{}{}{}{b}", category("H.A"), a.concat(), category("H.B")),
        );
        temp.put(
            "controls/harbour/watch.toml",
            format!("id = \"W\"\ntitle = \"Watch\"\n{}", control("control", "W-1", "")),
        );
        let harbour = Self { temp };
        harbour.git(&["init", "--quiet", "--initial-branch=main"]);
        harbour.commit("Begin");
        harbour
    }

    fn git(&self, args: &[&str]) -> String {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=Clerk", "-c", "user.email=clerk@example.org"]).args(args);
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
        let output = command.current_dir(self.temp.path("")).stdin(Stdio::null()).output().unwrap();
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", message]);
    }

    fn run(&self, args: &[&str]) -> Run {
        self.temp.run(args)
    }

    fn told(&self, args: &[&str]) -> String {
        self.run(args).result()
    }

    fn json(&self, args: &[&str]) -> Value {
        serde_json::from_str(&self.told(&[args, &["--format", "json"]].concat())).unwrap()
    }

    /// Writes a team's answers for a quarter.
    fn answer(&self, quarter: &str, path: &str, attested: &str, answers: &[Given<'_>]) {
        self.temp.put(format!("content/{quarter}/{path}.toml"), file(attested, answers));
    }

    /// Adds to `milepost.toml`.
    fn add(&self, text: &str) {
        self.temp.put(CONFIG, self.temp.read(CONFIG) + text);
    }

    /// The means of the whole and of each Function in a quarter, in millionths.
    fn means(&self, quarter: &str) -> [i64; 3] {
        let scores = self.json(&["score", "--quarter", quarter]);
        let mean = |node: &Value| node["mean"].as_i64().unwrap_or(-1);
        [mean(&scores["overall"]), mean(&scores["functions"][0]), mean(&scores["functions"][1])]
    }

    /// What moved the whole between two quarters. At every node the causes add up to the difference, in JSON and in CSV.
    fn causes(&self, args: &[&str]) -> Causes {
        let diff = self.json(&[&["diff"], args].concat());
        assert_eq!(diff["incomparable"], Value::Null, "{diff}");
        let amount = |part: &Value| part["amount"].as_i64().unwrap();
        for node in diff["nodes"].as_array().unwrap() {
            let sum: i64 = node["parts"].as_array().unwrap().iter().map(amount).sum();
            let total = node["from"].as_i64().zip(node["to"].as_i64()).map(|(from, to)| to - from);
            assert_eq!(sum, total.unwrap_or_default(), "{node}");
        }
        let csv = self.told(&[&["diff"], args, &["--format", "csv"]].concat());
        assert_eq!(csv.lines().count(), 1 + diff["nodes"].as_array().unwrap().len());
        let controls = |part: &Value| -> Vec<(String, i64)> {
            let moved = part["controls"].as_array().unwrap().iter();
            moved.map(|moved| (moved["id"].as_str().unwrap().to_owned(), amount(moved))).collect()
        };
        let parts = diff["nodes"][0]["parts"].as_array().unwrap().iter();
        parts.map(|part| (part["cause"].as_str().unwrap().to_owned(), amount(part), controls(part))).collect()
    }

    /// The sealed quarters, each with whether it is as it was sealed. What nobody touched holds even to the last rule.
    fn verified(&self) -> Vec<String> {
        let verified: Value = serde_json::from_str(&self.run(&["verify", "--format", "json"]).stdout).unwrap();
        let seals = verified["seals"].as_array().unwrap().iter();
        seals.map(|seal| format!("{} {}", seal["quarter"].as_str().unwrap(), seal["state"].as_str().unwrap())).collect()
    }

    /// Asserts that these quarters are sealed, and as they were sealed; and that `check` warns of nothing but `codes`.
    fn holds(&self, quarters: &[&str], codes: &[&str]) {
        let unchanged: Vec<String> = quarters.iter().map(|quarter| format!("{quarter} unchanged")).collect();
        assert_eq!(self.verified(), unchanged);
        assert_eq!(self.codes(), codes);
    }

    /// The codes of what `check` says, without findings, each once.
    fn codes(&self) -> Vec<String> {
        let found: Value = serde_json::from_str(&self.run(&["check", "--format", "json"]).stdout).unwrap();
        let found = found.as_array().unwrap().iter().filter(|found| found["severity"] != "finding");
        let mut codes: Vec<String> = found.map(|found| found["code"].as_str().unwrap().to_owned()).collect();
        codes.sort();
        codes.dedup();
        codes
    }

    /// The findings of this code.
    fn findings(&self, code: &str) -> Vec<String> {
        let found: Value = serde_json::from_str(&self.run(&["check", "--format", "json"]).stdout).unwrap();
        let found = found.as_array().unwrap().iter().filter(|found| found["code"] == code);
        found.map(|found| found["message"].as_str().unwrap().to_owned()).collect()
    }

    /// The line of each gate, with how it went.
    fn gates(&self, args: &[&str]) -> Vec<String> {
        let run = self.run(&[&["gate"], args].concat());
        let words = ["passed", "failed", "excused", "later"];
        run.stdout.lines().filter(|line| words.iter().any(|word| line.starts_with(word))).map(str::to_owned).collect()
    }

    fn build(&self) {
        self.told(&["build", "--out", "site"]);
    }

    fn page(&self, path: &str) -> String {
        self.temp.read(&format!("site/{path}"))
    }

    fn data(&self, path: &str) -> Value {
        serde_json::from_str(&self.page(path)).unwrap()
    }
}

fn cause(name: &str, amount: i64, controls: &[(&str, i64)]) -> (String, i64, Vec<(String, i64)>) {
    (name.to_owned(), amount, controls.iter().map(|(id, amount)| ((*id).to_owned(), *amount)).collect())
}

/// 2025-Q1: the first answers, the first seal.
fn first_quarter(harbour: &Harbour) {
    let test = Some("2025-02-01");
    let hold = [("H.A-1", 4, Some("2024-11-01")), ("H.A-2", 2, test), ("H.B-1", 3, test)];
    harbour.answer("2025-Q1", "deck/hold", "2025-04-02", &hold);
    harbour.answer("2025-Q1", "deck/watch", "2025-04-02", &[("W-1", 2, test)]);
    harbour.answer("2025-Q1", "web/hold", "2025-04-02", &[("H.A-1", 2, test), ("H.A-2", 4, test)]);
    harbour.answer("2025-Q1", "engine/all", "2025-04-02", &[("H.B-1", 1, None), ("W-1", 4, test)]);
    // H: ((4 + 2) / 2 + (2 + 4) / 2 + (3 + 1) / 2) / 3 = 8 / 3. W: (2 + 4) / 2 = 3. The whole: (8 / 3 + 3) / 2.
    assert_eq!(harbour.means("2025-Q1"), [2_833_333, 2_666_667, 3_000_000]);
    harbour.told(&["seal", "2025-Q1"]);
    harbour.commit("Close 2025-Q1");
    harbour.holds(&["2025-Q1"], &[]);
}

/// 2025-Q2: evidence may be 92 days old, and not a year. The closed quarter keeps its rules.
fn a_rule_is_tightened(harbour: &Harbour) {
    harbour.add("\n[since.\"2025-Q2\"]\nwhy = \"Yearly drills prove too little.\"\napproved_by = \"Harbour master\"\nevidence.max_age = \"92d\"\n");
    harbour.holds(&["2025-Q1"], &[]);
    assert_eq!(harbour.told(&["verify", "--strict"]).lines().last(), Some("1 sealed quarter, as it was sealed"));
    let opened = harbour.told(&["quarter", "2025-Q2"]);
    assert!(opened.contains("8 answers carried, 7 evidence items left out"), "{opened}");
    let test = Some("2025-05-20");
    let hold = [("H.A-1", 4, None), ("H.A-2", 2, test), ("H.B-1", 3, test)];
    harbour.answer("2025-Q2", "deck/hold", "2025-06-25", &hold);
    harbour.answer("2025-Q2", "deck/watch", "2025-06-25", &[("W-1", 2, test)]);
    harbour.answer("2025-Q2", "web/hold", "2025-06-25", &[("H.A-1", 2, test), ("H.A-2", 4, test)]);
    harbour.answer("2025-Q2", "engine/all", "2025-06-25", &[("H.B-1", 1, None), ("W-1", 4, test)]);
    // Deck's H.A-1 has no current evidence, so 1 counts: (1 + 2) / 2 = 1.5, and H is (1.5 + 3 + 2) / 3.
    assert_eq!(harbour.means("2025-Q2"), [2_583_333, 2_166_667, 3_000_000]);
    // Its old test was 150 days old at the end of 2025-Q1: by the new rule it was too old then, so all of it is Method.
    assert_eq!(harbour.causes(&[]), [cause("method", -250_000, &[("H.A-1", -250_000)])]);
    assert_eq!(
        harbour.gates(&["--closing"]),
        [
            "passed  regression: 0 Functions fell by more than 0.5",
            "passed  reattested: 0 teams have less than 50 % of answers re-attested",
            "passed  vanished: 0 answers are gone, at most 0 allowed",
        ]
    );
    harbour.told(&["seal", "2025-Q2"]);
    harbour.commit("Close 2025-Q2");
    harbour.holds(&["2025-Q1", "2025-Q2"], &[]);
    harbour.build();
    assert_eq!(harbour.data("data/2025-Q2/scores.json")["overall"]["mean"], 2_583_333);
    assert_eq!(harbour.data("data/2025-Q1/scores.json")["overall"]["mean"], 2_833_333);
    let changes = harbour.page("2025-Q2/changes/index.html");
    assert!(changes.contains("No answer changed; the rules did."), "{changes}");
    let (before, now) = (harbour.page("2025-Q1/method/index.html"), harbour.page("method/index.html"));
    assert!(before.contains("more than 365 days") && now.contains("more than 92 days"));
    assert!(now.contains("Yearly drills prove too little.") && !before.contains("Yearly drills"));
}

/// 2025-Q3: somebody copies the folder; then the quarter is opened as it should be, and a file is deleted.
fn a_folder_is_copied_and_a_file_deleted(harbour: &Harbour) {
    for (path, bytes) in tree(&harbour.temp.path("content/2025-Q2")) {
        harbour.temp.put(format!("content/2025-Q3/{path}"), bytes);
    }
    // Even the seal.
    assert_eq!(harbour.codes(), ["bad-seal"]);
    assert_eq!(harbour.verified(), ["2025-Q1 unchanged", "2025-Q2 unchanged", "2025-Q3 broken"]);
    fs::remove_file(harbour.temp.path("content/2025-Q3/seal.toml")).unwrap();
    assert_eq!(
        harbour.findings("copied-answer"),
        [
            "Deck: 4 answers only repeat 2025-Q2, and nobody attested them again: H.A-1, H.A-2, H.B-1, W-1",
            "Engine: 2 answers only repeat 2025-Q2, and nobody attested them again: H.B-1, W-1",
            "Web: 2 answers only repeat 2025-Q2, and nobody attested them again: H.A-1, H.A-2",
        ]
    );
    let gates = harbour.gates(&["--closing"]);
    let given =
        ["Deck: 0 of 4", "Web: 0 of 2", "Engine: 0 of 2"].map(|of| format!("{of} answers given anew")).join(", ");
    assert_eq!(gates[1], format!("failed  reattested: 3 teams have less than 50 % of answers re-attested: {given}"));
    let counts = &harbour.json(&["score"])["overall"];
    assert_eq!(
        (&counts["given"], &counts["carried"]),
        (&Value::from(8), &Value::from(8)),
        "all is there, nothing is new"
    );
    assert!(harbour.run(&["seal", "2025-Q3"]).failure(1).contains("reattested: 3 teams"));

    fs::remove_dir_all(harbour.temp.path("content/2025-Q3")).unwrap();
    harbour.told(&["quarter", "2025-Q3"]);
    let test = Some("2025-09-10");
    let hold = [("H.A-1", 4, test), ("H.A-2", 2, test), ("H.B-1", 3, test)];
    harbour.answer("2025-Q3", "deck/hold", "2025-10-01", &hold);
    harbour.answer("2025-Q3", "deck/watch", "2025-10-01", &[("W-1", 2, test)]);
    harbour.answer("2025-Q3", "web/hold", "2025-10-01", &[("H.A-1", 2, test), ("H.A-2", 4, test)]);
    harbour.answer("2025-Q3", "engine/all", "2025-10-01", &[("H.B-1", 3, test), ("W-1", 4, test)]);
    harbour.commit("Answer 2025-Q3");
    // H: (3 + 3 + 3) / 3 = 3, as W. H.A-1 has its evidence again: 1.5 / 3 / 2. H.B-1 of Engine rose by 2: 1 / 3 / 2.
    assert_eq!(harbour.means("2025-Q3"), [3_000_000; 3]);
    let expected = [cause("evidence", 250_000, &[("H.A-1", 250_000)]), cause("up", 166_667, &[("H.B-1", 166_667)])];
    assert_eq!(harbour.causes(&[]), expected);

    fs::remove_file(harbour.temp.path("content/2025-Q3/deck/hold.toml")).unwrap();
    let gone = "Deck: 3 answers of 2025-Q2 are not there any more: H.A-1, H.A-2, H.B-1";
    assert_eq!(harbour.findings("vanished-answer"), [gone]);
    let gates = harbour.gates(&[]);
    assert!(gates[1].starts_with("failed  vanished: 3 answers are gone, at most 0 allowed"), "{gates:#?}");
    // What is left of H: (2 + 4 + 3) / 3 = 3, so no score tells of it: the causes do.
    assert_eq!(harbour.means("2025-Q3"), [3_000_000; 3]);
    let causes = harbour.causes(&["--base", "HEAD"]);
    let names: Vec<&str> = causes.iter().map(|(cause, ..)| cause.as_str()).collect();
    assert_eq!(names, ["assessed"]);
    let whole = &harbour.json(&["score"])["overall"];
    assert_eq!((&whole["assessed"], &whole["unanswered"]), (&Value::from(5), &Value::from(3)));
    harbour.git(&["checkout", "--quiet", "content"]);
    assert_eq!(harbour.findings("vanished-answer"), [""; 0]);
    harbour.holds(&["2025-Q1", "2025-Q2"], &[]);
}

/// 2025-Q4: a team gets another name; one control comes and takes the place of another.
fn a_team_is_renamed_and_a_control_replaced(harbour: &Harbour) {
    harbour.temp.edit(CONFIG, "name = \"Web\"\n", "name = \"Web\"\nlast_quarter = \"2025-Q3\"\n");
    harbour.add(&team("shop", "scope = [\"H.A\"]\nfirst_quarter = \"2025-Q4\"\nsucceeds = [\"web\"]\n"));
    harbour.temp.edit(HOLD, "id = \"H.B-1\"\n", "id = \"H.B-1\"\nuntil = \"2025-Q3\"\nreplaced_by = [\"H.B-2\"]\n");
    harbour.temp.put(HOLD, harbour.temp.read(HOLD) + &control("category.control", "H.B-2", "since = \"2025-Q4\"\n"));
    harbour.holds(&["2025-Q1", "2025-Q2"], &[]);
    let verify = harbour.told(&["verify"]);
    assert!(verify.contains("all the same, so the changed catalogs do not matter"), "{verify}");
    // Nothing of the rename reaches a closed quarter; only the catalog differs, and `--strict` says so.
    assert_eq!(verify.matches("rules    ").count(), 2);
    assert_eq!(verify.matches(", none changed since").count(), 4, "{verify}");
    assert_eq!(harbour.run(&["verify", "--strict"]).code, Some(1));
    let opened = harbour.told(&["quarter", "2025-Q4"]);
    for line in [
        "Deck: 2 files, 3 answers carried, 3 evidence items left out",
        "Shop: 1 file, 2 answers carried from Web, 2 evidence items left out",
        "Web: left out, its last quarter is 2025-Q3, and Shop goes on from it",
        "2 answers are each a comment: `H.B-1` is not in force in 2025-Q4, and `H.B-2` took its place.",
    ] {
        assert!(opened.contains(line), "{line}: {opened}");
    }
    // Until somebody answers anew, only evidence is lost. H.B-1 was 3 as the others, so H stays without it; a rename moves nothing.
    let names: Vec<String> = harbour.causes(&[]).into_iter().map(|(cause, ..)| cause).collect();
    assert_eq!(names, ["evidence"]);
    let test = Some("2025-12-01");
    harbour.answer("2025-Q4", "deck/hold", "2026-01-05", &[("H.A-1", 4, test), ("H.A-2", 2, test), ("H.B-2", 3, test)]);
    harbour.answer("2025-Q4", "deck/watch", "2026-01-05", &[("W-1", 2, test)]);
    harbour.answer("2025-Q4", "shop/hold", "2026-01-05", &[("H.A-1", 2, test), ("H.A-2", 4, test)]);
    harbour.answer("2025-Q4", "engine/all", "2026-01-05", &[("H.B-2", 2, test), ("W-1", 4, test)]);
    // H: (3 + 3 + (3 + 2) / 2) / 3 = 8.5 / 3; the new control for the old one, 0.5 less of a third of a half.
    assert_eq!(harbour.means("2025-Q4"), [2_916_667, 2_833_333, 3_000_000]);
    assert_eq!(harbour.causes(&[]), [cause("method", -83_333, &[("H.B-2", -83_333)])]);
    assert_eq!(harbour.causes(&["--team", "shop"]), []);
    assert_eq!(harbour.findings("vanished-answer"), [""; 0]);
    let explained = harbour.told(&["explain", "H.B-1"]);
    let why = "H.B-1 H.B-1, 2025-Q4: not in force: its last quarter was 2025-Q3, and H.B-2 took its place\n";
    assert!(explained.starts_with(why), "{explained}");
    assert!(
        harbour
            .told(&["explain", "H.B-2", "--quarter", "2025-Q3"])
            .contains("not in force: its first quarter is 2025-Q4")
    );
    harbour.told(&["seal", "2025-Q4"]);
    harbour.commit("Close 2025-Q4");
    harbour.holds(&["2025-Q1", "2025-Q2", "2025-Q4"], &[]);
    harbour.build();
    let old = text_of(&harbour.page("2025-Q4/controls/H.B-1/index.html"));
    assert!(old.contains("not in force in 2025-Q4") && old.contains("Last quarter: 2025-Q3. Replaced by H.B-2"));
    assert!(harbour.page("2025-Q4/teams/shop/index.html").contains("../../../2025-Q3/teams/web/index.html"));
    let changes = harbour.data("data/2025-Q4/changes.json");
    assert_eq!(changes["nodes"][0]["total"], -83_333);
    // Nothing of the closed quarters' own numbers moved.
    assert_eq!(harbour.data("data/2025-Q1/scores.json")["overall"]["mean"], 2_833_333);
}

/// 2026-Q1: another scale. Nothing is compared over it, and it is said.
fn the_scale_changes(harbour: &Harbour) {
    let levels =
        ["None", "Some", "Most", "All"].map(|name| format!("{{ name = \"{name}\", criteria = \"As agreed.\" }}"));
    harbour.add(&format!(
        "\n[since.\"2026-Q1\"]\nwhy = \"Six levels were too fine.\"\napproved_by = \"Board\"\nscale.levels = [{}]\n",
        levels.join(", ")
    ));
    harbour.holds(&["2025-Q1", "2025-Q2", "2025-Q4"], &[]);
    let opened = harbour.told(&["quarter", "2026-Q1"]);
    assert!(opened.contains("0 answers carried") && opened.contains("8 answers are each a comment"), "{opened}");
    let comments = harbour.temp.read("content/2026-Q1/deck/hold.toml");
    assert!(comments.contains("# [\"H.A-1\"]\n") && !comments.contains("level"), "{comments}");
    // A level of the old scale cannot be said again, so none is missed.
    assert_eq!(harbour.findings("vanished-answer"), [""; 0]);
    let test = Some("2026-03-01");
    harbour.answer("2026-Q1", "deck/hold", "2026-04-01", &[("H.A-1", 3, test), ("H.A-2", 1, test), ("H.B-2", 2, test)]);
    harbour.answer("2026-Q1", "deck/watch", "2026-04-01", &[("W-1", 1, test)]);
    harbour.answer("2026-Q1", "shop/hold", "2026-04-01", &[("H.A-1", 1, test), ("H.A-2", 3, test)]);
    harbour.answer("2026-Q1", "engine/all", "2026-04-01", &[("H.B-2", 1, test), ("W-1", 3, test)]);
    // H: (2 + 2 + 1.5) / 3. W: 2. The whole: (5.5 / 3 + 2) / 2.
    assert_eq!(harbour.means("2026-Q1"), [1_916_667, 1_833_333, 2_000_000]);
    let why = "the scale changed, so levels of before and after mean different things: it was 0 to 5 in steps of 1, and is 0 to 3 in steps of 1";
    assert_eq!(harbour.json(&["diff"])["incomparable"], why);
    let gates = harbour.gates(&["--closing"]);
    assert!(gates.iter().all(|line| line.starts_with("passed")), "{gates:#?}");
    assert!(gates[0].contains("scale"), "{gates:#?}");
    harbour.commit("Answer 2026-Q1");
    harbour.build();
    let trends = harbour.page("trends/index.html");
    assert!(trends.contains("In 2026-Q1 the scale changed: it was 0 to 5 in steps of 1, and is 0 to 3"), "{trends}");
    assert_eq!(harbour.data("data/2026-Q1/changes.json")["incomparable"], why);
    let csv = harbour.page("data/2026-Q1/scores.csv");
    assert!(csv.contains("0 to 3 in steps of 1") && !csv.contains("0 to 5"), "{csv}");
    harbour.holds(&["2025-Q1", "2025-Q2", "2025-Q4"], &[]);
}

/// 2026-Q2: Engine becomes Motor and Hull.
fn a_team_is_split(harbour: &Harbour) {
    harbour.temp.edit(CONFIG, "name = \"Engine\"\n", "name = \"Engine\"\nlast_quarter = \"2026-Q1\"\n");
    let follows = "first_quarter = \"2026-Q2\"\nsucceeds = [\"engine\"]\n";
    harbour.add(&team("motor", &format!("scope = [\"H.B\", \"W\"]\n{follows}")));
    harbour.add(&team("hull", &format!("scope = [\"W\"]\n{follows}")));
    let opened = harbour.told(&["quarter", "2026-Q2"]);
    let why = "since more than one of the teams was asked or is asked now";
    for line in [
        "Motor: 1 file, 1 answer carried from Engine, 1 evidence item left out".to_owned(),
        format!("  1 answer of Engine not carried, {why}: W-1"),
        "Engine: left out, its last quarter is 2026-Q1, and Motor and Hull go on from it".to_owned(),
    ] {
        assert!(opened.contains(&line), "{line}: {opened}");
    }
    let carried =
        "attested = { by = \"Mate\" }\n\n# About H.B-2.\n[\"H.B-2\"]\ncarried = true\nlevel = 1\nevidence = []\n";
    assert_eq!(harbour.temp.read("content/2026-Q2/motor/all.toml"), carried);
    let test = Some("2026-06-01");
    harbour.answer("2026-Q2", "deck/hold", "2026-07-01", &[("H.A-1", 3, test), ("H.A-2", 1, test), ("H.B-2", 2, test)]);
    harbour.answer("2026-Q2", "deck/watch", "2026-07-01", &[("W-1", 1, test)]);
    harbour.answer("2026-Q2", "shop/hold", "2026-07-01", &[("H.A-1", 1, test), ("H.A-2", 3, test)]);
    harbour.answer("2026-Q2", "motor/all", "2026-07-01", &[("H.B-2", 1, test), ("W-1", 3, test)]);
    harbour.answer("2026-Q2", "hull/all", "2026-07-01", &[("W-1", 1, test)]);
    // W was (1 + 3) / 2 = 2 and is (1 + 3 + 1) / 3: a third less, a half of that in the whole.
    assert_eq!(harbour.means("2026-Q2"), [1_750_000, 1_833_333, 1_666_667]);
    assert_eq!(harbour.causes(&[]), [cause("scope", -166_667, &[("W-1", -166_667)])]);
    assert_eq!(harbour.causes(&["--team", "motor"]), []);
    let gates = harbour.gates(&["--closing"]);
    assert!(gates.iter().all(|line| line.starts_with("passed")), "{gates:#?}");
    harbour.told(&["seal", "2026-Q2"]);
    harbour.commit("Close 2026-Q2");
    harbour.holds(&["2025-Q1", "2025-Q2", "2025-Q4", "2026-Q2"], &[]);
    harbour.build();
    assert_eq!(harbour.data("data/2026-Q2/changes.json")["nodes"][0]["parts"][0]["cause"], "scope");
}

/// 2026-Q3: Shop and Deck become Front.
fn two_teams_are_merged(harbour: &Harbour) {
    harbour.temp.edit(CONFIG, "name = \"Deck\"\n", "name = \"Deck\"\nlast_quarter = \"2026-Q2\"\n");
    harbour.temp.edit(CONFIG, "name = \"Shop\"\n", "name = \"Shop\"\nlast_quarter = \"2026-Q2\"\n");
    harbour.add(&team("front", "first_quarter = \"2026-Q3\"\nsucceeds = [\"shop\", \"deck\"]\n"));
    harbour.holds(&["2025-Q1", "2025-Q2", "2025-Q4", "2026-Q2"], &[]);
    let opened = harbour.told(&["quarter", "2026-Q3"]);
    let why = "since more than one of the teams was asked or is asked now";
    for line in [
        "Front: 2 files, 2 answers carried from Deck".to_owned(),
        format!("  4 answers of Deck and Shop not carried, {why}: H.A-1, H.A-2"),
    ] {
        assert!(opened.contains(&line), "{line}: {opened}");
    }
    // What is not carried is missed once, and not in one warning for each answer.
    assert_eq!(
        harbour.findings("vanished-answer"),
        ["Front: 4 answers of 2026-Q2 are not there any more: H.A-1, H.A-2"]
    );
    assert_eq!(harbour.codes(), [""; 0]);
    let test = Some("2026-09-01");
    harbour.answer(
        "2026-Q3",
        "front/hold",
        "2026-10-01",
        &[("H.A-1", 2, test), ("H.A-2", 2, test), ("H.B-2", 2, test)],
    );
    harbour.answer("2026-Q3", "front/watch", "2026-10-01", &[("W-1", 1, test)]);
    harbour.answer("2026-Q3", "motor/all", "2026-10-01", &[("H.B-2", 1, test), ("W-1", 3, test)]);
    harbour.answer("2026-Q3", "hull/all", "2026-10-01", &[("W-1", 1, test)]);
    // One answer of 2 in place of 3 and 1: the means stay, and what moved is who is asked.
    assert_eq!(harbour.means("2026-Q3"), [1_750_000, 1_833_333, 1_666_667]);
    assert_eq!(harbour.causes(&[]), []);
    let diff = harbour.json(&["diff"]);
    let moved = diff["answers"].as_array().unwrap().iter();
    let moved: Vec<String> =
        moved.map(|moved| format!("{} {} {}", moved["control"], moved["team"], moved["cause"])).collect();
    assert_eq!(moved.len(), 6, "{moved:?}");
    assert!(moved.iter().all(|moved| moved.starts_with("\"H.A-") && moved.ends_with("\"scope\"")), "{moved:?}");
    harbour.commit("Answer 2026-Q3");
}

/// 2026-Q4 is opened on its first day: that is not a fall.
fn a_quarter_is_opened_early(harbour: &Harbour) {
    harbour.told(&["quarter", "2026-Q4"]);
    // No evidence of September is current on 31 December, so 1 counts everywhere.
    assert_eq!(harbour.means("2026-Q4"), [1_000_000; 3]);
    let told = harbour.told(&["score"]);
    let open = "2026-Q4 is open. Its figures are those on 2026-12-31, if nothing is renewed. 7 of 7 answers are given, 0 of them in this quarter.";
    assert!(told.contains(open), "{told}");
    assert_eq!(harbour.run(&["gate"]).code, Some(1));
    // What is open is not finished: the gate is asked when the quarter closes. That is a decision too, from this quarter on.
    harbour.add(
        "\n[since.\"2026-Q4\"]\nwhy = \"An open quarter is not a fall.\"\napproved_by = \"Board\"\n\
         gates.regression = { limit = 0.5, when = \"closing\" }\n",
    );
    assert_eq!(
        harbour.gates(&[]),
        [
            "passed  vanished: 0 answers are gone, at most 0 allowed",
            "later   regression: asked when the quarter closes; --closing asks it now",
            "later   reattested: asked when the quarter closes; --closing asks it now",
        ]
    );
    assert_eq!((harbour.run(&["gate"]).code, harbour.run(&["gate", "--closing"]).code), (Some(0), Some(1)));
    assert!(harbour.run(&["seal", "2026-Q4"]).failure(1).contains("2 Functions fell by more than 0.5"));
    harbour.build();
    // The front page, the badge and `current/` speak of the newest quarter that is closed.
    assert!(harbour.page("index.html").contains("2026-Q3"));
    let open = "2026-Q4 is open. Its figures are those on 2026-12-31, if nothing is renewed. 7 of 7 answers are given, 0 of them in this quarter.";
    // No day and no quarter breaks at its hyphens.
    let said = harbour.page("2026-Q4/index.html").replace("<span class=\"whole\">", "").replace("</span>", "");
    assert!(said.contains(open));
    assert!(!harbour.page("index.html").contains("is open."));
    let causes = harbour.causes(&[]);
    assert_eq!(causes.iter().map(|(cause, ..)| cause.as_str()).collect::<Vec<_>>(), ["evidence"]);
    harbour.holds(&["2025-Q1", "2025-Q2", "2025-Q4", "2026-Q2"], &[]);
    harbour.commit("Open 2026-Q4");
}

/// A rule that four seals rest on is edited in its place: all is named, and the lines to write instead mend it.
fn a_rule_of_the_past_is_edited(harbour: &Harbour) {
    harbour.temp.edit(CONFIG, "[scoring]\n", "[evidence]\nmax_age = \"30d\"\n\n[scoring]\n");
    assert_eq!(harbour.codes(), ["sealed-rule-changed"]);
    let verify = harbour.run(&["verify"]);
    assert_eq!(verify.code, Some(1));
    // Only 2025-Q1 rests on it: from 2025-Q2 on a decision says what holds.
    assert!(verify.stdout.contains("evidence.max_age was \"365d\", is \"30d\""), "{}", verify.stdout);
    assert!(!verify.stdout.contains("[since."), "a decision of 2025-Q2 says already what holds: {}", verify.stdout);
    assert!(verify.stdout.ends_with("1 of 4 sealed quarters failed\n"), "{}", verify.stdout);
    harbour.git(&["checkout", "--quiet", CONFIG]);
    harbour.holds(&["2025-Q1", "2025-Q2", "2025-Q4", "2026-Q2"], &[]);
}

#[test]
fn two_years_go_by_and_every_command_says_what_is_true() {
    let harbour = Harbour::begin();
    first_quarter(&harbour);
    a_rule_is_tightened(&harbour);
    a_folder_is_copied_and_a_file_deleted(&harbour);
    a_team_is_renamed_and_a_control_replaced(&harbour);
    the_scale_changes(&harbour);
    a_team_is_split(&harbour);
    two_teams_are_merged(&harbour);
    a_quarter_is_opened_early(&harbour);
    a_rule_of_the_past_is_edited(&harbour);
    // Each of the eight quarters has the figures that it had when it was the newest.
    for (quarter, overall) in [
        ("2025-Q1", 2_833_333),
        ("2025-Q2", 2_583_333),
        ("2025-Q3", 3_000_000),
        ("2025-Q4", 2_916_667),
        ("2026-Q1", 1_916_667),
        ("2026-Q2", 1_750_000),
        ("2026-Q3", 1_750_000),
        ("2026-Q4", 1_000_000),
    ] {
        assert_eq!(harbour.means(quarter)[0], overall, "{quarter}");
    }
}
