//! Compares every figure of a workspace with those of a script that shares no code with Milepost.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use milepost::check::check;
use milepost::export::{Selection, json};
use milepost::load::workspace::load;
use milepost::model::catalog::Framework;
use milepost::model::ids::TeamId;
use milepost::score::{Scored, score};
use serde_json::Value;

use crate::support::media_judges::absent;
use crate::support::temp_workspace::TempWorkspace;

/// The figures that are compared.
const FIGURES: [&str; 14] = [
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
    "withheld",
];

/// What the script makes of a framework of the workspace at `root`; `None` without Python.
fn worked_out(root: &Path, framework: &str) -> Option<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges/scores.py");
    let Ok(output) = Command::new("python3").arg(script).arg(root).arg(framework).output() else {
        absent("python3", "install python3");
        return None;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// Compares every figure of every framework and quarter, for all teams and for each; how many were compared.
fn compare(root: &Path) -> usize {
    let checked = check(&load(root));
    let said: Vec<String> = checked.diagnostics.iter().map(|found| format!("{found:?}")).collect();
    let scored = score(checked.assessment.unwrap_or_else(|| panic!("{said:#?}")));
    scored.assessment.frameworks.iter().map(|framework| compare_framework(root, &scored, framework)).sum()
}

fn compare_framework(root: &Path, scored: &Scored, framework: &Framework) -> usize {
    let Some(wanted) = worked_out(root, &framework.id) else { return 0 };
    let mut compared = 0;
    for quarter in scored.quarters() {
        let teams = scored.assessment.settings.teams.entries().map(|(id, team)| (Some(id), team.id.as_str()));
        // A framework that is kept to teams has no figures of all.
        let all = (!framework.team_level).then_some((None::<TeamId>, ""));
        for (team, name) in all.into_iter().chain(teams) {
            let selection = Selection { quarter, framework: framework.at, team, function: None };
            let found: Value = serde_json::from_str(&json::scores(&selection).to_string()).unwrap();
            let wanted = &wanted[quarter.name().to_string()][name];
            let nodes = nodes(&found);
            assert_eq!(nodes.len(), wanted.as_object().unwrap().len());
            for (id, node) in nodes {
                for figure in FIGURES {
                    let place = format!("{figure} of {id} in {} for {name:?}", quarter.name());
                    assert_eq!(node[figure], wanted[id][figure], "{place}");
                    compared += 1;
                }
            }
        }
    }
    compared
}

/// Every node of the scores, by id.
fn nodes(scores: &Value) -> BTreeMap<&str, &Value> {
    let ranks = ["functions", "categories", "controls"].into_iter().flat_map(|rank| scores[rank].as_array().unwrap());
    ranks.chain([&scores["overall"]]).map(|node| (node["id"].as_str().unwrap(), node)).collect()
}

// A script that shares no code with Milepost computes the same figures.
#[test]
fn the_worked_example_is_what_anybody_makes_of_its_files() {
    let compared = compare(Path::new(env!("CARGO_MANIFEST_DIR")));
    assert!(compared == 0 || compared > 30_000, "{compared}");
}

const CONFIG: &str = r#"[report]
title = "Three sets of rules"
frameworks = ["deep"]

[scoring]
minimum_coverage = 40

[targets]
C = { level = 2 }

[controls]
"A.X-1" = { weight = 3 }
"A.Y-1" = { weight = 4, max_age = "60d" }
B = { teams = "min" }

[since."2026-Q2"]
why = "The first decision."
approved_by = "Board"
evidence.max_age = "120d"
scoring.overall = "controls"
teams.two.weight = 5
controls.C = { owner = "one" }
controls.B.teams = "default"
controls."A.X" = { needs = [{ from = 2, any_of = ["test"] }, { from = 4, any_of = ["record", "metric"] }] }

[since."2026-Q4"]
why = "The second decision."
approved_by = "Board"
scale.step = 0.5
scale.levels = [
  { name = "None", criteria = "c" },
  { name = "Some", criteria = "c" },
  { name = "Half", criteria = "c" },
  { name = "All", criteria = "c" },
]
scoring = { score = "claimed", overall = "default", minimum_coverage = 0 }
teams.two = { scope = "default", weight = "default" }
teams.one.scope = ["A", "C"]
controls.C.teams = "min"
controls."A.X-1".weight = "default"
controls."A.X".needs = "default"

[[team]]
id = "one"
name = "One"
weight = 2

[[team]]
id = "two"
name = "Two"
scope = ["A", "B-3"]

[[team]]
id = "three"
name = "Three"
first_quarter = "2026-Q2"

[[team]]
id = "four"
name = "Four"
last_quarter = "2026-Q3"
"#;

const PROFILE: &str = r#"[targets]
default = { level = 3 }
"A.X" = { level = 2.5 }

[out_of_scope]
"C.Z-3" = { why = "Not here." }

[since."2026-Q3".targets]
"A.X" = "default"
B = { level = 1 }

[since."2026-Q3".out_of_scope]
"C.Z-3" = false
"B-3" = { why = "No more." }

[since."2026-Q4".targets]
default = "default"
"#;

const IDS: [&str; 11] =
    ["A.X-1", "A.X-2", "A.Y-1", "A.Y-1(1)", "A.Y-1(2)", "B-1", "B-2", "B-3", "C.Z-1", "C.Z-2", "C.Z-3"];

fn control(key: &str, id: &str, more: &str) -> String {
    format!("[[{key}]]\nid = \"{id}\"\ntitle = \"{id}\"\noutcome = \"It is so.\"\n{more}\n")
}

/// Numbers that look like chance and are always the same.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

/// One answer: a state, and up to two items of any kind and age before `closes`. It may inherit from one of `providers`.
fn answer(id: &str, steps: &[&str], closes: jiff::civil::Date, providers: &[&str], dice: &mut Dice) -> String {
    let mut out = format!("[\"{id}\"]\n");
    match dice.roll(10) {
        0 => return String::new(),
        1 => out += "unknown = \"Nobody looked.\"\n",
        2 => out += "not_applicable = \"Not here.\"\n",
        _ => {
            writeln!(out, "level = {}", steps[dice.roll(steps.len())]).unwrap();
            if !providers.is_empty() && dice.roll(3) == 0 {
                let (team, control) = (providers[dice.roll(providers.len())], IDS[dice.roll(IDS.len())]);
                let from = format!("{{ team = \"{team}\", control = \"{control}\", remains = \"The rest.\" }}");
                writeln!(out, "inherited_from = {from}").unwrap();
            }
        }
    }
    let kinds = ["assertion", "interview", "document", "record", "metric", "test"];
    let items = (0..dice.roll(3)).map(|_| {
        let age = jiff::Span::new().days(i64::try_from(dice.roll(420)).unwrap());
        let (kind, day) = (kinds[dice.roll(kinds.len())], closes.checked_sub(age).unwrap());
        format!("  {{ kind = \"{kind}\", title = \"Item\", date = {day} }},\n")
    });
    let items: String = items.collect();
    out + &format!("evidence = [\n{items}]\n\n")
}

#[test]
fn three_sets_of_rules_make_what_a_script_makes_of_them() {
    let temp = TempWorkspace::empty();
    temp.put("milepost.toml", CONFIG);
    temp.put("content/profile.toml", PROFILE);
    temp.put("content/2026-Q2/profile.toml", "[targets]\n\"B-1\" = { level = 5 }\n\"C.Z-1\" = { level = 4 }\n");
    temp.put("controls/deep/framework.toml", "id = \"deep\"\ntitle = \"Deep\"\nfunctions = [\"A\", \"B\", \"C\"]\n");
    let category = |id: &str| format!("[[category]]\nid = \"{id}\"\ntitle = \"{id}\"\n\n");
    let function = |id: &str, rest: String| format!("id = \"{id}\"\ntitle = \"{id}\"\n\n{rest}");
    let a = [
        category("A.X"),
        control("category.control", "A.X-1", ""),
        control("category.control", "A.X-2", "weight = 2\n"),
        category("A.Y"),
        control("category.control", "A.Y-1", "teams = \"min\"\n"),
        control("category.control.sub", "A.Y-1(1)", ""),
        control("category.control.sub", "A.Y-1(2)", "weight = 3\n"),
    ];
    let b = [
        control("control", "B-1", "since = \"2026-Q3\"\n"),
        control("control", "B-2", "until = \"2026-Q2\"\nreplaced_by = [\"B-1\"]\n"),
        control("control", "B-3", "needs = [{ from = 1, any_of = [\"record\", \"test\"] }]\n"),
    ];
    let c = ["C.Z-1", "C.Z-2", "C.Z-3"].map(|id| control("category.control", id, ""));
    temp.put("controls/deep/a.toml", function("A", a.concat()));
    temp.put("controls/deep/b.toml", function("B", b.concat()));
    temp.put("controls/deep/c.toml", function("C", category("C.Z") + &c.concat()));
    let mut dice = Dice(7);
    let whole = ["0", "1", "2", "3", "4", "5"];
    let halves = ["0", "0.5", "1", "1.5", "2", "2.5", "3"];
    for (quarter, closes, steps) in [
        ("2026-Q1", "2026-03-31", whole.as_slice()),
        ("2026-Q2", "2026-06-30", &whole),
        ("2026-Q3", "2026-09-30", &whole),
        ("2026-Q4", "2026-12-31", &halves),
    ] {
        let teams = ["one", "two", "three", "four"];
        for (at, team) in teams.into_iter().enumerate() {
            // A team inherits from those before it alone, so that there is no circle.
            let (closes, before) = (closes.parse().unwrap(), &teams[..at]);
            let answers: String = IDS.into_iter().map(|id| answer(id, steps, closes, before, &mut dice)).collect();
            temp.put(format!("content/{quarter}/{team}/all.toml"), answers);
        }
    }
    let compared = compare(&temp.path(""));
    assert!(compared == 0 || compared == 4 * 5 * (IDS.len() + 4 + 3) * FIGURES.len(), "{compared}");
}
