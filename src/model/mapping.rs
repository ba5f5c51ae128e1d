//! Maps between the controls of a framework and the ids of another catalog: those of the framework's own catalog, and those of
//! `mappings/`.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::catalog::Framework;
use crate::model::ids::{ControlId, FrameworkId};

/// One map between the controls of a framework and the ids of another catalog. It says which texts are about the same matter. No
/// figure depends on it.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// The id of the other catalog, for example `sp800-53r5`. The references of several frameworks may name the same one.
    pub id: String,
    /// The other catalog's name.
    pub title: String,
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

impl Mapping {
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
        let map = |(key, title): (&String, &String)| Self {
            id: key.clone(),
            title: title.clone(),
            version: framework.version.clone(),
            authority: framework.source.clone(),
            of: framework.at,
            ids: None,
            pairs: pairs.remove(key.as_str()).unwrap_or_default(),
            path: path.to_owned(),
            sha256: sha256.to_owned(),
        };
        framework.references.iter().map(map).collect()
    }
}
