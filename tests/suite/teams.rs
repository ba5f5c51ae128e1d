//! Tests teams that are renamed, split or merged: what is carried, compared and told.

use std::fs;

use milepost::base::number::Mean;
use milepost::check::check;
use milepost::load::workspace::load;
use milepost::model::ids::TeamId;
use milepost::model::settings::Team;
use milepost::score::change::Cause;
use proptest::prelude::*;
use proptest::test_runner::Config;
use serde_json::Value;

use crate::answers_in_time::yard;
use crate::support::generated_comparison::{Two, two_quarters};
use crate::support::positions;
use crate::support::temp_workspace::{TempWorkspace, tree};

fn team(id: &str, rest: &str) -> String {
    let name = id[..1].to_uppercase() + &id[1..];
    format!("\n[[team]]\nid = \"{id}\"\nname = \"{name}\"\n{rest}")
}

const GONE: &str = "last_quarter = \"2026-Q2\"\n";

fn follows(ids: &str) -> String {
    format!("first_quarter = \"2026-Q3\"\nsucceeds = [{ids}]\n")
}

fn answer(id: &str, level: u32) -> String {
    format!(
        "# About {id}.\n[{id}]\nlevel = {level}\nevidence = [{{ kind = \"record\", title = \"Log\", date = 2025-11-15 }}]\n\n"
    )
}

fn json(temp: &TempWorkspace, args: &[&str]) -> Value {
    serde_json::from_str(&temp.run(&[args, &["--format", "json"]].concat()).result()).unwrap()
}

/// What each cause did to the whole, and the answers that moved, as `control team cause`.
fn moved(temp: &TempWorkspace, args: &[&str]) -> (Vec<String>, Vec<String>) {
    let diff = json(temp, &[&["diff"], args].concat());
    let whole = &diff["nodes"][0];
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let parts = whole["parts"].as_array().unwrap().iter();
    let parts: Vec<String> = parts.map(|part| format!("{} {}", text(&part["cause"]), part["amount"])).collect();
    let amounts = whole["parts"].as_array().unwrap().iter().map(|part| part["amount"].as_i64().unwrap());
    let total = whole["to"].as_i64().zip(whole["from"].as_i64()).map(|(to, from)| to - from);
    assert_eq!(amounts.sum::<i64>(), total.unwrap_or_default(), "{whole}");
    let answers = diff["answers"].as_array().unwrap().iter();
    let line = |answer: &Value| ["control", "team", "cause"].map(|key| text(&answer[key])).join(" ");
    (parts, answers.map(line).collect())
}

/// Web of 2026-Q2, renamed to Shop in 2026-Q3, beside Deck.
fn renamed(rest: &str) -> TempWorkspace {
    let teams = [team("web", GONE), team("deck", ""), team("shop", &format!("{}{rest}", follows("\"web\"")))];
    let temp = yard(&teams.concat());
    let all = [answer("MD.EN-1", 2), answer("MD.EN-2", 3), answer("MD.EN-3", 1)].concat();
    temp.put("content/2026-Q2/web/all.toml", &all);
    temp.put("content/2026-Q2/deck/all.toml", &all);
    temp
}

