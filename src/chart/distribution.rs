//! Stacked bars of how many answers are at each level and in each other state.

use super::Caption;
use super::bars::{Head, x_at};
use super::canvas::{Anchor, Canvas};
use super::label::{SMALL, width};

/// One bar for each row, divided by the state of its answers. Every bar has the full width, so rows compare as shares.
#[derive(Clone, Debug)]
pub struct Distribution<'a> {
    /// The chart's name and description.
    pub caption: Caption<'a>,
    /// The rows from the top, such as one for each Function.
    pub rows: Vec<Stack>,
}

/// One row.
#[derive(Clone, Debug)]
pub struct Stack {
    /// The name of the row.
    pub label: String,
    /// The address to which the name leads; empty if to none.
    pub href: String,
    /// Printed at the right, such as "22 of 31 assessed"; may be empty.
    pub note: String,
    /// The parts from the left; parts without answers take no space.
    pub parts: Vec<StackPart>,
}

/// The answers of one state.
#[derive(Clone, Copy, Debug)]
pub struct StackPart {
    /// The state of these answers.
    pub state: AnswerState,
    /// How many answers; printed inside the part if there is space.
    pub count: u32,
}

/// The state of an answer, shown by colour and texture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerState {
    /// Assessed at the step of this index, on a scale whose highest step has index `top`.
    Level {
        /// The index of the step, from 0.
        index: usize,
        /// The index of the highest step.
        top: usize,
    },
    /// The team was asked and does not know.
    Unknown,
    /// No entry.
    Unanswered,
    /// Out of scope, with a reason.
    NotApplicable,
}

/// The index of the last shade: `level-0`, `level-0-5`, `level-1` and so on to `level-5`.
const LAST_SHADE: usize = 10;

impl AnswerState {
    /// Whether each step of a scale with this highest index has a shade of its own. Where steps are more than there are shades to
    /// tell apart, none is shaded.
    pub fn is_shaded(top: usize) -> bool {
        top <= LAST_SHADE
    }

    /// The class that paints the state, in charts and tables. The ends of the colour ramp are the ends of the scale.
    pub fn class(self) -> String {
        match self {
            AnswerState::Level { top: 0, .. } => "level-0".to_owned(),
            AnswerState::Level { top, .. } if !Self::is_shaded(top) => "level".to_owned(),
            AnswerState::Level { index, top } => {
                let shade = (index.min(top) * LAST_SHADE + top / 2) / top;
                format!("level-{}{}", shade / 2, if shade.is_multiple_of(2) { "" } else { "-5" })
            }
            AnswerState::Unknown => "unknown".to_owned(),
            AnswerState::Unanswered => "unanswered".to_owned(),
            AnswerState::NotApplicable => "not-applicable".to_owned(),
        }
    }
}

const THICKNESS: f64 = 22.0;

/// Draws a distribution. All bars come first, state by state, so that the parts of one state are one path; then the counts.
pub fn distribution(chart: &Distribution<'_>) -> String {
    let heads: Vec<_> = chart.rows.iter().map(|row| Head::new(&row.label, &row.href, &row.note)).collect();
    let height: f64 = heads.iter().map(|head| head.row_height(THICKNESS)).sum();
    let canvas = Canvas::new(chart.caption.id, (super::bars::WIDTH, (height - 10.0).max(THICKNESS)));
    let mut top = 0.0;
    let mut placed = Vec::new();
    for (row, head) in chart.rows.iter().zip(&heads) {
        placed.extend(place(&canvas, &row.parts, head.draw(&canvas, "row-note", top)));
        top += head.row_height(THICKNESS);
    }
    let mut states: Vec<String> = placed.iter().map(|part| part.class.clone()).collect();
    states.sort();
    states.dedup();
    for state in states {
        placed.iter().filter(|part| part.class == state).for_each(|part| part.draw(&canvas));
    }
    placed.iter().for_each(|part| part.draw_count(&canvas));
    canvas.finish("chart-distribution", &chart.caption)
}

/// A legend sample of 28 by 12 for a state; `id` is the prefix of its texture's id and must be unique on the page.
pub fn state_key(id: &str, state: AnswerState) -> String {
    let canvas = Canvas::new(id, (28.0, 12.0));
    canvas.rect(&format!("part {}", state.class()), [(2.0, 1.0), (26.0, 11.0)]);
    canvas.finish_hidden("chart-key")
}

/// A part and its position.
struct Placed {
    class: String,
    count: u32,
    left: f64,
    right: f64,
    top: f64,
}

