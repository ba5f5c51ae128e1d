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
mod collect;
mod completeness;
mod crosswalk;
mod disk;
mod edit;
mod exchange;
mod explain;
mod gate;
mod git;
mod group;
mod guides;
mod handover;
mod hostile;
mod import_catalog;
mod inheritance;
mod markdown;
mod oscal;
mod payloads;
mod profile;
mod published;
mod quarter;
mod recomputed;
mod reference;
mod registers;
mod render;
mod reproducible;
mod reviews;
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
mod tables_of_others;
mod teams;
mod todo;
mod two_years;
mod whole_quarter;
mod workbook;
mod write;
mod year_of_use;
