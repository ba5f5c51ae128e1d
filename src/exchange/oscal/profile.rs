//! OSCAL profiles: which controls of a catalog they select.

use std::collections::BTreeSet;

use crate::exchange::loss::Losses;
use crate::exchange::part::Part;

/// The controls that a profile selects, by the ids that OSCAL gives them.
#[derive(Debug, Default)]
pub(super) struct SelectedControls {
    all: bool,
    with: BTreeSet<String>,
    with_children: BTreeSet<String>,
    without: BTreeSet<String>,
}

impl SelectedControls {
    /// Reads what a profile includes and excludes. What it changes is left.
    pub(super) fn read(profile: &Part<'_>, left: &mut Losses) -> Self {
        let mut selection = Self::default();
        for import in profile.items("imports", left) {
            selection.all |= !import.at("include-all").is_nothing();
            for include in import.items("include-controls", left) {
                let ids = include.texts("with-ids").into_iter().map(str::to_owned);
                let children = include.text("with-child-controls", left) == "yes";
                if children {
                    selection.with_children.extend(ids);
                } else {
                    selection.with.extend(ids);
                }
                selection.pattern(&include, left);
            }
            for exclude in import.items("exclude-controls", left) {
                selection.without.extend(exclude.texts("with-ids").into_iter().map(str::to_owned));
                selection.pattern(&exclude, left);
            }
        }
        let modify = profile.at("modify");
        for (key, what) in [("set-parameters", "parameters"), ("alters", "controls")] {
            let count = modify.count(key);
            if count > 0 {
                let why = "what a profile changes of its catalog is not applied";
                left.add(format!("{}.{key}", modify.place), format!("{count} {what}"), why);
            }
        }
        selection
    }

    fn pattern(&self, part: &Part<'_>, left: &mut Losses) {
        let count = part.count("matching");
        if count > 0 {
            let why = "only ids select controls here; write them as with-ids";
            left.add(format!("{}.matching", part.place), format!("{count} patterns"), why);
        }
    }

    /// Whether a control is selected; `inherited` says whether one above it is, with those below.
    pub(super) fn takes(&self, id: &str, inherited: bool) -> bool {
        (self.all || inherited || self.with.contains(id) || self.with_children.contains(id))
            && !self.without.contains(id)
    }

    /// Whether what stands below a control is selected with it.
    pub(super) fn takes_children(&self, id: &str) -> bool {
        self.with_children.contains(id)
    }

    /// Tells the ids that the catalog does not have.
    pub(super) fn tell(&self, known: &BTreeSet<String>, left: &mut Losses) {
        let named = self.with.iter().chain(&self.with_children).chain(&self.without);
        for id in named.filter(|id| !known.contains(*id)) {
            left.add("$.profile.imports", id.as_str(), "the catalog has no such control");
        }
    }
}
