//! Prints figures for people and machines: one file a format, all from the same rows.

pub mod change;
pub mod csv;
pub mod headline;
pub mod json;
pub mod table;

use crate::model::catalog::{Framework, Node};
use crate::model::ids::{ControlId, FrameworkId, FunctionId, TeamId};
use crate::model::settings::Team;
use crate::score::{Figures, ScoredQuarter, Tree};

/// What is exported: one framework in one quarter, for all teams or for one, whole or one Function of it.
#[derive(Clone, Copy, Debug)]
pub struct Selection<'a> {
    /// The quarter.
    pub quarter: ScoredQuarter<'a>,
    /// The framework.
    pub framework: FrameworkId,
    /// The team; all of them where `None`.
    pub team: Option<TeamId>,
    /// The Function; all of them where `None`.
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

    /// The selected team.
    pub fn only_team(&self) -> Option<&'a Team> {
        self.team.map(|team| &self.quarter.settings().teams[team])
    }

    /// Digits after the point at display.
    pub fn decimals(&self) -> u32 {
        self.quarter.settings().scoring.decimals
    }

    /// Whether a control belongs to the selection.
    pub fn holds(&self, control: ControlId) -> bool {
        self.function.is_none_or(|function| self.catalog().function_of(control) == function)
    }

    /// The selected nodes as the catalog reads: the whole, then each Function before its Categories and each Category before its
    /// controls.
    pub fn rows(&self) -> Vec<Row<'a>> {
        let (catalog, tree) = (self.catalog(), self.tree());
        let is_selected = |node: &Node| match (self.function, *node) {
            (None, _) | (_, Node::Framework(_)) => true,
            (Some(only), Node::Function(function)) => function == only,
            (Some(only), Node::Category(category)) => catalog.categories[category].function == only,
            (Some(_), Node::Control(control)) => self.holds(control),
        };
        let row = |node| Row { node, id: catalog.id_of(node), title: catalog.title_of(node), figures: &tree[node] };
        catalog.nodes().filter(is_selected).map(row).collect()
    }
}

/// A number of things, in words: `1 file`, `2 files`.
pub(crate) fn counted(count: usize, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}

/// One row: a node of the framework and its figures.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// The node.
    pub node: Node,
    /// Its id.
    pub id: &'a str,
    /// Its title.
    pub title: &'a str,
    /// Its figures.
    pub figures: &'a Figures,
}