#[test]
fn a_renamed_team_goes_on() {
    let temp = renamed("");
    let said = temp.run(&["quarter", "2026-Q3"]).result();
    assert!(said.contains("Shop: 1 file, 3 answers carried from Web, no evidence left out"), "{said}");
    assert!(said.contains("Web: left out, its last quarter is 2026-Q2, and Shop goes on from it"), "{said}");
    assert!(temp.read("content/2026-Q3/shop/all.toml").starts_with("# About MD.EN-1.\n[MD.EN-1]\ncarried = true\n"));
    assert_eq!(temp.run(&["check", "--deny-warnings"]).code, Some(0));
    assert_eq!(moved(&temp, &[]), (Vec::new(), Vec::new()));
    assert_eq!(moved(&temp, &["--team", "shop"]), (Vec::new(), Vec::new()));
    // The streak goes on, and so do the figures of the team.
    let explained = temp.run(&["explain", "MD.EN-1"]).result();
    assert!(
        explained.contains("Shop: 2") && explained.contains("not re-attested for 1 quarter: given for 2026-Q2"),
        "{explained}"
    );
    temp.run(&["build", "--out", "site"]).result();
    let page = temp.read("site/2026-Q3/teams/shop/index.html");
    assert!(page.contains("../../../2026-Q2/teams/web/index.html"), "its history names the team that it was");
    // A copied file is a copy, whatever the folder is called.
    let text = temp.read("content/2026-Q3/shop/all.toml").replace("carried = true\n", "");
    temp.put("content/2026-Q3/shop/all.toml", text);
    assert!(temp.run(&["check"]).result().contains("Shop: 3 answers only repeat 2026-Q2"));
    // And what was there is missed.
    fs::remove_dir_all(temp.path("content/2026-Q3/shop")).unwrap();
    assert!(temp.run(&["check"]).result().contains("Shop: 3 answers of 2026-Q2 are not there any more"));
}

#[test]
fn a_renamed_team_takes_its_own_answers_into_its_second_quarter() {
    let temp = renamed("");
    temp.run(&["quarter", "2026-Q3"]).result();
    let since = "\n[since.\"2026-Q4\"]\nwhy = \"Sold.\"\napproved_by = \"Board\"\n\
                 teams.shop.scope = [\"MD.EN-1\", \"MD.EN-3\"]\n";
    temp.put("milepost.toml", temp.read("milepost.toml") + since);
    temp.edit("controls/yard/md.toml", "id = \"MD.EN-3\"\n", "id = \"MD.EN-3\"\nuntil = \"2026-Q3\"\n");
    let said = temp.run(&["quarter", "2026-Q4"]).result();
    assert!(said.contains("Shop: 1 file, 1 answer carried, "), "{said}");
    assert!(said.contains("1 answer not carried, since Shop is not asked for it in 2026-Q4: MD.EN-2"), "{said}");
    // Of both teams: the control is not in force any more.
    assert!(said.contains("2 answers are each a comment"), "{said}");
}

#[test]
fn an_answer_to_what_ends_with_a_rename_becomes_a_comment_of_the_newer_team() {
    let temp = renamed("");
    temp.edit("controls/yard/md.toml", "id = \"MD.EN-2\"\n", "id = \"MD.EN-2\"\nuntil = \"2026-Q2\"\n");
    let said = temp.run(&["quarter", "2026-Q3"]).result();
    assert!(said.contains("Shop: 1 file, 2 answers carried from Web, "), "{said}");
    assert!(said.contains("2 answers are each a comment: `MD.EN-2` is not in force in 2026-Q3"), "{said}");
    assert!(temp.read("content/2026-Q3/shop/all.toml").contains("# [MD.EN-2]\n"));
}

#[test]
fn pages_of_a_quarter_list_a_renamed_team_once() {
    let listed = |temp: &TempWorkspace| {
        let assessment = check(&load(&temp.path(""))).assessment.unwrap();
        let quarters = assessment.quarters.ids().map(|quarter| assessment.in_quarter(quarter));
        let ids = quarters.map(|quarter| quarter.teams_listed().map(|team| assessment.team(team).id.clone()).collect());
        ids.collect::<Vec<Vec<String>>>()
    };
    let temp = renamed("");
    temp.run(&["quarter", "2026-Q3"]).result();
    assert_eq!(listed(&temp), [["web", "deck"], ["deck", "shop"]]);
    // A team that was split is no team of today, and stays beside those that follow it.
    let teams = [team("web", GONE), team("shop", &follows("\"web\"")), team("till", &follows("\"web\""))];
    let temp = yard(&teams.concat());
    temp.put("content/2026-Q2/web/all.toml", answer("MD.EN-1", 2));
    temp.put("content/2026-Q3/quarter.toml", "");
    assert_eq!(listed(&temp), [vec!["web"], vec!["web", "shop", "till"]]);
}

