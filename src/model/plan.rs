//! Planned work on gaps, and gaps that are accepted for a time: the content of `actions.toml`, as of the end of any quarter.

use jiff::civil::Date;

use crate::base::number::Level;
use crate::base::place::Origin;
use crate::model::ids::{AnswerId, ControlId, TeamId};
use crate::model::profile::RiskRef;

/// The content of the workspace's `actions.toml`, in the file's order. It is not tied to one quarter.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Planned work on gaps.
    pub actions: Vec<Action>,
    /// Accepted gaps.
    pub exceptions: Vec<Exception>,
}

/// A piece of work on a gap, with an owner and a due day.
#[derive(Clone, Debug)]
pub struct Action {
    /// The action's id, unique in the file.
    pub id: String,
    /// The answer that the action is meant to raise.
    pub answer: AnswerId,
    /// What is to be done.
    pub title: String,
    /// Who does it, in words; no team. May be empty.
    pub owner: String,
    /// The effort in the file's own words, for example `10 days`; may be empty.
    pub effort: String,
    /// The day on which the action was opened; `None` if it counts as always known.
    pub opened: Option<Date>,
    /// The day by which the action is to be done.
    pub due: Date,
    /// The latest status.
    pub status: Status,
    /// The level to which the action raises the team's answer.
    pub raises_to: Level,
    /// The risks that it is for.
    pub risks: Vec<RiskRef>,
    /// Where it is written.
    pub origin: Origin,
}

/// The status of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nobody has started.
    Open,
    /// Work is under way.
    Started,
    /// Completed on this day.
    Done(Date),
    /// Abandoned on this day.
    Dropped(Date),
}

impl Status {
    /// All status words of `actions.toml`.
    pub const NAMES: [&str; 4] = ["open", "started", "done", "dropped"];

    /// The word for the status.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Started => "started",
            Self::Done(_) => "done",
            Self::Dropped(_) => "dropped",
        }
    }
}

impl Action {
    /// Whether the action already existed on `day`.
    pub fn was_known(&self, day: Date) -> bool {
        self.opened.is_none_or(|opened| opened <= day)
    }

    /// The status on `day`. An action that was closed later was still under way.
    pub fn status_on(&self, day: Date) -> Status {
        match self.status {
            Status::Done(closed) | Status::Dropped(closed) if closed > day => Status::Started,
            status => status,
        }
    }

    /// Whether there was still work to do on `day`.
    pub fn is_open_on(&self, day: Date) -> bool {
        self.was_known(day) && matches!(self.status_on(day), Status::Open | Status::Started)
    }

    /// The action in short, as of `day`: `A-014 due 2026-12-31`.
    pub fn in_short(&self, day: Date) -> String {
        let overdue = if self.is_overdue_on(day) { ", overdue" } else { "" };
        format!("{} due {}{overdue}", self.id, self.due)
    }

    /// Whether the action was due before `day` and was still open on `day`.
    pub fn is_overdue_on(&self, day: Date) -> bool {
        self.is_open_on(day) && self.due < day
    }
}

/// A gap that is accepted until a given day.
#[derive(Clone, Debug)]
pub struct Exception {
    /// The exception's id, unique in the file.
    pub id: String,
    /// The control whose gap is accepted.
    pub control: ControlId,
    /// The team for which the gap is accepted; `None` for all teams.
    pub team: Option<TeamId>,
    /// Why the gap is accepted.
    pub reason: String,
    /// The role that accepted it.
    pub approved_by: String,
    /// The day on which the gap was accepted; `None` if it counts as always known.
    pub since: Option<Date>,
    /// The last day on which the exception holds.
    pub expires: Date,
    /// The risks that it is about.
    pub risks: Vec<RiskRef>,
    /// Where it is written.
    pub origin: Origin,
}

impl Exception {
    /// The exception in short: `X-02 accepted until 2027-03-31`.
    pub fn in_short(&self) -> String {
        format!("{} accepted until {}", self.id, self.expires)
    }

    /// Whether the exception already existed on `day`.
    pub fn was_known(&self, day: Date) -> bool {
        self.since.is_none_or(|since| since <= day)
    }

    /// Whether the exception had expired by `day`.
    pub fn is_expired_on(&self, day: Date) -> bool {
        self.was_known(day) && self.expires < day
    }

    /// Whether the exception was in force on `day`.
    pub fn holds_on(&self, day: Date) -> bool {
        self.was_known(day) && day <= self.expires
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::place::Place;
    use crate::model::assessment::tests::framework;
    use crate::model::settings::tests::settings;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn answer() -> AnswerId {
        let control = framework("own", &[("A.X-1", 1)]).controls.first_id().unwrap();
        control.of(settings(&[("deck", 1)]).teams.first_id().unwrap())
    }

    fn action(status: Status) -> Action {
        Action {
            id: "A-1".to_owned(),
            answer: answer(),
            title: String::new(),
            owner: String::new(),
            effort: String::new(),
            opened: Some(day("2026-02-01")),
            due: day("2026-05-31"),
            status,
            raises_to: Level::from_millionths(0),
            risks: Vec::new(),
            origin: Origin { place: Place::file("content/actions.toml"), line: 1 },
        }
    }

    #[test]
    fn an_action_stands_in_each_quarter_as_it_stood_then() {
        let done = action(Status::Done(day("2026-07-08")));
        assert!(!done.was_known(day("2025-12-31")));
        assert!(done.is_open_on(day("2026-03-31")) && !done.is_overdue_on(day("2026-03-31")));
        assert!(done.is_overdue_on(day("2026-06-30")));
        assert!(!done.is_open_on(day("2026-09-30")) && !done.is_overdue_on(day("2026-09-30")));
        assert_eq!(done.status_on(day("2026-06-30")), Status::Started);
        assert!(action(Status::Open).is_overdue_on(day("2026-06-01")));
        assert!(!action(Status::Open).is_overdue_on(day("2026-05-31")));
    }

    #[test]
    fn an_exception_holds_to_its_last_day() {
        let exception = Exception {
            id: "E-1".to_owned(),
            control: answer().control,
            team: None,
            reason: String::new(),
            approved_by: String::new(),
            since: Some(day("2026-04-01")),
            expires: day("2026-09-30"),
            risks: Vec::new(),
            origin: Origin { place: Place::file("content/actions.toml"), line: 1 },
        };
        assert!(!exception.holds_on(day("2026-03-31")) && !exception.is_expired_on(day("2026-03-31")));
        assert!(exception.holds_on(day("2026-09-30")) && !exception.is_expired_on(day("2026-09-30")));
        assert!(exception.is_expired_on(day("2026-10-01")) && !exception.holds_on(day("2026-10-01")));
    }
}
