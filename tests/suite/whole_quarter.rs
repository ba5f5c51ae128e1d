//! Tests a whole quarter of an organisation whose teams answer in three ways, in text files, in Excel and in LibreOffice: all that is
//! made of it afterwards says what `milepost score` says, to the last digit shown.

use std::collections::BTreeMap;
use std::fs;

use milepost::check::check;
use milepost::exchange::sheets;
use milepost::load::workspace::load;
use milepost::report::site::site;
use milepost::report::theme::Theme;
use milepost::report::view::Report;
use milepost::score::score;
use scraper::{Html, Selector};
use serde_json::Value;

use crate::support::filled_workbook::{Filling, Put, edited};
use crate::support::office::{Typed, typed_in_libreoffice};
use crate::support::temp_workspace::{TempWorkspace, tree};

const CONFIG: &str = r#"[report]
title = "Northgate Ferries"
frameworks = ["csf-2.0", "data-recovery"]

[scale]
step = 0.5

[scoring]
decimals = 2
minimum_coverage = 1

[[team]]
id = "office"
name = "Office"

[[team]]
id = "shore"
name = "Shore IT"
weight = 2

[[team]]
id = "fleet"
name = "Fleet"
"#;

const PROFILE: &str = r#"[targets]
"PR" = { level = 3 }
"PR.DS-11" = { level = 4, why = "Orders live there.", approved_by = "CISO", priority = "high" }
"GV" = { level = 2 }

[out_of_scope]
"RS.CO-02" = { why = "Another company answers for it." }
"#;

const ACTIONS: &str = r#"[[action]]
id = "A-01"
control = "PR.DS-11"
team = "shore"
title = "A second copy of every nightly job"
owner = "Head of Shore IT"
opened = 2026-10-20
due = 2027-04-30
raises_to = 4

[[exception]]
id = "E-01"
control = "PR.AA-05"
team = "fleet"
reason = "The crew shares a log-in until the new ship sails."
approved_by = "CISO"
since = 2026-10-01
expires = 2027-02-28
"#;

/// The quarter before, as the teams left it.
const BEFORE: [(&str, &str); 3] = [
    (
        "office",
        "attested = { by = \"Head of Office\", on = 2026-09-25 }\n\n[GV.OC-01]\nlevel = 2\n\
         evidence = [{ kind = \"document\", title = \"Mission\", date = 2026-05-04 }]\n\n[PR.AA-05]\nlevel = 1\n",
    ),
    (
        "shore",
        "# Ours.\n[PR.DS-11]   # backups first\nlevel = 2\nnote = \"Nightly.\"\n\
         evidence = [{ kind = \"record\", title = \"Backup log\", date = 2026-09-01 }]   # from the vault\n\n\
         [PR.DS-01]\nlevel = 2\nevidence = [{ kind = \"document\", title = \"Standard\", date = 2026-08-20 }]\n\n\
         [PR.AA-06]\nunknown = \"The lease is being read.\"\n",
    ),
    ("fleet", "[PR.AA-05]\nlevel = 1\n\n[PR.DS-11]\nlevel = 0.5\n"),
];

/// What the team with text files writes over its carried answers.
const IN_TEXT: &str = "attested = { by = \"Head of Office\", on = 2026-12-18 }\n\n[GV.OC-01]\nlevel = 2.5\n\
    note = \"The mission was read by all.\"\nevidence = [{ kind = \"record\", title = \"Minutes\", date = 2026-11-04 }]\n\n\
    [PR.AA-05]\nlevel = 2\nevidence = [{ kind = \"record\", title = \"Review of access\", date = 2026-11-30 }]\n\n\
    [PR.AA-06]\nnot_applicable = \"No room of ours.\"\napproved_by = \"CISO\"\n";

