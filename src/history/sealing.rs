//! Makes the seal of a quarter, and compares a sealed quarter with its seal.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::base::layout::{EvidencePath, REVIEWS, SEAL_FILE, folder_of};
use crate::base::number::{Level, Mean};
use crate::base::quarter::Quarter;
use crate::load::workspace::{SEAL_LIMIT, Workspace};
use crate::model::assessment::{Assessment, QuarterAnswers};
use crate::model::catalog::Node;
use crate::model::seal::{
    self, FIGURES, FileChange, Previous, Role, Seal, Sealed, SealedFigure, SealedFigures, SealedNode, SealedPart,
};
use crate::score::{Figures, Scored, ScoredQuarter, gate};

/// The version of Milepost.
pub const TOOL: &str = env!("CARGO_PKG_VERSION");

/// A quarter that is ready to be closed.
#[derive(Debug)]
pub struct Closing {
    /// The path of the new seal, relative to the workspace's root.
    pub path: String,
    /// The seal of the quarter.
    pub seal: Seal,
    /// The seal as text.
    pub text: String,
    /// The older quarters without a seal. They cannot be closed any more.
    pub open: Vec<String>,
}

/// Makes the seal of a quarter.
///
/// # Errors
/// The reason why the quarter cannot be closed.
pub fn close(workspace: &Workspace, scored: ScoredQuarter<'_>) -> Result<Closing, String> {
    let (assessment, closed, quarter) = (scored.assessment, scored.answers(), scored.name());
    if let Some(sealed) = &closed.seal {
        return Err(format!(
            "{quarter} is sealed already, by {}; a seal is neither made again nor removed, because later ones rest on it: say what is new in the quarter that is open",
            sealed.path
        ));
    }
    if let Some(later) = assessment.quarters.iter().find(|later| later.quarter > quarter && later.seal.is_some()) {
        return Err(format!(
            "{} is sealed already, and the chain of seals runs forward: {quarter} can no longer be sealed",
            later.quarter
        ));
    }
    let before = || assessment.quarters.iter().filter(|earlier| earlier.quarter < quarter);
    let last = before().rev().find_map(|earlier| earlier.seal.as_ref());
    if let Some(broken) = last.filter(|last| !last.faults.is_empty()) {
        return Err(format!(
            "the seal of {} does not hold, and this one would continue it; see `milepost verify`",
            broken.quarter
        ));
    }
    if let Some(failed) = failed_gates(scored) {
        return Err(failed);
    }
    let path = place(workspace, closed)?;
    let seal = draft(workspace, scored)?;
    let text = seal::print(&seal);
    if text.len() as u64 > SEAL_LIMIT {
        return Err(format!("the seal of {quarter} would be larger than the {} MiB that are read", SEAL_LIMIT >> 20));
    }
    let open = before().filter(|earlier| earlier.seal.is_none()).map(|earlier| earlier.quarter.to_string());
    Ok(Closing { path, seal, text, open: open.collect() })
}

/// What a seal of the quarter holds if it is made now.
///
/// # Errors
/// The name of a file that cannot be read.
pub fn draft(workspace: &Workspace, scored: ScoredQuarter<'_>) -> Result<Seal, String> {
    let (assessment, closed, quarter) = (scored.assessment, scored.answers(), scored.name());
    let before = assessment.quarters.iter().filter(|earlier| earlier.quarter < quarter);
    let last = before.rev().find_map(|earlier| earlier.seal.as_ref());
    Ok(Seal {
        quarter,
        tool: TOOL.to_owned(),
        previous: last.map(|last| Previous { quarter: last.quarter, sha256: last.sha256.clone() }),
        rules: closed.in_force.rules.clone(),
        inputs: inputs(workspace, assessment, closed)?,
        figures: figures(scored),
    })
}

