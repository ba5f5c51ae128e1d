//! `milepost verify`: whether closed quarters are as they were sealed.

use std::collections::BTreeMap;
use std::path::Path;

use clap::ValueEnum;
use serde::Serialize;

use super::select::one_of;
use super::{CommandOutcome, Output};
use crate::base::layout::{CONFIG, PROFILE_FILE};
use crate::base::number::{counted, plain};
use crate::base::quarter::Quarter;
use crate::border::{self, Shown};
use crate::check::{self, Checked, RuleRemedy, asked_as_sealed, has_since, is_decided};
use crate::diagnostic::{self, Code, Colour};
use crate::history::edited_catalog::CatalogEdit;
use crate::history::sealing::{
    Difference, FigureChange, MayDiffer, SealComparison, SealState, SealVerdict, TOOL, verify,
};
use crate::load::workspace::{self, Workspace};
use crate::model::assessment::Assessment;
use crate::model::rules::{RuleChange, since_lines};
use crate::model::seal::{
    FIGURES, FileChange, LEVELS, Previous, Seal, Sealed, SealedFigure, SealedPart, SealedReviews, reached,
};

/// Compare closed quarters with their seals: name every file that was added, changed or removed since, compute the scores again and
/// name each that differs, and check the seals and their chain.
///
/// Rules and catalogs may change after a quarter is closed. A rule that changes from a later quarter on does not affect it. A
/// changed rule that does is named with both values. It is a failure only if a sealed score or target differs because of it, or
/// with --strict. The output says what to write instead.
#[derive(Debug, clap::Args)]
pub(super) struct VerifyArgs {
    /// The quarter, as in 2026-Q3; every sealed one by default. Or a handover: its numbers are computed again from it.
    #[arg(value_name = "QUARTER|FILE.zip")]
    quarter: Option<String>,
    /// Also fail if a rule or a catalog changed but no score or target did.
    #[arg(long)]
    strict: bool,
    /// How to print what is found.
    #[arg(long, value_enum, default_value_t)]
    format: VerifyFormat,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(super) enum VerifyFormat {
    /// For people.
    #[default]
    Text,
    /// JSON: everything that differs, levels in millionths.
    Json,
}

/// How many nodes the text names.
const MOST: usize = 20;

pub(super) fn run(root: &Path, args: &VerifyArgs, colour: Colour) -> Result<Output, Output> {
    let workspace = workspace::load(root);
    let Checked { assessment, mut diagnostics } = check::check(&workspace);
    // What these say is the result.
    diagnostics.remove(&[Code::SealedQuarterChanged, Code::SealedRuleChanged, Code::BadSeal]);
    let remarks = diagnostic::print(&diagnostics, &workspace, diagnostic::DiagnosticFormat::Text, colour);
    let scored = assessment.map(crate::score::score);
    let seals: Vec<Sealed> = match &scored {
        Some(scored) => scored.assessment.quarters.iter().filter_map(|answers| answers.seal.clone()).collect(),
        None => check::seals(&workspace),
    };
    let chosen = choose(args.quarter.as_deref(), &seals, scored.as_ref().map(|scored| &scored.assessment))
        .map_err(|why| Output::usage(remarks.clone() + &why))?;
    let verdicts: Vec<SealVerdict<'_>> = chosen.into_iter().map(|sealed| verify(sealed, scored.as_ref())).collect();
    let may_differ = if args.strict { MayDiffer::Nothing } else { MayDiffer::Policy };
    // A workspace that cannot be read may hold seals that cannot be seen.
    let seen = scored.is_some() || !verdicts.is_empty();
    let fine = seen && verdicts.iter().all(|verdict| verdict.holds(may_differ));
    let outcome = if fine { CommandOutcome::Fine } else { CommandOutcome::Problems };
    let result = match args.format {
        VerifyFormat::Text if !seen => Shown::default(),
        VerifyFormat::Text => text(&verdicts, may_differ, &workspace, scored.as_ref().map(|scored| &scored.assessment)),
        VerifyFormat::Json => json(&verdicts, may_differ, outcome),
    };
    Ok(Output { outcome, ..Output::result(result, remarks) })
}

impl VerifyArgs {
    /// The archive that is named in the place of a quarter, and how to print what is found.
    pub(super) fn archive(&self) -> Option<(&Path, VerifyFormat)> {
        let named = self.quarter.as_deref().map(Path::new)?;
        let is_archive = named.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip"));
        is_archive.then_some((named, self.format))
    }
}

/// The seals that are asked for.
fn choose<'a>(
    wanted: Option<&str>,
    seals: &'a [Sealed],
    assessment: Option<&Assessment>,
) -> Result<Vec<&'a Sealed>, Shown> {
    let Some(wanted) = wanted else { return Ok(seals.iter().collect()) };
    let quarters = assessment.into_iter().flat_map(|assessment| &assessment.quarters);
    let is_sealed = |quarter: &Quarter| seals.iter().any(|sealed| sealed.quarter == *quarter);
    let open = quarters.map(|answers| answers.quarter).filter(|quarter| !is_sealed(quarter));
    let all = seals.iter().map(|sealed| sealed.quarter).chain(open);
    let found = one_of("quarter", wanted, &all.map(|quarter| (quarter, quarter.to_string())).collect::<Vec<_>>())?;
    match seals.iter().find(|sealed| sealed.quarter == found) {
        Some(sealed) => Ok(vec![sealed]),
        None => Err(Shown::error(&format!("{found} is not sealed; `milepost seal {found}` closes it"))),
    }
}

