//! Prints diagnostics for people: message, `path:line:col`, snippet and help, in rustc's layout.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::diagnostics::tally;
use super::{Colour, Diagnostic, Diagnostics, Place, Printed, Severity};
use crate::base::number::grouped;
use crate::base::place::Lines;
use crate::base::text::line;
use crate::border::quoted;

/// Prints each selected diagnostic, the number of further ones, and a closing line with all counts; empty if there are none.
pub(super) fn print(printed: &Printed<'_>, diagnostics: &Diagnostics, colour: Colour) -> String {
    let renderer = match colour {
        Colour::Plain => Renderer::plain(),
        Colour::Ansi => Renderer::styled(),
    };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let snippets = printed.diagnostics.iter().map(|diagnostic| renderer.render(&[group(diagnostic, printed)]) + "\n\n");
    let mut out: String = snippets.collect();
    printed.unprinted.iter().for_each(|unprinted| out += &format!("{}\n", unprinted.message(printed.workspace)));
    if !diagnostics.is_empty() {
        let shown = format!("; {} of them are shown", grouped(printed.diagnostics.len()));
        let shown = if printed.unprinted.is_empty() { "" } else { &shown };
        out += &format!("{}{shown}\n", tally(diagnostics.counts()));
    }
    out
}

fn group<'a>(diagnostic: &'a Diagnostic, printed: &'a Printed<'_>) -> Group<'a> {
    let level = match diagnostic.code.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Finding => Level::NOTE.with_name("finding"),
    };
    let mut marks = vec![(AnnotationKind::Primary, &diagnostic.place, diagnostic.label.as_str())];
    marks.extend(diagnostic.related.iter().map(|(place, label)| (AnnotationKind::Context, place, label.as_str())));
    let mut group = Group::with_title(level.primary_title(line(&diagnostic.message)).id(diagnostic.code.name()));
    for (kind, place, label) in marks {
        let (path, lines) = (line(&printed.shown(place)), &printed.lines[&place.path]);
        let (start, _) = printed.positions(place);
        group = match snippet(lines, kind, place, label) {
            None => group.element(Origin::path(path).line(1).char_column(1)),
            Some((snippet, Cut::No)) => group.element(snippet.path(path)),
            // If the start of the line is cut, the snippet cannot know the column.
            Some((snippet, Cut::AtStart)) => {
                group.element(Origin::path(path).line(start.line).char_column(start.column)).element(snippet)
            }
        };
    }
    for help in &diagnostic.help {
        group = group.element(Level::HELP.message(line(help)));
    }
    group
}

/// The most bytes of a line that are shown on each side of the marked part.
const BESIDE: usize = 200;

/// Whether the start of a line is left out.
enum Cut {
    No,
    AtStart,
}

/// Only the first line of `place`: showing more would mean laying out the whole file for each diagnostic, and the fault is
/// rarely further down. A long line is cut around the place; an empty file has no snippet.
fn snippet<'a>(
    lines: &Lines<'a>,
    kind: AnnotationKind,
    place: &Place,
    label: &str,
) -> Option<(Snippet<'a, annotate_snippets::Annotation<'a>>, Cut)> {
    let text = Some(lines.text()).filter(|text| !text.is_empty())?;
    let start = text.floor_char_boundary(place.start);
    let whole = lines.around(start);
    let source = text[whole.clone()].trim_end_matches('\r');
    let [start, end] = [start, place.end.clamp(start, whole.end)].map(|at| (at - whole.start).min(source.len()));
    let from = source.floor_char_boundary(start.saturating_sub(BESIDE));
    let until = source.ceil_char_boundary(end.min(start + BESIDE) + BESIDE).min(source.len());
    // A byte order mark is not a character of the first line.
    let mark = if whole.start == 0 && source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let from = from.max(mark);
    // The shown text may be longer than the text in the file.
    let shown = |end: usize| quoted(&source[from..source.floor_char_boundary(end.clamp(from, until))]);
    let annotation = kind.span(shown(start).len()..shown(end).len());
    let annotation = if label.is_empty() { annotation } else { annotation.label(line(label)) };
    let snippet = Snippet::source(shown(until)).line_start(lines.number(whole.start)).annotation(annotation);
    Some((snippet, if from > mark { Cut::AtStart } else { Cut::No }))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::diagnostic::{Code, DiagnosticFormat};
    use crate::load::workspace::{Entry, load};

    #[test]
    fn a_byte_order_mark_anywhere_is_no_reason_to_panic() {
        let mut workspace = load(std::path::Path::new("/nowhere"));
        for text in ["\u{feff}a = 1\n", "\u{feff}\u{feff}a\n", "a = 1\n\u{feff}\n", "\u{feff}", "a\u{feff}"] {
            workspace.files = BTreeMap::from([("x.toml".to_owned(), Entry::Text(text.into()))]);
            for at in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
                let place = Place { start: at, end: text.len(), ..Place::file("x.toml") };
                let found = Diagnostics::from_iter([Diagnostic::new(Code::TomlSyntax, place, "x")]);
                let printed = crate::diagnostic::print(&found, &workspace, DiagnosticFormat::Text, Colour::Plain);
                assert!(printed.contains("x.toml:"), "{printed}");
            }
        }
    }
}
