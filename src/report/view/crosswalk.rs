//! The crosswalks: to which ids of other catalogs the controls are mapped, both ways. No page has a score of another catalog.

use serde::Serialize;

use super::figures::ShownLevel;
use super::{Link, Markup, Report};
use crate::model::ids::{ControlId, ForeignCatalogId, QuarterId};
use crate::model::mapping::{ForeignCatalog, Mapping, Relation};
use crate::report::address::{Address, CrosswalkPart};
use crate::score::crosswalk::{Crosswalk, ForeignControls, MappedControl, MappedLevels, crosswalk};

/// The list of the catalogs that are mapped.
#[derive(Debug, Serialize)]
pub(super) struct CrosswalksPage {
    catalogs: Vec<CatalogRow>,
}

/// A catalog that is mapped.
#[derive(Debug, Serialize)]
pub(super) struct CatalogRow {
    link: Link,
    /// How many of its ids are mapped, and to how many controls.
    mapped: usize,
    outcomes: usize,
    /// How many of its ids are not mapped; `None` if no map says which ids there are.
    unmapped: Option<usize>,
}

/// A page of one crosswalk.
#[derive(Debug, Serialize)]
pub(super) struct CrosswalkPage {
    title: String,
    maps: Vec<MapView>,
    /// All pages of this crosswalk, if it has more than one.
    parts: Vec<Link>,
    /// How many ids are mapped on all pages.
    mapped: usize,
    ids: Vec<ForeignRow>,
    /// The ids that nothing maps to; only on the first page.
    unmapped: Vec<UnmappedId>,
    /// Whether a map says which ids there are.
    is_listed: bool,
    outcomes: Vec<OutcomeRow>,
    csv: String,
}

/// Where a map comes from.
#[derive(Debug, Serialize)]
pub(super) struct MapView {
    framework: String,
    version: String,
    authority: String,
    path: Markup,
    sha256: String,
}

/// An id of the other catalog with the controls that are mapped to it.
#[derive(Debug, Serialize)]
pub(super) struct ForeignRow {
    id: String,
    anchor: String,
    standing: StandingView,
    outcomes: Vec<OtherSide>,
}

/// A control with the ids that it is mapped to.
#[derive(Debug, Serialize)]
pub(super) struct OutcomeRow {
    control: Link,
    standing: StandingView,
    owners: Vec<Link>,
    ids: Vec<OtherSide>,
}

/// An id that nothing maps to.
#[derive(Debug, Serialize)]
pub(super) struct UnmappedId {
    id: String,
    anchor: String,
}

/// The other side of a pair.
#[derive(Debug, Serialize)]
pub(super) struct OtherSide {
    link: Link,
    /// What the control is to the id, in words.
    relation: String,
}

/// The levels and counts of controls, and no mean.
#[derive(Debug, Serialize)]
pub(super) struct StandingView {
    lowest: Option<ShownLevel>,
    highest: Option<ShownLevel>,
    answered: u32,
    asked: u32,
}

/// Makes the list of crosswalks of quarter `q`.
pub(super) fn overview(report: Report<'_>, q: QuarterId) -> CrosswalksPage {
    let row = |catalog| {
        let walk = crosswalk(report.quarter(q), catalog, None);
        let href = Address::Crosswalk(q, CrosswalkPart { catalog, chunk: 0 }).path(report.assessment());
        CatalogRow {
            link: Link::new(&walk.catalog.id, &walk.catalog.title, href),
            mapped: walk.foreign.len(),
            outcomes: walk.outcomes.len(),
            unmapped: walk.unmapped.as_ref().map(Vec::len),
        }
    };
    CrosswalksPage { catalogs: report.assessment().foreign_catalogs.ids().map(row).collect() }
}

/// The name of the catalog of a page, with the page's number if it is not the first.
pub(super) fn name(report: Report<'_>, part: CrosswalkPart) -> String {
    let catalogs = &report.assessment().foreign_catalogs;
    let ForeignCatalog { id, title, .. } = &catalogs[part.catalog];
    let is_shared = catalogs.iter().filter(|other| other.title == *title).count() > 1;
    let title = if is_shared { format!("{title} ({id})") } else { title.clone() };
    if part.chunk == 0 { title } else { format!("{title}, {}", part.chunk + 1) }
}

