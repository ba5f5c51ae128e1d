//! A bridge from one value to another: each cause is a bar that starts where the bar above it ended.

use super::canvas::{Anchor, Canvas};
use super::label::{LINE, SIZE, SMALL, fit, width, wrap};
use super::{AxisScale, Caption};

/// A row for the value before, one for each cause, and one for the value after.
///
/// Causes change a value only a little, so the scale covers only the range of the bars. The two values are therefore posts, not
/// bars: a bar that does not start at zero would have a meaningless length.
#[derive(Clone, Debug)]
pub struct Bridge<'a> {
    /// The chart's name and description.
    pub caption: Caption<'a>,
    /// The scale, from left to right. Its ends need ticks, because they are not the ends of the level scale.
    pub scale: &'a AxisScale,
    /// The value before.
    pub from: End,
    /// The causes, in the order in which they are applied.
    pub steps: Vec<BridgeStep>,
    /// The value after.
    pub to: End,
}

/// The value before, or after.
#[derive(Clone, Debug)]
pub struct End {
    /// The name of the value, such as the quarter.
    pub label: String,
    /// The value on the scale.
    pub value: f64,
    /// The value as printed.
    pub value_text: String,
}

/// The effect of one cause.
#[derive(Clone, Debug)]
pub struct BridgeStep {
    /// The name of the cause.
    pub label: String,
    /// The address to which the name leads; empty if to none.
    pub href: String,
    /// By how much it moved the value.
    pub amount: f64,
    /// The direction of the change.
    pub way: Way,
    /// The amount as printed, with its sign.
    pub value_text: String,
}

/// A legend sample of 28 by 12 for the value before, with its comparison line.
pub fn post_key() -> String {
    let canvas = Canvas::new("key", (28.0, 12.0));
    canvas.line("previous-line", &[(8.0, 6.0), (26.0, 6.0)]);
    canvas.line("post-before", &[(6.0, 0.0), (6.0, 12.0)]);
    canvas.finish_hidden("chart-key")
}

/// The direction in which a bar points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The value rises.
    Up,
    /// The value falls.
    Down,
    /// No change: drawn as a tick.
    Still,
}

const WIDTH: f64 = 480.0;
/// The width of the label column.
const LABEL: f64 = 138.0;
/// The greatest width of the texts at the right; longer text is cut.
const TEXT_MOST: f64 = 90.0;
const THICKNESS: f64 = 14.0;
const ROW_GAP: f64 = 12.0;
/// How far a bar's tip extends beyond its body.
const TIP: f64 = 6.0;

/// Draws a bridge.
pub fn bridge(chart: &Bridge<'_>) -> String {
    let plot = BridgePlot::new(chart);
    let canvas = Canvas::new(chart.caption.id, (WIDTH, plot.bottom() + LINE + 2.0));
    plot.draw_grid(&canvas);
    let mut at = chart.from.value;
    let mut rows = plot.rows.iter();
    if let Some(row) = rows.next() {
        plot.draw_head(&canvas, row, "value");
        // A line from the value before down to the value after, to compare the two.
        if let Some(x) = plot.x_at(at) {
            canvas.line("previous-line", &[(x, row.middle()), (x, plot.bottom() - ROW_GAP / 2.0)]);
            plot.draw_post(&canvas, "post-before", row, x);
        }
    }
    for (step, row) in chart.steps.iter().zip(rows.by_ref()) {
        let class = if step.way == Way::Still { "value no-value" } else { "value" };
        plot.draw_head(&canvas, row, class);
        plot.draw_step(&canvas, row, step.way, [at, at + step.amount]);
        at += step.amount;
    }
    if let Some(row) = rows.next() {
        plot.draw_head(&canvas, row, "value");
        if let Some(x) = plot.x_at(chart.to.value) {
            canvas.line("leader", &[(x, row.top - ROW_GAP / 2.0), (x, row.middle())]);
            plot.draw_post(&canvas, "post-now", row, x);
        }
    }
    canvas.finish("chart-bridge", &chart.caption)
}

/// The layout: labels at the left, bars, texts at the right. Each has its own column, so that none covers another.
struct BridgePlot<'a> {
    scale: &'a AxisScale,
    left: f64,
    right: f64,
    rows: Vec<BridgeRow<'a>>,
}

