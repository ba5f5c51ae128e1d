//! A repository and a revision in, a [`Workspace`] out: what a commit holds, read by the system's `git`, without a look at the
//! working tree or the index.
//!
//! Nothing of a command line goes through a shell, no revision can be an option, and neither the environment nor the repository's
//! settings can make `git` run another program or ask the network. What `git` prints is not trusted.

use std::collections::BTreeSet;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use crate::base::text::line;
use crate::load::workspace::relative;
use crate::load::workspace::{
    CONFIG, DEPTH_LIMIT, Entry, FILE_LIMIT, Found, TEXT_LIMIT, Workspace, entry, is_hidden, limit,
};

/// The repository that a workspace lies in.
#[derive(Debug)]
pub struct Repository {
    /// The workspace's folder, where `git` is run.
    root: PathBuf,
    /// The same folder below the repository's, with a slash behind it; empty where they are one.
    below: String,
}

/// A commit, and what the user calls it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// As the user named it.
    pub name: String,
    /// The commit's full name in hexadecimal.
    pub commit: String,
}

impl Revision {
    /// Its name for people: a commit's full name is cut.
    pub fn shown(&self) -> &str {
        if is_object_name(&self.name) { &self.name[..SHORT] } else { &self.name }
    }

    /// The start of the commit's name, always of the same length: `git` itself takes more where the repository is larger.
    pub fn short(&self) -> &str {
        &self.commit[..SHORT]
    }
}

/// How many characters of a commit's name are shown.
const SHORT: usize = 12;

/// Why `git` gave no answer. Each is one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// What was asked for is not there: no `git`, no repository, no such revision.
    NotThere(String),
    /// It is there and cannot be read.
    Unreadable(String),
}

/// A commit as `git` keeps it.
#[derive(Clone, Debug)]
pub struct Commit {
    /// Its author's name.
    pub author: String,
    /// The author's address: for telling people of one name apart, never to be shown.
    pub address: String,
    /// When it was written: seconds since 1970 and the seconds by which the author's clock was ahead of that.
    pub written: (i64, i32),
    /// Whether it was made with parents, be they in the repository or not.
    pub has_parents: bool,
}

/// Opens the repository in whose working tree the folder `root` lies.
///
/// # Errors
/// There is no `git`, no repository, or no working tree.
pub fn open(root: &Path) -> Result<Repository, Failure> {
    let here = Repository { root: root.to_owned(), below: String::new() };
    let shown = root.display();
    let output = here.run(&["rev-parse", "--is-inside-work-tree", "--show-prefix"])?;
    let complaint = first_line(&output.stderr);
    let bare = || {
        let advice = "clone the repository, and name the clone's folder with --root";
        Failure::NotThere(format!("{shown} has no working tree, as a bare repository has none; {advice}"))
    };
    if !output.status.success() {
        return Err(if complaint.contains("bare repository") {
            bare()
        } else if complaint.contains("dubious ownership") {
            Failure::NotThere(format!(
                "{shown} belongs to another user, so git does not read it; allow it by git config --global --add safe.directory with its full path"
            ))
        } else if complaint.contains("not a git repository") {
            Failure::NotThere(format!(
                "{shown} is not in a git repository; start one with git init, or name another folder with --root"
            ))
        } else {
            Failure::Unreadable(format!("git cannot read the repository of {shown}: {complaint}"))
        });
    }
    let text = String::from_utf8(output.stdout)
        .map_err(|_| Failure::Unreadable(format!("the path of {shown} in its repository is not UTF-8")))?;
    match text.split_once('\n') {
        Some(("true", below)) => Ok(Repository { below: below.strip_suffix('\n').unwrap_or(below).to_owned(), ..here }),
        _ => Err(bare()),
    }
}

