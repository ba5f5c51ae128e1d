//! `milepost handover`: a quarter as one archive, with everything that its numbers depend on. And `milepost verify FILE.zip`, which
//! computes them again from it.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Serialize;

use super::edition::{AudienceArg, Edition};
use super::select::quarter;
use super::source::{Assessed, CommitRead, SourceArg};
use super::verify::{Against, VerifyFormat, paragraph};
use super::{CommandOutcome, Output, Terminal};
use crate::base::number::counted;
use crate::border::{self, Shown};
use crate::check::{self, Checked};
use crate::diagnostic::{self, Code, Colour};
use crate::history::handover::{
    ABOUT, ArchiveFiles, Handing, HandoverAbout, files, pack, reviews_apart, sealed, unlike, with_left_out,
};
use crate::history::sealing::{self, MayDiffer, SealComparison, SealState, SealVerdict, TOOL};
use crate::load::archive::{self, Archive, taken_from};
use crate::load::workspace::{artifact, sha256};
use crate::model::seal::Sealed;
use crate::score::ScoredQuarter;
use crate::write::add;

/// Hand a quarter over: one zip archive with the report, the seal, every file that the numbers depend on, the rules, the reviews,
/// and the digest of each file. The same workspace makes the same bytes. `milepost verify FILE.zip` computes the numbers again.
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
    audience: AudienceArg,
}

const NOTHING_WRITTEN: &str = "Nothing was written.";

pub(super) fn run(root: &Path, args: &HandoverArgs, terminal: &Terminal<'_>) -> Result<Output, Output> {
    let Assessed { snapshot, assessment, remarks } = SourceArg::default().assess(root, terminal.remarks)?;
    let chosen = quarter(&assessment, &args.quarter).map_err(|why| Output::usage(remarks.clone() + &why))?;
    let refused = |why: &str| Output::failure(remarks.clone() + &Shown::error(why) + &Shown::line(NOTHING_WRITTEN));
    let report = report(root, args, terminal)?;
    let commit = CommitRead::told_whole(&snapshot.commit(root));
    let scored = crate::score::score(assessment);
    let scored = scored.quarter(chosen);
    let handing =
        Handing { audience: args.audience.audience(), commit: &commit, without_artifacts: args.without_artifacts };
    let all = files(&snapshot.workspace, scored, report, handing, |path| artifact(root, path))
        .map_err(|why| refused(&why))?;
    let packed = pack(&all).map_err(|why| refused(&why))?;
    let archive = taken_from(Cursor::new(&packed), packed.len() as u64);
    let verified = archive.and_then(|archive| Judged::of(archive, terminal.remarks)).map_err(|why| refused(&why))?;
    if verified.about.holds_inputs() && verified.figures().is_none() {
        let why = refused("the numbers of the quarter cannot be made again from what it would hold");
        return Err(Output { remarks: verified.remarks + &why.remarks, ..why });
    }
    add(&args.out, &packed, &|step| terminal.tell_of(step)).map_err(|why| refused(&why))?;
    let digest = Shown::line(&format!("{}  {}", sha256(&packed), args.out.display()));
    let said =
        verified.said(scored) + &Shown::line(&format!("{}, {} bytes.", counted(all.len(), "file"), packed.len()));
    Ok(Output::result(digest, remarks + &said))
}

/// The files of the report for the audience.
fn report(root: &Path, args: &HandoverArgs, terminal: &Terminal<'_>) -> Result<ArchiveFiles, Output> {
    let edition = Edition::new(root, &SourceArg::default(), &args.audience, terminal.remarks)?;
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
    let archive = archive::read(path).map_err(|why| refused(&why))?;
    let judged = Judged::of(archive, colour).map_err(|why| refused(&why))?;
    let result = match format {
        VerifyFormat::Json => judged.json(),
        VerifyFormat::Text => judged.text(),
    };
    let outcome = if judged.is_fine() { CommandOutcome::Fine } else { CommandOutcome::Problems };
    Ok(Output { outcome, ..Output::result(result, judged.remarks) })
}

/// An archive, compared with what it says of itself.
struct Judged {
    about: HandoverAbout,
    /// The differences between the archive and its own list, in words.
    unlike: Vec<String>,
    /// How many artifacts were left out.
    left_out: usize,
    /// The quarter as it was sealed, or as it was when it was handed over, and how the numbers made again compare with it; `None`
    /// without inputs.
    compared: Option<(Sealed, Option<SealComparison>)>,
    /// The mistakes because of which the numbers cannot be made again.
    remarks: Shown,
}