fn text(
    verdicts: &[SealVerdict<'_>],
    may_differ: MayDiffer,
    workspace: &Workspace,
    assessment: Option<&Assessment>,
) -> Shown {
    if verdicts.is_empty() {
        return Shown::line("no quarter is sealed; `milepost seal QUARTER` closes one");
    }
    let out: Shown =
        verdicts.iter().map(|verdict| paragraph(verdict, may_differ, Against::Seal) + &Shown::line("")).collect();
    let broken = verdicts.iter().filter(|verdict| !verdict.holds(may_differ)).count();
    let out = out + &assessment.map(|assessment| instead(verdicts, workspace, assessment)).unwrap_or_default();
    out + &Shown::line(&match (broken, verdicts.len()) {
        (0, 1) => "1 sealed quarter, as it was sealed".to_owned(),
        (0, count) => format!("{count} sealed quarters, all as they were sealed"),
        (broken, count) => format!("{broken} of {count} sealed quarter{} failed", if count == 1 { "" } else { "s" }),
    })
}

/// What a quarter is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Against {
    /// Its seal.
    Seal,
    /// What a seal would have held when the open quarter was handed over.
    Draft,
}

pub(super) fn paragraph(verdict: &SealVerdict<'_>, may_differ: MayDiffer, against: Against) -> Shown {
    let SealVerdict { sealed, figures, .. } = verdict;
    let mut out = Shown::line(&format!("{}: {}", sealed.quarter, headline(verdict.state(), against)));
    let name = if against == Against::Seal { "seal" } else { "no seal" };
    row(&mut out, name, &format!("{}  {}", sealed.sha256, sealed.path));
    for fault in &sealed.faults {
        row(&mut out, "broken", &fault.message);
        more(&mut out, &fault.help);
    }
    if let Some(seal) = &sealed.seal {
        sealed_rows(&mut out, verdict, seal);
    }
    match figures {
        Some(compared) => scores(&mut out, compared, verdict),
        None if sealed.seal.is_some() => {
            row(&mut out, "scores", "cannot be made again before the errors of this workspace are mended");
        }
        None => {}
    }
    match &sealed.reviews {
        SealedReviews::Sealed(reviews) => of_reviews(&mut out, reviews),
        SealedReviews::Open(0) => {}
        SealedReviews::Open(files) => {
            let (quarter, what) = (sealed.quarter, counted(*files, "file"));
            let how =
                format!("{what} without a seal, so they may change; `milepost seal {quarter} --reviews` closes them");
            row(&mut out, "reviews", &how);
        }
    }
    if verdict.state() == SealState::Unchanged && may_differ == MayDiffer::Nothing && !verdict.holds(may_differ) {
        row(&mut out, "strict", "no rule or catalog may change, whether a score or target does or not");
    }
    out
}

