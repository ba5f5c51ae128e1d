//! Where a forge shows the files of the repository: the address of a path, from a template of `milepost.toml`.

use std::collections::BTreeSet;

use crate::base::link::{encoded, is_safe};

/// What stands for the path of a file, relative to the repository's top.
const PATH: &str = "path";
/// What stands for the full name of the commit.
const COMMIT: &str = "commit";

/// The addresses of files on a forge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forge {
    parts: Vec<TemplatePart>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum TemplatePart {
    Text(String),
    Path,
    Commit,
}

/// Why a template makes no address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateFault {
    /// It does not start with `https://` or `http://` and a host, or holds what no address may hold.
    NoAddress,
    /// A placeholder stands in the name of the host, so that a path would choose whom a link leads to.
    NoHost,
    /// It lacks `{path}`, so that all links would lead to one page.
    NoPath,
    /// There is no placeholder of this name.
    Unknown(String),
    /// A brace has no partner.
    Brace,
}

impl Forge {
    /// The placeholders of a template.
    pub const PLACEHOLDERS: [&str; 2] = [COMMIT, PATH];

    /// Reads a template, as in `https://forge.example/group/repository/blob/{commit}/{path}`.
    ///
    /// # Errors
    /// The first fault of the template.
    pub fn read(template: &str) -> Result<Self, TemplateFault> {
        let mut parts = Vec::new();
        let mut rest = template;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, after) = rest.split_at(at);
            let (name, behind) =
                after.strip_prefix('{').and_then(|after| after.split_once('}')).ok_or(TemplateFault::Brace)?;
            parts.push(TemplatePart::Text(before.to_owned()));
            parts.push(match name {
                PATH => TemplatePart::Path,
                COMMIT => TemplatePart::Commit,
                name if name.contains('{') => return Err(TemplateFault::Brace),
                name => return Err(TemplateFault::Unknown(name.to_owned())),
            });
            rest = behind;
        }
        parts.push(TemplatePart::Text(rest.to_owned()));
        let forge = Self { parts };
        let web = ["https://", "http://"].iter().any(|scheme| template.to_ascii_lowercase().starts_with(scheme));
        if !web || !is_safe(&forge.written("0", "x")) {
            return Err(TemplateFault::NoAddress);
        }
        let host = template.split_once("://").map_or("", |(_, rest)| rest.split(['/', '?', '#']).next().unwrap_or(""));
        if host.is_empty() || host.contains('{') {
            return Err(TemplateFault::NoHost);
        }
        if forge.parts.contains(&TemplatePart::Path) { Ok(forge) } else { Err(TemplateFault::NoPath) }
    }

    /// Whether an address names the commit.
    pub fn needs_commit(&self) -> bool {
        self.parts.contains(&TemplatePart::Commit)
    }

    /// The address of the file at `path`, relative to the repository's top; `None` if it needs a commit and none is known.
    pub fn address(&self, commit: Option<&str>, path: &str) -> Option<String> {
        let commit = commit.or((!self.needs_commit()).then_some(""))?;
        Some(self.written(commit, path))
    }

    fn written(&self, commit: &str, path: &str) -> String {
        let part = |part: &TemplatePart| match part {
            TemplatePart::Text(text) => text.clone(),
            TemplatePart::Path => encoded(path),
            TemplatePart::Commit => encoded(commit),
        };
        self.parts.iter().map(part).collect()
    }
}

/// The files of a workspace that a forge shows.
#[derive(Clone, Debug)]
pub struct Sources {
    /// The addresses.
    pub forge: Forge,
    /// The workspace's folder in the repository, with a final slash; empty for the repository's top.
    pub folder: String,
    /// The full name of the commit that the report is made from; `None` if it is not known.
    pub commit: Option<String>,
    /// The files, relative to the workspace's root: without those that the tool brings along, and without those that the commit does
    /// not hold as the report read them.
    pub files: BTreeSet<String>,
}

impl Sources {
    /// The address of a file of the workspace; `None` if the forge does not show it.
    pub fn address(&self, path: &str) -> Option<String> {
        let path = self.files.get(path)?;
        self.forge.address(self.commit.as_deref(), &format!("{}{path}", self.folder))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_its_address() {
        let forge = Forge::read("https://forge.example/group/site/blob/{commit}/{path}").unwrap();
        let address = forge.address(Some("1a2b"), "a b/content/2026-Q3/ä#1?.toml");
        let wanted = "https://forge.example/group/site/blob/1a2b/a%20b/content/2026-Q3/%C3%A4%231%3F.toml";
        assert_eq!(address.as_deref(), Some(wanted));
        assert_eq!(forge.address(None, "a"), None);
        let forge = Forge::read("http://forge.example/?file={path}#{path}").unwrap();
        assert_eq!(forge.address(None, "a&b").as_deref(), Some("http://forge.example/?file=a%26b#a%26b"));
    }

    #[test]
    fn a_file_of_the_workspace_has_an_address_below_its_folder_if_the_forge_shows_it() {
        let forge = Forge::read("https://forge.example/blob/{commit}/{path}").unwrap();
        let files = BTreeSet::from(["content/a.toml".to_owned()]);
        let sources = Sources { forge, folder: "risk/csf/".to_owned(), commit: Some("1a2b".to_owned()), files };
        let address = "https://forge.example/blob/1a2b/risk/csf/content/a.toml";
        assert_eq!(sources.address("content/a.toml").as_deref(), Some(address));
        assert_eq!(sources.address("content/b.toml"), None);
        assert_eq!(Sources { commit: None, ..sources }.address("content/a.toml"), None);
    }

    #[test]
    fn what_makes_no_address_is_refused() {
        for (template, fault) in [
            ("", TemplateFault::NoAddress),
            ("forge.example/{path}", TemplateFault::NoAddress),
            ("ftp://forge.example/{path}", TemplateFault::NoAddress),
            ("mailto:{path}", TemplateFault::NoAddress),
            ("javascript:alert({path})", TemplateFault::NoAddress),
            ("https://forge.example/a b/{path}", TemplateFault::NoAddress),
            ("https://{path}", TemplateFault::NoHost),
            ("https://{commit}.example/{path}", TemplateFault::NoHost),
            ("https:///{path}", TemplateFault::NoHost),
            ("https://forge.example/blob/{commit}", TemplateFault::NoPath),
            ("https://forge.example/{branch}/{path}", TemplateFault::Unknown("branch".to_owned())),
            ("https://forge.example/{}/{path}", TemplateFault::Unknown(String::new())),
            ("https://forge.example/{path", TemplateFault::Brace),
            ("https://forge.example/path}", TemplateFault::Brace),
            ("https://forge.example/{{path}}", TemplateFault::Brace),
        ] {
            assert_eq!(Forge::read(template), Err(fault), "{template}");
        }
    }
}
