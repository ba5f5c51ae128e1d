//! A scored quarter in, what its numbers call for out: claims that evidence does not carry, targets without a decision behind
//! them, exclusions that nobody approved.

use crate::base::place::Origin;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::assessment::{Assessment, QuarterAnswers};
use crate::model::catalog::Need;
use crate::model::evidence::{Item, Kind, Period, State};
use crate::model::plan::Status;
use crate::model::profile::{Profile, Target};
use crate::score::{Scorecard, Standing, below, current, said_otherwise, unmet};

/// One thing to look at. It is no mistake: the figures are right as they are.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What sort of finding it is.
    pub code: Code,
    /// What it is about.
    pub about: About,
    /// What was found, with its numbers.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// Where the cause is written.
    pub origin: Origin,
}

/// What a finding is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// A team's answer: framework, control and team.
    Answer(usize, usize, usize),
    /// A target, or an exclusion of the profile, by its id.
    Decision(String),
    /// An exception for a control: framework and control.
    Exception(usize, usize),
}

impl Finding {
    /// The finding as `milepost check` prints it.
    pub fn diagnostic(&self) -> Diagnostic {
        Diagnostic::new(self.code, self.origin.place.clone(), self.message.clone()).help(self.help.clone())
    }
}

/// The findings of a quarter: those on answers in the order of frameworks, controls and teams, then those on decisions.
pub fn findings(assessment: &Assessment, scorecard: &Scorecard, quarter: usize) -> Vec<Finding> {
    let mut found = Vec::new();
    for (framework, control, team, answer) in assessment.answers(quarter) {
        let about = || About::Answer(framework, control, team);
        let named = assessment.control(framework, control);
        let who = &assessment.settings.teams[team].name;
        if let Some(standing) = scorecard.quarters[quarter].standing(framework, control, team) {
            if let Some(Shortfall { why, needed }) =
                shortfall(assessment, quarter, (framework, control, team), standing)
            {
                let (claimed, supported) = (standing.claimed.shown(), standing.supported.shown());
                found.push(Finding {
                    code: Code::UnsupportedClaim,
                    about: about(),
                    message: format!("{} of {who}: claimed {claimed}, supported {supported}: {why}", named.id),
                    help: needed,
                    origin: answer.origin.clone(),
                });
            }
            if let Some(said) = said_otherwise(answer, named, standing) {
                let (said, reached) = (said.shown(), standing.claimed.shown());
                found.push(Finding {
                    code: Code::ClaimBesideFacts,
                    about: about(),
                    message: format!("{} of {who}: {said} is written, the facts make {reached}", named.id),
                    help: format!("remove `level`, or see what the facts miss: milepost explain {}", named.id),
                    origin: answer.origin.clone(),
                });
            }
        }
        if let State::NotApplicable { approved_by, .. } = &answer.state {
            let profile = &assessment.quarters[quarter].profile;
            let decided = profile.exclusion(assessment.frameworks[framework].lineage(control)).is_some();
            if approved_by.is_empty() && !decided {
                found.push(Finding {
                    code: Code::UnapprovedExclusion,
                    about: about(),
                    message: format!("{} of {who}: not applicable, and nobody approved it", named.id),
                    help: "add approved_by with the role that agreed".to_owned(),
                    origin: answer.origin.clone(),
                });
            }
        }
    }
    found.extend(decisions(&assessment.quarters[quarter].profile, assessment.quarters[quarter].closes));
    found.extend(plan(assessment, scorecard, quarter));
    found
}

/// The findings on actions and exceptions, as of the quarter's end.
fn plan(assessment: &Assessment, scorecard: &Scorecard, quarter: usize) -> Vec<Finding> {
    let QuarterAnswers { opens, closes, .. } = assessment.quarters[quarter];
    let overdue = assessment.plan.actions.iter().filter(|action| action.is_overdue_on(closes)).map(|action| Finding {
        code: Code::OverdueAction,
        about: About::Answer(action.control.0, action.control.1, action.team),
        message: format!(
            "{}, {}: due {}, still {}",
            action.id,
            action.title,
            action.due,
            action.status_on(closes).name()
        ),
        help: "do it, set a new date with its reason, or drop it".to_owned(),
        origin: action.origin.clone(),
    });
    let closed = assessment
        .plan
        .actions
        .iter()
        .filter(|action| matches!(action.status, Status::Done(day) if (opens..=closes).contains(&day)));
    let without_effect = closed.filter_map(|action| {
        let (framework, control) = action.control;
        let standing = scorecard.quarters[quarter].standing(framework, control, action.team);
        let level = standing.map(|standing| standing.score(assessment.settings.scoring.score));
        let reached = level.is_some_and(|level| level >= action.raises_to);
        let (id, title) = (&action.id, &action.title);
        let stands = level.map_or_else(|| "has no level".to_owned(), |level| format!("is at {}", level.shown()));
        let named = &assessment.control(framework, control).id;
        (!reached).then(|| Finding {
            code: Code::ActionWithoutEffect,
            about: About::Answer(framework, control, action.team),
            message: format!("{id}, {title}: done, but {named} {stands}, not at {}", action.raises_to.shown()),
            help: "answer the control anew with its evidence, or open the action again".to_owned(),
            origin: action.origin.clone(),
        })
    });
    let expired = assessment.plan.exceptions.iter().filter(|exception| exception.is_expired_on(closes));
    let expired = expired.map(|exception| Finding {
        code: Code::ExpiredException,
        about: About::Exception(exception.control.0, exception.control.1),
        message: format!("{}: accepted until {}, which has passed", exception.id, exception.expires),
        help: "close the gap, decide anew with a later date, or remove it".to_owned(),
        origin: exception.origin.clone(),
    });
    overdue.chain(without_effect).chain(expired).collect()
}

