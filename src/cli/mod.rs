//! The commands, one file each. Each takes its arguments and returns its output: nothing is printed here.

mod actions;
mod build;
mod catalog;
mod check;
mod collect;
mod completions;
mod crosswalk;
mod diff;
mod edition;
mod explain;
mod export;
mod gaps;
mod gate;
mod group;
mod handover;
mod help;
mod import;
mod init;
mod man;
mod plan;
mod quarter;
mod sample;
mod schema;
mod score;
mod seal;
mod select;
#[cfg(feature = "serve")]
mod serve;
mod source;
mod todo;
mod verify;
mod worksheet;

use std::path::{Component, Path, PathBuf};

use clap::{Parser, Subcommand};

use crate::base::layout::CONFIG;
use crate::border::Shown;
use crate::diagnostic::Colour;
use crate::export::Selection;
use crate::write::WriteStep;

/// A NIST Cybersecurity Framework 2.0 self-assessment that is kept in git.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, max_term_width = 100, disable_help_subcommand = true)]
pub struct Cli {
    /// The workspace's folder, the one with milepost.toml; by default this folder, or the nearest such folder above it.
    #[arg(short, long, global = true, value_name = "DIR")]
    root: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::InitArgs),
    Quarter(quarter::QuarterArgs),
    Worksheet(worksheet::WorksheetArgs),
    Collect(collect::CollectArgs),
    Check(check::CheckArgs),
    Todo(todo::TodoArgs),
    Score(score::ScoreArgs),
    Explain(explain::ExplainArgs),
    Gaps(gaps::GapsArgs),
    Plan(plan::PlanArgs),
    Actions(actions::ActionsArgs),
    Crosswalk(crosswalk::CrosswalkArgs),
    Catalog(catalog::CatalogArgs),
    Schema(schema::SchemaArgs),
    Diff(diff::DiffArgs),
    Export(export::ExportArgs),
    Import(import::ImportArgs),
    Gate(gate::GateArgs),
    Build(build::BuildArgs),
    #[cfg(feature = "serve")]
    Serve(serve::ServeArgs),
    Group(group::GroupArgs),
    Seal(seal::SealArgs),
    Sample(sample::SampleArgs),
    Verify(verify::VerifyArgs),
    Handover(handover::HandoverArgs),
    Help(help::HelpArgs),
    Completions(completions::CompletionsArgs),
    Man(man::ManArgs),
}

/// A path as it is printed: without `.`, which changes nothing in it.
fn plain(path: &Path) -> PathBuf {
    let plain: PathBuf = path.components().filter(|part| !matches!(part, Component::CurDir)).collect();
    if plain.as_os_str().is_empty() { PathBuf::from(".") } else { plain }
}

/// The output of a command, and how it went.
#[derive(Debug, Default)]
pub struct Output {
    /// The result, for standard output.
    pub result: Shown,
    /// Everything else, for standard error.
    pub remarks: Shown,
    /// What was made, the last of the remarks: a line without its end, for the time that it took to be added.
    pub closing: String,
    /// How it went.
    pub outcome: CommandOutcome,
}

/// A message of a command while it runs.
#[derive(Clone, Copy, Debug)]
pub enum Notice<'a> {
    /// Lines for standard error.
    Lines(&'a Shown),
    /// One more of so many parts is done.
    Done {
        /// All parts.
        of: usize,
    },
}

/// Where a command's words go to.
pub struct Terminal<'a> {
    /// The colour of results.
    pub result: Colour,
    /// The colour of remarks: one of the two may go to a file.
    pub remarks: Colour,
    /// Takes what is said at once.
    pub tell: &'a (dyn Fn(Notice<'_>) + Sync),
}

impl Terminal<'_> {
    /// Says for whom a command waits before it writes.
    fn tell_of(&self, step: WriteStep<'_>) {
        if let WriteStep::Waits(why) = step {
            (self.tell)(Notice::Lines(&Shown::line(why)));
        }
    }
}

/// How a command went; the number is its exit code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CommandOutcome {
    /// The result is there.
    #[default]
    Fine = 0,
    /// Problems were found in the input, or the output could not be written.
    Problems = 1,
    /// The command line asks for something that is not there; clap gives the same code for what it cannot read.
    Usage = 2,
}

impl Output {
    fn result(result: Shown, remarks: Shown) -> Self {
        Self { result, remarks, ..Self::default() }
    }

    fn failure(remarks: Shown) -> Self {
        Self { remarks, outcome: CommandOutcome::Problems, ..Self::default() }
    }

    fn usage(remarks: Shown) -> Self {
        Self { remarks, outcome: CommandOutcome::Usage, ..Self::default() }
    }
}

