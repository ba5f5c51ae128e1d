//! `milepost help`: what a command does, what the keys of a file mean, or what a code of a diagnostic means.

use clap::CommandFactory;

use super::select::not_there;
use super::{Cli, Output};
use crate::border::Shown;
use crate::diagnostic::{self, Code, Layout};
use crate::reference::{self, Reference};

/// Explain a command, the keys of a kind of file such as quarter.toml, or a code such as unknown-key.
#[derive(Debug, clap::Args)]
pub(super) struct HelpArgs {
    /// The command, kind of file or code, or `diagnostics` for all codes; by default the program itself.
    #[arg(value_name = "TOPIC")]
    topic: Vec<String>,
    /// How to print files and codes.
    #[arg(long, value_enum, default_value_t)]
    format: Layout,
}

/// The topic that is all codes.
const ALL_CODES: &str = "diagnostics";

pub(super) fn run(args: &HelpArgs) -> Result<Output, Output> {
    let program = Cli::command();
    let reference = Reference::read();
    let topic: Vec<&str> = args.topic.iter().map(String::as_str).collect();
    let help = match topic.as_slice() {
        [ALL_CODES] => diagnostic::help_of_all(args.format),
        &[topic] => {
            let code = Code::ALL.iter().find(|code| code.name() == topic);
            match (program.find_subcommand(topic), reference.kind(topic), code) {
                (Some(_), ..) => of_command(&[topic]),
                (_, Some(kind), _) => reference::print(&reference, kind, args.format),
                (_, _, Some(code)) => diagnostic::help(*code, args.format),
                _ => return Err(Output::usage(unknown(topic, &program, &reference))),
            }
        }
        // A command of a command, such as `import workbook`.
        words => match words.iter().try_fold(&program, |command, word| command.find_subcommand(word)) {
            Some(_) => of_command(words),
            None => return Err(Output::usage(unknown(&words.join(" "), &program, &reference))),
        },
    };
    Ok(Output::result(help, Shown::default()))
}

/// What `--help` prints behind these words.
fn of_command(words: &[&str]) -> Shown {
    let line = ["milepost"].iter().chain(words).chain(&["--help"]);
    let help = Cli::command().try_get_matches_from(line).err();
    Shown::lines(&help.map(|help| help.render().to_string()).unwrap_or_default())
}

/// The line for a topic that is not there.
fn unknown(topic: &str, program: &clap::Command, reference: &Reference) -> Shown {
    let files: Vec<&str> = reference.kinds.iter().map(|kind| kind.file.as_str()).collect();
    let codes = Code::ALL.iter().map(|code| code.name());
    let commands = program.get_subcommands().map(clap::Command::get_name);
    let none = format!(
        "no topic `{topic}`; there are the commands, the codes, `{ALL_CODES}`, and the files {}",
        files.join(", ")
    );
    not_there("topic", topic, commands.chain(files.iter().copied()).chain(codes).chain([ALL_CODES]), &none)
}
