//! Finds what an id means in the catalogs. Reports an id that means nothing.

use std::collections::BTreeMap;
use std::ops::Bound;

use crate::base::number::grouped;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, nearest};
use crate::load::workspace::Workspace;
use crate::model::assessment::Assessment;
use crate::model::catalog::{Framework, Node};
use crate::model::ids::{ControlId, FrameworkId, Table};

/// The data that an evidence file is checked against.
pub(super) struct Context<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) names: &'a Names,
    pub(super) assessment: &'a Assessment,
}

/// How many of the catalogs' ids are known.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ids {
    /// All ids are known: any other id is a mistake.
    All,
    /// Only some ids are known, because a catalog could not be read completely.
    Some,
}

/// The table of an evidence file that is not an answer.
const ATTESTED: &str = "attested";
/// The number of ids before and after an unknown id that are searched for a suggestion.
const AROUND: usize = 500;
/// The most successors of an id that a message names.
const SUCCESSORS: usize = 20;

/// Every id of the catalogs in use, and what it belongs to.
pub(super) struct Names {
    controls: BTreeMap<String, ControlId>,
    /// The nodes above controls.
    others: BTreeMap<String, Node>,
    withdrawn: BTreeMap<String, Vec<String>>,
    /// The ids of frameworks that exist but are not in use, each with its framework.
    unused: BTreeMap<String, String>,
    ids: Ids,
    /// Every id, and other names that are allowed in its position, by their lower-case spelling.
    spelt: BTreeMap<String, String>,
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
            spelt: BTreeMap::from([(ATTESTED.to_owned(), ATTESTED.to_owned())]),
        };
        for framework in frameworks {
            for node in framework.nodes() {
                let id = framework.id_of(node).to_owned();
                names.spelt.insert(id.to_lowercase(), id.clone());
                match node {
                    Node::Control(control) => drop(names.controls.insert(id, control)),
                    Node::Framework(_) | Node::Function(_) | Node::Category(_) => drop(names.others.insert(id, node)),
                }
            }
            names.withdrawn.extend(framework.withdrawn.clone());
        }
        names
    }

    /// Adds the ids of frameworks that are not in use, to tell them from unknown ids.
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

    /// Whether every id and fact of the catalogs is known. If so, any other id is a mistake of its author.
    pub(super) fn are_all_known(&self) -> bool {
        self.ids == Ids::All
    }

    /// The control with this `id`.
    pub(super) fn control(&self, id: &str) -> Option<ControlId> {
        self.controls.get(id).copied()
    }

    /// Whether `id` is the id of anything in the catalogs.
    pub(super) fn knows(&self, id: &str) -> bool {
        self.controls.contains_key(id) || self.others.contains_key(id)
    }

    /// Whether a control's id starts with `path` and a dot.
    pub(super) fn leads_to_control(&self, path: &str) -> bool {
        let prefix = format!("{path}.");
        self.controls.range(prefix.clone()..).next().is_some_and(|(id, _)| id.starts_with(&prefix))
    }

    /// Reports why `id` is not the id of a control, as far as this is known.
    pub(super) fn not_a_control(&self, id: &str, place: Place, found: &mut Diagnostics) {
        if let Some(node) = self.others.get(id) {
            let what = match node {
                Node::Framework(_) => "the id of a framework",
                Node::Function(_) => "a Function",
                Node::Category(_) => "a Category",
                Node::Control(_) => "a control",
            };
            let wrong = Diagnostic::new(Code::UnknownControl, place, format!("`{id}` is {what}, not a control"));
            found.push(wrong.help(format!("answer its controls one by one, as in [{}]", self.first_below(id))));
            return;
        }
        let is_meant = |name: &str| self.controls.contains_key(name) || name == ATTESTED;
        found.extend(self.unknown(id, place, is_meant, found));
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
        if let Some(successors) = self.withdrawn.get(id) {
            let old = Diagnostic::new(Code::WithdrawnControl, place, format!("`{id}` is an id of an earlier edition"));
            let help = if successors.is_empty() {
                "nothing took its place".to_owned()
            } else {
                let named = successors.iter().take(SUCCESSORS).map(|id| format!("`{id}`")).collect::<Vec<_>>();
                let more = successors.len() - named.len();
                let more = if more > 0 { format!(" and {} more", grouped(more)) } else { String::new() };
                format!("its content is now in {}{more}", named.join(", "))
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
        let near = if found.is_full(&place.path) { None } else { self.nearest(id, is_meant) };
        let unknown = Diagnostic::new(Code::UnknownControl, place, format!("no catalog holds `{id}`"));
        Some(match near {
            Some(near) => unknown.nearest(Some(near)),
            None => unknown.help("ids are written as in the catalog, for example [GV.OC-01]"),
        })
    }

    /// The id nearest to `id`. Among very many ids, only the alphabetical neighbours are compared.
    fn nearest(&self, id: &str, is_meant: impl Fn(&str) -> bool) -> Option<&str> {
        let here = id.to_lowercase();
        let before = self.spelt.range(..here.clone()).rev().take(AROUND);
        let mut names: Vec<&str> = before.map(|(_, id)| id.as_str()).collect();
        names.reverse();
        names.extend(self.spelt.range(here..).take(AROUND).map(|(_, id)| id.as_str()));
        nearest(id, names.into_iter().filter(|name| is_meant(name)))
    }

    fn first_below(&self, id: &str) -> &str {
        let from = self.controls.range::<str, _>((Bound::Included(id), Bound::Unbounded)).next();
        let below = from.map(|(control, _)| control).filter(|control| control.starts_with(id));
        below.or_else(|| self.controls.keys().next()).map_or("", String::as_str)
    }
}
