//! Collects diagnostics and selects those to print; the rest are only counted. Nobody reads ten thousand mistakes,
//! and a file of a mebibyte can hold half a million.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::{Code, Diagnostic, Place, Severity};
use crate::base::number::{counted, grouped};
use crate::base::text::{cut, line};
use crate::load::workspace::Workspace;

/// The most diagnostics that are printed for one file.
pub const PER_FILE: usize = 100;
/// The most diagnostics that are printed in total.
pub const IN_ALL: usize = 1_000;
/// The most characters that are printed of a message, a remark or a piece of advice.
const TEXT_LIMIT: usize = 600;

/// All diagnostics. Every one is counted, but for each severity no more are kept than may be printed.
#[derive(Clone, Debug)]
pub struct Diagnostics {
    /// Those that are kept, by severity.
    kept: [Vec<Diagnostic>; 3],
    /// How many more of each severity may be kept.
    room: Count,
    /// How many there are of each code in each file.
    counts: BTreeMap<Arc<str>, BTreeMap<Code, usize>>,
    /// The last diagnostic that was not kept. Its caller may still add words to it.
    unkept: Option<Diagnostic>,
    /// What only follows from reported mistakes of the current file.
    follows: Follows,
}

/// Byte ranges of a file in which mistakes only follow from reported ones.
#[derive(Clone, Debug, Default)]
pub(crate) struct Follows {
    /// Here every mistake does.
    pub(crate) all: Vec<Range<usize>>,
    /// Here a mistake does that says that something is missing.
    pub(crate) lacking: Vec<Range<usize>>,
}

impl Follows {
    fn holds(&self, code: Code, at: usize) -> bool {
        let lies_in = |ranges: &[Range<usize>]| ranges.iter().any(|range| range.start <= at && at <= range.end);
        lies_in(&self.all) || (code.says_missing() && lies_in(&self.lacking))
    }
}

/// A number of diagnostics, by severity.
type Count = [usize; 3];

/// Diagnostics that are not printed.
pub(super) struct Unprinted {
    /// Where they are.
    pub(super) place: Where,
    /// Their number, by severity.
    more: Count,
}

/// The place of diagnostics that are not printed.
pub(super) enum Where {
    /// In this file.
    File(Arc<str>),
    /// In this number of other files, none of which has a printed diagnostic.
    OtherFiles(usize),
}

impl Default for Diagnostics {
    fn default() -> Self {
        Self::with_room([IN_ALL; 3])
    }
}

impl Diagnostics {
    fn with_room(room: Count) -> Self {
        Self { kept: Default::default(), room, counts: BTreeMap::new(), unkept: None, follows: Follows::default() }
    }

    /// An empty collection with the same room, for files that are read in parallel.
    pub(crate) fn beside(&self) -> Self {
        Self::with_room(self.room)
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.add(diagnostic);
    }

    /// Adds one, and keeps it if there is room. Returns it so that the caller can add words.
    pub(crate) fn add(&mut self, diagnostic: Diagnostic) -> &mut Diagnostic {
        let Diagnostic { code, ref place, .. } = diagnostic;
        if self.follows.holds(code, place.start) {
            return self.unkept.insert(diagnostic);
        }
        let severity = code.severity();
        let fits = self.has_room(severity, &place.path);
        self.count(code, &place.path, 1);
        if !fits {
            return self.unkept.insert(diagnostic);
        }
        self.room[severity as usize] -= 1;
        let kept = &mut self.kept[severity as usize];
        kept.push(diagnostic);
        kept.last_mut().expect("it was just pushed")
    }

    /// Counts `more` diagnostics of a code in a file, without their details.
    pub(crate) fn count(&mut self, code: Code, path: &Arc<str>, more: usize) {
        if more > 0 {
            *self.counts.entry(Arc::clone(path)).or_default().entry(code).or_default() += more;
        }
    }

