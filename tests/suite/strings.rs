//! The words of the report in, whether each is printed and each that is printed is there out.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use scraper::Html;
use walkdir::WalkDir;

use crate::support::built_sites::{EXAMPLE, HALF, SMALL};
use crate::support::html_judge::Files;

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

/// Every key of the English file, as `section.key`.
fn keys() -> BTreeSet<String> {
    let text = fs::read_to_string(root().join("themes/default/strings/en.toml")).unwrap();
    let sections: toml::Table = text.parse().unwrap();
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
    let rust = [texts("src/report", ".rs"), texts("src/model", "strings.rs")].concat();
    let rust = rust.into_iter().map(|(path, text)| (path, named_in_rust(&text)));
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

/// What a document says outside code, in texts and in attributes.
fn said(html: &Html) -> Vec<String> {
    let mut said: Vec<String> = Vec::new();
    for node in html.tree.nodes() {
        let mut above = node.ancestors().filter_map(|above| above.value().as_element());
        if above.any(|element| ["code", "pre", "script", "style"].contains(&element.name())) {
            continue;
        }
        said.extend(node.value().as_text().map(|text| text.to_string()));
        let attributes = node.value().as_element().map(|element| SAYING.map(|name| element.attr(name)));
        said.extend(attributes.into_iter().flatten().flatten().map(str::to_owned));
    }
    said
}

/// The placeholders and the keys in what a page prints, outside code.
fn untold(page: &str) -> Vec<String> {
    let html = Html::parse_document(page);
    let texts = said(&html);
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
