//! The page of a control: what it asks, each team's answer and evidence, and how its score was calculated.

use serde::Serialize;

use super::answer::{self, AnswerView};
use super::calculation::{self, Calculation};
use super::figures::{AnswerCell, Figures};
use super::function::cell;
use super::rows::Rows;
use super::targets::{TargetView, target_view};
use super::{Link, Markup, Report, charts};
use crate::model::assessment::ControlRules;
use crate::model::catalog::{Control, Framework, Function, Lifetime, Node, TeamRule};
use crate::model::ids::{ControlId, FrameworkId, QuarterId, TeamId};
use crate::model::measure::{Fact, Measure};
use crate::report::address::Address;
use crate::score::{ScoredQuarter, any_of};

/// The page of one control.
#[derive(Debug, Serialize)]
pub(super) struct ControlPage {
    id: String,
    title: String,
    leaf: String,
    outcome: String,
    examples: Vec<String>,
    objective: String,
    rules: Vec<String>,
    /// The facts that the control asks for.
    facts: Vec<FactView>,
    /// The controls whose facts this control uses, and the controls that use its facts.
    stands_on: Vec<Link>,
    stood_on_by: Vec<Link>,
    /// The controls of other frameworks in use that refer to this one, each with its figures.
    served_by: Vec<ServedControl>,
    function: Link,
    /// Empty if the control stands in no Category.
    category: String,
    /// The control that it is a sub-control of.
    parent: Option<Link>,
    subs: Vec<SubControl>,
    figures: Figures,
    target: Option<TargetView>,
    answers: Rows<AnswerView>,
    /// Whether the control is in force in the quarter.
    in_force: bool,
    history: ControlHistory,
    references: Vec<References>,
    calculation: Calculation,
    previous: Option<Link>,
    next: Option<Link>,
}

/// A fact that the control asks for.
#[derive(Debug, Serialize)]
pub(super) struct FactView {
    name: String,
    kind: String,
    means: String,
}

/// A sub-control of the control.
#[derive(Debug, Serialize)]
pub(super) struct SubControl {
    control: Link,
    figures: Figures,
}

/// A control of another framework that refers to this one.
#[derive(Debug, Serialize)]
pub(super) struct ServedControl {
    control: Link,
    framework: String,
    figures: Figures,
}

/// The ids in one other catalog.
#[derive(Debug, Serialize)]
pub(super) struct References {
    catalog: String,
    ids: Vec<Link>,
}

/// Each team's answers over the quarters.
#[derive(Debug, Serialize)]
pub(super) struct ControlHistory {
    /// The score over the quarters as a line; `None` with fewer than two.
    spark: Option<Markup>,
    quarters: Vec<Link>,
    scores: Vec<Figures>,
    teams: Vec<TeamHistory>,
}

/// One team's answers over the quarters.
#[derive(Debug, Serialize)]
pub(super) struct TeamHistory {
    team: Link,
    cells: Vec<AnswerCell>,
}

/// Makes the page of a control.
pub(super) fn view(report: Report<'_>, q: QuarterId, control: ControlId) -> ControlPage {
    let (assessment, quarter) = (report.assessment(), report.quarter(q));
    let catalog = quarter.framework(control.framework());
    let named = &catalog.controls[control];
    let function = catalog.function_of(control);
    let is_main = catalog.at == FrameworkId::MAIN;
    let home = if is_main { Address::Function(q, function) } else { Address::Framework(q, catalog.at) };
    let Function { id, title, .. } = &catalog.functions[function];
    let references = named.references.iter().map(|(key, ids)| References {
        catalog: catalog.references.get(key).unwrap_or(key).clone(),
        ids: ids.iter().map(|id| reference(report, q, key, id)).collect(),
    });
    let category = catalog.category_of(control).map(|category| &catalog.categories[category]);
    let answers = quarter.teams_asked(control).map(|team| answer::with_conditions(report, q, control.of(team)));
    ControlPage {
        id: named.id.clone(),
        title: named.title.clone(),
        leaf: catalog.leaf.clone(),
        outcome: named.outcome.clone(),
        examples: named.examples.clone(),
        objective: named.objective.clone(),
        rules: rules(quarter.rules(control)),
        facts: facts(named),
        stands_on: named.stands_on().into_iter().map(|source| report.control_link(q, source)).collect(),
        stood_on_by: standing_on(report, q, control),
        served_by: served_by(report, q, control),
        function: Link::new(id, title, home.path(assessment)),
        category: category.map(|category| format!("{} {}", category.id, category.title)).unwrap_or_default(),
        parent: catalog.parent_of(control).map(|parent| report.control_link(q, parent)),
        subs: catalog.subs_of(control).map(|sub| sub_control(report, q, sub)).collect(),
        figures: report.figures(q, quarter.figures(Node::Control(control), None)),
        target: quarter.target(control).map(|target| target_view(report, q, target)),
        answers: answers.collect(),
        in_force: quarter.is_in_force(control),
        history: history(report, q, control),
        references: references.collect(),
        calculation: calculation::view(quarter, None, Node::Control(control)),
        previous: catalog.controls.before(control).map(|control| report.control_link(q, control)),
        next: catalog.controls.after(control).map(|control| report.control_link(q, control)),
    }
}

fn sub_control(report: Report<'_>, q: QuarterId, sub: ControlId) -> SubControl {
    let figures = report.quarter(q).figures(Node::Control(sub), None);
    SubControl { control: report.control_link(q, sub), figures: report.figures(q, figures) }
}

