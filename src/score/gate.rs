//! The gates of `milepost.toml` and a scored quarter in, a verdict on each gate out: passed, failed or excused, with what failed it.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::base::number::{Level, Mean};
use crate::base::place::{Origin, Place};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::assessment::Assessment;
use crate::model::catalog::{Framework, Rank};
use crate::model::evidence::State;
use crate::model::settings::{Gate, GateKind};
use crate::score::change::{NodeChange, Part, Side, between};
use crate::score::{Counts, Figures, Scorecard, Tree};

/// What became of one gate.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The gate's name, as in `milepost.toml`.
    pub gate: &'static str,
    /// What was found and what is allowed, in one sentence.
    pub message: String,
    /// Whether it passed.
    pub passed: bool,
    /// Why a failed gate fails nothing; empty where it does.
    pub excused: String,
    /// What failed it, each with where it is written, where that is one place.
    pub causes: Vec<Cause>,
    /// Where the gate is written.
    pub origin: Origin,
}

/// One thing that failed a gate.
#[derive(Clone, Debug)]
pub struct Cause {
    /// What it is, as in `PR.DS-11 of Shore IT`.
    pub what: String,
    /// Where it is written.
    pub origin: Option<Origin>,
}

impl Verdict {
    /// Whether it stops what the gates guard.
    pub fn fails(&self) -> bool {
        !self.passed && self.excused.is_empty()
    }

    /// A failed gate as a diagnostic, at its first cause.
    pub fn diagnostic(&self) -> Option<Diagnostic> {
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
        let names: Vec<&str> = self.causes.iter().map(|cause| cause.what.as_str()).collect();
        Some(if names.is_empty() { out } else { out.help(listed(&names)) })
    }
}

/// How many causes a line names.
pub const MOST: usize = 6;

/// The first of `names`, and how many more there are.
pub fn listed(names: &[&str]) -> String {
    let more = names.len().saturating_sub(MOST);
    let shown = names.iter().take(MOST).copied().collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

/// Evaluates every gate for a quarter.
pub fn evaluate(assessment: &Assessment, scorecard: &Scorecard, quarter: usize) -> Vec<Verdict> {
    let hall = Hall { assessment, scorecard, quarter };
    assessment.settings.gates.iter().map(|gate| hall.verdict(gate)).collect()
}

/// A quarter at the gates.
#[derive(Clone, Copy)]
struct Hall<'a> {
    assessment: &'a Assessment,
    scorecard: &'a Scorecard,
    quarter: usize,
}

impl<'a> Hall<'a> {
    fn verdict(self, gate: &Gate) -> Verdict {
        let (message, passed, causes) = match gate.kind {
            GateKind::Regression => self.regression(gate),
            GateKind::MinimumCoverage => self.coverage(gate),
            GateKind::StaleEvidence => {
                self.counted(gate, self.stale(gate), "stale evidence item", "stale evidence items")
            }
            GateKind::NewZeros => self.counted(gate, self.new_zeros(gate), "new zero", "new zeros"),
            GateKind::KeyControls => self.keys(gate),
            GateKind::Unapproved => {
                self.counted(gate, self.unapproved(gate), "unapproved exclusion", "unapproved exclusions")
            }
            GateKind::OverdueActions => self.counted(gate, self.overdue(gate), "overdue action", "overdue actions"),
            GateKind::Reattested => self.reattested(gate),
            GateKind::OverdueTargets => self.counted(
                gate,
                self.late(gate),
                "control below a target that is past due",
                "controls below targets that are past due",
            ),
        };
        let ended = gate.exception.as_ref().filter(|exception| !passed && exception.expires < self.closes());
        let ended =
            ended.map_or_else(String::new, |exception| format!(" (its exception ended on {})", exception.expires));
        Verdict {
            gate: gate.kind.name(),
            message: message + &ended,
            excused: if passed { String::new() } else { self.excuse(gate) },
            passed,
            causes,
            origin: gate.origin.clone(),
        }
    }

    fn closes(self) -> Date {
        self.assessment.quarters[self.quarter].closes
    }

