//! Finds points in a quarter that need attention: claims that evidence does not support, targets without a decision behind them,
//! exclusions that nobody approved.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;

use crate::base::place::Origin;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::evidence::{Answer, Attestation, Item, Renewal, State};
use crate::model::ids::{AnswerId, ControlId, TeamId};
use crate::model::plan::{Action, Exception, Status};
use crate::model::profile::{Exclusion, Target};
use crate::model::strings::Strings;
use crate::score::explain::beside_facts;
use crate::score::review::{FoundLower, KnownFinding, Stated};
use crate::score::{AnswerLevels, ScoredQuarter};

/// One point that needs attention. A finding is not an error: the figures are correct.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The kind of finding.
    pub code: Code,
    /// What it is about.
    pub about: About,
    /// What it is about, in words; empty if `detail` already says so.
    pub subject: String,
    /// What was found, with its numbers.
    pub detail: String,
    /// What to do about it.
    pub help: String,
    /// Where the cause is written.
    pub origin: Origin,
}

/// What a finding is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// A team's answer.
    Answer(AnswerId),
    /// Several answers of a team.
    Team(TeamId),
    /// A target or an exclusion of the profile, identified by its id.
    Decision(String),
    /// An exception for a control.
    Exception(ControlId),
}

impl Finding {
    /// Subject and detail in one sentence.
    pub fn message(&self) -> String {
        if self.subject.is_empty() { self.detail.clone() } else { format!("{}: {}", self.subject, self.detail) }
    }

    /// The finding in the form that `milepost check` prints.
    pub fn diagnostic(&self) -> Diagnostic {
        Diagnostic::new(self.code, self.origin.place.clone(), self.message()).help(self.help.clone())
    }
}

/// The findings of a quarter in `words`: first those about a team's answers together, by team; then those about one answer, by
/// framework, control and team; then those about decisions.
pub fn findings(quarter: ScoredQuarter<'_>, words: &Strings) -> Vec<Finding> {
    let look = Look { quarter, words };
    let profile = quarter.profile();
    let default = profile.targets.default.iter().map(|target| ("default", target));
    let plan = &quarter.assessment.plan;
    let decisions = look
        .open_targets(default.chain(quarter.targets()))
        .chain(quarter.exclusions().filter_map(|(id, exclusion)| look.unapproved(id, exclusion)))
        .chain(plan.actions.iter().filter_map(|action| look.overdue(action)))
        .chain(plan.actions.iter().filter_map(|action| look.idle(action)))
        .chain(plan.actions.iter().filter_map(|action| look.without_effect(action)))
        .chain(plan.exceptions.iter().filter_map(|exception| look.expired(exception)))
        .chain(quarter.review_findings().into_iter().filter_map(|known| look.retest_due(&known)));
    let of_answers = quarter.all_answers().flat_map(|(id, answer)| look.of_answer(id, answer));
    let of_collectors = look.by_machines().chain(look.stale_collectors()).chain(look.other_collectors());
    let reviewed = quarter.found_lower().into_iter().map(|lower| look.reviewed_lower(lower));
    let of_files = look.vanished().chain(look.copied()).chain(of_collectors);
    of_files.chain(of_answers).chain(reviewed).chain(decisions).collect()
}

/// Answers by their team.
fn by_team<'a>(answers: impl Iterator<Item = (AnswerId, &'a Answer)>) -> BTreeMap<TeamId, Vec<(AnswerId, &'a Answer)>> {
    let mut teams: BTreeMap<TeamId, Vec<(AnswerId, &Answer)>> = BTreeMap::new();
    answers.for_each(|(id, answer)| teams.entry(id.team).or_default().push((id, answer)));
    teams
}

/// A quarter that is looked at, and the words for what is found.
#[derive(Clone, Copy)]
struct Look<'a> {
    quarter: ScoredQuarter<'a>,
    words: &'a Strings,
}

impl<'a> Look<'a> {
    /// The findings that answers of the quarter before are gone, one for each team.
    fn vanished(self) -> impl Iterator<Item = Finding> {
        by_team(self.quarter.vanished()).into_iter().map(move |(team, gone)| {
            let is_carried = gone.iter().all(|(id, _)| self.quarter.same_before(*id).is_some());
            let help = if is_carried { "finding.vanished_help" } else { "finding.vanished_unclear_help" };
            let help = self.words.word(help);
            self.of_team(Code::VanishedAnswer, team, &gone, "finding.vanished", &[], help)
        })
    }

