//! A quarter in, its evidence register out: what there is, how old it is, what it supports and what expires next.

use std::cmp::Reverse;

use serde::Serialize;

use super::answer::{self, ItemView};
use super::rows::Rows;
use super::{Link, Report};
use crate::model::assessment::{Assessment, Support};
use crate::model::evidence::{Answer, Kind};
use crate::report::address::{Address, Data};

/// The evidence register of one quarter.
#[derive(Debug, Serialize)]
pub(super) struct EvidencePage {
    closes: String,
    max_age: i32,
    /// Every item, the oldest first.
    items: Rows<Row>,
    stale: usize,
    /// Items that will be stale at the end of the next quarter if nothing newer comes.
    expiring: usize,
    kinds: Vec<KindCount>,
    /// Assessed answers with no evidence at all.
    bare: usize,
    assessed: u32,
    csv: String,
}

/// An item and what it supports.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    control: Link,
    team: Link,
    item: ItemView,
    /// Days until its age limit, counted from the quarter's end; below 0 where it is stale.
    left: i32,
    expiring: bool,
}

/// How many items of one kind there are.
#[derive(Debug, Serialize)]
pub(super) struct KindCount {
    kind: &'static str,
    pub(super) count: usize,
    pub(super) stale: usize,
}

/// About one quarter: what is this close to its age limit expires next.
const SOON: i32 = 92;

/// Makes the register of quarter `q`.
pub(super) fn view(report: Report<'_>, q: usize) -> EvidencePage {
    let assessment = report.assessment;
    let quarter = report.quarter(q);
    let max_age = assessment.settings.max_age;
    let mut supports: Vec<Support<'_>> = assessment.evidence(q).collect();
    supports.sort_by_key(|support| Reverse(support.item.period.age(quarter.closes)));
    let items: Rows<Row> = supports.into_iter().map(|support| row(report, q, support)).collect();
    let answers = assessment.answers(q);
    let bare = |(framework, control, team, answer): &(usize, usize, usize, &Answer)| {
        let place = (*framework, *control);
        let named = assessment.control(place.0, place.1);
        answer.claim().is_some() && quarter.evidence_for(place, named, *team).next().is_none()
    };
    EvidencePage {
        closes: quarter.closes.to_string(),
        max_age,
        stale: items.iter().filter(|row| row.left < 0).count(),
        expiring: items.iter().filter(|row| row.expiring).count(),
        kinds: kinds(assessment, q),
        bare: answers.filter(bare).count(),
        assessed: (0..assessment.frameworks.len()).map(|f| report.tree(q, f).overall.counts.assessed).sum(),
        csv: Address::Data(q, Data::EvidenceCsv).path(assessment),
        items,
    }
}

fn row(report: Report<'_>, q: usize, support: Support<'_>) -> Row {
    let rules = &report.assessment.control(support.framework, support.control).rules;
    let left = report.assessment.settings.max_age(rules) - support.item.period.age(report.quarter(q).closes);
    Row {
        control: report.control_link(q, support.framework, support.control),
        team: report.team_link(q, support.team),
        item: answer::item(report, q, (support.framework, support.control), support.item),
        left,
        expiring: (0..SOON).contains(&left),
    }
}

/// The items of a quarter by kind, strongest first.
pub(super) fn kinds(assessment: &Assessment, q: usize) -> Vec<KindCount> {
    let mut kinds = Kind::ALL.map(|kind| KindCount { kind: kind.name(), count: 0, stale: 0 });
    for Support { framework, control, item, .. } in assessment.evidence(q) {
        if let Some(counted) = kinds.iter_mut().find(|counted| counted.kind == item.kind.name()) {
            counted.count += 1;
            counted.stale += usize::from(assessment.is_stale(q, framework, control, item));
        }
    }
    kinds.reverse();
    kinds.into()
}

/// How many items each team has, and how many of them are stale.
pub(super) fn by_team(assessment: &Assessment, q: usize) -> Vec<(usize, usize)> {
    let mut counts = vec![(0, 0); assessment.settings.teams.len()];
    for support in assessment.evidence(q) {
        let (items, stale) = &mut counts[support.team];
        *items += 1;
        *stale += usize::from(assessment.is_stale(q, support.framework, support.control, support.item));
    }
    counts
}
