//! Where the files of a workspace lie: the names that Milepost gives to files and folders, and the parts of a path.

use std::iter;

use super::quarter::Quarter;

/// The workspace's own file, at its root.
pub const CONFIG: &str = "milepost.toml";
/// The folder of a workspace's own mappings to other catalogs.
pub const MAPPINGS: &str = "mappings";
/// The folder of a workspace's own mappings of result files.
pub const MAPS: &str = "maps";
/// The folder of Community Profiles.
pub const COMMUNITY_PROFILES: &str = "profiles";
/// The folder of the reviews, in the folder of their quarter. No team has this id.
pub const REVIEWS: &str = "reviews";
/// The file that describes a quarter, in the quarter's folder.
pub const QUARTER_FILE: &str = "quarter.toml";
/// The text about a quarter, in the quarter's folder.
pub const SUMMARY_FILE: &str = "summary.md";
/// The targets and the scope: of one quarter in its folder, of all quarters beside their folders.
pub const PROFILE_FILE: &str = "profile.toml";
/// The actions and exceptions, beside the folders of the quarters.
pub const ACTIONS_FILE: &str = "actions.toml";
/// A seal: of a quarter in its folder, of its reviews in theirs.
pub const SEAL_FILE: &str = "seal.toml";
/// The file of a team that collectors write.
pub const COLLECTED_FILE: &str = "collected.toml";

/// The folder that holds the file or folder at `path`; `None` at the root.
pub fn folder_of(path: &str) -> Option<&str> {
    path.rsplit_once('/').map(|(folder, _)| folder)
}

/// `path` and every folder above it, the nearest first.
pub fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    iter::successors(Some(path), |path| folder_of(path))
}

/// The last part of a path.
pub fn name_of(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// The quarter that a folder is named after; `None` if its name is no quarter.
pub fn quarter_of_folder(folder: &str) -> Option<Quarter> {
    name_of(folder).parse().ok()
}

/// The folder of `quarter` beside `folder`, the folder of another quarter.
pub fn beside(folder: &str, quarter: Quarter) -> String {
    folder_of(folder).map_or_else(|| quarter.to_string(), |above| format!("{above}/{quarter}"))
}

/// Whether only collectors write the file at `path`.
pub fn is_collected(path: &str) -> bool {
    name_of(path) == COLLECTED_FILE
}

/// Whether `path` is a mapping to another catalog.
pub fn is_mapping(path: &str) -> bool {
    is_toml_in(MAPPINGS, path)
}

/// Whether `path` is a mapping of result files.
pub fn is_map(path: &str) -> bool {
    is_toml_in(MAPS, path)
}

/// Whether `path` is a Community Profile.
pub fn is_community_profile(path: &str) -> bool {
    is_toml_in(COMMUNITY_PROFILES, path)
}

/// Whether `path` is a TOML file directly in `folder`.
fn is_toml_in(folder: &str, path: &str) -> bool {
    folder_of(path) == Some(folder) && is_toml(path)
}

/// Whether `path` is a TOML file that is not hidden.
pub fn is_toml(path: &str) -> bool {
    path.ends_with(".toml") && !is_hidden_file(path)
}

/// Whether the name of the file at `path` starts with a dot.
pub fn is_hidden_file(path: &str) -> bool {
    name_of(path).starts_with('.')
}

/// The parts of an evidence file's path, as in `content/2026-Q3/web/protect.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EvidencePath<'p> {
    /// The whole path.
    pub path: &'p str,
    /// The folder of its quarter, as in `content/2026-Q3`.
    pub folder: &'p str,
    /// The name of its team's folder, as in `web`.
    pub team: &'p str,
    /// The name of the file, as in `protect.toml`.
    pub name: &'p str,
}

impl<'p> EvidencePath<'p> {
    /// The parts of `path`; `None` if it is not in a folder of a folder.
    pub fn of(path: &'p str) -> Option<Self> {
        let (team_folder, name) = path.rsplit_once('/')?;
        let (folder, team) = team_folder.rsplit_once('/')?;
        Some(Self { path, folder, team, name })
    }

    /// The quarter whose evidence it is; `None` if the quarter's folder is named otherwise.
    pub fn quarter(&self) -> Option<Quarter> {
        quarter_of_folder(self.folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_taken_apart_at_its_last_folders() {
        let path = "org/content/2026-Q3/web/protect.toml";
        let parts = EvidencePath::of(path).unwrap();
        assert_eq!(parts, EvidencePath { path, folder: "org/content/2026-Q3", team: "web", name: "protect.toml" });
        assert_eq!(parts.quarter(), "2026-Q3".parse().ok());
        assert_eq!(EvidencePath::of("web/protect.toml"), None);
        assert_eq!(EvidencePath::of("content/third/web/protect.toml").unwrap().quarter(), None);
    }

    #[test]
    fn a_file_is_known_by_its_whole_name_and_folder() {
        assert!(is_collected("content/2026-Q3/web/collected.toml") && is_collected("collected.toml"));
        assert!(!is_collected("content/2026-Q3/web/uncollected.toml"));
        assert!(is_map("maps/restic.toml") && !is_map("maps/old/restic.toml") && !is_map("roadmaps/restic.toml"));
        assert!(is_mapping("mappings/iso.toml") && !is_mapping("mappings/iso.csv"));
        assert!(is_community_profile("profiles/ports.toml") && !is_community_profile("ports.toml"));
    }
}
