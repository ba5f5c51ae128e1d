//! The program: takes arguments and returns an exit code: 0 fine, 1 problems in the input, 2 wrong usage, 3 a fault of Milepost.
//! The only printer.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal, Write};
use std::num::NonZero;
use std::panic;
use std::process::ExitCode;

use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use clap::Parser;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use milepost::border::Shown;
use milepost::cli::{Cli, CommandOutcome, Notice, Terminal};
use milepost::diagnostic::Colour;

/// The exit code of a fault in Milepost itself.
const FAULT: u8 = 3;

fn main() -> ExitCode {
    guarded(run)
}

/// The exit code of `run`; of a fault in it, one line and [`FAULT`].
fn guarded(run: fn() -> ExitCode) -> ExitCode {
    // Several threads may meet one fault, and a server meets it again with each request. It is reported once.
    let told = Mutex::new(BTreeSet::new());
    panic::set_hook(Box::new(move |fault| {
        let place = fault.location().map_or_else(String::new, |at| format!(" at {}:{}", source(at.file()), at.line()));
        // The message may quote the input, so it is not printed: a person who reports the fault may paste the line anywhere.
        let line = Shown::error(&format!("a fault in milepost{place}; please report this line and the version"));
        if told.lock().unwrap_or_else(PoisonError::into_inner).insert(place) {
            let _ = print(io::stderr(), &line);
        }
    }));
    panic::catch_unwind(run).unwrap_or(ExitCode::from(FAULT))
}

/// A source file without the folder in which cargo unpacked its crate: that folder is on the machine that built the program.
fn source(file: &str) -> &str {
    let unpacked = file.split_once("/registry/src/").and_then(|(_, below)| below.split_once('/'));
    unpacked.map_or(file, |(_, file)| file)
}

/// The most threads that work side by side, whatever the environment asks for.
const THREADS: usize = 64;
/// The stack of each, in bytes.
const STACK: usize = 8 << 20;
/// The largest stack that the environment may ask for in its stead.
const LARGEST_STACK: usize = 1 << 30;

/// Starts the threads that work side by side: as many as `RAYON_NUM_THREADS` says, or one for each processor.
///
/// # Errors
/// A sentence that says what the environment or the system does not allow.
fn start_threads() -> Result<(), String> {
    let number = |name| std::env::var(name).ok().and_then(|value| value.parse::<usize>().ok());
    // The libraries' other threads take this for their stack, and end the program where there is no such memory.
    if let Some(bytes) = number("RUST_MIN_STACK").filter(|bytes| *bytes > LARGEST_STACK) {
        return Err(format!(
            "RUST_MIN_STACK asks for {bytes} bytes for each thread, which is more than a program needs: unset it"
        ));
    }
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    let wanted = number("RAYON_NUM_THREADS").filter(|wanted| *wanted > 0).unwrap_or(processors);
    let threads = rayon::ThreadPoolBuilder::new().num_threads(wanted.min(THREADS)).stack_size(STACK);
    threads.build_global().map_err(|error| format!("the system gives no threads: {error}"))
}

fn run() -> ExitCode {
    let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let colour = |terminal: bool| if terminal && !unwanted { Colour::Ansi } else { Colour::Plain };
    let remarks = colour(io::stderr().is_terminal());
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        // Help and the version are no texts of anybody else's.
        Err(asked) if !asked.use_stderr() => asked.exit(),
        Err(error) => return misused(&error, remarks),
    };
    if let Err(why) = start_threads() {
        let _ = print(io::stderr(), &Shown::error(&why));
        return ExitCode::from(CommandOutcome::Usage as u8);
    }
    let progress = Progress::new();
    let output = cli.run(&Terminal {
        result: colour(io::stdout().is_terminal()),
        remarks,
        tell: &|notice| progress.tell(notice),
    });
    let took = progress.end();
    let printed = print(io::stdout(), &output.result);
    let mut remarks = output.remarks;
    if !output.closing.is_empty() {
        remarks += &Shown::line(&format!("{}{took}", output.closing));
    }
    if let Err(error) = &printed {
        remarks += &Shown::error(&format!("standard output: {error}"));
    }
    // Where not even this can be said, the exit code still tells.
    let _ = print(io::stderr(), &remarks);
    if printed.is_err() { ExitCode::FAILURE } else { ExitCode::from(output.outcome as u8) }
}

