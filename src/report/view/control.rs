//! The page of a control: what it asks, each team's answer and evidence, and how its score was calculated.

use serde::Serialize;

use super::actions::{self, PlanView};
use super::answer::{self, AnswerView};
use super::calculation::{self, Calculation};
use super::crosswalk::{foreign_link, relation_words};
use super::figures::{AnswerCell, ShownFigures, ShownLevel};
use super::function::cell;
use super::rows::Rows;
use super::targets::{TargetView, target_view};
use super::todo::WriteView;
use super::{Link, Markup, Report, charts};
use crate::base::number::{self, plain};
use crate::model::assessment::ControlRules;
use crate::model::catalog::{Control, Framework, Function, Lifetime, Need, Node, TeamRule};
use crate::model::ids::{ControlId, ForeignCatalogId, FrameworkId, QuarterId, TeamId};
use crate::model::mapping::{MappedPair, Mapping};
use crate::model::measure::{Between, Fact, FactKind, Measure};
use crate::model::settings::{NamedLevel, Scale};
use crate::model::strings::Strings;
use crate::report::address::{Address, CrosswalkPart};
use crate::score::ScoredQuarter;
use crate::score::todo::to_answer;

/// A line of an outcome that has several.
#[derive(Debug, Serialize)]
struct Clause {
    /// How far it is moved in, 0 to 4.
    depth: usize,
    text: String,
}

/// The lines of an outcome that has several; each two blanks at the start of one move it in.
fn clauses(outcome: &str) -> Vec<Clause> {
    let lines: Vec<&str> = outcome.lines().filter(|line| !line.trim().is_empty()).collect();
    let clause = |line: &&str| Clause {
        depth: ((line.len() - line.trim_start().len()) / 2).min(4),
        text: line.trim().to_owned(),
    };
    if lines.len() > 1 { lines.iter().map(clause).collect() } else { Vec::new() }
}

