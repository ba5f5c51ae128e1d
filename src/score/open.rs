//! What must be said of a quarter that is still open: its figures are those of its last day, if nothing is renewed until then.

use std::fmt;

use crate::model::catalog::Node;
use crate::model::ids::{FrameworkId, TeamId};
use crate::model::strings::Strings;
use crate::score::ScoredQuarter;

/// How much of an open quarter is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenCounts {
    /// The answers that teams are asked for.
    pub asked: u32,
    /// Those that are there, in any state.
    pub answered: u32,
    /// Those that were given in the quarter itself.
    pub reattested: u32,
}

impl ScoredQuarter<'_> {
    /// What an open quarter's figures mean, in a few words; `None` if the quarter is closed.
    pub fn open_note(self, words: &Strings) -> Option<String> {
        self.is_open().then(|| words.say("chart.open_note", &[("day", &words.day(self.closes()))]))
    }

    /// How much of an open quarter is answered, of one framework and of all teams or one; `None` if the quarter is closed.
    pub fn open_counts(self, framework: FrameworkId, team: Option<TeamId>) -> Option<OpenCounts> {
        let counts = &self.figures(Node::Framework(framework), team).counts;
        let asked = counts.applicable() + counts.not_applicable;
        let counts = OpenCounts { asked, answered: asked - counts.unanswered, reattested: counts.reattested() };
        self.is_open().then_some(counts)
    }

    /// What an open quarter's figures mean, and how much is answered; `None` if the quarter is closed.
    pub fn open_notice(self, framework: FrameworkId, team: Option<TeamId>, words: &Strings) -> Option<String> {
        let OpenCounts { asked, answered, reattested } = self.open_counts(framework, team)?;
        let (quarter, day) = (self.name(), words.day(self.closes()));
        let framework = &self.framework(framework).title;
        let figures = words.say("page.open_figures", &[("quarter", &quarter), ("day", &day)]);
        let answers: [(&str, &dyn fmt::Display); 4] =
            [("framework", framework), ("answered", &answered), ("all", &asked), ("reattested", &reattested)];
        let is_one_of_many = self.assessment.frameworks.len() > 1;
        let key = if is_one_of_many { "page.open_answers_of" } else { "page.open_answers" };
        Some(format!("{figures} {}", words.say(key, &answers)))
    }
}
