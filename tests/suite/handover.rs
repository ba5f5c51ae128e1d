//! Tests handovers: what they hold, that the same files make the same bytes, and that what was touched is refused or told.

use std::io::{Cursor, Write};
use std::process::Command;

use milepost::load::archive::taken_from;
use serde_json::Value;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::support::temp_workspace::TempWorkspace;

/// A workspace of two quarters, the first of them sealed, with an artifact.
fn workspace() -> TempWorkspace {
    let workspace = TempWorkspace::empty();
    workspace.put(
        "milepost.toml",
        "[report]\ntitle = \"Northgate Ferries\"\nframeworks = [\"own\"]\n[audiences]\nboard = [\"teams\", \"sources\"]\n\
         [[team]]\nid = \"deck\"\nname = \"Deck Crew\"\n",
    );
    workspace.put("controls/own/framework.toml", "id = \"own\"\ntitle = \"Own\"\nfunctions = [\"HO\"]\n");
    let control = |n: usize| format!("[[control]]\nid = \"HO-{n}\"\ntitle = \"Room {n}\"\noutcome = \"a\"\n");
    workspace.put("controls/own/house.toml", format!("id = \"HO\"\ntitle = \"House\"\n{}{}", control(1), control(2)));
    workspace.put("content/profile.toml", "[targets]\ndefault = { level = 3, why = \"a\" }\n");
    workspace.put("content/2026-Q2/deck/artifacts/drill.txt", "restored\n");
    let digest = sha256("restored\n");
    let evidence = format!(
        "[{{ kind = \"test\", title = \"Drill\", date = 2026-05-01, file = \"artifacts/drill.txt\", sha256 = \"{digest}\" }}]"
    );
    workspace.put(
        "content/2026-Q2/deck/house.toml",
        format!("[HO-1]\nlevel = 4\nevidence = {evidence}\n\n[HO-2]\nlevel = 1\n"),
    );
    workspace.run(&["seal", "2026-Q2"]).result();
    workspace.put("content/2026-Q3/deck/house.toml", "[HO-1]\nlevel = 1\ncarried = true\n");
    workspace
}

fn sha256(text: &str) -> String {
    milepost::load::workspace::sha256(text.as_bytes())
}

fn names(bytes: &[u8]) -> Vec<String> {
    ZipArchive::new(Cursor::new(bytes)).unwrap().file_names().map(|name| name.unwrap().into_owned()).collect()
}

/// The same archive with its entries put through `change`, which may leave one out.
fn again(
    bytes: &[u8],
    method: CompressionMethod,
    change: impl Fn(&str, Vec<u8>) -> Option<(String, Vec<u8>)>,
) -> Vec<u8> {
    let mut old = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut new = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..old.len() {
        let mut part = old.by_index(at).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut held = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut held).unwrap();
        let Some((name, held)) = change(&name, held) else { continue };
        new.start_file(name, SimpleFileOptions::default().compression_method(method)).unwrap();
        new.write_all(&held).unwrap();
    }
    new.finish().unwrap().into_inner()
}

