//! Reads the table of one unit, and makes the figures of its nodes. Every mistake is reported with its line; a table with a mistake
//! is not added.

use std::collections::BTreeMap;
use std::sync::Arc;

use csv::{ReaderBuilder, StringRecord};

use super::Mistake;
use super::rules::{SumBasis, scale_in};
use super::shape::{ControlPlace, FrameworkShape, Shapes};
use crate::base::number::{Level, Mean};
use crate::base::quarter::Quarter;
use crate::base::text::cut;
use crate::exchange::rows::line_of;
use crate::export::long::COLUMNS;
use crate::model::catalog::OverallRule;
use crate::model::settings::{Scale, Scoring};
use crate::score::{Counts, Figures, Tree, Withheld, join};

/// The most rows of a table.
const ROW_LIMIT: usize = 200_000;
/// The most mistakes of one file that are reported.
pub(super) const MISTAKES: usize = 100;
/// The most answers that a cell may count.
const COUNT_LIMIT: u32 = 10_000;
/// The columns that every table has. Those after them came later.
const LEAST: usize = 31;
/// The longest text of a cell, in bytes.
const TEXT_LIMIT: usize = 1_000;

/// What the table of a unit says.
#[derive(Default)]
pub(super) struct UnitTable {
    /// The name of the unit.
    pub(super) unit: String,
    /// The framework of the first row of all teams.
    pub(super) main: String,
    /// Each framework in each quarter.
    pub(super) parts: BTreeMap<(Quarter, String), UnitPart>,
    /// The frameworks of which there are rows of teams alone.
    pub(super) by_team: Vec<String>,
}

/// What the table says of one framework in one quarter.
pub(super) struct UnitPart {
    pub(super) version: String,
    pub(super) basis: SumBasis,
    /// Whether Milepost's defaults stand for rules that the table does not say.
    pub(super) assumed: bool,
    pub(super) scale: Scale,
    pub(super) policy: String,
    pub(super) sealed: bool,
    pub(super) shape: Arc<FrameworkShape>,
    pub(super) tree: Tree,
}

/// The rows of one framework in one quarter, as they are read.
struct UnitRows {
    version: String,
    basis: SumBasis,
    assumed: bool,
    policy: String,
    sealed: bool,
    scale: Scale,
    /// By the control's id: where it stands, its line, and its figures.
    controls: BTreeMap<String, (ControlPlace, u64, Figures)>,
    order: Vec<String>,
}

/// Reads a table; `None` if anything is wrong with it.
pub(super) fn read(bytes: &[u8], file: &str, shapes: &Shapes, found: &mut Vec<Mistake>) -> Option<UnitTable> {
    let mut reader = UnitTableReader {
        file,
        found: Vec::new(),
        more: 0,
        unit: String::new(),
        main: String::new(),
        rows: BTreeMap::new(),
        by_team: Vec::new(),
    };
    reader.read(bytes);
    let UnitTableReader { found: mut mistakes, more, unit, main, rows, mut by_team, .. } = reader;
    if more > 0 {
        mistakes.push(Mistake::whole(file, format!("{more} more mistakes in this table are not told")));
    }
    if !mistakes.is_empty() {
        found.append(&mut mistakes);
        return None;
    }
    by_team.retain(|id| !rows.keys().any(|(_, framework)| framework == id));
    let parts = rows.into_iter().map(|(key, rows)| {
        let part = rows.scored(&key.1, shapes);
        (key, part)
    });
    Some(UnitTable { unit, main, parts: parts.collect(), by_team })
}

impl UnitRows {
    /// The figures of all nodes.
    fn scored(mut self, framework: &str, shapes: &Shapes) -> UnitPart {
        let places = self.order.iter().map(|id| self.controls[id].0.clone()).collect();
        let shape = shapes.of(framework, places);
        let catalog = &shape.catalog;
        let controls = catalog.controls.map(|control| {
            let (_, _, figures) =
                self.controls.remove(&catalog.controls[control].id).expect("the shape was made of these rows");
            figures
        });
        let tree = join(&self.basis.settings(&self.scale), &shape.catalog, controls);
        let Self { version, basis, assumed, scale, policy, sealed, .. } = self;
        UnitPart { version, basis, assumed, scale, policy, sealed, shape, tree }
    }
}

struct UnitTableReader<'a> {
    file: &'a str,
    found: Vec<Mistake>,
    /// How many more mistakes were found than are reported.
    more: usize,
    unit: String,
    main: String,
    rows: BTreeMap<(Quarter, String), UnitRows>,
    by_team: Vec<String>,
}

