//! What reviewers found beside what the teams say. Verdicts enter no score: they are counted, compared answer by answer, and never
//! joined into a mean.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::base::number::Level;
use crate::base::text::as_name;
use crate::model::assessment::InQuarter;
use crate::model::catalog::Node;
use crate::model::evidence::Answer;
use crate::model::ids::{AnswerId, QuarterId, TeamId};
use crate::model::review::{Retest, RetestResult, Review, ReviewFinding, Says, Verdict};
use crate::score::ScoredQuarter;

/// What an answer or a verdict states. Where several reviewers differ, the first of these is the lowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stated {
    /// A level.
    Level(Level),
    /// That the control does not apply.
    NotApplicable,
}

impl Stated {
    /// The level; `None` if it is none.
    pub fn level(self) -> Option<Level> {
        match self {
            Self::Level(level) => Some(level),
            Self::NotApplicable => None,
        }
    }
}

/// What the reviewers of an answer found, together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Opinion {
    /// The lowest of what they found; `None` if none of them could tell. Then the answer is not reviewed.
    pub reviewed: Option<Stated>,
    /// How many found something.
    pub reviewers: u32,
}

/// How many of the answers that teams gave are reviewed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReviewShare {
    /// The answers that can be reviewed: those with a level, and those that say that a control does not apply.
    pub given: u32,
    /// Those of them that a reviewer has a verdict on.
    pub reviewed: u32,
    /// Those that a reviewer looked at and could not judge.
    pub undecided: u32,
}

/// What reviewers found of the answers at or below a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reviewed {
    /// The lowest level that a reviewer found; `None` if no verdict gives one.
    pub lowest: Option<Level>,
    /// How many verdicts there are.
    pub verdicts: u32,
    /// How many answers they are on.
    pub answers: u32,
}

/// A verdict that states something else than the answer does.
#[derive(Clone, Copy, Debug)]
pub struct Disagreement<'a> {
    /// The answer.
    pub answer: AnswerId,
    /// What the answer states: the level that counts.
    pub stated: Stated,
    /// What the reviewer found.
    pub reviewed: Stated,
    /// Whose verdict it is.
    pub review: &'a Review,
    /// The verdict.
    pub verdict: &'a Verdict,
}

impl Disagreement<'_> {
    /// What the reviewer found minus what the answer states, in millionths of a level; `None` if one of them is no level.
    pub fn width(&self) -> Option<i64> {
        Some(self.reviewed.level()?.millionths() - self.stated.level()?.millionths())
    }
}

/// A level that a reviewer found, below what the answer states now.
#[derive(Clone, Copy, Debug)]
pub struct FoundLower<'a> {
    /// The answer as it is given now.
    pub answer: AnswerId,
    /// What it states.
    pub stated: Stated,
    /// What the reviewer found.
    pub reviewed: Stated,
    /// The quarter whose answer was reviewed.
    pub quarter: QuarterId,
    /// The lowest verdict.
    pub verdict: &'a Verdict,
}

/// A finding of a review, with what became of it up to the end of a quarter.
#[derive(Clone, Debug)]
pub struct KnownFinding<'a> {
    /// The finding.
    pub finding: &'a ReviewFinding,
    /// The review that holds it.
    pub review: &'a Review,
    /// The quarter of that review.
    pub raised: QuarterId,
    /// The answer that it is about, of the team that is asked now.
    pub answer: AnswerId,
    /// The retests, oldest first, each with the quarter in whose reviews it stands.
    pub retests: Vec<(QuarterId, &'a Retest)>,
    /// Whether it is open after the last day on which it may be.
    pub is_late: bool,
}

impl<'a> KnownFinding<'a> {
    /// The retest that closed it, with its quarter; `None` while it is open. A later retest may open it again.
    pub fn closed(&self) -> Option<(QuarterId, &'a Retest)> {
        self.retests.last().copied().filter(|(_, retest)| retest.result == RetestResult::Closed)
    }
}

