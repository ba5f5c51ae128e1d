//! Tests frameworks as they are published, with ids of any form, which two frameworks may share.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::sync::LazyLock;

use milepost::check;
use milepost::load::workspace;
use milepost::model::catalog::Node;
use milepost::model::ids::AnswerId;
use milepost::score::{Scored, ScoredQuarter, score};
use scraper::Html;

use crate::support::html_judge::{Files, build_scored, judge, words};
use crate::support::temp_workspace::TempWorkspace;

/// The workspace with ids of every form, and its site.
static PUBLISHED: LazyLock<(Scored, Files)> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/site/published");
    let workspace = workspace::load(&root);
    let scored = score(check::check(&workspace).assessment.unwrap());
    let files = build_scored(&workspace, &scored);
    (scored, files)
});

fn newest() -> ScoredQuarter<'static> {
    PUBLISHED.0.newest()
}

/// The node that a workspace calls by this name.
fn node(name: &str) -> Node {
    PUBLISHED.0.assessment.frameworks.iter().find_map(|framework| framework.find(name)).expect(name)
}

/// The answer of the team with this number for the control of this name.
fn answer(name: &str, team: usize) -> AnswerId {
    let Node::Control(control) = node(name) else { panic!("{name} is no control") };
    control.of(newest().settings().teams.ids().nth(team).unwrap())
}

fn page(path: &str) -> String {
    let files = &PUBLISHED.1;
    let page = files.get(path).unwrap_or_else(|| panic!("{path} is not among {:?}", files.keys().collect::<Vec<_>>()));
    words(Html::parse_document(std::str::from_utf8(page).unwrap()).root_element())
}

#[test]
fn a_site_of_ids_in_any_form_keeps_every_rule() {
    assert_eq!(judge(&PUBLISHED.1), "");
}

#[test]
fn every_page_has_an_address_that_is_safe_unique_and_readable() {
    let paths: BTreeSet<&str> = PUBLISHED.1.keys().map(String::as_str).collect();
    let lower: BTreeSet<String> = paths.iter().map(|path| path.to_lowercase()).collect();
    assert_eq!(lower.len(), paths.len(), "a file system that ignores case would lose a page");
    assert!(paths.iter().all(|path| path.is_ascii()), "{paths:?}");
    let folders = [
        "controls/AC-2(1)",
        "controls/ISM-1234",
        "controls/1.10",
        "controls/A.5.1",
        "controls/CON_1.A1.1-dd648629",
        "controls/__5_Abs._1-397def50",
        "controls/___.1-a40d6825",
        "controls/___-03932123",
        // An id that another framework has before it.
        "frameworks/csf-1.1/AC-2",
        "frameworks/csf-1.1/ac-1",
        "controls/ID.AM-1",
        "controls/GV.OC",
    ];
    for folder in folders {
        let path = format!("2026-Q4/{folder}/index.html");
        assert!(paths.contains(path.as_str()), "{path} is not among {paths:#?}");
    }
}

#[test]
fn a_sub_control_counts_by_itself_and_its_parent_covers_it() {
    let mean = |name: &str| newest().figures(node(name), None).shown_mean().map(|mean| mean.shown(3));
    // The parent's score is its own answer's. Without evidence, 1 is the highest that counts.
    assert_eq!(
        (mean("AC-2"), mean("AC-2(1)"), mean("AC-2(2)")),
        (Some("1.000".into()), Some("0.000".into()), Some("1.000".into()))
    );
    // AC-1 1, AC-2 1 weighing 5, its first 0 and its second 1 weighing 2: (1 + 5 + 0 + 2) ÷ 9. ISM-1234 is out of scope.
    assert_eq!(mean("AC"), Some("0.889".into()));
    let counts = &newest().figures(node("AC"), None).counts;
    assert_eq!((counts.assessed, counts.applicable(), counts.not_applicable), (4, 7, 1));
    let rules = |name: &str| newest().rules(answer(name, 0).control).max_age();
    assert_eq!((rules("AC-2"), rules("AC-2(1)"), rules("AC-2(2)")), (90, 90, 30));
    let target = |name: &str| newest().target(answer(name, 0).control).map(|target| target.level.shown());
    assert_eq!(
        (target("AC-2(1)"), target("AC-1"), target("csf-1.1:AC-2")),
        (Some("4".into()), Some("3".into()), Some("2".into()))
    );
    // The second team's scope names the parent.
    assert!(newest().is_asked(answer("AC-2(2)", 1)) && !newest().is_asked(answer("AC-1", 1)));
}

