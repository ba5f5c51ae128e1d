//! Which team follows which, and so whose answer of an earlier quarter is the answer of the same team.

use std::collections::BTreeSet;
use std::iter;

use crate::base::quarter::Quarter;
use crate::model::assessment::InQuarter;
use crate::model::evidence::Answer;
use crate::model::ids::{AnswerId, QuarterId, Table, TeamId};
use crate::model::settings::{Settings, Team};

impl Settings {
    /// Whether the team follows no other, and no other follows it.
    pub fn stands_alone(&self, team: TeamId) -> bool {
        self.teams[team].succeeds.is_empty() && self.teams[team].followed_by.is_empty()
    }

    /// The team and all teams that it follows, the nearest first.
    pub fn predecessors(&self, team: TeamId) -> Vec<TeamId> {
        line(&self.teams, team, |team| &team.succeeds)
    }

    /// The team and all teams that follow it, the nearest first.
    pub fn successors(&self, team: TeamId) -> Vec<TeamId> {
        line(&self.teams, team, |team| &team.followed_by)
    }

    /// The team that `team` is in a quarter: itself if it is asked then, otherwise the one before or after it where one team
    /// follows one. Itself if there is none.
    pub fn team_in(&self, team: TeamId, quarter: Quarter) -> TeamId {
        let is_later = self.teams[team].last_quarter.is_some_and(|last| last < quarter);
        let mut at = team;
        // A team is asked before those that follow it: every step leads on in time.
        while !self.teams[at].asked_in(quarter) {
            let next = if is_later { self.only_successor(at) } else { self.only_predecessor(at) };
            let Some(next) = next else { return team };
            at = next;
        }
        at
    }

    /// The team that follows this one, if it follows no other and no other follows.
    fn only_successor(&self, team: TeamId) -> Option<TeamId> {
        let only = only(self.teams[team].followed_by.iter().copied())?;
        (self.teams[only].succeeds.len() == 1).then_some(only)
    }

    /// The team that this one follows, if it follows no other and no other follows that one.
    fn only_predecessor(&self, team: TeamId) -> Option<TeamId> {
        let only = only(self.teams[team].succeeds.iter().copied())?;
        (self.teams[only].followed_by.len() == 1).then_some(only)
    }

    /// The team whose earlier answer for a control continues in the answer of `team`; `None` if that is not clear. It is clear if
    /// one team was asked before, among `team` and those that it follows, and if only `team` is asked now, among that earlier team
    /// and those that follow it.
    pub fn same_before(
        &self,
        team: TeamId,
        asked_before: impl Fn(TeamId) -> bool,
        asked_now: impl Fn(TeamId) -> bool,
    ) -> Option<TeamId> {
        if self.stands_alone(team) {
            return Some(team);
        }
        let before = only(self.predecessors(team).into_iter().filter(|team| asked_before(*team)))?;
        let now = only(self.successors(before).into_iter().filter(|team| asked_now(*team)))?;
        (now == team).then_some(before)
    }
}

/// `team`, and what `next` leads to from there, each once.
fn line(teams: &Table<TeamId, Team>, team: TeamId, next: impl Fn(&Team) -> &[TeamId]) -> Vec<TeamId> {
    let (mut line, mut seen, mut at) = (vec![team], BTreeSet::from([team]), 0);
    while let Some(team) = line.get(at) {
        let further: Vec<TeamId> = next(&teams[*team]).iter().copied().filter(|team| seen.insert(*team)).collect();
        line.extend(further);
        at += 1;
    }
    line
}

/// The one item; `None` if there is none, or more than one.
fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    let first = items.next()?;
    items.next().is_none().then_some(first)
}

