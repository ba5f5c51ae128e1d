//! Reads single trees and files of the past, and finds the files that a commit renamed.

use std::collections::BTreeMap;

use super::{Mode, ObjectKind, Repository, Talk, first_line, is_object_name, lacks, not_started};
use crate::load::git::{GitFailure, GitReason};

/// A file of some commit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stored {
    /// Its path in the repository.
    pub path: String,
    /// The object that holds its text.
    pub object: String,
}

/// What a repository holds of the past. Reads one object after another.
pub struct Past<'a> {
    repository: &'a Repository,
    /// `None` until the first object is requested, and after an invalid answer.
    talk: Option<Talk>,
    /// The trees that were read last, by their names.
    trees: BTreeMap<String, GitTree>,
    /// The bytes of these trees.
    held: usize,
}

/// What stands in a folder, by name.
type GitTree = BTreeMap<Vec<u8>, (Mode, String)>;

/// The most bytes of one tree, and of all trees that are kept.
pub(super) const TREE_LIMIT: usize = 32 << 20;

impl<'a> Past<'a> {
    /// The past of this repository.
    pub fn of(repository: &'a Repository) -> Self {
        Self { repository, talk: None, trees: BTreeMap::new(), held: 0 }
    }

    /// The contents of an object of this kind; `None` where the repository lacks it.
    pub(super) fn object(&mut self, name: &str, expected: ObjectKind) -> Result<Option<Vec<u8>>, GitFailure> {
        let mut talk = self.talk.take().map_or_else(|| Talk::start(&mut self.repository.reading()), Ok)?;
        let found = talk.ask(name, expected);
        // After an invalid answer, the next object is requested from a new process.
        self.talk = found.is_ok().then_some(talk);
        found
    }

    fn read(&mut self, name: &str, expected: ObjectKind) -> Result<Vec<u8>, GitReason> {
        // A line feed would be a second question.
        if !is_object_name(name) {
            return Err(unclear("a commit or a folder names no object"));
        }
        let found = self.object(name, expected).map_err(|failure| unclear(&failure.reason().why))?;
        found.ok_or_else(|| unclear(&lacks(name).why))
    }

    /// The text of a file.
    ///
    /// # Errors
    /// The repository lacks it, or it is larger than what is read.
    pub fn text(&mut self, object: &str) -> Result<String, GitReason> {
        let bytes = self.read(object, ObjectKind::TEXT)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The object of the file that stands at `path` below the tree; `None` where no file stands there.
    ///
    /// # Errors
    /// The repository lacks a folder on the way to it.
    pub fn file(&mut self, tree: &str, path: &str) -> Result<Option<String>, GitReason> {
        let found = self.entry(tree, path)?;
        Ok(found.and_then(|(mode, object)| matches!(mode, Mode::File).then_some(object)))
    }

    /// The object of the folder that stands at `path` below the tree; an empty path means the tree itself.
    ///
    /// # Errors
    /// The repository lacks a folder on the way to it.
    pub fn folder(&mut self, tree: &str, path: &str) -> Result<Option<String>, GitReason> {
        let found = self.entry(tree, path)?;
        Ok(found.and_then(|(mode, object)| matches!(mode, Mode::Folder).then_some(object)))
    }

    fn entry(&mut self, tree: &str, path: &str) -> Result<Option<(Mode, String)>, GitReason> {
        let mut at = Some((Mode::Folder, tree.to_owned()));
        for name in path.split('/').filter(|name| !name.is_empty()) {
            let Some((Mode::Folder, tree)) = at else { return Ok(None) };
            if !self.trees.contains_key(&tree) {
                self.keep(&tree)?;
            }
            at = self.trees.get(&tree).and_then(|tree| tree.get(name.as_bytes())).cloned();
        }
        Ok(at)
    }

    fn keep(&mut self, name: &str) -> Result<(), GitReason> {
        let bytes = self.read(name, ObjectKind::TREE)?;
        if self.held + bytes.len() > TREE_LIMIT {
            self.trees.clear();
            self.held = 0;
        }
        self.held += bytes.len();
        let tree = tree(&bytes, name.len() / 2).ok_or_else(|| unclear("a folder makes no sense"))?;
        self.trees.insert(name.to_owned(), tree);
        Ok(())
    }

    /// The files that `commit` renamed since its parent `before`: for each new path the old one.
    ///
    /// # Errors
    /// `git` could not compare the two.
    pub fn renamed(&self, before: &str, commit: &str) -> Result<BTreeMap<String, String>, GitReason> {
        let mut command = self.repository.reading();
        command.args([
            "diff-tree",
            "-r",
            "-z",
            "--raw",
            "--no-abbrev",
            "--diff-filter=R",
            "--find-renames=50%",
            "-l1000",
        ]);
        command.args(["--no-rename-empty", "--no-ext-diff", "--no-textconv", before, commit, "--"]);
        let output = command.output().map_err(|error| not_started(&error).reason().clone())?;
        if !output.status.success() {
            return Err(unclear(&first_line(&output.stderr)));
        }
        let rows: Vec<&[u8]> = output.stdout.split(|byte| *byte == 0).collect();
        let rows: Vec<Rename<'_>> = rows.chunks_exact(3).filter_map(Rename::of).collect();
        Ok(renames(&rows))
    }
}

/// One renamed file.
struct Rename<'a> {
    old: &'a str,
    new: &'a str,
    /// The object, if the file was not changed too.
    kept: Option<&'a str>,
}