impl Repository {
    /// Finds the commit that `name` means.
    ///
    /// # Errors
    /// `name` means none, or none that is in this clone.
    pub fn revision(&self, name: &str) -> Result<Revision, Failure> {
        if name.is_empty() || name.starts_with('-') || name.contains(char::is_control) {
            return Err(Failure::NotThere(format!(
                "`{}` cannot be a revision; give a branch, a tag or a commit",
                line(name)
            )));
        }
        let output =
            self.run(&["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{name}^{{commit}}")])?;
        let commit = String::from_utf8_lossy(&output.stdout).trim_end().to_owned();
        if output.status.success() && is_object_name(&commit) {
            return Ok(Revision { name: name.to_owned(), commit });
        }
        let advice = if self.is_shallow() {
            "this clone is shallow: fetch with more depth, as by git fetch --unshallow, or in CI with fetch-depth: 0 or GIT_DEPTH: 0"
        } else {
            "give a branch, a tag or a commit of it; another's branch may first have to be fetched"
        };
        Err(Failure::NotThere(format!("the repository holds no revision `{name}`; {advice}")))
    }

    fn is_shallow(&self) -> bool {
        self.run(&["rev-parse", "--is-shallow-repository"]).is_ok_and(|output| output.stdout.starts_with(b"true"))
    }

    /// Reads the workspace as it stands in `revision`, by the rules of [`load`](crate::load::workspace::load): the same commit gives the
    /// same workspace, whatever the working tree holds. Submodules are no part of it, and no filter is run that would change a
    /// file when it is checked out.
    ///
    /// # Errors
    /// `git` could not read the commit.
    pub fn load(&self, revision: &Revision) -> Result<Workspace, Failure> {
        let (rows, _) = self.rows(revision, &[CONFIG.to_owned()], Depth::One)?;
        let config = self.entries(rows.into_iter().filter(|row| row.path == CONFIG).collect())?;
        let config = config.into_iter().next().map(|(_, config)| config);
        let mut workspace = Workspace::new(format!("{}:{}", revision.shown(), self.below), config);
        let roots = workspace.patterns.roots();
        // What stands in the way of a folder is a link that is not passed through, as on the disk.
        let above: Vec<String> = roots.iter().flat_map(|root| folders_above(root)).map(str::to_owned).collect();
        if !above.is_empty() {
            let (rows, _) = self.rows(revision, &above, Depth::One)?;
            let links = rows.into_iter().filter(|row| matches!(row.found, Some(Found::Link)));
            workspace.files.extend(links.map(|row| (row.path, Entry::Link)));
        }
        let (rows, truncated) = self.rows(revision, &roots, Depth::All)?;
        workspace.truncated = truncated;
        workspace.files.extend(self.entries(rows)?);
        Ok(workspace)
    }

    /// The texts of those of `paths`, each in a folder of the workspace, that `revision` holds.
    ///
    /// # Errors
    /// `git` could not read the commit.
    pub fn texts(&self, revision: &Revision, paths: &BTreeSet<&str>) -> Result<Vec<(String, String)>, Failure> {
        let roots: BTreeSet<&str> = paths.iter().filter_map(|path| Some(path.split_once('/')?.0)).collect();
        let roots: Vec<String> = roots.into_iter().map(str::to_owned).collect();
        let (mut rows, _) = self.rows(revision, &roots, Depth::All)?;
        rows.retain(|row| paths.contains(row.path.as_str()));
        let text = |(path, entry)| match entry {
            Entry::Text(text) => Some((path, text.to_string())),
            _ => None,
        };
        Ok(self.entries(rows)?.into_iter().filter_map(text).collect())
    }

    /// For each line of the workspace's file `path` as `revision` holds it, the commit that last changed more of it than blanks.
    ///
    /// # Errors
    /// `git` could not read the commit, or the file is not in it.
    pub fn blame(&self, revision: &Revision, path: &str) -> Result<Vec<String>, Failure> {
        let output = self.run(&[
            "-c",
            "blame.ignoreRevsFile=",
            "-c",
            "diff.algorithm=myers",
            "-c",
            "diff.indentHeuristic=true",
            "blame",
            "--porcelain",
            "-w",
            "--root",
            "--no-textconv",
            &revision.commit,
            "--",
            path,
        ])?;
        let text = succeeded(output)?;
        // A line of the file starts with a tab, a heading with the name of its commit, and a remark with a word.
        let rows = text.split(|byte| *byte == b'\n').filter(|row| row.first() != Some(&b'\t'));
        let mut commits = Vec::new();
        for row in rows {
            let mut words = row.split(|byte| *byte == b' ');
            let name = words.next().and_then(|word| std::str::from_utf8(word).ok()).filter(|word| is_object_name(word));
            let at = words.nth(1).and_then(number).filter(|at| *at == commits.len() + 1);
            if let (Some(name), Some(_)) = (name, at) {
                commits.push(name.to_owned());
            }
        }
        Ok(commits)
    }

    /// Every commit that `revision` rests on, itself first and none before those that rest on it, each with its parents.
    ///
    /// # Errors
    /// `git` could not read the history.
    pub fn history(&self, revision: &Revision) -> Result<Vec<(String, Vec<String>)>, Failure> {
        let text = succeeded(self.run(&["rev-list", "--date-order", "--parents", &revision.commit])?)?;
        let rows = String::from_utf8(text).map_err(|_| garbled())?;
        let commit = |row: &str| {
            let mut names = row.split(' ').map(str::to_owned);
            Some((names.next()?, names.collect()))
        };
        rows.lines().map(commit).collect::<Option<_>>().ok_or_else(garbled)
    }

    /// The commits of these names, in their order.
    ///
    /// # Errors
    /// One of them cannot be read.
    pub fn commits(&self, names: &[&str]) -> Result<Vec<Commit>, Failure> {
        let mut commits = Vec::with_capacity(names.len());
        self.objects(names, ("commit", TEXT_LIMIT), |bytes| commits.push(commit(&bytes)))?;
        commits.into_iter().collect::<Option<_>>().ok_or_else(garbled)
    }

    /// What stands in `revision` at or below `paths` of the workspace, and whether that was more than is read.
    fn rows(&self, revision: &Revision, paths: &[String], depth: Depth) -> Result<(Vec<Row>, bool), Failure> {
        let paths: Vec<String> = paths.iter().map(|path| format!("{}{path}", self.below)).collect();
        let mut args = vec!["ls-tree", "-l", "-z", "--full-tree"];
        if depth == Depth::All {
            args.push("-r");
        }
        args.extend([revision.commit.as_str(), "--"]);
        args.extend(paths.iter().map(String::as_str));
        let text = succeeded(self.run(&args)?)?;
        let mut rows = Vec::new();
        // On the disk, the folders are counted that files stand in.
        let (mut count, mut above) = (paths.len(), Vec::new());
        for listed in text.split(|byte| *byte == 0).filter(|listed| !listed.is_empty()) {
            let (object, path) = object(listed).ok_or_else(garbled)?;
            if matches!(object.mode, Mode::File) && object.size.is_none() {
                return Err(lacks(&object.name));
            }
            let Some(path) = path.strip_prefix(self.below.as_bytes()) else { continue };
            let root = paths.iter().map(|root| &root[self.below.len()..]).find(|root| is_within(path, root.as_bytes()));
            let Some((path, whole)) = root.and_then(|root| readable(path, root.len())) else { continue };
            let parts: Vec<&[u8]> = path.split(|byte| *byte == b'/').collect();
            count += parts.len() - parts.iter().zip(&above).take_while(|(one, two)| one == two).count();
            if count > FILE_LIMIT {
                return Ok((rows, true));
            }
            rows.push(if whole {
                Row::of(path, object)
            } else {
                Row { found: Some(Found::TooDeep), ..Row::of(path, object) }
            });
            above = parts;
        }
        Ok((rows, false))
    }

    /// Reads what is to be read of `rows`.
    fn entries(&self, rows: Vec<Row>) -> Result<Vec<(String, Entry)>, Failure> {
        let (files, rest): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| row.found.is_none());
        let mut entries: Vec<(String, Entry)> = rest
            .into_iter()
            .filter_map(|row| Some((entry(&row.path, row.found?), row.path)))
            .map(|(e, p)| (p, e))
            .collect();
        let names: Vec<&str> = files.iter().map(|row| row.object.as_str()).collect();
        let mut paths = files.iter().map(|row| row.path.as_str());
        self.objects(&names, ("blob", u64::MAX), |bytes| {
            entries.extend(paths.next().map(|path| (path.to_owned(), entry(path, Found::File(bytes)))));
        })?;
        Ok(entries)
    }

    /// Gives `take` the contents of each of the objects `names`, in their order.
    fn objects(&self, names: &[&str], (kind, most): (&str, u64), take: impl FnMut(Vec<u8>)) -> Result<(), Failure> {
        if names.is_empty() {
            return Ok(());
        }
        let mut command = self.command();
        command
            .args(["cat-file", "--batch", "--buffer"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().map_err(|error| not_started(&error))?;
        let read = transfer(&mut child, names, (kind, most), take);
        let _ = child.wait();
        read
    }

    fn run(&self, args: &[&str]) -> Result<Output, Failure> {
        self.command().args(args).output().map_err(|error| not_started(&error))
    }

    /// `git` in the workspace's folder, with nothing that could make it run another program, ask the network or write.
    fn command(&self) -> Command {
        let mut command = Command::new("git");
        let inherited = std::env::vars_os().map(|(name, _)| name);
        let ours =
            inherited.filter(|name| name.as_encoded_bytes().starts_with(b"GIT_") && name != "GIT_CEILING_DIRECTORIES");
        ours.for_each(|name| {
            command.env_remove(name);
        });
        for (name, value) in [
            ("LC_ALL", "C"),
            ("GIT_OPTIONAL_LOCKS", "0"),
            ("GIT_NO_LAZY_FETCH", "1"),
            ("GIT_NO_REPLACE_OBJECTS", "1"),
            ("GIT_LITERAL_PATHSPECS", "1"),
            ("GIT_TERMINAL_PROMPT", "0"),
        ] {
            command.env(name, value);
        }
        command.arg("--no-pager").arg("-C").arg(&self.root).stdin(Stdio::null());
        // A folder of a repository may itself look like a bare one, with settings of its own.
        for setting in
            ["core.fsmonitor=false", "core.hooksPath=/dev/null", "protocol.allow=never", "safe.bareRepository=explicit"]
        {
            command.args(["-c", setting]);
        }
        command
    }
}

/// How far down a tree is listed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// What was named, and nothing below it.
    One,
    /// Everything below it.
    All,
}

