//! Chooses the figures that each chart draws, and the words of its title and description.

use serde::Serialize;

use super::figures::answer_state;
use super::{Link, Markup, Report};
use crate::base::number::{Level, MILLIONTHS, Mean, signed};
use crate::chart::{
    self, AnswerState, Axis, AxisScale, Bridge, BridgeStep, Caption, Distribution, End, Line, Radar, RadarSeries,
    Series, Spark, Stack, StackPart, Tick, Tile, Trend, Way,
};
use crate::model::catalog::Node;
use crate::model::ids::{FrameworkId, QuarterId};
use crate::model::settings::{Scale, Settings};
use crate::score::change::{Cause, NodeChange};
use crate::score::{Figures, ScoredQuarter};

/// One part of a node, such as a Function of the whole: a spoke of its radar, a row of its tables.
pub(super) struct NodePart<'a> {
    /// The part's name and the address of its page or section; no address if it has none.
    pub(super) link: Link,
    pub(super) now: &'a Figures,
    /// The figures of the quarter before; `None` if there is none to compare with.
    pub(super) before: Option<&'a Figures>,
}

/// A chart and its legend.
#[derive(Debug, Serialize)]
pub(super) struct Chart {
    pub(super) svg: Markup,
    pub(super) keys: Vec<Key>,
}

/// One entry of a chart's legend: its look and its meaning.
#[derive(Debug, Serialize)]
pub(super) struct Key {
    pub(super) swatch: Markup,
    pub(super) name: String,
}

impl Key {
    fn new(swatch: String, name: impl Into<String>) -> Self {
        Self { swatch: Markup(swatch), name: name.into() }
    }
}

/// A dot plot, and beside it the same figures as a radar without numbers; only bars if there are too few parts for a radar.
pub(super) fn profile(report: Report<'_>, q: QuarterId, title: &str, parts: &[NodePart<'_>]) -> Chart {
    with_outlines(report.quarter(q).settings(), title, parts, |radar| match radar.axes.len() {
        0..3 => chart::radar(radar),
        _ => chart::dots(radar) + &chart::radar(&without_notes(radar)),
    })
}

fn without_notes<'a>(radar: &Radar<'a>) -> Radar<'a> {
    let axes = radar.axes.iter().map(|axis| Axis { label: axis.label.clone(), note: String::new() });
    Radar { axes: axes.collect(), ..radar.clone() }
}

/// A radar of three or more parts, or bars for fewer: a polygon needs three corners.
pub(super) fn radar(report: Report<'_>, q: QuarterId, title: &str, parts: &[NodePart<'_>]) -> Chart {
    with_outlines(report.quarter(q).settings(), title, parts, chart::radar)
}

