//! The words of the report in, whether each is printed and each that is printed is there out.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use milepost::base::layout::CONFIG;
use milepost::check;
use milepost::diagnostic::Code;
use milepost::load::embedded;
use milepost::load::workspace::{self, Entry, Workspace};
use milepost::report::site::site;
use milepost::report::theme::Theme;
use milepost::report::view::Report;
use milepost::score::score;
use scraper::Html;
use scraper::node::Element;
use walkdir::WalkDir;

use crate::support::built_sites::{EXAMPLE, HALF, SMALL};
use crate::support::html_judge::{Files, build};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files below `folder` whose names end so, by their paths, each with its text.
fn texts(folder: &str, ending: &str) -> Vec<(PathBuf, String)> {
    let files =
        WalkDir::new(root().join(folder)).sort_by_file_name().into_iter().map(|entry| entry.unwrap().into_path());
    let wanted = files.filter(|path| path.is_file() && path.to_str().unwrap().ends_with(ending));
    wanted.map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

/// The strings file of a language, section by section.
fn sections(language: &str) -> toml::Table {
    let path = root().join(format!("themes/default/strings/{language}.toml"));
    fs::read_to_string(path).unwrap().parse().unwrap()
}

/// Every key of the English file, as `section.key`.
fn keys() -> BTreeSet<String> {
    let sections = sections("en");
    let keys = |(section, texts): (&String, &toml::Value)| {
        texts.as_table().unwrap().keys().map(|key| format!("{section}.{key}")).collect::<Vec<_>>()
    };
    sections.iter().flat_map(keys).collect()
}

/// The words of lower-case letters, `_` and `.` that follow `mark` in a text, and the character behind each. `mark` begins a word.
fn after<'t>(text: &'t str, mark: &'t str) -> impl Iterator<Item = (&'t str, Option<char>)> {
    let in_word = |c: char| c.is_ascii_lowercase() || matches!(c, '_' | '.');
    let begins = move |at: &usize| {
        !mark.starts_with(in_word) || !text[..*at].ends_with(|c: char| in_word(c) || c.is_ascii_alphanumeric())
    };
    text.match_indices(mark).map(|(at, _)| at).filter(begins).map(move |at| {
        let rest = &text[at + mark.len()..];
        let end = rest.find(|c: char| !in_word(c)).unwrap_or(rest.len());
        (&rest[..end], rest[end..].chars().next())
    })
}

/// The keys that a template names.
fn named_in_template(text: &str) -> BTreeSet<String> {
    after(text, "t.").map(|(name, _)| name.to_owned()).filter(|name| is_key(name)).collect()
}

/// Whether a word looks like `section.key`, and is not the name of a file.
fn is_key(word: &str) -> bool {
    let files = ["css", "csv", "html", "js", "json", "svg", "toml"];
    word.split_once('.').is_some_and(|(section, key)| {
        !section.is_empty() && !key.is_empty() && !key.contains('.') && !files.contains(&key)
    })
}

/// The keys that Rust names in quotes, its unit tests left out.
fn named_in_rust(text: &str) -> BTreeSet<String> {
    let code = text.split("\n#[cfg(test)]\n").next().unwrap();
    let quoted = after(code, "\"").filter(|(_, behind)| *behind == Some('"'));
    quoted.map(|(word, _)| word.to_owned()).filter(|word| is_key(word)).collect()
}

/// The keys that a script names.
fn named_in_script(text: &str) -> BTreeSet<String> {
    after(text, "say(\"").map(|(key, _)| format!("script.{key}")).collect()
}

/// Every file that names keys, with those keys.
fn named() -> Vec<(PathBuf, BTreeSet<String>)> {
    let templates =
        texts("themes/default/templates", ".html").into_iter().map(|(path, text)| (path, named_in_template(&text)));
    let rooms = ["src/report", "src/group", "src/score"].map(|room| texts(room, ".rs"));
    let rust = rooms.into_iter().chain([texts("src/model", "strings.rs")]).flatten();
    let rust = rust.map(|(path, text)| (path, named_in_rust(&text)));
    let scripts = texts("themes/default/assets", ".js").into_iter().map(|(path, text)| (path, named_in_script(&text)));
    templates.chain(rust).chain(scripts).collect()
}

