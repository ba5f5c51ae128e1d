//! What a team says, field by field, as a workbook shows it.

use std::collections::BTreeMap;

use super::fields::{Field, ItemPart, LEVEL, NOT_APPLICABLE, UNKNOWN};
use super::{FieldKey, Scope};
use crate::base::number::plain;
use crate::border::sheet;
use crate::exchange::grid::cleaned;
use crate::model::evidence::{Answer, Artifact, Claim, Item, Renewal, State};
use crate::model::ids::ControlId;
use crate::model::measure::Value;

/// Each field that says anything.
pub(super) type SaidFields = BTreeMap<FieldKey, String>;

/// What the team says now.
pub(super) fn said(scope: Scope<'_>) -> SaidFields {
    let mut said = SaidFields::new();
    for control in scope.controls() {
        for (field, text) in fields(scope, control) {
            let text = compared(&text);
            if !text.is_empty() {
                said.insert((control, field), text);
            }
        }
    }
    said
}

/// A text as it is compared: as a cell holds it, without outer blanks.
pub(super) fn compared(text: &str) -> String {
    cleaned(&sheet::cell(text).0).trim().to_owned()
}

/// The fields of a control's answer, whole.
pub(super) fn fields(scope: Scope<'_>, control: ControlId) -> Vec<(Field, String)> {
    let Some(answer) = scope.quarter.answer(control.of(scope.team)) else { return Vec::new() };
    let mut out = of_state(answer);
    if scope.quarter.control(control).is_measured() {
        // Such a level is a remark: the facts make the one that counts.
        out.retain(|(field, _)| !matches!(field, Field::Level(_)));
    }
    out.push((Field::Note, answer.note.to_string()));
    if answer.renewal == Renewal::Carried {
        out.push((Field::Carried, "yes".to_owned()));
    }
    if let Some(attested) = answer.attested.as_ref().filter(|attested| attested.of_answer) {
        out.push((Field::AttestedBy, attested.by.clone()));
        out.push((Field::AttestedOn, attested.on.map(|on| on.to_string()).unwrap_or_default()));
    }
    for (index, item) in items(answer).enumerate() {
        out.extend(of_item(answer, item).into_iter().map(|(part, text)| (Field::Item(index, part), text)));
    }
    out
}

/// The evidence items that stand in the answer's own file.
pub(super) fn items(answer: &Answer) -> impl Iterator<Item = &Item> {
    answer.evidence.iter().filter(|item| item.origin.place.path == answer.origin.place.path)
}

fn of_state(answer: &Answer) -> Vec<(Field, String)> {
    let text = |text: &str| text.to_owned();
    match &answer.state {
        State::Assessed { claim } => {
            let mut out = vec![(Field::State, text(LEVEL))];
            match claim {
                Claim::Level(level) => out.push((Field::Level(0), level.shown())),
                Claim::Dimensions(levels) => {
                    out.extend(levels.iter().enumerate().map(|(of, level)| (Field::Level(of), level.shown())));
                }
                Claim::Facts { given, said } => {
                    out.extend(said.map(|level| (Field::Level(0), level.shown())));
                    out.extend(given.iter().map(|(name, value)| (Field::Fact(name.clone()), shown(*value))));
                }
            }
            out
        }
        State::Unknown { why } => vec![(Field::State, text(UNKNOWN)), (Field::Reason, why.clone())],
        State::NotApplicable { reason, approved_by } => vec![
            (Field::State, text(NOT_APPLICABLE)),
            (Field::Reason, reason.to_string()),
            (Field::ApprovedBy, approved_by.to_string()),
        ],
    }
}

/// The value of a fact as a cell says it.
pub(super) fn shown(value: Value) -> String {
    match value {
        Value::Number(millionths) => plain(millionths),
        Value::Boolean(true) => "yes".to_owned(),
        Value::Boolean(false) => "no".to_owned(),
        Value::Date(day) => day.to_string(),
    }
}

fn of_item(answer: &Answer, item: &Item) -> [(ItemPart, String); 7] {
    let (file, sha256) = item.artifact.as_ref().map_or_else(Default::default, |artifact| {
        (Artifact::written(&answer.origin.place.path, &artifact.path), artifact.sha256.clone())
    });
    let from = if item.period.from == item.period.to { String::new() } else { item.period.from.to_string() };
    [
        (ItemPart::Kind, item.kind.name().to_owned()),
        (ItemPart::Title, item.title.to_string()),
        (ItemPart::Date, item.period.to.to_string()),
        (ItemPart::From, from),
        (ItemPart::Link, item.url.to_string()),
        (ItemPart::File, file),
        (ItemPart::Sha256, sha256),
    ]
}
