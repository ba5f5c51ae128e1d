//! Tests that published catalogs become frameworks: whole, in words, and over nothing of somebody else's.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use milepost::exchange::catalog::files::{FrameworkFolder, write};
use milepost::exchange::catalog::ranks::ranked;
use milepost::exchange::catalog::{Published, PublishedEntry, tidy};
use milepost::exchange::loss::Losses;
use milepost::exchange::published::{CatalogRefusal, read};
use milepost::load::embedded::FILES;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::temp_workspace::{TempWorkspace, tree};

const OSCAL: &str = "oscal/csf-2.0-cut.json";
const BASELINE: &str = "oscal/sp800-53r5-low-cut-pe-sa.json";
const PROFILE: &str = "oscal/sp800-53r5-low-profile.json";
const REFERENCE_TOOL: &str = "nist/csf-export-cut.json";

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples").join(name)
}

fn parsed(name: &str) -> Value {
    serde_json::from_slice(&fs::read(sample(name)).unwrap()).unwrap()
}

/// A workspace with one team and one quarter.
fn fresh() -> TempWorkspace {
    let temp = TempWorkspace::empty();
    temp.put("milepost.toml", "[report]\ntitle = \"Harbour\"\n\n[[team]]\nid = \"web\"\nname = \"Web\"\n");
    temp.put("content/2026-Q4/quarter.toml", "");
    temp.put("content/2026-Q4/web/none.toml", "");
    temp
}

impl TempWorkspace {
    fn import(&self, args: &[&str]) -> String {
        self.run(&[&["import", "catalog"], args].concat()).result()
    }

    /// Asks teams for this framework alone.
    fn uses(&self, framework: &str) {
        self.edit("milepost.toml", "[report]\n", &format!("[report]\nframeworks = [\"{framework}\"]\n"));
    }

    /// What the check says of it, which is no mistake.
    fn checked(&self) -> String {
        let run = self.run(&["check"]);
        assert_eq!(run.code, Some(0), "{}", run.said());
        run.said()
    }

    fn framework(&self, id: &str) -> Vec<toml::Table> {
        let files = tree(&self.path("controls").join(id));
        files.iter().map(|(name, text)| parse(name, std::str::from_utf8(text).unwrap())).collect()
    }
}

fn parse(name: &str, text: &str) -> toml::Table {
    text.parse().unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Each table with an id below a table, by that id.
fn by_id(table: &toml::Table, out: &mut BTreeMap<String, toml::Table>) {
    if let Some(id) = table.get("id").and_then(toml::Value::as_str) {
        out.insert(id.to_owned(), table.clone());
    }
    for key in ["category", "control", "sub"] {
        let tables = table.get(key).and_then(toml::Value::as_array).into_iter().flatten();
        tables.filter_map(toml::Value::as_table).for_each(|table| by_id(table, out));
    }
}

fn all_by_id(tables: &[toml::Table]) -> BTreeMap<String, toml::Table> {
    let mut out = BTreeMap::new();
    tables.iter().for_each(|table| by_id(table, &mut out));
    out
}

fn built_in(id: &str) -> Vec<toml::Table> {
    let start = format!("controls/{id}/");
    FILES.iter().filter(|(path, _)| path.starts_with(&start)).map(|(path, text)| parse(path, text)).collect()
}

fn text<'t>(table: &'t toml::Table, key: &str) -> &'t str {
    table.get(key).and_then(toml::Value::as_str).unwrap_or_default()
}

/// The subcategories in force of the OSCAL sample, each with its statement and examples.
fn subcategories(value: &Value, out: &mut BTreeMap<String, (String, Vec<String>)>) {
    for below in ["groups", "controls"].iter().filter_map(|key| value[key].as_array()).flatten() {
        let withdrawn = below["props"].as_array().unwrap().iter().any(|prop| prop["value"] == "withdrawn");
        if below["class"] == "subcategory" && !withdrawn {
            let parts = |name: &str| -> Vec<String> {
                let parts = below["parts"].as_array().unwrap().iter().filter(|part| part["name"] == name);
                parts.map(|part| part["prose"].as_str().unwrap().to_owned()).collect()
            };
            out.insert(below["id"].as_str().unwrap().to_owned(), (parts("statement").concat(), parts("example")));
        }
        subcategories(below, out);
    }
}

