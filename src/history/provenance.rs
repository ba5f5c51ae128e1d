//! Finds who last changed each answer and who merged it.
//!
//! The result depends only on what is committed, and no figure depends on the result. The last change of an answer is the commit
//! since which it stands as it does now: in none of that commit's parents is its text the same. `git blame` would not do, since a
//! commit that only removes lines changes an answer too.

use std::cmp::Reverse;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::iter::successors;
use std::ops::Range;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use crate::base::layout::CONFIG;
use crate::base::place::{Origin, Place};
use crate::diagnostic::{Code, Diagnostic};
use crate::load::git::{
    Commit, CommitTime, GitFailure, GitReason, Past, Repository, Revision, Signature, Stored, short,
};
use crate::load::workspace::Workspace;
use crate::redact::links::without_links;

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
    Unknown(GitReason),
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
    /// The author, to compare with others: two people may be shown alike.
    author: Signature,
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
    Unknown(GitReason),
}

impl Provenance {
    /// Nothing is known of any answer, for this reason.
    pub fn nothing(reason: GitReason) -> Self {
        Self { traces: BTreeMap::new(), nothing: Some(Trace::Unknown(reason)) }
    }

    /// What is known about the answer that is written at `origin`.
    pub fn trace(&self, origin: &Origin) -> Option<&Trace> {
        let Place { path, start, .. } = &origin.place;
        self.traces.get(&(path.to_string(), *start)).or_else(|| self.nothing.as_ref().filter(|_| !path.is_empty()))
    }

    /// Whether one author last changed both; `false` where that of one of them is not known.
    pub fn same_author(&self, one: &Origin, other: &Origin) -> bool {
        let author = |origin: &Origin| match self.trace(origin)? {
            Trace::Committed(Committed { author, .. }) => Some(author),
            Trace::Uncommitted | Trace::Unknown(_) => None,
        };
        author(one).zip(author(other)).is_some_and(|(one, other)| is_same_person(one, other))
    }

