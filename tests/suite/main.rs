//! The tests of whole stages and of the program: one binary, one module a subject.

#![allow(clippy::unwrap_used, reason = "what a test cannot go on without may panic")]

mod support;

mod agreement;
mod answers_in_time;
mod architecture;
mod audience;
mod catalogs;
mod chain;
mod change;
mod check;
mod ci_recipes;
mod cli;
mod completeness;
mod crosswalk;
mod disk;
mod edit;
mod explain;
mod gate;
mod git;
mod handover;
mod hostile;
mod inheritance;
mod markdown;
mod payloads;
mod published;
mod quarter;
mod recomputed;
mod reference;
mod registers;
mod render;
mod reproducible;
mod risks;
mod rules;
mod schema;
mod score;
mod seal;
mod security;
#[cfg(feature = "serve")]
mod serve;
mod site;
mod spreadsheets;
mod staircase;
mod strings;
mod table;
mod teams;
mod todo;
mod two_years;
mod write;
mod year_of_use;
