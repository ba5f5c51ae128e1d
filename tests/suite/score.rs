//! Answers in, figures out: laws that hold for every workspace, the same arithmetic a second time with fractions of our
//! own, and two workspaces whose figures were worked out by hand.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use milepost::base::number::{Level, Mean};
use milepost::check;
use milepost::export::table::{self, Style};
use milepost::export::{Selection, csv, json};
use milepost::load::workspace;
use milepost::model::catalog::{Framework, Node, OverallRule};
use milepost::model::ids::{ControlId, FrameworkId};
use milepost::model::settings::Basis;
use milepost::score::explain::{Subject, explain};
use milepost::score::gap;
use milepost::score::{self, Figure, Figures, Withheld, score};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::Config;
use rayon::{ThreadPool, ThreadPoolBuilder};
use serde_json::Value;

use crate::support::generated_workspace::{
    CONTROLS, Case, Criterion, Evidence, Facts, Join, Said, Scored, Wanted, assessed_case, case, checked, evidence,
    facts, ids, is_in, nodes,
};
use crate::support::independent_arithmetic::{Exact, MILLION, cut, half_up, shown, shown_as, sum, value_of};
use crate::support::positions;

// ---------------------------------------------------------------------------------------------------------------------
// Figures as they should be
// ---------------------------------------------------------------------------------------------------------------------

/// Compares a node of the JSON, and the figures behind it, with what they should be.
fn assert_node(node: &Value, figures: &Figures, wanted: &Wanted, case: &Case, only: Option<usize>) {
    let id = &node["id"];
    let unweighted = wanted.unweighted.filter(|_| !wanted.even);
    let is_withheld = node["withheld"] == true;
    let means = [
        ("mean", wanted.mean),
        ("claimed", wanted.claimed),
        ("supported", wanted.supported),
        ("unweighted", unweighted),
        ("low", wanted.low),
        ("high", wanted.high),
        ("target", wanted.target),
        ("gap", wanted.gap),
    ];
    // The figures themselves are there, because they count above.
    assert_eq!(figures.mean.as_ref().map(|mean| i128::from(mean.millionths())), wanted.mean.map(half_up), "{id}");
    for (key, wanted) in means {
        let hidden = is_withheld && !["low", "high", "target"].contains(&key);
        let wanted = wanted.filter(|_| !hidden);
        assert_eq!(node[key].as_i64().map(i128::from), wanted.map(half_up), "{key} of {id}");
    }
    assert_eq!(node["floor"].as_i64().map(i128::from), wanted.floor, "floor of {id}");
    let Wanted { assessed, unknown, unanswered, not_applicable, at_target, targeted, .. } = *wanted;
    let applicable = assessed + unknown + unanswered;
    let keys = ["assessed", "applicable", "unknown", "unanswered", "not_applicable", "at_target", "targeted"];
    let counts = keys.map(|key| node[key].as_u64().unwrap());
    assert_eq!(counts, [assessed, applicable, unknown, unanswered, not_applicable, at_target, targeted], "{id}");
    assert_eq!(u64::from(figures.counts.unsupported), wanted.unsupported, "unsupported answers of {id}");
    assert_eq!(node["levels"], Value::from(wanted.levels.clone()), "levels of {id}");
    let thin = assessed * 100 < applicable * u64::from(case.minimum_coverage);
    let by_team = case.team_level && only.is_none();
    assert_eq!(node["withheld"], Value::from(thin || by_team), "{id}");
    let why = if by_team { Withheld::TeamLevel } else { Withheld::Coverage };
    assert_eq!(figures.why_withheld(), (assessed > 0 && (thin || by_team)).then_some(why), "{id}");
    let score = wanted.mean.filter(|_| !thin).map(|mean| shown(mean / MILLION, case.decimals));
    assert_eq!(figures.score(case.decimals), score, "score of {id}");
    assert_eq!(node["score"].as_f64(), score.map(|score| score.parse().unwrap()), "score of {id}");
}

// ---------------------------------------------------------------------------------------------------------------------
// Laws
// ---------------------------------------------------------------------------------------------------------------------

/// Both are missing, or both are there and the first is not above the second.
fn assert_rises(from: Option<&Mean>, to: Option<&Mean>) {
    assert_eq!(from.is_some(), to.is_some());
    assert!(from <= to, "{from:?} > {to:?}");
}

/// What is claimed, what is supported and what counts is nowhere less than before, and no gap is wider.
fn assert_all_rise(before: &Scored, after: &Scored) {
    for (before, after) in pairs(before, after) {
        assert_rises(before.mean.as_ref(), after.mean.as_ref());
        assert_rises(before.claimed.as_ref(), after.claimed.as_ref());
        assert_rises(before.supported.as_ref(), after.supported.as_ref());
        assert_rises(before.unweighted.as_ref(), after.unweighted.as_ref());
        assert_rises(before.low.as_ref(), after.low.as_ref());
        assert_rises(before.high.as_ref(), after.high.as_ref());
        assert_rises(after.gap.as_ref(), before.gap.as_ref());
        assert!(before.counts.floor <= after.counts.floor);
        assert!(before.counts.at_target <= after.counts.at_target);
        assert_eq!(before.target, after.target);
        assert_eq!((before.withheld, before.counts.assessed), (after.withheld, after.counts.assessed));
    }
}

/// Every pair of the same node in two cases.
fn pairs<'a>(one: &'a Scored, other: &'a Scored) -> impl Iterator<Item = (&'a Figures, &'a Figures)> {
    assert_eq!(one.nodes().count(), other.nodes().count());
    one.nodes().zip(other.nodes())
}

/// The figures without the count of what does not apply.
fn without_not_applicable(figures: &Figures) -> Figures {
    let mut figures = figures.clone();
    figures.counts.given -= figures.counts.not_applicable;
    figures.counts.not_applicable = 0;
    figures
}

/// Every control and team.
fn places(case: &Case) -> Vec<(usize, usize)> {
    (0..6).flat_map(|control| (0..case.teams.len()).map(move |team| (control, team))).collect()
}

/// One of those answers that are levels and not measured.
fn a_level(case: &Case, which: Index) -> Option<(usize, usize, [usize; 3])> {
    let said = places(case).into_iter().filter_map(|(control, team)| match case.said[control][team] {
        Said::Level(steps) if case.measures[control].is_none() => Some((control, team, steps)),
        _ => None,
    });
    let said: Vec<_> = said.collect();
    (!said.is_empty()).then(|| *which.get(&said))
}

/// As many cases as take some seconds in all; PROPTEST_CASES asks for more.
fn few() -> Config {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(60);
    Config { cases, max_global_rejects: cases * 20, failure_persistence: None, ..Config::default() }
}

