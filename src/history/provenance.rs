//! Finds who last changed each answer and who merged it.
//!
//! The result depends only on what is committed, and no figure depends on the result. `git blame` knows only lines. If a line was
//! removed from an answer, the answer's last change is therefore the last change of one of its remaining lines.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::iter::successors;
use std::ops::Range;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use rayon::prelude::*;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use crate::base::place::{Origin, Place};
use crate::diagnostic::{Code, Diagnostic};
use crate::load::git::{Commit, GitFailure, Repository, Revision, Signature, Untold, short};
use crate::load::workspace::{CONFIG, Workspace};

/// Who last changed each answer.
#[derive(Clone, Debug, Default)]
pub struct Provenance {
    /// By the file's path and the byte where the answer starts.
    traces: BTreeMap<(String, usize), Trace>,
    /// What to report for every answer if nothing is known about any of them.
    nothing: Option<Trace>,
}

/// What the repository says about one answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trace {
    /// The answer in the workspace differs from the committed one.
    Uncommitted,
    /// The answer was committed as it is now.
    Committed(Committed),
    /// The repository does not show who changed the answer.
    Untold(Untold),
}

/// How an answer came into the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The author of the commit that last changed it.
    pub by: String,
    /// The day on which the author wrote it, in the author's local time.
    pub on: Option<Date>,
    /// The first characters of the commit's name.
    pub commit: String,
    /// How the commit came to the main line.
    pub merge: Merge,
}

/// How a commit came to the main line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Merge {
    /// The commit was made on the main line.
    None,
    /// The author of the merge commit, by name.
    By(String),
    /// The author of the change also merged it, so possibly nobody else has seen it.
    BySelf,
    /// The repository does not show how.
    Untold(Untold),
}

impl Provenance {
    /// Nothing is known of any answer, for this reason.
    pub fn nothing(untold: Untold) -> Self {
        Self { traces: BTreeMap::new(), nothing: Some(Trace::Untold(untold)) }
    }

    /// What is known about the answer that is written at `origin`.
    pub fn trace(&self, origin: &Origin) -> Option<&Trace> {
        let Place { path, start, .. } = &origin.place;
        self.traces.get(&(path.to_string(), *start)).or_else(|| self.nothing.as_ref().filter(|_| !path.is_empty()))
    }

    /// What cannot be found out, once for each file and reason. `workspace` locates the setting that asks for it.
    pub fn untold(&self, workspace: &Workspace) -> Vec<Diagnostic> {
        let told = |place, message, untold: &Untold| {
            Diagnostic::new(Code::UntoldAuthor, place, message).help(untold.help.clone())
        };
        if let Some(Trace::Untold(nothing)) = &self.nothing {
            let message = format!("git cannot tell who last changed any answer: {}", nothing.why);
            return vec![told(asked_at(workspace), message, nothing)];
        }
        let mut reasons: BTreeMap<(&str, &Untold), Vec<usize>> = BTreeMap::new();
        for ((path, start), trace) in &self.traces {
            if let Trace::Untold(untold) | Trace::Committed(Committed { merge: Merge::Untold(untold), .. }) = trace {
                reasons.entry((path, untold)).or_default().push(*start);
            }
        }
        let diagnostic = |((path, untold), starts): ((&str, &Untold), Vec<usize>)| {
            let place = Place { start: starts[0], end: starts[0], ..Place::file(path) };
            let answers = if starts.len() == 1 {
                "this answer".to_owned()
            } else {
                format!("{} answers of this file", starts.len())
            };
            told(place, format!("git cannot tell all of who changed {answers}: {}", untold.why), untold)
        };
        reasons.into_iter().map(diagnostic).collect()
    }
}

/// Where milepost.toml asks for the names of those who changed answers.
fn asked_at(workspace: &Workspace) -> Place {
    let (config, _) = DeTable::parse_recoverable(workspace.text(CONFIG).unwrap_or_default());
    let report = config.get_ref().get("report").and_then(|report| report.get_ref().as_table());
    let key = report.and_then(|report| report.get_key_value("provenance")).map(|(key, _)| key.span());
    key.map_or_else(|| Place::file(CONFIG), |span| Place { start: span.start, end: span.end, ..Place::file(CONFIG) })
}

