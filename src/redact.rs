//! Takes an assessment and an audience, and returns the assessment that this audience may see. What is hidden is not in the
//! result, so no later stage can show it.
//!
//! Nothing that a figure depends on changes. The result stays valid: a required text is replaced, not removed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::base::excerpt::Excerpt;
use crate::base::place::Origin;
use crate::model::assessment::{Assessment, QuarterAnswers};
use crate::model::catalog::Framework;
use crate::model::evidence::{Answer, Attestation, Item, State};
use crate::model::ids::{Table, TeamId};
use crate::model::plan::Plan;
use crate::model::profile::{Profile, Target};
use crate::model::rules::{self, RuleChange, Since};
use crate::model::seal::{Sealed, SealedPart};
use crate::model::settings::{Audience, Hidden, Settings, Team};

/// The replacement for a text that exists but is hidden.
const NOT_SHOWN: &str = "not shown";

/// Removes from `assessment` what `audience` may not see.
#[must_use]
pub fn redact(mut assessment: Assessment, audience: Audience) -> Assessment {
    let hidden = assessment.settings.audiences.hidden_from(audience);
    if hidden.is_empty() {
        return Assessment { audience, hidden, ..assessment };
    }
    let veil = Veil { names: names(&assessment.settings.teams, &hidden), hidden: hidden.clone() };
    veil.settings(&mut assessment.settings);
    assessment.frameworks.iter_mut().for_each(|framework| veil.framework(framework));
    let mut before = &assessment.settings;
    for since in &mut assessment.since {
        veil.since(since);
        since.changes = rules::changes(&rules::of_all(before), &rules::of_all(&since.settings));
        before = &since.settings;
    }
    assessment.quarters.iter_mut().for_each(|quarter| veil.quarter(quarter));
    veil.plan(&mut assessment.plan);
    if hidden.contains(&Hidden::Sources) {
        assessment.policy.hide_files();
    }
    assessment.guides = assessment.guides.into_iter().filter(|guide| !veil.is_of_a_team(&guide.name)).collect();
    for guide in &mut assessment.guides {
        veil.renamed(&mut guide.title);
        veil.renamed(&mut guide.summary);
        guide.text = veil.shared(&guide.text);
    }
    Assessment { audience, hidden, ..assessment }
}

/// A team's id and name, and their neutral replacements.
struct Renamed {
    from: Team,
    id: String,
    name: String,
}

/// `Team A` with the id `team-a` for the first team of the file, and so on; empty if teams are not hidden.
fn names(teams: &Table<TeamId, Team>, hidden: &BTreeSet<Hidden>) -> Vec<Renamed> {
    let named = if hidden.contains(&Hidden::Teams) { teams.len() } else { 0 };
    let neutral = |(from, letter): (&Team, String)| {
        let id = format!("team-{}", letter.to_lowercase());
        Renamed { from: from.clone(), id, name: format!("Team {letter}") }
    };
    teams.iter().zip((0..named).map(letters)).map(neutral).collect()
}

/// The letters for the item after `count` others: `A` to `Z`, then `AA`.
fn letters(count: usize) -> String {
    let last = char::from(b'A' + u8::try_from(count % 26).unwrap_or_default());
    if count < 26 { last.to_string() } else { format!("{}{last}", letters(count / 26 - 1)) }
}

struct Veil {
    hidden: BTreeSet<Hidden>,
    names: Vec<Renamed>,
}

impl Veil {
    fn hides(&self, hidden: Hidden) -> bool {
        self.hidden.contains(&hidden)
    }

    /// A visible text without the names of hidden teams. An id of letters only stays: in a sentence it may be a plain word.
    fn renamed(&self, text: &mut String) {
        let mut names: Vec<(&str, &str)> = Vec::new();
        for team in &self.names {
            names.push((&team.from.name, &team.name));
            names.extend(team.from.also_called.iter().map(|name| (name.as_str(), team.name.as_str())));
            if !team.from.id.bytes().all(|byte| byte.is_ascii_alphabetic()) {
                names.push((&team.from.id, &team.id));
            }
        }
        if names.iter().any(|(from, _)| text.contains(from)) {
            // Longer names first, because a name may contain another one.
            names.sort_by_key(|(from, _)| std::cmp::Reverse(from.len()));
            *text = replaced(text, &names);
        }
    }

