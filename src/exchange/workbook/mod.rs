//! The team workbook: what a team says in a quarter, as a workbook for people who never see TOML, and back.
//!
//! A sheet for each Function has a row for each control. Heads are the contract; the order of sheets, columns and rows is not. A
//! hidden sheet holds each answer as it was when the workbook was made, so that what a person changed can be told from what changed
//! in the files meanwhile.

mod answers;
mod fields;
mod filled;
mod merge;
mod said;
mod sheets;
mod values;

use self::fields::Field;
use super::grid::Grid;
use super::xlsx::Workbook;
use crate::model::assessment::InQuarter;
use crate::model::ids::{ControlId, FrameworkId, TeamId};

pub use self::merge::{Merged, Resolve, merge};
pub use self::sheets::write;

/// What a workbook is about: the answers of one team in one quarter, for one framework.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The quarter.
    pub quarter: InQuarter<'a>,
    /// The team.
    pub team: TeamId,
    /// The framework.
    pub framework: FrameworkId,
}

impl Scope<'_> {
    /// Whether the team has no answer and owes none.
    pub fn is_empty(&self) -> bool {
        self.controls().next().is_none()
    }

    /// The controls that the team has an answer for or owes one, in the order of the catalog. What the profile excludes for all teams is no row.
    fn controls(&self) -> impl Iterator<Item = ControlId> {
        let asked = |control: &ControlId| self.quarter.is_listed(control.of(self.team));
        let controls = self.quarter.framework(self.framework).controls.ids().filter(asked);
        controls.filter(|control| self.quarter.exclusion(*control).is_none())
    }
}

/// The sheet that holds what the workbook is about, and each answer as it was.
const BASE: &str = "milepost";
/// The first row of that sheet.
const FORMAT: [&str; 2] = ["format", "milepost team workbook 1"];

/// What a workbook says it is about, by the names that its hidden sheet holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkbookAbout {
    /// The quarter, as in 2026-Q4.
    pub quarter: String,
    /// The team's id.
    pub team: String,
    /// The framework's id.
    pub framework: String,
}

/// What a workbook is about.
///
/// # Errors
/// A sentence, where it is no team workbook.
pub fn about(book: &Workbook) -> Result<WorkbookAbout, String> {
    let base = base(book).ok_or_else(|| {
        let names: Vec<String> = book.sheets.iter().take(5).map(|sheet| format!("`{}`", sheet.name)).collect();
        let names = if names.is_empty() { "it has no sheet".to_owned() } else { format!("its sheets are {}", names.join(", ")) };
        format!("this is no team workbook: the hidden sheet `{BASE}` is missing, and {names}; `milepost export workbook` makes one")
    })?;
    let value = |name: &str| {
        let row = base.rows.iter().take(8).find(|row| row.cell(1).value.text() == name);
        let value = row.map(|row| row.cell(2).value.text()).filter(|value| !value.is_empty());
        value.ok_or_else(|| format!("the hidden sheet `{BASE}` does not say its {name}: export the workbook anew"))
    };
    Ok(WorkbookAbout { quarter: value("quarter")?, team: value("team")?, framework: value("framework")? })
}

/// The hidden sheet, found by what it says.
fn base(book: &Workbook) -> Option<&Grid> {
    let says = |sheet: &&Grid| {
        let first = sheet.rows.first();
        first.is_some_and(|row| [row.cell(1).value.text(), row.cell(2).value.text()] == FORMAT)
    };
    book.sheets.iter().find(says)
}

/// Which cell a text is of.
type FieldKey = (ControlId, Field);
