//! Answers or parts in, one node's figures out: a mean never without what stands beside it.

use crate::evidence::{Answer, State};
use crate::number::{Level, Mean, percent, rounded_mean};
use crate::settings::{Settings, Target, TeamRule};

/// Everything that is said of one node: a control, a Category, a Function, a framework.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// The exact mean of what is assessed; `None` where nothing is. Withheld figures keep it: it counts in the means above.
    pub mean: Option<Mean>,
    /// What the mean would be if everything applicable but not assessed were at the bottom of the scale.
    pub low: Option<Mean>,
    /// What the mean would be if everything applicable but not assessed were at the top of the scale.
    pub high: Option<Mean>,
    /// The mean target over the same controls as the mean; `None` where one of them has no target.
    pub target: Option<Mean>,
    /// The mean of the controls' gaps, each at least 0: doing more than asked in one pays for nothing in another.
    pub gap: Option<Mean>,
    /// What was counted.
    pub counts: Counts,
    /// Too little is assessed for the mean to be shown.
    pub withheld: bool,
}

/// Answers counted: one team's answer for one control each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Answers with a level.
    pub assessed: u32,
    /// Asked, and nobody knows.
    pub unknown: u32,
    /// Asked, and no answer is there.
    pub unanswered: u32,
    /// Out of the denominator, with a reason.
    pub not_applicable: u32,
    /// Assessed at or above the control's target.
    pub at_target: u32,
    /// Applicable answers for controls that have a target.
    pub targeted: u32,
    /// The lowest level of any answer.
    pub floor: Option<Level>,
    /// How many answers are at each level of [`crate::settings::Scale::steps`].
    pub levels: Vec<u32>,
}

impl Counts {
    fn new(steps: usize) -> Self {
        Self { levels: vec![0; steps], ..Self::default() }
    }

    /// Answers that should have a level: assessed, unknown and unanswered.
    pub fn applicable(&self) -> u32 {
        self.assessed + self.unknown + self.unanswered
    }

    /// The assessed share of the applicable answers, in whole percent.
    pub fn coverage(&self) -> Option<u32> {
        percent(self.assessed, self.applicable())
    }

    /// The share of the targeted answers that are at or above their target, in whole percent.
    pub fn share_at_target(&self) -> Option<u32> {
        percent(self.at_target, self.targeted)
    }

    fn add(&mut self, other: &Self) {
        self.assessed += other.assessed;
        self.unknown += other.unknown;
        self.unanswered += other.unanswered;
        self.not_applicable += other.not_applicable;
        self.at_target += other.at_target;
        self.targeted += other.targeted;
        self.floor = [self.floor, other.floor].into_iter().flatten().min();
        for (sum, count) in self.levels.iter_mut().zip(&other.levels) {
            *sum += count;
        }
    }

    /// Compared as whole numbers: a rounded percentage must not decide.
    fn is_below(&self, minimum_percent: u32) -> bool {
        u64::from(self.assessed) * 100 < u64::from(self.applicable()) * u64::from(minimum_percent)
    }
}

impl Figures {
    /// A control: the answers of the teams that are asked, each with its team's weight.
    pub(super) fn of_control(settings: &Settings, target: Option<&Target>, answers: &[(u32, Option<&Answer>)]) -> Self {
        let scale = &settings.scale;
        let mut counts = Counts::new(scale.steps().len());
        let (mut assessed, mut low, mut high) = (Vec::new(), Vec::new(), Vec::new());
        for (weight, answer) in answers {
            let level = answer.and_then(Answer::score);
            match (answer.map(|answer| &answer.state), level) {
                (_, Some(level)) => {
                    counts.assessed += 1;
                    counts.levels[scale.position(level)] += 1;
                    counts.floor = Some(counts.floor.map_or(level, |floor| floor.min(level)));
                    counts.at_target += u32::from(target.is_some_and(|target| level >= target.level));
                    assessed.push((*weight, level));
                }
                (Some(State::NotApplicable { .. }), None) => {
                    counts.not_applicable += 1;
                    continue;
                }
                (None, None) => counts.unanswered += 1,
                (Some(_), None) => counts.unknown += 1,
            }
            low.push((*weight, level.unwrap_or(scale.bottom)));
            high.push((*weight, level.unwrap_or(scale.top())));
        }
        let join = |levels: &[(u32, Level)]| join_teams(settings.scoring.teams, levels).map(Mean::from);
        counts.targeted = if target.is_some() { counts.applicable() } else { 0 };
        let target = target.filter(|_| counts.applicable() > 0).map(|target| Mean::from(target.level));
        let (mean, low, high) = (join(&assessed), join(&low), join(&high));
        let gap = mean.as_ref().zip(target.as_ref()).map(|(mean, target)| mean.gap_to(target));
        Self { withheld: counts.is_below(settings.scoring.minimum_coverage), mean, low, high, target, gap, counts }
    }

