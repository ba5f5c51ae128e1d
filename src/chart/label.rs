//! Breaks and cuts text to fit a column. Widths are estimated for each character, because no font is available to measure.

/// The font size of labels in viewBox units; `charts.css` sets the same.
pub(super) const SIZE: f64 = 13.0;
/// The font size of notes, values, counts and names; `charts.css` sets the same.
pub(super) const SMALL: f64 = 12.0;
/// The font size of scale labels and quarters; `charts.css` sets the same.
pub(super) const TINY: f64 = 11.0;
/// The distance from one baseline to the next.
pub(super) const LINE: f64 = 16.0;
/// The width of a column of about 16 characters.
pub(super) const COLUMN: f64 = 124.0;

/// The most lines of a name in this column: the longest CSF name needs five, names of other catalogs up to eight.
pub(super) const NAME_LINES: usize = 8;

const ELLIPSIS: char = '…';

/// The estimated width of a text; the estimate is rather too wide than too narrow.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(em).sum::<f64>() * size
}

/// One line that fits the column, cut with an ellipsis if needed.
pub(super) fn fit(text: &str, column: f64, size: f64) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if width(&line, size) <= column { line } else { cut(&line, column, size) }
}

/// Up to `most` lines, broken between words. A word is broken only if it is wider than the column.
pub(super) fn wrap(text: &str, column: f64, size: f64, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for (gap, piece) in pieces(text, column, size) {
        match lines.last_mut() {
            Some(line) if width(line, size) + width(gap, size) + width(&piece, size) <= column => {
                line.push_str(gap);
                line.push_str(&piece);
            }
            _ => lines.push(piece),
        }
    }
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            *last = cut(last, column, size);
        }
    }
    lines
}

/// Moves stacked boxes of given (centre, height) as little as possible until none overlaps the next.
///
/// The boxes come in their final order. The result is the least squares answer: neighbours that would overlap form a block that
/// settles at its mean (pool adjacent violators). All boxes stay between `low` and `high` if they can.
pub(super) fn spread(boxes: &[(f64, f64)], low: f64, high: f64) -> Vec<f64> {
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    let mut offsets = Vec::with_capacity(boxes.len());
    let mut below = 0.0;
    for &(centre, height) in boxes {
        offsets.push(below + height / 2.0);
        let mut block = (centre - below - height / 2.0, 1);
        while let Some(&(mean, count)) = blocks.last().filter(|(mean, _)| *mean > block.0) {
            let total = count + block.1;
            block = ((mean * count as f64 + block.0 * block.1 as f64) / total as f64, total);
            blocks.pop();
        }
        blocks.push(block);
        below += height;
    }
    let settled = |mean: f64| mean.min(high - below).max(low);
    let tops = blocks.iter().flat_map(|&(mean, count)| std::iter::repeat_n(settled(mean), count));
    tops.zip(offsets).map(|(top, offset)| top + offset).collect()
}

/// The start of the text and an ellipsis, together no wider than the column.
fn cut(text: &str, column: f64, size: f64) -> String {
    let mut room = column - em(ELLIPSIS) * size;
    let fits = |character: &char| {
        room -= em(*character) * size;
        room >= 0.0
    };
    let start: String = text.chars().take_while(fits).collect();
    format!("{}{ELLIPSIS}", start.trim_end())
}

/// The parts between which a line may break. Each comes with the text that joins it to the part before on the same line.
fn pieces(text: &str, column: f64, size: f64) -> Vec<(&'static str, String)> {
    let mut pieces = Vec::new();
    for word in text.split_whitespace() {
        let (mut gap, mut piece, mut last) = (" ", String::new(), ' ');
        for character in word.chars() {
            let too_wide = width(&piece, size) + em(character) * size > column;
            if !piece.is_empty() && (too_wide || breaks(last, character)) {
                pieces.push((gap, std::mem::take(&mut piece)));
                gap = "";
            }
            piece.push(character);
            last = character;
        }
        pieces.push((gap, piece));
    }
    pieces
}

