//! A node in, the section "how this number was made" of its page out.

use serde::Serialize;

use super::Report;
use crate::score::explain::{Beside, Formula, Input, Node, Subject, explain};

/// How a number was made, as a page shows it.
#[derive(Debug, Serialize)]
pub(super) struct Making {
    /// What the command line calls it.
    command: String,
    withheld: String,
    rule: String,
    formula: Option<Formula>,
    rounding: String,
    excluded: Vec<Input>,
    beside: Vec<Beside>,
}

/// How the number of a node was made in quarter `q`, for all teams or for one.
pub(super) fn view(report: Report<'_>, q: usize, framework: usize, team: Option<usize>, node: Node) -> Making {
    let Report { assessment, scorecard, .. } = report;
    let made = explain(Subject { assessment, scorecard, quarter: q, framework, team, node });
    let team = team.map(|team| format!(" --team {}", assessment.settings.teams[team].id)).unwrap_or_default();
    Making {
        command: format!("milepost explain {}{team} --quarter {}", made.id, made.quarter),
        withheld: made.withheld,
        rule: made.rule,
        formula: made.formula,
        rounding: made.rounding,
        excluded: made.excluded,
        beside: made.beside,
    }
}