/// One row.
struct BridgeRow<'a> {
    lines: Vec<String>,
    /// The address to which the label leads; empty if to none.
    href: &'a str,
    /// The text at the right.
    text: &'a str,
    /// The class of the label.
    class: &'static str,
    top: f64,
    height: f64,
}

impl BridgeRow<'_> {
    fn middle(&self) -> f64 {
        self.top + self.height / 2.0
    }
}

impl<'a> BridgePlot<'a> {
    fn new(chart: &'a Bridge<'_>) -> Self {
        let row = |label: &str, text: &'a str, class| {
            let lines = wrap(label, LABEL, SIZE, 2);
            let height = (LINE * lines.len() as f64).max(THICKNESS) + ROW_GAP;
            BridgeRow { lines, href: "", text, class, top: 0.0, height }
        };
        let [from, to] = [&chart.from, &chart.to].map(|end| row(&end.label, &end.value_text, "row-label"));
        let steps = chart.steps.iter();
        let steps =
            steps.map(|step| BridgeRow { href: &step.href, ..row(&step.label, &step.value_text, "step-label") });
        let mut rows: Vec<_> = std::iter::once(from).chain(steps).chain([to]).collect();
        let mut top = 0.0;
        for row in &mut rows {
            row.top = top;
            top += row.height;
        }
        let text = rows.iter().map(|row| width(row.text, SMALL)).fold(0.0, f64::max).min(TEXT_MOST);
        Self { scale: chart.scale, rows, left: LABEL + 14.0, right: WIDTH - text - 16.0 }
    }

    /// The y below the last row.
    fn bottom(&self) -> f64 {
        self.rows.last().map_or(0.0, |row| row.top + row.height)
    }

    fn across(&self, fraction: f64) -> f64 {
        self.left + fraction * (self.right - self.left)
    }

    fn x_at(&self, value: f64) -> Option<f64> {
        self.scale.fraction(Some(value)).map(|fraction| self.across(fraction))
    }

    /// Every tick has a line. As many labels are drawn as fit, the two ends first.
    fn draw_grid(&self, canvas: &Canvas) {
        let marks: Vec<(f64, &str)> = self.scale.marks().collect();
        for (fraction, _) in &marks {
            canvas.line("grid", &[(self.across(*fraction), 0.0), (self.across(*fraction), self.bottom())]);
        }
        let half = |text: &str| width(text, SMALL) / 2.0 + 3.0;
        let end = marks.last().map_or(0.0, |(fraction, label)| self.across(*fraction) - half(label));
        let mut free = f64::NEG_INFINITY;
        for (index, (fraction, label)) in marks.iter().enumerate() {
            let x = self.across(*fraction);
            let is_end = index == 0 || index + 1 == marks.len();
            if is_end || (x - half(label) >= free && x + half(label) <= end) {
                canvas.text("tick-label", Anchor::Middle, (x, self.bottom() + LINE - 2.0), label);
                free = x + half(label);
            }
        }
    }

    /// Writes the label at the left, and the text at the right in its own class.
    fn draw_head(&self, canvas: &Canvas, row: &BridgeRow<'_>, class: &str) {
        let first = row.middle() - LINE * (row.lines.len() as f64 - 1.0) / 2.0 + SIZE * 0.35;
        canvas.link(row.href, |canvas| {
            for (index, line) in row.lines.iter().enumerate() {
                canvas.text(row.class, Anchor::Start, (0.0, first + index as f64 * LINE), line);
            }
        });
        let text = fit(row.text, TEXT_MOST, SMALL);
        canvas.text(class, Anchor::End, (WIDTH, row.middle() + SMALL * 0.35), &text);
    }

    /// Draws a value as a post, not as a bar, because a bar would not start at zero.
    fn draw_post(&self, canvas: &Canvas, class: &str, row: &BridgeRow<'_>, x: f64) {
        canvas.line(class, &[(x, row.middle() - THICKNESS / 2.0), (x, row.middle() + THICKNESS / 2.0)]);
    }

    /// A bar that points in the direction of the change, and a line down to it from the end of the bar above.
    fn draw_step(&self, canvas: &Canvas, row: &BridgeRow<'_>, way: Way, [from, to]: [f64; 2]) {
        let (Some(start), Some(end)) = (self.x_at(from), self.x_at(to)) else { return };
        let (top, middle, bottom) = (row.middle() - THICKNESS / 2.0, row.middle(), row.middle() + THICKNESS / 2.0);
        canvas.line("leader", &[(start, row.top - ROW_GAP / 2.0), (start, bottom)]);
        let tip = TIP.min((end - start).abs()) * (end - start).signum();
        let body = [(start, top), (end - tip, top), (end, middle), (end - tip, bottom), (start, bottom)];
        match way {
            Way::Up => canvas.polygon("step-up", &body),
            Way::Down => canvas.polygon("step-down", &body),
            Way::Still => canvas.line("step-still", &[(start, top), (start, bottom)]),
        }
    }
}