/// An entry of a tree.
#[derive(Debug)]
struct Row {
    /// Its path in the workspace.
    path: String,
    object: String,
    /// What is known without reading it; `None` of a file that is to be read.
    found: Option<Found>,
}

impl Row {
    fn of(path: &[u8], object: Object) -> Self {
        let name = std::str::from_utf8(path).is_ok();
        let path = relative(path);
        let found = match (object.mode, object.size) {
            (Mode::Link, _) => Some(Found::Link),
            (Mode::Submodule, _) => Some(Found::Refused("a submodule, which is another repository".to_owned())),
            (Mode::File, _) if !name => Some(Found::BadName),
            (Mode::File, Some(size)) if size > limit(&path) => Some(Found::TooLarge(size)),
            (Mode::File, Some(_)) => None,
            (Mode::File | Mode::Folder, _) => Some(Found::Refused("not an ordinary file".to_owned())),
        };
        Self { path, object: object.name, found }
    }
}

/// What a tree says of one of its entries.
struct Object {
    mode: Mode,
    name: String,
    size: Option<u64>,
}

#[derive(Clone, Copy)]
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

/// Asks a running `git cat-file` for `names`, and reads its answers.
fn transfer(
    child: &mut Child,
    names: &[&str],
    (kind, most): (&str, u64),
    mut take: impl FnMut(Vec<u8>),
) -> Result<(), Failure> {
    let (Some(mut asks), Some(answers)) = (child.stdin.take(), child.stdout.take()) else { return Err(garbled()) };
    let mut answers = BufReader::new(answers);
    let mut read = || {
        for name in names {
            let mut heading = Vec::new();
            answers.by_ref().take(HEADING).read_until(b'\n', &mut heading).map_err(|_| garbled())?;
            let heading = String::from_utf8_lossy(&heading).trim_end().to_owned();
            let size = heading.strip_prefix(&format!("{name} {kind} ")).and_then(|size| size.parse::<u64>().ok());
            let Some(size) = size.filter(|size| *size <= most) else { return Err(missing(name, &heading)) };
            let mut bytes = Vec::new();
            answers.by_ref().take(size).read_to_end(&mut bytes).map_err(|_| garbled())?;
            let mut end = [0];
            answers.read_exact(&mut end).map_err(|_| garbled())?;
            if bytes.len() as u64 != size || end != [b'\n'] {
                return Err(garbled());
            }
            take(bytes);
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        // Both ends have room for a little only: whoever wrote first and read later would wait for ever.
        scope.spawn(move || asks.write_all((names.join("\n") + "\n").as_bytes()));
        let read = read();
        if read.is_err() {
            // It may still be writing what nobody will read, and then it reads no more.
            let _ = child.kill();
        }
        read
    })
}