/// Draws each part's score, target, claimed level and score of the quarter before, as far as they exist.
fn with_outlines(
    settings: &Settings,
    title: &str,
    parts: &[NodePart<'_>],
    draw: impl FnOnce(&Radar<'_>) -> String,
) -> Chart {
    let decimals = settings.scoring.decimals;
    let description = describe(parts, decimals);
    let axes = parts.iter().map(|part| Axis {
        label: part.link.title.clone(),
        note: part.now.score(decimals).unwrap_or_else(|| "no score".to_owned()),
    });
    let series = |series, value: fn(&NodePart<'_>) -> Option<f64>| RadarSeries {
        series,
        values: parts.iter().map(value).collect(),
    };
    // Drawn in this order, so that the score is on top.
    let all = [
        series(Series::Previous, |part| part.before.and_then(drawn)),
        series(Series::Target, |part| part.now.target.as_ref().map(position)),
    ];
    let score = [series(Series::Score, |part| drawn(part.now))];
    // Claimed levels get their own line only if they are not the levels that count.
    let claimed =
        series(Series::Claimed, |part| part.now.claimed.as_ref().filter(|_| part.now.withheld.is_none()).map(position));
    let differs = parts.iter().any(|part| part.now.claimed != part.now.mean && part.now.withheld.is_none());
    let all = all.into_iter().take(2).chain(differs.then_some(claimed)).chain(score);
    let present: Vec<RadarSeries> = all.filter(|series| series.values.iter().any(Option::is_some)).collect();
    let key = if parts.len() < 3 { chart::bar_key } else { chart::series_key };
    let keys = present.iter().rev().map(|drawn| Key::new(key(drawn.series), series_name(drawn.series))).collect();
    let caption = Caption { id: "profile", title, description: &description };
    let scale = scale(&settings.scale);
    Chart { svg: Markup(draw(&Radar { caption, scale: &scale, axes: axes.collect(), series: present })), keys }
}

fn series_name(series: Series) -> &'static str {
    match series {
        Series::Target => "target",
        Series::Previous => "previous quarter",
        Series::Claimed => "claimed",
        Series::Score | Series::Nth(_) => "score",
    }
}

fn describe(parts: &[NodePart<'_>], decimals: u32) -> String {
    let said = parts.iter().map(|part| {
        let score = part.now.score(decimals).unwrap_or_else(|| "no score".to_owned());
        let target =
            part.now.target.as_ref().map(|target| format!(", target {}", target.shown(decimals))).unwrap_or_default();
        let claimed = part
            .now
            .claimed
            .as_ref()
            .filter(|claimed| part.now.withheld.is_none() && part.now.mean.as_ref() != Some(*claimed));
        let claimed = claimed.map(|claimed| format!(", claimed {}", claimed.shown(decimals))).unwrap_or_default();
        let before = part.before.and_then(|before| before.score(decimals));
        let before = before.map(|before| format!(", previous quarter {before}")).unwrap_or_default();
        format!("{}: {score}{claimed}{target}{before}", part.link.title)
    });
    said.collect::<Vec<_>>().join("; ") + "."
}

/// How many answers of each part are at each level and in each other state.
pub(super) fn distribution(report: Report<'_>, q: QuarterId, title: &str, parts: &[NodePart<'_>]) -> Chart {
    let scale = &report.quarter(q).settings().scale;
    let steps = scale.steps();
    let stack = |part: &NodePart<'_>| {
        let counts = &part.now.counts;
        let levels = steps.iter().zip(&counts.levels);
        let levels = levels.map(|(level, count)| StackPart { state: answer_state(*level, scale), count: *count });
        let states = [
            StackPart { state: AnswerState::Unknown, count: counts.unknown },
            StackPart { state: AnswerState::Unanswered, count: counts.unanswered },
            StackPart { state: AnswerState::NotApplicable, count: counts.not_applicable },
        ];
        Stack {
            label: part.link.title.clone(),
            note: format!("{} of {} assessed", counts.assessed, counts.applicable()),
            parts: levels.chain(states).filter(|share| share.count > 0).collect(),
        }
    };
    let described = parts.iter().map(|part| format!("{}: {}", part.link.title, counted(scale, part.now)));
    let description = described.collect::<Vec<_>>().join("; ") + ".";
    let caption = Caption { id: "levels", title, description: &description };
    let rows = parts.iter().map(stack).collect();
    Chart { svg: Markup(chart::distribution(&Distribution { caption, rows })), keys: state_keys("levels", scale) }
}

/// Every whole level of the scale, and the states without a level.
fn state_keys(id: &str, scale: &Scale) -> Vec<Key> {
    let top = scale.levels.len() - 1;
    let levels = scale.levels.iter().enumerate().map(|(index, level)| {
        let number =
            Level::from_millionths(scale.bottom.millionths() + i64::try_from(index).unwrap_or_default() * MILLIONTHS);
        (AnswerState::Level { index, top }, format!("{} {}", number.shown(), level.name))
    });
    let states = [
        (AnswerState::Unknown, "unknown"),
        (AnswerState::Unanswered, "unanswered"),
        (AnswerState::NotApplicable, "not applicable"),
    ];
    let all = levels.chain(states.map(|(state, name)| (state, name.to_owned()))).enumerate();
    all.map(|(index, (state, name))| Key::new(chart::state_key(&format!("{id}-key-{index}"), state), name)).collect()
}

/// `3 at 0, 20 at 2, 1 unknown`.
fn counted(scale: &Scale, figures: &Figures) -> String {
    let counts = &figures.counts;
    let levels = scale.steps().into_iter().zip(&counts.levels);
    let levels = levels.map(|(level, count)| (*count, format!("at {}", level.shown())));
    let states =
        [(counts.unknown, "unknown"), (counts.unanswered, "unanswered"), (counts.not_applicable, "not applicable")];
    let all = levels.chain(states.map(|(count, state)| (count, state.to_owned())));
    all.filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect::<Vec<_>>().join(", ")
}

