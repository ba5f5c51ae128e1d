//! Projects the scores if the open actions succeed. The usual scoring runs as if each action had reached its level.

use std::iter;

use jiff::civil::Date;

use crate::model::evidence::Answer;
use crate::model::ids::{AnswerId, FrameworkId};
use crate::model::plan::Action;
use crate::score::{CountAs, ScoredQuarter, Tree};

/// The figures if all actions due by a given day reach their level.
#[derive(Clone, Debug)]
pub struct Projection {
    /// The last due day that is included; `None` for all open actions, whatever their due day.
    pub by: Option<Date>,
    /// How many actions this projection includes.
    pub actions: usize,
    /// The main framework's figures.
    pub tree: Tree,
}

/// Projects the main framework of a quarter: to the end of each of the next four quarters by which more actions are due, and then
/// with all open actions.
pub fn project(quarter: ScoredQuarter<'_>) -> Vec<Projection> {
    let following = iter::successors(Some(quarter.name().next()), |quarter| Some(quarter.next())).take(4);
    let days = following.map(|quarter| Some(quarter.last_day())).chain([None]);
    let mut projections: Vec<Projection> = Vec::new();
    for by in days {
        let is_counted =
            |action: &&Action| action.answer.control.framework() == FrameworkId::MAIN && is_due(quarter, action, by);
        let actions = quarter.assessment.plan.actions.iter().filter(is_counted).count();
        if projections.last().map_or(0, |last| last.actions) == actions {
            continue;
        }
        let tree = quarter.what_if(FrameworkId::MAIN, |answer| raised(quarter, by, answer));
        projections.push(Projection { by, actions, tree });
    }
    projections
}

/// Whether an action is open when the quarter closes and, if `by` is given, due by that day. An action that speaks of another scale
/// says nothing about this one.
fn is_due(quarter: ScoredQuarter<'_>, action: &Action, by: Option<Date>) -> bool {
    let is_on_scale = quarter.settings().scale.holds(action.raises_to);
    is_on_scale && action.is_open_on(quarter.closes()) && by.is_none_or(|by| action.due <= by)
}

/// The answer at the highest level to which its open actions due by then raise it. An action never lowers a level, and never
/// makes a control applicable that is not.
fn raised(quarter: ScoredQuarter<'_>, by: Option<Date>, answer: AnswerId) -> CountAs {
    let actions = quarter.assessment.plan.actions.iter();
    let actions = actions.filter(|action| quarter.followed(action.answer) == answer && is_due(quarter, action, by));
    let applies = !quarter.answer(answer).is_some_and(Answer::is_not_applicable);
    let now = quarter.level(answer);
    match actions.map(|action| action.raises_to).max() {
        Some(level) if applies && now.is_none_or(|now| level > now) => CountAs::Level(level),
        _ => CountAs::Given,
    }
}
