//! Tests hostile texts in every place that takes a text: each output shows plain text, or a diagnostic.
//!
//! With `MILEPOST_BAD_INPUT` set to a folder, what lies in it is judged too: every string of a `.json` file as a text, every
//! other file as each file of a workspace.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

use clap::ValueEnum;
use milepost::base::text::inert;
use milepost::border;
use milepost::check;
use milepost::diagnostic::{self, Colour, DiagnosticFormat, Diagnostics, PER_FILE};
use milepost::load::workspace::{self, Workspace};
use proptest::prelude::*;
use proptest::{collection, sample};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use rayon::prelude::*;
use scraper::Html;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::hostile_texts::texts;
use crate::support::html_judge::{self, Page, words};
use crate::support::media_judges::{commands, formulas, formulas_in_libreoffice, gitlab, junit, services};
use crate::support::text_in_every_place::{self, NARROW, Narrow, checked, every_place, narrow, quoted, write};

/// Characters that drive a terminal, turn text around or are none.
fn drives(c: char) -> bool {
    let turns = ['\u{61c}', '\u{200e}', '\u{200f}'].contains(&c)
        || ('\u{202a}'..='\u{202e}').contains(&c)
        || ('\u{2066}'..='\u{2069}').contains(&c);
    turns || (c.is_control() && c != '\n' && c != '\t')
}

/// What is wrong with `printed` as something that is shown in a terminal.
fn unprintable(printed: &str) -> Vec<String> {
    let bare = printed.lines().filter(|line| line.contains(drives));
    bare.map(|line| format!("{:?}", line.chars().take(200).collect::<String>())).collect()
}

/// The same of something that may stand in the log of a CI run; `format` may be that of its commands.
fn unfit_for_a_log(printed: &str, format: &str) -> Vec<String> {
    // The commands are known by their start: what is behind it is judged.
    let start =
        |line: &str| ["::error file=", "::warning file=", "::notice"].iter().any(|start| line.starts_with(start));
    let own = |line: &str| if format == "github" && start(line) { line[2..].to_owned() } else { line.to_owned() };
    let mut faults = unprintable(printed);
    faults.extend(commands(&printed.split('\n').map(own).collect::<Vec<_>>().join("\n")));
    faults
}

/// What is wrong with something printed for those who read this format.
fn misread(printed: &str, format: &str) -> Vec<String> {
    match format {
        "json" | "sarif" if serde_json::from_str::<Value>(printed).is_err() => vec!["no JSON".to_owned()],
        "csv" => formulas(printed),
        "markdown" => live_markdown(printed),
        "github" => {
            let other = printed.split(['\n', '\r']).filter(|line| !line.is_empty() && !line.starts_with("::"));
            other.map(|line| format!("no command: {line:?}")).collect()
        }
        "gitlab" => gitlab(printed),
        "junit" => junit(printed),
        _ => Vec::new(),
    }
}

/// What is wrong with these diagnostics as they are printed, in any format.
fn misprinted(found: &Diagnostics, workspace: &Workspace) -> Vec<String> {
    let print = |format| diagnostic::print(found, workspace, format, Colour::Plain);
    let mut faults = Vec::new();
    for format in DiagnosticFormat::value_variants() {
        let printed = print(*format);
        let name = format!("{format:?}").to_lowercase();
        faults.extend(unfit_for_a_log(&printed, &name).into_iter().map(|fault| format!("{format:?}: {fault}")));
        faults.extend(misread(&printed, &name).into_iter().map(|fault| format!("{format:?}: {fault}")));
    }
    let commands = ["::error file=", "::warning file=", "::notice"];
    let github = print(DiagnosticFormat::Github);
    let lines: Vec<&str> = github.split(['\n', '\r']).filter(|line| !line.is_empty()).collect();
    let all_told = found.len() > PER_FILE || lines.len() == found.len();
    if !all_told || !lines.iter().all(|line| commands.iter().any(|command| line.starts_with(command))) {
        faults.push(format!("{} commands for {} diagnostics", lines.len(), found.len()));
    }
    faults
}

/// Each element that pages hold, with its attributes' names.
fn vocabulary(pages: &[Page]) -> BTreeSet<&str> {
    pages.iter().flat_map(|page| &page.vocabulary).map(String::as_str).collect()
}

