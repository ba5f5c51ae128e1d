//! Finds names in texts, however they are written: in other case, with other blanks, hyphens, wraps or accents, with markup
//! between, as entities, with percent signs, or in the plural.

use std::cmp::Reverse;
use std::iter;
use std::ops::Range;

use aho_corasick::AhoCorasick;
use unicode_normalization::char::{decompose_compatible, is_combining_mark};

use crate::base::literal;
use crate::base::markdown::{self, BLOCK, Glyph, Markdown, MarkdownElement};
use crate::base::text::composed;

/// How a name must be written to be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// As it was given, as a whole word.
    AsGiven,
    /// In any way.
    Any,
}

/// Finds names, and says for each what it stands for.
#[derive(Debug)]
pub struct Finder<T> {
    /// Each finds up to [`AT_ONCE`] of `patterns`, in their order.
    searches: Vec<AhoCorasick>,
    patterns: Vec<Pattern>,
    /// Names without letters and digits, each with an index of `meanings`.
    signs: Vec<(Vec<char>, usize)>,
    meanings: Vec<T>,
}

/// So many patterns are searched for at once: the time to prepare a search grows with the square of their number.
const AT_ONCE: usize = 2000;

/// A name, or a plural of it, as it is searched for.
#[derive(Debug)]
struct Pattern {
    /// An index of [`Finder::meanings`].
    meaning: usize,
    /// How many of the last letters are an ending, which no blank parts from the name.
    ending: usize,
    /// The name, if it is found only as given.
    given: Option<GivenName>,
}

/// A name that is found only as it was given.
#[derive(Clone, Debug)]
struct GivenName {
    /// The name, composed.
    name: String,
    /// How many signs stand before its letters, as in `.NET`, and after them, as in `C++`.
    signs: [usize; 2],
}

impl GivenName {
    fn new(name: &str) -> Self {
        let name = composed(name);
        let signs = |chars: &mut dyn Iterator<Item = char>| chars.take_while(|c| !is_word(*c)).count();
        Self { signs: [signs(&mut name.chars()), signs(&mut name.chars().rev())], name }
    }
}

/// A name that stands in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention<'f, T> {
    /// The bytes of the text that show the name, and the markup that cannot stay without it.
    pub at: Range<usize>,
    /// What else a reader sees of these bytes, before the name.
    pub before: String,
    /// What else a reader sees of these bytes, after the name.
    pub after: String,
    /// What the name stands for.
    pub meaning: &'f T,
}

impl<T> Finder<T> {
    /// Searches for `names`, each with what it stands for. A name of several words is found in any spelling, a name of one word in
    /// the spelling `one_word`: it may also be a plain word. A name without letters and digits is found as given.
    pub fn new(names: impl IntoIterator<Item = (String, T)>, one_word: Spelling) -> Self {
        let (mut letters, mut patterns, mut signs, mut meanings) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (meaning, (name, stands_for)) in names.into_iter().enumerate() {
            meanings.push(stands_for);
            let folded: String = name.chars().flat_map(fold).collect();
            if folded.is_empty() {
                signs.extend(
                    Some((name.chars().collect(), meaning)).filter(|(name, _): &(Vec<char>, _)| !name.is_empty()),
                );
                continue;
            }
            let words = name.split(|c: char| !is_word(c)).filter(|word| !word.is_empty()).count();
            let given = (words == 1 && one_word == Spelling::AsGiven).then(|| GivenName::new(&name));
            let plurals = if given.is_some() { Vec::new() } else { plurals(&folded) };
            for (form, ending) in iter::once((folded, 0)).chain(plurals) {
                letters.push(form);
                patterns.push(Pattern { meaning, ending, given: given.clone() });
            }
        }
        let search = |letters| AhoCorasick::new(letters).expect("names are far shorter than the limit of 2 GiB");
        Self { searches: letters.chunks(AT_ONCE).map(search).collect(), patterns, signs, meanings }
    }