    /// Adds all of another.
    pub(crate) fn append(&mut self, other: Self) {
        let mut rest = other.counts;
        for diagnostic in other.kept.into_iter().flatten() {
            if let Some(count) = rest.get_mut(&diagnostic.place.path).and_then(|codes| codes.get_mut(&diagnostic.code))
            {
                *count -= 1;
            }
            self.push(diagnostic);
        }
        for (path, codes) in rest {
            codes.into_iter().for_each(|(code, count)| self.count(code, &path, count));
        }
    }

    /// The same mistakes, all with one code, for a kind of file in which each of them means the same.
    pub(crate) fn with_code(mut self, code: Code) -> Self {
        let mut kept: Vec<Diagnostic> = std::mem::take(&mut self.kept).into_iter().flatten().collect();
        kept.iter_mut().for_each(|diagnostic| diagnostic.code = code);
        self.kept[code.severity() as usize] = kept;
        for codes in self.counts.values_mut() {
            *codes = BTreeMap::from([(code, codes.values().sum())]);
        }
        self
    }

    /// Adds what `read` finds in a file, except what `follows` from mistakes that are reported.
    pub(crate) fn without<T>(&mut self, follows: Follows, read: impl FnOnce(&mut Self) -> T) -> T {
        self.follows = follows;
        let value = read(self);
        self.follows = Follows::default();
        value
    }

    /// Whether a further mistake in this file would only be counted. If so, costly advice is not needed.
    pub(crate) fn is_full(&self, path: &str) -> bool {
        !self.has_room(Severity::Error, path)
    }

    fn has_room(&self, severity: Severity, path: &str) -> bool {
        self.room[severity as usize] > 0 && self.of_file(severity, path) < PER_FILE
    }

    fn of_file(&self, severity: Severity, path: &str) -> usize {
        let codes = self.counts.get(path).into_iter().flatten();
        codes.filter(|(code, _)| code.severity() == severity).map(|(_, count)| count).sum()
    }

    /// How many there are of each severity.
    pub fn counts(&self) -> [usize; 3] {
        let mut counts = Count::default();
        let codes = self.counts.values().flatten();
        codes.for_each(|(code, count)| counts[code.severity() as usize] += count);
        counts
    }

    /// Whether one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.counts.values().flatten().any(|(code, _)| code.severity() == Severity::Error)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.counts().iter().sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// Whether one that is kept has this code at this place.
    pub(crate) fn says(&self, code: Code, place: &Place) -> bool {
        self.iter().any(|diagnostic| diagnostic.code == code && diagnostic.place == *place)
    }

    /// Whether there is one with this code.
    pub fn has(&self, code: Code) -> bool {
        self.counts.values().any(|codes| codes.contains_key(&code))
    }

    /// Whether a file for which `is_meant` is true has a diagnostic.
    pub fn any_in(&self, mut is_meant: impl FnMut(&str) -> bool) -> bool {
        self.counts.keys().any(|path| is_meant(path))
    }

