//! Horizontal bars, one for each row.

use super::canvas::{Anchor, Canvas};
use super::label::{LINE, SIZE, SMALL, fit, width, wrap};
use super::series::draw_missing;
use super::{AxisScale, Caption, Series};

/// One row for each thing to compare, with the label above the bar. Labels may have any length, and rows any number.
#[derive(Clone, Debug)]
pub struct Bars<'a> {
    /// The chart's name and description.
    pub caption: Caption<'a>,
    /// The scale, from left to right.
    pub scale: &'a AxisScale,
    /// The rows, from the top.
    pub rows: Vec<Bar>,
}

/// One row.
#[derive(Clone, Debug)]
pub struct Bar {
    /// The name of the row.
    pub label: String,
    /// The address to which the name leads; empty if to none.
    pub href: String,
    /// The value where the bar ends; `None` if it is not known.
    pub value: Option<f64>,
    /// The value as printed, or why there is none.
    pub value_text: String,
    /// The target, drawn as a tick across the bar; `None` without one.
    pub target: Option<f64>,
    /// The value of the quarter before, drawn as a mark below the bar; `None` without one.
    pub previous: Option<f64>,
}

pub(super) const WIDTH: f64 = 440.0;
/// The space beside the outermost ticks, for half a number.
pub(super) const MARGIN: f64 = 10.0;
/// The space between a row's label and its bar.
const HEAD_GAP: f64 = 5.0;
/// The greatest width of the text at the right; longer text is cut.
const TEXT_MOST: f64 = 200.0;
const ROW_GAP: f64 = 18.0;
const THICKNESS: f64 = 10.0;
/// How far a target tick extends beyond its bar.
const OVERHANG: f64 = 4.0;

/// Draws bars.
pub fn bars(chart: &Bars<'_>) -> String {
    let heads: Vec<_> = chart.rows.iter().map(|row| Head::new(&row.label, &row.href, &row.value_text)).collect();
    let rows_height: f64 = heads.iter().map(|head| head.row_height(THICKNESS)).sum();
    let canvas = Canvas::new(chart.caption.id, (WIDTH, rows_height + LINE));
    let mut top = 0.0;
    for (row, head) in chart.rows.iter().zip(&heads) {
        let class = if row.value.is_some() { "value" } else { "value no-value" };
        let bar_top = head.draw(&canvas, class, top);
        draw_ticks(&canvas, chart.scale, bar_top);
        draw_bar(&canvas, chart.scale, row, bar_top);
        top += head.row_height(THICKNESS);
    }
    for (fraction, label) in chart.scale.marks() {
        canvas.text("tick-label", Anchor::Middle, (x_at(fraction), rows_height + LINE * 0.5), label);
    }
    canvas.finish("chart-bars", &chart.caption)
}

/// A legend sample of 28 by 12 for a series in bars: the bar, the tick or the mark.
pub fn bar_key(series: Series) -> String {
    let canvas = Canvas::new("key", (28.0, 12.0));
    match series {
        Series::Score | Series::Nth(_) => canvas.rect("bar", [(2.0, 2.0), (26.0, 10.0)]),
        Series::Target => {
            canvas.rect("bar-track", [(2.0, 3.0), (26.0, 9.0)]);
            canvas.line("target-tick", &[(14.0, 0.0), (14.0, 12.0)]);
        }
        Series::Previous | Series::Claimed => series.draw_point(&canvas, "previous-mark", (14.0, 6.0)),
    }
    canvas.finish_hidden("chart-key")
}

/// The texts above a bar: the label at the left, and a text at the right on the label's last line.
pub(super) struct Head<'a> {
    lines: Vec<String>,
    /// The address to which the label leads; empty if to none.
    href: &'a str,
    text: String,
}

impl<'a> Head<'a> {
    pub(super) fn new(label: &str, href: &'a str, text: &str) -> Self {
        let text = fit(text, TEXT_MOST, SMALL);
        let room = WIDTH - 2.0 * MARGIN - width(&text, SMALL) - 14.0;
        Self { lines: wrap(label, room, SIZE, 4), href, text }
    }

