//! Finds what spreadsheets, CI runners and services would take for more than text.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use roxmltree::{Document, Node};
use serde_json::Value;

use crate::support::office::Office;
use crate::support::temp_workspace::{TempWorkspace, skipped};

/// Everything at which a spreadsheet can be told to split a line, one by one and mixed, as LibreOffice is told of it.
const SPLITS: &[&str] = &[
    "44",
    "59",
    "9",
    "124",
    "32",
    "58",
    "44/59",
    "44/59/9",
    "44/59/9/124/32/58",
    "59/9/32/MRG",
    "44/59/9/124/32/58/MRG",
];

/// Lines that a runner would read as commands: at their start (GitHub; `::: ` opens a line of a snippet, and no command is called
/// so), or anywhere in them (GitHub's old commands, Azure, TeamCity, GitLab).
pub(crate) fn commands(printed: &str) -> Vec<String> {
    let old = |line: &str| {
        line.match_indices("##")
            .any(|(at, _)| line[at + 2..].trim_start_matches(char::is_alphanumeric).starts_with('['))
    };
    let section = |line: &str| {
        ["section_start:", "section_end:"].iter().any(|mark| line.contains(mark)) && line.contains('\u{1b}')
    };
    let new = |line: &str| line.trim_start().starts_with("::") && !line.trim_start().starts_with("::: ");
    let lines = printed.split(['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}']);
    let live = lines.filter(|line| old(line) || section(line) || new(line));
    live.map(|line| format!("command: {:?}", line.chars().take(200).collect::<String>())).collect()
}

/// Cells that a spreadsheet would run, at whatever it splits the lines and with whatever it takes for quotes. It may pass over
/// blanks and quotes before a sign, and in some countries the wide signs count.
pub(crate) fn formulas(text: &str) -> Vec<String> {
    let signs = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    let is_number = |cell: &str| cell.parse::<f64>().is_ok_and(f64::is_finite) && !cell.ends_with('.');
    let separators = [',', ';', '\t', '|', ' ', ':'];
    let mut found = BTreeSet::new();
    for mixture in 1..1_u32 << separators.len() {
        let here = |c: char| separators.iter().position(|one| *one == c).is_some_and(|at| mixture >> at & 1 == 1);
        for cell in text.split(|c: char| c == '\n' || c == '\r' || here(c)) {
            let cell = cell.trim_matches(|c: char| c.is_whitespace() || c == '"');
            let live = cell.trim_start_matches(|c: char| c.is_whitespace() || c == '"').starts_with(signs);
            if live && !is_number(cell) && cell.chars().count() > 1 {
                found.insert(cell.chars().take(60).collect::<String>());
            }
        }
    }
    found.into_iter().map(|cell| format!("formula: {cell:?}")).collect()
}

/// A judge that is a program of its own; where it is not there it is said, and where `MILEPOST_JUDGES` asks for all it is a fault.
pub(crate) fn absent(judge: &str, package: &str) {
    assert!(env::var_os("MILEPOST_JUDGES").is_none(), "{judge} is not there: {package}");
    skipped(&format!("{judge} is not there: {package}"));
}

/// Cells that LibreOffice takes for formulas in any of these files, at whatever it is told to split a line.
pub(crate) fn formulas_in_libreoffice(files: &[(&str, &str)]) -> Vec<String> {
    let Some(office) = Office::found() else { return Vec::new() };
    let temp = TempWorkspace::empty();
    for (name, text) in files {
        temp.put(format!("{name}.csv"), text);
    }
    let mut faults = Vec::new();
    for splits in SPLITS {
        let first: u8 = splits.split('/').next().unwrap().parse().unwrap();
        temp.put("proof.csv", format!("a{}=1+41\n", char::from(first)));
        let mut command = office.in_folder(&temp);
        // Separators, quotes, UTF-8, from the first line, no formats, a language, quoted cells are not texts, special numbers are
        // seen, and formulas are worked out.
        let reader = format!("--infilter=CSV:{splits},34,76,1,,1033,false,true,false,false,false,0,true");
        command.args([reader.as_str(), "--convert-to", "fods", "--outdir", "sheets", "proof.csv"]);
        command.args(files.iter().map(|(name, _)| format!("{name}.csv")));
        let output = command.output().unwrap();
        let sheet = |name: &str| fs::read_to_string(temp.path(format!("sheets/{name}.fods")));
        let proof = sheet("proof").unwrap_or_else(|_| panic!("LibreOffice made no sheet: {output:?}"));
        assert!(
            proof.contains("table:formula=\"of:=1+41\" office:value-type=\"float\" office:value=\"42\""),
            "{splits}: no judge"
        );
        for (name, _) in files {
            let sheet = sheet(name).unwrap();
            let cells = sheet.split("table:formula=\"").skip(1).map(|cell| cell.split('"').next().unwrap_or_default());
            faults.extend(cells.map(|cell| format!("{name} split at {splits}: {cell}")));
            fs::remove_file(temp.path(format!("sheets/{name}.fods"))).unwrap();
        }
    }
    faults
}