    /// The findings that answers only repeat the quarter before, one for each team, and for each day that is too late to attest them.
    fn copied(self) -> impl Iterator<Item = Finding> {
        let (quarter, words) = (self.quarter, self.words);
        let first = words.day(quarter.answers().opens);
        let last = words.day(Attestation::last_day(quarter.closes()));
        let copied = quarter.all_answers().filter(|(_, answer)| answer.renewal == Renewal::Copied);
        let late = move |answer: &Answer| answer.attested.as_ref()?.late(quarter.closes());
        by_team(copied).into_iter().flat_map(move |(team, copied)| {
            let mut by_day: BTreeMap<Option<Date>, Vec<(AnswerId, &Answer)>> = BTreeMap::new();
            copied.into_iter().for_each(|(id, answer)| by_day.entry(late(answer)).or_default().push((id, answer)));
            let finding = |(late, copied): (Option<Date>, Vec<(AnswerId, &Answer)>)| {
                let (key, help) = match late {
                    None => ("finding.copied", "finding.copied_help"),
                    Some(_) => ("finding.copied_late", "finding.copied_late_help"),
                };
                let help = words.say(help, &[("first", &first), ("last", &last)]);
                let day = late.map(|late| words.day(late)).unwrap_or_default();
                self.of_team(Code::CopiedAnswer, team, &copied, key, &[("day", &day), ("last", &last)], help)
            };
            by_day.into_iter().map(finding).collect::<Vec<_>>()
        })
    }

    /// A finding about several answers of a team, in the words of `key`, which may have `more` values. The place is that of the first.
    fn of_team(
        self,
        code: Code,
        team: TeamId,
        answers: &[(AnswerId, &Answer)],
        key: &str,
        more: &[(&str, &dyn fmt::Display)],
        help: String,
    ) -> Finding {
        let quarter = self.quarter;
        let mut controls: Vec<String> = answers.iter().map(|(id, _)| self.control(id.control)).collect();
        controls.dedup();
        let before = quarter.before_of(team).map(|before| before.name().to_string()).unwrap_or_default();
        let controls = self.words.first_of(&controls);
        let count = answers.len();
        let values: [(&str, &dyn fmt::Display); 3] = [("n", &count), ("quarter", &before), ("controls", &controls)];
        let values: Vec<(&str, &dyn fmt::Display)> = values.into_iter().chain(more.iter().copied()).collect();
        Finding {
            code,
            about: About::Team(team),
            subject: quarter.assessment.team(team).name.clone(),
            detail: self.words.say(key, &values),
            help,
            origin: answers.first().map_or_else(Origin::not_shown, |(_, answer)| answer.origin.clone()),
        }
    }

    fn control(self, control: ControlId) -> String {
        self.quarter.control(control).called.name().to_owned()
    }

    /// A finding about one answer, for example of `PR.DS-11 of Shore IT`.
    fn about(self, code: Code, id: AnswerId, answer: &Answer, detail: String, help: String) -> Finding {
        let team = &self.quarter.assessment.team(id.team).name;
        Finding {
            code,
            about: About::Answer(id),
            subject: self.words.say("finding.answer", &[("control", &self.control(id.control)), ("team", team)]),
            detail,
            help,
            origin: answer.origin.clone(),
        }
    }

    fn of_answer(self, id: AnswerId, answer: &'a Answer) -> impl Iterator<Item = Finding> {
        let levels = self.quarter.levels(id);
        let contradicted = self.contradicted(id, answer);
        let nothing = levels.and_then(|levels| self.inherits_nothing(id, answer, levels));
        let unsupported = levels.filter(|_| nothing.is_none());
        let unsupported = unsupported.and_then(|levels| self.unsupported(id, answer, levels));
        let beside_facts = levels.and_then(|levels| self.beside_facts(id, answer, levels));
        let unapproved = self.unapproved_answer(id, answer);
        [contradicted, nothing, unsupported, beside_facts, unapproved].into_iter().flatten()
    }

    /// The finding that evidence does not support what an answer claims.
    fn unsupported(self, id: AnswerId, answer: &Answer, levels: AnswerLevels) -> Option<Finding> {
        // What only a contradiction lowers is a finding of its own.
        self.quarter.unmet(id).next()?;
        let shortfall = self.quarter.shortfall(id, levels, self.words)?;
        let detail = shortfall.said(levels, self.words);
        Some(self.about(Code::UnsupportedClaim, id, answer, detail, shortfall.needed))
    }

