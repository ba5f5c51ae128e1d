//! Brings the entries of a published catalog into Functions, Categories, controls and sub-controls.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::take;

use super::{Published, PublishedEntry, tidy_id};
use crate::exchange::loss::Losses;

/// The most characters of an id.
const LONGEST: usize = 64;

/// A published catalog in the ranks of a catalog here.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// Its Functions.
    pub functions: Vec<RankGroup>,
    /// The ids that are withdrawn, each with the ids that took its place.
    pub withdrawn: BTreeMap<String, Vec<String>>,
}

/// A Function or a Category.
#[derive(Clone, Debug, Default)]
pub struct RankGroup {
    /// The Function or Category itself.
    pub entry: PublishedEntry,
    /// The controls directly below it.
    pub controls: Vec<PublishedControl>,
    /// The Categories of a Function.
    pub categories: Vec<Self>,
}

/// A control.
#[derive(Clone, Debug, Default)]
pub struct PublishedControl {
    /// The control itself.
    pub entry: PublishedEntry,
    /// Its sub-controls.
    pub subs: Vec<PublishedEntry>,
}

impl Catalog {
    /// Each control, and each sub-control.
    pub fn controls(&self) -> impl Iterator<Item = &PublishedEntry> {
        self.functions
            .iter()
            .flat_map(|function| function.own().chain(function.categories.iter().flat_map(RankGroup::own)))
    }
}

impl RankGroup {
    /// The controls and sub-controls directly below it.
    fn own(&self) -> impl Iterator<Item = &PublishedEntry> {
        self.controls.iter().flat_map(|control| std::iter::once(&control.entry).chain(&control.subs))
    }
}

/// Brings a catalog into ranks. What does not fit is added to `left`.
///
/// # Errors
/// What makes it impossible, each with its place.
pub fn ranked(published: &Published, left: &mut Losses) -> Result<Catalog, Losses> {
    let mut entries = published.entries.clone();
    entries.iter_mut().for_each(tidy_ids);
    let mut withdrawn = Vec::new();
    entries = without_withdrawn(entries, &mut withdrawn);
    let mut taken = BTreeSet::new();
    entries.iter().for_each(|entry| collect_ids(entry, &mut taken));
    let mut ranks = Ranks { left, taken, groups: 0, deeper: 0, empty: 0, unnamed: 0 };
    let mut catalog = Catalog { functions: ranks.functions(entries, published), withdrawn: BTreeMap::new() };
    ranks.tell();
    let mut refused = refusals(&catalog);
    if refused.is_empty() && catalog.controls().next().is_none() {
        refused.add("the file", "", "nothing in it is there to be answered, so no catalog can be made of it");
    }
    if !refused.is_empty() {
        return Err(refused);
    }
    catalog.withdrawn = successors(&catalog, withdrawn, left);
    Ok(catalog)
}

/// The ids of an entry and of all below it, in lower case.
fn collect_ids(entry: &PublishedEntry, out: &mut BTreeSet<String>) {
    out.insert(entry.id.to_lowercase());
    entry.below.iter().for_each(|below| collect_ids(below, out));
}

fn tidy_ids(entry: &mut PublishedEntry) {
    entry.id = tidy_id(&entry.id);
    entry.below.iter_mut().for_each(tidy_ids);
}

/// The entries that are in force. One that stands below a withdrawn one takes its place.
fn without_withdrawn(entries: Vec<PublishedEntry>, withdrawn: &mut Vec<PublishedEntry>) -> Vec<PublishedEntry> {
    let mut out = Vec::with_capacity(entries.len());
    for mut entry in entries {
        let below = without_withdrawn(take(&mut entry.below), withdrawn);
        if entry.withdrawn.is_some() || says_withdrawn(&entry.text) {
            withdrawn.push(entry);
            out.extend(below);
        } else {
            out.push(PublishedEntry { below, ..entry });
        }
    }
    out
}

/// Whether a text says only that its entry is withdrawn: `[Withdrawn: Incorporated into AC-2.]`.
fn says_withdrawn(text: &str) -> bool {
    let text = text.trim().trim_start_matches('[');
    let Some((start, rest)) = text.split_at_checked("withdrawn".len()) else { return false };
    start.eq_ignore_ascii_case("withdrawn") && (rest.is_empty() || rest.starts_with([':', ']', '.']))
}

struct Ranks<'l> {
    left: &'l mut Losses,
    /// Every id, in lower case.
    taken: BTreeSet<String>,
    /// Groups below Categories, or between controls, whose controls moved up.
    groups: usize,
    /// Controls below sub-controls, which stand beside them now.
    deeper: usize,
    /// Groups without anything to answer.
    empty: usize,
    /// Groups without an id, which got one.
    unnamed: usize,
}

