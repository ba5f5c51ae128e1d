//! Diagnostics: mistakes as data. Each output format is one file of this folder.

mod diagnostics;
mod github;
mod gitlab;
mod json;
pub mod junit;
mod sarif;
mod text;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

pub(crate) use self::diagnostics::Follows;
pub use self::diagnostics::{Diagnostics, IN_ALL, PER_FILE};
pub use crate::base::place::Place;

use self::diagnostics::Unprinted;
use crate::base::place::Lines;
use crate::border::Shown;
use crate::load::workspace::Workspace;

/// One mistake: its kind, its place and what to do about it.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// The stable name of this kind of mistake.
    pub code: Code,
    /// What is wrong, with the words and numbers of this case.
    pub message: String,
    /// Where it stands.
    pub place: Place,
    /// The remark at that place; may be empty.
    pub label: String,
    /// Other places that are involved, each with its remark.
    pub related: Vec<(Place, String)>,
    /// What to do: one entry for each piece of advice.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// A diagnostic without label, related places or help; those are added by the methods below.
    pub fn new(code: Code, place: Place, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), place, label: String::new(), related: Vec::new(), help: Vec::new() }
    }

    /// Remarks something at the place itself.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// The same as a warning, because a sealed file says it: nobody may change that file any more.
    #[must_use]
    pub fn of_sealed(mut self) -> Self {
        self.code = Code::SealedMistake;
        self.help("the quarter is sealed, so its figures stay: write it right in the quarter that is open")
    }

    /// Points to another place.
    #[must_use]
    pub fn related(mut self, place: Place, label: impl Into<String>) -> Self {
        self.related.push((place, label.into()));
        self
    }

    /// Adds a piece of advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Every place that it names.
    fn places(&self) -> impl Iterator<Item = &Place> {
        std::iter::once(&self.place).chain(self.related.iter().map(|(place, _)| place))
    }

    /// Adds `did you mean …?` if a similar name is known.
    #[must_use]
    pub fn nearest(self, near: Option<&str>) -> Self {
        match near {
            Some(near) => self.help(format!("did you mean `{near}`?")),
            None => self,
        }
    }
}

/// The severity, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The workspace cannot be scored until this is fixed.
    Error,
    /// Worth a look. Scores and pages are still made.
    Warning,
    /// No mistake, but something in the numbers of a valid workspace that needs action. Only `milepost check` prints it.
    Finding,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Finding => "finding",
        })
    }
}

/// Declares [`Code`] with each code's name, severity and description in one row.
macro_rules! codes {
    ($($variant:ident $name:literal $severity:ident $description:literal,)*) => {
        /// The kinds of mistakes. Their names are an interface: people filter and link by them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $description] $variant,)*
        }

        impl Code {
            /// Every code, in the order of this list.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The stable name, as printed and as its fixture folder is called.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The severity of this kind.
            pub fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }

            /// One sentence that says what this kind is.
            pub fn description(self) -> &'static str {
                match self { $(Self::$variant => $description,)* }
            }
        }
    };
}

