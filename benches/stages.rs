//! How long each stage and each kind of page takes, for a corpus of 20 teams and 4 quarters.
//!
//! `cargo bench --bench stages` makes the corpus in `target/bench/stages` by `bench/corpus.py`; `MILEPOST_CORPUS` names another
//! workspace.

#![allow(clippy::expect_used, reason = "a benchmark without its corpus has nothing to do")]

use std::path::{Path, PathBuf};
use std::process::Command;

use divan::{Bencher, black_box};
use milepost::check;
use milepost::load::workspace::{Workspace, load};
use milepost::model::assessment::Assessment;
use milepost::report::site::{File, Site, site};
use milepost::report::theme::Theme;
use milepost::report::view::Report;
use milepost::score::{Scored, score};
use milepost::write;

fn main() {
    divan::main();
}

fn corpus() -> PathBuf {
    if let Some(path) = std::env::var_os("MILEPOST_CORPUS") {
        return path.into();
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stages");
    if !folder.is_dir() {
        let made = Command::new("python3").args(["bench/corpus.py", "20", "4"]).arg(&folder).status();
        assert!(made.expect("python3 makes the corpus").success());
    }
    folder.join("milepost")
}

/// Every value from the files to the theme.
struct Stages {
    scored: Scored,
    theme: Theme,
}

impl Stages {
    fn new() -> Self {
        let workspace = load(&corpus());
        let assessment = assessed(&workspace);
        let theme = Theme::new(&workspace, &assessment.settings.theme, &assessment.strings)
            .expect("the default theme is whole");
        Self { scored: score(assessment), theme }
    }

    fn site(&self) -> Site<'_> {
        site(Report::new(&self.scored, None, None), &self.theme)
    }
}

fn assessed(workspace: &Workspace) -> Assessment {
    check::check(workspace).assessment.expect("the corpus is valid")
}

#[divan::bench]
fn load_files(bencher: Bencher<'_, '_>) {
    let folder = corpus();
    bencher.bench(|| load(black_box(&folder)));
}

#[divan::bench]
fn check_workspace(bencher: Bencher<'_, '_>) {
    let workspace = load(&corpus());
    bencher.bench(|| check::check(black_box(&workspace)));
}

#[divan::bench]
fn score_assessment(bencher: Bencher<'_, '_>) {
    let assessment = assessed(&load(&corpus()));
    bencher.with_inputs(|| assessment.clone()).bench_values(score);
}

#[divan::bench]
fn make_theme(bencher: Bencher<'_, '_>) {
    let workspace = load(&corpus());
    let strings = assessed(&workspace).strings;
    bencher.bench(|| Theme::new(black_box(&workspace), "default", &strings));
}

/// All that `milepost serve` does after an edit: pages are made when they are asked for.
#[divan::bench]
fn open_again(bencher: Bencher<'_, '_>) {
    bencher.bench(Stages::new);
}

/// All pages of a kind, viewed and rendered on one processor. A kind is the part of the path behind the quarter.
#[divan::bench(args = [
    "", "actions", "changes", "controls", "evidence", "exclusions", "findings", "functions", "gaps", "targets", "teams", "data",
    "method", "trends",
])]
fn render(bencher: Bencher<'_, '_>, kind: &str) {
    let stages = Stages::new();
    let site = stages.site();
    let of_kind = |file: &&File| {
        let parts: Vec<&str> = file.path.split('/').collect();
        let place = if parts[0].contains("-Q") || parts[0] == "data" { parts.get(1) } else { parts.first() };
        match (parts[0], kind) {
            ("data", kind) => kind == "data",
            (_, "") => {
                parts.last() == Some(&"index.html") && parts.len() <= 2 && !matches!(parts[0], "method" | "trends")
            }
            (_, kind) => place == Some(&kind),
        }
    };
    let files: Vec<&File> = site.files().iter().filter(of_kind).collect();
    assert!(!files.is_empty(), "the site has no {kind}");
    let bytes: usize = files.iter().map(|file| site.render(file).expect("the default theme is whole").len()).sum();
    bencher.counter(divan::counter::BytesCount::new(bytes)).bench(|| {
        files.iter().map(|file| site.render(file).map(|bytes| bytes.len())).filter_map(Result::ok).sum::<usize>()
    });
}

#[divan::bench(sample_count = 10)]
fn write_anew(bencher: Bencher<'_, '_>) {
    let stages = Stages::new();
    let site = stages.site();
    let folder = || tempfile::tempdir_in(memory()).expect("a folder can be made");
    bencher.with_inputs(folder).bench_refs(|folder| write::write(&site, &folder.path().join("site"), &|_| ()).is_ok());
}

#[divan::bench(sample_count = 10)]
fn write_unchanged(bencher: Bencher<'_, '_>) {
    let stages = Stages::new();
    let site = stages.site();
    let folder = tempfile::tempdir_in(memory()).expect("a folder can be made");
    let out = folder.path().join("site");
    write::write(&site, &out, &|_| ()).expect("the folder is new");
    bencher.bench(|| write::write(&site, &out, &|_| ()).is_ok());
}

/// Where files are kept in memory: on a disk the file system, not the program, would be measured.
fn memory() -> PathBuf {
    let shared = PathBuf::from("/dev/shm");
    if shared.is_dir() { shared } else { std::env::temp_dir() }
}
