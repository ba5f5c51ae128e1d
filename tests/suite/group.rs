//! Tests the report of a group: its sums are those of the engine and of an independent judge, what few units stand behind is not shown,
//! and every mistake in a table is told with its line.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use milepost::check::{check, english};
use milepost::export::long::{LongTable, csv};
use milepost::export::{Selection, json};
use milepost::group::site::GroupSite;
use milepost::group::{Group, Mistake, Wanted, gather};
use milepost::load::units::find;
use milepost::load::workspace::{Workspace, load};
use milepost::model::catalog::Node;
use milepost::model::ids::FrameworkId;
use milepost::report::site::Rendered;
use milepost::report::theme::Theme;
use milepost::score::{Scored, score};
use serde_json::Value;

use crate::support::built_sites::EXAMPLE;
use crate::support::html_judge::{dead_links, pages};
use crate::support::media_judges::absent;
use crate::support::temp_workspace::TempWorkspace;

/// The controls of every unit here: two Functions, the first with two Categories.
const CONTROLS: [&str; 8] = ["A.X-1", "A.X-2", "A.Y-1", "B.X-1", "B.X-2", "B.X-3", "C.X-1", "C.X-2"];

/// What milepost.toml says before its teams.
const RULES: &str = "[report]\ntitle = \"NAME\"\nframeworks = [\"own\"]\n[scoring]\nscore = \"claimed\"\n\
                     [controls]\n\"A.X-1\" = { weight = 3, why = \"It counts.\" }\n";

/// What a unit says of a control: a level, that nobody knows, that it does not apply, or nothing. Most is a level.
fn said(unit: usize, control: usize, quarter: usize) -> Option<String> {
    let roll = (unit * 7919 + control * 104_729 + quarter * 31 + unit * control) % 23;
    match roll {
        0 => None,
        1 => Some("unknown = \"?\"".to_owned()),
        2 => Some("not_applicable = \"no\"\napproved_by = \"Owner\"".to_owned()),
        roll => Some(format!("level = {}", roll % 6)),
    }
}

/// A workspace of these units, a team each.
fn workspace(temp: &TempWorkspace, at: &str, name: &str, units: &[usize]) -> PathBuf {
    let teams = units.iter().map(|unit| format!("[[team]]\nid = \"u{unit:03}\"\nname = \"Unit {unit}\"\n"));
    temp.put(format!("{at}/milepost.toml"), RULES.replace("NAME", name) + &teams.collect::<String>());
    temp.put(
        format!("{at}/controls/own/framework.toml"),
        "id = \"own\"\ntitle = \"Own\"\nversion = \"1\"\nfunctions = [\"A\", \"B\", \"C\"]\n",
    );
    for function in ["A", "B", "C"] {
        let mut text = format!("id = \"{function}\"\ntitle = \"{function}\"\npurpose = \"To sail.\"\n");
        let mut category = String::new();
        for control in CONTROLS.iter().filter(|control| control.starts_with(function)) {
            let above = control.split('-').next().unwrap();
            if category != above {
                above.clone_into(&mut category);
                text += &format!("[[category]]\nid = \"{above}\"\ntitle = \"{above}\"\n");
            }
            text += &format!(
                "[[category.control]]\nid = \"{control}\"\ntitle = \"{control}\"\noutcome = \"It is done.\"\n"
            );
        }
        temp.put(format!("{at}/controls/own/{}.toml", function.to_lowercase()), text);
    }
    temp.put(format!("{at}/content/profile.toml"), "[targets]\ndefault = { level = 3, why = \"So it is.\" }\n");
    for (quarter, name) in ["2026-Q3", "2026-Q4"].into_iter().enumerate() {
        for unit in units {
            let answers = CONTROLS
                .iter()
                .enumerate()
                .filter_map(|(control, id)| Some(format!("[{id}]\n{}\n", said(*unit, control, quarter)?)));
            temp.put(format!("{at}/content/{name}/u{unit:03}/all.toml"), answers.collect::<String>());
        }
    }
    temp.path(at)
}

fn scored(root: &Path) -> Scored {
    let checked = check(&load(root));
    let said: Vec<String> = checked.diagnostics.iter().map(|found| found.message.clone()).collect();
    score(checked.assessment.unwrap_or_else(|| panic!("{said:#?}")))
}

fn table(scored: &Scored) -> String {
    csv(LongTable { scored, quarter: None, with_teams: false }).to_string()
}

/// The tables of so many units, in a folder each, and the scores of each.
fn units(temp: &TempWorkspace, count: usize) -> Vec<Scored> {
    let one = |unit: usize| {
        let root = workspace(temp, &format!("workspaces/u{unit:03}"), &format!("Unit {unit:03}"), &[unit]);
        let scored = scored(&root);
        temp.put(format!("units/u{unit:03}/table.csv"), table(&scored));
        scored
    };
    (0..count).map(one).collect()
}

