//! Tests the readers of files of other programs: files that are made to break one, and what is told of the others.

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use milepost::exchange::grid::CellValue;
use milepost::exchange::sheets;
use milepost::exchange::xlsx::{self, Workbook};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::support::temp_workspace::{TempWorkspace, run};

fn bombs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples/bombs")
}

fn bomb(name: &str) -> Result<Workbook, String> {
    xlsx::read(&fs::read(bombs().join(name)).unwrap())
}

/// The values of the first sheet of a workbook.
fn values(name: &str) -> Vec<CellValue> {
    let book = bomb(name).unwrap_or_else(|why| panic!("{name}: {why}"));
    book.sheets[0].rows.iter().flat_map(|row| row.cells.iter().map(|cell| cell.value.clone())).collect()
}

#[test]
fn each_bomb_is_read_or_refused_in_words() {
    let mut said = Vec::new();
    let mut names: Vec<_> = fs::read_dir(bombs()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    for name in names {
        let name = name.to_str().unwrap().to_owned();
        let result = match bomb(&name) {
            Ok(book) => format!("read: {}", book.sheets.iter().map(|sheet| sheet.rows.len()).sum::<usize>()),
            Err(why) => format!("refused: {why}"),
        };
        said.push(format!("{name}: {result}"));
    }
    insta::assert_snapshot!(said.join("\n"));
}

// Excel counts days from 1900 or from 1904.
#[test]
fn days_are_the_same_by_either_count() {
    let days = |name| values(name).iter().filter_map(|value| value.day().ok()).collect::<Vec<_>>();
    let wanted = ["2026-11-18".parse().unwrap(); 2];
    assert_eq!([days("date1900.xlsx"), days("date1904.xlsx")], [wanted, wanted]);
}

const ROOT: &str = r#"<Relationships><Relationship Id="a" Type="x/officeDocument" Target="book.xml"/></Relationships>"#;
const BOOK: &str = r#"<workbook xmlns:r="r"><sheets><sheet name="S" r:id="s"/></sheets></workbook>"#;
const RELATIONS: &str =
    r#"<Relationships><Relationship Id="s" Type="x/worksheet" Target="sheet.xml"/></Relationships>"#;
const SHEET: &str = r#"<worksheet><sheetData><row><c t="str"><v>Control</v></c></row></sheetData></worksheet>"#;

/// A workbook of one sheet; `add` may put more into it.
fn packed(sheet: &[u8], add: impl FnOnce(&mut ZipWriter<Cursor<Vec<u8>>>)) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let fast = SimpleFileOptions::default().compression_level(Some(1));
    let parts = [
        ("_rels/.rels", ROOT.as_bytes()),
        ("book.xml", BOOK.as_bytes()),
        ("_rels/book.xml.rels", RELATIONS.as_bytes()),
    ];
    for (name, bytes) in parts.into_iter().chain([("sheet.xml", sheet)]).filter(|(_, bytes)| !bytes.is_empty()) {
        zip.start_file(name, fast).unwrap();
        zip.write_all(bytes).unwrap();
    }
    add(&mut zip);
    zip.finish().unwrap().into_inner()
}

fn plain() -> Vec<u8> {
    packed(SHEET.as_bytes(), |_| {})
}

/// With so many empty parts.
fn with_parts(count: usize) -> Vec<u8> {
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    packed(SHEET.as_bytes(), |zip| (4..count).for_each(|at| zip.start_file(format!("x/{at}"), stored).unwrap()))
}

/// The same file, where the four bytes behind each of these marks, at this distance, say something else.
fn patched(mut file: Vec<u8>, marks: [(&[u8], usize); 2], value: [u8; 4]) -> Vec<u8> {
    for (mark, distance) in marks {
        let places: Vec<usize> = (0..file.len() - 4).filter(|at| file[*at..].starts_with(mark)).collect();
        places.into_iter().for_each(|at| file[at + distance..at + distance + 4].copy_from_slice(&value));
    }
    file
}

