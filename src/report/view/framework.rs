//! A framework beside the main one in, its page out: its profile and all its controls on one page.

use serde::Serialize;

use super::figures::Figures;
use super::function::{CategoryRow, category_row};
use super::making::{self, Making};
use super::members::{self, Levels, Profile};
use super::{Link, Report, gaps};
use crate::report::address::Address;
use crate::score::explain::Node;
use crate::score::gap;

/// The page of one further framework.
#[derive(Debug, Serialize)]
pub(super) struct FrameworkPage {
    id: String,
    title: String,
    source: String,
    purpose: String,
    /// Its figures are not joined over teams.
    team_level: bool,
    figures: Figures,
    teams: Vec<Link>,
    /// Each team that is asked, with its own figures.
    by_team: Vec<TeamRow>,
    making: Making,
    functions: Vec<Chapter>,
    profile: Profile,
    levels: Levels,
    gaps: Vec<gaps::GapRow>,
    unscored: usize,
    /// Whether any target is set.
    targets: bool,
}

/// A team's figures, of the whole and of each Function.
#[derive(Debug, Serialize)]
pub(super) struct TeamRow {
    team: Link,
    figures: Figures,
    functions: Vec<Figures>,
}

/// A Function of it.
#[derive(Debug, Serialize)]
pub(super) struct Chapter {
    id: String,
    title: String,
    purpose: String,
    figures: Figures,
    categories: Vec<CategoryRow>,
}

/// Makes the page of a further framework.
pub(super) fn view(report: Report<'_>, q: usize, framework: usize) -> FrameworkPage {
    let catalog = &report.assessment.frameworks[framework];
    let tree = report.tree(q, framework);
    let before = q.checked_sub(1).map(|q| report.tree(q, framework));
    let path = Address::Framework(q, framework).path(report.assessment);
    let members = members::functions(catalog, tree, before, |index| format!("{path}#{}", catalog.functions[index].id));
    let ranked = gap::rank(catalog, tree);
    let chapter = |(index, function): (usize, &crate::model::catalog::Function)| Chapter {
        id: function.id.clone(),
        title: function.title.clone(),
        purpose: function.purpose.clone(),
        figures: report.figures(&tree.functions[index]),
        categories: function.categories.clone().map(|category| category_row(report, q, framework, category)).collect(),
    };
    FrameworkPage {
        id: catalog.id.clone(),
        title: catalog.title.clone(),
        source: catalog.source.clone(),
        purpose: catalog.purpose.clone(),
        team_level: catalog.team_level,
        by_team: (0..report.assessment.settings.teams.len())
            .filter_map(|team| team_row(report, q, framework, team))
            .collect(),
        making: making::view(report, q, framework, None, Node::Overall),
        figures: report.figures(&tree.overall),
        teams: (0..report.assessment.settings.teams.len()).map(|team| report.team_link(q, team)).collect(),
        functions: catalog.functions.iter().enumerate().map(chapter).collect(),
        profile: members::profile(report, &format!("{}: score by Function", catalog.title), "Function", &members),
        levels: members::levels(report, &format!("{}: answers by level", catalog.title), &members),
        unscored: ranked.unscored.len(),
        targets: ranked.targets,
        gaps: gaps::rows(report, q, framework, &ranked, tree, usize::MAX),
    }
}

/// The figures of a team that is asked anything of the framework.
fn team_row(report: Report<'_>, q: usize, framework: usize, team: usize) -> Option<TeamRow> {
    let tree = report.team_tree(q, team, framework);
    let counts = &tree.overall.counts;
    (counts.applicable() + counts.not_applicable > 0).then(|| TeamRow {
        team: report.team_link(q, team),
        figures: report.figures(&tree.overall),
        functions: tree.functions.iter().map(|figures| report.figures(figures)).collect(),
    })
}
