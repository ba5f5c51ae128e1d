//! Finds the file that an evidence item names, and computes its digest.

use crate::base::layout::ancestors;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::load::workspace::{Entry, Workspace, sha256};
use crate::model::evidence::Artifact;

/// Why an artifact cannot be used.
pub(super) enum ArtifactRefusal {
    /// Its path is outside the folders that are read.
    Outside,
    /// The path is a folder.
    Folder,
    /// There is no such file.
    Missing(String),
    /// The file is a symbolic link or lies behind one; this is the link's path.
    Link(String),
    /// The file itself has a fault, which is already reported for the file.
    Said,
}

impl ArtifactRefusal {
    /// The diagnostic for `file` as written at `place`; `None` if it is already reported.
    pub(super) fn diagnostic(&self, file: &str, place: Place) -> Option<Diagnostic> {
        Some(match self {
            Self::Outside if file.is_empty() => {
                Diagnostic::new(Code::ArtifactOutside, place, "`file` is empty").help("name the artifact, or remove the key")
            }
            Self::Outside if file.contains("://") => {
                Diagnostic::new(Code::ArtifactOutside, place, format!("`{file}` is a link, not a file of this workspace"))
                    .help("give it as url = \"…\" instead of `file`")
            }
            Self::Outside if file.contains(['\\', ':']) => {
                Diagnostic::new(Code::ArtifactOutside, place, format!("`{file}` holds a `:` or a `\\`, which no path here does"))
                    .help("rename the file without it, for systems that take it for a drive or a folder; folders are divided by `/`")
            }
            Self::Outside => Diagnostic::new(Code::ArtifactOutside, place, format!("`{file}` leads out of the folders that hold evidence"))
                .help("paths are relative to the evidence file, with `/` between folders; keep artifacts beside it, in artifacts/"),
            Self::Folder => Diagnostic::new(Code::MissingArtifact, place, format!("`{file}` is a folder, not a file"))
                .help("name one file in it; several files are several items of evidence"),
            Self::Missing(path) => {
                let how = if path.is_ascii() { "" } else { ", and names compare as Unicode composes them (NFC)" };
                Diagnostic::new(Code::MissingArtifact, place, format!("`{file}` does not exist"))
                    .help(format!("looked for {path}; hidden files are not read{how}"))
            }
            Self::Link(path) => Diagnostic::new(Code::ArtifactLink, place, format!("`{file}` is reached through a symbolic link"))
                .help(format!("put the file itself in place of the link {path}: a link can change without its digest")),
            Self::Said => return None,
        })
    }
}

/// The workspace path of `file`, as written in the evidence file `evidence_path`.
pub(super) fn resolve(evidence_path: &str, file: &str) -> Result<String, ArtifactRefusal> {
    Artifact::resolve(evidence_path, file).ok_or(ArtifactRefusal::Outside)
}

/// The digest of the file at `path`.
pub(super) fn digest(workspace: &Workspace, path: &str) -> Result<String, ArtifactRefusal> {
    if !workspace
        .patterns
        .evidence_roots()
        .iter()
        .any(|root| path.strip_prefix(root).is_some_and(|rest| rest.starts_with('/')))
    {
        return Err(ArtifactRefusal::Outside);
    }
    let link = ancestors(path).find(|path| matches!(workspace.files.get(*path), Some(Entry::Link)));
    if let Some(link) = link {
        return Err(ArtifactRefusal::Link(link.to_owned()));
    }
    match workspace.files.get(path) {
        Some(Entry::Artifact { sha256, .. } | Entry::NotUtf8 { sha256, .. }) => Ok(sha256.clone()),
        Some(Entry::Text(text)) => Ok(sha256(text.as_bytes())),
        Some(Entry::Asset(bytes)) => Ok(sha256(bytes)),
        Some(Entry::TooLarge { .. } | Entry::Unreadable(_) | Entry::Link) => Err(ArtifactRefusal::Said),
        None if holds_files(workspace, path) => Err(ArtifactRefusal::Folder),
        None => Err(ArtifactRefusal::Missing(path.to_owned())),
    }
}

fn holds_files(workspace: &Workspace, folder: &str) -> bool {
    let prefix = format!("{folder}/");
    workspace.files.range(prefix.clone()..).next().is_some_and(|(path, _)| path.starts_with(&prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_from_the_evidence_files_folder_and_stay_inside() {
        let from = "content/2026-Q3/shore/protect.toml";
        let resolved = |file| resolve(from, file).ok();
        assert_eq!(resolved("artifacts/a.txt").as_deref(), Some("content/2026-Q3/shore/artifacts/a.txt"));
        assert_eq!(resolved("../../2026-Q2/shore/./a.txt").as_deref(), Some("content/2026-Q2/shore/a.txt"));
        for file in ["", "/etc/passwd", "../../../../x", "C:\\x", "a\\b", "a\0"] {
            assert_eq!(resolved(file), None, "{file:?}");
        }
    }
}