/// Where the verdicts on each answer stand: which review, and which verdict in it.
pub(super) type VerdictPlaces = BTreeMap<AnswerId, Vec<(usize, usize)>>;

/// The verdicts on each answer of a quarter. Of one reviewer, a verdict on a control replaces one on its whole Category.
pub(super) fn verdicts(quarter: InQuarter<'_>) -> VerdictPlaces {
    let mut places: BTreeMap<AnswerId, BTreeMap<String, (usize, usize)>> = BTreeMap::new();
    let all = || {
        let reviews = quarter.answers().reviews.iter().enumerate();
        reviews.flat_map(|(at, review)| {
            review.verdicts.iter().enumerate().map(move |(number, verdict)| ((at, number), review, verdict))
        })
    };
    for of_control in [false, true] {
        for (place, review, verdict) in all() {
            if matches!(verdict.node, Node::Control(_)) != of_control {
                continue;
            }
            let controls = quarter.framework(verdict.node.framework()).controls_of(verdict.node);
            for id in controls.iter().map(|control| control.of(verdict.team)) {
                let is_asked = quarter.is_asked(id) && quarter.exclusion(id.control).is_none();
                if is_asked && (of_control || quarter.answer(id).is_some()) {
                    places.entry(id).or_default().insert(as_name(&review.reviewer), place);
                }
            }
        }
    }
    let in_order = |places: BTreeMap<String, (usize, usize)>| {
        let mut places: Vec<(usize, usize)> = places.into_values().collect();
        places.sort_unstable();
        places
    };
    places.into_iter().map(|(id, places)| (id, in_order(places))).collect()
}

impl<'a> ScoredQuarter<'a> {
    /// The reviewers' verdicts on an answer, each with its review.
    pub fn verdicts(self, id: AnswerId) -> impl Iterator<Item = (&'a Review, &'a Verdict)> {
        let places = self.scores().verdicts.get(&id);
        places.into_iter().flatten().map(move |(review, verdict)| {
            let review = &self.answers().reviews[*review];
            (review, &review.verdicts[*verdict])
        })
    }

    /// What an answer states: the level that counts, or that the control does not apply. `None` if it states neither.
    pub fn stated(self, id: AnswerId) -> Option<Stated> {
        let is_not_applicable = self.answer(id).is_some_and(Answer::is_not_applicable);
        if is_not_applicable { Some(Stated::NotApplicable) } else { self.level(id).map(Stated::Level) }
    }

    /// What a verdict on an answer states; `None` if the reviewer could not tell.
    pub fn found(self, id: AnswerId, verdict: &Verdict) -> Option<Stated> {
        match verdict.says {
            Says::Level(level) => Some(Stated::Level(level)),
            Says::Agrees => self.stated(id),
            Says::NotApplicable => Some(Stated::NotApplicable),
            Says::CannotTell => None,
        }
    }

    /// What the reviewers of an answer found together; `None` if nobody looked at it.
    pub fn opinion(self, id: AnswerId) -> Option<Opinion> {
        self.scores().verdicts.contains_key(&id).then(|| {
            let found = || self.verdicts(id).filter_map(|(_, verdict)| self.found(id, verdict));
            Opinion { reviewed: found().min(), reviewers: u32::try_from(found().count()).unwrap_or(u32::MAX) }
        })
    }

    /// Whether a reviewer has a verdict on an answer.
    pub fn is_reviewed(self, id: AnswerId) -> bool {
        self.opinion(id).is_some_and(|opinion| opinion.reviewed.is_some())
    }

    /// Whether a team gave an answer that can be reviewed: a level, or that the control does not apply.
    pub fn is_reviewable(self, id: AnswerId) -> bool {
        self.is_asked(id) && self.exclusion(id.control).is_none() && self.stated(id).is_some()
    }

