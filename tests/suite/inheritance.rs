//! Tests answers that inherit from others: what is supported, what explains it, and what a change of the provider moves.

use std::collections::BTreeMap;
use std::path::Path;

use milepost::check;
use milepost::diagnostic::Code;
use milepost::load::workspace::{self, Entry};
use milepost::model::assessment::Assessment;
use milepost::model::catalog::Node;
use milepost::model::evidence::Item;
use milepost::model::ids::{AnswerId, FrameworkId};
use milepost::model::settings::{Audience, Basis};
use milepost::redact::redact;
use milepost::score::change::{Cause, between};
use milepost::score::explain::{Subject, explain};
use milepost::score::{Scored, score};
use proptest::prelude::*;
use proptest::test_runner::Config;

use crate::support::generated_comparison::{lend, picks};
use crate::support::generated_workspace;

/// A workspace of the teams `cloud`, `app` and `shop`, whose files are given by quarter and team.
fn assessment(files: &[(&str, &str)]) -> Assessment {
    assessment_by("", files)
}

/// The same with other rules, the last tables of `milepost.toml`.
fn assessment_by(rules: &str, files: &[(&str, &str)]) -> Assessment {
    let config = "[report]\ntitle = \"a\"\n[[team]]\nid = \"cloud\"\nname = \"Cloud Base\"\n[[team]]\nid = \"app\"\nname = \"App\"\n\
                  [[team]]\nid = \"shop\"\nname = \"Shop\"\n".to_owned() + rules;
    let mut workspace = workspace::load(Path::new("/nowhere"));
    let evidence = files.iter().map(|(place, text)| (format!("content/{place}/protect.toml"), (*text).to_owned()));
    let all = [("milepost.toml".to_owned(), config)].into_iter().chain(evidence);
    workspace.files.extend(all.map(|(path, text)| (path, Entry::Text(text.as_str().into()))));
    let checked = check::check(&workspace);
    checked.assessment.unwrap_or_else(|| panic!("{:?}", checked.diagnostics))
}

fn answer(assessment: &Assessment, control: &str, team: &str) -> AnswerId {
    let control = assessment.framework().controls.entries().find(|(_, known)| known.id == control).unwrap().0;
    control.of(assessment.settings.teams.find(|known| known.id == team).unwrap())
}

/// `claimed supported` of an answer in the newest quarter.
fn levels(scored: &Scored, control: &str, team: &str) -> String {
    let levels = scored.newest().levels(answer(&scored.assessment, control, team)).unwrap();
    format!("{} {}", levels.claimed.shown(), levels.supported.shown())
}

/// What is said of an answer in the newest quarter.
fn told(scored: &Scored, id: AnswerId) -> String {
    let (quarter, node, words) = (scored.newest(), Node::Control(id.control), &scored.assessment.english);
    let made = explain(Subject { quarter, team: Some(id.team), node, words });
    made.inputs.iter().flat_map(|input| input.notes.clone()).collect::<Vec<_>>().join("\n")
}

const TEST: &str = "evidence = [{ kind = \"test\", title = \"Failover drill\", date = 2026-09-01 }]";

fn inheriting(level: u32, team: &str) -> String {
    format!(
        "[PR.IR-01]\nlevel = {level}\ninherited_from = {{ team = \"{team}\", control = \"PR.IR-01\", remains = \"We keep our own rules.\" }}\n"
    )
}

#[test]
fn the_provider_lends_its_evidence_and_its_level_is_the_most() {
    let provider = format!("[PR.IR-01]\nlevel = 3\n{TEST}\n");
    // App claims more than the cloud supports, and Shop stands on App.
    let (app, shop) = (inheriting(4, "cloud"), inheriting(2, "app"));
    let files = [("2026-Q3/cloud", provider.as_str()), ("2026-Q3/app", &app), ("2026-Q3/shop", &shop)];
    let scored = score(assessment(&files));
    assert_eq!(["cloud", "app", "shop"].map(|team| levels(&scored, "PR.IR-01", team)), ["3 3", "4 3", "2 2"]);
    // The provider loses its evidence: nobody has any.
    let files = [("2026-Q3/cloud", "[PR.IR-01]\nlevel = 3\n"), ("2026-Q3/app", &app), ("2026-Q3/shop", &shop)];
    let scored = score(assessment(&files));
    assert_eq!(["cloud", "app", "shop"].map(|team| levels(&scored, "PR.IR-01", team)), ["3 1", "4 1", "2 1"]);
    // An own test raises nothing above what the provider supports.
    let own = format!("{app}{TEST}\n");
    let scored = score(assessment(&[("2026-Q3/cloud", "[PR.IR-01]\nlevel = 3\n"), ("2026-Q3/app", &own)]));
    assert_eq!(levels(&scored, "PR.IR-01", "app"), "4 1");
}

