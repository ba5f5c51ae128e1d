//! Finds whose answers a team takes over into a new quarter: its own, or those of the teams that it follows.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::quarter::Quarter;
use crate::model::assessment::InQuarter;
use crate::model::ids::{ControlId, TeamId};

/// Whose answers a team takes over.
pub(super) struct Line {
    /// Each team whose files are taken over, with the names of the controls that are; `None` for all of them.
    pub(super) sources: Vec<(TeamId, Option<BTreeSet<String>>)>,
    /// The controls that were answered, and whose answer cannot be taken over.
    pub(super) unclear: Vec<String>,
}

impl Line {
    /// Whose answers of `newest` the team takes over into the quarter `to`.
    pub(super) fn of(newest: InQuarter<'_>, to: Quarter, team: TeamId) -> Self {
        let settings = newest.settings();
        if settings.stands_alone(team) || settings.teams[team].asked_in(newest.name()) {
            return Self { sources: vec![(team, None)], unclear: Vec::new() };
        }
        let mut sources: BTreeMap<TeamId, BTreeSet<String>> = BTreeMap::new();
        let mut unclear = Vec::new();
        let controls = newest.assessment.frameworks.iter().flat_map(|framework| framework.controls.ids());
        for control in controls.filter(|control| is_asked(newest, to, team, *control)) {
            let asked_before = |team: TeamId| newest.is_asked(control.of(team));
            let asked_now = |team: TeamId| is_asked(newest, to, team, control);
            let called = &newest.control(control).called;
            let answered = |team: &TeamId| asked_before(*team) && newest.answer(control.of(*team)).is_some();
            match settings.same_before(team, asked_before, asked_now) {
                Some(before) => sources.entry(before).or_default().extend(called.names().map(str::to_owned)),
                None => {
                    let was_answered = settings.predecessors(team).iter().any(answered);
                    unclear.extend(was_answered.then(|| called.name().to_owned()));
                }
            }
        }
        Self { sources: sources.into_iter().map(|(team, controls)| (team, Some(controls))).collect(), unclear }
    }
}

/// Whether a team is asked for a control in a quarter that is not there yet.
fn is_asked(newest: InQuarter<'_>, quarter: Quarter, team: TeamId, control: ControlId) -> bool {
    let named = newest.assessment.team(team);
    named.asked_in(quarter) && named.answers_for(newest.framework(control.framework()).lineage(control))
}
