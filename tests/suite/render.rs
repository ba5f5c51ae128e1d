//! Tests what readers see on pages, and what the author of a theme is told about a mistake.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use insta::assert_snapshot;
use milepost::check;
use milepost::diagnostic::{self, Code, Colour, Diagnostic, DiagnosticFormat};
use milepost::load::workspace::{self, Workspace};
use milepost::model::assessment::Assessment;
use milepost::report::site::site;
use milepost::report::theme::Theme;
use milepost::report::view::Report;
use milepost::score;
use scraper::{ElementRef, Html, Node, Selector};
use tempfile::TempDir;

use crate::support::built_sites::{EXAMPLE, HALF};
use crate::support::html_judge;

fn load(root: &Path) -> (Workspace, Assessment) {
    let workspace = workspace::load(root);
    let checked = check::check(&workspace);
    let printed = diagnostic::print(&checked.diagnostics, &workspace, DiagnosticFormat::Text, Colour::Plain);
    (workspace, checked.assessment.expect(&printed))
}

/// Paths and bytes.
type Files = Vec<(String, Vec<u8>)>;

/// The workspace at `root`, those files of its site that are `wanted`, and every mistake in its theme.
fn render(root: &Path, wanted: impl Fn(&str) -> bool) -> (Workspace, Files, Vec<Diagnostic>) {
    let (workspace, assessment) = load(root);
    let theme = match Theme::new(&workspace, &assessment.settings.theme, &assessment.strings) {
        Ok(theme) => theme,
        Err(found) => return (workspace, Vec::new(), found),
    };
    let scored = score::score(assessment);
    let site = site(Report::new(&scored, None, None), &theme);
    let (mut files, mut found) = (Vec::new(), Vec::new());
    for file in site.files().iter().filter(|file| wanted(&file.path)) {
        match site.render(file) {
            Ok(bytes) => files.push((file.path.clone(), bytes)),
            Err(diagnostic) => found.push(*diagnostic),
        }
    }
    (workspace, files, found)
}

/// Snapshots what each of `pages` says in its main part.
fn snapshot(name: &str, site: &html_judge::Files, pages: &[&str]) {
    for path in pages {
        let html = Html::parse_document(std::str::from_utf8(&site[*path]).unwrap());
        let main = html.select(&Selector::parse("main").unwrap()).next().unwrap();
        let page = path.trim_end_matches("index.html").trim_end_matches('/').replace('/', "-");
        let page = if page.is_empty() { "home" } else { &page };
        assert_snapshot!(format!("{name}-{page}"), reading(main, path));
    }
}

/// The most characters of a line in a snapshot: a reviewer reads it without scrolling.
const WIDTH: usize = 120;

/// The most rows of one form in a table: registers go on like that, and `agreement.rs` compares every row of theirs.
const ROWS: usize = 3;

/// Elements that stand on lines of their own.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "caption",
    "details",
    "dl",
    "div",
    "fieldset",
    "figure",
    "figcaption",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "svg",
    "table",
    "tbody",
    "thead",
    "tr",
    "ul",
];

/// What the page at `path` says, line by line: a heading behind its `#`, a row's cells between bars, a link before its path in the
/// site. Of rows that are made alike, only the first few.
fn reading(element: ElementRef<'_>, path: &str) -> String {
    let mut text = String::new();
    write(element, path, &mut text);
    let tidy = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let lines = text.lines().map(tidy).filter(|line| !line.is_empty());
    lines.map(|line| wrapped(&line)).collect::<Vec<_>>().join("\n")
}

/// A line as several that are not too long, all but the first indented.
fn wrapped(line: &str) -> String {
    let (mut lines, mut width) = (String::new(), 0);
    for word in line.split(' ') {
        let long = word.chars().count();
        if width > 0 && width + 1 + long > WIDTH {
            lines.push_str("\n    ");
            width = 4;
        } else if width > 0 {
            lines.push(' ');
            width += 1;
        }
        lines.push_str(word);
        width += long;
    }
    lines
}

/// Where in the site a link of the page at `path` leads; what leads out of the page's folder by `..` is long and says no more.
fn resolved(path: &str, href: &str) -> String {
    if href.starts_with('#') || href.contains(':') {
        return href.to_owned();
    }
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in href.split('/') {
        match part {
            ".." => parts.truncate(parts.len() - 1),
            part => parts.push(part),
        }
    }
    parts.join("/").replace("index.html", "")
}

