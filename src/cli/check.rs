//! `milepost check`: every mistake in the workspace, all at once.

use std::collections::BTreeMap;
use std::path::Path;

use super::select::not_there;
use super::source::Snapshot;
use super::{CommandOutcome, Output};
use crate::base::layout::CONFIG;
use crate::base::number::{counted, grouped};
use crate::border::Shown;
use crate::check;
use crate::check::Checked;
use crate::diagnostic::{self, Code, Colour, Diagnostic, DiagnosticFormat, Diagnostics, Place};
use crate::history::edited_catalog;
use crate::load::workspace::Workspace;
use crate::model::assessment::Assessment;
use crate::report::theme;
use crate::score::finding::{self, About};

/// Report every mistake in the workspace, and the numbers of its newest quarter that need a look, all at once.
#[derive(Debug, clap::Args)]
pub(super) struct CheckArgs {
    /// How to print the diagnostics.
    #[arg(long, value_enum, default_value_t)]
    format: DiagnosticFormat,
    /// Only count them, by code and by team.
    #[arg(long, conflicts_with = "format")]
    summary: bool,
    /// Show only this code, as in unsupported-claim; may be given more than once. It does not change the exit code.
    #[arg(long, value_name = "CODE")]
    code: Vec<String>,
    /// Show only diagnostics about this team, by its id; may be given more than once. It does not change the exit code.
    #[arg(long, value_name = "ID")]
    team: Vec<String>,
    /// End with exit code 1 on warnings too. Findings never count.
    #[arg(long)]
    deny_warnings: bool,
}

pub(super) fn run(root: &Path, args: &CheckArgs, colour: Colour) -> Result<Output, Output> {
    let codes = args.code.iter().map(|name| code(name)).collect::<Result<Vec<_>, _>>().map_err(Output::usage)?;
    let snapshot = Snapshot::of_folder(root);
    let workspace = &snapshot.workspace;
    let Checked { assessment, mut diagnostics } = check::check(workspace);
    let templates = theme::check(workspace);
    // There is no assessment where any file has an error. What is added below is a warning or a finding.
    let broken = assessment.is_none() || !templates.is_empty();
    diagnostics.extend(templates);
    let provenance = assessment.as_ref().and_then(|valid| snapshot.provenance_of_all(root, valid));
    diagnostics.extend(provenance.map(|provenance| provenance.unknown_authors(workspace)).unwrap_or_default());
    let read = assessment.as_ref().map(nothing_wrong).unwrap_or_default();
    let findings = assessment.map(by_numbers).unwrap_or_default();
    // A finding may be about a team although it is written in no file of the team.
    let of_team: BTreeMap<Place, String> =
        findings.iter().filter_map(|(found, team)| Some((found.place.clone(), team.clone()?))).collect();
    diagnostics.extend(findings.into_iter().map(|(found, _)| found));
    diagnostics.sort(CONFIG);
    let [errors, warnings, _] = diagnostics.counts();
    let mut remarks = if errors + warnings == 0 { read } else { Shown::default() };
    let team = |found: &Diagnostic| {
        of_team.get(&found.place).cloned().or_else(|| Some(team_of(workspace, &found.place.path)?.to_owned()))
    };
    if let Some(unknown) = args.team.iter().find(|wanted| !is_team(workspace, wanted)) {
        return Err(Output::usage(Shown::error(&format!("no team `{unknown}` has a file in this workspace"))));
    }
    // Of all of them: what is shown changes no exit code.
    let denied = args.deny_warnings && warnings > 0;
    let all = diagnostics.len();
    let is_wanted = |found: &&Diagnostic| {
        (codes.is_empty() || codes.contains(&found.code))
            && (args.team.is_empty() || team(found).is_some_and(|team| args.team.contains(&team)))
    };
    if !codes.is_empty() || !args.team.is_empty() {
        diagnostics = diagnostics.iter().filter(is_wanted).cloned().collect();
        let more = all - diagnostics.len();
        if more > 0 {
            remarks += &Shown::line(&format!("{} of {} not shown", grouped(more), grouped(all)));
        }
    }
    let result = if args.summary {
        summary(&diagnostics, team)
    } else {
        diagnostic::print(&diagnostics, workspace, args.format, colour)
    };
    let outcome = if broken || denied { CommandOutcome::Problems } else { CommandOutcome::Fine };
    Ok(Output { outcome, ..Output::result(result, remarks) })
}

/// The code with this name.
fn code(name: &str) -> Result<Code, Shown> {
    let names = || Code::ALL.iter().map(|code| code.name());
    let found = Code::ALL.iter().find(|code| code.name() == name).copied();
    found.ok_or_else(|| not_there("code", name, names(), &format!("there is no code `{name}`")))
}

/// The team whose folder the evidence file at `path` is in.
fn team_of<'p>(workspace: &Workspace, path: &'p str) -> Option<&'p str> {
    workspace.patterns.evidence_path(path).map(|evidence| evidence.team)
}

fn is_team(workspace: &Workspace, id: &str) -> bool {
    workspace.files.keys().any(|path| team_of(workspace, path) == Some(id))
}

/// How many there are of each code, the worst first, and of each team.
fn summary(found: &Diagnostics, team: impl Fn(&Diagnostic) -> Option<String>) -> Shown {
    let (mut codes, mut teams) = (BTreeMap::new(), BTreeMap::new());
    for diagnostic in found.iter() {
        *codes.entry((diagnostic.code.severity() as usize, diagnostic.code)).or_insert(0_usize) += 1;
        *teams.entry(team(diagnostic).unwrap_or_else(|| "no team".to_owned())).or_insert(0_usize) += 1;
    }
    let code = |((_, code), count): (&(usize, Code), &usize)| {
        Shown::line(&format!("{count:>6}  {:8} {:24} {}", code.severity().to_string(), code.name(), code.description()))
    };
    let team = |(team, count): (&String, &usize)| Shown::line(&format!("{count:>6}  {team}"));
    let codes: Shown = codes.iter().map(code).collect();
    if found.is_empty() { codes } else { codes + &Shown::line("") + &teams.iter().map(team).collect() }
}

/// What the numbers of the newest quarter call for, each with the id of the team that it is about; earlier quarters are closed. And
/// what keeps the numbers of these from being made again.
fn by_numbers(assessment: Assessment) -> Vec<(Diagnostic, Option<String>)> {
    let scored = crate::score::score(assessment);
    let team = |about: &About| match about {
        About::Answer(id) => Some(scored.assessment.team(id.team).id.clone()),
        About::Team(team) => Some(scored.assessment.team(*team).id.clone()),
        About::Decision(_) | About::Exception(_) => None,
    };
    let findings = finding::findings(scored.newest(), &scored.assessment.english);
    let findings = findings.iter().map(|finding| (finding.diagnostic(), team(&finding.about)));
    edited_catalog::diagnostics(&scored).into_iter().map(|warning| (warning, None)).chain(findings).collect()
}

/// Silence could also mean that nothing was read.
fn nothing_wrong(assessment: &Assessment) -> Shown {
    let answers = assessment.quarters.iter().flat_map(|quarter| quarter.answers.iter().flatten()).count();
    let quarters = counted(assessment.quarters.len(), "quarter");
    let teams = counted(assessment.settings.teams.len(), "team");
    Shown::line(&format!("no mistakes in {quarters}, {teams} and {}", counted(answers, "answer")))
}
