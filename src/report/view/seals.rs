//! A quarter's seal in, how it stands out: in words and with a sign, never by colour alone.

use serde::Serialize;

use super::{Link, Report};
use crate::history::sealing::{State, verify};
use crate::report::address::Address;

/// Whether a quarter is closed, and whether it is as it was.
#[derive(Debug, Serialize)]
pub(super) struct Standing {
    /// A sign for it.
    sign: &'static str,
    /// The same in words.
    words: &'static str,
    /// The page that says more.
    href: String,
}

/// A quarter and its seal.
#[derive(Debug, Serialize)]
pub(super) struct SealRow {
    quarter: Link,
    standing: Standing,
    /// What differs from the seal; empty where nothing does.
    since: Vec<String>,
    /// Where the seal lies; empty without one.
    path: String,
    sha256: String,
    /// The version of the tool that made it.
    tool: String,
}

/// How quarter `q` stands.
pub(super) fn standing(report: Report<'_>, q: usize) -> Standing {
    let sealed = report.quarter(q).seal.as_ref();
    let state = sealed.map(|sealed| verify(sealed, Some((report.assessment, report.scorecard))).state());
    let (sign, words) = match state {
        None => ("○", "not sealed"),
        Some(State::Unchanged) => ("✓", "sealed, unchanged since"),
        Some(State::Changed) => ("▲", "sealed, and changed since"),
        Some(State::Broken) => ("✕", "its seal does not hold"),
        Some(State::Unknown) => ("▲", "sealed, and not compared"),
    };
    Standing { sign, words, href: format!("{}#seals", Address::Method.path(report.assessment)) }
}

/// Every quarter and its seal, newest first.
pub(super) fn rows(report: Report<'_>) -> Vec<SealRow> {
    (0..report.assessment.quarters.len()).rev().map(|q| row(report, q)).collect()
}

fn row(report: Report<'_>, q: usize) -> SealRow {
    let answers = report.quarter(q);
    let href = Address::Dashboard(q).path(report.assessment);
    let row = SealRow {
        quarter: Link::new("", &answers.quarter.to_string(), href),
        standing: standing(report, q),
        since: Vec::new(),
        path: String::new(),
        sha256: String::new(),
        tool: String::new(),
    };
    let Some(sealed) = &answers.seal else { return row };
    let verdict = verify(sealed, Some((report.assessment, report.scorecard)));
    let counted = |count: usize, one: &str, more: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{count} {more}")),
    };
    let differ = verdict.figures.as_ref().map_or(0, |compared| compared.differ.len());
    let mut since: Vec<String> = sealed.faults.iter().map(|fault| fault.message.clone()).collect();
    since.extend(counted(
        verdict.touched().count(),
        "file added, changed or removed",
        "files added, changed or removed",
    ));
    since.extend(counted(differ, "node has other figures", "nodes have other figures"));
    let (one, more) = match differ {
        0 => ("policy file changed, without effect", "policy files changed, without effect"),
        _ => ("policy file changed", "policy files changed"),
    };
    since.extend(counted(verdict.policy().count(), one, more));
    SealRow {
        since,
        path: sealed.path.clone(),
        sha256: sealed.sha256.clone(),
        tool: sealed.seal.as_ref().map(|seal| seal.tool.clone()).unwrap_or_default(),
        ..row
    }
}
