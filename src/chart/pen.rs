//! The drawing backend that writes SVG elements for plotters. It uses a colour as the number of a CSS class.

use std::convert::Infallible;
use std::fmt::Write;

use plotters::prelude::RGBColor;
use plotters::style::text_anchor::HPos;
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind};

use crate::base::text::line;
use crate::border::html::escape;

/// Collects SVG elements; consecutive lines of one class become one path.
pub(super) struct Pen {
    id: String,
    size: (u32, u32),
    classes: Vec<String>,
    body: String,
    path: Option<(Rgb, String)>,
}

type Rgb = (u8, u8, u8);

impl Pen {
    /// A pen for a page of this size in tenths; `id` is the prefix of all ids that it defines.
    pub(super) fn new(id: &str, [width, height]: [Tenths; 2]) -> Self {
        let size = (width.0.unsigned_abs(), height.0.unsigned_abs());
        Self { id: plain_id(id), size, classes: Vec::new(), body: String::new(), path: None }
    }

    /// Everything drawn so far, after the definitions that it uses.
    pub(super) fn take(&mut self) -> String {
        self.flush();
        self.textures() + &std::mem::take(&mut self.body)
    }

    /// The colour that stands for a class: its number in the list.
    pub(super) fn ink(&mut self, class: &str) -> RGBColor {
        let known = self.classes.iter().position(|known| known == class);
        let index = known.unwrap_or_else(|| {
            self.classes.push(class.to_owned());
            self.classes.len() - 1
        });
        let [_, red, green, blue] = u32::try_from(index).unwrap_or(0).to_be_bytes();
        RGBColor(red, green, blue)
    }

    fn class(&self, color: Rgb) -> &str {
        let (red, green, blue) = color;
        let index = u32::from_be_bytes([0, red, green, blue]);
        usize::try_from(index).ok().and_then(|index| self.classes.get(index)).map_or("", String::as_str)
    }

    /// Adds one subpath to the path of this colour.
    fn push_path(&mut self, color: BackendColor, points: &[BackendCoord], closed: bool) {
        let Some((first, rest)) = points.split_first() else {
            return;
        };
        if self.path.as_ref().is_none_or(|(open, _)| *open != color.rgb) {
            self.flush();
        }
        let (_, data) = self.path.get_or_insert_with(|| (color.rgb, String::new()));
        push(data, format_args!("M{} {}", Tenths(first.0), Tenths(first.1)));
        for (index, (x, y)) in rest.iter().enumerate() {
            let space = if index == 0 { "L" } else { " " };
            push(data, format_args!("{space}{} {}", Tenths(*x), Tenths(*y)));
        }
        if closed {
            data.push('Z');
        }
    }

    /// Everything drawn from here on is a link, until it is closed.
    pub(super) fn open_link(&mut self, href: &str) {
        self.flush();
        push(&mut self.body, format_args!("<a href=\"{}\" tabindex=\"-1\">", escape(href)));
    }

    /// Whether anything drawn so far is a link.
    pub(super) fn holds_links(&self) -> bool {
        self.body.contains("<a href=")
    }

    /// Ends the link.
    pub(super) fn close_link(&mut self) {
        self.flush();
        self.body.push_str("</a>");
    }

    /// Writes the path that is still open, before anything is drawn over it.
    fn flush(&mut self) {
        if let Some((color, data)) = self.path.take() {
            self.push_element("path", color, format_args!(" d=\"{data}\"/>"));
        }
    }

    fn push_element(&mut self, name: &str, color: Rgb, rest: std::fmt::Arguments<'_>) {
        let class = self.class(color);
        let paint = match Texture::of(class) {
            Some(texture) if name != "text" => format!(" fill=\"{}\"", texture.reference(&self.id)),
            _ => String::new(),
        };
        let open = format!("<{name} class=\"{}\"{paint}", escape(class));
        self.body.push_str(&open);
        push(&mut self.body, rest);
    }

    /// The definitions of the textures in use.
    fn textures(&self) -> String {
        let is_used = |texture: &&Texture| self.body.contains(&texture.reference(&self.id));
        let used: String = TEXTURES.iter().filter(is_used).map(|texture| texture.definition(&self.id)).collect();
        if used.is_empty() { used } else { format!("<defs>{used}</defs>") }
    }
}

