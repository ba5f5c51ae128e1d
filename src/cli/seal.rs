//! `milepost seal`: closes a quarter with the digests of its files and its figures.

use std::path::Path;

use super::select::find;
use super::{Outcome, Output, Terminal};
use crate::base::text::line;
use crate::history::sealing::{Closing, close};
use crate::load::workspace::sha256;
use crate::model::seal::Seal;
use crate::write::add;

/// Close a quarter: write seal.toml with the digest of every file that its numbers rest on, the numbers, and the digest of the seal
/// before it. Prints the seal's own digest as sha256sum does; `milepost verify` compares later.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The quarter, as in 2026-Q3. All that is wrong with the workspace is mended first; a seal is not made again.
    #[arg(value_name = "QUARTER")]
    quarter: String,
}

pub(super) fn run(root: &Path, args: &Args, terminal: &Terminal<'_>) -> Output {
    let (workspace, assessment, remarks) = match super::assess(root, terminal.remarks) {
        Ok(assessed) => assessed,
        Err(output) => return Output { remarks: output.remarks + "Nothing was sealed.\n", ..output },
    };
    let names: Vec<String> = assessment.quarters.iter().map(|answers| answers.quarter.to_string()).collect();
    let q = match find("quarter", Some(&args.quarter), &names) {
        Ok(found) => found.unwrap_or_default(),
        Err(message) => return Output { outcome: Outcome::Usage, ..Output::failure(remarks + &message) },
    };
    let scorecard = crate::score::score(&assessment);
    let written = close(&workspace, &assessment, &scorecard, q).and_then(|closing| {
        add(&root.join(&closing.path), &closing.text, &|step| terminal.tell_of(step)).map(|()| closing)
    });
    match written {
        Ok(closing) => {
            let shown = workspace.shown(&closing.path);
            let digest = sha256(closing.text.as_bytes());
            Output::result(line(&format!("{digest}  {shown}")) + "\n", remarks + &said(&closing))
        }
        Err(why) => Output::failure(format!("{remarks}error: {}\nNothing was sealed.\n", line(&why))),
    }
}

fn said(closing: &Closing) -> String {
    let Closing { seal: Seal { quarter, previous, inputs, figures, .. }, open, .. } = closing;
    let chain = match previous {
        Some(previous) => format!("It continues the seal of {}.", previous.quarter),
        None => "It is the first seal of this workspace.".to_owned(),
    };
    let left = match open.as_slice() {
        [] => String::new(),
        [one] => format!("{one} is older, was never sealed and can no longer be.\n"),
        [first, .., last] => {
            let count = open.len();
            format!("{count} older quarters, {first} to {last}, were never sealed and can no longer be.\n")
        }
    };
    let counted = format!("{} files and the figures of {} nodes", inputs.len(), figures.len());
    format!(
        "{quarter} is sealed: {counted}. {chain}\n{left}Commit it, and keep the digest where nobody edits it: in the minutes, or in a signed tag.\n"
    )
}
