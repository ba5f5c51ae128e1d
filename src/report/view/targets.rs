//! The targets page: a quarter's targets, the decisions behind them, and the declared CSF Tiers.

use jiff::civil::Date;
use serde::Serialize;

use super::figures::{ShownFigures, ShownLevel};
use super::{Markup, Report};
use crate::model::catalog::{Framework, Node};
use crate::model::ids::QuarterId;
use crate::model::profile::{Priority, Target, Tier, TierOf};
use crate::score::finding::open_points;

/// The targets of one quarter.
#[derive(Debug, Serialize)]
pub(super) struct TargetsPage {
    closes: String,
    /// The default target first, then the others in the order of the catalogs.
    targets: Vec<TargetSummary>,
    /// Whether any of them has a priority.
    priorities: bool,
    /// How many targets lack something.
    open: usize,
    /// What the targets come to, for each framework and each of its Functions that has a mean target.
    means: Vec<TargetMean>,
    exclusions: Vec<ExclusionRow>,
    tiers: Vec<TierRow>,
}

/// A target and what it is for.
#[derive(Debug, Serialize)]
pub(super) struct TargetSummary {
    id: String,
    title: String,
    target: TargetView,
}

/// The mean target of a framework or a Function.
#[derive(Debug, Serialize)]
pub(super) struct TargetMean {
    id: String,
    title: String,
    /// Whether it is a framework.
    whole: bool,
    /// The mean target of the assessed controls, beside which the score stands; empty if nothing is assessed.
    of_assessed: String,
    assessed: u32,
    /// The mean target of all applicable controls.
    of_all: String,
    applicable: u32,
}

/// The decision behind a target.
#[derive(Debug, Serialize)]
pub(super) struct TargetView {
    level: ShownLevel,
    why: Markup,
    approved_by: String,
    due: String,
    /// The same day as sorting reads it.
    due_iso: String,
    review: String,
    /// The same day as sorting reads it.
    review_iso: String,
    /// How urgent it is; empty if nobody said.
    priority: String,
    /// What is missing for a complete decision.
    open: Vec<String>,
    source: Markup,
}

/// What the profile leaves out.
#[derive(Debug, Serialize)]
pub(super) struct ExclusionRow {
    id: String,
    title: String,
    why: Markup,
    approved_by: String,
    source: Markup,
}

/// A declared Tier.
#[derive(Debug, Serialize)]
pub(super) struct TierRow {
    of: String,
    current: String,
    target: String,
    rationale: Markup,
    declared_by: String,
}

/// Makes the targets page of quarter `q`.
pub(super) fn view(report: Report<'_>, q: QuarterId) -> TargetsPage {
    let profile = report.quarter(q).profile();
    let default = profile.targets.default.iter().map(|target| ("", target));
    let targets = default.chain(report.quarter(q).targets());
    let row = |(id, target): (&str, &Target)| TargetSummary {
        id: id.to_owned(),
        title: title(report, id),
        target: target_view(report, q, target),
    };
    let targets: Vec<TargetSummary> = targets.map(row).collect();
    let exclusions = report.quarter(q).exclusions().map(|(id, exclusion)| ExclusionRow {
        id: id.to_owned(),
        title: title(report, id),
        why: report.line(&exclusion.why),
        approved_by: exclusion.approved_by.to_string(),
        source: report.place(&exclusion.origin),
    });
    TargetsPage {
        closes: report.strings().day(report.quarter(q).closes()),
        open: targets.iter().filter(|row| !row.target.open.is_empty()).count(),
        priorities: targets.iter().any(|row| !row.target.priority.is_empty()),
        targets,
        means: means(report, q),
        exclusions: exclusions.collect(),
        tiers: profile.tiers.iter().map(|tier| tier_row(report, tier)).collect(),
    }
}

/// How many targets lack a part of a decision, of how many.
pub(super) fn incomplete(report: Report<'_>, q: QuarterId) -> (usize, usize) {
    let quarter = report.quarter(q);
    let targets = quarter.profile().targets.default.iter().chain(quarter.targets().map(|(_, target)| target));
    let targets: Vec<&Target> = targets.collect();
    let open = targets.iter().filter(|target| !open_points(target, quarter.closes()).is_empty());
    (open.count(), targets.len())
}

/// The mean targets of every framework and its Functions.
fn means(report: Report<'_>, q: QuarterId) -> Vec<TargetMean> {
    let quarter = report.quarter(q);
    let frameworks = report.assessment().frameworks.iter();
    let nodes = frameworks.flat_map(|framework| framework.whole_and_functions().map(move |node| (framework, node)));
    let mean = |(framework, node): (&Framework, Node)| {
        let figures = quarter.figures(node, None);
        let ShownFigures { target, target_of_all, .. } = report.figures(q, figures);
        let (assessed, applicable) = (figures.counts.assessed_controls, figures.counts.applicable_controls);
        (!target_of_all.is_empty()).then(|| TargetMean {
            id: framework.id_of(node).to_owned(),
            title: framework.title_of(node).to_owned(),
            whole: matches!(node, Node::Framework(_)),
            of_assessed: if assessed == 0 { String::new() } else { target },
            assessed,
            of_all: target_of_all,
            applicable,
        })
    };
    nodes.filter_map(mean).collect()
}

/// A target as of the end of quarter `q`.
pub(super) fn target_view(report: Report<'_>, q: QuarterId, target: &Target) -> TargetView {
    let day = |date: Option<Date>| date.map(|date| report.strings().day(date)).unwrap_or_default();
    let iso = |date: Option<Date>| date.map(|date| date.to_string()).unwrap_or_default();
    TargetView {
        level: report.level(q, target.level),
        why: report.line(&target.why),
        approved_by: target.approved_by.clone(),
        due: day(target.due),
        due_iso: iso(target.due),
        review: day(target.review),
        review_iso: iso(target.review),
        priority: priority(report, target.priority),
        open: open_points(target, report.quarter(q).closes())
            .into_iter()
            .map(|point| point.said(report.strings()))
            .collect(),
        source: report.place(&target.origin),
    }
}

/// The word for a priority; empty where there is none.
pub(super) fn priority(report: Report<'_>, priority: Option<Priority>) -> String {
    let key = match priority {
        None => return String::new(),
        Some(Priority::High) => "priority.high",
        Some(Priority::Medium) => "priority.medium",
        Some(Priority::Low) => "priority.low",
    };
    report.strings().word(key)
}

fn tier_row(report: Report<'_>, tier: &Tier) -> TierRow {
    let strings = report.strings();
    let named = |tier: u32| {
        let name = strings.word(match tier {
            1 => "tier.partial",
            2 => "tier.risk_informed",
            3 => "tier.repeatable",
            _ => "tier.adaptive",
        });
        strings.say("tier.named", &[("tier", &tier), ("name", &name)])
    };
    TierRow {
        of: strings.word(match tier.of {
            TierOf::Governance => "tier.governance",
            TierOf::Management => "tier.management",
        }),
        current: named(tier.current),
        target: tier.target.map(named).unwrap_or_default(),
        rationale: report.line(&tier.rationale),
        declared_by: tier.declared_by.clone(),
    }
}

/// The title of the item with this id in the catalogs.
pub(super) fn title(report: Report<'_>, id: &str) -> String {
    let mut frameworks = report.assessment().frameworks.iter();
    let title = frameworks.find_map(|framework| Some(framework.title_of(framework.find(id)?).to_owned()));
    title.unwrap_or_default()
}
