//! The whole valid workspace: settings, catalogs and every quarter's answers.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::iter;
use std::sync::Arc;

use jiff::civil::Date;

use crate::base::link::slugs;
use crate::base::quarter::Quarter;
use crate::load::workspace::sha256;
use crate::model::catalog::{Control, Framework, Need, Node, TeamRule};
use crate::model::collected::{Collected, Collection};
use crate::model::collector::{self, Collector};
use crate::model::community::{Community, CommunityOutcome};
use crate::model::evidence::{Answer, Claim, Item};
use crate::model::ids::{
    AnswerId, Answers, ControlId, ForeignCatalogId, FrameworkId, GuideId, QuarterId, Table, TeamId,
};
use crate::model::mapping::ForeignCatalog;
use crate::model::measure::{Criterion, Value};
use crate::model::plan::Plan;
use crate::model::profile::{Exclusion, Profile, Target};
use crate::model::review::Review;
use crate::model::rule_key::RuleKey;
use crate::model::rules::{self, InForce, Since};
use crate::model::seal::Sealed;
use crate::model::settings::{Audience, Hidden, Home, Settings, Team};
use crate::model::strings::Strings;

/// A workspace that passed the check, so its content is valid.
#[derive(Clone, Debug)]
pub struct Assessment {
    /// The settings from `milepost.toml`, before every decision that changes rules. Ask a quarter for its own.
    pub settings: Settings,
    /// The decisions that change rules, oldest first.
    pub since: Vec<Since>,
    /// The frameworks in use, the main one first, with the rules of controls before every decision.
    pub frameworks: Table<FrameworkId, Framework>,
    /// The quarters, oldest first; at least one.
    pub quarters: Table<QuarterId, QuarterAnswers>,
    /// Actions and exceptions.
    pub plan: Plan,
    /// The words of the report.
    pub strings: Strings,
    /// The same in English: the words of terminals, of CI and of data, whatever the report's language.
    pub english: Strings,
    /// The narrative pages, by path.
    pub guides: Table<GuideId, Guide>,
    /// The other catalogs to which controls are mapped, with the maps.
    pub foreign_catalogs: Table<ForeignCatalogId, ForeignCatalog>,
    /// The collectors of `milepost.toml`, in its order.
    pub collectors: Vec<Collector>,
    /// The mappings of result files, by name.
    pub maps: Vec<collector::ResultMapping>,
    /// The Community Profiles, by path.
    pub communities: Vec<Community>,
    /// The files that define the rules of this assessment.
    pub policy: Policy,
    /// The readers for whom the assessment is made.
    pub audience: Audience,
    /// What this audience may not see. It has been removed from the assessment.
    pub hidden: BTreeSet<Hidden>,
}

impl Assessment {
    /// Whether any quarter has gates. Then each has a page of them, so that links between quarters hold.
    pub fn has_gates(&self) -> bool {
        self.quarters.ids().any(|quarter| !self.in_quarter(quarter).settings().gates.is_empty())
    }

    /// Whether any quarter was reviewed. Then each has a page of the reviews, so that links between quarters hold.
    pub fn has_reviews(&self) -> bool {
        self.quarters.iter().any(|quarter| !quarter.reviews.is_empty())
    }

    /// Whether any quarter has risks. Then each has a page of them, so that links between quarters hold.
    pub fn has_risks(&self) -> bool {
        self.quarters.iter().any(|quarter| !quarter.profile.risks.is_empty())
    }

    /// The report's main framework.
    pub fn framework(&self) -> &Framework {
        &self.frameworks[FrameworkId::MAIN]
    }

    /// The newest quarter.
    pub fn newest(&self) -> QuarterId {
        self.quarters.last_id().expect("the check refuses a workspace without a quarter")
    }

    /// The quarter of the front page.
    pub fn home(&self) -> QuarterId {
        let newest = self.in_quarter(self.newest());
        match self.settings.home {
            Home::Closed if newest.is_open() => newest.before().unwrap_or(newest).id,
            Home::Closed | Home::Newest => newest.id,
        }
    }

    /// A control of any framework.
    pub fn control(&self, control: ControlId) -> &Control {
        &self.frameworks[control.framework()].controls[control]
    }

    /// A team, with what no decision changes: its names and its quarters. Ask a quarter for its weight and its scope.
    pub fn team(&self, team: TeamId) -> &Team {
        &self.settings.teams[team]
    }

