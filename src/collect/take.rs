//! Reads one result file by a mapping: which values it gives, for which control, and what it leaves out and why.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use num_rational::BigRational;
use serde_json::Value;

use crate::base::number::{MILLIONTHS, counted};
use crate::base::text::cut;
use crate::exchange::{ReadFile, json, rows, tree};
use crate::model::collector::{How, MappedRows, Pointer, ResultFormat, ResultMapping, Take};

/// What a file gives.
#[derive(Clone, Debug)]
pub struct TakenValues {
    /// The day of the file; `None` if it holds none.
    pub day: Option<Date>,
    /// Why the place of its day holds none; `None` if it does, or if no place of a day is known.
    pub undated: Option<String>,
    /// What it says of each thing: of the file's one control, or of each control that its rows name. In the order of the names.
    pub parts: Vec<ControlPart>,
    /// The names in rows that the mapping turned into a control.
    pub names: BTreeSet<String>,
    /// Ids in rows that look like a control's and are not used.
    pub beside: BTreeSet<String>,
    /// What is left out, and why.
    pub told: Vec<Told>,
}

/// What a file says of one control.
#[derive(Clone, Debug)]
pub struct ControlPart {
    /// The control that the file names; `None` if the mapping or the collector names it.
    pub control: Option<String>,
    /// The values of facts, by name.
    pub facts: BTreeMap<String, GivenValue>,
    /// Numbers for the title, in words and in the order of the mapping.
    pub counts: Vec<String>,
}

/// A value and where it stands.
#[derive(Clone, Debug)]
pub struct GivenValue {
    /// The value.
    pub value: FoundValue,
    /// The path or paths.
    pub at: String,
}

/// A value that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FoundValue {
    /// A number, exactly.
    Number(BigRational),
    /// True or false.
    Boolean(bool),
    /// A day.
    Day(Date),
    /// Text that may be any of these.
    Text(String),
}

/// What of a file was left out, or read in another way than it may be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Where: a path, or the name of a fact.
    pub at: String,
    /// What it said, or why it counts for nothing.
    pub why: String,
    /// Whether no fact and no evidence is lost by it.
    pub is_note: bool,
}

impl Told {
    /// Something that is lost.
    pub(super) fn new(at: impl Into<String>, why: impl Into<String>) -> Self {
        Self { at: at.into(), why: why.into(), is_note: false }
    }

    fn note(at: impl Into<String>, why: impl Into<String>) -> Self {
        Self { is_note: true, ..Self::new(at, why) }
    }

    /// Where it is, in a file that is called `file`.
    pub fn place(&self, file: &str) -> String {
        if self.at.is_empty() { file.to_owned() } else { format!("{file}: {}", self.at) }
    }
}

/// Reads a file. Rows that name controls are put together if `by_row` is false: the collector names one control for all.
///
/// # Errors
/// A sentence without a full stop: it cannot be read, or it is of another kind than the mapping is for.
pub fn take(mapping: &ResultMapping, bytes: &[u8], by_row: bool) -> Result<TakenValues, String> {
    if bytes.starts_with(ZIP) {
        return Err("it is a zip archive, such as a workbook, and no result file that can be read".to_owned());
    }
    let ReadFile { value: root, told } = match mapping.format {
        ResultFormat::Json => json::read(bytes),
        ResultFormat::JsonLines => json::read_lines(bytes),
        ResultFormat::Csv => rows::read(bytes, mapping.delimiter),
        ResultFormat::Xml => tree::read(bytes),
    }?;
    let mut told: Vec<Told> = told.into_iter().map(|why| Told::new("", why)).collect();
    if let Some(require) = mapping.require.as_ref().filter(|require| require.path.query(&root).is_empty()) {
        let (name, path) = (&mapping.name, &require.written);
        return Err(format!("it is no file for the mapping `{name}`, or an empty one: {path} finds nothing"));
    }
    let day = mapping.date.as_ref().map(|take| match value(take, &root)? {
        FoundValue::Day(day) => Ok(day),
        found => day_of(&found.shown()).ok_or_else(|| format!("`{}` is no day", found.shown())),
    });
    let (day, undated) = match day {
        Some(Ok(day)) => (Some(day), None),
        Some(Err(why)) => (None, Some(why)),
        None => (None, None),
    };
    let mut names = BTreeSet::new();
    let beside = mapping.rows.as_ref().map(|rows| beside(rows, &root)).unwrap_or_default();
    told.extend(mapping.rows.as_ref().and_then(|rows| passed_over(rows, &root)));
    let parts = match &mapping.rows {
        None => vec![part(mapping, None, &root, &mut told)],
        Some(rows) => by_control(rows, by_row, &root, &mut names, &mut told)?
            .into_iter()
            .map(|(control, rows)| part(mapping, control, &Value::Array(rows), &mut told))
            .collect(),
    };
    Ok(TakenValues { day, undated, parts, names, beside, told })
}

