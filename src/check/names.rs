//! Finds what an id means in the catalogs. Reports an id that means nothing.

use std::collections::BTreeMap;

use super::seals::SealedQuarters;
use super::terms::header;
use crate::base::quarter::Quarter;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, nearest};
use crate::load::workspace::Workspace;
use crate::model::assessment::{Assessment, InQuarter};
use crate::model::catalog::{Framework, Node, Withdrawn};
use crate::model::ids::{ControlId, FrameworkId, Table};

/// The data that an evidence file is checked against.
pub(super) struct EvidenceContext<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) names: &'a Names,
    pub(super) sealed: &'a SealedQuarters<'a>,
    pub(super) assessment: &'a Assessment,
}

/// How many of the catalogs' ids are known.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum KnownIds {
    /// All ids are known: any other id is a mistake.
    All,
    /// Only some ids are known, because a catalog could not be read completely.
    Some,
}

/// The table of an evidence file that is not an answer.
const ATTESTED: &str = "attested";
/// The number of ids before and after an unknown id that are searched for a suggestion.
const AROUND: usize = 500;

/// Every name of the nodes of the catalogs in use. An id that several frameworks have means the first one that is in force in the
/// quarter; `framework:id` names any of them.
pub(super) struct Names {
    /// The ids of the frameworks in use.
    frameworks: Vec<String>,
    controls: BTreeMap<String, Vec<ControlId>>,
    /// The nodes above controls.
    groups: BTreeMap<String, Vec<NodeAbove>>,
    withdrawn: BTreeMap<String, Withdrawn>,
    /// The ids of frameworks that exist but are not in use, each with the first of these that has it.
    unused: BTreeMap<String, Unused>,
    ids: KnownIds,
    /// Every id, and other names that are allowed in its position, by their lower-case spelling.
    spelt: BTreeMap<String, String>,
}

/// A node above controls.
struct NodeAbove {
    node: Node,
    /// The name of its first control; empty if it has none.
    first: String,
}

/// A framework that is not in use and has a certain id.
struct Unused {
    framework: String,
    /// Whether the id is a control's.
    is_control: bool,
}

impl Names {
    /// Collects the ids of `frameworks`.
    pub(super) fn of(frameworks: &Table<FrameworkId, Framework>, ids: KnownIds) -> Self {
        let mut names = Self {
            frameworks: frameworks.iter().map(|framework| framework.id.clone()).collect(),
            controls: BTreeMap::new(),
            groups: BTreeMap::new(),
            withdrawn: BTreeMap::new(),
            unused: BTreeMap::new(),
            ids,
            spelt: BTreeMap::from([(ATTESTED.to_owned(), ATTESTED.to_owned())]),
        };
        for framework in frameworks {
            for node in framework.nodes() {
                for name in framework.called(node).names() {
                    names.spelt.insert(name.to_lowercase(), name.to_owned());
                    names.insert(framework, node, name.to_owned());
                }
            }
            for (old, withdrawn) in &framework.withdrawn {
                names.withdrawn.entry(old.clone()).or_insert_with(|| withdrawn.clone());
            }
        }
        names
    }

    fn insert(&mut self, framework: &Framework, node: Node, name: String) {
        if let Node::Control(control) = node {
            self.controls.entry(name).or_default().push(control);
            return;
        }
        let first = framework.controls_of(node).iter().next().map(|control| framework.called(Node::Control(control)));
        let first = first.map_or("", |first| first.name()).to_owned();
        self.groups.entry(name).or_default().push(NodeAbove { node, first });
    }

    /// Adds the ids of frameworks that are not in use, to tell them from unknown ids.
    pub(super) fn with_unused(mut self, frameworks: &BTreeMap<String, Framework>) -> Self {
        for framework in frameworks.values() {
            for node in framework.nodes() {
                let is_control = matches!(node, Node::Control(_));
                let unused = || Unused { framework: framework.id.clone(), is_control };
                let id = framework.id_of(node).to_owned();
                // Whether a Category of one framework is a control of another is reported where somebody answers it.
                match self.unused.get(&id) {
                    Some(known) if known.is_control || !is_control => {}
                    _ => drop(self.unused.insert(id, unused())),
                }
            }
        }
        self
    }