    /// Those that are kept, errors first.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.kept.iter().flatten()
    }

    /// Removes the diagnostics with one of these codes.
    pub(crate) fn remove(&mut self, codes: &[Code]) {
        self.kept.iter_mut().for_each(|kept| kept.retain(|diagnostic| !codes.contains(&diagnostic.code)));
        self.counts.values_mut().for_each(|counts| counts.retain(|code, _| !codes.contains(code)));
        self.counts.retain(|_, counts| !counts.is_empty());
    }

    /// Sorts the diagnostics of each severity: those in the file `first`, then file by file, each by its place.
    pub(crate) fn sort(&mut self, first: &str) {
        let later = |found: &Diagnostic| *found.place.path != *first;
        for kept in &mut self.kept {
            kept.sort_by(|a, b| {
                (later(a), &a.place, a.code, &a.message).cmp(&(later(b), &b.place, b.code, &b.message))
            });
        }
    }

    /// The diagnostics to print, errors first, with long texts cut.
    pub(super) fn printed(&self) -> Vec<Diagnostic> {
        let mut of_file: BTreeMap<Arc<str>, usize> = BTreeMap::new();
        let has_room = |diagnostic: &&Diagnostic| {
            let printed = of_file.entry(Arc::clone(&diagnostic.place.path)).or_default();
            *printed += 1;
            *printed <= PER_FILE
        };
        self.iter().filter(has_room).take(IN_ALL).map(Diagnostic::short).collect()
    }

    /// The number of diagnostics that are not in `printed`: by file, and last in total for the files with none in `printed`.
    pub(super) fn unprinted(&self, printed: &[Diagnostic]) -> Vec<Unprinted> {
        let mut of_file: BTreeMap<&str, Count> = BTreeMap::new();
        for diagnostic in printed {
            of_file.entry(&diagnostic.place.path).or_default()[diagnostic.code.severity() as usize] += 1;
        }
        let (mut unprinted, mut others, mut files) = (Vec::new(), Count::default(), 0);
        for (path, codes) in &self.counts {
            let mut more = Count::default();
            codes.iter().for_each(|(code, count)| more[code.severity() as usize] += count);
            match of_file.get(&**path) {
                Some(printed) => {
                    (0..more.len()).for_each(|severity| more[severity] -= printed[severity]);
                    unprinted.push(Unprinted { place: Where::File(Arc::clone(path)), more });
                }
                None => {
                    files += 1;
                    (0..more.len()).for_each(|severity| others[severity] += more[severity]);
                }
            }
        }
        unprinted.push(Unprinted { place: Where::OtherFiles(files), more: others });
        unprinted.retain(|unprinted| unprinted.more != Count::default());
        unprinted
    }
}

impl Unprinted {
    /// Whether errors or warnings are among them.
    pub(super) fn has_mistakes(&self) -> bool {
        self.more[Severity::Error as usize] + self.more[Severity::Warning as usize] > 0
    }