    /// A node above: its parts by weight.
    pub(super) fn of_parts<'a>(settings: &Settings, parts: impl IntoIterator<Item = (u32, &'a Self)>) -> Self {
        let parts: Vec<(u32, &Self)> = parts.into_iter().collect();
        let mut counts = Counts::new(settings.scale.steps().len());
        parts.iter().for_each(|(_, part)| counts.add(&part.counts));
        // The target is the mean over the same parts as the score, or over all applicable ones where there is no score yet.
        let scored = |part: &Self| if counts.assessed > 0 { part.mean.is_some() } else { part.low.is_some() };
        Self {
            mean: join_parts(&parts, |part| part.mean.as_ref(), |part| part.mean.is_some()),
            low: join_parts(&parts, |part| part.low.as_ref(), |part| part.low.is_some()),
            high: join_parts(&parts, |part| part.high.as_ref(), |part| part.high.is_some()),
            target: join_parts(&parts, |part| part.target.as_ref(), scored),
            gap: join_parts(&parts, |part| part.gap.as_ref(), |part| part.mean.is_some()),
            withheld: counts.is_below(settings.scoring.minimum_coverage),
            counts,
        }
    }

    /// Whether something is assessed, but too little for the mean to be shown.
    pub fn is_withheld(&self) -> bool {
        self.withheld && self.mean.is_some()
    }

    /// The mean as it may be shown, rounded once; `None` where nothing is assessed or too little is.
    pub fn score(&self, decimals: u32) -> Option<String> {
        self.mean.as_ref().filter(|_| !self.withheld).map(|mean| mean.shown(decimals))
    }
}

/// Joins teams' levels to a control's score, in whole millionths.
fn join_teams(rule: TeamRule, levels: &[(u32, Level)]) -> Option<Level> {
    match rule {
        TeamRule::Mean => rounded_mean(levels.iter().copied()),
        TeamRule::Min => levels.iter().map(|(_, level)| *level).min(),
    }
}

/// The weighted mean of a figure over the parts that `count`; `None` if one of those lacks it.
fn join_parts<'a>(
    parts: &[(u32, &'a Figures)],
    figure: impl Fn(&'a Figures) -> Option<&'a Mean>,
    count: impl Fn(&'a Figures) -> bool,
) -> Option<Mean> {
    let counted = parts.iter().filter(|(_, part)| count(part));
    let values: Option<Vec<(u32, &Mean)>> = counted.map(|(weight, part)| Some((*weight, figure(part)?))).collect();
    Mean::weighted(values?)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::assessment::tests::answer;
    use crate::settings::tests::{scale, settings, target};

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
        let Figures { mean, low, high, target, gap, counts, withheld } = figures;
        let [mean, low, high, target, gap] = [mean, low, high, target, gap].map(|mean| plain(mean.as_ref()));
        let floor = counts.floor.map_or_else(|| "-".to_owned(), Level::shown);
        let withheld = if *withheld { ", withheld" } else { "" };
        let (assessed, applicable) = (counts.assessed, counts.applicable());
        format!(
            "{mean} in {low}..{high}, target {target}, gap {gap}, floor {floor}, {assessed} of {applicable}{withheld}"
        )
    }

    /// A control for which teams of these weights say this, as in [`answer`].
    fn control(settings: &Settings, wanted: &str, said: &[(u32, &str)]) -> Figures {
        let answers: Vec<_> = said.iter().map(|(weight, said)| (*weight, answer(said))).collect();
        let answers: Vec<_> = answers.iter().map(|(weight, answer)| (*weight, answer.as_ref())).collect();
        let target = (wanted != "-").then(|| target(wanted));
        Figures::of_control(settings, target.as_ref(), &answers)
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
        assert_eq!((figures.is_withheld(), figures.score(1), figures.counts.coverage()), (false, None, None));
    }

    #[test]
    fn where_nothing_is_assessed_the_range_is_the_whole_scale() {
        let figures = control(&defaults(), "3", &[(1, "?"), (1, "-")]);
        assert_eq!(line(&figures), "- in 0..5, target 3, gap -, floor -, 0 of 2, withheld");
        assert_eq!((figures.is_withheld(), figures.score(1)), (false, None));
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
            (figures.withheld, figures.score(1).is_some())
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
        assert_eq!((thin.is_withheld(), thin.score(1)), (true, None));
        let full = node(&settings, "3", &[(1, "2"), (1, "2")]);
        let both = Figures::of_parts(&settings, [(1, &thin), (1, &full)]);
        assert_eq!(line(&both), "3 in 2..3.25, target 3, gap 0.5, floor 2, 3 of 4");
        assert_eq!(both.score(1).as_deref(), Some("3.0"));
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
