//! How another catalog's ids and the controls here are mapped to each other, with the levels and counts of each control. It is
//! never a score of the other catalog.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use crate::base::number::Level;
use crate::model::assessment::Assessment;
use crate::model::ids::{ControlId, ForeignCatalogId, TeamId};
use crate::model::mapping::{ForeignCatalog, Mapping, Relation};
use crate::score::ScoredQuarter;

/// What every reader of a crosswalk must know.
pub const NO_EQUIVALENCE: &str = "A mapping is no equivalence: it says which texts are about the same matter. What is shown for an \
                                  outcome here does not show that the other catalog's id is met, and there is no score of that catalog.";

/// Another catalog and the controls here, in one quarter.
#[derive(Clone, Debug)]
pub struct Crosswalk<'a> {
    /// The quarter.
    pub quarter: ScoredQuarter<'a>,
    /// The team whose answers alone are looked at; `None` for all teams.
    pub team: Option<TeamId>,
    /// The other catalog, with the maps that this is made of.
    pub catalog: &'a ForeignCatalog,
    /// Each foreign id that is mapped, with its outcomes: in the order of the map, or else as people count.
    pub foreign: Vec<ForeignControls<'a>>,
    /// The foreign ids that nothing maps to; `None` if no map says which ids there are.
    pub unmapped: Option<Vec<&'a str>>,
    /// The other way: each control that is mapped, with the foreign ids, in the order of the catalogs.
    pub outcomes: Vec<MappedControl<'a>>,
}

/// A foreign id and the controls that are mapped to it.
#[derive(Clone, Debug)]
pub struct ForeignControls<'a> {
    /// The foreign id.
    pub id: &'a str,
    /// The levels and counts of all its outcomes together.
    pub standing: MappedLevels,
    /// The controls, in the order of the catalogs, and what each is to the id.
    pub outcomes: Vec<(ControlId, Relation)>,
}

/// A control and the foreign ids that it is mapped to.
#[derive(Clone, Debug)]
pub struct MappedControl<'a> {
    /// The control.
    pub control: ControlId,
    /// Its levels and counts.
    pub standing: MappedLevels,
    /// The foreign ids, in the order of [`Crosswalk::foreign`], and what the control is to each.
    pub ids: Vec<(&'a str, Relation)>,
}

/// The levels and counts of one or more controls, and no mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MappedLevels {
    /// The lowest level of any answer; `None` if no answer has one, or if the framework's teams are not joined.
    pub lowest: Option<Level>,
    /// The highest level of any answer.
    pub highest: Option<Level>,
    /// How many answers are there, whatever they say.
    pub answered: u32,
    /// How many answers are asked for.
    pub asked: u32,
}

impl MappedLevels {
    fn and(self, other: Self) -> Self {
        Self {
            lowest: [self.lowest, other.lowest].into_iter().flatten().min(),
            highest: self.highest.max(other.highest),
            answered: self.answered + other.answered,
            asked: self.asked + other.asked,
        }
    }

    /// The levels in words: `2`, or `1 to 3`; `None` if there is none.
    pub fn levels(self) -> Option<String> {
        let (lowest, highest) = (self.lowest?, self.highest?);
        let (low, high) = (lowest.shown(), highest.shown());
        Some(if lowest == highest { low } else { format!("{low} to {high}") })
    }
}

/// The catalogs that have a foreign id, and the id as they write it; upper and lower case do not matter.
pub fn catalogs_with<'a>(assessment: &'a Assessment, id: &str) -> Vec<(ForeignCatalogId, &'a str)> {
    let named = |(at, catalog): (ForeignCatalogId, &'a ForeignCatalog)| {
        let of_map = |map: &'a Mapping| map.pairs.iter().map(|pair| &pair.id).chain(map.ids.iter().flatten());
        let named = catalog.maps.iter().flat_map(of_map).find(|known| known.eq_ignore_ascii_case(id))?;
        Some((at, named.as_str()))
    };
    assessment.foreign_catalogs.entries().filter_map(named).collect()
}

