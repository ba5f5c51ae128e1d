//! Team workbooks as people give them back: their files with other cells, as Excel saves them.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use milepost::exchange::grid::Row;
use milepost::exchange::xlsx;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// What a cell is made to hold.
#[derive(Clone, Copy)]
pub(crate) enum Put<'a> {
    Text(&'a str),
    Number(&'a str),
    /// A formula, and what a program made of it.
    Formula(&'a str, &'a str),
    Fault(&'a str),
    /// True or false, as LibreOffice writes it.
    Truth(bool),
    Nothing,
}

/// A cell by its sheet, what its row is about and its head, and what it is made to hold.
pub(crate) type Filling<'a> = (&'a str, &'a str, &'a str, Put<'a>);

/// A text in XML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('\r', "&#13;")
}

impl Put<'_> {
    /// The cell at `place`, in the style `style`. Excel keeps the texts of all cells together, in `shared`.
    fn xml(self, place: &str, style: &str, shared: &mut String) -> String {
        match self {
            Self::Text(put) => {
                let at = shared.matches("<si>").count();
                let text = format!("<si><t xml:space=\"preserve\">{}</t></si></sst>", escaped(put));
                *shared = shared.replace("</sst>", &text);
                format!("<c r=\"{place}\"{style} t=\"s\"><v>{at}</v></c>")
            }
            Self::Number(put) => format!("<c r=\"{place}\"{style}><v>{put}</v></c>"),
            Self::Formula(formula, put) => {
                let (formula, put) = (escaped(formula), escaped(put));
                format!("<c r=\"{place}\"{style} t=\"str\"><f>{formula}</f><v>{put}</v></c>")
            }
            Self::Fault(put) => format!("<c r=\"{place}\"{style} t=\"e\"><v>{put}</v></c>"),
            Self::Truth(put) => {
                let formula = if put { "TRUE()" } else { "FALSE()" };
                format!("<c r=\"{place}\"{style} t=\"b\"><f>{formula}</f><v>{}</v></c>", u8::from(put))
            }
            Self::Nothing => format!("<c r=\"{place}\"{style}/>"),
        }
    }
}

/// The parts of a workbook's file.
pub(crate) fn parts(file: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(file)).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    let mut part = |name: String| {
        let mut bytes = Vec::new();
        archive.by_name(&name).unwrap().read_to_end(&mut bytes).unwrap();
        (name, bytes)
    };
    names.into_iter().map(&mut part).collect()
}

/// The file of these parts.
pub(crate) fn packed(parts: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The cell at `place` replaced in the XML of a sheet.
fn replaced(xml: &str, place: &str, put: Put<'_>, shared: &mut String) -> String {
    let at = xml.find(&format!("<c r=\"{place}\"")).unwrap_or_else(|| panic!("there is no cell {place}"));
    let open = at + xml[at..].find('>').unwrap();
    let end = if xml[..open].ends_with('/') { open + 1 } else { at + xml[at..].find("</c>").unwrap() + 4 };
    let style = xml[at..open].find(" s=\"").map_or(String::new(), |from| {
        let from = at + from;
        xml[from..from + 4 + xml[from + 4..].find('"').unwrap() + 1].to_owned()
    });
    format!("{}{}{}", &xml[..at], put.xml(place, &style, shared), &xml[end..])
}

/// The number of a sheet, and where the cell is under `head` in the row that is about `id`: a control, an item of evidence, or a
/// control's fact as `DRC.RU-01 copies`. A place that starts with `@` is one already.
pub(crate) fn place(file: &[u8], sheet: &str, id: &str, head: &str) -> (usize, String) {
    let book = xlsx::read(file).unwrap();
    let at = book.sheets.iter().position(|grid| grid.name == sheet).unwrap_or_else(|| panic!("no sheet {sheet}"));
    if let Some(place) = id.strip_prefix('@') {
        return (at, place.to_owned());
    }
    let grid = &book.sheets[at];
    let heads = grid.heads(&["Control", head], &[]).unwrap();
    let text = |row: &Row, head: &str| row.get(heads.column(head)).value.text();
    let is_it = |row: &&Row| {
        let (control, fact) = (text(row, "Control"), text(row, "Fact"));
        text(row, "Ref") == id || control == id || fact == id || format!("{control} {fact}") == id
    };
    let row = heads.rows(grid).iter().find(is_it).unwrap_or_else(|| panic!("no row {id}"));
    let place = grid.place(row, heads.column(head).unwrap());
    (at, place.rsplit('!').next().unwrap().to_owned())
}

/// A workbook with other cells.
pub(crate) fn edited(file: &[u8], cells: &[Filling<'_>]) -> Vec<u8> {
    const SHARED: &str = "xl/sharedStrings.xml";
    let mut parts = parts(file);
    let mut shared = String::from_utf8(parts[SHARED].clone()).unwrap();
    for (sheet, id, head, put) in cells {
        let (at, place) = place(file, sheet, id, head);
        let part = format!("xl/worksheets/sheet{}.xml", at + 1);
        let xml = String::from_utf8(parts[&part].clone()).unwrap();
        parts.insert(part, replaced(&xml, &place, *put, &mut shared).into_bytes());
    }
    parts.insert(SHARED.to_owned(), shared.into_bytes());
    packed(&parts)
}
