//! A separate SVG file: a chart with its legend, or a badge.

use super::label::{LINE, SIZE, SMALL, width};
use super::pen::Tenths;
use crate::base::text::line;
use crate::border::html::escape;

/// A chart with the texts that the page around it gives otherwise.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// What the chart is about.
    pub title: String,
    /// The organization and the date or quarter.
    pub note: String,
    /// The chart; may be empty where there is nothing to draw.
    pub chart: String,
    /// The legend: each series' sample, 28 by 12, and its name.
    pub keys: Vec<(String, String)>,
}

/// A badge: a figure and its name.
#[derive(Clone, Debug)]
pub struct Badge {
    /// The name of the figure.
    pub label: String,
    /// The figure, and the number of answers behind it.
    pub value: String,
    /// The class of the level that the figure reaches; empty where there is none.
    pub level: String,
}

/// The space on all sides.
const MARGIN: f64 = 16.0;
/// The smallest width of a sheet.
const LEAST: f64 = 320.0;
/// The size of a legend sample.
const SWATCH: [f64; 2] = [28.0, 12.0];
const GAP: f64 = 6.0;

/// Draws a sheet: its title, the chart, and below it the legend in as many lines as needed.
pub fn sheet(sheet: &Sheet, style: &str) -> String {
    let [chart_width, chart_height] = size(&sheet.chart);
    let heads = [width(&sheet.title, SIZE), width(&sheet.note, SMALL)];
    let inner = heads.into_iter().fold(chart_width.max(LEAST), f64::max);
    let mut y = MARGIN + SIZE;
    let mut drawn = text("axis-label", MARGIN, y, &sheet.title);
    y += LINE;
    drawn += &text("axis-note", MARGIN, y, &sheet.note);
    y += LINE * 0.75;
    drawn += &placed(&sheet.chart, MARGIN + (inner - chart_width) / 2.0, y, [chart_width, chart_height]);
    y += chart_height;
    let mut x = MARGIN;
    for (swatch, name) in &sheet.keys {
        let wide = SWATCH[0] + GAP + width(name, SMALL) + 2.0 * GAP;
        if x == MARGIN || x + wide > MARGIN + inner {
            (x, y) = (MARGIN, y + LINE * 1.25);
        }
        drawn += &placed(swatch, x, y - SWATCH[1] + 2.0, SWATCH);
        drawn += &text("axis-note", x + SWATCH[0] + GAP, y, name);
        x += wide;
    }
    let title = format!("{}, {}", sheet.title, sheet.note);
    alone(&title, [inner + 2.0 * MARGIN, y + MARGIN], style, &drawn)
}

/// Draws a badge: its label on the left, the figure on its level's colour on the right.
pub fn badge(badge: &Badge, style: &str) -> String {
    let (high, baseline) = (24.0, 16.5);
    let [label, value] = [&badge.label, &badge.value].map(|text| (width(text, SMALL) + 2.0 * GAP + 4.0).ceil());
    let level = escape(&badge.level);
    let ground = if level.is_empty() { "bar-track".to_owned() } else { format!("part {level}") };
    let on = if level.is_empty() { "value".to_owned() } else { format!("on {level}") };
    let [left, right] = [(label, "bar-track"), (value, ground.as_str())]
        .map(|(wide, class)| format!("class=\"{class}\" width=\"{}\" height=\"{}\"", units(wide), units(high)));
    let drawn = format!(
        "<rect {left}/><rect x=\"{}\" {right}/>{}<text class=\"{on}\" text-anchor=\"middle\" x=\"{}\" y=\"{}\">{}</text>",
        units(label),
        text("value", GAP + 2.0, baseline, &badge.label),
        units(label + value / 2.0),
        units(baseline),
        escape(&line(&badge.value)),
    );
    alone(&format!("{}: {}", badge.label, badge.value), [label + value, high], style, &drawn)
}

/// An SVG with its own name, size and style.
fn alone(title: &str, [wide, high]: [f64; 2], style: &str, drawn: &str) -> String {
    let (wide, high, title) = (units(wide.ceil()), units(high.ceil()), escape(&line(title)));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" width=\"{wide}\" height=\"{high}\" \
         viewBox=\"0 0 {wide} {high}\" role=\"img\" aria-label=\"{title}\"><title>{title}</title><style>{}</style>{drawn}</svg>\n",
        escape(style)
    )
}

fn text(class: &str, x: f64, y: f64, words: &str) -> String {
    format!("<text class=\"{class}\" x=\"{}\" y=\"{}\">{}</text>", units(x), units(y), escape(&line(words)))
}

/// Places one of our drawings inside another one.
fn placed(svg: &str, x: f64, y: f64, [wide, high]: [f64; 2]) -> String {
    let own = format!(" width=\"{}\" height=\"{}\"", units(wide), units(high));
    let at = format!("<svg x=\"{}\" y=\"{}\"{own}", units(x), units(y));
    // Legend samples already have a size.
    svg.replacen(&own, "", 1).replacen("<svg", &at, 1)
}

/// The width and height that one of our drawings declares.
fn size(svg: &str) -> [f64; 2] {
    let view = svg.split_once("viewBox=\"0 0 ").and_then(|(_, rest)| rest.split_once('"')).map_or("", |(view, _)| view);
    let mut sides = view.split(' ').map(|side| side.parse().unwrap_or(0.0));
    [sides.next().unwrap_or(0.0), sides.next().unwrap_or(0.0)]
}

/// A length in viewBox units, with at most one decimal.
fn units(value: f64) -> Tenths {
    #[expect(clippy::cast_possible_truncation, reason = "lengths of texts and drawings are far below 2^31 tenths")]
    Tenths((value * 10.0).round() as i32)
}