    /// The gate's exception, as long as it holds.
    fn excuse(self, gate: &Gate) -> String {
        let exception = gate.exception.as_ref().filter(|exception| self.closes() <= exception.expires);
        exception.map_or_else(String::new, |exception| {
            format!("excused until {} by {}: {}", exception.expires, exception.approved_by, exception.reason)
        })
    }

    /// Whether a gate looks at a control of the main framework or another one.
    fn looks_at(self, gate: &Gate, framework: usize, control: usize) -> bool {
        let lineage = self.assessment.frameworks[framework].lineage(control);
        gate.functions.is_empty() || gate.functions.iter().any(|id| lineage.contains(&id.as_str()))
    }

    /// The frameworks whose means a gate looks at: the main one, or those that it names something of.
    fn frameworks(self, gate: &'a Gate) -> impl Iterator<Item = usize> + 'a {
        let frameworks = self.assessment.frameworks.iter().enumerate();
        let named = |catalog: &Framework| catalog.ids().any(|id| gate.functions.iter().any(|named| named == id));
        let looked_at =
            frameworks.filter(move |(f, catalog)| if gate.functions.is_empty() { *f == 0 } else { named(catalog) });
        looked_at.map(|(f, _)| f)
    }

    /// The teams that a gate looks at one by one, or all of them together.
    fn trees(gate: &Gate) -> Vec<Option<usize>> {
        if gate.teams.is_empty() { vec![None] } else { gate.teams.iter().copied().map(Some).collect() }
    }

    /// ` of Shore IT`, or nothing where all teams are meant.
    fn whose(self, team: Option<usize>) -> String {
        team.map_or_else(String::new, |team| format!(" of {}", self.assessment.settings.teams[team].name))
    }

    fn looks_at_team(self, gate: &Gate, team: usize) -> bool {
        gate.teams.is_empty() || gate.teams.contains(&team)
    }

    /// A gate on how many things there are.
    fn counted(self, gate: &Gate, causes: Vec<Cause>, one: &str, many: &str) -> (String, bool, Vec<Cause>) {
        let limit = usize::try_from(gate.limit.millionths() / crate::base::number::MILLIONTHS).unwrap_or_default();
        let what = if causes.len() == 1 { one } else { many };
        (format!("{} {what}, at most {limit} allowed", causes.len()), causes.len() <= limit, causes)
    }

    /// Answers that a gate looks at: framework, control and team.
    fn places(self, gate: &Gate) -> impl Iterator<Item = (usize, usize, usize, &'a crate::model::evidence::Answer)> {
        let gate = gate.clone();
        self.assessment
            .answers(self.quarter)
            .filter(move |(f, c, team, _)| self.looks_at(&gate, *f, *c) && self.looks_at_team(&gate, *team))
    }

    fn named(self, framework: usize, control: usize, team: usize) -> String {
        let id = &self.assessment.control(framework, control).id;
        format!("{id} of {}", self.assessment.settings.teams[team].name)
    }

    fn stale(self, gate: &Gate) -> Vec<Cause> {
        let mut causes = Vec::new();
        for (framework, control, team, answer) in self.places(gate) {
            let stale =
                |item: &&crate::model::evidence::Item| self.assessment.is_stale(self.quarter, framework, control, item);
            causes.extend(answer.evidence.iter().filter(stale).map(|item| Cause {
                what: format!("{}: {}", self.named(framework, control, team), item.title),
                origin: Some(item.origin.clone()),
            }));
        }
        causes
    }

    fn new_zeros(self, gate: &Gate) -> Vec<Cause> {
        let bottom = self.assessment.settings.scale.bottom;
        let basis = self.assessment.settings.scoring.score;
        let is_zero = |quarter: usize, (f, c, t): (usize, usize, usize)| {
            let standing = self.scorecard.quarters[quarter].standing(f, c, t);
            standing.is_some_and(|standing| standing.score(basis) == bottom)
        };
        let fresh = self.places(gate).filter(|(f, c, team, _)| {
            let place = (*f, *c, *team);
            is_zero(self.quarter, place) && !self.quarter.checked_sub(1).is_some_and(|before| is_zero(before, place))
        });
        let cause = |(f, c, team, answer): (usize, usize, usize, &crate::model::evidence::Answer)| Cause {
            what: self.named(f, c, team),
            origin: Some(answer.origin.clone()),
        };
        fresh.map(cause).collect()
    }

    /// Answers, and decisions of the profile, each once.
    fn unapproved(self, gate: &Gate) -> Vec<Cause> {
        let profile = &self.assessment.quarters[self.quarter].profile;
        let lineage = |(f, c): (usize, usize)| self.assessment.frameworks[f].lineage(c);
        let open = self.places(gate).filter(|(f, c, _, answer)| {
            let said = matches!(&answer.state, State::NotApplicable { approved_by, .. } if approved_by.is_empty());
            said && profile.exclusion(lineage((*f, *c))).is_none()
        });
        let answer = |(f, c, team, answer): (usize, usize, usize, &crate::model::evidence::Answer)| Cause {
            what: self.named(f, c, team),
            origin: Some(answer.origin.clone()),
        };
        let hides = |id: &str| {
            let mut hidden = self.places(gate).filter(|(f, c, ..)| lineage((*f, *c)).contains(&id));
            hidden.next().is_some()
        };
        let blank = profile.out_of_scope.iter().filter(|(_, exclusion)| exclusion.approved_by.is_empty());
        let decision = blank.filter(|(id, _)| hides(id)).map(|(id, exclusion)| Cause {
            what: format!("{id}, out of scope"),
            origin: Some(exclusion.origin.clone()),
        });
        open.map(answer).chain(decision).collect()
    }

    fn overdue(self, gate: &Gate) -> Vec<Cause> {
        let closes = self.closes();
        let late = self.assessment.plan.actions.iter().filter(|action| {
            let (framework, control) = action.control;
            action.is_overdue_on(closes)
                && self.looks_at(gate, framework, control)
                && self.looks_at_team(gate, action.team)
        });
        let cause = |action: &crate::model::plan::Action| Cause {
            what: format!("{} on {}", action.id, self.named(action.control.0, action.control.1, action.team)),
            origin: Some(action.origin.clone()),
        };
        late.map(cause).collect()
    }

    /// Controls below a target whose day has passed, unless an exception holds.
    fn late(self, gate: &Gate) -> Vec<Cause> {
        let mut causes = Vec::new();
        for team in Self::trees(gate) {
            for framework in self.frameworks(gate) {
                let controls = 0..self.assessment.frameworks[framework].controls.len();
                let controls = controls.filter(|control| self.looks_at(gate, framework, *control));
                causes.extend(controls.filter_map(|control| self.late_for(team, (framework, control))));
            }
        }
        causes
    }

    fn late_for(self, team: Option<usize>, place: (usize, usize)) -> Option<Cause> {
        let closes = self.closes();
        let target = self.assessment.target(self.quarter, place.0, place.1)?;
        target.due.filter(|due| *due < closes)?;
        let figures = &self.tree(place.0, team).controls[place.1];
        let below = figures.shown_mean().is_some_and(|mean| *mean < Mean::from(target.level));
        let accepted = self.assessment.plan.exceptions.iter().any(|exception| {
            let whose = exception.team.is_none() || exception.team == team;
            exception.control == place && whose && exception.holds_on(closes)
        });
        let what = format!("{}{}", self.assessment.control(place.0, place.1).id, self.whose(team));
        (below && !accepted).then(|| Cause { what, origin: Some(target.origin.clone()) })
    }

    /// The figures of all teams together, or of one.
    fn tree(self, framework: usize, team: Option<usize>) -> &'a Tree {
        let scores = &self.scorecard.quarters[self.quarter];
        scores.tree(framework, team)
    }

