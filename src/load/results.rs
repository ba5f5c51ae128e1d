//! Reads result files of tools: those that a glob names, and those that collectors kept. Links are not followed.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use walkdir::WalkDir;

use super::glob::Glob;
use super::workspace::{DEPTH_LIMIT, is_hidden, plain_reason, relative};

/// The largest result file that is read, in bytes.
pub const RESULT_LIMIT: u64 = 32 << 20;
/// The most files and folders that are looked at for one glob.
const MOST: usize = 100_000;

/// The paths below `root` that a glob names, in order, links among them; and whether there were more files than are looked at.
pub fn named(root: &Path, glob: &Glob) -> (Vec<String>, bool) {
    let folder = super::workspace::literal_folder(glob.as_str());
    // A walk does not follow its own root, but would pass through a link above it.
    let mut on_the_way = folder.match_indices('/').map(|(end, _)| &folder[..end]).chain([folder.as_str()]);
    if on_the_way.any(|part| root.join(part).is_symlink()) {
        return (Vec::new(), false);
    }
    let walk = WalkDir::new(root.join(&folder)).follow_links(false).max_depth(DEPTH_LIMIT).sort_by_file_name();
    let walk =
        walk.into_iter().filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry.file_name().as_encoded_bytes()));
    let (mut paths, mut count) = (Vec::new(), 0);
    for found in walk.flatten() {
        count += 1;
        if count > MOST {
            return (paths, true);
        }
        let below = found.path().strip_prefix(root).unwrap_or(found.path());
        let path = relative(below.as_os_str().as_encoded_bytes());
        if !found.file_type().is_dir() && glob.matches(&path) {
            paths.push(path);
        }
    }
    paths.sort();
    (paths, false)
}

/// The bytes of the file at `path` below `root`.
///
/// # Errors
/// A sentence without a full stop: it is a link or no file, it is too large, or the system refused.
pub fn bytes(root: &Path, path: &str) -> Result<Vec<u8>, String> {
    let mut on_the_way = path.match_indices('/').map(|(end, _)| &path[..end]).chain([path]);
    if let Some(link) = on_the_way.find(|part| root.join(part).is_symlink()) {
        return Err(format!("{link} is a link, and no link is followed"));
    }
    read(&root.join(path))
}

/// The bytes of a file that somebody names on the command line.
///
/// # Errors
/// As [`bytes`]; a link is followed.
pub fn read(path: &Path) -> Result<Vec<u8>, String> {
    let refused = |error: &std::io::Error| plain_reason(Some(error));
    let found = fs::metadata(path).map_err(|error| refused(&error))?;
    // Opening a pipe would wait for somebody to write to it.
    if !found.is_file() {
        return Err("it is no ordinary file".to_owned());
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| refused(&error))?;
    file.take(RESULT_LIMIT + 1).read_to_end(&mut bytes).map_err(|error| refused(&error))?;
    if bytes.len() as u64 > RESULT_LIMIT {
        return Err(format!("it is larger than the {} MiB that are read", RESULT_LIMIT >> 20));
    }
    Ok(bytes)
}
