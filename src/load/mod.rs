//! Reads a workspace: from a folder, from a git commit, from an archive, or from the binary itself.

pub mod archive;
pub mod embedded;
pub mod git;
pub mod glob;
pub mod results;
pub mod units;
pub mod workspace;