#[test]
fn a_table_inside_an_answer_is_the_answer_of_the_control_it_names() {
    let level = |name: &str| newest().levels(answer(name, 0)).map(|levels| levels.claimed.shown());
    assert_eq!((level("CON.1.A1.1"), level("CON.1.A1.1.1")), (Some("1".into()), Some("2".into())));
}

// A control may be directly under its Function. Then no page may show a Category for it.
#[test]
fn no_page_invents_a_category() {
    let page = page("2026-Q4/controls/AC-2/index.html");
    assert!(page.contains("Access Control") && !page.contains("Access Control ·"), "{page}");
    assert!(page.contains("Each is answered and scored by itself. The score of AC-2 does not include them."), "{page}");
    let page = self::page("2026-Q4/controls/AC-2(1)/index.html");
    assert!(page.contains("Access Control · sub-control of AC-2 Accounts"), "{page}");
    assert!(self::page("trends/index.html").contains("AC-2(1) Accounts by programs , below AC-2"));
    assert!(self::page("2026-Q4/teams/web/index.html").contains("AC-2(1) Accounts by programs sub-control of AC-2"));
    let page = self::page("2026-Q4/functions/AC/index.html");
    assert!(page.contains("score by control") && !page.contains("Categories"), "{page}");
    assert!(page.contains("AC-2(1) Accounts by programs , below AC-2"), "{page}");
}

#[test]
fn a_name_with_its_framework_reaches_what_a_bare_id_does_not() {
    let workspace = TempWorkspace::with("site/published", "");
    let first = workspace.run(&["explain", "AC-2"]);
    assert_eq!(first.stderr, "note: csf-1.1 has AC-2 as well; see `milepost explain csf-1.1:AC-2`\n");
    assert!(first.result().starts_with("AC-2 Accounts, 2026-Q4"), "the first framework that has it");
    let second = workspace.run(&["explain", "csf-1.1:AC-2"]);
    assert_eq!(second.stderr, "note: published has AC-2 as well; see `milepost explain published:AC-2`\n");
    assert!(second.result().contains("AC-2 Accounts once more"));
    // Another case finds it where nothing else is meant, and so does another form of an accent.
    assert!(workspace.run(&["explain", "упд.1"]).result().starts_with("УПД.1 "));
}

#[test]
fn a_function_is_named_by_its_id_its_framework_or_its_title() {
    let workspace = TempWorkspace::with("site/published", "");
    let selected = |args: &[&str]| {
        let printed = workspace.run(&[&["score", "--format", "json"], args].concat()).result();
        let scores: serde_json::Value = serde_json::from_str(&printed).unwrap();
        format!("{} {}", scores["framework"].as_str().unwrap(), scores["functions"][0]["id"].as_str().unwrap())
    };
    for (args, wanted) in [
        (&["--function", "AC"][..], "published AC"),
        (&["--function", "csf-1.1:AC"], "csf-1.1 AC"),
        (&["--function", "AC", "--framework", "csf-1.1"], "csf-1.1 AC"),
        (&["--function", "csf-1.1:ac", "--framework", "csf-1.1"], "csf-1.1 AC"),
        (&["--function", "access once more"], "csf-1.1 AC"),
        // An id that the main framework does not have means the first that has it.
        (&["--function", "ID"], "csf-1.1 ID"),
        (&["--function", "csf-2.0-categories:ID"], "csf-2.0-categories ID"),
    ] {
        assert_eq!(selected(args), wanted, "{args:?}");
    }
    let elsewhere = ["score", "--function", "csf-1.1:AC", "--framework", "published"];
    assert!(workspace.run(&elsewhere).failure(2).contains("no Function `csf-1.1:AC`"));
    let gaps = workspace.run(&["gaps", "--function", "csf-1.1:PR", "--all"]).result();
    assert!(gaps.contains("PR.AC-1 Accounts"), "{gaps}");
    // A sheet has the same name, whatever else is asked for with it.
    let sheets = workspace.run(&["worksheet", "web", "--function", "csf-2.0-categories:ID"]).result();
    assert_eq!(sheets, "content/2026-Q4/web/worksheet-csf-2.0-categories-ID.toml: 2 answers\n");
    let others = workspace.run(&["worksheet", "web", "--framework", "csf-1.1"]).result();
    let names = ["worksheet-ID.toml: 1 answer", "worksheet-PR.toml: 1 answer"];
    assert_eq!(others, names.map(|name| format!("content/2026-Q4/web/{name}\n")).concat());
    workspace.edit("content/2026-Q4/web/доступ.toml", "[\"csf-1.1:AC-2\"]\nlevel = 1\n", "");
    let sheets = workspace.run(&["worksheet", "web", "--function", "csf-1.1:AC"]).result();
    assert_eq!(sheets, "content/2026-Q4/web/worksheet-csf-1.1-AC.toml: 1 answer\n");
    let text = workspace.read("content/2026-Q4/web/worksheet-csf-1.1-AC.toml");
    assert!(text.contains("# [\"csf-1.1:AC-2\"]"), "the table names the framework: {text}");
}

