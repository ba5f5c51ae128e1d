//! `milepost gate`: whether the quarter keeps the limits of `[gates]`.

use std::path::Path;

use clap::ValueEnum;
use serde::Serialize;

use super::select::QuarterArg;
use super::source::{Assessed, Source};
use super::{Outcome, Output};
use crate::base::place::Origin;
use crate::border::{Shown, json, markdown};
use crate::diagnostic::junit::{self, Case, Outcome as CaseOutcome, Suite};
use crate::diagnostic::{self, Colour, Diagnostics};
use crate::load::workspace::{CONFIG, Workspace};
use crate::model::gate::When;
use crate::score::gate::{Verdict, evaluate, listed};

/// Evaluate the gates of milepost.toml: exit code 1 if one fails.
#[derive(Debug, clap::Args)]
pub(super) struct GateArgs {
    #[command(flatten)]
    quarter: QuarterArg,
    /// Ask the gates with `when = "closing"` too, as `milepost seal` does.
    #[arg(long)]
    closing: bool,
    /// How to print the verdicts.
    #[arg(long, value_enum, default_value_t)]
    format: GateFormat,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum GateFormat {
    /// One line a gate.
    #[default]
    Text,
    /// JSON: every gate with its causes.
    Json,
    /// A Markdown table, for a pull request.
    Markdown,
    /// SARIF 2.1.0: the failed gates, for code scanning.
    Sarif,
    /// GitHub Actions annotations of the failed gates.
    Github,
    /// GitLab's code quality report of the failed gates.
    Gitlab,
    /// JUnit XML: a case for each gate.
    Junit,
}

pub(super) fn run(root: &Path, args: &GateArgs, colour: Colour) -> Result<Output, Output> {
    let Assessed { snapshot, assessment, remarks } = Source::default().assess(root, colour)?;
    let quarter = args.quarter.find(&assessment).map_err(|why| Output::usage(remarks.clone() + &why))?;
    let scored = crate::score::score(assessment);
    let verdicts = evaluate(scored.quarter(quarter)).into_iter();
    let (verdicts, left_out): (Vec<_>, Vec<_>) =
        verdicts.partition(|verdict| args.closing || verdict.when == When::Always);
    let failed: Diagnostics = verdicts.iter().filter_map(Verdict::diagnostic).collect();
    let name = scored.quarter(quarter).name().to_string();
    let result = match args.format {
        GateFormat::Text => text(&name, &verdicts, &left_out),
        GateFormat::Json => as_json(&name, &verdicts, &left_out),
        GateFormat::Markdown => as_markdown(&name, &verdicts, &left_out),
        GateFormat::Sarif => diagnostic::print(&failed, &snapshot.workspace, diagnostic::Format::Sarif, colour),
        GateFormat::Github => diagnostic::print(&failed, &snapshot.workspace, diagnostic::Format::Github, colour),
        GateFormat::Gitlab => diagnostic::print(&failed, &snapshot.workspace, diagnostic::Format::Gitlab, colour),
        GateFormat::Junit => as_junit(&name, &verdicts, &left_out, &snapshot.workspace),
    };
    let outcome = if failed.is_empty() { Outcome::Fine } else { Outcome::Problems };
    let none = Shown::line("no gates: set limits under [gates] in milepost.toml");
    let remarks = if verdicts.is_empty() && left_out.is_empty() { remarks + &none } else { remarks };
    Ok(Output { outcome, ..Output::result(result, remarks) })
}

fn word(verdict: &Verdict) -> &'static str {
    match (verdict.passed, verdict.excused.is_empty()) {
        (true, _) => "passed",
        (false, true) => "failed",
        (false, false) => "excused",
    }
}

/// Why a gate has no verdict.
const LATER: &str = "asked when the quarter closes; --closing asks it now";