/// What the team with Excel fills in.
const IN_EXCEL: &[Filling<'_>] = &[
    ("PR Protect", "PR.DS-11", "Level", Put::Number("3.5")),
    ("PR Protect", "PR.DS-11", "Note", Put::Text("Nightly,\nand restored in <3 h> & more.")),
    ("PR Protect", "PR.DS-01", "Still true?", Put::Text("yes")),
    ("PR Protect", "PR.DS-01", "Attested by", Put::Text("Head of Shore IT")),
    ("PR Protect", "PR.DS-01", "On", Put::Number("46372")),
    ("PR Protect", "PR.AA-06", "State", Put::Text("level")),
    ("PR Protect", "PR.AA-06", "Reason", Put::Nothing),
    ("PR Protect", "PR.AA-06", "Level", Put::Number("1")),
    ("GV Govern", "GV.OC-01", "State", Put::Text("unknown")),
    ("GV Govern", "GV.OC-01", "Reason", Put::Text("=nobody was asked")),
    ("Evidence", "PR.DS-11#1", "Date", Put::Number("46344")),
    ("Evidence", "@A4", "", Put::Text("PR.DS-11")),
    ("Evidence", "@B4", "", Put::Text("test")),
    ("Evidence", "@C4", "", Put::Text("Restore drill")),
    ("Evidence", "@D4", "", Put::Number("46350")),
    ("Evidence", "@F4", "", Put::Text("https://wiki.example.org/drill")),
];

/// What the team with LibreOffice types.
const IN_LIBREOFFICE: &[Typed<'_>] = &[
    ("PR Protect", "PR.AA-05", "Level", "1.5"),
    ("PR Protect", "PR.AA-05", "Note", "Each officer has a log-in."),
    ("PR Protect", "PR.DS-11", "State", "not applicable"),
    ("PR Protect", "PR.DS-11", "Level", ""),
    ("PR Protect", "PR.DS-11", "Reason", "The shore keeps all copies."),
    ("PR Protect", "PR.DS-11", "Approved by", "CISO"),
    ("PR Protect", "PR.DS-10", "State", "level"),
    ("PR Protect", "PR.DS-10", "Level", "2"),
    ("Evidence", "@A2", "", "PR.AA-05"),
    ("Evidence", "@B2", "", "record"),
    ("Evidence", "@C2", "", "List of log-ins"),
    ("Evidence", "@D2", "", "2026-12-02"),
];

/// The same in its workbook of the measured controls, where a spreadsheet makes dates and truth values of what is typed.
const FACTS: &[Typed<'_>] = &[
    ("Facts", "DRC.RU-01 copies", "Value", "3"),
    ("Facts", "DRC.RU-01 media", "Value", "2"),
    ("Facts", "DRC.RU-01 offsite", "Value", "TRUE"),
    ("Facts", "DRC.RU-01 immutable", "Value", "no"),
    ("Facts", "DRC.RU-01 last_restore", "Value", "2026-11-18"),
    ("Facts", "DRC.RU-01 restore_errors", "Value", "0"),
    ("Facts", "DRC.RU-01 in_time", "Value", "yes"),
    ("Facts", "DRC.RU-01 restored_share", "Value", "20.5"),
];

/// The quarter when every team has answered; nothing without LibreOffice.
fn answered() -> Option<TempWorkspace> {
    let temp = TempWorkspace::empty();
    for (path, text) in
        [("milepost.toml", CONFIG), ("content/profile.toml", PROFILE), ("content/actions.toml", ACTIONS)]
    {
        temp.put(path, text);
    }
    BEFORE.iter().for_each(|(team, text)| temp.put(format!("content/2026-Q3/{team}/answers.toml"), text));
    temp.run(&["quarter", "2026-Q4"]).result();
    temp.put("content/2026-Q4/office/answers.toml", IN_TEXT);
    let export = |team: &str, framework: &str, out: &str| {
        temp.run(&["export", "workbook", "--team", team, "--framework", framework, "--out", out]).result();
    };
    export("shore", "csf-2.0", "shore.xlsx");
    export("fleet", "csf-2.0", "fleet.xlsx");
    export("fleet", "data-recovery", "facts.xlsx");
    temp.put("shore.xlsx", edited(&fs::read(temp.path("shore.xlsx")).unwrap(), IN_EXCEL));
    if !typed_in_libreoffice(&temp, &[("fleet.xlsx", IN_LIBREOFFICE), ("facts.xlsx", FACTS)]) {
        return None;
    }
    for book in ["shore.xlsx", "fleet.xlsx", "facts.xlsx"] {
        temp.run(&["import", "workbook", book, "--strict"]).result();
        let again = temp.run(&["import", "workbook", book, "--strict"]).result();
        assert!(again.contains("Nothing to do"), "{book}: {again}");
    }
    Some(temp)
}

