//! A workspace whose every text that can be hidden is a word of its own in, the bytes of each audience's report out: what is
//! hidden is in none of them.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, iter};

use milepost::check;
use milepost::history::provenance::Provenance;
use milepost::history::sealing;
use milepost::load::workspace;
use milepost::load::workspace::Workspace;
use milepost::model::assessment::{Assessment, InQuarter};
use milepost::model::settings::Audience;
use milepost::redact::redact;
use milepost::report::site::site;
use milepost::report::theme::Theme;
use milepost::report::view::Report;
use milepost::score::{self, Scored, ScoredQuarter};
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

type Files = BTreeMap<String, Vec<u8>>;

/// Words that stand nowhere else: `zq` begins no other.
const LINKS: [&str; 3] = ["zqurl", "zqartifact", "zqotherurl"];
const EVIDENCE: [&str; 2] = ["zqtitle", "zqproof"];
const NOTES: [&str; 3] = ["zqnote", "zqwhy", "zqreason"];
const PEOPLE: [&str; 8] =
    ["zqattested", "zqagreed", "zqdecided", "zqowner", "zqaccepted", "zqexcluded", "zqdeclared", "zqoverlooked"];
const SOURCES: [&str; 3] = ["zqfile", "zqplain", "all.toml:"];
const TEAMS: [&str; 5] = ["zq-deck", "Zqdeck Crew", "zq-engine", "Zqengine Room", "Zqstokers"];

const CONFIG: &str = r#"
[report]
title = "The Grey Heron"
frameworks = ["yard"]
[scoring]
minimum_coverage = 0
[controls]
"KP.HU-2" = { owner = "zq-deck", why = "Zqdeck Crew keeps the doors." }
"KP.CR-1" = { key = true }
[gates]
stale_evidence = { limit = 0, exception = { reason = "Zqdeck Crew is at sea.", approved_by = "zqoverlooked", expires = 2026-12-31 } }
[[team]]
id = "zq-deck"
name = "Zqdeck Crew"
[[team]]
id = "zq-engine"
name = "Zqengine Room"
also_called = ["Zqstokers"]
"#;

const PROFILE: &str = r#"
[targets]
default = { level = 4, why = "Zqengine Room asked for it.", approved_by = "zqdecided", due = 2026-12-31, review = 2026-12-31 }
[out_of_scope]
"MD" = { why = "Zqdeck Crew mends nothing.", approved_by = "zqexcluded" }
[tiers]
governance = { current = 2, target = 3, rationale = "As Zqengine Room does it.", declared_by = "zqdeclared" }
"#;

const ACTIONS: &str = r#"
[[action]]
id = "A-1"
control = "KP.HU-1"
team = "zq-deck"
title = "Alarms for Zqdeck Crew"
owner = "zqowner"
due = 2026-05-31
status = "open"
raises_to = 4
[[exception]]
id = "E-1"
control = "KP.HU-2"
reason = "Zqengine Room cannot close it."
approved_by = "zqaccepted"
expires = 2026-05-31
"#;

/// What a team says in a quarter.
fn answers(level: u32, digest: &str) -> String {
    format!(
        r#"
[attested]
by = "zqattested"
on = 2026-06-30
["KP.HU-1"]
level = {level}
note = "zqnote of Zqdeck Crew & <b>others</b>"
evidence = [
  {{ kind = "record", title = "zqtitle & <i>more</i>", date = 2026-03-01, url = "https://wiki.example/zqurl?a=1&b=ä" }},
  {{ kind = "test", title = "zqproof", date = 2024-03-01, url = "https://wiki.example/zqotherurl", file = "zqartifact.txt", sha256 = "{digest}" }},
]
["KP.HU-2"]
unknown = "zqwhy"
["KP.CR-1"]
not_applicable = "zqreason"
approved_by = "zqagreed"
"#
    )
}

