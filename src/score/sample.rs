//! Draws a sample of the answers of a sealed quarter. It depends on the seal and a seed alone, so that anybody can draw it again, on
//! any machine and by any other program.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::base::number::MILLIONTHS;
use crate::load::workspace::sha256;
use crate::model::ids::AnswerId;
use crate::model::review::{Drawn, Strata};
use crate::model::strings::Strings;
use crate::score::ScoredQuarter;

/// A sample, with the answers that are looked at in any case.
#[derive(Clone, Debug)]
pub struct Sample {
    /// How many answers it was drawn from: those that teams gave, without those that are looked at in any case.
    pub population: usize,
    /// The drawn answers, in the order of frameworks, controls and teams.
    pub drawn: Vec<AnswerId>,
    /// How many seats each part of the population got.
    pub strata: Vec<Stratum>,
    /// All answers for key controls.
    pub keys: Vec<AnswerId>,
    /// All other answers that are two levels or more above the quarter before.
    pub rises: Vec<AnswerId>,
}

/// A part of the population.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stratum {
    /// The Function's name, or the team's id.
    pub name: String,
    /// How many answers it has.
    pub size: usize,
    /// How many of them were drawn.
    pub seats: usize,
}

/// Why a sample cannot be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SampleRefusal {
    /// There are only so many answers to draw from.
    TooLarge(usize),
    /// No team gave an answer.
    Nothing,
}

impl Sample {
    /// Every answer of it, with those that are looked at in any case.
    pub fn answers(&self) -> impl Iterator<Item = AnswerId> {
        [&self.drawn, &self.keys, &self.rises].into_iter().flatten().copied()
    }

    /// How it was drawn, in one sentence.
    pub fn sentence(&self, quarter: ScoredQuarter<'_>, how: &Drawn, words: &Strings) -> String {
        let by = words.word(match how.by {
            Strata::Function => "reviews.by_function",
            Strata::Team => "reviews.by_team",
        });
        let values: [(&str, &dyn fmt::Display); 8] = [
            ("n", &how.size),
            ("population", &self.population),
            ("quarter", &quarter.name()),
            ("by", &by),
            ("seed", &how.seed),
            ("seal", &how.seal),
            ("keys", &self.keys.len()),
            ("rises", &self.rises.len()),
        ];
        words.say("reviews.drawn", &values)
    }
}

/// The rise since the quarter before from which on an answer is always looked at, in millionths of a level.
const RISE: i64 = 2 * MILLIONTHS;

/// Draws a sample from the answers of a quarter.
///
/// The key of an answer is the SHA-256 of the seal's digest, the ids of framework, control and team, and the seed, joined by tabs,
/// with one line feed at the end. Each part of the population gets its seats by the largest remainder; there the smallest keys win.
///
/// # Errors
/// There are fewer answers than are to be drawn.
pub fn draw(quarter: ScoredQuarter<'_>, how: &Drawn) -> Result<Sample, SampleRefusal> {
    let all: Vec<AnswerId> = quarter.reviewable().collect();
    let (keys, others): (Vec<AnswerId>, Vec<AnswerId>) =
        all.into_iter().partition(|id| quarter.control(id.control).rules.key);
    let (rises, population): (Vec<AnswerId>, Vec<AnswerId>) =
        others.into_iter().partition(|id| has_risen(quarter, *id));
    let size = usize::try_from(how.size).unwrap_or(usize::MAX);
    if population.is_empty() && keys.is_empty() && rises.is_empty() {
        return Err(SampleRefusal::Nothing);
    }
    if size > population.len() {
        return Err(SampleRefusal::TooLarge(population.len()));
    }
    let mut parts: BTreeMap<String, Vec<(String, AnswerId)>> = BTreeMap::new();
    for id in &population {
        parts.entry(stratum(quarter, how.by, *id)).or_default().push((key(quarter, how, *id), *id));
    }
    let sizes: Vec<usize> = parts.values().map(Vec::len).collect();
    let mut drawn = BTreeSet::new();
    let mut strata = Vec::new();
    for ((name, mut answers), seats) in parts.into_iter().zip(seats(&sizes, size)) {
        strata.push(Stratum { name, size: answers.len(), seats });
        answers.sort();
        drawn.extend(answers.into_iter().take(seats).map(|(_, id)| id));
    }
    let drawn = population.iter().copied().filter(|id| drawn.contains(id)).collect();
    Ok(Sample { population: population.len(), drawn, strata, keys, rises })
}

