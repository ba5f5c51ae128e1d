//! `milepost handover`: a quarter as one archive, with all that its numbers rest on. And `milepost verify FILE.zip`, which makes them
//! again from it.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Serialize;

use super::edition::{Edition, Reader};
use super::select::quarter;
use super::source::{Assessed, CommitRead, Source};
use super::verify::{VerifyFormat, paragraph};
use super::{CommandOutcome, Output, Terminal};
use crate::border::{self, Shown};
use crate::check::{self, Checked};
use crate::diagnostic::{self, Code, Colour};
use crate::export::counted;
use crate::history::handover::{
    ABOUT, ArchiveFiles, Handing, HandoverAbout, files, pack, sealed, unlike, with_left_out,
};
use crate::history::sealing::{self, MayDiffer, SealState, SealVerdict, TOOL};
use crate::load::archive::{self, Archive};
use crate::load::workspace::{artifact, sha256};
use crate::model::seal::Sealed;
use crate::model::settings::Audience;
use crate::write::add;

/// Hand a quarter over: one zip archive with the report, the seal, every file that the numbers rest on, the rules, the reviews, and
/// the digest of each file. The same workspace makes the same bytes. `milepost verify FILE.zip` makes the numbers again.
#[derive(Debug, clap::Args)]
pub(super) struct HandoverArgs {
    /// The quarter, as in 2026-Q3.
    #[arg(value_name = "QUARTER")]
    quarter: String,
    /// The new archive.
    #[arg(short, long, value_name = "FILE.zip")]
    out: PathBuf,
    /// Leave artifacts out, and keep their digests.
    #[arg(long)]
    without_artifacts: bool,
    #[command(flatten)]
    reader: Reader,
}

const NOTHING_WRITTEN: &str = "Nothing was written.";

pub(super) fn run(root: &Path, args: &HandoverArgs, terminal: &Terminal<'_>) -> Result<Output, Output> {
    let Assessed { snapshot, assessment, remarks } = Source::default().assess(root, terminal.remarks)?;
    let chosen = quarter(&assessment, &args.quarter).map_err(|why| Output::usage(remarks.clone() + &why))?;
    let refused = |why: &str| Output::failure(remarks.clone() + &Shown::error(why) + &Shown::line(NOTHING_WRITTEN));
    let report = report(root, args, terminal)?;
    let commit = CommitRead::told_whole(&snapshot.commit(root));
    let scored = crate::score::score(assessment);
    let scored = scored.quarter(chosen);
    let handing =
        Handing { audience: args.reader.audience(), commit: &commit, without_artifacts: args.without_artifacts };
    let all = files(&snapshot.workspace, scored, report, handing, |path| artifact(root, path))
        .map_err(|why| refused(&why))?;
    let packed = pack(&all).map_err(|why| refused(&why))?;
    add(&args.out, &packed, &|step| terminal.tell_of(step)).map_err(|why| refused(&why))?;
    let digest = Shown::line(&format!("{}  {}", sha256(&packed), args.out.display()));
    let mut said = remarks;
    if scored.answers().seal.is_none() {
        let line = format!("{} is not sealed, so its numbers may still change; the handover says so.", scored.name());
        said += &Shown::line(&line);
    }
    if handing.audience != Audience::Full {
        said += &Shown::line(
            "It holds no inputs, as this audience may not see them all; its numbers cannot be made again from it.",
        );
    }
    said += &Shown::line(&format!("{}, {} bytes.", counted(all.len(), "file"), packed.len()));
    Ok(Output::result(digest, said))
}

/// The files of the report for the audience.
fn report(root: &Path, args: &HandoverArgs, terminal: &Terminal<'_>) -> Result<ArchiveFiles, Output> {
    let edition = Edition::new(root, &Source::default(), &args.reader, terminal.remarks)?;
    let site = edition.site();
    let rendered: Result<ArchiveFiles, _> =
        site.files().par_iter().map(|file| Ok((file.path.clone(), site.render(file)?))).collect();
    rendered.map_err(|found: Box<diagnostic::Diagnostic>| {
        Output::failure(edition.print(&[*found], terminal.remarks) + &Shown::line(NOTHING_WRITTEN))
    })
}

/// The result of judging an archive.
#[derive(Serialize)]
struct HandoverJson<'a> {
    tool: &'a str,
    fine: bool,
    quarter: &'a str,
    audience: &'a str,
    commit: &'a str,
    made_by: &'a str,
    open: bool,
    /// Files that are not as the archive's own list says.
    files: &'a [String],
    /// Whether the numbers were made again; false where it holds no inputs.
    recomputed: bool,
    /// How they compare; null where they were not made again.
    state: Option<SealState>,
    /// The nodes whose figures differ.
    scores: Vec<String>,
}