impl UnitTableReader<'_> {
    fn wrong(&mut self, line: u64, message: impl Into<String>) {
        if self.found.len() < MISTAKES {
            self.found.push(Mistake { file: self.file.to_owned(), line, message: message.into() });
        } else {
            self.more += 1;
        }
    }

    fn read(&mut self, bytes: &[u8]) {
        let text = match text_of(bytes) {
            Ok(text) => text,
            Err((line, why)) => return self.wrong(line, why),
        };
        let mut csv = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        let mut record = StringRecord::new();
        if !matches!(csv.read_record(&mut record), Ok(true)) {
            return self.wrong(1, "it is empty; `milepost export table --out FILE` makes a table");
        }
        if let Some(why) = other_header(&record, text) {
            return self.wrong(1, why);
        }
        let columns = record.len();
        let mut rows = 0;
        while let Ok(true) = csv.read_record(&mut record) {
            let line = record.position().map_or(0, |before| line_of(text, before));
            rows += 1;
            if rows > ROW_LIMIT {
                // This is always reported, even after too many mistakes.
                let why = format!("it has more than {ROW_LIMIT} rows; print one quarter of it, with --quarter");
                return self.found.push(Mistake { file: self.file.to_owned(), line, message: why });
            }
            if record.len() != columns {
                let cells = record.len();
                self.wrong(
                    line,
                    format!("this row has {cells} cells and the first line {columns}: the file is damaged or cut off"),
                );
                continue;
            }
            let mut cells = Cells { record: &record, wrong: Vec::new(), saved_anew: None };
            let row = UnitTableRow::of(&mut cells);
            let Cells { wrong, saved_anew, .. } = cells;
            if let Some(why) = saved_anew {
                return self.wrong(line, why);
            }
            wrong.into_iter().for_each(|why| self.wrong(line, why));
            if let Some(row) = row {
                self.take(line, row);
            }
        }
        if rows == 0 {
            self.wrong(1, "it has no row; a workspace without answers has none");
        } else if !text.ends_with('\n') {
            self.wrong(text.lines().count() as u64, "the last line has no end: the file is cut off");
        }
    }

    fn take(&mut self, line: u64, row: UnitTableRow) {
        if self.unit.is_empty() {
            self.unit.clone_from(&row.unit);
        } else if self.unit != row.unit {
            let (unit, other) = (quoted(&row.unit), quoted(&self.unit));
            return self.wrong(
                line,
                format!("this row is of {unit}, and the rows above are of {other}: a table holds one unit"),
            );
        }
        let key = (row.quarter, row.framework.clone());
        if row.is_of_team {
            if !self.by_team.contains(&row.framework) {
                self.by_team.push(row.framework);
            }
            return;
        }
        if self.main.is_empty() {
            self.main.clone_from(&row.framework);
        }
        let UnitTableRow { place, figures, .. } = row;
        let rows = self.rows.entry(key).or_insert_with(|| UnitRows {
            version: row.version.clone(),
            basis: row.basis.clone(),
            assumed: row.assumed,
            policy: row.policy.clone(),
            sealed: row.sealed,
            scale: row.scale,
            controls: BTreeMap::new(),
            order: Vec::new(),
        });
        let same = (&rows.version, &rows.basis, &rows.policy, rows.sealed);
        let fault = if same != (&row.version, &row.basis, &row.policy, row.sealed) {
            Some("framework_version, scale, rules, policy, sealed, overall or minimum_coverage are others here than in the rows above of the same quarter and framework".to_owned())
        } else if let Some((_, first, _)) = rows.controls.get(&place.control) {
            Some(format!("{} has a row already, in line {first}", quoted(&place.control)))
        } else {
            None
        };
        match fault {
            Some(why) => self.wrong(line, why),
            None => {
                rows.order.push(place.control.clone());
                rows.controls.insert(place.control.clone(), (place, line, figures));
            }
        }
    }
}

/// The text of a file; otherwise the line and the reason why it is none.
pub(super) fn text_of(bytes: &[u8]) -> Result<&str, (u64, &'static str)> {
    let line = |at: usize| bytes[..at].iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err((1, "it is written in UTF-16; save it as UTF-8"));
    }
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        return Err((line(at), "a NUL stands in this line, and no table holds one: the file is damaged"));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(error) => Err((line(error.valid_up_to()), "this line is not UTF-8; save the file as UTF-8")),
    }
}

/// What is wrong with the first line of a table.
fn other_header(header: &StringRecord, text: &str) -> Option<String> {
    let first = text.lines().next().unwrap_or_default();
    if !first.contains(',')
        && let Some(mark) = [';', '\t'].into_iter().find(|mark| first.contains(*mark))
    {
        let mark = if mark == ';' { "semicolons" } else { "tabs" };
        return Some(format!(
            "{mark} separate its columns: a program has saved it anew; take the file as milepost wrote it"
        ));
    }
    let differs = COLUMNS.iter().enumerate().find(|(at, name)| header.get(*at).is_some_and(|cell| cell != **name));
    if let Some((at, name)) = differs {
        let cell = quoted(header.get(at).unwrap_or_default());
        let at = at + 1;
        return Some(format!(
            "column {at} is {cell}, and that of a table is `{name}`: this is another file, or its columns were moved"
        ));
    }
    let missing = COLUMNS[..LEAST].get(header.len())?;
    Some(format!("the column `{missing}` is missing, and all after it: the file is another, or cut off"))
}

