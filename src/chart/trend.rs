//! A line chart of one or more figures by quarter.

use super::canvas::{Anchor, Canvas, Point};
use super::label::{LINE, SMALL, TINY, fit, spread, width};
use super::series::runs;
use super::{AxisScale, Caption, Series};

/// Lines over quarters, each named at its end.
#[derive(Clone, Debug)]
pub struct Trend<'a> {
    /// The chart's name and description.
    pub caption: Caption<'a>,
    /// The scale, from bottom to top.
    pub scale: &'a AxisScale,
    /// The names of the quarters, oldest first.
    pub points: Vec<String>,
    /// The address of each quarter; shorter, or with empty ones, where they lead nowhere.
    pub hrefs: Vec<String>,
    /// The lines in drawing order, the last on top.
    pub lines: Vec<TrendLine>,
}

/// One line.
#[derive(Clone, Debug)]
pub struct TrendLine {
    /// The name printed at the line's end; may be empty.
    pub name: String,
    /// The address to which the name leads; empty if to none.
    pub href: String,
    /// The look of the line.
    pub series: Series,
    /// One value for each quarter; `None` breaks the line.
    pub values: Vec<Option<f64>>,
}

const WIDTH: f64 = 480.0;
/// The height of the chart; larger only if the lines' names need it.
const HEIGHT: f64 = 220.0;
/// The greatest width of names and quarters; longer text is cut.
const NAME_MOST: f64 = 120.0;
/// The distance from one name to the next.
const NAME_LINE: f64 = LINE - 1.0;
/// The distance from the last quarter to a name.
const NAME_GAP: f64 = 12.0;

/// Draws a trend.
pub fn trend(chart: &Trend<'_>) -> String {
    let height = HEIGHT.max(NAME_LINE * chart.lines.len() as f64);
    let canvas = Canvas::new(chart.caption.id, (WIDTH, height));
    let plot = TrendPlot::new(chart, height);
    plot.draw_grid(&canvas, chart.scale);
    plot.draw_quarters(&canvas, &chart.points, &chart.hrefs);
    let placed: Vec<_> = chart.lines.iter().map(|line| (line, plot.points(chart.scale, &line.values))).collect();
    for (line, points) in &placed {
        draw_line(&canvas, line.series, points);
    }
    plot.draw_names(&canvas, &placed);
    canvas.finish("chart-trend", &chart.caption)
}

/// The area of the lines, inside the labels.
struct TrendPlot {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    count: usize,
}

impl TrendPlot {
    fn new(chart: &Trend<'_>, height: f64) -> Self {
        let widest = |texts: &mut dyn Iterator<Item = &str>| texts.map(|text| width(text, SMALL)).fold(0.0, f64::max);
        let ticks = widest(&mut chart.scale.marks().map(|(_, label)| label)) + 8.0;
        let names = widest(&mut chart.lines.iter().map(|line| line.name.as_str())).min(NAME_MOST);
        let half_quarter = (widest(&mut chart.points.iter().map(String::as_str)) / 2.0).min(NAME_MOST / 2.0);
        let name_room = if names > 0.0 { names + NAME_GAP } else { 6.0 };
        Self {
            left: ticks.max(half_quarter) + 4.0,
            right: WIDTH - name_room.max(half_quarter) - 4.0,
            top: 10.0,
            bottom: height - LINE - 12.0,
            count: chart.points.len(),
        }
    }

    /// The x of a quarter. Quarters have equal distances, the newest always at the right edge.
    fn x_at(&self, index: usize) -> f64 {
        match self.count {
            0 | 1 => self.right,
            count => self.left + (self.right - self.left) * index as f64 / (count - 1) as f64,
        }
    }

    fn y_at(&self, fraction: f64) -> f64 {
        self.bottom - fraction * (self.bottom - self.top)
    }

    fn points(&self, scale: &AxisScale, values: &[Option<f64>]) -> Vec<Option<Point>> {
        let place = |index| {
            let fraction = scale.fraction(values.get(index).copied().flatten())?;
            Some((self.x_at(index), self.y_at(fraction)))
        };
        (0..self.count).map(place).collect()
    }

    fn draw_grid(&self, canvas: &Canvas, scale: &AxisScale) {
        for (fraction, _) in scale.marks() {
            canvas.line("grid", &[(self.left, self.y_at(fraction)), (self.right, self.y_at(fraction))]);
        }
        for (fraction, label) in scale.marks() {
            canvas.text("tick-label", Anchor::End, (self.left - 8.0, self.y_at(fraction) + 4.0), label);
        }
    }

