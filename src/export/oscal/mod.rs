//! Prints a quarter as OSCAL 1.1.3 in JSON: assessment results, and a plan of actions and milestones. `docs/formats/oscal.md` says what
//! stands where.
//!
//! OSCAL knows no levels, so every figure is a property in Milepost's own namespace, under the name that it has in `milepost score
//! --format json`. All else says no more than OSCAL's words mean.

pub mod poam;
pub mod results;

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::Serialize;
use uuid::Uuid;

use crate::base::number::{Level, Mean};
use crate::border::markdown;
use crate::load::workspace::sha256;
use crate::model::catalog::Framework;
use crate::model::ids::{ControlId, Table};
use crate::score::{Figures, ScoredQuarter};

/// The namespace of the properties, and of the names that UUIDs are made of.
const NAMESPACE: &str = "urn:milepost:oscal";
/// The edition of OSCAL.
const EDITION: &str = "1.1.3";

/// Makes the UUIDs of a workspace: the same of the same names, in every export.
struct Uuids<'a> {
    organization: &'a str,
    title: &'a str,
}

impl<'a> Uuids<'a> {
    fn of(quarter: ScoredQuarter<'a>) -> Self {
        let settings = quarter.settings();
        Self { organization: &settings.organization, title: &settings.title }
    }

    /// The UUID of what these names lead to. They are those that the audience sees, so nothing hidden can be guessed from it.
    fn make(&self, names: &[&str]) -> String {
        let namespace = Uuid::new_v5(&Uuid::NAMESPACE_URL, NAMESPACE.as_bytes());
        let name = [self.organization, self.title].iter().chain(names).copied().collect::<Vec<_>>().join("\0");
        Uuid::new_v5(&namespace, name.as_bytes()).to_string()
    }
}

/// What a document says of itself.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Metadata {
    title: String,
    last_modified: String,
    version: String,
    oscal_version: &'static str,
    props: Props,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parties: Vec<Party>,
}

impl Metadata {
    /// The metadata of a document called `what`. It holds no clock: the document is as old as the end of its quarter.
    fn of(what: &str, quarter: ScoredQuarter<'_>, parties: Vec<Party>) -> Self {
        let name = quarter.name().to_string();
        let mut props = Props::default();
        props.text("audience", quarter.assessment.audience.name());
        props.text("scale", &quarter.settings().scale.shown());
        props.text("policy", &quarter.policy_digest());
        props.text("sealed", if quarter.answers().seal.is_some() { "true" } else { "false" });
        Self {
            title: markdown::literal(&format!("{}, {name}: {what}", quarter.settings().title)),
            last_modified: instant(quarter.closes()).0,
            version: name,
            oscal_version: EDITION,
            props,
            parties,
        }
    }
}

/// An organisation, or a team of it.
#[derive(Serialize)]
struct Party {
    uuid: String,
    #[serde(rename = "type")]
    sort: &'static str,
    name: String,
}

impl Party {
    /// `None` where the name has nothing to see.
    fn of(uuid: String, name: &str) -> Option<Self> {
        Some(Self { uuid, sort: "organization", name: value(name)? })
    }
}

/// Properties in Milepost's namespace.
#[derive(Default, Serialize)]
#[serde(transparent)]
struct Props(Vec<Prop>);

#[derive(Serialize)]
struct Prop {
    name: &'static str,
    ns: &'static str,
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<String>,
}

impl Props {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a text, unless it is blank: a value is never empty.
    fn text(&mut self, name: &'static str, text: &str) {
        self.0.extend(value(text).map(|value| Prop { name, ns: NAMESPACE, value, group: None }));
    }

    fn day(&mut self, name: &'static str, day: Option<Date>) {
        self.text(name, &day.map(|day| day.to_string()).unwrap_or_default());
    }

    /// Adds a level in whole millionths, unless there is none.
    fn level(&mut self, name: &'static str, level: Option<Level>) {
        self.text(name, &level.map(|level| level.millionths().to_string()).unwrap_or_default());
    }

    /// Adds all figures of a node: `score` as it is shown, counts, and all else in whole millionths. What may not be shown is not there.
    fn figures(&mut self, figures: &Figures, decimals: u32) {
        let counts = &figures.counts;
        self.text("score", &figures.score(decimals).unwrap_or_default());
        let mean = |mean: Option<&Mean>| mean.map(|mean| mean.millionths().to_string()).unwrap_or_default();
        for (name, figure) in [
            ("mean", figures.shown(&figures.mean)),
            ("claimed", figures.shown(&figures.claimed)),
            ("supported", figures.shown(&figures.supported)),
            ("low", figures.low.as_ref()),
            ("high", figures.high.as_ref()),
            ("target", figures.target.as_ref()),
            ("gap", figures.shown(&figures.gap)),
        ] {
            self.text(name, &mean(figure));
        }
        self.level("floor", counts.floor);
        for (name, count) in counts.named() {
            self.text(name, &count.to_string());
        }
        self.text("withheld", figures.why_withheld().map_or("", |why| why.word()));
    }

