//! Tests that the catalogs and the worked example agree with NIST's figures.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use milepost::check;
use milepost::diagnostic::{self, Colour, DiagnosticFormat};
use milepost::load::workspace;
use milepost::model::catalog::{Framework, Withdrawn};
use serde_json::{Map, Value};
use tempfile::TempDir;
use toml::de::{DeTable, DeValue};

type Table = Map<String, Value>;

/// The embedded CSF 2.0, as a workspace without catalogs of its own gets it.
static CSF: LazyLock<Framework> = LazyLock::new(|| embedded("csf-2.0"));

/// The embedded catalog with one answer a Category.
static CATEGORIES: LazyLock<Framework> = LazyLock::new(|| embedded("csf-2.0-categories"));

fn embedded(id: &str) -> Framework {
    let root = TempDir::new().unwrap();
    let report = format!("[report]\ntitle = \"Northgate Ferries\"\nframeworks = [\"{id}\"]\n");
    let config = report + "\n[[team]]\nid = \"payments\"\nname = \"Payments\"\n";
    fs::write(root.path().join("milepost.toml"), config).unwrap();
    fs::create_dir_all(root.path().join("content/2026-Q3")).unwrap();
    fs::write(root.path().join("content/2026-Q3/quarter.toml"), "").unwrap();
    let checked = check::check(&workspace::load(root.path()));
    checked.assessment.expect("the embedded catalogs hold no mistake").framework().clone()
}

/// NIST's figures.
static FIGURES: LazyLock<Table> =
    LazyLock::new(|| plain_table(DeTable::parse(include_str!("../fixtures/nist/csf-2.0.toml")).unwrap().get_ref()));

/// A TOML table without the places in it.
fn plain_table(table: &DeTable<'_>) -> Table {
    table.iter().map(|(key, value)| (key.get_ref().to_string(), plain(value.get_ref()))).collect()
}

fn plain(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::Table(table) => Value::Object(plain_table(table)),
        DeValue::Array(list) => list.iter().map(|item| plain(item.get_ref())).collect(),
        DeValue::Integer(integer) => integer.as_str().parse::<i64>().unwrap().into(),
        other => other.as_str().expect("the figures are texts and whole numbers").into(),
    }
}

/// The tables of the list at `key`.
fn tables<'a>(table: &'a Table, key: &str) -> Vec<&'a Table> {
    table[key].as_array().unwrap().iter().map(|item| item.as_object().unwrap()).collect()
}

fn id_and_title(table: &Table) -> (&str, &str) {
    (table["id"].as_str().unwrap(), table["title"].as_str().unwrap())
}

/// `GV.OC` and `01` of the figures' dotted keys, joined again.
fn controls_in_figures(category: &Table) -> BTreeMap<String, &Table> {
    let mut out = BTreeMap::new();
    for (function, below) in category["controls"].as_object().unwrap() {
        for (rest, references) in below.as_object().unwrap() {
            out.insert(format!("{function}.{rest}"), references.as_object().unwrap());
        }
    }
    out
}

#[test]
fn the_csf_has_6_functions_22_categories_and_106_controls() {
    let total = |key: &str| usize::try_from(FIGURES["totals"][key].as_i64().unwrap()).unwrap();
    let counts = (CSF.functions.len(), CSF.categories.len(), CSF.controls.len());
    assert_eq!(counts, (6, 22, 106));
    assert_eq!(counts, (total("functions"), total("categories"), total("controls")));
}

#[test]
fn functions_and_categories_are_nists_in_nists_order() {
    let functions: Vec<_> =
        CSF.functions.iter().map(|function| (function.id.as_str(), function.title.as_str())).collect();
    let wanted = tables(&FIGURES, "function");
    assert_eq!(functions, wanted.iter().map(|function| id_and_title(function)).collect::<Vec<_>>());
    for (function, wanted) in CSF.functions.iter().zip(wanted) {
        let categories = CSF.categories.slice(function.categories).iter();
        let categories: Vec<_> = categories.map(|category| (category.id.as_str(), category.title.as_str())).collect();
        assert_eq!(categories, tables(wanted, "category").into_iter().map(id_and_title).collect::<Vec<_>>());
    }
}