/// What there is to say of rows that `each` passes over.
fn passed_over(rows: &MappedRows, root: &Value) -> Option<Told> {
    let (all, taken) = (root.as_array()?.len(), rows.each.path.query(root).len());
    let over = all.checked_sub(taken).filter(|over| *over > 0)?;
    Some(Told::note("", format!("{over} of {} left out, as {} says", counted(all, "row"), rows.each.written)))
}

/// The ids beside the names of rows.
fn beside(rows: &MappedRows, root: &Value) -> BTreeSet<String> {
    let Some(at) = &rows.beside else { return BTreeSet::new() };
    let each = rows.each.path.query(root);
    let ids = each
        .iter()
        .flat_map(|row| at.path.query(row).iter().filter_map(|id| id.as_str().map(str::to_owned)).collect::<Vec<_>>());
    ids.collect()
}

/// The first bytes of a zip archive.
const ZIP: &[u8] = b"PK\x03\x04";

/// The most controls that the rows of a file name. The largest catalog that is known has 1,189.
const CONTROLS: usize = 5_000;
/// The most names without a control that are reported one by one.
const NAMED: usize = 50;

/// The rows of each control.
///
/// # Errors
/// A sentence without a full stop: they name too many.
fn by_control(
    rows: &MappedRows,
    by_row: bool,
    root: &Value,
    names: &mut BTreeSet<String>,
    told: &mut Vec<Told>,
) -> Result<BTreeMap<Option<String>, Vec<Value>>, String> {
    let mut controls: BTreeMap<Option<String>, Vec<Value>> = BTreeMap::new();
    let mut lost: BTreeMap<String, usize> = BTreeMap::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for row in rows.each.path.query(root).iter() {
        let told_apart = rows.once.iter().map(|once| once.path.query(row).first());
        let told_apart: Option<Vec<&Value>> = told_apart.collect();
        if told_apart.is_some_and(|values| !values.is_empty() && !seen.insert(format!("{values:?}"))) {
            continue;
        }
        if !by_row {
            controls.entry(None).or_default().push((*row).clone());
            continue;
        }
        for raw in rows.at.path.query(row).iter() {
            let raw = raw.as_str().map_or_else(|| raw.to_string(), str::to_owned);
            match named(rows, &raw) {
                Some(control) => {
                    controls.entry(Some(control)).or_default().push((*row).clone());
                    if controls.len() > CONTROLS {
                        return Err(format!("its rows name more than {CONTROLS} controls"));
                    }
                    if !rows.map.is_empty() {
                        names.insert(raw);
                    }
                }
                None => *lost.entry(raw).or_default() += 1,
            }
        }
    }
    let mut tell = |names: String, count: usize| {
        let why = format!("{names} mapped to no control; {} left out", counted(count, "row"));
        told.push(Told::new(rows.at.written.clone(), why));
    };
    let mut lost = lost.into_iter();
    lost.by_ref().take(NAMED).for_each(|(name, count)| tell(format!("`{}` is", cut(&name, SHORT)), count));
    let (more, count) = lost.fold((0, 0), |(more, sum), (_, count)| (more + 1, sum + count));
    if more > 0 {
        tell(format!("{more} more names are"), count);
    }
    Ok(controls)
}

/// The control that a name in a row means by the mapping; `None` if it means none.
fn named(rows: &MappedRows, raw: &str) -> Option<String> {
    let name = raw.trim().strip_prefix(rows.strip.as_str())?;
    let name = match &rows.parts {
        None => name.to_owned(),
        Some(shape) => {
            let (pieces, parts): (Vec<&str>, Vec<&str>) = (shape.split("{}").collect(), name.split('_').collect());
            if parts.len() + 1 != pieces.len() || parts.iter().any(|part| part.is_empty()) {
                return None;
            }
            let parts = parts.iter().map(|part| part.to_uppercase()).chain([String::new()]);
            pieces.iter().zip(parts).map(|(piece, part)| (*piece).to_owned() + &part).collect()
        }
    };
    if rows.map.is_empty() {
        return Some(name);
    }
    rows.map.iter().find(|(from, _)| *from == name).map(|(_, to)| to.clone())
}

