//! Reads the seals, and finds what changed since they were made.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use super::reached_rules;
use crate::base::layout::{SEAL_FILE, name_of, quarter_of_folder};
use crate::base::quarter::Quarter;
use crate::border::toml::quoted;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::load::workspace::{Entry, Workspace, keep_line_ends};
use crate::model::assessment::{Assessment, QuarterAnswers};
use crate::model::catalog::Framework;
use crate::model::rules::{self, RuleChange};
use crate::model::seal::{self, FileChange, Happened, Previous, Role, Seal, SealFault, Sealed, SealedReviews};

/// Every seal of the workspace, oldest first, even if the workspace has other mistakes. Without the quarters' answers,
/// this function cannot tell which artifacts and catalogs were added after a seal.
pub fn seals(workspace: &Workspace) -> Vec<Sealed> {
    found(workspace, |_| Vec::new())
}

/// The quarters that have a seal, whatever it holds.
pub(super) struct SealedQuarters<'w> {
    workspace: &'w Workspace,
    quarters: BTreeSet<Quarter>,
}

/// Whether the quarter of a file is sealed. What a sealed file says is no mistake any more: nobody may change it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sealing {
    Open,
    Sealed,
}

impl<'w> SealedQuarters<'w> {
    pub(super) fn of(workspace: &'w Workspace) -> Self {
        let seals = workspace.files.keys().filter(|path| name_of(path) == SEAL_FILE);
        Self { workspace, quarters: seals.filter_map(|path| workspace.patterns.quarter_of(path)).collect() }
    }

    pub(super) fn contains(&self, quarter: Quarter) -> bool {
        self.quarters.contains(&quarter)
    }

    /// The newest of them; `None` if no quarter is sealed.
    pub(super) fn last(&self) -> Option<Quarter> {
        self.quarters.last().copied()
    }

    /// Of the quarter that the file at `path` belongs to.
    pub(super) fn sealing(&self, path: &str) -> Sealing {
        let quarter = self.workspace.patterns.quarter_of(path);
        if quarter.is_some_and(|quarter| self.contains(quarter)) { Sealing::Sealed } else { Sealing::Open }
    }
}

/// Sets the seal of each sealed quarter. Reports faults of the seal and files that changed after it.
pub(super) fn read(workspace: &Workspace, assessment: &mut Assessment, diagnostics: &mut Diagnostics) {
    let seals = found(workspace, |quarter| {
        let quarter = assessment.quarters.iter().find(|answers| answers.quarter == quarter);
        let artifacts = quarter.into_iter().flat_map(QuarterAnswers::artifacts).map(|path| (Role::Artifacts, path));
        let reviewed = quarter.into_iter().flat_map(QuarterAnswers::reviewed_artifacts);
        let artifacts = artifacts.chain(reviewed.map(|path| (Role::Reviews, path)));
        let policy = assessment.policy.files().iter();
        let shared = policy.filter(|file| workspace.patterns.quarter_folder(&file.path).is_none());
        artifacts.chain(shared.map(|file| (Role::Policy, file.path.as_str()))).collect()
    });
    for mut sealed in seals {
        sealed.rules = changed_rules(assessment, &sealed);
        if let Some(reviews) = sealed.reviews.seal() {
            diagnostics.extend(faults_of(workspace, reviews, &format!("the reviews of {} were", sealed.quarter)));
        }
        diagnostics.extend(faults_of(workspace, &sealed, &format!("{} was", sealed.quarter)));
        if let Some(answers) = assessment.quarters.iter_mut().find(|answers| answers.quarter == sealed.quarter) {
            answers.seal = Some(sealed);
        }
    }
    diagnostics.extend(unsealed_reviews(workspace));
    let seals = assessment.quarters.iter().filter_map(|quarter| quarter.seal.as_ref());
    diagnostics.extend(reached_rules::diagnostics(workspace, assessment, seals));
}