/// A text of the table as a message quotes it.
pub(super) fn quoted(text: &str) -> String {
    format!("`{}`", cut(text, 60))
}

/// One row.
struct UnitTableRow {
    unit: String,
    quarter: Quarter,
    framework: String,
    version: String,
    place: ControlPlace,
    is_of_team: bool,
    basis: SumBasis,
    assumed: bool,
    scale: Scale,
    policy: String,
    sealed: bool,
    figures: Figures,
}

/// The cells of a row, and what is wrong with them.
struct Cells<'a> {
    record: &'a StringRecord,
    wrong: Vec<String>,
    /// How it shows that a program has saved the file in a form of its own, so that every row is wrong.
    saved_anew: Option<String>,
}

impl Cells<'_> {
    /// The position of a column; a table of an earlier version may lack it.
    fn get(&self, name: &str) -> Option<&str> {
        self.record.get(COLUMNS.iter().position(|column| *column == name)?)
    }

    /// The column's text. An apostrophe that keeps a spreadsheet from running it is no part of it.
    fn text(&mut self, name: &str) -> String {
        let text = self.get(name).unwrap_or_default();
        if text.len() > TEXT_LIMIT {
            let why = format!("{name}: it has {} bytes, and no name is longer than {TEXT_LIMIT}", text.len());
            self.wrong.push(why);
            return String::new();
        }
        let bare =
            text.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']));
        bare.unwrap_or(text).to_owned()
    }

    /// A text that may not be missing.
    fn named(&mut self, name: &str) -> String {
        let text = self.text(name);
        if text.trim().is_empty() {
            self.wrong.push(format!("{name}: it is empty"));
        }
        text
    }

    fn expected(&mut self, name: &str, what: &str) {
        let why = format!("{name}: {} is {what}", quoted(self.get(name).unwrap_or_default()));
        self.wrong.push(why);
    }

    fn digest(&mut self, name: &str) -> String {
        let text = self.text(name);
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)) {
            self.expected(name, "no SHA-256 of 64 hexadecimal digits");
        }
        text
    }

    fn flag(&mut self, name: &str) -> bool {
        match self.get(name) {
            Some("true") => true,
            Some("false") => false,
            text => {
                self.saved_anew = Some(format!(
                    "{name}: {} is neither `true` nor `false`: a program has saved the file anew; take it as milepost wrote it",
                    quoted(text.unwrap_or_default())
                ));
                false
            }
        }
    }

    fn count(&mut self, name: &str, most: u32) -> u32 {
        let number = whole(self.get(name).unwrap_or_default()).and_then(|number| u32::try_from(number).ok());
        match number.filter(|number| *number <= most) {
            Some(number) => number,
            None => {
                self.expected(name, &format!("no whole number from 0 to {most}"));
                0
            }
        }
    }

    /// A figure in millionths, within the scale; `None` where the cell is empty.
    fn figure(&mut self, name: &str, scale: &Scale) -> Option<Level> {
        let text = self.get(name).filter(|text| !text.is_empty())?;
        let level = whole(text).map(Level::from_millionths);
        if !level.is_some_and(|level| scale.reaches(level)) {
            let ends = [scale.bottom, scale.top()].map(Level::millionths);
            self.expected(name, &format!("no whole number of millionths from {} to {}", ends[0], ends[1]));
        }
        level
    }

    /// A sentence where `holds` is false and each cell could be read.
    fn hold(&mut self, holds: bool, otherwise: &str) {
        if !holds && self.wrong.is_empty() {
            self.wrong.push(otherwise.to_owned());
        }
    }
}

/// A whole number in plain digits.
pub(super) fn whole(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_plain = !digits.is_empty() && digits.len() <= 18 && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse().ok()).flatten()
}

impl UnitTableRow {
    /// Reads a row; `None` if anything is wrong with it.
    fn of(cells: &mut Cells<'_>) -> Option<Self> {
        let quarter = cells.get("quarter").and_then(|text| text.parse().ok());
        if quarter.is_none() {
            cells.expected("quarter", "no quarter, as in 2026-Q4");
        }
        let scale = scale_in(cells.get("scale").unwrap_or_default());
        if scale.is_none() {
            cells.expected("scale", "no scale, as in `0 to 5 in steps of 1`");
        }
        let basis = Self::basis(cells);
        let place = ControlPlace {
            control: cells.named("control"),
            function: cells.named("function"),
            category: cells.text("category"),
            parent: cells.text("parent"),
            weight: cells.count("weight", 1000),
        };
        cells.hold(place.weight > 0, "weight: it is 0, and every control counts at least once");
        let scale = scale?;
        let row = Self {
            unit: cells.named("unit"),
            quarter: quarter?,
            framework: cells.named("framework"),
            version: cells.text("framework_version"),
            place,
            is_of_team: cells.get("team").is_some_and(|team| !team.is_empty()),
            figures: Self::figures(cells, &scale, &basis),
            basis,
            assumed: cells.get("minimum_coverage").is_none(),
            scale,
            policy: cells.digest("policy"),
            sealed: cells.flag("sealed"),
        };
        cells.wrong.is_empty().then_some(row)
    }