#[test]
fn a_closed_quarter_is_handed_over_and_made_again_from_the_archive() {
    let workspace = workspace();
    let said = workspace.run(&["handover", "2026-Q2", "--out", "a.zip"]).result();
    assert!(said.ends_with("  a.zip\n"), "{said}");
    workspace.run(&["handover", "2026-Q2", "--out", "b.zip"]).result();
    let (one, two) = (std::fs::read(workspace.path("a.zip")).unwrap(), std::fs::read(workspace.path("b.zip")).unwrap());
    assert_eq!(one, two);
    let names = names(&one);
    assert!(names.is_sorted());
    for wanted in [
        "README.txt",
        "SHA256SUMS",
        "handover.toml",
        "method.txt",
        "report/index.html",
        "workspace/milepost.toml",
        "workspace/content/2026-Q2/seal.toml",
        "workspace/content/2026-Q2/deck/house.toml",
        "workspace/content/2026-Q2/deck/artifacts/drill.txt",
        "workspace/controls/own/house.toml",
        "workspace/content/profile.toml",
    ] {
        assert!(names.iter().any(|name| name == wanted), "{wanted} is not in {names:?}");
    }
    assert!(!names.iter().any(|name| name.contains("2026-Q3/deck/house")), "{names:?}");
    let mut zip = ZipArchive::new(Cursor::new(&one)).unwrap();
    let part = zip.by_index(0).unwrap();
    assert_eq!(
        (part.compression(), part.last_modified().map(|day| day.year())),
        (CompressionMethod::Stored, Some(1980))
    );
    // From another folder, with nothing but the archive.
    let elsewhere = TempWorkspace::empty();
    elsewhere.put("a.zip", &one);
    let said = elsewhere.run(&["verify", "a.zip"]).result();
    for wanted in ["2026-Q2: as it was sealed", "nodes made again, all the same", "\nas it was handed over\n"] {
        assert!(said.contains(wanted), "{said}");
    }
    let json: Value = serde_json::from_str(&elsewhere.run(&["verify", "a.zip", "--format", "json"]).result()).unwrap();
    assert_eq!((json["fine"].as_bool(), json["recomputed"].as_bool()), (Some(true), Some(true)));
    // An archive is never written over.
    assert!(workspace.run(&["handover", "2026-Q2", "--out", "a.zip"]).failure(1).contains("a.zip is there already"));
    assert!(workspace.run(&["handover", "2026-Q1", "--out", "c.zip"]).failure(2).contains("no quarter `2026-Q1`"));
}

#[test]
fn coreutils_find_the_same() {
    let workspace = workspace();
    workspace.run(&["handover", "2026-Q2", "--out", "a.zip"]).result();
    let mut zip = ZipArchive::new(std::fs::File::open(workspace.path("a.zip")).unwrap()).unwrap();
    zip.extract(workspace.path("out")).unwrap();
    let check = |folder| {
        Command::new("sha256sum").args(["--check", "--strict", "SHA256SUMS"]).current_dir(folder).output().unwrap()
    };
    assert!(check(workspace.path("out")).status.success());
    workspace.put("out/report/index.html", "changed");
    assert!(!check(workspace.path("out")).status.success());
}

#[test]
fn artifacts_may_be_left_out_and_an_open_quarter_is_said() {
    let workspace = workspace();
    workspace.run(&["handover", "2026-Q2", "--out", "a.zip", "--without-artifacts"]).result();
    let bytes = std::fs::read(workspace.path("a.zip")).unwrap();
    assert!(!names(&bytes).iter().any(|name| name.ends_with("drill.txt")));
    let said = workspace.run(&["verify", "a.zip"]).result();
    assert!(said.contains("1 artifact left out") && said.contains("2026-Q2: as it was sealed"), "{said}");
    let open = workspace.run(&["handover", "2026-Q3", "--out", "open.zip"]);
    assert!(open.stderr.contains("2026-Q3 is not sealed, so its numbers may still change"), "{}", open.stderr);
    let said = workspace.run(&["verify", "open.zip"]).result();
    assert!(said.contains("2026-Q3 was not sealed when it was handed over") && said.contains("all the same"), "{said}");
    assert!(
        said.contains("2026-Q3: open, and as it was when it was handed over") && !said.contains("as it was sealed"),
        "{said}"
    );
}

#[test]
fn the_board_gets_no_inputs_and_no_names() {
    let workspace = workspace();
    let run = workspace.run(&["handover", "2026-Q2", "--out", "board.zip", "--audience", "board"]);
    assert!(run.stderr.contains("It holds no inputs"), "{}", run.stderr);
    let bytes = std::fs::read(workspace.path("board.zip")).unwrap();
    assert!(!names(&bytes).iter().any(|name| name.starts_with("workspace/")));
    assert!(!bytes.windows(9).any(|part| part == b"Deck Crew"));
    let said = workspace.run(&["verify", "board.zip"]).result();
    assert!(said.contains("its numbers cannot be made again from it"), "{said}");
}

