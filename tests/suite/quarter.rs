//! Tests how the program opens a quarter: what it takes over, what it leaves out, and when it refuses.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::Stdio;

use crate::support::temp_workspace::{TempWorkspace, kills, tree};
use insta::assert_snapshot;
use walkdir::WalkDir;

const CONFIG: &str = r#"[report]
title = "Rules of the yard"
frameworks = ["yard"]

[[team]]
id = "deck"
name = "Deck"

[[team]]
id = "engine"
name = "Engine Room"
last_quarter = "2026-Q4"
"#;

const CATALOG: &str = r#"id = "KP"
title = "Keep"
purpose = "To keep afloat."

[[category]]
id = "KP.HU"
title = "Hull"

[[category.control]]
id = "KP.HU-1"
title = "Pumps"
outcome = "Pumps run."

[[category.control]]
id = "KP.HU-2"
title = "Doors"
outcome = "Doors shut."

[[category.control]]
id = "KP.HU-3"
title = "Lamps"
outcome = "Lamps burn."
facts = { lamps = "integer", tried = "date" }

  [[category.control.criteria]]
  level = 2
  require = { lamps = ">= 2" }
"#;

/// Every form in which an answer may be written, with comments and an order of its own.
const DECK: &str = r#"# Deck's answers. Ask the bosun.
attested = { by = "Bosun", on = 2026-09-20 }   # after the drill

[KP.HU-2]   # doors first: they matter most
level = 3
evidence = [
  # the yard's sheet
  { kind = "test", title = "Doors shut in 20 s", date = 2026-08-01 },
  { kind = "record", title = "Door book", date = 2025-11-02 },   # a year by December
]

  [KP.HU-1]
  level = 2
  note = """
  Pumps, [KP.HU-9] and all.
  """

  [[KP.HU-1.evidence]]
  kind = "document"
  title = "Pump plan"
  date = 2025-10-01

  [[KP.HU-1.evidence]]
  kind = "record"
  title = "Pump log"
  covers = "2026-07-01..2026-09-30"

[KP]
HU-3.facts.lamps = 4
HU-3.facts.tried = 2026-09-01
HU-3.evidence = [{ kind = "metric", title = "Lamp count", date = 2026-09-02 }]
"#;

const ENGINE: &str = "KP = { HU-1 = { level = 1 }, HU-2.unknown = \"Nobody looked.\" }\r\n# CRLF stays\r\n";

impl TempWorkspace {
    /// A workspace of one small framework and two teams.
    fn yard() -> Self {
        let temp = Self::empty();
        temp.put("milepost.toml", CONFIG);
        temp.put(
            "controls/yard/framework.toml",
            "id = \"yard\"\ntitle = \"Rules of the yard\"\nfunctions = [\"KP\"]\n",
        );
        temp.put("controls/yard/keep.toml", CATALOG);
        temp.put("content/2026-Q3/quarter.toml", "title = \"Summer\"\n");
        temp.put("content/2026-Q3/summary.md", "A fine summer.\n");
        temp.put("content/2026-Q3/deck/all.toml", DECK);
        temp.put("content/2026-Q3/engine/all.toml", ENGINE);
        temp
    }

    /// What a run says that succeeds.
    fn told(&self, args: &[&str]) -> String {
        self.run(args).result()
    }

    /// What a run says that must fail and change nothing.
    fn refused(&self, args: &[&str], code: i32) -> String {
        let before = self.tree();
        let said = self.run(args).failure(code);
        assert!(before == self.tree(), "{args:?} changed something");
        said
    }

    /// Every file, and every folder with nothing in its place.
    fn tree(&self) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        let entries = WalkDir::new(self.path("")).into_iter().map(Result::unwrap);
        entries.map(|entry| (entry.path().to_owned(), fs::read(entry.path()).ok())).collect()
    }
}

#[test]
fn answers_are_carried_in_the_form_in_which_they_are_written() {
    let temp = TempWorkspace::yard();
    let before = temp.tree();
    assert_snapshot!("report", temp.told(&["quarter", "2026-Q4"]));
    assert_snapshot!("deck", temp.read("content/2026-Q4/deck/all.toml"));
    // Byte for byte, with its line ends.
    assert_eq!(
        temp.read("content/2026-Q4/engine/all.toml"),
        "KP = { HU-1 = { carried = true, level = 1 }, HU-2.carried = true, HU-2.unknown = \"Nobody looked.\" }\r\n# CRLF stays\r\n"
    );
    // The summary belongs to its quarter and is not carried.
    assert!(!temp.path("content/2026-Q4/summary.md").exists());
    let now = temp.tree();
    assert!(before.iter().all(|(path, bytes)| now[path] == *bytes), "the quarter before is as it was");
    assert_eq!(temp.run(&["check"]).code, Some(0));
}

