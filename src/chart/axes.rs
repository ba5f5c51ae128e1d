//! The axes of a radar: their directions, and the places of their texts, clear of the rim, the page's edge and each other.

use super::canvas::{Anchor, Canvas, Point};
use super::label::{COLUMN, LINE, NAME_LINES, SIZE, SMALL, fit, spread, width, wrap};

/// The distance from the centre to the rim.
pub(super) const RADIUS: f64 = 130.0;
/// The distance from the rim to the nearest corner of a label.
const GAP: f64 = 12.0;
const MARGIN: f64 = 4.0;
/// Radars come in two widths, and the style sheet sizes each, so that type has the same size in all of them.
pub(super) const COMPACT: f64 = 440.0;

/// One spoke.
#[derive(Clone, Debug)]
pub struct Axis {
    /// The name of the axis, wrapped as needed.
    pub label: String,
    /// The address to which the name leads; empty if to none.
    pub href: String,
    /// Printed under the name, such as the score; may be empty.
    pub note: String,
}

/// The unit vector of each of `count` axes, clockwise from the top.
pub(super) fn directions(count: usize) -> Vec<Point> {
    // Platforms differ in the last bits of a sine; the page must not differ.
    let settled = |value: f64| (value * 1e9).round() / 1e9;
    let turns = (0..count).map(|axis| std::f64::consts::TAU * axis as f64 / count as f64);
    turns.map(|turn| (settled(turn.sin()), settled(-turn.cos()))).collect()
}

/// The texts around the wheel, placed so that they touch neither the rim nor each other.
pub(super) struct Labels {
    pub(super) size: Point,
    pub(super) centre: Point,
    blocks: Vec<Block>,
}

/// One label. Its place is relative to the centre until the size of the page is known.
struct Block {
    lines: Vec<String>,
    href: String,
    note: String,
    anchor: Anchor,
    x: f64,
    middle: f64,
}

impl Labels {
    /// Places the texts of all axes.
    pub(super) fn new(axes: &[Axis]) -> Self {
        let column = column(axes.len());
        let directions = directions(axes.len());
        let mut blocks: Vec<_> = axes.iter().zip(directions).map(|(axis, way)| Block::new(axis, way, column)).collect();
        for side in [Anchor::Start, Anchor::End] {
            settle_side(&mut blocks, side);
        }
        settle_ends(&mut blocks);
        Self::around(blocks)
    }

    /// Makes the page large enough for the blocks.
    fn around(blocks: Vec<Block>) -> Self {
        let reach = blocks.iter().map(Block::reach).fold(RADIUS + GAP, f64::max) + MARGIN;
        let top = blocks.iter().map(Block::top).fold(-RADIUS - GAP - 2.0, f64::min) - MARGIN;
        let bottom = blocks.iter().map(Block::bottom).fold(RADIUS + GAP, f64::max) + MARGIN;
        // The full width depends on these constants and the number of axes, so the labels cannot change it.
        let full = 2.0 * (RADIUS + GAP + column(blocks.len()) + MARGIN);
        let width = if 2.0 * reach <= COMPACT { COMPACT } else { full };
        Self { size: (width, (bottom - top).ceil()), centre: (width / 2.0, (-top).round()), blocks }
    }

    /// Writes the labels.
    pub(super) fn draw(&self, canvas: &Canvas) {
        for block in &self.blocks {
            let x = self.centre.0 + block.x;
            // A baseline sits about four fifths down its line.
            let y = |line: usize| self.centre.1 + block.top() + LINE * (0.8 + line as f64);
            canvas.link(&block.href, |canvas| {
                for (index, line) in block.lines.iter().enumerate() {
                    canvas.text("axis-label", block.anchor, (x, y(index)), line);
                }
            });
            canvas.text("axis-note", block.anchor, (x, y(block.lines.len())), &block.note);
        }
    }
}

/// With many axes, labels are wider. Then they are less tall and closer to their axes.
fn column(count: usize) -> f64 {
    if count > 12 { COLUMN * 1.25 } else { COLUMN }
}

impl Block {
    /// The text of an axis in this direction, at most `column` wide.
    fn new(axis: &Axis, direction: Point, column: f64) -> Self {
        let (right, down) = direction;
        let anchor = match right {
            _ if right.abs() < 1e-6 => Anchor::Middle,
            _ if right > 0.0 => Anchor::Start,
            _ => Anchor::End,
        };
        let lines = wrap(&axis.label, column, SIZE, NAME_LINES);
        let note = fit(&axis.note, column, SMALL);
        Self { lines, href: axis.href.clone(), note, anchor, x: 0.0, middle: down * (RADIUS + GAP) }
    }

    fn height(&self) -> f64 {
        LINE * (self.lines.len() + usize::from(!self.note.is_empty())) as f64
    }

    fn width(&self) -> f64 {
        self.lines.iter().map(|line| width(line, SIZE)).fold(width(&self.note, SMALL), f64::max)
    }