    /// Every mention in `text`, which is plain or Markdown. In order, none inside another.
    pub fn find(&self, text: &str) -> Vec<Mention<'_, T>> {
        if self.meanings.is_empty() {
            return Vec::new();
        }
        let literal = Markdown { glyphs: literal::read(text), ..Markdown::default() };
        let mut found = Vec::new();
        for read in [literal, markdown::read(text)] {
            found.extend(self.among(&read.glyphs, &read.elements));
            // A tag is shown as text, and a reader reads on behind it.
            if read.glyphs.iter().any(|glyph| glyph.c == '<') {
                found.extend(self.among(&outside_tags(read.glyphs), &read.elements));
            }
        }
        let mut found: Vec<_> = found.into_iter().map(|mention| (mention.at.clone(), mention)).collect();
        keep_outermost(&mut found);
        found.into_iter().map(|(at, mention)| Mention { at, ..mention }).collect()
    }

    /// `text` with `instead` of each mention; `None` if there is none.
    pub fn replaced<'t>(&'t self, text: &str, instead: impl Fn(&'t T) -> &'t str + Copy) -> Option<String> {
        let found = self.find(text);
        if found.is_empty() {
            return None;
        }
        let mut out = String::with_capacity(text.len());
        let mut end = 0;
        for mention in found {
            out.push_str(&text[end..mention.at.start]);
            // The words around the name were shorter texts, so this ends.
            let around = |words: &str| escape(&self.replaced(words, instead).unwrap_or_else(|| words.to_owned()));
            out.push_str(&around(&mention.before));
            out.push_str(instead(mention.meaning));
            out.push_str(&around(&mention.after));
            end = mention.at.end;
        }
        out.push_str(&text[end..]);
        Some(out)
    }

    fn among<'f>(&'f self, glyphs: &[Glyph], elements: &[MarkdownElement]) -> Vec<Mention<'f, T>> {
        let mut letters = String::with_capacity(glyphs.len());
        // The glyph of each byte of `letters`.
        let mut owners: Vec<usize> = Vec::with_capacity(glyphs.len());
        for (at, glyph) in glyphs.iter().enumerate() {
            for letter in fold(glyph.c) {
                letters.push(letter);
                owners.resize(letters.len(), at);
            }
        }
        let mut found = Vec::new();
        let searches = self.searches.iter().zip(self.patterns.chunks(AT_ONCE));
        let hits =
            searches.flat_map(|(search, patterns)| search.find_overlapping_iter(&letters).zip(iter::repeat(patterns)));
        for (hit, patterns) in hits {
            let pattern = &patterns[hit.pattern().as_usize()];
            let (first, last) = (owners[hit.start()], owners[hit.end() - 1]);
            let marks = glyphs[last + 1..].iter().take_while(|glyph| is_combining_mark(glyph.c)).count();
            let whole = first..last + 1 + marks;
            let splits_glyph = owners[..hit.start()].last() == Some(&first) || owners.get(hit.end()) == Some(&last);
            let ending = owners[hit.end() - pattern.ending - 1..hit.end()].iter().rev();
            let is_parted = ending.enumerate().any(|(back, at)| at + back != last);
            let whole = pattern.with_signs(whole, glyphs);
            if !splits_glyph && !is_parted && pattern.is_meant(glyphs, &whole) {
                let at = bytes(glyphs, elements, &whole);
                found.push((at.clone(), (at, whole, &self.meanings[pattern.meaning])));
            }
        }
        for (name, meaning) in &self.signs {
            let starts = glyphs.windows(name.len()).enumerate();
            for (start, _) in starts.filter(|(_, part)| part.iter().map(|glyph| &glyph.c).eq(name)) {
                let whole = start..start + name.len();
                let at = bytes(glyphs, elements, &whole);
                found.push((at.clone(), (at, whole, &self.meanings[*meaning])));
            }
        }
        keep_outermost(&mut found);
        let mention = |(at, (own, whole, meaning))| Mention { at, ..mention(glyphs, own, &whole, meaning) };
        found.into_iter().map(mention).collect()
    }
}

/// Keeps what overlaps nothing that starts before it or is longer. The ranges that are left cover all of it.
fn keep_outermost<X>(found: &mut Vec<(Range<usize>, X)>) {
    found.sort_by_key(|(at, _)| (at.start, Reverse(at.end)));
    found.dedup_by(|(next, _), (last, _)| {
        let is_inside = next.start < last.end;
        if is_inside {
            last.end = last.end.max(next.end);
        }
        is_inside
    });
}

