//! Makes an evidence file of the next quarter from the same file of the current quarter.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use jiff::civil::Date;
use toml_edit::{Array, ArrayOfTables, InlineTable, Item, TableLike, Value};

use super::LeftOutItem;
use crate::border::toml::quoted;
use crate::edit::changes::{ListSpans, TextChanges};
use crate::edit::file::{AnswerFile, WrittenAnswer};
use crate::edit::text::{is_blank, is_remark};
use crate::model::evidence::Artifact;
use crate::model::measure::age;

/// The rules by which a file is taken over.
pub(super) struct CarryRules<'a> {
    /// The ids of all controls.
    pub(super) controls: &'a BTreeSet<&'a str>,
    /// The greatest age of evidence by control id, in days; `None` if the control is not in force in the new quarter.
    pub(super) limits: &'a BTreeMap<&'a str, Option<i32>>,
    /// Whether a level means the same in the new quarter. Otherwise an answer with a level becomes a comment without it.
    pub(super) same_scale: bool,
    /// Whether the team takes over the answer for a control.
    pub(super) keeps: &'a dyn Fn(&str) -> bool,
    /// The controls whose collected facts are not taken over: an answer that gives none itself says nothing any more.
    pub(super) bare: &'a BTreeSet<String>,
    /// The last day of the new quarter.
    pub(super) closes: Date,
    /// The path of the current file.
    pub(super) from: &'a str,
    /// The path of the new file.
    pub(super) to: &'a str,
}

/// A file that was taken over.
pub(super) struct CarriedFile {
    pub(super) text: String,
    pub(super) answers: usize,
    /// How many answers became comments, although their controls are in force.
    pub(super) comments: usize,
    /// The ids of the answers that became comments because their controls are not in force any more.
    pub(super) ended: Vec<String>,
    /// How many answers are not taken over at all.
    pub(super) dropped: usize,
    pub(super) left_out: Vec<LeftOutItem>,
}

/// Takes over the evidence file `text`, which has already been checked; `None` if it is not TOML.
pub(super) fn carry(text: &str, rules: &CarryRules<'_>) -> Option<CarriedFile> {
    let file = AnswerFile::read(text, rules.controls)?;
    // A part of a line cannot become a comment, nor go without the rest.
    let stays = |id: &str, answer: &dyn TableLike| Some(matches!(rules.fate(id, answer)?, Fate::Carried(_)));
    if let Some(apart) = file.taken_apart(&stays) {
        return carry(&apart, rules);
    }
    let mut carrier = Carrier {
        file: &file,
        changes: TextChanges::of(&file.text),
        rules,
        answers: 0,
        comments: 0,
        ended: Vec::new(),
        dropped: 0,
        left_out: Vec::new(),
    };
    if let Some(attested) = file.root().below("attested") {
        // The day of an attestation belongs to the old quarter: only the team can attest again.
        carrier.changes.remove_key(&attested, "on");
    }
    for answer in file.answers() {
        carrier.take(&answer);
    }
    let Carrier { changes, answers, comments, ended, dropped, left_out, .. } = carrier;
    Some(CarriedFile { text: changes.apply(), answers, comments, ended, dropped, left_out })
}

/// What becomes of an answer.
enum Fate {
    /// It is carried, with evidence that is at most so many days old.
    Carried(i32),
    /// It becomes a comment, because its level or its facts mean nothing in the new quarter.
    Comment,
    /// It becomes a comment, because its control is not in force in the new quarter.
    Ended,
    /// It goes: it is not this team's in the new quarter.
    Dropped,
}

/// The keys of which an answer has one, unless collectors gave its facts.
const STATES: [&str; 3] = ["facts", "not_applicable", "unknown"];

impl CarryRules<'_> {
    /// What becomes of the answer in this table; `None` if the id is no control's.
    fn fate(&self, id: &str, answer: &dyn TableLike) -> Option<Fate> {
        let limit = *self.limits.get(id)?;
        Some(match limit {
            _ if !(self.keeps)(id) => Fate::Dropped,
            _ if self.bare.contains(id) && !STATES.iter().any(|state| answer.contains_key(state)) => Fate::Comment,
            None => Fate::Ended,
            Some(limit) if self.same_scale || !answer.contains_key("level") => Fate::Carried(limit),
            Some(_) => Fate::Comment,
        })
    }
}

