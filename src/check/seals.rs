//! The workspace's seals in, what they say and what was touched since they were made out.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::base::quarter::Quarter;
use crate::border::toml::quoted;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::load::workspace::{Entry, Workspace};
use crate::model::assessment::{PolicyFile, QuarterAnswers};
use crate::model::seal::{self, Change, FILE, Fault, Happened, Previous, Role, Sealed};

/// Every seal of the workspace, oldest first, whatever else is wrong with it. Without the quarters' answers it cannot be told
/// which artifacts and catalogs have joined since.
pub fn seals(workspace: &Workspace) -> Vec<Sealed> {
    found(workspace, |_| Vec::new())
}

/// Gives each sealed quarter its seal, and says what is wrong with it and what was touched since.
pub(super) fn read(
    workspace: &Workspace,
    quarters: &mut [QuarterAnswers],
    policy: &[PolicyFile],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let seals = found(workspace, |quarter| {
        let quarter = quarters.iter().find(|answers| answers.quarter == quarter);
        let artifacts = quarter.into_iter().flat_map(QuarterAnswers::artifacts).map(|path| (Role::Artifacts, path));
        let shared = policy.iter().filter(|file| workspace.patterns.quarter_folder(&file.path).is_none());
        artifacts.chain(shared.map(|file| (Role::Policy, file.path.as_str()))).collect()
    });
    for sealed in seals {
        diagnostics.extend(sealed.faults.iter().map(|fault| bad_seal(&sealed.path, fault)));
        let touched = sealed.changes.iter().filter(|change| !change.role.is_policy());
        diagnostics.extend(touched.map(|change| sealed_quarter_changed(workspace, &sealed, change)));
        if let Some(answers) = quarters.iter_mut().find(|answers| answers.quarter == sealed.quarter) {
            answers.seal = Some(sealed);
        }
    }
}

/// Every seal, with what `joined` names beside the quarter's own and evidence files.
fn found<'a>(workspace: &'a Workspace, joined: impl Fn(Quarter) -> Vec<(Role, &'a str)>) -> Vec<Sealed> {
    let mut seals: BTreeMap<Quarter, Sealed> = BTreeMap::new();
    let mut files = None;
    for path in workspace.files.keys().filter(|path| path.ends_with(&format!("/{FILE}"))) {
        let folder = workspace.patterns.quarter_folder(path);
        let quarter = folder.and_then(|folder| folder.rsplit('/').next()?.parse().ok());
        let (Some(quarter), Some(Entry::Text(text))) = (quarter, workspace.files.get(path)) else { continue };
        if let Some(first) = seals.get_mut(&quarter) {
            let message = format!("{quarter} is sealed twice: {path} is another seal of it");
            first.faults.push(fault(0..0, message, "keep the one that was made first"));
            continue;
        }
        let mut sealed = sealed(workspace, quarter, path, text);
        if let Some(seal) = &sealed.seal {
            let files: &BTreeMap<_, _> = files.get_or_insert_with(|| seal::files(workspace));
            let own = files.get(&quarter).into_iter().flatten().copied();
            sealed.changes = seal::changes(seal, workspace, own.chain(joined(quarter)));
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
    Sealed { quarter, path: path.to_owned(), sha256, seal, faults, changes: Vec::new() }
}

/// What is wrong with the link from a seal to the one before it.
fn broken_chain(workspace: &Workspace, before: &[Sealed], sealed: &Sealed) -> Option<Fault> {
    let previous = sealed.seal.as_ref()?.previous.as_ref();
    let nearest = before.last();
    let message = match (previous, nearest) {
        (None, None) => return None,
        (Some(Previous { quarter, .. }), _) if !before.iter().any(|earlier| earlier.quarter == *quarter) => {
            format!("this one continues that of {quarter}, which is not there")
        }
        (Some(Previous { quarter, sha256 }), Some(nearest)) if *quarter == nearest.quarter => {
            if *sha256 == nearest.sha256 {
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

fn fault(span: Range<usize>, message: String, help: &str) -> Fault {
    Fault { message, help: help.to_owned(), span }
}

/// The line of a seal that starts with `key`.
fn line(text: &str, key: &str) -> Range<usize> {
    let start = text.find(&format!("\n{key} = ")).map_or(0, |newline| newline + 1);
    super::syntax::line_of(text, start)
}

fn bad_seal(path: &str, fault: &Fault) -> Diagnostic {
    let place = Place::new(&Arc::from(path), fault.span.clone());
    Diagnostic::new(Code::BadSeal, place, fault.message.clone()).help(fault.help.clone())
}

/// At the file itself, or where the seal names it if it is gone.
fn sealed_quarter_changed(workspace: &Workspace, sealed: &Sealed, Change { path, change, .. }: &Change) -> Diagnostic {
    let Sealed { quarter, path: seal, .. } = sealed;
    let named = line(workspace.text(seal).unwrap_or_default(), &quoted(path));
    let named = Place::new(&Arc::from(seal.as_str()), named);
    let (place, related) = match change {
        Happened::Removed => (named, None),
        Happened::Changed => (Place::file(path), Some(named)),
        Happened::Added => (Place::file(path), None),
    };
    let message = format!("{path} was {} after {quarter} was sealed", change.name());
    let diagnostic = Diagnostic::new(Code::SealedQuarterChanged, place, message);
    let diagnostic = match related {
        Some(named) => diagnostic.related(named, "sealed with this digest"),
        None => diagnostic,
    };
    let undo = match change {
        Happened::Added => "move it to the quarter that is open",
        Happened::Changed => "bring back what was sealed, and say what is new in the quarter that is open",
        Happened::Removed => "bring it back: git knows it",
    };
    diagnostic.help(format!("{undo}; `milepost verify {quarter}` shows all that differs"))
}
