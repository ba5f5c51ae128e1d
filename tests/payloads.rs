//! Texts that try to be more than text in, in every place that takes one; diagnostics or plain text out, in every output.
//!
//! With `MILEPOST_BAD_INPUT` set to a folder, what lies in it is judged too: every string of a `.json` file as a text, every
//! other file as each file of a workspace.

#![allow(clippy::unwrap_used, reason = "what a test cannot go on without may panic")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use milepost::check;
use milepost::diagnostic::{self, Colour, Diagnostic, Format};
use milepost::text::inert;
use milepost::workspace::{self, Workspace};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use rayon::prelude::*;
use scraper::Html;
use serde_json::Value;
use tempfile::TempDir;

use self::judge::{Page, words};
use self::places::{NARROW, Narrow, checked, every_place, narrow, on_disk};
use self::texts::texts;

mod judge;
#[path = "payloads/places.rs"]
mod places;
#[path = "payloads/texts.rs"]
mod texts;

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

/// What is wrong with these diagnostics as they are printed, in any format.
fn misprinted(found: &[Diagnostic], workspace: &Workspace) -> Vec<String> {
    let print = |format| diagnostic::print(found, workspace, format, Colour::Plain);
    let mut faults = Vec::new();
    for format in [Format::Text, Format::Json, Format::Sarif, Format::Github] {
        let printed = print(format);
        faults.extend(unprintable(&printed).into_iter().map(|fault| format!("{format:?}: {fault}")));
        if matches!(format, Format::Json | Format::Sarif) && serde_json::from_str::<Value>(&printed).is_err() {
            faults.push(format!("{format:?}: no JSON"));
        }
    }
    let commands = ["::error file=", "::warning file=", "::notice file="];
    let github = print(Format::Github);
    let lines: Vec<&str> = github.split(['\n', '\r']).filter(|line| !line.is_empty()).collect();
    if lines.len() != found.len() || !lines.iter().all(|line| commands.iter().any(|command| line.starts_with(command)))
    {
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
        let printed = diagnostic::print(&checked.diagnostics, &workspace, Format::Text, Colour::Plain);
        return vec![format!("refused: {printed}")];
    }
    let files = judge::build(&workspace, checked);
    let pages = judge::pages(&files);
    let told = judge::told(&files, &pages);
    // What is long makes long charts; the last line counts.
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
    let pages = judge::pages(&judge::build(&workspace, checked));
    let known = vocabulary(&pages);
    let together: Vec<&[String]> = texts.chunks(TOGETHER).filter(|texts| !harm(texts, &known).is_empty()).collect();
    // One by one they tell which of them it was; together they may do what none does alone.
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
fn harm_in_narrow_places(plain: &places::Files, known: &judge::Files, text: &str, places: Vec<Narrow>) -> Vec<String> {
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
            let files = judge::build(&workspace, checked);
            // A glob that nothing is found by changes no page.
            let told = if files == *known { String::new() } else { judge::judge(&files) };
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
    let known = judge::build(&workspace, checked);
    let places = |n: usize| NARROW.iter().skip(n % share).step_by(share).copied().collect();
    let harm = |(n, text): (usize, &String)| harm_in_narrow_places(&plain, &known, text, places(n));
    texts.par_iter().enumerate().flat_map(harm).collect()
}

#[test]
fn where_only_some_texts_are_taken_others_are_refused_in_words() {
    assert_none(&harm_of_all_in_narrow_places(&texts(), 4));
}

/// Every command that prints what a workspace holds, and the formats in which it does.
const COMMANDS: &[(&[&str], &[&str])] = &[
    (&["check"], &["text", "json", "sarif", "github"]),
    (&["score"], &["text", "json", "csv", "markdown"]),
    (&["score", "--function", "P"], &["text", "json", "csv", "markdown"]),
    (&["score", "--team", "one"], &["text", "json", "csv", "markdown"]),
    (&["gaps", "--all"], &["text", "json", "csv", "markdown"]),
    (&["explain", "P.A-1"], &["text", "json"]),
    (&["explain", "P.A-2", "--team", "one"], &["text", "json"]),
    (&["diff"], &["text", "json", "markdown"]),
    (&["gate"], &["text", "json", "markdown", "sarif"]),
    (&["verify"], &["text", "json"]),
];

/// What is wrong with a table of Markdown: markup of an author's, or a row that is not as long as its head.
fn live_markdown(text: &str) -> Vec<String> {
    let (mut faults, mut cells, mut widths) = (Vec::new(), 0, BTreeSet::new());
    for event in Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::Link { .. } | Tag::Image { .. }) => {
                faults.push(format!("{event:?}"));
            }
            Event::Start(Tag::TableCell) => cells += 1,
            Event::End(TagEnd::TableHead | TagEnd::TableRow) => drop(widths.insert(std::mem::take(&mut cells))),
            Event::End(TagEnd::Table) if std::mem::take(&mut widths).len() != 1 => {
                faults.push("rows differ".to_owned())
            }
            _ => {}
        }
    }
    faults
}

/// What is wrong with what a command printed.
fn harm_printed(printed: &str, format: &str) -> Vec<String> {
    let mut faults = unprintable(printed);
    match format {
        "json" | "sarif" if serde_json::from_str::<Value>(printed).is_err() => faults.push("no JSON".to_owned()),
        "csv" => faults.extend(judge::formulas_in(printed.as_bytes())),
        "markdown" => faults.extend(live_markdown(printed)),
        "github" => {
            let other = printed.split(['\n', '\r']).filter(|line| !line.is_empty() && !line.starts_with("::"));
            faults.extend(other.map(|line| format!("no command: {line:?}")));
        }
        _ => {}
    }
    faults
}

#[test]
fn every_text_stays_a_text_in_what_commands_print() {
    let folder = TempDir::new().unwrap();
    let short: Vec<String> = texts().into_iter().filter(|text| text.len() < 200).collect();
    on_disk(&every_place(&short), &folder);
    let mut faults = Vec::new();
    for (args, formats) in COMMANDS {
        for format in *formats {
            let mut command = Command::new(env!("CARGO_BIN_EXE_milepost"));
            let output =
                command.arg("--root").arg(folder.path()).args(*args).args(["--format", format]).output().unwrap();
            let (result, remarks) =
                (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
            let ended = output.status.code().is_some_and(|code| code <= 1) && !result.is_empty();
            let told =
                if ended { harm_printed(&result, format) } else { vec![format!("{:?} {remarks}", output.status)] };
            faults.extend(
                told.into_iter().chain(unprintable(&remarks)).map(|fault| format!("{args:?} {format}: {fault}")),
            );
        }
    }
    assert_none(&faults);
}
