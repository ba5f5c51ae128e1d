//! Prints the description of a kind of file, for a terminal or as Markdown.

use super::{FileKind, Key, KeyOfKind, Of, Reference, ValueSort};
use crate::border::Shown;
use crate::diagnostic::Layout;

/// A table of a file.
struct Section<'r> {
    /// Its header in TOML; empty for the keys in front of all headers.
    header: String,
    /// What the table means.
    means: &'r str,
    /// Another table, if it has the keys of that one.
    like: Option<&'r str>,
    keys: Vec<&'r Key>,
}

/// The description of a kind of file.
pub fn print(reference: &Reference, kind: &FileKind, layout: Layout) -> Shown {
    let sections = sections(reference, kind);
    let text = match layout {
        Layout::Text => text(kind, &sections),
        Layout::Markdown => markdown(kind, &sections),
    };
    Shown::lines(&text)
}

fn sections<'r>(reference: &'r Reference, kind: &'r FileKind) -> Vec<Section<'r>> {
    let mut sections = Vec::new();
    let top = Section { header: String::new(), means: "", like: None, keys: plain(&reference.top(kind)) };
    sections.extend(Some(top).filter(|top| !top.keys.is_empty()));
    for key in kind.keys.iter().filter(|key| key.sort.holds_keys()) {
        // The keys of `like` and `*` are described at their own place.
        let is_own =
            |entry: &KeyOfKind<'_>| key.like.is_none() && (key.path.contains(".*") || !entry.key.path.contains(".*"));
        let below: Vec<KeyOfKind<'_>> = reference.below(KeyOfKind { kind, key }).into_iter().filter(is_own).collect();
        let section =
            Section { header: header(key), means: &key.means, like: key.like.as_deref(), keys: plain(&below) };
        // A value that may also be a table is a row of its own table.
        if matches!(key.sort, ValueSort::Table | ValueSort::Tables) || !section.keys.is_empty() {
            sections.push(section);
        }
    }
    let shared = kind.keys.iter().filter(|key| key.path.contains(".*."));
    let mut groups: Vec<(&str, Vec<&Key>)> = Vec::new();
    for key in shared.filter(|key| !key.sort.holds_keys()) {
        match groups.iter_mut().find(|(above, _)| *above == key.above()) {
            Some((_, keys)) => keys.push(key),
            None => groups.push((key.above(), vec![key])),
        }
    }
    for (above, keys) in groups {
        let header = format!("[{above}]");
        match sections.iter_mut().find(|section| section.header == header) {
            Some(section) => section.keys = keys,
            None => sections.push(Section {
                header,
                means: "In the place of `*` stands any key of the table above.",
                like: None,
                keys,
            }),
        }
    }
    sections
}

/// The keys that hold no keys themselves, or may also be something else.
fn plain<'r>(entries: &[KeyOfKind<'r>]) -> Vec<&'r Key> {
    let is_plain = |key: &&Key| !matches!(key.sort, ValueSort::Table | ValueSort::Tables);
    entries.iter().map(|entry| entry.key).filter(is_plain).collect()
}

/// The header of a table in TOML. A list of tables in a list is written with the path of both.
fn header(key: &Key) -> String {
    if key.sort == ValueSort::Tables { format!("[[{}]]", key.path) } else { format!("[{}]", key.path) }
}

/// What values a key takes, in words.
pub(super) fn values(key: &Key) -> String {
    let words = key.one_of.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>();
    if !words.is_empty() && key.sort == ValueSort::Text {
        return listed(&words, "or");
    }
    let one = match key.of {
        Some(Of::Node) => "the id of a framework, Function, Category or control",
        Some(Of::Control) => "the id of a control",
        Some(Of::Framework) => "the id of a framework",
        Some(Of::Team) => "the id of a team",
        Some(Of::Kind) => "a kind of evidence",
        Some(Of::Level) => "a level of the scale",
        Some(Of::Quarter) => "a quarter such as `2026-Q3`",
        Some(Of::Days) => "days such as `365d`",
        Some(Of::Period) => "two dates with `..` between them",
        Some(Of::Link) => "an address",
        Some(Of::Artifact) => "a path",
        Some(Of::Fact) | None => "",
    };
    let many = match key.of {
        Some(Of::Node) => "ids of frameworks, Functions, Categories or controls",
        Some(Of::Framework) => "ids of frameworks",
        Some(Of::Team) => "ids of teams",
        Some(Of::Control) => "ids of controls",
        Some(Of::Kind) => "kinds of evidence",
        _ => "texts",
    };
    let or = |plain: &str| if one.is_empty() || key.is_free() { plain.to_owned() } else { format!("{plain}: {one}") };
    match key.sort {
        ValueSort::Text => or("text"),
        ValueSort::Texts if !words.is_empty() => format!("a list of {}", listed(&words, "and")),
        ValueSort::Texts => format!("a list of {many}"),
        ValueSort::TextOrTexts if !words.is_empty() => format!("{}, or a list of these", listed(&words, "or")),
        ValueSort::TextOrTexts => format!("text, or a list of {many}"),
        ValueSort::Integer => key.range.map_or_else(
            || "a whole number".to_owned(),
            |(least, most)| format!("a whole number from {least} to {most}"),
        ),
        ValueSort::Number => or("a number"),
        ValueSort::NumberOrTable => format!("{}, or a table", or("a number")),
        ValueSort::IntegerOrText => "a whole number, or text".to_owned(),
        ValueSort::TextOrTable if !words.is_empty() => format!("{}, or a table", listed(&words, "or")),
        ValueSort::TextOrTable => "text, or a table".to_owned(),
        ValueSort::Boolean => "`true` or `false`".to_owned(),
        ValueSort::Date => "a date".to_owned(),
        ValueSort::Table => "a table".to_owned(),
        ValueSort::Tables => "a list of tables".to_owned(),
        ValueSort::Any => "see its meaning".to_owned(),
    }
}

