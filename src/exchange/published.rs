//! Recognises a published catalog by what it holds.

use serde_json::Value;

use super::catalog::Published;
use super::container::Container;
use super::loss::Losses;
use super::oscal::OscalKind;
use super::{ReadFile, cprt, csv, json, library, oscal, reference_sheet, xlsx, yaml};

/// Why a file was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CatalogRefusal {
    /// The command line has to say more: a sentence without a full stop.
    Asks(String),
    /// The file cannot be taken: a sentence without a full stop.
    Unfit(String),
}

/// The catalogs that can be read, for a message.
const WANTED: &str = "a catalog is OSCAL, JSON or a workbook of NIST's reference tool, or a CISO Assistant library";

/// Reads a published catalog from the bytes of a file. A profile also needs the bytes of the catalog from which it selects.
///
/// # Errors
/// See [`CatalogRefusal`].
pub fn read(bytes: &[u8], with: Option<&[u8]>, left: &mut Losses) -> Result<Published, CatalogRefusal> {
    if Container::of(bytes) == Container::Archive && with.is_none() {
        let book = xlsx::read(bytes).map_err(CatalogRefusal::Unfit)?;
        return reference_sheet::read(&book, left).map_err(|why| CatalogRefusal::Unfit(format!("{why}; {WANTED}")));
    }
    let value = tree(bytes, left).map_err(CatalogRefusal::Unfit)?;
    let unfit = |why: String| CatalogRefusal::Unfit(why);
    let kind = oscal::kind(&value);
    if with.is_some() && kind != Some(OscalKind::Profile) {
        return Err(CatalogRefusal::Asks(
            "--with names the catalog of an OSCAL profile, and this file is none".to_owned(),
        ));
    }
    match kind {
        Some(OscalKind::Catalog) => Ok(oscal::read(&value, None, left)),
        Some(OscalKind::Profile) => {
            let asks = "this is an OSCAL profile, which only names controls: give its catalog with --with CATALOG";
            let with = with.ok_or_else(|| CatalogRefusal::Asks(asks.to_owned()))?;
            let catalog = tree(with, left).map_err(|why| unfit(format!("the catalog that --with names: {why}")))?;
            if oscal::kind(&catalog) != Some(OscalKind::Catalog) {
                return Err(unfit("the file that --with names is no OSCAL catalog".to_owned()));
            }
            Ok(oscal::read(&catalog, Some(&value), left))
        }
        Some(OscalKind::Other(name)) => Err(unfit(format!("this is {name}, and no catalog"))),
        None if cprt::is_cprt(&value) => cprt::read(&value, left).map_err(unfit),
        None if library::is_library(&value) => library::read(&value, left).map_err(unfit),
        None => Err(unfit(unknown(&value))),
    }
}

/// What a file holds, whether it is JSON or YAML.
fn tree(bytes: &[u8], left: &mut Losses) -> Result<Value, String> {
    let ReadFile { value, told } = match Container::of(bytes) {
        Container::Json => json::read(bytes)?,
        Container::Text => yaml::read(bytes).map_err(|why| if is_table(bytes) { TABLE.to_owned() } else { why })?,
        Container::Xml => {
            return Err("this is XML or HTML: its publisher has the same catalog as JSON or YAML".to_owned());
        }
        other => return Err(other.told().to_owned()),
    };
    told.into_iter().for_each(|sentence| left.add("the file", "", sentence));
    Ok(value)
}

/// What a table of text is told.
const TABLE: &str = "this is a table in CSV, and no catalog; `milepost import table` takes answers from one";

/// Whether a text is CSV: each of its first lines has several cells.
fn is_table(bytes: &[u8]) -> bool {
    let grid = csv::read(bytes, csv::ROWS).unwrap_or_default();
    grid.rows.len() > 1 && grid.rows.iter().take(5).all(|row| row.cells.len() > 1)
}

fn unknown(value: &Value) -> String {
    let holds = match value {
        Value::Object(keys) if keys.is_empty() => "an empty table".to_owned(),
        Value::Object(keys) => {
            let named: Vec<String> = keys.keys().take(5).map(|key| format!("`{key}`")).collect();
            format!("a table with {}{}", named.join(", "), if keys.len() > 5 { " and more" } else { "" })
        }
        Value::Array(_) => "a list".to_owned(),
        _ => "text without keys, as a table in CSV is".to_owned(),
    };
    format!("this is no catalog that is known here, it holds {holds}; {WANTED}")
}