impl Ranks<'_> {
    fn functions(&mut self, entries: Vec<PublishedEntry>, published: &Published) -> Vec<RankGroup> {
        let mut functions = Vec::new();
        let mut alone: Vec<PublishedControl> = Vec::new();
        for entry in entries {
            if entry.is_asked {
                alone.push(self.control(entry));
            } else if let Some(function) = self.function(entry) {
                functions.push(function);
            }
        }
        if !alone.is_empty() {
            // Every control stands under a Function: this one is the whole catalog.
            let known =
                |id: &str| functions.iter().any(|function: &RankGroup| function.entry.id.eq_ignore_ascii_case(id));
            let names = [published.short.clone(), published.name.clone(), "ALL".to_owned()].map(|name| tidy_id(&name));
            let is_free = |id: &&String| (1..=LONGEST).contains(&id.chars().count()) && !known(id);
            let id = names.iter().find(is_free).cloned().unwrap_or_else(|| format!("ALL-{}", functions.len()));
            let entry = PublishedEntry { id, title: published.name.clone(), ..PublishedEntry::default() };
            functions.push(RankGroup { entry, controls: enhanced(alone), categories: Vec::new() });
        }
        functions
    }

    fn function(&mut self, entry: PublishedEntry) -> Option<RankGroup> {
        let mut group = RankGroup::default();
        let mut entry = self.named(entry);
        for below in take(&mut entry.below) {
            if below.is_asked {
                group.controls.push(self.control(below));
            } else {
                group.categories.extend(self.category(below));
            }
        }
        if group.controls.is_empty() && group.categories.is_empty() {
            self.empty += 1;
            return None;
        }
        group.controls = enhanced(group.controls);
        group.entry = entry;
        Some(group)
    }

    fn category(&mut self, entry: PublishedEntry) -> Option<RankGroup> {
        let mut controls = Vec::new();
        let mut entry = self.named(entry);
        for below in take(&mut entry.below) {
            if below.is_asked {
                controls.push(self.control(below));
            } else {
                let asked = self.asked(below);
                controls.extend(asked.into_iter().map(|entry| self.control(entry)));
            }
        }
        if controls.is_empty() {
            self.empty += 1;
            return None;
        }
        Some(RankGroup { entry, controls: enhanced(controls), categories: Vec::new() })
    }

    /// The highest entries below a group that somebody answers.
    fn asked(&mut self, group: PublishedEntry) -> Vec<PublishedEntry> {
        let mut out = Vec::new();
        for below in group.below {
            if below.is_asked { out.push(below) } else { out.extend(self.asked(below)) }
        }
        if out.is_empty() {
            self.empty += 1;
        } else {
            self.groups += 1;
        }
        out
    }

    fn control(&mut self, mut entry: PublishedEntry) -> PublishedControl {
        let mut subs = Vec::new();
        for below in take(&mut entry.below) {
            self.subs(below, &mut subs);
        }
        PublishedControl { entry, subs }
    }

    /// What stands below a control, in one level.
    fn subs(&mut self, mut entry: PublishedEntry, out: &mut Vec<PublishedEntry>) {
        let below = take(&mut entry.below);
        if entry.is_asked {
            self.deeper += below.iter().filter(|below| below.is_asked).count();
            out.push(entry);
        } else if below.is_empty() {
            self.empty += 1;
        } else {
            self.groups += 1;
        }
        below.into_iter().for_each(|below| self.subs(below, out));
    }

    /// A group with an id: its own, or one that nothing else has.
    fn named(&mut self, mut entry: PublishedEntry) -> PublishedEntry {
        while entry.id.is_empty() {
            self.unnamed += 1;
            let id = format!("Part {}", self.unnamed);
            if self.taken.insert(id.to_lowercase()) {
                entry.id = id;
            }
        }
        entry
    }

    fn tell(&mut self) {
        let told = [
            (
                self.groups,
                ["group below Categories or controls", "groups below Categories or controls"],
                "a catalog has no such rank; what they hold moved up",
            ),
            (
                self.deeper,
                ["entry below sub-controls", "entries below sub-controls"],
                "sub-controls stand one level deep, and what is deeper beside the one above",
            ),
            (self.empty, ["group or heading", "groups and headings"], "nothing to answer stands there"),
            (self.unnamed, ["group without an id", "groups without an id"], "each got a number as its id"),
        ];
        for (count, [one, several], why) in told.into_iter().filter(|(count, ..)| *count > 0) {
            let what = if count == 1 { one } else { several };
            self.left.add("the file", format!("{count} {what}"), why);
        }
    }
}