// Otherwise a rename would hide that evidence expired, and show it as a change of scope.
#[test]
fn evidence_that_expired_over_a_rename_is_told_as_evidence() {
    let temp = renamed("");
    temp.edit("milepost.toml", "[report]", "[evidence]\nmax_age = \"300d\"\n\n[report]");
    temp.run(&["quarter", "2026-Q3"]).result();
    let (parts, answers) = moved(&temp, &["--team", "shop"]);
    assert_eq!(parts.len(), 1, "{parts:?}");
    assert!(parts[0].starts_with("evidence -"), "{parts:?}");
    assert_eq!(answers, ["MD.EN-1 shop evidence", "MD.EN-2 shop evidence"]);
    let (parts, answers) = moved(&temp, &[]);
    assert!(parts.len() == 1 && parts[0].starts_with("evidence -"), "{parts:?}");
    assert_eq!(answers.len(), 4, "{answers:?}");
}

// A weight is a rule. So a new weight after a rename is shown under Method, and no answer moves.
#[test]
fn a_team_that_weighs_more_than_the_one_it_follows_is_another_method() {
    let temp = renamed("weight = 3\n");
    temp.edit("content/2026-Q2/web/all.toml", "level = 3", "level = 1");
    temp.run(&["quarter", "2026-Q3"]).result();
    let (parts, answers) = moved(&temp, &[]);
    assert!(parts.len() == 1 && parts[0].starts_with("method -"), "{parts:?}");
    assert_eq!(answers, Vec::<String>::new());
}

#[test]
fn owners_gates_and_actions_follow_a_renamed_team() {
    let temp = renamed("");
    let rules =
        "\n[controls]\n\"MD.EN-1\" = { owner = \"web\" }\n\n[gates]\nreattested = { limit = 50, teams = [\"web\"] }\n";
    temp.put("milepost.toml", temp.read("milepost.toml") + rules);
    let action = "[[action]]\nid = \"A-1\"\ncontrol = \"MD.EN-1\"\nteam = \"web\"\ntitle = \"Oil\"\ndue = 2026-12-31\nraises_to = 1\n";
    temp.put("content/actions.toml", action);
    temp.run(&["quarter", "2026-Q3"]).result();
    temp.edit("content/2026-Q3/deck/all.toml", "level = 2", "level = 0");
    assert!(temp.run(&["explain", "MD.EN-1"]).result().contains("the level of its owner, Shop"));
    assert!(temp.run(&["explain", "MD.EN-1", "--quarter", "2026-Q2"]).result().contains("the level of its owner, Web"));
    assert_eq!(json(&temp, &["score"])["controls"][0]["mean"], 2_000_000);
    // Deck's answer does not count, so nothing moved.
    assert_eq!(moved(&temp, &[]).0, Vec::<String>::new());
    assert!(temp.run(&["gate"]).stdout.contains("Shop: 0 of 3 answers given anew"));
    let check = temp.run(&["check"]).result();
    assert!(
        check.contains("A-1, Oil: raises to 1, and MD.EN-1 is at 2") && !check.contains("unfollowed-team"),
        "{check}"
    );
    let actions = json(&temp, &["actions", "--team", "shop"])["actions"].clone();
    assert_eq!(
        (&actions[0]["id"], &actions[0]["team"], actions.as_array().unwrap().len()),
        (&"A-1".into(), &"shop".into(), 1)
    );
    let todo = json(&temp, &["todo", "--team", "shop"])["teams"][0]["tasks"].clone();
    assert!(todo.as_array().unwrap().iter().any(|task| task["plan"] == "A-1"), "{todo}");
    // The name of today serves the quarters before as well.
    temp.edit("milepost.toml", "owner = \"web\"", "owner = \"shop\"");
    assert_eq!(json(&temp, &["score", "--quarter", "2026-Q2"])["controls"][0]["mean"], 2_000_000);
}

