//! A node of the scorecard in, how its number was made out: the rule, its values, what went in and what was left out, in steps
//! that a pocket calculator can follow.

use serde::Serialize;

use crate::base::number::{Level, Mean, ordinal};
use crate::base::quarter::Quarter;
use crate::model::assessment::Assessment;
use crate::model::catalog::TeamRule;
use crate::model::evidence::{Answer, Claim, Period, State};
use crate::model::measure::{self, Criterion, Requirement, Value, age, meets};
use crate::model::settings::{Basis, Dimension, OverallRule};
use crate::score::finding::{Shortfall, shortfall};
use crate::score::{Figure, Figures, Scorecard, Standing, Tree, Withheld, below, teams_that_count, unmet};

/// One node of a framework.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Node {
    /// The whole framework.
    Overall,
    /// A Function, by its index.
    Function(usize),
    /// A Category.
    Category(usize),
    /// A control.
    Control(usize),
}

/// Which number is explained: a node of a framework in a quarter, for all teams or for one.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The workspace.
    pub assessment: &'a Assessment,
    /// Its figures.
    pub scorecard: &'a Scorecard,
    /// The quarter, an index of [`Assessment::quarters`].
    pub quarter: usize,
    /// The framework, an index of [`Assessment::frameworks`].
    pub framework: usize,
    /// The team, an index of the settings' teams; all of them where `None`.
    pub team: Option<usize>,
    /// The node.
    pub node: Node,
}

/// How a number was made.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// The node's id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The quarter.
    pub quarter: String,
    /// The team, where it is one team's number; its name.
    pub team: Option<String>,
    /// The number as it is shown; `None` where none is.
    pub score: Option<String>,
    /// Why no number is shown; empty where one is.
    pub withheld: String,
    /// The rule in words.
    pub rule: String,
    /// The rule with its values.
    pub formula: Option<Formula>,
    /// How the result becomes what is shown; empty where nothing is shown.
    pub rounding: String,
    /// What went into it.
    pub inputs: Vec<Input>,
    /// What did not, and why.
    pub excluded: Vec<Input>,
    /// What stands beside it, each made by its own formula.
    pub beside: Vec<Beside>,
}

/// A formula with its values and its result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Formula {
    /// As in `(2 × 3 + 4) ÷ 3`. Equal values are gathered.
    pub text: String,
    /// As in `3.333333…`: cut after six decimals, not rounded.
    pub value: String,
}

/// One thing that went in, or was left out.
#[derive(Clone, Debug, Serialize)]
pub struct Input {
    /// What it is: a team, a control or a Function.
    pub name: String,
    /// Its weight.
    pub weight: u32,
    /// Its value; empty for what was left out.
    pub value: String,
    /// How that came about, or why it was left out, a sentence each.
    pub notes: Vec<String>,
    /// `path:line` where it is written; empty where it is a figure itself.
    pub at: String,
}

/// A figure beside the mean.
#[derive(Clone, Debug, Serialize)]
pub struct Beside {
    /// What it is called.
    pub name: String,
    /// How it was made, where there is arithmetic in it.
    pub formula: Option<Formula>,
    /// What it says, as shown.
    pub shown: String,
}