    /// Whether a team is asked for a control in `quarter`, whether the quarter is there or will be.
    pub fn is_asked_in(&self, quarter: Quarter, AnswerId { control, team }: AnswerId) -> bool {
        let team = &self.settings_in(quarter).teams[team];
        let framework = &self.frameworks[control.framework()];
        framework.controls[control].lifetime.holds(quarter)
            && team.asked_in(quarter)
            && team.answers_for(framework.lineage(control))
    }

    /// Whether a team owes an answer in `quarter`: it is asked, and no other team owns the control.
    pub fn is_owed_in(&self, quarter: Quarter, answer: AnswerId) -> bool {
        let control = &self.frameworks_in(quarter)[answer.control.framework()].controls[answer.control];
        let rules = ControlRules { settings: self.settings_in(quarter), control, quarter };
        let is_owners = rules.team_rule().owner().is_none_or(|owner| owner == answer.team);
        is_owners && self.is_asked_in(quarter, answer)
    }

    /// The decisions on rules that hold in `quarter`, oldest first.
    pub fn since(&self, quarter: Quarter) -> &[Since] {
        &self.since[..self.since.partition_point(|since| since.quarter <= quarter)]
    }

    /// The settings that apply in `quarter`, whether it is there or will be.
    pub fn settings_in(&self, quarter: Quarter) -> &Settings {
        self.since(quarter).last().map_or(&self.settings, |since| &since.settings)
    }

    /// The frameworks with the rules that apply in `quarter`, whether it is there or will be.
    pub fn frameworks_in(&self, quarter: Quarter) -> &Table<FrameworkId, Framework> {
        let changed = self.since(quarter).iter().rev().find_map(|since| since.frameworks.as_ref());
        changed.unwrap_or(&self.frameworks)
    }

    /// The assessment in one of its quarters.
    pub fn in_quarter(&self, id: QuarterId) -> InQuarter<'_> {
        InQuarter { assessment: self, id }
    }
}

/// An assessment in one of its quarters: what is asked, answered and targeted in it, and by which rules.
#[derive(Clone, Copy, Debug)]
pub struct InQuarter<'a> {
    /// The whole assessment.
    pub assessment: &'a Assessment,
    /// The position of the quarter.
    pub id: QuarterId,
}

