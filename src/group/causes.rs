//! Reads what moved the scores of one unit, as `milepost export changes` prints it.

use std::collections::BTreeMap;

use csv::{ReaderBuilder, StringRecord};

use super::Mistake;
use super::table::{MISTAKES, quoted, text_of, whole};
use crate::base::quarter::Quarter;
use crate::score::change::Cause;

/// The columns; new ones come only at the end.
const COLUMNS: [&str; 5] = ["quarter", "framework", "node", "cause", "millionths"];
/// The most rows.
const ROW_LIMIT: usize = 200_000;
/// The largest amount in either direction, in millionths: no scale is longer.
const AMOUNT_LIMIT: i64 = 1_000_000_000;

/// By how much each cause moved a node, in millionths, in the order of [`Cause::ALL`].
pub(super) type Amounts = [Option<i64>; Cause::ALL.len()];

/// What moved each node of a framework, by quarter and by the node's id.
pub(super) type CausesByNode = BTreeMap<(Quarter, String), Amounts>;

/// Reads the rows of one framework; `None` if anything is wrong with any row.
pub(super) fn read(bytes: &[u8], file: &str, framework: &str, found: &mut Vec<Mistake>) -> Option<CausesByNode> {
    let mut causes = CausesByNode::new();
    let mut wrong: Vec<Mistake> = Vec::new();
    let mut tell = |line: u64, message: String| {
        if wrong.len() < MISTAKES {
            wrong.push(Mistake { file: file.to_owned(), line, message });
        }
    };
    match text_of(bytes) {
        Err((line, why)) => tell(line, why.to_owned()),
        Ok(text) => rows(text, framework, &mut causes, &mut tell),
    }
    let is_fine = wrong.is_empty();
    found.append(&mut wrong);
    is_fine.then_some(causes)
}

fn rows(text: &str, framework: &str, causes: &mut CausesByNode, tell: &mut impl FnMut(u64, String)) {
    let mut csv = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    let has_header = matches!(csv.read_record(&mut record), Ok(true));
    if !has_header || !COLUMNS.iter().enumerate().all(|(at, name)| record.get(at) == Some(name)) {
        let columns = COLUMNS.join(",");
        return tell(
            1,
            format!("its first line is not `{columns}`; `milepost export changes --out FILE` makes the file"),
        );
    }
    let columns = record.len();
    let mut count = 0;
    while let Ok(true) = csv.read_record(&mut record) {
        let line = record.position().map_or(0, csv::Position::line);
        count += 1;
        if count > ROW_LIMIT {
            return tell(line, format!("it has more than {ROW_LIMIT} rows; print one quarter of it, with --quarter"));
        }
        if record.len() != columns {
            tell(
                line,
                format!(
                    "this row has {} cells and the first line {columns}: the file is damaged or cut off",
                    record.len()
                ),
            );
            continue;
        }
        if let Err(why) = row(&record, framework, causes) {
            tell(line, why);
        }
    }
    if count > 0 && !text.ends_with('\n') {
        tell(text.lines().count() as u64, "the last line has no end: the file is cut off".to_owned());
    }
}

fn row(record: &StringRecord, framework: &str, causes: &mut CausesByNode) -> Result<(), String> {
    let cell = |at| record.get(at).unwrap_or_default();
    let quarter: Quarter =
        cell(0).parse().map_err(|()| format!("quarter: {} is no quarter, as in 2026-Q4", quoted(cell(0))))?;
    let cause = Cause::ALL.iter().position(|cause| cause.name() == cell(3)).ok_or_else(|| {
        let names = Cause::ALL.map(Cause::name).join(", ");
        format!("cause: {} is none of {names}", quoted(cell(3)))
    })?;
    let amount = whole(cell(4)).filter(|amount| amount.abs() <= AMOUNT_LIMIT);
    let amount = amount.ok_or_else(|| format!("millionths: {} is no whole number of millionths", quoted(cell(4))))?;
    if cell(1) != framework {
        return Ok(());
    }
    let amounts = causes.entry((quarter, cell(2).to_owned())).or_default();
    match amounts[cause].replace(amount) {
        None => Ok(()),
        Some(_) => Err(format!("{} of {} in {quarter} has a row already", cell(3), quoted(cell(2)))),
    }
}