/// A text without malice that uses everything that Markdown has.
const HARMLESS: &str = "Text with *words*, **more**, ~~less~~, `code` and [a link](https://wiki.example.org/).\\\nSo\n\n# Head\n\n\
## Next\n\n### Next\n\n#### Next\n\n##### Next\n\n> quoted\n\n3. three\n4. four\n\n- item\n\n---\n\n```sh\ncode\n```\n\n\
| a | b | c | d |\n|---|:--|--:|:-:|\n| 1 | 2 | 3 | 4 |\n";

/// What of these texts does harm on the pages of a workspace that holds them everywhere; `known` is what pages may hold.
fn harm(texts: &[String], known: &BTreeSet<&str>) -> Vec<String> {
    let (workspace, checked) = checked(&every_place(texts));
    let mut faults = misprinted(&checked.diagnostics, &workspace);
    if checked.assessment.is_none() {
        let printed = diagnostic::print(&checked.diagnostics, &workspace, DiagnosticFormat::Text, Colour::Plain);
        return vec![format!("refused: {printed}")];
    }
    let files = html_judge::build(&workspace, checked);
    let pages = html_judge::pages(&files);
    let told = html_judge::told(&files, &pages);
    // Long texts make long charts; only the last line matters.
    let told = told.lines().filter(|line| !line.starts_with("chart size") && !line.starts_with('{'));
    faults.extend(told.map(str::to_owned));
    faults.extend(vocabulary(&pages).difference(known).map(|new| format!("new on pages: {new}")));
    for (n, text) in texts.iter().enumerate() {
        let page = std::str::from_utf8(&files[&format!("2026-Q3/controls/P.A-{}/index.html", n + 1)]).unwrap();
        let wanted = inert(text).split_whitespace().collect::<Vec<_>>().join(" ");
        if !words(Html::parse_document(page).root_element()).contains(&wanted) {
            faults.push(format!("lost: {wanted:?}"));
        }
    }
    faults
}

/// How many texts share a workspace.
const TOGETHER: usize = 12;

/// What any of these texts does where there is room for every text.
fn harm_of(texts: &[String]) -> Vec<String> {
    let (workspace, checked) = checked(&every_place(&[HARMLESS.to_owned()]));
    let pages = html_judge::pages(&html_judge::build(&workspace, checked));
    let known = vocabulary(&pages);
    let together: Vec<&[String]> = texts.chunks(TOGETHER).filter(|texts| !harm(texts, &known).is_empty()).collect();
    // One by one, they show which text is at fault. Together, they may do what none does alone.
    let alone = |text: &String| {
        let faults = harm(std::slice::from_ref(text), &known);
        faults
            .into_iter()
            .map(|fault| format!("{:?}: {fault}", text.chars().take(60).collect::<String>()))
            .collect::<Vec<_>>()
    };
    let told = |texts: &&[String]| {
        let told: Vec<String> = texts.iter().flat_map(alone).collect();
        if told.is_empty() { harm(texts, &known) } else { told }
    };
    together.iter().flat_map(told).collect()
}

#[test]
fn every_text_stays_a_text_on_every_page() {
    assert_none(&harm_of(&texts()));
}

fn assert_none(faults: &[String]) {
    let some: Vec<&str> = faults.iter().take(40).map(String::as_str).collect();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), some.join("\n"));
}

/// What is wrong where `text` stands in each of the places that take only some texts.
fn harm_in_narrow_places(
    plain: &text_in_every_place::Files,
    known: &html_judge::Files,
    text: &str,
    places: Vec<Narrow>,
) -> Vec<String> {
    let named =
        |place: &str, fault: String| format!("{:?} at {place}: {fault}", text.chars().take(60).collect::<String>());
    // What is said of all places at once is what is said of each.
    let (quoted, bare): (Vec<_>, Vec<_>) = NARROW.iter().partition(|(_, _, to)| !to.contains('¤'));
    let mut faults = Vec::new();
    for (group, places) in [("once in quotes", quoted), ("once as it is", bare)] {
        let (workspace, checked) = checked(&narrow(plain, &places, text));
        let told = misprinted(&checked.diagnostics, &workspace);
        faults.extend(told.into_iter().map(|fault| named(group, fault)));
    }
    for place in places {
        let (workspace, checked) = checked(&narrow(plain, &[&place], text));
        if checked.assessment.is_some() {
            let files = html_judge::build(&workspace, checked);
            // A glob that nothing is found by changes no page.
            let told = if files == *known { String::new() } else { html_judge::judge(&files) };
            faults.extend(told.lines().map(|fault| named(place.2, fault.to_owned())));
        } else if checked.diagnostics.is_empty() {
            faults.push(named(place.2, "refused without a word".to_owned()));
        }
    }
    faults
}

