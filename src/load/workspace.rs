//! Reads the files of a workspace's folder. It judges nothing: a fault of a file is part of its entry.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use sha2::{Digest, Sha256};
use toml::de::DeTable;
use walkdir::{DirEntry, WalkDir};

use crate::base::excerpt::Text;
use crate::base::layout::{
    COMMUNITY_PROFILES, CONFIG, EvidencePath, MAPPINGS, MAPS, PROFILE_FILE, QUARTER_FILE, REVIEWS, SEAL_FILE,
    SUMMARY_FILE, folder_of, is_hidden_file, is_toml, name_of, quarter_of_folder,
};
use crate::base::quarter::Quarter;
use crate::base::text::composed;
use crate::load::embedded;
use crate::load::glob::Glob;

/// The largest TOML, Markdown or theme file that is read, in bytes.
pub const TEXT_LIMIT: u64 = 1 << 20;
/// The largest artifact whose digest is taken, in bytes.
pub const ARTIFACT_LIMIT: u64 = 64 << 20;
/// The largest `seal.toml` that is read, in bytes: it names every file of a quarter.
pub const SEAL_LIMIT: u64 = 16 << 20;
/// The most files and folders that a workspace may hold below the folders that are walked.
pub const FILE_LIMIT: usize = 50_000;
/// The most globs of one key of `[files]`. Each file is compared with each glob.
pub const GLOB_LIMIT: usize = 50;
/// The deepest folder that is read, counted from the folders that are walked.
pub const DEPTH_LIMIT: usize = 16;

/// All that was found in a workspace, over the embedded catalogs and theme: a file of the same path replaces the embedded one.
#[derive(Debug)]
pub struct Workspace {
    /// Each file by its path relative to the root, with `/` between folders, as Unicode composes it.
    pub files: BTreeMap<String, Entry>,
    /// What stands before each path where it is printed, for places to be found from where the user stands: the folder as they
    /// named it, `REVISION:` and the folder in its repository, or nothing for an absolute folder.
    pub prefix: String,
    /// What stands before each path for a service that reads paths from the top of the repository; `None` if that is not known.
    pub in_repository: Option<String>,
    /// Which files are catalogs and which are evidence.
    pub patterns: Patterns,
    /// More than [`FILE_LIMIT`] files were found; those after the limit were not read.
    pub truncated: bool,
}

/// The content of one path.
#[derive(Debug, PartialEq, Eq)]
pub enum Entry {
    /// A TOML, Markdown or theme file.
    Text(Text),
    /// A text file with bytes that are not UTF-8: what it reads like, and where the first bad byte stands.
    NotUtf8 {
        /// The text with each bad sequence replaced by U+FFFD.
        lossy: String,
        /// Byte offset of the first bad byte, the same in `lossy` and in the file.
        at: usize,
        /// SHA-256 of the file as it is, in lower-case hexadecimal.
        sha256: String,
    },
    /// Any other file, known by its digest.
    Artifact {
        /// SHA-256 in lower-case hexadecimal.
        sha256: String,
        /// The same if its line ends were of the other kind; `None` if they are of no kind.
        exchanged: Option<String>,
    },
    /// A picture or font of a theme.
    Asset(Vec<u8>),
    /// Larger than [`TEXT_LIMIT`] or [`ARTIFACT_LIMIT`].
    TooLarge {
        /// Its size in bytes.
        bytes: u64,
        /// The limit that it exceeds, in bytes.
        limit: u64,
    },
    /// A symbolic link, never followed: it could lead out of the workspace or around in circles.
    Link,
    /// The system could not read it; this is the system's reason.
    Unreadable(String),
}

