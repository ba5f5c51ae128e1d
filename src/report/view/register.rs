//! Registers: tables that may have thousands of rows. One that is too long for its page goes on over further pages.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::iter;

use serde::Serialize;

use super::rows::Rows;
use super::{Choices, Link, Report};
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
        let split = report.paging.and_then(|paging| paging.parts(register));
        let link = |(at, rows): (usize, &std::ops::Range<usize>)| {
            let [first, last] = [rows.start, rows.end - 1].map(|at| (self.label)(at));
            let title =
                report.strings().say("register.part", &[("part", &(at + 1)), ("first", &first), ("last", &last)]);
            Link { current: at == part, ..Link::new("", &title, register.part(at).path(report.assessment())) }
        };
        let range = split.map_or(Some(0..self.len), |parts| parts.get(part).cloned()).unwrap_or_default();
        RegisterPart {
            name: self.name,
            choices: iter::once(("function", report.functions(q))).chain(self.choices).collect(),
            total: self.len,
            first: range.start + 1,
            last: range.end,
            part: part + 1,
            parts: split.map_or(1, <[_]>::len),
            scripts: register.scripts(),
            pages: split.iter().flat_map(|parts| parts.iter().enumerate().map(link)).collect(),
            rows: range.map(|at| (self.row)(at)).collect(),
            title: self.title,
            with: self.with,
        }
    }
}

impl<T> RegisterPart<T> {
    /// How many rows all parts have.
    pub(super) fn total(&self) -> usize {
        self.total
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
    pub table: &'static str,
    pub rows: &'static str,
}
