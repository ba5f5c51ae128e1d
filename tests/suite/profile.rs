//! Tests NIST's Organizational Profile, out and in again, and the priority of a target.

use std::collections::BTreeMap;
use std::fs;

use milepost::exchange::sheets;
use serde_json::Value;

use crate::support::office::saved_by_libreoffice;
use crate::support::temp_workspace::TempWorkspace;

/// The rows of a profile: the heads, then a row for each outcome.
fn rows(bytes: &[u8]) -> Vec<Vec<String>> {
    let sheets = sheets::read(bytes).unwrap();
    let row = |row: &milepost::exchange::grid::Row| (1..=19).map(|at| row.cell(at).value.text()).collect();
    sheets.grids[0].rows.iter().map(row).collect()
}

/// The cells by outcome.
fn by_id(rows: &[Vec<String>]) -> BTreeMap<String, Vec<String>> {
    rows.iter().skip(1).map(|row| (row[0].clone(), row.clone())).collect()
}

const STATUS: usize = 5;
const PRACTICES: usize = 7;
const ROLES: usize = 8;
const ARTIFACTS: usize = 10;

/// A small workspace of two teams in one open quarter.
fn small() -> TempWorkspace {
    let temp = TempWorkspace::empty();
    temp.put(
        "milepost.toml",
        "[report]\ntitle = \"Northgate Ferries\"\nframeworks = [\"csf-2.0\"]\n\n[[team]]\nid = \"shore\"\nname = \"Shore IT\"\n\n\
         [[team]]\nid = \"fleet\"\nname = \"Fleet\"\n",
    );
    temp.put(
        "content/profile.toml",
        "[targets]\n\"PR.DS-11\" = { level = 4, why = \"Orders.\", approved_by = \"CISO\", priority = \"high\" }\n\
         \"PR.DS\" = { level = 3, priority = \"low\" }\n\n[out_of_scope]\n\"RS.CO-02\" = { why = \"No rooms.\" }\n",
    );
    temp.put(
        "content/2026-Q4/shore/protect.toml",
        "# Ours.\r\n[PR.DS-11] # kept\r\nlevel = 2\r\nnote = \"Nightly.\\n\\nRestored.\"\r\ncarried = true\r\n\r\n[PR.DS-01]\r\nlevel = 3\r\n\
         evidence = [{ kind = \"test\", title = \"Drill\", date = 2026-11-18, url = \"https://wiki.example.org/d\" }]\r\n\r\n\
         [PR.DS-02]\r\nnot_applicable = \"No network of ours.\"\r\n",
    );
    temp.put(
        "content/2026-Q4/fleet/protect.toml",
        "[PR.DS-11]\nlevel = 3\nnote = \"=cmd weekly\"\n\n[PR.DS-02]\nnot_applicable = \"No network.\"\n",
    );
    temp
}

fn import<'a>(file: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    ["import", "profile", file].into_iter().chain(more.iter().copied()).collect()
}

#[test]
fn the_profile_has_nists_rows_and_columns_and_the_engines_scores() {
    let temp = TempWorkspace::empty();
    let root = env!("CARGO_MANIFEST_DIR");
    for file in ["one.xlsx", "two.xlsx", "one.csv"] {
        temp.run(&["--root", root, "export", "profile", "--out", file]).result();
    }
    let read = |file: &str| fs::read(temp.path(file)).unwrap();
    assert!(read("one.xlsx") == read("two.xlsx"), "the same workspace, other bytes");
    let grids = sheets::read(&read("one.xlsx")).unwrap().grids;
    let names: Vec<&str> = grids.iter().map(|grid| grid.name.as_str()).collect();
    assert_eq!(names[1..], ["About this file"], "{names:?}");
    let book = rows(&read("one.xlsx"));
    let heads = "CSF Outcome (Function, Category, or Subcategory)|CSF Outcome Description|Included in Profile?|Rationale|\
        Current Priority|Current Status|Current Policies, Processes, and Procedures|Current Internal Practices|\
        Current Roles and Responsibilities|Current Selected Informative References|Current Artifacts and Evidence|\
        Target Priority|Target CSF Tier|Target Policies, Processes, and Procedures|Target Internal Practices|\
        Target Roles and Responsibilities|Target Selected Informative References|Notes|Considerations";
    assert_eq!((book.len(), book[0].join("|").as_str()), (135, heads));
    // The same table as CSV: in one line a cell, and with guards against formulas.
    let plain = |text: &str| text.replace('\'', "").split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let sheet = rows(&read("one.csv"));
    assert_eq!(sheet.len(), 135);
    for (one, other) in book.iter().zip(&sheet) {
        assert!(one.iter().zip(other).all(|(one, other)| plain(one) == plain(other)), "{one:?}\n{other:?}");
    }
    let scores: Value =
        serde_json::from_str(&temp.run(&["--root", root, "score", "--format", "json"]).result()).unwrap();
    let cells = by_id(&book);
    for list in ["functions", "categories", "controls"] {
        for node in scores[list].as_array().unwrap() {
            let status = &cells[node["id"].as_str().unwrap()][STATUS];
            let counts = format!("{} of {}", node["assessed"], node["applicable"]);
            match node["score"].as_f64() {
                Some(score) => {
                    assert!(status.starts_with(&format!("{score:.1} of 5 ({counts} answer")), "{status} {node}");
                }
                None if node["applicable"] == 0 => assert_eq!(status, ""),
                None => assert_eq!(*status, format!("not shown: {counts} assessed")),
            }
        }
    }
}

