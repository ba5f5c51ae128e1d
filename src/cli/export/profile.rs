//! `milepost export profile`: NIST's Organizational Profile.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::super::edition::AudienceArg;
use super::super::select::QuarterArg;
use super::super::source::{Assessed, SourceArg};
use super::super::{Output, Terminal};
use crate::border::{Shown, csv};
use crate::exchange::profile::{self, ProfileAbout};
use crate::model::ids::FrameworkId;
use crate::redact::redact;
use crate::score::{ScoredQuarter, score};

/// Write the Organizational Profile of a quarter in the columns of NIST's template: a row for each Function, Category and
/// Subcategory of the CSF 2.0.
#[derive(Debug, clap::Args)]
pub(super) struct ProfileArgs {
    #[command(flatten)]
    quarter: QuarterArg,
    #[command(flatten)]
    source: SourceArg,
    #[command(flatten)]
    audience: AudienceArg,
    /// How to write the table; by default as the name of the file says, otherwise as a workbook.
    #[arg(long, value_enum)]
    format: Option<ProfileFormat>,
    /// The new file to write, or `-` for CSV on standard output.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// The formats of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ProfileFormat {
    /// A workbook for a spreadsheet, with a second sheet that says what it is.
    Xlsx,
    /// The same table as CSV.
    Csv,
}

impl ProfileArgs {
    fn format(&self) -> ProfileFormat {
        let by_name = || {
            let is_csv = self.out.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
            if is_csv || self.out == Path::new("-") { ProfileFormat::Csv } else { ProfileFormat::Xlsx }
        };
        self.format.unwrap_or_else(by_name)
    }
}

/// The framework whose outcomes the rows are.
pub(in super::super) const FRAMEWORK: &str = "csf-2.0";

pub(super) fn run(root: &Path, args: &ProfileArgs, terminal: &Terminal<'_>) -> Result<Output, Output> {
    let to_terminal = args.out == Path::new("-");
    if to_terminal && args.format() == ProfileFormat::Xlsx {
        let why = "a workbook is no text for standard output; name a file with --out, or take --format csv";
        return Err(Output::usage(Shown::error(why)));
    }
    let Assessed { assessment, mut remarks, .. } = args.source.assess(root, terminal.remarks)?;
    let quarter = args.quarter.find(&assessment).map_err(|why| Output::usage(remarks.clone() + &why))?;
    let scored = score(redact(assessment, args.audience.audience()));
    let quarter = scored.quarter(quarter);
    let Some(framework) = scored.assessment.frameworks.find(|framework| framework.id == FRAMEWORK) else {
        let why =
            format!("the Organizational Profile has the outcomes of {FRAMEWORK}, and this workspace does not use it");
        return Err(Output::failure(remarks + &Shown::error(&why)));
    };
    let table = profile::table(quarter, framework);
    remarks +=
        &table.cut().iter().map(|cell| Shown::line(&format!("note: cut, too long for a cell: {cell}"))).collect();
    match args.format() {
        ProfileFormat::Csv if to_terminal => Ok(Output::result(profile::csv(&table), remarks)),
        ProfileFormat::Csv => super::written(&args.out, csv::file(&profile::csv(&table)).as_bytes(), remarks, terminal),
        ProfileFormat::Xlsx => {
            super::written(&args.out, &profile::xlsx(&table, &about(quarter, framework)), remarks, terminal)
        }
    }
}

/// What the second sheet says.
fn about(quarter: ScoredQuarter<'_>, framework: FrameworkId) -> ProfileAbout {
    let (settings, catalog, assessment) = (quarter.settings(), quarter.framework(framework), quarter.assessment);
    let levels = settings.scale.levels.iter().zip(0..).map(|(level, at)| {
        let number = settings.scale.bottom.millionths() / 1_000_000 + at;
        format!("{number} {}", level.name)
    });
    let figures = quarter.figures(crate::model::catalog::Node::Framework(framework), None);
    let coverage = format!("{} of {} answers have a level", figures.counts.assessed, figures.counts.applicable());
    let open =
        if quarter.is_open() { ", still open: the figures hold if nothing is renewed until its last day" } else { "" };
    let line = |name: &str, says: String| (name.to_owned(), says);
    let lines = vec![
        line("Organisation", settings.organization.clone()),
        line("Report", settings.title.clone()),
        line("Quarter", format!("{}, {} to {}{open}", quarter.name(), quarter.answers().opens, quarter.closes())),
        line("Outcomes", format!("{} {}", catalog.title, catalog.version)),
        line("Levels", levels.collect::<Vec<_>>().join(", ")),
        line("Assessed", coverage),
        line("Not shown", format!("A mean of which less than {} % of the answers have a level.", settings.scoring.minimum_coverage)),
        line("For", assessment.audience.name().to_owned()),
        line("Rules", format!("SHA-256 {}", quarter.policy_digest())),
        line("What it is", "A self-assessment in the columns of NIST's Organizational Profile template. A score says how far the organisation's own answers reach; it measures no risk and is no CSF Tier.".to_owned()),
        line("Taking it back", "milepost import profile FILE reads this sheet. Cells that were not changed change nothing.".to_owned()),
    ];
    ProfileAbout { title: format!("{}, {}", settings.title, quarter.name()), day: quarter.closes(), lines }
}
