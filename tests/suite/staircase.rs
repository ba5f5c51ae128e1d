//! Tests the fewest controls that lift a node: against every subset, and what the command says.

use milepost::base::number::Mean;
use milepost::model::catalog::Node;
use milepost::model::ids::FunctionId;
use milepost::score::ScoredQuarter;
use milepost::score::staircase::{Aim, NoStairs, Staircase, climb};
use proptest::prelude::*;
use proptest::test_runner::Config;

use crate::support::generated_workspace::{self, Case, Scored};
use crate::support::temp_workspace::TempWorkspace;

/// The first Function, of three controls in two Categories.
fn first(scored: &Scored) -> FunctionId {
    scored.assessment.framework().functions.first_id().unwrap()
}

/// The means that the Function has once the controls of each subset are raised, by how many those are.
fn by_every_subset(quarter: ScoredQuarter<'_>, function: FunctionId, aim: &Mean) -> Vec<(usize, Mean)> {
    let catalog = quarter.framework(function.framework());
    let controls: Vec<_> = catalog.controls_of(Node::Function(function)).iter().collect();
    let tree = quarter.tree(function.framework(), None);
    let applies = |control| tree.controls[control].counts.applicable() > 0;
    let mut means = Vec::new();
    for chosen in 0..1_usize << controls.len() {
        let is_in = |at: usize| chosen & (1 << at) != 0;
        if controls.iter().enumerate().any(|(at, control)| is_in(at) && !applies(*control)) {
            continue;
        }
        let value = |(at, control): (usize, &_)| {
            let now = tree.controls[*control].mean.clone();
            let to = quarter.target(*control).map_or_else(|| aim.clone(), |target| Mean::from(target.level));
            let value = if is_in(at) { Some(now.map_or(to.clone(), |now| now.max(to))) } else { now };
            Some((catalog.controls[*control].rules.weight, value?))
        };
        let raised: Vec<(u32, Mean)> = controls.iter().enumerate().filter_map(value).collect();
        if let Some(mean) = Mean::weighted(raised.iter().map(|(weight, mean)| (*weight, mean))) {
            means.push((chosen.count_ones() as usize, mean));
        }
    }
    means
}

fn agree(quarter: ScoredQuarter<'_>, stairs: &Staircase, function: FunctionId) {
    let subsets = by_every_subset(quarter, function, &stairs.aim);
    let fewest = subsets.iter().filter(|(_, mean)| *mean >= stairs.aim).map(|(count, _)| *count).min();
    assert_eq!(stairs.needed, fewest);
    // A set of as many makes the mean that is told.
    let count = stairs.needed.unwrap_or(stairs.raises.len());
    assert!(subsets.iter().any(|(size, mean)| *size == count && *mean == stairs.after), "{stairs:?}");
    let (any, of) = stairs.any_of();
    assert_eq!(stairs.all_of().len() + any, count);
    assert!(of.is_empty() || (0 < any && any < of.len()));
}

proptest! {
    #![proptest_config(Config { failure_persistence: None, ..Config::with_cases(256) })]

    #[test]
    fn no_smaller_set_of_controls_reaches_the_aim(case in generated_workspace::case(), aim in prop::option::of(0..1000_usize)) {
        let case = Case { minimum_coverage: 0, team_level: false, ..case };
        let scored = case.score();
        let (quarter, function) = (scored.newest(), first(&scored));
        let aim = aim.map_or(Aim::Target, |step| Aim::Level(case.level(step % case.steps())));
        match climb(quarter, Node::Function(function), None, aim) {
            Ok(stairs) => agree(quarter, &stairs, function),
            Err(why) => {
                let figures = quarter.figures(Node::Function(function), None);
                match why {
                    NoStairs::NothingAssessed => prop_assert_eq!(figures.counts.assessed, 0),
                    NoStairs::NoTarget => prop_assert!(aim == Aim::Target && figures.target.is_none()),
                    why => prop_assert!(false, "{:?}", why),
                }
            }
        }
    }
}

