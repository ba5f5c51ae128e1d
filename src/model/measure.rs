//! Facts and criteria of a measured control, and the level that results. Each condition is typed and tests one fact.
//!
//! The level of a measured control is the highest one whose requirements hold, together with those of all levels below. There is
//! no expression language, so each condition can be checked, explained and shown separately.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::base::number::{Level, MILLIONTHS, plain};
use crate::base::place::Origin;
use crate::model::ids::ControlId;

/// The facts and criteria of a measured control.
#[derive(Clone, Debug, Default)]
pub struct Measure {
    /// The facts of the control, by name.
    pub facts: BTreeMap<String, Fact>,
    /// What each level requires of the facts, lowest level first. Empty if the facts only serve other controls.
    pub criteria: Vec<Criterion>,
}

/// The definition of a fact that teams give.
#[derive(Clone, Debug)]
pub struct Fact {
    /// The type of the fact's value.
    pub kind: FactKind,
    /// What the fact counts or states; may be empty.
    pub means: Arc<str>,
    /// The unit of a number; may be empty.
    pub unit: Arc<str>,
    /// The numbers that the fact may have, in millionths.
    pub range: Between,
    /// The control whose answer gives the fact; `None` if it is this control's own answer.
    pub given_for: Option<ControlId>,
}

impl Fact {
    /// A fact of type `kind` with any value of that type.
    pub fn of(kind: FactKind) -> Self {
        Self { kind, means: Arc::from(""), unit: Arc::from(""), range: Between::ALL, given_for: None }
    }

    /// Whether the fact is a percentage, and not a fraction of 1.
    pub fn is_percentage(&self) -> bool {
        matches!(&*self.unit, "percent" | "%")
    }

    /// The type, with the range and the unit: `number, 0 to 100 percent`.
    pub fn described(&self) -> String {
        let Between { low, high } = self.range;
        let range = match (low, high) {
            (0, i64::MAX) if self.unit.is_empty() => return self.kind.name().to_owned(),
            (0, i64::MAX) => format!("in {}", self.unit),
            (low, i64::MAX) => format!("{} or more", self.with_unit(low)),
            (low, high) => format!("{} to {}", plain(low), self.with_unit(high)),
        };
        format!("{}, {range}", self.kind.name())
    }

    /// `number`, in millionths, with the fact's unit.
    pub fn with_unit(&self, number: i64) -> String {
        let unit = if self.unit.is_empty() { String::new() } else { format!(" {}", self.unit) };
        plain(number) + &unit
    }
}

/// The type of a fact's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactKind {
    /// A whole number, 0 or more.
    Integer,
    /// A decimal number, 0 or more.
    Number,
    /// True or false.
    Boolean,
    /// A day. Conditions test its age at the quarter's end.
    Date,
}

impl FactKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Integer, Self::Number, Self::Boolean, Self::Date];

    /// The word for the kind in catalogs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Date => "date",
        }
    }

    /// What a value of the kind is, in a sentence.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Integer => "whole number",
            Self::Number => "number",
            Self::Boolean => "true or false",
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
    /// The value in readable form.
    pub fn shown(self) -> String {
        match self {
            Self::Number(millionths) => plain(millionths),
            Self::Boolean(value) => value.to_string(),
            Self::Date(date) => date.to_string(),
        }
    }
}

/// What one level requires.
#[derive(Clone, Debug)]
pub struct Criterion {
    /// The level that requires the conditions.
    pub level: Level,
    /// All conditions that must hold, in the order of the catalog.
    pub require: Vec<Requirement>,
}

/// A condition on one fact.
#[derive(Clone, Debug)]
pub struct Requirement {
    /// The name of the fact that is tested.
    pub fact: String,
    /// The condition that the fact's value must meet.
    pub condition: Condition,
    /// The condition as the catalog writes it.
    pub written: String,
    /// Where it is written.
    pub origin: Origin,
}

/// A condition on a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// A boolean has this value.
    Is(bool),
    /// A number is between these limits, both included, in millionths.
    Number(Between),
    /// The age of a day at the quarter's end is between these limits, both included, in days.
    Age(Between),
}

/// A range of whole numbers, with both limits included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Between {
    /// The lowest number in the range.
    pub low: i64,
    /// The highest number in the range.
    pub high: i64,
}

impl Between {
    /// All values that can be measured: none is below 0.
    pub const ALL: Self = Self { low: 0, high: i64::MAX };

    /// The numbers that are in both ranges.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { low: self.low.max(other.low), high: self.high.min(other.high) }
    }

    /// Whether the range is empty. If `whole` is true, the limits are in millionths and only whole numbers count.
    pub fn is_empty(self, whole: bool) -> bool {
        let unit = if whole { MILLIONTHS } else { 1 };
        let first = self.low.saturating_add(unit - 1) / unit;
        self.low > self.high || first > self.high / unit
    }

    /// Whether `value` is in the range.
    pub fn holds(self, value: i64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

impl Condition {
    /// The condition that holds if both hold; `None` if they contradict each other or test different types.
    pub fn and(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Is(one), Self::Is(two)) => (one == two).then_some(self),
            (Self::Number(one), Self::Number(two)) => Some(Self::Number(one.and(two))),
            (Self::Age(one), Self::Age(two)) => Some(Self::Age(one.and(two))),
            _ => None,
        }
    }

    /// Whether any value can meet the condition. If `whole` is true, only whole numbers count.
    pub fn is_possible(self, whole: bool) -> bool {
        match self {
            Self::Is(_) => true,
            Self::Number(between) => !between.is_empty(whole),
            Self::Age(between) => !between.is_empty(false),
        }
    }

    /// Whether `value` meets the condition in a quarter that ends on `closes`. A value of another type never does.
    pub fn holds(self, value: Value, closes: Date) -> bool {
        match (self, value) {
            (Self::Is(wanted), Value::Boolean(given)) => wanted == given,
            (Self::Number(between), Value::Number(millionths)) => between.holds(millionths),
            (Self::Age(between), Value::Date(date)) => between.holds(age(date, closes).into()),
            _ => false,
        }
    }
}

/// The number of days from `date` to `closes`.
pub fn age(date: Date, closes: Date) -> i32 {
    closes.since(date).map_or(i32::MAX, |span| span.get_days())
}

/// The level that `facts` reach, from `bottom` upwards. A criterion at or below the bottom is a condition of all levels above it.
pub fn reached(criteria: &[Criterion], facts: &BTreeMap<&str, Value>, closes: Date, bottom: Level) -> Level {
    let met = |criterion: &&Criterion| criterion.require.iter().all(|requirement| meets(requirement, facts, closes));
    criteria.iter().take_while(met).last().map_or(bottom, |criterion| criterion.level.max(bottom))
}

/// Whether a requirement is met. A fact that is not given meets no requirement.
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
    fn a_fact_is_described_with_its_range_and_its_unit() {
        let fact = |unit: &str, low, high| {
            let range = Between { low: low * MILLIONTHS, high };
            Fact { unit: Arc::from(unit), range, ..Fact::of(FactKind::Number) }.described()
        };
        assert_eq!(fact("", 0, i64::MAX), "number");
        assert_eq!(fact("hours", 0, i64::MAX), "number, in hours");
        assert_eq!(fact("hours", 1, i64::MAX), "number, 1 hours or more");
        assert_eq!(fact("hours", 0, 5 * MILLIONTHS), "number, 0 to 5 hours");
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
