//! The declared map of a foreign scale: which level each foreign number or word means here.

use std::collections::BTreeMap;

use super::grid::{CellValue, decimal, folded};
use crate::base::number::{Level, millionths, plain};
use crate::model::settings::Scale;

/// A foreign scale, by its points: `1=1,2=2,3=3,4=5`. Between two points that are numbers it goes in proportion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForeignScale {
    /// The foreign numbers, in millionths, and what they mean.
    points: BTreeMap<i64, Level>,
    /// The foreign words, as they are compared, and what they mean.
    words: BTreeMap<String, Level>,
}

impl ForeignScale {
    /// The scale with these points, each a foreign number or word and a level here.
    ///
    /// # Errors
    /// A sentence: a point is given twice.
    pub fn of<'a>(points: impl IntoIterator<Item = (&'a str, Level)>) -> Result<Self, String> {
        let mut scale = Self::default();
        for (foreign, level) in points {
            let old = match number(foreign.trim()) {
                Some(number) => scale.points.insert(number, level),
                None => scale.words.insert(folded(foreign), level),
            };
            if old.is_some() {
                return Err(format!("`{}` is given twice", foreign.trim()));
            }
        }
        Ok(scale)
    }

    /// Reads `1=1,2=2,3=3,4=5`, or with words, `Partially implemented=2; Implemented=4`.
    ///
    /// # Errors
    /// A sentence that says what is wrong, and what to write.
    pub fn parse(text: &str) -> Result<Self, String> {
        let how = "write each value of the other scale, `=`, and the level here: 1=1,2=2,3=3,4=5";
        let pairs = text.split([',', ';']).filter(|pair| !pair.trim().is_empty());
        let pairs: Option<Vec<(&str, &str)>> = pairs.map(|pair| pair.rsplit_once('=')).collect();
        let pairs = pairs.filter(|pairs| !pairs.is_empty()).ok_or_else(|| how.to_owned())?;
        let point = |(foreign, own): (&'_ str, &str)| {
            let level = decimal(own.trim()).and_then(|level| Level::parse(&level));
            let level = level.ok_or_else(|| format!("`{}` is no level; write one like 3; {how}", own.trim()))?;
            Ok((foreign.to_owned(), level))
        };
        let points: Vec<(String, Level)> = pairs.into_iter().map(point).collect::<Result<_, String>>()?;
        let points = points.iter().map(|(foreign, level)| (foreign.as_str(), *level));
        Self::of(points).map_err(|why| format!("{why}; {how}"))
    }

    /// What a cell means: a level of the scale here, at any point of it.
    ///
    /// # Errors
    /// A sentence that says why it means none.
    pub fn value(&self, said: &CellValue) -> Result<Level, String> {
        let Some(wanted) = said.number().and_then(|text| number(&text)) else {
            return self.words.get(&folded(&said.text())).copied().ok_or_else(|| {
                let words = "the declared scale does not say what these words mean";
                no_words(said).unwrap_or_else(|| words.to_owned())
            });
        };
        if let Some(level) = self.points.get(&wanted) {
            return Ok(*level);
        }
        let (below, above) = (self.points.range(..wanted).next_back(), self.points.range(wanted..).next());
        let (Some((low, from)), Some((high, to))) = (below, above) else {
            return Err("it lies outside of the declared scale".to_owned());
        };
        let share = i128::from(wanted - low) * i128::from((*to - *from).millionths());
        let width = i128::from(high - low);
        let moved = i64::try_from(share / width).ok().filter(|_| share % width == 0);
        let moved = moved.ok_or("between two points of the declared scale it means no exact level")?;
        Ok(*from + Level::from_millionths(moved))
    }

    /// The same as a level that may be answered.
    ///
    /// # Errors
    /// A sentence that says why it means none.
    pub fn level(&self, said: &CellValue, own: &Scale) -> Result<Level, String> {
        on_step(self.value(said)?, own)
    }

    /// The same as a target, which may lie between two levels.
    ///
    /// # Errors
    /// A sentence that says why it means none.
    pub fn target(&self, said: &CellValue, own: &Scale) -> Result<Level, String> {
        reachable(self.value(said)?, own)
    }
}

/// `level`, where it may be a target.
///
/// # Errors
/// A sentence: it lies outside of the scale.
pub fn reachable(level: Level, own: &Scale) -> Result<Level, String> {
    if own.reaches(level) { Ok(level) } else { Err(off(level, own)) }
}

/// `level`, where it may be answered.
///
/// # Errors
/// A sentence: it lies outside of the scale, or between two of its steps.
pub fn on_step(level: Level, own: &Scale) -> Result<Level, String> {
    if own.holds(level) { Ok(level) } else { Err(off(level, own)) }
}

fn off(level: Level, own: &Scale) -> String {
    format!("that is {}, which is no level of the scale here, {}", level.shown(), own.shown())
}