/// A legend sample of 28 by 12 for a bar that points in this direction.
pub fn step_key(way: Way) -> String {
    let canvas = Canvas::new("key", (28.0, 12.0));
    let body = |start, neck, tip| [(start, 1.0), (neck, 1.0), (tip, 6.0), (neck, 11.0), (start, 11.0)];
    match way {
        Way::Up => canvas.polygon("step-up", &body(3.0, 19.0, 25.0)),
        Way::Down => canvas.polygon("step-down", &body(25.0, 9.0, 3.0)),
        Way::Still => canvas.line("step-still", &[(14.0, 1.0), (14.0, 11.0)]),
    }
    canvas.finish_hidden("chart-key")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Tick;
    use crate::chart::tests::{CAPTION, by_element, scale};

    fn zoomed() -> AxisScale {
        let tick = |at: f64| Tick { at, label: format!("{at:.1}") };
        AxisScale { bottom: 1.8, top: 2.2, ticks: [1.8, 1.9, 2.0, 2.1, 2.2].map(tick).to_vec() }
    }

    fn end(label: &str, value: f64) -> End {
        End { label: label.to_owned(), value, value_text: format!("{value:.3}") }
    }

    fn step(label: &str, amount: f64) -> BridgeStep {
        let way = match amount.partial_cmp(&0.0) {
            Some(std::cmp::Ordering::Greater) => Way::Up,
            Some(std::cmp::Ordering::Less) => Way::Down,
            _ => Way::Still,
        };
        BridgeStep { label: label.to_owned(), href: String::new(), amount, way, value_text: format!("{amount:+.3}") }
    }

    fn draw(scale: &AxisScale, steps: Vec<BridgeStep>) -> String {
        let to = 1.967 + steps.iter().map(|step| step.amount).sum::<f64>();
        bridge(&Bridge { caption: CAPTION, scale, from: end("2026-Q2", 1.967), steps, to: end("2026-Q3", to) })
    }

    #[test]
    fn each_bar_starts_where_the_one_above_ended_and_points_its_way() {
        let steps = vec![
            step("Method or catalog", 0.0),
            step("Newly or no longer assessed", -0.037),
            step("Scored up", 0.181),
            step("Scored down", -0.025),
        ];
        let svg = draw(&zoomed(), steps);
        assert!(svg.len() < 4096, "{} bytes", svg.len());
        insta::assert_snapshot!(by_element(&svg));
    }

    #[test]
    fn the_ends_of_the_axis_are_labelled_whatever_room_there_is() {
        let ticks = (0..=60).map(|at| Tick { at: f64::from(at) / 12.0, label: format!("{:.4}", f64::from(at) / 12.0) });
        let crowded = AxisScale { bottom: 0.0, top: 5.0, ticks: ticks.collect() };
        let svg = draw(&crowded, vec![step("Scored up", 1.0)]);
        assert!(svg.contains(">0.0000</text>") && svg.contains(">5.0000</text>"));
        assert!(svg.matches("tick-label").count() < 8);
    }

    #[test]
    fn what_has_no_place_is_told_and_not_drawn() {
        let svg = draw(&scale(5), vec![step("Evidence", f64::NAN), step("Scored up", 1.0)]);
        assert!(svg.contains("Evidence") && svg.contains("Scored up"));
        assert!(!svg.contains("step-up") && !svg.contains("step-down") && !svg.contains("step-still"));
    }

    #[test]
    fn keys_point_both_ways() {
        let keys = [Way::Up, Way::Down, Way::Still].map(step_key).join("\n");
        insta::assert_snapshot!(by_element(&(keys + "\n" + &post_key())));
    }
}
