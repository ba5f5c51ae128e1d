//! `milepost man`: the manual page of the program, or of one of its commands, as man reads it.

use clap::CommandFactory;
use clap_mangen::Man;

use super::select::one_of;
use super::{Cli, Output};
use crate::border::Shown;

/// Print the manual page of milepost, or of one of its commands; `milepost man | man -l -` shows it.
#[derive(Debug, clap::Args)]
pub(super) struct ManArgs {
    /// The command; the program itself by default.
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

pub(super) fn run(args: &ManArgs) -> Result<Output, Output> {
    let mut program = Cli::command();
    program.build();
    let page = match &args.command {
        None => program,
        Some(wanted) => {
            let commands = program.get_subcommands().map(|command| (command, command.get_name().to_owned()));
            one_of("command", wanted, &commands.collect::<Vec<_>>()).map_err(Output::usage)?.clone()
        }
    };
    let mut text = Vec::new();
    match Man::new(page).render(&mut text) {
        Ok(()) => Ok(Output::result(Shown::own(String::from_utf8_lossy(&text).into_owned()), Shown::default())),
        Err(error) => Err(Output::failure(Shown::error(&format!("the page cannot be written: {error}")))),
    }
}
