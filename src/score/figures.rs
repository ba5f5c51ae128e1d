//! The figures of one node, computed from answers or from the node's parts: a mean, and the figures always shown with it.

use super::answer::AnswerLevels;
use crate::base::number::{Level, Mean, percent, rounded_mean};
use crate::model::assessment::ControlRules;
use crate::model::catalog::TeamRule;
use crate::model::evidence::State;
use crate::model::profile::Target;
use crate::model::settings::{Basis, Settings};

/// All figures of one node: a control, a Category, a Function or a framework.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// The exact mean of the assessed answers; `None` if there is none, or if teams are not joined. A mean withheld for low
    /// coverage is kept here, because it counts in the means above.
    pub mean: Option<Mean>,
    /// The mean of the levels that teams claim.
    pub claimed: Option<Mean>,
    /// The mean of the levels that evidence supports. The workspace declares which of these two is [`Figures::mean`].
    pub supported: Option<Mean>,
    /// The mean if every team and control had the same weight; `None` if all weights are already equal.
    pub unweighted: Option<Mean>,
    /// The mean if everything applicable but not assessed were at the bottom of the scale.
    pub low: Option<Mean>,
    /// The mean if everything applicable but not assessed were at the top of the scale.
    pub high: Option<Mean>,
    /// The mean target over the same controls as the mean; `None` if one of them has no target.
    pub target: Option<Mean>,
    /// The mean target over all applicable controls, assessed or not; `None` if one of them has no target.
    pub target_of_all: Option<Mean>,
    /// The mean of the controls' gaps. Each gap is at least 0: a control above its target does not reduce another control's gap.
    pub gap: Option<Mean>,
    /// The numbers of answers behind the figures.
    pub counts: Counts,
    /// Why the mean is not shown; `None` if it is not withheld.
    pub withheld: Option<Withheld>,
}

/// Why a mean is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withheld {
    /// The assessed share of the applicable answers is too small.
    Coverage,
    /// The framework is scored team by team, so its means are not joined over teams.
    TeamLevel,
}

impl Withheld {
    /// The text shown instead of the mean.
    pub fn word(self) -> &'static str {
        match self {
            Self::Coverage => "withheld",
            Self::TeamLevel => "by team",
        }
    }
}

/// One team's answer for a control, as it enters the control's figures.
pub(super) struct TeamAnswer {
    weight: u32,
    counted: Counted,
    freshness: Freshness,
}

/// Whether the team gave the answer in this quarter, in an earlier one, or not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Freshness {
    /// Given by the team in this quarter.
    New,
    /// Given by the team in an earlier quarter.
    Carried,
    /// Not given by the team: there is no answer, or it comes from the profile.
    NotGiven,
}

/// What an answer is counted as.
enum Counted {
    Level(AnswerLevels),
    Unknown,
    NotApplicable,
    Unanswered,
}

impl TeamAnswer {
    /// An answer, with its levels if it gives a level.
    pub(super) fn of(weight: u32, state: &State, levels: Option<AnswerLevels>, freshness: Freshness) -> Self {
        let counted = match (state, levels) {
            (_, Some(levels)) => Counted::Level(levels),
            (State::NotApplicable { .. }, None) => Counted::NotApplicable,
            (State::Unknown { .. } | State::Assessed { .. }, None) => Counted::Unknown,
        };
        Self { weight, counted, freshness }
    }

    /// A level, with evidence for it.
    pub(super) fn of_level(weight: u32, level: Level) -> Self {
        let levels = AnswerLevels { claimed: level, supported: level, evidenced: true };
        Self { weight, counted: Counted::Level(levels), freshness: Freshness::New }
    }

    /// No answer.
    pub(super) fn unanswered(weight: u32) -> Self {
        Self { weight, counted: Counted::Unanswered, freshness: Freshness::NotGiven }
    }

    /// The control does not apply.
    pub(super) fn not_applicable(weight: u32) -> Self {
        Self { weight, counted: Counted::NotApplicable, freshness: Freshness::NotGiven }
    }
}