/// Says what is wrong with the command line, which in a CI run may hold a name that somebody chose.
fn misused(error: &clap::Error, colour: Colour) -> ExitCode {
    let said = error.render();
    let shown = if colour == Colour::Ansi {
        Shown::coloured(&said.ansi().to_string())
    } else {
        Shown::lines(&said.to_string())
    };
    let _ = print(io::stderr(), &shown);
    ExitCode::from(CommandOutcome::Usage as u8)
}

/// What people who wait at a terminal are shown, and nobody else.
struct Progress {
    /// Not drawn until it is worth it.
    bar: ProgressBar,
}

/// Who waits no longer than this needs no bar.
const SHORT: Duration = Duration::from_millis(400);

impl Progress {
    fn new() -> Self {
        let style = ProgressStyle::with_template("{bar:40} {pos} of {len} files");
        let bar = ProgressBar::hidden().with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar }
    }

    fn tell(&self, notice: Notice<'_>) {
        match notice {
            Notice::Lines(lines) => drop(print(io::stderr(), lines)),
            Notice::Done { of } => {
                if self.bar.is_hidden() && self.bar.elapsed() > SHORT {
                    // Where standard error is no terminal, nothing is drawn.
                    self.bar.set_draw_target(ProgressDrawTarget::stderr());
                }
                self.bar.set_length(of as u64);
                self.bar.inc(1);
            }
        }
    }

    /// How long it took.
    fn end(&self) -> String {
        self.bar.finish_and_clear();
        if io::stderr().is_terminal() { format!(", {:.2} s", self.bar.elapsed().as_secs_f64()) } else { String::new() }
    }
}

/// Prints all of `text`. A reader that closed its end, as `head` does, has seen enough: that is no failure.
fn print(mut to: impl Write, text: &Shown) -> io::Result<()> {
    match to.write_all(text.as_bytes()).and_then(|()| to.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::env;
    use std::process::{Command, exit};

    use super::*;

    /// Where the fault below is, and what it would have quoted.
    const PLACE: (&str, u32) = (file!(), line!() + 3);

    fn faulty() -> ExitCode {
        let fault = || panic!("level = \"a secret\"");
        let threads: Vec<_> = (0..8).map(|_| thread::spawn(fault)).collect();
        // A thread's fault goes on in who waits for it, as it does with rayon.
        threads.into_iter().for_each(|thread| thread.join().unwrap_or_else(|fault| panic::resume_unwind(fault)));
        ExitCode::SUCCESS
    }

    #[test]
    fn a_fault_in_a_dependency_names_no_folder_of_the_builder() {
        assert_eq!(source("/home/me/.cargo/registry/src/index-1a2b/toml-1.0.0/src/de.rs"), "toml-1.0.0/src/de.rs");
        assert_eq!(source("src/main.rs"), "src/main.rs");
    }

    #[test]
    fn a_fault_ends_with_one_line_and_its_own_exit_code() {
        // The process that is looked at is this test, once more.
        if env::var_os("FAULTY").is_some() {
            exit(if guarded(faulty) == ExitCode::from(FAULT) { FAULT.into() } else { 0 });
        }
        let mut child = Command::new(env::current_exe().unwrap());
        child.args(["--exact", "tests::a_fault_ends_with_one_line_and_its_own_exit_code", "--nocapture"]);
        let output = child.env("FAULTY", "yes").env("RUST_BACKTRACE", "full").output().unwrap();
        let (file, line) = PLACE;
        let told = format!("error: a fault in milepost at {file}:{line}; please report this line and the version\n");
        assert_eq!(String::from_utf8_lossy(&output.stderr), told);
        assert_eq!(output.status.code(), Some(3));
    }
}
