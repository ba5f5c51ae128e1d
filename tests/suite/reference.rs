//! Tests the descriptions of keys against the readers that they describe, and what is made of them.
//!
//! Where a table has an unknown key, its reader lists the keys that it knows. So each table of each kind of file is given one,
//! together with the example of each of its keys in turn.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use milepost::check;
use milepost::diagnostic::{self, Code, Layout, Severity};
use milepost::load::workspace::{self, Entry as FileEntry, Workspace};
use milepost::reference::{FileKind, Key, KeyOfKind, Reference, ValueSort, print};
use rayon::prelude::*;
use toml::de::{DeTable, DeValue};

/// A key that no table has.
const UNKNOWN: &str = "zzzzzzzz";
/// The SHA-256 of nothing, which is what the artifact of the examples holds.
const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// Where a kind of file stands in the workspace of the examples.
fn place(kind: &FileKind) -> &'static str {
    match kind.file.as_str() {
        "milepost.toml" => "milepost.toml",
        "profile.toml" => "content/profile.toml",
        "quarter.toml" => "content/2026-Q4/quarter.toml",
        "evidence.toml" => "content/2026-Q4/platform/protect.toml",
        "collected.toml" => "content/2026-Q4/platform/collected.toml",
        "actions.toml" => "content/actions.toml",
        "review.toml" => "content/2026-Q4/reviews/internal-audit.toml",
        "framework.toml" => "controls/own/framework.toml",
        "function.toml" => "controls/own/house.toml",
        "synonyms.toml" => "controls/own/synonyms.toml",
        "mapping.toml" => "mappings/cis.toml",
        "map.toml" => "maps/own.toml",
        "table-mapping.toml" => "maps/sheet.toml",
        "community.toml" => "profiles/manufacturing.toml",
        "guide.md" => "content/guides/answering.md",
        "strings.toml" => "themes/default/strings.toml",
        other => panic!("where does {other} stand?"),
    }
}

/// The workspace of the examples, in which the file of one kind holds `text`.
fn workspace(kind: &FileKind, text: String) -> Workspace {
    let teams = "[[team]]\nid = \"web\"\nname = \"Web\"\nlast_quarter = \"2026-Q3\"\n[[team]]\nid = \"platform\"\nname = \"Platform\"\n";
    let config = format!("[report]\ntitle = \"a\"\nframeworks = [\"csf-2.0\", \"data-recovery\", \"own\"]\n{teams}");
    let mut files = vec![
        ("milepost.toml", config),
        ("content/2026-Q4/platform/protect.toml", "[PR.DS-11]\nlevel = 1\n".to_owned()),
        (
            "controls/own/framework.toml",
            "id = \"own\"\ntitle = \"Own\"\nfunctions = [\"HO\"]\nreferences = { \"cis-8.1\" = \"CIS\" }\n".to_owned(),
        ),
        (
            "controls/own/house.toml",
            "id = \"HO\"\ntitle = \"House\"\n[[control]]\nid = \"HO-1\"\ntitle = \"a\"\noutcome = \"a\"\n".to_owned(),
        ),
    ];
    files.retain(|(path, _)| *path != place(kind));
    if kind.file == "review.toml" {
        // A retest looks again at a finding of an earlier quarter.
        files.push(("content/2026-Q3/web/protect.toml", "[PR.DS-11]\nlevel = 1\n".to_owned()));
        let finding = "id = \"IA-1\"\ncontrol = \"PR.DS-11\"\nteam = \"web\"\nseverity = \"low\"\ntitle = \"a\"\n";
        files.push(("content/2026-Q3/reviews/audit.toml", format!("reviewer = \"Audit\"\n[[finding]]\n{finding}")));
    }
    let text = if kind.file == "guide.md" { format!("+++\n{text}+++\n\nText.\n") } else { text };
    // What follows another team needs that one.
    let text = if kind.file == "milepost.toml" && text.contains("succeeds") {
        text.replacen("team = [", "team = [{ id = \"web\", name = \"Web\", last_quarter = \"2026-Q3\" }, ", 1)
    } else {
        text
    };
    // What names a risk needs that one.
    let risk = "[risks.R-12]\ntitle = \"a\"\n";
    let text = if kind.file == "profile.toml" && text.contains("R-12\"]") { format!("{text}\n{risk}") } else { text };
    if kind.file != "profile.toml" && text.contains("R-12\"]") {
        files.push(("content/profile.toml", risk.to_owned()));
    }
    files.push((place(kind), text));
    let mut workspace = workspace::load(Path::new("/nowhere"));
    workspace
        .files
        .extend(files.into_iter().map(|(path, text)| (path.to_owned(), FileEntry::Text(text.as_str().into()))));
    for folder in ["platform", "reviews"] {
        let artifact = FileEntry::Artifact { sha256: EMPTY.to_owned(), exchanged: None };
        workspace.files.insert(format!("content/2026-Q4/{folder}/artifacts/restore-drill.txt"), artifact);
    }
    workspace
}