    /// As many quarter names as fit, counted back from the newest. The newest is always named.
    fn draw_quarters(&self, canvas: &Canvas, quarters: &[String], hrefs: &[String]) {
        let quarters: Vec<_> = quarters.iter().map(|quarter| fit(quarter, NAME_MOST, TINY)).collect();
        let widest = quarters.iter().map(|quarter| width(quarter, TINY)).fold(0.0, f64::max) + 4.0;
        let slot = self.x_at(1) - self.x_at(0);
        let step = (1..=quarters.len()).find(|step| slot * *step as f64 >= widest).unwrap_or(quarters.len().max(1));
        for (index, quarter) in quarters.iter().enumerate().rev().step_by(step) {
            canvas.link(hrefs.get(index).map_or("", String::as_str), |canvas| {
                canvas.text("tick-label", Anchor::Middle, (self.x_at(index), self.bottom + LINE + 6.0), quarter);
            });
        }
    }

    /// Each name is level with its line's end. Names move apart where lines end close together.
    fn draw_names(&self, canvas: &Canvas, placed: &[(&TrendLine, Vec<Option<Point>>)]) {
        let mut ends = Vec::new();
        for (line, points) in placed.iter().filter(|(line, _)| !line.name.is_empty()) {
            let point = points.iter().rev().find_map(|point| *point);
            ends.extend(point.map(|point| (point, *line, fit(&line.name, NAME_MOST, SMALL))));
        }
        ends.sort_by(|one, other| one.0.1.total_cmp(&other.0.1));
        let boxes: Vec<_> = ends.iter().map(|((_, y), ..)| (*y, NAME_LINE)).collect();
        for ((point, line, name), y) in ends.iter().zip(spread(&boxes, 0.0, self.bottom + LINE + 12.0)) {
            let at = (self.right + NAME_GAP, y);
            if (y - point.1).abs() > 3.0 || point.0 < self.right - 0.5 {
                canvas.line("leader", &[(point.0 + 5.0, point.1), (at.0 - 3.0, y)]);
            }
            canvas.link(&line.href, |canvas| {
                canvas.text(&format!("trend-label {}", line.series.text()), Anchor::Start, (at.0, y + 4.0), name);
            });
        }
    }
}

fn draw_line(canvas: &Canvas, series: Series, points: &[Option<Point>]) {
    let (line, point) = (format!("trend-line {}", series.line()), format!("trend-point {}", series.point()));
    for run in runs(points) {
        if run.len() > 1 {
            canvas.line(&line, &run);
        }
    }
    for at in points.iter().flatten() {
        series.draw_point(canvas, &point, *at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::tests::{CAPTION, by_element, scale};

    fn line(name: &str, series: Series, values: &[Option<f64>]) -> TrendLine {
        TrendLine { name: name.to_owned(), href: String::new(), series, values: values.to_vec() }
    }

    fn quarters(count: usize) -> Vec<String> {
        (0..count).map(|index| format!("{}-Q{}", 2020 + index / 4, index % 4 + 1)).collect()
    }

    #[test]
    fn a_missing_quarter_breaks_the_line() {
        let values = [Some(1.0), Some(1.5), None, Some(2.5), Some(f64::NAN), Some(3.0)];
        let lines = vec![line("Overall", Series::Score, &values), line("Target", Series::Target, &[Some(3.0); 6])];
        let svg = trend(&Trend { caption: CAPTION, scale: &scale(5), points: quarters(6), hrefs: Vec::new(), lines });
        assert_eq!(svg.matches("<circle class=\"trend-point score-point\"").count(), 4);
        insta::assert_snapshot!(by_element(&svg));
    }

    #[test]
    fn no_quarter_and_one_quarter() {
        for count in 0..2 {
            let lines = vec![line("Overall", Series::Score, &[Some(2.0)])];
            let svg =
                trend(&Trend { caption: CAPTION, scale: &scale(5), points: quarters(count), hrefs: Vec::new(), lines });
            assert_eq!(svg.matches("trend-point").count(), count);
            assert!(!svg.contains("trend-line"));
        }
    }

    #[test]
    fn many_quarters_are_thinned_and_the_newest_is_named() {
        let svg = trend(&Trend {
            caption: CAPTION,
            scale: &scale(5),
            points: quarters(24),
            hrefs: Vec::new(),
            lines: Vec::new(),
        });
        assert!(svg.contains(">2025-Q4</text>"));
        assert!(svg.matches("-Q").count() < 10);
    }
}
