//! Carries levels of an earlier edition to the controls that took its outcomes over.
//!
//! Nobody gave these levels for the controls here, so they are marked as carried, and each note names its sources.

use std::collections::{BTreeMap, BTreeSet};

use super::read::RowSays;
use crate::exchange::ids::plain_form;
use crate::exchange::loss::Losses;
use crate::exchange::said::Said;
use crate::model::assessment::InQuarter;
use crate::model::catalog::Node;
use crate::model::evidence::{Claim, State};
use crate::model::ids::{ControlId, FrameworkId};

/// An earlier edition, as far as a framework says where its outcomes went.
pub(super) struct EarlierEdition {
    /// What it is called.
    pub(super) name: String,
    framework: FrameworkId,
    /// Each outcome.
    outcomes: Vec<FormerOutcome>,
}

/// An outcome of the earlier edition.
struct FormerOutcome {
    /// Its id, in each spelling that is known.
    ids: Vec<String>,
    /// The controls that took it over.
    controls: BTreeSet<ControlId>,
    /// The ids of the groups that it went to, where nobody says to which of their controls.
    groups: BTreeSet<String>,
}

impl EarlierEdition {
    /// The edition with the id `of`, as the references and withdrawn ids of a framework tell.
    ///
    /// # Errors
    /// A sentence: the framework says nothing of it.
    pub(super) fn of(quarter: InQuarter<'_>, at: FrameworkId, of: &str) -> Result<Self, String> {
        let framework = quarter.framework(at);
        let Some(name) = framework.references.get(of) else {
            return Err(format!("{} has no references to `{of}`, which say where its outcomes went", framework.id));
        };
        let mut outcomes: BTreeMap<String, FormerOutcome> = BTreeMap::new();
        let mut add = |id: &str, node: Node| {
            let empty = || FormerOutcome { ids: Vec::new(), controls: BTreeSet::new(), groups: BTreeSet::new() };
            let outcome = outcomes.entry(plain_form(id)).or_insert_with(empty);
            if !outcome.ids.iter().any(|known| known == id) {
                outcome.ids.push(id.to_owned());
            }
            match node {
                Node::Control(control) => drop(outcome.controls.insert(control)),
                node => drop(outcome.groups.insert(framework.id_of(node).to_owned())),
            }
        };
        for (control, named) in framework.controls.entries() {
            let ids = named.references.iter().filter(|(key, _)| key == of).flat_map(|(_, ids)| ids);
            ids.for_each(|id| add(id, Node::Control(control)));
        }
        for (id, withdrawn) in &framework.withdrawn {
            let nodes = withdrawn.0.iter().filter_map(|to| framework.nodes().find(|node| framework.id_of(*node) == to));
            nodes.for_each(|node| add(id, node));
        }
        Ok(Self { name: name.clone(), framework: at, outcomes: outcomes.into_values().collect() })
    }

    /// Each spelling of each id, with the outcome's number.
    pub(super) fn ids(&self) -> impl Iterator<Item = (&str, usize)> {
        self.outcomes.iter().enumerate().flat_map(|(at, outcome)| outcome.ids.iter().map(move |id| (id.as_str(), at)))
    }

    /// The answers that these levels make: the lowest of a control's sources. What is not carried goes to `left`.
    pub(super) fn carried(
        &self,
        says: &BTreeMap<usize, RowSays>,
        quarter: InQuarter<'_>,
        left: &mut Losses,
    ) -> Vec<Said> {
        let mut sources: BTreeMap<ControlId, Vec<(&str, &RowSays)>> = BTreeMap::new();
        for (at, says) in says {
            let outcome = &self.outcomes[*at];
            // The earlier edition has no zeros in front of its numbers.
            let id = outcome.ids.iter().min_by_key(|id| id.len()).map_or("", String::as_str);
            if says.level.is_none() {
                let why = if !says.states.is_empty() {
                    "no level: say anew what is not applicable"
                } else {
                    "no level to carry"
                };
                left.add(&says.place, id, why);
            } else if outcome.controls.is_empty() {
                let groups = outcome.groups.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
                left.add(
                    &says.place,
                    id,
                    format!("not assigned: it went to {groups} as a whole, and to no one control"),
                );
            }
            outcome.controls.iter().for_each(|control| sources.entry(*control).or_default().push((id, says)));
        }
        let said: Vec<Said> = sources.into_iter().filter_map(|(control, of)| self.lowest(control, &of)).collect();
        self.tell(&said, quarter, left);
        said
    }

    /// The answer of one control.
    fn lowest(&self, control: ControlId, sources: &[(&str, &RowSays)]) -> Option<Said> {
        let leveled: Vec<_> = sources.iter().filter_map(|(id, says)| Some((says.level?, *id, *says))).collect();
        let (level, _, lowest) = leveled.iter().min_by_key(|(level, ..)| *level)?;
        let named =
            leveled.iter().map(|(level, id, _)| format!("{id} ({})", level.shown())).collect::<Vec<_>>().join(", ");
        let of = if leveled.len() == 1 { "" } else { "the lowest of " };
        let head = format!("Carried from {}: {of}{named}.", self.name);
        let notes = leveled.iter().flat_map(|(_, id, says)| says.notes.iter().map(move |note| format!("{id}: {note}")));
        let note = [head].into_iter().chain(notes).collect::<Vec<_>>().join("\n\n");
        let state = Some(State::Assessed { claim: Claim::Level(*level) });
        Some(Said {
            control,
            place: lowest.place.clone(),
            state,
            note: Some((note, lowest.place.clone())),
            evidence: Vec::new(),
            is_carried: true,
        })
    }

    /// Tells that this is a break, and which controls have no source.
    fn tell(&self, said: &[Said], quarter: InQuarter<'_>, left: &mut Losses) {
        let framework = quarter.framework(self.framework);
        let (title, count) = (&framework.title, said.len());
        left.add(
            "the file",
            "",
            format!(
                "a break: levels of {} are no answers for {title}; {count} answers are marked as carried",
                self.name
            ),
        );
        let has_source = |control: ControlId| said.iter().any(|said| said.control == control);
        let without =
            framework.controls.entries().filter(|(control, _)| quarter.is_in_force(*control) && !has_source(*control));
        let without: Vec<&str> = without.map(|(_, control)| control.id.as_str()).collect();
        if !without.is_empty() {
            left.add(
                "the file",
                "",
                format!("{} without a source stay as they are: {}", without.len(), without.join(", ")),
            );
        }
    }
}
