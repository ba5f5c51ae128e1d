//! Prints crosswalks to other catalogs: as text, Markdown, JSON and CSV. No format has a score of the other catalog.

use serde::Serialize;

use super::csv::{CONTEXT, CellContext};
use super::table::{Style, table};
use crate::base::number::Level;
use crate::border::csv::sheet;
use crate::border::{Shown, json};
use crate::model::ids::ControlId;
use crate::model::mapping::{Mapping, Relation};
use crate::score::crosswalk::{Crosswalk, MappedControl, MappedLevels, NO_EQUIVALENCE};

/// The most teams that a table names for a control.
const NAMED: usize = 2;

/// The catalogs that are mapped, as text or Markdown.
pub fn catalogs(catalogs: &[Crosswalk<'_>], style: Style) -> Shown {
    if catalogs.is_empty() {
        return style
            .line("No catalog is mapped: the frameworks in use have no references, and mappings/ holds no file.");
    }
    let row = |walk: &Crosswalk<'_>| {
        let unmapped = walk.unmapped.as_ref().map_or_else(|| "not known".to_owned(), |ids| ids.len().to_string());
        let [mapped, outcomes] = [walk.foreign.len(), walk.outcomes.len()].map(|count| count.to_string());
        vec![walk.catalog.id.clone(), walk.catalog.title.clone(), mapped, unmapped, outcomes]
    };
    table(&["Catalog", "Title", "Ids mapped", "Ids not mapped", "Outcomes"], catalogs.iter().map(row), style)
        + &Shown::line("")
        + &style.line("Each of them: milepost crosswalk CATALOG.")
}

#[derive(Serialize)]
struct CatalogJson<'a> {
    catalog: &'a str,
    title: &'a str,
    /// How many of its ids are mapped.
    mapped: usize,
    /// How many are not; `null` if no map says which ids there are.
    unmapped: Option<usize>,
    /// How many controls are mapped.
    outcomes: usize,
}

impl<'a> CatalogJson<'a> {
    fn of(walk: &Crosswalk<'a>) -> Self {
        let unmapped = walk.unmapped.as_ref().map(Vec::len);
        let (mapped, outcomes) = (walk.foreign.len(), walk.outcomes.len());
        Self { catalog: &walk.catalog.id, title: &walk.catalog.title, mapped, unmapped, outcomes }
    }
}

