//! Finds who last changed each answer and who merged it.
//!
//! It rests on what is committed and on nothing else, and no figure rests on it. Blame knows lines: an answer from which a line was
//! taken away counts as last changed when one of the lines left to it was.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use rayon::prelude::*;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::base::place::Origin;
use crate::load::git::{Commit, Failure, Repository, Revision};
use crate::load::workspace::Workspace;

/// Who last changed what.
#[derive(Clone, Debug, Default)]
pub struct Provenance {
    /// By path and by where the answer starts in its file.
    traces: BTreeMap<(String, usize), Trace>,
}

/// What the repository says of one answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trace {
    /// Not as it stands in the workspace.
    Uncommitted,
    /// It was committed like this.
    Committed(Committed),
}

/// How an answer came into the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The author of the commit that last changed it.
    pub by: String,
    /// The day on which they wrote it, where they were.
    pub on: Option<Date>,
    /// The start of the commit's name.
    pub commit: String,
    /// The author of the merge that brought it to the main line; `None` where no merge did.
    pub merged_by: Option<String>,
    /// Whether the two are the same person, so that nobody else need have seen it.
    pub self_merged: bool,
}

impl Provenance {
    /// What is known of the answer that is written at `origin`.
    pub fn trace(&self, origin: &Origin) -> Option<&Trace> {
        self.traces.get(&(origin.place.path.to_string(), origin.place.start))
    }
}

impl Trace {
    /// What there is to say of it, as a part of a sentence.
    pub fn told(&self) -> String {
        let Self::Committed(Committed { by, on, commit, merged_by, self_merged }) = self else {
            return "not committed yet".to_owned();
        };
        let on = on.map(|on| format!(" on {on}")).unwrap_or_default();
        let merged = match merged_by {
            Some(_) if *self_merged => ", merged by the same person".to_owned(),
            Some(merged_by) => format!(", merged by {merged_by}"),
            None => String::new(),
        };
        format!("last changed by {by}{on} in {commit}{merged}")
    }
}

/// Finds out who last changed each answer that is written at `origins` of the workspace, as of `revision`.
///
/// # Errors
/// The repository cannot be read. A file that is not in it is none: its answers are not committed yet.
pub fn trace<'a>(
    repository: &Repository,
    revision: &Revision,
    workspace: &Workspace,
    origins: impl IntoIterator<Item = &'a Origin>,
) -> Result<Provenance, Failure> {
    let mut wanted: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for origin in origins {
        wanted.entry(&*origin.place.path).or_default().insert(origin.place.start);
    }
    let committed = repository.texts(revision, &wanted.keys().copied().collect())?;
    let committed: BTreeMap<String, String> = committed.into_iter().collect();
    let history = History::of(repository.history(revision)?);
    let files: Vec<(&str, &BTreeSet<usize>)> = wanted.iter().map(|(path, starts)| (*path, starts)).collect();
    // One blame a file is the slow part.
    let one = |(path, starts): &(&str, &BTreeSet<usize>)| {
        let Some(then) = committed.get(*path) else {
            return Ok(starts.iter().map(|start| (*start, Found::Uncommitted)).collect());
        };
        let blame = repository.blame(revision, path)?;
        Ok(in_file(workspace.text(path).unwrap_or_default(), then, &blame, starts, &history))
    };
    let found: Vec<Result<Vec<(usize, Found)>, Failure>> = files.par_iter().map(one).collect();
    let mut traces = BTreeMap::new();
    for ((path, _), found) in files.iter().zip(found) {
        traces.extend(found?.into_iter().map(|(start, found)| (((*path).to_owned(), start), found)));
    }
    named(repository, &history, traces)
}

/// What blame says of an answer.
enum Found {
    Uncommitted,
    /// The number of the newest commit of its lines.
    Commit(usize),
}

