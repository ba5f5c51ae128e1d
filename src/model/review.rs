//! What reviewers say of a quarter: their verdicts on answers, their findings, and what became of these. It stands beside the
//! teams' answers and changes none of them.

use jiff::civil::Date;

use crate::base::excerpt::Excerpt;
use crate::base::number::Level;
use crate::base::place::Origin;
use crate::model::catalog::Node;
use crate::model::evidence::Item;
use crate::model::ids::{AnswerId, TeamId};

/// The review file of one reviewer in a quarter.
#[derive(Clone, Debug)]
pub struct Review {
    /// The role that reviews. No team has this name.
    pub reviewer: String,
    /// How the sample was drawn; `None` if it was not drawn by `milepost sample`.
    pub drawn: Option<Drawn>,
    /// The verdicts, in the order of the file.
    pub verdicts: Vec<Verdict>,
    /// What was found and is to be mended, in the order of the file.
    pub findings: Vec<ReviewFinding>,
    /// What became of findings of earlier quarters, in the order of the file.
    pub retests: Vec<Retest>,
}

/// How a sample was drawn: what is needed to draw it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// How many answers were drawn, without those that are always looked at.
    pub size: u32,
    /// What the answers were divided by.
    pub by: Strata,
    /// The text that made the draw one of many.
    pub seed: String,
    /// The SHA-256 of the quarter's seal.
    pub seal: String,
}

/// What a sample is divided by: each part gets its share of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strata {
    /// The Functions of all frameworks.
    #[default]
    Function,
    /// The teams.
    Team,
}

impl Strata {
    /// Every word for it, and what the word means.
    pub const WORDS: [(&str, Self); 2] = [("function", Self::Function), ("team", Self::Team)];

    /// The word for it in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Function => "function",
            Self::Team => "team",
        }
    }
}

/// A reviewer's verdict on a team's answer, or on its answers in a whole Category.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The control, or the Category.
    pub node: Node,
    /// The team whose answer is judged.
    pub team: TeamId,
    /// What the reviewer says.
    pub says: Says,
    /// The day of the verdict.
    pub date: Date,
    /// How the reviewer looked; empty if that is not said.
    pub methods: Vec<ReviewMethod>,
    /// Out of how much the reviewer took a sample, how much that was, and how much of it was not as it should be; each may be empty.
    pub looked_at: LookedAt,
    /// The reviewer's note, in Markdown; may be empty.
    pub note: Excerpt,
    /// The reviewer's own evidence.
    pub evidence: Vec<Item>,
    /// Where it is written.
    pub origin: Origin,
}

impl Verdict {
    /// Whether it is on a whole Category, and not on one control.
    pub fn is_on_category(&self) -> bool {
        !matches!(self.node, Node::Control(_))
    }
}

/// What a reviewer looked at, in numbers or words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LookedAt {
    /// Everything that there is of its kind.
    pub population: Excerpt,
    /// How much of it was looked at.
    pub sample: Excerpt,
    /// How much of the sample was not as it should be.
    pub deviations: Excerpt,
}

/// What a verdict says of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// The reviewer found this level.
    Level(Level),
    /// The answer is right as it is.
    Agrees,
    /// The reviewer looked and could not tell. Such an answer is not reviewed.
    CannotTell,
    /// The control does not apply to the team.
    NotApplicable,
}

impl Says {
    /// The words of `says`, and what they mean.
    pub const WORDS: [(&str, Self); 3] =
        [("agrees", Self::Agrees), ("cannot_tell", Self::CannotTell), ("not_applicable", Self::NotApplicable)];
}

/// How a reviewer looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReviewMethod {
    /// Read documents and records.
    Examine,
    /// Asked people.
    Interview,
    /// Tried it.
    Test,
}

impl ReviewMethod {
    /// Every word of `method`, and what it means.
    pub const WORDS: [(&str, Self); 3] =
        [("examine", Self::Examine), ("interview", Self::Interview), ("test", Self::Test)];
}

/// Something that a reviewer found and that is to be mended.
#[derive(Clone, Debug)]
pub struct ReviewFinding {
    /// Its id, unique in the workspace.
    pub id: String,
    /// The answer that it is about.
    pub answer: AnswerId,
    /// How bad it is.
    pub severity: FindingSeverity,
    /// What was found.
    pub title: String,
    /// The role that mends it; may be empty.
    pub owner: String,
    /// The day by which it is mended; `None` if none is set.
    pub due: Option<Date>,
    /// The day of the retest; `None` if none is set.
    pub retest: Option<Date>,
    /// Where it is written.
    pub origin: Origin,
}

impl ReviewFinding {
    /// The last day on which it may be open: that of the retest, or else the day on which it is due.
    pub fn last_day(&self) -> Option<Date> {
        self.retest.or(self.due)
    }
}

/// How bad a finding is, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingSeverity {
    /// High.
    High,
    /// Medium.
    Medium,
    /// Low.
    Low,
}

impl FindingSeverity {
    /// Every word of `severity`, and what it means.
    pub const WORDS: [(&str, Self); 3] = [("high", Self::High), ("medium", Self::Medium), ("low", Self::Low)];
}

/// What a later look at a finding showed.
#[derive(Clone, Debug)]
pub struct Retest {
    /// The id of the finding.
    pub finding: String,
    /// The day of the retest.
    pub date: Date,
    /// Whether the finding is closed.
    pub result: RetestResult,
    /// The reviewer's note, in Markdown; may be empty.
    pub note: Excerpt,
    /// Where it is written.
    pub origin: Origin,
}

/// The result of a retest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetestResult {
    /// It is mended.
    Closed,
    /// It is not.
    Open,
}

impl RetestResult {
    /// Every word of `result`, and what it means.
    pub const WORDS: [(&str, Self); 2] = [("closed", Self::Closed), ("open", Self::Open)];
}
