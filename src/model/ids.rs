//! Positions. A position identifies a framework, Function, Category, control, team, quarter or answer of an assessment.
//!
//! Each kind of position is a separate type, and these types index the tables of an assessment. Only this module turns a position
//! into a number. The code does not compile if a position of one type is used in place of another:
//!
//! ```compile_fail,E0308
//! use milepost::model::ids::{ControlId, TeamId};
//!
//! fn teams_level(team: TeamId) {}
//! fn wrong(control: ControlId) {
//!     teams_level(control);
//! }
//! ```
//!
//! ```compile_fail,E0277
//! use milepost::model::ids::{QuarterId, Table, TeamId};
//!
//! fn wrong(names: &Table<TeamId, String>, quarter: QuarterId) -> &String {
//!     &names[quarter]
//! }
//! ```

use std::fmt;
use std::iter;
use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// What only this module may do with a position.
mod number {
    /// A position as a number.
    pub trait Numbered: Copy + Ord {
        /// What the positions belong to: a framework, or nothing.
        type Within: Copy + Eq + std::fmt::Debug;

        /// The position with this number.
        fn numbered(within: Self::Within, number: usize) -> Self;

        /// The owner of the position: a framework, or nothing.
        fn within(self) -> Self::Within;

        /// The number of the position, counted from 0.
        fn number(self) -> usize;
    }
}

use number::Numbered;

/// A position. Only types of this module can implement this trait.
pub trait Position: Numbered {}

impl<P: Numbered> Position for P {}

/// Declares positions that belong to the assessment itself.
macro_rules! positions {
    ($($(#[$docs:meta])* $name:ident,)*) => { $(
        $(#[$docs])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u32);

        impl Numbered for $name {
            type Within = ();

            fn numbered((): (), number: usize) -> Self {
                Self(short(number))
            }

            fn within(self) {}

            fn number(self) -> usize {
                self.0 as usize
            }
        }
    )* };
}

/// Declares positions that belong to a framework.
macro_rules! positions_of_a_framework {
    ($($(#[$docs:meta])* $name:ident,)*) => { $(
        $(#[$docs])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name {
            framework: FrameworkId,
            number: u32,
        }

        impl $name {
            /// The framework that the position belongs to.
            pub fn framework(self) -> FrameworkId {
                self.framework
            }

            /// The same position where its framework stands at another one.
            #[must_use]
            pub(super) fn placed(self, framework: FrameworkId) -> Self {
                Self { framework, ..self }
            }
        }

        impl Numbered for $name {
            type Within = FrameworkId;

            fn numbered(framework: FrameworkId, number: usize) -> Self {
                Self { framework, number: short(number) }
            }

            fn within(self) -> FrameworkId {
                self.framework
            }

            fn number(self) -> usize {
                self.number as usize
            }
        }
    )* };
}

positions! {
    /// A framework of [`Assessment::frameworks`](super::assessment::Assessment::frameworks).
    FrameworkId,
    /// A team of [`Settings::teams`](super::settings::Settings::teams).
    TeamId,
    /// A quarter of [`Assessment::quarters`](super::assessment::Assessment::quarters).
    QuarterId,
    /// A guide of [`Assessment::guides`](super::assessment::Assessment::guides).
    GuideId,
    /// A catalog of [`Assessment::foreign_catalogs`](super::assessment::Assessment::foreign_catalogs).
    ForeignCatalogId,
}

positions_of_a_framework! {
    /// A Function of a framework.
    FunctionId,
    /// A Category of a framework.
    CategoryId,
    /// A control of a framework.
    ControlId,
}

/// The position of one team's answer for one control, whether given or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AnswerId {
    /// The control that is answered.
    pub control: ControlId,
    /// The team that is asked.
    pub team: TeamId,
}

impl ControlId {
    /// The answer of `team` for this control.
    pub fn of(self, team: TeamId) -> AnswerId {
        AnswerId { control: self, team }
    }
}

impl FrameworkId {
    /// The report's main framework, which is the first.
    pub const MAIN: Self = Self(0);
}

impl QuarterId {
    /// The quarter before this one in the assessment; `None` for the first.
    pub fn before(self) -> Option<Self> {
        self.0.checked_sub(1).map(Self)
    }
}

fn short(number: usize) -> u32 {
    u32::try_from(number).expect("files are limited, so no table has 2^32 rows")
}

/// A range of neighbouring positions, in order.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Run<P: Position> {
    within: P::Within,
    start: u32,
    end: u32,
}

impl<P: Position> Run<P> {
    /// The positions, in order.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = P> + ExactSizeIterator + Clone {
        let within = self.within;
        (self.start..self.end).map(move |number| P::numbered(within, number as usize))
    }

    /// The number of positions.
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether the run has no positions.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Extends the run by `last`, the position directly after it.
    pub fn extend_to(&mut self, last: P) {
        debug_assert!(last.number() == self.end as usize, "only the next position can be added");
        self.end = short(last.number() + 1);
    }

    /// Whether `position` is in the run.
    pub fn contains(self, position: P) -> bool {
        self.within == position.within() && (self.start..self.end).contains(&short(position.number()))
    }
}

