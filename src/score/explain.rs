//! Explains one number: its rule, its values, what went in and what was left out. Each step can be repeated with a pocket
//! calculator.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Serialize, Serializer};

use crate::base::number::{Level, Mean};
use crate::base::place::Origin;
use crate::model::catalog::{Lifetime, Need, Node, OverallRule, TeamRule};
use crate::model::evidence::{Answer, Claim, State};
use crate::model::ids::{AnswerId, ControlId, TeamId};
use crate::model::settings::{Basis, Dimension, Hidden};
use crate::model::strings::Strings;
use crate::score::answer::days;
use crate::score::review::Stated;
use crate::score::{AnswerLevels, Carried, ConditionCheck, Figure, Figures, ScoredQuarter, Withheld};

/// Which number is explained: that of a node in a quarter, for all teams or for one.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The quarter of the number.
    pub quarter: ScoredQuarter<'a>,
    /// The team; `None` for all teams together.
    pub team: Option<TeamId>,
    /// The node whose number is explained.
    pub node: Node,
    /// The words to explain it in.
    pub words: &'a Strings,
}

/// How a number was made.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// The node's id.
    pub id: String,
    /// The node's title.
    pub title: String,
    /// The quarter's name.
    pub quarter: String,
    /// The team's name; `None` if the number is for all teams together.
    pub team: Option<String>,
    /// The number as it is shown; `None` if no number is shown.
    pub score: Option<String>,
    /// Why no number is shown; empty if one is shown.
    pub withheld: String,
    /// The rule in words.
    pub rule: String,
    /// The rule with its values filled in; `None` if there is no result.
    pub formula: Option<Formula>,
    /// How the result is rounded to the number shown; empty if no number is shown.
    pub rounding: String,
    /// The parts or answers that enter the number.
    pub inputs: Vec<Input>,
    /// The parts or answers that do not enter the number, and why.
    pub excluded: Vec<Input>,
    /// Other figures shown next to the score, some with their own formula.
    pub beside: Vec<Beside>,
}

/// A formula with its values and its result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Formula {
    /// For example `(2 × 3 + 4) ÷ 3`. Equal values are grouped.
    pub text: String,
    /// For example `3.333333…`: cut after six decimals, not rounded.
    pub value: String,
}

/// One item that enters a number or is left out of it.
#[derive(Clone, Debug, Serialize)]
pub struct Input {
    /// The name of the team, the control or the Function.
    pub name: String,
    /// Its weight.
    pub weight: u32,
    /// Its value; empty if the item is left out.
    pub value: String,
    /// How the value came about, or why the item is left out. One sentence per note.
    pub notes: Vec<String>,
    /// Where it is written; `None` if the item is itself a computed figure. As `path:line` in data.
    #[serde(serialize_with = "shown")]
    pub at: Option<Origin>,
}

fn shown<S: Serializer>(at: &Option<Origin>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&at.as_ref().map(Origin::shown).unwrap_or_default())
}

/// A figure shown next to the mean.
#[derive(Clone, Debug, Serialize)]
pub struct Beside {
    /// The figure's name.
    pub name: String,
    /// The formula; `None` if there is no calculation.
    pub formula: Option<Formula>,
    /// The figure as it is shown.
    pub shown: String,
}

/// Explains the number of `subject`.
pub fn explain(subject: Subject<'_>) -> Explanation {
    let Subject { quarter, team, node, words } = subject;
    let catalog = quarter.framework(node.framework());
    let decimals = quarter.settings().scoring.decimals;
    let (inputs, excluded) = match node {
        Node::Control(control) => subject.answers(control),
        _ => subject.parts_listed(),
    };
    // A formula has its result beside it, which is withheld with the score.
    let formula = subject.figures().withheld.is_none().then(|| subject.formula(Figure::Score)).flatten();
    let score = subject.figures().score(decimals);
    let rounding = match (&score, &formula) {
        (Some(score), Some(formula)) => {
            let (value, shown) = (words.number(&formula.value), words.number(score));
            words.say("explain.rounding", &[("value", &value), ("shown", &shown), ("n", &decimals)])
        }
        _ => String::new(),
    };
    Explanation {
        id: catalog.id_of(node).to_owned(),
        title: catalog.title_of(node).to_owned(),
        quarter: quarter.name().to_string(),
        team: team.map(|team| quarter.assessment.team(team).name.clone()),
        withheld: subject.withheld(),
        rule: subject.rule(),
        formula,
        rounding,
        inputs,
        excluded,
        beside: subject.beside(),
        score,
    }
}

