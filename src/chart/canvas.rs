//! Draws points, shapes and words as one small SVG, using plotters with a backend that writes classes for colours.

use std::cell::RefCell;
use std::rc::Rc;

use plotters::coord::Shift;
use plotters::element::{Circle, Drawable, PathElement, PointCollection, Polygon, Rectangle, Text};
use plotters::prelude::{Color, DrawingArea, IntoFont, ShapeStyle, TextStyle};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters_backend::BackendCoord;

use super::Caption;
use super::pen::{Pen, Tenths, plain_id};
use crate::base::text::line;
use crate::border::html::escape;

/// A point in viewBox units, from the upper left.
pub(super) type Point = (f64, f64);

/// Which end of a text is at its point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// The drawing interface: takes points in viewBox units and classes, and passes plotters elements to the pen.
///
/// A shape with a coordinate that is not a finite number is not drawn.
pub(super) struct Canvas {
    size: [Tenths; 2],
    pen: Rc<RefCell<Pen>>,
    area: DrawingArea<Pen, Shift>,
}

impl Canvas {
    /// An empty canvas; `id` is the prefix of all ids in it.
    pub(super) fn new(id: &str, size: Point) -> Self {
        let (width, height) = size;
        let size = [width, height].map(|side| Tenths(tenths(side).unwrap_or(0)));
        let pen = Rc::new(RefCell::new(Pen::new(id, size)));
        let area = DrawingArea::from(&pen);
        Self { size, pen, area }
    }

    /// An open line, or a closed one if it ends where it starts.
    pub(super) fn line(&self, class: &str, points: &[Point]) {
        if let Some(points) = all_tenths(points) {
            self.draw(&PathElement::new(points, self.ink(class)));
        }
    }

    /// A closed shape.
    pub(super) fn polygon(&self, class: &str, points: &[Point]) {
        if let Some(points) = all_tenths(points) {
            self.draw(&Polygon::new(points, self.ink(class)));
        }
    }

    /// An upright box between two opposite corners.
    pub(super) fn rect(&self, class: &str, corners: [Point; 2]) {
        if let Some(&[from, to]) = all_tenths(&corners).as_deref() {
            self.draw(&Rectangle::new([from, to], self.ink(class)));
        }
    }

    /// A circle.
    pub(super) fn circle(&self, class: &str, centre: Point, radius: f64) {
        if let (Some(centre), Some(radius)) = (point_tenths(centre), tenths(radius)) {
            self.draw(&Circle::new(centre, radius, self.ink(class)));
        }
    }

    /// One line of text whose baseline passes through the point.
    pub(super) fn text(&self, class: &str, anchor: Anchor, at: Point, text: &str) {
        if let (Some(at), false) = (point_tenths(at), text.trim().is_empty()) {
            let horizontal = match anchor {
                Anchor::Start => HPos::Left,
                Anchor::Middle => HPos::Center,
                Anchor::End => HPos::Right,
            };
            // No size is written: the style sheet sets it.
            let style = TextStyle::from(("sans-serif", 10).into_font()).pos(Pos::new(horizontal, VPos::Bottom));
            let ink = self.ink(class).color;
            self.draw(&Text::new(text.to_owned(), at, style.color(&ink)));
        }
    }

    /// What `draw` draws, as a link to `href`; no link if that is empty. The page's table holds the same link for who uses keys.
    pub(super) fn link(&self, href: &str, draw: impl FnOnce(&Self)) {
        if href.is_empty() {
            return draw(self);
        }
        self.pen.borrow_mut().open_link(href);
        draw(self);
        self.pen.borrow_mut().close_link();
    }

    /// The picture as an element that assistive technology announces by its title and description.
    pub(super) fn finish(self, class: &str, caption: &Caption<'_>) -> String {
        let (id, title) = (plain_id(caption.id), escape(&line(caption.title)));
        // An image hides what is inside it, and nobody may hide links.
        let role = if self.pen.borrow().holds_links() { "group" } else { "img" };
        if caption.description.is_empty() {
            let head =
                format!("role=\"{role}\" aria-labelledby=\"{id}-title\"><title id=\"{id}-title\">{title}</title>");
            return self.close(class, &head);
        }
        let description = escape(&line(caption.description));
        let head = format!(
            "role=\"{role}\" aria-labelledby=\"{id}-title {id}-desc\"><title id=\"{id}-title\">{title}</title>\
             <desc id=\"{id}-desc\">{description}</desc>"
        );
        self.close(class, &head)
    }

