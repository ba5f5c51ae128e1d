//! Tests tables of other tools, which mappings take over.

use crate::support::temp_workspace::TempWorkspace;

/// A workspace of one team whose scale goes in halves.
fn small() -> TempWorkspace {
    let temp = TempWorkspace::empty();
    temp.put(
        "milepost.toml",
        "[report]\ntitle = \"Northgate Ferries\"\nframeworks = [\"csf-2.0\"]\n\n[scale]\nstep = 0.5\n\n[[team]]\nid = \"shore\"\nname = \"Shore IT\"\n",
    );
    temp.put("content/2026-Q1/shore/respond.toml", "[RS.MA-01]\nlevel = 1\n");
    temp
}

fn import(temp: &TempWorkspace, text: &str, map: &str, more: &[&str]) -> (Option<i32>, String) {
    temp.put("in.csv", text);
    let args = ["import", "table", "in.csv", "--as", map, "--team", "shore"];
    let run = temp.run(&args.into_iter().chain(more.iter().copied()).collect::<Vec<_>>());
    (run.code, run.said())
}

const HEADS: &str =
    "ID,Subcategory ID,In Scope? ,Q1 Actual Score,Q1 Observations,Q1 Observation Date,Q2 Actual Score,Minimum Target\n";

#[test]
fn several_rows_of_a_control_give_the_lowest_and_what_is_off_the_steps_is_refused() {
    let temp = small();
    let rows = "Ex1,GV.SC-04,Yes,5,Listed.,10-Jan,6.5,5\nEx2,GV.SC-04,Yes,4,Ranked.,,,5\nEx1,GV.OC-01,Yes,0,,,,\nEx1,PR.DS-01,No,8,,,,\n";
    let (code, said) =
        import(&temp, &format!("{HEADS}{rows}Ex1,PR.DS-02,Yes,6.5,,,,\n"), "csf_profile", &["--quarter", "2026-Q1"]);
    assert!(code == Some(1) && said.contains("line 6: `6.5`: that is 3.25"), "{said}");
    assert!(!temp.path("content/2026-Q1/shore/govern.toml").exists());
    let (code, said) = import(&temp, &format!("{HEADS}{rows}"), "csf_profile", &["--quarter", "2026-Q1"]);
    assert!(
        code == Some(0) && said.contains("a day without a year") && said.contains("rows that say so are left"),
        "{said}"
    );
    let govern = temp.read("content/2026-Q1/shore/govern.toml");
    assert_eq!(govern, "[GV.SC-04]\nlevel = 2\nnote = \"\"\"\nListed.\n\nRanked.\"\"\"\n");
    assert!(temp.read("content/2026-Q1/profile.toml").ends_with("[targets]\n\"GV.SC-04\" = { level = 2.5 }\n"));
}

