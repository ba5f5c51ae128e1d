//! `milepost collect`: makes dated evidence and facts of the result files of tools.

mod inbox;
mod report;
mod trying;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use self::inbox::Chosen;
use self::report::{CollectNotes, Done, TeamCollected};
use super::import::ReportFormat;
use super::select::{QuarterArg, TeamArg, one_of};
use super::source::{Assessed, Snapshot, SourceArg as State, without_answers};
use super::{Output, Terminal};
use crate::base::layout::COLLECTED_FILE;
use crate::border::Shown;
use crate::check;
use crate::collect::extract::{self, Extract};
use crate::collect::gather::{Gathered, ResultSource, doubts, gather, rules, says_nothing};
use crate::collect::take;
use crate::diagnostic::{self, Colour, DiagnosticFormat};
use crate::exchange::loss::Losses;
use crate::load::results;
use crate::load::workspace::{self, Entry, Workspace, sha256};
use crate::model::assessment::{Assessment, InQuarter};
use crate::model::collected::{self, Collected};
use crate::model::collector::{Collector, KEPT, ResultMapping};
use crate::model::ids::TeamId;
use crate::write::{old, renew};

/// Collect facts and evidence from the result files of tools, as `[[collect]]` of milepost.toml declares.
#[derive(Debug, clap::Args)]
pub(super) struct CollectArgs {
    /// The collectors that look for new files; all by default.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    #[command(flatten)]
    quarter: QuarterArg,
    #[command(flatten)]
    team: TeamArg,
    /// The day for files that name none, as in 2026-11-18.
    #[arg(long, value_name = "DAY")]
    date: Option<Date>,
    /// Write nothing and ignore new files; end with exit code 1 if collected.toml differs from what the kept files make.
    #[arg(long, conflicts_with_all = ["names", "date", "dry_run"])]
    check: bool,
    /// Say what would be written, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// End with exit code 1, and write nothing, if these collectors leave a fact or evidence out.
    #[arg(long)]
    strict: bool,
    /// Show what one file gives, and write nothing.
    #[arg(long, value_name = "FILE", requires = "map", conflicts_with_all = ["names", "check", "dry_run", "quarter", "team"])]
    r#try: Option<PathBuf>,
    /// The mapping that reads the file of `--try`: a built-in one, or one of maps/.
    #[arg(long, value_name = "NAME", requires = "try")]
    map: Option<String>,
    /// How to print what was done, and what was left out.
    #[arg(long, value_enum, default_value_t)]
    format: ReportFormat,
}

/// Runs the command. An answer may need what is collected here, so a mistake in an answer stops the command only if it is still
/// there afterwards.
pub(super) fn run(root: &Path, args: &CollectArgs, terminal: &Terminal<'_>) -> Result<Output, Output> {
    if let (Some(path), Some(map)) = (&args.r#try, &args.map) {
        return trying::run(root, path, map, args);
    }
    let Assessed { snapshot: Snapshot { mut workspace, .. }, assessment, remarks } =
        State::default().assess(root, terminal.remarks).or_else(|broken| without_answers(root).ok_or(broken))?;
    let usage = |why: Shown| Output::usage(remarks.clone() + &why);
    let failure = |why: &str| Output::failure(remarks.clone() + &Shown::error(why));
    let quarter = assessment.in_quarter(args.quarter.find(&assessment).map_err(usage)?);
    let only = args.team.find(&assessment).map_err(usage)?;
    let chosen = chosen(&assessment, &args.names).map_err(usage)?;
    if assessment.collectors.is_empty() {
        return Err(failure("milepost.toml declares no [[collect]]; see `milepost help milepost.toml`"));
    }
    if let Some(seal) = quarter.answers().seal.as_ref().filter(|_| !args.check) {
        return Err(failure(&format!("{} is sealed by {}, so nothing is collected in it", quarter.name(), seal.path)));
    }
    let folder = workspace.folder_of_quarter(quarter.name());
    let folder = folder.ok_or_else(|| failure(&format!("{} has no folder yet", quarter.name())))?;
    let (told, refused) = (CollectNotes::default(), Losses::default());
    let asked = chosen.iter().map(|collector| collector.name.as_str()).collect();
    let mut work =
        Work { root, quarter, folder: folder.to_owned(), asked, lost: Vec::new(), told, refused, files: Vec::new() };
    let new = if args.check { Chosen::default() } else { work.look(&chosen, only, args.date) };
    let asked = assessment.settings.teams.ids().filter(|team| only.is_none_or(|only| only == *team));
    let teams: Vec<TeamCollected> = asked.filter_map(|team| work.team(&workspace, team, &new)).collect();
    let Work { told, refused, files, .. } = work;
    let mut done = Done { quarter: quarter.name().to_string(), teams, told, refused, ..Done::default() };
    if !done.is_stopped(args) {
        done.files = old(root, &files).into_iter().map(str::to_owned).collect();
        if !args.check {
            done.is_written = apply(root, &mut workspace, &files, args, terminal)
                .map_err(|why| Output::failure(remarks.clone() + &done.told.text() + &why))?;
        }
    }
    Ok(done.output(args, remarks))
}