/// Puts enhancements below what they enhance where a list holds both side by side: `AC-2(1)` belongs to `AC-2`.
fn enhanced(controls: Vec<PublishedControl>) -> Vec<PublishedControl> {
    let places: BTreeMap<String, usize> =
        controls.iter().enumerate().map(|(at, control)| (control.entry.id.clone(), at)).collect();
    let parent = |control: &PublishedControl| {
        let (base, number) = control.entry.id.strip_suffix(')')?.rsplit_once('(')?;
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        places.get(base.trim_end()).copied().filter(|_| is_number && control.subs.is_empty())
    };
    let parents: Vec<Option<usize>> = controls.iter().map(parent).collect();
    let mut out: Vec<Option<PublishedControl>> = Vec::with_capacity(controls.len());
    let mut subs: Vec<(usize, PublishedEntry)> = Vec::new();
    for (control, parent) in controls.into_iter().zip(&parents) {
        match parent {
            // One whose parent is an enhancement itself stays: sub-controls stand one level deep.
            Some(at) if parents[*at].is_none() => {
                subs.push((*at, control.entry));
                out.push(None);
            }
            _ => out.push(Some(control)),
        }
    }
    for (at, mut sub) in subs {
        if let Some(Some(control)) = out.get_mut(at) {
            // Its title says what it enhances once more: `Account Management | Disable Accounts`.
            let own = sub.title.strip_prefix(&control.entry.title).and_then(|rest| rest.trim_start().strip_prefix('|'));
            if let Some(own) = own.map(str::trim).filter(|own| !own.is_empty()) {
                sub.title = own.to_owned();
            }
            control.subs.push(sub);
        }
    }
    out.into_iter().flatten().collect()
}

/// Ids that are missing, too long, or there twice.
fn refusals(catalog: &Catalog) -> Losses {
    let mut refused = Losses::default();
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    let groups = catalog.functions.iter().flat_map(|function| std::iter::once(function).chain(&function.categories));
    for entry in groups.map(|group| &group.entry).chain(catalog.controls()) {
        if entry.id.is_empty() {
            refused.add(&entry.place, &entry.title, "it has no id, and answers are found by id");
        } else if entry.id.chars().count() > LONGEST {
            refused.add(&entry.place, &entry.id, format!("an id has at most {LONGEST} characters"));
        } else if let Some(first) = seen.get(&entry.id.to_lowercase()) {
            refused.add(
                &entry.place,
                &entry.id,
                format!("this id stands twice; the first is at {first}: give each one of its own in the file"),
            );
        } else {
            seen.insert(entry.id.to_lowercase(), &entry.place);
        }
    }
    refused
}

/// What took the place of each withdrawn id, named by the ids that the catalog has.
fn successors(catalog: &Catalog, withdrawn: Vec<PublishedEntry>, left: &mut Losses) -> BTreeMap<String, Vec<String>> {
    let groups = catalog.functions.iter().flat_map(|function| std::iter::once(function).chain(&function.categories));
    let ids: BTreeSet<&str> = groups
        .map(|group| group.entry.id.as_str())
        .chain(catalog.controls().map(|control| control.id.as_str()))
        .collect();
    let old: BTreeSet<String> = withdrawn.iter().map(|entry| entry.id.clone()).collect();
    let mut out = BTreeMap::new();
    for entry in withdrawn {
        if ids.contains(entry.id.as_str()) || entry.id.is_empty() {
            left.add(&entry.place, &entry.id, "it is withdrawn, and its id is in force elsewhere in the file");
            continue;
        }
        let mut named = entry.withdrawn.clone().unwrap_or_default();
        if named.is_empty() {
            named =
                entry.text.split([' ', ',', ';', '[', ']', '\n']).filter_map(|word| known(word, &ids, &old)).collect();
        }
        named.retain(|id| *id != entry.id);
        let mut once = BTreeSet::new();
        named.retain(|id| once.insert(id.clone()));
        out.insert(entry.id, named);
    }
    out
}

