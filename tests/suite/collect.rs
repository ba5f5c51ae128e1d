//! Tests what collectors make of result files: of real ones by each mapping that the program brings along, and of broken ones.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
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
    let why = taken.undated.map(|why| format!(", as {why}")).unwrap_or_default();
    let day = taken.day.map_or(format!("no day{why}"), |day| day.to_string());
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
        ("restic", b"[]", "or an empty one: $..[?@.tree && @.time] finds nothing"),
        ("restic", b"null", "finds nothing"),
        ("borg", restic.as_slice(), "it is no file for the mapping `borg`"),
        ("restic", deep.as_bytes(), "recursion limit"),
        ("restic", many.as_bytes(), "200000 rows"),
        ("powerpipe", rows.as_bytes(), "more rows"),
        ("junit", marks.as_bytes(), "not XML"),
        ("junit", b"<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "DOCTYPE line"),
        ("prowler", b"A;B\n1\n", "line 2 has 1 cells"),
        ("trivy", b"", "empty"),
        ("trivy", b"{}\n{}\n", "where each line is a value, its format is `jsonl`"),
        ("trivy", b"\x1f\x8b\x08\x00", "unpack it first"),
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

#[test]
fn each_mapping_reads_what_its_tool_writes_in_other_cases() {
    let backup = |phase: &str| {
        format!(
            "{{\"kind\":\"Backup\",\"status\":{{\"phase\":\"{phase}\",\"completionTimestamp\":\"2026-11-18T02:00:00Z\"}}}}"
        )
    };
    let borg = |mode: &str| {
        format!(
            "{{\"archives\":[{{\"start\":\"2026-11-18T02:00:00.000000\"}}],\"encryption\":{{\"mode\":\"{mode}\"}}}}"
        )
    };
    let sarif = |results: &str| format!("{{\"runs\":[{{\"tool\":{{\"driver\":{{\"name\":\"a\"}}}}{results}}}]}}");
    let failed = ",\"invocations\":[{\"executionSuccessful\":false}]";
    let snapshot = |time: &str| format!("{{\"time\":\"{time}\",\"tree\":\"a\",\"hostname\":\"h\"}}");
    let prowler = "REQUIREMENTS_ID,ACCOUNTID,REGION,CHECKID,STATUS,RESOURCEID,MUTED\nac_1,1,r,iam_root_mfa_enabled,PASS,r,False\n";
    let cases: &[(&str, &str, String)] = &[
        ("restic", "no snapshots", "null".to_owned()),
        ("restic", "a time with an offset", format!("[{}]", snapshot("2026-11-18T23:30:00.5-08:00"))),
        ("restic", "grouped", format!("[{{\"group_key\":{{}},\"snapshots\":[{},{}]}}]", snapshot("2026-11-17T02:00:00Z"), snapshot("2026-11-18T02:00:00Z"))),
        ("restic", "a time that is not known", format!("[{},{}]", snapshot("0001-01-01T00:00:00Z"), snapshot("2026-11-18T02:00:00Z"))),
        ("restic", "a time of another form", format!("[{}]", snapshot("18.11.2026"))),
        ("borg", "without encryption", borg("none-sha256")),
        ("borg", "authenticated only", borg("authenticated")),
        ("borg", "without a word of encryption", borg("none").replace(",\"encryption\":{\"mode\":\"none\"}", "")),
        ("borg", "no archives", "{\"archives\":[],\"encryption\":{\"mode\":\"none\"}}".to_owned()),
        ("velero", "one backup", backup("Completed")),
        ("velero", "a list without kinds", format!("{{\"kind\":\"BackupList\",\"items\":[{},{}]}}", backup("Failed").replace("\"kind\":\"Backup\",", ""), backup("Completed"))),
        ("velero", "several kinds", format!("{{\"kind\":\"List\",\"items\":[{},{}]}}", backup("Failed"), backup("Completed").replace("Backup", "Restore"))),
        ("velero", "other objects", "{\"kind\":\"List\",\"items\":[{\"kind\":\"Pod\",\"status\":{\"phase\":\"Failed\"}}]}".to_owned()),
        ("junit", "suites in suites", "<testsuites><testsuite><testsuite timestamp=\"2026-11-18 09:00:00\"><testcase><failure/></testcase><testcase/></testsuite></testsuite></testsuites>".to_owned()),
        ("junit", "tests that did not run", "<testsuite timestamp=\"0001-01-01T00:00:00Z\"><testcase status=\"notrun\"/><testcase status=\"run\"/></testsuite>".to_owned()),
        ("xccdf", "results alone, of another version", "<TestResult xmlns=\"http://checklists.nist.gov/xccdf/1.1\" end-time=\"2026-11-18T00:00:00\"><rule-result><result> pass </result></rule-result><rule-result><result>error</result></rule-result></TestResult>".to_owned()),
        ("trivy", "nothing scanned", "{\"SchemaVersion\":2,\"CreatedAt\":\"2026-11-18T00:00:00Z\",\"Results\":null}".to_owned()),
        ("checkov", "nothing scanned", "{\"passed\":0,\"failed\":0,\"checkov_version\":\"3.3.30\"}".to_owned()),
        ("checkov", "a file that it could not read", "[{\"results\":{\"failed_checks\":[]},\"summary\":{\"passed\":1,\"failed\":0,\"skipped\":0,\"parsing_errors\":1}}]".to_owned()),
        ("checkov", "two runs, one without a count", "[{\"results\":{\"failed_checks\":[]},\"summary\":{\"passed\":1,\"failed\":0,\"skipped\":true}},{\"summary\":{\"passed\":1}}]".to_owned()),
        ("sarif", "a failed run", sarif(&format!(",\"results\":[]{failed}"))),
        ("sarif", "a second run that failed", sarif(&format!(",\"results\":[]}},{{\"results\":[]{failed}"))),
        ("sarif", "results that say nothing bad", sarif(",\"results\":[{\"level\":\"error\",\"baselineState\":\"absent\"},{\"kind\":\"pass\"},{\"level\":\"error\",\"suppressions\":[{\"status\":\"rejected\"}]},{\"level\":\"note\",\"suppressions\":[{\"kind\":\"inSource\"}]}]")),
        ("sarif", "levels at the rules", sarif(",\"results\":[{\"ruleId\":\"a\"}]")),
        ("sarif", "no results", sarif("")),
        ("scorecard", "nothing found out", "{\"scorecard\":{\"version\":\"5\"},\"date\":\"2026-11-18\",\"score\":-1,\"checks\":[{\"score\":-1}]}".to_owned()),
        ("prowler", "saved by Excel", prowler.replace("False", "TRUE")),
        ("prowler", "commas, and a finding in two requirements", format!("{prowler}{}", prowler.split_once('\n').unwrap().1.replace("ac_1", "ac_7"))),
        ("gitlab-deployments", "a day without a value", "[{\"date\":\"2026-11-30\",\"value\":26},{\"date\":\"2026-12-01\"}]".to_owned()),
        ("gitlab-deployments", "true as a value", "[{\"date\":\"2026-11-30\",\"value\":true}]".to_owned()),
        ("gitlab-change-failures", "a quarter as one", "[{\"date\":null,\"value\":0.051}]".to_owned()),
    ];
    let made: Vec<String> =
        cases.iter().map(|(map, what, text)| format!("{map}, {what}\n{}", made(map, text.as_bytes()))).collect();
    insta::assert_snapshot!(made.join("\n\n"));
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
fn the_reason_for_less_support_is_what_lowers_it_most() {
    let temp = inbox();
    temp.run(&["collect"]).result();
    temp.put("content/2026-Q4/web/recovery.toml", "[DRT.WA-01]\nfacts = { first_time = 99.6, without_copy = 0 }\n");
    let config = temp.read("milepost.toml");
    let explain = |from: u32| {
        let needs = format!("[evidence]\nneeds = [{{ from = {from}, any_of = [\"test\"] }}]\n");
        temp.put("milepost.toml", format!("{config}{needs}"));
        temp.run(&["explain", "DRT.WA-01"]).result()
    };
    // Without a test, 0 is the highest, and so it is by what was collected. Evidence is told first.
    let same = explain(1);
    assert!(same.contains("claimed 5, supported 0: there is no test among its current evidence"), "{same}");
    let higher = explain(2);
    assert!(higher.contains("claimed 5, supported 0: first_time = 66.666667"), "{higher}");
}

#[test]
fn collected_facts_that_no_criterion_judges_reach_and_lower_no_level() {
    let temp = inbox();
    let config = temp.read("milepost.toml").replace("\"csf-2.0\", \"data-recovery\", \"delivery\"", "\"own\"");
    temp.put("milepost.toml", config.split("[[collect]]\nname = \"scan\"").next().unwrap());
    temp.put("controls/own/framework.toml", "id = \"own\"\ntitle = \"Own\"\nfunctions = [\"RC\"]\n");
    let control =
        "[[control]]\nid = \"DRT.WA-01\"\ntitle = \"a\"\noutcome = \"a\"\nfacts = { first_time = \"number\" }\n";
    temp.put("controls/own/rc.toml", format!("id = \"RC\"\ntitle = \"Recover\"\n{control}"));
    temp.put("content/2026-Q4/web/protect.toml", "");
    temp.run(&["collect"]).result();
    let explain = || temp.run(&["explain", "DRT.WA-01"]).result();
    let unanswered = explain();
    assert!(unanswered.contains("first_time = 66.666667, collected by backups"), "{unanswered}");
    assert!(!unanswered.contains("would reach"), "{unanswered}");
    // A person gives another value, and says the level.
    temp.put("content/2026-Q4/web/protect.toml", "[DRT.WA-01]\nlevel = 4\nfacts = { first_time = 99.6 }\n");
    let said = explain();
    assert!(!said.contains("supported 0") && said.contains("Web: 4"), "{said}");
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

#[test]
fn an_empty_table_may_stand_before_its_facts_are_collected() {
    let temp = inbox();
    temp.put("content/2026-Q4/web/recovery.toml", "[DRT.WA-01]\n");
    assert!(temp.run(&["check"]).said().contains("missing-state"));
    temp.run(&["collect"]).result();
    temp.run(&["check"]).result();
    // What collecting does not mend is still a mistake, and nothing is written.
    fs::remove_file(temp.path(COLLECTED)).unwrap();
    temp.put("content/2026-Q4/web/recovery.toml", "[DRT.WA-02]\n");
    assert!(temp.run(&["collect"]).failure(1).contains("nothing was written"));
    assert!(!temp.path(COLLECTED).exists());
}

#[test]
fn programs_read_what_was_done_as_json() {
    let temp = inbox();
    let json = |args: &[&str], code| {
        let run = temp.run(&[args, &["--format", "json"]].concat());
        assert_eq!(run.code, Some(code), "{}", run.said());
        serde_json::from_str::<serde_json::Value>(&run.stdout).unwrap()
    };
    let late = json(&["collect", "--strict", "--date", "2027-01-01"], 0);
    assert_eq!((&late["quarter"], &late["written"]), (&"2026-Q4".into(), &true.into()));
    // Words of a title are no loss.
    assert_eq!(late["left"], serde_json::json!([]));
    let notes = late["notes"].as_array().unwrap();
    assert!(notes.iter().any(|note| note.as_str().unwrap().starts_with("web, scan: count score: ")), "{notes:?}");
    fs::remove_file(temp.path(COLLECTED)).unwrap();
    let said = json(&["collect"], 0);
    assert_eq!(said["collected"][0]["facts"], 1);
    assert_eq!(json(&["collect"], 0)["written"], false);
    assert_eq!(json(&["collect", "--check"], 0)["files"], serde_json::json!([]));
    let tried = json(&["collect", "--try", "inbox/web/velero-1.json", "--map", "velero"], 0);
    assert_eq!(tried["controls"][0]["facts"]["first_time"]["value"], "66.666667");
    temp.put("inbox/web/scan.xml", "<r/>");
    assert!(json(&["collect"], 1)["refused"][0]["place"].as_str().unwrap().contains("scan.xml"));
}

#[test]
fn values_of_other_rules_keep_these_rules_until_the_file_comes_again() {
    let temp = inbox();
    temp.edit("milepost.toml", "map = \"velero\"", "map = \"velero\"\nkeep = \"extract\"");
    temp.run(&["collect"]).result();
    let first = temp.read(COLLECTED);
    fs::remove_dir_all(temp.path("inbox")).unwrap();
    let mapping = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/load/maps/velero.toml")).unwrap();
    let without = mapping.lines().filter(|line| !line.starts_with("facts")).map(|line| line.to_owned() + "\n");
    temp.put("maps/velero.toml", without.collect::<String>());
    let found = || temp.run(&["check"]).said().contains("finding[collector-differs]");
    assert!(found());
    let run = temp.run(&["collect"]);
    assert!(
        run.stderr.contains("its kept values were taken by other rules; put the file into the inbox again"),
        "{}",
        run.stderr
    );
    run.result();
    assert_eq!(temp.read(COLLECTED), first);
    assert!(found(), "the finding stays");
    temp.put("inbox/web/velero-1.json", sample("velero-backups.json"));
    temp.run(&["collect", "backups"]).result();
    assert!(!temp.read(COLLECTED).contains("first_time = ") && !found());
}

#[test]
fn a_file_that_says_nothing_of_a_control_is_not_kept() {
    let temp = inbox();
    let of = |name: &str, map: &str| {
        format!("\n[[collect]]\nname = \"{name}\"\nfiles = \"inbox/{{team}}/{name}\"\nmap = \"{map}\"\n")
    };
    temp.put(
        "milepost.toml",
        CONFIG.to_owned() + &of("power", "powerpipe") + &of("failures", "gitlab-change-failures"),
    );
    temp.put("inbox/web/power", "group_id,status\naws_compliance.benchmark.nist_csf_v2_pr_ac_01,ok\n");
    temp.put("inbox/web/failures", "[{\"date\":\"2026-12-02\",\"value\":6}]");
    let run = temp.run(&["collect", "power", "failures", "--date", "2026-12-01"]);
    for why in [
        "left out: power: inbox/web/power: it says nothing of a control: PR.AC-01: it is an id of an earlier edition",
        "left out: failures: inbox/web/failures: it says nothing of a control: DEL.ST-01, fact failed_share: 600 percent is out of range; DEL.ST-01: none of its facts can be had",
    ] {
        assert!(run.stderr.contains(why), "{why} is not in:\n{}", run.stderr);
    }
    assert!(run.result().ends_with("nothing changed\n"));
    assert!(!temp.path(COLLECTED).exists());
    assert_eq!(temp.run(&["collect", "--check"]).result(), "all files are as collected\n");
}

#[test]
fn a_kept_file_that_is_lost_or_changed_comes_again_from_the_inbox() {
    let temp = inbox();
    temp.run(&["collect"]).result();
    let (first, kept) =
        (tree(&temp.path("content")), "content/2026-Q4/web/artifacts/collected/backups-2026-11-18.json");
    let help = "bring it back from git, or run `milepost collect` with the file in the inbox";
    for change in [None, Some("{}")] {
        match change {
            None => fs::remove_file(temp.path(kept)).unwrap(),
            Some(text) => temp.put(kept, text),
        }
        assert!(temp.run(&["check"]).said().contains(help));
        fs::rename(temp.path("inbox"), temp.path("away")).unwrap();
        let refused = temp.run(&["collect"]).failure(1);
        assert!(
            refused.contains("it is lost or was changed; bring it back from git, or put the file into the inbox"),
            "{refused}"
        );
        fs::rename(temp.path("away"), temp.path("inbox")).unwrap();
        temp.run(&["collect"]).result();
        assert_eq!(tree(&temp.path("content")), first);
    }
    // A newer file takes its place, and it is named.
    temp.put(
        "inbox/web/velero-2.json",
        String::from_utf8(sample("velero-backups.json")).unwrap().replace("2026-11-18", "2026-11-19"),
    );
    let run = temp.run(&["collect"]);
    assert!(run.stderr.contains(&format!("note: {kept}: nothing is made of it any more; delete it")), "{}", run.stderr);
    run.result();
}

#[test]
fn strict_judges_the_collectors_that_were_asked() {
    let temp = inbox();
    let scan = "\n[[collect]]\nname = \"images\"\nfiles = \"inbox/{team}/trivy.json\"\nmap = \"trivy\"\n";
    temp.put("milepost.toml", CONFIG.to_owned() + scan);
    temp.put("inbox/web/trivy.json", "{\"SchemaVersion\":2,\"CreatedAt\":\"2026-11-18T00:00:00Z\",\"Results\":[{}]}");
    let run = temp.run(&["collect", "--strict", "images"]);
    assert_eq!(run.stderr, "");
    run.result();
    // A file of another collector that gives less than it could.
    temp.put("maps/velero.toml", "format = \"json\"\nrequire = \"$.kind\"\ncontrol = \"DRT.WA-01\"\nkind = \"metric\"\ntitle = \"Velero\"\ndate = { newest = \"$..completionTimestamp\" }\nfacts.first_time = { sum = \"$.none\" }\ncounts.all = { count = \"$..phase\" }\n");
    temp.run(&["collect", "backups"]).result();
    let run = temp.run(&["collect", "--strict", "images"]);
    assert!(run.stderr.contains("note: web, backups: fact first_time: $.none finds nothing"), "{}", run.stderr);
    run.result();
    assert_eq!(temp.run(&["collect", "--strict"]).code, Some(1));
}

#[test]
fn a_file_with_very_many_ids_is_told_in_a_bounded_way() {
    let temp = inbox();
    let names = (0..5_000).map(|at| format!("x_{at},ok\naws_compliance.benchmark.nist_csf_v2_pr_aa_{at},ok\n"));
    temp.put("many.csv", "group_id,status\n".to_owned() + &names.collect::<String>());
    let run = temp.run(&["collect", "--try", "many.csv", "--map", "powerpipe"]);
    assert!(run.stderr.lines().count() < 250 && run.stderr.contains("more\n"), "{}", run.stderr.len());
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
    for name in ["backup.sh", "restore.sh", "scan.sh", "standard.sh", "tests.sh", "delivery.sh"] {
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

/// A workspace in which recipes run: its newest quarter is far ahead, since their files are of today.
fn where_recipes_run() -> TempWorkspace {
    let temp = of_the_recipes();
    temp.put("content/2099-Q4/quarter.toml", "follows = \"2026-Q4\"\n");
    temp.put("content/2099-Q4/web/protect.toml", "[PR.DS-11]\nlevel = 1\n");
    temp.put("bin/.keep", "");
    put_milepost(&temp.path("bin/milepost"));
    temp
}

/// Runs a program for the team in such a workspace.
fn run_for_team(temp: &TempWorkspace, program: &Path, args: &[&str], set: &[(&str, &str)]) {
    let (old, bin) = (std::env::var("PATH").unwrap_or_default(), temp.path("bin"));
    let mut command = Command::new(program);
    command.args(args).current_dir(temp.path("")).env("PATH", format!("{}:{old}", bin.display()));
    command.env("TEAM", "web").env("WORKSPACE", ".").envs(set.iter().copied());
    let output = command.output().unwrap();
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{program:?}: {}{}", said(&output.stdout), said(&output.stderr));
}

/// What the recipes collected.
fn collected(temp: &TempWorkspace) -> String {
    temp.read("content/2099-Q4/web/collected.toml")
}

fn is_there(program: &str, argument: &str) -> bool {
    let is_there = Command::new(program).arg(argument).output().is_ok_and(|output| output.status.success());
    if !is_there {
        skipped(&format!("there is no {program}"));
    }
    is_there
}

/// Backs up a file with one of two tools, and restores it.
fn drill(temp: &TempWorkspace, set: &[(&str, &str)], backup: &[&[&str]]) {
    temp.put("data/orders.csv", "1;2\n");
    temp.put("digests", "b6a98d9ce9a2d9149288fa3df42d377c3e42737afdcdaf714e33c0a100b51060  data/none.csv\n");
    for words in backup {
        run_for_team(temp, Path::new(words[0]), &words[1..], set);
    }
    let set = [set, &[("DIGESTS", "digests")]].concat();
    run_for_team(temp, &recipe("backup.sh"), &[], &set);
    run_for_team(temp, &recipe("restore.sh"), &[], &set);
    let collected = collected(temp);
    assert!(collected.contains("restore_errors = 1"), "{collected}");
    assert!(collected.contains("title = \"Restore drill: 0 of 1 compared\""), "{collected}");
}

#[test]
fn a_drill_of_a_real_restic_backup_becomes_facts() {
    if !is_there("restic", "version") {
        return;
    }
    let temp = where_recipes_run();
    let set = [("RESTIC_REPOSITORY", "repository"), ("RESTIC_PASSWORD", "x"), ("RESTIC_CACHE_DIR", "cache")];
    drill(&temp, &set, &[&["restic", "init", "--quiet"], &["restic", "backup", "--quiet", "data"]]);
    assert!(collected(&temp).contains("title = \"restic snapshots: 1 snapshot, 1 host\""), "{}", collected(&temp));
}

#[test]
fn a_drill_of_a_real_borg_backup_becomes_facts() {
    if !is_there("borg", "--version") {
        return;
    }
    let temp = where_recipes_run();
    temp.edit("milepost.toml", "restic-*.json\"      # or borg-*.json with map = \"borg\"", "borg-*.json\"");
    temp.edit("milepost.toml", "map = \"restic\"", "map = \"borg\"");
    let (repository, base) = (temp.path("vault").display().to_string(), temp.path("borg").display().to_string());
    let set = [("BORG_REPO", repository.as_str()), ("BORG_PASSPHRASE", "x"), ("BORG_BASE_DIR", &base)];
    drill(&temp, &set, &[&["borg", "init", "--encryption", "repokey"], &["borg", "create", "::one", "data"]]);
    let collected = collected(&temp);
    assert!(collected.contains("title = \"borg archives: 1 archive, encryption repokey\""), "{collected}");
}

#[test]
fn a_machine_that_a_real_scanner_checked_becomes_evidence() {
    if !is_there("oscap", "--version") {
        return;
    }
    let temp = where_recipes_run();
    temp.put("oval.xml", oval(&temp.path("here")));
    temp.put("here", "yes\n");
    let rules = (1..=3).map(|at| {
        format!(
            "<Rule id=\"xccdf_example.org_rule_{at}\" selected=\"{}\"><title>Rule {at}</title>\
             <check system=\"http://oval.mitre.org/XMLSchema/oval-definitions-5\">\
             <check-content-ref href=\"oval.xml\" name=\"oval:example.org:def:{at}\"/></check></Rule>",
            at < 3
        )
    });
    temp.put(
        "benchmark.xml",
        format!(
            "<Benchmark xmlns=\"http://checklists.nist.gov/xccdf/1.2\" id=\"xccdf_example.org_benchmark_one\" resolved=\"1\">\
             <status>accepted</status><title>One</title><version>1</version>{}</Benchmark>",
            rules.collect::<String>()
        ),
    );
    run_for_team(&temp, &recipe("standard.sh"), &[], &[("BENCHMARK", "benchmark.xml")]);
    // The second file is not there, and the third rule is not selected.
    let collected = collected(&temp);
    assert!(collected.contains("title = \"OpenSCAP: 1 of 2 passed\""), "{collected}");
    // Its rules and its host stay out of the repository.
    let kept = tree(&temp.path("content"));
    assert!(kept.values().all(|bytes| !String::from_utf8_lossy(bytes).contains("target-address")), "{:?}", kept.keys());
}

/// Definitions of OVAL: that a file is there, and that one of a like name is.
fn oval(file: &Path) -> String {
    let part = |of: fn(usize, &str) -> String| {
        (1..=3).map(move |at| of(at, &format!("{}{}", file.display(), ["", "x", "y"][at - 1])))
    };
    let definitions = part(|at, _| {
        format!(
            "<definition class=\"compliance\" id=\"oval:example.org:def:{at}\" version=\"1\"><metadata><title>{at}</title>\
             <description>{at}</description></metadata><criteria><criterion test_ref=\"oval:example.org:tst:{at}\"/></criteria></definition>"
        )
    });
    let tests = part(|at, _| {
        format!(
            "<u:file_test id=\"oval:example.org:tst:{at}\" version=\"1\" check=\"all\" check_existence=\"at_least_one_exists\" comment=\"{at}\">\
             <u:object object_ref=\"oval:example.org:obj:{at}\"/></u:file_test>"
        )
    });
    let objects = part(|at, path| {
        format!(
            "<u:file_object id=\"oval:example.org:obj:{at}\" version=\"1\"><u:filepath>{path}</u:filepath></u:file_object>"
        )
    });
    format!(
        "<oval_definitions xmlns=\"http://oval.mitre.org/XMLSchema/oval-definitions-5\" \
         xmlns:u=\"http://oval.mitre.org/XMLSchema/oval-definitions-5#unix\" xmlns:c=\"http://oval.mitre.org/XMLSchema/oval-common-5\">\
         <generator><c:schema_version>5.11</c:schema_version><c:timestamp>2026-10-01T00:00:00</c:timestamp></generator>\
         <definitions>{}</definitions><tests>{}</tests><objects>{}</objects></oval_definitions>",
        definitions.collect::<String>(),
        tests.collect::<String>(),
        objects.collect::<String>()
    )
}

#[test]
fn a_report_of_a_real_runner_of_tests_becomes_evidence() {
    if !is_there("node", "--version") {
        return;
    }
    let temp = where_recipes_run();
    let tests = "import test from 'node:test';\ntest('same', () => {});\ntest('later', { skip: true }, () => {});\n";
    temp.put("own.mjs", tests);
    temp.put("tests.xml", "");
    let args = ["--test", "--test-reporter=junit", "--test-reporter-destination=tests.xml", "own.mjs"];
    run_for_team(&temp, Path::new("node"), &args, &[]);
    run_for_team(&temp, &recipe("tests.sh"), &[], &[("REPORT", "tests.xml")]);
    let collected = collected(&temp);
    assert!(collected.contains("title = \"JUnit: 1 of 1 passed, 1 skipped\""), "{collected}");
}

#[test]
fn delivery_figures_are_asked_of_a_server_and_become_facts() {
    if !is_there("curl", "--version") {
        return;
    }
    let temp = where_recipes_run();
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/api/v4", server.local_addr().unwrap());
    let served =
        std::thread::spawn(move || (0..4).map(|_| answered(&server.accept().unwrap().0)).collect::<Vec<String>>());
    let set = [
        ("GITLAB", address.as_str()),
        ("PROJECT", "7"),
        ("GITLAB_TOKEN", "t"),
        ("START", "2099-10-01"),
        ("END", "2099-12-31"),
    ];
    run_for_team(&temp, &recipe("delivery.sh"), &[], &set);
    let asked = served.join().unwrap();
    assert!(asked.iter().all(|asked| asked.contains("PRIVATE-TOKEN: t")), "{asked:?}");
    assert!(
        asked[2].starts_with("GET /api/v4/projects/7/dora/metrics?metric=change_failure_rate&interval=all&"),
        "{asked:?}"
    );
    let collected = collected(&temp);
    for fact in ["deployments_week = 2", "lead_hours = 26", "failed_share = 26", "restore_hours = 26"] {
        assert!(collected.contains(fact), "{fact}: {collected}");
    }
}

/// Answers a request as the documentation of GitLab's API shows it, and returns what was asked.
fn answered(mut stream: &TcpStream) -> String {
    let mut asked = Vec::new();
    let mut buffer = [0; 4096];
    while !asked.ends_with(b"\r\n\r\n") {
        let read = stream.read(&mut buffer).unwrap();
        asked.extend_from_slice(&buffer[..read]);
    }
    let asked = String::from_utf8(asked).unwrap();
    // A rate of all days has no day, and is a part of 1.
    let (date, value) = match asked.split("metric=").nth(1).unwrap().split('&').next().unwrap() {
        "change_failure_rate" => ("null", "0.26"),
        "deployment_frequency" => ("\"2099-12-31\"", "26"),
        _ => ("\"2099-12-31\"", "93600"),
    };
    let body = format!("[{{\"date\":{date},\"value\":{value}}}]");
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len()).unwrap();
    asked
}