struct Carrier<'a> {
    file: &'a AnswerFile<'a>,
    changes: TextChanges<'a>,
    rules: &'a CarryRules<'a>,
    answers: usize,
    comments: usize,
    ended: Vec<String>,
    dropped: usize,
    left_out: Vec<LeftOutItem>,
}

impl Carrier<'_> {
    /// Takes over one answer.
    fn take(&mut self, answer: &WrittenAnswer<'_>) {
        let limit = match self.rules.fate(&answer.id, answer.table.entries) {
            None => return,
            Some(Fate::Carried(limit)) => limit,
            Some(Fate::Comment) => {
                self.comments += 1;
                return self.comment(answer);
            }
            Some(Fate::Ended) => {
                self.ended.push(answer.id.clone());
                return self.comment(answer);
            }
            Some(Fate::Dropped) => {
                self.dropped += 1;
                return self.drop_answer(answer);
            }
        };
        self.answers += 1;
        self.mark(answer);
        if let Some(attested) = answer.table.below("attested") {
            self.changes.remove_key(&attested, "on");
        }
        match answer.table.entries.get("evidence") {
            Some(Item::Value(Value::Array(list))) => self.list(list, &answer.id, limit),
            Some(Item::ArrayOfTables(list)) => self.tables(list, &answer.id, limit),
            _ => {}
        }
    }

    /// Marks an answer as carried, in the same form in which the answer is written.
    fn mark(&mut self, answer: &WrittenAnswer<'_>) {
        match answer.table.entries.get("carried") {
            Some(mark) => mark.span().into_iter().for_each(|span| self.changes.replace(span, "true".to_owned())),
            None => self.changes.add_first(&answer.table, "carried = true"),
        }
    }

    /// Where each line starts on which a part of an answer stands.
    fn lines_of(&self, answer: &WrittenAnswer<'_>) -> BTreeSet<usize> {
        let text = &self.file.text;
        let mut starts: BTreeSet<usize> = BTreeSet::new();
        for span in self.file.parts(answer) {
            let mut start = text.line_start(span.start);
            while start < span.end {
                starts.insert(start);
                start = text.next_line(start);
            }
        }
        starts
    }

    /// Leaves out an answer, with the comments inside it and those directly above and below it.
    fn drop_answer(&mut self, answer: &WrittenAnswer<'_>) {
        let text = &self.file.text;
        let mut blocks: Vec<Range<usize>> = Vec::new();
        for start in self.lines_of(answer) {
            let end = text.next_line(start);
            match blocks.last_mut() {
                Some(last) if text.whole[last.end..start].lines().all(|line| is_blank(line) || is_remark(line)) => {
                    last.end = end;
                }
                _ => blocks.push(start..end),
            }
        }
        for Range { mut start, mut end } in blocks {
            while is_remark(text.line_before(start)) {
                start = text.line_start(start - 1);
            }
            let mut below = end;
            while is_remark(text.line(below)) {
                below = text.next_line(below);
            }
            // A comment directly above what follows is about that.
            if is_blank(text.line(below)) {
                end = below;
            }
            let is_first = is_blank(text.line_before(start));
            while is_first && end < text.len() && is_blank(text.line(end)) {
                end = text.next_line(end);
            }
            while end == text.len() && !text.line_before(start).is_empty() && is_blank(text.line_before(start)) {
                start = text.line_start(start - 1);
            }
            self.changes.remove(start..end);
        }
    }

    /// Makes an answer a comment without its level. The comment helps the person who answers again.
    fn comment(&mut self, answer: &WrittenAnswer<'_>) {
        let text = &self.file.text;
        let mut starts = self.lines_of(answer);
        let attested = answer.table.below("attested").map(|attested| (attested, "on"));
        for (table, name) in [(answer.table.clone(), "level")].into_iter().chain(attested) {
            self.changes.remove_key(&table, name);
            let key = table.entries.key(name).and_then(toml_edit::Key::span);
            let value = table.entries.get(name).and_then(Item::span);
            if let Some((key, value)) = key.zip(value).filter(|_| table.is_in_lines()) {
                let lines = text.lines(&(key.start..value.end));
                starts.retain(|start| !lines.contains(start));
            }
        }
        starts.into_iter().for_each(|start| self.changes.insert(start, "# ".to_owned()));
    }

    /// Whether an evidence item will still be current. If so, its artifact's path is rewritten for the new file.
    fn keeps(&mut self, item: &dyn TableLike, control: &str, limit: i32) -> bool {
        let Some(last_day) = last_day(item) else { return true };
        let age = age(last_day, self.rules.closes);
        if age > limit {
            let title = item.get("title").and_then(Item::as_str).unwrap_or_default().to_owned();
            let at = item.get("title").and_then(Item::span).unwrap_or_default().start;
            let at = format!("{}:{}", self.rules.from, self.file.text.number(at));
            self.left_out.push(LeftOutItem { control: control.to_owned(), title, age, limit, at });
            return false;
        }
        let file = item.get("file");
        if let Some((written, span)) = file.and_then(Item::as_str).zip(file.and_then(Item::span)) {
            let artifact = Artifact::resolve(self.rules.from, written);
            let now = artifact.map(|path| Artifact::written(self.rules.to, &path));
            let now = now.filter(|now| now != written);
            now.into_iter().for_each(|now| self.changes.replace(span.clone(), quoted(&now)));
        }
        true
    }

    /// Evidence that is written as `[[PR.DS-11.evidence]]`.
    fn tables(&mut self, list: &ArrayOfTables, control: &str, limit: i32) {
        let text = &self.file.text;
        for table in list {
            if !self.keeps(table, control, limit) {
                let header = table.span().unwrap_or_default();
                let last = table.iter().filter_map(|(_, value)| value.span()).map(|span| span.end).max();
                let end = text.next_line(last.unwrap_or(header.end));
                self.changes.remove(text.line_start(header.start)..end);
            }
        }
    }

    /// Evidence that is written as `evidence = [{ … }, { … }]`.
    fn list(&mut self, list: &Array, control: &str, limit: i32) {
        let tables: Vec<&InlineTable> = list.iter().filter_map(Value::as_inline_table).collect();
        let items: Vec<Range<usize>> = tables.iter().filter_map(|item| item.span()).collect();
        let kept: Vec<bool> = tables.iter().map(|item| self.keeps(*item, control, limit)).collect();
        // Where the closing bracket is.
        let Some(close) = list.span().map(|span| span.end - 1) else { return };
        let gone: Vec<usize> = (0..kept.len()).filter(|index| !kept[*index]).collect();
        self.changes.take_out(&ListSpans { items, close }, &gone);
    }
}

