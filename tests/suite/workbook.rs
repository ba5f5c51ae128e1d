//! Tests the team workbook: what goes out comes back, only what a person changed changes the files, and what is no answer is refused.

use std::fs;

use milepost::check;
use milepost::exchange::grid::Row;
use milepost::exchange::workbook::{Merged, Resolve, Scope, merge, write};
use milepost::exchange::xlsx;
use milepost::load::workspace::{self, Workspace};
use milepost::model::assessment::Assessment;
use milepost::model::ids::FrameworkId;

use crate::support::filled_workbook::{Filling, Put, edited, packed, parts};
use crate::support::office::saved_by_libreoffice;
use crate::support::temp_workspace::{Run, TempWorkspace};

const CONFIG: &str = "[report]\ntitle = \"T\"\n\n[[team]]\nid = \"shore\"\nname = \"Shore & Co\"\n";
const BEFORE: &str = "content/2026-Q3/shore/protect.toml";
const PATH: &str = "content/2026-Q4/shore/protect.toml";

/// The team's answers, with comments and an order of their own.
const ANSWERS: &str = r#"# Ours. Ask the bosun.
[PR.DS-11]   # backups first
level = 2
note = "Nightly."
evidence = [
  { kind = "record", title = "Backup log", date = 2026-11-01 },   # from the vault
  { kind = "test", title = "Restore drill", covers = "2026-10-01..2026-10-20" },
]

[PR.AA-06]
not_applicable = "No rooms of ours."
approved_by = "CISO"

[PR.DS-01]
carried = true
level = 1   # to be looked at
note = "=1+1 is no formula"
"#;

/// A workspace in memory, and the team's workbook.
struct Desk {
    workspace: Workspace,
    assessment: Assessment,
    file: Vec<u8>,
}

fn workspace_of(answers: &str) -> TempWorkspace {
    let temp = TempWorkspace::empty();
    temp.put("milepost.toml", CONFIG);
    temp.put(BEFORE, "[PR.DS-01]\nlevel = 1\nnote = \"=1+1 is no formula\"\n");
    temp.put(PATH, answers);
    temp
}

impl Desk {
    fn with(answers: &str) -> Self {
        Self::at(&workspace_of(answers))
    }

    fn at(temp: &TempWorkspace) -> Self {
        let workspace = workspace::load(&temp.path(""));
        let checked = check::check(&workspace);
        let assessment = checked.assessment.unwrap_or_else(|| panic!("{:#?}", checked.diagnostics));
        let mut desk = Self { workspace, assessment, file: Vec::new() };
        desk.file = write(desk.scope()).unwrap().0;
        desk
    }

