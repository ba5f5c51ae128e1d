//! Writes a site to a folder, and new files and folders to a workspace. Nothing else writes to the disk.
//!
//! - [`write()`] replaces a whole site; [`add_folders`] adds new folders with their files, all or none.
//! - [`create`] fills a new workspace, and finishes what a killed run began.
//! - [`add`] and [`add_all`] write new files, and never replace one.
//! - [`renew`] replaces generated files; [`replace`] replaces edited files, all or none, if they are still as they were read.
//!
//! A stage is a hidden folder beside the site's folder. Changed files are written to the stage, and unchanged files are linked
//! there. Then the two folders change places in one step, so a killed build leaves either the old site or the new one. If nothing
//! changed, the site is not touched. No link in the folder is followed. Of an old file, no more bytes are read than the new file
//! has.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs::{self, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::thread;
use std::time::Duration;

use rayon::prelude::*;
use walkdir::WalkDir;

use crate::base::layout::CONFIG;
use crate::base::text::line;
use crate::diagnostic::Diagnostic;
use crate::load::workspace::read_folders;
#[cfg(not(all(unix, not(feature = "portable"))))]
use crate::load::workspace::sha256;
use crate::report::site::Rendered;

/// The file in a site's folder that lists what a build wrote. A folder without it was not made by Milepost.
pub const MANIFEST: &str = ".milepost-site";
/// The first line of the manifest.
const SIGNATURE: &str = "Written by milepost: it replaces and removes only the files listed here.";
/// The largest manifest that is read, in bytes.
const MANIFEST_LIMIT: u64 = 64 << 20;

/// Receives each [`WriteStep`] of a write, from any thread.
pub type Tell<'a> = dyn Fn(WriteStep<'_>) + Sync + 'a;

/// A step of a write that the user may want to know of.
#[derive(Clone, Copy, Debug)]
pub enum WriteStep<'a> {
    /// The write waits for another program; a sentence says for which.
    Waits(&'a str),
    /// A file of a site is rendered.
    Done,
}

/// The result of writing a site, in numbers of files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Files of the site.
    pub files: usize,
    /// Files that are new or have changed.
    pub changed: usize,
    /// Files of the old site that the new one does not have.
    pub removed: usize,
}

/// Why nothing was written. The folder is as it was.
#[derive(Debug)]
pub enum WriteFailure {
    /// A page could not be rendered; at most one diagnostic for each template.
    Page(Vec<Diagnostic>),
    /// Milepost may not change the folder, or the system refused; a sentence says which.
    Refused(String),
}

/// Writes `site` to the folder `out`, and calls `tell` for each file.
///
/// # Errors
/// See [`WriteFailure`].
pub fn write(site: &dyn Rendered, out: &Path, tell: &Tell<'_>) -> Result<Written, WriteFailure> {
    // If the user names a link, it stays a link: its target folder is replaced.
    let target =
        if out.is_symlink() { fs::canonicalize(out).map_err(|error| refused(out, &error))? } else { out.to_owned() };
    let out = target.as_path();
    refuse_foreign_input(out)?;
    let _alone = folder_of(out).map(|above| lock(above, tell)).transpose()?;
    let contents = Contents::of(out)?;
    let before = manifest(out, &contents)?;
    let files = site.paths();
    let paths: BTreeSet<&str> = files.iter().copied().collect();
    let foreign = contents.foreign(&before);
    let names: BTreeSet<String> = paths.iter().map(|path| path.to_lowercase()).collect();
    if let Some(taken) = foreign.iter().find(|path| is_in_the_way(path, &names)) {
        let taken = out.join(taken);
        return Err(WriteFailure::Refused(format!(
            "{} was not written by milepost; move it away first",
            taken.display()
        )));
    }
    let stage = Stage::new(out)?;
    let new = stage.new_folder();
    let changed = render(site, &contents, &new, tell)?;
    let gone = before.iter().filter(|path| !paths.contains(path.as_str()));
    // A list that was edited by hand may name files that are not there.
    let removed = gone.filter(|path| contents.files.contains_key(Path::new(path))).count();
    let written = Written { files: paths.len(), changed: changed.iter().filter(|changed| **changed).count(), removed };
    if written.changed == 0 && before.iter().map(String::as_str).eq(paths.iter().copied()) {
        return Ok(written);
    }
    let unchanged = files.iter().zip(&changed).filter(|(_, changed)| !**changed);
    for path in unchanged.map(|(path, _)| Path::new(path)).chain(foreign) {
        carry_over(&out.join(path), &new.join(path), contents.files.contains_key(path))?;
    }
    for path in &contents.empty {
        let folder = new.join(path);
        fs::create_dir_all(&folder).map_err(|error| refused(&folder, &error))?;
    }
    let list: Vec<&str> = std::iter::once(SIGNATURE).chain(paths).collect();
    let manifest = new.join(MANIFEST);
    fs::write(&manifest, list.join("\n") + "\n").map_err(|error| refused(&manifest, &error))?;
    stage.take_the_place_of(out)?;
    Ok(written)
}

