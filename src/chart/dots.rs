//! A dot plot: one row for each axis, and one mark for each series, all on the same scale.

use super::canvas::{Anchor, Canvas};
use super::label::{COLUMN, LINE, NAME_LINES, SIZE, SMALL, fit, width, wrap};
use super::series::draw_missing;
use super::{Axis, Radar, Series};

/// How wide the drawing is, and the column of names in it; and how high a row is at least.
#[derive(Clone, Copy)]
struct Room {
    width: f64,
    names: f64,
    row: f64,
}

/// Narrower than bars, so that its type stays as large in half a column.
const HALF: Room = Room { width: 400.0, names: COLUMN, row: 30.0 };
/// Most names have one line, and many rows are low.
const WHOLE: Room = Room { width: 720.0, names: 320.0, row: 0.0 };
/// The space between the names and the scale's lower end, for half a number.
const NAMES_GAP: f64 = 16.0;
/// The least and the most space for the printed scores at the right.
const NOTES: [f64; 2] = [44.0, 120.0];
const ROW_GAP: f64 = 10.0;
/// The distance from a row's line down to the mark of the quarter before.
const BELOW: f64 = 8.0;

/// Draws the data of a radar as rows of dots, hidden from assistive technology: the radar beside it says the same in words.
pub fn dots(chart: &Radar<'_>) -> String {
    draw(chart, HALF).finish_hidden("chart-dots")
}

/// Draws the data of a radar that would have too many axes as rows of dots, over the whole width.
pub fn rows(chart: &Radar<'_>) -> String {
    draw(chart, WHOLE).finish("chart-rows", &chart.caption)
}

fn draw(chart: &Radar<'_>, room: Room) -> Canvas {
    let names: Vec<Vec<String>> =
        chart.axes.iter().map(|axis| wrap(&axis.label, room.names, SIZE, NAME_LINES)).collect();
    let heights: Vec<f64> = names.iter().map(|lines| (lines.len() as f64 * LINE + ROW_GAP).max(room.row)).collect();
    let bottom: f64 = heights.iter().sum();
    let canvas = Canvas::new(chart.caption.id, (room.width, bottom + LINE));
    let plot = Plot::beside(room, chart.axes.iter().map(|axis| axis.note.as_str()));
    for (fraction, label) in chart.scale.marks() {
        let x = plot.x_at(fraction);
        canvas.line("grid", &[(x, 0.0), (x, bottom)]);
        canvas.text("tick-label", Anchor::Middle, (x, bottom + LINE * 0.8), label);
    }
    let middles: Vec<f64> = heights
        .iter()
        .scan(0.0, |top, height| {
            *top += height;
            Some(*top - height / 2.0)
        })
        .collect();
    for ((axis, lines), y) in chart.axes.iter().zip(&names).zip(&middles) {
        draw_words(&canvas, axis, lines, (plot, *y));
    }
    draw_gaps(&canvas, chart, plot, &middles);
    for series in [Series::Previous, Series::Claimed, Series::Target, Series::Score] {
        draw_marks(&canvas, chart, series, (plot, &middles));
    }
    canvas
}

/// Where the scale lies: between the names and the printed scores.
#[derive(Clone, Copy)]
struct Plot {
    /// The x of the scale's lower end.
    left: f64,
    /// The x of the scale's upper end.
    right: f64,
    /// The x where the printed scores end.
    end: f64,
}

impl Plot {
    /// Leaves as much space as the longest of the printed scores needs.
    fn beside<'a>(room: Room, notes: impl Iterator<Item = &'a str>) -> Self {
        let widest = notes.map(|note| width(note, SMALL)).fold(NOTES[0], f64::max).min(NOTES[1]);
        Self { left: room.names + NAMES_GAP, right: room.width - widest - 6.0, end: room.width }
    }

    fn x_at(self, fraction: f64) -> f64 {
        self.left + fraction * (self.right - self.left)
    }
}

/// The name at the left, and the printed score at the right.
fn draw_words(canvas: &Canvas, axis: &Axis, lines: &[String], (plot, middle): (Plot, f64)) {
    let first = middle - (lines.len() as f64 - 1.0) * LINE / 2.0 + SIZE * 0.35;
    canvas.link(&axis.href, |canvas| {
        for (index, line) in lines.iter().enumerate() {
            canvas.text("row-label", Anchor::Start, (0.0, first + index as f64 * LINE), line);
        }
    });
    let room = plot.end - plot.right - 6.0;
    canvas.text("value", Anchor::End, (plot.end, middle + SMALL * 0.35), &fit(&axis.note, room, SMALL));
}

/// The position of the series on each row's scale.
fn places(chart: &Radar<'_>, plot: Plot, series: Series) -> Vec<Option<f64>> {
    let outline = chart.series.iter().find(|outline| outline.series == series);
    let value = |row: usize| outline.and_then(|outline| outline.values.get(row).copied().flatten());
    (0..chart.axes.len()).map(|row| chart.scale.fraction(value(row)).map(|fraction| plot.x_at(fraction))).collect()
}

/// Lines from the score to its target: a longer line means a wider gap. No line where the target is reached.
fn draw_gaps(canvas: &Canvas, chart: &Radar<'_>, plot: Plot, middles: &[f64]) {
    let ends = places(chart, plot, Series::Score).into_iter().zip(places(chart, plot, Series::Target));
    for ((score, target), y) in ends.zip(middles) {
        if let (Some(score), Some(target)) = (score, target)
            && score < target
        {
            canvas.line("gap-line", &[(score, *y), (target, *y)]);
        }
    }
}

/// The marks of one series; a broken line if there is no score.
fn draw_marks(canvas: &Canvas, chart: &Radar<'_>, series: Series, (plot, middles): (Plot, &[f64])) {
    for (place, y) in places(chart, plot, series).into_iter().zip(middles) {
        match (place, series) {
            (Some(x), Series::Previous) => series.draw_point(canvas, &series.point(), (x, y + BELOW)),
            (Some(x), _) => series.draw_point(canvas, &series.point(), (x, *y)),
            (None, Series::Score) => draw_missing(canvas, [(plot.left, *y), (plot.right, *y)]),
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
        let axes = names
            .iter()
            .map(|name| Axis { label: (*name).to_owned(), href: String::new(), note: "2.8".to_owned() })
            .collect();
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
    fn twenty_rows_stand_alone_with_one_line_each_and_say_what_they_are() {
        let axis = |at: usize| Axis {
            label: format!("System and Services {at}"),
            href: String::new(),
            note: "2.8".to_owned(),
        };
        let axes = (0..20).map(axis).collect();
        let series = vec![RadarSeries { series: Series::Score, values: vec![Some(2.0); 20] }];
        let svg = rows(&Radar { caption: CAPTION, scale: &scale(5), axes, series });
        assert!(svg.contains("<title") && !svg.contains("aria-hidden"));
        assert_eq!(svg.matches("row-label").count(), 20);
        assert!(svg.contains("viewBox=\"0 0 720 536\""), "{}", &svg[..80]);
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
