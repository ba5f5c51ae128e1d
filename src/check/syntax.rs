//! Parses a TOML file: gives its tree and every syntax error.

use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::DeTable;

use super::fields::Fields;
use crate::base::place::Lines;
use crate::base::text::cut;
use crate::border::toml::quoted;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Follows, PER_FILE, Place};
use crate::load::workspace::{Entry, Workspace};

/// One syntax error.
pub(super) struct SyntaxError {
    pub(super) message: String,
    pub(super) span: Range<usize>,
    /// For a duplicate: the place of the first key or header.
    pub(super) first: Option<Range<usize>>,
}

impl SyntaxError {
    /// Whether it is in a header, and `offset` lies in the table below that header.
    fn stands_above(&self, text: &str, offset: usize) -> bool {
        let line = line_of(text, self.span.start);
        let body = text.get(line.end..offset).unwrap_or_default();
        text[line].trim_start().starts_with('[') && !body.lines().any(|line| line.trim_start().starts_with('['))
    }
}

/// A TOML file, parsed as far as possible.
pub(super) struct Parsed<'w> {
    pub(super) path: Arc<str>,
    pub(super) text: &'w str,
    tree: Spanned<DeTable<'w>>,
    /// The first syntax errors.
    pub(super) errors: Vec<SyntaxError>,
    /// The number of further syntax errors.
    untold: usize,
}

impl<'w> Parsed<'w> {
    /// Parses the file at `path`. `None` if the file has no text; that is reported for the file itself.
    pub(super) fn new(workspace: &'w Workspace, path: &str) -> Option<Self> {
        let Some(Entry::Text(text)) = workspace.files.get(path) else { return None };
        Some(Self::part(path, text))
    }

    /// What could be read of the file.
    pub(super) fn tree(&self) -> &DeTable<'w> {
        self.tree.get_ref()
    }

    /// Parses `text` as the start of the file at `path`.
    pub(super) fn part(path: &str, text: &'w str) -> Self {
        let (tree, errors, untold) = parse(text);
        Self { path: Arc::from(path), text, tree, errors, untold }
    }

    /// Reports the syntax errors and what `read` finds. Leaves out faults that only follow from a syntax error: those on the same
    /// line, and that a table lacks something which may be what the line was meant to say.
    pub(super) fn read<T>(self, found: &mut Diagnostics, read: impl FnOnce(Fields<'_, '_>) -> T) -> T {
        let broken: Vec<_> = self.errors.iter().map(|error| line_of(self.text, error.span.start)).collect();
        for error in self.errors {
            let advice = instead(self.text, &error).or_else(|| advice(&error.message).map(str::to_owned));
            let place = Place::new(&self.path, error.span);
            let to_quote = unquoted_id(self.text, &error.message, place.start);
            let mut diagnostic = Diagnostic::new(Code::TomlSyntax, place, error.message);
            diagnostic.help.extend(to_quote.or(advice));
            if let Some(first) = error.first {
                diagnostic = diagnostic.label("again here").related(Place::new(&self.path, first), "first here");
            }
            found.push(diagnostic);
        }
        found.count(Code::TomlSyntax, &self.path, self.untold);
        let lines = Lines::of(self.text);
        let follows = Follows { lacking: headers_above(self.text, &broken), all: broken };
        found.without(follows, |found| read(Fields::new(&self.path, &lines, self.tree.get_ref(), found)))
    }
}

/// The most brackets that may be open at once. Only a malicious file has more, and each one slows the parser down.
const DEPTH_LIMIT: usize = 10_000;

