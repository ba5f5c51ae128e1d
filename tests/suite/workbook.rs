//! Tests the team workbook: what goes out comes back, only what a person changed changes the files, and what is no answer is refused.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::path::Path;
use std::process::Command;
use std::{env, fs};

use milepost::check;
use milepost::exchange::workbook::{Merged, Resolve, Scope, merge, write};
use milepost::exchange::xlsx;
use milepost::load::workspace::{self, Workspace};
use milepost::model::assessment::Assessment;
use milepost::model::ids::FrameworkId;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::support::media_judges::absent;
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

/// What a cell is made to hold.
#[derive(Clone, Copy)]
enum Put<'a> {
    Text(&'a str),
    Number(&'a str),
    /// A formula, and what a program made of it.
    Formula(&'a str, &'a str),
    Fault(&'a str),
    Nothing,
}

impl Put<'_> {
    /// The cell at `place`, in the style `style`.
    fn xml(self, place: &str, style: &str) -> String {
        let text = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
        match self {
            Self::Text(put) => {
                let put = text(put);
                format!("<c r=\"{place}\"{style} t=\"inlineStr\"><is><t xml:space=\"preserve\">{put}</t></is></c>")
            }
            Self::Number(put) => format!("<c r=\"{place}\"{style}><v>{put}</v></c>"),
            Self::Formula(formula, put) => {
                format!("<c r=\"{place}\"{style} t=\"str\"><f>{}</f><v>{}</v></c>", text(formula), text(put))
            }
            Self::Fault(put) => format!("<c r=\"{place}\"{style} t=\"e\"><v>{put}</v></c>"),
            Self::Nothing => format!("<c r=\"{place}\"{style}/>"),
        }
    }
}

/// The parts of a workbook's file.
fn parts(file: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(file)).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    let mut part = |name: String| {
        let mut bytes = Vec::new();
        archive.by_name(&name).unwrap().read_to_end(&mut bytes).unwrap();
        (name, bytes)
    };
    names.into_iter().map(&mut part).collect()
}