/// Whether a line may break between these two characters of a word.
fn breaks(before: char, after: char) -> bool {
    const CLOSING: &str = "、。，．：；！？）］｝」』】〉》・ー々";
    const OPENING: &str = "（［｛「『【〈《";
    let beside_wide = is_wide(before) || is_wide(after);
    let kept = em(after) == 0.0 || CLOSING.contains(after) || OPENING.contains(before);
    matches!(before, '-' | '/' | '\u{2010}' | '\u{2013}') || (beside_wide && !kept)
}

/// The width of a character in units of the font size, in the bold of DejaVu Sans: few sans-serif faces are wider.
fn em(character: char) -> f64 {
    match character {
        '\u{300}'..='\u{36F}' | '\u{591}'..='\u{5BD}' | '\u{610}'..='\u{61A}' | '\u{64B}'..='\u{65F}' => 0.0,
        '\u{200B}'..='\u{200F}' | '\u{FE00}'..='\u{FE0F}' | '\u{20D0}'..='\u{20FF}' => 0.0,
        'i' | 'j' | 'l' | 'I' | ' ' | '.' | ',' | '\'' | '|' | '/' => 0.37,
        'f' | 't' | 'r' | ':' | ';' | '!' | '(' | ')' | '[' | ']' | '-' => 0.48,
        'm' | 'M' | 'w' | 'W' | '%' | '@' | ELLIPSIS => 1.1,
        'c' | 's' | 'z' => 0.6,
        'a'..='z' | '0'..='9' => 0.69,
        'A'..='Z' => 0.78,
        _ if is_wide(character) => 1.0,
        '\u{1F000}'.. => 1.35,
        _ => 0.75,
    }
}

/// Scripts with square characters, where a line may break anywhere.
fn is_wide(character: char) -> bool {
    matches!(character,
        '\u{1100}'..='\u{115F}' | '\u{2E80}'..='\u{303E}' | '\u{3041}'..='\u{A4CF}' | '\u{AC00}'..='\u{D7A3}'
        | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE6F}' | '\u{FF00}'..='\u{FF60}' | '\u{FFE0}'..='\u{FFE6}'
        | '\u{20000}'..='\u{3FFFD}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        wrap(text, COLUMN, SIZE, 3)
    }

    #[test]
    fn words_stay_whole_while_they_can() {
        assert_eq!(lines("Identity Management, Authentication"), ["Identity", "Management,", "Authentication"]);
        assert_eq!(lines("  Data   Security "), ["Data Security"]);
        assert_eq!(lines(""), Vec::<String>::new());
    }

    #[test]
    fn long_words_and_squares_break_inside() {
        assert_eq!(lines("Verantwortlichkeitsbereichsleitung").len(), 3);
        assert_eq!(lines("資産管理とサプライチェーン。"), ["資産管理とサプライ", "チェーン。"]);
        assert_eq!(lines("Incident-Recovery/Continuity"), ["Incident-", "Recovery/", "Continuity"]);
    }

    #[test]
    fn what_is_too_long_ends_in_an_ellipsis_within_the_column() {
        let lines = lines("Cybersecurity supply chain risk management across every business unit");
        assert_eq!(lines.len(), 3);
        assert!(lines[2].ends_with('…'));
        assert!(lines.iter().all(|line| width(line, SIZE) <= COLUMN));
        assert_eq!(fit("Northgate Ferries", 70.0, SIZE), "Northg…");
        assert_eq!(fit("x", 1.0, SIZE), "…");
    }

    #[test]
    fn spreading_keeps_order_and_moves_as_little_as_possible() {
        let free = |boxes: &[(f64, f64)]| spread(boxes, f64::NEG_INFINITY, f64::INFINITY);
        assert_eq!(free(&[(10.0, 10.0), (50.0, 10.0)]), [10.0, 50.0]);
        assert_eq!(free(&[(10.0, 10.0), (10.0, 10.0)]), [5.0, 15.0]);
        assert_eq!(free(&[(0.0, 10.0), (2.0, 10.0), (1.0, 10.0), (90.0, 10.0)]), [-9.0, 1.0, 11.0, 90.0]);
        assert_eq!(free(&[]), Vec::<f64>::new());
        assert_eq!(spread(&[(0.0, 10.0), (2.0, 10.0)], 0.0, 50.0), [5.0, 15.0]);
        assert_eq!(spread(&[(49.0, 10.0), (50.0, 10.0)], 0.0, 50.0), [35.0, 45.0]);
    }
}
