//! Tests the long table: its rows hold the figures of every other format, and their sums are the engine's means to the last digit.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use milepost::check::check;
use milepost::export::long::{COLUMNS, LongTable, csv, json_lines};
use milepost::export::{Selection, json};
use milepost::load::workspace::{load, sha256};
use milepost::model::catalog::{Framework, OverallRule};
use milepost::model::ids::{ControlId, FrameworkId, TeamId};
use milepost::model::settings::Audience;
use milepost::redact::redact;
use milepost::score::{Figures, Scored, ScoredQuarter, score};
use serde_json::Value;

use crate::support::built_sites::EXAMPLE;
use crate::support::independent_arithmetic::{Exact, weighted};
use crate::support::temp_workspace::TempWorkspace;

type Row = BTreeMap<String, String>;

fn rows(text: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    assert!(reader.headers().unwrap().iter().eq(COLUMNS));
    reader.deserialize().map(|row: Result<Row, _>| row.unwrap()).collect()
}

fn all(scored: &Scored) -> Vec<Row> {
    rows(&csv(LongTable { scored, quarter: None, with_teams: true }))
}

/// A row by quarter, framework, team and control.
type Key = (String, String, String, String);

fn by_key(rows: Vec<Row>) -> BTreeMap<Key, Row> {
    let count = rows.len();
    let key = |row: &Row| ["quarter", "framework", "team", "control"].map(|column| row[column].clone()).into();
    let by_key: BTreeMap<Key, Row> = rows.into_iter().map(|row| (key(&row), row)).collect();
    assert_eq!(by_key.len(), count, "a row is there twice");
    by_key
}

/// A figure of a row in millionths.
fn figure(row: &Row, column: &str) -> Option<Exact> {
    (!row[column].is_empty()).then(|| Exact::from(row[column].parse::<i128>().unwrap()))
}

fn number(row: &Row, column: &str) -> u32 {
    row[column].parse().unwrap()
}

/// The mean of a figure over the rows in which answers are assessed, or applicable.
fn summed(rows: &[&Row], column: &str) -> Option<Exact> {
    let base = if ["low", "high"].contains(&column) { "applicable" } else { "assessed" };
    let counted = rows.iter().filter(|row| number(row, base) > 0);
    weighted(counted.map(|row| (number(row, "weight"), figure(row, column))))
}

/// An exact mean of the engine, in millionths.
fn exact(mean: Option<&milepost::base::number::Mean>) -> Option<Exact> {
    let mean = mean?.exact();
    let part = |number: &num_rational::BigRational| {
        let text = |part: String| part.parse::<i128>().unwrap();
        Exact::new(text(number.numer().to_string()), text(number.denom().to_string()))
    };
    Some(part(&mean))
}

/// Holds the rows of one framework, for one team or all, to the figures that the engine has for what is above them.
fn sums_agree(
    quarter: ScoredQuarter<'_>,
    framework: FrameworkId,
    team: Option<TeamId>,
    rows: &BTreeMap<ControlId, &Row>,
) {
    let (catalog, tree) = (quarter.framework(framework), quarter.tree(framework, team));
    let agree = |name: &str, figures: &Figures, rows: Vec<&Row>| {
        let columns = [("mean", &figures.mean), ("low", &figures.low), ("high", &figures.high)];
        for (column, mean) in columns {
            assert_eq!(summed(&rows, column), exact(mean.as_ref()), "{name} {column}");
        }
        let counts = &figures.counts;
        let counted = [
            ("assessed", counts.assessed),
            ("applicable", counts.applicable()),
            ("unknown", counts.unknown),
            ("unanswered", counts.unanswered),
            ("not_applicable", counts.not_applicable),
            ("given", counts.given),
            ("carried", counts.carried),
            ("targeted", counts.targeted),
            ("at_target", counts.at_target),
        ];
        for (column, count) in counted {
            assert_eq!(rows.iter().map(|row| number(row, column)).sum::<u32>(), count, "{name} {column}");
        }
    };
    for (function, named) in catalog.functions.entries() {
        let here = named.controls.iter().filter_map(|control| rows.get(&control).copied());
        let here: Vec<&Row> = here.inspect(|row| assert_eq!(row["function"], named.id)).collect();
        agree(&named.id, &tree.functions[function], here);
    }
    for (category, named) in catalog.categories.entries() {
        let here: Vec<&Row> = rows.values().copied().filter(|row| row["category"] == named.id).collect();
        agree(&named.id, &tree.categories[category], here);
    }
    let overall = match quarter.settings().scoring.overall {
        OverallRule::Controls => summed(&rows.values().copied().collect::<Vec<_>>(), "mean"),
        OverallRule::Functions => {
            let means = catalog.functions.entries().map(|(_, function)| {
                let here = function.controls.iter().filter_map(|control| rows.get(&control).copied());
                (1, summed(&here.collect::<Vec<_>>(), "mean"))
            });
            weighted(means)
        }
    };
    assert_eq!(overall, exact(tree.overall.mean.as_ref()), "the whole");
}

