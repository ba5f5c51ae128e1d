//! `milepost collect --try`: shows what one file gives.

use std::path::Path;

use jiff::civil::Date;

use super::super::select::one_of;
use super::super::{CommandOutcome, Output};
use crate::border::Shown;
use crate::check::{self, maps};
use crate::collect::gather::{doubts, no_control};
use crate::collect::take::{ControlPart, GivenValue, TakenValues, take};
use crate::diagnostic::{self, Colour, DiagnosticFormat};
use crate::load::results;
use crate::load::workspace::{self, CONFIG};
use crate::model::collector::ResultMapping;

pub(super) fn run(root: &Path, path: &Path, map: &str, date: Option<Date>, strict: bool) -> Result<Output, Output> {
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
    let mut told: Shown =
        taken.told.iter().map(|told| Shown::line(&format!("left out: {}{}", at_words(&told.at), told.why))).collect();
    let checked = workspace.files.contains_key(CONFIG).then(|| check::check(&workspace));
    if let Some(assessment) = checked.and_then(|checked| checked.assessment) {
        let newest = assessment.in_quarter(assessment.newest());
        for part in &taken.parts {
            let name = part.control.as_ref().or(mapping.control.as_ref());
            if let Some(name) = name.filter(|name| assessment.control_called(name).is_none()) {
                told += &Shown::line(&format!("left out: {name}: {}", no_control(newest, name)));
            }
        }
        told += &doubts(newest, &taken).iter().map(|doubt| Shown::line(&format!("note: {doubt}"))).collect();
    }
    let outcome = if strict && told != Shown::default() { CommandOutcome::Problems } else { CommandOutcome::Fine };
    Ok(Output { outcome, ..Output::result(shown(mapping, &taken, date), told) })
}

fn at_words(at: &str) -> String {
    if at.is_empty() { String::new() } else { format!("{at}: ") }
}

/// What a file gives, control by control.
fn shown(mapping: &ResultMapping, taken: &TakenValues, date: Option<Date>) -> Shown {
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
