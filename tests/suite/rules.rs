//! Tests rules that change from a quarter on: each quarter is checked, scored and compared by its own rules.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use insta::assert_snapshot;
use milepost::check::check;
use milepost::load::workspace::load;
use milepost::model::assessment::Assessment;
use milepost::model::rule_key::RuleKey;
use milepost::model::rules::{RuleChange, RuleLines};
use serde_json::Value as Json;

use milepost::model::ids::FrameworkId;
use milepost::score::score;
use proptest::prelude::*;
use proptest::test_runner::Config;

use crate::support::generated_comparison::{each_by_its_own_rules, three_sets_of_rules};
use crate::support::html_judge::text_of;
use crate::support::positions;
use crate::support::temp_workspace::{TempWorkspace, run};

const CONFIG: &str = "milepost.toml";
const CATALOG: &str = "controls/harbour/harbour.toml";
const Q2: &str = "content/2026-Q2/bridge/rules.toml";
const Q3: &str = "content/2026-Q3/bridge/rules.toml";
const WHY: &str = "why = \"Yearly drills prove too little.\"\napproved_by = \"Harbour master\"\n";

/// Two quarters of two teams, with the same answers in both: nothing moves but by a rule.
fn harbour() -> TempWorkspace {
    let temp = TempWorkspace::empty();
    temp.put(
        CONFIG,
        "[report]\ntitle = \"Harbour\"\nframeworks = [\"harbour\"]\n\n[scoring]\nminimum_coverage = 0\n\n\
         [evidence]\nmax_age = \"365d\"\n\n[controls]\n\"H.A-1\" = { weight = 2, why = \"First.\" }\n\n\
         [gates]\nregression = 0.5\nunapproved = 0\n\n\
         [[team]]\nid = \"bridge\"\nname = \"Bridge\"\n\n[[team]]\nid = \"engine\"\nname = \"Engine\"\nscope = [\"H.A\"]\n",
    );
    temp.put("controls/harbour/framework.toml", "id = \"harbour\"\ntitle = \"Harbour\"\nfunctions = [\"H\"]\n");
    let control =
        |id: &str| format!("[[category.control]]\nid = \"{id}\"\ntitle = \"{id}\"\noutcome = \"It is so.\"\n\n");
    let categories = [("H.A", ["H.A-1", "H.A-2"]), ("H.B", ["H.B-1", "H.B-2"])];
    let categories = categories.map(|(id, controls)| {
        format!("[[category]]\nid = \"{id}\"\ntitle = \"{id}\"\n\n{}", controls.map(control).concat())
    });
    temp.put(CATALOG, format!("id = \"H\"\ntitle = \"Harbour\"\n\n{}", categories.concat()));
    let answer = |id: &str, level: u32| {
        format!(
            "[\"{id}\"]\nlevel = {level}\nevidence = [{{ kind = \"test\", title = \"Drill\", date = 2026-02-01 }}]\n\n"
        )
    };
    for quarter in ["2026-Q2", "2026-Q3"] {
        let bridge = [("H.A-1", 4), ("H.A-2", 2), ("H.B-1", 3), ("H.B-2", 1)].map(|(id, level)| answer(id, level));
        temp.put(format!("content/{quarter}/bridge/rules.toml"), bridge.concat());
        temp.put(format!("content/{quarter}/engine/rules.toml"), answer("H.A-1", 2) + &answer("H.A-2", 5));
    }
    temp
}

impl TempWorkspace {
    /// Adds a decision from `quarter` on.
    fn since(&self, quarter: &str, rules: &str) {
        let text = self.read(CONFIG);
        self.put(CONFIG, format!("{text}\n[since.\"{quarter}\"]\n{WHY}{rules}\n"));
    }

    fn assessment(&self) -> Assessment {
        let checked = check(&load(&self.path("")));
        checked.assessment.unwrap_or_else(|| panic!("{:#?}", checked.diagnostics.iter().collect::<Vec<_>>()))
    }

    /// The rules in force in the quarter of this name.
    fn rules_of(&self, quarter: &str) -> RuleLines {
        let assessment = self.assessment();
        let quarter = assessment.quarters.find(|known| known.quarter.to_string() == quarter).unwrap();
        assessment.quarters[quarter].in_force.rules.clone()
    }

    fn score_of(&self, quarter: &str) -> Json {
        serde_json::from_str(&self.run(&["score", "--quarter", quarter, "--format", "json"]).result()).unwrap()
    }

    /// Each cause of the whole change between the two quarters, and the controls that it moved.
    fn causes(&self) -> BTreeMap<String, Vec<String>> {
        let diff: Json = serde_json::from_str(&self.run(&["diff", "--format", "json"]).result()).unwrap();
        let parts = diff["nodes"][0]["parts"].as_array().unwrap().clone();
        let controls =
            |part: &Json| part["controls"].as_array().unwrap().iter().map(|moved| moved["id"].to_string()).collect();
        parts.iter().map(|part| (part["cause"].as_str().unwrap().to_owned(), controls(part))).collect()
    }

    fn incomparable(&self) -> String {
        let diff: Json = serde_json::from_str(&self.run(&["diff", "--format", "json"]).result()).unwrap();
        diff["incomparable"].as_str().unwrap_or_default().to_owned()
    }
}

fn mean(score: &Json) -> i64 {
    score["overall"]["mean"].as_i64().unwrap()
}

/// The figures of the node with this id, wherever they are.
fn node<'j>(score: &'j Json, id: &str) -> &'j Json {
    fn find<'j>(json: &'j Json, id: &str) -> Option<&'j Json> {
        match json {
            Json::Object(map) if map.get("id").is_some_and(|known| known == id) => Some(json),
            Json::Object(map) => map.values().find_map(|below| find(below, id)),
            Json::Array(list) => list.iter().find_map(|below| find(below, id)),
            _ => None,
        }
    }
    find(score, id).unwrap_or_else(|| panic!("no {id} in {score}"))
}