    fn top(&self) -> f64 {
        self.middle - self.height() / 2.0
    }

    fn bottom(&self) -> f64 {
        self.middle + self.height() / 2.0
    }

    /// The smallest distance from its box to the vertical line through the centre.
    fn inner(&self) -> f64 {
        if self.anchor == Anchor::Middle { 0.0 } else { self.x.abs() }
    }

    /// The greatest distance from its box to the vertical line through the centre.
    fn reach(&self) -> f64 {
        if self.anchor == Anchor::Middle { self.width() / 2.0 } else { self.x.abs() + self.width() }
    }
}

/// Spreads the labels of one side, then moves each outward until its nearest corner is clear of the rim.
fn settle_side(blocks: &mut [Block], side: Anchor) {
    let mut column: Vec<_> = blocks.iter_mut().filter(|block| block.anchor == side).collect();
    column.sort_by(|one, other| one.middle.total_cmp(&other.middle));
    let boxes: Vec<_> = column.iter().map(|block| (block.middle, block.height() + 4.0)).collect();
    for (block, middle) in column.into_iter().zip(spread(&boxes, f64::NEG_INFINITY, f64::INFINITY)) {
        block.middle = middle;
        let nearest = (block.middle.abs() - block.height() / 2.0).max(0.0);
        let clear = ((RADIUS + GAP).powi(2) - nearest.powi(2)).max(0.0).sqrt();
        block.x = if side == Anchor::Start { clear } else { -clear };
    }
}

/// Moves the top label above, and the bottom label below, all labels that they would cover.
fn settle_ends(blocks: &mut [Block]) {
    for index in 0..blocks.len() {
        if blocks[index].anchor != Anchor::Middle {
            continue;
        }
        let (half, height) = (blocks[index].width() / 2.0 + 8.0, blocks[index].height());
        let beside = blocks.iter().filter(|other| other.anchor != Anchor::Middle && other.inner() < half);
        blocks[index].middle = if blocks[index].middle < 0.0 {
            beside.map(|other| other.top() - 4.0).fold(-RADIUS - GAP - 2.0, f64::min) - height / 2.0
        } else {
            beside.map(|other| other.bottom() + 4.0).fold(RADIUS + GAP - 4.0, f64::max) + height / 2.0
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: &str = "Improvement of the recovery and continuity practices overall";

    /// The estimated box of a block on the page: left, top, right, bottom.
    fn area(labels: &Labels, block: &Block) -> [f64; 4] {
        let left = match block.anchor {
            Anchor::Start => block.x,
            Anchor::Middle => -block.width() / 2.0,
            Anchor::End => block.x - block.width(),
        };
        let (x, y) = labels.centre;
        [x + left, y + block.top(), x + left + block.width(), y + block.bottom()]
    }

    fn assert_apart(labels: &Labels) {
        let areas: Vec<_> = labels.blocks.iter().map(|block| area(labels, block)).collect();
        for (index, one) in areas.iter().enumerate() {
            let [left, top, right, bottom] = *one;
            assert!(left >= 0.0 && top >= 0.0 && right <= labels.size.0 && bottom <= labels.size.1, "{one:?} is cut");
            for other in &areas[index + 1..] {
                let beside = right <= other[0] || other[2] <= left;
                let apart = bottom <= other[1] || other[3] <= top;
                assert!(beside || apart, "{one:?} covers {other:?} of {}", areas.len());
            }
            let nearest = |low: f64, high: f64, centre: f64| (low - centre).max(centre - high).max(0.0);
            let (x, y) = labels.centre;
            assert!(nearest(left, right, x).hypot(nearest(top, bottom, y)) >= RADIUS + 8.0, "{one:?} is on the rim");
        }
    }

    #[test]
    fn labels_keep_clear_of_the_rim_the_edge_and_each_other() {
        let cjk = "サプライチェーンのリスクマネジメントと資産管理の状況について";
        let arabic = "إدارة مخاطر سلسلة التوريد والأصول في المؤسسة";
        for label in ["GV", "Protect", LONG, cjk, arabic, "Verantwortlichkeitsbereichsleitung", ""] {
            for note in ["", "2.8", "not assessed", LONG] {
                for count in 3..=20 {
                    let axis = Axis { label: label.to_owned(), href: String::new(), note: note.to_owned() };
                    assert_apart(&Labels::new(&vec![axis; count]));
                }
            }
        }
    }

    #[test]
    fn labels_of_mixed_length_keep_clear_too() {
        for count in 3..=20 {
            let texts = ["Govern", LONG, "資産管理", "Data Security", ""].into_iter().cycle().take(count);
            let axes: Vec<_> = texts
                .map(|label| Axis { label: label.to_owned(), href: String::new(), note: "2.8".to_owned() })
                .collect();
            assert_apart(&Labels::new(&axes));
        }
    }
}