/// The same with what moved them.
fn units_with_changes(temp: &TempWorkspace, count: usize) {
    units(temp, count);
    for unit in 0..count {
        let root = format!("workspaces/u{unit:03}");
        let out = format!("units/u{unit:03}/changes.csv");
        temp.run(&["--root", &root, "export", "changes", "--out", &out]).result();
    }
}

fn wanted() -> Wanted {
    Wanted {
        quarter: None,
        framework: None,
        minimum: 5,
        hides_names: false,
        title: "Fleet".to_owned(),
        reports: "https://example.org/{unit}/".to_owned(),
        known: BTreeMap::new(),
    }
}

fn gathered(temp: &TempWorkspace, wanted: Wanted) -> Result<Group, Vec<Mistake>> {
    gather(&find(&[temp.path("units")]).units, wanted)
}

/// Every file of the site of a group.
fn built(group: &Group) -> BTreeMap<String, Vec<u8>> {
    let (workspace, strings) = (Workspace::embedded(), english());
    let theme = Theme::new(&workspace, "default", &strings).unwrap();
    let site = GroupSite::new(group, &theme, &strings);
    let paths = site.paths();
    paths.iter().enumerate().map(|(nth, path)| ((*path).to_owned(), site.render_nth(nth).unwrap())).collect()
}

type Row = BTreeMap<String, String>;

fn rows(files: &BTreeMap<String, Vec<u8>>, name: &str) -> Vec<Row> {
    let text = std::str::from_utf8(&files[name]).unwrap().trim_start_matches('\u{feff}');
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|row: Result<Row, _>| row.unwrap()).collect()
}

/// The figures of all nodes of a quarter's first framework, as `milepost score --format json` prints them, by their ids.
fn scores(scored: &Scored) -> BTreeMap<String, Value> {
    let quarter = scored.newest();
    let framework = scored.assessment.frameworks.first_id().unwrap();
    let selection = Selection { quarter, framework, team: None, function: None };
    let said: Value = serde_json::from_str(&json::scores(&selection)).unwrap();
    let lists = ["functions", "categories", "controls"].map(|list| said[list].as_array().unwrap().clone());
    let whole = [("own".to_owned(), said["overall"].clone())];
    let named = |node: Value| (node["id"].as_str().unwrap().to_owned(), node);
    whole.into_iter().chain(lists.into_iter().flatten().map(named)).collect()
}

const FIGURES: [&str; 15] = [
    "mean",
    "claimed",
    "supported",
    "low",
    "high",
    "floor",
    "target",
    "gap",
    "assessed",
    "applicable",
    "unknown",
    "unanswered",
    "not_applicable",
    "targeted",
    "at_target",
];

fn plain(value: &Value) -> String {
    if value.is_null() { String::new() } else { value.to_string() }
}

/// Fifty units are to their group what fifty teams are to their workspace: the same figures, to the last digit.
#[test]
fn a_group_of_units_has_the_figures_of_a_workspace_of_teams() {
    let temp = TempWorkspace::empty();
    let each = units(&temp, 50);
    let all = scored(&workspace(&temp, "workspaces/all", "All", &(0..50).collect::<Vec<_>>()));
    let files = built(&gathered(&temp, wanted()).unwrap());
    let said = scores(&all);
    let nodes = rows(&files, "data/nodes.csv");
    assert_eq!(nodes.len(), said.len());
    for row in &nodes {
        let node = &said[&row["node"]];
        for figure in FIGURES {
            assert_eq!(row[figure], plain(&node[figure]), "{figure} of {}", row["node"]);
        }
        assert_eq!(row["units"], "50");
    }
    // Each unit stands there with what its own workspace says.
    let of_units = rows(&files, "data/units.csv");
    assert_eq!(of_units.len(), 50 * 4);
    for row in of_units {
        let unit: usize = row["unit"].strip_prefix("Unit ").unwrap().parse().unwrap();
        let node = &scores(&each[unit])[&row["node"]];
        for figure in FIGURES {
            assert_eq!(row[figure], plain(&node[figure]), "{figure} of {} of {}", row["node"], row["unit"]);
        }
    }
    // And an independent judge adds up the same.
    let Some(said) = duckdb(&temp, (0..50).map(|unit| temp.path(format!("units/u{unit:03}/table.csv")))) else {
        return;
    };
    assert_eq!(said["faults"], Value::Array(Vec::new()));
    let figures = said["figures"].as_array().unwrap();
    let newest = figures.iter().filter(|row| row["quarter"] == "2026-Q4");
    let mut seen = 0;
    for row in newest {
        let node = match row["unit"].as_str() {
            None => scores(&all)[row["node"].as_str().unwrap()].clone(),
            Some(unit) => {
                let unit: usize = unit.strip_prefix("Unit ").unwrap().parse().unwrap();
                scores(&each[unit])[row["node"].as_str().unwrap()].clone()
            }
        };
        for figure in ["mean", "low", "high", "floor", "assessed", "applicable", "unknown", "at_target", "targeted"] {
            assert_eq!(row[figure], node[figure], "{figure} of {row}");
        }
        seen += 1;
    }
    assert_eq!(seen, 51 * 4);
}