/// Counts of answers. One answer is one team's answer for one control.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Answers with a level.
    pub assessed: u32,
    /// The team is asked and answered that nobody knows.
    pub unknown: u32,
    /// The team is asked and gave no answer.
    pub unanswered: u32,
    /// Not applicable, for a stated reason. These leave the denominator.
    pub not_applicable: u32,
    /// Assessed answers whose claimed level current evidence does not support.
    pub unsupported: u32,
    /// Assessed answers with at least one current item of evidence.
    pub evidenced: u32,
    /// Answers that teams gave, whatever they say.
    pub given: u32,
    /// Given answers that were taken over from the quarter before and not given again.
    pub carried: u32,
    /// Assessed answers at or above the control's target.
    pub at_target: u32,
    /// Applicable answers for controls that have a target.
    pub targeted: u32,
    /// Controls with at least one assessed answer: what mean, target and gap rest on.
    pub assessed_controls: u32,
    /// Controls with at least one applicable answer.
    pub applicable_controls: u32,
    /// The lowest level of any answer; `None` if no answer has a level.
    pub floor: Option<Level>,
    /// How many answers are at each level of [`crate::model::settings::Scale::steps`].
    pub levels: Vec<u32>,
}

impl Counts {
    fn new(steps: usize) -> Self {
        Self { levels: vec![0; steps], ..Self::default() }
    }

    /// The counts of answers by their names in data, in the order of the long table.
    pub fn named(&self) -> [(&'static str, u32); 9] {
        [
            ("assessed", self.assessed),
            ("applicable", self.applicable()),
            ("unknown", self.unknown),
            ("unanswered", self.unanswered),
            ("not_applicable", self.not_applicable),
            ("given", self.given),
            ("carried", self.carried),
            ("targeted", self.targeted),
            ("at_target", self.at_target),
        ]
    }

    /// Answers that should have a level: assessed, unknown and unanswered.
    pub fn applicable(&self) -> u32 {
        self.assessed + self.unknown + self.unanswered
    }

    /// The assessed share of the applicable answers, in whole percent; `None` if none is applicable.
    pub fn coverage(&self) -> Option<u32> {
        percent(self.assessed, self.applicable())
    }

    /// The share of the assessed answers that have a current item of evidence, in whole percent; `None` if none is assessed.
    pub fn share_evidenced(&self) -> Option<u32> {
        percent(self.evidenced, self.assessed)
    }

    /// How many answers were given in the quarter itself.
    pub fn reattested(&self) -> u32 {
        self.given - self.carried
    }

    /// The share of the given answers that were given in the quarter itself, in whole percent.
    pub fn share_reattested(&self) -> Option<u32> {
        percent(self.reattested(), self.given)
    }

    /// The share of the targeted answers that are at or above their target, in whole percent.
    pub fn share_at_target(&self) -> Option<u32> {
        percent(self.at_target, self.targeted)
    }

    /// Adds the counts of others.
    pub fn add(&mut self, other: &Self) {
        self.assessed += other.assessed;
        self.unknown += other.unknown;
        self.unanswered += other.unanswered;
        self.not_applicable += other.not_applicable;
        self.unsupported += other.unsupported;
        self.evidenced += other.evidenced;
        self.given += other.given;
        self.carried += other.carried;
        self.at_target += other.at_target;
        self.targeted += other.targeted;
        self.assessed_controls += other.assessed_controls;
        self.applicable_controls += other.applicable_controls;
        self.floor = [self.floor, other.floor].into_iter().flatten().min();
        for (sum, count) in self.levels.iter_mut().zip(&other.levels) {
            *sum += count;
        }
    }

    /// Compares whole numbers, because a rounded percentage must not decide.
    fn is_below(&self, minimum_percent: u32) -> bool {
        u64::from(self.assessed) * 100 < u64::from(self.applicable()) * u64::from(minimum_percent)
    }
}

impl Figures {
    /// The figures of a control, computed from the answers that count.
    pub(super) fn of_control(rules: ControlRules<'_>, target: Option<&Target>, answers: &[TeamAnswer]) -> Self {
        let settings = rules.settings;
        let (scale, basis, rule) = (&settings.scale, settings.scoring.score, rules.team_rule());
        let mut counts = Counts::new(scale.steps().len());
        let mut assessed: Vec<(u32, AnswerLevels)> = Vec::new();
        let mut open: Vec<u32> = Vec::new();
        for TeamAnswer { weight, counted, freshness } in answers {
            counts.given += u32::from(*freshness != Freshness::NotGiven);
            counts.carried += u32::from(*freshness == Freshness::Carried);
            match counted {
                Counted::Level(levels) => {
                    let level = levels.score(basis);
                    counts.assessed += 1;
                    counts.levels[scale.position(level)] += 1;
                    counts.floor = Some(counts.floor.map_or(level, |floor| floor.min(level)));
                    counts.at_target += u32::from(target.is_some_and(|target| level >= target.level));
                    counts.unsupported += u32::from(levels.supported < levels.claimed);
                    counts.evidenced += u32::from(levels.evidenced);
                    assessed.push((*weight, *levels));
                }
                Counted::NotApplicable => counts.not_applicable += 1,
                Counted::Unanswered => counts.unanswered += 1,
                Counted::Unknown => counts.unknown += 1,
            }
            if matches!(counted, Counted::Unanswered | Counted::Unknown) {
                open.push(*weight);
            }
        }
        let levels = |basis| assessed.iter().map(move |(weight, levels)| (*weight, levels.score(basis)));
        let join = |levels: Vec<(u32, Level)>| join_teams(rule, &levels).map(Mean::from);
        let filled = |level| levels(basis).chain(open.iter().map(move |weight| (*weight, level))).collect();
        counts.targeted = if target.is_some() { counts.applicable() } else { 0 };
        counts.assessed_controls = u32::from(counts.assessed > 0);
        counts.applicable_controls = u32::from(counts.applicable() > 0);
        let target = target.filter(|_| counts.applicable() > 0).map(|target| Mean::from(target.level));
        let [claimed, supported] = [Basis::Claimed, Basis::Supported].map(|basis| join(levels(basis).collect()));
        let mean = if basis == Basis::Claimed { claimed.clone() } else { supported.clone() };
        let weighs = rule == TeamRule::Mean && assessed.iter().any(|(weight, _)| *weight != assessed[0].0);
        let unweighted = weighs.then(|| join(levels(basis).map(|(_, level)| (1, level)).collect())).flatten();
        let gap = mean.as_ref().zip(target.as_ref()).map(|(mean, target)| mean.gap_to(target));
        let withheld = counts.is_below(settings.scoring.minimum_coverage).then_some(Withheld::Coverage);
        let (low, high) = (join(filled(scale.bottom)), join(filled(scale.top())));
        let target_of_all = target.clone();
        Self { mean, claimed, supported, unweighted, low, high, target, target_of_all, gap, counts, withheld }
    }