#[test]
fn a_rule_holds_from_its_quarter_on_and_leaves_every_earlier_one() {
    let temp = harbour();
    let before = temp.score_of("2026-Q2");
    assert_eq!(mean(&temp.score_of("2026-Q3")), mean(&before));
    temp.since("2026-Q3", "evidence.max_age = \"92d\"");
    assert_eq!(temp.score_of("2026-Q2"), before);
    // Without current evidence, 1 is the highest.
    assert_eq!(mean(&temp.score_of("2026-Q3")), 1_000_000);
    assert_snapshot!("tightened-age", temp.run(&["diff"]).result());
    temp.since("2026-Q4", "evidence.max_age = \"default\"");
    assert_eq!(mean(&temp.score_of("2026-Q3")), 1_000_000);
}

#[test]
fn a_decision_is_laid_over_what_stands_before_it() {
    let temp = harbour();
    temp.since(
        "2026-Q3",
        "scoring.overall = \"controls\"\nevidence.needs = [{ from = 3, any_of = [\"test\"] }]\n\
         controls.\"H.A-1\" = { key = true }\ncontrols.\"H.B\" = { owner = \"bridge\", max_age = \"30d\" }\n\
         gates.regression = { limit = 0.2, functions = [\"H\"] }\ngates.unapproved = false\n\
         teams.engine.weight = 3\nscale.step = 0.5",
    );
    temp.since(
        "2026-Q4",
        "controls.\"H.A-1\".weight = \"default\"\ncontrols.\"H.B\".teams = \"min\"\nteams.engine.scope = \"default\"\n\
         gates.regression = 0.1\nscale = \"default\"",
    );
    temp.put("content/2026-Q4/quarter.toml", "");
    let [first, second, third] = ["2026-Q2", "2026-Q3", "2026-Q4"].map(|quarter| temp.rules_of(quarter));
    let value = |rules: &RuleLines, key: &str| rules.get(&RuleKey::read(key)).cloned().unwrap_or_default();
    for (key, values) in [
        ("scoring.overall", ["\"functions\"", "\"controls\"", "\"controls\""]),
        ("scoring.minimum_coverage", ["0", "0", "0"]),
        ("evidence.max_age", ["\"365d\"", "\"365d\"", "\"365d\""]),
        ("controls.\"H.A-1\".weight", ["2", "2", ""]),
        ("controls.\"H.A-1\".key", ["", "true", "true"]),
        ("controls.\"H.B\".owner", ["", "\"bridge\"", ""]),
        ("controls.\"H.B\".teams", ["", "", "\"min\""]),
        ("controls.\"H.B\".max_age", ["", "\"30d\"", "\"30d\""]),
        ("gates.regression", ["0.5", "{ limit = 0.2, functions = [\"H\"] }", "0.1"]),
        ("gates.unapproved", ["0", "", ""]),
        ("teams.engine.weight", ["1", "3", "3"]),
        ("teams.engine.scope", ["[\"H.A\"]", "[\"H.A\"]", ""]),
        ("scale.step", ["1", "0.5", "1"]),
    ] {
        assert_eq!([&first, &second, &third].map(|rules| value(rules, key)), values, "{key}");
    }
    assert_eq!(value(&second, "evidence.needs"), "[{ from = 3, any_of = [\"test\"] }]");
    let assessment = temp.assessment();
    let digests: Vec<String> =
        assessment.quarters.ids().map(|quarter| assessment.in_quarter(quarter).policy_digest()).collect();
    assert!(digests[0] != digests[1] && digests[1] != digests[2]);
}

#[test]
fn what_a_rule_moves_is_method_and_what_a_scope_moves_is_scope() {
    for (rules, causes) in [
        ("controls.\"H.B-1\" = { weight = 9 }", vec![("method", true)]),
        ("controls.\"H.A\" = { owner = \"engine\" }", vec![("method", true)]),
        ("controls.\"H.A\" = { teams = \"min\" }", vec![("method", true)]),
        ("teams.engine.weight = 7", vec![("method", true)]),
        ("scoring.score = \"claimed\"\nevidence.max_age = \"92d\"", vec![]),
        ("evidence.needs = [{ from = 2, any_of = [\"document\"] }]", vec![("method", true)]),
        ("teams.engine.scope = [\"H.A-1\"]", vec![("scope", true)]),
        ("teams.bridge.scope = [\"H.A\"]", vec![("scope", true)]),
        ("scale.step = 0.5", vec![]),
        ("gates.regression = 0.1", vec![]),
    ] {
        let temp = harbour();
        temp.since("2026-Q3", rules);
        let found = temp.causes();
        let found: Vec<(&str, bool)> =
            found.iter().map(|(cause, controls)| (cause.as_str(), !controls.is_empty())).collect();
        assert_eq!(found, causes, "{rules}");
    }
}