/// DuckDB's figures of some tables, by docs/fleet/fleet.sql; `None` where it is not there.
fn duckdb(temp: &TempWorkspace, tables: impl Iterator<Item = PathBuf>) -> Option<Value> {
    let sql = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/fleet/fleet.sql");
    judged(temp, "fleet.py", std::iter::once(sql).chain(tables))
}

/// What a script of tests/judges that reads tables says of some files; `None` where its packages are not there.
fn judged(temp: &TempWorkspace, script: &str, files: impl Iterator<Item = PathBuf>) -> Option<Value> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let python = target.join("duckdb/bin/python");
    if !python.is_file() {
        absent("DuckDB", "run tests/browser/packages.sh");
        return None;
    }
    let mut command = Command::new(python);
    command.arg(root.join("tests/judges").join(script)).args(files);
    let output = command.current_dir(temp.path("")).output().unwrap();
    assert!(output.status.success(), "no judge: {}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// The example's own sums, in SQL, are what `milepost score` prints of it.
#[test]
fn sums_of_the_example_in_sql_are_its_scores() {
    let temp = TempWorkspace::empty();
    temp.put("table.csv", &EXAMPLE.files["data/table.csv"]);
    let Some(said) = duckdb(&temp, [temp.path("table.csv")].into_iter()) else { return };
    assert_eq!(said["faults"], Value::Array(Vec::new()));
    let mut seen = 0;
    for row in said["figures"].as_array().unwrap().iter().filter(|row| !row["unit"].is_null()) {
        let quarter = EXAMPLE.scored.quarters().find(|quarter| row["quarter"] == quarter.name().to_string()).unwrap();
        let framework =
            EXAMPLE.scored.assessment.frameworks.find(|framework| row["framework"] == framework.id.as_str());
        let selection = Selection { quarter, framework: framework.unwrap(), team: None, function: None };
        let scores: Value = serde_json::from_str(&json::scores(&selection)).unwrap();
        let function = scores["functions"].as_array().unwrap().iter().find(|node| node["id"] == row["node"]);
        let node = if row["rank"] == "framework" { &scores["overall"] } else { function.unwrap() };
        for figure in ["mean", "low", "high", "floor", "assessed", "applicable", "withheld", "at_target", "targeted"] {
            assert_eq!(row[figure], node[figure], "{figure} of {row}");
        }
        seen += 1;
    }
    assert!(seen > 20, "{seen}");
}

/// A Parquet file holds what the CSV holds, its numbers as numbers; twice it has the same bytes.
#[cfg(feature = "parquet")]
#[test]
fn parquet_holds_the_same_table_with_types() {
    let temp = TempWorkspace::empty();
    let table = LongTable { scored: &EXAMPLE.scored, quarter: None, with_teams: true };
    let bytes = milepost::export::long::parquet(table);
    assert_eq!(bytes, milepost::export::long::parquet(table), "the same table makes the same bytes");
    temp.put("table.parquet", &bytes);
    temp.put("table.csv", csv(table).as_bytes());
    let said = ["table.parquet", "table.csv"].map(|file| duckdb(&temp, [temp.path(file)].into_iter()));
    let [Some(parquet), Some(text)] = said else { return };
    assert_eq!(parquet["figures"], text["figures"]);
    assert_eq!(parquet["rows"], text["rows"]);
    let types: Vec<(String, String)> = serde_json::from_value(parquet["types"].clone()).unwrap();
    assert!(types.iter().map(|(name, _)| name.as_str()).eq(milepost::export::long::COLUMNS), "{types:?}");
    let of = |kind: &str| types.iter().filter(|(_, is)| *is == kind).map(|(name, _)| name.as_str()).collect::<Vec<_>>();
    assert_eq!(of("BOOLEAN"), ["sealed", "withheld"]);
    assert_eq!(of("BIGINT").len(), 21);
    // Each reader finds every value that the CSV has.
    let files = ["table.parquet", "table.csv"].map(|file| temp.path(file));
    let seen = judged(&temp, "parquet.py", files.into_iter()).unwrap();
    assert_eq!(seen, serde_json::json!({ "duckdb": text["rows"], "pandas": text["rows"], "pyarrow": text["rows"] }));
}

#[test]
fn a_build_without_parquet_says_so() {
    let temp = TempWorkspace::empty();
    workspace(&temp, "one", "One", &[1]);
    let run = temp.run(&["--root", "one", "export", "table", "--format", "parquet"]);
    let said = run.failure(2);
    if cfg!(feature = "parquet") {
        assert!(said.contains("name a new file with --out"), "{said}");
        temp.run(&["--root", "one", "export", "table", "--format", "parquet", "--out", "t.parquet"]).result();
        assert!(fs::read(temp.path("t.parquet")).unwrap().starts_with(b"PAR1"));
    } else {
        assert!(said.contains("built without the feature `parquet`") && said.contains("DuckDB"), "{said}");
    }
}

/// Every page is sound HTML, no page names what is hidden, and links lead to files of the site.
#[test]
fn pages_of_a_group_are_sound_and_hide_what_they_should() {
    let temp = TempWorkspace::empty();
    units(&temp, 7);
    let shown = built(&gathered(&temp, wanted()).unwrap());
    let hidden = built(&gathered(&temp, Wanted { hides_names: true, ..wanted() }).unwrap());
    for files in [&shown, &hidden] {
        let read = pages(files);
        let faults = read.iter().flat_map(|page| page.faults.iter().cloned()).chain(dead_links(files, &read));
        assert_eq!(faults.collect::<Vec<_>>(), [""; 0]);
        assert!(files.iter().all(|(_, bytes)| bytes.len() < 1_000_000));
    }
    assert!(std::str::from_utf8(&shown["units/index.html"]).unwrap().contains("href=\"https://example.org/u003/\""));
    let beside = built(&gathered(&temp, Wanted { reports: "../{unit}/index.html".to_owned(), ..wanted() }).unwrap());
    assert!(std::str::from_utf8(&beside["units/index.html"]).unwrap().contains("href=\"../../u003/index.html\""));
    for (path, bytes) in hidden.iter().filter(|(path, _)| !path.starts_with("assets/")) {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains("Unit 0") && !text.contains("u003"), "{path} names a unit");
    }
    assert!(!hidden.contains_key("units/index.html") && !hidden.contains_key("data/units.csv"));
    let spread = &rows(&hidden, "data/nodes.csv")[0];
    assert!(!spread["median"].is_empty() && spread["lowest"].is_empty() && spread["highest"].is_empty(), "{spread:?}");
}

