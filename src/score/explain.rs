//! Explains one number: its rule, its values, what went in and what was left out. Each step can be repeated with a pocket
//! calculator.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::base::number::{Level, Mean};
use crate::model::catalog::{Lifetime, Need, Node, OverallRule, TeamRule};
use crate::model::evidence::{Answer, Claim, Period, State};
use crate::model::ids::{AnswerId, ControlId, TeamId};
use crate::model::settings::{Basis, Dimension, Hidden};
use crate::score::answer::days;
use crate::score::{AnswerLevels, Carried, Figure, Figures, ScoredQuarter, Shortfall, Withheld};

/// Which number is explained: that of a node in a quarter, for all teams or for one.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The quarter of the number.
    pub quarter: ScoredQuarter<'a>,
    /// The team; `None` for all teams together.
    pub team: Option<TeamId>,
    /// The node whose number is explained.
    pub node: Node,
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
    /// Where it is written, as `path:line`; empty if the item is itself a computed figure.
    pub at: String,
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
    let Subject { quarter, team, node } = subject;
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
            let digits = if decimals == 1 { "1 decimal".to_owned() } else { format!("{decimals} decimals") };
            format!("{} is shown as {score}: rounded once, half up, to {digits}", formula.value)
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
                let text = format!("the higher of 0 and {wanted} − {mean}");
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
            return Some(Formula { text: format!("the lowest of {}", levels.join(", ")), value: result.cut() });
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
        let settings = self.quarter.settings();
        let level = match settings.scoring.score {
            Basis::Supported => "the level that current evidence supports",
            Basis::Claimed => "the level that the team claims",
        };
        if self.figures().withheld == Some(Withheld::TeamLevel) {
            return "shown team by team: no mean joins what these figures say of one team each".to_owned();
        }
        match self.node {
            Node::Control(control) => {
                let teams = match self.quarter.rules(control).team_rule() {
                    _ if self.team.is_some() => "one team's level".to_owned(),
                    TeamRule::Mean => {
                        "the mean of the teams' levels by weight, rounded half up to a millionth".to_owned()
                    }
                    TeamRule::Min => "the lowest of the teams' levels".to_owned(),
                    TeamRule::Owner(owner) => format!("the level of its owner, {}", settings.teams[owner].name),
                };
                let subs = self.quarter.framework(control.framework()).subs_of(control).count();
                let left_out = match subs {
                    0 => String::new(),
                    1 => "; its sub-control counts by itself".to_owned(),
                    subs => format!("; its {subs} sub-controls count by themselves"),
                };
                format!("{teams}; what counts is {level}{left_out}")
            }
            Node::Framework(_) if settings.scoring.overall == OverallRule::Functions => {
                "the mean of the Functions with at least one assessed answer, each counting the same".to_owned()
            }
            _ => "the mean of its controls with at least one assessed answer, by weight".to_owned(),
        }
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
                    vec![format!("{} of {} assessed", counts.assessed, counts.applicable())]
                }
            };
            let part = Self { node, ..self };
            let value = match (&figures.mean, node) {
                (Some(mean), Node::Control(_)) => mean.cut(),
                (Some(mean), _) => format!("{} = {}", part.total(Figure::Score).unwrap_or_default(), mean.cut()),
                (None, _) => String::new(),
            };
            let name = format!("{} {}", catalog.id_of(node), catalog.title_of(node));
            Input { name, weight, value, notes, at: String::new() }
        });
        listed.partition(|input| !input.value.is_empty())
    }

    /// For each team that counts: its answer for a control in short, and where the answer is written.
    fn team_levels(self, control: ControlId) -> Vec<String> {
        let team_level = |team: TeamId| {
            let (id, name) = (control.of(team), &self.quarter.assessment.team(team).name);
            let Some(answer) = self.quarter.answer(id) else { return format!("{name}: unanswered") };
            let level = match self.quarter.level(id) {
                Some(level) => level.shown(),
                None if answer.is_not_applicable() => "not applicable".to_owned(),
                None => "unknown".to_owned(),
            };
            format!("{name}: {level}{}", answer.origin.in_brackets())
        };
        let levels: Vec<String> = self.counted(control).map(team_level).collect();
        match levels.as_slice() {
            [] if !self.quarter.is_in_force(control) => vec!["not in force in this quarter".to_owned()],
            [] => vec!["no team is asked".to_owned()],
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
        let by = if shows_people { format!(" by {}", attested.by) } else { String::new() };
        let on = attested.on.map(|on| format!(" on {on}")).unwrap_or_default();
        Some(format!("attested{by}{on}, apart from the other answers of its file"))
    }

    /// One team's answer for a control, with how its level came about or why it has none.
    fn input(self, id: AnswerId) -> Input {
        let (answer, levels) = (self.quarter.answer(id), self.quarter.levels(id));
        let carried = self.quarter.carried(id);
        let carried =
            carried.map(|Carried { words, since, .. }| format!("{words}: given for {since} and not again since"));
        let mut notes = Vec::new();
        match (answer, levels) {
            (Some(answer), Some(levels)) => {
                if !self.counted(id.control).any(|team| team == id.team) {
                    notes.push("does not count: another team owns this control".to_owned());
                }
                notes.extend(self.level_notes(id, answer, levels));
                notes.extend(carried);
                notes.extend(self.attested(answer));
            }
            (None, _) => notes.push("unanswered; it stays in the denominator and widens the range".to_owned()),
            (Some(answer), None) => {
                notes.push(why_no_level(&answer.state));
                notes.extend(carried);
                notes.extend(self.attested(answer));
            }
        }
        let level = self.quarter.level(id).filter(|_| answer.is_some());
        Input {
            name: self.quarter.assessment.team(id.team).name.clone(),
            weight: self.weight_of(id),
            value: level.map_or_else(String::new, Level::shown),
            notes,
            at: answer.map(|answer| answer.origin.shown()).unwrap_or_default(),
        }
    }

    /// How one answer's level came about.
    fn level_notes(self, id: AnswerId, answer: &Answer, levels: AnswerLevels) -> Vec<String> {
        let control = self.quarter.control(id.control);
        let mut notes = Vec::new();
        match answer.claim() {
            Some(Claim::Dimensions(split)) => notes.push(self.split(split, "claimed", levels.claimed)),
            Some(Claim::Facts { said, .. }) => {
                let sources = control.stands_on().into_iter().map(|source| self.quarter.control(source).id.as_str());
                let sources = sources.collect::<Vec<_>>().join(", ");
                if !sources.is_empty() {
                    notes.push(format!("stands on the facts and the evidence of {sources}"));
                }
                notes.extend(self.conditions(id));
                let other = said.filter(|said| *said != levels.claimed);
                notes.extend(
                    other.map(|said| format!("{} is written, the facts make {}", said.shown(), levels.claimed.shown())),
                );
            }
            Some(Claim::Level(_)) | None => {}
        }
        notes.extend(self.support_notes(id, answer, levels));
        notes.extend(self.evidence_notes(id));
        notes
    }

    /// Which level the evidence of an answer supports, and why.
    fn support_notes(self, id: AnswerId, answer: &Answer, levels: AnswerLevels) -> Vec<String> {
        let (claimed, supported) = (levels.claimed.shown(), levels.supported.shown());
        let Some(Shortfall { why, needed }) = self.quarter.shortfall(id, levels) else {
            let highest = match answer.claim() {
                Some(Claim::Dimensions(levels)) => levels.iter().copied().max(),
                _ => Some(levels.claimed),
            };
            let lowest = |need: &Need| self.quarter.settings().scale.lowest_with(need.from);
            let needed = self.quarter.rules(id.control).needs().iter().any(|need| Some(lowest(need)) <= highest);
            let how = if needed { " and supported by its evidence" } else { ", which needs no evidence" };
            return vec![format!("claimed {claimed}{how}")];
        };
        let mut notes = vec![format!("claimed {claimed}, supported {supported}: {why}"), needed];
        let cap = self.quarter.unmet(id).map(|need| self.quarter.settings().scale.highest_without(need.from)).min();
        if let (Some(Claim::Dimensions(split)), Some(cap)) = (answer.claim(), cap) {
            let capped: Vec<Level> = split.iter().map(|level| cap.min(*level)).collect();
            notes.push(self.split(&capped, "supported", levels.supported));
        }
        notes
    }

    /// Each evidence item that speaks for an answer, with its age.
    fn evidence_notes(self, id: AnswerId) -> impl Iterator<Item = String> + 'a {
        let (closes, limit) = (self.quarter.closes(), self.quarter.rules(id.control).max_age());
        self.quarter.evidence_for(id).map(move |item| {
            let age = item.period.age(closes);
            let stale = if age > limit { format!(", stale: limit {limit}") } else { String::new() };
            let Period { from, to } = item.period;
            let when = if from == to { to.to_string() } else { format!("{from} to {to}") };
            let old = days(age);
            format!("{}: {}, {when}, {old} old{stale}{}", item.kind.name(), item.title, item.origin.in_brackets())
        })
    }

    /// The level of each dimension, and the resulting level.
    fn split(self, levels: &[Level], word: &str, result: Level) -> String {
        let dimensions = || self.quarter.settings().scale.dimensions.iter().zip(levels);
        let term = |(dimension, level): (&Dimension, &Level)| Term {
            weight: dimension.weight,
            value: Mean::from(*level),
            text: level.shown(),
        };
        let terms: Vec<Term> = dimensions().map(term).collect();
        let said: Vec<String> =
            dimensions().map(|(dimension, level)| format!("{} {}", dimension.name, level.shown())).collect();
        let exact = Mean::weighted(terms.iter().map(|term| (term.weight, &term.value)));
        let rounded = if exact == Some(Mean::from(result)) { "" } else { ", rounded half up to a millionth" };
        format!("{}: {word} {} = {}{rounded}", said.join(", "), written(&terms), result.shown())
    }

    /// Each condition of a measured control, met or not.
    fn conditions(self, id: AnswerId) -> Vec<String> {
        self.quarter
            .conditions(id)
            .into_iter()
            .flat_map(|step| {
                let level = step.level.shown();
                step.checks.into_iter().map(move |check| {
                    let verdict = if check.met { "met" } else { "not met" };
                    format!("level {level} asks {} {}: given {}, {verdict}", check.fact, check.wanted, check.given)
                })
            })
            .collect()
    }

    /// The figures shown next to the mean.
    fn beside(self) -> Vec<Beside> {
        let settings = self.quarter.settings();
        let decimals = settings.scoring.decimals;
        let (figures, counts) = (self.figures(), &self.figures().counts);
        let (bottom, top) = (settings.scale.bottom.shown(), settings.scale.top().shown());
        let other = settings.scoring.score.other();
        let other_figure = match other {
            Basis::Supported => Figure::Supported,
            Basis::Claimed => Figure::Claimed,
        };
        let low = format!("If all that is not assessed were {bottom}");
        let high = format!("If all that is not assessed were {top}");
        let open = counts.assessed < counts.applicable();
        let basis = figures.target_basis();
        let target = basis.as_ref().map_or_else(|| "Target".to_owned(), |basis| format!("Target {basis}"));
        let target_of_all = format!("Target of all {} applicable controls", counts.applicable_controls);
        let shown = figures.withheld.is_none();
        let rows = [
            (other.title(), other_figure, shown),
            ("Unweighted", Figure::Unweighted, shown && figures.unweighted.is_some()),
            (low.as_str(), Figure::Low, open),
            (high.as_str(), Figure::High, open),
            (target.as_str(), Figure::Target, true),
            (target_of_all.as_str(), Figure::TargetOfAll, basis.is_some()),
            ("Gap", Figure::Gap, shown),
        ];
        let row = |(name, figure, wanted): (&str, Figure, bool)| {
            let value = figure.of(figures).filter(|_| wanted)?;
            let formula = self.formula(figure);
            let shown = if figure == Figure::Gap { value.shown_half_down(decimals) } else { value.shown(decimals) };
            Some(Beside { name: name.to_owned(), formula, shown })
        };
        let mut beside = vec![Beside {
            name: "Assessed".to_owned(),
            formula: None,
            shown: format!(
                "{} of {} {}",
                counts.assessed,
                counts.applicable(),
                if counts.applicable() == 1 { "answer" } else { "answers" }
            ),
        }];
        beside.extend(counts.floor.map(|floor| Beside {
            name: "Floor".to_owned(),
            formula: None,
            shown: format!("{}, the lowest level of any answer", floor.shown()),
        }));
        beside.extend(rows.into_iter().filter_map(row));
        beside.extend(counts.share_at_target().map(|share| {
            Beside {
                name: "At target".to_owned(),
                formula: Some(Formula {
                    text: format!("{} × 100 ÷ {}", counts.at_target, counts.targeted),
                    value: Mean::from(Level::from_millionths(i64::from(counts.at_target) * 100_000_000))
                        .divided(counts.targeted)
                        .cut(),
                }),
                shown: format!("{share} %"),
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

/// Why an answer without a level is left out of the mean.
fn why_no_level(state: &State) -> String {
    match state {
        State::NotApplicable { reason, approved_by } => {
            let by = if approved_by.is_empty() { "nobody" } else { approved_by };
            format!("not applicable, so it leaves the denominator: {reason} (approved by {by})")
        }
        State::Unknown { why } => format!("unknown; it stays in the denominator and widens the range: {why}"),
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
