//! The small values that every room uses: numbers, quarters, texts, links, and places in files.

pub mod excerpt;
pub mod language;
pub mod layout;
pub mod link;
pub mod literal;
pub mod markdown;
pub mod mention;
pub mod message;
pub mod number;
pub mod place;
pub mod quarter;
pub mod text;
