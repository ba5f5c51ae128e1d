//! `milepost build`: the report as a folder of files.

use std::path::{Path, PathBuf};

use super::edition::{AudienceArg, Edition};
use super::source::SourceArg;
use super::{Notice, Output, Terminal, plain};
use crate::base::number::counted;
use crate::border::Shown;
use crate::write::{WriteFailure, WriteStep, Written, refuse_links, refuse_own_input, write};

/// Build the report: a folder of files for any web server, or for opening index.html.
#[derive(Debug, clap::Args)]
pub(super) struct BuildArgs {
    /// Where the report goes; `public` in the workspace by default.
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    audience: AudienceArg,
    #[command(flatten)]
    source: SourceArg,
    /// Open the report in the browser when it is there.
    #[arg(long)]
    open: bool,
}

const NOTHING_WRITTEN: &str = "Nothing was written.";

pub(super) fn run(root: &Path, args: &BuildArgs, terminal: &Terminal<'_>) -> Result<Output, Output> {
    let edition = Edition::new(root, &args.source, &args.audience, terminal.remarks)?;
    let site = edition.site();
    // A folder that the user names may be a link; one that the workspace holds may not.
    let (out, real) = match &args.out {
        Some(out) => (out.clone(), Ok(())),
        None => {
            let public = plain(&root.join("public"));
            let real = refuse_links(&public);
            (public, real)
        }
    };
    let files = site.files().len();
    let tell = |step: WriteStep<'_>| match step {
        WriteStep::Done => (terminal.tell)(Notice::Done { of: files }),
        step @ WriteStep::Waits(_) => terminal.tell_of(step),
    };
    let written = real
        .and_then(|()| refuse_own_input(&out, root, "the workspace", &edition.workspace.patterns.roots()))
        .and_then(|()| write(&site, &out, &tell));
    match written {
        Ok(written) => {
            let index = plain(&out.join("index.html"));
            // Only `milepost check` lists them, so this is also where to look.
            let findings = match edition.findings() {
                0 => "no findings".to_owned(),
                count => counted(count, "finding"),
            };
            let opened = if args.open { super::open(&index) } else { Shown::default() };
            let closing = format!("{}: {}, {}", index.display(), files_of(written), findings);
            Ok(Output { closing, ..Output::result(Shown::default(), edition.remarks.clone() + &opened) })
        }
        Err(WriteFailure::Page(found)) => {
            let found = edition.print(&found, terminal.remarks) + &Shown::line(NOTHING_WRITTEN);
            Err(Output::failure(edition.remarks.clone() + &found))
        }
        Err(WriteFailure::Refused(why)) => Err(Output::failure(edition.remarks.clone() + &Shown::error(&why))),
    }
}

fn files_of(Written { files, changed, removed }: Written) -> String {
    match (changed, removed) {
        (0, 0) => format!("{files} files, nothing changed"),
        (changed, 0) => format!("{files} files, {changed} written"),
        (changed, removed) => format!("{files} files, {changed} written, {removed} removed"),
    }
}
