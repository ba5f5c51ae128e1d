//! The words of the report: every text that its pages print, by section and key.

use std::collections::BTreeMap;
use std::fmt;

use crate::base::language::Language;
use crate::base::message::Message;
use crate::base::number::Level;
use crate::model::evidence::{Kind, Period};
use crate::model::plan::Status;

/// The most names that a list in a sentence gives.
pub const MOST: usize = 6;

/// The words of one report in its language. They are English where a text is not translated.
#[derive(Clone, Debug)]
pub struct Strings {
    /// The language of the report.
    pub language: Language,
    sections: BTreeMap<String, BTreeMap<String, Message>>,
}

impl Strings {
    /// No text yet.
    pub fn new(language: Language) -> Self {
        Self { language, sections: BTreeMap::new() }
    }

    /// The same texts, in a report of another language.
    #[must_use]
    pub fn for_language(&self, language: Language) -> Self {
        Self { language, sections: self.sections.clone() }
    }

    /// Puts a text in the place of the one with its key, or adds it.
    pub fn put(&mut self, section: &str, key: &str, message: Message) {
        self.sections.entry(section.to_owned()).or_default().insert(key.to_owned(), message);
    }

    /// The sections by name, each with its texts by key.
    pub fn sections(&self) -> &BTreeMap<String, BTreeMap<String, Message>> {
        &self.sections
    }

    /// The text `key` of `section`.
    pub fn get(&self, section: &str, key: &str) -> Option<&Message> {
        self.sections.get(section)?.get(key)
    }

    /// The text `section.key` without markup but for the backticks of code, with `values` by name. A text that is not there is its
    /// own key, so that a page says what is missing; a test holds every key to the English file.
    pub fn say(&self, key: &str, values: &[(&str, &dyn fmt::Display)]) -> String {
        let message = key.split_once('.').and_then(|(section, key)| self.get(section, key));
        message.map_or_else(|| key.to_owned(), |message| message.plain(&self.language, values))
    }

    /// A number with the decimal sign of the language. `number` has a point.
    pub fn number(&self, number: &str) -> String {
        // Most levels are whole.
        if number.contains('.') { number.replace('.', &self.word("format.decimal")) } else { number.to_owned() }
    }

    /// A day as the language writes it in figures.
    pub fn day(&self, day: jiff::civil::Date) -> String {
        let (year, month, day) = (day.year(), format!("{:02}", day.month()), format!("{:02}", day.day()));
        self.say("format.day", &[("year", &year), ("month", &month), ("day", &day)])
    }

    /// A level without zeros at its end.
    pub fn level(&self, level: Level) -> String {
        self.number(&level.shown())
    }

    /// The days that an item of evidence covers: one, or the first and the last.
    pub fn period(&self, Period { from, to }: Period) -> String {
        let (first, last) = (self.day(from), self.day(to));
        if from == to { first } else { self.say("page.days", &[("from", &first), ("to", &last)]) }
    }

    /// The word for a kind of evidence.
    pub fn kind(&self, kind: Kind) -> String {
        self.word(match kind {
            Kind::Assertion => "kind.assertion",
            Kind::Interview => "kind.interview",
            Kind::Document => "kind.document",
            Kind::Record => "kind.record",
            Kind::Metric => "kind.metric",
            Kind::Test => "kind.test",
        })
    }

    /// By whom and on which day an answer was attested, as far as this is known and may be shown; `None` if nothing is.
    pub fn attested(&self, by: &str, on: Option<jiff::civil::Date>) -> Option<String> {
        let day = on.map(|on| self.day(on)).unwrap_or_default();
        let key = match (by, on) {
            ("", None) => return None,
            ("", Some(_)) => "answer.attested_day",
            (_, None) => "answer.attested",
            (_, Some(_)) => "answer.attested_on",
        };
        Some(self.say(key, &[("by", &by), ("day", &day)]))
    }

    /// The word for the status of an action.
    pub fn status(&self, status: Status) -> String {
        self.word(match status {
            Status::Open => "status.open",
            Status::Started => "status.started",
            Status::Done(_) => "status.done",
            Status::Dropped(_) => "status.dropped",
        })
    }

    /// The first of some names, and how many more follow.
    pub fn first_of(&self, names: &[String]) -> String {
        let shown = self.list(&names[..names.len().min(MOST)]);
        match names.len().saturating_sub(MOST) {
            0 => shown,
            more => self.say("format.more", &[("names", &shown), ("n", &more)]),
        }
    }

    /// Names or short texts as a list.
    pub fn list(&self, items: &[String]) -> String {
        items.join(&self.word("format.comma"))
    }

    /// The text `section.key`, which holds no value.
    pub fn word(&self, key: &str) -> String {
        self.say(key, &[])
    }
}
