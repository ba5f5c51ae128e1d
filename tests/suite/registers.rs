//! Registers that are too long for one page in, whether their parts hold every row once out.

use std::collections::BTreeMap;
use std::path::Path;

use milepost::check;
use milepost::load::workspace;
use milepost::score::score;
use scraper::{Html, Selector};

use crate::support::built_sites::EXAMPLE;
use crate::support::html_judge::{Files, build_with_room, dead_links, pages, words};

/// A site whose pages have little room for tables.
const ROOM: usize = 8_000;

fn split(workspace: &str) -> Files {
    let workspace = workspace::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join(workspace));
    let scored = score(check::check(&workspace).assessment.unwrap());
    build_with_room(&workspace, &scored, ROOM)
}

/// The rows of a table of a page, as readers see them.
fn rows(files: &Files, path: &str, table: &str) -> Vec<String> {
    let html = Html::parse_document(std::str::from_utf8(&files[path]).unwrap());
    let rows = Selector::parse(&format!("{table} > tbody > tr")).unwrap();
    html.select(&rows).map(words).collect()
}

/// The further parts of registers: the folder and the name of each register, and how many parts it has.
fn registers(files: &Files) -> BTreeMap<(String, String), usize> {
    let mut found = BTreeMap::new();
    for path in files.keys() {
        let (folder, file) = path.rsplit_once('/').unwrap_or_default();
        let Some((name, part)) = file.strip_suffix(".html").and_then(|file| file.rsplit_once('-')) else { continue };
        let parts = found.entry((folder.to_owned(), name.to_owned())).or_insert(1);
        *parts = part.parse::<usize>().unwrap().max(*parts);
    }
    found
}

fn part(folder: &str, name: &str, part: usize) -> String {
    if part == 1 { format!("{folder}/index.html") } else { format!("{folder}/{name}-{part}.html") }
}

/// The strings in a script that gives rows.
fn script_rows(files: &Files, path: &str) -> Vec<String> {
    let script = std::str::from_utf8(&files[path]).unwrap();
    let list = &script[script.find('[').unwrap()..=script.rfind(']').unwrap()];
    let rows: Vec<String> = serde_json::from_str(list).unwrap();
    let cells = |row: String| words(Html::parse_fragment(&format!("<table>{row}</table>")).root_element());
    rows.into_iter().map(cells).collect()
}

#[test]
fn the_parts_of_a_register_hold_each_row_once_in_order() {
    let files = split(".");
    let registers = registers(&files);
    for page in ["evidence", "exclusions", "findings", "changes", "compare", "gaps", "actions"] {
        assert!(registers.keys().any(|(folder, _)| folder.contains(page)), "{page} is not split: {registers:?}");
    }
    for ((folder, name), parts) in &registers {
        let has_filters = !folder.contains("compare/") && !folder.ends_with("/changes");
        let table = match has_filters {
            true => format!("table[data-register='{name}']"),
            false => format!("section[aria-labelledby='cause-{name}'] table"),
        };
        let whole = rows(&EXAMPLE.files, &part(folder, name, 1), &table);
        let mut joined = Vec::new();
        for at in 1..=*parts {
            let path = part(folder, name, at);
            let table = if at > 1 && !has_filters { "table.moved".to_owned() } else { table.clone() };
            let own = rows(&files, &path, &table);
            if has_filters {
                assert_eq!(script_rows(&files, &format!("{folder}/{name}-{at}.js")), own, "{path}");
            }
            joined.extend(own);
        }
        assert!(!whole.is_empty(), "{folder} {name}");
        assert_eq!(joined, whole, "{folder} {name}");
    }
    assert_eq!(dead_links(&files, &pages(&files)), [""; 0]);
}

#[test]
fn a_page_says_which_part_it_is_and_links_to_the_others() {
    let files = split(".");
    let path = "2026-Q3/evidence/evidence-2.html";
    let html = Html::parse_document(std::str::from_utf8(&files[path]).unwrap());
    let all = |query: &str| html.select(&Selector::parse(query).unwrap()).map(words).collect::<Vec<_>>();
    assert!(all("nav.parts-of p")[0].starts_with("Page 2 of "), "{:?}", all("nav.parts-of p"));
    let current = all("nav.parts-of [aria-current]");
    assert!(current.len() == 1 && current[0].starts_with("2: 20"), "{current:?}");
    assert_eq!(all("nav.pages [aria-current]"), ["Evidence"]);
}

/// The bytes of tables, and of scripts, on pages that have room for `ROOM`.
#[test]
fn no_text_makes_a_part_larger_than_its_estimate_allows() {
    for workspace in [".", "tests/fixtures/site/hostile"] {
        let files = split(workspace);
        let mut checked = 0;
        for ((folder, name), parts) in registers(&files) {
            for at in 2..=parts {
                let path = part(&folder, &name, at);
                let page = std::str::from_utf8(&files[&path]).unwrap();
                let body = &page[page.find("<tbody>").unwrap()..page.find("</tbody>").unwrap()];
                let script = files.get(&format!("{folder}/{name}-{at}.js")).map_or(0, Vec::len);
                // A single row may be as long as its texts are.
                let is_one = body.matches("<tr").count() == 1;
                assert!(is_one || body.len() <= ROOM * 5 / 4, "{path}: {}", body.len());
                assert!(is_one || script <= ROOM * 8 / 5, "{path}: the script has {script}");
                checked += 1;
            }
        }
        assert!(checked > 0, "{workspace}");
    }
}

#[test]
fn links_to_a_row_lead_to_the_part_that_holds_it() {
    let files = split(".");
    let mut further = 0;
    for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with("/index.html")) {
        let page = std::str::from_utf8(bytes).unwrap();
        for link in page.match_indices("#plan-").map(|(at, _)| &page[page[..at].rfind('"').unwrap() + 1..]) {
            let (file, anchor) = link.split('"').next().unwrap().split_once('#').unwrap();
            let quarter = file.split('/').find(|part| part.contains("-Q")).or_else(|| path.split('/').next()).unwrap();
            let held = format!("{quarter}/actions/{}", file.rsplit('/').next().unwrap());
            let holder = std::str::from_utf8(&files[&held]).unwrap();
            assert!(holder.contains(&format!("<tr id=\"{anchor}\"")), "{path}: {link:.80}");
            further += usize::from(!file.ends_with("index.html"));
        }
    }
    assert!(further > 0, "no link leads to a further part");
    let search: Vec<&str> = files
        .iter()
        .filter(|(path, _)| path.starts_with("search/"))
        .map(|(_, bytes)| std::str::from_utf8(bytes).unwrap())
        .collect();
    assert!(search.iter().any(|script| script.contains("-2.html#plan-")), "the search knows only first parts");
}

#[test]
fn registers_that_fit_stay_on_one_page_without_scripts() {
    assert_eq!(registers(&EXAMPLE.files), BTreeMap::new());
}
