//! Reads `succeeds` of the teams: each team follows teams that were asked before it, and no team follows itself on any way.

use std::collections::{BTreeMap, BTreeSet};

use super::fields::{At, Fields};
use super::terms::{TEAM_HELP, named_team};
use crate::base::quarter::Quarter;
use crate::border::toml::key;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::model::assessment::{Assessment, InQuarter};
use crate::model::ids::{Table, TeamId};
use crate::model::settings::Team;

/// A team, the team that it follows, and where this is written.
type SuccessionStep = (TeamId, TeamId, Place);

/// Gives each team those that it follows. `follows` holds the teams' ids, each with the ids in its `succeeds`.
pub(super) fn read(
    follows: Vec<(String, Vec<At<String>>)>,
    teams: &mut Table<TeamId, Team>,
    fields: &mut Fields<'_, '_>,
) {
    let mut steps: BTreeMap<(TeamId, TeamId), Place> = BTreeMap::new();
    for (id, succeeds) in follows {
        let Some(team) = teams.find(|team| team.id == id) else { continue };
        for named in succeeds {
            let Some(before) = named_team(fields, &named, teams, TEAM_HELP) else { continue };
            let place = fields.at(&named.span);
            if let Some(first) = steps.get(&(team, before)) {
                let message = format!("`{}` is named twice", teams[before].id);
                let twice = Diagnostic::new(Code::DuplicateId, place, message);
                fields.found.push(twice.label("again here").related(first.clone(), "first here"));
                continue;
            }
            steps.insert((team, before), place);
        }
    }
    let circle = circle(&steps);
    fields.found.extend(report_circle(&circle, teams));
    for ((team, before), place) in steps {
        let in_circle = circle.iter().any(|(one, other, _)| (*one, *other) == (team, before));
        let fault = wrong_quarters(&teams[team], &teams[before], &place).filter(|_| !in_circle);
        fields.found.extend(fault.or_else(|| nobody_between(&teams[team], &teams[before], &place)));
        teams[team].succeeds.push(before);
    }
    Team::link(teams);
}

/// Steps that lead from a team to itself; empty if there are none.
fn circle(steps: &BTreeMap<(TeamId, TeamId), Place>) -> Vec<SuccessionStep> {
    let mut left: BTreeSet<(TeamId, TeamId)> = steps.keys().copied().collect();
    // A step to a team that follows nobody is in no circle.
    loop {
        let followers: BTreeSet<TeamId> = left.iter().map(|(team, _)| *team).collect();
        let count = left.len();
        left.retain(|(_, before)| followers.contains(before));
        if left.len() == count {
            break;
        }
    }
    let next = |team: TeamId| left.iter().find(|(from, _)| *from == team).copied();
    let mut way: Vec<(TeamId, TeamId)> = Vec::new();
    let mut at = left.first().copied();
    while let Some(step) = at {
        if let Some(start) = way.iter().position(|known| *known == step) {
            let round = way.split_off(start);
            return round.into_iter().map(|step| (step.0, step.1, steps[&step].clone())).collect();
        }
        way.push(step);
        at = next(step.1);
    }
    Vec::new()
}

fn report_circle(circle: &[SuccessionStep], teams: &Table<TeamId, Team>) -> Option<Diagnostic> {
    let ((team, before, place), rest) = circle.split_first()?;
    let message = match rest {
        [] => format!("`{}` follows itself", teams[*team].id),
        _ => format!("`{}` follows `{}`, which in the end follows it", teams[*team].id, teams[*before].id),
    };
    let wrong = Diagnostic::new(Code::BadSuccession, place.clone(), message);
    let wrong = wrong.help("name the older team in the newer one's `succeeds`, and nothing in the older one's");
    let related = rest.iter().fold(wrong, |wrong, (team, before, place)| {
        wrong.related(place.clone(), format!("`{}` follows `{}`", teams[*team].id, teams[*before].id))
    });
    Some(related)
}

/// What is wrong with the quarters of a team and of one that it follows, if anything is.
fn wrong_quarters(team: &Team, before: &Team, place: &Place) -> Option<Diagnostic> {
    let (id, old) = (&team.id, &before.id);
    let (message, help) = match (before.last_quarter, team.first_quarter) {
        (Some(last), Some(first)) if last < first => return None,
        (Some(last), Some(first)) => (
            format!("`{id}` follows `{old}`, and both are asked: `{old}` until {last}, `{id}` from {first}"),
            format!("give `{old}` a last_quarter before the first_quarter of `{id}`"),
        ),
        (Some(last), None) => (
            format!("`{id}` follows `{old}`, and does not say from when on it is asked"),
            format!("add first_quarter = \"{}\" to `{id}`", last.next()),
        ),
        (None, _) => (
            format!("`{id}` follows `{old}`, which has no last quarter"),
            format!("add last_quarter to `{old}`: the quarter before the first_quarter of `{id}`"),
        ),
    };
    Some(Diagnostic::new(Code::BadSuccession, place.clone(), message).help(help))
}

