//! Arguments in, an exit code out: 0 fine, 1 problems in the input, 2 wrong usage, 3 a fault of Milepost. The only printer.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::Parser;
use milepost::cli::Cli;
use milepost::diagnostic::Colour;

/// The exit code of a fault in Milepost itself.
const FAULT: u8 = 3;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|fault| {
        let place = fault.location().map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
        // The message may quote what was read, so it is not told: whoever reports this may paste the line anywhere.
        let told = format!("error: a fault in milepost{place}; please report this line and the version\n");
        let _ = print(io::stderr(), &told);
    }));
    std::panic::catch_unwind(run).unwrap_or(ExitCode::from(FAULT))
}

fn run() -> ExitCode {
    let cli = Cli::parse();
    let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let colour = |terminal: bool| if terminal && !unwanted { Colour::Ansi } else { Colour::Plain };
    let output = cli.run(colour(io::stdout().is_terminal()), colour(io::stderr().is_terminal()));
    let printed = print(io::stdout(), &output.result);
    let remarks = printed.as_ref().err().map_or_else(String::new, |error| format!("error: standard output: {error}\n"));
    // Where not even this can be said, the exit code still tells.
    let _ = print(io::stderr(), &(output.remarks + &remarks));
    if printed.is_err() { ExitCode::FAILURE } else { ExitCode::from(output.outcome as u8) }
}

/// Prints all of `text`. A reader that closed its end, as `head` does, has seen enough: that is no failure.
fn print(mut to: impl Write, text: &str) -> io::Result<()> {
    match to.write_all(text.as_bytes()).and_then(|()| to.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}
