//! Workbooks of others (Office Open XML, ECMA-376): the cells of each sheet.

mod cells;
mod package;
mod styles;
mod text;

use self::cells::{Book, cells};
use self::package::{Package, PartRelation};
use super::grid::Grid;
use super::xml::parse;

/// The largest file, in bytes.
pub const FILE: usize = 16 << 20;
/// The largest part of a file, unpacked, in bytes.
pub const PART: u64 = 32 << 20;
/// The most bytes of all parts that are read, unpacked.
pub const WHOLE: u64 = 64 << 20;
/// The most parts.
pub const PARTS: usize = 4_096;
/// The most sheets.
pub const SHEETS: usize = 256;
/// The last row.
pub const ROWS: u32 = 20_000;
/// The last column.
pub const COLUMNS: u32 = 512;
/// The most cells of all sheets.
pub const CELLS: usize = 400_000;
/// The most bytes of text in all cells.
pub const TEXT: usize = 32 << 20;
/// The most merged ranges of a sheet.
pub const MERGED: usize = 4_096;

/// A workbook.
#[derive(Clone, Debug, Default)]
pub struct Workbook {
    /// Its sheets, hidden ones too, in order.
    pub sheets: Vec<Grid>,
    /// Whether it has macros, which nobody runs.
    pub has_macros: bool,
    /// Whether it takes values from other files, which nobody reads.
    pub has_links: bool,
}

/// Reads a workbook.
///
/// # Errors
/// A sentence: what the file is instead, what is broken in it, or which limit it exceeds.
pub fn read(bytes: &[u8]) -> Result<Workbook, String> {
    let mut package = Package::open(bytes)?;
    let roots = package.relations("")?;
    let main = roots.of_kind("officeDocument").ok_or("there is no workbook in it")?.target.clone();
    let text = package.part(&main)?.ok_or("there is no workbook in it")?;
    let relations = package.relations(&main)?;
    let mut part = |kind: &str| match relations.of_kind(kind) {
        Some(relation) => package.part(&relation.target),
        None => Ok(None),
    };
    let strings = part("sharedStrings")?.map(|text| text::shared(&text)).transpose()?.unwrap_or_default();
    let styles = part("styles")?.map(|text| styles::styles(&text)).transpose()?.unwrap_or_default();
    let document = parse(&text)?;
    let from_1904 = document.descendants().any(|node| is(&node, "workbookPr") && yes(attribute(&node, "date1904")));
    let mut book = Book { strings, styles, from_1904, cells: CELLS, text: TEXT };
    let mut sheets = Vec::new();
    for node in document.descendants().filter(|node| is(node, "sheet")) {
        let id = node.attributes().find(|one| one.name() == "id" && one.namespace().is_some());
        let name = attribute(&node, "name").unwrap_or_default().to_owned();
        let missing = || format!("the file names a sheet `{name}` and does not hold it");
        let relation = id.and_then(|id| relations.get(id.value())).ok_or_else(missing)?;
        let PartRelation { kind, target, is_outside } = relation;
        // A chart may take the place of a sheet, and so may another file.
        if kind != "worksheet" || *is_outside {
            continue;
        }
        if sheets.len() == SHEETS {
            return Err(format!("more than {SHEETS} sheets"));
        }
        let text = package.part(target)?.ok_or_else(missing)?;
        let is_hidden = attribute(&node, "state").is_some_and(|state| state != "visible");
        let rows = cells(&text, &mut book).map_err(|why| format!("sheet `{name}`: {why}"))?;
        let comments = package.comments(target)?;
        sheets.push(Grid { name, is_hidden, rows, comments });
    }
    let has_links = relations.any(|relation| relation.kind == "externalLink" || relation.is_outside);
    Ok(Workbook { sheets, has_macros: relations.of_kind("vbaProject").is_some(), has_links })
}

type XmlNode<'a, 'i> = roxmltree::Node<'a, 'i>;

/// Whether a node is an element of this name, in whatever namespace: there are two editions of the format.
fn is(node: &XmlNode<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

fn attribute<'a>(node: &XmlNode<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes().find(|attribute| attribute.name() == name).map(|attribute| attribute.value())
}

/// Whether an attribute says yes.
fn yes(value: Option<&str>) -> bool {
    matches!(value, Some("1" | "true" | "on"))
}