/// The foreign ids of a catalog: those that are mapped, and those that nothing maps to (`None` if no map says which ids there are).
/// They are in the order of the map, or else as people count.
pub fn foreign_ids(catalog: &ForeignCatalog) -> (Vec<&str>, Option<Vec<&str>>) {
    let maps = || catalog.maps.iter();
    let mapped: BTreeSet<&str> = maps().flat_map(|map| &map.pairs).map(|pair| pair.id.as_str()).collect();
    let mut seen = BTreeSet::new();
    let listed = maps().filter_map(|map| map.ids.as_ref()).flatten().map(String::as_str);
    let listed: Vec<&str> = listed.filter(|id| seen.insert(*id)).collect();
    let (mut order, unmapped): (Vec<&str>, Vec<&str>) = listed.into_iter().partition(|id| mapped.contains(id));
    let mut others: Vec<&str> = mapped.into_iter().filter(|id| !seen.contains(id)).collect();
    others.sort_by(|a, b| as_people_count(a, b));
    order.extend(others);
    (order, maps().any(|map| map.ids.is_some()).then_some(unmapped))
}

/// The crosswalk to a catalog, for all teams or one.
pub fn crosswalk(quarter: ScoredQuarter<'_>, catalog: ForeignCatalogId, team: Option<TeamId>) -> Crosswalk<'_> {
    let catalog = &quarter.assessment.foreign_catalogs[catalog];
    let mut standings: BTreeMap<ControlId, MappedLevels> = BTreeMap::new();
    let mut by_id: BTreeMap<&str, Vec<(ControlId, Relation)>> = BTreeMap::new();
    for pair in catalog.maps.iter().flat_map(|map| &map.pairs) {
        standings.entry(pair.control).or_insert_with(|| quarter.standing(pair.control, team));
        by_id.entry(pair.id.as_str()).or_default().push((pair.control, pair.relation));
    }
    let (order, unmapped) = foreign_ids(catalog);
    let foreign = |id| {
        let mut outcomes = by_id[id].clone();
        outcomes.sort_by_key(|(control, _)| *control);
        let standing =
            outcomes.iter().map(|(control, _)| standings[control]).fold(MappedLevels::default(), MappedLevels::and);
        ForeignControls { id, standing, outcomes }
    };
    let foreign: Vec<ForeignControls<'_>> = order.into_iter().map(foreign).collect();
    let mut by_control: BTreeMap<ControlId, Vec<(&str, Relation)>> = BTreeMap::new();
    for ForeignControls { id, outcomes, .. } in &foreign {
        outcomes.iter().for_each(|(control, relation)| by_control.entry(*control).or_default().push((*id, *relation)));
    }
    let outcome = |(control, ids)| MappedControl { control, standing: standings[&control], ids };
    let outcomes = by_control.into_iter().map(outcome).collect();
    Crosswalk { quarter, team, catalog, foreign, unmapped, outcomes }
}

impl<'a> Crosswalk<'a> {
    /// The part that is about one foreign id, if this catalog has it.
    #[must_use]
    pub fn only(mut self, id: &str) -> Option<Self> {
        self.foreign.retain(|foreign| foreign.id == id);
        self.outcomes.iter_mut().for_each(|outcome| outcome.ids.retain(|(known, _)| *known == id));
        self.outcomes.retain(|outcome| !outcome.ids.is_empty());
        self.unmapped.iter_mut().for_each(|ids| ids.retain(|known| *known == id));
        let is_there = !self.foreign.is_empty() || self.unmapped.as_ref().is_some_and(|ids| !ids.is_empty());
        is_there.then_some(self)
    }

    /// Every foreign id, mapped or not.
    pub fn ids(&self) -> impl Iterator<Item = &'a str> {
        let mapped = self.foreign.iter().map(|foreign| foreign.id);
        mapped.chain(self.unmapped.iter().flatten().copied())
    }

    /// The levels and counts of a mapped control.
    pub fn standing(&self, control: ControlId) -> MappedLevels {
        let outcome = self.outcomes.binary_search_by_key(&control, |outcome| outcome.control);
        outcome.map(|at| self.outcomes[at].standing).unwrap_or_default()
    }

    /// The map that a control's ids come from. A framework has one for each catalog.
    pub fn map_of(&self, control: ControlId) -> Option<&'a Mapping> {
        self.catalog.maps.iter().find(|map| map.of == control.framework())
    }

    /// The team that owns a control alone; `None` if every team that is asked answers for itself.
    pub fn owner(&self, control: ControlId) -> Option<TeamId> {
        self.quarter.rules(control).team_rule().owner()
    }

    /// The teams whose answers count for a control: its owner, or all teams that are asked.
    pub fn owners(&self, control: ControlId) -> impl Iterator<Item = TeamId> + Clone + 'a {
        self.quarter.teams_that_count(control, self.team)
    }
}