impl Workspace {
    /// The embedded files and the workspace's own file, which names the places of the other files.
    pub(crate) fn new(prefix: String, config: Option<Entry>) -> Self {
        let embedded = embedded::FILES.iter().chain(embedded::MAPS);
        let mut files: BTreeMap<String, Entry> =
            embedded.map(|(path, text)| ((*path).to_owned(), Entry::Text(Text::Embedded(text)))).collect();
        files.extend(config.map(|config| (CONFIG.to_owned(), config)));
        let mut workspace = Self { files, prefix, in_repository: None, patterns: Patterns::read(""), truncated: false };
        workspace.patterns = Patterns::read(workspace.text(CONFIG).unwrap_or_default());
        workspace
    }

    /// Nothing but the embedded files.
    pub fn embedded() -> Self {
        Self::new(String::new(), None)
    }

    /// Adds what was found at `path`. If two files of the workspace have the same path, both are unusable.
    pub(crate) fn add(&mut self, path: String, entry: Entry) {
        let entry = match self.files.get(&path) {
            None | Some(Entry::Text(Text::Embedded(_))) => entry,
            Some(Entry::Unreadable(_)) => return,
            Some(_) => {
                let why = r"two files have this name, once Unicode composes its letters (NFC) and each `\` is a `/`";
                Entry::Unreadable(why.to_owned())
            }
        };
        self.files.insert(path, entry);
    }

    /// The files that the workspace itself holds, without the embedded ones.
    pub fn own_files(&self) -> impl Iterator<Item = (&String, &Entry)> {
        self.files.iter().filter(|(_, entry)| !matches!(entry, Entry::Text(Text::Embedded(_))))
    }

    /// The evidence files, in the order of their paths.
    pub fn evidence(&self) -> impl Iterator<Item = EvidencePath<'_>> {
        self.files.keys().filter_map(|path| self.patterns.evidence_path(path))
    }

    /// The folder of `quarter`, where its own files or its evidence lie; `None` if it has no file.
    pub fn folder_of_quarter(&self, quarter: Quarter) -> Option<&str> {
        let own = self.files.keys().filter_map(|path| self.patterns.quarter_folder(path));
        own.chain(self.evidence().map(|evidence| evidence.folder))
            .find(|folder| quarter_of_folder(folder) == Some(quarter))
    }

    /// A file's path as it is printed.
    pub fn shown(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// A file's path as a service shows it that knows the repository, such as a forge; as it is printed where there is none.
    pub fn shown_in_repository(&self, path: &str) -> String {
        format!("{}{path}", self.in_repository.as_ref().unwrap_or(&self.prefix))
    }

    /// The text of a file, if it is one that can be shown.
    pub fn text(&self, path: &str) -> Option<&str> {
        match self.files.get(path)? {
            Entry::Text(text) => Some(text),
            Entry::NotUtf8 { lossy, .. } => Some(lossy),
            _ => None,
        }
    }

    /// The SHA-256 of a file, if there is one that can be read.
    pub fn digest(&self, path: &str) -> Option<String> {
        match self.files.get(path)? {
            Entry::Artifact { sha256, .. } | Entry::NotUtf8 { sha256, .. } => Some(sha256.clone()),
            Entry::Text(text) => Some(sha256(text.as_bytes())),
            Entry::Asset(bytes) => Some(sha256(bytes)),
            Entry::TooLarge { .. } | Entry::Link | Entry::Unreadable(_) => None,
        }
    }

    /// The SHA-256 that a file would have with the other kind of line ends, CRLF or LF; `None` if it has none or both.
    pub fn digest_exchanged(&self, path: &str) -> Option<String> {
        match self.files.get(path)? {
            Entry::Artifact { exchanged, .. } => exchanged.clone(),
            Entry::Text(text) => exchanged(text.as_bytes()).map(|other| sha256(&other)),
            _ => None,
        }
    }

    /// Whether a file is embedded in `milepost` and not replaced by a file of the workspace.
    pub fn is_embedded(&self, path: &str) -> bool {
        matches!(self.files.get(path), Some(Entry::Text(Text::Embedded(_))))
    }
}