#[test]
fn every_key_that_is_named_is_in_the_english_file() {
    let keys = keys();
    let lost = named().into_iter().flat_map(|(path, named)| {
        named.into_iter().filter(|name| !keys.contains(name)).map(move |name| (path.clone(), name)).collect::<Vec<_>>()
    });
    assert_eq!(lost.collect::<Vec<_>>(), []);
}

/// The beginnings of keys that a script ends by itself, as in `kind_${kind}`.
fn beginnings() -> BTreeSet<String> {
    let scripts = texts("themes/default/assets", ".js");
    let made = scripts.iter().flat_map(|(_, text)| after(text, "say(`").filter(|(_, behind)| *behind == Some('$')));
    made.filter(|(start, _)| start.ends_with('_')).map(|(start, _)| format!("script.{start}")).collect()
}

/// The endings that Rust puts behind a key to make another, as in `"{}_help"`.
fn endings() -> BTreeSet<String> {
    let rust = texts("src/report", ".rs");
    let quoted = rust.iter().flat_map(|(_, text)| after(text, "\"{}").filter(|(_, behind)| *behind == Some('"')));
    quoted.map(|(ending, _)| ending.to_owned()).filter(|ending| ending.starts_with('_')).collect()
}

#[test]
fn every_text_is_printed_somewhere() {
    let named: BTreeSet<String> = named().into_iter().flat_map(|(_, named)| named).collect();
    let (beginnings, endings) = (beginnings(), endings());
    let is_made = |key: &str| {
        beginnings.iter().any(|start| key.starts_with(start))
            || endings.iter().any(|ending| key.strip_suffix(ending).is_some_and(|key| named.contains(key)))
    };
    let idle: Vec<String> = keys().into_iter().filter(|key| !named.contains(key) && !is_made(key)).collect();
    assert_eq!(idle, [""; 0]);
}

// A control: the functions that search for keys must find them.
#[test]
fn the_finders_find_what_they_look_for() {
    let found = |found: BTreeSet<String>| found.into_iter().collect::<Vec<_>>().join(" ");
    let template = "{{ t.gaps.title }}{{ t.board.cause(n=format.x) }}{% if not.a.b %}";
    assert_eq!(found(named_in_template(template)), "board.cause gaps.title");
    let rust = "word(\"gaps.title\") \"gaps.html\" \"a b.c\" \"n\"\n#[cfg(test)]\n\"x.y\"";
    assert_eq!(found(named_in_rust(rust)), "gaps.title");
    assert_eq!(found(named_in_script("say(\"rows\", { n })")), "script.rows");
    assert_eq!(
        untold("<p title='{n} gaps'>A board.title</p><pre>board.title</pre><b>gaps.csv</b>"),
        ["{n}", "board.title"]
    );
    assert_eq!(untold("<p>All 3 gaps. The end</p>"), [""; 0]);
}

/// What an element says in its attributes.
const SAYING: [&str; 4] = ["alt", "aria-label", "placeholder", "title"];

/// What a document says in texts and in attributes, outside the elements that are left out.
fn said(html: &Html, is_left_out: impl Fn(&Element) -> bool) -> Vec<String> {
    let mut said: Vec<String> = Vec::new();
    for node in html.tree.nodes() {
        if node.ancestors().filter_map(|above| above.value().as_element()).any(&is_left_out) {
            continue;
        }
        said.extend(node.value().as_text().map(|text| text.to_string()));
        let attributes = node.value().as_element().map(|element| SAYING.map(|name| element.attr(name)));
        said.extend(attributes.into_iter().flatten().flatten().map(str::to_owned));
    }
    said
}

fn is_code(element: &Element) -> bool {
    ["code", "pre", "script", "style"].contains(&element.name())
}

/// Whether an element is code, or marked as English.
fn is_english(element: &Element) -> bool {
    is_code(element) || element.attr("lang") == Some("en")
}

/// The placeholders and the keys in what a page prints, outside code.
fn untold(page: &str) -> Vec<String> {
    let html = Html::parse_document(page);
    let texts = said(&html, is_code);
    let sections: BTreeSet<String> = keys().iter().filter_map(|key| Some(key.split_once('.')?.0.to_owned())).collect();
    let is_key =
        |word: &str| is_key(word) && word.split_once('.').is_some_and(|(section, _)| sections.contains(section));
    let mut found: Vec<String> = Vec::new();
    for text in &texts {
        let placeholders = after(text, "{").filter(|(name, behind)| !name.is_empty() && *behind == Some('}'));
        found.extend(placeholders.map(|(name, _)| format!("{{{name}}}")));
        let words = text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.')));
        found.extend(words.map(|word| word.trim_matches('.')).filter(|word| is_key(word)).map(str::to_owned));
    }
    found
}

