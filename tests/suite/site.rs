//! Whole sites in, everything that a browser, a reader or an attacker would find wrong with them out.
//!
//! Five workspaces are judged by the same rules: this repository's own, one whose every text tries to be more than text, one in which
//! hardly anything is filled in, a small one, and one of five quarters.

use scraper::Html;

use crate::support::built_sites::{EXAMPLE, HALF, HOSTILE, SMALL, YEAR};
use crate::support::html_judge::{Files, Page, dead_links, judge, words};

/// The largest files whose path holds `part`, and their sizes.
fn heaviest(files: &Files, part: &str) -> (usize, String) {
    files.iter().filter(|(path, _)| path.contains(part)).map(|(path, bytes)| (bytes.len(), path.clone())).max().unwrap()
}

#[test]
fn the_worked_example_keeps_every_rule() {
    let files = &EXAMPLE.files;
    assert_eq!(judge(files), "");
    for part in ["/controls/", "/functions/"] {
        let (size, path) = heaviest(files, part);
        assert!(size <= 68 * 1024, "{path} is {size} bytes");
    }
    let assets =
        files.iter().filter(|(path, _)| path.starts_with("assets/") && (path.ends_with("css") || path.ends_with("js")));
    let size: usize = assets.map(|(_, bytes)| bytes.len()).sum();
    assert!(size <= 66 * 1024, "styles and scripts are {size} bytes");
}

#[test]
fn hostile_texts_stay_texts() {
    let files = &*HOSTILE;
    assert_eq!(judge(files), "");
    // They are on the pages: as text, or inside the quotes of an attribute.
    let page = Html::parse_document(std::str::from_utf8(&files["2026-Q3/controls/W1.A-(1)/index.html"]).unwrap());
    let shown = words(page.root_element());
    for text in [
        "<script>canary()</script>",
        "onclick='canary()'",
        "{{ canary }}",
        "تقييم ذاتي",
        "連絡船の自己評価",
        "&lt;script&gt;",
    ] {
        assert!(shown.contains(text), "{text} was lost");
    }
}

#[test]
fn a_workspace_that_has_hardly_begun_keeps_every_rule() {
    assert_eq!(judge(&HALF), "");
}

#[test]
fn a_small_workspace_keeps_every_rule() {
    assert_eq!(judge(&SMALL), "");
}

#[test]
fn a_workspace_of_five_quarters_keeps_every_rule() {
    assert_eq!(judge(&YEAR), "");
}

// A control: the judge of pages must find each fault that it looks for.
#[test]
fn the_judge_sees_what_it_looks_for() {
    let files = &*SMALL;
    let path = "2026-Q3/functions/harbour/index.html";
    let page = String::from_utf8(files[path].clone()).unwrap();
    let cases = [
        ("parse", "</main>", "</main></div>"),
        ("text", "Arriving", "Arri\u{202e}ving"),
        ("head", "default-src 'none'", "default-src *"),
        ("head", "<meta charset=\"utf-8\">", ""),
        ("frame", " lang=\"en\"", ""),
        ("frame", "href=\"#main\"", "href=\"#pages\""),
        ("inert", "<title>", "<meta http-equiv=\"refresh\" content=\"0; url=../../index.html\"><title>"),
        ("inert", "<h1>", "<h1 onclick=\"x()\">"),
        ("inert", "<h1>", "<h1 style=\"color: red\">"),
        ("inert", "</main>", "<script>x()</script></main>"),
        ("inert", "</main>", "<img src=\"x.png\" alt=\"\"></main>"),
        ("link", "</main>", "<a href=\"javascript:x()\">x</a></main>"),
        ("link", "</main>", "<a href=\"https://example.org/\">x</a></main>"),
        ("link", "href=\"../../../assets/site.css\"", "href=\"https://example.org/site.css\""),
        ("dead link", "href=\"../../../assets/site.css\"", "href=\"../../assets/site.css\""),
        ("dead link", "</main>", "<a href=\"#nowhere\">x</a></main>"),
        ("dead link", "</main>", "<a href=\"../\">x</a></main>"),
        ("dead link", "</main>", "<a href=\"/index.html\">x</a></main>"),
        ("id", "</main>", "<p id=\"main\">x</p></main>"),
        ("id", "</main>", "<p aria-labelledby=\"nothing\">x</p></main>"),
        ("heading", "</main>", "<h1>x</h1></main>"),
        ("heading", "</h1>", "</h1><h3>x</h3>"),
        ("table", "</main>", "<table><tr><td>x</td></tr></table></main>"),
        ("table", " scope=\"row\"", ""),
        (
            "table",
            "</main>",
            "<table><caption>x</caption><tr><td>x</td></tr><tr><td>x</td><td>y</td></tr></table></main>",
        ),
        ("chart", " role=\"group\" aria-labelledby", " aria-labelledby"),
        ("chart", "<desc", "<metadata"),
    ];
    for (rule, from, to) in cases {
        assert!(page.contains(from), "{from}");
        let spoilt = Page::read(path, &page.replacen(from, to, 1));
        let told = [spoilt.faults.clone(), dead_links(files, &[spoilt])].concat().join("\n");
        assert!(told.contains(&format!("{rule}: {path}: ")), "{to} passes for {rule}: {told}");
    }
    let mut fewer = files.clone();
    fewer.remove("2026-Q2/evidence/index.html");
    assert!(judge(&fewer).contains("quarter: 2026-Q3"));
}
