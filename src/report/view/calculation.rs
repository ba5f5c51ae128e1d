//! The section of a page that shows how its number was calculated.

use serde::Serialize;

use crate::model::catalog::Node;
use crate::model::ids::TeamId;
use crate::score::ScoredQuarter;
use crate::score::explain::{Beside, Formula, Input, Subject, explain};

/// How a number was calculated, as a page shows it.
#[derive(Debug, Serialize)]
pub(super) struct Calculation {
    /// The command that prints the same calculation.
    command: String,
    withheld: String,
    rule: String,
    formula: Option<Formula>,
    rounding: String,
    excluded: Vec<Input>,
    beside: Vec<Beside>,
}

/// How the number of a node was calculated, for all teams or for one.
pub(super) fn view(quarter: ScoredQuarter<'_>, team: Option<TeamId>, node: Node) -> Calculation {
    let made = explain(Subject { quarter, team, node });
    let team = team.map(|team| format!(" --team {}", quarter.settings().teams[team].id)).unwrap_or_default();
    Calculation {
        command: format!("milepost explain {}{team} --quarter {}", made.id, made.quarter),
        withheld: made.withheld,
        rule: made.rule,
        formula: made.formula,
        rounding: made.rounding,
        excluded: made.excluded,
        beside: made.beside,
    }
}
