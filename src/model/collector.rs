//! Collectors: where result files of tools lie, and the mappings that say what of such a file is a fact or evidence.

use serde_json_path::JsonPath;

use crate::base::place::Origin;
use crate::model::evidence::Kind;
use crate::model::ids::TeamId;

/// The folder of a team's artifacts in which collectors keep the files that they took.
pub const KEPT: &str = "artifacts/collected";
/// What stands for the id of a team in the glob of a collector.
pub const TEAM: &str = "{team}";

/// One `[[collect]]` of `milepost.toml`.
#[derive(Clone, Debug)]
pub struct Collector {
    /// Its name, which evidence carries.
    pub name: String,
    /// The glob of its files below the workspace's root; may hold [`TEAM`] in the place of one folder or of a part of a name.
    pub files: String,
    /// The team whose files they are; `None` if the glob says it.
    pub team: Option<TeamId>,
    /// The name of its mapping.
    pub map: String,
    /// The control that it serves; `None` if the mapping says it.
    pub control: Option<String>,
    /// The kind of its evidence; `None` if the mapping says it.
    pub kind: Option<Kind>,
    /// The title of its evidence; `None` if the mapping says it.
    pub title: Option<String>,
    /// What is kept of a file.
    pub keep: Keep,
    /// SHA-256 of all that decides what it reads, apart from the place of the files: its own keys and its mapping.
    pub rules: String,
    /// Where it is written.
    pub origin: Origin,
}

/// What is kept of a file that was collected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    /// The file as it is.
    #[default]
    Copy,
    /// Only the values that were used, and the file's digest.
    Extract,
}

/// How a kind of result file is read.
#[derive(Clone, Debug)]
pub struct ResultMapping {
    /// Its name: that of its file without the ending.
    pub name: String,
    /// The container of the file.
    pub format: ResultFormat,
    /// What divides the cells of a CSV; `None` if the first line shows it.
    pub delimiter: Option<char>,
    /// What a file of this kind holds. Without it, the file is of another kind.
    pub require: Option<Pointer>,
    /// The control that the file speaks of; `None` where each row says it, or the collector.
    pub control: Option<String>,
    /// The rows, where each says which control it is about.
    pub rows: Option<MappedRows>,
    /// The day of the file; `None` if it holds none.
    pub date: Option<Take>,
    /// The kind of the evidence.
    pub kind: Kind,
    /// The title of the evidence.
    pub title: String,
    /// The facts that the file gives, in the order of the mapping.
    pub facts: Vec<(String, Take)>,
    /// The numbers that the title tells, in the order of the mapping.
    pub counts: Vec<(String, Take)>,
    /// SHA-256 of the mapping's file.
    pub sha256: String,
}

/// The container of a result file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultFormat {
    /// One JSON value.
    Json,
    /// A JSON value in each line: an array of them.
    JsonLines,
    /// A table: an array of objects, whose keys are the cells of the first row.
    Csv,
    /// Elements: objects whose keys are attributes, `text`, and arrays of child elements by their local names.
    Xml,
}

impl ResultFormat {
    /// Every format and its word.
    pub const WORDS: [(&str, Self); 4] =
        [("json", Self::Json), ("jsonl", Self::JsonLines), ("csv", Self::Csv), ("xml", Self::Xml)];
}

/// Where values stand in a file: a path of RFC 9535, limited so that no file makes it slow.
#[derive(Clone, Debug)]
pub struct Pointer {
    /// The path as the mapping writes it.
    pub written: String,
    /// The path itself.
    pub path: JsonPath,
    /// Where it ends with a key, as in `$.rows[*].value`: the path of what should have that key.
    pub holders: Option<JsonPath>,
}

impl Pointer {
    /// The most bytes of a path. A longer one could nest deeper than its parser's stack.
    const LONGEST: usize = 256;

    /// Reads a path.
    ///
    /// # Errors
    /// A sentence without a full stop that says what is wrong.
    pub fn read(written: &str) -> Result<Self, String> {
        if written.len() > Self::LONGEST {
            return Err(format!("a path has at most {} bytes", Self::LONGEST));
        }
        let bare = unquoted(written);
        if bare.matches("..").count() > 2 {
            return Err("a path has at most two `..`".to_owned());
        }
        if bare.matches("[?").count() > 3 {
            return Err("a path has at most three `[?`".to_owned());
        }
        // Each row would ask all rows.
        if bare.matches('$').count() > 1 {
            return Err("a condition asks of its own row, as in `@.status`, and not of the whole file".to_owned());
        }
        // `[*, *]` takes everything twice, and twice of that twice again.
        if bare.contains(',') {
            return Err("`[ ]` takes one thing: write a value of its own for each of several".to_owned());
        }
        let path = JsonPath::parse(written).map_err(|error| {
            let position = error.position();
            format!("{} at character {}", error.message(), position + 1)
        })?;
        let above = written.rsplit_once('.').filter(|(above, key)| !above.ends_with('.') && is_key(key));
        let holders = above.and_then(|(above, _)| JsonPath::parse(above).ok());
        Ok(Self { written: written.to_owned(), path, holders })
    }
}