/// The globs of `[files]` in `milepost.toml`; `*` stays within one folder and never matches a hidden name.
#[derive(Debug, Clone)]
pub struct Patterns {
    /// Catalog files.
    pub controls: Vec<Glob>,
    /// Evidence files: the last two folders of each path are its quarter and its team.
    pub evidence: Vec<Glob>,
    /// Guides.
    pub guides: Vec<Glob>,
    /// The folders of quarters: the globs of evidence without their last two parts.
    quarters: Vec<Glob>,
}

impl Patterns {
    /// The default of `[files] controls`.
    pub const CONTROLS: &str = "controls/**/*.toml";
    /// The default of `[files] evidence`.
    pub const EVIDENCE: &str = "content/*/*/*.toml";

    /// The default of `[files] guides`.
    pub const GUIDES: &str = "content/guides/**/*.md";

    /// Reads `[files]` without reporting mistakes: a wrong value becomes the default, and the check reports it later.
    fn read(config: &str) -> Self {
        let (table, _) = DeTable::parse_recoverable(config);
        let globs = |key: &str, default: &str| {
            let files = table.get_ref().get("files").and_then(|files| files.get_ref().as_table());
            let list = files.and_then(|files| files.get(key)).and_then(|list| list.get_ref().as_array());
            let patterns: Option<Vec<_>> = list.map(|list| {
                list.iter()
                    .take(GLOB_LIMIT)
                    .filter_map(|glob| glob.get_ref().as_str())
                    .filter_map(|glob| glob_pattern(glob).ok())
                    .collect()
            });
            patterns
                .filter(|patterns| !patterns.is_empty())
                .unwrap_or_else(|| glob_pattern(default).into_iter().collect())
        };
        let evidence = globs("evidence", Self::EVIDENCE);
        let quarter = |glob: &Glob| Glob::new(glob.as_str().rsplitn(3, '/').nth(2)?).ok();
        let quarters = evidence.iter().filter_map(quarter).collect();
        let (controls, guides) = (globs("controls", Self::CONTROLS), globs("guides", Self::GUIDES));
        Self { controls, evidence, guides, quarters }
    }

    /// Whether `path` is a catalog file: one that a glob of `[files] controls` names, or one where the embedded ones stand.
    pub fn is_catalog(&self, path: &str) -> bool {
        !is_hidden_file(path) && (path.starts_with("controls/") || matches(&self.controls, path))
    }

    /// Whether `path` is an evidence file.
    pub fn is_evidence(&self, path: &str) -> bool {
        matches(&self.evidence, path) && self.reviewed_folder(path).is_none()
    }

