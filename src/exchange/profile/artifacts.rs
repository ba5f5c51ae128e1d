//! Reads the lines of the column of artifacts as evidence items.

use jiff::civil::Date;

use crate::edit::NewItem;
use crate::model::evidence::{Kind, Period};

/// The lines of a cell. Where a file was flattened, an item also begins at its kind and day.
pub(super) fn lines(text: &str) -> Vec<&str> {
    text.lines().flat_map(apart).map(str::trim).filter(|line| !line.is_empty()).collect()
}

/// A line, cut before each kind of evidence that a day follows.
fn apart(line: &str) -> Vec<&str> {
    let mut cuts: Vec<usize> = Kind::ALL
        .iter()
        .flat_map(|kind| line.match_indices(kind.name()).map(|(at, name)| (at, at + name.len())))
        .filter(|(at, end)| {
            let begins = line[..*at].ends_with(char::is_whitespace);
            begins
                && line[*end..]
                    .strip_prefix(", ")
                    .is_some_and(|rest| rest.get(..10).is_some_and(|day| day.parse::<Date>().is_ok()))
        })
        .map(|(at, _)| at)
        .collect();
    cuts.sort_unstable();
    let starts = [0].into_iter().chain(cuts.iter().copied());
    let ends = cuts.iter().copied().chain([line.len()]);
    starts.zip(ends).map(|(from, to)| &line[from..to]).collect()
}

/// `test, 2026-11-18, Restore drill, https://wiki.example.org/drill`; the kind may end with a colon, and the day may stand anywhere.
///
/// # Errors
/// What is missing.
pub(super) fn item(line: &str) -> Result<NewItem, &'static str> {
    let parts: Vec<&str> = line.split(", ").map(str::trim).filter(|part| !part.is_empty()).collect();
    let (first, others) = parts.split_first().ok_or("no text")?;
    let (word, rest) = first.split_once(':').unwrap_or((first, ""));
    let kind = Kind::ALL.into_iter().find(|kind| kind.name() == word.trim().to_lowercase());
    let parts: Vec<&str> = match kind {
        Some(_) => [rest.trim()].into_iter().chain(others.iter().copied()).filter(|part| !part.is_empty()).collect(),
        None => parts,
    };
    let period = parts.iter().find_map(|part| period(part)).ok_or(NO_DAY)?;
    let kind = kind.ok_or("no kind of evidence")?;
    let url = parts.iter().rev().find(|part| is_address(part)).copied().unwrap_or_default();
    let title = parts.iter().filter(|part| self::period(part).is_none() && **part != url);
    let title = title.copied().collect::<Vec<_>>().join(", ");
    if title.is_empty() {
        return Err("no title");
    }
    Ok(NewItem { kind, title, period, url: url.to_owned(), file: None })
}

const NO_DAY: &str = "no day like 2026-11-18 between commas with a blank behind each";

fn is_address(part: &str) -> bool {
    ["https://", "http://", "mailto:"].iter().any(|scheme| part.starts_with(scheme))
        && !part.contains(char::is_whitespace)
}

/// `2026-11-18`, or `2026-10-01..2026-12-06`.
fn period(part: &str) -> Option<Period> {
    let (from, to) = part.split_once("..").unwrap_or((part, part));
    let day = |text: &str| text.trim().parse::<Date>().ok().filter(|_| text.trim().len() == 10);
    let (from, to) = (day(from)?, day(to)?);
    (from <= to).then_some(Period { from, to })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(line: &str) -> String {
        match item(line) {
            Ok(NewItem { kind, title, period, url, .. }) => {
                format!("{}|{}|{}|{title}|{url}", kind.name(), period.from, period.to)
            }
            Err(why) => why.to_owned(),
        }
    }

    #[test]
    fn a_line_is_an_item_where_it_says_kind_day_and_title() {
        let day = "2026-11-18|2026-11-18";
        assert_eq!(
            told("test, 2026-11-18, Restore drill, https://x.example/a"),
            format!("test|{day}|Restore drill|https://x.example/a")
        );
        assert_eq!(
            told("Record: access review, 2026-11-18, https://x.example/a"),
            format!("record|{day}|access review|https://x.example/a")
        );
        assert_eq!(
            told("metric, 2026-10-01..2026-11-18, Uptime, of all"),
            "metric|2026-10-01|2026-11-18|Uptime, of all|"
        );
        assert_eq!(told("Policy P-07"), NO_DAY);
        assert_eq!(told("Policy P-07, 2026-11-18"), "no kind of evidence");
        assert_eq!(told("TEST,2026-11-18,Upper"), NO_DAY);
        assert_eq!(told("test, 2026-11-18"), "no title");
        assert_eq!(told("test, 2026-02-30, Drill"), NO_DAY);
    }

    #[test]
    fn a_flattened_cell_is_taken_apart_at_its_items() {
        let text = "test, 2026-11-18, A, https://x.example record, 2026-10-01, B\nPolicy P-07 test, or not";
        assert_eq!(
            lines(text),
            ["test, 2026-11-18, A, https://x.example", "record, 2026-10-01, B", "Policy P-07 test, or not"]
        );
    }
}
