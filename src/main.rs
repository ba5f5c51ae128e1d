//! Arguments in, an exit code out: 0 fine, 1 problems in the input, 2 wrong usage. The only printer.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::Parser;
use milepost::cli::Cli;
use milepost::diagnostic::Colour;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let colour = |terminal: bool| if terminal && !unwanted { Colour::Ansi } else { Colour::Plain };
    let output = cli.run(colour(io::stdout().is_terminal()), colour(io::stderr().is_terminal()));
    // A reader that closed its end, as `head` does, has seen enough: that is no failure.
    let _ = io::stdout().write_all(output.result.as_bytes());
    let _ = io::stderr().write_all(output.remarks.as_bytes());
    ExitCode::from(output.outcome as u8)
}
