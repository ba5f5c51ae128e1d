//! Evaluates the gates of `milepost.toml` for a scored quarter. A gate passes, fails or is excused; a failed gate lists its causes.
//! What was found is written for its readers: in English in the terminal and in data, in the report's language on its pages.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use crate::base::number::{Level, MILLIONTHS, Mean, largest_first};
use crate::base::place::{Origin, Place};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::catalog::{Framework, Node};
use crate::model::evidence::{Answer, State};
use crate::model::gate::{Gate, GateKind, When};
use crate::model::ids::{AnswerId, ControlId, FrameworkId, TeamId};
use crate::model::plan::Action;
use crate::model::strings::{MOST, Strings};
use crate::score::change::{Cause, CauseEffect, NodeChange};
use crate::score::review::{Disagreement, KnownFinding};
use crate::score::{Counts, ScoredQuarter};

/// The result of one gate.
#[derive(Clone, Debug)]
pub struct GateVerdict {
    /// The gate's name, as in `milepost.toml`.
    pub gate: &'static str,
    /// One sentence that says what was found and what is allowed.
    pub message: String,
    /// Whether it passed.
    pub passed: bool,
    /// When the gate is asked.
    pub when: When,
    /// Whether it keeps a quarter from being sealed where it fails.
    pub holds_seal: bool,
    /// Why the failed gate is excused; empty if it is not excused.
    pub excused: String,
    /// The causes of the failure.
    pub causes: Vec<Breach>,
    /// Where the gate is written in the workspace.
    pub origin: Origin,
}

/// One thing that failed a gate.
#[derive(Clone, Debug)]
pub struct Breach {
    /// What failed the gate, for example `PR.DS-11 of Shore IT`.
    pub what: String,
    /// Where the cause is written; `None` if that is not one place.
    pub origin: Option<Origin>,
}

/// What a verdict says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GateStanding {
    /// The quarter keeps the limit.
    Passed,
    /// It does not, and a decision allows this for a time.
    Excused,
    /// It does not.
    Failed,
}

impl GateStanding {
    /// The word for it in data.
    pub fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Excused => "excused",
            Self::Failed => "failed",
        }
    }
}

impl GateVerdict {
    /// What the verdict says.
    pub fn standing(&self) -> GateStanding {
        match (self.passed, self.excused.is_empty()) {
            (true, _) => GateStanding::Passed,
            (false, true) => GateStanding::Failed,
            (false, false) => GateStanding::Excused,
        }
    }

    /// Whether the gate is asked at this time: when a quarter closes, all are.
    pub fn is_asked(&self, at: When) -> bool {
        self.when == When::Always || at == When::Closing
    }

    /// Whether the gate failed without an excuse.
    pub fn fails(&self) -> bool {
        self.standing() == GateStanding::Failed
    }

    /// A failed gate as a diagnostic, located at its first cause, in `words`.
    pub fn diagnostic(&self, words: &Strings) -> Option<Diagnostic> {
        if !self.fails() {
            return None;
        }
        let place = |origin: &Origin| origin.place.clone();
        let mut places = self.causes.iter().filter_map(|cause| Some((place(cause.origin.as_ref()?), cause)));
        let first: Place = places.next().map_or_else(|| place(&self.origin), |(place, _)| place);
        let mut out = Diagnostic::new(Code::GateFailed, first, format!("gate {}: {}", self.gate, self.message));
        for (place, cause) in places.take(MOST) {
            out = out.related(place, cause.what.clone());
        }
        let names: Vec<String> = self.causes.iter().map(|cause| cause.what.clone()).collect();
        Some(if names.is_empty() { out } else { out.help(words.first_of(&names)) })
    }
}

/// Evaluates every gate for a quarter, and says what was found in `words`.
pub fn evaluate(quarter: ScoredQuarter<'_>, words: &Strings) -> Vec<GateVerdict> {
    quarter.settings().gates.iter().map(|gate| Evaluation { gate, quarter, words }.verdict()).collect()
}

/// Which gates a quarter is asked: an open one those that are asked with every change, any other one all.
pub fn asked_now(quarter: ScoredQuarter<'_>) -> When {
    if quarter.is_open() { When::Always } else { When::Closing }
}

/// What was found, whether the gate passes, and the causes of a failure.
type GateResult = (String, bool, Vec<Breach>);

/// One gate, and the quarter for which it is evaluated.
#[derive(Clone, Copy)]
struct Evaluation<'a> {
    gate: &'a Gate,
    quarter: ScoredQuarter<'a>,
    words: &'a Strings,
}

