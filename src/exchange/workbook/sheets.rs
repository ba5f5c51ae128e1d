//! Writes a team workbook.

use std::collections::BTreeSet;

use jiff::civil::Date;
use rust_xlsxwriter::{
    Color, ConditionalFormatFormula, DataValidation, DataValidationRule, DocProperties, ExcelDateTime, Format,
    FormatAlign, FormatBorder, Formula, ProtectionOptions, Workbook, Worksheet, XlsxError,
};

use super::fields::{
    APPROVED_BY, ATTESTED_BY, COLLECTED, CONTROL, FACT, Field, HOW, ItemPart, LAST, MEANS, NOTE, ON, OUTCOME, REASON,
    REF, STATE, STATES, STILL_TRUE, TITLE, TYPE, VALUE, level_head, reference,
};
use super::said::{SaidFields, compared, fields, items, said, shown};
use super::{BASE, FORMAT, Scope};
use crate::base::number::Level;
use crate::border::sheet;
use crate::exchange::grid::letters;
use crate::exchange::heights::height;
use crate::exchange::loss::Losses;
use crate::model::evidence::{Answer, Attestation, Claim, Kind, State};
use crate::model::ids::{ControlId, FunctionId};
use crate::model::measure::{Fact, FactKind};
use crate::model::settings::Scale;

/// The sheet that explains the others.
pub(super) const START: &str = "Start here";
pub(super) const EVIDENCE: &str = "Evidence";
pub(super) const FACTS: &str = "Facts";
/// The hidden sheet of what may be chosen.
pub(super) const LISTS: &str = "Lists";
/// The column of that sheet that names each control.
pub(super) const LISTED: u32 = 5;

/// What stands in the place of a level that facts make.
pub(super) const BY_FACTS: &str = "by its facts";

/// The empty rows for new evidence.
const EMPTY: usize = 200;

/// A workbook's file for a team, and what of its answers was cut. The same answers give the same bytes.
///
/// # Errors
/// A sentence, where the team's answers do not fit into a workbook.
pub fn write(scope: Scope<'_>) -> Result<(Vec<u8>, Losses), String> {
    let mut maker = SheetMaker { scope, said: said(scope), style: CellStyle::new(), cut: Losses::default() };
    let file = maker.file().map_err(|error| format!("no workbook can be made of these answers: {error}"))?;
    Ok((file, maker.cut))
}

type SheetResult = Result<(), XlsxError>;

struct SheetMaker<'a> {
    scope: Scope<'a>,
    said: SaidFields,
    style: CellStyle,
    cut: Losses,
}

/// How cells look.
struct CellStyle {
    /// The head of a column to fill in, and of one that is locked.
    head: [Format; 2],
    locked: Format,
    quiet: Format,
    id: Format,
    open: Format,
    number: Format,
    date: Format,
}

/// The report's colours.
const INK: u32 = 0x001b_2530;
const QUIET: u32 = 0x0056_616e;
const ACCENT: u32 = 0x0000_5f96;
const RAISED: u32 = 0x00f6_f8fa;
const LINE: u32 = 0x00df_e4ea;
const STRONG: u32 = 0x00b9_c2cc;
const ALARM_GROUND: u32 = 0x00fd_f1ea;
const ALARM: u32 = 0x00a6_3a00;
/// The ground and the ink of each sixth of the scale, as in the report.
const LEVELS: [(u32, u32); 6] = [
    (0x00d8_e2ec, 0x0014_212e),
    (0x00b3_cde5, 0x0014_212e),
    (0x0086_b1d8, 0x0014_212e),
    (0x005b_97c7, 0x0014_212e),
    (0x001f_6aa5, 0x00ff_ffff),
    (0x000b_3c66, 0x00ff_ffff),
];