    /// The finding that a collector found another value than a person gives. It belongs to the answer that gives the fact.
    fn contradicted(self, id: AnswerId, answer: &Answer) -> Option<Finding> {
        let collected = self.quarter.collected(id)?;
        let facts = self.quarter.collected_facts(id, self.words).into_iter();
        let own = facts.filter(|fact| !fact.given.is_empty() && collected.facts.contains_key(&fact.fact));
        let said: Vec<String> = own.map(|fact| fact.said(self.words)).collect();
        let help = self.words.word("finding.contradicted_help");
        (!said.is_empty()).then(|| self.about(Code::ContradictedFact, id, answer, said.join("; "), help))
    }

    /// The findings that answers depend on collected evidence alone, and that nobody attests them; one for each team.
    fn by_machines(self) -> impl Iterator<Item = Finding> {
        let alone = self.quarter.all_answers().filter(|(_, answer)| answer.rests_on_machines());
        by_team(alone).into_iter().map(move |(team, alone)| {
            let help = self.words.word("finding.by_machines_help");
            self.of_team(Code::MachineEvidenceAlone, team, &alone, "finding.by_machines", &[], help)
        })
    }

    /// The findings that all items of a collector are too old for the controls that they serve.
    fn stale_collectors(self) -> impl Iterator<Item = Finding> {
        let quarter = self.quarter;
        let mut collectors: BTreeMap<(TeamId, &str), Vec<(AnswerId, &Item)>> = BTreeMap::new();
        for (id, collected) in &quarter.answers().collected {
            for item in collected.evidence.iter().filter(|_| quarter.is_asked(*id)) {
                let name = item.collected.as_ref().map_or("", |by| by.collector.as_str());
                collectors.entry((id.team, name)).or_default().push((*id, item));
            }
        }
        collectors.into_iter().filter_map(move |((team, name), items)| {
            if items.iter().any(|(id, item)| !quarter.is_stale(id.control, item)) {
                return None;
            }
            let (id, newest) = items.iter().min_by_key(|(_, item)| item.period.age(quarter.closes()))?;
            let values: [(&str, &dyn fmt::Display); 5] = [
                ("collector", &name),
                ("day", &self.words.day(newest.period.to)),
                ("n", &newest.period.age(quarter.closes())),
                ("limit", &quarter.rules(id.control).max_age()),
                ("control", &self.control(id.control)),
            ];
            Some(Finding {
                code: Code::StaleCollector,
                about: About::Team(team),
                subject: quarter.assessment.team(team).name.clone(),
                detail: self.words.say("finding.stale_collector", &values),
                help: self.words.word("finding.stale_collector_help"),
                origin: newest.origin.clone(),
            })
        })
    }

    /// The findings that a team's collected file is not what its collectors would make now.
    fn other_collectors(self) -> impl Iterator<Item = Finding> {
        let quarter = self.quarter;
        quarter.answers().collections.iter().filter_map(move |(team, collection)| {
            let list = |key: &str, names: &[String]| {
                (!names.is_empty()).then(|| self.words.say(key, &[("collectors", &self.words.list(names))]))
            };
            let edited = collection.is_edited.then(|| self.words.word("finding.collector_edited"));
            let said = [
                edited,
                list("finding.collector_gone", &collection.gone),
                list("finding.collector_changed", &collection.changed),
            ];
            let said: Vec<String> = said.into_iter().flatten().collect();
            (!said.is_empty()).then(|| Finding {
                code: Code::CollectorDiffers,
                about: About::Team(*team),
                subject: quarter.assessment.team(*team).name.clone(),
                detail: self.words.list(&said),
                help: self.words.word("finding.collector_help"),
                origin: collection.origin.clone(),
            })
        })
    }

    /// The finding that an answer inherits from one that gives no level.
    fn inherits_nothing(self, id: AnswerId, answer: &Answer, levels: AnswerLevels) -> Option<Finding> {
        let shortfall = self.quarter.nothing_lent_to(id, self.words)?;
        let detail = if levels.supported < levels.claimed { shortfall.said(levels, self.words) } else { shortfall.why };
        Some(self.about(Code::InheritsNothing, id, answer, detail, shortfall.needed))
    }