impl<'a> InQuarter<'a> {
    /// The content of the quarter's files.
    pub fn answers(self) -> &'a QuarterAnswers {
        &self.assessment.quarters[self.id]
    }

    /// The quarter's name.
    pub fn name(self) -> Quarter {
        self.answers().quarter
    }

    /// The quarter's last day.
    pub fn closes(self) -> Date {
        self.answers().closes
    }

    /// Whether the quarter is still open: it is the newest, and no seal closes it.
    pub fn is_open(self) -> bool {
        self.id == self.assessment.newest() && self.answers().seal.is_none()
    }

    /// What Community Profiles say of a control, each with the profile.
    pub fn said_of(self, control: ControlId) -> impl Iterator<Item = (&'a Community, &'a CommunityOutcome)> {
        let framework = control.framework();
        let own = self.assessment.communities.iter().filter(move |community| community.of == framework);
        own.filter_map(move |community| {
            Some((community, community.outcome(self.framework(framework).lineage(control))?))
        })
    }

    /// The control that `name` means in the quarter; `None` if no catalog in use has one.
    pub fn control_called(self, name: &str) -> Option<ControlId> {
        let controls = self.assessment.frameworks.iter().flat_map(|framework| framework.controls.entries());
        let named = controls.filter(|(_, control)| control.called.is(name)).map(|(control, _)| control);
        // Of two editions with the same id one is in force.
        named.max_by_key(|control| (self.is_in_force(*control), Reverse(control.framework())))
    }

    /// The targets of the quarter, and what is out of scope.
    pub fn profile(self) -> &'a Profile {
        &self.answers().profile
    }

    /// The decisions on rules that hold in the quarter, oldest first.
    pub fn since(self) -> &'a [Since] {
        self.assessment.since(self.name())
    }

    /// The settings that apply in the quarter.
    pub fn settings(self) -> &'a Settings {
        self.assessment.settings_in(self.name())
    }

    /// The rules of the quarter as lines, made of the settings and the profile.
    pub fn in_force(self) -> InForce {
        let mut lines = rules::of_settings(self.settings(), |team| team.asked_in(self.name()));
        lines.extend(rules::of_profile(self.profile()));
        InForce::of(lines)
    }

    /// The digest of the policy: of the rules of the quarter and of the catalogs, in the form that `sha256sum` prints.
    pub fn policy_digest(self) -> String {
        self.assessment.policy.digest(&self.answers().in_force)
    }

    /// The rules by which the figures of a framework can be compared with those of other workspaces: two of them with the same
    /// digest score the same answers alike. Controls that are not in force are left out.
    pub fn comparable(self, framework: FrameworkId) -> InForce {
        let mut lines = rules::comparable(self.settings());
        let controls = self.framework(framework).controls.ids().filter(|control| self.is_in_force(*control));
        lines.extend(controls.map(|control| {
            let (rules, named) = (self.rules(control), self.control(control));
            let (weight, max_age) = (named.rules.weight, rules.max_age());
            let value = rules::of_control(weight, max_age, rules.needs(), rules.team_rule(), rules.criteria());
            (RuleKey::of(["controls", named.id.as_str()]), value)
        }));
        InForce::of(lines)
    }

    /// The same assessment in the quarter before; `None` in the first.
    pub fn before(self) -> Option<Self> {
        Some(Self { id: self.id.before()?, ..self })
    }

    /// A framework as it is in this quarter.
    pub fn framework(self, framework: FrameworkId) -> &'a Framework {
        &self.assessment.frameworks_in(self.name())[framework]
    }

    /// A control as it is in this quarter.
    pub fn control(self, control: ControlId) -> &'a Control {
        &self.framework(control.framework()).controls[control]
    }

    /// The rules that apply to a control.
    pub fn rules(self, control: ControlId) -> ControlRules<'a> {
        ControlRules { settings: self.settings(), control: self.control(control), quarter: self.name() }
    }

    /// The target of a control; `None` if it has none.
    pub fn target(self, control: ControlId) -> Option<&'a Target> {
        self.profile().targets.nearest(self.framework(control.framework()).lineage(control))
    }

    /// Why the profile excludes a control for all teams; `None` if it does not.
    pub fn exclusion(self, control: ControlId) -> Option<&'a Exclusion> {
        self.profile().exclusion(self.framework(control.framework()).lineage(control))
    }

    /// The target of a control, or the one that is set for a group itself; `None` if it has none.
    pub fn target_at(self, node: Node) -> Option<&'a Target> {
        let targets = &self.profile().targets;
        match node {
            Node::Control(control) => self.target(control),
            _ => self.framework(node.framework()).called(node).names().find_map(|name| targets.by_id.get(name)),
        }
    }

    /// Why the profile excludes a node itself, or what it stands under; `None` if it does not.
    pub fn exclusion_at(self, node: Node) -> Option<&'a Exclusion> {
        let framework = self.framework(node.framework());
        let up = iter::successors(Some(node), |node| framework.above(*node));
        self.profile().exclusion(up.flat_map(|node| framework.called(node).names()))
    }

    /// Each target for an id, with the name that it is set for, in the order of the catalogs.
    pub fn targets(self) -> impl Iterator<Item = (&'a str, &'a Target)> {
        self.rows(&self.profile().targets.by_id)
    }

    /// Each exclusion by the profile, with the name of what it excludes, in the order of the catalogs.
    pub fn exclusions(self) -> impl Iterator<Item = (&'a str, &'a Exclusion)> {
        self.rows(&self.profile().out_of_scope)
    }

    /// Each row once, in the order of the catalogs.
    fn rows<T>(self, by_id: &'a BTreeMap<String, T>) -> impl Iterator<Item = (&'a str, &'a T)> {
        let frameworks = self.assessment.frameworks.iter();
        let names = frameworks.flat_map(|framework| framework.nodes().flat_map(|node| framework.called(node).names()));
        let mut seen = BTreeSet::new();
        names.filter(move |name| seen.insert(*name)).filter_map(|name| Some((name, by_id.get(name)?)))
    }

    /// A team's answer for a control; `None` if there is none.
    pub fn answer(self, answer: AnswerId) -> Option<&'a Answer> {
        self.answers().answers[answer].as_ref()
    }

    /// Whether a control is in force in the quarter.
    pub fn is_in_force(self, control: ControlId) -> bool {
        self.assessment.control(control).lifetime.holds(self.name())
    }

    /// Whether anything of a node is in force in the quarter.
    pub fn has_in_force(self, node: Node) -> bool {
        self.assessment.frameworks[node.framework()].controls_of(node).iter().any(|control| self.is_in_force(control))
    }

    /// The main framework of the quarter: the first of which anything is in force. Where an edition of a catalog follows another one, it
    /// is the older one in older quarters.
    pub fn main(self) -> FrameworkId {
        let in_force = |framework: &FrameworkId| self.has_in_force(Node::Framework(*framework));
        self.assessment.frameworks.ids().find(in_force).unwrap_or(FrameworkId::MAIN)
    }

    /// Whether a team owes an answer: it is asked, and no other team owns the control.
    pub fn is_owed(self, answer: AnswerId) -> bool {
        self.assessment.is_owed_in(self.name(), answer)
    }

    /// Whether an answer stands among the team's own, given or not: the team owes it, or gave it although another team owns the
    /// control. What commands and pages count and list of one team rests on this.
    pub fn is_listed(self, answer: AnswerId) -> bool {
        self.is_owed(answer) || self.is_asked(answer) && self.answer(answer).is_some()
    }

    /// Whether a team is asked for a control.
    pub fn is_asked(self, answer: AnswerId) -> bool {
        self.assessment.is_asked_in(self.name(), answer)
    }

    /// A team by the rules of the quarter.
    pub fn team(self, team: TeamId) -> &'a Team {
        &self.settings().teams[team]
    }

    /// The teams that are asked for a control.
    pub fn teams_asked(self, control: ControlId) -> impl Iterator<Item = TeamId> + Clone + 'a {
        let lineage = self.framework(control.framework()).lineage(control);
        let in_force = self.is_in_force(control);
        let asked = move |team: &Team| in_force && team.asked_in(self.name()) && team.answers_for(lineage.clone());
        self.settings().teams.entries().filter(move |(_, team)| asked(team)).map(|(id, _)| id)
    }

    /// Every answer that counts, in the order of frameworks, controls and teams.
    pub fn all_answers(self) -> impl Iterator<Item = (AnswerId, &'a Answer)> {
        let controls = self.assessment.frameworks.iter().flat_map(|framework| framework.controls.ids());
        controls.flat_map(move |control| {
            let asked = self.teams_asked(control).map(move |team| control.of(team));
            asked.filter_map(move |id| Some((id, self.answer(id)?)))
        })
    }

    /// Every evidence item and the answer that it supports, in the order of frameworks, controls and teams.
    pub fn all_evidence(self) -> impl Iterator<Item = (AnswerId, &'a Item)> {
        self.all_answers().flat_map(|(id, answer)| answer.evidence.iter().map(move |item| (id, item)))
    }

    /// The control itself, and the controls whose facts it uses.
    fn sources(self, control: ControlId) -> impl Iterator<Item = ControlId> {
        iter::once(control).chain(self.control(control).stands_on())
    }

    /// The facts for a team's answer to a measured control: its own, and those of the controls whose facts it uses.
    /// What a person gives stands before what a collector found.
    pub fn facts(self, answer: AnswerId) -> BTreeMap<&'a str, Value> {
        self.sourced(answer).into_iter().map(|(name, fact)| (name, fact.claimed)).collect()
    }

    /// The facts for a team's answer, each as a person gives it and as a collector found it. Without a person's answer there is none.
    pub fn sourced(self, answer: AnswerId) -> BTreeMap<&'a str, Sourced<'a>> {
        let declared = self.control(answer.control).measure.iter().flat_map(|measure| &measure.facts);
        let value = |name: &str, from: Option<ControlId>| {
            let source = from.unwrap_or(answer.control).of(answer.team);
            let Claim::Facts { given, .. } = self.answer(source)?.claim()? else { return None };
            let collected = self.answers().collected.get(&source);
            let found = collected.and_then(|found| Some((*found.facts.get(name)?, found.item_of(name))));
            let given = given.get(name).copied();
            let claimed = given.or(found.map(|(value, _)| value))?;
            Some(Sourced { claimed, given, found })
        };
        declared.filter_map(|(name, fact)| Some((name.as_str(), value(name, fact.given_for)?))).collect()
    }

    /// What collectors found for a team and a control.
    pub fn collected(self, answer: AnswerId) -> Option<&'a Collected> {
        self.answers().collected.get(&answer)
    }

    /// The evidence for a team's answer: its own, then that of the controls whose facts the control uses.
    pub fn evidence_for(self, answer: AnswerId) -> impl Iterator<Item = &'a Item> {
        let answers = self.sources(answer.control).filter_map(move |control| self.answer(control.of(answer.team)));
        answers.flat_map(|answer| &answer.evidence)
    }

    /// The answer that a team's answer inherits from; `None` if it stands on its own. A provider that was renamed is the team that
    /// it is in the quarter.
    pub fn provider(self, answer: AnswerId) -> Option<AnswerId> {
        Some(self.followed(self.answer(answer)?.inherited.as_ref()?.from))
    }

    /// Whether an item is too old at the end of the quarter to support an answer for a control.
    pub fn is_stale(self, control: ControlId, item: &Item) -> bool {
        item.period.age(self.closes()) > self.rules(control).max_age()
    }

    /// An answer, and what it was before, quarter by quarter, as far back as it is the same team's.
    pub fn history(self, answer: AnswerId) -> impl Iterator<Item = (Self, AnswerId)> {
        iter::successors(Some((self, answer)), |(quarter, id)| quarter.same_before(*id))
    }

    /// For how many quarters in a row a team's answer has been the same since it was last given, this quarter included. 1 if it
    /// is not carried, `None` if there is no answer.
    pub fn streak(self, answer: AnswerId) -> Option<usize> {
        self.answer(answer)?;
        let answers = || self.history(answer).map(|(quarter, id)| quarter.answer(id));
        let carried = answers().take_while(|answer| answer.is_some_and(Answer::is_carried)).count();
        // The quarter in which the answer was given counts too, if the assessment has it.
        let given = answers().nth(carried).flatten().is_some();
        Some(carried + usize::from(given))
    }
}

