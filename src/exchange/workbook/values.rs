//! What a cell may say, and the one way in which it is then written.

use jiff::civil::Date;

use super::fields::{LEVEL, NOT_APPLICABLE, UNKNOWN};
use super::said::compared;
use crate::base::number::Level;
use crate::exchange::grid::{CellValue, decimal, folded};
use crate::model::evidence::Kind;
use crate::model::measure::{Fact, FactKind};
use crate::model::settings::Scale;

/// What a cell is asked for.
#[derive(Clone, Copy)]
pub(super) enum CellSort<'a> {
    Text,
    State,
    Level(&'a Scale),
    Day,
    Kind,
    Fact(&'a Fact),
}

impl CellSort<'_> {
    /// Whether a formula may not give it: it counts, so somebody must have meant it.
    pub(super) fn must_be_typed(self) -> bool {
        !matches!(self, Self::Text)
    }

    /// The value as it is compared and written.
    ///
    /// # Errors
    /// A sentence: why it is none, and what to write instead.
    pub(super) fn read(self, value: &CellValue) -> Result<String, String> {
        match self {
            Self::Text => Ok(compared(&value.text())),
            Self::State => state(&value.text()),
            Self::Level(scale) => level(scale, value),
            Self::Day => value.day().map(|day: Date| day.to_string()),
            Self::Kind => kind(&value.text()),
            Self::Fact(asked) => fact(asked, value),
        }
    }
}

fn state(text: &str) -> Result<String, String> {
    let state = match folded(text).replace('_', " ").as_str() {
        LEVEL | "assessed" => LEVEL,
        UNKNOWN => UNKNOWN,
        NOT_APPLICABLE | "n/a" => NOT_APPLICABLE,
        _ => return Err("no state: choose level, unknown or not applicable".to_owned()),
    };
    Ok(state.to_owned())
}

fn kind(text: &str) -> Result<String, String> {
    let found = Kind::ALL.into_iter().find(|kind| kind.name() == folded(text));
    let names = || Kind::ALL.map(Kind::name).join(", ");
    found.map(|kind| kind.name().to_owned()).ok_or_else(|| format!("no kind of evidence; the kinds are {}", names()))
}

/// A level: `3`, `3.0`, `2,5`, `3 Defined`, `Defined`.
fn level(scale: &Scale, value: &CellValue) -> Result<String, String> {
    let what = if value.percentage().is_some() { "a percentage is no level" } else { "no level" };
    let wrong = || format!("{what}; levels are {}", scale.shown());
    let text = value.text();
    let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((&text, ""));
    let named = scale.whole_levels().find(|(_, named)| folded(&named.name) == folded(&text)).map(|(level, _)| level);
    let number = value.number().or_else(|| decimal(first));
    let level = number.and_then(|number| Level::parse(&number)).or(named).filter(|level| scale.holds(*level));
    let level = level.ok_or_else(wrong)?;
    if named.is_none() && !rest.is_empty() && folded(rest) != folded(scale.name(level)) {
        return Err(format!("two things in one cell: level {} is called {}", level.shown(), scale.name(level)));
    }
    Ok(level.shown())
}

fn fact(asked: &Fact, value: &CellValue) -> Result<String, String> {
    match asked.kind {
        FactKind::Boolean => match value.boolean() {
            Some(true) => Ok("yes".to_owned()),
            Some(false) => Ok("no".to_owned()),
            None => Err("no value of this fact: choose yes or no".to_owned()),
        },
        FactKind::Date => value.day().map(|day| day.to_string()),
        FactKind::Integer | FactKind::Number => {
            let percentage = value.percentage();
            let what = match &percentage {
                Some(_) if !asked.is_percentage() => "this fact is no percentage",
                _ => "no value of this fact",
            };
            let number = value.number().or(percentage.filter(|_| asked.is_percentage()));
            let number = number.filter(|number| !number.starts_with('-'));
            let number = number.filter(|number| asked.kind == FactKind::Number || !number.contains('.'));
            number.ok_or_else(|| format!("{what}: write a {}, 0 or more", asked.kind.noun()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_read_in_one_way_or_not_at_all() {
        let scale = Scale { step: Level::parse("0.5").unwrap(), ..Scale::default() };
        let text = |text: &str| level(&scale, &CellValue::Text(text.to_owned()));
        for (written, wanted) in [
            ("3", "3"),
            (" 3.0 ", "3"),
            ("2,5", "2.5"),
            ("3 Defined", "3"),
            ("3 defined", "3"),
            ("Defined", "3"),
            ("0", "0"),
        ] {
            assert_eq!(text(written).as_deref(), Ok(wanted), "{written}");
        }
        assert_eq!(level(&scale, &CellValue::Number("2.5".to_owned())).as_deref(), Ok("2.5"));
        for written in ["6", "-1", "2.25", "3 Managed", "three", "1.234,5", "3/5", "", "3 4"] {
            assert!(text(written).is_err(), "{written}");
        }
        assert!(level(&scale, &CellValue::Boolean(true)).is_err());
    }

    #[test]
    fn facts_are_read_by_their_types() {
        let text = |kind, text: &str| fact(&Fact::of(kind), &CellValue::Text(text.to_owned()));
        assert_eq!(text(FactKind::Boolean, "Yes").as_deref(), Ok("yes"));
        assert_eq!(fact(&Fact::of(FactKind::Boolean), &CellValue::Boolean(false)).as_deref(), Ok("no"));
        assert_eq!(text(FactKind::Number, "2,5").as_deref(), Ok("2.5"));
        assert_eq!(text(FactKind::Date, "2026-11-18").as_deref(), Ok("2026-11-18"));
        assert!(text(FactKind::Integer, "2.5").is_err() && text(FactKind::Number, "-1").is_err());
        let share = Fact { unit: "percent".into(), ..Fact::of(FactKind::Number) };
        let shown = CellValue::Percentage("35".to_owned());
        assert_eq!(fact(&share, &shown).as_deref(), Ok("35"));
        assert_eq!(
            fact(&Fact::of(FactKind::Number), &shown).unwrap_err(),
            "this fact is no percentage: write a number, 0 or more"
        );
        assert!(text(FactKind::Boolean, "1").is_err() && text(FactKind::Date, "18.11.2026").is_err());
    }
}
