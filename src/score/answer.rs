//! The value of one answer: the level that it claims, the level that its evidence supports, and why the two differ.

use std::fmt;

use serde::Serialize;

use crate::base::number::{Level, rounded_mean};
use crate::base::quarter::Quarter;
use crate::model::assessment::{ControlRules, InQuarter};
use crate::model::catalog::Need;
use crate::model::evidence::{Answer, Claim, Item, Kind, Period, State};
use crate::model::ids::{AnswerId, ControlId};
use crate::model::measure::{self, Criterion, Fact, Requirement, Value, age, meets};
use crate::model::settings::Basis;
use crate::model::strings::Strings;

/// The levels of an assessed answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnswerLevels {
    /// The level that the team claims, or the level that its facts reach.
    pub claimed: Level,
    /// The highest level at or below the claimed one that current evidence supports.
    pub supported: Level,
    /// Whether at least one item of its evidence is current.
    pub evidenced: bool,
}

impl AnswerLevels {
    /// The level that counts.
    pub fn score(self, basis: Basis) -> Level {
        match basis {
            Basis::Supported => self.supported,
            Basis::Claimed => self.claimed,
        }
    }
}

/// The age in days of the youngest current item of each kind, in the order of [`Kind::ALL`]. Whether a need is met depends on
/// nothing else.
type Current = [Option<i32>; Kind::ALL.len()];

/// What an answer is worth, to its team and to those who inherit from it.
#[derive(Clone, Copy, Debug)]
pub(super) struct AnswerStanding {
    pub(super) levels: AnswerLevels,
    /// The level that the evidence supports, its own and what is lent, whatever the provider's level.
    own: Level,
    current: Current,
}

/// What an answer stands on.
#[derive(Clone, Copy, Debug)]
pub(super) enum AnswerGround {
    /// Its own evidence.
    Own,
    /// Its own evidence and another answer.
    Lent(AnswerStanding),
    /// Another answer, which gives no level: the answer is one without evidence.
    Nothing,
}

/// The rules of each control, of a quarter or of another one.
pub(super) type RulesOf<'r, 'a> = &'r dyn Fn(ControlId) -> ControlRules<'a>;

/// The levels of an answer; `None` if it gives no level.
pub(super) fn levels(quarter: InQuarter<'_>, answer: AnswerId) -> Option<AnswerLevels> {
    Some(standing(quarter, answer, &|control| quarter.rules(control))?.levels)
}

/// What an answer is worth by `rules`; `None` if it gives no level.
pub(super) fn standing<'a>(quarter: InQuarter<'a>, answer: AnswerId, rules: RulesOf<'_, 'a>) -> Option<AnswerStanding> {
    standing_on(quarter, answer, rules(answer.control), ground(quarter, answer, rules))
}

/// What an answer stands on by `rules`. The check allows no circle, and no long chain.
fn ground<'a>(quarter: InQuarter<'a>, answer: AnswerId, rules: RulesOf<'_, 'a>) -> AnswerGround {
    quarter.provider(answer).map_or(AnswerGround::Own, |provider| lent_by(quarter, provider, rules))
}

/// What another answer lends to those who inherit from it.
pub(super) fn lent_by<'a>(quarter: InQuarter<'a>, provider: AnswerId, rules: RulesOf<'_, 'a>) -> AnswerGround {
    let asked = Some(provider).filter(|provider| quarter.is_asked(*provider));
    asked.and_then(|provider| standing(quarter, provider, rules)).map_or(AnswerGround::Nothing, AnswerGround::Lent)
}

