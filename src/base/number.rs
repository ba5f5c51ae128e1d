//! Exact levels and means. They are read from decimal text and rounded only once, half up, when they are shown.
//!
//! A [`Level`] is a whole number of millionths of a level, so that sums do not depend on order or threads. A [`Mean`] is a
//! ratio of whole numbers and never rounds. No floats are used here, and no decision depends on a float anywhere.

use std::cmp::{Ordering, Reverse};
use std::iter::Sum;
use std::ops::{Add, Sub};

use num_rational::{BigRational, Ratio};

/// Millionths in one level.
pub const MILLIONTHS: i64 = 1_000_000;

/// A level on the workspace's scale, in millionths of a level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level(i64);

impl Level {
    /// The level that is `millionths` / 1,000,000.
    pub const fn from_millionths(millionths: i64) -> Self {
        Self(millionths)
    }

    /// The level in millionths.
    pub const fn millionths(self) -> i64 {
        self.0
    }

    /// Reads a plain decimal such as `3` or `2.5` exactly; `None` for signs, exponents, `nan`, `inf`, more than six decimals
    /// or a whole part of more than six digits (no scale goes that far).
    pub fn parse(text: &str) -> Option<Self> {
        millionths(text, 6).map(Self)
    }

    /// The level as people write it, with no more decimals than it needs: `3`, `2.5`.
    pub fn shown(self) -> String {
        plain(self.0)
    }
}

/// Millionths as a decimal with no more digits than it needs.
pub fn plain(millionths: i64) -> String {
    // Most levels are whole, and every answer shows one.
    if millionths % MILLIONTHS == 0 {
        return (millionths / MILLIONTHS).to_string();
    }
    let text = decimal(millionths.into(), 6);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A count with a comma between thousands: `9,900`.
pub fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let comma = |at: usize| at > 0 && (digits.len() - at).is_multiple_of(3);
    digits.char_indices().flat_map(|(at, digit)| comma(at).then_some(',').into_iter().chain([digit])).collect()
}

