//! Registers: tables that may have thousands of rows. One that is too long for its page goes on over further pages.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::ops::Range;
use std::{iter, slice};

use serde::Serialize;

use super::rows::Rows;
use super::{Choices, Link, Report};
use crate::model::strings::Strings;
use crate::report::address::{LongPage, Register};
use crate::report::paging::{self, Measured};

/// A register: how many rows it has, and how to make each.
pub(super) struct Listing<'a, T> {
    pub name: &'static str,
    pub title: String,
    /// The columns that not every register of its kind has.
    pub with: Vec<&'static str>,
    pub len: usize,
    pub row: Box<dyn Fn(usize) -> T + 'a>,
    /// What tells a reader where in the register a row is.
    pub label: Box<dyn Fn(usize) -> String + 'a>,
    /// What filters of a column offer, other than Functions and what the cells say.
    pub choices: Vec<(&'static str, Choices)>,
    /// The anchor of a row, if links lead to rows.
    pub anchor: Option<Box<dyn Fn(usize) -> String + 'a>>,
}

/// One part of a register: all of it, if it fits on one page.
#[derive(Debug, Serialize)]
#[serde(bound = "T: Serialize + Debug + Send + Sync + 'static")]
pub(super) struct RegisterPart<T> {
    pub(super) name: &'static str,
    title: String,
    with: Vec<&'static str>,
    rows: Rows<T>,
    /// What its filters offer, by their column: Functions, and what else has an order of its own.
    choices: BTreeMap<&'static str, Choices>,
    #[serde(flatten)]
    stretch: Stretch,
}

/// Which rows of a register one part of it holds, and where the others are.
#[derive(Debug, Serialize)]
pub(crate) struct Stretch {
    /// How many rows all parts have.
    total: usize,
    /// Which rows of them these are, counted from 1.
    first: usize,
    last: usize,
    /// Which part this is, of how many.
    part: usize,
    parts: usize,
    /// Where the scripts with the rows of the other parts are.
    scripts: String,
    /// All parts, if there is more than one; each says which rows it holds.
    pages: Vec<Link>,
}

/// One part of a register that is split.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PartAt<'a> {
    /// The rows of each part.
    pub parts: &'a [Range<usize>],
    /// Which part this is, counted from 0.
    pub part: usize,
}

impl PartAt<'_> {
    /// The positions of the rows that the part holds.
    pub(crate) fn rows(self) -> Range<usize> {
        self.parts.get(self.part).cloned().unwrap_or_default()
    }
}

impl Stretch {
    /// One part of a register that has `total` rows in all. `label` tells where a row is, and `path` is the address of a part.
    pub(crate) fn new(
        strings: &Strings,
        at: PartAt<'_>,
        total: usize,
        scripts: String,
        label: impl Fn(usize) -> String,
        path: impl Fn(usize) -> String,
    ) -> Self {
        let PartAt { parts, part } = at;
        let link = |(at, rows): (usize, &Range<usize>)| {
            let [first, last] = [rows.start, rows.end.saturating_sub(1)].map(&label);
            let title = strings.say("register.part", &[("part", &(at + 1)), ("first", &first), ("last", &last)]);
            Link { current: at == part, ..Link::new("", &title, path(at)) }
        };
        let range = at.rows();
        Self {
            total,
            first: range.start + 1,
            last: range.end,
            part: part + 1,
            parts: parts.len(),
            scripts,
            pages: if parts.len() > 1 { parts.iter().enumerate().map(link).collect() } else { Vec::new() },
        }
    }
}

impl<T> Listing<'_, T> {
    /// What its parts depend on.
    pub(super) fn measured(&self) -> Measured
    where
        T: Serialize,
    {
        let anchors = self.anchor.iter().flat_map(|anchor| (0..self.len).map(anchor));
        let sizes = (0..self.len).map(|at| paging::size(&(self.row)(at)));
        Measured { name: self.name, sizes: sizes.collect(), anchors: anchors.collect() }
    }

    /// The part with this number, counted from 0, on `page` or on a page that it goes on to.
    pub(super) fn part(self, report: Report<'_>, page: LongPage, part: usize) -> RegisterPart<T> {
        let register = Register { page, name: self.name };
        let q = page.address().quarter(report.assessment());
        let whole = 0..self.len;
        let parts = report.paging.and_then(|paging| paging.parts(register)).unwrap_or(slice::from_ref(&whole));
        let at = PartAt { parts, part };
        let path = |at| register.part(at).path(report.assessment());
        RegisterPart {
            name: self.name,
            choices: iter::once(("function", report.functions(q))).chain(self.choices).collect(),
            stretch: Stretch::new(report.strings(), at, self.len, register.scripts(), &self.label, path),
            rows: at.rows().map(|at| (self.row)(at)).collect(),
            title: self.title,
            with: self.with,
        }
    }
}

impl<T> RegisterPart<T> {
    /// How many rows all parts have.
    pub(super) fn total(&self) -> usize {
        self.stretch.total
    }
}

/// A page with one part of a register.
#[derive(Debug, Serialize)]
#[serde(bound = "T: Serialize + Debug + Send + Sync + 'static")]
pub(super) struct PartPage<T> {
    pub title: String,
    pub list: RegisterPart<T>,
    /// The page that holds the first part.
    pub whole: Link,
    /// The template of the table, and that of its rows.
    pub table: String,
    pub rows: String,
}
