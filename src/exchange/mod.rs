//! Reads and writes files of other programs: one reader for each container, and one file for each format.
//!
//! Nobody vouches for what is read: sizes and counts are limited, no formula is evaluated, and what does not fit is told.

pub mod container;
pub mod csv;
pub mod grid;
pub mod grouped;
pub mod ids;
pub mod loss;
pub mod outcomes;
pub mod profile;
pub mod said;
pub mod scale;
pub mod sheets;
pub mod table;
pub mod wishes;
pub mod workbook;
pub mod xlsx;
pub mod xml;
