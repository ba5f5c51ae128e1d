//! Reads and writes files of other programs: one reader for each container, and one file for each format.
//!
//! Nobody vouches for what is read: sizes and counts are limited, no formula is evaluated, and what does not fit is told.

pub mod container;
pub mod csv;
pub mod decode;
pub mod grid;
pub mod ids;
pub mod json;
pub mod loss;
pub mod table;
pub mod tree;
pub mod xlsx;
pub mod xml;

/// The largest file that is read, in bytes.
pub const LIMIT: usize = 32 << 20;
/// The most rows of a file.
pub const ROWS: usize = 200_000;
/// The deepest level of a file.
pub const DEPTH: usize = 128;

/// What was read, and what there is to say of it.
#[derive(Debug)]
pub struct Read {
    /// The whole file.
    pub value: serde_json::Value,
    /// Sentences about what was read in another way than it may be meant.
    pub told: Vec<String>,
}
