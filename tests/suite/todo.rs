//! A small workspace in which everything is due in, what each team has to do out.

use std::collections::BTreeMap;

use insta::assert_snapshot;
use serde_json::Value;

use crate::support::temp_workspace::TempWorkspace;

/// The small workspace with actions, exceptions, a carried answer and evidence that ends.
fn small() -> TempWorkspace {
    let temp = TempWorkspace::with("site/small", "");
    temp.put(
        "content/actions.toml",
        r#"[[action]]
id = "A-1"
control = "H.A-2"
team = "bridge"
title = "Paint the ramp"
opened = 2026-06-01
due = 2026-08-31
raises_to = 3

[[action]]
id = "A-2"
control = "H.E-1"
team = "bridge"
title = "Ask the old mate"
due = 2026-12-01
raises_to = 2

[[action]]
id = "A-3"
control = "H.E-1"
team = "bridge"
title = "Later"
due = 2027-01-01
raises_to = 5

[[exception]]
id = "X-1"
control = "Q.L-1"
reason = "The master is new"
approved_by = "Harbour master"
expires = 2026-09-15

[[exception]]
id = "X-2"
control = "H.A-1"
team = "engine"
reason = "The engine room has no lines"
approved_by = "Harbour master"
expires = 2026-12-31
"#,
    );
    let rules = "content/2026-Q3/engine/rules.toml";
    temp.edit(rules, "[H.E-1]\nlevel = 4\n", "[H.E-1]\ncarried = true\nlevel = 3\n");
    temp.edit(
        rules,
        "[H.A-1]\nlevel = 3\n",
        "[H.A-1]\nlevel = 3\nevidence = [{ kind = \"test\", title = \"Drill @crew #1\", date = 2025-11-30 }]\n",
    );
    temp
}

fn todo(temp: &TempWorkspace, args: &[&str]) -> String {
    temp.run(&[&["todo"], args].concat()).result()
}

/// The kind and the control of each task, by team.
fn tasks(json: &str) -> BTreeMap<String, Vec<String>> {
    let json: Value = serde_json::from_str(json).unwrap();
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let list = |team: &Value| {
        let tasks = team["tasks"].as_array().unwrap().iter();
        let tasks = tasks.map(|task| format!("{} {}", word(&task["kind"]), word(&task["control"]))).collect();
        (word(&team["team"]), tasks)
    };
    json["teams"].as_array().unwrap().iter().map(list).collect()
}

#[test]
fn each_team_has_its_list_in_three_formats() {
    let temp = small();
    for format in ["text", "markdown", "json"] {
        assert_snapshot!(format!("todo-{format}"), todo(&temp, &["--format", format]));
    }
}

#[test]
fn one_team_alone_has_what_stands_in_the_list_of_all() {
    let temp = small();
    let all = tasks(&todo(&temp, &["--format", "json"]));
    for team in ["bridge", "engine"] {
        let one = tasks(&todo(&temp, &["--format", "json", "--team", team]));
        assert_eq!(one, BTreeMap::from([(team.to_owned(), all[team].clone())]));
    }
    assert!(temp.run(&["todo", "--team", "engin"]).failure(2).contains("did you mean `engine`?"));
}

#[test]
fn what_is_pasted_and_filled_in_is_a_valid_answer_and_leaves_the_list() {
    let temp = small();
    let json: Value = serde_json::from_str(&todo(&temp, &["--format", "json", "--team", "engine"])).unwrap();
    let tasks = json["teams"][0]["tasks"].as_array().unwrap();
    let missing: Vec<&Value> = tasks.iter().filter(|task| task["kind"] == "unanswered").collect();
    assert!(!missing.is_empty());
    for task in &missing {
        let (path, lines) = (task["write"]["path"].as_str().unwrap(), task["write"]["lines"].as_str().unwrap());
        let filled = lines.replace("level = \n", "level = 1\n").replace("title = \"\"", "title = \"Log\"");
        let filled = filled.replace("date = ,", "date = 2026-09-01,").replace(", url = \"\"", "");
        let before = temp.read(path);
        temp.put(path, before + "\n" + &filled);
    }
    let left = self::tasks(&todo(&temp, &["--format", "json", "--team", "engine"]));
    assert!(left["engine"].iter().all(|task| !task.starts_with("unanswered")), "{left:?}");
}

#[test]
fn an_attestation_takes_the_carried_answers_off_the_list() {
    let temp = small();
    let carried = |list: &BTreeMap<String, Vec<String>>| {
        list["engine"].iter().filter(|task| task.starts_with("carried")).cloned().collect::<Vec<_>>()
    };
    let before = tasks(&todo(&temp, &["--format", "json"]));
    assert_eq!(carried(&before), ["carried H.E-1"]);
    let rules = "content/2026-Q3/engine/rules.toml";
    let text = temp.read(rules);
    temp.put(rules, format!("attested = {{ by = \"Chief\", on = 2026-09-20 }}\n{text}"));
    assert_eq!(carried(&tasks(&todo(&temp, &["--format", "json"]))), [""; 0]);
}

#[test]
fn evidence_ends_by_the_rules_of_the_next_quarter() {
    let temp = small();
    let expiring = |temp: &TempWorkspace| {
        let lists = tasks(&todo(temp, &["--format", "json"]));
        lists.into_values().flatten().filter(|task| task.starts_with("expiring")).collect::<Vec<_>>()
    };
    assert_eq!(expiring(&temp), ["expiring H.A-1"]);
    let settings = temp.read("milepost.toml");
    let since =
        "[since.\"2026-Q4\"]\nwhy = \"Yearly proves little\"\napproved_by = \"Master\"\nevidence.max_age = \"92d\"\n";
    temp.put("milepost.toml", format!("{settings}\n{since}"));
    // The mate's notes of August are 122 days old then.
    assert_eq!(expiring(&temp), ["expiring H.A-1", "expiring H.A-1"]);
}

#[test]
fn a_quarter_that_is_closed_asks_for_nothing_to_be_written() {
    let temp = small();
    let json: Value = serde_json::from_str(&todo(&temp, &["--format", "json", "--quarter", "2026-Q2"])).unwrap();
    let tasks = json["teams"].as_array().unwrap().iter().flat_map(|team| team["tasks"].as_array().unwrap());
    let writes: Vec<&Value> = tasks.map(|task| &task["write"]).collect();
    assert!(!writes.is_empty() && writes.iter().all(|write| write.is_null()));
    assert!(todo(&temp, &["--quarter", "2026-Q2"]).contains("2026-Q2 is closed: this is how it stood on 2026-06-30."));
}

#[test]
fn an_audience_is_told_no_more_than_it_may_know() {
    let temp = small();
    let board = todo(&temp, &["--audience", "board"]);
    for hidden in ["Bridge", "ngine room", "content/", "went ashore", "Drill"] {
        assert!(!board.contains(hidden), "{hidden}: {board}");
    }
    assert!(board.contains("Team A") && board.contains("unanswered"));
}