/// A count with its noun: `1 file`, `2 files`, `1,200 files`.
pub fn counted(count: usize, one: &str) -> String {
    format!("{} {one}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// A difference in millionths with its sign and `decimals` digits (0 to 6), rounded half away from zero.
pub fn signed(millionths: i64, decimals: u32) -> String {
    let rounded = size(millionths, decimals);
    let sign = match (rounded, millionths < 0) {
        (0, _) => "",
        (_, true) => "−",
        (_, false) => "+",
    };
    format!("{sign}{}", decimal(rounded.into(), decimals))
}

/// How large a difference in millionths is, as `decimals` digits (0 to 6) show it: in units of the last digit, half rounded up.
fn size(millionths: i64, decimals: u32) -> i64 {
    let unit = 10_i64.pow(6 - decimals.min(6));
    (millionths.abs() + unit / 2) / unit
}

/// Sorts `rows` by their differences in millionths, the largest first. Those that look equal with `decimals` digits keep their order,
/// which is most often the catalog's: a reader would see no reason for another one.
pub fn largest_first<T>(rows: &mut [T], decimals: u32, difference: impl Fn(&T) -> i64) {
    let shown = |row: &T| size(difference(row), decimals) * difference(row).signum();
    rows.sort_by_key(|row| Reverse(shown(row)));
}

/// Reads a plain decimal exactly, in millionths: no sign, no exponent, at most `digits` before and six after the point.
pub fn millionths(text: &str, digits: usize) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_number = |part: &str, most| (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if !is_number(whole, digits) || !is_number(fraction, 6) {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let fraction: i64 = format!("{fraction:0<6}").parse().ok()?;
    whole.checked_mul(MILLIONTHS)?.checked_add(fraction)
}

impl Add for Level {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Level {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

/// An exact mean of levels, in millionths of a level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mean(Exact);

/// Nearly all means are whole millionths, which are small and fast. A ratio is never whole, so equal means are equal here.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Exact {
    Whole(i64),
    Ratio(Box<BigRational>),
}

impl Mean {
    /// The weighted mean of `items`, each a weight (at least 1) and a value; `None` of nothing.
    pub fn weighted<'a>(items: impl IntoIterator<Item = (u32, &'a Mean)>) -> Option<Self> {
        // Fractions are reduced after each step, so they are summed separately.
        let (mut weights, mut whole) = (0_i128, 0_i128);
        let mut fractions: Option<BigRational> = None;
        for (weight, Mean(value)) in items {
            weights += i128::from(weight);
            match value {
                Exact::Whole(millionths) => whole += i128::from(*millionths) * i128::from(weight),
                Exact::Ratio(value) => {
                    let part = value.as_ref() * BigRational::from_integer(weight.into());
                    fractions = Some(match fractions {
                        Some(sum) => sum + part,
                        None => part,
                    });
                }
            }
        }
        if weights == 0 {
            return None;
        }
        let (numer, denom) = Ratio::new(whole, weights).into_raw();
        let whole = BigRational::new_raw(numer.into(), denom.into());
        Some(Self::from(match fractions {
            Some(sum) => whole + sum / BigRational::from_integer(weights.into()),
            None => whole,
        }))
    }

    /// The gap to `target`, at least 0: exceeding a target does not make up for another gap.
    pub fn gap_to(&self, target: &Mean) -> Self {
        match (&self.0, &target.0) {
            (Exact::Whole(value), Exact::Whole(target)) => Self(Exact::Whole((target - value).max(0))),
            _ => Self::from((target.exact() - self.exact()).max(BigRational::from_integer(0.into()))),
        }
    }

    /// The mean in whole millionths of a level, rounded half up.
    pub fn millionths(&self) -> i64 {
        i64::try_from(self.half_up(1, 1)).expect("a mean lies within its scale, far below 2^63 millionths")
    }

    /// The mean to six decimals, cut and not rounded. So rounding the shown value gives the same result as rounding the mean. An
    /// ellipsis marks cut digits.
    pub fn cut(&self) -> String {
        let ratio = match &self.0 {
            Exact::Whole(millionths) => return plain(*millionths),
            Exact::Ratio(ratio) => ratio,
        };
        let whole = ratio.floor().to_integer();
        let text = plain(i64::try_from(whole).expect("a mean lies within its scale, far below 2^63 millionths"));
        let (whole, digits) = text.split_once('.').unwrap_or((&text, ""));
        format!("{whole}.{digits:0<6}…")
    }

    /// Times `weight`, as a part of a sum.
    #[must_use]
    pub fn times(&self, weight: u64) -> Self {
        match &self.0 {
            Exact::Whole(whole) => {
                Self::from(BigRational::from_integer((i128::from(*whole) * i128::from(weight)).into()))
            }
            Exact::Ratio(ratio) => Self::from(ratio.as_ref() * BigRational::from_integer(weight.into())),
        }
    }

    /// The exact value, in millionths of a level.
    pub fn exact(&self) -> BigRational {
        match &self.0 {
            Exact::Whole(millionths) => BigRational::from_integer((*millionths).into()),
            Exact::Ratio(ratio) => ratio.as_ref().clone(),
        }
    }

    /// Divided by `count`, which is not 0.
    #[must_use]
    pub fn divided(&self, count: u32) -> Self {
        Self::from(self.exact() / BigRational::from_integer(count.into()))
    }

    /// The sum of `parts`.
    pub fn sum<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Self {
        let (mut whole, mut rest) = (0_i128, BigRational::from_integer(0.into()));
        for Mean(part) in parts {
            match part {
                Exact::Whole(millionths) => whole += i128::from(*millionths),
                Exact::Ratio(ratio) => rest += ratio.as_ref(),
            }
        }
        Self::from(rest + BigRational::from_integer(whole.into()))
    }

    /// The mean with `decimals` digits (0 to 6), rounded once from the exact value, half up.
    pub fn shown(&self, decimals: u32) -> String {
        decimal(self.half_up(10_i64.pow(decimals), MILLIONTHS), decimals)
    }

    /// The same, rounded half down, as a gap is shown. So a shown score and its shown gap add up to the target, where the target
    /// needs no more digits.
    pub fn shown_half_down(&self, decimals: u32) -> String {
        let negative = Self::from(-self.exact());
        decimal(-negative.half_up(10_i64.pow(decimals), MILLIONTHS), decimals)
    }

    /// The level that [`Mean::shown`] shows.
    pub fn level_shown(&self, decimals: u32) -> Level {
        let rounded = self.half_up(10_i64.pow(decimals), MILLIONTHS);
        let rounded = i64::try_from(rounded).expect("a mean lies within its scale, far below 2^63 millionths");
        Level(rounded * 10_i64.pow(6 - decimals))
    }

    /// Times `up` divided by `down`, rounded half up.
    fn half_up(&self, up: i64, down: i64) -> i128 {
        let parts = match &self.0 {
            Exact::Whole(millionths) => (Ok(*millionths), Ok(1)),
            Exact::Ratio(ratio) => (i64::try_from(ratio.numer()), i64::try_from(ratio.denom())),
        };
        if let (Ok(numer), Ok(denom)) = parts {
            // Fits: 64 bits, times at most 20 and 1 more.
            let denom = i128::from(denom) * i128::from(down);
            return (2 * i128::from(numer) * i128::from(up) + denom).div_euclid(2 * denom);
        }
        let scaled = self.exact() * BigRational::new(up.into(), down.into());
        let floor = (scaled + BigRational::new(1.into(), 2.into())).floor().to_integer();
        i128::try_from(floor).expect("a mean lies within its scale, far below 2^127")
    }
}

impl Ord for Mean {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Exact::Whole(one), Exact::Whole(other)) => one.cmp(other),
            _ => self.exact().cmp(&other.exact()),
        }
    }
}

