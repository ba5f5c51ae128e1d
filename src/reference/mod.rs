//! What the keys of each kind of file mean, as data: one TOML file a kind.
//!
//! Help, documentation, schemas and the tests of the starter read it, and nobody describes a key elsewhere. A test asks the readers
//! of `check` which keys they know, and compares.
//!
//! Such a file starts with `file`, `path`, `means` and `since`. `[key."PATH"]` describes one key. A part of a path in angle brackets
//! is a name that authors choose, with `name` as an example of it; `*` stands for every key beside it. `like` takes the keys of
//! another table. `example` is a value as TOML; `with` is what must stand beside it, so that the example is valid.

mod print;

use toml::de::{DeTable, DeValue};

pub use self::print::print;

/// The files of this folder.
const FILES: [&str; 16] = [
    include_str!("milepost.toml"),
    include_str!("profile.toml"),
    include_str!("quarter.toml"),
    include_str!("evidence.toml"),
    include_str!("collected.toml"),
    include_str!("actions.toml"),
    include_str!("review.toml"),
    include_str!("framework.toml"),
    include_str!("function.toml"),
    include_str!("synonyms.toml"),
    include_str!("community.toml"),
    include_str!("mapping.toml"),
    include_str!("map.toml"),
    include_str!("table-mapping.toml"),
    include_str!("guide.toml"),
    include_str!("strings.toml"),
];

/// A kind of file.
#[derive(Debug)]
pub struct FileKind {
    /// What it is called: its name where it has a fixed one, as in `quarter.toml`.
    pub file: String,
    /// Where it stands; words in capitals are names.
    pub path: String,
    /// What it is for.
    pub means: String,
    /// The version since which it can be read.
    pub since: String,
    /// Its keys, in the order in which they are explained.
    pub keys: Vec<Key>,
}

/// One key.
#[derive(Debug)]
pub struct Key {
    /// Where it stands: `report.title`, `controls.<ID>.weight`, `gates.*.limit`. Lists of tables have no mark of their own.
    pub path: String,
    /// What sort of value it has.
    pub sort: ValueSort,
    /// What the value names, or how it is written; for a key in angle brackets, what the key names.
    pub of: Option<Of>,
    /// The words that it may be, if it is one of some.
    pub one_of: Vec<String>,
    /// The lowest and the highest value of a whole number.
    pub range: Option<(u32, u32)>,
    /// Whether its table needs it.
    pub required: bool,
    /// What holds where it is not given; empty if it is required.
    pub default: String,
    /// What it means.
    pub means: String,
    /// A value, as TOML; empty for tables.
    pub example: String,
    /// For a key in angle brackets, a name, as TOML.
    pub name: String,
    /// What stands beside it in the example, as `key = value`; may be empty.
    pub with: String,
    /// The control of the example of facts; empty elsewhere.
    pub on: String,
    /// The version since which it can be read.
    pub since: String,
    /// The table whose keys it has: a path, behind the name of a file if it is in another kind of file.
    like: Option<String>,
}

/// What sort of value a key has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueSort {
    /// Text.
    Text,
    /// A list of texts.
    Texts,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A date without a time.
    Date,
    /// A table.
    Table,
    /// A list of tables.
    Tables,
    /// A text or a list of texts.
    TextOrTexts,
    /// A whole number or a text.
    IntegerOrText,
    /// A text or a table.
    TextOrTable,
    /// A number or a table.
    NumberOrTable,
    /// Whatever `means` says.
    Any,
}

impl ValueSort {
    const WORDS: [(&str, Self); 13] = [
        ("text", Self::Text),
        ("texts", Self::Texts),
        ("integer", Self::Integer),
        ("number", Self::Number),
        ("boolean", Self::Boolean),
        ("date", Self::Date),
        ("table", Self::Table),
        ("tables", Self::Tables),
        ("text or texts", Self::TextOrTexts),
        ("integer or text", Self::IntegerOrText),
        ("text or table", Self::TextOrTable),
        ("number or table", Self::NumberOrTable),
        ("any", Self::Any),
    ];

    /// Whether a value may be a table or a list of tables.
    pub fn holds_keys(self) -> bool {
        matches!(self, Self::Table | Self::Tables | Self::TextOrTable | Self::NumberOrTable)
    }
}