/// No heading of an object is longer than this many bytes.
const HEADING: u64 = 200;

fn missing(name: &str, heading: &str) -> Failure {
    if heading.ends_with(" missing") {
        return lacks(name);
    }
    Failure::Unreadable(format!("git cannot read the object {name}"))
}

fn lacks(name: &str) -> Failure {
    let advice = "a partial clone holds only a part; clone it without --filter";
    Failure::Unreadable(format!("the repository lacks the object {name}; {advice}"))
}

/// A commit's headers taken apart.
fn commit(bytes: &[u8]) -> Option<Commit> {
    let text = String::from_utf8_lossy(bytes);
    let headers: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).collect();
    let author = headers.iter().find_map(|line| line.strip_prefix("author "))?;
    let (name, rest) = author.split_once('<')?;
    let (address, when) = rest.split_once('>')?;
    let mut when = when.split_ascii_whitespace();
    let seconds = when.next()?.parse().ok()?;
    let zone: i32 = when.next()?.parse().ok()?;
    // Nobody's clock is a day ahead.
    let zone = if (-2400..=2400).contains(&zone) { zone } else { 0 };
    Some(Commit {
        author: line(name.trim()),
        address: address.trim().to_owned(),
        written: (seconds, (zone / 100 * 60 + zone % 100) * 60),
        has_parents: headers.iter().any(|line| line.starts_with("parent ")),
    })
}

/// Whether `text` is the full name of an object: a SHA-1 or a SHA-256.
fn is_object_name(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn number(word: &[u8]) -> Option<usize> {
    std::str::from_utf8(word).ok()?.parse().ok()
}

/// What a run printed, if it went well.
fn succeeded(output: Output) -> Result<Vec<u8>, Failure> {
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(Failure::Unreadable(format!("git cannot read the repository: {}", first_line(&output.stderr))))
}

/// What `git` complains of first, without its own word for it.
fn first_line(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let first = text.lines().find(|line| !line.is_empty()).unwrap_or("it does not say why");
    line(first.trim_start_matches("fatal: ").trim_start_matches("error: "))
}

fn not_started(error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::NotFound => {
            Failure::NotThere("git is not installed; it is needed to read what a revision holds".to_owned())
        }
        kind => Failure::NotThere(format!("git cannot be started: {kind}")),
    }
}

fn garbled() -> Failure {
    Failure::Unreadable("git gave an answer that makes no sense; is the repository whole? git fsck tells".to_owned())
}