    /// The message about them: `and 9,900 more in content/2026-Q3/shore/protect.toml: 9,900 errors`.
    pub(super) fn message(&self, workspace: &Workspace) -> String {
        let place = match &self.place {
            Where::File(path) => line(&workspace.shown(path)),
            Where::OtherFiles(1) => "one other file".to_owned(),
            Where::OtherFiles(count) => format!("{} other files", grouped(*count)),
        };
        format!("and {} more in {place}: {}", grouped(self.more.iter().sum()), tally(self.more))
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, diagnostics: I) {
        diagnostics.into_iter().for_each(|diagnostic| self.push(diagnostic));
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(diagnostics: I) -> Self {
        let mut all = Self::default();
        all.extend(diagnostics);
        all
    }
}

impl Diagnostic {
    /// The same with every long text cut.
    fn short(&self) -> Self {
        let short = |text: &String| cut(text, TEXT_LIMIT);
        Self {
            code: self.code,
            message: short(&self.message),
            place: self.place.clone(),
            label: short(&self.label),
            related: self.related.iter().map(|(place, label)| (place.clone(), short(label))).collect(),
            help: self.help.iter().map(short).collect(),
        }
    }
}

/// `3 errors, 1 warning`.
pub(super) fn tally(counts: Count) -> String {
    let said = counts.iter().zip(["error", "warning", "finding"]).filter(|(count, _)| **count > 0);
    said.map(|(count, word)| counted(*count, word)).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Place;
    use crate::load::workspace::load;

    fn at(path: &str, code: Code, start: usize) -> Diagnostic {
        Diagnostic::new(code, Place { start, end: start, ..Place::file(path) }, format!("number {start}"))
    }

    /// So many mistakes in a file.
    fn many(path: &str, code: Code, count: usize) -> impl Iterator<Item = Diagnostic> {
        (0..count).map(move |start| at(path, code, start))
    }

    fn unprinted(found: &Diagnostics) -> Vec<String> {
        let workspace = load(std::path::Path::new("/nowhere"));
        found.unprinted(&found.printed()).iter().map(|unprinted| unprinted.message(&workspace)).collect()
    }

    #[test]
    fn a_hundred_of_a_file_are_told_and_all_are_counted() {
        let mut found: Diagnostics = many("a", Code::UnknownKey, 10_000).collect();
        assert_eq!((found.printed().len(), found.len()), (PER_FILE, 10_000));
        assert_eq!(unprinted(&found), ["and 9,900 more in a: 9,900 errors"]);
        assert!(found.is_full("a") && !found.is_full("b"));
        found.extend(many("b", Code::UnreadFile, 101));
        assert_eq!(tally(found.counts()), "10,000 errors, 101 warnings");
        assert_eq!(unprinted(&found), ["and 9,900 more in a: 9,900 errors", "and 1 more in b: 1 warning"]);
    }

    #[test]
    fn an_error_behind_any_number_of_warnings_is_told_first() {
        let mut found: Diagnostics = many("a", Code::MissingFact, 150).collect();
        found.extend(many("a", Code::UnsupportedClaim, 150));
        found.push(at("a", Code::UnknownKey, 7));
        let printed: Vec<Code> = found.printed().iter().map(|printed| printed.code).collect();
        assert_eq!((printed.len(), printed[0], printed[1]), (PER_FILE, Code::UnknownKey, Code::MissingFact));
        assert_eq!(unprinted(&found), ["and 201 more in a: 51 warnings, 150 findings"]);
    }

    #[test]
    fn a_thousand_are_told_in_all_and_the_other_files_counted_together() {
        let names: Vec<String> = (0..20).map(|number| format!("{number:02}")).collect();
        let found: Diagnostics = names.iter().flat_map(|name| many(name, Code::UnknownKey, 101)).collect();
        assert_eq!((found.printed().len(), found.len()), (IN_ALL, 2_020));
        let unprinted = unprinted(&found);
        assert_eq!((unprinted.len(), unprinted[0].as_str()), (11, "and 1 more in 00: 1 error"));
        assert_eq!(unprinted[10], "and 1,010 more in 10 other files: 1,010 errors");
    }

    #[test]
    fn what_is_found_side_by_side_comes_to_the_same() {
        let one_by_one: Diagnostics =
            many("a", Code::UnknownKey, 150).chain(many("b", Code::MissingFact, 150)).collect();
        let mut joined = Diagnostics::default();
        for (path, code) in [("a", Code::UnknownKey), ("b", Code::MissingFact)] {
            let mut beside = joined.beside();
            beside.extend(many(path, code, 150));
            joined.append(beside);
        }
        assert_eq!((joined.counts(), unprinted(&joined)), (one_by_one.counts(), unprinted(&one_by_one)));
        joined.remove(&[Code::UnknownKey]);
        assert_eq!((joined.counts(), joined.has_errors()), ([0, 150, 0], false));
    }

    #[test]
    fn what_follows_from_a_mistake_is_neither_told_nor_counted() {
        let mut found = Diagnostics::default();
        found.without(Follows { all: vec![5..6, 8..9], lacking: vec![10..12, 20..21] }, |found| {
            found.extend([4, 5, 7, 9, 10].map(|start| at("a", Code::UnknownKey, start)));
            found.extend([9, 10, 12, 13].map(|start| at("a", Code::MissingState, start)));
        });
        found.push(at("a", Code::UnknownKey, 5));
        let starts: Vec<usize> = found.iter().map(|printed| printed.place.start).collect();
        assert_eq!((starts, found.len()), (vec![4, 7, 10, 13, 5], 5));
    }

    #[test]
    fn a_long_text_is_told_in_part() {
        let long = "x".repeat(1 << 20);
        let found: Diagnostics =
            [at("a", Code::UnknownKey, 0).label(&long).help(&long).related(Place::file("a"), &long)]
                .map(|diagnostic| Diagnostic { message: long.clone(), ..diagnostic })
                .into_iter()
                .collect();
        let Diagnostic { message, label, related, help, .. } = &found.printed()[0];
        assert!([message, label, &related[0].1, &help[0]].iter().all(|text| text.chars().count() == TEXT_LIMIT + 1));
    }
}
