//! How values spread: one row for each thing, with a line from the lowest to the highest value, a box around the middle half, and a bar at
//! the median.

use super::canvas::{Anchor, Canvas};
use super::label::{COLUMN, LINE, NAME_LINES, SIZE, SMALL, fit, wrap};
use super::series::draw_missing;
use super::{AxisScale, Caption};

/// One row for each thing to compare.
#[derive(Clone, Debug)]
pub struct Spread<'a> {
    /// The chart's name and description.
    pub caption: Caption<'a>,
    /// The scale, from left to right.
    pub scale: &'a AxisScale,
    /// The rows, from the top.
    pub rows: Vec<SpreadRow>,
}

/// One row.
#[derive(Clone, Debug)]
pub struct SpreadRow {
    /// The name of the row.
    pub label: String,
    /// The address to which the name leads; empty if to none.
    pub href: String,
    /// The lowest and the highest value; `None` where they are not shown.
    pub ends: Option<[f64; 2]>,
    /// The ends of the middle half, and the median between them; `None` if there is nothing to show.
    pub middle: Option<[f64; 3]>,
    /// The median as printed, or why there is none.
    pub note: String,
}

const WIDTH: f64 = 440.0;
/// The space between the names and the scale's lower end, for half a number.
const GAP: f64 = 16.0;
/// The space for the printed medians at the right.
const NOTE: f64 = 66.0;
const ROW_GAP: f64 = 12.0;
/// Half the height of a box, and of the bar at the median.
const BOX: f64 = 6.0;
const BAR: f64 = 9.0;

/// Draws a spread.
pub fn spread(chart: &Spread<'_>) -> String {
    let names: Vec<Vec<String>> = chart.rows.iter().map(|row| wrap(&row.label, COLUMN, SIZE, NAME_LINES)).collect();
    let heights: Vec<f64> = names.iter().map(|lines| (lines.len() as f64 * LINE + ROW_GAP).max(30.0)).collect();
    let bottom: f64 = heights.iter().sum();
    let canvas = Canvas::new(chart.caption.id, (WIDTH, bottom + LINE));
    let (left, right) = (COLUMN + GAP, WIDTH - NOTE);
    let x_at = |fraction: f64| left + fraction * (right - left);
    for (fraction, label) in chart.scale.marks() {
        canvas.line("grid", &[(x_at(fraction), 0.0), (x_at(fraction), bottom)]);
        canvas.text("tick-label", Anchor::Middle, (x_at(fraction), bottom + LINE * 0.8), label);
    }
    let place = |value: f64| chart.scale.fraction(Some(value)).map(x_at);
    let mut top = 0.0;
    for ((row, lines), height) in chart.rows.iter().zip(&names).zip(&heights) {
        let y = top + height / 2.0;
        draw_words(&canvas, row, lines, y);
        if let Some([low, high]) = row.ends
            && let (Some(low), Some(high)) = (place(low), place(high))
        {
            canvas.line("spread-line", &[(low, y), (high, y)]);
        }
        let middle = row.middle.map(|values| values.map(place));
        if let Some([Some(first), Some(median), Some(third)]) = middle {
            canvas.rect("spread-box", [(first, y - BOX), (third, y + BOX)]);
            canvas.line("spread-median", &[(median, y - BAR), (median, y + BAR)]);
        } else {
            draw_missing(&canvas, [(left, y), (right, y)]);
        }
        top += height;
    }
    canvas.finish("chart-spread", &chart.caption)
}

/// The name at the left, and the printed median at the right.
fn draw_words(canvas: &Canvas, row: &SpreadRow, lines: &[String], y: f64) {
    let first = y - (lines.len() as f64 - 1.0) * LINE / 2.0 + SIZE * 0.35;
    canvas.link(&row.href, |canvas| {
        for (index, line) in lines.iter().enumerate() {
            canvas.text("row-label", Anchor::Start, (0.0, first + index as f64 * LINE), line);
        }
    });
    canvas.text("value", Anchor::End, (WIDTH, y + SMALL * 0.35), &fit(&row.note, NOTE - 8.0, SMALL));
}

/// Legend samples of 28 by 12: the line, the box, and the median.
pub fn spread_keys() -> [String; 3] {
    let key = |draw: &dyn Fn(&Canvas)| {
        let canvas = Canvas::new("key", (28.0, 12.0));
        draw(&canvas);
        canvas.finish_hidden("chart-key")
    };
    [
        key(&|canvas| canvas.line("spread-line", &[(1.0, 6.0), (27.0, 6.0)])),
        key(&|canvas| canvas.rect("spread-box", [(4.0, 2.0), (24.0, 10.0)])),
        key(&|canvas| canvas.line("spread-median", &[(14.0, 0.0), (14.0, 12.0)])),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::tests::{CAPTION, assert_well_formed, scale};

    fn row(ends: Option<[f64; 2]>, middle: Option<[f64; 3]>) -> SpreadRow {
        SpreadRow { label: "Govern".to_owned(), href: String::new(), ends, middle, note: "2.5".to_owned() }
    }

    #[test]
    fn a_row_has_a_line_a_box_and_a_median_and_nothing_where_there_is_none() {
        let rows =
            vec![row(Some([0.5, 4.5]), Some([1.0, 2.5, 3.0])), row(None, Some([2.0, 2.0, 2.0])), row(None, None)];
        let svg = spread(&Spread { caption: CAPTION, scale: &scale(5), rows });
        assert_well_formed(&svg);
        let count = |class: &str| svg.matches(&format!("class=\"{class}\"")).count();
        assert_eq!(["spread-line", "spread-box", "spread-median", "missing"].map(count), [1, 2, 2, 1]);
    }
}