/// Refuses `folder` if it is a link or holds one: somebody who may only propose a change to the workspace could have put the link
/// there.
///
/// # Errors
/// A refusal that names the link.
pub fn refuse_links(folder: &Path) -> Result<(), WriteFailure> {
    let entries = WalkDir::new(folder).follow_root_links(false).into_iter().flatten();
    match entries.into_iter().find(walkdir::DirEntry::path_is_symlink) {
        Some(link) => Err(WriteFailure::Refused(format!(
            "{} is a link, and no report is written through one; remove it, or name another folder with --out",
            link.path().display()
        ))),
        None => Ok(()),
    }
}

/// Refuses `out` if it holds the input at `root`, which is called `what`, or if it is in one of the folders in `read` there: a report
/// that is part of its own input would move or change that input.
///
/// # Errors
/// A refusal that names both.
pub fn refuse_own_input(out: &Path, root: &Path, what: &str, read: &[String]) -> Result<(), WriteFailure> {
    let (place, root) = (resolved(out), resolved(root));
    let refusal =
        |why: &str| WriteFailure::Refused(format!("{} {why}; choose a folder beside it with --out", out.display()));
    if root.starts_with(&place) {
        return Err(refusal(&format!("holds {what}")));
    }
    match read.iter().find(|folder| place.starts_with(root.join(folder))) {
        Some(folder) => Err(refusal(&format!("lies in {folder}/, from which the report is made"))),
        None => Ok(()),
    }
}

/// Refuses `out` if a workspace that it lies in reads that place: the report would become its catalogs, its evidence or its theme.
///
/// # Errors
/// A refusal that names the place and the workspace.
fn refuse_foreign_input(out: &Path) -> Result<(), WriteFailure> {
    let place = resolved(out);
    for root in place.ancestors().skip(1).filter(|root| root.join(CONFIG).is_file()) {
        if let Some(folder) = read_folders(root).iter().find(|folder| place.starts_with(root.join(folder))) {
            return Err(WriteFailure::Refused(format!(
                "{} lies in {folder}/ of the workspace {}, which reads it; choose another folder with --out",
                out.display(),
                root.display()
            )));
        }
    }
    Ok(())
}

/// An absolute path without dots, and without links in the part of it that exists.
fn resolved(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    path.components().fold(PathBuf::new(), |so_far, part| match part {
        Component::ParentDir => so_far.parent().map(Path::to_owned).unwrap_or(so_far),
        part => fs::canonicalize(so_far.join(part)).unwrap_or_else(|_| so_far.join(part)),
    })
}

/// Writes `files`, each a path and a text, to the folder `dir`. The files are written one after the other, and each in one step. A
/// file that exists with the same text counts as written, so the next run finishes what a killed run began. Those that
/// `may_differ` are left as they are where they have another text.
///
/// # Errors
/// A sentence: a file exists with another text, the last file exists but another one is missing, or the system refused.
pub fn create(
    dir: &Path,
    files: &[(&str, &str)],
    may_differ: &[&'static str],
    tell: &Tell<'_>,
) -> Result<Created, String> {
    let _alone = lock(dir, tell).map_err(sentence)?;
    let (mut missing, mut left) = (Vec::new(), Vec::new());
    for (path, text) in files {
        remove_drafts(&dir.join(path));
        let other = may_differ.iter().find(|other| *other == path);
        if let Some(other) = other.filter(|_| is_other_file(&dir.join(path), text)) {
            left.push(*other);
        } else if !is_written(dir, path, text.as_bytes())? {
            missing.push((dir.join(path), text));
        }
    }
    let is_whole = files.last().is_some_and(|(last, _)| missing.iter().all(|(path, _)| *path != dir.join(last)));
    if is_whole && let Some((path, _)) = missing.first() {
        return Err(format!(
            "{} holds a workspace already, without {}; nothing was written",
            dir.display(),
            path.display()
        ));
    }
    for (path, text) in &missing {
        make_folder_of(path).map_err(sentence)?;
        put(path, text.as_bytes())?;
    }
    Ok(Created { any: !missing.is_empty(), left })
}

/// What [`create`] did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    /// Whether any file was written.
    pub any: bool,
    /// The files that were left as they are.
    pub left: Vec<&'static str>,
}