    /// What cannot be found out, once for each file and reason. `workspace` locates the setting that asks for it.
    pub fn unknown_authors(&self, workspace: &Workspace) -> Vec<Diagnostic> {
        let told = |place, message, reason: &GitReason| {
            Diagnostic::new(Code::UntoldAuthor, place, message).help(reason.help.clone())
        };
        if let Some(Trace::Unknown(nothing)) = &self.nothing {
            let message = format!("git cannot tell who last changed any answer: {}", nothing.why);
            return vec![told(asked_at(workspace), message, nothing)];
        }
        let mut reasons: BTreeMap<(&str, &GitReason), Vec<usize>> = BTreeMap::new();
        for ((path, start), trace) in &self.traces {
            if let Trace::Unknown(reason) | Trace::Committed(Committed { merge: Merge::Unknown(reason), .. }) = trace {
                reasons.entry((path, reason)).or_default().push(*start);
            }
        }
        let diagnostic = |((path, reason), starts): ((&str, &GitReason), Vec<usize>)| {
            let place = Place { start: starts[0], end: starts[0], ..Place::file(path) };
            let answers = if starts.len() == 1 {
                "this answer".to_owned()
            } else {
                format!("{} answers of this file", starts.len())
            };
            told(place, format!("git cannot tell all of who changed {answers}: {}", reason.why), reason)
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
        let Committed { by, on, commit, merge, .. } = match self {
            Self::Uncommitted => return "not committed yet".to_owned(),
            Self::Unknown(reason) => return format!("it cannot be told who last changed this: {}", reason.why),
            Self::Committed(committed) => committed,
        };
        let on = on.map(|on| format!(" on {on}")).unwrap_or_default();
        let merged = match merge {
            Merge::None => String::new(),
            Merge::By(name) => format!(", merged by {name}"),
            Merge::BySelf => ", merged by the same person".to_owned(),
            Merge::Unknown(reason) => format!("; it cannot be told who merged it: {}", reason.why),
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
    let history = CommitHistory::of(repository.history(revision)?);
    let Some(newest) = history.numbers.get(&revision.commit).copied() else {
        return Ok(Provenance::nothing(GitReason::new(
            "git names commits that depend on themselves",
            "git fsck tells more",
        )));
    };
    let mut search =
        Search { past: Past::of(repository), history: &history, waiting: BTreeMap::new(), traces: BTreeMap::new() };
    for (path, starts) in &wanted {
        let places = starts.iter().map(|start| ((*path).to_owned(), *start));
        match committed.get(*path) {
            None => search.settle(places, &Trace::Uncommitted),
            Some(Err(reason)) => search.settle(places, &Trace::Unknown(reason.clone())),
            Some(Ok(file)) => {
                search.start(newest, file, answers(path, workspace.text(path).unwrap_or_default(), starts));
            }
        }
    }
    search.run();
    Ok(Provenance { traces: search.traces, nothing: None })
}

/// An answer whose last change is sought.
struct Sought {
    /// The file's path in the workspace and the byte where the answer starts.
    place: (String, usize),
    /// The keys that lead to it in its file.
    keys: Vec<String>,
    /// How it is written now.
    written: Vec<String>,
}

fn places(answers: Vec<Sought>) -> impl Iterator<Item = (String, usize)> {
    answers.into_iter().map(|answer| answer.place)
}

/// The answers that have the same text in `text`, and the others.
fn compared(text: &str, answers: Vec<Sought>) -> (Vec<Sought>, Vec<Sought>) {
    let (tree, _) = DeTable::parse_recoverable(text);
    let lines = TextLines::of(text);
    let is_same = |answer: &Sought| {
        if let Some((ITEM, list)) = answer.keys.split_last().map(|(last, list)| (last.as_str(), list)) {
            return items_at(tree.get_ref(), list).any(|item| lines.written(&item) == answer.written);
        }
        at_keys(tree.get_ref(), &answer.keys).is_some_and(|spans| lines.written(&spans) == answer.written)
    };
    answers.into_iter().partition(is_same)
}

/// The search for the last change of many answers: each goes back from a commit to a parent as long as it stands the same there.
struct Search<'a> {
    past: Past<'a>,
    history: &'a CommitHistory,
    /// By commit: the files in which answers stand the same as now.
    waiting: BTreeMap<usize, SoughtFiles>,
    /// What was found out.
    traces: BTreeMap<(String, usize), Trace>,
}

type SoughtFiles = BTreeMap<Stored, Vec<Sought>>;

/// Where a file may have stood before a commit.
#[derive(Clone, Copy)]
enum Before {
    SamePath,
    Renamed,
}

/// A commit and one of its parents, by their numbers in the history.
#[derive(Clone, Copy)]
struct StepBack {
    commit: usize,
    parent: usize,
}

impl Search<'_> {
    fn settle(&mut self, places: impl IntoIterator<Item = (String, usize)>, trace: &Trace) {
        self.traces.extend(places.into_iter().map(|place| (place, trace.clone())));
    }

    /// Starts with the answers that the newest commit holds as they are now.
    fn start(&mut self, newest: usize, file: &Stored, answers: Vec<Sought>) {
        match self.past.text(&file.object) {
            Ok(text) => {
                let (same, changed) = compared(&text, answers);
                self.settle(places(changed), &Trace::Uncommitted);
                self.wait(newest, file.clone(), same);
            }
            Err(reason) => self.settle(places(answers), &Trace::Unknown(reason)),
        }
    }

    fn wait(&mut self, number: usize, file: Stored, answers: Vec<Sought>) {
        if !answers.is_empty() {
            self.waiting.entry(number).or_default().entry(file).or_default().extend(answers);
        }
    }

    fn wait_all(&mut self, number: usize, files: SoughtFiles) {
        match self.waiting.entry(number) {
            Entry::Vacant(none) => drop(none.insert(files)),
            Entry::Occupied(_) => files.into_iter().for_each(|(file, answers)| self.wait(number, file, answers)),
        }
    }

    /// Each commit has a lower number than its parents, so that it is looked at once.
    fn run(&mut self) {
        while let Some((number, mut files)) = self.waiting.pop_first() {
            let history = self.history;
            // What some parent has at the same path was not renamed.
            for before in [Before::SamePath, Before::Renamed] {
                for parent in history.parents(number).flatten() {
                    files = self.pass(StepBack { commit: number, parent }, files, before);
                }
            }
            let trace = (!files.is_empty()).then(|| history.trace(number));
            for (answers, trace) in files.into_values().zip(trace.iter().cycle()) {
                self.settle(places(answers), trace);
            }
        }
    }

    /// Passes the answers on that stand the same in this parent. Returns the others.
    fn pass(&mut self, step: StepBack, files: SoughtFiles, before: Before) -> SoughtFiles {
        let parent = step.parent;
        if self.is_untouched(step, &files) {
            self.wait_all(parent, files);
            return SoughtFiles::new();
        }
        let (mut others, mut renamed) = (SoughtFiles::new(), None);
        for (file, answers) in files {
            let found = match before {
                Before::SamePath => self.at(parent, &file.path),
                Before::Renamed => self.renamed(step, &file.path, &mut renamed),
            };
            let before = match found {
                Ok(Some(before)) => before,
                Ok(None) => {
                    others.insert(file, answers);
                    continue;
                }
                Err(reason) => {
                    self.settle(places(answers), &Trace::Unknown(reason));
                    continue;
                }
            };
            if before.object == file.object {
                self.wait(parent, before, answers);
                continue;
            }
            match self.past.text(&before.object) {
                Ok(text) => {
                    let (same, changed) = compared(&text, answers);
                    self.wait(parent, before, same);
                    if !changed.is_empty() {
                        others.insert(file, changed);
                    }
                }
                Err(reason) => self.settle(places(answers), &Trace::Unknown(reason)),
            }
        }
        others
    }

    /// Whether the two commits hold the same in the folder of all these files. Most commits of a large repository change other
    /// folders.
    fn is_untouched(&mut self, step: StepBack, files: &SoughtFiles) -> bool {
        let (Some((first, _)), Some((last, _))) = (files.first_key_value(), files.last_key_value()) else {
            return true;
        };
        let same = first.path.split('/').zip(last.path.split('/')).take_while(|(one, two)| one == two);
        let folder: Vec<&str> = same.map(|(name, _)| name).collect();
        let folder = folder.join("/");
        let mut at = |number: usize| self.past.folder(&self.history.commits[number].tree, &folder).ok().flatten();
        at(step.commit).is_some_and(|here| at(step.parent) == Some(here))
    }

    /// The file at `path` in this commit.
    fn at(&mut self, number: usize, path: &str) -> Result<Option<Stored>, GitReason> {
        let object = self.past.file(&self.history.commits[number].tree, path)?;
        Ok(object.map(|object| Stored { path: path.to_owned(), object }))
    }

    /// The file in the parent that the commit renamed to `path`, where the parent has none at `path`.
    fn renamed(
        &mut self,
        step: StepBack,
        path: &str,
        known: &mut Option<Result<BTreeMap<String, String>, GitReason>>,
    ) -> Result<Option<Stored>, GitReason> {
        if self.at(step.parent, path)?.is_some() {
            return Ok(None);
        }
        let [before, commit] = [step.parent, step.commit].map(|number| &self.history.commits[number].name);
        let renamed = known.get_or_insert_with(|| self.past.renamed(before, commit));
        match renamed.as_ref().map_err(Clone::clone)?.get(path) {
            Some(old) => self.at(step.parent, old),
            None => Ok(None),
        }
    }
}

/// Whether two commits are by the same person. People use several addresses and spell their name in several ways, so one match is
/// enough. To take a stranger for the author is an error that a reader can notice; to take one author for two people is not.
fn is_same_person(one: &Signature, two: &Signature) -> bool {
    let same = |one: &str, two: &str| !one.is_empty() && one.to_lowercase() == two.to_lowercase();
    same(&one.name, &two.name) || same(&one.address, &two.address)
}

fn day(when: CommitTime) -> Option<Date> {
    let (moment, offset) = (Timestamp::from_second(when.seconds).ok()?, Offset::from_seconds(when.ahead).ok()?);
    Some(offset.to_datetime(moment).date())
}

/// The reason to report for a commit whose author line is missing or broken.
fn nameless(commit: &Commit) -> GitReason {
    let why = format!("commit {} has no author line that can be read", short(&commit.name));
    GitReason::new(why, "a commit cannot be mended; write the answer anew in another one")
}

/// The reason to report if this clone lacks the commit of this name.
fn lacking(name: &str) -> GitReason {
    let help = "fetch the whole history, as by git fetch --unshallow, or in CI with fetch-depth: 0 or GIT_DEPTH: 0";
    GitReason::new(format!("this clone lacks commit {} and what came before it", short(name)), help)
}

/// The commits that a revision depends on. Each comes before its ancestors; otherwise the newer one comes first.
struct CommitHistory {
    commits: Vec<Commit>,
    numbers: BTreeMap<String, usize>,
    /// Whether every parent of every commit is in this clone.
    is_whole: bool,
    /// For each commit, the main-line commit that brought it to the main line.
    brought_by: Vec<usize>,
}

impl CommitHistory {
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