/// Holds one row to what `milepost score --format json` says of the control.
fn row_agrees(row: &Row, said: &Value) {
    let plain = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    for column in ["claimed", "supported", "low", "high", "floor", "target", "assessed", "applicable", "unknown"] {
        assert_eq!(row[column], plain(&said[column]), "{column} of {row:?}");
    }
    for column in ["unanswered", "not_applicable", "given", "carried", "targeted", "at_target", "withheld"] {
        assert_eq!(row[column], plain(&said[column]), "{column} of {row:?}");
    }
    assert_eq!(row["parent"], said.get("parent").map(plain).unwrap_or_default());
    // The one figure that is there although it is withheld.
    if row["withheld"] == "false" {
        assert_eq!(row["mean"], plain(&said["mean"]));
    } else {
        assert_eq!(said["mean"], Value::Null);
    }
}

/// Holds every row to the other formats and to the engine; how many rows have a mean that is withheld.
fn agrees(scored: &Scored) -> usize {
    let by_key = by_key(all(scored));
    let mut seen = 0;
    for quarter in scored.quarters() {
        for framework in scored.assessment.frameworks.ids() {
            let teams = scored.assessment.settings.teams.ids().map(Some);
            for team in [None].into_iter().chain(teams) {
                let catalog: &Framework = quarter.framework(framework);
                let selection = Selection { quarter, framework, team, function: None };
                let said: Value = serde_json::from_str(&json::scores(&selection)).unwrap();
                let team_id = team.map(|team| quarter.team(team).id.clone()).unwrap_or_default();
                let key = |id: &str| (quarter.name().to_string(), catalog.id.clone(), team_id.clone(), id.to_owned());
                let row = |control| by_key.get(&key(&catalog.controls[control].id));
                let here: BTreeMap<ControlId, &Row> =
                    catalog.controls.ids().filter_map(|control| Some((control, row(control)?))).collect();
                for (control, node) in catalog.controls.ids().zip(said["controls"].as_array().unwrap()) {
                    let Some(row) = here.get(&control) else {
                        // Whoever is not asked has no row, and nothing is counted there.
                        let counted = node["applicable"].as_u64().unwrap() + node["not_applicable"].as_u64().unwrap();
                        assert!(counted == 0 || (team.is_none() && catalog.team_level), "{} is left out", node["id"]);
                        continue;
                    };
                    seen += 1;
                    row_agrees(row, node);
                    assert_eq!(number(row, "weight"), catalog.controls[control].rules.weight);
                    assert_eq!(row["policy"], quarter.policy_digest());
                    assert_eq!(row["sealed"], quarter.answers().seal.is_some().to_string());
                    assert_eq!(row["framework_version"], catalog.version);
                }
                if team.is_some() || !catalog.team_level {
                    sums_agree(quarter, framework, team, &here);
                } else {
                    assert!(here.is_empty(), "{} joins no teams", catalog.id);
                }
            }
        }
    }
    assert_eq!(seen, by_key.len(), "every row is held to a figure");
    by_key.values().filter(|row| row["withheld"] == "true" && !row["mean"].is_empty()).count()
}

