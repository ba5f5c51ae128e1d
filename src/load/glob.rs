//! Checks whether a path matches a glob, name by name: matching a whole path at once could take exponentially many steps.

use glob::{MatchOptions, Pattern};

/// The most bytes of a glob.
const LONGEST: usize = 1_000;
/// Any number of folders.
const FOLDERS: &str = "**";

/// A glob: `*` and `?` stay within one name, `**` is any number of folders, and no wildcard matches a hidden name.
#[derive(Debug, Clone)]
pub struct Glob {
    text: String,
    parts: Vec<Pattern>,
}

impl Glob {
    /// Compiles a glob.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn new(text: &str) -> Result<Self, String> {
        if text.chars().count() > LONGEST {
            return Err(format!("a glob has at most {LONGEST} characters"));
        }
        // A glob that ends in `/**` matches a file in any of these folders.
        let file = text.ends_with("/**").then_some("*");
        let parts = text.split('/').chain(file).map(Pattern::new).collect::<Result<_, _>>();
        Ok(Self { text: text.to_owned(), parts: parts.map_err(|error| error.msg.to_owned())? })
    }

    /// The glob as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether `path` matches the glob.
    pub fn matches(&self, path: &str) -> bool {
        let names: Vec<&str> = path.split('/').collect();
        // For each number of names: whether the parts so far match that many names.
        let mut fits = vec![false; names.len() + 1];
        fits[0] = true;
        for part in &self.parts {
            let mut next = if part.as_str() == FOLDERS { fits.clone() } else { vec![false; fits.len()] };
            for (at, name) in names.iter().enumerate() {
                next[at + 1] |= match part.as_str() {
                    FOLDERS => next[at] && !name.starts_with('.'),
                    _ => fits[at] && part.matches_with(name, OPTIONS),
                };
            }
            fits = next;
        }
        fits[names.len()]
    }
}

/// The crate's defaults would match hidden files.
const OPTIONS: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a glob matches, as the crate sees it.
    fn as_the_crate(glob: &str, path: &str) -> bool {
        Pattern::new(glob).unwrap().matches_with(path, OPTIONS)
    }

    #[test]
    fn it_matches_what_the_crate_matches() {
        let globs = [
            "a/*",
            "a/**",
            "a/**/*",
            "a/**/*.toml",
            "a/*/*/*.toml",
            "a/**/b/*",
            "a/b",
            "a/?/[bc]*",
            "a/**/**/*.md",
            "a/.*",
            "a/**/b",
            "a/[!b]/*",
        ];
        let paths = [
            "a",
            "a/b",
            "a/b/c",
            "a/b/c/d.toml",
            "a/.b",
            "a/.b/c.toml",
            "a/b/.toml",
            "a/x.toml",
            "a/b/b",
            "a/c/x.md",
            "b/a",
            "a/b/b/c",
            "a/b/.c/d.toml",
            "a/a/a/a/a/a.toml",
        ];
        for (glob, path) in globs.iter().flat_map(|glob| paths.map(|path| (glob, path))) {
            assert_eq!(Glob::new(glob).unwrap().matches(path), as_the_crate(glob, path), "{glob} {path}");
        }
    }

    #[test]
    fn no_name_takes_long() {
        // The crate would try each way to place twenty stars among 255 letters.
        let glob = Glob::new(&format!("content/{}b/*/*.toml", "*a".repeat(20))).unwrap();
        assert!(!glob.matches(&format!("content/{}/x/y.toml", "a".repeat(255))));
        assert!(Glob::new(&"a/".repeat(600)).is_err());
    }
}
