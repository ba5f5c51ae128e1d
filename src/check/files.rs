//! Reports faults of the files themselves, before their content is read.

use std::collections::BTreeSet;

use crate::base::layout::{
    ACTIONS_FILE, COMMUNITY_PROFILES, CONFIG, MAPPINGS, PROFILE_FILE, QUARTER_FILE, SUMMARY_FILE, ancestors, folder_of,
    is_community_profile, is_hidden_file, is_mapping, name_of,
};
use crate::base::quarter::Quarter;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, nearest};
use crate::load::glob::Glob;
use crate::load::workspace::{Entry, FILE_LIMIT, Workspace};

/// Reports files that could not be read. `artifacts` are the paths that evidence points to.
pub(super) fn unreadable(workspace: &Workspace, artifacts: &BTreeSet<String>, found: &mut Diagnostics) {
    if workspace.truncated {
        found.push(
            Diagnostic::new(
                Code::TooManyFiles,
                Place::file(CONFIG),
                format!("the workspace holds more than {FILE_LIMIT} files"),
            )
            .help("move what is not evidence, catalog or theme out of the folders that milepost.toml names"),
        );
    }
    for (path, entry) in &workspace.files {
        found.extend(match entry {
            Entry::Text(_) | Entry::Artifact { .. } | Entry::Asset(_) => None,
            // A Markdown file next to the evidence may be an artifact in any encoding. A quarter's narrative must be UTF-8.
            Entry::NotUtf8 { .. } if path.ends_with(".md") && !is_narrative(workspace, path) => None,
            Entry::NotUtf8 { at, .. } => not_utf8(path, *at),
            Entry::TooLarge { bytes, limit } => Some(
                Diagnostic::new(
                    Code::FileTooLarge,
                    Place::file(path),
                    format!("this file has {bytes} bytes, and at most {} MiB are read", limit >> 20),
                )
                .help("split it, or keep it elsewhere and link to it with url = \"…\""),
            ),
            // If evidence points to this path, that line already has a diagnostic.
            Entry::Link if artifacts.iter().any(|artifact| ancestors(artifact).any(|above| above == path)) => None,
            Entry::Link => Some(
                Diagnostic::new(Code::SymbolicLink, Place::file(path), "symbolic links are not followed")
                    .help("put the file or folder itself here: a link could lead out of the workspace"),
            ),
            Entry::Unreadable(why) => Some(
                Diagnostic::new(Code::Unreadable, Place::file(path), format!("this cannot be read: {why}"))
                    .help("put an ordinary file that you may read in its place, or remove it"),
            ),
        });
    }
}

fn not_utf8(path: &str, at: usize) -> Option<Diagnostic> {
    let place = Place { start: at, end: at + '\u{fffd}'.len_utf8(), ..Place::file(path) };
    let message = "this is not UTF-8 text";
    Some(Diagnostic::new(Code::NotUtf8, place, message).label("the first bad byte").help("save the file as UTF-8"))
}

/// Whether `path` is a Markdown file that the pages show.
fn is_narrative(workspace: &Workspace, path: &str) -> bool {
    workspace.patterns.quarter_folder(path).is_some() || workspace.patterns.is_guide(path)
}

/// Whether `path` is a profile, of all quarters or of one.
pub(super) fn is_profile(workspace: &Workspace, path: &str) -> bool {
    name_of(path) == PROFILE_FILE
        && (workspace.patterns.quarter_folder(path).is_some() || is_beside_quarters(workspace, path))
}

/// Whether `path` holds the actions and exceptions.
fn is_plan(workspace: &Workspace, path: &str) -> bool {
    name_of(path) == ACTIONS_FILE && is_beside_quarters(workspace, path)
}

/// Whether the file at `path` is beside the folders of the quarters.
fn is_beside_quarters(workspace: &Workspace, path: &str) -> bool {
    workspace.patterns.profile_folders().iter().any(|folder| folder_of(path) == Some(folder))
}