fn digest(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The workspace in a folder, its first quarter sealed.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let put = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let yard = "tests/fixtures/good/gates/controls/yard";
    for file in ["framework.toml", "keep.toml", "mend.toml"] {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(yard).join(file)).unwrap();
        put(&format!("controls/yard/{file}"), &text);
    }
    put("milepost.toml", CONFIG);
    put("content/profile.toml", PROFILE);
    put("content/actions.toml", ACTIONS);
    let guide = "+++\ntitle = \"Of Zqdeck Crew\"\nsummary = \"For zq-deck\"\nexplains = [\"report\"]\n+++\nZqengine Room reads it.\n";
    put("content/guides/reading.md", guide);
    put("content/guides/for-zq-deck.md", guide);
    for (quarter, level) in [("2026-Q1", 2), ("2026-Q2", 3)] {
        put(&format!("content/{quarter}/quarter.toml"), "title = \"With Zqdeck Crew\"\n");
        put(&format!("content/{quarter}/summary.md"), "Zqdeck Crew and zq-engine moved, and Zqstokers' Hut.\n");
        for team in ["zq-deck", "zq-engine"] {
            let artifact = format!("zqartifact of {team} in {quarter}");
            put(&format!("content/{quarter}/{team}/zqartifact.txt"), &artifact);
            let level = if team == "zq-deck" { level } else { 4 };
            put(&format!("content/{quarter}/{team}/zqfile-all.toml"), &answers(level, &digest(&artifact)));
        }
    }
    let (workspace, assessment) = read(folder.path());
    let closing = sealing::close(&workspace, first(&score::score(assessment))).unwrap();
    put(&closing.path, &closing.text);
    folder
}

fn first(scored: &Scored) -> ScoredQuarter<'_> {
    scored.quarters().next().unwrap()
}

fn read(root: &Path) -> (Workspace, Assessment) {
    let workspace = workspace::load(root);
    let checked = check::check(&workspace);
    let assessment = checked.assessment.unwrap_or_else(|| panic!("{:#?}", checked.diagnostics));
    (workspace, assessment)
}

fn built(root: &Path, audience: Audience) -> Files {
    let (workspace, assessment) = read(root);
    let assessment = redact(assessment, audience);
    let theme = Theme::new(&workspace, "default").unwrap();
    let nothing = Provenance::default();
    let scored = score::score(assessment);
    let site = site(Report { scored: &scored, provenance: Some(&nothing), commit: None }, &theme);
    site.files().par_iter().map(|file| (file.path.clone(), site.render(file).unwrap())).collect()
}

/// The places where `word` stands: names of files, and their bytes, in any case and in every spelling that a file may use.
fn places(files: &Files, word: &str) -> Vec<String> {
    let coded: String = word.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let entities: String = word.bytes().map(|byte| format!("&#{byte};")).collect();
    let escaped: String = word.bytes().map(|byte| format!("\\u00{byte:02x}")).collect();
    let spaced = [word.replace(' ', "%20"), word.replace(' ', "+"), word.replace(' ', "-")];
    let spellings: Vec<String> =
        [word.to_owned(), coded, entities, escaped].into_iter().chain(spaced).map(|text| text.to_lowercase()).collect();
    let holds = |(path, bytes): (&String, &Vec<u8>)| {
        let text = format!("{path}\n{}", String::from_utf8_lossy(bytes)).to_lowercase();
        spellings.iter().any(|spelling| text.contains(spelling)).then(|| path.clone())
    };
    files.iter().filter_map(holds).collect()
}

fn stands(files: &Files, words: &[&str]) -> Vec<String> {
    words.iter().filter_map(|word| Some(format!("{word} in {}", places(files, word).first()?))).collect()
}

#[test]
fn the_full_report_says_everything_that_can_be_hidden() {
    let files = built(folder().path(), Audience::Full);
    for word in [&LINKS[..], &EVIDENCE, &NOTES, &PEOPLE[..7], &SOURCES[..1], &TEAMS].concat() {
        assert!(!places(&files, word).is_empty(), "{word} is nowhere, so that no test can miss it");
    }
    assert!(files.contains_key("2026-Q2/teams/zq-deck/index.html"));
    assert!(files.contains_key("data/2026-Q2/evidence.csv"));
}

#[test]
fn what_the_organisation_may_not_see_is_nowhere() {
    let files = built(folder().path(), Audience::Internal);
    assert_eq!(stands(&files, &LINKS), [""; 0]);
    for word in [&EVIDENCE[..], &NOTES, &TEAMS].concat() {
        assert!(!places(&files, word).is_empty(), "{word}");
    }
}

