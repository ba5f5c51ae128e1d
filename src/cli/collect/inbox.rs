//! Looks for new result files, and chooses the newest of each collector and team.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Work, read};
use crate::collect::gather::{CollectorMap, Kept, ResultSource, keep, path, says_nothing};
use crate::exchange::loss::Losses;
use crate::load::glob::Glob;
use crate::load::results;
use crate::load::workspace::sha256;
use crate::model::assessment::Assessment;
use crate::model::collector::{Collector, TEAM};
use crate::model::ids::TeamId;

/// The newest new file of each collector and team.
#[derive(Default)]
pub(super) struct Chosen<'a> {
    files: BTreeMap<(String, TeamId), NewFile<'a>>,
}

/// A file that is taken over.
pub(super) struct NewFile<'a> {
    pub(super) source: ResultSource<'a>,
    /// Its path before it is kept.
    pub(super) from: String,
    /// What is kept.
    pub(super) bytes: Vec<u8>,
    told: Option<String>,
}

impl<'a> Chosen<'a> {
    /// The file that a collector found for a team.
    pub(super) fn of(&self, collector: &Collector, team: TeamId) -> Option<&NewFile<'a>> {
        self.files.get(&(collector.name.clone(), team))
    }
}

impl<'a> Work<'a> {
    /// Looks for the files of `collectors`, for all teams or for `only` one. `date` is the day of files that hold none.
    pub(super) fn look(
        &mut self,
        collectors: &[&'a Collector],
        only: Option<TeamId>,
        date: Option<Date>,
    ) -> Chosen<'a> {
        let mut chosen = Chosen::default();
        for collector in collectors {
            let assessment = self.quarter.assessment;
            let mapping = assessment.maps.iter().find(|mapping| mapping.name == collector.map);
            let Some(mapping) = mapping else { continue };
            self.files_of(CollectorMap { collector, mapping }, only, date, &mut chosen);
        }
        chosen
            .files
            .values()
            .filter_map(|file| Some((file.from.clone(), file.told.clone()?)))
            .for_each(|(from, told)| self.told.note(format!("{from}: {told}")));
        chosen
    }

    /// Looks for the files of one collector.
    fn files_of(&mut self, by: CollectorMap<'a>, only: Option<TeamId>, date: Option<Date>, chosen: &mut Chosen<'a>) {
        let (assessment, collector) = (self.quarter.assessment, by.collector);
        let name = &collector.name;
        let Ok(glob) = Glob::new(&collector.files.replace(TEAM, "*")) else { return };
        let (paths, more) = results::named(self.root, &glob);
        if more {
            let why = format!("too many files lie where {} looks; some were not seen", collector.files);
            self.told.left.add(name, "", why);
        }
        let (mut unusable, mut usable) = (Losses::default(), 0);
        for from in &paths {
            let Some(team) = collector.team.or_else(|| team_of(assessment, &collector.files, from)) else {
                self.told.left.add(format!("{name}: {from}"), "", "its path names no team");
                continue;
            };
            if only.is_some_and(|only| only != team) {
                continue;
            }
            match self.candidate(by, team, from, date) {
                Ok(None) => {}
                Ok(Some(file)) => {
                    usable += 1;
                    let key = (name.clone(), team);
                    let best = chosen.files.get(&key);
                    let is_equal = |best: &&NewFile<'_>| best.source.day == file.source.day && best.bytes != file.bytes;
                    if let Some(best) = best.filter(is_equal) {
                        let (other, day) = (&best.from, file.source.day);
                        self.told.note(format!("{name}: {other} is of {day} too; {from} counts, the last by name"));
                    }
                    if best.is_none_or(|best| best.source.day <= file.source.day) {
                        chosen.files.insert(key, file);
                    }
                }
                Err(why) => unusable.add(format!("{name}: {from}"), "", why),
            }
        }
        if paths.is_empty() {
            self.told.note(format!("{name}: no file lies at {}", collector.files));
        }
        // One bad file among good ones is reported; if a collector can read nothing, somebody has to look at it.
        let to = if usable == 0 { &mut self.refused } else { &mut self.told.left };
        to.extend(unusable);
    }

    /// One file, read; `None` if it is left out, which is reported.
    fn candidate(
        &mut self,
        by: CollectorMap<'a>,
        team: TeamId,
        from: &str,
        date: Option<Date>,
    ) -> Result<Option<NewFile<'a>>, String> {
        let CollectorMap { collector, mapping } = by;
        let bytes = results::bytes(self.root, from)?;
        let taken = read(collector, mapping, &bytes)?;
        let day = taken.day.or(date).ok_or_else(|| {
            let why = taken.undated.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
            format!("it says no day; give it with --date, as in --date 2026-11-18, or name the other collectors{why}")
        })?;
        let closes = self.quarter.closes();
        if day > closes {
            let name = self.quarter.name();
            let why = format!("it is of {day}, after {name}, which ends on {closes}");
            self.told.left.add(format!("{}: {from}", collector.name), "", why);
            return Ok(None);
        }
        let Kept { ending, bytes, told } = keep(&taken, by, bytes, day);
        let path = path(&self.team_folder(team), collector, day, ending);
        let (sha256, rules) = (sha256(&bytes), collector.rules.clone());
        let source = ResultSource { collector, mapping, path, sha256, day, rules, taken };
        if let Some(why) = says_nothing(self.quarter, team, &source) {
            self.told.left.add(format!("{}: {from}", collector.name), "", why);
            return Ok(None);
        }
        Ok(Some(NewFile { source, from: from.to_owned(), bytes, told }))
    }
}

/// The team that a path names in the place of [`TEAM`]: of several, that of the longest id.
fn team_of(assessment: &Assessment, files: &str, path: &str) -> Option<TeamId> {
    let is_named = |id: &str| Glob::new(&files.replace(TEAM, id)).is_ok_and(|glob| glob.matches(path));
    let teams = assessment.settings.teams.entries().filter(|(_, team)| is_named(&team.id));
    teams.max_by_key(|(_, team)| team.id.len()).map(|(at, _)| at)
}
