//! Finds whose answers a team takes over into a new quarter: its own, or those of the teams that it follows.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::quarter::Quarter;
use crate::model::assessment::InQuarter;
use crate::model::ids::{ControlId, TeamId};

/// Whose answers a team takes over.
pub(super) struct TeamLine {
    /// Each team whose files are taken over, with the names of the controls that are; `None` for all of them.
    pub(super) sources: Vec<(TeamId, Option<BTreeSet<String>>)>,
    /// The control of each answer that cannot be taken over.
    pub(super) unclear: Vec<String>,
    /// The controls that the team answered, and is not asked for any more.
    pub(super) out_of_scope: Vec<String>,
}

impl TeamLine {
    /// Whose answers of `last`, the last quarter in which the team or one that it follows was asked, the team takes over into `to`.
    pub(super) fn of(last: InQuarter<'_>, to: Quarter, team: TeamId) -> Self {
        let settings = last.settings();
        if settings.stands_alone(team) || settings.teams[team].asked_in(last.name()) {
            return Self::of_itself(last, to, team);
        }
        let mut sources: BTreeMap<TeamId, BTreeSet<String>> = BTreeMap::new();
        let mut unclear = Vec::new();
        let (assessment, teams) = (last.assessment, &last.assessment.settings_in(to).teams);
        let controls = assessment.frameworks.iter().flat_map(|framework| framework.controls.ids());
        for control in controls {
            let lineage = assessment.frameworks[control.framework()].lineage(control);
            let in_scope = |team: TeamId| teams[team].asked_in(to) && teams[team].answers_for(lineage.clone());
            if !in_scope(team) {
                continue;
            }
            let asked_before = |team: TeamId| last.is_asked(control.of(team));
            let called = &last.control(control).called;
            let answered = |team: &TeamId| asked_before(*team) && last.answer(control.of(*team)).is_some();
            match settings.same_before(team, asked_before, in_scope) {
                Some(before) => sources.entry(before).or_default().extend(called.names().map(str::to_owned)),
                // What is not in force any more becomes a comment, or stays where it is.
                None if !assessment.control(control).lifetime.holds(to) => {}
                None => {
                    let predecessors = settings.predecessors(team);
                    unclear.extend(predecessors.iter().filter(|team| answered(team)).map(|_| called.name().to_owned()));
                }
            }
        }
        let sources = sources.into_iter().map(|(team, controls)| (team, Some(controls))).collect();
        Self { sources, unclear, out_of_scope: Vec::new() }
    }

    /// The team takes over its own answers, without those for controls that it is not asked for any more.
    fn of_itself(newest: InQuarter<'_>, to: Quarter, team: TeamId) -> Self {
        let assessment = newest.assessment;
        let frameworks = assessment.frameworks.iter();
        let controls = frameworks.flat_map(|framework| framework.controls.ids());
        // What is not in force any more becomes a comment.
        let leaves = |control: ControlId| {
            let id = control.of(team);
            newest.is_asked(id) && assessment.control(control).lifetime.holds(to) && !assessment.is_asked_in(to, id)
        };
        let (gone, kept): (Vec<ControlId>, Vec<ControlId>) = controls.partition(|control| leaves(*control));
        let called = |control: ControlId| &newest.control(control).called;
        let kept = || kept.iter().flat_map(|control| called(*control).names()).map(str::to_owned).collect();
        let answered = gone.iter().filter(|control| newest.answer(control.of(team)).is_some());
        let out_of_scope = answered.map(|control| called(*control).name().to_owned()).collect();
        let keeps = (!gone.is_empty()).then(kept);
        Self { sources: vec![(team, keeps)], unclear: Vec::new(), out_of_scope }
    }
}