impl PartialOrd for Mean {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl From<BigRational> for Mean {
    fn from(millionths: BigRational) -> Self {
        let whole = millionths.is_integer().then(|| i64::try_from(millionths.numer()).ok()).flatten();
        Self(whole.map_or_else(|| Exact::Ratio(Box::new(millionths)), Exact::Whole))
    }
}

impl From<Level> for Mean {
    fn from(level: Level) -> Self {
        Self(Exact::Whole(level.0))
    }
}

/// The share `part` of `whole` in whole percent, rounded half up; `None` of nothing. It is 100 only of all, and 0 only of none.
pub fn percent(part: u32, whole: u32) -> Option<u32> {
    let rounded = |part: u64, whole: u64| u32::try_from((part * 200 + whole) / (whole * 2)).unwrap_or(u32::MAX);
    match (part, whole) {
        (_, 0) => None,
        (0, _) => Some(0),
        _ if part < whole => Some(rounded(part.into(), whole.into()).clamp(1, 99)),
        _ => Some(rounded(part.into(), whole.into())),
    }
}

/// The weighted mean, rounded half up to a millionth: combines teams' levels into a control's score. `None` if empty.
pub fn rounded_mean(items: impl IntoIterator<Item = (u32, Level)>) -> Option<Level> {
    let (sum, weights) = items.into_iter().fold((0_i128, 0_i128), |(sum, weights), (weight, Level(level))| {
        (sum + i128::from(weight) * i128::from(level), weights + i128::from(weight))
    });
    let rounded = (2 * sum + weights).checked_div_euclid(2 * weights)?;
    Some(Level(i64::try_from(rounded).expect("a mean of levels lies between them")))
}

impl Sum for Level {
    fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
        items.fold(Self(0), Add::add)
    }
}