impl CellStyle {
    fn new() -> Self {
        let plain = Format::new().set_text_wrap().set_align(FormatAlign::Top).set_font_size(10);
        let cell = plain.set_border(FormatBorder::Thin).set_border_color(Color::RGB(LINE));
        let locked =
            cell.clone().set_background_color(Color::RGB(RAISED)).set_font_color(Color::RGB(INK)).set_indent(1);
        let head = |ground| {
            let head = Format::new().set_bold().set_font_size(10).set_font_color(Color::White).set_text_wrap();
            head.set_background_color(Color::RGB(ground)).set_align(FormatAlign::VerticalCenter)
        };
        let open = cell.set_unlocked().set_border_color(Color::RGB(STRONG));
        Self {
            head: [head(ACCENT), head(INK)],
            quiet: locked.clone().set_font_color(Color::RGB(QUIET)).set_font_size(9),
            id: locked.clone().set_bold().set_num_format("@"),
            locked,
            number: open.clone().set_align(FormatAlign::Center).set_bold(),
            date: open.clone().set_num_format("yyyy-mm-dd").set_align(FormatAlign::Center),
            open: open.set_num_format("@"),
        }
    }
}

/// A column of a sheet.
struct SheetColumn {
    head: String,
    width: f64,
    is_open: bool,
}

fn column(head: &str, width: f64, is_open: bool) -> SheetColumn {
    SheetColumn { head: head.to_owned(), width, is_open }
}

impl<'a> SheetMaker<'a> {
    fn file(&mut self) -> Result<Vec<u8>, XlsxError> {
        let quarter = self.scope.quarter;
        let mut workbook = Workbook::new();
        let made = excel(quarter.answers().opens)?;
        let title = sheet::cell(&format!("{}, {}", self.team_name(), quarter.name())).0;
        workbook
            .set_properties(&DocProperties::new().set_title(title).set_author("milepost").set_creation_datetime(&made));
        workbook.push_worksheet(self.start()?);
        let mut taken: BTreeSet<String> = [START, EVIDENCE, FACTS, LISTS, BASE].map(str::to_lowercase).into();
        for function in quarter.framework(self.scope.framework).functions.ids() {
            let controls: Vec<ControlId> = self.controls_of(function);
            if !controls.is_empty() {
                let name = self.sheet_name(function, &mut taken);
                workbook.push_worksheet(self.function(&name, &controls)?);
            }
        }
        workbook.push_worksheet(self.evidence()?);
        let facts = self.facts();
        if !facts.is_empty() {
            workbook.push_worksheet(self.facts_sheet(&facts)?);
        }
        workbook.push_worksheet(self.lists()?);
        workbook.push_worksheet(self.base()?);
        workbook.save_to_buffer()
    }

