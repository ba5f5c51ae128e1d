//! Sealed quarters and what reviewers write of them in: samples, the report beside the answers, gates, seals and the guide out.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use insta::assert_snapshot;
use milepost::check;
use milepost::load::workspace;
use milepost::model::catalog::Node;
use milepost::model::ids::FrameworkId;
use milepost::score::review::Disagreement;
use milepost::score::score;
use serde_json::{Value, json};
use zip::ZipArchive;

use crate::support::built_sites::EXAMPLE;
use crate::support::html_judge::{build_scored, judge};
use crate::support::media_judges::absent;
use crate::support::temp_workspace::{MILEPOST, Run, TempWorkspace, run, tree};

const REVIEW: &str = "content/2026-Q3/reviews/audit.toml";

/// A verdict that `says` something.
fn verdict(control: &str, team: &str, says: &str) -> String {
    format!("\n[[verdict]]\ncontrol = \"{control}\"\nteam = \"{team}\"\n{says}\ndate = 2026-10-14\n")
}

impl TempWorkspace {
    /// Three teams and 36 controls in three Functions of very different size. 2026-Q2 and 2026-Q3 are sealed.
    fn reviewable() -> Self {
        let temp = Self::empty();
        let teams = ["deck", "engine", "shore"];
        let team = |id: &&str| format!("[[team]]\nid = \"{id}\"\nname = \"The {id}\"\n");
        let mut config = teams.iter().map(team).collect::<String>();
        config +=
            "[report]\ntitle = \"Own\"\nframeworks = [\"own\"]\n[scoring]\nscore = \"claimed\"\nminimum_coverage = 0\n";
        config += "[controls]\n\"A-3\" = { key = true }\n\"C-1\" = { key = true }\n";
        temp.put("milepost.toml", config);
        let functions = [("A", 25), ("B", 9), ("C", 2)];
        temp.put("controls/own/framework.toml", "id = \"own\"\ntitle = \"Own\"\nfunctions = [\"A\", \"B\", \"C\"]\n");
        let mut all = Vec::new();
        for (function, count) in functions {
            let mut text = format!(
                "id = \"{function}\"\ntitle = \"{function}\"\n[[category]]\nid = \"{function}.X\"\ntitle = \"X\"\n"
            );
            for number in 1..=count {
                let id = format!("{function}-{number}");
                let _ = write!(text, "[[category.control]]\nid = \"{id}\"\ntitle = \"{id}\"\noutcome = \"a\"\n");
                all.push(id);
            }
            temp.put(format!("controls/own/{}.toml", function.to_lowercase()), text);
        }
        for (quarter, step) in [("2026-Q2", 5), ("2026-Q3", 7)] {
            for (at, team) in teams.iter().enumerate() {
                let mut text = String::new();
                for (number, id) in all.iter().enumerate() {
                    let said = match (number * step + at * 3) % 11 {
                        level @ 0..=5 => format!("level = {level}"),
                        6 => "unknown = \"nobody looked\"".to_owned(),
                        7 => "not_applicable = \"no such thing\"\napproved_by = \"CISO\"".to_owned(),
                        8 => continue,
                        _ => "level = 3".to_owned(),
                    };
                    let _ = write!(text, "[{id}]\n{said}\n");
                }
                temp.put(format!("content/{quarter}/{team}/all.toml"), text);
            }
        }
        for quarter in ["2026-Q2", "2026-Q3"] {
            temp.run(&["seal", quarter]).result();
        }
        temp
    }

    /// What two reviewers say of 2026-Q3.
    fn put_verdicts(&self) {
        // A-1 is 0, 3 and unknown, and A-2 is not applicable, 3, 2.
        let verdicts = [
            verdict("A.X", "deck", "says = \"agrees\""),
            verdict("A-1", "engine", "level = 1"),
            verdict("A-1", "shore", "says = \"cannot_tell\""),
            verdict("A-2", "deck", "level = 4"),
            verdict("A-2", "shore", "level = 5"),
        ];
        self.put(REVIEW, format!("reviewer = \"Internal audit\"\n{}", verdicts.concat()));
        self.put(
            "content/2026-Q3/reviews/other.toml",
            format!("reviewer = \"Insurer\"\n{}", verdict("A-1", "engine", "level = 2")),
        );
    }

    /// A run of a line of the guide, as a shell reads it in the folder `work`.
    fn typed(&self, line: &str) -> Run {
        // What unpacks an archive is not on every machine.
        if let Some(rest) = line.strip_prefix("unzip -q ") {
            let (archive, folder) = rest.split_once(" -d ").unwrap();
            let [archive, folder] = [archive, folder].map(|path| self.path("work").join(path));
            ZipArchive::new(fs::File::open(archive).unwrap()).unwrap().extract(folder).unwrap();
            return Run { code: Some(0), stdout: String::new(), stderr: String::new() };
        }
        let mut shell = Command::new("sh");
        let line = line.replace("milepost ", &format!("'{MILEPOST}' "));
        shell.args(["-ec", &line]).current_dir(self.path("work")).env_remove("NO_COLOR");
        run(&mut shell)
    }

    /// A page of the report.
    fn page(&self, path: &str) -> String {
        let loaded = workspace::load(&self.path(""));
        let scored = score(check::check(&loaded).assessment.unwrap());
        String::from_utf8_lossy(&build_scored(&loaded, &scored)[path]).into_owned()
    }

    /// A control's row of the scores.
    fn scored_control(&self, id: &str) -> Value {
        let scores: Value =
            serde_json::from_str(&self.run(&["score", "--format", "json", "--quarter", "2026-Q3"]).result()).unwrap();
        scores["controls"].as_array().unwrap().iter().find(|row| row["id"] == id).unwrap().clone()
    }