/// The rules of the workspace that [`yard`] makes.
const RULES: &str = r#"[report]
title = "The Grey Heron"
frameworks = ["yard", "sea", "own"]
[scoring]
minimum_coverage = 60
[controls]
"MD.EN-1" = { weight = 3, why = "It moves the ship." }
"MD.EN-2" = { teams = "min", why = "The weakest counts." }
"SE.1" = { owner = "deck", why = "Deck decides." }
[[team]]
id = "deck"
name = "Deck"
weight = 2
[[team]]
id = "engine"
name = "Engine Room"
scope = ["MD.EN", "own"]
"#;

/// Two frameworks and one that joins no teams; weights, exclusions, sub-controls, a direct control, one that ends, and little
/// that is assessed.
fn yard() -> TempWorkspace {
    let temp = TempWorkspace::empty();
    temp.put("milepost.toml", RULES);
    let control = |id: &str, table: &str, rest: &str| {
        format!("[[{table}]]\nid = \"{id}\"\ntitle = \"{id}\"\noutcome = \"It is done.\"\n{rest}\n")
    };
    let framework = |id: &str, function: &str, rest: &str| {
        format!("id = \"{id}\"\ntitle = \"{id}\"\nversion = \"v {id}\"\nfunctions = [\"{function}\"]\n{rest}")
    };
    let head = |id: &str| format!("id = \"{id}\"\ntitle = \"{id}\"\npurpose = \"To sail.\"\n");
    temp.put("controls/yard/framework.toml", framework("yard", "MD", ""));
    temp.put("controls/sea/framework.toml", framework("sea", "SE", ""));
    temp.put("controls/own/framework.toml", framework("own", "OW", "team_level = true\n"));
    let yard = head("MD")
        + "[[category]]\nid = \"MD.EN\"\ntitle = \"Engines\"\n"
        + &control("MD.EN-1", "category.control", "")
        + &control("MD.EN-1.1", "category.control.sub", "")
        + &control("MD.EN-2", "category.control", "")
        + &control("MD.EN-3", "category.control", "until = \"2026-Q2\"")
        + "[[category]]\nid = \"MD.SA\"\ntitle = \"Sails\"\n"
        + &control("MD.SA-1", "category.control", "")
        + &control("MD.SA-2", "category.control", "");
    temp.put("controls/yard/md.toml", yard);
    temp.put("controls/sea/se.toml", head("SE") + &control("SE.1", "control", "") + &control("SE.2", "control", ""));
    temp.put(
        "controls/own/ow.toml",
        head("OW") + "[[category]]\nid = \"OW.A\"\ntitle = \"Own\"\n" + &control("OW.A-1", "category.control", ""),
    );
    temp.put("content/profile.toml", "[targets]\ndefault = { level = 3, why = \"So the owner wants.\" }\n");
    for (quarter, level) in [("2026-Q2", 1), ("2026-Q3", 2)] {
        temp.put(
            format!("content/{quarter}/deck/all.toml"),
            format!(
                "[MD.EN-1]\nlevel = {level}\n[\"MD.EN-1.1\"]\nlevel = 0\n[MD.EN-2]\nlevel = 1\n[MD.SA-1]\nunknown = \"?\"\n[MD.SA-2]\nlevel = 1\n[SE.1]\nlevel = {level}\n[OW.A-1]\nlevel = 1\n"
            ),
        );
        temp.put(
            format!("content/{quarter}/engine/all.toml"),
            "[MD.EN-1]\nlevel = 0\n[MD.EN-2]\nlevel = 0\n[OW.A-1]\nnot_applicable = \"no engine\"\napproved_by = \"Mate\"\n",
        );
    }
    temp.put(
        "content/2026-Q3/profile.toml",
        "[out_of_scope.\"MD.SA-2\"]\nwhy = \"No such sail.\"\napproved_by = \"Owner\"\n",
    );
    temp
}

