//! Chooses the figures that each chart draws, and the words of its title and description.

use std::{fmt, iter};

use serde::Serialize;

use super::figures::answer_state;
use super::{Link, Markup, Report};
use crate::base::number::{Level, MILLIONTHS, Mean, signed};
use crate::chart::{
    self, AnswerState, Axis, AxisScale, Bridge, BridgeStep, Caption, Distribution, End, Radar, RadarSeries, Series,
    Spark, Stack, StackPart, Tick, Tile, Trend, TrendLine, Way,
};
use crate::model::catalog::Node;
use crate::model::ids::{FrameworkId, QuarterId};
use crate::model::settings::{Scale, Settings};
use crate::model::strings::Strings;
use crate::report::address::{Address, QuarterPage};
use crate::score::change::{Cause, NodeChange};
use crate::score::{Figures, ScoredQuarter};

/// One part of a node, such as a Function of the whole: a spoke of its radar, a row of its tables.
pub(crate) struct NodePart<'a> {
    /// The part's name and the address of its page or section; no address if it has none.
    pub(crate) link: Link,
    pub(crate) now: &'a Figures,
    /// The figures of the quarter before; `None` if there is none to compare with.
    pub(crate) before: Option<&'a Figures>,
}

/// A chart and its legend.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Chart {
    /// The picture; empty where a picture would show nothing.
    pub(crate) svg: Markup,
    pub(crate) keys: Vec<LegendKey>,
    /// What a reader must know of the axis; empty if it is the whole scale.
    pub(crate) note: String,
}

/// One entry of a chart's legend: its look and its meaning.
#[derive(Debug, Serialize)]
pub(crate) struct LegendKey {
    pub(super) swatch: Markup,
    pub(super) name: String,
}

impl LegendKey {
    pub(crate) fn new(swatch: String, name: impl Into<String>) -> Self {
        Self { swatch: Markup(swatch), name: name.into() }
    }
}

/// The most axes of a radar that can be read.
pub(super) const MOST_AXES: usize = 12;

/// A dot plot, and beside it the same figures as a radar without numbers; only one of the two if there are too many parts for a radar, or
/// bars if there are too few.
pub(super) fn profile(report: Report<'_>, q: QuarterId, title: &str, parts: &[NodePart<'_>]) -> Chart {
    profile_on(ChartGround::of(report, q, &|href| report.href(href)), title, parts)
}

/// The same, for whatever report.
pub(crate) fn profile_on(ground: ChartGround<'_>, title: &str, parts: &[NodePart<'_>]) -> Chart {
    with_outlines(ground, title, parts, |radar| match radar.axes.len() {
        3..=MOST_AXES => chart::dots(radar) + &chart::radar(&without_notes(radar)),
        _ => outlines(radar),
    })
}

/// A radar, or rows of dots if it would have too many axes.
fn outlines(radar: &Radar<'_>) -> String {
    if radar.axes.len() > MOST_AXES { chart::rows(radar) } else { chart::radar(radar) }
}

fn without_notes<'a>(radar: &Radar<'a>) -> Radar<'a> {
    let axes = radar.axes.iter().map(|axis| Axis { note: String::new(), ..axis.clone() });
    Radar { axes: axes.collect(), ..radar.clone() }
}

/// A radar of three or more parts, or bars for fewer: a polygon needs three corners. Rows of dots for too many.
pub(super) fn radar(report: Report<'_>, q: QuarterId, title: &str, parts: &[NodePart<'_>]) -> Chart {
    with_outlines(ChartGround::of(report, q, &|href| report.href(href)), title, parts, outlines)
}

/// What a chart needs to know of its report.
#[derive(Clone, Copy)]
pub(crate) struct ChartGround<'a> {
    /// The words of the report.
    pub(crate) strings: &'a Strings,
    /// The scale and the decimals.
    pub(crate) settings: &'a Settings,
    /// The address of a path of the site, from the page on which the chart stands.
    pub(crate) href: &'a dyn Fn(&str) -> String,
}

impl<'a> ChartGround<'a> {
    fn of(report: Report<'a>, q: QuarterId, href: &'a dyn Fn(&str) -> String) -> Self {
        Self { strings: report.strings(), settings: report.quarter(q).settings(), href }
    }
}