#[test]
fn every_line_but_marks_days_and_old_evidence_is_taken_over() {
    let temp = TempWorkspace::yard();
    temp.told(&["quarter", "2026-Q4"]);
    let (old, new) = (temp.read("content/2026-Q3/deck/all.toml"), temp.read("content/2026-Q4/deck/all.toml"));
    let lines = |text: &str| text.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>();
    let (old, new) = (lines(&old), lines(&new));
    let added: Vec<&String> = new.iter().filter(|line| !old.contains(line)).collect();
    let gone: Vec<&String> = old.iter().filter(|line| !new.contains(line)).collect();
    assert_eq!(
        added,
        [
            "attested = { by = \"Bosun\" }   # after the drill",
            "carried = true",
            "carried = true",
            "HU-3.carried = true"
        ]
    );
    assert_eq!(gone.len(), 5, "{gone:?}");
    assert!(gone.iter().all(|line| {
        ["on = ", "Door book", "document", "Pump plan", "2025-10-01"].iter().any(|part| line.contains(part))
    }));
}

#[test]
fn what_is_carried_counts_and_shows_its_streak() {
    let temp = TempWorkspace::yard();
    temp.told(&["quarter", "2026-Q4"]);
    let explained = temp.told(&["explain", "KP.HU-2", "--team", "deck"]);
    assert!(explained.contains("not re-attested for 1 quarter: given for 2026-Q3"), "{explained}");
    temp.told(&["quarter", "2027-Q1"]);
    let explained = temp.told(&["explain", "KP.HU-2", "--team", "deck"]);
    assert!(explained.contains("not re-attested for 2 quarters: given for 2026-Q3"), "{explained}");
    // A new signature gives all answers of the file anew, in the quarter or after it; one from before it does not.
    let path = "content/2027-Q1/deck/all.toml";
    let unsigned = temp.read(path);
    for (day, carried) in [("2026-12-31", true), ("2027-01-01", false), ("2027-03-31", false), ("2027-04-06", false)] {
        temp.put(path, unsigned.replace("by = \"Bosun\"", &format!("by = \"Bosun\", on = {day}")));
        let explained = temp.told(&["explain", "KP.HU-2", "--team", "deck"]);
        assert_eq!(
            explained.contains("not re-attested for 2 quarters: given for 2026-Q3"),
            carried,
            "{day}: {explained}"
        );
    }
}

#[test]
fn a_worksheet_asks_for_what_is_still_owed() {
    let temp = TempWorkspace::yard();
    let before = temp.told(&["score", "--format", "json"]);
    let told = temp.told(&["worksheet", "engine"]);
    let names: Vec<&str> = told.lines().map(|line| line.split(": ").next().unwrap()).collect();
    assert!(
        !names.is_empty() && names.iter().all(|name| name.starts_with("content/2026-Q3/engine/worksheet-")),
        "{told}"
    );
    let text = temp.read(names[0]);
    assert_snapshot!("worksheet", text);
    assert!(text.lines().all(|line| line.is_empty() || line.starts_with('#')), "{text}");
    // A worksheet that nobody filled in gives no answer.
    assert_eq!(temp.told(&["score", "--format", "json"]), before);
    let again = temp.refused(&["worksheet", "engine"], 1);
    assert!(again.contains("is there already; nothing was written"), "{again}");
    // Filled in, it owes nothing.
    for name in names {
        let text = temp.read(name);
        let tables = text.lines().filter(|line| line.starts_with("# [") && *line != "# [attested]");
        let filled: String = tables.map(|line| format!("{}\nunknown = \"Nobody looked.\"\n", &line[2..])).collect();
        temp.put(name, filled);
    }
    temp.told(&["check"]);
    assert_eq!(temp.told(&["worksheet", "engine"]), "Engine Room owes nothing in 2026-Q3\n");
    assert!(temp.refused(&["worksheet", "nobody"], 2).contains("no team `nobody`"));
}

#[test]
fn a_new_team_gets_worksheets_with_its_first_quarter() {
    let temp = TempWorkspace::yard();
    let config = temp.read("milepost.toml");
    temp.put(
        "milepost.toml",
        format!("{config}\n[[team]]\nid = \"galley\"\nname = \"Galley\"\nfirst_quarter = \"2026-Q4\"\n"),
    );
    let told = temp.told(&["quarter", "2026-Q4"]);
    assert!(told.contains("Galley: nothing to carry, it has no file in 2026-Q3; its worksheets ask for "), "{told}");
    let sheets: Vec<String> = tree(&temp.path("content/2026-Q4/galley")).into_keys().collect();
    assert!(!sheets.is_empty() && sheets.iter().all(|name| name.starts_with("worksheet-")), "{sheets:?}");
    // A worksheet that nobody filled in is made again for the new quarter.
    temp.told(&["quarter", "2027-Q1"]);
    let sheet = temp.read(&format!("content/2027-Q1/galley/{}", sheets[0]));
    assert!(sheet.contains("2027-Q1") && !sheet.contains("2026-Q4"), "{sheet}");
}