/// How a row is made, whatever it says: of each cell which elements it holds, and whether its text is a number, another or none.
fn form(row: ElementRef<'_>) -> Vec<(BTreeSet<String>, &'static str)> {
    let unnumbered = |class: &str| class.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
    let cell = |cell: ElementRef<'_>| {
        let elements = cell.descendants().filter_map(ElementRef::wrap).map(|inner| {
            let classes: Vec<String> = inner.value().classes().map(unnumbered).collect();
            format!("{} {}", inner.value().name(), classes.join(" "))
        });
        let text: String = cell.text().collect();
        let kind = match text.trim() {
            "" => "none",
            text if text.parse::<f64>().is_ok() => "a number",
            _ => "a text",
        };
        (elements.collect(), kind)
    };
    row.child_elements().map(cell).collect()
}

/// The rows of a table, as many of each form as are shown.
fn write_rows(body: ElementRef<'_>, path: &str, text: &mut String) {
    let mut forms: BTreeMap<Vec<(BTreeSet<String>, &str)>, usize> = BTreeMap::new();
    let mut left_out = 0;
    for row in body.child_elements() {
        let like_it = forms.entry(form(row)).or_default();
        *like_it += 1;
        if *like_it <= ROWS { write(row, path, text) } else { left_out += 1 }
    }
    if left_out > 0 {
        text.push_str(&format!("\n({left_out} rows more like these)\n"));
    }
}

fn write(element: ElementRef<'_>, path: &str, text: &mut String) {
    let name = element.value().name();
    let block = BLOCKS.contains(&name);
    text.push_str(if block { "\n" } else { "" });
    match name {
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
            text.push_str(&("#".repeat(usize::from(name.as_bytes()[1] - b'0')) + " "));
        }
        "li" => text.push_str("* "),
        "td" | "th" => text.push_str(" | "),
        "dd" => text.push_str(": "),
        "caption" => text.push_str("table: "),
        "svg" => return write_chart(element, text),
        "tbody" => return write_rows(element, path, text),
        _ => {}
    }
    for child in element.children() {
        match child.value() {
            // Where a line breaks in the source is nothing to a reader, but in a `pre`.
            Node::Text(words) if name == "pre" || name == "code" => text.push_str(words),
            Node::Text(words) => text.push_str(&words.replace('\n', " ")),
            _ => ElementRef::wrap(child).map(|child| write(child, path, text)).unwrap_or_default(),
        }
    }
    if let Some(href) = element.value().attr("href") {
        text.push_str(&format!(" <{}>", resolved(path, href)));
    }
    text.push_str(if block { "\n" } else { "" });
}

/// Of a chart only what it says: how it looks is tested where it is drawn.
fn write_chart(chart: ElementRef<'_>, text: &mut String) {
    if chart.value().attr("aria-hidden").is_none() {
        let told = chart.child_elements().filter(|child| ["title", "desc"].contains(&child.value().name()));
        let told: Vec<String> = told.map(|child| child.text().collect()).collect();
        text.push_str(&format!("chart: {}\n", told.join(": ")));
    }
}

#[test]
fn each_kind_of_page_of_the_worked_example() {
    let pages = [
        "index.html",
        "2026-Q3/controls/PR.DS-11/index.html",
        "2026-Q4/board/index.html",
        "2026-Q3/controls/DRC.RU-01/index.html",
        "2026-Q3/controls/GV.OC-01/index.html",
        "2026-Q3/functions/recover/index.html",
        "2026-Q3/teams/terminals/index.html",
        "2026-Q3/gaps/index.html",
        "2026-Q3/evidence/index.html",
        "2026-Q3/exclusions/index.html",
        "2026-Q3/findings/index.html",
        "2026-Q1/gates/index.html",
        "2026-Q3/targets/index.html",
        "2026-Q3/frameworks/delivery/index.html",
        "guides/index.html",
        "method/index.html",
    ];
    snapshot("example", &EXAMPLE.files, &pages);
}

#[test]
fn each_kind_of_page_of_a_workspace_that_has_hardly_begun() {
    let pages = [
        "index.html",
        "2026-Q2/index.html",
        "2026-Q3/controls/PR.DS-11/index.html",
        "2026-Q3/controls/PR.DS-10/index.html",
        "2026-Q3/functions/recover/index.html",
        "2026-Q3/teams/bridge/index.html",
        "2026-Q3/gaps/index.html",
        "2026-Q3/evidence/index.html",
        "2026-Q3/frameworks/harbour/index.html",
        "method/index.html",
    ];
    snapshot("half", &HALF, &pages);
}

