//! The gap list of a framework: all controls below their target, widest gap first.

use crate::base::number::Mean;
use crate::model::catalog::Framework;
use crate::model::ids::{ControlId, TeamId};
use crate::model::plan::{Action, Exception};
use crate::score::{ScoredQuarter, Tree};

/// The gap list of one framework, for all teams or for one.
#[derive(Clone, Debug)]
pub struct Gaps {
    /// The controls below their target, widest gap first; then by weight, heaviest first; then in the catalog's order.
    pub ranked: Vec<Gap>,
    /// Whether at least one control has a target.
    pub targets: bool,
    /// Controls with a target but without a score: too few of their answers are assessed to compute a gap.
    pub unscored: Vec<ControlId>,
}

/// One control below its target.
#[derive(Clone, Debug)]
pub struct Gap {
    /// Its place among all gaps, counted from 1.
    pub rank: usize,
    /// The control below its target.
    pub control: ControlId,
    /// Target minus score, in levels; always above 0.
    pub gap: Mean,
}

/// Ranks the gaps of `tree`.
pub fn rank(framework: &Framework, tree: &Tree) -> Gaps {
    let zero = Mean::from(crate::base::number::Level::from_millionths(0));
    let targets = tree.controls.iter().any(|figures| figures.target.is_some());
    let mut gaps = Gaps { ranked: Vec::new(), targets, unscored: Vec::new() };
    for (control, figures) in tree.controls.entries().filter(|(_, figures)| figures.target.is_some()) {
        match &figures.gap {
            Some(gap) if figures.withheld.is_none() => {
                if *gap > zero {
                    gaps.ranked.push(Gap { rank: 0, control, gap: gap.clone() });
                }
            }
            _ => gaps.unscored.push(control),
        }
    }
    let weight = |gap: &Gap| framework.controls[gap.control].rules.weight;
    // Equal ones keep the order of the catalog.
    gaps.ranked.sort_by(|a, b| b.gap.cmp(&a.gap).then_with(|| weight(b).cmp(&weight(a))));
    gaps.ranked.iter_mut().zip(1..).for_each(|(gap, rank)| gap.rank = rank);
    gaps
}

impl Gaps {
    /// Keeps the controls that `holds` names. A gap keeps its rank.
    pub fn keep(&mut self, holds: impl Fn(ControlId) -> bool) {
        self.ranked.retain(|gap| holds(gap.control));
        self.unscored.retain(|control| holds(*control));
    }
}

impl<'a> ScoredQuarter<'a> {
    /// The teams whose answers for a control are at its floor, or the one team `only` if it is.
    pub fn at_floor(self, control: ControlId, only: Option<TeamId>) -> impl Iterator<Item = TeamId> {
        let floor = self.tree(control.framework(), only).controls[control].counts.floor;
        let teams = self.teams_asked(control).filter(move |team| only.is_none_or(|only| only == *team));
        teams.filter(move |team| floor.is_some() && self.level(control.of(*team)) == floor)
    }

    /// The teams whose own level for a control is below its target, of all teams or one.
    pub fn below_target(self, control: ControlId, only: Option<TeamId>) -> impl Iterator<Item = TeamId> {
        let target = self.target(control).map(|target| target.level);
        let teams = self.teams_that_count(control, only);
        teams
            .filter(move |team| self.level(control.of(*team)).zip(target).is_some_and(|(level, target)| level < target))
    }