/// Explains the number of `subject`.
pub fn explain(subject: Subject<'_>) -> Explanation {
    let Subject { assessment, quarter, framework, .. } = subject;
    let catalog = &assessment.frameworks[framework];
    let (id, title) = match subject.node {
        Node::Overall => (&catalog.id, &catalog.title),
        Node::Function(f) => (&catalog.functions[f].id, &catalog.functions[f].title),
        Node::Category(c) => (&catalog.categories[c].id, &catalog.categories[c].title),
        Node::Control(c) => (&catalog.controls[c].id, &catalog.controls[c].title),
    };
    let figures = subject.figures();
    let decimals = assessment.settings.scoring.decimals;
    let (inputs, excluded) = match subject.node {
        Node::Control(control) => subject.answers(control),
        _ => subject.parts_listed(),
    };
    let formula = subject.formula(Figure::Score);
    let score = figures.score(decimals);
    let rounding = match (&score, &formula) {
        (Some(score), Some(formula)) => {
            let digits = if decimals == 1 { "1 decimal".to_owned() } else { format!("{decimals} decimals") };
            format!("{} is shown as {score}: rounded once, half up, to {digits}", formula.value)
        }
        _ => String::new(),
    };
    Explanation {
        id: id.clone(),
        title: title.clone(),
        quarter: assessment.quarters[quarter].quarter.to_string(),
        team: subject.team.map(|team| assessment.settings.teams[team].name.clone()),
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

/// A part of a mean: its weight, its value, and how that is written in a formula.
struct Term {
    weight: u32,
    value: Mean,
    text: String,
}

impl<'a> Subject<'a> {
    fn tree(self) -> &'a Tree {
        let scores = &self.scorecard.quarters[self.quarter];
        scores.tree(self.framework, self.team)
    }

    fn figures_of(self, node: Node) -> &'a Figures {
        let tree = self.tree();
        match node {
            Node::Overall => &tree.overall,
            Node::Function(f) => &tree.functions[f],
            Node::Category(c) => &tree.categories[c],
            Node::Control(c) => &tree.controls[c],
        }
    }

    fn figures(self) -> &'a Figures {
        self.figures_of(self.node)
    }

    /// The parts of the node, each with its weight.
    fn parts(self) -> Vec<(u32, Node)> {
        let catalog = &self.assessment.frameworks[self.framework];
        let controls = |range: std::ops::Range<usize>| {
            range.map(|control| (catalog.controls[control].rules.weight, Node::Control(control))).collect()
        };
        match self.node {
            Node::Overall if self.assessment.settings.scoring.overall == OverallRule::Functions => {
                (0..catalog.functions.len()).map(|function| (1, Node::Function(function))).collect()
            }
            Node::Overall => controls(0..catalog.controls.len()),
            Node::Function(function) => controls(catalog.controls_of(function)),
            Node::Category(category) => controls(catalog.categories[category].controls.clone()),
            Node::Control(_) => Vec::new(),
        }
    }

    fn formula(self, figure: Figure) -> Option<Formula> {
        let result = figure.of(self.figures())?;
        let terms = match self.node {
            Node::Control(control) => return self.control_formula(control, figure, result),
            _ => self.terms(figure)?,
        };
        Some(Formula { text: written(&terms), value: result.cut() })
    }

    /// What enters a figure of the node, with its weight; `None` if a part of it is missing.
    fn values(self, figure: Figure) -> Option<Vec<(u32, Node, &'a Mean)>> {
        let assessed = self.figures().counts.assessed > 0;
        let parts = self.parts().into_iter().filter(|(_, node)| figure.takes(self.figures_of(*node), assessed));
        let weight = |weight| if figure == Figure::Unweighted { 1 } else { weight };
        parts.map(|(own, node)| Some((weight(own), node, figure.of(self.figures_of(node))?))).collect()
    }

    /// The same in words.
    fn terms(self, figure: Figure) -> Option<Vec<Term>> {
        let term = |(weight, node, value): (u32, Node, &Mean)| {
            // A mean of means is no finite decimal: its own sum and weights are written instead.
            let text = match node {
                Node::Control(_) => value.cut(),
                _ => Self { node, ..self }.total(figure)?,
            };
            Some(Term { weight, value: value.clone(), text })
        };
        let mut terms: Vec<Term> = self.values(figure)?.into_iter().map(term).collect::<Option<_>>()?;
        // Functions stay in the catalog's order; of many controls, the lowest come first.
        if !matches!(self.parts().first(), Some((_, Node::Function(_)))) {
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

    /// The teams' levels that make one figure of a control, and how they join.
    fn control_formula(self, control: usize, figure: Figure, result: &Mean) -> Option<Formula> {
        let settings = &self.assessment.settings;
        let target = self.assessment.target(self.quarter, self.framework, control);
        match (figure, target) {
            (Figure::Target, _) => return None,
            (Figure::Gap, Some(target)) => {
                let (mean, wanted) = (self.figures().mean.as_ref()?.cut(), target.level.shown());
                let text = format!("the higher of 0 and {wanted} − {mean}");
                return Some(Formula { text, value: result.cut() });
            }
            _ => {}
        }
        let named = self.assessment.control(self.framework, control);
        let rule = settings.team_rule(&named.rules);
        let quarter = &self.assessment.quarters[self.quarter];
        let voice = |team: usize| {
            let weight = if figure == Figure::Unweighted { 1 } else { self.weight_of(control, team) };
            let answer = quarter.answer(self.framework, control, team);
            let open = match figure {
                Figure::Low => Some(settings.scale.bottom),
                Figure::High => Some(settings.scale.top()),
                _ => None,
            };
            let level = match self.standing(control, team) {
                Some(standing) => Some(level_of(standing, figure, settings.scoring.score)),
                None if answer.is_some_and(Answer::is_not_applicable) => None,
                None => open,
            }?;
            Some((weight, level))
        };
        let mut voices: Vec<(u32, Level)> = self.counted(control).filter_map(voice).collect();
        if voices.is_empty() {
            // Nobody is asked, which counts as one answer that is not there.
            let scale = &settings.scale;
            voices.push((1, if figure == Figure::Low { scale.bottom } else { scale.top() }));
        }
        if rule == TeamRule::Min && self.team.is_none() {
            let levels: Vec<String> = voices.iter().map(|(_, level)| level.shown()).collect();
            return Some(Formula { text: format!("the lowest of {}", levels.join(", ")), value: result.cut() });
        }
        let term = |(weight, level): (u32, Level)| Term { weight, value: Mean::from(level), text: level.shown() };
        let mut terms: Vec<Term> = voices.into_iter().map(term).collect();
        terms.sort_by(|one, two| one.value.cmp(&two.value));
        Some(Formula { text: written(&terms), value: result.cut() })
    }

    fn standing(self, control: usize, team: usize) -> Option<Standing> {
        self.scorecard.quarters[self.quarter].standing(self.framework, control, team)
    }

    /// What a team weighs in a control: a team alone, an owner and the lowest of all weigh nothing up.
    fn weight_of(self, control: usize, team: usize) -> u32 {
        let settings = &self.assessment.settings;
        let rules = &self.assessment.control(self.framework, control).rules;
        let weighs = self.team.is_none() && settings.team_rule(rules) == TeamRule::Mean;
        if weighs { settings.teams[team].weight } else { 1 }
    }

    fn counted(self, control: usize) -> impl Iterator<Item = usize> {
        teams_that_count(self.assessment, self.quarter, (self.framework, control), self.team)
    }

    fn rule(self) -> String {
        let settings = &self.assessment.settings;
        let level = match settings.scoring.score {
            Basis::Supported => "the level that current evidence supports",
            Basis::Claimed => "the level that the team claims",
        };
        if self.figures().withheld == Some(Withheld::TeamLevel) {
            return "shown team by team: no mean joins what these figures say of one team each".to_owned();
        }
        match self.node {
            Node::Control(control) => {
                let named = self.assessment.control(self.framework, control);
                let teams = match settings.team_rule(&named.rules) {
                    _ if self.team.is_some() => "one team's level".to_owned(),
                    TeamRule::Mean => {
                        "the mean of the teams' levels by weight, rounded half up to a millionth".to_owned()
                    }
                    TeamRule::Min => "the lowest of the teams' levels".to_owned(),
                    TeamRule::Owner(owner) => format!("the level of its owner, {}", settings.teams[owner].name),
                };
                format!("{teams}; what counts is {level}")
            }
            Node::Overall if settings.scoring.overall == OverallRule::Functions => {
                "the mean of the Functions with at least one assessed answer, each counting the same".to_owned()
            }
            _ => "the mean of its controls with at least one assessed answer, by weight".to_owned(),
        }
    }

    fn withheld(self) -> String {
        let (figures, counts) = (self.figures(), &self.figures().counts);
        let minimum = self.assessment.settings.scoring.minimum_coverage;
        match (figures.why_withheld(), &figures.mean) {
            (Some(Withheld::Coverage), _) => format!(
                "withheld: {} of {} answers are assessed, less than {minimum} %",
                counts.assessed,
                counts.applicable()
            ),
            (Some(Withheld::TeamLevel), _) => "by team; --team ID shows one of them".to_owned(),
            (None, Some(_)) => String::new(),
            (None, None) if counts.applicable() > 0 => "nothing is assessed".to_owned(),
            (None, None) => "nothing here applies".to_owned(),
        }
    }

    /// The parts of a node above controls, and those that do not enter its mean.
    fn parts_listed(self) -> (Vec<Input>, Vec<Input>) {
        if self.figures().withheld == Some(Withheld::TeamLevel) {
            return Default::default();
        }
        let catalog = &self.assessment.frameworks[self.framework];
        let listed = self.parts().into_iter().map(|(weight, node)| {
            let figures = self.figures_of(node);
            let (name, notes) = match node {
                Node::Control(control) => {
                    let named = &catalog.controls[control];
                    (format!("{} {}", named.id, named.title), self.said(control))
                }
                Node::Function(f) => {
                    let counts = &figures.counts;
                    let counted = format!("{} of {} assessed", counts.assessed, counts.applicable());
                    (format!("{} {}", catalog.functions[f].id, catalog.functions[f].title), vec![counted])
                }
                Node::Overall | Node::Category(_) => (String::new(), Vec::new()),
            };
            let part = Self { node, ..self };
            let value = match (&figures.mean, node) {
                (Some(mean), Node::Control(_)) => mean.cut(),
                (Some(mean), _) => format!("{} = {}", part.total(Figure::Score).unwrap_or_default(), mean.cut()),
                (None, _) => String::new(),
            };
            Input { name, weight, value, notes, at: String::new() }
        });
        listed.partition(|input| !input.value.is_empty())
    }

    /// What each team that counts says of a control, in short, with its place.
    fn said(self, control: usize) -> Vec<String> {
        let quarter = &self.assessment.quarters[self.quarter];
        let basis = self.assessment.settings.scoring.score;
        let team = |team: usize| {
            let name = &self.assessment.settings.teams[team].name;
            let Some(answer) = quarter.answer(self.framework, control, team) else {
                return format!("{name}: unanswered");
            };
            let said = match self.standing(control, team) {
                Some(standing) => standing.score(basis).shown(),
                None if answer.is_not_applicable() => "not applicable".to_owned(),
                None => "unknown".to_owned(),
            };
            format!("{name}: {said}{}", answer.origin.in_brackets())
        };
        let said: Vec<String> = self.counted(control).map(team).collect();
        if said.is_empty() { vec!["no team is asked".to_owned()] } else { said }
    }

    /// The teams' answers for a control: those that make its mean, and the others.
    fn answers(self, control: usize) -> (Vec<Input>, Vec<Input>) {
        let quarter = &self.assessment.quarters[self.quarter];
        let settings = &self.assessment.settings;
        let counted: Vec<usize> = self.counted(control).collect();
        let asked = self.assessment.teams_asked(quarter.quarter, self.framework, control);
        let asked = asked.filter(|team| self.team.is_none_or(|only| only == *team));
        let mut inputs = Vec::new();
        let mut excluded = Vec::new();
        for team in asked {
            let answer = quarter.answer(self.framework, control, team);
            let mut input = Input {
                name: settings.teams[team].name.clone(),
                weight: self.weight_of(control, team),
                value: String::new(),
                notes: Vec::new(),
                at: answer.map(|answer| answer.origin.shown()).unwrap_or_default(),
            };
            let place = (self.framework, control);
            let carried = carried(self.assessment, self.quarter, place, team);
            let carried =
                carried.map(|Carried { words, since }| format!("{words}: given for {since} and not again since"));
            match (answer, self.standing(control, team)) {
                (Some(answer), Some(standing)) => {
                    input.value = standing.score(settings.scoring.score).shown();
                    input.notes = self.making(control, team, answer, standing);
                    input.notes.extend(carried);
                    if counted.contains(&team) {
                        inputs.push(input);
                        continue;
                    }
                    input.notes.insert(0, "does not count: another team owns this control".to_owned());
                }
                (None, _) => {
                    input.notes.push("unanswered; it stays in the denominator and widens the range".to_owned());
                }
                (Some(answer), None) => {
                    input.notes.push(match &answer.state {
                        State::NotApplicable { reason, approved_by } => {
                            let by = if approved_by.is_empty() { "nobody".to_owned() } else { approved_by.clone() };
                            format!("not applicable, so it leaves the denominator: {reason} (approved by {by})")
                        }
                        State::Unknown { why } => {
                            format!("unknown; it stays in the denominator and widens the range: {why}")
                        }
                        State::Assessed { .. } => String::new(),
                    });
                    input.notes.extend(carried);
                }
            }
            excluded.push(input);
        }
        (inputs, excluded)
    }

    /// How one answer's level came about.
    fn making(self, control: usize, team: usize, answer: &Answer, standing: Standing) -> Vec<String> {
        let named = self.assessment.control(self.framework, control);
        let settings = &self.assessment.settings;
        let mut notes = Vec::new();
        match answer.claim() {
            Some(Claim::Dimensions(levels)) => notes.push(self.split(levels, "claimed", standing.claimed)),
            Some(Claim::Facts { said, .. }) => {
                let sources = named.stands_on().into_iter().map(|(f, c)| self.assessment.control(f, c).id.as_str());
                let sources = sources.collect::<Vec<_>>().join(", ");
                if !sources.is_empty() {
                    notes.push(format!("stands on the facts and the evidence of {sources}"));
                }
                notes.extend(self.conditions(control, team));
                notes.extend(
                    said.filter(|said| *said != standing.claimed).map(|said| {
                        format!("{} is written, the facts make {}", said.shown(), standing.claimed.shown())
                    }),
                );
            }
            Some(Claim::Level(_)) | None => {}
        }
        let place = (self.framework, control);
        match shortfall(self.assessment, self.quarter, (self.framework, control, team), standing) {
            Some(Shortfall { why, needed }) => {
                let (claimed, supported) = (standing.claimed.shown(), standing.supported.shown());
                notes.push(format!("claimed {claimed}, supported {supported}: {why}"));
                notes.push(needed);
                let cap = unmet(self.assessment, self.quarter, place, team).map(|need| below(settings, need)).min();
                if let (Some(Claim::Dimensions(levels)), Some(cap)) = (answer.claim(), cap) {
                    let capped: Vec<Level> = levels.iter().map(|level| cap.min(*level)).collect();
                    notes.push(self.split(&capped, "supported", standing.supported));
                }
            }
            None => {
                let highest = match answer.claim() {
                    Some(Claim::Dimensions(levels)) => levels.iter().copied().max(),
                    _ => Some(standing.claimed),
                };
                let needed = settings.needs(&named.rules).iter().any(|need| Some(need.from) <= highest);
                let how = if needed { " and supported by its evidence" } else { ", which needs no evidence" };
                notes.push(format!("claimed {}{how}", standing.claimed.shown()));
            }
        }
        let quarter = &self.assessment.quarters[self.quarter];
        let limit = settings.max_age(&named.rules);
        notes.extend(quarter.evidence_for((self.framework, control), named, team).map(|item| {
            let age = item.period.age(quarter.closes);
            let stale = if age > limit { format!(", stale: limit {limit}") } else { String::new() };
            let Period { from, to } = item.period;
            let when = if from == to { to.to_string() } else { format!("{from} to {to}") };
            let old = days(age);
            format!("{}: {}, {when}, {old} old{stale}{}", item.kind.name(), item.title, item.origin.in_brackets())
        }));
        notes
    }

    /// The levels of each dimension, and the one that they make.
    fn split(self, levels: &[Level], word: &str, result: Level) -> String {
        let dimensions = || self.assessment.settings.scale.dimensions.iter().zip(levels);
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
    fn conditions(self, control: usize, team: usize) -> Vec<String> {
        conditions(self.assessment, self.quarter, (self.framework, control), team)
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

    /// What stands beside the mean.
    fn beside(self) -> Vec<Beside> {
        let settings = &self.assessment.settings;
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
        let shown = figures.withheld.is_none();
        let rows = [
            (other.title(), other_figure, shown),
            ("Unweighted", Figure::Unweighted, shown && figures.unweighted.is_some()),
            (low.as_str(), Figure::Low, open),
            (high.as_str(), Figure::High, open),
            ("Target", Figure::Target, true),
            ("Gap", Figure::Gap, shown),
        ];
        let row = |(name, figure, wanted): (&str, Figure, bool)| {
            let value = figure.of(figures).filter(|_| wanted)?;
            let formula = self.formula(figure);
            Some(Beside { name: name.to_owned(), formula, shown: value.shown(decimals) })
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

fn level_of(standing: Standing, figure: Figure, basis: Basis) -> Level {
    match figure {
        Figure::Claimed => standing.claimed,
        Figure::Supported => standing.supported,
        _ => standing.score(basis),
    }
}

/// The weighted mean of terms as a formula, equal ones gathered.
fn written(terms: &[Term]) -> String {
    let mut gathered: Vec<(&str, u64)> = Vec::new();
    for Term { weight, text, .. } in terms {
        match gathered.iter_mut().find(|(known, _)| known == text) {
            Some((_, weights)) => *weights += u64::from(*weight),
            None => gathered.push((text, u64::from(*weight))),
        }
    }
    let product = |(text, weight): &(&str, u64)| {
        if *weight == 1 { (*text).to_owned() } else { format!("{weight} × {text}") }
    };
    let sum = gathered.iter().map(product).collect::<Vec<_>>().join(" + ");
    let weights: u64 = gathered.iter().map(|(_, weight)| weight).sum();
    if weights == 1 { sum } else { format!("({sum}) ÷ {weights}") }
}

/// One level of a measured control, and the conditions that it asks.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// The level.
    #[serde(skip)]
    pub level: Level,
    /// Its conditions.
    pub checks: Vec<Check>,
    /// Whether they are met, and those of all levels below.
    pub reached: bool,
}

/// One condition on one fact.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// The fact.
    pub fact: String,
    /// What is asked, as the catalog writes it.
    pub wanted: String,
    /// What is given, for people; `nothing` where nothing is.
    pub given: String,
    /// Whether it holds.
    pub met: bool,
}

/// How an answer is carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// For how long, as in `carried, third quarter`.
    pub words: String,
    /// The quarter for which it was given.
    pub since: Quarter,
}

/// How a team's answer is carried; `None` where it is not.
pub fn carried(assessment: &Assessment, quarter: usize, place: (usize, usize), team: usize) -> Option<Carried> {
    assessment.quarters[quarter].answer(place.0, place.1, team).filter(|answer| answer.carried)?;
    let streak = assessment.streak(quarter, place.0, place.1, team)?;
    let words = format!("carried, {} quarter", ordinal(streak));
    Some(Carried { words, since: assessment.quarters[quarter + 1 - streak].quarter })
}

/// The levels of a measured control, each with its conditions and whether a team's facts meet them.
pub fn conditions(assessment: &Assessment, quarter: usize, place: (usize, usize), team: usize) -> Vec<Step> {
    let named = assessment.control(place.0, place.1);
    let answers = &assessment.quarters[quarter];
    let facts = answers.facts(place, named, team);
    let criteria = named.measure.as_ref().map(|measure| measure.criteria.as_slice()).unwrap_or_default();
    let reached = measure::reached(criteria, &facts, answers.closes, assessment.settings.scale.bottom);
    let step = |criterion: &Criterion| {
        let check = |requirement: &Requirement| Check {
            fact: requirement.fact.clone(),
            wanted: requirement.written.clone(),
            given: given(facts.get(requirement.fact.as_str()).copied(), answers.closes),
            met: meets(requirement, &facts, answers.closes),
        };
        let checks: Vec<Check> = criterion.require.iter().map(check).collect();
        Step { level: criterion.level, checks, reached: criterion.level <= reached }
    };
    criteria.iter().map(step).collect()
}

fn given(value: Option<Value>, closes: jiff::civil::Date) -> String {
    match value {
        None => "nothing".to_owned(),
        Some(Value::Date(date)) => format!("{date}, {} before {closes}", days(age(date, closes))),
        Some(value) => value.shown(),
    }
}

fn days(count: i32) -> String {
    if count == 1 { "1 day".to_owned() } else { format!("{count} days") }
}