/// What GitHub and GitLab would make of these files (`.md`), and what breaks SARIF's schema or its 3.11.6 in them (`.sarif`):
/// tests/browser/services.mjs knows.
pub(crate) fn services(folder: &Path) -> Vec<String> {
    let browser = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
    if !browser.join("node_modules/remark-github").is_dir() {
        absent("remark", "run tests/browser/packages.sh");
        return Vec::new();
    }
    let output = Command::new("node").arg(browser.join("services.mjs")).arg(folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "no judge: {said}");
    said.lines().map(str::to_owned).collect()
}

/// An element of JUnit XML: its attributes, those that it must have, and the elements that may stand in it.
type Junit = (&'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str]);

/// What of the schema of Jenkins' xUnit plugin (`junit-10.xsd`) is needed here; an element that is not listed is refused.
const JUNIT: &[Junit] = &[
    ("testsuites", &["name", "time", "tests", "failures", "errors"], &[], &["testsuite"]),
    (
        "testsuite",
        &[
            "name",
            "tests",
            "failures",
            "errors",
            "skipped",
            "group",
            "time",
            "timestamp",
            "hostname",
            "id",
            "package",
            "file",
        ],
        &["name", "tests", "failures", "errors"],
        &["testsuite", "testcase", "properties", "system-out", "system-err"],
    ),
    (
        "testcase",
        &["name", "time", "classname", "group"],
        &["name"],
        &["skipped", "error", "failure", "system-out", "system-err"],
    ),
    ("failure", &["type", "message"], &[], &[]),
    ("error", &["type", "message"], &[], &[]),
    ("skipped", &["type", "message"], &[], &[]),
    ("system-out", &[], &[], &[]),
];

/// What breaks the rules of JUnit XML in `text`, or misleads its readers: a sum that is wrong, or two cases that are one to GitLab.
pub(crate) fn junit(text: &str) -> Vec<String> {
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => return vec![format!("no XML: {error}")],
    };
    let mut faults = Vec::new();
    if document.root_element().tag_name().name() != "testsuites" {
        faults.push("the root is no testsuites".to_owned());
    }
    for node in document.descendants().filter(Node::is_element) {
        let name = node.tag_name().name();
        let Some((_, allowed, required, inside)) = JUNIT.iter().find(|(known, ..)| *known == name) else {
            faults.push(format!("no element {name}"));
            continue;
        };
        faults.extend(
            node.attributes()
                .map(|one| one.name())
                .filter(|one| !allowed.contains(one))
                .map(|one| format!("{name}: {one}")),
        );
        faults.extend(
            required.iter().filter(|one| !node.has_attribute(**one)).map(|one| format!("{name} without {one}")),
        );
        let wrong = node.children().filter(|child| {
            let is_text =
                child.is_text() && !inside.is_empty() && child.text().is_some_and(|text| !text.trim().is_empty());
            is_text || (child.is_element() && !inside.contains(&child.tag_name().name()))
        });
        faults.extend(wrong.map(|child| format!("in {name}: {child:?}")));
        let below = |wanted: &str| node.descendants().filter(|node| node.has_tag_name(wanted)).count();
        for (count, of) in [("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")]
        {
            let said = node.attribute(count).filter(|_| name.starts_with("testsuite"));
            faults.extend(
                said.filter(|said| *said != below(of).to_string()).map(|said| format!("{name}: {count} {said}")),
            );
        }
    }
    let mut seen = BTreeSet::new();
    for case in document.descendants().filter(|node| node.has_tag_name("testcase")) {
        let key = [case.attribute("classname"), case.attribute("name")];
        if !seen.insert(key) {
            faults.push(format!("twice: {key:?}"));
        }
        if case.children().filter(Node::is_element).count() > 1 {
            faults.push(format!("two outcomes: {key:?}"));
        }
    }
    faults
}

