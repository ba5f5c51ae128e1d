//! Writes a profile as a workbook or as CSV.

use jiff::civil::Date;
use rust_xlsxwriter::{
    Color, DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet,
    XlsxError,
};

use super::ProfileColumn;
use super::table::{ProfileRow, ProfileTable};
use crate::base::text::cut;
use crate::border::sheet::cell;
use crate::border::{Shown, csv as border_csv};
use crate::exchange::heights::height;
use crate::model::catalog::Node;

/// The name of the sheet, as NIST's template has it.
const SHEET: &str = "Current and Target Profile";

/// What a workbook says of itself on its second sheet.
#[derive(Clone, Debug)]
pub struct ProfileAbout {
    /// What it is called.
    pub title: String,
    /// The quarter's last day, of which the file speaks. It is also the day that the file names as that of its making.
    pub day: Date,
    /// Each thing to say and its name, in their order.
    pub lines: Vec<(String, String)>,
}

/// The table as CSV.
pub fn csv(table: &ProfileTable) -> Shown {
    let rows = table.rows.iter().map(|row| row.cells.iter().map(|text| cell(text).0).collect());
    border_csv::sheet(&ProfileColumn::ALL.map(ProfileColumn::head), rows)
}

/// The same table as a workbook, with a sheet that says what it is.
pub fn xlsx(table: &ProfileTable, about: &ProfileAbout) -> Vec<u8> {
    made(table, about).expect("sheet names, ranges and lengths of cells are within what a workbook takes")
}

fn made(table: &ProfileTable, about: &ProfileAbout) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let day = |day: Date| {
        ExcelDateTime::from_ymd(day.year().unsigned_abs(), day.month().unsigned_abs(), day.day().unsigned_abs())
    };
    // The same file each time: no clock.
    book.set_properties(
        &DocProperties::new().set_title(cell(&cut(&about.title, TITLE)).0).set_creation_datetime(&day(about.day)?),
    );
    profile(book.add_worksheet(), table)?;
    second(book.add_worksheet(), about)?;
    book.save_to_buffer()
}

/// The longest title of a document.
const TITLE: usize = 200;
/// The colours of heads, of Functions, of Categories, and of lines between cells.
const HEAD: Color = Color::RGB(0x000B_3C66);
const FUNCTION: Color = Color::RGB(0x00D8_E2EC);
const CATEGORY: Color = Color::RGB(0x00EE_F1F4);
const LINE: Color = Color::RGB(0x00C3_CAD2);

fn text() -> Format {
    let grid = Format::new().set_border(FormatBorder::Thin).set_border_color(LINE);
    grid.set_text_wrap().set_align(FormatAlign::Top).set_font_name("Calibri").set_font_size(10)
}

fn head() -> Format {
    text().set_bold().set_background_color(HEAD).set_font_color(Color::White)
}

/// The width of each column, in characters.
fn width(column: ProfileColumn) -> f64 {
    match column {
        ProfileColumn::Outcome
        | ProfileColumn::CurrentPriority
        | ProfileColumn::TargetPriority
        | ProfileColumn::TargetTier => 12.0,
        ProfileColumn::Included => 11.0,
        ProfileColumn::Status => 20.0,
        ProfileColumn::Description | ProfileColumn::Practices | ProfileColumn::Artifacts => 46.0,
        ProfileColumn::Rationale
        | ProfileColumn::Notes
        | ProfileColumn::CurrentReferences
        | ProfileColumn::Considerations => 32.0,
        ProfileColumn::CurrentRoles => 24.0,
        _ => 18.0,
    }
}

fn profile(sheet: &mut Worksheet, table: &ProfileTable) -> Result<(), XlsxError> {
    sheet.set_name(SHEET)?;
    let last_column = ProfileColumn::Considerations as u16;
    for (at, column) in (0..).zip(ProfileColumn::ALL) {
        sheet.write_string_with_format(0, at, column.head(), &head())?;
        sheet.set_column_width(at, width(column))?;
    }
    let widths = ProfileColumn::ALL.map(width);
    sheet.set_row_height(0, height(ProfileColumn::ALL.map(ProfileColumn::head).into_iter().zip(widths)))?;
    for (at, row) in (1..).zip(&table.rows) {
        let format = format_of(row);
        sheet.set_row_height(at, height(row.cells.iter().map(String::as_str).zip(widths)))?;
        for (column, text) in (0..).zip(&row.cells) {
            sheet.write_string_with_format(at, column, cell(text).0, &format)?;
        }
    }
    let last_row = u32::try_from(table.rows.len()).unwrap_or(u32::MAX);
    let yes_or_no = DataValidation::new().allow_list_strings(&["Yes", "No"])?;
    sheet.add_data_validation(
        1,
        ProfileColumn::Included as u16,
        LAST_ROW,
        ProfileColumn::Included as u16,
        &yes_or_no,
    )?;
    sheet.autofilter(0, 0, last_row, last_column)?;
    sheet.set_freeze_panes(1, 1)?;
    // Nineteen columns are more than a page can hold: two beside each other, each with the outcome.
    sheet.set_repeat_rows(0, 0)?.set_repeat_columns(0, 0)?;
    sheet.set_margins(0.4, 0.4, 0.5, 0.5, 0.2, 0.2);
    sheet.set_landscape().set_paper_size(A3).set_print_fit_to_pages(2, 0).set_footer("&L&A&RPage &P of &N");
    Ok(())
}

/// The last row that a sheet can have, counted from 0: the template offers `Yes` and `No` down to it.
const LAST_ROW: u32 = 1_048_575;
/// Paper sizes as spreadsheets number them.
const A3: u8 = 8;
const A4: u8 = 9;

fn format_of(row: &ProfileRow) -> Format {
    match row.node {
        Node::Function(_) => text().set_bold().set_background_color(FUNCTION),
        Node::Category(_) => text().set_background_color(CATEGORY),
        Node::Framework(_) | Node::Control(_) => text(),
    }
}

/// The widths of the columns of the second sheet.
const NAMES: f64 = 42.0;
const TEXTS: f64 = 100.0;

fn second(sheet: &mut Worksheet, about: &ProfileAbout) -> Result<(), XlsxError> {
    sheet.set_name("About this file")?;
    sheet.set_column_width(0, NAMES)?.set_column_width(1, TEXTS)?;
    let columns = ProfileColumn::ALL.into_iter().map(|column| (column.head().to_owned(), column.means().to_owned()));
    let heads = [("About this file".to_owned(), cut(&about.title, TITLE))];
    let middle = [("Column".to_owned(), "What stands in it".to_owned())];
    let lines = heads.into_iter().chain(about.lines.iter().cloned()).chain(middle).chain(columns);
    for (at, (name, says)) in (0..).zip(lines) {
        let is_head = at == 0 || name == "Column";
        let (left, right) = if is_head { (head(), head()) } else { (text().set_bold(), text()) };
        sheet.write_string_with_format(at, 0, cell(&name).0, &left)?;
        sheet.write_string_with_format(at, 1, cell(&says).0, &right)?;
        sheet.set_row_height(at, height([(name.as_str(), NAMES), (says.as_str(), TEXTS)]))?;
    }
    sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0);
    Ok(())
}
