//! Reads a handover: a zip archive that holds a workspace below a folder. Nothing is unpacked to the disk, and what an archive says
//! of itself is not believed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{BufReader, Read, Seek};
use std::path::Path;

use sha2::{Digest, Sha256};
use zip::read::ZipFile;
use zip::{CompressionMethod, ZipArchive};

use crate::base::layout::{CONFIG, SEAL_FILE};
use crate::base::text::caseless;
use crate::load::workspace::{Entry, FILE_LIMIT, Found, Workspace, entry, is_hidden, limit, plain_reason, relative};

/// The largest archive that is made or read, in bytes.
pub const ARCHIVE_LIMIT: u64 = 1 << 30;
/// The folder of the workspace in an archive.
pub const WORKSPACE: &str = "workspace";
/// The most entries of an archive: the files of a workspace, and those of its report.
const ENTRIES: usize = 8 * FILE_LIMIT;
/// The longest name of an entry, in bytes.
const NAME: usize = 1024;

/// What an archive holds.
#[derive(Debug)]
pub struct Archive {
    /// The SHA-256 of each file, by its path.
    pub digests: BTreeMap<String, String>,
    /// The texts at its top, by their names. One that is no UTF-8 is left out.
    pub texts: BTreeMap<String, String>,
    /// The workspace in it.
    pub workspace: Workspace,
}

/// Reads the archive at `path`.
///
/// # Errors
/// Why it is not read, in words.
pub fn read(path: &Path) -> Result<Archive, String> {
    let size = fs::metadata(path).map_err(|error| plain_reason(Some(&error)))?;
    if !size.is_file() {
        return Err("it is no file".to_owned());
    }
    if size.len() > ARCHIVE_LIMIT {
        return Err(format!("it is larger than the {} MiB that are read", ARCHIVE_LIMIT >> 20));
    }
    let file = File::open(path).map_err(|error| plain_reason(Some(&error)))?;
    taken_from(BufReader::new(file), size.len())
}

/// The same of an archive of `size` bytes.
///
/// # Errors
/// Why it is not read, in words.
pub fn taken_from(bytes: impl Read + Seek, size: u64) -> Result<Archive, String> {
    let mut zip = ZipArchive::new(bytes).map_err(|error| format!("it is no whole zip archive: {error}"))?;
    if zip.len() > ENTRIES {
        return Err(format!("it holds more than {ENTRIES} entries"));
    }
    if zip.offset() > 0 {
        return Err("something else stands before it in the file".to_owned());
    }
    if zip.has_duplicate_names() {
        return Err("two of its entries have the same name".to_owned());
    }
    let mut taken = Unpacked { left: size, ..Unpacked::default() };
    for at in 0..zip.len() {
        let part = zip.by_index(at).map_err(|error| format!("entry {} cannot be read: {error}", at + 1))?;
        let name = part.name().map_err(|error| format!("entry {} has no name: {error}", at + 1))?.into_owned();
        taken.entry(name, part)?;
    }
    taken.names.judge()?;
    let Unpacked { digests, texts, files, .. } = taken;
    Ok(Archive { digests, texts, workspace: workspace(files) })
}

/// What was taken out of an archive so far.
#[derive(Default)]
struct Unpacked {
    digests: BTreeMap<String, String>,
    texts: BTreeMap<String, String>,
    /// The files of the workspace.
    files: BTreeMap<String, Found>,
    names: EntryNames,
    /// How many bytes the other entries can have.
    left: u64,
}

impl Unpacked {
    fn entry(&mut self, name: String, mut part: ZipFile<'_, impl Read + Seek>) -> Result<(), String> {
        let declared = part.size();
        if !is_plain(name.strip_suffix('/').unwrap_or(&name)) {
            return Err(format!("`{}` is no name of a file in it", name.escape_debug()));
        }
        if name.ends_with('/') {
            let empty = declared == 0;
            return if empty { Ok(()) } else { Err(format!("{name} is a folder, and holds bytes of its own")) };
        }
        // Who unpacks a link writes, or reads, where it leads.
        if part.unix_mode().is_some_and(|mode| !matches!(mode & KIND_OF_FILE, 0 | REGULAR)) {
            return Err(format!("{name} is a link, or another thing that is no file"));
        }
        if part.encrypted() {
            return Err(format!("{name} is encrypted"));
        }
        // Nothing that is stored as it is can unfold to more than the archive itself.
        if part.compression() != CompressionMethod::Stored || part.compressed_size() != declared || declared > self.left
        {
            return Err(format!(
                "{name} is compressed, or is larger than it can be: a handover stores each file as it is"
            ));
        }
        self.left -= declared;
        self.names.add(&name)?;
        let kept = kept(&name);
        let (sha256, bytes) = taken(&mut part, declared, kept).map_err(|why| format!("{name} {why}"))?;
        if let Some(below) = name.strip_prefix(WORKSPACE).and_then(|rest| rest.strip_prefix('/')) {
            let found = if declared > kept { Found::TooLarge(declared) } else { Found::File(bytes) };
            self.files.insert(relative(below.as_bytes()), found);
        } else if !name.contains('/') {
            self.texts.extend(String::from_utf8(bytes).ok().map(|text| (name.clone(), text)));
        }
        self.digests.insert(name, sha256);
        Ok(())
    }
}

