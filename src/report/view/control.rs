//! A control in, its page out: what it asks, what each team answered with which evidence, and how its score was made.

use serde::Serialize;

use super::answer::{self, AnswerView};
use super::figures::{Chip, Figures};
use super::function::cell;
use super::making::{self, Making};
use super::rows::Rows;
use super::targets::{TargetView, target_view};
use super::{Link, Markup, Report, charts};
use crate::model::catalog::{Control, TeamRule};
use crate::model::settings::Settings;
use crate::report::address::Address;
use crate::score::explain::Node;

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
    /// The facts that it asks for.
    facts: Vec<FactView>,
    /// What facts of other controls it stands on, and which controls stand on its own.
    stands_on: Vec<Link>,
    stood_on_by: Vec<Link>,
    /// The controls of other frameworks in use that name this one, each with its figures.
    served_by: Vec<Served>,
    function: Link,
    category: String,
    figures: Figures,
    target: Option<TargetView>,
    answers: Rows<AnswerView>,
    history: History,
    references: Vec<References>,
    making: Making,
    previous: Option<Link>,
    next: Option<Link>,
}

/// A fact that the control asks for.
#[derive(Debug, Serialize)]
pub(super) struct FactView {
    name: String,
    kind: &'static str,
    means: String,
}

/// A control of another framework that names this one.
#[derive(Debug, Serialize)]
pub(super) struct Served {
    control: Link,
    framework: String,
    figures: Figures,
}

/// The ids of one other catalog.
#[derive(Debug, Serialize)]
pub(super) struct References {
    catalog: String,
    ids: Vec<Link>,
}

/// Each team's answers over the quarters.
#[derive(Debug, Serialize)]
pub(super) struct History {
    /// The score over the quarters as a line; nothing with fewer than two.
    spark: Option<Markup>,
    quarters: Vec<Link>,
    scores: Vec<Figures>,
    teams: Vec<TeamHistory>,
}

/// One team's answers over the quarters.
#[derive(Debug, Serialize)]
pub(super) struct TeamHistory {
    team: Link,
    cells: Vec<Chip>,
}

/// Makes the page of a control.
pub(super) fn view(report: Report<'_>, q: usize, framework: usize, control: usize) -> ControlPage {
    let assessment = report.assessment;
    let catalog = &assessment.frameworks[framework];
    let named = &catalog.controls[control];
    let category = &catalog.categories[named.category];
    let asked = assessment.teams_asked(report.quarter(q).quarter, framework, control);
    let function = &catalog.functions[category.function];
    let home = if framework == 0 { Address::Function(q, category.function) } else { Address::Framework(q, framework) };
    let references = named.references.iter().map(|(key, ids)| References {
        catalog: catalog.references.get(key).unwrap_or(key).clone(),
        ids: ids.iter().map(|id| reference(report, q, key, id)).collect(),
    });
    ControlPage {
        id: named.id.clone(),
        title: named.title.clone(),
        leaf: catalog.leaf.clone(),
        outcome: named.outcome.clone(),
        examples: named.examples.clone(),
        objective: named.objective.clone(),
        rules: rules(named, &assessment.settings),
        facts: facts(named),
        stands_on: named.stands_on().into_iter().map(|(f, c)| report.control_link(q, f, c)).collect(),
        stood_on_by: standing_on(report, q, (framework, control)),
        served_by: served_by(report, q, framework, &named.id),
        function: Link {
            id: function.id.clone(),
            title: function.title.clone(),
            href: home.path(assessment),
            current: false,
        },
        category: format!("{} {}", category.id, category.title),
        figures: report.figures(&report.tree(q, framework).controls[control]),
        target: assessment.target(q, framework, control).map(|target| target_view(report, q, target)),
        answers: asked.map(|team| answer::with_conditions(report, q, framework, control, team)).collect(),
        history: history(report, framework, control),
        references: references.collect(),
        making: making::view(report, q, framework, None, Node::Control(control)),
        previous: control.checked_sub(1).map(|control| report.control_link(q, framework, control)),
        next: (control + 1 < catalog.controls.len()).then(|| report.control_link(q, framework, control + 1)),
    }
}

