//! The page of a framework other than the main one: its profile and all its controls.

use serde::Serialize;

use super::actions::{self, PlanView};
use super::calculation::{self, Calculation};
use super::figures::ShownFigures;
use super::function::{CategoryRow, ControlRow, category_row, direct_rows};
use super::parts::{self, Levels, PartsKind, PartsProfile};
use super::{Link, Report, gaps};
use crate::model::catalog::Node;
use crate::model::ids::{FrameworkId, FunctionId, QuarterId, TeamId};
use crate::report::address::{Address, Data};
use crate::score::gap;

/// The page of one such framework.
#[derive(Debug, Serialize)]
pub(super) struct FrameworkPage {
    id: String,
    title: String,
    source: String,
    purpose: String,
    /// Whether its figures are not combined over teams.
    team_level: bool,
    figures: ShownFigures,
    teams: Vec<Link>,
    /// Each team that is asked, with its own figures.
    by_team: Vec<TeamFigures>,
    calculation: Calculation,
    functions: Vec<FunctionChapter>,
    profile: PartsProfile,
    levels: Levels,
    gaps: Vec<gaps::GapRow>,
    /// The columns of the gap list that not every one has.
    gap_columns: Vec<&'static str>,
    /// The open actions and the exceptions for its controls.
    plan: PlanView,
    data: Vec<Link>,
    unscored: usize,
    /// Whether any target is set.
    targets: bool,
}

/// A team's figures: for the whole framework and for each Function.
#[derive(Debug, Serialize)]
pub(super) struct TeamFigures {
    team: Link,
    figures: ShownFigures,
    functions: Vec<ShownFigures>,
}

/// A Function of the framework.
#[derive(Debug, Serialize)]
pub(super) struct FunctionChapter {
    id: String,
    anchor: String,
    title: String,
    purpose: String,
    figures: ShownFigures,
    /// The controls that stand in no Category.
    controls: Vec<ControlRow>,
    categories: Vec<CategoryRow>,
}

/// Makes the page of a framework other than the main one.
pub(super) fn view(report: Report<'_>, q: QuarterId, framework: FrameworkId) -> FrameworkPage {
    let quarter = report.quarter(q);
    let catalog = quarter.framework(framework);
    let tree = quarter.tree(framework, None);
    let before = quarter.before_on_this_scale().map(|before| before.tree(framework, None));
    let path = Address::Framework(q, framework).path(report.assessment());
    let section = |function: FunctionId| format!("{path}#{}", catalog.functions[function].called.slug());
    let parts = parts::functions(catalog, tree, before, section);
    let ranked = gap::rank(catalog, tree);
    let chapter = |id: FunctionId| {
        let function = &catalog.functions[id];
        FunctionChapter {
            id: function.id.clone(),
            anchor: function.called.slug().to_owned(),
            title: function.title.clone(),
            purpose: function.purpose.clone(),
            figures: report.figures(q, &tree.functions[id]),
            controls: direct_rows(report, q, id),
            categories: function.categories.iter().map(|category| category_row(report, q, category)).collect(),
        }
    };
    let teams = quarter.teams_listed();
    FrameworkPage {
        id: catalog.id.clone(),
        title: catalog.title.clone(),
        source: catalog.source.clone(),
        purpose: catalog.purpose.clone(),
        team_level: catalog.team_level,
        by_team: teams.clone().filter_map(|team| team_row(report, q, framework, team)).collect(),
        calculation: calculation::view(report, q, None, Node::Framework(framework)),
        figures: report.figures(q, &tree.overall),
        teams: teams.map(|team| report.team_link(q, team)).collect(),
        functions: catalog.functions.ids().map(chapter).collect(),
        profile: parts::profile(
            report,
            q,
            &PartsKind::Functions.chart_title(report.strings(), &catalog.title),
            PartsKind::Functions,
            &parts,
        ),
        levels: parts::levels(report, q, &report.strings().say("levels.title_of", &[("name", &catalog.title)]), &parts),
        unscored: ranked.unscored.len(),
        targets: ranked.targets,
        gap_columns: gaps::columns(report, q, &["lowest"]),
        gaps: gaps::rows(report, q, &ranked, tree, usize::MAX),
        plan: actions::plan(report, q, None, |control| control.framework() == framework),
        data: Data::OF_FRAMEWORK.map(|data| data_link(report, Address::FrameworkData(q, framework, data))).into(),
    }
}

fn data_link(report: Report<'_>, address: Address) -> Link {
    let href = address.path(report.assessment());
    Link::new("", href.rsplit('/').next().unwrap_or_default(), href.clone())
}

/// The figures of a team; `None` if the framework asks the team nothing.
fn team_row(report: Report<'_>, q: QuarterId, framework: FrameworkId, team: TeamId) -> Option<TeamFigures> {
    let tree = report.quarter(q).tree(framework, Some(team));
    let counts = &tree.overall.counts;
    (counts.applicable() + counts.not_applicable > 0).then(|| TeamFigures {
        team: report.team_link(q, team),
        figures: report.figures(q, &tree.overall),
        functions: tree.functions.iter().map(|figures| report.figures(q, figures)).collect(),
    })
}
