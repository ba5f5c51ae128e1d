//! Figures in, charts out: which figures each chart draws, and what its title and description say.

use serde::Serialize;

use super::members::Member;
use super::{Markup, Report};
use crate::chart::{
    self, Axis, Distribution, Frame, Line, Part, Radar, RadarSeries, Series, Stack, State, Tick, Trend,
};
use crate::number::{Level, MILLIONTHS, Mean};
use crate::score::Figures;
use crate::settings;

/// A chart and the keys to read it by.
#[derive(Debug, Serialize)]
pub(super) struct Chart {
    svg: Markup,
    keys: Vec<Key>,
}

/// One entry of a chart's legend: how it looks and what it is.
#[derive(Debug, Serialize)]
struct Key {
    swatch: Markup,
    name: String,
}

impl Key {
    fn new(swatch: String, name: impl Into<String>) -> Self {
        Self { swatch: Markup(swatch), name: name.into() }
    }
}

/// A radar of three or more members, or bars for fewer: a polygon needs three corners.
pub(super) fn radar(report: Report<'_>, title: &str, members: &[Member<'_>]) -> Chart {
    let decimals = report.assessment.settings.scoring.decimals;
    let description = describe(members, decimals);
    let axes = members.iter().map(|member| Axis {
        label: member.link.title.clone(),
        note: member.now.score(decimals).unwrap_or_else(|| "no score".to_owned()),
    });
    let series = |series, value: fn(&Member<'_>) -> Option<f64>| RadarSeries {
        series,
        values: members.iter().map(value).collect(),
    };
    // Drawn in this order, so that the score lies on top.
    let all = [
        series(Series::Previous, |member| member.before.and_then(drawn)),
        series(Series::Target, |member| member.now.target.as_ref().map(position)),
    ];
    let score = [series(Series::Score, |member| drawn(member.now))];
    // What teams claim is worth a line of its own only where it is not what counts.
    let claimed = series(Series::Claimed, |member| {
        member.now.claimed.as_ref().filter(|_| member.now.withheld.is_none()).map(position)
    });
    let differs = members.iter().any(|member| member.now.claimed != member.now.mean && member.now.withheld.is_none());
    let all = all.into_iter().take(2).chain(differs.then_some(claimed)).chain(score);
    let present: Vec<RadarSeries> = all.filter(|series| series.values.iter().any(Option::is_some)).collect();
    let key = if members.len() < 3 { chart::bar_key } else { chart::series_key };
    let keys = present.iter().rev().map(|drawn| Key::new(key(drawn.series), series_name(drawn.series))).collect();
    let frame = Frame { id: "profile", title, description: &description };
    let scale = scale(report);
    Chart { svg: Markup(chart::radar(&Radar { frame, scale: &scale, axes: axes.collect(), series: present })), keys }
}

fn series_name(series: Series) -> &'static str {
    match series {
        Series::Target => "target",
        Series::Previous => "previous quarter",
        Series::Claimed => "claimed",
        Series::Score | Series::Nth(_) => "score",
    }
}

fn describe(members: &[Member<'_>], decimals: u32) -> String {
    let said = members.iter().map(|member| {
        let score = member.now.score(decimals).unwrap_or_else(|| "no score".to_owned());
        let target =
            member.now.target.as_ref().map(|target| format!(", target {}", target.shown(decimals))).unwrap_or_default();
        let claimed = member
            .now
            .claimed
            .as_ref()
            .filter(|claimed| member.now.withheld.is_none() && member.now.mean.as_ref() != Some(*claimed));
        let claimed = claimed.map(|claimed| format!(", claimed {}", claimed.shown(decimals))).unwrap_or_default();
        let before = member.before.and_then(|before| before.score(decimals));
        let before = before.map(|before| format!(", previous quarter {before}")).unwrap_or_default();
        format!("{}: {score}{claimed}{target}{before}", member.link.title)
    });
    said.collect::<Vec<_>>().join("; ") + "."
}

/// How many answers of each member are at each level and in each other state.
pub(super) fn distribution(report: Report<'_>, title: &str, members: &[Member<'_>]) -> Chart {
    let scale = &report.assessment.settings.scale;
    let steps = scale.steps();
    let stack = |member: &Member<'_>| {
        let counts = &member.now.counts;
        let levels = steps.iter().zip(&counts.levels);
        let levels = levels.map(|(level, count)| Part { state: state(*level, scale), count: *count });
        let states = [
            Part { state: State::Unknown, count: counts.unknown },
            Part { state: State::Unanswered, count: counts.unanswered },
            Part { state: State::NotApplicable, count: counts.not_applicable },
        ];
        Stack {
            label: member.link.title.clone(),
            note: format!("{} of {} assessed", counts.assessed, counts.applicable()),
            parts: levels.chain(states).filter(|part| part.count > 0).collect(),
        }
    };
    let described = members.iter().map(|member| format!("{}: {}", member.link.title, counted(report, member.now)));
    let description = described.collect::<Vec<_>>().join("; ") + ".";
    let frame = Frame { id: "levels", title, description: &description };
    let rows = members.iter().map(stack).collect();
    Chart { svg: Markup(chart::distribution(&Distribution { frame, rows })), keys: state_keys("levels", scale) }
}