    /// The sample as JSON.
    fn drawn(&self, args: &[&str]) -> Value {
        let run = self.run(&[&["sample", "--dry-run", "--format", "json"], args].concat());
        serde_json::from_str(&run.result()).unwrap()
    }

    /// What the judge draws; `None` without Python.
    fn drawn_again(&self, [size, by, seed]: [&str; 3]) -> Option<Value> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges/sample.py");
        let mut python = Command::new("python3");
        python.arg(script).arg(self.path("")).args(["2026-Q3", "2026-Q2", size, by, seed]);
        let Ok(output) = python.output() else {
            absent("python3", "install python3");
            return None;
        };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Some(serde_json::from_slice(&output.stdout).unwrap())
    }

    /// The findings and mistakes of `check` about reviews.
    fn told_of_reviews(&self) -> Vec<String> {
        let run = self.run(&["check", "--format", "json"]);
        let found: Value = serde_json::from_str(&run.stdout).unwrap();
        let told = |row: &Value| format!("{}: {}", row["code"].as_str().unwrap(), row["message"].as_str().unwrap());
        let is_of_reviews = |row: &&Value| row["path"].as_str().unwrap().contains("/reviews/");
        found.as_array().unwrap().iter().filter(is_of_reviews).map(told).collect()
    }

    /// What each format of `diff` says of findings.
    fn diffs(&self) -> String {
        let said = |format: &str| {
            let said = self.run(&["diff", "2026-Q2", "2026-Q3", "--format", format]).result();
            let from = said
                .find("Findings")
                .or(said.find("\"closed_findings"))
                .or(said.find("2026-Q2,2026-Q3,engine,finding"));
            format!("{format}:\n{}", from.map_or("", |from| &said[from..]))
        };
        ["text", "markdown", "json", "csv"].map(said).join("\n")
    }

    /// The verdicts of the gates that are about reviews.
    fn review_gates(&self, gates: &str) -> Vec<String> {
        let before = self.read("milepost.toml");
        self.put("milepost.toml", format!("{before}[gates]\n{gates}"));
        let said = self.run(&["gate"]).stdout;
        self.put("milepost.toml", before);
        said.lines().filter(|line| line.contains(": ") && !line.starts_with("2026")).map(str::to_owned).collect()
    }
}

#[test]
fn a_sample_is_what_another_program_draws() {
    let temp = TempWorkspace::reviewable();
    for asked in [["10", "function", "a"], ["10", "team", "a"], ["2", "function", "b"], ["41", "function", "dice: 4 1"]]
    {
        let Some(wanted) = temp.drawn_again(asked) else { return };
        let [size, by, seed] = asked;
        let found = temp.drawn(&["--size", size, "--by", by, "--seed", seed]);
        let answers = found["answers"].as_array().unwrap().iter();
        let answers: Vec<Value> = answers.map(|row| json!([row["control"], row["team"], row["why"]])).collect();
        assert_eq!(Value::from(answers), wanted["answers"], "{asked:?}");
        assert_eq!(found["population"], wanted["population"]);
        let strata = found["strata"].as_array().unwrap().iter();
        let strata: BTreeMap<&str, &Value> = strata.map(|row| (row["name"].as_str().unwrap(), &row["seats"])).collect();
        assert_eq!(json!(strata), wanted["strata"], "{asked:?}");
    }
}

#[test]
fn a_sample_becomes_a_file_to_fill_in_and_is_drawn_again_from_it() {
    let temp = TempWorkspace::reviewable();
    let before = tree(&temp.path(""));
    temp.run(&["sample", "--size", "3", "--seed", "a", "--dry-run"]).result();
    assert_eq!(tree(&temp.path("")), before);
    let said = temp.run(&["sample", "--size", "3", "--seed", "a", "--reviewer", "Internal audit"]).result();
    let path = "content/2026-Q3/reviews/internal-audit.toml";
    let text = temp.read(path);
    let seal = workspace::sha256(temp.read("content/2026-Q3/seal.toml").as_bytes());
    assert_snapshot!("review-file", text.replace(&seal, "SEAL").lines().take(24).collect::<Vec<_>>().join("\n"));
    assert_eq!(temp.told_of_reviews(), [] as [&str; 0]);
    // The report says the same sentence.
    let checked = check::check(&workspace::load(&temp.path("")));
    let scored = score(checked.assessment.unwrap());
    let page = &build_scored(&workspace::load(&temp.path("")), &scored)["2026-Q3/reviews/index.html"];
    let sentence = said.lines().next().unwrap();
    let all = text.matches("# [[verdict]]").count();
    assert!(sentence.starts_with("3 answers were drawn by Function"), "{sentence}");
    let told = format!("{sentence} Of the {all} in the sample, 0 have a verdict of their own.");
    assert!(String::from_utf8_lossy(page).contains(&told), "{told}");
    // Uncommented and filled in, it is a review.
    let filled = text.replace("# level = ", "level = 2").replace("# date = ", "date = 2026-10-14");
    let filled: Vec<&str> = filled.lines().map(|line| line.strip_prefix("# ").unwrap_or(line)).collect();
    temp.put(path, filled.join("\n"));
    assert!(
        temp.told_of_reviews().iter().all(|told| told.starts_with("reviewed-lower: ")),
        "{:?}",
        temp.told_of_reviews()
    );
    // A verdict on a whole Category, or by another reviewer, is none on an answer of the sample.
    let last = filled.iter().rposition(|line| *line == "[[verdict]]").unwrap();
    let other = verdict("A.X", "deck", "says = \"agrees\"") + &verdict("A.X", "engine", "says = \"agrees\"");
    temp.put(path, filled[..last].join("\n") + &other + &verdict("A.X", "shore", "says = \"agrees\""));
    temp.put("content/2026-Q3/reviews/other.toml", format!("reviewer = \"Insurer\"\n{}", filled[last..].join("\n")));
    let told = format!("Of the {all} in the sample, {} have a verdict of their own.", all - 1);
    assert!(temp.page("2026-Q3/reviews/index.html").contains(&told), "{told}");
    let again = temp.run(&["sample", "--size", "3", "--seed", "a", "--reviewer", "Internal audit"]);
    assert_eq!(again.code, Some(1));
    assert!(again.stderr.contains("is there already, and was not touched; fill it in, or"), "{}", again.stderr);
}