#[test]
fn the_texts_of_nist_take_the_place_of_ours_and_all_else_stays() {
    let temp = fresh();
    let told = temp.import(&[sample(OSCAL).to_str().unwrap()]);
    assert!(
        told.starts_with(
            "an OSCAL catalog: Electronic Version of NIST Cybersecurity Framework 2.0, 1.2.0: 6 Functions"
        ),
        "{told}"
    );
    assert!(
        told.contains(" ids withdrawn; ") && told.contains("controls of csf-2.0 that the file does not hold stay"),
        "{told}"
    );
    assert!(!told.contains("Teams are asked once"), "{told}");
    temp.checked();
    let (ours, now) = (built_in("csf-2.0"), temp.framework("csf-2.0"));
    let files: BTreeSet<String> = tree(&temp.path("controls/csf-2.0")).into_keys().collect();
    let names = ["detect", "framework", "govern", "identify", "protect", "recover", "respond"];
    assert_eq!(files, names.map(|name| format!("{name}.toml")).into());
    let mut wanted = BTreeMap::new();
    subcategories(&parsed(OSCAL)["catalog"], &mut wanted);
    let (ours, now) = (all_by_id(&ours), all_by_id(&now));
    assert!(wanted.len() > 40 && ours.len() == now.len(), "{} {} {}", wanted.len(), ours.len(), now.len());
    for (id, old) in &ours {
        let new = &now[id];
        if let Some((statement, examples)) = wanted.get(id) {
            assert_eq!(text(new, "outcome"), tidy(statement), "{id}");
            let written: Vec<&str> =
                new["examples"].as_array().unwrap().iter().filter_map(toml::Value::as_str).collect();
            assert_eq!(written, *examples, "{id}");
        } else {
            assert_eq!(text(new, "outcome"), text(old, "outcome"), "{id}");
        }
        // What no text of the publisher says stays: titles, references, facts, mappings.
        for key in ["title", "references", "facts", "criteria"] {
            assert_eq!(new.get(key), old.get(key), "{id}.{key}");
        }
    }
    let header = |tables: &[toml::Table]| tables.iter().find(|table| table.contains_key("functions")).unwrap().clone();
    let (old, new) = (header(&built_in("csf-2.0")), header(&temp.framework("csf-2.0")));
    for key in ["id", "title", "version", "functions", "references", "withdrawn"] {
        assert_eq!(new[key], old[key], "{key}");
    }
    assert!(
        text(&new, "source")
            .starts_with("Electronic Version of NIST Cybersecurity Framework 2.0, 1.2.0, read from an OSCAL catalog;")
    );
    assert!(temp.read("controls/csf-2.0/framework.toml").contains("# what the framework calls its controls"));
    // Once more, nothing changes.
    let before = tree(&temp.path("."));
    assert!(temp.import(&[sample(OSCAL).to_str().unwrap()]).contains("Nothing was changed; "));
    assert_eq!(tree(&temp.path(".")), before);
}

#[test]
fn controls_have_their_labels_as_ids_and_parameters_in_words() {
    let temp = fresh();
    let told = temp.import(&[sample(BASELINE).to_str().unwrap(), "--id", "sp800-53r5"]);
    assert!(told.contains(": 2 Functions, 18 controls, 1 sub-control\n"), "{told}");
    assert!(
        told.contains("`19 parts assessment-objective`") && told.contains("add \"sp800-53r5\" to `frameworks`"),
        "{told}"
    );
    let now = temp.framework("sp800-53r5");
    let whole: String =
        tree(&temp.path("controls")).values().map(|text| String::from_utf8_lossy(text).into_owned()).collect();
    assert!(!whole.contains("{{") && !whole.contains("](#"), "{whole}");
    let now = all_by_id(&now);
    let ids: BTreeSet<&str> = now.keys().map(String::as_str).collect();
    for id in ["PE", "SA", "PE-2", "SA-4", "SA-4(10)"] {
        assert!(ids.contains(id), "{id} is not among {ids:?}");
    }
    let outcome = |id: &str| text(&now[id], "outcome").to_owned();
    let wanted =
        "using [one or more of: standardized contract language; [contract language]] in the acquisition contract";
    assert!(outcome("SA-4").contains(wanted), "{}", outcome("SA-4"));
    assert!(
        outcome("SA-4").contains("service:\na. Security and privacy functional requirements;\nb. "),
        "{}",
        outcome("SA-4")
    );
    assert!(outcome("PE-2").contains("[frequency]"), "{}", outcome("PE-2"));
    assert!(
        text(&now["SA-4"], "guidance").contains("requirements described in SA-2."),
        "{}",
        text(&now["SA-4"], "guidance")
    );
    temp.uses("sp800-53r5");
    temp.checked();
    temp.run(&["build", "--out", "site"]).result();
    let page = temp.read("site/2026-Q4/controls/SA-4/index.html");
    assert!(
        page.contains("<p class=\"clause-0\">a. Security and privacy functional requirements;</p>")
            && page.contains("<summary>Guidance</summary>"),
        "{page}"
    );
    assert!(temp.path("site/2026-Q4/controls/SA-4(10)/index.html").is_file());
}