/// What a value names, or how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// The id of a framework, Function, Category or control.
    Node,
    /// The id of a control.
    Control,
    /// The id of a framework.
    Framework,
    /// The id of a team.
    Team,
    /// A kind of evidence.
    Kind,
    /// A level of the scale.
    Level,
    /// A quarter.
    Quarter,
    /// A number of days.
    Days,
    /// Two days.
    Period,
    /// An address.
    Link,
    /// A file.
    Artifact,
    /// A fact of a control.
    Fact,
}

impl Of {
    const WORDS: [(&str, Self); 12] = [
        ("node", Self::Node),
        ("control", Self::Control),
        ("framework", Self::Framework),
        ("team", Self::Team),
        ("kind", Self::Kind),
        ("level", Self::Level),
        ("quarter", Self::Quarter),
        ("days", Self::Days),
        ("period", Self::Period),
        ("link", Self::Link),
        ("artifact", Self::Artifact),
        ("fact", Self::Fact),
    ];
}

impl Key {
    /// The last part of its path.
    pub fn last(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or_default()
    }

    /// Whether it is a name that authors choose.
    pub fn is_free(&self) -> bool {
        self.last().starts_with('<')
    }

    /// The path of its table; empty for that of the file.
    fn above(&self) -> &str {
        self.path.rsplit_once('.').map_or("", |(above, _)| above)
    }
}

/// All kinds of files.
#[derive(Debug)]
pub struct Reference {
    /// Each kind.
    pub kinds: Vec<FileKind>,
}

/// A key and the kind of its description.
#[derive(Clone, Copy, Debug)]
pub struct KeyOfKind<'r> {
    /// The kind.
    pub kind: &'r FileKind,
    /// The key.
    pub key: &'r Key,
}

impl Reference {
    /// Reads the descriptions that the binary holds.
    pub fn read() -> Self {
        Self { kinds: FILES.iter().map(|text| kind(text)).collect() }
    }

    /// The kind of this name.
    pub fn kind(&self, file: &str) -> Option<&FileKind> {
        self.kinds.iter().find(|kind| kind.file == file)
    }

    /// The keys of a file.
    pub fn top<'r>(&'r self, kind: &'r FileKind) -> Vec<KeyOfKind<'r>> {
        Self::at(kind, "")
    }

    /// The keys of the table that a key holds.
    pub fn below<'r>(&'r self, entry: KeyOfKind<'r>) -> Vec<KeyOfKind<'r>> {
        let KeyOfKind { kind, key } = entry;
        let of_all = match key.path.rsplit_once('.') {
            Some((above, _)) => Self::at(kind, &format!("{above}.*")),
            None => Vec::new(),
        };
        let shared = match &key.like {
            None => Vec::new(),
            Some(like) => match like.split_once(' ') {
                Some((file, path)) => self.kind(file).map(|kind| Self::at(kind, path)).unwrap_or_default(),
                None => Self::at(kind, like),
            },
        };
        // A sub-control has the keys of a control, but holds none itself.
        let shared = shared.into_iter().filter(|shared| shared.key.path != key.path);
        Self::at(kind, &key.path).into_iter().chain(of_all).chain(shared).collect()
    }

    fn at<'r>(kind: &'r FileKind, path: &str) -> Vec<KeyOfKind<'r>> {
        kind.keys.iter().filter(|key| key.above() == path).map(|key| KeyOfKind { kind, key }).collect()
    }
}

/// Reads one description. The binary's own files are whole: a test reads each.
fn kind(text: &str) -> FileKind {
    let tree = DeTable::parse(text).expect("the binary's own TOML").into_inner();
    let mut keys: Vec<(usize, Key)> = Vec::new();
    let since = words(&tree, "since");
    if let Some(described) = tree.get("key").and_then(|keys| keys.get_ref().as_table()) {
        for (path, value) in described {
            let table = value.get_ref().as_table().expect("each key has a table");
            keys.push((path.span().start, key(path.get_ref(), table, &since)));
        }
    }
    keys.sort_by_key(|(start, _)| *start);
    let keys = keys.into_iter().map(|(_, key)| key).collect();
    FileKind { file: words(&tree, "file"), path: words(&tree, "path"), means: words(&tree, "means"), since, keys }
}

