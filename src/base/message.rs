//! One text of the report, with the places of its values.
//!
//! A text holds placeholders (`{n}`), code between backticks, `**strong**` words and links (`[words](name)`, where `name` is the
//! placeholder of the address). A brace is written twice. A text that depends on a count has a form for each plural category of its
//! language; the placeholder of the count is always `n`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::base::language::{Language, Plural};

/// A text in all its plural forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The forms for some counts.
    counted: Vec<(Plural, MessageForm)>,
    /// The form for all other counts, and the only one of a text without a count.
    other: MessageForm,
}

/// A text in pieces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageForm(Vec<Piece>);

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Words.
    Words(String),
    /// A tag of HTML. Plain text writes code between backticks and leaves other tags out.
    Tag(&'static str),
    /// The value of this name.
    Value(String),
    /// The start of a link to the value of this name, which plain text leaves out.
    Link(String),
}

/// The placeholder of a count.
pub const COUNT: &str = "n";

impl Message {
    /// A text without plural forms.
    pub fn one(form: MessageForm) -> Self {
        Self { counted: Vec::new(), other: form }
    }

    /// A text with plural forms; `None` if it lacks the form for other counts.
    pub fn counted(forms: Vec<(Plural, MessageForm)>) -> Option<Self> {
        let (other, counted): (Vec<_>, Vec<_>) = forms.into_iter().partition(|(plural, _)| *plural == Plural::Other);
        let (_, other) = other.into_iter().next()?;
        Some(Self { counted, other })
    }

    /// The pieces of the text for `count`, which matters only to a text with plural forms.
    pub fn pieces(&self, language: &Language, count: Option<u64>) -> &[Piece] {
        &self.form(language, count).0
    }

    fn form(&self, language: &Language, count: Option<u64>) -> &MessageForm {
        let plural = count.filter(|_| !self.counted.is_empty()).map(|count| language.plural(count));
        let form = self.counted.iter().find(|(category, _)| Some(*category) == plural);
        form.map_or(&self.other, |(_, form)| form)
    }

    /// Each plural form that the text has.
    pub fn forms(&self) -> impl Iterator<Item = &MessageForm> {
        self.counted.iter().map(|(_, form)| form).chain([&self.other])
    }

    /// Each plural form as it is written without markup, by the name of its category.
    pub fn written(&self) -> BTreeMap<&'static str, String> {
        let forms = self.counted.iter().map(|(plural, form)| (*plural, form)).chain([(Plural::Other, &self.other)]);
        let name =
            |plural| Plural::ALL.into_iter().find(|(_, known)| *known == plural).map_or("other", |(name, _)| name);
        forms.map(|(plural, form)| (name(plural), form.plain(|name| format!("{{{name}}}")))).collect()
    }

    /// The names of all placeholders, over all plural forms.
    pub fn names(&self) -> BTreeSet<&str> {
        self.forms().flat_map(MessageForm::names).collect()
    }

    /// The placeholders that every plural form holds, and a translation must hold too.
    pub fn needed(&self) -> BTreeSet<&str> {
        let in_all = |name: &&str| self.forms().all(|form| form.names().any(|other| other == *name));
        self.names().into_iter().filter(in_all).filter(|name| *name != COUNT).collect()
    }

    /// The text without markup but for the backticks of code, with `values` by name. A name without a value stays as it is.
    pub fn plain(&self, language: &Language, values: &[(&str, &dyn fmt::Display)]) -> String {
        let value = |name: &str| values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_string());
        // Most texts depend on no count.
        let count = if self.counted.is_empty() { None } else { value(COUNT).and_then(|count| count.parse().ok()) };
        self.form(language, count).plain(|name| value(name).unwrap_or_else(|| format!("{{{name}}}")))
    }
}

