//! What of a foreign file was not taken: its place there, what it said, and why it was left.

use serde::Serialize;

use crate::base::text::{cut, line};
use crate::border::{Shown, json};

/// The most losses that are printed as text; the count covers all.
const SHOWN: usize = 200;
/// The most characters that are printed of what a place said.
const SAID: usize = 80;

/// One thing that was left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Loss {
    /// Where it stands in the foreign file: `PR Protect!F12`, `line 7`, a JSON path.
    pub place: String,
    /// What it said.
    pub said: String,
    /// Why it was left, and where that helps, what to write instead.
    pub why: String,
}

/// Everything that was left, in the order of the foreign file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Losses {
    all: Vec<Loss>,
}

impl Losses {
    /// Adds what stands at `place`.
    pub fn add(&mut self, place: impl Into<String>, said: impl Into<String>, why: impl Into<String>) {
        self.all.push(Loss { place: place.into(), said: said.into(), why: why.into() });
    }

    /// Adds all of these.
    pub fn extend(&mut self, more: Self) {
        self.all.extend(more.all);
    }

    /// Whether nothing was left.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// How many things were left.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Each of them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Loss> {
        self.all.iter()
    }

    /// A line for each.
    pub fn text(&self) -> Shown {
        let mut out: Shown = self.all.iter().take(SHOWN).map(|loss| Shown::line(&loss.told())).collect();
        if self.all.len() > SHOWN {
            out += &Shown::line(&format!("and {} more", self.all.len() - SHOWN));
        }
        out
    }

    /// The same as a JSON array.
    pub fn json(&self) -> Shown {
        json::print(&self.all)
    }
}

impl Loss {
    /// In a line: ``PR Protect!F12: `=1+2`: a formula is no answer``.
    pub fn told(&self) -> String {
        let said = cut(&line(&self.said), SAID);
        let said = if said.is_empty() { said } else { format!("`{said}`: ") };
        format!("{}: {said}{}", self.place, self.why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_loss_is_a_line_and_a_json_object() {
        let mut losses = Losses::default();
        losses.add("PR Protect!F12", "=1+2\n::error::x\u{1b}[2J", "a formula is no answer");
        losses.add("line 7", "", "no column head stands above it");
        let wanted = "PR Protect!F12: `=1+2 ::error::x\u{fffd}[2J`: a formula is no answer\n\
                      line 7: no column head stands above it\n";
        assert_eq!(*losses.text(), *wanted);
        let read: serde_json::Value = serde_json::from_str(&losses.json()).unwrap();
        assert_eq!(read[0]["said"], "=1+2\n::error::x\u{1b}[2J");
        assert_eq!(read[1]["place"], "line 7");
    }

    #[test]
    fn a_long_list_is_cut_and_counted() {
        let mut losses = Losses::default();
        (0..SHOWN + 5).for_each(|row| losses.add(format!("line {row}"), "x".repeat(10_000), "too much"));
        let text = losses.text();
        assert!(text.ends_with("and 5 more\n") && text.len() < SHOWN * 150, "{}", text.len());
    }
}
