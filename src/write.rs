//! A site in, a folder of files out; texts in, new files and folders out: the only writer.
//!
//! Changed files are written to a stage beside the folder, unchanged ones are linked there, and the two folders change places in
//! one step: a build that is killed leaves the old site or the new one. A site in which nothing changed is not touched.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use rayon::prelude::*;
use walkdir::WalkDir;

use crate::diagnostic::Diagnostic;
use crate::report::site::{File, Site};

/// Lists what a build wrote, in the folder itself; a folder without it was not made by Milepost.
pub const MANIFEST: &str = ".milepost-site";
/// The first line of the manifest.
const SIGNATURE: &str = "Written by milepost: it replaces and removes only the files listed here.";

/// What became of the files of a site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Files of the site.
    pub files: usize,
    /// Files that are new or were different before.
    pub changed: usize,
    /// Files of the site before that are no longer part of it.
    pub removed: usize,
}

/// Why nothing was written. The folder is as it was.
#[derive(Debug)]
pub enum Failure {
    /// A page could not be rendered; at most one diagnostic for each template.
    Page(Vec<Diagnostic>),
    /// The folder is not Milepost's to change, or the system refused; a sentence that says so.
    Refused(String),
}

/// Writes `site` to the folder `out`, and calls `done` for each file, from any thread.
///
/// # Errors
/// See [`Failure`].
pub fn write(site: &Site<'_>, out: &Path, done: &(dyn Fn() + Sync)) -> Result<Written, Failure> {
    // A link to the folder stays a link: the folder that it leads to is replaced.
    let target =
        if out.is_symlink() { fs::canonicalize(out).map_err(|error| refused(out, &error))? } else { out.to_owned() };
    let out = target.as_path();
    let _alone = alone(out)?;
    let before = manifest(out)?;
    let paths: BTreeSet<&str> = site.files().iter().map(|file| file.path.as_str()).collect();
    let foreign = foreign(out, &before)?;
    if let Some(taken) = foreign.files.iter().find(|path| paths.contains(path.as_str())) {
        return Err(Failure::Refused(format!(
            "{} was not written by milepost; move it away first",
            out.join(taken).display()
        )));
    }
    let stage = Stage::new(out)?;
    let changed = render(site, out, &stage.path, done)?;
    let removed = before.iter().filter(|path| !paths.contains(path.as_str())).count();
    let written = Written { files: paths.len(), changed: changed.iter().filter(|changed| **changed).count(), removed };
    if written.changed == 0 && written.removed == 0 && !before.is_empty() {
        return Ok(written);
    }
    for (file, _) in site.files().iter().zip(&changed).filter(|(_, changed)| !**changed) {
        carry_over(&out.join(&file.path), &stage.path.join(&file.path))?;
    }
    for path in &foreign.files {
        carry_over(&out.join(path), &stage.path.join(path))?;
    }
    for path in &foreign.folders {
        let folder = stage.path.join(path);
        fs::create_dir_all(&folder).map_err(|error| refused(&folder, &error))?;
    }
    let list: Vec<&str> = std::iter::once(SIGNATURE).chain(paths).collect();
    let manifest = stage.path.join(MANIFEST);
    fs::write(&manifest, list.join("\n") + "\n").map_err(|error| refused(&manifest, &error))?;
    stage.take_the_place_of(out)?;
    Ok(written)
}

/// Refuses a folder that holds the workspace at `root`, and one within a folder of it that is `read`: a report that is a part of
/// its own input would move or change it.
///
/// # Errors
/// A refusal that names both.
pub fn apart(out: &Path, root: &Path, read: &[String]) -> Result<(), Failure> {
    let (place, root) = (resolved(out), resolved(root));
    let refusal =
        |why: &str| Failure::Refused(format!("{} {why}; choose a folder beside it with --out", out.display()));
    if root.starts_with(&place) {
        return Err(refusal("holds the workspace"));
    }
    match read.iter().find(|folder| place.starts_with(root.join(folder))) {
        Some(folder) => Err(refusal(&format!("lies in {folder}/, from which the report is made"))),
        None => Ok(()),
    }
}

