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

    fn add(&mut self, other: &Self) {
        self.assessed += other.assessed;
        self.unknown += other.unknown;
        self.unanswered += other.unanswered;
        self.not_applicable += other.not_applicable;
        self.at_target += other.at_target;
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