impl<P: Position<Within = FrameworkId>> Run<P> {
    /// The same run where its framework stands at another position.
    #[must_use]
    pub(super) fn placed(self, framework: FrameworkId) -> Self {
        Self { within: framework, ..self }
    }
}

impl<P: Position> fmt::Debug for Run<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

/// Rows in order. A position finds each row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table<P: Position, T> {
    within: P::Within,
    rows: Vec<T>,
    position: PhantomData<P>,
}

impl<P: Position, T> Table<P, T> {
    /// An empty table for what belongs to `within`.
    pub fn within(within: P::Within) -> Self {
        Self { within, rows: Vec::new(), position: PhantomData }
    }

    /// Adds a row at the end and returns its position.
    pub fn push(&mut self, row: T) -> P {
        self.rows.push(row);
        P::numbered(self.within, self.rows.len() - 1)
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether the table has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The positions of all rows.
    pub fn run(&self) -> Run<P> {
        Run { within: self.within, start: 0, end: short(self.rows.len()) }
    }

    /// The positions of the rows that come after the first `count`.
    pub fn run_from(&self, count: usize) -> Run<P> {
        Run { start: short(count.min(self.rows.len())), ..self.run() }
    }

    /// The positions of all rows, in order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = P> + ExactSizeIterator + Clone + use<P, T> {
        self.run().iter()
    }

    /// The rows, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.rows.iter()
    }

    /// The rows, in order, as mutable references.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.rows.iter_mut()
    }

    /// Each row with its position, in order.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = (P, &T)> + ExactSizeIterator + Clone {
        self.ids().zip(&self.rows)
    }

    /// The first row's position. Public for tests.
    pub fn first_id(&self) -> Option<P> {
        self.ids().next()
    }

    /// The last row's position.
    pub fn last_id(&self) -> Option<P> {
        self.ids().next_back()
    }

    /// The position of the first row for which `is` is true.
    pub fn find(&self, is: impl Fn(&T) -> bool) -> Option<P> {
        self.entries().find(|(_, row)| is(row)).map(|(id, _)| id)
    }

    /// The position before another one; `None` before the first.
    pub fn before(&self, position: P) -> Option<P> {
        let number = position.number().checked_sub(1)?;
        Some(P::numbered(self.within, number))
    }

    /// The position after another one; `None` after the last.
    pub fn after(&self, position: P) -> Option<P> {
        let number = position.number() + 1;
        (number < self.rows.len()).then(|| P::numbered(self.within, number))
    }

    /// A table of the same shape, whose rows `row` makes.
    pub fn map<U>(&self, row: impl FnMut(P) -> U) -> Table<P, U> {
        Table { within: self.within, rows: self.ids().map(row).collect(), position: PhantomData }
    }

    /// The rows of `run`, in order.
    pub fn slice(&self, run: Run<P>) -> &[T] {
        &self.rows[run.start as usize..run.end as usize]
    }

    /// The run of one position.
    pub fn one(&self, position: P) -> Run<P> {
        let start = short(position.number());
        Run { within: self.within, start, end: start + 1 }
    }
}

impl<P: Position<Within = FrameworkId>, T> Table<P, T> {
    /// The same rows where their framework stands at another position.
    #[must_use]
    pub(super) fn placed(self, framework: FrameworkId) -> Self {
        Self { within: framework, ..self }
    }
}

impl<P: Position<Within = ()>, T> Default for Table<P, T> {
    fn default() -> Self {
        Self::within(())
    }
}

impl<P: Position<Within = ()>, T> FromIterator<T> for Table<P, T> {
    fn from_iter<I: IntoIterator<Item = T>>(rows: I) -> Self {
        Self { within: (), rows: rows.into_iter().collect(), position: PhantomData }
    }
}

impl<P: Position, T> IntoIterator for Table<P, T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.into_iter()
    }
}

impl<'a, P: Position, T> IntoIterator for &'a Table<P, T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.iter()
    }
}

impl<'a, P: Position, T> IntoIterator for &'a mut Table<P, T> {
    type Item = &'a mut T;
    type IntoIter = std::slice::IterMut<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.iter_mut()
    }
}

impl<P: Position, T> Index<P> for Table<P, T> {
    type Output = T;

    fn index(&self, position: P) -> &T {
        debug_assert!(self.within == position.within(), "a position of another framework");
        &self.rows[position.number()]
    }
}

impl<P: Position, T> IndexMut<P> for Table<P, T> {
    fn index_mut(&mut self, position: P) -> &mut T {
        debug_assert!(self.within == position.within(), "a position of another framework");
        &mut self.rows[position.number()]
    }
}

/// A value for each team's answer for each control of each framework.
#[derive(Clone, Debug)]
pub struct Answers<T> {
    teams: Run<TeamId>,
    /// By framework, then by control, then by team.
    frameworks: Vec<Vec<T>>,
}

