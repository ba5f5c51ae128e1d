//! `milepost catalog`: the files of a built-in catalog, to read, or to start your own catalog.

use std::collections::BTreeSet;

use super::Output;
use super::select::one_of;
use crate::border::Shown;
use crate::load::embedded::FILES;

/// Print the files of a built-in catalog, or list the catalogs.
#[derive(Debug, clap::Args)]
pub(super) struct CatalogArgs {
    /// The catalog, by its id; lists the built-in ones by default.
    #[arg(value_name = "ID")]
    id: Option<String>,
    /// Print this file alone, as in protect.toml.
    #[arg(long, value_name = "NAME", requires = "id")]
    file: Option<String>,
}

/// The folder of all catalogs.
const FOLDER: &str = "controls/";

pub(super) fn run(args: &CatalogArgs) -> Result<Output, Output> {
    let files = || FILES.iter().filter_map(|(path, text)| Some((path.strip_prefix(FOLDER)?.split_once('/')?, *text)));
    let ids: BTreeSet<&str> = files().map(|((id, _), _)| id).collect();
    let Some(wanted) = &args.id else {
        return Ok(Output::result(ids.into_iter().map(Shown::line).collect(), Shown::default()));
    };
    let ids: Vec<(&str, String)> = ids.into_iter().map(|id| (id, id.to_owned())).collect();
    let id = one_of("built-in catalog", wanted, &ids).map_err(Output::usage)?;
    let texts: Vec<(&str, String)> =
        files().filter(|((of, _), _)| *of == id).map(|((_, name), text)| (text, name.to_owned())).collect();
    let text = match &args.file {
        Some(file) => one_of("file", file, &texts).map_err(Output::usage)?.to_owned(),
        None => texts.iter().map(|(text, name)| format!("# {FOLDER}{id}/{name}\n\n{text}\n")).collect(),
    };
    // The catalogs are the program's own texts.
    Ok(Output::result(Shown::own(text), Shown::default()))
}