/// Makes a page of a crosswalk in quarter `q`.
pub(super) fn view(report: Report<'_>, q: QuarterId, part: CrosswalkPart) -> CrosswalkPage {
    let assessment = report.assessment();
    let walk = crosswalk(report.quarter(q), part.catalog, None);
    let ids = &walk.foreign[part.range(assessment, walk.foreign.len())];
    let outcomes = &walk.outcomes[part.range(assessment, walk.outcomes.len())];
    let unmapped = walk.unmapped.iter().flatten().filter(|_| part.chunk == 0);
    CrosswalkPage {
        title: name(report, part),
        maps: walk.catalog.maps.iter().map(|map| map_view(report, q, map)).collect(),
        parts: parts(report, q, part),
        mapped: walk.foreign.len(),
        ids: ids.iter().map(|foreign| foreign_row(report, &walk, part, foreign)).collect(),
        unmapped: unmapped
            .map(|id| UnmappedId { id: (*id).to_owned(), anchor: anchor(report, part.catalog, id) })
            .collect(),
        is_listed: walk.unmapped.is_some(),
        outcomes: outcomes.iter().map(|outcome| outcome_row(report, &walk, part, outcome)).collect(),
        csv: Address::CrosswalkData(q, part.catalog).path(assessment),
    }
}

fn parts(report: Report<'_>, q: QuarterId, part: CrosswalkPart) -> Vec<Link> {
    let of_catalog = CrosswalkPart::of(report.assessment(), part.catalog);
    let link = |other: CrosswalkPart| {
        let href = Address::Crosswalk(q, other).path(report.assessment());
        Link { current: other == part, ..Link::new("", &(other.chunk + 1).to_string(), href) }
    };
    let links: Vec<Link> = of_catalog.map(link).collect();
    if links.len() > 1 { links } else { Vec::new() }
}

fn map_view(report: Report<'_>, q: QuarterId, map: &Mapping) -> MapView {
    MapView {
        framework: report.quarter(q).framework(map.of).title.clone(),
        version: map.version.clone(),
        authority: map.authority.clone(),
        path: report.file(&map.path, &map.path),
        sha256: map.sha256.clone(),
    }
}

fn foreign_row(
    report: Report<'_>,
    walk: &Crosswalk<'_>,
    part: CrosswalkPart,
    foreign: &ForeignControls<'_>,
) -> ForeignRow {
    let pair = |(control, relation): &(ControlId, Relation)| OtherSide {
        link: report.control_link(walk.quarter.id, *control),
        relation: relation_words(report, *relation),
    };
    ForeignRow {
        id: foreign.id.to_owned(),
        anchor: anchor(report, part.catalog, foreign.id),
        standing: standing(report, walk, foreign.standing),
        outcomes: foreign.outcomes.iter().map(pair).collect(),
    }
}

fn outcome_row(
    report: Report<'_>,
    walk: &Crosswalk<'_>,
    part: CrosswalkPart,
    outcome: &MappedControl<'_>,
) -> OutcomeRow {
    let q = walk.quarter.id;
    let pair = |(id, relation): &(&str, Relation)| OtherSide {
        link: foreign_link(report, q, part.catalog, id),
        relation: relation_words(report, *relation),
    };
    OutcomeRow {
        control: report.control_link(q, outcome.control),
        standing: standing(report, walk, outcome.standing),
        owners: walk.owners(outcome.control).map(|team| report.team_link(q, team)).collect(),
        ids: outcome.ids.iter().map(pair).collect(),
    }
}

fn standing(report: Report<'_>, walk: &Crosswalk<'_>, standing: MappedLevels) -> StandingView {
    let level = |level| report.level(walk.quarter.id, level);
    let MappedLevels { lowest, highest, answered, asked } = standing;
    StandingView { lowest: lowest.map(level), highest: highest.map(level), answered, asked }
}

/// The anchor of an id of another catalog.
fn anchor(report: Report<'_>, catalog: ForeignCatalogId, id: &str) -> String {
    let foreign = report.ids.and_then(|ids| ids.foreign(catalog, id));
    foreign.map(|foreign| foreign.anchor.clone()).unwrap_or_default()
}

/// An id of another catalog, which leads to its row.
pub(super) fn foreign_link(report: Report<'_>, q: QuarterId, catalog: ForeignCatalogId, id: &str) -> Link {
    let foreign = report.ids.and_then(|ids| ids.foreign(catalog, id));
    let href = foreign.map(|foreign| {
        let page = Address::Crosswalk(q, foreign.part).path(report.assessment());
        format!("{page}#{}", foreign.anchor)
    });
    Link::new(id, "", href.unwrap_or_default())
}

/// What a control is to an id, in words; empty for a reference, of which nobody said it.
pub(super) fn relation_words(report: Report<'_>, relation: Relation) -> String {
    let key = match relation {
        Relation::Equal => "crosswalk.equal",
        Relation::Subset => "crosswalk.subset",
        Relation::Superset => "crosswalk.superset",
        Relation::Intersects => "crosswalk.intersects",
        Relation::Related => return String::new(),
    };
    report.strings().word(key)
}
