//! Reads the guides: their titles, the ids that they explain, and their text.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::fields::QUOTED;
use super::syntax::Parsed;
use super::terms::fault_of_name;
use crate::base::layout::name_of;
use crate::base::text::cut;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::load::workspace::Workspace;
use crate::model::assessment::Guide;
use crate::model::ids::{GuideId, Table};

/// The line before and after a guide's front matter.
const FENCE: &str = "+++";

/// Reads every guide, by path. Adds the ids that the guides explain to `mentioned`.
pub(super) fn read(
    workspace: &Workspace,
    found: &mut Diagnostics,
    mentioned: &mut Vec<(String, Place)>,
) -> Table<GuideId, Guide> {
    let mut guides: Table<GuideId, Guide> = Table::default();
    let mut names = BTreeSet::new();
    for path in workspace.files.keys().filter(|path| workspace.patterns.is_guide(path)) {
        let Some(text) = workspace.text(path) else { continue };
        let Some(guide) = read_guide(path, text, found, mentioned) else { continue };
        if !names.insert(guide.name.to_lowercase()) {
            let twice = format!("another guide is called `{}` too", guide.name);
            let twice = Diagnostic::new(Code::DuplicateId, Place::file(path), twice);
            found.push(twice.help("guides are found by their file names, so these are unique over all folders"));
            continue;
        }
        guides.push(guide);
    }
    Guide::address(&mut guides);
    guides
}

fn read_guide(path: &str, text: &str, found: &mut Diagnostics, mentioned: &mut Vec<(String, Place)>) -> Option<Guide> {
    let name = name_of(path).strip_suffix(".md").unwrap_or_default();
    if let Some((why, help)) = fault_of_name(name) {
        let bad = format!("`{}` cannot be a guide's name: {why}", cut(name, QUOTED));
        found.push(Diagnostic::new(Code::BadName, Place::file(path), bad).help(help));
        return None;
    }
    let Some((front, body)) = split(text) else {
        let what = if text.starts_with(FENCE) { "front matter without an end" } else { "no front matter" };
        let missing = Diagnostic::new(Code::MissingKey, Place::file(path), format!("this guide has {what}"));
        found.push(
            missing.help("start it with a line +++, then title = \"…\" and explains = [\"PR\"], then a line +++"),
        );
        return None;
    };
    // The first fence becomes a comment of the same length, so that places still match the whole file.
    let front = format!("#{}", &text[1..front]);
    Parsed::part(path, &front).read(found, |mut fields| {
        let title = fields.required_text("title", "lists and pages show the guide's title");
        let summary = fields.text_or_empty("summary");
        let explains = fields.texts("explains").unwrap_or_default();
        let ids = explains.iter().filter(|id| id.value != Guide::REPORT);
        mentioned.extend(ids.map(|id| (id.value.clone(), fields.at(&id.span))));
        fields.finish();
        let explains = explains.into_iter().map(|id| id.value).collect();
        let (name, slug) = (name.to_owned(), String::new());
        Some(Guide { name, slug, title: title?.value, summary, explains, text: Arc::from(&text[body..]) })
    })
}

/// The end of the front matter and the start of the text.
fn split(text: &str) -> Option<(usize, usize)> {
    let mut lines = text.split_inclusive('\n');
    let mut at = lines.next().filter(|first| first.starts_with(FENCE))?.len();
    for line in lines {
        if line.trim_end() == FENCE {
            return Some((at, at + line.len()));
        }
        at += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_stands_between_two_fences() {
        let text = "+++\ntitle = \"x\"\n+++\n\n## Text\n+++\n";
        let (front, body) = split(text).unwrap();
        assert_eq!((&text[4..front], &text[body..]), ("title = \"x\"\n", "\n## Text\n+++\n"));
        for none in ["", "title", "+++", "+++\n", "+++\ntitle\n", " +++\n+++\n"] {
            assert!(split(none).is_none(), "{none:?}");
        }
    }
}