/// A part of a mean: its weight, its value, and how the formula writes the value.
struct Term {
    weight: u32,
    value: Mean,
    text: String,
}

impl<'a> Subject<'a> {
    fn figures_of(self, node: Node) -> &'a Figures {
        self.quarter.figures(node, self.team)
    }

    fn figures(self) -> &'a Figures {
        self.figures_of(self.node)
    }

    /// The parts of the node, each with its weight.
    fn parts(self) -> impl Iterator<Item = (u32, Node)> + Clone + 'a {
        let catalog = self.quarter.framework(self.node.framework());
        catalog.parts(self.node, self.quarter.settings().scoring.overall)
    }

    fn formula(self, figure: Figure) -> Option<Formula> {
        let result = figure.of(self.figures())?;
        let terms = match self.node {
            Node::Control(control) => return self.control_formula(control, figure, result),
            _ => self.terms(figure)?,
        };
        Some(Formula { text: written(&terms), value: result.cut() })
    }

    /// The parts that enter a figure of the node, with their weights; `None` if one of them lacks the figure.
    fn values(self, figure: Figure) -> Option<Vec<(u32, Node, &'a Mean)>> {
        let assessed = self.figures().counts.assessed > 0;
        let parts = self.parts().filter(|(_, node)| figure.takes(self.figures_of(*node), assessed));
        let weight = |weight| if figure == Figure::Unweighted { 1 } else { weight };
        parts.map(|(own, node)| Some((weight(own), node, figure.of(self.figures_of(node))?))).collect()
    }

    /// The parts that enter a figure of the node, as the formula writes them.
    fn terms(self, figure: Figure) -> Option<Vec<Term>> {
        let term = |(weight, node, value): (u32, Node, &Mean)| {
            // A mean of means often has no finite decimal form, so the formula shows its sum and weights instead.
            let text = match node {
                Node::Control(_) => value.cut(),
                _ => Self { node, ..self }.total(figure)?,
            };
            Some(Term { weight, value: value.clone(), text })
        };
        let mut terms: Vec<Term> = self.values(figure)?.into_iter().map(term).collect::<Option<_>>()?;
        // Functions stay in the catalog's order. Other parts are sorted, the lowest first.
        if !matches!(self.parts().next(), Some((_, Node::Function(_)))) {
            terms.sort_by(|one, two| one.value.cmp(&two.value));
        }
        Some(terms)
    }

    /// The sum of a node's parts and their weights, as in `62.333333 ÷ 31`.
    fn total(self, figure: Figure) -> Option<String> {
        let values = self.values(figure)?;
        let products: Vec<Mean> = values.iter().map(|(weight, _, value)| value.times((*weight).into())).collect();
        let weights: u64 = values.iter().map(|(weight, ..)| u64::from(*weight)).sum();
        Some(format!("{} ÷ {weights}", Mean::sum(&products).cut()))
    }

    /// The formula of one figure of a control: the teams' levels, and how they are joined.
    fn control_formula(self, control: ControlId, figure: Figure, result: &Mean) -> Option<Formula> {
        match (figure, self.quarter.target(control)) {
            (Figure::Target | Figure::TargetOfAll, _) => return None,
            (Figure::Gap, Some(target)) => {
                let (mean, wanted) = (self.figures().mean.as_ref()?.cut(), target.level.shown());
                let text = self.words.say("explain.higher", &[("target", &wanted), ("mean", &mean)]);
                return Some(Formula { text, value: result.cut() });
            }
            _ => {}
        }
        let scale = &self.quarter.settings().scale;
        let mut levels: Vec<(u32, Level)> =
            self.counted(control).filter_map(|team| self.weighted_level(control.of(team), figure)).collect();
        if levels.is_empty() {
            // If nobody is asked, the control counts as one missing answer.
            levels.push((1, if figure == Figure::Low { scale.bottom } else { scale.top() }));
        }
        if self.quarter.rules(control).team_rule() == TeamRule::Min && self.team.is_none() {
            let levels: Vec<String> = levels.iter().map(|(_, level)| level.shown()).collect();
            let text = self.words.say("explain.lowest", &[("levels", &self.words.list(&levels))]);
            return Some(Formula { text, value: result.cut() });
        }
        let term = |(weight, level): (u32, Level)| Term { weight, value: Mean::from(level), text: level.shown() };
        let mut terms: Vec<Term> = levels.into_iter().map(term).collect();
        terms.sort_by(|one, two| one.value.cmp(&two.value));
        Some(Formula { text: written(&terms), value: result.cut() })
    }

    /// The level of an answer that enters a figure, with its weight.
    fn weighted_level(self, id: AnswerId, figure: Figure) -> Option<(u32, Level)> {
        let settings = self.quarter.settings();
        let weight = if figure == Figure::Unweighted { 1 } else { self.weight_of(id) };
        let open = match figure {
            Figure::Low => Some(settings.scale.bottom),
            Figure::High => Some(settings.scale.top()),
            _ => None,
        };
        let level = match self.quarter.levels(id) {
            Some(levels) => Some(level_of(levels, figure, settings.scoring.score)),
            None if self.quarter.answer(id).is_some_and(Answer::is_not_applicable) => None,
            None => open,
        };
        Some((weight, level?))
    }

    /// The weight of a team in a control: 1 unless the teams' levels are joined by mean.
    fn weight_of(self, id: AnswerId) -> u32 {
        let joins = self.team.is_none() && self.quarter.rules(id.control).team_rule() == TeamRule::Mean;
        if joins { self.quarter.team(id.team).weight } else { 1 }
    }

    fn counted(self, control: ControlId) -> impl Iterator<Item = TeamId> + Clone + 'a {
        self.quarter.teams_that_count(control, self.team)
    }

    fn rule(self) -> String {
        let (settings, words) = (self.quarter.settings(), self.words);
        if self.figures().withheld == Some(Withheld::TeamLevel) {
            return words.word("explain.rule_by_team");
        }
        match self.node {
            Node::Control(control) => self.control_rule(control),
            Node::Framework(_) if settings.scoring.overall == OverallRule::Functions => {
                words.word("explain.rule_functions")
            }
            _ => words.word("explain.rule_controls"),
        }
    }

    /// How a control's score is made of levels, which level counts, and what counts by itself.
    fn control_rule(self, control: ControlId) -> String {
        let (settings, words) = (self.quarter.settings(), self.words);
        let level = words.word(match settings.scoring.score {
            Basis::Supported => "explain.counts_supported",
            Basis::Claimed => "explain.counts_claimed",
        });
        let teams = match self.quarter.rules(control).team_rule() {
            _ if self.team.is_some() => words.word("explain.rule_one_team"),
            TeamRule::Mean => words.word("explain.rule_mean"),
            TeamRule::Min => words.word("explain.rule_lowest"),
            TeamRule::Owner(owner) => words.say("explain.rule_owner", &[("team", &settings.teams[owner].name)]),
        };
        let subs = self.quarter.framework(control.framework()).subs_of(control).count();
        let subs = (subs > 0).then(|| words.say("explain.subs", &[("n", &subs)]));
        [teams, level].into_iter().chain(subs).collect::<Vec<_>>().join("; ")
    }

    fn withheld(self) -> String {
        let (figures, counts) = (self.figures(), &self.figures().counts);
        let minimum = self.quarter.settings().scoring.minimum_coverage;
        match (figures.why_withheld(), &figures.mean) {
            (Some(Withheld::Coverage), _) => format!(
                "withheld: {} of {} answers are assessed, less than {minimum} %",
                counts.assessed,
                counts.applicable()
            ),
            (Some(Withheld::TeamLevel), _) => "by team; --team ID shows one of them".to_owned(),
            (None, Some(_)) => String::new(),
            (None, None) if counts.applicable() > 0 => "nothing is assessed".to_owned(),
            (None, None) => match self.node {
                Node::Control(control) if !self.quarter.is_in_force(control) => self.not_in_force(control),
                _ => "nothing here applies".to_owned(),
            },
        }
    }

    /// When a control is in force that is not in this quarter, and what took its place.
    fn not_in_force(self, control: ControlId) -> String {
        let Lifetime { since, until, replaced_by } = &self.quarter.control(control).lifetime;
        match (since, until) {
            (_, Some(until)) if *until < self.quarter.name() => {
                let after = match replaced_by.as_slice() {
                    [] => String::new(),
                    ids => format!(", and {} took its place", ids.join(", ")),
                };
                format!("not in force: its last quarter was {until}{after}")
            }
            (since, _) => {
                let since = since.map(|since| format!(": its first quarter is {since}")).unwrap_or_default();
                format!("not in force{since}")
            }
        }
    }

    /// The parts of a node above controls: those that enter its mean, and those that do not.
    fn parts_listed(self) -> (Vec<Input>, Vec<Input>) {
        if self.figures().withheld == Some(Withheld::TeamLevel) {
            return Default::default();
        }
        let catalog = self.quarter.framework(self.node.framework());
        let listed = self.parts().map(|(weight, node)| {
            let figures = self.figures_of(node);
            let notes = match node {
                Node::Control(control) => self.team_levels(control),
                _ => {
                    let counts = &figures.counts;
                    let values: [(&str, &dyn fmt::Display); 2] =
                        [("part", &counts.assessed), ("all", &counts.applicable())];
                    vec![self.words.say("chart.assessed", &values)]
                }
            };
            let part = Self { node, ..self };
            let value = match (&figures.mean, node) {
                (Some(mean), Node::Control(_)) => mean.cut(),
                (Some(mean), _) => format!("{} = {}", part.total(Figure::Score).unwrap_or_default(), mean.cut()),
                (None, _) => String::new(),
            };
            let name = format!("{} {}", catalog.id_of(node), catalog.title_of(node));
            Input { name, weight, value, notes, at: None }
        });
        listed.partition(|input| !input.value.is_empty())
    }

    /// For each team that counts: its answer for a control in short, and where the answer is written.
    fn team_levels(self, control: ControlId) -> Vec<String> {
        let words = self.words;
        let team_level = |team: TeamId| {
            let (id, name) = (control.of(team), &self.quarter.assessment.team(team).name);
            let answer = self.quarter.answer(id);
            let level = match (answer, self.quarter.level(id)) {
                (None, _) => words.word("chart.unanswered"),
                (Some(_), Some(level)) => words.level(level),
                (Some(answer), None) if answer.is_not_applicable() => words.word("chart.not_applicable"),
                (Some(_), None) => words.word("chart.unknown"),
            };
            let place = answer.map(|answer| answer.origin.in_brackets()).unwrap_or_default();
            format!("{name}: {level}{place}")
        };
        let levels: Vec<String> = self.counted(control).map(team_level).collect();
        match levels.as_slice() {
            [] if !self.quarter.is_in_force(control) => vec![words.word("explain.not_in_force")],
            [] if self.team.is_some_and(|team| self.quarter.is_asked(control.of(team))) => {
                vec![words.word("explain.not_counted")]
            }
            [] => vec![words.word("explain.nobody_asked")],
            _ => levels,
        }
    }

    /// The teams' answers for a control: those that enter its mean, and the others.
    fn answers(self, control: ControlId) -> (Vec<Input>, Vec<Input>) {
        let counts = |team: TeamId| self.counted(control).any(|counted| counted == team);
        let asked = self.quarter.teams_asked(control).filter(|team| self.team.is_none_or(|only| only == *team));
        let (made, left): (Vec<_>, Vec<_>) =
            asked.map(|team| control.of(team)).partition(|id| counts(id.team) && self.quarter.levels(*id).is_some());
        let inputs = |ids: Vec<AnswerId>| ids.into_iter().map(|id| self.input(id)).collect();
        (inputs(made), inputs(left))
    }

    /// Who attested an answer apart from its file.
    fn attested(self, answer: &Answer) -> Option<String> {
        let attested = answer.attested.as_ref().filter(|attested| attested.of_answer)?;
        let shows_people = !self.quarter.assessment.hidden.contains(&Hidden::People);
        let by = if shows_people { attested.by.as_str() } else { "" };
        let said = self.words.attested(by, attested.on)?;
        Some(self.words.say("explain.attested", &[("attested", &said)]))
    }

    /// One team's answer for a control, with how its level came about or why it has none.
    fn input(self, id: AnswerId) -> Input {
        let (words, answer, levels) = (self.words, self.quarter.answer(id), self.quarter.levels(id));
        let carried = self
            .quarter
            .carried(id)
            .map(|Carried { quarters, since }| words.say("explain.carried", &[("n", &quarters), ("quarter", &since)]));
        let mut notes = Vec::new();
        match (answer, levels) {
            (Some(answer), Some(levels)) => {
                if !self.counted(id.control).any(|team| team == id.team) {
                    notes.push(words.word("explain.not_counted"));
                }
                notes.extend(self.level_notes(id, answer, levels));
                notes.extend(carried);
                notes.extend(self.attested(answer));
            }
            (None, _) if !self.counted(id.control).any(|team| team == id.team) => {
                notes.push(words.word("explain.not_counted"));
            }
            (None, _) => {
                notes.push(words.word("explain.unanswered"));
                let reached = self.quarter.would_reach(id);
                notes.extend(reached.map(|level| words.say("explain.would_reach", &[("level", &words.level(level))])));
                notes.extend(self.found(id));
            }
            (Some(answer), None) => {
                notes.push(why_no_level(&answer.state, words));
                notes.extend(carried);
                notes.extend(self.attested(answer));
            }
        }
        notes.extend(self.reviewed(id, levels));
        let level = self.quarter.level(id).filter(|_| answer.is_some());
        Input {
            name: self.quarter.assessment.team(id.team).name.clone(),
            weight: self.weight_of(id),
            value: level.map_or_else(String::new, Level::shown),
            notes,
            at: answer.map(|answer| answer.origin.clone()),
        }
    }

    /// What reviewers say of an answer, beside what the team claims and what its evidence supports.
    fn reviewed(self, id: AnswerId, levels: Option<AnswerLevels>) -> Vec<String> {
        let (quarter, words) = (self.quarter, self.words);
        let Some(opinion) = quarter.opinion(id) else { return Vec::new() };
        let shown = |stated: Option<Stated>| match stated {
            Some(Stated::Level(level)) => words.level(level),
            Some(Stated::NotApplicable) => words.word("chart.not_applicable"),
            None => words.word("reviews.cannot_tell"),
        };
        let with_category = |found: String, is_so: bool| {
            if is_so { words.list(&[found, words.word("reviews.with_category")]) } else { found }
        };
        let reviewed = with_category(shown(opinion.reviewed), opinion.with_category);
        let together = match levels {
            Some(levels) => {
                let (claimed, supported) = (words.level(levels.claimed), words.level(levels.supported));
                let values: [(&str, &dyn fmt::Display); 3] =
                    [("claimed", &claimed), ("supported", &supported), ("reviewed", &reviewed)];
                words.say("reviews.side_by_side", &values)
            }
            None => words.say("reviews.reviewed_alone", &[("reviewed", &reviewed)]),
        };
        let each = quarter.verdicts(id).map(|(review, verdict)| {
            let found = quarter.found(id, verdict);
            let key = if found.is_some() { "reviews.verdict" } else { "reviews.verdict_none" };
            let (found, day) = (shown(found), words.day(verdict.date));
            let values: [(&str, &dyn fmt::Display); 3] =
                [("reviewer", &review.reviewer), ("found", &found), ("day", &day)];
            with_category(words.say(key, &values), verdict.is_on_category()) + &verdict.origin.in_brackets()
        });
        std::iter::once(together).chain(each).collect()
    }

    /// How one answer's level came about.
    fn level_notes(self, id: AnswerId, answer: &Answer, levels: AnswerLevels) -> Vec<String> {
        let control = self.quarter.control(id.control);
        let mut notes = Vec::new();
        match answer.claim() {
            Some(Claim::Dimensions(split)) => notes.push(self.split(split, "explain.split_claimed", levels.claimed)),
            Some(Claim::Facts { said, .. }) => {
                let sources = control.stands_on().into_iter().map(|source| self.quarter.control(source).id.clone());
                let sources: Vec<String> = sources.collect();
                if !sources.is_empty() {
                    notes.push(self.words.say("explain.stands_on", &[("controls", &self.words.list(&sources))]));
                }
                notes.extend(self.conditions(id));
                let other = said.filter(|said| *said != levels.claimed);
                notes.extend(other.map(|said| beside_facts(said, levels, self.words)));
            }
            Some(Claim::Level(_)) | None => {}
        }
        notes.extend(self.found(id));
        notes.extend(answer.rests_on_machines().then(|| self.words.word("answer.by_machines")));
        notes.extend(self.support_notes(id, answer, levels));
        notes.extend(self.inherited_note(id, answer));
        notes.extend(self.evidence_notes(id));
        notes
    }

    /// Each fact that a collector found, and where.
    fn found(self, id: AnswerId) -> Vec<String> {
        self.quarter.collected_facts(id, self.words).iter().map(|fact| fact.said(self.words)).collect()
    }

    /// Which level the evidence of an answer supports, and why.
    fn support_notes(self, id: AnswerId, answer: &Answer, levels: AnswerLevels) -> Vec<String> {
        let words = self.words;
        let Some(shortfall) = self.quarter.shortfall(id, levels, words) else {
            let highest = match answer.claim() {
                Some(Claim::Dimensions(levels)) => levels.iter().copied().max(),
                _ => Some(levels.claimed),
            };
            let lowest = |need: &Need| self.quarter.settings().scale.lowest_with(need.from);
            let needed = self.quarter.rules(id.control).needs().iter().any(|need| Some(lowest(need)) <= highest);
            let key = if needed { "explain.supported" } else { "explain.needs_none" };
            return vec![words.say(key, &[("claimed", &words.level(levels.claimed))])];
        };
        let mut notes = vec![shortfall.said(levels, words), shortfall.needed];
        let cap = self.quarter.unmet(id).map(|need| self.quarter.settings().scale.highest_without(need.from)).min();
        if let (Some(Claim::Dimensions(split)), Some(cap)) = (answer.claim(), cap) {
            let capped: Vec<Level> = split.iter().map(|level| cap.min(*level)).collect();
            notes.push(self.split(&capped, "explain.split_supported", levels.supported));
        }
        notes
    }

    /// What an answer inherits from, and what remains for its team.
    fn inherited_note(self, id: AnswerId, answer: &Answer) -> Option<String> {
        let (provider, words) = (self.quarter.provider(id)?, self.words);
        let nothing = self.quarter.inherits_nothing(id).is_some();
        let level = self.quarter.levels(provider).map(|levels| words.level(levels.supported)).unwrap_or_default();
        let values: [(&str, &dyn fmt::Display); 3] = [
            ("answer", &self.quarter.answer_named(provider, words)),
            ("level", &level),
            ("remains", &answer.inherited.as_ref()?.remains),
        ];
        Some(words.say(if nothing { "explain.inherits_nothing" } else { "explain.inherits" }, &values))
    }

    /// Each evidence item that speaks for an answer, with its age, its own before those that are lent to it.
    fn evidence_notes(self, id: AnswerId) -> impl Iterator<Item = String> + 'a {
        let (closes, limit) = (self.quarter.closes(), self.quarter.rules(id.control).max_age());
        let own = self.quarter.evidence_for(id).map(|item| (None, item));
        let lent = self.quarter.lent_evidence(id).into_iter().map(|(provider, item)| (Some(provider), item));
        own.chain(lent).map(move |(provider, item)| {
            let (words, age) = (self.words, item.period.age(closes));
            let values: [(&str, &dyn fmt::Display); 5] = [
                ("kind", &words.kind(item.kind)),
                ("title", &item.title),
                ("when", &words.period(item.period)),
                ("age", &days(age, words)),
                ("limit", &limit),
            ];
            let key = if age > limit { "explain.evidence_stale" } else { "explain.evidence" };
            let told = words.say(key, &values);
            let told = provider.map_or(told.clone(), |provider| {
                let answer = self.quarter.answer_named(provider, words);
                words.say("explain.evidence_of", &[("answer", &answer), ("item", &told)])
            });
            told + &item.origin.in_brackets()
        })
    }

    /// The level of each dimension, and the resulting level.
    fn split(self, levels: &[Level], key: &str, result: Level) -> String {
        let words = self.words;
        let dimensions = || self.quarter.settings().scale.dimensions.iter().zip(levels);
        let term = |(dimension, level): (&Dimension, &Level)| Term {
            weight: dimension.weight,
            value: Mean::from(*level),
            text: level.shown(),
        };
        let terms: Vec<Term> = dimensions().map(term).collect();
        let said: Vec<String> =
            dimensions().map(|(dimension, level)| format!("{} {}", dimension.name, words.level(*level))).collect();
        let exact = Mean::weighted(terms.iter().map(|term| (term.weight, &term.value)));
        let is_exact = exact == Some(Mean::from(result));
        let formula = format!("{} = {}", words.number(&written(&terms)), words.level(result));
        let formula = if is_exact { formula } else { words.say("explain.rounded", &[("formula", &formula)]) };
        words.say(key, &[("dimensions", &words.list(&said)), ("formula", &formula)])
    }

    /// Each condition of a measured control, met or not.
    fn conditions(self, id: AnswerId) -> Vec<String> {
        let words = self.words;
        let steps = self.quarter.conditions(id, words).into_iter();
        let found = self.quarter.collected_facts(id, words);
        let told = |level: Level, check: ConditionCheck| {
            let key = if check.met { "explain.condition_met" } else { "explain.condition_missed" };
            let ConditionCheck { fact, wanted, given, .. } = check;
            let other = found.iter().find(|found| found.fact == fact && !found.given.is_empty());
            let given = other.map_or(given.clone(), |other| {
                words.say("explain.condition_found", &[("given", &given), ("value", &other.value)])
            });
            words
                .say(key, &[("level", &words.level(level)), ("fact", &fact), ("condition", &wanted), ("given", &given)])
        };
        steps
            .flat_map(|step| step.checks.into_iter().map(|check| told(step.level, check)).collect::<Vec<_>>())
            .collect()
    }

    /// How many answers are reviewed, and the lowest level that a reviewer found; `None` if the quarter is not reviewed.
    fn reviewed_beside(self) -> Option<Beside> {
        let words = self.words;
        let reviewed = self.quarter.reviewed(self.node, self.team);
        let part: [(&str, &dyn fmt::Display); 2] = [("part", &reviewed.answers), ("n", &reviewed.all)];
        let counted = words.say("explain.assessed", &part);
        let lowest = reviewed.lowest.map(|level| words.say("reviews.lowest", &[("level", &words.level(level))]));
        let shown = words.list(&std::iter::once(counted).chain(lowest).collect::<Vec<_>>());
        let name = match self.node {
            Node::Framework(id) => words.say("reviews.reviewed_of", &[("of", &self.quarter.framework(id).title)]),
            _ => words.word("reviews.reviewed"),
        };
        let beside = Beside { name, formula: None, shown };
        (!self.quarter.answers().reviews.is_empty()).then_some(beside)
    }

    /// The figures shown next to the mean.
    fn beside(self) -> Vec<Beside> {
        let (settings, words) = (self.quarter.settings(), self.words);
        let decimals = settings.scoring.decimals;
        let (figures, counts) = (self.figures(), &self.figures().counts);
        let (other, other_figure) = match settings.scoring.score.other() {
            Basis::Supported => ("basis.supported", Figure::Supported),
            Basis::Claimed => ("basis.claimed", Figure::Claimed),
        };
        let if_all = |level: Level| words.say("explain.if_all", &[("level", &words.level(level))]);
        let open = counts.assessed < counts.applicable();
        let basis = figures.target_rests_on();
        let target = match basis {
            None => words.word("column.target"),
            Some(basis) => words.say("explain.target_of", &[("n", &basis)]),
        };
        let target_of_all = words.say("explain.target_of_all", &[("n", &counts.applicable_controls)]);
        let shown = figures.withheld.is_none();
        let rows = [
            (words.word(other), other_figure, shown),
            (words.word("figures.unweighted"), Figure::Unweighted, shown && figures.unweighted.is_some()),
            (if_all(settings.scale.bottom), Figure::Low, open),
            (if_all(settings.scale.top()), Figure::High, open),
            (target, Figure::Target, true),
            (target_of_all, Figure::TargetOfAll, basis.is_some()),
            (words.word("column.gap"), Figure::Gap, shown),
        ];
        let row = |(name, figure, wanted): (String, Figure, bool)| {
            let value = figure.of(figures).filter(|_| wanted)?;
            let formula = self.formula(figure);
            let shown = if figure == Figure::Gap { value.shown_half_down(decimals) } else { value.shown(decimals) };
            Some(Beside { name, formula, shown })
        };
        let part: [(&str, &dyn fmt::Display); 2] = [("part", &counts.assessed), ("n", &counts.applicable())];
        let assessed = words.say("explain.assessed", &part);
        let mut beside = vec![Beside { name: words.word("column.assessed"), formula: None, shown: assessed }];
        beside.extend(counts.floor.map(|floor| Beside {
            name: words.word("column.floor"),
            formula: None,
            shown: words.say("explain.floor", &[("level", &words.level(floor))]),
        }));
        beside.extend(rows.into_iter().filter_map(row));
        beside.extend(self.reviewed_beside());
        beside.extend(counts.share_at_target().map(|share| {
            Beside {
                name: words.word("column.at_target"),
                formula: Some(Formula {
                    text: format!("{} × 100 ÷ {}", counts.at_target, counts.targeted),
                    value: Mean::from(Level::from_millionths(i64::from(counts.at_target) * 100_000_000))
                        .divided(counts.targeted)
                        .cut(),
                }),
                shown: words.say("figures.percent", &[("share", &share)]),
            }
        }));
        beside
    }
}