#[test]
fn what_was_touched_is_told_and_a_bad_archive_is_refused() {
    let workspace = workspace();
    workspace.run(&["handover", "2026-Q2", "--out", "a.zip"]).result();
    let bytes = std::fs::read(workspace.path("a.zip")).unwrap();
    let same = |name: &str, held: Vec<u8>| Some((name.to_owned(), held));
    let judge = |name: &str, bytes: &[u8]| {
        workspace.put(name, bytes);
        let run = workspace.run(&["verify", name]);
        assert_eq!(run.code, Some(1), "{name}: {}{}", run.stdout, run.stderr);
        format!("{}{}", run.stdout, run.stderr)
    };
    let stored = CompressionMethod::Stored;
    // Another level, with a list of digests that knows nothing of it.
    let lies = |name: &str, held: Vec<u8>| {
        let text = String::from_utf8_lossy(&held).replace("level = 1", "level = 4");
        let held = if name.ends_with("deck/house.toml") { text.into_bytes() } else { held };
        Some((name.to_owned(), held))
    };
    let said = judge("lies.zip", &again(&bytes, stored, lies));
    assert!(
        said.contains("workspace/content/2026-Q2/deck/house.toml was changed") && said.contains("NOT as it was sealed"),
        "{said}"
    );
    let gone = judge(
        "gone.zip",
        &again(&bytes, stored, |name, held| (name != "report/index.html").then(|| (name.to_owned(), held))),
    );
    assert!(gone.contains("report/index.html is missing"), "{gone}");
    let said = judge("bomb.zip", &again(&bytes, CompressionMethod::Deflated, same));
    assert!(said.contains("is compressed"), "{said}");
    let out = |name: &str, held: Vec<u8>| {
        Some((if name == "method.txt" { "workspace/../../method.txt".to_owned() } else { name.to_owned() }, held))
    };
    assert!(judge("out.zip", &again(&bytes, stored, out)).contains("is no name of a file in it"));
    // The central directory says two of the same name, and then another size.
    let twice = |bytes: &[u8], from: &[u8], to: &[u8]| {
        let mut bytes = bytes.to_vec();
        let places: Vec<usize> = (0..bytes.len() - from.len()).filter(|at| bytes[*at..].starts_with(from)).collect();
        places.into_iter().for_each(|at| bytes[at..at + to.len()].copy_from_slice(to));
        bytes
    };
    assert!(judge("twice.zip", &twice(&bytes, b"README.txt", b"method.txt")).contains("the same name"));
    let end = bytes.windows(4).position(|part| part == b"PK\x01\x02").unwrap();
    let mut larger = bytes.clone();
    larger[end + 20..end + 28].copy_from_slice(&[0xff, 0xff, 0xff, 0x0f, 0xff, 0xff, 0xff, 0x0f]);
    let said = judge("larger.zip", &larger);
    assert!(said.contains("its size is wrong") || said.contains("cannot be read"), "{said}");
    assert!(judge("half.zip", &bytes[..bytes.len() / 2]).contains("it is cut off, or no zip archive"));
    assert!(judge("empty.zip", b"").contains("it is cut off, or no zip archive"));
    let foreign = again(&bytes, stored, |name, held| (name != "handover.toml").then(|| (name.to_owned(), held)));
    assert!(judge("foreign.zip", &foreign).contains("it is no handover"));
    assert!(workspace.run(&["verify", "nowhere.zip"]).failure(1).contains("nowhere.zip: no such file"));
}

/// The same archive with a list of digests that fits: what an attacker makes of it.
fn with_fitting_list(
    bytes: &[u8],
    change: impl Fn(&str, Vec<u8>) -> Option<(String, Vec<u8>)>,
    more: &[(&str, &str)],
) -> Vec<u8> {
    let mut files = std::collections::BTreeMap::new();
    let mut old = ZipArchive::new(Cursor::new(bytes)).unwrap();
    for at in 0..old.len() {
        let mut part = old.by_index(at).unwrap();
        let (name, mut held) = (part.name().unwrap().into_owned(), Vec::new());
        std::io::Read::read_to_end(&mut part, &mut held).unwrap();
        files.extend(change(&name, held).filter(|(name, _)| name != "SHA256SUMS"));
    }
    files.extend(more.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())));
    let line = |(name, held): (&String, &Vec<u8>)| format!("{}  {name}\n", milepost::load::workspace::sha256(held));
    let sums = files.iter().map(line).collect::<String>();
    files.insert("SHA256SUMS".to_owned(), sums.into_bytes());
    milepost::history::handover::pack(&files).unwrap()
}

