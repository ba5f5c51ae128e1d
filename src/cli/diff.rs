//! `milepost diff`: what moved between two quarters, or between a git revision and the files in the folder, and why.

use std::path::Path;

use clap::ValueEnum;

use super::Output;
use super::select::{FrameworkArg, TeamArg, quarter};
use super::source::{Assessed, Source};
use crate::border::Shown;
use crate::diagnostic::Colour;
use crate::export::change::{self, Comparison};
use crate::export::headline::headline;
use crate::export::table::Style;
use crate::model::ids::{FrameworkId, TeamId};
use crate::score::change::between;
use crate::score::{ScoredQuarter, score};

/// Show what moved between two quarters, split into its causes: method, scope, newly assessed, evidence, scored up, scored down.
#[derive(Debug, clap::Args)]
pub(super) struct DiffArgs {
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
    format: DiffFormat,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum DiffFormat {
    /// A table and lists.
    #[default]
    Text,
    /// JSON: every node, amounts in millionths that add up exactly.
    Json,
    /// Markdown, for a pull request.
    Markdown,
}

/// Both sides of a comparison, and what is compared.
struct Compared<'a> {
    from: ScoredQuarter<'a>,
    to: ScoredQuarter<'a>,
    framework: FrameworkId,
    team: Option<TeamId>,
}

impl Compared<'_> {
    /// What moved, ready to be printed.
    fn with_change<T>(&self, from_name: &str, print: impl FnOnce(&Comparison<'_>) -> T) -> T {
        let Self { from, to, framework, team } = *self;
        let change = between(from, to, framework, team);
        print(&Comparison { from, to, from_name, framework, team, change: &change })
    }
}

pub(super) fn run(root: &Path, args: &DiffArgs, colour: Colour) -> Result<Output, Output> {
    // A revision that is not there is wrong usage, whatever state the files are in.
    let base = args.base.as_ref().map(|base| Source::revision(base).assess(root, colour)).transpose()?;
    let Assessed { assessment, remarks, .. } = Source::default().assess(root, colour)?;
    let usage = |why: Shown| Output::usage(remarks.clone() + &why);
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
            let sides = Compared { from, to, framework, team };
            let result = sides.with_change(&from.name().to_string(), |comparison| printed(comparison, args.format));
            Ok(Output::result(result, remarks))
        }
    }
}

/// The quarter that `to` is compared with, of the same workspace.
fn before<'a>(args: &DiffArgs, to: ScoredQuarter<'a>) -> Result<ScoredQuarter<'a>, Shown> {
    let name = to.name();
    let from = match &args.from {
        Some(from) => to.scored.quarter(quarter(to.assessment, from)?),
        None => to.quarter_before().ok_or_else(|| {
            let why = "compare with a revision by --base, or with the next quarter";
            Shown::error(&format!("there is no quarter before {name}; {why}"))
        })?,
    };
    if from.id == to.id {
        return Err(Shown::error(&format!("{name} cannot be compared with itself; name an earlier quarter")));
    }
    Ok(from)
}

/// Compares a quarter with the same one as a revision holds it; with the newest there, where the revision is older than the quarter.
/// The remarks on the revision's own files are not printed: nobody can mend them there.
fn with_base(
    args: &DiffArgs,
    base: Assessed,
    (to, framework, team): (ScoredQuarter<'_>, FrameworkId, Option<TeamId>),
    remarks: &Shown,
) -> Output {
    let Assessed { snapshot, assessment, .. } = base;
    let name = to.name();
    let same = assessment.quarters.find(|then| then.quarter == name);
    let scored = score(assessment);
    let from = scored.quarter(same.unwrap_or(scored.assessment.newest()));
    let at = snapshot.committed.as_ref().map(|(_, revision)| revision.shown()).unwrap_or_default();
    let then = from.name();
    let sides = Compared { from, to, framework, team };
    let result = sides.with_change(&format!("{then} at {at}"), |comparison| {
        let sentence = headline(comparison);
        let opening = match args.format {
            DiffFormat::Text => Style::Text.line(&sentence) + &Shown::line(""),
            DiffFormat::Markdown => Style::Markdown.line(&sentence) + &Shown::line(""),
            DiffFormat::Json => Shown::default(),
        };
        opening + &printed(comparison, args.format)
    });
    let mut remarks = remarks.clone();
    if let Some((_, revision)) = &snapshot.committed {
        remarks += &Shown::line(&format!("compared with {at}: commit {}", revision.commit));
    }
    if same.is_none() {
        remarks += &Shown::line(&format!("{at} does not hold {name} yet: compared with its newest quarter, {then}"));
    }
    Output::result(result, remarks)
}

fn printed(comparison: &Comparison<'_>, format: DiffFormat) -> Shown {
    match format {
        DiffFormat::Text => change::print(comparison, Style::Text),
        DiffFormat::Markdown => change::print(comparison, Style::Markdown),
        DiffFormat::Json => change::json(comparison),
    }
}