/// What a file, or the rows of one control, say.
fn part(mapping: &ResultMapping, control: Option<String>, root: &Value, told: &mut Vec<Told>) -> ControlPart {
    let of = control.as_ref().map(|control| format!("{control}, ")).unwrap_or_default();
    let (mut facts, mut counts) = (BTreeMap::new(), Vec::new());
    for (name, take) in &mapping.facts {
        match value(take, root) {
            Ok(value) => drop(facts.insert(name.clone(), GivenValue { value, at: take.written() })),
            Err(why) => told.push(Told::new(format!("{of}fact {name}"), why)),
        }
    }
    let mut own = None;
    let mut shares = Vec::new();
    for (name, take) in &mapping.counts {
        let words = name.replace('_', " ");
        match value(take, root) {
            Ok(value) if name == OWN_SCORE => own = Some(value),
            Ok(value) => {
                if let (How::Share, FoundValue::Number(share)) = (take.how, &value) {
                    shares.push(share.clone());
                }
                counts.push(match share_of(take, root) {
                    Some((part, whole)) => format!("{part} of {whole} {words}"),
                    None if value == FoundValue::Number(ratio(1, 1)) => {
                        format!("1 {}", take.one.as_ref().unwrap_or(&words))
                    }
                    None if matches!(value, FoundValue::Number(_)) => format!("{} {words}", value.shown()),
                    None => format!("{words} {}", value.shown()),
                });
            }
            // Not every file says a score of its own.
            Err(_) if name == OWN_SCORE || take.optional => {}
            Err(why) => told.push(Told::note(format!("{of}count {name}"), why)),
        }
    }
    if let Some(own) = own {
        let differs = own.number().is_none_or(|own| !shares.iter().any(|share| hundredths(share) == hundredths(&own)));
        let here: Vec<String> = shares.iter().map(|share| FoundValue::Number(share.clone()).shown()).collect();
        let here = if here.is_empty() { "no share".to_owned() } else { here.join(" and ") };
        told.extend(differs.then(|| {
            let why = format!(
                "the file's own score is {}, and what stands in it makes {here}; its own counts for nothing",
                own.shown()
            );
            Told::note(format!("{of}count {OWN_SCORE}"), why)
        }));
    }
    ControlPart { control, facts, counts }
}

/// The count that is a file's own score: it is compared with the shares that are counted here, and enters no title.
const OWN_SCORE: &str = "score";

fn hundredths(number: &BigRational) -> BigRational {
    (number * ratio(100, 1)).round()
}

/// The part and the whole of a share.
fn share_of(take: &Take, root: &Value) -> Option<(usize, usize)> {
    let whole = take.of.as_ref()?;
    Some((take.at.path.query(root).len(), whole.path.query(root).len()))
}

/// The value that a mapping asks for.
fn value(take: &Take, root: &Value) -> Result<FoundValue, String> {
    let at = &take.at;
    let scaled = |number: BigRational| {
        FoundValue::Number(number * ratio(take.times, MILLIONTHS) / ratio(take.divide_by, MILLIONTHS))
    };
    let number_of = |count: usize| scaled(ratio(i64::try_from(count).unwrap_or(i64::MAX), 1));
    Ok(match take.how {
        How::Count => number_of(at.path.query(root).len()),
        How::Distinct => {
            let values = at.path.query(root);
            let mut values: Vec<String> =
                values.iter().filter(|value| !value.is_null()).map(ToString::to_string).collect();
            values.sort_unstable();
            values.dedup();
            number_of(values.len())
        }
        How::Exists => FoundValue::Boolean(at.path.query(root).iter().any(|value| !value.is_null())),
        How::First => first(at, root, scaled)?,
        How::Newest => FoundValue::Day(*days(at, root)?.last().ok_or_else(|| nothing(at))?),
        How::Oldest => FoundValue::Day(*days(at, root)?.first().ok_or_else(|| nothing(at))?),
        How::Share => match share_of(take, root) {
            Some((part, whole)) if whole > 0 => {
                let of = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
                scaled(ratio(of(part), of(whole)) * ratio(100, 1))
            }
            _ => {
                let whole = take.of.as_ref().map_or("", |of| &of.written);
                return Err(format!("{whole} finds nothing, so there is no share of it"));
            }
        },
        How::Sum => scaled(numbers(at, root)?.into_iter().fold(ratio(0, 1), |sum, number| sum + number)),
        How::Min => scaled(numbers(at, root)?.swap_remove(0)),
        How::Max => scaled(numbers(at, root)?.pop().ok_or_else(|| nothing(at))?),
        How::Median => {
            let numbers = numbers(at, root)?;
            let middle = numbers.len() / 2;
            let even = numbers.len().is_multiple_of(2);
            let below = if even { &numbers[middle - 1] } else { &numbers[middle] };
            scaled((below + &numbers[middle]) / ratio(2, 1))
        }
    })
}