/// `value` / 10^`decimals` as a decimal with exactly that many digits after the point.
fn decimal(value: i128, decimals: u32) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let unit = 10_u128.pow(decimals);
    let (whole, fraction) = (value.unsigned_abs() / unit, value.unsigned_abs() % unit);
    match usize::try_from(decimals) {
        Ok(0) | Err(_) => format!("{sign}{whole}"),
        Ok(width) => format!("{sign}{whole}.{fraction:0width$}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(text: &str) -> Level {
        Level::parse(text).unwrap()
    }

    fn mean(texts: &[(u32, &str)]) -> Mean {
        let items: Vec<_> = texts.iter().map(|(weight, text)| (*weight, Mean::from(level(text)))).collect();
        Mean::weighted(items.iter().map(|(weight, value)| (*weight, value))).unwrap()
    }

    #[test]
    fn what_looks_equal_keeps_its_order() {
        let mut rows = [("a", -133_333), ("b", 133_334), ("c", 266_667), ("d", 133_500)];
        largest_first(&mut rows, 3, |(_, difference)| *difference);
        assert_eq!(rows.map(|(name, _)| name), ["c", "d", "b", "a"]);
        rows.sort_unstable();
        largest_first(&mut rows, 3, |(_, difference)| difference.abs());
        assert_eq!(rows.map(|(name, _)| name), ["c", "d", "a", "b"]);
    }

    #[test]
    fn thousands_stand_apart() {
        assert_eq!([0, 999, 1_000, 10_900, 1_234_567].map(grouped), ["0", "999", "1,000", "10,900", "1,234,567"]);
    }

    #[test]
    fn decimals_are_read_exactly_or_not_at_all() {
        assert_eq!(level("2.5").millionths(), 2_500_000);
        assert_eq!(level("0.000001").millionths(), 1);
        for text in ["", ".5", "2.", "-1", "+1", "1e3", "nan", "inf", "2.1234567", "1234567", "1 "] {
            assert_eq!(Level::parse(text), None, "{text}");
        }
    }

    #[test]
    fn levels_are_shown_without_needless_digits() {
        assert_eq!(level("3").shown(), "3");
        assert_eq!(level("10").shown(), "10");
        assert_eq!(level("2.50").shown(), "2.5");
    }

    #[test]
    fn a_mean_is_rounded_once_from_its_exact_value_half_up() {
        assert_eq!(mean(&[(1, "2"), (1, "2.5")]).shown(1), "2.3");
        assert_eq!(mean(&[(1, "0"), (1, "0"), (1, "1")]).shown(2), "0.33");
        // 2.4499995: rounding to millionths first would give 2.45 and then 2.5.
        assert_eq!(mean(&[(1, "2.449999"), (1, "2.45")]).shown(1), "2.4");
        assert_eq!(mean(&[(1, "2.449999"), (1, "2.45")]).millionths(), 2_450_000);
        assert_eq!(mean(&[(1, "5")]).shown(0), "5");
    }

    #[test]
    fn digits_are_cut_so_that_a_reader_rounds_to_the_same() {
        assert_eq!(mean(&[(1, "2"), (1, "2.5")]).cut(), "2.25");
        assert_eq!(mean(&[(2, "2"), (1, "3")]).cut(), "2.333333…");
        assert_eq!(mean(&[(1, "0"), (2, "0.5"), (4, "0")]).cut(), "0.142857…");
        // 2.4499995 shows as 2.4; rounded to millionths it would read 2.45, and show as 2.5.
        assert_eq!(mean(&[(1, "2.449999"), (1, "2.45")]).cut(), "2.449999…");
        assert_eq!(mean(&[(2, "1"), (1, "1.000001")]).cut(), "1.000000…");
    }

    #[test]
    fn weights_pull_the_mean() {
        assert_eq!(mean(&[(3, "1"), (1, "5")]).shown(1), "2.0");
        assert_eq!(rounded_mean([(1, level("1")), (2, level("2"))]).unwrap().millionths(), 1_666_667);
        assert_eq!(rounded_mean([]), None);
        assert_eq!(Mean::weighted([]), None);
    }

    #[test]
    fn a_score_and_its_gap_add_up_to_the_target_as_shown() {
        let target = mean(&[(1, "3")]);
        let shown = |score: &Mean, decimals| (score.shown(decimals), score.gap_to(&target).shown_half_down(decimals));
        let pair = |score: &str, gap: &str| (score.to_owned(), gap.to_owned());
        assert_eq!(shown(&mean(&[(1, "1.25")]), 1), pair("1.3", "1.7"));
        assert_eq!(shown(&mean(&[(1, "1"), (1, "2")]), 0), pair("2", "1"));
        assert_eq!(shown(&mean(&[(1, "1"), (2, "2")]), 2), pair("1.67", "1.33"));
        assert_eq!(shown(&mean(&[(1, "3")]), 1), pair("3.0", "0.0"));
        assert_eq!(mean(&[(1, "1"), (2, "2")]).level_shown(1), Level(1_700_000));
        assert_eq!(mean(&[(1, "1"), (2, "2")]).level_shown(0), Level(2_000_000));
    }

    #[test]
    fn a_gap_is_never_negative() {
        assert_eq!(mean(&[(1, "4")]).gap_to(&mean(&[(1, "3")])).millionths(), 0);
        assert_eq!(mean(&[(1, "1")]).gap_to(&mean(&[(1, "3")])).shown(1), "2.0");
    }

    #[test]
    fn percentages_round_half_up() {
        assert_eq!(percent(1, 8), Some(13));
        assert_eq!(percent(0, 0), None);
        assert_eq!(percent(7, 7), Some(100));
        assert_eq!([percent(1267, 1272), percent(4, 1272), percent(0, 1272)], [Some(99), Some(1), Some(0)]);
    }
}
