//! The targets page: a quarter's targets, the decisions behind them, and the declared CSF Tiers.

use serde::Serialize;

use super::figures::Level;
use super::{Markup, Report};
use crate::model::ids::QuarterId;
use crate::model::profile::{Target, Tier, TierOf};
use crate::score::finding::open_points;

/// The targets of one quarter.
#[derive(Debug, Serialize)]
pub(super) struct TargetsPage {
    closes: String,
    /// The default target first, then the others in the order of the catalogs.
    targets: Vec<TargetSummary>,
    /// How many targets lack something.
    open: usize,
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

/// The decision behind a target.
#[derive(Debug, Serialize)]
pub(super) struct TargetView {
    level: Level,
    why: Markup,
    approved_by: String,
    due: String,
    review: String,
    /// What is missing for a complete decision.
    open: Vec<String>,
    source: String,
}

/// What the profile leaves out.
#[derive(Debug, Serialize)]
pub(super) struct ExclusionRow {
    id: String,
    title: String,
    why: Markup,
    approved_by: String,
    source: String,
}

/// A declared Tier.
#[derive(Debug, Serialize)]
pub(super) struct TierRow {
    of: &'static str,
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
        why: Markup::line(&exclusion.why),
        approved_by: exclusion.approved_by.to_string(),
        source: exclusion.origin.shown(),
    });
    TargetsPage {
        closes: report.quarter(q).closes().to_string(),
        open: targets.iter().filter(|row| !row.target.open.is_empty()).count(),
        targets,
        exclusions: exclusions.collect(),
        tiers: profile.tiers.iter().map(tier_row).collect(),
    }
}

/// A target as of the end of quarter `q`.
pub(super) fn target_view(report: Report<'_>, q: QuarterId, target: &Target) -> TargetView {
    let day = |date: Option<jiff::civil::Date>| date.map(|date| date.to_string()).unwrap_or_default();
    TargetView {
        level: Level::of(target.level, &report.quarter(q).settings().scale),
        why: Markup::line(&target.why),
        approved_by: target.approved_by.clone(),
        due: day(target.due),
        review: day(target.review),
        open: open_points(target, report.quarter(q).closes()),
        source: target.origin.shown(),
    }
}

fn tier_row(tier: &Tier) -> TierRow {
    let named = |tier: u32| format!("Tier {tier}, {}", Tier::name(tier));
    TierRow {
        of: match tier.of {
            TierOf::Governance => "Risk governance",
            TierOf::Management => "Risk management",
        },
        current: named(tier.current),
        target: tier.target.map(named).unwrap_or_default(),
        rationale: Markup::line(&tier.rationale),
        declared_by: tier.declared_by.clone(),
    }
}

/// The title of the item with this id in the catalogs.
pub(super) fn title(report: Report<'_>, id: &str) -> String {
    let mut frameworks = report.assessment().frameworks.iter();
    let title = frameworks.find_map(|framework| Some(framework.title_of(framework.find(id)?).to_owned()));
    title.unwrap_or_default()
}