#[test]
fn both_forms_of_nists_json_give_the_same_texts_as_oscal() {
    let (whole, bare, oscal) = (fresh(), fresh(), fresh());
    whole.import(&[sample(REFERENCE_TOOL).to_str().unwrap()]);
    bare.put("bare.json", parsed(REFERENCE_TOOL)["response"]["elements"].to_string());
    let told = bare.import(&["bare.json"]);
    assert!(told.contains("elements party`: elements of this type"), "{told}");
    assert!(told.contains("184 relations external_reference"), "{told}");
    assert_eq!(tree(&whole.path("controls")), tree(&bare.path("controls")));
    whole.checked();
    oscal.import(&[sample(OSCAL).to_str().unwrap()]);
    let [cprt, oscal] = [whole, oscal].map(|temp| all_by_id(&temp.framework("csf-2.0")));
    let same: Vec<&String> = cprt.keys().filter(|id| id.starts_with("GV.OC")).collect();
    assert_eq!(same.len(), 6);
    for id in same {
        for key in ["outcome", "purpose", "examples"] {
            assert_eq!(cprt[id].get(key), oscal[id].get(key), "{id}.{key}");
        }
    }
    let elements = parsed(REFERENCE_TOOL)["response"]["elements"]["elements"].clone();
    let data = elements
        .as_array()
        .unwrap()
        .iter()
        .find(|element| element["element_identifier"] == "PR.DS-11")
        .unwrap()
        .clone();
    assert_eq!(text(&cprt["PR.DS-11"], "outcome"), data["text"].as_str().unwrap());
}

#[test]
fn a_profile_selects_of_its_catalog() {
    let temp = fresh();
    let (profile, catalog) = (sample(PROFILE), sample(BASELINE));
    let refused = temp.run(&["import", "catalog", profile.to_str().unwrap()]).failure(2);
    assert!(
        refused.contains("this is an OSCAL profile, which only names controls: give its catalog with --with"),
        "{refused}"
    );
    let refused =
        temp.run(&["import", "catalog", catalog.to_str().unwrap(), "--with", profile.to_str().unwrap()]).failure(2);
    assert!(refused.contains("this file is none"), "{refused}");
    let mut cut = parsed(PROFILE);
    cut["profile"]["imports"][0]["include-controls"] =
        json!([{"with-ids": ["sa-4.10", "zz-1"]}, {"with-ids": ["pe-1"], "with-child-controls": "yes"}]);
    cut["profile"]["modify"] = json!({"set-parameters": [{}, {}]});
    temp.put("cut.json", cut.to_string());
    let told = temp.import(&["cut.json", "--with", catalog.to_str().unwrap(), "--id", "cut"]);
    assert!(told.contains("2 Functions, 2 controls"), "{told}");
    assert!(
        told.contains("`zz-1`: the catalog has no such control")
            && told.contains("`2 parameters`: what a profile changes"),
        "{told}"
    );
    let ids: Vec<String> = all_by_id(&temp.framework("cut")).into_keys().collect();
    assert_eq!(ids, ["PE", "PE-1", "SA", "SA-4(10)", "cut"]);
}

