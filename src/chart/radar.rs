//! A radar chart.

use super::axes::{Axis, COMPACT, Labels, RADIUS, directions};
use super::bars::{Bar, Bars, bars};
use super::canvas::{Anchor, Canvas, Point};
use super::series::{draw_missing, runs};
use super::{AxisScale, Caption, Series};

/// A closed chart with one axis for each Function, Category or team, clockwise from the top.
///
/// With fewer than three axes there is no area to show, and the same figures are drawn as [`Bars`].
#[derive(Clone, Debug)]
pub struct Radar<'a> {
    /// The chart's name and description.
    pub caption: Caption<'a>,
    /// The scale, from centre to rim.
    pub scale: &'a AxisScale,
    /// The axes, in a fixed order.
    pub axes: Vec<Axis>,
    /// The outlines, each with one value for each axis.
    pub series: Vec<RadarSeries>,
}

/// One outline.
#[derive(Clone, Debug)]
pub struct RadarSeries {
    /// The meaning of the values.
    pub series: Series,
    /// The values in the order of the axes; `None` where the value is not known.
    pub values: Vec<Option<f64>>,
}

/// Draws a radar.
pub fn radar(chart: &Radar<'_>) -> String {
    if chart.axes.len() < 3 {
        return bars(&as_bars(chart));
    }
    let labels = Labels::new(&chart.axes);
    let wheel = Wheel { centre: labels.centre, spokes: directions(chart.axes.len()) };
    let canvas = Canvas::new(chart.caption.id, labels.size);
    draw_grid(&canvas, &wheel, chart.scale);
    draw_series(&canvas, &wheel, chart);
    draw_ring_labels(&canvas, &wheel, chart.scale);
    labels.draw(&canvas);
    canvas.finish(if labels.size.0 > COMPACT { "chart-radar" } else { "chart-radar compact" }, &chart.caption)
}

/// The same figures as rows.
fn as_bars<'a>(chart: &Radar<'a>) -> Bars<'a> {
    let value = |series: Series, index: usize| {
        let found = chart.series.iter().find(|candidate| candidate.series == series)?;
        found.values.get(index).copied().flatten()
    };
    let rows = chart.axes.iter().enumerate().map(|(index, axis)| Bar {
        label: axis.label.clone(),
        href: axis.href.clone(),
        value: value(Series::Score, index),
        value_text: axis.note.clone(),
        target: value(Series::Target, index),
        previous: value(Series::Previous, index),
    });
    Bars { caption: chart.caption, scale: chart.scale, rows: rows.collect() }
}

/// The geometry of the radar: gives the page position of an axis and a fraction.
struct Wheel {
    centre: Point,
    /// The direction of each axis.
    spokes: Vec<Point>,
}

impl Wheel {
    fn at(&self, axis: usize, fraction: f64) -> Point {
        let (right, down) = self.spokes[axis];
        (self.centre.0 + right * fraction * RADIUS, self.centre.1 + down * fraction * RADIUS)
    }

    fn points(&self, scale: &AxisScale, values: &[Option<f64>]) -> Vec<Option<Point>> {
        let place = |axis| Some(self.at(axis, scale.fraction(values.get(axis).copied().flatten())?));
        (0..self.spokes.len()).map(place).collect()
    }
}

fn draw_grid(canvas: &Canvas, wheel: &Wheel, scale: &AxisScale) {
    for (fraction, _) in scale.marks().filter(|(fraction, _)| *fraction > 0.0) {
        let ring: Vec<_> = (0..wheel.spokes.len()).map(|axis| wheel.at(axis, fraction)).collect();
        canvas.polygon(if fraction < 1.0 { "grid" } else { "grid rim" }, &ring);
    }
    for axis in 0..wheel.spokes.len() {
        canvas.line("axis", &[wheel.centre, wheel.at(axis, 1.0)]);
    }
}

/// The numbers of the rings, left of the first axis and above the ring, so that they cover neither.
fn draw_ring_labels(canvas: &Canvas, wheel: &Wheel, scale: &AxisScale) {
    for (fraction, label) in scale.marks() {
        let (x, y) = wheel.at(0, fraction);
        canvas.text("ring-label", Anchor::End, (x - 5.0, y - 2.0), label);
    }
}

/// Areas first, then lines, then points. Dashed and dotted lines come on top, so that they show where lines meet.
fn draw_series(canvas: &Canvas, wheel: &Wheel, chart: &Radar<'_>) {
    let mut outlines: Vec<_> = chart.series.iter().collect();
    outlines.sort_by_key(|outline| match outline.series {
        Series::Claimed => 0,
        Series::Score => 1,
        Series::Nth(_) => 2,
        Series::Previous => 3,
        Series::Target => 4,
    });
    let placed: Vec<_> =
        outlines.iter().map(|outline| (outline.series, wheel.points(chart.scale, &outline.values))).collect();
    for (_, points) in placed.iter().filter(|(series, _)| *series == Series::Score) {
        draw_area(canvas, wheel.centre, points);
    }
    for (series, points) in &placed {
        draw_outline(canvas, *series, points);
    }
    for (series, points) in &placed {
        draw_points(canvas, wheel, *series, points);
    }
}

