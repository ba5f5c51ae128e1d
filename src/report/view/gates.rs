//! The gates page: the limits that a quarter must keep, and whether it does.

use serde::Serialize;

use super::{Link, Markup, Report};
use crate::base::number::MILLIONTHS;
use crate::model::gate::{Gate, GateException, GateKind};
use crate::model::ids::QuarterId;
use crate::report::address::{Address, Data, QuarterPage};
use crate::score::gate::{Breach, GateStanding, GateVerdict, asked_now, evaluate};

/// The gates of one quarter.
#[derive(Debug, Serialize)]
pub(super) struct GatesPage {
    gates: Vec<GateRow>,
    /// How many of them say what.
    passed: usize,
    failed: usize,
    excused: usize,
    /// How many are asked when the quarter closes.
    later: usize,
    json: String,
}

/// A gate.
#[derive(Debug, Serialize)]
pub(super) struct GateRow {
    /// Its key in `milepost.toml`.
    name: &'static str,
    /// What it asks.
    asks: String,
    /// The ids of what it looks at; empty for everything.
    functions: Vec<String>,
    /// The teams that it looks at; empty for all.
    teams: Vec<Link>,
    /// Where it is declared.
    source: Markup,
    /// Its verdict: `passed`, `excused`, `failed` or `later`, if it is asked when the quarter closes.
    verdict: &'static str,
    sign: &'static str,
    words: String,
    /// What was found.
    found: String,
    /// The decision that excuses it, with its reason; empty if none does.
    excuse: String,
    reason: String,
    /// What failed it: the first of `all`.
    causes: Vec<CauseRow>,
    all: usize,
}

/// A thing that failed a gate.
#[derive(Debug, Serialize)]
pub(super) struct CauseRow {
    what: String,
    source: Markup,
}

/// How many gates of a quarter failed.
#[derive(Debug, Serialize)]
pub(super) struct GateCount {
    failed: usize,
    /// How many failed and have an exception.
    excused: usize,
    /// How many are asked.
    asked: usize,
    href: String,
}

/// A page lists so many causes of a gate. The data file has all of them.
const LISTED: usize = 100;

/// Makes the gates page of quarter `q`.
pub(super) fn view(report: Report<'_>, q: QuarterId) -> GatesPage {
    let quarter = report.quarter(q);
    let gates = quarter.settings().gates.iter().zip(evaluate(quarter, report.strings()));
    let gates: Vec<GateRow> = gates.map(|(gate, verdict)| row(report, q, gate, &verdict)).collect();
    let count = |word: &str| gates.iter().filter(|gate| gate.verdict == word).count();
    GatesPage {
        passed: count(GateStanding::Passed.name()),
        failed: count(GateStanding::Failed.name()),
        excused: count(GateStanding::Excused.name()),
        later: count(LATER),
        gates,
        json: Address::Data(q, Data::GatesJson).path(report.assessment()),
    }
}

/// How many gates failed; `None` if none is declared in quarter `q`.
pub(super) fn count(report: Report<'_>, q: QuarterId) -> Option<GateCount> {
    let quarter = report.quarter(q);
    let asked = asked_now(quarter);
    let verdicts = evaluate(quarter, report.strings()).into_iter();
    let verdicts: Vec<GateVerdict> = verdicts.filter(|verdict| verdict.is_asked(asked)).collect();
    (!quarter.settings().gates.is_empty()).then(|| GateCount {
        failed: verdicts.iter().filter(|verdict| verdict.fails()).count(),
        excused: verdicts.iter().filter(|verdict| verdict.standing() == GateStanding::Excused).count(),
        asked: verdicts.len(),
        href: Address::Quarterly(q, QuarterPage::Gates).path(report.assessment()),
    })
}

/// The word for a gate that is asked when the quarter closes.
const LATER: &str = "later";

fn row(report: Report<'_>, q: QuarterId, gate: &Gate, verdict: &GateVerdict) -> GateRow {
    let (quarter, strings) = (report.quarter(q), report.strings());
    let standing = verdict.is_asked(asked_now(quarter)).then(|| verdict.standing());
    let (sign, key) = match standing {
        Some(GateStanding::Passed) => ("✓", "gates.passed"),
        Some(GateStanding::Failed) => ("✕", "gates.failed"),
        Some(GateStanding::Excused) => ("▲", "gates.excused"),
        None => ("○", "gates.later"),
    };
    let exception = gate.exception.as_ref().filter(|_| standing == Some(GateStanding::Excused));
    let failed_by =
        verdict.causes.iter().filter(|_| matches!(standing, Some(GateStanding::Failed | GateStanding::Excused)));
    GateRow {
        name: gate.kind.name(),
        asks: asks(report, gate),
        functions: gate.functions.clone(),
        teams: gate.teams.iter().map(|team| report.team_link(q, quarter.team_here(*team))).collect(),
        source: report.place(&gate.origin),
        verdict: standing.map_or(LATER, GateStanding::name),
        sign,
        words: strings.word(key),
        found: if standing.is_some() { verdict.message.clone() } else { String::new() },
        excuse: exception.map(|exception| excuse(report, exception)).unwrap_or_default(),
        reason: exception.map(|exception| exception.reason.clone()).unwrap_or_default(),
        all: failed_by.clone().count(),
        causes: failed_by.take(LISTED).map(|cause| cause_row(report, cause)).collect(),
    }
}

/// What a gate asks, with its limit.
fn asks(report: Report<'_>, gate: &Gate) -> String {
    let strings = report.strings();
    let limit = strings.level(gate.limit);
    let share = strings.say("figures.percent", &[("share", &limit)]);
    let count = gate.limit.millionths() / MILLIONTHS;
    match gate.kind {
        GateKind::Regression => strings.say("gates.regression", &[("limit", &limit)]),
        GateKind::MinimumCoverage => strings.say("gates.minimum_coverage", &[("share", &share)]),
        GateKind::StaleEvidence => strings.say("gates.stale_evidence", &[("limit", &count)]),
        GateKind::NewZeros => strings.say("gates.new_zeros", &[("limit", &count)]),
        GateKind::KeyControls => strings.say("gates.key_controls", &[("limit", &limit)]),
        GateKind::Unapproved => strings.say("gates.unapproved", &[("limit", &count)]),
        GateKind::OverdueActions => strings.say("gates.overdue_actions", &[("limit", &count)]),
        GateKind::Reattested => strings.say("gates.reattested", &[("share", &share)]),
        GateKind::OverdueTargets => strings.say("gates.overdue_targets", &[("limit", &count)]),
        GateKind::Vanished => strings.say("gates.vanished", &[("limit", &count)]),
        GateKind::UnreviewedKeyControls => strings.say("gates.unreviewed_key_controls", &[("limit", &count)]),
        GateKind::Disagreements => strings.say("gates.disagreements", &[("limit", &count)]),
        GateKind::OpenFindings => strings.say("gates.open_findings", &[("limit", &count)]),
    }
}

fn excuse(report: Report<'_>, exception: &GateException) -> String {
    let day = report.strings().day(exception.expires);
    report.strings().say("gates.excuse", &[("day", &day), ("by", &exception.approved_by)])
}

fn cause_row(report: Report<'_>, cause: &Breach) -> CauseRow {
    CauseRow {
        what: cause.what.clone(),
        source: cause.origin.as_ref().map(|origin| report.place(origin)).unwrap_or_default(),
    }
}