/// What texts do in narrow places, each text in one of `share` places by itself, and in all of them at once.
fn harm_of_all_in_narrow_places(texts: &[String], share: usize) -> Vec<String> {
    let plain = every_place(&["Plain words".to_owned()]);
    let (workspace, checked) = checked(&plain);
    let known = html_judge::build(&workspace, checked);
    let places = |n: usize| NARROW.iter().skip(n % share).step_by(share).copied().collect();
    let harm = |(n, text): (usize, &String)| harm_in_narrow_places(&plain, &known, text, places(n));
    texts.par_iter().enumerate().flat_map(harm).collect()
}

#[test]
fn where_only_some_texts_are_taken_others_are_refused_in_words() {
    assert_none(&harm_of_all_in_narrow_places(&texts(), 24));
}

/// Every command that prints what a workspace holds, and the formats in which it does.
const COMMANDS: &[(&[&str], &[&str])] = &[
    (&["check"], &["text", "json", "sarif", "github", "gitlab", "junit"]),
    (&["score"], &["text", "json", "csv", "markdown"]),
    (&["score", "--function", "P"], &["text", "json", "csv", "markdown"]),
    (&["score", "--team", "one"], &["text", "json", "csv", "markdown"]),
    (&["gaps", "--all"], &["text", "json", "csv", "markdown"]),
    (&["actions"], &["text", "json", "csv", "markdown"]),
    (&["todo"], &["text", "json", "markdown"]),
    (&["todo", "--team", "two"], &["text", "json", "markdown"]),
    (&["crosswalk"], &["text", "json", "csv", "markdown"]),
    (&["crosswalk", "far"], &["text", "json", "csv", "markdown"]),
    (&["crosswalk", "--id", "known"], &["text", "json", "csv", "markdown"]),
    (&["explain", "P.A-1"], &["text", "json"]),
    (&["explain", "P.A-2", "--team", "one"], &["text", "json"]),
    (&["diff"], &["text", "json", "markdown", "csv"]),
    (&["gate", "--closing"], &["text", "json", "markdown", "sarif", "github", "gitlab", "junit"]),
    (&["verify"], &["text", "json"]),
];

/// Commands that say what is not there, and what is.
const MISSED: &[&[&str]] = &[
    &["score", "--function", "zzzzzzzzzz"],
    &["score", "--team", "zzzzzzzzzz"],
    &["score", "--framework", "zzzzzzzzzz"],
    &["score", "--quarter", "zzzzzzzzzz"],
    &["explain", "zzzzzzzzzz"],
    &["diff", "2026-Q3", "2026-Q3"],
    &["quarter", "2026-Q1"],
    &["seal", "zzzzzzzzzz"],
    &["worksheet", "zzzzzzzzzz"],
    &["todo", "--team", "zzzzzzzzzz"],
    &["crosswalk", "zzzzzzzzzz"],
    &["crosswalk", "far", "--id", "zzzzzzzzzz"],
];

/// What is wrong with a table of Markdown: markup of an author's, or a row that is not as long as its head.
fn live_markdown(text: &str) -> Vec<String> {
    let (mut faults, mut cells, mut widths) = (Vec::new(), 0, BTreeSet::new());
    for event in Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Html(_)
            | Event::InlineHtml(_)
            | Event::Code(_)
            | Event::Rule
            | Event::Start(
                Tag::Link { .. } | Tag::Image { .. } | Tag::Emphasis | Tag::Strikethrough | Tag::BlockQuote(_),
            ) => {
                faults.push(format!("{event:?}"));
            }
            // Lines to paste stand in a block of the program's own.
            Event::Start(Tag::CodeBlock(kind)) if kind != CodeBlockKind::Fenced("toml".into()) => {
                faults.push(format!("{kind:?}"));
            }
            Event::Start(Tag::TableCell) => cells += 1,
            Event::End(TagEnd::TableHead | TagEnd::TableRow) => drop(widths.insert(std::mem::take(&mut cells))),
            Event::End(TagEnd::Table) if std::mem::take(&mut widths).len() != 1 => {
                faults.push("rows differ".to_owned());
            }
            _ => {}
        }
    }
    faults
}