    /// Every answer that can be reviewed, in the order of frameworks, controls and teams.
    pub fn reviewable(self) -> impl Iterator<Item = AnswerId> {
        self.all_answers().map(|(id, _)| id).filter(move |id| self.is_reviewable(*id))
    }

    /// How many answers at or below a node are reviewed, of all teams or of one.
    pub fn review_share(self, node: Node, team: Option<TeamId>) -> ReviewShare {
        let mut share = ReviewShare::default();
        for control in self.framework(node.framework()).controls_of(node).iter() {
            let teams = self.teams_asked(control).filter(|asked| team.is_none_or(|only| only == *asked));
            for id in teams.map(|team| control.of(team)).filter(|id| self.is_reviewable(*id)) {
                share.given += 1;
                match self.opinion(id).map(|opinion| opinion.reviewed) {
                    Some(Some(_)) => share.reviewed += 1,
                    Some(None) => share.undecided += 1,
                    None => {}
                }
            }
        }
        share
    }

    /// What reviewers found of the answers at or below a node, of all teams or of one.
    pub fn reviewed(self, node: Node, team: Option<TeamId>) -> Reviewed {
        let mut reviewed = Reviewed::default();
        if self.scores().verdicts.is_empty() {
            return reviewed;
        }
        let controls = self.framework(node.framework()).controls_of(node);
        let teams = self.settings().teams.run();
        let mut ends = controls.iter().next().into_iter().chain(controls.iter().next_back());
        let (Some(first), Some(last)) = (ends.next(), ends.next()) else { return reviewed };
        let (Some(one), Some(other)) = (teams.iter().next(), teams.iter().next_back()) else { return reviewed };
        for (id, _) in self.scores().verdicts.range(first.of(one)..=last.of(other)) {
            let opinion = self.opinion(*id).filter(|_| team.is_none_or(|only| only == id.team));
            let Some(Opinion { reviewed: Some(found), reviewers }) = opinion else { continue };
            reviewed.lowest = [reviewed.lowest, found.level()].into_iter().flatten().min();
            reviewed.verdicts += reviewers;
            reviewed.answers += 1;
        }
        reviewed
    }

