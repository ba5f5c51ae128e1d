//! Files of a workspace in, a small valid workspace with these files in place of its own out.

use std::path::Path;

use milepost::base::layout::CONFIG;
use milepost::load::workspace::{self, Entry, Workspace, sha256};

/// The evidence file of the ground.
pub const EVIDENCE: &str = "content/2026-Q3/harbour/safe.toml";
/// The same team's for the quarter before.
pub const EARLIER: &str = "content/2026-Q2/harbour/safe.toml";
/// Its catalog.
pub const FRAMEWORK: &str = "controls/small/framework.toml";
/// The Function of its catalog.
pub const FUNCTION: &str = "controls/small/safe.toml";
/// Its profile.
pub const PROFILE: &str = "content/profile.toml";
/// Its actions.
pub const ACTIONS: &str = "content/actions.toml";
/// Its mapping to another catalog.
pub const MAPPING: &str = "mappings/far.toml";

/// The ground's own files: a catalog of three controls, one team and two quarters.
pub const FILES: &[(&str, &str)] = &[
    (CONFIG, include_str!("ground/milepost.toml")),
    (FRAMEWORK, include_str!("ground/framework.toml")),
    (FUNCTION, include_str!("ground/safe.toml")),
    (EARLIER, include_str!("ground/earlier.toml")),
    (EVIDENCE, include_str!("ground/evidence.toml")),
    (PROFILE, include_str!("ground/profile.toml")),
    (ACTIONS, include_str!("ground/actions.toml")),
    (MAPPING, include_str!("ground/mapping.toml")),
];

/// The ground, with those of `files` that are not empty in place of its own; the globs are the defaults whatever `milepost.toml`
/// says.
pub fn with(files: &[(&str, &[u8])]) -> Workspace {
    // A folder that is not there gives what is embedded, and the disk is not asked for more.
    let mut workspace = workspace::load(Path::new("/nowhere"));
    // To read the embedded catalogs takes longer than everything else.
    workspace.files.retain(|path, _| !path.starts_with("controls/"));
    let own = FILES.iter().map(|(path, text)| ((*path).to_owned(), Entry::Text((*text).into())));
    workspace.files.extend(own);
    let files = files.iter().filter(|(_, bytes)| !bytes.is_empty());
    workspace.files.extend(files.map(|(path, bytes)| ((*path).to_owned(), entry(bytes))));
    workspace
}

/// The size of a repeated input, in bytes.
const LONG: usize = 1 << 16;

/// `text` repeated up to [`LONG`] bytes, for one input in eight and always for the same ones. A stage that takes the square of the
/// time then exceeds the fuzzer's limit. To repeat every input would leave too little time for new ones.
pub fn at_length(text: &str) -> Option<String> {
    (!text.is_empty() && text.len() % 8 == 0).then(|| text.repeat(LONG.div_ceil(text.len())))
}

/// A text file of these bytes, as the reader of the disk would give it.
fn entry(bytes: &[u8]) -> Entry {
    match std::str::from_utf8(bytes) {
        Ok(text) => Entry::Text(text.into()),
        Err(error) => Entry::NotUtf8 {
            lossy: String::from_utf8_lossy(bytes).into_owned(),
            at: error.valid_up_to(),
            sha256: sha256(bytes),
        },
    }
}

/// The parts of an input that holds several files, between lines of `%%`; one that is not there is empty.
pub fn parts<const N: usize>(data: &[u8]) -> [&[u8]; N] {
    let mut rest = data;
    std::array::from_fn(|_| {
        let mark = b"\n%%\n";
        let end = rest.windows(mark.len()).position(|window| window == mark);
        let part = &rest[..end.map_or(rest.len(), |end| end + 1)];
        rest = end.map_or(&[], |end| &rest[end + mark.len()..]);
        part
    })
}
