//! `--quarter`, `--team`, `--function` and `--framework` in, what they select out.

use super::source::Source;
use crate::diagnostic::nearest;
use crate::export::Selection;
use crate::model::assessment::Assessment;
use crate::score::Scorecard;

/// What to show of the workspace.
#[derive(Debug, clap::Args)]
pub(super) struct Selector {
    /// The quarter, as in 2026-Q3; the newest by default.
    #[arg(long, value_name = "QUARTER")]
    quarter: Option<String>,
    /// One team alone, by its id; all teams together by default.
    #[arg(long, value_name = "ID")]
    team: Option<String>,
    /// One Function alone, by its id or title, down to its controls.
    #[arg(long, value_name = "ID")]
    function: Option<String>,
    /// The framework, by its id; the report's main one by default.
    #[arg(long, value_name = "ID")]
    framework: Option<String>,
    /// Which state of the workspace that is.
    #[command(flatten)]
    pub(super) source: Source,
}

impl Selector {
    /// What a command selects that has options of its own for it.
    pub(super) fn of(quarter: Option<String>, team: Option<String>) -> Self {
        Self::all(quarter, team, None)
    }

    /// The same with a framework.
    pub(super) fn all(quarter: Option<String>, team: Option<String>, framework: Option<String>) -> Self {
        Self { quarter, team, function: None, framework, source: Source::default() }
    }

    /// Finds what was asked for.
    ///
    /// # Errors
    /// A line that says which name is not there, and which are.
    pub(super) fn select<'a>(
        &self,
        assessment: &'a Assessment,
        scorecard: &'a Scorecard,
    ) -> Result<Selection<'a>, String> {
        let quarters: Vec<_> = assessment.quarters.iter().map(|quarter| quarter.quarter.to_string()).collect();
        let quarter = find("quarter", self.quarter.as_deref(), &quarters)?.unwrap_or(assessment.newest());
        let frameworks: Vec<_> = assessment.frameworks.iter().map(|framework| framework.id.clone()).collect();
        let framework = find("framework", self.framework.as_deref(), &frameworks)?.unwrap_or(0);
        let teams: Vec<_> = assessment.settings.teams.iter().map(|team| team.id.clone()).collect();
        let team = find("team", self.team.as_deref(), &teams)?;
        let functions = &assessment.frameworks[framework].functions;
        // By id or by title: the ids stand first in the list, so that an id is found where a title is the same.
        let ids = functions.iter().map(|function| function.id.clone());
        let names: Vec<_> = ids.chain(functions.iter().map(|function| function.title.clone())).collect();
        let function = find("Function", self.function.as_deref(), &names)?.map(|index| index % functions.len());
        let scores = &scorecard.quarters[quarter];
        let tree = scores.tree(framework, team);
        Ok(Selection { assessment, quarter, framework, team, function, tree })
    }
}

/// The index of what is `wanted` among `names`.
pub(super) fn find(what: &str, wanted: Option<&str>, names: &[String]) -> Result<Option<usize>, String> {
    let found = |wanted| {
        position(what, wanted, names.iter().map(String::as_str), || {
            format!("no {what} `{wanted}`; there are: {}", names.join(", "))
        })
    };
    wanted.map(found).transpose()
}

/// The same, with `none` to say where no name is near.
pub(super) fn position<'a>(
    what: &str,
    wanted: &str,
    names: impl Iterator<Item = &'a str> + Clone,
    none: impl FnOnce() -> String,
) -> Result<usize, String> {
    let found = names.clone().position(|name| name.eq_ignore_ascii_case(wanted));
    found.ok_or_else(|| match nearest(wanted, names) {
        Some(near) => format!("no {what} `{wanted}`; did you mean `{near}`?"),
        None => none(),
    })
}