#[test]
fn an_edition_has_no_notes_names_and_links() {
    let temp = small();
    let of = |audience: &str, file: &str| {
        temp.run(&["export", "profile", "--audience", audience, "--out", file]).result();
        let bytes = fs::read(temp.path(file)).unwrap();
        (by_id(&rows(&bytes)), rows(&bytes).concat().join("\n"))
    };
    let (full, all) = of("full", "full.xlsx");
    assert_eq!(full["PR.DS-11"][PRACTICES], "Shore IT: Nightly.\n\nRestored.\n\nFleet: =cmd weekly");
    assert_eq!(full["PR.DS-11"][ROLES], "Shore IT, Fleet");
    assert_eq!(full["PR.DS-01"][ARTIFACTS], "test, 2026-11-18, Drill, https://wiki.example.org/d");
    assert_eq!(full["PR.DS-02"][2..4], ["No", "Shore IT: No network of ours.\n\nFleet: No network."]);
    assert_eq!(full["RS.CO-02"][2..4], ["No", "No rooms."]);
    assert_eq!([&full["PR.DS-11"][11], &full["PR.DS-10"][11], &full["PR.DS"][11]], ["High", "Low", "Low"]);
    let (board, said) = of("board", "board.xlsx");
    assert_eq!(board["PR.DS-11"][STATUS], full["PR.DS-11"][STATUS]);
    for word in ["Shore IT", "Fleet", "Nightly", "wiki.example.org", "weekly"] {
        assert!(all.contains(word) && !said.contains(word), "{word}");
    }
}

#[test]
fn what_was_not_changed_changes_nothing_and_what_was_changed_does() {
    let temp = small();
    for file in ["p.xlsx", "p.csv"] {
        temp.run(&["export", "profile", "--out", file]).result();
        let said = temp.run(&import(file, &["--team", "shore", "--strict"])).result();
        assert!(said.ends_with("Nothing to do: the workspace already says the same.\n"), "{said}");
    }
    let text = temp.read("p.csv");
    let row = |id: &str| text.lines().find(|line| line.starts_with(&format!("{id},"))).unwrap().to_owned();
    let changed = text
        .replace(
            &row("PR.DS-11"),
            "pr.ds-11: the text,,Yes,,,3 Defined,,Shore IT: Daily.  Fleet: =cmd weekly,,,,medium,,,,,,Orders.,target 9",
        )
        .replace(&row("PR.AA-01"), "PR.AA-1,,No,\"Bought, not run.\",,,,,,,,,,,,,,,")
        .replace(
            &row("PR.DS-01"),
            "PR.DS-01,,,,,2,,,,,\"Record: list, 2026-11-20, https://wiki.example.org/l\",,,,,,,,",
        );
    temp.put("changed.csv", changed);
    let before = temp.read("content/profile.toml");
    let said = temp.run(&import("changed.csv", &["--team", "shore"])).failure(2);
    assert!(said.contains("levels 2") && said.contains("--scale \"2=2\""), "{said}");
    let said = temp.run(&import("changed.csv", &["--team", "shore", "--scale", "0=0,5=5"])).result();
    assert!(said.contains("PR.DS-11: level 3, was level 2") && said.contains("made of the target"), "{said}");
    assert_eq!(temp.read("content/profile.toml"), before, "the shared profile is nobody's to change");
    let own = "# What is wanted in 2026-Q4 alone. It stands over the profile of all quarters.\n\n\
        [out_of_scope]\n\"PR.AA-01\" = { why = \"Bought, not run.\" }\n\n\
        [targets]\n\"PR.DS-11\" = { level = 4, why = \"Orders.\", approved_by = \"CISO\", priority = \"medium\" }\n";
    assert_eq!(temp.read("content/2026-Q4/profile.toml"), own);
    let team = temp.read("content/2026-Q4/shore/protect.toml");
    assert!(
        team.starts_with(
            "# Ours.\r\n[PR.DS-11] # kept\r\nlevel = 3\r\nnote = \"Daily.\"\r\n\r\n[PR.DS-01]\r\nlevel = 2\r\n"
        ),
        "{team}"
    );
    assert!(team.contains("title = \"list\", date = 2026-11-20, url = \"https://wiki.example.org/l\""), "{team}");
    assert!(!team.replace("\r\n", "").contains('\n'), "line ends stay: {team:?}");
    let said = temp.run(&import("changed.csv", &["--team", "shore", "--scale", "0=0,5=5"])).result();
    assert!(said.contains("Nothing was changed; ") && !said.contains("Changes:"), "{said}");
}