/// What is wrong with a seal, and the files that changed after `what` sealed, such as `2026-Q3 was`.
fn faults_of(workspace: &Workspace, sealed: &Sealed, what: &str) -> Vec<Diagnostic> {
    let path = Arc::from(sealed.path.as_str());
    let named = keys(workspace.text(&path).unwrap_or_default());
    let touched = sealed.changes.iter().filter(|change| !change.role.is_policy());
    let line_of = |change: &FileChange| named.get(quoted(&change.path).as_str()).cloned().unwrap_or(0..0);
    let touched = touched.map(|change| {
        let line = Place::new(&path, line_of(change));
        changed_after(change, what, line, sealed.quarter)
    });
    sealed.faults.iter().map(|fault| bad_seal(&path, fault)).chain(touched).collect()
}

/// Reports seals of reviews in quarters that are not sealed themselves.
fn unsealed_reviews(workspace: &Workspace) -> impl Iterator<Item = Diagnostic> {
    let quarters = SealedQuarters::of(workspace);
    workspace.files.keys().filter_map(move |path| {
        let quarter = seal_of_reviews(workspace, path).filter(|quarter| !quarters.contains(*quarter))?;
        let message = format!("the reviews of {quarter} are sealed, and {quarter} is not");
        let help = "bring back the seal that the reviews rest on: git knows it".to_owned();
        Some(bad_seal(&Arc::from(path.as_str()), &SealFault { message, help, span: 0..0 }))
    })
}

/// The quarter whose reviews the seal at `path` closes; `None` for any other file.
fn seal_of_reviews(workspace: &Workspace, path: &str) -> Option<Quarter> {
    workspace.patterns.reviewed_folder(path).filter(|_| name_of(path) == SEAL_FILE).and_then(quarter_of_folder)
}

/// The seal of the reviews of a quarter, compared with the files and with the quarter's own seal.
fn of_reviews(workspace: &Workspace, own: &Sealed, artifacts: &[&str]) -> Option<Sealed> {
    let is_its = |path: &&String| seal_of_reviews(workspace, path) == Some(own.quarter);
    let path = workspace.files.keys().find(is_its)?;
    let Some(Entry::Text(text)) = workspace.files.get(path) else { return None };
    let mut sealed = sealed(workspace, own.quarter, path, text);
    let Some(seal) = &sealed.seal else { return Some(sealed) };
    let at = line(text, "previous");
    if !seal.is_of_reviews() {
        let help = "make it with `milepost seal QUARTER --reviews`";
        sealed.faults.push(fault(0..0, "this is no seal of reviews: it names none".to_owned(), help));
        return Some(sealed);
    }
    let continues = seal.previous.as_ref().is_some_and(|Previous { quarter, sha256 }| {
        let is_same = *sha256 == own.sha256 || workspace.digest_exchanged(&own.path).as_ref() == Some(sha256);
        *quarter == own.quarter && is_same
    });
    if !continues {
        let message =
            format!("these reviews were sealed on another seal of {} than the one that is there", own.quarter);
        sealed.faults.push(fault(at, message, "bring back both seals as `milepost seal` wrote them: git knows them"));
    }
    let files = seal::review_files(workspace).remove(&own.quarter).unwrap_or_default();
    let files = files.into_iter().map(|path| (Role::Reviews, path));
    let now = files.chain(artifacts.iter().map(|path| (Role::Artifacts, *path)));
    sealed.changes = seal::changes(seal, workspace, |path| workspace.digest(path), now);
    Some(sealed)
}

