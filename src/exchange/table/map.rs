//! Reads mappings: which columns of a table say what.

use toml::de::{DeTable, DeValue};

use crate::exchange::scale::ForeignScale;

/// A mapping.
#[derive(Clone, Debug)]
pub struct Map {
    /// What such a table is called.
    pub title: String,
    /// The sheet's name; without one, the first sheet that has the columns.
    pub sheet: Option<String>,
    /// The heads that the column of ids may have, the likeliest first.
    pub id: Vec<String>,
    /// The edition whose ids these are, where it is not the workspace's own; its levels are carried over.
    pub of: Option<String>,
    /// The columns that must be there, each with what it may say. Other rows are left.
    pub required: Vec<(String, Vec<String>)>,
    /// The level.
    pub level: Option<LevelRule>,
    /// The target.
    pub target: Option<LevelRule>,
    /// The columns of notes.
    pub note: Vec<String>,
    /// Which rows are not applicable, and why.
    pub not_applicable: Option<StateRule>,
    /// Which rows are unknown, and why.
    pub unknown: Option<StateRule>,
    /// Which rows are not answered, whatever else they say.
    pub unanswered: Option<StateRule>,
    /// Columns that are left, each with the reason.
    pub left: Vec<(String, String)>,
}

/// A column of levels.
#[derive(Clone, Debug)]
pub struct LevelRule {
    /// The heads that it may have, the likeliest first.
    pub column: Vec<String>,
    /// What stands where there is no level.
    pub none: Vec<String>,
    /// What its values mean; `None` where the command line must say it.
    pub scale: Option<ForeignScale>,
    /// A column whose words are a result and not a level; they are reported if the level is missing.
    pub without: Option<String>,
}

/// Rows that are in a state without a level.
#[derive(Clone, Debug)]
pub struct StateRule {
    /// The column that says so.
    pub column: String,
    /// Its words for this state.
    pub is: Vec<String>,
    /// The columns that may hold the reason.
    pub reason: Vec<String>,
}

/// The mappings in the binary, each with its name.
const OWN: [(&str, &str); 3] = [
    ("ciso-assistant", include_str!("maps/ciso-assistant.toml")),
    ("csf_profile", include_str!("maps/csf_profile.toml")),
    ("csf-1.1", include_str!("maps/csf-1.1.toml")),
];

/// The names of the mappings in the binary.
pub fn names() -> impl Iterator<Item = &'static str> {
    OWN.into_iter().map(|(name, _)| name)
}

/// The text of a mapping in the binary.
pub fn own(name: &str) -> Option<&'static str> {
    OWN.into_iter().find(|(own, _)| *own == name).map(|(_, text)| text)
}

impl Map {
    /// Reads a mapping. In the heads of its columns, `{quarter}` stands for the number of the quarter.
    ///
    /// # Errors
    /// A sentence that says which key is wrong, and what to write.
    pub fn read(text: &str, quarter: &str) -> Result<Self, String> {
        let parsed = DeTable::parse(text).map_err(|error| {
            let line = error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            let line = line.map(|line| format!("line {line}: ")).unwrap_or_default();
            format!("{line}{}", error.message().lines().next().unwrap_or_default())
        })?;
        let keys = Keys { path: String::new(), table: parsed.get_ref(), quarter };
        let map = Self {
            title: keys.text("title")?.ok_or("`title` is missing: it says what such a table is called")?,
            sheet: keys.text("sheet")?,
            id: keys
                .list("id")?
                .filter(|heads| !heads.is_empty())
                .ok_or("`id` is missing: the head of the column of ids")?,
            of: keys.text("of")?,
            required: keys.lists("where")?,
            level: keys.inner("level")?.as_ref().map(LevelRule::read).transpose()?,
            target: keys.inner("target")?.as_ref().map(LevelRule::read).transpose()?,
            note: keys.list("note")?.unwrap_or_default(),
            not_applicable: keys.inner("not_applicable")?.as_ref().map(StateRule::read).transpose()?,
            unknown: keys.inner("unknown")?.as_ref().map(StateRule::read).transpose()?,
            unanswered: keys.inner("unanswered")?.as_ref().map(StateRule::read).transpose()?,
            left: keys.texts("left")?,
        };
        keys.finish(&[
            "title",
            "sheet",
            "id",
            "of",
            "where",
            "level",
            "target",
            "note",
            "not_applicable",
            "unknown",
            "unanswered",
            "left",
        ])?;
        if map.level.is_none() && map.target.is_none() && map.note.is_empty() {
            return Err("it takes nothing: add `level`, `target` or `note`".to_owned());
        }
        Ok(map)
    }