/// Where one Function, Category or control is not shown, a second one or the total is not shown either.
#[test]
fn what_few_units_stand_behind_cannot_be_worked_out() {
    let temp = TempWorkspace::empty();
    units(&temp, 7);
    // Only four units say anything of C.X-1, so that it may not be shown.
    for unit in 0..7 {
        let path = format!("workspaces/u{unit:03}/content/2026-Q4/u{unit:03}/all.toml");
        let text = temp.read(&path);
        let text = text.split("[C.X-").next().unwrap().to_owned();
        let text =
            if unit < 4 { text + "[C.X-1]\nlevel = 2\n[C.X-2]\nlevel = 3\n" } else { text + "[C.X-2]\nlevel = 3\n" };
        temp.put(&path, text);
        let scored = scored(&temp.path(format!("workspaces/u{unit:03}")));
        temp.put(format!("units/u{unit:03}/table.csv"), table(&scored));
    }
    let nodes = rows(&built(&gathered(&temp, wanted()).unwrap()), "data/nodes.csv");
    let hidden: BTreeSet<&str> =
        nodes.iter().filter(|row| row["shown"] == "false").map(|row| row["node"].as_str()).collect();
    // Few units say anything of B.X-2 either.
    assert_eq!(hidden, BTreeSet::from(["B.X-2", "B.X-3", "C.X-1", "C.X-2"]));
    for row in nodes.iter().filter(|row| hidden.contains(row["node"].as_str())) {
        assert!(FIGURES.iter().all(|figure| row[*figure].is_empty()), "{row:?}");
    }
    // A group below the minimum shows no joined figure at all.
    let few = built(&gathered(&temp, Wanted { minimum: 8, ..wanted() }).unwrap());
    assert!(rows(&few, "data/nodes.csv").iter().all(|row| row["shown"] == "false" && row["mean"].is_empty()));
    assert_eq!(rows(&few, "data/gaps.csv").len(), 0);
    assert_eq!(rows(&few, "data/quarters.csv").iter().filter(|row| !row["mean"].is_empty()).count(), 0);
}