/// Why a value that is neither a number nor words means no level; `None` of words.
pub fn no_words(said: &CellValue) -> Option<String> {
    let text = said.text();
    let why = match said {
        _ if said.percentage().is_some() => {
            return Some(format!("a percentage is no level: write the number, or declare it, as in \"{text}=3\""));
        }
        CellValue::Day(..) => "a day is no level: write the number",
        CellValue::Boolean(_) => "true or false is no level: write the number",
        CellValue::Fault(_) => "an error of the spreadsheet is no level",
        _ if text.bytes().all(|byte| byte.is_ascii_digit() || b" .,+-/'".contains(&byte)) => {
            "no number that can only be read in one way: write it like 2.5"
        }
        _ => return None,
    };
    Some(why.to_owned())
}

/// A foreign number in millionths.
fn number(text: &str) -> Option<i64> {
    let text = decimal(text)?;
    let (sign, digits) = text.strip_prefix('-').map_or((1, text.as_str()), |digits| (-1, digits));
    Some(sign * millionths(digits, 9)?)
}

/// The numbers of a foreign scale in words, to ask for their meaning: `1, 2, 2.5`.
pub fn listed(numbers: &[String]) -> String {
    let mut found: Vec<i64> = numbers.iter().filter_map(|text| number(text)).collect();
    found.sort_unstable();
    found.dedup();
    let shown: Vec<String> = found.iter().take(10).map(|number| plain(*number)).collect();
    let more = if found.len() > shown.len() { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

/// An example of a declared scale for these values: each number as it is, or as the next level below, and a word as the highest one.
pub fn example(texts: &[String], own: &Scale) -> String {
    let mut found: Vec<i64> = texts.iter().filter_map(|text| number(text)).collect();
    found.sort_unstable();
    found.dedup();
    let (bottom, top, step) = (own.bottom.millionths(), own.top().millionths(), own.step.millionths().max(1));
    let level = |number: i64| plain(bottom + (number.clamp(bottom, top) - bottom) / step * step);
    let pair = |number: &i64| format!("{}={}", plain(*number), level(*number));
    match texts.first().filter(|_| found.is_empty()) {
        Some(word) => format!("{word}={}", own.top().shown()),
        None => found.iter().take(6).map(pair).collect::<Vec<_>>().join(","),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> CellValue {
        CellValue::Text(text.to_owned())
    }

    #[test]
    fn a_foreign_value_means_what_is_declared_and_in_proportion_between() {
        let scale = ForeignScale::parse("1=1, 2=2,3=3;4=5").unwrap();
        let level = |said: &str| scale.level(&text(said), &Scale::default()).map(Level::shown);
        assert_eq!([level("1"), level("3,0"), level("4")], ["1", "3", "5"].map(|level| Ok(level.to_owned())));
        // Halfway between 3 and 5.
        assert_eq!(level("3.5").unwrap(), "4");
        assert!(level("2.5").unwrap_err().starts_with("that is 2.5, which is no level of the scale here"));
        assert!(level("0").unwrap_err().contains("outside"));
        assert!(level("5").unwrap_err().contains("outside"));
        for (said, why) in [
            (text("Partially implemented"), "the declared scale does not say what these words mean"),
            (text("1.234,5"), "no number that can only be read in one way: write it like 2.5"),
            (text("60 %"), "a percentage is no level: write the number, or declare it, as in \"60 %=3\""),
            (
                CellValue::Percentage("60".to_owned()),
                "a percentage is no level: write the number, or declare it, as in \"60%=3\"",
            ),
            (CellValue::Boolean(true), "true or false is no level: write the number"),
            (CellValue::Fault("#N/A".to_owned()), "an error of the spreadsheet is no level"),
        ] {
            assert_eq!(scale.level(&said, &Scale::default()).unwrap_err(), why);
        }
        let percentages = ForeignScale::parse("60%=3").unwrap();
        assert_eq!(percentages.value(&CellValue::Percentage("60".to_owned())).unwrap().shown(), "3");
        let tens = ForeignScale::parse("0=0,10=5").unwrap();
        assert_eq!(tens.value(&CellValue::Number("6.5".to_owned())).unwrap().shown(), "3.25");
        assert!(tens.level(&text("6.5"), &Scale::default()).is_err());
        assert_eq!(tens.target(&text("6.5"), &Scale::default()).unwrap().shown(), "3.25");
    }

    #[test]
    fn words_are_declared_like_numbers() {
        let scale = ForeignScale::parse("Partially implemented=2;implemented = 4").unwrap();
        assert_eq!(scale.value(&text(" partially  IMPLEMENTED ")).unwrap().shown(), "2");
        assert_eq!(scale.value(&text("Implemented")).unwrap().shown(), "4");
        assert!(scale.value(&text("2")).is_err());
    }

    #[test]
    fn an_example_keeps_to_the_steps_of_the_scale() {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let halves = Scale { step: Level::parse("0.5").unwrap(), ..Scale::default() };
        assert_eq!(example(&texts(&["2.5", "7", "1.75"]), &halves), "1.75=1.5,2.5=2.5,7=5");
        assert_eq!(example(&texts(&["2.5", "-1"]), &Scale::default()), "-1=0,2.5=2");
        assert_eq!(example(&texts(&["80%"]), &halves), "80%=5");
    }

    #[test]
    fn what_is_no_scale_is_told() {
        for wrong in ["", "1", "1=a", "1=1,1=2", "1=-1", "=;", "a=1,A=2"] {
            assert!(ForeignScale::parse(wrong).is_err(), "{wrong}");
        }
    }
}
