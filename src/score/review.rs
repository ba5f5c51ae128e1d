//! What reviewers found beside what the teams say. Verdicts enter no score: they are counted, compared answer by answer, and never
//! joined into a mean.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::base::number::Level;
use crate::base::text::as_name;
use crate::model::assessment::InQuarter;
use crate::model::catalog::Node;
use crate::model::evidence::{Answer, State};
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
    /// Whether each of them judged the whole Category, and none this answer by itself.
    pub with_category: bool,
}

/// What reviewers found of the answers at or below a node, and how much of these is reviewed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reviewed {
    /// The answers that can be reviewed: those with a level, those that say that a control does not apply, and those without either
    /// that a reviewer has a verdict on.
    pub all: u32,
    /// Those of them of which a reviewer found something.
    pub answers: u32,
    /// Those of the reviewed ones that reviewers judged only with their Category.
    pub with_category: u32,
    /// Those that a reviewer looked at and could not judge.
    pub undecided: u32,
    /// The lowest level that a reviewer found; `None` if no verdict gives one.
    pub lowest: Option<Level>,
    /// How many verdicts found something.
    pub verdicts: u32,
}

impl Reviewed {
    /// How many of the answers have a verdict of their own. A key control is reviewed only by such a verdict.
    pub fn by_themselves(self) -> u32 {
        self.answers - self.with_category
    }

    /// Those of one part and of another together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            all: self.all + other.all,
            answers: self.answers + other.answers,
            with_category: self.with_category + other.with_category,
            undecided: self.undecided + other.undecided,
            lowest: [self.lowest, other.lowest].into_iter().flatten().min(),
            verdicts: self.verdicts + other.verdicts,
        }
    }
}

/// A verdict that states something else than the answer does.
#[derive(Clone, Copy, Debug)]
pub struct Disagreement<'a> {
    /// The answer.
    pub answer: AnswerId,
    /// What the answer states: the level that counts. `None` if the team gave neither a level nor that the control does not apply.
    pub stated: Option<Stated>,
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
        Some(self.reviewed.level()?.millionths() - self.stated?.level()?.millionths())
    }
}

/// A level that a reviewer found, below what the answer stated at that time and below what it states now.
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

/// The verdicts on each answer of a quarter. One on a whole Category is on the answers in it that state something. Of one reviewer, a
/// verdict on a control replaces it.
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
            if verdict.is_on_category() == of_control {
                continue;
            }
            let controls = quarter.framework(verdict.node.framework()).controls_of(verdict.node);
            for id in controls.iter().map(|control| control.of(verdict.team)) {
                let is_asked = quarter.is_asked(id) && quarter.exclusion(id.control).is_none();
                let states_nothing = |answer: &Answer| matches!(answer.state, State::Unknown { .. });
                let is_given = || quarter.answer(id).is_some_and(|answer| !states_nothing(answer));
                if is_asked && (of_control || is_given()) {
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
            let verdicts = self.verdicts(id).map(|(_, verdict)| verdict);
            let found = verdicts.filter_map(|verdict| Some((self.found(id, verdict)?, verdict)));
            let alone = Opinion { with_category: true, ..Opinion::default() };
            let together = found.fold(alone, |so_far, (found, verdict)| Opinion {
                reviewed: Some(so_far.reviewed.map_or(found, |lowest| lowest.min(found))),
                reviewers: so_far.reviewers + 1,
                with_category: so_far.with_category && verdict.is_on_category(),
            });
            Opinion { with_category: together.with_category && together.reviewed.is_some(), ..together }
        })
    }

    /// Whether a team gave an answer that can be reviewed: a level, or that the control does not apply.
    pub fn is_reviewable(self, id: AnswerId) -> bool {
        self.is_asked(id) && self.exclusion(id.control).is_none() && self.stated(id).is_some()
    }

    /// Every answer that can be reviewed, in the order of frameworks, controls and teams.
    pub fn reviewable(self) -> impl Iterator<Item = AnswerId> {
        self.all_answers().map(|(id, _)| id).filter(move |id| self.is_reviewable(*id))
    }

    /// What reviewers found of the answers at or below a node, of all teams or of one. Nothing if nobody reviews in this workspace.
    pub fn reviewed(self, node: Node, team: Option<TeamId>) -> Reviewed {
        if !self.assessment.has_reviews() {
            return Reviewed::default();
        }
        let teams = |control| team.map_or_else(|| self.teams_asked(control).collect(), |team| vec![team]);
        let controls = self.framework(node.framework()).controls_of(node);
        let ids = controls.iter().flat_map(|control| teams(control).into_iter().map(move |team| control.of(team)));
        ids.map(|id| self.reviewed_answer(id)).fold(Reviewed::default(), Reviewed::and)
    }

    /// What reviewers found of the answers of all frameworks, of all teams or of one.
    pub fn reviewed_in_all(self, team: Option<TeamId>) -> Reviewed {
        let frameworks = self.assessment.frameworks.ids().map(Node::Framework);
        frameworks.map(|framework| self.reviewed(framework, team)).fold(Reviewed::default(), Reviewed::and)
    }

    fn reviewed_answer(self, id: AnswerId) -> Reviewed {
        let opinion = self.opinion(id);
        let counted = Reviewed { all: 1, ..Reviewed::default() };
        match opinion {
            Some(Opinion { reviewed: Some(found), reviewers, with_category }) => Reviewed {
                answers: 1,
                with_category: with_category.into(),
                lowest: found.level(),
                verdicts: reviewers,
                ..counted
            },
            Some(Opinion { reviewed: None, .. }) => Reviewed { undecided: 1, ..counted },
            None if self.is_reviewable(id) => counted,
            None => Reviewed::default(),
        }
    }

    /// Every verdict that states something else than its answer: the widest difference first, then what is not a matter of levels.
    pub fn disagreements(self) -> Vec<Disagreement<'a>> {
        let of_answer = |id: &AnswerId| {
            let (answer, stated) = (*id, self.stated(*id));
            self.verdicts(answer).filter_map(move |(review, verdict)| {
                let reviewed = self.found(answer, verdict)?;
                (stated != Some(reviewed)).then_some(Disagreement { answer, stated, reviewed, review, verdict })
            })
        };
        let mut all: Vec<Disagreement<'a>> = self.scores().verdicts.keys().flat_map(of_answer).collect();
        all.sort_by_key(|one| Reverse(one.width().map_or(0, i64::abs)));
        all
    }

    /// The answers for key controls that can be reviewed and have no verdict of their own. One on the whole Category is not enough.
    pub fn unreviewed_keys(self) -> Vec<AnswerId> {
        let controls = self.assessment.frameworks.iter().flat_map(|framework| framework.controls.ids());
        let keys = controls.filter(|control| self.control(*control).rules.key);
        let counted = keys.flat_map(|control| self.teams_that_count(control, None).map(move |team| control.of(team)));
        let is_judged = |id| self.opinion(id).is_some_and(|one| one.reviewed.is_some() && !one.with_category);
        counted.filter(|id| self.is_reviewable(*id) && !is_judged(*id)).collect()
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
    /// retest has settled. A verdict is on the answer of its own quarter: where it agreed with that one, a team that rose since then
    /// has nothing to correct.
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
                let was_lower = quarter.stated(*old).is_some_and(|stated| reviewed < stated);
                let lower = self.stated(answer).filter(|stated| {
                    let is_open = self.is_asked(answer) && !settled.contains(&(quarter.id, answer));
                    was_lower && reviewed < *stated && is_open
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