/// A library in our own words.
const LIBRARY: &str = r#"
urn: urn:example:risk:library:rules
ref_id: NIST-Harbour-Rules
name: Harbour rules
version: 3
copyright: Free to copy, © the harbour
objects:
  framework:
    urn: urn:example:risk:framework:rules
    ref_id: Harbour-Rules-1.10
    name: Harbour rules
    requirement_nodes:
    - {urn: "u:a", assessable: false, ref_id: 1.10, name: Access, description: Who comes in is known.}
    - urn: u:a-1
      assessable: true
      parent_urn: u:a
      ref_id: A-1
      name: Gates
      description: |
        Every gate:
        a. is locked; and
        b. has an "owner" \ '''guard''' """here""".
      annotation: A gate is any way in.
      implementation_groups: [one]
    - {urn: "u:a-1(1)", assessable: true, parent_urn: "u:a", ref_id: A-1(1), name: Gates | By night, description: Gates are lit., typical_evidence: A photo.}
    - {urn: "u:a-2", assessable: true, parent_urn: "u:a", ref_id: A-2, name: Old, description: "[Withdrawn: Incorporated into A-1a.]"}
    - {urn: "u:b", assessable: false, parent_urn: "u:a", name: Below}
    - {urn: "u:b-1", assessable: true, parent_urn: "u:b", description: "Nobody sails alone. Not even by day, whatever the sea is like, and however short the way is.", translations: {de: {}}}
    - {urn: "u:c", assessable: false, ref_id: C, name: Empty}
"#;

