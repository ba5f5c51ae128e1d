//! The command line in, a command's output out: one file a command, and nothing printed here.

mod build;
mod check;
mod completions;
mod diff;
mod explain;
mod gaps;
mod gate;
mod init;
mod man;
mod quarter;
mod score;
mod seal;
mod select;
mod source;
mod verify;

use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};

use crate::assessment::Assessment;
use crate::diagnostic::Colour;
use crate::export::Selection;
use crate::workspace::Workspace;

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
    Init(init::Args),
    Quarter(quarter::Args),
    Check(check::Args),
    Score(score::Args),
    Explain(explain::Args),
    Gaps(gaps::Args),
    Diff(diff::Args),
    Gate(gate::Args),
    Build(build::Args),
    Seal(seal::Args),
    Verify(verify::Args),
    Completions(completions::Args),
    Man(man::Args),
}

/// What a command has to say, and how it went.
#[derive(Debug, Default)]
pub struct Output {
    /// The result, for standard output.
    pub result: String,
    /// Everything else, for standard error.
    pub remarks: String,
    /// How it went.
    pub outcome: Outcome,
}

/// How a command went; the number is its exit code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outcome {
    /// The result is there.
    #[default]
    Fine = 0,
    /// Problems were found in the input, or the output could not be written.
    Problems = 1,
    /// The command line asks for something that is not there; clap gives the same code for what it cannot read.
    Usage = 2,
}

impl Output {
    fn result(result: String, remarks: String) -> Self {
        Self { result, remarks, outcome: Outcome::Fine }
    }

    fn failure(remarks: String) -> Self {
        Self { result: String::new(), remarks, outcome: Outcome::Problems }
    }
}

impl Cli {
    /// Runs the command, with the colour of its result and that of its remarks: one of them may go to a file.
    pub fn run(&self, result: Colour, remarks: Colour) -> Output {
        if !self.root.is_dir() && !matches!(self.command, Command::Init(_)) {
            let remarks = format!("error: there is no folder {}\n", self.root.display());
            return Output { outcome: Outcome::Usage, ..Output::failure(remarks) };
        }
        match &self.command {
            Command::Completions(args) => completions::run(args),
            Command::Man(args) => man::run(args),
            Command::Build(args) => build::run(&self.root, args, remarks),
            Command::Init(args) => init::run(&self.root, args),
            Command::Quarter(args) => quarter::run(&self.root, args, remarks),
            Command::Check(args) => check::run(&self.root, args, result),
            Command::Score(args) => score::run(&self.root, args, remarks),
            Command::Explain(args) => explain::run(&self.root, args, remarks),
            Command::Gate(args) => gate::run(&self.root, args, result),
            Command::Diff(args) => diff::run(&self.root, args, remarks),
            Command::Seal(args) => seal::run(&self.root, args, remarks),
            Command::Verify(args) => verify::run(&self.root, args, remarks),
            Command::Gaps(args) => gaps::run(&self.root, args, remarks),
        }
    }
}

/// Loads and checks the workspace at `root`; a broken one ends the command with its diagnostics.
fn assess(root: &Path, colour: Colour) -> Result<(Workspace, Assessment, String), Output> {
    let source::Assessed { workspace, assessment, remarks, .. } = source::Source::default().assess(root, colour)?;
    Ok((workspace, assessment, remarks))
}

/// Scores the workspace at `root` and prints what is selected of it.
fn print_selected(
    root: &Path,
    selector: &select::Selector,
    colour: Colour,
    print: impl FnOnce(&Selection<'_>) -> String,
) -> Output {
    let source::Assessed { assessment, remarks, .. } = match selector.source.assess(root, colour) {
        Ok(assessed) => assessed,
        Err(output) => return output,
    };
    let scorecard = crate::score::score(&assessment);
    match selector.select(&assessment, &scorecard) {
        Ok(selection) => Output::result(print(&selection), remarks),
        Err(message) => Output { outcome: Outcome::Usage, ..Output::failure(remarks + &message) },
    }
}
