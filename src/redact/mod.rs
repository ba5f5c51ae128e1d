//! Takes an assessment and an audience, and returns the assessment that this audience may see. What is hidden is not in the
//! result, so no later stage can show it.
//!
//! Nothing that a figure depends on changes. The result stays valid: a required text is replaced, not removed.

pub mod links;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use self::words::Words;
use crate::base::excerpt::Excerpt;
use crate::base::place::Origin;
use crate::base::text::as_name;
use crate::model::assessment::{Assessment, Guide, QuarterAnswers};
use crate::model::catalog::Framework;
use crate::model::collected::{Collected, Collection};
use crate::model::community::{Community, CommunityOutcome};
use crate::model::evidence::{Answer, Attestation, Item, State};
use crate::model::ids::{GuideId, QuarterId, Table};
use crate::model::plan::Plan;
use crate::model::profile::{Profile, Risk, RiskRef, Target};
use crate::model::review::{LookedAt, Review};
use crate::model::rules::{self, RuleChange, Since};
use crate::model::seal::{Sealed, SealedPart};
use crate::model::settings::{Audience, Hidden, Settings};

/// The replacement for a text that exists but is hidden.
const NOT_SHOWN: &str = "not shown";

/// Removes from `assessment` what `audience` may not see.
#[must_use]
pub fn redact(mut assessment: Assessment, audience: Audience) -> Assessment {
    let veil = Veil::new(&assessment.settings, audience);
    if !veil.hidden.is_empty() {
        veil.settings(&mut assessment.settings);
        assessment.frameworks.iter_mut().for_each(|framework| veil.framework(framework));
        veil.since(&mut assessment);
        assessment.quarters.iter_mut().for_each(|quarter| veil.quarter(quarter));
        veil.plan(&mut assessment.plan);
        // What collectors are is told by what they wrote.
        assessment.collectors.clear();
        assessment.maps.clear();
        veil.guides(&mut assessment.guides);
        veil.communities(&mut assessment.communities);
        if veil.hides(Hidden::Sources) {
            assessment.policy.hide_files();
            // What a mapping says is the same for everybody, as in a catalog.
            let maps = assessment.foreign_catalogs.iter_mut().flat_map(|catalog| &mut catalog.maps);
            maps.for_each(|map| map.path.clear());
        }
    }
    // The board sees no reviewer's name and no note, whatever else it may see.
    veil.reviews(&mut assessment.quarters);
    Assessment { audience, hidden: veil.hidden, ..assessment }
}

/// What is hidden from an audience, and how.
struct Veil {
    hidden: BTreeSet<Hidden>,
    audience: Audience,
    words: Words,
}

impl Veil {
    /// What `settings` hide from `audience`.
    fn new(settings: &Settings, audience: Audience) -> Self {
        let hidden = settings.audiences.hidden_from(audience);
        let words = Words::new(&settings.teams, &hidden);
        Self { hidden, audience, words }
    }

    fn hides(&self, hidden: Hidden) -> bool {
        self.hidden.contains(&hidden)
    }

    /// A visible text, plain or Markdown, without the names of hidden teams and without hidden links.
    fn visible(&self, text: &mut String) {
        if let Some(without) = self.words.without(text) {
            *text = without;
        }
    }

    fn shared(&self, text: &mut Arc<str>) {
        if let Some(without) = self.words.without(text) {
            *text = Arc::from(without);
        }
    }