impl ScoredQuarter<'_> {
    /// The levels and counts of a control, for all teams or one. Of a framework that stays with the teams, all teams together have
    /// counts alone.
    fn standing(self, control: ControlId, team: Option<TeamId>) -> MappedLevels {
        let counts = &self.tree(control.framework(), team).controls[control].counts;
        let asked = counts.applicable() + counts.not_applicable;
        let levels = || self.teams_that_count(control, team).filter_map(|team| self.level(control.of(team)));
        let joins = team.is_some() || !self.framework(control.framework()).team_level;
        MappedLevels {
            lowest: counts.floor.filter(|_| joins),
            highest: levels().max().filter(|_| joins),
            answered: asked - counts.unanswered,
            asked,
        }
    }
}

/// The order of ids as people count: `AC-2` before `AC-10`.
fn as_people_count(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let ((one, rest), (other, others)) = (part(left), part(right));
        let is_number = |part: &str| part.starts_with(|c: char| c.is_ascii_digit());
        let value = |part: &str| part.trim_start_matches('0').to_owned();
        let order = if is_number(one) && is_number(other) {
            let (one, other) = (value(one), value(other));
            one.len().cmp(&other.len()).then_with(|| one.cmp(&other))
        } else {
            one.cmp(other)
        };
        if order != Ordering::Equal || one.is_empty() {
            return order.then_with(|| a.cmp(b));
        }
        (left, right) = (rest, others);
    }
}

