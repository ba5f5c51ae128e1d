//! Figures in, tables for people and machines out: one file a format, all from the same rows.

pub mod change;
pub mod csv;
pub mod headline;
pub mod json;
pub mod table;

use crate::model::assessment::Assessment;
use crate::model::catalog::{Framework, Rank};
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

    /// The selected nodes as the catalog reads: the whole, then each Function before its Categories and each Category before its
    /// controls.
    pub fn nodes(&self) -> Vec<Node<'a>> {
        let catalog = self.catalog();
        let tree = self.tree;
        let mut nodes =
            vec![Node { rank: Rank::Overall, id: &catalog.id, title: &catalog.title, figures: &tree.overall }];
        for (f, function) in
            catalog.functions.iter().enumerate().filter(|(f, _)| self.function.is_none_or(|only| only == *f))
        {
            let figures = &tree.functions[f];
            nodes.push(Node { rank: Rank::Function, id: &function.id, title: &function.title, figures });
            for (c, category) in function.categories.clone().zip(&catalog.categories[function.categories.clone()]) {
                let figures = &tree.categories[c];
                nodes.push(Node { rank: Rank::Category, id: &category.id, title: &category.title, figures });
                let controls = catalog.controls[category.controls.clone()].iter();
                nodes.extend(controls.zip(&tree.controls[category.controls.clone()]).map(|(control, figures)| Node {
                    rank: Rank::Control,
                    id: &control.id,
                    title: &control.title,
                    figures,
                }));
            }
        }
        nodes
    }
}

/// A number of things, in words: `1 file`, `2 files`.
pub(crate) fn counted(count: usize, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
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