impl<'a> Evaluation<'a> {
    fn verdict(self) -> GateVerdict {
        let gate = self.gate;
        let (message, passed, causes) = match gate.kind {
            GateKind::Regression => self.regression(),
            GateKind::MinimumCoverage => self.coverage(),
            GateKind::StaleEvidence => self.counted(self.stale(), "verdict.stale_evidence"),
            GateKind::NewZeros => self.counted(self.new_zeros(), "verdict.new_zeros"),
            GateKind::KeyControls => self.key_controls(),
            GateKind::Unapproved => self.counted(self.unapproved(), "verdict.unapproved"),
            GateKind::OverdueActions => self.counted(self.overdue(), "verdict.overdue_actions"),
            GateKind::Reattested => self.reattested(),
            GateKind::OverdueTargets => self.counted(self.late(), "verdict.overdue_targets"),
            GateKind::Vanished => self.counted(self.vanished(), "verdict.vanished"),
            GateKind::UnreviewedKeyControls => {
                self.of_reviews(Self::unreviewed_keys, "verdict.unreviewed_key_controls")
            }
            GateKind::Disagreements => self.of_reviews(Self::disagreements, "verdict.disagreements"),
            GateKind::OpenFindings => self.of_reviews(Self::open_findings, "verdict.open_findings"),
        };
        let ended = gate.exception.as_ref().filter(|exception| !passed && exception.expires < self.quarter.closes());
        let message = match ended {
            Some(exception) => {
                let day = self.words.day(exception.expires);
                self.words.say("verdict.exception_ended", &[("found", &message), ("day", &day)])
            }
            None => message,
        };
        GateVerdict {
            gate: gate.kind.name(),
            when: gate.when,
            holds_seal: gate.when == When::Closing && !gate.kind.is_of_reviews(),
            message,
            excused: if passed { String::new() } else { self.excuse() },
            passed,
            causes,
            origin: gate.origin.clone(),
        }
    }

    /// The gate's exception, if it still holds.
    fn excuse(self) -> String {
        let exception = self.gate.exception.as_ref().filter(|exception| self.quarter.closes() <= exception.expires);
        exception.map_or_else(String::new, |exception| {
            let (day, by, reason) = (self.words.day(exception.expires), &exception.approved_by, &exception.reason);
            self.words.say("verdict.excused", &[("day", &day), ("by", by), ("reason", reason)])
        })
    }

    /// Whether the gate names this node.
    fn names(self, framework: &Framework, node: Node) -> bool {
        self.gate.functions.iter().any(|named| framework.called(node).is(named))
    }

    /// Whether the gate checks a control.
    fn looks_at(self, control: ControlId) -> bool {
        let framework = self.quarter.framework(control.framework());
        self.gate.functions.is_empty() || framework.way_up(control).any(|node| self.names(framework, node))
    }

