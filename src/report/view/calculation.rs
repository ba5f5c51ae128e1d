//! The section of a page that shows how its number was calculated.

use std::fmt;

use serde::Serialize;

use super::{Markup, Report};
use crate::model::catalog::Node;
use crate::model::ids::{QuarterId, TeamId};
use crate::score::explain::{Beside, Formula, Input, Subject, explain};
use crate::score::{Figures, ScoredQuarter, Withheld};

/// How a number was calculated, as a page shows it.
#[derive(Debug, Serialize)]
pub(super) struct Calculation {
    /// The command that prints the same calculation.
    command: String,
    withheld: String,
    rule: String,
    formula: Option<Formula>,
    rounding: String,
    excluded: Vec<LeftOutPart>,
    beside: Vec<Beside>,
}

/// An answer or a part that does not enter the number.
#[derive(Debug, Serialize)]
struct LeftOutPart {
    name: String,
    value: String,
    /// How it came about, or why it is left out, in sentences.
    notes: String,
    at: Markup,
}

/// Notes in one text, of which some are sentences already.
fn sentences(notes: &[String]) -> String {
    let is_over = |text: &str| text.ends_with(['.', '!', '?']);
    let joined = notes.iter().fold(String::new(), |text, note| match text.as_str() {
        "" => note.clone(),
        so_far if is_over(so_far) => format!("{so_far} {note}"),
        so_far => format!("{so_far}; {note}"),
    });
    if is_over(&joined) { joined } else { joined + "." }
}

/// How the number of a node was calculated, for all teams or for one.
pub(super) fn view(report: Report<'_>, q: QuarterId, team: Option<TeamId>, node: Node) -> Calculation {
    let quarter = report.quarter(q);
    let words = report.strings();
    let made = explain(Subject { quarter, team, node, words });
    let number = |text: String| words.number(&text);
    let formula = |made: Formula| Formula { text: number(made.text), value: number(made.value) };
    let left_out = |Input { name, value, notes, at, .. }: Input| LeftOutPart {
        name,
        value: number(value),
        notes: sentences(&notes),
        at: at.map(|at| report.place(&at)).unwrap_or_default(),
    };
    let beside = |made: Beside| Beside { formula: made.formula.map(formula), shown: number(made.shown), ..made };
    let of_team = team.map(|team| format!(" --team {}", quarter.settings().teams[team].id)).unwrap_or_default();
    Calculation {
        command: format!("milepost explain {}{of_team} --quarter {}", made.id, made.quarter),
        withheld: not_shown(quarter, quarter.figures(node, team)),
        rule: made.rule,
        formula: made.formula.map(formula),
        rounding: made.rounding,
        excluded: made.excluded.into_iter().map(left_out).collect(),
        beside: made.beside.into_iter().map(beside).collect(),
    }
}

/// Why there is no number to show; empty if there is one.
fn not_shown(quarter: ScoredQuarter<'_>, figures: &Figures) -> String {
    let (strings, counts) = (&quarter.assessment.strings, &figures.counts);
    match (figures.why_withheld(), &figures.mean) {
        (Some(Withheld::Coverage), _) => {
            let minimum = quarter.settings().scoring.minimum_coverage;
            let values: [(&str, &dyn fmt::Display); 3] =
                [("minimum", &minimum), ("part", &counts.assessed), ("all", &counts.applicable())];
            strings.say("calculation.coverage", &values)
        }
        (Some(Withheld::TeamLevel), _) => strings.word("figures.by_team_why"),
        (None, Some(_)) => String::new(),
        (None, None) if counts.applicable() > 0 => strings.word("figures.no_score_why"),
        (None, None) => strings.word("calculation.nothing_applies"),
    }
}
