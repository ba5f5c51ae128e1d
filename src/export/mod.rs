//! Prints figures for people and machines: one file for each format, all from the same rows.

pub mod actions;
pub mod change;
pub mod crosswalk;
pub mod csv;
pub mod gate;
pub mod headline;
pub mod json;
pub mod long;
pub mod oscal;
pub mod staircase;
pub mod table;
pub mod todo;

use crate::model::catalog::{Framework, Node};
use crate::model::ids::{ControlId, FrameworkId, FunctionId, TeamId};
use crate::model::settings::Team;
use crate::score::{Figures, ScoredQuarter, Tree};

/// What to export: one framework in one quarter, for all teams or one team, as a whole or for one Function.
#[derive(Clone, Copy, Debug)]
pub struct Selection<'a> {
    /// The quarter.
    pub quarter: ScoredQuarter<'a>,
    /// The framework.
    pub framework: FrameworkId,
    /// The team; `None` for all teams.
    pub team: Option<TeamId>,
    /// The Function; `None` for all Functions.
    pub function: Option<FunctionId>,
}

impl<'a> Selection<'a> {
    /// The framework itself.
    pub fn catalog(&self) -> &'a Framework {
        self.quarter.framework(self.framework)
    }

    /// The figures of that framework, quarter and team.
    pub fn tree(&self) -> &'a Tree {
        self.quarter.tree(self.framework, self.team)
    }

    /// The selected team; `None` if all teams are selected.
    pub fn only_team(&self) -> Option<&'a Team> {
        self.team.map(|team| &self.quarter.settings().teams[team])
    }

    /// Digits after the decimal point in printed scores.
    pub fn decimals(&self) -> u32 {
        self.quarter.settings().scoring.decimals
    }

    /// Whether a control belongs to the selection.
    pub fn holds(&self, control: ControlId) -> bool {
        self.function.is_none_or(|function| self.catalog().function_of(control) == function)
    }

    /// The selected nodes in the order of the catalog: the whole, then each Function before its Categories and each Category
    /// before its controls.
    pub fn rows(&self) -> Vec<ScoreRow<'a>> {
        let (catalog, tree) = (self.catalog(), self.tree());
        let is_selected = |node: &Node| match (self.function, *node) {
            (None, _) | (_, Node::Framework(_)) => true,
            (Some(only), Node::Function(function)) => function == only,
            (Some(only), Node::Category(category)) => catalog.categories[category].function == only,
            (Some(_), Node::Control(control)) => self.holds(control),
        };
        let row =
            |node| ScoreRow { node, id: catalog.id_of(node), title: catalog.title_of(node), figures: &tree[node] };
        catalog.nodes().filter(is_selected).map(row).collect()
    }
}

/// One row: a node of the framework and its figures.
#[derive(Clone, Copy, Debug)]
pub struct ScoreRow<'a> {
    /// The node in the framework.
    pub node: Node,
    /// The id of the node.
    pub id: &'a str,
    /// The title of the node.
    pub title: &'a str,
    /// The figures of the node.
    pub figures: &'a Figures,
}