    /// The figures of a node above controls, computed from its weighted parts.
    pub(super) fn of_parts<'a>(settings: &Settings, parts: impl IntoIterator<Item = (u32, &'a Self)>) -> Self {
        let parts: Vec<(u32, &Self)> = parts.into_iter().collect();
        let mut counts = Counts::new(settings.scale.steps().len());
        parts.iter().for_each(|(_, part)| counts.add(&part.counts));
        let assessed = counts.assessed > 0;
        let mean = join_parts(&parts, Figure::Score, assessed);
        // Most nodes have no unsupported claims and no unequal weights. All these figures are then the same mean.
        let other = |figure: Figure| {
            let same = parts.iter().all(|(_, part)| figure.of(part) == part.mean.as_ref());
            if same { mean.clone() } else { join_parts(&parts, figure, assessed) }
        };
        let scored: Vec<(u32, &Self)> = parts.iter().copied().filter(|(_, part)| part.mean.is_some()).collect();
        let weighs = scored.iter().any(|(weight, part)| part.unweighted.is_some() || *weight != scored[0].0);
        let equal: Vec<(u32, &Self)> = scored.iter().filter(|_| weighs).map(|(_, part)| (1, *part)).collect();
        Self {
            claimed: other(Figure::Claimed),
            supported: other(Figure::Supported),
            unweighted: join_parts(&equal, Figure::Unweighted, assessed),
            low: join_parts(&parts, Figure::Low, assessed),
            high: join_parts(&parts, Figure::High, assessed),
            target: join_parts(&parts, Figure::Target, assessed),
            target_of_all: join_parts(&parts, Figure::TargetOfAll, assessed),
            gap: join_parts(&parts, Figure::Gap, assessed),
            withheld: counts.is_below(settings.scoring.minimum_coverage).then_some(Withheld::Coverage),
            mean,
            counts,
        }
    }

    /// Removes the means and keeps the counts, for a framework whose teams must not be joined.
    pub(super) fn withhold_means(&mut self) {
        let means = [&mut self.mean, &mut self.claimed, &mut self.supported, &mut self.unweighted];
        means.into_iter().for_each(|mean| *mean = None);
        (self.low, self.high, self.gap) = (None, None, None);
        self.withheld = Some(Withheld::TeamLevel);
    }

    /// Why the mean is not shown although something is assessed.
    pub fn why_withheld(&self) -> Option<Withheld> {
        self.withheld.filter(|_| self.counts.assessed > 0)
    }

    /// The mean of the supported levels or of the claimed levels.
    pub fn mean_of(&self, levels: Basis) -> Option<&Mean> {
        match levels {
            Basis::Supported => self.supported.as_ref(),
            Basis::Claimed => self.claimed.as_ref(),
        }
    }

    /// One of the figures that are withheld together: mean, claimed, supported, unweighted and gap. `None` if they may not be
    /// shown.
    pub fn shown<'a>(&self, figure: &'a Option<Mean>) -> Option<&'a Mean> {
        figure.as_ref().filter(|_| self.withheld.is_none())
    }

    /// The mean; `None` if it may not be shown.
    pub fn shown_mean(&self) -> Option<&Mean> {
        self.shown(&self.mean)
    }

    /// The gap as it may be shown, rounded once.
    pub fn shown_gap(&self, decimals: u32) -> Option<String> {
        self.shown(&self.gap).map(|gap| gap.shown_half_down(decimals))
    }

    /// How many assessed controls target and gap rest on, if those are not all.
    pub fn target_rests_on(&self) -> Option<u32> {
        let Counts { assessed_controls: assessed, applicable_controls: all, .. } = self.counts;
        (self.target.is_some() && 0 < assessed && assessed < all).then_some(assessed)
    }

    /// The mean as it may be shown, rounded once; `None` if nothing or too little is assessed.
    pub fn score(&self, decimals: u32) -> Option<String> {
        self.shown_mean().map(|mean| mean.shown(decimals))
    }
}

