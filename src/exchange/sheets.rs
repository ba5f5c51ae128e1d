//! Reads what may come as a workbook or as CSV.

use super::container::Container;
use super::grid::Grid;
use super::loss::Losses;
use super::{csv, xlsx};

/// A file of tables.
#[derive(Clone, Debug)]
pub struct Sheets {
    /// The tables: visible ones first, in their order. CSV is one without a name.
    pub grids: Vec<Grid>,
    /// Whether it is CSV.
    pub is_csv: bool,
    /// What there is to say of the file itself.
    pub notes: Vec<&'static str>,
}

impl Sheets {
    /// Tells what there is to say of the file, and of sheets beside `read` that are the same for what is read.
    pub fn tell(&self, read: &Grid, is_alike: impl Fn(&Grid) -> bool, left: &mut Losses) {
        self.notes.iter().for_each(|note| left.add("the file", "", *note));
        left.add_comments(read);
        for grid in self.grids.iter().filter(|grid| !std::ptr::eq(*grid, read) && is_alike(grid)) {
            let why = format!("it has the heads of such a table too, and only the sheet `{}` was read", read.name);
            left.add(format!("the sheet `{}`", grid.name), "", why);
        }
    }
}

/// The largest file that is read, in bytes.
pub const FILE: usize = if csv::FILE > xlsx::FILE { csv::FILE } else { xlsx::FILE };

/// Reads a file.
///
/// # Errors
/// A sentence: what it is instead, or what is wrong with it.
pub fn read(bytes: &[u8]) -> Result<Sheets, String> {
    match Container::of(bytes) {
        Container::Archive => {
            let book = xlsx::read(bytes)?;
            let (shown, hidden): (Vec<Grid>, Vec<Grid>) = book.sheets.into_iter().partition(|sheet| !sheet.is_hidden);
            let macros = book.has_macros.then_some("it has macros, and none was run");
            let links = book.has_links.then_some("it takes values from other files, and none was read");
            let notes = macros.into_iter().chain(links).collect();
            Ok(Sheets { grids: shown.into_iter().chain(hidden).collect(), is_csv: false, notes })
        }
        Container::Text => Ok(Sheets { grids: vec![csv::read(bytes, csv::ROWS)?], is_csv: true, notes: Vec::new() }),
        other => Err(format!("{}; a workbook (.xlsx) or CSV is wanted", other.told())),
    }
}