#[test]
fn a_gap_of_a_sub_control_says_what_it_stands_below() {
    let workspace = TempWorkspace::with("site/published", "");
    let gaps = |format: &str| workspace.run(&["gaps", "--all", "--format", format]).result();
    let text = gaps("text");
    assert!(text.contains("AC-2(1) Accounts by programs, below AC-2 "), "{text}");
    let gaps_of = |id: &str| -> serde_json::Value {
        let gaps: serde_json::Value = serde_json::from_str(&gaps("json")).unwrap();
        gaps["gaps"].as_array().unwrap().iter().find(|gap| gap["id"] == id).unwrap().clone()
    };
    assert_eq!((&gaps_of("AC-2(1)")["parent"], gaps_of("AC-1").get("parent")), (&"AC-2".into(), None));
    for command in ["gaps", "score"] {
        let printed = workspace.run(&[command, "--format", "csv"]).result();
        let mut sheet = csv::Reader::from_reader(printed.as_bytes());
        let heads = sheet.headers().unwrap().clone();
        let column = |name: &str| heads.iter().position(|head| head == name).unwrap();
        let rows = sheet.records().map(|row| row.unwrap());
        let parents: Vec<(String, String)> =
            rows.map(|row| (row[column("id")].to_owned(), row[column("parent")].to_owned())).collect();
        let parent = |id: &str| parents.iter().find(|(own, _)| own == id).map(|(_, parent)| parent.as_str());
        assert_eq!((parent("AC-2(1)"), parent("AC-1")), (Some("AC-2"), Some("")), "{command}");
    }
}

#[test]
fn a_row_for_a_control_reaches_its_sub_controls_but_for_weight_and_key() {
    let workspace = TempWorkspace::with("site/published", "");
    let row = "\"AC-2\" = { weight = 7, key = true, max_age = \"10d\", teams = \"min\", why = \"Accounts first.\" }\n\
               \"AC-2(2)\" = { weight = 3 }\n";
    workspace.edit("milepost.toml", "[controls]\n", &format!("[controls]\n{row}"));
    let assessment = check::check(&workspace::load(&workspace.path(""))).assessment.unwrap();
    let newest = assessment.in_quarter(assessment.newest());
    let rules = |id: &str| {
        let control = newest.assessment.framework().controls.find(|control| control.id == id).unwrap();
        let rules = &newest.control(control).rules;
        let min = rules.teams == Some(milepost::model::catalog::TeamRule::Min);
        (rules.weight, rules.key, rules.max_age, min, rules.why.to_string())
    };
    let why = "Accounts first.".to_owned();
    assert_eq!(rules("AC-2"), (7, true, Some(10), true, why.clone()));
    assert_eq!(rules("AC-2(1)"), (1, false, Some(10), true, why.clone()));
    assert_eq!(rules("AC-2(2)"), (3, false, Some(10), true, why));
    // A row of weight and key alone says nothing of what stands below it.
    workspace.edit("milepost.toml", "max_age = \"10d\", teams = \"min\", ", "");
    let assessment = check::check(&workspace::load(&workspace.path(""))).assessment.unwrap();
    let newest = assessment.in_quarter(assessment.newest());
    let sub = newest.assessment.framework().controls.find(|control| control.id == "AC-2(1)").unwrap();
    assert_eq!(&*newest.control(sub).rules.why, "");
    // A row of a Function or a Category reaches everything below it, weight and key too.
    workspace.edit("milepost.toml", "[controls]\n", "[controls]\nAC = { weight = 9 }\n");
    let assessment = check::check(&workspace::load(&workspace.path(""))).assessment.unwrap();
    let newest = assessment.in_quarter(assessment.newest());
    assert_eq!(newest.control(sub).rules.weight, 9);
}

