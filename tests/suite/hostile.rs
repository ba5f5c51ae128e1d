//! Tests inputs that are made to break a parser or to mislead a reader: no crash, no hang, no text of a stranger.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use milepost::base::text::is_deceptive;
use milepost::check;
use milepost::diagnostic::{self, Colour, DiagnosticFormat, IN_ALL, PER_FILE};
use milepost::load::workspace;
use rayon::prelude::*;
use serde_json::Value;
use tempfile::TempDir;
use walkdir::WalkDir;

use self::shapes::{Files, Shape, shapes};

#[path = "../../benches/hostile/shapes.rs"]
mod shapes;

const EVIDENCE: &str = "content/2026-Q3/payments/protect.toml";
const CONFIG: &str = "[report]\ntitle = \"T\"\n\n[[team]]\nid = \"payments\"\nname = \"Payments\"\n";

/// A workspace with these files beside its `milepost.toml`.
fn workspace_with(files: &[(&str, &[u8])]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (path, bytes) in [("milepost.toml", CONFIG.as_bytes())].iter().chain(files) {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

/// Runs the program; the exit code, which a signal has none of, and all that it said.
fn run(folder: &Path, args: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_milepost")).arg("--root").arg(folder).args(args).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code().unwrap_or_else(|| panic!("{args:?} ended by {:?}", output.status)), said)
}

#[test]
fn depth_ends_in_words_and_never_in_a_crash() {
    let deep = 100_000;
    let texts = [
        format!("x = {}", "[".repeat(deep)),
        format!("x = {}1{}", "[".repeat(deep), "]".repeat(deep)),
        format!("x = {}", "{a=".repeat(deep)),
        format!("{} = 1", vec!["a"; deep].join(".")),
        format!("[{}]", vec!["a"; deep].join(".")),
        format!("x = {}1", "-".repeat(deep)),
    ];
    for text in &texts {
        for path in [EVIDENCE, "content/profile.toml", "content/actions.toml"] {
            let folder = workspace_with(&[(EVIDENCE, b"[PR.DS-11]\nlevel = 1\n"), (path, text.as_bytes())]);
            let (code, said) = run(folder.path(), &["check"]);
            assert!(code == 1 && said.contains("error["), "{path}: {code} {}", &said[..said.len().min(300)]);
        }
    }
    for mark in [">", "- ", "[", "*", "`", "![", "<", "&", "| "] {
        let note = mark.repeat(deep);
        let text = format!("[PR.DS-11]\nlevel = 1\nnote = '''\n{note}\n'''\n");
        let folder = workspace_with(&[(EVIDENCE, text.as_bytes()), ("content/2026-Q3/summary.md", note.as_bytes())]);
        let out = folder.path().join("site");
        let (code, said) = run(folder.path(), &["build", "--out", out.to_str().unwrap()]);
        assert!(code <= 1, "{mark:?}: {code} {}", &said[..said.len().min(300)]);
    }
}

#[test]
fn links_that_lead_in_circles_end_at_once_and_lead_nowhere() {
    let folder = workspace_with(&[(EVIDENCE, b"[PR.DS-11]\nlevel = 1\n")]);
    let team = folder.path().join("content/2026-Q3/payments");
    for (name, to) in [("l0", "."), ("l1", "."), ("up", "../../.."), ("etc", "/etc"), ("gone", "nowhere")] {
        symlink(to, team.join(name)).unwrap();
    }
    symlink("/etc/passwd", team.join("passwd.toml")).unwrap();
    let workspace = workspace::load(folder.path());
    let linked: Vec<&String> =
        workspace.files.keys().filter(|path| path.contains("/etc/") || path.contains("l0/")).collect();
    assert!(linked.is_empty(), "{linked:?}");
    let (code, said) = run(folder.path(), &["check"]);
    assert!(code == 1 && said.contains("error[symbolic-link]") && !said.contains("root:x:"), "{said}");
}

#[test]
fn an_unprintable_word_of_a_file_is_a_plain_text_in_every_format() {
    let escaped = "[PR.DS-11]\nlevel = 1\n\"\\u001b[31m\\u202e\" = 1\n\"\\u0085\" = \"\\u009b\"\n";
    let bare = "[PR.DS-11]\nlevel = 1 # \u{200f}\u{61c}\nlevle = \"\u{200e}\u{9b}31m\u{202e}\" # \u{ffff}\u{7f}\u{8}\n";
    for text in [escaped.as_bytes(), bare.as_bytes(), b"[PR.DS-\xc2\x92\xff]\nlevel = 1\n"] {
        let folder = workspace_with(&[(EVIDENCE, text)]);
        for format in ["text", "json", "sarif", "github", "gitlab", "junit"] {
            let (code, said) = run(folder.path(), &["check", "--format", format]);
            assert!(code == 1 && said.contains("payments/protect.toml"), "{format}: {said:?}");
            assert!(!said.contains(is_deceptive), "{format}: {said:?}");
        }
    }
}

#[test]
fn an_unprintable_name_is_a_diagnostic_or_a_plain_text() {
    for name in ["\u{1b}[31mred.toml", "a\u{202e}lmot.toml", "::error file=x::.toml", "CON.toml", "%2e%2e.toml"] {
        let path: PathBuf = Path::new("content/2026-Q3/payments").join(name);
        let folder = workspace_with(&[(EVIDENCE, b""), (path.to_str().unwrap(), b"[PR.DS-11]\nlevel = 9\n")]);
        for format in ["text", "json", "sarif", "github", "gitlab", "junit"] {
            let (code, said) = run(folder.path(), &["check", "--format", format]);
            assert_eq!(code, 1, "{name:?}");
            let bare = said.chars().any(|c| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c));
            assert!(!bare, "{name:?} in {format}: {said:?}");
        }
    }
}

/// The workspace of these files, and nothing else.
fn workspace_of(files: &Files) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// The number in `and 9,900 more in …`.
fn untold(message: &str) -> usize {
    let digits: String = message.split(' ').nth(1).unwrap().chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap()
}

/// What is wrong with how a workspace is told of, and how many bytes the longest format takes.
fn told(files: &Files) -> (Vec<String>, usize) {
    let folder = workspace_of(files);
    let workspace = workspace::load(folder.path());
    let found = check::check(&workspace).diagnostics;
    let print = |format| diagnostic::print(&found, &workspace, format, Colour::Plain);
    let formats = [
        DiagnosticFormat::Text,
        DiagnosticFormat::Json,
        DiagnosticFormat::Sarif,
        DiagnosticFormat::Github,
        DiagnosticFormat::Gitlab,
        DiagnosticFormat::Junit,
    ];
    let [text, json, sarif, github, gitlab, junit] = formats.map(print);
    let rows: Vec<Value> = serde_json::from_str(&json).unwrap();
    let (more, rows): (Vec<&Value>, Vec<&Value>) = rows.iter().partition(|row| row["code"] == "and-more");
    let mut of_file: BTreeMap<&str, usize> = BTreeMap::new();
    rows.iter().for_each(|row| *of_file.entry(row["path"].as_str().unwrap()).or_default() += 1);
    let counted = rows.len() + more.iter().map(|row| untold(row["message"].as_str().unwrap())).sum::<usize>();
    let log: Value = serde_json::from_str(&sarif).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap().len();
    let headings = text.lines().filter(|line| ["error[", "warning["].iter().any(|word| line.starts_with(word))).count();
    let commands = github.lines().filter(|line| ["::error ", "::warning "].iter().any(|word| line.starts_with(word)));
    let issues: Vec<Value> = serde_json::from_str(&gitlab).unwrap();
    let issues = issues.iter().filter(|issue| issue["check_name"] != "and-more").count();
    let cases = junit.matches("<failure type=\"error\"").count() + junit.matches("<failure type=\"warning\"").count();
    let rules = [
        (of_file.values().all(|count| *count <= PER_FILE), "more of a file are told than may be"),
        (rows.len() <= IN_ALL, "more are told in all than may be"),
        (counted == found.len(), "not all are counted"),
        (
            [results, headings, commands.count(), issues, cases].iter().all(|told| *told == rows.len()),
            "the formats tell of different ones",
        ),
    ];
    let broken = rules.into_iter().filter(|(kept, _)| !kept).map(|(_, rule)| rule.to_owned());
    (
        broken.collect(),
        [text, json, sarif, github, gitlab, junit].map(|printed| printed.len()).into_iter().max().unwrap(),
    )
}

#[test]
fn what_is_repeated_without_end_is_told_up_to_a_limit() {
    let judge = |shape: &Shape| -> Vec<String> {
        let [(_, half), (mut broken, whole)] = [16 << 10, 32 << 10].map(|bytes| told(&shapes::workspace(shape, bytes)));
        // A thousand are some two megabytes, and where there are fewer, as many as twice before.
        if whole > 3_000_000 || whole > 22 * half / 10 {
            broken.push(format!("{half} bytes are printed, and {whole} where the input is twice as large"));
        }
        broken.into_iter().map(|fault| format!("{}: {fault}", shape.name)).collect()
    };
    let faults: Vec<String> = shapes().par_iter().flat_map_iter(judge).collect();
    assert_eq!(faults, [""; 0]);
}

#[test]
fn ten_thousand_mistakes_are_a_hundred_and_a_number() {
    let items = "{kind=1},".repeat(10_000);
    let text = format!("[PR.DS-11]\nlevel = 3\nevidence = [{items}]\n");
    let folder = workspace_with(&[(EVIDENCE, text.as_bytes())]);
    for (format, told) in [
        ("text", "error["),
        ("json", "\"severity\": \"error\""),
        ("sarif", "\"ruleId\""),
        ("github", "::error "),
        ("gitlab", "\"severity\": \"major\""),
        ("junit", "<failure type=\"error\""),
    ] {
        let (code, said) = run(folder.path(), &["check", "--format", format]);
        assert_eq!((code, said.matches(told).count()), (1, PER_FILE), "{format}");
        assert!(said.contains("and 29,900 more in "), "{format}");
        assert!(said.len() < 1_000_000, "{format}: {}", said.len());
    }
    let (code, said) = run(folder.path(), &["score"]);
    assert!(code == 1 && said.ends_with("30,000 errors; 100 of them are shown\n"), "{}", &said[said.len() - 200..]);
}

#[test]
fn an_environment_cannot_hold_it_up() {
    let folder = workspace_with(&[(EVIDENCE, b"[PR.DS-11]\nlevel = 1\n")]);
    let check = |name: &str, value: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_milepost"));
        let output = command.arg("--root").arg(folder.path()).arg("check").env(name, value).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    for name in [
        "RAYON_NUM_THREADS",
        "RAYON_RS_NUM_CPUS",
        "TOKIO_WORKER_THREADS",
        "COLUMNS",
        "LINES",
        "TERM",
        "TZ",
        "RUST_BACKTRACE",
    ] {
        for value in ["", "0", "-1", "1", "100000", "18446744073709551615", "1e9", "\u{1b}[31m"] {
            let (code, said) = check(name, value);
            assert!(code == Some(0) && said.contains("no mistakes in 1 quarter"), "{name}={value}: {code:?} {said}");
        }
    }
    let (code, said) = check("RUST_MIN_STACK", "18446744073709551615");
    assert!(
        code == Some(2) && said.starts_with("error: RUST_MIN_STACK asks for ") && said.lines().count() == 1,
        "{said}"
    );
}

/// `row` so often, each time with its number.
fn rows(count: usize, row: &str) -> String {
    (0..count).map(|number| row.replace('#', &number.to_string())).collect()
}

/// What is said of the ground with `text` at the end of one of its files.
fn said_of(path: &str, text: &str) -> String {
    let mut files = shapes::ground();
    match files.iter_mut().find(|(own, _)| own == path) {
        Some((_, own)) => *own += text,
        None => files.push((path.to_owned(), text.to_owned())),
    }
    run(workspace_of(&files).path(), &["check"]).1
}

#[test]
fn what_is_multiplied_is_refused_in_words() {
    const CATALOG: &str = "controls/small/safe.toml";
    let control = "\n[[category.control]]\nid = \"SA.A-1#\"\ntitle = \"T\"\noutcome = \"O\"\n";
    let lent = |count: usize| {
        let facts = |letter: char, count| rows(count, &format!("{letter}# = \"date\", "));
        let lender = |number: &str, facts: String| format!("{}facts = {{ {facts} }}\n", control.replace('#', number));
        let borrower =
            control.replace('#', "3") + "facts = { own = \"date\" }\nfacts_from = [\"SA.A-11\", \"SA.A-12\"]\n";
        lender("1", facts('a', 50)) + &lender("2", facts('b', count - 51)) + &borrower
    };
    let team = "[[team]]\nid = \"t#\"\nname = \"T\"\n";
    let table = |table: &str, row: &str, end: &str| {
        let (table, row, end) = (table.to_owned(), row.to_owned(), end.to_owned());
        move |count: usize| format!("\n{table}{}{end}\n", rows(count, &row))
    };
    type Text<'a> = Box<dyn Fn(usize) -> String + 'a>;
    let limits: [(&str, &str, usize, Text<'_>); 6] = [
        ("milepost.toml", "at most 1000 are read", 999, Box::new(table("", team, ""))),
        (
            "milepost.toml",
            "at most 50 are read",
            50,
            Box::new(table("[files]\nevidence = [", "\"content/*/*/#*.toml\", ", "]")),
        ),
        (
            "milepost.toml",
            "at most 100 are asked",
            100,
            Box::new(table("[evidence]\nneeds = [", "{ from = 3, any_of = [\"test\"] }, ", "]")),
        ),
        ("milepost.toml", "at most 20 dimensions", 20, Box::new(table("[scale.dimensions]\n", "d# = 1\n", ""))),
        (
            CATALOG,
            "at most 100 facts",
            100,
            Box::new(table(&(control.to_owned() + "facts = { "), "f# = \"date\", ", "}")),
        ),
        (CATALOG, "more than 100 facts", 100, Box::new(lent)),
    ];
    for (path, words, most, text) in limits {
        assert!(!said_of(path, &text(most)).contains(words), "{words}: {}", said_of(path, &text(most)));
        assert!(said_of(path, &text(most + 1)).contains(words), "{words}: {}", said_of(path, &text(most + 1)));
    }
    // The facts of what is not read any more may be in a criterion.
    let unread = control.replace('#', "4") + "facts = { unread = \"date\" }\n";
    let criterion = "\"SA.A-12\", \"SA.A-14\"]\ncriteria = [{ level = 3, require = { unread = \"< 9d\" } }]";
    let said = said_of(CATALOG, &(unread + &lent(101).replace("\"SA.A-12\"]", criterion)));
    assert!(said.contains("more than 100 facts") && !said.contains("no fact is called"), "{said}");
    let mut files = shapes::ground();
    for (path, text) in &mut files {
        *text += &match path.as_str() {
            "milepost.toml" => rows(999, team),
            CATALOG => rows(999, control),
            _ => String::new(),
        };
    }
    let (code, said) = run(workspace_of(&files).path(), &["check"]);
    let words = "1,000 teams, 1,001 controls and 2 quarters make 2,002,000 answers, and at most 2,000,000 are held";
    assert!(code == 1 && said.contains(words), "{said}");
}

/// Each page of a map looks at all of it, and each count at a whole file.
#[test]
fn maps_to_other_catalogs_and_of_result_files_have_a_bound() {
    let mapping = |count| {
        let head = "id = \"m\"\ntitle = \"M\"\nversion = \"1\"\nauthority = \"A\"\nof = \"small\"\n";
        format!("{head}[map.\"SA.A-01\"]\nequal = [{}]\n", rows(count, "\"i#\", "))
    };
    let map = |count| {
        let head = "format = \"json\"\ntitle = \"T\"\nkind = \"test\"\n[counts]\n";
        format!("{head}{}", rows(count, "c# = { count = \"$\" }\n"))
    };
    let refused = |path, text: String, words| said_of(path, &text).contains(words);
    assert!(!refused("mappings/m.toml", mapping(20_000), "at most 20,000 are read"));
    assert!(refused("mappings/m.toml", mapping(20_001), "at most 20,000 are read"));
    assert!(!refused("maps/m.toml", map(100), "at most 100 are read"));
    assert!(refused("maps/m.toml", map(101), "at most 100 are read"));
}

/// The bytes of all pages of the quarter 2026-Q4, in a report of so many empty quarters up to it.
fn size_of_a_quarter(count: usize) -> u64 {
    let years = (1900..=2026).rev().flat_map(|year| (1..5).rev().map(move |number| format!("{year}-Q{number}")));
    let empty = years.take(count).map(|quarter| (format!("content/{quarter}/quarter.toml"), String::new()));
    let mut files = shapes::ground();
    files.retain(|(path, _)| !path.starts_with("content/"));
    files.extend(empty);
    let folder = workspace_of(&files);
    let out = folder.path().join("site");
    let (code, said) = run(folder.path(), &["build", "--out", out.to_str().unwrap()]);
    assert_eq!(code, 0, "{said}");
    let pages =
        WalkDir::new(out.join("2026-Q4")).into_iter().map(Result::unwrap).filter(|found| found.file_type().is_file());
    pages.map(|page| page.metadata().unwrap().len()).sum()
}

#[test]
fn pages_of_a_quarter_do_not_grow_with_the_others() {
    let [few, many] = [20, 40].map(size_of_a_quarter);
    assert!(many < few + few / 100, "{few} bytes, and {many} with twice the quarters");
}
