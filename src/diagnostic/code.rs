//! The codes of diagnostics: what each is called, how severe it is, and what it means: its cause and its remedy.

use std::fmt;

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

/// Declares [`Code`] with each code's name, severity, description, cause and remedy.
macro_rules! codes {
    ($($variant:ident $name:literal $severity:ident $description:literal $cause:literal $remedy:literal,)*) => {
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

            /// How it comes about. Words of files stand in backticks.
            pub fn cause(self) -> &'static str {
                match self { $(Self::$variant => $cause,)* }
            }

            /// What to do about it. Words of files stand in backticks.
            pub fn remedy(self) -> &'static str {
                match self { $(Self::$variant => $remedy,)* }
            }
        }
    };
}

codes! {
    NoWorkspace "no-workspace" Error
        "The folder has no milepost.toml."
        "A command was run where no milepost.toml stands, or its name is mistyped."
        "Run `milepost init DIR` to make a workspace, or name the right folder with `--root`.",
    NoQuarter "no-quarter" Error
        "The workspace holds no quarter."
        "No folder below `content/` is named after a quarter, or none holds evidence, or `[files] evidence` does not match them."
        "Make a folder such as `content/2026-Q3/TEAM/` with an evidence file, or correct `[files] evidence` in milepost.toml.",
    NotUtf8 "not-utf8" Error
        "A text file holds bytes that are not UTF-8."
        "The file was saved in another encoding, such as Latin-1 or UTF-16, or it is no text."
        "Save it as UTF-8. The place shows the first byte that is wrong.",
    FileTooLarge "file-too-large" Error
        "A file is larger than what is read."
        "The file is larger than the limit for its kind. The limit keeps a check fast."
        "Split the file, or keep large files outside of the workspace and link to them.",
    TooManyFiles "too-many-files" Error
        "The workspace holds more files than are read."
        "The folders hold more files than Milepost reads, often because something else was copied into them."
        "Move what is no part of the assessment out of the workspace, or narrow `[files]` in milepost.toml.",
    Unreadable "unreadable" Error
        "The system refused to read a file or folder."
        "The system refused to read it, or two files have the same name once their letters are composed."
        "Give yourself the right to read it, or remove one of the two files.",
    SymbolicLink "symbolic-link" Error
        "A symbolic link stands where a file or folder is expected."
        "A link stands where Milepost reads files. It is not followed, since it could lead out of the workspace."
        "Put the file itself there.",
    UnreadFile "unread-file" Warning
        "A TOML file, or one with nearly the name of a file that is read, lies where nothing reads it."
        "The file lies in a folder of evidence or mappings, and its name or depth is not one that is read."
        "Rename or move it as the help says, or move it out of the folder.",
    TomlSyntax "toml-syntax" Error
        "A file is not TOML."
        "The text breaks the rules of TOML: a quotation mark, a comma or a bracket is missing, or a key with a dot stands without quotes."
        "Correct the line that the message shows. What only follows from it is not reported.",
    MergeConflict "merge-conflict" Error
        "A text holds both sides of a merge, with the marks of git between them."
        "A merge stopped half way, and the file was saved with both sides in it."
        "Keep one side, and remove the lines with `<<<<<<<`, `=======` and `>>>>>>>`.",
    SealedConflict "sealed-conflict" Warning
        "A text of a sealed quarter holds both sides of a merge, with the marks of git between them."
        "A merge was saved half way in a file of a closed quarter."
        "Bring the file back from git as it was sealed.",
    UnknownKey "unknown-key" Error
        "A key that means nothing here."
        "The key is misspelt, stands in the wrong table, or is not known to this version."
        "Take the suggestion, or one of the keys that the help lists. `milepost help FILE` describes the keys of a file.",
    MissingKey "missing-key" Error
        "A required key is missing or empty."
        "A key that its table needs is not there, or holds an empty text."
        "Add it as the help shows.",
    WrongType "wrong-type" Error
        "A value of the wrong type."
        "The value is a text where a number is expected, a number in quotes, a table in the place of a list, or the like."
        "Write the type that the message names.",
    BadValue "bad-value" Error
        "A value outside what its key allows."
        "The type is right, and the value is not one of those that the key takes."
        "Write a value from the range or the list in the message.",
    BadGlob "bad-glob" Error
        "A glob that is malformed or leaves the workspace."
        "A pattern under `[files]` cannot be read, has `..` or an absolute path in it, or does not end as evidence must."
        "Write it like the default that the help shows.",
    BadName "bad-name" Error
        "An id that cannot be part of a page's address."
        "The id is too long, holds something that cannot be seen, or cannot be the name of a folder on every system."
        "Write it as the help suggests.",
    BadScale "bad-scale" Error
        "A scale whose bottom, step and levels do not fit together."
        "`bottom`, `step`, `levels` or `dimensions` contradict each other or leave their range."
        "Correct the value under `[scale]` that the message names.",
    BadRepository "bad-repository" Warning
        "A template for addresses on a forge makes no address."
        "`[report] repository` is no address with a host and `{path}`, or has a placeholder that does not exist."
        "Write it like `https://forge.example/group/repository/blob/{commit}/{path}`.",
    SinceWithoutEffect "since-without-effect" Warning
        "A `since` of milepost.toml that changes nothing."
        "The table repeats what holds already, takes back what is not set, or every value in it is the old one."
        "Write what is to change, or remove it.",
    DuplicateId "duplicate-id" Error
        "The same id is given twice."
        "Two things of one kind have the same id, also where only upper and lower case differ."
        "Rename one of them, or remove it. The message shows both places.",
    UnknownFramework "unknown-framework" Error
        "milepost.toml names a framework that is not there."
        "The name under `frameworks` is misspelt, or no folder below `controls/` holds such a catalog."
        "Take the suggestion, or add the catalog.",
    MissingFramework "missing-framework" Error
        "A catalog file has no framework.toml beside it."
        "A catalog file lies in a folder without a framework.toml."
        "Add framework.toml with `id`, `title` and `functions`, or move the file.",
    MissingFunction "missing-function" Error
        "framework.toml names a Function that no file of its folder holds, or leaves one out."
        "The list `functions` in framework.toml and the files beside it do not agree."
        "Add the file, or the id to the list.",
    MisplacedControl "misplaced-control" Error
        "A control stands below a sub-control."
        "A sub-control holds sub-controls. They stand one level deep only."
        "Put them beside it, below the same control.",
    BadQuarter "bad-quarter" Error
        "A folder that should name a quarter does not."
        "A folder, or a key that names a quarter, is not of the form `2026-Q3`, or lies before the first quarter."
        "Write the quarter like `2026-Q3`.",
    UnfollowedTeam "unfollowed-team" Warning
        "An owner, a gate, an action or an exception names a team that was split or merged."
        "After a team was split or merged, nobody can tell which of the new teams is meant."
        "Name the team that is meant now.",
    SkippedQuarter "skipped-quarter" Warning
        "Quarters are skipped and nothing says so, or a quarter follows another one than it says."
        "A quarter is missing between two folders, or `follows` names another one than the one before."
        "Rename the folder if it is mistyped, or write `follows` into quarter.toml if the gap is meant.",
    QuarterDays "quarter-days" Warning
        "The days of a quarter do not fit those of the quarter before, or are too many."
        "`opens` or `closes` in quarter.toml has another year than is meant, or the days of two quarters overlap or leave a gap."
        "Correct `opens` and `closes`, so that each day is in one quarter.",
    UnknownTeam "unknown-team" Error
        "A team's folder is not in milepost.toml."
        "A folder or a key names a team that has no `[[team]]` in milepost.toml."
        "Take the suggestion, or add the team.",
    TeamsAlike "teams-alike" Warning
        "Two teams that are asked in the same quarter have one name."
        "A name was copied, or two names differ only in case, in blanks or in what nobody sees."
        "Give one of the teams another `name`.",
    BadSuccession "bad-succession" Error
        "A team follows one that it cannot follow: their quarters overlap or are not given, or they follow each other."
        "A team in `succeeds` is still asked when its follower starts, its last quarter is not given, or two teams follow each other."
        "Give the earlier team a `last_quarter`, and the later one a `first_quarter` behind it.",
    SuccessionGap "succession-gap" Warning
        "A quarter lies between a team and the one that it follows, and neither is asked in it."
        "The `first_quarter` of a team is later than the quarter after the `last_quarter` of the team that it succeeds."
        "If somebody was asked in between, start the newer team in the quarter after the last one of the older team. Otherwise leave it: the answers follow on the older team's last quarter.",
    TeamNotAsked "team-not-asked" Warning
        "A team answers in a quarter, or for a control, that it is not asked for."
        "The control is not in the team's `scope`, or the quarter is before its first or after its last. Such an answer does not count."
        "Change the team's scope or quarters, or remove the answer.",
    ControlNotInForce "control-not-in-force" Warning
        "An answer for a control that is not in force in its quarter."
        "The catalog's `since` or `until` leaves the quarter out. Such an answer does not count."
        "Answer the control that took its place, or remove the answer.",
    BadInheritance "bad-inheritance" Error
        "An answer inherits from one that it cannot stand on."
        "`inherited_from` leads back to the answer itself, to a control of another framework, over too many answers, or it stands in an answer without a level."
        "Let the answer of the team that does the work stand on its own evidence, and name it, in the same framework, in the others.",
    UnknownRisk "unknown-risk" Error
        "A target, an action or an exception names a risk that no profile has."
        "The id in `risks` is misspelt, or the risk is not in `[risks]` of a profile that holds in the quarter."
        "Take the suggestion, or add the risk to `[risks]` of content/profile.toml.",
    UnknownControl "unknown-control" Error
        "An id that no catalog of this workspace holds."
        "The id is misspelt, belongs to a framework that is not in use, or stands for something above controls."
        "Take the suggestion, or add the framework to `frameworks`.",
    WithdrawnControl "withdrawn-control" Error
        "An id of an earlier edition, with the ids that took its place."
        "The id is from an earlier edition of the framework."
        "Answer the ids that the help names.",
    DuplicateAnswer "duplicate-answer" Error
        "A team answers the same control twice in a quarter."
        "Two tables, perhaps in two files of the team, answer the same control."
        "Keep one of them. It holds all that the team says of the control in the quarter.",
    BadVerdict "bad-verdict" Error
        "A verdict of a reviewer that cannot be compared with an answer."
        "The verdict gives no level and says nothing, or does both, or is on something that has no answer of its own."
        "Give `level`, or say `agrees`, `cannot_tell` or `not_applicable`, of one control. A whole Category takes only the first two words.",
    VerdictDay "verdict-day" Error
        "A verdict or a retest on a day on which it cannot have been given."
        "The day is before the end of the quarter, more than a year after it, or before what is tested again. Often the year is wrong."
        "Correct the day, or move the verdict to the reviews of its quarter.",
    DuplicateVerdict "duplicate-verdict" Error
        "A reviewer judges the same answer twice in a quarter, or a finding has two retests on one day."
        "Two tables, perhaps in two files of the reviewer, judge the same control of the same team, or retest the same finding."
        "Keep one of them.",
    FutureVerdict "future-verdict" Warning
        "A verdict or a retest on a day in the future."
        "The day lies after the quarter that follows the newest one. Often the year is wrong."
        "Correct the day.",
    VerdictNotAsked "verdict-not-asked" Error
        "A reviewer judges an answer that the team was not asked for."
        "The control is not in the team's `scope`, is excluded by the profile, or the quarter is not one of the team's."
        "Name the team that was asked, or remove the verdict.",
    MisplacedVerdict "misplaced-verdict" Error
        "A verdict in a team's file, or an answer in a reviewer's file."
        "Teams answer in their own folders, and reviewers write in `reviews/`. Neither speaks for the other."
        "Move the table to the file where it belongs.",
    TeamAsReviewer "team-as-reviewer" Error
        "The reviewer is a team."
        "The name under `reviewer` is the id or a name of a team, which would judge answers of its own."
        "Name the role that looked from outside of the teams.",
    UnknownFinding "unknown-finding" Error
        "A retest of something that is no finding of an earlier quarter."
        "The id is misspelt, the finding was removed, or it is of the same quarter or a later one."
        "Take the suggestion, or move the retest to the reviews of a later quarter.",
    OtherSample "other-sample" Warning
        "A sample was drawn from another seal than the quarter has."
        "The quarter was sealed again after the draw, or the lines under `drawn` were edited."
        "Draw the sample again with `milepost sample`, or bring the seal back from git.",
    ConflictingStates "conflicting-states" Error
        "An answer claims two states at once."
        "The answer has a level and says unknown or not applicable, or two of these."
        "Keep the one that is true.",
    MissingState "missing-state" Error
        "An answer gives no level, no `unknown` and no `not_applicable`."
        "The answer has a note or evidence, but neither a level nor facts, `unknown` or `not_applicable`."
        "Add one of them, or remove the table: then the control is unanswered.",
    MissingReason "missing-reason" Error
        "Not applicable or unknown is said without a reason."
        "`unknown` or `not_applicable` is `true`, empty or no text."
        "Write the reason as its value.",
    BadLevel "bad-level" Error
        "A level outside the scale or off its step."
        "The level is below the lowest or above the highest, or lies between two steps."
        "Give a level of the scale under `[scale]`.",
    UnknownKind "unknown-kind" Error
        "An evidence kind that does not exist."
        "The word is none of the six kinds of evidence."
        "Write `assertion`, `interview`, `document`, `record`, `metric` or `test`.",
    UndatedEvidence "undated-evidence" Error
        "An evidence item has neither a date nor a covered period, or both."
        "Nobody can tell how old the evidence is, or it has a day and a period."
        "Give `date` for one day, or `covers` for a period.",
    BadPeriod "bad-period" Error
        "A covered period that is malformed or ends before it starts."
        "`covers` is not of the form `2026-07-01..2026-09-30`, or its days are exchanged."
        "Write the first and the last day with two dots between them.",
    LateEvidence "late-evidence" Error
        "Evidence dated after the quarter's end."
        "The day lies after the quarter's last day. What came later cannot support an answer of this quarter."
        "Move the item to the quarter in which it was made, or correct the day.",
    BadLink "bad-link" Error
        "A link that a report must not carry."
        "The address is empty, has a blank in it, or a scheme that can run something."
        "Use `https://`, `http://` or `mailto:`, or give a file of the workspace as `file`.",
    MissingArtifact "missing-artifact" Error
        "An artifact file is not there."
        "The file that `file` names is not beside the evidence file."
        "Add it below `artifacts/`, or correct the path.",
    ArtifactOutside "artifact-outside" Error
        "An artifact's path leaves the folders that Milepost reads."
        "The path has `..` in it, is absolute, or leads to a folder that is not read."
        "Copy the file into the folder `artifacts/` of the team.",
    ArtifactLink "artifact-link" Error
        "An artifact is, or lies behind, a symbolic link."
        "A link could show another file tomorrow, so its digest proves nothing."
        "Put the file itself there.",
    ArtifactDigest "artifact-digest" Error
        "An artifact's SHA-256 is missing or does not match."
        "The file was changed after it was attested, or nobody wrote down its digest."
        "Bring the file back, or paste the line with `sha256` that the help shows after you have looked at the file.",
    CarriedFromNothing "carried-from-nothing" Warning
        "An answer is marked as carried, and its team had none in the quarter before."
        "`carried = true` stands at an answer that the team did not give in the quarter before."
        "Remove `carried`: the answer is new.",
    CarriedAndChanged "carried-and-changed" Warning
        "An answer is marked as carried, and says something else than in the quarter before."
        "The answer was changed, and the mark that it is the old one was left."
        "Remove `carried`, since the answer is given anew, or bring the old answer back.",
    AttestationDay "attestation-day" Warning
        "An attestation dated long before or long after its quarter."
        "The day of `[attested]` is more than half a year away from the quarter: often the year is wrong."
        "Write the day on which the role looked at these answers.",
    UnansweredControl "unanswered-control" Warning
        "A control lies in no team's scope, so nobody can answer it."
        "Each team has a `scope`, and none of them contains the control."
        "Add it to the scope of a team, or exclude it in profile.toml.",
    UnknownFact "unknown-fact" Error
        "A fact that no catalog declares for this control."
        "The name is misspelt, or the fact is declared for another control."
        "Take the suggestion, or declare the fact in the catalog.",
    MissingFact "missing-fact" Warning
        "A declared fact is not given, so no condition on it is met."
        "The catalog asks for a fact that the answer does not give."
        "Give it, or accept the lower level until somebody has measured it.",
    FactOutOfRange "fact-out-of-range" Error
        "A fact below or above what its catalog allows."
        "The value is outside of `min` and `max`, or above 100 percent."
        "Correct the value, or the range in the catalog.",
    FractionOfPercent "fraction-of-percent" Warning
        "A percentage below 1, which may be a fraction of 1."
        "A value such as 0.9 was given for a percentage, which is less than one percent."
        "Write 90 for 90 percent. If less than one percent is meant, leave it.",
    SealedMistake "sealed-mistake" Warning
        "A file of a sealed quarter says what would be a mistake in an open one."
        "A file of a closed quarter has something that this version reports. Nobody may change it any more."
        "Leave it, and write it right in the quarter that is open.",
    BadCriteria "bad-criteria" Error
        "A criterion that cannot be read, or that can never hold."
        "A condition does not fit the type of its fact, contradicts another one, or names a fact that is not there."
        "Correct the condition in the catalog.",
    LostInNote "lost-in-note" Warning
        "A note holds something that no page shows as it is meant."
        "The note has HTML, a picture or other markup that pages leave out or show as plain text."
        "Write it in the Markdown that notes take: words, lists, links, tables and code.",
    InheritsNothing "inherits-nothing" Finding
        "An answer inherits from one that gives no level."
        "The team in `inherited_from` is not asked, did not answer, does not know, or says that the control does not apply to it. The answer counts as one without evidence."
        "Ask that team for its answer, or remove `inherited_from` and give evidence of your own.",
    UnsupportedClaim "unsupported-claim" Finding
        "A level is claimed that current evidence does not carry."
        "The evidence is missing, stale, or of a kind that is too weak for the level."
        "Add current evidence of the kind that the help names, or claim the level that is supported.",
    ClaimBesideFacts "claim-beside-facts" Finding
        "A level is claimed that the facts beside it do not make."
        "A team wrote a level beside the facts, and the criteria make another one of them. The facts count."
        "Correct the facts, or remove the level.",
    CopiedAnswer "copied-answer" Finding
        "An answer only repeats the quarter before: it is neither marked as carried nor attested again."
        "The folder of the quarter before was copied, and the answer was neither looked at nor marked."
        "Review it and date the attestation of its file, or mark it with `carried = true`.",
    VanishedAnswer "vanished-answer" Finding
        "An answer of the quarter before that is not there any more."
        "The table was removed, or its file was not taken over, so the control is unanswered again."
        "Bring the answer back, or exclude the control with a reason.",
    ReviewedLower "reviewed-lower" Finding
        "A reviewer found a lower level than the team gives."
        "The verdict of a review and the level that counts differ, and nothing has settled this since."
        "Correct the answer, or let a retest or a verdict of a later quarter settle it.",
    RetestDue "retest-due" Finding
        "A finding of a review is open after the day of its retest."
        "The day under `retest`, or else under `due`, has passed, and no retest closed the finding."
        "Mend it, and write the result as a `[[retest]]` in the reviews of a later quarter.",
    OpenTarget "open-target" Finding
        "A target without a reason, an approver or a date, or overdue for its review."
        "The target was written down quickly, or the day of its review has passed."
        "Let the role that decides confirm it, and add what is missing in profile.toml.",
    UnapprovedExclusion "unapproved-exclusion" Finding
        "Not applicable, and nobody approved it."
        "An answer or the profile leaves something out of the count, and nobody stands behind it."
        "Add `approved_by` with the role that agreed.",
    OverdueAction "overdue-action" Finding
        "An action is still open after the day on which it was due."
        "The day has passed, and the status is still open or started."
        "Close it, or give it a new day with the role that answers for it.",
    ActionRaisesNothing "action-raises-nothing" Finding
        "An action is open, and its answer is at that level already or can have none."
        "The answer reached the level in another way, or became not applicable."
        "Close the action as done or dropped, or raise its level.",
    ActionWithoutEffect "action-without-effect" Finding
        "An action was closed as done, and its level was not reached."
        "The work is finished, and the team's answer still has a lower level."
        "Update the answer, or open an action for the rest.",
    ExpiredException "expired-exception" Finding
        "An accepted gap whose exception has expired."
        "The last day of the exception has passed, and the gap is still there."
        "Decide anew: close the gap, or approve another exception.",
    SealedQuarterChanged "sealed-quarter-changed" Warning
        "A file of a quarter was added, changed or removed after the quarter was sealed."
        "Somebody edited, added or removed a file after the quarter was closed."
        "Bring the files back from git. To change the quarter openly, remove its seal and all later ones in a commit that says why.",
    SealedRuleChanged "sealed-rule-changed" Warning
        "A rule on which a sealed quarter rests is another one now."
        "milepost.toml, a profile or a catalog was edited, and the edit changes what a closed quarter was scored by."
        "Write the change under `since`, as the help shows, and bring the old value back.",
    SealedFiguresChanged "sealed-figures-changed" Warning
        "An edit of a catalog after which the figures of a sealed quarter are not the same."
        "A control came without `since`, went without `until`, or has other rules in its catalog; or `frameworks` has lost a framework."
        "Write `since` and `until` in the catalog, and new rules of controls under `since` in milepost.toml.",
    BadSeal "bad-seal" Warning
        "A seal that was edited, cannot be read or does not continue the one before it."
        "The seal was edited by hand, cut off, moved, or a seal before it was replaced."
        "Bring the seals back from git as `milepost seal` wrote them.",
    UntoldAuthor "untold-author" Warning
        "milepost.toml asks who last changed an answer, and git cannot tell."
        "The clone is shallow, the folder is no repository, or the file is not committed yet."
        "Fetch the whole history, commit the file, or set `provenance = false`.",
    BadCommunityProfile "bad-community-profile" Warning
        "A Community Profile cannot be used as it is written."
        "A key of a file in `profiles/` is missing, wrong or unknown, or it names an id that no framework in use has."
        "Correct it as the message says. What is wrong is left out of the gap list; no score and no rank depends on it.",
    BadMapping "bad-mapping" Warning
        "A mapping names ids that are not there, contradicts itself or cannot be read."
        "A file of `mappings/` has a mistake. What is wrong is left out, and the report is made without it."
        "Correct it as the message says.",
    UnhiddenName "unhidden-name" Warning
        "A catalog or a theme names a team, and an audience may not see names of teams."
        "Catalogs and themes are the same for every audience, so a team's name in them is shown to everybody."
        "Take the name out of the catalog or theme.",
    UnknownLanguage "unknown-language" Warning
        "milepost.toml names a language that no strings file has."
        "The tag is valid, and nobody has written texts for it. The pages are English."
        "Name a language that is there, or write a file of its texts.",
    BadString "bad-string" Warning
        "A text of a strings file that cannot be printed, or that no page prints."
        "A text has a placeholder that its English text lacks, a plural form that does not exist, or a name that no page uses."
        "Follow the text of the same name in en.toml.",
    MissingString "missing-string" Warning
        "A strings file lacks texts."
        "The file of a language does not hold every text. The missing ones are printed in English."
        "Add the texts that the message names.",
    BadPath "bad-path" Error
        "A path of a mapping of result files cannot be used."
        "The path is not one of RFC 9535, or it is longer or searches deeper than a path may."
        "Correct it as the message says. `milepost collect --try FILE --map NAME` shows what a path finds.",
    UnknownMap "unknown-map" Error
        "A collector names a mapping that does not exist."
        "The name in `map` is mistyped, or its file does not lie in `maps/`."
        "Name a mapping that `milepost` brings along, or write `maps/NAME.toml`.",
    CollectedClaim "collected-claim" Error
        "The file of the collectors says what only a person may say."
        "Somebody edited `collected.toml`, or a level, a note or an attestation was moved there."
        "Move it to another file of the team. `milepost collect` makes `collected.toml` again.",
    ContradictedFact "contradicted-fact" Finding
        "A person and a collector give different values for one fact."
        "What is written by hand differs from what a tool's result file says."
        "Look at both. Correct the one that is wrong: remove the fact by hand, or mend what is collected.",
    MachineEvidenceAlone "machine-evidence-alone" Finding
        "Answers rest on collected evidence alone, and nobody attests them."
        "All evidence of these answers was written by collectors, and neither the file nor the answer has `attested`."
        "Let the role that answers for the team look at them, and write `attested` with its day.",
    StaleCollector "stale-collector" Finding
        "The newest file of a collector is older than evidence may be."
        "The job that writes the result files stopped, or its files no longer arrive where the collector looks."
        "Find out why no newer file came, and run `milepost collect` when one is there.",
    CollectorDiffers "collector-differs" Finding
        "A file of collectors is not what its collectors would make now."
        "A collector or its mapping was changed or removed, or `collected.toml` was edited by hand."
        "Run `milepost collect`, and look at what it changes. Where only values of a file were kept, put the file into the inbox first.",
    GateFailed "gate-failed" Error
        "A gate of milepost.toml failed."
        "The quarter is outside of a limit under `[gates]` in milepost.toml."
        "Mend the causes that the message lists, or let the role that decides write an exception with its last day.",
    BadTemplate "bad-template" Error
        "A theme's template cannot be rendered."
        "A template of your theme has a mistake, uses a name that no page has, or does not end."
        "Correct the template, or remove it: then the default one is used.",
}