/// What is wrong with what a command printed.
fn harm_printed(printed: &str, format: &str) -> Vec<String> {
    let mut faults = unfit_for_a_log(printed, format);
    faults.extend(misread(printed, format));
    faults
}

/// The workspace that holds every short text in every place, on the disk.
fn every_short_text() -> TempDir {
    let folder = TempDir::new().unwrap();
    let short: Vec<String> = texts().into_iter().filter(|text| text.len() < 200).collect();
    write(&every_place(&short), folder.path());
    folder
}

/// How a command ends on the workspace in `folder`, and what it prints on each stream.
fn printed(folder: &Path, args: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_milepost")).arg("--root").arg(folder).args(args).output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn every_text_stays_a_text_in_what_commands_print() {
    let folder = every_short_text();
    let mut faults = Vec::new();
    let judged = TempDir::new().unwrap();
    for (n, (args, formats)) in COMMANDS.iter().enumerate() {
        for format in *formats {
            let (code, result, remarks) = printed(folder.path(), &[args, &["--format", format][..]].concat());
            let ended = code.is_some_and(|code| code <= 1) && !result.is_empty();
            let mut told = if ended { harm_printed(&result, format) } else { vec![format!("{code:?} {remarks}")] };
            told.extend(unfit_for_a_log(&remarks, "text"));
            faults.extend(told.into_iter().map(|fault| format!("{args:?} {format}: {fault}")));
            let ending = if *format == "markdown" { "md" } else { format };
            fs::write(judged.path().join(format!("{n}-{}.{ending}", args[0])), result).unwrap();
        }
    }
    for args in MISSED {
        let (code, result, remarks) = printed(folder.path(), args);
        let mut told = unfit_for_a_log(&(result + &remarks), "text");
        // Warnings about the workspace stand before it.
        let is_one_line = remarks.lines().last().is_some_and(|line| line.starts_with("error: "));
        if code.is_none_or(|code| code != 2) || !is_one_line {
            told.push(format!("{code:?} {remarks}"));
        }
        faults.extend(told.into_iter().map(|fault| format!("{args:?}: {fault}")));
    }
    // What editors, a new quarter, a seal and a report are told by.
    for args in
        [&["schema"][..], &["schema", "profile.toml"], &["quarter", "2026-Q4"], &["seal", "2026-Q3"], &["verify"]]
    {
        let (_, result, remarks) = printed(folder.path(), args);
        let told = unfit_for_a_log(&(result + &remarks), "text");
        faults.extend(told.into_iter().map(|fault| format!("{args:?}: {fault}")));
    }
    faults.extend(services(judged.path()));
    assert_none(&faults);
}

#[test]
fn a_line_of_a_file_is_quoted_as_a_text() {
    let lines: BTreeSet<String> = texts().iter().flat_map(|text| text.lines()).map(str::to_owned).collect();
    // TOML takes no controls in a remark.
    let lines: Vec<String> =
        lines.into_iter().filter(|line| !line.contains(|c: char| c.is_control() && c != '\t')).collect();
    let faults = lines.par_chunks(PER_FILE - 10).flat_map_iter(|lines| {
        let mut files = every_place(&["Plain words".to_owned()]);
        let answer = |(n, line): (usize, &String)| format!("[\"P.A-{n}\"]\nlevel = 1\nwrong = 1 # {line}\n");
        files.insert("content/2026-Q3/one/all.toml".to_owned(), lines.iter().enumerate().map(answer).collect());
        let (workspace, checked) = checked(&files);
        assert!(checked.diagnostics.len() >= lines.len());
        misprinted(&checked.diagnostics, &workspace)
    });
    assert_none(&faults.collect::<Vec<_>>());
}

#[test]
fn what_people_read_is_never_longer_than_they_read() {
    let folder = TempDir::new().unwrap();
    write(&every_place(&["W".repeat(100_000)]), folder.path());
    for (args, formats) in COMMANDS {
        for format in formats.iter().filter(|format| ["text", "markdown", "github"].contains(format)) {
            let (_, result, remarks) = printed(folder.path(), &[args, &["--format", format][..]].concat());
            let longest = (result + &remarks).lines().map(|line| line.chars().count()).max();
            assert!(longest.is_some_and(|longest| longest < 5_000), "{args:?} {format}: {longest:?}");
        }
    }
}

