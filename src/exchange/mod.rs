//! Reads and writes files of other programs: one reader for each container, and one file for each format.
//!
//! All input is untrusted: sizes and counts are limited, no formula is evaluated, and the parts that do not fit are reported.

pub mod catalog;
pub mod container;
pub mod cprt;
pub mod csv;
pub mod decode;
pub mod grid;
mod heights;
pub mod ids;
pub mod json;
pub mod library;
pub mod loss;
pub mod oscal;
pub mod outcomes;
pub mod part;
pub mod profile;
pub mod published;
pub mod reference_sheet;
pub mod rows;
pub mod said;
pub mod scale;
pub mod sheets;
pub mod table;
pub mod tree;
pub mod unread;
pub mod wishes;
pub mod workbook;
pub mod xlsx;
pub mod xml;
pub mod yaml;

/// The largest file of JSON, YAML or XML that is read, in bytes.
pub const LIMIT: usize = 32 << 20;
/// The most rows of a file.
pub const ROWS: usize = 200_000;
/// The deepest level of a file.
pub const DEPTH: usize = 128;
/// The most characters of a name in a message.
const SHORT: usize = 60;

/// What was read, and the remarks on it.
#[derive(Debug)]
pub struct ReadFile {
    /// The whole file.
    pub value: serde_json::Value,
    /// Sentences about what was read in another way than it may be meant.
    pub told: Vec<String>,
}