codes! {
    NoWorkspace "no-workspace" Error "The folder has no milepost.toml.",
    NoQuarter "no-quarter" Error "The workspace holds no quarter.",
    NotUtf8 "not-utf8" Error "A text file holds bytes that are not UTF-8.",
    FileTooLarge "file-too-large" Error "A file is larger than what is read.",
    TooManyFiles "too-many-files" Error "The workspace holds more files than are read.",
    Unreadable "unreadable" Error "The system refused to read a file or folder.",
    SymbolicLink "symbolic-link" Error "A symbolic link stands where a file or folder is expected.",
    UnreadFile "unread-file" Warning "A TOML file, or one with nearly the name of a file that is read, lies where nothing reads it.",
    TomlSyntax "toml-syntax" Error "A file is not TOML.",
    MergeConflict "merge-conflict" Error "A text holds both sides of a merge, with the marks of git between them.",
    SealedConflict "sealed-conflict" Warning "A text of a sealed quarter holds both sides of a merge, with the marks of git between them.",
    UnknownKey "unknown-key" Error "A key that means nothing here.",
    MissingKey "missing-key" Error "A required key is missing or empty.",
    WrongType "wrong-type" Error "A value of the wrong type.",
    BadValue "bad-value" Error "A value outside what its key allows.",
    BadGlob "bad-glob" Error "A glob that is malformed or leaves the workspace.",
    BadName "bad-name" Error "An id that cannot be part of a page's address.",
    BadScale "bad-scale" Error "A scale whose bottom, step and levels do not fit together.",
    BadRepository "bad-repository" Warning "A template for addresses on a forge makes no address.",
    SinceWithoutEffect "since-without-effect" Warning "A `since` of milepost.toml that changes nothing.",
    DuplicateId "duplicate-id" Error "The same id is given twice.",
    UnknownFramework "unknown-framework" Error "milepost.toml names a framework that is not there.",
    MissingFramework "missing-framework" Error "A catalog file has no framework.toml beside it.",
    MissingFunction "missing-function" Error "framework.toml names a Function that no file of its folder holds, or leaves one out.",
    MisplacedControl "misplaced-control" Error "A control stands below a sub-control.",
    BadQuarter "bad-quarter" Error "A folder that should name a quarter does not.",
    UnfollowedTeam "unfollowed-team" Warning "An owner, a gate, an action or an exception names a team that was split or merged.",
    SkippedQuarter "skipped-quarter" Warning "Quarters are skipped and nothing says so, or a quarter follows another one than it says.",
    UnknownTeam "unknown-team" Error "A team's folder is not in milepost.toml.",
    BadSuccession "bad-succession" Error "A team follows one that it cannot follow: their quarters overlap or are not given, or they follow each other.",
    TeamNotAsked "team-not-asked" Warning "A team answers in a quarter, or for a control, that it is not asked for.",
    ControlNotInForce "control-not-in-force" Warning "An answer for a control that is not in force in its quarter.",
    UnknownControl "unknown-control" Error "An id that no catalog of this workspace holds.",
    WithdrawnControl "withdrawn-control" Error "An id of an earlier edition, with the ids that took its place.",
    DuplicateAnswer "duplicate-answer" Error "A team answers the same control twice in a quarter.",
    ConflictingStates "conflicting-states" Error "An answer claims two states at once.",
    MissingState "missing-state" Error "An answer gives no level, no unknown and no not_applicable.",
    MissingReason "missing-reason" Error "Not applicable or unknown is said without a reason.",
    BadLevel "bad-level" Error "A level outside the scale or off its step.",
    UnknownKind "unknown-kind" Error "An evidence kind that does not exist.",
    UndatedEvidence "undated-evidence" Error "An evidence item has neither a date nor a covered period, or both.",
    BadPeriod "bad-period" Error "A covered period that is malformed or ends before it starts.",
    LateEvidence "late-evidence" Error "Evidence dated after the quarter's end.",
    BadLink "bad-link" Error "A link that a report must not carry.",
    MissingArtifact "missing-artifact" Error "An artifact file is not there.",
    ArtifactOutside "artifact-outside" Error "An artifact's path leaves the folders that Milepost reads.",
    ArtifactLink "artifact-link" Error "An artifact is, or lies behind, a symbolic link.",
    ArtifactDigest "artifact-digest" Error "An artifact's SHA-256 is missing or does not match.",
    CarriedFromNothing "carried-from-nothing" Warning "An answer is marked as carried, and its team had none in the quarter before.",
    CarriedAndChanged "carried-and-changed" Warning "An answer is marked as carried, and says something else than in the quarter before.",
    AttestationDay "attestation-day" Warning "An attestation dated long before or long after its quarter.",
    UnansweredControl "unanswered-control" Warning "A control lies in no team's scope, so nobody can answer it.",
    UnknownFact "unknown-fact" Error "A fact that no catalog declares for this control.",
    MissingFact "missing-fact" Warning "A declared fact is not given, so no condition on it is met.",
    FactOutOfRange "fact-out-of-range" Error "A fact below or above what its catalog allows.",
    FractionOfPercent "fraction-of-percent" Warning "A percentage below 1, which may be a fraction of 1.",
    SealedMistake "sealed-mistake" Warning "A file of a sealed quarter says what would be a mistake in an open one.",
    BadCriteria "bad-criteria" Error "A criterion that cannot be read, or that can never hold.",
    LostInNote "lost-in-note" Warning "A note holds something that no page shows as it is meant.",
    UnsupportedClaim "unsupported-claim" Finding "A level is claimed that current evidence does not carry.",
    ClaimBesideFacts "claim-beside-facts" Finding "A level is claimed that the facts beside it do not make.",
    CopiedAnswer "copied-answer" Finding "An answer only repeats the quarter before: it is neither marked as carried nor attested again.",
    VanishedAnswer "vanished-answer" Finding "An answer of the quarter before that is not there any more.",
    OpenTarget "open-target" Finding "A target without a reason, an approver or a date, or overdue for its review.",
    UnapprovedExclusion "unapproved-exclusion" Finding "Not applicable, and nobody approved it.",
    OverdueAction "overdue-action" Finding "An action is still open after the day on which it was due.",
    ActionRaisesNothing "action-raises-nothing" Finding "An action is open, and its answer is at that level already or can have none.",
    ActionWithoutEffect "action-without-effect" Finding "An action was closed as done, and its level was not reached.",
    ExpiredException "expired-exception" Finding "An accepted gap whose exception has expired.",
    SealedQuarterChanged "sealed-quarter-changed" Warning "A file of a quarter was added, changed or removed after the quarter was sealed.",
    SealedRuleChanged "sealed-rule-changed" Warning "A rule on which a sealed quarter rests is another one now.",
    BadSeal "bad-seal" Warning "A seal that was edited, cannot be read or does not continue the one before it.",
    UntoldAuthor "untold-author" Warning "milepost.toml asks who last changed an answer, and git cannot tell.",
    BadMapping "bad-mapping" Warning "A mapping names ids that are not there, contradicts itself or cannot be read.",
    UnhiddenName "unhidden-name" Warning "A catalog or a theme names a team, and an audience may not see names of teams.",
    UnknownLanguage "unknown-language" Warning "milepost.toml names a language that no strings file has.",
    BadString "bad-string" Warning "A text of a strings file that cannot be printed, or that no page prints.",
    MissingString "missing-string" Warning "A strings file lacks texts.",
    GateFailed "gate-failed" Error "A gate of milepost.toml failed.",
    BadTemplate "bad-template" Error "A theme's template cannot be rendered.",
}