    /// The trace of an answer that this commit changed last.
    fn trace(&self, number: usize) -> Trace {
        let commit = &self.commits[number];
        // The answer may have stood the same in a commit that this clone lacks.
        if let Some(parent) = commit.parents.iter().find(|parent| !self.numbers.contains_key(*parent)) {
            return Trace::Unknown(lacking(parent));
        }
        let Some(author) = &commit.author else { return Trace::Unknown(nameless(commit)) };
        let merge = self.merge(number, author);
        Trace::Committed(Committed {
            by: called(author),
            on: day(author.when),
            commit: short(&commit.name).to_owned(),
            merge,
            author: author.clone(),
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
            return Merge::Unknown(lacking(end));
        }
        match &merge.author {
            None => Merge::Unknown(nameless(merge)),
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

/// The name in a signature, without addresses: some people give git their mail address as their name. A long name is cut at the end,
/// and the cut is marked.
fn called(signature: &Signature) -> String {
    let name = without_links(&signature.name).unwrap_or_else(|| signature.name.clone());
    match name.char_indices().nth(NAME_LIMIT) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None if name.is_empty() => "nobody named".to_owned(),
        None => name,
    }
}

/// The answers of this file that start at `starts`.
fn answers(path: &str, text: &str, starts: &BTreeSet<usize>) -> Vec<Sought> {
    let (tree, _) = DeTable::parse_recoverable(text);
    let mut found = Vec::new();
    collect(tree.get_ref(), starts, &mut Vec::new(), &mut found);
    let lines = TextLines::of(text);
    let answer = |(start, keys, spans): FoundAnswer| Sought {
        place: (path.to_owned(), start),
        keys,
        written: lines.written(&spans),
    };
    found.into_iter().map(answer).collect()
}

/// An answer in a text: where it starts, the keys that lead to it and its text ranges.
type FoundAnswer = (usize, Vec<String>, Vec<Range<usize>>);

/// Finds the answers whose keys start at `starts`. `keys` lead to `table`.
fn collect(table: &DeTable<'_>, starts: &BTreeSet<usize>, keys: &mut Vec<String>, found: &mut Vec<FoundAnswer>) {
    for (key, value) in table {
        keys.push(key.get_ref().to_string());
        if starts.contains(&key.span().start) {
            found.push((key.span().start, keys.clone(), of_answer(key.span(), value)));
        }
        if let Some(table) = value.get_ref().as_table() {
            collect(table, starts, keys, found);
        }
        for item in value.get_ref().as_array().into_iter().flatten() {
            if starts.contains(&item.span().start) {
                let keys = keys.iter().cloned().chain([ITEM.to_owned()]).collect();
                found.push((item.span().start, keys, stretches(item.span(), item)));
            }
        }
        keys.pop();
    }
}

/// Stands behind the keys of a list for any item of it: an item has no key, so it is known by how it is written.
const ITEM: &str = "[]";

/// The text ranges of each item of the list at `keys`.
fn items_at<'t>(table: &'t DeTable<'t>, keys: &[String]) -> impl Iterator<Item = Vec<Range<usize>>> + 't {
    let list = keys.first().and_then(|key| table.get(key.as_str())).and_then(|list| list.get_ref().as_array());
    list.into_iter().flatten().map(|item| stretches(item.span(), item))
}

/// The text ranges of the value at `keys`.
fn at_keys(table: &DeTable<'_>, keys: &[String]) -> Option<Vec<Range<usize>>> {
    let (first, rest) = keys.split_first()?;
    let (key, value) = table.get_key_value(first.as_str())?;
    if rest.is_empty() {
        return Some(of_answer(key.span(), value));
    }
    at_keys(value.get_ref().as_table()?, rest)
}

/// The tables of an answer that are no answers themselves.
const OWN_TABLES: [&str; 4] = ["level", "facts", "attested", "inherited_from"];

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

/// A text and where its lines end.
struct TextLines<'a> {
    lines: Vec<&'a str>,
    ends: Vec<usize>,
}

impl<'a> TextLines<'a> {
    fn of(text: &'a str) -> Self {
        Self { lines: text.split('\n').collect(), ends: text.match_indices('\n').map(|(at, _)| at).collect() }
    }

    /// The lines that the text ranges cover, without white space.
    fn written(&self, spans: &[Range<usize>]) -> Vec<String> {
        let number = |at: usize| self.ends.partition_point(|end| *end < at);
        let spans = spans.iter().filter(|span| !span.is_empty());
        let numbers: BTreeSet<usize> = spans.flat_map(|span| number(span.start)..=number(span.end - 1)).collect();
        let plain =
            |number: usize| self.lines.get(number).map(|line| line.chars().filter(|c| !c.is_whitespace()).collect());
        numbers.into_iter().filter_map(plain).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A history of these commits; the first one is the revision's.
    fn history(rows: &[(&str, &[&str])]) -> CommitHistory {
        let signature =
            Signature { name: "Ann".to_owned(), address: String::new(), when: CommitTime { seconds: 0, ahead: 0 } };
        let commit = |(name, parents): &(&str, &[&str])| Commit {
            name: (*name).to_owned(),
            tree: String::new(),
            parents: parents.iter().map(|name| (*name).to_owned()).collect(),
            author: Some(signature.clone()),
            committed: 0,
        };
        CommitHistory::of(rows.iter().map(commit).collect())
    }

    fn brought_by<'a>(history: &'a CommitHistory, name: &str) -> &'a str {
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
                Commit { name: name.to_owned(), tree: String::new(), parents, author: None, committed }
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
            matches!(history.trace(history.numbers[name]), Trace::Committed(Committed { merge: Merge::BySelf, .. }))
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