// New names of levels and a finer step leave figures comparable. Another bottom, another top or a coarser step does not.
#[test]
fn only_another_scale_breaks_a_series() {
    let level = |name: &str| format!("{{ name = \"{name}\", criteria = \"As agreed.\" }}");
    let levels = |names: &[&str]| {
        format!("scale.levels = [{}]", names.iter().map(|name| level(name)).collect::<Vec<_>>().join(", "))
    };
    let renamed = levels(&["None", "Some", "Half", "Most", "All", "Best"]);
    for rules in [renamed.as_str(), "scale.step = 0.5", "scale.step = 0.1"] {
        let temp = harbour();
        temp.since("2026-Q3", rules);
        assert_eq!((temp.incomparable(), temp.causes().len()), (String::new(), 0), "{rules}");
    }
    let temp = harbour();
    temp.since("2026-Q3", &levels(&["None", "Some", "Half", "Most", "All", "Best", "Better"]));
    assert_eq!(
        temp.incomparable(),
        "the scale changed, so levels of before and after mean different things: it was 0 to 5 in steps of 1, and is 0 to 6 in steps of 1"
    );
    temp.run(&["build"]).result();
    let trends = temp.read("public/trends/index.html");
    assert!(trends.contains("In 2026-Q3 the scale changed: it was 0 to 5 in steps of 1, and is 0 to 6"), "{trends}");
    // Each score is shown on its own scale, and no line joins the two.
    let chart = temp.read("public/charts/trend.svg");
    assert!(chart.contains("on another scale"), "{chart}");
    let dashboard = text_of(&temp.read("public/index.html"));
    assert!(dashboard.contains("No difference is shown since 2026-Q2: the scale changed"), "{dashboard}");
    // A step that grows is another scale too: 2.5 is no level any more.
    let temp = harbour();
    temp.edit(CONFIG, "[scoring]", "[scale]\nstep = 0.5\n\n[scoring]");
    temp.since("2026-Q3", "scale.step = 1");
    assert!(temp.incomparable().contains("the scale changed"));
}

#[test]
fn each_quarter_is_checked_on_its_own_scale() {
    let temp = harbour();
    temp.edit(CONFIG, "[evidence]", "[targets]\ndefault = { level = 5 }\n\n[evidence]");
    temp.since(
        "2026-Q3",
        "scale.bottom = 1\nscale.levels = [{ name = \"No\", criteria = \"c\" }, { name = \"Yes\", criteria = \"c\" }]",
    );
    let told = temp.run(&["check"]);
    assert_eq!(told.code, Some(1));
    let outside = |path: &str| told.stdout.lines().filter(|line| line.contains(path)).count();
    // Of Q3 the levels 4, 3, 5 and nothing of Q2; and the target that still holds in Q3.
    assert_eq!((outside(Q2), outside("content/2026-Q2/engine")), (0, 0), "{}", told.stdout);
    assert_eq!((outside(Q3), outside("content/2026-Q3/engine"), outside(CONFIG)), (2, 1, 1), "{}", told.stdout);
    // A target for the new scale mends the old one.
    temp.put("content/profile.toml", "[since.\"2026-Q3\".targets]\ndefault = { level = 2 }\n");
    assert!(!temp.run(&["check"]).stdout.contains(CONFIG));
}

#[test]
fn targets_and_exclusions_change_by_quarter_too() {
    let temp = harbour();
    temp.put(
        "content/profile.toml",
        "[targets]\ndefault = { level = 3 }\n\"H.A\" = { level = 4 }\n\n[out_of_scope]\n\"H.B-2\" = { why = \"No quay.\" }\n\n\
         [since.\"2026-Q3\".targets]\ndefault = { level = 2 }\n\"H.A\" = \"default\"\n\n\
         [since.\"2026-Q3\".out_of_scope]\n\"H.B-2\" = false\n\"H.B-1\" = { why = \"No crane.\" }\n",
    );
    let gaps = |quarter: &str| {
        let score = temp.score_of(quarter);
        ["H.A-1", "H.B-1", "H.B-2"]
            .map(|id| (node(&score, id)["target"].clone(), node(&score, id)["not_applicable"].clone()))
    };
    let (level, none) = (|level: i64| Json::from(level * 1_000_000), Json::Null);
    let zero = || Json::from(0);
    assert_eq!(gaps("2026-Q2"), [(level(4), zero()), (level(3), zero()), (none.clone(), 1.into())]);
    assert_eq!(gaps("2026-Q3"), [(level(2), zero()), (none, 1.into()), (level(2), zero())]);
    // A quarter's own profile stands over both.
    temp.put("content/2026-Q3/profile.toml", "[targets]\n\"H.A-1\" = { level = 5 }\n");
    assert_eq!(gaps("2026-Q3")[0].0, level(5));
}

#[test]
fn a_closed_quarter_is_untouched_by_a_later_decision_and_an_edited_rule_is_named() {
    let temp = harbour();
    temp.run(&["seal", "2026-Q2"]).result();
    temp.since("2026-Q3", "evidence.max_age = \"92d\"\nscoring.overall = \"controls\"\nteams.engine.weight = 2");
    temp.put("content/profile.toml", "[since.\"2026-Q3\".targets]\ndefault = { level = 4 }\n");
    temp.run(&["verify", "--strict"]).result();
    let warnings = || temp.run(&["check"]).stdout.matches("warning[").count();
    assert_eq!(warnings(), 0);
    temp.run(&["seal", "2026-Q3"]).result();
    temp.run(&["verify", "--strict"]).result();
    temp.edit(CONFIG, "\"365d\"", "\"90d\"");
    temp.edit(CONFIG, "engine.weight = 2", "engine.weight = 4");
    let verify = temp.run(&["verify"]);
    assert_eq!(verify.code, Some(1));
    let words = verify.stdout.lines().filter(|line| !line.contains("  seal ") && !line.contains("  chain"));
    assert_snapshot!("edited-rules", words.collect::<Vec<_>>().join("\n"));
    // The lines that it prints, put there, make it hold again.
    temp.edit(CONFIG, "\"90d\"", "\"365d\"");
    temp.edit(CONFIG, "engine.weight = 4", "engine.weight = 2");
    temp.since("2026-Q4", "teams.engine.weight = 4");
    temp.run(&["verify", "--strict"]).result();
    assert_eq!(warnings(), 0);
}