impl<'a> InQuarter<'a> {
    /// The last quarter up to this one in which the team, or one that it follows, was asked; `None` if there is none.
    pub fn last_asked(self, team: TeamId) -> Option<Self> {
        let line = self.settings().predecessors(team);
        let is_asked = |quarter: &Self| line.iter().any(|team| self.assessment.team(*team).asked_in(quarter.name()));
        iter::successors(Some(self), |quarter| quarter.before()).find(is_asked)
    }

    /// The quarter that comes before this one for a team: over a gap in a succession, the last one in which a team that it follows
    /// was asked. `None` in the first quarter.
    pub fn before_of(self, team: TeamId) -> Option<Self> {
        self.before().map(|before| before.last_asked(team).unwrap_or(before))
    }

    /// The answer before that is the same team's answer for the same control, with its quarter; `None` if there was no such team, or
    /// more than one.
    pub fn same_before(self, answer: AnswerId) -> Option<(Self, AnswerId)> {
        let AnswerId { control, team } = answer;
        let before = self.before_of(team)?;
        let asked_before = |team| before.is_asked(control.of(team));
        let same = self.settings().same_before(team, asked_before, |team| self.is_asked(control.of(team)))?;
        Some((before, control.of(same)))
    }

    /// The answers before that the team itself and the teams that it follows gave for the same control.
    pub fn all_before(self, AnswerId { control, team }: AnswerId) -> impl Iterator<Item = &'a Answer> {
        let before = self.before_of(team).into_iter();
        let line = move || self.settings().predecessors(team).into_iter();
        before.flat_map(move |before| line().filter_map(move |team| before.answer(control.of(team))))
    }

    /// The answers from before this quarter that are gone.
    pub fn vanished(self) -> impl Iterator<Item = (AnswerId, &'a Answer)> {
        self.before().into_iter().flat_map(move |before| self.gone_since(before))
    }

    /// The answers of the quarter `from` that are gone, and over a gap in a succession those of the last quarter up to it in which a
    /// team of the succession was asked.
    pub fn gone_since(self, from: Self) -> impl Iterator<Item = (AnswerId, &'a Answer)> {
        let last_of = move |team| from.last_asked(team).unwrap_or(from).id;
        let quarters: BTreeSet<QuarterId> = self.settings().teams.ids().map(last_of).collect();
        let gone = move |id| self.gone_from(Self { id, ..from }).filter(move |(answer, _)| last_of(answer.team) == id);
        quarters.into_iter().flat_map(gone)
    }

    /// The answers of the quarter `before` that are gone: the team, or one that follows it, is still asked, and says nothing. Each
    /// comes once, under the first such team. A level of another scale cannot be said again.
    fn gone_from(self, before: Self) -> impl Iterator<Item = (AnswerId, &'a Answer)> {
        let is_on_scale = self.settings().scale.continues(&before.settings().scale);
        before.all_answers().filter_map(move |(AnswerId { control, team }, old)| {
            let is_left_out = before.exclusion(control).is_some();
            let is_sayable = !is_left_out && (is_on_scale || old.claim().is_none());
            let successors = self.settings().successors(team).into_iter().filter(|_| is_sayable);
            let mut asked = successors.map(|team| control.of(team)).filter(|id| self.is_asked(*id));
            Some((asked.find(|id| self.answer(*id).is_none())?, old))
        })
    }

    /// The team as it is in this quarter, where one team follows one.
    pub fn team_here(self, team: TeamId) -> TeamId {
        self.settings().team_in(team, self.name())
    }

    /// The teams that pages of this quarter list side by side: of a team that was renamed, only the name that it has now.
    pub fn teams_listed(self) -> impl Iterator<Item = TeamId> + Clone + 'a {
        let settings = self.settings();
        let is_listed = move |id: &TeamId| {
            let is_eldest = settings.teams[*id].succeeds.is_empty();
            settings.teams[*id].asked_in(self.name()) || (is_eldest && self.team_here(*id) == *id)
        };
        settings.teams.ids().filter(is_listed)
    }

    /// The answer as it is given in this quarter: that of the team which is the named one now.
    pub fn followed(self, AnswerId { control, team }: AnswerId) -> AnswerId {
        control.of(self.team_here(team))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::settings::tests::{settings, team};

    /// Teams as `id first last predecessors`, where `-` is no limit.
    fn teams(written: &[&str]) -> Settings {
        let mut settings = settings(&[]);
        for line in written {
            let words: Vec<&str> = line.split(' ').collect();
            let (first_quarter, last_quarter) = (words[1].parse().ok(), words[2].parse().ok());
            let succeeds = words[3..].iter().map(|id| settings.teams.find(|team| team.id == *id).unwrap()).collect();
            settings.teams.push(Team { first_quarter, last_quarter, succeeds, ..team(words[0]) });
        }
        Team::link(&mut settings.teams);
        settings
    }

    fn find(settings: &Settings, id: &str) -> TeamId {
        settings.teams.find(|team| team.id == id).unwrap()
    }

    fn names(settings: &Settings, ids: impl IntoIterator<Item = TeamId>) -> String {
        ids.into_iter().map(|id| settings.teams[id].id.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_renamed_team_is_the_same_in_every_quarter() {
        let settings = teams(&["web - 2026-Q1", "shop 2026-Q2 2026-Q3 web", "store 2026-Q4 - shop", "deck - -"]);
        let in_quarter = |id, quarter: &str| {
            let team = settings.team_in(find(&settings, id), quarter.parse().unwrap());
            settings.teams[team].id.as_str()
        };
        for id in ["web", "shop", "store"] {
            let quarters = ["2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"];
            assert_eq!(
                quarters.map(|quarter| in_quarter(id, quarter)),
                ["web", "web", "shop", "shop", "store"],
                "{id}"
            );
        }
        assert_eq!(in_quarter("deck", "2026-Q4"), "deck");
        assert_eq!(names(&settings, settings.predecessors(find(&settings, "store"))), "store shop web");
        assert_eq!(names(&settings, settings.successors(find(&settings, "web"))), "web shop store");
    }

    #[test]
    fn a_team_that_was_split_or_merged_stays_itself() {
        let settings = teams(&["web - 2026-Q1", "app - 2026-Q1", "shop 2026-Q2 - web", "both 2026-Q2 - web app"]);
        let later = "2026-Q2".parse().unwrap();
        for id in ["web", "app"] {
            assert_eq!(names(&settings, [settings.team_in(find(&settings, id), later)]), id);
        }
        let earlier = "2026-Q1".parse().unwrap();
        for id in ["shop", "both"] {
            assert_eq!(names(&settings, [settings.team_in(find(&settings, id), earlier)]), id);
        }
    }

    #[test]
    fn one_team_before_and_one_after_are_the_same_team() {
        let settings = teams(&["a - 2026-Q1", "b - 2026-Q1", "c 2026-Q2 - a", "d 2026-Q2 - a b", "e - -"]);
        let same = |id, before: &[&str], now: &[&str]| {
            let is_in = |ids: &[&str], team: TeamId| ids.contains(&settings.teams[team].id.as_str());
            let same = settings.same_before(find(&settings, id), |team| is_in(before, team), |team| is_in(now, team));
            same.map(|team| settings.teams[team].id.as_str())
        };
        assert_eq!(same("c", &["a"], &["c"]), Some("a"));
        assert_eq!(same("d", &["a", "b"], &["d"]), None, "two came together");
        assert_eq!(same("d", &["b"], &["c", "d"]), Some("b"), "c has nothing to do with b");
        assert_eq!(same("c", &["a"], &["c", "d"]), None, "one became two");
        assert_eq!(same("c", &["a", "b"], &["c"]), Some("a"), "b goes nowhere");
        assert_eq!(same("c", &[], &["c"]), None);
        // Without relations a team is always itself.
        assert_eq!(same("e", &[], &[]), Some("e"));
    }
}
