//! `milepost diff`: what moved between two quarters, or between a git revision and the files in the folder, and why.

use std::path::Path;

use clap::ValueEnum;

use super::Output;
use super::select::{FrameworkArg, TeamArg, quarter};
use super::source::{Assessed, Source};
use crate::base::text::line;
use crate::diagnostic::Colour;
use crate::export::change::{self, Comparison};
use crate::export::headline::headline;
use crate::export::table::{Style, inert_markdown};
use crate::model::ids::{FrameworkId, TeamId};
use crate::score::change::between;
use crate::score::{ScoredQuarter, score};

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
    #[command(flatten)]
    team: TeamArg,
    #[command(flatten)]
    framework: FrameworkArg,
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

/// Both sides of a comparison, and what is compared.
struct Sides<'a> {
    from: ScoredQuarter<'a>,
    to: ScoredQuarter<'a>,
    framework: FrameworkId,
    team: Option<TeamId>,
}

impl Sides<'_> {
    /// What moved, ready to be printed.
    fn with_change<T>(&self, from_name: &str, print: impl FnOnce(&Comparison<'_>) -> T) -> T {
        let Self { from, to, framework, team } = *self;
        let change = between(from, to, framework, team);
        print(&Comparison { from, to, from_name, framework, team, change: &change })
    }
}

pub(super) fn run(root: &Path, args: &Args, colour: Colour) -> Result<Output, Output> {
    // A revision that is not there is wrong usage, whatever state the files are in.
    let base = args.base.as_ref().map(|base| Source::revision(base).assess(root, colour)).transpose()?;
    let Assessed { assessment, remarks, .. } = Source::default().assess(root, colour)?;
    let usage = |message: String| Output::usage(remarks.clone() + &message);
    let wanted = args.quarter.as_ref().or(args.to.as_ref());
    let to = wanted.map_or_else(|| Ok(assessment.newest()), |name| quarter(&assessment, name)).map_err(usage)?;
    let framework = args.framework.find(&assessment).map_err(usage)?;
    let team = args.team.find(&assessment).map_err(usage)?;
    let scored = score(assessment);
    let to = scored.quarter(to);
    match base {
        Some(base) => Ok(with_base(args, base, (to, framework, team), &remarks)),
        None => {
            let from = before(args, to).map_err(usage)?;
            let sides = Sides { from, to, framework, team };
            let result = sides.with_change(&from.name().to_string(), |comparison| printed(comparison, args.format));
            Ok(Output::result(result, remarks))
        }
    }
}

/// The quarter that `to` is compared with, of the same workspace.
fn before<'a>(args: &Args, to: ScoredQuarter<'a>) -> Result<ScoredQuarter<'a>, String> {
    let name = to.name();
    let from = match &args.from {
        Some(from) => to.scored.quarter(quarter(to.assessment, from)?),
        None => to.quarter_before().ok_or_else(|| {
            format!(
                "error: there is no quarter before {name}; compare with a revision by --base, or with the next quarter\n"
            )
        })?,
    };
    if from.id == to.id {
        return Err(format!("error: {name} cannot be compared with itself; name an earlier quarter\n"));
    }
    Ok(from)
}

/// Compares a quarter with the same one as a revision holds it; with the newest there, where the revision is older than the quarter.
fn with_base(
    args: &Args,
    base: Assessed,
    (to, framework, team): (ScoredQuarter<'_>, FrameworkId, Option<TeamId>),
    remarks: &str,
) -> Output {
    let Assessed { snapshot, assessment, .. } = base;
    let name = to.name();
    let same = assessment.quarters.find(|then| then.quarter == name);
    let scored = score(assessment);
    let from = scored.quarter(same.unwrap_or(scored.assessment.newest()));
    let at = snapshot.committed.as_ref().map(|(_, revision)| revision.shown()).unwrap_or_default();
    let then = from.name();
    let sides = Sides { from, to, framework, team };
    let result = sides.with_change(&format!("{then} at {at}"), |comparison| {
        let sentence = headline(comparison);
        let opening = match args.format {
            Format::Text => format!("{}\n\n", line(&sentence)),
            Format::Markdown => format!("{}\n\n", inert_markdown(&sentence)),
            Format::Json => String::new(),
        };
        opening + &printed(comparison, args.format)
    });
    let commit = snapshot.committed.as_ref();
    let commit = commit.map(|(_, revision)| format!("compared with {at}: commit {}\n", revision.commit));
    let missing = format!("{at} does not hold {name} yet: compared with its newest quarter, {then}\n");
    let missing = if same.is_none() { missing } else { String::new() };
    Output::result(result, remarks.to_owned() + &commit.unwrap_or_default() + &missing)
}

fn printed(comparison: &Comparison<'_>, format: Format) -> String {
    match format {
        Format::Text => change::print(comparison, Style::Text),
        Format::Markdown => change::print(comparison, Style::Markdown),
        Format::Json => change::json(comparison),
    }
}
