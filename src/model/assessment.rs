//! The whole valid workspace: settings, catalogs and every quarter's answers. Whoever holds one need not doubt it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use sha2::{Digest, Sha256};

use crate::base::quarter::Quarter;
use crate::model::catalog::{Control, Framework};
use crate::model::evidence::{Answer, Claim, Item};
use crate::model::measure::Value;
use crate::model::plan::Plan;
use crate::model::profile::{Profile, Target};
use crate::model::seal::Sealed;
use crate::model::settings::{Audience, Hidden, Settings, Team};

/// A workspace after the check: nothing in it can be wrong.
#[derive(Clone, Debug)]
pub struct Assessment {
    /// `milepost.toml`.
    pub settings: Settings,
    /// The frameworks in use, the main one first.
    pub frameworks: Vec<Framework>,
    /// The quarters, oldest first; at least one.
    pub quarters: Vec<QuarterAnswers>,
    /// Actions and exceptions.
    pub plan: Plan,
    /// The guides, by path.
    pub guides: Vec<Guide>,
    /// The files that hold the rules of this assessment.
    pub policy: Policy,
    /// For whom it is.
    pub audience: Audience,
    /// What this audience may not see, and what is therefore not in it.
    pub hidden: BTreeSet<Hidden>,
}

impl Assessment {
    /// The report's main framework.
    pub fn framework(&self) -> &Framework {
        &self.frameworks[0]
    }

    /// The newest quarter's index.
    pub fn newest(&self) -> usize {
        self.quarters.len() - 1
    }

    /// A control of any framework.
    pub fn control(&self, framework: usize, control: usize) -> &Control {
        &self.frameworks[framework].controls[control]
    }

    /// The target of a control in a quarter.
    pub fn target(&self, quarter: usize, framework: usize, control: usize) -> Option<&Target> {
        self.quarters[quarter].profile.targets.nearest(self.frameworks[framework].lineage(control))
    }

    /// Whether an item is too old, at the end of the quarter, to speak for a control.
    pub fn is_stale(&self, quarter: usize, framework: usize, control: usize, item: &Item) -> bool {
        let age = item.period.age(self.quarters[quarter].closes);
        age > self.settings.max_age(&self.control(framework, control).rules)
    }

    /// For how many quarters in a row, this one included, a team's answer has stood since it was last given: 1 where it is not
    /// carried, `None` where there is no answer.
    pub fn streak(&self, quarter: usize, framework: usize, control: usize, team: usize) -> Option<usize> {
        let answer = |q: usize| self.quarters[q].answer(framework, control, team);
        answer(quarter)?;
        let carried = |q: &usize| answer(*q).is_some_and(|answer| answer.carried);
        // The quarter in which it was given is one of them, if it is there.
        let carried = (0..=quarter).rev().take_while(carried).count();
        let given = quarter.checked_sub(carried).is_some_and(|q| answer(q).is_some());
        Some(carried + usize::from(given))
    }

    /// Every answer of a quarter that counts: framework, control, team and answer, in that order.
    pub fn answers(&self, quarter: usize) -> impl Iterator<Item = (usize, usize, usize, &Answer)> {
        let answers = &self.quarters[quarter];
        let controls = self.frameworks.iter().enumerate();
        let controls =
            controls.flat_map(|(index, framework)| (0..framework.controls.len()).map(move |control| (index, control)));
        controls.flat_map(move |(framework, control)| {
            let asked = self.teams_asked(answers.quarter, framework, control);
            asked.filter_map(move |team| Some((framework, control, team, answers.answer(framework, control, team)?)))
        })
    }

    /// Every evidence item of a quarter and what it supports, in the order of frameworks, controls and teams.
    pub fn evidence(&self, quarter: usize) -> impl Iterator<Item = Support<'_>> {
        self.answers(quarter).flat_map(|(framework, control, team, answer)| {
            answer.evidence.iter().map(move |item| Support { framework, control, team, item })
        })
    }

    /// Whether a team is asked for a control in a quarter.
    pub fn is_asked(&self, quarter: Quarter, framework: usize, control: usize, team: usize) -> bool {
        let team = &self.settings.teams[team];
        team.asked_in(quarter) && team.answers_for(self.frameworks[framework].lineage(control))
    }

    /// The teams that are asked for a control in a quarter, by index.
    pub fn teams_asked(&self, quarter: Quarter, framework: usize, control: usize) -> impl Iterator<Item = usize> {
        let lineage = self.frameworks[framework].lineage(control);
        let asked = move |team: &Team| team.asked_in(quarter) && team.answers_for(lineage);
        self.settings.teams.iter().enumerate().filter(move |(_, team)| asked(team)).map(|(index, _)| index)
    }
}