/// Whether a file exists at `path` and holds something else than `text`.
fn is_other_file(path: &Path, text: &str) -> bool {
    let found = fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file);
    found.is_some_and(|found| !holds(path, found.len(), text.as_bytes()))
}

/// Whether the file `path` in `dir` exists with this text. No link on the way is followed.
fn is_written(dir: &Path, path: &str, text: &[u8]) -> Result<bool, String> {
    let on_the_way = path.match_indices('/').map(|(end, _)| dir.join(&path[..end]));
    for folder in on_the_way {
        match fs::symlink_metadata(&folder) {
            Ok(found) if found.is_dir() => {}
            Ok(_) => return Err(format!("{} is no folder; move it away, or name another folder", folder.display())),
            Err(_) => return Ok(false),
        }
    }
    let path = dir.join(path);
    match fs::symlink_metadata(&path) {
        Ok(found) if found.is_file() && holds(&path, found.len(), text) => Ok(true),
        Ok(_) => Err(format!("{} is there and is another; move it away, or name another folder", path.display())),
        Err(_) => Ok(false),
    }
}

/// Refuses `path` if it, or a folder between `root` and it, is a link.
fn refuse_link(root: &Path, path: &Path) -> Result<(), String> {
    let mut below = path.ancestors().take_while(|part| *part != root);
    match below.find(|part| part.is_symlink()) {
        Some(link) => Err(format!("{} is a link, and nothing is written through one", link.display())),
        None => Ok(()),
    }
}

/// Writes the new file `path` in one step. An existing file is never replaced. Drafts of a killed run are removed.
///
/// # Errors
/// A sentence: the file exists already, or the system refused.
pub fn add(path: &Path, contents: impl AsRef<[u8]>, tell: &Tell<'_>) -> Result<(), String> {
    // While this run holds the lock, every draft is from a killed run.
    let _alone = folder_of(path).map(|above| lock(above, tell)).transpose().map_err(sentence)?;
    remove_drafts(path);
    put(path, contents.as_ref())
}

/// Adds new files below `root`, and the folders that they need. If one of them is there already, none is written.
///
/// # Errors
/// The reason why nothing more was written.
pub fn add_all(root: &Path, files: &[(PathBuf, &str)], tell: &Tell<'_>) -> Result<(), String> {
    for (path, _) in files {
        if path.symlink_metadata().is_ok() {
            return Err(format!("{} is there already; nothing was written", path.display()));
        }
        refuse_link(root, path)?;
    }
    for (path, text) in files {
        make_folder_of(path).map_err(sentence)?;
        add(path, text.as_bytes(), tell)?;
    }
    Ok(())
}

/// The paths of `files`, each a path below `root` and a text, that do not exist with that text.
pub fn old<'f, T: AsRef<[u8]>>(root: &Path, files: &'f [(String, T)]) -> Vec<&'f str> {
    let is_old = |(path, text): &&(String, T)| !matches!(is_written(root, path, text.as_ref()), Ok(true));
    files.iter().filter(is_old).map(|(path, _)| path.as_str()).collect()
}

/// Writes generated files below `root`, each a path and a text, in the place of older ones, each in one step. Returns how many were
/// old. Nothing is written through a link, or in the place of one.
///
/// # Errors
/// A sentence: a link stands there, or the system refused.
pub fn renew<T: AsRef<[u8]>>(root: &Path, files: &[(String, T)], tell: &Tell<'_>) -> Result<usize, String> {
    let old = old(root, files);
    for (path, text) in files.iter().filter(|(path, _)| old.contains(&path.as_str())) {
        let path = root.join(path);
        refuse_link(root, &path)?;
        make_folder_of(&path).map_err(sentence)?;
        let _alone = folder_of(&path).map(|above| lock(above, tell)).transpose().map_err(sentence)?;
        remove_drafts(&path);
        let draft = path.with_file_name(draft_of(&path, &std::process::id().to_string()));
        let written = write_through(&draft, text.as_ref()).and_then(|()| fs::rename(&draft, &path));
        written.map_err(|error| {
            let _ = fs::remove_file(&draft);
            format!("{}: {}", path.display(), error.kind())
        })?;
    }
    Ok(old.len())
}

