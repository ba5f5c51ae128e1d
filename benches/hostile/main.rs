//! Measures `milepost check` on hostile workspaces: time, memory and output, and how they grow when the input doubles.
//!
//! `cargo bench --bench hostile` runs every shape at half a mebibyte and at one. `cargo bench --bench hostile -- BYTES WORD` uses
//! another size, or only the shapes whose name contains the word. It exits with 1 if a shape takes more than a limit. Run it on a
//! machine that does nothing else.

#![allow(clippy::expect_used, reason = "a benchmark that cannot write or run has nothing to do")]
#![allow(clippy::print_stdout, reason = "what it measures, it prints")]

mod shapes;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use self::shapes::{Files, Shape, shapes, workspace};

/// The longest that a check of the larger size may take.
const SECONDS: f64 = 2.0;
/// The most that it may print.
const PRINTED: usize = 20_000_000;
/// The most by which time and memory may grow when the input doubles.
const GROWTH: f64 = 2.2;
/// What is quicker than this is not compared: it would be noise.
const NOISE: f64 = 0.1;
/// How often a shape is measured that seems to take more than a limit.
const TRIES: usize = 4;
/// After so long a run is ended.
const PATIENCE: Duration = Duration::from_secs(20);

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let bytes = args.iter().find_map(|arg| arg.parse().ok()).unwrap_or(1 << 20);
    let word = args.iter().find(|arg| arg.parse::<usize>().is_err()).cloned().unwrap_or_default();
    println!("{:>7} {:>7} {:>5} {:>6} {:>6} {:>9}  shape", "s", "s of 2x", "ratio", "MiB", "MiB 2x", "bytes");
    let mut over = 0;
    for shape in shapes().iter().filter(|shape| shape.name.contains(&word)) {
        over += usize::from(!within(shape, bytes));
    }
    println!("{over} shapes take more than they may");
    if over == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Measures a shape; whether it keeps the limits. What seems to take more is measured again: another program that runs at the same
/// time makes it slower, and nothing makes it faster.
fn within(shape: &Shape, bytes: usize) -> bool {
    let sizes = [bytes / 2, bytes].map(|bytes| workspace(shape, bytes));
    let mut taken = sizes.each_ref().map(measured);
    for _ in 1..TRIES {
        if is_fine(&taken) {
            break;
        }
        let [half, whole] = sizes.each_ref().map(measured);
        let [old_half, old_whole] = taken;
        taken = [old_half.or(half), old_whole.or(whole)];
    }
    let fine = is_fine(&taken);
    let [half, whole] = taken;
    println!(
        "{:>7.3} {:>7.3} {:>5.2} {:>6.0} {:>6.0} {:>9}  {}{}",
        half.seconds,
        whole.seconds,
        whole.seconds / half.seconds,
        half.mebibytes,
        whole.mebibytes,
        whole.printed,
        shape.name,
        if fine { "" } else { "  <-- MORE" }
    );
    fine
}

/// Whether the checks of a size and of twice the size keep the limits.
fn is_fine([half, whole]: &[Taken; 2]) -> bool {
    whole.seconds <= SECONDS
        && whole.printed <= PRINTED
        && (whole.seconds < NOISE || whole.seconds / half.seconds <= GROWTH)
        && whole.mebibytes / half.mebibytes <= GROWTH
        && whole.code < 2
}

/// What the checks of a workspace took.
#[derive(Clone, Copy)]
struct Taken {
    /// The least of some runs.
    seconds: f64,
    mebibytes: f64,
    /// The most that a format printed.
    printed: usize,
    /// The largest exit code; a signal counts as 128.
    code: i32,
}

impl Taken {
    /// What both took: the least time, and the most of everything else.
    fn or(self, other: Self) -> Self {
        Self {
            seconds: self.seconds.min(other.seconds),
            mebibytes: self.mebibytes.max(other.mebibytes),
            printed: self.printed.max(other.printed),
            code: self.code.max(other.code),
        }
    }
}

fn measured(files: &Files) -> Taken {
    let folder = tempfile::tempdir_in(if Path::new("/dev/shm").is_dir() { "/dev/shm" } else { "." });
    let folder = folder.expect("a folder can be made");
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }
    let mut taken = check(folder.path(), "text");
    for format in ["json", "sarif", "github", "text"] {
        if taken.seconds > PATIENCE.as_secs_f64() {
            break;
        }
        let again = check(folder.path(), format);
        taken = taken.or(again);
    }
    taken
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
fn check(folder: &Path, format: &str) -> Taken {
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_milepost"))
        .args(["check", "--format", format, "--root"])
        .arg(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut out = child.stdout.take().expect("it is piped");
    let reader = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        out.read_to_end(&mut bytes).map(|_| bytes.len()).unwrap_or_default()
    });
    let process = PathBuf::from(format!("/proc/{}", child.id()));
    let (mut seconds, mut mebibytes) = (0.0_f64, 0.0_f64);
    let code = loop {
        // The system forgets these figures with the process, so it is asked again and again.
        seconds = seconds.max(processor_time(&process));
        mebibytes = mebibytes.max(peak(&process));
        if let Some(status) = child.try_wait().expect("it can be waited for") {
            break status.code().unwrap_or(128);
        }
        if start.elapsed() > PATIENCE {
            child.kill().expect("it can be ended");
        }
        sleep(Duration::from_millis(1));
    };
    Taken { seconds, mebibytes, printed: reader.join().unwrap_or_default(), code }
}

/// The processor time of a process on all its threads, in seconds: whatever else the machine does weighs little on it.
fn processor_time(process: &Path) -> f64 {
    let threads = fs::read_dir(process.join("task")).into_iter().flatten().flatten();
    let nanoseconds = threads.filter_map(|thread| {
        let text = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<f64>().ok()
    });
    nanoseconds.sum::<f64>() / 1e9
}

/// The most memory that a process held, in mebibytes; 0 where the system does not tell.
fn peak(process: &Path) -> f64 {
    let text = fs::read_to_string(process.join("status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok()).unwrap_or_default() / 1024.0
}
