//! Judges what answers inherit from: in one framework, in no circle, and over not too many answers.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::assessment::InQuarter;
use crate::model::evidence::Inherited;
use crate::model::ids::AnswerId;

/// The most answers over which one answer may inherit. A longer chain says of nobody who does the work.
const LONGEST: usize = 50;

/// The most answers of a circle that are named.
const TOLD: usize = 10;

/// Reports the answers of a quarter that cannot stand on what they inherit from.
pub(super) fn judge(quarter: InQuarter<'_>, found: &mut Diagnostics) {
    // Over how many answers each of these inherits.
    let mut steps: BTreeMap<AnswerId, usize> = BTreeMap::new();
    for id in quarter.answers().answers.ids().filter(|id| inherited(quarter, *id).is_some()) {
        found.extend(other_framework(quarter, id));
        let mut way: Vec<AnswerId> = Vec::new();
        let mut at = id;
        while let Some(provider) = quarter.provider(at).filter(|_| !steps.contains_key(&at)) {
            way.push(at);
            // So that a circle ends here too.
            steps.insert(at, 0);
            at = provider;
        }
        let circle = way.iter().position(|known| *known == at);
        found.extend(circle.and_then(|start| in_circle(quarter, &way[start..])));
        let before = if circle.is_some() { 0 } else { steps.get(&at).copied().unwrap_or(0) };
        for (count, known) in way.into_iter().rev().enumerate() {
            let count = before + count + 1;
            steps.insert(known, count);
            found.extend((circle.is_none() && count == LONGEST + 1).then(|| too_long(quarter, known)).flatten());
        }
    }
}

fn inherited(quarter: InQuarter<'_>, id: AnswerId) -> Option<&Inherited> {
    quarter.answer(id)?.inherited.as_deref()
}

/// An answer in words: `PR.DS-11 of payments`.
fn told(quarter: InQuarter<'_>, id: AnswerId) -> String {
    format!("`{}` of `{}`", quarter.control(id.control).called.name(), quarter.assessment.team(id.team).id)
}

fn wrong(quarter: InQuarter<'_>, id: AnswerId, message: String) -> Option<Diagnostic> {
    Some(Diagnostic::new(Code::BadInheritance, inherited(quarter, id)?.origin.place.clone(), message))
}

fn other_framework(quarter: InQuarter<'_>, id: AnswerId) -> Option<Diagnostic> {
    let from = inherited(quarter, id)?.from.control;
    if from.framework() == id.control.framework() {
        return None;
    }
    let [here, there] = [id.control, from].map(|control| &quarter.framework(control.framework()).id);
    let control = quarter.control(from).called.name();
    let message = format!("`{control}` is a control of `{there}`, and this answer is one of `{here}`");
    Some(wrong(quarter, id, message)?.help("name a control of the same framework: levels are inherited within one"))
}

fn in_circle(quarter: InQuarter<'_>, circle: &[AnswerId]) -> Option<Diagnostic> {
    let (first, rest) = circle.split_first()?;
    let message = match rest.first() {
        None => format!("{} inherits from itself", told(quarter, *first)),
        Some(next) => {
            let [first, next] = [*first, *next].map(|id| told(quarter, id));
            format!("{first} inherits from {next}, which in the end inherits from it")
        }
    };
    let wrong = wrong(quarter, *first, message)?;
    let wrong = wrong.help("remove `inherited_from` where the work is done: that answer stands on its own evidence");
    Some(rest.iter().take(TOLD).fold(wrong, |wrong, id| match inherited(quarter, *id) {
        Some(inherited) => {
            wrong.related(inherited.origin.place.clone(), format!("{} inherits too", told(quarter, *id)))
        }
        None => wrong,
    }))
}

fn too_long(quarter: InQuarter<'_>, id: AnswerId) -> Option<Diagnostic> {
    let message = format!("{} inherits over more than {LONGEST} answers", told(quarter, id));
    Some(wrong(quarter, id, message)?.help("name the answer of the team that does the work"))
}
