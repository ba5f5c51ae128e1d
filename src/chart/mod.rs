//! Draws charts as SVG text. Each chart is a pure function from plain data to a small picture; the style sheet paints it.
//!
//! Values are only positions on the scale; every printed number arrives as text. An unknown value is `None` and is drawn as a
//! break, never as zero. Shape and line pattern say the same as colour. Legends and the table with the numbers belong to the
//! page; [`series_key`] and [`state_key`] draw the legend samples. `charts.css` in the theme holds all colours, patterns and type
//! sizes.

mod axes;
mod bars;
mod bridge;
mod canvas;
mod distribution;
mod dots;
mod label;
mod pen;
mod radar;
mod series;
mod sheet;
mod spark;
mod spread;
mod trend;

pub use axes::Axis;
pub use bars::{Bar, Bars, bar_key, bars};
pub use bridge::{Bridge, BridgeStep, End, Way, bridge, post_key, step_key};
pub use distribution::{AnswerState, Distribution, Stack, StackPart, distribution, state_key};
pub use dots::{dots, rows};
pub use radar::{Radar, RadarSeries, radar};
pub use series::{Series, missing_key, series_key};
pub use sheet::{Badge, Sheet, badge, sheet};
pub use spark::{Spark, Tile, spark, spark_hidden, tile};
pub use spread::{Spread, SpreadRow, spread, spread_keys};
pub use trend::{Trend, TrendLine, trend};

/// The names of a chart for assistive technology, and its id.
#[derive(Clone, Copy, Debug)]
pub struct Caption<'a> {
    /// The prefix of every id in the SVG; it must be unique on its page.
    pub id: &'a str,
    /// The name of the chart.
    pub title: &'a str,
    /// What the chart shows, in words; may be empty.
    pub description: &'a str,
}

/// The fixed range of a chart, the same from quarter to quarter.
#[derive(Clone, Debug)]
pub struct AxisScale {
    /// The value at the centre or the left edge.
    pub bottom: f64,
    /// The value at the rim or the right edge.
    pub top: f64,
    /// The grid lines, from the lowest up.
    pub ticks: Vec<Tick>,
}

/// One grid line.
#[derive(Clone, Debug)]
pub struct Tick {
    /// The value at the line.
    pub at: f64,
    /// The text beside it.
    pub label: String,
}

impl AxisScale {
    /// The position of a value on the scale, from 0 to 1; `None` if the value is not a number or the scale has no range.
    fn fraction(&self, value: Option<f64>) -> Option<f64> {
        let value = value.filter(|value| value.is_finite())?;
        let span = self.top - self.bottom;
        (span.is_finite() && span > 0.0).then(|| ((value - self.bottom) / span).clamp(0.0, 1.0))
    }

    /// The ticks that have a position on the scale, each with its position.
    fn marks(&self) -> impl Iterator<Item = (f64, &str)> {
        self.ticks.iter().filter_map(|tick| Some((self.fraction(Some(tick.at))?, tick.label.as_str())))
    }
}

#[cfg(test)]
mod tests;