impl Code {
    /// Whether it says that a table lacks something.
    pub(crate) fn says_missing(self) -> bool {
        matches!(self, Self::MissingKey | Self::MissingState | Self::MissingFact | Self::UndatedEvidence)
    }
}

/// How diagnostics are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people: message, place, snippet and help.
    #[default]
    Text,
    /// A JSON array, one object a diagnostic.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// GitHub Actions annotations.
    Github,
    /// GitLab's code quality report, a JSON array.
    Gitlab,
    /// JUnit XML: a suite for each file; errors and warnings are failures.
    Junit,
}

/// Prints the selected part of `diagnostics` in `format` and the number of further ones, with snippets from `workspace`. `colour`
/// only matters to [`Format::Text`].
pub fn print(diagnostics: &Diagnostics, workspace: &Workspace, format: Format, colour: Colour) -> Shown {
    let printed = Printed::of(diagnostics, workspace);
    match format {
        Format::Text => {
            let text = text::print(&printed, diagnostics, colour);
            if colour == Colour::Ansi { Shown::coloured(&text) } else { Shown::lines(&text) }
        }
        Format::Json => json::print(&printed),
        Format::Sarif => sarif::print(&printed),
        Format::Github => github::print(&printed),
        Format::Gitlab => gitlab::print(&printed),
        Format::Junit => junit::print_diagnostics(&printed),
    }
}

/// The diagnostics to print, and the texts that they are about.
struct Printed<'w> {
    diagnostics: Vec<Diagnostic>,
    unprinted: Vec<Unprinted>,
    workspace: &'w Workspace,
    /// The lines of each file that has a diagnostic to print.
    lines: BTreeMap<Arc<str>, Lines<'w>>,
}