/// The seal of a quarter's reviews, and the files that differ from it.
fn of_reviews(out: &mut Shown, sealed: &Sealed) {
    row(out, "reviews", &format!("{}  {}", sealed.sha256, sealed.path));
    for fault in &sealed.faults {
        row(out, "broken", &fault.message);
        more(out, &fault.help);
    }
    if let Some(seal) = &sealed.seal {
        row(out, "files", &changed(seal.inputs.len(), "reviews and what they point to", sealed.changes.len()));
        sealed.changes.iter().for_each(|change| more(out, &format!("{:8} {}", change.change.name(), change.path)));
    }
}

/// What the seal says, and the files that differ from it.
fn sealed_rows(out: &mut Shown, verdict: &SealVerdict<'_>, seal: &Seal) {
    let tool = match &verdict.figures {
        _ if seal.tool == TOOL => String::new(),
        Some(compared) if compared.differ.is_empty() => {
            format!("; this is {TOOL}, which makes the same scores, so that is fine")
        }
        _ => format!("; this is {TOOL}, which may score otherwise"),
    };
    row(out, "made by", &format!("milepost {}{tool}", seal.tool));
    row(
        out,
        "chain",
        &match &seal.previous {
            Some(Previous { quarter, sha256 }) => format!("continues {quarter}, {sha256}"),
            None => "the first seal".to_owned(),
        },
    );
    let files = seal.inputs.keys().filter(|(role, _)| !role.is_policy()).count();
    let policy = seal.inputs.len() - files;
    let touched: Vec<&FileChange> = verdict.touched().collect();
    row(out, "files", &changed(files, "evidence, artifacts and the quarter's own", touched.len()));
    touched.iter().for_each(|change| more(out, &format!("{:8} {}", change.change.name(), change.path)));
    let rules = &verdict.sealed.rules;
    row(out, "rules", &changed(seal.rules.len(), "of settings, profiles and teams", rules.len()));
    for RuleChange { rule, before, after } in rules {
        let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "not set".to_owned());
        more(out, &format!("{rule} was {}, is {}", value(before), value(after)));
    }
    let shared: Vec<&FileChange> = verdict.policy().collect();
    row(out, "catalogs", &changed(policy, "in use", shared.len()));
    shared.iter().for_each(|change| more(out, &format!("{:8} {}", change.change.name(), change.path)));
}

fn headline(state: SealState, against: Against) -> &'static str {
    match (state, against) {
        (SealState::Unchanged, Against::Seal) => "as it was sealed",
        (SealState::Unchanged, Against::Draft) => "open, and as it was when it was handed over",
        (SealState::Changed, Against::Seal) => "NOT as it was sealed",
        (SealState::Changed, Against::Draft) => "open, and NOT as it was when it was handed over",
        (SealState::Broken, Against::Seal) => "the seal does NOT hold",
        (SealState::Broken, Against::Draft) => "open, and what stands in for its seal does NOT hold",
        (SealState::Unknown, _) => "NOT compared in full",
    }
}

fn changed(count: usize, what: &str, differ: usize) -> String {
    let since = if differ == 0 { "none".to_owned() } else { differ.to_string() };
    format!("{count} ({what}), {since} changed since")
}