    /// The finding that a team wrote another level than its facts make.
    fn beside_facts(self, id: AnswerId, answer: &Answer, levels: AnswerLevels) -> Option<Finding> {
        let written = self.quarter.level_beside_facts(id, levels)?;
        let command = format!("milepost explain {}", self.control(id.control));
        let help = self.words.say("finding.beside_facts_help", &[("command", &command)]);
        Some(self.about(Code::ClaimBesideFacts, id, answer, beside_facts(written, levels, self.words), help))
    }

    /// The finding that nobody approved an answer of "not applicable".
    fn unapproved_answer(self, id: AnswerId, answer: &Answer) -> Option<Finding> {
        let State::NotApplicable { approved_by, .. } = &answer.state else { return None };
        (approved_by.is_empty() && self.quarter.exclusion(id.control).is_none()).then(|| {
            let (detail, help) =
                (self.words.word("finding.unapproved_answer"), self.words.word("finding.unapproved_help"));
            self.about(Code::UnapprovedExclusion, id, answer, detail, help)
        })
    }

    /// The finding that a reviewer found less than an answer states.
    fn reviewed_lower(self, lower: FoundLower<'_>) -> Finding {
        let (quarter, words) = (self.quarter, self.words);
        let reviewed = quarter.scored.quarter(lower.quarter).name();
        let shown = |stated: Stated| stated.level().map(|level| words.level(level)).unwrap_or_default();
        let key = match lower.stated {
            Stated::Level(_) => "finding.reviewed_lower",
            Stated::NotApplicable => "finding.reviewed_applies",
        };
        let values: [(&str, &dyn fmt::Display); 3] =
            [("quarter", &reviewed), ("found", &shown(lower.reviewed)), ("stated", &shown(lower.stated))];
        let team = &quarter.assessment.team(lower.answer.team).name;
        let control = self.control(lower.answer.control);
        Finding {
            code: Code::ReviewedLower,
            about: About::Answer(lower.answer),
            subject: words.say("finding.answer", &[("control", &control), ("team", team)]),
            detail: words.say(key, &values),
            help: words.word("finding.reviewed_lower_help"),
            origin: lower.verdict.origin.clone(),
        }
    }

    /// The finding that a finding of a review is open after its retest.
    fn retest_due(self, known: &KnownFinding<'_>) -> Option<Finding> {
        let last = known.finding.last_day().filter(|_| known.is_late)?;
        Some(Finding {
            code: Code::RetestDue,
            about: About::Answer(known.answer),
            subject: format!("{}, {}", known.finding.id, known.finding.title),
            detail: self.words.say("finding.retest_due", &[("day", &self.words.day(last))]),
            help: self.words.word("finding.retest_due_help"),
            origin: known.finding.origin.clone(),
        })
    }

    fn overdue(self, action: &Action) -> Option<Finding> {
        let closes = self.quarter.closes();
        action.is_overdue_on(closes).then(|| {
            let (day, status) = (self.words.day(action.due), self.words.status(action.status_on(closes)));
            let detail = self.words.say("finding.overdue", &[("day", &day), ("status", &status)]);
            self.of_action(action, Code::OverdueAction, detail, "finding.overdue_help")
        })
    }

    /// The finding that an open action raises nothing: its answer is at that level, or can have none.
    fn idle(self, action: &Action) -> Option<Finding> {
        let (quarter, words) = (self.quarter, self.words);
        let id = quarter.followed(action.answer);
        let level = quarter.level(id);
        let key = match (quarter.answer(id), level) {
            _ if !quarter.is_asked(id) => "finding.idle_not_asked",
            (Some(answer), _) if answer.is_not_applicable() => "finding.idle_not_applicable",
            (_, Some(level)) if level >= action.raises_to => "finding.idle",
            _ => return None,
        };
        action.is_open_on(quarter.closes()).then(|| {
            let values: [(&str, &dyn fmt::Display); 4] = [
                ("raised", &words.level(action.raises_to)),
                ("control", &self.control(id.control)),
                ("team", &quarter.assessment.team(id.team).name),
                ("level", &level.map(|level| words.level(level)).unwrap_or_default()),
            ];
            self.of_action(action, Code::ActionRaisesNothing, words.say(key, &values), "finding.idle_help")
        })
    }