impl Trace {
    /// The trace in words, as a part of a sentence.
    pub fn told(&self) -> String {
        let Committed { by, on, commit, merge } = match self {
            Self::Uncommitted => return "not committed yet".to_owned(),
            Self::Untold(untold) => return format!("it cannot be told who last changed this: {}", untold.why),
            Self::Committed(committed) => committed,
        };
        let on = on.map(|on| format!(" on {on}")).unwrap_or_default();
        let merged = match merge {
            Merge::None => String::new(),
            Merge::By(name) => format!(", merged by {name}"),
            Merge::BySelf => ", merged by the same person".to_owned(),
            Merge::Untold(untold) => format!("; it cannot be told who merged it: {}", untold.why),
        };
        format!("last changed by {by}{on} in {commit}{merged}")
    }
}

/// Finds who last changed each answer that is written at `origins` of the workspace, as of `revision`.
///
/// # Errors
/// The repository cannot be read. It is no error if a file is not in the repository: its answers are not committed yet. It is no
/// error either if a file's history cannot be read: the traces of its answers say so.
pub fn trace<'a>(
    repository: &Repository,
    revision: &Revision,
    workspace: &Workspace,
    origins: impl IntoIterator<Item = &'a Origin>,
) -> Result<Provenance, GitFailure> {
    let mut wanted: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for origin in origins {
        wanted.entry(&*origin.place.path).or_default().insert(origin.place.start);
    }
    let committed = repository.files(revision, &workspace.patterns)?;
    let history = History::of(repository.history(revision)?);
    let files: Vec<(&str, &BTreeSet<usize>)> = wanted.iter().map(|(path, starts)| (*path, starts)).collect();
    // Running blame once per file is the slow part.
    let one = |(path, starts): &(&str, &BTreeSet<usize>)| -> Vec<(usize, Trace)> {
        let lines = match committed.get(*path) {
            None => return starts.iter().map(|start| (*start, Trace::Uncommitted)).collect(),
            Some(file) => file.clone().and_then(|file| repository.blame(revision, &file)),
        };
        match lines {
            Ok(lines) => in_file(workspace.text(path).unwrap_or_default(), &lines, starts, &history),
            Err(untold) => starts.iter().map(|start| (*start, Trace::Untold(untold.clone()))).collect(),
        }
    };
    let found: Vec<Vec<(usize, Trace)>> = files.par_iter().map(one).collect();
    let mut traces = BTreeMap::new();
    for ((path, _), found) in files.iter().zip(found) {
        traces.extend(found.into_iter().map(|(start, trace)| (((*path).to_owned(), start), trace)));
    }
    Ok(Provenance { traces, nothing: None })
}

/// The answers that start at `starts` in the text `now`, each with what its committed lines say about it.
fn in_file(
    now: &str,
    committed: &[(String, String)],
    starts: &BTreeSet<usize>,
    history: &History,
) -> Vec<(usize, Trace)> {
    let then: String = committed.iter().flat_map(|(_, line)| [line.as_str(), "\n"]).collect();
    let (tree_now, _) = DeTable::parse_recoverable(now);
    let (tree_then, _) = DeTable::parse_recoverable(&then);
    let mut found = Vec::new();
    for start in starts {
        let mut keys = Vec::new();
        let Some(spans) = starting_at(tree_now.get_ref(), *start, &mut keys) else { continue };
        let before = at_keys(tree_then.get_ref(), &keys);
        let same = before.filter(|before| written(&then, before) == written(now, &spans));
        let trace = same.map_or(Trace::Uncommitted, |before| {
            let commits =
                lines(&then, &before).into_iter().map(|line| committed.get(line).map(|(commit, _)| commit.as_str()));
            history.trace(commits)
        });
        found.push((*start, trace));
    }
    found
}

/// Whether two commits are by the same person. People use several addresses and spell their name in several ways, so one match is
/// enough. To take a stranger for the author is an error that a reader can notice; to take one author for two people is not.
fn is_same_person(one: &Signature, two: &Signature) -> bool {
    let same = |one: &str, two: &str| !one.is_empty() && one.to_lowercase() == two.to_lowercase();
    same(&one.name, &two.name) || same(&one.address, &two.address)
}

