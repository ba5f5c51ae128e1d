//! Mappings in, what stands behind each foreign id out: in every format, both ways, and never a score.

use insta::assert_snapshot;
use serde_json::Value;

use crate::support::temp_workspace::TempWorkspace;

/// The small workspace, which refers to one catalog and brings a mapping to another.
fn small() -> TempWorkspace {
    let temp = TempWorkspace::with("site/small", "");
    temp.edit(
        "controls/harbour/framework.toml",
        "leaf = ",
        "source = \"Harbour office\"\nreferences = { code = \"Port code\" }\nleaf = ",
    );
    temp.edit(
        "controls/harbour/harbour.toml",
        "title = \"Lines are ready\"\n",
        "title = \"Lines are ready\"\nreferences = { code = [\"P-10\", \"P-2\", \"P-10\"] }\n",
    );
    temp.edit(
        "controls/harbour/quay.toml",
        "title = \"Lines are let go\"\n",
        "title = \"Lines are let go\"\nreferences = { code = \"P-2\" }\n",
    );
    temp.put(
        "mappings/ism.toml",
        r#"id = "ism"
title = "Safety code"
version = "2024"
authority = "Harbour master"
of = "harbour"
ids = ["7", "8", "10"]

[map."H.A-1"]
equal = ["10"]

[map."Q.L-1"]
subset = ["7"]
intersects = ["10"]
"#,
    );
    temp
}

fn crosswalk(temp: &TempWorkspace, args: &[&str]) -> String {
    temp.run(&[&["crosswalk"], args].concat()).result()
}

#[test]
fn a_crosswalk_is_told_in_four_formats() {
    let temp = small();
    for format in ["text", "markdown", "json", "csv"] {
        assert_snapshot!(format!("catalogs-{format}"), crosswalk(&temp, &["--format", format]));
        assert_snapshot!(format!("mapping-{format}"), crosswalk(&temp, &["ism", "--format", format]));
    }
    assert_snapshot!("references-text", crosswalk(&temp, &["code"]));
}

#[test]
fn the_digest_of_a_mapping_is_that_of_its_file() {
    use sha2::{Digest, Sha256};
    let temp = small();
    let json: Value = serde_json::from_str(&crosswalk(&temp, &["ism", "--format", "json"])).unwrap();
    let digest = Sha256::digest(temp.read("mappings/ism.toml"));
    let wanted: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(json[0]["maps"][0]["sha256"], wanted.as_str());
    assert_eq!(json[0]["maps"][0]["path"], "mappings/ism.toml");
}

#[test]
fn an_id_of_another_catalog_leads_to_its_outcomes() {
    let temp = small();
    let told = temp.run(&["explain", "p-2"]).result();
    assert_eq!(told, crosswalk(&temp, &["code", "--id", "P-2"]));
    assert!(told.contains("H.A-1") && told.contains("Q.L-1") && !told.contains("P-10"), "{told}");
    assert_eq!(
        temp.run(&["explain", "10", "--format", "json"]).result(),
        crosswalk(&temp, &["--id", "10", "--format", "json"])
    );
    // What nothing maps to is an id too.
    assert!(crosswalk(&temp, &["ism", "--id", "8"]).contains("Nothing here is mapped to"));
    assert!(temp.run(&["crosswalk", "ism", "--id", "1O"]).failure(2).contains("1O"));
    assert!(temp.run(&["crosswalk", "isn"]).failure(2).contains("did you mean `ism`?"));
}

#[test]
fn counts_and_levels_are_those_of_the_scores() {
    let temp = small();
    let walk: Value = serde_json::from_str(&crosswalk(&temp, &["ism", "--format", "json"])).unwrap();
    let scores: Value = serde_json::from_str(&temp.run(&["score", "--format", "json"]).result()).unwrap();
    let outcomes = walk[0]["outcomes"].as_array().unwrap();
    assert_eq!(outcomes.len(), 2);
    for outcome in outcomes {
        let controls = scores["controls"].as_array().unwrap();
        let scored = controls.iter().find(|scored| scored["id"] == outcome["control"]).unwrap();
        let number = |key: &str| scored[key].as_u64().unwrap();
        let asked = number("applicable") + number("not_applicable");
        assert_eq!(
            (outcome["asked"].as_u64(), outcome["answered"].as_u64()),
            (Some(asked), Some(asked - number("unanswered")))
        );
        assert_eq!(outcome["lowest"], scored["floor"]);
    }
}

#[test]
fn a_mapping_with_a_mistake_keeps_the_rest_and_the_report_is_made() {
    let temp = small();
    temp.edit("mappings/ism.toml", "[map.\"H.A-1\"]", "[map.\"H.A-11\"]");
    let run = temp.run(&["crosswalk", "ism", "--format", "json"]);
    assert!(run.stderr.contains("warning[bad-mapping]: no catalog holds `H.A-11`"), "{}", run.stderr);
    let json: Value = serde_json::from_str(&run.result()).unwrap();
    assert_eq!(json[0]["outcomes"].as_array().unwrap().len(), 1);
    assert_eq!(temp.run(&["build"]).code, Some(0));
}

#[test]
fn an_audience_does_not_see_where_a_mapping_is() {
    let temp = small();
    let board = crosswalk(&temp, &["ism", "--audience", "board"]);
    assert!(!board.contains("mappings/") && !board.contains("Bridge"), "{board}");
}
