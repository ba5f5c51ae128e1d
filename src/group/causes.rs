//! Reads what moved the scores of one unit, as `milepost export changes` prints it, and holds it to the unit's table.

use std::collections::BTreeMap;

use csv::{ReaderBuilder, StringRecord};

use super::Mistake;
use super::table::{MISTAKES, UnitPart, UnitTable, quoted, text_of, whole};
use crate::base::number::{Level, Mean, plain};
use crate::base::quarter::Quarter;
use crate::exchange::rows::line_of;
use crate::model::catalog::Node;
use crate::score::change::Cause;

/// The columns; new ones come only at the end.
const COLUMNS: [&str; 5] = ["quarter", "framework", "node", "cause", "millionths"];
/// The most rows.
const ROW_LIMIT: usize = 200_000;
/// The largest amount in either direction, in millionths: no scale is longer.
const AMOUNT_LIMIT: i64 = 1_000_000_000;

/// By how much each cause moved a node, in millionths, in the order of [`Cause::ALL`].
pub(super) type Amounts = [i64; Cause::ALL.len()];

/// The rows of a node in a quarter.
#[derive(Default)]
struct NodeCauses {
    /// The line of the last one.
    line: u64,
    amounts: [Option<i64>; Cause::ALL.len()],
}

/// The rows of a framework, by quarter and by the node's id.
type RowsByNode = BTreeMap<(Quarter, String), NodeCauses>;

/// What moved each node of a framework, by quarter and by the node's id.
pub(super) type CausesByNode = BTreeMap<(Quarter, String), Amounts>;

/// Reads the rows of one framework, of which the unit's table says the scores; `None` if anything is wrong with any row.
pub(super) fn read(
    bytes: &[u8],
    file: &str,
    framework: &str,
    table: &UnitTable,
    found: &mut Vec<Mistake>,
) -> Option<CausesByNode> {
    let mut causes = RowsByNode::new();
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
    let mut held = CausesByNode::new();
    let scores = TableScores::new(table, framework);
    for (key, causes) in causes {
        match scores.hold(&key, &causes) {
            Ok(Some(amounts)) => drop(held.insert(key, amounts)),
            Ok(None) => {}
            Err(why) => tell(causes.line, why),
        }
    }
    let is_fine = wrong.is_empty();
    found.append(&mut wrong);
    is_fine.then_some(held)
}

/// The scores of a framework in a table.
struct TableScores<'t> {
    /// By quarter, the oldest first.
    parts: BTreeMap<Quarter, &'t UnitPart>,
    /// The whole, Functions and Categories of each quarter, by their ids.
    nodes: BTreeMap<(Quarter, &'t str), Node>,
}

impl<'t> TableScores<'t> {
    fn new(table: &'t UnitTable, framework: &str) -> Self {
        let of = table.parts.iter().filter(|((_, id), _)| id == framework);
        let parts: BTreeMap<Quarter, &UnitPart> = of.map(|((quarter, _), part)| (*quarter, part)).collect();
        let of_part = |(quarter, part): (&Quarter, &&'t UnitPart)| {
            let (quarter, catalog) = (*quarter, &part.shape.catalog);
            let above = catalog.nodes().filter(|node| !matches!(node, Node::Control(_)));
            above.map(|node| ((quarter, catalog.id_of(node)), node)).collect::<Vec<_>>()
        };
        let nodes = parts.iter().flat_map(of_part).collect();
        Self { parts, nodes }
    }

    /// The amounts of a node, if they lead from its score of the quarter before to that of the quarter. Of a quarter that the table does
    /// not hold, nothing is known.
    fn hold(&self, key: &(Quarter, String), causes: &NodeCauses) -> Result<Option<Amounts>, String> {
        let (quarter, id) = key;
        let shown = quoted(id);
        let Some(part) = self.parts.get(quarter) else { return Ok(None) };
        let Some(node) = self.nodes.get(&(*quarter, id.as_str())) else {
            return Err(format!("{shown} is no Function and no Category of the unit's table in {quarter}"));
        };
        let missing = Cause::ALL.iter().zip(causes.amounts).find(|(_, amount)| amount.is_none());
        if let Some((cause, _)) = missing {
            let cause = cause.name();
            return Err(format!(
                "{shown} in {quarter} has no row of {cause}: the file is cut off, or a row was taken out"
            ));
        }
        let amounts = causes.amounts.map(Option::unwrap_or_default);
        let sum: i64 = amounts.iter().sum();
        let now = part.tree[*node].shown_mean().map(Mean::millionths);
        let Some(now) = now else { return Err(format!("the unit's table shows no score of {shown} in {quarter}")) };
        let (is_held, moved) = match self.before(*quarter, id) {
            None => {
                (part.scale.reaches(Level::from_millionths(now - sum)), "it came from a score on the scale".to_owned())
            }
            Some(None) => (false, "it has no score before that".to_owned()),
            Some(Some(before)) => (now - before == sum, format!("it moves by {}", plain(now - before))),
        };
        is_held.then_some(Some(amounts)).ok_or_else(|| {
            let sum = plain(sum);
            format!("the causes move {shown} in {quarter} by {sum}, and by the unit's table {moved}: export both files of the same commit")
        })
    }

    /// The score of a node in the quarter before in millionths, and `None` in that where the table shows none; `None` where the table
    /// does not hold that quarter, or is one of the first version, which does not say all that makes a score.
    fn before(&self, quarter: Quarter, id: &str) -> Option<Option<i64>> {
        let (before, part) = self.parts.range(..quarter).next_back()?;
        if part.assumed || self.parts[&quarter].assumed {
            return None;
        }
        let node = self.nodes.get(&(*before, id));
        Some(node.and_then(|node| part.tree[*node].shown_mean()).map(Mean::millionths))
    }
}

fn rows(text: &str, framework: &str, causes: &mut RowsByNode, tell: &mut impl FnMut(u64, String)) {
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
        let line = record.position().map_or(0, |before| line_of(text, before));
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
        if let Err(why) = row(line, &record, framework, causes) {
            tell(line, why);
        }
    }
    if count > 0 && !text.ends_with('\n') {
        tell(text.lines().count() as u64, "the last line has no end: the file is cut off".to_owned());
    }
}

fn row(line: u64, record: &StringRecord, framework: &str, causes: &mut RowsByNode) -> Result<(), String> {
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
    let node = causes.entry((quarter, cell(2).to_owned())).or_default();
    node.line = line;
    match node.amounts[cause].replace(amount) {
        None => Ok(()),
        Some(_) => Err(format!("{} of {} in {quarter} has a row already", cell(3), quoted(cell(2)))),
    }
}