/// The lines of `verify` that say what to write.
fn to_write(temp: &TempWorkspace) -> String {
    let verify = temp.run(&["verify"]);
    let lines = verify.stdout.lines().skip_while(|line| {
        !line.starts_with("A closed quarter keeps") && !line.starts_with("If ") && !line.starts_with('`')
    });
    lines.filter(|line| !line.is_empty()).map(|line| format!("{line}\n")).collect()
}

#[test]
fn what_a_later_decision_says_already_is_not_written_again() {
    let temp = harbour();
    temp.since("2026-Q3", "evidence.max_age = \"92d\"\ncontrols.\"H.A\".teams = \"min\"");
    temp.put(
        "content/profile.toml",
        "[targets]\ndefault = { level = 2 }\n\n[since.\"2026-Q3\".targets]\ndefault = { level = 3 }\n",
    );
    temp.run(&["seal", "2026-Q2"]).result();
    // The value of the decision, brought forward by mistake, and two others that it says too.
    temp.edit(CONFIG, "\"365d\"", "\"92d\"");
    temp.edit(CONFIG, "[controls]\n", "[controls]\n\"H.A\" = { owner = \"engine\" }\n");
    temp.edit("content/profile.toml", "level = 2", "level = 4");
    assert_eq!(
        to_write(&temp),
        "A closed quarter keeps its rules. Write again what it was sealed with:\n\
         \x20 # remove controls.\"H.A\".owner, which was not set in 2026-Q2\n\
         \x20 evidence.max_age = \"365d\"   # in 2026-Q2\n\
         \x20 targets.default = { level = 2 }   # in 2026-Q2\n\
         1 of 1 sealed quarter failed\n"
    );
    let check = temp.run(&["check"]).stdout;
    assert_eq!(check.matches("help: from 2026-Q3 on, a `since` says already what holds").count(), 3, "{check}");
    // What it does not say goes beside what it says.
    temp.edit(CONFIG, "weight = 2, why", "weight = 5, why");
    let lines = to_write(&temp);
    assert!(
        lines.contains("And what is new from 2026-Q3 on, in milepost.toml:\n  [since.\"2026-Q3\"]   # it is there: add to it\n  controls.\"H.A-1\".weight = 5\n"),
        "{lines}"
    );
}

// An edited rule differs from the first seal only. The printed `since` must start at the next quarter, which was sealed with
// the new rule.
#[test]
fn a_rule_that_reaches_only_the_first_closed_quarter_holds_from_the_next_on() {
    let temp = harbour();
    temp.run(&["seal", "2026-Q2"]).result();
    temp.edit(CONFIG, "\"365d\"", "\"92d\"");
    temp.run(&["seal", "2026-Q3"]).result();
    // 2026-Q3 was sealed with what is new, so it is from there on that it holds.
    let lines = to_write(&temp);
    assert!(
        lines.contains("evidence.max_age = \"365d\"   # in 2026-Q2") && lines.contains("[since.\"2026-Q3\"]"),
        "{lines}"
    );
    temp.edit(CONFIG, "\"92d\"", "\"365d\"");
    temp.since("2026-Q3", "evidence.max_age = \"92d\"");
    temp.run(&["verify", "--strict"]).result();
}

#[test]
fn a_team_that_came_or_left_is_told_once_and_a_new_scope_is_a_rule() {
    let temp = harbour();
    temp.run(&["seal", "2026-Q2"]).result();
    let sealed = temp.read(CONFIG);
    temp.put(CONFIG, format!("{sealed}\n[[team]]\nid = \"quay\"\nname = \"Quay\"\nscope = [\"H.B\"]\n"));
    assert_eq!(
        to_write(&temp),
        "If `quay` is new, give its [[team]] first_quarter = \"2026-Q3\".\n1 of 1 sealed quarter failed\n"
    );
    temp.put(CONFIG, sealed.replace("name = \"Engine\"\n", "name = \"Engine\"\nlast_quarter = \"2026-Q1\"\n"));
    let lines = to_write(&temp);
    assert!(
        lines.starts_with("`engine` was asked in 2026-Q2: write last_quarter = \"2026-Q2\", or a later one.\n"),
        "{lines}"
    );
    temp.put(CONFIG, sealed.replace("name = \"Engine\"\n", "name = \"Engine\"\nfirst_quarter = \"2026-Q3\"\n"));
    let lines = to_write(&temp);
    assert!(
        lines.starts_with("`engine` was asked in 2026-Q2: write first_quarter = \"2026-Q2\", or remove it.\n"),
        "{lines}"
    );
    let check = temp.run(&["check"]).stdout;
    assert!(!check.contains("or remove its files"), "{check}");
    temp.put(CONFIG, sealed.replace(&sealed[sealed.rfind("\n[[team]]").unwrap()..], ""));
    assert!(temp.run(&["check"]).stdout.contains("the team `engine` is not in milepost.toml"));
    temp.put(CONFIG, sealed.replace("name = \"Bridge\"\n", "name = \"Bridge\"\nscope = [\"H.A\"]\n"));
    let lines = to_write(&temp);
    assert!(
        lines.contains("# remove teams.bridge.scope, which was not set in 2026-Q2")
            && lines.contains("  teams.bridge.scope = [\"H.A\"]\n"),
        "{lines}"
    );
}

