//! Figures and levels as pages print them. Figures are rounded here, and nowhere later.

use serde::Serialize;

use crate::base::number::{self, Mean};
use crate::chart::AnswerState;
use crate::model::evidence::{Answer, State};
use crate::model::settings::{Basis, Scale, Settings};
use crate::model::strings::Strings;
use crate::score::{self, Withheld};

/// A node's figures, ready to print.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ShownFigures {
    /// The mean; empty if nothing is assessed or the mean is withheld.
    pub score: String,
    /// The name of the whole level at or below the score; empty without a score.
    pub level_name: String,
    /// Whether answers are assessed, but too few to show the mean.
    pub withheld: bool,
    /// Whether answers are assessed, but the figures are not combined over teams.
    pub by_team: bool,
    /// The mean of the levels that do not count: either the claimed or the supported ones. Empty if no score is shown.
    pub other: String,
    /// The name of [`ShownFigures::other`].
    pub other_name: String,
    /// The meaning of [`ShownFigures::other`].
    pub other_help: String,
    /// The mean if every team and control had the same weight; empty if they have.
    pub unweighted: String,
    /// How many answers claim more than their evidence supports.
    pub unsupported: u32,
    /// The class that colours the score; empty without a score.
    pub shade: String,
    /// Answers with a level.
    pub assessed: u32,
    /// Answers that should have a level.
    pub applicable: u32,
    /// Answers where the team was asked and does not know.
    pub unknown: u32,
    /// Answers that the team was asked for and did not give.
    pub unanswered: u32,
    /// Unknown and unanswered together: answers that should have a level and have none.
    pub open: u32,
    /// Answers that do not apply, with a reason. They are not in the denominator.
    pub not_applicable: u32,
    /// Answers that teams gave, in any state.
    pub given: u32,
    /// Given answers that are from the quarter itself, and not carried forward.
    pub reattested: u32,
    /// The share of given answers that are from the quarter itself, in percent; empty if none was given.
    pub reattested_share: String,
    /// The coverage: the assessed share, in percent; empty if nothing applies.
    pub coverage: String,
    /// The score if everything not assessed were at the bottom.
    pub low: String,
    /// The score if everything not assessed were at the top.
    pub high: String,
    /// The lowest level of any answer.
    pub floor: Option<ShownLevel>,
    /// How many answers are at the floor; 0 if that is not known.
    pub at_floor: u32,
    /// The mean target; empty without one.
    pub target: String,
    /// What target and gap rest on, if that is not everything; otherwise empty.
    pub target_basis: String,
    /// The mean target over all applicable controls; empty without one.
    pub target_of_all: String,
    /// The mean gap; empty without a target or score.
    pub gap: String,
    /// How many answers are at their target.
    pub at_target: u32,
    /// How many applicable answers have a target.
    pub targeted: u32,
    /// The share of answers with a target that are at their target, in percent; empty without targets.
    pub at_target_share: String,
}

/// A level as printed.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ShownLevel {
    /// The number of the level.
    pub number: String,
    /// The name of the whole level at or below it.
    pub name: String,
    /// The class that colours the level.
    pub shade: String,
}

impl ShownLevel {
    /// Prints `level` of `scale`.
    pub(crate) fn of(strings: &Strings, level: number::Level, scale: &Scale) -> Self {
        let number = strings.level(level);
        Self { number, name: scale.name(level).to_owned(), shade: shade(level, scale) }
    }
}

/// An answer in the smallest space: its level, or its state if it has no level.
#[derive(Clone, Debug, Serialize)]
pub(super) struct AnswerCell {
    /// The class that colours it.
    shade: String,
    /// The name of the level or state.
    title: String,
    /// The level's number, or the state's sign.
    shown: String,
    /// The sign in words; empty for a number.
    word: String,
    /// The claimed level if it differs; otherwise empty.
    claimed: String,
}

impl AnswerCell {
    /// A level, with the claimed level beside it.
    pub(super) fn of(level: &ShownLevel, claimed: String) -> Self {
        let ShownLevel { number, name, shade } = level.clone();
        Self { shade, title: name, shown: number, word: String::new(), claimed }
    }

    /// The state of an answer without a level, or of a missing answer.
    pub(super) fn of_state(strings: &Strings, answer: Option<&Answer>) -> Self {
        let word = |key| strings.word(key);
        match answer.map(|answer| &answer.state) {
            Some(State::Unknown { .. }) => {
                Self::sign("unknown", word("state.unknown_help"), "?".to_owned(), word("state.unknown"))
            }
            Some(State::NotApplicable { .. }) => {
                let (short, long) = (word("state.not_applicable_short"), word("state.not_applicable"));
                Self::sign("not-applicable", long.clone(), short, long)
            }
            Some(State::Assessed { .. }) | None => {
                Self::sign("unanswered", word("state.unanswered_help"), "–".to_owned(), word("state.unanswered"))
            }
        }
    }