/// The catalogs that are mapped, as JSON.
pub fn json_of_catalogs(catalogs: &[Crosswalk<'_>]) -> Shown {
    json::print(&catalogs.iter().map(CatalogJson::of).collect::<Vec<_>>())
}

/// The catalogs that are mapped, as CSV.
pub fn csv_of_catalogs(catalogs: &[Crosswalk<'_>]) -> Shown {
    let row = |walk: &Crosswalk<'_>| {
        let CatalogJson { catalog, title, mapped, unmapped, outcomes } = CatalogJson::of(walk);
        let unmapped = unmapped.map(|count| count.to_string()).unwrap_or_default();
        let mut cells = vec![catalog.to_owned(), title.to_owned(), mapped.to_string(), unmapped, outcomes.to_string()];
        cells.push(walk.quarter.name().to_string());
        let frameworks = walk.catalog.maps.iter().map(|map| CellContext::of(walk.quarter).cells(map.of));
        cells.extend(frameworks.take(1).flatten());
        cells
    };
    let header = ["catalog", "title", "mapped", "unmapped", "outcomes", "quarter"].into_iter().chain(CONTEXT);
    sheet(&header.collect::<Vec<_>>(), catalogs.iter().map(row))
}

/// Each crosswalk both ways, as text or Markdown.
pub fn both_ways(walks: &[Crosswalk<'_>], style: Style) -> Shown {
    let mut out = Shown::default();
    for (at, walk) in walks.iter().enumerate() {
        if at > 0 {
            out += &Shown::line("");
        }
        out += &both(walk, style);
    }
    out
}

fn both(walk: &Crosswalk<'_>, style: Style) -> Shown {
    let mut out = style.title(&title(walk));
    out += &style.line(NO_EQUIVALENCE);
    for map in &walk.catalog.maps {
        if style == Style::Markdown {
            out += &Shown::line("");
        }
        out += &style.line(&source(walk, map));
    }
    if !walk.foreign.is_empty() {
        out += &style.head("Each of its ids, with the outcomes here");
        out += &table(
            &["Id", "Levels", "Answered", "Outcome", "Relation", "Level", "Owner"],
            foreign_rows(walk, style),
            style,
        );
        out += &style.head("Each outcome here, with its ids");
        let row = |outcome: &MappedControl<'_>| {
            let ids: Vec<String> = outcome.ids.iter().map(|(id, relation)| told(id, *relation)).collect();
            let [levels, answered] = standing(outcome.standing);
            vec![name(walk, outcome.control), levels, answered, ids.join(", ")]
        };
        out += &table(&["Outcome", "Levels", "Answered", "Ids"], walk.outcomes.iter().map(row), style);
    }
    if let Some(ids) = walk.unmapped.as_ref().filter(|ids| !ids.is_empty()) {
        let all = ids.len() + walk.foreign.len();
        out += &style.head(&format!("Nothing here is mapped to {} of its {all} ids", ids.len()));
        out += &style.line(&ids.join(", "));
    }
    out
}

fn title(walk: &Crosswalk<'_>) -> String {
    let team = walk.team.map(|team| format!(", {}", walk.quarter.assessment.team(team).name)).unwrap_or_default();
    format!("{}, {}{team}", walk.catalog.title, walk.quarter.name())
}

/// Where a map comes from.
fn source(walk: &Crosswalk<'_>, map: &Mapping) -> String {
    let framework = &walk.quarter.framework(map.of).title;
    let part = |name: &str, text: &str| if text.is_empty() { String::new() } else { format!("; {name}{text}") };
    let (version, authority, path) =
        (part("version ", &map.version), part("source: ", &map.authority), part("", &map.path));
    format!("Map of {framework}{version}{authority}{path}; SHA-256 {}.", map.sha256)
}

/// A row for each pair of a foreign id and an outcome.
fn foreign_rows<'w>(walk: &'w Crosswalk<'_>, style: Style) -> impl Iterator<Item = Vec<String>> + 'w {
    walk.foreign.iter().flat_map(move |foreign| {
        let [levels, answered] = standing(foreign.standing);
        foreign.outcomes.iter().enumerate().map(move |(at, (control, relation))| {
            // In a terminal, what holds for all outcomes of an id stands beside the first.
            let is_said = at == 0 || style == Style::Markdown;
            let once = |text: &str| if is_said { text.to_owned() } else { String::new() };
            let [level, _] = standing(walk.standing(*control));
            let (id, relation) = (once(foreign.id), relation.name().to_owned());
            vec![id, once(&levels), once(&answered), name(walk, *control), relation, level, owners(walk, *control)]
        })
    })
}

fn name(walk: &Crosswalk<'_>, control: ControlId) -> String {
    let control = walk.quarter.control(control);
    format!("{} {}", control.called.name(), control.title)
}

/// A foreign id, with the relation where one is stated.
fn told(id: &str, relation: Relation) -> String {
    if relation == Relation::Related { id.to_owned() } else { format!("{id} ({})", relation.name()) }
}

/// Levels and answers.
fn standing(standing: MappedLevels) -> [String; 2] {
    let levels = standing.levels().unwrap_or_else(|| "-".to_owned());
    [levels, format!("{} of {}", standing.answered, standing.asked)]
}

/// Who answers for a control: the owner, or the teams that are asked, or how many they are.
fn owners(walk: &Crosswalk<'_>, control: ControlId) -> String {
    let teams: Vec<&str> = walk.owners(control).map(|team| walk.quarter.assessment.team(team).name.as_str()).collect();
    match (walk.owner(control), teams.len()) {
        (None, 0) => "nobody".to_owned(),
        (None, count) if count > NAMED => format!("{count} teams"),
        _ => teams.join(", "),
    }
}

#[derive(Serialize)]
struct CrosswalkJson<'a> {
    catalog: &'a str,
    title: &'a str,
    quarter: String,
    team: Option<&'a str>,
    note: &'static str,
    maps: Vec<MapJson<'a>>,
    ids: Vec<ForeignJson<'a>>,
    /// `null` if no map says which ids there are.
    unmapped: Option<&'a [&'a str]>,
    outcomes: Vec<OutcomeJson<'a>>,
}

#[derive(Serialize)]
struct MapJson<'a> {
    framework: &'a str,
    version: &'a str,
    authority: &'a str,
    path: Option<&'a str>,
    sha256: &'a str,
}

#[derive(Serialize)]
struct ForeignJson<'a> {
    id: &'a str,
    #[serde(flatten)]
    standing: StandingJson,
    outcomes: Vec<PairJson<'a>>,
}

#[derive(Serialize)]
struct OutcomeJson<'a> {
    control: &'a str,
    title: &'a str,
    framework: &'a str,
    #[serde(flatten)]
    standing: StandingJson,
    /// The team that owns the control alone.
    owner: Option<&'a str>,
    /// The teams whose answers count.
    teams: Vec<&'a str>,
    ids: Vec<PairJson<'a>>,
}

/// One side of a pair.
#[derive(Serialize)]
struct PairJson<'a> {
    id: &'a str,
    relation: &'static str,
}

/// Levels are millionths.
#[derive(Serialize)]
struct StandingJson {
    lowest: Option<i64>,
    highest: Option<i64>,
    answered: u32,
    asked: u32,
}

impl From<MappedLevels> for StandingJson {
    fn from(standing: MappedLevels) -> Self {
        let MappedLevels { lowest, highest, answered, asked } = standing;
        Self { lowest: lowest.map(Level::millionths), highest: highest.map(Level::millionths), answered, asked }
    }
}