    fn team_name(&self) -> &'a str {
        &self.scope.quarter.team(self.scope.team).name
    }

    fn scale(&self) -> &'a Scale {
        &self.scope.quarter.settings().scale
    }

    fn controls_of(&self, function: FunctionId) -> Vec<ControlId> {
        let framework = self.scope.quarter.framework(self.scope.framework);
        self.scope.controls().filter(|control| framework.function_of(*control) == function).collect()
    }

    /// A Function's sheet: its id and title.
    fn sheet_name(&self, function: FunctionId, taken: &mut BTreeSet<String>) -> String {
        let function = &self.scope.quarter.framework(self.scope.framework).functions[function];
        let wanted = sheet::name(&format!("{} {}", function.id, function.title));
        let numbered = (2..).map(|number| sheet::name(&format!("{number} {wanted}")));
        let mut names = std::iter::once(wanted.clone()).chain(numbered);
        let free = names.find(|name| !name.is_empty() && taken.insert(name.to_lowercase()));
        free.unwrap_or(wanted)
    }

    /// What the team says in a field; empty if nothing.
    fn value(&self, control: ControlId, field: Field) -> &str {
        self.said.get(&(control, field)).map_or("", String::as_str)
    }

    /// Writes a text that is no formula, whatever it starts with.
    fn text(sheet: &mut Worksheet, at: (u32, u16), text: &str, format: &Format) -> SheetResult {
        if text.is_empty() {
            sheet.write_blank(at.0, at.1, format)?;
        } else {
            sheet.write_string_with_format(at.0, at.1, sheet::cell(text).0, format)?;
        }
        Ok(())
    }

    /// Heads, widths, protection, and how the sheet is printed.
    fn framed(&self, name: &str, columns: &[SheetColumn], frozen: u16) -> Result<Worksheet, XlsxError> {
        let mut sheet = Worksheet::new();
        sheet.set_name(name)?.set_screen_gridlines(false).set_row_height(0, 24)?;
        for (at, column) in (0..).zip(columns) {
            sheet.set_column_width(at, column.width)?;
            Self::text(&mut sheet, (0, at), &column.head, &self.style.head[usize::from(!column.is_open)])?;
        }
        sheet.set_freeze_panes(1, frozen)?;
        sheet.protect_with_options(&ProtectionOptions {
            use_autofilter: true,
            format_columns: true,
            format_rows: true,
            ..ProtectionOptions::default()
        });
        // A3, landscape, as wide as the paper, with the heads on each page.
        sheet.set_paper_size(8).set_landscape().set_repeat_rows(0, 0)?.set_print_fit_to_pages(1, 0);
        sheet.set_margins(0.4, 0.4, 0.5, 0.5, 0.2, 0.2);
        let escaped = sheet::cell(self.team_name()).0.replace('&', "&&");
        sheet.set_footer(format!("&L{escaped}, {}&C&A&R&P / &N", self.scope.quarter.name()));
        Ok(sheet)
    }

    /// The columns of a Function's sheet.
    fn columns(&self) -> Vec<SheetColumn> {
        let mut columns = vec![
            column(CONTROL, 12.0, false),
            column(TITLE, 22.0, false),
            column(OUTCOME, 44.0, false),
            column(HOW, 26.0, false),
            column(STATE, 14.0, true),
        ];
        let dimensions = &self.scale().dimensions;
        match dimensions.as_slice() {
            [] => columns.push(column(&level_head(None), 8.0, true)),
            all => columns.extend(all.iter().map(|of| column(&level_head(Some(&of.name)), 10.0, true))),
        }
        columns.extend([
            column(NOTE, 60.0, true),
            column(REASON, 34.0, true),
            column(APPROVED_BY, 16.0, true),
            column(STILL_TRUE, 9.0, true),
            column(ATTESTED_BY, 18.0, true),
            column(ON, 12.0, true),
            column(LAST, 24.0, false),
        ]);
        columns
    }

    fn function(&mut self, name: &str, controls: &[ControlId]) -> Result<Worksheet, XlsxError> {
        let columns = self.columns();
        let mut sheet = self.framed(name, &columns, 2)?;
        for (row, control) in (1..).zip(controls) {
            self.row(&mut sheet, row, *control)?;
        }
        let last = u32::try_from(controls.len()).unwrap_or(u32::MAX);
        let end = u16::try_from(columns.len() - 1).unwrap_or(u16::MAX);
        sheet.autofilter(0, 0, last, end)?.set_print_area(0, 0, last, end)?;
        self.choices(&mut sheet, last)?;
        self.colours(&mut sheet, last)?;
        Ok(sheet)
    }

    /// The index of the first column behind the levels.
    fn behind_levels(&self) -> u16 {
        5 + u16::try_from(self.scale().dimensions.len().max(1)).unwrap_or(1)
    }

    /// A control's row.
    fn row(&mut self, sheet: &mut Worksheet, row: u32, control: ControlId) -> SheetResult {
        let named = self.scope.quarter.control(control);
        let (how, last, behind) = (self.how(control), self.last_quarter(control), self.behind_levels());
        let note = self.note(control, &format!("{}!{}{}", sheet.name(), letters(u32::from(behind) + 1), row + 1));
        let style = &self.style;
        let locked = [
            (0, named.called.name(), &style.id),
            (1, &named.title, &style.locked),
            (2, &named.outcome, &style.quiet),
            (3, &how, &style.quiet),
            (behind + 6, &last, &style.quiet),
        ];
        let value = |field| self.value(control, field);
        let (note, note_style) = match &note {
            Ok(note) => (note, &style.open),
            Err(cut) => (cut, &style.quiet),
        };
        let open = [
            (4, value(Field::State), &style.open),
            (behind, note, note_style),
            (behind + 1, value(Field::Reason), &style.open),
            (behind + 2, value(Field::ApprovedBy), &style.open),
            (behind + 3, "", &style.open),
            (behind + 4, value(Field::AttestedBy), &style.open),
        ];
        let columns = self.columns();
        let width = |at: u16| columns.get(usize::from(at)).map_or(10.0, |column| column.width);
        let texts = locked.iter().chain(&open);
        sheet.set_row_height(row, height(texts.clone().map(|(at, text, _)| (*text, width(*at)))))?;
        for (at, text, format) in texts {
            Self::text(sheet, (row, *at), text, format)?;
        }
        for (of, at) in (5..behind).enumerate() {
            if named.is_measured() {
                Self::text(sheet, (row, at), BY_FACTS, &style.quiet)?;
            } else {
                self.number(sheet, (row, at), value(Field::Level(of)))?;
            }
        }
        self.day(sheet, (row, behind + 5), value(Field::AttestedOn))
    }

    /// The note as its cell holds it. A note that is longer than a cell is cut, and this is reported with its `place`.
    fn note(&mut self, control: ControlId, place: &str) -> Result<String, String> {
        let note = fields(self.scope, control).into_iter().find(|(field, _)| *field == Field::Note);
        let note = note.map(|(_, note)| note).unwrap_or_default();
        if !sheet::cell(&note).1 {
            return Ok(compared(&note));
        }
        let id = self.scope.quarter.control(control).called.name();
        let why = format!("the note of {id} is longer than a cell: it was cut, and cannot be changed here");
        self.cut.add(place, "", why);
        Err(compared(&note))
    }

    /// A decimal as a number that a spreadsheet counts with.
    fn number(&self, sheet: &mut Worksheet, at: (u32, u16), decimal: &str) -> SheetResult {
        match decimal.parse::<f64>() {
            Ok(number) => sheet.write_number_with_format(at.0, at.1, number, &self.style.number)?,
            Err(_) => sheet.write_blank(at.0, at.1, &self.style.number)?,
        };
        Ok(())
    }

    /// A day as a date; one that no spreadsheet counts as a text.
    fn day(&self, sheet: &mut Worksheet, at: (u32, u16), day: &str) -> SheetResult {
        match day.parse::<Date>().ok().and_then(|day| excel(day).ok()) {
            Some(date) => sheet.write_datetime_with_format(at.0, at.1, &date, &self.style.date).map(|_| ()),
            None => Self::text(sheet, at, day, &self.style.date),
        }
    }

    /// How the levels of a control are told apart: by its criteria, or by their names.
    fn how(&self, control: ControlId) -> String {
        let rules = self.scope.quarter.rules(control);
        let criteria = rules.criteria();
        if criteria.is_empty() {
            let names = self.scale().whole_levels().map(|(level, named)| format!("{} {}", level.shown(), named.name));
            return names.collect::<Vec<_>>().join(", ");
        }
        let asked = criteria.iter().map(|criterion| {
            let asks = criterion.require.iter().map(|asked| format!("{} {}", asked.fact, asked.written));
            format!("{}: {}", criterion.level.shown(), asks.collect::<Vec<_>>().join(", "))
        });
        asked.collect::<Vec<_>>().join("\n")
    }

    /// What the same team said before.
    fn last_quarter(&self, control: ControlId) -> String {
        let (quarter, id) = (self.scope.quarter, control.of(self.scope.team));
        let Some((answer, before)) =
            quarter.same_before(id).and_then(|(before, id)| Some((before.answer(id)?, before)))
        else {
            return "no answer".to_owned();
        };
        let scale = &before.settings().scale;
        let state = match &answer.state {
            State::Assessed { claim: Claim::Level(level) } => format!("{} {}", level.shown(), scale.name(*level)),
            State::Assessed { claim: Claim::Dimensions(levels) } => {
                levels.iter().map(|level| level.shown()).collect::<Vec<_>>().join(" and ")
            }
            State::Assessed { claim: Claim::Facts { given, said } } => {
                let facts = given.iter().map(|(name, value)| format!("{name} {}", shown(*value)));
                said.map(Level::shown).into_iter().chain(facts).collect::<Vec<_>>().join(", ")
            }
            State::Unknown { .. } => "unknown".to_owned(),
            State::NotApplicable { .. } => "not applicable".to_owned(),
        };
        let newest = answer.evidence.iter().map(|item| item.period.to).max();
        let newest = newest.map(|day| format!("\nnewest evidence {day}")).unwrap_or_default();
        format!("{}: {state}{newest}", before.name())
    }

    /// What may be chosen in a Function's sheet.
    fn choices(&self, sheet: &mut Worksheet, last: u32) -> SheetResult {
        let state = self.chosen("A", STATES.len()).set_error_title("State")?;
        let state = state.set_error_message("Choose level, unknown or not applicable.")?;
        sheet.add_data_validation(1, 4, last, 4, &state)?;
        let steps = self.scale().steps();
        let names = self.scale().whole_levels().map(|(level, named)| format!("{} {}", level.shown(), named.name));
        let message: String = names.collect::<Vec<_>>().join("\n").chars().take(250).collect();
        let level = self.chosen("B", steps.len()).set_input_title("Level")?.set_input_message(message)?;
        let level = level
            .set_error_title("Level")?
            .set_error_message(format!("A level is {}.", self.scale().shown()).chars().take(250).collect::<String>())?;
        let behind = self.behind_levels();
        sheet.add_data_validation(1, 5, last, behind - 1, &level)?;
        let still = self.chosen("D", 1).set_input_title(STILL_TRUE)?;
        let still = still.set_input_message(
            "yes: somebody looked at it again, and it is as written. Then say who, and on which day.",
        )?;
        sheet.add_data_validation(1, behind + 3, last, behind + 3, &still)?;
        let until = Attestation::last_day(self.scope.quarter.closes());
        sheet.add_data_validation(
            1,
            behind + 5,
            last,
            behind + 5,
            &days(self.scope.quarter.answers().opens, until)?,
        )?;
        Ok(())
    }

    /// A choice among the first rows of a column of the hidden lists.
    fn chosen(&self, column: &str, count: usize) -> DataValidation {
        DataValidation::new()
            .allow_list_formula(Formula::new(format!("={LISTS}!${column}$1:${column}${}", count.max(1))))
    }

    /// Levels in the report's colours, and rows that still want an answer.
    fn colours(&self, sheet: &mut Worksheet, last: u32) -> SheetResult {
        let behind = self.behind_levels();
        let cell = |column: u16| format!("{}2", letters(u32::from(column) + 1));
        for column in 5..behind {
            let levels: Vec<_> = self.scale().whole_levels().collect();
            for (at, (level, _)) in levels.iter().enumerate() {
                let (ground, ink) = LEVELS[at * (LEVELS.len() - 1) / (levels.len() - 1).max(1)];
                let format = Format::new().set_background_color(Color::RGB(ground)).set_font_color(Color::RGB(ink));
                let (here, low) = (cell(column), level.shown());
                let rule = format!("=AND(ISNUMBER({here}),{here}>={low},{here}<{low}+1)");
                let rule = ConditionalFormatFormula::new().set_rule(Formula::new(rule)).set_format(format);
                sheet.add_conditional_format(1, column, last, column, &rule)?;
            }
        }
        let wanting = Format::new().set_background_color(Color::RGB(ALARM_GROUND)).set_font_color(Color::RGB(ALARM));
        let rule = ConditionalFormatFormula::new().set_rule(Formula::new("=$E2=\"\"")).set_format(wanting);
        sheet.add_conditional_format(1, 4, last, behind - 1, &rule)?;
        Ok(())
    }

    fn evidence(&mut self) -> Result<Worksheet, XlsxError> {
        let widths = [11.0, 48.0, 12.0, 12.0, 52.0, 38.0, 34.0];
        let mut columns = vec![column(CONTROL, 12.0, true)];
        columns.extend(ItemPart::HEADS.iter().zip(widths).map(|((_, head), width)| column(head, width, true)));
        columns.push(column(REF, 16.0, false));
        let mut sheet = self.framed(EVIDENCE, &columns, 1)?;
        let mut row = 1;
        for control in self.scope.controls() {
            let answer = self.scope.quarter.answer(control.of(self.scope.team));
            for index in 0..answer.map_or(0, |answer: &Answer| items(answer).count()) {
                let name = self.scope.quarter.control(control).called.name();
                Self::text(&mut sheet, (row, 0), name, &self.style.id)?;
                self.item(&mut sheet, row, control, index)?;
                let texts = ItemPart::HEADS.iter().zip(widths);
                let texts = texts.map(|((part, _), width)| (self.value(control, Field::Item(index, *part)), width));
                sheet.set_row_height(row, height(texts))?;
                Self::text(&mut sheet, (row, 8), &reference(name, index), &self.style.quiet)?;
                row += 1;
            }
        }
        let last = row + u32::try_from(EMPTY).unwrap_or_default() - 1;
        for row in row..=last {
            for column in 0..8 {
                let format = if matches!(column, 3 | 4) { &self.style.date } else { &self.style.open };
                sheet.write_blank(row, column, format)?;
            }
            sheet.write_blank(row, 8, &self.style.quiet)?;
        }
        sheet.autofilter(0, 0, last, 8)?.set_print_area(0, 0, row, 8)?;
        sheet.add_data_validation(1, 1, last, 1, &self.chosen("C", Kind::ALL.len()))?;
        let controls = self.scope.controls().count();
        sheet.add_data_validation(1, 0, last, 0, &self.chosen("E", controls))?;
        let first = jiff::civil::date(1990, 1, 1);
        sheet.add_data_validation(1, 3, last, 4, &days(first, self.scope.quarter.closes())?)?;
        Ok(sheet)
    }

    /// The parts of an evidence item.
    fn item(&self, sheet: &mut Worksheet, row: u32, control: ControlId, index: usize) -> SheetResult {
        for (column, (part, _)) in (1..).zip(ItemPart::HEADS) {
            let value = self.value(control, Field::Item(index, part));
            match part {
                ItemPart::Date | ItemPart::From => self.day(sheet, (row, column), value)?,
                _ => Self::text(sheet, (row, column), value, &self.style.open)?,
            }
        }
        Ok(())
    }

    /// The facts that the team gives with its answers.
    fn facts(&self) -> Vec<(ControlId, &'a str, &'a Fact)> {
        let quarter = self.scope.quarter;
        let of = |control: ControlId| {
            let facts = quarter.control(control).measure.iter().flat_map(|measure| &measure.facts);
            facts.filter(|(_, fact)| fact.given_for.is_none()).map(move |(name, fact)| (control, name.as_str(), fact))
        };
        self.scope.controls().flat_map(of).collect()
    }

    /// What a collector found for a fact, with its name and day; empty if none did.
    fn collected(&self, control: ControlId, name: &str) -> String {
        let found = self.scope.quarter.collected(control.of(self.scope.team));
        let Some((found, value)) = found.and_then(|found| Some((found, found.facts.get(name)?))) else {
            return String::new();
        };
        let by = found.item_of(name).and_then(|item| Some((item, item.collected.as_ref()?)));
        let by = by.map(|(item, by)| format!(" ({}, {})", by.collector, item.period.to)).unwrap_or_default();
        format!("{}{by}", shown(*value))
    }

    fn facts_sheet(&self, facts: &[(ControlId, &str, &Fact)]) -> Result<Worksheet, XlsxError> {
        let mut columns = vec![
            column(CONTROL, 12.0, false),
            column(FACT, 18.0, false),
            column(MEANS, 70.0, false),
            column(TYPE, 28.0, false),
            column(VALUE, 16.0, true),
        ];
        let collected: Vec<String> = facts.iter().map(|(control, name, _)| self.collected(*control, name)).collect();
        let has_collected = collected.iter().any(|found| !found.is_empty());
        columns.extend(has_collected.then(|| column(COLLECTED, 34.0, false)));
        let mut sheet = self.framed(FACTS, &columns, 2)?;
        for ((row, (control, name, fact)), collected) in (1..).zip(facts).zip(&collected) {
            let style = &self.style;
            Self::text(&mut sheet, (row, 0), self.scope.quarter.control(*control).called.name(), &style.id)?;
            Self::text(&mut sheet, (row, 1), name, &style.locked)?;
            Self::text(&mut sheet, (row, 2), &fact.means, &style.quiet)?;
            Self::text(&mut sheet, (row, 3), &described(fact), &style.quiet)?;
            if has_collected {
                Self::text(&mut sheet, (row, 5), collected, &style.quiet)?;
            }
            let value = self.value(*control, Field::Fact((*name).to_owned()));
            sheet.set_row_height(row, height([(&*fact.means, 70.0), (&*described(fact), 28.0), (collected, 34.0)]))?;
            match fact.kind {
                FactKind::Boolean => {
                    Self::text(&mut sheet, (row, 4), value, &style.open)?;
                    let choice = DataValidation::new().allow_list_strings(&["yes", "no"])?;
                    sheet.add_data_validation(row, 4, row, 4, &choice)?;
                }
                FactKind::Date => self.day(&mut sheet, (row, 4), value)?,
                FactKind::Integer | FactKind::Number => self.number(&mut sheet, (row, 4), value)?,
            }
        }
        let last = u32::try_from(facts.len()).unwrap_or(u32::MAX);
        let end = if has_collected { 5 } else { 4 };
        sheet.autofilter(0, 0, last, end)?.set_print_area(0, 0, last, end)?;
        Ok(sheet)
    }

    /// What may be chosen, a column each: states, levels, kinds, yes, controls.
    fn lists(&self) -> Result<Worksheet, XlsxError> {
        let mut sheet = Worksheet::new();
        sheet.set_name(LISTS)?.set_hidden(true).protect();
        for (row, state) in (0..).zip(STATES) {
            sheet.write_string(row, 0, state)?;
        }
        for (row, level) in (0..).zip(self.scale().steps()) {
            sheet.write_number(row, 1, level.shown().parse::<f64>().unwrap_or_default())?;
        }
        for (row, kind) in (0..).zip(Kind::ALL) {
            sheet.write_string(row, 2, kind.name())?;
        }
        sheet.write_string(0, 3, "yes")?;
        for (row, control) in (0..).zip(self.scope.controls()) {
            sheet.write_string(row, 4, sheet::cell(self.scope.quarter.control(control).called.name()).0)?;
        }
        Ok(sheet)
    }

    /// What the workbook is about, and each answer as it is now.
    fn base(&self) -> Result<Worksheet, XlsxError> {
        let Scope { quarter, team, framework } = self.scope;
        let mut sheet = Worksheet::new();
        sheet.set_name(BASE)?.set_very_hidden(true).protect();
        let about = [
            FORMAT.map(str::to_owned),
            ["quarter".to_owned(), quarter.name().to_string()],
            ["team".to_owned(), quarter.team(team).id.clone()],
            ["framework".to_owned(), quarter.framework(framework).id.clone()],
        ];
        for (row, texts) in (0..).zip(about) {
            for (column, text) in (0..).zip(texts) {
                sheet.write_string(row, column, sheet::cell(&text).0)?;
            }
        }
        for (column, head) in (0..).zip(["Control", "Field", "Value", "Cut"]) {
            sheet.write_string(5, column, head)?;
        }
        let mut row = 6;
        for control in self.scope.controls() {
            for (field, text) in fields(self.scope, control) {
                let is_cut = sheet::cell(&text).1;
                let text = compared(&text);
                if text.is_empty() {
                    continue;
                }
                let name = quarter.control(control).called.name();
                for (column, text) in (0..).zip([name, &field.name(), &text, if is_cut { "yes" } else { "" }]) {
                    if !text.is_empty() {
                        sheet.write_string(row, column, sheet::cell(text).0)?;
                    }
                }
                row += 1;
            }
        }
        Ok(sheet)
    }

    /// The sheet that says how to fill in the others.
    fn start(&self) -> Result<Worksheet, XlsxError> {
        let mut sheet = Worksheet::new();
        sheet.set_name(START)?.set_screen_gridlines(false);
        sheet.set_column_width(0, NAMES)?.set_column_width(1, TEXTS)?;
        sheet.set_paper_size(9).set_landscape().set_print_fit_to_pages(1, 0).protect();
        let plain = Format::new().set_align(FormatAlign::Top).set_font_size(10).set_font_color(Color::RGB(INK));
        let title = plain.clone().set_bold().set_font_size(20).set_align(FormatAlign::VerticalCenter);
        let section = plain.clone().set_bold().set_font_size(13).set_font_color(Color::RGB(ACCENT));
        let quarter = self.scope.quarter;
        sheet.set_row_height(0, 32)?.set_row_height(1, 20)?;
        Self::text(&mut sheet, (0, 0), &format!("{}, {}", self.team_name(), quarter.name()), &title)?;
        let framework = &quarter.framework(self.scope.framework).title;
        let about = format!("{framework}: what this team says until {}", quarter.closes());
        Self::text(&mut sheet, (1, 0), &about, &plain.clone().set_font_color(Color::RGB(QUIET)))?;
        let named = plain.clone().set_bold().set_indent(1);
        let text = plain.set_text_wrap().set_indent(1);
        let mut row = 3;
        let head = |sheet: &mut Worksheet, row, title: &str| {
            sheet.set_row_height(row, 24)?;
            Self::text(sheet, (row, 0), title, &section)
        };
        head(&mut sheet, row, "How to fill it in")?;
        let facts = self.facts();
        let has_collected = facts.iter().any(|(control, name, _)| !self.collected(*control, name).is_empty());
        let how_to = HOW_TO.into_iter().filter(|(name, _)| *name != COLLECTED || has_collected);
        for (name, how) in how_to {
            row += 1;
            sheet.set_row_height(row, height([(how, TEXTS)]))?;
            Self::text(&mut sheet, (row, 0), name, &named)?;
            Self::text(&mut sheet, (row, 1), how, &text)?;
        }
        row += 2;
        head(&mut sheet, row, "What each level says")?;
        let levels: Vec<_> = self.scale().whole_levels().collect();
        for (at, (level, known)) in levels.iter().enumerate() {
            row += 1;
            let (ground, ink) = LEVELS[at * (LEVELS.len() - 1) / (levels.len() - 1).max(1)];
            let colour = named.clone().set_background_color(Color::RGB(ground)).set_font_color(Color::RGB(ink));
            sheet.set_row_height(row, height([(known.criteria.as_str(), TEXTS)]))?;
            Self::text(&mut sheet, (row, 0), &format!("{} {}", level.shown(), known.name), &colour)?;
            Self::text(&mut sheet, (row, 1), &known.criteria, &text)?;
        }
        sheet.set_print_area(0, 0, row, 1)?;
        Ok(sheet)
    }
}