#[test]
fn a_templates_mistakes_are_told_where_they_stand() {
    insta::glob!("../fixtures/bad", "bad-template*", |folder| {
        let (workspace, _, found) = render(folder, |_| true);
        let mut seen = BTreeSet::new();
        let found: Vec<Diagnostic> = found.into_iter().filter(|mistake| seen.insert(mistake.place.clone())).collect();
        assert!(!found.is_empty());
        for mistake in &found {
            assert_eq!(mistake.code, Code::BadTemplate);
            assert!(
                mistake.place.path.starts_with("themes/default/templates/") && mistake.place.end > mistake.place.start
            );
        }
        assert_snapshot!(
            "bad",
            diagnostic::print(&found.into_iter().collect(), &workspace, DiagnosticFormat::Text, Colour::Plain)
        );
    });
}

#[test]
fn a_theme_replaces_the_default_file_by_file() {
    let root = TempDir::new().unwrap();
    let put = |path: &str, text: &str| {
        fs::create_dir_all(root.path().join(path).parent().unwrap()).unwrap();
        fs::write(root.path().join(path), text).unwrap();
    };
    put(
        "milepost.toml",
        "[report]\ntitle = \"T\"\ntheme = \"own\"\n\n[[team]]\nid = \"payments\"\nname = \"Payments\"\n",
    );
    put("content/2026-Q3/quarter.toml", "");
    put(
        "themes/own/templates/gaps.html",
        "{% extends \"base.html\" %}{% block main %}<h1>Own & {{ frame.quarter }}</h1>{% endblock %}",
    );
    put("themes/own/templates/base.html", "<title>{{ frame.report }}</title>{% block main %}{% endblock %}");
    put("themes/own/assets/site.css", "body { color: green }\n");
    put("themes/own/assets/sign.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
    put("themes/other/assets/other.css", "never read");
    let (_, files, found) =
        render(root.path(), |path| path.ends_with("gaps/index.html") || path.starts_with("assets/"));
    assert!(found.is_empty(), "{found:?}");
    let file = |path: &str| {
        files.iter().find(|(known, _)| known == path).map(|(_, bytes)| std::str::from_utf8(bytes).unwrap())
    };
    assert_eq!(file("2026-Q3/gaps/index.html"), Some("<title>T</title><h1>Own & 2026-Q3</h1>"));
    assert_eq!(file("assets/site.css"), Some("body { color: green }\n"));
    assert!(file("assets/sign.svg").is_some() && file("assets/other.css").is_none());
    // Those of the default theme come without what only its authors read.
    let (source, lean) = (include_str!("../../themes/default/assets/charts.css"), file("assets/charts.css").unwrap());
    assert!(source.contains("/*") && !lean.contains("/*") && !lean.contains("\n  "));
    let words = |text: &str| text.split_whitespace().filter(|word| word.starts_with("--level")).count();
    assert_eq!(words(source), words(lean));
}

// A theme needs only the files that differ. Otherwise it would have to follow every change of the default theme.
#[test]
fn the_second_theme_is_one_file() {
    let built = |theme: &str| {
        let root = TempDir::new().unwrap();
        let settings = format!("[report]\ntitle = \"T\"\ntheme = \"{theme}\"\n\n[[team]]\nid = \"a\"\nname = \"A\"\n");
        fs::write(root.path().join("milepost.toml"), settings).unwrap();
        fs::create_dir_all(root.path().join("content/2026-Q3")).unwrap();
        fs::write(root.path().join("content/2026-Q3/quarter.toml"), "").unwrap();
        let (_, files, found) = render(root.path(), |path| path == "index.html" || path.starts_with("assets/"));
        assert!(found.is_empty(), "{found:?}");
        files
    };
    let (default, ledger) = (built("default"), built("ledger"));
    let differ: Vec<&str> =
        default.iter().zip(&ledger).filter(|(a, b)| a != b).map(|((path, _), _)| path.as_str()).collect();
    assert_eq!((default.len(), differ), (ledger.len(), vec!["assets/brand.css"]));
    // What a company sets is read last, or the default theme would take it back.
    let page = &default.iter().find(|(path, _)| path == "index.html").unwrap().1;
    let page = std::str::from_utf8(page).unwrap();
    let last = page.rsplit_once("rel=\"stylesheet\" href=\"").unwrap().1;
    assert!(last.starts_with("assets/brand.css\""));
    let weight: usize = default
        .iter()
        .filter(|(path, _)| path.ends_with(".css") || path.ends_with(".js"))
        .map(|(_, bytes)| bytes.len())
        .sum();
    assert!(weight <= 66 * 1024, "{weight} bytes of styles and scripts");
}