/// The rules of a sealed quarter that are other ones now. A framework that came into use later is no part of the seal, nor are the
/// rules of what is in it.
fn changed_rules(assessment: &Assessment, sealed: &Sealed) -> Vec<RuleChange> {
    let quarter = assessment.quarters.iter().find(|answers| answers.quarter == sealed.quarter);
    let (Some(seal), Some(quarter)) = (&sealed.seal, quarter) else { return Vec::new() };
    let frameworks: BTreeSet<&str> = seal.figures.keys().map(|node| node.framework.as_str()).collect();
    let names = |framework: &'_ Framework| -> Vec<String> {
        framework.nodes().flat_map(|node| framework.called(node).names()).map(str::to_owned).collect()
    };
    let is_sealed = |framework: &&Framework| frameworks.contains(framework.id.as_str());
    let (own, later): (Vec<_>, Vec<_>) = assessment.frameworks.iter().partition(is_sealed);
    let mut later: BTreeSet<String> = later.into_iter().flat_map(names).collect();
    own.into_iter().flat_map(names).for_each(|name| {
        later.remove(&name);
    });
    let mut changes = rules::changes(&seal.rules, &quarter.in_force.rules);
    changes.retain(|change| change.before.is_some() || change.rule.id().is_none_or(|id| !later.contains(id)));
    changes
}

/// Every seal. `joined` names the files of a quarter besides its own files and its evidence files; the artifacts of its reviews have
/// the role of reviews.
fn found<'a>(workspace: &'a Workspace, joined: impl Fn(Quarter) -> Vec<(Role, &'a str)>) -> Vec<Sealed> {
    let mut seals: BTreeMap<Quarter, Sealed> = BTreeMap::new();
    let mut files = None;
    let reviewed = seal::review_files(workspace);
    // Each seal names the catalogs again.
    let mut digests: BTreeMap<String, Option<String>> = BTreeMap::new();
    let mut digest = |path: &str| digests.entry(path.to_owned()).or_insert_with(|| workspace.digest(path)).clone();
    for path in workspace.files.keys().filter(|path| name_of(path) == SEAL_FILE) {
        let quarter = workspace.patterns.quarter_folder(path).and_then(quarter_of_folder);
        let (Some(quarter), Some(Entry::Text(text))) = (quarter, workspace.files.get(path)) else { continue };
        if let Some(first) = seals.get_mut(&quarter) {
            let message = format!("{quarter} is sealed twice: {path} is another seal of it");
            first.faults.push(fault(0..0, message, "keep the one that was made first"));
            continue;
        }
        let mut sealed = sealed(workspace, quarter, path, text);
        if sealed.seal.as_ref().is_some_and(Seal::is_of_reviews) {
            let help = "move it back to the folder of the reviews";
            sealed.faults.push(fault(
                0..0,
                "this is the seal of reviews, in the folder of their quarter".to_owned(),
                help,
            ));
        }
        let (of_reviews_now, joined): (Vec<_>, Vec<_>) =
            joined(quarter).into_iter().partition(|(role, _)| *role == Role::Reviews);
        let of_reviews_now: Vec<&str> = of_reviews_now.into_iter().map(|(_, path)| path).collect();
        sealed.reviews = match of_reviews(workspace, &sealed, &of_reviews_now) {
            Some(reviews) => SealedReviews::Sealed(Box::new(reviews)),
            None => SealedReviews::Open(reviewed.get(&quarter).map_or(0, BTreeSet::len)),
        };
        if let Some(seal) = &sealed.seal {
            let files: &BTreeMap<_, _> = files.get_or_insert_with(|| seal::files(workspace));
            let own = files.get(&quarter).into_iter().flatten().copied();
            sealed.changes = seal::changes(seal, workspace, &mut digest, own.chain(joined));
        }
        seals.insert(quarter, sealed);
    }
    let mut seals: Vec<Sealed> = seals.into_values().collect();
    for at in 0..seals.len() {
        let (before, sealed) = seals.split_at_mut(at);
        sealed[0].faults.extend(broken_chain(workspace, before, &sealed[0]));
    }
    seals
}

fn sealed(workspace: &Workspace, quarter: Quarter, path: &str, text: &str) -> Sealed {
    let (mut seal, mut faults) = seal::read(text);
    if let Some(other) = seal.as_ref().map(|seal| seal.quarter).filter(|other| *other != quarter) {
        let message = format!("this is the seal of {other}, in the folder of {quarter}");
        faults.push(fault(line(text, "quarter"), message, "move it back; each quarter has a seal of its own"));
        seal = None;
    }
    let sha256 = workspace.digest(path).unwrap_or_default();
    let (changes, rules) = (Vec::new(), Vec::new());
    Sealed { quarter, path: path.to_owned(), sha256, seal, faults, changes, rules, reviews: SealedReviews::Open(0) }
}

