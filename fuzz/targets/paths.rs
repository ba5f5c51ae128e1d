//! A glob, then paths, addresses and names by line in, whether each stays inside out.

#![no_main]

use libfuzzer_sys::fuzz_target;
use milepost::base::link;
use milepost::base::quarter::Quarter;
use milepost::border::html;
use milepost::load::workspace::{Patterns, glob_pattern};
use milepost::model::evidence::Artifact;
use milepost_fuzz::ground;

fuzz_target!(|input: &str| {
    let (glob, lines) = input.split_once('\n').unwrap_or((input, ""));
    let mut patterns = ground::with(&[]).patterns;
    if let Ok(pattern) = glob_pattern(glob) {
        assert!(inside(glob), "{glob:?} leaves the workspace");
        patterns.evidence = vec![pattern];
    }
    for line in lines.lines() {
        judge_glob(&patterns, line);
        // As long as a system lets a name be.
        judge_glob(&patterns, &format!("content/{}/x/y.toml", line.repeat(255 / line.len().max(1))));
        judge_artifact(line);
        judge_link(line);
        judge_quarter(line);
    }
});

/// Whether a path names no folder above the one that it starts from.
fn inside(path: &str) -> bool {
    !path.starts_with('/') && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

fn judge_glob(patterns: &Patterns, path: &str) {
    for root in patterns.evidence_roots() {
        assert!(inside(&root), "{root:?} leaves the workspace");
        let below = path.strip_prefix(&root).is_some_and(|rest| rest.starts_with('/'));
        assert!(below || !patterns.is_evidence(path), "{path:?} is evidence, and not below {root:?}");
    }
    patterns.quarter_folder(path);
    patterns.profile_folders();
}

/// An artifact's path, as an evidence file gives it, means one of the workspace, and is written back to mean the same.
fn judge_artifact(file: &str) {
    let Some(path) = Artifact::resolve(ground::EVIDENCE, file) else { return };
    assert!(path.is_empty() || inside(&path), "{file:?} means {path:?}");
    let written = Artifact::written(ground::EVIDENCE, &path);
    assert_eq!(Artifact::resolve(ground::EVIDENCE, &written).as_deref(), Some(path.as_str()), "{written:?}");
}

fn judge_link(link: &str) {
    if link::is_name(link) {
        assert!(inside(link) && html::escape(link) == link, "{link:?}");
    }
    for slug in link::slugs([link].into_iter().filter(|link| !link.is_empty())) {
        assert!(inside(&slug) && html::escape(&slug) == slug, "{slug:?}");
    }
    if link::is_safe(link) {
        let scheme = link.split(':').next().unwrap_or_default().to_ascii_lowercase();
        assert!(["https", "http", "mailto"].contains(&scheme.as_str()), "{link:?}");
    }
}

fn judge_quarter(name: &str) {
    let Ok(quarter) = name.parse::<Quarter>() else { return };
    assert_eq!(quarter.to_string(), name);
    assert!(quarter.first_day() < quarter.last_day() && quarter.next().since(quarter) == 1);
}