/// Every whole level of the scale, and the states that are none.
fn state_keys(id: &str, scale: &settings::Scale) -> Vec<Key> {
    let top = scale.levels.len() - 1;
    let levels = scale.levels.iter().enumerate().map(|(index, level)| {
        let number =
            Level::from_millionths(scale.bottom.millionths() + i64::try_from(index).unwrap_or_default() * MILLIONTHS);
        (State::Level { index, top }, format!("{} {}", number.shown(), level.name))
    });
    let states =
        [(State::Unknown, "unknown"), (State::Unanswered, "unanswered"), (State::NotApplicable, "not applicable")];
    let all = levels.chain(states.map(|(state, name)| (state, name.to_owned()))).enumerate();
    all.map(|(index, (state, name))| Key::new(chart::state_key(&format!("{id}-key-{index}"), state), name)).collect()
}

/// `3 at level 0, 20 at level 2, 1 unknown`.
fn counted(report: Report<'_>, figures: &Figures) -> String {
    let counts = &figures.counts;
    let levels = report.assessment.settings.scale.steps().into_iter().zip(&counts.levels);
    let levels = levels.map(|(level, count)| (*count, format!("at level {}", level.shown())));
    let states =
        [(counts.unknown, "unknown"), (counts.unanswered, "unanswered"), (counts.not_applicable, "not applicable")];
    let all = levels.chain(states.map(|(count, state)| (count, state.to_owned())));
    all.filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect::<Vec<_>>().join(", ")
}

/// How a level looks, in charts and in tables.
pub(super) fn state(level: Level, scale: &settings::Scale) -> State {
    let whole = (level - scale.bottom).millionths() / MILLIONTHS;
    State::Level { index: usize::try_from(whole).unwrap_or_default(), top: scale.levels.len().saturating_sub(1) }
}

/// The overall score over all quarters up to `q`.
pub(super) fn trend(report: Report<'_>, q: usize) -> Chart {
    let decimals = report.assessment.settings.scoring.decimals;
    let quarters: Vec<usize> = (0..=q).collect();
    let names: Vec<String> = quarters.iter().map(|q| report.quarter(*q).quarter.to_string()).collect();
    let values: Vec<&Figures> = quarters.iter().map(|q| &report.tree(*q, 0).overall).collect();
    let shown = values.iter().map(|figures| figures.score(decimals));
    let described = names
        .iter()
        .zip(shown)
        .map(|(name, score)| format!("{name}: {}", score.unwrap_or_else(|| "no score".to_owned())));
    let description = described.collect::<Vec<_>>().join("; ") + ".";
    let line = |name: &str, series, value: fn(&Figures) -> Option<f64>| Line {
        name: name.to_owned(),
        series,
        values: values.iter().map(|figures| value(figures)).collect(),
    };
    let target: fn(&Figures) -> Option<f64> = |figures| figures.target.as_ref().map(position);
    let lines = [line("target", Series::Target, target), line("score", Series::Score, drawn)].into_iter();
    let lines = lines.filter(|line| line.values.iter().any(Option::is_some));
    let frame = Frame { id: "trend", title: "Overall score by quarter", description: &description };
    let svg = Markup(chart::trend(&Trend { frame, scale: &scale(report), points: names, lines: lines.collect() }));
    // The lines are named at their ends.
    Chart { svg, keys: Vec::new() }
}

/// Where a score is drawn; a withheld one is drawn no more than one that is not there.
fn drawn(figures: &Figures) -> Option<f64> {
    figures.shown_mean().map(position)
}

fn position(mean: &Mean) -> f64 {
    coordinate(mean.millionths())
}

/// Millionths on the axis of levels. Exact as long as a level is below 2^33, and only where ink goes depends on it.
#[expect(clippy::cast_precision_loss, reason = "levels are far below 2^53 millionths")]
fn coordinate(millionths: i64) -> f64 {
    millionths as f64 / MILLIONTHS as f64
}

fn scale(report: Report<'_>) -> chart::Scale {
    let scale = &report.assessment.settings.scale;
    let (bottom, top) = (scale.bottom.millionths(), scale.top().millionths());
    let whole = (bottom..=top).step_by(usize::try_from(MILLIONTHS).unwrap_or(1));
    let ticks = whole.map(|at| Tick { at: coordinate(at), label: Level::from_millionths(at).shown() });
    chart::Scale { bottom: coordinate(bottom), top: coordinate(top), ticks: ticks.collect() }
}