/// Parses `text` as far as possible: its tree, the first syntax errors, and the number of further errors.
fn parse(text: &str) -> (Spanned<DeTable<'_>>, Vec<SyntaxError>, usize) {
    if let Some(at) = too_deep(text) {
        let message = format!("more than {DEPTH_LIMIT} brackets are open here");
        return (DeTable::parse_recoverable("").0, vec![SyntaxError { message, span: at..at + 1, first: None }], 0);
    }
    let (tree, mut errors) = DeTable::parse_recoverable(text);
    let untold = errors.len().saturating_sub(PER_FILE);
    errors.truncate(PER_FILE);
    let mut found: Vec<SyntaxError> = Vec::new();
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let duplicate = error.message() == "duplicate key";
        // In a duplicate table, each key is a duplicate too. The error at the header is enough.
        if duplicate && found.last().is_some_and(|last| last.first.is_some() && last.stands_above(text, span.start)) {
            continue;
        }
        let first = if duplicate { first_of(text, &span) } else { None };
        let (message, span) = meant(text, error.message(), span);
        found.push(SyntaxError { message: message.to_owned(), span, first });
    }
    found.sort_by_key(|error| error.span.start);
    found.dedup_by(|next, last| {
        // An error that starts where the last error ends follows from it. Without a comma, so does the rest of the line.
        let between = text.get(last.span.end..next.span.start).unwrap_or_default();
        let line_is_lost = last.message == NO_COMMA && !between.contains('\n');
        // One id without quotes has as many errors as other characters.
        let is_one_id =
            next.message.starts_with(UNQUOTED) && last.message.starts_with(UNQUOTED) && !between.contains('\n');
        let follows = line_is_lost || is_one_id || between.trim_matches([' ', '=']).is_empty();
        last.span.end = if follows { last.span.end.max(next.span.end) } else { last.span.end };
        follows
    });
    (tree, found, untold)
}

/// The real fault and its place, instead of the parser's message and position.
fn meant<'m>(text: &str, message: &'m str, span: Range<usize>) -> (&'m str, Range<usize>) {
    let line = line_of(text, span.start);
    if CONFLICT.iter().any(|mark| text[line.clone()].starts_with(mark)) {
        return ("a merge conflict", line.start..line.start + text[line].trim_end().len());
    }
    let at = text.floor_char_boundary(span.start);
    let ends = |c: char| c.is_whitespace() || ",[]{}=\"'".contains(c);
    let start = text[line.start..at].rfind(ends).map_or(line.start, |end| line.start + end + 1);
    let end = text[at..line.end].find(ends).map_or(line.end, |end| at + end);
    let word = text.get(start..end).unwrap_or_default();
    let rest = text.get(span.end..).unwrap_or_default();
    match message.split(", expected").next().unwrap_or_default() {
        // The parser reports `level = ` without a value as an unquoted text.
        "string values must be quoted" if span.is_empty() => ("a value is missing", span),
        "string values must be quoted" | "invalid date" | "invalid time" if rest.trim_start().starts_with('=') => {
            (NO_COMMA, span)
        }
        "invalid date" | "invalid time" => (message, span),
        _ if is_date(word) => ("invalid date", start..end),
        "invalid float" if word.starts_with(char::is_alphabetic) => ("string values must be quoted", span),
        "unexpected key or value" if text[at..].starts_with(',') => ("a comma in a value", at..at + 1),
        _ => (message, span),
    }
}

/// Whether `word` is a date of three numbers, as in 03.09.2026 or 2026/09/03.
fn is_date(word: &str) -> bool {
    let parts: Vec<&str> = word.split(['-', '\u{2013}', '.', '/']).collect();
    let numbers = parts.iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    numbers && parts.len() == 3 && parts.iter().any(|part| part.len() == 4)
}

/// The marks that git writes at the start of a line in a merge conflict.
const CONFLICT: [&str; 4] = ["<<<<<<<", "|||||||", "=======", ">>>>>>>"];

/// Advice for a syntax error whose message starts with these words.
const ADVICE: &[(&str, &str)] = &[
    ("a comma in a value", "write decimals with a point, as in 2.5, and more than one value as a list between [ and ]"),
    (NO_COMMA, "put it between the two"),
    ("a merge conflict", "keep one side and remove the marks"),
    ("a value is missing", "write a value behind the `=`, or remove the key"),
    ("duplicate key", "keep one of the two"),
    ("extra comma", "remove it"),
    ("invalid basic string", "end the text with a quotation mark; text of several lines stands between three of them"),
    ("invalid boolean", "write true or false, in small letters"),
    ("invalid date", "write 2026-09-30, without quotes"),
    ("invalid fraction", "write the digits on both sides of the point, as in 2.5"),
    ("invalid mantissa", "write the digits on both sides of the point, as in 2.5"),
    ("invalid time", "write a date alone, as in 2026-09-30"),
    (UNQUOTED, "put a key with other characters between quotation marks; a remark starts with #"),
    ("key with no value", "write key = value; a remark starts with #"),
    ("missing comma", "put it between the two"),
    ("missing escaped value", BACKSLASH),
    ("string values must be quoted", "put text between straight quotation marks, as in \"text\""),
    ("too few unicode value digits", BACKSLASH),
    ("unexpected key or value", "write one value behind the `=`; text with an apostrophe stands between \" and \""),
    ("unexpected leading zero", "write the number without it"),
];

