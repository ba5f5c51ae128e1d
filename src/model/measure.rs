//! Facts and criteria of a measured control, and the level that they make: one typed condition on one fact at a time.
//!
//! A measured control's level is the highest whose requirements, and all below it, hold. There is no expression language, so
//! that each condition can be checked, explained and shown by itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::base::number::{Level, MILLIONTHS, plain};
use crate::base::place::Origin;
use crate::model::ids::ControlId;

/// What a control measures.
#[derive(Clone, Debug, Default)]
pub struct Measure {
    /// The facts that a team gives, by name.
    pub facts: BTreeMap<String, Fact>,
    /// What each level asks of them, lowest level first. Empty where the facts only serve other controls.
    pub criteria: Vec<Criterion>,
}

/// A fact that teams give.
#[derive(Clone, Debug)]
pub struct Fact {
    /// What sort of value it has.
    pub kind: FactKind,
    /// What it counts or says; may be empty.
    pub means: Arc<str>,
    /// The control whose answer holds it; `None` where it is the control's own.
    pub given_for: Option<ControlId>,
}

/// What sort of value a fact has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactKind {
    /// A whole number, 0 or more.
    Integer,
    /// A decimal number, 0 or more.
    Number,
    /// True or false.
    Boolean,
    /// A day, compared by its age at the quarter's end.
    Date,
}

impl FactKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Integer, Self::Number, Self::Boolean, Self::Date];

    /// The word for it in catalogs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Date => "date",
        }
    }
}

/// The value of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// A number in millionths.
    Number(i64),
    /// True or false.
    Boolean(bool),
    /// A day.
    Date(Date),
}

impl Value {
    /// As people write it.
    pub fn shown(self) -> String {
        match self {
            Self::Number(millionths) => plain(millionths),
            Self::Boolean(value) => value.to_string(),
            Self::Date(date) => date.to_string(),
        }
    }
}

/// What one level asks.
#[derive(Clone, Debug)]
pub struct Criterion {
    /// The level.
    pub level: Level,
    /// Every condition that must hold, in the order of the catalog.
    pub require: Vec<Requirement>,
}

/// A condition on one fact.
#[derive(Clone, Debug)]
pub struct Requirement {
    /// The fact's name.
    pub fact: String,
    /// The condition.
    pub condition: Condition,
    /// The condition as the catalog writes it.
    pub written: String,
    /// Where it is written.
    pub origin: Origin,
}

/// What must hold of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// It is this.
    Is(bool),
    /// A number lies between these ends, both included, in millionths.
    Number(Between),
    /// A day's age at the quarter's end lies between these ends, both included, in days.
    Age(Between),
}

/// A closed stretch of whole numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Between {
    /// The lowest that is inside.
    pub low: i64,
    /// The highest that is inside.
    pub high: i64,
}

impl Between {
    /// Everything that can be measured: nothing is below 0.
    pub const ALL: Self = Self { low: 0, high: i64::MAX };

    /// What both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { low: self.low.max(other.low), high: self.high.min(other.high) }
    }

    /// Whether nothing is inside. Of whole numbers only, where `whole` says so, in millionths.
    pub fn is_empty(self, whole: bool) -> bool {
        let unit = if whole { MILLIONTHS } else { 1 };
        let first = self.low.saturating_add(unit - 1) / unit;
        self.low > self.high || first > self.high / unit
    }

    fn holds(self, value: i64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

impl Condition {
    /// What holds where both hold; `None` where nothing does because they speak of different sorts, or against each other.
    pub fn and(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Is(one), Self::Is(two)) => (one == two).then_some(self),
            (Self::Number(one), Self::Number(two)) => Some(Self::Number(one.and(two))),
            (Self::Age(one), Self::Age(two)) => Some(Self::Age(one.and(two))),
            _ => None,
        }
    }

    /// Whether some value meets it; `whole` where only whole numbers are given.
    pub fn is_possible(self, whole: bool) -> bool {
        match self {
            Self::Is(_) => true,
            Self::Number(between) => !between.is_empty(whole),
            Self::Age(between) => !between.is_empty(false),
        }
    }

    /// Whether it holds of `value` in a quarter that ends on `closes`. A value of another sort never meets it.
    pub fn holds(self, value: Value, closes: Date) -> bool {
        match (self, value) {
            (Self::Is(wanted), Value::Boolean(given)) => wanted == given,
            (Self::Number(between), Value::Number(millionths)) => between.holds(millionths),
            (Self::Age(between), Value::Date(date)) => between.holds(age(date, closes).into()),
            _ => false,
        }
    }
}