/// What an answer is worth by `rules` on a ground that may be another one than its own.
pub(super) fn standing_on(
    quarter: InQuarter<'_>,
    answer: AnswerId,
    rules: ControlRules<'_>,
    ground: AnswerGround,
) -> Option<AnswerStanding> {
    let ControlRules { settings, control, .. } = rules;
    let levels = match quarter.answer(answer)?.claim()? {
        Claim::Level(level) => vec![(1, *level)],
        Claim::Dimensions(levels) => {
            settings.scale.dimensions.iter().map(|dimension| dimension.weight).zip(levels.iter().copied()).collect()
        }
        // Facts without criteria only serve other controls. The level is then the one that the team writes with the facts.
        Claim::Facts { said, .. } if !control.is_measured() => vec![(1, (*said)?)],
        Claim::Facts { .. } => {
            let facts = quarter.facts(answer);
            vec![(1, measure::reached(rules.criteria(), &facts, quarter.closes(), settings.scale.bottom))]
        }
    };
    let current = current(quarter, answer, rules.max_age(), ground);
    let unmet = unmet_by(rules, current).map(|need| settings.scale.highest_without(need.from));
    let cap = unmet.chain(found_under(quarter, answer, rules)).min();
    let capped = levels.iter().map(|(weight, level)| (*weight, cap.map_or(*level, |cap| cap.min(*level))));
    let (own, claimed) = (rounded_mean(capped)?, rounded_mean(levels.iter().copied())?);
    let supported = if let AnswerGround::Lent(lent) = ground { own.min(lent.levels.supported) } else { own };
    let evidenced = current.iter().any(Option::is_some);
    Some(AnswerStanding { levels: AnswerLevels { claimed, supported, evidenced }, own, current })
}

/// The level that the facts reach with what collectors found in the place of what a person gives; `None` where no two differ.
fn found_under(quarter: InQuarter<'_>, answer: AnswerId, rules: ControlRules<'_>) -> Option<Level> {
    if quarter.answers().collected.is_empty() || !rules.control.is_measured() {
        return None;
    }
    let facts = quarter.sourced(answer);
    facts.values().any(|fact| fact.contradiction().is_some()).then(|| {
        let found = facts.into_iter().map(|(name, fact)| (name, fact.found_first())).collect();
        measure::reached(rules.criteria(), &found, quarter.closes(), rules.settings.scale.bottom)
    })
}

/// The current evidence of an answer: its own, and what is current of the answer that it inherits from.
fn current(quarter: InQuarter<'_>, answer: AnswerId, max_age: i32, ground: AnswerGround) -> Current {
    let mut youngest = match ground {
        AnswerGround::Own => Current::default(),
        AnswerGround::Lent(lent) => lent.current,
        AnswerGround::Nothing => return Current::default(),
    };
    for item in quarter.evidence_for(answer) {
        let (age, known) = (item.period.age(quarter.closes()), &mut youngest[item.kind as usize]);
        *known = Some(known.map_or(age, |known| known.min(age)));
    }
    youngest.map(|age| age.filter(|age| *age <= max_age))
}

fn unmet_by(rules: ControlRules<'_>, current: Current) -> impl Iterator<Item = &Need> {
    let meets = move |need: &&Need| need.any_of.iter().any(|kind| current[*kind as usize].is_some());
    rules.needs().iter().filter(move |need| !meets(need))
}

fn younger(quarter: InQuarter<'_>, answer: AnswerId, max_age: i32) -> impl Iterator<Item = &Item> {
    quarter.evidence_for(answer).filter(move |item| item.period.age(quarter.closes()) <= max_age)
}

/// Why an answer's evidence supports a lower level than the claimed one.
#[derive(Clone, Debug)]
pub struct Shortfall {
    /// What is wrong with the evidence, with the calculation.
    pub why: String,
    /// The evidence that the claimed level would need.
    pub needed: String,
}

impl Shortfall {
    /// Both levels, and why they differ.
    pub fn said(&self, levels: AnswerLevels, words: &Strings) -> String {
        let (claimed, supported) = (words.level(levels.claimed), words.level(levels.supported));
        words.say("support.differs", &[("claimed", &claimed), ("supported", &supported), ("why", &self.why)])
    }
}

/// A fact that a collector found, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CollectedFact {
    /// The fact's name.
    pub fact: String,
    /// The value in readable form.
    pub value: String,
    /// The other value, which a person gives; empty if none differs.
    pub given: String,
    /// The collector's name; empty if no evidence says so.
    pub by: String,
    /// The day of the file; empty if no evidence says so.
    pub day: String,
    /// The path of the file that was kept; empty where it may not be shown.
    pub file: String,
    /// Where in the file the value stands; empty where it may not be shown.
    pub at: String,
}

