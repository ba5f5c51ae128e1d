//! `milepost seal`: closes a quarter with the digests of its files and its figures.

use std::path::Path;

use super::select::quarter;
use super::source::{Assessed, Snapshot, SourceArg};
use super::{Output, Terminal};
use crate::base::number::counted;
use crate::border::Shown;
use crate::history::sealing::{Closing, close, close_reviews};
use crate::load::workspace::sha256;
use crate::model::seal::Seal;
use crate::write::add;

/// Close a quarter: write seal.toml with the digest of every file that its numbers depend on, the numbers, and the digest of the
/// seal before it. Prints the seal's own digest as sha256sum does; `milepost verify` compares later.
#[derive(Debug, clap::Args)]
pub(super) struct SealArgs {
    /// The quarter, as in 2026-Q3. Correct every mistake in the workspace first; a seal is not made again.
    #[arg(value_name = "QUARTER")]
    quarter: String,
    /// Close the reviews of a quarter that is sealed: write reviews/seal.toml with the digest of every review file, of what it points
    /// to, and of the quarter's own seal.
    #[arg(long)]
    reviews: bool,
}

const NOTHING_SEALED: &str = "Nothing was sealed.";

pub(super) fn run(root: &Path, args: &SealArgs, terminal: &Terminal<'_>) -> Result<Output, Output> {
    let nothing = |output: Output| Output { remarks: output.remarks + &Shown::line(NOTHING_SEALED), ..output };
    let Assessed { snapshot: Snapshot { workspace, .. }, assessment, remarks } =
        SourceArg::default().assess(root, terminal.remarks).map_err(nothing)?;
    let quarter = quarter(&assessment, &args.quarter).map_err(|why| Output::usage(remarks.clone() + &why))?;
    let scored = crate::score::score(assessment);
    let close = if args.reviews { close_reviews } else { close };
    let written = close(&workspace, scored.quarter(quarter)).and_then(|closing| {
        add(&root.join(&closing.path), closing.text.as_bytes(), &|step| terminal.tell_of(step)).map(|()| closing)
    });
    match written {
        Ok(closing) => {
            let shown = workspace.shown(&closing.path);
            let digest = sha256(closing.text.as_bytes());
            Ok(Output::result(Shown::line(&format!("{digest}  {shown}")), remarks + &summary(&closing)))
        }
        Err(why) => Err(nothing(Output::failure(remarks + &Shown::error(&why)))),
    }
}

/// What was sealed, and what to do now.
fn summary(closing: &Closing) -> Shown {
    let Closing { seal: Seal { quarter, previous, inputs, figures, .. }, open, .. } = closing;
    if closing.seal.is_of_reviews() {
        return Shown::lines(&format!(
            "The reviews of {quarter} are sealed: {}. It continues the seal of {quarter}.\nCommit it, and keep the digest where \
             nobody edits it: in the minutes, or in a signed tag.",
            counted(inputs.len(), "file")
        ));
    }
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
    Shown::lines(&format!(
        "{quarter} is sealed: {counted}. {chain}\n{left}Commit it, and keep the digest where nobody edits it: in the minutes, or in a signed tag."
    ))
}
