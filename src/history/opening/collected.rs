//! Takes over what collectors found: the evidence that is still current, and the facts that it gives.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::LeftOutItem;
use crate::model::assessment::InQuarter;
use crate::model::collected::{Collected, print};
use crate::model::ids::{ControlId, TeamId};

/// What a team takes over.
pub(super) struct TakenOver {
    /// What is taken over, by control.
    controls: BTreeMap<ControlId, Collected>,
    /// The rules of the collectors that wrote it.
    rules: BTreeMap<String, String>,
    /// The evidence that would not be current.
    pub(super) left_out: Vec<LeftOutItem>,
    /// The names of the controls that had collected facts and have none any more.
    pub(super) bare: BTreeSet<String>,
}

impl TakenOver {
    /// The text of the new file at `path`; `None` if nothing is taken over.
    pub(super) fn text(&self, newest: InQuarter<'_>, path: &str) -> Option<String> {
        (!self.controls.is_empty()).then(|| print(&newest.assessment.frameworks, path, &self.controls, &self.rules))
    }
}

/// What of the collected files of `sources` is current at `closes`. Each source is a team with the names of the controls that are taken
/// over, `None` for all; `limits` are the greatest ages by name.
pub(super) fn take(
    newest: InQuarter<'_>,
    sources: &[(TeamId, Option<BTreeSet<String>>)],
    limits: &BTreeMap<&str, Option<i32>>,
    closes: Date,
) -> TakenOver {
    let (controls, rules) = (BTreeMap::new(), BTreeMap::new());
    let mut taken = TakenOver { controls, rules, left_out: Vec::new(), bare: BTreeSet::new() };
    for (id, collected) in &newest.answers().collected {
        let source = sources.iter().find(|(team, _)| *team == id.team);
        let called = &newest.control(id.control).called;
        let keeps = |controls: &Option<BTreeSet<String>>| {
            controls.as_ref().is_none_or(|controls| controls.contains(called.name()))
        };
        let limit = limits.get(called.name()).copied().flatten();
        let (Some(_), Some(limit)) = (source.filter(|(_, controls)| keeps(controls)), limit) else { continue };
        let mut current = collected.clone();
        current.evidence.retain(|item| item.period.age(closes) <= limit);
        let gone = collected.evidence.iter().filter(|item| item.period.age(closes) > limit);
        taken.left_out.extend(gone.map(|item| LeftOutItem {
            control: called.name().to_owned(),
            title: item.title.to_string(),
            age: item.period.age(closes),
            limit,
            at: item.origin.shown(),
        }));
        let is_current = |fact: &str| match collected.item_of(fact) {
            Some(_) => current.item_of(fact).is_some(),
            None => !current.evidence.is_empty(),
        };
        current.facts = collected
            .facts
            .iter()
            .filter(|(fact, _)| is_current(fact))
            .map(|(name, value)| (name.clone(), *value))
            .collect();
        if current.facts.is_empty() && !collected.facts.is_empty() {
            taken.bare.extend(called.names().map(str::to_owned));
        }
        if !current.evidence.is_empty() {
            let collection = newest.answers().collections.get(&id.team);
            let by = current.evidence.iter().filter_map(|item| Some(&item.collected.as_ref()?.collector));
            let rules = by.filter_map(|name| Some((name.clone(), collection?.rules.get(name)?.clone())));
            taken.rules.extend(rules);
            taken.controls.insert(id.control, current);
        }
    }
    taken
}