impl CollectedFact {
    /// The fact in a sentence.
    pub fn said(&self, words: &Strings) -> String {
        let Self { fact, value, given, by, day, file, at } = self;
        let values: [(&str, &dyn fmt::Display); 6] =
            [("fact", fact), ("value", value), ("by", by), ("day", day), ("file", file), ("path", at)];
        let key = match (by.is_empty(), file.is_empty() || at.is_empty()) {
            (true, _) => "support.found",
            (false, true) => "support.found_by",
            (false, false) => "support.found_in",
        };
        let said = words.say(key, &values);
        if given.is_empty() { said } else { said + &words.say("support.found_other", &[("given", given)]) }
    }
}

/// How long an answer has been carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carried {
    /// For how many quarters it has not been given again, this quarter included.
    pub quarters: usize,
    /// The quarter for which it was given.
    pub since: Quarter,
}

/// One level of a measured control, with the conditions that it requires.
#[derive(Clone, Debug, Serialize)]
pub struct LevelConditions {
    /// The level that requires the conditions.
    #[serde(skip)]
    pub level: Level,
    /// The conditions of this level.
    pub checks: Vec<ConditionCheck>,
    /// Whether all conditions of this level and of all levels below are met.
    pub reached: bool,
}

/// One condition on one fact.
#[derive(Clone, Debug, Serialize)]
pub struct ConditionCheck {
    /// The fact's name.
    pub fact: String,
    /// The condition, as the catalog writes it.
    pub wanted: String,
    /// The given value in readable form; `nothing` if the team gives no value.
    pub given: String,
    /// Whether the given value meets the condition.
    pub met: bool,
}

