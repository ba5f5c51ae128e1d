//! What somebody who adds units up should look at, in sentences: what is not added up, and what does not fit together.

use std::collections::{BTreeMap, BTreeSet};

use super::table::quoted;
use super::{Group, Unit, UnitStanding};

impl Group {
    /// All of it, a sentence each.
    pub fn remarks(&self) -> Vec<String> {
        let mut remarks = self.left_out();
        let versions = self.versions();
        if versions.len() > 1 {
            let versions: Vec<&str> = versions.into_iter().collect();
            remarks.push(format!("{}: its versions {} are added up together", self.framework, versions.join(", ")));
        }
        let faults = self.everyone().filter_map(|unit| Some((&unit.file, unit.standing.as_ref()?.seal.fault()?)));
        remarks.extend(faults.map(|(file, fault)| format!("{file}: {fault}")));
        remarks.extend(self.spelt_alike());
        remarks.extend(self.copies());
        remarks
    }

    /// Units whose names differ in capitals and blanks alone: both may be one.
    fn spelt_alike(&self) -> Vec<String> {
        let mut known: BTreeMap<String, &Unit> = BTreeMap::new();
        let mut remarks = Vec::new();
        for unit in self.everyone() {
            let name = unit.name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
            match known.get(&name) {
                Some(first) => remarks.push(format!(
                    "{} is of {}, and {} of {}: are both one unit?",
                    unit.file,
                    quoted(&unit.name),
                    first.file,
                    quoted(&first.name)
                )),
                None => drop(known.insert(name, unit)),
            }
        }
        remarks
    }

    /// The versions of the framework that the tables name.
    pub(super) fn versions(&self) -> BTreeSet<&str> {
        self.units.iter().filter_map(|unit| Some(unit.standing.as_ref()?.version.as_str())).collect()
    }

    fn everyone(&self) -> impl Iterator<Item = &Unit> {
        let apart = self.apart.iter().flat_map(|apart| &apart.units);
        self.units.iter().chain(apart).chain(&self.absent)
    }

    /// Later quarters and other frameworks of few units, which stand in no figure of the report.
    fn left_out(&self) -> Vec<String> {
        let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
        let newest = |unit: &Unit| unit.newest.filter(|newest| *newest > self.quarter).map(|newest| newest.to_string());
        for unit in self.everyone() {
            let later = newest(unit).map(|quarter| ("--quarter".to_owned(), quarter));
            let other = (unit.main != self.framework).then(|| ("--framework".to_owned(), unit.main.clone()));
            later.into_iter().chain(other).for_each(|left| *counts.entry(left).or_default() += 1);
        }
        let all = self.all();
        let few = counts.into_iter().filter(|(_, count)| *count < self.added());
        few.map(|((option, what), count)| format!("{what}: {count} of {all} units; `{option} {what}` shows it"))
            .collect()
    }

    /// Tables that say the same of everything: one may be a copy of the other.
    fn copies(&self) -> Vec<String> {
        let mut same: BTreeMap<(&str, &[Option<i64>]), &Unit> = BTreeMap::new();
        let mut remarks = Vec::new();
        for unit in &self.units {
            let Some(UnitStanding { policy, scores, .. }) = &unit.standing else { continue };
            match same.get(&(policy.as_str(), scores.as_slice())) {
                Some(first) if scores.iter().any(Option::is_some) => {
                    remarks
                        .push(format!("{} has the scores of {}: is one a copy of the other?", unit.file, first.file));
                }
                _ => drop(same.insert((policy, scores), unit)),
            }
        }
        remarks
    }
}