#[test]
fn what_cannot_be_drawn_is_refused_and_writes_nothing() {
    let temp = TempWorkspace::reviewable();
    temp.put("content/2026-Q4/deck/all.toml", "[A-1]\nlevel = 1\n");
    let before = tree(&temp.path(""));
    let mut said = String::new();
    for (args, code) in [
        (["--size", "500", "--seed", "a"].as_slice(), 2),
        (&["--size", "0", "--seed", "a"], 2),
        (&["--size", "3"], 2),
        (&["--size", "3", "--seed", " "], 2),
        (&["--size", "3", "--seed", "a", "--quarter", "2026-Q4"], 1),
        (&["--size", "3", "--seed", "a", "--quarter", "2025-Q4"], 2),
        (&["--size", "3", "--seed", "a", "--reviewer", "the Engine"], 2),
    ] {
        let failed = temp.run(&[&["sample"], args].concat()).failure(code);
        let errors: Vec<&str> = failed.lines().filter(|line| line.starts_with("error")).collect();
        let _ = writeln!(said, "{}\n  {}", args.join(" "), errors.join(" "));
    }
    assert_eq!(tree(&temp.path("")), before);
    assert_snapshot!("refused-samples", said);
    let empty = TempWorkspace::empty();
    let config = "[report]\ntitle = \"a\"\n[[team]]\nid = \"deck\"\nname = \"Deck\"\n";
    empty.put("milepost.toml", config);
    empty.put("content/2026-Q3/quarter.toml", "");
    let failed = empty.run(&["sample", "--size", "1", "--seed", "a"]).failure(1);
    assert!(failed.contains("no quarter is sealed"), "{failed}");
    empty.run(&["seal", "2026-Q3"]).result();
    let failed = empty.run(&["sample", "--size", "1", "--seed", "a"]).failure(1);
    assert!(failed.contains("nothing to draw from"), "{failed}");
}

#[test]
fn a_sample_may_be_all_there_is_and_needs_neither_key_controls_nor_rises() {
    let temp = TempWorkspace::reviewable();
    temp.edit("milepost.toml", "\"A-3\" = { key = true }\n\"C-1\" = { key = true }\n", "");
    // What is out of scope is not looked at, whether a level was given or that it does not apply.
    let excluded = ["A-2", "A-4"].map(|id| format!("\"{id}\" = {{ why = \"a\", approved_by = \"CISO\" }}\n")).concat();
    temp.put("content/profile.toml", format!("[out_of_scope]\n{excluded}"));
    // Nothing can have risen in the first quarter.
    let drawn = |size: &str| temp.drawn(&["--quarter", "2026-Q2", "--size", size, "--seed", "a"]);
    let population = drawn("1")["population"].as_u64().unwrap();
    let all = drawn(&population.to_string());
    let answers = all["answers"].as_array().unwrap();
    assert_eq!(answers.len() as u64, population);
    assert!(answers.iter().all(|row| row["control"] != "A-2" && row["control"] != "A-4"), "{all}");
    let more = (population + 1).to_string();
    temp.run(&["sample", "--quarter", "2026-Q2", "--size", &more, "--seed", "a"]).failure(2);
}

#[test]
fn a_rise_of_two_levels_is_looked_at_and_one_of_less_is_not() {
    let temp = TempWorkspace::empty();
    temp.put(
        "milepost.toml",
        "[report]\ntitle = \"Own\"\nframeworks = [\"own\"]\n[scoring]\nscore = \"claimed\"\n[scale]\nstep = 0.5\n[[team]]\nid = \"deck\"\nname = \"Deck\"\n",
    );
    temp.put("controls/own/framework.toml", "id = \"own\"\ntitle = \"Own\"\nfunctions = [\"A\"]\n");
    let control = |id: &str| format!("[[control]]\nid = \"{id}\"\ntitle = \"a\"\noutcome = \"a\"\n");
    temp.put("controls/own/a.toml", format!("id = \"A\"\ntitle = \"A\"\n{}{}", control("A-1"), control("A-2")));
    for (quarter, levels) in [("2026-Q2", ["1", "1"]), ("2026-Q3", ["2.5", "3"])] {
        let [first, second] = levels;
        let text = format!("[A-1]\nlevel = {first}\n[A-2]\nlevel = {second}\n");
        temp.put(format!("content/{quarter}/deck/all.toml"), text);
        temp.run(&["seal", quarter]).result();
    }
    let drawn = temp.drawn(&["--size", "1", "--seed", "a"]);
    let why: Vec<Value> =
        drawn["answers"].as_array().unwrap().iter().map(|row| json!([row["control"], row["why"]])).collect();
    assert_eq!(json!(why), json!([["A-1", "drawn"], ["A-2", "rise"]]));
}