/// The overall score over the quarters up to `q`, as far as its pages show them.
pub(super) fn trend_to(report: Report<'_>, q: QuarterId) -> Chart {
    trend(report.quarter(q), report.scored.quarters_near(q).filter(|quarter| quarter.id <= q))
}

/// The overall score over these quarters, on the scale of the quarter `here`.
pub(super) fn trend<'a>(here: ScoredQuarter<'a>, quarters: impl Iterator<Item = ScoredQuarter<'a>>) -> Chart {
    let whole = Node::Framework(FrameworkId::MAIN);
    let points: Vec<Point<'_>> = quarters.map(|quarter| (quarter, quarter.figures(whole, None))).collect();
    let description = by_quarter(here, &points) + ".";
    let line = |name: &str, series, value: fn(&Figures) -> Option<f64>| Line {
        name: name.to_owned(),
        series,
        values: points.iter().map(|point| on_scale_of(here, *point).and_then(value)).collect(),
    };
    let target: fn(&Figures) -> Option<f64> = |figures| figures.target.as_ref().map(position);
    let lines = [line("target", Series::Target, target), line("score", Series::Score, drawn)].into_iter();
    let lines = lines.filter(|line| line.values.iter().any(Option::is_some)).collect();
    let caption = Caption { id: "trend", title: "Overall score by quarter", description: &description };
    let scale = scale(&here.settings().scale);
    let svg = Markup(chart::trend(&Trend { caption, scale: &scale, points: names(&points), lines }));
    // The chart names its lines at their ends, so it needs no legend.
    Chart { svg, keys: Vec::new() }
}

/// Every Function's score over all quarters. The axis runs between the whole levels around the scores.
pub(super) fn functions(report: Report<'_>) -> Chart {
    let here = report.scored.newest();
    let functions = report.assessment().framework().functions.entries();
    let of = |function| -> Vec<Point<'_>> {
        report.scored.quarters().map(|quarter| (quarter, quarter.figures(Node::Function(function), None))).collect()
    };
    let lines: Vec<Line> = functions
        .clone()
        .enumerate()
        .map(|(nth, (id, function))| Line {
            name: function.title.clone(),
            series: Series::Nth(nth),
            values: of(id).into_iter().map(|point| on_scale_of(here, point).and_then(drawn)).collect(),
        })
        .collect();
    let all = functions.clone().flat_map(|(id, _)| of(id)).filter_map(|point| on_scale_of(here, point));
    let levels = &here.settings().scale;
    let scale = levels_around(levels, all.filter_map(Figures::shown_mean).map(Mean::millionths));
    let said = functions.map(|(id, function)| format!("{}: {}", function.title, by_quarter(here, &of(id))));
    let said = said.collect::<Vec<_>>().join(". ");
    let description = format!("{said}. {}", axis_note(levels, &scale));
    let caption = Caption { id: "functions", title: "Score by Function and quarter", description: &description };
    let points = report.scored.quarters().map(|quarter| quarter.name().to_string()).collect();
    Chart { svg: Markup(chart::trend(&Trend { caption, scale: &scale, points, lines })), keys: Vec::new() }
}

/// A quarter, and the figures of one node in it.
pub(super) type Point<'a> = (ScoredQuarter<'a>, &'a Figures);

/// The figures of a point if its levels mean the same as those of the quarter `here`. Where they do not, a line breaks.
fn on_scale_of<'a>(here: ScoredQuarter<'_>, (quarter, figures): Point<'a>) -> Option<&'a Figures> {
    quarter.is_on_scale_of(here).then_some(figures)
}

