//! Judges which answers were given in their quarter, and which were only taken over from the quarter before.

use std::collections::{BTreeMap, BTreeSet};

use super::fields::QUOTED;
use crate::base::text::cut;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::model::assessment::{Assessment, InQuarter};
use crate::model::evidence::{Answer, Item, Kind, Period, Renewal};
use crate::model::ids::{AnswerId, QuarterId, TeamId};

/// An answer that is marked as carried, and where.
pub(super) struct Mark {
    pub(super) quarter: QuarterId,
    pub(super) answer: AnswerId,
    pub(super) place: Place,
}

/// Gives each answer its [`Renewal`]. Reports the marks of answers that are not those of the quarter before.
pub(super) fn judge(assessment: &mut Assessment, marks: Vec<Mark>, found: &mut Diagnostics) {
    for quarter in assessment.quarters.ids().collect::<Vec<_>>() {
        let here = assessment.in_quarter(quarter);
        let renewals = here.answers().answers.ids().filter_map(|id| Some((id, renewal(here, id, here.answer(id)?))));
        for (id, renewal) in renewals.collect::<Vec<_>>() {
            if let Some(answer) = &mut assessment.quarters[quarter].answers[id] {
                answer.renewal = renewal;
            }
        }
    }
    report_marks(assessment, marks, found);
}

/// Whether an answer was given in its quarter. In the first quarter, all were.
fn renewal(quarter: InQuarter<'_>, id: AnswerId, answer: &Answer) -> Renewal {
    if quarter.before().is_none() || is_attested_again(quarter, id, answer) {
        return Renewal::Given;
    }
    match answer.renewal {
        Renewal::Given if quarter.all_before(id).any(|old| repeats(quarter, id, answer, old)) => Renewal::Copied,
        renewal => renewal,
    }
}

/// Whether the answer was attested in its quarter, by itself or with its file, and after what it was before.
fn is_attested_again(quarter: InQuarter<'_>, id: AnswerId, answer: &Answer) -> bool {
    let Some(attested) = &answer.attested else { return false };
    let days = Period { from: quarter.answers().opens, to: quarter.closes() };
    let is_later = |old: &Answer| old.attested.as_ref().is_none_or(|old| old.on < attested.on);
    attested.lies_in(days) && quarter.all_before(id).all(is_later)
}

/// Whether an answer says nothing that `old` did not say. Evidence that is gone says nothing new, nor does what is too old already.
fn repeats(quarter: InQuarter<'_>, id: AnswerId, answer: &Answer, old: &Answer) -> bool {
    let known: BTreeSet<_> = old.evidence.iter().map(said_by).collect();
    let same_note = || answer.note.split_whitespace().eq(old.note.split_whitespace());
    let stands_on = |answer: &Answer| answer.inherited.as_ref().map(|other| (other.from, other.remains.to_string()));
    let same_ground = stands_on(answer) == stands_on(old);
    let (closes, limit) = (quarter.closes(), quarter.rules(id.control).max_age());
    // What a collector finds is nothing that a person says.
    let said = answer.evidence.iter().filter(|item| item.collected.is_none());
    let mut said = said.filter(|item| item.period.age(closes) <= limit);
    answer.state == old.state && same_ground && same_note() && said.all(|item| known.contains(&said_by(item)))
}

/// What an evidence item says: blanks say nothing. An artifact may lie in another folder: its digest says what it is.
fn said_by(item: &Item) -> (Kind, Vec<&str>, [jiff::civil::Date; 2], &str, Option<&str>) {
    let (Period { from, to }, title) = (item.period, item.title.split_whitespace().collect());
    (item.kind, title, [from, to], &item.url, item.artifact.as_ref().map(|artifact| artifact.sha256.as_str()))
}

/// Reports marks of answers that were not there before, once for each team and quarter, and marks of answers that said
/// something else.
fn report_marks(assessment: &Assessment, marks: Vec<Mark>, found: &mut Diagnostics) {
    let mut from_nothing: BTreeMap<(QuarterId, TeamId), Vec<(AnswerId, Place)>> = BTreeMap::new();
    for Mark { quarter, answer: id, place } in marks {
        let here = assessment.in_quarter(quarter);
        let Some(answer) = here.answer(id).filter(|answer| !is_attested_again(here, id, answer)) else { continue };
        let old: Vec<&Answer> = here.all_before(id).collect();
        match old.first() {
            None => from_nothing.entry((quarter, id.team)).or_default().push((id, place)),
            Some(first) if old.iter().all(|old| old.state != answer.state) => {
                let origin = first.origin.place.clone();
                found.push(changed(here, id, place).related(origin, "what it said"));
            }
            Some(_) => {}
        }
    }
    for ((quarter, team), marks) in from_nothing {
        found.extend(carried_from_nothing(assessment.in_quarter(quarter), team, &marks));
    }
}

const NOT_CARRIED: &str = "remove `carried`: this answer is given now, and not taken over";

fn changed(quarter: InQuarter<'_>, id: AnswerId, place: Place) -> Diagnostic {
    let before = quarter.before_of(id.team).map(|before| before.name().to_string()).unwrap_or_default();
    let control = quarter.control(id.control).called.name();
    let message = format!("`{control}` is marked as carried, and says something else than in {before}");
    Diagnostic::new(Code::CarriedAndChanged, place, message).help(NOT_CARRIED)
}

fn carried_from_nothing(quarter: InQuarter<'_>, team: TeamId, marks: &[(AnswerId, Place)]) -> Option<Diagnostic> {
    let (first, place) = marks.first()?;
    let named = &quarter.assessment.team(team);
    let control = quarter.control(first.control).called.name();
    let (what, them, help) = match marks.len() {
        1 => (format!("`{control}` is marked as carried"), "it", NOT_CARRIED.to_owned()),
        count => {
            let what = format!("{count} answers are marked as carried, `{control}` the first of them");
            (what, "them", "remove `carried`: these answers are given now, and not taken over".to_owned())
        }
    };
    let why = match quarter.before_of(team) {
        None => format!("there is no quarter before {}", quarter.name()),
        Some(before) => format!("{} did not answer {them} in {}", cut(&named.name, QUOTED), before.name()),
    };
    let wrong = Diagnostic::new(Code::CarriedFromNothing, place.clone(), format!("{what}, and {why}")).help(help);
    let is_new = quarter.before().is_some_and(|before| !named.asked_in(before.name())) && named.succeeds.is_empty();
    let renamed = format!("if it follows another team, write succeeds = [\"…\"] for `{}` in milepost.toml", named.id);
    Some(if is_new { wrong.help(renamed) } else { wrong })
}