#[test]
fn an_id_of_an_earlier_edition_leads_to_its_successors() {
    let workspace = TempWorkspace::empty();
    workspace.run(&["init", "."]).result();
    for (old, told) in [
        ("PR.IP-4", "error: `PR.IP-4` is an id of an earlier edition; its content is now in `PR.DS-11`\n"),
        ("pr.ip-4", "error: `PR.IP-4` is an id of an earlier edition; its content is now in `PR.DS-11`\n"),
    ] {
        assert_eq!(workspace.run(&["explain", old]).failure(2), told);
    }
}

#[test]
fn equal_gaps_stand_in_the_order_of_the_catalog() {
    let workspace = TempWorkspace::empty();
    workspace.put("milepost.toml", CONFIG);
    workspace.put("controls/own/framework.toml", "id = \"own\"\ntitle = \"Own\"\nfunctions = [\"1\"]\n");
    workspace.put("content/profile.toml", "[targets]\ndefault = { level = 5 }\n");
    let (mut catalog, mut answers) = ("id = \"1\"\ntitle = \"One\"\n".to_owned(), String::new());
    for number in [9, 10, 11, 1, 2, 3] {
        write!(catalog, "[[control]]\nid = \"1.{number}\"\ntitle = \"Rule\"\noutcome = \"Held.\"\n").unwrap();
        write!(answers, "[\"1.{number}\"]\nlevel = 1\n").unwrap();
    }
    workspace.put("controls/own/one.toml", catalog);
    workspace.put("content/2026-Q4/a/x.toml", answers);
    let gaps = workspace.run(&["gaps", "--format", "csv"]).result();
    let ids: Vec<&str> =
        gaps.lines().skip(1).filter_map(|line| line.split(',').find(|cell| cell.starts_with("1."))).collect();
    assert_eq!(ids, ["1.9", "1.10", "1.11", "1.1", "1.2", "1.3"]);
}

const CONFIG: &str = "[report]\ntitle = \"T\"\nframeworks = [\"own\"]\n\n[[team]]\nid = \"a\"\nname = \"A\"\n";