/// The digits or the other characters at the start of a text, and the rest.
fn part(text: &str) -> (&str, &str) {
    let is_digit = text.starts_with(|c: char| c.is_ascii_digit());
    let end = text.find(|c: char| c.is_ascii_digit() != is_digit).unwrap_or(text.len());
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::assessment::tests::{assessment as assessment_of, framework, quarter};
    use crate::model::ids::FrameworkId;
    use crate::model::mapping::{MappedPair, NamedMapping};
    use crate::model::settings::tests::settings;
    use crate::score::{Scored, score};

    /// Two teams, three controls, and a map in words: `A.X-1 equal 2`.
    fn assessment(said: &[&str], ids: Option<&[&str]>, pairs: &[&str]) -> Assessment {
        let framework = framework("own", &[("A.X-1", 1), ("A.X-2", 1), ("B.X-1", 1)]);
        let pair = |words: &&str| {
            let words: Vec<&str> = words.split(' ').collect();
            let control = framework.controls.find(|control| control.id == words[0]).unwrap();
            let relation = Relation::STATED.into_iter().find(|known| known.name() == words[1]);
            MappedPair { control, relation: relation.unwrap_or(Relation::Related), id: words[2].to_owned() }
        };
        let text = str::to_owned;
        let mapping = Mapping {
            version: text("1"),
            authority: text("we"),
            of: FrameworkId::MAIN,
            ids: ids.map(|ids| ids.iter().copied().map(text).collect()),
            pairs: pairs.iter().map(pair).collect(),
            path: String::new(),
            sha256: String::new(),
        };
        let settings = settings(&[("deck", 1), ("engine", 1)]);
        let mut assessment = assessment_of(settings, vec![framework], vec![quarter("2026-Q3", said)]);
        let (id, title) = (text("far"), text("Far"));
        assessment.foreign_catalogs = ForeignCatalog::of(vec![NamedMapping { id, title, mapping }]);
        assessment
    }

    /// The catalog that is mapped.
    fn far(scored: &Scored) -> ForeignCatalogId {
        scored.assessment.foreign_catalogs.first_id().unwrap()
    }

    /// Each foreign id with its standing and its outcomes, then the ids that are not mapped.
    fn rows(assessment: Assessment) -> (Vec<String>, Option<String>) {
        let scored = score(assessment);
        let walk = crosswalk(scored.newest(), far(&scored), None);
        let outcome = |(control, relation): &(ControlId, Relation)| {
            format!("{} {}", walk.quarter.control(*control).id, relation.name())
        };
        let row = |foreign: &ForeignControls<'_>| {
            let MappedLevels { answered, asked, .. } = foreign.standing;
            let levels = foreign.standing.levels().unwrap_or_else(|| "-".to_owned());
            let outcomes: Vec<String> = foreign.outcomes.iter().map(outcome).collect();
            format!("{}: {levels}, {answered} of {asked}: {}", foreign.id, outcomes.join(", "))
        };
        let unmapped = walk.unmapped.as_ref().map(|ids| ids.join(" "));
        (walk.foreign.iter().map(row).collect(), unmapped)
    }

    const SAID: &[&str] = &["3 1", "- n/a", "? 2"];

    #[test]
    fn each_foreign_id_has_what_stands_behind_its_outcomes() {
        let pairs = ["B.X-1 equal 10", "A.X-2 related 2", "A.X-1 subset 10", "A.X-1 intersects 2"];
        let (rows, unmapped) = rows(assessment(SAID, None, &pairs));
        assert_eq!(
            rows,
            ["2: 1 to 3, 3 of 4: A.X-1 intersects, A.X-2 related", "10: 1 to 3, 4 of 4: A.X-1 subset, B.X-1 equal"]
        );
        assert_eq!(unmapped, None);
    }

    #[test]
    fn ids_that_are_known_have_their_order_and_those_that_nothing_maps_to_are_told() {
        let (rows, unmapped) = rows(assessment(SAID, Some(&["z", "b", "a", "c"]), &["A.X-2 equal a", "A.X-2 equal z"]));
        assert_eq!(rows, ["z: -, 1 of 2: A.X-2 equal", "a: -, 1 of 2: A.X-2 equal"]);
        assert_eq!(unmapped.as_deref(), Some("b c"));
    }

    #[test]
    fn a_framework_that_stays_with_the_teams_has_counts_alone() {
        let mut assessment = assessment(SAID, None, &["A.X-1 equal a"]);
        assessment.frameworks.iter_mut().for_each(|framework| framework.team_level = true);
        let deck = assessment.settings.teams.first_id();
        let scored = score(assessment);
        let standing = |team| crosswalk(scored.newest(), far(&scored), team).foreign[0].standing;
        assert_eq!(standing(None), MappedLevels { answered: 2, asked: 2, ..MappedLevels::default() });
        assert_eq!((standing(deck).levels().as_deref(), standing(deck).asked), (Some("3"), 1));
    }

    #[test]
    fn the_other_way_has_the_same_pairs() {
        let assessment =
            assessment(SAID, Some(&["a", "b", "c"]), &["A.X-1 equal b", "A.X-1 equal a", "B.X-1 superset a"]);
        let scored = score(assessment);
        let walk = crosswalk(scored.newest(), far(&scored), None);
        let ids: Vec<_> = walk.outcomes.iter().map(|outcome| outcome.ids.clone()).collect();
        let (equal, superset) = (Relation::Equal, Relation::Superset);
        assert_eq!(ids, [vec![("a", equal), ("b", equal)], vec![("a", superset)]]);
        let only = walk.clone().only("b").unwrap();
        assert_eq!((only.foreign.len(), only.outcomes.len(), only.ids().collect::<Vec<_>>()), (1, 1, vec!["b"]));
        assert!(walk.clone().only("c").is_some() && walk.only("d").is_none());
        assert_eq!(catalogs_with(&scored.assessment, "B"), [(far(&scored), "b")]);
    }

    #[test]
    fn ids_stand_as_people_count() {
        let mut ids = ["AC-10", "AC-2", "AC-2(10)", "AC-2(9)", "1.10", "1.9", "AC", "ac-1", "A02", "A2"];
        ids.sort_by(|a, b| as_people_count(a, b));
        assert_eq!(ids, ["1.9", "1.10", "A02", "A2", "AC", "AC-2", "AC-2(9)", "AC-2(10)", "AC-10", "ac-1"]);
    }
}