/// The keys of a table, with the keys that lead to it.
fn tables(reference: &Reference) -> Vec<(&FileKind, Vec<KeyOfKind<'_>>, Vec<KeyOfKind<'_>>)> {
    let mut tables = Vec::new();
    for kind in &reference.kinds {
        let mut open = vec![(Vec::new(), reference.top(kind))];
        while let Some((way, keys)) = open.pop() {
            for entry in keys.iter().filter(|entry| entry.key.sort.holds_keys()) {
                let way: Vec<KeyOfKind<'_>> = [&way[..], &[*entry]].concat();
                open.push((way, reference.below(*entry)));
            }
            tables.push((kind, way, keys));
        }
    }
    tables
}

/// A table in one line: what must stand in it, the way on, and at its end the key itself and the unknown one.
fn table(reference: &Reference, keys: &[KeyOfKind<'_>], way: &[KeyOfKind<'_>], on: &str) -> Vec<String> {
    let Some((next, rest)) = way.split_first() else { return vec![format!("{UNKNOWN} = 1")] };
    let mut lines = Vec::new();
    for entry in keys.iter().filter(|entry| entry.key.required && entry.key.path != next.key.path) {
        lines.push(format!("{} = {}", entry.key.last(), value(reference, *entry)));
    }
    let key = next.key;
    // The lines beside it may say what is required.
    if !key.with.is_empty() {
        lines.extend(Some(key.with.clone()));
    }
    let name = if !key.is_free() {
        key.last()
    } else if key.path == "<CONTROL>" && !on.is_empty() {
        on
    } else {
        &key.name
    };
    let is_plain = rest.is_empty() && !matches!(key.sort, ValueSort::Table | ValueSort::Tables);
    if is_plain {
        lines.push(format!("{name} = {}", key.example));
        lines.push(format!("{UNKNOWN} = 1"));
        return lines;
    }
    if rest.is_empty() {
        if key.required || !key.example.is_empty() {
            lines.push(format!("{name} = {}", value(reference, *next)));
        }
        lines.push(format!("{UNKNOWN} = 1"));
        return lines;
    }
    let inside = table(reference, &reference.below(*next), rest, on).join(", ");
    let inside = if key.sort == ValueSort::Tables { format!("[{{ {inside} }}]") } else { format!("{{ {inside} }}") };
    lines.push(format!("{name} = {inside}"));
    lines
}

/// The value of a key that must be there.
fn value(reference: &Reference, entry: KeyOfKind<'_>) -> String {
    if !entry.key.example.is_empty() {
        return entry.key.example.clone();
    }
    let below = reference.below(entry).into_iter().filter(|below| below.key.required);
    let inside: Vec<String> =
        below.map(|below| format!("{} = {}", below.key.last(), value(reference, below))).collect();
    let inside = format!("{{ {} }}", inside.join(", "));
    if entry.key.sort == ValueSort::Tables { format!("[{inside}]") } else { inside }
}

/// Whether a diagnostic says that the example of a key is wrong, and not only that it is cut short: a scale with one level, a control
/// with the id of the one above it, a level of dimensions where there are none.
fn is_fault(found: &diagnostic::Diagnostic, key: KeyOfKind<'_>) -> bool {
    let is_short = matches!(found.code, Code::DuplicateId | Code::BadScale) || key.key.last() == "<DIMENSION>";
    (found.code.severity() == Severity::Error || found.code == Code::BadMapping) && !is_short
}