impl<'a> InQuarter<'a> {
    /// The evidence needs of the control's levels that the answer's evidence does not meet.
    pub fn unmet(self, answer: AnswerId) -> impl Iterator<Item = &'a Need> {
        let rules = self.rules(answer.control);
        let ground = ground(self, answer, &|control| self.rules(control));
        unmet_by(rules, current(self, answer, rules.max_age(), ground))
    }

    /// The answer that this one inherits from, if that one gives no level: this one is then one without evidence.
    pub fn inherits_nothing(self, answer: AnswerId) -> Option<AnswerId> {
        let provider = self.provider(answer)?;
        matches!(ground(self, answer, &|control| self.rules(control)), AnswerGround::Nothing).then_some(provider)
    }

    /// The evidence that is lent to an answer: what is current of the answer that it inherits from, and of those behind it, each
    /// with the answer that it is given for.
    pub fn lent_evidence(self, answer: AnswerId) -> Vec<(AnswerId, &'a Item)> {
        let mut lent = Vec::new();
        let (mut at, mut limit) = (answer, i32::MAX);
        while let Some(provider) = self.provider(at).filter(|_| self.inherits_nothing(at).is_none()) {
            limit = limit.min(self.rules(provider.control).max_age());
            let current = self.evidence_for(provider).filter(|item| item.period.age(self.closes()) <= limit);
            lent.extend(current.map(|item| (provider, item)));
            at = provider;
        }
        lent
    }

    /// The evidence for an answer that is current at the end of the quarter: the answer's own, and that of the controls whose
    /// facts the control uses; without what is lent to it.
    pub fn current_evidence(self, answer: AnswerId) -> impl Iterator<Item = &'a Item> {
        younger(self, answer, self.rules(answer.control).max_age())
    }

    /// The level that the team wrote with its facts, if the facts result in a different level.
    pub fn level_beside_facts(self, answer: AnswerId, levels: AnswerLevels) -> Option<Level> {
        match self.answer(answer)?.claim()? {
            Claim::Facts { said: Some(said), .. }
                if self.control(answer.control).is_measured() && *said != levels.claimed =>
            {
                Some(*said)
            }
            _ => None,
        }
    }

    /// Why an answer's evidence supports less than the claimed level; `None` if it supports the claimed level.
    pub fn shortfall(self, answer: AnswerId, levels: AnswerLevels, words: &Strings) -> Option<Shortfall> {
        if levels.supported == levels.claimed {
            return None;
        }
        if let Some(nothing) = self.nothing_lent_to(answer, words) {
            return Some(nothing);
        }
        let own = standing(self, answer, &|control| self.rules(control))?.own;
        if let Some(provider) = self.provider(answer).filter(|_| own > levels.supported) {
            return Some(self.little_lent(provider, levels.supported, words));
        }
        let found = found_under(self, answer, self.rules(answer.control));
        let need = self.unmet(answer).min_by_key(|need| need.from);
        let cap = need.map(|need| self.settings().scale.highest_without(need.from));
        let Some(need) = need.filter(|_| found.is_none_or(|found| cap.is_some_and(|cap| cap <= found))) else {
            return self.contradicted(answer, words);
        };
        let fitting = self.evidence_for(answer).filter(|item| need.any_of.contains(&item.kind));
        let closes = self.closes();
        let newest = fitting.min_by_key(|item| item.period.age(closes));
        let limit = self.rules(answer.control).max_age();
        let why = match newest {
            Some(item) => {
                let (item, age) = (called(item, words), item.period.age(closes));
                let values: [(&str, &dyn fmt::Display); 4] =
                    [("item", &item), ("n", &age), ("day", &words.day(closes)), ("limit", &limit)];
                words.say("support.old", &values)
            }
            None => match self.current_evidence(answer).count() {
                0 if self.evidence_for(answer).next().is_none() => words.word("support.none"),
                0 => words.word("support.none_current"),
                _ => words.say("support.no_kind", &[("kinds", &kinds(need, words))]),
            },
        };
        let scale = &self.settings().scale;
        let (from, cap) = (words.level(scale.lowest_with(need.from)), words.level(scale.highest_without(need.from)));
        let key = if need.is_any() { "support.needed_any" } else { "support.needed" };
        let needed = words.say(key, &[("level", &from), ("kinds", &kinds(need, words)), ("highest", &cap)]);
        Some(Shortfall { why, needed })
    }

    /// The facts of a control that collectors found for a team, whether a person took them on or not.
    pub fn collected_facts(self, answer: AnswerId, words: &Strings) -> Vec<CollectedFact> {
        if self.answers().collected.is_empty() {
            return Vec::new();
        }
        let declared = self.control(answer.control).measure.iter().flat_map(|measure| &measure.facts);
        let fact = |(name, fact): (&String, &Fact)| {
            let source = fact.given_for.unwrap_or(answer.control).of(answer.team);
            let collected = self.collected(source)?;
            let value = *collected.facts.get(name)?;
            let item = collected.item_of(name);
            let by = item.and_then(|item| item.collected.as_deref());
            let given = match self.answer(source).and_then(Answer::claim) {
                Some(Claim::Facts { given, .. }) => given.get(name).filter(|given| **given != value),
                _ => None,
            };
            Some(CollectedFact {
                fact: name.clone(),
                value: shown(value, words),
                given: given.map(|given| shown(*given, words)).unwrap_or_default(),
                by: by.map(|by| by.collector.clone()).unwrap_or_default(),
                day: item.map(|item| words.day(item.period.to)).unwrap_or_default(),
                file: item.and_then(|item| item.artifact.as_ref()).map(|file| file.path.clone()).unwrap_or_default(),
                at: by.and_then(|by| by.gives.get(name).cloned()).unwrap_or_default(),
            })
        };
        declared.filter_map(fact).collect()
    }

    /// The level that collected facts would reach if a person took them on; `None` if there are none, or an answer is there.
    pub fn would_reach(self, answer: AnswerId) -> Option<Level> {
        let control = self.control(answer.control);
        if self.answer(answer).is_some() || !control.is_measured() {
            return None;
        }
        let mut facts = self.facts(answer);
        let own = self.collected(answer).filter(|collected| !collected.facts.is_empty())?;
        facts.extend(own.facts.iter().map(|(name, value)| (name.as_str(), *value)));
        let criteria = self.rules(answer.control).criteria();
        Some(measure::reached(criteria, &facts, self.closes(), self.settings().scale.bottom))
    }

    /// Why what collectors found supports less than what a person claims.
    fn contradicted(self, answer: AnswerId, words: &Strings) -> Option<Shortfall> {
        let facts = self.collected_facts(answer, words).into_iter().filter(|fact| !fact.given.is_empty());
        let said: Vec<String> = facts.map(|fact| fact.said(words)).collect();
        (!said.is_empty()).then(|| Shortfall { why: words.list(&said), needed: words.word("support.found_needed") })
    }

    /// Another answer in words: `PR.IR-01 of Cloud`.
    pub fn answer_named(self, AnswerId { control, team }: AnswerId, words: &Strings) -> String {
        let (control, team) = (self.control(control).called.name(), &self.assessment.team(team).name);
        words.say("finding.answer", &[("control", &control), ("team", team)])
    }

    /// Why an answer is one without evidence: it inherits from one that gives no level. `None` if it does not.
    pub fn nothing_lent_to(self, answer: AnswerId, words: &Strings) -> Option<Shortfall> {
        let provider = self.inherits_nothing(answer)?;
        let state = match self.answer(provider) {
            _ if !self.is_asked(provider) => "support.state_not_asked",
            Some(Answer { state: State::NotApplicable { .. }, .. }) => "support.state_not_applicable",
            Some(Answer { state: State::Unknown { .. }, .. }) => "support.state_unknown",
            Some(_) | None => "support.state_unanswered",
        };
        let named = self.answer_named(provider, words);
        let why = words.say("support.nothing_lent", &[("answer", &named), ("state", &words.word(state))]);
        let team = &self.assessment.team(provider.team).name;
        let key = if self.is_asked(provider) { "support.needed_lent" } else { "support.needed_asked" };
        Some(Shortfall { why, needed: words.say(key, &[("team", team)]) })
    }

    fn little_lent(self, provider: AnswerId, level: Level, words: &Strings) -> Shortfall {
        let (named, team) = (self.answer_named(provider, words), &self.assessment.team(provider.team).name);
        let why = words.say("support.little_lent", &[("answer", &named), ("level", &words.level(level))]);
        Shortfall { why, needed: words.say("support.needed_of", &[("team", team)]) }
    }

    /// How long a team's answer has been carried; `None` if it is not carried.
    pub fn carried(self, answer: AnswerId) -> Option<Carried> {
        self.answer(answer).filter(|answer| answer.is_carried())?;
        let streak = self.streak(answer)?;
        let (given, _) = self.history(answer).nth(streak - 1)?;
        Some(Carried { quarters: (streak - 1).max(1), since: given.name() })
    }

    /// The levels of a measured control, each with its conditions and whether a team's facts meet them.
    pub fn conditions(self, answer: AnswerId, words: &Strings) -> Vec<LevelConditions> {
        let (facts, closes) = (self.facts(answer), self.closes());
        let criteria = self.rules(answer.control).criteria();
        let reached = measure::reached(criteria, &facts, closes, self.settings().scale.bottom);
        let step = |criterion: &Criterion| {
            let check = |requirement: &Requirement| ConditionCheck {
                fact: requirement.fact.clone(),
                wanted: requirement.written.clone(),
                given: given(facts.get(requirement.fact.as_str()).copied(), closes, words),
                met: meets(requirement, &facts, closes),
            };
            let checks = criterion.require.iter().map(check).collect();
            LevelConditions { level: criterion.level, checks, reached: criterion.level <= reached }
        };
        criteria.iter().map(step).collect()
    }
}

