//! The open actions in, what they would lift each score to out: by the same engine, as if each had reached its level.

use jiff::civil::Date;

use crate::model::assessment::Assessment;
use crate::model::evidence::State;
use crate::model::settings::Settings;
use crate::score::{Asked, Instead, Scorecard, Tree, what_if};

/// The figures as they would be with the actions that are due by a day.
#[derive(Clone, Debug)]
pub struct Projection {
    /// The day; `None` for all open actions, whenever they are due.
    pub by: Option<Date>,
    /// How many actions count for it.
    pub actions: usize,
    /// The main framework's figures.
    pub tree: Tree,
}

/// Projects the main framework of a quarter: by the end of each of the four quarters that follow, as far as something more is due
/// by then, and with all open actions.
pub fn project(assessment: &Assessment, scorecard: &Scorecard, quarter: usize) -> Vec<Projection> {
    let closes = assessment.quarters[quarter].closes;
    let mut days: Vec<Option<Date>> = Vec::new();
    let mut next = assessment.quarters[quarter].quarter;
    for _ in 0..4 {
        next = next.next();
        days.push(Some(next.last_day()));
    }
    days.push(None);
    let mut projections: Vec<Projection> = Vec::new();
    for by in days {
        let due = |due: Date| by.is_none_or(|by| due <= by);
        let counted = assessment.plan.actions.iter().filter(|action| action.control.0 == 0);
        let counted = counted.filter(|action| action.is_open_on(closes) && due(action.due)).count();
        if projections.last().map_or(0, |last| last.actions) == counted {
            continue;
        }
        let tree = what_if(assessment, scorecard, quarter, 0, |asked| raised(assessment, quarter, by, asked));
        projections.push(Projection { by, actions: counted, tree });
    }
    projections
}

/// An answer with the highest level to which its open actions due by then raise it. No action lowers one, or makes apply what
/// does not.
fn raised(assessment: &Assessment, quarter: usize, by: Option<Date>, asked: Asked<'_>) -> Instead {
    let Settings { scoring, .. } = &assessment.settings;
    let closes = assessment.quarters[quarter].closes;
    let actions = assessment.plan.actions.iter().filter(|action| {
        action.control == (0, asked.control)
            && action.team == asked.team
            && action.is_open_on(closes)
            && by.is_none_or(|by| action.due <= by)
    });
    let applies = !matches!(asked.state, Some(State::NotApplicable { .. }));
    let now = asked.standing.map(|standing| standing.score(scoring.score));
    match actions.map(|action| action.raises_to).max() {
        Some(level) if applies && now.is_none_or(|now| level > now) => Instead::Level(level),
        _ => Instead::Given,
    }
}
