//! `milepost init`: a new workspace whose comments explain how to fill it in.

use std::path::{Path, PathBuf};

use super::{Output, Terminal, plain, schema};
use crate::base::layout::CONFIG;
use crate::border::Shown;
use crate::check::check;
use crate::load::workspace::{Entry, Workspace};
use crate::reference::Reference;
use crate::write::{Created, create};

/// Write a new workspace: settings, two teams and a first quarter, with comments that explain them.
#[derive(Debug, clap::Args)]
pub(super) struct InitArgs {
    /// The folder: a new one, or one that has other files.
    #[arg(value_name = "DIR")]
    dir: PathBuf,
}

/// Makes one row of [`STARTER`] of each path, below each folder from here.
macro_rules! starter {
    ($($folder:literal: [$($path:literal,)*],)*) => { &[$($(($path, include_str!(concat!($folder, $path))),)*)*] };
}

/// The files of a new workspace: its own, and the guides of the example, which are true for everybody. The last file makes the
/// folder a workspace, so half of the files are not a workspace.
const STARTER: &[(&str, &str)] = starter![
    "starter/": [
        ".gitattributes",
        ".gitignore",
        "README.md",
        "content/2026-Q4/office/govern.toml",
        "content/2026-Q4/office/protect.toml",
        "content/2026-Q4/platform/artifacts/restore-drill.txt",
        "content/2026-Q4/platform/data-recovery.toml",
        "content/2026-Q4/platform/protect.toml",
        "content/2026-Q4/platform/recover.toml",
        "content/2026-Q4/quarter.toml",
        "content/2026-Q4/summary.md",
        "content/actions.toml",
        "content/profile.toml",
    ],
    "../../": [
        "content/guides/data-recovery.md",
        "content/guides/delivery.md",
        "content/guides/detect.md",
        "content/guides/govern.md",
        "content/guides/identify.md",
        "content/guides/incident-learning.md",
        "content/guides/protect.md",
        "content/guides/reading-the-report.md",
        "content/guides/recover.md",
        "content/guides/respond.md",
        "content/guides/theme.md",
    ],
    "starter/": ["milepost.toml",],
];

pub(super) fn run(root: &Path, args: &InitArgs, terminal: &Terminal<'_>) -> Output {
    let dir = plain(&root.join(&args.dir));
    let schemas = schemas();
    let schemas = schemas.iter().map(|(path, text)| (path.as_str(), text.as_str()));
    let (last, first) = STARTER.split_last().expect("the starter has files");
    let files: Vec<(&str, &str)> = first.iter().copied().chain(schemas).chain([*last]).collect();
    match create(&dir, &files, &MAY_DIFFER, &|step| terminal.tell_of(step)) {
        Ok(Created { any: true, left }) => Output::result(Shown::default(), remarks(&dir, &left)),
        Ok(Created { any: false, .. }) => {
            let there = format!("{}: the workspace is there already", dir.display());
            Output::result(Shown::default(), Shown::line(&there))
        }
        Err(why) => Output::failure(Shown::error(&why)),
    }
}

/// The schemas of the new workspace's files, which their first lines name.
fn schemas() -> Vec<(String, String)> {
    let entry = |text: &'static str| Entry::Text(text.into());
    let config = STARTER.iter().find(|(path, _)| *path == CONFIG).map(|(_, text)| entry(text));
    let mut workspace = Workspace::new(String::new(), config);
    for (path, text) in STARTER.iter().filter(|(path, _)| path.starts_with("content/")) {
        workspace.add((*path).to_owned(), entry(text));
    }
    let assessment = check(&workspace).assessment.expect("tests check the starter");
    schema::files(&Reference::read(), assessment.in_quarter(assessment.newest()))
}

/// Files that a repository often has already, each with the text that a workspace would have. They stay as they are.
const MAY_DIFFER: [&str; 3] = [".gitattributes", ".gitignore", README];
const README: &str = "README.md";

fn remarks(dir: &Path, left: &[&str]) -> Shown {
    let shown = dir.display();
    let mut lines = vec![format!("{shown}: a workspace with two teams and the quarter 2026-Q4")];
    for name in left {
        let lines_of = |name| STARTER.iter().find(|(path, _)| *path == name).map_or("", |(_, text)| text).lines();
        let wanted: Vec<&str> = lines_of(*name).filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
        lines.push(if *name == README {
            format!("{name} was left as it is; `milepost init DIR` in a new folder shows what a workspace's own says")
        } else {
            format!("{name} was left as it is; add to it what is missing of: {}", wanted.join(", "))
        });
    }
    lines.push(String::new());
    let read = if left.contains(&README) { CONFIG } else { README };
    lines.push(format!("Read {shown}/{read}, then try:"));
    lines.extend(["check", "build"].map(|command| format!("  milepost --root {shown} {command}")));
    lines.iter().map(|line| Shown::line(line)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use walkdir::WalkDir;

    use super::*;

    /// The path of every file below `folder`, from there.
    fn files(folder: &Path) -> BTreeSet<String> {
        let entries = WalkDir::new(folder).into_iter().map(Result::unwrap);
        let files = entries.filter(|entry| entry.file_type().is_file());
        files.map(|file| file.path().strip_prefix(folder).unwrap().to_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn nothing_is_forgotten() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let guides = files(&root.join("content/guides")).into_iter().map(|guide| format!("content/guides/{guide}"));
        let wanted: BTreeSet<String> = files(&root.join("src/cli/starter")).into_iter().chain(guides).collect();
        assert_eq!(STARTER.iter().map(|(path, _)| (*path).to_owned()).collect::<BTreeSet<_>>(), wanted);
        assert_eq!(STARTER.last().map(|(path, _)| *path), Some(CONFIG));
    }
}
