//! `milepost build`: the report as a folder of files.

use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::Output;
use super::source::{Assessed, Source};
use crate::audience::redact;
use crate::diagnostic::{self, Colour, Format};
use crate::score;
use crate::settings::{Audience, Hidden};
use crate::site::site;
use crate::theme::Theme;
use crate::view::Report;
use crate::write::{Failure, Written, apart, write};

/// Build the report: a folder of files for any web server, or for opening index.html.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Where the report goes; `public` in the workspace by default.
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// For whom it is: what `[audiences]` in milepost.toml hides from them is nowhere in it.
    #[arg(long, value_name = "AUDIENCE", default_value = "full", value_parser = audiences())]
    audience: Audience,
    #[command(flatten)]
    source: Source,
}

/// The audiences by their names.
fn audiences() -> impl TypedValueParser<Value = Audience> {
    let named = |name: String| Audience::ALL.into_iter().find(|audience| audience.name() == name).unwrap_or_default();
    PossibleValuesParser::new(Audience::ALL.map(Audience::name)).map(named)
}

const NOTHING_WRITTEN: &str = "Nothing was written.\n";

pub(super) fn run(root: &Path, args: &Args, colour: Colour) -> Output {
    let assessed = match args.source.assess(root, colour) {
        Ok(assessed) => assessed,
        Err(output) => return output,
    };
    let quarters = 0..assessed.assessment.quarters.len();
    let answers = quarters.flat_map(|quarter| assessed.assessment.answers(quarter));
    let provenance = assessed.provenance(root, answers.map(|(_, _, _, answer)| &answer.origin));
    let Assessed { workspace, assessment, remarks, .. } = assessed;
    let print = |found: &[diagnostic::Diagnostic]| diagnostic::print(found, &workspace, Format::Text, colour);
    let theme = match Theme::new(&workspace, &assessment.settings.theme) {
        Ok(theme) => theme,
        Err(found) => return Output::failure(remarks + &print(&found) + NOTHING_WRITTEN),
    };
    let assessment = redact(assessment, args.audience);
    let provenance = provenance.filter(|_| !assessment.hidden.contains(&Hidden::People));
    let scorecard = score::score(&assessment);
    let report = Report { assessment: &assessment, scorecard: &scorecard, provenance: provenance.as_ref() };
    let site = site(report, &theme);
    let out = args.out.clone().unwrap_or_else(|| root.join("public"));
    match apart(&out, root, &workspace.patterns.roots()).and_then(|()| write(&site, &out)) {
        Ok(written) => Output::result(String::new(), remarks + &summary(&out, written)),
        Err(Failure::Page(found)) => Output::failure(remarks + &print(&found) + NOTHING_WRITTEN),
        Err(Failure::Refused(why)) => Output::failure(format!("{remarks}error: {why}\n")),
    }
}

fn summary(out: &Path, written: Written) -> String {
    let Written { files, changed, removed } = written;
    let index = out.join("index.html");
    let what = match (changed, removed) {
        (0, 0) => format!("{files} files, nothing changed"),
        (changed, 0) => format!("{files} files, {changed} written"),
        (changed, removed) => format!("{files} files, {changed} written, {removed} removed"),
    };
    format!("{}: {what}\n", index.display())
}