/// A figure in millionths as it is shown.
fn shown(millionths: &Value) -> Option<String> {
    let hundredths = (millionths.as_i64()? + 5_000) / 10_000;
    Some(format!("{}.{:02}", hundredths / 100, hundredths % 100))
}

/// The nodes of `milepost score --format json`, by id; the whole is called as its framework.
fn scores(temp: &TempWorkspace) -> BTreeMap<String, Value> {
    let mut scores: Value = serde_json::from_str(&temp.run(&["score", "--format", "json"]).result()).unwrap();
    let mut nodes = vec![scores["overall"].take()];
    for list in ["functions", "categories", "controls"] {
        nodes.append(scores[list].as_array_mut().unwrap());
    }
    nodes.into_iter().map(|node| (node["id"].as_str().unwrap().to_owned(), node)).collect()
}

fn texts(page: &Html, query: &str) -> Vec<String> {
    let text = |element: scraper::ElementRef<'_>| element.text().collect::<String>().trim().to_owned();
    page.select(&Selector::parse(query).unwrap()).map(text).collect()
}

/// The headline of each page that has one: the score, by the page's path.
fn headlines(temp: &TempWorkspace) -> BTreeMap<String, String> {
    let workspace = load(&temp.path(""));
    let scored = score(check(&workspace).assessment.unwrap());
    let theme = Theme::new(&workspace, &scored.assessment.settings.theme, &scored.assessment.strings).unwrap();
    let site = site(Report::new(&scored, None, None), &theme);
    let is_read = |path: &str| {
        let asked = ["GV.OC-01", "PR.DS-11", "PR.DS-01", "PR.DS-10", "PR.AA-05", "PR.AA-06", "RS.CO-02"];
        path == "2026-Q4/index.html"
            || path.starts_with("2026-Q4/functions/") && path.matches('/').count() == 3
            || asked.iter().any(|id| path == format!("2026-Q4/controls/{id}/index.html"))
    };
    let pages = site.files().iter().filter(|file| is_read(&file.path)).map(|file| {
        let html = Html::parse_document(std::str::from_utf8(&site.render(file).unwrap()).unwrap());
        (file.path.clone(), texts(&html, ".headline .score strong").concat())
    });
    pages.collect()
}

fn json(temp: &TempWorkspace, args: &[&str]) -> Value {
    serde_json::from_str(&temp.run(args).result()).unwrap()
}

/// The figures of the OSCAL results: of each control, and of the whole by the framework's name.
fn findings(results: &Value) -> BTreeMap<String, BTreeMap<String, String>> {
    let result = &results["assessment-results"]["results"][0];
    let props = |value: &Value| -> BTreeMap<String, String> {
        let own = value["props"].as_array().unwrap().iter().filter(|prop| prop["group"].is_null());
        own.map(|prop| (prop["name"].as_str().unwrap().to_owned(), prop["value"].as_str().unwrap().to_owned()))
            .collect()
    };
    let of_finding = |finding: &Value| (finding["target"]["target-id"].as_str().unwrap().to_owned(), props(finding));
    let mut all: BTreeMap<_, _> = result["findings"].as_array().unwrap().iter().map(of_finding).collect();
    all.insert("csf-2.0".to_owned(), props(result));
    all
}

/// Compares the headline of each page with the scores.
fn pages_agree(temp: &TempWorkspace, scores: &BTreeMap<String, Value>) {
    let headlines = headlines(temp);
    assert_eq!(headlines.len(), 1 + 6 + 7, "{:?}", headlines.keys());
    for (path, headline) in headlines {
        // A Function's page is called by its title.
        let called = path.split('/').nth(2).unwrap_or_default();
        let is_it = |node: &&Value| node["title"].as_str().is_some_and(|title| title.to_lowercase() == called);
        let mut functions = scores.values().filter(|node| node["id"].as_str().is_some_and(|id| id.len() == 2));
        let function = functions.find(is_it).and_then(|node| node["id"].as_str());
        let id = if path.contains("/controls/") { called } else { function.unwrap_or("csf-2.0") };
        let wanted = shown(&scores[id]["mean"]).filter(|_| !scores[id]["withheld"].as_bool().unwrap());
        assert_eq!(headline, wanted.unwrap_or_else(|| "no score".to_owned()), "{path}");
    }
}

