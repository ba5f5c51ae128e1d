//! The parts of a workbook's file, and how they are related (ECMA-376, part 2).

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::super::container::Container;
use super::super::xml::parse;
use super::{FILE, PART, PARTS, WHOLE, attribute, is};

/// An opened file.
pub(super) struct Package<'b> {
    archive: ZipArchive<Cursor<&'b [u8]>>,
    /// Where each part lies in the archive; names ignore case.
    parts: BTreeMap<String, usize>,
    /// How many bytes more may be unpacked.
    left: u64,
}

/// What a part is to the one that names it.
#[derive(Clone, Debug)]
pub(super) struct PartRelation {
    /// The last word of its type: `worksheet`.
    pub(super) kind: String,
    /// The part.
    pub(super) target: String,
    /// Whether that is no part of the file.
    pub(super) is_outside: bool,
}

/// The relations of a part, by their ids.
#[derive(Debug, Default)]
pub(super) struct Relations(BTreeMap<String, PartRelation>);

impl Relations {
    pub(super) fn get(&self, id: &str) -> Option<&PartRelation> {
        self.0.get(id)
    }

    pub(super) fn of_kind(&self, kind: &str) -> Option<&PartRelation> {
        self.0.values().find(|relation| relation.kind == kind)
    }

    pub(super) fn any(&self, is: impl Fn(&PartRelation) -> bool) -> bool {
        self.0.values().any(is)
    }
}

impl<'b> Package<'b> {
    /// Opens a file.
    pub(super) fn open(bytes: &'b [u8]) -> Result<Self, String> {
        if bytes.len() > FILE {
            return Err(format!("larger than {} MiB", FILE >> 20));
        }
        match Container::of(bytes) {
            Container::Archive => {}
            other @ (Container::Json | Container::Xml | Container::Text) => {
                return Err(format!("{}, and no .xlsx workbook", other.told()));
            }
            other => return Err(other.told().to_owned()),
        }
        let archive =
            ZipArchive::new(Cursor::new(bytes)).map_err(|error| format!("not a whole .xlsx file: {error}"))?;
        if archive.len() > PARTS {
            return Err(format!("more than {PARTS} parts"));
        }
        let twice = "two parts of one name, of which nobody can say which counts";
        if archive.has_duplicate_names() {
            return Err(twice.to_owned());
        }
        let mut parts = BTreeMap::new();
        for (at, name) in archive.file_names_raw().enumerate() {
            let name = String::from_utf8_lossy(name).to_ascii_lowercase();
            if parts.insert(name, at).is_some() {
                return Err(twice.to_owned());
            }
        }
        if parts.contains_key("mimetype") || parts.contains_key("content.xml") {
            return Err(Container::OpenDocument.told().to_owned());
        }
        Ok(Self { archive, parts, left: WHOLE })
    }

    /// The text of a part; `None` if there is none of this name.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<String>, String> {
        let Some(at) = self.parts.get(&name.trim_start_matches('/').to_ascii_lowercase()) else { return Ok(None) };
        let broken = |error: &dyn std::fmt::Display| format!("{name} cannot be unpacked: {error}");
        let part = self.archive.by_index(*at).map_err(|error| broken(&error))?;
        let limit = PART.min(self.left);
        let mut bytes = Vec::new();
        // The size that the file declares is only what it says.
        let read = part.take(limit + 1).read_to_end(&mut bytes).map_err(|error| broken(&error))? as u64;
        if read > limit {
            let what = if limit < PART { (WHOLE, "the file") } else { (PART, name) };
            return Err(format!("{} unpacks to more than {} MiB", what.1, what.0 >> 20));
        }
        self.left -= read;
        decoded(bytes).map(Some).ok_or_else(|| format!("{name} is not UTF-8"))
    }

    /// The relations of a part; those of the whole file for an empty name.
    pub(super) fn relations(&mut self, part: &str) -> Result<Relations, String> {
        let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
        let of = if folder.is_empty() { format!("_rels/{name}.rels") } else { format!("{folder}/_rels/{name}.rels") };
        let Some(text) = self.part(&of)? else { return Ok(Relations::default()) };
        let document = parse(&text)?;
        let relation = |node: roxmltree::Node<'_, '_>| {
            let kind = attribute(&node, "Type")?.rsplit('/').next().unwrap_or_default().to_owned();
            let is_outside = attribute(&node, "TargetMode") == Some("External");
            let target = resolved(folder, attribute(&node, "Target")?);
            Some((attribute(&node, "Id")?.to_owned(), PartRelation { kind, target, is_outside }))
        };
        let nodes = document.descendants().filter(|node| is(node, "Relationship"));
        Ok(Relations(nodes.filter_map(relation).collect()))
    }
}

impl Package<'_> {
    /// How many comments the cells of a sheet have.
    pub(super) fn comments(&mut self, sheet: &str) -> Result<usize, String> {
        let relations = self.relations(sheet)?;
        let Some(relation) = relations.of_kind("comments").filter(|relation| !relation.is_outside) else {
            return Ok(0);
        };
        let Some(text) = self.part(&relation.target)? else { return Ok(0) };
        Ok(parse(&text)?.descendants().filter(|node| is(node, "comment")).count())
    }
}

/// A part's name as a part in `folder` writes it. It is looked up in the file alone, so no `..` leads out of it.
fn resolved(folder: &str, target: &str) -> String {
    if let Some(target) = target.strip_prefix('/') {
        return target.to_owned();
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// XML may also come in UTF-16.
fn decoded(bytes: Vec<u8>) -> Option<String> {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        char::decode_utf16(units).collect::<Result<String, _>>().ok()
    };
    match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        _ => String::from_utf8(bytes).ok(),
    }
}