/// Units with another scale or other rules stand apart, and no mean holds them.
#[test]
fn units_with_other_rules_are_shown_apart() {
    let temp = TempWorkspace::empty();
    units(&temp, 6);
    let before = rows(&built(&gathered(&temp, wanted()).unwrap()), "data/nodes.csv");
    for (unit, old, new) in
        [(90, "[scoring]", "[scale]\nstep = 0.5\n[scoring]"), (91, "[scoring]", "[scoring]\nminimum_coverage = 20")]
    {
        let root = workspace(&temp, &format!("workspaces/u{unit}"), &format!("Unit {unit}"), &[unit]);
        temp.edit(&format!("workspaces/u{unit}/milepost.toml"), old, new);
        temp.put(format!("units/u{unit}/table.csv"), table(&scored(&root)));
    }
    let files = built(&gathered(&temp, wanted()).unwrap());
    assert_eq!(rows(&files, "data/nodes.csv"), before);
    let apart = rows(&files, "data/apart.csv");
    let scales: BTreeSet<&str> = apart.iter().map(|row| row["scale"].as_str()).collect();
    assert_eq!(scales, BTreeSet::from(["0 to 5 in steps of 0.5", "0 to 5 in steps of 1"]));
    assert!(apart.iter().all(|row| row["units"] == "1" && row["mean"].is_empty()), "{apart:?}");
    let page = std::str::from_utf8(&files["apart/index.html"]).unwrap();
    assert!(page.contains("Unit 90") && page.contains("another scale") && page.contains("other rules"));
}

/// What moved the units is added up; a cause that moved few is not shown, nor a second one.
#[test]
fn causes_are_added_up_over_the_units_that_say_them() {
    let temp = TempWorkspace::empty();
    units_with_changes(&temp, 6);
    let files = built(&gathered(&temp, Wanted { minimum: 1, ..wanted() }).unwrap());
    let sums = rows(&files, "data/changes.csv");
    assert!(!sums.is_empty());
    for row in &sums {
        let of_units = (0..6).filter_map(|unit| {
            let text = temp.read(&format!("units/u{unit:03}/changes.csv"));
            let start = format!("2026-Q4,own,{},{},", row["node"], row["cause"]);
            let amount: Option<i128> =
                text.lines().find_map(|line| line.strip_prefix(&start).map(|amount| amount.parse().unwrap()));
            amount
        });
        let amounts: Vec<i128> = of_units.collect();
        assert_eq!(row["millionths"], amounts.iter().sum::<i128>().to_string(), "{row:?}");
        assert_eq!(row["units"], amounts.len().to_string(), "{row:?}");
    }
    let shown = |minimum| {
        let files = built(&gathered(&temp, Wanted { minimum, ..wanted() }).unwrap());
        rows(&files, "data/changes.csv").into_iter().map(|row| row["cause"].clone()).collect::<BTreeSet<_>>()
    };
    assert_ne!(6 - shown(5).len(), 1, "a single cause that is not shown could be worked out");
    assert!(shown(7).is_empty());
}

/// They are those of the table beside them, all of them, and lead from one of its scores to the next.
#[test]
fn causes_that_are_not_those_of_the_table_are_refused() {
    let temp = TempWorkspace::empty();
    units_with_changes(&temp, 6);
    let good = temp.read("units/u000/changes.csv");
    let (other, lines) = (temp.read("units/u005/changes.csv"), good.lines().collect::<Vec<_>>());
    let with = |at: usize, line: &str| {
        let all = lines
            .iter()
            .enumerate()
            .map(|(nth, old)| if nth == at { line } else { old })
            .filter(|line| !line.is_empty());
        all.fold(String::new(), |text, line| text + line + "\n")
    };
    let (start, amount) = lines[1].rsplit_once(',').unwrap();
    let more = format!("{start},{}", amount.parse::<i64>().unwrap() + 500_000);
    let far = format!("{start},900000000");
    for (text, wanted) in [
        (other, "u000/changes.csv:8: the causes move `own` in 2026-Q4 by"),
        (with(1, &more), "changes.csv:8: the causes move `own` in 2026-Q4 by"),
        (with(1, &far), "export both files of the same commit"),
        (with(2, ""), "changes.csv:7: `own` in 2026-Q4 has no row of scope"),
        (
            with(9, "2026-Q4,own,ZZ,up,0"),
            "changes.csv:10: `ZZ` is no Function and no Category of the unit's table in 2026-Q4",
        ),
        (with(3, "2026-Q4,own,own,up").replace('\n', "\r\n"), "changes.csv:4: this row has 4 cells"),
    ] {
        temp.put("units/u000/changes.csv", text);
        let said = temp.run(&["group", "units", "--out", "site"]).failure(1);
        assert!(said.contains(wanted), "{wanted:?} is not in:\n{said}");
    }
    temp.put("units/u000/changes.csv", &good);
    // A table of one quarter says nothing of the one before, so the sum need only come from a score on the scale.
    let table = temp.read("units/u000/table.csv");
    temp.put(
        "units/u000/table.csv",
        table.lines().filter(|line| !line.contains("2026-Q3")).map(|line| line.to_owned() + "\n").collect::<String>(),
    );
    temp.run(&["group", "units", "--out", "site"]).result();
    temp.put("units/u000/changes.csv", with(1, &far));
    let said = temp.run(&["group", "units", "--out", "site"]).failure(1);
    assert!(said.contains("it came from a score on the scale"), "{said}");
}

