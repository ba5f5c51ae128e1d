//! The key of a rule.

use std::cmp::Ordering;
use std::fmt;

use serde::{Serialize, Serializer};
use toml::de::{DeTable, DeValue};

use crate::border::toml::key;

/// The key of a rule, as a line of `milepost.toml` or of a profile names it: `controls."GV.OC-01".weight`. Keys are ordered as texts,
/// so that the lines of a seal are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleKey {
    text: String,
    parts: Vec<String>,
}

impl RuleKey {
    /// The key with these parts.
    pub fn of<'p>(parts: impl IntoIterator<Item = &'p str>) -> Self {
        let parts: Vec<String> = parts.into_iter().map(str::to_owned).collect();
        let text = parts.iter().map(|part| key(part)).collect::<Vec<_>>().join(".");
        Self { text, parts }
    }

    /// The key that `text` writes as TOML.
    pub fn read(text: &str) -> Self {
        let line = format!("{text} = 0");
        let mut parts = Vec::new();
        let mut table = DeTable::parse_recoverable(&line).0.into_inner();
        while let Some((name, value)) = table.into_iter().next() {
            parts.push(name.into_inner().into_owned());
            let DeValue::Table(below) = value.into_inner() else { break };
            table = below;
        }
        Self { text: text.to_owned(), parts }
    }

    /// The key of a part of this rule.
    pub fn below(&self, part: &str) -> Self {
        Self::of(self.parts.iter().map(String::as_str).chain([part]))
    }

    /// Its parts, from the name of the table to that of the value.
    pub fn parts(&self) -> &[String] {
        &self.parts
    }

    /// The table that it is in: `controls`.
    pub fn table(&self) -> &str {
        self.parts.first().map_or("", String::as_str)
    }

    /// Whether it is a rule of a profile, and not of `milepost.toml`.
    pub fn is_of_profile(&self) -> bool {
        matches!(self.table(), "targets" | "out_of_scope")
    }

    /// The id of the control, Category or Function that it is about, if it is about one.
    pub fn id(&self) -> Option<&str> {
        self.parts.get(1).map(String::as_str).filter(|_| self.table() == "controls" || self.is_of_profile())
    }

    /// The id of the team that it is about, if it is about one.
    pub fn team(&self) -> Option<&str> {
        self.parts.get(1).map(String::as_str).filter(|_| self.table() == "teams")
    }

    /// Whether it is the weight of a team, which each team that is asked has.
    pub fn is_weight_of_team(&self) -> bool {
        self.team().is_some() && self.name() == "weight"
    }

    /// The name of the value: `weight`.
    pub fn name(&self) -> &str {
        self.parts.last().map_or("", String::as_str)
    }
}

impl Ord for RuleKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl PartialOrd for RuleKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for RuleKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

impl Serialize for RuleKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_same_as_parts_and_as_text() {
        for parts in [
            vec!["scoring", "score"],
            vec!["controls", "GV.OC-01", "weight"],
            vec!["teams", "a.weight", "scope"],
            vec!["targets", "AC-2(1)"],
            vec!["out_of_scope", "\"quoted\" \\ = ü"],
        ] {
            let key = RuleKey::of(parts.iter().copied());
            assert_eq!(RuleKey::read(&key.to_string()), key, "{key}");
            assert_eq!(key.parts(), parts);
        }
    }

    #[test]
    fn what_a_key_is_about_is_one_of_its_parts() {
        let key = |text| RuleKey::read(text);
        assert_eq!(key("controls.\"GV.OC-01\".weight").id(), Some("GV.OC-01"));
        assert_eq!(key("targets.PR").id(), Some("PR"));
        assert_eq!((key("teams.web.weight").team(), key("teams.web.weight").id()), (Some("web"), None));
        assert!(key("teams.web.weight").is_weight_of_team() && !key("controls.PR.weight").is_weight_of_team());
        // A team may be called like the name of a value.
        assert!(!key("teams.\"a.weight\".scope").is_weight_of_team());
        assert!(key("targets.PR").is_of_profile() && !key("teams.targets.weight").is_of_profile());
    }
}