#[test]
fn a_profile_that_a_person_filled_in_is_taken_and_what_is_left_is_told() {
    let temp = small();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/samples/profile-filled-by-a-person.xlsx");
    let said = temp.run(&import(file, &["--team", "shore"])).failure(2);
    assert!(said.contains("the levels 1, 2, 3") && said.contains("--scale"), "{said}");
    let scale = ["--team", "shore", "--scale", "1=1,2=2,3=3,4=5", "--format", "json"];
    let report: Value = serde_json::from_str(&temp.run(&import(file, &scale)).result()).unwrap();
    let left = |word: &str| {
        let why = report["left"].as_array().unwrap().iter().filter(|loss| loss["why"].as_str().unwrap().contains(word));
        why.map(|loss| loss["place"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((left("a formula is no answer").len(), left("words are no level").len()), (11, 13));
    assert_eq!(report["refused"], serde_json::json!([]));
    let profile = temp.read("content/2026-Q4/profile.toml");
    assert_eq!(profile.matches("{ why = \"Bought as a service; see the contract.\" }").count(), 5, "{profile}");
    let scores: Value =
        serde_json::from_str(&temp.run(&["score", "--team", "shore", "--format", "json"]).result()).unwrap();
    let claimed: BTreeMap<&str, i64> = scores["controls"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|node| Some((node["id"].as_str()?, node["claimed"].as_i64()?)))
        .collect();
    // A hidden row, one with the id and its text, and one in lower case.
    assert_eq!(["GV.OC-04", "GV.SC-01", "GV.SC-02"].map(|id| claimed[id]), [3_000_000, 2_000_000, 2_000_000]);
    assert!(
        temp.read("content/2026-Q4/shore/govern.toml")
            .contains("note = \"\"\"\nReviewed each quarter.\n\nPolicy P-07\"\"\"")
    );
    let again = temp.run(&import(file, &scale)).result();
    assert!(again.contains("\"changes\": []"), "{again}");
}

#[test]
fn each_team_gets_its_own_part_of_a_cell_however_its_name_is_written() {
    let temp = small();
    for cell in ["Fleet\u{a0}: Weekly.\nShore IT : Daily.", "FLEET: Weekly.\nshore: Daily."] {
        temp.put("in.csv", format!("CSF Outcome,Current Internal Practices\nPR.DS-11,\"{cell}\"\n"));
        temp.run(&import("in.csv", &["--team", "shore", "--dry-run"])).result();
        let said = temp.run(&import("in.csv", &["--team", "shore"])).result();
        assert!(said.contains("`Weekly.`: Current Internal Practices: the note of another team"), "{said}");
        assert!(temp.read("content/2026-Q4/shore/protect.toml").contains("note = \"Daily.\"\r\n"), "{said}");
    }
}

#[test]
fn another_reason_takes_the_approval_away_and_every_part_is_told_at_its_cell() {
    let temp = small();
    let heads = "CSF Outcome,Included in Profile?,Rationale,Current Internal Practices,Current Artifacts and Evidence,Target Maturity,Notes,\n";
    temp.put(
        "in.csv",
        format!("{heads}PR.DS-11,Yes,Why?,Daily.,\"test, 2026-11-19, Drill\",,Others.,\nGV.OC-01,,,,,Level 4,,x\nGV.OC-02,,,,,80%,,\n"),
    );
    let run = temp.run(&import("in.csv", &["--team", "shore"]));
    assert!(run.code == Some(1) && run.said().contains("line 4: `80%`: "), "{}", run.said());
    temp.put("in.csv", temp.read("in.csv").replace("80%", ""));
    let said = temp.run(&import("in.csv", &["--team", "shore"])).result();
    for told in [
        "PR.DS-11: target 4, another reason, without its approval and review (line 2)",
        "GV.OC-01: target 4, was none (line 3)",
        "line 2: `Why?`: Rationale: a reason counts where `Included` is No",
        "the column H: 1 cell was not read",
    ] {
        assert!(said.contains(told), "{told}: {said}");
    }
    let own = temp.read("content/2026-Q4/profile.toml");
    assert!(own.contains("\"PR.DS-11\" = { level = 4, why = \"Others.\", priority = \"high\" }"), "{own}");
}

#[test]
fn what_cannot_be_taken_is_refused_in_words() {
    let temp = small();
    let said = |text: &str, more: &[&str]| {
        temp.put("in.csv", text);
        let run = temp.run(&import("in.csv", more));
        (run.code, run.said())
    };
    let team = ["--team", "shore", "--scale", "0=0,10=5"];
    let cases = [
        ("CSF Outcome,Current Status\nPR.DS-11,6.5\n", "line 2: `6.5`: that is 3.25, which is no level", Some(1)),
        (
            "CSF Outcome,Current Status\nPR.DS-11,6\nPR.DS-11,6\n",
            "line 3: `PR.DS-11`: the outcome stands twice",
            Some(1),
        ),
        ("a,b\n1,2\n", "this is no Organizational Profile", Some(1)),
        ("CSF Outcome,Notes\nXX.YY-1,a\n", "no outcome of the catalog is called so", Some(0)),
        ("CSF Outcome,Current Status\nPR.AC-3,6\n", "is of an earlier edition", Some(0)),
        ("CSF Outcome,Included in Profile?\nPR.DS-11,No\n", "what leaves the count needs a reason", Some(0)),
        (
            "CSF Outcome,Current Artifacts and Evidence\nPR.DS-11,\"test, 2027-02-01, Later\"\n",
            "after the quarter",
            Some(0),
        ),
        ("CSF Outcome,Target Priority\nGV.OC-01,High\n", "a reason or priority alone is none", Some(0)),
    ];
    for (text, wanted, code) in cases {
        let (ended, told) = said(text, &team);
        assert!(ended == code && told.contains(wanted), "{text}\n{ended:?} {told}");
    }
    let (code, told) = said("CSF Outcome,Current Status,Notes\nPR.DS-11,3,Because.\n", &[]);
    assert!(code == Some(0) && told.contains("name the team with --team ID"), "{told}");
    assert!(temp.run(&import("in.csv", &["--quarter", "2026-Q3"])).code == Some(2));
    temp.run(&["seal", "2026-Q4"]);
    let (code, told) = said("CSF Outcome,Notes\nPR.DS-11,Other.\n", &[]);
    assert!(code == Some(1) && told.contains("closed by its seal"), "{told}");
}

#[test]
fn libreoffice_saves_a_profile_and_nothing_changes() {
    let temp = small();
    temp.run(&["export", "profile", "--out", "p.xlsx"]).result();
    if !saved_by_libreoffice(&temp, &["p.xlsx"]) {
        return;
    }
    let said = temp.run(&import("saved/p.xlsx", &["--team", "shore", "--strict"])).result();
    assert!(said.ends_with("Nothing to do: the workspace already says the same.\n"), "{said}");
}

#[test]
fn a_priority_is_shown_and_no_figure_depends_on_it() {
    let temp = small();
    let of = |args: &[&str]| temp.run(args).result();
    let (text, csv, json) = (of(&["gaps"]), of(&["gaps", "--format", "csv"]), of(&["gaps", "--format", "json"]));
    assert!(text.contains("Priority") && csv.lines().next().unwrap().contains(",policy,priority"), "{text}{csv}");
    assert!(csv.lines().any(|line| line.contains("PR.DS-11") && line.contains(",high")), "{csv}");
    assert!(json.contains("\"priority\": \"high\""), "{json}");
    let scores = of(&["score", "--format", "json"]);
    let profile = temp.read("content/profile.toml");
    temp.put("content/profile.toml", profile.replace(", priority = \"high\"", "").replace(", priority = \"low\"", ""));
    assert_eq!(of(&["score", "--format", "json"]), scores);
    assert!(!of(&["gaps"]).contains("Priority"));
}