/// How to write the id that the line at `at` opens a table for, if only quotation marks are missing.
fn unquoted_id(text: &str, message: &str, at: usize) -> Option<String> {
    let line = text[line_of(text, at)].trim().strip_prefix('[').filter(|_| message.starts_with(UNQUOTED))?;
    let id = line.strip_suffix(']')?.trim_matches(['[', ']']);
    let quoted = quoted(id);
    (!id.contains(['"', '\''])).then(|| format!("put an id with other characters between quotation marks: [{quoted}]"))
}

const UNQUOTED: &str = "invalid unquoted key";
const NO_COMMA: &str = "a comma is missing";
const BACKSLASH: &str = "write each backslash twice, or put the text between ' and '";

/// The longest key or value that advice repeats, in characters.
const REPEATED: usize = 40;

/// What to write in the place of a value that people often write otherwise; `None` for any other mistake.
fn instead(text: &str, error: &SyntaxError) -> Option<String> {
    let line = line_of(text, error.span.start);
    let at = text.floor_char_boundary(error.span.start.min(line.end));
    let Some(equals) = text[line.start..at].rfind('=').map(|equals| line.start + equals) else {
        let (key, value) = text[line].split_once(':')?;
        let is_key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let (key, value) = (key.trim(), cut(value.trim(), REPEATED));
        let colon = !key.is_empty() && key.chars().all(is_key);
        return colon.then(|| format!("write `=` for the colon: {} = {value}", cut(key, REPEATED)));
    };
    let key = text[line.start..equals].trim_end().rsplit([' ', '{', ',', '.', '\t']).next().unwrap_or_default();
    let value = text[equals + 1..line.end].trim();
    if value.starts_with('"') && error.message.starts_with("unexpected key or value") {
        let help = "write a quotation mark inside text as \\\", or put the text between ' and '";
        return (value.matches('"').count() > 2).then(|| help.to_owned());
    }
    let value = value.split(['#', ',', '}']).next().unwrap_or_default().trim();
    let key = cut(key, REPEATED);
    if let Some(number) = value.strip_suffix('%').map(str::trim).filter(|number| is_number(number)) {
        return Some(format!("write the number alone, without a sign: {key} = {}", cut(number, REPEATED)));
    }
    match value.to_lowercase().as_str() {
        _ if matches!(&*key, "not_applicable" | "unknown") => {
            Some(format!("write the reason as text: {key} = \"why\""))
        }
        "yes" | "on" | "true" => Some(format!("write {key} = true; text stands between quotation marks")),
        "no" | "off" | "false" => Some(format!("write {key} = false; text stands between quotation marks")),
        _ if key == "level" && error.message.starts_with("string values") => Some(level_in_words(value)),
        _ => None,
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// What to write in the place of a level that is a word.
pub(super) fn level_in_words(word: &str) -> String {
    match word.to_lowercase().as_str() {
        "n/a" | "na" | "not applicable" | "not_applicable" => {
            "write not_applicable = \"why\" in the place of `level`".to_owned()
        }
        "unknown" | "?" | "tbd" | "todo" => "write unknown = \"why\" in the place of `level`".to_owned(),
        _ => "write the number of the level, without quotes: level = 2".to_owned(),
    }
}

fn advice(message: &str) -> Option<&'static str> {
    ADVICE.iter().find(|(words, _)| message.starts_with(words)).map(|(_, advice)| *advice)
}

/// The place where too many brackets are open, if any. Brackets inside texts count too; this does no harm.
fn too_deep(text: &str) -> Option<usize> {
    // Counting brackets is much faster than following them.
    if text.bytes().filter(|byte| matches!(byte, b'[' | b'{')).count() <= DEPTH_LIMIT {
        return None;
    }
    let mut open = 0_usize;
    text.bytes().position(|byte| {
        match byte {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        open > DEPTH_LIMIT
    })
}

/// The line that holds the byte at `offset`.
pub(super) fn line_of(text: &str, offset: usize) -> Range<usize> {
    let offset = text.floor_char_boundary(offset);
    let start = text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[offset..].find('\n').map_or(text.len(), |newline| offset + newline);
    start..end
}

/// The headers of the tables in which one of these lines stands, which are in order; the start of the file for its first table. A
/// line that is a header itself tells nothing of the table above it.
fn headers_above(text: &str, lines: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut headers: Vec<Range<usize>> = Vec::new();
    let (mut header, mut start) = (0..0, 0);
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        if line.trim_start().starts_with('[') {
            header = start..end;
        } else if lines.binary_search_by_key(&start, |line| line.start).is_ok() && headers.last() != Some(&header) {
            headers.push(header.clone());
        }
        start = end;
    }
    headers
}

/// The first place of the key at `span`: an earlier line that starts in the same way.
fn first_of(text: &str, span: &Range<usize>) -> Option<Range<usize>> {
    let line = line_of(text, span.start);
    let opening = text.get(line.start..span.end)?.trim_start();
    let before = &text[..line.start];
    let scope = if opening.starts_with('[') { 0 } else { before.rfind("\n[").unwrap_or(0) };
    let goes_on = |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    let same = |earlier: &str| earlier.trim_start().strip_prefix(opening).is_some_and(|rest| !goes_on(rest));
    let found = before[scope..].lines().find(|earlier| same(earlier))?;
    // `find` returns a slice of `text`, so its address gives its offset.
    let start = found.as_ptr() as usize - text.as_ptr() as usize + found.find(opening)?;
    let key = start + opening.len() - span.len();
    Some(key..key + span.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_given_twice_is_one_mistake_with_two_places() {
        let text = "[PR.DS-11]\nlevel = 3\n\n[PR.DS-11]\nlevel = 4\nnote = \"x\"\n[PR.DS-02]\nlevel = 1\nlevel = 2\n";
        let (_, errors, _) = parse(text);
        let said: Vec<_> = errors.iter().map(|e| (e.span.clone(), e.first.clone())).collect();
        assert_eq!(said, [(26..31, Some(4..9)), (75..80, Some(65..70))]);
    }

    #[test]
    fn a_longer_key_is_not_the_first_of_a_shorter_one() {
        let (_, errors, _) = parse("levels = 1\nlevel = 1\nlevel = 2\n");
        assert_eq!(errors[0].first, Some(11..16));
    }

    #[test]
    fn the_first_of_two_keys_may_be_indented() {
        let (_, errors, _) = parse("  level = 1\nlevel = 2\n");
        assert_eq!(errors[0].first, Some(2..7));
    }

    #[test]
    fn only_brackets_that_are_open_at_once_are_too_many() {
        let open = "[{".repeat(DEPTH_LIMIT / 2);
        assert_eq!(too_deep(&open), None);
        assert_eq!(too_deep(&format!("{open}{{")), Some(DEPTH_LIMIT));
        assert_eq!(too_deep(&format!("{open}}}[")), None);
        assert_eq!(too_deep(&"[]{}".repeat(DEPTH_LIMIT)), None);
    }

    #[test]
    fn endless_errors_are_counted() {
        let texts = [PER_FILE, PER_FILE + 7].map(|count| "x\n".repeat(count));
        let told = |text: &str| (parse(text).1.len(), parse(text).2);
        assert_eq!(told(&texts[0]), (PER_FILE, 0));
        assert_eq!(told(&texts[1]), (PER_FILE, 7));
    }

    #[test]
    fn every_syntax_error_is_found_in_one_run() {
        let (tree, errors, _) = parse("a = \n[x\nc = 4\n[y]\nd = \"abc\ne = 5\n");
        assert_eq!(errors.len(), 3);
        assert!(tree.get_ref().contains_key("y"));
    }
}