fn key(path: &str, table: &DeTable<'_>, since: &str) -> Key {
    let since = Some(words(table, "since")).filter(|own| !own.is_empty()).unwrap_or_else(|| since.to_owned());
    let list = |key: &str| table.get(key).and_then(|list| list.get_ref().as_array());
    let numbers = |value: &DeValue<'_>| value.as_integer().and_then(|number| number.as_str().parse().ok());
    let range: Vec<u32> = list("range").into_iter().flatten().filter_map(|number| numbers(number.get_ref())).collect();
    let of = words(table, "of");
    let sort = words(table, "type");
    Key {
        path: path.to_owned(),
        sort: known(&sort, &ValueSort::WORDS).expect("a sort of value"),
        of: (!of.is_empty()).then(|| known(&of, &Of::WORDS).expect("something that is named")),
        one_of: list("one_of")
            .into_iter()
            .flatten()
            .filter_map(|word| word.get_ref().as_str())
            .map(str::to_owned)
            .collect(),
        range: range.first().copied().zip(range.get(1).copied()),
        required: table.get("required").is_some_and(|value| value.get_ref().as_bool() == Some(true)),
        default: words(table, "default"),
        means: words(table, "means"),
        example: words(table, "example"),
        name: words(table, "name"),
        with: words(table, "with"),
        on: words(table, "on"),
        since,
        like: Some(words(table, "like")).filter(|like| !like.is_empty()),
    }
}

fn words(table: &DeTable<'_>, key: &str) -> String {
    table.get(key).and_then(|value| value.get_ref().as_str()).unwrap_or_default().to_owned()
}

fn known<T: Copy>(word: &str, all: &[(&str, T)]) -> Option<T> {
    all.iter().find(|(known, _)| *known == word).map(|(_, it)| *it)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_description_is_whole() {
        let known = [
            "type", "of", "one_of", "range", "required", "default", "means", "example", "name", "with", "on", "since",
            "like",
        ];
        for text in FILES {
            let tree = DeTable::parse(text).unwrap().into_inner();
            for (path, table) in tree["key"].get_ref().as_table().unwrap() {
                let table = table.get_ref().as_table().unwrap();
                let other: Vec<_> = table.keys().filter(|key| !known.contains(&&**key.get_ref())).collect();
                assert!(other.is_empty(), "{path:?}: {other:?}");
            }
            let FileKind { file, path, means, since, keys } = kind(text);
            assert!([&file, &path, &means, &since].iter().all(|text| !text.is_empty()) && !keys.is_empty(), "{file}");
            for key in &keys {
                let path = &key.path;
                assert!(key.means.ends_with(['.', '`']) && !key.means.contains('|'), "{file}: {path}: {}", key.means);
                assert_eq!(
                    key.is_free(),
                    !key.name.is_empty(),
                    "{file}: {path}: a name and no other key has an example of itself"
                );
                assert!(key.required || key.is_free() || !key.default.is_empty(), "{file}: {path} has no default");
                assert!(!key.required || key.default.is_empty(), "{file}: {path} has a default and is required");
                let holds_keys = matches!(key.sort, ValueSort::Table | ValueSort::Tables);
                assert!(holds_keys || !key.example.is_empty(), "{file}: {path} has no example");
            }
        }
    }

    #[test]
    fn a_table_has_its_own_keys_those_beside_it_share_and_those_it_takes() {
        let reference = Reference::read();
        let names = |file: &str, path: &str| {
            let kind = reference.kind(file).unwrap();
            let key = kind.keys.iter().find(|key| key.path == path).unwrap();
            reference.below(KeyOfKind { kind, key }).iter().map(|entry| entry.key.last().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(names("milepost.toml", "gates.new_zeros"), ["limit", "functions", "teams", "when", "exception"]);
        assert_eq!(names("milepost.toml", "targets"), ["<ID>"]);
        assert_eq!(names("milepost.toml", "since.<QUARTER>.teams.<TEAM>"), ["scope", "weight"]);
        assert!(names("function.toml", "category.control").contains(&"sub".to_owned()));
        assert!(!names("function.toml", "control.sub").contains(&"sub".to_owned()));
    }
}