/// How its answers are scored, where that differs from the rest, a sentence each.
pub(super) fn rules(named: &Control, settings: &Settings) -> Vec<String> {
    let rules = &named.rules;
    let mut said = Vec::new();
    if rules.key {
        said.push("A key control: its floor is watched, whatever the means say.".to_owned());
    }
    if rules.weight != 1 {
        said.push(format!("In the means above it, this control weighs {}.", rules.weight));
    }
    said.extend(rules.teams.map(|teams| match teams {
        TeamRule::Mean => "Its score is the mean of the teams' levels.".to_owned(),
        TeamRule::Min => "Its score is the lowest of the teams' levels.".to_owned(),
        TeamRule::Owner(owner) => format!("Its score is the level of its owner, {}.", settings.teams[owner].name),
    }));
    said.extend(rules.max_age.map(|days| format!("Its evidence is stale after {days} days.")));
    said.extend(rules.needs.iter().flatten().map(|need| {
        format!("From level {} upwards it needs a current {}.", need.from.shown(), crate::score::finding::any_of(need))
    }));
    if !rules.why.is_empty() && !said.is_empty() {
        said.push(rules.why.clone());
    }
    said
}

fn facts(named: &Control) -> Vec<FactView> {
    let facts = named.measure.iter().flat_map(|measure| &measure.facts);
    let view = |(name, fact): (&String, &crate::model::measure::Fact)| FactView {
        name: name.clone(),
        kind: fact.kind.name(),
        means: fact.means.clone(),
    };
    facts.map(view).collect()
}

/// An id of another catalog, with its page where that catalog is one of this report's frameworks.
fn reference(report: Report<'_>, q: usize, catalog: &str, id: &str) -> Link {
    let frameworks = &report.assessment.frameworks;
    let found = frameworks.iter().position(|framework| framework.id == catalog).and_then(|f| {
        let control = frameworks[f].controls.iter().position(|control| control.id == id)?;
        Some(report.control_link(q, f, control))
    });
    found.unwrap_or_else(|| Link::new(id, "", String::new()))
}

/// The controls that stand on the facts of the one at `place`.
fn standing_on(report: Report<'_>, q: usize, place: (usize, usize)) -> Vec<Link> {
    let frameworks = report.assessment.frameworks.iter().enumerate();
    let controls = frameworks.flat_map(|(f, framework)| (0..framework.controls.len()).map(move |c| (f, c)));
    let stands = controls.filter(|(f, c)| report.assessment.control(*f, *c).stands_on().contains(&place));
    stands.map(|(f, c)| report.control_link(q, f, c)).collect()
}

/// The controls of the other frameworks whose references name `id`.
fn served_by(report: Report<'_>, q: usize, framework: usize, id: &str) -> Vec<Served> {
    let own = &report.assessment.frameworks[framework].id;
    let others = report.assessment.frameworks.iter().enumerate().filter(|(f, _)| *f != framework);
    let mut served = Vec::new();
    for (f, other) in others {
        let names = |control: &Control| {
            control.references.iter().any(|(catalog, ids)| catalog == own && ids.iter().any(|named| named == id))
        };
        let controls = other.controls.iter().enumerate().filter(|(_, control)| names(control));
        served.extend(controls.map(|(c, _)| Served {
            control: report.control_link(q, f, c),
            framework: other.title.clone(),
            figures: report.figures(&report.tree(q, f).controls[c]),
        }));
    }
    served
}

fn history(report: Report<'_>, framework: usize, control: usize) -> History {
    let quarters = 0..report.assessment.quarters.len();
    let link = |q: usize| Link {
        id: String::new(),
        title: report.quarter(q).quarter.to_string(),
        href: Address::Control(q, framework, control).path(report.assessment),
        current: false,
    };
    let teams = 0..report.assessment.settings.teams.len();
    let asked = |team: usize, q: usize| report.assessment.is_asked(report.quarter(q).quarter, framework, control, team);
    let teams = teams.filter(|team| quarters.clone().any(|q| asked(*team, q)));
    let row = |team| TeamHistory {
        team: report.team_link(report.assessment.newest(), team),
        cells: quarters.clone().map(|q| cell(report, q, framework, control, team)).collect(),
    };
    let figures: Vec<_> = quarters.clone().map(|q| &report.tree(q, framework).controls[control]).collect();
    let title = format!("{}: score by quarter", report.assessment.control(framework, control).id);
    History {
        spark: charts::spark(report, &title, &figures),
        quarters: quarters.clone().map(link).collect(),
        scores: figures.into_iter().map(|figures| report.figures(figures)).collect(),
        teams: teams.map(row).collect(),
    }
}
