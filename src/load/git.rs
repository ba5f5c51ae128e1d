//! Reads a [`Workspace`] from a commit with the system's `git`. Does not read the working tree or the index.
//!
//! No command line goes through a shell, and no revision can act as an option. Settings, grafts, replacements and attributes
//! can change the output of `git` or make it run other programs. So `git` reads in an empty repository of our own that has only
//! the objects of the real one. The output of `git` is not trusted.

mod ancestry;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ffi::OsString;
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
#[cfg(unix)]
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};

use tempfile::TempDir;

use self::ancestry::DEEPER;
pub use self::ancestry::folder;
use crate::base::layout::CONFIG;
use crate::base::text::line;
use crate::load::workspace::{
    DEPTH_LIMIT, Entry, FILE_LIMIT, Found, Patterns, TEXT_LIMIT, Workspace, entry, is_hidden, limit, relative,
    spellings,
};

mod past;

pub use past::{Past, Stored};

/// The repository that a workspace lies in.
#[derive(Debug)]
pub struct Repository {
    /// The repository itself. It is used only to find the commit that a name means.
    real: PathBuf,
    /// The folder of its objects, which all its working trees share.
    shared: PathBuf,
    /// An empty repository in which these objects are read.
    empty: TempDir,
    /// The workspace's folder relative to the repository, with a final slash; empty if both are the same folder.
    below: String,
}

/// A commit, and what the user calls it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// As the user named it.
    pub name: String,
    /// The commit's full name in hexadecimal.
    pub commit: String,
    /// The workspace's folder in the commit, with a final slash; empty for the whole repository. It may have been moved since.
    pub below: String,
}

impl Revision {
    /// The name to print. A full commit name is shortened.
    pub fn shown(&self) -> &str {
        if is_object_name(&self.name) { short(&self.name) } else { &self.name }
    }

    /// The start of the commit's name.
    pub fn short(&self) -> &str {
        short(&self.commit)
    }
}

/// The start of a commit's name, always of the same length. `git` itself uses more characters in a larger repository.
pub fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}

/// Why `git` gave no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GitFailure {
    /// The requested thing is missing: no `git`, no repository, no such revision.
    NotThere(GitReason),
    /// It exists but cannot be read.
    Unreadable(GitReason),
}

/// Why information from `git` is missing. Contains no path of this machine, because a page may show it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GitReason {
    /// Why, as a part of a sentence.
    pub why: String,
    /// What to do about it.
    pub help: String,
}

impl GitReason {
    /// Makes it from the reason and the advice.
    pub fn new(why: impl Into<String>, help: impl Into<String>) -> Self {
        Self { why: why.into(), help: help.into() }
    }
}

impl GitFailure {
    /// The reason and the advice.
    pub fn reason(&self) -> &GitReason {
        match self {
            Self::NotThere(reason) | Self::Unreadable(reason) => reason,
        }
    }
}

/// A commit as the repository keeps it.
#[derive(Clone, Debug)]
pub struct Commit {
    /// Its full name.
    pub name: String,
    /// The name of its tree.
    pub tree: String,
    /// The names of its parent commits, even if they are not in this clone.
    pub parents: Vec<String>,
    /// The author and time; `None` if the commit has no such line or a broken one.
    pub author: Option<Signature>,
    /// When it was committed, in seconds since 1970.
    pub committed: i64,
}

/// Somebody and a moment, as a commit names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The name.
    pub name: String,
    /// The mail address. Only used to tell apart people with the same name; never shown.
    pub address: String,
    /// When it was written.
    pub when: CommitTime,
}

/// A time as a commit writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommitTime {
    /// Seconds since 1970 (UTC).
    pub seconds: i64,
    /// How far the writer's clock is ahead of UTC, in seconds.
    pub ahead: i32,
}