#[test]
fn what_the_board_may_not_see_is_nowhere() {
    let folder = folder();
    let files = built(folder.path(), Audience::Board);
    let words = [&LINKS[..], &EVIDENCE, &NOTES, &PEOPLE, &SOURCES, &TEAMS, &["zq"]].concat();
    assert_eq!(stands(&files, &words), [""; 0]);
    let (_, assessment) = read(folder.path());
    let quarters = assessment.quarters.ids().map(|quarter| assessment.in_quarter(quarter));
    let items = quarters.flat_map(InQuarter::all_evidence).map(|(_, item)| item);
    let digests = items.filter_map(|item| item.artifact.as_ref());
    let digests: Vec<String> = digests.map(|artifact| artifact.sha256[..12].to_owned()).collect();
    assert_eq!(digests.len(), 4);
    assert!(digests.iter().all(|digest| places(&files, digest).is_empty()));
    assert!(!files.keys().any(|path| path.contains("/teams/") || path.contains("evidence")));
    let dashboard = String::from_utf8_lossy(&files["2026-Q2/index.html"]).into_owned();
    assert!(dashboard.contains("Team A") && dashboard.contains("audience “board”"), "{dashboard}");
}

#[test]
fn each_kind_can_be_hidden_alone() {
    let folder = folder();
    let kinds = [("links", &LINKS[..]), ("notes", &NOTES), ("people", &PEOPLE), ("sources", &SOURCES[..1])];
    let kinds = kinds.into_iter().chain([("evidence", &EVIDENCE[..]), ("teams", &TEAMS)]);
    for (name, words) in kinds {
        fs::write(folder.path().join("milepost.toml"), format!("{CONFIG}[audiences]\nboard = [\"{name}\"]\n")).unwrap();
        let files = built(folder.path(), Audience::Board);
        assert_eq!(stands(&files, words), [""; 0], "{name}");
        let other = if name == "notes" { "zqattested" } else { "zqnote" };
        assert!(!places(&files, other).is_empty(), "{name} hides {other}");
    }
}

/// The figures of every node in every quarter, for all teams and for each; then the levels of every answer.
fn all_figures(scored: &Scored) -> Vec<String> {
    let teams: Vec<_> = iter::once(None).chain(scored.assessment.settings.teams.ids().map(Some)).collect();
    let mut all = Vec::new();
    for quarter in scored.quarters() {
        for framework in &scored.assessment.frameworks {
            let nodes = framework.nodes().flat_map(|node| teams.iter().map(move |team| quarter.figures(node, *team)));
            all.extend(nodes.map(|figures| format!("{figures:?}")));
        }
        all.extend(quarter.answers().answers.ids().map(|id| format!("{:?}", quarter.levels(id))));
    }
    all
}

#[test]
fn every_figure_is_that_of_the_full_report() {
    let folder = folder();
    let (_, full) = read(folder.path());
    let full_scored = score::score(full.clone());
    for audience in Audience::ALL {
        let redacted = redact(full.clone(), audience);
        assert_eq!(redacted.policy.digest(), full.policy.digest());
        let scored = score::score(redacted);
        assert!(!all_figures(&scored).is_empty());
        assert_eq!(all_figures(&scored), all_figures(&full_scored));
        let sealed = first(&scored).answers().seal.as_ref().unwrap();
        assert_eq!(sealing::verify(sealed, Some(&scored)).state(), sealing::SealState::Unchanged);
    }
    let scores = |audience| built(folder.path(), audience)["data/2026-Q2/scores.json"].clone();
    assert_eq!(scores(Audience::Board), scores(Audience::Full));
}

#[test]
fn no_link_leads_to_a_page_that_an_audience_does_not_have() {
    let files = built(folder().path(), Audience::Board);
    for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".html")) {
        let html = scraper::Html::parse_document(&String::from_utf8_lossy(bytes));
        let links = scraper::Selector::parse("a[href]").unwrap();
        for link in html.select(&links).filter_map(|link| link.value().attr("href")) {
            let to = link.split('#').next().unwrap();
            let mut at: Vec<&str> = path.split('/').collect();
            at.pop();
            for part in to.split('/').filter(|_| !to.is_empty() && !to.contains(':')) {
                if part == ".." { at.truncate(at.len().saturating_sub(1)) } else { at.push(part) }
            }
            assert!(to.is_empty() || to.contains(':') || files.contains_key(&at.join("/")), "{path}: {link}");
        }
    }
}
