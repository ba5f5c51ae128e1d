//! `milepost diff`: what moved between two quarters, or between a git revision and the files in the folder, and why.

use std::path::Path;

use clap::ValueEnum;

use super::Output;
use super::select::{FrameworkArg, TeamArg, quarter};
use super::source::{Assessed, Base, BaseArgs, SourceArg};
use crate::border::Shown;
use crate::diagnostic::Colour;
use crate::export::Selection;
use crate::export::change::{self, Comparison, New};
use crate::export::headline::headline;
use crate::export::table::{self, Style};
use crate::model::assessment::Assessment;
use crate::score::change::{Cause, between};
use crate::score::{ScoredQuarter, score};

/// Show what moved between two quarters, split into its causes.
#[derive(Debug, clap::Args)]
#[command(about = about())]
pub(super) struct DiffArgs {
    /// The earlier quarter; the one before the newest by default.
    #[arg(value_name = "FROM")]
    from: Option<String>,
    /// The later quarter; the newest by default.
    #[arg(value_name = "TO")]
    to: Option<String>,
    #[command(flatten)]
    base: BaseArgs,
    /// The quarter to compare with --base or --base-tip; the newest by default.
    #[arg(long, value_name = "QUARTER", requires = "earlier")]
    quarter: Option<String>,
    #[command(flatten)]
    team: TeamArg,
    #[command(flatten)]
    framework: FrameworkArg,
    /// How to print the change.
    #[arg(long, value_enum, default_value_t)]
    format: DiffFormat,
}

/// What the command does, with every cause as its column is named.
fn about() -> String {
    let causes = Cause::ALL.map(Cause::name).join(", ");
    format!("Show what moved between two quarters, split into its causes: {causes}")
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
    /// CSV for spreadsheets: a row for each node, with its causes side by side.
    Csv,
}

/// Both sides of a comparison.
struct Compared<'a> {
    from: ScoredQuarter<'a>,
    /// What is compared, in the later quarter.
    to: Selection<'a>,
}

impl Compared<'_> {
    /// What moved, ready to be printed.
    fn with_change<T>(&self, from_name: &str, print: impl FnOnce(&Comparison<'_>) -> T) -> T {
        let Self { from, to: Selection { quarter: to, framework, team, .. } } = *self;
        let change = between(from, to, framework, team);
        print(&Comparison { from, to, from_name, framework, team, change: &change })
    }
}

pub(super) fn run(root: &Path, args: &DiffArgs, colour: Colour) -> Result<Output, Output> {
    // A revision that is not there is wrong usage, whatever state the files are in.
    let base = args.base.assess(root, colour)?;
    let Assessed { assessment, remarks, .. } = SourceArg::default().assess(root, colour)?;
    let usage = |why: Shown| Output::usage(remarks.clone() + &why);
    let wanted = args.quarter.as_ref().or(args.to.as_ref());
    let to = wanted.map_or_else(|| Ok(assessment.newest()), |name| quarter(&assessment, name)).map_err(usage)?;
    let framework = args.framework.find(assessment.in_quarter(to)).map_err(usage)?;
    let team = args.team.find(&assessment).map_err(usage)?;
    let scored = score(assessment);
    let quarter = scored.quarter(to);
    let to = Selection { quarter, framework, team, function: None };
    match base {
        Some(Base { name, told, assessed: Some(assessed) }) => {
            let (result, remark) = with_base(args, assessed.assessment, &name, to);
            Ok(Output::result(result, remarks + &told + &remark))
        }
        Some(Base { name, told, assessed: None }) => {
            let new = New { to: quarter, framework, team, base: &name };
            Ok(Output::result(printed_new(&new, args.format), remarks + &told))
        }
        None => {
            let from = before(args, quarter).map_err(usage)?;
            let sides = Compared { from, to };
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

/// Compares a quarter with the same one as a revision holds it; with the newest there, where the revision is older than the
/// quarter. The remarks on the revision's own files are not printed: nobody can correct them there.
fn with_base(args: &DiffArgs, assessment: Assessment, at: &str, to: Selection<'_>) -> (Shown, Shown) {
    let name = to.quarter.name();
    let same = assessment.quarters.find(|then| then.quarter == name);
    let scored = score(assessment);
    let from = scored.quarter(same.unwrap_or(scored.assessment.newest()));
    let then = from.name();
    let sides = Compared { from, to };
    let result = sides.with_change(&format!("{then} at {at}"), |comparison| {
        opening(&headline(comparison), args.format) + &printed(comparison, args.format)
    });
    let remark = match same {
        Some(_) => Shown::default(),
        None => Shown::line(&format!("{at} does not hold {name} yet: compared with its newest quarter, {then}")),
    };
    (result, remark)
}

/// The sentence at the top, where people read it.
fn opening(sentence: &str, format: DiffFormat) -> Shown {
    match format {
        DiffFormat::Text => Style::Text.line(sentence) + &Shown::line(""),
        DiffFormat::Markdown => Style::Markdown.line(sentence) + &Shown::line(""),
        DiffFormat::Json | DiffFormat::Csv => Shown::default(),
    }
}

fn printed(comparison: &Comparison<'_>, format: DiffFormat) -> Shown {
    match format {
        DiffFormat::Text => change::print(comparison, Style::Text),
        DiffFormat::Markdown => change::print(comparison, Style::Markdown),
        DiffFormat::Json => change::json(comparison),
        DiffFormat::Csv => change::csv(comparison),
    }
}

/// A quarter that the base does not have: all of it is new.
fn printed_new(new: &New<'_>, format: DiffFormat) -> Shown {
    let selection = Selection { quarter: new.to, framework: new.framework, team: new.team, function: None };
    match format {
        DiffFormat::Text => opening(&new.sentence(), format) + &table::scores(&selection, Style::Text),
        DiffFormat::Markdown => opening(&new.sentence(), format) + &table::scores(&selection, Style::Markdown),
        DiffFormat::Json => change::json_of_new(new),
        DiffFormat::Csv => change::csv_of_new(new),
    }
}