/// Opens the repository in whose working tree the folder `root` lies.
///
/// # Errors
/// There is no `git`, no repository, or no working tree.
pub fn open(root: &Path) -> Result<Repository, GitFailure> {
    // Only this call reads the user's settings: they say whose repositories may be read.
    let mut find = git();
    find.arg("-C").arg(root).args(["-c", "safe.bareRepository=explicit", "rev-parse", "--absolute-git-dir"]);
    find.args(["--show-object-format", "--git-common-dir"]);
    let output = find.output().map_err(|error| not_started(&error))?;
    if !output.status.success() {
        return Err(not_opened(&first_line(&output.stderr)));
    }
    let rows: Vec<&[u8]> = output.stdout.split(|byte| *byte == b'\n').collect();
    let [real, format @ (b"sha1" | b"sha256"), shared, b""] = rows[..] else { return Err(garbled()) };
    let whole = |path: PathBuf| fs::canonicalize(path).map_err(|_| garbled());
    let (real, shared, root) = (whole(path(real))?, whole(root.join(path(shared)))?, whole(root.to_owned())?);
    let top = root.ancestors().filter(|_| !root.starts_with(&real)).find(|folder| is_git_folder(folder, &real));
    let below = root.strip_prefix(top.ok_or_else(bare)?).map_err(|_| garbled())?;
    let below = below.iter().map(|part| Some(part.to_str()?.to_owned() + "/")).collect::<Option<String>>();
    let below = below.ok_or_else(|| {
        let why = "the path of the workspace in its repository is not UTF-8";
        GitFailure::Unreadable(GitReason::new(why, "give its folders other names"))
    })?;
    Ok(Repository { real, shared, empty: empty_repository(&String::from_utf8_lossy(format))?, below })
}

/// Whether `.git` in `folder` is, or leads to, the repository `real`. `git` would say by `core.worktree`, which is a setting.
fn is_git_folder(folder: &Path, real: &Path) -> bool {
    let git = folder.join(".git");
    let mut text = Vec::new();
    let is_file =
        git.is_file() && fs::File::open(&git).is_ok_and(|file| file.take(4096).read_to_end(&mut text).is_ok());
    let leads = if is_file {
        text.strip_prefix(b"gitdir: ").map(|to| folder.join(path(to.trim_ascii_end())))
    } else {
        Some(git)
    };
    leads.and_then(|leads| fs::canonicalize(leads).ok()).is_some_and(|leads| leads == real)
}

/// An empty repository with only the settings for reading. It is deleted when the value is dropped.
fn empty_repository(format: &str) -> Result<TempDir, GitFailure> {
    // A forged commit graph could name other parents than the commits do.
    let settings = format!(
        "[core]\nrepositoryFormatVersion = 1\nbare = true\ncommitGraph = false\nattributesFile = /dev/null\n\
         [extensions]\nobjectFormat = {format}\n[diff]\nalgorithm = myers\nindentHeuristic = true\n"
    );
    let made = tempfile::Builder::new().prefix(".milepost-").tempdir().and_then(|folder| {
        fs::create_dir(folder.path().join("refs"))?;
        fs::write(folder.path().join("HEAD"), "ref: refs/heads/none\n")?;
        fs::write(folder.path().join("config"), settings)?;
        Ok(folder)
    });
    made.map_err(|error| {
        let why = format!("no folder for temporary files can be made: {}", error.kind());
        GitFailure::Unreadable(GitReason::new(why, "TMPDIR says where they are made"))
    })
}

/// `git` without the environment's settings, and without anything that could make it use the network or write.
fn git() -> Command {
    let mut command = Command::new("git");
    let inherited = std::env::vars_os().map(|(name, _)| name);
    let ours =
        inherited.filter(|name| name.as_encoded_bytes().starts_with(b"GIT_") && name != "GIT_CEILING_DIRECTORIES");
    ours.for_each(|name| {
        command.env_remove(name);
    });
    for (name, value) in [
        ("LC_ALL", "C"),
        ("GIT_ALLOW_PROTOCOL", "none"),
        ("GIT_ATTR_NOSYSTEM", "1"),
        ("GIT_GRAFT_FILE", "/dev/null"),
        ("GIT_LITERAL_PATHSPECS", "1"),
        ("GIT_NO_LAZY_FETCH", "1"),
        ("GIT_NO_REPLACE_OBJECTS", "1"),
        ("GIT_OPTIONAL_LOCKS", "0"),
        ("GIT_TERMINAL_PROMPT", "0"),
    ] {
        command.env(name, value);
    }
    command.arg("--no-pager").stdin(Stdio::null());
    command
}