fn scored(temp: &TempWorkspace, audience: Audience) -> Scored {
    let checked = check(&load(&temp.path("")));
    let said: Vec<String> = checked.diagnostics.iter().map(|found| found.message.clone()).collect();
    score(redact(checked.assessment.unwrap_or_else(|| panic!("{said:#?}")), audience))
}

#[test]
fn the_rows_and_their_sums_are_the_engines_figures() {
    agrees(&EXAMPLE.scored);
    let withheld = agrees(&scored(&yard(), Audience::Full));
    assert!(withheld > 0, "a mean that is withheld enters the means above it");
}

#[test]
fn both_formats_hold_the_same_and_a_quarter_is_a_part() {
    let scored = scored(&yard(), Audience::Full);
    let table = LongTable { scored: &scored, quarter: None, with_teams: true };
    let objects: Vec<serde_json::Map<String, Value>> =
        json_lines(table).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string().replace("null", ""), str::to_owned);
    let objects: Vec<Row> =
        objects.into_iter().map(|row| row.into_iter().map(|(name, value)| (name, plain(&value))).collect()).collect();
    let whole = rows(&csv(table));
    assert_eq!(objects, whole);
    let order: Vec<_> = json_lines(table).lines().next().unwrap().match_indices("\":").map(|(at, _)| at).collect();
    assert_eq!(order.len(), COLUMNS.len());
    let newest = rows(&csv(LongTable { quarter: Some(scored.assessment.newest()), ..table }));
    assert_eq!(newest, whole.iter().filter(|row| row["quarter"] == "2026-Q3").cloned().collect::<Vec<_>>());
    // All teams together come first, then each; without teams, only what joins them is left.
    let names = |rows: &[Row]| rows.iter().map(|row| format!("{} {}", row["control"], row["team"])).collect::<Vec<_>>();
    assert_eq!(names(&newest)[..4], ["MD.EN-1 ", "MD.EN-1 deck", "MD.EN-1 engine", "MD.EN-1.1 "]);
    let joined = rows(&csv(LongTable { with_teams: false, ..table }));
    assert_eq!(joined, whole.iter().filter(|row| row["team"].is_empty()).cloned().collect::<Vec<_>>());
    assert!(joined.iter().all(|row| row["framework"] != "own"));
}

/// The digests of the rules of the newest quarter, by framework.
fn digests(temp: &TempWorkspace) -> BTreeMap<String, String> {
    let scored = scored(temp, Audience::Full);
    let table = LongTable { scored: &scored, quarter: Some(scored.assessment.newest()), with_teams: true };
    rows(&csv(table)).into_iter().map(|row| (row["framework"].clone(), row["rules"].clone())).collect()
}

#[test]
fn the_digest_of_the_rules_is_that_of_what_figures_rest_on() {
    let first = digests(&yard());
    assert_eq!(first.values().collect::<BTreeSet<_>>().len(), 3, "each framework has rules of its own");
    let same = [
        ("milepost.toml", "The Grey Heron", "The White Heron"),
        ("milepost.toml", "minimum_coverage = 60", "minimum_coverage = 60\ndecimals = 2"),
        ("milepost.toml", "It moves the ship.", "It does."),
        ("milepost.toml", "name = \"Deck\"", "name = \"Upper Deck\""),
        ("milepost.toml", "weight = 2", "weight = 5"),
        ("controls/yard/md.toml", "It is done.", "It is done well."),
        ("content/profile.toml", "level = 3", "level = 4"),
        ("content/2026-Q3/deck/all.toml", "level = 2", "level = 1"),
    ];
    for (path, old, new) in same {
        let temp = yard();
        temp.edit(path, old, new);
        assert_eq!(digests(&temp), first, "{new}");
    }
    let other = [
        ("milepost.toml", "minimum_coverage = 60", "minimum_coverage = 61"),
        ("milepost.toml", "minimum_coverage = 60", "minimum_coverage = 60\nscore = \"claimed\""),
        ("milepost.toml", "weight = 3", "weight = 4"),
        ("milepost.toml", "teams = \"min\"", "max_age = \"30d\""),
        ("milepost.toml", "[controls]", "[scale]\nstep = 0.5\n[controls]"),
    ];
    for (path, old, new) in other {
        let temp = yard();
        temp.edit(path, old, new);
        assert_ne!(digests(&temp)["yard"], first["yard"], "{new}");
    }
}