#[test]
fn a_library_becomes_a_framework_with_its_copyright() {
    let temp = fresh();
    temp.put("library.yaml", LIBRARY);
    let before = tree(&temp.path("."));
    let would = temp.import(&["library.yaml", "--dry-run"]);
    assert!(would.contains("controls/harbour-rules-1.10/access.toml: 3 new controls"), "{would}");
    let strict = temp.run(&["import", "catalog", "library.yaml", "--strict"]);
    assert_eq!(strict.code, Some(1), "{}", strict.said());
    assert_eq!(tree(&temp.path(".")), before);
    let told = temp.import(&["library.yaml"]);
    insta::assert_snapshot!("library", told);
    insta::assert_snapshot!("library-framework", temp.read("controls/harbour-rules-1.10/framework.toml"));
    insta::assert_snapshot!("library-function", temp.read("controls/harbour-rules-1.10/access.toml"));
    temp.uses("harbour-rules-1.10");
    temp.checked();
    temp.run(&["build", "--out", "site"]).result();
    assert!(temp.read("site/method/index.html").contains("Copyright: Free to copy, © the harbour"));
    let json = temp.import(&["library.yaml", "--format", "json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (&json["written"], json["left"][0]["why"].as_str()),
        (&json!(false), Some("it has no place in a catalog here"))
    );
}

#[test]
fn a_folder_of_another_framework_is_not_written_to() {
    let temp = fresh();
    temp.put("library.yaml", LIBRARY);
    let refused = temp.run(&["import", "catalog", "library.yaml", "--id", "data-recovery"]).failure(1);
    assert!(refused.contains("controls/data-recovery/ holds another framework: 0 of its"), "{refused}");
    for id in ["../x", "a/b", "con", ""] {
        let refused = temp.run(&["import", "catalog", "library.yaml", "--id", id]).failure(2);
        assert!(refused.contains("cannot be a framework's id"), "{refused}");
    }
    assert!(temp.run(&["import", "catalog", "none.json"]).failure(2).contains("none.json"));
    assert!(!temp.path("controls").exists());
}

#[test]
fn a_newer_edition_adds_what_is_new_and_keeps_what_was_answered() {
    let temp = fresh();
    temp.put("library.yaml", LIBRARY);
    temp.import(&["library.yaml"]);
    temp.edit("controls/harbour-rules-1.10/access.toml", "title = \"Gates\"", "title = \"Gates\" # ours\nweight = 3");
    let newer = LIBRARY.replace("A gate is any way in.", "A gate is a door.").replace("version: 3", "version: 4");
    let newer = newer
        .replace("ref_id: A-1(1)", "ref_id: A-1(2)")
        .replace("ref_id: C, name: Empty", "ref_id: C, name: Crews")
        + "    - {urn: \"u:c-1\", assessable: true, parent_urn: \"u:c\", ref_id: C-1, name: Crew, description: Crews are known.}\n";
    temp.put("library.yaml", newer);
    let told = temp.import(&["library.yaml"]);
    assert!(
        told.contains("1 control of harbour-rules-1.10 that the file does not hold stay")
            && told.contains("crews.toml: 1 new control"),
        "{told}"
    );
    let access = temp.read("controls/harbour-rules-1.10/access.toml");
    assert!(access.contains("title = \"Gates\" # ours\nweight = 3"), "{access}");
    let now = all_by_id(&temp.framework("harbour-rules-1.10"));
    assert_eq!(text(&now["A-1"], "guidance"), "A gate is a door.");
    assert!(["A-1(1)", "A-1(2)", "C-1"].iter().all(|id| now.contains_key(*id)), "{:?}", now.keys());
    let header = &now["harbour-rules-1.10"];
    assert_eq!(header["functions"].as_array().unwrap().len(), 2);
    assert_eq!(text(header, "source"), "Harbour rules, read from version 4 of a CISO Assistant library");
    temp.uses("harbour-rules-1.10");
    temp.checked();
}

/// Why a text is refused.
fn refused(text: &str) -> String {
    match read(text.as_bytes(), None, &mut Losses::default()) {
        Err(CatalogRefusal::Unfit(why) | CatalogRefusal::Asks(why)) => why,
        Ok(published) => ranked(&published, &mut Losses::default()).unwrap_err().text().to_string(),
    }
}

/// An element of a CPRT file.
fn element(id: &str, kind: &str) -> String {
    format!(
        "{{\"doc_identifier\": \"D\", \"element_identifier\": \"{id}\", \"element_type\": \"{kind}\", \"title\": \"T\", \"text\": \"t\"}}"
    )
}

#[test]
fn what_is_no_catalog_is_refused_in_words() {
    let deep = format!("{}1{}", "[".repeat(129), "]".repeat(129));
    let groups = |depth: usize| {
        (0..depth).fold("{\"id\": \"x\"}".to_owned(), |inner, _| format!("{{\"id\": \"x\", \"groups\": [{inner}]}}"))
    };
    let oscal = |controls: &str| {
        format!("{{\"catalog\": {{\"metadata\": {{\"oscal-version\": \"v1.2.2\"}}, \"controls\": [{controls}]}}}}")
    };
    let cprt = |elements: &str, relations: &str| {
        format!("{{\"documents\": [], \"elements\": [{elements}], \"relationships\": [{relations}]}}")
    };
    let relation = |from: &str, to: &str| {
        format!(
            "{{\"source_doc_identifier\": \"D\", \"dest_doc_identifier\": \"D\", \"source_element_identifier\": \"{from}\", \
             \"dest_element_identifier\": \"{to}\", \"relationship_identifier\": \"projection\"}}"
        )
    };
    let library = |nodes: &str| format!("urn: u\nobjects:\n  framework:\n    requirement_nodes:\n{nodes}");
    let circle = cprt(
        &[element("A", "family"), element("B", "control")].join(","),
        &[relation("A", "B"), relation("B", "A")].join(","),
    );
    let twice = cprt(&[element("A", "control"), element("A", "family")].join(","), "");
    let node = |urn: &str, parent: &str| {
        format!("    - {{urn: {urn}, parent_urn: {parent}, ref_id: {urn}, assessable: true}}\n")
    };
    for (text, why) in [
        ("", "empty"),
        ("{", "EOF"),
        ("{\"catalog\": NaN}", "expected"),
        ("{\"a\": 1e400}", "out of range"),
        ("{\"a\": \"\\ud800\"}", "hex escape"),
        (&deep, "recursion limit"),
        (&format!("{{\"catalog\": {}}}", groups(130)), "recursion limit"),
        ("\u{feff}{\"catalog\": {}}", "nothing in it is there to be answered"),
        ("{\"catalog\": {\"groups\": {}}}", "nothing in it is there to be answered"),
        ("{\"catalog\": []}", "holds a table with `catalog`"),
        ("{\"component-definition\": {}}", "this is an OSCAL component definition, and no catalog"),
        ("[1, 2]", "holds a list"),
        ("a,b\n1,2\n", "text without keys"),
        ("<catalog/>", "this is XML"),
        (&oscal(r#"{"id": "a-1"}, {"id": "A-1"}"#), "stands twice; the first is at $.catalog.controls[0]"),
        (&oscal(r#"{"id": "a", "controls": [{"id": "a"}]}"#), "stands twice"),
        (&oscal(r#"{"title": "T"}"#), "it has no id"),
        (&cprt("", ""), "none of its elements"),
        (&cprt(&element("A", "party"), ""), "their types are party"),
        (&circle, "stand in a circle"),
        (&twice, "have the same id, `A`, and differ"),
        (&library(&(node("a", "b") + &node("b", "a"))), "2 nodes stand in a circle"),
        (&library(&(node("a", "") + &node("a", ""))), "have the same urn"),
        ("urn: u\nobjects: {risk_matrix: []}\n", "holds no framework, only risk_matrix"),
        ("a: &a [*a]\n", "not written before"),
        ("a: *b\n", "no YAML"),
    ] {
        let said = refused(text);
        assert!(said.contains(why), "{why}: {said}\n{}", text.get(..200).unwrap_or(text));
    }
}

#[test]
fn what_is_odd_in_a_catalog_is_told_and_the_rest_taken() {
    let element = |id: &str, kind: &str, text: &str| json!({"doc_identifier": "D", "element_identifier": id, "element_type": kind, "title": id, "text": text});
    let relation = |from: &str, to: &str, kind: &str| json!({"source_doc_identifier": "D", "dest_doc_identifier": "D", "source_element_identifier": from, "dest_element_identifier": to, "relationship_identifier": kind});
    let cprt = json!({"documents": [], "elements": [
        element("A", "family", ""), element("B", "family", ""), element("A-1", "control", ""), element("S", "control_statement", "Do <A_1: much>:"),
        element("S.a", "control_statement", "first;"), element("A-2", "control", ""), element("T", "control_statement", "Withdrawn"), element("W", "withdraw_reason", ""),
    ], "relationships": [
        relation("A", "A-1", "projection"), relation("B", "A-1", "projection"), relation("A", "none", "projection"), relation("A-1", "S", "projection"),
        relation("S", "S.a", "projection"), relation("A", "A-2", "projection"), relation("A-2", "T", "projection"), relation("A-2", "W", "projection"),
        relation("W", "A-1", "incorporated_into"),
    ]});
    let mut left = Losses::default();
    let published = read(cprt.to_string().as_bytes(), None, &mut left).unwrap();
    let catalog = ranked(&published, &mut left).unwrap();
    let control = &catalog.functions[0].controls[0].entry;
    assert_eq!((control.id.as_str(), control.text.as_str()), ("A-1", "Do [much]:\nS.a first;"));
    assert_eq!(catalog.withdrawn, BTreeMap::from([("A-2".to_owned(), vec!["A-1".to_owned()])]));
    let told = left.text();
    assert!(told.contains("`A to none`: a relation to an element that is not in the file"), "{}", &*told);
    assert!(told.contains("`B to A-1`: an element has one place; the first counts"), "{}", &*told);
    let oscal = r#"{"catalog": {"metadata": {"title": ["x"]}, "metadata": {"title": "Two"}, "controls": [7, {"id": "a-1", "title": {}, "parts": [{"name": "statement", "prose": "<b>Do</b> &lt;it&gt; {{ insert: param, p }}"}]}]}}"#;
    let mut left = Losses::default();
    let published = read(oscal.as_bytes(), None, &mut left).unwrap();
    assert_eq!((published.name.as_str(), published.entries[0].text.as_str()), ("Two", "Do <it> [p]"));
    let told = left.text();
    for why in [
        "the key `metadata` stands twice",
        "`7`: a table was expected",
        "title: it is a table, and a text",
        "`p`: no parameter has this id",
    ] {
        assert!(told.contains(why), "{why}: {}", &*told);
    }
}

#[test]
fn a_large_file_of_nothing_ends_soon() {
    let many = format!("{{\"catalog\": {{\"controls\": [{}]}}}}", vec!["{\"id\": \"a\"}"; 100_000].join(","));
    assert!(refused(&many).contains("stands twice"));
    let long = format!(
        "{{\"catalog\": {{\"controls\": [{{\"id\": \"a\", \"parts\": [{{\"name\": \"statement\", \"prose\": \"{}\"}}]}}]}}}}",
        "[a](*<&".repeat(300_000)
    );
    assert!(read(long.as_bytes(), None, &mut Losses::default()).is_ok());
    let temp = fresh();
    temp.put("long.json", long);
    let refused = temp.run(&["import", "catalog", "long.json"]).failure(1);
    assert!(refused.contains("would have more than 1048576 bytes, so nothing was written"), "{refused}");
}

prop_compose! {
    fn entry(is_asked: bool)(id in "[A-Z]{1,3}[-.(][0-9]{1,2}\\)?", texts in prop::collection::vec("(\\PC|[\"'\\\\\n\t\u{0}\u{1b}\u{202e}#]){0,20}", 4..5)) -> PublishedEntry {
        let [title, text, guidance, example] = [0, 1, 2, 3].map(|at| tidy(&texts[at]));
        let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
        let examples = if example.is_empty() { vec![] } else { vec![example] };
        PublishedEntry { id, title, text, guidance, examples, is_asked, ..PublishedEntry::default() }
    }
}

proptest! {
    #[test]
    fn whatever_a_catalog_says_stands_in_its_files(groups in prop::collection::vec((entry(false), prop::collection::vec(entry(true), 1..4)), 1..4)) {
        let mut seen = BTreeSet::new();
        let mut entries = Vec::new();
        for (mut group, controls) in groups {
            group.below = controls.into_iter().filter(|control| seen.insert(control.id.to_lowercase())).collect();
            if !group.below.is_empty() && seen.insert(group.id.to_lowercase()) {
                entries.push(group);
            }
        }
        prop_assume!(!entries.is_empty());
        let published = Published { kind: "a test".to_owned(), name: "Rules".to_owned(), entries, ..Published::default() };
        let Ok(catalog) = ranked(&published, &mut Losses::default()) else { return Ok(()) };
        let written = write("rules", &published, &catalog, &FrameworkFolder::new(), &mut Losses::default()).unwrap();
        let tables: Vec<toml::Table> = written.files.iter().map(|(name, text)| parse(name, text)).collect();
        let now = all_by_id(&tables);
        for control in catalog.controls() {
            if !control.text.is_empty() {
                prop_assert_eq!(text(&now[&control.id], "outcome"), &control.text);
            }
            prop_assert_eq!(text(&now[&control.id], "guidance"), &control.guidance);
        }
        let again = write("rules", &published, &catalog, &written.files, &mut Losses::default()).unwrap();
        prop_assert_eq!(again.files, FrameworkFolder::new());
    }
}

#[test]
fn a_workbook_of_the_reference_tool_is_read_and_bombs_end_in_words() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("CSF 2.0").unwrap();
    let row = |text: [&'static str; 4]| text.to_vec();
    let rows = [
        row(["Functions, Categories and Subcategories", "", "", ""]),
        row(["Function", "Category", "Subcategory", "Implementation Examples"]),
        row(["PROTECT (PR): Safeguards are used", "", "", ""]),
        row(["", "Data Security (PR.DS): Data are managed", "", ""]),
        row(["", "", "PR.DS-01: Data at rest are protected", "Ex1: Disks are locked\nEx2: Keys are kept"]),
        row(["", "", "PR.DS-03: [Withdrawn: Incorporated into PR.DS-01]", ""]),
    ];
    for (at, texts) in rows.iter().enumerate() {
        for (column, text) in texts.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            sheet.write(u32::try_from(at).unwrap(), u16::try_from(column).unwrap(), *text).unwrap();
        }
    }
    let temp = fresh();
    temp.put("tool.xlsx", book.save_to_buffer().unwrap());
    let told = temp.import(&["tool.xlsx"]);
    assert!(
        told.starts_with(
            "a workbook of NIST's reference tool: CSF 2.0: 1 Function, 1 Category, 1 control, 1 id withdrawn;"
        ),
        "{told}"
    );
    let now = all_by_id(&temp.framework("csf-2.0"));
    assert_eq!(text(&now["PR.DS-01"], "outcome"), "Data at rest are protected");
    assert_eq!(now["PR.DS-01"]["examples"].as_array().unwrap().len(), 2);
    temp.checked();
    for (name, bytes) in tree(&sample("bombs")) {
        assert!(matches!(read(&bytes, None, &mut Losses::default()), Err(CatalogRefusal::Unfit(_))), "{name}");
    }
}
