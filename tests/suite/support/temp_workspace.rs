//! A folder that a test may change, and runs of the program in it, with exit code and both output streams.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;
use walkdir::WalkDir;

/// The program.
pub(crate) const MILEPOST: &str = env!("CARGO_BIN_EXE_milepost");

/// How a run ended.
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// Both streams.
    pub(crate) fn said(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// What a run gave that succeeded.
    pub(crate) fn result(self) -> String {
        assert_eq!(self.code, Some(0), "{}", self.said());
        self.stdout
    }

    /// What a run said that failed with `code` and gave no result.
    pub(crate) fn failure(self, code: i32) -> String {
        assert_eq!((self.code, self.stdout.as_str()), (Some(code), ""), "{}", self.stderr);
        self.stderr
    }
}

/// Runs a command to its end.
pub(crate) fn run(command: &mut Command) -> Run {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// How many runs a test kills: `MILEPOST_KILLS`, or so many.
pub(crate) fn kills(few: u32) -> u32 {
    std::env::var("MILEPOST_KILLS").map_or(few, |many| many.parse().unwrap())
}

/// Makes the file `path` a program of this text. Another process writes it: what this one has open to write while another test
/// starts a child is open in that child too for a moment, and meanwhile nobody can run it.
pub(crate) fn write_program(path: &Path, text: &str) {
    let mut shell = Command::new("sh");
    shell.args(["-c", "cat >\"$0\" && chmod 755 \"$0\""]).arg(path).stdin(Stdio::piped());
    let mut shell = shell.spawn().unwrap();
    shell.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    assert!(shell.wait().unwrap().success());
}

/// Puts the program at `path`, for whoever may not go where it was built; a copy only where a link cannot be.
pub(crate) fn put_milepost(path: &Path) {
    if fs::hard_link(MILEPOST, path).is_err() {
        assert!(Command::new("cp").arg(MILEPOST).arg(path).status().unwrap().success());
    }
}

/// Tells why a test is left out. What a passed test prints is kept back, so this goes around it.
pub(crate) fn skipped(why: &str) {
    let test = std::thread::current().name().unwrap_or_default().to_owned();
    let _ = writeln!(std::io::stderr(), "skipped: {test}: {why}");
}

/// Everything below `folder` but folders, hidden files too, and what it holds.
pub(crate) fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = WalkDir::new(folder).into_iter().map(Result::unwrap).filter(|entry| !entry.file_type().is_dir());
    let named = |path: &Path| path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
    files.map(|entry| (named(entry.path()), fs::read(entry.path()).unwrap())).collect()
}

/// A folder that is gone with the value. A test that needs more of one adds it by an `impl` of its own.
pub(crate) struct TempWorkspace {
    folder: TempDir,
}

impl TempWorkspace {
    /// An empty one.
    pub(crate) fn empty() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    /// One with a copy of the workspace `tests/fixtures/NAME` in its folder `at`, which may be itself: empty.
    pub(crate) fn with(name: &str, at: &str) -> Self {
        let temp = Self::empty();
        for (path, bytes) in tree(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)) {
            temp.put(Path::new(at).join(path), bytes);
        }
        temp
    }

    /// Where something in it is.
    pub(crate) fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Writes a file and the folders it is in.
    pub(crate) fn put(&self, path: impl AsRef<Path>, text: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// Puts `new` in place of the first `old`, which must be there.
    pub(crate) fn edit(&self, path: &str, old: &str, new: &str) {
        let text = self.read(path);
        assert!(text.contains(old), "{old:?} is not in {path}:\n{text}");
        self.put(path, text.replacen(old, new, 1));
    }

    /// The program, about to run in it.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(MILEPOST);
        command.current_dir(self.folder.path()).args(args).env_remove("NO_COLOR");
        command
    }

    /// A run of the program in it.
    pub(crate) fn run(&self, args: &[&str]) -> Run {
        run(&mut self.command(args))
    }
}
