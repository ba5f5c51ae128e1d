//! A quarter and its figures in, the seal that closes it out; and a seal in, what no longer is as it was sealed out.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::base::number::{Level, Mean};
use crate::load::workspace::{SEAL_LIMIT, Workspace};
use crate::model::assessment::{Assessment, QuarterAnswers};
use crate::model::seal::{self, Change, FIGURES, FILE, Figures, Node, Part, Previous, Role, Seal, Sealed, Value};
use crate::score::{self, Scorecard, Tree};

/// The version of this tool.
pub const TOOL: &str = env!("CARGO_PKG_VERSION");

/// A quarter that is ready to be closed.
#[derive(Debug)]
pub struct Closing {
    /// Where its seal goes, relative to the workspace's root.
    pub path: String,
    /// The seal.
    pub seal: Seal,
    /// The seal as text.
    pub text: String,
    /// The older quarters without a seal: they cannot be closed any more.
    pub open: Vec<String>,
}

/// Makes the seal of a quarter.
///
/// # Errors
/// Why it cannot be closed.
pub fn close(
    workspace: &Workspace,
    assessment: &Assessment,
    scorecard: &Scorecard,
    q: usize,
) -> Result<Closing, String> {
    let (before, from) = assessment.quarters.split_at(q);
    let (closed, after) = (&from[0], &from[1..]);
    let quarter = closed.quarter;
    if let Some(sealed) = &closed.seal {
        return Err(format!(
            "{quarter} is sealed already, by {}; to open it again, remove that file in a commit that says why",
            sealed.path
        ));
    }
    if let Some(later) = after.iter().find(|later| later.seal.is_some()) {
        return Err(format!(
            "{} is sealed already, and the chain of seals runs forward: {quarter} can no longer be sealed",
            later.quarter
        ));
    }
    let last = before.iter().rev().find_map(|earlier| earlier.seal.as_ref());
    if let Some(broken) = last.filter(|last| !last.faults.is_empty()) {
        return Err(format!(
            "the seal of {} does not hold, and this one would continue it; see `milepost verify`",
            broken.quarter
        ));
    }
    let path = place(workspace, closed)?;
    let seal = Seal {
        quarter,
        tool: TOOL.to_owned(),
        previous: last.map(|last| Previous { quarter: last.quarter, sha256: last.sha256.clone() }),
        inputs: inputs(workspace, assessment, closed)?,
        figures: figures(assessment, scorecard, q),
    };
    let text = seal::print(&seal);
    if text.len() as u64 > SEAL_LIMIT {
        return Err(format!("the seal of {quarter} would be larger than the {} MiB that are read", SEAL_LIMIT >> 20));
    }
    let open = before.iter().filter(|earlier| earlier.seal.is_none()).map(|earlier| earlier.quarter.to_string());
    Ok(Closing { path, seal, text, open: open.collect() })
}

/// Where the seal of a quarter goes: beside its own files, or else above its teams' folders.
fn place(workspace: &Workspace, closed: &QuarterAnswers) -> Result<String, String> {
    let files = seal::files(workspace);
    let mut folders = files.get(&closed.quarter).into_iter().flatten().filter_map(|(role, path)| match role {
        Role::Own => path.rsplit_once('/').map(|(folder, _)| folder),
        _ => path.rsplitn(3, '/').nth(2),
    });
    let path = folders.next().map(|folder| format!("{folder}/{FILE}"));
    let read = path.filter(|path| workspace.patterns.quarter_folder(path).is_some());
    read.ok_or_else(|| format!("no glob of `evidence` in milepost.toml names the folder of {} itself", closed.quarter))
}

/// The digests of the files that a quarter's figures rest on.
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
    let digest = |(role, path): (Role, &str)| {
        let digest = workspace.digest(path).ok_or_else(|| format!("{path} cannot be read, so it cannot be sealed"))?;
        Ok(((role, path.to_owned()), digest))
    };
    own.into_iter().chain(artifacts).chain(shared).map(digest).collect()
}

