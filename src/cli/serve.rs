//! `milepost serve`: shows the report in a browser on this machine, and makes it again when a file changes.

use std::path::Path;
use std::sync::Arc;

use super::edition::{AudienceArg, Edition};
use super::source::SourceArg;
use super::{Notice, Output, Terminal};
use crate::border::Shown;
use crate::diagnostic::Colour;
use crate::load::workspace;
use crate::serve::{Build, serve};

/// Show the report in a browser on this machine, and make it again when a file of the workspace changes.
///
/// It answers only this machine and writes nothing: it makes each page on request.
#[derive(Debug, clap::Args)]
pub(super) struct ServeArgs {
    /// The port to listen on; by default the first free one from 8000.
    #[arg(short, long, value_name = "PORT")]
    port: Option<u16>,
    #[command(flatten)]
    audience: AudienceArg,
    /// Open the report in the browser.
    #[arg(long)]
    open: bool,
}

pub(super) fn run(root: &Path, args: &ServeArgs, terminal: &Terminal<'_>) -> Output {
    let tell = |lines: &Shown| {
        if !lines.is_empty() {
            (terminal.tell)(Notice::Lines(lines));
        }
    };
    // Mistakes quote the files of the workspace, and name what an audience may not see.
    let broken = |mistakes: Shown| {
        if args.audience.sees_everything() {
            return Build::Broken(mistakes);
        }
        tell(&mistakes);
        Build::Broken(Shown::line("milepost check lists them; they may name what is hidden from this audience"))
    };
    let mut last: Option<Arc<Edition>> = None;
    let build = || {
        let edition = match Edition::new(root, &SourceArg::default(), &args.audience, Colour::Plain) {
            Ok(edition) => Arc::new(edition),
            Err(output) => return broken(output.remarks),
        };
        let before = last.replace(Arc::clone(&edition));
        if before.as_ref().is_some_and(|before| before.workspace.files == edition.workspace.files) {
            return Build::Same;
        }
        // Pages are made when they are asked for; a new theme proves itself first.
        let new_theme = before.is_none_or(|before| !edition.has_theme_of(&before));
        if let Some(mistake) = new_theme.then(|| edition.mistake_of_theme()).flatten() {
            last = None;
            return broken(edition.remarks.clone() + &mistake);
        }
        tell(&edition.remarks);
        Build::Report(Box::new(move |path| edition.render(path)))
    };
    let opened = |address: &str| {
        tell(&Shown::line(&format!("{address} shows the report. Ctrl-C stops.")));
        if args.open {
            tell(&super::open(Path::new(address)));
        }
    };
    let failure = serve(args.port, || workspace::watched(root), build, opened, tell);
    Output::failure(Shown::error(&failure))
}
