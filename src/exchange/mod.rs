//! Containers of other programs' files: one reader each, which knows no format inside it. Every reader takes bytes that nobody
//! trusts, and its work and memory are limited by what it is given.

pub mod decode;
pub mod json;
pub mod table;
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