fn packed(parts: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The cell at `place` replaced in the XML of a sheet.
fn replaced(xml: &str, place: &str, put: Put<'_>) -> String {
    let at = xml.find(&format!("<c r=\"{place}\"")).unwrap_or_else(|| panic!("there is no cell {place}"));
    let open = at + xml[at..].find('>').unwrap();
    let end = if xml[..open].ends_with('/') { open + 1 } else { at + xml[at..].find("</c>").unwrap() + 4 };
    let style = xml[at..open].find(" s=\"").map_or(String::new(), |from| {
        let from = at + from;
        xml[from..from + 4 + xml[from + 4..].find('"').unwrap() + 1].to_owned()
    });
    format!("{}{}{}", &xml[..at], put.xml(place, &style), &xml[end..])
}

/// Where the cell is under `head` in the row that is about `id`; a place that starts with `@` is one already.
fn place(file: &[u8], sheet: &str, id: &str, head: &str) -> (String, String) {
    let book = xlsx::read(file).unwrap();
    let at = book.sheets.iter().position(|grid| grid.name == sheet).unwrap_or_else(|| panic!("no sheet {sheet}"));
    let part = format!("xl/worksheets/sheet{}.xml", at + 1);
    if let Some(place) = id.strip_prefix('@') {
        return (part, place.to_owned());
    }
    let grid = &book.sheets[at];
    let heads = grid.heads(&["Control", head], &[]).unwrap();
    let column = |head| heads.column(head);
    let is_it = |row: &&milepost::exchange::grid::Row| {
        [column("Ref"), column("Control"), column("Fact")].iter().any(|at| row.get(*at).value.text() == id)
    };
    let row = heads.rows(grid).iter().find(is_it).unwrap_or_else(|| panic!("no row {id}"));
    let place = grid.place(row, column(head).unwrap());
    (part, place.rsplit('!').next().unwrap().to_owned())
}

/// A workbook with other cells: a sheet, what a row is about, a head, and what stands there.
fn edited(file: &[u8], cells: &[(&str, &str, &str, Put<'_>)]) -> Vec<u8> {
    let mut parts = parts(file);
    for (sheet, id, head, put) in cells {
        let (part, place) = place(file, sheet, id, head);
        let xml = String::from_utf8(parts[&part].clone()).unwrap();
        parts.insert(part, replaced(&xml, &place, *put).into_bytes());
    }
    packed(&parts)
}

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
        assert_eq!(text.matches("\r\n").count(), answers.matches("\r\n").count());
        assert_eq!(
            diff(&answers, text),
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
    assert_eq!(diff(&now, only(&theirs)).len(), 3);
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
    assert!(import(&temp, "b.xlsx", &["--dry-run"]).result().contains("Would write 3 changes"));
    assert_eq!(temp.read(PATH), ANSWERS);
    // What the check refuses is refused before anything is written.
    let bad = [EDITS, &[("Evidence", "PR.DS-11#1", "Link", Put::Text("javascript:x"))]].concat();
    temp.put("c.xlsx", edited(&exported, &bad));
    assert!(import(&temp, "c.xlsx", &[]).failure(1).contains("nothing was written"));
    temp.put("d.xlsx", edited(&exported, &[EDITS, &[("PR Protect", "PR.AA-06", "Reason", Put::Nothing)]].concat()));
    let run = import(&temp, "d.xlsx", &["--strict", "--format", "json"]);
    assert_eq!(run.code, Some(1), "{}", run.said());
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&report["written"], report["left"].as_array().unwrap().len()), (&false.into(), 1));
    assert_eq!(temp.read(PATH), ANSWERS);
    insta::assert_snapshot!("report", import(&temp, "b.xlsx", &[]).result());
    assert_eq!(diff(ANSWERS, &temp.read(PATH)).len(), 3);
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
fn every_bomb_ends_in_words_within_a_second_and_a_gigabyte() {
    let temp = workspace_of(ANSWERS);
    let bombs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples/bombs");
    let mut count = 0;
    for bomb in fs::read_dir(bombs).unwrap() {
        let mut command = Command::new("sh");
        let script = "ulimit -v 1000000 -t 2; exec \"$0\" import workbook \"$1\"";
        command
            .current_dir(temp.path(""))
            .args(["-c", script, env!("CARGO_BIN_EXE_milepost")])
            .arg(bomb.unwrap().path());
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(1) && said.contains("error: "), "{output:?}");
        count += 1;
    }
    assert_eq!((count, temp.read(PATH).as_str()), (18, ANSWERS));
}

#[test]
fn a_workbook_that_libreoffice_saved_says_the_same() {
    let office = env::var_os("SOFFICE").unwrap_or_else(|| "soffice".into());
    if Command::new(&office).arg("--version").output().is_err() {
        return absent("LibreOffice", "apt-get install --no-install-recommends libreoffice-calc");
    }
    let desk = Desk::with(ANSWERS);
    let temp = TempWorkspace::empty();
    temp.put("plain.xlsx", &desk.file);
    temp.put("edited.xlsx", edited(&desk.file, EDITS));
    let mut command = Command::new(&office);
    command.current_dir(temp.path("")).arg(format!("-env:UserInstallation=file://{}", temp.path("profile").display()));
    command.args(["--headless", "--convert-to", "xlsx", "--outdir", "saved", "plain.xlsx", "edited.xlsx"]);
    let output = command.output().unwrap();
    let saved = |name: &str| {
        let saved = fs::read(temp.path(format!("saved/{name}.xlsx")));
        desk.merge(&saved.unwrap_or_else(|_| panic!("LibreOffice saved nothing: {output:?}")), Resolve::default())
    };
    let merged = saved("plain");
    assert!(merged.changes.is_empty() && merged.refused.is_empty() && merged.left.is_empty(), "{merged:#?}");
    let merged = saved("edited");
    assert!(merged.refused.is_empty() && merged.left.is_empty(), "{merged:#?}");
    assert_eq!(merged.files, desk.filled(EDITS).files);
}
