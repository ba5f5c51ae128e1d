//! The evidence register of a quarter: the items, how old they are, what they support and which expire next.

use std::cmp::Reverse;

use serde::Serialize;

use super::answer::{self, ItemView};
use super::register::{Listing, RegisterPart};
use super::{Link, Report};
use crate::base::number::percent;
use crate::model::assessment::InQuarter;
use crate::model::evidence::{Answer, Item, Kind};
use crate::model::ids::{AnswerId, QuarterId, Table, TeamId};
use crate::report::address::{Address, Data, LongPage, QuarterPage};

/// The evidence register of one quarter.
#[derive(Debug, Serialize)]
pub(super) struct EvidencePage {
    closes: String,
    max_age: i32,
    /// Every item, the oldest first.
    items: RegisterPart<EvidenceRow>,
    stale: usize,
    /// Items that will be stale at the end of the next quarter unless newer evidence comes.
    expiring: usize,
    kinds: Vec<EvidenceKindCount>,
    /// The frameworks and their Functions, then the teams.
    functions: Vec<CoverageRow>,
    teams: Vec<CoverageRow>,
    /// Assessed answers without any evidence.
    bare: usize,
    assessed: usize,
    csv: String,
}

/// An item and what it supports.
#[derive(Debug, Serialize)]
pub(super) struct EvidenceRow {
    control: Link,
    /// What filters call its Function.
    function: String,
    team: Link,
    item: ItemView,
    /// The first day that it covers, as sorting reads it.
    from_iso: String,
    /// Days from the quarter's end to the item's age limit; below 0 if it is stale.
    left: i32,
    /// The same in words.
    expires_in: String,
    expiring: bool,
}

/// How many answers have current evidence.
#[derive(Debug, Serialize)]
pub(super) struct CoverageRow {
    of: Link,
    /// Whether it is a framework.
    whole: bool,
    /// Answers with a level.
    assessed: u32,
    /// Those of them with at least one current item of evidence.
    evidenced: u32,
    /// Their share, in percent; empty if no answer has a level.
    share: String,
}

impl CoverageRow {
    fn new(of: Link, whole: bool, assessed: u32, evidenced: u32) -> Self {
        let share = percent(evidenced, assessed).map(|share| share.to_string()).unwrap_or_default();
        Self { of, whole, assessed, evidenced, share }
    }
}

/// How many items of one kind there are.
#[derive(Debug, Serialize)]
pub(super) struct EvidenceKindCount {
    kind: String,
    pub(super) count: usize,
    pub(super) stale: usize,
}

/// Days, about one quarter: items this close to their age limit expire next.
const SOON: i32 = 92;

/// Makes the register of quarter `q`.
pub(super) fn view(report: Report<'_>, q: QuarterId) -> EvidencePage {
    let quarter = report.quarter(q);
    let left = || quarter.all_evidence().map(|(id, item)| left(report, q, id, item));
    let is_bare =
        |(id, answer): &(AnswerId, &Answer)| answer.claim().is_some() && quarter.evidence_for(*id).next().is_none();
    EvidencePage {
        closes: report.strings().day(quarter.closes()),
        max_age: quarter.settings().max_age,
        stale: left().filter(|left| *left < 0).count(),
        expiring: left().filter(|left| (0..SOON).contains(left)).count(),
        kinds: kinds(report, q),
        functions: coverage_of_functions(report, q),
        teams: coverage_of_teams(report, q),
        bare: quarter.all_answers().filter(is_bare).count(),
        assessed: quarter.all_answers().filter(|(_, answer)| answer.claim().is_some()).count(),
        csv: Address::Data(q, Data::EvidenceCsv).path(report.assessment()),
        items: listing(report, q).part(report, LongPage::Quarterly(q, QuarterPage::Evidence), 0),
    }
}