/// The keys that the reader of a table knows where its example of `key` stands in it, and what is wrong with that example.
fn asked(
    reference: &Reference,
    kind: &FileKind,
    way: &[KeyOfKind<'_>],
    key: KeyOfKind<'_>,
) -> (BTreeSet<String>, Vec<String>) {
    let whole: Vec<KeyOfKind<'_>> = [way, &[key]].concat();
    let text = table(reference, &reference.top(kind), &whole, &key.key.on).join("\n") + "\n";
    let workspace = workspace(kind, text.clone());
    let found = check::check(&workspace).diagnostics;
    let (mut keys, mut faults) = (BTreeSet::new(), Vec::new());
    let unknown = format!("unknown key `{UNKNOWN}`");
    for found in found.iter().filter(|found| *found.place.path == *place(kind)) {
        if found.message == unknown {
            let listed = found.help.iter().find_map(|help| help.strip_prefix("keys here: "));
            keys.extend(listed.unwrap_or_default().split(", ").map(str::to_owned));
        } else if !found.message.contains(UNKNOWN) && is_fault(found, key) {
            faults.push(format!("{}: {}: {} in\n{text}", key.key.path, found.code.name(), found.message));
        }
    }
    (keys, faults)
}

#[test]
fn every_key_that_a_reader_asks_for_is_described_and_no_other() {
    let reference = Reference::read();
    let judged: Vec<Vec<String>> = tables(&reference)
        .par_iter()
        .map(|(kind, way, keys)| {
            let mut faults = Vec::new();
            let mut known = BTreeSet::new();
            for key in keys {
                let (asked, wrong) = asked(&reference, kind, way, *key);
                known.extend(asked);
                faults.extend(wrong);
            }
            let at = way.iter().map(|entry| entry.key.path.as_str()).collect::<Vec<_>>().join(" > ");
            let described: BTreeSet<String> =
                keys.iter().filter(|entry| !entry.key.is_free()).map(|entry| entry.key.last().to_owned()).collect();
            // A table with names of its authors' own has no unknown keys.
            if keys.iter().all(|entry| !entry.key.is_free()) && known != described {
                let lacks: Vec<_> = known.difference(&described).collect();
                let idle: Vec<_> = described.difference(&known).collect();
                faults.push(format!("{} {at}: not described: {lacks:?}; asked for by nobody: {idle:?}", kind.file));
            }
            faults.into_iter().map(|fault| format!("{}: {fault}", kind.file)).collect()
        })
        .collect();
    let faults: Vec<String> = judged.concat();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

// A control: the test above must be able to fail.
#[test]
fn a_key_without_description_would_be_found() {
    let reference = Reference::read();
    let kind = reference.kind("quarter.toml").unwrap();
    let key = |path: &str| KeyOfKind { kind, key: kind.keys.iter().find(|key| key.path == path).unwrap() };
    let (asked_for, faults) = asked(&reference, kind, &[], key("title"));
    assert_eq!(asked_for, ["closes", "opens", "title"].map(str::to_owned).into());
    assert_eq!(faults, [""; 0]);
    assert!(asked(&reference, kind, &[], key("follows")).0.contains("follows"));
}

/// What a file of `docs` should hold.
fn assert_is(path: &str, wanted: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(path);
    if std::env::var_os("MILEPOST_WRITE_DOCS").is_some() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, wanted).unwrap();
    }
    let text = fs::read_to_string(&file).unwrap_or_default();
    assert!(text == wanted, "docs/{path} is old: MILEPOST_WRITE_DOCS=1 cargo test --test suite reference:: writes it");
}