    /// The parts of an evidence file's path; `None` for any other file.
    pub fn evidence_path<'p>(&self, path: &'p str) -> Option<EvidencePath<'p>> {
        EvidencePath::of(path).filter(|_| self.is_evidence(path))
    }

    /// The folder of the quarter whose review, or the seal of whose reviews, `path` is, as in `content/2026-Q3/reviews/audit.toml`.
    pub fn reviewed_folder<'a>(&self, path: &'a str) -> Option<&'a str> {
        self.reviewed_by(folder_of(path).filter(|_| is_toml(path))?)
    }

    /// The folder of the quarter whose reviews are in `folder`, as in `content/2026-Q3/reviews`; `None` for any other folder.
    pub fn reviewed_by<'a>(&self, folder: &'a str) -> Option<&'a str> {
        folder_of(folder).filter(|above| name_of(folder) == REVIEWS && self.is_quarter(above))
    }

    /// The quarter whose review `path` is; `None` for any other file.
    pub fn reviewed_quarter(&self, path: &str) -> Option<Quarter> {
        self.reviewed_folder(path).filter(|_| name_of(path) != SEAL_FILE).and_then(quarter_of_folder)
    }

    /// Whether `path` is a guide.
    pub fn is_guide(&self, path: &str) -> bool {
        matches(&self.guides, path)
    }

    /// The folders in which the quarters' folders stand, each once, in the globs' order: that of `content/2026-Q3` is `content`.
    pub fn profile_folders(&self) -> Vec<String> {
        let above = |pattern: &Glob| folder_of(pattern.as_str()).map(str::to_owned);
        let mut seen = BTreeSet::new();
        self.quarters.iter().filter_map(above).filter(|folder| seen.insert(folder.clone())).collect()
    }

    /// The folder of the quarter whose own file `path` is, as in `content/2026-Q3/quarter.toml`.
    pub fn quarter_folder<'a>(&self, path: &'a str) -> Option<&'a str> {
        let folder = folder_of(path)
            .filter(|_| [QUARTER_FILE, SUMMARY_FILE, PROFILE_FILE, SEAL_FILE].contains(&name_of(path)))?;
        self.is_quarter(folder).then_some(folder)
    }

    /// The quarter that a file belongs to, as one of its own files or as evidence; `None` for any other file.
    pub fn quarter_of(&self, path: &str) -> Option<Quarter> {
        let evidence = || self.evidence_path(path).map(|evidence| evidence.folder);
        self.quarter_folder(path).or_else(evidence).and_then(quarter_of_folder)
    }

    /// Whether `folder` is one in which a quarter lies.
    pub fn is_quarter(&self, folder: &str) -> bool {
        matches(&self.quarters, folder) && name_of(folder) != REVIEWS
    }

    /// The folders below which all evidence lies: each glob up to its first wildcard.
    pub fn evidence_roots(&self) -> Vec<String> {
        self.evidence.iter().map(|pattern| literal_folder(pattern.as_str())).collect()
    }

    /// The folders below which everything that is read lies, none inside another.
    pub(crate) fn roots(&self) -> Vec<String> {
        let mut roots = self.evidence_roots();
        roots.extend(self.controls.iter().map(|pattern| literal_folder(pattern.as_str())));
        roots.extend(self.guides.iter().map(|pattern| literal_folder(pattern.as_str())));
        roots.extend([MAPPINGS, MAPS, COMMUNITY_PROFILES, "themes"].map(str::to_owned));
        roots.sort();
        roots.dedup();
        let kept = roots.clone();
        roots.retain(|root| {
            !kept.iter().any(|other| root.strip_prefix(other.as_str()).is_some_and(|rest| rest.starts_with('/')))
        });
        roots
    }
}

/// Compiles one glob of `[files]`, as Unicode composes it. It must name a folder first and stay inside the workspace.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn glob_pattern(glob: &str) -> Result<Glob, String> {
    let first = glob.split('/').next().unwrap_or_default();
    if first.is_empty()
        || first.contains(['*', '?', '['])
        || !glob.contains('/')
        || glob.split('/').any(|part| matches!(part, "" | "." | ".."))
    {
        return Err("a glob starts with a folder of the workspace and does not leave it".to_owned());
    }
    Glob::new(&composed(glob))
}

fn matches(globs: &[Glob], path: &str) -> bool {
    globs.iter().any(|glob| glob.matches(path))
}

pub(super) fn literal_folder(glob: &str) -> String {
    let folders = glob.split('/').take_while(|part| !part.contains(['*', '?', '[']));
    let mut folders: Vec<&str> = folders.collect();
    if folders.len() == glob.split('/').count() {
        folders.pop();
    }
    folders.join("/")
}

/// Reads the workspace at `root`. A folder without `milepost.toml` gives a workspace without it, which the check will say.
pub fn load(root: &Path) -> Workspace {
    let mut workspace = opened(root);
    let mut count = 0;
    for folder in spelled(root, &workspace.patterns) {
        // A walk does not follow its own root, but would pass through a link above it.
        if let Some(link) = link_above(root, &folder) {
            workspace.files.insert(composed(&link), Entry::Link);
            continue;
        }
        for found in walk(&root.join(&folder)) {
            count += 1;
            workspace.truncated = count > FILE_LIMIT;
            if workspace.truncated {
                return workspace;
            }
            if let Some((path, entry)) = read_entry(root, found) {
                workspace.add(path, entry);
            }
        }
    }
    workspace
}