/// Compares NIST's Organizational Profile with the scores.
fn profile_agrees(temp: &TempWorkspace, scores: &BTreeMap<String, Value>) {
    temp.run(&["export", "profile", "--out", "profile.xlsx"]).result();
    let profile = sheets::read(&fs::read(temp.path("profile.xlsx")).unwrap()).unwrap();
    let rows = &profile.grids[0].rows[1..];
    assert_eq!(rows.len(), 134);
    for row in rows {
        let [id, status] = [1, 6].map(|column| row.cell(column).value.text());
        let node = &scores[&id];
        let counts = format!("{} of {}", node["assessed"], node["applicable"]);
        let answers = if node["applicable"] == 1 { "answer" } else { "answers" };
        let wanted = match (shown(&node["mean"]), shown(&node["claimed"])) {
            _ if node["applicable"] == 0 => String::new(),
            (Some(mean), Some(claimed)) if node["withheld"] == false => {
                format!("{mean} of 5 ({counts} {answers}; claimed {claimed})")
            }
            _ => format!("not shown: {counts} assessed"),
        };
        assert_eq!(status, wanted, "{id}");
    }
}

/// Compares the OSCAL files with the scores and the plan.
fn oscal_agrees(temp: &TempWorkspace, scores: &BTreeMap<String, Value>) {
    let results = json(temp, &["export", "oscal-results"]);
    let findings = findings(&results);
    assert_eq!(findings.len(), 1 + 6, "{:?}", findings.keys());
    for (id, props) in findings {
        for name in ["mean", "claimed", "supported", "target", "gap", "assessed", "applicable", "low", "high"] {
            let wanted = Some(&scores[&id][name]).filter(|figure| !figure.is_null()).map(Value::to_string);
            assert_eq!(props.get(name), wanted.as_ref(), "{name} of {id}");
        }
    }
    let plan = json(temp, &["export", "oscal-poam"]);
    let risks = plan["plan-of-action-and-milestones"]["risks"].as_array().unwrap();
    let of_risk = |risk: &Value| (risk["status"].clone(), risk["deadline"].clone());
    assert_eq!(
        risks.iter().map(of_risk).collect::<Vec<_>>(),
        [("open", "2027-04-30"), ("deviation-approved", "2027-02-28")]
            .map(|(status, day)| (status.into(), format!("{day}T00:00:00Z").into()))
    );
}

#[test]
fn three_teams_answer_in_three_ways_and_every_output_says_the_same() {
    let Some(temp) = answered() else { return };
    insta::assert_snapshot!("shore", temp.read("content/2026-Q4/shore/answers.toml"));
    insta::assert_snapshot!("fleet", temp.read("content/2026-Q4/fleet/answers.toml"));
    let fleet = tree(&temp.path("content/2026-Q4/fleet")).into_values().flatten().collect();
    let facts = String::from_utf8(fleet).unwrap();
    for line in ["offsite = true", "immutable = false", "last_restore = 2026-11-18", "restored_share = 20.5"] {
        assert!(facts.contains(line), "{line}: {facts}");
    }
    assert!(temp.run(&["check"]).said().contains("no mistakes"));
    let scores = scores(&temp);
    // The team with Excel counts twice, and the one with LibreOffice has no such control.
    assert_eq!(shown(&scores["PR.DS-11"]["mean"]).as_deref(), Some("3.50"));
    assert_eq!(shown(&scores["PR.AA-05"]["claimed"]).as_deref(), Some("1.75"));

    pages_agree(&temp, &scores);
    profile_agrees(&temp, &scores);
    oscal_agrees(&temp, &scores);
    // The long table has the same figures, whole.
    let table = temp.run(&["export", "table", "--quarter", "2026-Q4"]).result();
    let rows = csv::Reader::from_reader(table.as_bytes()).into_deserialize::<BTreeMap<String, String>>();
    let rows: Vec<_> =
        rows.map(Result::unwrap).filter(|row| row["framework"] == "csf-2.0" && row["team"].is_empty()).collect();
    assert_eq!(rows.len(), 106);
    for row in rows {
        let mean = &scores[&row["control"]]["mean"];
        assert_eq!(row["mean"], if mean.is_null() { String::new() } else { mean.to_string() }, "{}", row["control"]);
    }
}