/// The part of the population that an answer belongs to.
fn stratum(quarter: ScoredQuarter<'_>, by: Strata, id: AnswerId) -> String {
    let framework = quarter.framework(id.control.framework());
    match by {
        Strata::Function => framework.functions[framework.function_of(id.control)].called.name().to_owned(),
        Strata::Team => quarter.team(id.team).id.clone(),
    }
}

/// What decides whether an answer is drawn: the smallest keys are.
pub fn key(quarter: ScoredQuarter<'_>, how: &Drawn, id: AnswerId) -> String {
    let framework = quarter.framework(id.control.framework());
    let [framework, control] = [&framework.id, &framework.controls[id.control].id];
    let parts = [&how.seal, framework, control, &quarter.team(id.team).id, &how.seed];
    sha256(format!("{}\n", parts.map(String::as_str).join("\t")).as_bytes())
}

/// Whether an answer is two levels or more above what it was before.
fn has_risen(quarter: ScoredQuarter<'_>, id: AnswerId) -> bool {
    let before = quarter.scored_before(id).filter(|(before, _)| before.is_on_scale_of(quarter));
    let before = before.and_then(|(before, id)| before.level(id));
    let rise = quarter.level(id).zip(before).map(|(now, before)| now.millionths() - before.millionths());
    rise.is_some_and(|rise| rise >= RISE)
}

/// How many of `seats` each part gets by its size: by the largest remainder, where of equal ones the first wins, and at least one each
/// while there are enough. No part gets more than its size if there are no more seats than answers.
fn seats(sizes: &[usize], seats: usize) -> Vec<usize> {
    let mut given = vec![0; sizes.len()];
    let (mut open, mut left): (Vec<usize>, usize) = ((0..sizes.len()).collect(), seats);
    // A part that would get less than a whole seat gets one. This may leave others with less, so they are looked at again.
    while seats >= sizes.len() {
        let total: usize = open.iter().map(|at| sizes[*at]).sum();
        let (small, large): (Vec<usize>, Vec<usize>) = open.iter().partition(|at| left * sizes[**at] < total);
        if small.is_empty() {
            break;
        }
        left -= small.len();
        small.into_iter().for_each(|at| given[at] = 1);
        open = large;
    }
    let total: usize = open.iter().map(|at| sizes[*at]).sum();
    if total == 0 {
        return given;
    }
    open.iter().for_each(|at| given[*at] = left * sizes[*at] / total);
    let rest = left - open.iter().map(|at| given[*at]).sum::<usize>();
    open.sort_by_key(|at| std::cmp::Reverse(left * sizes[*at] % total));
    open.iter().take(rest).for_each(|at| given[*at] += 1);
    given
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn seats_go_by_size_and_the_largest_remainder() {
        assert_eq!(seats(&[90, 10], 10), [9, 1]);
        assert_eq!(seats(&[53, 24, 23], 10), [5, 3, 2]);
        assert_eq!(seats(&[10, 10, 10], 4), [2, 1, 1], "of equal remainders the first wins");
        assert_eq!(seats(&[98, 1, 1], 3), [1, 1, 1], "one each while there are enough");
        assert_eq!(seats(&[98, 1, 1], 2), [2, 0, 0], "not enough for one each");
        assert_eq!(seats(&[5], 5), [5]);
        assert_eq!(seats(&[], 0), [] as [usize; 0]);
    }

    proptest! {
        #[test]
        fn seats_are_all_given_and_none_exceeds_its_part(sizes in vec(1_usize..500, 1..30), share in 0_usize..=100) {
            let total: usize = sizes.iter().sum();
            let wanted = total * share / 100;
            let given = seats(&sizes, wanted);
            prop_assert_eq!(given.iter().sum::<usize>(), wanted);
            prop_assert!(given.iter().zip(&sizes).all(|(seats, size)| seats <= size));
            if wanted >= sizes.len() {
                prop_assert!(given.iter().all(|seats| *seats >= 1));
                // Where nobody needs to be helped to a seat, each gets its share, rounded down or up.
                if sizes.iter().all(|size| wanted * size >= total) {
                    for (seats, size) in given.iter().zip(&sizes) {
                        let exact = wanted * size;
                        prop_assert!(*seats >= exact / total && *seats <= exact.div_ceil(total));
                    }
                }
            }
            // A larger part never gets less.
            for (seats, size) in given.iter().zip(&sizes) {
                let smaller = given.iter().zip(&sizes).filter(|(_, other)| *other < size);
                prop_assert!(smaller.map(|(other, _)| other).all(|other| other <= seats));
            }
        }
    }
}
