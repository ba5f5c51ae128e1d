//! Mappings of tables: which column of a table of another tool says what.

use crate::base::number::Level;

/// A mapping of tables.
#[derive(Clone, Debug)]
pub struct TableMapping {
    /// What such a table is called.
    pub title: String,
    /// The sheet's name; `None` for the first sheet that has the columns.
    pub sheet: Option<String>,
    /// The heads that the column of ids may have, the likeliest first.
    pub id: Vec<String>,
    /// The edition whose ids these are, if it is not the workspace's own; its levels are carried over.
    pub of: Option<String>,
    /// The columns that must be there, each with the words that it may hold. Other rows do not count.
    pub required: Vec<(String, Vec<String>)>,
    /// The level.
    pub level: Option<LevelColumn>,
    /// The target.
    pub target: Option<LevelColumn>,
    /// The columns of notes.
    pub note: Vec<String>,
    /// Which rows are not applicable, and why.
    pub not_applicable: Option<StateColumn>,
    /// Which rows are unknown, and why.
    pub unknown: Option<StateColumn>,
    /// Which rows are not answered, whatever else they hold.
    pub unanswered: Option<StateColumn>,
    /// Columns that are not imported, each with the reason.
    pub left: Vec<(String, String)>,
}

/// A column of levels.
#[derive(Clone, Debug)]
pub struct LevelColumn {
    /// The heads that it may have, the likeliest first.
    pub column: Vec<String>,
    /// The cells that hold no level.
    pub none: Vec<String>,
    /// Which level each value means, by points of the foreign scale; `None` if the command line must say it.
    pub scale: Option<Vec<(String, Level)>>,
    /// A column whose words are a result and not a level; they are reported if the level is missing.
    pub without: Option<String>,
}

/// Rows in a state without a level.
#[derive(Clone, Debug)]
pub struct StateColumn {
    /// The column that says so.
    pub column: String,
    /// Its words for this state.
    pub is: Vec<String>,
    /// The columns that may hold the reason.
    pub reason: Vec<String>,
}

impl TableMapping {
    /// The mapping for a quarter with this number (1 to 4), which stands in the heads of columns instead of `{quarter}`.
    #[must_use]
    pub fn in_quarter(mut self, number: i8) -> Self {
        let number = number.to_string();
        let levels = self.level.iter_mut().chain(&mut self.target);
        let levels = levels.flat_map(|rule| rule.column.iter_mut().chain(&mut rule.without));
        let states = [&mut self.not_applicable, &mut self.unknown, &mut self.unanswered].into_iter().flatten();
        let states = states.flat_map(|rule| std::iter::once(&mut rule.column).chain(&mut rule.reason));
        let named = self.required.iter_mut().map(|(head, _)| head).chain(self.left.iter_mut().map(|(head, _)| head));
        let heads = self.id.iter_mut().chain(&mut self.note).chain(levels).chain(states).chain(named);
        heads.chain(&mut self.sheet).for_each(|head| *head = head.replace("{quarter}", &number));
        self
    }

    /// Every head that it is about.
    pub fn heads(&self) -> impl Iterator<Item = &str> {
        let levels = self.level.iter().chain(&self.target).flat_map(|rule| rule.column.iter().chain(&rule.without));
        let states = [&self.not_applicable, &self.unknown, &self.unanswered].into_iter().flatten();
        let states = states.flat_map(|rule| std::iter::once(&rule.column).chain(&rule.reason));
        let required = self.required.iter().map(|(head, _)| head);
        let left = self.left.iter().map(|(head, _)| head);
        self.id.iter().chain(levels).chain(&self.note).chain(states).chain(required).chain(left).map(String::as_str)
    }
}
