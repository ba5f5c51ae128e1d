//! Finds points in a quarter that need attention: claims that evidence does not support, targets without a decision behind them,
//! exclusions that nobody approved.

use std::collections::BTreeMap;
use std::fmt;

use crate::base::place::Origin;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::evidence::{Answer, Attestation, Renewal, State};
use crate::model::ids::{AnswerId, ControlId, TeamId};
use crate::model::plan::{Action, Exception, Status};
use crate::model::profile::{Exclusion, Target};
use crate::score::answer::Shortfall;
use crate::score::gate::listed;
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

/// The findings of a quarter: first those about a team's answers together, by team; then those about one answer, by framework,
/// control and team; then those about decisions.
pub fn findings(quarter: ScoredQuarter<'_>) -> Vec<Finding> {
    let of_answer = |(id, answer)| {
        let levels = quarter.levels(id);
        let of_levels = levels.into_iter().flat_map(move |levels| of_levels(quarter, id, answer, levels));
        of_levels.chain(unapproved_answer(quarter, id, answer))
    };
    let targets = &quarter.profile().targets;
    let default = targets.default.iter().map(|target| ("default", target));
    let targets = open_targets(quarter, default.chain(quarter.targets()));
    let exclusions = quarter.exclusions().filter_map(|(id, exclusion)| unapproved(id, exclusion));
    let plan = &quarter.assessment.plan;
    let overdue = plan.actions.iter().filter_map(|action| overdue(quarter, action));
    let idle = plan.actions.iter().filter_map(|action| idle(quarter, action));
    let without_effect = plan.actions.iter().filter_map(|action| without_effect(quarter, action));
    let expired = plan.exceptions.iter().filter_map(|exception| expired(quarter, exception));
    let decisions = targets.chain(exclusions).chain(overdue).chain(idle).chain(without_effect).chain(expired);
    let of_answers = quarter.all_answers().flat_map(of_answer);
    vanished(quarter).chain(copied(quarter)).chain(of_answers).chain(decisions).collect()
}

/// The findings that answers of the quarter before are gone, one for each team.
fn vanished(quarter: ScoredQuarter<'_>) -> impl Iterator<Item = Finding> {
    let before = quarter.before().map(|before| before.name().to_string()).unwrap_or_default();
    by_team(quarter.vanished()).into_iter().map(move |(team, gone)| {
        let what = match gone.len() {
            1 => format!("1 answer of {before} is not there any more"),
            count => format!("{count} answers of {before} are not there any more"),
        };
        let help = "answer anew, or say `unknown` or `not_applicable` and why; `milepost quarter` carries every answer";
        of_team(quarter, Code::VanishedAnswer, team, &gone, &what, help.to_owned())
    })
}

/// The findings that answers only repeat the quarter before, one for each team.
fn copied(quarter: ScoredQuarter<'_>) -> impl Iterator<Item = Finding> {
    let (opens, closes) = (quarter.answers().opens, quarter.closes());
    let before = quarter.before().map(|before| before.name().to_string()).unwrap_or_default();
    let copied = quarter.all_answers().filter(|(_, answer)| answer.renewal == Renewal::Copied);
    by_team(copied).into_iter().map(move |(team, copied)| {
        let what = match copied.len() {
            1 => format!("1 answer only repeats {before}, and nobody attested it again"),
            count => format!("{count} answers only repeat {before}, and nobody attested them again"),
        };
        let last = Attestation::last_day(closes);
        let help = format!(
            "mark them with carried = true; or look again, and attest the file with a later day, from {opens} to {last}"
        );
        of_team(quarter, Code::CopiedAnswer, team, &copied, &what, help)
    })
}

/// Answers by their team.
fn by_team<'a>(answers: impl Iterator<Item = (AnswerId, &'a Answer)>) -> BTreeMap<TeamId, Vec<(AnswerId, &'a Answer)>> {
    let mut teams: BTreeMap<TeamId, Vec<(AnswerId, &Answer)>> = BTreeMap::new();
    answers.for_each(|(id, answer)| teams.entry(id.team).or_default().push((id, answer)));
    teams
}