/// The value of a fact, as a person gives it and as a collector found it; at least one of them.
#[derive(Clone, Copy, Debug)]
pub struct Sourced<'a> {
    /// The value that is claimed: a person's, or else the collector's, which a person took on.
    pub claimed: Value,
    /// What a person gives.
    pub given: Option<Value>,
    /// What a collector found, and the evidence that says where.
    pub found: Option<(Value, Option<&'a Item>)>,
}

impl Sourced<'_> {
    /// The collector's value, or else a person's.
    pub fn found_first(self) -> Value {
        self.found.map_or(self.claimed, |(value, _)| value)
    }

    /// The two values, where they differ.
    pub fn contradiction(self) -> Option<(Value, Value)> {
        self.given.zip(self.found.map(|(value, _)| value)).filter(|(given, found)| given != found)
    }
}

/// The rules for one control: its own rules, or else those of the workspace.
#[derive(Clone, Copy, Debug)]
pub struct ControlRules<'a> {
    /// The workspace's rules.
    pub settings: &'a Settings,
    /// The control, with its own rules.
    pub control: &'a Control,
    /// The quarter, which decides which team an owner is.
    pub quarter: Quarter,
}

impl<'a> ControlRules<'a> {
    /// The greatest age of evidence at the quarter's end, in days.
    pub fn max_age(self) -> i32 {
        self.control.rules.max_age.unwrap_or(self.settings.max_age)
    }

