//! What `git` prints in, a workspace and who last changed its answers out.
//!
//! A program that prints the input stands in for `git`: what Milepost reads of a repository, it reads from another program, and
//! none of it is trusted.

#![no_main]

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::{env, fs, process};

use libfuzzer_sys::fuzz_target;
use milepost::base::place::Origin;
use milepost::base::text::is_deceptive;
use milepost::check;
use milepost::history::provenance;
use milepost::load::git::{self, Repository, Revision};
use milepost::load::workspace::Workspace;
use milepost::model::assessment::{Assessment, InQuarter};
use milepost_fuzz::{ground, stages};

/// Answers with the file beside it that is named after what is asked for; names of commits start with a `c`. Who asks for one object
/// may ask for more.
const GIT: &str = r#"#!/bin/sh
here=${0%/*}
case "$*" in
*rev-parse*) printf '%s/.git\nsha1\n.git\n' "$here" ;;
*ls-tree*) exec cat "$here/tree" ;;
*diff-tree*) exec cat "$here/renames" ;;
*) read -r name; case $name in c*) cat "$here/commits" ;; *) cat "$here/blobs" ;; esac; exec cat >"$here/asked" ;;
esac
"#;

/// What stays the same from input to input.
struct Stand {
    folder: PathBuf,
    repository: Repository,
    revision: Revision,
    workspace: Workspace,
    assessment: Assessment,
}

thread_local! {
    static STAND: Stand = stand();
}

fn stand() -> Stand {
    let folder = env::temp_dir().join(format!("milepost-fuzz-git-{}", process::id()));
    fs::create_dir_all(folder.join(".git/objects")).expect("a folder for temporary files");
    let git = folder.join("git");
    fs::write(&git, GIT).expect("room for temporary files");
    fs::set_permissions(&git, fs::Permissions::from_mode(0o755)).expect("a file of our own");
    let path = format!("{}:{}", folder.display(), env::var("PATH").unwrap_or_default());
    // SAFETY: no other thread has been started that reads the environment.
    unsafe { env::set_var("PATH", path) };
    let workspace = ground::with(&[]);
    Stand {
        repository: git::open(&folder).expect("it says that it is one"),
        revision: Revision { name: "HEAD".to_owned(), commit: "c".repeat(40), below: String::new() },
        assessment: check::check(&workspace).assessment.expect("the ground is valid"),
        workspace,
        folder,
    }
}

fuzz_target!(|data: &[u8]| {
    STAND.with(|stand| {
        let [tree, blobs, renames, commits] = ground::parts(data);
        // A zero byte ends each row of a tree and each part of a rename; here it is a newline, for seeds that people can read.
        let tree: Vec<u8> = tree.iter().map(|byte| if *byte == b'\n' { 0 } else { *byte }).collect();
        let renames: Vec<u8> = renames.iter().map(|byte| if *byte == b'\n' { 0 } else { *byte }).collect();
        let answers = [("tree", &*tree), ("blobs", blobs), ("renames", &*renames), ("commits", commits)];
        for (name, bytes) in answers {
            fs::write(stand.folder.join(name), bytes).expect("room for temporary files");
        }
        if commits.is_empty() { load(stand) } else { trace(stand) }
    });
});

fn load(Stand { repository, revision, .. }: &Stand) {
    let Ok(mut workspace) = repository.load(revision) else { return };
    let up = |path: &String| path.split('/').any(|part| part == "..");
    assert!(!workspace.files.keys().any(up), "{:?}", workspace.files.keys());
    // To read the embedded catalogs takes longer than everything else.
    workspace.files.retain(|path, _| !path.starts_with("controls/"));
    stages::judge(&check::check(&workspace).diagnostics, &workspace);
}

fn trace(Stand { repository, revision, workspace, assessment, .. }: &Stand) {
    let quarters = assessment.quarters.ids().map(|quarter| assessment.in_quarter(quarter));
    let origins: Vec<&Origin> = quarters.flat_map(InQuarter::all_answers).map(|(_, answer)| &answer.origin).collect();
    let Ok(provenance) = provenance::trace(repository, revision, workspace, origins.iter().copied()) else { return };
    let told: BTreeSet<String> = origins.iter().filter_map(|origin| Some(provenance.trace(origin)?.told())).collect();
    assert!(!told.iter().any(|told| told.contains(|c| is_deceptive(c) || c == '\n')), "{told:?}");
}
