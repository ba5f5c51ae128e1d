//! Tests workspaces in real git repositories: what Milepost reads of revisions, and whom it names as authors.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::temp_workspace::{MILEPOST, Run, run, write_program};
use milepost::load::git::{self, GitFailure};
use milepost::load::workspace::{self, Entry, Workspace};
use scraper::{Html, Selector};
use serde_json::Value;
use tempfile::TempDir;
use walkdir::WalkDir;

/// A repository in a folder of its own.
struct Repository {
    folder: TempDir,
}

/// Somebody who commits, and when.
#[derive(Clone, Copy)]
struct Who(&'static str, &'static str, &'static str);

const ANN: Who = Who("Bridge clerk", "bridge@example.org", "2026-09-01T23:30:00 +0200");
const BEN: Who = Who("Engine clerk", "engine@example.org", "2026-09-10T09:00:00 +0000");

impl Repository {
    /// An empty repository.
    fn new() -> Self {
        let repo = Self { folder: TempDir::new().unwrap() };
        repo.git(ANN, &["init", "--quiet", "--initial-branch=main"]);
        repo
    }

    /// A repository whose workspace is a copy of the folder `from`, committed.
    fn of(from: &Path) -> Self {
        let repo = Self::new();
        copy(from, repo.path());
        repo.commit(ANN, "First");
        repo
    }

    fn small() -> Self {
        Self::of(&root().join("tests/fixtures/site/small"))
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn git(&self, who: Who, args: &[&str]) -> String {
        git_in(self.path(), who, args)
    }

    fn commit(&self, who: Who, message: &str) -> String {
        self.git(who, &["add", "--all"]);
        self.git(who, &["commit", "--quiet", "--message", message]);
        self.head()
    }

    fn head(&self) -> String {
        self.git(ANN, &["rev-parse", "HEAD"]).trim().to_owned()
    }

    fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Puts `new` in place of `old`, which stands once in the file.
    fn edit(&self, path: &str, old: &str, new: &str) {
        let text = fs::read_to_string(self.path().join(path)).unwrap();
        assert_eq!(text.matches(old).count(), 1, "{old:?} in {text}");
        self.write(path, text.replace(old, new));
    }

    fn milepost(&self, args: &[&str]) -> Run {
        milepost(self.path(), args)
    }

    /// What `revision` holds.
    fn load(&self, revision: &str) -> Workspace {
        let repository = git::open(self.path()).unwrap();
        repository.load(&repository.revision(revision).unwrap()).unwrap()
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs git without the settings of whoever runs the tests.
fn git_in(folder: &Path, Who(name, address, date): Who, args: &[&str]) -> String {
    let mut command = Command::new("git");
    let inherited = std::env::vars_os().map(|(name, _)| name);
    for name in inherited.filter(|name| name.to_string_lossy().starts_with("GIT_")) {
        command.env_remove(name);
    }
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    for (role, value) in [("NAME", name), ("EMAIL", address), ("DATE", date)] {
        command.env(format!("GIT_AUTHOR_{role}"), value).env(format!("GIT_COMMITTER_{role}"), value);
    }
    command.args(["-c", "protocol.file.allow=always"]).args(args).current_dir(folder).stdin(Stdio::null());
    let output = command.output().unwrap();
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(MILEPOST);
    command.arg("--root").arg(folder).args(args).env_remove("NO_COLOR").env_remove("COLUMNS");
    command
}

fn milepost(folder: &Path, args: &[&str]) -> Run {
    run(&mut command(folder, args))
}

fn copy(from: &Path, to: &Path) {
    for entry in WalkDir::new(from).min_depth(1).sort_by_file_name() {
        let entry = entry.unwrap();
        let path = to.join(entry.path().strip_prefix(from).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(path).unwrap();
        } else {
            fs::copy(entry.path(), path).unwrap();
        }
    }
}

/// The example of this repository in the folder `assessment` of another.
fn example() -> (Repository, PathBuf) {
    let repo = Repository::new();
    let workspace = repo.path().join("assessment");
    for folder in ["content", "controls", "maps", "themes"] {
        fs::create_dir_all(workspace.join(folder)).unwrap();
        copy(&root().join(folder), &workspace.join(folder));
    }
    fs::copy(root().join("milepost.toml"), workspace.join("milepost.toml")).unwrap();
    fs::create_dir_all(workspace.join("mappings")).unwrap();
    let head = "id = \"own\"\ntitle = \"Own\"\nversion = \"1\"\nauthority = \"Security team\"\nof = \"csf-2.0\"\n";
    fs::write(workspace.join("mappings/own.toml"), format!("{head}[map.\"PR.DS-11\"]\nequal = [\"7\"]\n")).unwrap();
    repo.commit(ANN, "The example");
    (repo, workspace)
}

/// Every file below `folder` with its contents, and the folders.
fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = WalkDir::new(folder).into_iter().map(Result::unwrap);
    entries.map(|entry| (entry.path().to_owned(), fs::read(entry.path()).unwrap_or_default())).collect()
}

#[test]
fn a_commit_is_read_as_it_would_be_checked_out() {
    let (_room, workspace) = example();
    let repository = git::open(&workspace).unwrap();
    let read = || repository.load(&repository.revision("HEAD").unwrap()).unwrap();
    let on_disk = workspace::load(&workspace);
    assert!(on_disk.files.len() > 100);
    let committed = read();
    assert_eq!(committed.files, on_disk.files);
    assert_eq!((committed.truncated, committed.prefix.as_str()), (false, "HEAD:assessment/"));
    // Whatever the working tree holds.
    fs::write(workspace.join("milepost.toml"), "[report").unwrap();
    fs::remove_dir_all(workspace.join("content/2026-Q2")).unwrap();
    fs::write(workspace.join("content/2026-Q3/new.toml"), "x = 1\n").unwrap();
    assert_eq!(read().files, on_disk.files);
}

#[test]
fn whatever_lies_in_a_commit_becomes_what_it_would_on_the_disk() {
    let repo = Repository::small();
    let team = "content/2026-Q3/bridge";
    symlink("rules.toml", repo.path().join(team).join("linked.toml")).unwrap();
    symlink("bridge", repo.path().join("content/2026-Q3/folder-link")).unwrap();
    symlink("/etc/passwd", repo.path().join(team).join("secret.txt")).unwrap();
    repo.write(&format!("{team}/.hidden.toml"), "x = 1\n");
    repo.write(&format!("{team}/.git-like/x.toml"), "x = 1\n");
    repo.write(&format!("{team}/latin1.toml"), b"x = \"\xe9\"\n");
    repo.write(&format!("{team}/large.toml"), vec![b'#'; 1024 * 1024 + 1]);
    repo.write(&format!("{team}/just-right.toml"), vec![b'#'; 1024 * 1024]);
    repo.write(&format!("{team}/empty.toml"), "");
    repo.write(&format!("{team}/artifacts/scan\t\"1\"\n.bin"), b"\0\n\0");
    repo.write(&format!("{team}/back\\slash.txt"), "x");
    repo.write("themes/own/assets/logo.png", b"\x89PNG");
    repo.write("elsewhere/x.toml", "x = 1\n");
    let deep: Vec<String> = (1..=14).map(|n| n.to_string()).collect();
    repo.write(&format!("content/a/b/{}/x.toml", deep[..13].join("/")), "x = 1\n");
    repo.write(&format!("content/a/b/{}/x.toml", deep.join("/")), "x = 1\n");
    // A name that is no text.
    fs::write(repo.path().join(team).join(OsStr::from_bytes(b"\xff.toml")), "x = 1\n").unwrap();
    repo.commit(ANN, "Odd things");
    let (committed, on_disk) = (repo.load("main"), workspace::load(repo.path()));
    assert_eq!(committed.files.keys().collect::<Vec<_>>(), on_disk.files.keys().collect::<Vec<_>>());
    assert_eq!(committed.files, on_disk.files);
    let entry = |path: &str| &committed.files[path];
    assert_eq!(entry("content/2026-Q3/folder-link"), &Entry::Link);
    assert_eq!(entry(&format!("{team}/large.toml")), &Entry::TooLarge { bytes: (1 << 20) + 1, limit: 1 << 20 });
    let too_deep = format!("content/a/b/{}", deep.join("/"));
    assert_eq!(entry(&too_deep), &Entry::Unreadable("deeper than 16 folders".to_owned()));
    assert!(!committed.files.contains_key("elsewhere/x.toml"));
    assert!(!format!("{committed:?}").contains("root:x:"));
}

#[test]
fn links_above_what_is_read_are_no_way_out_of_a_commit_either() {
    let repo = Repository::small();
    repo.edit("milepost.toml", "[scoring]", "[files]\nevidence = [\"far/away/*/*/*.toml\"]\n\n[scoring]");
    symlink("content", repo.path().join("far")).unwrap();
    repo.commit(ANN, "A link");
    let (committed, on_disk) = (repo.load("main"), workspace::load(repo.path()));
    assert_eq!(committed.files, on_disk.files);
    assert_eq!(committed.files["far"], Entry::Link);
    // The workspace's own file is none either.
    fs::rename(repo.path().join("milepost.toml"), repo.path().join("elsewhere.toml")).unwrap();
    symlink("elsewhere.toml", repo.path().join("milepost.toml")).unwrap();
    repo.commit(ANN, "Another link");
    assert_eq!(repo.load("main").files["milepost.toml"], Entry::Link);
    assert_eq!(workspace::load(repo.path()).files["milepost.toml"], Entry::Link);
}

#[test]
fn a_name_is_composed_in_a_commit_as_on_the_disk() {
    let (composed, apart) = ("Pr\u{fc}fung", "Pru\u{308}fung");
    for (on_disk, in_file) in [(composed, apart), (apart, composed), (apart, apart)] {
        let repo = Repository::small();
        fs::rename(repo.path().join("content"), repo.path().join(on_disk)).unwrap();
        repo.write(&format!("{on_disk}/2026-Q3/bridge/artifacts/{on_disk}.txt"), "x");
        repo.write(&format!("{composed}/2026-Q2/bridge/twice.toml"), "x = 1\n");
        repo.write(&format!("{apart}/2026-Q2/bridge/twice.toml"), "x = 1\n");
        repo.edit(
            "milepost.toml",
            "[scoring]",
            &format!("[files]\nevidence = [\"{in_file}/*/*/*.toml\"]\n\n[scoring]"),
        );
        repo.commit(ANN, "Names");
        let (committed, on_disk) = (repo.load("main"), workspace::load(repo.path()));
        assert_eq!(committed.files, on_disk.files);
        assert!(committed.files.contains_key(&format!("{composed}/2026-Q3/bridge/artifacts/{composed}.txt")));
        let Entry::Unreadable(why) = &committed.files[&format!("{composed}/2026-Q2/bridge/twice.toml")] else {
            unreachable!()
        };
        assert!(why.contains("two files have this name"), "{why}");
    }
}

#[test]
fn a_submodule_is_named_and_not_entered() {
    let repo = Repository::small();
    let commit = repo.head();
    repo.git(ANN, &["update-index", "--add", "--cacheinfo", &format!("160000,{commit},content/2026-Q3/theirs")]);
    repo.git(ANN, &["commit", "--quiet", "--message", "A submodule"]);
    let committed = repo.load("HEAD");
    let Entry::Unreadable(why) = &committed.files["content/2026-Q3/theirs"] else { unreachable!() };
    assert!(why.contains("submodule"), "{why}");
    let told = repo.milepost(&["score", "--at", "HEAD"]).failure(1);
    assert!(told.contains("HEAD:content/2026-Q3/theirs") && told.contains("submodule"), "{told}");
}

#[test]
fn the_same_commit_gives_the_same_bytes_whatever_the_tree_holds() {
    let (repo, workspace) = example();
    let site = |name: &str, args: &[&str]| {
        let out = repo.path().join(name);
        milepost(&workspace, &[&["build", "--out", out.to_str().unwrap()], args].concat()).result();
        WalkDir::new(&out)
            .sort_by_file_name()
            .into_iter()
            .map(Result::unwrap)
            .filter(|entry| entry.file_type().is_file())
            .map(|entry| (entry.path().strip_prefix(&out).unwrap().to_owned(), fs::read(entry.path()).unwrap()))
            .collect::<Vec<_>>()
    };
    let commands: &[&[&str]] = &[
        &["score", "--format", "json"],
        &["gaps", "--all"],
        &["explain", "PR.DS-11"],
        &["todo"],
        &["crosswalk", "own"],
        &["score", "--quarter", "2026-Q2", "--team", "fleet"],
    ];
    let print = |at: &[&str]| {
        commands.iter().map(|args| milepost(&workspace, &[args, at].concat()).result()).collect::<Vec<_>>()
    };
    let (printed, built) = (print(&[]), site("from-disk", &[]));
    assert_eq!(print(&["--at", "HEAD"]), printed);
    fs::remove_dir_all(workspace.join("content/2026-Q3")).unwrap();
    fs::write(workspace.join("content/2026-Q2/summary.md"), "Nothing.").unwrap();
    assert_ne!(print(&["--at", "HEAD"]), commands.iter().map(|_| String::new()).collect::<Vec<_>>());
    assert_eq!(print(&["--at", "HEAD"]), printed);
    let again = site("from-git", &["--at", "main"]);
    assert_eq!(again.len(), built.len());
    let differing: Vec<_> = again.iter().zip(&built).filter(|(one, two)| one != two).map(|(one, _)| &one.0).collect();
    assert!(differing.is_empty(), "{differing:?}");
}

#[test]
fn the_commit_that_was_read_is_told_beside_the_result() {
    let repo = Repository::small();
    let head = repo.head();
    repo.git(ANN, &["tag", "--annotate", "--message", "x", "v1"]);
    for name in ["main", "v1", "HEAD", "refs/heads/main"] {
        let run = repo.milepost(&["score", "--at", name]);
        assert_eq!(run.stderr, format!("read at {name}: commit {head}\n"));
    }
    let run = repo.milepost(&["gaps", "--at", &head]);
    assert_eq!(run.stderr, format!("read at {}: commit {head}\n", &head[..12]));
}

#[test]
fn a_revision_that_is_broken_says_where() {
    let repo = Repository::small();
    repo.edit("content/2026-Q3/engine/rules.toml", "level = 4", "level = 9");
    repo.commit(ANN, "A mistake");
    repo.edit("content/2026-Q3/engine/rules.toml", "level = 9", "level = 3");
    repo.milepost(&["score"]).result();
    for args in [&["score", "--at", "main"] as &[&str], &["explain", "H", "--at", "main"], &["diff", "--base", "main"]]
    {
        let told = repo.milepost(args).failure(1);
        assert!(
            told.contains("error[bad-level]") && told.contains("--> main:content/2026-Q3/engine/rules.toml:5:9"),
            "{told}"
        );
    }
    // And the other way round: what stands in the folder has no revision before it.
    repo.commit(ANN, "Mended");
    repo.edit("content/2026-Q3/engine/rules.toml", "[H.E-1]\nlevel = 3", "[H.E-1]\nlevel = 8");
    let told = repo.milepost(&["diff", "--base", "main"]).failure(1);
    assert!(told.contains("error[bad-level]") && !told.contains("main:content"), "{told}");
    repo.milepost(&["score", "--at", "main"]).result();
}

#[test]
fn what_is_not_there_is_wrong_usage() {
    let repo = Repository::small();
    let cases: &[(&str, &str)] = &[
        ("no-such-branch", "no revision `no-such-branch`"),
        ("", "cannot be a revision"),
        ("main:content", "no revision `main:content`"),
        ("main..HEAD", "no revision `main..HEAD`"),
        ("HEAD~1", "no revision `HEAD~1`"),
        ("a\nb", "cannot be a revision"),
        ("0123456789012345678901234567890123456789", "no revision `0123456789"),
    ];
    for (name, wanted) in cases {
        for args in [&["score", "--at", name] as &[&str], &["build", "--at", name], &["diff", "--base", name]] {
            let told = repo.milepost(args).failure(2);
            assert!(
                told.starts_with("error: ") && told.contains(wanted) && told.lines().count() == 1,
                "{args:?}: {told}"
            );
        }
    }
    for args in [
        &["diff", "--base", "main", "2026-Q2"] as &[&str],
        &["diff", "2026-Q2", "2026-Q3", "--base", "main"],
        &["diff", "--quarter", "2026-Q3"],
        &["diff", "--base", "main", "--quarter", "2026-Q1"],
        &["score", "--at"],
    ] {
        assert_eq!(repo.milepost(args).code, Some(2), "{args:?}");
    }
}

// Git would read a name that starts with `-` as an option, and could write a file or run a program.
#[test]
fn a_revision_is_never_an_option() {
    let repo = Repository::small();
    // Such branches cannot be made by git branch, but by whoever writes into .git.
    let head = repo.head();
    for name in ["--output=stolen", "-h", "--upload-pack=touch stolen"] {
        fs::create_dir_all(repo.path().join(".git/refs/heads")).unwrap();
        fs::write(repo.path().join(".git/refs/heads").join(name), format!("{head}\n")).unwrap();
        let told = repo.milepost(&["score", &format!("--at={name}")]).failure(2);
        assert!(told.contains("cannot be a revision"), "{told}");
        let told = repo.milepost(&["diff", &format!("--base={name}")]).failure(2);
        assert!(told.contains("cannot be a revision"), "{told}");
    }
    assert!(!repo.path().join("stolen").exists());
}

#[test]
fn folders_that_are_no_repository_say_so() {
    let plain = TempDir::new().unwrap();
    copy(&root().join("tests/fixtures/site/small"), plain.path());
    let told = milepost(plain.path(), &["score", "--at", "HEAD"]).failure(2);
    assert!(told.contains("is not in a git repository") && told.contains("git init"), "{told}");
    let repo = Repository::small();
    let bare = plain.path().join("bare.git");
    git_in(plain.path(), ANN, &["clone", "--quiet", "--bare", repo.path().to_str().unwrap(), bare.to_str().unwrap()]);
    for args in [&["score", "--at", "main"] as &[&str], &["diff", "--base", "main"]] {
        let told = milepost(&bare, args).failure(2);
        assert!(told.contains("bare repository") && told.contains("clone"), "{told}");
        let told = milepost(&repo.path().join(".git"), args).failure(2);
        assert!(told.contains("no working tree"), "{told}");
    }
    let empty = Repository::new();
    let told = empty.milepost(&["score", "--at", "HEAD"]).failure(2);
    assert!(told.contains("no revision `HEAD`"), "{told}");
    let mut without = command(repo.path(), &["score", "--at", "main"]);
    without.env("PATH", "/nowhere");
    let told = run(&mut without).failure(2);
    assert!(told.contains("git is not installed"), "{told}");
}

#[test]
fn a_shallow_clone_says_how_to_deepen_it() {
    let repo = Repository::small();
    let first = repo.head();
    repo.edit("content/2026-Q3/engine/rules.toml", "level = 4", "level = 2");
    repo.commit(BEN, "Second");
    let clone = TempDir::new().unwrap();
    let from = format!("file://{}", repo.path().display());
    git_in(clone.path(), ANN, &["clone", "--quiet", "--depth=1", &from, "here"]);
    let here = clone.path().join("here");
    milepost(&here, &["score", "--at", "HEAD"]).result();
    for name in ["HEAD~1", &first] {
        let told = milepost(&here, &["diff", "--base", name]).failure(2);
        assert!(
            told.contains(&format!("`{name}`")) && told.contains("shallow") && told.contains("--unshallow"),
            "{told}"
        );
    }
}

#[test]
fn a_partial_clone_is_not_filled_from_the_network() {
    let repo = Repository::small();
    repo.git(ANN, &["config", "uploadpack.allowFilter", "true"]);
    let clone = TempDir::new().unwrap();
    let from = format!("file://{}", repo.path().display());
    git_in(clone.path(), ANN, &["clone", "--quiet", "--no-checkout", "--filter=blob:none", &from, "here"]);
    let told = milepost(&clone.path().join("here"), &["score", "--at", "HEAD"]).failure(1);
    assert!(told.starts_with("error: ") && told.lines().count() == 1, "{told}");
}

#[test]
fn reading_changes_nothing_and_runs_nothing() {
    let repo = Repository::small();
    let trap = repo.path().join("trap.sh");
    let sprung = repo.path().join("sprung");
    write_program(&trap, &format!("#!/bin/sh\necho \"$0 $*\" >>{}\ncat\n", sprung.display()));
    let trap = trap.to_str().unwrap();
    repo.write(".gitattributes", "*.toml filter=trap diff=trap\n");
    repo.edit("milepost.toml", "[report]\n", "[report]\nprovenance = true\n");
    repo.commit(ANN, "Traps");
    for setting in [
        "core.fsmonitor",
        "core.pager",
        "core.sshCommand",
        "core.askPass",
        "core.editor",
        "diff.external",
        "diff.trap.textconv",
        "diff.trap.command",
        "filter.trap.clean",
        "filter.trap.smudge",
        "filter.trap.process",
        "pager.blame",
        "gpg.program",
    ] {
        repo.git(ANN, &["config", setting, trap]);
    }
    repo.git(ANN, &["config", "alias.blame", &format!("!{trap}")]);
    repo.git(ANN, &["config", "core.hooksPath", repo.path().to_str().unwrap()]);
    // Changed since the index was written: whoever looks at the working tree would refresh it.
    repo.write("content/2026-Q3/summary.md", "Changed.");
    let before = tree(&repo.path().join(".git"));
    let out = TempDir::new().unwrap();
    for args in [
        &["score", "--at", "HEAD"] as &[&str],
        &["diff", "--base", "HEAD"],
        &["explain", "H.A-1"],
        &["explain", "H.A-1", "--at", "HEAD"],
        &["build", "--out", out.path().to_str().unwrap()],
    ] {
        repo.milepost(args).result();
    }
    assert!(
        repo.people(&[]).iter().all(|told| told.starts_with("last changed by Bridge clerk")),
        "{:?}",
        repo.people(&[])
    );
    assert!(!sprung.exists(), "{}", fs::read_to_string(&sprung).unwrap());
    assert!(tree(&repo.path().join(".git")) == before);
}

#[test]
fn the_environment_does_not_choose_the_repository() {
    let (repo, other) = (Repository::small(), Repository::small());
    other.edit("content/2026-Q3/engine/rules.toml", "level = 4", "level = 0");
    let wrong = other.commit(ANN, "Other figures");
    let plain = repo.milepost(&["score", "--at", "main"]).result();
    let mut misled = command(repo.path(), &["score", "--at", "main"]);
    for (name, value) in [
        ("GIT_DIR", other.path().join(".git").to_str().unwrap()),
        ("GIT_WORK_TREE", other.path().to_str().unwrap()),
        ("GIT_INDEX_FILE", "/nowhere"),
        ("GIT_OBJECT_DIRECTORY", other.path().join(".git/objects").to_str().unwrap()),
        ("GIT_CONFIG_COUNT", "1"),
        ("GIT_CONFIG_KEY_0", "core.bare"),
        ("GIT_CONFIG_VALUE_0", "true"),
        ("GIT_PREFIX", "content/"),
        ("LC_ALL", "de_DE.UTF-8"),
    ] {
        misled.env(name, value);
    }
    assert_eq!(run(&mut misled).result(), plain);
    // Nor does a replacement that lies in the repository: the same commit stays the same.
    let head = repo.head();
    repo.edit("content/2026-Q3/engine/rules.toml", "level = 4", "level = 0");
    let replacement = repo.commit(ANN, "Replacement");
    repo.git(ANN, &["replace", &head, &replacement]);
    assert_eq!(repo.milepost(&["score", "--at", &head]).result(), plain);
    assert!(repo.milepost(&["score", "--at", &wrong]).failure(2).contains("no revision"));
}

#[test]
fn many_and_large_files_do_not_stop_the_talk_with_git() {
    let repo = Repository::small();
    // More than a pipe holds, in both directions.
    for n in 0..3_000 {
        repo.write(&format!("content/2026-Q3/bridge/artifacts/{n}.txt"), format!("{n}"));
    }
    repo.write("content/2026-Q3/bridge/artifacts/large.bin", vec![7; 8 << 20]);
    repo.commit(ANN, "Many");
    assert_eq!(repo.load("main").files, workspace::load(repo.path()).files);
    // An object that is gone stops it early, and it does not hang.
    let object = repo.git(ANN, &["rev-parse", "main:content/2026-Q3/bridge/artifacts/1000.txt"]);
    let object = object.trim();
    fs::remove_file(repo.path().join(".git/objects").join(&object[..2]).join(&object[2..])).unwrap();
    let repository = git::open(repo.path()).unwrap();
    let told = repository.load(&repository.revision("main").unwrap()).unwrap_err();
    assert!(matches!(told, GitFailure::Unreadable(_)), "{told:?}");
}

#[test]
fn the_base_is_compared_with_the_files_in_the_folder() {
    let repo = Repository::small();
    let diff = |args: &[&str]| repo.milepost(&[&["diff", "--base", "main"], args].concat()).result();
    let first = |text: &str| text.lines().next().unwrap().to_owned();
    assert_eq!(first(&diff(&["--format", "markdown"])), "This change moves no score.");
    // Down, with its reason.
    repo.edit("content/2026-Q3/bridge/rules.toml", "  { kind = \"record\"", "  # { kind = \"record\"");
    let text = diff(&["--format", "markdown"]);
    assert_eq!(first(&text), "This change moves H.A from 0.4 to 0.3: evidence lost on H.A-1.");
    assert!(text.contains("### Harbour rules: 2026-Q3 at main to 2026-Q3\n"), "{text}");
    assert_eq!(first(&diff(&[])), first(&text));
    let json: Value = serde_json::from_str(&diff(&["--format", "json"])).unwrap();
    assert_eq!((&json["from"], &json["to"]), (&"2026-Q3 at main".into(), &"2026-Q3".into()));
    // Several.
    repo.edit(
        "content/2026-Q3/bridge/rules.toml",
        "[H.E-1]\nunknown = \"The log went ashore with the old mate.\"",
        "[H.E-1]\nlevel = 1",
    );
    repo.edit("content/2026-Q3/engine/rules.toml", "[Q.L-2]\nlevel = 3\n", "");
    let several = first(&diff(&["--format", "markdown"]));
    insta::assert_snapshot!("headline-of-several", several);
    // One team, one earlier quarter, and a move too small to be seen.
    insta::assert_snapshot!("headline-of-a-team", first(&diff(&["--format", "markdown", "--team", "bridge"])));
    repo.edit("content/2026-Q2/bridge/rules.toml", "[H.A-2]\nlevel = 1", "[H.A-2]\nlevel = 2");
    insta::assert_snapshot!(
        "headline-of-an-earlier-quarter",
        first(&diff(&["--format", "markdown", "--quarter", "2026-Q2"]))
    );
    insta::assert_snapshot!("diff-against-a-base", diff(&["--format", "markdown"]));
}

#[test]
fn the_base_is_where_the_histories_parted() {
    let repo = Repository::small();
    let start = repo.head();
    repo.git(ANN, &["switch", "--quiet", "--create", "work"]);
    repo.write("content/summary-of-work.md", "x");
    repo.commit(ANN, "Work that moves nothing");
    // What main did since then is not what this branch does.
    repo.git(BEN, &["switch", "--quiet", "main"]);
    repo.edit("content/2026-Q3/bridge/rules.toml", "[H.A-2]\nlevel = 0", "[H.A-2]\nlevel = 1");
    let tip = repo.commit(BEN, "Main moves on");
    repo.git(ANN, &["switch", "--quiet", "work"]);
    let run = repo.milepost(&["diff", "--base", "main", "--format", "markdown"]);
    assert!(
        run.stderr.ends_with(&format!("compared with the merge base of HEAD and main: commit {start}\n")),
        "{}",
        run.stderr
    );
    let text = run.result();
    assert!(text.starts_with("This change moves no score.\n"), "{text}");
    let json: Value =
        serde_json::from_str(&repo.milepost(&["diff", "--base", "main", "--format", "json"]).result()).unwrap();
    assert_eq!(json["from"], format!("2026-Q3 at {}, the merge base with main", &start[..12]));
    let run = repo.milepost(&["diff", "--base-tip", "main", "--format", "markdown"]);
    assert!(run.stderr.ends_with(&format!("compared with main: commit {tip}\n")), "{}", run.stderr);
    let text = run.result();
    assert!(text.starts_with("This change moves H.A from "), "{text}");
    assert!(text.contains("2026-Q3 at main to 2026-Q3"), "{text}");
    let both = repo.milepost(&["diff", "--base", "main", "--base-tip", "main"]).failure(2);
    assert!(both.contains("cannot be used with"), "{both}");
    repo.milepost(&["diff", "--quarter", "2026-Q3"]).failure(2);
}

#[test]
fn without_a_common_history_nothing_is_compared_in_silence() {
    let repo = Repository::small();
    repo.git(ANN, &["switch", "--quiet", "--create", "work"]);
    for n in 0..3 {
        repo.write("note.txt", n.to_string());
        repo.commit(ANN, "Work");
    }
    repo.git(BEN, &["switch", "--quiet", "main"]);
    repo.write("other.txt", "x");
    repo.commit(BEN, "Main moves on");
    repo.git(ANN, &["switch", "--quiet", "--orphan", "apart"]);
    repo.write("apart.txt", "x");
    repo.commit(ANN, "Another history");
    repo.git(ANN, &["switch", "--quiet", "work"]);
    let told = repo.milepost(&["diff", "--base", "apart"]).failure(2);
    assert!(told.contains("no common history") && told.contains("--base-tip"), "{told}");
    // As CI clones: one commit of each branch.
    let clones = TempDir::new().unwrap();
    let from = format!("file://{}", repo.path().display());
    git_in(
        clones.path(),
        ANN,
        &["clone", "--quiet", "--depth", "1", "--no-single-branch", "--branch", "work", &from, "w"],
    );
    let here = clones.path().join("w");
    let told = milepost(&here, &["diff", "--base", "origin/main"]).failure(2);
    assert!(told.contains("shallow") && told.contains("git fetch --unshallow"), "{told}");
    milepost(&here, &["diff", "--base-tip", "origin/main"]).result();
    git_in(&here, ANN, &["fetch", "--quiet", "--unshallow"]);
    milepost(&here, &["diff", "--base", "origin/main"]).result();
}

#[test]
fn where_the_base_holds_no_workspace_all_is_new() {
    let repo = Repository::new();
    repo.write("README.md", "A service.");
    repo.commit(ANN, "Before there was a workspace");
    let small = root().join("tests/fixtures/site/small");
    copy(&small, repo.path());
    fs::remove_dir_all(repo.path().join("content")).unwrap();
    repo.git(ANN, &["switch", "--quiet", "--create", "settings"]);
    repo.commit(ANN, "Settings without a quarter");
    repo.git(ANN, &["switch", "--quiet", "--create", "work"]);
    copy(&small, repo.path());
    repo.commit(ANN, "The first quarters");
    let sentence = |base: &str| format!("All of 2026-Q3 is new: {base} holds no workspace with a quarter yet.");
    for base in ["main", "settings"] {
        let diff = |format| repo.milepost(&["diff", "--base", base, "--format", format]);
        let remarks = diff("text").stderr;
        assert!(remarks.contains(&format!("compared with {base}: commit ")), "{remarks}");
        for format in ["text", "markdown"] {
            let text = diff(format).result();
            assert!(text.starts_with(&sentence(base)) && text.contains("H.A"), "{text}");
        }
        let json: Value = serde_json::from_str(&diff("json").result()).unwrap();
        assert_eq!((&json["from"], &json["incomparable"]), (&base.into(), &sentence(base).into()));
        let csv = diff("csv").result();
        assert!(csv.lines().nth(1).unwrap().contains(&sentence(base)), "{csv}");
    }
    // A base that is broken is another matter.
    repo.git(ANN, &["switch", "--quiet", "settings"]);
    repo.write("milepost.toml", "[report]\ntitel = 1\n");
    repo.commit(ANN, "Broken");
    repo.git(ANN, &["switch", "--quiet", "work"]);
    assert!(repo.milepost(&["diff", "--base-tip", "settings"]).failure(1).contains("error[unknown-key]"));
}

#[test]
fn a_workspace_that_was_moved_is_found_where_it_was() {
    let repo = Repository::small();
    let old = repo.head();
    fs::create_dir_all(repo.path().join("risk/csf")).unwrap();
    for name in ["milepost.toml", "content", "controls"] {
        repo.git(ANN, &["mv", name, "risk/csf/"]);
    }
    repo.edit("risk/csf/content/2026-Q3/bridge/rules.toml", "[H.A-2]\nlevel = 0", "[H.A-2]\nlevel = 1");
    repo.commit(ANN, "Moved");
    let here = repo.path().join("risk/csf");
    let score = milepost(&here, &["score", "--at", &old]);
    let told = format!("read at {}: commit {old}, where the workspace was in the top of the repository\n", &old[..12]);
    assert!(score.stderr.contains(&told), "{}", score.stderr);
    let text = milepost(&here, &["diff", "--base-tip", &old, "--format", "markdown"]).result();
    assert!(text.starts_with("This change moves H.A from "), "{text}");
    // And back again: from the folder of now, a later commit is read where it is.
    repo.git(ANN, &["mv", "risk/csf", "assessment"]);
    repo.commit(ANN, "Moved again");
    let run = milepost(&repo.path().join("assessment"), &["diff", "--base-tip", "HEAD~1", "--format", "markdown"]);
    assert!(run.stderr.contains("where the workspace was in risk/csf/\n"), "{}", run.stderr);
    assert!(run.result().starts_with("This change moves no score."));
    // A file that was written anew elsewhere is no moved one.
    repo.write("other/milepost.toml", "[report]\ntitle = \"Another\"\n[[team]]\nid = \"deck\"\nname = \"Deck\"\n");
    repo.write("other/content/2026-Q3/deck/a.toml", "[\"GV.OC-01\"]\nlevel = 1\n");
    repo.commit(ANN, "Another workspace");
    let text = milepost(&repo.path().join("other"), &["diff", "--base-tip", "HEAD~1"]).result();
    assert!(text.starts_with("All of 2026-Q3 is new: HEAD~1 holds no workspace"), "{text}");
}

#[test]
fn pages_name_the_commit_that_they_are_built_from() {
    let repo = Repository::small();
    let out = TempDir::new().unwrap();
    let footer = |at: &[&str]| {
        let build = ["build", "--out", out.path().to_str().unwrap()];
        repo.milepost(&[&build, at].concat()).result();
        let page = fs::read_to_string(out.path().join("2026-Q3/gaps/index.html")).unwrap();
        page.split("<footer>")
            .nth(1)
            .unwrap()
            .split("· commit")
            .nth(1)
            .map(|said| said.split('<').next().unwrap().to_owned())
    };
    // Nothing says so unless it is asked for.
    assert_eq!(footer(&[]), None);
    repo.edit("milepost.toml", "[report]", "[report]\ncommit = true");
    let first = repo.head();
    assert_eq!(footer(&[]), Some(format!(" {}, with changes that are not committed", &first[..12])));
    let second = repo.commit(ANN, "Name the commit");
    assert_eq!(footer(&[]), Some(format!(" {}", &second[..12])));
    // What is no part of the workspace changes no page.
    repo.write("README.txt", "x");
    assert_eq!(footer(&[]), Some(format!(" {}", &second[..12])));
    let third = repo.commit(ANN, "Something else");
    assert_eq!(footer(&["--at", "HEAD~1"]), Some(format!(" {}", &second[..12])));
    assert_eq!(footer(&[]), Some(format!(" {}", &third[..12])));
    fs::remove_dir_all(repo.path().join(".git")).unwrap();
    assert_eq!(footer(&[]), Some(" unknown: the workspace is not in a git repository".to_owned()));
}

/// The addresses of a forge on the pages of a built report, each with its page and with what it stands behind.
fn forge_links(out: &Path) -> Vec<[String; 3]> {
    let mut found = Vec::new();
    for entry in WalkDir::new(out).sort_by_file_name() {
        let path = entry.unwrap().into_path();
        if path.extension() != Some(OsStr::new("html")) {
            continue;
        }
        let page = Html::parse_document(&fs::read_to_string(&path).unwrap());
        let name = path.strip_prefix(out).unwrap().to_str().unwrap().to_owned();
        for link in page.select(&Selector::parse("a.file").unwrap()) {
            let href = link.value().attr("href").unwrap().to_owned();
            found.push([name.clone(), href, link.text().collect()]);
        }
    }
    found
}

const FORGE: &str = "[report]\nrepository = \"https://forge.example/blob/{commit}/{path}\"";

#[test]
fn every_path_on_a_page_leads_to_its_file_on_the_forge() {
    let (repo, workspace) = example();
    repo.edit("assessment/milepost.toml", "[report]", FORGE);
    let head = repo.commit(ANN, "Name the forge");
    let out = TempDir::new().unwrap();
    let build = ["build", "--out", out.path().to_str().unwrap()];
    milepost(&workspace, &build).result();
    let links = forge_links(out.path());
    let files = repo.git(ANN, &["ls-tree", "-r", "--name-only", "HEAD"]);
    let files: Vec<&str> = files.lines().collect();
    for [page, href, shown] in &links {
        let path = href.strip_prefix(&format!("https://forge.example/blob/{head}/")).unwrap();
        assert!(files.contains(&path), "{page}: {href}");
        let (file, line) = shown.split_once(':').map_or((shown.as_str(), ""), |(file, line)| (file, line));
        assert_eq!(format!("assessment/{file}"), path, "{page}");
        assert!(line.parse::<usize>().is_ok() || line.is_empty(), "{page}: {shown}");
    }
    for kind in ["controls/PR.DS-11", "teams/fleet", "evidence", "actions", "findings", "exclusions", "targets"] {
        let page = format!("2026-Q4/{kind}/index.html");
        let is_of_kind = |link: &&[String; 3]| link[0] == page;
        assert!(links.iter().any(|link| is_of_kind(&link)), "{page}");
        // No path is left without its link, but for the heads of what folds.
        let text = fs::read_to_string(out.path().join(&page)).unwrap();
        let bare = text.match_indices("<code>content/").filter(|(at, _)| !text[..*at].ends_with("\">"));
        assert_eq!(
            bare.filter(|(at, _)| !text[..*at].rsplit('<').next().unwrap().starts_with("summary>")).count(),
            0,
            "{page}"
        );
    }
    for page in ["method/index.html", "2026-Q4/crosswalk/own/index.html"] {
        assert!(links.iter().any(|link| link[0] == page), "{page}");
    }
    // What the board may not see leads nowhere.
    milepost(&workspace, &[&build[..], &["--audience", "board"]].concat()).result();
    assert_eq!(forge_links(out.path()), [[""; 3]; 0]);
}

#[test]
fn a_path_without_a_certain_file_on_the_forge_is_no_link() {
    let repo = Repository::small();
    let out = TempDir::new().unwrap();
    let links = |at: &[&str]| {
        repo.milepost(&[&["build", "--out", out.path().to_str().unwrap()], at].concat()).result();
        let links = forge_links(out.path()).into_iter().map(|[_, href, _]| href);
        links.map(|href| href.strip_prefix("https://forge.example/").unwrap().to_owned()).collect::<BTreeSet<_>>()
    };
    let answers = "content/2026-Q3/bridge/rules.toml";
    repo.edit("milepost.toml", "[report]", FORGE);
    let head = repo.head();
    // The commit holds everything but the setting itself.
    let first = links(&[]);
    assert!(first.contains(&format!("blob/{head}/{answers}")), "{first:?}");
    assert!(!first.contains(&format!("blob/{head}/milepost.toml")), "{first:?}");
    let head = repo.commit(ANN, "Name the forge");
    assert!(links(&[]).contains(&format!("blob/{head}/milepost.toml")));
    let text = fs::read_to_string(repo.path().join(answers)).unwrap();
    repo.write(answers, format!("# New.\n{text}"));
    let changed = links(&[]);
    assert!(!changed.is_empty() && !changed.contains(&format!("blob/{head}/{answers}")), "{changed:?}");
    assert!(links(&["--at", "HEAD"]).contains(&format!("blob/{head}/{answers}")));
    // An address without a commit shows what is newest there.
    repo.edit("milepost.toml", "{commit}", "main");
    assert!(links(&[]).contains(&format!("blob/main/{answers}")));
    repo.edit("milepost.toml", "[report]", "[audiences]\ninternal = [\"links\"]\n[report]");
    assert_eq!(links(&["--audience", "internal"]), BTreeSet::new());
    // Without a repository nobody knows the path in it.
    fs::remove_dir_all(repo.path().join(".git")).unwrap();
    assert_eq!(links(&[]), BTreeSet::new());
}

#[test]
fn a_quarter_that_the_base_lacks_is_compared_with_its_newest() {
    let repo = Repository::small();
    copy(&repo.path().join("content/2026-Q3"), &{
        let new = repo.path().join("content/2026-Q4");
        fs::create_dir_all(new.join("bridge")).unwrap();
        fs::create_dir_all(new.join("engine")).unwrap();
        new
    });
    repo.edit("content/2026-Q4/bridge/rules.toml", "on = 2026-09-20", "on = 2026-12-01");
    repo.edit("content/2026-Q4/bridge/rules.toml", "[H.A-2]\nlevel = 0", "[H.A-2]\nlevel = 1");
    repo.edit("milepost.toml", "default = { level = 3", "default = { level = 2");
    let run = repo.milepost(&["diff", "--base", "HEAD", "--format", "markdown"]);
    let remark = "HEAD does not hold 2026-Q4 yet: compared with its newest quarter, 2026-Q3\n";
    assert!(run.stderr.ends_with(remark), "{}", run.stderr);
    insta::assert_snapshot!("headline-of-a-new-quarter", run.result().lines().next().unwrap());
}

#[test]
fn evidence_that_is_all_still_there_has_expired() {
    let repo = Repository::small();
    repo.edit("milepost.toml", "[scoring]", "[evidence]\nmax_age = \"60d\"\n\n[scoring]");
    repo.commit(ANN, "Short-lived evidence");
    // The quarter ends later than it did.
    repo.write("content/2026-Q3/quarter.toml", "title = \"Second round\"\ncloses = 2026-11-30\n");
    let run = repo.milepost(&["diff", "--base", "main", "--format", "markdown"]);
    assert_eq!(run.result().lines().next(), Some("This change moves H.A from 0.4 to 0.3: evidence expired on H.A-1."));
}

/// Where the teams of the small workspace say something of H.A-1.
const BRIDGE: &str = "content/2026-Q3/bridge/rules.toml";
const ENGINE: &str = "content/2026-Q3/engine/rules.toml";

/// The one by whom changes are merged, an hour after midnight where they are.
const CAM: Who = Who("Harbour master", "harbour@example.org", "2026-09-12T01:00:00 +0200");

impl Repository {
    /// The small workspace, in a repository that is asked for its people.
    fn with_people() -> Self {
        let repo = Self::small();
        repo.edit("milepost.toml", "[report]\n", "[report]\nprovenance = true\n");
        repo.commit(ANN, "Ask for people");
        repo
    }

    /// Changes the engine room's level for H.A-1 on a branch of its own, and leaves the branch for main again.
    fn branch(&self, who: Who, level: &str) -> String {
        self.git(who, &["switch", "--quiet", "--create", "change"]);
        self.edit(ENGINE, "[H.A-1]\nlevel = 3", &format!("[H.A-1]\nlevel = {level}"));
        let commit = self.commit(who, "Change");
        self.git(who, &["switch", "--quiet", "main"]);
        commit[..12].to_owned()
    }

    fn merge(&self, who: Who) {
        self.git(who, &["merge", "--quiet", "--no-ff", "--message", "Merge", "change"]);
    }

    /// What is said of the people behind the two answers for H.A-1: the bridge's and the engine room's.
    fn people(&self, args: &[&str]) -> [String; 2] {
        people(self.path(), args)
    }
}

fn people(folder: &Path, args: &[&str]) -> [String; 2] {
    let text = milepost(folder, &[&["explain", "H.A-1", "--format", "json"], args].concat()).result();
    let told: Value = serde_json::from_str(&text).unwrap();
    let said = |input: &Value| {
        let notes = input["notes"].as_array().unwrap().iter().map(|note| note.as_str().unwrap());
        let said: Vec<&str> =
            notes.filter(|note| note.contains("last changed") || note.contains("committed")).collect();
        assert!(said.len() < 2, "{said:?}");
        said.concat()
    };
    let inputs = told["inputs"].as_array().unwrap();
    [said(&inputs[0]), said(&inputs[1])]
}

/// The page of H.A-1, of the workspace in `folder`.
fn page(folder: &Path, args: &[&str]) -> String {
    let out = TempDir::new().unwrap();
    milepost(folder, &[&["build", "--out", out.path().to_str().unwrap()], args].concat()).result();
    fs::read_to_string(out.path().join("2026-Q3/controls/H.A-1/index.html")).unwrap()
}

#[test]
fn an_answer_tells_who_changed_it_when_and_who_merged_it() {
    let repo = Repository::with_people();
    let first = repo.git(ANN, &["rev-parse", "main~1"])[..12].to_owned();
    let ann = format!("last changed by Bridge clerk on 2026-09-01 in {first}");
    assert_eq!(repo.people(&[]), [ann.clone(), ann.clone()]);
    let change = repo.branch(BEN, "4");
    assert_eq!(repo.people(&[]), [ann.clone(), ann.clone()], "what is not merged is not there");
    repo.merge(CAM);
    let ben = format!("last changed by Engine clerk on 2026-09-10 in {change}, merged by Harbour master");
    assert_eq!(repo.people(&[]), [ann.clone(), ben]);
    // Every state of the workspace has its own people.
    assert_eq!(repo.people(&["--at", "main~1"]), [ann.clone(), ann]);
    let html = page(repo.path(), &[]);
    for told in [
        format!("Last changed in git by Bridge clerk on 2026-09-01, commit {first}."),
        format!("Last changed in git by Engine clerk on 2026-09-10, commit {change}. Merged by Harbour master."),
    ] {
        assert!(html.contains(&format!("<p class=\"source\">{told}</p>")), "{told}: {html}");
    }
}

// A commit has a day in its author's time zone. Pages show this day, and not the day in UTC.
#[test]
fn the_day_is_that_of_the_author() {
    let repo = Repository::with_people();
    // In Greenwich it is still the eleventh.
    repo.edit(ENGINE, "[H.A-1]\nlevel = 3", "[H.A-1]\nlevel = 2");
    let commit = repo.commit(CAM, "On main")[..12].to_owned();
    assert_eq!(repo.people(&[])[1], format!("last changed by Harbour master on 2026-09-12 in {commit}"));
}

#[test]
fn what_one_person_wrote_and_merged_is_flagged() {
    let alias = Who("ENGINE CLERK", "clerk@home.example.org", "2026-09-11T09:00:00 +0000");
    let renamed = Who("E. Clerk", "Engine@example.org", "2026-09-11T09:00:00 +0000");
    for merger in [BEN, alias, renamed] {
        let repo = Repository::with_people();
        let change = repo.branch(BEN, "4");
        repo.merge(merger);
        let told = format!("last changed by Engine clerk on 2026-09-10 in {change}, merged by the same person");
        assert_eq!(repo.people(&[])[1], told);
        let html = page(repo.path(), &[]);
        let told = format!("on 2026-09-10, commit {change}. Merged by the same person.</p>");
        assert!(html.contains(&told), "{html}");
        assert_eq!(html.matches("source flag").count(), 1, "the bridge's answer came by no merge");
    }
}

#[test]
fn a_verdict_by_who_last_changed_the_answer_is_flagged() {
    let repo = Repository::with_people();
    let review = "content/2026-Q3/reviews/audit.toml";
    let verdict = |team: &str| {
        format!("[[verdict]]\ncontrol = \"H.A-1\"\nteam = \"{team}\"\nsays = \"agrees\"\ndate = 2026-10-14\n\n")
    };
    let flag = "The same person last changed the answer and this verdict.";
    repo.write(review, format!("reviewer = \"Internal audit\"\n\n{}", verdict("engine")));
    repo.commit(BEN, "A verdict of somebody else");
    assert_eq!(page(repo.path(), &[]).matches(flag).count(), 0);
    // Bridge clerk wrote both answers. A verdict that stands in front of another one does not change it.
    repo.write(review, format!("reviewer = \"Internal audit\"\n\n{}{}", verdict("bridge"), verdict("engine")));
    let explained = || milepost(repo.path(), &["explain", "H.A-1"]).result();
    let told = "One author last changed the answer and the verdict of Internal audit.";
    assert!(!explained().contains(told), "what is not committed is nobody's yet");
    repo.commit(ANN, "A verdict of the one who answered");
    assert_eq!(page(repo.path(), &[]).matches(flag).count(), 1);
    assert_eq!(explained().matches(told).count(), 1, "{}", explained());
}

#[test]
fn a_change_that_came_by_way_of_another_branch_was_merged_by_who_brought_it_to_the_main_line() {
    let repo = Repository::with_people();
    repo.branch(BEN, "4");
    repo.git(BEN, &["switch", "--quiet", "--create", "team"]);
    repo.merge(BEN);
    repo.git(CAM, &["switch", "--quiet", "main"]);
    repo.git(CAM, &["merge", "--quiet", "--no-ff", "--message", "Merge the team's", "team"]);
    let told = &repo.people(&[])[1];
    assert!(told.ends_with(", merged by Harbour master"), "{told}");
}

#[test]
fn a_squashed_change_has_an_author_and_no_merger() {
    let repo = Repository::with_people();
    repo.branch(BEN, "4");
    repo.git(BEN, &["merge", "--quiet", "--squash", "change"]);
    let commit = repo.commit(BEN, "Change, squashed")[..12].to_owned();
    assert_eq!(repo.people(&[])[1], format!("last changed by Engine clerk on 2026-09-10 in {commit}"));
}

#[test]
fn an_answer_that_differs_from_what_is_committed_says_so_alone() {
    let repo = Repository::with_people();
    let [bridge, engine] = repo.people(&[]);
    // Lines above it move, its blanks change, its neighbour changes: the answer is what it was.
    let text = fs::read_to_string(repo.path().join(BRIDGE)).unwrap();
    let text = text.replace("level = 3", "  level  =  3").replace("[H.A-2]\nlevel = 0", "[H.A-2]\nlevel = 1");
    repo.write(BRIDGE, format!("# A remark.\n\n{text}"));
    assert_eq!(repo.people(&[]), [bridge.clone(), engine.clone()]);
    repo.edit(BRIDGE, "the *first* buoy", "the *second* buoy");
    assert_eq!(repo.people(&[]), ["not committed yet".to_owned(), engine]);
    assert!(page(repo.path(), &[]).contains("Not committed in git yet."));
    assert_eq!(repo.people(&["--at", "HEAD"])[0], bridge);
    // A file that git has never seen.
    fs::rename(repo.path().join(BRIDGE), repo.path().join("content/2026-Q3/bridge/new.toml")).unwrap();
    assert_eq!(repo.people(&[])[0], "not committed yet");
}

/// What the engine room's file says before each of the changes below.
const BEFORE: &str = r#"[H.A-1]
level = 3
note = "Ready."
carried = true
evidence = [
  { kind = "record", title = "Log", url = "https://wiki.example.org/log", covers = "2026-08-01..2026-08-31" },
  { kind = "record", title = "Roll", url = "https://wiki.example.org/roll", covers = "2026-08-01..2026-08-31" },
]

[H.E-1]
level = 4
note = "Strong."
"#;

/// Changes of this file: what they are, what they replace by what, and whether they change the answer for H.A-1.
const CHANGES: &[(&str, &str, &str, bool)] = &[
    ("a removed note", "note = \"Ready.\"\n", "", true),
    ("a removed mark", "carried = true\n", "", true),
    (
        "a removed first item",
        "  { kind = \"record\", title = \"Log\", url = \"https://wiki.example.org/log\", covers = \"2026-08-01..2026-08-31\" },\n",
        "",
        true,
    ),
    (
        "a removed last item",
        "  { kind = \"record\", title = \"Roll\", url = \"https://wiki.example.org/roll\", covers = \"2026-08-01..2026-08-31\" },\n",
        "",
        true,
    ),
    ("a removed part of an item", ", url = \"https://wiki.example.org/roll\"", "", true),
    ("another level", "level = 3", "level = 2", true),
    ("lines that change places", "note = \"Ready.\"\ncarried = true\n", "carried = true\nnote = \"Ready.\"\n", true),
    ("a removed neighbour", "\n[H.E-1]\nlevel = 4\nnote = \"Strong.\"\n", "", false),
    ("a removed line of the neighbour", "note = \"Strong.\"\n", "", false),
    ("a new neighbour above", "[H.A-1]", "[H.E-2]\nlevel = 1\n\n[H.A-1]", false),
    ("a remark above", "[H.A-1]", "# A remark.\n[H.A-1]", false),
    ("other blanks", "level = 3\nnote = \"Ready.\"", "  level   =  3\n\n\tnote=\"Ready.\"  ", false),
];

#[test]
fn the_last_change_of_an_answer_is_the_commit_since_which_it_stands_so() {
    let repo = Repository::with_people();
    repo.write(ENGINE, BEFORE);
    repo.commit(ANN, "Before");
    let told = |who: &str, on: &str, commit: &str| format!("last changed by {who} on {on} in {}", &commit[..12]);
    for (what, old, new, is_change) in CHANGES {
        let before = repo.people(&[])[1].clone();
        repo.edit(ENGINE, old, new);
        let commit = repo.commit(BEN, what);
        let ben = told("Engine clerk", "2026-09-10", &commit);
        assert_eq!(repo.people(&[])[1], if *is_change { ben } else { before.clone() }, "{what}");
        // Who restores an answer is the last who changed it.
        repo.write(ENGINE, BEFORE);
        let commit = repo.commit(CAM, "Restored");
        let cam = told("Harbour master", "2026-09-12", &commit);
        assert_eq!(repo.people(&[])[1], if *is_change { cam } else { before }, "{what}, restored");
    }
}

#[test]
fn whoever_removes_the_lines_between_two_answers_has_changed_the_first() {
    let repo = Repository::with_people();
    repo.write(ENGINE, "[H.A-1]\nlevel = 0\nnote = \"Nothing.\"\n\n[H.E-1]\nlevel = 4\nnote = \"Strong.\"\n");
    repo.commit(ANN, "Before");
    repo.edit(ENGINE, "level = 0\nnote = \"Nothing.\"\n\n[H.E-1]\n", "");
    let commit = repo.commit(BEN, "Only removes lines")[..12].to_owned();
    assert_eq!(repo.people(&[])[1], format!("last changed by Engine clerk on 2026-09-10 in {commit}"));
}

#[test]
fn an_answer_may_move_within_its_file_and_end_its_lines_otherwise() {
    let repo = Repository::with_people();
    repo.write(ENGINE, BEFORE);
    repo.commit(ANN, "Before");
    let before = repo.people(&[]);
    let (first, second) = BEFORE.split_once("\n[H.E-1]").unwrap();
    repo.write(ENGINE, format!("[H.E-1]{second}\n{first}"));
    repo.commit(BEN, "Moved");
    assert_eq!(repo.people(&[]), before);
    repo.write(ENGINE, BEFORE.replace('\n', "\r\n"));
    repo.commit(CAM, "Other ends of lines");
    assert_eq!(repo.people(&[]), before);
    // A file that was away was brought back by whoever brought it back.
    repo.git(BEN, &["rm", "--quiet", ENGINE]);
    repo.commit(BEN, "Away");
    repo.write(ENGINE, BEFORE);
    let commit = repo.commit(CAM, "Back")[..12].to_owned();
    assert_eq!(repo.people(&[])[1], format!("last changed by Harbour master on 2026-09-12 in {commit}"));
}

#[test]
fn a_merge_changes_only_what_stands_in_none_of_its_sides() {
    let merged = |on_branch: (&str, &str), on_main: (&str, &str), by_hand: Option<(&str, &str)>| {
        let repo = Repository::with_people();
        repo.write(ENGINE, BEFORE);
        repo.commit(ANN, "Before");
        repo.git(BEN, &["switch", "--quiet", "--create", "change"]);
        repo.edit(ENGINE, on_branch.0, on_branch.1);
        let branch = repo.commit(BEN, "On the branch")[..12].to_owned();
        repo.git(ANN, &["switch", "--quiet", "main"]);
        repo.edit(ENGINE, on_main.0, on_main.1);
        let main = repo.commit(ANN, "On main")[..12].to_owned();
        repo.git(CAM, &["merge", "--quiet", "--no-ff", "--no-commit", "change"]);
        if let Some((old, new)) = by_hand {
            repo.edit(ENGINE, old, new);
        }
        let merge = repo.commit(CAM, "Merge")[..12].to_owned();
        (repo.people(&[])[1].clone(), [branch, main, merge])
    };
    let (level, strong) = (("level = 3", "level = 2"), ("note = \"Strong.\"\n", ""));
    let (told, [branch, ..]) = merged(level, strong, None);
    assert_eq!(told, format!("last changed by Engine clerk on 2026-09-10 in {branch}, merged by Harbour master"));
    let (told, [_, main, _]) = merged(strong, level, None);
    assert_eq!(told, format!("last changed by Bridge clerk on 2026-09-01 in {main}"));
    // Each side removes what it does not like: together they make an answer that nobody had seen.
    let (told, [.., merge]) = merged(
        ("[H.A-1]\nlevel = 3", "[H.A-1]\nlevel = 2"),
        (
            "  { kind = \"record\", title = \"Roll\", url = \"https://wiki.example.org/roll\", covers = \"2026-08-01..2026-08-31\" },\n",
            "",
        ),
        None,
    );
    assert_eq!(told, format!("last changed by Harbour master on 2026-09-12 in {merge}"));
    // What the merge alone does, on either side or on none.
    for by_hand in [("note = \"Ready.\"\n", ""), ("carried = true\n", ""), ("level = 2", "level = 4")] {
        for (on_branch, on_main) in [(level, strong), (strong, level)] {
            let (told, [.., merge]) = merged(on_branch, on_main, Some(by_hand));
            assert_eq!(told, format!("last changed by Harbour master on 2026-09-12 in {merge}"), "{by_hand:?}");
        }
    }
}

#[test]
fn whoever_renames_a_file_or_moves_its_folder_changes_no_answer() {
    let repo = Repository::with_people();
    repo.write(ENGINE, BEFORE);
    repo.commit(BEN, "Before");
    let [bridge, engine] = repo.people(&[]);
    let moved = |from: &str, to: &str| repo.git(CAM, &["mv", from, to]);
    moved(ENGINE, "content/2026-Q3/engine/pumps.toml");
    repo.commit(CAM, "Renamed");
    assert_eq!(repo.people(&[]), [bridge.clone(), engine.clone()]);
    // Renamed again, with a change of another answer.
    moved("content/2026-Q3/engine/pumps.toml", ENGINE);
    repo.edit(ENGINE, "note = \"Strong.\"\n", "");
    repo.commit(CAM, "Renamed and changed");
    assert_eq!(repo.people(&[]), [bridge.clone(), engine]);
    // Renamed on a branch, while the main line changes the answer under the old name.
    repo.git(CAM, &["switch", "--quiet", "--create", "change"]);
    moved(ENGINE, "content/2026-Q3/engine/pumps.toml");
    repo.commit(CAM, "Renamed on a branch");
    repo.git(BEN, &["switch", "--quiet", "main"]);
    repo.edit(ENGINE, "note = \"Ready.\"\n", "");
    let commit = repo.commit(BEN, "Removed on main")[..12].to_owned();
    repo.merge(CAM);
    let engine = format!("last changed by Engine clerk on 2026-09-10 in {commit}");
    assert_eq!(repo.people(&[]), [bridge.clone(), engine.clone()]);
    // The whole workspace moves.
    fs::create_dir(repo.path().join("below")).unwrap();
    for name in ["content", "controls", "milepost.toml"] {
        moved(name, "below");
    }
    repo.commit(CAM, "Moved");
    assert_eq!(people(&repo.path().join("below"), &[]), [bridge.clone(), engine]);
    // Renamed with a change of this answer.
    moved("below/content/2026-Q3/engine/pumps.toml", "below/content/2026-Q3/engine/rules.toml");
    repo.edit(&format!("below/{ENGINE}"), "carried = true\n", "");
    let commit = repo.commit(CAM, "Renamed, and changed it")[..12].to_owned();
    let engine = format!("last changed by Harbour master on 2026-09-12 in {commit}");
    assert_eq!(people(&repo.path().join("below"), &[]), [bridge, engine]);
}

#[test]
fn answers_that_are_the_same_stay_their_teams_when_their_folder_moves() {
    let repo = Repository::with_people();
    for (file, who) in [(ENGINE, BEN), (BRIDGE, ANN)] {
        repo.write(file, BEFORE);
        repo.commit(who, "The same");
    }
    let told = repo.people(&[]);
    assert!(told[0].contains("Bridge clerk") && told[1].contains("Engine clerk"), "{told:?}");
    fs::create_dir(repo.path().join("below")).unwrap();
    for name in ["content", "controls", "milepost.toml"] {
        repo.git(CAM, &["mv", name, "below"]);
    }
    repo.commit(CAM, "Moved");
    assert_eq!(people(&repo.path().join("below"), &[]), told);
}

#[test]
fn a_merge_does_not_take_a_new_file_for_one_that_its_branch_removed() {
    let repo = Repository::with_people();
    let old = "archive/rules.toml";
    repo.write(old, BEFORE.replace("[H.E-1]\nlevel = 4", "[H.E-1]\nlevel = 3"));
    repo.git(ANN, &["rm", "--quiet", ENGINE]);
    repo.commit(ANN, "Old");
    repo.git(BEN, &["switch", "--quiet", "--create", "change"]);
    repo.git(BEN, &["rm", "--quiet", old]);
    repo.commit(BEN, "Removed");
    repo.write(ENGINE, BEFORE);
    let commit = repo.commit(BEN, "New")[..12].to_owned();
    repo.git(ANN, &["switch", "--quiet", "main"]);
    repo.merge(CAM);
    let told = format!("last changed by Engine clerk on 2026-09-10 in {commit}, merged by Harbour master");
    assert_eq!(repo.people(&[])[1], told);
}

// Without `[report] provenance`, no person is named.
#[test]
fn nobody_is_named_where_nobody_asked() {
    let repo = Repository::small();
    for args in [&[] as &[&str], &["--at", "HEAD"]] {
        assert_eq!(people(repo.path(), args), [String::new(), String::new()]);
        assert!(!page(repo.path(), args).contains("In git:"));
    }
}

/// What `milepost check` says of people, in one line for each warning.
fn untold(folder: &Path) -> Vec<String> {
    let text = milepost(folder, &["check", "--format", "json"]).result();
    let found: Vec<Value> = serde_json::from_str(&text).unwrap();
    let found = found.iter().filter(|found| found["code"] == "untold-author");
    found.map(|found| format!("{}: {}", found["path"].as_str().unwrap(), found["message"].as_str().unwrap())).collect()
}

#[test]
fn where_git_can_tell_nothing_every_page_and_the_check_say_so() {
    let repo = Repository::with_people();
    let silent = |why: &str| {
        let told = format!("it cannot be told who last changed this: {why}");
        assert_eq!(repo.people(&[]), [told.clone(), told]);
        let html = page(repo.path(), &[]);
        let on_page = format!("Git does not show who last changed this: {why}.");
        assert_eq!(html.matches(&on_page).count(), 2, "{html}");
        assert_eq!(untold(repo.path()), [format!("milepost.toml: git cannot tell who last changed any answer: {why}")]);
        let out = TempDir::new().unwrap();
        let built = repo.milepost(&["build", "--out", out.path().join("site").to_str().unwrap()]);
        assert!(built.stderr.contains("warning[untold-author]"), "{}", built.stderr);
    };
    let grafts = repo.path().join(".git/info/grafts");
    fs::write(&grafts, format!("{}\n", repo.head())).unwrap();
    silent("`.git/info/grafts` lays another history over the one that the commits tell");
    fs::remove_file(grafts).unwrap();
    assert_eq!(untold(repo.path()), [""; 0]);
    fs::remove_dir_all(repo.path().join(".git")).unwrap();
    silent("the workspace is not in a git repository");
    repo.git(ANN, &["init", "--quiet"]);
    silent("the repository holds no revision `HEAD`");
    // The fixture of the code is in no repository either.
    let plain = TempDir::new().unwrap();
    copy(&root().join("tests/fixtures/bad/untold-author"), plain.path());
    insta::assert_snapshot!("untold-author", milepost(plain.path(), &["check"]).result());
    let mut without = command(plain.path(), &["check"]);
    without.env("PATH", "/nowhere");
    assert!(run(&mut without).result().contains("git is not installed"));
}

/// Writes the commit of `text` and gives its name, whatever git thinks of it.
fn written_by_hand(repo: &Repository, text: &str) -> String {
    repo.write("commit", text);
    let name = repo.git(ANN, &["hash-object", "-t", "commit", "-w", "--literally", "commit"]);
    fs::remove_file(repo.path().join("commit")).unwrap();
    name.trim().to_owned()
}

/// Takes an object out of the repository.
fn lose(repo: &Repository, object: &str) {
    let object = repo.git(ANN, &["rev-parse", object]);
    fs::remove_file(repo.path().join(".git/objects").join(&object[..2]).join(object[2..].trim())).unwrap();
}

#[test]
fn a_file_that_git_cannot_tell_of_is_told_and_the_others_keep_their_people() {
    let ann = |repo: &Repository| {
        let first = repo.git(ANN, &["rev-list", "--max-parents=0", "HEAD"])[..12].to_owned();
        format!("last changed by Bridge clerk on 2026-09-01 in {first}")
    };
    let told = |repo: &Repository, bridge: &str, why: &str| {
        let engine = format!("it cannot be told who last changed this: {why}");
        assert_eq!(repo.people(&[]), [bridge.to_owned(), engine]);
        let html = page(repo.path(), &[]);
        assert!(html.contains("Last changed in git by Bridge clerk on 2026-09-01, commit "), "{html}");
        assert!(html.contains(&format!("Git does not show who last changed this: {why}.")), "{html}");
        let untold = untold(repo.path());
        assert!(untold.iter().all(|told| told.starts_with(ENGINE) && told.contains(why)), "{untold:?}");
        assert_eq!(untold.len(), 1, "{untold:?}");
    };
    // An older state of the file is lost, as in a partial clone.
    let repo = Repository::with_people();
    repo.branch(BEN, "4");
    repo.merge(CAM);
    let bridge = ann(&repo);
    lose(&repo, &format!("HEAD^1:{ENGINE}"));
    told(&repo, &bridge, "git cannot read the history of this file");

    // A commit without a line that names its author, and lines that name nobody.
    for line in [
        "",
        "author Ben\n",
        "author Ben ben@example.org 1 +0000\n",
        "author Ben <b@example.org>\n",
        "author Ben <b> x +0000\n",
    ] {
        let repo = Repository::with_people();
        let change = repo.branch(BEN, "4");
        let text = repo.git(ANN, &["cat-file", "commit", &change]);
        let author = text.lines().find(|line| line.starts_with("author ")).unwrap();
        let broken = written_by_hand(&repo, &text.replace(&format!("{author}\n"), line));
        repo.git(ANN, &["reset", "--quiet", "--hard", &broken]);
        told(&repo, &bridge, &format!("commit {} has no author line that can be read", &broken[..12]));
    }

    // The commit before the change is lost: the answer may have stood the same in it.
    let repo = Repository::with_people();
    repo.edit(BRIDGE, "the *first* buoy", "the *second* buoy");
    let lost = repo.commit(CAM, "Lost");
    repo.edit(ENGINE, "[H.A-1]\nlevel = 3", "[H.A-1]\nlevel = 2");
    repo.commit(CAM, "Found");
    lose(&repo, &lost);
    let why = format!("this clone lacks commit {} and what came before it", &lost[..12]);
    let both = format!("it cannot be told who last changed this: {why}");
    assert_eq!(repo.people(&[]), [both.clone(), both]);
    repo.edit(ENGINE, "[H.A-1]\nlevel = 2", "[H.A-1]\nlevel = 1");
    let last = repo.commit(BEN, "Last")[..12].to_owned();
    assert_eq!(repo.people(&[])[1], format!("last changed by Engine clerk on 2026-09-10 in {last}"));
}

#[test]
fn a_merge_that_names_nobody_is_told_beside_who_wrote_it() {
    let repo = Repository::with_people();
    let change = repo.branch(BEN, "4");
    repo.merge(CAM);
    let text = repo.git(ANN, &["cat-file", "commit", "HEAD"]);
    let broken = written_by_hand(&repo, &text.replace("author Harbour master", "author"));
    let broken = broken.as_str();
    repo.git(ANN, &["reset", "--quiet", "--hard", broken]);
    assert!(repo.people(&[])[1].ends_with(", merged by nobody named"));
    for (name, shown) in [
        ("ann@ferries.example", "address not shown"),
        ("Ann Ferrier (ann.ferrier@ferries.example)", "Ann Ferrier (address not shown)"),
        ("Ann @ Ferries", "Ann @ Ferries"),
    ] {
        let named = written_by_hand(&repo, &text.replace("author Harbour master", &format!("author {name}")));
        repo.git(ANN, &["reset", "--quiet", "--hard", &named]);
        let said = &repo.people(&[])[1];
        assert!(said.ends_with(&format!(", merged by {shown}")), "{said}");
    }
    let broken = written_by_hand(&repo, &text.replace("author Harbour master <", "author Harbour master "));
    repo.git(ANN, &["reset", "--quiet", "--hard", &broken]);
    let why = format!("commit {} has no author line that can be read", &broken[..12]);
    let told =
        format!("last changed by Engine clerk on 2026-09-10 in {change}; it cannot be told who merged it: {why}");
    assert_eq!(repo.people(&[])[1], told);
    let on_page = format!("commit {change}. Git does not show who merged it: {why}.");
    assert!(page(repo.path(), &[]).contains(&on_page));
    assert_eq!(untold(repo.path()).len(), 1);
}

#[test]
fn a_shallow_clone_names_nobody_for_what_lies_below_it() {
    let repo = Repository::with_people();
    let first = repo.head();
    repo.edit(ENGINE, "[H.A-1]\nlevel = 3", "[H.A-1]\nlevel = 2");
    repo.commit(BEN, "Second");
    repo.edit(ENGINE, "[H.A-1]\nlevel = 2", "[H.A-1]\nlevel = 1");
    let third = repo.commit(CAM, "Third")[..12].to_owned();
    let clone = TempDir::new().unwrap();
    let from = format!("file://{}", repo.path().display());
    git_in(clone.path(), ANN, &["clone", "--quiet", "--depth=2", &from, "here"]);
    let here = clone.path().join("here");
    let why = format!("this clone lacks commit {} and what came before it", &first[..12]);
    let below = format!("it cannot be told who last changed this: {why}");
    let told = format!("last changed by Harbour master on 2026-09-12 in {third}");
    assert_eq!(people(&here, &[]), [below, told]);
    assert!(page(&here, &[]).contains(&format!("Git does not show who last changed this: {why}.")));
    assert!(untold(&here).iter().all(|told| told.contains(&why)));
    assert!(milepost(&here, &["check"]).result().contains("git fetch --unshallow"));
    // The build goes on, says the same once for each file, and names on its pages whom it can.
    let built = milepost(&here, &["build", "--out", clone.path().join("site").to_str().unwrap()]);
    assert_eq!((built.code, built.stderr.matches("warning[untold-author]").count()), (Some(0), 4), "{}", built.stderr);
    assert!(built.stderr.contains("git fetch --unshallow"), "{}", built.stderr);
}

/// A setting, or whatever else git heeds beside its commits, and the environment that a run of Milepost gets with it.
type Setting = (&'static str, fn(&Repository, &Path) -> Vec<(&'static str, String)>);

/// Ben's change is the newest; whoever does not look at it, or takes another's word for its author, names somebody else.
const SETTINGS: &[Setting] = &[
    ("a list of commits to ignore, in the repository", |repo, list| {
        repo.git(ANN, &["config", "blame.ignoreRevsFile", list.to_str().unwrap()]);
        Vec::new()
    }),
    ("a list that is not there", |repo, _| {
        repo.git(ANN, &["config", "blame.ignoreRevsFile", "/nowhere"]);
        Vec::new()
    }),
    ("a list, in an included file", |repo, list| {
        repo.write(".git/more", format!("[blame]\nignoreRevsFile = {}\n", list.display()));
        repo.git(ANN, &["config", "include.path", "more"]);
        Vec::new()
    }),
    ("a list, for this working tree", |repo, list| {
        repo.git(ANN, &["config", "extensions.worktreeConfig", "true"]);
        repo.git(ANN, &["config", "--worktree", "blame.ignoreRevsFile", list.to_str().unwrap()]);
        Vec::new()
    }),
    ("a list, of the user", |_, list| {
        let home = list.with_file_name("home");
        fs::create_dir_all(home.join("git")).unwrap();
        let text = format!("[blame]\nignoreRevsFile = {}\nmarkIgnoredLines = true\n", list.display());
        fs::write(home.join(".gitconfig"), &text).unwrap();
        fs::write(home.join("git/config"), &text).unwrap();
        let home = home.to_str().unwrap().to_owned();
        vec![("HOME", home.clone()), ("XDG_CONFIG_HOME", home.clone()), ("GIT_CONFIG_GLOBAL", home + "/.gitconfig")]
    }),
    ("a list, of the machine and in the environment", |_, list| {
        let system = list.with_file_name("system");
        fs::write(&system, format!("[blame]\nignoreRevsFile = {}\n", list.display())).unwrap();
        let (key, value) = ("blame.ignoreRevsFile".to_owned(), list.to_str().unwrap().to_owned());
        let system = system.to_str().unwrap().to_owned();
        vec![
            ("GIT_CONFIG_SYSTEM", system),
            ("GIT_CONFIG_PARAMETERS", format!("'{key}'='{value}'")),
            ("GIT_CONFIG_COUNT", "1".to_owned()),
            ("GIT_CONFIG_KEY_0", key),
            ("GIT_CONFIG_VALUE_0", value),
        ]
    }),
    ("other names for the same people", |repo, _| {
        repo.write(".mailmap", "Mallory <m@example.org> <engine@example.org>\n");
        repo.git(ANN, &["config", "mailmap.file", ".mailmap"]);
        repo.git(ANN, &["config", "log.mailmap", "true"]);
        Vec::new()
    }),
    ("a commit in place of another", |repo, _| {
        let head = repo.head();
        repo.git(ANN, &["switch", "--quiet", "--orphan", "other"]);
        let other = repo.git(BEN, &["commit-tree", "-m", "Other", &format!("{head}^{{tree}}")]);
        repo.git(ANN, &["switch", "--quiet", "main"]);
        repo.git(ANN, &["replace", &head, other.trim()]);
        Vec::new()
    }),
    ("an end of the history where there is none", |repo, _| {
        repo.write(".git/shallow", format!("{}\n", repo.head()));
        vec![("GIT_SHALLOW_FILE", repo.path().join(".git/shallow").to_str().unwrap().to_owned())]
    }),
    ("grafts in the environment", |repo, list| {
        let grafts = list.with_file_name("grafts");
        fs::write(&grafts, format!("{}\n", repo.head())).unwrap();
        vec![("GIT_GRAFT_FILE", grafts.to_str().unwrap().to_owned())]
    }),
    ("another folder for the working tree", |repo, _| {
        repo.git(ANN, &["config", "core.worktree", repo.path().parent().unwrap().to_str().unwrap()]);
        Vec::new()
    }),
    ("no working tree at all", |repo, _| {
        repo.git(ANN, &["config", "core.bare", "true"]);
        Vec::new()
    }),
    ("attributes, encodings and other ways to compare", |repo, _| {
        repo.write(".git/info/attributes", "* -diff -text diff=other\n");
        for (key, value) in [
            ("diff.other.textconv", "true"),
            ("diff.other.algorithm", "patience"),
            ("diff.algorithm", "minimal"),
            ("diff.renames", "false"),
            ("diff.renameLimit", "1"),
            ("core.bigFileThreshold", "1"),
            ("core.quotePath", "false"),
            ("core.ignoreCase", "true"),
            ("core.abbrev", "4"),
            ("i18n.logOutputEncoding", "UTF-16"),
            ("blame.showRoot", "false"),
            ("blame.blankBoundary", "true"),
            ("color.ui", "always"),
            ("alias.blame", "!echo"),
            ("alias.cat-file", "!echo"),
        ] {
            repo.git(ANN, &["config", key, value]);
        }
        Vec::new()
    }),
];

#[test]
fn no_setting_changes_whose_name_stands_there() {
    for (what, set) in SETTINGS {
        let repo = Repository::with_people();
        repo.branch(BEN, "4");
        repo.git(BEN, &["merge", "--quiet", "--ff-only", "change"]);
        let told = repo.people(&[]);
        assert!(told[1].starts_with("last changed by Engine clerk on 2026-09-10 in "), "{}", told[1]);
        let beside = TempDir::new().unwrap();
        let list = beside.path().join("list");
        fs::write(&list, repo.head()).unwrap();
        let environment = set(&repo, &list);
        for args in [
            &["explain", "H.A-1"] as &[&str],
            &["explain", "H.A-1", "--at", "main"],
            &["explain", "H.A-1", "--at", "HEAD~0"],
        ] {
            let mut asked = command(repo.path(), args);
            let said = run(asked.envs(environment.iter().map(|(name, value)| (*name, value)))).result();
            assert!(told.iter().all(|told| said.contains(told.as_str())), "{what}, {args:?}: {said}");
        }
        let mut checked = command(repo.path(), &["check"]);
        let said = run(checked.envs(environment.iter().map(|(name, value)| (*name, value)))).result();
        assert!(!said.contains("untold-author"), "{what}: {said}");
    }
}

#[test]
fn people_are_found_in_every_kind_of_repository() {
    let repo = Repository::with_people();
    repo.branch(BEN, "4");
    repo.merge(CAM);
    let told = repo.people(&[]);
    assert!(told[1].contains("Engine clerk") && told[1].ends_with("merged by Harbour master"), "{}", told[1]);
    let beside = TempDir::new().unwrap();
    let path = |name: &str| beside.path().join(name);
    let from = repo.path().to_str().unwrap();
    repo.git(ANN, &["worktree", "add", "--quiet", "--detach", path("tree").to_str().unwrap()]);
    git_in(beside.path(), ANN, &["clone", "--quiet", "--shared", from, "shared"]);
    git_in(beside.path(), ANN, &["init", "--quiet", "outer"]);
    git_in(&path("outer"), ANN, &["submodule", "--quiet", "add", from, "inner"]);
    git_in(beside.path(), ANN, &["clone", "--quiet", "--separate-git-dir=elsewhere", from, "apart"]);
    repo.git(ANN, &["pack-refs", "--all"]);
    repo.git(ANN, &["repack", "-adq", "--write-bitmap-index"]);
    repo.git(ANN, &["commit-graph", "write", "--reachable", "--changed-paths"]);
    for folder in [repo.path(), &path("tree"), &path("shared"), &path("outer/inner"), &path("apart")] {
        assert_eq!(people(folder, &[]), told, "{}", folder.display());
        assert_eq!(untold(folder), [""; 0]);
    }
    // Names of other lengths, in a folder whose name is no text.
    let odd = beside.path().join(OsStr::from_bytes(b"\xff"));
    fs::create_dir(&odd).unwrap();
    git_in(&odd, ANN, &["init", "--quiet", "--object-format=sha256"]);
    copy(&root().join("tests/fixtures/bad/untold-author"), &odd);
    git_in(&odd, BEN, &["add", "--all"]);
    git_in(&odd, BEN, &["commit", "--quiet", "--message", "x"]);
    let said = milepost(&odd, &["explain", "PR.AA-01"]).result();
    assert!(said.contains("last changed by Engine clerk on 2026-09-10"), "{said}");
}

// Anybody can write any name into a commit. So a name is untrusted text, as a note is.
#[test]
fn names_are_texts_that_nobody_vouches_for() {
    let repo = Repository::with_people();
    // Git takes brackets out of names, and nothing else.
    let rude = Who("&lt;b&gt; \u{1b}[31mRed\u{202e}", "rude@example.org", "2026-09-10T09:00:00 +0000");
    repo.edit(ENGINE, "[H.A-1]\nlevel = 3", "[H.A-1]\nlevel = 2");
    repo.commit(rude, "Rude");
    let html = page(repo.path(), &[]);
    assert!(html.contains("Last changed in git by &amp;lt;b&amp;gt; "), "{html}");
    assert!(!html.contains(['\u{1b}', '\u{202e}']), "{html}");
    let long = Who(
        "ÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄ",
        "long@example.org",
        "2026-09-10T09:00:00 +0000",
    );
    repo.edit(BRIDGE, "the *first* buoy", "the *second* buoy");
    repo.commit(long, "Long");
    assert!(repo.people(&[])[0].starts_with(&format!("last changed by {}… on ", "Ä".repeat(100))));
    let text = repo.milepost(&["explain", "H.A-1"]).result();
    assert!(text.contains("last changed by &lt;b&gt; ") && !text.contains(['\u{1b}', '\u{202e}']), "{text:?}");
}

#[test]
fn an_answer_inside_an_answer_has_an_author_of_its_own() {
    let repo = Repository::of(&root().join("tests/fixtures/site/published"));
    repo.edit("milepost.toml", "[report]\n", "[report]\nprovenance = true\n");
    let file = "content/2026-Q4/web/доступ.toml";
    repo.edit(file, "[CON.1.A1.1.1]\nlevel = 2", "[CON.1.A1.1.1]\nlevel = 1");
    repo.commit(BEN, "Second");
    let author = |id: &str| {
        repo.milepost(&["explain", id]).result().lines().find(|line| line.contains("clerk")).map(str::to_owned)
    };
    assert!(author("CON.1.A1.1").unwrap().contains("Bridge clerk"));
    assert!(author("CON.1.A1.1.1").unwrap().contains("Engine clerk"));
}
