//! How high the rows of a workbook must be.

/// How high a row must be, in points, for each of these texts to be seen whole in its column's width. No program works that out for
/// every file, and Excel allows no more than 409.
pub(super) fn height<'t>(texts: impl IntoIterator<Item = (&'t str, f64)>) -> f64 {
    let lines = |(text, width): (&str, f64)| {
        let line = |line: &str| (line.chars().map(advance).sum::<f64>() / width).ceil().max(1.0);
        text.split('\n').map(line).sum::<f64>()
    };
    (texts.into_iter().map(lines).fold(1.0, f64::max) * LINE_HEIGHT + 5.0).min(409.0)
}

/// The height of a line, in points.
const LINE_HEIGHT: f64 = 13.5;

/// How wide a character is in the small letters of these cells, in the unit of columns, with room for the words that do not fit at the
/// end of a line. Wide letters take two.
fn advance(c: char) -> f64 {
    if matches!(c, '\u{1100}'..='\u{115F}' | '\u{2E80}'..='\u{A4CF}' | '\u{AC00}'..='\u{D7A3}' | '\u{F900}'..='\u{FAFF}' | '\u{FF00}'..='\u{FF60}')
    {
        2.0
    } else {
        0.8
    }
}