    fn shared(&self, text: &Arc<str>) -> Arc<str> {
        let mut own = text.to_string();
        self.renamed(&mut own);
        if *own == **text { Arc::clone(text) } else { Arc::from(own) }
    }

    /// Whether a file is named after a hidden team.
    fn is_of_a_team(&self, name: &str) -> bool {
        let padded = format!("-{}-", name.replace(['_', '.'], "-"));
        self.names.iter().any(|team| padded.contains(&format!("-{}-", team.from.id.replace(['_', '.'], "-"))))
    }

    /// A text of the kind `sort`: replaced if this kind is hidden and the text is not empty.
    fn text(&self, sort: Hidden, text: &mut String) {
        if self.hides(sort) && !text.trim().is_empty() {
            NOT_SHOWN.clone_into(text);
        } else {
            self.renamed(text);
        }
    }

    /// Changes a text that may be part of a longer one.
    fn excerpt(&self, excerpt: &mut Excerpt, change: impl Fn(&mut String)) {
        let mut text = excerpt.to_string();
        change(&mut text);
        if text != **excerpt {
            *excerpt = text.as_str().into();
        }
    }

    fn origin(&self, origin: &mut Origin) {
        if self.hides(Hidden::Sources) {
            *origin = Origin::not_shown();
        }
    }

    fn settings(&self, settings: &mut Settings) {
        for (team, named) in settings.teams.iter_mut().zip(&self.names) {
            team.id.clone_from(&named.id);
            team.name.clone_from(&named.name);
            team.also_called.clear();
        }
        for row in settings.controls.values_mut() {
            row.why = self.shared(&row.why);
        }
        for gate in &mut settings.gates {
            self.origin(&mut gate.origin);
            if let Some(exception) = &mut gate.exception {
                self.renamed(&mut exception.reason);
                self.text(Hidden::People, &mut exception.approved_by);
            }
        }
    }

    fn since(&self, since: &mut Since) {
        self.renamed(&mut since.why);
        self.text(Hidden::People, &mut since.approved_by);
        self.origin(&mut since.origin);
        self.settings(&mut since.settings);
        since.frameworks.iter_mut().flatten().for_each(|framework| self.framework(framework));
    }

    fn framework(&self, framework: &mut Framework) {
        for control in &mut framework.controls {
            self.renamed(&mut control.objective);
            control.rules.why = self.shared(&control.rules.why);
            let criteria = control.measure.iter_mut().flat_map(|measure| &mut measure.criteria);
            criteria.flat_map(|criterion| &mut criterion.require).for_each(|asked| self.origin(&mut asked.origin));
        }
    }

    fn quarter(&self, quarter: &mut QuarterAnswers) {
        self.renamed(&mut quarter.title);
        quarter.summary = self.shared(&quarter.summary);
        self.profile(&mut quarter.profile);
        // The lines say who approved and what teams are called. Their digest stays.
        if self.hides(Hidden::Sources) || self.hides(Hidden::People) {
            quarter.in_force.rules.clear();
        }
        if let Some(sealed) = &mut quarter.seal {
            self.seal(sealed);
        }
        quarter.answers.iter_mut().flatten().for_each(|answer| self.answer(answer));
    }

    fn answer(&self, answer: &mut Answer) {
        self.excerpt(&mut answer.note, |note| self.text(Hidden::Notes, note));
        match &mut answer.state {
            State::Assessed { .. } => {}
            State::Unknown { why } => self.text(Hidden::Notes, why),
            State::NotApplicable { reason, approved_by } => {
                self.excerpt(reason, |reason| self.text(Hidden::Notes, reason));
                self.excerpt(approved_by, |role| self.text(Hidden::People, role));
            }
        }
        if let Some(attested) = &answer.attested {
            let mut by = attested.by.clone();
            self.text(Hidden::People, &mut by);
            if by != attested.by {
                answer.attested = Some(Arc::new(Attestation { by, on: attested.on }));
            }
        }
        self.origin(&mut answer.origin);
        answer.evidence.iter_mut().for_each(|item| self.item(item));
    }

