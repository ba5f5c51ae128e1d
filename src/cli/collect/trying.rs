//! `milepost collect --try`: shows what one file gives.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;
use serde::Serialize;

use super::super::import::ReportFormat;
use super::super::select::one_of;
use super::super::{CommandOutcome, Output};
use super::CollectArgs;
use super::report::CollectNotes;
use crate::base::layout::CONFIG;
use crate::base::text::cut;
use crate::border::{Shown, json};
use crate::check::{self, maps};
use crate::collect::gather::{doubts, no_control, typed};
use crate::collect::take::{ControlPart, GivenValue, TakenValues, take};
use crate::diagnostic::{self, Colour, DiagnosticFormat};
use crate::exchange::loss::Loss;
use crate::load::results;
use crate::load::workspace::{self};
use crate::model::collector::ResultMapping;

pub(super) fn run(root: &Path, path: &Path, map: &str, args: &CollectArgs) -> Result<Output, Output> {
    let workspace = workspace::load(root);
    let (maps, found) = maps(&workspace);
    let names: Vec<(usize, String)> = maps.iter().enumerate().map(|(at, (name, _))| (at, name.clone())).collect();
    let at = one_of("mapping", map, &names).map_err(Output::usage)?;
    let Some(mapping) = &maps[at].1 else {
        return Err(Output::failure(diagnostic::print(&found, &workspace, DiagnosticFormat::Text, Colour::Plain)));
    };
    let failure = |why: &str| Output::failure(Shown::error(&format!("{}: {why}", path.display())));
    let bytes = results::read(path).map_err(|why| failure(&why))?;
    let taken = take(mapping, &bytes, true).map_err(|why| failure(&why))?;
    let mut told = CollectNotes::default();
    for one in &taken.told {
        let place = if one.at.is_empty() { "the file" } else { one.at.as_str() };
        if one.is_note {
            told.note(format!("{place}: {}", one.why));
        } else {
            told.left.add(place, "", one.why.as_str());
        }
    }
    if let Some(why) = taken.undated.as_ref().filter(|_| args.date.is_none()) {
        told.left.add("day", "", why.as_str());
    }
    let checked = workspace.files.contains_key(CONFIG).then(|| check::check(&workspace));
    if let Some(assessment) = checked.and_then(|checked| checked.assessment) {
        let newest = assessment.in_quarter(assessment.newest());
        for part in &taken.parts {
            let name = part.control.as_ref().or(mapping.control.as_ref());
            let Some(name) = name else { continue };
            let Some(control) = newest.control_called(name) else {
                told.left.add(cut(name, 60), "", no_control(newest, name));
                continue;
            };
            for (fact, given) in &part.facts {
                if let Err(why) = typed(newest, control, fact, given) {
                    told.left.add(format!("{name}, fact {fact}"), "", why);
                }
            }
        }
        doubts(newest, &taken).into_iter().for_each(|doubt| told.note(doubt));
    }
    let outcome = if args.strict && !told.left.is_empty() { CommandOutcome::Problems } else { CommandOutcome::Fine };
    let (result, remarks) = match args.format {
        ReportFormat::Text => (text(mapping, &taken, args.date), told.text()),
        ReportFormat::Json => (as_json(mapping, &taken, args.date, &told), Shown::default()),
    };
    Ok(Output { outcome, ..Output::result(result, remarks) })
}

/// What a file gives, control by control.
fn text(mapping: &ResultMapping, taken: &TakenValues, date: Option<Date>) -> Shown {
    let day = taken.day.or(date).map_or_else(|| "no day, so --date is asked for".to_owned(), |day| day.to_string());
    let mut out = Shown::default();
    for ControlPart { control, facts, counts } in &taken.parts {
        let control = control.as_ref().or(mapping.control.as_ref());
        let control = control.map_or("the control that the collector names", String::as_str);
        let counts = if counts.is_empty() { String::new() } else { format!(": {}", counts.join(", ")) };
        out += &Shown::line(&format!("{control}: {}, {day}, {}{counts}", mapping.kind.name(), mapping.title));
        for (name, GivenValue { value, at }) in facts {
            out += &Shown::line(&format!("  {name} = {}  {at}", value.shown()));
        }
    }
    if taken.parts.is_empty() { Shown::line(&format!("no control, {day}")) } else { out }
}

/// What a file gives, as JSON.
#[derive(Serialize)]
struct Gives<'a> {
    map: &'a str,
    day: Option<String>,
    kind: &'a str,
    title: &'a str,
    controls: Vec<TriedControl<'a>>,
    left: Vec<&'a Loss>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct TriedControl<'a> {
    control: Option<&'a str>,
    facts: BTreeMap<&'a str, TriedFact<'a>>,
    counts: &'a [String],
}

#[derive(Serialize)]
struct TriedFact<'a> {
    value: String,
    at: &'a str,
}

fn control<'a>(
    mapping: &'a ResultMapping,
    ControlPart { control, facts, counts }: &'a ControlPart,
) -> TriedControl<'a> {
    let fact = |(name, GivenValue { value, at }): (&'a String, &'a GivenValue)| {
        (name.as_str(), TriedFact { value: value.shown(), at })
    };
    let control = control.as_ref().or(mapping.control.as_ref()).map(String::as_str);
    TriedControl { control, facts: facts.iter().map(fact).collect(), counts }
}

fn as_json(mapping: &ResultMapping, taken: &TakenValues, date: Option<Date>, told: &CollectNotes) -> Shown {
    json::print(&Gives {
        map: &mapping.name,
        day: taken.day.or(date).map(|day| day.to_string()),
        kind: mapping.kind.name(),
        title: &mapping.title,
        controls: taken.parts.iter().map(|part| control(mapping, part)).collect(),
        left: told.left.iter().collect(),
        notes: &told.notes,
    })
}