#[test]
fn a_decision_that_was_moved_or_removed_comes_back_and_not_the_base() {
    let temp = harbour();
    let base = temp.read(CONFIG);
    temp.since("2026-Q3", "evidence.max_age = \"300d\"");
    temp.run(&["seal", "2026-Q2"]).result();
    temp.run(&["seal", "2026-Q3"]).result();
    // The base is as it was: what is gone is the decision.
    temp.put(CONFIG, &base);
    assert!(to_write(&temp).contains("  since.\"2026-Q3\".evidence.max_age = \"300d\"   # in 2026-Q3\n"));
    let check = temp.run(&["check"]).stdout;
    assert!(check.contains("write evidence.max_age = \"300d\" again under [since.\"2026-Q3\"]"), "{check}");
    // A decision that reaches a closed quarter moves to the first that may have it.
    temp.since("2026-Q2", "evidence.max_age = \"300d\"");
    let check = temp.run(&["check"]).stdout;
    assert!(check.contains("change [since.\"2026-Q2\"] to [since.\"2026-Q3\"]"), "{check}");
    assert!(to_write(&temp).contains("# move evidence.max_age from [since.\"2026-Q2\"] to [since.\"2026-Q3\"]"));
}

/// What `check` and `verify` say of edited catalogs, one help a line.
fn of_catalogs(temp: &TempWorkspace) -> String {
    let verify = temp.run(&["verify"]);
    assert_eq!(verify.code, Some(1), "{}", verify.said());
    let check = temp.run(&["check"]).said();
    let kept = |line: &&str| {
        line.contains("sealed-figures-changed") || (line.contains("  = help:") && !line.contains("carried = true"))
    };
    check.lines().filter(kept).map(|line| format!("{}\n", line.trim())).collect()
}

#[test]
fn an_edit_of_a_catalog_that_reaches_a_closed_quarter_is_named_with_what_to_write() {
    let temp = harbour();
    temp.run(&["seal", "2026-Q2"]).result();
    temp.run(&["seal", "2026-Q3"]).result();
    let (config, catalog) = (temp.read(CONFIG), temp.read(CATALOG));
    let mut said = String::new();
    for (what, edited) in [
        ("a weight", catalog.replace("id = \"H.B-1\"\n", "id = \"H.B-1\"\nweight = 3\n")),
        ("an age", catalog.replace("id = \"H.B-1\"\n", "id = \"H.B-1\"\nmax_age = \"30d\"\n")),
        ("a new control", format!("{catalog}[[category.control]]\nid = \"H.B-3\"\ntitle = \"H\"\noutcome = \"So.\"\n")),
        ("an end", catalog.replace("id = \"H.B-2\"\n", "id = \"H.B-2\"\nuntil = \"2026-Q2\"\n")),
        ("a start", catalog.replace("id = \"H.B-2\"\n", "id = \"H.B-2\"\nsince = \"2026-Q3\"\n")),
        ("a control that is gone", catalog[..catalog.rfind("[[category.control]]").unwrap()].to_owned()),
    ] {
        temp.put(CATALOG, edited);
        said += &format!("{what}:\n{}", of_catalogs(&temp));
    }
    temp.put(CATALOG, &catalog);
    temp.put("controls/quay/framework.toml", "id = \"quay\"\ntitle = \"Quay\"\nfunctions = [\"H\"]\n");
    temp.put("controls/quay/quay.toml", &catalog);
    temp.put(CONFIG, config.replace("[\"harbour\"]", "[\"quay\"]"));
    said += &format!("another framework:\n{}", of_catalogs(&temp));
    assert_snapshot!("edited-catalogs", said);
}

#[test]
fn a_weight_of_a_catalog_that_changed_under_a_seal_is_told_and_nothing_else() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/bad/sealed-figures-changed");
    let checked = run(Command::new(env!("CARGO_BIN_EXE_milepost")).current_dir(root).arg("check"));
    assert_snapshot!("sealed-figures-changed", checked.said());
}

#[test]
fn a_new_edition_takes_over_the_ids_of_the_old_one_and_closed_quarters_stand() {
    let temp = harbour();
    temp.run(&["seal", "2026-Q2"]).result();
    temp.run(&["seal", "2026-Q3"]).result();
    let catalog = temp.read(CATALOG);
    let each = |line: &str| catalog.replace("outcome = ", &format!("{line}\noutcome = "));
    temp.put(CATALOG, each("until = \"2026-Q3\""));
    temp.put("controls/quay/framework.toml", "id = \"quay\"\ntitle = \"Quay\"\nfunctions = [\"H\"]\n");
    temp.put("controls/quay/quay.toml", each("since = \"2026-Q4\""));
    for order in ["[\"quay\", \"harbour\"]", "[\"harbour\", \"quay\"]"] {
        let config = temp.read(CONFIG);
        let start = config.find("frameworks = ").unwrap();
        let end = start + config[start..].find('\n').unwrap();
        temp.put(CONFIG, config.replace(&config[start..end], &format!("frameworks = {order}")));
        assert_eq!(temp.run(&["check", "--deny-warnings"]).code, Some(0), "{order}");
        temp.run(&["verify"]).result();
        // The id means what it meant in its quarter, and then the new edition's control.
        let explained = |quarter: &str| temp.run(&["explain", "H.A-2", "--quarter", quarter]).result();
        assert!(explained("2026-Q3").contains("3.5"), "{}", explained("2026-Q3"));
    }
    let opened = temp.run(&["quarter", "2026-Q4"]).said();
    assert!(opened.contains("2026-Q4, opened from 2026-Q3: 0 answers carried"), "{opened}");
    assert!(
        opened.contains("`H.A-2` is not in force in 2026-Q4, and `quay` has one of this id, to be answered anew"),
        "{opened}"
    );
    temp.put(
        "content/2026-Q4/bridge/rules.toml",
        "[\"H.A-2\"]\nlevel = 4\nevidence = [{ kind = \"test\", title = \"Drill\", date = 2026-10-01 }]\n",
    );
    assert_eq!(temp.run(&["check", "--deny-warnings"]).code, Some(0));
    let explained = temp.run(&["explain", "H.A-2"]).result();
    assert!(explained.contains("Bridge"), "{explained}");
    let score: Json =
        serde_json::from_str(&temp.run(&["score", "--framework", "quay", "--format", "json"]).result()).unwrap();
    assert_eq!(node(&score, "H.A-2")["assessed"], 1);
    temp.run(&["verify"]).result();
    // Each quarter has its main framework, and the two are never compared.
    temp.edit(CONFIG, "[\"harbour\", \"quay\"]", "[\"quay\", \"harbour\"]");
    for (quarter, main) in [("2026-Q3", "harbour"), ("2026-Q4", "quay")] {
        let text = temp.run(&["score", "--quarter", quarter, "--format", "json"]).result();
        assert_eq!(serde_json::from_str::<Json>(&text).unwrap()["framework"], main);
    }
    let diff = temp.run(&["diff"]).result();
    assert!(diff.contains("No comparison: ") && diff.contains("Quay"), "{diff}");
    temp.run(&["build", "--out", "site"]).result();
    let trends = temp.read("site/trends/index.html");
    assert!(trends.contains("From 2026-Q4 on, the main framework is Quay; before, it was Harbour."), "{trends}");
    let is_told =
        |quarter: &str| temp.read(&format!("site/{quarter}/index.html")).contains("Nothing of Quay is in force.");
    assert_eq!(["2026-Q3", "2026-Q4"].map(is_told), [true, false]);
}