    fn keys(self, gate: &Gate) -> (String, bool, Vec<Cause>) {
        let mut causes = Vec::new();
        for (framework, catalog) in self.assessment.frameworks.iter().enumerate() {
            let keys = (0..catalog.controls.len()).filter(|c| catalog.controls[*c].rules.key);
            for control in keys.filter(|control| self.looks_at(gate, framework, *control)) {
                causes.extend(self.key(gate, (framework, control)));
            }
        }
        let answers = if causes.len() == 1 { "answer" } else { "answers" };
        let limit = gate.limit.shown();
        let message = format!("{} {answers} for key controls missing or below {limit}", causes.len());
        (message, causes.is_empty(), causes)
    }

    /// The answers for a key control that are missing or too low.
    fn key(self, gate: &Gate, (framework, control): (usize, usize)) -> Vec<Cause> {
        let basis = self.assessment.settings.scoring.score;
        let quarter = &self.assessment.quarters[self.quarter];
        let counted: Vec<usize> =
            crate::score::teams_that_count(self.assessment, self.quarter, (framework, control), None).collect();
        let excluded = quarter.profile.exclusion(self.assessment.frameworks[framework].lineage(control)).is_some();
        // Scoping it out for everybody must not pass it.
        if counted.is_empty() && gate.teams.is_empty() && !excluded {
            let what = format!("{} is asked of no team", self.assessment.control(framework, control).id);
            return vec![Cause { what, origin: None }];
        }
        let mut causes = Vec::new();
        for team in counted.into_iter().filter(|team| self.looks_at_team(gate, *team)) {
            let answer = quarter.answer(framework, control, team);
            if answer.is_some_and(crate::model::evidence::Answer::is_not_applicable) {
                continue;
            }
            let standing = self.scorecard.quarters[self.quarter].standing(framework, control, team);
            let level = standing.map(|standing| standing.score(basis));
            if level.is_none_or(|level| level < gate.limit) {
                let at = level.map_or_else(|| "has no level".to_owned(), |level| format!("is at {}", level.shown()));
                causes.push(Cause {
                    what: format!("{} {at}", self.named(framework, control, team)),
                    origin: answer.map(|answer| answer.origin.clone()),
                });
            }
        }
        causes
    }