/// The answers that start at `starts` of the text `now`, each with what the blame of the text `then` says of it.
fn in_file(
    now: &str,
    then: &str,
    blame: &[String],
    starts: &BTreeSet<usize>,
    history: &History,
) -> Vec<(usize, Found)> {
    let (tree_now, _) = DeTable::parse_recoverable(now);
    let (tree_then, _) = DeTable::parse_recoverable(then);
    let mut found = Vec::new();
    for start in starts {
        let mut keys = Vec::new();
        let Some(spans) = starting_at(tree_now.get_ref(), *start, &mut keys) else { continue };
        let before = at_keys(tree_then.get_ref(), &keys);
        let same = before.as_ref().filter(|before| written(then, before) == written(now, &spans));
        found.push(match same {
            None => (*start, Found::Uncommitted),
            Some(before) => {
                let commits = lines(then, before).into_iter().filter_map(|line| history.number(blame.get(line)?));
                // The lower the number, the newer the commit.
                let Some(newest) = commits.min() else { continue };
                (*start, Found::Commit(newest))
            }
        });
    }
    found
}

/// Gives what was found its people.
fn named(
    repository: &Repository,
    history: &History,
    found: BTreeMap<(String, usize), Found>,
) -> Result<Provenance, Failure> {
    let written = found.values().filter_map(|found| match found {
        Found::Commit(number) => Some(*number),
        Found::Uncommitted => None,
    });
    let needed: BTreeSet<usize> = written.flat_map(|number| [Some(number), history.merge(number)]).flatten().collect();
    let names: Vec<&str> = needed.iter().map(|number| history.name(*number)).collect();
    let commits = repository.commits(&names)?;
    let commits: BTreeMap<usize, Commit> = needed.into_iter().zip(commits).collect();
    let trace = |found: Found| match found {
        Found::Uncommitted => Some(Trace::Uncommitted),
        Found::Commit(number) => committed(history, &commits, number).map(Trace::Committed),
    };
    let traces = found.into_iter().filter_map(|(place, found)| Some((place, trace(found)?))).collect();
    Ok(Provenance { traces })
}

/// What is to be said of the commit `number`; `None` where a shallow clone ends at it, and holds all that came before it too.
fn committed(history: &History, commits: &BTreeMap<usize, Commit>, number: usize) -> Option<Committed> {
    let commit = commits.get(&number)?;
    if commit.has_parents && history.commits[number].1.is_empty() {
        return None;
    }
    let merge = history.merge(number).and_then(|merge| commits.get(&merge));
    let name =
        |commit: &Commit| if commit.author.is_empty() { "nobody named".to_owned() } else { commit.author.clone() };
    Some(Committed {
        by: name(commit),
        on: day(commit.written),
        commit: history.name(number)[..12].to_owned(),
        merged_by: merge.map(name),
        self_merged: merge.is_some_and(|merge| is_same_person(commit, merge)),
    })
}

/// Whether two commits are one person's. People write from several addresses, and a name may be written in two ways: one of them
/// is enough, since a stranger who is taken for the author is found out by looking, and an author taken for two is not.
fn is_same_person(one: &Commit, two: &Commit) -> bool {
    let same = |one: &str, two: &str| !one.is_empty() && one.to_lowercase() == two.to_lowercase();
    same(&one.author, &two.author) || same(&one.address, &two.address)
}

fn day((seconds, ahead): (i64, i32)) -> Option<Date> {
    let (moment, offset) = (Timestamp::from_second(seconds).ok()?, Offset::from_seconds(ahead).ok()?);
    Some(offset.to_datetime(moment).date())
}

/// The commits that a revision rests on, the newest first.
struct History {
    commits: Vec<(String, Vec<String>)>,
    numbers: BTreeMap<String, usize>,
    /// For each commit, the one of the main line that brought it there.
    brought_by: Vec<usize>,
}

impl History {
    fn of(commits: Vec<(String, Vec<String>)>) -> Self {
        let numbers: BTreeMap<String, usize> =
            commits.iter().enumerate().map(|(number, (name, _))| (name.clone(), number)).collect();
        let parents = |number: usize| {
            let parents: &[String] = commits.get(number).map_or(&[], |(_, parents)| parents);
            // Whatever is printed, a line of parents has to end: none stands before what rests on it.
            parents.iter().filter_map(|parent| numbers.get(parent).copied()).filter(move |parent| *parent > number)
        };
        let main: Vec<usize> =
            std::iter::successors((!commits.is_empty()).then_some(0), |number| parents(*number).next()).collect();
        let mut brought_by = vec![usize::MAX; commits.len()];
        // From the oldest on: what one brings, no later one brings again.
        for step in main.into_iter().rev() {
            let mut open = vec![step];
            while let Some(number) = open.pop() {
                if brought_by[number] == usize::MAX {
                    brought_by[number] = step;
                    open.extend(parents(number));
                }
            }
        }
        Self { numbers, brought_by, commits }
    }