impl MessageForm {
    /// Reads a text.
    ///
    /// # Errors
    /// What is wrong with it, in one sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (mut pieces, mut words) = (Vec::new(), String::new());
        let (mut code, mut strong, mut link) = (false, false, false);
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let mut piece = None;
            let (taken, plain) = match c {
                '{' | '}' if rest[1..].starts_with(c) => (2, &rest[..1]),
                '}' => return Err("a `}` closes nothing: write `}}` for a brace".to_owned()),
                '{' => {
                    let name = rest[1..].split_once('}').map(|(name, _)| name).filter(|name| is_name(name));
                    let name = name.ok_or("a `{` opens no placeholder: write `{name}`, or `{{` for a brace")?;
                    piece = Some(Piece::Value(name.to_owned()));
                    (name.len() + 2, "")
                }
                '`' => {
                    code = !code;
                    piece = Some(Piece::Tag(if code { "<code>" } else { "</code>" }));
                    (1, "")
                }
                '*' if !code && rest.starts_with("**") => {
                    strong = !strong;
                    piece = Some(Piece::Tag(if strong { "<strong>" } else { "</strong>" }));
                    (2, "")
                }
                '[' if !code => {
                    let (name, _) = address(rest).ok_or("a `[` opens no link: write `[words](name)`")?;
                    if std::mem::replace(&mut link, true) {
                        return Err("a link stands in a link".to_owned());
                    }
                    piece = Some(Piece::Link(name.to_owned()));
                    (1, "")
                }
                ']' if link && !code => {
                    link = false;
                    piece = Some(Piece::Tag("</a>"));
                    (rest.find(')').map_or(rest.len(), |end| end + 1), "")
                }
                _ => (c.len_utf8(), &rest[..c.len_utf8()]),
            };
            words.push_str(plain);
            if let Some(piece) = piece {
                if !words.is_empty() {
                    pieces.push(Piece::Words(std::mem::take(&mut words)));
                }
                pieces.push(piece);
            }
            rest = &rest[taken..];
        }
        if code || strong {
            return Err("a backtick or `**` is not closed".to_owned());
        }
        if !words.is_empty() {
            pieces.push(Piece::Words(words));
        }
        Ok(Self(pieces))
    }

    /// The text without markup but for the backticks of code; `value` gives the value of a placeholder.
    fn plain(&self, value: impl Fn(&str) -> String) -> String {
        let mut plain = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Words(words) => plain.push_str(words),
                Piece::Value(name) => plain.push_str(&value(name)),
                Piece::Tag("<code>" | "</code>") => plain.push('`'),
                Piece::Tag(_) | Piece::Link(_) => {}
            }
        }
        plain
    }

    /// The placeholders that are addresses of links.
    pub fn links(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| if let Piece::Link(name) = piece { Some(name.as_str()) } else { None })
    }

    /// The names of the placeholders.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Value(name) | Piece::Link(name) => Some(name.as_str()),
            Piece::Words(_) | Piece::Tag(_) => None,
        })
    }
}

/// The name between the round brackets of the link that `text` starts with, and what follows the link.
fn address(text: &str) -> Option<(&str, &str)> {
    let (_, after) = text.split_once("](")?;
    after.split_once(')').filter(|(name, _)| is_name(name))
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn english(forms: &[(Plural, &str)], values: &[(&str, &dyn fmt::Display)]) -> String {
        let forms = forms.iter().map(|(plural, text)| (*plural, MessageForm::parse(text).unwrap()));
        Message::counted(forms.collect()).unwrap().plain(&Language::english(), values)
    }

    #[test]
    fn a_count_chooses_the_form() {
        let forms = [(Plural::One, "{n} gap of {all}"), (Plural::Other, "{n} gaps of {all}")];
        assert_eq!(english(&forms, &[("n", &1), ("all", &"7")]), "1 gap of 7");
        assert_eq!(english(&forms, &[("n", &0), ("all", &"7")]), "0 gaps of 7");
        assert_eq!(english(&forms, &[("n", &2)]), "2 gaps of {all}");
    }

    #[test]
    fn plain_text_leaves_markup_out() {
        let text = "**All {n} gaps** stand [in the list](list); see `[targets]` and {{x}}.";
        let plain = english(&[(Plural::Other, text)], &[("n", &3), ("list", &"gaps.html")]);
        assert_eq!(plain, "All 3 gaps stand in the list; see `[targets]` and {x}.");
    }

    #[test]
    fn what_is_wrong_is_said() {
        for wrong in ["{", "{N}", "{a b}", "}", "[x", "[x](y", "[a [b](c)](d)", "`x", "**x", "[x]({y})"] {
            assert!(MessageForm::parse(wrong).is_err(), "{wrong}");
        }
        let names: Vec<String> = MessageForm::parse("{a} [{b}](c)").unwrap().names().map(str::to_owned).collect();
        assert_eq!(names, ["a", "c", "b"]);
    }
}