/// Every way in which a formula can begin behind up to three separators, blanks and quotes.
fn starts() -> Vec<String> {
    let parts = [",", ";", "\t", "|", " ", ":", "\n", "\r", "\"", "'", "\u{a0}", "x"];
    let mut starts = vec![String::new()];
    for length in 0..3 {
        let longest: Vec<String> = starts.iter().filter(|start| start.chars().count() == length).cloned().collect();
        starts.extend(longest.iter().flat_map(|start| parts.map(|part| format!("{start}{part}"))));
    }
    starts
}

#[test]
fn no_cell_is_a_formula_wherever_a_line_is_split() {
    let ends = ["=1+41", "=1+41;\"", "=1+41\",\"", "= 1+41", "=\u{a0}1+41"];
    let texts: Vec<String> = starts().iter().flat_map(|start| ends.map(|end| format!("{start}{end}"))).collect();
    let signs: Vec<String> =
        texts.iter().flat_map(|text| ["+", "-", "@", "＝"].map(|sign| text.replace('=', sign))).collect();
    let sheet = |texts: &[String]| {
        let rows = texts.iter().map(|text| vec![text.clone(), "x".to_owned(), text.clone()]);
        border::csv::sheet(&["a", "b", "c"], rows)
    };
    let (equals, others) = (sheet(&texts), sheet(&signs));
    let folder = every_short_text();
    let assessment = check::check(&workspace::load(folder.path())).assessment.unwrap();
    let scored = milepost::score::score(assessment);
    let evidence = milepost::export::csv::evidence(scored.newest());
    let scores = printed(folder.path(), &["score", "--format", "csv"]).1;
    let gaps = printed(folder.path(), &["gaps", "--format", "csv"]).1;
    let files: [(&str, &str); 5] =
        [("equals", &equals), ("others", &others), ("scores", &scores), ("gaps", &gaps), ("evidence", &evidence)];
    let mut faults: Vec<String> = files
        .par_iter()
        .flat_map_iter(|(name, text)| formulas(text).into_iter().map(move |fault| format!("{name}: {fault}")))
        .collect();
    faults.extend(formulas_in_libreoffice(&files));
    assert_none(&faults);
}

/// What texts that try to be more are made of.
const PARTS: &[&str] = &[
    "=", "+", "-", "@", ",", ";", "|", ":", "::", " ", "\t", "\n", "\r", "\"", "'", "\u{a0}", "\u{2028}", "1", "x",
    "error", "#", "##", "[", "]", "(", ")", "]\u{28}", "{", "}", "<", ">", "&", "!", "\\", "`", "*", "_", "~", "$",
    "%", "/", ".", "www", "https", "//", "GH", "0123456", "vso", "\u{1b}", "\u{200b}", "ß",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_mixture_stays_a_text(parts in collection::vec(sample::select(PARTS), 1..12)) {
        let text = parts.concat();
        prop_assert_eq!(commands(&border::Shown::line(&text)), [""; 0]);
        prop_assert_eq!(commands(&border::json::print(&text)), [""; 0]);
        let told: String = serde_json::from_str(&border::json::print(&text)).unwrap();
        prop_assert_eq!(&told, &text);
        let sheet = border::csv::sheet(&["a", "b"], [vec![text.clone(), text.clone()], vec!["x".to_owned(), text.clone()]]);
        prop_assert_eq!(formulas(&sheet), [""; 0]);
        prop_assert_eq!(commands(&sheet), [""; 0]);
        let markdown = format!("- {}\n", border::markdown::escape(&text));
        prop_assert_eq!(live_markdown(&markdown), [""; 0], "{}", markdown);
        // A consumer takes a backslash away and has the text again; no bracket is left without one.
        let message = border::sarif::message(&text);
        prop_assert_eq!(unescaped(&message), Some(text));
    }
}

/// What a message of SARIF says; `None` where a bracket in it means more than itself.
fn unescaped(message: &str) -> Option<String> {
    let (mut text, mut chars) = (String::new(), message.chars());
    while let Some(c) = chars.next() {
        match c {
            '\\' => text.push(chars.next()?),
            '[' | ']' => return None,
            c => text.push(c),
        }
    }
    Some(text)
}