/// The folders below which everything that the workspace at `root` reads lies, whether they are there or not.
pub fn read_folders(root: &Path) -> Vec<String> {
    opened(root).patterns.roots()
}

/// The folders below which everything that is read lies, as the disk spells them.
fn spelled(root: &Path, patterns: &Patterns) -> Vec<String> {
    let names = |above: &str| {
        let entries = fs::read_dir(root.join(above)).into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
    };
    patterns.roots().iter().flat_map(|folder| spellings(folder, names)).collect()
}

/// Every way in which `folder` is spelled where it lies: its names may be composed there or not. `names` lists what a folder holds.
pub(crate) fn spellings(folder: &str, names: impl Fn(&str) -> Vec<String>) -> Vec<String> {
    let mut spelled = vec![String::new()];
    for part in folder.split('/') {
        let below = |above: &String| {
            let mut there = if part.is_ascii() { Vec::new() } else { names(above) };
            there.retain(|name| composed(name) == part);
            // A missing name keeps its spelling.
            let there = if there.is_empty() { vec![part.to_owned()] } else { there };
            there
                .into_iter()
                .map(|name| if above.is_empty() { name } else { format!("{above}/{name}") })
                .collect::<Vec<_>>()
        };
        spelled = spelled.iter().flat_map(below).collect();
    }
    spelled.sort();
    spelled
}

/// The workspace with only its own file read.
fn opened(root: &Path) -> Workspace {
    let config = root.join(CONFIG);
    let found = fs::symlink_metadata(&config).ok();
    let config = found.map(|found| entry(CONFIG, if found.is_symlink() { Found::Link } else { read(&config, CONFIG) }));
    Workspace::new(shown_root(root), config)
}

/// Where everything that [`load`] reads from the workspace at `root` lies: its own file, and folders.
pub fn watched(root: &Path) -> Vec<PathBuf> {
    let folders = spelled(root, &opened(root).patterns).into_iter();
    std::iter::once(root.join(CONFIG)).chain(folders.map(|folder| root.join(folder))).collect()
}

/// The first folder on the way down to `folder` that is a link.
fn link_above(root: &Path, folder: &str) -> Option<String> {
    let ends = folder.match_indices('/').map(|(end, _)| &folder[..end]);
    let is_link = |path: &&str| fs::symlink_metadata(root.join(path)).is_ok_and(|found| found.is_symlink());
    ends.into_iter().find(is_link).map(str::to_owned)
}

/// The prefix of paths below a relative root: the root without parts that change nothing.
fn shown_root(root: &Path) -> String {
    let parts = root.components().filter(|part| !matches!(part, Component::CurDir));
    let parts: Vec<_> = parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    if root.is_absolute() || parts.is_empty() { String::new() } else { parts.join("/") + "/" }
}

fn walk(folder: &Path) -> impl Iterator<Item = walkdir::Result<DirEntry>> {
    let hidden = |entry: &DirEntry| entry.depth() > 0 && is_hidden(entry.file_name().as_encoded_bytes());
    WalkDir::new(folder)
        .follow_links(false)
        .follow_root_links(false)
        .max_depth(DEPTH_LIMIT)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(move |entry| !hidden(entry))
}