    fn coverage(self, gate: &Gate) -> (String, bool, Vec<Cause>) {
        let limit = gate.limit;
        let below = |counts: &Counts| {
            let (assessed, applicable) = (i64::from(counts.assessed), i64::from(counts.applicable()));
            assessed * 100 * crate::base::number::MILLIONTHS < applicable * limit.millionths()
        };
        let (mut fine, mut causes) = (Vec::new(), Vec::new());
        for team in Self::trees(gate) {
            for framework in self.frameworks(gate) {
                let catalog = &self.assessment.frameworks[framework];
                let nodes =
                    figures(catalog, self.tree(framework, team)).filter(|(id, _)| match gate.functions.as_slice() {
                        [] => *id == catalog.id,
                        named => named.iter().any(|named| named == id),
                    });
                for (id, Figures { counts, .. }) in nodes {
                    let of = format!("{} of {} answers assessed", counts.assessed, counts.applicable());
                    let what = format!("{id}{}: {of}", self.whose(team));
                    if below(counts) {
                        causes.push(Cause { what, origin: None });
                    } else if counts.applicable() > 0 {
                        fine.push(what);
                    }
                }
            }
        }
        let message = match (causes.as_slice(), fine.as_slice()) {
            ([], [one]) => format!("{one}, at least {} % wanted", limit.shown()),
            ([], _) => format!("at least {} % assessed", limit.shown()),
            _ => format!("less than {} % assessed", limit.shown()),
        };
        (message, causes.is_empty(), causes)
    }