#[test]
fn a_decision_names_the_team_that_a_gate_and_an_owner_are_now() {
    let teams = [team("web", GONE), team("app", GONE), team("shop", &follows("\"web\", \"app\""))];
    let rules =
        "\n[controls]\n\"MD.EN-1\" = { owner = \"web\" }\n\n[gates]\nreattested = { limit = 50, teams = [\"web\"] }\n";
    let temp = yard(&(teams.concat() + rules));
    temp.put("content/2026-Q2/web/all.toml", answer("MD.EN-1", 2));
    temp.put("content/2026-Q3/shop/all.toml", answer("MD.EN-1", 2));
    let unfollowed = || temp.run(&["check"]).stdout.matches("warning[unfollowed-team]").count();
    assert_eq!(unfollowed(), 2);
    // The base reaches closed quarters, in which Web was asked, so a decision says who it is from 2026-Q3 on.
    let since = |quarter: &str| {
        format!(
            "\n[since.\"{quarter}\"]\nwhy = \"Two teams came together.\"\napproved_by = \"Board\"\n\
             controls.\"MD.EN-1\".owner = \"shop\"\ngates.reattested = {{ limit = 50, teams = [\"shop\"] }}\n"
        )
    };
    let config = temp.read("milepost.toml");
    temp.put("milepost.toml", config.clone() + &since("2026-Q4"));
    assert_eq!(unfollowed(), 2, "it does not hold yet");
    temp.put("milepost.toml", config + &since("2026-Q3"));
    assert_eq!(unfollowed(), 0);
    assert!(temp.run(&["explain", "MD.EN-1"]).result().contains("the level of its owner, Shop"));
    assert!(temp.run(&["explain", "MD.EN-1", "--quarter", "2026-Q2"]).result().contains("the level of its owner, Web"));
}

#[test]
fn what_a_merge_cannot_carry_is_listed_once() {
    let teams = [team("web", GONE), team("app", &format!("{GONE}scope = [\"MD.EN-1\", \"MD.EN-2\"]\n"))];
    let temp = yard(&(teams.concat() + &team("shop", &follows("\"web\", \"app\""))));
    let all = [answer("MD.EN-1", 2), answer("MD.EN-2", 3), answer("MD.EN-3", 1)];
    temp.put("content/2026-Q2/web/all.toml", all.concat());
    temp.put("content/2026-Q2/app/all.toml", all[..2].concat());
    let said = temp.run(&["quarter", "2026-Q3"]).result();
    // Only Web was asked for the third.
    assert!(said.contains("Shop: 1 file, 1 answer carried from Web"), "{said}");
    let why = "since more than one of the teams was asked or is asked now";
    assert!(said.contains(&format!("4 answers of Web and App not carried, {why}: MD.EN-1, MD.EN-2")), "{said}");
    let text = temp.read("content/2026-Q3/shop/all.toml");
    assert_eq!(text.trim(), answer("MD.EN-3", 1).replace("]\nlevel", "]\ncarried = true\nlevel").trim());
    let run = temp.run(&["check"]);
    assert_eq!(run.code, Some(0));
    assert!(
        run.stdout.contains("Shop: 4 answers of 2026-Q2 are not there any more: MD.EN-1, MD.EN-2"),
        "{}",
        run.stdout
    );
    // Marked by hand, an answer of either is a carried one.
    let mark = |level: u32| answer("MD.EN-1", level).replace("]\nlevel", "]\ncarried = true\nlevel");
    temp.put("content/2026-Q3/shop/more.toml", mark(2));
    assert_eq!(temp.run(&["check", "--deny-warnings"]).code, Some(0));
    let (parts, answers) = moved(&temp, &[]);
    assert!(parts.iter().all(|part| part.starts_with("scope")), "{parts:?}");
    let of_each = |id: &str| ["web", "app", "shop"].map(|team| format!("{id} {team} scope"));
    assert_eq!(answers, [of_each("MD.EN-1"), of_each("MD.EN-2")].concat());
}