fn names(points: &[Point<'_>]) -> Vec<String> {
    points.iter().map(|(quarter, _)| quarter.name().to_string()).collect()
}

/// One figure over the quarters as a sparkline on the scale of the quarter `here`; `None` if there is nothing to show yet.
pub(super) fn spark(here: ScoredQuarter<'_>, title: &str, points: &[Point<'_>]) -> Option<Markup> {
    let values = values(here, points);
    let description = by_quarter(here, points) + ".";
    let caption = Caption { id: "spark", title, description: &description };
    let spark = Spark { caption, scale: &scale(&here.settings().scale), values: &values };
    (values.iter().flatten().count() > 1).then(|| Markup(chart::spark(&spark)))
}

/// The same sparkline, for a row whose cells hold the numbers.
pub(super) fn spark_hidden(here: ScoredQuarter<'_>, points: &[Point<'_>]) -> Markup {
    Markup(chart::spark_hidden(&scale(&here.settings().scale), &values(here, points)))
}

fn values(here: ScoredQuarter<'_>, points: &[Point<'_>]) -> Vec<Option<f64>> {
    points.iter().map(|point| on_scale_of(here, *point).and_then(drawn)).collect()
}

/// A share over all quarters, in percent, and as printed text.
pub(super) fn tile(id: &str, title: &str, quarters: &[String], shares: &[(Option<u32>, String)]) -> Chart {
    let ticks = [0, 50, 100].map(|at: u32| Tick { at: f64::from(at), label: format!("{at} %") });
    let scale = AxisScale { bottom: 0.0, top: 100.0, ticks: ticks.to_vec() };
    let values: Vec<Option<f64>> = shares.iter().map(|(share, _)| share.map(f64::from)).collect();
    let texts: Vec<String> = shares.iter().map(|(_, text)| text.clone()).collect();
    let said = quarters.iter().zip(&texts);
    let said = said.map(|(quarter, text)| format!("{quarter}: {}", if text.is_empty() { "none" } else { text }));
    let description = said.collect::<Vec<_>>().join("; ") + ".";
    let caption = Caption { id, title, description: &description };
    let tile = chart::tile(&Tile { caption, scale: &scale, points: quarters, values: &values, texts: &texts });
    Chart { svg: Markup(tile), keys: Vec::new() }
}

/// The causes between the score of one quarter and the next. Only for a node that has a difference to show.
pub(super) fn bridge(
    report: Report<'_>,
    q: QuarterId,
    [before, now]: [&str; 2],
    node: &NodeChange,
    digits: u32,
) -> Chart {
    let amounts = Cause::ALL.map(|cause| {
        let part = node.parts.iter().find(|part| part.cause == cause);
        (cause, part.map_or(0, |part| part.amount))
    });
    let (from, to) = (node.from.unwrap_or_default(), node.to.unwrap_or_default());
    let reached = amounts.iter().scan(from, |at, (_, amount)| {
        *at += amount;
        Some(*at)
    });
    let levels = &report.quarter(q).settings().scale;
    let scale = zoom(levels, &reached.chain([from, to]).collect::<Vec<_>>());
    let end = |label: &str, at: i64| End {
        label: label.to_owned(),
        value: coordinate(at),
        value_text: Mean::from(Level::from_millionths(at)).shown(digits),
    };
    let step = |(cause, amount): (Cause, i64)| BridgeStep {
        label: cause.title().to_owned(),
        amount: coordinate(amount),
        way: match amount {
            0 => Way::Still,
            1.. => Way::Up,
            _ => Way::Down,
        },
        value_text: signed(amount, digits),
    };
    let (from, to, steps) = (end(before, from), end(now, to), amounts.map(step).to_vec());
    let said = steps.iter().map(|step| format!("{}: {}", step.label, step.value_text)).collect::<Vec<_>>().join("; ");
    let description = format!(
        "{before}: {}; {said}; {now}: {}. Each bar starts where the one above it ended. {}",
        from.value_text,
        to.value_text,
        axis_note(levels, &scale)
    );
    let caption = Caption { id: "bridge", title: "What moved the overall score", description: &description };
    let keys = [
        Key::new(chart::step_key(Way::Up), "raises the score"),
        Key::new(chart::step_key(Way::Down), "lowers it"),
        Key::new(chart::post_key(), "the quarter before"),
    ];
    let svg = chart::bridge(&Bridge { caption, scale: &scale, from, steps, to });
    Chart { svg: Markup(svg), keys: keys.into() }
}