/// The fault in the link from a seal to the seal before it, if there is one.
fn broken_chain(workspace: &Workspace, before: &[Sealed], sealed: &Sealed) -> Option<SealFault> {
    let previous = sealed.seal.as_ref()?.previous.as_ref();
    let nearest = before.last();
    let message = match (previous, nearest) {
        (None, None) => return None,
        (Some(Previous { quarter, .. }), _) if !before.iter().any(|earlier| earlier.quarter == *quarter) => {
            format!("this one continues that of {quarter}, which is not there")
        }
        (Some(Previous { quarter, sha256 }), Some(nearest)) if *quarter == nearest.quarter => {
            // Exchanged line ends are a fault of the seal itself.
            if *sha256 == nearest.sha256 || workspace.digest_exchanged(&nearest.path).as_ref() == Some(sha256) {
                return None;
            }
            format!("this one continues another seal of {quarter} than the one that is there")
        }
        (_, nearest) => format!("this one does not continue that of {}, the one before it", nearest?.quarter),
    };
    let at = line(workspace.text(&sealed.path).unwrap_or_default(), "previous");
    let help = "bring back the seals as `milepost seal` wrote them: git knows them; none is made or removed afterwards";
    Some(fault(at, format!("the chain of seals is broken: {message}"), help))
}

fn fault(span: Range<usize>, message: String, help: &str) -> SealFault {
    SealFault { message, help: help.to_owned(), span }
}

/// The line of a seal that starts with `key`.
fn line(text: &str, key: &str) -> Range<usize> {
    let start = text.find(&format!("\n{key} = ")).map_or(0, |newline| newline + 1);
    super::syntax::line_of(text, start)
}

/// The lines of a seal that name a file, by the file's key.
fn keys(text: &str) -> BTreeMap<&str, Range<usize>> {
    let mut start = 0;
    let mut keys = BTreeMap::new();
    for line in text.split_inclusive('\n') {
        let written = line.trim_end_matches('\n');
        // The text after the last ` = ` is a digest. A digest contains no ` = `.
        if let Some((key, _)) = written.rsplit_once(" = ") {
            keys.entry(key).or_insert(start..start + written.len());
        }
        start += line.len();
    }
    keys
}

fn bad_seal(path: &Arc<str>, fault: &SealFault) -> Diagnostic {
    let place = Place::new(path, fault.span.clone());
    Diagnostic::new(Code::BadSeal, place, fault.message.clone()).help(fault.help.clone())
}

/// Reports a file that changed after `what` sealed. The place is the file itself, or the `line` of the seal that names it if the file
/// is gone.
fn changed_after(file: &FileChange, what: &str, line: Place, quarter: Quarter) -> Diagnostic {
    let FileChange { path, change, .. } = file;
    let (place, related) = match change {
        Happened::Removed => (line, None),
        Happened::Changed | Happened::LineEnds => (Place::file(path), Some(line)),
        Happened::Added => (Place::file(path), None),
    };
    let message = format!("{path} was {} after {what} sealed", change.name());
    let diagnostic = Diagnostic::new(Code::SealedQuarterChanged, place, message);
    let diagnostic = match related {
        Some(named) => diagnostic.related(named, "sealed with this digest"),
        None => diagnostic,
    };
    let undo = match change {
        Happened::Added => "move it to the quarter that is open".to_owned(),
        Happened::Changed => "bring back what was sealed, and say what is new in the quarter that is open".to_owned(),
        Happened::LineEnds => keep_line_ends(path),
        Happened::Removed => "bring it back: git knows it".to_owned(),
    };
    diagnostic.help(format!("{undo}; `milepost verify {quarter}` shows all that differs"))
}