#[test]
fn an_explanation_names_the_provider_its_evidence_and_what_remains() {
    let provider = format!("[PR.IR-01]\nlevel = 3\n{TEST}\n");
    let app = inheriting(4, "cloud");
    let assessment = assessment(&[("2026-Q3/cloud", &provider), ("2026-Q3/app", &app)]);
    let id = answer(&assessment, "PR.IR-01", "app");
    insta::assert_snapshot!(told(&score(assessment.clone()), id), @"
    claimed 4, supported 3: it inherits from PR.IR-01 of Cloud Base, which supports 3
    more is supported here once more is supported there: ask Cloud Base
    inherits from PR.IR-01 of Cloud Base, supported 3, which is the most that is supported here; for this team remains: We keep our own rules.
    of PR.IR-01 of Cloud Base: test: Failover drill, 2026-09-01, 29 days old (content/2026-Q3/cloud/protect.toml:3)
    ");
    // The board's edition knows no team by its name, and no note.
    let board = told(&score(redact(assessment, Audience::Board)), id);
    assert!(!board.contains("Cloud Base") && !board.contains("our own rules"), "{board}");
    assert!(board.contains("inherits from PR.IR-01 of Team A"), "{board}");
}

#[test]
fn evidence_is_lent_to_its_last_day() {
    let lent = |date: &str| {
        let (provider, app) =
            (format!("[PR.IR-01]\nlevel = 3\n{TEST}\n").replace("2026-09-01", date), inheriting(3, "cloud"));
        let scored = score(assessment(&[("2026-Q3/cloud", &provider), ("2026-Q3/app", &app)]));
        let id = answer(&scored.assessment, "PR.IR-01", "app");
        (
            levels(&scored, "PR.IR-01", "app"),
            told(&scored, id).contains("of PR.IR-01 of Cloud Base: test: Failover drill"),
        )
    };
    assert_eq!(lent("2025-09-30"), ("3 3".to_owned(), true), "365 days old, as evidence may be");
    assert_eq!(lent("2025-09-29"), ("3 1".to_owned(), false));
}

#[test]
fn a_provider_that_supports_more_is_not_blamed() {
    // What is lent is too old for this control, and young enough for the one of the provider.
    let rules = "[controls]\n\"PR.IR-02\" = { max_age = \"20d\" }\n";
    let (provider, app) =
        (format!("[PR.IR-01]\nlevel = 3\n{TEST}\n"), inheriting(4, "cloud").replacen("PR.IR-01", "PR.IR-02", 1));
    let scored = score(assessment_by(rules, &[("2026-Q3/cloud", &provider), ("2026-Q3/app", &app)]));
    let id = answer(&scored.assessment, "PR.IR-02", "app");
    let told = told(&scored, id);
    assert!(told.starts_with("claimed 4, supported 1: no evidence is given\n"), "{told}");
}

/// The mistakes in a chain of so many teams, each of which inherits from the one before it. The teams are declared in this order, or
/// in the other.
fn mistakes_of_chain(teams: usize, from_the_last: bool) -> Vec<String> {
    let mut workspace = workspace::load(Path::new("/nowhere"));
    let team = |n: usize| format!("[[team]]\nid = \"t{n}\"\nname = \"T{n}\"\n");
    let declared: String =
        if from_the_last { (0..teams).rev().map(team).collect() } else { (0..teams).map(team).collect() };
    let mut put = |path: String, text: String| workspace.files.insert(path, Entry::Text(text.as_str().into()));
    put("milepost.toml".to_owned(), format!("[report]\ntitle = \"a\"\n{declared}"));
    for n in 0..teams {
        let text = if n == 0 { "[PR.IR-01]\nlevel = 1\n".to_owned() } else { inheriting(1, &format!("t{}", n - 1)) };
        put(format!("content/2026-Q3/t{n}/protect.toml"), text);
    }
    let found = check::check(&workspace).diagnostics;
    found.iter().filter(|found| found.code == Code::BadInheritance).map(|found| found.message.clone()).collect()
}

#[test]
fn an_answer_inherits_over_fifty_others_and_no_more() {
    for from_the_last in [false, true] {
        // The first one inherits from nobody.
        assert_eq!(mistakes_of_chain(51, from_the_last), [""; 0]);
        // Those behind the first that is too long are too long as well, and it is enough to mend one.
        assert_eq!(mistakes_of_chain(54, from_the_last), ["`PR.IR-01` of `t51` inherits over more than 50 answers"]);
    }
}

#[test]
fn a_change_of_the_provider_is_its_own_cause() {
    let (provider, app) = (format!("[PR.IR-01]\nlevel = 3\n{TEST}\n"), inheriting(3, "cloud"));
    let files = [
        ("2026-Q2/cloud", "[PR.IR-01]\nlevel = 3\n"),
        ("2026-Q2/app", &app),
        ("2026-Q3/cloud", provider.as_str()),
        ("2026-Q3/app", &app),
    ];
    let assessment = assessment(&files);
    let scored = score(assessment);
    let team = scored.assessment.settings.teams.find(|team| team.id == "app");
    let change = between(scored.quarters().next().unwrap(), scored.newest(), FrameworkId::MAIN, team);
    let told: Vec<String> =
        change.answers.iter().map(|it| format!("{} {}: {} to {}", it.team, it.cause.name(), it.from, it.to)).collect();
    assert_eq!(told, ["app inherited: 1 (claimed 3) to 3"]);
    let all = between(scored.quarters().next().unwrap(), scored.newest(), FrameworkId::MAIN, None);
    let causes: Vec<&str> = all.answers.iter().map(|it| it.cause.name()).collect();
    assert_eq!(causes, ["evidence", "inherited"]);
}

#[test]
fn beginning_to_inherit_is_evidence_and_uses_the_old_answer_of_the_provider() {
    let two = "[PR.IR-01]\nlevel = 2\nevidence = [{ kind = \"record\", title = \"Rules\", date = 2026-05-01 }]\n";
    let three = format!("[PR.IR-01]\nlevel = 3\n{TEST}\n");
    let app = inheriting(3, "cloud");
    let files = [
        ("2026-Q2/cloud", two),
        ("2026-Q2/app", "[PR.IR-01]\nlevel = 3\n"),
        ("2026-Q3/cloud", three.as_str()),
        ("2026-Q3/app", &app),
    ];
    let scored = score(assessment(&files));
    let team = scored.assessment.settings.teams.find(|team| team.id == "app");
    let there = between(scored.quarters().next().unwrap(), scored.newest(), FrameworkId::MAIN, team);
    let told: Vec<String> =
        there.answers.iter().map(|it| format!("{}: {} to {}", it.cause.name(), it.from, it.to)).collect();
    assert_eq!(told, ["evidence: 1 (claimed 3) to 2 (claimed 3)", "inherited: 2 (claimed 3) to 3"]);
    // On the way back it ceases to inherit: all of it is evidence.
    let back = between(scored.newest(), scored.quarters().next().unwrap(), FrameworkId::MAIN, team);
    assert_eq!(back.answers.iter().map(|it| it.cause).collect::<Vec<_>>(), [Cause::Evidence]);
}

proptest! {
    #![proptest_config(Config { failure_persistence: None, ..Config::with_cases(96) })]

    #[test]
    fn it_is_as_if_the_evidence_were_its_own_and_the_level_of_the_provider_the_most(
        case in generated_workspace::case(),
        picks in picks(),
    ) {
        let mut assessment = case.without_lending().score().assessment.clone();
        assessment.settings.scoring.score = Basis::Supported;
        lend(&mut assessment, &picks);
        let scored = score(assessment.clone());
        // Its evidence written into each answer, from the last provider on: every provider stands behind those it lends to.
        let mut own = assessment.clone();
        let newest = own.newest();
        let ids: Vec<AnswerId> = own.quarters[newest].answers.ids().collect();
        let mut lent_items: BTreeMap<AnswerId, Vec<Item>> = BTreeMap::new();
        for id in ids.iter().rev() {
            let Some(answer) = own.quarters[newest].answers[*id].clone() else { continue };
            let provider = answer.inherited.as_ref().map(|inherited| inherited.from);
            let usable = provider.filter(|provider| scored.newest().levels(*provider).is_some() && scored.newest().is_asked(*provider));
            let here = scored.assessment.in_quarter(newest);
            let items = match (provider, usable) {
                (Some(_), None) => Vec::new(),
                (_, Some(provider)) => {
                    let limit = here.rules(provider.control).max_age();
                    let lent = lent_items.get(&provider).into_iter().flatten();
                    let lent = lent.filter(|item| item.period.age(here.closes()) <= limit).cloned();
                    answer.evidence.iter().cloned().chain(lent).collect()
                }
                (None, None) => answer.evidence.clone(),
            };
            lent_items.insert(*id, items.clone());
            let alone = own.quarters[newest].answers[*id].as_mut().unwrap();
            (alone.inherited, alone.evidence) = (None, items);
        }
        let own = score(own);
        for id in ids {
            let (Some(levels), Some(alone)) = (scored.newest().levels(id), own.newest().levels(id)) else { continue };
            let provider = scored.newest().provider(id).filter(|_| scored.newest().inherits_nothing(id).is_none());
            let most = provider.and_then(|provider| scored.newest().levels(provider)).map(|levels| levels.supported);
            prop_assert_eq!(levels.claimed, alone.claimed);
            prop_assert_eq!(levels.supported, most.map_or(alone.supported, |most| most.min(alone.supported)));
            prop_assert_eq!(levels.evidenced, alone.evidenced);
        }
    }
}
