//! What a run of collectors did and left out, for people and as JSON.

use serde::Serialize;

use super::super::import::ReportFormat;
use super::super::{CommandOutcome, Output};
use super::CollectArgs;
use crate::base::number::counted;
use crate::border::{Shown, json};
use crate::exchange::loss::{Loss, Losses};

/// Remarks on files.
#[derive(Default)]
pub(super) struct CollectNotes {
    /// What was left out.
    pub(super) left: Losses,
    /// Remarks on files that are not left out.
    pub(super) notes: Vec<String>,
}

/// The most lines of one kind that are printed; JSON has all.
const SHOWN: usize = 100;

impl CollectNotes {
    /// Says something that leaves nothing out.
    pub(super) fn note(&mut self, what: String) {
        self.notes.push(what);
    }

    /// A line each.
    pub(super) fn text(&self) -> Shown {
        let left = lines("left out", self.left.iter().map(Loss::told));
        left + &lines("note", self.notes.iter().cloned())
    }
}

fn lines(word: &str, all: impl ExactSizeIterator<Item = String>) -> Shown {
    let more = all.len().saturating_sub(SHOWN);
    let shown: Shown = all.take(SHOWN).map(|what| Shown::line(&format!("{word}: {what}"))).collect();
    if more == 0 { shown } else { shown + &Shown::line(&format!("{word}: and {more} more")) }
}

/// What the collected file of a team holds.
#[derive(Serialize)]
pub(super) struct TeamCollected {
    pub(super) file: String,
    pub(super) controls: usize,
    pub(super) facts: usize,
    pub(super) evidence: usize,
}

impl TeamCollected {
    fn line(&self) -> Shown {
        let (controls, facts) = (counted(self.controls, "control"), counted(self.facts, "fact"));
        Shown::line(&format!("{}: {controls}, {facts}, {}", self.file, counted(self.evidence, "evidence item")))
    }
}

/// What a run did.
#[derive(Default)]
pub(super) struct Done {
    pub(super) quarter: String,
    pub(super) is_written: bool,
    /// The files that change.
    pub(super) files: Vec<String>,
    pub(super) teams: Vec<TeamCollected>,
    pub(super) told: CollectNotes,
    /// Why nothing is written.
    pub(super) refused: Losses,
}

/// The same as JSON.
#[derive(Serialize)]
struct CollectReport<'a> {
    quarter: &'a str,
    #[serde(rename = "written")]
    is_written: bool,
    files: &'a [String],
    collected: &'a [TeamCollected],
    refused: Vec<&'a Loss>,
    left: Vec<&'a Loss>,
    notes: &'a [String],
}

impl Done {
    /// Whether nothing may be written.
    pub(super) fn is_stopped(&self, args: &CollectArgs) -> bool {
        !self.refused.is_empty() || (args.strict && !self.told.left.is_empty())
    }

    /// What the command prints.
    pub(super) fn output(&self, args: &CollectArgs, remarks: Shown) -> Output {
        let is_other = args.check && !self.files.is_empty();
        let outcome = if is_other || self.is_stopped(args) { CommandOutcome::Problems } else { CommandOutcome::Fine };
        if args.format == ReportFormat::Json {
            return Output { outcome, ..Output::result(self.json(), remarks) };
        }
        let remarks = remarks + &self.told.text();
        if !self.refused.is_empty() {
            let why: Shown = self.refused.iter().map(|loss| Shown::error(&loss.told())).collect();
            return Output::failure(remarks + &why + &Shown::error("nothing was written"));
        }
        if self.is_stopped(args) {
            let why = format!("{} left out, so nothing was written", counted(self.told.left.len(), "thing"));
            return Output::failure(remarks + &Shown::error(&why));
        }
        let of_teams = if args.check { Shown::default() } else { self.teams.iter().map(TeamCollected::line).collect() };
        Output { outcome, ..Output::result(of_teams + &self.of_files(args), remarks) }
    }

    /// What was done with the files.
    fn of_files(&self, args: &CollectArgs) -> Shown {
        let row = |path: &String| {
            Shown::line(&if args.check {
                format!("{path} is not what its kept files make; `milepost collect` makes it")
            } else {
                format!("would be written: {path}")
            })
        };
        match self.files.len() {
            0 if args.check => Shown::line("all files are as collected"),
            0 => Shown::line("nothing changed"),
            count if self.is_written => Shown::line(&(counted(count, "file") + " written")),
            _ => self.files.iter().map(row).collect(),
        }
    }

    fn json(&self) -> Shown {
        let Self { quarter, is_written, files, teams, told, refused } = self;
        let (refused, left) = (refused.iter().collect(), told.left.iter().collect());
        let (is_written, notes) = (*is_written && !files.is_empty(), &told.notes);
        json::print(&CollectReport { quarter, is_written, files, collected: teams, refused, left, notes })
    }
}