    /// Every verdict that states something else than its answer: the widest difference first, then what is not a matter of levels.
    pub fn disagreements(self) -> Vec<Disagreement<'a>> {
        let of_answer = |id: &AnswerId| {
            let (answer, stated) = (*id, self.stated(*id));
            self.verdicts(answer).filter_map(move |(review, verdict)| {
                let (stated, reviewed) = (stated?, self.found(answer, verdict)?);
                (stated != reviewed).then_some(Disagreement { answer, stated, reviewed, review, verdict })
            })
        };
        let mut all: Vec<Disagreement<'a>> = self.scores().verdicts.keys().flat_map(of_answer).collect();
        all.sort_by_key(|one| Reverse(one.width().map_or(0, i64::abs)));
        all
    }

    /// The answers for key controls that can be reviewed and are not.
    pub fn unreviewed_keys(self) -> Vec<AnswerId> {
        let controls = self.assessment.frameworks.iter().flat_map(|framework| framework.controls.ids());
        let keys = controls.filter(|control| self.control(*control).rules.key);
        let counted = keys.flat_map(|control| self.teams_that_count(control, None).map(move |team| control.of(team)));
        counted.filter(|id| self.is_reviewable(*id) && !self.is_reviewed(*id)).collect()
    }

    /// The newest quarter up to this one that a seal closes; `None` if there is none.
    pub fn newest_sealed(self) -> Option<Self> {
        let up_to_here = self.scored.quarters().filter(|quarter| quarter.id <= self.id);
        up_to_here.rev().find(|quarter| quarter.answers().seal.is_some())
    }

    /// Every finding of the reviews up to this quarter, oldest first, with what became of it up to its end.
    pub fn review_findings(self) -> Vec<KnownFinding<'a>> {
        let quarters = || self.scored.quarters().filter(|quarter| quarter.id <= self.id);
        let mut retests: BTreeMap<&str, Vec<(QuarterId, &Retest)>> = BTreeMap::new();
        for quarter in quarters() {
            for retest in quarter.answers().reviews.iter().flat_map(|review| &review.retests) {
                retests.entry(&retest.finding).or_default().push((quarter.id, retest));
            }
        }
        retests.values_mut().for_each(|retests| retests.sort_by_key(|(quarter, retest)| (*quarter, retest.date)));
        let known = quarters().flat_map(|quarter| {
            let reviews = self.scored.quarter(quarter.id).answers().reviews.iter();
            let findings = reviews.flat_map(|review| review.findings.iter().map(move |finding| (review, finding)));
            findings.map(move |(review, finding)| (quarter.id, review, finding)).collect::<Vec<_>>()
        });
        let known = known.map(|(raised, review, finding)| {
            let retests = retests.get(finding.id.as_str()).cloned().unwrap_or_default();
            let mut known = KnownFinding {
                finding,
                review,
                raised,
                answer: self.followed(finding.answer),
                retests,
                is_late: false,
            };
            known.is_late = known.closed().is_none() && finding.last_day().is_some_and(|last| last < self.closes());
            known
        });
        known.collect()
    }

    /// The findings that a retest closed since the quarter `before`, where they were open or not raised yet. That may be of another
    /// state of the workspace.
    pub fn closed_since(self, before: ScoredQuarter<'_>) -> Vec<KnownFinding<'a>> {
        let closed = before.review_findings().into_iter().filter(|known| known.closed().is_some());
        let closed: BTreeSet<String> = closed.map(|known| known.finding.id.clone()).collect();
        let mut all = self.review_findings();
        all.retain(|known| known.closed().is_some() && !closed.contains(&known.finding.id));
        all
    }

    /// The answers that a retest settled: those of findings that are closed, as they are given now.
    fn settled(self) -> BTreeSet<(QuarterId, AnswerId)> {
        let closed = self.review_findings().into_iter().filter(|known| known.closed().is_some());
        closed.map(|known| (known.raised, known.answer)).collect()
    }

    /// Where reviewers found less than the answers state now: by the newest verdicts on each answer, up to this quarter, that no
    /// retest has settled.
    pub fn found_lower(self) -> Vec<FoundLower<'a>> {
        let settled = self.settled();
        let mut newest: BTreeMap<AnswerId, Option<FoundLower<'a>>> = BTreeMap::new();
        let quarters = self.scored.quarters().filter(|quarter| quarter.id <= self.id && quarter.is_on_scale_of(self));
        for quarter in quarters.rev() {
            for old in quarter.scores().verdicts.keys() {
                let answer = self.followed(*old);
                let found =
                    quarter.verdicts(*old).filter_map(|(_, verdict)| Some((quarter.found(*old, verdict)?, verdict)));
                let Some((reviewed, verdict)) = found.min_by_key(|(found, _)| *found) else { continue };
                let lower = self.stated(answer).filter(|stated| {
                    reviewed < *stated && self.is_asked(answer) && !settled.contains(&(quarter.id, answer))
                });
                let lower = lower.map(|stated| FoundLower { answer, stated, reviewed, quarter: quarter.id, verdict });
                newest.entry(answer).or_insert(lower);
            }
        }
        newest.into_values().flatten().collect()
    }

    /// The answers of this quarter that a reviewer disagrees with, as no retest up to the quarter `until` has settled them.
    pub fn unsettled(self, until: Self) -> Vec<Disagreement<'a>> {
        let settled = until.settled();
        let mut seen = BTreeSet::new();
        let mut open = self.disagreements();
        open.retain(|one| !settled.contains(&(self.id, until.followed(one.answer))) && seen.insert(one.answer));
        open
    }
}