/// Joins the teams' levels into a control's score, in whole millionths.
pub fn join_teams(rule: TeamRule, levels: &[(u32, Level)]) -> Option<Level> {
    match rule {
        TeamRule::Mean | TeamRule::Owner(_) => rounded_mean(levels.iter().copied()),
        TeamRule::Min => levels.iter().map(|(_, level)| *level).min(),
    }
}

/// The weighted mean of a figure over the parts that enter it; `None` if one of these parts lacks the figure.
fn join_parts(parts: &[(u32, &Figures)], figure: Figure, assessed: bool) -> Option<Mean> {
    let counted = parts.iter().filter(|(_, part)| figure.takes(part, assessed));
    let values: Option<Vec<(u32, &Mean)>> = counted.map(|(weight, part)| Some((*weight, figure.of(part)?))).collect();
    Mean::weighted(values?)
}

/// One of a node's means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// [`Figures::mean`].
    Score,
    /// [`Figures::claimed`].
    Claimed,
    /// [`Figures::supported`].
    Supported,
    /// [`Figures::unweighted`], or the mean itself if all weights are equal.
    Unweighted,
    /// [`Figures::low`].
    Low,
    /// [`Figures::high`].
    High,
    /// [`Figures::target`].
    Target,
    /// [`Figures::target_of_all`].
    TargetOfAll,
    /// [`Figures::gap`].
    Gap,
}

impl Figure {
    /// The value of this figure for a node.
    pub fn of(self, figures: &Figures) -> Option<&Mean> {
        match self {
            Self::Score => figures.mean.as_ref(),
            Self::Claimed => figures.claimed.as_ref(),
            Self::Supported => figures.supported.as_ref(),
            Self::Unweighted => figures.unweighted.as_ref().or(figures.mean.as_ref()),
            Self::Low => figures.low.as_ref(),
            Self::High => figures.high.as_ref(),
            Self::Target => figures.target.as_ref(),
            Self::TargetOfAll => figures.target_of_all.as_ref(),
            Self::Gap => figures.gap.as_ref(),
        }
    }