impl Code {
    /// Whether it says that a table lacks something.
    pub(crate) fn says_missing(self) -> bool {
        matches!(self, Self::MissingKey | Self::MissingState | Self::MissingFact | Self::UndatedEvidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_readable() {
        let mut names: Vec<_> = Code::ALL.iter().map(|code| code.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
        assert!(names.iter().all(|name| name.bytes().all(|b| b == b'-' || b.is_ascii_alphanumeric())));
    }

    #[test]
    fn every_code_has_a_cause_and_a_remedy_in_plain_text() {
        let texts = |code: &Code| [code.description(), code.cause(), code.remedy()];
        for code in Code::ALL {
            let [description, cause, remedy] = texts(code);
            assert!(description != cause && cause != remedy, "{code:?}");
            for text in [description, cause, remedy] {
                let begins = text.starts_with(|c: char| c.is_uppercase() || c == '`')
                    || ["milepost.toml", "framework.toml"].iter().any(|file| text.starts_with(file));
                let is_sentence = text.ends_with('.') && begins;
                assert!(text.len() > 15 && is_sentence, "{code:?}: {text}");
                // Outside of code nothing is markup.
                let words: String = text.split('`').step_by(2).collect();
                assert!(!words.contains(['\n', '|', '[', ']', '*', '_', '<', '>', '#', '\\']), "{code:?}: {text}");
                assert_eq!(text.matches('`').count() % 2, 0, "{code:?}: {text}");
            }
        }
    }
}