impl<T> Answers<T> {
    /// The same `value` for each of `teams` and each control of `frameworks`; both are given as runs.
    pub fn filled(teams: Run<TeamId>, frameworks: impl IntoIterator<Item = Run<ControlId>>, value: T) -> Self
    where
        T: Clone,
    {
        let of = |controls: Run<ControlId>| vec![value.clone(); controls.len() * teams.len()];
        Self { teams, frameworks: frameworks.into_iter().map(of).collect() }
    }

    /// All values, in the order of frameworks, controls and teams.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.frameworks.iter().flatten()
    }

    /// All values, as mutable references, in the order of frameworks, controls and teams.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.frameworks.iter_mut().flatten()
    }

    /// The position of every answer, in the order of frameworks, controls and teams.
    pub fn ids(&self) -> impl Iterator<Item = AnswerId> + '_ {
        let teams = self.teams;
        self.frameworks.iter().enumerate().flat_map(move |(framework, rows)| {
            let framework = FrameworkId::numbered((), framework);
            let controls = rows.len().checked_div(teams.len()).unwrap_or_default();
            let controls = (0..controls).map(move |number| ControlId::numbered(framework, number));
            controls.flat_map(move |control| teams.iter().map(move |team| control.of(team)))
        })
    }

    /// A table of the same shape, whose values `make` makes.
    pub fn map<U>(&self, make: impl FnMut(AnswerId) -> U) -> Answers<U> {
        let mut made = self.ids().map(make);
        let frameworks = self.frameworks.iter().map(|rows| iter::from_fn(|| made.next()).take(rows.len()).collect());
        Answers { teams: self.teams, frameworks: frameworks.collect() }
    }

    fn place(&self, answer: AnswerId) -> (usize, usize) {
        let AnswerId { control, team } = answer;
        (control.framework.number(), control.number() * self.teams.len() + team.number())
    }
}

impl<T> Index<AnswerId> for Answers<T> {
    type Output = T;

    fn index(&self, answer: AnswerId) -> &T {
        let (framework, row) = self.place(answer);
        &self.frameworks[framework][row]
    }
}

impl<T> IndexMut<AnswerId> for Answers<T> {
    fn index_mut(&mut self, answer: AnswerId) -> &mut T {
        let (framework, row) = self.place(answer);
        &mut self.frameworks[framework][row]
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The position of the row with this number, counted from 0.
    pub(crate) fn nth<P: Position, T>(table: &Table<P, T>, number: usize) -> P {
        table.ids().nth(number).unwrap()
    }

    fn controls(count: usize) -> Table<ControlId, usize> {
        let mut table = Table::within(FrameworkId::MAIN);
        for row in 0..count {
            table.push(row);
        }
        table
    }

    #[test]
    fn a_table_gives_a_row_for_the_position_that_push_gave() {
        let mut teams: Table<TeamId, &str> = Table::default();
        let [deck, engine] = ["deck", "engine"].map(|id| teams.push(id));
        assert_eq!((teams[deck], teams[engine]), ("deck", "engine"));
        assert_eq!(teams.find(|id| *id == "engine"), Some(engine));
        assert_eq!(teams.map(|team| teams[team].len()).into_iter().collect::<Vec<_>>(), [4, 6]);
    }

    #[test]
    fn a_run_holds_the_positions_from_a_count_on() {
        let table = controls(5);
        let run = table.run_from(3);
        assert_eq!(run.iter().map(|control| table[control]).collect::<Vec<_>>(), [3, 4]);
        assert_eq!(table.slice(run), [3, 4]);
        assert!(run.contains(run.iter().next().unwrap()) && !run.contains(table.first_id().unwrap()));
        assert!(table.run_from(9).is_empty());
    }

    #[test]
    fn answers_are_found_by_control_and_team() {
        let teams: Table<TeamId, ()> = [(), ()].into_iter().collect();
        let one = controls(2);
        let mut two: Table<ControlId, ()> = Table::within(FrameworkId::numbered((), 1));
        two.push(());
        let mut answers = Answers::filled(teams.run(), [one.run(), two.run()], 0);
        let ids: Vec<AnswerId> = answers.ids().collect();
        assert_eq!(ids.len(), 6);
        ids.iter().zip(0..).for_each(|(id, number)| answers[*id] = number);
        assert_eq!(answers.iter().copied().collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
        let last = two.first_id().unwrap().of(teams.last_id().unwrap());
        assert_eq!((answers[last], answers.map(|id| answers[id] * 2)[last]), (5, 10));
    }

    #[test]
    fn the_quarter_before_the_first_is_none() {
        let quarters: Table<QuarterId, ()> = [(), ()].into_iter().collect();
        let before = quarters.last_id().and_then(QuarterId::before);
        assert_eq!(before, quarters.first_id());
        assert_eq!(before.and_then(QuarterId::before), None);
    }
}