/// The whole area, or only the sectors between known neighbours: a fill across a missing value would invent it.
fn draw_area(canvas: &Canvas, centre: Point, points: &[Option<Point>]) {
    for mut run in cyclic_runs(points).into_iter().filter(|run| run.len() > 1) {
        if run.len() < points.len() {
            run.push(centre);
        }
        canvas.polygon("score-area", &run);
    }
}

fn draw_outline(canvas: &Canvas, series: Series, points: &[Option<Point>]) {
    for run in cyclic_runs(points).into_iter().filter(|run| run.len() > 1) {
        if run.len() == points.len() {
            canvas.polygon(&series.line(), &run);
        } else {
            canvas.line(&series.line(), &run);
        }
    }
}

/// All points of the score, and a broken spoke for a missing score; for other series, only the points without a line.
fn draw_points(canvas: &Canvas, wheel: &Wheel, series: Series, points: &[Option<Point>]) {
    let is_score = series == Series::Score;
    let drawn = cyclic_runs(points).into_iter().filter(|run| is_score || run.len() == 1);
    for point in drawn.flatten() {
        series.draw_point(canvas, &series.point(), point);
    }
    for axis in (0..points.len()).filter(|axis| is_score && points[*axis].is_none()) {
        draw_missing(canvas, [wheel.centre, wheel.at(axis, 1.0)]);
    }
}

/// The unbroken runs of points around the wheel; without a missing point, one run is the whole wheel.
fn cyclic_runs(points: &[Option<Point>]) -> Vec<Vec<Point>> {
    let mut turned = points.to_vec();
    turned.rotate_left(points.iter().position(Option::is_none).unwrap_or(0));
    runs(&turned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::tests::{CAPTION, assert_well_formed, by_element, scale};

    const FUNCTIONS: [&str; 6] = ["Govern", "Identify", "Protect", "Detect", "Respond", "Recover"];
    const LONG: &str = "Improvement of the recovery and continuity practices overall";

    fn axes(labels: &[&str]) -> Vec<Axis> {
        labels
            .iter()
            .map(|label| Axis { label: (*label).to_owned(), href: String::new(), note: "2.8".to_owned() })
            .collect()
    }

    fn series(series: Series, values: &[f64]) -> RadarSeries {
        let values = values.iter().map(|value| (*value >= 0.0).then_some(*value)).collect();
        RadarSeries { series, values }
    }

    /// Draws the six Functions; a negative value stands for an unknown value.
    fn six(series: Vec<RadarSeries>) -> String {
        radar(&Radar { caption: CAPTION, scale: &scale(5), axes: axes(&FUNCTIONS), series })
    }

    #[test]
    fn the_usual_radar_is_small() {
        let svg = six(vec![
            series(Series::Score, &[2.4, 3.1, 2.8, 1.9, 2.2, 0.0]),
            series(Series::Target, &[3.0, 3.0, 4.0, 3.0, 3.0, 3.0]),
            series(Series::Previous, &[2.0, 2.9, 2.8, 1.4, 2.4, 0.5]),
        ]);
        assert!(svg.len() < 4096, "{} bytes", svg.len());
        insta::assert_snapshot!(by_element(&svg));
    }

    #[test]
    fn what_is_not_known_is_a_break() {
        let svg = six(vec![series(Series::Score, &[2.4, -1.0, 2.8, 1.9, -1.0, 0.0])]);
        assert_eq!(svg.matches("<circle").count(), 4);
        insta::assert_snapshot!(by_element(&svg));
    }

    #[test]
    fn a_lone_value_is_a_point_and_none_at_all_is_no_line() {
        let lone = six(vec![series(Series::Target, &[-1.0, 3.0, -1.0, -1.0, -1.0, -1.0])]);
        assert!(lone.contains("target-point") && !lone.contains("target-line"));
        let none = six(vec![series(Series::Score, &[-1.0; 6])]);
        assert!(!none.contains("score-") && none.contains("missing"));
        assert!(!six(vec![series(Series::Score, &[])]).contains("score-"));
    }

    #[test]
    fn values_beyond_the_scale_stay_on_it() {
        let rim = six(vec![series(Series::Score, &[5.0; 6])]);
        assert_eq!(six(vec![series(Series::Score, &[9.0; 6])]), rim);
    }

    #[test]
    fn fewer_than_three_axes_become_bars() {
        for count in 0..3 {
            let series = vec![series(Series::Score, &[2.0, 3.0]), series(Series::Target, &[3.0, 3.0])];
            let svg = radar(&Radar { caption: CAPTION, scale: &scale(5), axes: axes(&FUNCTIONS[..count]), series });
            assert!(svg.contains("chart-bars"));
            assert_eq!(svg.matches("class=\"bar\"").count(), count);
            assert_well_formed(&svg);
        }
    }

    #[test]
    fn radars_come_in_two_widths() {
        assert!(six(Vec::new()).contains("chart-radar compact\" viewBox=\"0 0 440 "));
        let wide = radar(&Radar { caption: CAPTION, scale: &scale(5), axes: axes(&[LONG; 5]), series: Vec::new() });
        assert!(wide.contains("chart-radar\" viewBox=\"0 0 540 "), "{wide}");
    }
}