/// Reports quarters in which neither a team nor the one that it follows is asked: they may be a mistake.
fn nobody_between(team: &Team, before: &Team, place: &Place) -> Option<Diagnostic> {
    let (last, first) = (before.last_quarter?, team.first_quarter?);
    let next = last.next();
    let message = format!("`{}` follows `{}`, and neither is asked in {next}", team.id, before.id);
    let gap = Diagnostic::new(Code::SuccessionGap, place.clone(), message);
    (next < first).then(|| {
        gap.help(format!(
            "its answers follow on {last}; if it was asked before {first}, write that as its first_quarter"
        ))
    })
}

/// The owners of controls by the rows of `[controls]`, each with the id of its row and where it is named.
pub(super) struct Owners {
    /// The quarter from which on they hold; `None` before every decision.
    pub(super) since: Option<Quarter>,
    pub(super) named: Vec<(String, TeamId, Place)>,
}

/// What names a team.
enum NamedBy {
    /// The row of `[controls]` with this id.
    Owner(String),
    /// The gate with this name.
    Gate(&'static str),
    Action,
    Exception,
}

/// Reports owners, gates, open actions and exceptions of a team that was split or merged, because it is not clear which team they
/// belong to now. `owners` holds the owners of controls, before every decision and from each one on.
pub(super) fn unfollowed(assessment: &Assessment, owners: Vec<Owners>, found: &mut Diagnostics) {
    let Some(newest) = assessment.quarters.last_id().map(|newest| assessment.in_quarter(newest)) else { return };
    let closes = newest.closes();
    let holds = |owners: &Owners| owners.since.is_none_or(|since| since <= newest.name());
    let owners = owners.into_iter().rev().find(holds).map(|owners| owners.named).unwrap_or_default();
    let owners = owners.into_iter().map(|(id, team, place)| (team, place, NamedBy::Owner(id)));
    let gates = newest.settings().gates.iter().flat_map(|gate| {
        let name = gate.kind.name();
        gate.teams.iter().map(move |team| (*team, gate.origin.place.clone(), NamedBy::Gate(name)))
    });
    let actions = assessment.plan.actions.iter().filter(|action| action.is_open_on(closes));
    let actions = actions.map(|action| (action.answer.team, action.origin.place.clone(), NamedBy::Action));
    let exceptions = assessment.plan.exceptions.iter().filter(|exception| exception.holds_on(closes));
    let exceptions =
        exceptions.filter_map(|exception| Some((exception.team?, exception.origin.place.clone(), NamedBy::Exception)));
    for (team, place, by) in owners.chain(gates).chain(actions).chain(exceptions) {
        let here = newest.team_here(team);
        if assessment.team(team).followed_by.is_empty() || assessment.team(here).asked_in(newest.name()) {
            continue;
        }
        found.push(not_followed(newest, team, place, &by));
    }
}

fn not_followed(newest: InQuarter<'_>, team: TeamId, place: Place, by: &NamedBy) -> Diagnostic {
    let what = match by {
        NamedBy::Owner(_) => "the owner",
        NamedBy::Gate(_) => "the gate's team",
        NamedBy::Action => "the action's team",
        NamedBy::Exception => "the exception's team",
    };
    let message = format!(
        "{what} `{}` is not asked in {}: it was split or merged",
        newest.assessment.team(team).id,
        newest.name()
    );
    let unclear = Diagnostic::new(Code::UnfollowedTeam, place, message);
    let control = match by {
        NamedBy::Owner(id) => newest.control_called(id),
        NamedBy::Gate(_) | NamedBy::Action | NamedBy::Exception => None,
    };
    let is_asked = |team: &TeamId| {
        newest.team(*team).asked_in(newest.name()) && control.is_none_or(|control| newest.is_asked(control.of(*team)))
    };
    let next = newest.settings().successors(team).into_iter().filter(is_asked);
    let next: Vec<&str> = next.map(|team| newest.assessment.team(team).id.as_str()).collect();
    let Some(first) = next.first() else { return unclear.help("name a team that is asked") };
    let unclear = unclear.help(format!("name one that is asked: {}", next.join(" or ")));
    // What holds in all quarters holds in sealed ones too.
    if newest.assessment.quarters.iter().all(|quarter| quarter.seal.is_none()) {
        return unclear;
    }
    let line = match by {
        NamedBy::Owner(id) => format!("controls.{}.owner = \"{first}\"", key(id)),
        NamedBy::Gate(name) => format!("gates.{name} = {{ …, teams = [\"{first}\"] }}"),
        NamedBy::Action | NamedBy::Exception => return unclear,
    };
    let closed = newest.answers().seal.is_some();
    let from = if closed { newest.name().next() } else { newest.name() };
    unclear.help(format!("closed quarters keep the old one, so write it under [since.\"{from}\"]:")).help(line)
}
