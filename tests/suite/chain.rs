//! Five quarters in, the pages that compare two of them out: a year must be a chain of bridges without a break.
//!
//! Every number is worked out by hand beside the quarter that makes it.

use std::path::Path;

use milepost::check;
use milepost::load::workspace;
use scraper::{ElementRef, Html, Selector};
use serde_json::Value;

use crate::support::built_sites::YEAR;
use crate::support::html_judge::{Files, build, words};

/// A quarter, its overall score, and the causes that moved the score there, in millionths.
type Step = (&'static str, i64, &'static [(&'static str, i64)]);

/// The overall score of each quarter, and the causes that moved it there. A Function counts a half of it, each control of H a
/// quarter. Q is Q-1 alone until Q-2 is answered.
const QUARTERS: [Step; 5] = [
    // H: (2 + 2) / 2. Q: 1.
    ("2025-Q3", 1_500_000, &[]),
    // H-1 is 4.
    ("2025-Q4", 2_000_000, &[("up", 500_000)]),
    // The test of H-1 is more than 365 days old on 31 March, so 1 counts.
    ("2026-Q1", 1_250_000, &[("evidence", -750_000)]),
    // It has a new test, and H-2 is 1.
    ("2026-Q2", 1_750_000, &[("evidence", 750_000), ("down", -250_000)]),
    // Q-2 is 3, so Q is 2.
    ("2026-Q3", 2_250_000, &[("assessed", 500_000)]),
];

/// The same over the year: H-1 rose by 2, H-2 fell by 1, Q-2 is new. No evidence is missing at either end.
const YEAR_CAUSES: [(&str, i64); 3] = [("assessed", 500_000), ("up", 500_000), ("down", -250_000)];

const YEAR_PAGE: &str = "compare/2025-Q3..2026-Q3/index.html";

fn data(files: &Files, path: &str) -> Value {
    serde_json::from_slice(&files[path]).unwrap()
}

fn page(files: &Files, path: &str) -> Html {
    Html::parse_document(std::str::from_utf8(&files[path]).unwrap())
}

fn select<'a>(within: ElementRef<'a>, query: &str) -> Vec<ElementRef<'a>> {
    within.select(&Selector::parse(query).unwrap()).collect()
}

fn texts(within: ElementRef<'_>, query: &str) -> Vec<String> {
    select(within, query).into_iter().map(words).collect()
}

/// Millionths as a bridge prints them: with three digits, and an amount with its sign.
fn shown(millionths: i64, is_amount: bool) -> String {
    let sign = match millionths.signum() {
        -1 => "−",
        1 if is_amount => "+",
        _ => "",
    };
    format!("{sign}{}.{:03}", millionths.abs() / 1_000_000, millionths.abs() % 1_000_000 / 1_000)
}

/// A node of a file of changes: the causes add up to the difference.
fn sums(node: &Value) -> (i64, i64, Vec<(&str, i64)>) {
    let [from, to] = ["from", "to"].map(|side| node[side].as_i64().unwrap());
    let parts = node["parts"].as_array().unwrap().iter();
    let parts: Vec<(&str, i64)> =
        parts.map(|part| (part["cause"].as_str().unwrap(), part["amount"].as_i64().unwrap())).collect();
    assert_eq!(parts.iter().map(|(_, amount)| amount).sum::<i64>(), to - from, "{node}");
    assert_eq!(node["total"], to - from, "{node}");
    (from, to, parts)
}

#[test]
fn each_step_begins_where_the_one_before_ended_and_all_of_them_make_the_year() {
    let year = data(&YEAR, "compare/2025-Q3..2026-Q3/changes.json");
    assert_eq!(sums(&year["nodes"][0]), (1_500_000, 2_250_000, YEAR_CAUSES.to_vec()));
    let steps = QUARTERS.windows(2).map(|pair| data(&YEAR, &format!("data/{}/changes.json", pair[1].0)));
    let steps: Vec<Value> = steps.collect();
    for (step, pair) in steps.iter().zip(QUARTERS.windows(2)) {
        let (before, now) = (pair[0], pair[1]);
        assert_eq!(sums(&step["nodes"][0]), (before.1, now.1, now.2.to_vec()), "{}", now.0);
    }
    // The same holds for every node that has a score in all five quarters.
    let mut chained = 0;
    for node in year["nodes"].as_array().unwrap().iter().filter(|node| !node["total"].is_null()) {
        let same = steps
            .iter()
            .map(|step| step["nodes"].as_array().unwrap().iter().find(|of_step| of_step["id"] == node["id"]).map(sums));
        let Some(same) = same.collect::<Option<Vec<_>>>() else { continue };
        assert!(same.windows(2).all(|pair| pair[0].1 == pair[1].0), "{}", node["id"]);
        let (from, to, _) = sums(node);
        assert_eq!(same.iter().map(|(from, to, _)| to - from).sum::<i64>(), to - from, "{}", node["id"]);
        chained += 1;
    }
    // The whole, both Functions, and the controls but Q-2, which has no score until the end.
    assert_eq!(chained, 6);
}

#[test]
fn the_page_of_a_year_draws_every_step_of_it() {
    let page = page(&YEAR, YEAR_PAGE);
    let section = select(page.root_element(), "[aria-labelledby='year']")[0];
    let steps: Vec<String> =
        QUARTERS.windows(2).map(|pair| format!("Changes from {} to {}", pair[0].0, pair[1].0)).collect();
    assert_eq!(texts(section, "h3"), steps);
    let links = select(section, "h3 a").into_iter().map(|link| link.value().attr("href").unwrap().to_owned());
    let pages = QUARTERS[1..].iter().map(|(quarter, ..)| format!("../../{quarter}/changes/index.html"));
    assert_eq!(links.collect::<Vec<_>>(), pages.collect::<Vec<_>>());
    let bridges = select(section, "svg.chart-bridge");
    assert_eq!(bridges.len(), 4);
    for (bridge, pair) in bridges.into_iter().zip(QUARTERS.windows(2)) {
        let (before, now) = (pair[0], pair[1]);
        assert_eq!(texts(bridge, ".row-label"), [before.0, now.0]);
        // A cause that moved nothing has its row too.
        let moved = texts(bridge, ".value:not(.no-value)");
        let amounts = now.2.iter().map(|(_, amount)| shown(*amount, true));
        let wanted = [shown(before.1, false)].into_iter().chain(amounts).chain([shown(now.1, false)]);
        assert_eq!(moved, wanted.collect::<Vec<_>>(), "{}", now.0);
        // Each cause that moved something leads to its list on the page of that quarter.
        let led = select(bridge, "a").into_iter().map(|link| link.value().attr("href").unwrap().to_owned());
        let lists = now.2.iter().map(|(cause, _)| format!("../../{}/changes/index.html#cause-{cause}", now.0));
        assert_eq!(led.collect::<Vec<_>>(), lists.collect::<Vec<_>>());
    }
}

#[test]
fn a_year_can_be_reached_and_is_told_only_where_two_quarters_are_a_year_apart() {
    for path in ["2026-Q3/changes/index.html", "trends/index.html"] {
        let links = select(page(&YEAR, path).root_element(), "[aria-labelledby='compare'] a")
            .into_iter()
            .map(|link| link.value().attr("href").unwrap().to_owned())
            .collect::<Vec<_>>();
        assert!(links.iter().any(|link| link.ends_with(YEAR_PAGE)), "{path}: {links:?}");
    }
    let pairs: Vec<&String> =
        YEAR.keys().filter(|path| path.starts_with("compare/") && path.ends_with("index.html")).collect();
    // Four neighbours, and the newest with each of the three closed ones that are no neighbour of it.
    assert_eq!(pairs.len(), 7, "{pairs:?}");
    for path in pairs {
        let told = select(page(&YEAR, path).root_element(), "[aria-labelledby='year'] h3").len();
        assert_eq!(told, if path == YEAR_PAGE { 4 } else { 0 }, "{path}");
    }
}

#[test]
fn a_step_that_cannot_be_told_says_why_and_the_year_stays() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/site/year");
    let mut workspace = workspace::load(&folder);
    // Of 2026-Q1 one answer of four is left.
    let path = "content/2026-Q1/bridge/rules.toml";
    let kept = workspace.text(path).unwrap().split("\n\n").next().unwrap().to_owned();
    workspace.files.insert(path.to_owned(), workspace::Entry::Text(kept.as_str().into()));
    let checked = check::check(&workspace);
    let files = build(&workspace, checked);
    let page = page(&files, YEAR_PAGE);
    assert_eq!(texts(page.root_element(), ".headline .score strong"), ["+0.750"]);
    let section = select(page.root_element(), "[aria-labelledby='year']")[0];
    assert_eq!((select(section, "h3").len(), select(section, "svg.chart-bridge").len()), (4, 2));
    let why = texts(section, "p:not(.purpose):not(.axis-note)");
    assert_eq!(
        why,
        [
            "No difference of the overall score is shown: too little is assessed now to show a difference.",
            "No difference of the overall score is shown: too little was assessed before to show a difference.",
        ]
    );
}