/// A quarter or a framework that few units have takes no place of that of most, and is named.
#[test]
fn what_most_units_have_is_the_report() {
    let temp = TempWorkspace::empty();
    units(&temp, 6);
    let good = temp.read("units/u000/table.csv");
    let newest: String =
        good.lines().filter(|line| line.contains(",2026-Q4,")).map(|line| line.to_owned() + "\n").collect();
    temp.put("units/u000/table.csv", good.clone() + &newest.replace("2026-Q4", "2027-Q4"));
    let run = temp.run(&["group", "units", "--out", "site"]);
    assert!(run.stderr.contains("note: 2027-Q4: 1 of 6 units; `--quarter 2027-Q4` shows it\n"), "{}", run.stderr);
    assert!(run.stderr.contains(": 6 units, "), "{}", run.stderr);
    run.result();
    assert!(temp.read("site/index.html").contains("2026-Q4 · 6 units"));
    let few = temp.run(&["group", "units", "--out", "site", "--quarter", "2027-Q4"]);
    assert!(few.stderr.contains(": 1 of 6 units, "), "{}", few.stderr);
    few.result();
    assert!(temp.read("site/index.html").contains("2027-Q4 · 1 of 6 units"));
    let (header, rows) = good.split_once('\n').unwrap();
    temp.put("units/u000/table.csv", format!("{header}\n{}{rows}", rows.replace(",own,", ",other,")));
    let run = temp.run(&["group", "units", "--out", "site"]);
    assert!(run.stderr.contains("note: other: 1 of 6 units; `--framework other` shows it\n"), "{}", run.stderr);
    assert!(run.stderr.contains(": 6 units, "), "{}", run.stderr);
    run.result();
    // Another version, a copy, and a spelling.
    temp.put("units/u000/table.csv", good.replace(",own,1,", ",own,2,"));
    temp.put("units/again/table.csv", good.replace("Unit 000", "Harbour"));
    let run = temp.run(&["group", "units", "--out", "site"]);
    assert!(run.stderr.contains("note: own: its versions 1, 2 are added up together\n"), "{}", run.stderr);
    assert!(run.stderr.contains("units/u000/table.csv has the scores of units/again/table.csv"), "{}", run.stderr);
    run.result();
    temp.put("units/u000/table.csv", &good);
    temp.put("units/again/table.csv", good.replace("Unit 000", "unit  000"));
    let run = temp.run(&["group", "units", "--out", "site"]);
    let wanted =
        "note: units/again/table.csv is of `unit  000`, and units/u000/table.csv of `Unit 000`: are both one unit?\n";
    assert!(run.stderr.contains(wanted), "{}", run.stderr);
    run.result();
    temp.put("units/again/table.csv", &good);
    let said = temp.run(&["group", "units", "--out", "site"]).failure(1);
    assert!(said.contains("again/table.csv:2: the unit `Unit 000` is in units/u000/table.csv too"), "{said}");
}

/// A seal beside a table is compared with it.
#[test]
fn seals_are_held_to_the_tables() {
    let temp = TempWorkspace::empty();
    units(&temp, 5);
    let sealed = |unit: usize| {
        let root = format!("workspaces/u{unit:03}");
        temp.run(&["--root", &root, "seal", "2026-Q3"]).result();
        temp.run(&["--root", &root, "seal", "2026-Q4"]).result();
        temp.put(format!("units/u{unit:03}/table.csv"), table(&scored(&temp.path(&root))));
        temp.read(&format!("{root}/content/2026-Q4/seal.toml"))
    };
    let seals: Vec<String> = (0..4).map(sealed).collect();
    temp.put("units/u000/seal.toml", &seals[0]);
    temp.put("units/u001/seal.toml", &seals[2]);
    temp.put("units/u002/seal.toml", seals[2].replacen("assessed = 1", "assessed = 0", 1));
    temp.put("units/u003/seal.toml", seals[3].replacen("\nformat = ", "\nformat = 9", 1));
    let files = built(&gathered(&temp, wanted()).unwrap());
    let states: Vec<String> = rows(&files, "data/units.csv").iter().step_by(4).map(|row| row["seal"].clone()).collect();
    assert_eq!(states, ["verified", "differs", "broken", "unread", "open"]);
    let run = temp.run(&["group", "units", "--out", "site"]);
    for wanted in [
        "u001/table.csv: its seal says another figure",
        "u002/table.csv: this seal was edited",
        "u003/table.csv: this milepost does not know format",
    ] {
        assert!(run.stderr.contains(wanted), "{wanted}: {}", run.stderr);
    }
    // Line ends are no part of what a seal says.
    temp.put("units/u003/seal.toml", seals[3].replace('\n', "\r\n"));
    let files = built(&gathered(&temp, wanted()).unwrap());
    assert_eq!(rows(&files, "data/units.csv")[12]["seal"], "verified");
}

