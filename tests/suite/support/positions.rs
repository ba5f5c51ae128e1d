//! Positions by number, counted from 0, for tests that count their own teams, controls and quarters.

use milepost::model::ids::{ControlId, FrameworkId, Position, QuarterId, Table, TeamId};

/// The position of the row with this number.
pub(crate) fn nth<P: Position, T>(table: &Table<P, T>, number: usize) -> P {
    table.ids().nth(number).unwrap()
}

fn numbered<P: Position>(within: P::Within, number: usize) -> P {
    let mut table = Table::within(within);
    (0..=number).for_each(|_| {
        table.push(());
    });
    nth(&table, number)
}

pub(crate) fn team(number: usize) -> TeamId {
    numbered((), number)
}

pub(crate) fn quarter(number: usize) -> QuarterId {
    numbered((), number)
}

pub(crate) fn framework(number: usize) -> FrameworkId {
    numbered((), number)
}

/// A control of the framework with the first number.
pub(crate) fn control(of: usize, number: usize) -> ControlId {
    numbered(framework(of), number)
}