static ONE_THREAD: LazyLock<ThreadPool> = LazyLock::new(|| ThreadPoolBuilder::new().num_threads(1).build().unwrap());
static FIVE_THREADS: LazyLock<ThreadPool> = LazyLock::new(|| ThreadPoolBuilder::new().num_threads(5).build().unwrap());

proptest! {
    #![proptest_config(few())]

    #[test]
    fn every_figure_is_what_the_exact_fraction_rounds_to(case in case()) {
        let scored = case.read();
        prop_assert!(scored.nodes().eq(case.score().nodes()));
        for only in std::iter::once(None).chain((0..case.teams.len()).map(Some)) {
            let json = scored.json(only);
            let wanted = case.wanted(only);
            let lists = ["functions", "categories", "controls"].map(|key| json[key].as_array().unwrap());
            let found: Vec<&Value> = std::iter::once(&json["overall"]).chain(lists.into_iter().flatten()).collect();
            prop_assert!(found.iter().map(|node| node["id"].as_str().unwrap()).eq(ids()));
            let tree = only.map_or(scored.all(), |team| scored.team(team));
            for ((node, figures), id) in found.into_iter().zip(nodes(tree)).zip(ids()) {
                assert_node(node, figures, &wanted[id], &case, only);
            }
        }
    }

    #[test]
    fn every_formula_can_be_redone(case in case()) {
        let scored = case.score();
        for team in std::iter::once(None).chain((0..case.teams.len()).map(Some)) {
            let tree = team.map_or(scored.all(), |team| scored.team(team));
            let team = team.map(positions::team);
            for (node, figures) in rank_by_rank(scored.assessment.framework()).zip(nodes(tree)) {
                let made = explain(Subject { quarter: scored.newest(), team, node, words: &scored.assessment.english });
                prop_assert_eq!(&made.score, &figures.score(case.decimals));
                prop_assert_eq!(made.formula.is_some(), figures.shown_mean().is_some());
                let control = matches!(node, Node::Control(_));
                let beside = made.beside.iter().filter(|row| row.name != "At target");
                let beside = beside.map(|row| (row.name.as_str(), &row.formula, &row.shown));
                let own = made.score.iter().map(|score| ("Score", &made.formula, score));
                for (name, formula, wanted) in own.chain(beside) {
                    let Some(formula) = formula else { continue };
                    let exact = value_of(&formula.text);
                    // Teams join to whole millionths; above them nothing is rounded.
                    let value = if control { Exact::new(half_up(exact * MILLION), MILLION) } else { exact };
                    prop_assert_eq!(&cut(value), &formula.value, "{}", formula.text);
                    prop_assert_eq!(&shown_as(name, value, case.decimals), wanted, "{}", formula.text);
                }
                for row in made.beside.iter().filter(|row| row.name == "At target") {
                    let formula = row.formula.as_ref().unwrap();
                    prop_assert_eq!(cut(value_of(&formula.text)), formula.value.clone());
                    prop_assert_eq!(format!("{} %", half_up(value_of(&formula.text))), row.shown.clone());
                }
            }
        }
    }

    #[test]
    fn counts_add_up_and_means_lie_in_their_range(case in case()) {
        let scored = case.score();
        for (index, tree) in scored.trees().enumerate() {
            let by_team = case.team_level && index == 0;
            for figures in nodes(tree) {
                let Figures { mean, claimed, supported, unweighted, low, high, target, gap, counts, withheld, target_of_all } = figures;
                // Both are there or not where everything is assessed, and then they are the same.
                let whole = counts.assessed_controls == counts.applicable_controls;
                prop_assert!(!whole || target == target_of_all);
                prop_assert!(target_of_all.is_none() || target.is_some());
                prop_assert!(counts.assessed_controls <= counts.assessed && counts.applicable_controls <= counts.applicable());
                prop_assert_eq!(counts.levels.iter().sum::<u32>(), counts.assessed);
                prop_assert_eq!(counts.applicable(), counts.assessed + counts.unknown + counts.unanswered);
                prop_assert_eq!(counts.given, counts.assessed + counts.unknown + counts.not_applicable);
                prop_assert_eq!(counts.reattested(), counts.given);
                prop_assert!(counts.at_target <= counts.assessed && counts.unsupported <= counts.assessed);
                prop_assert!(counts.at_target <= counts.targeted && counts.targeted <= counts.applicable());
                prop_assert_eq!(mean.is_some(), counts.assessed > 0 && !by_team);
                prop_assert_eq!((claimed.is_some(), supported.is_some()), (mean.is_some(), mean.is_some()));
                prop_assert_eq!(mean, if case.basis == Basis::Claimed { claimed } else { supported });
                prop_assert!(supported <= claimed, "{supported:?} is more than {claimed:?}");
                prop_assert!(counts.unsupported > 0 || supported == claimed);
                prop_assert!(unweighted.is_none() || mean.is_some());
                prop_assert_eq!(counts.floor.is_some(), counts.assessed > 0);
                let ranged = counts.applicable() > 0 && !by_team;
                prop_assert_eq!((low.is_some(), high.is_some()), (ranged, ranged));
                prop_assert!(target.is_none() || counts.applicable() > 0);
                prop_assert!(gap.is_none() || mean.is_some() && target.is_some());
                prop_assert_eq!(*withheld == Some(Withheld::TeamLevel), by_team);
                prop_assert!(*withheld != Some(Withheld::Coverage) || counts.assessed < counts.applicable());
                if let (Some(low), Some(high)) = (low, high) {
                    let [bottom, top] = [0, case.steps() - 1].map(|step| Mean::from(case.level(step)));
                    prop_assert!(bottom <= *low && low <= high && *high <= top);
                    // The range is as wide as what is not assessed: none where nothing is missing.
                    let whole = counts.assessed == counts.applicable();
                    prop_assert!(!whole || mean.as_ref() == Some(low) && low == high);
                }
                if let (Some(mean), Some(floor)) = (mean, counts.floor) {
                    prop_assert!(low.as_ref() <= Some(mean) && Some(mean) <= high.as_ref() && Mean::from(floor) <= *mean);
                }
                if let (Some(mean), Some(target), Some(gap)) = (mean, target, gap) {
                    // Capped control by control, a gap is never less than that of the means.
                    prop_assert!(*gap >= mean.gap_to(target) && Some(gap) <= Some(target));
                }
            }
        }
    }

    #[test]
    fn a_shown_score_and_its_shown_gap_add_up_to_a_target_that_needs_no_more_digits(case in case()) {
        let scored = case.score();
        let value = |text: String| text.parse::<f64>().unwrap();
        for figures in scored.trees().flat_map(|tree| &tree.controls) {
            let decimals = case.decimals;
            let (Some(score), Some(gap), Some(target)) =
                (figures.score(decimals), figures.shown_gap(decimals), figures.target.as_ref()) else { continue };
            let whole = target.millionths();
            let is_whole = Mean::from(Level::from_millionths(whole)) == *target;
            let on_grid = is_whole && whole % 10_i64.pow(6 - decimals) == 0;
            let below = figures.mean.as_ref() < Some(target);
            if on_grid && below {
                let sum = value(score) + value(gap) - value(target.shown(decimals));
                prop_assert!(sum.abs() < 1e-9, "{:?}", figures);
            }
        }
    }

    #[test]
    fn the_counts_of_parts_sum_to_those_of_the_whole(case in case()) {
        let case = case.without_owners();
        let scored = case.score();
        let sum = |parts: &mut dyn Iterator<Item = &Figures>| {
            let mut sum = [0; 8];
            let mut levels = vec![0; case.steps()];
            for Figures { counts, .. } in parts {
                let own = [
                    counts.assessed, counts.unknown, counts.unanswered, counts.not_applicable, counts.unsupported,
                    counts.at_target, counts.targeted, counts.given,
                ];
                sum.iter_mut().zip(own).for_each(|(sum, own)| *sum += own);
                levels.iter_mut().zip(&counts.levels).for_each(|(sum, own)| *sum += own);
            }
            (sum, levels)
        };
        let framework = scored.assessment.framework();
        for tree in scored.trees() {
            let whole = sum(&mut std::iter::once(&tree.overall));
            prop_assert_eq!(&whole, &sum(&mut tree.functions.iter()));
            prop_assert_eq!(&whole, &sum(&mut tree.categories.iter()));
            prop_assert_eq!(&whole, &sum(&mut tree.controls.iter()));
            for (function, figures) in framework.functions.iter().zip(&tree.functions) {
                let parts = sum(&mut tree.categories.slice(function.categories).iter());
                prop_assert_eq!(parts, sum(&mut std::iter::once(figures)));
            }
            for (category, figures) in framework.categories.iter().zip(&tree.categories) {
                let parts = sum(&mut tree.controls.slice(category.controls).iter());
                prop_assert_eq!(parts, sum(&mut std::iter::once(figures)));
            }
        }
        // All teams together are each of them, and what nobody is asked for.
        for (control, figures) in scored.all().controls.iter().enumerate() {
            let mut teams = (0..scored.teams()).map(|team| &scored.team(team).controls[positions::control(0, control)]);
            let (mut counts, levels) = sum(&mut teams);
            if !(0..scored.teams()).any(|team| case.is_asked(team, control)) {
                counts[2] += 1;
                counts[6] += u32::from(figures.target.is_some());
            }
            prop_assert_eq!((counts, levels), sum(&mut std::iter::once(figures)));
        }
    }

    #[test]
    fn the_order_of_teams_answers_files_evidence_and_threads_never_matters(
        case in case(),
        shuffled in Just((0..3_usize).collect::<Vec<_>>()).prop_shuffle(),
        order in Just((0..6_usize).collect::<Vec<_>>()).prop_shuffle(),
        files in prop::collection::vec(0..3_usize, 6),
    ) {
        let places: Vec<usize> = shuffled.into_iter().filter(|team| *team < case.teams.len()).collect();
        let mut other = Case {
            teams: places.iter().map(|team| case.teams[*team].clone()).collect(),
            said: case.said.iter().map(|said| places.iter().map(|team| said[*team]).collect()).collect(),
            facts: case.facts.iter().map(|facts| places.iter().map(|team| facts[*team]).collect()).collect(),
            evidence: case.evidence.iter().map(|all| places.iter().map(|team| all[*team].clone()).collect()).collect(),
            order,
            files,
            ..case.clone()
        };
        other.evidence.iter_mut().flatten().for_each(|items| items.reverse());
        for rule in &mut other.rules {
            if let Some(Join::Owner(owner)) = &mut rule.teams {
                *owner = places.iter().position(|team| team == owner).unwrap();
            }
        }
        let one = ONE_THREAD.install(|| case.read());
        let other = FIVE_THREADS.install(|| other.read());
        prop_assert_eq!(one.text(None), other.text(None));
        prop_assert!(nodes(one.all()).eq(nodes(other.all())));
        for (place, team) in places.iter().enumerate() {
            prop_assert!(nodes(one.team(*team)).eq(nodes(other.team(place))));
        }
    }

    #[test]
    fn raising_one_level_lowers_nothing_and_widens_no_gap(
        case in case(),
        which in any::<Index>(),
        dimension in any::<Index>(),
        by in 1..1000_usize,
    ) {
        let top = case.steps() - 1;
        let found = a_level(&case, which);
        prop_assume!(found.is_some());
        let (control, team, mut steps) = found.unwrap();
        let step = &mut steps[dimension.index(case.dimensions.len().max(1))];
        prop_assume!(*step < top);
        *step += 1 + by % (top - *step);
        assert_all_rise(&case.score(), &case.saying(control, team, Said::Level(steps)).score());
    }

    #[test]
    fn facts_that_meet_more_conditions_lower_nothing(
        case in case(),
        control in any::<Index>(),
        team in any::<Index>(),
        new in facts(),
    ) {
        let measured: Vec<usize> = (0..6).filter(|control| case.measures[*control].is_some()).collect();
        prop_assume!(!measured.is_empty());
        let (control, team) = (*control.get(&measured), team.index(case.teams.len()));
        let old = case.facts[control][team];
        // Whatever is asked of a fact, here or where another control stands on it, is met afterwards if it was before.
        let criteria: Vec<&Criterion> = case.measures.iter().flatten().flatten().collect();
        let keeps = |fact: &str, new: &Facts| {
            let mut asks = criteria.iter().flat_map(|criterion| &criterion.asks).filter(|(name, _)| **name == fact);
            asks.all(|(_, asked)| !asked.holds(&old, fact) || asked.holds(new, fact))
        };
        let kept = Facts {
            copies: if keeps("copies", &new) { new.copies } else { old.copies },
            size: if keeps("size", &new) { new.size } else { old.size },
            offsite: if keeps("offsite", &new) { new.offsite } else { old.offsite },
            restored: if keeps("restored", &new) { new.restored } else { old.restored },
        };
        let mut better = case.clone();
        better.facts[control][team] = kept;
        assert_all_rise(&case.score(), &better.score());
        let steps = [&old, &kept].map(|facts| Case::reached(case.measures[control].as_ref().unwrap(), facts));
        prop_assert!(steps[0] <= steps[1]);
    }

    #[test]
    fn current_evidence_lowers_nothing_and_older_evidence_raises_nothing(
        case in case(),
        control in 0..6_usize,
        team in any::<Index>(),
        new in evidence(),
        by in 1..500_i64,
    ) {
        let team = team.index(case.teams.len());
        let mut more = case.clone();
        let age = new.age % (i64::from(case.max_age_of(control)) + 1);
        more.evidence[control][team].push(Evidence { age, ..new });
        let mut older = case.clone();
        older.evidence[control][team].iter_mut().for_each(|item| item.age += by);
        let [case, more, older] = [case, more, older].map(|case| case.score());
        assert_all_rise(&case, &more);
        assert_all_rise(&older, &case);
        for scored in [&more, &older] {
            // Nobody's claim is touched by it.
            prop_assert!(pairs(&case, scored).all(|(case, other)| case.claimed == other.claimed));
        }
    }

    #[test]
    fn no_answer_is_supported_above_its_claim(case in case()) {
        let scored = case.score();
        for (control, team) in places(&case) {
            let levels = scored.newest().levels(positions::control(0, control).of(positions::team(team)));
            prop_assert_eq!(levels.is_some(), matches!(case.state(control, team), Said::Level(_)));
            prop_assert!(levels.is_none_or(|levels| levels.supported <= levels.claimed));
        }
        // Without needs, every claim is supported.
        let free = case.without_needs().score();
        prop_assert!(pairs(&scored, &free).all(|(scored, free)| scored.claimed == free.claimed));
        prop_assert!(free.nodes().all(|figures| figures.supported == figures.claimed && figures.counts.unsupported == 0));
    }

    #[test]
    fn what_is_shown_as_unweighted_is_the_mean_of_equal_weights(case in case(), weight in 1..=1000_u32) {
        let mut equal = case.clone().weighing(&[1; 6]);
        equal.teams.iter_mut().for_each(|team| team.weight = 1);
        let mut scaled = case.clone().weighing(&[weight; 6]);
        scaled.teams.iter_mut().for_each(|team| team.weight = weight);
        let [case, equal, scaled] = [case, equal, scaled].map(|case| case.score());
        for (case, equal) in pairs(&case, &equal) {
            prop_assert_eq!(case.unweighted.as_ref().or(case.mean.as_ref()).map(Mean::millionths),
                equal.mean.as_ref().map(Mean::millionths));
            prop_assert_eq!(&equal.unweighted, &None);
            // An equal mean is exact, as every other one.
            prop_assert!(case.unweighted.is_none() || case.unweighted == equal.mean);
        }
        // Weights are shares: all of them alike are no weights.
        prop_assert!(equal.nodes().eq(scaled.nodes()));
    }

    #[test]
    fn an_owned_control_is_what_its_owner_has_in_its_own_tree(case in case(), control in 0..6_usize, owner in any::<Index>()) {
        let owner = owner.index(case.teams.len());
        prop_assume!(case.is_asked(owner, control));
        let mut owned = Case { team_level: false, ..case };
        owned.rules[control].teams = Some(Join::Owner(owner));
        let scored = owned.score();
        let id = positions::control(0, control);
        prop_assert_eq!(&scored.all().controls[id], &scored.team(owner).controls[id]);
        // What the others say of it counts in their own trees alone.
        let mut alone = owned.clone();
        let others = (0..owned.teams.len()).filter(|team| *team != owner);
        others.for_each(|team| alone.said[control][team] = Said::Nothing);
        let (all, without) = (scored.all(), alone.without_lending().score());
        prop_assert!(owned.lends || nodes(all).eq(nodes(without.all())));
    }

    #[test]
    fn what_is_not_assessed_earns_nothing(case in case(), control in 0..6_usize, team in any::<Index>()) {
        let case = case.without_lending().without_owners();
        let team = team.index(case.teams.len());
        let states = [Said::Nothing, Said::Unknown, Said::NotApplicable];
        let [nothing, unknown, absent] = states.map(|said| case.saying(control, team, said).score());
        for (nothing, unknown) in pairs(&nothing, &unknown) {
            let mut counts = unknown.counts.clone();
            (counts.unknown, counts.unanswered) = (nothing.counts.unknown, nothing.counts.unanswered);
            counts.given = nothing.counts.given;
            prop_assert_eq!(nothing, &Figures { counts, ..unknown.clone() });
        }
        for (unknown, absent) in pairs(&unknown, &absent) {
            // Not applicable is neither full marks nor a zero: the mean is that of the rest, as for what is unknown.
            prop_assert_eq!((&unknown.mean, &unknown.gap), (&absent.mean, &absent.gap));
            prop_assert_eq!((&unknown.claimed, &unknown.supported), (&absent.claimed, &absent.supported));
            prop_assert_eq!(&unknown.counts.levels, &absent.counts.levels);
            prop_assert_eq!(unknown.counts.floor, absent.counts.floor);
            prop_assert_eq!(unknown.counts.at_target, absent.counts.at_target);
            prop_assert!(unknown.counts.assessed == 0 || unknown.target == absent.target);
            // It only narrows the range.
            if absent.low.is_some() {
                prop_assert!(unknown.low <= absent.low && absent.high <= unknown.high);
            }
        }
    }

    #[test]
    fn not_applicable_leaves_the_mean_of_the_rest(case in case(), control in 0..6_usize) {
        let mut case = case.without_lending();
        case.overall = OverallRule::Controls;
        let mut absent = case.clone();
        absent.said[control].iter_mut().for_each(|said| *said = Said::NotApplicable);
        let [case, absent] = [case, absent].map(|case| case.score());
        let controls = &case.assessment.framework().controls;
        for (before, after) in case.trees().zip(absent.trees()).filter(|(tree, _)| tree.overall.withheld != Some(Withheld::TeamLevel)) {
            for ((figures, was), id) in nodes(after).zip(nodes(before)).zip(ids()).filter(|(_, id)| is_in(control, id)) {
                let rest = (0..6).filter(|other| *other != control && is_in(*other, id));
                let rest: Vec<_> = rest.filter_map(|other| {
                    let other = positions::control(0, other);
                    Some((controls[other].rules.weight, before.controls[other].mean.as_ref()?))
                }).collect();
                prop_assert_eq!(&figures.mean, &Mean::weighted(rest.iter().copied()));
                // Less than the best of the rest, and full marks only if the rest has them.
                let best = rest.iter().map(|(_, mean)| *mean).max();
                prop_assert!(figures.mean.as_ref() <= best);
                // Above what it was only if the control was below the rest.
                let own = &before.controls[positions::control(0, control)].mean;
                let (Some(own), Some(mean), Some(was)) = (own, &figures.mean, &was.mean) else { continue };
                prop_assert_eq!(mean.cmp(was), was.cmp(own), "leaving out {:?} of {}", own, id);
            }
        }
    }

    #[test]
    fn not_applicable_is_as_if_the_team_were_never_asked(
        case in case(),
        control in 0..6_usize,
        team in any::<Index>(),
    ) {
        let case = case.without_owners().without_lending();
        let team = team.index(case.teams.len());
        prop_assume!(case.is_asked(team, control));
        let absent = case.saying(control, team, Said::NotApplicable);
        let mut never = case.clone();
        let others = (0..6).filter(|other| *other != control && case.is_asked(team, *other));
        never.teams[team].scope = others.map(|other| CONTROLS[other]).collect();
        // An empty scope would mean everything.
        never.teams[team].here = !never.teams[team].scope.is_empty();
        // Where nobody else is asked, the one is out of the whole's denominator and the other unanswered in it.
        let shared = (0..case.teams.len()).any(|other| other != team && case.is_asked(other, control));
        let (absent, never) = (absent.score(), never.score());
        for (absent, never) in absent.trees().zip(never.trees()).skip(usize::from(!shared)) {
            for (absent, never) in nodes(absent).zip(nodes(never)) {
                prop_assert_eq!(without_not_applicable(absent), without_not_applicable(never));
            }
        }
        let counts = [&absent, &never].map(|scored| scored.all().controls[positions::control(0, control)].counts.clone());
        prop_assert!(shared || (counts[0].applicable(), counts[1].unanswered) == (0, 1));
    }

    #[test]
    fn a_team_of_weight_k_is_k_teams_of_weight_1(case in case(), k in 1..=5_u32) {
        let mut heavy = case.without_owners();
        heavy.teams[0].weight = k;
        let mut many = heavy.clone();
        many.teams[0].weight = 1;
        for _ in 1..k {
            many.teams.push(many.teams[0].clone());
            many.said.iter_mut().for_each(|said| said.push(said[0]));
            many.facts.iter_mut().for_each(|facts| facts.push(facts[0]));
            many.evidence.iter_mut().for_each(|evidence| evidence.push(evidence[0].clone()));
        }
        let (heavy, many) = (heavy.score(), many.score());
        for ((one, other), alone) in nodes(heavy.all()).zip(nodes(many.all())).zip(nodes(heavy.team(0))) {
            prop_assert_eq!((&one.mean, &one.low, &one.high), (&other.mean, &other.low, &other.high));
            prop_assert_eq!((&one.claimed, &one.supported), (&other.claimed, &other.supported));
            prop_assert_eq!((&one.target, &one.gap, one.counts.floor), (&other.target, &other.gap, other.counts.floor));
            // Answers are counted, not weighed.
            prop_assert_eq!(one.counts.assessed + (k - 1) * alone.counts.assessed, other.counts.assessed);
        }
    }

    #[test]
    fn adding_a_zero_never_raises(case in case(), control in 0..6_usize, team in any::<Index>()) {
        let team = team.index(case.teams.len());
        prop_assume!(!matches!(case.said[control][team], Said::Level(_)));
        let mut case = case.without_lending().without_owners();
        case.measures[control] = None;
        let was_absent = case.said[control][team] == Said::NotApplicable;
        let (before, after) = (case.score(), case.saying(control, team, Said::Level([0; 3])).score());
        for (before, after) in pairs(&before, &after) {
            for figure in [Figure::Score, Figure::Claimed, Figure::Supported] {
                prop_assert!(figure.of(before).is_none() || figure.of(after) <= figure.of(before));
            }
            prop_assert!(before.low.is_none() || after.low <= before.low);
            prop_assert!(before.high.is_none() || after.high <= before.high);
            prop_assert!(before.counts.floor.is_none() || after.counts.floor <= before.counts.floor);
            // The low end of the range counted it as zero before, too.
            prop_assert!(was_absent || after.low == before.low);
        }
    }

    #[test]
    fn a_mean_of_means_is_the_flat_mean_where_parts_weigh_the_same(case in assessed_case(), each in 1..=100_u32) {
        let weights = case.weights();
        let everywhere = |mut case: Case, weights: &[u32], overall| {
            case.teams.iter_mut().for_each(|team| (team.scope, team.here) = (Vec::new(), true));
            Case { overall, ..case.weighing(weights) }.score()
        };
        // 6 to each Function, and 4 and 2 to the Categories of A.
        let even: Vec<u32> = [2, 2, 2, 3, 3, 6].iter().map(|weight| weight * each).collect();
        let [by_functions, by_controls] = [OverallRule::Functions, OverallRule::Controls]
            .map(|overall| everywhere(case.clone(), &even, overall).all().clone());
        let means = |figures: &Figures| [&figures.mean, &figures.claimed, &figures.supported, &figures.low].map(Clone::clone);
        prop_assert_eq!(means(&by_functions.overall), means(&by_controls.overall));
        prop_assert_eq!(&by_functions.overall.counts, &by_controls.overall.counts);
        // In any case the flat mean weighs each Function by its controls, and a Function each Category.
        let flat = everywhere(case.clone(), &weights, OverallRule::Controls).all().clone();
        let mean = |node: &Figures| node.mean.clone().unwrap();
        let functions: Vec<Mean> = flat.functions.iter().map(mean).collect();
        let categories: Vec<Mean> = flat.categories.iter().map(mean).collect();
        let heavy = [weights[..3].iter().sum(), weights[3..5].iter().sum(), weights[5]];
        prop_assert_eq!(Mean::weighted(heavy.into_iter().zip(&functions)), flat.overall.mean);
        let of_a = [(weights[0] + weights[1], &categories[0]), (weights[2], &categories[1])];
        prop_assert_eq!(Mean::weighted(of_a), Some(functions[0].clone()));
        // And the mean of Functions weighs none.
        let equal = everywhere(case, &weights, OverallRule::Functions).all().clone();
        prop_assert_eq!(Mean::weighted(functions.iter().map(|mean| (1, mean))), equal.overall.mean);
    }

    // A scale from 1 to 4 must score like one from 0 to 3.
    #[test]
    fn the_numbers_of_the_scale_are_only_names(case in case(), by in 1..=5_usize) {
        let moved = Case { bottom: case.bottom + by, ..case.clone() };
        let by = Mean::from(Level::from_millionths(i64::try_from(by).unwrap() * 1_000_000));
        for (one, other) in pairs(&case.score(), &moved.score()) {
            prop_assert_eq!((&one.counts.levels, one.withheld), (&other.counts.levels, other.withheld));
            prop_assert_eq!((&one.gap, one.counts.at_target), (&other.gap, other.counts.at_target));
            prop_assert_eq!(one.counts.unsupported, other.counts.unsupported);
            let means = |figures: &Figures| {
                let Figures { mean, claimed, supported, unweighted, low, high, target, .. } = figures.clone();
                [mean, claimed, supported, unweighted, low, high, target]
            };
            for (one, other) in means(one).into_iter().zip(means(other)) {
                // What the other exceeds the move by is the one.
                prop_assert_eq!(one, other.map(|other| by.gap_to(&other)));
            }
        }
    }

    #[test]
    fn a_finer_step_changes_no_figure(case in case()) {
        let finer = match case.per_level {
            1 | 5 => 10,
            2 => 4,
            _ => return Ok(()),
        };
        let times = finer / case.per_level;
        // Between only two whole levels, evidence is needed step by step.
        let case = if case.levels == 2 { case.without_needs() } else { case };
        let mut fine = Case { per_level: finer, ..case.clone() };
        let scaled = |said: &mut Said| if let Said::Level(steps) = said { *steps = steps.map(|step| step * times) };
        fine.said.iter_mut().flatten().for_each(scaled);
        fine.measures.iter_mut().flatten().flatten().for_each(|criterion| criterion.step *= times);
        let needs = fine.needs.iter_mut().chain(fine.rules.iter_mut().filter_map(|rule| rule.needs.as_mut()));
        needs.flatten().for_each(|need| need.from *= times);
        fine.targets.iter_mut().for_each(|(_, step)| *step *= times);
        fine.default_target = fine.default_target.map(|step| step * times);
        for (one, other) in pairs(&case.score(), &fine.score()) {
            let mut counts = other.counts.clone();
            // A mean of dimensions that lies between two steps counts with the lower one.
            counts.levels = counts.levels.chunks(times).map(|chunk| chunk.iter().sum()).collect();
            prop_assert_eq!(one, &Figures { counts, ..other.clone() });
        }
    }

    #[test]
    fn dimensions_that_agree_are_one_level(case in case(), weights in prop::collection::vec(1..=1000_u32, 2..=3)) {
        let mut split = Case { dimensions: weights, ..case.clone() };
        split.said.iter_mut().flatten().for_each(|said| if let Said::Level(steps) = said { *steps = [steps[0]; 3] });
        let one = Case { dimensions: Vec::new(), ..case };
        prop_assert!(one.score().nodes().eq(split.score().nodes()));
    }

    #[test]
    fn a_team_alone_is_scored_as_if_there_were_no_other(case in case(), team in any::<Index>()) {
        // An owner takes the answers that the others owe.
        let case = case.without_owners();
        let team = team.index(case.teams.len());
        let mut alone = case.clone();
        alone.team_level = false;
        alone.teams = vec![case.teams[team].clone()];
        alone.said.iter_mut().for_each(|said| *said = vec![said[team]]);
        alone.facts.iter_mut().for_each(|facts| *facts = vec![facts[team]]);
        alone.evidence.iter_mut().for_each(|evidence| *evidence = vec![evidence[team].clone()]);
        let (case, alone) = (case.score(), alone.score());
        prop_assert!(nodes(case.team(team)).eq(nodes(alone.team(0))));
        let is_asked = |figures: &Figures| figures.counts.applicable() + figures.counts.not_applicable > 0;
        let everything = alone.team(0).controls.iter().all(is_asked);
        prop_assert!(!everything || nodes(case.team(team)).eq(nodes(alone.all())));
    }

    #[test]
    fn what_is_not_joined_over_teams_shows_no_joined_mean_anywhere(case in case()) {
        let joined = Case { team_level: false, ..case.clone() }.score();
        let apart = Case { team_level: true, ..case.clone() }.score();
        // Each team's own figures are as they were.
        for team in 0..case.teams.len() {
            prop_assert!(nodes(joined.team(team)).eq(nodes(apart.team(team))));
        }
        for (joined, apart) in nodes(joined.all()).zip(nodes(apart.all())) {
            prop_assert_eq!((&joined.counts, &joined.target), (&apart.counts, &apart.target));
        }
        let json = apart.json(None);
        let lists = ["functions", "categories", "controls"].map(|key| json[key].as_array().unwrap());
        for node in std::iter::once(&json["overall"]).chain(lists.into_iter().flatten()) {
            for key in ["score", "mean", "claimed", "supported", "unweighted", "low", "high", "gap"] {
                prop_assert!(node[key].is_null(), "{key} of {}", node["id"]);
            }
        }
        let selection = apart.select(None);
        let text = csv::scores(&selection);
        let mut rows = ::csv::Reader::from_reader(text.as_bytes());
        for row in rows.deserialize() {
            let row: BTreeMap<String, String> = row.unwrap();
            for key in ["score", "claimed", "supported", "unweighted", "low", "high", "gap"] {
                prop_assert_eq!(&row[key], "", "{} of {}", key, row["id"]);
            }
        }
        let gaps = gap::rank(selection.catalog(), selection.tree());
        prop_assert!(gaps.ranked.is_empty());
        let text = table::gaps(&selection, &gaps, usize::MAX, Style::Text);
        prop_assert!(!text.contains("too little") && !text.contains("is below its target"), "{text}");
        let framework = apart.assessment.framework();
        let function = framework.functions.first_id().unwrap();
        let control = framework.controls.first_id().unwrap();
        for node in [Node::Framework(framework.at), Node::Function(function), Node::Control(control)] {
            let made = explain(Subject { quarter: apart.newest(), team: None, node, words: &apart.assessment.english });
            prop_assert_eq!((made.score, made.formula), (None, None));
            let joined = ["Claimed", "Supported", "Unweighted", "Gap"];
            prop_assert!(made.beside.iter().all(|row| !joined.contains(&row.name.as_str()) && !row.name.starts_with("If")));
        }
    }

    #[test]
    fn gaps_are_ranked_by_width_weight_and_id(case in case()) {
        let scored = case.score();
        let framework = scored.assessment.framework();
        for tree in scored.trees() {
            let gaps = gap::rank(framework, tree);
            let key = |gap: &gap::Gap| {
                let control = &framework.controls[gap.control];
                (std::cmp::Reverse(gap.gap.clone()), std::cmp::Reverse(control.rules.weight), control.id.clone())
            };
            prop_assert!(gaps.ranked.is_sorted_by(|one, next| key(one) < key(next)));
            for (control, figures) in tree.controls.entries() {
                let listed = gaps.ranked.iter().filter(|gap| gap.control == control).map(|gap| &gap.gap);
                let wide = figures.gap.as_ref().filter(|gap| figures.withheld.is_none() && gap.millionths() > 0);
                prop_assert!(listed.eq(wide));
                let unscored = figures.target.is_some() && (figures.mean.is_none() || figures.withheld.is_some());
                prop_assert_eq!(gaps.unscored.contains(&control), unscored);
            }
        }
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// One rule at a time
// ---------------------------------------------------------------------------------------------------------------------

/// A workspace of one team and two controls, of which the second stands on the facts of the first, that has no criteria.
fn lending(answer: &str) -> Scored {
    let control = |id: &str, rest: &str| {
        format!("\n[[category.control]]\nid = \"{id}\"\ntitle = \"{id}\"\noutcome = \"It is so.\"\n{rest}\n")
    };
    let criteria = "\n[[category.control.criteria]]\nlevel = 4\nrequire = { copies = \">= 2\" }";
    let catalog = [
        "id = \"A\"\ntitle = \"A\"\n\n[[category]]\nid = \"A.X\"\ntitle = \"A.X\"\n",
        &control("A.X-1", "facts = { copies = \"integer\" }"),
        &control("A.X-2", &format!("facts_from = \"A.X-1\"\n{criteria}")),
    ];
    let texts = [
        (
            "milepost.toml",
            "[report]\ntitle = \"Any\"\nframeworks = [\"own\"]\n[scoring]\nscore = \"claimed\"\n[[team]]\nid = \"t\"\nname = \"T\"\n",
        ),
        ("controls/own/framework.toml", "id = \"own\"\ntitle = \"Own\"\nfunctions = [\"A\"]\n"),
        ("controls/own/A.toml", &catalog.concat()),
        ("content/2026-Q3/t/a.toml", &format!("[A.X-1]\n{answer}\n")),
    ];
    Scored::of(checked(&texts.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect()))
}

#[test]
fn facts_without_criteria_only_serve_other_controls() {
    let means = |scored: &Scored| scored.all().controls.iter().map(|f| millionths(f.mean.as_ref())).collect::<Vec<_>>();
    // The level of the first is what the team writes, that of the second what its facts make.
    assert_eq!(means(&lending("level = 3\nfacts = { copies = 2 }")), [Some(3_000_000), Some(4_000_000)]);
    assert_eq!(means(&lending("level = 3\nfacts = { copies = 1 }")), [Some(3_000_000), Some(0)]);
}

// ---------------------------------------------------------------------------------------------------------------------
// Worked out by hand
// ---------------------------------------------------------------------------------------------------------------------

/// The nodes of a framework in the order of [`nodes`]: rank by rank.
fn rank_by_rank(framework: &Framework) -> impl Iterator<Item = Node> {
    std::iter::once(Node::Framework(framework.at))
        .chain(framework.functions.ids().map(Node::Function))
        .chain(framework.categories.ids().map(Node::Category))
        .chain(framework.controls.ids().map(Node::Control))
}

/// A workspace of `fixtures/good`, scored.
struct Fixture {
    folder: PathBuf,
    scored: score::Scored,
}

impl Fixture {
    fn load(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/good").join(name);
        let checked = check::check(&workspace::load(&folder));
        assert!(checked.diagnostics.is_empty(), "{:#?}", checked.diagnostics);
        let assessment = checked.assessment.unwrap();
        Self { folder, scored: score(assessment) }
    }

    /// One quarter, of all teams or one, by their names.
    fn select(&self, quarter: &str, team: &str) -> Selection<'_> {
        let assessment = &self.scored.assessment;
        let quarter = assessment.quarters.find(|known| known.quarter.to_string() == quarter).unwrap();
        let found = assessment.settings.teams.find(|known| known.name == team);
        assert!(found.is_some() || team == "all teams", "{team}");
        let quarter = self.scored.quarter(quarter);
        Selection { quarter, framework: FrameworkId::MAIN, team: found, function: None }
    }
}

/// A mean or gap in millionths.
fn millionths(mean: Option<&Mean>) -> Option<i64> {
    mean.map(Mean::millionths)
}

// One set of answers gives many headline numbers, depending on how they are computed. With so little assessed, Milepost shows
// none.
#[test]
fn the_nine_headlines_are_one_withheld_number() {
    let fixture = Fixture::load("nine-headlines");
    let selection = fixture.select("2026-Q3", "all teams");
    let Figures { mean, low, high, target, gap, counts, .. } = &selection.tree().overall;
    let floor = counts.floor.map(Level::shown);
    // 106 outcomes less 10 that do not apply: 96. Assessed: 10 met and 6 at zero.
    assert_eq!((counts.assessed, counts.applicable(), counts.not_applicable), (16, 96, 10));
    assert_eq!((counts.unanswered, counts.unknown, floor.as_deref()), (80, 0, Some("0")));
    assert_eq!(counts.levels, [6, 0, 0, 0, 0, 10]);
    // 16 ÷ 96 = 17 %, below 60 %: no headline, whatever the mean is.
    assert_eq!((counts.coverage(), selection.tree().overall.why_withheld()), (Some(17), Some(Withheld::Coverage)));
    assert_eq!(selection.tree().overall.score(1), None);
    // Kept for whoever asks: 10 × 5 ÷ 16 = 3.125, the 62.5 % of others.
    assert_eq!(millionths(mean.as_ref()), Some(3_125_000));
    // Were the 80 all at 0: 50 ÷ 96 = 0.520833, their 10.4 %. All at 5: (50 + 80 × 5) ÷ 96 = 4.6875.
    assert_eq!([low, high].map(|mean| millionths(mean.as_ref())), [Some(520_833), Some(4_687_500)]);
    assert_eq!([low, high].map(|mean| mean.as_ref().unwrap().shown(1)), ["0.5", "4.7"]);
    // Six zeros are 3 short of their target; the ten that exceed theirs pay for none: 6 × 3 ÷ 16 = 1.125.
    assert_eq!([target, gap].map(|mean| millionths(mean.as_ref())), [Some(3_000_000), Some(1_125_000)]);
    assert_eq!(counts.at_target, 10);
    let gaps = gap::rank(selection.catalog(), selection.tree());
    assert!(gaps.ranked.iter().all(|gap| gap.gap.millionths() == 3_000_000));
    assert_eq!((gaps.ranked.len(), gaps.unscored.len()), (6, 80));
    // Nothing of it is said by any Function either.
    assert!(selection.tree().functions.iter().all(|figures| figures.score(1).is_none()));

    let mut assessment = fixture.scored.assessment.clone();
    assessment.settings.scoring.overall = OverallRule::Functions;
    let scored = score(assessment);
    let overall = &scored.newest().tree(FrameworkId::MAIN, None).overall;
    // GV 20 ÷ 6, ID 10 ÷ 3, PR 15 ÷ 4, DE 5 ÷ 2, RS 0 ÷ 1, RC nothing: (10/3 + 10/3 + 15/4 + 5/2 + 0) ÷ 5 = 31/12.
    assert_eq!(millionths(overall.mean.as_ref()), Some(2_583_333));
    // (20/28 + 10/19 + 15/20 + 5/10 + 0/12 + 0/7) ÷ 6 = 1325/3192
    assert_eq!(millionths(overall.low.as_ref()), Some(415_100));
    // (130/28 + 90/19 + 95/20 + 45/10 + 55/12 + 35/7) ÷ 6 = 11257/2394
    assert_eq!(millionths(overall.high.as_ref()), Some(4_702_172));
    assert_eq!((overall.why_withheld(), overall.counts.applicable()), (Some(Withheld::Coverage), 96));
}

#[test]
fn a_workspace_worked_out_by_hand() {
    let fixture = Fixture::load("hand");
    let page = fs::read_to_string(fixture.folder.join("by-hand.md")).unwrap();
    let mut seen = Vec::new();
    for section in page.split("\n### ").skip(1) {
        let (heading, body) = section.split_once('\n').unwrap();
        let (quarter, team) = heading.split_once(", ").unwrap();
        let selection = fixture.select(quarter, team);
        assert_section(heading, body, &selection);
        seen.push((selection.quarter.id, selection.team));
    }
    seen.sort_unstable();
    let teams = [None, Some(positions::team(0)), Some(positions::team(1))];
    let all = [0, 1].into_iter().flat_map(|quarter| teams.map(|team| (positions::quarter(quarter), team)));
    assert_eq!(seen, all.collect::<Vec<_>>());
}

#[test]
fn json_of_a_workspace_worked_out_by_hand() {
    let fixture = Fixture::load("hand");
    for quarter in ["2026-Q1", "2026-Q2"] {
        let selection = fixture.select(quarter, "all teams");
        insta::assert_snapshot!(format!("hand-{quarter}"), json::scores(&selection));
    }
}

/// Compares the tables below one heading with the figures of its quarter and team.
fn assert_section(heading: &str, body: &str, selection: &Selection<'_>) {
    let nodes: BTreeMap<&str, &Figures> = selection.rows().iter().map(|row| (row.id, row.figures)).collect();
    let tables = tables(body);
    let Ok([counts, figures, gaps]) = <[Table<'_>; 3]>::try_from(tables) else {
        assert!(body.contains("nothing applies, and no node has a figure"), "{heading}");
        let nothing = |figures: &Figures| figures.low.is_none() && figures.counts.floor.is_none();
        assert!(nodes.values().all(|figures| nothing(figures) && figures.counts.applicable() == 0), "{heading}");
        return;
    };
    for table in [&counts, &figures] {
        let listed: Vec<&str> = table.iter().map(|row| row["Node"]).collect();
        assert_eq!((listed.len(), nodes.len()), (11, 11), "{heading}");
        assert!(nodes.keys().all(|id| listed.contains(id)), "{heading}: {listed:?}");
    }
    counts.iter().for_each(|row| assert_counts(heading, row, nodes[row["Node"]], selection));
    figures.iter().for_each(|row| assert_figures(heading, row, nodes[row["Node"]]));
    let ranked = gap::rank(selection.catalog(), selection.tree());
    let id = |control: ControlId| selection.catalog().controls[control].id.as_str();
    let found =
        ranked.ranked.iter().zip(1..).map(|(gap, rank)| (rank.to_string(), id(gap.control), gap.gap.millionths()));
    let listed = gaps.iter().map(|row| (row["#"].to_owned(), row["Control"], worked(row["Gap"]).unwrap()));
    assert!(found.eq(listed), "{heading}: {ranked:?}");
    let unscored: Vec<&str> = ranked.unscored.iter().map(|control| id(*control)).collect();
    let unscored = if unscored.is_empty() { "none".to_owned() } else { unscored.join(", ") };
    assert!(body.contains(&format!("Too little assessed to rank: {unscored}.")), "{heading}: {unscored}");
}

fn assert_counts(heading: &str, row: &Row<'_>, figures: &Figures, selection: &Selection<'_>) {
    let counts = &figures.counts;
    let place = format!("{heading}: {}", row["Node"]);
    assert_eq!(row["Assessed"], format!("{} of {}", counts.assessed, counts.applicable()), "{place}");
    assert_eq!(row["Floor"], counts.floor.map_or_else(|| "–".to_owned(), Level::shown), "{place}");
    let numbers = [counts.unknown, counts.unanswered, counts.not_applicable, counts.at_target].map(|n| n.to_string());
    assert_eq!(["Unknown", "Unanswered", "N/a", "At target"].map(|head| row[head]), numbers, "{place}");
    let steps = selection.quarter.settings().scale.steps();
    let levels = steps.iter().map(|level| row[format!("at {}", level.shown()).as_str()].parse::<u32>().unwrap());
    assert_eq!(levels.collect::<Vec<_>>(), counts.levels, "{place}");
}

fn assert_figures(heading: &str, row: &Row<'_>, figures: &Figures) {
    let Figures { mean, low, high, target, gap, .. } = figures;
    for (head, mean) in [("Mean", mean), ("Low", low), ("High", high), ("Target", target), ("Gap", gap)] {
        assert_eq!(millionths(mean.as_ref()), worked(row[head]), "{heading}: {head} of {}", row["Node"]);
    }
    let score =
        figures.score(1).unwrap_or_else(|| if figures.why_withheld().is_some() { "withheld" } else { "–" }.to_owned());
    assert_eq!(score, row["Shown"], "{heading}: {}", row["Node"]);
}

type Row<'a> = BTreeMap<&'a str, &'a str>;
type Table<'a> = Vec<Row<'a>>;

/// The Markdown tables of a text, each row by the heads of its columns.
fn tables<'a>(text: &'a str) -> Vec<Table<'a>> {
    let cells = |line: &'a str| line.trim_matches('|').split('|').map(str::trim).collect::<Vec<_>>();
    let blocks = text.split("\n\n").filter(|block| block.trim_start().starts_with('|'));
    blocks
        .map(|block| {
            let mut lines = block.trim().lines();
            let heads = cells(lines.next().unwrap());
            lines.skip(1).map(|line| heads.iter().copied().zip(cells(line)).collect()).collect()
        })
        .collect()
}

/// The result of a cell in millionths, half up, after every sum in it was redone: `(1 + 2) ÷ 3 = 1`.
fn worked(cell: &str) -> Option<i64> {
    if cell == "–" {
        return None;
    }
    let (exact, rounded) = cell.split_once('≈').map_or((cell, None), |(exact, rounded)| (exact, Some(rounded)));
    let values: Vec<Exact> = exact.split('=').map(sum).collect();
    assert!(values.iter().all(|value| *value == values[0]), "{cell}");
    let millionths = half_up(values[0] * MILLION);
    assert!(rounded.is_none_or(|rounded| sum(rounded) * MILLION == Exact::from(millionths)), "{cell}");
    Some(i64::try_from(millionths).unwrap())
}
