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
    let plot = Plot::new(chart, room);
    let canvas = Canvas::new(chart.caption.id, (room.width, plot.bottom + LINE));
    for (fraction, label) in chart.scale.marks() {
        let x = plot.x_at(fraction);
        canvas.line("grid", &[(x, 0.0), (x, plot.bottom)]);
        canvas.text("tick-label", Anchor::Middle, (x, plot.bottom + LINE * 0.8), label);
    }
    plot.rows.iter().for_each(|row| plot.draw_words(&canvas, row));
    plot.draw_gaps(&canvas);
    for series in [Series::Previous, Series::Claimed, Series::Target, Series::Score] {
        plot.draw_marks(&canvas, series);
    }
    canvas
}

/// The layout. The scale lies between the names and the printed scores.
struct Plot<'a> {
    chart: &'a Radar<'a>,
    /// The x of the scale's lower end.
    left: f64,
    /// The x of the scale's upper end.
    right: f64,
    /// The x where the printed scores end.
    end: f64,
    /// The y below the last row.
    bottom: f64,
    rows: Vec<DotRow<'a>>,
}

/// One row.
struct DotRow<'a> {
    axis: &'a Axis,
    /// The name, in lines.
    lines: Vec<String>,
    /// The y of the marks.
    middle: f64,
}

impl<'a> Plot<'a> {
    /// Leaves as much space as the longest of the printed scores needs.
    fn new(chart: &'a Radar<'a>, room: Room) -> Self {
        let widest = chart.axes.iter().map(|axis| width(&axis.note, SMALL)).fold(NOTES[0], f64::max).min(NOTES[1]);
        let (left, right, end) = (room.names + NAMES_GAP, room.width - widest - 6.0, room.width);
        let mut bottom = 0.0;
        let rows = chart.axes.iter().map(|axis| {
            let lines = wrap(&axis.label, room.names, SIZE, NAME_LINES);
            let height = (lines.len() as f64 * LINE + ROW_GAP).max(room.row);
            bottom += height;
            DotRow { axis, lines, middle: bottom - height / 2.0 }
        });
        let rows = rows.collect();
        Self { chart, left, right, end, bottom, rows }
    }

    fn x_at(&self, fraction: f64) -> f64 {
        self.left + fraction * (self.right - self.left)
    }

    /// The name at the left, and the printed score at the right.
    fn draw_words(&self, canvas: &Canvas, row: &DotRow<'_>) {
        let DotRow { axis, lines, middle } = row;
        let first = middle - (lines.len() as f64 - 1.0) * LINE / 2.0 + SIZE * 0.35;
        canvas.link(&axis.href, |canvas| {
            for (index, line) in lines.iter().enumerate() {
                canvas.text("row-label", Anchor::Start, (0.0, first + index as f64 * LINE), line);
            }
        });
        let room = self.end - self.right - 6.0;
        canvas.text("value", Anchor::End, (self.end, middle + SMALL * 0.35), &fit(&axis.note, room, SMALL));
    }

    /// The position of the series in each row.
    fn places(&self, series: Series) -> Vec<Option<f64>> {
        let outline = self.chart.series.iter().find(|outline| outline.series == series);
        let value = |row: usize| outline.and_then(|outline| outline.values.get(row).copied().flatten());
        let x_at = |row: usize| self.chart.scale.fraction(value(row)).map(|fraction| self.x_at(fraction));
        (0..self.rows.len()).map(x_at).collect()
    }

    /// Lines from the score to its target: a longer line means a wider gap. No line where the target is reached.
    fn draw_gaps(&self, canvas: &Canvas) {
        let ends = self.places(Series::Score).into_iter().zip(self.places(Series::Target));
        for ((score, target), row) in ends.zip(&self.rows) {
            if let (Some(score), Some(target)) = (score, target)
                && score < target
            {
                canvas.line("gap-line", &[(score, row.middle), (target, row.middle)]);
            }
        }
    }

    /// The marks of one series; a broken line if there is no score.
    fn draw_marks(&self, canvas: &Canvas, series: Series) {
        for (place, row) in self.places(series).into_iter().zip(&self.rows) {
            let y = row.middle;
            match (place, series) {
                (Some(x), Series::Previous) => series.draw_point(canvas, &series.point(), (x, y + BELOW)),
                (Some(x), _) => series.draw_point(canvas, &series.point(), (x, y)),
                (None, Series::Score) => draw_missing(canvas, [(self.left, y), (self.right, y)]),
                (None, _) => (),
            }
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