impl Repository {
    /// Finds the commit that `name` means.
    ///
    /// # Errors
    /// `name` means no commit, or one that is not in this clone.
    pub fn revision(&self, name: &str) -> Result<Revision, GitFailure> {
        if name.is_empty() || name.starts_with('-') || name.contains(char::is_control) {
            let why = format!("`{}` cannot be a revision", line(name));
            return Err(GitFailure::NotThere(GitReason::new(why, "give a branch, a tag or a commit")));
        }
        let wanted = format!("{name}^{{commit}}");
        let output = self.named(&["--verify", "--quiet", "--end-of-options", &wanted])?;
        let commit = String::from_utf8_lossy(&output.stdout).trim_end().to_owned();
        if output.status.success() && is_object_name(&commit) {
            let below = self.folder_in(&commit)?;
            return Ok(Revision { name: name.to_owned(), commit, below });
        }
        let help = if self.is_shallow()? {
            format!("this clone is shallow: {DEEPER}")
        } else {
            "give a branch, a tag or a commit of it; another's branch may first have to be fetched".to_owned()
        };
        Err(GitFailure::NotThere(GitReason::new(format!("the repository holds no revision `{name}`"), help)))
    }

    /// Asks the repository itself about names.
    fn named(&self, args: &[&str]) -> Result<Output, GitFailure> {
        let mut command = self.closed(&self.real);
        command.args(["-c", "core.commitGraph=false", "rev-parse"]).args(args);
        command.output().map_err(|error| not_started(&error))
    }

    /// `git` in the empty repository, with the objects of the real one.
    fn reading(&self) -> Command {
        let mut command = self.closed(self.empty.path());
        command.env("GIT_OBJECT_DIRECTORY", self.shared.join("objects"));
        command
    }

    /// `git` in `repository`, without the settings of this machine and its user.
    fn closed(&self, repository: &Path) -> Command {
        let mut command = git();
        for name in ["HOME", "XDG_CONFIG_HOME"] {
            command.env(name, self.empty.path());
        }
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_DIR", repository).arg("-C").arg(self.empty.path());
        command
    }

    fn read(&self, args: &[&str]) -> Result<Vec<u8>, GitFailure> {
        let output = self.reading().args(args).output().map_err(|error| not_started(&error))?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let why = format!("git cannot read the repository: {}", first_line(&output.stderr));
        Err(GitFailure::Unreadable(GitReason::new(why, "git fsck tells what is missing or broken")))
    }

    /// Reads the workspace as it stands in `revision`, by the rules of [`load`](crate::load::workspace::load): the same commit gives the
    /// same workspace, whatever the working tree holds. Submodules are no part of it, and no filter is run that would change a
    /// file when it is checked out.
    ///
    /// # Errors
    /// `git` could not read the commit.
    pub fn load(&self, revision: &Revision) -> Result<Workspace, GitFailure> {
        let (rows, _) = self.rows(revision, &[CONFIG.to_owned()], Depth::One)?;
        let config = self.entries(rows.into_iter().filter(|row| row.path == CONFIG).collect())?;
        let config = config.into_iter().next().map(|(_, config)| config);
        let mut workspace = Workspace::new(format!("{}:{}", revision.shown(), revision.below), config);
        workspace.in_repository = Some(revision.below.clone());
        let roots = self.roots(revision, &workspace.patterns);
        // A link in the place of a folder is not followed, as on the disk.
        let above: BTreeSet<&str> = roots.iter().flat_map(|root| folders_above(root)).collect();
        let above: Vec<String> = above.into_iter().map(str::to_owned).collect();
        if !above.is_empty() {
            let (rows, _) = self.rows(revision, &above, Depth::One)?;
            let links = rows.into_iter().filter(|row| matches!(row.found, Some(Found::Link)));
            workspace.files.extend(links.map(|row| (row.path, Entry::Link)));
        }
        let (rows, truncated) = self.rows(revision, &roots, Depth::All)?;
        workspace.truncated = truncated;
        self.entries(rows)?.into_iter().for_each(|(path, entry)| workspace.add(path, entry));
        Ok(workspace)
    }