fn scores(out: &mut Shown, compared: &SealComparison, verdict: &SealVerdict<'_>) {
    let SealComparison { nodes, differ, frameworks } = compared;
    let policy = verdict.policy().next().is_some();
    let ruled = !verdict.sealed.rules.is_empty();
    let same = match differ.len() {
        0 if ruled => "all the same, so the changed rules do not matter".to_owned(),
        0 if policy => "all the same, so the changed catalogs do not matter".to_owned(),
        0 => "all the same".to_owned(),
        1 => "1 differs".to_owned(),
        count => format!("{count} differ"),
    };
    row(out, "scores", &format!("{nodes} nodes made again, {same}"));
    for difference in differ.iter().take(MOST) {
        more(out, &changes(difference));
    }
    if let Some(rest) = differ.len().checked_sub(MOST).filter(|rest| *rest > 0) {
        more(out, &format!("and {rest} more; --format json names them all"));
    }
    let edits = CatalogEdit::all(verdict);
    for edit in edits.iter().take(MOST) {
        more(out, &format!("{}: {}", edit.told(), edit.instead(verdict.last)));
    }
    if policy && !differ.is_empty() && edits.is_empty() {
        more(out, "where a catalog is the cause: bring it back, and write a new rule in milepost.toml, under `since`");
    }
    if !frameworks.is_empty() {
        row(out, "beside", &format!("{}: in use since, and no part of the seal", frameworks.join(", ")));
    }
}

/// The lines to write so that closed quarters keep their rules, and new rules hold from the first quarter that may have them.
fn instead(verdicts: &[SealVerdict<'_>], workspace: &Workspace, assessment: &Assessment) -> Shown {
    let reached = reached(verdicts.iter().map(|verdict| verdict.sealed));
    let (teams, reached): (Vec<_>, Vec<_>) =
        reached.iter().partition(|reached| reached.change.is_of_new_team() || reached.change.is_of_gone_team());
    let mut out = Shown::default();
    if !reached.is_empty() {
        let again = reached.iter().map(|reached| {
            let (RuleChange { rule, before, .. }, quarters) = (&reached.change, reached.told_quarters());
            match (RuleRemedy::of(workspace, assessment, reached), before) {
                (RuleRemedy::Later { from, to }, _) => {
                    format!("# move {rule} from [since.\"{from}\"] to [since.\"{to}\"]; {quarters} had another value")
                }
                (RuleRemedy::Since(since), Some(value)) => {
                    format!("since.\"{since}\".{rule} = {value}   # in {quarters}")
                }
                (_, Some(value)) => format!("{rule} = {value}   # in {quarters}"),
                (_, None) => format!("# remove {rule}, which was not set in {quarters}"),
            }
        });
        block(&mut out, "A closed quarter keeps its rules. Write again what it was sealed with:", again);
    }
    let mut new: BTreeMap<(bool, Quarter), Vec<&RuleChange>> = BTreeMap::new();
    for reached in reached {
        let change = &reached.change;
        let Some(next) = reached.next().filter(|next| !is_decided(workspace, assessment, change, *next)) else {
            continue;
        };
        new.entry((change.rule.is_of_profile(), next)).or_default().push(change);
    }
    for ((of_profile, next), changes) in new {
        let file = if of_profile { PROFILE_FILE } else { CONFIG };
        let is_there = changes.iter().any(|change| has_since(workspace, change, next));
        let head = format!("And what is new from {next} on, in {file}:");
        block(&mut out, &head, since_lines(is_there, next, &changes).into_iter());
    }
    for reached in teams {
        let mut told = asked_as_sealed(assessment, reached);
        told.get_mut(..1).into_iter().for_each(str::make_ascii_uppercase);
        out += &Shown::line(&format!("{told}."));
        out += &Shown::line("");
    }
    out
}

/// A sentence, and lines to copy.
fn block(out: &mut Shown, head: &str, lines: impl Iterator<Item = String>) {
    *out += &(Shown::line(head) + &Shown::line(""));
    lines.for_each(|line| *out += &Shown::line(&format!("  {line}")));
    *out += &Shown::line("");
}

/// A node, and the figures that best show why it differs.
fn changes(difference: &Difference) -> String {
    let Difference { node, figures } = difference;
    let name = match node.part {
        SealedPart::Overall => format!("{} overall", node.framework),
        SealedPart::Teams => format!("{} overall, team {}", node.framework, node.id),
        _ => node.id.clone(),
    };
    if difference.is_gone() {
        return format!("{name}: is gone");
    }
    if difference.is_new() {
        return format!("{name}: is new");
    }
    const TELLING: [&str; 5] = ["mean", "claimed", "supported", "target", "assessed"];
    let telling: Vec<&FigureChange> = figures.iter().filter(|figure| TELLING.contains(&figure.name)).collect();
    let shown = if telling.is_empty() { figures.iter().collect() } else { telling };
    let changes: Vec<String> = shown.iter().map(|figure| figure_change(figure)).collect();
    format!("{name}: {}", changes.join("; "))
}

fn figure_change(FigureChange { name, sealed, now }: &FigureChange) -> String {
    let is_level = FIGURES[..LEVELS].contains(name);
    let shown = |value: &Option<SealedFigure>| match value {
        None => "none".to_owned(),
        Some(SealedFigure::Whole(number)) if is_level => plain(*number),
        Some(SealedFigure::Whole(number)) => number.to_string(),
        Some(SealedFigure::Truth(truth)) => (if *truth { "yes" } else { "no" }).to_owned(),
        Some(SealedFigure::Counts(counts)) => counts.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
    };
    format!("{name} {}, now {}", shown(sealed), shown(now))
}

fn row(out: &mut Shown, name: &str, text: &str) {
    *out += &Shown::line(&format!("  {name:8} {text}"));
}

fn more(out: &mut Shown, text: &str) {
    *out += &Shown::line(&format!("           {text}"));
}

#[derive(Serialize)]
struct VerifyJson<'a> {
    tool: &'a str,
    fine: bool,
    seals: Vec<SealJson<'a>>,
}

