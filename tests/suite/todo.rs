//! A small workspace in which everything is due in, what each team has to do out.

use std::collections::BTreeMap;

use insta::assert_snapshot;
use scraper::{ElementRef, Html, Selector};
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

/// The text of the first element that a query finds, blanks as one.
fn text(element: ElementRef<'_>, query: &str) -> Option<String> {
    let found = element.select(&Selector::parse(query).unwrap()).next()?;
    Some(found.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" "))
}

/// What the page of a team says of each task, in the words of the data: kind, control, plan, why, due, place and lines.
fn on_page(page: &str) -> Vec<[String; 6]> {
    let html = Html::parse_document(page);
    let tasks = Selector::parse("li.task").unwrap();
    let row = |task: ElementRef<'_>| {
        let lines = task.select(&Selector::parse("pre").unwrap()).next();
        [
            text(task, "p:first-of-type .id").unwrap(),
            text(task, ".kind + .id").unwrap_or_default(),
            text(task, ".why").unwrap(),
            text(task, ".date").unwrap(),
            text(task, "summary code").unwrap_or_default(),
            lines.map(|lines| lines.text().collect()).unwrap_or_default(),
        ]
    };
    html.select(&tasks).map(row).collect()
}

/// The same of `milepost todo --format json`. What the next task asks for too is told there.
fn in_data(tasks: &[Value]) -> Vec<[String; 6]> {
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let row = |(at, task): (usize, &Value)| {
        let write = &task["write"];
        let told = tasks.get(at + 1).is_none_or(|next| next["write"] != *write);
        let line = write["line"].as_u64().map(|line| format!(":{line}")).unwrap_or_default();
        let shown = |text: String| if told { text } else { String::new() };
        [
            word(&task["control"]),
            word(&task["plan"]),
            word(&task["why"]),
            format!("by {}", word(&task["due"])),
            shown(format!("{}{line}", word(&write["path"]))),
            shown(word(&write["lines"])),
        ]
    };
    tasks.iter().enumerate().map(row).collect()
}

#[test]
fn the_page_of_a_team_says_what_the_command_says() {
    let temp = small();
    temp.run(&["build", "--out", "site"]).result();
    for quarter in ["2026-Q2", "2026-Q3"] {
        let json: Value = serde_json::from_str(&todo(&temp, &["--format", "json", "--quarter", quarter])).unwrap();
        for team in json["teams"].as_array().unwrap() {
            let (id, tasks) = (team["team"].as_str().unwrap(), team["tasks"].as_array().unwrap());
            let page = temp.read(&format!("site/{quarter}/teams/{id}/index.html"));
            let (found, wanted) = (on_page(&page), in_data(tasks));
            assert_eq!(found, wanted, "{quarter} {id}");
            // Each kind is counted, and its count leads to its first task.
            for kind in tasks.iter().map(|task| task["kind"].as_str().unwrap()) {
                let html = Html::parse_document(&page);
                let count = text(html.root_element(), &format!(".todo-counts a[href='#todo-{kind}']")).unwrap();
                let of_kind = tasks.iter().filter(|task| task["kind"] == kind).count();
                assert!(count.starts_with(&format!("{of_kind} ")), "{count}");
                assert!(text(html.root_element(), &format!("#todo-{kind}")).is_some());
            }
        }
    }
}

#[test]
fn the_page_of_a_control_has_the_lines_of_each_answer_that_is_missing() {
    let temp = small();
    temp.run(&["build", "--out", "site"]).result();
    let json: Value = serde_json::from_str(&todo(&temp, &["--format", "json", "--team", "engine"])).unwrap();
    let tasks = json["teams"][0]["tasks"].as_array().unwrap();
    let missing: Vec<&Value> = tasks.iter().filter(|task| task["kind"] == "unanswered").collect();
    assert!(!missing.is_empty());
    for task in missing {
        let control = task["control"].as_str().unwrap();
        let page = temp.read(&format!("site/2026-Q3/controls/{control}/index.html"));
        let html = Html::parse_document(&page);
        let lines = html.select(&Selector::parse("[aria-labelledby=team-engine] .write pre").unwrap()).next().unwrap();
        assert_eq!(lines.text().collect::<String>(), task["write"]["lines"].as_str().unwrap());
    }
}