/// The page of one control.
#[derive(Debug, Serialize)]
pub(super) struct ControlPage {
    id: String,
    title: String,
    leaf: String,
    outcome: String,
    /// The lines of an outcome that has several.
    clauses: Vec<Clause>,
    guidance: String,
    examples: Vec<String>,
    objective: String,
    rules: Vec<String>,
    /// The evidence that levels of every control need, if this one has no such rule of its own; one sentence for each need.
    needs: Vec<String>,
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
    figures: ShownFigures,
    target: Option<TargetView>,
    /// The levels of the scale and what must be true at each.
    levels: Vec<LevelCriteria>,
    answers: Rows<AnswerView>,
    /// Its open actions, and its exceptions.
    plan: PlanView,
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

/// A level of the scale.
#[derive(Debug, Serialize)]
pub(super) struct LevelCriteria {
    level: ShownLevel,
    criteria: String,
}

/// A sub-control of the control.
#[derive(Debug, Serialize)]
pub(super) struct SubControl {
    control: Link,
    figures: ShownFigures,
}

/// A control of another framework that refers to this one.
#[derive(Debug, Serialize)]
pub(super) struct ServedControl {
    control: Link,
    framework: String,
    figures: ShownFigures,
}

/// The ids in one other catalog.
#[derive(Debug, Serialize)]
pub(super) struct References {
    catalog: Link,
    ids: Vec<ForeignReference>,
}

/// An id in another catalog.
#[derive(Debug, Serialize)]
pub(super) struct ForeignReference {
    link: Link,
    /// What the control is to the id; empty if nobody said more than that they are related.
    relation: String,
}

/// Each team's answers over the quarters.
#[derive(Debug, Serialize)]
pub(super) struct ControlHistory {
    /// The score over the quarters as a line; `None` with fewer than two.
    spark: Option<Markup>,
    quarters: Vec<Link>,
    scores: Vec<ShownFigures>,
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
    let category = catalog.category_of(control).map(|category| &catalog.categories[category]);
    let missing = to_answer(quarter, control, report.strings());
    let answer = |team| AnswerView {
        write: missing.get(&team).map(|write| WriteView::of(report, write)),
        ..answer::with_conditions(report, q, control.of(team))
    };
    ControlPage {
        id: named.id.clone(),
        title: named.title.clone(),
        leaf: catalog.leaf.clone(),
        outcome: named.outcome.clone(),
        clauses: clauses(&named.outcome),
        examples: named.examples.clone(),
        guidance: named.guidance.clone(),
        objective: named.objective.clone(),
        rules: rules(report.strings(), quarter.rules(control)),
        needs: shared_needs(report.strings(), quarter.rules(control)),
        facts: facts(report.strings(), named),
        stands_on: named.stands_on().into_iter().map(|source| report.control_link(q, source)).collect(),
        stood_on_by: standing_on(report, q, control),
        served_by: served_by(report, q, control),
        function: Link::new(id, title, home.path(assessment)),
        category: category.map(|category| format!("{} {}", category.id, category.title)).unwrap_or_default(),
        parent: catalog.parent_of(control).map(|parent| report.control_link(q, parent)),
        subs: catalog.subs_of(control).map(|sub| sub_control(report, q, sub)).collect(),
        figures: report.figures(q, quarter.figures(Node::Control(control), None)),
        target: quarter.target(control).map(|target| target_view(report, q, target)),
        levels: levels(report, q),
        answers: quarter.teams_asked(control).filter(|team| quarter.is_listed(control.of(*team))).map(answer).collect(),
        plan: actions::plan(report, q, None, |planned| planned == control),
        in_force: quarter.is_in_force(control),
        history: history(report, q, control),
        references: references(report, q, control),
        calculation: calculation::view(report, q, None, Node::Control(control)),
        previous: catalog.controls.before(control).map(|control| report.control_link(q, control)),
        next: catalog.controls.after(control).map(|control| report.control_link(q, control)),
    }
}

fn levels(report: Report<'_>, q: QuarterId) -> Vec<LevelCriteria> {
    let scale = &report.quarter(q).settings().scale;
    let level = |(level, named): (number::Level, &NamedLevel)| LevelCriteria {
        level: report.level(q, level),
        criteria: named.criteria.clone(),
    };
    scale.whole_levels().map(level).collect()
}

fn sub_control(report: Report<'_>, q: QuarterId, sub: ControlId) -> SubControl {
    let figures = report.quarter(q).figures(Node::Control(sub), None);
    SubControl { control: report.control_link(q, sub), figures: report.figures(q, figures) }
}

/// How the control's answers are scored, if this differs from the other controls; one sentence for each rule.
pub(super) fn rules(strings: &Strings, rules: ControlRules<'_>) -> Vec<String> {
    let Lifetime { since, until, replaced_by } = &rules.control.lifetime;
    let (settings, team_rule, rules) = (rules.settings, rules.team_rule(), &rules.control.rules);
    let mut sentences = Vec::new();
    sentences.extend(since.map(|since| strings.say("rules.since", &[("quarter", &since)])));
    let key = if replaced_by.is_empty() { "rules.until" } else { "rules.replaced" };
    let controls = strings.list(replaced_by);
    sentences.extend(until.map(|until| strings.say(key, &[("quarter", &until), ("controls", &controls)])));
    if rules.key {
        sentences.push(strings.word("rules.key"));
    }
    if rules.weight != 1 {
        sentences.push(strings.say("rules.weight", &[("weight", &rules.weight)]));
    }
    sentences.extend(rules.teams.map(|_| match team_rule {
        TeamRule::Mean => strings.word("rules.mean"),
        TeamRule::Min => strings.word("rules.min"),
        TeamRule::Owner(owner) => strings.say("rules.owner", &[("team", &settings.teams[owner].name)]),
    }));
    sentences.extend(rules.max_age.map(|days| strings.say("rules.max_age", &[("n", &days)])));
    sentences.extend(rules.needs.iter().flatten().map(|need| needs(strings, &settings.scale, need)));
    if !rules.why.is_empty() && !sentences.is_empty() {
        sentences.push(strings.say("rules.why", &[("why", &rules.why)]));
    }
    sentences
}

/// The evidence that levels of the control need by the rule for all controls; empty if the control has a rule of its own.
fn shared_needs(strings: &Strings, rules: ControlRules<'_>) -> Vec<String> {
    let shared = rules.needs().iter().filter(|_| rules.control.rules.needs.is_none());
    shared.map(|need| needs(strings, &rules.settings.scale, need)).collect()
}

/// The evidence that levels of the control need.
fn needs(strings: &Strings, scale: &Scale, need: &Need) -> String {
    let level = strings.level(scale.lowest_with(need.from));
    let kinds: Vec<String> = need.any_of.iter().map(|kind| strings.kind(*kind)).collect();
    let key = if need.is_any() { "rules.needs_any" } else { "rules.needs" };
    strings.say(key, &[("level", &level), ("kinds", &strings.list(&kinds))])
}

fn facts(strings: &Strings, named: &Control) -> Vec<FactView> {
    let facts = named.measure.iter().flat_map(|measure| &measure.facts);
    let view = |(name, fact): (&String, &Fact)| FactView {
        name: name.clone(),
        kind: described(strings, fact),
        means: fact.means.to_string(),
    };
    facts.map(view).collect()
}

/// The type of a fact, with its range and unit.
fn described(strings: &Strings, fact: &Fact) -> String {
    let kind = strings.word(match fact.kind {
        FactKind::Integer => "fact.integer",
        FactKind::Number => "fact.number",
        FactKind::Boolean => "fact.boolean",
        FactKind::Date => "fact.date",
    });
    let Between { low, high } = fact.range;
    let key = match (low, high, fact.unit.is_empty()) {
        (0, i64::MAX, true) => return kind,
        (0, i64::MAX, false) => "fact.unit",
        (_, i64::MAX, true) => "fact.from",
        (_, i64::MAX, false) => "fact.from_unit",
        (_, _, true) => "fact.range",
        (_, _, false) => "fact.range_unit",
    };
    let [low, high] = [low, high].map(|end| strings.number(&plain(end)));
    strings.say(key, &[("type", &kind), ("low", &low), ("high", &high), ("unit", &fact.unit)])
}

/// The ids of other catalogs that the control is mapped to, each with a link to its row in the crosswalk.
fn references(report: Report<'_>, q: QuarterId, control: ControlId) -> Vec<References> {
    let assessment = report.assessment();
    let of_map = |catalog: ForeignCatalogId, map: &Mapping| {
        // The pairs of a map are in the order of its controls.
        let start = map.pairs.partition_point(|pair| pair.control < control);
        let pairs = map.pairs[start..].iter().take_while(|pair| pair.control == control);
        let id = |pair: &MappedPair| ForeignReference {
            link: foreign_link(report, q, catalog, &pair.id),
            relation: relation_words(report, pair.relation),
        };
        let ids: Vec<ForeignReference> = pairs.map(id).collect();
        let page = Address::Crosswalk(q, CrosswalkPart { catalog, chunk: 0 }).path(assessment);
        (!ids.is_empty())
            .then(|| References { catalog: Link::new("", &assessment.foreign_catalogs[catalog].title, page), ids })
    };
    let catalogs = assessment.foreign_catalogs.entries();
    let maps = catalogs.flat_map(|(at, catalog)| catalog.maps.iter().map(move |map| (at, map)));
    maps.filter(|(_, map)| map.of == control.framework()).filter_map(|(at, map)| of_map(at, map)).collect()
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
    let asked = |team: &TeamId| quarters().any(|quarter| quarter.is_listed(quarter.followed(control.of(*team))));
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
