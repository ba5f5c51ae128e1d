//! Replaces the names of hidden teams in texts, and removes hidden links from them.

use std::collections::BTreeSet;

use super::links::without_links;
use crate::base::mention::{Finder, Spelling};
use crate::model::ids::{Table, TeamId};
use crate::model::settings::{Hidden, Team};

/// What a hidden team is called instead.
#[derive(Clone, Debug)]
pub(super) struct Neutral {
    /// `team-a`
    pub(super) id: String,
    /// `Team A`
    pub(super) name: String,
    /// The team's own id.
    hides: String,
}

/// What is called so instead of by an address.
const LINK: &str = "address-not-shown";

/// What texts may not say.
#[derive(Debug)]
pub(super) struct Words {
    teams: Vec<Neutral>,
    in_texts: Finder<Neutral>,
    in_names: Finder<Neutral>,
    hides_links: bool,
}

impl Words {
    /// Teams become `Team A`, `Team B` and so on, in the order of the file.
    pub(super) fn new(teams: &Table<TeamId, Team>, hidden: &BTreeSet<Hidden>) -> Self {
        let hides_teams = hidden.contains(&Hidden::Teams);
        let teams: Vec<(&Team, Neutral)> = teams
            .iter()
            .filter(|_| hides_teams)
            .enumerate()
            .map(|(count, team)| (team, neutral(count, team)))
            .collect();
        let in_names = finder(&teams, |team| team.names().collect(), Spelling::Any);
        let in_texts = finder(&teams, |team| team.told_names().collect(), Spelling::AsGiven);
        let hides_links = hidden.contains(&Hidden::Links);
        Self { in_texts, in_names, hides_links, teams: teams.into_iter().map(|(_, neutral)| neutral).collect() }
    }

    /// Reviewers become `Reviewer A`, `Reviewer B` and so on, in the order of `names`. No link is removed.
    pub(super) fn of_reviewers(names: &[String]) -> Self {
        let called = |(count, name): (usize, &String)| {
            let letters = letters(count);
            let id = format!("reviewer-{}", letters.to_lowercase());
            (name.clone(), Neutral { id, name: format!("Reviewer {letters}"), hides: name.clone() })
        };
        let all = || names.iter().enumerate().map(called);
        let in_names = Finder::new(all(), Spelling::Any);
        Self { teams: Vec::new(), in_texts: Finder::new(all(), Spelling::AsGiven), in_names, hides_links: false }
    }

    /// The neutral names of the teams, in their order; none if teams are not hidden.
    pub(super) fn teams(&self) -> &[Neutral] {
        &self.teams
    }

    /// The ids of hidden teams, each with its neutral one.
    pub(super) fn ids(&self) -> impl Iterator<Item = (&str, &str)> {
        self.teams.iter().map(|team| (team.hides.as_str(), team.id.as_str()))
    }

    /// `text`, plain or Markdown, without what is hidden; `None` if it holds nothing of it.
    pub(super) fn without(&self, text: &str) -> Option<String> {
        let unlinked = if self.hides_links { without_links(text) } else { None };
        let renamed = self.in_texts.replaced(unlinked.as_deref().unwrap_or(text), |team| &team.name);
        renamed.or(unlinked)
    }

    /// Replaces names of hidden teams in ids and addresses, and what would be a hidden link. What was unique stays so.
    pub(super) fn names<'n>(&self, names: impl Iterator<Item = &'n mut String>) {
        let names: Vec<&mut String> = names.collect();
        let mut taken: BTreeSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
        for name in names {
            let is_link = self.hides_links && without_links(name).is_some();
            let new = if is_link { Some(LINK.to_owned()) } else { self.in_names.replaced(name, |team| &team.id) };
            let Some(new) = new else { continue };
            let numbered = (2..).map(|number| format!("{new}-{number}"));
            let free = std::iter::once(new.clone()).chain(numbered).find(|name| taken.insert(name.to_lowercase()));
            *name = free.unwrap_or(new);
        }
    }
}

/// Finds `names` of each team. A name of one word is found in the spelling `one_word`.
fn finder(teams: &[(&Team, Neutral)], names: fn(&Team) -> Vec<&str>, one_word: Spelling) -> Finder<Neutral> {
    let all = teams.iter().flat_map(|(team, neutral)| names(team).into_iter().map(move |name| (name, neutral)));
    Finder::new(all.map(|(name, neutral)| (name.to_owned(), neutral.clone())), one_word)
}

/// The neutral names for the team after `count` others.
fn neutral(count: usize, team: &Team) -> Neutral {
    let letters = letters(count);
    Neutral { id: format!("team-{}", letters.to_lowercase()), name: format!("Team {letters}"), hides: team.id.clone() }
}

/// The letters for the item after `count` others: `A` to `Z`, then `AA`.
pub(super) fn letters(count: usize) -> String {
    let last = char::from(b'A' + u8::try_from(count % 26).unwrap_or_default());
    if count < 26 { last.to_string() } else { format!("{}{last}", letters(count / 26 - 1)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_go_on_after_z() {
        assert_eq!([0, 25, 26, 51, 52].map(letters), ["A", "Z", "AA", "AZ", "BA"]);
    }
}
