//! Reads a quarter's own files: its first and last day, its title and its narrative.

use std::collections::BTreeMap;
use std::iter;
use std::sync::Arc;

use jiff::civil::Date;

use super::fields::Fields;
use super::seals::SealedQuarters;
use super::syntax::Parsed;
use super::terms::named_quarter;
use crate::base::layout::{PROFILE_FILE, QUARTER_FILE, SUMMARY_FILE};
use crate::base::number::grouped;
use crate::base::quarter::Quarter;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, nearest};
use crate::load::workspace::Workspace;
use crate::model::measure::age;

/// The content of a quarter's own files.
pub(super) struct Header {
    pub(super) opens: Date,
    pub(super) closes: Date,
    pub(super) title: String,
    /// The quarter that it says it follows, and where.
    pub(super) follows: Option<(Quarter, Place)>,
    pub(super) summary: Arc<str>,
}

/// The file in `folder` that describes its quarter, if there is one.
pub(super) fn own_file(workspace: &Workspace, folder: &str) -> Option<String> {
    let names = [QUARTER_FILE, SUMMARY_FILE, PROFILE_FILE].map(|name| format!("{folder}/{name}"));
    names.into_iter().find(|path| workspace.files.contains_key(path))
}

/// Reads `quarter.toml` and `summary.md` in `folder`. Both files are optional.
pub(super) fn read(workspace: &Workspace, folder: &str, quarter: Quarter, found: &mut Diagnostics) -> Header {
    let summary = workspace.text(&format!("{folder}/{SUMMARY_FILE}")).unwrap_or_default();
    let mut header = Header {
        opens: quarter.first_day(),
        closes: quarter.last_day(),
        title: String::new(),
        follows: None,
        summary: Arc::from(summary),
    };
    if let Some(parsed) = Parsed::new(workspace, &format!("{folder}/{QUARTER_FILE}")) {
        parsed.read(found, |fields| read_file(fields, &mut header));
    }
    header
}

fn read_file(mut fields: Fields<'_, '_>, header: &mut Header) {
    header.title = fields.text_or_empty("title");
    header.follows = fields.key_span("follows").map(|span| fields.at(&span)).and_then(|place| {
        let follows = named_quarter(&mut fields, "follows")?;
        Some((follows, place))
    });
    let opens = fields.date("opens");
    let closes = fields.date("closes");
    let (first, last) =
        (opens.as_ref().map_or(header.opens, |at| at.value), closes.as_ref().map_or(header.closes, |at| at.value));
    if first <= last {
        (header.opens, header.closes) = (first, last);
    } else if let Some(given) = closes.or(opens) {
        // Reported once here, not again for each item of evidence.
        fields
            .report(
                Code::BadValue,
                &given.span,
                format!("the quarter opens on {first} and closes before that, on {last}"),
            )
            .help
            .push("write the first day as `opens` and the last as `closes`".to_owned());
    }
    fields.finish();
}

/// Where a quarter is written, and which quarter it says that it follows.
pub(super) struct InOrder {
    pub(super) place: Place,
    /// The first and the last day.
    pub(super) days: (Date, Date),
    pub(super) follows: Option<(Quarter, Place)>,
}

/// Reports quarters that are skipped although nothing says so, and quarters that follow another one than they say. In a
/// sealed quarter, the seal says what it follows.
pub(super) fn order(workspace: &Workspace, quarters: &BTreeMap<Quarter, InOrder>, found: &mut Diagnostics) {
    let sealed = SealedQuarters::of(workspace);
    let before = iter::once(None).chain(quarters.iter().map(Some));
    for (before, (quarter, InOrder { place, days, follows })) in before.zip(quarters) {
        let days_before = before.map(|(before, InOrder { days, .. })| (*before, *days));
        let before = before.map(|(before, _)| *before);
        found.extend(wrong_days(*quarter, *days, days_before, place).filter(|_| !sealed.contains(*quarter)));
        found.extend(match (before, follows) {
            (_, Some((follows, at))) if before != Some(*follows) => Some(wrong_order(*quarter, before, *follows, at)),
            (Some(before), None) if before.next() != *quarter && !sealed.contains(*quarter) => {
                Some(skipped(*quarter, before, place))
            }
            _ => None,
        });
    }
}

/// The most days of a quarter that are no mistyped date.
const LONGEST: i32 = 200;

/// What is wrong with the days of a quarter, after the quarter `before` with its days.
fn wrong_days(
    quarter: Quarter,
    (opens, closes): (Date, Date),
    before: Option<(Quarter, (Date, Date))>,
    place: &Place,
) -> Option<Diagnostic> {
    let length = age(opens, closes) + 1;
    let after = before.map(|(name, (_, end))| (name, end, end.tomorrow().unwrap_or(end)));
    let (message, help) = match after {
        _ if length > LONGEST => {
            let help = format!("correct the year; by the calendar it closes on {}", quarter.last_day());
            (format!("{quarter} has {} days, from {opens} to {closes}", grouped(length.unsigned_abs() as usize)), help)
        }
        Some((name, end, _)) if closes <= end => (
            format!("{quarter} closes on {closes}, and {name} before it on {end}"),
            format!("correct the year; by the calendar {quarter} closes on {}", quarter.last_day()),
        ),
        Some((name, end, next)) if opens < next => (
            format!("{quarter} opens on {opens}, and {name} closes on {end}: the days between are in both"),
            format!("write opens = {next} in the quarter.toml of {quarter}, or let {name} close earlier"),
        ),
        Some((name, end, next)) if opens > next && name.next() == quarter => (
            format!("{quarter} opens on {opens}, and {name} closes on {end}: the days between are in neither"),
            format!("write opens = {next} in the quarter.toml of {quarter}"),
        ),
        _ => return None,
    };
    Some(Diagnostic::new(Code::QuarterDays, place.clone(), message).help(help))
}

fn wrong_order(quarter: Quarter, before: Option<Quarter>, follows: Quarter, place: &Place) -> Diagnostic {
    let (fact, help) = match before {
        Some(before) => (
            format!("the quarter before it is {before}"),
            if follows < quarter {
                format!("write follows = \"{before}\", or bring {follows} back")
            } else {
                format!("write follows = \"{before}\"")
            },
        ),
        None if follows < quarter => {
            ("there is no quarter before it".to_owned(), format!("remove `follows`, or bring {follows} back"))
        }
        None => ("there is no quarter before it".to_owned(), "remove `follows`".to_owned()),
    };
    let message = format!("{quarter} says that it follows {follows}, and {fact}");
    Diagnostic::new(Code::SkippedQuarter, place.clone(), message).help(help)
}

fn skipped(quarter: Quarter, before: Quarter, place: &Place) -> Diagnostic {
    let (name, next) = (quarter.to_string(), before.next().to_string());
    let message = match quarter.since(before) - 1 {
        1 => format!("{quarter} comes after {before}, and {next} is skipped"),
        count => format!("{quarter} comes after {before}, and the {count} quarters between them are skipped"),
    };
    let folder = place.path.split_once(&*format!("{name}/")).map_or("", |(above, _)| above);
    Diagnostic::new(Code::SkippedQuarter, place.clone(), message).nearest(nearest(&name, [next.as_str()])).help(format!(
        "rename the folder if its name is mistyped; if nothing was assessed in between, write follows = \"{before}\" in \
         {folder}{name}/quarter.toml"
    ))
}