/// The figures of a quarter as a seal holds them: every node for all teams together, and each asked team's whole.
pub fn figures(assessment: &Assessment, scorecard: &Scorecard, q: usize) -> BTreeMap<Node, Figures> {
    let scores = &scorecard.quarters[q];
    let quarter = assessment.quarters[q].quarter;
    let mut all = BTreeMap::new();
    for (f, framework) in assessment.frameworks.iter().enumerate() {
        let mut add = |part, id: &str, figures: &score::Figures| {
            let node = Node { framework: framework.id.clone(), part, id: id.to_owned() };
            all.insert(node, sealed_figures(figures));
        };
        let Tree { overall, functions, categories, controls } = &scores.all[f];
        add(Part::Overall, &framework.id, overall);
        for (team, trees) in assessment.settings.teams.iter().zip(&scores.teams) {
            if team.asked_in(quarter) {
                add(Part::Teams, &team.id, &trees[f].overall);
            }
        }
        framework.functions.iter().zip(functions).for_each(|(of, given)| add(Part::Functions, &of.id, given));
        framework.categories.iter().zip(categories).for_each(|(of, given)| add(Part::Categories, &of.id, given));
        framework.controls.iter().zip(controls).for_each(|(of, given)| add(Part::Controls, &of.id, given));
    }
    all
}

/// The same names and numbers as in the JSON of `milepost score`.
fn sealed_figures(figures: &score::Figures) -> Figures {
    let mean = |mean: &Option<Mean>| mean.as_ref().map(|mean| Value::Whole(mean.millionths()));
    let count = |count: u32| Some(Value::Whole(count.into()));
    let counts = &figures.counts;
    let values = [
        mean(&figures.mean),
        mean(&figures.claimed),
        mean(&figures.supported),
        mean(&figures.unweighted),
        mean(&figures.low),
        mean(&figures.high),
        counts.floor.map(Level::millionths).map(Value::Whole),
        mean(&figures.target),
        mean(&figures.gap),
        count(counts.assessed),
        count(counts.applicable()),
        count(counts.unknown),
        count(counts.unanswered),
        count(counts.not_applicable),
        Some(Value::Truth(figures.withheld.is_some())),
        count(counts.at_target),
        count(counts.targeted),
        Some(Value::Counts(counts.levels.iter().map(|count| i64::from(*count)).collect())),
    ];
    FIGURES.iter().zip(values).filter_map(|(name, value)| Some(((*name).to_owned(), value?))).collect()
}

/// What became of a sealed quarter.
#[derive(Clone, Debug)]
pub struct Verdict<'a> {
    /// The seal, and the files that differ.
    pub sealed: &'a Sealed,
    /// How the figures compare; `None` where they cannot be made again, or the seal cannot be read.
    pub figures: Option<Compared>,
}

/// Sealed figures beside those that are made now.
#[derive(Clone, Debug, Default)]
pub struct Compared {
    /// How many nodes are sealed.
    pub nodes: usize,
    /// The nodes that differ, in the order of a seal.
    pub differ: Vec<Difference>,
    /// The frameworks that are now in use beside the sealed ones: they change no sealed figure.
    pub frameworks: Vec<String>,
}

/// A node that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Which node.
    #[serde(flatten)]
    pub node: Node,
    /// Its figures that differ, in the order of [`FIGURES`].
    pub figures: Vec<Figure>,
}

/// A figure that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Figure {
    /// Its name, one of [`FIGURES`].
    pub name: &'static str,
    /// What was sealed; `None` where there was no such figure.
    pub sealed: Option<Value>,
    /// What is made now.
    pub now: Option<Value>,
}

/// How a sealed quarter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// As it was sealed.
    Unchanged,
    /// A file or a figure is not as it was sealed.
    Changed,
    /// The seal itself does not hold.
    Broken,
    /// The figures cannot be made again before the workspace is mended.
    Unknown,
}