#[test]
fn cells_give_their_texts_back() {
    let texts = texts();
    let rows = texts.iter().map(|text| vec![text.clone(), "-1.5".to_owned()]);
    let sheet = border::csv::sheet(&["text", "number"], rows);
    let read: Vec<[String; 2]> =
        csv::Reader::from_reader(sheet.as_bytes()).deserialize().map(|row: Result<_, _>| row.unwrap()).collect();
    assert_eq!(read.len(), texts.len());
    // But for the apostrophes, and for the spaces that take a runner's commands apart.
    let bare = |text: &str| text.replace(['\'', ' '], "");
    for (text, [cell, number]) in texts.iter().zip(read) {
        assert_eq!((bare(&cell), number.as_str()), (bare(&milepost::base::text::line(text)), "-1.5"), "{text:?}");
    }
}

/// The workspaces that `tests/browser/run.mjs` builds and opens.
#[test]
fn workspaces_for_the_browser_are_written() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("payloads");
    let _ = fs::remove_dir_all(&folder);
    let short: Vec<String> = texts().into_iter().filter(|text| text.len() < 300).collect();
    for (n, texts) in short.chunks(4 * TOGETHER).enumerate() {
        write(&every_place(texts), &folder.join(n.to_string()));
    }
}

/// Every file of a workspace that may be anything at all.
const FILES: &[&str] = &[
    "milepost.toml",
    "controls/own/framework.toml",
    "controls/own/first.toml",
    "content/profile.toml",
    "content/2026-Q3/profile.toml",
    "content/actions.toml",
    "content/guides/own.md",
    "content/2026-Q3/quarter.toml",
    "content/2026-Q3/summary.md",
    "content/2026-Q3/seal.toml",
    "content/2026-Q3/one/all.toml",
    "content/2026-Q3/one/artifacts/a.txt",
    "themes/default/assets/brand.css",
    "themes/default/templates/base.html",
];

/// Files that are no TOML, no text, or more of it than anybody would write.
fn files() -> Vec<(String, Vec<u8>)> {
    let repeated = |part: &str, times: usize| part.repeat(times).into_bytes();
    let named: Vec<(&str, Vec<u8>)> = vec![
        (
            "bad numbers",
            b"a = 01\nb = 1__0\nc = 0x\nd = +0o7\ne = 1.\nf = .5\ng = 1e\nh = 9e999999999\ni = -0\nj = nan\n".to_vec(),
        ),
        (
            "bad dates",
            b"a = 2026-02-30\nb = 2026-13-01T00:00:00Z\nc = 24:00:00\nd = 0000-00-00\ne = 2026-1-1\n".to_vec(),
        ),
        ("bad escapes", b"a = \"\\q\"\nb = \"\\ud800\"\nc = \"\\U00110000\"\nd = \"\\x1b[31m\"\n".to_vec()),
        (
            "keys that are methods",
            b"__proto__ = 1\nconstructor = 2\n\"\" = 3\n\"a.b\" = 4\n\"<script>\" = 5\n".to_vec(),
        ),
        ("keys given twice", b"a = 1\na.b = 2\n[a]\n[a]\n[[a]]\n[a.b.c]\na = { a = 1, a = 2 }\n".to_vec()),
        ("nothing closed", b"a = [[{ b = '''x\n\"\"\"\n[[c".to_vec()),
        ("a header of 2,000 parts", format!("[{}]\n", vec!["a"; 2_000].join(".")).into_bytes()),
        ("a dotted key of 2,000 parts", format!("{} = 1\n", vec!["a"; 2_000].join(".")).into_bytes()),
        ("arrays 5,000 deep", [repeated("[", 5_000), repeated("]", 5_000)].concat()),
        (
            "tables 2,000 deep",
            [b"a = ".to_vec(), repeated("{ a = ", 2_000), b"1".to_vec(), repeated(" }", 2_000)].concat(),
        ),
        ("a key of 64 KiB", format!("\"{}\" = 1\n", "k".repeat(1 << 16)).into_bytes()),
        ("a number of 64 KiB", format!("a = {}\n", "9".repeat(1 << 16)).into_bytes()),
        ("20,000 tables", repeated("[[a]]\n", 20_000)),
        ("20,000 remarks", repeated("# \u{202e}remark\u{1b}[31m\n", 20_000)),
        ("quotes", repeated("\"", 9_999)),
        ("newlines", repeated("\n", 100_000)),
        ("carriage returns", repeated("a = 1\r", 100)),
        ("ends of lines of each kind", b"a = 1\nb = 2\r\nc = 3\rd = 4\n\rlevel = 1".to_vec()),
        ("nothing", Vec::new()),
        ("a byte order mark", b"\xef\xbb\xbf".to_vec()),
        ("two byte order marks", b"\xef\xbb\xbf\xef\xbb\xbfa = 1\n".to_vec()),
        ("NUL", b"a\0 = 1\nb = \"\0\"\n".to_vec()),
        ("half a character", b"a = \"\xf0\x9f\x9a\"\n".to_vec()),
        ("a surrogate", b"a = \"\xed\xa0\x80\xed\xb0\x80\"\n".to_vec()),
        ("an overlong slash", b"a = \"\xc0\xaf\xe0\x80\xaf\"\n".to_vec()),
        ("past the last character", b"a = \"\xf4\x90\x80\x80\xf8\x88\x80\x80\x80\"\n".to_vec()),
        ("another code page", "title = \"Stra\u{df}e\"\n".chars().map(|c| u32::from(c) as u8).collect()),
        ("UTF-16", [vec![0xff, 0xfe], "a = 1\n".encode_utf16().flat_map(u16::to_le_bytes).collect()].concat()),
        (
            "UTF-16 the other way",
            [vec![0xfe, 0xff], "a = 1\n".encode_utf16().flat_map(u16::to_be_bytes).collect()].concat(),
        ),
        ("UTF-32", "a = 1\n".chars().flat_map(|c| u32::from(c).to_le_bytes()).collect()),
        ("a packed file", b"\x1f\x8b\x08\0\0\0\0\0\0\x03PK\x03\x04\x14\0".to_vec()),
        ("every byte", (0..=255).cycle().take(4_096).collect()),
        ("a page", b"<!DOCTYPE html><script>canary()</script>".to_vec()),
        ("markup and signs", repeated("<b>[x](y)*_`|\n> - # ", 5_000)),
        (
            "template loops",
            b"{% for a in range(100000) %}{% for b in range(100000) %}{{ a }}{% endfor %}{% endfor %}".to_vec(),
        ),
        ("style that fetches", b"@import 'https://canary.example/x.css'; </style><script>canary()</script>".to_vec()),
    ];
    named.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect()
}