/// The path and contents of one thing found; `None` for a folder, and for a root that is not there.
fn read_entry(root: &Path, found: walkdir::Result<DirEntry>) -> Option<(String, Entry)> {
    // The root's own name may be any bytes.
    let below = |path: &Path| path.strip_prefix(root).unwrap_or(path).to_owned();
    let relative = |path: &Path| relative(below(path).as_os_str().as_encoded_bytes());
    let (path, found) = match found {
        Ok(found) if found.file_type().is_dir() && found.depth() < DEPTH_LIMIT => return None,
        Ok(found) => {
            let kind = found.file_type();
            let path = relative(found.path());
            let found = if kind.is_symlink() {
                Found::Link
            } else if kind.is_dir() {
                Found::TooDeep
            } else if below(found.path()).to_str().is_none() {
                Found::BadName
            } else {
                read(found.path(), &path)
            };
            (path, found)
        }
        Err(error) if error.io_error().is_some_and(|io| io.kind() == io::ErrorKind::NotFound) => return None,
        Err(error) => (error.path().map(relative).unwrap_or_default(), Found::Refused(plain_reason(error.io_error()))),
    };
    let entry = entry(&path, found);
    Some((path, entry))
}

/// What a reader found at a path.
#[derive(Debug)]
pub(crate) enum Found {
    /// A file of no more than [`limit`] bytes.
    File(Vec<u8>),
    /// A larger one, with its size.
    TooLarge(u64),
    /// A symbolic link.
    Link,
    /// A folder below which nothing is read.
    TooDeep,
    /// A file whose name is not valid text.
    BadName,
    /// Something that cannot be read, and why.
    Refused(String),
}

/// What the workspace holds at `path`, where this was found: the one rule for every reader.
pub(crate) fn entry(path: &str, found: Found) -> Entry {
    match found {
        Found::File(bytes) if is_text(path) => text_entry(&bytes),
        Found::File(bytes) if path.starts_with("themes/") => Entry::Asset(bytes),
        Found::File(bytes) => {
            let exchanged = exchanged(&bytes).map(|other| sha256(&other));
            Entry::Artifact { sha256: sha256(&bytes), exchanged }
        }
        Found::TooLarge(bytes) => Entry::TooLarge { bytes, limit: limit(path) },
        Found::Link => Entry::Link,
        Found::TooDeep => Entry::Unreadable(format!("deeper than {DEPTH_LIMIT} folders")),
        Found::BadName => Entry::Unreadable("its name is not UTF-8".to_owned()),
        Found::Refused(why) => Entry::Unreadable(why),
    }
}

/// The most bytes that are read of the file at `path`.
pub(crate) fn limit(path: &str) -> u64 {
    if name_of(path) == SEAL_FILE {
        SEAL_LIMIT
    } else if is_text(path) || path.starts_with("themes/") {
        TEXT_LIMIT
    } else {
        ARTIFACT_LIMIT
    }
}

/// A path as the workspace names it.
pub(crate) fn relative(path: &[u8]) -> String {
    composed(&String::from_utf8_lossy(path).replace('\\', "/"))
}

/// Whether a file or folder with this name is skipped. A hidden TOML file is read although no glob matches it, so that `check` can say
/// that it counts for nothing. Names such as `.#protect.toml` and `._protect.toml` come from editors and systems, not from people.
pub(crate) fn is_hidden(name: &[u8]) -> bool {
    let is_of_people = |rest: &[u8]| rest.ends_with(b".toml") && !rest.starts_with(b"#") && !rest.starts_with(b"_");
    name.strip_prefix(b".").is_some_and(|rest| !is_of_people(rest))
}

fn is_text(path: &str) -> bool {
    let ending = path.rsplit('.').next().unwrap_or_default();
    let template = path.split('/').nth(2) == Some("templates");
    let theme = path.starts_with("themes/") && (template || matches!(ending, "css" | "js" | "svg" | "txt"));
    theme || matches!(ending, "toml" | "md")
}

fn text_entry(bytes: &[u8]) -> Entry {
    match std::str::from_utf8(bytes) {
        Ok(text) => Entry::Text(text.into()),
        Err(error) => {
            let lossy = String::from_utf8_lossy(bytes).into_owned();
            Entry::NotUtf8 { lossy, at: error.valid_up_to(), sha256: sha256(bytes) }
        }
    }
}