/// Draws each part's score, target, claimed level and score of the quarter before, as far as they exist.
fn with_outlines(
    ground: ChartGround<'_>,
    title: &str,
    parts: &[NodePart<'_>],
    draw: impl FnOnce(&Radar<'_>) -> String,
) -> Chart {
    let ChartGround { settings, strings, href } = ground;
    let decimals = settings.scoring.decimals;
    let description = describe(strings, parts, decimals);
    let axes = parts.iter().map(|part| Axis {
        label: part.link.title.clone(),
        href: href(&part.link.href),
        note: score(strings, part.now, decimals),
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
    // Claimed levels get their own line only if they are not the levels that count. Bars have no room for them.
    let claimed =
        series(Series::Claimed, |part| part.now.claimed.as_ref().filter(|_| part.now.withheld.is_none()).map(position));
    let is_radar = parts.len() >= 3;
    let differs = is_radar && parts.iter().any(|part| part.now.claimed != part.now.mean && part.now.withheld.is_none());
    let all = all.into_iter().take(2).chain(differs.then_some(claimed)).chain(score);
    let present: Vec<RadarSeries> = all.filter(|series| series.values.iter().any(Option::is_some)).collect();
    let key = if is_radar { chart::series_key } else { chart::bar_key };
    let keys = present.iter().rev().map(|drawn| LegendKey::new(key(drawn.series), series_name(strings, drawn.series)));
    let missing = parts.iter().any(|part| drawn(part.now).is_none());
    let missing = missing.then(|| LegendKey::new(chart::missing_key(), strings.word("chart.no_score")));
    let keys = keys.chain(missing).collect();
    let caption = Caption { id: "profile", title, description: &description };
    let scale = scale(strings, &settings.scale);
    Chart {
        svg: Markup(draw(&Radar { caption, scale: &scale, axes: axes.collect(), series: present })),
        keys,
        note: String::new(),
    }
}

/// A score as printed, or the words that there is none.
fn score(strings: &Strings, figures: &Figures, decimals: u32) -> String {
    let score = figures.score(decimals).map(|score| strings.number(&score));
    score.unwrap_or_else(|| strings.word("chart.no_score"))
}

fn series_name(strings: &Strings, series: Series) -> String {
    strings.word(match series {
        Series::Target => "chart.target",
        Series::Previous => "chart.previous",
        Series::Claimed => "chart.claimed",
        Series::Score | Series::Nth(_) => "chart.score",
    })
}

fn describe(strings: &Strings, parts: &[NodePart<'_>], decimals: u32) -> String {
    let said = parts.iter().map(|part| {
        let claimed = part
            .now
            .claimed
            .as_ref()
            .filter(|claimed| part.now.withheld.is_none() && part.now.mean.as_ref() != Some(*claimed));
        let others = [
            (Series::Claimed, claimed.map(|claimed| claimed.shown(decimals))),
            (Series::Target, part.now.target.as_ref().map(|target| target.shown(decimals))),
            (Series::Previous, part.before.and_then(|before| before.score(decimals))),
        ];
        let others = others.into_iter().filter_map(|(series, value)| Some((series_name(strings, series), value?)));
        let others = others.map(|(name, value)| format!("{name} {}", strings.number(&value)));
        let values: Vec<String> = iter::once(score(strings, part.now, decimals)).chain(others).collect();
        format!("{}: {}", part.link.title, strings.list(&values))
    });
    sentence(said)
}

/// Parts of a description as one sentence.
fn sentence(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join("; ") + "."
}

/// How many answers of each part are at each level and in each other state.
pub(super) fn distribution(report: Report<'_>, q: QuarterId, title: &str, parts: &[NodePart<'_>]) -> Chart {
    let (scale, strings) = (&report.quarter(q).settings().scale, report.strings());
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
            href: report.href(&part.link.href),
            note: assessed(strings, part.now),
            parts: levels.chain(states).filter(|share| share.count > 0).collect(),
        }
    };
    let described = parts.iter().map(|part| format!("{}: {}", part.link.title, counted(strings, scale, part.now)));
    let description = sentence(described);
    let caption = Caption { id: "levels", title, description: &description };
    let rows = parts.iter().map(stack).collect();
    Chart {
        svg: Markup(chart::distribution(&Distribution { caption, rows })),
        keys: state_keys(strings, "levels", scale),
        note: String::new(),
    }
}

/// How many answers have a level, of those that should.
pub(super) fn assessed(strings: &Strings, figures: &Figures) -> String {
    strings.say("chart.assessed", &[("part", &figures.counts.assessed), ("all", &figures.counts.applicable())])
}

/// Every step of the scale, and the states without a level. Steps without shades share one sample.
fn state_keys(strings: &Strings, id: &str, scale: &Scale) -> Vec<LegendKey> {
    let steps = scale.steps();
    let top = steps.len() - 1;
    let name = |level: Level| {
        let number = strings.level(level);
        let is_whole = (level - scale.bottom).millionths() % MILLIONTHS == 0;
        if is_whole { format!("{number} {}", scale.name(level)) } else { number }
    };
    let levels: Vec<(AnswerState, String)> = if AnswerState::is_shaded(top) {
        steps.into_iter().map(|level| (answer_state(level, scale), name(level))).collect()
    } else {
        let values: [(&str, &dyn fmt::Display); 2] = [("low", &name(scale.bottom)), ("high", &name(scale.top()))];
        vec![(AnswerState::Level { index: 0, top }, strings.say("chart.levels_in_order", &values))]
    };
    let states = [
        (AnswerState::Unknown, "chart.unknown"),
        (AnswerState::Unanswered, "chart.unanswered"),
        (AnswerState::NotApplicable, "chart.not_applicable"),
    ];
    let all = levels.into_iter().chain(states.map(|(state, name)| (state, strings.word(name)))).enumerate();
    all.map(|(index, (state, name))| LegendKey::new(chart::state_key(&format!("{id}-key-{index}"), state), name))
        .collect()
}

/// `3 at 0, 20 at 2, 1 unknown`.
fn counted(strings: &Strings, scale: &Scale, figures: &Figures) -> String {
    let counts = &figures.counts;
    let levels = scale.steps().into_iter().zip(&counts.levels).filter(|(_, count)| **count > 0);
    let levels =
        levels.map(|(level, count)| strings.say("chart.at_level", &[("n", count), ("level", &strings.level(level))]));
    let states = [
        (counts.unknown, "count.unknown"),
        (counts.unanswered, "count.unanswered"),
        (counts.not_applicable, "count.not_applicable"),
    ];
    let states = states.into_iter().filter(|(count, _)| *count > 0);
    let all: Vec<String> = levels.chain(states.map(|(count, state)| strings.say(state, &[("n", &count)]))).collect();
    strings.list(&all)
}

/// The overall score over the quarters up to `q`, as far as its pages show them.
pub(super) fn trend_to(report: Report<'_>, q: QuarterId) -> Chart {
    trend(report, report.quarter(q), report.scored.quarters_near(q).filter(|quarter| quarter.id <= q))
}

/// The overall score over these quarters, on the scale of the quarter `here`.
pub(super) fn trend<'a>(
    report: Report<'_>,
    here: ScoredQuarter<'a>,
    quarters: impl Iterator<Item = ScoredQuarter<'a>>,
) -> Chart {
    let strings = report.strings();
    let whole = Node::Framework(FrameworkId::MAIN);
    let points: Vec<QuarterPoint<'_>> = quarters.map(|quarter| (quarter, quarter.figures(whole, None))).collect();
    let description = by_quarter(strings, here, &points) + ".";
    if points.len() < 2 {
        return Chart::default(); // One quarter makes no line.
    }
    let line = |series, value: fn(&Figures) -> Option<f64>| TrendLine {
        name: series_name(strings, series),
        href: String::new(),
        series,
        values: points.iter().map(|point| on_scale_of(here, *point).and_then(value)).collect(),
    };
    let target: fn(&Figures) -> Option<f64> = |figures| figures.target.as_ref().map(position);
    let lines = [line(Series::Target, target), line(Series::Score, drawn)].into_iter();
    let lines = lines.filter(|line| line.values.iter().any(Option::is_some)).collect();
    let title = strings.word("chart.trend");
    let caption = Caption { id: "trend", title: &title, description: &description };
    let scale = scale(strings, &here.settings().scale);
    let svg = Markup(chart::trend(&Trend {
        caption,
        scale: &scale,
        points: names(&points),
        hrefs: dashboards(report, points.iter().map(|(quarter, _)| quarter.id)),
        lines,
    }));
    // The chart names its lines at their ends, so it needs no legend.
    Chart { svg, keys: Vec::new(), note: String::new() }
}

/// Every Function's score over all quarters. The axis runs between the whole levels around the scores.
pub(super) fn functions(report: Report<'_>) -> Chart {
    let (here, strings) = (report.scored.newest(), report.strings());
    if report.assessment().quarters.len() < 2 {
        return Chart::default();
    }
    let functions = report.assessment().framework().functions.entries();
    let of = |function| -> Vec<QuarterPoint<'_>> {
        report.scored.quarters().map(|quarter| (quarter, quarter.figures(Node::Function(function), None))).collect()
    };
    let lines: Vec<TrendLine> = functions
        .clone()
        .enumerate()
        .map(|(nth, (id, function))| TrendLine {
            name: function.title.clone(),
            href: report.href(&Address::Function(here.id, id).path(report.assessment())),
            series: Series::Nth(nth),
            values: of(id).into_iter().map(|point| on_scale_of(here, point).and_then(drawn)).collect(),
        })
        .collect();
    let all = functions.clone().flat_map(|(id, _)| of(id)).filter_map(|point| on_scale_of(here, point));
    let levels = &here.settings().scale;
    let scale = levels_around(strings, levels, all.filter_map(Figures::shown_mean).map(Mean::millionths));
    let said = functions.map(|(id, function)| format!("{}: {}", function.title, by_quarter(strings, here, &of(id))));
    let said = said.collect::<Vec<_>>().join(". ");
    let note = axis_note(strings, levels, &scale);
    let description = format!("{said}. {note}");
    let title = strings.word("chart.functions");
    let caption = Caption { id: "functions", title: &title, description: &description };
    let points = report.scored.quarters().map(|quarter| quarter.name().to_string()).collect();
    let hrefs = dashboards(report, report.assessment().quarters.ids());
    Chart { svg: Markup(chart::trend(&Trend { caption, scale: &scale, points, hrefs, lines })), keys: Vec::new(), note }
}