    /// An item keeps its kind and its days, because figures depend on them.
    fn item(&self, item: &mut Item) {
        if self.hides(Hidden::Evidence) {
            item.title = format!("a {}", item.kind.name()).as_str().into();
        }
        self.excerpt(&mut item.title, |title| self.renamed(title));
        if self.hides(Hidden::Links) {
            item.url = Excerpt::default();
            item.artifact = None;
        }
        self.origin(&mut item.origin);
    }

    fn profile(&self, profile: &mut Profile) {
        let Profile { targets, out_of_scope, tiers } = profile;
        let targets = targets.default.iter_mut().chain(targets.by_id.values_mut());
        targets.for_each(|Target { why, approved_by, origin, .. }| {
            self.renamed(why);
            self.text(Hidden::People, approved_by);
            self.origin(origin);
        });
        for exclusion in out_of_scope.values_mut() {
            self.excerpt(&mut exclusion.why, |why| self.renamed(why));
            self.excerpt(&mut exclusion.approved_by, |role| self.text(Hidden::People, role));
            self.origin(&mut exclusion.origin);
        }
        for tier in tiers {
            self.renamed(&mut tier.rationale);
            self.text(Hidden::People, &mut tier.declared_by);
        }
    }

    fn plan(&self, plan: &mut Plan) {
        for action in &mut plan.actions {
            self.renamed(&mut action.title);
            self.text(Hidden::People, &mut action.owner);
            self.renamed(&mut action.effort);
            self.origin(&mut action.origin);
        }
        for exception in &mut plan.exceptions {
            self.renamed(&mut exception.reason);
            self.text(Hidden::People, &mut exception.approved_by);
            self.origin(&mut exception.origin);
        }
    }

    /// The seal's own digest stays, and so does the comparison of its figures with the current ones.
    fn seal(&self, sealed: &mut Sealed) {
        if let Some(seal) = sealed.seal.as_mut().filter(|_| !self.names.is_empty()) {
            let ids: BTreeMap<&str, &str> =
                self.names.iter().map(|team| (team.from.id.as_str(), team.id.as_str())).collect();
            let figures = std::mem::take(&mut seal.figures).into_iter().enumerate();
            seal.figures = figures
                .map(|(at, (mut node, figures))| {
                    if node.part == SealedPart::Teams {
                        // A team that no longer exists has no letter.
                        node.id = ids.get(node.id.as_str()).map_or_else(|| format!("team {at}"), |id| (*id).to_owned());
                    }
                    (node, figures)
                })
                .collect();
        }
        if self.hides(Hidden::Sources) {
            sealed.path = String::new();
            if let Some(seal) = &mut sealed.seal {
                seal.inputs.clear();
                seal.rules.clear();
            }
            sealed.changes.iter_mut().for_each(|change| change.path = String::new());
            sealed.rules.iter_mut().for_each(|rule| *rule = RuleChange::default());
            for fault in &mut sealed.faults {
                fault.message = format!("the seal does not hold; why is {NOT_SHOWN}");
                fault.help = String::new();
            }
        }
    }
}

/// `text` with each whole word or phrase from `names` replaced; the first match counts.
fn replaced(text: &str, names: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let is_word = |c: char| c.is_alphanumeric();
    while let Some(next) = rest.chars().next() {
        let free = !out.chars().next_back().is_some_and(is_word);
        let ends = |from: &str| !rest[from.len()..].chars().next().is_some_and(is_word);
        let fits = |(from, _): &&(&str, &str)| free && !from.is_empty() && rest.starts_with(from) && ends(from);
        match names.iter().find(fits) {
            Some((from, to)) => {
                out.push_str(to);
                rest = &rest[from.len()..];
            }
            None => {
                out.push(next);
                rest = &rest[next.len_utf8()..];
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_names_are_replaced_and_the_longest_first() {
        let names = [("Shore IT", "Team B"), ("Shore", "Team A")];
        let told = replaced("Shore and Shore IT's Shoreline; offShore (Shore)", &names);
        assert_eq!(told, "Team A and Team B's Shoreline; offShore (Team A)");
    }

    #[test]
    fn letters_go_on_after_z() {
        assert_eq!([0, 25, 26, 51, 52].map(letters), ["A", "Z", "AA", "AZ", "BA"]);
    }
}
