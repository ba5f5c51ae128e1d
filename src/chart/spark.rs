//! Small charts of one figure by quarter: a sparkline beside a table, or a tile with its values.

use super::canvas::{Anchor, Canvas, Point};
use super::label::{LINE, SMALL, TINY, fit, width};
use super::series::{draw_missing, runs};
use super::{AxisScale, Caption, Series};

/// A figure over the quarters, without text: the table beside it has the numbers.
#[derive(Clone, Debug)]
pub struct Spark<'a> {
    /// The chart's name and description.
    pub caption: Caption<'a>,
    /// The scale, from bottom to top. It is the whole scale, so that a small step looks small.
    pub scale: &'a AxisScale,
    /// One value for each quarter, oldest first; `None` is drawn as a cross that breaks the line.
    pub values: &'a [Option<f64>],
}

/// A figure over the quarters with its values and the first and the last quarter.
#[derive(Clone, Debug)]
pub struct Tile<'a> {
    /// The chart's name and description.
    pub caption: Caption<'a>,
    /// The scale, from bottom to top.
    pub scale: &'a AxisScale,
    /// The names of the quarters, oldest first.
    pub points: &'a [String],
    /// One value for each quarter; `None` is drawn as a cross that breaks the line.
    pub values: &'a [Option<f64>],
    /// The values as printed; empty where there is none.
    pub texts: &'a [String],
}

const SPARK: Point = (140.0, 40.0);
const TILE: Point = (250.0, 120.0);
/// The space for a point at an edge.
const MARGIN: f64 = 5.0;
/// How far a tile's grid begins before the first point.
const GRID: f64 = 8.0;

/// Draws a sparkline.
pub fn spark(chart: &Spark<'_>) -> String {
    draw_spark(chart).finish("chart-spark", &chart.caption)
}

/// The same line as a decoration, for a row whose cells hold the numbers.
pub fn spark_hidden(scale: &AxisScale, values: &[Option<f64>]) -> String {
    let caption = Caption { id: "spark", title: "", description: "" };
    draw_spark(&Spark { caption, scale, values }).finish_hidden("chart-spark")
}

fn draw_spark(chart: &Spark<'_>) -> Canvas {
    let canvas = Canvas::new(chart.caption.id, SPARK);
    let plot = SparkPlot { left: MARGIN, right: SPARK.0 - MARGIN, top: MARGIN, bottom: SPARK.1 - MARGIN };
    canvas.line("grid", &[(0.0, plot.top), (SPARK.0, plot.top)]);
    canvas.line("grid", &[(0.0, plot.bottom), (SPARK.0, plot.bottom)]);
    plot.draw(&canvas, chart.scale, chart.values);
    canvas
}

/// Draws a tile.
pub fn tile(chart: &Tile<'_>) -> String {
    let canvas = Canvas::new(chart.caption.id, TILE);
    let ticks = chart.scale.marks().map(|(_, label)| width(label, TINY)).fold(0.0, f64::max);
    let plot = SparkPlot { left: ticks + 6.0 + GRID, right: TILE.0 - 16.0, top: LINE, bottom: TILE.1 - LINE - 8.0 };
    for (fraction, label) in chart.scale.marks() {
        let y = plot.y_at(fraction);
        canvas.line("grid", &[(ticks + 6.0, y), (TILE.0, y)]);
        canvas.text("tick-label", Anchor::End, (ticks, y + 4.0), label);
    }
    let points = plot.draw(&canvas, chart.scale, chart.values);
    plot.draw_texts(&canvas, &points, chart.texts);
    plot.draw_names(&canvas, chart.points);
    canvas.finish("chart-tile", &chart.caption)
}

/// The area of the line.
struct SparkPlot {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl SparkPlot {
    /// The x of each of `count` quarters. Quarters have equal distances, the newest at the right edge.
    fn xs(&self, count: usize) -> Vec<f64> {
        match count {
            0 | 1 => vec![self.right; count],
            _ => {
                let x_at = |index| self.left + (self.right - self.left) * index as f64 / (count - 1) as f64;
                (0..count).map(x_at).collect()
            }
        }
    }

    fn y_at(&self, fraction: f64) -> f64 {
        self.bottom - fraction * (self.bottom - self.top)
    }

    /// Draws the line in pieces, its points, and a broken line for each missing value; returns the positions of the points.
    fn draw(&self, canvas: &Canvas, scale: &AxisScale, values: &[Option<f64>]) -> Vec<Option<Point>> {
        let xs = self.xs(values.len());
        let place = |(x, value): (&f64, &Option<f64>)| Some((*x, self.y_at(scale.fraction(*value)?)));
        let points: Vec<Option<Point>> = xs.iter().zip(values).map(place).collect();
        for run in runs(&points).iter().filter(|run| run.len() > 1) {
            canvas.line("trend-line score-line", run);
        }
        for (x, _) in xs.iter().zip(&points).filter(|(_, point)| point.is_none()) {
            draw_missing(canvas, [(*x, self.bottom), (*x, self.top)]);
        }
        for at in points.iter().flatten() {
            Series::Score.draw_point(canvas, "trend-point score-point", *at);
        }
        points
    }