/// A file of a workspace whose text changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    /// The file's path below the workspace's root.
    pub path: String,
    /// Its text as it was read; `None` where the file is new.
    pub before: Option<String>,
    /// Its new text.
    pub text: String,
}

/// Writes edited files below `root`, all of them or none. All new texts are complete on the disk before the first takes its file's
/// place, and if one cannot, those before it are put back. Nothing is written through a link.
///
/// # Errors
/// A sentence: a file is no longer as it was read, a link stands there, or the system refused.
pub fn replace(root: &Path, files: &[Edited], tell: &Tell<'_>) -> Result<(), String> {
    for Edited { path, .. } in files {
        refuse_link(root, &root.join(path))?;
    }
    let folders: BTreeSet<PathBuf> =
        files.iter().filter_map(|file| folder_of(&root.join(&file.path)).map(Path::to_owned)).collect();
    let _alone: Vec<_> = folders.iter().map(|folder| lock(folder, tell).map_err(sentence)).collect::<Result<_, _>>()?;
    for Edited { path, before, .. } in files {
        let whole = root.join(path);
        let is_same = match before {
            Some(text) => holds(&whole, fs::metadata(&whole).map_or(0, |found| found.len()), text.as_bytes()),
            None => whole.symlink_metadata().is_err(),
        };
        if !is_same {
            return Err(format!("{} has changed meanwhile; nothing was written", whole.display()));
        }
    }
    let drafts: Vec<(PathBuf, PathBuf)> = files.iter().map(|file| drafted(&root.join(&file.path))).collect();
    let written = drafts.iter().zip(files).try_for_each(|((draft, whole), file)| {
        write_through(draft, &file.text).map_err(|error| format!("{}: {}", whole.display(), error.kind()))
    });
    let placed = written.and_then(|()| {
        drafts.iter().zip(files).enumerate().try_for_each(|(at, ((draft, whole), _))| {
            fs::rename(draft, whole).map_err(|error| {
                drafts.iter().zip(files).take(at).for_each(|((draft, whole), file)| put_back(draft, whole, file));
                format!("{}: {}; nothing was changed", whole.display(), error.kind())
            })
        })
    });
    drafts.iter().for_each(|(draft, _)| drop(fs::remove_file(draft)));
    placed
}

/// The draft of a file, without those that killed runs left, and the file.
fn drafted(whole: &Path) -> (PathBuf, PathBuf) {
    remove_drafts(whole);
    (whole.with_file_name(draft_of(whole, &std::process::id().to_string())), whole.to_owned())
}

/// Gives a file the text that it had before.
fn put_back(draft: &Path, whole: &Path, file: &Edited) {
    match &file.before {
        Some(text) => drop(write_through(draft, text).and_then(|()| fs::rename(draft, whole))),
        None => drop(fs::remove_file(whole)),
    }
}

/// Writes a new file in one step.
fn put(path: &Path, contents: &[u8]) -> Result<(), String> {
    let taken = || format!("{} is there already; it was not touched", path.display());
    if path.symlink_metadata().is_ok() {
        return Err(taken());
    }
    let draft = path.with_file_name(draft_of(path, &std::process::id().to_string()));
    let written = write_through(&draft, contents).and_then(|()| rename_to_new(&draft, path));
    // After a rename the draft is gone; after a link or an error it is still here.
    let _ = fs::remove_file(&draft);
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => taken(),
        kind => format!("{}: {kind}", path.display()),
    })
}

/// The name of a draft of `path`. It is hidden, because hidden files are never read. `end` is a number for each run, so two runs
/// at the same time use different drafts.
fn draft_of(path: &Path, end: &str) -> OsString {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".milepost-draft-");
    name.push(end);
    name
}

