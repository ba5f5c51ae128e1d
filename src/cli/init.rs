//! `milepost init`: a new workspace whose files teach by their comments.

use std::path::{Path, PathBuf};

use super::Output;
use crate::write::create;

/// Write a new workspace: settings, two teams and a first quarter, with comments that teach.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The new folder; it must not hold anything yet.
    #[arg(value_name = "DIR")]
    dir: PathBuf,
}

/// Makes one row of [`STARTER`] of each path of the folder `starter`.
macro_rules! starter {
    ($($path:literal,)*) => { &[$(($path, include_str!(concat!("starter/", $path)))),*] };
}

/// The files of a new workspace.
const STARTER: &[(&str, &str)] = starter![
    ".gitattributes",
    ".gitignore",
    "README.md",
    "content/2026-Q4/office/govern.toml",
    "content/2026-Q4/office/protect.toml",
    "content/2026-Q4/platform/artifacts/restore-drill.txt",
    "content/2026-Q4/platform/protect.toml",
    "content/2026-Q4/platform/recover.toml",
    "content/2026-Q4/quarter.toml",
    "content/2026-Q4/summary.md",
    "milepost.toml",
];

pub(super) fn run(root: &Path, args: &Args) -> Output {
    let dir = root.join(&args.dir);
    match create(&dir, STARTER) {
        Ok(()) => Output::result(String::new(), remarks(&dir)),
        Err(why) => Output::failure(format!("error: {why}\n")),
    }
}

fn remarks(dir: &Path) -> String {
    let dir = dir.display();
    format!(
        "{dir}: a workspace with two teams and the quarter 2026-Q4\n\n\
         Read {dir}/README.md, then try:\n  \
         milepost --root {dir} check\n  \
         milepost --root {dir} build\n"
    )
}