impl<'w> Printed<'w> {
    fn of(diagnostics: &Diagnostics, workspace: &'w Workspace) -> Self {
        let printed = diagnostics.printed();
        let mut lines = BTreeMap::new();
        for place in printed.iter().flat_map(Diagnostic::places) {
            let text = || Lines::of(workspace.text(&place.path).unwrap_or_default());
            lines.entry(Arc::clone(&place.path)).or_insert_with(text);
        }
        Self { unprinted: diagnostics.unprinted(&printed), diagnostics: printed, workspace, lines }
    }

    /// Where `place` starts and ends.
    fn positions(&self, place: &Place) -> (LineColumn, LineColumn) {
        let lines = &self.lines[&place.path];
        (position(lines, place.start), position(lines, place.end.max(place.start)))
    }

    /// The path of `place` as people read it.
    fn shown(&self, place: &Place) -> String {
        self.workspace.shown(&place.path)
    }

    /// The path of `place` as a service reads it.
    fn in_repository(&self, place: &Place) -> String {
        self.workspace.shown_in_repository(&place.path)
    }
}

/// Whether text may carry terminal colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Plain text.
    Plain,
    /// ANSI colours.
    Ansi,
}

/// A place as editors count: lines and characters from 1, a byte order mark not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineColumn {
    /// The line, from 1.
    pub line: usize,
    /// The character within the line, from 1.
    pub column: usize,
}

/// The position of the byte at `offset`; an offset past the end or inside a character moves back onto one.
pub fn position(lines: &Lines<'_>, offset: usize) -> LineColumn {
    let offset = lines.text().floor_char_boundary(offset);
    let start = lines.around(offset).start;
    let before = &lines.text()[start..offset];
    let before = if start == 0 { before.strip_prefix('\u{feff}').unwrap_or(before) } else { before };
    LineColumn { line: lines.number(offset), column: before.chars().count() + 1 }
}

/// The longest name that gets a suggestion, in characters.
const LONGEST: usize = 64;

/// The nearest name in `names`; `None` if no name is similar enough.
pub fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = name.chars().count();
    // A name longer than any id is no typing mistake, and measuring it would take minutes.
    if length > LONGEST {
        return None;
    }
    let wanted = name.to_lowercase();
    // At most a third of the letters may be wrong. With more, the suggestion would be an unrelated name.
    let allowed = |candidate: &str| (length.max(candidate.chars().count()) / 3).max(1);
    // The distance is at least the difference in length.
    let names = names.into_iter().filter(|candidate| length.abs_diff(candidate.chars().count()) <= allowed(candidate));
    let scored = names.map(|candidate| (strsim::damerau_levenshtein(&wanted, &candidate.to_lowercase()), candidate));
    let (distance, candidate) = scored.min_by_key(|(distance, _)| *distance)?;
    // If every letter is wrong, no suggestion makes sense.
    (distance <= allowed(candidate) && distance < length).then_some(candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_skip_a_byte_order_mark() {
        let text = "\u{feff}a = 1\nß = 2\r\nc";
        let lines = Lines::of(text);
        assert_eq!(position(&lines, 3), LineColumn { line: 1, column: 1 });
        assert_eq!(position(&lines, 7), LineColumn { line: 1, column: 5 });
        assert_eq!(position(&lines, text.find("= 2").unwrap()), LineColumn { line: 2, column: 3 });
        assert_eq!(position(&lines, 9_999), LineColumn { line: 3, column: 2 });
    }

    #[test]
    fn only_a_near_name_is_offered() {
        assert_eq!(nearest("levle", ["level", "note"]), Some("level"));
        assert_eq!(nearest("pr.ds-11", ["PR.DS-10", "PR.DS-11"]), Some("PR.DS-11"));
        assert_eq!(nearest("colour", ["level", "note"]), None);
        assert_eq!(nearest("X", ["H"]), None);
    }

    #[test]
    fn names_are_unique_and_readable() {
        let mut names: Vec<_> = Code::ALL.iter().map(|code| code.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
        assert!(names.iter().all(|name| name.bytes().all(|b| b == b'-' || b.is_ascii_alphanumeric())));
    }
}