/// Whether the end of a path is a plain key.
fn is_key(end: &str) -> bool {
    !end.is_empty() && end.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// A path without what stands in quotes.
fn unquoted(path: &str) -> String {
    let (mut out, mut open, mut escaped) = (String::new(), None, false);
    for c in path.chars() {
        match (open, c) {
            _ if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(quote), c) if c == quote => open = None,
            (None, '"' | '\'') => open = Some(c),
            (None, c) => out.push(c),
            (Some(_), _) => {}
        }
    }
    out
}

/// Rows that each name what they are about.
#[derive(Clone, Debug)]
pub struct MappedRows {
    /// The rows.
    pub each: Pointer,
    /// The values that tell rows apart, asked of each: rows that have all of them, and the same ones, count once. Empty if every row
    /// counts.
    pub once: Vec<Pointer>,
    /// Where a row names it, asked of the row.
    pub at: Pointer,
    /// What stands before the name, and goes; may be empty.
    pub strip: String,
    /// How the name's parts, between `_`, make an id: `{}.{}-{}`; `None` if the name is one.
    pub parts: Option<String>,
    /// The place of an id in a row that looks like a control's id and is not used: Milepost lists it. `None` if there is no such
    /// place.
    pub beside: Option<Pointer>,
    /// The control for each name; empty if the name is a control's id.
    pub map: Vec<(String, String)>,
}

/// How a value is made of a file.
#[derive(Clone, Debug)]
pub struct Take {
    /// What is made of the values.
    pub how: How,
    /// Where the values stand.
    pub at: Pointer,
    /// The whole, where `how` is a share.
    pub of: Option<Pointer>,
    /// What a number is multiplied by, in millionths.
    pub times: i64,
    /// What a number is divided by, in millionths; not 0.
    pub divide_by: i64,
    /// The word behind a 1 in a title; `None` if it is that behind any number.
    pub one: Option<String>,
    /// Whether a file may lack it: then nothing is told.
    pub optional: bool,
}

impl Take {
    /// The path or paths, in one text.
    pub fn written(&self) -> String {
        let of = self.of.as_ref().map(|of| format!(" / {}", of.written)).unwrap_or_default();
        self.at.written.clone() + &of
    }
}

/// What is made of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// How many there are.
    Count,
    /// How many different ones there are.
    Distinct,
    /// Their sum.
    Sum,
    /// The least number.
    Min,
    /// The greatest number.
    Max,
    /// The middle number, or the mean of the two in the middle.
    Median,
    /// The last day.
    Newest,
    /// The first day.
    Oldest,
    /// The first of them.
    First,
    /// Whether there is one.
    Exists,
    /// How many of others they are, in percent.
    Share,
}

impl How {
    /// Every way and its word.
    pub const WORDS: [(&str, Self); 11] = [
        ("count", Self::Count),
        ("distinct", Self::Distinct),
        ("sum", Self::Sum),
        ("min", Self::Min),
        ("max", Self::Max),
        ("median", Self::Median),
        ("newest", Self::Newest),
        ("oldest", Self::Oldest),
        ("first", Self::First),
        ("exists", Self::Exists),
        ("share", Self::Share),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_a_file_could_make_slow_is_refused() {
        let deep = format!("$[?{}1==1{}]", "(".repeat(130), ")".repeat(130));
        for (path, why) in [
            (deep.as_str(), "256 bytes"),
            ("$..a..b..c", "two `..`"),
            ("$[?@.a][?@.b][?@.c][?@.d]", "three `[?`"),
            ("$[?count($[?@.a]) > 1]", "its own row"),
            ("$[*,*][*,*]", "takes one thing"),
            ("$['a','a']", "takes one thing"),
            ("$.a[", "at character"),
            ("a.b", "at character"),
        ] {
            let said = Pointer::read(path).map(|pointer| pointer.written).unwrap_err();
            assert!(said.contains(why), "{path}: {said}");
        }
        for path in ["$", "$['..']['$'][\"it's [?, \"]..x[?@.y == '$']", "$.runs[?count(@.suppressions[*]) > 0]"] {
            assert!(Pointer::read(path).is_ok(), "{path}: {:?}", Pointer::read(path));
        }
    }
}