    /// The folders that contain everything that is read, as `revision` spells them.
    fn roots(&self, revision: &Revision, patterns: &Patterns) -> Vec<String> {
        let names = |above: &str| {
            let tree = format!("{}:{}{above}", revision.commit, revision.below);
            let names = self.read(&["ls-tree", "-z", "--name-only", &tree]).unwrap_or_default();
            names.split(|byte| *byte == 0).filter_map(|name| Some(std::str::from_utf8(name).ok()?.to_owned())).collect()
        };
        patterns.roots().iter().flat_map(|root| spellings(root, names)).collect()
    }

    /// The files of a workspace with these patterns that `revision` holds: for each, where it is stored, or why it cannot be read.
    ///
    /// # Errors
    /// `git` could not read the commit.
    pub fn files(
        &self,
        revision: &Revision,
        patterns: &Patterns,
    ) -> Result<BTreeMap<String, Result<Stored, GitReason>>, GitFailure> {
        let (rows, _) = self.rows(revision, &self.roots(revision, patterns), Depth::All)?;
        let file = |row: TreeRow| match row.found {
            None if row.size.is_none() => Some((row.path, Err(lacks(&row.object)))),
            None => Some((row.path, Ok(Stored { path: row.listed, object: row.object }))),
            Some(Found::TooLarge(_)) => {
                let why = "the committed file is larger than what is read";
                Some((row.path, Err(GitReason::new(why, "commit the file as it is now"))))
            }
            Some(_) => None,
        };
        Ok(rows.into_iter().filter_map(file).collect())
    }

    /// `revision` and its ancestors, itself first, as far as this clone has them.
    ///
    /// # Errors
    /// `git` could not read the first of them, or another history is laid over the one that commits tell.
    pub fn history(&self, revision: &Revision) -> Result<Vec<Commit>, GitFailure> {
        if fs::symlink_metadata(self.shared.join("info/grafts")).is_ok_and(|found| found.len() > 0) {
            let why = "`.git/info/grafts` lays another history over the one that the commits tell";
            return Err(GitFailure::Unreadable(GitReason::new(why, "remove that file")));
        }
        let mut wanted = VecDeque::from([revision.commit.clone()]);
        let mut seen = BTreeSet::from([revision.commit.clone()]);
        let (mut commits, mut past) = (Vec::new(), Past::of(self));
        while let Some(name) = wanted.pop_front() {
            let bytes = match past.object(&name, ObjectKind::COMMIT) {
                Ok(Some(bytes)) => bytes,
                Err(failure @ GitFailure::NotThere(_)) => return Err(failure),
                _ => continue,
            };
            let commit = commit(name, &bytes);
            wanted.extend(commit.parents.iter().filter(|parent| seen.insert((*parent).clone())).cloned());
            commits.push(commit);
        }
        if commits.is_empty() { Err(GitFailure::Unreadable(lacks(&revision.commit))) } else { Ok(commits) }
    }

    /// The entries of `revision` at or below `paths` of the workspace, and whether there were too many to read.
    fn rows(&self, revision: &Revision, paths: &[String], depth: Depth) -> Result<(Vec<TreeRow>, bool), GitFailure> {
        let below = revision.below.as_str();
        let paths: Vec<String> = paths.iter().map(|path| format!("{below}{path}")).collect();
        let mut args = vec!["ls-tree", "-l", "-z", "--full-tree"];
        if depth == Depth::All {
            args.push("-r");
        }
        args.extend([revision.commit.as_str(), "--"]);
        args.extend(paths.iter().map(String::as_str));
        let text = self.read(&args)?;
        let mut rows = Vec::new();
        // On the disk, the folders are counted that files stand in.
        let (mut count, mut above) = (paths.len(), Vec::new());
        for listed in text.split(|byte| *byte == 0).filter(|listed| !listed.is_empty()) {
            let (object, path) = object(listed).ok_or_else(garbled)?;
            let Some(path) = path.strip_prefix(below.as_bytes()) else { continue };
            let root = paths.iter().map(|root| &root[below.len()..]).find(|root| is_within(path, root.as_bytes()));
            let Some((path, whole)) = root.and_then(|root| readable(path, root.len())) else { continue };
            let parts: Vec<&[u8]> = path.split(|byte| *byte == b'/').collect();
            count += parts.len() - parts.iter().zip(&above).take_while(|(one, two)| one == two).count();
            if count > FILE_LIMIT {
                return Ok((rows, true));
            }
            let row = TreeRow::of(below, path, object);
            let row = if whole { row } else { TreeRow { found: Some(Found::TooDeep), ..row } };
            // A folder that is too deep is one, however many files lie in it.
            if whole || rows.last().is_none_or(|last: &TreeRow| last.path != row.path) {
                rows.push(row);
            }
            above = parts;
        }
        Ok((rows, false))
    }

