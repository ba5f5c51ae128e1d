//! Finds what an id stands for in the catalogs, or what to say of one that stands for nothing.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Place, nearest};
use crate::model::catalog::{Framework, Node};
use crate::model::ids::{ControlId, FrameworkId, Table};

/// How many of the catalogs' ids are known.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ids {
    /// Every one: another id is a mistake.
    All,
    /// Only some, because a catalog could not be read whole.
    Some,
}

/// Every id of the catalogs in use, and what it belongs to.
pub(super) struct Names {
    controls: BTreeMap<String, ControlId>,
    /// The nodes above controls.
    others: BTreeMap<String, Node>,
    withdrawn: BTreeMap<String, Vec<String>>,
    /// The ids of frameworks that are there and not in use, each with its framework.
    unused: BTreeMap<String, String>,
    ids: Ids,
}

impl Names {
    /// Collects the ids of `frameworks`.
    pub(super) fn of(frameworks: &Table<FrameworkId, Framework>, ids: Ids) -> Self {
        let mut names = Self {
            controls: BTreeMap::new(),
            others: BTreeMap::new(),
            withdrawn: BTreeMap::new(),
            unused: BTreeMap::new(),
            ids,
        };
        for framework in frameworks {
            for node in framework.nodes() {
                let id = framework.id_of(node).to_owned();
                match node {
                    Node::Control(control) => drop(names.controls.insert(id, control)),
                    Node::Framework(_) | Node::Function(_) | Node::Category(_) => drop(names.others.insert(id, node)),
                }
            }
            names.withdrawn.extend(framework.withdrawn.clone());
        }
        names
    }

    /// Adds the ids of frameworks that are not in use, so that they can be told from ids that nobody knows.
    pub(super) fn with_unused(mut self, frameworks: &BTreeMap<String, Framework>) -> Self {
        for framework in frameworks.values() {
            self.unused.extend(framework.ids().map(|id| (id.to_owned(), framework.id.clone())));
        }
        self
    }

    /// Whether `id` belongs to a framework that is not in use.
    pub(super) fn is_unused(&self, id: &str) -> bool {
        self.unused.contains_key(id)
    }

    /// Whether every id and fact of the catalogs is known: another one is then a mistake of whoever wrote it.
    pub(super) fn are_all_known(&self) -> bool {
        self.ids == Ids::All
    }

    /// The control with this `id`.
    pub(super) fn control(&self, id: &str) -> Option<ControlId> {
        self.controls.get(id).copied()
    }

    /// Whether some control's id goes on after `path` and a dot.
    pub(super) fn leads_to_control(&self, path: &str) -> bool {
        let prefix = format!("{path}.");
        self.controls.range(prefix.clone()..).next().is_some_and(|(id, _)| id.starts_with(&prefix))
    }

    /// What is wrong with `id` as the id of a control, as far as that can be told.
    pub(super) fn not_a_control(&self, id: &str, place: Place) -> Option<Diagnostic> {
        if let Some(node) = self.others.get(id) {
            let what = match node {
                Node::Framework(_) => "the id of a framework",
                Node::Function(_) => "a Function",
                Node::Category(_) => "a Category",
                Node::Control(_) => "a control",
            };
            let wrong = Diagnostic::new(Code::UnknownControl, place, format!("`{id}` is {what}, not a control"));
            return Some(wrong.help(format!("answer its controls one by one, as in [{}]", self.first_below(id))));
        }
        self.unknown(id, place, self.controls.keys().map(String::as_str).chain(["attested"]))
    }

    /// What is wrong with `id` as the id of anything in the catalogs; `None` if it is one.
    pub(super) fn not_an_id(&self, id: &str, place: Place) -> Option<Diagnostic> {
        let names = self.controls.keys().chain(self.others.keys()).map(String::as_str);
        let known = self.controls.contains_key(id) || self.others.contains_key(id);
        if known { None } else { self.unknown(id, place, names) }
    }

    fn unknown<'n>(&self, id: &str, place: Place, names: impl Iterator<Item = &'n str>) -> Option<Diagnostic> {
        if let Some(successors) = self.withdrawn.get(id) {
            let list = successors.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ");
            let old = Diagnostic::new(Code::WithdrawnControl, place, format!("`{id}` is an id of an earlier edition"));
            let help = if list.is_empty() {
                "nothing took its place".to_owned()
            } else {
                format!("its content is now in {list}")
            };
            return Some(old.help(help));
        }
        if let Some(framework) = self.unused.get(id) {
            let off = format!("`{id}` belongs to `{framework}`, which this workspace does not use");
            let off = Diagnostic::new(Code::UnknownControl, place, off);
            return Some(
                off.help(format!("switch it on: add \"{framework}\" to `frameworks` in [report] of milepost.toml")),
            );
        }
        if !self.are_all_known() {
            return None;
        }
        let unknown = Diagnostic::new(Code::UnknownControl, place, format!("no catalog holds `{id}`"));
        Some(match nearest(id, names) {
            Some(near) => unknown.nearest(Some(near)),
            None => unknown.help("ids are written as in the catalog, for example [GV.OC-01]"),
        })
    }

    fn first_below(&self, id: &str) -> &str {
        let below = self.controls.keys().find(|control| control.starts_with(id));
        below.or_else(|| self.controls.keys().next()).map_or("", String::as_str)
    }
}
