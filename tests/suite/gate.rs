//! A workspace and its limits in, verdicts out: each gate at its limit and beside it, what it looks at, what excuses it, and how
//! it is told.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use insta::assert_snapshot;
use milepost::check::{self, Checked};
use milepost::diagnostic::Severity;
use milepost::load::workspace::{self, Entry, Workspace};
use milepost::model::gate::GateKind;
use milepost::model::strings::{MOST, Strings};
use milepost::score::gate::{GateVerdict, evaluate};
use milepost::score::score;
use roxmltree::Document;
use serde_json::Value;
use tempfile::TempDir;
use walkdir::WalkDir;

use crate::support::html_judge::build;
use crate::support::media_judges::{gitlab, junit};

const CONFIG: &str = "milepost.toml";

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// The fixture's settings with other gates, after `edit`.
fn config(gates: &str, edit: &dyn Fn(&str) -> String) -> String {
    let text = fs::read_to_string(fixture("good/gates").join(CONFIG)).unwrap();
    let (before, _) = text.split_once("[gates]\n").unwrap();
    format!("{}[gates]\n{gates}\n", edit(before))
}

/// The fixture with other files in place of its own.
fn with(files: &[(&str, &str)]) -> Workspace {
    let mut workspace = workspace::load(&fixture("good/gates"));
    for (path, text) in files {
        assert!(workspace.files.insert((*path).to_owned(), Entry::Text((*text).into())).is_some());
    }
    workspace
}