    /// The criteria of a measured control, lowest level first, without those above the scale.
    pub fn criteria(self) -> &'a [Criterion] {
        let all = self.control.measure.as_ref().map(|measure| measure.criteria.as_slice()).unwrap_or_default();
        let top = self.settings.scale.top();
        &all[..all.partition_point(|criterion| criterion.level <= top)]
    }

    /// The evidence that the levels need.
    pub fn needs(self) -> &'a [Need] {
        self.control.rules.needs.as_deref().unwrap_or(&self.settings.needs)
    }

    /// How the teams' levels are joined. An owner is the team that it is in the quarter.
    pub fn team_rule(self) -> TeamRule {
        match self.control.rules.teams.unwrap_or(self.settings.scoring.teams) {
            TeamRule::Owner(owner) => TeamRule::Owner(self.settings.team_in(owner, self.quarter)),
            rule => rule,
        }
    }
}

/// A narrative page of the workspace.
#[derive(Clone, Debug)]
pub struct Guide {
    /// The file name without its extension.
    pub name: String,
    /// The name as a part of an address, unique among the guides.
    pub slug: String,
    /// The page's title.
    pub title: String,
    /// A summary in one sentence; may be empty.
    pub summary: String,
    /// The ids of what the page explains, or [`Guide::REPORT`].
    pub explains: Vec<String>,
    /// The text, in Markdown.
    pub text: Arc<str>,
}

impl Guide {
    /// Gives each of `guides` an address that its name makes.
    pub(crate) fn address(guides: &mut Table<GuideId, Self>) {
        let slugs = slugs(guides.iter().map(|guide| guide.name.as_str()));
        for (guide, slug) in guides.iter_mut().zip(slugs) {
            guide.slug = slug;
        }
    }

    /// The entry in `explains` for the report as a whole.
    pub const REPORT: &str = "report";
}

/// The catalogs in use: the rules that all quarters share.
#[derive(Clone, Debug)]
pub struct Policy {
    files: Vec<PolicyFile>,
    /// The lines of the files, kept where the files are hidden.
    lines: String,
}