#[test]
fn a_verdict_on_a_category_is_one_on_the_answers_that_a_team_is_asked_for_and_gave() {
    let temp = TempWorkspace::reviewable();
    temp.put("content/profile.toml", "[out_of_scope]\n\"A-4\" = { why = \"a\", approved_by = \"CISO\" }\n");
    temp.put(REVIEW, format!("reviewer = \"Internal audit\"\n{}", verdict("A.X", "deck", "says = \"agrees\"")));
    let told = |id: &str| {
        let said = temp.run(&["explain", id, "--quarter", "2026-Q3", "--team", "deck"]).result();
        said.contains("Internal audit")
    };
    // A-1 is a level, A-2 does not apply to Deck, A-4 is out of scope, and Deck gave no A-10.
    assert_eq!(["A-1", "A-2", "A-4", "A-10", "B-1"].map(told), [true, true, false, false, false]);
}

#[test]
fn verdicts_stand_beside_the_answers_and_change_no_score() {
    let temp = TempWorkspace::reviewable();
    let scores = |temp: &TempWorkspace| -> Value {
        serde_json::from_str(&temp.run(&["score", "--format", "json", "--quarter", "2026-Q3"]).result()).unwrap()
    };
    let before = scores(&temp);
    temp.put_verdicts();
    let after = scores(&temp);
    let without = |mut scores: Value| {
        for rank in ["overall", "functions", "categories", "controls"] {
            let rows = match &mut scores[rank] {
                Value::Array(rows) => rows.iter_mut().collect(),
                overall => vec![overall],
            };
            for row in rows {
                row.as_object_mut().unwrap().retain(|key, _| !key.contains("review") && key != "verdicts");
            }
        }
        scores
    };
    assert_eq!(without(before), without(after.clone()));
    let control = |id: &str| {
        let rows = after["controls"].as_array().unwrap();
        let row = rows.iter().find(|row| row["id"] == id).unwrap();
        json!([row["reviewed"], row["verdicts"], row["reviewed_answers"]])
    };
    assert_eq!(control("A-1"), json!([0, 3, 2]), "agrees counts, cannot_tell does not, and the lowest is named");
    assert_eq!(control("A-2"), json!([4_000_000, 2, 2]));
    assert_eq!(control("B-1"), json!([null, 0, 0]));
    let csv = temp.run(&["score", "--format", "csv", "--quarter", "2026-Q3"]).result();
    assert!(csv.lines().next().unwrap().ends_with(",policy,reviewed,verdicts,reviewed_answers"), "{csv}");
    assert_eq!(
        temp.told_of_reviews(),
        [
            "reviewed-lower: A-1 of The engine: a review of 2026-Q3 found 1, and the answer counts 3",
            "reviewed-lower: A-2 of The deck: a review of 2026-Q3 found that it applies, at 4, and the answer says that it does not",
        ]
    );
    assert_snapshot!("explained", temp.run(&["explain", "A-1", "--quarter", "2026-Q3"]).result());
    let gates = temp.review_gates("disagreements = 0\nunreviewed_key_controls = 1\nopen_findings = 0\n");
    assert_snapshot!("review-gates", gates.join("\n"));
}

#[test]
fn verdicts_are_on_a_teams_own_answers_and_unknown_in_the_quarter_before() {
    let temp = TempWorkspace::reviewable();
    temp.put_verdicts();
    let by_team = |team: &str| {
        let said = temp.run(&["score", "--format", "json", "--quarter", "2026-Q3", "--team", team]).result();
        let scores: Value = serde_json::from_str(&said).unwrap();
        let row = scores["controls"].as_array().unwrap().iter().find(|row| row["id"] == "A-1").unwrap();
        json!([row["reviewed"], row["verdicts"], row["reviewed_answers"]])
    };
    assert_eq!(
        ["deck", "engine", "shore"].map(by_team),
        [json!([0, 1, 1]), json!([1_000_000, 2, 1]), json!([null, 0, 0])]
    );
    // What was found in 2026-Q3, nobody knew in the quarter before. One level could not be judged, nor one answer
    // without a level; of the latter, a verdict on the whole Category says nothing.
    let third = format!("reviewer = \"Owner\"\n{}", verdict("A-3", "shore", "says = \"cannot_tell\""));
    temp.put("content/2026-Q3/reviews/third.toml", third);
    let scored = score(check::check(&workspace::load(&temp.path(""))).assessment.unwrap());
    let quarters: Vec<_> = scored.quarters().collect();
    assert_eq!([0, 1].map(|at: usize| quarters[at].found_lower().len()), [0, 2]);
    assert_eq!(quarters[1].reviewed(Node::Framework(FrameworkId::MAIN), None).undecided, 2);
}

#[test]
fn a_verdict_is_on_the_answer_of_its_own_quarter() {
    // A-4 of Shore was 3, and is 5.
    let temp = TempWorkspace::reviewable();
    let told = |says: &str| {
        let review = verdict("A-4", "shore", says).replace("2026-10", "2026-07");
        temp.put("content/2026-Q2/reviews/audit.toml", format!("reviewer = \"Internal audit\"\n{review}"));
        temp.told_of_reviews()
    };
    assert_eq!(["says = \"agrees\"", "level = 4"].map(told), [[""; 0]; 2]);
    let lower = "reviewed-lower: A-4 of The shore: a review of 2026-Q2 found 2, and the answer counts 5";
    assert_eq!(told("level = 2"), [lower]);
}