/// The verdicts on a workspace in one of its quarters.
fn verdicts_on(workspace: &Workspace, quarter: usize) -> Vec<GateVerdict> {
    let Checked { assessment, diagnostics } = check::check(workspace);
    let errors: Vec<_> = diagnostics.iter().filter(|found| found.code.severity() == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let scored = score(assessment.unwrap());
    evaluate(scored.quarters().nth(quarter).unwrap(), &scored.assessment.english)
}

/// The words of terminals.
fn english() -> Strings {
    check::check(&with(&[])).assessment.unwrap().english
}

/// The verdicts of these gates on the fixture's second quarter.
fn verdicts(gates: &str) -> Vec<GateVerdict> {
    verdicts_on(&with(&[(CONFIG, &config(gates, &str::to_owned))]), 1)
}

/// The page of gates of a quarter of the fixture, and its overview.
fn pages(quarter: &str, gates: &str) -> [Option<String>; 2] {
    let workspace = with(&[(CONFIG, &config(gates, &str::to_owned))]);
    let files = build(&workspace, check::check(&workspace));
    let page = |name: &str| files.get(&format!("{quarter}/{name}index.html"));
    [page("gates/"), page("")].map(|page| page.map(|page| String::from_utf8(page.clone()).unwrap()))
}

#[test]
fn a_page_asks_an_open_quarter_only_what_is_asked_with_every_change() {
    let gates = "new_zeros = 0\nstale_evidence = { limit = 0, when = \"closing\" }";
    let [page, overview] = pages("2026-Q2", gates).map(Option::unwrap);
    assert!(overview.contains("gates/index.html\">1 of 1</a>"), "{overview}");
    assert!(page.contains("verdict-failed"), "{page}");
    let stale = page.split("<tr id=\"stale_evidence\">").nth(1).unwrap();
    assert!(stale.contains("verdict-later") && stale.contains("not asked until the quarter closes"), "{stale}");
    assert!(!stale.contains("stale evidence item"), "{stale}");
    // The quarter before is over, so it is asked everything.
    let page = pages("2026-Q1", gates)[0].take().unwrap();
    let stale = page.split("<tr id=\"stale_evidence\">").nth(1).unwrap();
    assert!(stale.contains("verdict-passed") && stale.contains("0 stale evidence items"), "{stale}");
}

#[test]
fn without_gates_there_is_no_page_of_them() {
    let [page, overview] = pages("2026-Q2", "");
    assert_eq!(page, None);
    assert!(!overview.unwrap().contains("gates/index.html"));
}

/// The one verdict there is, in a line.
fn told(verdicts: &[GateVerdict]) -> String {
    let [verdict] = verdicts else { panic!("{verdicts:?}") };
    let word = if verdict.passed { "passed" } else { "failed" };
    let causes: Vec<&str> = verdict.causes.iter().map(|cause| cause.what.as_str()).collect();
    let causes = if causes.is_empty() { String::new() } else { format!(": {}", causes.join(", ")) };
    let excused = if verdict.excused.is_empty() { String::new() } else { format!(" [{}]", verdict.excused) };
    format!("{word} {}: {}{causes}{excused}", verdict.gate, verdict.message)
}

fn assert_told(cases: &[(&str, &str)]) {
    for (gate, wanted) in cases {
        assert_eq!(told(&verdicts(gate)), *wanted, "{gate}");
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// Limits
// ---------------------------------------------------------------------------------------------------------------------

const FELL: &str = "KP fell by 1 (scored down: KP.HU-2, KP.HU-1)";
const FELL_MORE: &str = "MD fell by 1.75 (scored down, newly or no longer assessed, scope: MD.EN-1, MD.EN-2)";

#[test]
fn a_gate_passes_at_its_limit_and_fails_beside_it() {
    let both = format!("failed regression: 2 Functions fell by more than 0.999999: {FELL}, {FELL_MORE}");
    let one = format!("failed regression: 1 Function fell by more than 1: {FELL_MORE}");
    let stale = "KP.HU-1 of Deck: Floats tried in dock, MD.EN-1 of Engine Room: List of the fore store, DR.FI-1 of Deck: Hose book";
    let stale = ["passed", "failed"].map(|word| {
        let limit = if word == "passed" { 3 } else { 2 };
        format!("{word} stale_evidence: 3 stale evidence items, at most {limit} allowed: {stale}")
    });
    assert_told(&[
        ("regression = 0.999999", &both),
        ("regression = 1", &one),
        ("regression = 1.75", "passed regression: 0 Functions fell by more than 1.75"),
        // 6 of 7 are 85.714285 71… %.
        (
            "minimum_coverage = 85.714285",
            "passed minimum_coverage: yard: 6 of 7 answers assessed, at least 85.714285 % wanted",
        ),
        (
            "minimum_coverage = 85.714286",
            "failed minimum_coverage: less than 85.714286 % assessed: yard: 6 of 7 answers assessed",
        ),
        ("stale_evidence = 3", &stale[0]),
        ("stale_evidence = 2", &stale[1]),
        (
            "new_zeros = 3",
            "passed new_zeros: 3 new zeros, at most 3 allowed: KP.HU-2 of Deck, KP.CR-1 of Shore, MD.EN-1 of Engine Room",
        ),
        (
            "new_zeros = 2",
            "failed new_zeros: 3 new zeros, at most 2 allowed: KP.HU-2 of Deck, KP.CR-1 of Shore, MD.EN-1 of Engine Room",
        ),
    ]);
}

#[test]
fn a_gate_on_key_controls_or_plans_passes_at_its_limit_and_fails_beside_it() {
    assert_told(&[
        // Shore is asked for KP.CR-1 as well; but Deck owns it.
        (
            "key_controls = 2",
            "failed key_controls: 2 answers for key controls missing or below 2: KP.HU-1 of Deck is at 1, DR.FI-1 of Shore has no level",
        ),
        (
            "key_controls = 0",
            "failed key_controls: 1 answer for key controls missing or below 0: DR.FI-1 of Shore has no level",
        ),
        (
            "unapproved = 2",
            "passed unapproved: 2 unapproved exclusions, at most 2 allowed: KP.HU-2 of Engine Room, MD.DK, out of scope",
        ),
        (
            "unapproved = 1",
            "failed unapproved: 2 unapproved exclusions, at most 1 allowed: KP.HU-2 of Engine Room, MD.DK, out of scope",
        ),
        // Due on the quarter's last day is not late.
        (
            "overdue_actions = 2",
            "passed overdue_actions: 2 overdue actions, at most 2 allowed: A-1 on KP.HU-1 of Deck, A-2 on MD.EN-1 of Engine Room",
        ),
        (
            "overdue_actions = 1",
            "failed overdue_actions: 2 overdue actions, at most 1 allowed: A-1 on KP.HU-1 of Deck, A-2 on MD.EN-1 of Engine Room",
        ),
        // 4 of 6 are 66.6… %.
        ("reattested = 66.666666", "passed reattested: 0 teams have less than 66.666666 % of answers re-attested"),
        (
            "reattested = 66.666667",
            "failed reattested: 1 team has less than 66.666667 % of answers re-attested: Deck: 4 of 6 answers given anew",
        ),
        // KP.HU-2 is accepted, KP.CR-1 not yet due, and MD.EN-2 has no level that could be below.
        (
            "overdue_targets = 2",
            "passed overdue_targets: 2 controls below targets that are past due, at most 2 allowed: KP.HU-1, MD.EN-1",
        ),
        (
            "overdue_targets = 1",
            "failed overdue_targets: 2 controls below targets that are past due, at most 1 allowed: KP.HU-1, MD.EN-1",
        ),
    ]);
}

#[test]
fn a_gate_looks_at_the_means_of_the_functions_that_it_names() {
    assert_told(&[
        ("regression = { limit = 1, functions = [\"KP\"] }", "passed regression: 0 parts fell by more than 1"),
        (
            "regression = { limit = 0, functions = [\"KP\"] }",
            &format!("failed regression: 1 part fell by more than 0: {FELL}"),
        ),
        // A framework stands for its Functions.
        (
            "regression = { limit = 1, functions = [\"yard\"] }",
            &format!("failed regression: 1 part fell by more than 1: {FELL_MORE}"),
        ),
        // It was shown before, is still asked for, and is not shown now: Shore's answer alone is too little.
        (
            "regression = { limit = 1, functions = [\"drill\"] }",
            "failed regression: 0 parts fell by more than 1, 1 part is not shown any more: DR is not shown any more: too little is assessed now to show a difference",
        ),
        (
            "regression = { limit = 1, functions = [\"KP.HU\", \"KP.CR\"] }",
            "failed regression: 1 part fell by more than 1: KP.HU fell by 1.5 (scored down: KP.HU-2, KP.HU-1)",
        ),
        (
            "regression = { limit = 1, functions = [\"KP.HU-2\"] }",
            "failed regression: 1 part fell by more than 1: KP.HU-2 fell by 2 (scored down: KP.HU-2)",
        ),
        (
            "minimum_coverage = { limit = 67, functions = [\"KP\", \"MD\"] }",
            "failed minimum_coverage: less than 67 % assessed: MD: 2 of 3 answers assessed",
        ),
        (
            "minimum_coverage = { limit = 100, functions = [\"MD.EN-2\", \"yard\", \"drill\"] }",
            "failed minimum_coverage: less than 100 % assessed: yard: 6 of 7 answers assessed, MD.EN-2: 0 of 1 answers assessed, drill: 1 of 2 answers assessed",
        ),
        // Where nothing is asked, nothing is missing.
        (
            "minimum_coverage = { limit = 100, functions = [\"MD.DK\"] }",
            "passed minimum_coverage: at least 100 % assessed",
        ),
    ]);
}

#[test]
fn a_gate_counts_only_below_the_functions_that_it_names() {
    assert_told(&[
        (
            "stale_evidence = { limit = 0, functions = [\"drill\"] }",
            "failed stale_evidence: 1 stale evidence item, at most 0 allowed: DR.FI-1 of Deck: Hose book",
        ),
        (
            "stale_evidence = { limit = 0, functions = [\"KP.CR\"] }",
            "passed stale_evidence: 0 stale evidence items, at most 0 allowed",
        ),
        (
            "new_zeros = { limit = 0, functions = [\"MD\"] }",
            "failed new_zeros: 1 new zero, at most 0 allowed: MD.EN-1 of Engine Room",
        ),
        (
            "key_controls = { limit = 2, functions = [\"KP.CR\"] }",
            "passed key_controls: 0 answers for key controls missing or below 2",
        ),
        (
            "unapproved = { limit = 0, functions = [\"MD.EN\", \"KP.CR\"] }",
            "passed unapproved: 0 unapproved exclusions, at most 0 allowed",
        ),
        (
            "unapproved = { limit = 0, functions = [\"MD\"] }",
            "failed unapproved: 1 unapproved exclusion, at most 0 allowed: MD.DK, out of scope",
        ),
        (
            "overdue_actions = { limit = 0, functions = [\"KP\"] }",
            "failed overdue_actions: 1 overdue action, at most 0 allowed: A-1 on KP.HU-1 of Deck",
        ),
        (
            "overdue_targets = { limit = 0, functions = [\"MD\"] }",
            "failed overdue_targets: 1 control below a target that is past due, at most 0 allowed: MD.EN-1",
        ),
        // Half of it is assessed, so its mean is withheld and is below no target.
        (
            "overdue_targets = { limit = 0, functions = [\"drill\", \"KP.CR\"] }",
            "passed overdue_targets: 0 controls below targets that are past due, at most 0 allowed",
        ),
    ]);
    // Where half is enough, it is at 3, below 4. The exception is Deck's alone, and this is all teams together.
    let enough = |text: &str| text.replace("[scoring]\n", "[scoring]\nminimum_coverage = 50\n");
    let gates = config("overdue_targets = { limit = 0, functions = [\"drill\"] }", &enough);
    assert_eq!(
        told(&verdicts_on(&with(&[(CONFIG, &gates)]), 1)),
        "failed overdue_targets: 1 control below a target that is past due, at most 0 allowed: DR.FI-1"
    );
}

#[test]
fn a_gate_looks_at_the_teams_that_it_names() {
    assert_told(&[
        (
            "regression = { limit = 1, teams = [\"deck\", \"engine\"] }",
            "failed regression: 2 Functions fell by more than 1, 1 Function is not shown any more: KP of Deck fell by 1.333333 (scored down: KP.HU-1, KP.HU-2), MD of Engine Room fell by 3 (scored down, scope: MD.EN-1, MD.EN-2), \
             MD of Deck is not shown any more: too little is assessed now to show a difference",
        ),
        (
            "regression = { limit = 2, teams = [\"deck\"], functions = [\"KP.HU-1\", \"KP.HU-2\"] }",
            "passed regression: 0 parts fell by more than 2",
        ),
        (
            "minimum_coverage = { limit = 100, teams = [\"deck\", \"engine\"] }",
            "failed minimum_coverage: less than 100 % assessed: yard of Deck: 4 of 5 answers assessed",
        ),
        (
            "minimum_coverage = { limit = 1, teams = [\"shore\"], functions = [\"KP\", \"DR\"] }",
            "failed minimum_coverage: less than 1 % assessed: DR of Shore: 0 of 1 answers assessed",
        ),
        (
            "stale_evidence = { limit = 0, teams = [\"shore\"] }",
            "passed stale_evidence: 0 stale evidence items, at most 0 allowed",
        ),
        (
            "new_zeros = { limit = 0, teams = [\"shore\"] }",
            "failed new_zeros: 1 new zero, at most 0 allowed: KP.CR-1 of Shore",
        ),
        (
            "key_controls = { limit = 1, teams = [\"deck\"] }",
            "passed key_controls: 0 answers for key controls missing or below 1",
        ),
        (
            "unapproved = { limit = 0, teams = [\"shore\"] }",
            "passed unapproved: 0 unapproved exclusions, at most 0 allowed",
        ),
        (
            "overdue_actions = { limit = 0, teams = [\"engine\"] }",
            "failed overdue_actions: 1 overdue action, at most 0 allowed: A-2 on MD.EN-1 of Engine Room",
        ),
        (
            "reattested = { limit = 75, teams = [\"engine\", \"shore\"] }",
            "passed reattested: 0 teams have less than 75 % of answers re-attested",
        ),
        // Of Deck's answers, those for this Function alone.
        (
            "reattested = { limit = 100, functions = [\"MD\"] }",
            "failed reattested: 1 team has less than 100 % of answers re-attested: Deck: 1 of 2 answers given anew",
        ),
        (
            "reattested = { limit = 100, functions = [\"KP\"] }",
            "failed reattested: 2 teams have less than 100 % of answers re-attested: Deck: 2 of 3 answers given anew, Engine Room: 1 of 2 answers given anew",
        ),
        (
            "overdue_targets = { limit = 0, teams = [\"deck\", \"engine\"] }",
            "failed overdue_targets: 3 controls below targets that are past due, at most 0 allowed: \
             KP.HU-1 of Deck, MD.EN-1 of Deck, MD.EN-1 of Engine Room",
        ),
        // Accepted for Deck until July.
        (
            "overdue_targets = { limit = 0, teams = [\"deck\"], functions = [\"drill\"] }",
            "passed overdue_targets: 0 controls below targets that are past due, at most 0 allowed",
        ),
    ]);
}

// Otherwise a narrower scope would pass the gate.
#[test]
fn a_key_control_that_nobody_is_asked_for_fails() {
    let nobody = |text: &str| {
        let text = text.replace("name = \"Deck\"\n", "name = \"Deck\"\nscope = [\"yard\"]\n");
        text.replace("scope = [\"KP.CR\", \"drill\"]", "scope = [\"KP.CR\"]")
    };
    let asked = |gates: &str, profile: &str| {
        let (config, drill) = (config(gates, &nobody), "[DR.FI-1]");
        let deck = fs::read_to_string(fixture("good/gates/content/2026-Q2/deck/all.toml")).unwrap();
        let deck = deck.split_once(drill).unwrap().0;
        told(&verdicts_on(
            &with(&[(CONFIG, &config), ("content/2026-Q2/deck/all.toml", deck), ("content/profile.toml", profile)]),
            1,
        ))
    };
    let gate = "key_controls = { limit = 1, functions = [\"drill\"] }";
    assert_eq!(
        asked(gate, ""),
        "failed key_controls: 1 answer for key controls missing or below 1: DR.FI-1 is asked of no team"
    );
    // The profile may exclude it. That it is in no team's scope is no fault of one team.
    let decided = "[out_of_scope]\nDR = { why = \"No fire on board.\", approved_by = \"Master\" }\n";
    assert_eq!(asked(gate, decided), "passed key_controls: 0 answers for key controls missing or below 1");
    let one = "key_controls = { limit = 1, functions = [\"drill\"], teams = [\"deck\"] }";
    assert_eq!(asked(one, ""), "passed key_controls: 0 answers for key controls missing or below 1");
}

// The first quarter has no quarter before it. Gates that compare with one must pass.
#[test]
fn an_answer_that_vanished_counts_only_for_the_functions_and_teams_that_a_gate_names() {
    let gates = |only: &str| config(&format!("vanished = {{ limit = 0, {only} }}"), &str::to_owned);
    let told_of = |only: &str| {
        let (deck, engine) = ("content/2026-Q2/deck/all.toml", "content/2026-Q2/engine/all.toml");
        told(&verdicts_on(&with(&[(CONFIG, &gates(only)), (deck, "[KP.CR-1]\nlevel = 2\n"), (engine, "")]), 1))
    };
    assert_eq!(
        told_of("functions = [\"KP.HU-1\"], teams = [\"deck\"]"),
        "failed vanished: 1 answer is gone, at most 0 allowed: KP.HU-1 of Deck"
    );
}

/// What the gate says of a fall of four controls, of which the first weighs as much as the others together, between the answers of two teams in
/// one quarter and in the next.
fn fall(before: [&str; 2], now: [&str; 2]) -> String {
    let mut workspace = workspace::load(Path::new("/nowhere"));
    let control = |n: usize| {
        let weight = if n == 1 { 3 } else { 1 };
        format!("[[control]]\nid = \"KP-{n}\"\ntitle = \"a\"\noutcome = \"a\"\nweight = {weight}\n")
    };
    let config = "[report]\ntitle = \"a\"\nframeworks = [\"own\"]\n[scoring]\nscore = \"claimed\"\nminimum_coverage = 0\n\
                  [[team]]\nid = \"deck\"\nname = \"Deck\"\n[[team]]\nid = \"shore\"\nname = \"Shore\"\n[gates]\nregression = 0\n";
    let framework = "id = \"own\"\ntitle = \"Own\"\nfunctions = [\"KP\"]\n".to_owned();
    let mut put = |path: &str, text: String| workspace.files.insert(path.to_owned(), Entry::Text(text.as_str().into()));
    put(CONFIG, config.to_owned());
    put("controls/own/framework.toml", framework);
    put(
        "controls/own/keep.toml",
        "id = \"KP\"\ntitle = \"Keep\"\n".to_owned() + &(1..=4).map(control).collect::<String>(),
    );
    for (quarter, said) in [("2026-Q1", before), ("2026-Q2", now)] {
        for (team, levels) in ["deck", "shore"].into_iter().zip(said) {
            let answers = levels.split(' ').zip(1..).filter(|(level, _)| *level != "-");
            let answers = answers.map(|(level, n)| format!("[KP-{n}]\nlevel = {level}\n"));
            put(&format!("content/{quarter}/{team}/all.toml"), answers.collect());
        }
    }
    told(&verdicts_on(&workspace, 1))
}

#[test]
fn a_fall_names_neither_causes_nor_controls_that_moved_the_whole_by_nothing() {
    // One control is answered in the place of another one, at the same level.
    assert_eq!(
        fall(["- 2 - 4", "- - - -"], ["- - 2 3", "- - - -"]),
        "failed regression: 1 Function fell by more than 0: KP fell by 0.5 (scored down: KP-4)"
    );
    // Without Deck's 1, KP-2 would be at 3 and no longer at 2; but Shore has lowered it to 2.
    assert_eq!(
        fall(["3 1 - -", "1 3 - -"], ["- - - -", "1 2 - -"]),
        "failed regression: 1 Function fell by more than 0: KP fell by 0.75 (newly or no longer assessed, scored down: KP-1)"
    );
}

#[test]
fn the_first_quarter_fell_from_nothing() {
    let first = |gates: &str| told(&verdicts_on(&with(&[(CONFIG, &config(gates, &str::to_owned))]), 0));
    assert_eq!(first("regression = 0"), "passed regression: there is no quarter before");
    assert_eq!(first("new_zeros = 0"), "passed new_zeros: 0 new zeros, at most 0 allowed");
    // As of that quarter's end: nothing was stale, nothing due.
    assert_eq!(first("stale_evidence = 0"), "passed stale_evidence: 0 stale evidence items, at most 0 allowed");
    assert_eq!(first("overdue_actions = 0"), "passed overdue_actions: 0 overdue actions, at most 0 allowed");
    assert_eq!(first("vanished = 0"), "passed vanished: 0 answers are gone, at most 0 allowed");
    // No zero of a first quarter is new.
    let zero = "[KP.HU-2]\nlevel = 0\n";
    let files = [(CONFIG, &*config("new_zeros = 0", &str::to_owned)), ("content/2026-Q1/deck/all.toml", zero)];
    // What was carried from there has no source any more; that is a warning.
    assert_eq!(told(&verdicts_on(&with(&files), 0)), "passed new_zeros: 0 new zeros, at most 0 allowed");
    // And one that stays is not.
    let again = told(&verdicts_on(&with(&files), 1));
    assert_eq!(again, "failed new_zeros: 2 new zeros, at most 0 allowed: KP.CR-1 of Shore, MD.EN-1 of Engine Room");
}

#[test]
fn an_exception_excuses_to_its_last_day() {
    let gate = |limit: u32, expires: &str| {
        let exception = format!("{{ reason = \"The yard is late.\", approved_by = \"Master\", expires = {expires} }}");
        verdicts(&format!("overdue_actions = {{ limit = {limit}, exception = {exception} }}"))
    };
    let words = &english();
    let late = "A-1 on KP.HU-1 of Deck, A-2 on MD.EN-1 of Engine Room";
    let excused = gate(0, "2026-06-30");
    assert_eq!(
        told(&excused),
        format!(
            "failed overdue_actions: 2 overdue actions, at most 0 allowed: {late} [excused until 2026-06-30 by Master: The yard is late.]"
        )
    );
    assert!(!excused[0].fails() && excused[0].diagnostic(words).is_none());
    let ended = gate(0, "2026-06-29");
    assert_eq!(
        told(&ended),
        format!(
            "failed overdue_actions: 2 overdue actions, at most 0 allowed (its exception ended on 2026-06-29): {late}"
        )
    );
    assert!(ended[0].fails() && ended[0].diagnostic(words).is_some());
    // A gate that passes needs no excuse, whenever it ends.
    for expires in ["2026-06-29", "2026-06-30"] {
        let passed = gate(2, expires);
        assert!(passed[0].passed && passed[0].excused.is_empty() && !passed[0].message.contains("exception"));
    }
}

#[test]
fn gates_are_told_in_one_order_each_where_it_is_written() {
    let gates: Vec<String> =
        GateKind::ALL.iter().rev().map(|kind| format!("{} = {{ limit = 1 }}", kind.name())).collect();
    let verdicts = verdicts(&gates.join("\n"));
    let names: Vec<&str> = verdicts.iter().map(|verdict| verdict.gate).collect();
    assert_eq!(names, GateKind::ALL.map(GateKind::name));
    let lines: Vec<usize> = verdicts.iter().map(|verdict| verdict.origin.line).collect();
    assert!(lines.windows(2).all(|lines| lines[0] == lines[1] + 1), "{lines:?}");
}

#[test]
fn a_line_names_the_first_causes_and_counts_the_rest() {
    let all: Vec<String> = (0..=MOST).map(|n| n.to_string()).collect();
    let words = english();
    assert_eq!(words.first_of(&all[..MOST]), all[..MOST].join(", "));
    assert_eq!(words.first_of(&all), format!("{} and 1 more", all[..MOST].join(", ")));
}

// ---------------------------------------------------------------------------------------------------------------------
// The program
// ---------------------------------------------------------------------------------------------------------------------

/// How a run ended: exit code and both streams.
fn milepost(root: &Path, args: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_milepost"));
    let output = command.arg("gate").arg("--root").arg(root).args(args).env("NO_COLOR", "1").output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// The fixture in a folder of its own, with other gates.
fn copied(gates: &str) -> TempDir {
    let (from, to) = (fixture("good/gates"), TempDir::new().unwrap());
    for entry in WalkDir::new(&from).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file()) {
        let target = to.path().join(entry.path().strip_prefix(&from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(entry.path(), target).unwrap();
    }
    fs::write(to.path().join(CONFIG), config(gates, &str::to_owned)).unwrap();
    to
}

#[test]
fn every_format_tells_the_same_verdicts() {
    let told = |args: &[&str]| {
        let (code, result, remarks) = milepost(&fixture("good/gates"), args);
        assert_eq!((code, remarks.as_str()), (Some(1), ""), "{args:?}");
        result
    };
    let text = told(&[]);
    assert_snapshot!("text", text);
    assert_snapshot!("markdown", told(&["--format", "markdown"]));
    let json = told(&["--format", "json"]);
    assert_snapshot!("json", json);
    let json: Value = serde_json::from_str(&json).unwrap();
    let gates = json["gates"].as_array().unwrap();
    let failed: Vec<&str> =
        gates.iter().filter(|gate| gate["verdict"] == "failed").map(|gate| gate["gate"].as_str().unwrap()).collect();
    assert_eq!(json["failed"], failed.len());
    for (gate, line) in gates.iter().zip(text.lines()) {
        let [word, name] = ["verdict", "gate"].map(|key| gate[key].as_str().unwrap());
        assert!(line.starts_with(&format!("{word:8}{name}: {}", gate["message"].as_str().unwrap())), "{line}");
    }
    let github = told(&["--format", "github"]);
    assert_snapshot!("github", github);
    let starts = |line: &str, name: &str| line.starts_with("::error ") && line.contains(&format!("::gate {name}: "));
    assert_eq!(github.lines().count(), failed.len());
    assert!(github.lines().zip(&failed).all(|(line, name)| starts(line, name)), "{github}");
    let sarif: Value = serde_json::from_str(&told(&["--format", "sarif"])).unwrap();
    let results = &sarif["runs"][0]["results"];
    assert_eq!(results.as_array().unwrap().len(), failed.len());
    assert!(results.as_array().unwrap().iter().all(|result| result["ruleId"] == "gate-failed"));
    assert_snapshot!("sarif", format!("{results:#}"));
    let report = told(&["--format", "gitlab"]);
    assert_eq!(gitlab(&report), [""; 0]);
    assert_snapshot!("gitlab", report);
    assert_eq!(report.matches("\"check_name\": \"gate-failed\"").count(), failed.len());
    let report = told(&["--format", "junit"]);
    assert_eq!(junit(&report), [""; 0]);
    assert_snapshot!("junit", report);
    let report = Document::parse(&report).unwrap();
    let cases: Vec<&str> = report
        .descendants()
        .filter(|node| node.has_tag_name("failure"))
        .filter_map(|node| node.parent()?.attribute("name"))
        .collect();
    assert_eq!(cases, failed);
}

#[test]
fn the_exit_code_is_1_where_a_gate_fails() {
    let (code, result, remarks) = milepost(copied("regression = 1.75\nnew_zeros = 3").path(), &[]);
    assert_eq!((code, remarks.as_str()), (Some(0), ""));
    assert!(result.ends_with("\n2026-Q2: 0 of 2 gates failed\n"), "{result}");
    // Only one of them.
    let root = copied("regression = 1.75\nnew_zeros = 2");
    let (code, result, _) = milepost(root.path(), &[]);
    assert_eq!(code, Some(1));
    assert!(result.ends_with("\n2026-Q2: 1 of 2 gates failed\n"), "{result}");
    // In another quarter it held.
    let (code, result, _) = milepost(root.path(), &["--quarter", "2026-q1"]);
    assert_eq!(code, Some(0));
    assert!(result.ends_with("\n2026-Q1: 0 of 2 gates failed\n"), "{result}");
    // An excused gate does not fail the run, in any format.
    let exception = "{ reason = \"Refit.\", approved_by = \"Master\", expires = 2026-06-30 }";
    let root = copied(&format!("new_zeros = {{ limit = 2, exception = {exception} }}"));
    for format in ["text", "json", "markdown", "sarif", "github", "gitlab", "junit"] {
        assert_eq!(milepost(root.path(), &["--format", format]).0, Some(0), "{format}");
    }
    assert_eq!(milepost(root.path(), &["--format", "github"]).1, "");
    assert_eq!(milepost(root.path(), &["--format", "gitlab"]).1, "[]\n");
    let report = milepost(root.path(), &["--format", "junit"]).1;
    let skipped = "<skipped message=\"3 new zeros, at most 2 allowed; excused until 2026-06-30 by Master: Refit.\"/>";
    assert!(report.contains(skipped) && junit(&report).is_empty(), "{report}");
}

#[test]
fn a_workspace_without_gates_is_told_how_to_set_some() {
    let (code, result, remarks) = milepost(copied("").path(), &[]);
    assert_eq!((code, result.as_str()), (Some(0), ""));
    assert_eq!(remarks, "no gates: set limits under [gates] in milepost.toml\n");
}

#[test]
fn a_decision_that_removes_the_last_gate_or_sets_the_first_is_named() {
    let decision =
        |gate: &str| format!("\n[since.\"2026-Q2\"]\nwhy = \"Tried.\"\napproved_by = \"Board\"\ngates.{gate}\n");
    let gates = |gates: &str, gate: &str| copied(&format!("{gates}{}", decision(gate)));
    let said = |temp: &TempDir, quarter: &str| milepost(temp.path(), &["--quarter", quarter]).2;
    let removed = gates("vanished = 0\n", "vanished = false");
    assert_eq!(said(&removed, "2026-Q2"), "no gate holds in 2026-Q2: [since] removes them all\n");
    assert_eq!(said(&removed, "2026-Q1"), "");
    let set = gates("", "vanished = 0");
    assert_eq!(said(&set, "2026-Q1"), "no gate holds in 2026-Q1: [since.\"2026-Q2\"] sets the first\n");
    assert_eq!(said(&set, "2026-Q2"), "");
}

#[test]
fn mistakes_come_before_gates_and_wrong_usage_before_both() {
    let (code, result, remarks) = milepost(&fixture("bad/bad-value--gates"), &[]);
    assert_eq!((code, result.as_str()), (Some(1), ""));
    assert!(remarks.contains("error[bad-value]: `minimum_coverage` cannot be 100.5"), "{remarks}");
    let (code, result, remarks) = milepost(&fixture("good/gates"), &["--quarter", "2026-Q3"]);
    assert_eq!((code, result.as_str()), (Some(2), ""));
    assert!(remarks.starts_with("error: no quarter `2026-Q3`; "), "{remarks}");
    assert_eq!(milepost(&fixture("good/gates"), &["--format", "xml"]).0, Some(2));
}

#[test]
fn a_failed_gate_is_a_diagnostic_at_its_first_cause() {
    let (code, result, remarks) = milepost(&fixture("bad/gate-failed"), &["--format", "github"]);
    assert_eq!((code, remarks.as_str()), (Some(1), ""));
    assert_snapshot!("gate-failed-github", result);
    assert_snapshot!("gate-failed-text", milepost(&fixture("bad/gate-failed"), &[]).1);
}
