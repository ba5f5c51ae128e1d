//! `milepost completions`: the script with which a shell completes a command line.

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, Output};
use crate::border::Shown;

/// Print the completions of a shell; the shell's manual says where they go.
#[derive(Debug, clap::Args)]
pub(super) struct CompletionsArgs {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn run(args: &CompletionsArgs) -> Output {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "milepost", &mut script);
    Output::result(Shown::own(String::from_utf8_lossy(&script).into_owned()), Shown::default())
}
