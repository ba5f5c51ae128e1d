//! The command line in, a command's output out: one file a command, and nothing printed here.

mod check;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::diagnostic::Colour;

/// A NIST Cybersecurity Framework 2.0 self-assessment that lives in git.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    /// The workspace's folder, the one with milepost.toml.
    #[arg(short, long, global = true, default_value = ".", value_name = "DIR")]
    root: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Args),
}

/// What a command has to say, and how it went.
#[derive(Debug, Default)]
pub struct Output {
    /// The result, for standard output.
    pub result: String,
    /// Everything else, for standard error.
    pub remarks: String,
    /// Whether problems were found in the input.
    pub failed: bool,
}

impl Cli {
    /// Runs the command; `colour` is for what people read.
    pub fn run(&self, colour: Colour) -> Output {
        match &self.command {
            Command::Check(args) => check::run(&self.root, args, colour),
        }
    }
}