fn level_of(levels: AnswerLevels, figure: Figure, basis: Basis) -> Level {
    match figure {
        Figure::Claimed => levels.claimed,
        Figure::Supported => levels.supported,
        _ => levels.score(basis),
    }
}

/// What a team wrote beside facts that make another level.
pub(super) fn beside_facts(written: Level, levels: AnswerLevels, words: &Strings) -> String {
    let (written, made) = (words.level(written), words.level(levels.claimed));
    words.say("explain.beside_facts", &[("written", &written), ("made", &made)])
}

/// Why an answer without a level is left out of the mean.
fn why_no_level(state: &State, words: &Strings) -> String {
    match state {
        State::NotApplicable { reason, approved_by } if approved_by.is_empty() => {
            words.say("explain.not_applicable_unapproved", &[("reason", reason)])
        }
        State::NotApplicable { reason, approved_by } => {
            words.say("explain.not_applicable", &[("reason", reason), ("role", approved_by)])
        }
        State::Unknown { why } => words.say("explain.unknown", &[("why", why)]),
        State::Assessed { .. } => String::new(),
    }
}

/// The weighted mean of `terms` as a formula, with equal terms grouped.
fn written(terms: &[Term]) -> String {
    let mut gathered: Vec<(&str, u64)> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for Term { weight, text, .. } in terms {
        let place = *places.entry(text).or_insert(gathered.len());
        if place == gathered.len() {
            gathered.push((text, 0));
        }
        gathered[place].1 += u64::from(*weight);
    }
    let product = |(text, weight): &(&str, u64)| {
        if *weight == 1 { (*text).to_owned() } else { format!("{weight} × {text}") }
    };
    let sum = gathered.iter().map(product).collect::<Vec<_>>().join(" + ");
    let weights: u64 = gathered.iter().map(|(_, weight)| weight).sum();
    if weights == 1 { sum } else { format!("({sum}) ÷ {weights}") }
}
