//! The rules on which the figures of a unit rest. Only units with the same ones are added up.

use std::collections::BTreeMap;

use crate::base::language::Language;
use crate::base::number::{Level, MILLIONTHS, millionths};
use crate::model::catalog::OverallRule;
use crate::model::ids::Table;
use crate::model::settings::{Audiences, Home, NamedLevel, Scale, Scoring, Settings};

/// What two units must share to be added up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SumBasis {
    /// The scale in words.
    pub scale: String,
    /// The digest of the rules.
    pub rules: String,
    /// Whether the whole is the mean of its Functions, and not of its controls.
    pub by_functions: bool,
    /// The least coverage of a mean that is shown, in percent.
    pub minimum_coverage: u32,
}

impl SumBasis {
    /// The first digits of the digest, which tell rules apart.
    pub(super) fn short(&self) -> String {
        self.rules.chars().take(12).collect()
    }

    /// These rules as settings of the engine, on the scale that they name.
    pub(super) fn settings(&self, scale: &Scale) -> Settings {
        let overall = if self.by_functions { OverallRule::Functions } else { OverallRule::Controls };
        let scoring = Scoring { overall, minimum_coverage: self.minimum_coverage, ..Scoring::default() };
        Settings {
            title: String::new(),
            organization: String::new(),
            theme: String::new(),
            language: Language::english(),
            home: Home::Newest,
            provenance: false,
            commit: false,
            repository: None,
            scale: scale.clone(),
            scoring,
            max_age: 0,
            needs: Vec::new(),
            controls: BTreeMap::new(),
            teams: Table::default(),
            gates: Vec::new(),
            audiences: Audiences::default(),
        }
    }
}

/// The most whole levels of a scale that is read.
const LEVELS: i64 = 100;

/// Reads a scale in words, as [`Scale::shown`] says it. Its levels have the names of the default scale if it is that.
pub(super) fn scale_in(words: &str) -> Option<Scale> {
    let range = words.split_once(" for each of ").map_or(words, |(range, _)| range);
    let (ends, step) = range.split_once(" in steps of ")?;
    let (bottom, top) = ends.split_once(" to ")?;
    let [bottom, top, step] = [bottom, top, step].map(|number| millionths(number, 3));
    let (bottom, top, step) = (bottom?, top?, step.filter(|step| *step > 0)?);
    let whole = (top - bottom) / MILLIONTHS;
    if (top - bottom) % MILLIONTHS != 0 || MILLIONTHS % step != 0 || !(1..=LEVELS).contains(&whole) {
        return None;
    }
    let named = Scale::default();
    let is_default = bottom == 0 && top == named.top().millionths();
    let nameless = (0..=whole).map(|_| NamedLevel { name: String::new(), criteria: String::new() });
    Some(Scale {
        bottom: Level::from_millionths(bottom),
        step: Level::from_millionths(step),
        levels: if is_default { named.levels } else { nameless.collect() },
        dimensions: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_is_read_as_it_is_said() {
        for words in ["0 to 5 in steps of 1", "1 to 4 in steps of 0.5", "0 to 10 in steps of 0.25"] {
            assert_eq!(scale_in(words).unwrap().shown(), words);
        }
        assert_eq!(
            scale_in("0 to 5 in steps of 1 for each of policy, practice").unwrap().shown(),
            "0 to 5 in steps of 1"
        );
        for words in [
            "",
            "0 to 5",
            "5 to 0 in steps of 1",
            "0 to 5 in steps of 0",
            "0 to 5 in steps of 0.3",
            "0 to 999 in steps of 1",
            "0 to 0 in steps of 1",
        ] {
            assert!(scale_in(words).is_none(), "{words}");
        }
    }
}