    /// From the top of this row to the top of the next.
    pub(super) fn row_height(&self, thickness: f64) -> f64 {
        self.height() + thickness + ROW_GAP
    }

    /// Writes the texts, the right one in its own class and the label as a link; returns the y where the bar begins.
    pub(super) fn draw(&self, canvas: &Canvas, class: &str, top: f64) -> f64 {
        canvas.link(self.href, |canvas| {
            for (index, line) in self.lines.iter().enumerate() {
                let baseline = top + LINE * (0.8 + index as f64);
                canvas.text("row-label", Anchor::Start, (MARGIN, baseline), line);
            }
        });
        let last = top + self.height() - HEAD_GAP - LINE * 0.2;
        canvas.text(class, Anchor::End, (WIDTH - MARGIN, last), &self.text);
        top + self.height()
    }

    fn height(&self) -> f64 {
        LINE * self.lines.len().max(1) as f64 + HEAD_GAP
    }
}

/// The x of a fraction of the scale, between the margins.
pub(super) fn x_at(fraction: f64) -> f64 {
    MARGIN + fraction * (WIDTH - 2.0 * MARGIN)
}

/// Short grid lines behind one bar, so that none crosses a label.
fn draw_ticks(canvas: &Canvas, scale: &AxisScale, top: f64) {
    for (fraction, _) in scale.marks() {
        canvas.line("grid", &[(x_at(fraction), top - 2.0), (x_at(fraction), top + THICKNESS + 2.0)]);
    }
}

fn draw_bar(canvas: &Canvas, scale: &AxisScale, row: &Bar, top: f64) {
    let bottom = top + THICKNESS;
    let track = [(x_at(0.0), top), (x_at(1.0), bottom)];
    if let Some(fraction) = scale.fraction(row.value) {
        canvas.rect("bar-track", track);
        // Zero is an answer, so it gets a visible bar too.
        canvas.rect("bar", [(x_at(0.0), top), (x_at(fraction).max(x_at(0.0) + 2.0), bottom)]);
    } else {
        let middle = top + THICKNESS / 2.0;
        draw_missing(canvas, [(x_at(0.0), middle), (x_at(1.0), middle)]);
    }
    if let Some(fraction) = scale.fraction(row.target) {
        canvas.line("target-tick", &[(x_at(fraction), top - OVERHANG), (x_at(fraction), bottom + OVERHANG)]);
    }
    if let Some(fraction) = scale.fraction(row.previous) {
        Series::Previous.draw_point(canvas, "previous-mark", (x_at(fraction), bottom + OVERHANG + 1.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::tests::{CAPTION, by_element, scale};

    fn row(label: &str, value: Option<f64>, value_text: &str) -> Bar {
        Bar {
            label: label.to_owned(),
            href: String::new(),
            value,
            value_text: value_text.to_owned(),
            target: Some(3.0),
            previous: Some(1.5),
        }
    }

    #[test]
    fn rows_with_and_without_a_value() {
        let scale = scale(5);
        let rows =
            vec![row("Respond", Some(2.4), "2.4"), row("Recover", None, "not assessed"), row("Zero", Some(0.0), "0.0")];
        insta::assert_snapshot!(by_element(&bars(&Bars { caption: CAPTION, scale: &scale, rows })));
    }

    #[test]
    fn an_unknown_value_leaves_no_bar_and_zero_does() {
        let scale = scale(5);
        let drawn = |value| bars(&Bars { caption: CAPTION, scale: &scale, rows: vec![row("x", value, "")] });
        for value in [None, Some(f64::NAN), Some(f64::INFINITY)] {
            assert!(!drawn(value).contains("class=\"bar\"") && drawn(value).contains("class=\"missing\""));
        }
        assert!(drawn(Some(0.0)).contains("class=\"bar\"") && !drawn(Some(0.0)).contains("missing"));
    }

    #[test]
    fn keys_look_like_the_chart() {
        let keys = [Series::Score, Series::Target, Series::Previous].map(bar_key);
        insta::assert_snapshot!(by_element(&keys.join("\n")));
    }
}