    /// Every head that it is about.
    pub fn heads(&self) -> impl Iterator<Item = &str> {
        let levels = self.level.iter().chain(&self.target).flat_map(|rule| rule.column.iter().chain(&rule.without));
        let states = [&self.not_applicable, &self.unknown, &self.unanswered].into_iter().flatten();
        let states = states.flat_map(|rule| std::iter::once(&rule.column).chain(&rule.reason));
        let required = self.required.iter().map(|(head, _)| head);
        let left = self.left.iter().map(|(head, _)| head);
        self.id.iter().chain(levels).chain(&self.note).chain(states).chain(required).chain(left).map(String::as_str)
    }
}

impl LevelRule {
    fn read(keys: &Keys<'_>) -> Result<Self, String> {
        let column = keys.list("column")?.filter(|heads| !heads.is_empty());
        let column = column.ok_or_else(|| format!("`{}column` is missing", keys.path))?;
        let scale = keys.inner("scale")?.map(|points| {
            let of_point = |(foreign, own): (&str, &DeValue<'_>)| {
                let own = match own {
                    DeValue::Integer(whole) => Some(whole.as_str()),
                    DeValue::Float(number) => Some(number.as_str()),
                    _ => None,
                };
                let own = own.ok_or_else(|| format!("`{}{foreign}` must be a level such as 3", points.path))?;
                Ok((foreign.to_owned(), own.to_owned()))
            };
            let points: Result<Vec<(String, String)>, String> = points.entries().into_iter().map(of_point).collect();
            let points = points?;
            let points = points.iter().map(|(foreign, own)| (foreign.as_str(), own.as_str()));
            ForeignScale::of(points).map_err(|why| format!("`{}scale`: {why}", keys.path))
        });
        let scale = scale.transpose()?;
        let rule = Self {
            column,
            none: keys.list("none")?.unwrap_or_else(|| vec![String::new()]),
            scale,
            without: keys.text("without")?,
        };
        keys.finish(&["column", "none", "scale", "without"])?;
        Ok(rule)
    }
}

impl StateRule {
    fn read(keys: &Keys<'_>) -> Result<Self, String> {
        let column = keys.text("column")?.ok_or_else(|| format!("`{}column` is missing", keys.path))?;
        let is = keys.list("is")?.filter(|words| !words.is_empty());
        let is = is.ok_or_else(|| format!("`{}is` is missing: the words of the column", keys.path))?;
        let rule = Self { column, is, reason: keys.list("reason")?.unwrap_or_default() };
        keys.finish(&["column", "is", "reason"])?;
        Ok(rule)
    }
}

/// A table of a mapping while it is read.
struct Keys<'t> {
    /// What stands before its keys in messages.
    path: String,
    table: &'t DeTable<'t>,
    quarter: &'t str,
}

impl<'t> Keys<'t> {
    fn head(&self, head: &str) -> String {
        head.replace("{quarter}", self.quarter)
    }

    fn wrong(&self, key: &str, wanted: &str) -> String {
        format!("`{}{key}` must be {wanted}", self.path)
    }

    /// The keys and values, in the order of the file.
    fn entries(&self) -> Vec<(&'t str, &'t DeValue<'t>)> {
        let mut entries: Vec<_> = self.table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        entries.into_iter().map(|(key, value)| (key.get_ref().as_ref(), value.get_ref())).collect()
    }

    fn get(&self, key: &str) -> Option<&'t DeValue<'t>> {
        self.table.get(key).map(toml::Spanned::get_ref)
    }