/// `2026-Q1: 2.1; 2026-Q2: no score`, one for each quarter.
fn by_quarter(here: ScoredQuarter<'_>, points: &[Point<'_>]) -> String {
    let scores = points.iter().map(|(quarter, figures)| {
        let score = figures.score(quarter.settings().scoring.decimals).unwrap_or_else(|| "no score".to_owned());
        let scale = if quarter.is_on_scale_of(here) { "" } else { ", on another scale" };
        format!("{}: {score}{scale}", quarter.name())
    });
    scores.collect::<Vec<_>>().join("; ")
}

/// A note that an axis shows only a part of the scale.
fn axis_note(scale: &Scale, shown: &AxisScale) -> String {
    let label = |tick: Option<&Tick>| tick.map(|tick| tick.label.clone()).unwrap_or_default();
    let (first, last) = (label(shown.ticks.first()), label(shown.ticks.last()));
    format!("The axis shows {first} to {last} of {} to {}.", scale.bottom.shown(), scale.top().shown())
}

/// The part of the scale around `values`, with some space and round ends: changes of a score are small compared to the scale.
fn zoom(scale: &Scale, values: &[i64]) -> AxisScale {
    let (low, high) = (values.iter().min().copied().unwrap_or(0), values.iter().max().copied().unwrap_or(0));
    let span = (high - low).max(MILLIONTHS / 50);
    let steps = (3..6).flat_map(|power| [1, 2, 5].map(|unit| unit * 10_i64.pow(power)));
    let step = steps.into_iter().find(|step| span <= step * 4).unwrap_or(MILLIONTHS);
    let room = span / 12;
    let bottom = ((low - room).div_euclid(step) * step).max(scale.bottom.millionths());
    let top = (-(-(high + room)).div_euclid(step) * step).min(scale.top().millionths());
    ticks(bottom, top, step)
}

/// The whole levels around `values`, at least one level apart.
fn levels_around(scale: &Scale, values: impl Iterator<Item = i64> + Clone) -> AxisScale {
    let (bottom, top) = (scale.bottom.millionths(), scale.top().millionths());
    let (Some(low), Some(high)) = (values.clone().min(), values.max()) else { return self::scale(scale) };
    let above = |at: i64| bottom + (at - bottom).div_euclid(MILLIONTHS) * MILLIONTHS;
    let low = above(low).min(top - MILLIONTHS).max(bottom);
    let high = (above(high - 1) + MILLIONTHS).max(low + MILLIONTHS).min(top);
    ticks(low, high, if high - low > 2 * MILLIONTHS { MILLIONTHS } else { MILLIONTHS / 2 })
}

/// A scale with a tick at every step. Labels have as many digits as the step.
fn ticks(bottom: i64, top: i64, step: i64) -> AxisScale {
    let digits = (0..6).find(|digits| step % 10_i64.pow(6 - digits) == 0).unwrap_or(6);
    let ticks = (bottom..=top)
        .step_by(usize::try_from(step).unwrap_or(1))
        .map(|at| Tick { at: coordinate(at), label: Mean::from(Level::from_millionths(at)).shown(digits) });
    AxisScale { bottom: coordinate(bottom), top: coordinate(top), ticks: ticks.collect() }
}

/// The position of a score; `None` if it is withheld or missing.
fn drawn(figures: &Figures) -> Option<f64> {
    figures.shown_mean().map(position)
}

fn position(mean: &Mean) -> f64 {
    coordinate(mean.millionths())
}

/// Millionths as a position on the level axis. Exact for levels below 2^33, and only the drawing depends on it.
#[expect(clippy::cast_precision_loss, reason = "levels are far below 2^53 millionths")]
fn coordinate(millionths: i64) -> f64 {
    millionths as f64 / MILLIONTHS as f64
}

fn scale(scale: &Scale) -> AxisScale {
    let (bottom, top) = (scale.bottom.millionths(), scale.top().millionths());
    let whole = (bottom..=top).step_by(usize::try_from(MILLIONTHS).unwrap_or(1));
    let ticks = whole.map(|at| Tick { at: coordinate(at), label: Level::from_millionths(at).shown() });
    AxisScale { bottom: coordinate(bottom), top: coordinate(top), ticks: ticks.collect() }
}
