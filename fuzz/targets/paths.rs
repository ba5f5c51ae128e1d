//! A glob, then paths, addresses and names by line in, whether each stays inside out. And the lines as the names in an archive.

#![no_main]

use std::io::{Cursor, Write};

use libfuzzer_sys::fuzz_target;
use milepost::base::link;
use milepost::base::quarter::Quarter;
use milepost::border::html;
use milepost::load::archive;
use milepost::load::workspace::{Patterns, glob_pattern};
use milepost::model::evidence::Artifact;
use milepost_fuzz::ground;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

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
    judge_archive(input.as_bytes());
    if let Some(mut bytes) = archive_of(lines) {
        judge_archive(&bytes);
        // No mutation hits upon a sound archive with one byte that is wrong.
        let at = glob.bytes().fold(0, |at: usize, byte| (7 * at + usize::from(byte)) % bytes.len());
        bytes[at] = glob.bytes().last().unwrap_or_default();
        judge_archive(&bytes);
    }
});

/// An archive of files with these names, each with its name as its text; `None` if no archive has them.
fn archive_of(names: &str) -> Option<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for name in names.lines() {
        zip.start_file(name, SimpleFileOptions::default().compression_method(CompressionMethod::Stored)).ok()?;
        zip.write_all(name.as_bytes()).ok()?;
    }
    Some(zip.finish().ok()?.into_inner())
}

/// What an archive holds stays inside, wherever it is unpacked.
fn judge_archive(bytes: &[u8]) {
    let Ok(archive) = archive::taken_from(Cursor::new(bytes), bytes.len() as u64) else { return };
    assert!(archive.digests.keys().chain(archive.workspace.files.keys()).all(|name| inside(name)), "{archive:?}");
}

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