/// Names an evidence item, for example `“Restore drill” of 2025-06-02`.
pub(super) fn called(item: &Item, words: &Strings) -> String {
    let Period { from, to } = item.period;
    let key = if from == to { "support.item" } else { "support.item_until" };
    words.say(key, &[("title", &item.title), ("day", &words.day(to))])
}

/// The kinds of evidence that meet a need, for example `record, metric or test`.
fn kinds(need: &Need, words: &Strings) -> String {
    let names: Vec<String> = need.any_of.iter().map(|kind| words.kind(*kind)).collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => words.say("support.or", &[("first", &words.list(rest)), ("last", last)]),
        None => String::new(),
    }
}

fn shown(value: Value, words: &Strings) -> String {
    match value {
        Value::Date(day) => words.day(day),
        Value::Number(_) => words.number(&value.shown()),
        Value::Boolean(_) => value.shown(),
    }
}

fn given(value: Option<Value>, closes: jiff::civil::Date, words: &Strings) -> String {
    match value {
        None => words.word("support.nothing_given"),
        Some(Value::Date(date)) => {
            let days = days(age(date, closes), words);
            words.say("support.date_given", &[("date", &words.day(date)), ("days", &days), ("day", &words.day(closes))])
        }
        Some(value) => words.number(&value.shown()),
    }
}

/// A number of days in words: `1 day`, `2 days`.
pub(super) fn days(count: i32, words: &Strings) -> String {
    words.say("count.days", &[("n", &count)])
}