impl Cli {
    /// Runs the command.
    pub fn run(&self, terminal: &Terminal<'_>) -> Output {
        let root = self.root(terminal);
        let &Terminal { result, remarks, .. } = terminal;
        if !root.is_dir() && !matches!(self.command, Command::Init(_)) {
            let why = format!("there is no folder {}; `milepost init DIR` makes a workspace", root.display());
            return Output::usage(Shown::error(&why));
        }
        // Diagnostics are the result of `check` and `gate`, and remarks of the others: each has the colour of its stream.
        let output = match &self.command {
            Command::Completions(args) => Ok(completions::run(args)),
            Command::Man(args) => man::run(args),
            Command::Help(args) => help::run(args),
            Command::Catalog(args) => catalog::run(args),
            Command::Schema(args) => schema::run(&root, args, terminal),
            Command::Build(args) => build::run(&root, args, terminal),
            #[cfg(feature = "serve")]
            Command::Serve(args) => Ok(serve::run(&root, args, terminal)),
            Command::Init(args) => Ok(init::run(&root, args, terminal)),
            Command::Quarter(args) => quarter::run(&root, args, terminal),
            Command::Worksheet(args) => worksheet::run(&root, args, terminal),
            Command::Collect(args) => collect::run(&root, args, terminal),
            Command::Check(args) => check::run(&root, args, result),
            Command::Score(args) => score::run(&root, args, remarks),
            Command::Explain(args) => explain::run(&root, args, remarks),
            Command::Gate(args) => gate::run(&root, args, result),
            Command::Diff(args) => diff::run(&root, args, remarks),
            Command::Export(args) => export::run(&root, args, terminal),
            Command::Group(args) => group::run(&root, args, terminal),
            Command::Import(args) => import::run(&root, args, terminal),
            Command::Seal(args) => seal::run(&root, args, terminal),
            Command::Handover(args) => handover::run(&root, args, terminal),
            Command::Sample(args) => sample::run(&root, args, terminal),
            Command::Verify(args) => match args.archive() {
                Some((archive, format)) => handover::verify(archive, format, remarks),
                None => verify::run(&root, args, remarks),
            },
            Command::Gaps(args) => gaps::run(&root, args, remarks),
            Command::Plan(args) => plan::run(&root, args, remarks),
            Command::Actions(args) => actions::run(&root, args, remarks),
            Command::Crosswalk(args) => crosswalk::run(&root, args, remarks),
            Command::Todo(args) => todo::run(&root, args, remarks),
        };
        output.unwrap_or_else(|output| output)
    }
}

impl Cli {
    /// The workspace's folder: the one that is named, or this one, or the nearest above it that holds a workspace.
    fn root(&self, terminal: &Terminal<'_>) -> PathBuf {
        let here = PathBuf::from(".");
        let needs_none = matches!(
            self.command,
            Command::Init(_) | Command::Completions(_) | Command::Man(_) | Command::Help(_) | Command::Catalog(_)
        );
        let found = match &self.root {
            Some(root) => return root.clone(),
            None if needs_none => None,
            None => above(Path::new("")),
        };
        let Some(found) = found else { return here };
        (terminal.tell)(Notice::Lines(&Shown::line(&format!("the workspace is in {}", found.display()))));
        found
    }
}

/// The nearest folder above `here` that holds a workspace, as the way up to it; `None` if `here` holds one itself. No folder
/// outside the repository is looked at.
fn above(here: &Path) -> Option<PathBuf> {
    let whole = std::path::absolute(if here.as_os_str().is_empty() { Path::new(".") } else { here }).ok()?;
    let mut way = PathBuf::new();
    for folder in whole.ancestors() {
        if folder.join(CONFIG).exists() {
            return Some(way).filter(|way| !way.as_os_str().is_empty());
        }
        if folder.join(".git").exists() {
            return None;
        }
        way.push("..");
    }
    None
}

/// Opens a file or an address in the user's browser; returns a remark if that fails.
fn open(what: &Path) -> Shown {
    match open::that_detached(what) {
        Ok(()) => Shown::default(),
        Err(_) => Shown::line(&format!("{} could not be opened: no browser was found", what.display())),
    }
}

/// Scores the workspace at `root` and prints what is selected of it.
fn print_selected(
    root: &Path,
    selector: &select::Selector,
    colour: Colour,
    print: impl FnOnce(&Selection<'_>) -> Result<Shown, Shown>,
) -> Result<Output, Output> {
    let source::Assessed { assessment, remarks, .. } = selector.source.assess(root, colour)?;
    let scored = crate::score::score(assessment);
    let result = selector.select(&scored).and_then(|selection| print(&selection));
    match result {
        Ok(result) => Ok(Output::result(result, remarks)),
        Err(why) => Err(Output::usage(remarks + &why)),
    }
}
