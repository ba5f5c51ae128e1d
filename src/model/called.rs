//! What a node of a framework is called outside its catalog: in the files and commands of a workspace, and in addresses.

use crate::base::link::slugs;

/// What one node is called outside its catalog.
#[derive(Clone, Debug, Default)]
pub struct Called {
    names: Vec<String>,
    slug: String,
    folder: String,
}

/// What the id of a node means without its framework's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IdAlone {
    /// The node.
    Means,
    /// The node in its quarters, and in others that of another edition.
    MeansInItsTime,
    /// The node of a framework before.
    MeansAnother,
}

impl Called {
    /// What the node `id` of `framework` is called, with `slug` in addresses.
    pub(super) fn new(framework: &str, id: &str, slug: String, alone: IdAlone) -> Self {
        // A framework's id has no colon, so the first colon divides.
        let exact = format!("{framework}:{id}");
        let names = match alone {
            IdAlone::Means => vec![id.to_owned(), exact],
            IdAlone::MeansInItsTime => vec![exact, id.to_owned()],
            IdAlone::MeansAnother => vec![exact],
        };
        let folder = format!("controls/{slug}");
        Self { names, slug, folder }
    }

    /// What the node is called if there is no other.
    pub(super) fn alone(framework: &str, id: &str) -> Self {
        Self::new(framework, id, slugs([id].into_iter()).concat(), IdAlone::Means)
    }

    /// Moves the page of a control to another folder.
    pub(super) fn move_to(&mut self, folder: String) {
        self.folder = folder;
    }

    /// The names by which files and commands find it: its id, unless a framework before has it in the same quarters, and its id
    /// behind its framework's, as in `csf-1.1:ID.AM`. Where the id means another node in other quarters, the exact name stands first.
    pub fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.names.iter().map(String::as_str)
    }

    /// The shortest name by which files and commands find it.
    pub fn name(&self) -> &str {
        self.names.iter().min_by_key(|name| name.len()).map_or("", String::as_str)
    }

    /// Whether files and commands find it by `name`.
    pub fn is(&self, name: &str) -> bool {
        self.names().any(|own| own == name)
    }

    /// Its id as a part of an address, unique in its framework.
    pub fn slug(&self) -> &str {
        &self.slug
    }

    /// The folder of a control's page below that of a quarter, unique over all frameworks.
    pub fn folder(&self) -> &str {
        &self.folder
    }

    /// A control as an anchor on a page that shows several frameworks.
    pub fn anchor(&self) -> String {
        self.folder.strip_prefix("controls/").map_or_else(|| self.folder.replace('/', "-"), str::to_owned)
    }
}