    /// Reads the files of `rows` that are still unread.
    fn entries(&self, rows: Vec<TreeRow>) -> Result<Vec<(String, Entry)>, GitFailure> {
        let (files, rest): (Vec<TreeRow>, Vec<TreeRow>) = rows.into_iter().partition(|row| row.found.is_none());
        if let Some(lacking) = files.iter().find(|row| row.size.is_none()) {
            return Err(GitFailure::Unreadable(lacks(&lacking.object)));
        }
        let mut entries: Vec<(String, Entry)> = rest
            .into_iter()
            .filter_map(|row| Some((entry(&row.path, row.found?), row.path)))
            .map(|(e, p)| (p, e))
            .collect();
        let names: Vec<&str> = files.iter().map(|row| row.object.as_str()).collect();
        let mut paths = files.iter().map(|row| row.path.as_str());
        if !names.is_empty() {
            Talk::start(&mut self.reading())?.ask_all(&names, ObjectKind::WHOLE_FILE, |bytes| {
                entries.extend(paths.next().map(|path| (path.to_owned(), entry(path, Found::File(bytes)))));
            })?;
        }
        Ok(entries)
    }
}

/// How far down a tree is listed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// Only the named entry.
    One,
    /// Everything below it.
    All,
}

/// An entry of a tree.
#[derive(Debug)]
struct TreeRow {
    /// Its path in the workspace.
    path: String,
    /// Its path in the repository.
    listed: String,
    object: String,
    /// `None` where the repository lacks the object.
    size: Option<u64>,
    /// The result, if it is known without reading the file; `None` for a file that still has to be read.
    found: Option<Found>,
}

impl TreeRow {
    fn of(below: &str, path: &[u8], object: Object) -> Self {
        let name = std::str::from_utf8(path).is_ok();
        let listed = format!("{below}{}", String::from_utf8_lossy(path));
        let path = relative(path);
        let found = match (object.mode, object.size) {
            (Mode::Link, _) => Some(Found::Link),
            (Mode::Submodule, _) => Some(Found::Refused("a submodule, which is another repository".to_owned())),
            (Mode::File, _) if !name => Some(Found::BadName),
            (Mode::File, Some(size)) if size > limit(&path) => Some(Found::TooLarge(size)),
            (Mode::File, _) => None,
            (Mode::Folder, _) => Some(Found::Refused("not an ordinary file".to_owned())),
        };
        Self { path, listed, object: object.name, size: object.size, found }
    }
}

/// What a tree says of one of its entries.
struct Object {
    mode: Mode,
    name: String,
    size: Option<u64>,
}

#[derive(Clone, Copy, Debug)]
enum Mode {
    File,
    Link,
    Submodule,
    Folder,
}

/// `100644 blob 8a3… 812<tab>path` taken apart.
fn object(listed: &[u8]) -> Option<(Object, &[u8])> {
    let tab = listed.iter().position(|byte| *byte == b'\t')?;
    let mut words = std::str::from_utf8(&listed[..tab]).ok()?.split_ascii_whitespace();
    let mode = match words.next()? {
        "120000" => Mode::Link,
        "160000" => Mode::Submodule,
        "040000" => Mode::Folder,
        mode if mode.starts_with("100") => Mode::File,
        _ => return None,
    };
    let name = words.nth(1).filter(|name| is_object_name(name))?.to_owned();
    Some((Object { mode, name, size: words.next()?.parse().ok() }, &listed[tab + 1..]))
}

/// Whether `path` is `root` or lies below it.
fn is_within(path: &[u8], root: &[u8]) -> bool {
    path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
}