type DrawResult = Result<(), DrawingErrorKind<Infallible>>;

impl DrawingBackend for Pen {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> DrawResult {
        Ok(())
    }

    fn present(&mut self) -> DrawResult {
        self.flush();
        Ok(())
    }

    fn draw_pixel(&mut self, at: BackendCoord, color: BackendColor) -> DrawResult {
        self.push_path(color, &[at, at], false);
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> DrawResult {
        self.push_path(style.color(), &[from, to], false);
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> DrawResult {
        let mut points: Vec<_> = path.into_iter().collect();
        let closed = points.len() > 2 && points.first() == points.last();
        if closed {
            points.pop();
        }
        self.push_path(style.color(), &points, closed);
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> DrawResult {
        let points: Vec<_> = path.into_iter().collect();
        self.push_path(style.color(), &points, true);
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S, _: bool) -> DrawResult {
        self.flush();
        let (x, y) = (Tenths(from.0.min(to.0)), Tenths(from.1.min(to.1)));
        let (width, height) = (Tenths((to.0 - from.0).abs()), Tenths((to.1 - from.1).abs()));
        let place = format_args!(" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>");
        self.push_element("rect", style.color().rgb, place);
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(&mut self, centre: BackendCoord, radius: u32, style: &S, _: bool) -> DrawResult {
        self.flush();
        let (x, y) = (Tenths(centre.0), Tenths(centre.1));
        let radius = Tenths(i32::try_from(radius).unwrap_or(0));
        self.push_element("circle", style.color().rgb, format_args!(" cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>"));
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord) -> DrawResult {
        self.flush();
        let anchor = match style.anchor().h_pos {
            HPos::Left => "",
            HPos::Center => " text-anchor=\"middle\"",
            HPos::Right => " text-anchor=\"end\"",
        };
        let (x, y, text) = (Tenths(at.0), Tenths(at.1), escape(&line(text)));
        self.push_element("text", style.color().rgb, format_args!("{anchor} x=\"{x}\" y=\"{y}\">{text}</text>"));
        Ok(())
    }
}

/// A fill pattern that shows its state without colour.
struct Texture {
    class: &'static str,
    side: u8,
    strokes: &'static str,
}

const TEXTURES: [Texture; 3] = [
    Texture { class: "unknown", side: 7, strokes: "M-1 1L1 -1M0 7L7 0M6 8L8 6" },
    Texture { class: "unanswered", side: 6, strokes: "M1.5 1.5h.1M4.5 4.5h.1" },
    Texture { class: "not-applicable", side: 5, strokes: "M0 2.5H5" },
];

impl Texture {
    fn of(class: &str) -> Option<&'static Texture> {
        TEXTURES.iter().find(|texture| class.split(' ').any(|word| word == texture.class))
    }

    fn reference(&self, id: &str) -> String {
        format!("url(#{id}-{})", self.class)
    }

    fn definition(&self, id: &str) -> String {
        let Texture { class, side, strokes } = self;
        format!(
            "<pattern id=\"{id}-{class}\" width=\"{side}\" height=\"{side}\" patternUnits=\"userSpaceOnUse\">\
             <rect class=\"texture\" width=\"{side}\" height=\"{side}\"/>\
             <path class=\"texture-stroke {class}\" d=\"{strokes}\"/></pattern>"
        )
    }
}

/// Tenths of a viewBox unit, written as a number with at most one decimal.
#[derive(Clone, Copy)]
pub(super) struct Tenths(pub(super) i32);

impl std::fmt::Display for Tenths {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (sign, whole, rest) =
            (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs() / 10, self.0.unsigned_abs() % 10);
        if rest == 0 { write!(f, "{sign}{whole}") } else { write!(f, "{sign}{whole}.{rest}") }
    }
}

/// An id that needs no escaping where it is used.
pub(super) fn plain_id(id: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }
    };
    id.chars().map(plain).collect()
}

fn push(svg: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = svg.write_fmt(text);
}