    /// A score, with how much of it is assessed.
    pub(super) fn of_score(shade: String, score: String, assessed: String) -> Self {
        Self { shade, title: assessed, shown: score, word: String::new(), claimed: String::new() }
    }

    /// The words that there is no score, with how much is assessed.
    pub(super) fn without_score(why: String, assessed: &str) -> Self {
        Self::sign("unanswered", format!("{why}: {assessed}"), "–".to_owned(), why)
    }

    /// The sign for a team that is not asked.
    pub(super) fn not_asked(strings: &Strings) -> Self {
        let word = strings.word("state.not_asked");
        Self::sign("not-asked", word.clone(), "·".to_owned(), word)
    }

    fn sign(shade: &str, title: String, shown: String, word: String) -> Self {
        Self { shade: shade.to_owned(), title, shown, word, claimed: String::new() }
    }
}

impl ShownFigures {
    /// Prints `figures`.
    pub(crate) fn of(strings: &Strings, figures: &score::Figures, settings: &Settings) -> Self {
        let decimals = settings.scoring.decimals;
        let counts = &figures.counts;
        let number = |mean: &Mean| strings.number(&mean.shown(decimals));
        let shown = |mean: &Option<Mean>| mean.as_ref().map(number).unwrap_or_default();
        let score = figures.score(decimals).map(|score| strings.number(&score));
        let other = settings.scoring.score.other();
        let reached = figures.shown_mean().map(Mean::level_reached);
        Self {
            shade: reached.map(|level| shade(level, &settings.scale)).unwrap_or_default(),
            level_name: reached.map(|level| settings.scale.name(level).to_owned()).unwrap_or_default(),
            gap: figures.shown_gap(decimals).map(|gap| strings.number(&gap)).unwrap_or_default(),
            withheld: figures.why_withheld() == Some(Withheld::Coverage),
            by_team: figures.why_withheld() == Some(Withheld::TeamLevel),
            other: figures.mean_of(other).filter(|_| score.is_some()).map(number).unwrap_or_default(),
            other_name: strings.word(basis_key(other)),
            other_help: strings.word(match other {
                Basis::Claimed => "basis.claimed_help",
                Basis::Supported => "basis.supported_help",
            }),
            unweighted: if score.is_some() { shown(&figures.unweighted) } else { String::new() },
            unsupported: counts.unsupported,
            score: score.unwrap_or_default(),
            assessed: counts.assessed,
            applicable: counts.applicable(),
            unknown: counts.unknown,
            unanswered: counts.unanswered,
            open: counts.unknown + counts.unanswered,
            not_applicable: counts.not_applicable,
            given: counts.given,
            reattested: counts.reattested(),
            reattested_share: counts.share_reattested().map(|share| share.to_string()).unwrap_or_default(),
            coverage: counts.coverage().map(|percent| percent.to_string()).unwrap_or_default(),
            low: shown(&figures.low),
            high: shown(&figures.high),
            floor: counts.floor.map(|floor| ShownLevel::of(strings, floor, &settings.scale)),
            at_floor: counts
                .floor
                .and_then(|floor| counts.levels.get(settings.scale.position(floor)).copied())
                .unwrap_or_default(),
            target: shown(&figures.target),
            target_basis: figures
                .target_rests_on()
                .map(|assessed| strings.say("figures.target_basis", &[("n", &assessed)]))
                .unwrap_or_default(),
            target_of_all: shown(&figures.target_of_all),
            at_target: counts.at_target,
            targeted: counts.targeted,
            at_target_share: counts.share_at_target().map(|share| share.to_string()).unwrap_or_default(),
        }
    }
}

/// The key of the name of a level.
pub(super) fn basis_key(basis: Basis) -> &'static str {
    match basis {
        Basis::Claimed => "basis.claimed",
        Basis::Supported => "basis.supported",
    }
}

/// How a level looks, in charts and in tables.
pub(super) fn answer_state(level: number::Level, scale: &Scale) -> AnswerState {
    AnswerState::Level { index: scale.position(level), top: scale.position(scale.top()) }
}

/// The class that colours a level, the same in tables as in charts.
fn shade(level: number::Level, scale: &Scale) -> String {
    answer_state(level, scale).class()
}