fn listed(words: &[String], and: &str) -> String {
    match words {
        [first @ .., last] if !first.is_empty() => format!("{} {and} {last}", first.join(", ")),
        _ => words.join(", "),
    }
}

/// Whether the key must be there, or what holds without it; and the version of a key that is younger than its file.
fn without(kind: &FileKind, key: &Key) -> String {
    let default = match (key.required, key.is_free()) {
        (true, _) => "required".to_owned(),
        (false, true) => String::new(),
        (false, false) => format!("default: {}", key.default),
    };
    let parts = [default, Some(format!("since {}", key.since)).filter(|_| key.since != kind.since).unwrap_or_default()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
}

/// `key = value`
fn example(key: &Key) -> String {
    let name = if key.is_free() { &key.name } else { key.last() };
    format!("{name} = {}", key.example)
}

/// Where the keys of a table stand that has those of another one.
fn like(like: &str) -> String {
    match like.split_once(' ') {
        Some((file, path)) => format!("The keys are those of `[{path}]` in {file}."),
        None => format!("The keys are those of `{like}`."),
    }
}

fn text(kind: &FileKind, sections: &[Section<'_>]) -> String {
    let mut out =
        format!("{}\n{}\n\n{}\nSince version {}.\n", kind.file, kind.path, wrapped(&kind.means, 0), kind.since);
    for section in sections {
        if !section.header.is_empty() {
            out += &format!("\n{}\n{}\n", section.header, wrapped(section.means, 0));
        }
        out += &section.like.map(|path| like(path) + "\n").unwrap_or_default();
        for key in &section.keys {
            let without = without(kind, key);
            let without = if without.is_empty() { without } else { format!("; {without}") };
            out += &format!("\n  {}\n{}\n", key.last(), wrapped(&key.means, 4));
            out += &format!("{}\n", wrapped(&format!("{}{without}", values(key)), 4));
            out += &format!("    {}\n", example(key));
        }
    }
    out
}

/// How wide a line of the text is, in characters.
const WIDTH: usize = 100;

/// Lines of `text`, behind so many blanks, without the marks of code.
fn wrapped(text: &str, blanks: usize) -> String {
    let (mut lines, mut line) = (Vec::new(), " ".repeat(blanks));
    for word in text.replace('`', "").split(' ') {
        if line.chars().count() + word.chars().count() > WIDTH && line.len() > blanks {
            lines.push(std::mem::replace(&mut line, " ".repeat(blanks)));
        }
        line += &format!("{word} ");
    }
    lines.push(line);
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
}

fn markdown(kind: &FileKind, sections: &[Section<'_>]) -> String {
    let FileKind { file, path, means, since, .. } = kind;
    let mut out = format!("# {file}\n\n`{path}`, since version {since}. {means}\n");
    for section in sections {
        if !section.header.is_empty() {
            out += &format!("\n## `{}`\n\n{}\n", section.header, section.means);
        }
        out += &section.like.map(|path| format!("\n{}\n", like(path))).unwrap_or_default();
        if section.keys.is_empty() {
            continue;
        }
        out += "\n| key | meaning | value | without it | example |\n| --- | --- | --- | --- | --- |\n";
        for key in &section.keys {
            let without = without(kind, key).replacen("default: ", "", 1);
            out +=
                &format!("| `{}` | {} | {} | {without} | `{}` |\n", key.last(), key.means, values(key), example(key));
        }
    }
    out
}