/// Removes the drafts of `path` that killed runs left. A draft that cannot be removed does no harm.
fn remove_drafts(path: &Path) {
    let start = draft_of(path, "");
    let is_draft = |name: &OsString| {
        let end = name.as_encoded_bytes().strip_prefix(start.as_encoded_bytes());
        end.is_some_and(|end| !end.is_empty() && end.iter().all(u8::is_ascii_digit))
    };
    let entries = folder_of(path).and_then(|folder| fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    let drafts = entries.filter(|entry| is_draft(&entry.file_name()));
    drafts.for_each(|draft| drop(fs::remove_file(draft.path())));
}

/// Writes a new file and waits until it is on the disk, so that no file gets its name before it is complete.
fn write_through(path: &Path, contents: impl AsRef<[u8]>) -> io::Result<()> {
    let mut file = fs::File::create_new(path)?;
    file.write_all(contents.as_ref())?;
    file.sync_all()
}

/// Renames a file in one step. Fails if the new name is taken.
#[cfg(all(target_os = "linux", not(feature = "portable")))]
fn rename_to_new(draft: &Path, path: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    match renameat_with(CWD, draft, CWD, path, RenameFlags::NOREPLACE) {
        Ok(()) => Ok(()),
        // Some file systems do not support this kind of rename.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => fs::hard_link(draft, path),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(all(target_os = "linux", not(feature = "portable"))))]
fn rename_to_new(draft: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(draft, path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            // A file system without links: the name is taken by an empty file first. A run that is killed here leaves it empty.
            fs::File::create_new(path)?;
            fs::rename(draft, path)
        }
        linked => linked,
    }
}

/// Writes new folders. Each comes with its files: a path in the folder, and a text. The folders are made in stages, and moved to
/// their places only when all are complete. A run that is killed before that leaves no folder. Files of others stay.
///
/// # Errors
/// A sentence: a folder is not empty, or the system refused. Then nothing has changed.
pub fn add_folders(folders: &[(PathBuf, &[(String, String)])], tell: &Tell<'_>) -> Result<(), String> {
    let above = folders.first().and_then(|(folder, _)| folder_of(folder));
    let _alone = above.map(|above| lock(above, tell)).transpose().map_err(sentence)?;
    let mut stages = Vec::with_capacity(folders.len());
    for (folder, files) in folders {
        refuse_taken(folder)?;
        let stage = Stage::new(folder).map_err(sentence)?;
        for (path, text) in *files {
            let path = stage.new_folder().join(path);
            make_folder_of(&path).map_err(sentence)?;
            fs::write(&path, text).map_err(|error| sentence(refused(&path, &error)))?;
        }
        stages.push(stage);
    }
    let mut there: Vec<&Path> = Vec::new();
    for ((folder, _), stage) in folders.iter().zip(&stages) {
        // Not every system replaces an empty folder. None removes or replaces one that is not empty.
        let _ = fs::remove_dir(folder);
        if let Err(error) = fs::rename(stage.new_folder(), folder) {
            there.into_iter().for_each(|done| drop(fs::remove_dir_all(done)));
            return Err(sentence(refused(folder, &error)));
        }
        there.push(folder);
    }
    Ok(())
}

/// Refuses a folder that is not empty, and a path that is not a folder. Hidden files count.
fn refuse_taken(folder: &Path) -> Result<(), String> {
    match fs::read_dir(folder).map(|mut entries| entries.next().is_some()) {
        Ok(false) => Ok(()),
        Ok(true) => Err(format!("{} is not empty; move what it holds away first", folder.display())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(sentence(refused(folder, &error))),
    }
}

fn sentence(failure: WriteFailure) -> String {
    match failure {
        WriteFailure::Refused(why) => why,
        WriteFailure::Page(found) => found.into_iter().map(|diagnostic| diagnostic.message).collect(),
    }
}

/// The paths that an earlier build wrote to `out`; empty if `out` is empty or does not exist.
fn manifest(out: &Path, contents: &Contents) -> Result<BTreeSet<String>, WriteFailure> {
    let path = out.join(MANIFEST);
    let damaged = || WriteFailure::Refused(format!("{} is damaged; remove the folder and build again", path.display()));
    let Some(size) = contents.files.get(Path::new(MANIFEST)) else {
        return match contents {
            Contents { others, .. } if others.contains(Path::new(MANIFEST)) => Err(damaged()),
            Contents { files, others, empty, .. } if files.is_empty() && others.is_empty() && empty.is_empty() => {
                Ok(BTreeSet::new())
            }
            _ => Err(WriteFailure::Refused(format!(
                "{} holds files that milepost did not write; choose another folder with --out",
                out.display()
            ))),
        };
    };
    if *size > MANIFEST_LIMIT {
        return Err(damaged());
    }
    let text = String::from_utf8(start_of(&path, *size).map_err(|error| refused(&path, &error))?);
    let text = text.ok().filter(|text| text.lines().next() == Some(SIGNATURE)).ok_or_else(damaged)?;
    Ok(text.lines().skip(1).map(str::to_owned).collect())
}

/// The contents of a folder. Links count as `others`, and are not followed.
struct Contents {
    /// The path of the folder.
    folder: PathBuf,
    /// Ordinary files with their sizes.
    files: BTreeMap<PathBuf, u64>,
    /// Everything that is neither a file nor a folder.
    others: BTreeSet<PathBuf>,
    /// Empty folders. All other folders follow from the paths of their files.
    empty: Vec<PathBuf>,
}

impl Contents {
    fn of(out: &Path) -> Result<Self, WriteFailure> {
        let (files, others, empty) = (BTreeMap::new(), BTreeSet::new(), Vec::new());
        let mut contents = Self { folder: out.to_owned(), files, others, empty };
        for entry in WalkDir::new(out).follow_root_links(false).sort_by_file_name() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) if error.io_error().is_some_and(|io| io.kind() == io::ErrorKind::NotFound) => break,
                Err(error) => return Err(WriteFailure::Refused(error.to_string())),
            };
            let path = entry.path().strip_prefix(out).unwrap_or(entry.path()).to_owned();
            let kind = entry.file_type();
            if entry.depth() == 0 {
                if !kind.is_dir() {
                    return Err(WriteFailure::Refused(format!("{} is no folder; name one with --out", out.display())));
                }
            } else if kind.is_dir() {
                let is_empty = fs::read_dir(entry.path()).is_ok_and(|mut inside| inside.next().is_none());
                contents.empty.extend(is_empty.then_some(path));
            } else if kind.is_file() {
                let found = entry.metadata().map_err(|error| WriteFailure::Refused(error.to_string()))?;
                contents.files.insert(path, found.len());
            } else {
                contents.others.insert(path);
            }
        }
        Ok(contents)
    }

    /// The files that no build wrote. They stay.
    fn foreign(&self, before: &BTreeSet<String>) -> Vec<&Path> {
        let ours = |path: &Path| path.to_str().is_some_and(|path| path == MANIFEST || before.contains(&address(path)));
        self.files.keys().chain(&self.others).map(PathBuf::as_path).filter(|path| !ours(path)).collect()
    }
}

