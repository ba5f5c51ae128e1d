//! The language of the report: its tag, and the direction in which it is written.

use std::fmt;

/// A language tag and its direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Language {
    /// The tag in the usual letter case, as in `de`, `pt-BR` or `az-Arab`.
    pub lang: String,
    /// The direction of its text.
    pub dir: Direction,
}

/// The direction in which text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From left to right.
    Ltr,
    /// From right to left.
    Rtl,
}

impl Direction {
    /// The value of the attribute `dir`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ltr => "ltr",
            Self::Rtl => "rtl",
        }
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Default for Language {
    fn default() -> Self {
        Self { lang: "en".to_owned(), dir: Direction::Ltr }
    }
}

/// Languages that are written from right to left unless a script says otherwise (CLDR, likely subtags).
const RTL_LANGUAGES: &[&str] = &[
    "aii", "ar", "arc", "arz", "azb", "bal", "bqi", "ckb", "dv", "fa", "glk", "hbo", "he", "iw", "ji", "khw", "ks",
    "lrc", "luz", "mzn", "nqo", "pnb", "prs", "ps", "rhg", "sam", "sd", "sdh", "skr", "syc", "syr", "trw", "ug", "ur",
    "yi",
];

/// Scripts that are written from right to left (ISO 15924).
const RTL_SCRIPTS: &[&str] = &[
    "Adlm", "Arab", "Aran", "Armi", "Avst", "Chrs", "Cprt", "Elym", "Gara", "Hatr", "Hebr", "Hung", "Khar", "Lydi",
    "Mand", "Mani", "Mend", "Merc", "Mero", "Narb", "Nbat", "Nkoo", "Orkh", "Palm", "Phli", "Phlp", "Phnx", "Prti",
    "Rohg", "Samr", "Sarb", "Sogd", "Sogo", "Syrc", "Syre", "Syrj", "Syrn", "Thaa", "Yezi",
];

impl Language {
    /// Reads a tag in the form of BCP 47 (RFC 5646, 2.1): a language, then where needed a script, a region, variants, extensions
    /// and private parts. Whether there is such a language is not asked.
    pub fn read(tag: &str) -> Option<Self> {
        let mut parts = tag.split('-').peekable();
        let language = parts.next().filter(|part| is_alpha(part, 2..=8))?.to_ascii_lowercase();
        let mut written = language.clone();
        let mut add = |part: String| {
            written.push('-');
            written.push_str(&part);
        };
        let extended = if language.len() <= 3 { 3 } else { 0 };
        for _ in 0..extended {
            parts.next_if(|part| is_alpha(part, 3..=3)).into_iter().for_each(|part| add(part.to_ascii_lowercase()));
        }
        let script = parts.next_if(|part| is_alpha(part, 4..=4)).map(titled);
        script.iter().for_each(|script| add(script.clone()));
        let is_region =
            |part: &&str| is_alpha(part, 2..=2) || part.len() == 3 && part.bytes().all(|b| b.is_ascii_digit());
        parts.next_if(is_region).into_iter().for_each(|part| add(part.to_ascii_uppercase()));
        while let Some(variant) = parts.next_if(|part| is_variant(part)) {
            add(variant.to_ascii_lowercase());
        }
        while let Some(single) = parts.next() {
            if !is_alphanumeric(single, 1..=1) {
                return None;
            }
            add(single.to_ascii_lowercase());
            let shortest = if single.eq_ignore_ascii_case("x") { 1 } else { 2 };
            let mut count = 0;
            while let Some(part) = parts.next_if(|part| is_alphanumeric(part, shortest..=8)) {
                add(part.to_ascii_lowercase());
                count += 1;
            }
            if count == 0 {
                return None;
            }
        }
        let rtl = match &script {
            Some(script) => RTL_SCRIPTS.contains(&script.as_str()),
            None => RTL_LANGUAGES.contains(&language.as_str()),
        };
        let dir = if rtl { Direction::Rtl } else { Direction::Ltr };
        Some(Self { lang: written, dir })
    }
}

fn is_alpha(part: &str, length: std::ops::RangeInclusive<usize>) -> bool {
    length.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphabetic())
}

fn is_alphanumeric(part: &str, length: std::ops::RangeInclusive<usize>) -> bool {
    length.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// 5 to 8 letters or digits, or 4 of which the first is a digit.
fn is_variant(part: &str) -> bool {
    is_alphanumeric(part, 5..=8) || is_alphanumeric(part, 4..=4) && part.starts_with(|c: char| c.is_ascii_digit())
}

/// A script's usual letter case.
fn titled(script: &str) -> String {
    let (first, rest) = script.split_at(1);
    first.to_ascii_uppercase() + &rest.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_has_its_usual_form_and_its_direction() {
        for (tag, lang, dir) in [
            ("en", "en", Direction::Ltr),
            ("DE-ch-1901", "de-CH-1901", Direction::Ltr),
            ("pt-br", "pt-BR", Direction::Ltr),
            ("zh-yue-hant-hk", "zh-yue-Hant-HK", Direction::Ltr),
            ("es-419", "es-419", Direction::Ltr),
            ("ar", "ar", Direction::Rtl),
            ("he-IL", "he-IL", Direction::Rtl),
            ("fa", "fa", Direction::Rtl),
            ("ur-PK", "ur-PK", Direction::Rtl),
            ("az-arab", "az-Arab", Direction::Rtl),
            ("ks-Deva", "ks-Deva", Direction::Ltr),
            ("ar-Latn", "ar-Latn", Direction::Ltr),
            ("ff-Adlm", "ff-Adlm", Direction::Rtl),
            ("en-u-ca-buddhist-x-a", "en-u-ca-buddhist-x-a", Direction::Ltr),
        ] {
            assert_eq!(Language::read(tag), Some(Language { lang: lang.to_owned(), dir }), "{tag}");
        }
    }

    #[test]
    fn what_is_no_tag_is_refused() {
        for tag in
            ["", "d", "german ", "de_DE", "de-", "-de", "de--CH", "de-u", "d3", "deutschland", "de-CH-DE", "x", "ß"]
        {
            assert_eq!(Language::read(tag), None, "{tag}");
        }
    }
}