/// A finding about several answers of a team. The place is that of the first of them.
fn of_team(
    quarter: ScoredQuarter<'_>,
    code: Code,
    team: TeamId,
    answers: &[(AnswerId, &Answer)],
    what: &str,
    help: String,
) -> Finding {
    let controls: Vec<&str> = answers.iter().map(|(id, _)| quarter.control(id.control).called.name()).collect();
    let origin = answers.first().map_or_else(Origin::not_shown, |(_, answer)| answer.origin.clone());
    let subject = quarter.assessment.team(team).name.clone();
    Finding { code, about: About::Team(team), subject, detail: format!("{what}: {}", listed(&controls)), help, origin }
}

/// For example `PR.DS-11 of Shore IT`.
fn named(quarter: ScoredQuarter<'_>, answer: AnswerId) -> String {
    format!("{} of {}", quarter.control(answer.control).called.name(), quarter.assessment.team(answer.team).name)
}

/// The findings about an answer's levels.
fn of_levels(
    quarter: ScoredQuarter<'_>,
    id: AnswerId,
    answer: &Answer,
    levels: AnswerLevels,
) -> impl Iterator<Item = Finding> {
    let finding = move |code, detail, help| Finding {
        code,
        about: About::Answer(id),
        subject: named(quarter, id),
        detail,
        help,
        origin: answer.origin.clone(),
    };
    let (claimed, supported) = (levels.claimed.shown(), levels.supported.shown());
    let unsupported = quarter.shortfall(id, levels).map(|Shortfall { why, needed }| {
        finding(Code::UnsupportedClaim, format!("claimed {claimed}, supported {supported}: {why}"), needed)
    });
    let beside_facts = quarter.level_beside_facts(id, levels).map(|written| {
        let control = quarter.control(id.control).called.name();
        let detail = format!("{} is written, the facts make {claimed}", written.shown());
        let help = format!("remove `level`, or see what the facts miss: milepost explain {control}");
        finding(Code::ClaimBesideFacts, detail, help)
    });
    unsupported.into_iter().chain(beside_facts)
}

/// The finding that nobody approved an answer of "not applicable".
fn unapproved_answer(quarter: ScoredQuarter<'_>, id: AnswerId, answer: &Answer) -> Option<Finding> {
    let State::NotApplicable { approved_by, .. } = &answer.state else { return None };
    (approved_by.is_empty() && quarter.exclusion(id.control).is_none()).then(|| Finding {
        code: Code::UnapprovedExclusion,
        about: About::Answer(id),
        subject: named(quarter, id),
        detail: "not applicable, and nobody approved it".to_owned(),
        help: "add approved_by with the role that agreed".to_owned(),
        origin: answer.origin.clone(),
    })
}

fn overdue(quarter: ScoredQuarter<'_>, action: &Action) -> Option<Finding> {
    let closes = quarter.closes();
    action.is_overdue_on(closes).then(|| {
        let detail = format!("due {}, still {}", action.due, action.status_on(closes).name());
        let help = "do it, set a new date with its reason, or drop it";
        of_action(quarter, action, Code::OverdueAction, detail, help)
    })
}

/// The finding that an open action raises nothing: its answer is at that level, or can have none.
fn idle(quarter: ScoredQuarter<'_>, action: &Action) -> Option<Finding> {
    let id = quarter.followed(action.answer);
    let control = quarter.control(id.control).called.name();
    let why = match (quarter.answer(id), quarter.level(id)) {
        _ if !quarter.is_asked(id) => format!("{} is not asked for {control}", quarter.assessment.team(id.team).name),
        (Some(answer), _) if answer.is_not_applicable() => format!("{control} does not apply"),
        (_, Some(level)) if level >= action.raises_to => format!("{control} is at {}", level.shown()),
        _ => return None,
    };
    action.is_open_on(quarter.closes()).then(|| {
        let detail = format!("raises to {}, and {why}", action.raises_to.shown());
        let help = "close it with status = \"done\" or \"dropped\", or name a higher level";
        of_action(quarter, action, Code::ActionRaisesNothing, detail, help)
    })
}