#[test]
fn the_pages_of_formats_and_codes_are_what_the_descriptions_say() {
    let reference = Reference::read();
    // What is exported is no file of a workspace, and its pages are written by hand.
    let mut names = BTreeSet::from(["README.md", "oscal.md", "table.md"].map(str::to_owned));
    let mut list = "# Files\n\nWhat may stand in the files of a workspace. `milepost help FILE` prints the same, and `milepost check` names\n\
                    every key that it does not know. These pages are made from the descriptions in `src/reference/`.\n\n\
                    | file | where | what it is |\n| --- | --- | --- |\n"
        .to_owned();
    for kind in &reference.kinds {
        let name = format!("{}.md", kind.file.trim_end_matches(".toml").trim_end_matches(".md"));
        assert_is(&format!("formats/{name}"), &print(&reference, kind, Layout::Markdown));
        let first = kind.means.split(". ").next().unwrap().trim_end_matches('.');
        list += &format!("| [{}]({name}) | `{}` | {first}. |\n", kind.file, kind.path);
        names.insert(name);
    }
    list += "\n`seal.toml` is written by `milepost seal`, and nobody edits it. What `milepost export` prints is in \
             [table.md](table.md) and [oscal.md](oscal.md).\n";
    assert_is("formats/README.md", &list);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/formats");
    let there: BTreeSet<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(there, names, "a page that nothing makes");
    assert_is("diagnostics.md", &diagnostic::help_of_all(Layout::Markdown));
}

/// The path of each key that a value holds, itself or in a list.
fn paths(value: &DeValue<'_>, above: &[String], found: &mut Vec<Vec<String>>) {
    match value {
        DeValue::Table(table) => {
            for (key, value) in table {
                let path = [above, &[key.get_ref().to_string()]].concat();
                found.push(path.clone());
                paths(value.get_ref(), &path, found);
            }
        }
        DeValue::Array(list) => list.iter().for_each(|item| paths(item.get_ref(), above, found)),
        _ => {}
    }
}

/// Whether the descriptions have this key.
fn is_described<'r>(reference: &'r Reference, keys: &[KeyOfKind<'r>], path: &[String]) -> bool {
    let Some((first, rest)) = path.split_first() else { return true };
    let named = keys.iter().filter(|entry| entry.key.last() == first);
    let free = keys.iter().filter(|entry| entry.key.is_free());
    let mut fits = named.chain(free);
    fits.any(|entry| {
        rest.is_empty()
            || is_described(reference, &reference.below(*entry), rest)
            || (entry.key.path == "<CONTROL>" && is_described(reference, keys, rest))
    })
}

#[test]
fn the_starter_shows_the_keys_that_are_described() {
    let reference = Reference::read();
    let starter = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli/starter");
    for (file, path, all) in [
        ("milepost.toml", "milepost.toml", true),
        ("profile.toml", "content/profile.toml", false),
        ("actions.toml", "content/actions.toml", true),
        ("quarter.toml", "content/2026-Q4/quarter.toml", false),
        ("evidence.toml", "content/2026-Q4/platform/protect.toml", false),
    ] {
        let kind = reference.kind(file).unwrap();
        let text = fs::read_to_string(starter.join(path)).unwrap();
        // What a comment shows is valid, and stands below the header that is before it.
        let is_toml = |line: &str| DeTable::parse(line).is_ok() && line.contains(" = ");
        let shown: Vec<String> = text.lines().map(|line| line.trim_start_matches("# ").to_owned()).collect();
        let mut header: Vec<String> = Vec::new();
        let mut seen: BTreeSet<String> = BTreeSet::new();
        for line in &shown {
            let bare = line.trim_matches(['[', ']']);
            if line.starts_with('[') && line.ends_with(']') && !bare.contains(' ') {
                header = bare.split('.').map(str::to_owned).collect();
                header = if file == "evidence.toml" && header.len() > 1 { vec![bare.to_owned()] } else { header };
                assert!(is_described(&reference, &reference.top(kind), &header), "{path}: {line}");
            } else if is_toml(line) {
                let (tree, _) = DeTable::parse_recoverable(line);
                let mut found = Vec::new();
                paths(&DeValue::Table(tree.into_inner()), &header, &mut found);
                for key in found {
                    assert!(is_described(&reference, &reference.top(kind), &key), "{path}: {key:?} of {line}");
                    seen.insert(key.last().unwrap().clone());
                }
            }
        }
        if all {
            let missing = |key: &&Key| {
                !key.is_free()
                    && !key.path.contains(['*', '<'])
                    && !key.sort.holds_keys()
                    && !seen.contains(key.last())
                    && !text.contains(key.last())
            };
            let missing: Vec<&str> = kind.keys.iter().filter(missing).map(|key| key.path.as_str()).collect();
            assert_eq!(missing, [""; 0], "{path} does not show them");
        }
    }
}