/// What is wrong where a file of a workspace holds these bytes.
fn harm_as_a_file(name: &str, bytes: &[u8], path: &str) -> Vec<String> {
    let folder = TempDir::new().unwrap();
    write(&every_place(&["Plain words".to_owned()]), folder.path());
    let file = folder.path().join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, bytes).unwrap();
    let mut workspace = workspace::load(folder.path());
    // Catalogs that it does not use would only be read again and again.
    workspace.files.retain(|path, _| !path.starts_with("controls/") || path.starts_with("controls/own/"));
    let checked = check::check(&workspace);
    let mut faults = misprinted(&checked.diagnostics, &workspace);
    // A theme is trusted, so only what it is made of is judged, and not what it makes.
    if checked.assessment.is_some() && !path.starts_with("themes/") {
        let files = html_judge::build(&workspace, checked);
        let told = html_judge::told(&files, &html_judge::pages(&files));
        faults.extend(told.lines().filter(|line| !line.starts_with("chart size")).map(str::to_owned));
    }
    faults.into_iter().map(|fault| format!("{name} as {path}: {fault}")).collect()
}

fn harm_of_files(files: &[(String, Vec<u8>)]) -> Vec<String> {
    let harm = |(name, bytes): &(String, Vec<u8>)| -> Vec<String> {
        FILES.iter().flat_map(|path| harm_as_a_file(name, bytes, path)).collect()
    };
    files.par_iter().flat_map(harm).collect()
}

#[test]
fn every_file_may_be_anything() {
    assert_none(&harm_of_files(&files()));
}

/// The texts that a disk takes for a name.
fn names() -> Vec<String> {
    let fits = |text: &String| text.len() < 200 && !text.contains(['/', '\0']) && text != "." && text != "..";
    texts().into_iter().filter(fits).collect()
}