/// `bytes` with CRLF for each LF, or with LF for each CRLF; `None` if they have no line ends, both kinds, or are no text.
pub fn exchanged(bytes: &[u8]) -> Option<Vec<u8>> {
    let ends = bytes.iter().filter(|byte| **byte == b'\n').count();
    let pairs = bytes.windows(2).filter(|pair| pair == b"\r\n").count();
    if ends == 0 || bytes.contains(&0) || (pairs != 0 && pairs != ends) {
        return None;
    }
    let mut out = Vec::with_capacity(bytes.len() + ends);
    for byte in bytes {
        match byte {
            b'\r' if pairs > 0 => {}
            b'\n' if pairs == 0 => out.extend(b"\r\n"),
            byte => out.push(*byte),
        }
    }
    Some(out)
}

/// What to do about the file at `path` whose line ends git exchanged when it checked it out.
pub fn keep_line_ends(path: &str) -> String {
    let all = path.split_once('/').map_or_else(|| path.to_owned(), |(folder, _)| format!("{folder}/**"));
    format!(
        "git exchanged them: add the line `{all} -text` to .gitattributes beside {CONFIG}, delete the file, and check it out again"
    )
}

/// SHA-256 of `bytes` in lower-case hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads a file that somebody names on the command line, of at most `limit` bytes. It need not lie in a workspace.
///
/// # Errors
/// A sentence that says why it is not read.
pub fn foreign(path: &Path, limit: u64) -> Result<Vec<u8>, String> {
    match read_up_to(path, limit) {
        Found::File(bytes) => Ok(bytes),
        Found::TooLarge(bytes) => Err(format!("{} has {bytes} bytes; the limit is {limit}", path.display())),
        Found::Refused(why) => Err(format!("{}: {why}", path.display())),
        Found::Link | Found::TooDeep | Found::BadName => Err(format!("{} is no file", path.display())),
    }
}

/// The bytes of an artifact of the workspace at `root`. No link is followed.
///
/// # Errors
/// Why it cannot be read.
pub fn artifact(root: &Path, path: &str) -> Result<Vec<u8>, String> {
    let whole = root.join(path);
    let is_link =
        fs::symlink_metadata(&whole).is_ok_and(|found| found.is_symlink()) || link_above(root, path).is_some();
    match if is_link { Found::Link } else { read(&whole, path) } {
        Found::File(bytes) => Ok(bytes),
        _ => Err(format!("{path} cannot be read")),
    }
}

/// Reads the file at `path`, which the workspace calls `named`, up to its limit.
fn read(path: &Path, named: &str) -> Found {
    read_up_to(path, limit(named))
}

/// Reads the ordinary file at `path`, or where a link there leads, up to `limit` bytes.
fn read_up_to(path: &Path, limit: u64) -> Found {
    let refused = |error: &io::Error| Found::Refused(plain_reason(Some(error)));
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) => return refused(&error),
    };
    // Opening a pipe would wait for somebody to write to it.
    if !metadata.is_file() {
        return Found::Refused("not an ordinary file".to_owned());
    }
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) => return refused(&error),
    };
    if metadata.len() > limit {
        return Found::TooLarge(metadata.len());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default());
    // A file may grow between the look and the read.
    match file.take(limit + 1).read_to_end(&mut bytes) {
        Ok(read) if read as u64 > limit => Found::TooLarge(read as u64),
        Ok(_) => Found::File(bytes),
        Err(error) => refused(&error),
    }
}

/// The system's reason without its number, which differs between systems.
pub(super) fn plain_reason(error: Option<&io::Error>) -> String {
    let Some(error) = error else { return "a loop of links".to_owned() };
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        kind => kind.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_several_globs_name_is_one() {
        let globs =
            "[files]\nevidence = [\"content/*/*/*.toml\", \"audit/*/*/*.toml\", \"content/*/*/answers-*.toml\"]\n";
        assert_eq!(Patterns::read(globs).profile_folders(), ["content", "audit"]);
    }
}