impl Pattern {
    /// Which of the `glyphs` are the name's, if those of its letters are `letters`.
    fn with_signs(&self, letters: Range<usize>, glyphs: &[Glyph]) -> Range<usize> {
        let [before, after] = self.given.as_ref().map_or([0, 0], |given| given.signs);
        letters.start.saturating_sub(before)..(letters.end + after).min(glyphs.len())
    }

    /// Whether the glyphs `whole` are this name, and not a part of a longer word.
    fn is_meant(&self, glyphs: &[Glyph], whole: &Range<usize>) -> bool {
        let spelling = if self.given.is_some() { Spelling::AsGiven } else { Spelling::Any };
        let joins = |left: Option<&Glyph>, right: Option<&Glyph>| {
            left.zip(right).is_some_and(|(left, right)| are_one_word(left.c, right.c, spelling))
        };
        let before = whole.start.checked_sub(1).and_then(|at| glyphs.get(at));
        let is_given = self.given.as_ref().is_none_or(|given| {
            let written = glyphs[whole.clone()].iter().map(|glyph| glyph.c).filter(|c| !is_invisible(*c));
            composed(&written.collect::<String>()) == given.name
        });
        is_given && !joins(before, glyphs.get(whole.start)) && !joins(glyphs.get(whole.end - 1), glyphs.get(whole.end))
    }
}

/// Whether a reader sees nothing of `c`: soft hyphens, marks of width zero and selectors of variants.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

/// The glyphs that stand in no tag of HTML.
fn outside_tags(glyphs: Vec<Glyph>) -> Vec<Glyph> {
    let mut in_tag = false;
    let outside = |glyph: &Glyph| {
        let outside = !in_tag && glyph.c != '<';
        in_tag = glyph.c == '<' || (in_tag && glyph.c != '>');
        outside
    };
    glyphs.into_iter().filter(outside).collect()
}

/// The plurals and the singular of a name in folded letters, each with the length of its ending.
fn plurals(folded: &str) -> Vec<(String, usize)> {
    let mut forms = vec![(format!("{folded}s"), 1), (format!("{folded}es"), 2)];
    forms.extend(folded.strip_suffix('y').map(|stem| (format!("{stem}ies"), 3)));
    forms.extend(folded.strip_suffix('s').filter(|stem| !stem.is_empty()).map(|stem| (stem.to_owned(), 0)));
    forms
}

/// The letters and digits of `c` without case, accents and width. [`BLOCK`] stays, so that no name reaches over it.
fn fold(c: char) -> impl Iterator<Item = char> {
    let mut letters = Vec::with_capacity(1);
    if c == BLOCK {
        letters.push(c);
    } else if c.is_ascii() {
        letters.extend(Some(c.to_ascii_lowercase()).filter(char::is_ascii_alphanumeric));
    } else if c.is_alphanumeric() {
        decompose_compatible(c, |part| {
            // Over upper case, so that ß is ss and both forms of σ are one.
            for letter in part.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase) {
                match STROKES.iter().find(|(stroke, _)| *stroke == letter) {
                    Some((_, plain)) => letters.extend(plain.chars()),
                    None => letters
                        .extend(Some(letter).filter(|letter| letter.is_alphanumeric() && !is_combining_mark(*letter))),
                }
            }
        });
    }
    letters.into_iter()
}

/// Letters that Unicode does not take apart, and what is written for them where a keyboard lacks them.
const STROKES: [(char, &str); 10] = [
    ('æ', "ae"),
    ('œ', "oe"),
    ('ø', "o"),
    ('ł', "l"),
    ('đ', "d"),
    ('ð', "d"),
    ('þ', "th"),
    ('ħ', "h"),
    ('ŧ', "t"),
    ('ı', "i"),
];

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// Whether two neighbours belong to one word.
fn are_one_word(left: char, right: char, spelling: Spelling) -> bool {
    let [is_number, other_is] = [left, right].map(char::is_numeric);
    let begins_word = left.is_lowercase() && right.is_uppercase();
    let are_apart = spelling == Spelling::Any
        && (is_number != other_is || begins_word || takes_affixes(left) && takes_affixes(right));
    is_word(left) && is_word(right) && !has_no_blanks(left) && !has_no_blanks(right) && !are_apart
}

