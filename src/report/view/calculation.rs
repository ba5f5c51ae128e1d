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
    let number = |text: String| quarter.assessment.strings.number(&text);
    let formula = |made: Formula| Formula { text: number(made.text), value: number(made.value) };
    let input = |made: Input| Input { value: number(made.value), ..made };
    let beside = |made: Beside| Beside { formula: made.formula.map(formula), shown: number(made.shown), ..made };
    let team = team.map(|team| format!(" --team {}", quarter.settings().teams[team].id)).unwrap_or_default();
    Calculation {
        command: format!("milepost explain {}{team} --quarter {}", made.id, made.quarter),
        withheld: made.withheld,
        rule: made.rule,
        formula: made.formula.map(formula),
        rounding: made.rounding,
        excluded: made.excluded.into_iter().map(input).collect(),
        beside: made.beside.into_iter().map(beside).collect(),
    }
}