    /// The rules that decide with which other units it may be joined. Tables of the first version do not say all of them.
    fn basis(cells: &mut Cells<'_>) -> SumBasis {
        let defaults = Scoring::default();
        let overall = match cells.get("overall") {
            None => Some(defaults.overall),
            Some(word) => [OverallRule::Functions, OverallRule::Controls].into_iter().find(|rule| rule.name() == word),
        };
        if overall.is_none() {
            cells.expected("overall", "neither `functions` nor `controls`");
        }
        let says = cells.get("minimum_coverage").is_some();
        SumBasis {
            scale: cells.text("scale"),
            rules: cells.digest("rules"),
            by_functions: overall.unwrap_or(defaults.overall) == OverallRule::Functions,
            minimum_coverage: if says { cells.count("minimum_coverage", 100) } else { defaults.minimum_coverage },
        }
    }

    fn figures(cells: &mut Cells<'_>, scale: &Scale, basis: &SumBasis) -> Figures {
        let count = |cells: &mut Cells<'_>, name| cells.count(name, COUNT_LIMIT);
        let [mean, claimed, supported, low, high, floor, target] =
            ["mean", "claimed", "supported", "low", "high", "floor", "target"].map(|name| cells.figure(name, scale));
        let applicable = count(cells, "applicable");
        let mut counts = Counts {
            assessed: count(cells, "assessed"),
            unknown: count(cells, "unknown"),
            unanswered: count(cells, "unanswered"),
            not_applicable: count(cells, "not_applicable"),
            given: count(cells, "given"),
            carried: count(cells, "carried"),
            targeted: count(cells, "targeted"),
            at_target: count(cells, "at_target"),
            floor,
            ..Counts::default()
        };
        counts.assessed_controls = u32::from(counts.assessed > 0);
        counts.applicable_controls = u32::from(applicable > 0);
        let withheld = cells.flag("withheld");
        let is_assessed = counts.assessed > 0;
        let is_below = u64::from(counts.assessed) * 100 < u64::from(applicable) * u64::from(basis.minimum_coverage);
        cells.hold(
            counts.applicable() == applicable,
            "applicable: it is not the sum of assessed, unknown and unanswered",
        );
        cells.hold(mean.is_some() == is_assessed, "mean: it is there if and only if an answer is assessed");
        cells.hold(floor.is_some() == is_assessed, "floor: it is there if and only if an answer is assessed");
        let has_range = low.is_some() && high.is_some();
        cells.hold(has_range == (applicable > 0), "low, high: they are there if and only if an answer is applicable");
        cells.hold(low <= mean || mean.is_none(), "low: it is above the mean");
        cells.hold(mean <= high, "high: it is below the mean");
        cells.hold(
            counts.at_target <= counts.targeted && counts.targeted <= applicable,
            "at_target: it is above targeted, or that above applicable",
        );
        cells.hold(counts.carried <= counts.given, "carried: it is above given");
        let why = if cells.get("minimum_coverage").is_none() {
            "withheld: it does not follow from a minimum coverage of 60 percent, which is assumed because the table does not say it; print the table with this milepost"
        } else {
            "withheld: it does not follow from assessed, applicable and minimum_coverage"
        };
        cells.hold(withheld == is_below, why);
        let [mean, claimed, supported, low, high, target] =
            [mean, claimed, supported, low, high, target].map(|level| level.map(Mean::from));
        let gap = mean.as_ref().zip(target.as_ref()).map(|(mean, target)| mean.gap_to(target));
        Figures {
            mean,
            claimed,
            supported,
            unweighted: None,
            low,
            high,
            target_of_all: target.clone(),
            target,
            gap,
            counts,
            withheld: withheld.then_some(Withheld::Coverage),
        }
    }
}

/// The framework of the first row; `None` if there is none to read.
pub(super) fn first_framework(bytes: &[u8]) -> Option<String> {
    let mut csv = ReaderBuilder::new().flexible(true).from_reader(text_of(bytes).ok()?.as_bytes());
    let header = csv.headers().ok()?;
    let at = header.iter().position(|name| name == "framework")?;
    csv.records().next()?.ok()?.get(at).map(str::to_owned)
}
