//! What a workbook holds of an answer: its fields, their names in the hidden sheet, and their heads.

/// A field of an answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    /// Which of the states the answer has; empty where there is none.
    State,
    /// The level, or that of the dimension with this index.
    Level(usize),
    /// Why it is unknown or not applicable.
    Reason,
    /// Who approved that it is not applicable.
    ApprovedBy,
    /// The note.
    Note,
    /// Whether it is marked as carried.
    Carried,
    /// Who attests it.
    AttestedBy,
    /// When that was.
    AttestedOn,
    /// A fact.
    Fact(String),
    /// A part of the evidence item with this index, from 0.
    Item(usize, ItemPart),
}

/// A part of an evidence item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ItemPart {
    Kind,
    Title,
    /// The last day.
    Date,
    /// The first day, where it is another one.
    From,
    Link,
    File,
    Sha256,
}

impl ItemPart {
    /// Every part with its head.
    pub(super) const HEADS: [(Self, &str); 7] = [
        (Self::Kind, "Kind"),
        (Self::Title, "Title"),
        (Self::Date, "Date"),
        (Self::From, "From"),
        (Self::Link, "Link"),
        (Self::File, "File"),
        (Self::Sha256, "SHA-256"),
    ];

    /// The head of its column.
    pub(super) fn head(self) -> &'static str {
        Self::HEADS.iter().find(|(part, _)| *part == self).map_or("", |(_, head)| head)
    }
}

impl Field {
    /// The name in the hidden sheet.
    pub(super) fn name(&self) -> String {
        match self {
            Self::State => "state".to_owned(),
            Self::Level(of) => format!("level:{of}"),
            Self::Reason => "reason".to_owned(),
            Self::ApprovedBy => "approved by".to_owned(),
            Self::Note => "note".to_owned(),
            Self::Carried => "carried".to_owned(),
            Self::AttestedBy => "attested by".to_owned(),
            Self::AttestedOn => "attested on".to_owned(),
            Self::Fact(name) => format!("fact:{name}"),
            Self::Item(index, part) => format!("item:{index}:{}", part.head()),
        }
    }

    /// The field of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        let plain = [
            Self::State,
            Self::Reason,
            Self::ApprovedBy,
            Self::Note,
            Self::Carried,
            Self::AttestedBy,
            Self::AttestedOn,
        ];
        if let Some(field) = plain.into_iter().find(|field| field.name() == name) {
            return Some(field);
        }
        let (what, rest) = name.split_once(':')?;
        match what {
            "level" => rest.parse().ok().map(Self::Level),
            "fact" => Some(Self::Fact(rest.to_owned())),
            "item" => {
                let (index, head) = rest.split_once(':')?;
                let (part, _) = ItemPart::HEADS.into_iter().find(|(_, known)| *known == head)?;
                Some(Self::Item(index.parse().ok()?, part))
            }
            _ => None,
        }
    }
}

/// The states, as people choose them.
pub(super) const LEVEL: &str = "level";
pub(super) const UNKNOWN: &str = "unknown";
pub(super) const NOT_APPLICABLE: &str = "not applicable";
pub(super) const STATES: [&str; 3] = [LEVEL, UNKNOWN, NOT_APPLICABLE];

/// The heads of a Function's sheet, but those of levels.
pub(super) const CONTROL: &str = "Control";
pub(super) const TITLE: &str = "Title";
pub(super) const OUTCOME: &str = "Outcome";
pub(super) const HOW: &str = "How levels read";
pub(super) const STATE: &str = "State";
pub(super) const NOTE: &str = "Note";
pub(super) const REASON: &str = "Reason";
pub(super) const APPROVED_BY: &str = "Approved by";
pub(super) const STILL_TRUE: &str = "Still true?";
pub(super) const ATTESTED_BY: &str = "Attested by";
pub(super) const ON: &str = "On";
pub(super) const LAST: &str = "Last quarter";
/// The heads of the other sheets.
pub(super) const FACT: &str = "Fact";
pub(super) const MEANS: &str = "What it means";
pub(super) const TYPE: &str = "Type";
pub(super) const VALUE: &str = "Value";
pub(super) const COLLECTED: &str = "Collected by a tool";
pub(super) const REF: &str = "Ref";

/// The head of the level, or of a dimension's.
pub(super) fn level_head(dimension: Option<&str>) -> String {
    dimension.map_or_else(|| "Level".to_owned(), |name| format!("Level: {name}"))
}

/// What names an evidence item in its sheet: `PR.DS-11#2`.
pub(super) fn reference(control: &str, index: usize) -> String {
    format!("{control}#{}", index + 1)
}
