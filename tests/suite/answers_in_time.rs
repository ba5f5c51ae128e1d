//! Tests which answers count as given anew and which as gone, in two quarters of a small workspace.

use std::collections::BTreeMap;

use crate::support::temp_workspace::{TempWorkspace, tree};
use milepost::check::{self, Checked};
use milepost::load::workspace;
use milepost::model::assessment::Assessment;
use milepost::score::finding::{self, Finding};
use milepost::score::score;
use serde_json::Value;

const CONFIG: &str = "[report]\ntitle = \"The Grey Heron\"\nframeworks = [\"yard\"]\n";

/// A workspace with a catalog of three controls, and nobody asked yet.
pub(crate) fn yard(teams: &str) -> TempWorkspace {
    let temp = TempWorkspace::empty();
    temp.put("milepost.toml", format!("{CONFIG}{teams}"));
    temp.put(
        "controls/yard/framework.toml",
        "id = \"yard\"\ntitle = \"Yard\"\nversion = \"1\"\nleaf = \"Task\"\nfunctions = [\"MD\"]\n",
    );
    let controls = ["MD.EN-1", "MD.EN-2", "MD.EN-3"].map(|id| {
        format!("\n[[category.control]]\nid = \"{id}\"\ntitle = \"{id}\"\noutcome = \"It is done.\"\nobjective = \"So that it is.\"\n")
    });
    let head = "id = \"MD\"\ntitle = \"Mend\"\npurpose = \"To mend.\"\n\n[[category]]\nid = \"MD.EN\"\ntitle = \"Engines\"\npurpose = \"To run.\"\n";
    temp.put("controls/yard/md.toml", format!("{head}{}", controls.concat()));
    temp
}

const DECK: &str = "\n[[team]]\nid = \"deck\"\nname = \"Deck\"\n";

fn assessed(temp: &TempWorkspace) -> Assessment {
    let workspace = workspace::load(&temp.path(""));
    let Checked { assessment, diagnostics } = check::check(&workspace);
    let said: Vec<String> = diagnostics.iter().map(|found| found.message.clone()).collect();
    assessment.unwrap_or_else(|| panic!("{said:?}"))
}

/// The findings of the newest quarter, of these kinds.
fn findings(temp: &TempWorkspace, codes: &[&str]) -> Vec<String> {
    let scored = score(assessed(temp));
    let found = finding::findings(scored.newest(), &scored.assessment.english).into_iter();
    found.filter(|found| codes.contains(&found.code.name())).map(|found: Finding| found.message()).collect()
}

const OLD: &str = "[attested]\nby = \"Mate\"\non = 2026-07-04\n\n[MD.EN-1]\nlevel = 2\nnote = \"Oiled  weekly.\"\n\
                   evidence = [\n  { kind = \"record\", title = \"Log\", date = 2026-05-02 },\n  { kind = \"document\", title = \"Plan\", date = 2026-01-02 },\n]\n";

/// What the one answer of the second quarter is: `given`, `carried` or `copied`.
fn renewal(old: &str, new: &str) -> String {
    let temp = yard(DECK);
    temp.put("content/2026-Q2/deck/all.toml", old);
    temp.put("content/2026-Q3/deck/all.toml", new);
    let assessment = assessed(&temp);
    let answer = assessment.quarters[assessment.newest()].answers.iter().flatten().next().unwrap();
    format!("{:?}", answer.renewal).to_lowercase()
}

/// An item that the old answer does not have.
fn dated(day: &str) -> String {
    format!("{{ kind = \"test\", title = \"Drill\", date = {day} }}")
}

