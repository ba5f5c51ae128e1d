//! Finds ids the way people write them: `pr.ir-1`, `PR.IR–01`, `PR.IR-01: the text of the control`.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;

/// Ids that can be found however they are written.
#[derive(Clone, Debug)]
pub struct Ids<T> {
    /// Which of `names` mean the same id, by its plain form.
    plain: BTreeMap<String, Vec<usize>>,
    names: Vec<(String, T)>,
    exact: BTreeMap<String, usize>,
}

/// What a text means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning<T> {
    /// This one.
    One(T),
    /// Any of these, each by its name.
    Several(Vec<String>),
    /// Nothing that is known.
    Nothing,
}

impl<T: Copy + PartialEq> Ids<T> {
    /// The ids with these names. One thing may have several.
    pub fn of<'a>(names: impl IntoIterator<Item = (&'a str, T)>) -> Self {
        let names: Vec<(String, T)> = names.into_iter().map(|(name, it)| (name.to_owned(), it)).collect();
        let (mut plain, mut exact) = (BTreeMap::<String, Vec<usize>>::new(), BTreeMap::new());
        for (at, (name, _)) in names.iter().enumerate() {
            plain.entry(plain_form(name)).or_default().push(at);
            exact.entry(name.clone()).or_insert(at);
        }
        Self { plain, names, exact }
    }

    /// What `text` means: the id alone, or an id with a text behind it.
    pub fn find(&self, text: &str) -> Meaning<T> {
        let text = text.trim();
        let whole = self.find_whole(text);
        if whole != Meaning::Nothing {
            return whole;
        }
        let end = text.find(|c: char| c.is_whitespace()).unwrap_or(text.len());
        let first = text[..end].trim_end_matches([':', '.', ',', ';']);
        // `PR.IR-01:text` without a blank: an id may hold a colon itself, so the longest comes first.
        let colons = first.rmatch_indices(':').map(|(at, _)| &first[..at]);
        let parts = [first].into_iter().chain(colons.take(4));
        parts.map(|part| self.find_whole(part)).find(|found| *found != Meaning::Nothing).unwrap_or(Meaning::Nothing)
    }

    fn find_whole(&self, text: &str) -> Meaning<T> {
        if let Some(at) = self.exact.get(text) {
            return Meaning::One(self.names[*at].1);
        }
        // No id is so long, and a cell may be.
        if text.len() > 4 * LONGEST {
            return Meaning::Nothing;
        }
        match self.plain.get(&plain_form(text)).map(Vec::as_slice) {
            None | Some([]) => Meaning::Nothing,
            Some([first, others @ ..]) => {
                let it = self.names[*first].1;
                if others.iter().all(|other| self.names[*other].1 == it) {
                    return Meaning::One(it);
                }
                Meaning::Several([first].into_iter().chain(others).map(|at| self.names[*at].0.clone()).collect())
            }
        }
    }
}

/// The longest id, in characters, with the name of its framework.
const LONGEST: usize = 200;

/// An id without what people write in several ways: upper case, plain letters for wide ones, one kind of dash, no blanks, and
/// no zeros in front of a number.
pub fn plain_form(id: &str) -> String {
    let mut out = String::with_capacity(id.len());
    for c in id.nfkc().flat_map(char::to_uppercase) {
        match c {
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' => out.push('-'),
            c if c.is_whitespace() || matches!(c, '\u{AD}' | '\u{200B}' | '\u{FEFF}') => {}
            c => {
                if c.is_ascii_digit() && ends_with_a_leading_zero(&out) {
                    out.pop();
                }
                out.push(c);
            }
        }
    }
    out
}

/// Whether the last character is a zero that no digit stands before.
fn ends_with_a_leading_zero(text: &str) -> bool {
    let mut back = text.chars().rev();
    back.next() == Some('0') && !back.next().is_some_and(|before| before.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_found_however_people_write_it() {
        let ids = Ids::of([("PR.IR-01", 1), ("PR.IR-10", 10), ("csf-1.1:PR.IR-1", 11), ("A.5.1", 2), ("AC-2(1)", 3)]);
        let written = [
            "PR.IR-01",
            "PR.IR-1",
            "pr.ir-01",
            " PR.IR-01 ",
            "PR.IR\u{2013}01",
            "PR.IR \u{2013} 1",
            "ＰＲ．ＩＲ－０１",
            "PR.IR-01: Networks are protected",
            "PR.IR-01 Networks are protected",
            "PR.IR-01:Networks",
            "PR.IR-01\nNetworks",
            "PR.\u{200b}IR-001",
        ];
        for text in written {
            assert_eq!(ids.find(text), Meaning::One(1), "{text:?}");
        }
        assert_eq!(ids.find("PR.IR-10"), Meaning::One(10));
        assert_eq!(ids.find("CSF-1.1:pr.ir-01"), Meaning::One(11));
        assert_eq!(ids.find("ac-2 (1)"), Meaning::One(3));
        for text in ["", "PR.IR", "PR.IR-011", "PR.IR-", "Networks PR.IR-01", "A.5", &"0".repeat(100_000)] {
            assert_eq!(ids.find(text), Meaning::Nothing, "{:?}", &text[..text.len().min(40)]);
        }
    }

    #[test]
    fn a_text_that_means_two_ids_means_neither() {
        let ids = Ids::of([("A.1", 1), ("A.01", 2)]);
        assert_eq!(ids.find("a.001"), Meaning::Several(vec!["A.1".to_owned(), "A.01".to_owned()]));
        assert_eq!(ids.find("A.01"), Meaning::One(2));
    }
}