/// What is said of a workspace in which folders and files of every kind have this name.
fn harm_as_a_name(name: &str) -> Vec<String> {
    let folder = TempDir::new().unwrap();
    let mut files = every_place(&["Plain words".to_owned()]);
    let paths = [
        format!("content/2026-Q3/one/{name}.toml"),
        format!("content/2026-Q3/one/artifacts/{name}"),
        format!("content/2026-Q3/{name}/all.toml"),
        format!("content/{name}/one/all.toml"),
        format!("content/guides/{name}.md"),
        format!("controls/own/{name}.toml"),
        format!("controls/{name}/framework.toml"),
        format!("themes/{name}/assets/{name}"),
    ];
    files.extend(paths.map(|path| (path, "[x]\n".to_owned())));
    write(&files, folder.path());
    let workspace = workspace::load(folder.path());
    let faults = misprinted(&check::check(&workspace).diagnostics, &workspace);
    faults.into_iter().map(|fault| format!("{name:?}: {fault}")).collect()
}

/// A workspace in which each name is that of an evidence file and of the artifact that it points to.
fn named(names: &[&String]) -> text_in_every_place::Files {
    let plain: Vec<String> = (0..names.len()).map(|n| format!("Plain words {n}")).collect();
    let mut files = every_place(&plain);
    files.remove("content/2026-Q3/one/all.toml");
    for (n, name) in names.iter().enumerate() {
        let (file, digest) = (quoted(&format!("artifacts/{name}")), workspace::sha256(b"x"));
        let item = format!("kind = \"test\", title = \"x\", date = 2026-05-01, file = {file}, sha256 = \"{digest}\"");
        let answer = format!("[\"P.A-{}\"]\nunknown = \"x\"\nevidence = [{{ {item} }}]\n", n + 1);
        files.insert(format!("content/2026-Q3/one/{name}.toml"), answer);
        files.insert(format!("content/2026-Q3/one/artifacts/{name}"), "x".to_owned());
    }
    files
}

#[test]
fn a_name_of_a_file_is_a_text_too() {
    let names = names();
    let mut faults: Vec<String> = names.par_iter().flat_map(|name| harm_as_a_name(name)).collect();
    let load = |names: &[&String]| {
        let folder = TempDir::new().unwrap();
        write(&named(names), folder.path());
        let workspace = workspace::load(folder.path());
        let checked = check::check(&workspace);
        (workspace, checked)
    };
    let (_, checked) = load(&names.iter().collect::<Vec<_>>());
    let told: BTreeSet<&str> = checked.diagnostics.iter().map(|found| &*found.place.path).collect();
    let is_told = |name: &str| told.iter().any(|path| path.contains(&*name.replace('\\', "/")));
    let taken: Vec<&String> = names.iter().filter(|name| !is_told(name)).collect();
    assert!(taken.len() > 100, "{}", taken.len());
    let (workspace, checked) = load(&taken);
    let files = html_judge::build(&workspace, checked);
    let told = html_judge::told(&files, &html_judge::pages(&files));
    faults.extend(
        told.lines().filter(|line| !line.starts_with("chart size") && !line.starts_with('{')).map(str::to_owned),
    );
    assert_none(&faults);
}

/// Every string in a document of JSON; of an object with a payload only that.
fn strings(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => drop(into.insert(text.clone())),
        Value::Array(list) => list.iter().for_each(|value| strings(value, into)),
        Value::Object(object) => match object.get("payload") {
            Some(payload) => strings(payload, into),
            None => object.values().for_each(|value| strings(value, into)),
        },
        _ => {}
    }
}

#[test]
fn a_foreign_collection_ends_no_other_way() {
    let Some(folder) = env::var_os("MILEPOST_BAD_INPUT") else { return };
    let (mut texts, mut files) = (BTreeSet::new(), Vec::new());
    for entry in
        walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file())
    {
        let bytes = fs::read(entry.path()).unwrap();
        if entry.path().extension().is_some_and(|ending| ending == "json") {
            strings(&serde_json::from_slice(&bytes).unwrap(), &mut texts);
        } else {
            files.push((entry.file_name().to_string_lossy().into_owned(), bytes));
        }
    }
    let (blank, texts): (Vec<String>, Vec<String>) = texts.into_iter().partition(|text| text.trim().is_empty());
    // What fills pages makes gigabytes of them where it stands everywhere.
    let short: Vec<String> = texts.iter().filter(|text| text.len() <= 5_000).cloned().collect();
    let mut faults = harm_of(&short);
    faults.extend(harm_of_all_in_narrow_places(&[texts, blank].concat(), 4));
    faults.extend(harm_of_files(&files));
    assert_none(&faults);
}