// Only an answer that was there can fail to be carried.
#[test]
fn what_nobody_answered_is_not_missing_after_a_merge() {
    let temp = yard(&[team("web", GONE), team("app", GONE), team("shop", &follows("\"web\", \"app\""))].concat());
    temp.put("content/2026-Q2/web/all.toml", answer("MD.EN-1", 2));
    let said = temp.run(&["quarter", "2026-Q3"]).result();
    assert!(said.contains("  1 answer of Web and App not carried, ") && said.contains(": MD.EN-1\n"), "{said}");
}

#[test]
fn a_split_carries_each_control_to_the_one_team_that_is_asked_for_it() {
    let teams = [
        team("web", GONE),
        team("shop", &format!("{}scope = [\"MD.EN-1\", \"MD.EN-3\"]\n", follows("\"web\""))),
        team("till", &format!("{}scope = [\"MD.EN-2\", \"MD.EN-3\"]\n", follows("\"web\""))),
    ];
    let temp = yard(&teams.concat());
    // Other forms of the same answers: they must all come apart.
    let dotted = "\"MD.EN-1\".level = 2\n\"MD.EN-1\".note = \"Oiled.\"\nMD.EN-2 = { level = 0, note = \"Dry.\" }\n\n\
                  [MD.EN-3]\nlevel = 0\n";
    temp.put("content/2026-Q2/web/all.toml", dotted);
    let said = temp.run(&["quarter", "2026-Q3"]).result();
    for line in ["Shop: 1 file, 1 answer carried from Web", "Till: 1 file, 1 answer carried from Web"] {
        assert!(said.contains(line), "{said}");
    }
    assert_eq!(said.matches("1 answer of Web not carried").count(), 2, "{said}");
    let files = tree(&temp.path("content/2026-Q3"));
    let text = |path: &str| String::from_utf8(files[path].clone()).unwrap();
    assert!(text("shop/all.toml").contains("MD.EN-1") && !text("shop/all.toml").contains("MD.EN-2"));
    assert!(text("till/all.toml").contains("MD.EN-2") && !text("till/all.toml").contains("MD.EN-1"));
    assert_eq!(temp.run(&["check", "--deny-warnings"]).code, Some(0));
    let (_, answers) = moved(&temp, &[]);
    assert!(answers.iter().all(|answer| answer.starts_with("MD.EN-3 ") && answer.ends_with(" scope")), "{answers:?}");
}

/// A file with comments of every kind.
const WITH_COMMENTS: &str = "\
# Web's answers. This is about the whole file.