fn nothing(at: &Pointer) -> String {
    format!("{} finds nothing", at.written)
}

/// The most characters that are kept of a text: none of a fact's values is longer.
const TEXT: usize = 100;

/// The first value, of any type.
fn first(at: &Pointer, root: &Value, scaled: impl Fn(BigRational) -> FoundValue) -> Result<FoundValue, String> {
    let values = at.path.query(root);
    let value = *values.iter().next().ok_or_else(|| nothing(at))?;
    match value {
        Value::Bool(truth) => Ok(FoundValue::Boolean(*truth)),
        Value::Number(_) => number(value).map(scaled).ok_or_else(|| format!("{value} is no number that can be read")),
        Value::String(text) => Ok(FoundValue::Text(cut(text, TEXT))),
        Value::Null => Err(format!("{} is null", at.written)),
        Value::Array(_) | Value::Object(_) => Err(format!("{} is no single value", at.written)),
    }
}

/// The numbers at a path, in order. One that cannot be had spoils them all: nobody knows what it would have been.
fn numbers(at: &Pointer, root: &Value) -> Result<Vec<BigRational>, String> {
    let mut numbers = Vec::new();
    let holders = at.holders.as_ref().map_or(0, |holders| holders.query(root).len());
    let missing = holders.saturating_sub(at.path.query(root).len());
    if missing > 0 && missing < holders {
        return Err(format!("{} is missing in {missing} of {holders} places", at.written));
    }
    for value in at.path.query(root).iter() {
        numbers
            .push(number(value).ok_or_else(|| format!("{} finds {}, which is no number", at.written, short(value)))?);
    }
    numbers.sort();
    if numbers.is_empty() { Err(nothing(at)) } else { Ok(numbers) }
}

/// The days at a path, in order. What has no day yet is passed over; what is no day spoils them all.
fn days(at: &Pointer, root: &Value) -> Result<Vec<Date>, String> {
    let mut days = Vec::new();
    for value in at.path.query(root).iter().filter(|value| !value.is_null()) {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if text.trim().is_empty() {
            continue;
        }
        let day = any_day(&text).ok_or_else(|| format!("{} finds {}, which is no day", at.written, short(value)))?;
        match day {
            UNSET | EPOCH => {}
            day if day < FIRST => return Err(format!("{} finds {}, which is too old", at.written, short(value))),
            day => days.push(day),
        }
    }
    days.sort_unstable();
    Ok(days)
}

/// The most characters of a value in a message.
const SHORT: usize = 60;

fn short(value: &Value) -> String {
    match value {
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        value => cut(&value.to_string(), SHORT),
    }
}

/// The number in a value: a number, or text that is one.
fn number(value: &Value) -> Option<BigRational> {
    match value {
        Value::Number(number) => decimal(&number.to_string()),
        Value::String(text) => decimal(text.trim()),
        _ => None,
    }
}

/// The greatest exponent that is read: a number of more digits measures nothing.
const EXPONENT: i32 = 30;

/// The exact value of a decimal number, which may have a sign and an exponent.
fn decimal(text: &str) -> Option<BigRational> {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], text[at + 1..].parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (negative, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let is_number = !whole.is_empty() && digits.len() <= 40 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || exponent.abs() > EXPONENT {
        return None;
    }
    let ten = ratio(10, 1);
    let power = |times: usize| (0..times).fold(ratio(1, 1), |product, _| product * &ten);
    let number = digits.bytes().fold(ratio(0, 1), |sum, digit| sum * &ten + ratio(i64::from(digit - b'0'), 1));
    let number = number / power(fraction.len());
    let scale = power(usize::try_from(exponent.unsigned_abs()).unwrap_or_default());
    let number = if exponent < 0 { number / scale } else { number * scale };
    Some(if negative { -number } else { number })
}

fn ratio(numerator: i64, denominator: i64) -> BigRational {
    BigRational::new(numerator.into(), denominator.into())
}

/// The first day that a result file may be of.
const FIRST: Date = date(1990, 1, 1);
/// What programs write where they know no time.
const UNSET: Date = date(1, 1, 1);
/// The same, counted in seconds.
const EPOCH: Date = date(1970, 1, 1);

