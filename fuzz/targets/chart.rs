//! Draws one of each chart from figures and labels: the SVG holds only what a chart may have.

#![no_main]

use libfuzzer_sys::fuzz_target;
use milepost::chart::*;
use milepost_fuzz::markup::{self, Allowed};

const SVG: &[Allowed] = &[
    ("svg", &["class", "viewBox", "width", "height", "role", "aria-labelledby", "aria-hidden", "focusable"]),
    ("title", &["id"]),
    ("desc", &["id"]),
    ("defs", &[]),
    ("pattern", &["id", "width", "height", "patternUnits"]),
    ("rect", &["class", "fill", "x", "y", "width", "height"]),
    ("circle", &["class", "fill", "cx", "cy", "r"]),
    ("path", &["class", "fill", "d"]),
    ("text", &["class", "text-anchor", "x", "y"]),
    // A name leads to its page. The axis beside it is reached by keyboard in the table.
    ("a", &["href", "tabindex"]),
];

/// More parts than any catalog gives one chart.
const MOST: usize = 40;

fuzz_target!(|input: &str| {
    let (figures, labels) = input.split_once('\n').unwrap_or((input, ""));
    let figures: Vec<f64> = figures.split(' ').map(|figure| figure.parse().unwrap_or(f64::NAN)).take(MOST).collect();
    let labels: Vec<&str> = labels.split('\n').collect();
    let figure = |at: usize| figures[at % figures.len()];
    let scale = AxisScale {
        bottom: figure(0),
        top: figure(1),
        ticks: figures.iter().map(|at| Tick { at: *at, label: labels[0].to_owned() }).collect(),
    };
    for svg in charts(&figures, &labels, &scale) {
        markup::judge(&svg, SVG, |name, value| match name {
            "x" | "y" | "cx" | "cy" | "r" | "width" | "height" => {
                assert!(value.parse::<f64>().is_ok_and(f64::is_finite), "{name} is {value:?} in {svg}");
            }
            "fill" => assert!(value.starts_with("url(#"), "{value:?} leads out of {svg}"),
            "d" => assert!(value.bytes().all(|b| b.is_ascii_digit() || b"MLZAHh-. ".contains(&b)), "{value:?}"),
            _ => {}
        });
        assert!(!svg.contains('\n'), "two lines: {svg:?}");
    }
});

/// One of every chart, each with the same figures and labels.
fn charts(figures: &[f64], labels: &[&str], scale: &AxisScale) -> Vec<String> {
    let text = |at: usize| labels[at % labels.len()].to_owned();
    let caption = Caption { id: labels[0], title: labels[0], description: labels[labels.len() - 1] };
    // Zero stands for what is not known too: as a figure it is drawn all the same.
    let values: Vec<Option<f64>> = figures.iter().map(|figure| (*figure != 0.0).then_some(*figure)).collect();
    let texts: Vec<String> = (0..figures.len()).map(text).collect();
    let each = || values.iter().copied().enumerate();
    let state = |at: usize| match at % 4 {
        0 => AnswerState::Level { index: at, top: figures.len() },
        1 => AnswerState::Unknown,
        2 => AnswerState::Unanswered,
        _ => AnswerState::NotApplicable,
    };
    let counts = figures.iter().enumerate().map(|(at, count)| StackPart { state: state(at), count: *count as u32 });
    let parts: Vec<StackPart> = counts.collect();
    let series = [Series::Score, Series::Target, Series::Previous, Series::Claimed, Series::Nth(figures.len())];
    let end = |at: usize| End { label: text(at), value: figures[at % figures.len()], value_text: text(at + 1) };
    let way = |at: usize| [Way::Up, Way::Down, Way::Still][at % 3];
    let step = |(at, amount): (usize, &f64)| BridgeStep {
        label: text(at),
        amount: *amount,
        way: way(at),
        value_text: text(at + 1),
        href: text(at + 2),
    };
    let bar = |(at, value): (usize, Option<f64>)| Bar {
        label: text(at),
        value,
        value_text: text(at + 1),
        target: values[0],
        previous: values[values.len() - 1],
        href: text(at + 2),
    };
    let around = Radar {
        caption,
        scale,
        axes: each().map(|(at, _)| Axis { label: text(at), note: text(at + 1), href: text(at + 2) }).collect(),
        series: series.map(|series| RadarSeries { series, values: values.clone() }).to_vec(),
    };
    vec![
        radar(&around),
        dots(&around),
        bars(&Bars { caption, scale, rows: each().map(bar).collect() }),
        distribution(&Distribution {
            caption,
            rows: each()
                .map(|(at, _)| Stack { label: text(at), note: text(at + 1), parts: parts.clone(), href: text(at + 2) })
                .collect(),
        }),
        trend(&Trend {
            caption,
            scale,
            points: texts.clone(),
            hrefs: texts.clone(),
            lines: series
                .map(|series| TrendLine { name: text(0), series, values: values.clone(), href: text(1) })
                .to_vec(),
        }),
        bridge(&Bridge {
            caption,
            scale,
            from: end(0),
            steps: figures.iter().enumerate().map(step).collect(),
            to: end(1),
        }),
        spark(&Spark { caption, scale, values: &values }),
        spark_hidden(scale, &values),
        tile(&Tile { caption, scale, points: &texts, values: &values, texts: &texts }),
        state_key(labels[0], state(figures.len())),
    ]
}