/// A seal keeps the means that may not be shown, and so does the table.
#[test]
fn the_seal_of_a_unit_with_withheld_means_holds() {
    let temp = TempWorkspace::empty();
    let root = workspace(&temp, "unit", "Unit", &[1]);
    temp.edit("unit/milepost.toml", "[scoring]\n", "[scoring]\nminimum_coverage = 100\n");
    temp.put("unit/content/2026-Q4/u001/all.toml", "[A.X-1]\nlevel = 3\n[B.X-1]\nunknown = \"?\"\n");
    for quarter in ["2026-Q3", "2026-Q4"] {
        temp.run(&["--root", "unit", "seal", quarter]).result();
    }
    let scored = scored(&root);
    assert!(scored.newest().figures(Node::Framework(FrameworkId::MAIN), None).withheld.is_some());
    temp.put("units/unit/table.csv", table(&scored));
    temp.put("units/unit/seal.toml", temp.read("unit/content/2026-Q4/seal.toml"));
    let files = built(&gathered(&temp, Wanted { minimum: 1, ..wanted() }).unwrap());
    assert_eq!(rows(&files, "data/units.csv")[0]["seal"], "verified");
}

/// What is wrong with the first table of two after `change`, in the words of `milepost group`.
fn told(temp: &TempWorkspace, good: &str, bytes: impl AsRef<[u8]>) -> String {
    temp.put("units/u000/table.csv", bytes);
    let run = temp.run(&["group", "units", "--out", "site"]);
    temp.put("units/u000/table.csv", good);
    assert!(!temp.path("site").exists(), "nothing is written");
    run.failure(1)
}

#[test]
fn every_mistake_in_a_table_is_told_with_its_line() {
    let temp = TempWorkspace::empty();
    units(&temp, 2);
    let good = temp.read("units/u000/table.csv");
    let lines: Vec<&str> = good.lines().collect();
    let row = |at: usize, old: &str, new: &str| {
        assert!(lines[at].contains(old), "{} lacks {old}", lines[at]);
        let changed = lines[at].replacen(old, new, 1);
        let all = lines.iter().enumerate().map(|(line, text)| if line == at { changed.as_str() } else { text });
        all.fold(String::new(), |text, line| text + line + "\n")
    };
    let cell = |at: usize, column: &str, new: &str| {
        let nth = lines[0].split(',').position(|name| name == column).unwrap();
        let cells: Vec<&str> = lines[at].split(',').collect();
        let changed: Vec<&str> =
            cells.iter().enumerate().map(|(at, cell)| if at == nth { new } else { cell }).collect();
        row(at, lines[at], &changed.join(","))
    };
    let cases: Vec<(String, &str)> = vec![
        (String::new(), "table.csv:1: it is empty"),
        (format!("{}\n", lines[0]), "table.csv:1: it has no row"),
        ("a,b\n1,2\n".to_owned(), "column 1 is `a`, and that of a table is `unit`"),
        (good.replace(',', ";"), "table.csv:1: semicolons separate its columns"),
        (row(0, "quarter,framework", "framework,quarter"), "column 2 is `framework`"),
        (good[..good.len() / 2].to_owned(), "cut off"),
        (good[..good.len() - 1].to_owned(), "the last line has no end"),
        (row(3, "2026-Q3", "2026-Q\u{0}"), "table.csv:4: a NUL stands in this line"),
        (row(3, "2026-Q3", "2026-Q9"), "table.csv:4: quarter: `2026-Q9` is no quarter"),
        (format!("{good}{}\n", lines[2]), "has a row already, in line 3"),
        (cell(2, "mean", "2.5"), "table.csv:3: mean: `2.5` is no whole number of millionths from 0 to 5000000"),
        (cell(2, "mean", "9000000"), "mean: `9000000` is no whole number of millionths"),
        (cell(2, "weight", "many"), "weight: `many` is no whole number from 0 to 1000"),
        (cell(2, "sealed", "no"), "sealed: `no` is neither `true` nor `false`: a program has saved the file anew"),
        (
            good.replace("false", "FALSE"),
            "table.csv:2: sealed: `FALSE` is neither `true` nor `false`: a program has saved the file anew; take it as milepost wrote it\n1 mistake in 1 file",
        ),
        (
            cell(2, "assessed", "x"),
            "table.csv:3: assessed: `x` is no whole number from 0 to 10000\n1 mistake in 1 file",
        ),
        (cell(2, "mean", "x").replace('\n', "\r\n"), "table.csv:3: mean: `x` is no whole number"),
        (
            row(12, "B.X-1", "B.X-9"),
            "the first that differs here is `B.X-1` in B, B.X with the weight 1, and there `B.X-9` in B, B.X",
        ),
        (cell(2, "scale", "1 to 5"), "scale: `1 to 5` is no scale"),
        (cell(2, "rules", "abc"), "rules: `abc` is no SHA-256"),
        (cell(2, "applicable", "7"), "applicable: it is not the sum"),
        (cell(2, "unit", "Other"), "this row is of `Other`"),
        (cell(3, "overall", "controls"), "are others here than in the rows above"),
        (cell(2, "control", ""), "control: it is empty"),
    ];
    for (text, wanted) in cases {
        let said = told(&temp, &good, &text);
        assert!(said.contains(wanted), "{wanted:?} is not in:\n{said}");
    }
    assert!(told(&temp, &good, b"\xff\xfeu\x00n\x00").contains("UTF-16"));
    assert!(told(&temp, &good, b"unit,\xe9\n").contains("table.csv:1: this line is not UTF-8"));
}