impl Policy {
    /// Makes a policy of `files`, which must be in the order of their paths.
    pub fn of(files: Vec<PolicyFile>) -> Self {
        let lines = files.iter().map(|file| format!("{}  {}\n", file.sha256, file.path)).collect();
        Self { files, lines }
    }

    /// Each file with its digest, by path; empty if the audience may not see the files.
    pub fn files(&self) -> &[PolicyFile] {
        &self.files
    }

    /// The digest of the rules of a quarter and of the catalogs: of the line `DIGEST  rules`, then a line for each file, in the
    /// format that `sha256sum` prints, so that anyone can compute it again.
    fn digest(&self, in_force: &InForce) -> String {
        sha256(format!("{}  rules\n{}", in_force.sha256, self.lines).as_bytes())
    }

    /// Removes the files and keeps what their digest needs.
    pub(crate) fn hide_files(&mut self) {
        self.files.clear();
    }
}

/// A file that defines rules for the figures.
#[derive(Clone, Debug)]
pub struct PolicyFile {
    /// The file's path, relative to the workspace's root.
    pub path: String,
    /// The file's SHA-256 in lower-case hexadecimal.
    pub sha256: String,
}

/// One quarter of an assessment.
#[derive(Clone, Debug)]
pub struct QuarterAnswers {
    /// The quarter's name.
    pub quarter: Quarter,
    /// The quarter's first day.
    pub opens: Date,
    /// The quarter's last day. Evidence is not later, and ages are counted up to this day.
    pub closes: Date,
    /// The quarter's own title; may be empty.
    pub title: String,
    /// The quarter's narrative, in Markdown; may be empty.
    pub summary: Arc<str>,
    /// The targets of the quarter, and what was out of scope.
    pub profile: Profile,
    /// The answers; `None` where a team gave none.
    pub answers: Answers<Option<Answer>>,
    /// What collectors found, whether a person answered or not.
    pub collected: BTreeMap<AnswerId, Collected>,
    /// What collectors wrote, team by team.
    pub collections: BTreeMap<TeamId, Collection>,
    /// What reviewers say of the answers, by the paths of their files.
    pub reviews: Vec<Review>,
    /// The rules of the quarter.
    pub in_force: InForce,
    /// The seal that closes the quarter; `None` if it has none.
    pub seal: Option<Sealed>,
}

impl QuarterAnswers {
    /// The files that the quarter's evidence points to.
    pub fn artifacts(&self) -> BTreeSet<&str> {
        let answers = self.answers.iter().flatten().map(|answer| &answer.evidence);
        let items = answers.chain(self.collected.values().map(|collected| &collected.evidence)).flatten();
        let artifacts = items.filter_map(|item| item.artifact.as_ref());
        artifacts.map(|artifact| artifact.path.as_str()).collect()
    }