/// What breaks the rules of GitLab's code quality report in `text`: the keys that it needs, the words for severities, fingerprints
/// that tell issues apart, and paths as the repository has them.
pub(crate) fn gitlab(text: &str) -> Vec<String> {
    let Ok(Value::Array(issues)) = serde_json::from_str::<Value>(text) else { return vec!["no JSON array".to_owned()] };
    let (mut faults, mut fingerprints) = (Vec::new(), BTreeSet::new());
    for issue in &issues {
        let text = |key: &str| issue[key].as_str().unwrap_or_default();
        let path = issue["location"]["path"].as_str().unwrap_or_default();
        let rules = [
            (!text("description").trim().is_empty(), "description"),
            (!text("check_name").is_empty(), "check_name"),
            (["info", "minor", "major", "critical", "blocker"].contains(&text("severity")), "severity"),
            (text("fingerprint").len() == 64 && fingerprints.insert(text("fingerprint")), "fingerprint"),
            (!path.is_empty() && !path.starts_with("./"), "path"),
            (issue["location"]["lines"]["begin"].as_u64().is_some_and(|line| line >= 1), "line"),
        ];
        faults.extend(rules.into_iter().filter(|(kept, _)| !kept).map(|(_, rule)| format!("{rule}: {issue}")));
    }
    faults
}

#[test]
fn the_judges_of_reports_see_what_is_wrong() {
    let suite = |inside: &str, tests: u32| {
        format!(
            "<testsuites><testsuite name='a' tests='{tests}' failures='0' errors='0'>{inside}</testsuite></testsuites>"
        )
    };
    assert_eq!(junit(&suite("<testcase name='b' classname='a'/>", 1)), [""; 0]);
    for wrong in [
        "<testsuites>".to_owned(),
        "<testsuites>\u{1b}</testsuites>".to_owned(),
        "<testsuite name='a' tests='0' failures='0' errors='0'/>".to_owned(),
        "<testsuites><testsuite name='a' tests='0' errors='0'/></testsuites>".to_owned(),
        suite("<testcase name='b'/>", 2),
        suite("<testcase name='b'/><testcase name='b'/>", 2),
        suite("<testcase name='b' line='1'/>", 1),
        suite("<testcase/>", 1),
        suite("<testcase name='b'>text</testcase>", 1),
        suite("<testcase name='b'><failure/></testcase>", 1),
        suite("<testcase name='b'><script/></testcase>", 1),
    ] {
        assert_ne!(junit(&wrong), [""; 0], "{wrong}");
    }
    let issue = |fingerprint: &str, severity: &str, line: u32| {
        format!(
            "{{\"description\": \"a\", \"check_name\": \"b\", \"fingerprint\": \"{}\", \"severity\": \"{severity}\", \
             \"location\": {{\"path\": \"c\", \"lines\": {{\"begin\": {line}}}}}}}",
            fingerprint.repeat(64)
        )
    };
    assert_eq!(gitlab(&format!("[{}, {}]", issue("0", "info", 1), issue("1", "major", 1))), [""; 0]);
    for wrong in [
        "{}".to_owned(),
        "[{}]".to_owned(),
        format!("[{}]", issue("0", "error", 1)),
        format!("[{}]", issue("0", "info", 0)),
        format!("[{}]", issue("", "info", 1)),
        format!("[{}, {}]", issue("0", "info", 1), issue("0", "info", 2)),
    ] {
        assert_ne!(gitlab(&wrong), [""; 0], "{wrong}");
    }
}