#[test]
fn an_archive_whose_list_of_digests_fits_still_answers_to_its_seal() {
    let workspace = workspace();
    workspace.run(&["handover", "2026-Q2", "--out", "a.zip"]).result();
    workspace.run(&["handover", "2026-Q3", "--out", "open.zip"]).result();
    let [sealed, open] = ["a.zip", "open.zip"].map(|name| std::fs::read(workspace.path(name)).unwrap());
    let told = |bytes: &[u8]| {
        workspace.put("b.zip", bytes);
        let run = workspace.run(&["verify", "b.zip"]);
        assert_eq!(run.code, Some(1), "{}{}", run.stdout, run.stderr);
        format!("{}{}", run.stdout, run.stderr)
    };
    let edited = |file: &'static str, old: &'static str, new: &'static str| {
        move |name: &str, held: Vec<u8>| {
            let text = String::from_utf8_lossy(&held).into_owned();
            assert!(name != file || text.contains(old), "{old} is not in {text}");
            Some((name.to_owned(), if name == file { text.replace(old, new).into_bytes() } else { held }))
        }
    };
    let same = |name: &str, held: Vec<u8>| Some((name.to_owned(), held));
    let without = |file: &'static str| move |name: &str, held| (name != file).then(|| (name.to_owned(), held));
    const HOUSE: &str = "workspace/content/2026-Q2/deck/house.toml";
    const SEAL: &str = "workspace/content/2026-Q2/seal.toml";
    let cases: [(Vec<u8>, &str); 11] = [
        (
            with_fitting_list(&sealed, edited(HOUSE, "level = 1", "level = 4"), &[]),
            "changed  content/2026-Q2/deck/house.toml",
        ),
        (with_fitting_list(&sealed, without(HOUSE), &[]), "removed  content/2026-Q2/deck/house.toml"),
        (
            with_fitting_list(&sealed, same, &[("workspace/content/2026-Q2/deck/more.toml", "[HO-2]\nlevel = 5\n")]),
            "more.toml",
        ),
        (with_fitting_list(&sealed, edited(SEAL, "mean", "meam"), &[]), "the seal does NOT hold"),
        (with_fitting_list(&sealed, without(SEAL), &[]), "it holds nothing to compare the numbers of 2026-Q2 with"),
        (
            with_fitting_list(&sealed, edited("handover.toml", "open = false", "open = true"), &[]),
            "it holds nothing to compare the numbers of 2026-Q2 with",
        ),
        (with_fitting_list(&sealed, edited("handover.toml", "\"full\"", "\"board\""), &[]), "and it holds inputs"),
        (with_fitting_list(&sealed, edited("handover.toml", "\"full\"", "\"all\""), &[]), "it is no handover"),
        (with_fitting_list(&sealed, edited("handover.toml", "2026-Q2", "2026-Q3"), &[]), "of 2026-Q3"),
        (
            with_fitting_list(&open, edited("open.toml", "mean", "meam"), &[]),
            "what stands in for its seal does NOT hold",
        ),
        (
            with_fitting_list(
                &open,
                edited("workspace/content/2026-Q3/deck/house.toml", "level = 1", "level = 4"),
                &[],
            ),
            "open, and NOT as it was",
        ),
    ];
    for (bytes, wanted) in cases {
        let said = told(&bytes);
        assert!(said.contains(wanted), "{wanted} is not in:\n{said}");
        assert!(!said.contains("\nas it was handed over"), "{said}");
    }
}

/// An archive that is written to memory.
type NewZip = ZipWriter<Cursor<Vec<u8>>>;