    /// The files that the evidence of reviewers points to.
    pub fn reviewed_artifacts(&self) -> BTreeSet<&str> {
        let verdicts = self.reviews.iter().flat_map(|review| &review.verdicts);
        let artifacts = verdicts.flat_map(|verdict| &verdict.evidence).filter_map(|item| item.artifact.as_ref());
        artifacts.map(|artifact| artifact.path.as_str()).collect()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::base::excerpt::Excerpt;
    use crate::base::place::{Origin, Place};
    use crate::model::called::Called;
    use crate::model::catalog::{Lifetime, Node, Rules};
    use crate::model::evidence::{Kind, Period, Renewal, State};
    use crate::model::settings::tests::{level, settings};

    /// A framework whose controls are `controls`, in order, each with its weight. `A.X-1` stands in the Category `A.X` of
    /// the Function `A`.
    pub(crate) fn framework(id: &str, controls: &[(&str, u32)]) -> Framework {
        let (text, at) = (str::to_owned, FrameworkId::MAIN);
        let mut out = Framework {
            at,
            id: text(id),
            title: text(id),
            version: String::new(),
            source: String::new(),
            copyright: String::new(),
            purpose: String::new(),
            team_level: false,
            leaf: text("Control"),
            functions: Table::within(at),
            categories: Table::within(at),
            controls: Table::within(at),
            called: Called::alone(id, id),
            references: BTreeMap::new(),
            withdrawn: BTreeMap::new(),
            synonyms: Vec::new(),
        };
        for (id, weight) in controls {
            let (category, _) = id.split_once('-').unwrap();
            let (function, _) = category.split_once('.').unwrap();
            let known = out.functions.find(|known| known.id == function);
            let function = known.unwrap_or_else(|| out.add_function(text(function), text(function), String::new()));
            let known = out.categories.find(|known| known.id == category);
            let category =
                known.unwrap_or_else(|| out.add_category(function, text(category), text(category), String::new()));
            out.add_control(Control {
                id: text(id),
                title: text(id),
                outcome: String::new(),
                guidance: String::new(),
                objective: String::new(),
                examples: Vec::new(),
                lifetime: Lifetime::default(),
                rules: Rules { weight: *weight, ..Rules::default() },
                measure: None,
                references: Vec::new(),
                above: Node::Category(category),
                called: Called::default(),
            });
        }
        out
    }

    /// A team's answer in short form: a level, `?` for unknown, or `n/a`. `-` gives `None`: there is no answer.
    pub(crate) fn answer(said: &str) -> Option<Answer> {
        let state = match said {
            "-" => return None,
            "?" => State::Unknown { why: "nobody knows".to_owned() },
            "n/a" => State::NotApplicable { reason: "no ships".into(), approved_by: Excerpt::default() },
            number => State::Assessed { claim: Claim::Level(level(number)) },
        };
        let origin = Origin { place: Place::file("content/2026-Q3/payments/protect.toml"), line: 1 };
        Some(Answer {
            state,
            note: Excerpt::default(),
            evidence: Vec::new(),
            inherited: None,
            attested: None,
            renewal: Renewal::Given,
            origin,
        })
    }

    /// For each framework and each of its controls, the teams' answers in the form of [`answer`].
    pub(crate) fn answers(said: &[&[&str]]) -> Answers<Option<Answer>> {
        let words = || said.iter().copied().flatten().flat_map(|teams| teams.split(' '));
        let first = said.iter().copied().flatten().next();
        let teams: Table<TeamId, &str> = first.into_iter().flat_map(|teams| teams.split(' ')).collect();
        let controls = said.iter().map(|controls| {
            let mut table = Table::within(FrameworkId::MAIN);
            for teams in *controls {
                table.push(teams);
            }
            table.run()
        });
        let mut given = words().map(answer);
        Answers::filled(teams.run(), controls, ()).map(|_| given.next().unwrap())
    }

    /// A quarter of one framework: for each control, the teams' answers in the form of [`answer`].
    pub(crate) fn quarter(name: &str, said: &[&str]) -> QuarterAnswers {
        let quarter: Quarter = name.parse().unwrap();
        QuarterAnswers {
            quarter,
            opens: quarter.first_day(),
            closes: quarter.last_day(),
            title: String::new(),
            summary: Arc::from(""),
            profile: Profile::default(),
            answers: answers(&[said]),
            collected: BTreeMap::new(),
            collections: BTreeMap::new(),
            reviews: Vec::new(),
            in_force: InForce::default(),
            seal: None,
        }
    }

    /// An assessment without guides, whose files do not matter.
    pub(crate) fn assessment(
        settings: Settings,
        frameworks: Vec<Framework>,
        quarters: Vec<QuarterAnswers>,
    ) -> Assessment {
        let frameworks: Table<FrameworkId, Framework> = frameworks.into_iter().collect();
        let frameworks = frameworks.ids().zip(frameworks).map(|(at, framework)| framework.placed(at)).collect();
        let quarters = quarters.into_iter().collect();
        let (plan, guides, policy) = (Plan::default(), Table::default(), Policy::of(Vec::new()));
        let (audience, hidden) = (Audience::Full, BTreeSet::new());
        let english = crate::check::english();
        let strings = english.clone();
        Assessment {
            settings,
            since: Vec::new(),
            frameworks,
            quarters,
            plan,
            guides,
            communities: Vec::new(),
            policy,
            audience,
            hidden,
            strings,
            english,
            foreign_catalogs: Table::default(),
            collectors: Vec::new(),
            maps: Vec::new(),
        }
    }

    /// The position of the answer with this control id of the main framework and this team id.
    fn named(assessment: &Assessment, control: &str, team: &str) -> AnswerId {
        let control = assessment.framework().controls.find(|known| known.id == control).unwrap();
        control.of(assessment.settings.teams.find(|known| known.id == team).unwrap())
    }

    fn two_quarters() -> Assessment {
        let mut settings = settings(&[("deck", 1), ("engine", 1), ("shore", 1)]);
        let scopes: [&[&str]; 3] = [&["A", "B.X-2"], &["A.X"], &["own"]];
        for (team, scope) in settings.teams.iter_mut().zip(scopes) {
            team.scope = scope.iter().map(|id| (*id).to_owned()).collect();
            match team.id.as_str() {
                "engine" => team.first_quarter = "2026-Q2".parse().ok(),
                "shore" => team.last_quarter = "2026-Q1".parse().ok(),
                _ => {}
            }
        }
        let frameworks = vec![framework("own", &[("A.X-1", 1), ("A.Y-1", 1), ("B.X-1", 1), ("B.X-2", 1)])];
        let said = ["1 2 3", "1 2 3", "1 2 3", "1 2 3"];
        assessment(settings, frameworks, vec![quarter("2026-Q1", &said), quarter("2026-Q2", &said)])
    }

    #[test]
    fn a_control_is_asked_of_teams_with_it_in_scope_in_their_quarters() {
        let assessment = two_quarters();
        let asked = |quarter: QuarterId| {
            let names = |control| {
                let teams = assessment.in_quarter(quarter).teams_asked(control);
                teams.map(|team| assessment.team(team).id.as_str()).collect::<Vec<_>>().join(" ")
            };
            assessment.framework().controls.ids().map(names).collect::<Vec<_>>()
        };
        let newest = assessment.newest();
        assert_eq!(asked(newest.before().unwrap()), ["deck shore", "deck shore", "shore", "deck shore"]);
        assert_eq!(asked(newest), ["deck engine", "deck", "", "deck"]);
        assert_eq!(assessment.in_quarter(newest).name().to_string(), "2026-Q2");
        assert_eq!(assessment.framework().id, "own");
    }

    #[test]
    fn a_streak_counts_from_the_quarter_in_which_the_answer_was_given() {
        let names = ["2026-Q1", "2026-Q2", "2026-Q3", "2027-Q1"];
        let said = ["1 - 1 1 ?", "1 2 1 1 ?", "1 2 - 1 n/a", "1 2 1 1 n/a"];
        // Which answers are carried, team by team.
        let carried = ["- - - - -", "yes - - - yes", "yes - - yes yes", "yes yes yes - yes"];
        let teams = ["team-0", "team-1", "team-2", "team-3", "team-4"];
        let quarters = names.iter().zip(said).map(|(name, said)| quarter(name, &[said])).collect();
        let frameworks = vec![framework("own", &[("A.X-1", 1)])];
        let mut assessment = assessment(settings(&teams.map(|id| (id, 1))), frameworks, quarters);
        for (quarter, carried) in assessment.quarters.iter_mut().zip(carried) {
            for (answer, _) in quarter.answers.iter_mut().zip(carried.split(' ')).filter(|(_, mark)| *mark == "yes") {
                answer.as_mut().unwrap().renewal = Renewal::Carried;
            }
        }
        let streak = |team| {
            let answer = named(&assessment, "A.X-1", team);
            assessment.quarters.ids().map(|quarter| assessment.in_quarter(quarter).streak(answer)).collect::<Vec<_>>()
        };
        assert_eq!(streak("team-0"), [Some(1), Some(2), Some(3), Some(4)]);
        assert_eq!(streak("team-1"), [None, Some(1), Some(1), Some(2)]);
        // Carried from the start: there is no quarter in which the answer was given.
        assert_eq!(streak("team-2"), [Some(1), Some(1), None, Some(1)]);
        // Given again in a later quarter.
        assert_eq!(streak("team-3"), [Some(1), Some(1), Some(2), Some(1)]);
        assert_eq!(streak("team-4"), [Some(1), Some(2), Some(3), Some(4)]);
    }

    #[test]
    fn evidence_of_a_team_that_is_not_asked_is_none() {
        let mut assessment = two_quarters();
        let newest = assessment.newest();
        let day = "2026-03-01".parse().unwrap();
        let title = |assessment: &Assessment, id: AnswerId| {
            format!("{} {}", assessment.control(id.control).id, assessment.team(id.team).id)
        };
        for id in assessment.quarters[newest].answers.ids().collect::<Vec<_>>() {
            let title = title(&assessment, id).as_str().into();
            let answer = assessment.quarters[newest].answers[id].as_mut().unwrap();
            let (origin, url, period) = (answer.origin.clone(), Excerpt::default(), Period { from: day, to: day });
            answer.evidence.push(Item {
                kind: Kind::Record,
                title,
                period,
                url,
                artifact: None,
                collected: None,
                origin,
            });
        }
        let evidence = |quarter| assessment.in_quarter(quarter).all_evidence();
        let titles: Vec<&str> = evidence(newest).map(|(_, item)| &*item.title).collect();
        assert_eq!(titles, ["A.X-1 deck", "A.X-1 engine", "A.Y-1 deck", "B.X-2 deck"]);
        assert!(evidence(newest).all(|(id, item)| *item.title == title(&assessment, id)));
        assert_eq!(evidence(newest.before().unwrap()).count(), 0);
    }
}