#[test]
fn an_answer_is_given_when_it_says_something_new_or_is_attested_again() {
    let on = |day: &str| OLD.replace("2026-07-04", day);
    let undated = OLD.replace("on = 2026-07-04\n", "");
    let marked = |text: &str| text.replace("level = 2", "carried = true\nlevel = 2");
    let cases = [
        // A copy with an attestation day that suits both quarters; with an older day; without one; with one that is too late.
        (OLD.to_owned(), "copied"),
        (on("2026-06-30"), "copied"),
        (undated.clone(), "copied"),
        (on("2026-11-15"), "copied"),
        // Attested after the old file, from the opening on to 45 days after the end.
        (on("2026-07-05"), "given"),
        (on("2026-11-14"), "given"),
        // The mark holds, unless the file is attested in the quarter.
        (marked(OLD), "carried"),
        (marked(&undated), "carried"),
        (marked(&on("2026-09-30")), "given"),
        (marked(&OLD.replace("weekly", "daily")), "carried"),
        // Says something else.
        (OLD.replace("level = 2", "level = 1"), "given"),
        (OLD.replace("level = 2", "unknown = \"Nobody looked.\""), "given"),
        (OLD.replace("weekly", "daily"), "given"),
        (OLD.replace("2026-05-02", "2026-08-02"), "given"),
        (OLD.replace("\"record\"", "\"test\""), "given"),
        (OLD.replace("date = 2026-01-02", "date = 2026-01-02, url = \"https://plan.example\""), "given"),
        // Evidence that is gone, other blanks and another order say nothing new.
        (OLD.replace("  { kind = \"document\", title = \"Plan\", date = 2026-01-02 },\n", ""), "copied"),
        (OLD.replace("Oiled  weekly.", "Oiled weekly. "), "copied"),
        (OLD.replace('\n', "\r\n"), "copied"),
        (OLD.replace("\"Log\"", "\" Log\""), "copied"),
        // New evidence that is too old already says nothing. The rule is 365 days, up to 2026-09-30.
        (OLD.replace("evidence = [", &format!("evidence = [\n  {},", dated("2025-09-29"))), "copied"),
        (OLD.replace("evidence = [", &format!("evidence = [\n  {},", dated("2025-09-30"))), "given"),
    ];
    for (new, wanted) in &cases {
        assert_eq!(renewal(OLD, new), *wanted, "{new}");
    }
    // An answer's own attestation stands over the file's, in both quarters, with its day or without one.
    let own =
        |text: &str, day: &str| text.replace("level = 2", &format!("level = 2\nattested = {{ by = \"Bosun\"{day} }}"));
    let (june, july) = (", on = 2026-06-30", ", on = 2026-07-05");
    assert_eq!(renewal(OLD, &own(&on("2026-09-30"), "")), "copied");
    assert_eq!(renewal(OLD, &own(&on("2026-09-30"), june)), "copied");
    assert_eq!(renewal(OLD, &own(&undated, july)), "given");
    assert_eq!(renewal(OLD, &marked(&own(&undated, july))), "given");
    assert_eq!(renewal(&own(OLD, july), &on("2026-07-05")), "copied");
    assert_eq!(renewal(&own(OLD, june), OLD), "given");
    // Where the old file has no day, any day of the quarter is later.
    assert_eq!(renewal(&undated, OLD), "given");
    // An answer that was not there before is new.
    assert_eq!(renewal(&OLD.replace("MD.EN-1", "MD.EN-2"), OLD), "given");
}

/// An answer's own attestation in three forms.
const OWN: &str = r#"attested = { by = "Mate", on = 2026-06-30 }

[MD.EN-1]
level = 1
attested = { by = "Bosun", on = 2026-06-29 }

[MD.EN-2]
level = 1

[MD.EN-2.attested]
by = "Cook"
on = 2026-06-28 # late

[MD]
EN-3.level = 0
EN-3.attested.by = "Helmsman"
EN-3.attested.on = 2026-06-27
"#;