    /// The picture as a decoration with its own size, hidden from assistive technology.
    pub(super) fn finish_hidden(self, class: &str) -> String {
        let [width, height] = self.size;
        let head = format!("width=\"{width}\" height=\"{height}\" aria-hidden=\"true\">");
        self.close(class, &head)
    }

    /// The whole SVG; `head` ends the opening tag and may add content before the drawing.
    fn close(self, class: &str, head: &str) -> String {
        let ([width, height], class) = (self.size, escape(class));
        let drawing = self.pen.borrow_mut().take();
        format!(
            "<svg class=\"chart {class}\" viewBox=\"0 0 {width} {height}\" \
             {head}{drawing}</svg>"
        )
    }

    fn ink(&self, class: &str) -> ShapeStyle {
        self.pen.borrow_mut().ink(class).filled()
    }

    fn draw<E>(&self, element: &E)
    where
        for<'a> &'a E: PointCollection<'a, BackendCoord>,
        E: Drawable<Pen>,
    {
        self.area.draw(element).expect("the pen writes to a string and nobody else holds it");
    }
}

fn tenths(value: f64) -> Option<i32> {
    const LIMIT: f64 = 1e6;
    let scaled = (value * 10.0).round();
    // NaN fails the comparison too. A value that passes fits in an i32.
    (scaled.abs() <= LIMIT).then_some(scaled as i32)
}

fn point_tenths(point: Point) -> Option<BackendCoord> {
    let (x, y) = point;
    Some((tenths(x)?, tenths(y)?))
}

fn all_tenths(points: &[Point]) -> Option<Vec<BackendCoord>> {
    points.iter().copied().map(point_tenths).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::tests::by_element;

    fn caption(title: &str) -> Caption<'_> {
        Caption { id: "c", title, description: "" }
    }

    #[test]
    fn numbers_have_at_most_one_decimal_and_no_negative_zero() {
        let written = |value| tenths(value).map(|value| Tenths(value).to_string());
        assert_eq!(written(12.34).as_deref(), Some("12.3"));
        assert_eq!(written(12.0).as_deref(), Some("12"));
        assert_eq!(written(-0.04).as_deref(), Some("0"));
        assert_eq!(written(-0.5).as_deref(), Some("-0.5"));
        assert_eq!(written(f64::NAN), None);
        assert_eq!(written(f64::NEG_INFINITY), None);
        assert_eq!(written(1e300), None);
    }

    #[test]
    fn shapes_without_a_finite_place_are_not_drawn() {
        let canvas = Canvas::new("c", (10.0, 10.0));
        canvas.line("grid", &[(0.0, 0.0), (f64::NAN, 1.0)]);
        canvas.polygon("grid", &[(0.0, f64::INFINITY)]);
        canvas.rect("grid", [(0.0, 0.0), (f64::NAN, 1.0)]);
        canvas.circle("grid", (1.0, 1.0), f64::INFINITY);
        canvas.text("grid", Anchor::Start, (f64::NAN, 1.0), "x");
        assert!(!canvas.finish("chart-test", &caption("t")).contains("grid"));
    }

    #[test]
    fn text_and_ids_are_made_safe() {
        let canvas = Canvas::new("\"><script>", (10.0, 10.0));
        canvas.text("value", Anchor::End, (1.0, 1.0), "a<b>&\"'\0\u{9b}\u{202e}\u{ffff}é");
        let caption = Caption { id: "\"><script>", title: "<t>", description: "\u{1}" };
        insta::assert_snapshot!(by_element(&canvas.finish("chart-test", &caption)));
    }

    #[test]
    fn lines_of_one_class_share_a_path() {
        let canvas = Canvas::new("c", (10.0, 10.0));
        canvas.line("grid", &[(0.0, 0.0), (1.0, 1.0)]);
        canvas.line("grid", &[(0.0, 0.0), (1.0, 1.0), (2.0, 0.0), (0.0, 0.0)]);
        canvas.line("axis", &[(0.0, 5.0), (1.0, 5.5)]);
        let svg = canvas.finish("chart-test", &caption("t"));
        assert!(
            svg.contains("<path class=\"grid\" d=\"M0 0L1 1M0 0L1 1 2 0Z\"/><path class=\"axis\" d=\"M0 5L1 5.5\"/>")
        );
    }

    #[test]
    fn textures_are_defined_when_used() {
        let canvas = Canvas::new("c", (10.0, 10.0));
        canvas.rect("part unknown", [(0.0, 0.0), (5.0, 5.0)]);
        let svg = canvas.finish("chart-test", &caption("t"));
        assert!(svg.contains("fill=\"url(#c-unknown)\"") && svg.contains("<pattern id=\"c-unknown\""));
        assert!(!svg.contains("c-unanswered"));
    }
}