/// Puts the files into the workspace in memory, which must pass the check, and then on the disk; whether they are written.
fn apply(
    root: &Path,
    workspace: &mut Workspace,
    files: &[(String, Vec<u8>)],
    args: &CollectArgs,
    terminal: &Terminal<'_>,
) -> Result<bool, Shown> {
    if let Some(broken) = broken(workspace, files, terminal.remarks) {
        let why = "the workspace would not pass `milepost check`, so nothing was written";
        return Err(broken + &Shown::error(why));
    }
    if args.dry_run {
        return Ok(false);
    }
    renew(root, files, &|step| terminal.tell_of(step)).map_err(|why| Shown::error(&why))?;
    Ok(true)
}

/// The collectors of these names; all if none is named.
fn chosen<'a>(assessment: &'a Assessment, names: &[String]) -> Result<Vec<&'a Collector>, Shown> {
    let all: Vec<(&Collector, String)> =
        assessment.collectors.iter().map(|collector| (collector, collector.name.clone())).collect();
    if names.is_empty() {
        return Ok(all.into_iter().map(|(collector, _)| collector).collect());
    }
    names.iter().map(|name| one_of("collector", name, &all)).collect()
}

/// What the check says of the workspace with the new files in it, where it finds a mistake.
fn broken(workspace: &mut Workspace, files: &[(String, Vec<u8>)], colour: Colour) -> Option<Shown> {
    for (path, bytes) in files {
        let entry = if path.ends_with(".toml") {
            Entry::Text(String::from_utf8_lossy(bytes).as_ref().into())
        } else {
            Entry::Artifact { sha256: sha256(bytes), exchanged: None }
        };
        workspace.files.insert(path.clone(), entry);
    }
    let checked = check::check(workspace);
    let found = || diagnostic::print(&checked.diagnostics, workspace, DiagnosticFormat::Text, colour);
    checked.assessment.is_none().then(found)
}

/// A run of collectors in a quarter.
struct Work<'a> {
    root: &'a Path,
    quarter: InQuarter<'a>,
    /// The folder of the quarter.
    folder: String,
    /// The collectors that were asked for.
    asked: BTreeSet<&'a str>,
    /// The kept files of a team that are lost or changed, by their collectors.
    lost: Vec<(&'a str, String)>,
    /// The remarks.
    told: CollectNotes,
    /// Why nothing may be written.
    refused: Losses,
    /// What is to be written: the files that are kept first.
    files: Vec<(String, Vec<u8>)>,
}

impl<'a> Work<'a> {
    /// The folder of a team in the quarter.
    fn team_folder(&self, team: TeamId) -> String {
        format!("{}/{}", self.folder, self.quarter.assessment.team(team).id)
    }

    /// Makes the files of one team, and says what they hold; `None` if it has none.
    fn team(&mut self, workspace: &Workspace, team: TeamId, new: &Chosen<'a>) -> Option<TeamCollected> {
        let path = format!("{}/{COLLECTED_FILE}", self.team_folder(team));
        let kept = self.kept(team);
        let mut sources = Vec::new();
        for collector in &self.quarter.assessment.collectors {
            let old = kept.iter().filter(|source| source.collector.name == collector.name);
            let newest = old.clone().map(|source| source.day).max();
            match new.of(collector, team) {
                Some(file) if newest.is_none_or(|newest| newest <= file.source.day) => {
                    self.files.push((file.source.path.clone(), file.bytes.clone()));
                    sources.push(file.source.clone());
                }
                found => {
                    if let Some(file) = found {
                        self.told.note(format!("{}: {} is older than what is kept", collector.name, file.from));
                    }
                    sources.extend(old.filter(|source| Some(source.day) == newest).cloned());
                }
            }
        }
        for (collector, why) in std::mem::take(&mut self.lost) {
            if sources.iter().all(|source| source.collector.name != collector) {
                self.refused.add(collector, "", why);
            }
        }
        if sources.is_empty() && !workspace.files.contains_key(&path) {
            return None;
        }
        if !workspace.patterns.is_evidence(&path) {
            let why = "nothing would read it; name it in `evidence` under [files] in milepost.toml";
            self.refused.add(path.clone(), "", why);
        }
        self.tell_of_unnamed(workspace, team, &sources);
        let gathered = self.gathered(team, &sources);
        let text = collected::print(&self.quarter.assessment.frameworks, &path, &gathered.controls, &rules(&sources));
        self.files.push((path.clone(), text.into_bytes()));
        let count = |of: fn(&Collected) -> usize| gathered.controls.values().map(of).sum();
        Some(TeamCollected {
            file: workspace.shown(&path),
            controls: gathered.controls.len(),
            facts: count(|entry| entry.facts.len()),
            evidence: count(|entry| entry.evidence.len()),
        })
    }

