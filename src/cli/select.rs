//! The shared arguments that select a part of a workspace: `--quarter`, `--team`, `--function` and `--framework`.

use super::source::SourceArg;
use crate::border::Shown;
use crate::diagnostic::nearest;
use crate::export::Selection;
use crate::model::assessment::{Assessment, InQuarter};
use crate::model::catalog::{Function, Node};
use crate::model::ids::{FrameworkId, FunctionId, Position, QuarterId, Table, TeamId};
use crate::score::Scored;

/// `--quarter`.
#[derive(Debug, clap::Args)]
pub(super) struct QuarterArg {
    /// The quarter, as in 2026-Q3; the newest by default.
    #[arg(long, value_name = "QUARTER")]
    quarter: Option<String>,
}

/// `--team`.
#[derive(Debug, clap::Args)]
pub(super) struct TeamArg {
    /// One team alone, by its id; all teams together by default.
    #[arg(long, value_name = "ID")]
    team: Option<String>,
}

/// `--function`.
#[derive(Debug, clap::Args)]
pub(super) struct FunctionArg {
    /// One Function alone, by its id or title, or as in csf-1.1:ID where two frameworks have it, down to its controls.
    #[arg(long, value_name = "ID")]
    function: Option<String>,
}

/// `--framework`.
#[derive(Debug, clap::Args)]
pub(super) struct FrameworkArg {
    /// The framework, by its id; the report's main one by default.
    #[arg(long, value_name = "ID")]
    framework: Option<String>,
}

/// What to show of the workspace.
#[derive(Debug, clap::Args)]
pub(super) struct Selector {
    #[command(flatten)]
    quarter: QuarterArg,
    #[command(flatten)]
    team: TeamArg,
    #[command(flatten)]
    function: FunctionArg,
    #[command(flatten)]
    framework: FrameworkArg,
    /// Which state of the workspace that is.
    #[command(flatten)]
    pub(super) source: SourceArg,
}

impl QuarterArg {
    /// The quarter that is asked for.
    ///
    /// # Errors
    /// A line that says which name is not there, and which are.
    pub(super) fn find(&self, assessment: &Assessment) -> Result<QuarterId, Shown> {
        Ok(self.named(assessment)?.unwrap_or(assessment.newest()))
    }

    /// The quarter that is named, if one is.
    pub(super) fn named(&self, assessment: &Assessment) -> Result<Option<QuarterId>, Shown> {
        self.quarter.as_deref().map(|name| quarter(assessment, name)).transpose()
    }
}

/// The quarter with this name.
pub(super) fn quarter(assessment: &Assessment, name: &str) -> Result<QuarterId, Shown> {
    row("quarter", name, &assessment.quarters, |answers| answers.quarter.to_string())
}

impl TeamArg {
    /// The team that is asked for, if one is.
    pub(super) fn find(&self, assessment: &Assessment) -> Result<Option<TeamId>, Shown> {
        self.team.as_deref().map(|id| team(assessment, id)).transpose()
    }
}

/// The team with this id.
pub(super) fn team(assessment: &Assessment, id: &str) -> Result<TeamId, Shown> {
    row("team", id, &assessment.settings.teams, |team| team.id.clone())
}

impl FrameworkArg {
    /// The framework that is named, if one is.
    pub(super) fn named(&self, assessment: &Assessment) -> Result<Option<FrameworkId>, Shown> {
        let find = |id: &str| row("framework", id, &assessment.frameworks, |framework| framework.id.clone());
        self.framework.as_deref().map(find).transpose()
    }

    /// The framework that is asked for, by default the main one of the quarter.
    pub(super) fn find(&self, quarter: InQuarter<'_>) -> Result<FrameworkId, Shown> {
        Ok(self.named(quarter.assessment)?.unwrap_or_else(|| quarter.main()))
    }
}