/// Six controls of one Category, with a target of 3 each, and what a team says of them.
fn workspace(said: [&str; 6]) -> TempWorkspace {
    let workspace = TempWorkspace::empty();
    workspace.put(
        "milepost.toml",
        "[report]\ntitle = \"a\"\nframeworks = [\"own\"]\n[scoring]\nminimum_coverage = 50\n[[team]]\nid = \"deck\"\nname = \"Deck\"\n",
    );
    workspace.put("controls/own/framework.toml", "id = \"own\"\ntitle = \"Own\"\nfunctions = [\"HO\"]\n");
    let control = |n: usize| {
        let weight = if n == 1 { "weight = 3\n" } else { "" };
        format!("[[control]]\nid = \"HO-{n}\"\ntitle = \"Room {n}\"\noutcome = \"a\"\n{weight}")
    };
    let catalog: String = (1..=6).map(control).collect();
    workspace.put("controls/own/house.toml", format!("id = \"HO\"\ntitle = \"House\"\n{catalog}"));
    workspace.put("content/profile.toml", "[targets]\ndefault = { level = 3, why = \"a\" }\n");
    workspace.put(
        "content/actions.toml",
        "[[action]]\nid = \"A-1\"\ncontrol = \"HO-1\"\nteam = \"deck\"\ntitle = \"Paint it\"\ndue = 2026-12-01\nraises_to = 3\neffort = \"10 days\"\n",
    );
    let answers: String = said.iter().zip(1..).map(|(said, n)| format!("[HO-{n}]\n{said}\n")).collect();
    workspace.put("content/2026-Q3/deck/house.toml", answers);
    workspace
}

const SAID: [&str; 6] = ["level = 1", "level = 1", "level = 1", "level = 1", "level = 1", "unknown = \"a\""];

#[test]
fn ties_are_a_choice_and_effort_is_shown() {
    let run = workspace(SAID).run(&["plan", "HO", "--to", "2.2"]);
    insta::assert_snapshot!(run.result());
    let json: serde_json::Value =
        serde_json::from_str(&workspace(SAID).run(&["plan", "ho", "--to", "TARGET", "--format", "json"]).result())
            .unwrap();
    assert_eq!(
        (json["needed"].as_u64(), json["reached"].as_bool(), json["after"].as_i64()),
        (Some(5), Some(true), Some(3_000_000))
    );
    assert_eq!(json["all_of"][0]["actions"][0]["effort"], "10 days");
}

#[test]
fn what_cannot_be_planned_is_said() {
    let all = workspace(SAID);
    let said = all.run(&["plan", "HO", "--to", "4"]).result();
    assert!(
        said.contains("HO cannot reach 4.0: with all 5 controls that can rise at their target, it is 3.0"),
        "{said}"
    );
    let mut said = SAID;
    said[1] = "level = 3\nevidence = [{ kind = \"test\", title = \"a\", date = 2026-09-01 }]";
    let said = workspace(said).run(&["plan", "HO", "--to", "4"]).result();
    assert!(said.contains("with all 4 controls that can rise at their target"), "{said}");
    assert!(all.run(&["plan", "HO", "--to", "1"]).result().contains("HO is there already."));
    for (to, id, why) in [
        ("9", "HO", "`9` is no aim; give a level from 0 to 5, or `target`"),
        ("high", "HO", "`high` is no aim"),
        ("3", "own", "`own` is no Function and no Category"),
        ("3", "HO-1", "`HO-1` is no Function and no Category"),
        ("3", "HX", "no id `HX`"),
    ] {
        let said = all.run(&["plan", id, "--to", to]).failure(2);
        assert!(said.contains(why), "{said}");
    }
    let unknown = "unknown = \"a\"";
    let withheld =
        workspace(["level = 1", unknown, unknown, unknown, unknown, unknown]).run(&["plan", "HO", "--to", "3"]);
    assert!(withheld.failure(1).contains("the score of `HO` is withheld"));
    let none = workspace([unknown; 6]).run(&["plan", "HO", "--to", "3"]);
    assert!(none.failure(1).contains("nothing of `HO` is assessed in 2026-Q3"));
}