#[test]
fn an_answers_own_attestation_is_carried_and_told_like_the_files() {
    let temp = yard(DECK);
    temp.put("content/2026-Q2/deck/all.toml", OWN);
    let said = temp.run(&["explain", "MD.EN-1"]).result();
    assert!(said.contains("attested by Bosun on 2026-06-29, apart from the other answers of its file"), "{said}");
    temp.run(&["quarter", "2026-Q3"]).result();
    // The role stays, and the day goes.
    let carried = OWN.replace(", on = 2026-06-30", "").replace(", on = 2026-06-29", "");
    let carried = carried.replace("on = 2026-06-28 # late\n", "").replace("EN-3.attested.on = 2026-06-27\n", "");
    let carried = carried
        .replace("]\nlevel", "]\ncarried = true\nlevel")
        .replace("EN-3.level", "EN-3.carried = true\nEN-3.level");
    assert_eq!(temp.read("content/2026-Q3/deck/all.toml"), carried);
    let todo = temp.run(&["todo", "--team", "deck"]).result();
    assert!(todo.contains("attest it in its table") && todo.contains("by = \"Cook\""), "{todo}");
    for (audience, is_told) in [("full", true), ("board", false)] {
        temp.run(&["build", "--audience", audience, "--out", audience]).result();
        let site = tree(&temp.path(audience));
        let is_in = |name: &str| site.values().any(|file| String::from_utf8_lossy(file).contains(name));
        assert_eq!(["Bosun", "Cook", "Helmsman"].map(is_in), [is_told; 3], "{audience}");
    }
}

// Otherwise a copy of a folder would look like new evidence, and its answers would count as given.
#[test]
fn the_same_artifact_in_another_folder_is_the_same_evidence() {
    let temp = yard(DECK);
    let digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let item = format!(
        "{{ kind = \"record\", title = \"Log\", date = 2026-05-02, file = \"log.txt\", sha256 = \"{digest}\" }}"
    );
    for quarter in ["2026-Q2", "2026-Q3"] {
        temp.put(format!("content/{quarter}/deck/log.txt"), "");
        temp.put(format!("content/{quarter}/deck/all.toml"), format!("[MD.EN-1]\nlevel = 2\nevidence = [{item}]\n"));
    }
    assert_eq!(
        findings(&temp, &["copied-answer"]),
        ["Deck: 1 answer only repeats 2026-Q2, and nobody attested it again: MD.EN-1"]
    );
}

#[test]
fn an_attestation_that_comes_too_late_is_named_with_its_day_and_the_last_one_that_counts() {
    let temp = yard(DECK);
    temp.put("content/2026-Q2/deck/all.toml", OLD);
    temp.put("content/2026-Q3/deck/all.toml", OLD.replace("2026-07-04", "2026-11-15"));
    let found =
        ["Deck: 1 answer only repeats 2026-Q2, and its attestation of 2026-11-15 comes after 2026-11-14: MD.EN-1"];
    assert_eq!(findings(&temp, &["copied-answer"]), found);
    let checked = temp.run(&["check"]).said();
    assert!(checked.contains("from 2026-07-01 to 2026-11-14"), "{checked}");
    let todo = || temp.run(&["todo"]).result();
    assert!(todo().contains("its attestation of 2026-11-15 comes after 2026-11-14"), "{}", todo());
    temp.edit("content/2026-Q3/deck/all.toml", "level = 2", "carried = true\nlevel = 2");
    assert!(
        todo().contains("Given for 2026-Q2, and its attestation of 2026-11-15 comes after 2026-11-14"),
        "{}",
        todo()
    );
    temp.edit("content/2026-Q3/deck/all.toml", "2026-11-15", "2026-11-14");
    assert!(!todo().contains("comes after"), "{}", todo());
}

#[test]
fn in_the_first_quarter_all_is_given() {
    let temp = yard(DECK);
    temp.put("content/2026-Q2/deck/all.toml", "[MD.EN-1]\nlevel = 2\ncarried = true\n");
    let scores: Value = serde_json::from_str(&temp.run(&["score", "--format", "json"]).result()).unwrap();
    assert_eq!((&scores["overall"]["given"], &scores["overall"]["carried"]), (&Value::from(1), &Value::from(0)));
}

