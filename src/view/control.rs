//! A control in, its page out: what it asks, what each team answered with which evidence, and how its score was made.

use serde::Serialize;

use super::answer::{self, AnswerView};
use super::figures::Figures;
use super::function::{Cell, cell};
use super::{Link, Markup, Report};
use crate::address::Address;
use crate::evidence::Answer;
use crate::settings::{Scale, TeamRule};

/// The page of one control.
#[derive(Debug, Serialize)]
pub(super) struct ControlPage {
    id: String,
    title: String,
    leaf: String,
    outcome: String,
    examples: Vec<String>,
    weight: u32,
    function: Link,
    category: String,
    figures: Figures,
    target: Option<TargetView>,
    answers: Vec<AnswerView>,
    history: History,
    references: Vec<References>,
    making: Making,
    previous: Option<Link>,
    next: Option<Link>,
}

/// The decision behind a target.
#[derive(Debug, Serialize)]
pub(super) struct TargetView {
    pub(super) level: super::figures::Level,
    pub(super) why: Markup,
    pub(super) approved_by: String,
    pub(super) due: String,
    pub(super) review: String,
}

/// The ids of one other catalog.
#[derive(Debug, Serialize)]
pub(super) struct References {
    catalog: String,
    ids: Vec<String>,
}

/// Each team's answers over the quarters.
#[derive(Debug, Serialize)]
pub(super) struct History {
    quarters: Vec<Link>,
    scores: Vec<Figures>,
    teams: Vec<TeamHistory>,
}

/// One team's answers over the quarters; `None` where it was not asked.
#[derive(Debug, Serialize)]
pub(super) struct TeamHistory {
    team: Link,
    cells: Vec<Option<Cell>>,
}

/// How the score was made, in steps that a pocket calculator can follow.
#[derive(Debug, Serialize)]
pub(super) struct Making {
    /// The rule with its values, such as `(3 + 2 + 1) ÷ 3`; empty where nothing is assessed.
    formula: String,
    /// Its result to six decimals.
    exact: String,
    /// What is left out, with the reason.
    excluded: Vec<String>,
    /// How many digits are shown.
    decimals: u32,
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
    let references = named
        .references
        .iter()
        .map(|(key, ids)| References { catalog: catalog.references.get(key).unwrap_or(key).clone(), ids: ids.clone() });
    ControlPage {
        id: named.id.clone(),
        title: named.title.clone(),
        leaf: catalog.leaf.clone(),
        outcome: named.outcome.clone(),
        examples: named.examples.clone(),
        weight: named.weight,
        function: Link {
            id: function.id.clone(),
            title: function.title.clone(),
            href: home.path(assessment),
            current: false,
        },
        category: format!("{} {}", category.id, category.title),
        figures: report.figures(&report.tree(q, framework).controls[control]),
        target: target(report, catalog.lineage(control)),
        answers: asked.map(|team| answer::view(report, q, framework, control, team)).collect(),
        history: history(report, framework, control),
        references: references.collect(),
        making: making(report, q, framework, control),
        previous: control.checked_sub(1).map(|control| report.control_link(q, framework, control)),
        next: (control + 1 < catalog.controls.len()).then(|| report.control_link(q, framework, control + 1)),
    }
}

fn target(report: Report<'_>, lineage: [&str; 4]) -> Option<TargetView> {
    let target = report.assessment.settings.targets.nearest(lineage)?;
    Some(TargetView::of(target, &report.assessment.settings.scale))
}

impl TargetView {
    pub(super) fn of(target: &crate::settings::Target, scale: &Scale) -> Self {
        let day = |date: Option<jiff::civil::Date>| date.map(|date| date.to_string()).unwrap_or_default();
        Self {
            level: super::figures::Level::of(target.level, scale),
            why: Markup::line(&target.why),
            approved_by: target.approved_by.clone(),
            due: day(target.due),
            review: day(target.review),
        }
    }
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
    let row = |team| {
        let cells: Vec<Option<Cell>> = quarters.clone().map(|q| cell(report, q, framework, control, team)).collect();
        cells
            .iter()
            .any(Option::is_some)
            .then(|| TeamHistory { team: report.team_link(report.assessment.newest(), team), cells })
    };
    History {
        quarters: quarters.clone().map(link).collect(),
        scores: quarters.clone().map(|q| report.figures(&report.tree(q, framework).controls[control])).collect(),
        teams: teams.filter_map(row).collect(),
    }
}

fn making(report: Report<'_>, q: usize, framework: usize, control: usize) -> Making {
    let settings = &report.assessment.settings;
    let quarter = report.quarter(q);
    let mut terms = Vec::new();
    let mut excluded = Vec::new();
    for team in report.assessment.teams_asked(quarter.quarter, framework, control) {
        let (named, answer) = (&settings.teams[team], quarter.answer(framework, control, team));
        match answer.and_then(Answer::score) {
            Some(level) => terms.push((named.weight, level.shown())),
            None if answer.is_some_and(Answer::is_not_applicable) => {
                excluded.push(format!("{}: not applicable, so it leaves the denominator.", named.name));
            }
            None if answer.is_some() => {
                excluded.push(format!("{}: unknown. It counts as applicable and widens the range.", named.name));
            }
            None => excluded.push(format!("{}: unanswered. It counts as applicable and widens the range.", named.name)),
        }
    }
    let mean = report.tree(q, framework).controls[control].mean.as_ref();
    Making {
        formula: formula(settings.scoring.teams, &terms),
        exact: mean.map(|mean| mean.shown(6)).unwrap_or_default(),
        excluded,
        decimals: settings.scoring.decimals,
    }
}

/// The rule with its values: each level by its team's weight.
fn formula(rule: TeamRule, terms: &[(u32, String)]) -> String {
    if terms.is_empty() {
        return String::new();
    }
    let levels: Vec<&str> = terms.iter().map(|(_, level)| level.as_str()).collect();
    if rule == TeamRule::Min {
        return format!("the lowest of {}", levels.join(", "));
    }
    let weights: u64 = terms.iter().map(|(weight, _)| u64::from(*weight)).sum();
    let weighed =
        terms.iter().map(|(weight, level)| if *weight == 1 { level.clone() } else { format!("{weight} × {level}") });
    format!("({}) ÷ {weights}", weighed.collect::<Vec<_>>().join(" + "))
}