/// Makes the seal of a quarter's reviews, which continues the seal of the quarter.
///
/// # Errors
/// The reason why the reviews cannot be sealed.
pub fn close_reviews(workspace: &Workspace, scored: ScoredQuarter<'_>) -> Result<Closing, String> {
    let (closed, quarter) = (scored.answers(), scored.name());
    let Some(own) = &closed.seal else {
        return Err(format!(
            "{quarter} is not sealed, and its reviews rest on its seal; `milepost seal {quarter}` closes it"
        ));
    };
    if let Some(sealed) = own.reviews.seal() {
        let path = &sealed.path;
        return Err(format!(
            "the reviews of {quarter} are sealed already, by {path}; say what is new in a later quarter"
        ));
    }
    if !own.faults.is_empty() || own.seal.is_none() {
        return Err(format!(
            "the seal of {quarter} does not hold, and this one would continue it; see `milepost verify`"
        ));
    }
    let files = seal::review_files(workspace).remove(&quarter).unwrap_or_default();
    let Some(path) = files.first().and_then(|path| folder_of(path)).map(|folder| format!("{folder}/{SEAL_FILE}"))
    else {
        return Err(format!("{quarter} has no review; one is a file {REVIEWS}/REVIEWER.toml in the quarter's folder"));
    };
    let artifacts = closed.reviewed_artifacts().into_iter().map(|path| (Role::Artifacts, path));
    let seal = Seal {
        quarter,
        tool: TOOL.to_owned(),
        previous: Some(Previous { quarter, sha256: own.sha256.clone() }),
        rules: BTreeMap::new(),
        inputs: digests(workspace, files.into_iter().map(|path| (Role::Reviews, path)).chain(artifacts))?,
        figures: BTreeMap::new(),
    };
    let text = seal::print(&seal);
    Ok(Closing { path, seal, text, open: Vec::new() })
}

/// The gates that are asked when a quarter closes, and fail; `None` if none does.
fn failed_gates(scored: ScoredQuarter<'_>) -> Option<String> {
    let failed = gate::evaluate(scored, &scored.assessment.english)
        .into_iter()
        .filter(|verdict| verdict.holds_seal && verdict.fails());
    let failed: Vec<String> = failed.map(|verdict| format!("{}: {}", verdict.gate, verdict.message)).collect();
    let (gates, them) = if failed.len() == 1 { ("a gate fails", "it") } else { ("gates fail", "each of them") };
    let why = format!(
        "{gates} that {} asked to close {} ({}); see `milepost gate --closing`, and mend the cause or give {them} an \
         `exception` in milepost.toml",
        if failed.len() == 1 { "is" } else { "are" },
        scored.name(),
        failed.join("; ")
    );
    (!failed.is_empty()).then_some(why)
}

/// The path of a quarter's seal: in the folder of the quarter's own files, or else in the folder above its teams' folders.
fn place(workspace: &Workspace, closed: &QuarterAnswers) -> Result<String, String> {
    let files = seal::files(workspace);
    let mut folders = files.get(&closed.quarter).into_iter().flatten().filter_map(|(role, path)| match role {
        Role::Own => folder_of(path),
        _ => EvidencePath::of(path).map(|evidence| evidence.folder),
    });
    let path = folders.next().map(|folder| format!("{folder}/{SEAL_FILE}"));
    let read = path.filter(|path| workspace.patterns.quarter_folder(path).is_some());
    read.ok_or_else(|| format!("no glob of `evidence` in milepost.toml names the folder of {} itself", closed.quarter))
}

/// The digests of the files that a quarter's figures depend on.
fn inputs(
    workspace: &Workspace,
    assessment: &Assessment,
    closed: &QuarterAnswers,
) -> Result<BTreeMap<(Role, String), String>, String> {
    let own = seal::files(workspace).remove(&closed.quarter).unwrap_or_default();
    let artifacts = closed.artifacts().into_iter().map(|path| (Role::Artifacts, path));
    let shared = assessment.policy.files().iter().map(|file| file.path.as_str());
    let shared = shared.filter(|path| workspace.patterns.quarter_folder(path).is_none());
    let shared = shared.map(|path| (if workspace.is_embedded(path) { Role::Embedded } else { Role::Policy }, path));
    digests(workspace, own.into_iter().chain(artifacts).chain(shared))
}

/// The digest of each of these files.
fn digests<'p>(
    workspace: &Workspace,
    files: impl Iterator<Item = (Role, &'p str)>,
) -> Result<BTreeMap<(Role, String), String>, String> {
    let digest = |(role, path): (Role, &str)| {
        let digest = workspace.digest(path).ok_or_else(|| format!("{path} cannot be read, so it cannot be sealed"))?;
        Ok(((role, path.to_owned()), digest))
    };
    files.map(digest).collect()
}

