//! Tables of other tools and organisations, each by a mapping in TOML: which column holds ids, levels, notes and targets.

mod carry;
mod read;

pub use self::read::{TableAsk, TableFailure, take};