/// The pages and charts of a site that print a placeholder or a key.
fn judge(files: &Files) -> Vec<(&String, Vec<String>)> {
    let pages = files.iter().filter(|(path, _)| path.ends_with(".html") || path.ends_with(".svg"));
    let found = pages.map(|(path, bytes)| (path, untold(std::str::from_utf8(bytes).unwrap())));
    found.filter(|(_, found)| !found.is_empty()).collect()
}

#[test]
fn no_page_prints_a_key_or_a_placeholder() {
    for files in [&EXAMPLE.files, &*HALF, &*SMALL] {
        assert_eq!(judge(files), []);
    }
}

/// A workspace whose report is in `language`. Its strings file counts as the workspace's own, so that `check` judges it.
fn in_language(folder: &str, language: &str) -> Workspace {
    let mut workspace = workspace::load(&root().join(folder));
    let config =
        workspace.text(CONFIG).unwrap().replacen("[report]\n", &format!("[report]\nlanguage = \"{language}\"\n"), 1);
    let path = format!("themes/default/strings/{language}.toml");
    let strings = workspace.text(&path).map(|strings| (path.clone(), strings.to_owned()));
    for (path, text) in strings.into_iter().chain([(CONFIG.to_owned(), config)]) {
        workspace.files.insert(path, Entry::Text(text.as_str().into()));
    }
    workspace
}

#[test]
fn every_language_is_embedded_complete_and_clean() {
    let files = texts("themes/default/strings", ".toml");
    assert!(files.len() > 1);
    for (path, _) in files {
        let language = path.file_stem().unwrap().to_str().unwrap();
        let embedded = format!("themes/default/strings/{language}.toml");
        assert!(embedded::FILES.iter().any(|(path, _)| *path == embedded), "{embedded}");
        let checked = check::check(&in_language("tests/fixtures/site/small", language));
        let of_strings = [Code::BadString, Code::MissingString, Code::UnknownLanguage];
        let found = checked.diagnostics.iter().filter(|found| of_strings.contains(&found.code));
        let found: Vec<&str> = found.map(|found| found.message.as_str()).collect();
        assert_eq!(found, [""; 0], "{language}");
        assert_eq!(checked.assessment.unwrap().strings.language.tag(), language);
    }
}

#[test]
fn the_german_of_a_theme_needs_only_what_differs() {
    let mut workspace = in_language("tests/fixtures/site/small", "de");
    let config = workspace.text(CONFIG).unwrap().replacen("[report]\n", "[report]\ntheme = \"quay\"\n", 1);
    let own = "[column]\nowner = \"Zuständig\"\n";
    for (path, text) in [(CONFIG, config.as_str()), ("themes/quay/strings/de.toml", own)] {
        workspace.files.insert(path.to_owned(), Entry::Text(text.into()));
    }
    let checked = check::check(&workspace);
    assert!(checked.diagnostics.iter().all(|found| found.code != Code::MissingString));
    let strings = checked.assessment.unwrap().strings;
    assert_eq!(strings.word("column.owner"), "Zuständig");
    assert_eq!(strings.word("column.score"), "Wert");
    assert_eq!(strings.number("2.1"), "2,1");
}

/// Sections and keys in the order of their file.
fn order(language: &str) -> Vec<String> {
    let path = root().join(format!("themes/default/strings/{language}.toml"));
    let text = fs::read_to_string(path).unwrap();
    let name = |line: &str| match line.split_once(" = ") {
        Some((key, _)) if !line.starts_with('#') => Some(key.to_owned()),
        _ => line.starts_with('[').then(|| line.to_owned()),
    };
    text.lines().filter_map(name).collect()
}

#[test]
fn the_german_file_has_the_order_of_the_english_one() {
    assert_eq!(order("de"), order("en"));
}

/// The texts of a language that hold no value.
fn whole_texts(language: &str) -> BTreeSet<String> {
    let sections = sections(language);
    let texts = sections.values().flat_map(|texts| texts.as_table().unwrap().values());
    let texts = texts.filter_map(|text| text.as_str()).filter(|text| !text.contains(['{', '`', '*', '[']));
    texts.map(str::to_owned).collect()
}

