//! Workspaces of this repository in, their sites out: each is built once for all tests that read it.

use std::path::Path;
use std::sync::LazyLock;

use milepost::check;
use milepost::load::workspace;
use milepost::score::{Scored, score};

use super::html_judge::{Files, build, build_scored};

/// The worked example with its site.
pub(crate) struct Example {
    pub(crate) scored: Scored,
    pub(crate) files: Files,
}

/// The worked example. A test asks for it before it starts work side by side: who waits for it there may hold up who builds it.
pub(crate) static EXAMPLE: LazyLock<Example> = LazyLock::new(|| {
    let workspace = workspace::load(Path::new(env!("CARGO_MANIFEST_DIR")));
    let scored = score(check::check(&workspace).assessment.unwrap());
    let files = build_scored(&workspace, &scored);
    Example { scored, files }
});

/// A workspace in which hardly anything is filled in.
pub(crate) static HALF: LazyLock<Files> = LazyLock::new(|| fixture("half"));

/// A workspace of a few controls.
pub(crate) static SMALL: LazyLock<Files> = LazyLock::new(|| fixture("small"));

/// A workspace of five quarters.
pub(crate) static YEAR: LazyLock<Files> = LazyLock::new(|| fixture("year"));

/// A workspace whose every text tries to be more than text.
pub(crate) static HOSTILE: LazyLock<Files> = LazyLock::new(|| fixture("hostile"));

/// The site of the workspace `tests/fixtures/site/NAME`.
fn fixture(name: &str) -> Files {
    let workspace = workspace::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/site").join(name));
    build(&workspace, check::check(&workspace))
}