/// The bits of a Unix mode that say what an entry is, and what they are of a file.
const KIND_OF_FILE: u32 = 0o170_000;
const REGULAR: u32 = 0o100_000;

/// The names of the files of an archive. All of them can be unpacked into one folder, on every system.
#[derive(Debug, Default)]
pub struct EntryNames {
    /// Each name, by what a system knows of it that does not tell upper case from lower, and composes letters.
    files: BTreeMap<String, String>,
    folders: BTreeSet<String>,
}

impl EntryNames {
    /// Adds the name of a file.
    ///
    /// # Errors
    /// Another file has it on some system, in words.
    pub fn add(&mut self, name: &str) -> Result<(), String> {
        let known = caseless(name);
        self.folders.extend(known.match_indices('/').map(|(at, _)| known[..at].to_owned()));
        match self.files.insert(known, name.to_owned()) {
            Some(other) => Err(format!("`{other}` and `{name}` are the same file on some systems")),
            None => Ok(()),
        }
    }

    /// Whether no file has the name of a folder.
    ///
    /// # Errors
    /// One that has, in words.
    pub fn judge(&self) -> Result<(), String> {
        match self.files.iter().find(|(known, _)| self.folders.contains(*known)) {
            Some((_, name)) => Err(format!("`{name}` is a file, and a folder that holds others")),
            None => Ok(()),
        }
    }
}

/// Whether an entry's name is a path that stays inside, as a handover writes it.
fn is_plain(name: &str) -> bool {
    let is_part = |part: &str| !matches!(part, "" | "." | "..");
    name.len() <= NAME
        && name.split('/').all(is_part)
        && !name.contains(|c: char| c.is_control() || matches!(c, '\\' | ':'))
}

/// How many bytes of an entry are kept: pages of the report are only counted and digested.
fn kept(name: &str) -> u64 {
    match name.split_once('/') {
        None => limit(SEAL_FILE),
        Some((WORKSPACE, below)) => limit(below),
        Some(_) => 0,
    }
}

/// The digest of an entry, and its first bytes, at most `kept`.
fn taken(part: &mut impl Read, declared: u64, kept: u64) -> Result<(String, Vec<u8>), String> {
    let (mut digest, mut bytes, mut count) = (Sha256::new(), Vec::new(), 0_u64);
    let mut room = [0; 1 << 14];
    loop {
        let read = part.read(&mut room).map_err(|error| format!("cannot be read: {error}"))?;
        if read == 0 {
            break;
        }
        digest.update(&room[..read]);
        count += read as u64;
        if count > declared {
            return Err("is larger than it says".to_owned());
        }
        if declared <= kept {
            bytes.extend_from_slice(&room[..read]);
        }
    }
    if count != declared {
        return Err("is smaller than it says".to_owned());
    }
    Ok((digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect(), bytes))
}

/// The workspace of these files, as the same files of a folder would make it.
fn workspace(mut files: BTreeMap<String, Found>) -> Workspace {
    let config = files.remove(CONFIG).map(|found| entry(CONFIG, found));
    let mut workspace = Workspace::new(format!("{WORKSPACE}/"), config);
    let roots = workspace.patterns.roots();
    let is_read = |path: &str| {
        let below = |root: &String| path.strip_prefix(root.as_str()).is_some_and(|rest| rest.starts_with('/'));
        roots.iter().any(below) && !path.split('/').any(|part| is_hidden(part.as_bytes()))
    };
    let found: Vec<(String, Entry)> = files
        .into_iter()
        .filter(|(path, _)| is_read(path))
        .map(|(path, found)| {
            let entry = entry(&path, found);
            (path, entry)
        })
        .collect();
    workspace.truncated = found.len() > FILE_LIMIT;
    found.into_iter().take(FILE_LIMIT).for_each(|(path, entry)| workspace.add(path, entry));
    workspace
}
