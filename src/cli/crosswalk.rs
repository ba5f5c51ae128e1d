//! `milepost crosswalk`: another catalog's ids and the outcomes here.

use std::path::Path;

use super::Output;
use super::edition::AudienceArg;
use super::score::TableFormat;
use super::select::{QuarterArg, TeamArg, not_there, one_of};
use super::source::{Assessed, SourceArg};
use crate::border::Shown;
use crate::diagnostic::Colour;
use crate::export::crosswalk as export;
use crate::export::table::Style;
use crate::model::assessment::Assessment;
use crate::model::ids::{ForeignCatalogId, TeamId};
use crate::redact::redact;
use crate::score::ScoredQuarter;
use crate::score::crosswalk::{Crosswalk, catalogs_with, crosswalk};

/// Show which ids of another catalog the outcomes here are mapped to, with their levels and answers. A mapping is not an
/// equivalence.
#[derive(Debug, clap::Args)]
pub(super) struct CrosswalkArgs {
    /// The other catalog, by its id, as in sp800-53r5; without it, all mapped catalogs.
    #[arg(value_name = "CATALOG")]
    catalog: Option<String>,
    /// One id of the catalog, as in CP-9; without CATALOG, of any catalog.
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    #[command(flatten)]
    quarter: QuarterArg,
    #[command(flatten)]
    team: TeamArg,
    #[command(flatten)]
    source: SourceArg,
    #[command(flatten)]
    audience: AudienceArg,
    /// How to print it.
    #[arg(long, value_enum, default_value_t)]
    format: TableFormat,
}

pub(super) fn run(root: &Path, args: &CrosswalkArgs, colour: Colour) -> Result<Output, Output> {
    let Assessed { assessment, remarks, .. } = args.source.assess(root, colour)?;
    let usage = |why: Shown| Output::usage(remarks.clone() + &why);
    let quarter = args.quarter.find(&assessment).map_err(usage)?;
    let team = args.team.find(&assessment).map_err(usage)?;
    let catalog = args.catalog.as_deref().map(|id| catalog(&assessment, id)).transpose().map_err(usage)?;
    let scored = crate::score::score(redact(assessment, args.audience.audience()));
    let quarter = scored.quarter(quarter);
    let result = match (catalog, &args.id) {
        (None, None) => list(&all(quarter, team), args.format),
        (None, Some(id)) => {
            let walks = with_id(quarter, id, team);
            if walks.is_empty() {
                return Err(usage(Shown::error(&format!("no catalog that is mapped has the id `{id}`"))));
            }
            each(&walks, args.format)
        }
        (Some(catalog), id) => {
            let walk = only(crosswalk(quarter, catalog, team), id.as_deref()).map_err(usage)?;
            each(&[walk], args.format)
        }
    };
    Ok(Output::result(result, remarks))
}

/// The catalog with this id, or else with this title.
fn catalog(assessment: &Assessment, wanted: &str) -> Result<ForeignCatalogId, Shown> {
    let catalogs = &assessment.foreign_catalogs;
    if catalogs.is_empty() {
        return Err(Shown::error(
            "no catalog is mapped: the frameworks in use have no references, and mappings/ holds no file",
        ));
    }
    let names: Vec<_> = catalogs.entries().map(|(at, catalog)| (at, catalog.id.clone())).collect();
    one_of("catalog", wanted, &names)
}

/// The part of a crosswalk that is about one id, if one is asked for.
fn only<'a>(walk: Crosswalk<'a>, id: Option<&str>) -> Result<Crosswalk<'a>, Shown> {
    let Some(id) = id else { return Ok(walk) };
    let named = walk.ids().find(|known| known.eq_ignore_ascii_case(id.trim()));
    let unknown = || {
        let none = format!("{} has no id `{id}` that is known here", walk.catalog.title);
        not_there("id", id, walk.ids(), &none)
    };
    let named = named.ok_or_else(unknown)?;
    walk.clone().only(named).ok_or_else(unknown)
}

/// The crosswalks to every catalog.
fn all(quarter: ScoredQuarter<'_>, team: Option<TeamId>) -> Vec<Crosswalk<'_>> {
    quarter.assessment.foreign_catalogs.ids().map(|catalog| crosswalk(quarter, catalog, team)).collect()
}

/// What each catalog says of an id that it has.
pub(super) fn with_id<'a>(quarter: ScoredQuarter<'a>, id: &str, team: Option<TeamId>) -> Vec<Crosswalk<'a>> {
    let found = catalogs_with(quarter.assessment, id.trim()).into_iter();
    found.filter_map(|(catalog, id)| crosswalk(quarter, catalog, team).only(id)).collect()
}

/// The catalogs, a row each.
fn list(walks: &[Crosswalk<'_>], format: TableFormat) -> Shown {
    match format {
        TableFormat::Text => export::catalogs(walks, Style::Text),
        TableFormat::Markdown => export::catalogs(walks, Style::Markdown),
        TableFormat::Json => export::json_of_catalogs(walks),
        TableFormat::Csv => export::csv_of_catalogs(walks),
    }
}

/// Each crosswalk whole.
fn each(walks: &[Crosswalk<'_>], format: TableFormat) -> Shown {
    match format {
        TableFormat::Text => export::both_ways(walks, Style::Text),
        TableFormat::Markdown => export::both_ways(walks, Style::Markdown),
        TableFormat::Json => export::json(walks),
        TableFormat::Csv => export::csv(walks),
    }
}