#[test]
fn a_copied_folder_lowers_the_share_and_fails_the_gate() {
    let temp = yard(&format!("{DECK}\n[gates]\nreattested = 50\n"));
    temp.put("content/2026-Q2/deck/all.toml", format!("{OLD}\n[MD.EN-2]\nlevel = 0\n\n[MD.EN-3]\nlevel = 0\n"));
    temp.put("content/2026-Q3/deck/all.toml", temp.read("content/2026-Q2/deck/all.toml"));
    let gate = temp.run(&["gate"]);
    assert_eq!(gate.code, Some(1));
    assert!(gate.stdout.contains("Deck: 0 of 3 answers given anew"), "{}", gate.stdout);
    let found = findings(&temp, &["copied-answer"]);
    assert_eq!(
        found,
        ["Deck: 3 answers only repeat 2026-Q2, and nobody attested them again: MD.EN-1, MD.EN-2, MD.EN-3"]
    );
    // Two answers that say something new are enough.
    temp.edit("content/2026-Q3/deck/all.toml", "[MD.EN-2]\nlevel = 0", "[MD.EN-2]\nlevel = 1");
    temp.edit("content/2026-Q3/deck/all.toml", "[MD.EN-3]\nlevel = 0", "[MD.EN-3]\nlevel = 1");
    assert_eq!(temp.run(&["gate"]).code, Some(0));
}

#[test]
fn an_answer_that_vanished_is_named_and_gated_and_no_way_past_the_regression_gate() {
    let temp = yard(&format!("{DECK}\n[scoring]\nscore = \"claimed\"\n\n[gates]\nregression = 0.1\nvanished = 0\n"));
    let all = "[MD.EN-1]\nlevel = 2\n\n[MD.EN-2]\nlevel = 2\n\n[MD.EN-3]\nunknown = \"Nobody looked.\"\n";
    temp.put("content/2026-Q2/deck/all.toml", all);
    temp.put("content/2026-Q3/deck/all.toml", "[MD.EN-1]\nlevel = 3\n");
    assert_eq!(
        findings(&temp, &["vanished-answer"]),
        ["Deck: 2 answers of 2026-Q2 are not there any more: MD.EN-2, MD.EN-3"]
    );
    let gate = temp.run(&["gate"]);
    assert_eq!(gate.code, Some(1));
    assert!(
        gate.stdout.contains("failed  regression: 0 Functions fell by more than 0.1, 1 Function is not shown any more")
    );
    assert!(gate.stdout.contains("failed  vanished: 2 answers are gone, at most 0 allowed: MD.EN-2 of Deck"));
    // Answers that are not asked for any more are not missed, nor are those that do not apply with approval.
    let scope = "scope = [\"MD.EN-1\"]\n";
    temp.edit("milepost.toml", "name = \"Deck\"\n", &format!("name = \"Deck\"\n{scope}"));
    assert_eq!(findings(&temp, &["vanished-answer"]), Vec::<String>::new());
    temp.edit("milepost.toml", scope, "");
    let none = "not_applicable = \"No engine.\"";
    let exempt = ["MD.EN-1", "MD.EN-2", "MD.EN-3"].map(|id| format!("[{id}]\n{none}\napproved_by = \"Master\"\n"));
    temp.put("content/2026-Q3/deck/all.toml", exempt.concat());
    assert_eq!(temp.run(&["gate"]).code, Some(0));
    temp.put("content/2026-Q3/deck/all.toml", exempt.concat().replace("approved_by = \"Master\"\n", ""));
    assert!(temp.run(&["gate"]).stdout.contains("failed  regression"));
}

// Over a change of scale, a level cannot be carried. Its absence is no loss, but the absence of an unknown is.
#[test]
fn a_level_of_another_scale_is_not_missed_and_all_else_is() {
    let level = |name: &str| format!("{{ name = \"{name}\", criteria = \"As agreed.\" }}");
    let scale = format!("scale.levels = [{}, {}]", level("No"), level("Yes"));
    let since = format!("\n[since.\"2026-Q3\"]\nwhy = \"Two are enough.\"\napproved_by = \"Master\"\n{scale}\n");
    let temp = yard(&format!("{DECK}{since}"));
    temp.put("content/2026-Q2/deck/all.toml", "[MD.EN-1]\nlevel = 2\n\n[MD.EN-2]\nunknown = \"Nobody looked.\"\n");
    temp.put("content/2026-Q3/deck/all.toml", "[MD.EN-3]\nlevel = 1\n");
    assert_eq!(findings(&temp, &["vanished-answer"]), ["Deck: 1 answer of 2026-Q2 is not there any more: MD.EN-2"]);
}