/// Judges the archive at `path`.
pub(super) fn verify(path: &Path, format: VerifyFormat, colour: Colour) -> Result<Output, Output> {
    let refused = |why: &str| Output::failure(Shown::error(&format!("{}: {why}", path.display())));
    let mut archive = archive::read(path).map_err(|why| refused(&why))?;
    let about = HandoverAbout::of(&archive)
        .ok_or_else(|| refused(&format!("it is no handover: it has no {ABOUT} that can be read")))?;
    let unlike = unlike(&archive);
    let left_out = with_left_out(&mut archive);
    if !about.holds_inputs() {
        return Ok(told(&about, &unlike, None, left_out, format, Shown::default()));
    }
    let Archive { workspace, .. } = &archive;
    let Checked { assessment, mut diagnostics } = check::check(workspace);
    // What these say is the result; and a handover has no other quarter's files.
    diagnostics.remove(&[Code::SealedQuarterChanged, Code::SealedRuleChanged, Code::BadSeal]);
    let remarks = if diagnostics.has_errors() {
        diagnostic::print(&diagnostics, workspace, diagnostic::DiagnosticFormat::Text, colour)
    } else {
        Shown::default()
    };
    let scored = assessment.map(crate::score::score);
    let seals: Vec<Sealed> = match &scored {
        Some(scored) => scored.assessment.quarters.iter().filter_map(|answers| answers.seal.clone()).collect(),
        None => check::seals(workspace),
    };
    let sealed = sealed(&archive, &about, &seals)
        .ok_or_else(|| refused(&format!("it holds nothing to compare the numbers of {} with", about.quarter)))?;
    let verdict = sealing::verify(&sealed, scored.as_ref());
    Ok(told(&about, &unlike, Some(&verdict), left_out, format, remarks))
}

fn told(
    about: &HandoverAbout,
    unlike: &[String],
    verdict: Option<&SealVerdict<'_>>,
    left_out: usize,
    format: VerifyFormat,
    remarks: Shown,
) -> Output {
    let fine = unlike.is_empty() && verdict.is_none_or(|verdict| verdict.holds(MayDiffer::Policy));
    let differ = verdict.and_then(|verdict| verdict.figures.as_ref()).map(|compared| compared.differ.as_slice());
    let result = match format {
        VerifyFormat::Json => border::json::print(&HandoverJson {
            tool: TOOL,
            fine,
            quarter: &about.quarter,
            audience: &about.audience,
            commit: &about.commit,
            made_by: &about.tool,
            open: about.open,
            files: unlike,
            recomputed: verdict.is_some_and(|verdict| verdict.figures.is_some()),
            state: verdict.map(SealVerdict::state),
            scores: differ.unwrap_or_default().iter().map(|difference| difference.node.id.clone()).collect(),
        }),
        VerifyFormat::Text => text(about, unlike, verdict, left_out, fine),
    };
    let outcome = if fine { CommandOutcome::Fine } else { CommandOutcome::Problems };
    Output { outcome, ..Output::result(result, remarks) }
}

/// How many files the text names.
const MOST: usize = 20;

fn text(
    about: &HandoverAbout,
    unlike: &[String],
    verdict: Option<&SealVerdict<'_>>,
    left_out: usize,
    fine: bool,
) -> Shown {
    let HandoverAbout { quarter, audience, commit, tool, open, .. } = about;
    let mut out =
        Shown::line(&format!("handover of {quarter}, for the audience {audience}, by milepost {tool}, from {commit}"));
    if *open {
        out += &Shown::line(&format!(
            "{quarter} was not sealed when it was handed over: open.toml stands in for its seal"
        ));
    }
    out += &Shown::line(&match unlike.len() {
        0 => "every file is as it was handed over".to_owned(),
        count => format!("{} NOT as handed over:", counted(count, "file")),
    });
    unlike.iter().take(MOST).for_each(|fault| out += &Shown::line(&format!("  {fault}")));
    if unlike.len() > MOST {
        out += &Shown::line(&format!("  and {} more; --format json names them all", unlike.len() - MOST));
    }
    if left_out > 0 {
        out += &Shown::line(&format!("{} left out; their digests stand in it", counted(left_out, "artifact")));
    }
    out += &Shown::line("");
    match verdict {
        Some(verdict) => out += &paragraph(verdict, MayDiffer::Policy),
        None => out += &Shown::line("This edition holds no inputs: its numbers cannot be made again from it."),
    }
    out + &Shown::line("") + &Shown::line(if fine { "as it was handed over" } else { "NOT as it was handed over" })
}
