//! Two quarters or two workspaces in, what moved between them out: laws that hold for every pair, and pairs worked out by hand.

#![allow(clippy::unwrap_used, reason = "what a test cannot go on without may panic")]

use std::collections::BTreeMap;

use milepost::catalog::TeamRule;
use milepost::change::{Cause, Change, NodeChange, overall};
use milepost::export::change::{Comparison, json};
use milepost::number::Mean;
use milepost::score::{Figures, score};
use milepost::settings::{Basis, OverallRule};
use proptest::prelude::*;
use proptest::test_runner::Config;
use serde_json::Value;

use self::case::{Case, Facts, Rule, Said, Scored, Team};
use self::two::{Two, by_id, by_the_rules_of_now, lends_beyond_its_scope, target, two_quarters, two_workspaces};

#[allow(dead_code, reason = "shared with score.rs, which uses the rest")]
#[path = "score/case.rs"]
mod case;
mod pencil;
#[path = "change/two.rs"]
mod two;

fn config() -> Config {
    Config { failure_persistence: None, ..Config::with_cases(192) }
}

fn any_two() -> impl Strategy<Value = Two> {
    prop_oneof![two_quarters(), two_workspaces()]
}

fn shown(figures: Option<&&Figures>) -> Option<i64> {
    figures.and_then(|figures| figures.shown_mean()).map(Mean::millionths)
}

fn part(node: &NodeChange, cause: Cause) -> i64 {
    node.parts.iter().filter(|part| part.cause == cause).map(|part| part.amount).sum()
}

fn by_node(change: &Change) -> BTreeMap<&str, &NodeChange> {
    change.nodes.iter().map(|node| (node.id.as_str(), node)).collect()
}

// ---------------------------------------------------------------------------------------------------------------------
// Laws
// ---------------------------------------------------------------------------------------------------------------------