    /// A text of the kind `sort`: replaced if this kind is hidden and the text is not empty.
    fn text(&self, sort: Hidden, text: &mut String) {
        if self.hides(sort) && !text.trim().is_empty() {
            NOT_SHOWN.clone_into(text);
        } else {
            self.visible(text);
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
        for text in [&mut settings.title, &mut settings.organization] {
            self.visible(text);
        }
        for level in &mut settings.scale.levels {
            self.visible(&mut level.name);
            self.visible(&mut level.criteria);
        }
        settings.scale.dimensions.iter_mut().for_each(|dimension| self.visible(&mut dimension.name));
        for (team, neutral) in settings.teams.iter_mut().zip(self.words.teams()) {
            team.id.clone_from(&neutral.id);
            team.name.clone_from(&neutral.name);
            team.also_called.clear();
        }
        for row in settings.controls.values_mut() {
            self.shared(&mut row.why);
        }
        // An address of the forge says as much as an author's link, and holds a path.
        if self.hides(Hidden::Sources) || self.hides(Hidden::Links) {
            settings.repository = None;
        }
        for gate in &mut settings.gates {
            self.origin(&mut gate.origin);
            if let Some(exception) = &mut gate.exception {
                self.visible(&mut exception.reason);
                self.text(Hidden::People, &mut exception.approved_by);
            }
        }
    }

    /// The decisions on rules. What they change is told in the words that are left.
    fn since(&self, Assessment { settings, since, .. }: &mut Assessment) {
        let mut before = &*settings;
        for Since { why, approved_by, changes, settings, frameworks, origin, .. } in since {
            self.visible(why);
            self.text(Hidden::People, approved_by);
            self.origin(origin);
            self.settings(settings);
            frameworks.iter_mut().flatten().for_each(|framework| self.framework(framework));
            *changes = rules::changes(&rules::of_all(before), &rules::of_all(settings));
            before = settings;
        }
    }

    fn framework(&self, framework: &mut Framework) {
        for control in &mut framework.controls {
            self.visible(&mut control.objective);
            self.shared(&mut control.rules.why);
            let criteria = control.measure.iter_mut().flat_map(|measure| &mut measure.criteria);
            criteria.flat_map(|criterion| &mut criterion.require).for_each(|asked| self.origin(&mut asked.origin));
        }
    }

    fn quarter(&self, quarter: &mut QuarterAnswers) {
        self.visible(&mut quarter.title);
        self.shared(&mut quarter.summary);
        self.profile(&mut quarter.profile);
        // The lines hold texts as they are written, with names, people and links. Their digest stays.
        quarter.in_force.rules.clear();
        if let Some(sealed) = &mut quarter.seal {
            self.seal(sealed);
        }
        quarter.answers.iter_mut().flatten().for_each(|answer| self.answer(answer));
        for Collected { evidence, origin, .. } in quarter.collected.values_mut() {
            evidence.iter_mut().for_each(|item| self.item(item));
            self.origin(origin);
        }
        for Collection { rules, gone, changed, origin, .. } in quarter.collections.values_mut() {
            rules.clear();
            gone.iter_mut().chain(changed).for_each(|name| self.collector(name));
            self.origin(origin);
        }
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
                answer.attested = Some(Arc::new(Attestation { by, ..**attested }));
            }
        }
        if let Some(inherited) = &mut answer.inherited {
            self.excerpt(&mut inherited.remains, |remains| self.text(Hidden::Notes, remains));
            self.origin(&mut inherited.origin);
        }
        self.origin(&mut answer.origin);
        answer.evidence.iter_mut().for_each(|item| self.item(item));
    }

    /// An item keeps its kind and its days, because figures depend on them.
    fn item(&self, item: &mut Item) {
        if self.hides(Hidden::Evidence) {
            item.title = format!("a {}", item.kind.name()).as_str().into();
        }
        self.excerpt(&mut item.title, |title| self.visible(title));
        if self.hides(Hidden::Links) {
            item.url = Excerpt::default();
            item.artifact = None;
        }
        if let Some(by) = &mut item.collected {
            self.collector(&mut by.collector);
            if self.hides(Hidden::Sources) || self.hides(Hidden::Links) || self.hides(Hidden::Evidence) {
                by.gives.values_mut().for_each(String::clear);
            }
        }
        self.origin(&mut item.origin);
    }

    /// The name of a collector, which says what evidence is made of.
    fn collector(&self, name: &mut String) {
        if self.hides(Hidden::Evidence) {
            NOT_SHOWN.clone_into(name);
        }
        self.words.names(std::iter::once(name));
    }

    /// Verdicts keep what they say and their days, because counts depend on them. Reviewers become `Reviewer A`, `Reviewer B` and so
    /// on, so that two of them are still two.
    fn reviews(&self, quarters: &mut Table<QuarterId, QuarterAnswers>) {
        let mut reviews: Vec<&mut Review> = quarters.iter_mut().flat_map(|quarter| &mut quarter.reviews).collect();
        let mut known: Vec<String> = Vec::new();
        if self.hides_reviewers() {
            for review in &mut reviews {
                let name = as_name(&review.reviewer);
                let at = known.iter().position(|known| as_name(known) == name).unwrap_or(known.len());
                known.extend((at == known.len()).then(|| review.reviewer.clone()));
                review.reviewer = format!("Reviewer {}", words::letters(at));
            }
        }
        let reviewers = Words::of_reviewers(&known);
        let ids = |reviews: &[&mut Review]| -> Vec<String> {
            reviews.iter().flat_map(|review| &review.findings).map(|finding| finding.id.clone()).collect()
        };
        let before = ids(&reviews);
        for words in [&self.words, &reviewers] {
            words.names(reviews.iter_mut().flat_map(|review| &mut review.findings).map(|finding| &mut finding.id));
        }
        let renamed: BTreeMap<String, String> = before.into_iter().zip(ids(&reviews)).collect();
        for retest in reviews.iter_mut().flat_map(|review| &mut review.retests) {
            if let Some(id) = renamed.get(&retest.finding) {
                retest.finding.clone_from(id);
            }
        }
        reviews.into_iter().for_each(|review| self.review(review, &reviewers));
        for sealed in quarters.iter_mut().filter_map(|quarter| quarter.seal.as_mut()?.reviews.seal_mut()) {
            self.review_seal(sealed);
        }
    }

    /// Whether names of reviewers are hidden, and what they wrote: from the board in any case.
    fn hides_reviewers(&self) -> bool {
        self.hides(Hidden::People) || self.audience == Audience::Board
    }

    fn review(&self, review: &mut Review, reviewers: &Words) {
        let note = |note: &mut Excerpt| {
            self.excerpt(note, |text| match self.audience {
                Audience::Board if !text.trim().is_empty() => NOT_SHOWN.clone_into(text),
                _ => self.text(Hidden::Notes, text),
            });
        };
        let visible = |text: &mut String| {
            self.visible(text);
            if let Some(without) = reviewers.without(text) {
                *text = without;
            }
        };
        self.visible(&mut review.reviewer);
        for verdict in &mut review.verdicts {
            note(&mut verdict.note);
            let LookedAt { population, sample, deviations } = &mut verdict.looked_at;
            [population, sample, deviations].into_iter().for_each(note);
            verdict.evidence.iter_mut().for_each(|item| self.review_item(item));
            self.review_origin(&mut verdict.origin);
        }
        for finding in &mut review.findings {
            visible(&mut finding.title);
            self.text(Hidden::People, &mut finding.owner);
            visible(&mut finding.owner);
            self.review_origin(&mut finding.origin);
        }
        for retest in &mut review.retests {
            note(&mut retest.note);
            self.review_origin(&mut retest.origin);
        }
        if let Some(drawn) = review.drawn.as_mut().filter(|_| self.hides_reviewers()) {
            NOT_SHOWN.clone_into(&mut drawn.seed);
        }
    }

    /// What a reviewer put to a verdict says who looked, in its title or in its path.
    fn review_item(&self, item: &mut Item) {
        self.item(item);
        if self.audience == Audience::Board {
            item.title = format!("a {}", item.kind.name()).as_str().into();
            item.url = Excerpt::default();
            item.artifact = None;
            self.review_origin(&mut item.origin);
        }
    }

    /// The file of a review has its reviewer's name.
    fn review_origin(&self, origin: &mut Origin) {
        if self.hides_reviewers() {
            *origin = Origin::not_shown();
        }
        self.origin(origin);
    }

    /// The files that the seal of reviews names have their reviewers' names.
    fn review_seal(&self, sealed: &mut Sealed) {
        if self.hides_reviewers() {
            sealed.seal.iter_mut().for_each(|seal| seal.inputs.clear());
            sealed.changes.iter_mut().for_each(|change| change.path = String::new());
            hide_faults(sealed);
        }
    }

    /// What others hold to be important was written for all, and may name a team all the same.
    fn communities(&self, communities: &mut [Community]) {
        self.words.names(communities.iter_mut().map(|community| &mut community.id));
        for Community { title, stage, source, outcomes, .. } in communities {
            [title, stage].into_iter().for_each(|text| self.visible(text));
            if self.hides(Hidden::Links) {
                source.clear();
            }
            for CommunityOutcome { priority, guidance } in outcomes.values_mut() {
                self.visible(priority);
                self.excerpt(guidance, |guidance| self.visible(guidance));
            }
        }
    }

    fn profile(&self, profile: &mut Profile) {
        let Profile { targets, out_of_scope, tiers, risks } = profile;
        let targets = targets.default.iter_mut().chain(targets.by_id.values_mut());
        targets.for_each(|Target { why, approved_by, risks, origin, .. }| {
            self.risk_refs(risks);
            self.visible(why);
            self.text(Hidden::People, approved_by);
            self.origin(origin);
        });
        for exclusion in out_of_scope.values_mut() {
            self.excerpt(&mut exclusion.why, |why| self.visible(why));
            self.excerpt(&mut exclusion.approved_by, |role| self.text(Hidden::People, role));
            self.origin(&mut exclusion.origin);
        }
        self.risks(risks);
        for tier in tiers {
            self.visible(&mut tier.rationale);
            self.text(Hidden::People, &mut tier.declared_by);
        }
    }

    /// The ids of risks are names: a hidden team may stand in them.
    fn risk_refs(&self, risks: &mut [RiskRef]) {
        for risk in risks {
            self.words.names([&mut risk.id].into_iter());
            self.origin(&mut risk.origin);
        }
    }

    fn risks(&self, risks: &mut BTreeMap<String, Risk>) {
        for (mut id, mut risk) in std::mem::take(risks) {
            self.words.names([&mut id].into_iter());
            self.visible(&mut risk.title);
            self.text(Hidden::People, &mut risk.owner);
            self.visible(&mut risk.appetite);
            if self.hides(Hidden::Links) {
                risk.url.clear();
            }
            self.origin(&mut risk.origin);
            risks.insert(id, risk);
        }
    }

    fn plan(&self, plan: &mut Plan) {
        self.words.names(plan.actions.iter_mut().map(|action| &mut action.id));
        self.words.names(plan.exceptions.iter_mut().map(|exception| &mut exception.id));
        for action in &mut plan.actions {
            self.visible(&mut action.title);
            self.text(Hidden::People, &mut action.owner);
            self.visible(&mut action.effort);
            self.risk_refs(&mut action.risks);
            self.origin(&mut action.origin);
        }
        for exception in &mut plan.exceptions {
            self.visible(&mut exception.reason);
            self.text(Hidden::People, &mut exception.approved_by);
            self.risk_refs(&mut exception.risks);
            self.origin(&mut exception.origin);
        }
    }

    fn guides(&self, guides: &mut Table<GuideId, Guide>) {
        self.words.names(guides.iter_mut().map(|guide| &mut guide.name));
        Guide::address(guides);
        for guide in guides {
            self.visible(&mut guide.title);
            self.visible(&mut guide.summary);
            self.shared(&mut guide.text);
        }
    }

    /// The seal's own digest stays, and so does the comparison of its figures with the current ones.
    fn seal(&self, sealed: &mut Sealed) {
        if let Some(reviews) = sealed.reviews.seal_mut() {
            self.seal(reviews);
        }
        if let Some(seal) = sealed.seal.as_mut().filter(|_| self.hides(Hidden::Teams)) {
            let ids: BTreeMap<&str, &str> = self.words.ids().collect();
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
            hide_faults(sealed);
        }
    }
}

/// Keeps that a seal does not hold, and not why.
fn hide_faults(sealed: &mut Sealed) {
    for fault in &mut sealed.faults {
        fault.message = format!("the seal does not hold; why is {NOT_SHOWN}");
        fault.help = String::new();
    }
}
