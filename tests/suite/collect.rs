//! Tests what collectors make of result files: of real ones by each mapping that the program brings along, and of broken ones.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Parser;
use milepost::check;
use milepost::cli::Cli;
use milepost::collect::take::{ControlPart, GivenValue, take};
use milepost::load::workspace;
use milepost::model::collector::ResultMapping;

use crate::support::temp_workspace::{TempWorkspace, put_milepost, skipped, tree};

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples")
}

fn sample(name: &str) -> Vec<u8> {
    fs::read(samples().join("machine").join(name)).unwrap()
}

/// A mapping that the program brings along.
fn mapping(name: &str) -> ResultMapping {
    let (maps, found) = check::maps(&workspace::load(Path::new("/nowhere")));
    assert_eq!(found.len(), 0, "a mapping of the program has a mistake");
    maps.into_iter().find(|(known, _)| known == name).and_then(|(_, mapping)| mapping).unwrap()
}

/// What a mapping makes of a file, a line each.
fn made(map: &str, bytes: &[u8]) -> String {
    let mapping = mapping(map);
    let taken = match take(&mapping, bytes, true) {
        Ok(taken) => taken,
        Err(why) => return format!("refused: {why}"),
    };
    let day = taken.day.map_or("no day".to_owned(), |day| day.to_string());
    let mut lines = Vec::new();
    for ControlPart { control, facts, counts } in taken.parts {
        let control = control.or(mapping.control.clone()).unwrap();
        lines.push(format!("{control} {day}: {}", counts.join(", ")));
        lines.extend(facts.into_iter().map(|(name, GivenValue { value, .. })| format!("  {name} = {}", value.shown())));
    }
    lines.extend(taken.told.into_iter().map(|told| format!("  left out: {}: {}", told.at, told.why)));
    lines.join("\n")
}

#[test]
fn each_mapping_reads_a_file_of_its_tool() {
    let files = [
        ("restic", "restic-snapshots.json"),
        ("borg", "borg-list.json"),
        ("velero", "velero-backups.json"),
        ("junit", "trivy-alpine-310.junit.xml"),
        ("xccdf", "xccdf-openscap-rhel7-cut.xml"),
        ("scorecard", "scorecard.json"),
        ("trivy", "trivy-secrets.json"),
        ("trivy", "trivy-dockerfile.json"),
        ("checkov", "checkov.json"),
        ("kube-bench", "kube-bench-result.json"),
        ("sarif", "ruff.sarif"),
        ("powerpipe", "powerpipe-nist_csf_v2.csv"),
        ("prowler", "prowler-nist_csf_2.0_aws.csv"),
        ("gitlab-deployments", "gitlab-dora-deployment_frequency.json"),
    ];
    let made = files.map(|(map, file)| format!("{map}, {file}\n{}", made(map, &sample(file))));
    insta::assert_snapshot!(made.join("\n\n"));
}

#[test]
fn the_other_figures_of_gitlab_and_an_asset_report_are_read() {
    let days =
        r#"[{"date":"2026-11-30","value":7200},{"date":"2026-12-01","value":null},{"date":"2026-12-02","value":3600}]"#;
    assert_eq!(made("gitlab-lead-time", days.as_bytes()), "DEL.FL-02 2026-12-02: \n  lead_hours = 1.5");
    assert_eq!(made("gitlab-restore-time", days.as_bytes()), "DEL.ST-02 2026-12-02: \n  restore_hours = 1.5");
    let rate = r#"[{"date":"2026-12-02","value":0.051}]"#;
    assert_eq!(made("gitlab-change-failures", rate.as_bytes()), "DEL.ST-01 2026-12-02: \n  failed_share = 5.1");
    let results =
        "<rule-result><result>pass</result></rule-result><rule-result><result>notselected</result></rule-result>";
    let report = format!(
        "<arf:asset-report-collection xmlns:arf=\"a\"><arf:reports><arf:report><arf:content><TestResult end-time=\"2026-12-01T02:00:00\">\
         {results}<score>100</score></TestResult></arf:content></arf:report></arf:reports></arf:asset-report-collection>"
    );
    assert_eq!(made("arf", report.as_bytes()), "PR.PS-01 2026-12-01: 1 of 1 passed");
}