    fn scope(&self) -> Scope<'_> {
        let quarter = self.assessment.in_quarter(self.assessment.newest());
        let team = self.assessment.settings.teams.first_id().unwrap();
        Scope { quarter, team, framework: FrameworkId::MAIN }
    }

    fn merge(&self, file: &[u8], resolve: Resolve) -> Merged {
        merge(self.scope(), &xlsx::read(file).unwrap(), &self.workspace, resolve)
    }

    /// What a merge makes of the team's own workbook with these cells.
    fn filled(&self, cells: &[(&str, &str, &str, Put<'_>)]) -> Merged {
        self.merge(&edited(&self.file, cells), Resolve::default())
    }
}

/// The one text that a merge makes.
fn only(merged: &Merged) -> &str {
    let [(path, text)] = merged.files.as_slice() else { panic!("{merged:#?}") };
    assert_eq!(path, PATH);
    text
}

/// The lines that differ.
fn diff(before: &str, after: &str) -> Vec<String> {
    let count = |text: &str| text.lines().count();
    assert_eq!(count(before), count(after), "{after}");
    let pairs = before.split_inclusive('\n').zip(after.split_inclusive('\n'));
    pairs.filter(|(old, new)| old != new).map(|(_, new)| new.trim_end().to_owned()).collect()
}

/// The same answers without the mark that one is carried: whoever chooses another level gives it anew.
fn given(answers: &str) -> String {
    answers.replace("carried = true\r\n", "").replace("carried = true\n", "")
}

const EDITS: &[(&str, &str, &str, Put<'_>)] = &[
    ("PR Protect", "PR.DS-11", "Note", Put::Text("Nightly, and restored.")),
    ("PR Protect", "PR.DS-01", "Level", Put::Text("3 Defined")),
    ("Evidence", "PR.DS-11#1", "Date", Put::Number("46344")),
];

#[test]
fn an_unedited_workbook_changes_nothing_and_has_the_same_bytes_each_time() {
    let desk = Desk::with(ANSWERS);
    assert_eq!(write(desk.scope()).unwrap().0, desk.file);
    let merged = desk.merge(&desk.file, Resolve { clear: true, theirs: true });
    assert!(merged.changes.is_empty() && merged.files.is_empty(), "{merged:#?}");
    assert!(merged.refused.is_empty() && merged.left.is_empty(), "{merged:#?}");
}

#[test]
fn one_note_one_level_and_one_date_change_these_lines_alone() {
    for end in ["\n", "\r\n"] {
        let answers = ANSWERS.replace('\n', end);
        let merged = Desk::with(&answers).filled(EDITS);
        assert!(merged.refused.is_empty() && merged.left.is_empty(), "{merged:#?}");
        let text = only(&merged);
        assert_eq!(text.matches("\r\n").count(), given(&answers).matches("\r\n").count());
        assert_eq!(
            diff(&given(&answers), text),
            [
                "note = \"Nightly, and restored.\"",
                "  { kind = \"record\", title = \"Backup log\", date = 2026-11-18 },   # from the vault",
                "level = 3   # to be looked at",
            ]
        );
    }
    insta::assert_snapshot!("changes", Desk::with(ANSWERS).filled(EDITS).changes.join("\n"));
}

#[test]
fn what_both_sides_changed_is_a_conflict_and_what_only_one_changed_is_not() {
    let file = edited(&Desk::with(ANSWERS).file, EDITS);
    let now =
        ANSWERS.replace("level = 1   #", "level = 2   #").replace("title = \"Restore drill\"", "title = \"Drill\"");
    let desk = Desk::with(&now);
    let merged = desk.merge(&file, Resolve::default());
    assert!(merged.files.is_empty(), "{merged:#?}");
    insta::assert_snapshot!("conflict", *merged.refused.text());
    let theirs = desk.merge(&file, Resolve { theirs: true, clear: false });
    assert_eq!(diff(&given(&now), only(&theirs)).len(), 3);
    // Where both say the same, nothing is to be done.
    let same = Desk::with(&ANSWERS.replace("level = 1   #", "level = 3   #"));
    let merged = same.merge(&file, Resolve::default());
    assert!(merged.refused.is_empty() && merged.changes.len() == 2, "{merged:#?}");
}

#[test]
fn what_is_no_answer_is_refused_with_its_cell() {
    let desk = Desk::with(ANSWERS);
    let cases: &[(&str, &str, &str, Put<'_>)] = &[
        ("PR Protect", "PR.DS-11", "Level", Put::Formula("1+2", "3")),
        ("PR Protect", "PR.DS-11", "Level", Put::Number("6")),
        ("PR Protect", "PR.DS-11", "Level", Put::Text("1.234,5")),
        ("PR Protect", "PR.DS-11", "Level", Put::Text("3 Managed")),
        ("PR Protect", "PR.DS-11", "Level", Put::Fault("#REF!")),
        ("PR Protect", "PR.DS-11", "State", Put::Text("done")),
        ("PR Protect", "PR.DS-11", "State", Put::Text("unknown")),
        ("PR Protect", "PR.DS-11", "Reason", Put::Text("why not")),
        ("PR Protect", "PR.DS-02", "Reason", Put::Text("why not")),
        ("PR Protect", "PR.DS-02", "State", Put::Text("level")),
        ("PR Protect", "PR.DS-02", "State", Put::Text("not applicable")),
        ("PR Protect", "PR.DS-02", "Note", Put::Text("only a note")),
        ("PR Protect", "PR.DS-02", "Control", Put::Text("PR.DS-99")),
        ("PR Protect", "PR.DS-02", "Control", Put::Text("pr.ds-1")),
        ("PR Protect", "PR.DS-01", "Still true?", Put::Text("yes")),
        ("PR Protect", "PR.DS-11", "Level", Put::Text("60 %")),
        ("Evidence", "PR.DS-11#1", "Date", Put::Text("2026-13-45")),
        ("Evidence", "PR.DS-11#1", "Date", Put::Text("18.11.2026")),
        ("Evidence", "PR.DS-11#1", "Date", Put::Number("60")),
        ("Evidence", "PR.DS-11#1", "Date", Put::Formula("TODAY()", "46344")),
        ("Evidence", "PR.DS-11#1", "Kind", Put::Text("rumour")),
        ("Evidence", "PR.DS-11#1", "Control", Put::Text("PR.DS-01")),
        ("Evidence", "PR.DS-11#2", "Ref", Put::Text("PR.DS-11#1")),
        ("Evidence", "PR.DS-11#2", "Ref", Put::Text("PR.DS-11#9")),
        ("Evidence", "@A5", "", Put::Text("PR.DS-01")),
        ("Evidence", "@C5", "", Put::Text("A title alone")),
    ];
    let mut said = String::new();
    for case in cases {
        let merged = desk.filled(&[*case]);
        assert!(!merged.refused.is_empty() && merged.files.is_empty(), "{:?} {merged:#?}", case.1);
        said += &merged.refused.text();
    }
    let attested = ["1990-01-01", "2029-01-01"].map(|day| {
        let cells = [("Still true?", "yes"), ("Attested by", "Head of Shore"), ("On", day)];
        desk.filled(&cells.map(|(head, text)| ("PR Protect", "PR.DS-01", head, Put::Text(text))))
    });
    for merged in attested {
        assert!(merged.files.is_empty(), "{merged:#?}");
        said += &merged.refused.text();
    }
    insta::assert_snapshot!("refused", said);
}

#[test]
fn what_is_left_is_told_and_changes_nothing() {
    let desk = Desk::with(ANSWERS);
    let cases: &[(&str, &str, &str, Put<'_>)] = &[
        ("PR Protect", "PR.DS-11", "Note", Put::Nothing),
        ("PR Protect", "PR.DS-11", "Level", Put::Nothing),
        ("PR Protect", "PR.DS-01", "Still true?", Put::Text("no")),
        ("PR Protect", "PR.DS-01", "Attested by", Put::Text("Head of Shore")),
        ("Evidence", "PR.DS-11#1", "Title", Put::Nothing),
    ];
    let mut said = String::new();
    for case in cases {
        let merged = desk.filled(&[*case]);
        assert!(merged.refused.is_empty() && merged.files.is_empty() && merged.left.len() == 1, "{merged:#?}");
        said += &merged.left.text();
    }
    insta::assert_snapshot!("left", said);
}

#[test]
fn an_evidence_item_is_changed_where_it_stands_now_or_not_at_all() {
    let file = edited(&Desk::with(ANSWERS).file, &[("Evidence", "PR.DS-11#1", "Kind", Put::Text("assertion"))]);
    let log = "  { kind = \"record\", title = \"Backup log\", date = 2026-11-01 },   # from the vault\n";
    let changed = log.replace("record", "assertion");
    let other = "  { kind = \"test\", title = \"Another\", date = 2026-11-02 },\n";
    let theirs = Resolve { theirs: true, clear: false };
    // Another item stands at its place now.
    let now = ANSWERS.replace(log, &(other.to_owned() + log));
    let merged = Desk::with(&now).merge(&file, theirs);
    assert_eq!(only(&merged), now.replace(log, &changed), "{merged:#?}");
    // It is gone, or says something else.
    for now in [ANSWERS.replace(log, ""), ANSWERS.replace("Backup log", "Log of backups")] {
        for resolve in [theirs, Resolve::default()] {
            let merged = Desk::with(&now).merge(&file, resolve);
            assert!(merged.files.is_empty() && merged.refused.len() == 1, "{merged:#?}");
            assert!(merged.refused.text().contains("the item `Backup log` is no longer there"), "{merged:#?}");
        }
    }
    // The files say the same already.
    let merged = Desk::with(&ANSWERS.replace(log, &changed)).merge(&file, Resolve::default());
    assert!(merged.refused.is_empty() && merged.changes.is_empty(), "{merged:#?}");
}

#[test]
fn a_formula_that_shows_nothing_empties_nothing() {
    let desk = Desk::with(ANSWERS);
    let merged = desk.filled(&[
        ("PR Protect", "PR.DS-11", "Note", Put::Formula("A99", "")),
        ("GV Govern", "GV.OC-01", "Note", Put::Formula("A99", "")),
    ]);
    assert!(merged.files.is_empty() && merged.refused.is_empty() && merged.left.len() == 2, "{merged:#?}");
    let left = merged.left.text();
    assert!(left.contains("a formula that shows nothing: type the value itself"), "{left:?}");
    // Where a value must be typed, it is refused like any other formula.
    let merged = desk.filled(&[("PR Protect", "PR.DS-11", "Level", Put::Formula("A99", ""))]);
    assert!(merged.refused.text().contains("a formula that shows nothing"), "{merged:#?}");
}

#[test]
fn a_row_that_was_emptied_and_one_that_stands_twice_are_told() {
    let desk = Desk::with(ANSWERS);
    let heads = ["Control", "Kind", "Title", "Date", "From", "Link", "File", "SHA-256"];
    let merged = desk.filled(&heads.map(|head| ("Evidence", "PR.DS-11#2", head, Put::Nothing)));
    assert!(merged.files.is_empty() && merged.refused.is_empty() && merged.left.len() == 1, "{merged:#?}");
    assert!(merged.left.text().contains("`PR.DS-11#2`: the row was emptied"), "{merged:#?}");
    let new = |row: &[&'static str; 4]| {
        let texts = ["PR.DS-11", "record", "Ledger", "2026-12-01"];
        row.iter().zip(texts).map(|(at, text)| ("Evidence", *at, "", Put::Text(text))).collect::<Vec<_>>()
    };
    let merged = desk.filled(&[new(&["@A5", "@B5", "@C5", "@D5"]), new(&["@A6", "@B6", "@C6", "@D6"])].concat());
    assert_eq!(only(&merged).matches("Ledger").count(), 1);
    assert!(merged.left.text().contains("a row above adds the same evidence"), "{merged:#?}");
    // A row that is about nothing is told where its text stands.
    let merged = desk.filled(&[("Evidence", "@C9", "", Put::Text("Total: 4"))]);
    assert!(merged.refused.text().contains("Evidence!C9: `Total: 4`: the row names no control"), "{merged:#?}");
    // A copy of a sheet is no second answer as long as it says the same.
    let mut book = xlsx::read(&edited(&desk.file, EDITS)).unwrap();
    let mut copy = xlsx::read(&desk.file).unwrap().sheets.into_iter().find(|grid| grid.name == "PR Protect").unwrap();
    copy.name = "PR Protect (2)".to_owned();
    copy.comments = 1;
    book.sheets.push(copy);
    let merged = merge(desk.scope(), &book, &desk.workspace, Resolve::default());
    assert_eq!(merged.files, desk.filled(EDITS).files);
    assert_eq!(&*merged.left.text(), "the sheet `PR Protect (2)`: 1 comment was not read\n");
    let mut book = xlsx::read(&desk.file).unwrap();
    book.sheets.extend(
        xlsx::read(&edited(&desk.file, EDITS)).unwrap().sheets.into_iter().filter(|grid| grid.name == "PR Protect"),
    );
    let merged = merge(desk.scope(), &book, &desk.workspace, Resolve::default());
    assert!(merged.files.is_empty() && merged.refused.len() == 2, "{merged:#?}");
    // A sheet without its ids is told as one.
    let merged = desk.filled(&[("PR Protect", "@A1", "", Put::Text("ID"))]);
    assert!(merged.left.text().contains("it has no head `Control`"), "{merged:#?}");
}

#[test]
fn the_same_thing_is_read_however_people_write_it() {
    let desk = Desk::with(ANSWERS);
    let level = |put| only(&desk.filled(&[("PR Protect", "PR.DS-11", "Level", put)])).to_owned();
    let wanted = ANSWERS.replace("level = 2\n", "level = 3\n");
    for put in [
        Put::Number("3"),
        Put::Number("3.0"),
        Put::Text(" 3\u{a0}"),
        Put::Text("3,0"),
        Put::Text("3 defined"),
        Put::Text("Defined"),
    ] {
        assert_eq!(level(put), wanted);
    }
    let control = ("PR Protect", "PR.DS-11", "Control", Put::Text("ＰＲ.ds–11: Backups"));
    let merged = desk.filled(&[("PR Protect", "PR.DS-11", "Level", Put::Number("3")), control]);
    assert_eq!(only(&merged), wanted);
    // A note of a formula keeps its text, and that is told.
    let merged = desk.filled(&[("PR Protect", "PR.DS-11", "Note", Put::Formula("A1", "Nightly, all of it."))]);
    assert!(only(&merged).contains("note = \"Nightly, all of it.\"") && merged.left.len() == 1, "{merged:#?}");
    // What a cell holds is never TOML, and no command.
    let hostile = "\"\"\"\n[PR.DS-02]\nlevel = 5\n''' \\ \u{202e}::error::x";
    let merged = desk.filled(&[("PR Protect", "PR.DS-11", "Note", Put::Text(hostile))]);
    let read: toml::Table = only(&merged).parse().unwrap();
    let pr = read["PR"].as_table().unwrap();
    assert_eq!((pr["DS-11"]["note"].as_str(), pr.len()), (Some(hostile), 3));
}

#[test]
fn new_answers_evidence_and_attestations_go_where_they_belong() {
    let desk = Desk::with(ANSWERS);
    let merged = desk.filled(&[
        ("GV Govern", "GV.OC-01", "Level", Put::Number("1")),
        ("GV Govern", "GV.OC-02", "State", Put::Text("unknown")),
        ("GV Govern", "GV.OC-02", "Reason", Put::Text("Nobody was asked.")),
        ("PR Protect", "PR.DS-02", "Level", Put::Number("2")),
        ("PR Protect", "PR.DS-02", "Note", Put::Text("TLS.\nEverywhere.")),
        ("PR Protect", "PR.AA-06", "State", Put::Text("level")),
        ("PR Protect", "PR.AA-06", "Reason", Put::Nothing),
        ("PR Protect", "PR.AA-06", "Approved by", Put::Nothing),
        ("PR Protect", "PR.AA-06", "Level", Put::Number("0")),
        ("PR Protect", "PR.DS-01", "Still true?", Put::Text("yes")),
        ("PR Protect", "PR.DS-01", "Attested by", Put::Text("Head of Shore")),
        ("PR Protect", "PR.DS-01", "On", Put::Text("2026-12-20")),
        ("Evidence", "@A5", "", Put::Text("PR.DS-02")),
        ("Evidence", "@B5", "", Put::Text("Record")),
        ("Evidence", "@C5", "", Put::Text("TLS scan")),
        ("Evidence", "@D5", "", Put::Text("2026-12-01")),
        ("Evidence", "@F5", "", Put::Text("https://scan.example/1")),
        ("Evidence", "PR.DS-11#2", "From", Put::Nothing),
    ]);
    assert!(merged.refused.is_empty(), "{merged:#?}");
    let merged_clear = desk.merge(
        &edited(
            &desk.file,
            &[
                ("PR Protect", "PR.AA-06", "State", Put::Text("level")),
                ("PR Protect", "PR.AA-06", "Reason", Put::Nothing),
                ("PR Protect", "PR.AA-06", "Approved by", Put::Nothing),
                ("PR Protect", "PR.AA-06", "Level", Put::Number("0")),
                ("Evidence", "PR.DS-11#2", "From", Put::Nothing),
            ],
        ),
        Resolve { clear: true, theirs: false },
    );
    let shown = |merged: &Merged| {
        let files = merged.files.iter().map(|(path, text)| format!("== {path}\n{text}"));
        files.chain([format!("== changes\n{}\n", merged.changes.join("\n"))]).collect::<String>()
    };
    insta::assert_snapshot!("new", shown(&merged) + "\n==== with --clear\n" + &shown(&merged_clear));
}

#[test]
fn no_text_of_anybody_is_a_formula_and_a_long_one_is_cut_and_told() {
    let long = "a".repeat(40_000);
    let answers = format!("{ANSWERS}\n[PR.PS-01]\nlevel = 1\nnote = \"{long}\"\n");
    let desk = Desk::with(&answers);
    let (file, cut) = write(desk.scope()).unwrap();
    assert_eq!((cut.len(), cut.text().contains("PR.PS-01")), (1, true));
    for (name, xml) in parts(&file).iter().filter(|(name, _)| name.starts_with("xl/worksheets/sheet")) {
        let xml = String::from_utf8_lossy(xml);
        assert!(!xml.contains("<f>") && !xml.contains("<f "), "{name}");
    }
    let merged = desk.merge(&file, Resolve { clear: true, theirs: true });
    assert!(merged.files.is_empty() && merged.left.is_empty(), "{merged:#?}");
    let merged = desk.filled(&[("PR Protect", "PR.PS-01", "Note", Put::Text("short"))]);
    assert!(merged.files.is_empty() && merged.left.len() == 1, "{merged:#?}");
}

/// A run of the import.
fn import(temp: &TempWorkspace, file: &str, more: &[&str]) -> Run {
    temp.run(&[&["import", "workbook", file], more].concat())
}

#[test]
fn the_command_writes_all_or_nothing() {
    let temp = workspace_of(ANSWERS);
    temp.run(&["export", "workbook", "--team", "shore", "--out", "a.xlsx"]).result();
    let exported = fs::read(temp.path("a.xlsx")).unwrap();
    assert!(import(&temp, "a.xlsx", &[]).result().contains("Nothing to do"));
    temp.put("b.xlsx", edited(&exported, EDITS));
    assert!(import(&temp, "b.xlsx", &["--dry-run"]).result().contains("Would write 4 changes"));
    assert_eq!(temp.read(PATH), ANSWERS);
    // What the check refuses is refused before anything is written.
    let bad = [EDITS, &[("Evidence", "PR.DS-11#1", "Link", Put::Text("javascript:x"))]].concat();
    temp.put("c.xlsx", edited(&exported, &bad));
    let run = import(&temp, "c.xlsx", &[]);
    assert_eq!(run.code, Some(1), "{}", run.said());
    assert!(run.stdout.contains("Evidence!F2: `javascript:x`: ") && run.stdout.contains("Changes:"), "{}", run.said());
    assert!(run.stdout.ends_with("Nothing was written: 1 thing refused.\n"), "{}", run.said());
    temp.put("d.xlsx", edited(&exported, &[EDITS, &[("PR Protect", "PR.AA-06", "Reason", Put::Nothing)]].concat()));
    let run = import(&temp, "d.xlsx", &["--strict", "--format", "json"]);
    assert_eq!(run.code, Some(1), "{}", run.said());
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&report["written"], report["left"].as_array().unwrap().len()), (&false.into(), 1));
    assert_eq!(temp.read(PATH), ANSWERS);
    insta::assert_snapshot!("report", import(&temp, "b.xlsx", &[]).result());
    assert_eq!(diff(&given(ANSWERS), &temp.read(PATH)).len(), 3);
    // The same workbook once more is no change; another one made before is a conflict.
    assert!(import(&temp, "b.xlsx", &[]).result().contains("Nothing to do"));
    temp.put("e.xlsx", edited(&exported, &[("PR Protect", "PR.DS-01", "Level", Put::Number("5"))]));
    let before = temp.read(PATH);
    let run = import(&temp, "e.xlsx", &[]);
    assert_eq!((run.code, temp.read(PATH)), (Some(1), before), "{}", run.said());
    assert!(run.stdout.contains("--theirs"), "{}", run.said());
}

#[test]
fn a_closed_quarter_and_another_file_are_refused_in_words() {
    let temp = workspace_of(ANSWERS);
    let export = ["export", "workbook", "--team", "shore", "--quarter", "2026-Q3", "--out", "a.xlsx"];
    temp.run(&export).result();
    temp.run(&["seal", "2026-Q3"]).result();
    assert!(import(&temp, "a.xlsx", &[]).failure(1).contains("2026-Q3 is closed by its seal"));
    temp.put("b.csv", "a;b\n1;2\n");
    assert!(import(&temp, "b.csv", &[]).failure(1).contains("this is text"));
    assert!(import(&temp, "none.xlsx", &[]).failure(2).contains("none.xlsx"));
    fs::create_dir(temp.path("folder")).unwrap();
    assert!(import(&temp, "folder", &[]).failure(2).contains("not an ordinary file"));
    assert!(import(&temp, "a.xlsx", &["--quarter", "2026-Q4"]).failure(1).contains("another quarter"));
}

#[test]
fn rows_and_sheets_that_are_missing_delete_nothing_and_are_told() {
    let desk = Desk::with(ANSWERS);
    let mut book = xlsx::read(&desk.file).unwrap();
    let is_about = |row: &Row| row.cells.iter().any(|cell| cell.value.text() == "PR.DS-11#1");
    assert!(book.sheets.iter().any(|grid| grid.rows.iter().any(is_about)));
    book.sheets
        .iter_mut()
        .filter(|grid| grid.name != "milepost")
        .for_each(|grid| grid.rows.retain(|row| !is_about(row)));
    book.sheets.retain(|grid| grid.name != "PR Protect");
    let merged = merge(desk.scope(), &book, &desk.workspace, Resolve { clear: true, theirs: true });
    assert!(merged.files.is_empty() && merged.refused.is_empty(), "{merged:#?}");
    let left = merged.left.text();
    assert!(left.contains("`PR.DS-11#1`: the row is missing, which takes nothing back"), "{left:?}");
    assert!(left.contains("`PR.DS-01`: the row is missing, so nothing of it was read"), "{left:?}");
}

/// The workbook in the order and under the names that somebody gave it: sheets, rows and columns turned around, some hidden.
fn turned_around(file: &[u8]) -> xlsx::Workbook {
    let mut book = xlsx::read(file).unwrap();
    for grid in book.sheets.iter_mut().filter(|grid| grid.name != "Lists" && grid.name != "milepost") {
        let last = grid.rows.iter().flat_map(|row| &row.cells).map(|cell| cell.column).max().unwrap_or(1);
        for row in &mut grid.rows {
            row.cells.iter_mut().for_each(|cell| cell.column = last + 1 - cell.column);
            row.cells.reverse();
        }
        let Some((_, below)) = grid.rows.split_first_mut() else { continue };
        let numbers: Vec<u32> = below.iter().map(|row| row.number).collect();
        below.reverse();
        below.iter_mut().zip(numbers).for_each(|(row, number)| (row.number, row.is_hidden) = (number, number % 2 == 0));
        if grid.name.starts_with("PR") {
            (grid.name, grid.is_hidden) = ("Ours".to_owned(), true);
        }
    }
    book.sheets.reverse();
    book
}

#[test]
fn the_order_of_sheets_rows_and_columns_does_not_count_and_neither_does_what_is_hidden() {
    let desk = Desk::with(ANSWERS);
    let merged = merge(desk.scope(), &turned_around(&desk.file), &desk.workspace, Resolve::default());
    assert!(merged.changes.is_empty() && merged.refused.is_empty() && merged.left.is_empty(), "{merged:#?}");
    let merged = merge(desk.scope(), &turned_around(&edited(&desk.file, EDITS)), &desk.workspace, Resolve::default());
    assert!(merged.refused.is_empty(), "{merged:#?}");
    assert_eq!(merged.files, desk.filled(EDITS).files);
}

#[test]
fn a_workbook_is_the_same_however_a_program_writes_its_parts() {
    let desk = Desk::with(ANSWERS);
    let plain = parts(&edited(&desk.file, EDITS));
    let wanted = desk.filled(EDITS).files;
    let xml = |is: fn(&str) -> bool, make: &dyn Fn(&str) -> Vec<u8>| {
        let made = plain.iter().map(|(name, bytes)| {
            let text = || make(std::str::from_utf8(bytes).unwrap());
            (name.clone(), if is(name) { text() } else { bytes.clone() })
        });
        packed(&made.collect())
    };
    let strict = |text: &str| {
        text.replace(
            "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            "http://purl.oclc.org/ooxml/spreadsheetml/main",
        )
        .replace("http://schemas.openxmlformats.org/officeDocument/2006/", "http://purl.oclc.org/ooxml/officeDocument/")
        .into_bytes()
    };
    let wide = |text: &str| -> Vec<u8> {
        let text = text.replace("UTF-8", "UTF-16");
        std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    };
    let prefixed = |text: &str| {
        let text = text.replace("xmlns=\"http://schemas", "xmlns:x=\"http://schemas").replace('<', "<x:");
        text.replace("<x:/", "</x:").replace("<x:?", "<?").into_bytes()
    };
    let from_the_top = |text: &str| text.replace("Target=\"", "Target=\"/xl/").into_bytes();
    let is_sheet: fn(&str) -> bool = |name| name.starts_with("xl/worksheets/");
    let is_xml: fn(&str) -> bool = |name| name.ends_with(".xml") || name.ends_with(".rels");
    for file in [
        xml(is_xml, &strict),
        xml(is_sheet, &wide),
        xml(is_sheet, &|text| [b"\xEF\xBB\xBF", text.as_bytes()].concat()),
        xml(is_sheet, &prefixed),
        xml(|name| name == "xl/_rels/workbook.xml.rels", &from_the_top),
        packed(&plain.iter().map(|(name, bytes)| (name.to_uppercase(), bytes.clone())).collect()),
        packed(
            &plain
                .iter()
                .chain([(&"../../evil.xml".to_owned(), &b"<x/>".to_vec())])
                .map(|(name, bytes)| (name.clone(), bytes.clone()))
                .collect(),
        ),
    ] {
        let merged = desk.merge(&file, Resolve::default());
        assert!(merged.refused.is_empty() && merged.left.is_empty(), "{merged:#?}");
        assert_eq!(merged.files, wanted);
    }
    // Macros and other files are named, and nobody runs or reads them.
    let more = |text: &str| {
        let relations = "<Relationship Id=\"m\" Type=\"x/vbaProject\" Target=\"vbaProject.bin\"/>\
            <Relationship Id=\"l\" Type=\"x/externalLink\" Target=\"file:///etc/passwd\" TargetMode=\"External\"/></Relationships>";
        text.replace("</Relationships>", relations).into_bytes()
    };
    let merged = desk.merge(&xml(|name| name == "xl/_rels/workbook.xml.rels", &more), Resolve::default());
    assert_eq!(merged.files, wanted);
    let told = "the workbook: it takes values from other files, which were not read\nthe workbook: it has macros, which were not run\n";
    assert_eq!(&*merged.left.text(), told);
}

#[test]
fn merged_cells_and_days_of_the_other_count_are_read_as_they_are() {
    let desk = Desk::with(ANSWERS);
    let changed = |file: Vec<u8>, part: &str, old: &str, new: &str| {
        let mut parts = parts(&file);
        let xml = String::from_utf8(parts[part].clone()).unwrap();
        assert!(xml.contains(old), "{part} has no {old}");
        parts.insert(part.to_owned(), xml.replacen(old, new, 1).into_bytes());
        packed(&parts)
    };
    let level = ("PR Protect", "PR.DS-10", "Level", Put::Number("3"));
    let merges = "</sheetData><mergeCells count=\"1\"><mergeCell ref=\"F12:F14\"/></mergeCells>";
    let file = changed(edited(&desk.file, &[level]), "xl/worksheets/sheet4.xml", "</sheetData>", merges);
    let merged = desk.merge(&file, Resolve::default());
    assert!(merged.refused.is_empty() && merged.changes.len() == 1, "{merged:#?}");
    assert!(only(&merged).contains("[PR.DS-10]\nlevel = 3\n"), "{merged:#?}");
    assert_eq!(merged.left.iter().filter(|loss| loss.why.contains("it is merged with F12")).count(), 2, "{merged:#?}");
    let day = ("Evidence", "PR.DS-11#1", "Date", Put::Number("44882"));
    let file = edited(
        &desk.file,
        &[
            day,
            ("Evidence", "PR.DS-11#2", "Date", Put::Number("44853")),
            ("Evidence", "PR.DS-11#2", "From", Put::Number("44834")),
        ],
    );
    let merged = desk
        .merge(&changed(file, "xl/workbook.xml", "<workbookPr ", "<workbookPr date1904=\"1\" "), Resolve::default());
    assert_eq!(merged.changes.len(), 1, "{merged:#?}");
    assert!(only(&merged).contains("date = 2026-11-18"), "{merged:#?}");
}

// A row for a control that is no longer asked for must not block the import of the other rows.
#[test]
fn what_is_not_asked_any_more_stops_nobody() {
    let temp = workspace_of(ANSWERS);
    let catalog = |ids: &str| {
        let asked = ids.split(' ').map(|id| format!("\n[[control]]\nid = \"{id}\"\ntitle = \"{id}\"\noutcome = \"It is done.\"\nobjective = \"So that it is.\"\n"));
        temp.put(
            "controls/yard/md.toml",
            format!("id = \"MD\"\ntitle = \"Mend\"\npurpose = \"To mend.\"\n{}", asked.collect::<String>()),
        );
    };
    temp.put(
        "controls/yard/framework.toml",
        "id = \"yard\"\ntitle = \"Yard\"\nversion = \"1\"\nfunctions = [\"MD\"]\n",
    );
    catalog("MD-1 MD-2 MD-3");
    let config = CONFIG.replace("title = \"T\"\n", "title = \"T\"\nframeworks = [\"yard\"]\n");
    temp.put("milepost.toml", &config);
    let old = "[MD-1]\nlevel = 1\n\n[MD-2]\nlevel = 2\nevidence = [{ kind = \"record\", title = \"Log\", date = 2026-11-02 }]\n";
    temp.put(BEFORE, "[MD-1]\nlevel = 0\n");
    temp.put(PATH, old);
    temp.run(&["export", "workbook", "--team", "shore", "--out", "a.xlsx"]).result();
    let exported = fs::read(temp.path("a.xlsx")).unwrap();
    // One control is gone from the catalog, and another one is out of scope.
    catalog("MD-1 MD-3");
    temp.put(PATH, "[MD-1]\nlevel = 1\n");
    temp.put("content/profile.toml", "[out_of_scope]\n\"MD-3\" = { why = \"Sold.\" }\n");
    assert!(import(&temp, "a.xlsx", &["--strict"]).result().contains("Nothing to do"));
    let put = |id, head, put| ("MD Mend", id, head, put);
    let filled = edited(
        &exported,
        &[
            put("MD-1", "Level", Put::Number("3")),
            put("MD-2", "Level", Put::Number("3")),
            put("MD-2", "Note", Put::Text("New.")),
            put("MD-3", "Level", Put::Number("1")),
            ("Evidence", "MD-2#1", "Title", Put::Text("Lists")),
        ],
    );
    temp.put("b.xlsx", filled);
    insta::assert_snapshot!("not_asked", import(&temp, "b.xlsx", &[]).result());
    assert_eq!(temp.read(PATH), "[MD-1]\nlevel = 3\n");
    // A row that was in no workbook is still refused.
    temp.put("c.xlsx", edited(&exported, &[put("MD-2", "Control", Put::Text("MD-9"))]));
    assert!(import(&temp, "c.xlsx", &[]).stdout.contains("MD Mend!A3: `MD-9`: no control of yard"));
    // The team is asked for nothing more.
    temp.put(
        "milepost.toml",
        config.clone() + "last_quarter = \"2026-Q3\"\n\n[[team]]\nid = \"deck\"\nname = \"Deck\"\n",
    );
    temp.put("content/2026-Q4/deck/a.toml", "");
    fs::remove_file(temp.path(PATH)).unwrap();
    assert!(import(&temp, "b.xlsx", &[]).failure(1).contains("Shore & Co is asked for nothing of yard in 2026-Q4"));
    let other = config.replace("shore", "quay");
    temp.put("milepost.toml", other + "\n[[team]]\nid = \"deck\"\nname = \"Deck\"\n");
    fs::remove_dir_all(temp.path("content/2026-Q3")).unwrap();
    assert!(import(&temp, "b.xlsx", &[]).failure(1).contains("no team `shore`"));
}

const COLLECTING: &str = r#"[report]
title = "T"
frameworks = ["delivery"]

[[team]]
id = "shore"
name = "Shore & Co"

[[collect]]
name = "deployments"
files = "inbox/{team}/*.json"
map = "gitlab-deployments"
"#;

#[test]
fn what_a_tool_found_is_shown_and_is_nothing_that_the_team_said() {
    let temp = TempWorkspace::empty();
    let path = "content/2026-Q4/shore/delivery.toml";
    temp.put("milepost.toml", COLLECTING);
    temp.put(path, "[DEL.FL-02]\nfacts.lead_hours = 30\n");
    temp.put("inbox/shore/days.json", r#"[{"date": "2026-12-01", "value": 26}]"#);
    temp.run(&["collect"]).result();
    let export = |out: &str| {
        temp.run(&["export", "workbook", "--team", "shore", "--out", out]).result();
        fs::read(temp.path(out)).unwrap()
    };
    let exported = export("a.xlsx");
    let book = xlsx::read(&exported).unwrap();
    let row = |head: &str, id: &str| {
        let facts = book.sheets.iter().find(|grid| grid.name == "Facts").unwrap();
        let heads = facts.heads(&["Fact", head], &[]).unwrap();
        let row = facts.rows.iter().find(|row| row.get(heads.column("Fact")).value.text() == id).unwrap();
        row.get(heads.column(head)).value.text()
    };
    assert_eq!(row("Value", "deployments_week"), "");
    assert_eq!(row("Collected by a tool", "deployments_week"), "2 (deployments, 2026-12-01)");
    assert_eq!([row("Value", "lead_hours"), row("Collected by a tool", "lead_hours")], ["30", ""]);
    let before = temp.read(path);
    assert!(import(&temp, "a.xlsx", &["--strict", "--clear"]).result().contains("Nothing to do"));
    assert_eq!(temp.read(path), before);
    // Whoever chooses the state takes on what was found, and types nothing.
    temp.put("b.xlsx", edited(&exported, &[("DEL Delivery of changes", "DEL.FL-01", "State", Put::Text("level"))]));
    import(&temp, "b.xlsx", &["--strict"]).result();
    assert_eq!(temp.read(path), format!("[DEL.FL-01]\n\n{before}"));
    export("c.xlsx");
    assert!(import(&temp, "c.xlsx", &["--strict"]).result().contains("Nothing to do"));
    // A value of one's own stands beside it.
    temp.put("d.xlsx", edited(&exported, &[("Facts", "deployments_week", "Value", Put::Number("3"))]));
    import(&temp, "d.xlsx", &["--strict"]).result();
    assert!(temp.read(path).contains("deployments_week = 3"), "{}", temp.read(path));
    assert!(temp.read("content/2026-Q4/shore/collected.toml").contains("deployments_week = 2\n"));
}

#[test]
fn facts_are_taken_as_spreadsheets_write_them() {
    let temp = TempWorkspace::empty();
    temp.put("milepost.toml", CONFIG.replace("title = \"T\"\n", "title = \"T\"\nframeworks = [\"data-recovery\"]\n"));
    temp.put(
        "content/2026-Q4/shore/a.toml",
        "[DRC.RU-01]\nfacts.copies = 3\nfacts.offsite = true\nfacts.last_restore = 2026-11-01\n",
    );
    let desk = Desk::at(&temp);
    let fact = |name, put| ("Facts", name, "Value", put);
    let filled = |cells: &[Filling<'_>]| desk.filled(cells);
    let merged = filled(&[
        fact("DRC.RU-01 copies", Put::Number("4.0")),
        fact("DRC.RU-01 offsite", Put::Truth(false)),
        fact("DRC.RU-01 last_restore", Put::Number("46344.25")),
        fact("DRC.RU-01 in_time", Put::Text("Yes")),
        fact("DRC.RU-01 restored_share", Put::Text("20,5")),
    ]);
    assert!(merged.refused.is_empty(), "{merged:#?}");
    let [(_, text)] = merged.files.as_slice() else { panic!("{merged:#?}") };
    for line in
        ["copies = 4", "offsite = false", "last_restore = 2026-11-18", "in_time = true", "restored_share = 20.5"]
    {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(merged.left.text().contains("the time of the day was cut"), "{}", &*merged.left.text());
    let merged = filled(&[fact("DRC.RU-01 restored_share", Put::Text("35 %"))]);
    assert!(merged.files[0].1.contains("restored_share = 35\n"), "{merged:#?}");
    for (name, put) in [
        ("DRC.RU-01 copies", Put::Text("35%")),
        ("DRC.RU-01 copies", Put::Number("2.5")),
        ("DRC.RU-01 copies", Put::Number("-1")),
        ("DRC.RU-01 copies", Put::Formula("1+2", "3")),
        ("DRC.RU-01 offsite", Put::Number("1")),
        ("DRC.RU-01 offsite", Put::Text("ja")),
        ("DRC.RU-01 last_restore", Put::Text("18.11.2026")),
        ("DRC.RU-01 restored_share", Put::Text("1.234,5")),
        ("DRC.RU-01 restored_share", Put::Fault("#N/A")),
    ] {
        let merged = filled(&[fact(name, put)]);
        assert!(merged.refused.len() == 1 && merged.files.is_empty(), "{name} {merged:#?}");
    }
}

#[test]
fn a_workbook_that_libreoffice_saved_says_the_same() {
    let desk = Desk::with(ANSWERS);
    let temp = TempWorkspace::empty();
    temp.put("plain.xlsx", &desk.file);
    temp.put("edited.xlsx", edited(&desk.file, EDITS));
    if !saved_by_libreoffice(&temp, &["plain.xlsx", "edited.xlsx"]) {
        return;
    }
    let saved =
        |name: &str| desk.merge(&fs::read(temp.path(format!("saved/{name}.xlsx"))).unwrap(), Resolve::default());
    let merged = saved("plain");
    assert!(merged.changes.is_empty() && merged.refused.is_empty() && merged.left.is_empty(), "{merged:#?}");
    let merged = saved("edited");
    assert!(merged.refused.is_empty() && merged.left.is_empty(), "{merged:#?}");
    assert_eq!(merged.files, desk.filled(EDITS).files);
}