/// The part of `path` that is read, and whether that is all of it; `None` where something hidden lies below the folder of which it
/// starts with `root` bytes.
fn readable(path: &[u8], root: usize) -> Option<(&[u8], bool)> {
    let below = path[root..].strip_prefix(b"/").unwrap_or_default();
    let names = below.split(|byte| *byte == b'/').take(DEPTH_LIMIT + 1);
    let mut end = root;
    for (depth, name) in names.enumerate() {
        if !below.is_empty() && (name.is_empty() || is_hidden(name)) {
            return None;
        }
        if depth == DEPTH_LIMIT {
            return Some((&path[..end], false));
        }
        end += name.len() + 1;
    }
    Some((path, true))
}

/// The folders on the way down to `folder`.
fn folders_above(folder: &str) -> impl Iterator<Item = &str> {
    folder.match_indices('/').map(|(end, _)| &folder[..end])
}

/// A running `git cat-file`, which is asked for objects; it ends with the value.
struct Talk {
    child: Child,
    /// `None` once another thread asks.
    asks: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Drop for Talk {
    fn drop(&mut self) {
        // The process may still write output that nobody will read.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Talk {
    /// Starts the process.
    fn start(git: &mut Command) -> Result<Self, GitFailure> {
        git.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = git.spawn().map_err(|error| not_started(&error))?;
        let (asks, answers) = (child.stdin.take(), child.stdout.take().ok_or_else(garbled)?);
        Ok(Self { child, asks, answers: BufReader::new(answers) })
    }

    /// The contents of the object `name`, which is of this kind and has at most so many bytes; `None` where it is not there.
    fn ask(&mut self, name: &str, expected: ObjectKind) -> Result<Option<Vec<u8>>, GitFailure> {
        let asked = self.asks.as_mut().map(|asks| asks.write_all(format!("{name}\n").as_bytes()));
        if !matches!(asked, Some(Ok(()))) {
            return Err(garbled());
        }
        self.answer(name, expected)
    }

    /// Gives `take` the contents of each of the objects `names`, in their order.
    fn ask_all(
        &mut self,
        names: &[&str],
        expected: ObjectKind,
        mut take: impl FnMut(Vec<u8>),
    ) -> Result<(), GitFailure> {
        let Some(mut asks) = self.asks.take() else { return Err(garbled()) };
        std::thread::scope(|scope| {
            // The pipes hold only a little data. Writing everything before reading would block for ever.
            scope.spawn(move || asks.write_all((names.join("\n") + "\n").as_bytes()));
            let read = names.iter().try_for_each(|name| {
                let bytes = self.answer(name, expected)?;
                bytes.map(&mut take).ok_or_else(|| GitFailure::Unreadable(lacks(name)))
            });
            if read.is_err() {
                // End the process, so that the writing thread ends too.
                let _ = self.child.kill();
            }
            read
        })
    }

    fn answer(&mut self, name: &str, expected: ObjectKind) -> Result<Option<Vec<u8>>, GitFailure> {
        let ObjectKind { name: kind, most } = expected;
        let mut heading = Vec::new();
        self.answers.by_ref().take(HEADING).read_until(b'\n', &mut heading).map_err(|_| garbled())?;
        let heading = String::from_utf8_lossy(&heading).trim_end().to_owned();
        if heading == format!("{name} missing") {
            return Ok(None);
        }
        let size = heading.strip_prefix(&format!("{name} {kind} ")).and_then(|size| size.parse::<u64>().ok());
        let size = size.filter(|size| *size <= most).ok_or_else(|| {
            let why = format!("git cannot read the object {name}");
            GitFailure::Unreadable(GitReason::new(why, "git fsck tells what is broken"))
        })?;
        let mut bytes = Vec::new();
        self.answers.by_ref().take(size).read_to_end(&mut bytes).map_err(|_| garbled())?;
        let mut end = [0];
        self.answers.read_exact(&mut end).map_err(|_| garbled())?;
        if bytes.len() as u64 != size || end != [b'\n'] {
            return Err(garbled());
        }
        Ok(Some(bytes))
    }
}

/// A kind of object, and the most bytes that are read of one.
#[derive(Clone, Copy)]
struct ObjectKind {
    name: &'static str,
    most: u64,
}

impl ObjectKind {
    const COMMIT: Self = Self { name: "commit", most: TEXT_LIMIT };
    const TREE: Self = Self { name: "tree", most: past::TREE_LIMIT as u64 };
    /// A file that is read as a text.
    const TEXT: Self = Self { name: "blob", most: TEXT_LIMIT };
    /// A file of which only a digest is kept, or whose size is known.
    const WHOLE_FILE: Self = Self { name: "blob", most: u64::MAX };
}

/// The most bytes of an object's heading.
const HEADING: u64 = 200;

fn lacks(name: &str) -> GitReason {
    let help = "a partial clone holds only a part; clone it without --filter";
    GitReason::new(format!("the repository lacks the object {name}"), help)
}

/// A commit's headers taken apart.
fn commit(name: String, bytes: &[u8]) -> Commit {
    let text = String::from_utf8_lossy(bytes);
    let headers = text.lines().take_while(|line| !line.is_empty());
    let tree = text.lines().next().and_then(|line| line.strip_prefix("tree ")).unwrap_or_default().to_owned();
    // After the tree's they come first, and git takes no later one for a parent.
    let parents = headers.clone().skip(1).map_while(|line| line.strip_prefix("parent "));
    let parents = parents.filter(|name| is_object_name(name)).map(str::to_owned).collect();
    let mut rest = headers.clone();
    let author = rest.find_map(|line| line.strip_prefix("author ")).and_then(signature);
    let mut rest = headers;
    let committer = rest.find_map(|line| line.strip_prefix("committer ")).and_then(signature);
    Commit {
        name,
        tree,
        parents,
        author,
        committed: committer.map(|committer| committer.when.seconds).unwrap_or_default(),
    }
}

/// `Ann <ann@example.org> 1788298200 +0200` taken apart.
fn signature(text: &str) -> Option<Signature> {
    let (name, rest) = text.split_once('<')?;
    let (address, when) = rest.split_once('>')?;
    let mut when = when.split_ascii_whitespace();
    let seconds = when.next()?.parse().ok()?;
    let zone: i32 = when.next()?.parse().ok()?;
    // Nobody's clock is a day ahead.
    let zone = if (-2400..=2400).contains(&zone) { zone } else { 0 };
    let when = CommitTime { seconds, ahead: (zone / 100 * 60 + zone % 100) * 60 };
    Some(Signature { name: line(name.trim()), address: address.trim().to_owned(), when })
}

/// A path as `git` prints it.
#[cfg(unix)]
fn path(bytes: &[u8]) -> PathBuf {
    OsString::from_vec(bytes.to_owned()).into()
}

#[cfg(not(unix))]
fn path(bytes: &[u8]) -> PathBuf {
    OsString::from(String::from_utf8_lossy(bytes).into_owned()).into()
}

/// Whether `text` is the full name of an object: a SHA-1 or a SHA-256.
fn is_object_name(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The first line of git's error message, without git's own prefix.
fn first_line(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let first = text.lines().find(|line| !line.is_empty()).unwrap_or("it does not say why");
    line(first.trim_start_matches("fatal: ").trim_start_matches("error: "))
}

fn not_started(error: &io::Error) -> GitFailure {
    GitFailure::NotThere(match error.kind() {
        io::ErrorKind::NotFound => {
            GitReason::new("git is not installed", "install it; it is needed to read what a revision holds")
        }
        kind => GitReason::new(format!("git cannot be started: {kind}"), "see that git --version answers"),
    })
}

/// The failure for a repository that could not be opened, by git's message.
fn not_opened(complaint: &str) -> GitFailure {
    if complaint.contains("bare repository") {
        return bare();
    }
    if complaint.contains("dubious ownership") {
        let help = "allow it by git config --global --add safe.directory with its full path";
        return GitFailure::NotThere(GitReason::new(
            "the repository belongs to another user, so git does not read it",
            help,
        ));
    }
    if complaint.contains("not a git repository") {
        let help = "start one with git init, or name another folder with --root";
        return GitFailure::NotThere(GitReason::new("the workspace is not in a git repository", help));
    }
    GitFailure::Unreadable(GitReason::new("git cannot open the repository", format!("it says: {complaint}")))
}

fn bare() -> GitFailure {
    let why = "the workspace has no working tree, as a bare repository has none";
    GitFailure::NotThere(GitReason::new(why, "clone the repository, and name the clone's folder with --root"))
}

fn garbled() -> GitFailure {
    let help = "see whether the repository is whole; git fsck tells";
    GitFailure::Unreadable(GitReason::new("git gave an answer that makes no sense", help))
}