#[test]
fn what_is_broken_or_of_another_tool_is_refused_in_words() {
    let restic = sample("restic-snapshots.json");
    let cut_off = &restic[..restic.len() / 2];
    let deep = "[".repeat(1_000_000);
    let many = format!("[{}{{}}]", "{},".repeat(1_000_000));
    let rows = "a,b\n".repeat(1_000_000);
    let marks = format!("\u{1b}[2J\u{202e}{}", "<".repeat(10));
    for (map, bytes, why) in [
        ("restic", cut_off, "EOF"),
        ("restic", b"[]", "$[?@.tree && @.time] finds nothing"),
        ("restic", b"null", "finds nothing"),
        ("borg", restic.as_slice(), "it is no file for the mapping `borg`"),
        ("restic", deep.as_bytes(), "recursion limit"),
        ("restic", many.as_bytes(), "200000 rows"),
        ("powerpipe", rows.as_bytes(), "more rows"),
        ("junit", marks.as_bytes(), "not XML"),
        ("junit", b"<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "entities"),
        ("prowler", b"A;B\n1\n", "line 2 has 1 cells"),
        ("trivy", b"", "empty"),
    ] {
        let said = made(map, bytes);
        assert!(said.starts_with("refused: ") && said.contains(why), "{map}, {why}: {said}");
    }
    for path in fs::read_dir(samples().join("bombs")).unwrap().map(|entry| entry.unwrap().path()) {
        for map in ["restic", "xccdf", "prowler"] {
            let said = made(map, &fs::read(&path).unwrap());
            assert!(said.starts_with("refused: "), "{}: {said}", path.display());
        }
    }
    let twice = made("restic", br#"[{"tree":"a","tree":"b","time":"2026-11-18T02:00:00Z","hostname":"h"}]"#);
    assert!(twice.contains("the key `tree` stands twice"), "{twice}");
}

const CONFIG: &str = r#"[report]
title = "Backups"
frameworks = ["csf-2.0", "data-recovery", "delivery"]

[[team]]
id = "web"
name = "Web"

[[collect]]
name = "backups"
files = "inbox/{team}/velero-*.json"
map = "velero"

[[collect]]
name = "scan"
files = "inbox/{team}/scan.xml"
map = "xccdf"
keep = "extract"

[[collect]]
name = "cloud"
files = "inbox/cloud-*.csv"
team = "web"
map = "prowler"
"#;

const COLLECTED: &str = "content/2026-Q4/web/collected.toml";

/// A workspace with result files of three tools and one answer.
fn inbox() -> TempWorkspace {
    let temp = TempWorkspace::empty();
    temp.put("milepost.toml", CONFIG);
    temp.put("content/2026-Q4/web/protect.toml", "[PR.DS-11]\nlevel = 1\n");
    temp.put("inbox/web/velero-1.json", sample("velero-backups.json"));
    temp.put("inbox/web/scan.xml", sample("xccdf-openscap-rhel7-cut.xml"));
    temp.put("inbox/cloud-1.csv", sample("prowler-nist_csf_2.0_aws.csv"));
    temp
}

#[test]
fn collected_files_are_kept_and_make_the_same_bytes_again() {
    let temp = inbox();
    let run = temp.run(&["collect"]);
    insta::assert_snapshot!("told", run.stderr);
    run.result();
    insta::assert_snapshot!("collected", temp.read(COLLECTED));
    let first = tree(&temp.path("content"));
    assert!(first.keys().any(|path| path.ends_with("collected/scan-2021-12-17.extract.json")), "{:?}", first.keys());
    assert!(temp.run(&["collect"]).result().ends_with("nothing changed\n"));
    // The inbox is needed only to find new files.
    fs::remove_dir_all(temp.path("inbox")).unwrap();
    assert!(temp.run(&["collect"]).result().ends_with("nothing changed\n"));
    assert_eq!(tree(&temp.path("content")), first);
    assert_eq!(temp.run(&["collect", "--check"]).result(), "all files are as collected\n");
    temp.edit(COLLECTED, "66.666667", "99.9");
    let old = temp.run(&["collect", "--check"]);
    assert_eq!(old.code, Some(1), "{}", old.said());
    let found = temp.run(&["check"]).said();
    assert!(found.contains("finding[collector-differs]") && found.contains("edited by hand"), "{found}");
}

#[test]
fn a_person_takes_facts_on_and_a_contradicted_claim_is_supported_only_as_far() {
    let temp = inbox();
    temp.run(&["collect"]).result();
    let level = |said: &str| {
        let row = said.lines().find(|line| line.trim_start().starts_with("Web")).unwrap_or_default().to_owned();
        row.split("content/").next().unwrap().trim().to_owned()
    };
    let explain = || temp.run(&["explain", "DRT.WA-01"]).result();
    let unanswered = explain();
    assert!(unanswered.contains("collected facts would reach level 0"), "{unanswered}");
    assert!(
        unanswered
            .contains("first_time = 66.666667, collected by backups, 2026-11-18, from content/2026-Q4/web/artifacts/")
    );
    temp.put("content/2026-Q4/web/recovery.toml", "[DRT.WA-01]\n");
    assert_eq!(level(&explain()), "Web: 0");
    assert!(temp.run(&["check"]).said().contains("finding[machine-evidence-alone]"));
    let by_hand = "[DRT.WA-01]\nfacts = { first_time = 99.6, without_copy = 0 }\n";
    temp.put("content/2026-Q4/web/recovery.toml", by_hand);
    let contradicted = explain();
    assert_eq!(level(&contradicted), "Web: 0");
    assert!(contradicted.contains("claimed 5, supported 0"), "{contradicted}");
    let found = temp.run(&["check"]).said();
    assert!(found.contains("finding[contradicted-fact]") && found.contains("by hand it is 99.6"), "{found}");
}

#[test]
fn the_next_quarter_carries_what_is_current_and_nothing_of_a_person() {
    let temp = inbox();
    temp.run(&["collect"]).result();
    temp.put("content/2026-Q4/web/recovery.toml", "[DRT.WA-01]\n");
    temp.run(&["quarter", "2027-Q1"]).result();
    let carried = temp.read("content/2027-Q1/web/collected.toml");
    assert!(carried.contains("file = \"../../2026-Q4/web/artifacts/collected/backups-2026-11-18.json\""), "{carried}");
    // The scan is of 2021.
    assert!(!carried.contains("scan") && !carried.contains("carried = true"), "{carried}");
    assert_eq!(temp.read("content/2027-Q1/web/recovery.toml"), "[DRT.WA-01]\ncarried = true\n");
    temp.run(&["check"]).result();
    // A year later its facts are stale: an answer that rests on them is to be given anew.
    temp.put("content/2027-Q4/quarter.toml", "follows = \"2027-Q1\"\n");
    temp.put("content/2027-Q4/web/collected.toml", &carried);
    temp.put("content/2027-Q4/web/recovery.toml", "[DRT.WA-01]\ncarried = true\n");
    temp.run(&["quarter", "2028-Q1"]).result();
    assert!(!temp.path("content/2028-Q1/web/collected.toml").exists());
    assert!(temp.read("content/2028-Q1/web/recovery.toml").starts_with("# [DRT.WA-01]"));
}

#[test]
fn days_that_are_missing_or_ahead_and_doubtful_collectors_are_refused_or_told() {
    let temp = inbox();
    temp.edit("milepost.toml", "map = \"xccdf\"", "map = \"checkov\"");
    temp.put("inbox/web/scan.xml", sample("checkov.json"));
    let run = temp.run(&["collect"]);
    assert!(run.failure(1).contains("it says no day; give it with --date"));
    assert!(!temp.path(COLLECTED).exists());
    let told = temp.run(&["collect", "--date", "2027-01-01"]);
    assert!(told.stderr.contains("it is of 2027-01-01, after 2026-Q4, which ends on 2026-12-31"), "{}", told.stderr);
    assert_eq!(temp.run(&["collect", "--date", "2027-01-01", "--strict"]).code, Some(1));
    // Two collectors for one fact.
    let second = "\n[[collect]]\nname = \"again\"\nfiles = \"inbox/{team}/velero-*.json\"\nmap = \"velero\"\n";
    temp.put("milepost.toml", CONFIG.to_owned() + second);
    temp.put("inbox/web/scan.xml", sample("xccdf-openscap-rhel7-cut.xml"));
    fs::remove_file(temp.path(COLLECTED)).unwrap();
    let both = temp.run(&["collect"]).failure(1);
    assert!(both.contains("`backups` and `again` both give the fact `first_time` of DRT.WA-01"), "{both}");
    assert!(temp.run(&["collect", "bakups"]).failure(2).contains("did you mean `backups`?"));
    // A closed quarter stays as it is.
    temp.put("milepost.toml", CONFIG);
    temp.run(&["seal", "2026-Q4"]).result();
    assert!(temp.run(&["collect"]).failure(1).contains("is sealed by"));
}

/// A recipe of docs/collect.
fn recipe(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/collect").join(name)
}

/// The TOML that the recipes' page shows.
fn shown_toml() -> Vec<String> {
    let page = fs::read_to_string(recipe("README.md")).unwrap();
    page.split("```toml\n").skip(1).map(|block| block.split("```").next().unwrap().to_owned()).collect()
}

/// A workspace with the collectors and the mapping that the recipes' page shows.
fn of_the_recipes() -> TempWorkspace {
    let temp = TempWorkspace::empty();
    let shown = shown_toml();
    let before = CONFIG.split("\n[[collect]]").next().unwrap();
    temp.put("milepost.toml", format!("{before}\n{}", shown[0]));
    temp.put("maps/restore-drill.toml", &shown[1]);
    temp.put("content/2026-Q4/web/protect.toml", "[PR.DS-11]\nlevel = 1\n");
    temp
}

#[test]
fn what_the_recipes_show_and_call_is_valid() {
    let temp = of_the_recipes();
    temp.run(&["check"]).result();
    for name in ["backup.sh", "restore.sh", "scan.sh", "tests.sh", "delivery.sh"] {
        let text = fs::read_to_string(recipe(name)).unwrap();
        let call = text.lines().find(|line| line.starts_with("milepost ")).unwrap();
        let words = call
            .split_whitespace()
            .map(|word| word.trim_matches('"').replace("$(date", "2026-11-18").replace("$END", "2026-11-18"));
        let words: Vec<String> = words.filter(|word| !word.starts_with('+')).collect();
        let read = Cli::try_parse_from(&words);
        assert!(read.is_ok(), "{name}: {words:?}: {}", read.err().unwrap());
    }
}

#[test]
fn a_drill_of_a_real_backup_becomes_facts() {
    let is_there = Command::new("restic").arg("version").output().is_ok_and(|output| output.status.success());
    if !is_there {
        return skipped("there is no restic");
    }
    let temp = of_the_recipes();
    // The copy is of today, whenever that is.
    temp.put("content/2099-Q4/quarter.toml", "follows = \"2026-Q4\"\n");
    temp.put("content/2099-Q4/web/protect.toml", "[PR.DS-11]\nlevel = 1\n");
    temp.put("bin/.keep", "");
    put_milepost(&temp.path("bin/milepost"));
    temp.put("data/orders.csv", "1;2\n");
    temp.put("digests", "b6a98d9ce9a2d9149288fa3df42d377c3e42737afdcdaf714e33c0a100b51060  data/none.csv\n");
    let (old, bin) = (std::env::var("PATH").unwrap_or_default(), temp.path("bin"));
    let run = |program: &Path, args: &[&str]| {
        let mut command = Command::new(program);
        command.args(args).current_dir(temp.path("")).env("PATH", format!("{}:{old}", bin.display()));
        command.env("RESTIC_REPOSITORY", temp.path("repository")).env("RESTIC_PASSWORD", "x");
        command
            .env("RESTIC_CACHE_DIR", temp.path("cache"))
            .env("TEAM", "web")
            .env("WORKSPACE", ".")
            .env("DIGESTS", "digests");
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let restic = Path::new("restic");
    run(restic, &["init", "--quiet"]);
    run(restic, &["backup", "--quiet", "data"]);
    run(&recipe("backup.sh"), &[]);
    run(&recipe("restore.sh"), &[]);
    let collected = temp.read("content/2099-Q4/web/collected.toml");
    assert!(collected.contains("restore_errors = 1"), "{collected}");
    assert!(collected.contains("title = \"Restore drill: 0 of 1 compared\""), "{collected}");
    assert!(collected.contains("title = \"restic snapshots: 1 snapshots, 1 hosts\""), "{collected}");
}