/// What may differ after a quarter was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MayDiffer {
    /// Settings, profiles, catalogs and the frameworks in use, as long as every sealed figure is the same.
    Policy,
    /// Nothing at all.
    Nothing,
}

/// Compares a sealed quarter with `now`, the same quarter as it is scored now; `None` where the workspace cannot be scored.
pub fn verify<'a>(sealed: &'a Sealed, now: Option<(&Assessment, &Scorecard)>) -> Verdict<'a> {
    let compared = sealed.seal.as_ref().zip(now).and_then(|(seal, (assessment, scorecard))| {
        let q = assessment.quarters.iter().position(|answers| answers.quarter == sealed.quarter)?;
        Some(compare(&seal.figures, &figures(assessment, scorecard, q)))
    });
    Verdict { sealed, figures: compared }
}

fn compare(sealed: &BTreeMap<Node, Figures>, now: &BTreeMap<Node, Figures>) -> Compared {
    let known = |framework: &str| sealed.keys().any(|node| node.framework == framework);
    let mut frameworks: Vec<String> = now.keys().map(|node| node.framework.clone()).collect();
    frameworks.dedup();
    frameworks.retain(|framework| !known(framework));
    // A node of which nothing is asked weighs nothing anywhere.
    let weighs = |figures: &Figures| figures.get("applicable") != Some(&Value::Whole(0));
    let joined = now.iter().filter(|(node, figures)| {
        !sealed.contains_key(*node) && !frameworks.contains(&node.framework) && weighs(figures)
    });
    let nothing = Figures::new();
    let both = sealed.iter().map(|(node, figures)| (node, figures, now.get(node).unwrap_or(&nothing)));
    let pairs = both.chain(joined.map(|(node, figures)| (node, &nothing, figures)));
    let mut differ: Vec<Difference> = pairs.filter_map(|(node, sealed, now)| difference(node, sealed, now)).collect();
    differ.sort_by(|one, other| one.node.cmp(&other.node));
    Compared { nodes: sealed.len(), differ, frameworks }
}

fn difference(node: &Node, sealed: &Figures, now: &Figures) -> Option<Difference> {
    let figures = FIGURES.into_iter().filter(|name| sealed.get(*name) != now.get(*name));
    let figures = figures.map(|name| Figure { name, sealed: sealed.get(name).cloned(), now: now.get(name).cloned() });
    let figures: Vec<Figure> = figures.collect();
    (!figures.is_empty()).then(|| Difference { node: node.clone(), figures })
}

impl Verdict<'_> {
    /// How the quarter stands. Policy that changed and changed no figure leaves it unchanged.
    pub fn state(&self) -> State {
        let touched = self.touched().next().is_some();
        match &self.figures {
            _ if !self.sealed.faults.is_empty() => State::Broken,
            _ if touched => State::Changed,
            Some(compared) if compared.differ.is_empty() => State::Unchanged,
            Some(_) => State::Changed,
            None => State::Unknown,
        }
    }

    /// The quarter's own files, evidence and artifacts that are not as they were sealed.
    pub fn touched(&self) -> impl Iterator<Item = &Change> {
        self.sealed.changes.iter().filter(|change| !change.role.is_policy())
    }

    /// The settings, profiles and catalogs that changed since.
    pub fn policy(&self) -> impl Iterator<Item = &Change> {
        self.sealed.changes.iter().filter(|change| change.role.is_policy())
    }

    /// Whether nothing differs but what may.
    pub fn holds(&self, may_differ: MayDiffer) -> bool {
        let frameworks = self.figures.as_ref().is_some_and(|compared| compared.frameworks.is_empty());
        let shared = frameworks && self.policy().next().is_none();
        self.state() == State::Unchanged && (may_differ == MayDiffer::Policy || shared)
    }
}