    fn name(&self, number: usize) -> &str {
        &self.commits[number].0
    }

    fn number(&self, name: &str) -> Option<usize> {
        self.numbers.get(name).copied()
    }

    /// The merge that brought a commit to the main line.
    fn merge(&self, number: usize) -> Option<usize> {
        let step = self.brought_by[number];
        self.commits.get(step).is_some_and(|(_, parents)| parents.len() > 1).then_some(step)
    }
}

/// The stretches of the answer whose key starts at the byte `start`, with `keys` that lead to it.
fn starting_at(table: &DeTable<'_>, start: usize, keys: &mut Vec<String>) -> Option<Vec<Range<usize>>> {
    for (key, value) in table {
        keys.push(key.get_ref().to_string());
        if key.span().start == start {
            return Some(stretches(key.span(), value));
        }
        if let Some(found) = value.get_ref().as_table().and_then(|table| starting_at(table, start, keys)) {
            return Some(found);
        }
        keys.pop();
    }
    None
}

/// The stretches of what stands at `keys`.
fn at_keys(table: &DeTable<'_>, keys: &[String]) -> Option<Vec<Range<usize>>> {
    let (first, rest) = keys.split_first()?;
    let (key, value) = table.iter().find(|(key, _)| key.get_ref() == first.as_str())?;
    if rest.is_empty() {
        return Some(stretches(key.span(), value));
    }
    at_keys(value.get_ref().as_table()?, rest)
}

/// Every stretch that a key and its value are written in: a table's keys may be scattered over a file.
fn stretches(key: Range<usize>, value: &Spanned<DeValue<'_>>) -> Vec<Range<usize>> {
    let mut found = vec![key, value.span()];
    match value.get_ref() {
        DeValue::Table(table) => {
            table.iter().for_each(|(key, value)| found.extend(stretches(key.span(), value)));
        }
        DeValue::Array(items) => items.iter().for_each(|item| found.extend(stretches(item.span(), item))),
        _ => {}
    }
    found
}

/// The lines that stretches lie on, counted from 0.
fn lines(text: &str, stretches: &[Range<usize>]) -> BTreeSet<usize> {
    let newlines: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
    let line = |at: usize| newlines.partition_point(|newline| *newline < at);
    stretches.iter().filter(|span| !span.is_empty()).flat_map(|span| line(span.start)..=line(span.end - 1)).collect()
}

/// What stands on these lines, without the blanks that blame does not see either.
fn written(text: &str, stretches: &[Range<usize>]) -> Vec<String> {
    let all: Vec<&str> = text.lines().collect();
    let plain = |line: usize| all.get(line).map(|text| text.chars().filter(|c| !c.is_whitespace()).collect());
    lines(text, stretches).into_iter().filter_map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(rows: &[(&str, &[&str])]) -> History {
        let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        History::of(rows.iter().map(|(name, parents)| ((*name).to_owned(), named(parents))).collect())
    }

    #[test]
    fn a_merge_brings_what_the_main_line_had_not() {
        let history = history(&[("d", &["b", "c"]), ("c", &["a"]), ("b", &["a"]), ("a", &[])]);
        let merges = ["a", "b", "c", "d"].map(|name| history.number(name).and_then(|number| history.merge(number)));
        assert_eq!(merges, [None, None, Some(0), Some(0)]);
    }

    #[test]
    fn a_history_in_a_circle_ends() {
        for rows in
            [&[("a", &["a"][..])][..], &[("b", &["a"]), ("a", &["b"])], &[("b", &["b", "a"]), ("a", &["b", "a"])]]
        {
            assert_eq!(history(rows).brought_by.len(), rows.len());
        }
    }
}