    /// Whether a part enters this figure of a node; `assessed` says whether anything in the node is assessed. The target uses the
    /// same parts as the score, or all applicable parts if there is no score yet.
    pub fn takes(self, part: &Figures, assessed: bool) -> bool {
        // The counts decide, because they exist even if the means are withheld.
        match self {
            Self::Low | Self::High | Self::TargetOfAll => part.counts.applicable() > 0,
            Self::Target if !assessed => part.counts.applicable() > 0,
            _ => part.counts.assessed > 0,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::model::assessment::tests::{answer, framework};
    use crate::model::evidence::Claim;
    use crate::model::profile::tests::target;
    use crate::model::settings::tests::{scale, settings};

    fn defaults() -> Settings {
        settings(&[])
    }

    fn by_lowest() -> Settings {
        let mut settings = defaults();
        settings.scoring.teams = TeamRule::Min;
        settings
    }

    /// A mean with no more decimals than it needs.
    pub(crate) fn plain(mean: Option<&Mean>) -> String {
        mean.map_or_else(|| "-".to_owned(), |mean| Level::from_millionths(mean.millionths()).shown())
    }

    /// The figures in one line: mean and range, target and gap, floor, what is assessed of what applies.
    pub(crate) fn line(figures: &Figures) -> String {
        let Figures { mean, low, high, target, gap, counts, withheld, .. } = figures;
        let [mean, low, high, target, gap] = [mean, low, high, target, gap].map(|mean| plain(mean.as_ref()));
        let floor = counts.floor.map_or_else(|| "-".to_owned(), Level::shown);
        let withheld = if withheld.is_some() { ", withheld" } else { "" };
        let (assessed, applicable) = (counts.assessed, counts.applicable());
        format!(
            "{mean} in {low}..{high}, target {target}, gap {gap}, floor {floor}, {assessed} of {applicable}{withheld}"
        )
    }

    /// A control for which teams of these weights say this, as in [`answer`].
    fn control(settings: &Settings, wanted: &str, said: &[(u32, &str)]) -> Figures {
        let team_answer = |(weight, said): &(u32, &str)| {
            let Some(answer) = answer(said) else { return TeamAnswer::unanswered(*weight) };
            let levels = answer.claim().map(|claim| {
                let Claim::Level(level) = claim else { unreachable!("only levels are given here") };
                AnswerLevels { claimed: *level, supported: *level, evidenced: true }
            });
            TeamAnswer::of(*weight, &answer.state, levels, Freshness::New)
        };
        let answers: Vec<TeamAnswer> = said.iter().map(team_answer).collect();
        let target = (wanted != "-").then(|| target(wanted));
        let framework = framework("own", &[("A.X-1", 1)]);
        let control = framework.controls.iter().next().unwrap();
        Figures::of_control(
            ControlRules { settings, control, quarter: "2026-Q3".parse().unwrap() },
            target.as_ref(),
            &answers,
        )
    }

    /// A node over controls of these weights, for each of which one team says this.
    fn node(settings: &Settings, wanted: &str, said: &[(u32, &str)]) -> Figures {
        let parts: Vec<_> =
            said.iter().map(|(weight, said)| (*weight, control(settings, wanted, &[(1, said)]))).collect();
        Figures::of_parts(settings, parts.iter().map(|(weight, part)| (*weight, part)))
    }

    #[test]
    fn nothing_has_no_figures_and_is_not_withheld() {
        let nothing = "- in -..-, target -, gap -, floor -, 0 of 0";
        assert_eq!(line(&control(&defaults(), "3", &[])), nothing);
        assert_eq!(line(&node(&defaults(), "3", &[])), nothing);
        let figures = node(&defaults(), "3", &[]);
        assert_eq!((figures.why_withheld(), figures.score(1), figures.counts.coverage()), (None, None, None));
    }

    #[test]
    fn where_nothing_is_assessed_the_range_is_the_whole_scale() {
        let figures = control(&defaults(), "3", &[(1, "?"), (1, "-")]);
        assert_eq!(line(&figures), "- in 0..5, target 3, gap -, floor -, 0 of 2, withheld");
        assert_eq!((figures.why_withheld(), figures.score(1)), (None, None));
        assert_eq!((figures.counts.unknown, figures.counts.unanswered), (1, 1));
        let figures = node(&defaults(), "3", &[(1, "-"), (4, "?"), (9, "n/a")]);
        assert_eq!(line(&figures), "- in 0..5, target 3, gap -, floor -, 0 of 2, withheld");
        let settings = Settings { scale: scale("1", 4, "1"), ..defaults() };
        assert_eq!(line(&node(&settings, "-", &[(1, "-")])), "- in 1..4, target -, gap -, floor -, 0 of 1, withheld");
    }

    #[test]
    fn what_does_not_apply_leaves_every_denominator() {
        let figures = control(&defaults(), "3", &[(1, "n/a"), (1, "n/a")]);
        assert_eq!(line(&figures), "- in -..-, target -, gap -, floor -, 0 of 0");
        assert_eq!((figures.counts.not_applicable, figures.counts.levels.iter().sum::<u32>()), (2, 0));
        // Full marks would give 2.7, a zero 1.
        let figures = control(&defaults(), "3", &[(1, "1"), (1, "2"), (1, "n/a")]);
        assert_eq!(line(&figures), "1.5 in 1.5..1.5, target 3, gap 1.5, floor 1, 2 of 2");
        assert_eq!(line(&node(&defaults(), "3", &[(1, "1"), (1, "2"), (7, "n/a")])), line(&figures));
    }

    #[test]
    fn equal_levels_have_that_level_as_mean_whatever_the_weights() {
        for settings in [defaults(), by_lowest()] {
            let figures = control(&settings, "3", &[(1, "2"), (5, "2"), (1000, "2")]);
            assert_eq!(line(&figures), "2 in 2..2, target 3, gap 1, floor 2, 3 of 3");
            assert_eq!(figures.counts.levels, [0, 0, 3, 0, 0, 0]);
            assert_eq!(line(&node(&settings, "3", &[(1, "2"), (5, "2"), (1000, "2")])), line(&figures));
        }
    }

    #[test]
    fn the_mean_weighs_teams_and_the_minimum_does_not() {
        let said = [(3, "1"), (1, "5"), (1, "-")];
        // (3 × 1 + 5) ÷ 4; (3 × 1 + 5 + 0) ÷ 5; (3 × 1 + 5 + 5) ÷ 5
        assert_eq!(line(&control(&defaults(), "3", &said)), "2 in 1.6..2.6, target 3, gap 1, floor 1, 2 of 3");
        assert_eq!(line(&control(&by_lowest(), "3", &said)), "1 in 0..1, target 3, gap 2, floor 1, 2 of 3");
    }

    #[test]
    fn weights_count_in_means_and_not_in_counts() {
        let figures = node(&defaults(), "3", &[(3, "1"), (1, "5"), (2, "-")]);
        // (3 + 5) ÷ 4; (3 + 5 + 0) ÷ 6; (3 + 5 + 10) ÷ 6; gap (3 × 2 + 0) ÷ 4
        assert_eq!(line(&figures), "2 in 1.333333..3, target 3, gap 1.5, floor 1, 2 of 3");
        assert_eq!(figures.counts.levels, [0, 1, 0, 0, 0, 1]);
        assert_eq!(figures.counts.coverage(), Some(67));
    }

    #[test]
    fn half_levels_count_at_their_own_step() {
        let settings = Settings { scale: scale("0", 4, "0.5"), ..defaults() };
        let figures = control(&settings, "2.5", &[(1, "0.5"), (1, "2.5"), (1, "2.5"), (1, "3")]);
        assert_eq!(line(&figures), "2.125 in 2.125..2.125, target 2.5, gap 0.375, floor 0.5, 4 of 4");
        assert_eq!(figures.counts.levels, [0, 1, 0, 0, 0, 2, 1]);
        assert_eq!(figures.counts.at_target, 3);
    }

    #[test]
    fn scores_are_rounded_once_and_half_up() {
        let shown = |said: &[(u32, &str)], decimals| control(&defaults(), "-", said).score(decimals).unwrap();
        // 9 ÷ 4 = 2.25, which a computer's binary fraction holds; 47 ÷ 20 = 2.35, which it does not.
        assert_eq!(shown(&[(3, "2"), (1, "3")], 1), "2.3");
        assert_eq!(shown(&[(13, "2"), (7, "3")], 1), "2.4");
        assert_eq!(shown(&[(13, "2"), (7, "3")], 2), "2.35");
        assert_eq!(shown(&[(199, "1"), (1, "2")], 2), "1.01");
        assert_eq!(shown(&[(199, "1"), (1, "2")], 3), "1.005");
        assert_eq!(shown(&[(1, "2"), (1, "3")], 0), "3");
        let thirds = [(2, "2"), (1, "3")];
        assert_eq!([0, 1, 2, 3].map(|decimals| shown(&thirds, decimals)), ["2", "2.3", "2.33", "2.333"]);
        // The mean of a mean of 2.35 is still that, not the mean of the 2.4 that is shown.
        let part = control(&defaults(), "-", &[(13, "2"), (7, "3")]);
        let other = control(&defaults(), "-", &[(1, "2")]);
        assert_eq!(Figures::of_parts(&defaults(), [(1, &part), (1, &other)]).score(1).unwrap(), "2.2");
    }

    #[test]
    fn a_control_is_rounded_to_a_millionth_and_nothing_above_it_is() {
        let settings = defaults();
        let third = control(&settings, "3", &[(2, "2"), (1, "3")]);
        let two_thirds = control(&settings, "3", &[(1, "2"), (2, "3")]);
        assert_eq!([plain(third.mean.as_ref()), plain(two_thirds.mean.as_ref())], ["2.333333", "2.666667"]);
        // (2.333333 + 2.333333 + 2.666667) ÷ 3 = 7.333333 ÷ 3, three of which are 7.333333 again and not 7.333332.
        let node = Figures::of_parts(&settings, [(1, &third), (1, &third), (1, &two_thirds)]);
        assert_eq!(plain(node.mean.as_ref()), "2.444444");
        let exactly = |millionths| Mean::from(Level::from_millionths(millionths));
        let above = Mean::weighted([(3, node.mean.as_ref().unwrap()), (1, &exactly(666_667))]);
        assert_eq!(above, Some(exactly(2_000_000)));
    }

    #[test]
    fn a_mean_is_withheld_below_the_limit_and_not_at_it() {
        let coverage = |assessed: usize, of: usize, minimum| {
            let mut settings = defaults();
            settings.scoring.minimum_coverage = minimum;
            let said: Vec<_> = (0..of).map(|n| (1, if n < assessed { "3" } else { "-" })).collect();
            let figures = node(&settings, "-", &said);
            (figures.withheld.is_some(), figures.score(1).is_some())
        };
        let (shown, withheld) = ((false, true), (true, false));
        assert_eq!(coverage(3, 5, 60), shown);
        assert_eq!(coverage(3, 5, 61), withheld);
        assert_eq!(coverage(59, 99, 60), withheld);
        assert_eq!(coverage(60, 100, 60), shown);
        // 597 of 1000 is 60 % as it is shown, and still less than 60 %.
        assert_eq!(coverage(597, 1000, 60), withheld);
        assert_eq!(coverage(1, 1000, 0), shown);
        assert_eq!(coverage(999, 1000, 100), withheld);
        assert_eq!(coverage(1000, 1000, 100), shown);
    }

    #[test]
    fn a_withheld_mean_is_kept_for_the_means_above() {
        let settings = defaults();
        let thin = node(&settings, "3", &[(1, "4"), (1, "-")]);
        assert_eq!(line(&thin), "4 in 2..4.5, target 3, gap 0, floor 4, 1 of 2, withheld");
        assert_eq!((thin.why_withheld(), thin.score(1)), (Some(Withheld::Coverage), None));
        let full = node(&settings, "3", &[(1, "2"), (1, "2")]);
        let both = Figures::of_parts(&settings, [(1, &thin), (1, &full)]);
        assert_eq!(line(&both), "3 in 2..3.25, target 3, gap 0.5, floor 2, 3 of 4");
        assert_eq!(both.score(1).as_deref(), Some("3.0"));
    }

    #[test]
    fn what_is_carried_counts_in_the_mean_and_beside_it() {
        let settings = defaults();
        let given =
            [("3", Freshness::New), ("1", Freshness::Carried), ("?", Freshness::Carried), ("n/a", Freshness::Carried)];
        let team_answer = |(said, freshness): &(&str, Freshness)| {
            let answer = answer(said).unwrap();
            let level = |claim: &Claim| if let Claim::Level(level) = claim { *level } else { unreachable!() };
            let levels = answer.claim().map(level).map(|level| AnswerLevels {
                claimed: level,
                supported: level,
                evidenced: true,
            });
            TeamAnswer::of(1, &answer.state, levels, *freshness)
        };
        let others = [TeamAnswer::unanswered(1), TeamAnswer::not_applicable(1)];
        let answers: Vec<TeamAnswer> = given.iter().map(team_answer).chain(others).collect();
        let framework = framework("own", &[("A.X-1", 1)]);
        let control = framework.controls.iter().next().unwrap();
        let rules = ControlRules { settings: &settings, control, quarter: "2026-Q3".parse().unwrap() };
        let control = Figures::of_control(rules, None, &answers);
        assert_eq!(line(&control), "2 in 1..3.5, target -, gap -, floor 1, 2 of 4, withheld");
        let node = Figures::of_parts(&settings, [(1, &control), (7, &control)]);
        for (figures, times) in [(&control, 1), (&node, 2)] {
            let counts = &figures.counts;
            assert_eq!((counts.given, counts.carried, counts.reattested()), (4 * times, 3 * times, times));
            assert_eq!(counts.share_reattested(), Some(25));
        }
        assert_eq!(Figures::of_parts(&settings, []).counts.share_reattested(), None);
    }

    #[test]
    fn the_floor_is_the_lowest_answer_not_the_lowest_mean() {
        let settings = defaults();
        let high = control(&settings, "-", &[(9, "5"), (1, "0")]);
        let low = control(&settings, "-", &[(1, "2"), (1, "?")]);
        let floor = |figures: &Figures| figures.counts.floor.map(Level::shown);
        assert_eq!(floor(&high).as_deref(), Some("0"));
        // What nobody knows lowers the range, not the floor.
        assert_eq!(floor(&low).as_deref(), Some("2"));
        assert_eq!(floor(&Figures::of_parts(&settings, [(1, &low), (1, &high)])).as_deref(), Some("0"));
        assert_eq!(floor(&control(&settings, "-", &[(1, "?")])), None);
    }

    #[test]
    fn at_target_counts_answers_not_means() {
        let at_target = |wanted, said: &[(u32, &str)]| control(&defaults(), wanted, said).counts.at_target;
        assert_eq!(at_target("3", &[(1, "3"), (1, "4"), (1, "2"), (1, "?"), (1, "n/a"), (1, "-")]), 2);
        // The mean reaches the target and one team does not.
        let figures = control(&defaults(), "3", &[(1, "5"), (1, "1")]);
        assert_eq!((plain(figures.gap.as_ref()), figures.counts.at_target), ("0".to_owned(), 1));
        assert_eq!(at_target("0", &[(1, "0")]), 1);
        assert_eq!(at_target("-", &[(1, "5")]), 0);
    }

    #[test]
    fn doing_more_in_one_pays_for_nothing_in_another() {
        // The means meet, 3 and 3; the gap is the mean of 2 and 0, not 3 - 3.
        let figures = node(&defaults(), "3", &[(1, "1"), (1, "5")]);
        assert_eq!(line(&figures), "3 in 3..3, target 3, gap 1, floor 1, 2 of 2");
        let over = control(&defaults(), "3", &[(1, "5")]);
        assert_eq!(line(&over), "5 in 5..5, target 3, gap 0, floor 5, 1 of 1");
        // Within one control the teams' score is one thing, and its target too.
        assert_eq!(plain(control(&defaults(), "3", &[(1, "1"), (1, "5")]).gap.as_ref()), "0");
    }

    #[test]
    fn one_scored_control_without_target_leaves_the_node_without() {
        let settings = defaults();
        let [with, without] = ["3", "-"].map(|wanted| control(&settings, wanted, &[(1, "2")]));
        let open = control(&settings, "-", &[(1, "?")]);
        let over = |parts: &[&Figures]| line(&Figures::of_parts(&settings, parts.iter().map(|part| (1, *part))));
        assert_eq!(over(&[&with, &without]), "2 in 2..2, target -, gap -, floor 2, 2 of 2");
        // The target is over the same controls as the score, so one that is not scored is not missed.
        assert_eq!(over(&[&with, &with, &open]), "2 in 1.333333..3, target 3, gap 1, floor 2, 2 of 3");
        // Where nothing is scored it is over all that apply.
        assert_eq!(over(&[&open]), "- in 0..5, target -, gap -, floor -, 0 of 1, withheld");
    }

    #[test]
    fn the_target_is_over_the_same_controls_as_the_score() {
        let settings = defaults();
        let scored = control(&settings, "2", &[(1, "1")]);
        let open = control(&settings, "5", &[(1, "?")]);
        let absent = control(&settings, "5", &[(1, "n/a")]);
        let target =
            |parts: &[(u32, &Figures)]| plain(Figures::of_parts(&settings, parts.iter().copied()).target.as_ref());
        assert_eq!(target(&[(1, &scored), (3, &open), (3, &absent)]), "2");
        assert_eq!(target(&[(3, &open), (3, &absent)]), "5");
        assert_eq!(target(&[(3, &absent)]), "-");
        // Weights are those of the score: (3 × 2 + 1 × 4) ÷ 4.
        assert_eq!(target(&[(3, &scored), (1, &control(&settings, "4", &[(1, "4")]))]), "2.5");
    }
}