proptest! {
    #![proptest_config(config())]

    #[test]
    fn parts_add_up_to_the_whole_and_controls_to_their_part_at_every_node(two in any_two()) {
        for team in two.selections() {
            let change = two.change(team);
            let (before, after) = (two.figures_before(team), two.figures_after(team));
            prop_assert_eq!(change.nodes.len(), after.len());
            for node in &change.nodes {
                // What is compared is what the reports of both sides show.
                prop_assert_eq!(node.from, shown(before.get(node.id.as_str())), "{}", &node.id);
                prop_assert_eq!(node.to, shown(after.get(node.id.as_str())), "{}", &node.id);
                let total = node.from.zip(node.to).map(|(from, to)| to - from);
                prop_assert_eq!(node.total(), total);
                prop_assert_eq!(node.why_not.is_empty(), total.is_some());
                let sum: i64 = node.parts.iter().map(|part| part.amount).sum();
                prop_assert_eq!(sum, total.unwrap_or_default(), "{} {:?}", &node.id, &node.parts);
                for part in &node.parts {
                    let controls: i64 = part.controls.iter().map(|(_, amount)| amount).sum();
                    prop_assert_eq!(controls, part.amount, "{} {:?}", &node.id, part);
                }
            }
        }
    }

    #[test]
    fn no_difference_is_shown_where_a_side_is_withheld(two in any_two()) {
        for team in two.selections() {
            let (before, after) = (two.figures_before(team), two.figures_after(team));
            for node in two.change(team).nodes {
                let withheld = |figures: Option<&&Figures>| figures.is_some_and(|figures| figures.why_withheld().is_some());
                if withheld(before.get(node.id.as_str())) || withheld(after.get(node.id.as_str())) {
                    prop_assert!(node.parts.is_empty() && node.total().is_none() && !node.why_not.is_empty(), "{:?}", node);
                }
            }
        }
    }

    #[test]
    fn the_rules_of_now_alone_make_the_first_part(two in two_workspaces()) {
        prop_assume!(!lends_beyond_its_scope(&two));
        // Scored a second time by the score stage: the old answers in the new catalog, by the new settings.
        let between = score(&by_the_rules_of_now(&two));
        let tree = &between.quarters[0].all[two.frameworks.1];
        let states = by_id(two.catalogs().1, tree);
        let before = two.figures_before(None);
        for node in two.change(None).nodes.iter().filter(|node| node.why_not.is_empty()) {
            let Some(state) = states[node.id.as_str()].mean.as_ref() else { continue };
            let then = before[node.id.as_str()].mean.as_ref().unwrap();
            prop_assert_eq!(part(node, Cause::Method), state.millionths() - then.millionths(), "{}", &node.id);
        }
    }

    #[test]
    fn one_workspace_has_one_method(two in two_quarters()) {
        for team in two.selections() {
            prop_assert!(two.change(team).nodes.iter().all(|node| part(node, Cause::Method) == 0));
        }
    }

    #[test]
    fn up_is_never_a_loss_and_down_never_a_gain(two in any_two()) {
        for team in two.selections() {
            for node in two.change(team).nodes {
                for part in &node.parts {
                    let wrong = |amount: i64| match part.cause {
                        Cause::Up => amount < 0,
                        Cause::Down => amount > 0,
                        _ => false,
                    };
                    prop_assert!(!wrong(part.amount) && !part.controls.iter().any(|(_, amount)| wrong(*amount)), "{:?}", part);
                }
            }
        }
    }

    #[test]
    fn only_controls_of_a_node_move_it(two in two_quarters()) {
        let catalog = two.catalogs().1;
        for node in two.change(None).nodes {
            for (id, _) in node.parts.iter().flat_map(|part| &part.controls) {
                let control = catalog.controls.iter().position(|control| control.id == *id).unwrap();
                let within = node.rank == "overall" || catalog.lineage(control).contains(&node.id.as_str());
                prop_assert!(within, "{} moves {}", id, &node.id);
            }
        }
    }

    #[test]
    fn what_did_not_change_did_not_move(case in case::case()) {
        let mut assessment = case.score().assessment;
        two::name(&mut assessment, &["deck", "engine", "shore"]);
        let one = Scored::of(assessment);
        let same = Scored { assessment: one.assessment.clone(), scorecard: one.scorecard.clone() };
        let two = Two::of(one, same);
        for team in two.selections() {
            let change = two.change(team);
            prop_assert!(change.nodes.iter().all(|node| node.parts.is_empty()));
            prop_assert!(change.answers.is_empty(), "{:?}", change.answers);
            prop_assert!(change.targets.is_empty(), "{:?}", change.targets);
            prop_assert_eq!(change.incomparable, None);
        }
    }

    #[test]
    fn the_way_back_is_as_long(two in two_quarters()) {
        let there: BTreeMap<String, Option<i64>> =
            two.change(None).nodes.iter().map(|node| (node.id.clone(), node.total())).collect();
        for node in two.back().change(None).nodes {
            prop_assert_eq!(there[&node.id], node.total().map(|total| -total), "{}", &node.id);
        }
    }

    #[test]
    fn the_whole_alone_is_the_whole(two in any_two()) {
        for team in two.selections() {
            let (all, alone) = (two.change(team), overall(two.before(), two.after(), two.frameworks.1, team).unwrap());
            prop_assert_eq!(format!("{:?}", all.nodes[0]), format!("{alone:?}"));
        }
    }

    #[test]
    fn targets_stand_beside_it(two in any_two()) {
        let change = two.change(None);
        for control in &two.catalogs().1.controls {
            let now = target(two.after(), two.frameworks.1, &control.id).unwrap();
            let Some(then) = target(two.before(), two.frameworks.0, &control.id) else { continue };
            let said = change.targets.iter().find(|target| target.control == control.id);
            prop_assert_eq!(said.is_some(), then != now, "{}", &control.id);
        }
    }

    #[test]
    fn json_adds_up(two in any_two()) {
        for team in two.selections() {
            let change = two.change(team);
            let comparison = Comparison {
                assessment: &two.to.assessment, from: "one", to: "two", framework: two.frameworks.1, team, change: &change,
            };
            let read: Value = serde_json::from_str(&json(&comparison)).unwrap();
            let nodes = read["nodes"].as_array().unwrap();
            prop_assert_eq!(nodes.len(), change.nodes.len());
            for node in nodes {
                let total = node["from"].as_i64().zip(node["to"].as_i64()).map(|(from, to)| to - from);
                let mut sum = 0;
                for part in node["parts"].as_array().unwrap() {
                    let amount = part["amount"].as_i64().unwrap();
                    let controls = part["controls"].as_array().unwrap().iter();
                    prop_assert_eq!(controls.map(|control| control["amount"].as_i64().unwrap()).sum::<i64>(), amount);
                    sum += amount;
                }
                prop_assert_eq!(sum, total.unwrap_or_default(), "{}", node);
            }
        }
    }

    #[test]
    fn another_scale_is_no_progress(case in case::case()) {
        let (one, mut other) = (case.score(), case.score());
        let scale = &mut other.assessment.settings.scale;
        scale.levels.push(scale.levels[0].clone());
        let two = Two::of(one, Scored::of(other.assessment));
        let change = two.change(None);
        prop_assert!(change.nodes.is_empty() && change.answers.is_empty());
        prop_assert!(change.incomparable.unwrap().starts_with("the scale changed"));
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// By hand
// ---------------------------------------------------------------------------------------------------------------------

/// One team, levels 0 to 5, claims count, equal weights, no targets: three controls in A, two in B, one in C.
fn plain(said: [Said; 6]) -> Case {
    let rule = Rule { weight: 1, teams: None, max_age: None, needs: None, overridden: false };
    Case {
        bottom: 0,
        levels: 6,
        per_level: 1,
        dimensions: Vec::new(),
        basis: Basis::Claimed,
        rule: TeamRule::Mean,
        overall: OverallRule::Functions,
        minimum_coverage: 0,
        decimals: 1,
        team_level: false,
        max_age: 365,
        needs: None,
        rules: vec![rule; 6],
        measures: vec![None; 6],
        lends: false,
        targets: Vec::new(),
        default_target: None,
        teams: vec![Team { weight: 1, scope: Vec::new(), here: true }],
        said: said.map(|said| vec![said]).to_vec(),
        facts: vec![vec![Facts { copies: 0, size: None, offsite: false, restored: None }]; 6],
        evidence: vec![vec![Vec::new()]; 6],
        files: vec![0; 6],
        order: (0..6).collect(),
    }
}

fn compared(before: [Said; 6], after: [Said; 6]) -> Change {
    Two::quarters(two::of_cases(&plain(before), &plain(after))).change(None)
}

const fn at(level: usize) -> Said {
    Said::Level([level, level, level])
}

/// A cause, what it did, and what each control did of that.
type Told<'a> = (Cause, i64, Vec<(&'a str, i64)>);