/// Each crosswalk as JSON.
pub fn json(walks: &[Crosswalk<'_>]) -> Shown {
    json::print(&walks.iter().map(value).collect::<Vec<_>>())
}

fn value<'a>(walk: &'a Crosswalk<'_>) -> CrosswalkJson<'a> {
    let quarter = walk.quarter;
    let team = |team| quarter.assessment.team(team).id.as_str();
    let maps = walk.catalog.maps.iter().map(|map| MapJson {
        framework: &quarter.framework(map.of).id,
        version: &map.version,
        authority: &map.authority,
        path: Some(map.path.as_str()).filter(|path| !path.is_empty()),
        sha256: &map.sha256,
    });
    let pair = |(control, relation): &(ControlId, Relation)| PairJson {
        id: quarter.control(*control).called.name(),
        relation: relation.name(),
    };
    let foreign = walk.foreign.iter().map(|foreign| ForeignJson {
        id: foreign.id,
        standing: foreign.standing.into(),
        outcomes: foreign.outcomes.iter().map(pair).collect(),
    });
    let outcomes = walk.outcomes.iter().map(|outcome| {
        let control = quarter.control(outcome.control);
        OutcomeJson {
            control: control.called.name(),
            title: &control.title,
            framework: &quarter.framework(outcome.control.framework()).id,
            standing: outcome.standing.into(),
            owner: walk.owner(outcome.control).map(team),
            teams: walk.owners(outcome.control).map(team).collect(),
            ids: outcome.ids.iter().map(|(id, relation)| PairJson { id, relation: relation.name() }).collect(),
        }
    });
    CrosswalkJson {
        catalog: &walk.catalog.id,
        title: &walk.catalog.title,
        quarter: quarter.name().to_string(),
        team: walk.team.map(team),
        note: NO_EQUIVALENCE,
        maps: maps.collect(),
        ids: foreign.collect(),
        unmapped: walk.unmapped.as_deref(),
        outcomes: outcomes.collect(),
    }
}

/// The columns of a crosswalk, before those that every sheet ends with.
const HEADER: [&str; 21] = [
    "catalog",
    "foreign_id",
    "foreign_lowest",
    "foreign_highest",
    "foreign_answered",
    "foreign_asked",
    "relation",
    "id",
    "title",
    "function",
    "category",
    "lowest",
    "highest",
    "answered",
    "asked",
    "owner",
    "teams",
    "map_version",
    "map_authority",
    "map_sha256",
    "quarter",
];

/// Crosswalks as CSV: a row for each pair, and for each foreign id that nothing maps to.
pub fn csv(walks: &[Crosswalk<'_>]) -> Shown {
    let header: Vec<&str> = HEADER.into_iter().chain(CONTEXT).collect();
    sheet(&header, walks.iter().flat_map(rows))
}

fn rows<'w>(walk: &'w Crosswalk<'_>) -> impl Iterator<Item = Vec<String>> + 'w {
    let context = CellContext::of(walk.quarter);
    let pairs = walk.foreign.iter().flat_map(move |foreign| {
        let cells = move |(control, relation): &(ControlId, Relation)| {
            let mut cells = vec![walk.catalog.id.clone(), foreign.id.to_owned()];
            cells.extend(standing_cells(foreign.standing));
            cells.push(relation.name().to_owned());
            cells.extend(control_cells(walk, *control));
            Some((cells, walk.map_of(*control)?))
        };
        foreign.outcomes.iter().filter_map(cells)
    });
    // Only a file lists ids, and it is the only map of its catalog.
    let listing = walk.catalog.maps.iter().find(|map| map.ids.is_some());
    let unmapped = walk.unmapped.iter().flatten().filter_map(move |id| {
        let mut cells = vec![walk.catalog.id.clone(), (*id).to_owned()];
        cells.resize(HEADER.len() - 4, String::new());
        Some((cells, listing?))
    });
    pairs.chain(unmapped).map(move |(mut cells, map)| {
        cells.extend([&map.version, &map.authority, &map.sha256].map(String::clone));
        cells.push(walk.quarter.name().to_string());
        cells.extend(context.cells(map.of));
        cells
    })
}

fn standing_cells(standing: MappedLevels) -> [String; 4] {
    let level = |level: Option<Level>| level.map(Level::shown).unwrap_or_default();
    let MappedLevels { lowest, highest, answered, asked } = standing;
    [level(lowest), level(highest), answered.to_string(), asked.to_string()]
}

/// The control, its levels and counts, and who answers for it.
fn control_cells(walk: &Crosswalk<'_>, control: ControlId) -> Vec<String> {
    let (quarter, named) = (walk.quarter, walk.quarter.control(control));
    let framework = quarter.framework(control.framework());
    let category = framework.category_of(control).map(|category| framework.categories[category].id.clone());
    let team = |team| quarter.assessment.team(team).id.as_str();
    let mut cells = vec![
        named.called.name().to_owned(),
        named.title.clone(),
        framework.functions[framework.function_of(control)].id.clone(),
        category.unwrap_or_default(),
    ];
    cells.extend(standing_cells(walk.standing(control)));
    cells.push(walk.owner(control).map(team).unwrap_or_default().to_owned());
    cells.push(walk.owners(control).map(team).collect::<Vec<_>>().join("; "));
    cells
}