#[test]
fn warnings_end_the_check_with_1_where_they_are_denied_and_findings_never_do() {
    let temp = yard(DECK);
    temp.put("content/2026-Q2/deck/all.toml", OLD);
    temp.put("content/2026-Q3/deck/all.toml", OLD);
    // Only findings.
    assert_eq!(temp.run(&["check", "--deny-warnings"]).code, Some(0));
    temp.put("content/2026-Q3/all.toml", OLD);
    assert_eq!(temp.run(&["check"]).code, Some(0));
    let denied = temp.run(&["check", "--deny-warnings"]);
    assert_eq!(denied.code, Some(1));
    assert!(denied.stdout.contains("move it to content/2026-Q3/TEAM/all.toml"), "{}", denied.stdout);
}

#[test]
fn a_skipped_quarter_is_told_until_somebody_says_that_it_was_skipped() {
    let temp = yard(DECK);
    temp.put("content/2026-Q2/deck/all.toml", OLD);
    let said = temp.run(&["quarter", "2026-Q4"]).result();
    assert!(said.contains("2026-Q3 is left out: 2026-Q4 follows on 2026-Q2."), "{said}");
    assert_eq!(temp.run(&["check", "--deny-warnings"]).code, Some(1));
    temp.edit("content/2026-Q4/quarter.toml", "# follows", "follows");
    assert_eq!(temp.run(&["check", "--deny-warnings"]).code, Some(0));
    // A sealed quarter names the one before it in its seal.
    temp.edit("content/2026-Q4/quarter.toml", "follows", "# follows");
    temp.run(&["seal", "2026-Q2"]).result();
    temp.run(&["seal", "2026-Q4"]).result();
    assert_eq!(temp.run(&["check", "--deny-warnings"]).code, Some(0));
}

/// The files of the site that `build` makes.
fn built(temp: &TempWorkspace) -> BTreeMap<String, Vec<u8>> {
    temp.run(&["build", "--out", "site"]).result();
    tree(&temp.path("site"))
}

fn page(files: &BTreeMap<String, Vec<u8>>, path: &str) -> String {
    String::from_utf8(files.get(path).unwrap_or_else(|| panic!("{path} is not there")).clone()).unwrap()
}

const OPEN: &str = "2026-Q3 is open. Its figures are those on 2026-09-30, if nothing is renewed. 1 of 3 answers are given, \
                         0 of them in this quarter.";

#[test]
fn an_open_quarter_says_what_its_number_means_until_it_is_sealed() {
    let temp = yard(DECK);
    temp.put("content/2026-Q2/deck/all.toml", OLD);
    temp.run(&["seal", "2026-Q2"]).result();
    let closed = built(&temp);
    assert!(!page(&closed, "index.html").contains("is open"));
    temp.run(&["quarter", "2026-Q3"]).result();
    let said = temp.run(&["score"]).result();
    assert!(said.contains(OPEN), "{said}");
    let scores: Value = serde_json::from_str(&temp.run(&["score", "--format", "json"]).result()).unwrap();
    assert_eq!((&scores["open"], &scores["closes"]), (&Value::from(true), &Value::from("2026-09-30")));
    let open = built(&temp);
    for path in ["index.html", "2026-Q3/index.html", "2026-Q3/gaps/index.html", "2026-Q3/controls/MD.EN-1/index.html"] {
        // No day and no quarter breaks at its hyphens.
        let said = page(&open, path).replace("<span class=\"whole\">", "").replace("</span>", "");
        assert!(said.contains(OPEN), "{path}");
    }
    assert!(page(&open, "badges/overall.svg").contains("Overall 2026-Q3, open"));
    assert!(page(&open, "charts/trend.svg").contains("open: at 2026-09-30, if nothing is renewed"));
    // The quarter before is closed, and the method page is that of a closed quarter.
    for path in ["2026-Q2/index.html", "method/index.html"] {
        assert!(!page(&open, path).contains("is open."), "{path}");
    }
    temp.run(&["seal", "2026-Q3"]).result();
    assert!(!temp.run(&["score"]).result().contains("is open"));
    assert!(!page(&built(&temp), "index.html").contains("is open."));
}