/// Whether `c` is of a script that writes words without blanks: Thai, Lao, Burmese, Khmer, Japanese and Chinese.
fn has_no_blanks(c: char) -> bool {
    matches!(c, '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{3005}'..='\u{30FF}'
        | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF66}'..='\u{FF9F}' | '\u{20000}'..='\u{3FFFF}')
}

/// Whether `c` is of a script that joins small words to their neighbours: Hebrew, Arabic and Korean.
fn takes_affixes(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{6FF}' | '\u{750}'..='\u{77F}' | '\u{8A0}'..='\u{8FF}' | '\u{AC00}'..='\u{D7AF}')
}

/// Only so many elements around a glyph are looked at. Nobody nests deeper in earnest.
const DEPTH: usize = 32;

/// The bytes that the glyphs `whole` of a name take. Where it begins or ends inside an element, it takes the whole element.
fn bytes(glyphs: &[Glyph], elements: &[MarkdownElement], whole: &Range<usize>) -> Range<usize> {
    let around = |glyph: &Glyph| {
        let parent = |at: &usize| elements[*at].parent;
        let mut around: Vec<usize> = iter::successors(glyph.element, parent).take(DEPTH).collect();
        around.reverse();
        around
    };
    let (first, last) = (&glyphs[whole.start], &glyphs[whole.end - 1]);
    let (opened, closed) = (around(first), around(last));
    let common = opened.iter().zip(&closed).take_while(|(a, b)| a == b).count();
    let cut = [opened.get(common), closed.get(common)].into_iter().flatten().map(|at| &elements[*at].at);
    cut.fold(first.at.start..last.at.end, |at, cut| at.start.min(cut.start)..at.end.max(cut.end))
}

/// The mention that the glyphs `whole` make in the bytes `at`.
fn mention<'f, T>(glyphs: &[Glyph], at: Range<usize>, whole: &Range<usize>, meaning: &'f T) -> Mention<'f, T> {
    let is_inside = |glyph: &&Glyph| glyph.c != BLOCK && at.start <= glyph.at.start && glyph.at.end <= at.end;
    let before: Vec<char> = glyphs[..whole.start].iter().rev().take_while(is_inside).map(|glyph| glyph.c).collect();
    let after = glyphs[whole.end..].iter().take_while(is_inside).map(|glyph| glyph.c).collect();
    Mention { before: before.into_iter().rev().collect(), after, at, meaning }
}