#[test]
fn a_million_rows_are_refused_in_a_bound() {
    let temp = TempWorkspace::empty();
    units(&temp, 1);
    let good = temp.read("units/u000/table.csv");
    let said = told(&temp, &good, format!("{}\n{}", good.lines().next().unwrap(), "x\n".repeat(200_001)));
    assert!(said.contains("it has more than 200000 rows") && said.contains("this row has 1 cells"), "{said}");
    assert!(said.contains("more mistakes in this table are not told") && said.lines().count() < 110, "{said}");
}

/// Tables with a mark at their start, of the first version, of a later one, or saved with other line ends are read.
#[test]
fn tables_of_other_versions_are_read() {
    let temp = TempWorkspace::empty();
    units(&temp, 5);
    let before = rows(&built(&gathered(&temp, wanted()).unwrap()), "data/nodes.csv");
    let change = |unit: usize, change: &dyn Fn(&str) -> String| {
        let path = format!("units/u{unit:03}/table.csv");
        temp.put(&path, change(&temp.read(&path)));
    };
    change(0, &|text| format!("\u{feff}{text}"));
    change(1, &|text| text.replace('\n', "\r\n"));
    change(2, &|text| {
        let lines = text.lines().enumerate();
        lines.map(|(at, line)| format!("{line},{}\n", if at == 0 { "later" } else { "x" })).collect()
    });
    assert_eq!(rows(&built(&gathered(&temp, wanted()).unwrap()), "data/nodes.csv"), before);
    // Those of the first version lack two columns. They are added up with the others, and the page says what is assumed.
    for unit in [1, 3] {
        change(unit, &|text| {
            let cut = |line: &str| line.split(',').take(31).collect::<Vec<_>>().join(",") + "\n";
            text.trim_start_matches('\u{feff}').lines().map(cut).collect()
        });
    }
    let files = built(&gathered(&temp, wanted()).unwrap());
    assert_eq!(rows(&files, "data/nodes.csv"), before);
    assert!(std::str::from_utf8(&files["index.html"]).unwrap().contains("are assumed"));
}

#[test]
fn the_program_builds_the_report_and_says_what_it_is_not_asked_rightly() {
    let temp = TempWorkspace::empty();
    units(&temp, 5);
    let said = temp.run(&["group", "units", "--out", "site", "--title", "Harbours"]);
    assert!(said.stderr.contains("5 units"), "{}", said.stderr);
    said.result();
    assert!(temp.read("site/index.html").contains("Harbours"));
    let again = temp.run(&["group", "units/u000", "units/u001/table.csv", "units/u002", "--out", "other"]);
    assert!(again.said().contains("3 units"), "{}", again.said());
    for (args, wanted) in [
        (vec!["group", "nowhere", "--out", "x"], "nowhere"),
        (vec!["group", "site/assets", "--out", "x"], "holds no table of a unit"),
        (vec!["group", "units", "--out", "x", "--quarter", "soon"], "`soon` is no quarter"),
        (vec!["group", "units", "--out", "x", "--reports", "https://example.org/"], "has no {unit}"),
        (vec!["group", "units", "--out", "x", "--reports", "javascript:{unit}"], "not at a web address"),
    ] {
        let said = temp.run(&args).failure(2);
        assert!(said.contains(wanted), "{wanted:?}: {said}");
    }
    let said = temp.run(&["group", "units", "--out", "x", "--quarter", "2020-Q1"]).failure(1);
    assert!(said.contains("no table has a row of own for all teams together in 2020-Q1"), "{said}");
    let said = temp.run(&["group", "units", "--out", "units/u000"]).failure(1);
    assert!(said.contains("units/u000 holds a unit; choose a folder beside it"), "{said}");
}
