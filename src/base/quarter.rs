//! A calendar quarter, as in `2026-Q3`: its name, its order and its days.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

/// A calendar quarter, ordered by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quarter {
    year: i16,
    number: i8,
}

impl Quarter {
    /// The quarter that follows.
    #[must_use]
    pub fn next(self) -> Self {
        if self.number == 4 {
            Self { year: self.year + 1, number: 1 }
        } else {
            Self { number: self.number + 1, ..self }
        }
    }

    /// The quarter's first day, unless its `quarter.toml` says otherwise.
    pub fn first_day(self) -> Date {
        Date::constant(self.year, self.number * 3 - 2, 1)
    }

    /// Which quarter of its year it is, from 1 to 4.
    pub fn number(self) -> i8 {
        self.number
    }

    /// How many quarters it lies after `earlier`.
    pub fn since(self, earlier: Self) -> i32 {
        let count = |quarter: Self| i32::from(quarter.year) * 4 + i32::from(quarter.number);
        count(self) - count(earlier)
    }

    /// The quarter's last day, unless its `quarter.toml` says otherwise.
    pub fn last_day(self) -> Date {
        Date::constant(self.year, self.number * 3, 1).last_of_month()
    }
}

impl FromStr for Quarter {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (year, number) = text.split_once("-Q").ok_or(())?;
        let digits = |part: &str, length| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(year, 4) || !digits(number, 1) {
            return Err(());
        }
        let quarter = Self { year: year.parse().map_err(drop)?, number: number.parse().map_err(drop)? };
        ((1900..=2999).contains(&quarter.year) && (1..=4).contains(&quarter.number)).then_some(quarter).ok_or(())
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-Q{}", self.year, self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_year_and_one_of_four_quarters_is_a_name() {
        for name in ["2026-Q0", "2026-Q5", "2026-q1", "26-Q1", "2026Q1", "2026-Q10", "0000-Q1", " 2026-Q1", "guides"] {
            assert_eq!(name.parse::<Quarter>(), Err(()), "{name}");
        }
        assert_eq!("2026-Q3".parse::<Quarter>().unwrap().to_string(), "2026-Q3");
    }

    #[test]
    fn quarters_have_their_calendar_days_and_order() {
        let quarter = |name: &str| name.parse::<Quarter>().unwrap();
        assert_eq!(quarter("2026-Q1").first_day().to_string(), "2026-01-01");
        assert_eq!(quarter("2024-Q1").last_day().to_string(), "2024-03-31");
        assert_eq!(quarter("2026-Q2").last_day().to_string(), "2026-06-30");
        assert!(quarter("2025-Q4") < quarter("2026-Q1"));
        assert_eq!(quarter("2026-Q1").since(quarter("2025-Q2")), 3);
        assert_eq!(quarter("2025-Q4").next(), quarter("2026-Q1"));
    }
}
