//! Says which edit of a catalog keeps sealed figures from being made again, and what to write instead.

use std::collections::{BTreeMap, BTreeSet};

use super::sealing::{Difference, SealVerdict, verify};
use crate::base::layout::CONFIG;
use crate::base::quarter::Quarter;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::assessment::Assessment;
use crate::model::seal::{SealedNode, SealedPart};
use crate::score::Scored;

/// An edit of a catalog, or of `frameworks`, that reaches a sealed quarter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CatalogEdit {
    /// A framework is not in use any more.
    FrameworkGone(String),
    /// A control of a framework is gone.
    ControlGone {
        /// The framework's id.
        framework: String,
        /// The control's id.
        id: String,
    },
    /// A control of a framework is new, and in force in the sealed quarter.
    ControlNew {
        /// The framework's id.
        framework: String,
        /// The control's id.
        id: String,
    },
    /// A control of a framework is not in force in the sealed quarter any more.
    ControlOutOfTime {
        /// The framework's id.
        framework: String,
        /// The control's id.
        id: String,
    },
    /// A framework's controls are the same, and another rule of theirs is not.
    Ruled {
        /// The framework's id.
        framework: String,
        /// The first control with other figures; empty where only means above differ.
        control: String,
        /// The file that changed.
        path: String,
    },
}

impl CatalogEdit {
    /// The edits that keep a quarter's figures from being made again.
    pub fn all(verdict: &SealVerdict<'_>) -> Vec<Self> {
        let differ = verdict.figures.as_ref().map(|compared| compared.differ.as_slice()).unwrap_or_default();
        let differ = differ.iter().filter(|difference| difference.node.part != SealedPart::Teams);
        let mut frameworks: BTreeMap<&str, Vec<&Difference>> = BTreeMap::new();
        for difference in differ {
            frameworks.entry(&difference.node.framework).or_default().push(difference);
        }
        frameworks.into_iter().flat_map(|(framework, differ)| Self::of_framework(verdict, framework, &differ)).collect()
    }

    fn of_framework(verdict: &SealVerdict<'_>, framework: &str, differ: &[&Difference]) -> Vec<Self> {
        if differ.iter().any(|difference| difference.node.part == SealedPart::Overall && difference.is_gone()) {
            return vec![Self::FrameworkGone(framework.to_owned())];
        }
        let framework = framework.to_owned();
        let controls = || differ.iter().filter(|difference| difference.node.part == SealedPart::Controls);
        let is_otherwise_caused = !verdict.sealed.rules.is_empty() || verdict.touched().next().is_some();
        let edit = |difference: &&Difference| {
            let (framework, SealedNode { id, .. }) = (framework.clone(), difference.node.clone());
            match difference {
                gone if gone.is_gone() => Some(Self::ControlGone { framework, id }),
                new if new.is_new() => Some(Self::ControlNew { framework, id }),
                out if out.applies_no_more() && !is_otherwise_caused => Some(Self::ControlOutOfTime { framework, id }),
                _ => None,
            }
        };
        let edits: Vec<Self> = controls().filter_map(edit).collect();
        let path = verdict.policy().map(|change| change.path.as_str()).find(|path| is_of(path, &framework));
        match path.filter(|_| edits.is_empty() && !is_otherwise_caused) {
            None => edits,
            Some(path) => {
                let control = controls().next().map(|difference| difference.node.id.clone()).unwrap_or_default();
                vec![Self::Ruled { framework: framework.clone(), control, path: path.to_owned() }]
            }
        }
    }

    /// What happened, as a sentence without a full stop.
    pub fn told(&self) -> String {
        match self {
            Self::FrameworkGone(framework) => format!("`{framework}` is not in `frameworks` any more"),
            Self::ControlGone { framework, id } => format!("the catalog `{framework}` has no `{id}` any more"),
            Self::ControlNew { framework, id } => format!("`{id}` is new in the catalog `{framework}`"),
            Self::ControlOutOfTime { framework, id } => format!("`{id}` has another time in the catalog `{framework}`"),
            Self::Ruled { framework, .. } => format!("rules of controls changed in the catalog `{framework}`"),
        }
    }

    /// What to write instead, where `last` is the last sealed quarter.
    pub fn instead(&self, last: Quarter) -> String {
        let next = last.next();
        match self {
            Self::FrameworkGone(framework) => {
                format!("keep \"{framework}\" in `frameworks`, and end its controls in its catalog: until = \"{last}\"")
            }
            Self::ControlGone { id, .. } => format!("bring `{id}` back to the catalog, and end it: until = \"{last}\""),
            Self::ControlNew { id, .. } => format!("give `{id}` its first quarter: since = \"{next}\""),
            Self::ControlOutOfTime { id, .. } => {
                format!("let `since` and `until` of `{id}` hold every closed quarter in which it was asked")
            }
            Self::Ruled { control, .. } => {
                let control = if control.is_empty() { "ID" } else { control };
                format!(
                    "give the catalog its old `weight`, `max_age`, `needs`, `teams`, `key` and criteria again: git knows \
                     them; write what is new in milepost.toml, as in [since.\"{next}\"] controls.\"{control}\".weight = 2"
                )
            }
        }
    }

    /// Where it was made, as far as this is known.
    fn place(&self, assessment: &Assessment) -> Place {
        let framework = match self {
            Self::FrameworkGone(_) => return Place::file(CONFIG),
            Self::Ruled { path, .. } => return Place::file(path),
            Self::ControlGone { framework, .. }
            | Self::ControlNew { framework, .. }
            | Self::ControlOutOfTime { framework, .. } => framework,
        };
        let files = assessment.policy.files();
        let file = files.iter().find(|file| is_of(&file.path, framework));
        Place::file(file.map_or(CONFIG, |file| &file.path))
    }
}

/// Whether the file at `path` is one of this framework.
fn is_of(path: &str, framework: &str) -> bool {
    path.contains(&format!("/{framework}/"))
}

/// A warning for each edit of a catalog that keeps figures of sealed quarters from being made again.
pub fn diagnostics(scored: &Scored) -> Vec<Diagnostic> {
    let assessment = &scored.assessment;
    let mut edits: BTreeMap<CatalogEdit, (BTreeSet<Quarter>, String)> = BTreeMap::new();
    for sealed in assessment.quarters.iter().filter_map(|quarter| quarter.seal.as_ref()) {
        let verdict = verify(sealed, Some(scored));
        for edit in CatalogEdit::all(&verdict) {
            let instead = edit.instead(verdict.last);
            edits.entry(edit).or_insert_with(|| (BTreeSet::new(), instead)).0.insert(sealed.quarter);
        }
    }
    let warning = |(edit, (quarters, instead)): (CatalogEdit, (BTreeSet<Quarter>, String))| {
        let quarters: Vec<String> = quarters.iter().map(Quarter::to_string).collect();
        let message = format!("{}, and sealed figures of {} are not the same now", edit.told(), quarters.join(", "));
        let warning = Diagnostic::new(Code::SealedFiguresChanged, edit.place(assessment), message);
        warning.help(instead).help("`milepost verify` shows each figure that differs")
    };
    edits.into_iter().map(warning).collect()
}