fn text(quarter: &str, verdicts: &[Verdict], left_out: &[Verdict]) -> Shown {
    let mut out = Shown::default();
    for verdict in verdicts {
        let causes: Vec<String> = verdict
            .causes
            .iter()
            .map(|cause| match &cause.origin {
                Some(origin) => format!("{} ({})", cause.what, origin.shown()),
                None => cause.what.clone(),
            })
            .collect();
        let names: Vec<&str> = causes.iter().map(String::as_str).collect();
        let causes = if verdict.passed || names.is_empty() { String::new() } else { format!(": {}", listed(&names)) };
        let excused = if verdict.excused.is_empty() { String::new() } else { format!(" [{}]", verdict.excused) };
        out += &Shown::line(&format!("{:8}{}: {}{causes}{excused}", word(verdict), verdict.gate, verdict.message));
    }
    out += &left_out.iter().map(|verdict| Shown::line(&format!("{:8}{}: {LATER}", "later", verdict.gate))).collect();
    let failed = verdicts.iter().filter(|verdict| verdict.fails()).count();
    let later = if left_out.is_empty() { String::new() } else { format!(", {} not asked yet", left_out.len()) };
    let sum = format!("\n{quarter}: {failed} of {} gates failed{later}", verdicts.len());
    if verdicts.is_empty() && left_out.is_empty() { out } else { out + &Shown::lines(&sum) }
}

fn as_markdown(quarter: &str, verdicts: &[Verdict], left_out: &[Verdict]) -> Shown {
    let mut out = Shown::lines(&format!("### Gates, {quarter}\n\n| gate | verdict | why |\n| --- | --- | --- |"));
    for verdict in verdicts {
        let names: Vec<&str> = verdict.causes.iter().map(|cause| cause.what.as_str()).collect();
        let causes = if verdict.passed || names.is_empty() { String::new() } else { format!(": {}", listed(&names)) };
        let excused = if verdict.excused.is_empty() { String::new() } else { format!("; {}", verdict.excused) };
        let why = markdown::escape(&format!("{}{causes}{excused}", verdict.message));
        out += &Shown::line(&format!("| {} | {} | {why} |", verdict.gate, word(verdict)));
    }
    out + &left_out.iter().map(|verdict| Shown::line(&format!("| {} | later | {LATER} |", verdict.gate))).collect()
}

fn as_junit(quarter: &str, verdicts: &[Verdict], left_out: &[Verdict], workspace: &Workspace) -> Shown {
    let case = |verdict: &Verdict| {
        let causes = verdict.causes.iter().map(|cause| match &cause.origin {
            Some(Origin { place, line }) => {
                format!("{} ({}:{line})", cause.what, workspace.shown_in_repository(&place.path))
            }
            None => cause.what.clone(),
        });
        let text = causes.collect::<Vec<_>>().join("\n");
        let outcome = match (verdict.passed, verdict.excused.is_empty()) {
            (true, _) => CaseOutcome::Passed { said: verdict.message.clone() },
            (false, true) => CaseOutcome::Failed { kind: "failed", message: verdict.message.clone(), text },
            (false, false) => CaseOutcome::Skipped { why: format!("{}; {}", verdict.message, verdict.excused) },
        };
        Case { name: verdict.gate.to_owned(), outcome }
    };
    let later = |verdict: &Verdict| Case {
        name: verdict.gate.to_owned(),
        outcome: CaseOutcome::Skipped { why: LATER.to_owned() },
    };
    let cases = verdicts.iter().map(case).chain(left_out.iter().map(later)).collect();
    let file = Some(workspace.shown_in_repository(CONFIG));
    junit::print("milepost gate", &[Suite { name: format!("gate {quarter}"), file, cases }])
}

#[derive(Serialize)]
struct Json<'a> {
    quarter: &'a str,
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

fn as_json(quarter: &str, verdicts: &[Verdict], left_out: &[Verdict]) -> Shown {
    let gates = verdicts.iter().map(|verdict| GateJson {
        gate: verdict.gate,
        verdict: word(verdict),
        message: &verdict.message,
        excused: &verdict.excused,
        causes: verdict
            .causes
            .iter()
            .map(|cause| CauseJson {
                what: &cause.what,
                file: cause.origin.as_ref().map(|origin| &*origin.place.path),
                line: cause.origin.as_ref().map(|origin| origin.line),
            })
            .collect(),
    });
    let failed = verdicts.iter().filter(|verdict| verdict.fails()).count();
    let left_out = left_out.iter().map(|verdict| verdict.gate).collect();
    let out = Json { quarter, failed, gates: gates.collect(), left_out };
    json::print(&out)
}
