//! A file's text, and parts of it that share its memory, so that thousands of answers need no copies.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

/// The text of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text {
    /// A text that is embedded in the binary.
    Embedded(&'static str),
    /// A text that was read from outside the binary.
    Read(Arc<str>),
}

impl Deref for Text {
    type Target = str;
    fn deref(&self) -> &str {
        match self {
            Self::Embedded(text) => text,
            Self::Read(text) => text,
        }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::Read(text.into())
    }
}

/// A part of a text that may share memory with other parts.
#[derive(Clone, Default)]
pub struct Excerpt {
    text: Arc<str>,
    start: u32,
    end: u32,
}

impl Excerpt {
    /// The text of `value`, which a TOML parser made from the bytes `span` of `text`: a part of these bytes, unless something in
    /// them is escaped.
    pub fn of_toml(text: &Text, span: &Range<usize>, value: &str) -> Self {
        let Text::Read(text) = text else { return Self::from(value) };
        // A value follows one quotation mark, or three and perhaps a new line.
        let part = |skipped: usize| {
            let start = span.start + skipped;
            (text.get(start..start + value.len()) == Some(value)).then_some((start, start + value.len()))
        };
        let Some((start, end)) = [1, 3, 4, 5].into_iter().find_map(part) else { return Self::from(value) };
        match (u32::try_from(start), u32::try_from(end)) {
            (Ok(start), Ok(end)) => Self { text: Arc::clone(text), start, end },
            _ => Self::from(value),
        }
    }
}

impl Deref for Excerpt {
    type Target = str;
    fn deref(&self) -> &str {
        &self.text[self.start as usize..self.end as usize]
    }
}

impl PartialEq for Excerpt {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl From<&str> for Excerpt {
    fn from(text: &str) -> Self {
        let end = u32::try_from(text.len()).expect("a text is far shorter than 4 GiB");
        Self { text: Arc::from(text), start: 0, end }
    }
}

impl Eq for Excerpt {}

impl fmt::Debug for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_as_it_is_shares_the_files_text_and_what_is_escaped_does_not() {
        let cases = [
            ("\"plain\"", "plain", true),
            ("'literal'", "literal", true),
            ("\"\"\"three\nlines\n\"\"\"", "three\nlines\n", true),
            ("\"\"\"\nbelow\"\"\"", "below", true),
            ("\"\"\"\r\nbelow\"\"\"", "below", true),
            ("\"a \\\"quoted\\\" word\"", "a \"quoted\" word", false),
            ("\"\"", "", true),
        ];
        for (written, value, shares) in cases {
            let text = Text::from(format!("note = {written}\n").as_str());
            let Text::Read(whole) = &text else { unreachable!("it was read") };
            let excerpt = Excerpt::of_toml(&text, &(7..7 + written.len()), value);
            assert_eq!((&*excerpt, Arc::ptr_eq(&excerpt.text, whole)), (value, shares), "{written}");
        }
    }
}
