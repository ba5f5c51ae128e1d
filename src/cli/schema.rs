//! `milepost schema`: JSON Schemas of the workspace's own files, for editors.

use std::path::Path;

use super::select::one_of;
use super::source::{Assessed, SourceArg};
use super::{CommandOutcome, Output, Terminal};
use crate::border::Shown;
use crate::model::assessment::InQuarter;
use crate::reference::Reference;
use crate::schema;
use crate::write::{old, renew};

/// Print, write or compare the JSON Schemas of this workspace's files; editors use them to complete and check the files.
#[derive(Debug, clap::Args)]
pub(super) struct SchemaArgs {
    /// The kind of file whose schema is printed, as in milepost.toml.
    #[arg(value_name = "FILE", default_value = "evidence.toml")]
    file: String,
    /// Write the schemas of all kinds to `schema/`.
    #[arg(long, conflicts_with_all = ["file", "check"])]
    write: bool,
    /// End with exit code 1 if a file of `schema/` is out of date or missing.
    #[arg(long, conflicts_with = "file")]
    check: bool,
}

pub(super) fn run(root: &Path, args: &SchemaArgs, terminal: &Terminal<'_>) -> Result<Output, Output> {
    let Assessed { assessment, remarks, .. } = SourceArg::default().assess(root, terminal.remarks)?;
    let reference = Reference::read();
    let newest = assessment.in_quarter(assessment.newest());
    if args.write {
        let files = files(&reference, newest);
        let written = renew(root, &files, &|step| terminal.tell_of(step));
        let written = written.map_err(|why| Output::failure(remarks.clone() + &Shown::error(&why)))?;
        let told = format!("{}/: {} of {} schemas were written", schema::FOLDER, written, files.len());
        return Ok(Output::result(Shown::line(&told), remarks));
    }
    if args.check {
        let files = files(&reference, newest);
        let old = old(root, &files);
        let row = |path: &&str| Shown::line(&format!("{path} is old or missing; `milepost schema --write` writes it"));
        let outcome = if old.is_empty() { CommandOutcome::Fine } else { CommandOutcome::Problems };
        return Ok(Output { outcome, ..Output::result(old.iter().map(row).collect(), remarks) });
    }
    let kinds: Vec<_> = schema::kinds(&reference).map(|kind| (kind, kind.file.clone())).collect();
    let kind = one_of("file", &args.file, &kinds).map_err(|why| Output::usage(remarks.clone() + &why))?;
    Ok(Output::result(schema::schema(&reference, kind, newest), remarks))
}

/// Each schema's path and text.
pub(super) fn files(reference: &Reference, newest: InQuarter<'_>) -> Vec<(String, String)> {
    let kinds = schema::kinds(reference);
    kinds.map(|kind| (schema::path(kind), schema::schema(reference, kind, newest).to_string())).collect()
}