#[test]
fn a_change_lists_the_controls_of_a_function_that_moved_most() {
    let workspace = TempWorkspace::empty();
    workspace.put("milepost.toml", CONFIG);
    workspace.put("controls/own/framework.toml", "id = \"own\"\ntitle = \"Own\"\nfunctions = [\"1\"]\n");
    let mut catalog = "id = \"1\"\ntitle = \"One\"\n".to_owned();
    let mut quarters = [String::new(), String::new()];
    let evidence = "evidence = [{ kind = \"test\", title = \"Try\", date = 2026-09-01 }]\n";
    for number in 1..=30 {
        write!(catalog, "[[control]]\nid = \"1.{number}\"\ntitle = \"Rule\"\noutcome = \"Held.\"\n").unwrap();
        let now = if number == 20 { 4 } else { 2 };
        for (answers, level) in quarters.iter_mut().zip([1, now]) {
            write!(answers, "[\"1.{number}\"]\nlevel = {level}\n{evidence}").unwrap();
        }
    }
    workspace.put("controls/own/one.toml", catalog);
    workspace.put("content/2026-Q3/a/x.toml", &quarters[0]);
    workspace.put("content/2026-Q4/a/x.toml", &quarters[1]);
    for format in ["text", "markdown"] {
        let diff = workspace.run(&["diff", "--format", format]).result();
        let rows: Vec<&str> =
            diff.lines().filter_map(|line| Some(line.split_once(" Rule ")?.0.trim_matches(['|', ' ']))).collect();
        let rows: Vec<&str> = rows.into_iter().take_while(|id| !id.starts_with('-')).take(8).collect();
        assert_eq!(rows, ["1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "1.20"], "{diff}");
        assert!(
            diff.contains("\n\n1: 22 more controls moved.") || diff.contains("\n\n- 1: 22 more controls moved."),
            "{diff}"
        );
    }
}

#[test]
fn two_frameworks_whose_ids_differ_by_case_alone_are_told() {
    let workspace = TempWorkspace::empty();
    workspace.put("milepost.toml", CONFIG.replace("[\"own\"]", "[\"own\", \"OWN\"]"));
    for id in ["own", "OWN"] {
        workspace.put(
            format!("controls/{id}/framework.toml"),
            format!("id = \"{id}\"\ntitle = \"T\"\nfunctions = [\"F\"]\n"),
        );
        workspace.put(format!("controls/{id}/f.toml"), "id = \"F\"\ntitle = \"F\"\n");
    }
    workspace.put("content/2026-Q4/quarter.toml", "");
    let said = workspace.run(&["check"]).said();
    assert!(said.contains("error[duplicate-id]: `OWN` and `own` differ only in upper and lower case"), "{said}");
}

#[test]
fn opening_a_quarter_carries_answers_that_stand_inside_answers() {
    let workspace = TempWorkspace::empty();
    workspace.put("milepost.toml", CONFIG);
    workspace.put("controls/own/framework.toml", "id = \"own\"\ntitle = \"Own\"\nfunctions = [\"A\"]\n");
    let control = |id: &str| format!("id = \"{id}\"\ntitle = \"T\"\noutcome = \"Held.\"\n");
    let catalog =
        ["A.1", "A.1.1", "A.1.2", "A.2", "A.2.1"].map(|id| "[[control]]\n".to_owned() + &control(id)).concat();
    workspace.put("controls/own/a.toml", format!("id = \"A\"\ntitle = \"A\"\n{catalog}"));
    let answers = "[A.1]\nlevel = 1\nevidence = [{ kind = \"record\", title = \"Old\", date = 2025-01-01 }]\n\n[A.1.1]\nlevel = 1\n\n[A.2.1]\nlevel = 1\n";
    workspace.put("content/2026-Q3/a/x.toml", format!("{answers}A.note = \"x\"\n").replace("A.note = \"x\"\n", ""));
    assert!(workspace.run(&["quarter", "2026-Q4"]).said().contains("3 answers"));
    let carried = "[A.1]\ncarried = true\nlevel = 1\nevidence = []\n\n[A.1.1]\ncarried = true\nlevel = 1\n\n[A.2.1]\ncarried = true\nlevel = 1\n";
    assert_eq!(workspace.read("content/2026-Q4/a/x.toml"), carried);
    assert_eq!(workspace.run(&["check"]).code, Some(0));
}

/// The families of NIST SP 800-53 r5 and the numbers of their controls; its enhancements are sub-controls here.
const FAMILIES: [(&str, usize); 20] = [
    ("AC", 25),
    ("AT", 6),
    ("AU", 16),
    ("CA", 9),
    ("CM", 14),
    ("CP", 13),
    ("IA", 13),
    ("IR", 10),
    ("MA", 7),
    ("MP", 8),
    ("PE", 23),
    ("PL", 11),
    ("PM", 32),
    ("PS", 9),
    ("PT", 8),
    ("RA", 10),
    ("SA", 23),
    ("SC", 51),
    ("SI", 23),
    ("SR", 12),
];
/// Controls and enhancements that can be assessed.
const ALL: usize = 1_189;

/// A workspace of the shape of SP 800-53, all of it answered: an answer's level is 1 for every third id. Ids and counts only.
fn sp_800_53() -> (TempWorkspace, Vec<Vec<String>>) {
    let workspace = TempWorkspace::empty();
    workspace.put("milepost.toml", CONFIG.replace("own", "sp800-53r5"));
    let families: Vec<String> = FAMILIES.iter().map(|(family, _)| format!("\"{family}\"")).collect();
    let head =
        format!("id = \"sp800-53r5\"\ntitle = \"Of the shape of SP 800-53\"\nfunctions = [{}]\n", families.join(", "));
    workspace.put("controls/sp800-53r5/framework.toml", head);
    let controls: usize = FAMILIES.iter().map(|(_, controls)| controls).sum();
    let (each, more) = ((ALL - controls) / controls, (ALL - controls) % controls);
    let (mut number, mut ids) = (0, Vec::new());
    for (family, count) in FAMILIES {
        let (mut catalog, mut answers) = (format!("id = \"{family}\"\ntitle = \"{family}\"\n"), String::new());
        let mut of_family = Vec::new();
        for control in 1..=count {
            let subs = each + usize::from(number < more);
            number += 1;
            let enhancements = (1..=subs).map(|sub| format!("{family}-{control}({sub})"));
            for (rank, id) in std::iter::once(format!("{family}-{control}")).chain(enhancements).enumerate() {
                let key = if rank == 0 { "control" } else { "control.sub" };
                write!(catalog, "[[{key}]]\nid = \"{id}\"\ntitle = \"T\"\noutcome = \"Held.\"\n").unwrap();
                let level = u8::from(of_family.len() % 3 == 0);
                write!(answers, "[\"{id}\"]\nlevel = {level}\n").unwrap();
                of_family.push(id);
            }
        }
        workspace.put(format!("controls/sp800-53r5/{family}.toml"), catalog);
        workspace.put(format!("content/2026-Q4/a/{family}.toml"), answers);
        ids.push(of_family);
    }
    (workspace, ids)
}

#[test]
fn sp_800_53_is_scored_and_shown_whole() {
    let (workspace, families) = sp_800_53();
    assert_eq!(families.iter().map(Vec::len).sum::<usize>(), ALL);
    assert!(workspace.run(&["check"]).said().contains("1,189 answers"));
    let printed = workspace.run(&["score", "--format", "json"]).result();
    let scores: serde_json::Value = serde_json::from_str(&printed).unwrap();
    let rows = |key: &str| scores[key].as_array().unwrap().clone();
    assert_eq!((rows("functions").len(), rows("categories").len(), rows("controls").len()), (20, 0, ALL));
    let listed: Vec<String> = rows("controls").iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(listed, families.concat());
    let parents: Vec<Option<&str>> =
        scores["controls"].as_array().unwrap().iter().map(|row| row["parent"].as_str()).collect();
    assert_eq!(parents[..5], [None, Some("AC-1"), Some("AC-1"), Some("AC-1"), None]);
    // A family's mean is that of all its controls and enhancements; the whole is the mean of the families.
    let mean = |family: &Vec<String>| f64::from(u32::try_from(family.len().div_ceil(3)).unwrap()) / family.len() as f64;
    for (row, family) in rows("functions").iter().zip(&families) {
        assert!((row["mean"].as_f64().unwrap() / 1e6 - mean(family)).abs() < 1e-6, "{row}");
    }
    let whole = families.iter().map(mean).sum::<f64>() / 20.0;
    assert!((scores["overall"]["mean"].as_f64().unwrap() / 1e6 - whole).abs() < 1e-6);
    workspace.run(&["build", "--out", "site"]).result();
    for id in families.concat() {
        assert!(workspace.path(format!("site/2026-Q4/controls/{id}/index.html")).exists(), "{id}");
    }
    let family = workspace.read("site/2026-Q4/functions/sc/index.html");
    assert!(family.contains("The whole Function") && family.contains("SC-51"), "too many parts for a chart");
    assert!(workspace.run(&["explain", "AC-2"]).result().contains("its 3 sub-controls count by themselves"));
}

#[test]
fn a_catalog_borrows_facts_of_its_own_control_where_another_framework_has_the_id_too() {
    let workspace = TempWorkspace::empty();
    workspace.put("milepost.toml", CONFIG.replace("[\"own\"]", "[\"own\", \"near\"]"));
    for (framework, fact) in [("own", "copies"), ("near", "drills")] {
        let head = format!("id = \"{framework}\"\ntitle = \"T\"\nfunctions = [\"F\"]\n");
        workspace.put(format!("controls/{framework}/framework.toml"), head);
        let control =
            |id: &str, more: &str| format!("[[control]]\nid = \"{id}\"\ntitle = \"T\"\noutcome = \"Held.\"\n{more}\n");
        let lender = control("F-1", &format!("facts = {{ {fact} = \"integer\" }}"));
        let criteria = format!("criteria = [{{ level = 1, require = {{ {fact} = \">= 1\" }} }}]");
        let taker = control(&format!("{framework}-2"), &format!("facts_from = \"F-1\"\n{criteria}"));
        workspace.put(format!("controls/{framework}/f.toml"), format!("id = \"F\"\ntitle = \"F\"\n{lender}{taker}"));
    }
    workspace.put("content/2026-Q4/a/x.toml", "[\"near:F-1\"]\nlevel = 1\nfacts = { drills = 1 }\n");
    let said = workspace.run(&["check"]).said();
    assert!(said.starts_with("no mistakes"), "{said}");
    assert!(workspace.run(&["explain", "near-2"]).result().contains("near-2 T, 2026-Q4: 1.0"));
}

#[test]
fn a_guide_named_after_a_team_keeps_no_name_in_the_address_that_the_board_gets() {
    let workspace = TempWorkspace::with("site/published", "");
    workspace.put("content/guides/Betrieb heute.md", "+++\ntitle = \"Heute\"\n+++\n\nText.\n");
    let guides = |audience: &str| {
        workspace.run(&["build", "--audience", audience, "--out", audience]).result();
        let folders = std::fs::read_dir(workspace.path(format!("{audience}/guides"))).unwrap();
        let mut names: Vec<String> = folders.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert!(guides("full").iter().any(|name| name.starts_with("Betrieb_heute-")));
    let board = guides("board");
    assert!(board.len() == guides("full").len() && !board.iter().any(|name| name.contains("Betrieb")), "{board:?}");
}
