//! Finds the files of many units, and reads them one by one. What a user names may be a link; what lies in a folder is never followed.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::base::layout::SEAL_FILE;
use crate::load::workspace::plain_reason;

/// The most units of a group.
pub const UNIT_LIMIT: usize = 50_000;
/// The most bytes of a file of a unit.
pub const BYTES_LIMIT: u64 = 64 << 20;

/// The file with a unit's figures, as `milepost export table` writes it.
const TABLE: &str = "table.csv";
/// The file that says what moved them, as `milepost export changes` writes it.
const CHANGES: &str = "changes.csv";
/// The folder of a site that holds its data.
const DATA: &str = "data";

/// Where the files of one unit are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnitFiles {
    /// The table.
    pub table: PathBuf,
    /// The name of the unit's folder, or of a table that has another name than its own.
    pub folder: String,
    /// What moved the figures, if that is there.
    pub changes: Option<PathBuf>,
    /// The seal, if it is there.
    pub seal: Option<PathBuf>,
}

/// What [`find`] found.
#[derive(Clone, Debug, Default)]
pub struct FoundUnits {
    /// The units, by the paths of their tables.
    pub units: BTreeSet<UnitFiles>,
    /// What is wrong with the paths that were named, in sentences.
    pub faults: Vec<String>,
    /// What lies in the folders and is no unit, in sentences.
    pub notes: Vec<String>,
}

/// Finds units: a file is a table; a folder is a unit if it holds one, and else each of its folders and tables is one.
pub fn find(paths: &[PathBuf]) -> FoundUnits {
    let mut found = FoundUnits::default();
    for path in paths {
        match fs::metadata(path) {
            Ok(file) if file.is_file() => found.take(of_table(path)),
            Ok(folder) if folder.is_dir() => match of_folder(path) {
                Some(unit) => found.take(unit),
                None => in_folder(path, &mut found),
            },
            Ok(_) => found.faults.push(format!("{} is neither a file nor a folder", path.display())),
            Err(error) => found.faults.push(format!("{}: {}", path.display(), plain_reason(Some(&error)))),
        }
    }
    if found.units.is_empty() && found.faults.is_empty() {
        let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        found
            .faults
            .push(format!("{} holds no table of a unit: each unit has a folder with {TABLE}", names.join(", ")));
    }
    found
}

impl FoundUnits {
    fn take(&mut self, unit: UnitFiles) {
        if self.units.len() < UNIT_LIMIT {
            self.units.insert(unit);
        } else if self.faults.len() < UNIT_LIMIT {
            self.faults.push(format!("{}: there are more than {UNIT_LIMIT} units", unit.table.display()));
        }
    }
}

/// The units in the folder `path`, which is none itself.
fn in_folder(path: &Path, found: &mut FoundUnits) {
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) => return found.faults.push(format!("{}: {}", path.display(), plain_reason(Some(&error)))),
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let is_hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        match fs::symlink_metadata(&path) {
            Ok(found_there) if found_there.is_symlink() => {
                found.notes.push(format!("{} is a link, and links in a folder are not followed", path.display()));
            }
            Ok(folder) if folder.is_dir() && !is_hidden => match of_folder(&path) {
                Some(unit) => found.take(unit),
                None => found.notes.push(format!("{} holds no {TABLE}", path.display())),
            },
            Ok(file) if file.is_file() && path.extension().is_some_and(|ending| ending == "csv") => {
                found.take(of_table(&path));
            }
            _ => {}
        }
    }
}

/// The unit whose files lie in `folder`, or in its folder `data`.
fn of_folder(folder: &Path) -> Option<UnitFiles> {
    let table = [folder.join(TABLE), folder.join(DATA).join(TABLE)].into_iter().find(|path| is_file(path))?;
    Some(of_table(&table))
}

/// The unit of a table. Where it has its usual name, what lies beside it is the unit's too.
fn of_table(table: &Path) -> UnitFiles {
    let name = |path: Option<&Path>| {
        let name = path.and_then(Path::file_name).or_else(|| path.and_then(Path::file_stem));
        name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    };
    if table.file_name().is_none_or(|name| name != TABLE) {
        let stem = table.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        return UnitFiles { table: table.to_owned(), folder: stem, changes: None, seal: None };
    }
    let beside = table.parent().unwrap_or(Path::new(""));
    let home = if beside.file_name().is_some_and(|name| name == DATA) { beside.parent() } else { None };
    let at = |file: &str| {
        let places = [Some(beside), home].into_iter().flatten();
        places.map(|folder| folder.join(file)).find(|path| is_file(path))
    };
    UnitFiles {
        table: table.to_owned(),
        folder: name(Some(home.unwrap_or(beside))),
        changes: at(CHANGES),
        seal: at(SEAL_FILE),
    }
}

/// Whether a file lies there, and no link.
fn is_file(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_file())
}

/// The bytes of a file.
///
/// # Errors
/// A sentence without the path: the system refused, or there are more than [`BYTES_LIMIT`].
pub fn read(path: &Path) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let opened = fs::File::open(path).and_then(|file| file.take(BYTES_LIMIT + 1).read_to_end(&mut bytes));
    opened.map_err(|error| plain_reason(Some(&error)))?;
    if bytes.len() as u64 > BYTES_LIMIT {
        return Err(format!("it has more than {} MiB; print one quarter of it, with --quarter", BYTES_LIMIT >> 20));
    }
    Ok(bytes)
}