#[test]
fn controls_and_each_of_their_references_are_nists() {
    let wanted = tables(&FIGURES, "function").into_iter().flat_map(|function| tables(function, "category"));
    for (category, wanted) in CSF.categories.iter().zip(wanted) {
        let controls = CSF.controls.slice(category.controls);
        let wanted = controls_in_figures(wanted);
        // NIST numbers controls upwards, with holes where others were withdrawn.
        assert_eq!(controls.iter().map(|control| &control.id).collect::<Vec<_>>(), wanted.keys().collect::<Vec<_>>());
        for control in controls {
            let references: BTreeMap<_, BTreeSet<_>> = control
                .references
                .iter()
                .map(|(catalog, ids)| (catalog.as_str(), ids.iter().map(String::as_str).collect()))
                .collect();
            let texts = |ids: &'static Value| ids.as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
            let wanted: BTreeMap<_, BTreeSet<_>> =
                wanted[&control.id].iter().map(|(catalog, ids)| (catalog.as_str(), texts(ids))).collect();
            assert_eq!(references, wanted, "{}", control.id);
        }
    }
}

#[test]
fn the_pairs_of_each_reference_catalog_add_up() {
    let mut pairs: BTreeMap<&str, i64> = BTreeMap::new();
    for (catalog, ids) in CSF.controls.iter().flat_map(|control| &control.references) {
        *pairs.entry(catalog).or_default() += i64::try_from(ids.len()).unwrap();
        assert!(CSF.references.contains_key(catalog), "{catalog} has no name in framework.toml");
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{ids:?} names one twice");
    }
    assert_eq!(pairs, BTreeMap::from([("sp800-53r5", 740), ("csf-1.1", 156), ("cis-8.1", 62)]));
    let wanted = FIGURES["totals"]["pairs"].as_object().unwrap();
    assert_eq!(pairs, wanted.iter().map(|(catalog, count)| (catalog.as_str(), count.as_i64().unwrap())).collect());
}

#[test]
fn every_control_says_what_it_asks_for_and_what_could_show_it() {
    let mut titles = BTreeMap::new();
    for control in &CSF.controls {
        let id = &control.id;
        assert!(!control.title.trim().is_empty(), "{id}");
        assert_eq!(titles.insert(control.title.to_lowercase(), id), None, "{id} has another control's title");
        assert!(control.outcome.split_whitespace().count() >= 10, "{id}: {}", control.outcome);
        assert!((1..=3).contains(&control.examples.len()), "{id}");
        assert!(control.examples.iter().all(|example| example.split_whitespace().count() >= 3), "{id}");
    }
    for purpose in CSF.functions.iter().map(|f| &f.purpose).chain(CSF.categories.iter().map(|c| &c.purpose)) {
        assert!(purpose.split_whitespace().count() >= 10, "{purpose}");
    }
}

#[test]
fn what_was_withdrawn_leads_to_ids_that_exist() {
    for framework in [&*CSF, &*CATEGORIES] {
        let ids: BTreeSet<&str> = framework.nodes().map(|node| framework.id_of(node)).collect();
        assert!(!framework.withdrawn.is_empty());
        for (old, Withdrawn(new)) in &framework.withdrawn {
            assert!(!ids.contains(old.as_str()), "{old} was not withdrawn");
            assert!(!new.is_empty(), "{old} leads nowhere");
            assert!(new.iter().all(|id| ids.contains(id.as_str())), "{old} leads to {new:?}");
        }
    }
}

#[test]
fn a_catalog_has_one_outcome_for_each_category_with_nists_id_and_title() {
    let named = |id: &str, title: &str| (id.to_owned(), title.to_owned());
    let wanted: Vec<_> = CSF.categories.iter().map(|category| named(&category.id, &category.title)).collect();
    let found: Vec<_> = CATEGORIES.controls.iter().map(|control| named(&control.id, &control.title)).collect();
    assert_eq!((found.len(), &found), (22, &wanted));
    assert!(CATEGORIES.categories.is_empty());
    let functions =
        |framework: &Framework| framework.functions.iter().map(|f| named(&f.id, &f.title)).collect::<Vec<_>>();
    assert_eq!(functions(&CATEGORIES), functions(&CSF));
    for control in &CATEGORIES.controls {
        assert!(control.outcome.split_whitespace().count() >= 10, "{}", control.id);
        assert!((1..=2).contains(&control.examples.len()), "{}", control.id);
    }
}

#[test]
fn this_repository_is_a_workspace_without_any_mistake() {
    let workspace = workspace::load(Path::new(env!("CARGO_MANIFEST_DIR")));
    let checked = check::check(&workspace);
    assert_eq!(*diagnostic::print(&checked.diagnostics, &workspace, DiagnosticFormat::Text, Colour::Plain), *"");
    assert!(checked.assessment.is_some());
}