/// A narrative page of the workspace.
#[derive(Clone, Debug)]
pub struct Guide {
    /// Its file's name without its ending: its name in addresses.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What it says, in a sentence; may be empty.
    pub summary: String,
    /// The ids of what it explains, or [`Guide::REPORT`].
    pub explains: Vec<String>,
    /// The text, in Markdown.
    pub text: Arc<str>,
}

impl Guide {
    /// What a guide explains that is about the report as a whole.
    pub const REPORT: &str = "report";
}

/// The files that the figures' rules rest on.
#[derive(Clone, Debug)]
pub struct Policy {
    files: Vec<PolicyFile>,
    digest: String,
}

impl Policy {
    /// The policy that `files`, in the order of their paths, make.
    pub fn of(files: Vec<PolicyFile>) -> Self {
        let lines: String = files.iter().map(|file| format!("{}  {}\n", file.sha256, file.path)).collect();
        let digest = Sha256::digest(lines).iter().map(|byte| format!("{byte:02x}")).collect();
        Self { files, digest }
    }

    /// Each file and its digest, by path; none where the audience may not see them.
    pub fn files(&self) -> &[PolicyFile] {
        &self.files
    }

    /// The digest of the list of the files as `sha256sum` prints it, so that anyone can make it again.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Takes the files out and keeps their digest.
    pub(crate) fn hide_files(&mut self) {
        self.files.clear();
    }
}

/// A file that the figures' rules rest on.
#[derive(Clone, Debug)]
pub struct PolicyFile {
    /// The file, relative to the workspace's root.
    pub path: String,
    /// Its SHA-256 in lower-case hexadecimal.
    pub sha256: String,
}

/// An evidence item, and what it supports.
#[derive(Clone, Copy, Debug)]
pub struct Support<'a> {
    /// The framework, an index of [`Assessment::frameworks`].
    pub framework: usize,
    /// The control, an index of that framework's controls.
    pub control: usize,
    /// The team, an index of the settings' teams.
    pub team: usize,
    /// The item.
    pub item: &'a Item,
}

/// One quarter of an assessment.
#[derive(Clone, Debug)]
pub struct QuarterAnswers {
    /// Which quarter.
    pub quarter: Quarter,
    /// Its first day.
    pub opens: Date,
    /// Its last day: evidence is not younger, and ages are counted to it.
    pub closes: Date,
    /// A title of its own; may be empty.
    pub title: String,
    /// Its narrative, in Markdown; may be empty.
    pub summary: Arc<str>,
    /// What was wanted in it, and what was out of scope.
    pub profile: Profile,
    /// The answers by framework, control and team.
    pub answers: Vec<Vec<Vec<Option<Answer>>>>,
    /// The seal that closes it.
    pub seal: Option<Sealed>,
}

impl QuarterAnswers {
    /// The files that its evidence points to.
    pub fn artifacts(&self) -> BTreeSet<&str> {
        let answers = self.answers.iter().flatten().flatten().flatten();
        let artifacts = answers.flat_map(|answer| &answer.evidence).filter_map(|item| item.artifact.as_ref());
        artifacts.map(|artifact| artifact.path.as_str()).collect()
    }

    /// What a team answered for a control.
    pub fn answer(&self, framework: usize, control: usize, team: usize) -> Option<&Answer> {
        self.answers[framework][control][team].as_ref()
    }