/// Words that a reader sees, as Markdown.
fn escape(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in words.chars() {
        out.extend(Some('\\').filter(|_| c.is_ascii_punctuation()));
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finder(names: &[&str]) -> Finder<String> {
        Finder::new(names.iter().map(|name| ((*name).to_owned(), "Team A".to_owned())), Spelling::AsGiven)
    }

    fn told(names: &[&str], text: &str) -> String {
        finder(names).replaced(text, |name| name.as_str()).unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn more_names_than_are_searched_for_at_once_are_all_found() {
        let names: Vec<String> = (0..2 * AT_ONCE + 10).map(|n| format!("crew{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let [first, last] = [AT_ONCE, 2 * AT_ONCE + 9];
        assert_eq!(
            told(&names, &format!("crew0 crew{first} crew{last} crew{}", last + 1)),
            format!("Team A Team A Team A crew{}", last + 1)
        );
    }

    #[test]
    fn a_name_of_several_words_is_found_however_it_is_written() {
        let ways = [
            "Shore IT",
            "shore it",
            "SHORE  IT",
            "Shore\nIT",
            "Shore\u{a0}IT",
            "shore-it",
            "Shore_IT",
            "ShoreIT",
            "shore/it",
            "Shore%20IT",
            "shore%2520it",
            "%53hore IT",
            "Shore&nbsp;IT",
            "Shore&#32;IT",
            "Shore&#x49;T",
            "Shore&amp;nbsp;IT",
            "**Shore** IT",
            "Shore *IT*",
            "**Shore IT**",
            "`Shore IT`",
            "[Shore](https://x) IT",
            "Shore <b>IT</b>",
            "Shore\\\nIT",
            "<p>Shore <i>IT</i></p>",
            "Sh\u{f3}re IT",
            "Sho\u{301}re IT",
            "\u{ff33}hore IT",
            "Sho\u{ad}re IT",
            "Shore\u{200b}IT",
            "Shore ITs",
            "> Shore\n> IT",
            "Shore IT2",
        ];
        for way in ways {
            let text = format!("{way} said");
            let found = told(&["Shore IT"], &text);
            let folded: String = found.chars().flat_map(fold).collect();
            assert!(!folded.contains("shoreit") && found.contains("Team A"), "{way}: {found}");
        }
    }

    #[test]
    fn what_stands_around_a_name_stays() {
        let cases = [
            ("a **Shore** IT b", "a Team A b"),
            ("a *big Shore* IT b", "a big Team A b"),
            ("**a Shore IT b**", "**a Team A b**"),
            ("see `x Shore IT y` z", "see `x Team A y` z"),
            ("Shore IT's and Shore IT", "Team A's and Team A"),
            ("[Shore IT](https://x)", "[Team A](https://x)"),
            ("*Shore IT \\* Shore* IT", "Team A \\* Team A"),
        ];
        for (text, wanted) in cases {
            assert_eq!(told(&["Shore IT"], text), wanted, "{text}");
        }
    }

    #[test]
    fn other_words_are_no_name() {
        for text in ["offshore IT", "Shore item", "Shore", "Shore\n\nIT", "Shore\n \nIT"] {
            assert_eq!(told(&["Shore IT"], text), text);
        }
    }

    #[test]
    fn a_name_of_one_word_is_found_as_given() {
        let cases = [
            ("Platform and Platform's", "Team A and Team A's"),
            (
                "platform, Platforms, PLATFORM, Plat-form, MyPlatform",
                "platform, Platforms, PLATFORM, Plat-form, MyPlatform",
            ),
            ("**Platform**", "**Team A**"),
        ];
        for (text, wanted) in cases {
            assert_eq!(told(&["Platform"], text), wanted, "{text}");
        }
        for name in ["C++", "C#", ".NET", "🚀", "Yahoo!"] {
            assert_eq!(told(&[name], &format!("by {name}, {name}'s")), "by Team A, Team A's");
        }
        assert_eq!(told(&["C++"], "C, C#, C+ and NET"), "C, C#, C+ and NET");
        assert_eq!(told(&["Zebrafish"], "Zebra&shy;fish"), "Team A");
        assert_eq!(told(&["基盤班"], "これは基盤班が答える"), "これはTeam Aが答える");
        assert_eq!(told(&["فريق المنصة"], "لفريق المنصة"), "لTeam A");
        assert_eq!(told(&["플랫폼 팀"], "플랫폼 팀은"), "Team A은");
    }

    #[test]
    fn letters_with_strokes_and_signs_are_letters() {
        let names = ["Łódź Ops", "Straße Süd", "Blue Harbour Logistics"];
        for text in [
            "lodz ops",
            "STRASSE SUD",
            "Blue Harbour™ Logistics",
            "BlueHarbourLogisticsTeam",
            "Blue &lt;b&gt;Harbour&lt;/b&gt; Logistics",
        ] {
            let found = told(&names, text);
            assert!(found.starts_with("Team A"), "{text}: {found}");
        }
    }

    #[test]
    fn endings_and_longer_names_count() {
        assert_eq!(told(&["Delivery Company"], "two delivery companies"), "two Team A");
        assert_eq!(told(&["Fleet Systems"], "a fleet system"), "a Team A");
        assert_eq!(told(&["Shore IT", "Shore IT Ops"], "Shore IT Ops"), "Team A");
        assert_eq!(told(&["Shore IT", "IT Ops"], "Shore IT Ops"), "Team A");
    }
}
