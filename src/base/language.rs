//! The language of a report: its tag, the direction of its script and its plural forms.

use std::fmt;

use intl_pluralrules::{PluralRuleType, PluralRules};
use unic_langid::{CharacterDirection, LanguageIdentifier};

/// A language, for example `de` or `ar-EG`.
#[derive(Clone)]
pub struct Language {
    id: LanguageIdentifier,
    plurals: Option<PluralRules>,
}

/// The plural categories of Unicode CLDR. Every language has `Other`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Plural {
    /// Nothing, in Arabic or Latvian.
    Zero,
    /// One, in most languages.
    One,
    /// Two, in Arabic or Slovenian.
    Two,
    /// A few, in Polish or Arabic.
    Few,
    /// Many, in Polish or Arabic.
    Many,
    /// Every other count.
    Other,
}

impl Plural {
    /// Every category with its name in CLDR.
    pub const ALL: [(&'static str, Self); 6] = [
        ("zero", Self::Zero),
        ("one", Self::One),
        ("two", Self::Two),
        ("few", Self::Few),
        ("many", Self::Many),
        ("other", Self::Other),
    ];
}

impl Language {
    /// The language with this tag of BCP 47; `None` if the text is no such tag.
    pub fn new(tag: &str) -> Option<Self> {
        let id: LanguageIdentifier = tag.parse().ok()?;
        let plain = LanguageIdentifier::from_parts(id.language, None, None, &[]);
        let rules = |id: &LanguageIdentifier| PluralRules::create(id.clone(), PluralRuleType::CARDINAL).ok();
        let plurals = rules(&id).or_else(|| rules(&plain));
        (!id.language.is_empty()).then_some(Self { id, plurals })
    }

    /// English, the language of all that is not translated.
    pub fn english() -> Self {
        Self::new("en").expect("en is a language")
    }

    /// The tag in its usual writing, for example `zh-Hant`.
    pub fn tag(&self) -> String {
        self.id.to_string()
    }

    /// The tags to look up, the nearest first: `de-CH`, then `de`.
    pub fn nearest(&self) -> Vec<String> {
        let mut tags = vec![self.tag()];
        if let Some(script) = self.id.script {
            tags.push(format!("{}-{script}", self.id.language));
        }
        tags.push(self.id.language.to_string());
        tags.dedup();
        tags
    }

    /// `rtl` if the language is written from right to left, otherwise `ltr`.
    pub fn direction(&self) -> &'static str {
        if self.is_right_to_left() { "rtl" } else { "ltr" }
    }

    /// Whether the language is written from right to left.
    pub fn is_right_to_left(&self) -> bool {
        self.id.character_direction() == CharacterDirection::RTL
    }

    /// The plural form for a count of things.
    pub fn plural(&self, count: u64) -> Plural {
        use intl_pluralrules::PluralCategory as Category;
        let category = self.plurals.as_ref().and_then(|rules| rules.select(count).ok());
        match category {
            Some(Category::ZERO) => Plural::Zero,
            Some(Category::ONE) => Plural::One,
            Some(Category::TWO) => Plural::Two,
            Some(Category::FEW) => Plural::Few,
            Some(Category::MANY) => Plural::Many,
            Some(Category::OTHER) | None => Plural::Other,
        }
    }
}

impl PartialEq for Language {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Language {}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(tag: &str) -> Language {
        Language::new(tag).unwrap()
    }

    #[test]
    fn the_direction_follows_the_language_and_its_script() {
        for (tag, direction) in [
            ("ar", "rtl"),
            ("he", "rtl"),
            ("fa-IR", "rtl"),
            ("uz-Arab", "rtl"),
            ("de", "ltr"),
            ("az-Latn", "ltr"),
            ("ja", "ltr"),
        ] {
            assert_eq!(language(tag).direction(), direction, "{tag}");
        }
    }

    #[test]
    fn each_language_has_its_plural_forms() {
        assert_eq!([0, 1, 2].map(|n| language("en").plural(n)), [Plural::Other, Plural::One, Plural::Other]);
        assert_eq!([0, 1, 2].map(|n| language("de-CH").plural(n)), [Plural::Other, Plural::One, Plural::Other]);
        let polish = [1, 2, 5, 22].map(|n| language("pl").plural(n));
        assert_eq!(polish, [Plural::One, Plural::Few, Plural::Many, Plural::Few]);
        let arabic = [0, 1, 2, 3, 11, 100].map(|n| language("ar").plural(n));
        assert_eq!(arabic, [Plural::Zero, Plural::One, Plural::Two, Plural::Few, Plural::Many, Plural::Other]);
        assert_eq!(language("ja").plural(1), Plural::Other);
    }

    #[test]
    fn a_tag_is_written_in_one_way_and_looked_up_from_the_nearest() {
        assert_eq!(language("ZH-hant-tw").tag(), "zh-Hant-TW");
        assert_eq!(language("zh-Hant-TW").nearest(), ["zh-Hant-TW", "zh-Hant", "zh"]);
        assert_eq!(language("de").nearest(), ["de"]);
        for none in ["", "und", "deutsch!", "d", "de DE", "../de"] {
            assert!(Language::new(none).is_none(), "{none}");
        }
    }
}
