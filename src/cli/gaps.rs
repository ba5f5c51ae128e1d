//! `milepost gaps`: what falls short of its target, the widest gap first.

use std::path::Path;

use super::Output;
use super::score::TableFormat;
use super::select::{Selector, one_of};
use crate::border::Shown;
use crate::diagnostic::Colour;
use crate::export::table::Style;
use crate::export::{Selection, csv, json, table};
use crate::model::community::Community;
use crate::model::ids::ControlId;
use crate::score::gap;

/// Print the gap list of a quarter: widest gap first, then by weight, then by id.
#[derive(Debug, clap::Args)]
pub(super) struct GapsArgs {
    #[command(flatten)]
    selector: Selector,
    /// How to print the gaps.
    #[arg(long, value_enum, default_value_t)]
    format: TableFormat,
    /// Print every gap, not only the widest twenty. JSON and CSV always hold them all.
    #[arg(long)]
    all: bool,
    /// Only gaps that this Community Profile names, or to which it gives this priority, as in `ports:High`. The ranks stay the
    /// same.
    #[arg(long, value_name = "ID[:PRIORITY]")]
    community: Option<String>,
}

/// How many gaps a table shows.
const MOST: usize = 20;

pub(super) fn run(root: &Path, args: &GapsArgs, colour: Colour) -> Result<Output, Output> {
    let most = if args.all { usize::MAX } else { MOST };
    super::print_selected(root, &args.selector, colour, |selection| {
        let mut gaps = gap::rank(selection.catalog(), selection.tree());
        if let Some(named) = &args.community {
            let said = SaidByCommunity::named(selection, named)?;
            gaps.keep(|control| said.holds(selection, control));
        }
        Ok(match args.format {
            TableFormat::Text => table::gaps(selection, &gaps, most, Style::Text),
            TableFormat::Markdown => table::gaps(selection, &gaps, most, Style::Markdown),
            TableFormat::Json => json::gaps(selection, &gaps),
            TableFormat::Csv => csv::gaps(selection, &gaps),
        })
    })
}

/// What a Community Profile has to say of a control, so that its gap is printed.
struct SaidByCommunity<'a> {
    community: &'a Community,
    /// Its priority; `None` for anything.
    priority: Option<&'a str>,
}

impl<'a> SaidByCommunity<'a> {
    /// The one that is `named`, as in `ports` or `ports:High`.
    fn named(selection: &Selection<'a>, named: &str) -> Result<Self, Shown> {
        let (id, priority) = named.split_once(':').map_or((named, None), |(id, priority)| (id, Some(priority.trim())));
        let all = &selection.quarter.assessment.communities;
        let of_framework = all.iter().filter(|one| one.of == selection.framework).map(|one| (one, one.id.clone()));
        let of_framework: Vec<(&Community, String)> = of_framework.collect();
        if of_framework.is_empty() {
            let framework = &selection.catalog().id;
            let why = format!("there is no Community Profile of {framework}; one is a file in profiles/");
            return Err(Shown::error(&why));
        }
        let community = one_of("Community Profile", id.trim(), &of_framework)?;
        let priorities = || community.priorities().into_iter().map(|priority| (priority, priority.to_owned()));
        let priority = priority.map(|name| one_of("priority", name, &priorities().collect::<Vec<_>>())).transpose()?;
        Ok(Self { community, priority })
    }

    fn holds(&self, selection: &Selection<'_>, control: ControlId) -> bool {
        let said = self.community.outcome(selection.catalog().lineage(control));
        said.is_some_and(|said| self.priority.is_none_or(|priority| said.has_priority(priority)))
    }
}
