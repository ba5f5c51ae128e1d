//! Figures in, tables for people and machines out: one file a format, all from the same rows.

pub mod csv;
pub mod json;
pub mod table;

use crate::assessment::Assessment;
use crate::catalog::Framework;
use crate::score::{Figures, Tree};

/// What is exported: one framework in one quarter, for all teams or for one, whole or one Function of it.
#[derive(Clone, Copy, Debug)]
pub struct Selection<'a> {
    /// The workspace.
    pub assessment: &'a Assessment,
    /// The quarter, an index of [`Assessment::quarters`].
    pub quarter: usize,
    /// The framework, an index of [`Assessment::frameworks`].
    pub framework: usize,
    /// The team, an index of the settings' teams; all of them where `None`.
    pub team: Option<usize>,
    /// The Function, an index of [`Framework::functions`]; all of them where `None`.
    pub function: Option<usize>,
    /// The figures of that framework, quarter and team.
    pub tree: &'a Tree,
}

impl<'a> Selection<'a> {
    /// The framework itself.
    pub fn catalog(&self) -> &'a Framework {
        &self.assessment.frameworks[self.framework]
    }

    /// The name of the selected quarter.
    pub fn quarter_name(&self) -> String {
        self.assessment.quarters[self.quarter].quarter.to_string()
    }

    /// Digits after the point at display.
    pub fn decimals(&self) -> u32 {
        self.assessment.settings.scoring.decimals
    }

    /// Whether a control belongs to the selection.
    pub fn holds(&self, control: usize) -> bool {
        self.function.is_none_or(|function| self.catalog().controls_of(function).contains(&control))
    }

    /// A node's place in the catalog read from top to bottom, each parent before its children.
    pub fn order(&self, node: &Node<'_>) -> (usize, usize, usize) {
        let catalog = self.catalog();
        let category = |id: &str| catalog.categories.iter().position(|category| category.id == id).unwrap_or_default();
        match node.rank {
            Rank::Overall => (0, 0, 0),
            Rank::Function => {
                let function = catalog.functions.iter().find(|function| function.id == node.id);
                (function.map_or(0, |function| function.categories.start) + 1, 0, 0)
            }
            Rank::Category => (category(node.id) + 1, 1, 0),
            Rank::Control => {
                let control = catalog.controls.iter().position(|control| control.id == node.id).unwrap_or_default();
                (catalog.controls[control].category + 1, 1, control + 1)
            }
        }
    }

    /// The selected nodes from the whole framework down to its controls, rank by rank.
    pub fn nodes(&self) -> Vec<Node<'a>> {
        let catalog = self.catalog();
        let tree = self.tree;
        let selected = |function: usize| self.function.is_none_or(|only| only == function);
        let node = |rank, id: &'a str, title: &'a str, figures| Node { rank, id, title, figures };
        let overall = node(Rank::Overall, &catalog.id, &catalog.title, &tree.overall);
        let functions = catalog.functions.iter().zip(&tree.functions).enumerate();
        let functions = functions.filter(|(index, _)| selected(*index));
        let functions =
            functions.map(|(_, (function, figures))| node(Rank::Function, &function.id, &function.title, figures));
        let categories =
            catalog.categories.iter().zip(&tree.categories).filter(|(category, _)| selected(category.function));
        let categories =
            categories.map(|(category, figures)| node(Rank::Category, &category.id, &category.title, figures));
        let controls = catalog.controls.iter().zip(&tree.controls).enumerate().filter(|(index, _)| self.holds(*index));
        let controls =
            controls.map(|(_, (control, figures))| node(Rank::Control, &control.id, &control.title, figures));
        std::iter::once(overall).chain(functions).chain(categories).chain(controls).collect()
    }
}

/// One row: a node of the framework and its figures.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    /// Its rank.
    pub rank: Rank,
    /// Its id.
    pub id: &'a str,
    /// Its title.
    pub title: &'a str,
    /// Its figures.
    pub figures: &'a Figures,
}

/// The ranks of a framework.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    /// The whole framework.
    Overall,
    /// A Function.
    Function,
    /// A Category.
    Category,
    /// A control.
    Control,
}

impl Rank {
    /// The word for it in exports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Overall => "overall",
            Self::Function => "function",
            Self::Category => "category",
            Self::Control => "control",
        }
    }
}