/// The positions of a bar's parts. Without answers, it draws an empty bar at once.
fn place(canvas: &Canvas, parts: &[StackPart], top: f64) -> Vec<Placed> {
    let total: f64 = parts.iter().map(|part| f64::from(part.count)).sum();
    if total == 0.0 {
        canvas.rect("bar-track no-value", [(x_at(0.0), top), (x_at(1.0), top + THICKNESS)]);
        return Vec::new();
    }
    let mut before = 0.0;
    let placed = parts.iter().filter(|part| part.count > 0).map(|part| {
        let after = before + f64::from(part.count);
        // Whole units: fractions would not be visible, and they would double the size of a page of these charts.
        let [left, right, top] = [x_at(before / total), x_at(after / total), top].map(f64::round);
        before = after;
        Placed { class: part.state.class(), count: part.count, left, right, top }
    });
    placed.collect()
}

impl Placed {
    fn draw(&self, canvas: &Canvas) {
        let Self { left, right, top, .. } = *self;
        let bottom = top + THICKNESS;
        canvas.polygon(&format!("part {}", self.class), &[(left, top), (right, top), (right, bottom), (left, bottom)]);
    }

    /// Draws the count; the style sheet centres it.
    fn draw_count(&self, canvas: &Canvas) {
        let text = self.count.to_string();
        if width(&text, SMALL) + 4.0 <= self.right - self.left {
            let at = ((self.left + self.right) / 2.0, self.top + THICKNESS / 2.0 + SMALL * 0.36);
            canvas.text(&format!("on {}", self.class), Anchor::Start, at, &text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::tests::{CAPTION, by_element};

    fn stack(label: &str, counts: &[u32]) -> Stack {
        let states = (0..=5).map(|index| AnswerState::Level { index, top: 5 });
        let states = states.chain([AnswerState::Unknown, AnswerState::Unanswered, AnswerState::NotApplicable]);
        let parts = states.zip(counts).map(|(state, &count)| StackPart { state, count }).collect();
        Stack {
            label: label.to_owned(),
            href: String::new(),
            note: format!("{} answers", counts.iter().sum::<u32>()),
            parts,
        }
    }

    #[test]
    fn every_state_has_its_class_and_the_others_a_texture() {
        let rows = vec![
            stack("Govern", &[1, 4, 9, 11, 3, 1, 2, 3, 1]),
            stack("Recover", &[0, 0, 0, 200, 1]),
            stack("None", &[]),
        ];
        insta::assert_snapshot!(by_element(&distribution(&Distribution { caption: CAPTION, rows })));
    }

    #[test]
    fn the_ramp_spans_every_scale() {
        let classes = |top| (0..=top).map(|index| AnswerState::Level { index, top }.class()).collect::<Vec<_>>();
        assert_eq!(classes(5), ["level-0", "level-1", "level-2", "level-3", "level-4", "level-5"]);
        assert_eq!(classes(3), ["level-0", "level-1-5", "level-3-5", "level-5"]);
        assert_eq!(classes(0), ["level-0"]);
        for top in 1..=LAST_SHADE {
            let mut different = classes(top);
            different.dedup();
            assert_eq!(different.len(), top + 1, "{different:?}");
            assert_eq!((classes(top)[0].as_str(), classes(top)[top].as_str()), ("level-0", "level-5"));
        }
        assert!(classes(LAST_SHADE + 1).iter().all(|class| class == "level"));
        assert_eq!(AnswerState::Level { index: 9, top: 5 }.class(), "level-5");
    }

    #[test]
    fn a_count_is_printed_only_where_it_fits() {
        let svg = distribution(&Distribution { caption: CAPTION, rows: vec![stack("x", &[1000, 1])] });
        assert!(svg.contains(">1000</text>") && !svg.contains(">1</text>"));
    }

    #[test]
    fn six_full_rows_are_small() {
        let full = [5, 34, 42, 19, 3, 1, 6, 9, 6];
        let rows: Vec<Stack> =
            ["Govern", "Identify", "Protect", "Detect", "Respond", "Recover"].map(|label| stack(label, &full)).into();
        let svg = distribution(&Distribution { caption: CAPTION, rows });
        assert!(svg.len() < 6000, "{} bytes", svg.len());
    }

    #[test]
    fn keys_carry_their_own_texture() {
        let key = state_key("legend-1", AnswerState::Unknown);
        assert!(key.contains("id=\"legend-1-unknown\"") && key.contains("url(#legend-1-unknown)"));
    }
}