#[test]
fn a_gap_of_quarters_and_teams_that_left_are_told() {
    let temp = TempWorkspace::yard();
    let told = temp.told(&["quarter", "2027-Q2"]);
    assert!(told.contains("2026-Q4 is left out") && told.contains("2027-Q1 is left out"), "{told}");
    assert!(told.contains("Engine Room: left out, its last quarter is 2026-Q4"), "{told}");
    assert!(!temp.path("content/2027-Q2/engine").exists());
}

#[test]
fn it_refuses_what_it_would_write_over_or_cannot_open() {
    let temp = TempWorkspace::yard();
    for (quarter, code, why) in [
        ("2026-Q3", 1, "2026-Q3 is there already"),
        ("2026-Q2", 2, "does not come after the newest quarter, 2026-Q3"),
        ("2026-Q5", 2, "quarters are called 2026-Q1 to 2026-Q4"),
        ("../2026-Q4", 2, "is not a quarter"),
    ] {
        let told = temp.refused(&["quarter", quarter], code);
        assert!(told.contains(why), "{told}");
    }
    // Anything of the quarter is enough, even an artifact that no answer names.
    temp.put("content/2026-Q4/deck/artifacts/photo.txt", "x");
    assert!(temp.refused(&["quarter", "2026-Q4"], 1).contains("content/2026-Q4"));
}

#[test]
fn without_a_quarter_before_there_is_nothing_to_open_one_from() {
    let temp = TempWorkspace::yard();
    fs::remove_dir_all(temp.path("content")).unwrap();
    let told = temp.refused(&["quarter", "2026-Q4"], 1);
    assert!(told.contains("error[no-quarter]"), "{told}");
}

#[test]
fn a_broken_workspace_is_told_before_anything_is_written() {
    let temp = TempWorkspace::yard();
    temp.put("content/2026-Q3/deck/more.toml", "[KP.HU-1]\nlevel = 9\n");
    let told = temp.refused(&["quarter", "2026-Q4"], 1);
    assert!(told.contains("content/2026-Q3/deck/more.toml:2:9"), "{told}");
}

#[test]
fn a_folder_that_is_in_the_way_stays() {
    let temp = TempWorkspace::yard();
    temp.put("content/2026-Q4/.hidden", "mine");
    let told = temp.refused(&["quarter", "2026-Q4"], 1);
    assert!(told.contains("2026-Q4"), "{told}");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "how long a run takes says when to kill one")]
#[expect(clippy::print_stdout, reason = "who kills hundreds wants to know what they left")]
fn a_killed_run_leaves_no_quarter_or_a_whole_one() {
    let temp = TempWorkspace::yard();
    for n in 0..60 {
        temp.put(format!("content/2026-Q3/deck/artifacts/{n}.txt"), "x");
        temp.put(format!("content/2026-Q3/deck/part-{n}.toml"), "# nothing yet\n");
    }
    let quarter = temp.path("content/2026-Q4");
    let start = std::time::Instant::now();
    temp.told(&["quarter", "2026-Q4"]);
    let time = start.elapsed();
    let whole = tree(&quarter);
    fs::remove_dir_all(&quarter).unwrap();
    let before = tree(&temp.path("content/2026-Q3"));
    let (kills, mut killed, mut opened) = (kills(40), 0, 0);
    for n in 0..kills {
        let mut child = temp.command(&["quarter", "2026-Q4"]).stdout(Stdio::null()).spawn().unwrap();
        std::thread::sleep(time.mul_f64(1.1 * (f64::from(n) * 0.618_034).fract()));
        let _ = child.kill();
        killed += u32::from(child.wait().unwrap().signal() == Some(9));
        assert!(tree(&temp.path("content/2026-Q3")) == before, "the quarter before is as it was");
        if quarter.exists() {
            assert!(tree(&quarter) == whole, "half a quarter");
            opened += 1;
            fs::remove_dir_all(&quarter).unwrap();
        }
    }
    println!("{kills} runs, {killed} killed; {opened} had opened the quarter");
    assert!(killed > 0);
    // What a killed run left is no obstacle, and the next run removes it.
    temp.told(&["quarter", "2026-Q4"]);
    assert!(tree(&quarter) == whole);
    let beside = fs::read_dir(temp.path("content")).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(beside.filter(|name| name.to_string_lossy().starts_with('.')).count(), 0);
}
