//! Diagnostics in, text for people out: message, `path:line:col`, snippet and help, in rustc's layout.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Colour, Diagnostic, Place, Severity, position};
use crate::base::text::line;
use crate::border::quoted;
use crate::load::workspace::Workspace;

/// Prints each diagnostic and a closing line that counts them; nothing at all for none.
pub(super) fn print(diagnostics: &[Diagnostic], workspace: &Workspace, colour: Colour) -> String {
    let renderer = match colour {
        Colour::Plain => Renderer::plain(),
        Colour::Ansi => Renderer::styled(),
    };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let mut out: String =
        diagnostics.iter().map(|diagnostic| renderer.render(&[group(diagnostic, workspace)]) + "\n\n").collect();
    if !diagnostics.is_empty() {
        out += &format!("{}\n", tally(diagnostics));
    }
    out
}

/// `3 errors, 1 warning`.
pub(super) fn tally(diagnostics: &[Diagnostic]) -> String {
    let count = |severity| diagnostics.iter().filter(|d| d.code.severity() == severity).count();
    let parts = [
        (count(Severity::Error), "error"),
        (count(Severity::Warning), "warning"),
        (count(Severity::Finding), "finding"),
    ];
    let said =
        parts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}{}", if *n == 1 { "" } else { "s" }));
    said.collect::<Vec<_>>().join(", ")
}

fn group<'a>(diagnostic: &'a Diagnostic, workspace: &'a Workspace) -> Group<'a> {
    let level = match diagnostic.code.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Finding => Level::NOTE.with_name("finding"),
    };
    let mut marks = vec![(AnnotationKind::Primary, &diagnostic.place, diagnostic.label.as_str())];
    marks.extend(diagnostic.related.iter().map(|(place, label)| (AnnotationKind::Context, place, label.as_str())));
    let mut group = Group::with_title(level.primary_title(line(&diagnostic.message)).id(diagnostic.code.name()));
    for (kind, place, label) in marks {
        let path = line(&workspace.shown(&place.path));
        group = match workspace.text(&place.path).filter(|text| !text.is_empty()) {
            Some(text) => group.element(snippet(text, kind, place, label).path(path)),
            None => group.element(Origin::path(path).line(1).char_column(1)),
        };
    }
    for help in &diagnostic.help {
        group = group.element(Level::HELP.message(line(help)));
    }
    group
}

/// The lines of `place` alone: the whole file would have to be laid out for each diagnostic.
fn snippet<'a>(
    text: &'a str,
    kind: AnnotationKind,
    place: &Place,
    label: &str,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let start = text.floor_char_boundary(place.start);
    let end = text.floor_char_boundary(place.end.max(start));
    let from = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    // A place that spans lines is shown by its first one: the rest is seldom what is wrong.
    let line_end = text[start..].find('\n').map_or(text.len(), |newline| start + newline);
    let end = end.min(line_end);
    let source = text[from..line_end].trim_end_matches('\r');
    let span = (start - from).min(source.len())..(end - from).min(source.len());
    // A byte order mark is no character of the first line.
    let mark = if from == 0 && source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let span = span.start.saturating_sub(mark)..span.end.saturating_sub(mark);
    let source = &source[mark..];
    // What is shown may be longer than what is written.
    let shown = |end: usize| quoted(&source[..source.floor_char_boundary(end)]);
    let annotation = kind.span(shown(span.start).len()..shown(span.end).len());
    let annotation = if label.is_empty() { annotation } else { annotation.label(line(label)) };
    Snippet::source(shown(source.len())).line_start(position(text, start).line).annotation(annotation)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::diagnostic::Code;
    use crate::load::workspace::{Entry, load};

    #[test]
    fn a_byte_order_mark_anywhere_is_no_reason_to_panic() {
        let mut workspace = load(std::path::Path::new("/nowhere"));
        for text in ["\u{feff}a = 1\n", "\u{feff}\u{feff}a\n", "a = 1\n\u{feff}\n", "\u{feff}", "a\u{feff}"] {
            workspace.files = BTreeMap::from([("x.toml".to_owned(), Entry::Text(text.into()))]);
            for at in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
                let place = Place { start: at, end: text.len(), ..Place::file("x.toml") };
                let printed = print(&[Diagnostic::new(Code::TomlSyntax, place, "x")], &workspace, Colour::Plain);
                assert!(printed.contains("x.toml:"), "{printed}");
            }
        }
    }
}