    /// Whether `id` belongs to a framework that is not in use.
    pub(super) fn is_unused(&self, id: &str) -> bool {
        self.unused.contains_key(id)
    }

    /// Whether every id and fact of the catalogs is known. If so, any other id is a mistake of its author.
    pub(super) fn are_all_known(&self) -> bool {
        self.ids == KnownIds::All
    }

    /// The control with this `id`.
    pub(super) fn control(&self, id: &str) -> Option<ControlId> {
        self.controls.get(id)?.first().copied()
    }

    /// The control with this `id` in `quarter`.
    pub(super) fn control_in(&self, id: &str, quarter: Option<InQuarter<'_>>) -> Option<ControlId> {
        let controls = self.controls.get(id)?;
        let in_force = quarter.and_then(|quarter| controls.iter().find(|control| quarter.is_in_force(**control)));
        in_force.or(controls.first()).copied()
    }

    /// The node that `id` names in `quarter`.
    pub(super) fn node_in(&self, id: &str, quarter: InQuarter<'_>) -> Option<Node> {
        let nodes = || self.nodes(id);
        nodes().find(|node| quarter.has_in_force(*node)).or(nodes().next())
    }

    /// The nodes that `id` names, each in other quarters.
    fn nodes(&self, id: &str) -> impl Iterator<Item = Node> {
        let controls = self.controls.get(id).into_iter().flatten().map(|control| Node::Control(*control));
        controls.chain(self.groups.get(id).into_iter().flatten().map(|group| group.node))
    }

    /// Whether `id` is the id of anything in the catalogs.
    pub(super) fn knows(&self, id: &str) -> bool {
        self.controls.contains_key(id) || self.groups.contains_key(id)
    }

    /// Whether a control's id starts with `path` and a dot.
    pub(super) fn leads_to_control(&self, path: &str) -> bool {
        let prefix = format!("{path}.");
        self.controls.range(prefix.clone()..).next().is_some_and(|(id, _)| id.starts_with(&prefix))
    }

    /// Reports why `id` is not the id of a control, as far as this is known.
    pub(super) fn not_a_control(&self, id: &str, place: Place, found: &mut Diagnostics) {
        if let Some(group) = self.groups.get(id).and_then(|groups| groups.first()) {
            let what = match group.node {
                Node::Framework(_) => "the id of a framework",
                Node::Function(_) => "a Function",
                Node::Category(_) => "a Category",
                Node::Control(_) => "a control",
            };
            let wrong = Diagnostic::new(Code::UnknownControl, place, format!("`{id}` is {what}, not a control"));
            found.push(wrong.help(self.instead_of(id, group)));
            return;
        }
        let is_meant = |name: &str| self.controls.contains_key(name) || name == ATTESTED;
        found.extend(self.unknown(id, place, is_meant, found));
    }

    /// What to answer instead of the node above controls with this name.
    fn instead_of(&self, id: &str, group: &NodeAbove) -> String {
        let others = self.frameworks.iter().map(|framework| format!("{framework}:{id}"));
        let other = others.into_iter().find(|name| self.controls.contains_key(name));
        let one_by_one = format!("answer its controls one by one, as in {}", header(&group.first));
        match (other, self.unused.get(id)) {
            (Some(name), _) => format!("another framework has a control of this id: answer it as {}", header(&name)),
            (None, Some(Unused { framework, is_control: true })) => {
                format!("{one_by_one}; or answer it as one, with \"{framework}\" in `frameworks`")
            }
            (None, _) if group.first.is_empty() => "it has no controls to answer".to_owned(),
            (None, _) => one_by_one,
        }
    }

