//! Tests the explanations of two small workspaces. A reader can check each with a pocket calculator.

use std::path::{Path, PathBuf};
use std::process::Command;

use milepost::check;
use milepost::load::workspace;
use milepost::model::catalog::Node;
use milepost::score::explain::{Explanation, Subject, explain};
use milepost::score::score;

use crate::answers_in_time::yard;
use crate::support::independent_arithmetic::{Exact, MILLION, cut, half_up, shown_as, value_of};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/good").join(name)
}

/// What `milepost explain` prints in the workspace `name`.
fn explained(name: &str, arguments: &[&str]) -> String {
    let folder = folder(name);
    let root = ["--root", folder.to_str().unwrap(), "explain"];
    let output = Command::new(env!("CARGO_BIN_EXE_milepost")).args(root).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn controls_are_explained() {
    for (id, what) in [
        ("HU.PA-01", "measured, and capped by stale evidence"),
        ("HU.PA-02", "measured on the facts of another control"),
        ("HU.PA-03", "capped by stale evidence, with a weight"),
        ("HU.PA-04", "unknown and unanswered"),
        ("HU.RI-01", "owned"),
        ("HU.RI-02", "the lowest, and not applicable"),
    ] {
        insta::assert_snapshot!(format!("control-{id}"), explained("explain", &[id]), what);
    }
}

#[test]
fn controls_in_dimensions_are_explained() {
    for (id, what) in [("BO.GA-01", "each dimension is capped"), ("BO.GA-02", "nothing is capped")] {
        insta::assert_snapshot!(format!("dimensions-{id}"), explained("explain-split", &[id]), what);
    }
}

#[test]
fn evidence_that_is_missing_too_old_or_of_another_kind_is_told_apart() {
    let rules = "[evidence]\nmax_age = \"92d\"\nneeds = [{ from = 2, any_of = [\"test\"] }]\n";
    let temp = yard(&format!("[[team]]\nid = \"deck\"\nname = \"Deck\"\n{rules}"));
    let why = |evidence: &[(&str, &str)]| {
        let item = |(kind, date): &(&str, &str)| format!("{{ kind = \"{kind}\", title = \"Log\", date = {date} }}");
        let items: Vec<String> = evidence.iter().map(item).collect();
        let answer = format!("[MD.EN-1]\nlevel = 3\nevidence = [{}]\n", items.join(", "));
        temp.put("content/2026-Q3/deck/all.toml", answer);
        let said = temp.run(&["explain", "MD.EN-1"]).result();
        let line =
            said.lines().find(|line| line.contains("claimed 3, supported 1")).unwrap_or_else(|| panic!("{said}"));
        line.split_once("supported 1: ").unwrap().1.to_owned()
    };
    assert_eq!(why(&[]), "no evidence is given");
    assert_eq!(why(&[("record", "2026-06-29")]), "no evidence is current");
    assert_eq!(why(&[("record", "2026-06-30")]), "there is no test among its current evidence");
    let old = [("record", "2026-06-30"), ("test", "2026-06-29")];
    assert_eq!(why(&old), "“Log” of 2026-06-29 is 93 days old at 2026-09-30, limit 92");
}

#[test]
fn nodes_above_controls_are_explained() {
    for (id, what) in [
        ("HU.PA", "a Category with weights and exclusions"),
        ("HU", "a Function"),
        ("overall", "the whole, by its Functions"),
        ("CR", "withheld"),
    ] {
        insta::assert_snapshot!(format!("node-{id}"), explained("explain", &[id]), what);
    }
    insta::assert_snapshot!("node-overall-by-controls", explained("explain-split", &["overall"]));
}

#[test]
fn what_speaks_of_one_team_is_explained() {
    let of_shed = ["--team", "shed"];
    insta::assert_snapshot!("team-level", explained("explain", &["pace"]));
    insta::assert_snapshot!("team-level-control", explained("explain", &["PA.WA-01"]));
    insta::assert_snapshot!("team-level-of-a-team", explained("explain", &[&["pace"], &of_shed[..]].concat()));
    insta::assert_snapshot!("control-of-a-team", explained("explain", &[&["HU.PA-01"], &of_shed[..]].concat()));
    insta::assert_snapshot!(
        "control-of-a-team-that-does-not-own-it",
        explained("explain", &["HU.RI-01", "--team", "slip"])
    );
}

#[test]
fn an_explanation_is_json_too() {
    insta::assert_snapshot!("json", explained("explain", &["HU.PA", "--format", "json"]));
}

/// The explanations of every node of a workspace, for all teams and for each.
fn explanations(name: &str) -> Vec<(Node, Explanation)> {
    let assessment = check::check(&workspace::load(&folder(name))).assessment.unwrap();
    let scored = score(assessment);
    let quarter = scored.quarters().next().unwrap();
    let mut all = Vec::new();
    for framework in &scored.assessment.frameworks {
        for team in std::iter::once(None).chain(scored.assessment.settings.teams.ids().map(Some)) {
            let words = &scored.assessment.english;
            all.extend(framework.nodes().map(|node| (node, explain(Subject { quarter, team, node, words }))));
        }
    }
    all
}

#[test]
fn every_equation_can_be_redone() {
    let mut splits = 0;
    for (name, decimals) in [("explain", 1), ("explain-split", 2)] {
        for (node, made) in explanations(name) {
            let place = format!("{} {:?} of {name}", made.id, made.team);
            let to_a_millionth = |value: Exact| Exact::new(half_up(value * MILLION), MILLION);
            let exact = |value| if matches!(node, Node::Control(_)) { to_a_millionth(value) } else { value };
            let means = made.beside.iter().filter(|row| row.name != "At target");
            let means = means.filter_map(|row| Some((row.name.as_str(), row.formula.as_ref()?, row.shown.as_str())));
            let own = made.formula.iter().zip(made.score.as_deref()).map(|(formula, score)| ("Score", formula, score));
            for (name, formula, wanted) in own.chain(means) {
                let value = exact(value_of(&formula.text));
                assert_eq!(
                    (cut(value), shown_as(name, value, decimals).as_str()),
                    (formula.value.clone(), wanted),
                    "{place}"
                );
            }
            // The dimensions of a level make the level that the formula above takes.
            let notes = made.inputs.iter().flat_map(|input| &input.notes);
            for (formula, result) in notes.filter_map(|note| note.split_once(": ")?.1.split_once(" = ")) {
                let Some(formula) = formula.strip_prefix("claimed ").or_else(|| formula.strip_prefix("supported "))
                else {
                    continue;
                };
                let (result, rounded) =
                    result.split_once(", rounded").map_or((result, false), |(result, _)| (result, true));
                let value = value_of(formula);
                assert_eq!(
                    (cut(to_a_millionth(value)), rounded),
                    (result.to_owned(), to_a_millionth(value) != value),
                    "{place}"
                );
                splits += 1;
            }
        }
    }
    assert!(splits > 10, "{splits}");
}