/// How the control's answers are scored, if this differs from the other controls; one sentence for each rule.
pub(super) fn rules(rules: ControlRules<'_>) -> Vec<String> {
    let Lifetime { since, until, replaced_by } = &rules.control.lifetime;
    let (settings, team_rule, rules) = (rules.settings, rules.team_rule(), &rules.control.rules);
    let mut sentences = Vec::new();
    sentences.extend(since.map(|since| format!("It is in force from {since} on.")));
    sentences.extend(until.map(|until| match replaced_by.as_slice() {
        [] => format!("Its last quarter is {until}."),
        named => format!("Its last quarter is {until}. {} takes its place and inherits nothing.", named.join(", ")),
    }));
    if rules.key {
        sentences.push("A key control: its floor is watched, whatever the means say.".to_owned());
    }
    if rules.weight != 1 {
        sentences.push(format!("In the means above it, this control weighs {}.", rules.weight));
    }
    sentences.extend(rules.teams.map(|_| match team_rule {
        TeamRule::Mean => "Its score is the mean of the teams' levels.".to_owned(),
        TeamRule::Min => "Its score is the lowest of the teams' levels.".to_owned(),
        TeamRule::Owner(owner) => format!("Its score is the level of its owner, {}.", settings.teams[owner].name),
    }));
    sentences.extend(rules.max_age.map(|days| format!("Its evidence is stale after {days} days.")));
    sentences.extend(rules.needs.iter().flatten().map(|need| {
        format!(
            "From level {} upwards it needs a current {}.",
            settings.scale.lowest_with(need.from).shown(),
            any_of(need)
        )
    }));
    if !rules.why.is_empty() && !sentences.is_empty() {
        sentences.push(rules.why.to_string());
    }
    sentences
}

fn facts(named: &Control) -> Vec<FactView> {
    let facts = named.measure.iter().flat_map(|measure| &measure.facts);
    let view = |(name, fact): (&String, &Fact)| FactView {
        name: name.clone(),
        kind: fact.described(),
        means: fact.means.to_string(),
    };
    facts.map(view).collect()
}

/// An id in another catalog, with a link to its page if that catalog is a framework of this report.
fn reference(report: Report<'_>, q: QuarterId, catalog: &str, id: &str) -> Link {
    let framework = report.assessment().frameworks.iter().find(|framework| framework.id == catalog);
    let control = framework.and_then(|framework| framework.controls.find(|control| control.id == id));
    control.map_or_else(|| Link::new(id, "", String::new()), |control| report.control_link(q, control))
}

/// The controls that use the facts of this one.
fn standing_on(report: Report<'_>, q: QuarterId, control: ControlId) -> Vec<Link> {
    let controls = report.assessment().frameworks.iter().flat_map(|framework| framework.controls.entries());
    let takes = |measure: &Measure| measure.facts.values().any(|fact| fact.given_for == Some(control));
    let users = controls.filter(|(_, user)| user.measure.as_ref().is_some_and(takes));
    users.map(|(user, _)| report.control_link(q, user)).collect()
}

/// The controls of the other frameworks whose references name this control.
fn served_by(report: Report<'_>, q: QuarterId, control: ControlId) -> Vec<ServedControl> {
    let quarter = report.quarter(q);
    let own = quarter.framework(control.framework());
    let id = &own.controls[control].id;
    let names = |other: &Control| {
        other.references.iter().any(|(catalog, ids)| *catalog == own.id && ids.iter().any(|named| named == id))
    };
    let others = report.assessment().frameworks.iter().filter(|other| other.at != own.at);
    let naming = others.flat_map(|other| other.controls.entries().map(move |(id, control)| (other, id, control)));
    let served = |(other, id, _): (&Framework, ControlId, &Control)| ServedControl {
        control: report.control_link(q, id),
        framework: other.title.clone(),
        figures: report.figures(quarter.id, quarter.figures(Node::Control(id), None)),
    };
    naming.filter(|(_, _, control)| names(control)).map(served).collect()
}

fn history(report: Report<'_>, q: QuarterId, control: ControlId) -> ControlHistory {
    let assessment = report.assessment();
    let quarters = || report.scored.quarters_near(q);
    let link = |quarter: ScoredQuarter<'_>| {
        let page = Address::Control(quarter.id, control).path(assessment);
        Link::new("", &quarter.name().to_string(), page)
    };
    // A team that was renamed has one row, under its name of this quarter.
    let here = report.quarter(q);
    let asked = |team: &TeamId| quarters().any(|quarter| quarter.is_asked(quarter.followed(control.of(*team))));
    let teams = here.teams_listed().filter(asked);
    let row = |team| TeamHistory {
        team: report.team_link(assessment.newest(), team),
        cells: quarters().map(|quarter| cell(report, quarter, quarter.followed(control.of(team)))).collect(),
    };
    let points: Vec<_> = quarters().map(|quarter| (quarter, quarter.figures(Node::Control(control), None))).collect();
    let title = report.strings().say("chart.by_quarter_of", &[("name", &assessment.control(control).id)]);
    ControlHistory {
        spark: charts::spark(report, report.quarter(q), &title, &points),
        quarters: quarters().map(link).collect(),
        scores: points.into_iter().map(|(quarter, figures)| report.figures(quarter.id, figures)).collect(),
        teams: teams.map(row).collect(),
    }
}