    /// Names the files that lie where collectors keep theirs, and from which nothing is made any more.
    fn tell_of_unnamed(&mut self, workspace: &Workspace, team: TeamId, sources: &[ResultSource<'a>]) {
        let folder = format!("{}/{KEPT}/", self.team_folder(team));
        let kept =
            workspace.files.range(folder.clone()..).map(|(path, _)| path).take_while(|path| path.starts_with(&folder));
        for path in kept.filter(|path| sources.iter().all(|source| source.path != **path)) {
            self.told
                .note(format!("{path}: nothing is made of it any more; delete it, unless other evidence names it"));
        }
    }

    /// What the files of a team say together.
    fn gathered(&mut self, team: TeamId, sources: &[ResultSource<'a>]) -> Gathered {
        let mut gathered = gather(self.quarter, team, sources);
        let id = &self.quarter.assessment.team(team).id;
        for (collector, told) in std::mem::take(&mut gathered.told) {
            let place = told.place(&format!("{id}, {collector}"));
            if told.is_note || !self.asked.contains(collector.as_str()) {
                self.told.note(format!("{place}: {}", told.why));
            } else {
                self.told.left.add(place, "", told.why);
            }
        }
        for source in sources {
            for doubt in doubts(self.quarter, &source.taken) {
                self.told.note(format!("{id}, {}: {doubt}", source.collector.name));
            }
        }
        gathered.refused.iter().for_each(|why| self.refused.add(id, "", why));
        gathered
    }

    /// The files that the team's `collected.toml` names and that a collector still takes.
    fn kept(&mut self, team: TeamId) -> Vec<ResultSource<'a>> {
        let assessment = self.quarter.assessment;
        let all = self.quarter.answers().collected.iter().filter(|(id, _)| id.team == team);
        let mut items: Vec<(&str, &str, &str, Date)> = all
            .flat_map(|(_, collected)| &collected.evidence)
            .filter_map(|item| {
                let (by, artifact) = (item.collected.as_ref()?, item.artifact.as_ref()?);
                Some((by.collector.as_str(), artifact.path.as_str(), artifact.sha256.as_str(), item.period.to))
            })
            .collect();
        items.sort_unstable();
        items.dedup();
        let mut sources = Vec::new();
        for (by, path, sha256, day) in items {
            let Some(collector) = assessment.collectors.iter().find(|collector| collector.name == by) else {
                self.told.note(format!("{path}: no collector is called `{by}` any more, so what it wrote goes"));
                continue;
            };
            let mapping = assessment.maps.iter().find(|mapping| mapping.name == collector.map);
            let Some(mapping) = mapping else { continue };
            let bytes = results::bytes(self.root, path);
            if bytes.as_ref().map_or(true, |bytes| workspace::sha256(bytes) != sha256) {
                let why = "it is lost or was changed; bring it back from git, or put the file into the inbox again";
                self.lost.push((&collector.name, format!("{path}: {why}")));
                continue;
            }
            let kept = bytes.and_then(|bytes| {
                if path.ends_with(extract::ENDING) {
                    return extract::read(&bytes);
                }
                Ok(Extract { taken: read(collector, mapping, &bytes)?, rules: collector.rules.clone() })
            });
            let source = kept.and_then(|Extract { taken, rules }| {
                if rules != collector.rules {
                    let again = "its kept values were taken by other rules; put the file into the inbox again";
                    self.told.note(format!("{by}: {path}: {again}"));
                }
                let (path, sha256, day) = (path.to_owned(), sha256.to_owned(), taken.day.unwrap_or(day));
                let source = ResultSource { collector, mapping, path, sha256, day, rules, taken };
                says_nothing(self.quarter, team, &source).map_or(Ok(source), Err)
            });
            match source {
                Ok(source) => sources.push(source),
                Err(why) => self.told.left.add(format!("{by}: {path}"), "", why),
            }
        }
        sources
    }
}

/// What a collector reads of a file.
fn read(collector: &Collector, mapping: &ResultMapping, bytes: &[u8]) -> Result<take::TakenValues, String> {
    take::take(mapping, bytes, collector.control.is_none())
}