#[test]
fn the_lines_of_a_quarters_rules_say_what_is_written() {
    let temp = harbour();
    temp.edit(CONFIG, "minimum_coverage = 0", "minimum_coverage = 0\nscore = \"claimed\"\nteams = \"min\"");
    temp.put(
        "content/profile.toml",
        "[out_of_scope]\n\"H.B-1\" = { why = \"No crane.\" }\n\"H.B-2\" = { why = \"No quay.\", approved_by = \"CISO\" }\n",
    );
    temp.edit(CONFIG, "[controls]\n", "[controls]\n\"H.A\" = { owner = \"engine\" }\n");
    temp.since("2026-Q3", "scoring.score = \"supported\"\ncontrols.\"H.A\".max_age = \"9d\"");
    let exception = "{ reason = \"A dock.\", approved_by = \"Master\", expires = 2026-12-31 }";
    temp.since("2026-Q4", &format!("gates.regression = {{ limit = 0.5, exception = {exception} }}"));
    // From the first quarter on is not before it.
    temp.since("2026-Q2", "scoring.decimals = 2");
    let told = temp.run(&["check"]).result();
    assert!(!told.contains("bad-quarter") && !told.contains("since-without-effect"), "{told}");
    let [before, after] = ["2026-Q2", "2026-Q3"].map(|quarter| temp.rules_of(quarter));
    for (key, values) in [
        ("scoring.score", ["\"claimed\"", "\"supported\""]),
        ("scoring.teams", ["\"min\"", "\"min\""]),
        ("scoring.decimals", ["2", "2"]),
        // What is not named in a row stays.
        ("controls.\"H.A\".owner", ["\"engine\"", "\"engine\""]),
        ("controls.\"H.A\".max_age", ["", "\"9d\""]),
        ("out_of_scope.\"H.B-1\"", ["{ why = \"No crane.\" }"; 2]),
        ("out_of_scope.\"H.B-2\"", ["{ why = \"No quay.\", approved_by = \"CISO\" }"; 2]),
    ] {
        assert_eq!(
            [&before, &after].map(|rules| rules.get(&RuleKey::read(key)).cloned().unwrap_or_default()),
            values,
            "{key}"
        );
    }
    let assessment = temp.assessment();
    let changes = assessment.since.last().unwrap().changes.iter();
    let lines: Vec<String> = changes.map(RuleChange::line).collect();
    assert_eq!(lines, [format!("gates.regression.exception = {exception}")]);
}

#[test]
fn so_many_decisions_are_read_and_no_more() {
    for (count, refused) in [(40, false), (41, true)] {
        let temp = harbour();
        for number in 0..count {
            let quarter = format!("{}-Q{}", 2026 + (number + 2) / 4, (number + 2) % 4 + 1);
            temp.since(&quarter, &format!("scoring.decimals = {}", 2 + number % 2));
        }
        let told = temp.run(&["check"]).stdout;
        assert_eq!(told.contains("41 decisions on rules are given, and at most 40 are read"), refused, "{told}");
        assert_eq!(told.contains("error["), refused, "{told}");
    }
}

#[test]
fn an_explanation_weighs_teams_as_the_rules_of_its_quarter_do() {
    let temp = harbour();
    temp.since("2026-Q3", "teams.engine.weight = 3");
    let formula = |quarter: &str| {
        let told: Json =
            serde_json::from_str(&temp.run(&["explain", "H.A-1", "--quarter", quarter, "--format", "json"]).result())
                .unwrap();
        let weights: Vec<u64> =
            told["inputs"].as_array().unwrap().iter().map(|input| input["weight"].as_u64().unwrap()).collect();
        (told["formula"]["value"].as_str().unwrap().to_owned(), weights)
    };
    assert_eq!(formula("2026-Q2"), ("3".to_owned(), vec![1, 1]));
    assert_eq!(formula("2026-Q3"), ("2.5".to_owned(), vec![1, 3]));
}

