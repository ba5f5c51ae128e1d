//! Whether a quarter is sealed and unchanged: shown in words and with a sign, never by colour alone.

use serde::Serialize;

use super::{Link, Markup, Report};
use crate::history::sealing::{SealState, verify};
use crate::model::ids::QuarterId;
use crate::report::address::{Address, QuarterPage};
use crate::score::ScoredQuarter;

/// Whether a quarter is sealed, and whether it is unchanged since.
#[derive(Debug, Serialize)]
pub(super) struct SealStanding {
    /// The sign for this state.
    sign: &'static str,
    /// The same state in words.
    words: String,
    /// The page with the details.
    href: String,
}

/// A quarter and its seal.
#[derive(Debug, Serialize)]
pub(super) struct SealRow {
    quarter: Link,
    standing: SealStanding,
    /// What differs from the seal; empty if nothing does.
    since: Vec<String>,
    /// The path of the seal; empty without a seal.
    path: Markup,
    sha256: String,
    /// The version of the tool that made the seal.
    tool: String,
}

/// Whether quarter `q` is sealed and unchanged.
pub(super) fn standing(report: Report<'_>, q: QuarterId) -> SealStanding {
    let sealed = report.quarter(q).answers().seal.as_ref();
    let state = sealed.map(|sealed| verify(sealed, Some(report.scored)).state());
    let (sign, key) = match state {
        None if report.quarter(q).is_open() => ("○", "seal.open"),
        None => ("○", "seal.not_closed"),
        Some(SealState::Unchanged) => ("✓", "seal.unchanged"),
        Some(SealState::Changed) => ("▲", "seal.changed"),
        Some(SealState::Broken) => ("✕", "seal.broken"),
        Some(SealState::Unknown) => ("▲", "seal.unchecked"),
    };
    let method = Address::Quarterly(report.assessment().newest(), QuarterPage::Method).path(report.assessment());
    SealStanding { sign, words: report.strings().word(key), href: format!("{method}#seals") }
}

/// Every quarter and its seal, newest first.
pub(super) fn rows(report: Report<'_>) -> Vec<SealRow> {
    report.scored.quarters().rev().map(|quarter| row(report, quarter)).collect()
}

fn row(report: Report<'_>, quarter: ScoredQuarter<'_>) -> SealRow {
    let href = Address::Quarterly(quarter.id, QuarterPage::Dashboard).path(report.assessment());
    let row = SealRow {
        quarter: Link::new("", &quarter.name().to_string(), href),
        standing: standing(report, quarter.id),
        since: Vec::new(),
        path: Markup::default(),
        sha256: String::new(),
        tool: String::new(),
    };
    let Some(sealed) = &quarter.answers().seal else { return row };
    let verdict = verify(sealed, Some(report.scored));
    let counted = |key: &str, count: usize| (count > 0).then(|| report.strings().say(key, &[("n", &count)]));
    let differ = verdict.figures.as_ref().map_or(0, |compared| compared.differ.len());
    let mut since: Vec<String> = sealed.faults.iter().map(|fault| fault.message.clone()).collect();
    since.extend(counted("seal.files", verdict.touched().count()));
    since.extend(counted("seal.figures", differ));
    let policy = if differ == 0 { "seal.policy_without_effect" } else { "seal.policy" };
    since.extend(counted(policy, verdict.policy().count()));
    SealRow {
        since,
        path: report.file(&sealed.path, &sealed.path),
        sha256: sealed.sha256.clone(),
        tool: sealed.seal.as_ref().map(|seal| seal.tool.clone()).unwrap_or_default(),
        ..row
    }
}
