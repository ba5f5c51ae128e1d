//! Tests changes between two quarters or two workspaces: laws that hold for every pair, and pairs worked out by hand.

use std::collections::BTreeMap;

use insta::assert_snapshot;
use milepost::base::number::Mean;
use milepost::export::change::{Comparison, csv, json, print};
use milepost::export::headline::headline;
use milepost::export::table::Style;
use milepost::model::catalog::Node;
use milepost::model::evidence::Item;
use milepost::model::ids::FrameworkId;
use milepost::model::settings::Basis;
use milepost::score::change::{Cause, Change, NodeChange, WhyNot, between, overall};
use milepost::score::{Figures, ScoredQuarter, score};
use proptest::prelude::*;
use proptest::test_runner::Config;
use serde_json::Value;

use crate::support::generated_comparison::{
    self, Two, by_id, by_the_rules_of_now, lend, lending, lends_beyond_its_scope, picks, target, two_quarters,
    two_sets_of_rules, two_workspaces,
};
use crate::support::generated_workspace::{self, Case, Said, Scored};
use crate::support::positions;

fn config() -> Config {
    Config { failure_persistence: None, ..Config::with_cases(192) }
}

fn any_two() -> impl Strategy<Value = Two> {
    prop_oneof![
        two_quarters(),
        two_workspaces(),
        two_sets_of_rules(),
        lending(two_quarters()),
        lending(two_workspaces()),
        lending(two_sets_of_rules()),
    ]
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
                prop_assert_eq!(node.why_not.is_none(), total.is_some());
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
    fn the_headline_says_that_nothing_moved_exactly_where_the_table_shows_no_movement(two in any_two()) {
        for team in two.selections() {
            let change = two.change(team);
            let (from, to, framework) = (two.before(), two.after(), two.framework_ids().1);
            let team = team.map(positions::team);
            let said = headline(&Comparison { from, to, from_name: "before", framework, team, change: &change });
            let moved = |node: &NodeChange| node.total().map_or(node.shown_from != node.shown_to, |total| total != 0);
            let still = change.incomparable.is_none() && !change.nodes.iter().any(moved);
            prop_assert_eq!(said.contains("moves no score"), still, "{}", said);
        }
    }

    #[test]
    fn no_difference_is_shown_where_a_side_is_withheld(two in any_two()) {
        for team in two.selections() {
            let (before, after) = (two.figures_before(team), two.figures_after(team));
            for node in two.change(team).nodes {
                let withheld = |figures: Option<&&Figures>| figures.is_some_and(|figures| figures.why_withheld().is_some());
                if withheld(before.get(node.id.as_str())) || withheld(after.get(node.id.as_str())) {
                    prop_assert!(node.parts.is_empty() && node.total().is_none() && node.why_not.is_some(), "{:?}", node);
                }
            }
        }
    }

    #[test]
    fn the_rules_of_now_alone_make_the_first_part(
        two in prop_oneof![two_workspaces(), two_sets_of_rules(), lending(two_sets_of_rules())],
    ) {
        prop_assume!(!lends_beyond_its_scope(&two));
        // Scored a second time by the score stage: the old answers in the new catalog, by the new settings.
        let between = score(by_the_rules_of_now(&two));
        let tree = between.newest().tree(two.framework_ids().1, None);
        let states = by_id(two.catalogs().1, tree);
        let before = two.figures_before(None);
        for node in two.change(None).nodes.iter().filter(|node| node.why_not.is_none()) {
            let Some(state) = states[node.id.as_str()].mean.as_ref() else { continue };
            let then = before[node.id.as_str()].mean.as_ref().unwrap();
            prop_assert_eq!(part(node, Cause::Method), state.millionths() - then.millionths(), "{}", &node.id);
        }
    }

    // Otherwise rounding would show as a change of rules.
    #[test]
    fn the_same_rules_are_no_change_of_method(two in prop_oneof![two_quarters(), two_sets_of_rules()]) {
        prop_assume!(two.has_one_set_of_rules());
        for team in two.selections() {
            prop_assert!(two.change(team).nodes.iter().all(|node| part(node, Cause::Method) == 0));
        }
    }

    // A comparison within one workspace takes a short cut. It must give what a comparison of two workspaces gives.
    #[test]
    fn two_quarters_of_one_workspace_move_as_those_of_two_equal_ones(
        two in prop_oneof![two_quarters(), two_sets_of_rules(), lending(two_sets_of_rules())],
    ) {
        // Of one workspace it is known without looking that the rules are the same.
        let copy = Scored::of(two.from.assessment.clone());
        let before = copy.quarter(positions::quarter(two.quarters.0));
        for team in two.selections() {
            let apart = between(before, two.after(), two.framework_ids().1, team.map(positions::team));
            prop_assert_eq!(format!("{:?}", two.change(team)), format!("{apart:?}"));
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
    fn what_is_inherited_moves_only_with_the_answer_that_it_is_inherited_from(two in lending(two_quarters())) {
        let (before, after) = (two.before(), two.after());
        let worth = |side: ScoredQuarter<'_>, id| {
            let periods = |items: Vec<&Item>| items.into_iter().map(|item| (item.kind, item.period)).collect::<Vec<_>>();
            let lent = side.lent_evidence(id).into_iter().map(|(_, item)| item).collect();
            (side.levels(id), periods(lent), periods(side.evidence_for(id).collect()))
        };
        let is_same = |id| before.is_asked(id) && after.is_asked(id) && worth(before, id) == worth(after, id);
        let catalog = two.catalogs().1;
        let controls = || catalog.controls.entries();
        for moved in two.change(None).answers.iter().filter(|moved| moved.cause == Cause::Inherited) {
            let control = controls().find(|(_, control)| control.id == moved.control).unwrap().0;
            let team = after.settings().teams.find(|team| team.id == moved.team).unwrap();
            prop_assert!(!is_same(after.provider(control.of(team)).unwrap()), "{:?}", moved);
        }
    }

    #[test]
    fn only_controls_of_a_node_move_it(two in two_quarters()) {
        let catalog = two.catalogs().1;
        for node in two.change(None).nodes {
            for (id, _) in node.parts.iter().flat_map(|part| &part.controls) {
                let control = catalog.controls.find(|control| control.id == *id).unwrap();
                let is_whole = matches!(node.node, Node::Framework(_));
                let within = is_whole || catalog.lineage(control).any(|above| above == node.id);
                prop_assert!(within, "{} moves {}", id, &node.id);
            }
        }
    }

    #[test]
    fn what_did_not_change_did_not_move(case in generated_workspace::case(), picks in prop::option::of(picks())) {
        let mut assessment = case.score().assessment.clone();
        picks.iter().for_each(|picks| lend(&mut assessment, picks));
        generated_comparison::name(&mut assessment, &["deck", "engine", "shore"]);
        let one = Scored::of(assessment);
        let same = Scored::of(one.assessment.clone());
        let two = Two::of(one, same);
        for team in two.selections() {
            let change = two.change(team);
            prop_assert!(change.nodes.iter().all(|node| node.parts.is_empty()));
            prop_assert!(change.answers.is_empty(), "{:?}", change.answers);
            prop_assert!(change.targets.is_empty(), "{:?}", change.targets);
            prop_assert_eq!(change.incomparable, None);
        }
    }

    // If the two quarters are swapped, every difference must be the negative of itself.
    #[test]
    fn the_way_back_is_as_long(two in two_quarters()) {
        let there: BTreeMap<String, Option<i64>> =
            two.change(None).nodes.iter().map(|node| (node.id.clone(), node.total())).collect();
        for node in two.back().change(None).nodes {
            prop_assert_eq!(there[&node.id], node.total().map(|total| -total), "{}", &node.id);
        }
    }

    // `overall()` is a short cut for `between()`. Both must agree.
    #[test]
    fn the_whole_alone_is_the_whole(two in any_two()) {
        for team in two.selections() {
            let (all, alone) = (two.change(team), overall(two.before(), two.after(), two.framework_ids().1, team.map(positions::team)).unwrap());
            prop_assert_eq!(format!("{:?}", all.nodes[0]), format!("{alone:?}"));
        }
    }

    // A target that moved is listed beside the change. It is never progress.
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
            let comparison = two.comparison(team, &change);
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
    fn csv_adds_up(two in any_two()) {
        let millionths = |cell: &str| -> i64 {
            let (whole, decimals) = cell.split_once('.').unwrap_or((cell, ""));
            format!("{whole}{decimals:0<6}").parse().unwrap()
        };
        for team in two.selections() {
            let change = two.change(team);
            let comparison = two.comparison(team, &change);
            let text = csv(&comparison).to_string();
            let mut sheet = ::csv::Reader::from_reader(text.as_bytes());
            let heads = sheet.headers().unwrap().clone();
            let rows: Vec<::csv::StringRecord> = sheet.records().map(Result::unwrap).collect();
            prop_assert_eq!(rows.len(), change.nodes.len());
            for row in rows {
                let cell = |name: &str| row.get(heads.iter().position(|head| head == name).unwrap()).unwrap();
                let figure = |name: &str| Some(cell(name)).filter(|cell| !cell.is_empty()).map(millionths);
                let difference = figure("after").zip(figure("before")).map(|(after, before)| after - before);
                let causes: i64 = Cause::ALL.iter().filter_map(|cause| figure(cause.name())).sum();
                match figure("change") {
                    Some(change) => prop_assert_eq!((difference, causes), (Some(change), change), "{:?}", row),
                    None => prop_assert!(causes == 0 && !cell("why_not").is_empty(), "{:?}", row),
                }
            }
        }
    }

    #[test]
    fn another_scale_is_no_progress(case in generated_workspace::case()) {
        let one = case.score();
        let mut other = one.assessment.clone();
        let scale = &mut other.settings.scale;
        scale.levels.push(scale.levels[0].clone());
        let two = Two::of(one, Scored::of(other));
        let change = two.change(None);
        prop_assert!(change.nodes.is_empty() && change.answers.is_empty());
        let is_scale = matches!(change.incomparable, Some(WhyNot::Scale { .. }));
        prop_assert!(is_scale);
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// By hand
// ---------------------------------------------------------------------------------------------------------------------

/// A plain case: three controls in A, two in B, one in C.
fn plain(said: [Said; 6]) -> Case {
    Case { said: said.map(|said| vec![said]).to_vec(), ..Case::plain() }
}

fn compared(before: [Said; 6], after: [Said; 6]) -> Change {
    Two::quarters(generated_comparison::of_cases(&plain(before), &plain(after))).change(None)
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
    assert_eq!(nodes["A.Y-1"].why_not, Some(WhyNot::NoneBefore));
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

/// What leaves, what is newly assessed and what rises between [`FEW`] and [`MORE`], where the second control of A weighs 2.
const FEW: [Said; 6] = [at(1), at(4), Said::Unknown, at(1), at(3), at(4)];
const MORE: [Said; 6] = [at(2), at(5), at(2), Said::NotApplicable, at(3), Said::Unknown];

fn by_weight(before: [Said; 6], after: [Said; 6]) -> Two {
    let heavy = |said| {
        let mut case = plain(said);
        case.rules[1].weight = 2;
        case
    };
    Two::quarters(generated_comparison::of_cases(&heavy(before), &heavy(after)))
}

#[test]
fn each_control_moves_the_whole_by_its_weight_in_its_function() {
    let change = by_weight(FEW, MORE).change(None);
    // A was (1 + 2 × 4) / 3 = 3; with the new 2, (1 + 8 + 2) / 4 = 2.75; with 2 for 1 and 5 for 4, (2 + 10 + 2) / 4 = 3.5.
    // B was (1 + 3) / 2 = 2, and is 3 without the 1. C was 4, and is not assessed any more.
    assert_eq!(
        parts(by_node(&change)["A"]),
        [
            (Cause::Assessed, -250_000, vec![("A.Y-1", -250_000)]),
            (Cause::Up, 750_000, vec![("A.X-1", 250_000), ("A.X-2", 500_000)]),
        ]
    );
    // The whole was (3 + 2 + 4) / 3 = 3, then (3 + 3 + 4) / 3 = 3⅓, (2.75 + 3) / 2 = 2.875, (3.5 + 3) / 2 = 3.25.
    // C took 4 − 3⅓ with it, divided by the two that are left; of A's moves half counts.
    assert_eq!(
        parts(&change.nodes[0]),
        [
            (Cause::Scope, 333_333, vec![("B.X-1", 333_333)]),
            (Cause::Assessed, -458_333, vec![("A.Y-1", -125_000), ("C.X-1", -333_333)]),
            (Cause::Up, 375_000, vec![("A.X-1", 125_000), ("A.X-2", 250_000)]),
        ]
    );
}

#[test]
fn the_way_back_shares_by_the_weights_of_its_own_end() {
    let change = by_weight(MORE, FEW).change(None);
    // 3.25, then (3.5 + 2 with B's 1) / 2 = 2.75, (4 without A's 2 + 2 + 4 for C) / 3 = 3⅓, (3 + 2 + 4) / 3 = 3.
    // A rose by 0.5, a third of it counts; C brought 4 − 2.75, a third of that.
    assert_eq!(
        parts(&change.nodes[0]),
        [
            (Cause::Scope, -500_000, vec![("B.X-1", -500_000)]),
            (Cause::Assessed, 583_333, vec![("A.Y-1", 166_667), ("C.X-1", 416_666)]),
            (Cause::Down, -333_333, vec![("A.X-1", -111_111), ("A.X-2", -222_222)]),
        ]
    );
}

#[test]
fn a_function_that_enters_is_shared_among_its_controls_by_weight() {
    let change = by_weight(
        [Said::Unknown, Said::Unknown, Said::Unknown, at(2), at(2), at(2)],
        [at(5), at(2), Said::Unknown, at(2), at(2), at(2)],
    );
    let change = change.change(None);
    // A enters with (5 + 2 × 2) / 3 = 3, a third of its distance from the 2 there was: all of it is the 5's, 3 above, a ninth of
    // the whole; the two 2s lie where the mean lay.
    assert_eq!(parts(&change.nodes[0]), [(Cause::Assessed, 333_333, vec![("A.X-1", 333_333)])]);
}

// A node with the difference 0 may hide two moves. Both must be listed.
#[test]
fn moves_that_cancel_out_are_told() {
    // A: (1 + 3 + 2) / 3 = 2, and 2 alone without both.
    let out = Said::NotApplicable;
    let change = compared([at(1), at(3), at(2), at(2), at(2), at(4)], [out, out, at(2), at(2), at(2), at(4)]);
    let nodes = by_node(&change);
    assert_eq!(parts(nodes["A"]), [(Cause::Scope, 0, vec![("A.X-1", 1_000_000), ("A.X-2", -1_000_000)])]);
    assert_eq!(["A", "B"].map(|id| nodes[id].has_moved()), [true, false]);
}

#[test]
fn the_headline_says_whether_an_answer_came_or_went() {
    let all = [at(3), at(1), at(3), at(2), at(2), at(4)];
    let few = [at(3), Said::Unknown, at(3), at(2), at(2), at(4)];
    let said = |before, after| {
        let two = Two::quarters(generated_comparison::of_cases(&plain(before), &plain(after)));
        headline(&two.comparison(None, &two.change(None)))
    };
    assert!(said(few, all).ends_with(": newly assessed on A.X-2."), "{}", said(few, all));
    assert!(said(all, few).ends_with(": no longer assessed on A.X-2."), "{}", said(all, few));
}

#[test]
fn another_weight_moves_the_mean_by_the_share_it_gains_and_the_others_lose() {
    let before = plain([at(1), at(4), at(4), at(2), at(2), at(4)]);
    let mut after = before.clone();
    after.rules[0].weight = 3;
    let change = Two::of(before.score(), after.score()).change(None);
    // A: (1 + 4 + 4) / 3 = 3, then (3 × 1 + 4 + 4) / 5 = 2.2. The 1, 2 below the mean, has 3/5 in place of 1/3, the others, 1 above
    // it, have 1/5.
    assert_eq!(
        parts(by_node(&change)["A"]),
        [(Cause::Method, -800_000, vec![("A.X-1", -533_333), ("A.X-2", -133_333), ("A.Y-1", -133_334)])]
    );
    // In the whole, a third of that; the other Functions keep their third.
    assert_eq!(
        parts(&change.nodes[0]),
        [(Cause::Method, -266_667, vec![("A.X-1", -177_778), ("A.X-2", -44_444), ("A.Y-1", -44_445)])]
    );
}

#[test]
fn moves_that_look_equal_stand_in_the_order_of_the_catalog() {
    let case = |first| {
        let mut case = plain([at(first), at(1), at(2), at(first), at(1), at(4)]);
        for (rule, weight) in case.rules.iter_mut().zip([333, 667, 1, 1, 2, 1]) {
            rule.weight = weight;
        }
        case
    };
    let two = Two::of(case(1).score(), case(2).score());
    // A.X rises by 333/1000, and B.X by 1/3.
    let said = headline(&two.comparison(None, &two.change(None)));
    assert!(said.starts_with("This change moves A.X ") && said.contains(" and B.X "), "{said}");
}

#[test]
fn a_comparison_reads_like_this() {
    // Claims of 2 and more lack the evidence that they need.
    let said = |said| Case { basis: Basis::Supported, decimals: 2, ..plain(said) };
    let before = said([at(0), Said::Unknown, Said::Nothing, at(0), at(1), at(1)]);
    let after = said([at(4), at(0), at(0), Said::NotApplicable, Said::Unknown, Said::Nothing]);
    let two = Two::quarters(generated_comparison::of_cases(&before, &after));
    let change = two.change(None);
    let told: Vec<_> =
        change.answers.iter().map(|moved| format!("{}: {} to {}", moved.control, moved.from, moved.to)).collect();
    assert_eq!(
        told,
        [
            "A.X-1: 0 to 1 (claimed 4)",
            "A.X-2: unknown to 0",
            "A.Y-1: unanswered to 0",
            "B.X-1: 0 to not applicable",
            "B.X-2: 1 to unknown",
            "C.X-1: 1 to unanswered",
        ]
    );
    let comparison = Comparison {
        from: two.before(),
        to: two.after(),
        from_name: "2026-Q2",
        framework: FrameworkId::MAIN,
        team: None,
        change: &change,
    };
    assert_snapshot!(print(&comparison, Style::Text));
    let json: Value = serde_json::from_str(&json(&comparison)).unwrap();
    let causes = json["nodes"][0]["parts"].as_array().unwrap().iter().map(|part| part["cause"].as_str().unwrap());
    assert_eq!(causes.collect::<Vec<_>>(), ["scope", "assessed", "up"]);
}

#[test]
fn what_a_new_control_says_comes_with_the_catalog() {
    let (was, is) = (plain([at(3); 6]), plain([at(3), at(3), at(3), at(3), at(3), at(4)]));
    let was = generated_comparison::reshaped(
        was.score().assessment.clone(),
        &[Some(0), Some(0), Some(1), Some(2), Some(2), None],
    );
    let change = Two::of(Scored::of(was), is.score()).change(None);
    let [moved] = change.answers.as_slice() else { panic!("{:?}", change.answers) };
    let told = format!("{}: {} to {}", moved.control, moved.from, moved.to);
    assert_eq!((told.as_str(), moved.cause), ("C.X-1: not in the catalog to 4", Cause::Method));
}

#[test]
fn it_is_said_on_which_side_too_little_is_assessed() {
    // Half of it must be.
    let said = |said| Case { minimum_coverage: 50, ..plain(said) };
    let (few, enough, unknown) = ([at(3), Said::Unknown, Said::Unknown], [at(3), at(3), at(3)], Said::Unknown);
    let why = |before: [Said; 3], after: [Said; 3]| {
        let [before, after] = [before, after].map(|[one, two, three]| said([one, two, three, at(3), at(3), unknown]));
        by_node(&Two::quarters(generated_comparison::of_cases(&before, &after)).change(None))["A"]
            .why_not
            .clone()
            .unwrap()
    };
    assert_eq!(why(few, enough), WhyNot::CoverageBefore);
    assert_eq!(why(enough, few), WhyNot::CoverageNow);
    assert_eq!(why(few, few), WhyNot::Coverage);
    assert_eq!(why([unknown; 3], enough), WhyNot::NoneBefore);
    assert_eq!(why(enough, [unknown; 3]), WhyNot::NoneNow);
    assert_eq!(why([unknown; 3], [unknown; 3]), WhyNot::None);
    let alone = Case { team_level: true, ..said([at(3); 6]) };
    let change = Two::quarters(generated_comparison::of_cases(&alone, &alone)).change(None);
    assert_eq!(change.nodes[0].why_not, Some(WhyNot::TeamLevel));
}
