//! A dot plot: one row for each axis, and one mark for each series, all on the same scale.

use super::canvas::{Anchor, Canvas};
use super::label::{COLUMN, LINE, NAME_LINES, SIZE, SMALL, fit, wrap};
use super::series::draw_missing;
use super::{Axis, Radar, Series};

/// Narrower than bars, so that its type stays as large in half a column.
const WIDTH: f64 = 400.0;
/// The x of the scale's two ends, with space for half a number beside each.
const PLOT: [f64; 2] = [COLUMN + 16.0, 350.0];
const ROW_LEAST: f64 = 30.0;
const ROW_GAP: f64 = 10.0;
/// The distance from a row's line down to the mark of the quarter before.
const BELOW: f64 = 8.0;

/// Draws the data of a radar as rows of dots, hidden from assistive technology: the radar beside it says the same in words.
pub fn dots(chart: &Radar<'_>) -> String {
    let names: Vec<Vec<String>> = chart.axes.iter().map(|axis| wrap(&axis.label, COLUMN, SIZE, NAME_LINES)).collect();
    let heights: Vec<f64> = names.iter().map(|lines| (lines.len() as f64 * LINE + ROW_GAP).max(ROW_LEAST)).collect();
    let bottom: f64 = heights.iter().sum();
    let canvas = Canvas::new(chart.caption.id, (WIDTH, bottom + LINE));
    for (fraction, label) in chart.scale.marks() {
        canvas.line("grid", &[(x_at(fraction), 0.0), (x_at(fraction), bottom)]);
        canvas.text("tick-label", Anchor::Middle, (x_at(fraction), bottom + LINE * 0.8), label);
    }
    let middles: Vec<f64> = heights
        .iter()
        .scan(0.0, |top, height| {
            *top += height;
            Some(*top - height / 2.0)
        })
        .collect();
    for ((axis, lines), y) in chart.axes.iter().zip(&names).zip(&middles) {
        draw_words(&canvas, axis, lines, *y);
    }
    draw_gaps(&canvas, chart, &middles);
    for series in [Series::Previous, Series::Claimed, Series::Target, Series::Score] {
        draw_marks(&canvas, chart, series, &middles);
    }
    canvas.finish_hidden("chart-dots")
}

fn x_at(fraction: f64) -> f64 {
    PLOT[0] + fraction * (PLOT[1] - PLOT[0])
}

/// The name at the left, and the printed score at the right.
fn draw_words(canvas: &Canvas, axis: &Axis, lines: &[String], middle: f64) {
    let first = middle - (lines.len() as f64 - 1.0) * LINE / 2.0 + SIZE * 0.35;
    for (index, line) in lines.iter().enumerate() {
        canvas.text("row-label", Anchor::Start, (0.0, first + index as f64 * LINE), line);
    }
    let room = WIDTH - PLOT[1] - 6.0;
    canvas.text("value", Anchor::End, (WIDTH, middle + SMALL * 0.35), &fit(&axis.note, room, SMALL));
}

/// The position of the series on each row's scale.
fn places(chart: &Radar<'_>, series: Series) -> Vec<Option<f64>> {
    let outline = chart.series.iter().find(|outline| outline.series == series);
    let value = |row: usize| outline.and_then(|outline| outline.values.get(row).copied().flatten());
    (0..chart.axes.len()).map(|row| chart.scale.fraction(value(row)).map(x_at)).collect()
}

/// Lines from the score to its target: a longer line means a wider gap. No line where the target is reached.
fn draw_gaps(canvas: &Canvas, chart: &Radar<'_>, middles: &[f64]) {
    let ends = places(chart, Series::Score).into_iter().zip(places(chart, Series::Target));
    for ((score, target), y) in ends.zip(middles) {
        if let (Some(score), Some(target)) = (score, target)
            && score < target
        {
            canvas.line("gap-line", &[(score, *y), (target, *y)]);
        }
    }
}

/// The marks of one series; a cross in the middle if there is no score.
fn draw_marks(canvas: &Canvas, chart: &Radar<'_>, series: Series, middles: &[f64]) {
    for (place, y) in places(chart, series).into_iter().zip(middles) {
        match (place, series) {
            (Some(x), Series::Previous) => series.draw_point(canvas, &series.point(), (x, y + BELOW)),
            (Some(x), _) => series.draw_point(canvas, &series.point(), (x, *y)),
            (None, Series::Score) => draw_missing(canvas, (x_at(0.5), *y)),
            (None, _) => (),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::RadarSeries;
    use crate::chart::tests::{CAPTION, by_element, scale};

    fn drawn(names: &[&str], series: Vec<(Series, Vec<Option<f64>>)>) -> String {
        let axes = names.iter().map(|name| Axis { label: (*name).to_owned(), note: "2.8".to_owned() }).collect();
        let series = series.into_iter().map(|(series, values)| RadarSeries { series, values }).collect();
        dots(&Radar { caption: CAPTION, scale: &scale(5), axes, series })
    }

    #[test]
    fn every_series_has_its_mark_in_every_row() {
        let names = ["Govern", "Identity Management, Authentication, and Access Control", "Recover"];
        let all = [(Series::Score, 2.0), (Series::Target, 3.0), (Series::Previous, 1.5), (Series::Claimed, 2.5)];
        let svg = drawn(&names, all.map(|(series, value)| (series, vec![Some(value); 3])).to_vec());
        assert!(svg.contains("aria-hidden=\"true\"") && !svg.contains("<title"));
        insta::assert_snapshot!(by_element(&svg));
    }

    #[test]
    fn six_rows_are_small() {
        let all = [Series::Score, Series::Target, Series::Previous, Series::Claimed];
        let svg = drawn(&["Identify"; 6], all.map(|series| (series, vec![Some(2.5); 6])).to_vec());
        assert!(svg.len() < 4096, "{} bytes", svg.len());
    }

    #[test]
    fn no_score_is_a_cross_and_a_target_reached_leaves_no_gap() {
        let svg = drawn(
            &["a", "b", "c"],
            vec![(Series::Score, vec![None, Some(3.0), Some(4.0)]), (Series::Target, vec![Some(3.0); 3])],
        );
        assert!(svg.contains("missing") && !svg.contains("gap-line"));
    }
}