/// The sizes that a file declares of its parts, unpacked.
const SIZES: [(&[u8], usize); 2] = [(b"PK\x03\x04", 22), (b"PK\x01\x02", 24)];

#[test]
fn what_is_no_whole_workbook_is_refused_in_words() {
    let half = plain()[..plain().len() / 2].to_vec();
    let other = |name: &str, text: &str| {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file(name, SimpleFileOptions::default().compression_method(CompressionMethod::Stored)).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
        zip.finish().unwrap().into_inner()
    };
    let twice = patched(
        packed(SHEET.as_bytes(), |zip| zip.start_file("sheet.xmk", SimpleFileOptions::default()).unwrap()),
        [(b".xmk", 0), (b".xmk", 0)],
        *b".xml",
    );
    let cases: [(Vec<u8>, &str); 19] = [
        (Vec::new(), "the file is empty"),
        (b"PK".to_vec(), "not a whole .xlsx file"),
        (half, "not a whole .xlsx file"),
        ([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1].to_vec(), "an old .xls workbook, or one with a password"),
        (other("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), "an OpenDocument file: save it as .xlsx"),
        (other("a.txt", "a"), "there is no workbook in it"),
        (b"%PDF-1.7\n%\xe2\xe3".to_vec(), "neither a workbook nor text"),
        (b"a;b\n1;2\n".to_vec(), "this is text, such as CSV"),
        (twice, "two parts of one name"),
        (
            packed(SHEET.as_bytes(), |zip| zip.start_file("SHEET.XML", SimpleFileOptions::default()).unwrap()),
            "two parts of one name",
        ),
        (with_parts(4097), "more than 4096 parts"),
        (packed(b"", |_| {}), "the file names a sheet `S` and does not hold it"),
        (patched(plain(), SIZES, [9, 0, 0, 0]), "larger than its declared"),
        (patched(plain(), [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)], [1, 0, 8, 0]), "Password"),
        (packed(b"<worksheet>\xe4</worksheet>", |_| {}), "sheet.xml is not UTF-8"),
        (packed(b"<worksheet><sheetData></worksheet>", |_| {}), "sheet `S`: not XML"),
        (packed(b"<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><worksheet/>", |_| {}), "DOCTYPE"),
        (
            packed(&[b"<worksheet>", &*vec![b' '; 33 << 20], b"</worksheet>"].concat(), |_| {}),
            "sheet.xml unpacks to more than 32 MiB",
        ),
        (
            packed(
                format!("<worksheet>{}", (0..99).map(|at| format!("<a xmlns:n{at}=\"\">")).collect::<String>())
                    .as_bytes(),
                |_| {},
            ),
            "namespaces",
        ),
    ];
    for (at, (file, wanted)) in cases.iter().enumerate() {
        let said = xlsx::read(file).unwrap_err();
        assert!(said.contains(wanted), "case {at}, {wanted}: {said}");
    }
    // What is only odd is read.
    for file in [with_parts(4096), patched(plain(), SIZES, [0xf0, 0xff, 0xff, 0x7f]), [plain(), vec![0; 99]].concat()] {
        assert_eq!(xlsx::read(&file).unwrap().sheets[0].rows.len(), 1);
    }
}

/// Each way in, in its shortest form.
const IMPORTERS: [&[&str]; 4] = [
    &["import", "workbook"],
    &["import", "profile", "--team", "shore", "--scale", "0=0,5=5"],
    &["import", "table", "--as", "csf-1.1", "--team", "shore", "--scale", "0=0,5=5"],
    &["import", "catalog"],
];

fn workspace() -> TempWorkspace {
    let temp = TempWorkspace::empty();
    temp.put(
        "milepost.toml",
        "[report]\ntitle = \"T\"\nframeworks = [\"csf-2.0\"]\n\n[[team]]\nid = \"shore\"\nname = \"Shore\"\n",
    );
    temp.put("content/2026-Q4/shore/a.toml", "[PR.DS-01]\nlevel = 1\n");
    temp
}

#[test]
fn every_bomb_ends_in_words_within_a_second_and_a_gigabyte_whatever_it_is_given_to() {
    let temp = workspace();
    let nested: String = (0..20_000).map(|at| format!("<c xmlns:n{at}=\"{at}\">")).collect();
    temp.put("bombs/namespaces.xlsx", packed(format!("<worksheet>{nested}").as_bytes(), |_| {}));
    let mut long = vec![b' '; 300 << 20];
    long[..11].copy_from_slice(b"<worksheet>");
    temp.put("bombs/long.xlsx", packed(&long, |_| {}));
    for bomb in fs::read_dir(bombs()).unwrap().map(|bomb| bomb.unwrap().path()) {
        temp.put(Path::new("bombs").join(bomb.file_name().unwrap()), fs::read(&bomb).unwrap());
    }
    // A second is meant for what is compiled to be fast.
    let script = "ulimit -v 1000000 -t 4; for bomb in bombs/$BOMBS.xlsx; do \"$0\" \"$@\" \"$bomb\" 2>&1 && exit 9; test $? = 1 || exit 8; done";
    // All of them go by the same reader; who reads the workspace first gets those that would take the most.
    let heaviest = ["long", "namespaces", "sparse", "sst-8g-count", "merge-huge", "dtd-lol"];
    for importer in IMPORTERS {
        let all = if importer[1] == "workbook" { vec!["*"] } else { heaviest.to_vec() };
        let mut count = 0;
        for bomb in all {
            let mut shell = Command::new("sh");
            shell.current_dir(temp.path("")).env("BOMBS", bomb).args(["-c", script, env!("CARGO_BIN_EXE_milepost")]);
            let ended = run(shell.args(importer));
            assert_eq!(ended.code, Some(0), "{importer:?}: {}", ended.said());
            count += ended.stdout.matches("error: bombs/").count();
        }
        assert_eq!(count, if importer[1] == "workbook" { 20 } else { heaviest.len() }, "{importer:?}");
    }
    assert_eq!(temp.read("content/2026-Q4/shore/a.toml"), "[PR.DS-01]\nlevel = 1\n");
    assert!(!temp.path("controls").exists());
}

#[test]
fn what_is_no_ordinary_file_is_refused_without_waiting() {
    let temp = workspace();
    let made = Command::new("mkfifo").arg(temp.path("pipe")).status().unwrap();
    assert!(made.success());
    fs::create_dir(temp.path("folder")).unwrap();
    fs::File::create(temp.path("large")).unwrap().set_len(3 << 30).unwrap();
    for importer in IMPORTERS {
        let refused = |file: &str| temp.run(&[importer, &[file]].concat()).failure(2);
        assert!(refused("pipe").contains("pipe: not an ordinary file"));
        assert!(refused("folder").contains("folder: not an ordinary file"));
        assert!(refused("none.xlsx").contains("none.xlsx: no such file"));
        assert!(refused("large").contains("large has 3221225472 bytes; the limit is"));
    }
}

#[test]
fn one_sheet_may_be_csv_of_any_kind_and_what_is_none_is_refused() {
    let heads = |text: &str| {
        let sheets = sheets::read(text.as_bytes()).unwrap();
        sheets.grids[0].heads(&["Control", "Level"], &[]).map(|heads| heads.rows(&sheets.grids[0]).len())
    };
    for text in ["Control,Level\nA,1\n", "sep=;\r\n\r\nControl;Level\r\nA;1", "x\tLEVEL \t Control\rA\t1\tB"] {
        assert_eq!(heads(text), Ok(1), "{text}");
    }
    assert!(heads("Control,Level,level\nA,1,2\n").unwrap_err().contains("two columns `level`: B and C"));
    for (bytes, why) in [
        (&b"Control,Level\nA,\"1\nB,2\n"[..], "line 2: quotes that are never closed"),
        (b"Control,Level\nA,\xe4\n", "line 2 is not UTF-8"),
        (b"{\"a\": 1}", "this is JSON; a workbook (.xlsx) or CSV is wanted"),
        (b"", "the file is empty"),
    ] {
        let said = sheets::read(bytes).unwrap_err();
        assert!(said.contains(why), "{why}: {said}");
    }
}