    fn reattested(self, gate: &Gate) -> (String, bool, Vec<Cause>) {
        let scores = &self.scorecard.quarters[self.quarter];
        let teams = (0..self.assessment.settings.teams.len()).filter(|team| self.looks_at_team(gate, *team));
        let mut causes = Vec::new();
        for team in teams {
            let controls = scores.teams[team].iter().enumerate().flat_map(|(f, tree)| {
                tree.controls.iter().enumerate().filter(move |(c, _)| self.looks_at(gate, f, *c))
            });
            let (given, carried) = controls.fold((0, 0), |(given, carried), (_, figures)| {
                (given + figures.counts.given, carried + figures.counts.carried)
            });
            let fresh = i64::from(given - carried);
            if fresh * 100 * crate::base::number::MILLIONTHS < i64::from(given) * gate.limit.millionths() {
                let name = &self.assessment.settings.teams[team].name;
                causes.push(Cause { what: format!("{name}: {fresh} of {given} answers given anew"), origin: None });
            }
        }
        let teams = if causes.len() == 1 { "team has" } else { "teams have" };
        let message = format!("{} {teams} less than {} % of answers re-attested", causes.len(), gate.limit.shown());
        (message, causes.is_empty(), causes)
    }

    fn regression(self, gate: &Gate) -> (String, bool, Vec<Cause>) {
        let Some(before) = self.quarter.checked_sub(1) else {
            return ("there is no quarter before".to_owned(), true, Vec::new());
        };
        let side = |quarter| Side { assessment: self.assessment, scorecard: self.scorecard, quarter };
        let mut causes = Vec::new();
        for team in Self::trees(gate) {
            for framework in self.frameworks(gate) {
                let change = between(side(before), side(self.quarter), framework, team);
                // A framework stands for its Functions.
                let named = |id: &String| gate.functions.contains(id);
                let every = gate.functions.is_empty() || named(&self.assessment.frameworks[framework].id);
                let nodes = change.nodes.iter().filter(|node| node.rank != Rank::Overall);
                let nodes = nodes.filter(|node| named(&node.id) || (every && node.rank == Rank::Function));
                let fallen = nodes.filter_map(|node| fall(node, gate.limit));
                causes.extend(
                    fallen.map(|(id, fell)| Cause { what: format!("{id}{} {fell}", self.whose(team)), origin: None }),
                );
            }
        }
        let what = match (gate.functions.is_empty(), causes.len()) {
            (true, 1) => "Function",
            (true, _) => "Functions",
            (false, 1) => "part",
            (false, _) => "parts",
        };
        let message = format!("{} {what} fell by more than {}", causes.len(), gate.limit.shown());
        (message, causes.is_empty(), causes)
    }
}

/// Every node of a framework, with its id.
fn figures<'a>(catalog: &'a Framework, tree: &'a Tree) -> impl Iterator<Item = (&'a str, &'a Figures)> {
    let functions = catalog.functions.iter().map(|function| function.id.as_str()).zip(&tree.functions);
    let categories = catalog.categories.iter().map(|category| category.id.as_str()).zip(&tree.categories);
    let controls = catalog.controls.iter().map(|control| control.id.as_str()).zip(&tree.controls);
    std::iter::once((catalog.id.as_str(), &tree.overall)).chain(functions).chain(categories).chain(controls)
}

/// A node that fell by more than `limit`, and by how much, why and where.
fn fall(node: &NodeChange, limit: Level) -> Option<(&str, String)> {
    let total = node.total().filter(|total| -total > limit.millionths())?;
    let fell = Level::from_millionths(-total).shown();
    let mut parts: Vec<&Part> = node.parts.iter().filter(|part| part.amount < 0).collect();
    parts.sort_by_key(|part| part.amount);
    let why: Vec<String> = parts.iter().map(|part| part.cause.title().to_lowercase()).collect();
    Some((&node.id, format!("fell by {fell} ({}: {})", why.join(", "), worst(&parts))))
}

/// The controls that pulled most.
fn worst(parts: &[&Part]) -> String {
    let mut pulled: BTreeMap<&str, i64> = BTreeMap::new();
    for (id, amount) in parts.iter().flat_map(|part| &part.controls) {
        *pulled.entry(id).or_default() += amount;
    }
    let mut pulled: Vec<(&str, i64)> = pulled.into_iter().filter(|(_, amount)| *amount < 0).collect();
    pulled.sort_by_key(|(_, amount)| *amount);
    pulled.iter().take(3).map(|(id, _)| *id).collect::<Vec<_>>().join(", ")
}