/// The canonical text is documented, so that anybody can make the digest again.
#[test]
fn the_documented_text_makes_the_digest() {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/formats/table.md")).unwrap();
    let text = page.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    let scored = scored(&yard(), Audience::Full);
    let sea = scored.assessment.frameworks.find(|framework| framework.id == "sea").unwrap();
    let rules = scored.newest().comparable(sea).rules;
    assert_eq!(rules.iter().map(|(rule, value)| format!("{rule} = {value}\n")).collect::<String>(), text);
    assert_eq!(sha256(text.as_bytes()), digests(&yard())["sea"]);
    let documented: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert_eq!(documented, COLUMNS, "the page has a row for each column, in order");
}

#[test]
fn an_edition_without_teams_has_no_rows_of_teams() {
    let temp = yard();
    temp.edit("milepost.toml", "[[team]]", "[audiences]\nboard = [\"teams\"]\n[[team]]");
    let board = scored(&temp, Audience::Board);
    let text = csv(LongTable { scored: &board, quarter: None, with_teams: true });
    let text = text.to_string().to_lowercase();
    assert!(rows(&text).iter().all(|row| row["team"].is_empty()), "{text}");
    assert!(!text.contains("deck") && !text.contains("engine"), "{text}");
    let said = temp.run(&["export", "table", "--audience", "board", "--teams"]).said();
    assert!(said.contains("own is scored team by team"), "{said}");
}

#[test]
fn the_program_prints_the_table_or_writes_it_to_a_new_file() {
    let temp = yard();
    let scored = scored(&temp, Audience::Full);
    let table = LongTable { scored: &scored, quarter: None, with_teams: true };
    assert_eq!(temp.run(&["export", "table", "--teams"]).result(), *csv(table));
    assert_eq!(temp.run(&["export", "table", "--teams", "--format", "jsonl"]).result(), *json_lines(table));
    let joined = LongTable { with_teams: false, ..table };
    let newest = LongTable { quarter: Some(scored.assessment.newest()), ..joined };
    assert_eq!(temp.run(&["export", "table", "--quarter", "2026-q3", "--out", "-"]).result(), *csv(newest));
    temp.run(&["export", "table", "--out", "table.csv"]).result();
    assert_eq!(temp.read("table.csv"), format!("\u{feff}{}", csv(joined)));
    temp.run(&["export", "table", "--out", "table.jsonl", "--format", "jsonl"]).result();
    assert_eq!(temp.read("table.jsonl"), *json_lines(joined));
    // A file that is there stays.
    assert!(temp.run(&["export", "table", "--out", "table.csv"]).failure(1).contains("is there already"));
    assert!(temp.run(&["export", "table", "--quarter", "2027-Q1"]).failure(2).contains("no quarter `2027-Q1`"));
}

#[test]
fn the_site_holds_the_same_table() {
    let table = LongTable { scored: &EXAMPLE.scored, quarter: None, with_teams: false };
    let file = std::str::from_utf8(&EXAMPLE.files["data/table.csv"]).unwrap();
    assert_eq!(file, format!("\u{feff}{}", csv(table)));
}