    /// The frameworks whose means the gate checks: those in which it names something, otherwise the main one.
    fn frameworks(self) -> impl Iterator<Item = &'a Framework> {
        let frameworks = self.quarter.scored.assessment.frameworks.iter();
        frameworks.filter(move |framework| match self.gate.functions.as_slice() {
            [] => framework.at == FrameworkId::MAIN,
            _ => framework.nodes().any(|node| self.names(framework, node)),
        })
    }

    /// The controls that the gate checks, of every framework.
    fn controls(self) -> impl Iterator<Item = ControlId> + 'a {
        let frameworks = self.quarter.scored.assessment.frameworks.iter();
        frameworks.flat_map(|framework| framework.controls.ids()).filter(move |control| self.looks_at(*control))
    }

    /// The teams that the gate names, as they are in the quarter.
    fn named_teams(self) -> impl Iterator<Item = TeamId> + 'a {
        self.gate.teams.iter().map(move |team| self.quarter.team_here(*team))
    }

    /// The teams that the gate checks one by one; a single `None` means all teams together.
    fn teams(self) -> Vec<Option<TeamId>> {
        let named: BTreeSet<TeamId> = self.named_teams().collect();
        if named.is_empty() { vec![None] } else { named.into_iter().map(Some).collect() }
    }

    /// For example `PR.DS of Shore IT`, or `PR.DS` for all teams together.
    fn of(self, name: &str, team: Option<TeamId>) -> String {
        team.map_or_else(
            || name.to_owned(),
            |team| self.words.say("verdict.of", &[("what", &name), ("team", &self.quarter.assessment.team(team).name)]),
        )
    }

    /// A percentage, as the gate's limit is.
    fn share(self) -> String {
        self.words.say("figures.percent", &[("share", &self.words.level(self.gate.limit))])
    }

    fn looks_at_team(self, team: TeamId) -> bool {
        self.gate.teams.is_empty() || self.named_teams().any(|named| named == team)
    }

    /// The result of a gate that limits a count. `key` is the text that says how many there are.
    fn counted(self, causes: Vec<Breach>, key: &str) -> GateResult {
        let limit = usize::try_from(self.gate.limit.millionths() / MILLIONTHS).unwrap_or_default();
        let message = self.words.say(key, &[("n", &causes.len()), ("limit", &limit)]);
        (message, causes.len() <= limit, causes)
    }

    /// The answers that the gate checks.
    fn answers(self) -> impl Iterator<Item = (AnswerId, &'a Answer)> {
        let answers = self.quarter.all_answers();
        answers.filter(move |(id, _)| self.looks_at(id.control) && self.looks_at_team(id.team))
    }

    /// For example `PR.DS-11 of Shore IT`.
    fn named(self, answer: AnswerId) -> String {
        self.of(self.quarter.control(answer.control).called.name(), Some(answer.team))
    }

    fn stale(self) -> Vec<Breach> {
        let stale = |(id, answer): (AnswerId, &'a Answer)| {
            let items = answer.evidence.iter().filter(move |item| self.quarter.is_stale(id.control, item));
            items.map(move |item| Breach {
                what: self.words.say("verdict.item", &[("answer", &self.named(id)), ("title", &item.title)]),
                origin: Some(item.origin.clone()),
            })
        };
        self.answers().flat_map(stale).collect()
    }

    /// In the first quarter, no zero is new.
    fn new_zeros(self) -> Vec<Breach> {
        if self.quarter.before().is_none() {
            return Vec::new();
        }
        // Each quarter has its own scale, and so its own bottom.
        let is_zero = |quarter: ScoredQuarter<'_>, id| quarter.level(id) == Some(quarter.settings().scale.bottom);
        let was_zero = |id| self.quarter.scored_before(id).is_some_and(|(before, id)| is_zero(before, id));
        let is_new = |id| is_zero(self.quarter, id) && !was_zero(id);
        let new = self.answers().filter(|(id, _)| is_new(*id));
        new.map(|(id, answer)| Breach { what: self.named(id), origin: Some(answer.origin.clone()) }).collect()
    }

    /// The result of a gate that limits what reviews of the newest sealed quarter leave open.
    fn of_reviews(self, causes: impl Fn(Self, ScoredQuarter<'a>) -> Vec<Breach>, key: &str) -> GateResult {
        let Some(sealed) = self.quarter.newest_sealed() else {
            return (self.words.word("verdict.nothing_sealed"), true, Vec::new());
        };
        let (found, passed, causes) = self.counted(causes(self, sealed), key);
        let message = self.words.say("verdict.in_quarter", &[("found", &found), ("quarter", &sealed.name())]);
        (message, passed, causes)
    }

    fn unreviewed_keys(self, sealed: ScoredQuarter<'a>) -> Vec<Breach> {
        let judged = Self { quarter: sealed, ..self };
        let open = sealed.unreviewed_keys().into_iter();
        let open = open.filter(|id| judged.looks_at(id.control) && judged.looks_at_team(id.team));
        let place = |id: AnswerId| sealed.answer(id).map(|answer| answer.origin.clone());
        open.map(|id| Breach { what: judged.named(id), origin: place(id) }).collect()
    }

    fn disagreements(self, sealed: ScoredQuarter<'a>) -> Vec<Breach> {
        let judged = Self { quarter: sealed, ..self };
        let open = sealed.unsettled(self.quarter).into_iter();
        let open = open.filter(|one| judged.looks_at(one.answer.control) && judged.looks_at_team(one.answer.team));
        let breach =
            |one: Disagreement<'_>| Breach { what: judged.named(one.answer), origin: Some(one.verdict.origin.clone()) };
        open.map(breach).collect()
    }

    /// The findings that were to be closed before the end of the sealed quarter, and are not closed up to the one that is asked.
    fn open_findings(self, sealed: ScoredQuarter<'a>) -> Vec<Breach> {
        let late = |known: &KnownFinding<'_>| {
            known.closed().is_none() && known.finding.last_day().is_some_and(|last| last < sealed.closes())
        };
        let open = self.quarter.review_findings().into_iter().filter(late);
        let open = open.filter(|known| self.looks_at(known.answer.control) && self.looks_at_team(known.answer.team));
        let breach = |known: KnownFinding<'_>| Breach {
            what: self.words.say("verdict.on", &[("id", &known.finding.id), ("answer", &self.named(known.answer))]),
            origin: Some(known.finding.origin.clone()),
        };
        open.map(breach).collect()
    }

    fn vanished(self) -> Vec<Breach> {
        let gone = self.quarter.vanished().filter(|(id, _)| self.looks_at(id.control) && self.looks_at_team(id.team));
        gone.map(|(id, old)| Breach { what: self.named(id), origin: Some(old.origin.clone()) }).collect()
    }

    /// Unapproved answers and profile decisions, each listed once.
    fn unapproved(self) -> Vec<Breach> {
        let open = self.answers().filter(|(id, answer)| {
            let bare = matches!(&answer.state, State::NotApplicable { approved_by, .. } if approved_by.is_empty());
            bare && self.quarter.exclusion(id.control).is_none()
        });
        let open = open.map(|(id, answer)| Breach { what: self.named(id), origin: Some(answer.origin.clone()) });
        let has_answers = |id: &str| {
            self.answers().any(|(answer, _)| {
                let framework = self.quarter.framework(answer.control.framework());
                framework.lineage(answer.control).any(|above| above == id)
            })
        };
        let decisions = self.quarter.exclusions();
        let bare = decisions.filter(|(id, exclusion)| exclusion.approved_by.is_empty() && has_answers(id));
        let bare = bare.map(|(id, exclusion)| Breach {
            what: self.words.say("verdict.out_of_scope", &[("id", &id)]),
            origin: Some(exclusion.origin.clone()),
        });
        open.chain(bare).collect()
    }

    fn overdue(self) -> Vec<Breach> {
        let late = self.quarter.assessment.plan.actions.iter().filter(|action| {
            action.is_overdue_on(self.quarter.closes())
                && self.looks_at(action.answer.control)
                && self.looks_at_team(self.quarter.followed(action.answer).team)
        });
        let cause = |action: &Action| Breach {
            what: self.words.say(
                "verdict.on",
                &[("id", &action.id), ("answer", &self.named(self.quarter.followed(action.answer)))],
            ),
            origin: Some(action.origin.clone()),
        };
        late.map(cause).collect()
    }

    /// Controls below a target whose due day has passed, unless an exception holds.
    fn late(self) -> Vec<Breach> {
        let mut causes = Vec::new();
        for team in self.teams() {
            for framework in self.frameworks() {
                let controls = framework.controls.ids().filter(|control| self.looks_at(*control));
                causes.extend(controls.filter_map(|control| self.late_for(team, control)));
            }
        }
        causes
    }

    fn late_for(self, team: Option<TeamId>, control: ControlId) -> Option<Breach> {
        let closes = self.quarter.closes();
        let target = self.quarter.target(control)?;
        target.due.filter(|due| *due < closes)?;
        let figures = self.quarter.figures(Node::Control(control), team);
        let below = figures.shown_mean().is_some_and(|mean| *mean < Mean::from(target.level));
        let accepted = self.quarter.assessment.plan.exceptions.iter().any(|exception| {
            let named = exception.team.map(|named| self.quarter.team_here(named));
            let whose = named.is_none() || named == team;
            exception.control == control && whose && exception.holds_on(closes)
        });
        let what = self.of(self.quarter.control(control).called.name(), team);
        (below && !accepted).then(|| Breach { what, origin: Some(target.origin.clone()) })
    }

    fn key_controls(self) -> GateResult {
        let keys = self.controls().filter(|control| self.quarter.control(*control).rules.key);
        let causes: Vec<Breach> = keys.flat_map(|control| self.key_control(control)).collect();
        let limit = self.words.level(self.gate.limit);
        let message = self.words.say("verdict.key_controls", &[("n", &causes.len()), ("limit", &limit)]);
        (message, causes.is_empty(), causes)
    }

    /// The answers for a key control that are missing or too low.
    fn key_control(self, control: ControlId) -> Vec<Breach> {
        let counted: Vec<TeamId> = self.quarter.teams_that_count(control, None).collect();
        // A key control must not pass because it is out of every team's scope.
        let is_excluded = self.quarter.exclusion(control).is_some() || !self.quarter.is_in_force(control);
        if counted.is_empty() && self.gate.teams.is_empty() && !is_excluded {
            let control = self.quarter.control(control).called.name();
            let what = self.words.say("verdict.asked_of_nobody", &[("control", &control)]);
            return vec![Breach { what, origin: None }];
        }
        let mut causes = Vec::new();
        for team in counted.into_iter().filter(|team| self.looks_at_team(*team)) {
            let id = control.of(team);
            let answer = self.quarter.answer(id);
            if answer.is_some_and(Answer::is_not_applicable) {
                continue;
            }
            let level = self.quarter.level(id);
            if level.is_none_or(|level| level < self.gate.limit) {
                let answered = self.named(id);
                let level = level.map(|level| self.words.level(level));
                causes.push(Breach {
                    what: match level {
                        Some(level) => self.words.say("verdict.at_level", &[("answer", &answered), ("level", &level)]),
                        None => self.words.say("verdict.no_level", &[("answer", &answered)]),
                    },
                    origin: answer.map(|answer| answer.origin.clone()),
                });
            }
        }
        causes
    }

    fn coverage(self) -> GateResult {
        let limit = self.gate.limit;
        let below = |counts: &Counts| {
            let (assessed, applicable) = (i64::from(counts.assessed), i64::from(counts.applicable()));
            assessed * 100 * MILLIONTHS < applicable * limit.millionths()
        };
        let (mut fine, mut causes) = (Vec::new(), Vec::new());
        for team in self.teams() {
            for framework in self.frameworks() {
                let whole = Node::Framework(framework.at);
                let looked_at = framework.nodes().filter(|node| match self.gate.functions.as_slice() {
                    [] => *node == whole,
                    _ => self.names(framework, *node),
                });
                for node in looked_at {
                    let counts = &self.quarter.figures(node, team).counts;
                    let (part, all) = (counts.assessed, counts.applicable());
                    let what = self.of(framework.called(node).name(), team);
                    let what = self.words.say("verdict.covered", &[("what", &what), ("part", &part), ("all", &all)]);
                    if below(counts) {
                        causes.push(Breach { what, origin: None });
                    } else if counts.applicable() > 0 {
                        fine.push(what);
                    }
                }
            }
        }
        let message = match (causes.as_slice(), fine.as_slice()) {
            ([], [one]) => self.words.say("verdict.coverage_of", &[("found", one), ("share", &self.share())]),
            ([], _) => self.words.say("verdict.coverage_kept", &[("share", &self.share())]),
            _ => self.words.say("verdict.coverage_missed", &[("share", &self.share())]),
        };
        (message, causes.is_empty(), causes)
    }

    fn reattested(self) -> GateResult {
        let mut causes = Vec::new();
        for (team, named) in self.quarter.settings().teams.entries().filter(|(team, _)| self.looks_at_team(*team)) {
            let counts =
                self.controls().map(|control| &self.quarter.figures(Node::Control(control), Some(team)).counts);
            let (given, carried) =
                counts.fold((0, 0), |(given, carried), counts| (given + counts.given, carried + counts.carried));
            let fresh = i64::from(given - carried);
            if fresh * 100 * MILLIONTHS < i64::from(given) * self.gate.limit.millionths() {
                let values: &[(&str, &dyn Display)] = &[("team", &named.name), ("part", &fresh), ("all", &given)];
                let what = self.words.say("verdict.given_anew", values);
                causes.push(Breach { what, origin: None });
            }
        }
        let message = self.words.say("verdict.reattested", &[("n", &causes.len()), ("share", &self.share())]);
        (message, causes.is_empty(), causes)
    }

    fn regression(self) -> GateResult {
        let Some(before) = self.quarter.quarter_before() else {
            return (self.words.word("verdict.no_quarter_before"), true, Vec::new());
        };
        let (mut fallen, mut lost, mut apart) = (Vec::new(), Vec::new(), Vec::new());
        for team in self.teams() {
            for framework in self.frameworks() {
                let change = self.quarter.change_from(before, framework.at, team);
                apart.extend(change.incomparable.as_ref().map(|why| why.said(self.words)));
                // Naming a framework means all its Functions.
                let every = self.gate.functions.is_empty() || self.names(framework, Node::Framework(framework.at));
                let looked_at = change.nodes.iter().filter(|change| match change.node {
                    Node::Framework(_) => false,
                    Node::Function(_) => every || self.names(framework, change.node),
                    Node::Category(_) | Node::Control(_) => self.names(framework, change.node),
                });
                for node in looked_at {
                    let what = self.of(framework.called(node.node).name(), team);
                    fallen.extend(self.fall(framework, node, &what));
                    let is_lost = node.from.is_some() && node.to.is_none() && self.is_still_asked(node.node, team);
                    let why = || node.why_not.as_ref().map(|why| why.said(self.words)).unwrap_or_default();
                    lost.extend(
                        is_lost.then(|| self.words.say("verdict.is_lost", &[("what", &what), ("why", &why())])),
                    );
                }
            }
        }
        let message = self.fell(fallen.len(), lost.len(), &apart);
        fallen.append(&mut lost);
        let causes: Vec<Breach> = fallen.into_iter().map(|what| Breach { what, origin: None }).collect();
        (message, causes.is_empty(), causes)
    }

    /// How many parts of the catalog fell, how many are not shown any more, and what could not be compared.
    fn fell(self, fallen: usize, lost: usize, apart: &[String]) -> String {
        let of_functions = self.gate.functions.is_empty();
        let fell = if of_functions { "verdict.functions_fell" } else { "verdict.parts_fell" };
        let mut found = self.words.say(fell, &[("n", &fallen), ("limit", &self.words.level(self.gate.limit))]);
        if lost > 0 {
            let key = if of_functions { "verdict.functions_lost" } else { "verdict.parts_lost" };
            found = self.words.list(&[found, self.words.say(key, &[("n", &lost)])]);
        }
        if apart.is_empty() {
            return found;
        }
        self.words.say("verdict.not_compared", &[("found", &found), ("why", &apart.join("; "))])
    }

    /// How `what` fell, a node, if by more than the limit: the amount and the causes.
    fn fall(self, framework: &Framework, node: &NodeChange, what: &str) -> Option<String> {
        let total = node.total().filter(|total| -total > self.gate.limit.millionths())?;
        let amount = self.words.level(Level::from_millionths(-total));
        let digits = self.quarter.settings().scoring.change_decimals();
        let mut parts: Vec<&CauseEffect> = node.parts.iter().filter(|part| part.amount < 0).collect();
        largest_first(&mut parts, digits, |part| -part.amount);
        let why: Vec<String> = parts.iter().map(|part| self.words.word(cause(part.cause))).collect();
        let controls = self.words.list(&worst(framework, &parts, digits));
        let values: &[(&str, &dyn Display)] =
            &[("what", &what), ("amount", &amount), ("why", &self.words.list(&why)), ("controls", &controls)];
        Some(self.words.say("verdict.fell", values))
    }

    /// Whether somebody is still asked for a node: an answer that says with approval that a control does not apply ends this.
    fn is_still_asked(self, node: Node, team: Option<TeamId>) -> bool {
        let settled = |answer: Option<&Answer>| matches!(answer.map(|answer| &answer.state), Some(State::NotApplicable { approved_by, .. }) if !approved_by.is_empty());
        let controls = self.quarter.framework(node.framework()).controls_of(node);
        controls.iter().filter(|control| self.quarter.exclusion(*control).is_none()).any(|control| {
            let mut teams = self.quarter.teams_that_count(control, team);
            teams.any(|team| !settled(self.quarter.answer(control.of(team))))
        })
    }
}