/// The figures that a seal holds: those of every node for all teams together, and those of the whole framework for each asked
/// team.
pub fn figures(scored: ScoredQuarter<'_>) -> BTreeMap<SealedNode, SealedFigures> {
    let asked = || scored.settings().teams.entries().filter(|(_, team)| team.asked_in(scored.name()));
    let mut all = BTreeMap::new();
    for framework in &scored.assessment.frameworks {
        let mut add = |part, id: &str, figures: &Figures| {
            let node = SealedNode { framework: framework.id.clone(), part, id: id.to_owned() };
            all.insert(node, sealed_figures(figures));
        };
        for node in framework.nodes() {
            add(SealedPart::of(node), framework.id_of(node), scored.figures(node, None));
        }
        for (id, team) in asked() {
            add(SealedPart::Teams, &team.id, scored.figures(Node::Framework(framework.at), Some(id)));
        }
    }
    all
}

/// The figures of a node under the same names, and with the same numbers, as in the JSON of `milepost score`. A mean that may not be
/// shown is among them.
pub fn sealed_figures(figures: &Figures) -> SealedFigures {
    let mean = |mean: &Option<Mean>| mean.as_ref().map(|mean| SealedFigure::Whole(mean.millionths()));
    let count = |count: u32| Some(SealedFigure::Whole(count.into()));
    let counts = &figures.counts;
    let values = [
        mean(&figures.mean),
        mean(&figures.claimed),
        mean(&figures.supported),
        mean(&figures.unweighted),
        mean(&figures.low),
        mean(&figures.high),
        counts.floor.map(Level::millionths).map(SealedFigure::Whole),
        mean(&figures.target),
        mean(&figures.gap),
        count(counts.assessed),
        count(counts.applicable()),
        count(counts.unknown),
        count(counts.unanswered),
        count(counts.not_applicable),
        Some(SealedFigure::Truth(figures.withheld.is_some())),
        count(counts.at_target),
        count(counts.targeted),
        Some(SealedFigure::Counts(counts.levels.iter().map(|count| i64::from(*count)).collect())),
    ];
    FIGURES.iter().zip(values).filter_map(|(name, value)| Some(((*name).to_owned(), value?))).collect()
}

/// The result of comparing a sealed quarter with the current workspace.
#[derive(Clone, Debug)]
pub struct SealVerdict<'a> {
    /// The seal, with the files that differ.
    pub sealed: &'a Sealed,
    /// How the figures compare; `None` if they cannot be computed again or the seal cannot be read.
    pub figures: Option<SealComparison>,
    /// The last sealed quarter: what is new may hold from the next one on.
    pub last: Quarter,
}

/// Sealed figures compared with the figures computed now.
#[derive(Clone, Debug, Default)]
pub struct SealComparison {
    /// The number of sealed nodes.
    pub nodes: usize,
    /// The nodes whose figures differ, in the order of the seal.
    pub differ: Vec<Difference>,
    /// The frameworks now in use that are not in the seal. They change no sealed figure.
    pub frameworks: Vec<String>,
}

/// A node whose figures differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The node.
    #[serde(flatten)]
    pub node: SealedNode,
    /// The figures of the node that differ, in the order of [`FIGURES`].
    pub figures: Vec<FigureChange>,
}

impl Difference {
    /// Whether the node is gone.
    pub fn is_gone(&self) -> bool {
        self.figures.iter().all(|figure| figure.now.is_none())
    }

    /// Whether no answer applies to the node any more.
    pub fn applies_no_more(&self) -> bool {
        let mut figures = self.figures.iter();
        figures.any(|figure| figure.name == "applicable" && figure.now == Some(SealedFigure::Whole(0)))
    }

    /// Whether the node is new.
    pub fn is_new(&self) -> bool {
        self.figures.iter().all(|figure| figure.sealed.is_none())
    }
}

/// A figure that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FigureChange {
    /// The figure's name, one of [`FIGURES`].
    pub name: &'static str,
    /// The sealed value; `None` if there was no such figure.
    pub sealed: Option<SealedFigure>,
    /// The value computed now; `None` if there is no such figure.
    pub now: Option<SealedFigure>,
}

/// The state of a sealed quarter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SealState {
    /// Everything is as it was sealed.
    Unchanged,
    /// A file or a figure is not as it was sealed.
    Changed,
    /// The seal itself is not valid.
    Broken,
    /// The figures cannot be computed again until the workspace is corrected.
    Unknown,
}