impl Judged {
    /// Judges an archive.
    ///
    /// # Errors
    /// Why it is not an archive of a quarter, in words.
    fn of(mut archive: Archive, colour: Colour) -> Result<Self, String> {
        let about = HandoverAbout::of(&archive)
            .ok_or_else(|| format!("it is no handover: it has no {ABOUT} that can be read"))?;
        let mut unlike = unlike(&archive);
        let left_out = with_left_out(&mut archive);
        if !about.holds_inputs() {
            unlike.extend(about.lies(&archive, &[]));
            return Ok(Self { about, unlike, left_out, compared: None, remarks: Shown::default() });
        }
        let seals = check::seals(&archive.workspace);
        let reviews = reviews_apart(&mut archive, &about, seals);
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
        unlike.extend(about.lies(&archive, &seals));
        let sealed = sealed(&archive, &about, &seals)
            .ok_or_else(|| format!("it holds nothing to compare the numbers of {} with", about.quarter))?;
        let figures = sealing::verify(&sealed, scored.as_ref()).figures;
        Ok(Self { about, unlike, left_out, compared: Some((Sealed { reviews, ..sealed }, figures)), remarks })
    }

    /// How the numbers compare; `None` without inputs.
    fn verdict(&self) -> Option<SealVerdict<'_>> {
        self.compared.as_ref().map(|(sealed, figures)| SealVerdict {
            sealed,
            figures: figures.clone(),
            last: sealed.quarter,
        })
    }

    /// The numbers that were made again; `None` if they could not be.
    fn figures(&self) -> Option<&SealComparison> {
        self.compared.as_ref()?.1.as_ref()
    }

    fn is_fine(&self) -> bool {
        self.unlike.is_empty() && self.verdict().is_none_or(|verdict| verdict.holds(MayDiffer::Policy))
    }

    /// Remarks for the person who hands a quarter over.
    fn said(&self, quarter: ScoredQuarter<'_>) -> Shown {
        let name = quarter.name();
        let mut said = Shown::default();
        if self.about.open {
            said +=
                &Shown::line(&format!("{name} is not sealed, so its numbers may still change; the handover says so."));
        } else if !self.is_fine() {
            said += &Shown::line(&format!(
                "{name} is NOT as it was sealed; the handover says so, as `milepost verify {name}` does."
            ));
        }
        if !self.about.holds_inputs() {
            said += &Shown::line(
                "It holds no inputs, as this audience may not see them all; its numbers cannot be made again from it.",
            );
        }
        said
    }

    fn json(&self) -> Shown {
        let (about, verdict) = (&self.about, self.verdict());
        let differ = self.figures().map(|compared| compared.differ.as_slice()).unwrap_or_default();
        border::json::print(&HandoverJson {
            tool: TOOL,
            fine: self.is_fine(),
            quarter: &about.quarter,
            audience: about.audience.name(),
            commit: &about.commit,
            made_by: &about.tool,
            open: about.open,
            files: &self.unlike,
            recomputed: self.figures().is_some(),
            state: verdict.map(|verdict| verdict.state()),
            scores: differ.iter().map(|difference| difference.node.id.clone()).collect(),
        })
    }

    fn text(&self) -> Shown {
        let HandoverAbout { quarter, audience, commit, tool, open, .. } = &self.about;
        let audience = audience.name();
        let head = format!("handover of {quarter}, for the audience {audience}, by milepost {tool}, from {commit}");
        let mut out = Shown::line(&head);
        if *open {
            out += &Shown::line(&format!(
                "{quarter} was not sealed when it was handed over: open.toml stands in for its seal"
            ));
        }
        out += &Shown::line(&match self.unlike.len() {
            0 => "every file is as it was handed over".to_owned(),
            count => format!("{} NOT as handed over:", counted(count, "file")),
        });
        self.unlike.iter().take(MOST).for_each(|fault| out += &Shown::line(&format!("  {fault}")));
        if self.unlike.len() > MOST {
            let more = self.unlike.len() - MOST;
            out += &Shown::line(&format!("  and {more} more; --format json names them all"));
        }
        if self.left_out > 0 {
            let left_out = counted(self.left_out, "artifact");
            out += &Shown::line(&format!("{left_out} left out; their digests stand in it"));
        }
        out += &Shown::line("");
        let against = if *open { Against::Draft } else { Against::Seal };
        out += &match self.verdict() {
            Some(verdict) => paragraph(&verdict, MayDiffer::Policy, against),
            None => Shown::line("This edition holds no inputs: its numbers cannot be made again from it."),
        };
        let fine = self.is_fine();
        out + &Shown::line("") + &Shown::line(if fine { "as it was handed over" } else { "NOT as it was handed over" })
    }
}

/// How many files the text names.
const MOST: usize = 20;