impl FunctionArg {
    /// The Function that is asked for in the quarter, if one is: of `framework`, or of any framework if none is named.
    pub(super) fn find(
        &self,
        quarter: InQuarter<'_>,
        framework: Option<FrameworkId>,
    ) -> Result<Option<FunctionId>, Shown> {
        let Some(wanted) = &self.function else { return Ok(None) };
        let frameworks = quarter.assessment.frameworks.iter();
        let frameworks = frameworks.filter(|one| framework.is_none_or(|only| only == one.at));
        let mut functions: Vec<(FunctionId, &Function)> = frameworks.flat_map(|one| one.functions.entries()).collect();
        // Of two editions with the same id, the one that is in force is meant.
        functions.sort_by_key(|(at, _)| !quarter.has_in_force(Node::Function(*at)));
        let functions = || functions.iter().copied();
        // The names stand first, so that an id is found where a title is the same. In a framework that is named, the id alone is
        // a name too.
        let names =
            functions().flat_map(|(at, function)| function.called.names().map(move |name| (at, name.to_owned())));
        let ids = functions().filter(|_| framework.is_some()).map(|(at, function)| (at, function.id.clone()));
        let titles = functions().map(|(at, function)| (at, function.title.clone()));
        let all: Vec<(FunctionId, String)> = ids.chain(names).chain(titles).collect();
        named(wanted, &all).map(Some).ok_or_else(|| {
            let ids = functions().map(|(_, function)| function.called.name());
            let titles = functions().map(|(_, function)| function.title.as_str());
            let there = ids.chain(titles).collect::<Vec<_>>().join(", ");
            let none = format!("no Function `{wanted}`; there are: {there}");
            not_there("Function", wanted, all.iter().map(|(_, name)| name.as_str()), &none)
        })
    }
}

impl Selector {
    /// Finds what was asked for.
    ///
    /// # Errors
    /// A line that says which name is not there, and which are.
    pub(super) fn select<'a>(&self, scored: &'a Scored) -> Result<Selection<'a>, Shown> {
        let assessment = &scored.assessment;
        let quarter = scored.quarter(self.quarter.find(assessment)?);
        let framework = self.framework.named(assessment)?;
        let team = self.team.find(assessment)?;
        let function = self.function.find(*quarter, framework)?;
        // A Function belongs to one framework, so it says which.
        let framework = framework.or(function.map(FunctionId::framework)).unwrap_or_else(|| quarter.main());
        Ok(Selection { quarter, framework, team, function })
    }
}

/// The position in `table` of the row with this name.
fn row<P: Position, T>(what: &str, wanted: &str, table: &Table<P, T>, name: impl Fn(&T) -> String) -> Result<P, Shown> {
    one_of(what, wanted, &table.entries().map(|(at, row)| (at, name(row))).collect::<Vec<_>>())
}

/// The one of `all` that has the `wanted` name.
pub(super) fn one_of<T: Copy>(what: &str, wanted: &str, all: &[(T, String)]) -> Result<T, Shown> {
    let names = || all.iter().map(|(_, name)| name.as_str());
    named(wanted, all).ok_or_else(|| {
        let there = names().collect::<Vec<_>>().join(", ");
        not_there(what, wanted, names(), &format!("no {what} `{wanted}`; there are: {there}"))
    })
}

/// The first of `all` with this name, or else the first that has it in upper or lower case.
pub(super) fn named<T: Copy>(wanted: &str, all: &[(T, String)]) -> Option<T> {
    let lower = wanted.to_lowercase();
    let same = all.iter().find(|(_, name)| name == wanted);
    same.or_else(|| all.iter().find(|(_, name)| name.to_lowercase() == lower)).map(|(it, _)| *it)
}

/// The line for a name that is not there: the nearest one, or else `none`.
pub(super) fn not_there<'a>(what: &str, wanted: &str, names: impl Iterator<Item = &'a str>, none: &str) -> Shown {
    match nearest(wanted, names) {
        Some(near) => Shown::error(&format!("no {what} `{wanted}`; did you mean `{near}`?")),
        None => Shown::error(none),
    }
}