#[test]
fn an_audit_of_ciso_assistant_is_taken_over_a_declared_scale() {
    let temp = small();
    let text = "\u{feff}urn;ref_id;name;compliance_result;extended_result;score;observations\n\
        u;GV;GOVERN;;;;\nu;GV.OC-01;;not_assessed;;;\nu;GV.SC-01;;partially_compliant;minor;2;\"'=see wiki; two of three done\nsecond line\"\n\
        u;PR.DS-01;;not_applicable;;;No such asset here.\nu;PR.DS-02;;not_applicable;;;\nu;PR.DS-10;;compliant;;;\n";
    let (code, said) = import(&temp, text, "ciso-assistant", &[]);
    assert!(code == Some(2) && said.contains("--scale"), "{said}");
    let (code, said) = import(&temp, text, "ciso-assistant", &["--scale", "1=1,2=2,3=3,4=5"]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(
        temp.read("content/2026-Q1/shore/govern.toml"),
        "[GV.SC-01]\nlevel = 2\nnote = \"\"\"\n=see wiki; two of three done\nsecond line\"\"\"\n"
    );
    assert_eq!(
        temp.read("content/2026-Q1/shore/protect.toml"),
        "[PR.DS-01]\nnot_applicable = \"No such asset here.\"\n"
    );
    assert!(
        said.contains("without a reason it is no answer") && said.contains("a result without a score is no level"),
        "{said}"
    );
}

#[test]
fn levels_of_csf_1_1_are_carried_and_their_break_is_told() {
    let temp = small();
    let text = "Category,Subcategory,Score,Comments\nAsset Management,\"ID.AM-1: Physical devices\",3,\nx,ID.AM-6: Roles,2,By hand.\nx,ID.BE-2,4,\nx,ID.BE-3,3,\nx,DE.DP-2,3,\nx,XX-1,2,\n";
    let (code, said) = import(&temp, text, "csf-1.1", &["--scale", "0=0,5=5"]);
    assert_eq!(code, Some(0), "{said}");
    let govern = temp.read("content/2026-Q1/shore/govern.toml");
    assert!(govern.contains("[GV.OC-01]\nlevel = 3\nnote = \"Carried from NIST CSF 1.1: the lowest of ID.BE-2 (4), ID.BE-3 (3).\"\ncarried = true\n"), "{govern}");
    assert!(govern.contains("[GV.RR-02]\nlevel = 2\n") && govern.contains("ID.AM-6: By hand."), "{govern}");
    for told in [
        "a break: levels of NIST CSF 1.1",
        "`DE.DP-2`: not assigned",
        "no outcome of NIST CSF 1.1 is called so",
        "without a source stay as they are",
    ] {
        assert!(said.contains(told), "{told}: {said}");
    }
    // The ids of one edition are not those of the other.
    let (code, said) = import(
        &temp,
        "Subcategory ID,In Scope?,Q1 Actual Score\nID.BE-2,Yes,5\nPR.AC-3,Yes,5\nPR.IP-4,Yes,5\n",
        "csf_profile",
        &[],
    );
    assert!(code == Some(1) && said.contains("--as csf-1.1"), "{said}");
}

#[test]
fn an_id_of_an_earlier_edition_among_others_is_carried() {
    let temp = small();
    temp.put("maps/ours.toml", OURS);
    let text = "Control;Score\nGV.OC-01;6\nGV.RR-01;6\nID.BE-1;4\n";
    let (code, said) = import(&temp, text, "maps/ours.toml", &[]);
    assert!(code == Some(0) && said.contains("read as GV.OC-05, as carried"), "{said}");
    let govern = temp.read("content/2026-Q1/shore/govern.toml");
    assert!(govern.contains("[GV.OC-05]\nlevel = 2\ncarried = true\n"), "{govern}");
    assert!(govern.contains("[GV.OC-01]\nlevel = 3\n\n"), "{govern}");
}

#[test]
fn a_mapping_of_ones_own_reads_any_table() {
    let temp = small();
    temp.put(
        "maps/own.toml",
        "title = \"our sheet\"\nid = \"Control\"\nlevel = { column = \"Score\", scale = { 0 = 0, 10 = 5 } }\nnote = \"Remarks\"\n\
         unknown = { column = \"State\", is = [\"?\"], reason = \"Remarks\" }\n",
    );
    let text = "Title\n\nControl;Score;State;Remarks\nPR.DS–11;7;;Daily.\nPR.DS-1;;?;Nobody knows.\nRS.MA-01;2;;\n";
    let (code, said) = import(&temp, text, "maps/own.toml", &[]);
    assert!(code == Some(0) && said.contains("our sheet for 2026-Q1"), "{said}");
    assert_eq!(
        temp.read("content/2026-Q1/shore/protect.toml"),
        "[PR.DS-01]\nunknown = \"Nobody knows.\"\n\n[PR.DS-11]\nlevel = 3.5\nnote = \"Daily.\"\n"
    );
    for (map, wanted) in
        [("nothing", "there are: ciso-assistant, csf-1.1, csf_profile"), ("maps/none.toml", "maps/none.toml")]
    {
        let (code, said) = import(&temp, text, map, &[]);
        assert!(code == Some(2) && said.contains(wanted), "{said}");
    }
    // A mapping in the workspace stands over the one of its name.
    temp.put("maps/csf_profile.toml", "title = \"theirs\"\nid = \"Control\"\nnote = \"Remarks\"\n");
    let (code, said) = import(&temp, text, "csf_profile", &[]);
    assert!(code == Some(0) && said.contains("theirs for 2026-Q1"), "{said}");
}

#[test]
fn every_mistake_in_a_mapping_is_reported_at_its_place() {
    let temp = small();
    temp.put(
        "maps/own.toml",
        "title = 3\nlevels = 3\ntarget = { colunm = \"Goal\", scale = { 1 = \"one\" } }\nunknown = { column = \"State\" }\n",
    );
    let wanted = [
        "maps/own.toml:1:9",
        "`title` is a whole number",
        "`id` is missing",
        "unknown key `levels`",
        "unknown key `colunm`",
        "`1` is text, expected a number",
        "`is` is missing",
    ];
    let checked = temp.run(&["check"]);
    for name in ["own", "maps/own.toml"] {
        let (code, said) = import(&temp, "Control;Goal\nPR.DS-11;7\n", name, &[]);
        assert!(code == Some(1), "{said}");
        for wanted in wanted {
            assert!(said.contains(wanted), "{wanted}: {said}");
            assert!(checked.said().contains(wanted), "{wanted}: {}", checked.said());
        }
    }
    // No figure depends on it.
    assert!(checked.said().contains("warning[bad-mapping]"), "{}", checked.said());
    temp.put("maps/own.toml", "title = \"x\"\nid = \"Control\"\nwhere = { State = \"open\" }\n");
    assert!(import(&temp, "Control\nPR.DS-11\n", "own", &[]).1.contains("imports nothing"));
    temp.put(
        "maps/own.toml",
        "title = \"x\"\nid = \"A\"\nlevel = { column = \"B\", scale = { 1 = 1, \"1.0\" = 2 } }\n",
    );
    let (code, said) = import(&temp, "A;B\nPR.DS-11;1\n", "own", &[]);
    assert!(code == Some(1) && said.contains("the scale of x: `1.0` is given twice"), "{said}");
}

const OURS: &str = "title = \"ours\"\nid = \"Control\"\nlevel = { column = \"Score\", scale = { 0 = 0, 10 = 5 } }\n\
    target = { column = \"Goal\", scale = { 0 = 0, 10 = 5 } }\nnote = \"Remarks\"\n\
    not_applicable = { column = \"State\", is = [\"n/a\"], reason = \"Remarks\" }\n\
    unknown = { column = \"State\", is = [\"?\"], reason = \"Remarks\" }\nunanswered = { column = \"State\", is = [\"open\"] }\n";

#[test]
fn nothing_of_a_table_is_left_without_a_word() {
    let temp = small();
    temp.put("maps/ours.toml", OURS);
    let text = "Control;Score;Goal;State;Remarks;Owner;\n\
        GV.OC-01;6;;;a;Ada;\nGV.OC-01;;;?;unk;Bo;\nGV.OC-01;4;;;;;\n\
        GV.OC-02;;;n/a;no rooms;;\nGV.OC-02;5;;;;;x\n\
        GV.OC-03;5;;open;zz;;\nGV.OC-04;5;8;?;why;;\nGV.OC;4;;;;;\nPR.DS-01;60%;;;;;\n";
    let (code, said) = import(&temp, text, "maps/ours.toml", &[]);
    assert!(code == Some(1) && said.contains("line 10: `60%`: a percentage is no level"), "{said}");
    let (code, said) = import(&temp, &text.replace("60%", "6"), "maps/ours.toml", &[]);
    assert_eq!(code, Some(0), "{said}");
    let lines: Vec<&str> =
        said.lines().filter(|line| line.starts_with("the column") || line.starts_with("line")).collect();
    assert_eq!(
        lines,
        [
            "line 9: `GV.OC`: a group has no answer; its figures are made of its outcomes",
            "line 3: `unknown`: another row of it gives a level, and that counts",
            "line 5: `not applicable`: another row of it gives a level, and that counts",
            "the column `score`: 1 cell was not read: the row is not answered",
            "the column `score`: 1 cell was not read: the row says that it is unknown or not applicable",
            "the column `goal`: 1 cell was not read: the row says that it is unknown or not applicable",
            "the column `remarks`: 1 cell was not read: the row is not answered",
            "the column `owner`: 2 cells were not read: the mapping does not name the column",
            "the column G: 1 cell was not read: no head stands above them",
        ],
        "{said}"
    );
    assert!(said.contains("GV.OC-01: level 2, was unanswered (line 4)"), "{said}");
}