fn parts(node: &NodeChange) -> Vec<Told<'_>> {
    node.parts
        .iter()
        .map(|part| {
            let controls = part.controls.iter().map(|(id, amount)| (id.as_str(), *amount)).collect();
            (part.cause, part.amount, controls)
        })
        .collect()
}

#[test]
fn a_newly_assessed_control_moves_the_mean_by_its_distance_from_it() {
    // A was (3 + 3) / 2 = 3 and is (3 + 3 + 0) / 3 = 2: the third lies 3 below, divided by 3.
    let change =
        compared([at(3), at(3), Said::Unknown, at(2), at(2), at(4)], [at(3), at(3), at(0), at(2), at(2), at(4)]);
    let nodes = by_node(&change);
    assert_eq!(parts(nodes["A"]), [(Cause::Assessed, -1_000_000, vec![("A.Y-1", -1_000_000)])]);
    // The whole is the mean of three Functions: a third of it, cut to whole millionths.
    assert_eq!(parts(&change.nodes[0]), [(Cause::Assessed, -333_333, vec![("A.Y-1", -333_333)])]);
    assert_eq!(nodes["A.Y-1"].why_not, "nothing was assessed before");
}

#[test]
fn scope_comes_before_levels() {
    // A: (1 + 4 + 4) / 3 = 3; without the 1, 4; then one 4 falls to 2: 3. The mean is the same, and two things happened.
    let change =
        compared([at(1), at(4), at(4), at(2), at(2), at(4)], [Said::NotApplicable, at(4), at(2), at(2), at(2), at(4)]);
    let nodes = by_node(&change);
    assert_eq!(nodes["A"].total(), Some(0));
    assert_eq!(
        parts(nodes["A"]),
        [(Cause::Scope, 1_000_000, vec![("A.X-1", 1_000_000)]), (Cause::Down, -1_000_000, vec![("A.Y-1", -1_000_000)]),]
    );
}
