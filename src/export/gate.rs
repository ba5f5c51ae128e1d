//! Prints the verdicts of a quarter's gates: as text, Markdown, JSON and JUnit XML.

use serde::Serialize;

use crate::base::layout::CONFIG;
use crate::base::place::Origin;
use crate::border::{self, Shown};
use crate::diagnostic::junit::{self, Case, CaseResult, Suite};
use crate::load::workspace::Workspace;
use crate::model::gate::When;
use crate::score::ScoredQuarter;
use crate::score::gate::{Breach, GateStanding, GateVerdict, evaluate};

/// The verdicts of a quarter's gates.
#[derive(Debug)]
pub struct Gates<'a> {
    quarter: ScoredQuarter<'a>,
    /// The verdicts of the gates that are asked.
    pub verdicts: Vec<GateVerdict>,
    /// The gates that are asked when the quarter closes.
    left_out: Vec<GateVerdict>,
}

impl<'a> Gates<'a> {
    /// Evaluates the gates of a quarter that are asked `at` a time.
    pub fn new(quarter: ScoredQuarter<'a>, at: When) -> Self {
        let verdicts = evaluate(quarter, &quarter.assessment.english).into_iter();
        let (verdicts, left_out) = verdicts.partition(|verdict| verdict.is_asked(at));
        Self { quarter, verdicts, left_out }
    }

    /// What failed a gate, or would without an exception, as the end of a line; empty if it passed. `name` says what a cause is called.
    fn causes(&self, verdict: &GateVerdict, name: impl Fn(&Breach) -> String) -> String {
        let names: Vec<String> = verdict.causes.iter().map(name).collect();
        let is_told = !verdict.passed && !names.is_empty();
        if is_told { format!(": {}", self.quarter.assessment.english.first_of(&names)) } else { String::new() }
    }

    /// Whether none is declared.
    pub fn is_empty(&self) -> bool {
        self.verdicts.is_empty() && self.left_out.is_empty()
    }
}

/// Why a gate has no verdict.
const LATER: &str = "asked when the quarter closes; --closing asks it now";

/// One line a gate.
pub fn text(gates: &Gates<'_>) -> Shown {
    let Gates { quarter, verdicts, left_out } = gates;
    let mut out = Shown::default();
    for verdict in verdicts {
        let causes = gates.causes(verdict, |cause| match &cause.origin {
            Some(origin) => format!("{} ({})", cause.what, origin.shown()),
            None => cause.what.clone(),
        });
        let excused = if verdict.excused.is_empty() { String::new() } else { format!(" [{}]", verdict.excused) };
        out += &Shown::line(&format!(
            "{:8}{}: {}{causes}{excused}",
            verdict.standing().name(),
            verdict.gate,
            verdict.message
        ));
    }
    out += &left_out.iter().map(|verdict| Shown::line(&format!("{:8}{}: {LATER}", "later", verdict.gate))).collect();
    let failed = verdicts.iter().filter(|verdict| verdict.fails()).count();
    let later = if left_out.is_empty() { String::new() } else { format!(", {} not asked yet", left_out.len()) };
    let sum = format!("\n{}: {failed} of {} gates failed{later}", quarter.name(), verdicts.len());
    if gates.is_empty() { out } else { out + &Shown::lines(&sum) }
}

/// A Markdown table.
pub fn markdown(gates: &Gates<'_>) -> Shown {
    let Gates { quarter, verdicts, left_out } = gates;
    let head = format!("### Gates, {}\n\n| gate | verdict | why |\n| --- | --- | --- |", quarter.name());
    let mut out = Shown::lines(&head);
    for verdict in verdicts {
        let causes = gates.causes(verdict, |cause| cause.what.clone());
        let excused = if verdict.excused.is_empty() { String::new() } else { format!("; {}", verdict.excused) };
        let why = border::markdown::escape(&format!("{}{causes}{excused}", verdict.message));
        out += &Shown::line(&format!("| {} | {} | {why} |", verdict.gate, verdict.standing().name()));
    }
    out + &left_out.iter().map(|verdict| Shown::line(&format!("| {} | later | {LATER} |", verdict.gate))).collect()
}

/// JUnit XML: a suite with a case for each gate. A gate that is excused, or asked later, is skipped.
pub fn junit(gates: &Gates<'_>, workspace: &Workspace) -> Shown {
    let Gates { quarter, verdicts, left_out } = gates;
    let case = |verdict: &GateVerdict| {
        let causes = verdict.causes.iter().map(|cause| match &cause.origin {
            Some(Origin { place, line }) => {
                format!("{} ({}:{line})", cause.what, workspace.shown_in_repository(&place.path))
            }
            None => cause.what.clone(),
        });
        let text = causes.collect::<Vec<_>>().join("\n");
        let outcome = match verdict.standing() {
            GateStanding::Passed => CaseResult::Passed { said: verdict.message.clone() },
            GateStanding::Failed => CaseResult::Failed { kind: "failed", message: verdict.message.clone(), text },
            GateStanding::Excused => CaseResult::Skipped { why: format!("{}; {}", verdict.message, verdict.excused) },
        };
        Case { name: verdict.gate.to_owned(), outcome }
    };
    let later = |verdict: &GateVerdict| Case {
        name: verdict.gate.to_owned(),
        outcome: CaseResult::Skipped { why: LATER.to_owned() },
    };
    let cases = verdicts.iter().map(case).chain(left_out.iter().map(later)).collect();
    let file = Some(workspace.shown_in_repository(CONFIG));
    junit::print("milepost gate", &[Suite { name: format!("gate {}", quarter.name()), file, cases }])
}

#[derive(Serialize)]
struct Json<'a> {
    quarter: String,
    failed: usize,
    gates: Vec<GateJson<'a>>,
    /// The gates that are asked when the quarter closes.
    left_out: Vec<&'a str>,
}

#[derive(Serialize)]
struct GateJson<'a> {
    gate: &'a str,
    verdict: &'a str,
    message: &'a str,
    excused: &'a str,
    causes: Vec<CauseJson<'a>>,
}

#[derive(Serialize)]
struct CauseJson<'a> {
    what: &'a str,
    file: Option<&'a str>,
    line: Option<usize>,
}

/// Every gate with all its causes.
pub fn json(gates: &Gates<'_>) -> Shown {
    let Gates { quarter, verdicts, left_out } = gates;
    let gates = verdicts.iter().map(|verdict| GateJson {
        gate: verdict.gate,
        verdict: verdict.standing().name(),
        message: &verdict.message,
        excused: &verdict.excused,
        causes: verdict
            .causes
            .iter()
            .map(|cause| {
                // An audience that sees no paths sees no lines either.
                let origin = cause.origin.as_ref().filter(|origin| !origin.place.path.is_empty());
                let (file, line) = origin.map(|origin| (&*origin.place.path, origin.line)).unzip();
                CauseJson { what: &cause.what, file, line }
            })
            .collect(),
    });
    let failed = verdicts.iter().filter(|verdict| verdict.fails()).count();
    let left_out = left_out.iter().map(|verdict| verdict.gate).collect();
    let out = Json { quarter: quarter.name().to_string(), failed, gates: gates.collect(), left_out };
    border::json::print(&out)
}