    /// The finding that an action was done in the quarter but the answer has not reached the action's level.
    fn without_effect(self, action: &Action) -> Option<Finding> {
        let (quarter, words) = (self.quarter, self.words);
        let days = quarter.answers().opens..=quarter.closes();
        let Status::Done(day) = action.status else { return None };
        let id = quarter.followed(action.answer);
        let level = quarter.level(id);
        let reached = level.is_some_and(|level| level >= action.raises_to);
        (days.contains(&day) && !reached).then(|| {
            let (control, raised) = (self.control(id.control), words.level(action.raises_to));
            let key = if level.is_some() { "finding.no_effect" } else { "finding.no_effect_no_level" };
            let level = level.map(|level| words.level(level)).unwrap_or_default();
            let detail = words.say(key, &[("control", &control), ("level", &level), ("raised", &raised)]);
            self.of_action(action, Code::ActionWithoutEffect, detail, "finding.no_effect_help")
        })
    }

    /// A finding about an action. It belongs to the answer that the action is meant to raise, of the team that is asked now.
    fn of_action(self, action: &Action, code: Code, detail: String, help: &str) -> Finding {
        Finding {
            code,
            about: About::Answer(self.quarter.followed(action.answer)),
            subject: format!("{}, {}", action.id, action.title),
            detail,
            help: self.words.word(help),
            origin: action.origin.clone(),
        }
    }

    fn expired(self, exception: &Exception) -> Option<Finding> {
        exception.is_expired_on(self.quarter.closes()).then(|| Finding {
            code: Code::ExpiredException,
            about: About::Exception(exception.control),
            subject: exception.id.clone(),
            detail: self.words.say("finding.expired", &[("day", &self.words.day(exception.expires))]),
            help: self.words.word("finding.expired_help"),
            origin: exception.origin.clone(),
        })
    }

    /// One finding for each thing that targets lack, however many lack the same.
    fn open_targets<'t>(self, targets: impl Iterator<Item = (&'t str, &'t Target)>) -> impl Iterator<Item = Finding> {
        let words = self.words;
        // What they lack, the first that lacks it, and how many lack the same.
        let mut lacking: Vec<(Vec<OpenPoint>, (&str, &Target), usize)> = Vec::new();
        for target in targets {
            let open = open_points(target.1, self.quarter.closes());
            match lacking.iter_mut().find(|(other, ..)| *other == open) {
                _ if open.is_empty() => {}
                Some((.., count)) => *count += 1,
                None => lacking.push((open, target, 1)),
            }
        }
        lacking.into_iter().map(move |(open, (id, target), count)| {
            let code = format!("`{id}`");
            let values: [(&str, &dyn fmt::Display); 3] =
                [("n", &count), ("id", &code), ("level", &words.level(target.level))];
            let points: Vec<String> = open.iter().map(|point| point.said(words)).collect();
            Finding {
                code: Code::OpenTarget,
                about: About::Decision(id.to_owned()),
                subject: words.say("finding.targets", &values),
                detail: words.list(&points),
                help: words.word("finding.targets_help"),
                origin: target.origin.clone(),
            }
        })
    }

    fn unapproved(self, id: &str, exclusion: &Exclusion) -> Option<Finding> {
        exclusion.approved_by.is_empty().then(|| Finding {
            code: Code::UnapprovedExclusion,
            about: About::Decision(id.to_owned()),
            subject: String::new(),
            detail: self.words.say("finding.unapproved", &[("id", &format!("`{id}`"))]),
            help: self.words.word("finding.unapproved_help"),
            origin: exclusion.origin.clone(),
        })
    }
}

/// What a target lacks to count as a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenPoint {
    /// It has no reason.
    Reason,
    /// Nobody approved it.
    Approval,
    /// It has no due date.
    Due,
    /// It has no date of review.
    Review,
    /// Its review was due on this day.
    Overdue(Date),
}

impl OpenPoint {
    /// The point in words.
    pub fn said(self, words: &Strings) -> String {
        match self {
            Self::Reason => words.word("targets.no_reason"),
            Self::Approval => words.word("targets.not_approved"),
            Self::Due => words.word("targets.no_due"),
            Self::Review => words.word("targets.no_review"),
            Self::Overdue(day) => words.say("targets.review_overdue", &[("day", &words.day(day))]),
        }
    }
}

/// What a target still lacks at the end of the quarter.
pub fn open_points(target: &Target, closes: Date) -> Vec<OpenPoint> {
    let review = match target.review {
        None => Some(OpenPoint::Review),
        Some(review) => (review < closes).then_some(OpenPoint::Overdue(review)),
    };
    let points = [
        target.why.is_empty().then_some(OpenPoint::Reason),
        target.approved_by.is_empty().then_some(OpenPoint::Approval),
        target.due.is_none().then_some(OpenPoint::Due),
        review,
    ];
    points.into_iter().flatten().collect()
}