/// A path without dots, and without links as far as it is there.
fn resolved(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    path.components().fold(PathBuf::new(), |so_far, part| match part {
        Component::ParentDir => so_far.parent().map(Path::to_owned).unwrap_or(so_far),
        part => fs::canonicalize(so_far.join(part)).unwrap_or_else(|_| so_far.join(part)),
    })
}

/// Writes `files`, each a path and a text, to the folder `dir`, which holds nothing yet but hidden things such as `.git`.
///
/// # Errors
/// A sentence: the folder holds something already, or the system refused.
pub fn create(dir: &Path, files: &[(&str, &str)]) -> Result<(), String> {
    let visible = |entry: io::Result<fs::DirEntry>| {
        entry.is_ok_and(|entry| !entry.file_name().as_encoded_bytes().starts_with(b"."))
    };
    let taken = fs::read_dir(dir).is_ok_and(|mut entries| entries.any(visible));
    if taken || files.iter().any(|(path, _)| dir.join(path).exists()) {
        return Err(format!("{} is not empty; name a folder that does not exist yet", dir.display()));
    }
    for (path, text) in files {
        let path = dir.join(path);
        let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, text));
        written.map_err(|error| format!("{}: {}", path.display(), error.kind()))?;
    }
    Ok(())
}

/// Writes `text` to the new file `path`: all of it or nothing, and never over a file that is there. What a killed run left of
/// such a file is removed.
///
/// # Errors
/// A sentence: the file is there already, or the system refused.
pub fn add(path: &Path, text: &str) -> Result<(), String> {
    let taken = || format!("{} is there already; it was not touched", path.display());
    let refused = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => taken(),
        kind => format!("{}: {kind}", path.display()),
    };
    let name = path.file_name().ok_or_else(|| format!("{} cannot be written to", path.display()))?;
    // Hidden files are never read. The number keeps two runs at once apart.
    let draft = |end: &str| [".", &name.to_string_lossy(), ".milepost-draft-", end].concat();
    remove_drafts(path, &draft(""));
    if path.symlink_metadata().is_ok() {
        return Err(taken());
    }
    let draft = path.with_file_name(draft(&std::process::id().to_string()));
    let written = write_through(&draft, text).and_then(|()| rename_to_new(&draft, path));
    // Renamed, it is gone from here; linked or refused, it is not.
    let _ = fs::remove_file(&draft);
    written.map_err(refused)
}

/// Removes what killed runs left beside `path`; what cannot be removed is in nobody's way.
fn remove_drafts(path: &Path, start: &str) {
    let entries = path.parent().and_then(|folder| fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    let drafts = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(start));
    drafts.for_each(|draft| drop(fs::remove_file(draft.path())));
}

