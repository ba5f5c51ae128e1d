//! Reads a workspace: from a folder, from a git commit, or from the binary itself.

pub mod embedded;
pub mod git;
pub mod glob;
pub mod units;
pub mod workspace;
