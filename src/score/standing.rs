//! One answer and its evidence in, the levels that it claims and that its evidence carries out.

use crate::base::number::{Level, rounded_mean};
use crate::model::assessment::Assessment;
use crate::model::catalog::{Control, Need};
use crate::model::evidence::{Answer, Claim, Item};
use crate::model::measure;
use crate::model::settings::{Basis, Settings};

/// Where an assessed answer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The level that the team claims, or that its facts reach.
    pub claimed: Level,
    /// The highest level at or below the claimed one that current evidence carries.
    pub supported: Level,
}

impl Standing {
    /// The level that counts.
    pub fn score(self, basis: Basis) -> Level {
        match basis {
            Basis::Supported => self.supported,
            Basis::Claimed => self.claimed,
        }
    }
}

/// Where the answer of a team for a control stands; `None` where it gives no level.
pub(super) fn stand(
    assessment: &Assessment,
    quarter: usize,
    (framework, control): (usize, usize),
    team: usize,
) -> Option<Standing> {
    let policy = (&assessment.settings, assessment.control(framework, control));
    restand(assessment, quarter, (framework, control), team, policy)
}

/// Where the same answer would stand by the settings and the control of another state of the workspace.
pub fn restand(
    assessment: &Assessment,
    quarter: usize,
    place: (usize, usize),
    team: usize,
    (settings, named): (&Settings, &Control),
) -> Option<Standing> {
    let answers = &assessment.quarters[quarter];
    let own = assessment.control(place.0, place.1);
    let (framework, control) = place;
    let levels = match answers.answer(framework, control, team)?.claim()? {
        Claim::Level(level) => vec![(1, *level)],
        Claim::Dimensions(levels) => {
            settings.scale.dimensions.iter().map(|dimension| dimension.weight).zip(levels.iter().copied()).collect()
        }
        // Facts without criteria only serve other controls: the level is what the team writes beside them.
        Claim::Facts { said, .. } if !named.is_measured() => vec![(1, (*said)?)],
        Claim::Facts { .. } => {
            let facts = answers.facts(place, own, team);
            let criteria = named.measure.as_ref().map(|measure| measure.criteria.as_slice()).unwrap_or_default();
            vec![(1, measure::reached(criteria, &facts, answers.closes, settings.scale.bottom))]
        }
    };
    let cap = unmet_by(assessment, quarter, place, team, (settings, named)).map(|need| below(settings, need)).min();
    let capped = levels.iter().map(|(weight, level)| (*weight, cap.map_or(*level, |cap| cap.min(*level))));
    Some(Standing { supported: rounded_mean(capped)?, claimed: rounded_mean(levels.iter().copied())? })
}

/// The highest level that does not have this need.
pub fn below(settings: &Settings, need: &Need) -> Level {
    (need.from - settings.scale.step).max(settings.scale.bottom)
}

/// The needs of a control's levels that the evidence of a team's answer does not meet.
pub fn unmet(
    assessment: &Assessment,
    quarter: usize,
    place: (usize, usize),
    team: usize,
) -> impl Iterator<Item = &Need> {
    unmet_by(assessment, quarter, place, team, (&assessment.settings, assessment.control(place.0, place.1)))
}

fn unmet_by<'a>(
    assessment: &'a Assessment,
    quarter: usize,
    place: (usize, usize),
    team: usize,
    (settings, named): (&'a Settings, &'a Control),
) -> impl Iterator<Item = &'a Need> {
    let max_age = settings.max_age(&named.rules);
    let needs = settings.needs(&named.rules).iter();
    needs.filter(move |need| {
        !younger(assessment, quarter, place, team, max_age).any(|item| need.any_of.contains(&item.kind))
    })
}

/// The evidence for a team's answer that is current at the end of the quarter: that of the answer itself, and that of the
/// controls on whose facts it stands.
pub fn current(
    assessment: &Assessment,
    quarter: usize,
    place: (usize, usize),
    team: usize,
) -> impl Iterator<Item = &Item> {
    let max_age = assessment.settings.max_age(&assessment.control(place.0, place.1).rules);
    younger(assessment, quarter, place, team, max_age)
}

fn younger(
    assessment: &Assessment,
    quarter: usize,
    place: (usize, usize),
    team: usize,
    max_age: i32,
) -> impl Iterator<Item = &Item> {
    let named = assessment.control(place.0, place.1);
    let answers = &assessment.quarters[quarter];
    let items = answers.evidence_for(place, named, team);
    items.filter(move |item| item.period.age(answers.closes) <= max_age)
}

/// Whether an answer to a measured control says a level that its facts do not reach, or more than it says.
pub fn said_otherwise(answer: &Answer, named: &Control, standing: Standing) -> Option<Level> {
    match answer.claim()? {
        Claim::Facts { said: Some(said), .. } if named.is_measured() && *said != standing.claimed => Some(*said),
        _ => None,
    }
}