#[test]
fn an_archive_that_cannot_be_unpacked_as_it_is_is_refused() {
    let workspace = workspace();
    workspace.run(&["handover", "2026-Q2", "--out", "a.zip"]).result();
    let bytes = std::fs::read(workspace.path("a.zip")).unwrap();
    let refused = |bytes: &[u8]| taken_from(Cursor::new(bytes), bytes.len() as u64).unwrap_err();
    // Another entry, beside those that are right.
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let with = |add: &dyn Fn(&mut NewZip)| {
        let mut zip = ZipWriter::new_append(Cursor::new(bytes.clone())).unwrap();
        add(&mut zip);
        zip.finish().unwrap().into_inner()
    };
    let named = |name: &str| refused(&with(&|zip| zip.start_file(name, stored).unwrap()));
    for outside in ["../a", "/etc/a", "workspace/../../a", "a\\b", "C:a", "a//b", "./a", "a\u{7}b", &"a".repeat(2000)] {
        let said = named(outside);
        assert!(said.contains("is no name of a file in it"), "{outside}: {said}");
    }
    for twin in ["readme.txt", "WORKSPACE/milepost.toml", "report/INDEX.html"] {
        let said = named(twin);
        assert!(said.contains("are the same file on some systems"), "{twin}: {said}");
    }
    let composed = with(&|zip| {
        zip.start_file("report/caf\u{e9}.html", stored).unwrap();
        zip.start_file("report/cafe\u{301}.html", stored).unwrap();
    });
    assert!(refused(&composed).contains("are the same file on some systems"));
    assert!(named("report").contains("is a file, and a folder that holds others"));
    assert!(named("README.txt/a").contains("is a file, and a folder that holds others"));
    let link = with(&|zip| zip.add_symlink("report/link.html", "/etc/passwd", stored).unwrap());
    assert!(refused(&link).contains("report/link.html is a link"));
    let folder = with(&|zip| zip.add_directory("../outside", stored).unwrap());
    assert!(refused(&folder).contains("is no name of a file in it"));
    // A list that names a file twice, or what is no file.
    let listed = |more: &str| {
        let change = |name: &str, held: Vec<u8>| {
            let held = if name == "SHA256SUMS" { [held, more.as_bytes().to_vec()].concat() } else { held };
            Some((name.to_owned(), held))
        };
        workspace.put("b.zip", again(&bytes, CompressionMethod::Stored, change));
        let run = workspace.run(&["verify", "b.zip"]);
        assert_eq!(run.code, Some(1), "{}", run.said());
        run.stdout
    };
    assert!(listed(&format!("{}  README.txt\n", "0".repeat(64))).contains("README.txt is listed twice in SHA256SUMS"));
    assert!(listed("nothing\n").contains("of SHA256SUMS is no digest of a file"));
    assert!(listed(&format!("{}  ../../etc/passwd\n", "0".repeat(64))).contains("../../etc/passwd is missing"));
    // Cut off, with something before it, or with a byte that is another one.
    for at in [1, 21, bytes.len() / 3, bytes.len() - 1] {
        assert!(refused(&bytes[..at]).contains("it is cut off, or no zip archive"), "{at}");
    }
    assert!(refused(&[b"MZ program", bytes.as_slice()].concat()).contains("stands before it"));
    let mut other = bytes.clone();
    other[60] ^= 1;
    assert!(refused(&other).contains("cannot be read"), "{}", refused(&other));
    workspace.put("b.zip", &link);
    assert!(workspace.run(&["verify", "b.zip"]).failure(1).contains("b.zip: report/link.html is a link"));
}

#[test]
fn what_cannot_be_unpacked_everywhere_is_not_handed_over() {
    let workspace = workspace();
    for name in ["a.md", "A.md"] {
        workspace.put(format!("content/2026-Q3/deck/artifacts/{name}"), "a");
    }
    let item = |name: &str| {
        format!(
            "{{ kind = \"test\", title = \"a\", date = 2026-08-01, file = \"artifacts/{name}\", sha256 = \"{}\" }}",
            sha256("a")
        )
    };
    let answer = format!("[HO-1]\nlevel = 1\nevidence = [{}, {}]\n", item("a.md"), item("A.md"));
    workspace.put("content/2026-Q3/deck/house.toml", answer);
    let said = workspace.run(&["handover", "2026-Q3", "--out", "a.zip"]).failure(1);
    assert!(said.contains("are the same file on some systems") && said.contains("Nothing was written"), "{said}");
    assert!(!workspace.path("a.zip").exists());
}