fn day((seconds, ahead): (i64, i32)) -> Option<Date> {
    let (moment, offset) = (Timestamp::from_second(seconds).ok()?, Offset::from_seconds(ahead).ok()?);
    Some(offset.to_datetime(moment).date())
}

/// The reason to report for a commit whose author line is missing or broken.
fn nameless(commit: &Commit) -> Untold {
    let why = format!("commit {} has no author line that can be read", short(&commit.name));
    Untold::new(why, "a commit cannot be mended; write the answer anew in another one")
}

/// The reason to report if this clone lacks the commit of this name.
fn lacking(name: &str) -> Untold {
    let help = "fetch the whole history, as by git fetch --unshallow, or in CI with fetch-depth: 0 or GIT_DEPTH: 0";
    Untold::new(format!("this clone lacks commit {} and what came before it", short(name)), help)
}

/// The commits that a revision depends on. Each comes before its ancestors; otherwise the newer one comes first.
struct History {
    commits: Vec<Commit>,
    numbers: BTreeMap<String, usize>,
    /// Whether every parent of every commit is in this clone.
    is_whole: bool,
    /// For each commit, the main-line commit that brought it to the main line.
    brought_by: Vec<usize>,
}

impl History {
    /// Sorts the commits into their order; the first one given is the revision's.
    fn of(commits: Vec<Commit>) -> Self {
        let commits = in_order(commits);
        let numbers: BTreeMap<String, usize> =
            commits.iter().enumerate().map(|(number, commit)| (commit.name.clone(), number)).collect();
        let is_whole = commits.iter().flat_map(|commit| &commit.parents).all(|parent| numbers.contains_key(parent));
        let brought_by = vec![usize::MAX; commits.len()];
        let mut history = Self { commits, numbers, is_whole, brought_by };
        let first = (!history.commits.is_empty()).then_some(0);
        let main: Vec<usize> = successors(first, |number| history.parents(*number).next().flatten()).collect();
        // Starts with the oldest: what one commit brings, no later commit brings again.
        for step in main.into_iter().rev() {
            let mut open = vec![step];
            while let Some(number) = open.pop() {
                if history.brought_by[number] == usize::MAX {
                    history.brought_by[number] = step;
                    open.extend(history.parents(number).flatten());
                }
            }
        }
        history
    }

    /// The parents of a commit; `None` for a parent that this clone lacks.
    fn parents(&self, number: usize) -> impl Iterator<Item = Option<usize>> {
        self.commits[number].parents.iter().map(|parent| self.numbers.get(parent).copied())
    }

    /// The trace of lines that these commits wrote last.
    fn trace<'a>(&self, commits: impl Iterator<Item = Option<&'a str>>) -> Trace {
        let numbers: Option<Vec<usize>> = commits.map(|name| self.numbers.get(name?).copied()).collect();
        // The lower the number, the newer the commit.
        let Some(number) = numbers.and_then(|numbers| numbers.into_iter().min()) else {
            let why = "git names a commit that is not in the history";
            return Trace::Untold(Untold::new(why, "see whether the repository is whole; git fsck tells"));
        };
        let commit = &self.commits[number];
        // At the end of the known history, blame takes every line for new.
        if let Some(parent) = commit.parents.iter().find(|parent| !self.numbers.contains_key(*parent)) {
            return Trace::Untold(lacking(parent));
        }
        let Some(author) = &commit.author else { return Trace::Untold(nameless(commit)) };
        let merge = self.merge(number, author);
        Trace::Committed(Committed {
            by: called(author),
            on: day(author.when),
            commit: short(&commit.name).to_owned(),
            merge,
        })
    }

    /// The commits that this clone lacks among the commit `name` and its ancestors.
    fn hidden_below<'a>(&'a self, name: &'a str) -> BTreeSet<&'a str> {
        let (mut seen, mut hidden) = (vec![false; self.commits.len()], BTreeSet::new());
        let mut open = if self.is_whole { Vec::new() } else { vec![name] };
        while let Some(name) = open.pop() {
            match self.numbers.get(name) {
                None => drop(hidden.insert(name)),
                Some(number) if std::mem::replace(&mut seen[*number], true) => {}
                Some(number) => open.extend(self.commits[*number].parents.iter().map(String::as_str)),
            }
        }
        hidden
    }

    /// How this author's commit came to the main line.
    fn merge(&self, number: usize, author: &Signature) -> Merge {
        let step = self.brought_by[number];
        if step == number {
            return Merge::None;
        }
        let merge = &self.commits[step];
        // Commits hidden below the main line may already include this one, unless this one depends on all that are hidden.
        let below_main = merge.parents.first().map(|parent| self.hidden_below(parent)).unwrap_or_default();
        if let Some(end) = below_main.difference(&self.hidden_below(&self.commits[number].name)).next() {
            return Merge::Untold(lacking(end));
        }
        match &merge.author {
            None => Merge::Untold(nameless(merge)),
            Some(merger) if is_same_person(author, merger) => Merge::BySelf,
            Some(merger) => Merge::By(called(merger)),
        }
    }
}