/// The finding that an action was done in the quarter but the answer has not reached the action's level.
fn without_effect(quarter: ScoredQuarter<'_>, action: &Action) -> Option<Finding> {
    let days = quarter.answers().opens..=quarter.closes();
    let Status::Done(day) = action.status else { return None };
    let id = quarter.followed(action.answer);
    let level = quarter.level(id);
    let reached = level.is_some_and(|level| level >= action.raises_to);
    let stands = level.map_or_else(|| "has no level".to_owned(), |level| format!("is at {}", level.shown()));
    let control = quarter.control(id.control).called.name();
    (days.contains(&day) && !reached).then(|| {
        let detail = format!("done, but {control} {stands}, not at {}", action.raises_to.shown());
        let help = "answer the control anew with its evidence, or open the action again";
        of_action(quarter, action, Code::ActionWithoutEffect, detail, help)
    })
}

/// A finding about an action. It belongs to the answer that the action is meant to raise, of the team that is asked now.
fn of_action(quarter: ScoredQuarter<'_>, action: &Action, code: Code, detail: String, help: &str) -> Finding {
    Finding {
        code,
        about: About::Answer(quarter.followed(action.answer)),
        subject: format!("{}, {}", action.id, action.title),
        detail,
        help: help.to_owned(),
        origin: action.origin.clone(),
    }
}

fn expired(quarter: ScoredQuarter<'_>, exception: &Exception) -> Option<Finding> {
    exception.is_expired_on(quarter.closes()).then(|| Finding {
        code: Code::ExpiredException,
        about: About::Exception(exception.control),
        subject: exception.id.clone(),
        detail: format!("accepted until {}, which has passed", exception.expires),
        help: "close the gap, decide anew with a later date, or remove it".to_owned(),
        origin: exception.origin.clone(),
    })
}

/// One finding for each thing that targets lack, however many lack the same.
fn open_targets<'a>(
    quarter: ScoredQuarter<'_>,
    targets: impl Iterator<Item = (&'a str, &'a Target)>,
) -> impl Iterator<Item = Finding> {
    let mut lacking: Vec<(String, Vec<(&str, &Target)>)> = Vec::new();
    for (id, target) in targets {
        let open =
            open_points(target, quarter.closes()).iter().map(OpenPoint::to_string).collect::<Vec<_>>().join(", ");
        match lacking.iter_mut().find(|(other, _)| *other == open) {
            _ if open.is_empty() => {}
            Some((_, same)) => same.push((id, target)),
            None => lacking.push((open, vec![(id, target)])),
        }
    }
    lacking.into_iter().filter_map(|(detail, same)| {
        let (id, target) = *same.first()?;
        let first = format!("for `{id}`, level {}", target.level.shown());
        Some(Finding {
            code: Code::OpenTarget,
            about: About::Decision(id.to_owned()),
            subject: match same.len() {
                1 => format!("the target {first}"),
                count => format!("{count} targets, the first {first}"),
            },
            detail,
            help: "a target is a decision: give why, approved_by, due and a review that lies ahead".to_owned(),
            origin: target.origin.clone(),
        })
    })
}

fn unapproved(id: &str, exclusion: &Exclusion) -> Option<Finding> {
    exclusion.approved_by.is_empty().then(|| Finding {
        code: Code::UnapprovedExclusion,
        about: About::Decision(id.to_owned()),
        subject: String::new(),
        detail: format!("`{id}` is out of scope, and nobody approved it"),
        help: "add approved_by with the role that agreed".to_owned(),
        origin: exclusion.origin.clone(),
    })
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
    Overdue(jiff::civil::Date),
}

impl fmt::Display for OpenPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reason => f.write_str("no reason"),
            Self::Approval => f.write_str("nobody approved it"),
            Self::Due => f.write_str("no due date"),
            Self::Review => f.write_str("no date of review"),
            Self::Overdue(day) => write!(f, "review overdue since {day}"),
        }
    }
}

/// What a target still lacks at the end of the quarter.
pub fn open_points(target: &Target, closes: jiff::civil::Date) -> Vec<OpenPoint> {
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