/// The calendar day of a time as it is written, whatever its zone; of seconds since 1970, or thousands of these, the day in UTC.
pub fn day_of(text: &str) -> Option<Date> {
    any_day(text).filter(|day| *day >= FIRST)
}

/// The same, and days before the first one too: `0001-01-01`, and 0 seconds.
fn any_day(text: &str) -> Option<Date> {
    let text = text.trim();
    let written = || {
        let (day, rest) = text.split_at_checked(10)?;
        let ends = rest.is_empty() || rest.starts_with(['T', 't', ' ', 'Z', '+']);
        day.parse::<Date>().ok().filter(|_| ends && day.is_ascii() && day.as_bytes()[4] == b'-')
    };
    let compact = || {
        let (day, rest) = text.split_at_checked(8)?;
        let ends = rest.starts_with('T') && day.bytes().all(|byte| byte.is_ascii_digit());
        ends.then(|| format!("{}-{}-{}", &day[..4], &day[4..6], &day[6..]).parse().ok()).flatten()
    };
    written().or_else(compact).or_else(|| epoch(text))
}

fn epoch(text: &str) -> Option<Date> {
    let number = decimal(text)?.floor().to_integer();
    let number: i64 = number.try_into().ok()?;
    let seconds = [1_000_000_000_000_000_000, 1_000_000_000_000_000, 1_000_000_000_000, 100_000_000_000]
        .into_iter()
        .zip([1_000_000_000, 1_000_000, 1_000, 1_000])
        .find(|(least, _)| number >= *least)
        .map_or(number, |(_, unit)| number / unit);
    let span = jiff::Span::new().try_days(seconds.div_euclid(86_400)).ok()?;
    date(1970, 1, 1).checked_add(span).ok()
}

impl FoundValue {
    /// The value in readable form: a number with at most six decimals.
    pub fn shown(&self) -> String {
        match self {
            Self::Number(number) => shown(number),
            Self::Boolean(truth) => truth.to_string(),
            Self::Day(day) => day.to_string(),
            Self::Text(text) => text.clone(),
        }
    }

    /// The number that it is, or that its text is.
    pub fn number(&self) -> Option<BigRational> {
        match self {
            Self::Number(number) => Some(number.clone()),
            Self::Text(text) => decimal(text.trim()),
            Self::Boolean(_) | Self::Day(_) => None,
        }
    }
}

/// A number with as many decimals as it needs, at most six, rounded half up.
pub fn shown(number: &BigRational) -> String {
    let millionths = millionths(number).to_string();
    let (sign, digits) = millionths.strip_prefix('-').map_or(("", millionths.as_str()), |digits| ("-", digits));
    let digits = format!("{digits:0>7}");
    let (whole, fraction) = digits.split_at(digits.len() - 6);
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// A number in millionths, rounded half up.
fn millionths(number: &BigRational) -> impl ToString + use<> {
    (number * ratio(MILLIONTHS, 1) + ratio(1, 2)).floor().to_integer()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_the_day_as_written_or_that_of_an_epoch() {
        let day = |text| day_of(text).map(|day| day.to_string());
        for (text, wanted) in [
            ("2026-11-18", "2026-11-18"),
            ("2026-11-18T23:59:59-08:00", "2026-11-18"),
            (" 2026-11-18 14:27:03.913874 ", "2026-11-18"),
            ("2021-08-25T12:20:30.000000005Z", "2021-08-25"),
            ("20261118T120000Z", "2026-11-18"),
            ("1795046399", "2026-11-18"),
            ("1795046399.9", "2026-11-18"),
            ("1795046399000", "2026-11-18"),
            ("1795046399000000", "2026-11-18"),
            ("1795046399000000000", "2026-11-18"),
        ] {
            assert_eq!(day(text).as_deref(), Some(wanted), "{text}");
        }
        for text in
            ["", "18.11.2026", "2026-13-01", "2026-11-18x", "0001-01-01T00:00:00Z", "0", "-1", "1e999", "2026-11-1é"]
        {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_exact_and_rounded_once() {
        let number = |text| decimal(text).map(|number| shown(&number));
        for (text, wanted) in [
            ("7", "7"),
            ("-0.5", "-0.5"),
            ("4.2839e3", "4283.9"),
            ("1E-7", "0"),
            ("0.0000005", "0.000001"),
            ("23.888889", "23.888889"),
        ] {
            assert_eq!(number(text).as_deref(), Some(wanted), "{text}");
        }
        for text in ["", ".", "1.2.3", "0x10", "1e31", "NaN", "1 000", "١"] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