/// The same commits, each before its ancestors; otherwise the newer first. Commits that depend on themselves are left out.
fn in_order(commits: Vec<Commit>) -> Vec<Commit> {
    let numbers: BTreeMap<&str, usize> =
        commits.iter().enumerate().map(|(number, commit)| (commit.name.as_str(), number)).collect();
    let parents = |number: usize| commits[number].parents.iter().filter_map(|name| numbers.get(name.as_str()).copied());
    let mut waiting = vec![0; commits.len()];
    (0..commits.len()).flat_map(parents).for_each(|parent| waiting[parent] += 1);
    let entry = |number: usize| (commits[number].committed, Reverse(number));
    let mut free: BinaryHeap<_> = (0..commits.len()).filter(|number| waiting[*number] == 0).map(entry).collect();
    let mut order = Vec::with_capacity(commits.len());
    while let Some((_, Reverse(number))) = free.pop() {
        order.push(number);
        for parent in parents(number) {
            waiting[parent] -= 1;
            free.extend((waiting[parent] == 0).then(|| entry(parent)));
        }
    }
    let mut commits: Vec<Option<Commit>> = commits.into_iter().map(Some).collect();
    order.into_iter().filter_map(|number| commits[number].take()).collect()
}

/// The most characters of a name that are shown.
const NAME_LIMIT: usize = 100;

/// The name in a signature. A long name is cut at the end, and the cut is marked.
fn called(signature: &Signature) -> String {
    match signature.name.char_indices().nth(NAME_LIMIT) {
        Some((end, _)) => format!("{}…", &signature.name[..end]),
        None if signature.name.is_empty() => "nobody named".to_owned(),
        None => signature.name.clone(),
    }
}

/// The text ranges of the answer whose key starts at the byte `start`. `keys` collects the keys that lead to it.
fn starting_at(table: &DeTable<'_>, start: usize, keys: &mut Vec<String>) -> Option<Vec<Range<usize>>> {
    for (key, value) in table {
        keys.push(key.get_ref().to_string());
        if key.span().start == start {
            return Some(of_answer(key.span(), value));
        }
        if let Some(found) = value.get_ref().as_table().and_then(|table| starting_at(table, start, keys)) {
            return Some(found);
        }
        keys.pop();
    }
    None
}

/// The text ranges of the value at `keys`.
fn at_keys(table: &DeTable<'_>, keys: &[String]) -> Option<Vec<Range<usize>>> {
    let (first, rest) = keys.split_first()?;
    let (key, value) = table.iter().find(|(key, _)| key.get_ref() == first.as_str())?;
    if rest.is_empty() {
        return Some(of_answer(key.span(), value));
    }
    at_keys(value.get_ref().as_table()?, rest)
}

/// The tables of an answer that are no answers themselves.
const OWN_TABLES: [&str; 3] = ["level", "facts", "attested"];

/// The text ranges of an answer, without other answers that stand inside it.
fn of_answer(key: Range<usize>, value: &Spanned<DeValue<'_>>) -> Vec<Range<usize>> {
    let DeValue::Table(table) = value.get_ref() else { return stretches(key, value) };
    let own = |(key, value): &(&Spanned<DeString<'_>>, &Spanned<DeValue<'_>>)| {
        !value.get_ref().is_table() || OWN_TABLES.contains(&key.get_ref().as_ref())
    };
    let below = table.iter().filter(own).flat_map(|(key, value)| stretches(key.span(), value));
    [key, value.span()].into_iter().chain(below).collect()
}