    /// The actions that are open for a control at the end of the quarter, of all teams or one.
    pub fn open_actions(self, control: ControlId, only: Option<TeamId>) -> impl Iterator<Item = &'a Action> {
        let closes = self.closes();
        let actions = self.assessment.plan.actions.iter().filter(move |action| action.answer.control == control);
        let actions = actions.filter(move |action| only.is_none_or(|only| only == self.followed(action.answer).team));
        actions.filter(move |action| action.is_open_on(closes))
    }

    /// The exceptions that hold for a control at the end of the quarter, of all teams or those that speak of one.
    pub fn exceptions(self, control: ControlId, only: Option<TeamId>) -> impl Iterator<Item = &'a Exception> {
        let closes = self.closes();
        let exceptions = self.assessment.plan.exceptions.iter().filter(move |exception| exception.control == control);
        let speaks = move |team: TeamId| only.is_none_or(|only| only == self.team_here(team));
        exceptions.filter(move |exception| exception.team.is_none_or(speaks) && exception.holds_on(closes))
    }

    /// The actions that are known at the end of the quarter, of all teams or one: the earliest due day first.
    pub fn actions(self, only: Option<TeamId>) -> Vec<&'a Action> {
        let actions = self.assessment.plan.actions.iter().filter(|action| action.was_known(self.closes()));
        let is_its = |action: &&Action| only.is_none_or(|only| only == self.followed(action.answer).team);
        let mut actions: Vec<&Action> = actions.filter(is_its).collect();
        actions.sort_by_key(|action| (action.due, &action.id));
        actions
    }

    /// The exceptions that are known at the end of the quarter, of all teams or those that speak of one: the first to end first.
    pub fn known_exceptions(self, only: Option<TeamId>) -> Vec<&'a Exception> {
        let known = self.assessment.plan.exceptions.iter().filter(|exception| exception.was_known(self.closes()));
        let team = |exception: &Exception| exception.team.map(|team| self.team_here(team));
        let speaks = |exception: &&Exception| only.is_none() || team(exception).is_none_or(|team| Some(team) == only);
        let mut exceptions: Vec<&Exception> = known.filter(speaks).collect();
        exceptions.sort_by_key(|exception| (exception.expires, &exception.id));
        exceptions
    }

    /// The same in short: `A-014 due 2026-12-31`, `X-02 accepted until 2027-03-31`.
    pub fn planned(self, control: ControlId, only: Option<TeamId>) -> Vec<String> {
        let closes = self.closes();
        let actions = self.open_actions(control, only).map(|action| action.in_short(closes));
        actions.chain(self.exceptions(control, only).map(Exception::in_short)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::assessment::Assessment;
    use crate::model::assessment::tests::{assessment as assessment_of, framework, quarter};
    use crate::model::profile::tests::target;
    use crate::model::settings::tests::settings;
    use crate::score::score;

    /// The gap list where the default target is 3 and each control's team or teams say this: ids and gaps, then the unscored.
    fn ranked(controls: &[(&str, u32)], said: &[&str]) -> (String, String) {
        list(assessment(controls, said))
    }

    fn assessment(controls: &[(&str, u32)], said: &[&str]) -> Assessment {
        let teams = said.first().map_or(1, |teams| teams.split(' ').count());
        let settings = settings(&[("deck", 1), ("engine", 1), ("shore", 1)][..teams]);
        let mut quarter = quarter("2026-Q3", said);
        quarter.profile.targets.default = Some(target("3"));
        assessment_of(settings, vec![framework("own", controls)], vec![quarter])
    }

    fn list(assessment: Assessment) -> (String, String) {
        let scored = score(assessment);
        let framework = scored.assessment.framework();
        let gaps = rank(framework, scored.newest().tree(framework.at, None));
        let row = |gap: &Gap| format!("{} {}", framework.controls[gap.control].id, gap.gap.shown(1));
        let unscored = gaps.unscored.iter().map(|control| framework.controls[*control].id.as_str());
        (gaps.ranked.iter().map(row).collect::<Vec<_>>().join(", "), unscored.collect::<Vec<_>>().join(", "))
    }

    #[test]
    fn the_widest_gap_comes_first_then_the_heaviest_then_the_first_of_the_catalog() {
        let controls = [("A.X-3", 1), ("A.X-1", 1), ("A.X-2", 9), ("A.X-4", 1), ("A.X-5", 2)];
        let (gaps, _) = ranked(&controls, &["1", "1", "2", "0", "1"]);
        assert_eq!(gaps, "A.X-4 3.0, A.X-5 2.0, A.X-3 2.0, A.X-1 2.0, A.X-2 1.0");
    }

    #[test]
    fn ties_are_ties_of_exact_gaps_not_of_shown_ones() {
        // 1.666667 and 1.7 are both shown as 1.7; the heavier has the narrower gap and stays behind.
        let mut assessment = assessment(&[("A.X-1", 9), ("A.X-2", 1)], &["1 2 1", "1 2 1"]);
        assessment.settings.scale.step = crate::base::number::Level::from_millionths(100_000);
        assessment.quarters.iter_mut().next().unwrap().answers = quarter("2026-Q3", &["1 2 1", "1.3 1.3 1.3"]).answers;
        assert_eq!(list(assessment).0, "A.X-2 1.7, A.X-1 1.7");
    }

    #[test]
    fn what_meets_its_target_is_no_gap() {
        assert_eq!(ranked(&[("A.X-1", 1), ("A.X-2", 1)], &["3", "5"]), (String::new(), String::new()));
        // Not by one team either, as long as the mean does: the page lists it by itself.
        assert_eq!(ranked(&[("A.X-1", 1)], &["1 5"]), (String::new(), String::new()));
    }

    #[test]
    fn what_has_too_little_assessed_is_unscored_not_a_gap() {
        let controls = [("A.X-1", 1), ("A.X-2", 1), ("A.X-3", 1), ("A.X-4", 1)];
        // Withheld; nobody knows; not there; not applicable, which has no target left to fall short of.
        let (gaps, unscored) = ranked(&controls, &["0 ?", "? ?", "- -", "n/a n/a"]);
        assert_eq!((gaps.as_str(), unscored.as_str()), ("", "A.X-1, A.X-2, A.X-3"));
        // Two of three are enough.
        assert_eq!(ranked(&[("A.X-1", 1)], &["0 0 ?"]), ("A.X-1 3.0".to_owned(), String::new()));
    }

    #[test]
    fn a_control_without_a_target_is_neither() {
        let mut assessment = assessment(&[("A.X-1", 1), ("B.X-1", 1), ("B.X-2", 1)], &["0", "0", "?"]);
        assessment.quarters.iter_mut().next().unwrap().profile.targets.default = None;
        assessment.quarters.iter_mut().next().unwrap().profile.targets.by_id.insert("A".to_owned(), target("2"));
        assert_eq!(list(assessment), ("A.X-1 2.0".to_owned(), String::new()));
    }

    #[test]
    fn an_empty_framework_has_no_gaps() {
        assert_eq!(ranked(&[], &[]), (String::new(), String::new()));
    }
}
