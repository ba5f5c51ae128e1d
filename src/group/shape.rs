//! Which controls a table has, and under which nodes: one shape for all units that have the same.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use crate::model::called::Called;
use crate::model::catalog::{Control, Framework, Lifetime, Node, Rules};
use crate::model::ids::{FrameworkId, Table};

/// Where one control stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ControlPlace {
    pub(super) control: String,
    pub(super) function: String,
    /// Empty for a control that stands in no Category.
    pub(super) category: String,
    /// The control above a sub-control; empty for others.
    pub(super) parent: String,
    pub(super) weight: u32,
}

/// The controls of a framework, and the nodes above them.
#[derive(Debug)]
pub(super) struct FrameworkShape {
    places: Vec<ControlPlace>,
    /// The same as a catalog. Its titles are those of the catalog of this id that is known.
    pub(super) catalog: Framework,
}

/// Each shape once. Tables are read side by side, and most have the same.
#[derive(Debug)]
pub(super) struct Shapes {
    /// The catalogs that are known, by id: their order and their titles.
    known: BTreeMap<String, Framework>,
    made: Mutex<ShapesMade>,
}

/// Shapes by their framework and their places.
type ShapesMade = BTreeMap<(String, Vec<ControlPlace>), Arc<FrameworkShape>>;

impl Shapes {
    /// No shape yet.
    pub(super) fn new(known: BTreeMap<String, Framework>) -> Self {
        Self { known, made: Mutex::default() }
    }

    /// The shape of these places of a framework, in the order of the catalog that is known, or else in their own.
    pub(super) fn of(&self, framework: &str, mut places: Vec<ControlPlace>) -> Arc<FrameworkShape> {
        let known = self.known.get(framework);
        if let Some(known) = known {
            let order: BTreeMap<&str, usize> =
                known.controls.iter().enumerate().map(|(at, control)| (control.id.as_str(), at)).collect();
            places.sort_by_key(|place| order.get(place.control.as_str()).copied().unwrap_or(usize::MAX));
        }
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let shape = made.entry((framework.to_owned(), places)).or_insert_with_key(|(id, places)| {
            Arc::new(FrameworkShape { places: places.clone(), catalog: catalog(id, places, known) })
        });
        Arc::clone(shape)
    }
}

impl FrameworkShape {
    /// Whether another one has the same controls under the same nodes.
    pub(super) fn is(&self, other: &Self) -> bool {
        std::ptr::eq(self, other) || self.places == other.places
    }

    /// The first thing in which another one with the same rules differs: what is here, and what is there.
    pub(super) fn first_difference(&self, other: &Self) -> Option<[String; 2]> {
        let most = self.places.len().max(other.places.len());
        let [here, there] =
            (0..most).map(|at| [self.places.get(at), other.places.get(at)]).find(|[one, two]| one != two)?;
        let said = |place: Option<&ControlPlace>| match place {
            None => "nothing more".to_owned(),
            Some(ControlPlace { control, function, category, parent, weight }) => {
                let above =
                    [function, category, parent].map(String::as_str).into_iter().filter(|name| !name.is_empty());
                format!("`{control}` in {} with the weight {weight}", above.collect::<Vec<_>>().join(", "))
            }
        };
        Some([said(here), said(there)])
    }
}

/// A catalog of these places.
fn catalog(id: &str, places: &[ControlPlace], known: Option<&Framework>) -> Framework {
    let titles: BTreeMap<&str, &str> = known
        .into_iter()
        .flat_map(|known| known.nodes().map(|node| (known.id_of(node), known.title_of(node))))
        .collect();
    let title = |id: &str| titles.get(id).copied().unwrap_or(id).to_owned();
    let at = FrameworkId::MAIN;
    let mut made = Framework {
        at,
        id: id.to_owned(),
        title: known.map_or(id, |known| &known.title).to_owned(),
        version: String::new(),
        source: String::new(),
        copyright: String::new(),
        purpose: String::new(),
        team_level: false,
        leaf: String::new(),
        functions: Table::within(at),
        categories: Table::within(at),
        controls: Table::within(at),
        called: Called::default(),
        references: BTreeMap::new(),
        synonyms: Vec::new(),
        withdrawn: BTreeMap::new(),
    };
    for (function, here) in grouped(places.iter(), |place| &place.function) {
        let node = made.add_function(function.to_owned(), title(function), String::new());
        // What stands in no Category comes first.
        let mut categories = grouped(here.into_iter(), |place| &place.category);
        categories.sort_by_key(|(category, _)| !category.is_empty());
        for (category, controls) in categories {
            let above = if category.is_empty() {
                Node::Function(node)
            } else {
                Node::Category(made.add_category(node, category.to_owned(), title(category), String::new()))
            };
            add_controls(&mut made, above, &controls, &title);
        }
    }
    made
}

/// Adds controls, each followed by its sub-controls. A sub-control whose parent is not there stands where the parent would.
fn add_controls(made: &mut Framework, above: Node, places: &[&ControlPlace], title: &impl Fn(&str) -> String) {
    let parents: BTreeSet<&str> =
        places.iter().filter(|place| place.parent.is_empty()).map(|place| place.control.as_str()).collect();
    let (subs, controls): (Vec<&ControlPlace>, Vec<&ControlPlace>) =
        places.iter().partition(|place| parents.contains(place.parent.as_str()));
    let mut subs: BTreeMap<&str, Vec<&ControlPlace>> =
        grouped(subs.into_iter(), |place| &place.parent).into_iter().collect();
    let control = |place: &ControlPlace, above| Control {
        id: place.control.clone(),
        title: title(&place.control),
        outcome: String::new(),
        examples: Vec::new(),
        objective: String::new(),
        guidance: String::new(),
        lifetime: Lifetime::default(),
        rules: Rules { weight: place.weight, why: "".into(), key: false, teams: None, max_age: None, needs: None },
        measure: None,
        references: Vec::new(),
        above,
        called: Called::default(),
    };
    for place in controls {
        let added = made.add_control(control(place, above));
        for sub in subs.remove(place.control.as_str()).unwrap_or_default() {
            made.add_control(control(sub, Node::Control(added)));
        }
    }
}

/// Places by a text of theirs, in the order in which the texts come.
fn grouped<'a>(
    places: impl Iterator<Item = &'a ControlPlace>,
    of: impl Fn(&'a ControlPlace) -> &'a String,
) -> Vec<(&'a str, Vec<&'a ControlPlace>)> {
    let mut groups: Vec<(&str, Vec<&ControlPlace>)> = Vec::new();
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    for place in places {
        let text = of(place).as_str();
        let at = *known.entry(text).or_insert_with(|| {
            groups.push((text, Vec::new()));
            groups.len() - 1
        });
        groups[at].1.push(place);
    }
    groups
}