/// What is allowed to differ after a quarter was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MayDiffer {
    /// Settings, profiles, catalogs and the frameworks in use may differ, as long as every sealed figure is the same.
    Policy,
    /// Nothing may differ.
    Nothing,
}

/// Compares a sealed quarter with `now`, the assessment as it is scored now; `None` where the workspace cannot be scored.
pub fn verify<'a>(sealed: &'a Sealed, now: Option<&Scored>) -> SealVerdict<'a> {
    let compared = sealed.seal.as_ref().zip(now).and_then(|(seal, scored)| {
        let quarter = scored.assessment.quarters.find(|answers| answers.quarter == sealed.quarter)?;
        Some(compare(&seal.figures, &figures(scored.quarter(quarter))))
    });
    let quarters = now.into_iter().flat_map(|scored| &scored.assessment.quarters);
    let last = quarters.filter(|quarter| quarter.seal.is_some()).map(|quarter| quarter.quarter).max();
    SealVerdict { sealed, figures: compared, last: last.unwrap_or(sealed.quarter) }
}

fn compare(sealed: &BTreeMap<SealedNode, SealedFigures>, now: &BTreeMap<SealedNode, SealedFigures>) -> SealComparison {
    let known = |framework: &str| sealed.keys().any(|node| node.framework == framework);
    let mut frameworks: Vec<String> = now.keys().map(|node| node.framework.clone()).collect();
    frameworks.dedup();
    frameworks.retain(|framework| !known(framework));
    // A node with no applicable answers has no effect on any figure.
    let weighs = |figures: &SealedFigures| figures.get("applicable") != Some(&SealedFigure::Whole(0));
    let joined = now.iter().filter(|(node, figures)| {
        !sealed.contains_key(*node) && !frameworks.contains(&node.framework) && weighs(figures)
    });
    let nothing = SealedFigures::new();
    let both = sealed.iter().map(|(node, figures)| (node, figures, now.get(node).unwrap_or(&nothing)));
    let pairs = both.chain(joined.map(|(node, figures)| (node, &nothing, figures)));
    let mut differ: Vec<Difference> = pairs.filter_map(|(node, sealed, now)| difference(node, sealed, now)).collect();
    differ.sort_by(|one, other| one.node.cmp(&other.node));
    SealComparison { nodes: sealed.len(), differ, frameworks }
}

fn difference(node: &SealedNode, sealed: &SealedFigures, now: &SealedFigures) -> Option<Difference> {
    let figures = FIGURES.into_iter().filter(|name| sealed.get(*name) != now.get(*name));
    let figures =
        figures.map(|name| FigureChange { name, sealed: sealed.get(name).cloned(), now: now.get(name).cloned() });
    let figures: Vec<FigureChange> = figures.collect();
    (!figures.is_empty()).then(|| Difference { node: node.clone(), figures })
}

impl SealVerdict<'_> {
    /// The state of the quarter. It is unchanged if policy changed but no figure did.
    pub fn state(&self) -> SealState {
        let touched = self.touched().next().is_some();
        match &self.figures {
            _ if !self.sealed.faults.is_empty() => SealState::Broken,
            _ if touched => SealState::Changed,
            Some(compared) if compared.differ.is_empty() => SealState::Unchanged,
            Some(_) => SealState::Changed,
            None => SealState::Unknown,
        }
    }

    /// The quarter's own files, evidence and artifacts that differ from the seal.
    pub fn touched(&self) -> impl Iterator<Item = &FileChange> {
        self.sealed.changes.iter().filter(|change| !change.role.is_policy())
    }

    /// The catalogs that changed after sealing.
    pub fn policy(&self) -> impl Iterator<Item = &FileChange> {
        self.sealed.changes.iter().filter(|change| change.role.is_policy())
    }

    /// Whether only those things differ that are allowed to.
    pub fn holds(&self, may_differ: MayDiffer) -> bool {
        let reviews = self.sealed.reviews.seal();
        if reviews.is_some_and(|reviews| !reviews.faults.is_empty() || !reviews.changes.is_empty()) {
            return false;
        }
        let frameworks = self.figures.as_ref().is_some_and(|compared| compared.frameworks.is_empty());
        let shared = frameworks && self.sealed.rules.is_empty() && self.policy().next().is_none();
        self.state() == SealState::Unchanged && (may_differ == MayDiffer::Policy || shared)
    }
}
