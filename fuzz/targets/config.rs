//! A milepost.toml, a profile and the actions in, read from the disk as a user's are, every stage run.

#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;
use std::{env, fs, process};

use libfuzzer_sys::fuzz_target;
use milepost::base::layout::CONFIG;
use milepost::load::workspace;
use milepost_fuzz::{ground, stages};

/// The folder of the workspace, with the ground's files in it.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = env::temp_dir().join(format!("milepost-fuzz-config-{}", process::id()));
    for (path, text) in ground::FILES {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a file in a folder")).expect("a folder for temporary files");
        fs::write(path, text).expect("room for temporary files");
    }
    folder
});

fuzz_target!(|data: &[u8]| {
    let [config, profile, actions] = ground::parts(data);
    for (path, bytes) in [(CONFIG, config), (ground::PROFILE, profile), (ground::ACTIONS, actions)] {
        fs::write(FOLDER.join(path), bytes).expect("room for temporary files");
    }
    let mut workspace = workspace::load(&FOLDER);
    if !config.windows(4).any(|word| word == b"csf-") {
        // To read the embedded catalogs takes longer than everything else.
        workspace.files.retain(|path, _| !path.starts_with("controls/") || path.starts_with("controls/small/"));
    }
    stages::run(&mut workspace);
});