    /// The facts that speak for a team's answer to a measured control: its own, and those of the controls that it stands on.
    pub fn facts<'a>(&self, place: (usize, usize), named: &'a Control, team: usize) -> BTreeMap<&'a str, Value> {
        let declared = named.measure.iter().flat_map(|measure| &measure.facts);
        let value = |(name, from): (&str, Option<(usize, usize)>)| {
            let (framework, control) = from.unwrap_or(place);
            match self.answer(framework, control, team)?.claim()? {
                Claim::Facts { given, .. } => given.get(name).copied(),
                Claim::Level(_) | Claim::Dimensions(_) => None,
            }
        };
        declared.filter_map(|(name, fact)| Some((name.as_str(), value((name, fact.given_for))?))).collect()
    }

    /// The evidence that speaks for a team's answer: its own, then that of the controls on whose facts it stands.
    pub fn evidence_for<'a>(
        &'a self,
        place: (usize, usize),
        named: &'a Control,
        team: usize,
    ) -> impl Iterator<Item = &'a Item> {
        let places = std::iter::once(place).chain(named.stands_on());
        let answers = places.filter_map(move |(framework, control)| self.answer(framework, control, team));
        answers.flat_map(|answer| &answer.evidence)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::base::excerpt::Excerpt;
    use crate::base::place::{Origin, Place};
    use crate::model::catalog::{Category, Control, Function, Rules};
    use crate::model::evidence::{Kind, Period, State};
    use crate::model::settings::tests::{level, settings};

    /// A framework whose controls are `controls`, in order, each with its weight. `A.X-1` stands in the Category `A.X` of
    /// the Function `A`.
    pub(crate) fn framework(id: &str, controls: &[(&str, u32)]) -> Framework {
        let text = str::to_owned;
        let mut out = Framework {
            id: text(id),
            title: text(id),
            version: String::new(),
            source: String::new(),
            purpose: String::new(),
            team_level: false,
            leaf: text("Control"),
            functions: Vec::new(),
            categories: Vec::new(),
            controls: Vec::new(),
            references: BTreeMap::new(),
            withdrawn: BTreeMap::new(),
        };
        for (index, (id, weight)) in controls.iter().enumerate() {
            let (category, _) = id.split_once('-').unwrap();
            let (function, _) = category.split_once('.').unwrap();
            if out.functions.last().is_none_or(|last| last.id != function) {
                let (id, title, start) = (text(function), text(function), out.categories.len());
                out.functions.push(Function { id, title, purpose: String::new(), categories: start..start });
            }
            if out.categories.last().is_none_or(|last| last.id != category) {
                let (id, title, function) = (text(category), text(category), out.functions.len() - 1);
                out.categories.push(Category { id, title, purpose: String::new(), function, controls: index..index });
                out.functions[function].categories.end += 1;
            }
            let category = out.categories.len() - 1;
            out.categories[category].controls.end += 1;
            out.controls.push(Control {
                id: text(id),
                title: text(id),
                outcome: String::new(),
                objective: String::new(),
                examples: Vec::new(),
                rules: Rules { weight: *weight, ..Rules::default() },
                measure: None,
                references: Vec::new(),
                category,
            });
        }
        out
    }

    /// What a team says in short: a level, `?` for unknown, `n/a`; `None` of `-`, where there is no answer.
    pub(crate) fn answer(said: &str) -> Option<Answer> {
        let state = match said {
            "-" => return None,
            "?" => State::Unknown { why: "nobody knows".to_owned() },
            "n/a" => State::NotApplicable { reason: "no ships".to_owned(), approved_by: String::new() },
            number => State::Assessed { claim: Claim::Level(level(number)) },
        };
        let origin = Origin { place: Place::file("content/2026-Q3/payments/protect.toml"), line: 1 };
        Some(Answer { state, note: Excerpt::default(), evidence: Vec::new(), attested: None, carried: false, origin })
    }

    /// A quarter of one framework: for each control what each team says, as in [`answer`].
    pub(crate) fn quarter(name: &str, said: &[&str]) -> QuarterAnswers {
        let quarter: Quarter = name.parse().unwrap();
        let answers = said.iter().map(|teams| teams.split(' ').map(answer).collect()).collect();
        QuarterAnswers {
            quarter,
            opens: quarter.first_day(),
            closes: quarter.last_day(),
            title: String::new(),
            summary: Arc::from(""),
            profile: Profile::default(),
            answers: vec![answers],
            seal: None,
        }
    }

    /// An assessment without guides, whose files do not matter.
    pub(crate) fn assessment(
        settings: Settings,
        frameworks: Vec<Framework>,
        quarters: Vec<QuarterAnswers>,
    ) -> Assessment {
        let (plan, guides, policy) = (Plan::default(), Vec::new(), Policy::of(Vec::new()));
        let (audience, hidden) = (Audience::Full, BTreeSet::new());
        Assessment { settings, frameworks, quarters, plan, guides, policy, audience, hidden }
    }

    fn names(assessment: &Assessment, quarter: usize, control: usize) -> Vec<&str> {
        let asked = assessment.teams_asked(assessment.quarters[quarter].quarter, 0, control);
        asked.map(|team| assessment.settings.teams[team].id.as_str()).collect()
    }

    fn two_quarters() -> Assessment {
        let mut settings = settings(&[("deck", 1), ("engine", 1), ("shore", 1)]);
        settings.teams[0].scope = vec!["A".to_owned(), "B.X-2".to_owned()];
        settings.teams[1].scope = vec!["A.X".to_owned()];
        settings.teams[1].first_quarter = "2026-Q2".parse().ok();
        settings.teams[2].scope = vec!["own".to_owned()];
        settings.teams[2].last_quarter = "2026-Q1".parse().ok();
        let frameworks = vec![framework("own", &[("A.X-1", 1), ("A.Y-1", 1), ("B.X-1", 1), ("B.X-2", 1)])];
        let said = ["1 2 3", "1 2 3", "1 2 3", "1 2 3"];
        assessment(settings, frameworks, vec![quarter("2026-Q1", &said), quarter("2026-Q2", &said)])
    }

    #[test]
    fn a_control_is_asked_of_teams_with_it_in_scope_in_their_quarters() {
        let assessment = two_quarters();
        let asked = |quarter| (0..4).map(|control| names(&assessment, quarter, control).join(" ")).collect::<Vec<_>>();
        assert_eq!(asked(0), ["deck shore", "deck shore", "shore", "deck shore"]);
        assert_eq!(asked(1), ["deck engine", "deck", "", "deck"]);
        assert_eq!(assessment.newest(), 1);
        assert_eq!(assessment.framework().id, "own");
    }

    #[test]
    fn a_streak_counts_from_the_quarter_in_which_the_answer_was_given() {
        let names = ["2026-Q1", "2026-Q2", "2026-Q3", "2027-Q1"];
        let said = ["1 - 1 1 ?", "1 2 1 1 ?", "1 2 - 1 n/a", "1 2 1 1 n/a"];
        let teams: Vec<(String, u32)> = (0..5).map(|team| (format!("team-{team}"), 1)).collect();
        let teams: Vec<(&str, u32)> = teams.iter().map(|(id, weight)| (id.as_str(), *weight)).collect();
        let quarters = names.iter().zip(said).map(|(name, said)| quarter(name, &[said])).collect();
        let mut assessment = assessment(settings(&teams), vec![framework("own", &[("A.X-1", 1)])], quarters);
        for (quarter, team) in [(1, 0), (2, 0), (3, 0), (3, 1), (3, 2), (2, 3), (1, 4), (2, 4), (3, 4)] {
            assessment.quarters[quarter].answers[0][0][team].as_mut().unwrap().carried = true;
        }
        let streak = |team| (0..4).map(|q| assessment.streak(q, 0, 0, team)).collect::<Vec<_>>();
        assert_eq!(streak(0), [Some(1), Some(2), Some(3), Some(4)]);
        assert_eq!(streak(1), [None, Some(1), Some(1), Some(2)]);
        // From nothing: there is no quarter in which it was given.
        assert_eq!(streak(2), [Some(1), Some(1), None, Some(1)]);
        // Given again in between.
        assert_eq!(streak(3), [Some(1), Some(1), Some(2), Some(1)]);
        assert_eq!(streak(4), [Some(1), Some(2), Some(3), Some(4)]);
    }

    #[test]
    fn evidence_of_a_team_that_is_not_asked_is_none() {
        let mut assessment = two_quarters();
        let day = "2026-03-01".parse().unwrap();
        for (control, teams) in assessment.quarters[1].answers[0].iter_mut().enumerate() {
            for (team, answer) in teams.iter_mut().enumerate() {
                let answer = answer.as_mut().unwrap();
                let (origin, url) = (answer.origin.clone(), Excerpt::default());
                let (period, title) = (Period { from: day, to: day }, format!("{control} {team}").as_str().into());
                answer.evidence.push(Item { kind: Kind::Record, title, period, url, artifact: None, origin });
            }
        }
        let titles: Vec<&str> = assessment.evidence(1).map(|support| &*support.item.title).collect();
        assert_eq!(titles, ["0 0", "0 1", "1 0", "3 0"]);
        assert!(assessment.evidence(1).all(|found| *found.item.title == format!("{} {}", found.control, found.team)));
        assert_eq!(assessment.evidence(0).count(), 0);
    }
}
