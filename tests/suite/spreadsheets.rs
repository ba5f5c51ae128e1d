//! Sheets that were filled in and worked out elsewhere in, the same means to the last printed digit out.
//!
//! Each folder `fixtures/good/sheet-*` holds a sheet as `rows.csv`, the workspace with the same answers, and `expected.csv`:
//! what `sheets.py`, which knows nothing of Milepost, makes of the rows.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use milepost::check;
use milepost::load::workspace;
use milepost::model::assessment::Assessment;
use milepost::model::evidence::{Answer, Claim, State};
use serde_json::Value;

type Row = BTreeMap<String, String>;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/good").join(name)
}

fn load(name: &str) -> Assessment {
    let checked = check::check(&workspace::load(&folder(name)));
    assert!(checked.diagnostics.is_empty(), "{:#?}", checked.diagnostics);
    checked.assessment.unwrap()
}

fn rows(text: &str) -> Vec<Row> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().map(|row: Result<Row, _>| row.unwrap()).collect()
}

/// The rows of a file of the sheet.
fn file(name: &str, file: &str) -> Vec<Row> {
    rows(&fs::read_to_string(folder(name).join(file)).unwrap())
}

/// What the program prints of a quarter, for all teams or for the one of this name.
fn printed(name: &str, assessment: &Assessment, quarter: &str, team: &str, format: &str) -> String {
    let team = assessment.settings.teams.iter().find(|known| known.name == team);
    let folder = folder(name);
    let mut arguments = vec!["--root", folder.to_str().unwrap(), "score", "--quarter", quarter, "--format", format];
    arguments.extend(team.iter().flat_map(|team| ["--team", &team.id]));
    let output = Command::new(env!("CARGO_BIN_EXE_milepost")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The whole, Functions and Categories as CSV has them, by id.
fn of_csv(text: &str) -> BTreeMap<String, Row> {
    let above = rows(text).into_iter().filter(|row| row["rank"] != "control");
    above.map(|row| (if row["rank"] == "overall" { "overall".to_owned() } else { row["id"].clone() }, row)).collect()
}

/// A node of the JSON: the score as shown, low and high as whole millionths.
fn of_json(text: &str) -> BTreeMap<String, Value> {
    let json: Value = serde_json::from_str(text).unwrap();
    let lists = ["functions", "categories"].map(|key| json[key].as_array().unwrap().clone());
    let below = lists.into_iter().flatten().map(|node| (node["id"].as_str().unwrap().to_owned(), node));
    std::iter::once(("overall".to_owned(), json["overall"].clone())).chain(below).collect()
}

/// The lines of the table for people by the id that each starts with; the first is the whole.
fn of_text(text: &str) -> BTreeMap<String, String> {
    let lines = text.split("\n\n").nth(1).unwrap().lines().skip(1);
    let id = |(index, line): (usize, &str)| {
        let id = if index == 0 { "overall" } else { line.split_whitespace().next().unwrap() };
        (id.to_owned(), line.to_owned())
    };
    lines.enumerate().map(id).collect()
}

/// Compares what every format prints of a sheet with `expected.csv`.
fn agree(name: &str) {
    let assessment = load(name);
    let decimals = assessment.settings.scoring.decimals;
    let expected = file(name, "expected.csv");
    let sheets: BTreeSet<(&str, &str)> =
        expected.iter().map(|row| (row["quarter"].as_str(), row["team"].as_str())).collect();
    for (quarter, team) in sheets {
        let printed = |format| printed(name, &assessment, quarter, team, format);
        let (csv, json, text) = (of_csv(&printed("csv")), of_json(&printed("json")), of_text(&printed("text")));
        let wanted: Vec<&Row> =
            expected.iter().filter(|row| row["quarter"] == quarter && row["team"] == team).collect();
        assert_eq!([csv.len(), json.len(), text.len()], [wanted.len(); 3], "{name}");
        for wanted in wanted {
            let id = &wanted["id"];
            let place = format!("{id} of {name}, {quarter}, {team}");
            for key in ["score", "low", "high", "assessed", "applicable"] {
                assert_eq!(csv[id][key], wanted[key], "{key} of {place}");
            }
            let score = json[id]["score"].as_f64().map(|score| format!("{score:.*}", decimals as usize));
            assert_eq!(score.unwrap_or_default(), wanted["score"], "{place}");
            for key in ["assessed", "applicable"] {
                assert_eq!(json[id][key].to_string(), wanted[key], "{key} of {place}");
            }
            for (key, wanted) in [("mean", &wanted["score"]), ("low", &wanted["low"]), ("high", &wanted["high"])] {
                // Within half of the last printed digit.
                let Some(millionths) = json[id][key].as_i64() else {
                    assert_eq!(wanted, "", "{key} of {place}");
                    continue;
                };
                let printed: i64 = wanted.replace('.', "").parse().unwrap();
                let unit = 10_i64.pow(6 - decimals);
                assert!((-unit / 2..=unit / 2).contains(&(millionths - printed * unit)), "{key} of {place}");
            }
            let [score, low, high] = ["score", "low", "high"].map(|key| wanted[key].as_str());
            let score = if score.is_empty() { "-" } else { score };
            let cells: Vec<&str> = text[id].split_whitespace().collect();
            let range = cells.iter().position(|cell| *cell == "to").unwrap();
            let counted = [wanted["assessed"].as_str(), "of", &wanted["applicable"]];
            assert_eq!(cells[range - 1..=range + 1], [low, "to", high], "{place}: {}", text[id]);
            assert_eq!(cells[range - 4..=range - 2], counted, "{place}: {}", text[id]);
            assert_eq!(cells[range - 6], score, "{place}: {}", text[id]);
        }
    }
}

/// What a sheet's cell says of an answer.
fn said(answer: Option<&Answer>) -> String {
    match answer.map(|answer| &answer.state) {
        None => String::new(),
        Some(State::Unknown { .. }) => "?".to_owned(),
        Some(State::NotApplicable { .. }) => "n/a".to_owned(),
        Some(State::Assessed { claim: Claim::Level(level) }) => level.shown(),
        Some(State::Assessed { claim: Claim::Dimensions(levels) }) => {
            levels.iter().map(|level| level.shown()).collect::<Vec<_>>().join(" and ")
        }
        Some(State::Assessed { claim: Claim::Facts { .. } }) => panic!("no sheet measures"),
    }
}

/// Compares the answers of a workspace, and the weights of its rows, with its sheet.
fn same_answers(name: &str) {
    let assessment = load(name);
    let controls = &assessment.framework().controls;
    let sheet = file(name, "rows.csv");
    assert_eq!(sheet.len(), controls.len());
    for (control, row) in controls.ids().zip(&sheet) {
        assert_eq!(row["id"], controls[control].id);
        assert_eq!(row.get("weight").map_or(1, |weight| weight.parse().unwrap()), controls[control].rules.weight);
        for quarter in assessment.quarters.ids().map(|quarter| assessment.in_quarter(quarter)) {
            for (team, named) in assessment.settings.teams.entries() {
                let halves = ["policy", "practice"].map(|part| row.get(&format!("{} {part}", named.name)));
                let wanted = match halves {
                    [Some(policy), Some(practice)] if practice.is_empty() => policy.clone(),
                    [Some(policy), Some(practice)] => format!("{policy} and {practice}"),
                    _ => row[&quarter.name().to_string()].clone(),
                };
                assert_eq!(said(quarter.answer(control.of(team))), wanted, "{} of {name}", row["id"]);
            }
        }
    }
}

#[test]
fn a_sheet_scored_1_to_4_in_two_quarters_by_the_mean_of_its_rows() {
    same_answers("sheet-four");
    agree("sheet-four");
}

#[test]
fn a_sheet_scored_1_to_5_with_functions_of_its_own_and_ties_at_every_rank() {
    same_answers("sheet-five");
    agree("sheet-five");
}

#[test]
fn a_sheet_scored_0_to_10_in_halves_with_weights_and_dimensions_and_not_filled_in_to_the_end() {
    same_answers("sheet-ten");
    agree("sheet-ten");
}