#[test]
fn a_key_control_needs_a_verdict_of_its_own_and_a_category_is_named() {
    // A-3 is a key control, and Deck and Shore gave a level for it.
    let temp = TempWorkspace::reviewable();
    let of_category = verdict("A.X", "deck", "says = \"agrees\"");
    temp.put(REVIEW, format!("reviewer = \"Internal audit\"\n{of_category}"));
    let gate = || temp.review_gates("unreviewed_key_controls = { limit = 0, functions = [\"A\"] }\n").concat();
    assert!(gate().starts_with("failed  unreviewed_key_controls: 2 answers"), "{}", gate());
    let row = temp.scored_control("A-3");
    assert_eq!(
        json!([row["verdicts"], row["reviewed_answers"], row["reviewed_with_category"]]),
        json!([1, 1, 1]),
        "the answer is reviewed all the same"
    );
    let explained = temp.run(&["explain", "A-3", "--quarter", "2026-Q3"]).result();
    assert!(explained.contains("reviewed 3, with its Category\n"), "{explained}");
    assert!(explained.contains("Internal audit found 3 on 2026-10-14, with its Category ("), "{explained}");
    let page = temp.page("2026-Q3/controls/A-3/index.html");
    assert!(page.contains("reviewed 3, with its Category") && page.contains("with its Category, <span"), "{page}");
    assert!(temp.page("2026-Q3/index.html").contains("<td class=\"figure\">0 of 2</td>"));
    temp.put(
        REVIEW,
        format!("reviewer = \"Internal audit\"\n{of_category}{}", verdict("A-3", "deck", "says = \"agrees\"")),
    );
    assert!(gate().starts_with("failed  unreviewed_key_controls: 1 answer "), "{}", gate());
    assert_eq!(temp.scored_control("A-3")["reviewed_with_category"], 0);
}

#[test]
fn a_verdict_on_an_answer_without_a_level_counts_everywhere() {
    // Shore does not know of A-1.
    let temp = TempWorkspace::reviewable();
    temp.put(REVIEW, format!("reviewer = \"Internal audit\"\n{}", verdict("A-1", "shore", "level = 1")));
    assert_eq!(temp.scored_control("A-1")["reviewed_answers"], 1);
    let explained = temp.run(&["explain", "A-1", "--quarter", "2026-Q3"]).result();
    assert!(explained.contains("Reviewed: 1 of 3 answers, the lowest level found is 1"), "{explained}");
    let page = temp.page("2026-Q3/reviews/index.html");
    assert!(page.contains("Disagreements: 1") && page.contains(">Unknown</td>"), "{page}");
    assert!(temp.review_gates("disagreements = 0\n").concat().contains("1 answer that a reviewer disagrees with"));
    assert_eq!(temp.told_of_reviews(), [""; 0]);
}