/// Every text range in which a key and its value are written: a table's keys may be spread over a file.
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

/// The lines that the text ranges cover, counted from 0.
fn lines(text: &str, stretches: &[Range<usize>]) -> BTreeSet<usize> {
    let newlines: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
    let line = |at: usize| newlines.partition_point(|newline| *newline < at);
    stretches.iter().filter(|span| !span.is_empty()).flat_map(|span| line(span.start)..=line(span.end - 1)).collect()
}

/// The text of these lines, without the white space that blame ignores too.
fn written(text: &str, stretches: &[Range<usize>]) -> Vec<String> {
    let all: Vec<&str> = text.lines().collect();
    let plain = |line: usize| all.get(line).map(|text| text.chars().filter(|c| !c.is_whitespace()).collect());
    lines(text, stretches).into_iter().filter_map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A history of these commits; the first one is the revision's.
    fn history(rows: &[(&str, &[&str])]) -> History {
        let signature = Signature { name: "Ann".to_owned(), address: String::new(), when: (0, 0) };
        let commit = |(name, parents): &(&str, &[&str])| Commit {
            name: (*name).to_owned(),
            parents: parents.iter().map(|name| (*name).to_owned()).collect(),
            author: Some(signature.clone()),
            committed: 0,
        };
        History::of(rows.iter().map(commit).collect())
    }

    fn brought_by<'a>(history: &'a History, name: &str) -> &'a str {
        &history.commits[history.brought_by[history.numbers[name]]].name
    }

    #[test]
    fn a_merge_brings_what_the_main_line_had_not() {
        let history = history(&[("d", &["b", "c"]), ("c", &["a"]), ("b", &["a"]), ("a", &[])]);
        assert_eq!(["a", "b", "c", "d"].map(|name| brought_by(&history, name)), ["a", "b", "d", "d"]);
    }

    #[test]
    fn what_rests_on_a_commit_is_newer_whatever_its_date() {
        let newest_first = |mut rows: Vec<(&'static str, i64)>| {
            let commit = |(name, committed): (&str, i64)| {
                let parents = if name == "c" { vec!["b".to_owned()] } else { Vec::new() };
                Commit { name: name.to_owned(), parents, author: None, committed }
            };
            rows.insert(0, ("c", 1));
            in_order(rows.into_iter().map(commit).collect()).into_iter().map(|commit| commit.name).collect::<String>()
        };
        assert_eq!(newest_first(vec![("a", 5), ("b", 9)]), "acb");
        assert_eq!(newest_first(vec![("a", 0), ("b", 9)]), "cba");
    }

    #[test]
    fn who_merged_is_told_only_where_nothing_hidden_can_know_better() {
        let merge = |rows: &[(&str, &[&str])], name: &str| {
            let history = history(rows);
            matches!(history.trace([Some(name)].into_iter()), Trace::Committed(Committed { merge: Merge::BySelf, .. }))
        };
        // The main line ends at `p`, which may hide `x` below it. A branch from `p` itself cannot be among what is hidden below
        // `p`.
        assert!(!merge(&[("m", &["p", "x"]), ("p", &["hidden"]), ("x", &["a"]), ("a", &[])], "x"));
        assert!(!merge(&[("m", &["hidden", "x"]), ("x", &["a"]), ("a", &[])], "x"));
        assert!(merge(&[("m", &["p", "x"]), ("x", &["p"]), ("p", &["hidden"])], "x"));
        assert!(merge(&[("m", &["p", "x"]), ("x", &["p"]), ("p", &[])], "x"));
    }

    #[test]
    fn a_history_in_a_circle_ends() {
        for rows in
            [&[("a", &["a"][..])][..], &[("b", &["a"]), ("a", &["b"])], &[("b", &["b", "a"]), ("a", &["b", "a"])]]
        {
            assert!(history(rows).commits.is_empty());
        }
    }
}