/// Writes a new file down to the disk, so that a name is never given to half of it.
fn write_through(path: &Path, text: &str) -> io::Result<()> {
    let mut file = fs::File::create_new(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Gives a file a name that no other file has, in one step.
#[cfg(target_os = "linux")]
fn rename_to_new(draft: &Path, path: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    match renameat_with(CWD, draft, CWD, path, RenameFlags::NOREPLACE) {
        Ok(()) => Ok(()),
        // Some file systems know no such renaming.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => fs::hard_link(draft, path),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(target_os = "linux"))]
fn rename_to_new(draft: &Path, path: &Path) -> io::Result<()> {
    fs::hard_link(draft, path)
}

/// Writes new folders, each with its files, which are a path in the folder and a text. They take shape beside their places and
/// go there only when all of them are whole: a run that is killed before leaves no folder, and what others put there stays.
///
/// # Errors
/// A sentence: a folder holds something already, or the system refused. What was there before is as it was.
pub fn add_folders(folders: &[(PathBuf, &[(String, String)])]) -> Result<(), String> {
    let _alone = folders.first().map(|(folder, _)| alone(folder)).transpose().map_err(sentence)?;
    let mut stages = Vec::with_capacity(folders.len());
    for (folder, files) in folders {
        taken(folder)?;
        let stage = Stage::new(folder).map_err(sentence)?;
        for (path, text) in *files {
            let path = stage.path.join(path);
            make_folder_of(&path).map_err(sentence)?;
            fs::write(&path, text).map_err(|error| sentence(refused(&path, &error)))?;
        }
        stages.push(stage);
    }
    let mut there: Vec<&Path> = Vec::new();
    for ((folder, _), stage) in folders.iter().zip(&stages) {
        // A folder that is empty gives way, one that is not refuses.
        if let Err(error) = fs::rename(&stage.path, folder) {
            there.into_iter().for_each(|done| drop(remove(done)));
            return Err(sentence(refused(folder, &error)));
        }
        there.push(folder);
    }
    Ok(())
}

/// Refuses a folder that holds anything, hidden or not, and whatever is no folder.
fn taken(folder: &Path) -> Result<(), String> {
    match fs::read_dir(folder).map(|mut entries| entries.next().is_some()) {
        Ok(false) => Ok(()),
        Ok(true) => Err(format!("{} is not empty; move what it holds away first", folder.display())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(sentence(refused(folder, &error))),
    }
}

fn sentence(failure: Failure) -> String {
    match failure {
        Failure::Refused(why) => why,
        Failure::Page(found) => found.into_iter().map(|diagnostic| diagnostic.message).collect(),
    }
}

/// The paths that an earlier build wrote to `out`; none where `out` is empty or not there.
fn manifest(out: &Path) -> Result<BTreeSet<String>, Failure> {
    let path = out.join(MANIFEST);
    match fs::read_to_string(&path) {
        Ok(text) if text.lines().next() == Some(SIGNATURE) => Ok(text.lines().skip(1).map(str::to_owned).collect()),
        Ok(_) => Err(Failure::Refused(format!("{} is damaged; remove the folder and build again", path.display()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => match fs::read_dir(out).map(Iterator::count) {
            Ok(1..) => Err(Failure::Refused(format!(
                "{} holds files that milepost did not write; choose another folder with --out",
                out.display()
            ))),
            Ok(_) => Ok(BTreeSet::new()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeSet::new()),
            Err(error) => Err(refused(out, &error)),
        },
        Err(error) => Err(refused(&path, &error)),
    }
}

/// What stands in `out` and no build wrote: it stays.
#[derive(Default)]
struct Foreign {
    files: Vec<String>,
    /// Folders that hold nothing; others come with their files.
    folders: Vec<String>,
}

fn foreign(out: &Path, before: &BTreeSet<String>) -> Result<Foreign, Failure> {
    let mut foreign = Foreign::default();
    for entry in WalkDir::new(out).min_depth(1).sort_by_file_name() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) if error.io_error().is_some_and(|io| io.kind() == io::ErrorKind::NotFound) => break,
            Err(error) => return Err(Failure::Refused(error.to_string())),
        };
        let path = entry.path().strip_prefix(out).unwrap_or(entry.path()).to_string_lossy().replace('\\', "/");
        if entry.file_type().is_dir() {
            if fs::read_dir(entry.path()).is_ok_and(|mut inside| inside.next().is_none()) {
                foreign.folders.push(path);
            }
        } else if path != MANIFEST && !before.contains(&path) {
            foreign.files.push(path);
        }
    }
    Ok(foreign)
}

/// Renders every file; those that differ from what stands in `out` go to `stage`. Says for each whether it did.
fn render(site: &Site<'_>, out: &Path, stage: &Path, done: &(dyn Fn() + Sync)) -> Result<Vec<bool>, Failure> {
    let one = |file: &File| {
        done();
        let bytes = site.render(file).map_err(|diagnostic| Failure::Page(vec![*diagnostic]))?;
        if fs::read(out.join(&file.path)).is_ok_and(|old| old == bytes) {
            return Ok(false);
        }
        let path = stage.join(&file.path);
        make_folder_of(&path)?;
        fs::write(&path, bytes).map_err(|error| refused(&path, &error))?;
        Ok(true)
    };
    let results: Vec<Result<bool, Failure>> = site.files().par_iter().map(one).collect();
    let mut changed = Vec::with_capacity(results.len());
    let mut broken: Vec<Diagnostic> = Vec::new();
    for result in results {
        match result {
            Ok(one) => changed.push(one),
            // A mistake in a template shows on each page that it makes: once is enough.
            Err(Failure::Page(mut page)) => {
                page.retain(|new| !broken.iter().any(|known| known.place == new.place));
                broken.append(&mut page);
            }
            Err(refusal) => return Err(refusal),
        }
    }
    if broken.is_empty() { Ok(changed) } else { Err(Failure::Page(broken)) }
}

/// Waits until no other run writes beside `out`, and keeps others waiting while the result lives. What is locked is the folder
/// above, so no file is left behind, and the system lets go of it when a run is killed. File systems without locks go without.
fn alone(out: &Path) -> Result<Option<fs::File>, Failure> {
    let (Some(above), Some(_)) = (out.parent(), out.file_name()) else { return Ok(None) };
    let above = if above.as_os_str().is_empty() { Path::new(".") } else { above };
    fs::create_dir_all(above).map_err(|error| refused(above, &error))?;
    Ok(fs::File::open(above).ok().filter(|folder| folder.lock().is_ok()))
}

/// A folder beside the site in which the next one takes shape; it is removed when it is no longer needed, come what may.
struct Stage {
    path: PathBuf,
}

impl Stage {
    fn new(out: &Path) -> Result<Self, Failure> {
        let name =
            out.file_name().ok_or_else(|| Failure::Refused(format!("{} cannot be written to", out.display())))?;
        let mut hidden = OsString::from(".");
        hidden.push(name);
        hidden.push(".milepost-stage");
        let path = out.with_file_name(hidden);
        // What a killed build left behind.
        remove(&path)?;
        fs::create_dir_all(&path).map_err(|error| refused(&path, &error))?;
        Ok(Self { path })
    }

    fn take_the_place_of(self, out: &Path) -> Result<(), Failure> {
        if out.exists() {
            exchange(&self.path, out).map_err(|error| refused(out, &error))
        } else {
            fs::rename(&self.path, out).map_err(|error| refused(out, &error))
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // After the exchange this is the old site; before it, a build that came to nothing.
        let _ = remove(&self.path);
    }
}

/// Lets two folders change places in one step.
#[cfg(target_os = "linux")]
fn exchange(stage: &Path, out: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    match renameat_with(CWD, stage, CWD, out, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(()),
        // Some file systems know no exchange.
        Err(_) => exchange_in_steps(stage, out),
    }
}

#[cfg(not(target_os = "linux"))]
fn exchange(stage: &Path, out: &Path) -> io::Result<()> {
    exchange_in_steps(stage, out)
}

/// Between the two steps there is no site: as close to one step as the file system allows.
fn exchange_in_steps(stage: &Path, out: &Path) -> io::Result<()> {
    let aside = stage.with_extension("milepost-old");
    fs::rename(out, &aside)?;
    if let Err(error) = fs::rename(stage, out) {
        // The old site goes back to where it was.
        return fs::rename(&aside, out).and(Err(error));
    }
    fs::rename(&aside, stage)
}

/// Brings an unchanged file into the stage: a link where the file system can, a copy where not.
fn carry_over(old: &Path, new: &Path) -> Result<(), Failure> {
    make_folder_of(new)?;
    fs::hard_link(old, new).or_else(|_| fs::copy(old, new).map(drop)).map_err(|error| refused(new, &error))
}

fn make_folder_of(path: &Path) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(|error| refused(folder, &error))
}

fn remove(path: &Path) -> Result<(), Failure> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(refused(path, &error)),
        _ => Ok(()),
    }
}

fn refused(path: &Path, error: &io::Error) -> Failure {
    Failure::Refused(format!("{}: {}", path.display(), error.kind()))
}