#[test]
fn a_retest_closes_a_finding_and_settles_its_verdict() {
    let temp = TempWorkspace::reviewable();
    let finding = "\n[[finding]]\nid = \"IA-1\"\ncontrol = \"A-1\"\nteam = \"engine\"\nseverity = \"high\"\ntitle = \"Not kept\"\nretest = 2026-09-15\n";
    let review = format!(
        "reviewer = \"Internal audit\"\n{}{finding}",
        verdict("A-1", "engine", "level = 0").replace("2026-10", "2026-07")
    );
    temp.put("content/2026-Q2/reviews/audit.toml", review);
    let late = "retest-due: IA-1, Not kept: its retest was due on 2026-09-15, and it is open";
    let lower = "reviewed-lower: A-1 of The engine: a review of 2026-Q2 found 0, and the answer counts 3";
    assert_eq!(temp.told_of_reviews(), [lower, late]);
    let open = temp.review_gates("open_findings = 0\n").concat();
    assert!(open.starts_with("failed  open_findings: 1 finding is open and its retest is overdue"), "{open}");
    let retest = |result: &str| {
        format!(
            "reviewer = \"Internal audit\"\n[[retest]]\nfinding = \"IA-1\"\ndate = 2026-10-14\nresult = \"{result}\"\n"
        )
    };
    temp.put(REVIEW, retest("open"));
    assert_eq!(temp.told_of_reviews().len(), 2);
    temp.put(REVIEW, retest("closed"));
    assert_eq!(temp.told_of_reviews(), [] as [&str; 0]);
    assert!(temp.review_gates("open_findings = 0\n").concat().starts_with("passed"));
    let loaded = workspace::load(&temp.path(""));
    let scored = score(check::check(&loaded).assessment.unwrap());
    let files = build_scored(&loaded, &scored);
    let page = |path: &str| String::from_utf8_lossy(&files[path]).into_owned();
    assert!(page("2026-Q3/changes/index.html").contains("raised in 2026-Q2, closed in 2026-Q3 on 2026-10-14"));
    assert!(!page("2026-Q2/changes/index.html").contains("closed-findings"));
    assert!(page("2026-Q3/changes/index.html").contains("../../2026-Q3/reviews/index.html#found-IA-1"));
    assert!(page("2026-Q3/reviews/index.html").contains("<tr id=\"found-IA-1\">"));
    let search = page("search/1.js");
    assert!(
        search.contains(r#"["finding","IA-1","Not kept","2026-Q3/reviews/index.html#found-IA-1","A-1 The engine"]"#),
        "{search}"
    );
    assert!(search.contains(r#""2026-Q3/reviews/index.html","Disagreements"#), "{search}");
    assert_eq!(judge(&files), "");
    assert_snapshot!("closed-by-a-retest", temp.diffs());
    // A retest that closed nothing is no news, and neither is one that was known before.
    temp.put(REVIEW, retest("open"));
    assert!(!temp.diffs().contains("IA-1"), "{}", temp.diffs());
    temp.put(REVIEW, retest("closed"));
    temp.put("content/2026-Q4/deck/all.toml", "[A-1]\nlevel = 1\n");
    let later = temp.run(&["diff", "2026-Q3", "2026-Q4", "--format", "json"]).result();
    assert!(!later.contains("IA-1"), "{later}");
}

#[test]
fn a_gate_on_reviews_looks_at_the_functions_and_teams_that_it_names() {
    let temp = TempWorkspace::reviewable();
    let verdicts = [("A-1", "deck"), ("A-2", "shore"), ("B-1", "deck")];
    let verdicts = verdicts.map(|(control, team)| verdict(control, team, "level = 5"));
    temp.put(REVIEW, format!("reviewer = \"Internal audit\"\n{}", verdicts.concat()));
    let findings = [
        ("IA-1", "A-1", "shore", "09-15"),
        ("IA-2", "B-1", "deck", "09-15"),
        ("IA-3", "A-2", "deck", "09-29"),
        ("IA-4", "A-1", "deck", "09-30"),
    ];
    let findings = findings.map(|(id, control, team, day)| {
        format!("[[finding]]\nid = \"{id}\"\ncontrol = \"{control}\"\nteam = \"{team}\"\nseverity = \"high\"\ntitle = \"a\"\nretest = 2026-{day}\n")
    });
    temp.put("content/2026-Q2/reviews/audit.toml", format!("reviewer = \"Internal audit\"\n{}", findings.concat()));
    let told = |team: &str| {
        let only = format!("{{ limit = 0, functions = [\"A\"], teams = [\"{team}\"] }}");
        let gates = ["disagreements", "unreviewed_key_controls", "open_findings"];
        let gates = gates.map(|gate| format!("{gate} = {only}\n")).concat();
        let said = temp.review_gates(&gates);
        let causes =
            said.iter().map(|line| line.split_once(" in 2026-Q3: ").map_or("", |(_, causes)| causes).to_owned());
        causes.collect::<Vec<_>>()
    };
    // What was to be retested on the last day of the quarter is not late.
    let late = temp.told_of_reviews();
    assert!(
        late.iter().any(|told| told.contains("IA-3")) && !late.iter().any(|told| told.contains("IA-4")),
        "{late:?}"
    );
    let (key, lower) =
        ("A-3 of The deck (content/2026-Q3/deck/all.toml:6)", "A-1 of The deck (content/2026-Q3/reviews/audit.toml:3)");
    assert_eq!(told("deck"), [key, lower, "IA-3 on A-2 of The deck (content/2026-Q2/reviews/audit.toml:16)"]);
    // Deck has another name from the next quarter on, and its answers of the sealed quarter are looked at all the same.
    let power = "[[team]]\nid = \"power\"\nname = \"The power\"\nfirst_quarter = \"2026-Q4\"\nsucceeds = [\"deck\"]\n";
    temp.edit("milepost.toml", "id = \"deck\"\n", "id = \"deck\"\nlast_quarter = \"2026-Q3\"\n");
    let config = temp.read("milepost.toml");
    temp.put("milepost.toml", format!("{power}{config}"));
    temp.put("content/2026-Q4/power/all.toml", "[A-1]\nlevel = 1\n");
    assert_eq!(told("power"), [key, lower, "IA-3 on A-2 of The power (content/2026-Q2/reviews/audit.toml:16)"]);
}

#[test]
fn reviews_have_a_seal_that_rests_on_the_quarters() {
    let temp = TempWorkspace::reviewable();
    let refused = |said: &str| assert!(temp.run(&["seal", "2026-Q3", "--reviews"]).failure(1).contains(said), "{said}");
    refused("2026-Q3 has no review");
    temp.put("content/2026-Q3/reviews/artifacts/walk.txt", "Seen.\n");
    let evidence = format!(
        "evidence = [{{ kind = \"test\", title = \"Walk\", date = 2026-10-14, file = \"artifacts/walk.txt\", sha256 = \"{}\" }}]",
        workspace::sha256(b"Seen.\n")
    );
    temp.put(
        REVIEW,
        format!("reviewer = \"Internal audit\"\n{}{evidence}\n", verdict("A-1", "engine", "says = \"agrees\"")),
    );
    let open = temp.run(&["verify", "2026-Q3"]).result();
    assert!(open.contains("1 file without a seal, so they may change; `milepost seal 2026-Q3 --reviews`"), "{open}");
    temp.run(&["seal", "2026-Q3", "--reviews"]).result();
    refused("sealed already");
    let seal = "content/2026-Q3/reviews/seal.toml";
    for role in [
        "[reviews]\n\"content/2026-Q3/reviews/audit.toml\"",
        "[artifacts]\n\"content/2026-Q3/reviews/artifacts/walk.txt\"",
    ] {
        assert!(temp.read(seal).contains(role), "{}", temp.read(seal));
    }
    let verified = temp.run(&["verify", "2026-Q3"]).result();
    assert!(verified.contains("none changed since") && verified.contains(seal), "{verified}");
    // Of an artifact that is another one now, nobody is told to write the new digest: what names it is sealed.
    temp.put("content/2026-Q3/reviews/artifacts/walk.txt", "Unseen.\n");
    let other = temp.run(&["check"]).said();
    assert!(other.contains("its digest stays") && !other.contains(&workspace::sha256(b"Unseen.\n")), "{other}");
    temp.put("content/2026-Q3/reviews/artifacts/walk.txt", "Seen.\n");
    // A verdict that is changed, a file that is added, and a seal of another quarter are told.
    let text = temp.read(REVIEW);
    temp.put(REVIEW, text.replace("agrees", "cannot_tell"));
    temp.put("content/2026-Q3/reviews/late.toml", "reviewer = \"Insurer\"\n");
    let failed = temp.run(&["verify", "2026-Q3"]);
    assert_eq!(failed.code, Some(1), "{}", failed.said());
    assert!(failed.stdout.contains("changed  content/2026-Q3/reviews/audit.toml"), "{}", failed.stdout);
    assert!(failed.stdout.contains("added    content/2026-Q3/reviews/late.toml"), "{}", failed.stdout);
    let warned = temp.told_of_reviews();
    assert!(warned[0].contains("after the reviews of 2026-Q3 were sealed"), "{warned:?}");
    temp.put(REVIEW, text);
    fs::remove_file(temp.path("content/2026-Q3/reviews/late.toml")).unwrap();
    temp.run(&["verify"]).result();
    temp.put("content/2026-Q2/reviews/audit.toml", "reviewer = \"Internal audit\"\n");
    temp.put("content/2026-Q2/reviews/seal.toml", temp.read(seal));
    assert_eq!(temp.run(&["verify", "2026-Q2"]).code, Some(1));
    // The next quarter does not take reviews over, and a quarter's own seal does not name them.
    temp.run(&["quarter", "2026-Q4"]).result();
    assert!(!temp.path("content/2026-Q4/reviews").exists());
    assert!(!temp.read("content/2026-Q3/seal.toml").contains("reviews"));
}

/// What the board never sees, whatever `[audiences]` lets it see: reviewers' names and what they wrote.
const OF_REVIEWERS: [&str; 13] = [
    "zqauditor",
    "zqinsurer",
    "zqnote",
    "zqpopulation",
    "zqsample",
    "zqdeviations",
    "zqseed",
    "zqproof",
    "zqlink",
    "zqartifact",
    "zqretest",
    "zqfolder",
    "zqpath",
];
/// What it sees where `board = []`, and not by default: a team's words, people and links.
const OF_TEAMS: [&str; 4] = ["zqremains", "zqmender", "zqrisker", "zqregister"];
/// What everybody sees: it is said of the organisation, and names nobody.
const OF_ALL: [&str; 6] = ["zqfound", "zqrisk", "zqappetite", "zqcommunity", "zqpriority", "zqguidance"];

impl TempWorkspace {
    /// A workspace with a word of its own in every text of reviews, and in what is inherited, risks and Community Profiles.
    fn with_words_everywhere() -> Self {
        let temp = Self::reviewable();
        let profile = "[targets]\ndefault = { level = 5, why = \"a\", risks = [\"R-1\"] }\n[risks.R-1]\ntitle = \"zqrisk\"\nowner = \"zqrisker\"\n\
                       url = \"https://example.org/zqregister\"\nappetite = \"zqappetite\"\n";
        temp.put("content/profile.toml", profile);
        let community = "id = \"zq\"\ntitle = \"zqcommunity\"\nof = \"own\"\nstage = \"draft\"\nsource = \"https://example.org/a\"\n";
        let outcome = "[outcome.A]\npriority = \"zqpriority\"\nguidance = \"zqguidance of The engine\"\n";
        temp.put("profiles/zq.toml", format!("{community}sha256 = \"{}\"\n{outcome}", workspace::sha256(b"")));
        temp.put(
            "content/2026-Q4/engine/all.toml",
            "[A-1]\nlevel = 1\ninherited_from = { team = \"deck\", control = \"A-1\", remains = \"zqremains\" }\n",
        );
        temp.put("content/2026-Q4/deck/all.toml", "[A-1]\nlevel = 1\n");
        temp.put("content/2026-Q3/reviews/zqfolder/zqartifact.txt", "Seen.\n");
        let digest = workspace::sha256(b"Seen.\n");
        let words = format!(
            "note = \"zqnote\"\npopulation = \"zqpopulation\"\nsample = \"zqsample\"\ndeviations = \"zqdeviations\"\n\
             evidence = [{{ kind = \"test\", title = \"zqproof\", date = 2026-10-14, url = \"https://example.org/zqlink\", \
             file = \"zqfolder/zqartifact.txt\", sha256 = \"{digest}\" }}]\n"
        );
        let drawn = format!(
            "[drawn]\nsize = 1\nseed = \"zqseed\"\nseal = \"{}\"\n",
            workspace::sha256(temp.read("content/2026-Q3/seal.toml").as_bytes())
        );
        let finding = "\n[[finding]]\nid = \"Zqauditor-1\"\ncontrol = \"A-1\"\nteam = \"engine\"\nseverity = \"high\"\n\
                       title = \"zqfound by Zqauditor\"\nowner = \"zqmender\"\n";
        let review =
            format!("reviewer = \"Zqauditor\"\n{}{words}{finding}{drawn}", verdict("A-1", "engine", "level = 1"));
        temp.put("content/2026-Q3/reviews/zqpath.toml", review);
        let other = format!("reviewer = \"Zqinsurer\"\n{}", verdict("A-1", "engine", "level = 2"));
        temp.put("content/2026-Q3/reviews/b.toml", other);
        temp.run(&["seal", "2026-Q3", "--reviews"]).result();
        // Somebody changes a sealed review, which the report tells.
        temp.edit("content/2026-Q3/reviews/zqpath.toml", "zqnote", "zqnote again");
        let retest =
            "[[retest]]\nfinding = \"Zqauditor-1\"\ndate = 2027-01-14\nresult = \"closed\"\nnote = \"zqretest\"\n";
        temp.put("content/2026-Q4/reviews/zqpath.toml", format!("reviewer = \"Zqauditor\"\n{retest}"));
        temp
    }

    /// Every byte of a handover for the board, which holds the report and is not compressed, in lower case.
    fn handed_to_the_board(&self) -> String {
        let folder = TempWorkspace::empty();
        let zip = folder.path("board.zip");
        self.run(&["handover", "2026-Q3", "--audience", "board", "--out", zip.to_str().unwrap()]).result();
        String::from_utf8_lossy(&fs::read(zip).unwrap()).to_lowercase()
    }
}

#[test]
fn the_board_sees_no_name_and_no_note_of_a_reviewer() {
    let temp = TempWorkspace::with_words_everywhere();
    let in_it = |all: &str, words: &[&str]| -> Vec<String> {
        words.iter().filter(|word| all.contains(**word)).map(|word| (*word).to_owned()).collect()
    };
    temp.run(&["build", "--out", "full"]).result();
    let named = |(path, bytes): (String, Vec<u8>)| format!("{path}\n{}", String::from_utf8_lossy(&bytes));
    let everywhere = tree(&temp.path("full")).into_iter().map(named).collect::<String>().to_lowercase();
    fs::remove_dir_all(temp.path("full")).unwrap();
    assert_eq!(in_it(&everywhere, &[&OF_REVIEWERS[..], &OF_TEAMS, &OF_ALL].concat()).len(), 23);
    let board = temp.handed_to_the_board();
    assert_eq!(in_it(&board, &[&OF_REVIEWERS[..], &OF_TEAMS, &["the engine"]].concat()), [""; 0]);
    assert_eq!(in_it(&board, &OF_ALL), OF_ALL);
    // Even a board that may see all that can be hidden.
    let config = temp.read("milepost.toml");
    temp.put("milepost.toml", config + "[audiences]\nboard = []\n");
    let board = temp.handed_to_the_board();
    assert_eq!(in_it(&board, &OF_REVIEWERS), [""; 0]);
    assert_eq!(in_it(&board, &[&OF_TEAMS[..], &OF_ALL].concat()).len(), 10);
    assert!(board.contains("reviewer a") && board.contains("reviewer b") && board.contains("reviewer-b-1"));
    // What a team is given to fill in is the team's own.
    let sheets = temp.run(&["worksheet", "shore", "--quarter", "2026-Q4"]);
    assert_eq!(sheets.code, Some(0), "{}", sheets.said());
    let sheets: String = tree(&temp.path("content/2026-Q4/shore"))
        .into_values()
        .map(|bytes| String::from_utf8(bytes).unwrap())
        .collect();
    assert_eq!(in_it(&sheets.to_lowercase(), &OF_REVIEWERS), [""; 0]);
}

#[test]
fn the_auditor_of_the_example_disagrees_in_three_places() {
    let called = |name: &str| {
        let mut quarters = EXAMPLE.scored.quarters();
        quarters.find(|quarter| quarter.name().to_string() == name).unwrap()
    };
    let disagreeing = |name: &str| {
        let quarter = called(name);
        let row = |one: &Disagreement<'_>| {
            let (control, team) = (quarter.control(one.answer.control), quarter.team(one.answer.team));
            format!("{} {} {}", control.id, team.id, one.width().unwrap())
        };
        quarter.disagreements().iter().map(row).collect::<Vec<_>>()
    };
    assert_eq!(
        disagreeing("2026-Q2"),
        ["GV.RR-03 fleet -1000000", "PR.AA-01 terminals -1000000", "PR.DS-11 shore -1000000"]
    );
    // Two teams came to the same level in the next quarter, and one verdict was withdrawn.
    assert_eq!(disagreeing("2026-Q3"), [] as [&str; 0]);
    let q3 = called("2026-Q3");
    let closed: Vec<bool> = q3.review_findings().iter().map(|known| known.closed().is_some()).collect();
    assert_eq!(closed, [false, false, true]);
}

#[test]
fn the_guide_to_an_audit_is_true() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let temp = TempWorkspace::empty();
    temp.put("work/milepost.toml", fs::read(root.join("milepost.toml")).unwrap());
    for folder in ["content", "controls", "maps"] {
        for (path, bytes) in tree(&root.join(folder)) {
            temp.put(format!("work/{folder}/{path}"), bytes);
        }
    }
    let clone = temp
        .typed("git init -q . && git add --all && git -c user.name=Ann -c user.email=ann@example.org commit -q -m all");
    assert_eq!(clone.code, Some(0), "{}", clone.said());
    let guide = fs::read_to_string(root.join("docs/audit.md")).unwrap();
    let (mut commands, mut printed) = (0, Vec::new());
    for block in guide.split("```").skip(1).step_by(2) {
        let (kind, text) = block.split_once('\n').unwrap();
        match kind {
            "sh" => {
                for line in text.lines() {
                    commands += 1;
                    let run = temp.typed(line);
                    assert_eq!(run.code, Some(0), "{line}\n{}", run.said());
                    assert!(!run.stderr.contains("error["), "{line}\n{}", run.stderr);
                    printed.push(run.stdout);
                }
            }
            "toml" => {
                let path = format!("work/{}", text.lines().next().unwrap().trim_start_matches("# "));
                let before = fs::read_to_string(temp.path(&path)).unwrap_or_default();
                temp.put(path, before + text);
            }
            other => panic!("what is a block of {other}?"),
        }
    }
    assert_eq!(commands, 23);
    let [.., verified, _, sums, seal, reviews] = printed.as_slice() else { panic!("{printed:?}") };
    assert!(
        verified.contains("2026-Q3: as it was sealed") && verified.ends_with("\nas it was handed over\n"),
        "{verified}"
    );
    assert_eq!(sums, "");
    for twice in [seal, reviews] {
        let digests: Vec<&str> =
            twice.split(|c: char| !c.is_ascii_hexdigit()).filter(|word| word.len() == 64).collect();
        assert!(digests.len() == 2 && digests[0] == digests[1], "{twice}");
    }
    let opened = String::from_utf8(fs::read(temp.path("2026-Q3/report/index.html")).unwrap()).unwrap();
    assert!(opened.contains("aria-current=\"true\">2026-Q3<") && temp.path("report/index.html").exists(), "{opened}");
    let explained = temp.typed("milepost explain GV.RR-03 --quarter 2026-Q2").result();
    assert!(explained.contains("Claimed 2, supported 2, reviewed 1"), "{explained}");
    let told = temp.typed("milepost check").result();
    assert!(!told.contains("/reviews/") && !told.contains("milepost.toml:"), "{told}");
    let gates = temp.typed("milepost gate").stdout;
    assert!(gates.contains("disagreements: 0 answers that a reviewer disagrees with, at most 2 allowed"), "{gates}");
}