/// The id that a word names: `AC-2k.` names `AC-2`.
fn known(word: &str, ids: &BTreeSet<&str>, old: &BTreeSet<String>) -> Option<String> {
    let mut word = word.trim_matches(['.', ':', '(']);
    loop {
        if ids.contains(word) || old.contains(word) {
            return Some(word.to_owned());
        }
        // A step of a control's text: a letter, or a number with a dot behind it.
        word = word.strip_suffix(|c: char| c.is_ascii_lowercase() || c == '.')?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(id: &str, below: Vec<PublishedEntry>) -> PublishedEntry {
        PublishedEntry {
            id: id.to_owned(),
            text: format!("What {id} asks."),
            is_asked: true,
            below,
            ..PublishedEntry::default()
        }
    }

    fn group(id: &str, below: Vec<PublishedEntry>) -> PublishedEntry {
        PublishedEntry { id: id.to_owned(), title: format!("Group {id}"), below, ..PublishedEntry::default() }
    }

    fn ranks(entries: Vec<PublishedEntry>) -> (Result<String, String>, String) {
        let mut left = Losses::default();
        let published = Published { name: "Rules".to_owned(), entries, ..Published::default() };
        let catalog = ranked(&published, &mut left);
        let control = |control: &PublishedControl| {
            let subs: Vec<&str> = control.subs.iter().map(|sub| sub.id.as_str()).collect();
            if subs.is_empty() { control.entry.id.clone() } else { format!("{}[{}]", control.entry.id, subs.join(" ")) }
        };
        let told = catalog.map(|catalog| {
            let group = |group: &RankGroup| {
                let categories: Vec<String> = group
                    .categories
                    .iter()
                    .map(|group| {
                        format!(
                            "{}: {}",
                            group.entry.id,
                            group.controls.iter().map(control).collect::<Vec<_>>().join(" ")
                        )
                    })
                    .collect();
                let controls: Vec<String> = group.controls.iter().map(control).collect();
                format!("{} = {} {{{}}}", group.entry.id, controls.join(" "), categories.join("; "))
            };
            format!("{} {:?}", catalog.functions.iter().map(group).collect::<Vec<_>>().join(" | "), catalog.withdrawn)
        });
        (told.map_err(|refused| refused.text().to_string()), left.text().to_string())
    }

    #[test]
    fn entries_get_the_ranks_that_they_stand_in() {
        let deep = group(
            "1",
            vec![group("1.1", vec![group("", vec![asked("a", vec![]), group("x", vec![])]), asked("b", vec![])])],
        );
        let nested = asked("c", vec![asked("c1", vec![asked("c2", vec![])]), group("", vec![asked("c3", vec![])])]);
        let (told, left) = ranks(vec![deep, group("", vec![nested]), asked("alone", vec![])]);
        assert_eq!(told.unwrap(), "1 =  {1.1: a b} | Part 1 = c[c1 c2 c3] {} | Rules = alone {} {}");
        let wanted = "the file: `2 groups below Categories or controls`: a catalog has no such rank; what they hold moved up\n\
                      the file: `1 entry below sub-controls`: sub-controls stand one level deep, and what is deeper beside the one above\n\
                      the file: `1 group or heading`: nothing to answer stands there\n\
                      the file: `1 group without an id`: each got a number as its id\n";
        assert_eq!(left, wanted);
    }

    #[test]
    fn enhancements_beside_their_control_become_its_sub_controls() {
        let list = ["AC-1", "AC-2", "AC-2(1)", "AC-2 (2)", "AC-3(1)", "AC-2(1)(1)"];
        let (told, _) = ranks(vec![group("AC", list.iter().map(|id| asked(id, vec![])).collect())]);
        assert_eq!(told.unwrap(), "AC = AC-1 AC-2[AC-2(1) AC-2 (2)] AC-3(1) AC-2(1)(1) {} {}");
    }

    #[test]
    fn withdrawn_entries_name_what_took_their_place() {
        let old = |id: &str, text: &str, below| PublishedEntry { text: text.to_owned(), ..asked(id, below) };
        let entries = vec![group(
            "AC",
            vec![
                asked("AC-2", vec![]),
                old("AC-3", "[Withdrawn: Incorporated into AC-2k., AC-9 and AC-3.]", vec![asked("AC-4", vec![])]),
                old("AC-5", "Withdrawn", vec![]),
                old("AC-6", "Withdrawn accounts are removed.", vec![]),
                PublishedEntry { withdrawn: Some(vec!["AC-2".to_owned(), "AC-2".to_owned()]), ..asked("AC-7", vec![]) },
            ],
        )];
        let wanted = r#"AC = AC-2 AC-4 AC-6 {} {"AC-3": ["AC-2"], "AC-5": [], "AC-7": ["AC-2"]}"#;
        assert_eq!(ranks(entries).0.unwrap(), wanted);
    }

    #[test]
    fn ids_that_cannot_be_told_apart_are_refused() {
        let twice = vec![group("AC", vec![asked("ac", vec![]), asked("", vec![]), asked(&"x".repeat(65), vec![])])];
        let refused = ranks(twice).0.unwrap_err();
        assert!(
            refused.contains("stands twice") && refused.contains("no id") && refused.contains("64 characters"),
            "{refused}"
        );
        assert!(ranks(vec![group("AC", vec![])]).0.unwrap_err().contains("nothing in it is there to be answered"));
    }
}