#[derive(Serialize)]
struct SealJson<'a> {
    quarter: String,
    path: &'a str,
    sha256: &'a str,
    fine: bool,
    state: SealState,
    faults: Vec<&'a str>,
    tool: Option<&'a str>,
    previous: Option<&'a Previous>,
    files: Vec<&'a FileChange>,
    rules: &'a [RuleChange],
    policy: Vec<&'a FileChange>,
    /// How many nodes were compared; null where the scores cannot be made again.
    compared: Option<usize>,
    scores: &'a [Difference],
    new_frameworks: &'a [String],
    /// The seal of the quarter's reviews; null if it has none.
    reviews: Option<ReviewsJson<'a>>,
    /// How many files of reviews have no seal.
    open_reviews: usize,
}

#[derive(Serialize)]
struct ReviewsJson<'a> {
    path: &'a str,
    sha256: &'a str,
    faults: Vec<&'a str>,
    files: &'a [FileChange],
}

fn json(verdicts: &[SealVerdict<'_>], may_differ: MayDiffer, outcome: CommandOutcome) -> Shown {
    let rows = verdicts.iter().map(|verdict| SealJson {
        quarter: verdict.sealed.quarter.to_string(),
        path: &verdict.sealed.path,
        sha256: &verdict.sealed.sha256,
        fine: verdict.holds(may_differ),
        state: verdict.state(),
        faults: verdict.sealed.faults.iter().map(|fault| fault.message.as_str()).collect(),
        tool: verdict.sealed.seal.as_ref().map(|seal| seal.tool.as_str()),
        previous: verdict.sealed.seal.as_ref().and_then(|seal| seal.previous.as_ref()),
        files: verdict.touched().collect(),
        rules: &verdict.sealed.rules,
        policy: verdict.policy().collect(),
        compared: verdict.figures.as_ref().map(|compared| compared.nodes),
        scores: verdict.figures.as_ref().map_or(&[], |compared| compared.differ.as_slice()),
        new_frameworks: verdict.figures.as_ref().map_or(&[], |compared| compared.frameworks.as_slice()),
        reviews: verdict.sealed.reviews.seal().map(|reviews| ReviewsJson {
            path: &reviews.path,
            sha256: &reviews.sha256,
            faults: reviews.faults.iter().map(|fault| fault.message.as_str()).collect(),
            files: &reviews.changes,
        }),
        open_reviews: match verdict.sealed.reviews {
            SealedReviews::Sealed(_) => 0,
            SealedReviews::Open(files) => files,
        },
    });
    let report = VerifyJson { tool: TOOL, fine: outcome == CommandOutcome::Fine, seals: rows.collect() };
    border::json::print(&report)
}
