//! A workspace whose every text that can be hidden is a word of its own in, the bytes of each audience's report out: what is
//! hidden is in none of them.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, iter};

use milepost::base::mention::{Finder, Spelling};
use milepost::check;
use milepost::export::oscal::{poam, results};
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
use proptest::prelude::*;
use proptest::test_runner::Config;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

type Files = BTreeMap<String, Vec<u8>>;

/// Words that occur nowhere else: no other word begins with `zq`.
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
reattested = { limit = 100, teams = ["zq-deck"] }
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
    let theme = Theme::new(&workspace, "default", &assessment.strings).unwrap();
    let nothing = Provenance::default();
    let scored = score::score(assessment);
    let site = site(Report::new(&scored, Some(&nothing), None), &theme);
    let mut files: Files =
        site.files().par_iter().map(|file| (file.path.clone(), site.render(file).unwrap())).collect();
    for quarter in scored.quarters() {
        let mut add =
            |name: &str, text: String| drop(files.insert(format!("{}/{name}.json", quarter.name()), text.into_bytes()));
        for framework in scored.assessment.frameworks.ids() {
            let file = results::print(results::Results { quarter, framework, team: None });
            add(&format!("oscal-{}", quarter.framework(framework).id), file.to_string());
        }
        if let Some(plan) = poam::OpenPlan::of(quarter) {
            add("oscal-poam", poam::print(&plan).to_string());
        }
    }
    files
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
    for word in [&LINKS[..], &EVIDENCE, &NOTES, &PEOPLE, &SOURCES[..1], &TEAMS].concat() {
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

// A gate must not pass because its cause is hidden from the audience.
#[test]
fn gates_judge_every_edition_alike() {
    let folder = folder();
    let verdicts = |audience| {
        let files = built(folder.path(), audience);
        let page = String::from_utf8_lossy(&files["2026-Q2/gates/index.html"]).into_owned();
        let json: serde_json::Value = serde_json::from_slice(&files["data/2026-Q2/gates.json"]).unwrap();
        let classes = page.split("class=\"verdict-").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
        let causes = json["gates"].as_array().unwrap().iter().map(|gate| gate["causes"].as_array().unwrap().len());
        (classes.collect::<Vec<_>>(), causes.collect::<Vec<_>>())
    };
    let full = verdicts(Audience::Full);
    assert_eq!(full.0.len(), 2);
    assert!(full.0.iter().any(|verdict| verdict == "excused"), "{full:?}");
    for audience in [Audience::Internal, Audience::Board] {
        assert_eq!(verdicts(audience), full, "{audience:?}");
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
        let digests = |assessment: &Assessment| {
            let quarters = assessment.quarters.ids();
            quarters.map(|quarter| assessment.in_quarter(quarter).policy_digest()).collect::<Vec<_>>()
        };
        assert_eq!(digests(&redacted), digests(&full));
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

/// Ways to write `Zqdeck Crew`, each of which a reader takes for the name.
const WAYS: &[&str] = &[
    "Zqdeck Crew",
    "zqdeck crew",
    "ZQDECK  CREW",
    "zqdeck-crew",
    "Zqdeck_Crew",
    "ZqdeckCrew",
    "Zqdeck\nCrew",
    "Zqdeck\u{a0}Crew",
    "Zqdeck\u{ad}\u{200b} Crew",
    "Zqdeck Crews",
    "Zqdeck Crew's",
    "**Zqdeck** Crew",
    "Zqdeck *Crew*",
    "`Zqdeck` Crew",
    "[Zqdeck](https://wiki.example/a) Crew",
    "Zqdeck <b>Crew</b>",
    "Zqdeck&nbsp;Crew",
    "Zqdeck&#32;Crew",
    "&#90;qdeck Crew",
    "Zqdeck%20Crew",
    "%5Aqdeck%2520Crew",
    "https://wiki.example/zqdeck-crew/runbook?a=zq-deck",
    "[runbook](https://wiki.example/Zqdeck%20Crew)",
    "[runbook](../zq-deck/index.html)",
    "![plan](zqdeck_crew.png)",
    "<https://wiki.example/zq_deck>",
    "\u{ff3a}qdeck Crew",
    "Zqd\u{e9}ck Crew",
    "ZQ DECK",
    "Zqstokers'",
];

/// The letters of a file as a reader sees them, without blanks, signs, case, accents and width. HTML is read as a browser does.
fn letters(path: &str, bytes: &[u8]) -> String {
    let mut text = format!("{path} {}", String::from_utf8_lossy(bytes));
    if path.ends_with(".html") {
        let page = scraper::Html::parse_document(&text);
        // One block is one text, and so is each attribute: addresses and labels are read too.
        let blocks =
            scraper::Selector::parse("title, p, li, td, th, h1, h2, h3, h4, dt, dd, summary, a, span").unwrap();
        let seen = page.select(&blocks).map(|block| block.text().collect::<String>());
        let attributes =
            page.tree.nodes().filter_map(|node| node.value().as_element()).flat_map(|element| element.attrs());
        text = seen.chain(attributes.map(|(_, value)| value.to_owned())).collect::<Vec<_>>().join(" / ");
    }
    for _ in 0..3 {
        text = text.replace("%25", "%");
    }
    for (code, c) in
        [("%20", " "), ("%5A", "Z"), ("&nbsp;", " "), ("&#32;", " "), ("&#90;", "Z"), ("<b>", ""), ("\\n", " ")]
    {
        text = text.replace(code, c);
    }
    unicode_normalization::UnicodeNormalization::nfkd(text.as_str())
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The workspace of [`folder`], with `way` in every text of its authors. Only names of teams and links are hidden from the board.
fn folder_saying(way: &str) -> TempDir {
    let folder = folder();
    let root = folder.path();
    let quoted = serde_json::to_string(way).unwrap();
    let put =
        |path: &str, text: &str| fs::write(root.join(path), text.replace("\"@\"", &quoted).replace('@', way)).unwrap();
    let report = "[report]\ntitle = \"@\"\norganization = \"@\"";
    let config = CONFIG.replace("[report]\ntitle = \"The Grey Heron\"", report);
    let config =
        config.replace("\"Zqdeck Crew keeps the doors.\"", "\"@\"").replace("\"Zqdeck Crew is at sea.\"", "\"@\"");
    let levels =
        ["None", "Some", "Half", "Most", "All"].map(|name| format!("{{ name = \"{name}\", criteria = \"@\" }}"));
    let scale = format!("[scale]\nlevels = [{}]\n[audiences]\nboard = [\"teams\"]\n", levels.join(", "));
    put("milepost.toml", &config.replacen("[scoring]", &format!("{scale}[scoring]"), 1));
    let profile =
        PROFILE.replace("\"Zqengine Room asked for it.\"", "\"@\"").replace("\"Zqdeck Crew mends nothing.\"", "\"@\"");
    put(
        "content/profile.toml",
        &profile.replace("\"As Zqengine Room does it.\"", "\"@\"").replace("zqdecided\"", "role\""),
    );
    let actions =
        ACTIONS.replace("\"Alarms for Zqdeck Crew\"", "\"@\"").replace("\"Zqengine Room cannot close it.\"", "\"@\"");
    put("content/actions.toml", &actions.replace("\"A-1\"", "\"ZQ-Deck-1\"").replace("\"zqowner\"", "\"@\""));
    let guide = "+++\ntitle = \"@\"\nsummary = \"@\"\nexplains = [\"report\"]\n+++\n## Of @\n\nIt is @ that reads.\n";
    for name in ["reading", "ZqDeck_Crew", "zqdeck.crew"] {
        put(&format!("content/guides/{name}.md"), guide);
    }
    fs::remove_file(root.join("content/2026-Q1/seal.toml")).unwrap();
    for quarter in ["2026-Q1", "2026-Q2"] {
        put(&format!("content/{quarter}/quarter.toml"), "title = \"@\"\n");
        put(&format!("content/{quarter}/summary.md"), "It was @ that moved.\n\n- @\n");
        for team in ["zq-deck", "zq-engine"] {
            let path = format!("content/{quarter}/{team}/zqfile-all.toml");
            let text = fs::read_to_string(root.join(&path)).unwrap();
            let text = [
                "zqnote of Zqdeck Crew & <b>others</b>",
                "zqwhy",
                "zqreason",
                "zqagreed",
                "zqattested",
                "zqtitle & <i>more</i>",
            ]
            .into_iter()
            .fold(text, |text, said| text.replace(&format!("\"{said}\""), "\"@\""));
            put(&path, &text);
        }
    }
    folder
}

#[test]
fn a_hidden_name_is_found_however_it_is_written() {
    let faults: Vec<String> = WAYS
        .par_iter()
        .flat_map(|way| {
            let files = built(folder_saying(way).path(), Audience::Board);
            assert!(
                files.keys().filter(|path| path.starts_with("guides/team-a")).count() == 2,
                "{way}: {:?}",
                files.keys()
            );
            let leak = |(path, bytes): (&String, &Vec<u8>)| {
                let letters = letters(path, bytes);
                let at = ["zqdeck", "zqstoker"].iter().find_map(|name| letters.find(name))?;
                let end = letters.len().min(at + 60);
                let start = letters.floor_char_boundary(at.saturating_sub(60));
                Some(format!("{way:?} in {path}: {}", &letters[start..letters.floor_char_boundary(end)]))
            };
            files.iter().filter_map(leak).take(3).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(faults, [""; 0]);
}

// A control: without redaction, each spelling does show the name. So its absence from other editions proves something.
#[test]
fn every_way_is_read_as_the_name_where_nothing_is_hidden() {
    for way in WAYS {
        let files = built(folder_saying(way).path(), Audience::Full);
        let letters = letters("", &files["2026-Q2/board/index.html"]);
        assert!(["zqdeck", "zqstoker"].iter().any(|name| letters.contains(name)), "{way}");
    }
}

#[test]
fn links_in_texts_are_links_too() {
    for way in [
        "[words](https://wiki.example/zqurl)",
        "<https://wiki.example/zqurl>",
        "https://wiki.example/zqurl",
        "[a][b]\n\n[b]: https://wiki.example/zqurl",
    ] {
        let folder = folder_saying(way);
        let config = fs::read_to_string(folder.path().join("milepost.toml")).unwrap();
        fs::write(folder.path().join("milepost.toml"), config.replace("board = [\"teams\"]", "board = [\"links\"]"))
            .unwrap();
        let files = built(folder.path(), Audience::Board);
        assert_eq!(stands(&files, &LINKS), [""; 0], "{way}");
        assert!(!places(&built(folder.path(), Audience::Full), "zqurl").is_empty());
    }
}

/// Texts of pieces of names, links and markup, in any order.
fn any_text() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "Zqdeck",
        "Crew",
        "zq-deck",
        "Zqdeck Crew",
        " ",
        "\n",
        "\n\n",
        "*",
        "**",
        "_",
        "`",
        "[",
        "](",
        ")",
        "<",
        ">",
        "![",
        "]: ",
        "|",
        "&nbsp;",
        "&#32;",
        "&amp;",
        "%20",
        "%2",
        "\\",
        "https://",
        "www.",
        "a",
        "é",
        "\u{301}",
        "\u{200b}",
        "基",
        "- ",
        "> ",
        "# ",
        "<b>",
        "~~",
        "1. ",
        "s",
        "'s",
    ];
    prop::collection::vec(
        prop_oneof![6 => prop::sample::select(PIECES).prop_map(str::to_owned), 1 => any::<String>()],
        0..24,
    )
    .prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(Config { failure_persistence: None, ..Config::with_cases(2048) })]

    #[test]
    fn no_text_keeps_a_name(text in any_text()) {
        let finder = Finder::new(["Zqdeck Crew", "zq-deck"].map(|name| (name.to_owned(), ())), Spelling::AsGiven);
        let without = finder.replaced(&text, |()| "Team A").unwrap_or_else(|| text.clone());
        prop_assert_eq!(finder.find(&without), [], "{:?} is {:?}", text, without);
    }
}
