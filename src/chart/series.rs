//! How each series looks: its classes, its marker and its legend sample.

use super::canvas::{Canvas, Point};

/// The meaning of a line or a mark. It decides the class, the line pattern and the shape of the points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Series {
    /// The level that counts: a solid line, round points and, in a radar, a translucent area.
    Score,
    /// The target level: a dashed line, square points.
    Target,
    /// The score of the quarter before: a dotted line, triangles.
    Previous,
    /// The level that teams claim: a thin outline, hollow points.
    Claimed,
    /// One of several equal series, such as the Functions of a trend. There are six looks; the seventh series repeats the first.
    Nth(usize),
}

enum MarkShape {
    Circle(f64),
    Square(f64),
    Diamond(f64),
    Triangle(f64),
}

impl Series {
    /// The class of the series' lines.
    pub(super) fn line(self) -> String {
        format!("{}-line{}", self.name(), self.nth())
    }

    /// The class of the series' points.
    pub(super) fn point(self) -> String {
        format!("{}-point{}", self.name(), self.nth())
    }

    /// The class of the series' name beside its line.
    pub(super) fn text(self) -> String {
        format!("{}-text{}", self.name(), self.nth())
    }

    /// Draws one point; `class` may add to what [`Series::point`] gives.
    pub(super) fn draw_point(self, canvas: &Canvas, class: &str, at: Point) {
        let (x, y) = at;
        match self.shape() {
            MarkShape::Circle(radius) => canvas.circle(class, (x, y), radius),
            MarkShape::Square(half) => {
                canvas.polygon(
                    class,
                    &[(x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half)],
                );
            }
            MarkShape::Diamond(half) => {
                canvas.polygon(class, &[(x, y - half), (x + half, y), (x, y + half), (x - half, y)]);
            }
            MarkShape::Triangle(half) => {
                let (side, foot) = (half * 0.9, half * 0.7);
                canvas.polygon(class, &[(x, y - half), (x + side, y + foot), (x - side, y + foot)]);
            }
        }
    }

    fn name(self) -> &'static str {
        match self {
            Series::Score => "score",
            Series::Target => "target",
            Series::Previous => "previous",
            Series::Claimed => "claimed",
            Series::Nth(_) => "nth",
        }
    }

    fn nth(self) -> String {
        match self {
            Series::Nth(index) => format!(" nth-{}", index % 6),
            Series::Score | Series::Target | Series::Previous | Series::Claimed => String::new(),
        }
    }

    fn shape(self) -> MarkShape {
        match self {
            Series::Score => MarkShape::Circle(3.5),
            Series::Target => MarkShape::Square(2.8),
            Series::Previous => MarkShape::Triangle(3.6),
            Series::Claimed => MarkShape::Circle(3.0),
            // The style sheet makes the last two hollow.
            Series::Nth(index) => match index % 6 {
                0 | 4 => MarkShape::Circle(3.2),
                1 | 5 => MarkShape::Square(2.8),
                2 => MarkShape::Diamond(4.0),
                _ => MarkShape::Triangle(3.8),
            },
        }
    }
}

/// A legend sample of 28 by 12 that looks like the series.
pub fn series_key(series: Series) -> String {
    let canvas = Canvas::new("key", (28.0, 12.0));
    if series == Series::Score {
        canvas.rect("score-area", [(2.0, 2.0), (26.0, 10.0)]);
    }
    canvas.line(&series.line(), &[(2.0, 6.0), (26.0, 6.0)]);
    series.draw_point(&canvas, &series.point(), (14.0, 6.0));
    canvas.finish_hidden("chart-key")
}

/// Draws what stands for an unknown value: a broken line along its whole axis, because no place on the axis is its own.
pub(super) fn draw_missing(canvas: &Canvas, axis: [Point; 2]) {
    canvas.line("missing", &axis);
}

/// A legend sample of 28 by 12 for an unknown value.
pub fn missing_key() -> String {
    let canvas = Canvas::new("key", (28.0, 12.0));
    draw_missing(&canvas, [(2.0, 6.0), (26.0, 6.0)]);
    canvas.finish_hidden("chart-key")
}

/// The unbroken runs of points.
pub(super) fn runs(points: &[Option<Point>]) -> Vec<Vec<Point>> {
    let stretches = points.split(Option::is_none).filter(|stretch| !stretch.is_empty());
    stretches.map(|stretch| stretch.iter().copied().flatten().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::tests::by_element;

    #[test]
    fn every_series_has_a_look_of_its_own() {
        let all = [Series::Score, Series::Target, Series::Previous, Series::Claimed];
        let keys: Vec<_> = all.into_iter().chain((0..6).map(Series::Nth)).map(series_key).collect();
        let different: std::collections::BTreeSet<_> = keys.iter().collect();
        assert_eq!(different.len(), keys.len());
        assert!(keys.iter().all(|key| key.len() < 400 && key.contains("aria-hidden=\"true\"")));
        insta::assert_snapshot!(by_element(&keys.join("\n")));
    }

    #[test]
    fn a_missing_point_ends_a_run() {
        let at = |x| Some((x, 0.0));
        assert_eq!(
            runs(&[None, at(1.0), at(2.0), None, at(4.0), None]),
            [vec![(1.0, 0.0), (2.0, 0.0)], vec![(4.0, 0.0)]]
        );
        assert!(runs(&[None, None]).is_empty());
    }
}