attested = { by = \"Mate\", on = 2026-07-01 }   # signed

# Oil first.
# Then the rest.
[MD.EN-1]   # the engine
level = 2
# It was 1.
note = \"Oiled.\"
# The end of the engine.

# Grease.
[MD.EN-2]
level = 1

  [[MD.EN-2.evidence]]
  # A photo.
  kind = \"record\"
  title = \"Grease gun\"
  date = 2026-06-01

# About nothing in particular.

# Paint.
[MD]
EN-3 = { level = 0 }   # rust
# The end of the file.
";

/// What is left of it for who takes over the first answer.
const FIRST_KEPT: &str = "\
# Web's answers. This is about the whole file.

attested = { by = \"Mate\" }   # signed

# Oil first.
# Then the rest.
[MD.EN-1]   # the engine
carried = true
level = 2
# It was 1.
note = \"Oiled.\"
# The end of the engine.

# About nothing in particular.

# Paint.
[MD]
";

/// What is left of it for who takes over the others.
const OTHERS_KEPT: &str = "\
# Web's answers. This is about the whole file.

attested = { by = \"Mate\" }   # signed

# Grease.
[MD.EN-2]
carried = true
level = 1

  [[MD.EN-2.evidence]]
  # A photo.
  kind = \"record\"
  title = \"Grease gun\"
  date = 2026-06-01

# About nothing in particular.

# Paint.
[MD]
EN-3 = { carried = true, level = 0 }   # rust
# The end of the file.
";

#[test]
fn what_a_split_leaves_out_takes_its_own_comments_along_and_no_others() {
    let teams = [
        team("web", GONE),
        team("shop", &format!("{}scope = [\"MD.EN-1\"]\n", follows("\"web\""))),
        team("till", &format!("{}scope = [\"MD.EN-2\", \"MD.EN-3\"]\n", follows("\"web\""))),
    ];
    let temp = yard(&teams.concat());
    let one_line = "MD = { EN-1 = { level = 2 }, EN-2.level = 1, EN-2.note = \"a, b\", EN-3 = { level = 0 } } # all\n";
    // Answers on one line come apart.
    let first = "MD.EN-1 = { carried = true, level = 2 }\n";
    let others = "MD.EN-2.carried = true\nMD.EN-2.level = 1\nMD.EN-2.note = \"a, b\"\n\
                  MD.EN-3 = { carried = true, level = 0 } # all\n";
    for (written, shop, till) in [(WITH_COMMENTS, FIRST_KEPT, OTHERS_KEPT), (one_line, first, others)] {
        temp.put("content/2026-Q2/web/all.toml", written);
        temp.run(&["quarter", "2026-Q3"]).result();
        assert_eq!(temp.read("content/2026-Q3/shop/all.toml"), shop);
        assert_eq!(temp.read("content/2026-Q3/till/all.toml"), till);
        assert_eq!(temp.run(&["check", "--deny-warnings"]).code, Some(0));
        fs::remove_dir_all(temp.path("content/2026-Q3")).unwrap();
    }
}

/// What becomes of each team between the two quarters, and which newer team follows which older one.
fn with_successions(two: &Two, fates: &[u8], edges: &[bool], same_weights: bool) -> Two {
    let mut assessment = two.from.assessment.clone();
    let [first, second] = [0, 1].map(|number| assessment.quarters[positions::quarter(number)].quarter);
    let teams: Vec<TeamId> = assessment.settings.teams.ids().collect();
    let fate = |at: usize| fates[at % fates.len()] % 3;
    for (at, id) in teams.iter().enumerate() {
        let team = &mut assessment.settings.teams[*id];
        (team.first_quarter, team.last_quarter) = (None, None);
        match fate(at) {
            0 => team.last_quarter = Some(first),
            1 => team.first_quarter = Some(second),
            _ => {}
        }
        if same_weights {
            team.weight = 1;
        }
    }
    for (at, id) in teams.iter().enumerate().filter(|(at, _)| fate(*at) == 1) {
        let older = teams.iter().enumerate().filter(|(other, _)| fate(*other) == 0);
        let older = older.filter(|(other, _)| edges[(at * teams.len() + other) % edges.len()]);
        let succeeds = older.map(|(_, older)| *older).collect();
        assessment.settings.teams[*id].succeeds = succeeds;
    }
    Team::link(&mut assessment.settings.teams);
    Two::quarters(assessment)
}

proptest! {
    #![proptest_config(Config { failure_persistence: None, ..Config::with_cases(192) })]

    #[test]
    fn whoever_follows_whom_the_parts_add_up(
        two in two_quarters(),
        fates in proptest::collection::vec(any::<u8>(), 1..6),
        edges in proptest::collection::vec(any::<bool>(), 1..12),
        same_weights in any::<bool>(),
    ) {
        let two = with_successions(&two, &fates, &edges, same_weights);
        let before = two.figures_before(None);
        for team in two.selections() {
            for node in two.change(team).nodes {
                if team.is_none() {
                    let shown = before.get(node.id.as_str()).and_then(|figures| figures.shown_mean());
                    prop_assert_eq!(node.from, shown.map(Mean::millionths), "{}", &node.id);
                }
                let sum: i64 = node.parts.iter().map(|part| part.amount).sum();
                prop_assert_eq!(sum, node.total().unwrap_or_default(), "{} {:?}", &node.id, &node.parts);
                for part in &node.parts {
                    let controls: i64 = part.controls.iter().map(|(_, amount)| amount).sum();
                    prop_assert_eq!(controls, part.amount, "{} {:?}", &node.id, part);
                    // One workspace has one method, but for a team that weighs otherwise than the one that it follows.
                    prop_assert!(part.cause != Cause::Method || !same_weights || part.amount == 0, "{:?}", part);
                }
            }
        }
    }
}

#[test]
fn an_owner_that_was_split_is_followed_to_the_teams_that_are_asked_and_a_closed_quarter_keeps_it() {
    let split = |id: &str, scope: &str| {
        team(id, &format!("first_quarter = \"2026-Q4\"\nsucceeds = [\"shop\"]\nscope = [{scope}]\n"))
    };
    let shop = team("shop", &format!("{}last_quarter = \"2026-Q3\"\n", follows("\"web\"")));
    let teams = [team("web", GONE), shop, split("left", "\"MD.EN-1\""), split("right", "\"MD.EN-2\", \"MD.EN-3\"")];
    let temp = yard(&(teams.concat() + "\n[controls]\n\"MD.EN-3\" = { owner = \"web\", why = \"Decided once.\" }\n"));
    temp.put("content/2026-Q2/web/all.toml", answer("MD.EN-3", 2));
    temp.put("content/2026-Q3/shop/all.toml", answer("MD.EN-3", 2));
    temp.put("content/2026-Q4/right/all.toml", answer("MD.EN-3", 3));
    let said = || temp.run(&["check"]).stdout;
    assert!(said().contains("= help: name one that is asked: right\n"), "{}", said());
    assert!(!said().contains("[since."), "{}", said());
    temp.run(&["seal", "2026-Q2"]).result();
    assert!(said().contains("under [since.\"2026-Q4\"]:\n"), "{}", said());
    assert!(said().contains("= help: controls.\"MD.EN-3\".owner = \"right\"\n"), "{}", said());
    let moved = temp.run(&["diff"]).result();
    assert!(!moved.contains("Web 2 to not asked"), "{moved}");
}

#[test]
fn what_another_team_owns_is_said_alike_wherever_it_is_unanswered() {
    let temp = yard(
        &([team("web", ""), team("deck", "")].concat()
            + "\n[controls]\n\"MD.EN-1\" = { owner = \"web\", why = \"Decided once.\" }\n"),
    );
    temp.put("content/2026-Q3/web/all.toml", answer("MD.EN-1", 2));
    let explained = temp.run(&["explain", "MD.EN-1"]).result();
    assert!(explained.contains("does not count: another team owns this control"), "{explained}");
    assert!(!explained.contains("stays in the denominator"), "{explained}");
    let alone = temp.run(&["explain", "MD.EN-1", "--team", "deck"]).result();
    assert!(alone.contains("does not count: another team owns this control"), "{alone}");
    assert!(!alone.contains("no team is asked"), "{alone}");
}

/// How many answers are missing by each command and page that says so: the score of all, of the teams one by one, the to-do lists, the
/// worksheets, the rows of the long table, and the answers on the pages of controls.
fn missing(temp: &TempWorkspace) -> [u64; 6] {
    let unanswered =
        |args: &[&str]| json(temp, &[&["score"], args].concat())["overall"]["unanswered"].as_u64().unwrap();
    let teams = ["web", "deck", "till"];
    let alone = teams.map(|team| unanswered(&["--team", team])).iter().sum();
    let todo = json(temp, &["todo"]).to_string().matches("\"unanswered\"").count() as u64;
    let sheets = teams.map(|team| temp.run(&["worksheet", team]).result());
    let asked_for = |said: &String| {
        let count = said.lines().filter_map(|line| line.rsplit(": ").next()?.split(' ').next()?.parse::<u64>().ok());
        count.sum::<u64>()
    };
    for team in teams {
        let _ = fs::remove_file(temp.path(format!("content/2026-Q3/{team}/worksheet-MD.toml")));
    }
    let long = temp.run(&["export", "table", "--teams"]).result();
    let mut rows = csv::Reader::from_reader(long.as_bytes());
    let at = |name: &str| long.lines().next().unwrap().split(',').position(|head| head == name).unwrap();
    let (team, count) = (at("team"), at("unanswered"));
    let rows = rows.records().map(Result::unwrap).filter(|row| !row[team].is_empty());
    let in_rows = rows.map(|row| row[count].parse::<u64>().unwrap()).sum();
    temp.run(&["build", "--out", "site"]).result();
    let on_page = |id: &str| {
        temp.read(&format!("site/2026-Q3/controls/{id}/index.html"))
            .matches("<span class=\"verdict\">Unanswered")
            .count()
    };
    let on_pages = ["MD.EN-1", "MD.EN-2", "MD.EN-3"].map(on_page).iter().sum::<usize>() as u64;
    [unanswered(&[]), alone, todo, sheets.iter().map(asked_for).sum(), in_rows, on_pages]
}

// A team owes no answer that another team gives for all. Whatever it says nevertheless counts for itself.
#[test]
fn every_command_and_page_counts_the_same_answers_as_missing() {
    let owned = "\n[controls]\n\"MD.EN-1\" = { owner = \"web\", why = \"Decided once.\" }\n";
    let temp = yard(&([team("web", ""), team("deck", ""), team("till", "")].concat() + owned));
    temp.put("content/2026-Q3/web/all.toml", answer("MD.EN-1", 2));
    assert_eq!(missing(&temp), [6; 6]);
    temp.put("content/2026-Q3/deck/all.toml", [answer("MD.EN-1", 3), answer("MD.EN-2", 1)].concat());
    assert_eq!(missing(&temp), [5; 6]);
    let deck = json(&temp, &["score", "--team", "deck"]);
    assert_eq!((deck["overall"]["assessed"].as_u64(), deck["overall"]["mean"].as_u64()), (Some(2), Some(2_000_000)));
    // The owner itself owes it.
    temp.put("content/2026-Q3/web/all.toml", answer("MD.EN-2", 2));
    assert_eq!(missing(&temp), [5; 6]);
}

// Otherwise the answers of the older team would go without a word, and nobody would miss those that are gone.
#[test]
fn answers_follow_over_a_quarter_in_which_neither_team_was_asked() {
    let late = "first_quarter = \"2026-Q4\"\nsucceeds = [\"web\"]\n";
    let temp = yard(&[team("web", GONE), team("deck", ""), team("shop", late)].concat());
    let all = [answer("MD.EN-1", 2), answer("MD.EN-2", 3)].concat();
    temp.put("content/2026-Q2/web/all.toml", &all);
    temp.put("content/2026-Q2/deck/all.toml", &all);
    temp.run(&["quarter", "2026-Q3"]).result();
    let said = temp.run(&["quarter", "2026-Q4"]).result();
    assert!(said.contains("Shop: 1 file, 2 answers carried from Web in 2026-Q2, "), "{said}");
    assert!(said.contains("Deck: 1 file, 2 answers carried, "), "{said}");
    assert!(temp.read("content/2026-Q4/shop/all.toml").contains("[MD.EN-1]\ncarried = true\n"));
    let checked = temp.run(&["check"]).said();
    assert!(checked.contains("`shop` follows `web`, and neither is asked in 2026-Q3"), "{checked}");
    assert!(!checked.contains("carried-from-nothing"), "{checked}");
    let explained = temp.run(&["explain", "MD.EN-1", "--team", "shop"]).result();
    assert!(explained.contains("given for 2026-Q2"), "{explained}");
    let of_shop = |found: &str| format!("Shop: 2 answers of 2026-Q2 {found}");
    temp.put("content/2026-Q4/shop/all.toml", &all);
    let checked = temp.run(&["check"]).said();
    assert!(checked.contains("Shop: 2 answers only repeat 2026-Q2"), "{checked}");
    fs::remove_file(temp.path("content/2026-Q4/shop/all.toml")).unwrap();
    let checked = temp.run(&["check"]).said();
    assert!(checked.contains(&of_shop("are not there any more: MD.EN-1, MD.EN-2")), "{checked}");
    assert!(!checked.contains("Deck: 2 answers"), "{checked}");
    let diff = temp.run(&["diff"]).result();
    assert!(diff.contains("MD.EN-1 of Shop"), "{diff}");
}