/// Days from `date` to `closes`.
pub fn age(date: Date, closes: Date) -> i32 {
    closes.since(date).map_or(i32::MAX, |span| span.get_days())
}

/// The level that `facts` reach, from `bottom` upwards.
pub fn reached(criteria: &[Criterion], facts: &BTreeMap<&str, Value>, closes: Date, bottom: Level) -> Level {
    let met = |criterion: &&Criterion| criterion.require.iter().all(|requirement| meets(requirement, facts, closes));
    criteria.iter().take_while(met).last().map_or(bottom, |criterion| criterion.level)
}

/// Whether a requirement is met; a fact that is not given meets none.
pub fn meets(requirement: &Requirement, facts: &BTreeMap<&str, Value>, closes: Date) -> bool {
    facts.get(requirement.fact.as_str()).is_some_and(|value| requirement.condition.holds(*value, closes))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::base::place::Place;

    fn requirement(fact: &str, condition: Condition) -> Requirement {
        let origin = Origin { place: Place::new(&Arc::from("controls/x.toml"), 0..0), line: 1 };
        Requirement { fact: fact.to_owned(), condition, written: String::new(), origin }
    }

    fn criteria() -> Vec<Criterion> {
        let copies = |low| Condition::Number(Between { low: low * MILLIONTHS, high: i64::MAX });
        let level = |level, require| Criterion { level: Level::from_millionths(level * MILLIONTHS), require };
        vec![
            level(2, vec![requirement("copies", copies(2))]),
            level(3, vec![requirement("copies", copies(3)), requirement("offsite", Condition::Is(true))]),
            level(4, vec![requirement("last_restore", Condition::Age(Between { low: 0, high: 92 }))]),
        ]
    }

    fn level_of(copies: i64, offsite: bool, restored: &str) -> String {
        let mut facts = BTreeMap::from([("copies", Value::Number(copies * MILLIONTHS))]);
        facts.insert("offsite", Value::Boolean(offsite));
        facts.extend(restored.parse().ok().map(|date| ("last_restore", Value::Date(date))));
        let closes = "2026-09-30".parse().unwrap();
        reached(&criteria(), &facts, closes, Level::from_millionths(0)).shown()
    }

    #[test]
    fn the_level_is_the_highest_whose_requirements_and_all_below_it_hold() {
        assert_eq!(level_of(1, true, "2026-09-30"), "0");
        assert_eq!(level_of(2, true, "2026-09-30"), "2");
        assert_eq!(level_of(3, false, "2026-09-30"), "2");
        assert_eq!(level_of(3, true, ""), "3");
        assert_eq!(level_of(3, true, "2026-06-30"), "4");
        assert_eq!(level_of(3, true, "2026-06-29"), "3");
    }

    #[test]
    fn a_fact_of_another_sort_meets_nothing() {
        let closes = "2026-09-30".parse().unwrap();
        assert!(!Condition::Is(true).holds(Value::Number(MILLIONTHS), closes));
        assert!(!Condition::Number(Between::ALL).holds(Value::Boolean(true), closes));
        assert!(!Condition::Age(Between::ALL).holds(Value::Number(0), closes));
    }

    #[test]
    fn a_stretch_without_a_whole_number_is_empty_for_whole_numbers_only() {
        let halves = Between { low: MILLIONTHS / 2, high: MILLIONTHS - 1 };
        assert!(!halves.is_empty(false));
        assert!(halves.is_empty(true));
        assert!(!Between { low: MILLIONTHS, high: MILLIONTHS }.is_empty(true));
        assert!(Between { low: 1, high: 0 }.is_empty(false));
    }
}
