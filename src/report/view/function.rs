//! The page of a Function: the profile of its Categories, its levels, and every control with every team's answer.

use serde::Serialize;

use super::actions::{self, PlanView};
use super::calculation::{self, Calculation};
use super::drawing::title;
use super::figures::{AnswerCell, ShownFigures};
use super::parts::{self, Levels, PartsProfile};
use super::{Link, Report};
use crate::model::catalog::Node;
use crate::model::ids::{AnswerId, CategoryId, ControlId, FrameworkId, FunctionId, QuarterId};
use crate::report::address::{Address, Drawing};
use crate::score::ScoredQuarter;

/// The page of one Function.
#[derive(Debug, Serialize)]
pub(super) struct FunctionPage {
    id: String,
    title: String,
    purpose: String,
    figures: ShownFigures,
    before: Option<ShownFigures>,
    /// The teams, as column headings.
    teams: Vec<Link>,
    /// The controls that stand in no Category.
    controls: Vec<ControlRow>,
    categories: Vec<CategoryRow>,
    profile: PartsProfile,
    levels: Levels,
    /// The open actions and the exceptions for its controls.
    plan: PlanView,
    calculation: Calculation,
}

/// A Category and its controls.
#[derive(Debug, Serialize)]
pub(super) struct CategoryRow {
    id: String,
    anchor: String,
    title: String,
    purpose: String,
    figures: ShownFigures,
    before: Option<ShownFigures>,
    /// Open actions, and exceptions that are in force; each leads to its row.
    plan: Vec<Link>,
    controls: Vec<ControlRow>,
}

/// A control and each team's answer in short form.
#[derive(Debug, Serialize)]
pub(super) struct ControlRow {
    link: Link,
    anchor: String,
    /// The id of the control that it is a sub-control of; empty if it is none.
    parent: String,
    figures: ShownFigures,
    before: Option<ShownFigures>,
    /// Whether it is a key control.
    key: bool,
    /// The answer of each team, in the order of the headings.
    answers: Vec<AnswerCell>,
}

/// Makes the page of a Function of the main framework.
pub(super) fn view(report: Report<'_>, q: QuarterId, function: FunctionId) -> FunctionPage {
    let quarter = report.quarter(q);
    let catalog = quarter.framework(FrameworkId::MAIN);
    let named = &catalog.functions[function];
    let now = quarter.tree(FrameworkId::MAIN, None);
    let before = quarter.before_on_this_scale().map(|before| before.tree(FrameworkId::MAIN, None));
    let path = Address::Function(q, function).path(report.assessment());
    let parts = parts::below(catalog, function, now, before, &path);
    let kind = parts::kind_below(catalog, function);
    let is_main = |control: ControlId| control.framework() == FrameworkId::MAIN;
    FunctionPage {
        id: named.id.clone(),
        title: named.title.clone(),
        purpose: named.purpose.clone(),
        figures: report.figures(q, &now.functions[function]),
        before: before.map(|tree| report.figures(q, &tree.functions[function])),
        teams: quarter.teams_listed().map(|team| report.team_link(q, team)).collect(),
        calculation: calculation::view(report, q, None, Node::Function(function)),
        plan: actions::plan(report, q, None, |control| is_main(control) && catalog.function_of(control) == function),
        controls: direct_rows(report, q, function),
        categories: named.categories.iter().map(|category| category_row(report, q, category)).collect(),
        profile: parts::profile(report, q, &title(report, Drawing::Profile(Some(function))), kind, &parts),
        levels: parts::levels(report, q, &title(report, Drawing::Levels(Some(function))), &parts),
    }
}

/// The controls of a Function of any framework that stand in no Category.
pub(super) fn direct_rows(report: Report<'_>, q: QuarterId, function: FunctionId) -> Vec<ControlRow> {
    let catalog = report.quarter(q).framework(function.framework());
    catalog.direct_controls(function).map(|control| control_row(report, q, control)).collect()
}

/// A Category of any framework with its controls.
pub(super) fn category_row(report: Report<'_>, q: QuarterId, category: CategoryId) -> CategoryRow {
    let quarter = report.quarter(q);
    let catalog = quarter.framework(category.framework());
    let named = &catalog.categories[category];
    let is_here =
        |control: ControlId| control.framework() == catalog.at && catalog.category_of(control) == Some(category);
    let figures =
        |quarter: ScoredQuarter<'_>| report.figures(quarter.id, quarter.figures(Node::Category(category), None));
    CategoryRow {
        id: named.id.clone(),
        anchor: named.called.slug().to_owned(),
        title: named.title.clone(),
        purpose: named.purpose.clone(),
        figures: figures(quarter),
        before: quarter.before_on_this_scale().map(figures),
        plan: actions::in_short(report, q, is_here).concat(),
        controls: named.controls.iter().map(|control| control_row(report, q, control)).collect(),
    }
}

fn control_row(report: Report<'_>, q: QuarterId, control: ControlId) -> ControlRow {
    let quarter = report.quarter(q);
    let catalog = quarter.framework(control.framework());
    let named = &catalog.controls[control];
    let figures =
        |quarter: ScoredQuarter<'_>| report.figures(quarter.id, quarter.figures(Node::Control(control), None));
    ControlRow {
        // The page is about one framework, so the id is enough.
        link: Link { id: named.id.clone(), ..report.control_link(q, control) },
        anchor: named.called.slug().to_owned(),
        parent: catalog.parent_of(control).map(|parent| catalog.controls[parent].id.clone()).unwrap_or_default(),
        figures: figures(quarter),
        before: quarter.before_on_this_scale().map(figures),
        key: named.rules.key,
        answers: quarter.teams_listed().map(|team| cell(report, quarter, control.of(team))).collect(),
    }
}

/// One team's answer, in short form.
pub(super) fn cell(report: Report<'_>, quarter: ScoredQuarter<'_>, id: AnswerId) -> AnswerCell {
    if !quarter.is_listed(id) {
        return AnswerCell::not_asked(report.strings());
    }
    let Some(level) = quarter.level(id) else { return AnswerCell::of_state(report.strings(), quarter.answer(id)) };
    let claimed = quarter.levels(id).map(|levels| levels.claimed);
    let claimed =
        claimed.filter(|claimed| *claimed != level).map(|claimed| report.strings().level(claimed)).unwrap_or_default();
    AnswerCell::of(&report.level(quarter.id, level), claimed)
}