#[test]
fn the_front_page_shows_the_quarter_that_home_names() {
    let temp = yard(DECK);
    temp.put("content/2026-Q2/deck/all.toml", OLD);
    temp.put("content/2026-Q3/deck/all.toml", OLD.replace("level = 2", "level = 1"));
    let leads_to = |files: &BTreeMap<String, Vec<u8>>, quarter: &str| {
        assert!(page(files, "index.html").contains(&format!("<p class=\"eyebrow\">{quarter} ")), "{quarter}");
        assert!(page(files, "badges/overall.svg").contains(quarter), "{quarter}");
        assert!(page(files, "charts/levels.svg").contains(&format!("· {quarter}")), "{quarter}");
        assert!(page(files, "search/1.js").contains(&format!("{quarter}/controls/MD.EN-1")), "{quarter}");
        for below in [
            "index.html",
            "gaps/index.html",
            "controls/MD.EN-1/index.html",
            "functions/mend/index.html",
            "teams/deck/index.html",
        ] {
            let forward = page(files, &format!("current/{below}"));
            let up = "../".repeat(1 + below.matches('/').count());
            let target = format!("{up}{quarter}/{below}");
            assert!(
                forward.contains(&format!("<meta http-equiv=\"refresh\" content=\"0; url={target}\">")),
                "{forward}"
            );
            assert!(forward.contains(&format!("<a href=\"{target}\">")), "{forward}");
            assert!(files.contains_key(&format!("{quarter}/{below}")));
        }
    };
    leads_to(&built(&temp), "2026-Q3");
    temp.edit("milepost.toml", "[report]\n", "[report]\nhome = \"closed\"\n");
    leads_to(&built(&temp), "2026-Q2");
    // Once sealed, the newest is closed too.
    temp.run(&["seal", "2026-Q3"]).result();
    leads_to(&built(&temp), "2026-Q3");
}

#[test]
fn a_gate_for_the_closing_is_asked_then_and_no_seal_passes_it() {
    let gates = "\n[gates]\nnew_zeros = 0\nreattested = { limit = 50, when = \"closing\" }\n";
    let temp = yard(&format!("{DECK}{gates}"));
    temp.put("content/2026-Q2/deck/all.toml", OLD);
    temp.run(&["quarter", "2026-Q3"]).result();
    let told = temp.run(&["gate"]).result();
    assert_eq!(
        told,
        "passed  new_zeros: 0 new zeros, at most 0 allowed\n\
         later   reattested: asked when the quarter closes; --closing asks it now\n\n\
         2026-Q3: 0 of 1 gates failed, 1 not asked yet\n"
    );
    let json: Value = serde_json::from_str(&temp.run(&["gate", "--format", "json"]).result()).unwrap();
    assert_eq!((json["gates"].as_array().unwrap().len(), &json["left_out"][0]), (1, &Value::from("reattested")));
    assert!(temp.run(&["gate", "--format", "markdown"]).result().contains("| reattested | later |"));
    assert_eq!(temp.run(&["gate", "--closing"]).code, Some(1));
    let refused = temp.run(&["seal", "2026-Q3"]).failure(1);
    assert!(refused.contains("reattested: 1 team has less than 50 % of answers re-attested"), "{refused}");
    assert!(refused.contains("Nothing was sealed.") && !temp.path("content/2026-Q3/seal.toml").exists());
    // An exception excuses the gate, and a new attestation day passes it.
    let exception = "exception = { reason = \"Dock.\", approved_by = \"Master\", expires = 2026-12-31 } }";
    temp.edit("milepost.toml", "when = \"closing\" }", &format!("when = \"closing\", {exception}"));
    assert!(temp.run(&["gate", "--closing"]).result().contains("excused reattested"));
    temp.edit("milepost.toml", &format!(", {exception}"), " }");
    temp.edit("content/2026-Q3/deck/all.toml", "by = \"Mate\"\n", "by = \"Mate\"\non = 2026-10-02\n");
    assert_eq!(temp.run(&["gate", "--closing"]).code, Some(0));
    temp.run(&["seal", "2026-Q3"]).result();
}
