//! Puts wanted targets and exclusions into the quarter's own profile, never into the one that all quarters share.

use super::said::Taken;
use crate::base::layout::PROFILE_FILE;
use crate::base::number::Level;
use crate::edit::{EditRefusal, NewValue, RowEdit, edit_rows};
use crate::load::workspace::Workspace;
use crate::model::assessment::InQuarter;
use crate::model::catalog::Node;
use crate::model::profile::{Priority, Target};

/// What a file wants of one target. `None` says nothing.
#[derive(Clone, Debug)]
pub struct Wish {
    /// For what it is.
    pub node: Node,
    /// Where it stands.
    pub place: String,
    /// The level to reach.
    pub level: Option<Level>,
    /// How urgent it is.
    pub priority: Option<Priority>,
    /// Why it is wanted.
    pub why: Option<String>,
}

/// Everything that a file wants of a quarter's profile.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// Targets.
    pub targets: Vec<Wish>,
    /// What is out of scope: for what, where it stands, and why.
    pub left_out: Vec<(Node, String, String)>,
}

impl Wishes {
    /// Adds what changes in the quarter's own profile, so that it says the same.
    pub fn grant(&self, workspace: &Workspace, quarter: InQuarter<'_>, taken: &mut Taken) {
        let folder = workspace.folder_of_quarter(quarter.name());
        let Some(path) = folder.map(|folder| format!("{folder}/{PROFILE_FILE}")) else { return };
        let mut rows = Vec::new();
        for wish in &self.targets {
            rows.extend(wish.row(quarter, &path, taken));
        }
        for (node, place, why) in &self.left_out {
            let names = names(quarter, *node);
            taken.changes.push(format!("{}: out of scope, {why} ({place})", names[0]));
            let entries = vec![("why".to_owned(), NewValue::Text(why.clone()))];
            rows.push(RowEdit { table: "out_of_scope", names, entries, gone: &[] });
        }
        if rows.is_empty() {
            return;
        }
        let old = workspace.text(&path);
        let head = match old {
            Some(_) => String::new(),
            None => {
                format!("# What is wanted in {} alone. It stands over the profile of all quarters.\n\n", quarter.name())
            }
        };
        match edit_rows(old.unwrap_or_default(), &rows) {
            Ok(text) => taken.files.push((path, head + &text)),
            Err(refusal) => {
                let why = match refusal {
                    EditRefusal::Form(name) => format!("`{name}` is written in a form that cannot be edited"),
                    _ => "it is no TOML".to_owned(),
                };
                taken.refused.add(workspace.shown(&path), "", why);
            }
        }
    }
}

/// The keys of a target that hold for its level and its reason alone.
const DECIDED: &[&str] = &["approved_by", "review"];

/// The names by which a profile may call a node.
fn names(quarter: InQuarter<'_>, node: Node) -> Vec<String> {
    quarter.framework(node.framework()).called(node).names().map(str::to_owned).collect()
}

impl Wish {
    /// The row of the profile; `None` where it already says the same, or where there is no level.
    fn row(&self, quarter: InQuarter<'_>, path: &str, taken: &mut Taken) -> Option<RowEdit> {
        let names = names(quarter, self.node);
        let now = quarter.target_at(self.node);
        let Some(level) = self.level.or_else(|| now.map(|now| now.level)) else {
            let said = self.why.clone().or_else(|| self.priority.map(|priority| priority.name().to_owned()));
            taken.left.add(
                &self.place,
                said.unwrap_or_default(),
                format!("{} has no target, and a reason or priority alone is none", names[0]),
            );
            return None;
        };
        let is_level = now.is_some_and(|now| now.level == level);
        let is_why = self
            .why
            .as_ref()
            .is_none_or(|why| now.is_some_and(|now| why.split_whitespace().eq(now.why.split_whitespace())));
        let is_priority = self.priority.is_none_or(|priority| now.is_some_and(|now| now.priority == Some(priority)));
        if is_level && is_why && is_priority {
            return None;
        }
        let was = now.map_or_else(|| "none".to_owned(), |now| now.level.shown());
        let priority = self.priority.map(|priority| format!(", priority {}", priority.name())).unwrap_or_default();
        let level_told = if is_level { level.shown() } else { format!("{}, was {was}", level.shown()) };
        let why = if is_why { "" } else { ", another reason" };
        let is_approved = now.is_some_and(|now| !now.approved_by.is_empty() || now.review.is_some());
        let decided_anew = if is_approved && !(is_level && is_why) { ", without its approval and review" } else { "" };
        taken.changes.push(format!("{}: target {level_told}{priority}{why}{decided_anew} ({})", names[0], self.place));
        let is_own = now.filter(|now| {
            &*now.origin.place.path == path
                && quarter.profile().targets.by_id.get(&names[0]).is_some_and(|own| own.origin == now.origin)
        });
        let (entries, gone) = match is_own {
            Some(_) => (self.changed(level, is_level), if is_level && is_why { &[] } else { DECIDED }),
            None => (self.whole(level, now.filter(|_| is_level), is_why), &[] as &[_]),
        };
        Some(RowEdit { table: "targets", names, entries, gone })
    }

    /// The keys that change in a target of the quarter's own profile.
    fn changed(&self, level: Level, is_level: bool) -> Vec<(String, NewValue)> {
        let level = (!is_level).then(|| ("level".to_owned(), NewValue::from(level)));
        level.into_iter().chain(self.said()).collect()
    }

    /// Why and how urgent, where the file says it.
    fn said(&self) -> impl Iterator<Item = (String, NewValue)> {
        let why = self.why.as_ref().map(|why| ("why".to_owned(), NewValue::Text(why.clone())));
        let priority =
            self.priority.map(|priority| ("priority".to_owned(), NewValue::Text(priority.name().to_owned())));
        why.into_iter().chain(priority)
    }

    /// A whole target. What is decided of the one that held before goes on, unless the level is another: then it was not decided.
    /// Nobody has approved another reason.
    fn whole(&self, level: Level, same: Option<&Target>, is_why: bool) -> Vec<(String, NewValue)> {
        let text =
            |name: &str, text: &str| (!text.is_empty()).then(|| (name.to_owned(), NewValue::Text(text.to_owned())));
        let mut entries = vec![("level".to_owned(), NewValue::from(level))];
        if let Some(Target { why, approved_by, due, review, priority, .. }) = same {
            let day = |name: &str, day: Option<jiff::civil::Date>| day.map(|day| (name.to_owned(), NewValue::Day(day)));
            let priority = priority.and_then(|priority| text("priority", priority.name()));
            entries.extend(
                [
                    text("why", why),
                    text("approved_by", approved_by),
                    day("due", *due),
                    day("review", *review),
                    priority,
                ]
                .into_iter()
                .flatten(),
            );
        }
        entries.retain(|(name, _)| is_why || !DECIDED.contains(&name.as_str()));
        for (name, value) in self.said() {
            match entries.iter_mut().find(|(known, _)| *known == name) {
                Some(entry) => entry.1 = value,
                None => entries.push((name, value)),
            }
        }
        entries
    }
}