impl<'a> Rename<'a> {
    /// `:100644 100644 8a3… 8a3… R100`, the old path and the new one.
    fn of(row: &[&'a [u8]]) -> Option<Self> {
        let [heading, old, new] = row else { return None };
        let words: Vec<&str> = std::str::from_utf8(heading).ok()?.split(' ').collect();
        let [_, _, was, is, _] = words[..] else { return None };
        let (old, new) = (std::str::from_utf8(old).ok()?, std::str::from_utf8(new).ok()?);
        Some(Self { old, new, kept: (was == is).then_some(is) })
    }
}

/// For each new path the old one. Of several files with the same contents, `git` takes any for the one that was renamed. Those
/// belong together whose paths end alike, as when a folder moves.
fn renames(renames: &[Rename<'_>]) -> BTreeMap<String, String> {
    let upwards = |path: &'_ str| path.rsplit('/').map(str::to_owned).collect::<Vec<String>>();
    let kept = |rename: &Rename<'_>| Some(((rename.kept?.to_owned(), upwards(rename.old)), rename.old.to_owned()));
    let olds: BTreeMap<(String, Vec<String>), String> = renames.iter().filter_map(kept).collect();
    let old = |rename: &Rename<'_>| {
        let key = (rename.kept?.to_owned(), upwards(rename.new));
        // In this order the nearest path is a neighbour.
        let neighbours = [olds.range(..&key).next_back(), olds.range(&key..).next()].into_iter().flatten();
        let same = neighbours.filter(|((object, _), _)| *object == key.0);
        let alike = |names: &[String]| names.iter().zip(&key.1).take_while(|(one, two)| one == two).count();
        same.max_by_key(|((_, names), _)| alike(names)).map(|(_, old)| old.clone())
    };
    let pair = |rename: &Rename<'_>| (rename.new.to_owned(), old(rename).unwrap_or_else(|| rename.old.to_owned()));
    renames.iter().map(pair).collect()
}

/// A tree taken apart: `100644 rules.toml`, a zero byte and the bytes of the object's name, for each entry.
fn tree(mut bytes: &[u8], name_length: usize) -> Option<GitTree> {
    let mut tree = GitTree::new();
    while !bytes.is_empty() {
        let space = bytes.iter().position(|byte| *byte == b' ')?;
        let end = bytes.iter().position(|byte| *byte == 0).filter(|end| *end > space)?;
        let object = bytes.get(end + 1..end + 1 + name_length)?;
        let mode = match &bytes[..space] {
            b"40000" => Mode::Folder,
            b"120000" => Mode::Link,
            mode if mode.starts_with(b"100") => Mode::File,
            _ => Mode::Submodule,
        };
        let object = object.iter().map(|byte| format!("{byte:02x}")).collect();
        tree.insert(bytes[space + 1..end].to_owned(), (mode, object));
        bytes = &bytes[end + 1 + name_length..];
    }
    Some(tree)
}

fn unclear(said: &str) -> GitReason {
    let help = format!("it says: {said}; git fsck tells what is missing, and a partial clone holds only a part");
    GitReason::new("git cannot read the history of this file", help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_files_that_are_the_same_those_belong_together_whose_paths_end_alike() {
        let rename = |old, new, kept| Rename { old, new, kept };
        let told = renames(&[
            rename("a/bridge/rules.toml", "b/engine/rules.toml", Some("1")),
            rename("a/engine/rules.toml", "b/bridge/rules.toml", Some("1")),
            rename("a/deck/rules.toml", "b/deck/rules.toml", Some("2")),
            rename("a/mast/rules.toml", "b/sail/rules.toml", None),
        ]);
        let told: Vec<(&str, &str)> = told.iter().map(|(new, old)| (new.as_str(), old.as_str())).collect();
        let names = [("bridge", "bridge"), ("deck", "deck"), ("engine", "engine"), ("sail", "mast")];
        let wanted = names.map(|(new, old)| (format!("b/{new}/rules.toml"), format!("a/{old}/rules.toml")));
        assert_eq!(told, wanted.each_ref().map(|(new, old)| (new.as_str(), old.as_str())));
    }

    #[test]
    fn a_tree_that_is_cut_off_is_none() {
        let whole = b"100644 rules.toml\0aaaaaaaaaaaaaaaaaaaa40000 artifacts\0bbbbbbbbbbbbbbbbbbbb";
        let read = tree(whole, 20).unwrap();
        assert!(
            matches!(read[&b"rules.toml"[..]], (Mode::File, _)) && matches!(read[&b"artifacts"[..]], (Mode::Folder, _))
        );
        assert_eq!(read[&b"rules.toml"[..]].1, "61".repeat(20));
        let ends = (1..whole.len()).filter(|end| tree(&whole[..*end], 20).is_some());
        assert_eq!(ends.collect::<Vec<_>>(), [38]);
    }
}
