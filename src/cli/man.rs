//! `milepost man`: the manual page of the program, or of one of its commands, as man reads it.

use clap::CommandFactory;
use clap_mangen::Man;

use super::select::find;
use super::{Cli, Output};
use crate::border::Shown;

/// Print the manual page of milepost, or of one of its commands; `milepost man | man -l -` shows it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The command; the program itself by default.
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

pub(super) fn run(args: &Args) -> Output {
    let mut program = Cli::command();
    program.build();
    let names: Vec<String> = program.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    let page = match find("command", args.command.as_deref(), &names) {
        Ok(None) => program,
        Ok(Some(at)) => program.get_subcommands().nth(at).cloned().expect("names come from this list"),
        Err(why) => return Output::usage(Shown::error(&why)),
    };
    let mut text = Vec::new();
    match Man::new(page).render(&mut text) {
        Ok(()) => Output::result(Shown::own(String::from_utf8_lossy(&text).into_owned()), Shown::default()),
        Err(error) => Output::failure(Shown::error(&format!("the page cannot be written: {error}"))),
    }
}