    /// The shortest name of what `id` names, and of nothing else; `id` itself if there is none.
    pub(super) fn shortest(&self, id: &str, frameworks: &Table<FrameworkId, Framework>) -> String {
        let name = self.nodes(id).next().map_or(id, |node| frameworks[node.framework()].called(node).name());
        let is_shared = self.nodes(name).nth(1).is_some();
        if is_shared { id } else { name }.to_owned()
    }

    /// Reports an id that was a control's when its file was sealed, where `last` is the newest sealed quarter.
    pub(super) fn no_control_any_more(&self, id: &str, place: Place, last: Quarter) -> Option<Diagnostic> {
        let (message, help) = match self.unused.get(id) {
            Some(Unused { framework, .. }) => (
                format!("`{id}` belongs to `{framework}`, which this workspace does not use any more"),
                format!(
                    "keep \"{framework}\" in `frameworks`, and end its controls in its catalog: until = \"{last}\""
                ),
            ),
            None => (
                format!("no catalog holds `{id}` any more"),
                format!("this file is sealed: bring the control back to its catalog, and end it: until = \"{last}\""),
            ),
        };
        (self.are_all_known() || self.is_unused(id))
            .then(|| Diagnostic::new(Code::UnknownControl, place, message).help(help))
    }

    /// Reports what is wrong with `id` as the id of anything in the catalogs, unless it is one.
    pub(super) fn not_an_id(&self, id: &str, place: Place, found: &mut Diagnostics) {
        if !self.knows(id) {
            found.extend(self.unknown(id, place, |name| name != ATTESTED, found));
        }
    }

    /// Reports an unknown id. `is_meant` selects the ids that may be suggested.
    fn unknown(
        &self,
        id: &str,
        place: Place,
        is_meant: impl Fn(&str) -> bool,
        found: &Diagnostics,
    ) -> Option<Diagnostic> {
        if let Some(withdrawn) = self.withdrawn.get(id) {
            let old = Diagnostic::new(Code::WithdrawnControl, place, format!("`{id}` is an id of an earlier edition"));
            return Some(old.help(withdrawn.successors()));
        }
        if let Some(Unused { framework, .. }) = self.unused.get(id) {
            let off = format!("`{id}` belongs to `{framework}`, which this workspace does not use");
            let off = Diagnostic::new(Code::UnknownControl, place, off);
            return Some(
                off.help(format!("switch it on: add \"{framework}\" to `frameworks` in [report] of milepost.toml")),
            );
        }
        if !self.are_all_known() {
            return None;
        }
        let near = if found.is_full(&place.path) { None } else { self.nearest(id, is_meant) };
        let unknown = Diagnostic::new(Code::UnknownControl, place, format!("no catalog holds `{id}`"));
        Some(match near {
            Some(near) => unknown.nearest(Some(near)),
            None => unknown.help(format!("ids are written as in the catalog, for example {}", self.example())),
        })
    }

    /// The header of an answer for a control in use. Many mistakes ask for it, so no list is searched.
    fn example(&self) -> String {
        let first = self.controls.keys().next().filter(|_| !self.controls.contains_key(EXAMPLE));
        header(first.map_or(EXAMPLE, String::as_str))
    }

    /// The id nearest to `id`.
    fn nearest(&self, id: &str, is_meant: impl Fn(&str) -> bool) -> Option<&str> {
        nearest_spelt(id, &self.spelt, is_meant)
    }
}

/// The control that messages show as an example, where it is in use.
const EXAMPLE: &str = "GV.OC-01";

/// The name nearest to `id` among names by their lower-case spelling. Only the alphabetical neighbours are compared.
pub(super) fn nearest_spelt<'s>(
    id: &str,
    spelt: &'s BTreeMap<String, String>,
    is_meant: impl Fn(&str) -> bool,
) -> Option<&'s str> {
    let here = id.to_lowercase();
    let before = spelt.range(..here.clone()).rev().take(AROUND);
    let mut names: Vec<&str> = before.map(|(_, id)| id.as_str()).collect();
    names.reverse();
    names.extend(spelt.range(here..).take(AROUND).map(|(_, id)| id.as_str()));
    nearest(id, names.into_iter().filter(|name| is_meant(name)))
}
