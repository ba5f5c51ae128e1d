//! Maps between the controls of a framework and the ids of another catalog: those of the framework's own catalog, and those of
//! `mappings/`.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::link::slugs;
use crate::model::catalog::Framework;
use crate::model::ids::{ControlId, ForeignCatalogId, FrameworkId, Table};

/// Another catalog, to which controls are mapped.
#[derive(Clone, Debug)]
pub struct ForeignCatalog {
    /// Its id, for example `sp800-53r5`.
    pub id: String,
    /// Its name.
    pub title: String,
    /// Its name in addresses. No two catalogs have the same.
    pub slug: String,
    /// The maps to it, at most one of each framework: those of the frameworks in use, then those of `mappings/`, by path.
    pub maps: Vec<Mapping>,
}

impl ForeignCatalog {
    /// The catalogs that `maps` lead to, in the order in which they are named first.
    pub fn of(maps: Vec<NamedMapping>) -> Table<ForeignCatalogId, Self> {
        let mut catalogs: Vec<Self> = Vec::new();
        let mut at: BTreeMap<String, usize> = BTreeMap::new();
        for NamedMapping { id, title, mapping } in maps {
            let at = *at.entry(id.clone()).or_insert(catalogs.len());
            if at == catalogs.len() {
                catalogs.push(Self { id, title, slug: String::new(), maps: Vec::new() });
            }
            catalogs[at].maps.push(mapping);
        }
        let slugs = slugs(catalogs.iter().map(|catalog| catalog.id.as_str()));
        catalogs.iter_mut().zip(slugs).for_each(|(catalog, slug)| catalog.slug = slug);
        catalogs.into_iter().collect()
    }
}

/// A map, and the catalog that it leads to.
#[derive(Clone, Debug)]
pub struct NamedMapping {
    /// The id of the catalog. The references of several frameworks may name the same one.
    pub id: String,
    /// The name of the catalog.
    pub title: String,
    /// The map.
    pub mapping: Mapping,
}

/// One map between the controls of a framework and the ids of another catalog. It says which texts are about the same matter. No
/// figure depends on it.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// The version of the map. The references of a catalog have the version of that catalog.
    pub version: String,
    /// Who says what the map says; may be empty for the references of a catalog.
    pub authority: String,
    /// The framework whose controls are mapped.
    pub of: FrameworkId,
    /// All ids of the other catalog in their order; `None` if only those that are mapped are known.
    pub ids: Option<Vec<String>>,
    /// Each control and foreign id that are mapped: by control in the order of the catalog, then in the order of the file.
    pub pairs: Vec<MappedPair>,
    /// Where the map is written: a file, or the folder of a catalog. Empty if the audience may not see paths.
    pub path: String,
    /// The SHA-256 of the file; of a catalog, that of the lines `DIGEST  PATH` of its files, as `sha256sum` prints them.
    pub sha256: String,
}

/// A control and a foreign id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappedPair {
    /// The control.
    pub control: ControlId,
    /// What the control is to the foreign id.
    pub relation: Relation,
    /// The foreign id.
    pub id: String,
}

/// What a control is to a foreign id (NIST IR 8477 names the first four as set theory does).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// Both ask for the same.
    Equal,
    /// The foreign id asks for all of it, and for more.
    Subset,
    /// It asks for all of the foreign id, and for more.
    Superset,
    /// Each asks for something that the other does not.
    Intersects,
    /// A reference of a catalog: nobody said which of these it is.
    Related,
}

impl Relation {
    /// The relations that a mapping file may state.
    pub const STATED: [Self; 4] = [Self::Equal, Self::Subset, Self::Superset, Self::Intersects];

    /// The word for the relation, in files and data.
    pub fn name(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Subset => "subset",
            Self::Superset => "superset",
            Self::Intersects => "intersects",
            Self::Related => "related",
        }
    }

    /// The relation in words, between the control and the foreign id.
    pub fn words(self) -> &'static str {
        match self {
            Self::Equal => "equal to",
            Self::Subset => "part of",
            Self::Superset => "more than",
            Self::Intersects => "overlaps with",
            Self::Related => "related to",
        }
    }
}

impl NamedMapping {
    /// The maps that the references of a catalog are, one for each catalog that they name. `path` and `sha256` are those of its
    /// folder.
    pub fn of_references(framework: &Framework, path: &str, sha256: &str) -> Vec<Self> {
        let mut pairs: BTreeMap<&str, Vec<MappedPair>> = BTreeMap::new();
        for (control, named) in framework.controls.entries() {
            let mut seen = BTreeSet::new();
            let ids = named.references.iter().flat_map(|(key, ids)| ids.iter().map(move |id| (key.as_str(), id)));
            for (key, id) in ids.filter(|pair| seen.insert(*pair)) {
                let pair = MappedPair { control, relation: Relation::Related, id: id.clone() };
                pairs.entry(key).or_default().push(pair);
            }
        }
        let mut map = |key: &str| Mapping {
            version: framework.version.clone(),
            authority: framework.source.clone(),
            of: framework.at,
            ids: None,
            pairs: pairs.remove(key).unwrap_or_default(),
            path: path.to_owned(),
            sha256: sha256.to_owned(),
        };
        let named =
            |(key, title): (&String, &String)| Self { id: key.clone(), title: title.clone(), mapping: map(key) };
        framework.references.iter().map(named).collect()
    }
}