#[test]
fn a_narrower_scope_and_a_new_scale_are_those_of_the_quarter_that_is_opened() {
    let temp = harbour();
    temp.since("2026-Q4", "teams.bridge.scope = [\"H.A\"]\nteams.engine.scope = \"default\"");
    temp.since(
        "2027-Q1",
        "scale.levels = [{ name = \"No\", criteria = \"Not at all.\" }, { name = \"Yes\", criteria = \"In full.\" }]",
    );
    let opened = temp.run(&["quarter", "2026-Q4"]).result();
    assert!(opened.contains("Bridge: 1 file, 2 answers carried"), "{opened}");
    assert!(
        opened.contains("  2 answers not carried, since Bridge is not asked for them in 2026-Q4: H.B-1, H.B-2"),
        "{opened}"
    );
    assert!(!temp.read("content/2026-Q4/bridge/rules.toml").contains("H.B"));
    assert_eq!(temp.run(&["check", "--deny-warnings"]).code, Some(0));
    // What Engine is asked for since then is owed, on the scale of the quarter.
    assert!(temp.run(&["worksheet", "engine"]).result().contains("2 answers"));
    let sheet = temp.read("content/2026-Q4/engine/worksheet-H.toml");
    assert!(sheet.contains("## 5 Optimizing:") && sheet.contains("# [H.B-1]"), "{sheet}");
    // A new team gets the scale and the controls of its first quarter.
    let catalog = temp.read(CATALOG)
        + "[[category.control]]\nid = \"H.B-3\"\ntitle = \"New\"\noutcome = \"It is so.\"\nsince = \"2027-Q1\"\n";
    temp.put(
        CATALOG,
        catalog.replace("title = \"H.B-1\"\n", "title = \"H.B-1\"\nuntil = \"2026-Q4\"\nreplaced_by = [\"H.B-3\"]\n"),
    );
    let text = temp.read(CONFIG);
    temp.put(CONFIG, text + "\n[[team]]\nid = \"quay\"\nname = \"Quay\"\nfirst_quarter = \"2027-Q1\"\n");
    let opened = temp.run(&["quarter", "2027-Q1"]).result();
    assert!(
        opened.contains("Quay: nothing to carry, it has no file in 2026-Q4; its worksheets ask for 4 answers"),
        "{opened}"
    );
    let sheet = temp.read("content/2027-Q1/quay/worksheet-H.toml");
    assert!(sheet.contains("## 1 Yes: In full.") && !sheet.contains("Optimizing"), "{sheet}");
    assert!(sheet.contains("# [H.B-3]") && !sheet.contains("# [H.B-1]"), "{sheet}");
}

#[test]
fn a_control_is_asked_from_its_first_quarter_to_its_last() {
    let temp = harbour();
    temp.run(&["seal", "2026-Q2"]).result();
    let before = temp.score_of("2026-Q2");
    // One is added, and one ends: the sealed quarter stays.
    let added = "[[category.control]]\nid = \"H.B-3\"\ntitle = \"New\"\noutcome = \"It is so.\"\nsince = \"2026-Q3\"\n";
    temp.put(CATALOG, temp.read(CATALOG) + added);
    temp.edit(CATALOG, "title = \"H.B-1\"\n", "title = \"H.B-1\"\nuntil = \"2026-Q2\"\nreplaced_by = [\"H.B-3\"]\n");
    assert!(temp.run(&["verify"]).result().contains("all the same, so the changed catalogs do not matter"));
    let same = |key: &str| assert_eq!(temp.score_of("2026-Q2")["overall"][key], before["overall"][key], "{key}");
    ["mean", "applicable", "assessed", "low", "high"].into_iter().for_each(same);
    let told = temp.run(&["check"]).stdout;
    assert!(told.contains("`H.B-1` was in force until 2026-Q2, so this answer does not count"), "{told}");
    assert!(told.contains("answer `H.B-3` instead"), "{told}");
    temp.edit(Q3, "[\"H.B-1\"]", "[\"H.B-3\"]");
    assert!(!temp.run(&["check"]).stdout.contains("warning["));
    assert_eq!(temp.score_of("2026-Q3")["overall"]["applicable"], 6);
    assert_eq!(temp.causes()["method"], ["\"H.B-1\"", "\"H.B-3\""]);
    temp.run(&["build"]).result();
    let page = text_of(&temp.read("public/2026-Q3/controls/H.B-1/index.html"));
    assert!(
        page.contains("not in force in 2026-Q3")
            && page.contains("Last quarter: 2026-Q2. Replaced by H.B-3; its answers are not taken over.")
    );
    assert!(!temp.read("public/2026-Q2/controls/H.B-1/index.html").contains("not in force"));
    // What is over is not carried.
    let opened = temp.run(&["quarter", "2026-Q4"]).result();
    assert!(opened.contains("6 answers carried"), "{opened}");
}

#[test]
fn where_every_control_ends_and_another_begins_all_is_method() {
    let temp = harbour();
    let ended =
        temp.read(CATALOG).replace("outcome = \"It is so.\"\n", "outcome = \"It is so.\"\nuntil = \"2026-Q2\"\n");
    let added = "[[category.control]]\nid = \"H.B-3\"\ntitle = \"New\"\noutcome = \"It is so.\"\nsince = \"2026-Q3\"\n";
    temp.put(CATALOG, ended + added);
    temp.put(Q3, "[\"H.B-3\"]\nlevel = 0\n");
    fs::remove_dir_all(temp.path("content/2026-Q3/engine")).unwrap();
    assert_eq!(mean(&temp.score_of("2026-Q3")), 0);
    assert_eq!(temp.causes().into_keys().collect::<Vec<_>>(), ["method"]);
}

#[test]
fn a_new_quarter_opens_by_its_own_rules() {
    let temp = harbour();
    temp.since("2026-Q4", "evidence.max_age = \"92d\"");
    assert!(temp.run(&["quarter", "2026-Q4"]).result().contains("6 answers carried, 6 evidence items left out"));
    let temp = harbour();
    temp.since("2026-Q4", "scale.levels = [{ name = \"No\", criteria = \"c\" }, { name = \"Yes\", criteria = \"c\" }]");
    temp.edit(Q3, "level = 4", "unknown = \"The pilot left.\"");
    let opened = temp.run(&["quarter", "2026-Q4"]).result();
    assert!(opened.contains("1 answer carried") && opened.contains("5 answers are each a comment"), "{opened}");
    assert_snapshot!("comments", temp.read("content/2026-Q4/bridge/rules.toml"));
    temp.run(&["check"]).result();
}