#[test]
fn defaults_that_the_starter_shows_are_those_of_the_descriptions() {
    let reference = Reference::read();
    let kind = reference.kind("milepost.toml").unwrap();
    let text = include_str!("../../src/cli/starter/milepost.toml");
    let shown = |key: &str| text.lines().find_map(|line| line.strip_prefix(&format!("# {key} = ")));
    for key in kind
        .keys
        .iter()
        .filter(|key| ["report.", "scoring.", "evidence.", "scale."].iter().any(|of| key.path.starts_with(of)))
    {
        let example =
            ["organization", "repository", "levels", "dimensions", "needs", "name", "criteria", "from", "any_of"];
        if key.required || key.is_free() || example.contains(&key.last()) {
            continue;
        }
        assert_eq!(shown(key.last()), Some(key.default.as_str()), "{}", key.path);
    }
}

/// What the program prints, and its exit code.
fn milepost(args: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_milepost")).args(args).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn help_explains_commands_files_and_codes() {
    let help = |topic: &str| {
        let (code, result, remarks) = milepost(&["help", topic]);
        assert_eq!((code, remarks.as_str()), (Some(0), ""), "{topic}");
        result
    };
    insta::assert_snapshot!("quarter", help("quarter.toml"));
    insta::assert_snapshot!("unknown-key", help("unknown-key"));
    // `quarter` is the command.
    assert!(help("quarter").contains("Usage: milepost quarter"));
    let (code, program, _) = milepost(&["help"]);
    assert!(code == Some(0) && program.contains("Usage: milepost") && program.contains("  help "), "{program}");
    for kind in &Reference::read().kinds {
        let text = help(&kind.file);
        assert!(text.starts_with(&format!("{}\n", kind.file)), "{text}");
        let all = kind.keys.iter().filter(|key| !key.sort.holds_keys());
        for key in all {
            let line = format!("\n  {}\n", key.last());
            assert!(text.contains(&line), "{}: {}", kind.file, key.path);
        }
    }
    let all = help("diagnostics");
    for code in Code::ALL {
        assert!(all.contains(&*diagnostic::help(*code, Layout::Text)), "{code:?}");
    }
    let (code, _, remarks) = milepost(&["help", "quarter.tml"]);
    assert_eq!((code, remarks.as_str()), (Some(2), "error: no topic `quarter.tml`; did you mean `quarter.toml`?\n"));
    let (_, page, _) = milepost(&["help", "--format", "markdown", "quarter.toml"]);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/formats/quarter.md");
    assert_eq!(page, fs::read_to_string(file).unwrap());
}

#[test]
fn a_built_in_catalog_is_printed_as_it_is() {
    let (code, list, _) = milepost(&["catalog"]);
    assert_eq!(
        (code, list.as_str()),
        (Some(0), "csf-2.0\ncsf-2.0-categories\ndata-recovery\ndelivery\nincident-learning\n")
    );
    let read =
        |path: &str| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("controls").join(path)).unwrap();
    let (_, one, _) = milepost(&["catalog", "delivery", "--file", "delivery.toml"]);
    assert_eq!(one, read("delivery/delivery.toml"));
    let (_, both, _) = milepost(&["catalog", "delivery"]);
    let file = |name: &str| format!("# controls/delivery/{name}\n\n{}\n", read(&format!("delivery/{name}")));
    assert_eq!(both, file("framework.toml") + &file("delivery.toml"));
    let (code, _, remarks) = milepost(&["catalog", "delivry"]);
    assert_eq!((code, remarks.as_str()), (Some(2), "error: no built-in catalog `delivry`; did you mean `delivery`?\n"));
}
