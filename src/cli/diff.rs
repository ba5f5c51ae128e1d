//! `milepost diff`: what moved between two quarters, or between a git revision and the files in the folder, and why.

use std::path::Path;

use clap::ValueEnum;

use super::Output;
use super::select::{Selector, find};
use super::source::{Assessed, Source};
use crate::border::Shown;
use crate::diagnostic::Colour;
use crate::export::Selection;
use crate::export::change::{self, Comparison};
use crate::export::headline::headline;
use crate::export::table::Style;
use crate::score::change::{Side, between};
use crate::score::{Scorecard, score};

/// Show what moved between two quarters, split into its causes: method, scope, newly assessed, evidence, scored up, scored down.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The earlier quarter; the one before the newest by default.
    #[arg(value_name = "FROM")]
    from: Option<String>,
    /// The later quarter; the newest by default.
    #[arg(value_name = "TO")]
    to: Option<String>,
    /// Compare with the same quarter as this git revision holds it, as in main or HEAD~1.
    #[arg(long, value_name = "REF", conflicts_with_all = ["from", "to"])]
    base: Option<String>,
    /// The quarter to compare with --base; the newest by default.
    #[arg(long, value_name = "QUARTER", requires = "base")]
    quarter: Option<String>,
    /// One team alone, by its id; all teams together by default.
    #[arg(long, value_name = "ID")]
    team: Option<String>,
    /// The framework, by its id; the report's main one by default.
    #[arg(long, value_name = "ID")]
    framework: Option<String>,
    /// How to print the change.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// A table and lists.
    #[default]
    Text,
    /// JSON: every node, amounts in millionths that add up exactly.
    Json,
    /// Markdown, for a pull request.
    Markdown,
}

pub(super) fn run(root: &Path, args: &Args, colour: Colour) -> Output {
    // A revision that is not there is wrong usage, whatever state the files are in.
    let base = match &args.base {
        Some(base) => match Source::revision(base).assess(root, colour) {
            Ok(base) => Some(base),
            Err(output) => return output,
        },
        None => None,
    };
    let now = match Source::default().assess(root, colour) {
        Ok(assessed) => assessed,
        Err(output) => return output,
    };
    let scorecard = score(&now.assessment);
    let to = args.quarter.clone().or_else(|| args.to.clone());
    let selector = Selector::all(to, args.team.clone(), args.framework.clone());
    let found = selector.select(&now.assessment, &scorecard).and_then(|selection| match &base {
        Some(base) => Ok(with_base(args, base, &now, &scorecard, selection)),
        None => quarters(args, &now, &scorecard, selection),
    });
    found.unwrap_or_else(|why| Output::usage(now.remarks + &Shown::error(&why)))
}

/// Compares two quarters of one workspace.
fn quarters(args: &Args, now: &Assessed, scorecard: &Scorecard, selection: Selection<'_>) -> Result<Output, String> {
    let assessment = &now.assessment;
    let names: Vec<String> = assessment.quarters.iter().map(|quarter| quarter.quarter.to_string()).collect();
    let before = || {
        let none = || {
            let first = &names[selection.quarter];
            format!("there is no quarter before {first}; compare with a revision by --base, or with the next quarter")
        };
        selection.quarter.checked_sub(1).ok_or_else(none)
    };
    let from = find("quarter", args.from.as_deref(), &names)?.map_or_else(before, Ok)?;
    if from == selection.quarter {
        return Err(format!("{} cannot be compared with itself; name an earlier quarter", names[from]));
    }
    let side = |quarter| Side { assessment, scorecard, quarter };
    let (framework, team) = (selection.framework, selection.team);
    let change = between(side(from), side(selection.quarter), framework, team);
    let (from, to) = (names[from].as_str(), names[selection.quarter].as_str());
    let comparison = Comparison { assessment, from, to, framework, team, change: &change };
    Ok(Output::result(printed(&comparison, args.format), now.remarks.clone()))
}

/// Compares a quarter with the same one as a revision holds it; with the newest there, where the revision is older than the quarter.
fn with_base(args: &Args, base: &Assessed, now: &Assessed, scorecard: &Scorecard, selection: Selection<'_>) -> Output {
    let base_scorecard = score(&base.assessment);
    let quarter = now.assessment.quarters[selection.quarter].quarter;
    let same = base.assessment.quarters.iter().position(|then| then.quarter == quarter);
    let from = Side {
        assessment: &base.assessment,
        scorecard: &base_scorecard,
        quarter: same.unwrap_or(base.assessment.newest()),
    };
    let to = Side { assessment: &now.assessment, scorecard, quarter: selection.quarter };
    let (framework, team) = (selection.framework, selection.team);
    let change = between(from, to, framework, team);
    let at = base.committed.as_ref().map(|(_, revision)| revision.shown()).unwrap_or_default();
    let then = base.assessment.quarters[from.quarter].quarter;
    let names = (format!("{then} at {at}"), quarter.to_string());
    let comparison =
        Comparison { assessment: &now.assessment, from: &names.0, to: &names.1, framework, team, change: &change };
    let sentence = headline(&comparison, from, to);
    let opening = match args.format {
        Format::Text => Style::Text.line(&sentence) + &Shown::line(""),
        Format::Markdown => Style::Markdown.line(&sentence) + &Shown::line(""),
        Format::Json => Shown::default(),
    };
    let mut remarks = now.remarks.clone();
    if let Some((_, revision)) = &base.committed {
        remarks += &Shown::line(&format!("compared with {at}: commit {}", revision.commit));
    }
    if same.is_none() {
        remarks += &Shown::line(&format!("{at} does not hold {quarter} yet: compared with its newest quarter, {then}"));
    }
    Output::result(opening + &printed(&comparison, args.format), remarks)
}

fn printed(comparison: &Comparison<'_>, format: Format) -> Shown {
    match format {
        Format::Text => change::print(comparison, Style::Text),
        Format::Markdown => change::print(comparison, Style::Markdown),
        Format::Json => change::json(comparison),
    }
}