/// Each framework and each of its Functions.
fn coverage_of_functions(report: Report<'_>, q: QuarterId) -> Vec<CoverageRow> {
    let row = |(node, link, whole)| {
        let counts = &report.quarter(q).figures(node, None).counts;
        CoverageRow::new(link, whole, counts.assessed, counts.evidenced)
    };
    report.wholes_and_functions(q).map(row).collect()
}

/// Each team that is asked, over all frameworks.
fn coverage_of_teams(report: Report<'_>, q: QuarterId) -> Vec<CoverageRow> {
    let quarter = report.quarter(q);
    let row = |team| {
        let counts = report.assessment().frameworks.ids().map(|id| &quarter.tree(id, Some(team)).overall.counts);
        let sums = counts.fold((0, 0), |sums, counts| (sums.0 + counts.assessed, sums.1 + counts.evidenced));
        CoverageRow::new(report.team_name(q, team), false, sums.0, sums.1)
    };
    quarter.teams_listed().map(row).collect()
}

/// Every item of quarter `q`, the oldest first.
pub(super) fn listing(report: Report<'_>, q: QuarterId) -> Listing<'_, EvidenceRow> {
    let (quarter, strings) = (report.quarter(q), report.strings());
    let mut all: Vec<(AnswerId, &Item)> = quarter.all_evidence().collect();
    all.sort_by_cached_key(|(_, item)| Reverse(item.period.age(quarter.closes())));
    let days: Vec<_> = all.iter().map(|(_, item)| item.period.from).collect();
    Listing {
        name: "evidence",
        title: strings.word("evidence.register"),
        with: Vec::new(),
        len: all.len(),
        row: Box::new(move |at| row(report, q, all[at].0, all[at].1)),
        label: Box::new(move |at| strings.day(days[at])),
        choices: Vec::new(),
        anchor: None,
    }
}

/// Days from the quarter's end to the age limit of an item; below 0 if it is stale.
fn left(report: Report<'_>, q: QuarterId, id: AnswerId, item: &Item) -> i32 {
    let quarter = report.quarter(q);
    quarter.rules(id.control).max_age() - item.period.age(quarter.closes())
}

fn row(report: Report<'_>, q: QuarterId, id: AnswerId, item: &Item) -> EvidenceRow {
    let left = left(report, q, id, item);
    EvidenceRow {
        control: report.control_link(q, id.control),
        function: report.function(q, id.control),
        team: report.team_link(q, id.team),
        item: answer::item(report, q, id.control, item),
        from_iso: item.period.from.to_string(),
        expires_in: report.strings().say("count.days", &[("n", &left)]),
        left,
        expiring: (0..SOON).contains(&left),
    }
}

/// The items of a quarter by kind, strongest first.
pub(super) fn kinds(report: Report<'_>, q: QuarterId) -> Vec<EvidenceKindCount> {
    let quarter = report.quarter(q);
    let mut kinds = Kind::ALL.map(|kind| (kind, 0, 0));
    for (id, item) in quarter.all_evidence() {
        if let Some((_, count, stale)) = kinds.iter_mut().find(|(kind, ..)| *kind == item.kind) {
            *count += 1;
            *stale += usize::from(quarter.is_stale(id.control, item));
        }
    }
    let counted = |(kind, count, stale)| EvidenceKindCount { kind: report.strings().kind(kind), count, stale };
    kinds.into_iter().rev().map(counted).collect()
}

/// How many items each team has, and how many of them are stale.
pub(super) fn by_team(quarter: InQuarter<'_>) -> Table<TeamId, EvidenceCounts> {
    let mut counts = quarter.settings().teams.map(|_| EvidenceCounts::default());
    for (id, item) in quarter.all_evidence() {
        let counts = &mut counts[id.team];
        counts.items += 1;
        counts.stale += usize::from(quarter.is_stale(id.control, item));
    }
    counts
}

/// How much evidence a team gives.
#[derive(Clone, Copy, Default)]
pub(super) struct EvidenceCounts {
    pub(super) items: usize,
    /// How many items are too old to count.
    pub(super) stale: usize,
}