/// Whether the program reads the file at `path`.
pub(super) fn is_read(workspace: &Workspace, path: &str) -> bool {
    let patterns = &workspace.patterns;
    patterns.is_evidence(path)
        || patterns.is_catalog(path)
        || patterns.is_guide(path)
        || is_mapping(path)
        || is_community_profile(path)
        || patterns.quarter_folder(path).is_some()
        || patterns.reviewed_folder(path).is_some()
        || is_profile(workspace, path)
        || is_plan(workspace, path)
}

/// Reports files in the evidence folders that the program does not read but the author probably meant as input.
/// Without this report, their content would be ignored silently.
pub(super) fn unread(workspace: &Workspace, artifacts: &BTreeSet<String>, found: &mut Diagnostics) {
    let roots = workspace.patterns.evidence_roots();
    let globs: Vec<&str> = workspace.patterns.evidence.iter().map(Glob::as_str).collect();
    let globs = globs.join(", ");
    for (path, entry) in &workspace.files {
        let is_below = |root: &str| ancestors(path).any(|above| above == root);
        let among_evidence = roots.iter().any(|root| is_below(root));
        let readable = matches!(entry, Entry::Text(_) | Entry::Artifact { .. });
        let folders = [(MAPPINGS, "a mapping"), (COMMUNITY_PROFILES, "a Community Profile")];
        let beside = folders.into_iter().find(|(folder, _)| is_below(folder) && path.ends_with(".toml"));
        if let Some((folder, what)) = beside.filter(|_| readable && !among_evidence && !is_read(workspace, path)) {
            let unread = Diagnostic::new(Code::UnreadFile, Place::file(path), "nothing reads this file");
            found.push(unread.help(format!("{what} is a file {folder}/NAME.toml")));
        }
        if !readable || !among_evidence || artifacts.contains(path) || is_read(workspace, path) {
            continue;
        }
        let unread = Diagnostic::new(Code::UnreadFile, Place::file(path), "nothing reads this file");
        match meant(workspace, path) {
            _ if is_hidden_file(path) => {
                found.push(
                    unread.help("a file whose name starts with a dot counts for nothing: rename it, or remove it"),
                );
            }
            Some(meant) => found.push(unread.nearest(Some(name_of(&meant)))),
            None if path.ends_with(".toml") => found.push(unread.help(match moved(workspace, path) {
                Some(moved) => format!("move it to {moved}: evidence is read from {globs}"),
                None => {
                    format!("evidence is read from {globs}, where the last two folders are the quarter and the team")
                }
            })),
            None => {}
        }
    }
}

/// Where a file of a quarter's folder would be read as evidence: directly in the team's folder. `TEAM` stands for the team if
/// the path names none. `None` if no glob reads that either.
fn moved(workspace: &Workspace, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = path.split('/').collect();
    let name = parts.pop()?;
    let quarter = parts.iter().position(|part| part.parse::<Quarter>().is_ok())?;
    let team = parts.get(quarter + 1).unwrap_or(&"TEAM");
    let moved = format!("{}/{team}/{name}", parts[..=quarter].join("/"));
    workspace.patterns.is_evidence(&moved).then_some(moved)
}

/// The path that the author probably meant: `summary.md` for `sumary.md`, `protect.toml` for
/// `protect.toml.txt`. `None` if there is no such path.
fn meant(workspace: &Workspace, path: &str) -> Option<String> {
    let (folder, name) = path.rsplit_once('/')?;
    let lower = name.to_ascii_lowercase();
    let misspelt = || lower.rfind('.').filter(|dot| nearest(&lower[dot + 1..], ["toml"]).is_some());
    let stem = lower.find(".toml").or_else(misspelt).map(|dot| &name[..dot]);
    if stem.is_none() && !lower.contains(".md") {
        return None;
    }
    let own = [QUARTER_FILE, SUMMARY_FILE, PROFILE_FILE, ACTIONS_FILE];
    let own = nearest(name, own).map(|own| format!("{folder}/{own}"));
    let evidence = stem.map(|stem| format!("{folder}/{stem}.toml"));
    let mut meant = own.into_iter().chain(evidence);
    // If the meant file exists too, this file is a copy that an editor left.
    meant.find(|path| is_read(workspace, path) && !workspace.files.contains_key(path))
}
