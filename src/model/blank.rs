//! An answer that is still to be given, as TOML to fill in: the table of a control, with the keys that it asks for.

use std::fmt::Write;

use crate::base::text::line;
use crate::border::toml::{dotted, key, quoted};
use crate::model::assessment::Assessment;
use crate::model::catalog::Control;
use crate::model::evidence::Kind;
use crate::model::measure::Fact;
use crate::model::settings::Settings;

/// The table of an answer for a control, by the rules of `settings`. A person writes a value behind each `=`.
pub fn answer(assessment: &Assessment, settings: &Settings, control: &Control) -> String {
    let mut out = format!("[{}]\n", dotted(control.called.name()));
    out += &state(assessment, settings, control);
    out += "note = \"\"\"\n\"\"\"\n";
    out + &evidence(Kind::Record)
}

/// A list of evidence with one item.
pub fn evidence(kind: Kind) -> String {
    format!("evidence = [\n  {},\n]\n", item(kind))
}

/// An item of evidence.
pub fn item(kind: Kind) -> String {
    format!("{{ kind = \"{}\", title = \"\", date = , url = \"\" }}", kind.name())
}

/// Who attests a file or an answer, and when.
pub fn attested(by: &str) -> String {
    format!("attested = {{ by = {}, on =  }}\n", quoted(by))
}

/// The lines for the facts, or for the level.
fn state(assessment: &Assessment, settings: &Settings, control: &Control) -> String {
    let facts: Vec<(&String, &Fact)> = control.measure.iter().flat_map(|measure| &measure.facts).collect();
    let (lent, own): (Vec<_>, Vec<_>) = facts.into_iter().partition(|(_, fact)| fact.given_for.is_some());
    let mut out = String::new();
    for (name, fact) in lent {
        let source = fact.given_for.map(|source| assessment.control(source).called.name()).unwrap_or_default();
        out += &remark(&format!("The fact {name} is given with {source}."));
    }
    for (name, fact) in own {
        let means = if fact.means.is_empty() { String::new() } else { format!(": {}", fact.means) };
        out += &remark(&format!("{name}: {}{means}", fact.described()));
        let _ = writeln!(out, "facts.{} = ", key(name));
    }
    if !control.is_measured() {
        out += &match settings.scale.dimensions.as_slice() {
            [] => "level = \n".to_owned(),
            dimensions => {
                let each: Vec<String> = dimensions.iter().map(|of| format!("{} = ", key(&of.name))).collect();
                format!("level = {{ {} }}\n", each.join(", "))
            }
        };
    }
    out
}

/// The widest line of a remark, in characters.
const WIDTH: usize = 118;

/// A text as comments.
pub fn remark(text: &str) -> String {
    let mut out = String::new();
    let mut row = String::new();
    for word in line(text).split_whitespace() {
        if !row.is_empty() && row.chars().count() + 1 + word.chars().count() > WIDTH {
            let _ = writeln!(out, "#{row}");
            row.clear();
        }
        row.push(' ');
        row.push_str(word);
    }
    if !row.is_empty() {
        let _ = writeln!(out, "#{row}");
    }
    out
}
