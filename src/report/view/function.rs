//! A Function in, its page out: its Categories' profile, its levels, and every control with every team's answer.

use serde::Serialize;

use super::drawing::title;
use super::figures::{Chip, Figures, Level};
use super::making::{self, Making};
use super::members::{self, Levels, Profile};
use super::{Link, Report};
use crate::base::number;
use crate::report::address::{Address, Drawing};
use crate::score::explain::Node;

/// The page of one Function.
#[derive(Debug, Serialize)]
pub(super) struct FunctionPage {
    id: String,
    title: String,
    purpose: String,
    figures: Figures,
    before: Option<Figures>,
    /// The teams, as heads of the columns.
    teams: Vec<Link>,
    categories: Vec<CategoryRow>,
    profile: Profile,
    levels: Levels,
    making: Making,
}

/// A Category and its controls.
#[derive(Debug, Serialize)]
pub(super) struct CategoryRow {
    id: String,
    title: String,
    purpose: String,
    figures: Figures,
    before: Option<Figures>,
    controls: Vec<ControlRow>,
}

/// A control and each team's answer in short.
#[derive(Debug, Serialize)]
pub(super) struct ControlRow {
    link: Link,
    figures: Figures,
    before: Option<Figures>,
    /// Whether it is a key control.
    key: bool,
    /// By team, in the order of the heads.
    answers: Vec<Chip>,
}

/// Makes the page of a Function of the main framework.
pub(super) fn view(report: Report<'_>, q: usize, function: usize) -> FunctionPage {
    let catalog = report.assessment.framework();
    let named = &catalog.functions[function];
    let tree = report.tree(q, 0);
    let before = q.checked_sub(1).map(|q| report.tree(q, 0));
    let path = Address::Function(q, function).path(report.assessment);
    let members = members::categories(catalog, function, tree, before, &path);
    let teams = 0..report.assessment.settings.teams.len();
    let categories = named.categories.clone();
    FunctionPage {
        id: named.id.clone(),
        title: named.title.clone(),
        purpose: named.purpose.clone(),
        figures: report.figures(&tree.functions[function]),
        before: before.map(|tree| report.figures(&tree.functions[function])),
        teams: teams.map(|team| report.team_link(q, team)).collect(),
        making: making::view(report, q, 0, None, Node::Function(function)),
        categories: categories.map(|category| category_row(report, q, 0, category)).collect(),
        profile: members::profile(report, &title(report, Drawing::Profile(Some(function))), "Category", &members),
        levels: members::levels(report, &title(report, Drawing::Levels(Some(function))), &members),
    }
}

/// A Category of any framework with its controls.
pub(super) fn category_row(report: Report<'_>, q: usize, framework: usize, category: usize) -> CategoryRow {
    let named = &report.assessment.frameworks[framework].categories[category];
    let figures = |q: usize| report.figures(&report.tree(q, framework).categories[category]);
    CategoryRow {
        id: named.id.clone(),
        title: named.title.clone(),
        purpose: named.purpose.clone(),
        figures: figures(q),
        before: q.checked_sub(1).map(figures),
        controls: named.controls.clone().map(|control| control_row(report, q, framework, control)).collect(),
    }
}

fn control_row(report: Report<'_>, q: usize, framework: usize, control: usize) -> ControlRow {
    let figures = |q: usize| report.figures(&report.tree(q, framework).controls[control]);
    let teams = 0..report.assessment.settings.teams.len();
    ControlRow {
        link: report.control_link(q, framework, control),
        figures: figures(q),
        before: q.checked_sub(1).map(figures),
        key: report.assessment.control(framework, control).rules.key,
        answers: teams.map(|team| cell(report, q, framework, control, team)).collect(),
    }
}

/// What one team answered, in short.
pub(super) fn cell(report: Report<'_>, q: usize, framework: usize, control: usize, team: usize) -> Chip {
    let quarter = report.quarter(q);
    if !report.assessment.is_asked(quarter.quarter, framework, control, team) {
        return Chip::not_asked();
    }
    let Some(level) = report.level(q, framework, control, team) else {
        return Chip::of_state(quarter.answer(framework, control, team));
    };
    let claimed = report.standing(q, framework, control, team).map(|standing| standing.claimed);
    let claimed = claimed.filter(|claimed| *claimed != level).map(number::Level::shown).unwrap_or_default();
    Chip::of(&Level::of(level, &report.assessment.settings.scale), claimed)
}