    fn text(&self, key: &str) -> Result<Option<String>, String> {
        let text =
            |value: &DeValue<'_>| value.as_str().map(|text| self.head(text)).ok_or_else(|| self.wrong(key, "text"));
        self.get(key).map(text).transpose()
    }

    fn list(&self, key: &str) -> Result<Option<Vec<String>>, String> {
        self.get(key).map(|value| self.texts_of(key, value)).transpose()
    }

    fn texts_of(&self, key: &str, value: &DeValue<'_>) -> Result<Vec<String>, String> {
        let text = |value: &DeValue<'_>| value.as_str().map(|text| self.head(text));
        let texts = match value {
            DeValue::Array(list) => list.iter().map(|item| text(item.get_ref())).collect(),
            value => text(value).map(|text| vec![text]),
        };
        texts.ok_or_else(|| self.wrong(key, "text or a list of texts"))
    }

    /// The table at `key`.
    fn inner(&self, key: &str) -> Result<Option<Keys<'t>>, String> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let table = value.as_table().ok_or_else(|| self.wrong(key, "a table"))?;
        Ok(Some(Keys { path: format!("{}{key}.", self.path), table, quarter: self.quarter }))
    }

    /// A table of lists.
    fn lists(&self, key: &str) -> Result<Vec<(String, Vec<String>)>, String> {
        let Some(inner) = self.inner(key)? else { return Ok(Vec::new()) };
        let list = |(head, value): (&str, &DeValue<'_>)| Ok((inner.head(head), inner.texts_of(head, value)?));
        inner.entries().into_iter().map(list).collect()
    }

    /// A table of texts.
    fn texts(&self, key: &str) -> Result<Vec<(String, String)>, String> {
        let Some(inner) = self.inner(key)? else { return Ok(Vec::new()) };
        let text = |(head, value): (&str, &DeValue<'_>)| {
            let text = value.as_str().ok_or_else(|| inner.wrong(head, "text"))?;
            Ok((inner.head(head), text.to_owned()))
        };
        inner.entries().into_iter().map(text).collect()
    }

    /// Refuses keys that mean nothing.
    fn finish(&self, known: &[&str]) -> Result<(), String> {
        match self.entries().into_iter().find(|(key, _)| !known.contains(key)) {
            None => Ok(()),
            Some((key, _)) => Err(format!("unknown key `{}{key}`; keys here: {}", self.path, known.join(", "))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mapping_in_the_binary_reads() {
        for name in names() {
            let map = Map::read(own(name).unwrap(), "1").unwrap_or_else(|why| panic!("{name}: {why}"));
            assert!(map.level.is_some(), "{name}");
        }
        let map = Map::read(own("csf_profile").unwrap(), "3").unwrap();
        assert_eq!(map.level.unwrap().column, ["Q3 Actual Score"]);
        assert_eq!(map.left[0].0, "Q3 Observation Date");
    }

    #[test]
    fn what_is_wrong_in_a_mapping_is_named() {
        let wrong = |text: &str| Map::read(text, "1").unwrap_err();
        assert_eq!(wrong("title = \"x\"\n"), "`id` is missing: the head of the column of ids");
        assert_eq!(wrong("title = 3\nid = \"a\"\n"), "`title` must be text");
        assert_eq!(wrong("title = \"x\"\nid = [1]\n"), "`id` must be text or a list of texts");
        assert_eq!(wrong("title = \"x\"\nid = \"a\"\n"), "it takes nothing: add `level`, `target` or `note`");
        assert_eq!(wrong("title = \"x\"\nid = \"a\"\nlevel = {}\n"), "`level.column` is missing");
        assert!(
            wrong("title = \"x\"\nid = \"a\"\nlevel = { column = \"b\", scale = { 1 = \"3\" } }\n")
                .starts_with("`level.scale.1`")
        );
        assert!(wrong("title = \"x\"\nid = \"a\"\nnotes = []\n").starts_with("unknown key `notes`; keys here: title"));
        assert!(wrong("title = \n").starts_with("line 1: "));
    }
}