/// Single English words of pages that no author of the example writes.
const TELLING: [&str; 12] = [
    "Assessed",
    "Changes",
    "Exceptions",
    "Findings",
    "Functions",
    "Gaps",
    "Method",
    "Overview",
    "Re-attested",
    "Stale",
    "Trends",
    "Unanswered",
];

#[test]
fn a_german_report_speaks_german() {
    let workspace = in_language("", "de");
    let scored = score(check::check(&workspace).assessment.unwrap());
    let theme = Theme::new(&workspace, &scored.assessment.settings.theme, &scored.assessment.strings).unwrap();
    let site = site(Report::new(&scored, None, None), &theme);
    let render = |path: &str| {
        let file = site.files().iter().find(|file| file.path == path).unwrap_or_else(|| panic!("{path}"));
        String::from_utf8(site.render(file).unwrap()).unwrap()
    };
    let german = whole_texts("de");
    let english: BTreeSet<String> = whole_texts("en").into_iter().filter(|text| text.contains(' ')).collect();
    assert!(english.len() > 100);
    for page in [
        "index.html",
        "2026-Q4/actions/index.html",
        "2026-Q4/board/index.html",
        "2026-Q4/changes/index.html",
        "2026-Q4/controls/PR.DS-11/index.html",
        "2026-Q4/evidence/index.html",
        "2026-Q4/exclusions/index.html",
        "2026-Q4/findings/index.html",
        "2026-Q4/functions/protect/index.html",
        "2026-Q4/gaps/index.html",
        "2026-Q4/gates/index.html",
        "2026-Q4/heatmap/index.html",
        "method/index.html",
        "2026-Q4/targets/index.html",
        "2026-Q4/teams/fleet/index.html",
        "trends/index.html",
    ] {
        let text = render(page);
        assert!(text.contains("<html lang=\"de\">"), "{page}");
        let html = Html::parse_document(&text);
        let said = said(&html, is_english);
        let said: BTreeSet<&str> = said.iter().map(|text| text.trim()).collect();
        let left: Vec<&&str> = said
            .iter()
            .filter(|text| !german.contains(**text) && (english.contains(**text) || TELLING.contains(*text)))
            .collect();
        assert!(left.is_empty(), "{page}: {left:?}");
    }
    let dashboard = render("index.html");
    for wanted in ["Überblick", "Größte Lücken", "Bewertet", "Veränderung zum Vorquartal", "31.12.2026", "2,1"] {
        assert!(dashboard.contains(wanted), "{wanted}");
    }
    assert!(render("charts/2026-Q4/profile.svg").contains("Wert nach Funktion"));
}

/// What machines read of a page: each element with its attributes, but for those that hold words and the page's own language.
fn for_machines(page: &[u8]) -> Vec<String> {
    let html = Html::parse_document(std::str::from_utf8(page).unwrap());
    let words = ["alt", "aria-label", "content", "data-label", "dir", "placeholder", "title"];
    let element = |element: &Element| {
        let attributes = element.attrs().filter(|(name, _)| !words.contains(name));
        let attributes = attributes.filter(|(name, _)| *name != "lang" || element.name() != "html");
        format!("{} {:?}", element.name(), attributes.collect::<Vec<_>>())
    };
    html.tree.values().filter_map(|node| node.as_element()).map(element).collect()
}

#[test]
fn a_report_from_right_to_left_differs_in_nothing_that_machines_read() {
    let site = |language| {
        let workspace = in_language("tests/fixtures/site/small", language);
        build(&workspace, check::check(&workspace))
    };
    let (left, right) = (site("en"), site("ar"));
    assert!(left.keys().eq(right.keys()));
    for (path, page) in left.iter().filter(|(path, _)| path.ends_with(".html")) {
        let (right, left) = (for_machines(&right[path]), for_machines(page));
        assert_eq!(right.iter().zip(&left).find(|(right, left)| right != left), None, "{path}");
        assert_eq!(right.len(), left.len(), "{path}");
    }
    let page = String::from_utf8(right["2026-Q3/index.html"].clone()).unwrap();
    assert!(page.contains("<html lang=\"ar\" dir=\"rtl\">") && page.contains("\u{2068}2026-Q3\u{2069}"), "{page}");
}