    /// The same properties as those of one part of many.
    fn of_part(mut self, part: &str) -> Self {
        self.0.iter_mut().for_each(|prop| prop.group = Some(part.to_owned()));
        self
    }
}

/// A text as the value of a property or a name: one line, no blanks around it. `None` if nothing is left.
fn value(text: &str) -> Option<String> {
    let is_blank = |c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}';
    let words: Vec<&str> = text.split(is_blank).filter(|word| !word.is_empty()).collect();
    Some(words.join(" ")).filter(|value| !value.is_empty())
}

/// A day as an instant, and whether it is another day: OSCAL knows only those of the years 1900 to 2999.
fn instant(day: Date) -> (String, bool) {
    let known = day.clamp(Date::constant(1900, 1, 1), Date::constant(2999, 12, 31));
    (format!("{known}T00:00:00Z"), known != day)
}

/// A day as an instant; `None` where OSCAL knows no such day.
fn known_instant(day: Date) -> Option<String> {
    Some(instant(day)).filter(|(_, is_another)| !is_another).map(|(instant, _)| instant)
}

/// The id by which OSCAL can name each control of a framework.
fn tokens(framework: &Framework) -> Table<ControlId, String> {
    let mut taken = BTreeSet::new();
    framework.controls.map(|control| {
        let id = &framework.controls[control].id;
        let plain = token(id);
        let free = if taken.contains(&plain) { format!("{plain}_{}", digest(id)) } else { plain };
        taken.insert(free.clone());
        free
    })
}

/// `id` as an OSCAL token: a letter or `_`, then letters, digits, `.`, `-` and `_`. A control of SP 800-53 has the id of NIST's own
/// OSCAL catalog, `ac-2.1` for `AC-2(1)`. An id that loses a character has a digest of the whole.
fn token(id: &str) -> String {
    if let Some(named) = of_sp_800_53(id) {
        return named;
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    let kept: String = id.chars().map(|c| if plain(c) { c } else { '_' }).collect();
    let start = if kept.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') { "" } else { "_" };
    let end = if kept == id { String::new() } else { format!("_{}", digest(id)) };
    format!("{start}{kept}{end}")
}

/// The OSCAL id of a control that is written like `AC-2` or `AC-2(1)`.
fn of_sp_800_53(id: &str) -> Option<String> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (family, rest) = id.split_once('-')?;
    let (number, enhancement) = match rest.strip_suffix(')') {
        Some(rest) => rest.split_once('(').map(|(number, enhancement)| (number, Some(enhancement)))?,
        None => (rest, None),
    };
    let is_family = family.len() == 2 && family.bytes().all(|b| b.is_ascii_uppercase());
    if !is_family || !is_number(number) || !enhancement.is_none_or(is_number) {
        return None;
    }
    let enhancement = enhancement.map(|enhancement| format!(".{enhancement}")).unwrap_or_default();
    Some(format!("{}-{number}{enhancement}", family.to_ascii_lowercase()))
}

/// The first digits of a text's SHA-256.
fn digest(text: &str) -> String {
    sha256(text.as_bytes())[..8].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_becomes_a_token_that_means_the_same_control() {
        for (id, wanted) in [
            ("PR.DS-11", "PR.DS-11"),
            ("AC-2", "ac-2"),
            ("AC-2(1)", "ac-2.1"),
            ("5.1", "_5.1"),
            ("DRC.RU-01", "DRC.RU-01"),
            ("_x", "_x"),
        ] {
            assert_eq!(token(id), wanted);
        }
        for id in ["A 1", "A/1", "Ä-1", "AC-2()", "AC-2(1)(2)", "-", "(1)", "管理-1"] {
            let token = token(id);
            let plain = token.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b));
            assert!(plain && token.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'), "{id}: {token}");
        }
        assert_ne!(token("A 1"), token("A/1"));
    }

    #[test]
    fn a_value_is_one_line_without_blanks_around_it_or_it_is_none() {
        assert_eq!(value(" a\r\n\tb\u{2028}\u{a0}c\u{feff} ").as_deref(), Some("a b c"));
        assert_eq!(value(" \n\u{feff}\u{1c}"), None);
    }

    #[test]
    fn a_day_that_oscal_does_not_know_is_told() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        assert_eq!(instant(day("2026-12-31")), ("2026-12-31T00:00:00Z".to_owned(), false));
        assert_eq!(instant(day("0999-06-01")), ("1900-01-01T00:00:00Z".to_owned(), true));
        assert_eq!(known_instant(day("9999-12-31")), None);
    }
}