    /// Each value above its point, or only the last value if the texts would overlap.
    fn draw_texts(&self, canvas: &Canvas, points: &[Option<Point>], texts: &[String]) {
        let widest = texts.iter().map(|text| width(text, SMALL)).fold(0.0, f64::max) + GRID;
        let all = distance(&self.xs(points.len())) >= widest;
        let placed = points.iter().zip(texts).rev().filter_map(|(point, text)| Some(((*point)?, text)));
        for ((x, y), text) in placed.take(if all { usize::MAX } else { 1 }) {
            // Below the point if there is no space above it.
            let y = if y - 8.0 - SMALL < 0.0 { y + 8.0 + SMALL } else { y - 8.0 };
            let half = width(text, SMALL) / 2.0;
            // Beside the names of the axis, never over them.
            let x = x.min(TILE.0 - half).max(self.left - GRID + half);
            canvas.text("value", Anchor::Middle, (x, y), text);
        }
    }

    /// The names of the first and the last quarter, and of those between if there is space.
    fn draw_names(&self, canvas: &Canvas, names: &[String]) {
        let names: Vec<String> = names.iter().map(|name| fit(name, 90.0, TINY)).collect();
        let widest = names.iter().map(|name| width(name, TINY)).fold(0.0, f64::max) + 6.0;
        let xs = self.xs(names.len());
        let all = distance(&xs) >= widest;
        for (index, (name, x)) in names.iter().zip(&xs).enumerate() {
            let half = width(name, TINY) / 2.0;
            if all || index == 0 || index + 1 == names.len() {
                let x = x.clamp(half, TILE.0 - half);
                canvas.text("tick-label", Anchor::Middle, (x, TILE.1 - 3.0), name);
            }
        }
    }
}

/// The distance between two neighbours; 0 where there is only one.
fn distance(xs: &[f64]) -> f64 {
    if let [first, second, ..] = xs { second - first } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::tests::{CAPTION, by_element, scale};

    const VALUES: [Option<f64>; 5] = [Some(1.0), Some(2.0), None, Some(2.5), Some(3.0)];

    fn names(count: usize) -> Vec<String> {
        (0..count).map(|index| format!("{}-Q{}", 2020 + index / 4, index % 4 + 1)).collect()
    }

    fn tile_of(values: &[Option<f64>]) -> String {
        let texts: Vec<String> =
            values.iter().map(|value| value.map(|value| format!("{value:.1}")).unwrap_or_default()).collect();
        tile(&Tile { caption: CAPTION, scale: &scale(5), points: &names(values.len()), values, texts: &texts })
    }

    #[test]
    fn a_missing_value_breaks_the_line() {
        let svg = spark(&Spark { caption: CAPTION, scale: &scale(5), values: &VALUES });
        assert!(svg.len() < 1500, "{} bytes", svg.len());
        assert_eq!(svg.matches("M").count() - svg.matches("Maturity").count(), 5);
        insta::assert_snapshot!(by_element(&svg));
    }

    #[test]
    fn a_decoration_is_hidden() {
        let svg = spark_hidden(&scale(5), &VALUES);
        assert!(svg.contains("aria-hidden=\"true\"") && !svg.contains("<title"));
    }

    #[test]
    fn a_tile_has_its_values_and_quarters() {
        let svg = tile_of(&VALUES);
        assert!(svg.len() < 3000, "{} bytes", svg.len());
        insta::assert_snapshot!(by_element(&svg));
    }

    #[test]
    fn no_value_stands_over_the_names_of_the_axis() {
        let texts = ["100.0 %".to_owned(), "100.0 %".to_owned()];
        let values = [Some(5.0), Some(5.0)];
        let svg = tile(&Tile { caption: CAPTION, scale: &scale(5), points: &names(2), values: &values, texts: &texts });
        let after = |text: &str, start: &str| text.split_once(start).unwrap().1.to_owned();
        let number = |text: String| text.split(['"', ' ', 'L']).next().unwrap().parse::<f64>().unwrap();
        let grid = number(after(&svg, "class=\"grid\" d=\"M"));
        let first = number(after(svg.rsplit_once("class=\"value\"").unwrap().1, "x=\""));
        assert!(first - width(&texts[0], SMALL) / 2.0 >= grid - 0.1, "{first} is too near to {grid}");
    }

    #[test]
    fn many_quarters_leave_the_first_and_the_last() {
        let svg = tile_of(&[Some(2.0); 24]);
        let (_, drawn) = svg.split_once("</desc>").unwrap();
        assert_eq!(drawn.matches("-Q").count(), 2);
        assert_eq!(svg.matches("class=\"value\"").count(), 1);
    }

    #[test]
    fn no_quarter_and_one_quarter() {
        for count in 0..2 {
            let svg = tile_of(&vec![Some(2.0); count]);
            assert_eq!(svg.matches("score-point").count(), count);
            assert!(!svg.contains("score-line"));
        }
    }
}