/// The last day that an evidence item covers.
fn last_day(item: &dyn TableLike) -> Option<Date> {
    if let Some(date) = item.get("date").and_then(Item::as_datetime).and_then(|date| date.date) {
        return Date::new(i16::try_from(date.year).ok()?, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?)
            .ok();
    }
    item.get("covers").and_then(Item::as_str)?.rsplit_once("..")?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The file as it is taken over. The answer to `KP.HU-2` goes to another team, and `KP.HU-9` is not in force any more. Evidence
    /// is current for 92 days: it is if it is from 30 September or later.
    fn carried(text: &str) -> CarriedFile {
        let in_force = ["KP.HU-1", "KP.HU-2", "KP.HU-2.1", "KP.HU-3", "KP.HU-3.1"].map(|id| (id, Some(92)));
        let limits: BTreeMap<&str, Option<i32>> = in_force.into_iter().chain([("KP.HU-9", None)]).collect();
        let controls = limits.keys().copied().collect();
        let rules = CarryRules {
            controls: &controls,
            limits: &limits,
            same_scale: true,
            keeps: &|id| id != "KP.HU-2",
            bare: &BTreeSet::new(),
            closes: jiff::civil::date(2026, 12, 31),
            from: "content/2026-Q3/deck/all.toml",
            to: "content/2026-Q4/deck/all.toml",
        };
        carry(text, &rules).unwrap()
    }

    fn compare(cases: &[(&str, &str)]) {
        for (text, wanted) in cases {
            assert_eq!(carried(text).text, *wanted, "{text}");
        }
    }

    #[test]
    fn an_answer_is_marked_once_in_its_own_form() {
        compare(&[
            ("[KP.HU-1]", "[KP.HU-1]\ncarried = true"),
            ("[KP.HU-1]\ncarried = false\nlevel = 2\n", "[KP.HU-1]\ncarried = true\nlevel = 2\n"),
            (
                "  KP.HU-1.level = 2\n  KP.HU-1.note = 'x'\n",
                "  KP.HU-1.carried = true\n  KP.HU-1.level = 2\n  KP.HU-1.note = 'x'\n",
            ),
            ("\u{feff}KP.HU-1.level = 2\n", "\u{feff}KP.HU-1.carried = true\nKP.HU-1.level = 2\n"),
            ("[KP.HU-3.facts]\nlamps = 2\n", "[KP.HU-3]\ncarried = true\n[KP.HU-3.facts]\nlamps = 2\n"),
            (
                "[[KP.HU-3.evidence]]\ntitle = 'x'\n\n[KP.HU-3.facts]\nlamps = 2\n",
                "[KP.HU-3]\ncarried = true\n[[KP.HU-3.evidence]]\ntitle = 'x'\n\n[KP.HU-3.facts]\nlamps = 2\n",
            ),
            // What only leads to an answer is none.
            ("[KP.HU-3.1]\nlevel = 1\n", "[KP.HU-3.1]\ncarried = true\nlevel = 1\n"),
            ("KP.HU-3.1.level = 1\n", "KP.HU-3.1.carried = true\nKP.HU-3.1.level = 1\n"),
            ("KP = { HU-3.1.level = 1 }\n", "KP = { HU-3.1.carried = true, HU-3.1.level = 1 }\n"),
        ]);
    }

    #[test]
    fn an_answer_that_goes_takes_its_lines_along_and_no_others() {
        const FIRST: &str = "[KP.HU-1]\nlevel = 1\n";
        const KEPT: &str = "[KP.HU-1]\ncarried = true\nlevel = 1\n";
        let long =
            "[KP.HU-2]\nlevel = 2\n[KP.HU-2.facts]\nlamps = 2\n[[KP.HU-2.evidence]]\ntitle = '''\nTwo\nlines'''\n";
        for (before, gone, after, kept) in [
            ("", "[KP.HU-2]\nlevel = 2\n", "", ""),
            ("", "# Mine.\n[KP.HU-2]\nlevel = 2\n", "", ""),
            ("", "[KP.HU-2]\nlevel = 2\n\n\n", FIRST, KEPT),
            ("", "[KP.HU-2]\nlevel = 2\n# Mine.\n\n", FIRST, KEPT),
            ("", long, FIRST, KEPT),
            ("# Head.\n", "\n[KP.HU-2]\nlevel = 2\n", "", "# Head.\n"),
            (FIRST, "\n\n[KP.HU-2]\nlevel = 2\n", "", KEPT),
            (FIRST, "[KP.HU-2]\nlevel = 2\n\n# Mine.\n\nnote = 'x'\n", "", KEPT),
            // Without a blank line above it, the one below stays.
            (FIRST, "[KP.HU-2]\nlevel = 2\n", "\n# x\n", &format!("{KEPT}\n# x\n")),
            // A comment right above what follows is about that.
            (FIRST, "[KP.HU-2]\nlevel = 2\n", "# x\n[KP.HU-3]\n", &format!("{KEPT}# x\n[KP.HU-3]\ncarried = true\n")),
            // An answer may stand around another one.
            ("", "[KP.HU-2]\nlevel = 2\n\n", "[KP.HU-2.1]\nlevel = 1\n", "[KP.HU-2.1]\ncarried = true\nlevel = 1\n"),
        ] {
            let text = format!("{before}{gone}{after}");
            assert_eq!(carried(&text).text, kept, "{text}");
        }
        // An answer may stand in two places.
        compare(&[(
            "KP.HU-2.level = 2\nKP.HU-1.level = 1\nKP.HU-2.note = 'x'\n",
            "KP.HU-1.carried = true\nKP.HU-1.level = 1\n",
        )]);
    }

    #[test]
    fn an_answer_without_meaning_becomes_a_comment_without_its_level() {
        compare(&[
            ("[KP.HU-9]\nlevel = 2\nnote = '''\na\nb'''\n", "# [KP.HU-9]\n# note = '''\n# a\n# b'''\n"),
            ("[KP.HU-9]\nunknown = 'x'\n", "# [KP.HU-9]\n# unknown = 'x'\n"),
            ("KP.HU-9.level = 2\nKP.HU-9.note = 'x'\n", "# KP.HU-9.note = 'x'\n"),
            ("KP.HU-9 = { level = 2 }\n", "# KP.HU-9 = {  }\n"),
            ("KP.HU-9 = { level = 2, note = 'x' }\n", "# KP.HU-9 = { note = 'x' }\n"),
            ("KP.HU-9 = { note = 'x', level = 2 }\n", "# KP.HU-9 = { note = 'x' }\n"),
            ("KP.HU-9 = { note = 'x', level = 2, key = 'y' }\n", "# KP.HU-9 = { note = 'x', key = 'y' }\n"),
            (
                "KP = { HU-1 = { level = 1 }, HU-9.level = 2, HU-9.note = 'x' }\r\n",
                "KP.HU-1 = { carried = true, level = 1 }\r\n# KP.HU-9.note = 'x'\r\n",
            ),
        ]);
    }

    #[test]
    fn the_day_of_an_attestation_goes() {
        compare(&[
            ("attested = { on = 2026-09-20 }\n", "attested = {  }\n"),
            ("attested = { on = 2026-09-20, by = 'Mate' }\n", "attested = { by = 'Mate' }\n"),
            ("attested = { by = 'Mate', on = 2026-09-20, x = 1 }\n", "attested = { by = 'Mate', x = 1 }\n"),
            ("attested.by = 'Mate'\nattested.on = 2026-09-20\n", "attested.by = 'Mate'\n"),
            ("[attested]\non = 2026-09-20\nby = 'Mate'\n", "[attested]\nby = 'Mate'\n"),
        ]);
    }

    #[test]
    fn old_evidence_goes_from_every_form_of_a_list() {
        // `O` is old evidence, and `N` new.
        for (list, kept) in [
            ("[O]", "[]"),
            ("[O,]", "[]"),
            ("[O, O]", "[]"),
            ("[O, N]", "[N]"),
            ("[N, O]", "[N]"),
            ("[O, O, N]", "[N]"),
            ("[N, O, O]", "[N]"),
            ("[O, N, O]", "[N]"),
            ("[N, O, N]", "[N, N]"),
            // Whole lines.
            ("[\n  O,   # a, b\n  N,\n]", "[\n  N,\n]"),
            ("[\n  N,\n  O # last\n]", "[\n  N,\n]"),
            ("[\nO,\nN,\n]", "[\nN,\n]"),
            ("[\n  O,\n]", "[\n]"),
            // Not alone on a line.
            ("[\n  O]", "[\n  ]"),
            ("[\n  N,\n  O]", "[\n  N]"),
            ("[O,\n  N]", "[N]"),
            ("[\n  O, N,\n]", "[\n  N,\n]"),
            ("[\n  O\n, N\n]", "[\n  N\n]"),
            // A comment that cannot go with its line stays.
            ("[\n  O # a, b\n  , N\n]", "[\n   # a, b\n   N\n]"),
            ("[\n  N, # a\n  O, N,\n]", "[\n  N, # a\n  N,\n]"),
            ("[N, # a\n  O]", "[N, # a\n  ]"),
        ] {
            let filled = |list: &str| {
                let list =
                    list.replace('N', "{ covers = '2026-08-01..2026-09-30' }").replace('O', "{ date = 2026-09-29 }");
                format!("evidence = {list}")
            };
            let text = format!("[KP.HU-1]\n{}", filled(list));
            assert_eq!(carried(&text).text, format!("[KP.HU-1]\ncarried = true\n{}", filled(kept)), "{text}");
        }
    }

    #[test]
    fn what_is_left_out_is_named_and_a_file_stays_where_it_is() {
        let text = "[KP.HU-1]\nlevel = 1\n\n[[KP.HU-1.evidence]]\ntitle = 'Old'\ndate = 2026-09-29\nfile = 'old.txt'\n\n\
                    [[KP.HU-1.evidence]]\ndate = 2026-09-30\nfile = 'log.txt'\n\n\
                    [[KP.HU-1.evidence]]\ndate = 2026-09-30\nfile = '../../shared.txt'\n";
        let file = carried(text);
        assert_eq!(
            file.text,
            "[KP.HU-1]\ncarried = true\nlevel = 1\n\n\n\
             [[KP.HU-1.evidence]]\ndate = 2026-09-30\nfile = \"../../2026-Q3/deck/log.txt\"\n\n\
             [[KP.HU-1.evidence]]\ndate = 2026-09-30\nfile = '../../shared.txt'\n"
        );
        let left_out = LeftOutItem {
            control: "KP.HU-1".to_owned(),
            title: "Old".to_owned(),
            age: 93,
            limit: 92,
            at: "content/2026-Q3/deck/all.toml:5".to_owned(),
        };
        assert_eq!((file.answers, file.comments, file.dropped, file.left_out), (1, 0, 0, vec![left_out]));
    }
}