/// The widths of the columns of the first sheet.
const NAMES: f64 = 26.0;
const TEXTS: f64 = 104.0;

/// How to fill in a workbook, a row each.
const HOW_TO: [(&str, &str); 11] = [
    ("Blue heads", "You fill in the columns with a blue head. Those with a dark head are locked."),
    (
        STATE,
        "level: you know how well it is done. unknown: nobody knows. not applicable: it has no meaning for you. Blank: not answered yet, which is not 0.",
    ),
    ("Level", "One of the levels below. Measured controls have none: their facts on the sheet Facts make it."),
    (NOTE, "What is true, in two or three sentences. Say what the level leaves out."),
    (REASON, "Why it is unknown or not applicable. Somebody approves the latter: name the role."),
    (
        STILL_TRUE,
        "Choose yes where you looked at an answer of the last quarter and it still holds. Then say which role says so, and on which day.",
    ),
    (
        "Evidence",
        "One row for each thing that an auditor could look at. New rows go below. A row that you delete here stays in the files.",
    ),
    (
        COLLECTED,
        "What a tool found for a fact. To take it on, choose the State level and leave the Value blank. A Value of your own stands beside it.",
    ),
    ("Days", "Write them like 2026-11-18."),
    ("Formulas", "None. A level, a day or a value that a formula makes is refused."),
    ("When you are done", "Save it as .xlsx and give it back. What you left as it was stays as it was."),
];

/// What a fact's value is, in words.
fn described(fact: &Fact) -> String {
    match fact.kind {
        FactKind::Boolean => "yes or no".to_owned(),
        FactKind::Date => "day".to_owned(),
        FactKind::Integer | FactKind::Number => fact.described(),
    }
}

/// A day as a spreadsheet counts it.
fn excel(day: Date) -> Result<ExcelDateTime, XlsxError> {
    let part = |part: i8| u8::try_from(part).unwrap_or(1);
    ExcelDateTime::from_ymd(u16::try_from(day.year()).unwrap_or_default(), part(day.month()), part(day.day()))
}

/// Allows the days between two, both included.
fn days(first: Date, last: Date) -> Result<DataValidation, XlsxError> {
    let between = DataValidationRule::Between(excel(first)?, excel(last)?);
    let allowed = DataValidation::new().allow_date(between).set_error_title("Day")?;
    allowed.set_error_message(format!("A day from {first} to {last}, like 2026-11-18."))
}