/// A quarter, and the figures of one node in it.
pub(super) type QuarterPoint<'a> = (ScoredQuarter<'a>, &'a Figures);

/// The figures of a point if its levels mean the same as those of the quarter `here`. Where they do not, a line breaks.
fn on_scale_of<'a>(here: ScoredQuarter<'_>, point: QuarterPoint<'a>) -> Option<&'a Figures> {
    let (quarter, figures) = point;
    quarter.is_on_scale_of(here).then_some(figures)
}

/// The addresses of the overviews of quarters.
fn dashboards(report: Report<'_>, quarters: impl Iterator<Item = QuarterId>) -> Vec<String> {
    let page = |q| Address::Quarterly(q, QuarterPage::Dashboard).path(report.assessment());
    quarters.map(|q| report.href(&page(q))).collect()
}

fn names(points: &[QuarterPoint<'_>]) -> Vec<String> {
    points.iter().map(|(quarter, _)| quarter.name().to_string()).collect()
}

/// One figure over the quarters as a sparkline on the scale of the quarter `here`; `None` if there is nothing to show yet.
pub(super) fn spark(
    report: Report<'_>,
    here: ScoredQuarter<'_>,
    title: &str,
    points: &[QuarterPoint<'_>],
) -> Option<Markup> {
    let values = values(here, points);
    let description = by_quarter(report.strings(), here, points) + ".";
    let caption = Caption { id: "spark", title, description: &description };
    let spark = Spark { caption, scale: &scale(report.strings(), &here.settings().scale), values: &values };
    (values.iter().flatten().count() > 1).then(|| Markup(chart::spark(&spark)))
}

/// The same sparkline, for a row whose cells hold the numbers.
pub(super) fn spark_hidden(report: Report<'_>, here: ScoredQuarter<'_>, points: &[QuarterPoint<'_>]) -> Markup {
    Markup(chart::spark_hidden(&scale(report.strings(), &here.settings().scale), &values(here, points)))
}

fn values(here: ScoredQuarter<'_>, points: &[QuarterPoint<'_>]) -> Vec<Option<f64>> {
    points.iter().map(|point| on_scale_of(here, *point).and_then(drawn)).collect()
}

/// A share over all quarters, in percent, and as printed text.
pub(super) fn tile(
    report: Report<'_>,
    id: &str,
    title: &str,
    quarters: &[String],
    shares: &[(Option<u32>, String)],
) -> Chart {
    let strings = report.strings();
    let percent = |share: u32| strings.say("figures.percent", &[("share", &share)]);
    let ticks = [0, 50, 100].map(|at: u32| Tick { at: f64::from(at), label: percent(at) });
    let scale = AxisScale { bottom: 0.0, top: 100.0, ticks: ticks.to_vec() };
    let values: Vec<Option<f64>> = shares.iter().map(|(share, _)| share.map(f64::from)).collect();
    let texts: Vec<String> = shares.iter().map(|(_, text)| text.clone()).collect();
    let said = quarters.iter().zip(&texts);
    let none = strings.word("figures.none");
    let said = said.map(|(quarter, text)| format!("{quarter}: {}", if text.is_empty() { &none } else { text }));
    let description = sentence(said);
    let caption = Caption { id, title, description: &description };
    let tile = chart::tile(&Tile { caption, scale: &scale, points: quarters, values: &values, texts: &texts });
    Chart { svg: Markup(tile), keys: Vec::new(), note: String::new() }
}

/// The causes between the score of one quarter and the next. Only for a node that has a difference to show.
pub(super) fn bridge(
    report: Report<'_>,
    q: QuarterId,
    [before, now]: &[String; 2],
    node: &NodeChange,
    page: &str,
) -> Chart {
    let amounts = Cause::ALL.map(|cause| {
        let part = node.parts.iter().find(|part| part.cause == cause);
        (cause, part.map_or(0, |part| part.amount))
    });
    // A cause that changed nothing has no list of controls.
    let has_list = |cause| node.parts.iter().any(|part| part.cause == cause);
    let href = |name: &str| match report.here {
        _ if !Cause::ALL.into_iter().any(|cause| cause.name() == name && has_list(cause)) => String::new(),
        Some(here) if !page.is_empty() => here.href(&format!("{page}#cause-{name}")),
        Some(_) => format!("#cause-{name}"),
        None => String::new(),
    };
    let id = if page.is_empty() { "bridge".to_owned() } else { format!("bridge-{now}") };
    let ends = [(before.as_str(), node.from.unwrap_or_default()), (now.as_str(), node.to.unwrap_or_default())];
    bridge_on(ChartGround::of(report, q, &href), &id, ends, &amounts)
}

/// The causes between two scores, each with its name, in millionths. The addresses of the ground are those of the causes' names.
pub(crate) fn bridge_on(
    ChartGround { strings, settings, href }: ChartGround<'_>,
    id: &str,
    [(before, from), (now, to)]: [(&str, i64); 2],
    amounts: &[(Cause, i64)],
) -> Chart {
    let digits = settings.scoring.change_decimals();
    let reached = amounts.iter().scan(from, |at, (_, amount)| {
        *at += amount;
        Some(*at)
    });
    let levels = &settings.scale;
    let scale = zoom(strings, levels, &reached.chain([from, to]).collect::<Vec<_>>());
    let end = |label: &str, at: i64| End {
        label: label.to_owned(),
        value: coordinate(at),
        value_text: strings.number(&Mean::from(Level::from_millionths(at)).shown(digits)),
    };
    let step = |&(cause, amount): &(Cause, i64)| BridgeStep {
        label: strings.word(&format!("{}_short", cause.key())),
        href: href(cause.name()),
        amount: coordinate(amount),
        way: match amount {
            0 => Way::Still,
            1.. => Way::Up,
            _ => Way::Down,
        },
        value_text: strings.number(&signed(amount, digits)),
    };
    let (from, to, steps) = (end(before, from), end(now, to), amounts.iter().map(step).collect::<Vec<_>>());
    let said = steps.iter().map(|step| format!("{}: {}", step.label, step.value_text)).collect::<Vec<_>>().join("; ");
    let note = axis_note(strings, levels, &scale);
    let description = format!(
        "{before}: {}; {said}; {now}: {}. {} {note}",
        from.value_text,
        to.value_text,
        strings.word("chart.bridge_help"),
    );
    let title = strings.word("chart.bridge");
    let caption = Caption { id, title: &title, description: &description };
    let keys = [
        LegendKey::new(chart::step_key(Way::Up), strings.word("chart.raises")),
        LegendKey::new(chart::step_key(Way::Down), strings.word("chart.lowers")),
        LegendKey::new(chart::post_key(), before.to_owned()),
    ];
    let svg = chart::bridge(&Bridge { caption, scale: &scale, from, steps, to });
    Chart { svg: Markup(svg), keys: keys.into(), note }
}

/// `2026-Q1: 2.1; 2026-Q2: no score`, one for each quarter.
fn by_quarter(strings: &Strings, here: ScoredQuarter<'_>, points: &[QuarterPoint<'_>]) -> String {
    let scores = points.iter().map(|(quarter, figures)| {
        let score = score(strings, figures, quarter.settings().scoring.decimals);
        let other = (!quarter.is_on_scale_of(here)).then(|| strings.word("chart.other_scale"));
        let said: Vec<String> = iter::once(score).chain(other).collect();
        format!("{}: {}", quarter.name(), strings.list(&said))
    });
    scores.collect::<Vec<_>>().join("; ")
}

/// A note that an axis shows only a part of the scale.
fn axis_note(strings: &Strings, scale: &Scale, shown: &AxisScale) -> String {
    let label = |tick: Option<&Tick>| tick.map(|tick| tick.label.clone()).unwrap_or_default();
    let (first, last) = (label(shown.ticks.first()), label(shown.ticks.last()));
    let (bottom, top) = (scale.bottom.shown(), scale.top().shown());
    strings.say("chart.axis", &[("first", &first), ("last", &last), ("bottom", &bottom), ("top", &top)])
}

/// The part of the scale around `values`, with some space and round ends: changes of a score are small compared to the scale.
fn zoom(strings: &Strings, scale: &Scale, values: &[i64]) -> AxisScale {
    let (low, high) = (values.iter().min().copied().unwrap_or(0), values.iter().max().copied().unwrap_or(0));
    let span = (high - low).max(MILLIONTHS / 50);
    let steps = (3..6).flat_map(|power| [1, 2, 5].map(|unit| unit * 10_i64.pow(power)));
    let step = steps.into_iter().find(|step| span <= step * 4).unwrap_or(MILLIONTHS);
    let room = span / 12;
    let bottom = ((low - room).div_euclid(step) * step).max(scale.bottom.millionths());
    let top = (-(-(high + room)).div_euclid(step) * step).min(scale.top().millionths());
    ticks(strings, bottom, top, step)
}

/// The whole levels around `values`, at least one level apart.
fn levels_around(strings: &Strings, scale: &Scale, values: impl Iterator<Item = i64> + Clone) -> AxisScale {
    let (bottom, top) = (scale.bottom.millionths(), scale.top().millionths());
    let (Some(low), Some(high)) = (values.clone().min(), values.max()) else {
        return self::scale(strings, scale);
    };
    let above = |at: i64| bottom + (at - bottom).div_euclid(MILLIONTHS) * MILLIONTHS;
    let low = above(low).min(top - MILLIONTHS).max(bottom);
    let high = (above(high - 1) + MILLIONTHS).max(low + MILLIONTHS).min(top);
    ticks(strings, low, high, if high - low > 2 * MILLIONTHS { MILLIONTHS } else { MILLIONTHS / 2 })
}

/// A scale with a tick at every step. Labels have as many digits as the step.
fn ticks(strings: &Strings, bottom: i64, top: i64, step: i64) -> AxisScale {
    let digits = (0..6).find(|digits| step % 10_i64.pow(6 - digits) == 0).unwrap_or(6);
    let label = |at| strings.number(&Mean::from(Level::from_millionths(at)).shown(digits));
    let ticks = (bottom..=top).step_by(usize::try_from(step).unwrap_or(1));
    let ticks = ticks.map(|at| Tick { at: coordinate(at), label: label(at) });
    AxisScale { bottom: coordinate(bottom), top: coordinate(top), ticks: ticks.collect() }
}

/// The position of a score; `None` if it is withheld or missing.
fn drawn(figures: &Figures) -> Option<f64> {
    figures.shown_mean().map(position)
}

pub(crate) fn position(mean: &Mean) -> f64 {
    coordinate(mean.millionths())
}

/// Millionths as a position on the level axis. Exact for levels below 2^33, and only the drawing depends on it.
#[expect(clippy::cast_precision_loss, reason = "levels are far below 2^53 millionths")]
pub(crate) fn coordinate(millionths: i64) -> f64 {
    millionths as f64 / MILLIONTHS as f64
}

pub(crate) fn scale(strings: &Strings, scale: &Scale) -> AxisScale {
    let (bottom, top) = (scale.bottom.millionths(), scale.top().millionths());
    let whole = (bottom..=top).step_by(usize::try_from(MILLIONTHS).unwrap_or(1));
    let ticks = whole.map(|at| Tick { at: coordinate(at), label: strings.number(&Level::from_millionths(at).shown()) });
    AxisScale { bottom: coordinate(bottom), top: coordinate(top), ticks: ticks.collect() }
}