/// The key of a cause's name within a sentence.
fn cause(cause: Cause) -> &'static str {
    match cause {
        Cause::Method => "verdict.method",
        Cause::Scope => "verdict.scope",
        Cause::Assessed => "verdict.assessed",
        Cause::Evidence => "verdict.evidence",
        Cause::Up => "verdict.up",
        Cause::Down => "verdict.down",
        Cause::Inherited => "verdict.inherited",
    }
}

/// The controls that lowered the figure most; equal ones in the catalog's order, and last those that it no longer holds.
fn worst(framework: &Framework, parts: &[&CauseEffect], digits: u32) -> Vec<String> {
    let mut pulled: BTreeMap<&str, i64> = BTreeMap::new();
    for (id, amount) in parts.iter().flat_map(|part| &part.controls) {
        *pulled.entry(id).or_default() += amount;
    }
    let known: BTreeMap<&str, usize> =
        framework.controls.iter().enumerate().map(|(at, control)| (control.id.as_str(), at)).collect();
    let mut pulled: Vec<(&str, i64)> = pulled.into_iter().filter(|(_, amount)| *amount < 0).collect();
    pulled.sort_by_key(|(id, _)| known.get(id).copied().unwrap_or(usize::MAX));
    largest_first(&mut pulled, digits, |(_, amount)| -amount);
    pulled.iter().take(3).map(|(id, _)| (*id).to_owned()).collect()
}