/// A path with `/` between folders.
fn address(path: &str) -> String {
    path.replace(std::path::MAIN_SEPARATOR, "/")
}

/// Whether a file at `path` prevents the writing of one of a site's `paths`: the file has the same path, is where a folder must
/// be, or is inside a path that must be a file. The case of letters makes no difference on some systems, so it makes none here;
/// `paths` are in lower case.
fn is_in_the_way(path: &Path, paths: &BTreeSet<String>) -> bool {
    let Some(path) = path.to_str().map(|path| address(path).to_lowercase()) else { return false };
    let above = path.match_indices('/').map(|(end, _)| &path[..end]);
    let below = format!("{path}/");
    paths.contains(&path)
        || above.into_iter().any(|above| paths.contains(above))
        || paths.range(below.clone()..).next().is_some_and(|next| next.starts_with(&below))
}

/// Whether the file at `path`, which has `size` bytes, holds exactly `bytes`.
fn holds(path: &Path, size: u64, bytes: &[u8]) -> bool {
    size == bytes.len() as u64 && start_of(path, size).is_ok_and(|found| found == bytes)
}

/// The first `size` bytes of a file, and one more if the file is longer.
fn start_of(path: &Path, size: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(size + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Renders every file, and writes those that differ from the file that is there to the folder `new`. Returns for each file whether it
/// was written.
fn render(site: &dyn Rendered, there: &Contents, new: &Path, tell: &Tell<'_>) -> Result<Vec<bool>, WriteFailure> {
    let one = |(nth, file): (usize, &&str)| {
        let rendered = site.render_nth(nth);
        tell(WriteStep::Done);
        let bytes = rendered.map_err(|diagnostic| WriteFailure::Page(vec![*diagnostic]))?;
        let size = there.files.get(Path::new(file));
        if size.is_some_and(|size| holds(&there.folder.join(file), *size, &bytes)) {
            return Ok(false);
        }
        let path = new.join(file);
        make_folder_of(&path)?;
        fs::write(&path, bytes).map_err(|error| refused(&path, &error))?;
        Ok(true)
    };
    let files = site.paths();
    let results: Vec<Result<bool, WriteFailure>> = files.par_iter().enumerate().map(one).collect();
    let mut changed = Vec::with_capacity(results.len());
    let mut broken: Vec<Diagnostic> = Vec::new();
    for result in results {
        match result {
            Ok(one) => changed.push(one),
            // A mistake in a template shows on each of its pages; it is reported once.
            Err(WriteFailure::Page(mut page)) => {
                page.retain(|new| !broken.iter().any(|known| known.place == new.place));
                broken.append(&mut page);
            }
            Err(refusal) => return Err(refusal),
        }
    }
    if broken.is_empty() { Ok(changed) } else { Err(WriteFailure::Page(broken)) }
}

/// The folder that holds `path`; `None` for a root, and for a path that ends in `..`.
fn folder_of(path: &Path) -> Option<&Path> {
    let above = path.file_name().and_then(|_| path.parent())?;
    Some(if above.as_os_str().is_empty() { Path::new(".") } else { above })
}

/// The time between two attempts to get a lock.
const PAUSE: Duration = Duration::from_millis(50);
/// The number of pauses before a message about the wait: one second.
const SOON: u32 = 20;
/// The number of pauses before the wait is given up: half a minute.
const LONG: u32 = 600;

/// Locks `folder`: waits until no other run writes in it, and keeps others waiting until the result is dropped. The system releases
/// the lock when a run is killed. On a file system without locks the result is `None`.
fn lock(folder: &Path, tell: &Tell<'_>) -> Result<Option<fs::File>, WriteFailure> {
    fs::create_dir_all(folder).map_err(|error| refused(folder, &error))?;
    let Ok(lock) = lockable(folder) else { return Ok(None) };
    for pauses in 0..LONG {
        match lock.try_lock() {
            Ok(()) => return Ok(Some(lock)),
            Err(TryLockError::Error(_)) => return Ok(None),
            Err(TryLockError::WouldBlock) => {}
        }
        if pauses == SOON {
            tell(WriteStep::Waits(&format!("waiting for {}, which has locked {}", holder(&lock), folder.display())));
        }
        thread::sleep(PAUSE);
    }
    let why = format!("{} has locked {} for half a minute", holder(&lock), folder.display());
    Err(WriteFailure::Refused(format!("{why}; nothing was written; try again when it has ended")))
}

/// What is locked for `folder`: the folder itself, so that no file is left behind.
#[cfg(all(unix, not(feature = "portable")))]
fn lockable(folder: &Path) -> io::Result<fs::File> {
    fs::File::open(folder)
}

/// What is locked for `folder`: where folders have no locks, an empty file among the user's temporary files that is named after it.
#[cfg(not(all(unix, not(feature = "portable"))))]
fn lockable(folder: &Path) -> io::Result<fs::File> {
    let name = sha256(fs::canonicalize(folder)?.as_os_str().as_encoded_bytes());
    let path = std::env::temp_dir().join(format!("milepost-{name}.lock"));
    fs::File::options().create(true).truncate(false).write(true).open(path)
}

/// The holder of the lock on `folder`, as far as the system knows.
fn holder(folder: &fs::File) -> String {
    let Some(process) = locked_by(folder) else { return "another program".to_owned() };
    let name = fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
    if name.is_empty() {
        format!("process {process}")
    } else {
        format!("process {process} ({})", line(name.trim_end()))
    }
}

/// The number of the process that holds the lock.
#[cfg(all(target_os = "linux", not(feature = "portable")))]
fn locked_by(folder: &fs::File) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    let found = folder.metadata().ok()?;
    let (major, minor) = (rustix::fs::major(found.dev()), rustix::fs::minor(found.dev()));
    let place = format!("{major:02x}:{minor:02x}:{}", found.ino());
    let locks = fs::read_to_string("/proc/locks").ok()?;
    // `7: FLOCK  ADVISORY  WRITE 4711 fe:01:1234 0 EOF`; a line for a process that waits has an arrow after the number.
    let held = locks.lines().map(|lock| lock.split_ascii_whitespace().skip(1).collect::<Vec<_>>());
    let held = held.filter(|words| words.first() == Some(&"FLOCK") && words.get(4) == Some(&place.as_str()));
    held.filter_map(|words| words.get(3)?.parse().ok()).find(|process| *process > 0)
}

#[cfg(not(all(target_os = "linux", not(feature = "portable"))))]
fn locked_by(_: &fs::File) -> Option<u32> {
    None
}

/// A hidden folder beside another one, in which the next version of that folder is made. It is removed when it is dropped.
struct Stage {
    folder: PathBuf,
}

impl Stage {
    /// The file that marks a folder as a stage.
    const MARK: &str = "made-by-milepost";

    fn new(out: &Path) -> Result<Self, WriteFailure> {
        let name =
            out.file_name().ok_or_else(|| WriteFailure::Refused(format!("{} cannot be written to", out.display())))?;
        make_folder_of(out)?;
        let named = |number: u32| {
            let mut hidden = OsString::from(".");
            hidden.push(name);
            hidden.push(".milepost-stage");
            if number > 0 {
                hidden.push(format!("-{number}"));
            }
            out.with_file_name(hidden)
        };
        let folder = (0..100).map(named).find(|folder| Self::clear(folder, out));
        let folder = folder.ok_or_else(|| WriteFailure::Refused(format!("{} is not free", named(0).display())))?;
        let stage = Self { folder };
        let made = fs::create_dir(&stage.folder)
            .and_then(|()| fs::write(stage.folder.join(Self::MARK), ""))
            .and_then(|()| fs::create_dir(stage.new_folder()));
        made.map_err(|error| refused(&stage.folder, &error))?;
        Ok(stage)
    }

    /// Removes the stage that a killed run left at `folder`; false if `folder` is something that no run made.
    fn clear(folder: &Path, out: &Path) -> bool {
        match fs::symlink_metadata(folder) {
            Err(error) => error.kind() == io::ErrorKind::NotFound,
            // An empty folder is a stage whose run was killed before it wrote the mark: nothing is lost.
            Ok(found) if found.is_dir() && !Self::is_stage(folder) => fs::remove_dir(folder).is_ok(),
            Ok(found) if found.is_dir() => {
                // If the exchange takes two steps, a run may be killed between them.
                let old = folder.join("old");
                let is_lost = old.exists() && fs::symlink_metadata(out).is_err();
                (!is_lost || fs::rename(&old, out).is_ok()) && Self::remove(folder).is_ok()
            }
            Ok(_) => false,
        }
    }

    /// Removes what a run makes in a stage. The mark goes last, because a run may be killed here too.
    fn remove(folder: &Path) -> io::Result<()> {
        for part in ["new", "old"] {
            match fs::remove_dir_all(folder.join(part)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        let _ = fs::remove_file(folder.join(Self::MARK));
        fs::remove_dir(folder)
    }

    fn is_stage(folder: &Path) -> bool {
        fs::symlink_metadata(folder.join(Self::MARK)).is_ok_and(|found| found.is_file())
    }

    /// The folder in which the next version is made.
    fn new_folder(&self) -> PathBuf {
        self.folder.join("new")
    }

    fn take_the_place_of(self, out: &Path) -> Result<(), WriteFailure> {
        let changed = if out.exists() { self.exchange(out) } else { fs::rename(self.new_folder(), out) };
        changed.map_err(|error| refused(out, &error))
    }

    /// Lets two folders change places in one step.
    #[cfg(all(target_os = "linux", not(feature = "portable")))]
    fn exchange(&self, out: &Path) -> io::Result<()> {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        match renameat_with(CWD, self.new_folder(), CWD, out, RenameFlags::EXCHANGE) {
            Ok(()) => Ok(()),
            // Some file systems do not support the exchange.
            Err(_) => self.exchange_in_steps(out),
        }
    }

    #[cfg(not(all(target_os = "linux", not(feature = "portable"))))]
    fn exchange(&self, out: &Path) -> io::Result<()> {
        self.exchange_in_steps(out)
    }

    /// Exchanges the folders in two steps. Between them there is no site; this file system allows nothing better.
    fn exchange_in_steps(&self, out: &Path) -> io::Result<()> {
        let aside = self.folder.join("old");
        fs::rename(out, &aside)?;
        // If the second step fails, the old site goes back to its place.
        fs::rename(self.new_folder(), out).or_else(|error| fs::rename(&aside, out).and(Err(error)))
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // After the exchange the stage holds the old site; before it, the files of a failed build.
        let _ = Self::remove(&self.folder);
    }
}

/// Brings an unchanged file into the stage: as a hard link if the file system supports it, otherwise as a copy.
fn carry_over(old: &Path, new: &Path, is_file: bool) -> Result<(), WriteFailure> {
    make_folder_of(new)?;
    let carried = fs::hard_link(old, new);
    let carried = carried.or_else(|error| if is_file { fs::copy(old, new).map(drop) } else { Err(error) });
    carried.map_err(|error| refused(old, &error))
}

fn make_folder_of(path: &Path) -> Result<(), WriteFailure> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(|error| refused(folder, &error))
}

fn refused(path: &Path, error: &io::Error) -> WriteFailure {
    WriteFailure::Refused(format!("{}: {}", path.display(), error.kind()))
}
