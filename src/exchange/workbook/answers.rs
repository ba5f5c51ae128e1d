//! The part of an answer that is one decision: its state, with the levels or the reason.

use super::FieldKey;
use super::fields::{Field, LEVEL, NOT_APPLICABLE, UNKNOWN};
use super::said::{SaidFields, compared};
use crate::base::number::Level;
use crate::edit::{AnswerEdit, NewValue};
use crate::model::ids::ControlId;
use crate::model::settings::Scale;

/// What an answer decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct AnswerDecision {
    /// One of the states; empty where there is no answer.
    pub(super) state: String,
    /// The level, or one for each dimension.
    pub(super) levels: Vec<String>,
    pub(super) reason: String,
    pub(super) approved_by: String,
}

impl AnswerDecision {
    /// What is decided of a control, as `text` says it field by field.
    pub(super) fn of(control: ControlId, dimensions: usize, text: impl Fn(&FieldKey) -> String) -> Self {
        let text = |field: Field| text(&(control, field));
        Self {
            state: text(Field::State),
            levels: (0..dimensions.max(1)).map(|of| text(Field::Level(of))).collect(),
            reason: text(Field::Reason),
            approved_by: text(Field::ApprovedBy),
        }
    }

    /// The same of what is said.
    pub(super) fn said(control: ControlId, dimensions: usize, said: &SaidFields) -> Self {
        Self::of(control, dimensions, |key| said.get(key).cloned().unwrap_or_default())
    }

    /// The same as it is compared.
    pub(super) fn compared(&self) -> Self {
        Self { reason: compared(&self.reason), approved_by: compared(&self.approved_by), ..self.clone() }
    }

    fn has_level(&self) -> bool {
        self.levels.iter().any(|level| !level.is_empty())
    }

    /// The same with the state that its level means where none is chosen.
    ///
    /// # Errors
    /// A sentence that says what contradicts what, or what is missing.
    pub(super) fn whole(mut self, is_measured: bool, has_facts: bool) -> Result<Self, String> {
        if self.state.is_empty() && (self.has_level() || (is_measured && has_facts)) {
            LEVEL.clone_into(&mut self.state);
        }
        let state = self.state.as_str();
        match state {
            "" if !self.reason.is_empty() => {
                Err("a reason without a State: choose unknown or not applicable".to_owned())
            }
            "" => Err("no State: choose level, unknown or not applicable".to_owned()),
            LEVEL if is_measured && !has_facts => {
                Err("its facts make its level: give them on the sheet `Facts`".to_owned())
            }
            LEVEL if !is_measured && self.levels.iter().any(String::is_empty) => {
                Err("State is level, and no level is chosen".to_owned())
            }
            LEVEL if !self.reason.is_empty() => {
                Err("two states in one row: a Reason is for unknown and not applicable".to_owned())
            }
            LEVEL => Ok(self),
            _ if self.has_level() => Err(format!("two states in one row: {state} and a level; empty one of them")),
            _ if self.reason.is_empty() => Err(format!("{state} without a Reason")),
            UNKNOWN if !self.approved_by.is_empty() => {
                Err("two states in one row: Approved by is for not applicable".to_owned())
            }
            _ => Ok(self),
        }
    }

    /// In words: `level 3`, `unknown`.
    pub(super) fn told(&self) -> String {
        match self.state.as_str() {
            "" => "nothing".to_owned(),
            LEVEL if !self.has_level() => "a level by facts".to_owned(),
            LEVEL => format!("level {}", self.levels.join(" and ")),
            state => state.to_owned(),
        }
    }

    /// The same with the reason, where `other` differs in that alone.
    pub(super) fn told_beside(&self, other: &Self) -> String {
        let is_same = self.state == other.state && self.levels == other.levels;
        if is_same { format!("{} with its reason", self.told()) } else { self.told() }
    }

    /// The keys and values of an answer that decides this.
    pub(super) fn entries(&self, scale: &Scale) -> Vec<(String, NewValue)> {
        let text = |name: &str, text: &str| (name.to_owned(), NewValue::Text(text.to_owned()));
        match self.state.as_str() {
            LEVEL if self.has_level() => vec![("level".to_owned(), self.level(scale))],
            UNKNOWN => vec![text("unknown", &self.reason)],
            NOT_APPLICABLE if self.approved_by.is_empty() => vec![text("not_applicable", &self.reason)],
            NOT_APPLICABLE => vec![text("not_applicable", &self.reason), text("approved_by", &self.approved_by)],
            _ => Vec::new(),
        }
    }

    fn level(&self, scale: &Scale) -> NewValue {
        let levels = self.levels.iter().map(|level| NewValue::from(Level::parse(level).unwrap_or_default()));
        if scale.dimensions.is_empty() {
            return levels.into_iter().next().unwrap_or(NewValue::Number(0));
        }
        NewValue::Table(scale.dimensions.iter().map(|of| of.name.clone()).zip(levels).collect())
    }

    /// The changes that make an answer of `before` decide this.
    pub(super) fn changes(&self, before: &Self, scale: &Scale) -> Vec<AnswerEdit> {
        let path = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        if self.state == LEVEL && before.state == LEVEL && !scale.dimensions.is_empty() {
            // Only the dimensions that differ.
            let both = scale.dimensions.iter().zip(self.levels.iter().zip(&before.levels));
            let other = both.filter(|(_, (new, old))| new != old);
            let set = other.map(|(of, (new, _))| {
                AnswerEdit::Set(path(&["level", &of.name]), NewValue::from(Level::parse(new).unwrap_or_default()))
            });
            return set.collect();
        }
        let entries = self.entries(scale);
        let differs = |name: &str, value: &NewValue| {
            let old = before.entries(scale).into_iter().find(|(old, _)| old == name);
            old.is_none_or(|(_, old)| !same(&old, value))
        };
        let set = entries.iter().filter(|(name, value)| differs(name, value));
        let set = set.map(|(name, value)| AnswerEdit::Set(path(&[name]), value.clone()));
        let keys = ["level", "unknown", "not_applicable", "approved_by"];
        let facts = (before.state == LEVEL && self.state != LEVEL).then_some("facts");
        let gone = keys.into_iter().filter(|key| !entries.iter().any(|(name, _)| name == key));
        let gone = gone.filter(|key| *key != "level" || self.state != LEVEL).chain(facts);
        set.chain(gone.map(|key| AnswerEdit::Remove(path(&[key])))).collect()
    }
}

/// Whether two values are the same as cells show them.
fn same(one: &NewValue, other: &NewValue) -> bool {
    match (one, other) {
        (NewValue::Text(one), NewValue::Text(other)) => compared(one) == compared(other),
        _ => one == other,
    }
}
