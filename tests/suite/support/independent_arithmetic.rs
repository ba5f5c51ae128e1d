//! Reads sums as people write them, as exact fractions: for tests that work out a figure a second time.

use num_rational::Ratio;

/// A fraction of whole numbers.
pub(crate) type Exact = Ratio<i128>;

/// Millionths in one level.
pub(crate) const MILLION: i128 = 1_000_000;

/// The nearest whole number, the higher one of two.
pub(crate) fn half_up(value: Exact) -> i128 {
    (value + Exact::new(1, 2)).floor().to_integer()
}

/// The weighted mean of the values that are there.
pub(crate) fn weighted(items: impl IntoIterator<Item = (u32, Option<Exact>)>) -> Option<Exact> {
    let present = items.into_iter().filter_map(|(weight, value)| Some((i128::from(weight), value?)));
    let (sum, weights) = present.fold((Exact::from(0), 0), |(sum, all), (w, value)| (sum + value * w, all + w));
    (weights > 0).then(|| sum / weights)
}

/// The mean of all values by weight, or nothing if one of them is missing.
pub(crate) fn complete(items: &[(u32, Option<Exact>)]) -> Option<Exact> {
    if items.iter().all(|(_, value)| value.is_some()) { weighted(items.iter().copied()) } else { None }
}

/// A value as it is shown: rounded once, half up.
pub(crate) fn shown(value: Exact, decimals: u32) -> String {
    let unit = 10_i128.pow(decimals);
    let rounded = half_up(value * unit);
    let width = decimals as usize;
    if decimals == 0 { rounded.to_string() } else { format!("{}.{:0width$}", rounded / unit, rounded % unit) }
}

/// A gap as it is shown: rounded once, half down.
pub(crate) fn shown_half_down(value: Exact, decimals: u32) -> String {
    let unit = 10_i128.pow(decimals);
    let scaled = value * unit;
    let floor = scaled.floor();
    let up = scaled - floor > Exact::new(1, 2);
    shown((floor + i128::from(up)) / unit, decimals)
}

/// A figure of this name as it is shown.
pub(crate) fn shown_as(name: &str, value: Exact, decimals: u32) -> String {
    if name == "Gap" { shown_half_down(value, decimals) } else { shown(value, decimals) }
}

/// A value to six decimals, cut and not rounded, with an ellipsis where digits were cut.
pub(crate) fn cut(value: Exact) -> String {
    let millionths = (value * MILLION).floor().to_integer();
    let whole = Exact::new(millionths, MILLION) == value;
    let text = format!("{}.{:06}", millionths / MILLION, millionths % MILLION);
    if whole { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text + "…" }
}

/// The value of a formula: a sum, the lowest of several, or the higher of two.
pub(crate) fn value_of(formula: &str) -> Exact {
    let least = formula.strip_prefix("the lowest of ").map(|list| list.split(", ").map(sum).min().unwrap());
    let most = || formula.strip_prefix("the higher of ").map(|list| list.split(" and ").map(sum).max().unwrap());
    least.or_else(most).unwrap_or_else(|| sum(formula))
}

/// The value of `a + b − c`, each a product of numbers and of sums in brackets.
pub(crate) fn sum(text: &str) -> Exact {
    let mut rest = text.trim();
    let value = terms(&mut rest);
    assert!(rest.is_empty(), "{text}");
    value
}

fn terms(rest: &mut &str) -> Exact {
    let mut value = factors(rest);
    while let Some(sign) = taken(rest, &['+', '−']) {
        let next = factors(rest);
        value = if sign == '+' { value + next } else { value - next };
    }
    value
}

fn factors(rest: &mut &str) -> Exact {
    let mut value = number(rest);
    while let Some(sign) = taken(rest, &['×', '÷', '/']) {
        let next = number(rest);
        value = if sign == '×' { value * next } else { value / next };
    }
    value
}

fn number(rest: &mut &str) -> Exact {
    if taken(rest, &['(']).is_some() {
        let value = terms(rest);
        assert_eq!(taken(rest, &[')']), Some(')'), "{rest}");
        return value;
    }
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    let (digits, after) = rest.split_at(end);
    *rest = after;
    let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let whole = digits.replace('.', "").parse().unwrap_or_else(|_| panic!("no number stands before {after:?}"));
    Exact::new(whole, 10_i128.pow(u32::try_from(decimals).unwrap()))
}

/// Takes one of `signs` and the blanks around it.
fn taken(rest: &mut &str, signs: &[char]) -> Option<char> {
    let sign = rest.trim_start().chars().next().filter(|sign| signs.contains(sign))?;
    *rest = rest.trim_start()[sign.len_utf8()..].trim_start();
    Some(sign)
}