#[test]
fn criteria_above_the_scale_are_left_out_and_the_method_page_says_so() {
    let measured = |criteria: &str| {
        let temp = harbour();
        let facts = "title = \"H.B-2\"\nfacts = { copies = \"integer\" }\ncriteria = [CRITERIA]\n";
        temp.edit(CATALOG, "title = \"H.B-2\"\n", &facts.replace("CRITERIA", criteria));
        for path in [Q2, Q3] {
            let text = temp.read(path);
            temp.put(
                path,
                text.split("[\"H.B-2\"]").next().unwrap().to_owned() + "[\"H.B-2\"]\nfacts = { copies = 9 }\n",
            );
        }
        temp.edit(CONFIG, "[scoring]", "[scoring]\nscore = \"claimed\"");
        temp
    };
    let criterion = |level: u32| format!("{{ level = {level}, require = {{ copies = \">= {level}\" }} }}");
    let temp = measured(&[1, 3, 5, 7].map(criterion).join(", "));
    let of = |temp: &TempWorkspace, quarter: &str| {
        node(&temp.score_of(quarter), "H.B-2")["claimed"].as_i64().unwrap() / 1_000_000
    };
    let levels = "scale.levels = [{ name = \"a\", criteria = \"c\" }, { name = \"b\", criteria = \"c\" }, { name = \"d\", criteria = \"c\" }]";
    temp.since("2026-Q3", &format!("scale.bottom = 2\n{levels}"));
    let answers = |from: &str, to: &str| {
        temp.put(Q3, temp.read(Q3).replace(from, to));
        temp.put("content/2026-Q3/engine/rules.toml", temp.read("content/2026-Q3/engine/rules.toml").replace(from, to));
    };
    [("level = 1", "level = 2"), ("level = 5", "level = 4")].iter().for_each(|(from, to)| answers(from, to));
    assert_eq!((of(&temp, "2026-Q2"), of(&temp, "2026-Q3")), (5, 3));
    temp.run(&["build"]).result();
    let method = |path: &str| temp.read(&format!("public/{path}"));
    let newest = method("method/index.html");
    assert!(newest.contains("Criteria above 4 are left out") && newest.contains("from level 5"), "{newest}");
    assert!(newest.contains("end below 4, so facts alone reach at most") && newest.contains("level 3"), "{newest}");
    let before = method("2026-Q2/method/index.html");
    assert!(before.contains("Criteria above 5 are left out") && before.contains("from level 7"), "{before}");
    assert!(!before.contains("facts alone reach at most"));
    // A criterion at or below the bottom is still a condition of what lies above it.
    temp.put(Q3, temp.read(Q3).replace("copies = 9", "copies = 0"));
    assert_eq!(of(&temp, "2026-Q3"), 2);
}

#[test]
fn the_method_page_of_each_quarter_shows_its_rules_and_who_approved_what_changed() {
    let temp = harbour();
    temp.edit(CONFIG, "[gates]", "[audiences]\nboard = [\"teams\", \"people\", \"notes\"]\n\n[gates]");
    temp.since("2026-Q3", "evidence.max_age = \"92d\"\nteams.engine.weight = 3\ncontrols.\"H.A\".owner = \"engine\"");
    temp.since("2027-Q1", "scoring.decimals = 2");
    temp.run(&["build"]).result();
    let [newest, before] =
        ["public/method/index.html", "public/2026-Q2/method/index.html"].map(|page| text_of(&temp.read(page)));
    assert!(!Path::new(&temp.path("public/2026-Q3/method")).exists());
    for told in [
        "Since 2026-Q3",
        "Decided for 2027-Q1",
        "Yearly drills prove too little.",
        "Approved by: Harbour master",
        "more than 92 days",
    ] {
        assert!(newest.contains(told) && !before.contains(told), "{told}");
    }
    assert!(before.contains("more than 365 days"));
    assert!(newest.contains("teams.engine.weight"));
    temp.run(&["build", "--audience", "board", "--out", "board"]).result();
    let board = temp.read("board/method/index.html");
    assert!(board.contains("teams.team-b.weight") && board.contains("Approved by: not shown"), "{board}");
    assert!(!board.contains("engine") && !board.contains("Harbour master"), "{board}");
}

proptest! {
    #![proptest_config(Config { failure_persistence: None, ..Config::with_cases(96) })]

    #[test]
    fn each_quarter_is_scored_as_if_its_rules_were_the_only_ones(cases in three_sets_of_rules()) {
        let scored = score(each_by_its_own_rules(&cases));
        for (quarter, case) in scored.quarters().zip(&cases) {
            // What a workspace of one quarter gives is worked out by other means in the tests of scores. Its quarter has the same
            // name, since a team may be asked in some quarters only.
            let mut alone = case.score().assessment.clone();
            let mut only = alone.quarters[alone.newest()].clone();
            only.quarter = quarter.name();
            alone.quarters = std::iter::once(only).collect();
            let alone = score(alone);
            let alone = alone.newest();
            for team in std::iter::once(None).chain((0..case.teams.len()).map(|team| Some(positions::team(team)))) {
                let [together, alone] = [quarter, alone].map(|side| format!("{:?}", side.tree(FrameworkId::MAIN, team)));
                prop_assert_eq!(together, alone, "{}", quarter.name());
            }
        }
    }
}