/// The findings on targets and on what the profile leaves out.
fn decisions(profile: &Profile, closes: jiff::civil::Date) -> Vec<Finding> {
    let targets = profile.targets.default.iter().map(|target| ("default", target));
    let targets = targets.chain(profile.targets.by_id.iter().map(|(id, target)| (id.as_str(), target)));
    let target = |(id, target): (&str, &Target)| {
        let open = open_points(target, closes);
        (!open.is_empty()).then(|| Finding {
            code: Code::OpenTarget,
            about: About::Decision(id.to_owned()),
            message: format!("the target for `{id}`, level {}: {}", target.level.shown(), open.join(", ")),
            help: "a target is a decision: give why, approved_by, due and a review that lies ahead".to_owned(),
            origin: target.origin.clone(),
        })
    };
    let unapproved = profile.out_of_scope.iter().filter(|(_, exclusion)| exclusion.approved_by.is_empty());
    let exclusion = unapproved.map(|(id, exclusion)| Finding {
        code: Code::UnapprovedExclusion,
        about: About::Decision(id.clone()),
        message: format!("`{id}` is out of scope, and nobody approved it"),
        help: "add approved_by with the role that agreed".to_owned(),
        origin: exclusion.origin.clone(),
    });
    targets.filter_map(target).chain(exclusion).collect()
}

/// What a target lacks to be a decision, as of the quarter's end.
pub fn open_points(target: &Target, closes: jiff::civil::Date) -> Vec<String> {
    let mut open = Vec::new();
    if target.why.is_empty() {
        open.push("no reason".to_owned());
    }
    if target.approved_by.is_empty() {
        open.push("nobody approved it".to_owned());
    }
    if target.due.is_none() {
        open.push("no due date".to_owned());
    }
    match target.review {
        None => open.push("no date of review".to_owned()),
        Some(review) if review < closes => open.push(format!("review overdue since {review}")),
        Some(_) => {}
    }
    open
}

/// Why an answer's evidence carries less than is claimed.
#[derive(Clone, Debug)]
pub struct Shortfall {
    /// What is wrong with the evidence, with the arithmetic.
    pub why: String,
    /// What the level would need.
    pub needed: String,
}

/// Why an answer's evidence carries less than is claimed; `None` where it carries it.
pub fn shortfall(
    assessment: &Assessment,
    quarter: usize,
    (framework, control, team): (usize, usize, usize),
    standing: Standing,
) -> Option<Shortfall> {
    if standing.supported == standing.claimed {
        return None;
    }
    let place = (framework, control);
    let need = unmet(assessment, quarter, place, team).min_by_key(|need| need.from)?;
    let answers = &assessment.quarters[quarter];
    let named = assessment.control(framework, control);
    let fitting: Vec<&Item> =
        answers.evidence_for(place, named, team).filter(|item| need.any_of.contains(&item.kind)).collect();
    let newest = fitting.into_iter().min_by_key(|item| item.period.age(answers.closes));
    let limit = assessment.settings.max_age(&named.rules);
    let why = match newest {
        Some(item) => format!(
            "{} is {} days old at {}, limit {limit}",
            called(item),
            item.period.age(answers.closes),
            answers.closes
        ),
        None => match current(assessment, quarter, place, team).count() {
            0 if answers.evidence_for(place, named, team).next().is_none() => "no evidence is given".to_owned(),
            0 => "no evidence is current".to_owned(),
            _ => format!("there is no {} among its current evidence", any_of(need)),
        },
    };
    let (from, cap) = (need.from.shown(), below(&assessment.settings, need).shown());
    let needed = format!("level {from} and above need a current {}; without it {cap} is the highest", any_of(need));
    Some(Shortfall { why, needed })
}

/// `“Restore drill” of 2025-06-02`.
fn called(item: &Item) -> String {
    let Period { from, to } = item.period;
    if from == to { format!("“{}” of {to}", item.title) } else { format!("“{}” until {to}", item.title) }
}

/// `record, metric or test`.
pub fn any_of(need: &Need) -> String {
    if Kind::ALL.iter().all(|kind| need.any_of.contains(kind)) {
        return "item of evidence".to_owned();
    }
    let names: Vec<&str> = need.any_of.iter().map(|kind: &Kind| kind.name()).collect();
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}
